"""Exercises from a worksheet of one's own: its lines with other numbers, and sets for a class."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import mpmath
import pytest
from command import run

from micrograd_like import Worksheet
from micrograd_like.errors import WorksheetError
from micrograd_like.exercises import Exercise, generate, own
from micrograd_like.exercises.sets import listed, numbered, participants
from micrograd_like.formula import Derivative, Name, Number
from micrograd_like.worksheet import builtin

NEURON = """\
# One neuron, by hand
x = 1.5
w = -0.42
b = 0.25
y = 1
a = w*x + b = -0.38
h = sigmoid(a) = 0.4061
E = (h - y)^2/2 = 0.1763
dE/dh = h - y
dh/da = h(1 - h)
dE/dw = dE/dh * dh/da * x
"""
SHEETS = {
    "a neuron": NEURON,
    "only a derivative is asked for, what it needs is put before it": "x = 2\nu = x^2\nE = u^3\n"
    "dE/dx = ?",
    "no derivative at all: every one of the last quantity": "x = 3\nw = 0.4\na = w*x\nE = a^2",
    "Markdown": "# A line\n\nGiven $w = 0.5$ and $x = 3$:\n\n$$E = (w x - 1)^2 = 0.25$$\n"
    "$$\\frac{dE}{dw} = 2(w x - 1)x = 3$$\n",
    "LaTeX": "\\[ w = 0.5, \\quad x = 3 \\]\n\\begin{align}\na &= w x = 1.5 \\\\\n"
    "h &= \\tanh(a) = 0.905 \\\\\n\\frac{\\partial h}{\\partial a} &= 1 - h^2\\end{align}\n",
    "vectors": "x = [0.5, 1.5]\nW = [[.1, .2], [.3, .4]]\na = W x\nh = sigmoid(a)\n"
    "E = sum(h)\ndE/dW = ?\n",
    "a name that is used again": "w = 0.3\nx = 2\ny = 1.4\nE = (w*x - y)^2\ndE/dw = 2(w*x - y)x\n"
    "w = w - 0.1*dE/dw\nE = (w*x - y)^2",
    "an update without a line for its slope": "w = 0.3\nx = 2\neta = 0.1\nE = (w*x - 1.4)^2\n"
    "w' = w - eta*dE/dw",
    "lines out of order": "E = (a - 0.4)^2\na = w*x\nx = 2\nw = 0.7\ndE/dw = dE/da*x\n"
    "dE/da = 2(a - 0.4)",
    "names that lead nowhere": "x = 3\ny = x^2\nz = 2x\nE = (y - 4)^2\nu = 5",
    "Euler's number, and pi": "x = 0.5\ny = 1/(1 + e^(-x))\nc = 2*pi*y\ndc/dx = ?",
    "the derivative of itself": "w = 3\nL = w^2\ndL/dL = 1\ndL/dw = dL/dL * 2w",
    "a slope by a maximum": "x = 5\ny = 3\nz = 2\nm = max(x, y)\nf = m*z\ndm/dx = 1\n"
    "df/dx = z*1\ndf/dy = 0",
    "a quantity that is a slope": "w = 3\nx = 2\nE = (w*x - 1)^2\ng = dE/dw\nv = 0.9g\n"
    "w' = w - 0.1v",
    "a slope that is only wrong": "x = 2\ny = x^3 = 8\ndy/dx = 3x = 6",
    "a slope in figures, and one from what rests on it": "x = 2\nu = x^2\nE = 3u\n"
    "dE/dx = 3*4\ndE/du = dE/dx/(2x)",
}


def sheet_of(text: str) -> Worksheet:
    return Worksheet.parse(text)


def solved(text: str, seed: int, places: int = 4) -> Exercise:
    return generate(own(sheet_of(text)), seed, places, form="solved")


@pytest.mark.parametrize("text", SHEETS.values(), ids=SHEETS)
@pytest.mark.parametrize("seed", range(3))
def test_a_solved_one_is_right_by_the_marking(text: str, seed: int) -> None:
    report = Worksheet.parse(solved(text, seed).text).check()
    assert [m.source for m in report.lines if m.verdict not in ("right", "taken")] == []


@pytest.mark.parametrize("name", [n for n in builtin.names() if "as-published" not in n])
def test_every_built_in_worksheet_is_made_anew(name: str) -> None:
    made = own(builtin.load(name))
    exercise = generate(made, 5, form="solved")
    report = Worksheet.parse(exercise.text).check()
    assert [m.source for m in report.lines if m.verdict not in ("right", "taken")] == []
    assert exercise.givens != tuple(f"{n} = {v}" for n, v in made.givens.items())
    assert made.left_out == ()


# Against definitions worked out here, in 40 digits, with differences: no rule of ours.

FUNCTIONS = {
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "relu": lambda z: max(z, mpmath.mpf(0)),
    "softplus": lambda z: mpmath.log(1 + mpmath.exp(z)),
    "ln": mpmath.log,
    "maximum": max,
    "max": max,
    **{name: getattr(mpmath, name) for name in ("exp", "sqrt", "sin", "cos", "tanh", "log10")},
}


def in_digits(text: str) -> dict[str, tuple[str, str]]:
    """Of every line what it is about: the first formula, and what stands last."""
    rows = [line.split(" = ") for line in text.splitlines() if line and line[0] != "#"]
    return {left: (parts[0], parts[-1]) for left, *parts in rows}


def worked(rows: dict[str, tuple[str, str]], moved: dict[str, mpmath.mpf]) -> dict[str, mpmath.mpf]:
    """Every name's number, some of them moved; what stands in a formula is worksheet notation."""
    values: dict[str, mpmath.mpf] = {}
    for left, (formula, _) in rows.items():
        if "/" in left:
            continue
        written = re.sub(r"d(\w+)/d(\w+)", lambda m: str(float(slope(rows, *m.groups()))), formula)
        code = re.sub(r"(\d+\.\d+)", r"mpf('\1')", written.replace("^", "**").replace("'", "_"))
        code = code.replace("mpf(_", "mpf('").replace("_)", "')")
        names = {name.replace("'", "_"): value for name, value in values.items()}
        found = eval(code, {"__builtins__": {}, "mpf": mpmath.mpf, **FUNCTIONS, **names})
        values[left] = mpmath.mpf(found) + moved.get(left, 0)
    return values


