"""Verdicts stand by themselves: before causes are sought, and whatever else is on the sheet."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from sampled import sampled

from micrograd_like import Worksheet
from micrograd_like.exercises import generate
from micrograd_like.exercises.shapes import SHAPES
from micrograd_like.formula import Derivative, quantities
from micrograd_like.marking import explain
from micrograd_like.marking.marker import Marker
from micrograd_like.marking.records import MOST_EXPLAINED
from micrograd_like.worksheet import builtin


def _sheets() -> list[Worksheet]:
    return [builtin.load(name) for name in builtin.names()]


def test_verdicts_are_there_before_causes_are_sought(monkeypatch: pytest.MonkeyPatch) -> None:
    told = [[line.verdict for line in sheet.check().lines] for sheet in _sheets()]

    def never(*_: object) -> None:
        raise AssertionError("causes are sought when all verdicts stand")

    for name in ("causes_of", "contrast", "working"):
        monkeypatch.setattr(explain, name, never)
    found = [[line.mark.verdict for line in Marker(sheet).verdicts()] for sheet in _sheets()]
    assert found == told
    assert any("wrong" in verdicts for verdicts in found)


def test_beyond_so_many_wrong_lines_no_cause_is_sought_and_that_is_said() -> None:
    wrong = "\n".join(f"dy/dx = {number}" for number in range(7, 8 + MOST_EXPLAINED))
    report = Worksheet.parse(f"x = 2\ny = x^2\n{wrong}").check()
    *explained, last = report.lines[2:]
    assert {line.verdict for line in (*explained, last)} == {"wrong"}
    assert all(line.causes for line in explained)
    assert not last.causes
    assert " ".join(str(report).split()).count("wrong lines alone") == 1


def test_where_much_is_worked_out_fewer_lines_are_explained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A cause is sought or not by what stands above, and no verdict changes."""
    monkeypatch.setattr("micrograd_like.marking.marker._MOST_EXPLAINING", 1)
    report = Worksheet.parse("x = 2\ny = x^2\ndy/dx = 2*x^2\ndy/dx = 9\ndy/dx = 2x\n").check()
    assert [line.verdict for line in report.lines[2:]] == ["wrong", "wrong", "right"]
    assert [bool(line.causes) for line in report.lines[2:]] == [True, False, False]


@pytest.mark.parametrize(
    ("slope", "verdict"), [("1.0002", "right"), ("3", "wrong")], ids=["right", "wrong"]
)
def test_a_derivative_too_long_to_be_written_is_marked_by_its_number(
    slope: str, verdict: str
) -> None:
    """At x = 1 + h a tower of powers of x is 1 + h + h² + …, whatever its height."""
    tower = "^".join(["x"] * 100)
    report = Worksheet.parse(f"x = 1.0001\ny = {tower}\ndy/dx = {slope}").check()
    assert report.lines[-1].verdict == verdict


def test_no_line_behind_many_wrong_ones_is_left_unchecked() -> None:
    """Each rests on its own formula; a slip of one is none of another's."""
    wrong = [f"y{n} = 3x^2 + {n} = 5" for n in range(1, 400)]
    report = Worksheet.parse("\n".join(["x = 2", *wrong])).check()
    assert {line.verdict for line in report.lines[1:]} == {"wrong"}


# Lines further down.

#: Lines about names of their own: a given, what is right, and what is wrong.
_UNRELATED = (
    "\nqq = 17",
    "\nqq = 0.5\nrr = 3*qq = 1.5",
    "\nqq = 0.7\nrr = qq^2 = 0.49\ndrr/dqq = 2*qq = 1.3",
)


def _marks(rows: list[str]) -> list[tuple[object, ...]]:
    lines = Worksheet.parse("\n".join(rows)).check().lines
    return [(line.line, line.verdict, line.causes, line.accident) for line in lines]


