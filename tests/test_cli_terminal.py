"""What the command prints: in every encoding, in colours or without, as wide as the terminal."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from command import PLAIN, run
from rich.cells import cell_len
from sampled import sampled

from micrograd_like import Value
from micrograd_like.cli.encoding import spelled
from micrograd_like.writers.formats import offered
from micrograd_like.writers.layout import WIDTH
from micrograd_like.writers.records import LOOKS

COMMAND = [sys.executable, "-m", "micrograd_like"]
#: A line of each verdict.
VERDICTS = "x = 2\nv = x + 1 = 3\ny = x^2 = 5\nz = y + 1 = 6\nq = )\nw = x^2 = ?\n"
ENCODINGS = ("ascii", "latin-1", "cp1252", "cp437", "cp850", "koi8-r", "shift_jis", "utf-8")


@cache
def printed(*arguments: str, **options: Any) -> bytes:
    return run(*arguments, **options).printed


# Encodings.


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_marks_differ_in_every_encoding(encoding: str) -> None:
    said = printed("check", "-", input=VERDICTS, encoding=encoding).decode(encoding)
    marks = [line[1] for line in said.splitlines() if re.match(r" \S \d  ", line)]
    assert len(marks) == len(set(marks)) == len(LOOKS) == 6
    verdicts = ("taken", "right", "wrong", "follows", "unreadable", "unchecked")
    for mark, verdict in zip(marks, verdicts, strict=True):
        assert mark in (LOOKS[verdict].mark, LOOKS[verdict].plain)


@pytest.mark.parametrize("encoding", ENCODINGS[:-1])
def test_formulas_are_spelled_where_an_encoding_has_no_letters_for_them(encoding: str) -> None:
    said = printed("derive", "office-hours", "dE/dw5", encoding=encoding).decode(encoding)
    plain = spelled(said)
    assert "dE/dyhat = yhat - y = 0.6562 - 1 = -0.3438" in re.sub(" +", " ", plain)
    assert "?" not in said


@pytest.mark.parametrize(
    ("text", "ascii"),
    [
        ("∂E/∂ŷ = −½·α²", "dE/dyhat = -1/2*alpha^2"),
        ("y\u0302 ŷ", "yhat yhat"),
        ("größe café", "grosse cafe"),
        ("Δw ← 3 ≥ 2 …", "Deltaw <- 3 >= 2 ..."),
        ("作业", "??"),
        ("plain x^2", "plain x^2"),
    ],
)
def test_spelled(text: str, ascii: str) -> None:
    assert spelled(text) == ascii


@pytest.mark.parametrize("encoding", sampled(["cp1252", "ascii"], every=2))
@pytest.mark.parametrize(
    "arguments",
    [
        ["draw", "office-hours"],
        ["draw", "office-hours", "--format", "svg"],
        ["draw", "office-hours", "-o", "-"],
        ["page", "office-hours", "-o", "-"],
        ["exercise", "2-2-1", "--form", "solved"],
        ["example", "--format", "json"],
        *(["check", "office-hours-as-published", "--format", name] for name in ("csv", "json")),
        *(["derive", "office-hours", "dE/dw5", "--format", name] for name in ("json", "markdown")),
    ],
    ids=lambda arguments: " ".join(arguments),
)
def test_files_are_in_utf_8_wherever_they_are_printed(arguments: list[str], encoding: str) -> None:
    assert printed(*arguments, encoding=encoding) == printed(*arguments)


# Colours.

COMMANDS = (
    ["check", "three-steps"],
    ["derive", "office-hours", "dE/dx1"],
    ["example"],
    ["lessons", "one-weight", "--epochs", "2"],
    ["lessons"],
    ["check", "--causes"],
    ["exercise"],
    ["step", "three-steps"],
)


@pytest.mark.parametrize(
    "arguments",
    [*COMMANDS, ["lessons", "three-steps"]],
    ids=lambda arguments: arguments[0],
)
def test_colours_are_forced_and_forbidden(arguments: list[str]) -> None:
    assert b"\x1b[" not in printed(*arguments)
    assert b"\x1b[" in printed(*arguments, FORCE_COLOR="1")
    assert b"\x1b[" in printed(*arguments, FORCE_COLOR="1", TERM="dumb")
    assert b"\x1b[" not in printed(*arguments, FORCE_COLOR="0")
    assert b"\x1b[" not in printed(*arguments, FORCE_COLOR="1", NO_COLOR="1")
    assert b"\x1b[" in printed(*arguments, terminal=True)
    assert b"\x1b[" not in printed(*arguments, terminal=True, NO_COLOR="1")
    assert b"\x1b[" not in printed(*arguments, terminal=True, TERM="dumb")


@pytest.mark.parametrize("format", [name for name in offered("cells") if name != "text"])
def test_a_file_has_no_colours(format: str) -> None:
    said = printed("check", "office-hours-as-published", "--format", format, FORCE_COLOR="1")
    assert b"\x1b" not in said


# Width.


@pytest.mark.parametrize("arguments", COMMANDS[1:], ids=lambda arguments: arguments[0])
def test_text_fits_the_terminal(arguments: list[str]) -> None:
    """But for what cannot be broken: a product that is longer than the line itself."""
    counts = []
    for columns in (40, 60, 90, 200):
        said = printed(*arguments, terminal=True, COLUMNS=str(columns), NO_COLOR="1")
        lines = said.decode().splitlines()
        longest = max(cell_len(piece) for line in lines for piece in re.split(r" [·+−=] ", line))
        assert max(map(cell_len, lines)) <= max(columns, longest + 20)
        assert max(cell_len(line) for line in lines if "(" not in line) <= max(WIDTH, longest + 20)
        counts.append(len(lines))
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]


@pytest.mark.parametrize("columns", [30, 40, 60, 200])
@pytest.mark.parametrize("sheet", ["office-hours", "dead-relu"])
def test_text_fits_columns_in_a_pipe(sheet: str, columns: int) -> None:
    """Where COLUMNS is set: headings and rules are broken too, and rules stand behind long rows."""
    leaf = {"office-hours": "w1", "dead-relu": "b"}[sheet]
    said = printed("derive", sheet, f"dE/d{leaf}", COLUMNS=str(columns)).decode()
    longest = max(map(cell_len, said.splitlines()))
    assert longest <= columns


@pytest.mark.parametrize("name", ["dé", "w\u0304", "de\u0301", "w\u0302\u0304", "作业"])
def test_letters_of_no_width_and_of_two_leave_columns_in_line(name: str, tmp_path: Path) -> None:
    """Marks that combine with a letter, whether or not there is one letter for both."""
    path = tmp_path / "sheet.txt"
    path.write_text(f"{name} = 2\nu = 3\nq = {name}*u\nE = q^2*{name}\n", encoding="utf-8")
    rows = printed("derive", str(path), f"dE/d{name}").decode().splitlines()
    factors = rows[rows.index("Factors") + 1 : rows.index("Node by node") - 1]
    for sign in ("   (", " = "):
        assert len({cell_len(row[: row.index(sign) + 1]) for row in factors}) == 1
    steps = rows[rows.index("Node by node") + 1 : rows.index("Node by node") + 3]
    assert len({cell_len(row[: row.index(" = ")]) for row in steps}) == 1


def test_a_real_terminal_is_one() -> None:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in PLAIN}
    process = subprocess.Popen(
        [*COMMAND, "derive", "office-hours", "dE/dx1"],
        stdin=subprocess.DEVNULL,
        stdout=slave,
        env={**environment, "TERM": "xterm-256color"},
    )
    os.close(slave)
    said = b""
    with contextlib.suppress(OSError):  # how Linux says that nobody writes any more
        while read := os.read(master, 65536):
            said += read
    process.wait(60)
    os.close(master)
    assert b"\x1b[1mFactors\x1b[0m" in said
    assert "= 0.6562 − 1 = −0.3438\r\n        (factor rule" in said.decode()  # at 40 columns


def test_a_class_with_wide_names_is_in_line(tmp_path: Path) -> None:
    names = ("作业一.txt", "anna.txt", "größe.txt", "한글 과제.txt")
    for name in names:
        (tmp_path / name).write_text("x = 2\ny = x^2 = 5\n", encoding="utf-8")
    said = printed("check", *(str(tmp_path / name) for name in names)).decode()
    table = said[said.index("worksheet ") :].split("\n\n")[0].splitlines()
    assert len(table) == 2 + len(names)
    assert len({cell_len(row) for row in table}) == 1


# Letters in LaTeX, on the page, in notebooks.


def test_letters_of_names_are_letters(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.txt"
    sheet.write_text("größe = 2\n作业 = größe^2\nE = 3*作业\n", encoding="utf-8")
    latex = printed("derive", str(sheet), "dE/dgröße", "--format", "latex").decode()
    assert latex.isascii()
    assert r"\text{gr\"{o}\ss{}e}" in latex
    assert "[U+4F5C][U+4E1A]" in latex  # for which TeX has no command
    for name, said in (
        (">作业</span>", printed("page", str(sheet), "-o", "-").decode()),
        (
            "<mtext>作业</mtext>",
            printed("derive", str(sheet), "dE/dgröße", "--format", "html").decode(),
        ),
    ):
        assert "größe" in said
        assert name in said
        assert "[U+" not in said
    marked = printed("check", str(sheet), "--format", "latex").decode()
    assert r"\texttt{gr\"{o}\ss{}e = 2}" in marked


def test_two_pictures_of_a_notebook_share_no_id() -> None:
    x = Value(2.0, "x")
    y = x * 3
    shown = [y._repr_mimebundle_()["image/svg+xml"] for _ in range(2)]
    first, second = (set(re.findall(r'\bid="([^"]+)"', picture)) for picture in shown)
    assert first
    assert not first & second
    for picture, own in zip(shown, (first, second), strict=True):
        for reference in re.findall(r'(?:href="#|url\(#|labelledby=")([^")]+)', picture):
            assert set(reference.split()) <= own


# Exit statuses.


def test_a_line_that_has_no_part_in_it_does_not_make_it_fail(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.txt"
    sheet.write_text("x = 2\ny = x^2\nq = )\n", encoding="utf-8")
    for arguments, status in (
        (["derive", str(sheet), "dy/dx"], 0),
        (["draw", str(sheet)], 0),
        (["derive", str(sheet), "dq/dx"], 2),
        (["draw", str(sheet), "--path", "dq/dx"], 2),
        (["page", str(sheet), "-o", "-"], 2),  # which is of the whole worksheet
        (["step", str(sheet)], 2),
    ):
        done = run(*arguments)
        assert done.returncode == status, arguments
        assert "line 3" in done.stderr


def test_a_lesson_that_is_interrupted_says_so_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    from micrograd_like.training import loop

    ends = iter([False] * 20)

    class Stopped:
        def __enter__(self) -> object:
            return lambda: next(ends, True)

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(loop, "_interrupts", Stopped)
    lesson = ("lessons", "moons", "--hidden", "2")
    result = run(*lesson, "--epochs", "30", "--format", "json")
    assert result.returncode == 130
    assert json.loads(result.stdout)["epochs"]
    monkeypatch.undo()
    assert run(*lesson, "--epochs", "2").returncode == 0
