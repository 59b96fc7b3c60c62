"""The worked 2-2-1 example against figures computed independently, and as published.

The figures were obtained by exact differentiation outside this project, to 15 digits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import example, given
from hypothesis import strategies as st

from micrograd_like.derivation.equations import Equation, local
from micrograd_like.engine import Value, grad
from micrograd_like.formula import Derivative, Name, evaluate
from micrograd_like.graph import NamedGraph
from micrograd_like.lessons.office_hours import (
    COSTS,
    INPUTS,
    WEIGHTS,
    WorkedExample,
    as_published,
    worked_example,
)
from micrograd_like.lessons.office_hours.repeated import pictures, repeated
from micrograd_like.lessons.pictures import Contours, Plane
from micrograd_like.lessons.worksheets import worksheet
from micrograd_like.notation import plain
from micrograd_like.ops import FLOAT
from micrograd_like.worksheet import Worksheet, builtin

FORWARD = {
    "a1": 0.3,
    "z1": 0.574442516811659,
    "a2": 0.4,
    "z2": 0.598687660112452,
    "a3": 0.646433854473301,
    "yhat": 0.656206390563436,
    "cost": 0.182959544488035,
}

LOCALS = {
    ("yhat", "a3"): 0.225599563547143,
    ("z1", "a1"): 0.244458311690746,
    ("z2", "a2"): 0.240260745741529,
    ("a3", "w5"): 0.574442516811659,
    ("a3", "w6"): 0.598687660112452,
    ("a3", "z1"): 0.5,
    ("a3", "z2"): 0.6,
    ("a1", "w1"): 0.0,
    ("a2", "w2"): 0.0,
    ("a1", "w3"): 1.0,
    ("a2", "w4"): 1.0,
    ("a1", "x1"): 0.1,
    ("a1", "x2"): 0.3,
    ("a2", "x1"): 0.2,
    ("a2", "x2"): 0.4,
}

#: ∂E/∂·, E itself, the new prediction and its change: half-squared, log10, cross-entropy.
COLUMNS = ("half-squared", "log10", "cross-entropy")
TOTALS = {
    "E": (0.0590970229447102, 0.182959544488035, 0.421279919759131),
    "yhat": (-0.343793609436564, -0.661826047640827, -1.52391079145293),
    "a3": (-0.0775596882391858, -0.149307667491901, -0.343793609436564),
    "z1": (-0.0387798441195929, -0.0746538337459507, -0.171896804718282),
    "z2": (-0.0465358129435115, -0.0895846004951408, -0.206276165661938),
    "w5": (-0.0445535825152455, -0.0857686722933261, -0.197489666268504),
    "w6": (-0.0464340282709694, -0.0893886580875744, -0.205824991595190),
    "w1": (0.0, 0.0, 0.0),
    "w2": (0.0, 0.0, 0.0),
    "w3": (-0.00948005522110598, -0.0182497501587767, -0.0420216026664650),
    "w4": (-0.0111807291214964, -0.0215236629219195, -0.0495600653906405),
    "x1": (-0.00318415134640987, -0.00612970760026157, -0.0141141733447746),
    "x2": (-0.00731630821493034, -0.0140843902164008, -0.0324305069561957),
    "after": (0.6587380424021514, 0.6610755590467848, 0.6673893971498027),
    "change": (0.0025316518387150655, 0.004869168483348507, 0.011183006586366395),
}


def lines(example: WorkedExample) -> dict[Name | Derivative, Equation]:
    return {line.left: line for section in example.sections for line in section.equations}


def about(number: float) -> object:
    """To 15 significant digits, the precision of the reference figures."""
    return pytest.approx(number, rel=2e-14, abs=1e-17)


def test_the_forward_pass() -> None:
    found = lines(worked_example())
    assert {name: found[Name(name)].value for name in FORWARD} == {
        name: about(value) for name, value in FORWARD.items()
    }


@pytest.mark.parametrize("pair", LOCALS)
def test_local_derivatives_that_do_not_depend_on_the_cost(pair: tuple[str, str]) -> None:
    for cost in COSTS:
        assert lines(worked_example(cost))[Derivative(*pair)].value == about(LOCALS[pair])


@pytest.mark.parametrize("cost", COLUMNS)
def test_every_derivative_of_every_cost(cost: str) -> None:
    example = worked_example(cost)
    found, column = lines(example), COLUMNS.index(cost)
    for name, row in TOTALS.items():
        if name == "E":
            value = found[Name("E")].value
        elif name in ("after", "change"):
            value = getattr(example.prediction, name)
        else:
            value = found[Derivative("E", name)].value
        assert value == about(row[column]), name


def test_the_new_weights() -> None:
    found = lines(worked_example())
    expected = {
        "w1": 0.1,
        "w2": 0.2,
        "w3": 0.3018960110442212,
        "w4": 0.4022361458242993,
        "w5": 0.5089107165030491,
        "w6": 0.6092868056541939,
    }
    for name, value in expected.items():
        assert found[Name(f"{name}'")].value == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("cost", COLUMNS)
def test_sympy_differentiates_the_network_to_the_same_numbers(cost: str) -> None:
    symbols = {name: sympy.Symbol(name) for name in (*INPUTS, *WEIGHTS)}
    x1, x2, w1, w2, w3, w4, w5, w6 = symbols.values()

    def sigmoid(a: sympy.Expr) -> sympy.Expr:
        return 1 / (1 + sympy.exp(-a))

    yhat = sigmoid(sigmoid(x1 * w1 + x2 * w3) * w5 + sigmoid(x1 * w2 + x2 * w4) * w6)
    costs = {
        "half-squared": (yhat - 1) ** 2 / 2,
        "log10": -sympy.log(yhat) / sympy.log(10),
        "cross-entropy": -sympy.log(yhat),
    }
    at = {symbols[n]: sympy.Rational(str(v)) for n, v in {**INPUTS, **WEIGHTS}.items()}
    found = lines(worked_example(cost))
    for name, symbol in symbols.items():
        expected = float(sympy.diff(costs[cost], symbol).subs(at).evalf(30))
        assert found[Derivative("E", name)].value == pytest.approx(expected, rel=4e-15, abs=1e-18)


@pytest.mark.parametrize("cost", COLUMNS)
def test_the_numbers_of_every_line_give_its_result(cost: str) -> None:
    """Formula = numbers = result: the engine's result is what the printed numbers work out to."""
    for line in lines(worked_example(cost)).values():
        worked_out = evaluate(line.numbers, {}, FLOAT)
        assert line.value == pytest.approx(worked_out, rel=4e-16, abs=1e-300)
        assert line.rule or isinstance(line.left, Name)


