"""Exercises for Moodle, nbgrader and print: held against the formats, by readers not ours."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from command import run

from micrograd_like import Worksheet
from micrograd_like.errors import WorksheetError
from micrograd_like.exercises import Exercise, generate, own
from micrograd_like.exercises.foreseen import answers
from micrograd_like.exercises.solve import Learner, solve
from micrograd_like.marking.causes import CAUSES
from micrograd_like.worksheet import builtin
from micrograd_like.writers.exercise import document
from micrograd_like.writers.formats import written

#: What a name could do to XML, HTML, LaTeX, Markdown and Moodle's own fields.
NASTY = r"""A & B <b>]]> {1:NUMERICAL:=1} \input{x} $y$ "q" '~#} `r` *s* | %"""
SENTENCES = {cause.sentence for cause in CAUSES}


def made(said: str, seed: int = 1, **options: Any) -> Exercise:
    kind = own(builtin.load(said)) if said in builtin.names() else said
    return generate(kind, seed, **options)


MADE = ["2-1", "2-2-1", "relu-pair", "softmax 3", "log10-cost", "two-outputs", "recurrent-steps"]
SHARED = [(said, places) for said in MADE for places in (2, 4)]


# Moodle, by a reader of its documented structure that knows nothing of ours.

#: As Moodle reads a cloze field: a weight, a type, and alternatives between ~.
FIELD = re.compile(r"\{(\d*):NUMERICAL:((?:[^~#}]+(?:#[^~}]*)?)(?:~[^~#}]+(?:#[^~}]*)?)*)\}")
ALTERNATIVE = re.compile(r"(=|%-?\d+%)?([^#]+)(?:#(.*))?")
NUMBER = r"-?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][-+]?\d+)?"
NUMERICAL = re.compile(rf"({NUMBER}):({NUMBER})")
#: What every question of a type has; penalty and hidden may be left out, and are not.
CHILDREN = {
    "category": ["category"],
    "cloze": ["name", "questiontext", "generalfeedback", "penalty", "hidden"],
    "numerical": [
        *("name", "questiontext", "generalfeedback", "defaultgrade", "penalty", "hidden"),
        *("answer", "unitgradingtype", "unitpenalty", "showunits", "unitsleft"),
    ],
}


@dataclass(frozen=True)
class Choice:
    """An answer that Moodle knows."""

    share: float
    number: float
    within: float
    feedback: str


def moodle(*exercises: Exercise) -> ET.Element:
    root = ET.fromstring(written("moodle", document(exercises)).encode())
    assert root.tag == "quiz"
    for question in root:
        assert question.tag == "question"
        tags = [child.tag for child in question]
        assert list(dict.fromkeys(tags)) == CHILDREN[question.attrib["type"]]
        for child in question:
            if child.tag in ("questiontext", "generalfeedback"):
                assert child.attrib == {"format": "html"}
                assert [inner.tag for inner in child] == ["text"]
    return root


def text_of(question: ET.Element, tag: str) -> str:
    found = question.findtext(f"{tag}/text")
    assert found is not None
    return found


def fields(question: ET.Element) -> list[list[Choice]]:
    """The gaps of a cloze question."""
    text = text_of(question, "questiontext")
    assert text.count("{1:NUMERICAL") == len(FIELD.findall(text))
    found = []
    for weight, inside in FIELD.findall(text):
        assert weight == "1"
        choices = []
        for alternative in inside.split("~"):
            mark, number, feedback = ALTERNATIVE.fullmatch(alternative).groups()  # type: ignore[union-attr]
            value, within = NUMERICAL.fullmatch(number).groups()  # type: ignore[union-attr]
            share = {"=": 100.0, "%0%": 0.0}[mark]
            choices.append(Choice(share, float(value), float(within), feedback or ""))
        found.append(choices)
    return found


def numericals(root: ET.Element) -> list[list[Choice]]:
    found = []
    for question in root.iterfind("question[@type='numerical']"):
        choices = []
        for answer in question.iterfind("answer"):
            assert answer.attrib["format"] == "moodle_auto_format"
            number, within = answer.findtext("text"), answer.findtext("tolerance")
            assert number is not None
            assert within is not None
            assert re.fullmatch(NUMBER, number)
            feedback = answer.findtext("feedback/text") or ""
            share = float(answer.attrib["fraction"])
            choices.append(Choice(share, float(number), float(within), feedback))
        found.append(choices)
    return found


