"""Many texts marked, each to plain data: the answers of a class, or a million of a model.

A record is what ``micrograd-like check --format json`` prints for a worksheet: dictionaries, lists,
text and numbers, so that it is pickled small and stored by whatever stores data.

>>> records = check_many(["x = 3, y = x^2 = 9, dy/dx = 2x = 5", "no worksheet at all"])
>>> [(record["wrong"], record["right"]) for record in records]
[(1, 1), (0, 0)]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from micrograd_like.errors import MicrogradLikeError
from micrograd_like.marking.assignment import Assignment
from micrograd_like.marking.records import Hint, Report
from micrograd_like.marking.whole import check
from micrograd_like.worksheet import Worksheet

if TYPE_CHECKING:
    from micrograd_like.writers.published import WorksheetData


def check_many(
    texts: Iterable[str],
    *,
    format: str | None = None,
    key: str = "",
    follow: float = 1.0,
    hint: Hint = "working",
) -> Iterator[WorksheetData]:
    """The record of each text, in their order; none keeps the others from being marked.

    Any engine may do it: :func:`check_text` is a function of one text, which pickles. A pool does
    ``pool.map(check_text, texts)``, Dask ``bag.map(check_text)``.

    Args:
        texts: The texts, read one at a time.
        format: As in :meth:`Worksheet.parse`; without one, each text's content tells.
        key: The text of an assignment, which all are held against.
        follow: With a key: see :meth:`Assignment.mark`.
        hint: How much is told of a wrong line.

    Raises:
        WorksheetError: The assignment is not right itself. Of a text that cannot be marked the
            record says so, in ``failure``.
    """
    if key:
        _assignment(key)
    mark = partial(check_text, format=format, key=key, follow=follow, hint=hint)
    yield from map(mark, texts)


def check_text(
    text: str,
    *,
    format: str | None = None,
    key: str = "",
    follow: float = 1.0,
    hint: Hint = "working",
) -> WorksheetData:
    """The record of one text: see :func:`check_many`."""
    try:
        sheet = Worksheet.parse(text, format=format)
        report = _assignment(key).mark(sheet, follow=follow) if key else check(sheet)
    except (MicrogradLikeError, TypeError, ValueError) as error:
        items = _assignment(key).missing() if key else ()
        report = Report((), items=items, failure=str(error))
    return report.hinted(hint).record()


@lru_cache(4)
def _assignment(text: str) -> Assignment:
    """The assignment of a text, which every answer of a class is held against."""
    return Assignment.parse(text)