@pytest.mark.parametrize("shape", sampled(SHAPES, every=5))
def test_lines_further_down_change_no_verdict_and_no_cause(shape: str) -> None:
    """No name of these worksheets gets another meaning further down."""
    rows = generate(shape, 5, form="slips", slips=2).text.rstrip("\n").split("\n")
    alone = _marks(rows)
    for lines in _UNRELATED:
        assert _marks([*rows, lines])[: len(alone)] == alone
    half = _marks(rows[: len(rows) // 2])
    assert half == alone[: len(half)]


@pytest.mark.parametrize("shape", sampled(SHAPES, every=5))
def test_a_line_on_which_no_other_rests_may_be_left_out(shape: str) -> None:
    """No verdict and no cause of the others changes, whether it is right or wrong."""
    rows = generate(shape, 7, form="slips", slips=2).text.rstrip("\n").split("\n")
    statements = Worksheet.parse("\n".join(rows)).statements
    used = {key for s in statements for part in s.parts for key in quantities(part.expr)}
    ends = [s for s in statements if isinstance(s.left, Derivative) and s.left not in used]
    whole = _marks(rows)
    for statement in ends[:3]:
        row = statement.place.line
        left = [mark[1:] for mark in whole if mark[0] != row]
        assert [mark[1:] for mark in _marks([*rows[: row - 1], *rows[row:]])] == left


def test_what_is_given_and_defined_is_no_right_answer() -> None:
    """A sheet of which nothing is filled in has none."""
    record = Worksheet.parse("x = 2\ny = x^2\ndy/dx = ?").check().record()
    assert (record["right"], record["taken"], record["unchecked"]) == (0, 2, 1)


def test_a_line_further_down_that_gives_a_name_another_meaning_changes_the_verdict() -> None:
    rows = ["x = 2", "y = w*x = 3", "w = 1.5"]
    assert [mark[1] for mark in _marks(rows)][1] == "right"
    assert [mark[1] for mark in _marks([*rows[:2], "w = 2.5"])][1] == "wrong"


# A slip, and work that goes on from it.

#: A step as text, what it gives, its derivative as text, and what that gives.
_STEPS: tuple[tuple[str, Callable[[float], float], str, Callable[[float], float]], ...] = (
    ("2*{0}", lambda v: 2 * v, "2", lambda v: 2.0),
    ("ln({0})", math.log, "1/{0}", lambda v: 1 / v),
    ("sqrt({0})", math.sqrt, "1/(2*sqrt({0}))", lambda v: 0.5 / math.sqrt(v)),
    ("1/{0}", lambda v: 1 / v, "-1/{0}^2", lambda v: -1 / v**2),
    ("{0}^2", lambda v: v * v, "2*{0}", lambda v: 2 * v),
    ("{0} - 3", lambda v: v - 3, "1", lambda v: 1.0),
    ("exp({0})", math.exp, "exp({0})", math.exp),
    ("tanh({0})", math.tanh, "1 - tanh({0})^2", lambda v: 1 - math.tanh(v) ** 2),
    ("{0}*w", lambda v: v * 0.37, "w", lambda v: 0.37),
    ("w*{0} + 0.5", lambda v: v * 0.37 + 0.5, "w", lambda v: 0.37),
)
_PLACES = 4
#: Beyond these a number shows nothing, or too much.
_LEAST, _MOST = 0.02, 50.0


@dataclass
class _Work:
    """A chain x → y1 → … → yn worked out by hand, forward and back, with one slip in it."""

    chance: random.Random
    lines: list[str] = field(default_factory=lambda: ["x = 1.3", "w = 0.37"])
    slip: int = 0
    figures: bool = False

    def line(self, left: str, formula: str, put_in: str, number: float, slips: bool) -> float:
        """A line in one of the manners; what was stated, wrongly where it is the slip's."""
        number = round(number, _PLACES)
        if not _LEAST < abs(number) < _MOST:
            raise ValueError
        if slips:
            number = round(self.chance.choice((-number, 1.3 * number, number + 0.11)), _PLACES)
        stated = f"{number:.{_PLACES}f}"
        manners = [
            [f"{left} = {formula} = {stated}"],
            [f"{left} = {formula} = {put_in} = {stated}"],
            [f"{left} = {formula}", f"{left} = {stated}"],
            [f"{left} = {put_in} = {stated}"],
        ]
        alone = len(self.lines) > 2 and not slips
        manner = self.chance.randrange(4 if alone else 3)
        self.figures |= manner == 3
        self.lines += manners[manner]
        if slips:
            self.slip = len(self.lines)
        return number


def _worked(seed: int) -> _Work:
    """A worksheet with one slip.

    Raises:
        ValueError, ArithmeticError: The learner's own numbers lead nowhere.
    """
    work = _Work(random.Random(seed))
    steps = [work.chance.choice(_STEPS) for _ in range(work.chance.randint(3, 4))]
    slip = work.chance.randrange(2 * len(steps) - 1)
    names, have = ["x"], [1.3]
    for place, (text, value, *_) in enumerate(steps):
        shown = f"({have[-1]})" if have[-1] < 0 else f"{have[-1]}"
        new = f"y{place + 1}"
        formula, put_in = text.format(names[-1]), text.format(shown)
        have.append(work.line(new, formula, put_in, value(have[-1]), place == slip))
        names.append(new)
    slope, last = 1.0, names[-1]
    for place in reversed(range(len(steps))):
        *_, text, value = steps[place]
        local, number = text.format(names[place]), f"({value(have[place]):.6f})"
        above = "" if place == len(steps) - 1 else f"d{last}/d{names[place + 1]}*"
        shown = "" if not above else f"({slope})*"
        slope = work.line(
            f"d{last}/d{names[place]}",
            f"{above}({local})",
            f"{shown}{number}",
            slope * value(have[place]),
            2 * len(steps) - 1 - place == slip,
        )
    return work


def test_work_that_goes_on_from_a_slip_is_not_accused_again() -> None:
    """One line is wrong; the others are right, or follow in the learner's own world."""
    worked = []
    for seed in range(60):
        with suppress(ValueError, ArithmeticError):
            worked.append(_worked(seed))
    assert len(worked) > 30
    for work in worked:
        text = "\n".join(work.lines)
        verdicts = {line.line: line.verdict for line in Worksheet.parse(text).check().lines}
        wrong = [line for line, verdict in verdicts.items() if verdict == "wrong"]
        if work.figures:  # what a line in figures alone is about may be in doubt
            assert set(wrong) <= {work.slip}, text
        else:
            assert wrong == [work.slip], text
            assert set(verdicts.values()) <= {"taken", "right", "follows", "wrong"}, text


_TAYLOR = """
f(x) = (x^2 + 1)/(2x - 3)
x = 2.5
f'(2.5) = (5*2 + 7.25*2)/2^2 = 6.125
f'(2.5) = 6.125
T(x) = f(2.5) + f'(2.5)(x - 2.5)
T(2.6) = 3.625 + 6.125*0.1 = 4.2375
"""


#: The square of what is meant, wrong as x².
_OWN = "u1 = x*y\nu2 = u1^2 = x^2\nu5 = ln(x*y + 1)\n"


@pytest.mark.parametrize(
    ("sheet", "wrong"),
    [
        # What the truth does not even define, the learner's number does.
        ("x = 2\ny = -x = 2\nz = ln(y) = 0.693", 2),
        ("x = 2\ny = -x = 2\nln(y) = 0.693", 2),
        ("x = 2\ny = -x = 2\ns = ln(y) = 0.693\nu = s*x = 1.386\nds/dy = 1/y = 0.5", 2),
        ("x = 2\ny = x - 2 = 1\nz = 1/y = 1", 2),
        # A figure put into one's own wrong formula.
        ("x = 3\nt = 1\ny = x^2 = 9\nE = (y-t)^2 = 64\ndE/dy = y-t = 8\ndE/dx = 8*2*3 = 48", 5),
        # Beside names too, though it is a whole number.
        ("x = 2.5\nk = 3\na = k + 1 = 5\nc = a*x + k = 5*x + k = 15.5", 3),
        # A figure of a wrong line in a definition, and then its name there.
        ("w = 2\nd = 0.5\nh = 0.2\na = w*d = 1.1\ng = 1.1*h = 0.22\ng = a*h = 0.22", 4),
        ("w = [1, 3]\nd = 0.5\nh = 0.2\na = w*d = [0.6, 1.7]\ng = [0.6, 1.7]*h = [0.12, 0.34]", 4),
        # A figure of a wrong line about an expression.
        (_TAYLOR.strip(), 3),
        # A formula of the learner's own wrong one, with numbers and without.
        (_OWN + "u7 = u2*u5 = x^2*ln(x*y + 1)", 2),
        (_OWN + "u7 = u2*u5\ndu7/dx = 2x*ln(x*y + 1) + x^2*y/(x*y + 1)", 2),
        (_OWN + "u7 = u2*u5\ndu7/dy = x^3/(x*y + 1)", 2),
        (_OWN + "du2/dx = 2x", 2),
        ("x = 2\ny = 3\n" + _OWN + "u7 = u2*u5\ndu7/dy = x^3/(x*y + 1) = 8/7 = 1.143", 4),
        (
            "x = 2\ny = 3\n" + _OWN + "u7 = u2*u5 = x^2*ln(x*y + 1) = 7.784\n"
            "du7/dx = 2x*ln(x*y + 1) + x^2*y/(x*y + 1) = 4*1.946 + 12/7 = 9.50\n"
            "du7/dx = du7/du2*du2/dx + du7/du5*du5/dx = 1.946*4 + 4*3/7 = 9.50",
            4,
        ),
    ],
)
def test_what_rests_on_a_wrong_figure_follows(sheet: str, wrong: int) -> None:
    lines = Worksheet.parse(sheet).check().lines
    verdicts = {line.line: line.verdict for line in lines}
    assert [line for line, verdict in verdicts.items() if verdict == "wrong"] == [wrong]
    assert verdicts[max(verdicts)] == "follows"
    assert "unchecked" not in verdicts.values()


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("du7/dy = x^3/(x*y + 2)", "wrong"),  # a slip of its own
        ("du2/dx = 3x", "wrong"),
        ("du2/du1 = 2*u1", "right"),  # the right one, whatever stands above
        ("du5/dx = x/(x*y + 1)", "wrong"),  # what does not rest on it
        ("u2 = x^2", "wrong"),  # the slip once more
    ],
)
def test_a_formula_follows_from_a_slip_by_what_it_says_alone(line: str, verdict: str) -> None:
    lines = Worksheet.parse(f"{_OWN}u7 = u2*u5\n{line}").check().lines
    assert lines[-1].verdict == verdict


