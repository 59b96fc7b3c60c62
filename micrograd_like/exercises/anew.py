"""Numbers of a worksheet drawn anew: near its own in size, with its signs and its decimals.

What follows from them stays fit for a hand as it is there: no activation saturated, no gradient
0, nothing off that was on. The draws close in on the worksheet's own numbers, which are fit.
"""

from __future__ import annotations

import math
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from micrograd_like.errors import WorksheetError
from micrograd_like.exercises.numbers import GREATEST, SMALLEST, pick
from micrograd_like.exercises.oracle import Oracle
from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    evaluate,
    nodes,
    quantities,
)
from micrograd_like.formula import names as names_of
from micrograd_like.graph.roles import is_called_cost, letters
from micrograd_like.ops import ACTIVATIONS, FLOAT, OPS

_TRIES = 300
#: What follows from the numbers grows no larger than so many times what it is in the worksheet.
_LARGER = 15
#: Nor does it grow smaller than that part of it, where that is small already.
_SMALLER = 10
#: An activation's argument is no larger than this, or than in the worksheet.
_FAR = 3.0
#: Numbers reach so many units of their last place up and down at least.
_UNITS = 4


@dataclass(frozen=True, slots=True)
class Kept:
    """Which givens are no quantities to be drawn: labels, exponents, counts."""

    givens: Mapping[Name, Number]
    definitions: Mapping[Quantity, Expr]

    def stays(self, name: Name) -> bool:
        """True for a given that means something else with another number."""
        number = self.givens[name]
        if float(number.value) in (0.0, 1.0) and self._is_target(name):
            return True
        return float(number.value).is_integer() and any(
            call.function in ("pow", "div") and call.arguments[1] == name
            for formula in self.definitions.values()
            for call in nodes(formula, Call)
        )

    def _is_target(self, name: Name) -> bool:
        """True for what stands in costs alone, and weighs no other given."""
        users = {user: f for user, f in self.definitions.items() if name in names_of(f)}
        products = [call for f in users.values() for call in nodes(f, Call)]
        weighs = any(
            call.function == "mul" and name in call.arguments and self._givens(call) > {name}
            for call in products
        )
        return bool(users) and all(map(is_called_cost, users)) and not weighs

    def _givens(self, call: Call) -> set[Expr]:
        return {part for part in call.arguments if part in self.givens}