def taken(choices: Sequence[Choice], number: float) -> Choice | None:
    """The answer that Moodle takes a number for: the first that it lies within."""
    return next((c for c in choices if abs(c.number - number) <= c.within), None)


@pytest.mark.parametrize(("said", "places"), SHARED)
def test_moodle_asks_for_every_blank_and_knows_its_answer(said: str, places: int) -> None:
    exercise = made(said, places=places)
    root = moodle(exercise)
    (cloze,) = root.iterfind("question[@type='cloze']")
    gaps, single = fields(cloze), numericals(root)
    assert len(gaps) == len(single) == exercise.text.count("= ?")
    whole = made(said, places=places, form="solved").worked.paper.lines
    for gap, alone, at in zip(gaps, single, sorted(exercise.worked.open), strict=True):
        assert [(c.number, c.within, c.share) for c in gap] == [
            (c.number, c.within, c.share) for c in alone
        ]
        assert [c.share for c in gap] == [100.0, *[0.0] * (len(gap) - 1)]
        assert all(c.within > 0 for c in gap)
        found = taken(gap, float(whole[at].number.value))  # rounded at every step
        assert found is not None
        assert found.share == 100


@pytest.mark.parametrize(("said", "places"), SHARED)
def test_who_rounds_every_step_is_right_and_who_slips_is_told(said: str, places: int) -> None:
    """Rounded to just so many decimals, though few digits count: no answer of it is refused."""
    exercise = made(said, places=places)
    task = exercise.worked.task
    rounds = solve(task.steps, task.givens, Learner(places, fixed=True, rounds=True))
    found = answers(task, exercise.worked.learner, exercise.worked.paper)
    for line, answer in zip(rounds.lines, found, strict=True):
        assert abs(float(line.number.value) - float(answer.number.value)) <= answer.tolerance
        for _, wrong in answer.wrong:
            off = abs(float(wrong.value) - float(answer.number.value))
            assert off > 2 * answer.tolerance


def test_a_slip_gets_the_sentence_of_its_cause() -> None:
    root = moodle(made("2-1", 1))
    names = [text_of(q, "name") for q in root.iterfind("question[@type='numerical']")]
    choices = dict(zip((name.rsplit(": ")[-1] for name in names), numericals(root), strict=True))
    right = choices["dE/do"][0].number
    turned = taken(choices["dE/do"], -right)
    assert turned is not None
    assert turned.feedback == "The sign is turned."
    assert {c.feedback for cs in choices.values() for c in cs[1:]} <= SENTENCES


def test_several_exercises_are_one_category_to_draw_from() -> None:
    root = moodle(*(made("2-1", seed) for seed in range(3)))
    assert [q.attrib["type"] for q in root] == ["category", *["cloze"] * 3]
    assert len({text_of(q, "questiontext") for q in root if q.attrib["type"] == "cloze"}) == 3
    assert len({text_of(q, "name") for q in root if q.attrib["type"] == "cloze"}) == 3


def test_a_title_with_a_slash_is_one_category() -> None:
    sheet = Worksheet.parse("# a/b & c\nx = 3\ny = x^2\ndy/dx = ?")
    (category, *_) = moodle(generate(own(sheet), 1)).iter("category")
    assert category.findtext("text") == "$course$/top/a//b & c/whole"


# A Jupyter assignment.


def cells_of(exercise: Exercise) -> list[dict[str, Any]]:
    text = written("notebook", document([exercise]))
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    return list(json.loads(text)["cells"])


def graded(cells: Sequence[dict[str, Any]], **told: bool) -> list[dict[str, Any]]:
    """The cells of which nbgrader is told this."""
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    return [c for c in code if told.items() <= c["metadata"]["nbgrader"].items()]


