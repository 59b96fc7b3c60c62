"""Which figures of a line stand for which piece of a formula: pairs, and no verdicts.

For ŷ = σ(w·x) = σ(0.41·2.8) = σ(1.148), 0.41 and 2.8 are laid beside w and x, and 1.148 beside
0.41·2.8. Figures in the shape of the formula stand where its operands stand, those of the same
kind in another order if that brings them nearer: 2·5·0.3 for d·w is 2·5 beside d and 0.3 beside w.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from micrograd_like.formula import Expr, Marked, operands, product, summed
from micrograd_like.marking.world.shape import other_function

#: How far figures are from a formula, as numbers; 0 where they may be the same.
Distance = Callable[[Expr, Expr], float]

_TURNED = {"+": "-", "-": "+", "*": "/", "/": "*"}


@dataclass(frozen=True, slots=True)
class Pairing:
    """Figures beside what they stand for.

    Attributes:
        operands: The same operand by operand, with what joins each to the others; none where the
            two are of different shapes, and so can be compared as wholes alone.
    """

    figures: Expr
    formula: Expr
    operands: tuple[tuple[str, Pairing], ...] = ()


def pairing(figures: Expr, formula: Expr, distance: Distance) -> Pairing:
    """Figures laid beside the formula that they are put into."""
    ours, theirs = operands(figures), operands(formula)
    alike = ours is not None and theirs is not None and kind(ours) == kind(theirs)
    if not alike or figures == formula or other_function(figures, formula):
        return Pairing(figures, formula)
    assert ours is not None
    assert theirs is not None
    return Pairing(
        figures,
        formula,
        tuple((mark, pairing(a, b, distance)) for mark, a, b in _pairs(ours, theirs, distance)),
    )


def kind(marked: Sequence[Marked]) -> str:
    """What joins the operands: + for a sum, * for a product, a function's name."""
    mark = marked[0][0]
    return {"-": "+", "/": "*"}.get(mark, mark.partition(" ")[0])


def _pairs(
    ours: Sequence[Marked], theirs: Sequence[Marked], distance: Distance
) -> list[tuple[str, Expr, Expr]]:
    """Each operand with the one it stands for; none where many are left over on both sides."""
    most = min(len(ours), len(theirs)) - (len(ours) != len(theirs))
    found = _nearest(ours, theirs, most, distance)
    pairs = [(*ours[i], theirs[j][1]) for i, j in sorted(found.items())]
    rest = [marked for i, marked in enumerate(ours) if i not in found]
    left = [marked for j, marked in enumerate(theirs) if j not in found.values()]
    if len(rest) == 1 and left:  # it stands for all of them
        ((mark, operand),) = rest
        return [*pairs, (mark, operand, _together(mark, left))]
    if len(left) == 1 and rest:
        ((mark, operand),) = left
        return [*pairs, (mark, _together(mark, rest), operand)]
    return [] if rest or left else pairs


def _nearest(
    ours: Sequence[Marked], theirs: Sequence[Marked], most: int, distance: Distance
) -> dict[int, int]:
    """Places of operands that belong together: those in their places, then the nearest."""
    found: dict[int, int] = {}

    def candidates() -> Iterator[tuple[float, bool, int, int]]:
        for i, (mark, operand) in enumerate(ours):
            for j, (other, meant) in enumerate(theirs):
                if mark == other and i not in found and j not in found.values():
                    yield distance(operand, meant), i != j, i, j

    if [mark for mark, _ in ours] == [mark for mark, _ in theirs]:
        pairs = enumerate(zip(ours, theirs, strict=True))
        found.update((i, i) for i, ((_, a), (_, b)) in pairs if distance(a, b) == 0)
    for _, _, i, j in sorted(candidates()) if len(found) < most else ():
        if len(found) < most and i not in found and j not in found.values():
            found[i] = j
    return found


def _together(mark: str, group: Sequence[Marked]) -> Expr:
    """Operands joined, as one that the mark joins to the others."""
    turned = group if mark in "+*" else [(_TURNED[own], operand) for own, operand in group]
    return product(turned) if mark in "*/" else summed(turned)
