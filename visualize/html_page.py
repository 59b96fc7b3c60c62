"""A worksheet as one self-contained page to step through: graph, formulas, values, lines.

The page asks nothing of any other place. Its steps are those of
:func:`micrograd_like.walk.walk`; formulas are MathML, which needs neither script nor font.
Without a script, and in print, all steps stand below one another.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from micrograd_like.blocks import rounding
from micrograd_like.formula import Call, Derivative, Expr, Name, Number
from micrograd_like.marking.records import LineMark, Report
from micrograd_like.notation import latex, name_text, number, text
from micrograd_like.render import marks
from micrograd_like.render.step import asked, sentence, title
from micrograd_like.steps import Equation
from micrograd_like.walk import Step, known_after, walk
from micrograd_like.worksheet import Worksheet

#: A page of more steps would be read by nobody.
MAX_STEPS = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """A titled line of a step: what is shown at once, and what a learner may predict."""

    label: str
    shown: Markup
    answer: Markup = field(default_factory=Markup)


@dataclass(frozen=True, slots=True)
class StepView:
    """A step as the page has it."""

    kind: str
    title: str
    sentence: str
    rows: tuple[Row, ...]
    asked: str


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of the worksheet, with its mark where it has been marked.

    lefts:  what the line is about, for the script: a name or dA/dB
    """

    source: str
    number: int = 0
    lefts: str = ""
    comment: bool = False
    verdict: str = ""
    mark: str = ""
    remark: str = ""
    working: str = ""
    working_label: str = ""


@dataclass(frozen=True, slots=True)
class NodeView:
    """What a click on a node shows: its rule, and its gradient as a sum over its users."""

    name: str
    rows: tuple[Row, ...]


def page(
    worksheet: Worksheet, *, report: Report | None = None, places: int = 4, heading: str = ""
) -> str:
    """The worksheet as a page of HTML.

    report:   its marks, which then stand beside its lines
    places:   decimals shown
    heading:  the page's title; without it the worksheet's own comment on top

    Errors: TypeError for what is no worksheet, WorksheetError for one that computes nothing,
    ValueError for one with more steps than anybody would take.
    """
    if not isinstance(worksheet, Worksheet):
        raise TypeError(f"page: expected a Worksheet, got {type(worksheet).__name__}")
    output = worksheet.cost()
    steps = walk(output, beside=worksheet.names.values())
    if len(steps) > MAX_STEPS:
        raise ValueError(f"{len(steps):,} steps are too many for a page, expected {MAX_STEPS:,}")
    choices = list(_choices(steps))
    data = {
        "steps": [_data(step, places) for step in steps],
        "choices": [{"key": c.key, "steps": c.steps, "names": c.names} for c in choices],
    }
    script = _file("page.js")
    filled: str = _template().render(
        title=heading or _heading(worksheet),
        counts="" if report is None else marks.counts_text(report),
        svg=Markup(_picture(worksheet, places)),
        style=Markup(_file("page.css")),
        script=Markup(script),
        script_hash=_sha256(script),
        steps=[_view(step, places) for step in steps],
        choices=choices,
        output=name_text(output.label),
        gradient_head=f"∂{name_text(output.label)}/∂name",
        known=list(_known(steps, places)),
        lines=list(_lines(worksheet, report)),
        nodes=[_node(name, steps, places) for name in _names(steps)],
        rounding=rounding(places),
        data=Markup(_harmless(json.dumps(data))),
    )
    return filled


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


# Formulas.


def mathml(expr: Expr, places: int | None = None) -> Markup:
    """The expression as MathML."""
    return _converted(latex(expr, places))


@cache
def _converted(source: str) -> Markup:
    from latex2mathml.converter import convert

    # In text its escapes stay as they are.
    shown = re.sub(r"\\([_#$%&{}])", r"\1", convert(source))
    return Markup(shown)


def _equals(*pieces: Markup) -> Markup:
    return Markup(" = ").join(dict.fromkeys(pieces))


def _result(line: Equation, places: int) -> tuple[Markup, Markup]:
    """The formula, and what it comes to: `` = numbers = value``."""
    formula = mathml(line.formula, places)
    steps = dict.fromkeys(
        [formula, mathml(line.numbers, places), mathml(Number(line.value), places)]
    )
    _, *rest = steps
    return formula, Markup("").join(Markup(" = ") + step for step in rest)


# Steps.


def _view(step: Step, places: int) -> StepView:
    rows = tuple(_rows(step, places))
    return StepView(step.kind, title(step), sentence(step), rows, asked(step))


def _rows(step: Step, places: int) -> Iterator[Row]:
    match step.kind:
        case "forward":
            formula, result = _result(step.line, places)
            left = mathml(step.line.left)
            yield Row("formula", _equals(left, formula))
            if result:
                yield Row("value", left, result)
        case "seed":
            yield Row("gradient", mathml(step.line.left), Markup(" = ") + mathml(Number(1)))
        case "backward":
            yield from _backward_rows(step, places)


