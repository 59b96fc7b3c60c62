"""The worksheets that come with the package: right in every figure, and explained right."""

from __future__ import annotations

import itertools
import math
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
import scipy.special
import sympy
from sampled import sampled

from micrograd_like.derivation import Derivation, derive
from micrograd_like.derivation.equations import Equation
from micrograd_like.errors import WorksheetError
from micrograd_like.formula import Call, Derivative, Expr, Name, Number, evaluate, fold, names
from micrograd_like.notation import plain
from micrograd_like.ops import FLOAT
from micrograd_like.worksheet import Statement, Worksheet, builtin
from micrograd_like.worksheet.records import Part

PUBLISHED, IN_CLASS = "office-hours-as-published", "office-hours-in-class"
ALL = builtin.names()
CORRECT = [name for name in ALL if name not in (PUBLISHED, IN_CLASS)]
EXPECTED = {
    "chain-of-three",
    "logistic-regression",
    "multiply-add",
    "office-hours",
    PUBLISHED,
    IN_CLASS,
    "product-rule",
    "quotient",
    "softplus-and-tanh",
    "two-outputs",
    "used-twice",
}

each = pytest.mark.parametrize("sheet_name", ALL)
each_correct = pytest.mark.parametrize("sheet_name", CORRECT)
sheet = cache(builtin.load)


@cache
def derivatives(name: str) -> dict[Derivative, float]:
    """Every derivative between names, as the backward pass leaves it in ``grad``."""
    names = sheet(name).names
    found = {}
    for of, output in names.items():
        for node in names.values():
            node.grad = 0.0
        output.backward()
        found |= {Derivative(of, wrt): node.grad for wrt, node in names.items()}
    return found


#: Of a worksheet with more names, only what it derives is derived by every name.
MANY = 20


@cache
def outputs(name: str) -> list[str]:
    """The names that are differentiated: all, or those that the worksheet differentiates."""
    derived = {left.of for left in derived_in(name)}
    return [of for of in sheet(name).names if of in derived or len(sheet(name).names) <= MANY]


def derived_in(name: str) -> list[Derivative]:
    """The derivatives that are worked out in the worksheet."""
    lefts = (s.left for s in sheet(name).statements)
    return [left for left in lefts if isinstance(left, Derivative)]


@cache
def derivations(name: str) -> list[Derivation]:
    names = sheet(name).names
    return [derive(names[of], wrt) for of in outputs(name) for wrt in names.values()]


# The collection.


