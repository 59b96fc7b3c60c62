"""Marking: what of a learner's own working is right, what follows, what is wrong, and why.

>>> from micrograd_like.worksheet import Worksheet
>>> sheet = Worksheet.parse('''
... x = 3
... y = x^2 = 9
... dy/dx = x^2/2 = 4.5''')
>>> [line.verdict for line in check(sheet).lines]
['taken', 'right', 'wrong']
"""

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
