"""Every row of the operation table against SymPy and mpmath, which know nothing of the table."""

import json
import math
import random
import sys
from dataclasses import replace
from itertools import product

import mpmath
import pytest
import sympy
from copied import copy_packages, python
from hypothesis import example, given
from hypothesis import strategies as st
from mpmath import mp, mpf
from references import known, symbolic

from micrograd_like.engine import Value, apply, grad
from micrograd_like.engine.stub import STUB, stub
from micrograd_like.errors import DomainError
from micrograd_like.exercises.oracle import FUNCTIONS, Oracle
from micrograd_like.formula import ARITHMETIC, Call, Name, evaluate, parse
from micrograd_like.ops import FLOAT, OPS, Op, TableError, sample_problems, table_of

EPSILON, LARGEST = sys.float_info.epsilon, sys.float_info.max
#: Below the smallest normal number a float has no full set of digits: no more is asked there.
TINY = sys.float_info.min
#: 1 − tanh²(1000) begins at the 868th digit.
DIGITS = 900

rows = pytest.mark.parametrize("row", OPS.values(), ids=OPS)


def exact(name, point, *wrt):
    """The value (or a derivative) to 900 digits; None where it is no finite real number."""
    with mp.workdps(DIGITS):
        try:
            number = mpmath.mpmathify(symbolic(name, len(point), wrt)(*map(mpf, point)))
        except ZeroDivisionError:
            return None
        return number if isinstance(number, mpf) and mpmath.isfinite(number) else None


def representable(number):
    return number is not None and abs(number) <= LARGEST


def assert_close(actual, expected, ulps, scale=0):
    """At most ``ulps`` roundings of ``expected``, or of what it is the small difference of."""
    with mp.workdps(DIGITS):
        error = abs(mpf(actual) - expected)
        if error > ulps * EPSILON * max(abs(expected), scale) + TINY:
            pytest.fail(f"{actual!r} instead of {mpmath.nstr(expected, 20)}")


#: Rows of one input whose derivative is a small difference near a zero of it, in any form that
#: one could write, as 1 + x(1 − σ(x)) of a row x·σ(x) is: no formula is exact to its last digits.
CANCELLING = frozenset()


def lossy(name, point):
    """Whether a rounding inside may show as more than a rounding of the result."""
    return len(point) > 1 or name in CANCELLING


def conditioning(name, point, *wrt):
    """By how much a relative change of 1 in the inputs, to first order, changes the derivative.

    Rounding an input, or an inner result, changes it by one rounding of this much.
    """
    changes = (abs(x * (exact(name, point, *wrt, i) or 0)) for i, x in enumerate(point))
    return sum(changes, mpf(0))


def inside(row, point):
    if not row.domain:
        return True
    return bool(evaluate(parse(row.domain), row.bind(point), FLOAT))


def random_points(row, wanted, accepted):
    """Points with a fixed seed: small and large, of both signs, some of whole numbers."""
    rng = random.Random(row.name)
    kinds = (
        lambda: rng.uniform(-1, 1),
        lambda: rng.choice((-1, 1)) * 10 ** rng.uniform(-6, 2),
        lambda: float(rng.choice((-3, -2, -1, 1, 2, 3))),
    )
    found = []
    while len(found) < wanted:
        members = rng.randint(1, 3) if row.families else 0
        count = len(row.inputs) + len(row.families) * (members - 1)
        point = tuple(rng.choice(kinds)() for _ in range(count))
        if accepted(row, point):
            found.append(point)
    return found


def points(row, wanted=30):
    return [*row.samples, *random_points(row, wanted, inside)]


# The table itself.