def test_a_whole_number_beside_names_that_is_nobodys_figure_is_wrong() -> None:
    sheet = "x = 2.5\nk = 3\na = k + 1 = 5\nc = a*x + k = 6*x + k"
    assert Worksheet.parse(sheet).check().lines[-1].verdict == "wrong"


def test_a_line_agrees_with_itself_before_it_follows_from_anything() -> None:
    """With m right, 0.998 would be: but 1 − 0.001·0.2, which is written, is 0.9998."""
    sheet = "g = 2\nm = (1 - 0.9)*g = 0.2\nn = m/(1 - 0.9) = 0.2\nw = 1 - 0.001*0.2 = "
    assert Worksheet.parse(sheet + "0.998").check().lines[-1].verdict == "wrong"
    assert Worksheet.parse(sheet + "0.9998").check().lines[-1].verdict != "wrong"


def test_what_rests_on_a_number_in_doubt_is_not_accused() -> None:
    """x − 1 = 0 may be an equation that is to be solved; what has 0 for y is in doubt with it."""
    lines = Worksheet.parse("x = 2\ny = x - 1 = 0\nz = 1/y = 1/0\nu = 3x = 7").check().lines
    assert [line.verdict for line in lines] == ["taken", "unchecked", "unchecked", "wrong"]