def test_the_lesson_as_published_to_the_last_digit() -> None:
    results = {name: row[0] for name, row in as_published().results.items()}
    assert results == {
        "w1'": 0.1,
        "w2'": 0.2,
        "w3'": 0.30162875345302287,
        "w4'": 0.40223371902128857,
        "w5'": 0.5089107165030491,
        "w6'": 0.6089107165030491,
        "yhat'": 0.6586798259170581,
        "change": 0.002473435353621767,
    }


def test_what_is_right_stands_beside_it() -> None:
    results = as_published().results
    assert results["w6'"][1] == pytest.approx(0.6092868056541939, rel=1e-15)
    assert results["yhat'"][1:] == pytest.approx((0.6587380424021514, 0.6610755590467848))


@pytest.mark.parametrize(
    ("place", "published", "right"),
    [
        (0, [-0.343793609436564], [-0.661826047640827]),
        (1, [0.21, 0.24], [0.244458311690746, 0.240260745741529]),
        (2, [0.6089107165030491], [0.6092868056541939]),
        (3, *[[0.574442516811659, 0.598687660112452, 0.656206390563436]] * 2),
    ],
)
def test_each_slip_beside_the_truth(place: int, published: list[float], right: list[float]) -> None:
    slip = as_published().slips[place]
    assert [line.value for line in slip.published] == [about(value) for value in published]
    assert [line.value for line in slip.right] == [about(value) for value in right]
    assert slip.title
    assert slip.reason


