"""Marking: what of a learner's own working is right, what follows, what is wrong, and why.

>>> from micrograd_like.marking import check
>>> from micrograd_like.worksheet import Worksheet
>>> sheet = Worksheet.parse('''
... x = 3
... y = x^2 = 9
... dy/dx = x^2/2 = 4.5''')
>>> [line.verdict for line in check(sheet).lines]
['taken', 'right', 'wrong']
"""

from __future__ import annotations

from micrograd_like.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
