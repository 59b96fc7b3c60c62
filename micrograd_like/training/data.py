"""Examples: checked once, so that training meets no surprise; and when an output is right."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd_like.engine import as_value
from micrograd_like.engine.numbers import described, is_row

#: An output or a target: a number, or a list of numbers where the model has several outputs.
Numbers = float | list[float]
#: Says whether the outputs are right, given the target.
Correct = Callable[[Any, Any], bool]


@dataclass(frozen=True, slots=True)
class Examples:
    """Inputs, a row of equally many for every example, and a target for each."""

    inputs: list[list[float]]
    targets: list[Numbers]

    def __len__(self) -> int:
        return len(self.inputs)

    def digest(self) -> str:
        """A short text that other examples do not have."""
        return hashlib.sha256(repr((self.inputs, self.targets)).encode()).hexdigest()[:16]


def examples(inputs: Iterable[Any], targets: Iterable[Any], what: str = "") -> Examples:
    """Rows of numbers and their targets, as lists of floats; NumPy arrays will do.

    A target is a number, or a row of numbers for a model with several outputs. A row of one
    target is that number, as one output is that Value.

    Raises:
        ValueError: An example has another size; the message counts from 1.
        TypeError: An example is not made of numbers.
    """
    rows = [_row(f"{what}inputs, example {n}", row) for n, row in enumerate(inputs, 1)]
    goals: list[Numbers] = []
    for n, target in enumerate(targets, 1):
        where = f"{what}targets, example {n}"
        row = _row(where, target) if is_row(target) else [_number(where, target)]
        goals.append(row[0] if len(row) == 1 else row)
    if not rows:
        raise ValueError(f"{what}inputs: expected at least one example, got none")
    if len(rows) != len(goals):
        raise ValueError(
            f"{what}targets: expected as many as inputs, {len(rows)}, got {len(goals)}"
        )
    _check_widths(f"{what}inputs", [len(row) for row in rows])
    _check_widths(f"{what}targets", [len(g) if isinstance(g, list) else 1 for g in goals])
    return Examples(rows, goals)


def order(count: int, seed: int | None, epoch: int) -> list[int]:
    """The examples' places in the order of an epoch, which depends on nothing but this.

    Without a seed they come as they stand.
    """
    places = list(range(count))
    if seed is not None:
        random.Random(f"{seed} {epoch}").shuffle(places)
    return places


def batches(places: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """The places, ``size`` at a time; the last ones may be fewer."""
    for start in range(0, len(places), size):
        yield places[start : start + size]


# When an output counts as right.


def nearest(output: Numbers, target: Numbers) -> bool:
    """Every output is less than ½ from its target: it rounds to it, for targets 0 and 1."""
    return all(abs(o - t) < 0.5 for o, t in zip(_listed(output), _listed(target), strict=True))


def same_sign(output: Numbers, target: Numbers) -> bool:
    """Every output is on its target's side of 0, for targets −1 and 1."""
    return all(o * t > 0 for o, t in zip(_listed(output), _listed(target), strict=True))


def largest(output: Numbers, target: Numbers) -> bool:
    """The largest output is that of the target's class: its number, or where it is largest."""
    outputs = _listed(output)
    right = target.index(max(target)) if isinstance(target, list) else target
    return outputs.index(max(outputs)) == right


def judged(correct: Correct, output: Numbers, target: Numbers) -> bool:
    """What ``correct`` says of an output.

    Raises:
        TypeError: It does not say yes or no: a function without ``return`` gives None, and the
            distance of two numbers is true wherever they differ.
    """
    answer: Any = correct(output, target)
    if getattr(answer, "size", 0) == 1:
        answer = answer.item()
    if isinstance(answer, int | float) and answer in (0, 1):
        return bool(answer)
    raise TypeError(
        f"correct: expected a function that gives True or False, got {described(answer)}"
    )


def _listed(numbers: Numbers) -> list[float]:
    return numbers if isinstance(numbers, list) else [numbers]


def _row(where: str, row: Any) -> list[float]:
    if not is_row(row):
        raise TypeError(f"{where}: expected a row of numbers, got {described(row)}")
    return [_number(where, number) for number in row]


def _number(where: str, number: Any) -> float:
    try:
        data = as_value(number).data
    except (TypeError, ArithmeticError) as error:
        raise type(error)(f"{where}: {error}") from None
    if not math.isfinite(data):
        raise ValueError(f"{where}: expected finite numbers, got {data}")
    return data


def _check_widths(what: str, widths: list[int]) -> None:
    for n, width in enumerate(widths, 1):
        if width != widths[0]:
            raise ValueError(
                f"{what}, example {n}: expected {widths[0]} numbers as in example 1, got {width}"
            )
