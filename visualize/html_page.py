"""A worksheet as one self-contained page to step through: graph, formulas, values, lines.

The page asks nothing of any other place. Its steps are those of
:func:`micrograd_like.derivation.walk.walk`; formulas are MathML, which needs neither script
nor font.
Without a script, and in print, all steps stand below one another.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from micrograd_like.derivation.walk import (
    Backward,
    Forward,
    Given,
    Result,
    Seed,
    Step,
    expr_of,
    known_after,
    name_of,
    output_of,
    values_of,
    walk,
)
from micrograd_like.errors import MicrogradLikeError
from micrograd_like.formula import Derivative, Quantity
from micrograd_like.graph import reached
from micrograd_like.marking.records import Report
from micrograd_like.notation import name_text, number, text
from micrograd_like.worksheet import Worksheet
from micrograd_like.writers.blocks import rounding
from micrograd_like.writers.marks import summary
from visualize.page_lines import line_views
from visualize.page_steps import node_view, step_view
from visualize.snapshot import TooLargeError

#: Steps of a page at most: more are not readable.
MAX_STEPS = 1000


def page(
    worksheet: Worksheet,
    *,
    report: Report | None = None,
    places: int = 4,
    heading: str = "",
    parameters: Collection[str] = (),
) -> str:
    """The worksheet as a page of HTML.

    Args:
        worksheet: Its steps and its graph are shown.
        report: Its marks, which then stand beside its lines.
        places: Decimals shown.
        heading: The page's title; without it the worksheet's own comment on top.
        parameters: Names of leaves that are parameters, as in :func:`visualize.svg`.

    Raises:
        TypeError: It is no worksheet.
        WorksheetError: It computes nothing. With a report the page has the marks alone.
        TooLargeError: It has more than :data:`MAX_STEPS` steps, or is too large for
            :func:`visualize.svg`. With a report the page has a note, and the marks alone.
    """
    if not isinstance(worksheet, Worksheet):
        raise TypeError(f"page: expected a Worksheet, got {type(worksheet).__name__}")
    steps, picture, note = _graph(worksheet, places, parameters, required=report is None)
    choices = list(_choices(steps))
    data = {
        "steps": [_data(step, places) for step in steps],
        "choices": [{"key": c.key, "steps": c.steps, "names": c.names} for c in choices],
    }
    output = name_text(output_of(steps)) if steps else ""
    script = _file("page.js")
    filled: str = _template().render(
        title=heading or _heading(worksheet),
        counts="" if report is None else str(summary(report)),
        svg=Markup(picture),
        note=note,
        style=Markup(_file("page.css")),
        script=Markup(script),
        script_hash=_sha256(script),
        steps=[step_view(step, places) for step in steps],
        choices=choices,
        output=output,
        gradient_head=f"∂{output}/∂name",
        known=list(_known(steps, places)) if steps else [],
        lines=list(line_views(worksheet, report)),
        nodes=[node_view(name, steps, places) for name in _names(steps)],
        rounding=rounding(places),
        data=Markup(_harmless(json.dumps(data))),
    )
    return filled


def _graph(
    worksheet: Worksheet, places: int, parameters: Collection[str], required: bool
) -> tuple[tuple[Step, ...], str, str]:
    """The steps and the picture; of marks that have no graph, a note why."""
    from visualize.draw import svg

    steps: tuple[Step, ...] = ()
    try:
        steps = tuple(walk(worksheet.cost(), beside=worksheet.names.values()))
        if len(steps) > MAX_STEPS:
            found, steps = len(steps), ()
            raise TooLargeError(f"{found:,} steps are too many for a page, expected {MAX_STEPS:,}")
        return steps, svg(worksheet, places=places, parameters=parameters), ""
    except MicrogradLikeError as error:
        if required:
            raise
        missing = "the graph is not drawn" if steps else "there are no steps to go through"
        return steps, "", f"Of this worksheet {missing}: {error}"


def _file(name: str) -> str:
    return (files("visualize") / "web" / name).read_text(encoding="utf-8")


@cache
def _template() -> Any:
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_file("page.html.j2"))


def _sha256(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _harmless(data: str) -> str:
    """JSON inside a script element: nothing in it ends the element."""
    return data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _heading(worksheet: Worksheet) -> str:
    first = next((line for line in worksheet.lines if line.strip()), "")
    return first.lstrip("# ").strip() if first.startswith("#") else "A worksheet, step by step"


def _data(step: Step, places: int) -> dict[str, Any]:
    """What the script needs of a step."""
    sets = [{"name": str(n), "value": _shown(v, places)} for n, v in values_of(step)]
    lines: list[str] = []  # what the worksheet's lines for this step are about
    match step:
        case Forward(name):
            lines = [str(name)]
        case Seed(name):
            sets.append({"name": str(name), "gradient": number(1.0, places), "state": "complete"})
        case Backward(output, name, user):
            state = "complete" if step.complete else f"{step.part} of {step.parts}"
            gradient = _shown(step.total, places)
            sets.append({"name": str(name), "gradient": gradient, "state": state})
            lines = [str(Derivative(output, name)), str(Derivative(user, name))]
    return {
        "kind": step.kind,
        "name": str(name_of(step)),
        "user": str(step.user) if isinstance(step, Backward) else "",
        "predicted": None if isinstance(step, Given) else step.predicted[1],
        "sets": sets,
        "lines": lines,
    }


# What to follow.


@dataclass(frozen=True, slots=True)
class Choice:
    """A derivative to follow: its steps, by their places, and the names on its paths."""

    key: str
    label: str
    steps: list[int]
    names: list[str]


def _choices(steps: Sequence[Step]) -> Iterator[Choice]:
    """The derivatives of the output, each with the steps that lie on its paths."""
    users: dict[Quantity, list[Quantity]] = {}
    for step in steps:
        if isinstance(step, Backward):
            users.setdefault(step.name, []).append(step.user)
    for name in users:
        on_paths = reached(name, users)
        chosen = [
            place
            for place, step in enumerate(steps)
            if isinstance(step, Given | Seed)
            or (isinstance(step, Forward) and step.name in on_paths - {name})
            or (isinstance(step, Backward) and {step.name, step.user} <= on_paths)
        ]
        output = output_of(steps)
        left = Derivative(output, name)
        yield Choice(str(left), text(left), chosen, sorted(map(str, on_paths)))


# The table.


def _names(steps: Sequence[Step]) -> list[Quantity]:
    return list(dict.fromkeys(name for step in steps for name, _ in values_of(step)))


def _known(steps: Sequence[Step], places: int) -> Iterator[Mapping[str, str]]:
    for name, known in known_after(steps, len(steps) - 1).items():
        yield {
            "name": str(name),
            "shown": name_text(name),
            "value": _shown(known.value, places),
            "gradient": _shown(known.gradient, places),
            "state": "complete" if known.parts else "",
        }


def _shown(result: Result | None, places: int) -> str:
    return "" if result is None else text(expr_of(result), places)