@pytest.mark.parametrize(
    "sheet",
    [
        # The learner's own numbers do not give this either.
        "x = 2\ny = -x = 2\nz = ln(y) = 0.7931",
        # Nobody has been wrong here.
        "x = 2\ny = -x = -2\nz = ln(y) = 0.693",
        "x = 2\ny = x - 2 = 0\nz = 1/y = 1/0",
    ],
)
def test_what_is_not_defined_is_in_doubt_where_it_does_not_follow(sheet: str) -> None:
    *_, last = Worksheet.parse(sheet).check().lines
    assert (last.verdict, "not defined" in last.problem) == ("unchecked", True)


def test_figures_that_are_rounded_to_a_pole_are_not_accused() -> None:
    """1 − 0.9996 is 1 − 1.00 in two places, and 1/0 says nothing against it."""
    sheet = "p = 0.9996\nL = -ln(1 - p)\ndL/dp = 1/(1 - p) = 1/(1 - 1.00)"
    *_, last = Worksheet.parse(sheet).check().lines
    assert last.verdict == "right"
    *_, last = Worksheet.parse(sheet.replace("1.00)", "0.50)")).check().lines
    assert last.verdict == "wrong"


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("y = x*b = 0.15 = 0.154", "wrong"),  # a digit comes from nowhere
        ("y = x*b = 0.1 = 0.15", "right"),  # the digit is the true one
        ("y = x*b = 0.150 = 0.15 = 0.2", "right"),  # rounded on and on
        ("y = x*b = 0.15 = 3/20", "right"),
        ("v = u*b = 0.37*0.3 = 0.11 = 0.110000", "right"),  # zeros behind what is rounded
        ("y = b = 0.3 = 0.34", "wrong"),
        ("v = u*b = 0.37*0.3 = 0.11 = 0.111", "right"),  # of the figures put in, rounded
        ("v = u*b = 0.37*0.3 = 0.11 = 0.114", "wrong"),
        ("v = 0.01*u*b = 0.00 = 0", "right"),  # a whole number has fewer digits yet
    ],
)
def test_a_number_after_a_number_is_rounded_and_gains_no_digit(line: str, verdict: str) -> None:
    sheet = f"x = 0.5\nb = 0.3\nq = 7\nu = 1/2.7 = 0.37\n{line}"
    assert Worksheet.parse(sheet).check().lines[-1].verdict == verdict


