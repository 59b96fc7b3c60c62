"""Notebooks: words and code marked cell by cell, each at its place, and never run."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from command import run

import micrograd_like
from micrograd_like import assert_right, check_notebook
from micrograd_like.errors import WorksheetError
from micrograd_like.marking.records import LineMark, Report
from micrograd_like.worksheet import Worksheet
from micrograd_like.worksheet.sources.older_marks import BEGIN, END
from micrograd_like.writers.annotation import annotated


def notebook(*cells: str, **others: Any) -> str:
    """A notebook's JSON: cells that begin with # or $ are words, the others code."""
    made = []
    for text in cells:
        kind = "markdown" if text.startswith(("#", "$")) else "code"
        cell = {"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True)}
        if kind == "code":
            cell |= {"outputs": [], "execution_count": None}
        made.append(cell)
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | others)


def report(*cells: str) -> Report:
    return Worksheet.parse(notebook(*cells)).check()


def at(found: Report, place: str) -> LineMark:
    return next(line for line in found.lines if line.place.number == place)


#: Words that count weights from 1, code that counts from 0, and a second forward pass.
GIVENS = "from math import exp\nu = [0.5, -0.2, 0.8]\nx1 = 1.0\nx2 = 2.0\nt = 0.5\nrate = 0.1"
FORWARD = "s = u[0]*x1 + u[1]*x2\nh = 1/(1 + exp(-s))\nout = u[2]*h\nloss = 0.5*(out - t)**2"
LESSON = (
    "# Forward\n\n$$s = 0.5(1) + (-0.2)(2) = 0.1$$\n\n$$h = \\sigma(s) = 0.525$$",
    GIVENS,
    FORWARD,
    "# Backward\n$$\\frac{\\partial L}{\\partial out} = out - t$$",
    "dL_dout = out - t",
    "$$\\frac{\\partial L}{\\partial u_3} = \\frac{\\partial L}{\\partial out} \\cdot h$$",
    "dL_du_3 = dL_dout * h",
    "$$\\frac{\\partial h}{\\partial s} = h(1 - h) =$$",
    "dh_ds = h * (1 - h)",
    "dL_du_1 = dL_dout * u[2] * dh_ds * x1",
    "old = u.copy()\nu[0] = old[0] - rate * dL_du_1\nu[2] = old[2] - rate * dL_du_3",
    "s = u[0]*x1 + u[1]*x2\nh = 1/(1 + exp(-s))",
)


@dataclass(frozen=True)
class Case:
    """A lesson with one cell changed: the places that must be wrong, with a cause of each."""

    sentence: str
    cell: int
    old: str
    new: str
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def cells(self) -> list[str]:
        cells = [*LESSON]
        assert self.old in cells[self.cell - 1]
        cells[self.cell - 1] = cells[self.cell - 1].replace(self.old, self.new)
        return cells


