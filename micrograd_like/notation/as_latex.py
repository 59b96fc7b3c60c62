"""Expressions and names in LaTeX's mathematics mode; text that LaTeX prints as it is."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from micrograd_like.formula import Derivative, Expr, Number
from micrograd_like.notation.as_typed import literal
from micrograd_like.notation.names import LETTERS, SMALL, letters_named, step_of
from micrograd_like.notation.numbers import number
from micrograd_like.notation.writer import Style, filled, quotient_of, written
from micrograd_like.ops import OPS

#: The capitals that LaTeX has no commands for: they look like Latin letters.
_LATIN_CAPITALS = {
    *("Alpha", "Beta", "Epsilon", "Zeta", "Eta", "Iota", "Kappa", "Mu", "Nu", "Rho", "Tau", "Chi")
}
_SCRIPTS = r"(\d+)?(?:\^(\([\w+-]+\)|[A-Za-z]+|\+))?(?:_\{([^{}]+)\}|_([A-Za-z0-9][\w,]*))?('*)"
#: A letter with an accent, or a word, and what stands above it, its index and its primes.
_ACCENTED = re.compile(rf"([A-Za-z]|{'|'.join(SMALL)})(bar|tilde|dot){_SCRIPTS}")
_INDEXED = re.compile(rf"([A-Za-z]+?)(hat)?{_SCRIPTS}")
#: Indices that are words, and no letters that count.
_WORD = re.compile(r"[A-Za-z]{3,}\w*")
_LATEX_SPECIAL = {c: f"\\{c}" for c in "#$%&_{}"} | {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
}
_COMPARISONS = {">=": r"\ge", "<=": r"\le", "==": "=", "!=": r"\ne"}


def latex(expr: Expr, places: int | None = None) -> str:
    """The expression in LaTeX's mathematics mode, floats with ``places``."""
    return written(expr, _LATEX, places)


def latex_as_typed(expr: Expr) -> str:
    """The same with every number as it was written: 0.0700 keeps its zeros."""
    return written(expr, _TYPED)


def name_latex(name: str | Derivative) -> str:
    r"""A quantity for LaTeX: w_{5}, \hat{y}, \alpha; anything unusual as escaped text."""
    if isinstance(name, Derivative):
        above, below = quotient_of(name, name_latex, _brackets)
        return rf"\frac{{\partial {above}}}{{\partial {below}}}"
    name = letters_named(name)
    indexed = _ACCENTED.fullmatch(name) or _INDEXED.fullmatch(name)
    if indexed is None:
        return rf"\text{{{latex_escaped(name)}}}"
    base, accent, digits, above, braced, index, primes = indexed.groups("")
    if len(base) > 1 and base not in LETTERS and _WORD.fullmatch(index):  # learning_rate
        return rf"\text{{{latex_escaped(name)}}}"
    shown = rf"\{accent}{{{_letters(base)}}}" if accent else _letters(base)
    shown += f"^{{{_script(above)}}}" if above else ""
    scripts = [digits, *(braced or index).split(",")]
    below = ",".join(_script(script) for script in scripts if script)
    return shown + (f"_{{{below}}}" if below else "") + primes


def _script(written: str) -> str:
    """What stands above or below a letter, words upright."""
    plain = re.fullmatch(r"[\w+()-]*", written) and not _WORD.fullmatch(written)
    return written if plain else rf"\text{{{latex_escaped(written)}}}"


def latex_escaped(text: str) -> str:
    """Text for LaTeX, in ASCII; what LaTeX may have no letter for is named by its number."""
    shown = (_LATEX_SPECIAL.get(c, c if c.isascii() and c.isprintable() else "") for c in text)
    return "".join(s or f"[U+{ord(c):04X}]" for s, c in zip(shown, text, strict=True))


def _letters(base: str) -> str:
    change, letter = step_of(base)
    if change:
        return rf"\{change} {_letters(letter)}"
    if base in LETTERS and base not in _LATIN_CAPITALS:
        return f"\\{base}"
    return rf"\mathrm{{{base}}}" if len(base) > 1 else base


def _brackets(inside: str) -> str:
    return rf"\left({inside}\right)"


def _function(function: str, arguments: str) -> str:
    row = OPS.get(function)
    default = rf"\operatorname{{{function.replace('_', chr(92) + '_')}}}"
    return filled(row.latex if row and row.latex else default, arguments, _brackets)


def _number(value: float, places: int | None) -> str:
    if math.isnan(value):
        return r"\text{undefined}"
    shown = number(value, places).replace("−", "-").replace("∞", r"\infty")
    mantissa, exponent, power = shown.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(power)}}}" if exponent else shown


_LATEX = Style(
    name=name_latex,
    number=_number,
    minus="-",
    times=r" \cdot ",
    spaced_times=r" \cdot ",
    fraction=lambda above, below: rf"\frac{{{above}}}{{{below}}}",
    power=lambda base, exponent: rf"{{{base}}}^{{{exponent}}}",
    function=_function,
    brackets=_brackets,
    where=lambda condition, then, otherwise: (
        rf"\begin{{cases}} {then} & {condition} \\ {otherwise} & \text{{otherwise}} \end{{cases}}"
    ),
    comparison=lambda symbol: _COMPARISONS.get(symbol, symbol),
    word=lambda word: rf" \text{{ {word} }} ",
)


def _typed(value: float, places: int | None) -> str:
    mantissa, exponent, power = literal(Number(value, places)).partition("e")
    return rf"{mantissa} \cdot 10^{{{int(power)}}}" if exponent else mantissa


_TYPED = replace(_LATEX, number=_typed, exact=True)
