"""Every format says the same of the same records; one file more is one format more."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from copied import commands, copy_packages, python
from markdown_it import MarkdownIt
from rich.cells import cell_len

from micrograd_like.derivation import derive
from micrograd_like.errors import LessonError
from micrograd_like.lessons import office_hours
from micrograd_like.lessons.office_hours import repeated, words
from micrograd_like.marking import Assignment, check
from micrograd_like.marking.records import Report
from micrograd_like.worksheet import Worksheet, builtin
from micrograd_like.writers import marks
from micrograd_like.writers.blocks import Document, Grid
from micrograd_like.writers.derivation import document as of_derivation
from micrograd_like.writers.format import Part
from micrograd_like.writers.formats import offered, written
from micrograd_like.writers.formats.markdown import code, escaped
from micrograd_like.writers.layout import columns, wrapped
from micrograd_like.writers.published import VERSION, schema
from micrograd_like.writers.records import Cell, Common

SLIPS = "x = 2\ny = x^2 = 5\nz = y + 1 = 6\nw = z *\n"


def report(text: str = SLIPS, name: str = "anna.txt") -> Report:
    return check(Worksheet.parse(text), name)


def derivation() -> Document:
    names = builtin.load("office-hours").names
    return of_derivation(derive(names["E"], names["x1"]))


#: What each command writes; made anew, as a document is written once.
DOCUMENTS: dict[str, Callable[[], Document]] = {
    "a worksheet": lambda: marks.document([report()]),
    "a class": lambda: marks.document([report(), report(name="ben.txt")], several=True),
    "nothing to mark": lambda: marks.document([report("")]),
    "a derivation": derivation,
    "the example": lambda: words.example_document(
        office_hours.worked_example(), repeated.repeated(3), 2, "x = 1\n"
    ),
    "as published": lambda: words.published_document(office_hours.as_published(), 2),
    "a grid": lambda: Document((Grid(("", "loss"), (("xor", "0.25"), ("plain", "1"))),), dict),
}


# All formats.


@pytest.mark.parametrize("of", DOCUMENTS)
def test_every_format_writes_whatever_has_the_part_that_it_reads(of: str) -> None:
    document = DOCUMENTS[of]()
    parts: list[Part] = ["cells"] if document.cells is not None else []
    parts += ["worksheet"] if document.worksheet else []
    for name in offered(*parts):
        silent = (name, of) == ("short", "nothing to mark")
        assert bool(written(name, DOCUMENTS[of]()).strip()) is not silent, name


def test_what_has_no_worksheet_says_so() -> None:
    assert written("worksheet", Document((), dict, worksheet="x = 1\n")) == "x = 1"
    with pytest.raises(LessonError, match="no calculation by hand"):
        written("worksheet", derivation())


HOSTILE = "x = 2 # <b>|`*_$&@[a](b)\ny = x^2 = 5 <script>alert(1)</script>|```|\n"


def test_a_remark_is_the_same_in_every_format() -> None:
    """Each line's sentence, and the working under its label, beside the line's number."""
    (right, wrong, follows, broken) = marks.remarks(report())
    assert right.brief == "(given)"
    assert (wrong.label, wrong.working) == ("right", "y = x² = 2² = 4")
    assert (follows.label, follows.working) == ("true", "z = y + 1 = 4 + 1 = 5")
    assert (broken.label, broken.working) == ("", "")
    flat = "".join(Text.read(written("html", marks.document([report()]))).texts)
    cells = markdown_rows(written("markdown", marks.document([report()])))
    text = written("text", marks.document([report()]))
    for remark, row in zip((right, wrong, follows, broken), cells[1:], strict=True):
        assert row[:3] == [remark.look.mark, str(remark.line.line), remark.line.source]
        label = f"{remark.label}: {remark.working}" if remark.working else ""
        assert row[3] == remark.brief + label
        assert remark.sentence + label in flat
        assert remark.brief in text
        assert remark.working in text


def test_what_a_learner_wrote_is_text_in_every_format() -> None:
    """Independent readers of HTML, Markdown and CSV find it as it was written, and no more."""
    sources = [line.source for line in report(HOSTILE).lines]
    page = Text.read(written("html", marks.document([report(HOSTILE, "<i>.txt")], several=True)))
    assert "script" not in page.elements
    assert "i" not in page.elements
    assert set(sources) <= set(page.texts)
    marked = written("markdown", marks.document([report(HOSTILE)]))
    assert [row[2] for row in markdown_rows(marked)[1:]] == sources
    rows = list(csv.DictReader(io.StringIO(written("csv", marks.document([report(HOSTILE)])))))
    assert [row["source"] for row in rows] == sources
    assert "\x1b" not in written("text", marks.document([report("x = \x1b[31m2\n")]))


def test_short_is_a_line_with_its_place_for_each_line_that_is_not_right() -> None:
    """As an editor reads it: what stands in the file at a place is what the sentence is about."""
    sheet = "x = 2\ny = x^2 = 5\nz = 2 */ 3; v = 3y = 15\nw = q^2 = 7"
    rows = written("short", marks.document([report(sheet, "a.txt")])).splitlines()
    found = [re.fullmatch(r"a\.txt:(\d+):(\d+): (\w+): (.+)", row) for row in rows]
    assert all(found), rows
    lines = sheet.splitlines()
    places = [(lines[int(m[1]) - 1][int(m[2]) - 1 :][:2], m[3]) for m in found if m]
    verdicts = [line.verdict for line in report(sheet).lines]
    assert [verdict for _, verdict in places] == [
        v for v in verdicts if v not in ("right", "taken")
    ]
    assert ("y ", "wrong") in places
    assert not any("column" in row for row in rows), "the place says it"
    assert written("short", marks.document([report("x = 2\ny = x^2 = 4")])) == ""


def test_short_keeps_to_one_line_whatever_a_file_is_called() -> None:
    (row,) = written("short", marks.document([report("x = 2\ny = x = 3", "a\nb.txt")])).splitlines()
    assert row.startswith("a\\nb.txt:2:1: wrong: ")


@pytest.mark.parametrize(
    "text",
    ["a|b", "*a* _b_", "`a`", "<b>a</b>", "[a](b)", "$x$", "~~a~~", "a\\b", "&amp;", "@anna",
     "# a", "- a", "+ a", "1. a", "1) a"],
)  # fmt: skip
def test_markdown_escapes(text: str) -> None:
    tokens = MarkdownIt("commonmark").enable("strikethrough").parse(escaped(text))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert [child.type for child in tokens[1].children or ()] in (["text"], ["text"] * 2)
    assert "".join(child.content for child in tokens[1].children or ()) == text


@pytest.mark.parametrize("text", ["a|b", "`", "``a`", "a ` b", "*", "a\\|b"])
def test_markdown_code_in_a_cell(text: str) -> None:
    table = f"| a |\n| --- |\n| {code(text)} |"
    assert markdown_rows(table)[1] == [text]


def markdown_rows(text: str) -> list[list[str]]:
    """The cells of the first table, as an independent reader of Markdown has them."""
    rows: list[list[str]] = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "table_close":
            break
        elif token.type == "inline" and rows:
            pieces = (child.content for child in token.children or () if child.content != "<br>")
            rows[-1].append("".join(pieces))
    return rows


# Records.


def test_a_mistyped_column_is_an_error() -> None:
    columns = dict.fromkeys(Cell._fields, "") | {"line": 1, "column": 1, "expected": None}
    assert Cell(**columns).line == 1
    with pytest.raises(TypeError, match="verdikt"):
        Cell(**columns | {"verdikt": "right"})
    with pytest.raises(TypeError, match="working"):
        Cell(**{name: value for name, value in columns.items() if name != "working"})


def test_a_class_is_counted_before_it_is_written() -> None:
    reports = [report(), report("x = 2\ny = x^2 = 5\n", "ben.txt"), report("x = 1\n", "cleo.txt")]
    summary = marks.class_summary(map(marks.summary, reports))
    assert [sheet.name for sheet in summary.sheets] == ["anna.txt", "ben.txt", "cleo.txt"]
    assert summary.totals == {
        "right": 0,
        "taken": 3,
        "follows": 1,
        "wrong": 2,
        "unreadable": 1,
        "unchecked": 0,
    }
    assert summary.common == (Common("arithmetic", "the arithmetic", 2, 2),)
    heads, *_, last = summary.table
    assert dict(zip(heads, last, strict=True))["wrong"] == "2"


def test_one_worksheet_has_no_class() -> None:
    assert "worksheet  " not in written("text", marks.document([report()], several=True))


# Layout.


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one two three four five six", ["one two three four", "five six"]),
        ("network of the shape 2-2-1", ["network of the shape", "2-2-1"]),  # not at a hyphen
        ("where the value x\u00a0=\u00a01 is", ["where the value", "x = 1 is"]),  # nor within
        ("a wordthatislongerthantheline b", ["a", "wordthatislongerthantheline", "b"]),
    ],
)
def test_wrapped(text: str, lines: list[str]) -> None:
    assert wrapped(text, 20) == lines
    assert wrapped(text, 20, "- ", "  ")[0].startswith("- ")


def test_columns_count_the_columns_of_the_terminal() -> None:
    rows = columns([("name", "right"), ("作业一.txt", "2"), ("a", "10")])
    assert [cell_len(row) for row in rows] == [17, 17, 17]


# One format, one file.

ADDED = '''
"""A list of what is wrong."""

from micrograd_like.writers.blocks import Marks
from micrograd_like.writers.format import writes


@writes("blocks")
def write(document, page):
    for block in document.blocks:
        if isinstance(block, Marks):
            yield from (f"* {r.line.source}" for r in block.remarks if r.line.verdict == "wrong")
'''


@pytest.fixture(scope="module")
def with_a_new_format(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with a file more."""
    folder = tmp_path_factory.mktemp("copy")
    copy_packages(folder)
    added = folder / "micrograd_like" / "writers" / "formats" / "bullets.py"
    added.write_text(ADDED, encoding="utf-8")
    return folder