def test_a_list_of_names_needs_no_engine() -> None:
    script = (
        "import sys; from micrograd_like.worksheet import builtin; builtin.title('quotient');"
        "sys.exit('micrograd_like.engine.value' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_names_are_sorted_and_complete() -> None:
    assert sorted(ALL) == ALL
    assert set(ALL) >= EXPECTED


@each
def test_title_is_the_comment_on_top(sheet_name: str) -> None:
    title = builtin.title(sheet_name)
    assert builtin.text(sheet_name).startswith(f"# {title}\n")
    assert re.fullmatch(r"[A-Z].{20,98}\.", title)


@pytest.mark.parametrize("function", [builtin.title, builtin.text, builtin.load])
def test_unknown_name_is_answered_with_a_near_one(function: object) -> None:
    assert callable(function)
    with pytest.raises(WorksheetError, match="'ofice-hours'; did you mean 'office-hours'"):
        function("ofice-hours")
    with pytest.raises(WorksheetError, match="no built-in worksheet"):
        function("../worksheets/quotient")


# Every line is right.


@each
def test_every_line_is_read(sheet_name: str) -> None:
    assert sheet(sheet_name).problems == []
    assert sheet(sheet_name).statements


@each
def test_plain_form_reads_the_same(sheet_name: str) -> None:
    again = Worksheet.parse(str(sheet(sheet_name)))
    assert [str(s) for s in again.statements] == [str(s) for s in sheet(sheet_name).statements]


@each_correct
def test_every_part_is_the_true_value(sheet_name: str) -> None:
    values = {name: node.data for name, node in sheet(sheet_name).names.items()}
    known = {**values, **derivatives(sheet_name)}
    for statement in sheet(sheet_name).statements:
        true = known[left_key(statement)]
        for part in statement.parts:
            if part.number is not None:
                assert agrees(part.number, true, part.approximate), statement
            elif is_symbolic(part.expr):
                value = evaluate(part.expr, known, FLOAT)
                assert value == pytest.approx(true, rel=1e-9, abs=1e-15), statement
            else:
                low, high = bounds(part)
                assert low <= true <= high, statement


@each_correct
def test_a_hand_gets_the_printed_result_from_the_printed_figures(sheet_name: str) -> None:
    for statement in sheet(sheet_name).statements:
        for worked, result in itertools.pairwise(statement.parts):
            if result.number is not None and not is_symbolic(worked.expr):
                assert agrees(result.number, evaluate(worked.expr, {}, FLOAT)), statement


def left_key(statement: Statement) -> str | Derivative:
    return statement.left.name if isinstance(statement.left, Name) else statement.left


def agrees(number: Number, true: float, approximate: bool = False) -> bool:
    """True if ``number`` is ``true`` to the places written; a whole number is exact."""
    if number.places is None:
        return bool(abs(number.value - true) <= 1e-12 * max(1, abs(true)))
    unit = 10.0**-number.places
    return bool(abs(number.value - true) <= unit * (1 if approximate else 0.5) + 1e-12)


def is_symbolic(expr: Expr) -> bool:
    found: list[Expr] = []
    fold(expr, lambda node, _: found.append(node))
    return any(isinstance(node, Name | Derivative) for node in found)


def bounds(part: Part) -> tuple[float, float]:
    """The least and greatest value of a part when its decimals are taken as rounded."""
    rounded: list[float] = []

    def widened(signs: tuple[int, ...]) -> float:
        left = iter(signs)

        def nudge(node: Expr, arguments: list[Expr]) -> Expr:
            if isinstance(node, Number) and node.places is not None:
                return Number(node.value + next(left) * 0.5 * 10.0**-node.places)
            return Call(node.function, tuple(arguments)) if isinstance(node, Call) else node

        return float(evaluate(fold(part.expr, nudge), {}, FLOAT))

    fold(
        part.expr,
        lambda node, _: rounded.append(1) if isinstance(node, Number) and node.places else None,
    )
    corners = [widened(signs) for signs in itertools.product((-1, 1), repeat=len(rounded))]
    return min(corners) - 1e-12, max(corners) + 1e-12


# Forward, by NumPy: every name as an array, from what is given.


def sigmoid(a: Any) -> Any:
    return 1 / (1 + np.exp(-a))


def numpy_softmax(g: dict[str, Any]) -> dict[str, Any]:
    a = g["W"] @ g["x"] + g["b"]
    p = scipy.special.softmax(a)
    step = g["eta"] * np.outer(p - g["y"], [*g["x"], 1])
    new = {"W'": g["W"] - step[:, :2], "b'": g["b"] - step[:, 2]}
    return {"a": a, "p": p, "L": -np.log(p[g["y"] == 1]).item(), **new}


def numpy_matrices(g: dict[str, Any]) -> dict[str, Any]:
    h = np.tanh(g["W"] @ g["X"] + g["b"])
    o = sigmoid(g["V"] @ h + g["c"])
    delta = (o - g["Y"]) / 2 * o * (1 - o)
    back = g["V"].T @ delta * (1 - h**2)
    new = {"V'": g["V"] - 0.5 * delta @ h.T, "W'": g["W"] - 0.5 * back @ g["X"].T}
    new |= {
        "b'": g["b"] - 0.5 * back.sum(1, keepdims=True),
        "c'": g["c"] - 0.5 * delta.sum(1, keepdims=True),
    }
    return {"H": h, "O": o, "E": ((o - g["Y"]) ** 2).mean(), **new}


def numpy_normalised(g: dict[str, Any]) -> dict[str, Any]:
    x = g["x"]
    y = g["gamma"] * (x - x.mean()) / np.sqrt(x.var() + g["eps"]) + g["beta"]
    return {"mu": x.mean(), "v": x.var(), "y": y, "L": ((y - g["t"]) ** 2).sum() / 2}


def numpy_recurrent(g: dict[str, Any]) -> dict[str, Any]:
    h = g["h0"]
    for x in (g["x1"], g["x2"], g["x3"]):
        h = np.tanh(g["w"] * x + g["u"] * h + g["b"])
    return {"h3": h, "L": (g["v"] * h - g["y"]) ** 2 / 2}


def numpy_lstm(g: dict[str, Any]) -> dict[str, Any]:
    f, i, c, o = (g[f"w{k}"] * g["x"] + g[f"u{k}"] * g["h0"] + g[f"b{k}"] for k in "figo")
    state = sigmoid(f) * g["c0"] + sigmoid(i) * np.tanh(c)
    h = sigmoid(o) * np.tanh(state)
    return {"c": state, "h": h, "L": (h - g["y"]) ** 2 / 2}


def correlated(x: Any, kernel: Any) -> Any:
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape)
    return np.einsum("ijkl,kl->ij", windows, kernel)


