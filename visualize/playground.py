r"""What the playground asks of Python: a message as JSON, an answer as JSON.

The page in the browser holds no mathematics and no verdict: it sends what was typed, and shows
what comes back. Marks are the record that ``micrograd-like check --format json`` prints.

>>> json.loads(answer('{"kind": "mark", "text": "x = 3\\ny = x^2 = 8"}'))["report"]["wrong"]
1
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from html import escape
from typing import Any

from micrograd_like.derivation.walk import Given, Step, output_of, walk
from micrograd_like.errors import MicrogradLikeError, WorksheetError
from micrograd_like.exercises import Form, generate
from micrograd_like.exercises.shapes import SHAPES
from micrograd_like.formula import Name
from micrograd_like.marking.readings import Marking
from micrograd_like.marking.records import Hint, LineMark, Report
from micrograd_like.worksheet import Statement, Worksheet, builtin
from micrograd_like.writers.formats import written
from micrograd_like.writers.formats.json import finite
from micrograd_like.writers.marks import document
from micrograd_like.writers.prediction import reply
from micrograd_like.writers.published import worksheet_data
from micrograd_like.writers.remarks import remark
from visualize.compact import layouts, skeleton
from visualize.graph_model import graph_model
from visualize.html_page import known, page, walked
from visualize.page_lines import LineView, line_views, set_sentence
from visualize.setting import set_name, set_names
from visualize.snapshot import snapshot
from visualize.snapshot.records import Snapshot

#: Worksheets kept: the text in the editor, and the same with another number.
_KEPT = 4
#: Decimals shown.
_PLACES = 4


def answer(message: str) -> str:
    """The answer to a message: ``{"kind": …, …}`` to a record, or to ``{"error": …}``."""
    asked = json.loads(message)
    try:
        found = KINDS[asked.pop("kind")](**asked)
    except (MicrogradLikeError, ValueError) as error:
        found = {"error": str(error)}
    except ModuleNotFoundError as error:
        found = {
            "error": f"This is read with {error.name}, which this page does not have: "
            "mark it with the command micrograd-like check."
        }
    return json.dumps(finite(found), ensure_ascii=False)


# A text is read, marked and walked through once.


@lru_cache(_KEPT)
def _read(text: str) -> Worksheet:
    return Worksheet.parse(text)


@lru_cache(_KEPT)
def _judged(text: str) -> Marking:
    return Marking(_read(text))


@lru_cache(_KEPT)
def _marked(text: str) -> Report:
    sheet = _read(text)
    return Report(tuple(_judged(text).lines()), "", sheet.told, sheet.passed)


@lru_cache(_KEPT)
def _steps(text: str) -> list[Step]:
    sheet = _read(text)
    return walk(sheet.cost(), beside=sheet.names.values())


@lru_cache(_KEPT)
def _shot(text: str) -> Snapshot:
    return snapshot(_read(text))


#: The places of a graph's boxes by what is laid out: they stay while its numbers change.
_places: dict[tuple[str, ...], dict[str, Any]] = {}


def _layouts(shot: Snapshot) -> dict[str, Any]:
    keys = (node.key for node in shot.nodes)
    drawn = (skeleton(shot, False), skeleton(shot, True), *keys)
    if drawn not in _places:
        if len(_places) >= _KEPT:
            _places.clear()
        _places[drawn] = layouts(shot)
    return _places[drawn]


# What is asked.


def look(text: str) -> Mapping[str, Any]:
    """What can be shown of a text, whatever its marks: the graph, and its steps.

    Where the text computes nothing the graph is None, and ``note`` says why.
    """
    sheet = _read(text)
    empty: dict[str, Any] = {"graph": None, "note": "", "output": "", "table": []}
    try:
        steps, shot = _steps(text), _shot(text)
        graph = {"model": graph_model(shot), "layouts": _layouts(shot)}
    except MicrogradLikeError as error:
        none = walked(sheet, [], {}, _PLACES)
        return {**empty, **none, "note": str(error)}
    boxes = {node["key"]: node for node in graph["model"]["nodes"]}
    return {
        **empty,
        **walked(sheet, steps, boxes, _PLACES, judged=False),
        "graph": graph,
        "output": set_name(output_of(steps)),
        "table": [asdict(row) for row in known(steps, _PLACES)],
    }


def judge(text: str, lines: Sequence[int] = ()) -> Mapping[str, Any]:
    """The verdict of every line, and of some lines how they are set; what is said comes after.

    Args:
        text: The worksheet.
        lines: The lines that have changed.
    """
    sheet, marks = _read(text), _judged(text).verdicts()
    changed = Report(tuple(mark for mark in marks if mark.place.line in lines))
    views = [_line(view, sheet) for view in line_views(sheet, changed)]
    return {"verdicts": [[mark.place.line, mark.verdict] for mark in marks], "lines": views}


def mark(text: str) -> Mapping[str, Any]:
    """The marks of a worksheet: the record that the command prints, and how they are shown."""
    sheet, report = _read(text), _marked(text)
    marked = {line.place: line for line in report.lines}
    less = report.hinted("kind")
    kinds = {line.place: remark(line, less).said for line in less.lines if line.causes}
    lines = [
        _line(view, sheet, marked.get(view.place), kinds.get(view.place, ""))
        for view in line_views(sheet, report)
    ]
    try:
        model = graph_model(_shot(text), report)
    except MicrogradLikeError:  # what there is to look at says why
        model = None
    return {"report": worksheet_data(report), "lines": lines, "model": model}


def _line(
    view: LineView, sheet: Worksheet, marked: LineMark | None = None, kind: str = ""
) -> dict[str, Any]:
    """A line as the editor shows it; its texts are HTML. ``kind`` is said before the cause is."""
    source = sheet.line(view.place).strip()
    stated = [statement for statement in sheet.statements if statement.place == view.place]
    whole = view.heading or any(statement.source.strip() == source for statement in stated)
    return {
        "line": view.place.line,
        "set": view.shown if whole else "",
        "lefts": [str(left) for left in view.lefts],
        "focus": view.focus,
        "heading": view.heading,
        "given": view.given,
        "blank": any(statement.blank for statement in stated),
        "number": _given_number(view, sheet),
        "verdict": view.verdict,
        "kind": set_sentence(kind),
        "note": view.note,
        "label": view.label,
        "working": view.working,
        "true": view.true,
        "column": next((p.column for p in sheet.unreadable if p.line == view.place.line), 0),
        "readAs": _understood(marked, sheet),
        "sources": [place.line for place in view.sources],
        "heirs": [place.line for place in view.heirs],
    }


def _understood(marked: LineMark | None, sheet: Worksheet) -> str:
    """How a line was understood, where that is not as it stands: "w1x1 as w1·x1"."""
    if marked is None:
        return ""
    names = [*map(Name, sheet.names)]
    return "; ".join(set_names(said, names) for said in marked.read_as.split("; ") if said)


def _given_number(view: LineView, sheet: Worksheet) -> float | None:
    """The number that a line gives its name."""
    named = sheet.names.get(view.focus) if view.given else None
    return None if named is None else named.data


def predict(text: str, step: int, typed: str) -> Mapping[str, Any]:
    """What is to be said of a number typed for a step, of those that compute something.

    Raises:
        ValueError: The step has no number.
    """
    computing = [one for one in _steps(text) if not isinstance(one, Given)]
    replied = reply(computing[step], typed, _PLACES)
    return {"verdict": replied.verdict, "said": replied.said}


# Exploring: other numbers for some givens.


def drag(text: str, values: Mapping[str, float]) -> Mapping[str, Any]:
    """The graph with other numbers for some givens, and what the text says of each.

    Nothing is read and no step written: what was recorded is computed again, to follow a pointer.
    """
    sheet, givens, numbers = _recorded(text)
    for name, number in numbers.items():
        sheet.names[name].data = values.get(str(name), number)
    sheet.cost().recompute()
    said = {
        str(name): {"shown": set_name(name), "was": given.source.partition("=")[2].strip()}
        for name, given in givens.items()
        if str(name) in values
    }
    return {"model": graph_model(snapshot(sheet)), "said": said}


@lru_cache(1)
def _recorded(text: str) -> tuple[Worksheet, Mapping[Name, Statement], Mapping[Name, float]]:
    """A worksheet for its graph, whose numbers change; what gives them, and what they were."""
    sheet = Worksheet.parse(text)
    stated = [s for s in sheet.statements if s.kind == "given" and _is_movable(s)]
    givens = {s.left: s for s in stated if isinstance(s.left, Name) and s.left in sheet.names}
    return sheet, givens, {name: sheet.names[name].data for name in givens}


def _is_movable(given: Statement) -> bool:
    """Whether the text can be given another number in its place."""
    return not given.place.cell and "=" in given.source


def put(text: str, values: Mapping[str, float]) -> Mapping[str, Any]:
    """The text with other numbers for some givens.

    Raises:
        WorksheetError: A name is given no number.
    """
    _, givens, _ = _recorded(text)
    if unknown := [name for name in values if Name(name) not in givens]:
        raise WorksheetError(f"{unknown[0]} is given no number here")
    lines = text.split("\n")
    moved = ((givens[Name(name)].place, value) for name, value in values.items())
    for place, value in sorted(moved, reverse=True):  # what stands before keeps its column
        line, at = lines[place.line - 1], place.column - 1
        head, sign, _ = line[at : place.end - 1].partition("=")
        lines[place.line - 1] = f"{line[:at]}{head}{sign} {value:.6g}{line[place.end - 1 :]}"
    return {"text": "\n".join(lines)}


def explore(text: str, values: Mapping[str, float]) -> Mapping[str, Any]:
    """The text with other numbers for some givens, and what there is to look at then."""
    changed = put(text, values)
    return {**look(changed["text"]), **changed}


def notebook(text: str) -> Mapping[str, Any]:
    """The lines of a notebook's cells, one below the other."""
    return {"text": "\n".join(Worksheet.parse(text, format="notebook").lines)}


