"""The stepper's page inside a notebook."""

from __future__ import annotations

import html
from typing import Any

from micrograd_like.marking.records import Report
from micrograd_like.worksheet import Worksheet
from visualize.html_page import page


class _Frame:
    """A page in a frame of its own, so that it needs nothing of the notebook around it."""

    def __init__(self, text: str, height: int) -> None:
        self._text, self._height = text, height

    def _repr_html_(self) -> str:
        source = html.escape(self._text, quote=True)
        return (
            f'<iframe srcdoc="{source}" width="100%" height="{self._height}" '
            'style="border:0" title="Step by step" sandbox="allow-scripts"></iframe>'
        )

    def __repr__(self) -> str:
        return "<a page to step through; shown in a notebook>"


def show(worksheet: Worksheet, *, height: int = 900, **options: Any) -> _Frame:
    """The page of :func:`visualize.page` for a notebook's cell.

    Args:
        worksheet: As for :func:`visualize.page`.
        height: In pixels.
        options: Those of :func:`visualize.page`; ``report=True`` marks the worksheet.

    Raises:
        TypeError: It is no worksheet.
        WorksheetError: It computes nothing, and no report is asked for.
        TooLargeError: It has too many steps, and no report is asked for.
    """
    report: Report | bool | None = options.pop("report", None)
    if report is True:
        report = worksheet.check()
    return _Frame(page(worksheet, report=report or None, **options), height)
