"""A worksheet: the calculation alone, for ``check`` to read."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.errors import LessonError
from micrograd_like.writers.blocks import Document
from micrograd_like.writers.format import writes
from micrograd_like.writers.layout import Page


@writes("worksheet")
def write(document: Document, page: Page) -> Iterator[str]:
    """The document's worksheet.

    Raises:
        LessonError: It has none.
    """
    if not document.worksheet:
        raise LessonError(
            "there is no calculation by hand in it that a worksheet could be of; "
            "`micrograd-like lessons` lists what has one"
        )
    yield document.worksheet.removesuffix("\n")