CASES = (
    Case("the lesson as it is", 1, "", ""),
    Case(
        "another function in the words, with the code's number",
        1,
        "\\sigma(s) = 0.525",
        "\\ln(s) = 0.525",
        {"1:5": "wrong-function"},
    ),
    Case("a digit in the words", 1, "= 0.1$$", "= 0.3$$", {"1:3": "arithmetic"}),
    Case("a sign in the words", 4, "out - t", "t - out", {"4:2": "sign"}),
    Case("a sign in the code", 5, "out - t", "t - out", {"5:1": "sign"}),
    Case("the slope at the input, in words", 8, "h(1 - h)", "s(1 - s)", {"8:1": ""}),
    Case("the slope at the input, in code", 9, "h * (1 - h)", "s * (1 - s)", {"9:1": ""}),
    Case("another weight's gradient", 11, "dL_du_3", "dL_du_1", {"11:3": "wrong-operand"}),
    Case("another letter for the same, in the words", 6, "\\partial u_3", "\\partial u_{3}"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.sentence)
def test_words_are_held_against_code(case: Case) -> None:
    found = report(*case.cells)
    wrong = {line.place.number: line for line in found.lines if line.verdict == "wrong"}
    assert wrong.keys() == case.wrong.keys()
    for place, cause in case.wrong.items():
        assert not cause or cause in [c.code for c in wrong[place].causes]
    assert all(line.verdict not in ("unreadable", "unchecked") for line in found.lines)


def test_the_report_is_in_the_document_s_order_and_says_cells() -> None:
    found = report(*LESSON)
    places = [(line.place.cell, line.place.line) for line in found.lines]
    assert places == sorted(places)
    assert {cell for cell, _ in places} == {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
    assert at(found, "8:1").source.startswith("\\frac")
    assert {line["cell"] for line in found.record()["lines"]} == {cell for cell, _ in places}
    assert "  4:2  \\frac" in str(found)


SILENT = (
    (
        "words with numbers of their own are about something else",
        ("$$x = 5$$ and $$y = 3x = 15$$", "x = 2.0\ny = x**2"),
        {"2:1": "taken", "2:2": "taken"},
    ),
    (
        "a law in words is about no array of the code",
        ("$$w = w - \\alpha \\cdot g$$", "w = [0.1, 0.2]\nalpha = 0.1\nz = w[0] + w[1]"),
        {"2:1": "taken"},
    ),
    (
        "a formula without a number may be meant otherwise than the code",
        ("$$z = wx$$", "w = 2.0\nx = 3.0\nb = 1.0\nz = w*x + b"),
        {"1:1": "unchecked", "2:4": "taken"},
    ),
)


@pytest.mark.parametrize(("sentence", "cells", "verdicts"), SILENT, ids=[s[0] for s in SILENT])
def test_words_about_something_else_are_not_accused(
    sentence: str, cells: Sequence[str], verdicts: dict[str, str]
) -> None:
    found = report(*cells)
    assert all(line.verdict != "wrong" for line in found.lines), sentence
    assert {place: at(found, place).verdict for place in verdicts} == verdicts


EXPORTED = """# A lesson

$$z = 2 \\cdot 3 = 6$$

In [1]:
w = 2.0
x = 3.0

z = w*x
print(f'z = {z}')

z = 6.0

## Backward

$$\\frac{\\partial z}{\\partial w} = w$$

In [2]:
dz_dw = x
"""
FENCED = EXPORTED.replace("In [1]:", "```python").replace("\n\nz = 6.0", "\n```")


@pytest.mark.parametrize("text", [EXPORTED, FENCED], ids=["In [n]:", "fences"])
def test_markdown_with_code_is_read_as_its_notebook(text: str) -> None:
    found = Worksheet.parse(text, format="markdown").check()
    verdicts = {line.source: line.verdict for line in found.lines}
    assert verdicts.pop("\\frac{\\partial z}{\\partial w} = w") == "wrong"
    assert verdicts["z = w*x"] == "taken"
    assert "z = 6.0" not in verdicts
    assert "wrong" not in verdicts.values()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no JSON: line 1, column 2"),
        ("[]", "expected a notebook, with cells"),
        ('{"nbformat": 4}', "it has none"),
        ('{"cells": 3}', "it has none"),
        (notebook(*["x = 1"] * 2001), "at most 2,000 cells"),
        (notebook("\n" * 10_001), "at most 10,000"),
    ],
)
def test_what_is_no_notebook_is_said(text: str, said: str) -> None:
    with pytest.raises(WorksheetError, match=said):
        Worksheet.parse(text, format="notebook")


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("$$z_1 = \\ln(a_1) = 0.62$$", "wrong"),  # the number is the program's
        ("$$z_1 = \\sigma(a_1) = 0.62$$", "right"),
        ("$$z_1 = \\ln(a_1) = -0.69$$", "unchecked"),  # it may be of another z1
    ],
)
def test_a_number_tells_whether_words_are_about_a_program(words: str, verdict: str) -> None:
    program = "from scipy.special import expit\na1 = 0.5\nz1 = expit(a1)"
    found = Worksheet.parse(f"{words}\n\n```python\n{program}\n```").check()
    assert found.lines[0].verdict == verdict


