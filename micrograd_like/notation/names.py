"""Names as people write them, for a terminal and for LaTeX; what they type, as a quantity.

``yhat`` is ŷ, Greek names are Greek letters, ``w5`` is w5 or w₅ in LaTeX. Names come from
users, so whatever could act on a terminal or on LaTeX is made harmless here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from micrograd_like.errors import printable
from micrograd_like.formula import Derivative, Name, Quantity

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
#: Accents on a letter, and what follows its name for them.
ACCENTS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0307": "dot"}
_MARKS = {name: accent for accent, name in ACCENTS.items()}
_NAME = re.compile(r"([A-Za-z]+?)(hat)?_?(\d*)('*)")
# One letter, or a Greek one's name, with another mark than the common hat.
_MARKED = re.compile(rf"([A-Za-z]|{'|'.join(_LETTERS)})(bar|tilde|dot)_?(\d*)('*)")
_INDEXED = re.compile(rf"([A-Za-z]|{'|'.join(_LETTERS)})_([A-Za-z]\w*)('*)")
_SIDE = r"(\(.+\)|[^\W\d][\w{},\u0300-\u036f]*['’′ʹ″]*)"
_DERIVATIVE = re.compile(rf"\s*[d∂]\s*{_SIDE}\s*/\s*[d∂]\s*{_SIDE}\s*")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-")
_SUBSCRIPT_LETTERS = str.maketrans("ₐₑₒₓₕₖₗₘₙₚₛₜᵢᵣᵤᵥⱼ", "aeoxhklmnpstiruvj")
_RENEWED = re.compile(r"(?:\^\{?new\}?|_\{new\}|\(new\)|⁺|\^\{?\+\}?|\+)('*)$")
_WORD_ABOVE = re.compile(r"\^\{?([A-Za-z]{2,})\}?")
_BRACED = re.compile(r"_\{([^{}]*)\}|_\(([^()]*)\)|\[([^\[\]]*)\]")
_NUMBERED_ABOVE = re.compile(r"\^\{?[(\[](\w+)[)\]]\}?|\^\{?(\d+)\}?(?=_)")
_LATEX_SPECIAL = {c: f"\\{c}" for c in "#$%&_{}"} | {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
}


def quantity(written: str) -> Quantity:
    """What somebody typed as a quantity: dA/dB, with d or ∂, is a derivative, all else a name.

    >>> quantity("∂E/∂w5"), quantity("d(dE/dw)/dw").of, quantity("dw")
    (Derivative(of='E', wrt='w5'), Derivative(of='E', wrt='w'), 'dw')
    """
    match = _DERIVATIVE.fullmatch(written)
    if match is None:
        return Name(written)
    sides = [quantity(side[1:-1]) if side[0] == "(" else Name(side) for side in match.groups()]
    bracketed = [isinstance(q, Derivative) for q in sides] == [s[0] == "(" for s in match.groups()]
    return Derivative(*sides) if bracketed else Name(written)


def letters_named(name: str) -> str:
    """The name with its accents and Greek letters spelled out: ŷ is yhat, α is alpha."""
    if name.isascii():
        return name
    decomposed = unicodedata.normalize("NFD", name)
    spelled = "".join(GREEK.get(c) or ACCENTS.get(c, c) for c in decomposed)
    return unicodedata.normalize("NFC", spelled)


def normal_name(written: str) -> str:
    """A name in its plain form: ``ŷ`` is ``yhat``; ``w_5``, ``w_{5}`` and ``w₅`` are ``w5``.

    ``w^{new}``, ``w⁺`` and ``w_new`` are one name, and so are ``w_{1,1}``, ``w_11`` and ``w11``.
    """
    if written.isascii() and written.isalnum():
        return written
    name = re.sub("[’′ʹ]", "'", written).replace("″", "''")
    if not name.isascii():
        name = re.sub("[ₐₑₒₓₕ-ₜᵢᵣᵤᵥⱼ]+", lambda m: f"_{m[0].translate(_SUBSCRIPT_LETTERS)}", name)
        name = re.sub("[₊₋][₀-₉]+", lambda m: f"_{{{m[0].translate(_SUBSCRIPTS)}}}", name)
        name = letters_named(name.translate(_SUBSCRIPTS))
    name = _RENEWED.sub(r"_new\1", name)
    above = _NUMBERED_ABOVE.search(name)
    name = _WORD_ABOVE.sub(r"_\1", _NUMBERED_ABOVE.sub("", name))
    name = _BRACED.sub(lambda m: _index(next(g for g in m.groups() if g is not None)), name)
    if above:
        base, index = re.fullmatch(r"(.*?)(_.*|'*)", name, re.DOTALL).groups()  # type: ignore[union-attr]
        return f"{base}^({above[1] or above[2]}){index}"
    return re.sub(r"_+(?=\d+(?:'*$|_[A-Za-z])|hat)", "", name)


def _index(inside: str) -> str:
    inside = re.sub(r"\s+", "", inside)
    if re.fullmatch(r"\w(,\w)+", inside):
        inside = inside.replace(",", "")
    return f"_{inside}" if re.fullmatch(r"\w+", inside) else f"_{{{inside}}}"


def name_text(name: str | Derivative) -> str:
    """A quantity for a terminal: Greek letters, ŷ for yhat, control characters escaped."""
    if isinstance(name, Derivative):
        above, below = _sides(name, name_text, "({})")
        return f"∂{above}/∂{below}"
    match = _MARKED.fullmatch(name) or _NAME.fullmatch(name)
    if match:
        base, mark, digits, primes = match.groups()
        base = _LETTERS.get(base) or _CAPITALS.get(base, base)
        return unicodedata.normalize("NFC", base + _MARKS.get(mark, "")) + digits + primes
    return printable(name)


def _sides(
    derivative: Derivative, shown: Callable[[Quantity], str], brackets: str
) -> tuple[str, str]:
    """What stands above and below; a side that is a derivative itself in brackets."""
    of, wrt = (
        brackets.format(shown(side)) if isinstance(side, Derivative) else shown(side)
        for side in (derivative.of, derivative.wrt)
    )
    return of, wrt


def name_latex(name: str | Derivative) -> str:
    r"""A quantity for LaTeX: w_{5}, \hat{y}, \alpha; anything unusual as escaped text."""
    if isinstance(name, Derivative):
        above, below = _sides(name, name_latex, r"\left({}\right)")
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
