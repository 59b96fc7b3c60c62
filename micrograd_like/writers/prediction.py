"""What is said to a learner's prediction: the verdict in words, and after a wrong one a hint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from micrograd_like.derivation.predict import Verdict, judge
from micrograd_like.derivation.walk import Backward, Forward, Given, Seed, Step
from micrograd_like.errors import printable
from micrograd_like.formula import Derivative, Number
from micrograd_like.notation import name_text, number, text

if TYPE_CHECKING:
    from micrograd_like.marking.records import Hint


@dataclass(frozen=True, slots=True)
class Reply:
    """The verdict on a prediction, and what to say."""

    verdict: Verdict
    said: str


def reply(step: Step, written: str, places: int, hint: Hint = "working") -> Reply:
    """The answer to ``written`` as the number that ``step`` asks for.

    Args:
        step: One with a number to predict.
        written: What the learner typed.
        places: Decimals shown.
        hint: How much is told of a wrong one: "line", that it is wrong; "kind", what was taken for
            it; "piece" and "working", with the numbers put in.

    Raises:
        ValueError: The step has no number to predict.
    """
    true = None if isinstance(step, Given) else step.predicted[1]
    if true is None:
        raise ValueError("this step has no number to predict")
    verdict = judge(written, true)
    shown = printable(written.strip()).replace("-", "−")
    match verdict:
        case "right":
            said = f"✓ {shown} is right: it is {number(true, places)}."
        case "sign" if hint != "line":
            said = f"✗ {shown}: the size is right, the sign is not. Try again."
        case "near":
            said = f"{shown} is near, its last digit is off: the figures shown are rounded."
        case "coarse":
            said = f"{shown} is too coarse: write enough decimals for a digit to count."
        case "sign" | "wrong":
            said = f"✗ {shown} is not right. {_on(step, written, places, hint)}".rstrip()
        case "unreadable":
            said = f"{shown} is no number. Write it like −0.57, 0,57, 3/4 or 1.5e−9."
    return Reply(verdict, said)


def _on(step: Step, written: str, places: int, hint: Hint) -> str:
    """Where to go on after a wrong prediction, without its number.

    What was written may be another number of the same step; else the numbers are put in.
    """
    if hint == "line":
        return ""
    for value, said in _taken_for_it(step):
        if judge(written, value) == "right":
            return said
    if hint == "kind":
        return ""
    match step:
        case Seed(output):
            return f"By how much does {name_text(output)} change when it changes by 1 itself?"
        case Forward(line=line) | Backward(product=line):
            if isinstance(line.numbers, Number):  # it would be the answer
                return f"It is {text(line.formula)}."
            return f"Put the numbers in: {text(line.numbers, places)}"
    return ""


def _taken_for_it(step: Step) -> Iterator[tuple[float, str]]:
    """Numbers of the step that are not the one asked for, and what is to be done with each."""
    if not isinstance(step, Backward):
        return
    upstream = text(Derivative(step.output, step.user))
    if step.local.closed:
        said = f"That is the local derivative alone: it is still to be multiplied by {upstream}."
        yield step.local.value, said
    if isinstance(step.upstream, float):
        local = text(step.local.left)
        yield step.upstream, f"That is {upstream} alone: it is still to be multiplied by {local}."
    if step.parts > 1 and isinstance(step.total, float):
        yield step.total, f"That is the sum so far: only what {name_text(step.user)} adds is asked."