def numpy_convolution(g: dict[str, Any]) -> dict[str, Any]:
    y = correlated(g["X"], g["K"]) + g["b"]
    slope = correlated(g["X"], y - g["T"])
    new = {"K'": g["K"] - g["eta"] * slope, "b'": g["b"] - g["eta"] * (y - g["T"]).sum()}
    return {"Y": y, "L": ((y - g["T"]) ** 2).sum() / 2, **new}


def numpy_attention(g: dict[str, Any]) -> dict[str, Any]:
    keys, values = np.stack([g["k1"], g["k2"]]), np.stack([g["v1"], g["v2"]])
    shares = scipy.special.softmax(keys @ g["q"] / np.sqrt(2))
    o = shares @ values
    return {"a1": shares[0], "a2": shares[1], "o": o, "L": ((o - g["t"]) ** 2).sum() / 2}


def numpy_regression(g: dict[str, Any]) -> dict[str, Any]:
    x, y, line, found = g["x"], g["y"], np.array([g["w"], g["b"]]), {}
    for mark in ("", "'", "''"):
        p = line[0] * x + line[1]
        found |= {f"p{mark}": p, f"E{mark}": ((p - y) ** 2).mean()}
        found |= {f"w{mark}": line[0], f"b{mark}": line[1]}
        line = line - g["eta"] * 2 * np.array([((p - y) * x).mean(), (p - y).mean()])
    return found


def numpy_penalty(g: dict[str, Any]) -> dict[str, Any]:
    p = sigmoid(g["w"] @ g["x"] + g["b"])
    penalty = g["lambda"] / 2 * (g["w"] ** 2).sum()
    w = g["w"] - g["eta"] * ((p - 1) * g["x"] + g["lambda"] * g["w"])
    b = g["b"] - g["eta"] * (p - 1)
    new = {"w'": w, "b'": b, "p'": sigmoid(w @ g["x"] + b)}
    return {"p": p, "J": -np.log(p) + penalty, **new}


def numpy_adam(g: dict[str, Any]) -> dict[str, Any]:
    w, m, v, found = np.array([g["w1"], g["w2"]]), np.zeros(2), np.zeros(2), {}
    for step, mark in ((1, "'"), (2, "''")):
        slope = np.array([8, 1]) * w
        m = g["beta1"] * m + (1 - g["beta1"]) * slope
        v = g["beta2"] * v + (1 - g["beta2"]) * slope**2
        m_hat, v_hat = m / (1 - g["beta1"] ** step), v / (1 - g["beta2"] ** step)
        w = w - g["alpha"] * m_hat / (np.sqrt(v_hat) + g["eps"])
        found |= {f"w1{mark}": w[0], f"w2{mark}": w[1]}
    return {**found, "E''": 4 * w[0] ** 2 + w[1] ** 2 / 2}


def numpy_skip(g: dict[str, Any]) -> dict[str, Any]:
    y = g["x"] + np.maximum(g["W"] @ g["x"] + g["b"], 0)
    return {"y": y, "L": ((y - g["t"]) ** 2).sum() / 2}


BY_NUMPY = {
    "softmax-cross-entropy": numpy_softmax,
    "network-in-matrices": numpy_matrices,
    "batch-normalisation": numpy_normalised,
    "recurrent-steps": numpy_recurrent,
    "lstm-cell": numpy_lstm,
    "convolution": numpy_convolution,
    "attention": numpy_attention,
    "linear-regression": numpy_regression,
    "logistic-regression-l2": numpy_penalty,
    "adam": numpy_adam,
    "layer-normalisation": numpy_normalised,
    "skip-connection": numpy_skip,
}


