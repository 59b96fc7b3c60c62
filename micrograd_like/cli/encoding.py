"""Letters that a terminal's encoding has not: as one types them into a worksheet."""

from __future__ import annotations

import codecs
import unicodedata

from micrograd_like.notation import ACCENTS, GREEK
from micrograd_like.writers.formats.latex import LETTERS
from micrograd_like.writers.records import LOOKS

#: The name of the error handler, for a stream's ``errors``.
SPELLED = "micrograd_like.spelled"
_SPELLED = {
    **GREEK,
    **{look.mark: look.plain for look in LOOKS.values()},
    **ACCENTS,
    **LETTERS,
    "∂": "d",
    "−": "-",
    "·": "*",
    "×": "*",
    "½": "1/2",
    "′": "'",
    "…": "...",
    "←": "<-",
    "≥": ">=",
    "≤": "<=",
    "∘": "o",
    "ᵀ": "^T",
    "√": "sqrt",
    "–": "-",
    "—": "-",
    "’": "'",
    "“": '"',
    "”": '"',
    "∇": "grad ",
    "▸": ">",
}


def spelled(text: str) -> str:
    """The text in ASCII: what has a spelling in it, and ? for the rest.

    >>> spelled("∂E/∂ŷ = −½·α² …")
    'dE/dyhat = -1/2*alpha^2 ...'
    """
    return "".join(map(_letter, unicodedata.normalize("NFD", text)))


def _letter(letter: str) -> str:
    if letter.isascii():
        return letter
    if letter in _SPELLED:
        return _SPELLED[letter]
    if unicodedata.combining(letter):
        return ""
    plain = unicodedata.normalize("NFKD", letter)
    power = "^" if unicodedata.decomposition(letter).startswith("<super>") else ""
    return f"{power}{plain}" if plain.isascii() else "?"


def _handle(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return spelled(error.object[error.start : error.end]), error.end


codecs.register_error(SPELLED, _handle)
