"""A cost that is written only below the first update: what it is above that, with the old weights.

dL_dw = 2(wx − t)x; w = w − 0.1·dL_dw; L = (wx − t)²: the gradient is that of the L which the old w
would have given. Where a pass of a loop is read, its cost often stands at its end.
"""

from __future__ import annotations

from dataclasses import replace

from micrograd_like.formula import Expr, Name, names, rewrite
from micrograd_like.graph import reachable
from micrograd_like.worksheet.python.meaning import Finder
from micrograd_like.worksheet.python.naming import is_cost_name, is_gradient_name
from micrograd_like.worksheet.python.steps import Recorder, Step


def with_early_costs(recorder: Recorder) -> Recorder:
    """The program, such costs put in before the gradients of their first update."""
    finder = Finder(recorder)
    seen: set[str] = set()
    for at, step in enumerate(recorder.steps):
        cost = is_cost_name(step.base) and len(step.names) == 1 and step.base not in seen
        if not cost or at in finder.given or finder.is_update(at):
            continue
        seen.add(step.base)
        updates = [u for u in range(at) if finder.is_update(u) and u in _below(finder, at)]
        if updates:
            place = _gradients(finder, updates[0])
            early = _early(finder, step, place)
            if early is not None:
                return _inserted(recorder, place, early)
    return recorder


def _below(finder: Finder, at: int) -> set[int]:
    """All that a step is computed from, going back through updates."""
    return {*reachable((at,), finder.inputs)}


def _gradients(finder: Finder, update: int) -> int:
    """Where the first gradient of an update stands."""
    direct = finder.inputs(update) - finder.given
    below = [i for i in _below(finder, update) if is_gradient_name(finder.steps[i].base)]
    return min([update, *direct, *(i for i in below if i not in finder.given)])


def _early(finder: Finder, cost: Step, place: int) -> Step | None:
    """The cost with what stands above a step; None where that does not give it."""
    known = {f: n for s in finder.steps[:place] for n, f in zip(s.names, s.formulas, strict=True)}
    older = {n: o for s in finder.steps for n, o in zip(s.names, s.older, strict=False)}
    made = {n: f for s in finder.steps for n, f in zip(s.names, s.formulas, strict=True)}

    def above(node: Expr) -> Expr | None:
        if not isinstance(node, Name) or finder.maker.get(node, -1) < place:
            return None
        if finder.is_update(finder.maker[node]):
            return above(older[node]) or older[node]
        formula = rewrite(made[node], above)
        return known.get(formula, formula)

    formula = rewrite(cost.formulas[0], above)
    if any(finder.maker.get(n, -1) >= place for n in names(formula)):
        return None
    at = finder.steps[place].place
    name = Name(cost.base, f"before {at.where}")
    at = at._replace(column=0, end=0)  # a place of its own
    return replace(cost, place=at, names=(name,), formulas=(formula,), older=(), hidden=True)


def _inserted(recorder: Recorder, place: int, step: Step) -> Recorder:
    snapshots = recorder.snapshots
    return replace(
        recorder,
        steps=[*recorder.steps[:place], step, *recorder.steps[place:]],
        snapshots=[*snapshots[:place], snapshots[place], *snapshots[place:]],
    )
