"""The steps of a walk as the page has them: titled rows, their formulas in MathML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from micrograd_like.derivation.equations import Equation
from micrograd_like.derivation.walk import Backward, Forward, Given, Result, Seed, Step, expr_of
from micrograd_like.formula import Call, Derivative, Expr, Number, Quantity
from micrograd_like.notation import name_text
from micrograd_like.writers.formats import html
from micrograd_like.writers.step import asked, sentence, title


@dataclass(frozen=True, slots=True)
class Row:
    """A titled line: what is shown at once, and what a learner may predict.

    Attributes:
        step: The place of the step that makes the answer known.
    """

    label: str
    shown: Markup
    answer: Markup = field(default_factory=Markup)
    step: int = 0


@dataclass(frozen=True, slots=True)
class StepView:
    """A step as the page has it."""

    kind: str
    title: str
    sentence: str
    rows: tuple[Row, ...]
    asked: str


@dataclass(frozen=True, slots=True)
class NodeView:
    """What a click on a node shows: its rule, and its gradient as a sum over its users."""

    name: Quantity
    rows: tuple[Row, ...]


def mathml(expr: Expr, places: int | None = None) -> Markup:
    """The expression as MathML."""
    return Markup(html.mathml(expr, places))


def equals(*pieces: Markup) -> Markup:
    """The different ones among the pieces, with = between them."""
    return Markup(" = ").join(dict.fromkeys(pieces))


def result(line: Equation, places: int) -> tuple[Markup, Markup]:
    """The formula, and what it comes to: `` = numbers = value``."""
    formula = mathml(line.formula, places)
    value = [mathml(Number(line.value), places)] if line.closed else []
    _, *rest = dict.fromkeys([formula, mathml(line.numbers, places), *value])
    return formula, Markup("").join(Markup(" = ") + step for step in rest)


def step_view(step: Step, places: int) -> StepView:
    """What the page shows of a step."""
    rows = tuple(_rows(step, places))
    return StepView(step.kind, title(step), sentence(step), rows, asked(step))


def _rows(step: Step, places: int) -> Iterator[Row]:
    match step:
        case Forward(line=line):
            formula, rest = result(line, places)
            left = mathml(line.left)
            yield Row("formula", equals(left, formula))
            if rest:
                yield Row("value", left, rest)
        case Seed():
            yield Row("gradient", mathml(step.predicted[0]), Markup(" = ") + mathml(Number(1)))
        case Backward():
            yield from _backward_rows(step, places)


def _backward_rows(step: Backward, places: int) -> Iterator[Row]:
    yield Row("rule", Markup.escape(step.local.rule))
    upstream = mathml(Derivative(step.output, step.user))
    yield Row("upstream", equals(upstream, mathml(expr_of(step.upstream), places)))
    formula, rest = result(step.local, places)
    yield Row("local", equals(mathml(step.local.left), formula) + _held(step), rest)
    formula, rest = result(step.product, places)
    total = mathml(step.product.left)
    yield Row("product", formula, rest)
    if step.parts == 1:
        yield Row("so", total, Markup(" = ") + mathml(expr_of(step.total), places))
        return
    part = Number(step.product.value) if step.product.closed else step.product.numbers
    parts = Call("add", (expr_of(step.before), part))
    so_far = f", {step.part} of {step.parts} parts" if not step.complete else ", complete"
    summed = [mathml(parts, places), mathml(expr_of(step.total), places)]
    yield Row("sum", total, Markup(" = ") + equals(*summed) + so_far)


def _held(step: Backward) -> Markup:
    names = ", ".join(map(name_text, step.held))
    return Markup.escape(f", {names} held fixed") if names else Markup("")


def node_view(name: Quantity, steps: Sequence[Step], places: int) -> NodeView:
    """The node's formula, how it passes its gradient on, and the sum that its own is."""
    rows: list[Row] = []
    gradient: tuple[Row, ...] = ()
    for place, step in enumerate(steps):
        match step:
            case Given(values):
                rows += [
                    Row("given", equals(mathml(n), *_number(value, places)))
                    for n, value in values
                    if n == name
                ]
            case Forward(line=line) if step.name == name:
                formula, rest = result(line, places)
                rows.append(Row("value", equals(mathml(name), formula), rest, place))
            case Backward(local=line) if step.user == name:
                formula, rest = result(line, places)
                rule = Markup.escape(f" ({line.rule})")
                local = equals(mathml(line.left), formula)
                rows.append(Row(f"to {name_text(step.name)}", local, rest + rule, place))
            case Backward(product=line) if step.name == name:
                formula, rest = result(line, places)
                rows.append(Row(f"through {name_text(step.user)}", formula, rest, place))
        match step:
            case Seed(output) if output == name:
                gradient = (_gradient(step.predicted[0], 1.0, places, place),)
            case Backward() if step.name == name:
                gradient = (_gradient(step.product.left, step.total, places, place),)
    return NodeView(name, (*rows, *gradient))


def _number(value: float | None, places: int) -> list[Markup]:
    return [] if value is None else [mathml(Number(value), places)]


def _gradient(left: Expr, total: Result, places: int, place: int) -> Row:
    value = Markup(" = ") + mathml(expr_of(total), places)
    return Row("gradient", mathml(left), value, place)
