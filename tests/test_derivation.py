"""Derivations: factors, sums over users, paths, zeros; and the command that prints them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sympy
from command import run

from micrograd_like import Value, Worksheet, WorksheetError, derive, grad, nn
from micrograd_like.derivation.factors import SHOWN_PATHS
from micrograd_like.derivation.walk import Backward, Forward, expr_of, walk
from micrograd_like.engine import ON_NODES, Constant, Symbol
from micrograd_like.formula import Name, evaluate, quantities
from micrograd_like.notation import text
from micrograd_like.ops import FLOAT
from micrograd_like.worksheet import builtin
from micrograd_like.writers.layout import Page
from micrograd_like.writers.step import numbered

LESSON = """
x1 = 0
x2 = 1
y = 1
alpha = 0.2
w1 = 0.1
w2 = 0.2
w3 = 0.3
w4 = 0.4
w5 = 0.5
w6 = 0.6
a1 = x1*w1 + x2*w3
z1 = sigmoid(a1)
a2 = x1*w2 + x2*w4
z2 = sigmoid(a2)
a3 = z1*w5 + z2*w6
yhat = sigmoid(a3)
E = (yhat - y)^2/2
"""


def sheet(lines: str) -> Worksheet:
    found = Worksheet.parse(lines)
    assert found.problems == []
    return found


def between(lines: str, derivative: str) -> object:
    return derive(*sheet(lines).derivative(derivative))


def test_a_single_path_as_people_write_it() -> None:
    derivation = between(LESSON, "dE/dw5")
    assert derivation.value == pytest.approx(-0.0445535825152455, rel=1e-14)
    assert [text(line.left) for line in derivation.factors] == ["∂E/∂ŷ", "∂ŷ/∂a3", "∂a3/∂w5"]
    assert [text(line.formula) for line in derivation.factors] == ["ŷ − y", "ŷ · (1 − ŷ)", "z1"]
    assert text(derivation.paths[0].product.formula) == "∂E/∂ŷ · ∂ŷ/∂a3 · ∂a3/∂w5"
    assert "∂E/∂w5 = ∂E/∂ŷ · ∂ŷ/∂a3 · ∂a3/∂w5 = −0.34 · 0.23 · 0.57 = −0.045" in derivation.text(2)


def test_two_paths_node_by_node_and_path_by_path() -> None:
    derivation = between(LESSON, "dE/dx1")
    assert derivation.path_count == 2
    assert [path.names for path in derivation.paths] == [
        ("E", "yhat", "a3", "z1", "a1", "x1"),
        ("E", "yhat", "a3", "z2", "a2", "x1"),
    ]
    assert sum(path.product.value for path in derivation.paths) == pytest.approx(derivation.value)
    last = derivation.steps[-1]
    assert text(last.formula) == "∂E/∂a1·∂a1/∂x1 + ∂E/∂a2·∂a2/∂x1"
    assert last.value == pytest.approx(-0.00318415134640987, rel=1e-14)


def test_shared_prefixes_are_written_once_node_by_node() -> None:
    derivation = between(LESSON, "dE/dx1")
    lefts = [text(line.left) for line in derivation.steps]
    assert len(lefts) == len(set(lefts)) == 7


def test_a_variable_used_directly_and_through_another() -> None:
    """∂E/∂x alone would say the sum; the direct link is written as its formula."""
    derivation = between("x = 2\ny = x^2\nE = x*y", "dE/dx")
    assert derivation.value == 12.0
    assert text(derivation.steps[-1].formula) == "∂E/∂y·∂y/∂x + y"
    assert [path.product.value for path in derivation.paths] == [8.0, 4.0]


@pytest.mark.parametrize(
    ("lines", "derivative", "value", "reason"),
    [
        (LESSON, "dE/dw1", 0.0, "It is 0 because of what is 0 on the way: ∂a1/∂w1."),
        (LESSON, "dE/dalpha", 0.0, "E does not depend on α: there is no path."),
        (LESSON, "dw5/dE", 0.0, "w5 does not depend on E: there is no path."),
        ("x = 3\na = 2x\nb = -2x\nE = a + b", "dE/dx", 0.0, "It is 0 because the paths cancel."),
        ("x = -2\ny = x^2*exp(x)", "dy/dx", 0.0, "It is 0 at these numbers."),
        (LESSON, "dE/dE", 1.0, "A quantity changes with itself."),
        (LESSON, "dE/dw5", -0.04455358251524551, ""),
    ],
)
def test_zeros_say_why(lines: str, derivative: str, value: float, reason: str) -> None:
    derivation = between(lines, derivative)
    assert derivation.value == value
    assert derivation.reason == reason
    assert reason in derivation.text()


def test_a_factor_of_one_is_not_written() -> None:
    derivation = between("x = 3\na = 2x\nb = a + x\nc = a + b\nE = c^2", "dE/dx")
    formulas = [text(path.product.formula) for path in derivation.paths]
    formulas += [text(line.formula) for line in derivation.steps]
    assert not any("· 1" in f or "1 ·" in f or "·1" in f or "1·" in f for f in formulas)
    assert sum(path.product.value for path in derivation.paths) == derivation.value


def test_exponentially_many_paths_are_counted_and_the_first_are_shown() -> None:
    lines = "x0 = 1.0\nx1 = 1.5\n"
    lines += "\n".join(f"x{k} = 0.5*x{k - 1} + 0.25*x{k - 2}" for k in range(2, 300))
    derivation = between(lines, "dx299/dx0")
    assert derivation.path_count > 10**50
    assert len(derivation.paths) == SHOWN_PATHS
    assert "more." in derivation.text()
    assert derivation.steps[-1].value == derivation.value


def test_every_line_works_out_to_its_value() -> None:
    for derivative in ("dE/dx1", "dE/dw3", "dE/dx2"):
        derivation = between(LESSON, derivative)
        lines = [*derivation.factors, *derivation.steps, *(p.product for p in derivation.paths)]
        for line in lines:
            assert evaluate(line.numbers, {}, FLOAT) == pytest.approx(line.value, rel=1e-14)


def test_graphs_built_in_python_need_no_labels_at_the_ends() -> None:
    x = Value(0.5)
    h = (x * 3).tanh()
    h.label = "h"
    derivation = derive(h * h + 1, x)
    assert (derivation.of, derivation.wrt) == ("f", "x")
    assert derivation.value == pytest.approx(2 * h.data * (1 - h.data**2) * 3, rel=1e-15)
    assert not x.label


def test_a_network_is_derived_with_its_own_names() -> None:
    net = nn.MLP(2, [2, 1], activation="tanh", seed=1)
    named = net.trace([0.5, -1.0])
    w1 = dict(net.named_parameters())["w1"]
    derivation = derive(named["yhat"], w1)
    assert derivation.value == grad(named["yhat"], w1)
    assert "∂z1/∂a1 = 1 − z1²" in derivation.text(2)


def test_a_derivative_in_a_formula_is_followed_as_it_changes() -> None:
    lines = "x = 2\ny = x^3 = 8\ng = dy/dx = 12\nx' = x - 0.1*dy/dx\n"
    assert between(lines, "dg/dx").value == 12.0  # the second derivative, 6x
    assert between(lines, "dx'/dx").value == pytest.approx(1 - 0.1 * 12, rel=1e-15)
    assert "∂(∂y/∂x)/∂x = 6 · x = 6 · 2 = 12" in between(lines, "dg/dx").text()
    assert r"\frac{\partial \left(\frac" in between(lines, "dg/dx").latex()


def test_an_update_is_worked_out_from_the_gradient() -> None:
    lines = LESSON + "w5' = w5 - alpha*dE/dw5\n"
    assert between(lines, "dw5'/dalpha").value == pytest.approx(0.0445535825152455, rel=1e-14)
    assert "∂w5'/∂α = −∂E/∂w5" in between(lines, "dw5'/dalpha").text()
    assert "∂w5'/∂(∂E/∂w5) = −α" in between(lines, "dw5'/dw5").text()


def test_many_updates_by_hand_stay_small() -> None:
    """Each goes through all before it, and what is worked out once is not worked out again."""
    lines = ["x = 1", "y0 = x^2"]
    for n in range(40):
        lines += [f"x{n + 1} = {f'x{n}' if n else 'x'} - 0.1*dy{n}/d{f'x{n}' if n else 'x'}"]
        lines += [f"y{n + 1} = x{n + 1}^2"]
    # Every step multiplies x by 1 - 0.1·2.
    assert between("\n".join(lines), "dx40/dx").value == pytest.approx(0.8**40, rel=1e-13)


def test_json_has_every_number_in_full() -> None:
    record = json.loads(between(LESSON, "dE/dx1").json())
    assert record["name"] == "dE/dx1"
    assert record["path_count"] == len(record["paths"]) == 2
    assert record["value"] == pytest.approx(-0.00318415134640987, rel=1e-14)


def test_notebooks_get_formulas() -> None:
    latex = between(LESSON, "dE/dw5")._repr_latex_()
    assert latex.startswith("$$\\begin{aligned}")
    assert r"\frac{\partial E}{\partial w_{5}}" in latex


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: derive(1.0, Value(1.0)), TypeError, "derive: expected a Value, got float"),
        (lambda: sheet("x = 1").derivative("dy/dx"), WorksheetError, "has no 'y'"),
        (lambda: sheet("yhat = 1").derivative("dyhta/dyhat"), WorksheetError, "mean 'yhat'"),
        (lambda: sheet("x = 1").derivative("x"), WorksheetError, "such as dE/dw5, got 'x'"),
    ],
)
def test_bad_calls_say_what_was_expected(
    call: object, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("step", "times", "said"),
    [
        # It doubles in writing.
        (lambda out, x: out * out, 40, "the formula of 'E' is too long"),
        # x^x^x^… is short, and its derivative is not.
        (lambda out, x: x**out, 60, "the derivative of 'E' is too long"),
    ],
)
def test_a_formula_nobody_could_read_is_refused(step: Any, times: int, said: str) -> None:
    x = Value(1.0, "x")
    out = x
    for _ in range(times):
        out = step(out, x)  # unlabelled
    out.label = "E"
    with pytest.raises(ValueError, match=f"{said}; give some of its parts names"):
        derive(out, x)


def test_a_formula_that_is_long_and_no_more_than_that_is_derived() -> None:
    x = Value(0.5, "x")
    out = sum((x * number for number in range(1, 200)), x * 200)
    out.label = "E"
    assert derive(out, x).value == 20_100


# The command.


def test_the_command_reads_files_and_standard_input(tmp_path: Path) -> None:
    path = tmp_path / "lesson.txt"
    path.write_text(LESSON, encoding="utf-8")
    from_file = run("derive", str(path), "dE/dw5", "--places", "2")
    assert from_file.returncode == 0
    assert "= −0.34 · 0.23 · 0.57 = −0.045" in from_file.stdout
    assert run("derive", "-", "∂E/∂w₅", "--places", "2", input=LESSON).stdout == from_file.stdout


def test_the_command_knows_built_in_worksheets() -> None:
    assert "office-hours" in run("lessons").stdout
    result = run("derive", "office-hours", "dE/dw5", "--format", "json")
    assert json.loads(result.stdout)["value"] == pytest.approx(-0.0445535825152455, rel=1e-14)


def test_unreadable_lines_are_reported_and_the_rest_is_worked_out() -> None:
    """They are no part of what was asked for, which was had: the exit status is 0."""
    result = run("derive", "-", "dE/dw5", input=LESSON + "q = (1 +\nr = 2 2\n")
    assert result.returncode == 0
    assert "∂E/∂w5" in result.stdout
    assert "line" in result.stderr
    assert "^" in result.stderr


def test_the_line_that_is_the_cause_is_shown_when_the_name_is_missing() -> None:
    for command in (["derive", "-", "dE/dw5"], ["step", "-"]):
        result = run(*command, input="w5 = (1\nE = w5^2\n")
        assert result.returncode == 2
        assert "line 1, column 8: expected ')'" in result.stderr
        assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("lines", "derivative", "rule"),
    [
        ("x = 2\ny = 3*x", "dy/dx", "factor rule"),
        ("x = 2\ny = x/3", "dy/dx", "factor rule"),
        ("x = 2\ny = 3/x", "dy/dx", "quotient rule"),
        ("x = 2\nz = 3\ny = z*x", "dy/dx", "product rule"),
        ("x = 2\nz = 3\ny = z/x", "dy/dz", "quotient rule"),
        ("x = 2\ny = x^3", "dy/dx", "power rule"),
        ("x = 2\ny = 3^x", "dy/dx", "exponential rule"),
        ("x = 2\ny = x^x", "dy/dx", "power rule, exponential rule"),
        ("x = 2\ny = (x - 1)^2/2", "dy/dx", "factor rule, power rule, sum rule"),
    ],
)
def test_rules_have_their_courses_names(lines: str, derivative: str, rule: str) -> None:
    assert [line.rule for line in between(lines, derivative).factors] == [rule]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["derive", "no-such-file", "dE/dw5"], "no such file or built-in worksheet"),
        (["derive", "office-hour", "dE/dw5"], "did you mean 'office-hours'"),
        (["derive", "office-hours", "dE/dw9"], "has no 'w9'"),
        (["derive", "office-hours", "E"], "expected a derivative such as dE/dw5"),
        (["derive", "/", "dE/dw5"], "cannot open '/'"),
    ],
)
def test_bad_input_is_one_line_and_exit_status_2(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_notebooks_name_rules_and_reasons() -> None:
    lines = "x = 2\ny = x^2 + 1\nE = x*y\n"
    latex = between(lines, "dE/dx")._repr_latex_()
    assert r"\text{product rule; y held fixed}" in latex
    assert "there is no path" in between("x = 2\nq = 3\nE = x^2", "dE/dq")._repr_latex_()
    single = between("x = 2\ny = x^2", "dy/dx")._repr_latex_()
    assert single.count(r"\partial y") == 1


def test_a_derivation_prints_as_its_text() -> None:
    derivation = between("x = 2\ny = x^2", "dy/dx")
    assert str(derivation) == derivation.text()


@pytest.mark.parametrize(
    ("lines", "derivative", "said"),
    [
        ("x = 2\ny = x - x", "dy/dx", "It is 0 whatever the numbers are."),
        ("x = 0\ny = x^2", "dy/dx", "It is 0 at these numbers."),
        ("x = 4\ny = x", "dy/dx", "(identity)"),
        ("x = 4\ny = sqrt(x)\ng = dy/dx\nh = dg/dx", "dg/dx", "(identity)"),
        ("x = 2\ny = x^3\ng = dy/dx\nh = dg/dx\n", "dh/dx", "∂(∂g/∂x)/∂x = 6"),
        ("x = 4\ny = x^0.5", "dy/dx", "0.5 · x^(−0.5) = 0.5000 · 4^(−0.5000)"),
    ],
)
def test_what_is_said_of_small_derivatives(lines: str, derivative: str, said: str) -> None:
    assert said in between(lines, derivative).text()


# Without numbers.


def without_numbers(text: str) -> dict[str, Value]:
    """A worksheet's nodes where every given is a name without a number."""
    nodes: dict[str, Value] = {}
    for statement in Worksheet.parse(text).statements:
        name, formula = statement.left, statement.parts[0]
        values = {quantity: nodes[quantity] for quantity in quantities(formula.expr)}
        if statement.kind == "given":
            nodes[name] = Symbol(float(formula.number.value), name)
        else:
            nodes[name] = evaluate(formula.expr, values, ON_NODES, Constant)
            nodes[name].label = str(name)
    return nodes