def slope(rows: dict[str, tuple[str, str]], of: str, wrt: str) -> mpmath.mpf:
    before = dict(list(rows.items())[: list(rows).index(of) + 1])  # a later update moves nothing
    h = mpmath.mpf(10) ** -15
    ends = [worked(before, {wrt: step})[of] for step in (h, -h)]
    return (ends[0] - ends[1]) / (2 * h)


@pytest.mark.parametrize(
    "text",
    [
        *SHEETS.values(),
        *(
            builtin.text(n)
            for n in ("chain-of-three", "dead-relu", "recurrent-steps", "two-outputs")
        ),
        *(builtin.text(n) for n in ("quotient", "softplus-and-tanh", "used-twice")),
    ],
    ids=lambda text: text[:20],
)
def test_every_number_is_what_differences_give(text: str) -> None:
    with mpmath.workdps(40):
        rows = in_digits(solved(text, 2, places=6).text)
        values = worked(rows, {})
        assert any("/" in left for left in rows)
        for left, (_, written) in rows.items():
            of, _, wrt = left.removeprefix("d").partition("/d")
            true = slope(rows, of, wrt) if wrt else values[left]
            # Each line is worked from figures rounded to six places, and so are those before it.
            assert abs(mpmath.mpf(written) - true) < 1e-4 * max(1, abs(true)), left


# What is drawn.


@pytest.mark.parametrize("seed", range(20))
def test_numbers_keep_sign_decimals_and_range(seed: int) -> None:
    given = dict(line.split(" = ") for line in generate(own(sheet_of(NEURON)), seed).givens)
    assert re.fullmatch(r"[0-4]\.\d", given["x"])
    assert 0.7 <= float(given["x"]) <= 3.0
    assert re.fullmatch(r"-0\.\d\d", given["w"])
    assert 0.21 <= -float(given["w"]) <= 0.84
    assert re.fullmatch(r"0\.\d\d", given["b"])
    assert given["y"] == "1"  # a label
    assert given != {"x": "1.5", "w": "-0.42", "b": "0.25", "y": "1"}


