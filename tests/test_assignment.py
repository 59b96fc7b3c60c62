"""Answers held against an assignment: in whose notation, what they get, and what is missing."""

from __future__ import annotations

import json
import re

import pytest
from command import run
from sampled import sampled

import visualize
from micrograd_like.errors import WorksheetError
from micrograd_like.exercises import generate
from micrograd_like.marking.assignment import Assignment
from micrograd_like.marking.records import Report
from micrograd_like.worksheet import Worksheet, builtin
from micrograd_like.worksheet.assignment import held_against
from micrograd_like.writers.formats import written
from micrograd_like.writers.marks import document

#: By hand, and with SymPy: z = 1.3, a = 0.7858, E = 0.0229, ∂E/∂a = −0.2142, ∂a/∂z = 0.1683,
#: ∂E/∂z = −0.0360, ∂E/∂w = −0.0721, w' = 0.5360.
KEY = """# Backward by hand
x = 2
w = 0.5
b = 0.3
y = 1
alpha = 0.5
z = w*x + b = ?
a = sigmoid(z) = ?          [1]
E = (a - y)^2/2 = ?         [1]
dE/da = a - y = ?
da/dz = a*(1 - a) = ?
dE/dz = dE/da*da/dz = ?     [2]
dE/dw = dE/dz*x = ?         [3]
w' = w - alpha*dE/dw = ?    [1]
"""

RIGHT = """x = 2, w = 0.5, b = 0.3, y = 1, alpha = 0.5
z = w*x + b = 1.3
a = sigmoid(z) = 0.7858
E = (a - y)^2/2 = 0.0229
dE/da = a - y = -0.2142
da/dz = a*(1 - a) = 0.1683
dE/dz = dE/da*da/dz = -0.0360
dE/dw = dE/dz*x = -0.0721
w' = w - alpha*dE/dw = 0.5360
"""


def graded(answer: str, key: str = KEY, format: str | None = None, follow: float = 1.0) -> Report:
    return Assignment.parse(key).mark(Worksheet.parse(answer, format=format), follow=follow)


def verdicts(report: Report) -> dict[str, str]:
    return {str(item.quantity): item.verdict for item in report.items}


def changed(*pairs: tuple[str, str]) -> str:
    text = RIGHT
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


# Whose notation.


@pytest.mark.parametrize(
    ("answer", "format"),
    [
        pytest.param(RIGHT, None, id="the assignment's own"),
        pytest.param(changed(("E", "L")), None, id="the cost is L"),
        pytest.param(changed(("E", "cost")), None, id="the cost is a word"),
        pytest.param(changed(("E", "J"), ("alpha", "eta"), ("y", "t")), None, id="J, η and t"),
        pytest.param(changed(("z", "net"), ("sigmoid", "σ")), None, id="net for z"),
        pytest.param(
            changed(("z", "net_1"), ("sigmoid", "sgm"), ("a ", "out "), ("a*", "out*"))
            .replace("sgm", "sigmoid")
            .replace("/da", "/dout")
            .replace("da/", "dout/")
            .replace("- a)", "- out)")
            .replace("(a -", "(out -")
            .replace("alphout", "alpha"),
            None,
            id="net_1 and out",
        ),
        pytest.param(changed(("w' =", "w_new =")), None, id="w_new for w'"),
        pytest.param(changed(("w' = w", "w <- w")), None, id="w gets another value"),
        pytest.param(
            "z = 0.5*2 + 0.3 = 1.3\na = sigmoid(1.3) = 0.7858\nE = (0.7858 - 1)^2/2 = 0.0229\n"
            "dE/da = 0.7858 - 1 = -0.2142\nda/dz = 0.7858*(1 - 0.7858) = 0.1683\n"
            "dE/dz = -0.2142*0.1683 = -0.0360\ndE/dw = -0.0360*2 = -0.0720\n"
            "w' = 0.5 - 0.5*(-0.0721) = 0.5360",
            None,
            id="in figures, the givens left out",
        ),
        pytest.param(
            "x = 2, w = 0.5, b = 0.3, y = 1\nE = (sigmoid(w*x + b) - y)^2/2 = 0.0229\n"
            "delta = (a - y)*a*(1 - a) = -0.0360\na = sigmoid(w*x + b) = 0.7858\n"
            "dE/dw = delta*x = -0.0721\nw' = w - 0.5*dE/dw = 0.5360",
            None,
            id="fewer steps, and one of its own",
        ),
        pytest.param(
            changed(("z = w*x + b = 1.3", "p = w*x = 1\nz = p + b = 1.3")), None, id="more steps"
        ),
        pytest.param(
            r"""$$x = 2,\quad w = 0.5,\quad b = 0.3,\quad y = 1,\quad \eta = 0.5$$
$$z = wx + b = 1.3$$
$$a = \sigma(z) = 0.7858$$
$$L = \frac{1}{2}(a - y)^2 = 0.0229$$
$$\frac{\partial L}{\partial z} = (a - y)\,a(1 - a) = -0.0360$$
$$\frac{\partial L}{\partial w} = \frac{\partial L}{\partial z} \cdot x = -0.0721$$
$$w' = w - \eta \frac{\partial L}{\partial w} = 0.5360$$
""",
            "latex",
            id="LaTeX",
        ),
    ],
)
def test_a_right_answer_gets_all_points_in_its_own_notation(
    answer: str, format: str | None
) -> None:
    report = graded(answer, format=format)
    assert (report.points, report.of) == (8.0, 8.0), (verdicts(report), str(report))
    assert report.counts["wrong"] == report.counts["follows"] == 0, str(report)