LOGISTIC = """
w = 0.3
x = 0.7
b = 0.2
y = 1.1
z = w*x + b
a = sigmoid(z)
E = (a - y)^2/2
"""


@pytest.mark.parametrize(
    ("text", "of", "wrt", "result"),
    [
        (LOGISTIC, "E", "w", "(a − y) · a · (1 − a) · x"),
        (LOGISTIC, "E", "y", "−(a − y)"),
        ("x = 0.3\ny = 3x + 1", "y", "x", "3"),  # its number is known whatever x is
        ("x = 0.3\nh = 2x\nk = 3x\nE = h*k", "E", "x", "2·k + 3·h"),
        ("x = 0.3\nE = relu(x)", "E", "x", "1 if x > 0 else 0"),
    ],
)
def test_a_derivation_without_numbers_is_in_symbols(
    text: str, of: str, wrt: str, result: str
) -> None:
    nodes = without_numbers(text)
    found = derive(nodes[of], nodes[wrt])
    first, *_ = found.text().splitlines()
    assert first == f"  ∂{of}/∂{wrt} = {result}"
    assert (found.value is None) is not result.isdecimal()


def test_the_symbols_are_those_of_sympy() -> None:
    """At other numbers than those that stand in, too."""
    nodes = without_numbers(LOGISTIC)
    w, x, b, y = sympy.symbols("w x b y")
    a = 1 / (1 + sympy.exp(-(w * x + b)))
    E = (a - y) ** 2 / 2  # noqa: N806
    point = {w: -0.4, x: 1.3, b: 0.1, y: 0.25}
    values = {Name(str(name)): number for name, number in point.items()}
    values[Name("a")] = float(a.subs(point))
    for name in (w, x, b, y):
        found = derive(nodes["E"], nodes[str(name)])
        wanted = float(sympy.diff(E, name).subs(point))
        assert evaluate(found.formula, values, FLOAT) == pytest.approx(wanted, rel=1e-13)