def test_a_result_of_unrounded_figures_is_a_remark() -> None:
    (remark,) = as_published().remarks
    assert [line.value for line in remark.published] == [about(0.646433854473301)]
    assert [line.value for line in remark.right] == [about(0.645)]


def test_the_slip_in_the_cost_counts_the_activation_twice() -> None:
    """∂(−ln ŷ)/∂a3 = ŷ − y for y = 1, which SymPy confirms: ŷ(1 − ŷ) is in it already."""
    a = sympy.Symbol("a")
    yhat = 1 / (1 + sympy.exp(-a))
    assert sympy.simplify(sympy.diff(-sympy.log(yhat), a) - (yhat - 1)) == 0
    assert "∂E/∂a3 of E = −ln ŷ for y = 1" in as_published().slips[0].reason


def test_one_list_of_wrong_statements() -> None:
    """The command's list and what ``check`` finds in the built-in worksheet are the same."""
    marked = builtin.load("office-hours-as-published").check()
    found = [plain_left(line.source) for line in marked.lines if line.verdict == "wrong"]
    listed = [plain(line.left) for line in as_published().wrong]
    assert sorted(found) == sorted(listed)
    assert len(listed) == 7
    remark = next(line for line in marked.lines if line.source.startswith("a3 ="))
    assert remark.verdict == "right"


def plain_left(source: str) -> str:
    return source.partition(" = ")[0]


def test_the_run_as_published_is_whole() -> None:
    """Every quantity that the class prints, to the places it prints, in its order."""
    sections = as_published().sections
    printed = {
        "forward": "a1 0.30 z1 0.57 a2 0.40 z2 0.60 a3 0.65 yhat 0.656206 cost 0.18",
        "locals": "dE/dyhat -0.34 dyhat/da3 0.23 da3/dw5 0.57 da3/dw6 0.60 da3/dz1 0.50 "
        "da3/dz2 0.60 dz1/da1 0.21 dz2/da2 0.24 da1/dw1 0.00 da2/dw2 0.00 da1/dw3 1.00 "
        "da2/dw4 1.00 da1/dx1 0.1 da1/dx2 0.3 da2/dx1 0.2 da2/dx2 0.4",
        "derivatives": "dE/dw5 -0.045 dE/dw6 -0.046 dE/dz1 -0.039 dE/dz2 -0.047 dE/dw1 -0.000 "
        "dE/dw2 -0.000 dE/dw3 -0.008 dE/dw4 -0.011",
        "updates": "w1' 0.100 w2' 0.200 w3' 0.302 w4' 0.402 w5' 0.51 w6' 0.61",
        "second": "a1' 0.30 z1' 0.57 a2' 0.40 z2' 0.60 a3' 0.66 yhat' 0.658680 "
        "change 0.002473435353621767",
    }
    assert list(sections) == list(printed)
    for name, text in printed.items():
        words = text.split()
        expected = dict(zip(words[::2], words[1::2], strict=True))
        shown = {
            plain(line.left): f"{line.value:.{len(expected[plain(line.left)].partition('.')[2])}f}"
            for line in sections[name].equations
        }
        assert shown == expected


# Other numbers, more steps, and the calculation as a worksheet.


#: With which the new w2 is 1.9999963, and a 2 with zeros where it is written.
WHOLE = {"x1": 1.58, "x2": 0.0, "w1": 0.0, "w2": 2.0, "w3": 0.0, "w4": 0.0, "w5": -1.0, "w6": 0.03}
WHOLE |= {"y": 0.3, "alpha": 0.1}