def test_a_file_is_all_a_format_needs(with_a_new_format: Path) -> None:
    """One file more: the command offers it, and writes it."""
    (with_a_new_format / "sheet.txt").write_text(SLIPS, encoding="utf-8")
    done, *helped = commands(
        with_a_new_format,
        ["check", "sheet.txt", "--format", "bullets"],
        ["derive", "--help"],
        ["lessons", "one-weight", "--help"],
    )
    assert (done.stdout, done.stderr, done.returncode) == ("* y = x^2 = 5\n", "", 2)
    assert ["bullets" in each.stdout for each in helped] == [True, True]


def test_a_file_without_a_writer_is_told_at_once(with_a_new_format: Path) -> None:
    empty = with_a_new_format / "micrograd_like" / "writers" / "formats" / "empty.py"
    empty.write_text('"""Nothing."""\n', encoding="utf-8")
    done = python(with_a_new_format, "-m", "micrograd_like", "--help")
    empty.unlink()
    assert done.returncode != 0
    assert "writers/formats/empty.py: expected a function with @writes(...)" in done.stderr


class Text(HTMLParser):
    """The text of a page, and the elements in it."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.elements: list[str] = []

    @classmethod
    def read(cls, page: str) -> Text:
        reader = cls()
        reader.feed(page)
        reader.close()
        return reader

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.elements.append(tag)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("q = b*x = 41", "right: q = b · x"),  # a name used again, as the learner writes it
        ("dE/db = b - x", "right: ∂E/∂b = 2 · (b − x)"),
    ],
)
def test_a_right_working_has_names_as_they_are_written(line: str, said: str) -> None:
    sheet = f"x = 2\nb = 2\nb = b - 0.1\nE = (b - x)^2\n{line}"
    text = written("text", marks.document([report(sheet)]))
    assert said in " ".join(text.split())
    assert "(line 3)" not in text


# What programs read.


SCHEMA = Path(__file__).parent.parent / "docs" / "marks.schema.json"


def test_the_schema_is_the_one_that_is_published() -> None:
    """``python -m micrograd_like.writers.published`` writes it anew; a change is a new version."""
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == schema()
    assert str(VERSION) in schema()["title"]


@pytest.mark.parametrize("name", ["office-hours", "office-hours-as-published", "lstm-cell"])
def test_what_is_printed_is_what_the_schema_says(name: str) -> None:
    (sheet,) = validated([Worksheet.parse(builtin.text(name)).check()])
    assert sheet["lines"]


def test_so_is_what_has_points_cells_or_no_marks_at_all() -> None:
    key = Assignment.parse("x = 2\ny = x^2 = ? [1]\ndy/dx = ? [2]")
    reports = [
        key.mark(Worksheet.parse("x = 2\ny = 4")),
        Report((), "a.txt", items=key.missing(), failure="no such file"),
        Worksheet.parse(NOTEBOOK, format="notebook").check().hinted("line"),
        report("z = )\nq = e^(10^9)\n"),
    ]
    graded, failed, notebook, _ = validated(reports)
    assert [item.get("line") for item in graded["asked"]] == [2, None]
    assert failed["failure"] == "no such file"
    assert notebook["lines"][0]["cell"] == 1


NOTEBOOK = json.dumps(
    {
        "cells": [{"cell_type": "code", "source": "x = 2.0\ny = x**2\n", "metadata": {}}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
)


def validated(reports: list[Report]) -> list[dict[str, Any]]:
    """The worksheets as JSON has them, held against the schema by a validator of its own."""
    printed = json.loads(written("json", marks.document(reports)))
    closed = json.loads(json.dumps(schema()))
    for part in closed["$defs"].values():
        part["additionalProperties"] = False
    jsonschema.validate(printed, closed)
    assert printed["schema"] == VERSION
    worksheets: list[dict[str, Any]] = printed["worksheets"]
    return worksheets