def test_some_numbers_are_put_in_and_the_others_stay() -> None:
    x, w = Symbol(0.7, "x"), Value(2.0, "w")
    y = w * x
    y.label = "y"
    E = y**2  # noqa: N806
    E.label = "E"
    found = derive(E, w)
    assert json.loads(found.json())["value"] is None
    assert "∂y/∂w = x" in found.text()
    assert "0.7" not in found.text() + found.json() + found.latex()


SYMBOLS = "z = w*x + b\na = sigmoid(z)\nE = (a - y)^2/2\n"


@pytest.mark.parametrize(
    ("sheet_text", "derivative", "result", "problems"),
    [
        (SYMBOLS, "dE/dw", "(a − y) · a · (1 − a) · x", 0),  # no number at all
        ("x = 2\nz = w*x\nE = z^2", "dE/dw", "4 · z", 0),  # what is known is put in
        ("x = 2\nz = w*x\nE = z^2", "dE/dx", "2 · z · w", 0),  # a given of the same sheet
        ("x = 2\ny = 3x\nz = w*y", "dy/dx", "3", 1),  # numbers all the way: as ever
        (SYMBOLS + "q = )", "dE/db", "(a − y) · a · (1 − a)", 1),  # unreadable stays so
    ],
)
def test_a_worksheet_without_numbers(
    sheet_text: str, derivative: str, result: str, problems: int
) -> None:
    sheet = Worksheet.parse(sheet_text)
    found = derive(*sheet.derivative(derivative))
    assert found.text().splitlines()[0].partition(" = ")[2] == result
    left = sheet.problems if found.formula is None else sheet.problems_in_symbols()
    assert len(left) == problems