GOOD = Op("made_up", "x", "x * sigmoid(x)", ("sigmoid(x) + out * (1 - sigmoid(x))",), "", ((0.3,),))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"partials": ("1", "2")}, "partials: expected one for each of 'x', got 2"),
        ({"stable_partials": ("1", "2")}, "stable_partials: expected one for each of 'x', got 2"),
        ({"slips": (("sign", ()),)}, "the slip 'sign': expected one for each of 'x', got 0"),
        ({"rule": ("a", "b")}, "rule: expected one for each of 'x', got 2"),
        ({"value": "x * y"}, "'x * y': nothing is called y"),
        ({"partials": ("z",)}, "'z': nothing is called z"),
        ({"value": "out"}, "'out': nothing is called out"),
        ({"value": "absx(x)"}, "'absx(x)': there is no function 'absx'; did you mean 'abs'?"),
        ({"kink": "heavi(x)"}, "'heavi(x)': there is no function 'heavi'"),
        ({"value": "total(x)"}, "'total(x)': there is no function 'total'"),
        ({"partials": ("sin()",)}, "'sin()': expected sin of 1, got 0 arguments"),
        ({"value": "x *"}, "formula 'x *': invalid syntax"),
        ({"slips": (("sign", ("-(x",)),)}, "formula '-(x': "),
        ({"samples": ()}, "expected at least one sample"),
        ({"aliases": ("ln",)}, "'ln' is a name of 'log'"),
        ({"name": "tanh"}, "'tanh' is a name of 'tanh'"),
    ],
)
def test_a_row_that_does_not_hold_together_is_told(change, message):
    """On import, in a sentence that names the row; the table as it is has no such row."""
    row = replace(GOOD, **change)
    with pytest.raises(TableError) as told:
        table_of((*OPS.values(), row))
    assert str(told.value).startswith(f"the row {row.name!r}: {message}")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"samples": ((0.3, 0.4),)}, "the sample (0.3, 0.4): made_up takes the inputs 'x', got 2"),
        ({"samples": ((math.nan,),)}, "the sample (nan,): expected finite numbers"),
        ({"samples": ((0.3,), (math.inf,))}, "the sample (inf,): expected finite numbers"),
        ({"domain": "x > 1"}, "the sample (0.3,) lies outside the domain 'x > 1'"),
        ({"kink": "x"}, "expected samples on both sides of the kink 'x' = 0"),
        (
            {"kink": "x", "samples": ((0.3,), (0.0,))},  # on it is on neither side
            "expected samples on both sides of the kink 'x' = 0",
        ),
        (
            {"signature": "x y", "samples": ((0.3, math.nan),)},
            "the sample (0.3, nan): expected finite numbers",
        ),
    ],
)
def test_a_sample_that_no_test_can_use_is_told(change, message):
    assert [*sample_problems(replace(GOOD, **change), FLOAT)] == [message]


@pytest.mark.parametrize("name", ["log", "log10", "log2"])
def test_the_slip_of_another_base_is_the_derivative_of_another_logarithm(name):
    others = {OPS[other].partials for other in ("log", "log10", "log2") if other != name}
    assert [partials in others for code, partials in OPS[name].slips if code == "log-base"] == [
        True
    ]


def test_a_row_that_holds_together_has_no_problem():
    assert table_of((*OPS.values(), GOOD)) == OPS | {"made_up": GOOD}
    assert not [*sample_problems(GOOD, FLOAT)]


@rows
def test_row_has_a_reference(row):
    """Two, which know nothing of the table: SymPy's formula, and complex numbers for exercises."""
    lacking = lacking_references(row)
    assert not lacking, f"the row {row.name!r} has no reference: write it out in {lacking}"
    expected = exact(row.name, row.samples[0])
    assert expected is not None
    if row.families:  # an exercise writes sums out
        return
    inputs = [Name(name) for name in row.inputs]
    given = dict(zip(inputs, row.samples[0], strict=True))
    worked_out = Oracle(given, {Name("out"): Call(row.name, tuple(inputs))})
    assert worked_out[Name("out")] == pytest.approx(float(expected), rel=1e-12, abs=1e-12)


def lacking_references(row):
    """Where a row has to be written out before it can be used: files, in words."""
    has = {
        "tests/references.py": known(row.name),
        "micrograd_like/exercises/oracle.py": row.families or row.name in FUNCTIONS,
    }
    return " and in ".join(file for file, there in has.items() if not there)


def test_a_row_without_a_reference_is_told_where_to_write_it():
    expected = "tests/references.py and in micrograd_like/exercises/oracle.py"
    assert lacking_references(GOOD) == expected
    assert not lacking_references(OPS["sigmoid"])


@rows
def test_both_forms_are_the_same_function(row):
    """To 100 digits and more, the textbook's and the stable formulas are the reference."""
    names_of_two = [name for name in OPS if not OPS[name].families and name not in ARITHMETIC]
    over_mpmath = {**ARITHMETIC, "floor": mpmath.floor} | {
        name: symbolic(name, len(OPS[name].inputs), ()) for name in names_of_two
    }
    for point in points(row):
        with mp.workdps(DIGITS):
            operands = tuple(map(mpf, point))
            symbols = tuple(Name(f"x{i}") for i in range(len(point)))
            expected = exact(row.name, point)
            values = {s.name: x for s, x in zip(symbols, operands, strict=True)}
            values["out"] = expected

            def same(number, expected, point=point):
                difference = abs(number - expected)
                assert difference <= mpf(10) ** -100 * abs(expected), (row.name, point)

            same(evaluate(parse(row.value), row.bind(operands), over_mpmath), expected)
            same(evaluate(row.computed_value, row.bind(operands), over_mpmath), expected)
            for i in range(len(point)):
                partial = exact(row.name, point, i)
                if partial is not None:
                    written = row.partial(i, symbols, Name("out"))
                    same(evaluate(written, values, over_mpmath), partial)
                    same(row.computed_partial(i, operands, expected, over_mpmath), partial)


