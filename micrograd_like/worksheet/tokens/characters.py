"""Characters: text as it is pasted becomes text that the lexer reads, each one in its place.

Every character is exchanged for exactly one, so a column of what is read is a column of what
was written: mathematical letters (𝑥, 𝜎) for plain ones, look-alike signs for one sign.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping

from micrograd_like.errors import WorksheetError
from micrograd_like.notation.names import LETTERS

MAX_BYTES = 1_000_000
#: Of a notebook, whose outputs are part of the file.
MAX_PACKED = 64_000_000
MAX_LINES = 10_000

#: What ends a line, in every system and for Python.
LINE_END = re.compile("\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")

# fmt: off
_EXCHANGED = {
    "−": "-", "–": "-", "‐": "-", "‑": "-", "—": "-", "﹣": "-",
    "×": "*", "∗": "*", "\u2062": "*", "✕": "*", "⋅": "·", "∙": "·", "•": "·",
    "÷": "/", "∕": "/", "⁄": "/",
    "≃": "≈", "≅": "≈", "≐": "≈", "∼": "≈", "≡": "=", "≜": "=", "≔": "←", "⟵": "←",
    "⟶": "→", "⟹": "⇒", "↦": "→", "➔": "→", "➜": "→", "∴": "⇒",
    "∑": "Σ", "∏": "Π", "∆": "Δ", "ϵ": "ε", "\u2063": ",", "\u2064": "+", "′": "'", "’": "'",
    "ʹ": "'", "\u0374": "'", "‖": "‖", "∥": "‖", "∘": "⊙", "│": "|", "┃": "|", "║": "|",
    "⟨": "[", "⟩": "]", "〈": "[", "〉": "]",
    "─": "-", "━": "-", "═": "=", "►": ">", "▶": ">", "▸": ">", "◄": "<", "◀": "<",
    "`": " ", "。": ";", "、": ",", "！": ";", "।": ";", "،": ",",
    "؛": ";", "・": "·", "⦿": "⊙", "【": " ", "】": " ", "「": " ", "」": " ",
}
#: Letters of alphabets that are set beside Latin ones without a blank: L은, 其中x.
FOREIGN = "\u0590-\u08ff\u0900-\u0fff\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
# fmt: on
#: Direction marks and invisible signs: they stand for nothing.
_INVISIBLE = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060\u2061\u2066-\u206f\ufe00-\ufe0f\ufeff"
BLANK = f"\\s{_INVISIBLE}"
#: Those that join what stands around them. A space of no width does not: web pages set it between
#: names (w1 and x1 of w₁x₁), and U+2061 between a function and what it is applied to.
_JOINING = "[\u00ad\u061c\u200c-\u200f\u202a-\u202e\u2060\u2066-\u206f\ufe00-\ufe0f\ufeff]"
#: A word or a number with some of them in it.
_PARTED = re.compile(rf"[\w.,\u0300-\u036f]+(?:{_JOINING}+[\w.,\u0300-\u036f]+)+")
#: Vowels that are marks of the letter before them, and no letters themselves.
_MARKED = re.compile(
    "(?<=[\u0591-\u0eff])[\u0591-\u05c7\u064b-\u065f\u0900-\u0903\u093a-\u0963"
    "\u0981-\u0983\u09bc-\u09e3\u0a01-\u0a51\u0abc-\u0acd\u0b3c-\u0bcd\u0c3e-\u0ccd"
    "\u0d3e-\u0d4d\u0e31-\u0e4e]"
)
#: Pictures that say nothing, digits on keys and the points of arrows among them; ticks and crosses
#: are told apart elsewhere.
_PICTURES = re.compile(
    "[0-9]\ufe0f?\u20e3"
    "|[\u25aa\u25ab\u25cf\u25c6\u2600-\u26ff\u2728\u2756\u2757\u27a1-\u27a4\u2b50\u2b55"
    "\U0001f000-\U0001faff]"
)
#: The star of an optimum: v* = 2, f(x*).
_STAR = re.compile(r"(?<=[^\W\d])[*∗⋆](?=\s*(?:[=≈,;:)]|$)|\s+[+\-−·/]\s)")
#: What ends a question, and asks for no number as in y = ?.
_ASKED = re.compile(r"(?<=[\w)\]])(?:\?(?=\s|$)|？)")
#: Numbers in angles, which are a vector: <0, 0, .5>.
_IN_ANGLES = re.compile(r"<((?:[ ]?-?\d*\.?\d+,){1,20}[ ]?-?\d*\.?\d+)>")
#: Letters that look like Latin ones, by their alphabet.
_LOOKALIKES = {
    "Cyrillic": str.maketrans("АВЕКМНОРСТХаеіјорсухԁ", "ABEKMHOPCTXaeijopcyxd"),
    "Greek": str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧνο", "ABEZHIKMNOPTYXvo"),
}
#: A Greek letter by its name, as names have it: Alpha1 is what was made of Α1.
_GREEK_NAME = re.compile(rf"({'|'.join(LETTERS)})(?![^\W\d_])")


def exchanged(line: str) -> str:
    """The line with plain characters for their look-alikes, as many as before."""
    if "*" in line or not line.isascii():
        line = _STAR.sub("⋆", line)
    if "?" in line or "？" in line:
        line = _ASKED.sub(";", line)
    if "<" in line:
        line = _IN_ANGLES.sub(r"[\1]", line)
    if line.isascii():
        return line.replace("`", " ")
    line = "".join(_EXCHANGED.get(c) or _plain_letter(c) for c in without_pictures(line))
    return _MARKED.sub("\u0905", _PARTED.sub(_together, line))


def without_pictures(line: str) -> str:
    """The line with blanks for pictures that say nothing."""
    return _PICTURES.sub(lambda found: " " * len(found[0]), line)


def _together(match: re.Match[str]) -> str:
    """A word without the signs in it that cannot be seen, and as many blanks behind it."""
    word = re.sub(_JOINING, "", match[0])
    return word.ljust(len(match[0]))


def _plain_letter(character: str) -> str:
    """A mathematical letter, or a full-width sign, as the plain one; others as they are."""
    code = ord(character)
    styled = 0x1D400 <= code <= 0x1D7FF or 0xFF01 <= code <= 0xFF5E or 0x2102 <= code <= 0x2134
    if styled or character in "ϑϕϖϱ\u00b5":
        plain = unicodedata.normalize("NFKC", character)
        return plain if len(plain) == 1 else character
    return character


def lookalikes(missing: Iterable[str], known: Collection[str]) -> dict[str, str]:
    """For names that are not known the sentence about letters of another alphabet that look Latin.

    Args:
        missing: Names that are not known.
        known: Those that are, of which some may look the same.
    """
    foreign = dict(_foreign(known))
    found = {}
    for name in missing:
        if name in foreign:
            alphabet, other, letter = foreign[name]
            found[name] = f"; {other!r} is, with the {alphabet} letter {letter!r}"
        for alphabet, table in _LOOKALIKES.items():
            latin = _lettered(name).translate(table)
            if latin != name and latin in known:
                letter = _differing(_lettered(name), latin)
                found[name] = (
                    f"; {letter!r} is the {alphabet} letter, not the Latin one of {latin!r}"
                )
    return found


def _foreign(known: Iterable[str]) -> Iterator[tuple[str, tuple[str, str, str]]]:
    """How names look in Latin letters, with their alphabet, themselves and a letter of it."""
    for name in known:
        if name.isascii() and not _GREEK_NAME.match(name):
            continue
        for alphabet, table in _LOOKALIKES.items():
            foreign = _lettered(name)
            latin = foreign.translate(table)
            if latin != foreign:
                yield latin, (alphabet, foreign, _differing(foreign, latin))


def lookalikes_told(known: Collection[str], missing: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each name that may be taken for another one.

    Args:
        known: Names that are defined. One in Cyrillic letters is pointed out if all of them look
            Latin and others of its letters or names are.
        missing: Those that are not, and the sentences of :func:`lookalikes`.
    """
    yield from (f"{name!r} is not defined{told}" for name, told in missing.items())
    in_latin = any(map(str.isascii, known))
    for latin, (alphabet, name, letter) in _foreign(sorted(known)):
        if alphabet != "Cyrillic" or not latin.isascii() or latin in missing:
            continue
        if in_latin or any(c.isascii() and c.isalpha() for c in name):
            other = ", and is another name" if latin in known else ""
            yield f"{name!r} has the Cyrillic letter {letter!r}, which looks Latin{other}"