@pytest.mark.parametrize(
    "text",
    [
        LOGISTIC,
        "x = 0.3\ny = x^2\nE = x*y + sin(y)",  # y is held fixed on the way straight from x
        "x = 0.3\na = 2x\nb = exp(a)\nc = a*b\nE = a + b*c",
    ],
)
def test_the_gradients_of_a_walk_in_symbols_are_those_of_numbers(text: str) -> None:
    """At other numbers than those that stand in, too."""
    steps = walk(without_numbers(text)["E"])
    changed = Worksheet.parse(text.replace("0.3", "0.8").replace("0.7", "-1.2")).names
    values = {Name(name): node.data for name, node in changed.items()}
    totals = {step.name: step.total for step in steps if isinstance(step, Backward)}
    assert {*totals} == {*changed} - {"E"}
    for name, total in totals.items():
        number = evaluate(expr_of(total), values, FLOAT)
        assert number == pytest.approx(grad(changed["E"], changed[name]), rel=1e-13)
    assert all(step.predicted[1] is None for step in steps if isinstance(step, Forward))


def test_long_formulas_are_not_written_out_again_and_again() -> None:
    """Each level doubles what a formula in the names alone would take."""
    lines = [f"x{n + 1} = x{n}*sin(x{n})*cos(x{n})" for n in range(40)]
    steps = walk(Worksheet.parse("\n".join(lines)).symbols["x40"])
    assert max(len(line) for line in numbered(steps, 4, Page())) < 2_000


