"""Which lines of a worksheet are left blank: all, a part, or one of each kind."""

from __future__ import annotations

from typing import Literal

from micrograd_like.exercises.task import Step, Task
from micrograd_like.formula import Derivative, Expr, Name, rewrite

Blanks = Literal["all", "key", "forward", "backward", "update"]

#: The steps that belong to a part.
_PARTS = {
    "forward": ("forward", "again"),
    "backward": ("local", "chain"),
    "update": ("update",),
}
#: A worksheet with more lines than this asks for one of each kind, unless it is told otherwise.
_MANY = 60
#: What stands for a name in the form of a line.
_GIVEN, _COMPUTED = Name("given"), Name("computed")


def asked(task: Task, blanks: Blanks | None) -> set[int]:
    """The places of the steps that are left blank.

    Args:
        task: The exercise.
        blanks: "all"; "forward", "backward" or "update" for the lines of that part; "key" for the
            first of all lines that are alike; None for all of a short one and "key" of a long one.
    """
    steps = task.steps
    if blanks is None:
        blanks = "key" if len(steps) > _MANY else "all"
    if blanks == "all":
        return set(range(len(steps)))
    if blanks == "key":
        forms = [_form(task, step) for step in steps]
        return {forms.index(form) for form in forms}
    return {place for place, step in enumerate(steps) if step.kind in _PARTS[blanks]}


def _form(task: Task, step: Step) -> tuple[object, ...]:
    """What a line has in common with others that are worked in the same way.

    Of a chain that is, for each path, the form of its last link.
    """
    links = [task.graph.locals[term[-1].of, term[-1].wrt] for term in step.terms]
    shown = links or [step.formula]
    return (step.kind, *(_without_names(task, formula) for formula in shown))


def _without_names(task: Task, formula: Expr) -> Expr:
    def rule(node: Expr) -> Expr | None:
        if isinstance(node, Name):
            return _GIVEN if node in task.givens else _COMPUTED
        return _COMPUTED if isinstance(node, Derivative) else None

    return rewrite(formula, rule)