def test_a_program_that_only_works_out_figures_defines_nothing() -> None:
    words = "$w = 0.5$, $x = 2$, $b = 1$ and $z = wx + b = 2$, so $\\frac{dz}{dw} = x = 2$.\n\n"
    for line in ("z = 0.5*2 + 1", "z = 2.0"):
        found = Worksheet.parse(f"{words}```python\n{line}\n```", format="markdown").check()
        assert [mark.verdict for mark in found.lines[:5]] == ["taken"] * 3 + ["right"] * 2
    turned = Worksheet.parse(words.replace("= x = 2$", "= w = 0.5$") + "```python\nz = 2.0\n```")
    assert turned.check().lines[4].verdict == "wrong"


def test_a_cell_that_is_no_python_leaves_the_others() -> None:
    found = report("w = 2.0", "x = (3\ny = 1", "y = w**2\ndy_dw = 2*w")
    assert {line.place.number: line.verdict for line in found.lines} == {
        "1:1": "taken",
        "2:1": "unreadable",
        "3:1": "taken",
        "3:2": "right",
    }
    assert "no Python" in at(found, "2:1").problem


def test_what_is_not_run_is_said(tmp_path: Path) -> None:
    made = tmp_path / "made"
    cells = (
        "%matplotlib inline\nw = 2.0\n!touch x",
        "%%bash\nw = 3",
        "%%time\ny = w**2",
        f"exec(\"open({str(made)!r}, 'w')\")",
        "if w > 1:\n    %timeit w\n    z = w",
    )
    sheet = Worksheet.parse(notebook(*cells))
    assert not made.exists()
    assert {name: node.data for name, node in sheet.names.items()} == {"w": 2.0, "y": 4.0}
    assert "cell 2: %%bash is not read" in sheet.told
    assert "cell 1, 3, 5: magics and commands of the shell are not run" in sheet.told
    assert "cell 4, line 1: exec() is not run" in sheet.told


def test_another_language_is_said() -> None:
    julia = {"kernelspec": {"language": "julia"}}
    sheet = Worksheet.parse(notebook("w = 2", "$$y = 3 \\cdot 2 = 6$$", metadata=julia))
    assert sheet.told == ("cell 1: julia is not read",)
    assert [*sheet.names] == ["y"]


def test_version_three_is_read_as_far_as_it_is_known() -> None:
    cells = [{"cell_type": "code", "input": ["w = 2.0\n", "y = w**2"], "language": "python"}]
    text = json.dumps({"worksheets": [{"cells": cells}], "nbformat": 3})
    sheet = Worksheet.parse(text, format="notebook")
    assert sheet.names["y"].data == 4
    assert "version 3" in sheet.told[0]


def test_large_outputs_and_arrays_are_no_matter(tmp_path: Path) -> None:
    data = json.loads(notebook("x = list(range(10**6))\nw = [0.0]*10**6", "y = 2.0"))
    data["cells"][0]["outputs"] = [{"output_type": "stream", "text": ["x" * 10_000_000]}]
    file = tmp_path / "lesson.ipynb"
    file.write_text(json.dumps(data), encoding="utf-8")
    found = Worksheet.read(file).check()
    assert at(found, "2:1").verdict == "taken"
    assert {line.verdict for line in found.lines if line.place.cell == 1} == {"unreadable"}


def test_spoilt_notebooks_are_read_or_refused_in_a_sentence() -> None:
    """Cut off, its cells shuffled, characters exchanged, fields of other types."""
    for seed in range(24):
        chance = random.Random(seed)
        cells = [*LESSON]
        text = notebook(*cells)
        match seed % 4:
            case 0:
                text = text[: chance.randrange(len(text))]
            case 1:
                chance.shuffle(cells)
                text = notebook(*(cell[: chance.randrange(len(cell) + 1)] for cell in cells))
            case 2:
                signs = "()[]{}$\\=+-*/^_., \n%#01ax∂"
                kept = (c if chance.random() > 0.04 else chance.choice(signs) for c in text)
                text = "".join(kept) if chance.random() < 0.3 else notebook(*cells[::-1])
            case _:
                data = json.loads(text)
                for cell in data["cells"]:
                    cell[chance.choice([*cell])] = chance.choice([None, 3, [], {}, "x", [1]])
                text = json.dumps(data)
        with suppress(WorksheetError):
            str(Worksheet.parse(text, format="notebook").check())