def arrays(name: str) -> dict[str, Any]:
    """The worksheet's numbers; what has elements x1, x2, W11 … also as an array under x and W."""
    found: dict[str, Any] = {n: node.data for n, node in sheet(name).names.items()}
    elements: dict[str, dict[tuple[int, ...], float]] = {}
    for element, number in found.items():
        parts = re.fullmatch(r"([kv][12]|[A-Za-z]+)_?(\d+)('*)", element)
        if parts:
            place = tuple(int(digit) - 1 for digit in parts[2])
            elements.setdefault(parts[1] + parts[3], {})[place] = number
    for array, items in elements.items():
        shape = tuple(max(places) + 1 for places in zip(*items, strict=True))
        if math.prod(shape) == len(items):
            found.setdefault(array, np.array([items[p] for p in sorted(items)]).reshape(shape))
    return found


@pytest.mark.parametrize("sheet_name", BY_NUMPY)
def test_forward_values_and_updates_are_what_numpy_gives(sheet_name: str) -> None:
    ours = arrays(sheet_name)
    for name, true in BY_NUMPY[sheet_name](ours).items():
        assert np.ravel(ours[name]) == pytest.approx(np.ravel(true), rel=1e-12, abs=1e-15), name


@pytest.mark.parametrize("sheet_name", BY_NUMPY)
def test_each_is_marked_right_throughout(sheet_name: str) -> None:
    report = sheet(sheet_name).check()
    assert {line.verdict for line in report.lines} == {"right", "taken"}
    assert report.counts["right"] > report.counts["taken"]


# The lesson as it was published keeps its slips, and only these.


def test_published_lesson_keeps_its_slips() -> None:
    names = sheet(PUBLISHED).names
    known = {name: node.data for name, node in names.items()} | derivatives(PUBLISHED)
    off = set()
    for statement in sheet(PUBLISHED).statements:
        for part in statement.parts:
            value = evaluate(part.expr, known, FLOAT)
            if is_symbolic(part.expr) and value != pytest.approx(known[left_key(statement)]):
                off.add(statement.source)
    assert off == {
        "dE/dyhat = yhat - y = -0.34",
        "dz1/da1 = a1*(1 - a1) = 0.21",
        "dz2/da2 = a2*(1 - a2) = 0.24",
    }
    assert {
        "z1 = sigmoid(a1) = log10(.3) = .57",
        "z2 = sigmoid(a2) = log10(.4) = .60",
        "yhat = sigmoid(a3) = log10(.646) = 0.656206",
        "a3 = z1*w5 + z2*w6 = .57(.5) + .60(.6) = .646",
        "w6' = w6 - alpha*dE/dw5 = 0.61",
    } <= {statement.source for statement in sheet(PUBLISHED).statements}


def test_the_slips_of_the_class_are_found() -> None:
    """a3 = .525 (.60 times .4), the cost .19 for .18, and .43, which is −ln .65 for −log10 ŷ."""
    wrong = {
        line.source: line.causes[0].code
        for line in sheet(IN_CLASS).check().lines
        if line.verdict == "wrong"
    }
    assert wrong == {
        "a3 = z1*w5 + z2*w6 = .57(.5) + .60(.6) = .525": "arithmetic",
        "E = -log10(yhat) = .19": "rounded",
        "E = -ln(yhat) = .43": "log-base",
    }


# Every derivative between two names: the engine's, SymPy's, differences', and the printed
# factors' product.

FUNCTIONS = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "neg": lambda a: -a,
    "exp": sympy.exp,
    "log": sympy.log,
    "log10": lambda a: sympy.log(a) / sympy.log(10),
    "sqrt": sympy.sqrt,
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tanh": sympy.tanh,
    "sigmoid": lambda a: 1 / (1 + sympy.exp(-a)),
    "softplus": lambda a: sympy.log(1 + sympy.exp(a)),
    "relu": lambda a: sympy.Piecewise((a, a > 0), (0, True)),
}


@cache
def formulas(name: str) -> dict[str, Expr]:
    """What builds the graph: the first part of every given, definition and update."""
    lines = sheet(name).statements
    return {s.left.name: s.parts[0].expr for s in lines if isinstance(s.left, Name) and is_new(s)}


def is_new(statement: Statement) -> bool:
    return statement.kind != "claim"


