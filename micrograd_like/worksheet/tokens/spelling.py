"""Spelling: what a name's text says by itself, without the document it stands in.

A name in plain form is a base, an index and primes: ``h_{t-1}'`` is h, t−1 and one prime.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from micrograd_like.notation import GREEK, normal_name

#: Letters that may be an index.
LETTERS = frozenset("ijktnlmo")
_INDEXED = re.compile(r"(.+?)_(\{[^{}]*\}|[A-Za-z0-9]{1,3})('*)")
#: An index in brackets above: x^(i).
_ABOVE = re.compile(r"(.+?)\^\(([a-z])([+-]\d+)?\)(.*)")
_LAYER = re.compile(r"(\^\(|_\{?)([lL])([+-]\d+)?(\)|\}|(?=_|'|$))")
_KRONECKER = re.compile(r"delta_?(\d)(\d)")
_SHIFTED = re.compile(r"([a-z])([+-])(\d+)")
_PIECE = re.compile(r"[A-Za-z]+_\d+|[A-Za-z]+\d*")
_LETTER_NUMBERED = re.compile(r"[A-Za-z]\d+")
_SERIES = re.compile(r"(?:Sigma|Pi)_\{?([a-z])(?:=[01])?\}?")
_NUMBER_BEHIND = re.compile(r"_?(\d+)")
_OLD = ("_old", "_current")


def without_old(name: str) -> str:
    """``w`` for ``w_old`` and ``w_current``; "" for any other name."""
    return next((base for base in map(name.removesuffix, _OLD) if base not in ("", name)), "")


#: What a name says of itself that is another's next value: w_new, w_updated, new_w; wnew too.
_RENEWED = re.compile(r"(.+?)(?:_?new|_updated|_upd|_next)|(?:new|updated|next)_(.+)")


def before_renewal(name: str) -> str:
    """``w`` for ``w'``, ``w_new``, ``w_updated`` and ``new_w``; "" for any other name."""
    if name.endswith("'"):
        return name[:-1]
    match = _RENEWED.fullmatch(name)
    return (match[1] or match[2]) if match else ""


def derivatives_named(name: str) -> Iterator[tuple[str, str]]:
    """J and a for ``dJ_da`` and ``dJda``, the name that a program gives to ∂J/∂a; every way."""
    for place in range(2, len(name) - 1) if name.startswith("d") else ():
        of, wrt = name[1:place].removesuffix("_"), name[place + 1 :]
        if name[place] == "d" and of[:1].isalpha() and wrt[:1].isalpha():
            yield of, wrt


#: The first letter of the alphabets that are neither Latin, Greek nor Cyrillic.
_FOREIGN = "\u0530"


def is_word(text: str) -> bool:
    """True for two letters or more of any alphabet but the Greek, and nothing else.

    In the alphabets that have no letters like ours one is a word.
    """
    if text.isascii():
        return len(text) > 1 and text.isalpha()
    return (len(text) > 1 or text >= _FOREIGN) and text.isalpha()


def is_letters(name: str) -> bool:
    """True for plain letters, primes behind them or not."""
    letters = name.rstrip("'")
    return letters.isascii() and letters.isalpha()


def is_symbol(name: str) -> bool:
    """True for one letter, Latin or Greek, with whatever index and primes it has."""
    base = re.split(r"[_^\d']", name, maxsplit=1)[0]
    return len(base) == 1 or base in GREEK.values()


def pieces(name: str) -> tuple[str, ...]:
    """``w_5h_1`` as w5 and h1: an index that begins with a digit takes digits only; () for none."""
    found = _PIECE.findall(name)
    if len(found) < 2 or "".join(found) != name or "_" not in name:
        return ()
    return tuple(map(normal_name, found))


def letters_numbered(name: str) -> tuple[str, ...]:
    """``w1x1`` as w1 and x1: letters, each with a number; () for another name."""
    found = _LETTER_NUMBERED.findall(name)
    return tuple(found) if len(found) > 1 and "".join(found) == name else ()


def family(name: str) -> str:
    """``w`` for ``w7`` and ``w_7``, one of several that are numbered; "" for any other name."""
    base = name.rstrip("0123456789")
    return base.removesuffix("_") if base != name and is_letters(base.removesuffix("_")) else ""


def element_number(name: str, array: str) -> int:
    """The number of an element by its name: 5 for w5 or w_5 of w; 0 for another name."""
    behind = _NUMBER_BEHIND.fullmatch(name.removeprefix(array)) if name.startswith(array) else None
    return int(behind[1]) if behind else 0


