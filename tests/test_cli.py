"""The command as a user runs it: output, formats, exit statuses, speed of --help's imports."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from command import run
from sampled import sampled

from micrograd_like.worksheet.readers import formats


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as the process that it is."""
    return subprocess.run(
        [sys.executable, "-m", "micrograd_like", *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        timeout=60,
        check=False,
    )


def test_the_whole_calculation_is_printed() -> None:
    result = process("example")
    assert result.returncode == 0
    assert result.stderr == ""
    for line in (
        "a1   = x1·w1 + x2·w3 = 0·0.10 + 1·0.30 = 0.30",
        "∂E/∂ŷ   = ŷ − y = 0.66 − 1 = −0.34",
        "∂z1/∂a1 = z1 · (1 − z1) = 0.57 · (1 − 0.57) = 0.24",
        "∂E/∂w5 = ∂E/∂ŷ · ∂ŷ/∂a3 · ∂a3/∂w5 = −0.34 · 0.23 · 0.57 = −0.045",
        "∂E/∂x1 = ∂E/∂z1·∂z1/∂a1·∂a1/∂x1 + ∂E/∂z2·∂z2/∂a2·∂a2/∂x1",
        "w6' = w6 − α·∂E/∂w6 = 0.600 − 0.200·(−0.0464) = 0.609",
        "cost = −log10(ŷ) = −log10(0.66) = 0.18",
        "from 0.656206 to 0.658738",
    ):
        assert line in result.stdout
    assert "\x1b" not in result.stdout


def test_places_are_obeyed() -> None:
    assert "∂E/∂w5 = ∂E/∂ŷ · ∂ŷ/∂a3 · ∂a3/∂w5 = −0.3438 · 0.2256 · 0.5744 = −0.04455" in (
        run("example", "--places", "4").stdout
    )


@pytest.mark.parametrize(
    ("cost", "line"),
    [
        ("half-squared", "E    = (ŷ − y)²/2"),
        ("log10", "∂E/∂ŷ   = −1/(ŷ·ln(10)) = −1/(0.66·ln(10)) = −0.66"),
        ("cross-entropy", "∂E/∂ŷ   = −1/ŷ = −1/0.66 = −1.52"),
    ],
)
def test_costs(cost: str, line: str) -> None:
    assert line in run("example", "--cost", cost).stdout


def test_json_has_every_number_in_full_and_nothing_else() -> None:
    result = run("example", "--format", "json", "--places", "2")
    document = json.loads(result.stdout)
    found = {line["name"]: line for s in document["sections"] for line in s["lines"]}
    assert found["dE/dw5"]["value"] == pytest.approx(-0.0445535825152455, rel=1e-14)
    assert found["yhat"]["value"] == pytest.approx(0.656206390563436, rel=1e-15)
    assert found["dE/dw5"]["formula"] == "∂E/∂ŷ · ∂ŷ/∂a3 · ∂a3/∂w5"
    assert document["prediction"]["after"] == pytest.approx(0.6587380424021514, rel=1e-15)
    assert document["given"]["w6"] == 0.6


def test_as_published() -> None:
    text = run("example", "--as-published").stdout
    assert "0.6586798259170581" in text
    assert "0.002473435353621767" in text
    assert [text.count(f"\n   {title} ") for title in ("published", "right", "why")] == [5, 4, 5]
    assert "Seven statements are wrong, of four kinds" in text
    document = json.loads(run("example", "--as-published", "--format", "json").stdout)
    assert document["results"]["change"]["as-published"] == 0.002473435353621767
    assert [len(slip["published"]) for slip in document["slips"]] == [1, 2, 1, 3]
    assert [len(remark["published"]) for remark in document["remarks"]] == [1]


@pytest.mark.parametrize("extra", [(), ("--as-published",), ("--cost", "log10")])
def test_latex_is_a_balanced_document_in_ascii(extra: tuple[str, ...]) -> None:
    latex = run("example", "--format", "latex", *extra).stdout
    assert latex.startswith("\\documentclass")
    assert latex.isascii()
    for opening, closing in (("{", "}"), ("\\left", "\\right"), ("\\begin{", "\\end{")):
        assert latex.count(opening) == latex.count(closing)


@pytest.mark.slow
@pytest.mark.parametrize(
    "extra", [(), ("--as-published",), ("--places", "15"), ("--cost", "log10", "--places", "8")]
)
def test_latex_compiles(extra: tuple[str, ...], tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    latex = run("example", "--format", "latex", *extra).stdout
    (tmp_path / "example.tex").write_text(latex, encoding="ascii")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "example.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["exampel"], "Did you mean 'example'"),
        (["example", "--cots", "log10"], "--cost"),
        (["example", "--cost", "log"], "half-squared"),
        (["example", "--places", "0"], "--places"),
        (["example", "--places", "two"], "--places"),
        (["example", "--format", "pdf"], "json"),
        (["example", "extra"], "extra"),
        (["example", "--as-published", "--cost", "log10"], "leave out"),
        (["example", "--as-published", "--set", "x1=1"], "leave out --set"),
        (["example", "--as-published", "--steps", "5"], "leave out --steps"),
        (["example", "--set", "w7=1"], "expected one of x1, x2, y, alpha, w1"),
        (["example", "--set", "alhpa=1"], "did you mean 'alpha'?"),
        (["example", "--set", "w5"], "expected NAME=NUMBER, such as w5=0.4, got 'w5'"),
        (["example", "--set", "w5=half"], "expected NAME=NUMBER"),
        (["example", "--set", "w5=nan"], "w5: expected a number from −1e100 to 1e100, got nan"),
        (["example", "--alpha", "0"], "alpha: expected a number above 0, got 0.0"),
        (["example", "--set", "y=2"], "y: expected a target from 0 to 1, got 2.0"),
        (["example", "--steps", "0"], "--steps"),
        (["example", "--plot", "out.gif"], "expected a name ending in .svg or .png"),
        (["example", "--cost", "log10", "--set", "w5=-2000"], "not defined"),
    ],
)
def test_usage_errors_exit_with_2_and_a_hint(arguments: list[str], hint: str) -> None:
    result = run(*arguments, COLUMNS="200")
    assert result.returncode == 2
    assert result.stdout == ""
    assert hint in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["example", "--help"]])