@pytest.mark.parametrize(
    ("text", "keep", "name", "may_be"),
    [
        ("x = 0\nw = 0.5\nE = (w*x - 1)^2", "", "x", lambda v: v != 0),  # it hides what is wrong
        ("x = 0\nw = 0.5\nE = (w*x - 1)^2", "x", "x", lambda v: v == 0),
        ("x = 2\ny = 0\na = 0.3x\nE = (a - y)^2", "", "y", lambda v: v == 0),  # a label
        ("x = 3\nn = 4\ns = x^2\nE = s/n", "", "n", lambda v: v == 4),  # a count
        ("x = 3\nn = 2\nE = x^n", "", "n", lambda v: v == 2),  # an exponent
        ("x = 0.5\np = 0.9\nE = p*x^2", "", "p", lambda v: 0 < v < 1),  # a share stays one
        ("x = 7\nE = x^2", "", "x", lambda v: v != 7 and v == int(v)),
        ("x = -200\nE = x^2", "", "x", lambda v: -400 <= v <= -100),
    ],
)
@pytest.mark.parametrize("seed", range(4))
def test_what_is_drawn_anew_and_what_stays(
    text: str, keep: str, name: str, may_be: object, seed: int
) -> None:
    given = generate(own(sheet_of(text), keep.split()), seed).givens
    (value,) = [float(line.split(" = ")[1]) for line in given if line.startswith(f"{name} =")]
    assert may_be(value)  # type: ignore[operator]


@pytest.mark.parametrize("seed", range(10))
def test_nothing_degenerate_follows(seed: int) -> None:
    """No saturated unit, no gradient of 0; what is off stays off, and what is on stays on."""
    text = "x = 2\nw = 0.9\nv = -0.8\na = w*x\nb = v*x\nr = relu(a)\ns = relu(b)\nh = sigmoid(3a)\n"
    text += "E = (r + s + h - 4)^2\ndE/dw = ?\ndE/dv = ?\n"
    sheet = Worksheet.parse(generate(own(sheet_of(text)), seed, form="solved").text)
    node = sheet.names
    assert node["r"].data > 0 == node["s"].data
    assert 3 * node["a"].data <= 5.4  # as far out as the worksheet's own, no further
    written = {str(s.left): s.parts[-1].number for s in sheet.statements}
    assert written["dE/dw"] != Number(0) == written["dE/dv"]


def test_inputs_differ_in_size() -> None:
    text = "\n".join(f"x{n} = 0.5" for n in range(1, 5)) + "\nE = x1*x2 + x3*x4"
    for seed in range(10):
        sizes = [line.split(" = ")[1] for line in generate(own(sheet_of(text)), seed).givens]
        assert len({*sizes}) == 4


@pytest.mark.parametrize("name", ["office-hours", "recurrent-steps", "logistic-regression"])
def test_there_are_numbers_enough_for_a_class(name: str) -> None:
    made = own(builtin.load(name))
    assert len({generate(made, seed).givens for seed in range(30)}) > 27


def test_a_seed_always_gives_the_same_numbers() -> None:
    """Whatever the machine or the version of Python."""
    made = own(sheet_of(NEURON))
    assert generate(made, 1).text == generate(own(sheet_of(NEURON)), 1).text
    assert generate(made, 1).givens != generate(made, 2).givens
    assert generate(made, 1).givens == generate(made, 1, form="solved").givens
    assert generate(made, 1).givens == SEED_1


SEED_1 = ("x = 2.4", "w = -0.48", "b = 0.19", "y = 1")


def test_lines_stand_as_in_the_worksheet() -> None:
    exercise = generate(own(sheet_of(NEURON)), 1)
    assert exercise.title == "One neuron, by hand"
    asked = [line for line in exercise.text.splitlines() if line.endswith("?")]
    assert asked == [
        "a = w*x + b = ?",
        "h = sigmoid(a) = ?",
        "E = (h - y)^2/2 = ?",
        "dE/dh = ?",
        "dh/da = ?",
        "dE/dw = ?",
    ]
    assert "dE/dw = dE/dh * dh/da*x" in solved(NEURON, 1).text


