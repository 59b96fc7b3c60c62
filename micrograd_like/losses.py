"""Costs: functions of outputs and targets that a network is trained to make small.

Targets may be numbers or Values. A target that is a plain number is a constant of the
formula, and a term with the weight 0 is left out, so that −ln ŷ is what remains of the
cross-entropy for y = 1, as on paper.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Sequence

from micrograd_like.engine import OPERATIONS, Value, as_value
from micrograd_like.engine.numbers import is_row, is_truth_value
from micrograd_like.engine.ranges import in_range, real
from micrograd_like.errors import DomainError

Scalar = Value | float
#: Largest difference from 1 of a sum of probabilities that are written as decimals, and of one of
#: probabilities in half precision, each of which is off by 2⁻¹¹ of itself at most.
_SUM_TOLERANCE, _SUM_OF_HALVES = 1e-6, 2.0**-11


def half_squared_error(
    output: Scalar | Sequence[Scalar], target: Scalar | Sequence[Scalar]
) -> Value:
    """½(ŷ − y)², whose derivative with respect to ŷ is ŷ − y; of several outputs ½ Σ (ŷᵢ − yᵢ)².

    Args:
        output: One output, or a list of them.
        target: What each should be, in the same form.

    Raises:
        ValueError: Not as many targets as outputs, or none.
        TypeError: One output with a list of targets, or the other way round.
    """
    if isinstance(output, list | tuple) and isinstance(target, list | tuple):
        _check_lengths(output, target)
        pairs = zip(output, target, strict=True)
        return total([half_squared_error(one, goal) for one, goal in pairs])
    return (as_value(output) - as_value(target)) ** 2 / 2


def squared_error(output: Scalar, target: Scalar) -> Value:
    """(ŷ − y)², whose derivative with respect to ŷ is 2(ŷ − y)."""
    return (as_value(output) - as_value(target)) ** 2


def mean_squared_error(outputs: Iterable[Scalar], targets: Iterable[Scalar]) -> Value:
    """(1/n) Σ (ŷᵢ − yᵢ)².

    Raises:
        ValueError: There are no outputs, or not as many targets.
    """
    outputs, targets = list(outputs), list(targets)
    _check_lengths(outputs, targets)
    return mean([squared_error(o, t) for o, t in zip(outputs, targets, strict=True)])


def binary_cross_entropy(output: Scalar, target: Scalar, base: float | None = None) -> Value:
    """−(y log ŷ + (1 − y) log(1 − ŷ)), for 0 < ŷ < 1 and 0 ≤ y ≤ 1.

    The logarithm is the natural one; ``base=10`` (or 2) takes that base, and so divides
    value and gradient by ln 10.

    Raises:
        DomainError: ŷ lies outside (0, 1) and is not the target itself.
        ValueError: The target lies outside [0, 1], or ``base`` is no base of a logarithm.
    """
    output = as_value(output)
    if not 0 <= output._data <= 1:
        raise DomainError(
            f"binary_cross_entropy: expected an output between 0 and 1, got {output._data!r}; "
            "for a weighted sum take binary_cross_entropy_with_logits"
        )
    names = {math.e: "log", 10.0: "log10", 2.0: "log2"}
    base = math.e if base is None else real("base", base)
    if base not in names:
        raise ValueError(f"binary_cross_entropy: expected base e, 10 or 2, got {base!r}")
    log = OPERATIONS[names[base]]
    target = _probability(target)
    if isinstance(target, Value):
        return -(target * log(output) + (1 - target) * log(1 - output))
    if target == 1:
        return -log(output)
    if target == 0:
        return -log(1 - output)
    return -(target * log(output) + (1 - target) * log(1 - output))


def binary_cross_entropy_with_logits(
    logit: Scalar, target: Scalar, weights: Sequence[float] | None = None
) -> Value:
    """The natural-log cross-entropy of σ(a), as softplus(a) − y·a.

    It is finite for every a, where the logarithm of a saturated σ(a) is not; its derivative
    with respect to a is σ(a) − y. With weights it is w₁·y·softplus(−a) + w₀·(1 − y)·softplus(a).

    Args:
        logit: a.
        target: y, from 0 to 1.
        weights: (w₀, w₁), from 0 on, of the classes 0 and 1.

    Raises:
        ValueError: The target lies outside [0, 1], or the weights are no two such numbers.
    """
    logit, target = as_value(logit), as_value(_probability(target))
    if weights is None:
        return logit.softplus() - target * logit
    _check_weights(weights, 2)
    absent, present = weights
    return present * target * (-logit).softplus() + absent * (1 - target) * logit.softplus()


def cross_entropy_with_logits(
    logits: Sequence[Scalar],
    targets: Sequence[Scalar] | Scalar,
    weights: Sequence[float] | None = None,
) -> Value:
    """−Σ wᵢ·yᵢ·ln pᵢ with pᵢ = e^aᵢ / Σ e^aⱼ, the softmax of the logits.

    It is taken as Σ wᵢ·yᵢ·(ln Σ e^aⱼ − aᵢ), see :func:`log_sum_exp`. Without weights its derivative
    with respect to aᵢ is pᵢ − yᵢ. A mean over examples is divided by their number, whatever the
    weights.

    Args:
        logits: aᵢ, one for every class.
        targets: A probability for every class, 1 for the right one and 0 for the others; or the
            number of the right class, from 0 on.
        weights: wᵢ, from 0 on, for every class; 1 without them.

    Raises:
        ValueError: There are not as many targets or weights as logits; the targets are no
            distribution, from 0 to 1 with the sum 1; or there is no class of that number.
    """
    nodes = [as_value(a) for a in logits]
    if not nodes:
        raise ValueError("cross_entropy_with_logits: expected at least one logit, got none")
    if weights is not None:
        _check_weights(weights, len(nodes))
    if not is_row(targets):
        return _of_class(nodes, targets, weights)  # type: ignore[arg-type]
    goals = list(targets)  # type: ignore[arg-type]
    _check_lengths(nodes, goals)
    goals = list(map(_probability, goals))
    probabilities = [as_value(target)._data for target in goals]
    tolerance = _SUM_OF_HALVES if all(map(_is_half, probabilities)) else _SUM_TOLERANCE
    if abs(math.fsum(probabilities) - 1) > tolerance:
        raise ValueError(f"cross-entropy: expected targets with the sum 1, got {goals!r}")
    if weights is not None:
        goals = [as_value(goal) * weight for goal, weight in zip(goals, weights, strict=True)]
        return total(goals) * log_sum_exp(nodes) - OPERATIONS["wsum"](nodes, goals)
    return log_sum_exp(nodes) - OPERATIONS["wsum"](nodes, [as_value(target) for target in goals])


def _of_class(nodes: list[Value], target: Scalar, weights: Sequence[float] | None) -> Value:
    """The cross-entropy where class number ``target`` is right."""
    place, last = as_value(target), len(nodes) - 1
    number = place._data
    if is_truth_value(target) or number not in range(last + 1):
        raise ValueError(f"cross-entropy: expected a class from 0 to {last}, got {target!r}")
    if not isinstance(target, Value):
        cost = log_sum_exp(nodes) - nodes[int(number)]
        return cost if weights is None else weights[int(number)] * cost
    cost = log_sum_exp(nodes) - _chosen(place, nodes)
    return cost if weights is None else _chosen(place, weights) * cost


def _chosen(place: Value, options: Sequence[Scalar]) -> Value:
    """The option of that number, by nodes that choose anew where another number is put in."""
    chosen = as_value(options[0])
    for number, option in enumerate(options[1:]):
        chosen = place.select(number + 0.5, option, chosen)
    return chosen


def hinge(score: Scalar, target: Scalar) -> Value:
    """max(0, 1 − y·s) for a score s and a target y of −1 or 1.

    Raises:
        ValueError: The target is neither −1 nor 1.
    """
    label = as_value(target)
    if label._data not in (-1, 1):
        raise ValueError(f"hinge: expected a target of -1 or 1, got {label._data:g}")
    return (1 - label * score).relu()


def log_sum_exp(values: Iterable[Scalar]) -> Value:
    """Ln Σ e^vᵢ; ln(e^a + e^b) is taken as b + softplus(a − b), which is finite for all numbers.

    Raises:
        ValueError: There are no values.
    """
    nodes = _nodes(values, "to add up")
    together = nodes[0]
    for node in nodes[1:]:
        together = node + (together - node).softplus()
    return together


def softmax(values: Iterable[Scalar]) -> list[Value]:
    """e^vᵢ / Σ e^vⱼ for every value, as e^(vᵢ − ln Σ e^vⱼ).

    Raises:
        ValueError: There are no values.
    """
    nodes = list(map(as_value, values))
    together = log_sum_exp(nodes)
    return [(node - together).exp() for node in nodes]


def mean(values: Iterable[Scalar]) -> Value:
    """(1/n) Σ vᵢ.

    Raises:
        ValueError: There are no values.
    """
    values = list(values)
    return total(values) / len(values)


def variance(values: Iterable[Scalar]) -> Value:
    """(1/n) Σ (vᵢ − v̄)² with the mean v̄.

    Raises:
        ValueError: There are no values.
    """
    values = list(values)
    middle = mean(values)
    return mean([(value - middle) ** 2 for value in values])


def total(values: Iterable[Scalar]) -> Value:
    """Σ vᵢ, as one node.

    Raises:
        ValueError: There are no values.
    """
    return OPERATIONS["total"](_nodes(values, "to add up"))


def sum_of_squares(values: Iterable[Scalar]) -> Value:
    """Σ vᵢ², as one node: times a small factor, the L2 penalty of weight decay."""
    nodes = _nodes(values, "to square")
    return OPERATIONS["wsum"](nodes, nodes)


def norm(values: Iterable[Scalar]) -> Value:
    """√Σvᵢ²; where all vᵢ are 0 its derivatives are 0, by convention.

    Raises:
        ValueError: There are no values.
    """
    square = sum_of_squares(values)
    return square.select(0.0, square.select(0.0, square, 1.0).sqrt(), 0.0)


def _nodes(values: Iterable[Scalar], purpose: str) -> list[Value]:
    nodes = [as_value(value) for value in values]
    if not nodes:
        raise ValueError(f"expected at least one value {purpose}, got none")
    return nodes


def _check_weights(weights: Sequence[float], count: int) -> None:
    if not is_row(weights) or len(weights) != count:
        raise ValueError(f"weights: expected one for each of {count} classes, got {weights!r}")
    for weight in weights:
        in_range("weights", weight, 0, math.inf)


def _check_lengths(outputs: Sequence[Scalar], targets: Sequence[Scalar]) -> None:
    if len(outputs) != len(targets):
        raise ValueError(f"expected as many targets as outputs, {len(outputs)}, got {len(targets)}")


def _is_half(number: float) -> bool:
    """True for a number from 0 to 1 that half precision holds."""
    return bool(struct.unpack("e", struct.pack("e", number))[0] == number)


def _probability(target: Scalar) -> Scalar:
    """The target, a plain number as a float."""
    target = target if isinstance(target, Value) else real("cross-entropy: target", target)
    number = target._data if isinstance(target, Value) else target
    if not 0 <= number <= 1:
        raise ValueError(f"cross-entropy: expected a target from 0 to 1, got {number!r}")
    return target
