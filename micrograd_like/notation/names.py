"""What people type as a quantity, names in their plain form, and the parts of a name.

``yhat`` is ŷ, Greek names are Greek letters, ``w5`` is w with an index. Names come from users:
what a notation makes of one that has no such parts must be harmless where it is shown.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from micrograd_like.formula import Derivative, Name, Quantity

# fmt: off
#: Small Greek letters by their names.
SMALL = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν",
    "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ",
    "chi": "χ", "psi": "ψ", "omega": "ω",
}
# fmt: on
#: Greek letters, small and capital, to their names.
GREEK = {letter: name for name, letter in SMALL.items()} | {
    letter.upper(): name.capitalize() for name, letter in SMALL.items()
}
#: All of them by their names.
LETTERS = {name: letter for letter, name in GREEK.items()}
#: Accents on a letter, and what follows its name for them.
ACCENTS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0307": "dot"}
#: The accents by what follows the name.
ACCENT = {name: accent for accent, name in ACCENTS.items()}
_NAME = re.compile(r"([A-Za-z]+?)(hat)?_?(\d*)('*)")
# One letter, or a Greek one's name, with another accent than the common hat.
_ACCENTED = re.compile(rf"([A-Za-z]|{'|'.join(SMALL)})(bar|tilde|dot)_?(\d*)('*)")
_SIDE = r"(\(.+\)|[^\W\d][\w{},\u0300-\u036f]*(?:\[[\d,]+\])?['’′ʹ″]*)"
_DERIVATIVE = re.compile(rf"\s*[d∂]\s*{_SIDE}\s*/\s*[d∂]\s*{_SIDE}\s*")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-")
_SUBSCRIPT_LETTERS = str.maketrans("ₐₑₒₓₕₖₗₘₙₚₛₜᵢᵣᵤᵥⱼ", "aeoxhklmnpstiruvj")
_BELOW = {**_SUBSCRIPTS, **_SUBSCRIPT_LETTERS}
#: Two subscripts with a comma: w₁,₂.
_PAIR_BELOW = re.compile("[₀-₉ₐ-ₜᵢᵣᵤᵥⱼ]+(?:,[₀-₉ₐ-ₜᵢᵣᵤᵥⱼ]+)+")
_RENEWED = re.compile(r"(?:\^\{?new\}?|_\{new\}|\(new\)|⁺|\^\{?\+\}?|\+)('*)$")
_WORD_ABOVE = re.compile(r"\^\{?([A-Za-z]{2,})\}?")
_BRACED = re.compile(r"_\{([^{}]*)\}|_\(([^()]*)\)|\[([^\[\]]*)\]")
_NUMBERED_ABOVE = re.compile(r"\^\{?[(\[](\w+)[)\]]\}?|\^\{?(\d+)\}?(?=_)")


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
        name = _PAIR_BELOW.sub(lambda m: f"_{{{m[0].translate(_BELOW)}}}", name)
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


def step_of(base: str) -> tuple[str, str]:
    """Δ and w of Δw, by their names; "" and the letters of any other name."""
    letter = base.removeprefix("Delta")
    return ("Delta", letter) if letter and letter != base else ("", base)


class Spelling(NamedTuple):
    """A name in its parts: ``theta_hat2'`` is theta, hat, 2 and one prime."""

    base: str
    accent: str
    digits: str
    primes: str


def spelling(name: str) -> Spelling | None:
    """The parts of a name; None where it is no word or letter with an accent and an index."""
    match = _ACCENTED.fullmatch(name) or _NAME.fullmatch(name)
    return Spelling(*match.groups("")) if match else None