def test_a_title_and_a_name_say_nothing_of_numbers() -> None:
    text = "# A line $y = wx$, \\[ z = 3 \\]\n\n$w = 0.5$, $x = 3$\n\n$$E = (w x - 1)^2$$\n"
    label = "For $x = 7$ \\(w = 2\\)"
    exercise = generate(own(sheet_of(text)), 1, form="solved", label=label)
    read = Worksheet.parse(exercise.text)
    assert [str(s) for s in read.statements if s.kind == "given"] == list(exercise.givens)
    assert {mark.verdict for mark in read.check().lines} == {"right", "taken"}


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("x = 2\ny = x^3\ndy/dx = 3x = 6", "3*x^2"),  # a slip of the sheet's is not taken over
        ("x = 2\ny = x^3\ndy/dx = 3x*x", "3*x*x"),  # what is true is
        ("x = 2\ny = x^3\ndy/dx = 12", "3*x^2"),
    ],
)
def test_a_formula_is_the_sheets_own_where_it_is_true(text: str, formula: str) -> None:
    assert f"dy/dx = {formula} = " in solved(text, 1).text


@pytest.mark.parametrize("seed", range(4))
def test_a_slip_is_planted_and_found(seed: int) -> None:
    exercise = generate(own(sheet_of(NEURON)), seed, form="slips")
    (slip,) = exercise.planted
    marks = {mark.line: mark for mark in Worksheet.parse(exercise.text).check().lines}
    assert [line for line, mark in marks.items() if mark.verdict == "wrong"] == [slip.line]
    assert slip.code in [cause.code for cause in marks[slip.line].causes]


@pytest.mark.parametrize(
    ("text", "keep", "message"),
    [
        ("x = 2\ny = x +* 3", [], "of which every line can be read"),
        ("x = 2\ny = w*x", [], "'w' is not defined up to here"),
        ("x = 2", [], "expected 1 to 200 formulas"),
        ("x = 2\ny = x^2", ["z"], "kept: x; got 'z'"),
        ("x = 2\ny = x^2", ["x"], "all of them are kept"),
        ("w = 2\ny = w^2\ng = d(dy/dw)/dw", [], "there are no exercises with a second derivative"),
        ("x = 2\ndE/dx = 3x\nx' = x - 0.1*dE/dx", [], "what dE/dx is the derivative of"),
        ("x = 2\ny = x^2\n" + "\n".join(f"y{n} = x + {n}" for n in range(300)), [], "1 to 200"),
    ],
)
def test_what_no_exercise_can_be_made_of_is_said(text: str, keep: list[str], message: str) -> None:
    with pytest.raises(WorksheetError, match=re.escape(message)):
        generate(own(sheet_of(text), keep))


def test_a_slope_through_an_update_is_left_out() -> None:
    text = "w = 0.3\nE = (w - 1)^2\nw' = w - 0.1*dE/dw\nE' = (w' - 1)^2\ndE'/dw' = ?\ndE'/dw = ?"
    made = own(sheet_of(text))
    (said,) = made.left_out
    assert said == "line 6 is left out: w', which is computed from a derivative, lies between"
    assert Derivative(Name("E'"), Name("w'")) in made.lines


def test_what_is_left_out_is_said() -> None:
    made = own(sheet_of("x = 2\ny = x^3\n1 - y^2 = -63\ndy/dx = 12"))
    assert made.left_out == ("line 3 is left out: its left side is a formula, not a quantity",)
    assert [*made.lines] == [Name("y"), Derivative(Name("y"), Name("x"))]


# Sets.


@pytest.mark.parametrize(
    ("names", "stems"),
    [
        (["Ada Lovelace", "李雷", "Zoë"], ["Ada-Lovelace", "李雷", "Zoë"]),
        (
            ["../../etc/passwd", "C:\\x", ".ssh", "a\x1b[0m"],
            ["etc-passwd", "C-x", "ssh", "a-x1b-0m"],
        ),
        (["con", "NUL", "Lpt1"], ["con-1", "NUL-1", "Lpt1-1"]),  # Windows has no such files
        (["Al", "al", "AL"], ["Al", "al-2", "AL-3"]),
        (["***", "?"], ["exercise", "exercise-2"]),
        (["x" * 500], ["x" * 60]),
    ],
)
def test_names_of_files_are_safe(names: list[str], stems: list[str]) -> None:
    assert [one.stem for one in participants(names, 0)] == stems


def test_who_joins_later_changes_nobody_elses_numbers() -> None:
    first = {one.name: one.seed for one in participants(["Ada", "Ben"], 3)}
    later = {one.name: one.seed for one in participants(["Cem", "Ben", "Ada"], 3)}
    assert first.items() <= later.items()
    assert first != {one.name: one.seed for one in participants(["Ada", "Ben"], 4)}


