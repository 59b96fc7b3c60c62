"""The steps of a walk as a page has them: their HTML, what they show in the graph, what is asked.

Nothing is computed here. A prediction's verdicts are worked out beforehand, for every number that
would be right or nearly so, so that the page has only to look up what was typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any

from micrograd_like.derivation.equations import Equation
from micrograd_like.derivation.predict import judge
from micrograd_like.derivation.walk import Backward, Forward, Seed, Step, expr_of
from micrograd_like.formula import Call, Derivative, Expr, Name, Number, Quantity, quantities
from micrograd_like.notation import name_text, text
from micrograd_like.worksheet import Worksheet
from micrograd_like.worksheet.resolution.kinds import renewable
from micrograd_like.writers.step import asked, sentence
from visualize.graph_model import box_number, runs
from visualize.setting import derivative_fraction, set_formula, set_name, set_names

#: Decimals of a prediction up to which all that is nearly right is told apart.
_DECIMALS, _MOST_DECIMALS = 9, 17


class StepWriter:
    """Writes the steps of one worksheet.

    Args:
        worksheet: Whose walk it is.
        boxes: The keys of the graph's nodes.
        places: Decimals shown.
        judged: Whether the verdicts of predictions are worked out beforehand.
    """

    def __init__(
        self, worksheet: Worksheet, boxes: Mapping[str, Any], places: int, judged: bool = True
    ) -> None:
        self.worksheet, self.boxes, self.places, self.judged = worksheet, boxes, places, judged
        self.updates = {s.left for s in worksheet.statements if s.kind == "update"}

    def record(self, step: Step, after: bool) -> dict[str, Any]:
        """The step as the page's script takes it; ``after`` backward has ended."""
        name = _about(step)
        predicted = _predicted(step)
        return {
            "phase": self._phase(step, after),
            "title": set_formula(text(_left(step))),
            "spoken": sentence(step),
            "html": self.html(step, after),
            "asked": asked(step),
            "asked_html": set_names(asked(step), self._names(step)),
            "asks": predicted is not None,
            "answers": {} if predicted is None or not self.judged else answers(predicted),
            "answer": self._result(step),
            "makes": [str(name), "value" if isinstance(step, Forward) else "gradient"],
            "now": self.box(name),
            "edges": self._edges(step),
            "read": self._read(step),
            "backward": isinstance(step, Backward),
            "sets": self._sets(step, name),
            "lines": list(dict.fromkeys(map(str, _lines(step)))),
            "derived": self._derived(step),
        }

    def box(self, name: Quantity) -> str | None:
        """The node that shows a quantity: its own, or that of what it renews."""
        if str(name) in self.boxes:
            return str(name)
        if isinstance(name, Name):
            older = (str(one) for one in renewable(name, self.worksheet.older))
            return next((one for one in older if one in self.boxes), None)
        return None

    def html(self, step: Step, after: bool) -> str:
        """What the page says of the step."""
        names = self._names(step)
        phase = self._phase(step, after).capitalize()
        said = set_names(sentence(step), names)
        head = f'<p class="sentence"><span class="phase">{phase}</span> {said}</p>'
        return head + "".join(self._parts(step))

    def _names(self, step: Step) -> set[Quantity]:
        """The names that the step is about."""
        match step:
            case Forward(name, line):
                return {name, *quantities(line.formula)}
            case Backward(output, name, user):
                return {output, name, user}
            case Seed(output):
                return {output}
        return set()

    def _parts(self, step: Step) -> Iterator[str]:
        match step:
            case Forward(line=line):
                tile = set_name(step.name)
                yield _tiles([("value", tile, self._result(step))])
                yield self._row("formula", [line.left, line.formula], self._after(line))
            case Seed():
                left = derivative_fraction(Derivative(step.output, step.output))
                yield _tiles([("gradient", left, "1")])
            case Backward(local=local):
                yield self._factors(step)
                shown = [local.left, local.formula, *self._after(local)]
                yield self._row("local", shown, note=local.rule + _held(step))
                if step.parts > 1:
                    yield self._sum(step)

    def _factors(self, step: Backward) -> str:
        """Tiles: upstream times local."""
        upstream = Derivative(step.output, step.user)
        local = step.local.left
        assert isinstance(local, Derivative)
        tiles = [
            (
                "gradient" if step.parts == 1 else "this way",
                _over(step.product.left),
                self._result(step),
            ),
            ("upstream", derivative_fraction(upstream), self._shown(expr_of(step.upstream))),
            ("local", derivative_fraction(local), self._shown(_end(step.local))),
        ]
        return _tiles(tiles)

    def _sum(self, step: Backward) -> str:
        part = Number(step.product.value) if step.product.closed else step.product.numbers
        summed = [] if step.part == 1 else [Call("add", (expr_of(step.before), part))]
        state = "complete" if step.complete else f"{step.part} of {step.parts} parts"
        return self._row("sum so far", [step.product.left], [*summed, expr_of(step.total)], state)

    def _after(self, line: Equation) -> list[Expr]:
        """What comes of a formula: its numbers, and the value."""
        return [line.numbers, *([Number(line.value)] if line.closed else [])]

    def _row(
        self, label: str, shown: Sequence[Expr], answer: Sequence[Expr] = (), note: str = ""
    ) -> str:
        """A titled row: a chain of what is equal, of which the answer can be hidden."""
        texts = dict.fromkeys(text(expr, self.places) for expr in shown)
        others = dict.fromkeys(text(expr, self.places) for expr in answer)
        said = set_formula(" = ".join(texts))
        if rest := [other for other in others if other not in texts]:
            said += f' <span class="answer">{set_formula(" = " + " = ".join(rest))}</span>'
        rule = f'<span class="rule">{escape(note)}</span>' if note else ""
        return (
            f'<div class="row"><span class="label">{label}</span>'
            f'<span class="maths">{said}</span>{rule}</div>'
        )

    def _shown(self, expr: Expr) -> str:
        return set_formula(text(expr, self.places))

    def _result(self, step: Step) -> str:
        """The number, or formula, that the step makes known."""
        match step:
            case Forward(line=line):
                return self._shown(_end(line))
            case Backward(product=line):
                return self._shown(_end(line))
        return "1"

    def _phase(self, step: Step, after: bool) -> str:
        if isinstance(step, Forward):
            return (
                "forward"
                if not after
                else "update"
                if step.name in self.updates
                else "forward again"
            )
        return "backward"

    def _derived(self, step: Step) -> dict[str, str] | None:
        """What the step is in a derivation: a factor, and its part of the product."""
        if not isinstance(step, Backward):
            return None
        local, product = step.local, step.product
        return {
            "factor": self._row(
                "", [local.left, local.formula, *self._after(local)], note=local.rule
            ),
            "product": self._row("", [product.left, product.formula, *self._after(product)]),
            "total": self._shown(expr_of(step.total)),
            "left": _over(product.left),
        }

    def _read(self, step: Step) -> list[str]:
        """The nodes that a value is computed from."""
        found = quantities(step.line.formula) if isinstance(step, Forward) else ()
        return list(dict.fromkeys(filter(None, map(self.box, found))))

    def _edges(self, step: Step) -> list[tuple[str, str]]:
        """The arrows in question."""
        if isinstance(step, Backward):
            return [(str(step.name), str(step.user))]
        head = self.box(_about(step))
        if head is None or _about(step) in self.updates:
            return []
        return [(tail, head) for tail in self._read(step) if tail != head]

    def _sets(self, step: Step, name: Quantity) -> list[dict[str, Any]]:
        """What the graph shows from this step on."""
        box = self.box(name)
        if box is None:
            return []
        match step:
            case Forward(line=line):
                value = box_number(line.value) if line.closed else ""
                renewed = (
                    {} if str(name) == box else {"name": runs(name), "gradient": "", "sign": 0}
                )
                return [{"key": box, "value": value, "known": True, **renewed}]
            case Seed():
                return [{"key": box, "gradient": "1", "sign": 1}]
            case Backward(total=total):
                shown = box_number(total) if isinstance(total, float) else ""
                sign = (total > 0) - (total < 0) if isinstance(total, float) else 0
                return [{"key": box, "gradient": shown, "sign": sign}]
        return []