def test_a_name_used_for_something_else_is_no_slip() -> None:
    """E is an error here, and the cost is J."""
    other = RIGHT.replace("E", "J").replace("J = ", "E = y - a = 0.2142\nJ = ", 1)
    report = graded(other)
    assert report.points == 8.0
    assert report.counts["wrong"] == 0


@pytest.mark.parametrize("shape", ["chain", "2-2-1", "softmax", "recurrent"])
def test_a_solved_exercise_is_right_against_the_blank_one(shape: str) -> None:
    for seed in (3, 4):
        key = Assignment.parse(generate(shape, seed, form="blank", blanks="all").text)
        report = key.mark(Worksheet.parse(generate(shape, seed, form="solved").text))
        assert report.points == report.of > 0
        assert report.status == 0


@pytest.mark.parametrize("shape", ["line-fit", "2-2-1", "two-paths"])
def test_a_planted_slip_is_what_it_is_without_an_assignment(shape: str) -> None:
    """Same lines, same verdicts, same cause: an assignment changes what is right, not how."""
    for seed in (3, 4, 5):
        planted = Worksheet.parse(generate(shape, seed, form="slips").text)
        key = Assignment.parse(generate(shape, seed, form="blank", blanks="all").text)
        alone, held = (
            [
                (line.line, line.verdict, [cause.code for cause in line.causes][:1])
                for line in report.lines
                if line.verdict in ("wrong", "follows")
            ]
            for report in (planted.check(), key.mark(planted))
        )
        assert held == alone


#: By hand: a = (0.5, -0.4), h = (0.5, 0), L = 0.125, ∂L/∂h = (0.5, 0), ∂L/∂x = (0.05, -0.1).
ARRAYS = """x = [1, 2]
W = [[0.1, 0.2], [0, -0.2]]
t = [0, 0]
a = W x = [0.5, -0.4]
h = relu(a) = [0.5, 0]
L = sum((h - t)^2)/2 = 0.125
dL/dh = h - t = [0.5, 0]
dL/da = dL/dh ∘ relu'(a) = [0.5, 0]
dL/dx = Wᵀ dL/da = [0.05, 0.1]
dL/dW = dL/da xᵀ = [[0.5, 1], [0, 0]]
"""


@pytest.mark.parametrize(
    ("old", "new", "expected", "points"),
    [
        pytest.param("", "", {}, 7.0, id="as it is"),
        pytest.param(
            "a = W x = [0.5, -0.4]",
            "a1 = 0.1*1 + 0.2*2 = 0.5\na2 = 0*1 - 0.2*2 = -0.4",
            {"a": "right"},
            7.0,
            id="by element",
        ),
        pytest.param("a = W x = [0.5, -0.4]\n", "", {"a": "implied"}, 7.0, id="a step left out"),
        pytest.param("[0.05, 0.1]", "[0.05, 0.2]", {"dL/dx": "wrong"}, 6.0, id="an element wrong"),
        pytest.param(
            "dL/dx = Wᵀ dL/da = [0.05, 0.1]",
            "dL/dx1 = 0.05",
            {"dL/dx": "missing"},
            6.5,
            id="an element missing",
        ),
        pytest.param(
            "dL/dx = Wᵀ dL/da = [0.05, 0.1]\n", "", {"dL/dx": "missing"}, 6.0, id="all missing"
        ),
    ],
)
def test_an_array_is_one_quantity(
    old: str, new: str, expected: dict[str, str], points: float
) -> None:
    assert old in ARRAYS
    report = graded(ARRAYS.replace(old, new) if old else ARRAYS, ARRAYS)
    assert [str(item.quantity) for item in report.items] == [
        "a", "h", "L", "dL/dh", "dL/da", "dL/dx", "dL/dW",
    ]  # fmt: skip
    assert {name: verdicts(report)[name] for name in expected} == expected, str(report)
    assert (report.points, report.of) == (points, 7.0)


