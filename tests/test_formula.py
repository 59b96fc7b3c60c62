"""The formula language: what it reads, puts in, simplifies and computes, and what it refuses."""

import math
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from micrograd_like.errors import FormulaError
from micrograd_like.formula import (
    ARITHMETIC,
    ARRAYS,
    COMPARISONS,
    PYTHON,
    Call,
    Derivative,
    Name,
    Number,
    emit,
    evaluate,
    exact_number,
    factors,
    names,
    nodes,
    parse,
    product,
    replaced,
    rewrite,
    simplify,
    substitute,
    summed,
    terms,
)
from micrograd_like.formula import C as C_SOURCE
from micrograd_like.ops import FLOAT

x, y, z = Name("x"), Name("y"), Name("z")


def call(function, *arguments):
    return Call(function, arguments)


# Any formula.


def larger(trees):
    pair = st.tuples(trees, trees)
    compared = st.builds(Call, st.sampled_from([*COMPARISONS]), pair)
    condition = compared | st.builds(
        Call, st.sampled_from(["and", "or"]), st.tuples(compared, compared)
    )
    return st.one_of(
        st.builds(Call, st.sampled_from(["add", "sub", "mul", "div", "pow", "maximum"]), pair),
        st.builds(Call, st.sampled_from(["neg", "neg", "exp", "sqrt"]), st.tuples(trees)),
        st.builds(Call, st.just("where"), st.tuples(condition, trees, trees)),
    )


numbers = st.integers(-3, 4) | st.sampled_from([0.5, -0.25, 1.0, 0.0])
TREES = st.recursive(numbers.map(Number) | st.sampled_from([x, y, z]), larger, max_leaves=12)


def exact_power(base, exponent):
    if exponent.denominator == 1 and abs(exponent) <= 64:
        if max(base.numerator.bit_length(), base.denominator.bit_length()) > 1000:
            raise OverflowError
        return base**exponent
    return 3 * base - 5 * exponent + 1  # any function will do


def over_fractions(function):
    return lambda *operands: function(*map(Fraction, operands))


#: Exact arithmetic, in which nothing can hide behind rounding; exp and sqrt are any functions.
EXACT = {
    **{name: over_fractions(function) for name, function in ARITHMETIC.items()},
    "pow": over_fractions(exact_power),
    "exp": over_fractions(lambda a: 7 * a + 2),
    "sqrt": over_fractions(lambda a: a * a + a / 3),
    "maximum": over_fractions(max),
}


# Text to tree.


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        # Whole numbers are exact, others are floats.
        ("2", Number(2)),
        ("2.0", Number(2.0)),
        ("1e-3", Number(0.001)),
        # Spaces around a formula mean nothing.
        ("  x ", x),
        # A minus is an operation of its own, and binds less tightly than a power.
        ("-x ** 2", call("neg", call("pow", x, Number(2)))),
        # Products before sums, both from the left; powers from the right.
        ("x - y - z", call("sub", call("sub", x, y), z)),
        ("x + y * z", call("add", x, call("mul", y, z))),
        ("x / y / z", call("div", call("div", x, y), z)),
        ("x ** y ** z", call("pow", x, call("pow", y, z))),
        ("(x + y) * z", call("mul", call("add", x, y), z)),
        # Functions of any name and number of arguments.
        ("f(x, y)", call("f", x, y)),
        ("sum(x * w)", call("sum", call("mul", x, Name("w")))),
        # A chained comparison is two of them.
        ("-1 <= x < y", call("and", parse("-1 <= x"), parse("x < y"))),
        ("x > 0 or y > 0 and z > 0", call("or", parse("x > 0"), parse("y > 0 and z > 0"))),
        # A condition comes first in the tree, whatever its place in the text.
        ("x if y != 0 else z", call("where", call("ne", y, Number(0)), x, z)),
    ],
)
def test_parse(text, tree):
    assert parse(text) == tree
    assert type(getattr(parse(text), "value", None)) is type(getattr(tree, "value", None))


