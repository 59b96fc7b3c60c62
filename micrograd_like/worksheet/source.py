"""What an input format is, and how its module says what it reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from micrograd_like.worksheet.lexer import Token
from micrograd_like.worksheet.records import Problem, Statement


@dataclass
class Source:
    """What a format makes of a document.

    Attributes:
        lines: The document as it stands, line by line.
        rows: The tokens of every line or formula that may say something, in order.
        problems: What could not be understood, with its place.
        told: What was decided for the whole document, in words.
        reads: Statements of a format that gives them as they are, in the place of rows.
        older: For every later version of a name in them the one before.
    """

    lines: list[str]
    rows: list[list[Token]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    told: tuple[str, ...] = ()
    reads: list[Statement] = field(default_factory=list)
    older: dict[str, str] = field(default_factory=dict)


#: Makes statements' tokens of a document's lines.
Read = Callable[[list[str]], Source]


@dataclass(frozen=True, slots=True)
class Format:
    """An input format.

    Attributes:
        suffixes: How the names of its files end.
        looks_like: True for a text of it, where no name tells.
        order: The place in which content is asked: the most particular first.
        expects: What a file of it must hold; "" where it may be empty.
        read: Makes rows of tokens of a document's lines.
    """

    suffixes: tuple[str, ...]
    looks_like: Callable[[str], bool]
    order: int
    expects: str
    read: Read


#: By the names of their modules.
REGISTERED: dict[str, Format] = {}


def reads(
    *suffixes: str, order: int, looks_like: Callable[[str], bool], expects: str = ""
) -> Callable[[Read], Read]:
    """Register the function as what reads its module's :class:`Format`."""

    def register(read: Read) -> Read:
        REGISTERED[read.__module__] = Format(suffixes, looks_like, order, expects, read)
        return read

    return register