# Values and derivatives.


@rows
def test_value_and_first_derivatives(row):
    """Four roundings for a value, eight for a partial, and what the inputs' rounding does."""
    for point in points(row):
        leaves = tuple(map(Value, point))
        out = apply(row.name, *leaves)
        assert out.op == row.name
        assert out.inputs == leaves
        scale = conditioning(row.name, point) if lossy(row.name, point) else 0
        assert_close(out.data, exact(row.name, point), ulps=4, scale=scale)
        for i, partial in enumerate(out.partials):
            expected = exact(row.name, point, i)
            if expected is None:
                assert math.isnan(partial), (point, i)
                with pytest.raises(DomainError, match="no finite derivative"):
                    grad(out, leaves[i])
                continue
            scale = conditioning(row.name, point, i) if lossy(row.name, point) else 0
            assert_close(partial, expected, ulps=8, scale=scale)
            assert grad(out, leaves[i]) == partial
        if not any(map(math.isnan, out.partials)):
            out.backward()
            assert tuple(leaf.grad for leaf in leaves) == out.partials


@rows
def test_second_derivatives(row):
    """Every pair of inputs in both orders, by differentiating the graph of a derivative.

    f″ is a difference of products of f′, so near its zeros it is known to a rounding of f′,
    taken over the length on which these functions change: 1 near the origin, x far out.
    """
    for point in points(row, wanted=10):
        for i, j in product(range(len(point)), repeat=2):
            leaves = tuple(map(Value, point))
            out = apply(row.name, *leaves)
            first, expected = exact(row.name, point, i), exact(row.name, point, i, j)
            if first is None or expected is None:
                with pytest.raises(DomainError, match=r"derivative .* does not exist"):
                    grad(grad(out, leaves[i], create_graph=True), leaves[j])
                continue
            slope = grad(out, leaves[i], create_graph=True)
            assert slope.data == pytest.approx(out.partials[i], rel=16 * EPSILON, abs=0)
            scale = conditioning(row.name, point, i, j) + abs(first) / max(1, abs(point[j]))
            assert_close(grad(slope, leaves[j]), expected, ulps=16, scale=scale)


def assert_accurate_anywhere(name, x):
    """Correct to a few roundings, or refused exactly where it does not exist or fit."""
    expected, slope = exact(name, (x,)), exact(name, (x,), 0)
    if not representable(expected):
        with pytest.raises(DomainError, match=name):
            apply(name, x)
        return
    out = apply(name, x)
    assert_close(out.data, expected, ulps=4)
    if representable(slope):
        scale = conditioning(name, (x,), 0) if lossy(name, (x,)) else 0
        assert_close(out.partials[0], slope, ulps=8, scale=scale)
    elif not OPS[name].kink:
        assert not math.isfinite(out.partials[0])


@pytest.mark.parametrize("x", [1000.0, 700.0, 40.0, 1e-300])
@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus", "expm1", "log1p", "exp"])
def test_accurate_at_extremes(name, x):
    """Tails keep their digits: sigmoid(−700) is 9.86e-305 and 1 − tanh²(300) is 1.1e-260."""
    assert_accurate_anywhere(name, x)
    assert_accurate_anywhere(name, -x)


@pytest.mark.parametrize("name", [row.name for row in OPS.values() if row.signature == "x"])
@given(x=st.floats(allow_nan=False, allow_infinity=False) | st.floats(-50, 50))
@example(x=0.0)
@example(x=5e-324)
@example(x=1.0)
@example(x=-1.0)
def test_accurate_everywhere(name, x):
    if not (OPS[name].kink and x == 0):
        assert_accurate_anywhere(name, x)


# Where an operation is not defined, or too large.