@pytest.mark.parametrize(
    "text",
    [
        # Python's statements and expressions are not formulas.
        "import os",
        "x = 1",
        "(x := 1)",
        "x; y",
        "lambda: x",
        "[x for x in y]",
        "(x, y)",
        "[x]",
        "{x: y}",
        "yield x",
        "await x",
        # Nothing can be reached into.
        "x.real",
        "x[0]",
        "().__class__.__bases__",
        "f(x)(y)",
        "x.f(y)",
        # The only constants are real numbers.
        "'text'",
        "f'{x}'",
        "b'x'",
        "True",
        "None",
        "...",
        "2j",
        # Arguments have a place, not a name.
        "f(a=x)",
        "f(*x)",
        "f(**x)",
        # Operators that no formula of a course has.
        "x // y",
        "x % y",
        "x @ y",
        "x & y",
        "~x",
        "not x",
        "x is y",
        "x in y",
        # What is no Python either.
        "",
        "x +",
        "(x",
        "2 x",
        "x\0",
        "x +\ny",
    ],
)
def test_what_the_language_lacks_is_refused(text):
    with pytest.raises(FormulaError, match="formula") as caught:
        parse(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        # A very long formula is refused like any other, in a few words.
        "x" + " + x" * 5_000,
        "-" * 5_000 + "x",
        "(" * 5_000 + "x" + ")" * 5_000,
    ],
    ids=["sum", "signs", "brackets"],
)
def test_a_formula_too_deep_to_read_is_refused(text):
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("text", ["where(x)", "where(x, y)", "neg(x, y)", "sum(x, y)", "gt(x)"])
def test_the_language_s_own_functions_need_their_arguments(text):
    """The tree's own functions can be written as calls, so a wrong number of them must be told."""
    with pytest.raises(FormulaError):
        parse(text)


@pytest.mark.parametrize(("text", "column"), [("x + y.z", 4), ("x[0]", 0), ("x * (2 + 'a')", 9)])
def test_refusal_names_the_column(text, column):
    with pytest.raises(FormulaError, match=rf"column {column}\b"):
        parse(text)


def test_nothing_is_evaluated(tmp_path):
    """A call is a node with a name; Python's own functions are never looked up."""
    marker = tmp_path / "marker"
    with pytest.raises(FormulaError):
        parse(f"__import__('pathlib').Path({str(marker)!r}).touch()")
    with pytest.raises(FormulaError):
        parse(f"open({str(marker)!r}, 'w')")
    assert not marker.exists()
    assert parse("exit(1)") == call("exit", Number(1))
    with pytest.raises((FormulaError, LookupError)):
        evaluate(parse("exit(1)"), {}, FLOAT)


# Tree to tree.


def test_names_come_once_in_the_order_they_are_written():
    assert names(parse("y * x + f(y, a) - (1 if b > 0 else c)")) == ("y", "x", "a", "b", "c")
    assert names(parse("1 + 2")) == ()


A, B, C, D = map(Name, "abcd")


@pytest.mark.parametrize(
    ("text", "operands", "expected"),
    [
        # Names without an operand stay.
        ("x * y", {"x": A}, "a * y"),
        # Operands are trees: no bracket can be lost.
        ("x * y", {"x": parse("a + b"), "y": parse("-c")}, "(a + b) * (-c)"),
        ("x ** 2", {"x": Number(-3)}, call("pow", Number(-3), Number(2))),
        # All at once: an operand with the name of another is left as it is.
        ("x - y", {"x": y, "y": x}, "y - x"),
        # A name is replaced whole: x is no part of x1.
        ("x + x1", {"x": A}, "a + x1"),
        # Conditions and arguments are formulas too.
        ("x if x > 0 else f(x)", {"x": A}, "a if a > 0 else f(a)"),
        # A sum runs over its families, and over each pair of two of them.
        ("sum(x)", {"x": (A, B, C)}, "a + b + c"),
        ("sum(x * w) + b", {"x": (A, B), "w": (C, D), "b": z}, "a * c + b * d + z"),
        ("sum(x * y)", {"x": (A, B), "y": C}, "a * c + b * c"),
        ("sum(x)", {"x": (A,)}, "a"),
    ],
)
def test_substitute(text, operands, expected):
    tree = parse(expected) if isinstance(expected, str) else expected
    assert substitute(parse(text), operands) == tree