@pytest.mark.parametrize(
    ("key", "left_out"),
    [
        # By itself, the c of tanh(c) would be the only c there is: c0.
        ("c0 = -0.3\nc = 0.5*c0 = -0.15\ns = tanh(c) = -0.1489\nds/dc = 1 - s^2 = 0.9778", "c"),
        # By itself, r'^2 would be the square of a transposed r.
        (
            "x = [1, 2]\nw = 0.5\nr = w*x = [0.5, 1]\nw' = 0.3\nr' = w'*x = [0.3, 0.6]\n"
            "q = sum(r'^2) = 0.45",
            "r'",
        ),
        # By itself, mx would be a product.
        ("m = 2\nx = 3\nmx = m + x = 5\ny = mx^2 = 25", "mx"),
    ],
)
def test_what_an_answer_leaves_out_is_what_the_assignment_says(key: str, left_out: str) -> None:
    answer = "\n".join(r for r in key.splitlines() if not r.startswith(f"{left_out} ="))
    report = graded(answer, key)
    assert report.counts["wrong"] == report.counts["follows"] == 0, str(report)
    assert report.points == report.of
    assert not any("read" in line.read_as for line in report.lines)


def test_what_the_assignment_says_is_right() -> None:
    """z1 is w1·x, though only its number says so: whoever writes what the assignment has, may."""
    key = (
        "x = 1\nw1 = 0.5\nh = sigmoid(w1*x) = 0.6225\nL = (h - 1)^2 = 0.1425\nz1 = 0.5\n"
        "dL/dw1 = 2(h - 1)*sigmoid(z1)*(1 - sigmoid(z1))*x\n"
    )
    report = graded(key, key)
    assert report.points == report.of == 3, str(report)
    assert report.counts["wrong"] == 0


#: The others have slips on purpose.
MARKABLE = [name for name in builtin.names() if not name.startswith("office-hours-")]


@pytest.mark.parametrize("name", sampled(MARKABLE, every=4))
def test_a_worksheet_is_right_against_itself(name: str) -> None:
    sheet = builtin.load(name)
    report = Assignment(sheet).mark(sheet)
    assert report.points == report.of > 0, str(report)
    assert report.counts["wrong"] == report.counts["follows"] == 0


# Slips.


@pytest.mark.parametrize(
    ("answer", "expected", "points"),
    [
        pytest.param(
            changed(("a = sigmoid(z) = 0.7858", "a = sigmoid(z) = 0.7558")),
            {"a": "wrong", "E": "right", "dE/dw": "right"},
            7.0,
            id="a digit, set right below",
        ),
        pytest.param(
            changed(("dE/da = a - y = -0.2142", "dE/da = y - a = 0.2142"),
                    ("= -0.0360", "= 0.0360"), ("= -0.0721", "= 0.0721"), ("0.5360", "0.4640")),
            {"dE/dz": "follows", "dE/dw": "follows", "w'": "follows"},
            8.0,
            id="a sign, carried forward",
        ),
        pytest.param(
            changed(("z = w*x + b = 1.3", "net = w + x + b = 2.8"), ("(z)", "(net)"),
                    ("0.7858", "0.9427"), ("0.0229", "0.0016"), ("-0.2142", "-0.0573"),
                    ("da/dz", "da/dnet"), ("0.1683", "0.0540"), ("dE/dz", "dE/dnet"),
                    ("-0.0360", "-0.0031"), ("-0.0721", "-0.0062"), ("0.5360", "0.5031")),
            {"a": "follows", "dE/dw": "follows"},
            8.0,
            id="a definition that is another, under a name of its own",
        ),
        pytest.param(
            "\n".join(RIGHT.splitlines()[:4]),
            {"a": "right", "E": "right", "dE/dz": "missing", "dE/dw": "missing", "w'": "missing"},
            2.0,
            id="broken off",
        ),
        pytest.param("", {"a": "missing", "dE/dw": "missing"}, 0.0, id="nothing"),
        pytest.param(
            "x = 2, w = 0.5, b = 0.3, y = 1", {"a": "missing", "w'": "missing"}, 0.0,
            id="givens alone",
        ),
        pytest.param(KEY.replace("[", "# ["), {"a": "missing", "w'": "missing"}, 0.0, id="blank"),
        pytest.param(
            changed(("dE/dw = dE/dz*x = -0.0721", "dE/dw = = dE/dz*x )( 3")),
            {"dE/dw": "unchecked", "w'": "right"},
            5.0,
            id="what cannot be read is to be looked at",
        ),
    ],
)  # fmt: skip
def test_what_an_answer_gets(answer: str, expected: dict[str, str], points: float) -> None:
    report = graded(answer)
    assert {name: verdicts(report)[name] for name in expected} == expected, str(report)
    assert report.points == pytest.approx(points)


