"""The formats in which documents are written: each module of this folder is one.

A format's module has the format's name, and one function registered with ``writes``::

    @writes("blocks")
    def write(document: Document, page: Page) -> Iterator[str]:
        for block in document.blocks:
            ...

The command offers every format that is here, for whatever has the part that it reads.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module

from micrograd_like.writers.blocks import Document
from micrograd_like.writers.format import REGISTERED, Format, Part
from micrograd_like.writers.layout import Page


@cache
def formats() -> Mapping[str, Format]:
    """The formats by name: text, and the others in alphabetical order.

    Raises:
        TypeError: A module of this folder registers none.
    """
    found = {}
    names = (module.name for module in pkgutil.iter_modules(__path__))
    for name in sorted(names, key=lambda name: (name != "text", name)):
        module = import_module(f"{__name__}.{name}").__name__
        if module not in REGISTERED:
            raise TypeError(f"writers/formats/{name}.py: expected a function with @writes(...)")
        found[name] = REGISTERED[module]
    return found


def offered(*parts: Part) -> tuple[str, ...]:
    """The names of the formats for a document that has these parts beside blocks and record."""
    readable = {"blocks", "record", *parts}
    return tuple(name for name, format in formats().items() if format.reads in readable)


def write(name: str, document: Document, page: Page | None = None) -> Iterator[str]:
    """The document in a format, in pieces as they are ready."""
    return formats()[name].write(document, page or Page())


def written(name: str, document: Document, page: Page | None = None) -> str:
    """The document in a format, as a whole."""
    return "\n".join(write(name, document, page))