@pytest.mark.parametrize(
    ("sheet", "verdict"),
    [
        ("1/1.88 = 0.53\n0.53*9 = 4.79", "right"),  # 0.5319 is carried
        ("q = 1/1.88 = 0.53\n0.53*9 = 4.79", "right"),
        ("x = 1.88\nq = 1/x = 0.53\nexp(-1)*0.53 = 0.20", "right"),
        ("1/1.88 = 0.53\n0.53*9 = 4.85", "wrong"),  # beyond its rounding
        ("0.53*9 = 4.79", "wrong"),  # nothing here is rounded to 0.53
        ("x = 0.53\n0.53*9 = 4.79", "wrong"),
    ],
)
def test_a_figure_that_a_line_above_came_to_is_rounded_in_a_line_without_a_name(
    sheet: str, verdict: str
) -> None:
    assert Worksheet.parse(sheet).check().lines[-1].verdict == verdict


def test_what_is_right_only_by_the_rounding_of_a_figure_says_what_the_figures_give() -> None:
    *_, last = Worksheet.parse("1/1.88 = 0.53\n0.53*9 = 4.79").check().lines
    assert last.gives is not None
    assert last.gives.value == 4.77
    *_, last = Worksheet.parse("1/1.88 = 0.53\n0.53*9 = 4.77").check().lines
    assert last.gives is None