@pytest.mark.parametrize(
    "name",
    ["chain-of-three", "dead-relu", "logistic-regression", "softplus-and-tanh", "used-twice"],
)
def test_what_derive_prints_is_read_back(name: str) -> None:
    """Below the sheet that it is of, every line of it is right."""
    sheet_text = builtin.text(name)
    sheet = Worksheet.parse(sheet_text)
    first, *_ = sheet.names.values()
    printed = derive(sheet.cost(), first).text().splitlines()
    lines = [line for line in printed if " = " in line and "path " not in line]
    marked = Worksheet.parse("\n".join([sheet_text, *lines])).check().lines
    assert {line.verdict for line in list(marked)[-len(lines) :]} == {"right"}


def test_a_line_with_something_held_fixed_is_not_accused() -> None:
    """∂E/∂x with y held fixed is another number than ∂E/∂x."""
    sheet = Worksheet.parse(
        "x = 2\ny = x^2\nE = x*y\n∂E/∂x = y = 4   (product rule; y held fixed)\n∂E/∂x = y = 4"
    )
    *_, held, total = sheet.check().lines
    assert (held.verdict == "wrong", total.verdict) == (False, "wrong")


def test_the_products_of_paths_are_not_accused() -> None:
    """Path 2 = … says nothing of the number 2."""
    sheet = Worksheet.parse(builtin.text("dead-relu"))
    first, *_ = sheet.names.values()
    printed = derive(sheet.cost(), first).text()
    assert "path 2 = " in printed
    lines = [line for line in printed.splitlines() if " = " in line]
    marked = Worksheet.parse("\n".join([builtin.text("dead-relu"), *lines])).check().lines
    assert "wrong" not in {line.verdict for line in marked}


def test_marks_of_derivatives_of_derivatives() -> None:
    """A slope may itself stand among the inputs of what is differentiated."""
    sheet = Worksheet.parse(
        "x = 4\nf = x^2\nx' = x - 0.25*df/dx\nf' = x'^2\nc = 2*x'\ndf'/dx = 2*x' = 99"
    )
    *_, line = sheet.check().lines
    assert line.verdict == "wrong"
