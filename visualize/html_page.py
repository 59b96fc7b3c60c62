"""A worksheet as one self-contained page: marks, graph, steps and lines, linked with one another.

The page asks nothing of any other place: styles, script and faces stand in it. Its steps are those
of :func:`micrograd_like.derivation.walk.walk`. Without a script it has all but the graph.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd_like.derivation.walk import (
    Backward,
    Forward,
    Given,
    Result,
    Seed,
    Step,
    expr_of,
    known_after,
    output_of,
    values_of,
    walk,
)
from micrograd_like.engine import as_count
from micrograd_like.errors import MicrogradLikeError
from micrograd_like.formula import Derivative, Quantity
from micrograd_like.graph import reached
from micrograd_like.marking.records import VERDICTS, Report
from micrograd_like.notation import counted, text
from micrograd_like.worksheet import Worksheet
from micrograd_like.writers.blocks import rounding
from micrograd_like.writers.records import LOOKS
from visualize.compact import layouts
from visualize.graph_model import graph_model
from visualize.page_files import filled, harmless, in_one, sha256, style
from visualize.page_lines import LineView, grouped, line_id, line_views
from visualize.page_steps import StepWriter
from visualize.setting import set_formula, set_name
from visualize.snapshot import TooLargeError, snapshot

#: The page's scripts and styles, each before those that use it.
SCRIPTS = ("shapes.js", "graph.js", "listbox.js", "step.js", "page.js")
STYLES = ("tokens.css", "graph.css", "step.css", "page.css")
#: Steps of a page at most: more are not readable.
MAX_STEPS = 1000
#: The verdicts as they are counted on a page.
_LED = ("wrong", "unreadable", "unchecked", "follows", "right", "taken")
_COUNTED = ("", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


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
        report: Its marks: then these come first, each wrong line with its cause and the right
            working.
        places: Decimals shown, from 1 to 15.
        heading: The page's title; without it the worksheet's own comment on top.
        parameters: Names of leaves that are parameters, as in :func:`visualize.svg`.

    Raises:
        TypeError: It is no worksheet.
        WorksheetError: It computes nothing. With a report the page has the marks alone.
        TooLargeError: It has more than :data:`MAX_STEPS` steps, or is too large for
            :func:`visualize.svg`. With a report the page has a note, and the marks alone.
        DrawingError: There is no Graphviz. With a report the page has the marks alone.
    """
    if not isinstance(worksheet, Worksheet):
        raise TypeError(f"page: expected a Worksheet, got {type(worksheet).__name__}")
    places = as_count("places", places, 1, 15)
    lines = line_views(worksheet, report)
    data, steps, note = _graph(worksheet, report, places, parameters)
    title, about = (heading, "") if heading else heading_of(worksheet)
    title = title or (report.file if report is not None else "") or "A worksheet, step by step"
    data["heirs"] = {
        line.id: [line_id(heir) for heir in line.heirs] for line in lines if line.heirs
    }
    shown = [line for line in lines if not (line.heading and line.shown and _same(line, worksheet))]
    script = in_one(SCRIPTS)
    return filled(
        "page.html.j2",
        title=title,
        about=about,
        file="" if report is None else report.file,
        marked=report is not None,
        rows_marked="" if report is None else counted(len(report.lines), "line") + " marked",
        counts=counts(report),
        score=score(report),
        missing=missing(report),
        slips=[line for line in lines if line.leads],
        slips_title=slips_title(lines),
        rows=list(grouped(shown)),
        ids={line.place: line.id for line in lines},
        line_id=line_id,
        output=set_name(output_of(steps)) if steps else "",
        steps=data["steps"],
        own=own_lines(data["steps"], lines),
        table=list(known(steps, places)) if steps else [],
        note=note,
        rounding=rounding(places),
        style=style(STYLES),
        script=script,
        script_hash=sha256(script),
        data=harmless(json.dumps(_shown_once(data), ensure_ascii=False, separators=(",", ":"))),
    )


def _graph(
    worksheet: Worksheet, report: Report | None, places: int, parameters: Collection[str]
) -> tuple[dict[str, Any], list[Step], str]:
    """What the script needs, and the steps; of marks that have no graph, a note why."""
    data: dict[str, Any] = {"graph": None, "steps": [], "choices": [], "marked": report is not None}
    steps: list[Step] = []
    if report is not None and report.hint != "working":
        return data, steps, "graph and steps are not shown: they would tell what is right"
    try:
        steps = list(walk(worksheet.cost(), beside=worksheet.names.values()))
        if len(steps) > MAX_STEPS:
            found, steps = len(steps), []
            raise TooLargeError(f"{found:,} steps are too many for a page, expected {MAX_STEPS:,}")
        shot = snapshot(worksheet, parameters=parameters)
        model = graph_model(shot, report)
        data["graph"] = {"model": model, "layouts": layouts(shot)}
    except MicrogradLikeError as error:
        if report is None:
            raise
        missing = "the graph is not drawn" if steps else "there are no steps to go through"
        return {**data, **walked(worksheet, steps, {}, places)}, steps, f"{missing}: {error}"
    boxes = {node["key"]: node for node in model["nodes"]}
    return {**data, **walked(worksheet, steps, boxes, places)}, steps, ""


