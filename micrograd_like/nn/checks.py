"""What networks are made of, checked: sizes, names, seeds, inputs."""

from __future__ import annotations

import random
from typing import Any

from micrograd_like.engine import Value, as_count, as_value


def generator_of(seed: int | random.Random | None) -> random.Random | None:
    """One generator for all the weights; None stands for the ``random`` module's own."""
    if seed is None or isinstance(seed, random.Random):
        return seed
    try:
        number = as_count("seed", seed)
    except TypeError:
        raise TypeError(f"seed: expected an int or a random.Random, got {seed!r}") from None
    # Python takes −1 for 1.
    return random.Random(number if number >= 0 else f"{number}")


def inputs_of(x: Any, expected: int, name: str) -> list[Value]:
    """The inputs as nodes; they must be as many as expected."""
    try:
        inputs = [item if isinstance(item, Value) else as_value(item) for item in x]
    except TypeError as error:
        raise TypeError(f"{name}: expected {expected} inputs in a list; {error}") from None
    if len(inputs) != expected:
        raise ValueError(f"{name}: expected {expected} inputs, got {len(inputs)}")
    return inputs
