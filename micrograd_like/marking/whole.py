"""A whole worksheet, marked."""

from __future__ import annotations

from micrograd_like.marking.readings import Marking
from micrograd_like.marking.records import Report
from micrograd_like.worksheet import Worksheet


def check(sheet: Worksheet, file: str = "") -> Report:
    """Mark every line of a worksheet.

    Args:
        sheet: The worksheet.
        file: The name it goes by in the report.
    """
    return Report(tuple(Marking(sheet).lines()), file, sheet.told, sheet.passed)