def test_help_teaches(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.returncode == 0
    assert "2-2-1" in result.stdout


def test_version() -> None:
    assert run("--version").stdout.startswith("micrograd-like 0.")


@pytest.mark.parametrize("command", ["check", "derive"])
def test_help_names_every_format_that_is_read(command: str) -> None:
    said = run(command, "--help").stdout
    suffixes = {name: format.suffixes[0] for name, format in formats().items()}
    assert [name for name, suffix in suffixes.items() if f"({suffix})" not in said] == ["text"]


def test_help_does_not_import_what_it_does_not_need() -> None:
    """Imports decide how fast --help answers; what it loads can be tested, time cannot."""
    code = "import sys, micrograd_like.cli.program; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(done.stdout.split())
    assert "micrograd_like.cli.program" in loaded
    assert not loaded & {"numpy", "sympy", "graphviz", "matplotlib", "micrograd_like.engine.value"}


def test_a_text_is_marked_without_what_programs_need(tmp_path: Path) -> None:
    (tmp_path / "sheet.txt").write_text("x = 2\ny = x^2 = 4\ndy/dx = 2x\n", encoding="utf-8")
    code = (
        "import sys; from micrograd_like.marking import check; "
        "from micrograd_like.worksheet import Worksheet; "
        f"assert check(Worksheet.read({str(tmp_path / 'sheet.txt')!r})).lines; print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert not {*done.stdout.split()} & {"numpy", "sympy", "graphviz", "matplotlib", "typer"}


def test_costs_offered_are_the_costs_there_are() -> None:
    from micrograd_like.cli.lessons import CostName
    from micrograd_like.lessons.office_hours import COSTS

    assert get_args(CostName) == tuple(COSTS)


def test_forms_offered_are_the_forms_there_are() -> None:
    from micrograd_like import exercises
    from micrograd_like.cli.exercises import Blanks, Form

    assert get_args(Form) == get_args(exercises.Form)
    assert get_args(Blanks) == get_args(exercises.Blanks)


def test_published_derivatives_are_the_lessons() -> None:
    """−0.008 for w3 is the lesson's own, from a1(1 − a1); right would be −0.0095."""
    document = json.loads(run("example", "--as-published", "--format", "json").stdout)
    values = {line["name"]: line["value"] for line in document["derivatives"]}
    shown = {name: f"{value:.3f}" for name, value in values.items()}
    assert shown == {
        "dE/dw5": "-0.045",
        "dE/dw6": "-0.046",
        "dE/dz1": "-0.039",
        "dE/dz2": "-0.047",
        "dE/dw1": "-0.000",
        "dE/dw2": "-0.000",
        "dE/dw3": "-0.008",
        "dE/dw4": "-0.011",
    }


def test_a_slip_in_two_places_stays_in_two_places() -> None:
    text = run("example", "--as-published", "--places", "6").stdout
    assert "0.57·0.50 + 0.60·0.60 = 0.6450" in text


def test_other_numbers_and_more_steps(tmp_path: Path) -> None:
    """Against the same calculation with NumPy, and drawn as pixels; test_cli_files has the SVG."""
    given = ["--set", "x1=1", "--set", "w5=0.4", "--alpha", "0.5", "--steps", "30"]
    plot = tmp_path / "steps.png"
    done = run("example", *given, "--format", "json", "--plot", str(plot))
    assert plot.read_bytes().startswith(b"\x89PNG")
    document = json.loads(done.stdout)
    w, v, x = np.array([[0.1, 0.3], [0.2, 0.4]]), np.array([0.4, 0.6]), np.array([1.0, 1.0])

    def sigmoid(a: Any) -> Any:
        return 1 / (1 + np.exp(-a))

    for step in document["steps"]:
        z = sigmoid(w @ x)
        out = sigmoid(v @ z)
        assert step["yhat"] == pytest.approx(out, rel=1e-13)
        assert step["E"] == pytest.approx((out - 1) ** 2 / 2, rel=1e-13)
        slope = (out - 1) * out * (1 - out)
        w, v = w - 0.5 * np.outer(slope * v * z * (1 - z), x), v - 0.5 * slope * z
    assert len(document["steps"]) == 31


def test_the_update_again_and_again_as_text() -> None:
    """ŷ after 1,000 updates, worked out with NumPy outside this project: 0.9504."""
    text = run("example", "--steps", "1000").stdout
    assert "After 1,000 updates with the same example ŷ = 0.9504" in text
    assert "  1000   0.9504" in text


@pytest.mark.parametrize("extra", [(), ("--set", "x1=0.7", "--set", "y=0"), ("--cost", "log10")])
def test_the_example_as_a_worksheet_is_read_whole_and_right(
    extra: tuple[str, ...], tmp_path: Path
) -> None:
    sheet = tmp_path / "mine.txt"
    done = run("example", *extra, "--format", "worksheet")
    sheet.write_text(done.stdout, encoding="utf-8")
    marked = run("check", str(sheet))
    assert (marked.returncode, marked.stderr) == (0, "")
    assert ", 0 wrong" in marked.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
@pytest.mark.parametrize(
    "arguments", sampled([["example"], ["--help"], ["step", "office-hours"]], every=3)
)
def test_output_that_cannot_be_written_is_one_line_of_error(arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "micrograd_like", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 2  # 1 would say that something is wrong in what was marked
    assert done.stderr.startswith("micrograd-like: cannot write the output")
    assert "Traceback" not in done.stderr


def test_a_terminal_without_unicode_gets_no_traceback() -> None:
    """In a process of its own, whose streams Python has opened."""
    result = process("example", PYTHONIOENCODING="ascii")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.isascii()
    assert "0.658738" in result.stdout


# Marking.


def test_check_marks_the_lesson(tmp_path: Path) -> None:
    result = run("check", "office-hours-as-published")
    assert result.returncode == 1
    assert result.stderr == ""
    for line in (
        " ✗ 18  z2 = sigmoid(a2) = log10(.4) = .60",
        " ✗ 57  w6' = w6 - alpha*dE/dw5 = 0.61",
        "       ∂E/∂w5 stands where ∂E/∂w6 belongs.",
        "       right: w6' = w6 − α·∂E/∂w6 = 0.6 − 0.2·(−0.089) = 0.62",
        "       Follows from ∂E/∂z1 (line 44) and ∂z1/∂a1 (line 30); the method is right.",
        "21 right, 15 taken, 11 follow, 7 wrong",
    ):
        assert line in result.stdout
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("x = 2\ny = x^2 = 4\n", 0),
        ("x = 2\ny = x^2 = 5\n", 1),
        ("x = 2\ny = x^2 = 5\nz = *\n", 2),
        ("x = 2\ny = q + 1 = 5\n", 2),
        ("x = 2\ny = x^2 = ?\n", 2),
        ("", 2),
    ],
)
def test_the_exit_status_says_how_it_went(text: str, status: int, tmp_path: Path) -> None:
    file = tmp_path / "sheet.txt"
    file.write_text(text, encoding="utf-8")
    result = run("check", str(file))
    assert (result.returncode, result.stderr) == (status, "")


def test_the_exit_status_is_the_processs(tmp_path: Path) -> None:
    """0 is that of the whole calculation above, and 2 that of an output that cannot be written."""
    file = tmp_path / "sheet.txt"
    file.write_text("x = 2\ny = x^2 = 5\n", encoding="utf-8")
    assert process("check", str(file)).returncode == 1


def test_a_class_gets_a_table_and_the_most_common_causes(tmp_path: Path) -> None:
    for name, said in (("anna", "y - p"), ("ben", "p - y"), ("cleo", "y - p")):
        text = f"y = 0.5\np = 0.25\nE = (p - y)^2/2\ndE/dp = {said}\n"
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    files = [str(tmp_path / f"{name}.txt") for name in ("anna", "ben", "cleo")]
    result = run("check", *files)
    assert result.returncode == 1
    assert "Most common causes" in result.stdout
    assert "sign                    2 lines in 2 worksheets     a sign turned" in result.stdout
    assert run("check", *files, "--jobs", "2").stdout == result.stdout


def test_formats_for_programs(tmp_path: Path) -> None:
    file = tmp_path / "sheet.txt"
    file.write_text('x = 2\ny = x^2 = 5 # "quoted", with commas\nz = )\n', encoding="utf-8")
    result = run("check", str(file), "--format", "json")
    (sheet,) = json.loads(result.stdout)["worksheets"]
    assert sheet["file"] == str(file)
    assert [line["verdict"] for line in sheet["lines"]] == ["taken", "wrong", "unreadable"]
    assert sheet["lines"][2]["column"] == 5
    rows = run("check", str(file), "--format", "csv").stdout.splitlines()
    assert rows[0] == (
        "file,line,column,verdict,causes,expected,source,message,working,cell,points,of"
    )
    assert len(rows) == 4


def test_files_that_cannot_be_opened_do_not_keep_others_from_being_marked(tmp_path: Path) -> None:
    result = run("check", "office-hours", "no-such-sheet", str(tmp_path))
    assert result.returncode == 2
    assert "50 right, 10 taken" in result.stdout
    assert "no such file or built-in worksheet: 'no-such-sheet'" in result.stderr
    assert f"{tmp_path}: there is no file in it" in result.stderr
    assert result.stdout.count("could not be marked") == 2, "each has its row all the same"
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["page", "{sheet}", "-o", "{output}"],
        ["check", "{sheet}", "--page", "{output}"],
        ["draw", "{sheet}", "--format", "dot", "-o", "{output}"],
    ],
    ids=lambda arguments: arguments[0],
)
@pytest.mark.parametrize("link", ["none", "soft", "hard"])
def test_what_is_read_is_not_written_over(arguments: list[str], link: str, tmp_path: Path) -> None:
    sheet, text = tmp_path / "sheet.txt", "x = 2\ny = x^2 = 4\n"
    sheet.write_text(text, encoding="utf-8")
    output = sheet if link == "none" else tmp_path / "link.txt"
    if link == "soft":
        output.symlink_to(sheet)
    if link == "hard":
        output.hardlink_to(sheet)
    result = run(*(a.format(sheet=sheet, output=output) for a in arguments))
    assert result.returncode == 2
    assert "is the worksheet" in result.stderr
    assert sheet.read_text(encoding="utf-8") == text


def test_a_file_that_is_not_read_may_be_written_over(tmp_path: Path) -> None:
    sheet, output = tmp_path / "sheet.txt", tmp_path / "page.html"
    sheet.write_text("x = 2\ny = x^2 = 4\n", encoding="utf-8")
    output.write_text("an older page", encoding="utf-8")
    assert run("page", str(sheet), "-o", str(output)).returncode == 0
    assert output.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