def by_sympy(name: str, wrt: str) -> dict[str, float]:
    """The derivative of every name with respect to one, each a whole formula in ``wrt``.

    What ``wrt`` does not feed is a number of 40 digits. What follows from a derivative, as
    everything after an update does, is left to :func:`by_differences`.
    """
    variable, numbers = sympy.Symbol("variable", real=True), precise_numbers(name)
    whole: dict[str, sympy.Expr] = {}
    for of in numbers:
        parts = {*names(formulas(name)[of])}
        if of == wrt:
            whole[of] = variable
        elif not any(whole[part].has(variable) for part in parts):
            whole[of] = numbers[of]
        else:
            whole[of] = evaluate(formulas(name)[of], whole, FUNCTIONS, precise)
    at = {variable: numbers[wrt]} if wrt in numbers else {}
    return {
        of: float(sympy.diff(whole[of], variable).subs(at).evalf(30))
        for of in outputs(name)
        if of in whole
    }


@cache
def precise_numbers(name: str) -> dict[str, sympy.Expr]:
    """The numbers of 40 digits of what follows from no derivative."""
    numbers: dict[str, sympy.Expr] = {}
    for of, expr in formulas(name).items():
        if follows(expr, numbers):
            numbers[of] = sympy.N(evaluate(expr, numbers, FUNCTIONS, precise), 40)
    return numbers


def follows(expr: Expr, known: dict[str, sympy.Expr]) -> bool:
    """True if the formula has no derivative in it, nor anything that follows from one."""
    found: list[Expr] = []
    fold(expr, lambda node, _: found.append(node))
    return not any(isinstance(node, Derivative) for node in found) and {*names(expr)} <= {*known}


def precise(number: float) -> sympy.Expr:
    return sympy.Rational(repr(number))


#: So many givens of a worksheet are moved, or all where there are fewer.
MOVED = 12
MPMATH = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "neg": lambda a: -a,
    **{f: getattr(mpmath, f) for f in ("exp", "log", "log10", "sqrt", "sin", "cos", "tanh")},
    "sigmoid": lambda a: 1 / (1 + mpmath.exp(-a)),
    "softplus": lambda a: mpmath.log(1 + mpmath.exp(a)),
    "relu": lambda a: max(a, mpmath.mpf(0)),
}


def by_differences(name: str, wrt: str) -> dict[str, float]:
    """The same for a given ``wrt``, by differences at 400 digits.

    A derivative inside a formula is a difference itself, taken where the given number has
    moved to, so that how it changes is followed. With respect to a number in between, how it
    changes depends on the form in which the derivative is written, z(1 − z) or σ(a)(1 − σ(a)).
    """
    with mpmath.workdps(400):
        step = mpmath.mpf(10) ** -15
        after, before = (moved(name, {wrt: sign * step}, step**2) for sign in (1, -1))
        return {of: float((after[of] - before[of]) / (2 * step)) for of in after}


def moved(
    name: str, shifts: dict[str, mpmath.mpf], step: mpmath.mpf, wanted: str = ""
) -> dict[str, mpmath.mpf]:
    """Every name's number, up to the wanted one, when to those in ``shifts`` something is added."""
    known: dict[str | Derivative, mpmath.mpf] = {}
    for of, expr in formulas(name).items():
        for leaf in leaf_derivatives(expr):
            if leaf not in known:
                ends = []
                for sign in (1, -1):
                    shifted = {**shifts, leaf.wrt: shifts.get(leaf.wrt, 0) + sign * step}
                    ends.append(moved(name, shifted, step**2, leaf.of)[leaf.of])
                known[leaf] = (ends[0] - ends[1]) / (2 * step)
        known[of] = evaluate(expr, known, MPMATH, exactly) + shifts.get(of, 0)
        if of == wanted:
            break
    return {of: number for of, number in known.items() if isinstance(of, str)}


def exactly(number: float) -> mpmath.mpf:
    return mpmath.mpf(repr(number))


def leaf_derivatives(expr: Expr) -> list[Derivative]:
    found: list[Derivative] = []
    fold(expr, lambda node, _: found.append(node) if isinstance(node, Derivative) else None)
    return found