_IN_STEPS = "x = 3\ny = 4\na = x*x\nb = a*y\nc = y + 2\ng = b + c\n"


@pytest.mark.parametrize(
    ("formula", "line", "verdict"),
    [
        ("f = x^2*y + y + 2", "df/db = 1", "right"),
        ("f = y*(x^2 + 1) + 2", "df/da = df/db*db/da = y = 4", "right"),
        ("f = x^2*y + y + 2", "df/da = 5", "wrong"),
        ("f = x^2*y + y + 3", "df/db = 1", "unchecked"),  # it is another
        ("f = 14*x", "df/db = 1", "unchecked"),  # it is g at these numbers alone
        ("f = x^2*y + y + 2", "df/dq = 1", "unchecked"),  # nobody's step
    ],
)
def test_a_formula_that_is_worked_out_in_steps_is_the_last_of_them(
    formula: str, line: str, verdict: str
) -> None:
    for sheet in (f"{formula}\n{_IN_STEPS}{line}", f"{_IN_STEPS}{formula}\n{line}"):
        assert Worksheet.parse(sheet).check().lines[-1].verdict == verdict


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("v = (a - m)^2 + (b - m)^2 = 0.67977928", "right"),  # of m = 2.17
        ("v = (a - m)^2 + (b - m)^2 = 0.67977801", "right"),  # of 2.1709; the least is at 2.1708
        ("v = (a - m)^2 + (b - m)^2 = 0.68980328", "right"),  # of m = 2.1
        ("v = (a - m)^2 + (b - m)^2 = 0.67", "wrong"),
    ],
)
def test_what_turns_between_the_ends_of_a_figure_reaches_to_where_it_turns(
    line: str, verdict: str
) -> None:
    sheet = "a = 1.5878\nb = 2.7538\nm = (a + b)/2 = 2.17 ≈ 2.1\n"
    assert Worksheet.parse(sheet + line).check().lines[-1].verdict == verdict


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("loss = error^2 = 5.76", "right"),
        ("loss = error^2 = 5.8", "right"),
        ("loss = error^2 = 5.67", "wrong"),  # 7.6 and −2.4 round nothing, whatever floats make
        ("v = 3*share = 0.99", "right"),  # 0.33 rounds a third
        ("v = 3*share = 1", "right"),
    ],
)
def test_a_number_that_rounds_nothing_is_carried_on_as_it_stands(line: str, verdict: str) -> None:
    sheet = "x = 3\npred = 2.18*x + 1.06 = 7.6\nerror = pred - 10 = -2.4\nshare = 1/x = 0.33\n"
    assert Worksheet.parse(sheet + line).check().lines[-1].verdict == verdict


@pytest.mark.parametrize(
    ("slope", "verdict"),
    [
        ("dE/dx = dE/du - 0.3*dE/dv = -0.993", "right"),
        ("dE/dx = dE/du - 0.3*dE/dv = -0.99", "right"),
        ("dE/dx = dE/du - 0.3*dE/dv = -0.963", "wrong"),
        ("dE/dp = dE/dq*(1 - q^2) = -0.21", "right"),  # 0.46 rounds tanh 0.5, and −0.27 with it
        ("dE/dp = dE/dq*(1 - q^2) = -0.27", "wrong"),
    ],
)
def test_a_slope_that_rounds_nothing_is_carried_on_as_it_stands(slope: str, verdict: str) -> None:
    """∂E/∂u is −0.9, and not −0.9 ± 0.05."""
    sheet = (
        "x = -0.9\nt = 1\nu = x + 0 = -0.9\nv = 1.04 - 0.3x = 1.31\np = 0.5\nq = tanh(p) = 0.46\n"
        "E = ((v - t)^2 + u^2 + (q - 0.73)^2)/2\n"
        "dE/dv = v - t = 0.31\ndE/du = u = -0.9\ndE/dq = q - 0.73 = -0.27\n"
    )
    assert Worksheet.parse(sheet + slope).check().lines[-1].verdict == verdict


