"""Markdown: blocks fenced by ```worksheet; where there is none, all that says something.

That is formulas, lines and code spans like them, what is typed between fences, and Python.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, pairwise, zip_longest

from micrograd_like.worksheet.readers import text as plain_text
from micrograd_like.worksheet.source import Read, Source, reads
from micrograd_like.worksheet.sources.exported import stretches
from micrograd_like.worksheet.sources.mixed import mixed
from micrograd_like.worksheet.sources.older_marks import without_marks
from micrograd_like.worksheet.tex.document import Document, Found, is_claimed
from micrograd_like.worksheet.tex.macros import LETTERS
from micrograd_like.worksheet.tex.own_macros import put_in_told, with_macros_put_in
from micrograd_like.worksheet.tex.pieces import Piece, pieces
from micrograd_like.worksheet.tex.rows import Rows
from micrograd_like.worksheet.tex.symbols import Symbols
from micrograd_like.worksheet.tex.tables import values
from micrograd_like.worksheet.tokens.characters import fenced, without_pictures
from micrograd_like.worksheet.tokens.lexer import Conventions, Lexer, Token
from micrograd_like.worksheet.tokens.openings import is_relation
from micrograd_like.worksheet.vocabulary import FUNCTIONS

#: Code, remarks of HTML, links and pictures.
_OTHERS = (
    r"^[ \t]*(?P<until>`{3,}|~{3,}).*|`[^`\n]+`|<!--[^>]{0,2000}-->|!?\[[^\]\n]{0,200}\]\([^)\n]*\)"
)
_FENCE = re.compile(r"(?m)^[^\S\n]*(?:`{3,}|~{3,})[^\S\n]*worksheet\b")
_BLOCK = re.compile(r"(?m)^[^\S\n]*(?:`{3}|~{3})")
_HEADING = re.compile(r"(?m)^[^\S\n]{0,3}#{1,6}[^\S\n]+(.*)")
_SOME_WORDS = "|".join(["frac", "partial", "hat", "cdot", "times", "sigma", "begin", *LETTERS])
_TEX = re.compile(rf"\$[^$\n]+\$|\$\$|\\\(|\\\[|\\(?:{_SOME_WORDS})(?![A-Za-z])")
#: The brackets of formulas whose backslashes were lost when they were copied.
_LOST_DISPLAY = re.compile(r"(?m)^[ \t]*\[[ \t]*$((?:(?!^[ \t]*\]).*\n)*)^[ \t]*\][ \t]*$")
_LOST_INLINE = re.compile(
    r"(?<![\w\\)(])\((?=\s)((?:[^()\n]|\([^()\n]*\)|\((?:[^()\n]|\([^()\n]*\))*\))*)(?<=\s)\)"
)
_LOST_NOT = re.compile(r"\$|\\\(|\\\[")
#: What may stand before a statement: a quotation mark, a bullet, a number, a tick, a label in bold.
_BEFORE = re.compile(
    r"\s{0,4}(?:>\s*)*(?:[-*+•‣◦]\s+|\d+[.)]\s+)?(?:[✓✔✅☑]\ufe0f?\s*)?(?:\*\*[^*\n]{1,60}\*\*:?\s*(?![\s=≈]))?"
)
#: A heading, or a line in bold, and the statement in which it ends: **Example 1: f(x) = 2x**.
_TITLE = re.compile(r"\s{0,3}(?:#{1,6}\s|\*\*(?=[^*\n]*\*\*:?\s*$)).*?[\s:(](?=\w\(\w\)\s*=)")
#: A quantity in words with its number: learning rate = 0.1.
_PHRASE = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,}){1,2}\s*=\s*-?\d+(?:\.\d+)?[\s.`]*$")
#: A line that goes on with the one above, and what only a program says.
_GOES_ON = re.compile(r"[=≈]\s")
_CODE = re.compile(
    r"\w\.[A-Za-z]\w*\(|\"|(?<![A-Za-z])'|\(\w+=|\b(?:for|import|def|return|lambda)\b|==|[A-Za-z]\["
)
#: A sign that a backslash keeps from being one of Markdown.
_ESCAPED = re.compile(r"\\([\[\]()*+])")
_IN_NAME = re.compile(r"\w+(?:\\_\w*)+")
#: What a line begins with that says nothing, and what may stand in it: links, bold type, ticks.
_MARKS = re.compile(r"\s{0,3}(?:>\s*)*(?:#{1,6}\s+|\s*[-*+•]\s+)?")
_LINKS = re.compile(r"<!--[^>]{0,2000}-->|!?\[[^\]\n]{0,200}\]\([^)\n]*\)|</?\w+[^<>\n]{0,200}>")
_EMPHASIS = re.compile(r"(?<![\w)\]])\*\*(?=\S)|(?<=\S)\*\*(?![\w(\[.])|(?<=[\s(])__(?=\w)|`")
_CLAIM = re.compile("[=≈←]")
#: Words in bold type, and a span of code.
_BOLD = re.compile(r"(?<![\w)\]*])\*\*[^\W\d][^*\n]{0,80}\*\*(?!\w)")
_SPAN = re.compile(r"`[^`\n]+`")
#: A formula as GitHub has it besides, $`x`$.
_TICKED = re.compile(r"\$`([^`\n]+)`\$")
_STATEMENT = re.compile(r"(?:[^\W\d]|∂)[\w'’′₀-₉^{}()/∂+\-]{0,30}\s*(?:=|≈|:=|←)")
#: What may stand between $z =$ and its value, and a value that is no formula.
_BEHIND = re.compile(r"[ \t]*(?:\*\*|__)?[ \t]*")
#: What stands between a formula and $= 2$ that goes on with it: the end of its line or cell.
_ONWARDS = re.compile(r"[ \t]*(?:\\\\|[ ]{2})?[ \t]*(?:\n|\|)[ \t]*(?:\*\*|__)?[ \t]*")
_NUMBER = re.compile(r"[-\u2212]?\d+(?:\.\d+)?(?![\w.]*\w)")
_CELL = re.compile(r"\s*(?:In|Out)\s*\[\s*\d*\s*\]:")
_WORD = re.compile(r"[A-Za-z]{2,}")


@reads(
    *(".md", ".markdown"),
    order=2,
    looks_like=lambda text: any(p.search(text) for p in (_TEX, _BLOCK, _BOLD, _SPAN)),
    expects="expected a formula such as $z = wx$, or a block fenced by ```worksheet",
)
def read(lines: list[str]) -> Source:
    """The fenced worksheets; without any, what the words say, and the code between them."""
    lines = without_marks(lines)
    if _FENCE.search("\n".join(lines)):
        return plain_text.read(list(fenced(lines)))
    parts = stretches(lines)
    kinds = {part.kind for part in parts}
    words: Read = partial(read_words, spans="code" not in kinds)
    if "code" not in kinds and not _is_set("\n".join(lines)):
        words = _read_typed
    if kinds == {"text"}:
        return words(lines)
    return mixed(lines, parts, {"text": words, "typed": _read_between_fences})


def _is_set(text: str) -> bool:
    """True for a document with formulas in TeX, be it with their brackets lost."""
    return bool(_TEX.search(text) or _LOST_DISPLAY.search(text))


def _read_typed(lines: list[str]) -> Source:
    """The lines of a document whose formulas are typed, as those of a plain text."""
    source = plain_text.read([_as_typed(line) for line in lines])
    says = any(map(is_relation, chain.from_iterable(source.rows)))
    return replace(source, lines=lines, rows=[row for row in source.rows if row and says])


def _read_between_fences(lines: list[str]) -> Source:
    """The lines of working between fences, where signs may be kept from Markdown as elsewhere."""
    return replace(plain_text.read([_unescaped(line) for line in lines]), lines=lines)


def _as_typed(line: str) -> str:
    """A line with blanks for what only Markdown says, every character in its place."""
    start = _MARKS.match(line).end()  # type: ignore[union-attr]
    blank = " " * start + line[start:]
    blank = _LINKS.sub(lambda found: " " * len(found[0]), blank)
    if "`" in blank:
        blank = _spans_alone(_SPAN.sub(_without_code, blank))
    return _unescaped(_EMPHASIS.sub(lambda found: " " * len(found[0]), blank))


def _without_code(span: re.Match[str]) -> str:
    """A span as it stands, or blanks where only a program says it."""
    return " " * len(span[0]) if _CODE.search(span[0]) else span[0]


def _spans_alone(line: str) -> str:
    """A line with its spans of code that claim something parted from the words around them."""
    claims = [span for span in _SPAN.finditer(line) if _CLAIM.search(span[0])]
    if not claims:
        return line
    words = _CLAIM.search(_SPAN.sub("", line))
    found = [*line] if words else [" "] * len(line)
    for span in claims:
        found[slice(*span.span())] = f";{span[0][1:-1]};"
    start, end = claims[0].start(), claims[-1].end() - 1
    for place, rest in ((start, found[:start]), (end, found[end + 1 :])):
        if not "".join(rest).strip():
            found[place] = " "
    return "".join(found)


def _unescaped(line: str) -> str:
    """A line without backslashes that keep a sign from being one of Markdown."""
    line = _IN_NAME.sub(lambda found: found[0].replace("\\", "").ljust(len(found[0])), line)
    return _ESCAPED.sub(r" \1", line)


def read_words(lines: list[str], spans: bool = True) -> Source:
    """The rows of formulas and the lines of statements.

    Args:
        lines: The document.
        spans: Whether `z = w*x` is a formula; beside code it may be anything.
    """
    lines, macros = with_macros_put_in([_TICKED.sub(r"\\(\1\\)", line) for line in lines])
    document = Document(lines)
    source = Source(lines)
    found = list(document.found(_OTHERS, source.problems, escapes=True))
    lost = [] if _LOST_NOT.search(document.text) else list(_lost(document, found))
    found += lost
    formulas = {f: pieces(document.span(f.start, f.stop)) for f in found if f.kind == "formula"}
    _join(document, formulas)
    lexer = Lexer(Conventions.of(lines))
    plain = list(_statements(document, found, lexer))
    typed = [*_spans(document, found, lexer)] if spans else []
    plain += _in_spans(typed, {tokens[0].line for tokens in plain})
    symbols = Symbols.of(formulas.values())
    symbols.lost = bool(lost)
    symbols.givens.update("".join(token.text for token in tokens) for tokens in plain)
    rows = Rows(lines, symbols)
    placed = [_placed(tokens) for tokens in plain]
    for formula in sorted(formulas, key=lambda f: f.start):
        if is_claimed(document.text, formula):
            line, column = document.position(formula.start)
            placed.append(((line + 1, column), rows.read(formulas[formula], formula.display)))
        else:
            rows.pass_over(formulas[formula])
    said = [row for _, own in placed for row in own]
    givens = [*_givens_in_spans(typed, said)]
    said += givens
    placed += map(_placed, givens)
    placed += [_placed(tokens) for tokens in values(lines, symbols, said)]
    placed.sort(key=lambda found: found[0])
    source.rows = [row for _, own in placed for row in own]
    source.problems += rows.problems
    source.passed += rows.passed
    source.sections = document.sections(_HEADING)
    source.told, source.notation = (*put_in_told(macros), *rows.told), "latex"
    return source


def _placed(tokens: list[Token]) -> tuple[tuple[int, int], list[list[Token]]]:
    """A row of its own, with the place that it stands at."""
    return (tokens[0].line, tokens[0].column), [tokens]


def _join(document: Document, formulas: dict[Found, list[Piece]]) -> None:
    """Let an inline formula that ends in = go on with the formula or the number right behind it.

    And let one that begins with = go on with that of the line, or the cell of a table, before it.
    """
    ordered = sorted(formulas, key=lambda f: f.start)
    for formula, following in zip_longest(ordered, ordered[1:]):
        own = formulas[formula]
        if following is not None and _goes_on(document, formula, following, formulas):
            formulas[following][:0] = own
            own.clear()
        if formula.display or not own or own[-1].text not in ("=", "approx"):
            continue
        behind = _BEHIND.match(document.text, formula.outer[1])
        if behind is None:
            continue
        if following is not None and following.outer[0] == behind.end():
            formulas[following][:0] = own
            own.clear()
        elif number := _NUMBER.match(document.text, behind.end()):
            own += pieces(document.span(*number.span()))


def _goes_on(
    document: Document, formula: Found, following: Found, formulas: dict[Found, list[Piece]]
) -> bool:
    """True for an inline formula that begins with = at the head of a line or cell, behind one."""
    own, behind = formulas[formula], formulas[following]
    if following.display or not own or not behind or behind[0].text not in ("=", "approx"):
        return False
    if not any(piece.text in ("=", "approx") for piece in own):
        return False
    between = document.text[formula.outer[1] : following.outer[0]]
    return _ONWARDS.fullmatch(between) is not None


def _lost(document: Document, found: list[Found]) -> Iterator[Found]:
    """Formulas whose backslashes were lost: a line with [ alone, ( x = 1 )."""
    if not _TEX.search(document.text) and not _LOST_DISPLAY.search(document.text):
        return
    taken = bytearray(len(document.text))
    for start, stop in (f.outer for f in found):
        taken[start:stop] = b"x" * (stop - start)
    for pattern, display in ((_LOST_DISPLAY, True), (_LOST_INLINE, False)):
        for match in pattern.finditer(document.text):
            start, stop = match.span()
            if not any(taken[start:stop]):
                taken[start:stop] = b"x" * (stop - start)
                yield Found("formula", *match.span(1), match.span(), display)


def _in_spans(spans: Iterable[list[Token]], read: Collection[int]) -> Iterator[list[Token]]:
    """The tokens of `dE/dw = x*d`: a code span that says what something is in terms of names.

    Args:
        spans: The tokens of the spans that look like statements.
        read: Lines that are read as a whole.
    """
    for tokens in spans:
        right = tokens[1 + next((n for n, t in enumerate(tokens) if is_relation(t)), 0) :]
        names = any(token.kind == "name" for token in right)
        if tokens[0].line not in read and names and not _has_words(tokens):
            yield tokens


def _givens_in_spans(
    spans: Iterable[list[Token]], said: Sequence[Sequence[Token]]
) -> Iterator[list[Token]]:
    """The tokens of `w1 = 0.5`, for a name of the formulas that nothing else says anything of.

    Args:
        spans: The tokens of the spans that look like statements.
        said: What is read of the document.
    """
    used = {token.text for row in said for token in row if token.kind == "name"}
    lefts = {row[0].text for row in said if row[1:] and is_relation(row[1])}
    given: dict[str, list[list[Token]]] = {}
    for tokens in spans:
        number = tokens[3:] if [t.text for t in tokens[1:3]] == ["=", "-"] else tokens[2:]
        if tokens[1].text == "=" and [token.kind for token in number] == ["number"]:
            given.setdefault(tokens[0].text, []).append(tokens)
    for name, several in given.items():
        values = {"".join(token.text for token in tokens[2:]) for tokens in several}
        if name in used - lefts and len(values) == 1:
            yield several[0]


def _spans(document: Document, found: list[Found], lexer: Lexer) -> Iterator[list[Token]]:
    """The tokens of the code spans that look like statements."""
    for stretch in found:
        inside = document.text[slice(*stretch.outer)].strip("`")
        says = stretch.kind == "other" and _STATEMENT.match(inside) and not _CODE.search(inside)
        if says and is_claimed(document.text, stretch):
            line, column = document.position(document.text.index(inside, stretch.start))
            yield lexer.tokens(" " * column + inside, line + 1)


def _statements(document: Document, found: list[Found], lexer: Lexer) -> Iterator[list[Token]]:
    """The tokens of lines that are statements of the language of worksheets."""
    used: set[int] = set()
    for stretch in found:
        first, last = (document.position(offset)[0] for offset in stretch.outer)
        if stretch.kind == "formula" or first < last or document.text[stretch.start] != "`":
            used.update(range(first, last + 1))
    in_code = taken = False
    for number, line in enumerate(map(without_pictures, document.lines)):
        in_code = (in_code or _CELL.match(line) is not None) and not line.startswith("#")
        begun, taken = taken, False
        if number in used or in_code:
            continue
        start = (_TITLE.match(line) or _BEFORE.match(line)).end()  # type: ignore[union-attr]
        plain = " " * start + _unescaped(line[start:].replace("**", "  "))
        start = len(plain) - len(plain[start:].lstrip("` "))
        if "`" in plain and _CODE.search(plain):
            continue
        phrase = _PHRASE.match(plain, start)
        goes_on = begun and _GOES_ON.match(plain, start)
        if not (phrase or goes_on or _STATEMENT.match(plain, start)):
            continue
        tokens = lexer.tokens(plain, number + 1)
        if taken := bool(tokens) and (phrase is not None or not _has_words(tokens)):
            yield tokens


def _has_words(tokens: list[Token]) -> bool:
    """True for two words side by side: that is a sentence."""
    return any(
        a.kind == b.kind == "name"
        and all(_WORD.fullmatch(t.text) and t.text not in FUNCTIONS for t in (a, b))
        for a, b in pairwise(tokens)
    )