@each
def test_every_derivative_is_what_backward_gives(sheet_name: str) -> None:
    for derivation in derivations(sheet_name):
        true = derivatives(sheet_name)[Derivative(derivation.of, derivation.wrt)]
        assert derivation.value == pytest.approx(true, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("sheet_name", sampled(ALL, every=3))
def test_every_derivative_is_what_sympy_gives(sheet_name: str) -> None:
    worked = {(d.of, d.wrt): d.value for d in derivations(sheet_name)}
    derived = {left.wrt for left in derived_in(sheet_name)}
    for wrt in sheet(sheet_name).names if len(sheet(sheet_name).names) <= MANY else derived:
        for of, true in by_sympy(sheet_name, wrt).items():
            assert worked[of, wrt] == pytest.approx(true, rel=1e-12, abs=1e-15), (of, wrt)


@pytest.mark.parametrize("sheet_name", sampled(ALL, every=2))
def test_every_derivative_is_what_differences_give_through_updates_too(sheet_name: str) -> None:
    worked = {(d.of, d.wrt): d.value for d in derivations(sheet_name)}
    givens = [s.left.name for s in sheet(sheet_name).statements if s.kind == "given"]
    for wrt in givens[:: 1 + len(givens) // MOVED]:
        for of, true in by_differences(sheet_name, wrt).items():
            if (of, wrt) not in worked:
                continue
            assert worked[of, wrt] == pytest.approx(true, rel=1e-12, abs=1e-15), (of, wrt)


@each
def test_printed_factors_give_the_printed_product(sheet_name: str) -> None:
    for derivation in derivations(sheet_name):
        lines = [*derivation.factors, *derivation.steps, *(p.product for p in derivation.paths)]
        for line in lines:
            assert not is_symbolic(line.numbers), line
            value = evaluate(line.numbers, {}, FLOAT)
            assert value == pytest.approx(line.value, rel=1e-12, abs=1e-15), line


@each
def test_products_of_all_paths_add_up(sheet_name: str) -> None:
    for derivation in derivations(sheet_name):
        if derivation.path_count and derivation.path_count == len(derivation.paths):
            total = sum(path.product.value for path in derivation.paths)
            assert total == pytest.approx(derivation.value, rel=1e-12, abs=1e-15)
        if derivation.steps:
            assert derivation.steps[-1].value == derivation.value


@each
def test_symbols_in_the_steps_mean_what_they_say(sheet_name: str) -> None:
    """dA/dB is the whole derivative, wherever it stands: its number is that of the graph."""
    names = sheet(sheet_name).names
    known = {name: node.data for name, node in names.items()} | derivatives(sheet_name)
    known |= {plain(d): number for d, number in derivatives(sheet_name).items()}  # in updates
    for derivation in derivations(sheet_name):
        lines: list[Equation] = [*derivation.steps, *(p.product for p in derivation.paths)]
        for line in lines:
            if any(isinstance(d.wrt, Derivative) for d in leaf_derivatives(line.formula)):
                continue  # with respect to a derivative: no name of the worksheet
            value = evaluate(line.formula, known, FLOAT)
            assert value == pytest.approx(line.value, rel=1e-9, abs=1e-15), line


# LaTeX.


@each
def test_latex_is_balanced(sheet_name: str) -> None:
    for derivation in derivations(sheet_name):
        source = derivation.latex()
        assert source.isascii()
        bare = re.sub(r"\\[{}]", "", source)
        depths = list(itertools.accumulate({"{": 1, "}": -1}.get(c, 0) for c in bare))
        assert min(depths) == 0 == depths[-1]
        assert len(re.findall(r"\\left\b", source)) == len(re.findall(r"\\right\b", source))
        opened: list[str] = []
        for word, environment in re.findall(r"\\(begin|end)\{(\w+\*?)\}", source):
            if word == "begin":
                opened.append(environment)
            else:
                assert opened.pop() == environment
        assert not opened


@pytest.mark.slow
@each
def test_latex_compiles(sheet_name: str, tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    sources = dict.fromkeys(d.latex() for d in derivations(sheet_name))
    bodies = []
    for source in sources:
        head, _, rest = source.partition(r"\begin{document}")
        bodies.append(rest.partition(r"\end{document}")[0])
    pages = "\\clearpage\n".join(bodies)
    document = rf"{head}\begin{{document}}{pages}\end{{document}}"
    (tmp_path / "all.tex").write_text(document, encoding="ascii")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    log = (tmp_path / "all.log").read_text(encoding="latin-1")
    assert "Overfull \\hbox" not in log  # nothing runs off the page