@pytest.mark.parametrize(
    ("given", "line", "verdict"),
    [
        # The number of a part of a formula above, in which no formula has the name.
        ("z = 0.5", "dh/dw = sigmoid(z)*(1 - sigmoid(z))*x = 0.2350", "unchecked"),
        ("z = 0.4", "dh/dw = sigmoid(z)*(1 - sigmoid(z))*x = 0.2403", "wrong"),
        ("z = 0.5\ny = z + h = 1.1225", "dh/dw = sigmoid(z)*(1 - sigmoid(z))*x", "wrong"),
        ("z = w*x = 0.5", "dh/dw = sigmoid(z)*(1 - sigmoid(z))*x = 0.2350", "right"),
    ],
)
def test_a_number_given_below_a_formula_may_be_a_part_of_it(
    given: str, line: str, verdict: str
) -> None:
    sheet = f"x = 1\nw = 0.5\nh = sigmoid(w*x) = 0.6225\n{given}\n{line}"
    assert Worksheet.parse(sheet).check().lines[-1].verdict == verdict


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("L = (y - yhat)^2 = (a - y)^2", "unchecked"),  # ŷ may be a, which is the last computed
        ("L = (y - yhat)^2 = (a + y)^2", "wrong"),
        ("L = (y - yhat)^2 = (h - yhat)^2", "wrong"),
        ("yhat = 2a\nL = (y - yhat)^2 = (a - y)^2", "wrong"),
    ],
)
def test_a_result_may_have_two_names(line: str, verdict: str) -> None:
    sheet = f"h = sigmoid(w*x)\na = sigmoid(v*h)\n{line}"
    assert Worksheet.parse(sheet).check().lines[-1].verdict == verdict


def test_one_of_several_that_is_not_said_which_is_no_mistake() -> None:
    """∂o_i/∂z_i where z_i is one of the z_j that are summed, and nothing says so."""
    said = "o_i = e^(z_i)/(e^z1 + e^z2 + e^z3)\ndo_i/dz_i = o_i*(1 - o_i)\n"
    verdicts = [line.verdict for line in Worksheet.parse(said).check().lines]
    assert "wrong" not in verdicts


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("v = 0.9g = 45\nw' = w - 0.1*v = -1.5", "right"),  # the rate is 0.09
        ("v = 0.9g = 45\nw' = w + 0.1*v = 7.5", "unchecked"),
        ("w' = w + 0.1*g", "wrong"),
        ("w' = w - 2*0.1*g*x", "wrong"),
    ],
)
def test_a_step_may_go_along_a_share_of_the_slope(line: str, verdict: str) -> None:
    sheet = f"w = 3\nx = 5\nE = (w*x - 10)^2 = 25\ng = dE/dw = 50\n{line}"
    assert Worksheet.parse(sheet).check().lines[-1].verdict == verdict


def test_a_formula_that_is_said_again_is_no_mistake() -> None:
    """Whether it is meant of the old weight or of the new one is not known."""
    sheet = "yhat = sigmoid(w*x)\nw = w - eta*g\nv = 2\nyhat = sigmoid(w*x)"
    assert Worksheet.parse(sheet).check().lines[-1].verdict == "unchecked"


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("dE/dw2 = dE/do1*do1/dw2 = 0", "right"),
        ("dE/dw2 = 0", "right"),
        ("dE/dw2 = dE/do1*do1/dw2", "unchecked"),  # what joins the two may be missing
        ("dE/dw2 = dE/do1*w2", "unchecked"),
    ],
)
def test_a_formula_of_a_slope_for_which_there_is_no_path_proves_nothing(
    line: str, verdict: str
) -> None:
    sheet = "x = 1\nw1 = 2\nw2 = 3\no1 = w1*x\no2 = w2*x\nE = (o1 - 1)^2\n"
    assert Worksheet.parse(sheet + line).check().lines[-1].verdict == verdict
