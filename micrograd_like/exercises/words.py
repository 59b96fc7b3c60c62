"""Shapes said in words: networks of any layers, a softmax of so many classes, a recurrent net.

>>> shape_of("2-3-1 tanh linear").title
'A 2-3-1 network (tanh, linear), half the squared error: a step down the slope.'
>>> [name for name, _ in shape_of("softmax 4").definitions]
['q1', 'q2', 'q3', 'q4', 'S', 'p', 'L']
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from micrograd_like.errors import WorksheetError, did_you_mean
from micrograd_like.exercises.shapes import SHAPES, Shape
from micrograd_like.formula import Call, Expr, Name, Number, added, parse, substitute
from micrograd_like.ops import ACTIVATIONS

#: How many layers of a network, units of one, weights and biases in all; classes; steps.
LAYERS, UNITS, WEIGHTS = range(2, 6), range(1, 7), 48
CLASSES, STEPS = range(2, 9), range(2, 7)
#: What a layer without an activation is called.
LINEAR = "linear"
COSTS: Mapping[str, str] = {
    "squared": "half the squared error",
    "mse": "the mean squared error",
    "cross-entropy": "cross-entropy",
}
#: For the layers one after the other: weights, biases, sums, and what comes out of these.
_LETTERS = (("w", "b", "a", "h"), ("v", "c", "n", "g"), ("u", "r", "m", "z"), ("t", "s", "k", "l"))
_SIZES = re.compile(r"\d+(-\d+)+", re.ASCII)

EXPECTED = (
    "expected layers such as 3-2-1, with an activation "
    f"({', '.join(ACTIVATIONS)} or {LINEAR}; one for all, hidden and last, or one a layer), a cost "
    f"({', '.join(COSTS)}) and no-bias as you like; or softmax 3, or rnn 3"
)


@cache
def find(said: str) -> Shape:
    """The shape of that name, or of these words.

    Raises:
        WorksheetError: There is none; near names are proposed.
    """
    if said in SHAPES:
        return SHAPES[said]
    first, *others = said.split() or [""]
    if _SIZES.fullmatch(first) or (first in ("softmax", "rnn") and others):
        return shape_of(said)
    near = did_you_mean(said, SHAPES)
    raise WorksheetError(f"there is no shape {said!r}{near or f'; {EXPECTED}'}")


def shape_of(said: str) -> Shape:
    """The shape of these words.

    Raises:
        WorksheetError: They say none, or one that is too large for a hand.
    """
    first, *others = said.split() or [""]
    if first == "softmax":
        return _softmax(_count("classes", CLASSES, others), " ".join([first, *others]))
    if first == "rnn":
        return _recurrent(_count("steps", STEPS, others[:1]), others)
    if _SIZES.fullmatch(first) is None:
        raise WorksheetError(f"{EXPECTED}; got {said!r}")
    return _network(_layers(first), first, _manner(first, others))


def _count(what: str, counts: range, words: Sequence[str]) -> int:
    written = " ".join(words)
    if written.isascii() and written.isdigit() and len(written) < 4 and int(written) in counts:
        return int(written)
    raise WorksheetError(f"expected {counts[0]} to {counts[-1]} {what}, got {written or 'none'}")


def _layers(sizes: str) -> list[int]:
    """How many units each layer has, the inputs first.

    Raises:
        WorksheetError: So many are too much for a hand.
    """
    counts = [int(size[:4]) for size in sizes.split("-")]
    if len(counts) not in LAYERS:
        raise WorksheetError(
            f"expected {LAYERS[0]} to {LAYERS[-1]} layers, the inputs among them; got {len(counts)}"
        )
    for count in counts:
        if count not in UNITS:
            raise WorksheetError(f"expected {UNITS[0]} to {UNITS[-1]} units a layer, got {count}")
    weights = sum((below + 1) * above for below, above in pairwise(counts))
    if weights > WEIGHTS:
        raise WorksheetError(
            f"expected at most {WEIGHTS} weights and biases, which is much for a hand; a "
            f"{sizes} network has {weights}"
        )
    return counts


@dataclass(frozen=True, slots=True)
class _Manner:
    """What a network's words say: the activation of every layer, the cost, whether biases."""

    activations: tuple[str, ...]
    cost: str
    biases: bool