@lru_cache(4096)
def answers(value: float) -> dict[str, str]:
    """What is to be said of every number near a value, by how it is written.

    Its keys have a point, no + and one figure at least before the point; what is not among them
    is wrong.
    """
    true = Decimal(repr(value))
    found: dict[str, str] = {}
    for places in range(_MOST_DECIMALS + 1):
        step = Decimal(1).scaleb(-places)
        middle = true.quantize(step)
        near = (0, 1, -1, 2, -2) if places <= _DECIMALS else (0,)
        numbers = [middle + k * step for k in near]
        for number in [*numbers, *(-n for n in numbers if places <= _DECIMALS)]:
            written = f"{number:f}"
            if (verdict := judge(written, value)) != "wrong":
                found[written] = verdict
    return found


def _about(step: Step) -> Quantity:
    match step:
        case Forward(name) | Backward(name=name) | Seed(name):
            return name
    raise TypeError(f"expected a step that computes something, got {step!r}")


def _left(step: Step) -> Quantity:
    match step:
        case Forward(name):
            return name
        case Seed(output):
            return Derivative(output, output)
        case Backward(output, name):
            return Derivative(output, name)
    raise TypeError(f"expected a step that computes something, got {step!r}")


def _predicted(step: Step) -> float | None:
    return step.predicted[1] if isinstance(step, Forward | Seed | Backward) else None


def _lines(step: Step) -> Iterator[Quantity]:
    """What the worksheet's lines for this step are about."""
    yield _left(step)
    if isinstance(step, Backward):
        yield Derivative(step.user, step.name)


def _end(line: Equation) -> Expr:
    return Number(line.value) if line.closed else line.numbers


def _over(left: Quantity) -> str:
    return derivative_fraction(left) if isinstance(left, Derivative) else set_name(left)


def _held(step: Backward) -> str:
    names = ", ".join(map(name_text, step.held))
    return f", {names} held fixed" if names else ""


def _tiles(tiles: Sequence[tuple[str, str, str]]) -> str:
    """Tiles with what they are called, the quantity and its number; the first is the answer."""
    signs = ["", '<span class="sign">=</span>', '<span class="sign">·</span>']
    shown = ""
    for place, (label, quantity, value) in enumerate(tiles):
        asked = ' class="number answer"' if place == 0 else ' class="number"'
        shown += (
            f'{signs[place]}<div class="tile{" first" * (place == 0)}">'
            f'<span class="label">{label}</span><span class="maths quantity">{quantity}</span>'
            f'<span class="maths"><span{asked}>{value}</span></span></div>'
        )
    return f'<div class="tiles">{shown}</div>'