@pytest.mark.parametrize(
    ("names", "message"),
    [([], "expected 1 to 2,000 names"), (["A", "B", "A "], "'A' stands there again")],
)
def test_a_list_that_is_none_is_said(names: list[str], message: str) -> None:
    with pytest.raises(WorksheetError, match=message):
        participants(names, 0)


def test_a_list_has_a_name_a_line() -> None:
    assert listed("\ufeffAda\n\n# away\n  Ben \r\n") == ["Ada", "Ben"]
    with pytest.raises(WorksheetError, match="expected a set of 1 to 2,000, got 0"):
        numbered(0, 1)


def test_a_set_has_a_worksheet_and_a_key_for_each(tmp_path: Path) -> None:
    (tmp_path / "sheet.txt").write_text(NEURON, encoding="utf-8")
    (tmp_path / "names.txt").write_text("Ada Lovelace\n=HYPERLINK(1)\n", encoding="utf-8")
    made = run(
        *("exercise", "--from", str(tmp_path / "sheet.txt")),
        *("--set", str(tmp_path / "names.txt"), "-o", str(tmp_path / "out")),
    )
    assert made.returncode == 0, made.stderr
    sheets, keys = (
        {p.name: p for p in (tmp_path / "out" / d).iterdir()} for d in ("exercises", "keys")
    )
    assert {*keys} - {*sheets} == {"seeds.csv"}
    rows = list(csv.reader(keys["seeds.csv"].read_text(encoding="utf-8").splitlines()))
    assert [row[0] for row in rows] == ["name", "Ada Lovelace", "'=HYPERLINK(1)"]
    text = sheets["Ada-Lovelace.txt"].read_text(encoding="utf-8")
    assert "# For Ada Lovelace." in text
    assert "seed" not in text
    key = Worksheet.read(keys["Ada-Lovelace.txt"])
    assert {mark.verdict for mark in key.check().lines} == {"right", "taken"}
    blank = Worksheet.read(sheets["Ada-Lovelace.txt"])
    assert [str(s) for s in blank.statements if s.kind == "given"] == [
        str(s) for s in key.statements if s.kind == "given"
    ]
    again = run("exercise", "--from", str(tmp_path / "sheet.txt"), "--seed", rows[1][1])
    assert again.stdout.splitlines()[3:] == text.splitlines()[4:]


@pytest.mark.parametrize("form", ["slips", "solved"])
def test_keys_of_other_forms(form: str, tmp_path: Path) -> None:
    made = run("exercise", "2-2-1", "--form", form, "--set", "2", "-o", str(tmp_path))
    assert made.returncode == 0
    assert sorted(p.name for p in (tmp_path / "exercises").iterdir()) == ["1.txt", "2.txt"]
    key = tmp_path / "keys" / "1.txt"
    assert key.exists() is (form == "slips")
    if form == "slips":
        assert key.read_text(encoding="utf-8").startswith("line ")


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("--from", "office-hours"), 0, ""),
        (
            ("--from", "office-hours-as-published"),
            2,
            "is wrong; `micrograd-like check office",
        ),
        (("--from", "nowhere.txt"), 2, "no such file"),
        (("2-1", "--from", "office-hours"), 2, "a shape or a worksheet"),
        (("2-1", "--keep", "x1"), 2, "only a worksheet of --from"),
        (("2-1", "--set", "3"), 2, "a set needs a folder"),
        (("2-1", "-o", "there"), 2, "only a set has a folder"),
        (("--set", "3", "-o", "there"), 2, "expected a shape, or --from FILE"),
        (("2-1", "--set", "nobody.txt", "-o", "there"), 2, "cannot open 'nobody.txt'"),
        (("2-1", "--set", "0", "-o", "there"), 2, "expected a set of 1 to 2,000, got 0"),
    ],
)
def test_the_command_says_what_does_not_go(
    arguments: tuple[str, ...],
    status: int,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("exercise", *arguments, COLUMNS="200")
    assert done.returncode == status, done.stderr
    assert message in done.stderr
    assert (done.stdout == "") is (status == 2)
    assert list(tmp_path.iterdir()) == []


def test_the_key_of_one_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    key = tmp_path / "key.txt"
    blank = run("exercise", "--from", "quotient", "--seed", "3", "--answers", str(key))
    whole = run("exercise", "--from", "quotient", "--seed", "3", "--form", "solved")
    assert blank.returncode == 0
    assert key.read_text(encoding="utf-8") == whole.stdout