@lru_cache(maxsize=4096)
def instance(name: str, letter: str, number: int) -> str:
    """``x_i`` with a number for i: ``x3``; ``h_{t-1}`` is ``h2`` for t = 3."""
    above = _ABOVE.fullmatch(name)
    if above is not None and above[2] == letter:
        name = f"{above[1]}^({number + int(above[3] or 0)}){above[4]}"
    match = _INDEXED.fullmatch(name)
    if match is None:
        return name
    base, index, primes = match.groups()
    inside = index.strip("{}")
    shifted = _SHIFTED.fullmatch(inside)
    if shifted and shifted[1] == letter:
        step = int(shifted[3]) * (1 if shifted[2] == "+" else -1)
        return normal_name(f"{base}_{{{number + step}}}{primes}")
    if letter not in inside or not _is_index(inside):
        return name
    return normal_name(f"{base}_{{{inside.replace(letter, str(number))}}}{primes}")


def kronecker(name: str) -> int | None:
    """1 for δ_{22}, 0 for δ_{12}; None for another name."""
    match = _KRONECKER.fullmatch(name)
    return None if match is None else int(match[1] == match[2])


@lru_cache(maxsize=4096)
def layer_letters(name: str) -> frozenset[str]:
    """The letter that counts layers in a name's index: L for ``a_{L-1}``, l for ``z^(l)``."""
    return frozenset(match[2] for match in _LAYER.finditer(name))


@lru_cache(maxsize=4096)
def layers_of(name: str) -> tuple[tuple[str, int], ...]:
    """The letters that count layers in a name's index, and what is added to each."""
    return tuple((match[2], int(match[3] or 0)) for match in _LAYER.finditer(name))


@lru_cache(maxsize=4096)
def in_layer(name: str, own: int, last: int) -> str:
    """A name of one layer: ``a^(2)`` for ``a^(l-1)`` and 3; ``a_L`` is that of the last one."""

    def put(match: re.Match[str]) -> str:
        number = (last if match[2] == "L" else own) + int(match[3] or 0)
        return f"^({number})" if match[1] == "^(" else f"_{{{number}}}"

    return normal_name(_LAYER.sub(put, name))


def shifted(name: str, by: int) -> str:
    """A name of another layer: ``a_{L-1}`` for ``a_L`` and −1."""

    def put(match: re.Match[str]) -> str:
        opening, letter, at = match[1], match[2], match[3]
        step = int(at or 0) + by
        inside = f"{letter}{step:+d}" if step else letter
        return f"^({inside})" if opening == "^(" else f"_{{{inside}}}"

    return normal_name(_LAYER.sub(put, name))


@lru_cache(maxsize=4096)
def index_letters(name: str) -> frozenset[str]:
    """The letters in a name's index that stand for numbers: t for ``h_{t-1}``."""
    above = _ABOVE.fullmatch(name)
    found = frozenset({above[2]} & LETTERS if above else ())
    match = _INDEXED.fullmatch(name)
    if match is None:
        return found
    inside = match[2].strip("{}")
    if shifted := _SHIFTED.fullmatch(inside):
        return found | {shifted[1]}
    return found | ({*inside} & LETTERS) if _is_index(inside) else found


def series_index(name: str) -> str:
    """The i of Σ_i, Σ_{i=1} and Σ_{i=0}, a sum or product; "" for any other name."""
    match = _SERIES.fullmatch(name) if name.startswith(("Sigma", "Pi")) else None
    return match[1] if match else ""


def index_places(name: str) -> Iterator[tuple[tuple[str, int], str]]:
    """Every index letter of a name, with the place in which it stands."""
    above = _ABOVE.fullmatch(name)
    if above is not None and above[2] in LETTERS:
        yield (above[1], -1), above[2]
        name = f"{above[1]}{above[4]}"
    match = _INDEXED.fullmatch(name)
    if match is not None and _is_index(inside := match[2].strip("{}")):
        yield from (((match[1], p), c) for p, c in enumerate(inside) if c in LETTERS)


def is_shifted(name: str) -> bool:
    """True for an index such as t−1 in the name."""
    return _SHIFTED.search(name) is not None


def _is_index(inside: str) -> bool:
    return all(c in LETTERS or c.isdecimal() for c in inside)


def higher_derivative(above: str, below: str) -> tuple[str, str, int] | None:
    """What is differentiated, by what, and how often, in d2y over dx2; None where it is none."""
    found = re.fullmatch(r"d([23])([A-Za-z]\w*)/d([A-Za-z]\w*)\1", f"{above}/{below}")
    return None if found is None else (found[2], found[3], int(found[1]))
