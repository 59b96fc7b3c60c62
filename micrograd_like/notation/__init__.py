"""Expressions as people write them: plain text for a terminal, LaTeX for a page.

Products are written with ·, minus signs as −, a negative factor in brackets; ``yhat`` is
ŷ, Greek names are Greek letters, ``w5`` is w5 or w₅ in LaTeX. How a function is written
stands in its row of the operation table. Names come from users, so whatever could act on
a terminal or on LaTeX is made harmless here.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from micrograd_like.errors import printable
from micrograd_like.formula import COMPARISONS, Call, Derivative, Expr, Name, Number, fold
from micrograd_like.ops import OPS

# fmt: off
_LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν",
    "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ",
    "chi": "χ", "psi": "ψ", "omega": "ω",
}
# fmt: on
#: Greek letters, small and capital, to their names.
GREEK = {letter: name for name, letter in _LETTERS.items()} | {
    letter.upper(): name.capitalize() for name, letter in _LETTERS.items()
}
_CAPITALS = {name.capitalize(): letter.upper() for name, letter in _LETTERS.items()}
#: The capitals that LaTeX has commands for; the others look like Latin letters.
_LATEX_CAPITALS = {
    *("Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega")
}
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
#: Accents on a letter, and what follows its name for them.
ACCENTS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0307": "dot"}
_MARKS = {name: accent for accent, name in ACCENTS.items()}
_NAME = re.compile(r"([A-Za-z]+?)(hat)?_?(\d*)('*)")
# One letter, or a Greek one's name, with another mark than the common hat.
_MARKED = re.compile(rf"([A-Za-z]|{'|'.join(_LETTERS)})(bar|tilde|dot)_?(\d*)('*)")
_INDEXED = re.compile(rf"([A-Za-z]|{'|'.join(_LETTERS)})_([A-Za-z]\w*)('*)")
_DERIVATIVE = re.compile(r"d([^\W\d]\w*'*)/d([^\W\d]\w*'*)")  # the name of a gradient's node
_DIFFERENTIAL = re.compile(r"d\w+'*")
_LATEX_SPECIAL = {c: f"\\{c}" for c in "#$%&_{}"} | {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
}

# How tightly the parts of an expression hold together.
_WHERE, _OR, _AND, _COMPARISON, _SUM, _PRODUCT, _POWER, _ATOM = range(8)
_BINDING = {"add": _SUM, "sub": _SUM, "mul": _PRODUCT, "div": _PRODUCT, "neg": _PRODUCT}


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
    # Rounded half up from the decimal digits one sees, as a hand does it.
    exact = Decimal(repr(value))
    digits = max(places, 1)
    mantissa = _rounded(exact, digits - 1 - exact.adjusted())
    decimals = places if mantissa.adjusted() >= 0 else digits - 1 - mantissa.adjusted()
    if -7 < mantissa.adjusted() < 15:
        shown = f"{_rounded(exact, decimals):f}"
    else:
        power = mantissa.adjusted()
        shown = f"{mantissa.scaleb(-power):f}e{power:+03d}"
    return shown.replace("-", "−")


def _rounded(exact: Decimal, decimals: int) -> Decimal:
    with localcontext() as context:
        context.prec = 400  # every digit of every float
        return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def signed(value: float, places: int | None = None) -> str:
    """A number with its sign, + included."""
    return number(value, places) if value < 0 else f"+{number(value, places)}"


def letters_named(name: str) -> str:
    """The name with its accents and Greek letters spelled out: ŷ is yhat, α is alpha."""
    if name.isascii():
        return name
    decomposed = unicodedata.normalize("NFD", name)
    spelled = "".join(GREEK.get(c) or ACCENTS.get(c, c) for c in decomposed)
    return unicodedata.normalize("NFC", spelled)


def name_text(name: str) -> str:
    """A name for a terminal: Greek letters, ŷ for yhat, control characters escaped."""
    if derivative := derivative_name(name):
        return f"∂{name_text(derivative.of)}/∂{name_text(derivative.wrt)}"
    match = _MARKED.fullmatch(name) or _NAME.fullmatch(name)
    if match:
        base, mark, digits, primes = match.groups()
        base = _LETTERS.get(base) or _CAPITALS.get(base, base)
        return unicodedata.normalize("NFC", base + _MARKS.get(mark, "")) + digits + primes
    return printable(name)


def derivative_name(name: str) -> Derivative | None:
    """The derivative that a node is named after, such as ``dE/dw5``; None for other names."""
    match = _DERIVATIVE.fullmatch(name)
    return Derivative(match[1], match[2]) if match else None


def name_latex(name: str) -> str:
    r"""A name for LaTeX: w_{5}, \hat{y}, \alpha; anything unusual as escaped text."""
    if derivative := derivative_name(name):
        above, below = name_latex(derivative.of), name_latex(derivative.wrt)
        return rf"\frac{{\partial {above}}}{{\partial {below}}}"
    name = letters_named(name)
    if indexed := _INDEXED.fullmatch(name):
        base, index, primes = indexed.groups()
        return rf"{_latex_letters(base)}_{{\text{{{latex_escaped(index)}}}}}{primes}"
    match = _MARKED.fullmatch(name) or _NAME.fullmatch(name)
    if not match:
        return rf"\text{{{latex_escaped(name)}}}"
    base, mark, digits, primes = match.groups()
    base = _latex_letters(base)
    if mark:
        base = rf"\{mark}{{{base}}}"
    return base + (f"_{{{digits}}}" if digits else "") + primes


def _latex_letters(base: str) -> str:
    if base in _LETTERS or (base in _CAPITALS and base in _LATEX_CAPITALS):
        return f"\\{base}"
    return rf"\mathrm{{{base}}}" if len(base) > 1 else base


def latex_escaped(text: str) -> str:
    """Text for LaTeX, in ASCII; what LaTeX may have no letter for is named by its number."""
    shown = (_LATEX_SPECIAL.get(c, c if c.isascii() and c.isprintable() else "") for c in text)
    return "".join(s or f"[U+{ord(c):04X}]" for s, c in zip(shown, text, strict=True))


@dataclass(frozen=True, slots=True)
class _Style:
    """The marks in which one kind of output differs from another."""

    name: Callable[[str], str]
    derivative: Callable[[str, str], str]
    brackets: Callable[[str], str]
    minus: str
    times: str
    spaced_times: str
    fraction: Callable[[str, str], str] | None  # None: written with a slash
    power: Callable[[str, str], str]
    function: Callable[[str, str], str]  # of the row's name and the arguments
    number: Callable[[float, int | None], str]
    where: Callable[[str, str, str], str]
    comparison: Callable[[str], str]
    word: Callable[[str], str]  # "and" or "or"
    exact: bool = False  # True keeps every bracket that the same expression takes to read back


def _brackets(inside: str) -> str:
    return f"({inside})"


def _text_power(base: str, exponent: str) -> str:
    if exponent.isdecimal():
        return base + exponent.translate(_SUPERSCRIPTS)
    return f"{base}^{exponent if exponent.isidentifier() else _brackets(exponent)}"


def _text_function(function: str, arguments: str) -> str:
    written = OPS[function].text if function in OPS else ""
    return _filled(written or function, _brackets(arguments), arguments)


def _latex_function(function: str, arguments: str) -> str:
    written = OPS[function].latex if function in OPS else ""
    default = rf"\operatorname{{{function.replace('_', chr(92) + '_')}}}"
    return _filled(written or default, rf"\left({arguments}\right)", arguments)


def _filled(written: str, bracketed: str, arguments: str) -> str:
    return written.replace("#1", arguments) if "#1" in written else written + bracketed


def _latex_number(value: float, places: int | None) -> str:
    if math.isnan(value):
        return r"\text{undefined}"
    shown = number(value, places).replace("−", "-").replace("∞", r"\infty")
    mantissa, exponent, power = shown.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(power)}}}" if exponent else shown


_LATEX_COMPARISONS = {">=": r"\ge", "<=": r"\le", "==": "=", "!=": r"\ne"}

_TEXT = _Style(
    name=name_text,
    derivative=lambda of, wrt: f"∂{of}/∂{wrt}",
    brackets=_brackets,
    minus="−",
    times="·",
    spaced_times=" · ",
    fraction=None,
    power=_text_power,
    function=_text_function,
    number=number,
    where=lambda condition, then, otherwise: f"{then} if {condition} else {otherwise}",
    comparison=lambda symbol: symbol,
    word=lambda word: f" {word} ",
)
_LATEX = _Style(
    name=name_latex,
    derivative=lambda of, wrt: rf"\frac{{\partial {of}}}{{\partial {wrt}}}",
    brackets=lambda inside: rf"\left({inside}\right)",
    minus="-",
    times=r" \cdot ",
    spaced_times=r" \cdot ",
    fraction=lambda above, below: rf"\frac{{{above}}}{{{below}}}",
    power=lambda base, exponent: rf"{{{base}}}^{{{exponent}}}",
    function=_latex_function,
    number=_latex_number,
    where=lambda condition, then, otherwise: (
        rf"\begin{{cases}} {then} & {condition} \\ {otherwise} & \text{{otherwise}} \end{{cases}}"
    ),
    comparison=lambda symbol: _LATEX_COMPARISONS.get(symbol, symbol),
    word=lambda word: rf" \text{{ {word} }} ",
)


_PLAIN = _Style(
    name=lambda name: name,
    derivative=lambda of, wrt: f"d{of}/d{wrt}",
    brackets=_brackets,
    minus="-",
    times="*",
    spaced_times="*",
    fraction=None,
    power=lambda base, exponent: (
        f"{base}^{exponent if exponent.isalnum() else _brackets(exponent)}"
    ),
    function=lambda function, arguments: f"{function}({arguments})",
    number=lambda value, places: literal(Number(value, places)),
    where=_TEXT.where,
    comparison=_TEXT.comparison,
    word=_TEXT.word,
    exact=True,
)


def literal(number: Number) -> str:
    """A number as a worksheet has it, with the decimals it was written with.

    >>> literal(Number(0.3, 2)), literal(Number(5.0, 0)), literal(Number(1500.0, -2))
    ('0.30', '5.', '1.5e3')
    """
    value, places = number.value, number.places
    if places is None:
        return repr(value)
    exact = Decimal(repr(value))
    if places == 0:
        return f"{exact:.0f}."
    if 0 < places <= 50:
        return f"{exact:.{places}f}"
    # A long row of zeros, or places before the point: with an exponent.
    mantissa, _, exponent = f"{exact:.{max(places + exact.adjusted(), 0)}e}".partition("e")
    point = "" if "." in mantissa else "."
    return f"{mantissa}{point}e{int(exponent)}"


def plain(expr: Expr) -> str:
    """The expression as a worksheet has it, in ASCII; it reads back as the same expression."""
    return _Writer(_PLAIN, None).write(expr)


def text(expr: Expr, places: int | None = None) -> str:
    """The expression for a terminal, floats with ``places`` (see :func:`number`)."""
    return _Writer(_TEXT, places).write(expr)


def latex(expr: Expr, places: int | None = None) -> str:
    """The expression in LaTeX's mathematics mode, floats with ``places``."""
    return _Writer(_LATEX, places).write(expr)