def test_what_stands_there_under_no_name_is_to_be_looked_at() -> None:
    """A right number in words may be the answer: nobody loses points for it unseen."""
    report = graded("Net input: 1.3\noutput 0.7858, error 0.0229\nq = -0.0360*2 = -0.072")
    found = verdicts(report)
    assert found == dict.fromkeys(("a", "E", "dE/dz", "dE/dw"), "unchecked") | {"w'": "missing"}
    assert report.counts["wrong"] == 0
    assert [item.points for item in report.items] == [None] * 4 + [0.0]


def test_what_is_given_is_no_answer() -> None:
    """∂h/∂a = 0.23 is not there because b is."""
    key = "x = 2.8, w = -0.27, b = 0.23, y = 1\na = w*x + b = ?\nh = sigmoid(a) = ?\ndh/da = ?"
    for answer in (key, key.replace(", ", "\n").replace("?", "")):
        assert {*verdicts(graded(answer, key)).values()} == {"missing"}, answer


def test_what_an_answer_computes_last_is_not_the_cost_for_that() -> None:
    report = graded("d = 0.7858 - 1 = -0.2142\nq = -0.0360*2 = -0.072")
    assert report.counts["wrong"] == 0
    assert not any("E of the assignment" in told for told in report.told)


def test_error_carried_forward_may_get_a_part() -> None:
    answer = changed(
        ("dE/da = a - y = -0.2142", "dE/da = y - a = 0.2142"),
        ("= -0.0360", "= 0.0360"),
        ("= -0.0721", "= 0.0721"),
        ("0.5360", "0.4640"),
    )
    assert graded(answer, follow=0.5).points == 2 + 0.5 * 6
    assert graded(answer, follow=0.0).points == 2


def test_an_altered_given_is_said_and_carried_forward() -> None:
    """w = 0.6: z = 1.5, a = 0.8176, E = 0.0166, and so on."""
    report = graded("w = 0.6\nz = w*x + b = 1.5\na = sigmoid(z) = 0.8176\nE = (a - y)^2/2 = 0.0166")
    first, *others = report.lines
    assert (first.verdict, first.causes[0].code) == ("wrong", "figure-not-given")
    assert first.rewritten == "w = 0.5"
    assert [line.verdict for line in others] == ["follows"] * 3
    assert verdicts(report)["E"] == "follows"


def test_a_given_that_is_repeated_is_taken_and_not_counted() -> None:
    report = graded(RIGHT)
    assert [line.verdict for line in report.lines[:5]] == ["taken"] * 5
    assert report.counts["right"] == 8


def test_names_that_are_matched_are_told() -> None:
    report = graded(changed(("E", "J"), ("alpha", "eta"), ("y", "t")))
    assert report.told[-1] == "t, eta, J here are y, alpha, E of the assignment"


# Assignments.


def test_without_points_each_line_has_one() -> None:
    key = Assignment.parse("x = 2\ny = x^2 = 4\nz = y + 1 = 5")
    assert [(str(asked.quantity), asked.points) for asked in key.scored] == [("y", 1.0), ("z", 1.0)]


