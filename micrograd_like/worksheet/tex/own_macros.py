r"""Macros that a document defines: ``\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}``.

They are put in where they are used, line by line, so that every line stays where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

#: Macros inside each other, and characters of a line with them put in.
_DEEPEST, _LONGEST = 8, 20_000
_DEFINITION = re.compile(
    r"\\(?P<kind>(?:re)?newcommand|providecommand|DeclareMathOperator)\*?\s*"
    r"(?:\{\s*\\(?P<braced>[A-Za-z]+)\s*\}|\\(?P<bare>[A-Za-z]+))\s*(?:\[(?P<count>\d)\])?\s*(?=\{)"
    r"|\\def\s*\\(?P<name>[A-Za-z]+)(?P<marks>(?:#\d)*)\s*(?=\{)"
)


@dataclass(frozen=True, slots=True)
class _Macro:
    """A macro: how many arguments it takes, and what it stands for."""

    count: int
    body: str


def with_macros_put_in(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """The lines with the document's own macros as what they stand for, and the macros' names.

    What defines them becomes blank. A macro whose arguments do not stand on its line stays.
    """
    if not any("\\newcommand" in x or "\\def" in x or "\\Declare" in x for x in lines):
        return list(lines), []
    text, macros = "\n".join(lines), {}
    found = ""
    place = 0
    while match := _DEFINITION.search(text, place):
        end = _closing(text, match.end())
        if end < 0:
            found, place = found + text[place : match.end()], match.end()
            continue
        name = match["braced"] or match["bare"] or match["name"]
        body = " ".join(text[match.end() + 1 : end].split("\n"))
        if match["kind"] == "DeclareMathOperator":
            body = rf"\operatorname{{{body}}}"
        count = int(match["count"] or len(match["marks"] or "") // 2)
        macros[name] = _Macro(count, body)
        kept = "\n" * text.count("\n", match.start(), end + 1)
        found, place = found + text[place : match.start()] + kept, end + 1
    found += text[place:]
    if not macros:
        return list(lines), []
    pattern = re.compile(rf"\\({'|'.join(sorted(macros, key=len, reverse=True))})(?![A-Za-z])")
    used: dict[str, None] = {}
    return [_put_in(line, macros, pattern, used) for line in found.split("\n")], list(used)


def put_in_told(macros: Sequence[str]) -> Iterator[str]:
    """Which macros were put in, in words."""
    if macros:
        yield "Macros are put in: " + ", ".join(f"\\{name}" for name in macros)


def _put_in(
    line: str, macros: dict[str, _Macro], pattern: re.Pattern[str], used: dict[str, None]
) -> str:
    """A line with its macros put in, those in what they stand for too."""
    for _ in range(_DEEPEST):
        written, place = "", 0
        while match := pattern.search(line, place):
            macro, end = macros[match[1]], match.end()
            arguments: list[str] = []
            while len(arguments) < macro.count and (given := _argument(line, end)):
                argument, end = given
                arguments.append(argument)
            if len(arguments) < macro.count:
                written, place = written + line[place : match.end()], match.end()
                continue
            body = re.sub(r"#(\d)", lambda m: _numbered(arguments, int(m[1])), macro.body)  # noqa: B023
            used[match[1]] = None
            written, place = f"{written}{line[place : match.start()]}{{{body}}}", end
        if not place or len(written) + len(line) - place > _LONGEST:
            break
        line = written + line[place:]
    return line


def _numbered(arguments: Sequence[str], number: int) -> str:
    return arguments[number - 1] if 0 < number <= len(arguments) else ""


def _argument(line: str, place: int) -> tuple[str, int] | None:
    """The argument that stands here, with the place behind it."""
    while place < len(line) and line[place] == " ":
        place += 1
    if place >= len(line):
        return None
    if line[place] == "{":
        end = _closing(line, place)
        return None if end < 0 else (line[place + 1 : end], end + 1)
    word = re.compile(r"\\[A-Za-z]+|[^\\{}]").match(line, place)
    return None if word is None else (word[0], word.end())


def _closing(text: str, place: int) -> int:
    """The place of the brace that closes the one here; −1 without one."""
    depth = 0
    for match in re.compile(r"\\.|[{}]", re.DOTALL).finditer(text, place):
        depth += (match[0] == "{") - (match[0] == "}")
        if not depth and match[0] in "{}":
            return match.start()
    return -1
