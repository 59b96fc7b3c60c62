"""The formats in which worksheets are read: each module of this folder is one.

A format's module has the format's name, and one function registered with ``reads``::

    @reads(".txt", order=9, looks_like=lambda text: True)
    def read(lines: list[str]) -> Source:
        ...

It gives tokens, each at its place in the document; everything behind them is the same for all.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from itertools import chain

from micrograd_like.worksheet.source import REGISTERED, Format, Source, reads
from micrograd_like.worksheet.tokens.characters import MAX_BYTES, MAX_PACKED, decode

__all__ = ["Format", "Source", "format_of", "formats", "most_bytes", "reads", "text_of"]


#: What texts are called that may hold Markdown.
_ANYTHING = (".txt", ".text")


@cache
def formats() -> Mapping[str, Format]:
    """The formats by name, the one whose content is asked first in front.

    Raises:
        TypeError: A module of this folder registers none.
    """
    found = {}
    for module in pkgutil.iter_modules(__path__):
        name = import_module(f"{__name__}.{module.name}").__name__
        if name not in REGISTERED:
            raise TypeError(f"readers/{module.name}.py: expected a function with @reads(...)")
        found[module.name] = REGISTERED[name]
    return dict(sorted(found.items(), key=lambda item: item[1].order))


def most_bytes(suffix: str) -> int:
    """How large a file of this name's ending may be."""
    packed = any(f.packed for f in formats().values() if suffix.lower() in f.suffixes)
    return MAX_PACKED if packed else MAX_BYTES


def format_of(text: str, suffix: str = "") -> str:
    """The name of a document's format: by how its file's name ends, else by its content.

    A text may hold Markdown: so answers are pasted.
    """
    found = formats()
    if suffix.lower() in _ANYTHING and found["markdown"].looks_like(text):
        return "markdown"
    named = (name for name, format in found.items() if suffix.lower() in format.suffixes)
    told = (name for name, format in found.items() if format.looks_like(text))
    return next(chain(named, told))


def text_of(data: bytes, suffix: str) -> str:
    """The text of a file whose name ends so.

    Raises:
        WorksheetError: It is none, or too large.
    """
    return decode(data, most_bytes(suffix))
