"""One neuron, one weight: nudged in the direction of the error, again and again."""

from __future__ import annotations

from dataclasses import dataclass

from micrograd_like import losses
from micrograd_like.derivation import derive
from micrograd_like.engine import Value
from micrograd_like.lessons.outcome import Outcome, try_next, uninterrupted
from micrograd_like.lessons.pictures import Curves
from micrograd_like.lessons.registry import lesson, setting
from micrograd_like.nn import Neuron
from micrograd_like.notation import number
from micrograd_like.optim import SGD
from micrograd_like.training import fit
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
    epochs, rate = settings.epochs, settings.rate
    x, w, y = Value(1.0, "x"), Value(GUESS, "w"), Value(ANSWER, "y")
    yhat = w * x
    yhat.label = "yhat"
    cost = losses.half_squared_error(yhat, y)
    cost.label = "E"
    derivation = derive(cost, w)
    error = y.data - yhat.data
    neuron = Neuron(1, nonlin=False, bias=False)
    neuron.w[0].data = GUESS
    guesses = [GUESS]
    optimizer = SGD(neuron.parameters(), rate)
    for _ in range(epochs):
        uninterrupted(
            fit(neuron, [[x.data]], [ANSWER], optimizer=optimizer, epochs=1, progress=False)
        )
        guesses.append(neuron([x.data]).data)
    shown = sorted({n for n in (0, 1, 2, 3, 10, 20, epochs) if n <= epochs})
    blocks: list[Block] = [
        Heading("One neuron, one weight", level=1),
        Sentence(
            f"The neuron guesses ŷ = w·x = {number(yhat.data, 2)} for x = 1; the answer is "
            f"y = {number(ANSWER)}, so the error is y − ŷ = {number(error, 2)}. The cost is "
            "E = ½(ŷ − y)²; without the ½ a factor 2 would appear, which is usually left to "
            "the rate."
        ),
        Heading("Which way to nudge w"),
        *derivation.blocks(_PLACES),
        Heading("The nudge"),
        Sentence(
            "∂E/∂w = −error · x, so that Δw = −rate · ∂E/∂w = rate · error · x = "
            f"{number(rate)} · {number(error, 2)} · 1 = {number(-rate * derivation.value, 4)}: "
            "in the direction of the error."
        ),
        Heading("Again and again"),
        Grid(
            ("nudges", "guess", "error"),
            tuple((str(n), f"{guesses[n]:.6f}", f"{ANSWER - guesses[n]:.6f}") for n in shown),
        ),
        Sentence(
            f"Every nudge leaves {number(1 - rate, _PLACES)} of the error, 1 − rate · x²: "
            f"after {epochs} of them 0.3 · {_base(1 - rate)}^{epochs} = "
            f"{error * (1 - rate) ** epochs:.3g}."
        ),
        *try_next(
            "micrograd-like lessons one-weight --rate 1: one nudge is enough. With --rate 1.9 the "
            "guess jumps from side to side, with --rate 2.1 it runs away.",
        ),
    ]
    record = {
        "guess": yhat.data,
        "answer": ANSWER,
        "error": error,
        "dE/dw": derivation.value,
        "delta_w": -rate * derivation.value,
        "guesses": guesses,
    }
    errors = [abs(ANSWER - guess) for guess in guesses]
    pictures = (
        Curves(
            "The guess",
            "ŷ",
            {"guess": guesses, "answer": [ANSWER] * len(guesses)},
            "nudge",
            first=0,
        ),
        Curves("What is left of the error", "|y − ŷ|", {"error": errors}, "nudge", True, 0),
    )
    return Outcome(blocks, record, pictures)


def _base(value: float) -> str:
    """A number as the base of a power: in brackets where it has a sign."""
    written = number(value, _PLACES)
    return f"({written})" if value < 0 else written
