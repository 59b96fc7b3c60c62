"""A step of a walk in words: one sentence, and titled rows of formulas and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from micrograd_like.derivation.equations import Equation
from micrograd_like.derivation.walk import Backward, Forward, Given, Seed, Step, expr_of
from micrograd_like.formula import Call, Derivative, Number, Quantity, quantities
from micrograd_like.notation import name_text, number, text
from micrograd_like.writers.blocks import rounding
from micrograd_like.writers.layout import FIXED, Page, wrapped
from micrograd_like.writers.remarks import listed

#: (title, what it says)
Row = tuple[str, str]

_INDENT = 13


def title(step: Step) -> str:
    """What the step is about, in a few words."""
    match step:
        case Given():
            return "given"
        case Forward(name):
            return f"forward: {name_text(name)}"
        case Seed() | Backward():
            return f"backward: {text(step.predicted[0])}"


def sentence(step: Step) -> str:
    """What happens in the step, in one plain sentence."""
    match step:
        case Given(values):
            if any(value is None for _, value in values):
                return "These are known to start with; what has no number stays as it is."
            return "These numbers are known to start with."
        case Forward(name, line):
            return f"{name_text(name)} is computed from {listed(_names(line)) or 'numbers alone'}."
        case Seed(output):
            return f"Backward starts here: {name_text(output)} changes with itself at the rate 1."
        case Backward():
            return _part_sentence(step)


def _part_sentence(step: Backward) -> str:
    output, name, user = map(name_text, (step.output, step.name, step.user))
    way = "directly" if step.user == step.output else f"through {user}"
    if step.parts == 1:
        if step.local.closed and step.local.value == 0:
            return f"{name} acts on {output} {way}, but not here: the local derivative is 0."
        return f"{name} acts on {output} {way}: upstream times local."
    if step.part == 1:
        return f"{name} acts on {output} in {step.parts} ways, which add up; first {way}."
    which = "the last way" if step.complete else f"way {step.part} of {step.parts}"
    return f"{name} acts on {output} {way} too, {which}; this part is added."


def rows(step: Step, places: int, hidden: bool = False) -> list[Row]:
    """The step's rule, formula, numbers and sums; ``hidden`` keeps what is to be predicted."""
    match step:
        case Given(values):
            return [("given", ", ".join(_known(name, value, places) for name, value in values))]
        case Forward():
            return _forward_rows(step, places, hidden)
        case Seed():
            left = text(step.predicted[0])
            return [("gradient", f"{left} = ?" if hidden else f"{left} = 1, complete")]
        case Backward():
            return _backward_rows(step, places, hidden)


def asked(step: Step) -> str:
    """The question to a learner, or "" where there is nothing to predict."""
    match step:
        case Given():
            return ""
        case Backward(user=user) if step.parts > 1:
            return f"What does {name_text(user)} add to {text(step.predicted[0])}?"
    return f"What is {text(step.predicted[0])}?"


def numbered(steps: Sequence[Step], places: int, page: Page) -> Iterator[str]:
    """All steps as lines of text."""
    yield from wrapped(rounding(places), page.width)
    for place, step in enumerate(steps, 1):
        yield ""
        yield page.paint("bold", f"{place}. {title(step)}")
        yield from wrapped(sentence(step), page.width, head="   ", margin="")
        for head, said in rows(step, places):
            yield from _wrapped(head, said, page.width)


def _known(name: Quantity, value: float | None, places: int) -> str:
    return name_text(name) + ("" if value is None else f" = {number(value, places)}")


def _forward_rows(step: Forward, places: int, hidden: bool) -> list[Row]:
    name, line = name_text(step.name), step.line
    formula = ("formula", f"{name} = {text(line.formula)}")
    if hidden:
        return [formula, ("value", f"{name} = ?")]
    found = [("numbers", f"{name} = {text(line.numbers, places)}"), formula]
    if line.closed:
        found.insert(0, ("value", f"{name} = {number(line.value, places)}"))
    shown = {said: (head, said) for head, said in found}
    return list(reversed(shown.values()))


def _backward_rows(step: Backward, places: int, hidden: bool) -> list[Row]:
    link, product = step.local, step.product
    upstream = text(Derivative(step.output, step.user))
    result = [
        ("rule", link.rule),
        ("upstream", f"{upstream} = {text(expr_of(step.upstream), places)}"),
    ]
    left = text(link.left)
    if step.held:
        left += f" with {listed([name_text(name) for name in step.held])} held fixed"
    if hidden:
        factors = f"{upstream} · local" if step.held else text(product.formula)
        return [*result, ("local", f"{left} = {text(link.formula)}"), ("product", f"{factors} = ?")]
    return [
        *result,
        ("local", _chain([left, *_worked(link, places)])),
        ("product", _chain(_worked(product, places))),
        ("sum", _sum(step, places)),
    ]


def _sum(step: Backward, places: int) -> str:
    left, total = text(step.product.left), text(expr_of(step.total), places)
    if step.parts == 1:
        return f"{left} = {total}, complete"
    part = Number(step.product.value) if step.product.closed else step.product.numbers
    added = text(Call("add", (expr_of(step.before), part)), places)
    state = "complete" if step.complete else f"{step.part} of {step.parts} parts"
    return f"{_chain([left, added, total])}, {state}"


def _worked(line: Equation, places: int) -> list[str]:
    shown = [text(line.formula, places), text(line.numbers, places)]
    return [*shown, number(line.value, places)] if line.closed else shown


def _chain(parts: list[str]) -> str:
    return " = ".join(dict.fromkeys(parts))


def _names(line: Equation) -> list[str]:
    return list(map(name_text, quantities(line.formula)))


def _wrapped(head: str, said: str, width: int) -> list[str]:
    """The row, broken only between givens or before an equals sign where it can be."""
    keep = f"{FIXED}={FIXED}" if head == "given" else f" ={FIXED}"
    return wrapped(
        said.replace(" = ", keep), width, head=f"   {head:<{_INDENT - 3}}", margin=" " * _INDENT
    )
