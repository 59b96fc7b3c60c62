"""Expressions and names as people write them: a notation is a file here, ``as_….py``.

Text for a terminal has products with ·, minus signs as −, a negative factor in brackets; LaTeX is
for a page; what is typed into a worksheet reads back as the same expression. How a function is
written stands in its row of the operation table.
"""

from micrograd_like.notation.as_latex import latex, latex_escaped, name_latex
from micrograd_like.notation.as_text import name_text, text
from micrograd_like.notation.as_typed import by_hand, literal, plain
from micrograd_like.notation.names import ACCENTS, GREEK, letters_named, normal_name, quantity
from micrograd_like.notation.numbers import decimals, half_up, number, signed

__all__ = [
    "ACCENTS",
    "GREEK",
    "by_hand",
    "decimals",
    "half_up",
    "latex",
    "latex_escaped",
    "letters_named",
    "literal",
    "name_latex",
    "name_text",
    "normal_name",
    "number",
    "plain",
    "quantity",
    "signed",
    "text",
]