UNDEFINED = [
    # The logarithms have no value at 0 and below; log1p begins at −1.
    ("log", (0.0,)),
    ("log", (-1.0,)),
    ("log2", (-0.0,)),
    ("log10", (-3.0,)),
    ("log1p", (-1.0,)),
    # Roots of negative numbers are not real, written as a root or as a power.
    ("sqrt", (-1.0,)),
    ("sqrt", (-5e-324,)),
    ("pow", (-8.0, 0.5)),
    # Division by zero, written as a quotient or as a power.
    ("div", (1.0, 0.0)),
    ("div", (0.0, 0.0)),
    ("pow", (0.0, -1.0)),
    # Sine and cosine stay within −1 and 1.
    ("asin", (1.5,)),
    ("acos", (-1.0000000000000002,)),
]

TOO_LARGE = [
    ("exp", (1000.0,)),
    ("expm1", (710.0,)),
    ("sinh", (1000.0,)),
    ("cosh", (-1000.0,)),
    ("mul", (1e200, 1e200)),
    ("div", (1e200, 1e-200)),
    ("add", (1.7e308, 1.7e308)),
    ("sub", (-1.7e308, 1.7e308)),
    ("pow", (10.0, 400.0)),
    ("total", (1.7e308, 1.7e308)),
    ("wsum", (1e200, 1e200)),
    ("affine", (1e200, 1e200, 1.0)),
]

DEFINED = [
    # Just inside: each a hand's breadth from a case above.
    ("log", (5e-324,)),
    ("log1p", (-0.9999999999999999,)),
    ("sqrt", (0.0,)),
    ("pow", (-8.0, 3.0)),
    ("pow", (-2.0, -3.0)),
    ("pow", (0.0, 0.0)),
    ("div", (0.0, 5e-324)),
    ("asin", (1.0,)),
    ("acos", (-1.0,)),
    ("exp", (709.0,)),
    ("exp", (-1000.0,)),
    ("sinh", (-710.0,)),
    ("mul", (1e200, 1e100)),
    ("pow", (10.0, -400.0)),
    ("wsum", (1e200, 1e100)),
]


def labelled(point):
    return [Value(x, f"in{i}") for i, x in enumerate(point)]


def assert_refused(name, point, *reason):
    with pytest.raises(DomainError) as caught:
        apply(name, *labelled(point))
    operands = [f"in{i} = {x!r}" for i, x in enumerate(point)]
    for part in (name, *operands, *reason):
        assert part in str(caught.value)


@pytest.mark.parametrize(("name", "point"), UNDEFINED)
def test_undefined_is_refused(name, point):
    """The error names the operation, its operands and the condition they do not meet."""
    assert_refused(name, point, "is not defined", OPS[name].domain)


@pytest.mark.parametrize(("name", "point"), TOO_LARGE)
def test_too_large_is_refused(name, point):
    assert_refused(name, point, "is too large")


@pytest.mark.parametrize(("name", "point"), DEFINED)
def test_defined_is_computed(name, point):
    assert math.isfinite(apply(name, *labelled(point)).data)


@pytest.mark.parametrize("row", [r for r in OPS.values() if r.domain], ids=lambda r: r.name)
def test_domain_is_the_reference_s(row):
    """The domain formula holds exactly where SymPy's function has a real, finite value."""
    for point in random_points(row, 60, lambda *_: True):
        assert inside(row, point) == (exact(row.name, point) is not None), point
        if not inside(row, point):
            assert_refused(row.name, point, row.domain)