@pytest.mark.parametrize(("said", "places"), SHARED)
def test_an_assignments_solutions_pass_its_checks(said: str, places: int) -> None:
    exercise = made(said, places=places)
    cells, names = cells_of(exercise), dict[str, Any]()
    for cell in cells:
        if cell["cell_type"] == "code":
            exec(cell["source"], names)
    tests = graded(cells, grade=True)
    assert len(tests) == exercise.text.count("= ?")
    for cell in tests:
        assert cell["metadata"]["nbgrader"]["points"] == 1
        assert cell["source"].count("### BEGIN HIDDEN TESTS") == 1
        assert cell["source"].endswith("### END HIDDEN TESTS")
    ids = [cell["metadata"]["nbgrader"]["grade_id"] for cell in graded(cells)]
    assert len({*ids}) == len(ids)
    for cell in graded(cells, solution=True):
        assert re.search(r"### BEGIN SOLUTION\n[^#]+\n### END SOLUTION$", cell["source"])


def test_a_check_says_which_slip_it_was() -> None:
    exercise = made("2-1", 1)
    cells, names = cells_of(exercise), dict[str, Any]()
    for cell in cells:
        if cell["cell_type"] == "code":
            exec(cell["source"], names)
    test = next(c for c in graded(cells, grade=True) if c["source"].startswith("# dE/do,"))
    for value, message in [
        (-names["dE_do"], "The sign is turned"),
        (names["dE_do"] + 0.01, "dE/do is another number"),
        ("0.5", "expected a number for dE/do"),
        (math.nan, "dE/do is another number"),
    ]:
        with pytest.raises(AssertionError, match=message):
            exec(test["source"], {**names, "dE_do": value})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("w = 0.5\nx = 3\nE = (w*x - 1)^2\nw' = w - 0.1*dE/dw", ["dE_dw", "w_new"]),
        ("lambda = 0.5\nx = 3\nexp_ = lambda*x\nE = exp(exp_)", ["lambda_", "exp_"]),
        ("x_{1} = 3\nyhat = x_1^2\nprint = yhat + 1", ["yhat", "print_"]),
    ],
)
def test_names_are_pythons_own(text: str, expected: list[str]) -> None:
    cells = cells_of(generate(own(Worksheet.parse(text)), 1))
    source = "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "code")
    for name in expected:
        assert re.search(rf"^{name} = ", source, re.MULTILINE), source
    exec(source, {})


