"""Costs: functions of outputs and targets that a network is trained to make small.

Targets may be numbers or Values. A target that is a plain number is a constant of the
formula, and a term with the weight 0 is left out, so that −ln ŷ is what remains of the
cross-entropy for y = 1, as on paper.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from micrograd_like.engine import OPERATIONS, Value, as_value
from micrograd_like.errors import DomainError

Scalar = Value | float
#: Largest difference from 1 of a sum of probabilities that are written as decimals.
_SUM_TOLERANCE = 1e-6


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
    return (as_value(output) - target) ** 2 / 2  # type: ignore[operator]


def squared_error(output: Scalar, target: Scalar) -> Value:
    """(ŷ − y)², whose derivative with respect to ŷ is 2(ŷ − y)."""
    return (as_value(output) - target) ** 2


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
    names = {None: "log", math.e: "log", 10: "log10", 2: "log2"}
    if base not in names:
        raise ValueError(f"binary_cross_entropy: expected base e, 10 or 2, got {base!r}")
    log = OPERATIONS[names[base]]
    _check_probability(target)
    if isinstance(target, Value):
        return -(target * log(output) + (1 - target) * log(1 - output))
    if target == 1:
        return -log(output)
    if target == 0:
        return -log(1 - output)
    return -(target * log(output) + (1 - target) * log(1 - output))


def binary_cross_entropy_with_logits(logit: Scalar, target: Scalar) -> Value:
    """The natural-log cross-entropy of σ(a), as softplus(a) − y·a.

    It is finite for every a, where the logarithm of a saturated σ(a) is not; its derivative
    with respect to a is σ(a) − y.

    Raises:
        ValueError: The target lies outside [0, 1].
    """
    _check_probability(target)
    logit = as_value(logit)
    return logit.softplus() - as_value(target) * logit


def cross_entropy_with_logits(logits: Sequence[Scalar], targets: Sequence[Scalar]) -> Value:
    """−Σ yᵢ ln pᵢ with pᵢ = e^aᵢ / Σ e^aⱼ, the softmax of the logits, as ln Σ e^aⱼ − Σ yᵢ·aᵢ.

    The targets are a probability for every class: 1 for the right one and 0 for the others.
    The derivative with respect to aᵢ is pᵢ − yᵢ. ln(e^a + e^b) is taken as
    b + softplus(a − b), which is finite for all logits.

    Raises:
        ValueError: There are not as many targets as logits, or they are no distribution: from 0
            to 1, with the sum 1.
    """
    nodes, goals = [as_value(a) for a in logits], list(targets)
    if not nodes:
        raise ValueError("cross_entropy_with_logits: expected at least one logit, got none")
    _check_lengths(nodes, goals)
    for target in goals:
        _check_probability(target)
    if abs(math.fsum(as_value(target)._data for target in goals) - 1) > _SUM_TOLERANCE:
        raise ValueError(f"cross-entropy: expected targets with the sum 1, got {goals!r}")
    together = nodes[0]
    for node in nodes[1:]:
        together = node + (together - node).softplus()
    return together - OPERATIONS["wsum"](nodes, [as_value(target) for target in goals])


def hinge(score: Scalar, target: Scalar) -> Value:
    """max(0, 1 − y·s) for a score s and a target y of −1 or 1.

    Raises:
        ValueError: The target is neither −1 nor 1.
    """
    label = target._data if isinstance(target, Value) else target
    if label not in (-1, 1):
        raise ValueError(f"hinge: expected a target of -1 or 1, got {label!r}")
    return (1 - as_value(target) * score).relu()


def mean(values: Iterable[Scalar]) -> Value:
    """(1/n) Σ vᵢ.

    Raises:
        ValueError: There are no values.
    """
    values = list(values)
    return total(values) / len(values)


def total(values: Iterable[Scalar]) -> Value:
    """Σ vᵢ, as one node.

    Raises:
        ValueError: There are no values.
    """
    nodes = [as_value(value) for value in values]
    if not nodes:
        raise ValueError("expected at least one value to add up, got none")
    return OPERATIONS["total"](nodes)


def sum_of_squares(values: Iterable[Scalar]) -> Value:
    """Σ vᵢ², as one node: times a small factor, the L2 penalty of weight decay."""
    nodes = [as_value(value) for value in values]
    if not nodes:
        raise ValueError("expected at least one value to square, got none")
    return OPERATIONS["wsum"](nodes, nodes)


def _check_lengths(outputs: Sequence[Scalar], targets: Sequence[Scalar]) -> None:
    if len(outputs) != len(targets):
        raise ValueError(f"expected as many targets as outputs, {len(outputs)}, got {len(targets)}")


def _check_probability(target: Scalar) -> None:
    number = target._data if isinstance(target, Value) else target
    if not 0 <= number <= 1:
        raise ValueError(f"cross-entropy: expected a target from 0 to 1, got {number!r}")