@pytest.mark.parametrize(
    ("text", "operands"),
    [
        # A family can only stand inside a sum, and a sum needs one.
        ("2 * x", {"x": (A, B)}),
        ("sum(x)", {"x": A}),
        ("sum(2)", {}),
    ],
)
def test_substitute_refuses_a_family_out_of_place(text, operands):
    with pytest.raises(FormulaError, match="family"):
        substitute(parse(text), operands)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # What changes nothing is dropped.
        ("x + 0", "x"),
        ("0 + x", "x"),
        ("x - 0", "x"),
        ("1 * x", "x"),
        ("x * 1", "x"),
        ("x / 1", "x"),
        ("x ** 1", "x"),
        ("-(-x)", "x"),
        # What decides the result does so.
        ("0 * x", "0"),
        ("0 / x", "0"),
        ("x ** 0", "1"),
        # Exact numbers are computed with, exactly.
        ("2 - 1", "1"),
        ("2 + 3 * 4", "14"),
        ("2 ** 10", "1024"),
        ("6 / 4", "3 / 2"),
        ("6 / 3", "2"),
        ("3 - 5", Number(-2)),
        ("(-2) ** 3", Number(-8)),
        # The coefficient of a product is collected, the factors keep their order.
        ("1 / 2 * 2 * x", "x"),
        ("2 * x * 3 * y", "6 * x * y"),
        ("x * 2 / (4 * y)", "x / (2 * y)"),
        ("x / (y / 2)", "2 * x / y"),
        ("-1 * x", "-x"),
        ("x * -2", "-(2 * x)"),
        ("-x * -y", "x * y"),
        ("x / -y", "-(x / y)"),
        # Signs that meet in a sum.
        ("x + -y", "x - y"),
        ("0 - x", "-x"),
        # The power rule at work: ∂x²/∂x.
        ("2 * x ** (2 - 1)", "2 * x"),
        # A condition between exact numbers is decided.
        ("x if 2 != 0 else y", "x"),
        ("x if 1 > 2 else y", "y"),
        ("x if 0 < 1 < 2 else y", "x"),
        ("x if 1 > 2 or 2 > 1 else y", "x"),
        ("x if y > 0 or 2 > 1 else z", "x"),
        ("x if y > 0 and 2 > 1 else z", "x if y > 0 else z"),
        ("1 * x if y > 0 + z else 2 - 2", "x if y > z else 0"),
        # Everywhere inside.
        ("f(1 * x, 2 - 1)", "f(x, 1)"),
        ("sum(1 * x)", "sum(x)"),
    ],
)
def test_simplify(text, expected):
    tree = parse(expected) if isinstance(expected, str) else expected
    assert simplify(parse(text)) == tree


@pytest.mark.parametrize(
    "text",
    [
        # Measured numbers are a hand's to multiply, on a line of their own.
        "2.5 * x",
        "0.5 + 0.25",
        "1.5 ** 2",
        # Nothing is cancelled, expanded, reordered or factored.
        "x / x",
        "x - x",
        "x * (y + z)",
        "y * x",
        "x + x",
        "x + 1 - 1",
        # What does not exist is not made up.
        "x / 0",
        "0 / 0",
        "x / (y / 0)",
        "0 ** -x",
        # Not every power of whole numbers is worth its digits.
        "2 ** 1000",
        "1 / 2",
        "x if y > 0 else z",
    ],
)
def test_simplify_leaves_alone(text):
    assert simplify(parse(text)) == parse(text)


def test_simplify_bounds_the_digits():
    """Powers of powers of exact numbers could fill the memory with one line of input."""
    tree = parse("((9 ** 64) ** 64) ** 64")
    assert len(repr(simplify(tree))) < 1000


# Tree to number.


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("2 * x + y", {"x": 3.0, "y": 0.5}, 6.5),
        ("-x ** 2", {"x": 3.0}, -9.0),
        ("x / y", {"x": 1.0, "y": 4.0}, 0.25),
        # Functions of the table, too, which are no functions of `math`.
        ("sigmoid(x) + maximum(x, 1)", {"x": 0.0}, 1.5),
        # Only the branch that applies is computed.
        ("1 / x if x != 0 else 0", {"x": 0.0}, 0),
        ("1 / x if x != 0 else 0", {"x": 4.0}, 0.25),
        ("1 if x == 0 or 1 / x > 0 else 2", {"x": 0.0}, 1),
        ("1 if x != 0 and 1 / x > 0 else 2", {"x": 0.0}, 2),
        ("1 if -1 <= x < 1 else 2", {"x": 1.0}, 2),
        # Sums over families, and over a family with one number.
        ("sum(x * w) + b", {"x": (1.0, 2.0), "w": (3.0, 4.0), "b": 0.5}, 11.5),
        ("sum(x * b)", {"x": (1.0, 2.0), "b": 10.0}, 30.0),
        ("sum(x)", {"x": (7.0,)}, 7.0),
        # Other numbers than floats, computed with by their own rules.
        ("x / 3", {"x": Fraction(1)}, Fraction(1, 3)),
        ("x * x", {"x": 1j}, -1),
    ],
)
def test_evaluate(text, values, expected):
    functions = ARITHMETIC if isinstance(values.get("x"), Fraction | complex) else FLOAT
    assert evaluate(parse(text), values, functions) == expected


def test_evaluate_takes_derivatives_by_their_record():
    slope = Derivative("y", "x")
    assert evaluate(call("mul", slope, Number(2)), {slope: 1.5}, FLOAT) == 3.0