@given(
    st.fixed_dictionaries(
        {
            name: st.floats(-2, 2).map(lambda x: round(x, 2))
            for name in ("x1", "x2", "w1", "w2", "w3", "w4", "w5", "w6")
        }
        | {"y": st.sampled_from([0.0, 0.3, 1.0]), "alpha": st.sampled_from([0.1, 0.5, 2.0])}
    ),
    st.sampled_from(COLUMNS),
)
@example(WHOLE, "half-squared")
def test_any_numbers_give_a_worksheet_that_is_right(changed: dict[str, float], cost: str) -> None:
    worked = worked_example(cost, changed)
    text = worksheet("Other numbers", worked.given, worked.sections)
    sheet = Worksheet.parse(text)
    assert not sheet.problems
    assert {line.verdict for line in sheet.check().lines} == {"right", "taken"}


def test_the_first_step_is_the_examples_own_update() -> None:
    before, after = repeated(1)
    prediction = worked_example().prediction
    assert (before.prediction, after.prediction) == (prediction.before, prediction.after)
    assert after.weights["w6"] == pytest.approx(0.6092868056541939, rel=1e-15)


def test_the_bowl_is_the_cost() -> None:
    """Over w5, and over w5 and w6, against NumPy; and the path lies on the curve."""
    drawn = pictures(repeated(2), "half-squared")
    curve, bowl = drawn[-2:]
    assert isinstance(curve, Plane)
    assert isinstance(bowl, Contours)
    z1, z2 = 1 / (1 + np.exp(-0.3)), 1 / (1 + np.exp(-0.4))

    def cost(w5: Any, w6: Any) -> Any:
        return (1 / (1 + np.exp(-z1 * w5 - z2 * w6)) - 1) ** 2 / 2

    xs, ys = zip(*curve.lines["E"], strict=True)
    assert ys == pytest.approx(cost(np.array(xs), 0.6), rel=1e-12)
    (path,) = curve.paths.values()
    assert [y for _, y in path] == pytest.approx([cost(x, 0.6) for x, _ in path], rel=1e-12)
    grid = cost(np.array(bowl.xs)[None, :], np.array(bowl.ys)[:, None])
    assert np.array(bowl.values) == pytest.approx(grid, rel=1e-12)


# The graph between named nodes, on which the lines rest.


def test_unnamed_nodes_are_folded_into_the_formulas_of_named_ones() -> None:
    x, y = Value(0.5, "x"), Value(2.0, "y")
    inner = (x * y + 1).tanh()
    inner.label = "h"
    out = (inner - y) ** 2 / 2
    out.label = "E"
    graph = NamedGraph(out)
    assert list(graph.values) == ["x", "y", "h", "E"]
    assert set(graph.locals) == {("h", "x"), ("h", "y"), ("E", "h"), ("E", "y")}
    for of, wrt in graph.locals:
        node = {"h": inner, "E": out}[of]
        held = {"h": [x, y], "E": [inner, y]}[of]
        expected = _partial_holding_the_rest(node, held, {"x": x, "y": y, "h": inner}[wrt])
        assert local(graph, of, wrt).value == pytest.approx(expected, rel=1e-15)


def _partial_holding_the_rest(node: Value, neighbours: list[Value], wrt: Value) -> float:
    """∂node/∂wrt with the other neighbours held: minus what comes through them."""
    through = sum(grad(node, other) * grad(other, wrt) for other in neighbours if other is not wrt)
    return float(grad(node, wrt) - through)


def test_names_must_be_there_and_be_different() -> None:
    with pytest.raises(ValueError, match="expected an output with a label"):
        NamedGraph(Value(1.0) * 2)
    out = Value(1.0, "w") * Value(2.0, "w")
    out.label = "E"
    with pytest.raises(ValueError, match="two nodes are named 'w'"):
        NamedGraph(out)
