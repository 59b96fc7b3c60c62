"""Where the formulas of a document stand: between dollars, in brackets, in environments."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from micrograd_like.worksheet.records import Place, Problem
from micrograd_like.worksheet.tex.macros import FORMULAS
from micrograd_like.worksheet.tex.pieces import Span
from micrograd_like.worksheet.vocabulary import SECTIONS

_ENVIRONMENT = rf"\\begin\{{(?P<environment>(?:{'|'.join(sorted(FORMULAS))})\*?)\}}"
#: What begins a formula, what ends it, and what may not stand before that.
_ENDS = {"$$": ("$$", "\n\n"), "$": ("$", "\n\n"), r"\(": (r"\)", r"\("), r"\[": (r"\]", r"\[")}
_BLANK_LINE = re.compile(r"\n[ \t]*(?=\n)")


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of a document, by its offsets.

    Attributes:
        kind: A formula, or what holds none.
        start: Where what is inside begins.
        stop: Where it ends.
        outer: The same with what encloses it.
        display: True for a formula that has a line of its own.
    """

    kind: Literal["formula", "other"]
    start: int
    stop: int
    outer: tuple[int, int]
    display: bool = False


class Document:
    """A document as one text whose offsets know their lines."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.text = "\n".join(lines)
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 0."""
        line = min(bisect_right(self._starts, offset), len(self.lines)) - 1
        return line, offset - self._starts[line]

    def span(self, start: int, stop: int) -> Span:
        """The stretch between two offsets."""
        return Span(self.lines, *self.position(start), *self.position(stop))

    def sections(self, headings: re.Pattern[str]) -> list[Place]:
        """The headings that begin another problem: Worked example, Exercise 2."""
        found = (match for match in headings.finditer(self.text) if is_section(match[1]))
        return [Place(line=self.position(match.start())[0] + 1) for match in found]

    def problem(self, offset: int, message: str) -> Problem:
        """What is wrong at an offset."""
        line, column = self.position(offset)
        place = Place(line=line + 1, column=column + 1, end=column + 2)
        return Problem(place, message, self.lines[line])

    def found(self, others: str, problems: list[Problem], escapes: bool = False) -> Iterator[Found]:
        """The formulas, in order, and what ``others`` matches.

        Args:
            others: A pattern of what holds no formula. Its group ``until`` is a line that ends it,
                its group ``name`` an environment.
            problems: Where formulas that do not end are taken down.
            escapes: Whether a backslash may also make a bracket a sign like any other.
        """
        pattern = re.compile(
            rf"(?P<escaped>\\\\|\\\$)|(?:{others})|{_ENVIRONMENT}|(?P<mark>\$\$|\$|\\\(|\\\[)",
            re.MULTILINE,
        )
        place = 0
        while match := pattern.search(self.text, place):
            place = match.end()
            if match["escaped"] or (match["mark"] and _WITHIN.match(self.text, match.start())):
                continue
            opening = match["mark"] or match["environment"]
            if opening is None:
                stop = self._end_of_other(match)
                yield Found("other", match.start(), stop, (match.start(), stop))
                place = stop
                continue
            stop, width = self._end(match, opening)
            if stop < 0:
                money = opening == "$"
                if not money and not (escapes and opening[0] == "\\" and match["mark"]):
                    shown = opening if match["mark"] else rf"\begin{{{opening}}}"
                    wanted = _ENDS[opening][0] if match["mark"] else rf"\end{{{opening}}}"
                    message = f"expected {wanted} for the {shown}, got the end of the paragraph"
                    problems.append(self.problem(match.start(), message))
                continue
            inner = match.end()
            display = opening not in ("$", r"\(")
            yield Found("formula", inner, stop, (match.start(), stop + width), display)
            place = stop + width

    def _end_of_other(self, match: re.Match[str]) -> int:
        groups = match.groupdict()
        if name := groups.get("name"):
            end = self.text.find(rf"\end{{{name}", match.end())
            return len(self.text) if end < 0 else end
        if not (until := groups.get("until")):
            return match.end()
        closing = re.compile(rf"^[ \t]*{re.escape(until)}[ \t]*$", re.MULTILINE)
        found = closing.search(self.text, match.end())
        return len(self.text) if found is None else found.end()

    def _end(self, match: re.Match[str], opening: str) -> tuple[int, int]:
        """Where the formula ends, and how long what ends it is; −1 where nothing does."""
        if match["mark"]:
            closing, barrier = _ENDS[opening]
        else:
            closing, barrier = rf"\end{{{opening}}}", rf"\begin{{{opening}}}"
        if barrier == "\n\n":
            limit = self._paragraph(match.end())
            if opening == "$$" and self.text.find(closing, match.end(), limit) < 0:
                limit = self._stretch(match)
        else:
            again = re.compile(rf"(?<!\\){re.escape(barrier)}").search(self.text, match.end())
            limit = len(self.text) if again is None else again.start()
        return self.text.find(closing, match.end(), limit), len(closing)

    def _paragraph(self, start: int) -> int:
        """Where the paragraph ends."""
        blank = _BLANK_LINE.search(self.text, start)
        return len(self.text) if blank is None else blank.start()

    def _stretch(self, match: re.Match[str]) -> int:
        """Where a formula ends whose $$ stand on lines of their own, be there blank lines in it."""
        found = _OWN_LINES.match(self.text, match.start())
        begins = not self.text[self.text.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
        if found is None or not begins or _SENTENCES.search(_IN_FORMULAS.sub("", found[1])):
            return match.end()
        return found.end()


#: What stands between $$ alone on their lines, and words that are no formula.
_OWN_LINES = re.compile(r"\$\$[ \t]*\n((?:(?!.*\$).*\n){1,60})[ \t]*\$\$[ \t]*(?=\n|\Z)")
_SENTENCES = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{3,} [a-z]{2,}")
#: A formula in marks of both kinds, \( $a = b$ \): those within are its own.
_WITHIN = re.compile(r"\\[(\[] *\$")
#: A title such as b) $y = \sigma(2x - 1)$.
_ITEM = re.compile(r"\W{0,3}[a-zA-Z0-9]{1,2}[.)]\W{0,3}\s(?:\$|\\\()[^$]*=")


def is_section(title: str) -> bool:
    """True for a title that says that it is of an example, an exercise and the like.

    One that numbers a formula is of an exercise, too.
    """
    if _ITEM.match(title):
        return True
    return any(word.removesuffix("s") in SECTIONS for word in re.findall(r"\w+", title.lower()))


#: Words in a formula are about that: the "if" of a choice between cases.
_IN_FORMULAS = re.compile(r"\\(?:text|textrm|mathrm|mbox)\s*\{[^{}]*\}")
_SENTENCE = re.compile(r"[.;:!?|]\s|[。；：！？]|\n\s*\n")
_NO_CLAIM = re.compile(
    r"\b(if|when|unless|whenever|otherwise|mistake|wrong|incorrect|instead of|rather than|not"
    r"|wenn|falls|sofern|(?:häufiger|typischer) fehler|falsch|anstatt|statt|anstelle|nicht"
    r"|lorsque|quand|erreur (?:fréquente|courante|classique)|au lieu d[eu]|plutôt que|ne pas"
    r"|cuando|error (?:común|frecuente|típico)|en lugar de|en vez de|em vez de|incorrect[ao]"
    r"|quando|errore (?:comune|frequente|tipico)|invece di|sbagliat[ao]|errad[ao]|erro comum"
    r"|если|когда|частая ошибка|ошибочно|неверно|неправильно|вместо)\b"
    r"|\bs[ei]\s+(?=\$|\\[(\[]|\Z)"  # si x > 0; "si ottiene" and "se obtiene" claim
    r"|如果|若|错误|误写|而不是|而非",
    re.IGNORECASE,
)

#: "If L = (a − y)² and a = wx, …" says what L is, for all that follows.
_DEFINES = re.compile(r"=.*[A-Za-z]", re.DOTALL)
_PREMISE = re.compile(r"\A\s*If (?=\W*\Z|.*\band\W*\Z)", re.DOTALL)


def is_claimed(text: str, formula: Found) -> bool:
    """False for a formula behind "if" or "instead of": it says nothing of what is so."""
    offset = formula.outer[0]
    before = _IN_FORMULAS.sub("", text[max(0, offset - 300) : offset])
    sentences = [m.end() for m in _SENTENCE.finditer(before)]
    sentence = before[sentences[-1] if sentences else 0 :]
    if _DEFINES.search(text, formula.start, formula.stop):
        sentence = _PREMISE.sub("", sentence)
    return _NO_CLAIM.search(sentence) is None