@pytest.mark.parametrize("written", ["[2]", "[2 points]", "[2 pts]", "[2p]", "[2.0]"])
def test_points_stand_at_the_end_of_a_line(written: str) -> None:
    (asked,) = Assignment.parse(f"x = 2\ny = x^2 = 4 {written}\n").asked
    assert asked.points == 2


def test_a_vector_is_no_point() -> None:
    key = Assignment.parse("v = [2]\ny = 3*v[1] = 6")
    assert [asked.points for asked in key.scored] == [1.0]


def test_the_points_of_a_line_are_shared_by_its_quantities() -> None:
    key = Assignment.parse("x = 2\ny = x^2 = ?, z = 3x = ?  [3]")
    assert [asked.points for asked in key.scored] == [1.5, 1.5]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("x = 2\ny = x^2 = 5", "the assignment is not right itself: line 2"),
        ("x = 2\ny = )", "is unreadable"),
        ("x = 2", "asks for nothing"),
        ("", "asks for nothing"),
    ],
)
def test_an_assignment_that_cannot_be_one_is_refused(key: str, said: str) -> None:
    with pytest.raises(WorksheetError, match=said):
        Assignment.parse(key)


# The command.


@pytest.fixture
def folder(tmp_path):  # type: ignore[no-untyped-def]
    (tmp_path / "key.txt").write_text(KEY, encoding="utf-8")
    (tmp_path / "anna.txt").write_text(RIGHT, encoding="utf-8")
    (tmp_path / "ben.txt").write_text(
        changed(("a = sigmoid(z) = 0.7858", "a = sigmoid(z) = 0.7558")), encoding="utf-8"
    )
    return tmp_path


def test_the_command_counts_points(folder) -> None:  # type: ignore[no-untyped-def]
    key, anna, ben = (str(folder / f"{name}.txt") for name in ("key", "anna", "ben"))
    done = run("check", "--key", key, anna)
    assert done.returncode == 0
    assert "8 right, 5 taken, 0 wrong; 8 of 8 points" in done.stdout
    assert "∂E/∂w  3 of 3  right  line 8" in done.stdout
    both = run("check", "--key", key, anna, ben, "--format", "json")
    assert both.returncode == 1
    sheets = json.loads(both.stdout)["worksheets"]
    assert [(sheet["points"], sheet["of"]) for sheet in sheets] == [(8, 8), (7, 8)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--follow", "0.5"], "only --key gives points"),
        (["--key", "{folder}/none.txt"], "none.txt"),
        (["--key", "{folder}/wrong.txt"], "the assignment is not right itself"),
        (["--key", "{folder}/key.txt", "--follow", "2"], "Invalid value"),
        (["--key", "{folder}/key.txt", "--page", "{folder}/key.txt"], "is the worksheet"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_marked(
    arguments: list[str], said: str, folder
) -> None:  # type: ignore[no-untyped-def]
    (folder / "wrong.txt").write_text("x = 2\ny = x^2 = 5\n", encoding="utf-8")
    asked = [argument.format(folder=folder) for argument in arguments]
    done = run("check", str(folder / "anna.txt"), *asked, COLUMNS="300")
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_every_format_tells_what_is_missing() -> None:
    broken = "\n".join(RIGHT.splitlines()[:4])
    report = graded(broken)
    for name in ("text", "markdown", "html", "latex", "words", "csv", "json", "short"):
        assert "missing" in written(name, document([report])), name
    assert "missing" not in written("short", document([graded(RIGHT)]))


def test_a_number_that_stands_everywhere_in_the_place_of_a_given_is_an_altered_given() -> None:
    """Of a worksheet by itself it may be the given that is mistyped; an assignment's is not."""
    answer = "z = 0.6*2 + 0.3 = 1.5\nw = 0.6\nq = 0.6*3 = 1.8"
    report = graded(answer)
    assert report.lines[1].verdict == "wrong"
    assert report.lines[1].causes[0].code == "figure-not-given"


def test_the_page_counts_points_and_says_what_is_missing() -> None:
    broken = "\n".join(RIGHT.splitlines()[:4])
    held = held_against(Worksheet.parse(broken), Assignment.parse(KEY).sheet)
    page = visualize.page(held.sheet, report=Assignment.parse(KEY).report(held))
    words = re.sub(r"<(style|script|svg)[^>]*>.*?</\1>|<[^>]*>", "", page, flags=re.DOTALL)
    assert "2 / 8 points" in words
    assert "Missing: ∂E/∂z, ∂E/∂w, w" in words.replace("\n", "")