def _lettered(name: str) -> str:
    """The name with the Greek letter that it begins with for that letter's name."""
    match = _GREEK_NAME.match(name)
    return LETTERS[match[1]] + name[match.end() :] if match else name


def _differing(name: str, other: str) -> str:
    return next(c for c, d in zip(name, other, strict=True) if c != d)


def decode(data: bytes, most: int = MAX_BYTES) -> str:
    """The text of a file: UTF-8, with or without a mark, or UTF-16 with one.

    Raises:
        WorksheetError: The file is too large, or has another encoding.
    """
    if len(data) > most:
        raise WorksheetError(f"the worksheet is too large: expected at most {most:,} bytes")
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise WorksheetError(
            f"the worksheet is not UTF-{16 if wide else 8} text: byte {error.start + 1} "
            "does not belong there; save it as UTF-8"
        ) from None


def split_lines(text: str) -> list[str]:
    """The lines of a text.

    Raises:
        WorksheetError: The text is too large, or has too many lines.
    """
    if len(text) > MAX_BYTES:
        raise WorksheetError(
            f"the worksheet has {len(text):,} characters, expected at most {MAX_BYTES:,}"
        )
    lines = LINE_END.split(text.removeprefix("\ufeff"))
    count = len(lines) - (not lines[-1])  # a last line may be ended or not
    if count > MAX_LINES:
        raise WorksheetError(f"the worksheet has {count:,} lines, expected at most {MAX_LINES:,}")
    return lines


def fenced(lines: list[str]) -> Iterator[str]:
    """The lines, those outside ``worksheet`` fences of a Markdown file emptied."""
    fence = ""
    wanted = False
    for line in lines:
        mark = re.match(r"\s*(`{3,}|~{3,})\s*(\S*)", line)
        if not fence and mark:
            fence, wanted = mark[1], mark[2] == "worksheet"
            yield ""
        elif fence and mark and mark[1].startswith(fence) and not mark[2]:
            fence = ""
            yield ""
        else:
            yield line if fence and wanted else ""