def test_evaluate_refuses_families_of_different_lengths():
    with pytest.raises(ValueError, match=r"zip|famil"):
        evaluate(parse("sum(x * w)"), {"x": (1.0,), "w": (1.0, 2.0)}, FLOAT)


# Tree to source.


@pytest.mark.parametrize(
    ("text", "families"),
    [
        # The sums, each in the form that runs fastest.
        ("sum(x)", ("x",)),
        ("sum(x * w)", ("x", "w")),
        ("sum(x * w) + b", ("x", "w")),
        ("sum(2 * x)", ("x",)),
        ("sum(x * w * b)", ("x", "w")),
        ("sum(x * b)", ("x",)),
        ("sum(b * exp(x))", ("x",)),
    ],
)
def test_python_of_sums(text, families):
    values = {"x": (1.0, -2.0, 0.5), "w": (3.0, 4.0, -1.0), "b": 0.25}
    source = emit(parse(text), PYTHON, families)
    lists = {f"{name}_data": list(values[name]) for name in families}
    found = eval(source, {**FLOAT, **lists, "b": values["b"]})
    used = {n: v for n, v in values.items() if n in families or n == "b"}
    assert found == pytest.approx(evaluate(parse(text), used, FLOAT), rel=1e-15)


def test_a_derivative_has_no_python():
    with pytest.raises(FormulaError, match="no Python source"):
        emit(call("mul", Derivative("y", "x"), x), PYTHON)


@pytest.mark.parametrize("dialect", [C_SOURCE, ARRAYS])
@pytest.mark.parametrize("tree", [parse("sum(x)"), Derivative("y", "x")])
def test_dialects_without_sums_say_so(tree, dialect):
    with pytest.raises(FormulaError, match=f"no {dialect.language} source"):
        emit(tree, dialect, ("x",))


def test_what_is_shared_stands_once():
    """The hook decides what is written for a call, and for nothing else."""
    calls = []
    source = emit(parse("exp(x) * exp(x) + 1"), C_SOURCE, share=lambda s: calls.append(s) or "f0")
    assert source == "((f0 * f0) + R(1.0))"
    assert set(calls) == {"F(exp)(v_x)"}


# Through the tree.


def test_nodes_are_found_innermost_first_from_the_left():
    tree = parse("f(g(x), y) + x")
    assert nodes(tree, Name) == [x, y, x]
    assert [node.function for node in nodes(tree, Call)] == ["g", "f", "add"]
    mixed = call("add", Derivative("y", "x"), call("mul", Number(2), y))
    assert nodes(mixed, Name, Derivative) == [Derivative("y", "x"), y]
    assert nodes(x, Number) == []


@pytest.mark.parametrize(
    ("text", "rewritten"),
    [
        ("x", "y"),
        ("x + f(x * z)", "y + f(y * z)"),
        # Innermost first: the rule sees arguments that are rewritten already.
        ("g(g(x))", "h(h(y))"),
        # What the rule gives is not rewritten again.
        ("y + z", "y + z"),
    ],
)
def test_rewrite(text, rewritten):
    def rule(node):
        match node:
            case Name("x"):
                return y
            case Call("g", (inside,)):
                return call("h", inside)
        return None

    assert rewrite(parse(text), rule) == parse(rewritten)


def test_rewrite_keeps_what_does_not_change():
    tree = parse("f(y) + g(z) * x")
    assert rewrite(tree, lambda node: None) is tree
    changed = rewrite(tree, lambda node: y if node == x else None)
    assert changed.arguments[0] is tree.arguments[0]


@pytest.mark.parametrize(
    ("text", "rewritten"),
    [
        ("x + sum(x)", "y + sum(x)"),  # what is whole is not entered
        ("sum(f(x)) + f(x)", "sum(f(x)) + f(y)"),
        ("g(sum(x))", "g(sum(x))"),
        ("f(x)", "f(y)"),  # others are
    ],
)
def test_rewrite_leaves_whole_calls_as_they_are(text, rewritten):
    def rule(node):
        return y if node == x else None

    assert rewrite(parse(text), rule, whole=("sum",)) == parse(rewritten)


