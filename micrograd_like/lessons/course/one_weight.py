"""One neuron, one weight: nudged in the direction of the error, again and again."""

from __future__ import annotations

from dataclasses import dataclass

from micrograd_like import losses
from micrograd_like.derivation import derive
from micrograd_like.engine import Value
from micrograd_like.lessons.descent import Descent, descend, ran_away
from micrograd_like.lessons.outcome import Outcome, try_next
from micrograd_like.lessons.pictures import Curves, Picture, Plane, span
from micrograd_like.lessons.registry import lesson, setting
from micrograd_like.lessons.worksheets import backpropagation
from micrograd_like.notation import counted, formatted, number
from micrograd_like.writers.blocks import Block, Grid, Heading, Sentence

GUESS, ANSWER = 0.7, 1.0
_PLACES = 4


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set."""

    epochs: int = setting(40, "Nudges, one after the other.", least=1, most=1_000_000)
    rate: float = setting(0.1, "The learning rate.", above=0)


@lesson("One neuron, one weight: nudged towards the answer.", order=10, settings=Settings)
def one_weight(settings: Settings) -> Outcome:
    """Guess 0.7, answer 1, error 0.3: Δw = rate · error · x, again and again."""
    x, w, y = Value(1.0, "x"), Value(GUESS, "w"), Value(ANSWER, "y")
    yhat = w * x
    yhat.label = "yhat"
    cost = losses.half_squared_error(yhat, y)
    cost.label = "E"
    run = descend(cost, [x, y], [w], [[x.data, y.data]], rate=settings.rate, epochs=settings.epochs)
    guesses = [where[0] * x.data for where in run.path]
    blocks: list[Block] = [
        Heading("One neuron, one weight", level=1),
        Sentence(
            f"The neuron guesses ŷ = w·x = {number(GUESS, 2)} for x = 1; the answer is "
            f"y = {number(ANSWER)}, so the error is y − ŷ = {number(ANSWER - GUESS, 2)}. The cost "
            "is E = ½(ŷ − y)²; without the ½ a factor 2 would appear, which is usually left to "
            "the rate."
        ),
        Heading("Which way to nudge w"),
        *derive(cost, w).blocks(_PLACES),
        *_nudges(guesses, run, settings.rate),
        *try_next(
            "micrograd-like lessons one-weight --rate 1: one nudge is enough. With --rate 1.9 the "
            "guess jumps from side to side, with --rate 2.1 it runs away.",
            "--plot bowl.svg draws the cost over w, with the way down.",
        ),
    ]
    slope = -(ANSWER - GUESS) * x.data
    record = {
        "guess": GUESS,
        "answer": ANSWER,
        "error": ANSWER - GUESS,
        "dE/dw": slope,
        "delta_w": -settings.rate * slope,
        "guesses": guesses,
    }
    title = "One neuron, one weight: the first nudge"
    sheet = backpropagation(title, cost, ["w"], settings.rate)
    return Outcome(blocks, record, _pictures(guesses, run), sheet)


def _nudges(guesses: list[float], run: Descent, rate: float) -> list[Block]:
    error, epochs, left = ANSWER - GUESS, run.epochs, 1 - rate
    shown = sorted({n for n in (0, 1, 2, 3, 10, 20, epochs) if n <= epochs})
    after = (
        f": after {counted(epochs, 'nudge')} 0.3 · {_base(left)}^{epochs} = "
        f"{formatted(error * left**epochs, '.3g')}"
        if epochs
        else ""
    )
    return [
        Heading("The nudge"),
        Sentence(
            "∂E/∂w = −error · x, so that Δw = −rate · ∂E/∂w = rate · error · x = "
            f"{number(rate)} · {number(error, 2)} · 1 = {number(rate * error, 4)}: "
            "in the direction of the error."
        ),
        Heading("Again and again"),
        Grid(
            ("nudges", "guess", "error"),
            tuple(
                (str(n), formatted(guesses[n], ".6f"), formatted(ANSWER - guesses[n], ".6f"))
                for n in shown
            ),
        ),
        Sentence(
            f"{ran_away(run, rate)}Every nudge leaves {number(left, _PLACES)} of the error, "
            f"1 − rate · x²{after}."
        ),
    ]


def _base(value: float) -> str:
    """A number as the base of a power: in brackets where it has a sign."""
    written = number(value, _PLACES)
    return f"({written})" if value < 0 else written


def _pictures(guesses: list[float], run: Descent) -> list[Picture]:
    errors = [abs(ANSWER - guess) for guess in guesses]
    weights = [where[0] for where in run.path[:40]]
    reach = max(1.5 * abs(w - ANSWER) for w in weights) or 1.0
    places = span(ANSWER - reach, ANSWER + reach, 81)
    answer = [ANSWER] * len(guesses)
    return [
        Plane(
            "The bowl: the cost over w",
            "w",
            "E",
            {"E = ½(w·x − y)²": [(w, (w - ANSWER) ** 2 / 2) for w in places]},
            paths={"w after each nudge": [(w, (w - ANSWER) ** 2 / 2) for w in weights]},
        ),
        Curves("The guess", "ŷ", {"guess": guesses, "answer": answer}, "nudge", first=0),
        Curves("What is left of the error", "|y − ŷ|", {"error": errors}, "nudge", True, 0),
    ]
