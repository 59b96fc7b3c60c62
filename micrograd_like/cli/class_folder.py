"""The folder into which the pages of a class go, with an index, a table, and what is done.

Each worksheet that has been marked is a line of ``marks.jsonl``. A run that is broken off goes on
from there: a worksheet is marked again only if it, the assignment or the version has changed.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from micrograd_like.cli.files import Given
from micrograd_like.cli.jobs import Wanted
from micrograd_like.errors import WorksheetError
from micrograd_like.files import without_shared_folder
from micrograd_like.writers.records import Before

if TYPE_CHECKING:
    from micrograd_like.marking.records import Report

_DONE = "marks.jsonl"
_INDEX = "index.html"
_TABLE = "class.csv"
#: Letters of a file's name that stay in its page's.
_UNSAFE = re.compile(r"[^\w.\-]+")
_LONGEST = 100


class ClassFolder:
    """A folder of pages.

    Attributes:
        pages: Where the page of each worksheet goes, by its name.
        before: What an earlier run has made of worksheets that are still the same.
    """

    def __init__(self, path: str, files: Sequence[Given], wanted: Wanted) -> None:
        """Make the folder, unless it is there.

        Raises:
            WorksheetError: A worksheet stands where a page of this folder goes.
            OSError: It cannot be made.
        """
        self.path = path
        os.makedirs(path, exist_ok=True)
        self.pages = dict(_pages(path, files))
        for file in files:
            if os.path.abspath(file.name) in map(os.path.abspath, self.pages.values()):
                raise WorksheetError(
                    f"the folder {path!r} holds the worksheet {file.name!r}, over which its page "
                    "would be written; name another folder"
                )
        asked = [
            version("micrograd-like"),
            wanted.hint,
            wanted.follow,
        ]
        self._digests = {
            file.name: sha256(
                json.dumps([*asked, *map(_digest, (file.key, file))]).encode()
            ).hexdigest()
            for file in files
        }
        self.before = dict(self._done_before())

    def _done_before(self) -> Iterator[tuple[str, Before]]:
        """What stands in the folder of worksheets that are the same still, and their pages too."""
        try:
            with open(os.path.join(self.path, _DONE), encoding="utf-8", errors="replace") as lines:
                rows = [*lines]
        except FileNotFoundError:
            return
        for row in rows:
            found = _row(row)
            name = str(found.get("file"))
            same = name in self.pages and found.get("digest") == self._digests[name]
            if same and os.path.exists(self.pages[name]):
                yield name, Before(found["worksheet"])

    def done(self, report: Report) -> None:
        """Take down a worksheet that has been marked, and has its page."""
        if report.failure:  # the next run tries again
            return
        row = {
            "file": report.file,
            "digest": self._digests[report.file],
            "worksheet": report.record(),
        }
        with open(os.path.join(self.path, _DONE), "a", encoding="utf-8") as lines:
            lines.write(json.dumps(row) + "\n")  # a line broken off is no row, and marked again

    @property
    def table(self) -> str:
        """Where the table of the class goes, a row for each worksheet."""
        return os.path.join(self.path, _TABLE)

    @property
    def index(self) -> str:
        """Where the page of the class goes."""
        return os.path.join(self.path, _INDEX)

    def links(self) -> Mapping[str, str]:
        """The page of each worksheet, as the index leads to it."""
        there = ((name, page) for name, page in self.pages.items() if os.path.exists(page))
        return {name: os.path.basename(page) for name, page in there}


def _row(line: str) -> dict[str, Any]:
    """A line of what is done; an empty one for what is none."""
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    whole = isinstance(found, dict) and isinstance(found.get("worksheet"), dict)
    return found if whole else {}


def _pages(path: str, files: Sequence[Given]) -> Iterator[tuple[str, str]]:
    """A page for each worksheet, called after the part of its name that tells it from the others.

    Two names that differ in letters no file may have get a number.
    """
    taken = {_INDEX}
    for name, short in without_shared_folder([file.name for file in files]).items():
        stem = _UNSAFE.sub("-", short).strip("-.")[-_LONGEST:] or "worksheet"
        page, number = f"{stem}.html", 2
        while page.lower() in taken:
            page, number = f"{stem}-{number}.html", number + 1
        taken.add(page.lower())
        yield name, os.path.join(path, page)


def _digest(file: Given | None) -> str:
    """What tells whether a worksheet is the same still; its name where it is built in."""
    if file is None:
        return ""
    if file.data is not None:
        return sha256(file.data).hexdigest()
    try:
        with open(file.name, "rb") as stream:
            return sha256(stream.read()).hexdigest()
    except OSError:
        return file.name