class Numbers:
    """Draws numbers for the givens of a worksheet.

    Args:
        givens: Its own.
        kept: Those that stay.
        definitions: The formula of every other name.
        asked: The derivatives that it asks for.
    """

    def __init__(
        self,
        givens: Mapping[Name, Number],
        kept: Collection[Name],
        definitions: Mapping[Quantity, Expr],
        asked: Sequence[Derivative],
    ) -> None:
        self._givens, self._kept = givens, kept
        self._definitions, self._asked = definitions, asked

    def drawn(self, rng: random.Random) -> dict[Name, Number]:
        """Other numbers.

        Raises:
            WorksheetError: There are none, or none that are fit.
        """
        if {*self._givens} <= {*self._kept}:
            raise WorksheetError("expected a given number that may change; all of them are kept")
        for attempt in range(_TRIES):
            givens = self._draw(rng, 1 - attempt / _TRIES)
            if givens != self._givens and self._fit(givens):
                return givens
        raise WorksheetError(
            "no other numbers were found that leave every gradient something to be worked out; "
            "keep fewer of them, or write the worksheet with more decimals"
        )

    def _draw(self, rng: random.Random, width: float) -> dict[Name, Number]:
        """Numbers around the worksheet's own, all different in size where there are enough."""
        found = dict(self._givens)
        used = {abs(float(found[name].value)) for name in self._kept}
        for name, number in self._givens.items():
            if name in self._kept:
                continue
            places, sizes = self._sizes(name, width)
            fresh = [size for size in sizes if _scaled(size, places) not in used]
            other = [n for n in fresh if _scaled(n, places) != abs(float(number.value))]
            size = _scaled(pick(rng, other or fresh or sizes), places)
            used.add(size)
            value = math.copysign(size, number.value)
            exact = number.places is None and places == 0
            found[name] = Number(int(value)) if exact else Number(value, places)
        return found

    def _sizes(self, name: Name, width: float) -> tuple[int, list[int]]:
        """The decimals of a given, and the sizes that it may have in units of the last."""
        number = self._givens[name]
        own = abs(float(number.value)) or self._of_its_kind(name)
        places = number.places
        if places is None or not number.value:
            places = max(places or 0, _decimals(own))
        unit = round(own * 10**places)
        low = math.ceil(min(unit * (1 - width / 2), unit - _UNITS * width))
        high = math.floor(max(unit * (1 + width), unit + _UNITS * width))
        if own < 1:  # a rate or a share
            high = min(high, 10**places - 1)
        sizes = [*range(max(low, 1), high + 1)] if high - low < 10_000 else [low, unit, high]
        uneven = [size for size in sizes if (size % 10 if places else size > 1 or unit == 1)]
        return places, uneven or sizes

    def _of_its_kind(self, name: Name) -> float:
        """The size of a number that is 0: that of the others of its letters, or 1."""
        kin = [
            abs(float(number.value))
            for other, number in self._givens.items()
            if letters(other) == letters(name)
        ]
        return max(kin) or 1.0

    # Fit for a hand, as the worksheet is.

    @cached_property
    def _own(self) -> Oracle:
        return self._oracle(self._givens)

    def _oracle(self, givens: Mapping[Name, Number]) -> Oracle:
        numbers: dict[Quantity, float] = {n: float(v.value) for n, v in givens.items()}
        return Oracle(numbers, self._definitions)

    def _fit(self, givens: Mapping[Name, Number]) -> bool:
        """True if nothing that follows is degenerate, save what is so in the worksheet."""
        try:
            oracle = self._oracle(givens)
            if not all(self._sized(name, oracle) for name in self._definitions):
                return False
            if not all(self._lively(call, oracle) for call in self._calls):
                return False
            return all(self._sized(asked, oracle) for asked in self._asked)
        except (ArithmeticError, ValueError):
            return False

    def _sized(self, key: Quantity, oracle: Oracle) -> bool:
        """True if a quantity is neither 0 nor out of the range that a hand works in."""
        size, own = abs(oracle[key]), abs(self._own[key])
        if not own:
            return not size or SMALLEST < size < GREATEST
        return min(SMALLEST, own / _SMALLER) <= size <= max(GREATEST, own * _LARGER)

    @cached_property
    def _calls(self) -> list[Call]:
        """What can saturate, or has a kink."""
        return [
            call
            for formula in self._definitions.values()
            for call in nodes(formula, Call)
            if call.function in ACTIVATIONS or OPS[call.function].kink
        ]

    def _lively(self, call: Call, oracle: Oracle) -> bool:
        """True if a kink lies on the same side as in the worksheet, and nothing is saturated."""
        here, there = (self._arguments(call, world) for world in (oracle, self._own))
        if OPS[call.function].kink:
            gaps = [a[0] - (a[1] if len(a) > 1 else 0.0) for a in (here, there)]
            if (gaps[0] > 0) != (gaps[1] > 0) or abs(gaps[0]) < min(0.1, abs(gaps[1]) / 2):
                return False
        return call.function not in ACTIVATIONS or abs(here[0]) <= max(_FAR, abs(there[0]))

    def _arguments(self, call: Call, oracle: Oracle) -> list[float]:
        return [
            float(evaluate(part, {q: oracle[q] for q in quantities(part)}, FLOAT))
            for part in call.arguments
        ]


def _scaled(size: int, places: int) -> float:
    return float(Decimal(size).scaleb(-places))


def _decimals(number: float) -> int:
    """The decimals that a number needs, at most twelve."""
    exponent = Decimal(repr(number)).normalize().as_tuple().exponent
    return min(max(-int(exponent), 0), 12)
