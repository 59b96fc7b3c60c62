"""A worked exercise as the text of a worksheet."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from micrograd_like.exercises.shapes import Shape
from micrograd_like.exercises.solve import Paper
from micrograd_like.exercises.task import Step, Task
from micrograd_like.notation import plain

_HEADINGS = {
    "forward": "Forward",
    "local": "Every quantity with respect to what it is computed from",
    "chain": "The chain rule",
    "update": "Update",
    "again": "Forward again, with the new values",
}
#: What would begin a formula, in a title or a name.
_WORDS = str.maketrans("", "", "$\\`")
_TASKS = {
    "blank": "Fill in what is missing, to {places} places; have it checked.",
    "solved": "Solved.",
    "slips": "Not every line is right: find those that are wrong, and say why.",
}


def heads(shape: Shape, form: str, places: int, told: str | int) -> tuple[str, ...]:
    """What stands on top: the title, what is to be done, and the seed or a label."""
    task = _TASKS[form].format(places=places)
    if isinstance(told, str):
        return (shape.title, task, *([f"{told}."] if told else []))
    return shape.title, f"{task} (exercise {shape.name}, seed {told})"


def written(
    drawn: Task, paper: Paper, open_lines: Collection[int], told: Sequence[str]
) -> tuple[str, list[int]]:
    """The worksheet's text, and for every step the number of its line."""
    rows = [*(f"# {line.translate(_WORDS)}" for line in told), ""]
    rows += [f"{name} = {plain(number)}" for name, number in drawn.givens.items()]
    lines, before = [], ""
    for step, (heading, line) in enumerate(zip(headings(drawn.steps), paper.lines, strict=True)):
        if heading != before:
            rows += ["", f"# {heading}"]
        rows.append(line.blank if step in open_lines else line.text)
        lines.append(len(rows))
        before = heading
    return "\n".join([*rows, ""]), lines


def headings(steps: Sequence[Step]) -> list[str]:
    """What each step stands under; derivatives and updates in turn are one part."""
    kinds = [step.kind for step in steps]
    mixed = kinds != sorted(kinds, key=list(_HEADINGS).index)
    backward = [kind for kind in _HEADINGS if mixed and kind not in ("forward", "again")]
    return ["Backward" if kind in backward else _HEADINGS[kind] for kind in kinds]