def walked(
    worksheet: Worksheet,
    steps: Sequence[Step],
    boxes: Mapping[str, Any],
    places: int,
    judged: bool = True,
) -> dict[str, Any]:
    """The steps that compute something, and what of them one derivative takes."""
    writer = StepWriter(worksheet, boxes, places, judged)
    computing = [step for step in steps if not isinstance(step, Given)]
    backward = [place for place, step in enumerate(computing) if not isinstance(step, Forward)]
    last = max(backward, default=0)
    return {
        "steps": [writer.record(step, place > last) for place, step in enumerate(computing)],
        "choices": list(choices_of(computing)),
        "boxes": {str(n): box for n in _names(steps) if (box := writer.box(n)) and box != str(n)},
    }


def _shown_once(data: dict[str, Any]) -> dict[str, Any]:
    """The data without what stands in the page's elements."""
    steps = [
        {key: part for key, part in s.items() if key not in ("html", "asked_html")}
        for s in data["steps"]
    ]
    return {**data, "steps": steps}


def heading_of(worksheet: Worksheet) -> tuple[str, str]:
    """The worksheet's own comment on top: a title, and what it says behind a colon."""
    first = next((line for line in worksheet.lines if line.strip()), "")
    if not first.startswith("#"):
        return "", ""
    title, _, about = first.lstrip("# ").strip().partition(": ")
    return title, about[:1].upper() + about[1:]


def _same(line: LineView, worksheet: Worksheet) -> bool:
    """Whether a heading is the page's own title, which is not said twice."""
    first = next((n for n, said in enumerate(worksheet.lines, 1) if said.strip()), 0)
    return line.place == worksheet.place(first)


# Counts.


def counts(report: Report | None) -> list[dict[str, Any]]:
    """How many lines have each verdict, wrong ones first, each with the first such line."""
    if report is None:
        return []
    firsts = {line.verdict: line.place for line in reversed(report.lines)}
    return [
        {"verdict": verdict, "count": count, "word": LOOKS[verdict].counted[count != 1]}
        | {"first": line_id(firsts[verdict])}
        for verdict in sorted(VERDICTS, key=_LED.index)
        if (count := report.counts[verdict])
    ]


def score(report: Report | None) -> tuple[str, str, str] | None:
    """What is had of what there is, and in what: points, else lines that are right or follow."""
    if report is None:
        return None
    if report.items:
        return f"{report.points:g}", f"{report.of:g}", "points"
    counts = report.counts
    claimed = sum(counts.values()) - counts["taken"]
    had = counts["right"] + counts["follows"]
    return (f"{had:,}", f"{claimed:,}", "lines right or following") if claimed else None


def missing(report: Report | None) -> list[str]:
    """The quantities that an assignment asks for and that are not there."""
    items = () if report is None else report.items
    return [set_formula(text(item.quantity)) for item in items if item.verdict == "missing"]


def slips_title(lines: Sequence[LineView]) -> str:
    """How many slips there are, in words."""
    counts = Counter(line.verdict for line in lines)
    wrong, open_lines = counts["wrong"], counts["unreadable"] + counts["unchecked"]
    if wrong:
        said = _COUNTED[wrong] if wrong < len(_COUNTED) else f"{wrong:,}"
        return f"{said} {'slip' if wrong == 1 else 'slips'}"
    return "Nothing is wrong" + (", but not all could be judged" if open_lines else "")


# What to follow, and the table.


def own_lines(
    steps: Sequence[Mapping[str, Any]], lines: Sequence[LineView]
) -> list[list[LineView]]:
    """For each step the worksheet's lines for it."""
    by_left: dict[str, list[LineView]] = {}
    for line in lines:
        for left in line.lefts:
            by_left.setdefault(str(left), []).append(line)
    return [[line for left in step["lines"] for line in by_left.get(left, ())] for step in steps]


def choices_of(steps: Sequence[Step]) -> Iterator[dict[str, Any]]:
    """The derivatives of the output, each with the steps on its paths and the names there."""
    users: dict[Quantity, list[Quantity]] = {}
    for step in steps:
        if isinstance(step, Backward):
            users.setdefault(step.name, []).append(step.user)
    for name in users:
        on_paths = reached(name, users)
        chosen = [
            place
            for place, step in enumerate(steps)
            if isinstance(step, Seed)
            or (isinstance(step, Forward) and step.name in on_paths - {name})
            or (isinstance(step, Backward) and {step.name, step.user} <= on_paths)
        ]
        left = Derivative(output_of(steps), name)
        names = sorted(map(str, on_paths))
        yield {"key": str(left), "html": set_formula(text(left)), "steps": chosen, "names": names}


@dataclass(frozen=True, slots=True)
class Row:
    """A name in the table of values and gradients."""

    key: str
    name: str
    value: str
    gradient: str


def known(steps: Sequence[Step], places: int) -> Iterator[Row]:
    """Every name with its value and gradient, at the end."""
    for name, found in known_after(steps, len(steps) - 1).items():
        numbers = (_shown(result, places) for result in (found.value, found.gradient))
        yield Row(str(name), set_name(name), *numbers)


def _names(steps: Sequence[Step]) -> Iterator[Quantity]:
    """Every name of the walk."""
    for step in steps:
        yield from (name for name, _ in values_of(step))


def _shown(result: Result | None, places: int) -> str:
    return "" if result is None else set_formula(text(expr_of(result), places))
