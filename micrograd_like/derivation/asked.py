"""A derivative of a worksheet, worked out as it was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from micrograd_like.derivation import Derivation, derive
from micrograd_like.formula import Derivative
from micrograd_like.notation import quantity
from micrograd_like.worksheet import Worksheet


def asked_of(sheet: Worksheet, written: str) -> tuple[Sequence[Derivation], Sequence[str]]:
    """The derivations of dA/dB, for an array those of its elements; and why they are in doubt.

    Args:
        sheet: The worksheet.
        written: The derivative, as ``dE/dw5``.

    Raises:
        WorksheetError: It has another form, or the worksheet does not have the names.
    """
    found = [derive(*pair) for pair in sheet.derivatives(written)]
    asked = quantity(written)
    hidden = sheet.hidden_below(str(asked.of)) if isinstance(asked, Derivative) else []
    if hidden:  # no path to be seen is no proof that there is none
        said = f"{written}: no path is known; {'; '.join(hidden)}."
        found = [replace(one, value=None, reason=said) if one.reason else one for one in found]
    return found, hidden