# What is written of them.


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    """A notebook whose first words and fifth cell are wrong."""
    cells = [*LESSON]
    cells[0] = cells[0].replace("\\sigma(s)", "\\ln(s)")
    cells[4] = cells[4].replace("out - t", "t - out")
    file = tmp_path / "lesson.ipynb"
    file.write_text(notebook(*cells), encoding="utf-8")
    return file


def test_marks_are_written_into_a_copy(lesson: Path) -> None:
    before, copy = lesson.read_bytes(), lesson.with_name("marked.ipynb")
    done = run("check", str(lesson), "--annotate", str(copy))
    assert (done.returncode, lesson.read_bytes()) == (1, before)
    cells = json.loads(copy.read_text(encoding="utf-8"))["cells"]
    shown = ["".join(c["outputs"][0]["data"]["text/plain"]) for c in cells if c.get("outputs")]
    assert "Another function" in shown[0]  # below words, in a cell of its own
    wrong = "".join(
        next(c for c in cells if "✗" in str(c.get("outputs")) and c["source"])["outputs"][0][
            "data"
        ]["text/html"]
    )
    assert "expected: <code>dL_dout = " in wrong
    assert any("dL_dout = t - out" in marks and "✗" in marks for marks in shown)
    words = [cell for cell in cells if cell["cell_type"] == "markdown"]
    assert words == [cell for cell in json.loads(before)["cells"] if cell["cell_type"] != "code"]


def test_a_copy_is_printed_alone(lesson: Path) -> None:
    copy = lesson.with_name("marked.ipynb")
    run("check", str(lesson), "--annotate", str(copy))
    done = run("check", str(lesson), "--annotate", "-")
    assert (done.returncode, done.stdout) == (1, copy.read_text(encoding="utf-8"))


def test_marks_replace_older_marks(lesson: Path) -> None:
    first, second = lesson.with_name("first.ipynb"), lesson.with_name("second.ipynb")
    assert run("check", str(lesson), "--annotate", str(first)).returncode == 1
    assert run("check", str(first), "--annotate", str(second)).returncode == 1
    counts = [
        sum(len(c.get("outputs", ())) for c in json.loads(file.read_text())["cells"])
        for file in (first, second)
    ]
    assert counts[0] == counts[1] > 0


#: A list, a fence with an empty line in it, and a formula over several lines.
NOTES = """# Notes

With $x = 2$ and $w = 3$:

1. $E = (wx - 1)^2$
2. $\\frac{dE}{dx} = 2(wx - 1)x$

```text
E = 25

dE/dw = 20
```
in the end

\\[
E

= 26
\\]
"""


def test_marks_are_written_below_the_paragraphs_of_markdown(tmp_path: Path) -> None:
    notes, copy, again = (tmp_path / name for name in ("notes.md", "first.md", "second.md"))
    notes.write_text(NOTES)
    assert run("check", str(notes), "--annotate", str(copy)).returncode == 1
    assert notes.read_text() == NOTES
    lines = copy.read_text().split("\n")
    blocks = [n for n, line in enumerate(lines) if line == BEGIN]
    assert [lines[n - 2] for n in blocks] == [
        "With $x = 2$ and $w = 3$:", "2. $\\frac{dE}{dx} = 2(wx - 1)x$", "in the end", "\\]",
    ]  # fmt: skip
    assert "| ✗ | 6 |" in copy.read_text()
    # What the marks say is not read, and they are replaced.
    marks = [(line.verdict, line.source) for line in Worksheet.read(copy).check().lines]
    assert marks == [(line.verdict, line.source) for line in Worksheet.read(notes).check().lines]
    assert run("check", str(copy), "--annotate", str(again)).returncode == 1
    assert again.read_text().count(BEGIN) == len(blocks)
    assert again.read_text().split(BEGIN)[0] == copy.read_text().split(BEGIN)[0]