@dataclass(frozen=True, slots=True)
class _Written:
    """A part of an expression as written, and how tightly it holds together."""

    shown: str
    binding: int


@dataclass(frozen=True, slots=True)
class _Writer:
    style: _Style
    places: int | None

    def write(self, expr: Expr) -> str:
        """The whole expression; a product that is all of it gets air around its signs."""
        factors: list[Expr] = []
        while isinstance(expr, Call) and expr.function == "mul":
            expr, factor = expr.arguments
            factors.append(factor)
        first = fold(expr, self._join)
        if not factors:
            return str(first.shown)
        rest = [self._factor(fold(f, self._join)) for f in reversed(factors)]
        return self.style.spaced_times.join([self._inside(first, _PRODUCT), *rest])

    def _join(self, node: Expr, parts: list[_Written]) -> _Written:
        """What a node is, as written, from what its arguments are."""
        style = self.style
        match node:
            case Number(value, places):
                shown = style.number(value, self.places if places is None else places)
                plain = shown[0].isdecimal() and "e" not in shown and "10^" not in shown
                return _Written(shown, _ATOM if plain else _PRODUCT)
            case Name(name) if derivative_name(name) is None:
                return _Written(style.name(name), _ATOM)
            case Name(name):
                return _Written(style.name(name), self._derivative_binding())
            case Derivative(of, wrt):
                shown = style.derivative(*map(self._differentiated, (of, wrt)))
                return _Written(shown, self._derivative_binding())
            case Call("neg"):
                binding = _POWER if style.exact else _PRODUCT
                return _Written(f"{style.minus}{self._inside(parts[0], binding, True)}", _PRODUCT)
            case Call("add" | "sub" as function):
                left, right = parts
                sign, binding = ("+", _SUM) if function == "add" else (style.minus, _PRODUCT)
                binding = _PRODUCT if style.exact else binding
                shown = f"{self._inside(left, _SUM)} {sign} {self._inside(right, binding, True)}"
                return _Written(shown, _SUM)
            case Call("mul"):
                left, right = parts
                shown = self._inside(left, _PRODUCT) + style.times
                return _Written(shown + self._factor(right), _PRODUCT)
            case Call("div"):
                return _Written(self._quotient(*parts), _PRODUCT)
            case Call("pow"):
                base, exponent = parts
                return _Written(style.power(self._inside(base, _ATOM), exponent.shown), _POWER)
            case Call(function):
                return self._call(function, parts)
        raise TypeError(f"expected an expression, got {node!r}")

    def _derivative_binding(self) -> int:
        return _PRODUCT if self.style.fraction is None else _POWER

    def _differentiated(self, name: str) -> str:
        """A name after ∂; one that is itself a derivative is put in brackets."""
        shown = self.style.name(name)
        return shown if derivative_name(name) is None else self.style.brackets(shown)

    def _call(self, function: str, parts: list[_Written]) -> _Written:
        style = self.style
        if function == "where":
            condition, then, otherwise = parts
            first = self._inside(condition, _OR), self._inside(then, _OR)
            return _Written(style.where(*first, otherwise.shown), _WHERE)
        if function in ("and", "or"):
            binding = _AND if function == "and" else _OR
            joined = style.word(function).join(self._inside(p, binding + 1) for p in parts)
            return _Written(joined, binding)
        if function in COMPARISONS:
            symbol = style.comparison(COMPARISONS[function])
            left, right = (self._inside(part, _SUM) for part in parts)
            return _Written(f"{left} {symbol} {right}", _COMPARISON)
        shown = style.function(function, ", ".join(part.shown for part in parts))
        return _Written(shown, _POWER if shown.startswith("e^") else _ATOM)

    def _quotient(self, above: _Written, below: _Written) -> str:
        if self.style.fraction is not None:
            return self.style.fraction(above.shown, below.shown)
        shown = self._inside(below, _POWER, right=True)
        if self.style.exact and _DIFFERENTIAL.fullmatch(shown):  # dy/dx would be a derivative
            shown = self.style.brackets(shown)
        return f"{self._inside(above, _PRODUCT)}/{shown}"

    def _factor(self, part: _Written) -> str:
        """The right factor of a product."""
        return self._inside(part, _POWER if self.style.exact else _PRODUCT, right=True)

    def _inside(self, part: _Written, binding: int, right: bool = False) -> str:
        """A part of an expression, in brackets where it would fall apart or two signs meet."""
        loose = part.binding < binding or (right and part.shown.startswith(("−", "-")))
        return self.style.brackets(part.shown) if loose else part.shown
