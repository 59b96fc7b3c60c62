r"""What the playground asks of Python: a message as JSON, an answer as JSON.

The page in the browser holds no mathematics and no verdict: it sends what was typed, and shows
what comes back. Marks are the record that ``micrograd-like check --format json`` prints.

>>> json.loads(answer('{"kind": "mark", "text": "x = 3\\ny = x^2 = 8"}'))["report"]["wrong"]
1
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from micrograd_like.derivation.walk import Given, Step, output_of, walk
from micrograd_like.errors import MicrogradLikeError, WorksheetError
from micrograd_like.exercises import Form, generate
from micrograd_like.exercises.shapes import SHAPES
from micrograd_like.formula import Name
from micrograd_like.marking import check
from micrograd_like.marking.records import LineMark, Report
from micrograd_like.worksheet import Worksheet, builtin
from micrograd_like.writers.formats import written
from micrograd_like.writers.formats.json import finite
from micrograd_like.writers.marks import document, remark, report_record
from micrograd_like.writers.prediction import reply
from visualize.compact import layouts, skeleton
from visualize.draw import svg
from visualize.graph_model import graph_model
from visualize.html_page import known, page, walked
from visualize.page_lines import LineView, line_views, set_sentence
from visualize.setting import set_name
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
def _marked(text: str) -> Report:
    return check(_read(text))


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
    """What can be shown before anything is marked: the graph, its steps, the lines as they are set.

    Where the text computes nothing the graph is None, and ``note`` says why.
    """
    sheet = _read(text)
    empty: dict[str, Any] = {"graph": None, "note": "", "output": "", "table": []}
    lines = [_line(view, sheet) for view in line_views(sheet, None)]
    try:
        steps, shot = _steps(text), _shot(text)
        graph = {"model": graph_model(shot), "layouts": _layouts(shot)}
    except MicrogradLikeError as error:
        none = walked(sheet, [], {}, _PLACES)
        return {**empty, **none, "lines": lines, "note": str(error)}
    boxes = {node["key"]: node for node in graph["model"]["nodes"]}
    return {
        **empty,
        **walked(sheet, steps, boxes, _PLACES, judged=False),
        "graph": graph,
        "lines": lines,
        "output": set_name(output_of(steps)),
        "table": [asdict(row) for row in known(steps, _PLACES)],
    }


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
    return {"report": report_record(report), "lines": lines, "model": model}


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
        "readAs": marked.read_as if marked else "",
        "sources": [place.line for place in view.sources],
        "heirs": [place.line for place in view.heirs],
    }


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


def put(text: str, name: str, value: float) -> Mapping[str, Any]:
    """The text with another number for a given, and the number it had.

    Raises:
        WorksheetError: The name is given no number.
    """
    sheet = _read(text)
    given = next((s for s in sheet.statements if s.kind == "given" and str(s.left) == name), None)
    if given is None or given.place.cell or "=" not in given.source:
        raise WorksheetError(f"{name} is given no number here")
    lines = text.split("\n")
    line, at = lines[given.place.line - 1], given.place.column - 1
    head, sign, was = line[at : given.place.end - 1].partition("=")
    lines[given.place.line - 1] = (
        f"{line[:at]}{head}{sign} {value:.6g}{line[given.place.end - 1 :]}"
    )
    return {"text": "\n".join(lines), "was": was.strip()}


def explore(text: str, name: str, value: float) -> Mapping[str, Any]:
    """The text with another number for a given, as it is to be looked at."""
    changed = put(text, name, value)
    return {**look(changed["text"]), **changed, "shown": set_name(Name(name))}


def notebook(text: str) -> Mapping[str, Any]:
    """The lines of a notebook's cells, one below the other."""
    return {"text": "\n".join(Worksheet.parse(text, format="notebook").lines)}


def exercise(shape: str, seed: int, form: Form, slips: int = 1) -> Mapping[str, Any]:
    """A worksheet of a shape with new numbers, and how many slips were planted in it."""
    made = generate(shape, seed, form=form, slips=slips)
    return {"text": made.text, "title": made.title, "planted": len(made.planted)}


def export(text: str, format: str) -> Mapping[str, Any]:
    """The worksheet or its marks as a file: a page, a picture, or a format of ``check``."""
    sheet = _read(text)
    match format:
        case "page":
            return {"text": page(sheet, report=_marked(text))}
        case "svg":
            return {"text": svg(sheet)}
    return {"text": written(format, document([_marked(text)]))}


def offered() -> Mapping[str, Any]:
    """What can be opened: the built-in worksheets, and the shapes of exercises."""
    return {
        "examples": [
            {"name": name, "title": builtin.title(name), "text": builtin.text(name)}
            for name in builtin.names()
        ],
        "shapes": [{"name": shape.name, "title": shape.title} for shape in SHAPES.values()],
    }


KINDS: Mapping[str, Callable[..., Mapping[str, Any]]] = {
    ask.__name__: ask for ask in (look, mark, predict, explore, notebook, exercise, export, offered)
}