def _backward_rows(step: Step, places: int) -> Iterator[Row]:
    yield Row("rule", Markup.escape(step.line.rule))
    upstream = mathml(Derivative(step.output, step.user))
    yield Row("upstream", _equals(upstream, mathml(Number(step.upstream), places)))
    formula, result = _result(step.line, places)
    yield Row("local", _equals(mathml(step.line.left), formula) + _held(step), result)
    formula, result = _result(step.product, places)
    total = mathml(Derivative(step.output, step.name))
    yield Row("product", formula, result)
    if step.parts == 1:
        yield Row("so", total, Markup(" = ") + mathml(Number(step.total), places))
        return
    parts = Call("add", (Number(step.before), Number(step.product.value)))
    so_far = f", {step.part} of {step.parts} parts" if not step.complete else ", complete"
    summed = [mathml(parts, places), mathml(Number(step.total), places)]
    yield Row("sum", total, Markup(" = ") + _equals(*summed) + so_far)


def _held(step: Step) -> Markup:
    names = ", ".join(map(name_text, step.held))
    return Markup.escape(f", {names} held fixed") if names else Markup("")


def _data(step: Step, places: int) -> dict[str, Any]:
    """What the script needs of a step."""
    sets = [{"name": n, "value": number(v, places)} for n, v in step.values]
    if step.parts:
        state = "complete" if step.complete else f"{step.part} of {step.parts}"
        gradient = number(step.total, places)
        sets.append({"name": step.name, "gradient": gradient, "state": state})
    predicted = step.predicted
    return {
        "kind": step.kind,
        "name": step.name,
        "user": step.user,
        "predicted": predicted and predicted[1],
        "sets": sets,
        "lines": list(_said_on(step)),
    }


def _said_on(step: Step) -> Iterator[str]:
    """What the worksheet's lines for this step are about."""
    match step.kind:
        case "forward":
            yield step.name
        case "backward":
            yield f"d{step.output}/d{step.name}"
            yield f"d{step.user}/d{step.name}"


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
    users: dict[str, list[str]] = {}
    for step in steps:
        if step.kind == "backward":
            users.setdefault(step.name, []).append(step.user)
    output = steps[0].output
    for name in users:
        on_paths, stack = {name}, [name]
        while stack:
            new = [user for user in users.get(stack.pop(), ()) if user not in on_paths]
            on_paths.update(new)
            stack += new
        chosen = [
            place
            for place, step in enumerate(steps)
            if step.kind in ("given", "seed")
            or (step.kind == "forward" and step.name in on_paths - {name})
            or (step.kind == "backward" and {step.name, step.user} <= on_paths)
        ]
        label = text(Derivative(output, name))
        yield Choice(f"d{output}/d{name}", label, chosen, sorted(on_paths))


# The table, the nodes, the lines.


def _names(steps: Sequence[Step]) -> list[str]:
    return list(dict.fromkeys(name for step in steps for name, _ in step.values))


def _known(steps: Sequence[Step], places: int) -> Iterator[Mapping[str, str]]:
    for name, known in known_after(steps, len(steps) - 1).items():
        yield {
            "name": name,
            "shown": name_text(name),
            "value": "" if known.value is None else number(known.value, places),
            "gradient": "" if known.gradient is None else number(known.gradient, places),
            "state": "complete" if known.parts else "",
        }


def _node(name: str, steps: Sequence[Step], places: int) -> NodeView:
    """The node's formula, how it passes its gradient on, and the sum that its own is."""
    rows: list[Row] = []
    for step in steps:
        if step.kind == "given":
            rows += [
                Row("given", _equals(mathml(Name(n)), mathml(Number(v), places)))
                for n, v in step.values
                if n == name
            ]
        elif step.kind == "forward" and step.name == name:
            formula, result = _result(step.line, places)
            rows.append(Row("value", _equals(mathml(Name(name)), formula), result))
        elif step.kind == "backward" and name in (step.name, step.user):
            formula, result = _result(step.product if step.name == name else step.line, places)
            left = mathml(step.line.left)
            if step.name == name:
                rows.append(Row(f"through {name_text(step.user)}", formula, result))
            else:
                rows.append(Row(step.line.rule, _equals(left, formula), result))
    last = [step for step in steps if step.parts and step.name == name]
    if last:
        total = mathml(Derivative(last[-1].output, name))
        rows.append(Row("gradient", _equals(total, mathml(Number(last[-1].total), places))))
    return NodeView(name, tuple(rows))


def _lines(worksheet: Worksheet, report: Report | None) -> Iterator[LineView]:
    comments = [
        (place, LineView(line.strip().lstrip("# "), place, comment=True))
        for place, line in enumerate(worksheet.lines, 1)
        if line.strip().startswith("#")
    ]
    if report is None:
        said = [(s.line, LineView(s.source, s.line, _left(s.left))) for s in worksheet.statements]
    else:
        said = [(line.line, _marked(line, report)) for line in report.lines]
    for _, view in sorted([*comments, *said], key=lambda pair: pair[0]):
        yield view


def _left(left: Name | Derivative) -> str:
    return left.name if isinstance(left, Name) else f"d{left.of}/d{left.wrt}"


def _marked(line: LineMark, report: Report) -> LineView:
    left = line.left
    lefts = left if isinstance(left, str) else _left(left) if left is not None else ""
    remark = f"({line.rule})" if line.verdict == "right" else marks.message(line, report)
    return LineView(
        line.source,
        line.line,
        lefts,
        verdict=line.verdict,
        mark=marks.MARKS[line.verdict],
        remark=remark,
        working=marks.working_text(line),
        working_label="right" if line.verdict == "wrong" else "true",
    )


def _picture(worksheet: Worksheet, places: int) -> str:
    from visualize.draw import svg

    return svg(worksheet, places=places)