def test_marks_of_which_the_end_was_deleted_hide_nothing() -> None:
    sheet = Worksheet.parse(f"{BEGIN}\n\n$a = 1$\n\n{END}\n\n{BEGIN}\n\n$b = 2$", format="markdown")
    assert list(map(str, sheet.statements)) == ["b = 2"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("lesson.ipynb", "--annotate", "lesson.ipynb"), "is the worksheet"),
        (("office-hours", "--annotate", "out.ipynb"), "into one notebook"),
        (("lesson.ipynb", "lesson.ipynb", "--annotate", "out.ipynb"), "into one notebook"),
        (("lesson.ipynb", "--annotate", "nowhere/out.ipynb"), "cannot open"),
        (("lesson.ipynb", "--annotate", "o.ipynb", "--page", "o.html"), "not both"),
    ],
)
def test_what_cannot_be_annotated_is_said(
    lesson: Path, arguments: tuple[str, ...], said: str
) -> None:
    before = lesson.read_bytes()
    done = run("check", *arguments, cwd=lesson.parent)
    assert said in " ".join(done.stderr.split())
    assert done.returncode == 2
    assert lesson.read_bytes() == before
    assert not [*lesson.parent.glob("o*")]


def test_marks_of_another_version_are_refused() -> None:
    with pytest.raises(WorksheetError, match="version 4, got 3"):
        annotated('{"nbformat": 3, "worksheets": []}', Report(()))


def test_every_command_reads_a_notebook(lesson: Path) -> None:
    assert "∂loss/∂u[0]" in run("derive", str(lesson), "dloss/du[0]").stdout
    assert "digraph" in run("draw", str(lesson)).stdout
    assert "1. given" in run("step", str(lesson)).stdout
    page = run("check", str(lesson), "--page", "-").stdout
    assert "5:1" in page
    assert "t - out" in page
    piped = run("check", "-", "--format", "json", input=lesson.read_text())
    lines = json.loads(piped.stdout)["worksheets"][0]["lines"]
    assert [n["cell"] for n in lines if n["verdict"] == "wrong"] == [1, 5]


def test_assert_right_says_line_and_cause(lesson: Path) -> None:
    with pytest.raises(AssertionError) as failed:
        assert_right(lesson)
    said = str(failed.value)
    assert "cell 5, line 1: dL_dout = t - out\n  wrong (sign): " in said
    assert "lesson.ipynb is not right" in said
    with pytest.raises(AssertionError, match=r"line 2: y = x\^2 = 5"):
        assert_right(Worksheet.parse("x = 2\ny = x^2 = 5"))
    with pytest.raises(AssertionError, match="nothing to mark"):
        assert_right(Worksheet.parse(""))
    assert assert_right(Worksheet.parse("x = 2\ny = x^2 = 4")).counts["right"] == 1


def test_the_notebook_one_is_in(lesson: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", str(lesson))
    assert check_notebook().counts["wrong"] == 2
    monkeypatch.delenv("JPY_SESSION_NAME")
    monkeypatch.chdir(lesson.parent)
    assert check_notebook().file == "lesson.ipynb"
    (lesson.parent / "other.ipynb").write_text(notebook("x = 1"))
    assert check_notebook("other.ipynb").counts["taken"] == 1
    with pytest.raises(WorksheetError, match="which notebook"):
        check_notebook()


class Shell:
    """What of a shell the extension uses."""

    def __init__(self) -> None:
        self.magics: dict[tuple[str, str], Callable[[str, str], Report | None]] = {}

    def register_magic_function(
        self, function: Callable[[str, str], Report | None], kind: str, name: str
    ) -> None:
        self.magics[kind, name] = function


def test_the_magic_marks_a_cell(capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell()
    micrograd_like.load_ipython_extension(shell)
    magic = shell.magics["cell", "worksheet"]
    found = magic("", "x = 2\ny = x^2 = 5\n")
    assert found is not None
    assert [line.verdict for line in found.lines] == ["taken", "wrong"]
    assert "<table" in found._repr_html_()
    assert magic("nonsense", "x = 2") is None
    assert "expected a format" in capsys.readouterr().err
