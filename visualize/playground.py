r"""What the playground asks of Python: a message as JSON, an answer as JSON.

The page in the browser holds no mathematics and no verdict: it sends what was typed, and shows
what comes back. Marks are the record that ``micrograd-like check --format json`` prints.

>>> json.loads(answer('{"kind": "mark", "text": "x = 3\\ny = x^2 = 8"}'))["report"]["wrong"]
1
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from html import escape
from pathlib import PurePath
from typing import Any

from micrograd_like.derivation.walk import Given, Step, output_of, walk
from micrograd_like.errors import MicrogradLikeError, WorksheetError
from micrograd_like.exercises import Form, generate
from micrograd_like.exercises.shapes import SHAPES
from micrograd_like.formula import Name
from micrograd_like.marking.readings import Marking
from micrograd_like.marking.records import Hint, LineMark, Report
from micrograd_like.worksheet import Place, Statement, Worksheet, builtin
from micrograd_like.worksheet.readers import format_of
from micrograd_like.writers.formats import written
from micrograd_like.writers.formats.json import finite
from micrograd_like.writers.marks import document
from micrograd_like.writers.prediction import reply
from micrograd_like.writers.published import worksheet_data
from visualize.compact import layouts, skeleton
from visualize.graph_model import graph_model
from visualize.html_page import known, page, walked
from visualize.page_lines import LineView, line_views
from visualize.setting import set_name, set_names
from visualize.snapshot import snapshot
from visualize.snapshot.records import Snapshot

#: Worksheets kept: the text in the editor, and the same with another number.
_KEPT = 4
#: Decimals shown.
_PLACES = 4
#: The hints, one after the other, and how each is asked for.
_ASKED: Mapping[Hint, str] = {
    "line": "Which line?",
    "kind": "Which kind?",
    "piece": "Which piece?",
    "working": "The right working",
}


def answer(message: str) -> str:
    """The answer to a message: ``{"kind": …, …}`` to a record, or to ``{"error": …}``."""
    asked = json.loads(message)
    kind = asked.pop("kind")
    if kind in OF_A_TEXT:
        asked["typed"] = Typed(asked.pop("text"), asked.pop("readAs", ""))
    try:
        found = KINDS[kind](**asked)
    except (MicrogradLikeError, ValueError) as error:
        found = {"error": str(error)}
    return json.dumps(finite(found), ensure_ascii=False)


@dataclass(frozen=True)
class Typed:
    """What stands in the editor.

    Attributes:
        text: All of it.
        read_as: The format it is read as; "" where its content tells.
    """

    text: str
    read_as: str = ""


# A text is read, marked and walked through once.


@lru_cache(_KEPT)
def _read(typed: Typed) -> Worksheet:
    return Worksheet.parse(typed.text, format=typed.read_as or None)


@lru_cache(_KEPT)
def _judged(typed: Typed) -> Marking:
    return Marking(_read(typed))


@lru_cache(_KEPT)
def _marked(typed: Typed) -> Report:
    sheet = _read(typed)
    return Report(tuple(_judged(typed).lines()), "", sheet.told, sheet.passed)


@lru_cache(_KEPT)
def _steps(typed: Typed) -> list[Step]:
    sheet = _read(typed)
    return walk(sheet.cost(), beside=sheet.names.values())


@lru_cache(_KEPT)
def _shot(typed: Typed) -> Snapshot:
    return snapshot(_read(typed))


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


def look(typed: Typed) -> Mapping[str, Any]:
    """What can be shown of a text, whatever its marks: the graph, and its steps.

    Where the text computes nothing the graph is None, and ``note`` says why.
    """
    sheet = _read(typed)
    empty: dict[str, Any] = {"graph": None, "note": "", "output": "", "table": []}
    try:
        steps, shot = _steps(typed), _shot(typed)
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


def judge(typed: Typed, lines: Sequence[int] = ()) -> Mapping[str, Any]:
    """The verdict of every line, and of some lines how they are set; what is said comes after.

    Args:
        typed: The worksheet.
        lines: The lines that have changed.
    """
    sheet, marks = _read(typed), _judged(typed).verdicts()
    changed = Report(tuple(mark for mark in marks if mark.place.line in lines))
    views = [_line(view, sheet) for view in line_views(sheet, changed)]
    return {"verdicts": [[mark.place.line, mark.verdict] for mark in marks], "lines": views}


def mark(typed: Typed) -> Mapping[str, Any]:
    """The marks of a worksheet: the record that the command prints, and how they are shown."""
    sheet, report = _read(typed), _marked(typed)
    marked = {line.place: line for line in report.lines}
    hints = _hints(sheet, report)
    lines = [
        _line(view, sheet, marked.get(view.place), hints.get(view.place, ()))
        for view in line_views(sheet, report)
    ]
    try:
        model = graph_model(_shot(typed), report)
    except MicrogradLikeError:  # what there is to look at says why
        model = None
    return {"report": worksheet_data(report), "lines": lines, "model": model}


def _hints(sheet: Worksheet, report: Report) -> dict[Place, list[dict[str, str]]]:
    """What is said of every wrong line, hint by hint, and what leads to the next one."""
    wrong = Report(tuple(line for line in report.lines if line.verdict == "wrong"))
    found: dict[Place, list[dict[str, str]]] = {}
    for hint, asked in _ASKED.items():
        for view in line_views(sheet, wrong.hinted(hint)):
            if view.verdict and (view.working or hint != "working"):
                told = {"said": view.note, "label": view.label, "working": view.working}
                found.setdefault(view.place, []).append({"name": hint, "asked": asked, **told})
    return found


def _line(
    view: LineView,
    sheet: Worksheet,
    marked: LineMark | None = None,
    hints: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """A line as the editor shows it; its texts are HTML. What is said of a wrong one are hints."""
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
        "note": "" if view.verdict == "wrong" else view.note,
        "hints": hints,
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


def predict(typed: Typed, step: int, predicted: str) -> Mapping[str, Any]:
    """What is to be said of a number typed for a step, of those that compute something.

    Raises:
        ValueError: The step has no number.
    """
    computing = [one for one in _steps(typed) if not isinstance(one, Given)]
    replied = reply(computing[step], predicted, _PLACES)
    return {"verdict": replied.verdict, "said": replied.said}


# Exploring: other numbers for some givens.


def drag(typed: Typed, values: Mapping[str, float]) -> Mapping[str, Any]:
    """The graph with other numbers for some givens, and what the text says of each.

    Nothing is read and no step written: what was recorded is computed again, to follow a pointer.
    """
    sheet, givens, numbers = _recorded(typed)
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
def _recorded(typed: Typed) -> tuple[Worksheet, Mapping[Name, Statement], Mapping[Name, float]]:
    """A worksheet for its graph, whose numbers change; what gives them, and what they were."""
    sheet = Worksheet.parse(typed.text, format=typed.read_as or None)
    stated = [s for s in sheet.statements if s.kind == "given" and _is_movable(s)]
    givens = {s.left: s for s in stated if isinstance(s.left, Name) and s.left in sheet.names}
    return sheet, givens, {name: sheet.names[name].data for name in givens}


def _is_movable(given: Statement) -> bool:
    """Whether the text can be given another number in its place."""
    return not given.place.cell and "=" in given.source


def put(typed: Typed, values: Mapping[str, float]) -> Mapping[str, Any]:
    """The text with other numbers for some givens.

    Raises:
        WorksheetError: A name is given no number.
    """
    _, givens, _ = _recorded(typed)
    if unknown := [name for name in values if Name(name) not in givens]:
        raise WorksheetError(f"{unknown[0]} is given no number here")
    lines = typed.text.split("\n")
    moved = ((givens[Name(name)].place, value) for name, value in values.items())
    for place, value in sorted(moved, reverse=True):  # what stands before keeps its column
        line, at = lines[place.line - 1], place.column - 1
        head, sign, _ = line[at : place.end - 1].partition("=")
        lines[place.line - 1] = f"{line[:at]}{head}{sign} {value:.6g}{line[place.end - 1 :]}"
    return {"text": "\n".join(lines)}


def explore(typed: Typed, values: Mapping[str, float]) -> Mapping[str, Any]:
    """The text with other numbers for some givens, and what there is to look at then."""
    changed = put(typed, values)
    return {**look(replace(typed, text=changed["text"])), **changed}


def opened(content: str, name: str) -> Mapping[str, Any]:
    """A file as it stands in the editor: of a notebook the cells, one below the other.

    Its name may tell another format than its content would.

    Raises:
        WorksheetError: It is too large, or no notebook though its name says so.
    """
    suffix = PurePath(name).suffix
    told = format_of(content, suffix)
    if told == "notebook":
        return {"text": "\n".join(Worksheet.parse(content, format=told).lines), "readAs": ""}
    return {"text": content, "readAs": "" if told == format_of(content) else told}


def exercise(shape: str, seed: int, form: Form, slips: int = 1) -> Mapping[str, Any]:
    """A worksheet of a shape with new numbers, and how many slips were planted in it."""
    made = generate(shape, seed, form=form, slips=slips)
    return {"text": made.text, "title": made.title, "planted": len(made.planted)}


def export(typed: Typed, format: str, hint: Hint = "working") -> Mapping[str, Any]:
    """The marks as a file: a page, or a format of ``check``; they tell no more than a hint."""
    report = _marked(typed).hinted(hint)
    if format == "page":
        return {"text": page(_read(typed), report=report)}
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


#: What is asked of the text in the editor, and what is asked without it.
OF_A_TEXT = {ask.__name__: ask for ask in (judge, look, mark, predict, drag, put, explore, export)}
KINDS: Mapping[str, Callable[..., Mapping[str, Any]]] = {
    **OF_A_TEXT,
    **{ask.__name__: ask for ask in (opened, exercise, offered)},
}
