"""Steps that go back through weights which have been renewed already.

Δ of the hidden units computed below the update of the output's weights uses these as they are
now. Where the program is right but for that, with the weights as they were, these are the slips.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from micrograd_like.formula import Expr, Name, names, rewrite
from micrograd_like.worksheet.python.meaning import Finder
from micrograd_like.worksheet.python.meanings import Meanings
from micrograd_like.worksheet.python.supposing import Suppositions


def with_old_weights(
    finder: Finder, meanings: Meanings
) -> tuple[Finder, Meanings, Mapping[int, tuple[Expr, ...]]]:
    """The program with the weights as they were, where all is right with them.

    Returns:
        The program, what its steps mean, and what the steps that use new weights are as written;
        the same and none where that explains nothing.
    """
    same: tuple[Finder, Meanings, Mapping[int, tuple[Expr, ...]]] = finder, meanings, {}
    before = {
        new: old
        for at in meanings.updates
        for new, old in zip(finder.steps[at].names, finder.steps[at].older, strict=False)
    }
    forward = finder.forward([*meanings.cost])
    late = {
        at: step.formulas
        for at, step in enumerate(finder.steps)
        if at not in forward | meanings.updates.keys()
        and any(n in before for f in step.formulas for n in names(f))
    }
    told = any(not meanings.found[at].agrees for at in late if at in meanings.found)
    if not late or not meanings.wrong or told:
        return same
    steps = [
        step.with_formulas([_with(f, before) for f in step.formulas]) if at in late else step
        for at, step in enumerate(finder.steps)
    ]
    other = Finder(replace(finder.recorder, steps=steps))
    if not other.points:
        return same
    found = Suppositions(other, meanings.cost).meanings()
    return same if found.wrong else (other, found, late)


def _with(formula: Expr, before: Mapping[Name, Name]) -> Expr:
    def old(node: Expr) -> Expr | None:
        return before.get(node) if isinstance(node, Name) else None

    return rewrite(formula, old)
