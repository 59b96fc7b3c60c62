"""Numbers as people write them, rounded as a hand rounds."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal, localcontext

#: From here on fixed places say nothing.
_LONG = 1e9


def number(value: float, places: int | None = None) -> str:
    """A number with ``places`` decimals, and more where needed for as many digits to count.

    So with two places 0.574 is 0.57 and −0.0446 is −0.045. A whole number is exact and has
    no decimals; very small and very large ones have an exponent. Without ``places`` every
    number is written in full. NaN, a derivative that does not exist, is "undefined".

    >>> number(-0.04455, 2), number(0.3, 2), number(1.0, 2), number(1.5e-9, 2)
    ('−0.045', '0.30', '1', '1.5e−09')
    """
    if isinstance(value, int):
        return str(value).replace("-", "−")
    if math.isnan(value):
        return "undefined"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value)).replace("-", "−")
    if places is None:
        return repr(value).removesuffix(".0").replace("-", "−")
    mantissa = _mantissa(value, places)
    power = mantissa.adjusted()
    if -7 < power < 15:
        shown = f"{half_up(value, decimals(value, places)):f}"
    else:
        shown = f"{mantissa.scaleb(-power):f}e{power:+03d}"
    return shown.replace("-", "−")


def decimals(value: float, places: int) -> int:
    """The decimals of a number with ``places``: more where needed for as many digits to count."""
    power = _mantissa(value, places).adjusted()
    return places if power >= 0 else max(places, 1) - 1 - power


def half_up(value: float, decimals: int) -> Decimal:
    """The number rounded half up from the decimal digits one sees, as a hand does it."""
    with localcontext() as context:
        context.prec = 400  # every digit of every float
        return Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _mantissa(value: float, places: int) -> Decimal:
    """The number to ``places`` digits, at least one, wherever its point is."""
    return half_up(value, max(places, 1) - 1 - Decimal(repr(value)).adjusted())


def formatted(value: float, spec: str) -> str:
    """A number in one of Python's formats, as people write it.

    With a minus and no hyphen, 0 without a sign, and with an exponent where fixed places would
    make a row of digits that nobody counts.

    >>> formatted(-0.5, ".2f"), formatted(-1e-9, ".4f"), formatted(3e40, ".1f")
    ('−0.50', '0.0000', '3.0e+40')
    """
    if not math.isfinite(value):
        return number(value)
    if spec.endswith("f") and abs(value) >= _LONG:
        spec = spec.replace("f", "e")
    written = format(value, spec)
    if not any(digit in "123456789" for digit in written.partition("e")[0]):
        written = written.removeprefix("-")
    return written.replace("-", "−")


def typed(written: str) -> float:
    """The number that somebody typed, with a minus or a hyphen.

    Raises:
        ValueError: It is none; 1_0 is none either, which Python takes for 10.

    >>> typed("−0.5"), typed(" 1e3 ")
    (-0.5, 1000.0)
    """
    if "_" in written:
        raise ValueError(written)
    return float(written.replace("−", "-"))


def counted(count: int, one: str, many: str = "") -> str:
    """So many of a thing, in words.

    >>> counted(1, "epoch"), counted(2000, "epoch"), counted(0, "class", "classes")
    ('1 epoch', '2,000 epochs', '0 classes')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}".replace("-", "−")


def signed(value: float, places: int | None = None) -> str:
    """A number with its sign, + included."""
    return number(value, places) if value < 0 else f"+{number(value, places)}"