def exercise(shape: str, seed: int, form: Form, slips: int = 1) -> Mapping[str, Any]:
    """A worksheet of a shape with new numbers, and how many slips were planted in it."""
    made = generate(shape, seed, form=form, slips=slips)
    return {"text": made.text, "title": made.title, "planted": len(made.planted)}


def export(text: str, format: str, hint: Hint = "working") -> Mapping[str, Any]:
    """The marks as a file: a page, or a format of ``check``; they tell no more than a hint."""
    report = _marked(text).hinted(hint)
    if format == "page":
        return {"text": page(_read(text), report=report)}
    return {"text": written(format, document([report]))}


def offered() -> Mapping[str, Any]:
    """What can be opened: the built-in worksheets, and the shapes of exercises."""
    return {
        "examples": [
            {"name": name, "title": builtin.title(name), "text": builtin.text(name)}
            for name in builtin.names()
        ],
        "shapes": [
            {"name": shape.name, "html": f"<b>{escape(shape.name)}</b> {escape(shape.title)}"}
            for shape in SHAPES.values()
        ],
    }


KINDS: Mapping[str, Callable[..., Mapping[str, Any]]] = {
    ask.__name__: ask
    for ask in (
        *(judge, look, mark, predict, drag, put, explore),
        *(notebook, exercise, export, offered),
    )
}
