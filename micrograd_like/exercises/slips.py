"""How a slip is put into a worked exercise, as data; what plants a cause stands in its file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from micrograd_like.exercises.places import Place
from micrograd_like.formula import Expr, Number

#: The wrong formulas of one slip for one step, none where it cannot be made there.
Formulas = Callable[[Place], Iterator[Expr]]
#: The wrong numbers of one slip: (what the formula gives, as it would be written).
Numbers = Callable[[float, Number], Iterator[Number]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planter:
    """How a slip is made on a line; either ``formulas`` or ``numbers``.

    Attributes:
        formulas: What is written in place of a step's formula.
        numbers: What is written in place of its number, the formula being right.
        unseen: True where the formula that is written is right all the same: the slip is in the
            calculator.
        copied: True where the formula is right, and the slip is in the figures put into it.
        at_once: True for what needs each weight to be updated as soon as it can be.
        arbitrary: True for numbers of no kind: a right formula beside them says what they are.
        last_place: True for what shows in the last place alone.
    """

    formulas: Formulas | None = None
    numbers: Numbers | None = None
    unseen: bool = False
    copied: bool = False
    at_once: bool = False
    arbitrary: bool = False
    last_place: bool = False


@cache
def planters() -> Mapping[str, Planter]:
    """What plants each cause, by its code, the likeliest first.

    A cause is one file, what finds it and what plants it; nothing of the marking is read here
    but this.
    """
    from micrograd_like.marking.causes import CAUSES

    return {cause.code: cause.planter for cause in CAUSES if cause.planter is not None}


def codes() -> tuple[str, ...]:
    """Every cause that can be planted."""
    return tuple(planters())


def rewritten(value: float, like: Number) -> Number:
    """Another number, with as many decimals as one that is written."""
    places = like.places or 2
    return Number(round(value, places), places)
