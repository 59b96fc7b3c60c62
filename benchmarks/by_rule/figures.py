"""Figures as people write them: rounded to places or digits, in powers of ten, as fractions.

Every figure made here is right for its number by one rule: ``=`` allows half a unit of the
last place written, ``≈`` a whole one, and there the trailing zeros of a whole number count as
rounded away.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

from benchmarks.by_rule.expression import EPS, HALF, ZERO, Num

#: More digits than these are no short number.
_SHORT = 8


@dataclass(frozen=True, slots=True)
class Habit:
    """How one learner writes figures.

    Attributes:
        places: So many decimals, or None for significant digits.
        digits: So many significant digits.
        scientific: How tiny and huge numbers are written: "e", "E", "*10^", "·10^".
        padded: Exact numbers get trailing zeros (0.50).
    """

    places: int | None
    digits: int
    scientific: str = "e"
    padded: bool = False
    half_up: bool = False


def habit(rng: random.Random) -> Habit:
    """One learner's."""
    return Habit(
        places=rng.choice((2, 3, 4, 4, 5, 6)) if rng.random() < 0.5 else None,
        digits=rng.randint(2, 8),
        scientific=rng.choice(("e", "e", "E", "*10^", "·10^")),
        padded=rng.random() < 0.2,
        half_up=rng.random() < 0.5,
    )


def magnitude(number: Decimal) -> int:
    """The power of ten of the first digit."""
    return number.adjusted() if number else 0


def short(number: Decimal) -> Decimal | None:
    """The number itself where a few digits say it exactly, else None."""
    if not number:
        return ZERO
    rounded = number.quantize(Decimal(1).scaleb(magnitude(number) - _SHORT + 1), ROUND_HALF_EVEN)
    return rounded.normalize() if abs(number - rounded) <= EPS * abs(number) else None


def written(
    number: Decimal, how: Habit, rng: random.Random, certain: bool = True
) -> tuple[Num, str]:
    """A figure for a number and the kind of figure: exact where it is short, else rounded.

    Args:
        number: The number.
        how: How it is written.
        rng: Draws what is left open.
        certain: True where it is not worked out from rounded ones: only such are written as
            fractions.
    """
    exact = short(number)
    if exact is not None and (exact == 0 or rng.random() < 0.9):
        if exact and certain and rng.random() < 0.08 and (ratio := fraction(number)) is not None:
            return ratio, "a fraction"
        return _exact(exact, how, rng)
    if certain and rng.random() < 0.03 and (ratio := fraction(number)) is not None:
        return ratio, "a fraction"
    return rounded_to(number, how, unit_of(number, how), ROUND_HALF_UP if how.half_up else None)


def unit_of(number: Decimal, how: Habit) -> int:
    """The power of ten of the last place that the learner writes; at least one digit stays."""
    if how.places is None:
        return magnitude(number) - how.digits + 1
    return min(-how.places, magnitude(number) - 1)


def rounded_to(
    number: Decimal, how: Habit, unit: int, rounding: str | None = None
) -> tuple[Num, str]:
    """The number rounded to a power of ten."""
    if unit >= 0 and magnitude(number) <= 5:
        unit = -1  # a whole number after = would claim to be exact
    value = number.quantize(Decimal(1).scaleb(unit), rounding or ROUND_HALF_EVEN)
    exact = value == number
    shown, kind = _text(value, unit, how)
    half = ZERO if exact else HALF.scaleb(unit)
    return Num(value, shown, half, number), "an exact figure" if exact else kind


def cut_down(number: Decimal, how: Habit, unit: int) -> Num:
    """Cut off rather than rounded: right after ≈ alone."""
    value = number.quantize(Decimal(1).scaleb(unit), ROUND_DOWN)
    return Num(value, _text(value, unit, how)[0], Decimal(1).scaleb(unit), number)


def whole_rounded(number: Decimal, zeros: int, power: str) -> Num:
    """41.3 ≈ 40, 299792458 ≈ 3·10^8: right after ≈, zeros counted as rounded away."""
    step = Decimal(1).scaleb(zeros)
    value = number.quantize(step)
    mantissa = int(value.scaleb(-zeros))
    shown = f"{mantissa}{power}{zeros}" if power else f"{int(value)}"
    return Num(value, shown, step, number)


def _text(value: Decimal, unit: int, how: Habit) -> tuple[str, str]:
    """The rounded value with all its places."""
    size = magnitude(value)
    if value and (size < -4 or unit < -9 or (unit > 0 and size > 5)) and size not in (0, 1):
        mantissa = value.scaleb(-size)
        places = max(size - unit, 0)
        return _power(f"{mantissa:.{places}f}", size, how), "scientific"
    places = max(-unit, 0)
    return f"{value:.{places}f}", "rounded to places"


def _power(mantissa: str, power: int, how: Habit) -> str:
    match how.scientific:
        case "e" | "E":
            return f"{mantissa}{how.scientific}{power}"
        case sign:
            return f"{mantissa}{sign}{f'({power})' if power < 0 else power}"


def _exact(value: Decimal, how: Habit, rng: random.Random) -> tuple[Num, str]:
    size = magnitude(value)
    unit = int(value.as_tuple().exponent)
    if value and (size < -4 or size > 6):
        mantissa = value.scaleb(-size).normalize()
        shown = _power(f"{mantissa:f}", size, how)
        return Num(value, shown), "exact, in powers of ten"
    if how.padded and rng.random() < 0.4:
        places = max(-unit, 0) + rng.randint(1, 2)
        return Num(value, f"{value:.{places}f}"), "exact, with trailing zeros"
    shown = f"{value:f}"
    if shown.startswith(("0.", "-0.")) and rng.random() < 0.02:
        shown = shown.replace("0.", ".", 1)
    return Num(value, shown), "an exact figure"


def fraction(number: Decimal) -> Num | None:
    """The number as a ratio of small whole numbers, where it is one."""
    ratio = Fraction(number).limit_denominator(64)
    if ratio.denominator == 1 or abs(ratio.numerator) > 200:
        return None
    value = Decimal(ratio.numerator) / ratio.denominator
    if abs(value - number) > EPS * abs(number):
        return None
    return Num(value, f"{ratio.numerator}/{ratio.denominator}")


def fewer(figure: Num, rng: random.Random, how: Habit) -> Num | None:
    """The figure with fewer digits, at least two of them; None where there are not more."""
    if not figure.value or figure.text.count("/") or magnitude(figure.value) > 6:
        return None
    size, last = magnitude(figure.value), int(figure.value.normalize().as_tuple().exponent)
    if size - last < 2 or last > 0:
        return None
    if last + 1 > min(size - 1, -1):  # a whole number after = would claim to be exact
        return None
    unit = rng.randint(last + 1, min(size - 1, -1))
    value = figure.value.quantize(Decimal(1).scaleb(unit), ROUND_HALF_EVEN)
    if not value:
        return None
    return Num(value, _text(value, unit, how)[0], HALF.scaleb(unit), figure.true)
