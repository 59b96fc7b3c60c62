"""Text in a picture: names for identifiers, widths, what is cut off, digits set lower."""

from __future__ import annotations

import hashlib
import re
import unicodedata

#: Digits at the end of a name, as in w5 or log10, which are set as an index.
_INDEX = re.compile(r"(?<![\w.−\\])((?:[^\W\d_]|\u0302)+)(\d+)(?!\.\d|[\u0302(]*[^\W⁰¹²³⁴⁵⁶⁷⁸⁹])")
_RIGHT_TO_LEFT = ("R", "AL", "AN")
_NARROW, _WIDE = set("iljtfrI.,;:'!|()[]{}/′ "), set("mwMW∂@%Σ—…")
_LONGEST_SLUG = 60


def shortened(text: str, longest: int) -> str:
    """At most ``longest`` letters, the rest as "…"; right-to-left text kept apart.

    >>> shortened("a very long name", 8)
    'a very …'
    """
    shown = text if len(text) <= longest else text[: longest - 1] + "…"
    if any(unicodedata.bidirectional(c) in _RIGHT_TO_LEFT for c in shown):
        return f"\u2066{shown}\u2069"  # so that it moves nothing beside it
    return shown


def shortened_formula(text: str, longest: int) -> str:
    """The same of a formula: what is cut off leaves no bracket open.

    >>> shortened_formula("(x1·x2 + x2·x3 + x1·x3)/x4", 18)
    '(x1·x2 + x2·x3 …)'
    """
    if len(text) <= longest:
        return text
    kept = re.sub(r"[^ ]*$", "", text[: longest - 2]) or text[: longest - 2]
    left = kept.count("(") - kept.count(")")
    return shortened(f"{kept}…{')' * left}", longest + left)


def pieces(text: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is set lower, as an index.

    >>> pieces("x1·w1 + 0.3")
    [('x', False), ('1', True), ('·w', False), ('1', True), (' + 0.3', False)]
    """
    found: list[tuple[str, bool]] = []
    start = 0
    for match in _INDEX.finditer(text):
        found += [(text[start : match.start(2)], False), (match[2], True)]
        start = match.end()
    if text[start:] or not found:
        found.append((text[start:], False))
    return found


def width(text: str, size: float, bold: bool = False) -> float:
    """About how wide the text is in a wide sans-serif face of this size."""
    ems = 0.0
    for piece, lower in pieces(text):
        ems += sum(map(_ems, piece)) * (0.75 if lower else 1.0)
    return ems * size * (1.1 if bold else 1.0)


def _ems(letter: str) -> float:
    if unicodedata.combining(letter) or letter in "\u2066\u2069":
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.05
    if letter in _NARROW:
        return 0.38
    if letter in _WIDE:
        return 0.95
    if letter in "+−=<>≤≥←":
        return 0.84
    return 0.7 if letter.isupper() else 0.63


def slug(key: str) -> str:
    """The key as a part of an identifier: ASCII, and for every key another.

    >>> slug("w5"), slug("w5'"), slug("#3"), slug("a b")
    ('w5', 'w5-prime', '-3', 'a-u20-b')
    """
    if re.fullmatch(r"#\d+", key):
        return f"-{key[1:]}"
    made = re.sub(r"[^A-Za-z0-9_]", _spelled, key)
    if len(made) > _LONGEST_SLUG:
        digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        return f"{made[: _LONGEST_SLUG // 2]}-{digest[:16]}"
    return made


def _spelled(match: re.Match[str]) -> str:
    return "-prime" if match[0] == "'" else f"-u{ord(match[0]):x}-"