@pytest.mark.parametrize(
    ("name", "point", "index", "value"),
    [
        # The tangent of the root, and of arcsine and arccosine at their ends, is upright.
        ("sqrt", (0.0,), 0, 0.0),
        ("asin", (1.0,), 0, math.pi / 2),
        ("asin", (-1.0,), 0, -math.pi / 2),
        ("acos", (1.0,), 0, 0.0),
        ("acos", (-1.0,), 0, math.pi),
        ("pow", (0.0, 0.5), 0, 0.0),
        # 0ʸ falls from 1 to 0 at y = 0.
        ("pow", (0.0, 0.0), 1, 1.0),
        # A negative base has powers at whole exponents only, so no slope between them.
        ("pow", (-2.0, 3.0), 1, -8.0),
    ],
)
def test_derivative_missing_at_the_edge(name, point, index, value):
    """The value stands; whoever asks for the derivative is told which one is missing."""
    leaves = labelled(point)
    out = apply(name, *leaves)
    assert out.data == value
    assert math.isnan(out.partials[index])
    for ask in (
        lambda: grad(out, leaves[index]),
        lambda: grad(out, leaves[index], create_graph=True),
        out.backward,
    ):
        with pytest.raises(DomainError, match="derivative") as caught:
            ask()
        assert f"{name}(in0 = {point[0]!r}" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "point", "partials"),
    [
        # At a kink the partials are PyTorch's.
        ("relu", (0.0,), (0.0,)),
        ("relu", (-0.0,), (0.0,)),
        ("abs", (0.0,), (0.0,)),
        ("abs", (-0.0,), (0.0,)),
        ("maximum", (2.0, 2.0), (0.5, 0.5)),
        ("maximum", (0.0, -0.0), (0.5, 0.5)),
        ("minimum", (-3.0, -3.0), (0.5, 0.5)),
        # So are those of a power at the corner of its domain.
        ("pow", (0.0, 1.0), (1.0, 0.0)),
        ("pow", (0.0, 2.0), (0.0, 0.0)),
        # Next to a kink or a corner there is no convention: x⁰ is level, however small x is.
        ("pow", (1e-310, 0.0), (0.0, math.log(1e-310))),
        ("relu", (5e-324,), (1.0,)),
        ("abs", (-5e-324,), (-1.0,)),
        ("maximum", (2.0, 2.0000000000000004), (0.0, 1.0)),
        ("minimum", (2.0, 2.0000000000000004), (1.0, 0.0)),
    ],
)
def test_convention_at_a_kink(name, point, partials):
    leaves = labelled(point)
    out = apply(name, *leaves)
    assert out.partials == partials
    assert tuple(d.data for d in grad(out, leaves, create_graph=True)) == partials


# One operation, one row.

ROW = 'Op("{}", "x", "x / (1 + exp(-x))", ("{} * (out + sigmoid(x) * (1 - out))",), "", ((0.3,),))'
RIGHT = ROW.format("made_up", 1).removesuffix(")") + ", activation=True)"
WRONG = ROW.format("slip", 1.0005)
USE = """
import json
from micrograd_like import Value, Worksheet, grad, gradcheck
from micrograd_like.formula import Call, Name
from micrograd_like.notation import latex, text

x = Value(0.3, "x")
y = x.made_up()
y.backward()
call = Call("made_up", (Name("x"),))
both = "complex", "central"
print(json.dumps({
    "value": y.data,
    "first": x.grad,
    "second": grad(grad(x.made_up(), x, create_graph=True), x),
    "text": text(call),
    "latex": latex(call),
    "read": text(Worksheet.parse("f(t) = t/(1 + e^(-t)); x = 2; y = f(x)").formulas[Name("y")]),
    "right": [bool(gradcheck(lambda x: x.made_up() * 2, [0.3], m)) for m in both],
    "wrong": [bool(gradcheck(lambda x: x.slip() * 2, [0.3], m)) for m in both],
}))
"""


@pytest.fixture(scope="module")
def with_new_rows(tmp_path_factory):
    """What a fresh interpreter computes with a copy whose table has two rows more."""
    folder = tmp_path_factory.mktemp("copy")
    copy_packages(folder)
    table = folder / "micrograd_like" / "ops.py"
    before, opening, after = table.read_text(encoding="utf-8").partition("_ROWS = (\n")
    assert opening, "the table begins otherwise than this test thinks"
    added = f"{before}{opening}    {RIGHT},\n    {WRONG},\n{after}"
    table.write_text(added, encoding="utf-8")
    done = python(folder, "-c", USE)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_stub_is_made_of_the_table():
    """After a change of the table: python -m micrograd_like.engine.stub."""
    assert STUB.read_text(encoding="utf-8") == stub(OPS.values())


def test_a_row_is_all_an_operation_needs(with_new_rows):
    """One line more in the table: a method, derivatives of any order, text and LaTeX."""
    x = sympy.Symbol("x")
    made_up = x / (1 + sympy.exp(-x))
    for order, name in enumerate(("value", "first", "second")):
        expected = float(made_up.diff(x, order).subs(x, 0.3))
        assert with_new_rows[name] == pytest.approx(expected, rel=1e-14)
    assert with_new_rows["text"] == "made_up(x)"
    assert with_new_rows["read"] == "made_up(x)"  # what a function is another name of
    assert with_new_rows["latex"] == r"\operatorname{made\_up}\left(x\right)"


def test_gradcheck_rejects_a_row_that_is_slightly_wrong(with_new_rows):
    """A partial that is wrong by 0.05 % fails with either method; the right one passes."""
    assert with_new_rows["wrong"] == [False, False]
    assert with_new_rows["right"] == [True, True]