def test_replaced_compares_the_formula_as_it_was():
    assert replaced(parse("f(f(x))"), parse("f(x)"), x) == parse("f(x)")
    assert replaced(parse("x + x * x"), x, parse("x + 1"), place=1) == parse("x + (x + 1) * x")


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("x - (y - z)", [("+", "x"), ("-", "y"), ("+", "z")]),
        ("-(x + y)", [("-", "x"), ("-", "y")]),
        ("x * y", [("+", "x * y")]),
    ],
)
def test_terms(text, marked):
    assert terms(parse(text)) == [(sign, parse(part)) for sign, part in marked]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("x / (y / z)", [("*", "x"), ("/", "y"), ("*", "z")]),
        ("x * y / z", [("*", "x"), ("*", "y"), ("/", "z")]),
        ("x + y", [("*", "x + y")]),
    ],
)
def test_factors(text, marked):
    assert factors(parse(text)) == [(mark, parse(part)) for mark, part in marked]


@given(TREES, st.fractions(-3, 3, max_denominator=7))
def test_taken_apart_and_put_together_again_it_has_the_same_value(tree, first):
    values = {"x": first, "y": Fraction(2), "z": Fraction(5, 2)}
    try:
        expected = evaluate(tree, values, EXACT)
        again = [
            evaluate(made, values, EXACT) for made in (summed(terms(tree)), product(factors(tree)))
        ]
    except ArithmeticError:
        assume(False)
    assert again == [expected, expected]


@pytest.mark.parametrize(
    ("tree", "number"),
    [
        (parse("-3"), Number(-3)),
        (parse("1.6 * 10 ** -8"), Number(1.6e-8, 8)),
        (parse("2 * 10 ** 3"), Number(2000)),
        (parse("2 * x"), None),
        (parse("2 + 3"), None),
        # In powers of ten: a whole mantissa is exact, a written figure as accurate as it is.
        (parse("3 * 10 ** 2"), Number(300)),
        (parse("3 * 10 ** 0"), Number(3)),
        (parse("3 * 10 ** -2"), Number(0.03, 2)),
        (call("mul", Number(1.6, 1), parse("10 ** 3")), Number(1600.0, -2)),
        (call("mul", Number(1.6, 1), parse("10 ** -8")), Number(1.6e-8, 9)),
        (parse("3 * 10 ** 301"), None),
    ],
)
def test_exact_number(tree, number):
    assert exact_number(tree) == number


def test_depth_is_bounded_by_memory_alone():
    deep = x
    for _ in range(20_000):
        deep = call("add", deep, y)
    assert names(deep) == ("x", "y")
    assert len(nodes(deep, Call)) == 20_000
    assert rewrite(deep, lambda node: y if node == x else None) != deep
    assert emit(deep, C_SOURCE).count("+") == 20_000
    assert simplify(deep) is not None
    assert evaluate(deep, {"x": 1, "y": 2}, ARITHMETIC) == 40_001
    assert evaluate(substitute(deep, {"y": Number(0)}), {"x": 1}, ARITHMETIC) == 1


@given(TREES, st.fractions(-3, 3, max_denominator=7), st.integers(-2, 2))
def test_simplify_keeps_the_value(tree, first, second):
    values = {"x": first, "y": Fraction(second), "z": Fraction(5, 2)}
    try:
        expected = evaluate(tree, values, EXACT)
    except ArithmeticError:
        assume(False)
    assert evaluate(simplify(tree), values, EXACT) == expected


def test_what_stands_in_a_formula_many_times_is_simplified_once() -> None:
    """Written out, the sum has 2⁶⁰ terms; as objects it has 60 parts."""
    whole = Call("mul", (Number(1), Name("x")))
    for _ in range(60):
        whole = Call("add", (whole, whole))
    part = simplify(whole)
    for _ in range(60):
        assert isinstance(part, Call)
        part = part.arguments[0]
    assert part == Name("x")


def test_a_product_that_stands_in_two_others_is_in_each_of_them() -> None:
    shared = Call("mul", (Name("x"), Name("y")))
    twice = Call("add", (Call("mul", (shared, Name("a"))), Call("neg", (shared,))))
    assert simplify(twice) == simplify(parse("x*y*a + -(x*y)"))


@given(TREES)
def test_simplify_once_is_enough(tree):
    simple = simplify(tree)
    assert simplify(simple) == simple


def outcome(compute):
    try:
        result = float(compute())
    except (ArithmeticError, ValueError) as error:
        return type(error)
    return "NaN" if math.isnan(result) else result


@given(TREES, st.floats(-3, 3), st.sampled_from([-2.0, 0.0, 1.0, 3.0]))
def test_python_agrees_with_evaluate(tree, first, second):
    """The same float, to the last digit, or the same kind of error."""
    values = {"x": first, "y": second, "z": 2.5}
    compiled = outcome(lambda: eval(emit(tree, PYTHON), {**FLOAT, **values}))
    assert compiled == outcome(lambda: evaluate(tree, values, FLOAT))
