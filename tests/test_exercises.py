"""Generated worksheets: the same for a seed, right by the engine, with slips that show."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from random import Random
from typing import get_args

import pytest
from command import Done, run
from sampled import sampled

from micrograd_like import Worksheet, grad
from micrograd_like.engine import Value, apply
from micrograd_like.errors import WorksheetError
from micrograd_like.exercises import PLACES, Blanks, Exercise, codes, generate
from micrograd_like.exercises.oracle import Oracle
from micrograd_like.exercises.places import Place
from micrograd_like.exercises.shapes import SHAPES
from micrograd_like.exercises.slips import planters
from micrograd_like.exercises.solve import Learner, rounded
from micrograd_like.exercises.task import Manner, task
from micrograd_like.exercises.words import find
from micrograd_like.formula import Call, Derivative, Name, Number, evaluate, quantities
from micrograd_like.notation.as_typed import by_hand
from micrograd_like.ops import FLOAT, OPS

# After everything else: what is installed is tested, not what lies beside the benchmarks.
sys.path.append(str(Path(__file__).parent.parent))
marking = import_module("benchmarks.marking")
MANNERS = (Manner(), Manner(inline=True), Manner(in_full=True), Manner(at_once=True))


def read(exercise: Exercise) -> Worksheet:
    sheet = Worksheet.parse(exercise.text)
    assert not sheet.problems, sheet.problems[0]
    return sheet


@pytest.mark.parametrize("shape", sampled(SHAPES, every=5))
def test_a_seed_always_gives_the_same_worksheet(shape: str) -> None:
    first, again, other = (generate(shape, seed, form="slips") for seed in (5, 5, 6))
    assert first == again
    assert first.text != other.text


def test_the_numbers_of_a_seed_stay_what_they_are() -> None:
    """Whatever the machine or the version of Python: a class has the sheet on paper."""
    assert generate("two-paths", seed=1, form="solved").text.splitlines()[3:10] == [
        "x = 0.47",
        "a = -0.42",
        "b = 0.92",
        "y = 2.63",
        "",
        "# Forward",
        "u = a*x + b = -0.42*0.47 + 0.92 = 0.7226",
    ]


@pytest.mark.parametrize("shape", SHAPES)
def test_blank_and_solved_have_the_same_lines(shape: str) -> None:
    blank = read(generate(shape, 3, form="blank", blanks="all")).statements
    solved = read(generate(shape, 3, form="solved")).statements
    assert [line.left for line in blank] == [line.left for line in solved]
    assert [line.blank for line in blank] == [line.kind != "given" for line in solved]


@pytest.mark.parametrize("blanks", get_args(Blanks)[1:])
@pytest.mark.parametrize("shape", ["2-2-2", "2-2-1", "relu-pair"])
def test_some_lines_are_blank_and_the_others_right(shape: str, blanks: Blanks) -> None:
    """What stands there is marked right, and has no number of a line that is open."""
    sheet = read(generate(shape, 3, form="blank", blanks=blanks))
    open_lines = {statement.line for statement in sheet.statements if statement.blank}
    for line in sheet.check().lines:
        assert line.verdict in (("unchecked",) if line.line in open_lines else ("right", "taken"))
    assert all(
        part.number is not None or quantities(part.expr)
        for statement in sheet.statements
        for part in statement.parts
        if not statement.blank
    )


def test_a_long_worksheet_asks_for_one_of_each_kind() -> None:
    """Of 2-2-2: each kind of node, a weight of each layer, a bias, the error of a hidden node."""
    asked = [str(s.left) for s in read(generate("2-2-2", 1)).statements if s.blank]
    assert len(asked) < 30
    assert {"a1", "h1", "E", "dE/dh2", "dE/dv3", "dE/dc2", "dE/dw3", "v3'", "E'"} <= set(asked)
    assert not {"a2", "h2", "dE/dh1", "dE/dv4", "v4'"} & set(asked)
    short = read(generate("2-2-1", 1)).statements
    assert all(s.blank for s in short if s.kind != "given")


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_in_a_blank_is_marked_but_what_is_given(shape: str) -> None:
    sheet = read(generate(shape, 3, form="blank", blanks="all"))
    blank = {statement.line for statement in sheet.statements if statement.blank}
    for line in sheet.check().lines:
        assert line.verdict == ("unchecked" if line.line in blank else "taken")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_every_number_is_the_engines(shape: str, manner: Manner) -> None:
    """With six places and unrounded figures every line is the true value, rounded."""
    learner = Learner(6, rounds=False)
    sheet = read(generate(shape, 2, 6, "solved", learner=learner, manner=manner))
    for statement in sheet.statements:
        left, written = statement.left, statement.parts[-1].number
        assert written is not None
        if isinstance(left, Name):
            true = sheet.names[left.name].data
        else:
            (node,) = grad(sheet.names[left.of], [sheet.names[left.wrt]])
            true = float(node)
        unit = 0.0 if written.places is None else 10.0**-written.places
        assert float(written.value) == pytest.approx(true, abs=unit * 0.51)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_every_formula_is_what_the_oracle_says(shape: str, manner: Manner) -> None:
    """At three draws of the givens, and to twelve digits: by complex steps, without a rule."""
    drawn = task(SHAPES[shape], Random(3), manner)
    for step in drawn.steps:
        for world in drawn.worlds:
            given = evaluate(step.formula, world, FLOAT)
            assert world[step.left] == pytest.approx(given, rel=1e-12, abs=1e-14)


def test_the_oracle_knows_the_functions_that_an_exercise_may_have() -> None:
    """Against the engine, which it does not use; sums of families and conditions are not."""
    for row in OPS.values():
        if row.families or row.name in ("expm1", "log1p", "select"):
            continue
        inputs = dict(zip(row.inputs, (0.3, 0.7), strict=False))
        formula = Call(row.name, tuple(map(Name, row.inputs)))
        oracle = Oracle({Name(n): v for n, v in inputs.items()}, {Name("f"): formula})
        nodes = [Value(value, name) for name, value in inputs.items()]
        out = apply(row.name, *nodes)
        assert oracle[Name("f")] == pytest.approx(out.data, rel=1e-14)
        for name, node in zip(inputs, nodes, strict=True):
            assert oracle[Derivative(Name("f"), Name(name))] == pytest.approx(
                grad(out, node), rel=1e-13
            )


@pytest.mark.parametrize("shape", SHAPES)
def test_every_derivative_that_matters_is_taken(shape: str) -> None:
    """Of the last quantity: with respect to everything computed, and to all that learns."""
    sheet = read(generate(shape, 1, form="solved"))
    kind = SHAPES[shape]
    *computed, output = dict(kind.definitions)
    taken = {s.left.wrt for s in sheet.statements if s.left == _of(output, s.left)}
    assert taken >= {*computed, *kind.updated.split()}


def _of(output: str, left: Name | Derivative) -> Derivative | None:
    return Derivative(output, left.wrt) if isinstance(left, Derivative) else None


@pytest.mark.parametrize(
    ("value", "places", "fixed", "expected"),
    [
        (0.6562, 2, False, Number(0.66, 2)),
        (-0.0446, 2, False, Number(-0.045, 3)),  # more decimals, for as many digits
        (-0.0446, 2, True, Number(-0.04, 2)),
        (-0.0014, 2, True, Number(0.0, 2)),  # nobody writes −0.00
        (0.35 * 0.41, 3, True, Number(0.144, 3)),  # 0.1435 is a tie for a hand
        (2.0, 4, False, Number(2)),
        (0.99999, 3, False, Number(1.0, 3)),
    ],
)
def test_numbers_are_rounded_as_by_hand(
    value: float, places: int, fixed: bool, expected: Number
) -> None:
    assert rounded(value, places, fixed) == expected


@pytest.mark.parametrize("code", codes())
def test_every_cause_can_be_planted_and_shows(code: str) -> None:
    shapes = marking.shapes_for(code)
    shape = next((s for s in ("2-2-2", "two-paths") if s in shapes), shapes[0])
    exercise = generate(shape, 4, form="slips", causes=[code])
    (slip,) = exercise.planted
    assert slip.code == code
    assert exercise.text.split("\n")[slip.line - 1] == slip.wrong != slip.right
    read(exercise)


#: One of two paths.
FIRST = "dE/dp1 * dp1/dw"
PLANTED = [
    # A link twice; not beside one that is 1, where it would be one in another's place.
    ("extra-factor", "chain", "df/dx", "df/du * du/dx * df/du", True),
    ("extra-factor", "chain", "df/dx", "df/du * du/dx * du/dx", True),
    ("extra-factor", "mean-of-two", "dE/dw", f"{FIRST} * dE/dp1 + dE/dp2 * dp2/dw", True),
    ("extra-factor", "mean-of-two", "dE/dw", f"{FIRST} * dE/dp1", False),
    ("extra-factor", "product-and-quotient", "dq/da", "dq/du * du/da * dq/du", False),
    ("extra-factor", "product-and-quotient", "dq/dp", "1/d * 1/d", False),
    # A constant forgotten; one is added only where the formula has a constant and the link none.
    ("constant-factor", "product-and-quotient", "du/dx", "x", True),
    ("constant-factor", "product-and-quotient", "du/dx", "2 * (2*x)", False),
    ("constant-factor", "product-and-quotient", "du/da", "2 * 1", True),
    ("constant-factor", "chain", "dv/du", "2*v", False),
    # The other logarithm, itself and differentiated; not that which a power's derivative has.
    ("log-base", "log10-cost", "E", "-y*ln(yhat)", True),
    ("log-base", "log10-cost", "dE/dyhat", "-(y/yhat)", True),
    ("log-base", "exponential", "du/dx", "b + a^x*log10(a)", False),
    # A neighbour's link, beside this one; not one further along the same chain.
    ("wrong-operand", "mean-of-two", "dE/dw", "dE/dp1 * dp2/dw + dE/dp2 * dp2/dw", True),
    ("wrong-operand", "deep-chain", "dE/da3", "dE/dz3 * dz1/da1", False),
    ("wrong-operand", "deep-chain", "dE/da3", "dE/dz2 * dz3/da3", False),
    ("wrong-operand", "deep-chain", "dE/da3", "dE/dz3 * dE/dz3", False),
]


@pytest.mark.parametrize(("code", "shape", "left", "wrong", "may_be"), PLANTED)
def test_what_is_planted_is_the_slip_it_is_called(
    code: str, shape: str, left: str, wrong: str, may_be: bool
) -> None:
    made = task(find(shape), Random(1), Manner())
    place = next(at for at, step in enumerate(made.steps) if str(step.left) == left)
    before = [*made.givens, *(step.left for step in made.steps[:place])]
    formulas = planters()[code].formulas
    assert formulas is not None
    there = Place(made, made.steps[place], before)
    planted = {by_hand(formula).replace(" ", "") for formula in formulas(there)}
    assert (wrong.replace(" ", "") in planted) is may_be, planted


@pytest.mark.parametrize("seed", range(8))
def test_two_slips_are_two_lines_and_two_causes(seed: int) -> None:
    first, second = generate("2-2-1", seed, form="slips", slips=2).planted
    assert first.code != second.code
    assert first.line < second.line


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"shape": "chian"}, "no shape 'chian'; did you mean 'chain'"),
        ({"shape": "chain", "places": 7}, "expected 2 to 6 places, got 7"),
        ({"shape": "chain", "form": "sloved"}, "did you mean 'solved'"),
        ({"shape": "chain", "blanks": "forwards"}, "did you mean 'forward'"),
        ({"shape": "chain", "form": "slips", "slips": 3}, "expected 1 or 2 slips, got 3"),
        ({"shape": "chain", "form": "slips", "causes": ["asent"]}, "did you mean 'ascent'"),
        ({"shape": "chain", "form": "slips", "causes": ["ascent"]}, "no place for ascent; try "),
        (
            {"shape": "chain", "form": "slips", "slips": 2, "causes": ["sign"]},
            "2 slips need 2 causes to choose from, got 1",
        ),
    ],
)
def test_what_cannot_be_made_is_said(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(WorksheetError, match=message):
        generate(**arguments)  # type: ignore[arg-type]


# The law of the corpus, on a sample; `make marking-report` has 2,000 worksheets. Every fourth is
# solved, of another shape each time; the others have one cause after the other.

SLIPS = [number for number in range(4 * len(SHAPES)) if number % 4]
SAMPLE = [*range(0, 4 * len(SHAPES), 4), *SLIPS[: len(codes())]]
AGAIN = SLIPS[len(codes()) :]


def test_the_sample_asks_for_every_shape_cause_and_number_of_places() -> None:
    asked = [next(marking.request(number, 0)) for number in SAMPLE]
    assert {request.learner.places for request in asked} == set(PLACES)
    assert {code for request in asked for code in request.causes} == set(codes())
    assert {request.shape for request in asked if not request.causes} == set(SHAPES)


@pytest.mark.parametrize(
    "number", [*SAMPLE, *(pytest.param(number, marks=pytest.mark.slow) for number in AGAIN)]
)
def test_what_was_planted_is_found_and_nobody_is_accused_falsely(number: int) -> None:
    asked, sheet = next(marking.request(number, 0)), marking.mark((number, 0))
    assert {outcome.code for outcome in sheet.planted} >= set(asked.causes[:1])
    assert [outcome for outcome in sheet.planted if not outcome.found] == []
    assert list(sheet.accused) == []


# The command.


def exercise(*arguments: str) -> Done:
    return run("exercise", *arguments)


def test_without_a_shape_they_are_listed() -> None:
    *listed, _, words, _, own = exercise().stdout.splitlines()
    assert [line.split()[0] for line in listed] == list(SHAPES)
    assert "3-2-1" in words
    assert "--from FILE" in own


def test_words_may_stand_apart_or_together() -> None:
    apart, together = exercise("2-1", "relu", "--seed", "3"), exercise("2-1 relu", "--seed", "3")
    assert apart.returncode == 0
    assert apart.stdout == together.stdout


def test_the_answers_stand_apart(tmp_path: Path) -> None:
    options = ("2-2-1", "--form", "slips", "--slips", "2", "--seed", "3")
    shown = exercise(*options)
    kept = exercise(*options, "--answers", str(tmp_path / "answers.txt"))
    assert shown.returncode == kept.returncode == 0
    assert shown.stdout == kept.stdout == generate("2-2-1", 3, form="slips", slips=2).text
    assert kept.stderr == ""
    assert (tmp_path / "answers.txt").read_text(encoding="utf-8") == shown.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("chian",), "did you mean 'chain'?"),
        (("2-7-1",), "expected 1 to 6 units a layer, got 7"),
        (("chain", "--form", "slips", "--cause", "ascant"), "did you mean 'ascent'?"),
        (("chain", "--form", "slips", "--answers", "nowhere/a.txt"), "cannot open"),
        (("chain", "--slips", "2"), "only --form slips"),
        (("chain", "--places", "1"), "--places"),
    ],
)
def test_errors_are_a_line_and_exit_status_2(arguments: tuple[str, ...], message: str) -> None:
    result = exercise(*arguments)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