def _manner(sizes: str, words: Sequence[str]) -> _Manner:
    """What the words behind a network's sizes say.

    Raises:
        WorksheetError: One is unknown, or stands twice, or they do not go together.
    """
    activations = [word for word in words if word in (*ACTIVATIONS, LINEAR)]
    costs = [word for word in words if word in COSTS]
    known = (*ACTIVATIONS, LINEAR, *COSTS, "no-bias")
    for word in words:
        if word not in known:
            raise WorksheetError(f"{EXPECTED}; got {word!r}{did_you_mean(word, known)}")
    if len(costs) > 1:
        raise WorksheetError(f"expected one cost, got {' and '.join(costs)}")
    cost = costs[0] if costs else "squared"
    layers = sizes.count("-")
    hidden = activations[:1] or ["sigmoid"]
    last = activations[1:] or (["sigmoid"] if cost == "cross-entropy" else hidden)
    if len(activations) > 2 or layers == len(activations) == 1:
        each = activations
    else:
        each = [*hidden * (layers - 1), *last]
    if len(each) != layers:
        raise WorksheetError(
            f"expected one activation for all, two for hidden and last, or {layers}, one a layer; "
            f"got {len(activations)}"
        )
    if cost == "cross-entropy" and each[-1] != "sigmoid":
        raise WorksheetError(
            f"cross-entropy takes a probability: expected sigmoid in the last layer, got {each[-1]}"
        )
    return _Manner(tuple(each), cost, "no-bias" not in words)


def _network(sizes: Sequence[int], written: str, manner: _Manner) -> Shape:
    """A network: forward layer by layer, and the cost."""
    inputs = _names("x", sizes[0])
    definitions: list[tuple[Name, Expr]] = []
    learnt: list[str] = []
    below = inputs
    for layer, count in enumerate(sizes[1:]):
        weight, bias, sum_, out = _LETTERS[layer]
        out = "o" if layer == len(sizes) - 2 else out
        biases = _names(bias, count) if manner.biases else []
        rows = [[Name(f"{weight}{unit}{place}") for place in range(1, len(below) + 1)]
                for unit in range(1, count + 1)]  # fmt: skip
        sums, outs = _names(sum_, count), _names(out, count)
        linear = manner.activations[layer] == LINEAR
        for unit, row in enumerate(rows):
            terms = [Call("mul", pair) for pair in zip(row, below, strict=True)]
            definitions.append((sums[unit], added([*terms, *biases[unit : unit + 1]])))
            if not linear:
                definitions.append((outs[unit], Call(manner.activations[layer], (sums[unit],))))
        learnt += map(str, [*(name for row in rows for name in row), *biases])
        below = sums if linear else outs
    targets = _names("y", len(below))
    definitions += _COST[manner.cost](below, targets)
    alike = len({*manner.activations}) == 1
    each = manner.activations[:1] if alike else manner.activations
    kinds = ", ".join(each)
    held = [str(name) for name in (*inputs, *targets)]
    pairs = zip(below, targets, strict=True)
    costs = [(f"E{place}" if len(below) > 1 else "E", str(out), str(target))
             for place, (out, target) in enumerate(pairs, 1)]  # fmt: skip
    low, high = (0.21, 0.79) if manner.activations[-1] == "sigmoid" else (0.2, 1.9)
    return Shape(
        " ".join([written, *each, manner.cost, *([] if manner.biases else ["no-bias"])]),
        f"A {written} network ({kinds}), {COSTS[manner.cost]}: a step down the slope.",
        givens=(
            (" ".join(map(str, inputs)), 0.3, 1.8),
            (" ".join(map(str, targets)), low, high),
            ("eta", 0.11, 0.48),
            (" ".join(learnt), -0.99, 0.99),
        ),
        definitions=tuple(definitions),
        held=" ".join(held),
        rate="eta",
        updated=" ".join(learnt),
        costs=() if manner.cost == "mse" and len(below) > 1 else tuple(costs),
        staged=True,
    )


def _names(letter: str, count: int) -> list[Name]:
    """x1, x2, …; x alone is x."""
    return [Name(f"{letter}{place}" if count > 1 else letter) for place in range(1, count + 1)]