@pytest.mark.slow
def test_nbgrader_makes_the_students_version(tmp_path: Path) -> None:
    """The real tool: nothing of solutions and hidden checks is left, and the source is valid."""
    pytest.importorskip("nbgrader")
    source = tmp_path / "source" / "one"
    source.mkdir(parents=True)
    text = written("notebook", document([made("2-1", 1)]))
    (source / "sheet.ipynb").write_text(text, encoding="utf-8")

    def nbgrader(*arguments: str) -> str:
        command = [sys.executable, "-m", "nbgrader", *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout

    nbgrader("generate_assignment", "one")
    assert "passes all the tests" in nbgrader("validate", "source/one/sheet.ipynb")
    released = (tmp_path / "release" / "one" / "sheet.ipynb").read_text(encoding="utf-8")
    assert "NotImplementedError" in released
    assert not re.search("HIDDEN|SOLUTION|sign is turned", released)


# To print.


def latex(exercise: Exercise, solution: bool = True) -> str:
    return written("latex", document([exercise], solution))


def test_latex_has_a_gap_for_every_blank_and_the_solution_on_its_own_page() -> None:
    exercise = made("2-1", 1)
    asked, _, solved = latex(exercise).partition("\\clearpage")
    assert asked.count("\\underline") == exercise.text.count("= ?")
    assert "Solution" in solved
    assert "\\underline" not in solved
    assert latex(exercise, solution=False) == asked.rstrip() + "\n\\end{document}"


@pytest.mark.parametrize("form", ["solved", "slips"])
def test_what_is_printed_of_other_forms(form: Any) -> None:
    exercise = made("2-1", 1, form=form)
    asked, _, solved = latex(exercise).partition("\\clearpage")
    assert "\\underline" not in asked
    assert ("Solution" in solved) is (form == "slips")
    for slip in exercise.planted:
        assert slip.code in solved
        assert slip.code not in asked


@pytest.mark.slow
@pytest.mark.parametrize("said", [*MADE, "2-2-2", "attention"])
@pytest.mark.parametrize("form", ["blank", "slips"])
def test_latex_compiles(said: str, form: Any, tmp_path: Path) -> None:
    program = shutil.which("pdflatex") or shutil.which("tectonic")
    if program is None:
        pytest.skip("neither pdflatex nor tectonic is installed")
    text = latex(made(said, form=form, label=NASTY.replace("\\", "")))
    (tmp_path / "sheet.tex").write_text(text, encoding="utf-8")
    options = ["-interaction=nonstopmode", "-halt-on-error"] if "pdflatex" in program else []
    done = subprocess.run(
        [program, *options, "sheet.tex"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in done.stdout
    assert (tmp_path / "sheet.pdf").stat().st_size > 1000


# What somebody is called is text in every format.


class _Words(HTMLParser):
    """The text of a page, and its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.tags = "", list[str]()

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)


def words_of(html: str) -> str:
    parser = _Words()
    parser.feed(html)
    assert "b" not in parser.tags
    return parser.text


def test_a_name_is_text_in_moodle_and_no_field() -> None:
    exercise = made("2-1", 1, label=NASTY)
    (cloze,) = moodle(exercise).iterfind("question[@type='cloze']")
    assert NASTY in text_of(cloze, "name")
    assert NASTY in words_of(text_of(cloze, "questiontext"))
    assert len(fields(cloze)) == exercise.text.count("= ?")


def test_a_name_is_text_on_a_page_and_in_a_notebook() -> None:
    exercise = made("2-1", 1, label=NASTY)
    assert NASTY in words_of(written("html", document([exercise])).partition("<body>")[2])
    first = cells_of(exercise)[0]["source"]
    assert "<b>" not in first
    assert "$y$" not in first.replace("\\$", "")


def test_a_name_is_text_in_latex() -> None:
    text = latex(made("2-1", 1, label=NASTY))
    assert "\\input" not in text
    assert r"\textbackslash{}input\{x\} \$y\$" in text


# The command.


@pytest.mark.parametrize(
    ("format", "begins"),
    [
        ("worksheet", "# A 2-1"),
        ("text", "A 2-1"),
        ("markdown", "# A 2"),
        ("words", "A 2-1"),
        ("html", "<!DOCTYPE html>"),
        ("json", "{"),
        ("latex", "\\documentclass"),
        ("moodle", "<?xml"),
        ("notebook", "{"),
    ],
)
def test_every_format_is_printed(format: str, begins: str) -> None:
    done = run("exercise", "2-1", "--seed", "1", "--format", format)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(begins)


def test_every_format_has_an_ending_for_its_files() -> None:
    from micrograd_like.cli.exercises import ANSWERED, SUFFIXES
    from micrograd_like.writers.formats import offered

    assert {*SUFFIXES} == {*offered("worksheet", "exercises")}
    assert {*ANSWERED} <= {*SUFFIXES}


@pytest.mark.parametrize("format", ["moodle", "notebook"])
def test_what_marks_by_itself_asks_for_blanks(format: str) -> None:
    done = run("exercise", "2-1", "--form", "slips", "--format", format)
    assert done.returncode == 2
    assert "expected the form blank" in done.stderr
    assert done.stdout == ""
    with pytest.raises(WorksheetError, match="expected the form blank"):
        written(format, document([made("2-1", form="solved")]))


@pytest.mark.parametrize(
    ("format", "sheets", "keys"),
    [
        ("latex", {"1.tex", "2.tex"}, {"1.tex", "2.tex", "seeds.csv"}),
        ("notebook", {"1.ipynb", "2.ipynb"}, {"seeds.csv"}),
        ("moodle", {"1.xml", "2.xml"}, {"seeds.csv"}),
    ],
)
def test_a_set_in_a_format(format: str, sheets: set[str], keys: set[str], tmp_path: Path) -> None:
    done = run("exercise", "2-1", "--set", "2", "-o", str(tmp_path), "--format", format)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "exercises").iterdir()} == sheets
    assert {path.name for path in (tmp_path / "keys").iterdir()} == keys
    assert (tmp_path / "questions.xml").exists() is (format == "moodle")
    if format == "latex":
        handed = (tmp_path / "exercises" / "1.tex").read_text(encoding="utf-8")
        assert "Solution" not in handed


def test_a_solution_to_print_goes_where_it_is_asked_for(tmp_path: Path) -> None:
    key = tmp_path / "key.tex"
    done = run("exercise", "2-1", "--format", "latex", "--answers", str(key))
    assert "Solution" not in done.stdout
    assert "\\underline" not in key.read_text(encoding="utf-8")