def _squares(outs: Sequence[Name], targets: Sequence[Name]) -> list[Expr]:
    errors = [Call("sub", pair) for pair in zip(outs, targets, strict=True)]
    return [Call("pow", (error, Number(2))) for error in errors]


def _squared(outs: Sequence[Name], targets: Sequence[Name]) -> Iterator[tuple[Name, Expr]]:
    halves = [Call("div", (square, Number(2))) for square in _squares(outs, targets)]
    yield from _summed(halves)


def _mean_squared(outs: Sequence[Name], targets: Sequence[Name]) -> Iterator[tuple[Name, Expr]]:
    whole = added(_squares(outs, targets))
    yield Name("E"), whole if len(outs) == 1 else Call("div", (whole, Number(len(outs))))


def _cross_entropy(outs: Sequence[Name], targets: Sequence[Name]) -> Iterator[tuple[Name, Expr]]:
    one = parse("-(y*log(p) + (1 - y)*log(1 - p))")
    pairs = zip(outs, targets, strict=True)
    yield from _summed([substitute(one, {"p": out, "y": target}) for out, target in pairs])


def _summed(costs: Sequence[Expr]) -> Iterator[tuple[Name, Expr]]:
    """Each output's cost, and the sum of them."""
    if len(costs) == 1:
        yield Name("E"), costs[0]
        return
    parts = _names("E", len(costs))
    yield from zip(parts, costs, strict=True)
    yield Name("E"), added(parts)


_COST: Mapping[str, Callable[[Sequence[Name], Sequence[Name]], Iterator[tuple[Name, Expr]]]] = {
    "squared": _squared,
    "mse": _mean_squared,
    "cross-entropy": _cross_entropy,
}


def _softmax(classes: int, said: str) -> Shape:
    """Softmax with cross-entropy: the second class is the right one."""
    logits, powers = _names("a", classes), _names("q", classes)
    definitions: list[tuple[Name, Expr]] = [
        (new, Call("exp", (old,))) for new, old in zip(powers, logits, strict=True)
    ]
    definitions += [
        (Name("S"), added(powers)),
        (Name("p"), Call("div", (powers[1], Name("S")))),
        (Name("L"), parse("-log(p)")),
    ]
    title = f"Softmax with cross-entropy: {classes} classes, the second is the right one."
    givens = ((" ".join(map(str, logits)), -1.4, 1.4),)
    return Shape(said, title, givens, tuple(definitions), staged=True)


def _recurrent(steps: int, words: Sequence[str]) -> Shape:
    """A recurrent net: h = f(w·x + u·h + b), the same weights at every step."""
    function = words[1] if len(words) > 1 else "tanh"
    if len(words) > 2 or function not in ACTIVATIONS:
        said = " ".join(words[1:])
        near = did_you_mean(said, ACTIVATIONS)
        raise WorksheetError(f"expected rnn {steps} and one activation, got {said!r}{near}")
    inputs = _names("x", steps)
    definitions: list[tuple[Name, Expr]] = []
    before = Name("h0")
    for step, input in enumerate(inputs, 1):
        sum_, out = Name(f"a{step}"), Name(f"h{step}")
        formula = substitute(parse("w*x + u*h + b"), {"x": input, "h": before})
        definitions += [(sum_, formula), (out, Call(function, (sum_,)))]
        before = out
    cost = substitute(parse("(h - y)**2/2"), {"h": before})
    definitions.append((Name("E"), cost))
    xs = " ".join(map(str, inputs))
    return Shape(
        f"rnn {steps} {function}",
        f"A recurrent net ({function}) over {steps} steps: the same weights answer for all.",
        givens=(
            (xs, -1.4, 1.4),
            ("w u b", -0.9, 0.9),
            ("h0", 0.2, 0.8),
            ("y", -0.8, 0.8) if function == "tanh" else ("y", 0.2, 0.8),
            ("eta", 0.11, 0.48),
        ),
        definitions=tuple(definitions),
        held=f"{xs} h0 y",
        rate="eta",
        updated="w u b",
        costs=(("E", str(before), "y"),),
        staged=True,
    )
