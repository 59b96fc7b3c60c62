"""Expressions as people write them: brackets, signs, numbers and names, in text and in LaTeX."""

import math
import re
import sys
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from micrograd_like.formula import (
    ARITHMETIC,
    COMPARISONS,
    Call,
    Derivative,
    Name,
    Number,
    evaluate,
    parse,
)
from micrograd_like.notation import latex, name_latex, name_text, number, plain, signed, text
from micrograd_like.notation.writer import Style, written

x, y = Name("x"), Name("y")


def call(function, *arguments):
    return Call(function, arguments)


# Brackets and signs.

EXPRESSIONS = [
    # Sums from the left need no brackets; what is taken away as a whole does.
    ("a + b - c", "a + b − c", "a + b - c"),
    ("a + (b - c)", "a + b − c", "a + b - c"),
    ("a - (b - c)", "a − (b − c)", r"a - \left(b - c\right)"),
    ("a - (b + c)", "a − (b + c)", r"a - \left(b + c\right)"),
    ("a - b * c", "a − b·c", r"a - b \cdot c"),
    ("1 - yhat", "1 − ŷ", r"1 - \hat{y}"),
    # A sum is a factor in brackets only; a product has air around its last sign alone.
    ("yhat * (1 - yhat)", "ŷ · (1 − ŷ)", r"\hat{y} \cdot \left(1 - \hat{y}\right)"),
    ("(a + b) * c", "(a + b) · c", r"\left(a + b\right) \cdot c"),
    ("a * b * c", "a · b · c", r"a \cdot b \cdot c"),
    ("a * (b * c)", "a · b·c", r"a \cdot b \cdot c"),
    ("x1 * w1 + x2 * w3", "x1·w1 + x2·w3", r"x_{1} \cdot w_{1} + x_{2} \cdot w_{3}"),
    # Everything below a slash needs brackets, but not below a line.
    ("a / b", "a/b", r"\frac{a}{b}"),
    ("a / (b * c)", "a/(b·c)", r"\frac{a}{b \cdot c}"),
    ("a / b * c", "a/b · c", r"\frac{a}{b} \cdot c"),
    ("a / b / c", "a/b/c", r"\frac{\frac{a}{b}}{c}"),
    ("a / (b / c)", "a/(b/c)", r"\frac{a}{\frac{b}{c}}"),
    ("(a + b) / (c - d)", "(a + b)/(c − d)", r"\frac{a + b}{c - d}"),
    ("1 / (1 + exp(-a))", "1/(1 + exp(−a))", r"\frac{1}{1 + e^{-a}}"),
    # Two signs never meet.
    ("-a", "−a", "-a"),
    ("-(-a)", "−(−a)", r"-\left(-a\right)"),
    ("a - -b", "a − (−b)", r"a - \left(-b\right)"),
    ("a + -b", "a + (−b)", r"a + \left(-b\right)"),
    ("a * -b", "a · (−b)", r"a \cdot \left(-b\right)"),
    ("a / -b", "a/(−b)", r"\frac{a}{-b}"),
    ("a + -b * c", "a + (−b·c)", r"a + \left(-b \cdot c\right)"),
    # A sign in front of all needs no brackets.
    ("-a * b", "−a · b", r"-a \cdot b"),
    ("-(a * b)", "−a·b", r"-a \cdot b"),
    ("-(a + b)", "−(a + b)", r"-\left(a + b\right)"),
    ("-a / b", "−a/b", r"\frac{-a}{b}"),
    ("-a + b", "−a + b", "-a + b"),
    # Powers bind tighter than a sign.
    ("(-x) ** 2", "(−x)²", r"{\left(-x\right)}^{2}"),
    ("-x ** 2", "−x²", "-{x}^{2}"),
    ("(a * b) ** 2", "(a·b)²", r"{\left(a \cdot b\right)}^{2}"),
    ("(a / b) ** 2", "(a/b)²", r"{\left(\frac{a}{b}\right)}^{2}"),
    ("x ** 2 / y ** 2", "x²/y²", r"\frac{{x}^{2}}{{y}^{2}}"),
    ("(x ** y) ** 2", "(x^y)²", r"{\left({x}^{y}\right)}^{2}"),
    ("x ** y ** 2", "x^(y²)", "{x}^{{y}^{2}}"),
    ("x ** 12", "x¹²", "{x}^{12}"),
    ("x ** -1", "x^(−1)", "{x}^{-1}"),
    ("x ** 0.5", "x^(0.5)", "{x}^{0.5}"),
    ("x ** (y + 1)", "x^(y + 1)", "{x}^{y + 1}"),
    ("1.5e-9 ** 2", "(1.5e−09)²", r"{\left(1.5 \cdot 10^{-9}\right)}^{2}"),
    # Functions are written as their rows say.
    ("sigmoid(a3)", "σ(a3)", r"\sigma\left(a_{3}\right)"),
    ("log(x) ** 2", "ln(x)²", r"{\ln\left(x\right)}^{2}"),
    ("exp(x) ** 2", "exp(x)²", r"{\left(e^{x}\right)}^{2}"),
    ("sqrt(x + 1)", "√(x + 1)", r"\sqrt{x + 1}"),
    ("abs(x) * abs(-y)", "|x| · |−y|", r"\left|x\right| \cdot \left|-y\right|"),
    ("maximum(a, -b)", "max(a, −b)", r"\max\left(a, -b\right)"),
    # What has no row is written under its own name.
    ("f(x)", "f(x)", r"\operatorname{f}\left(x\right)"),
    ("my_f(x)", "my_f(x)", r"\operatorname{my\_f}\left(x\right)"),
    # Conditions, from the loosest to the tightest.
    (
        "x if x > 0 else -x",
        "x if x > 0 else −x",
        r"\begin{cases} x & x > 0 \\ -x & \text{otherwise} \end{cases}",
    ),
    (
        "(x if x >= 0 else y) * 2",
        "(x if x >= 0 else y) · 2",
        r"\left(\begin{cases} x & x \ge 0 \\ y & \text{otherwise} \end{cases}\right) \cdot 2",
    ),
    (
        "a == 0 or b != 0 and c <= 0",
        "a == 0 or b != 0 and c <= 0",
        r"a = 0 \text{ or } b \ne 0 \text{ and } c \le 0",
    ),
    (
        "(a > 0 or b > 0) and c > 0",
        "(a > 0 or b > 0) and c > 0",
        r"\left(a > 0 \text{ or } b > 0\right) \text{ and } c > 0",
    ),
]


@pytest.mark.parametrize(("formula", "in_text", "in_latex"), EXPRESSIONS)
def test_expression(formula, in_text, in_latex):
    assert text(parse(formula)) == in_text
    assert latex(parse(formula)) == in_latex


@pytest.mark.parametrize(
    "formula",
    [
        # A condition inside another one: only what stands last needs no brackets.
        "(1 if a > 0 else 2) if b > 0 else 3",
        "1 if a > 0 else 2 if b > 0 else 3",
        "x if (a if b > 0 else c) > 0 else y",
        "x if a > 0 and (b > 0 or c > 0) else y",
        "f(x if a > 0 else y)",
    ],
)
def test_nested_conditions_are_written_as_they_are_read(formula):
    assert text(parse(formula)) == formula


SLOPE = Derivative("E", "yhat")
STEEP = Derivative("yhat", "a3")
HIGH, LOW = Number(1.5e20), Number(-0.34)

RECORDS = [
    # A negative number is bracketed wherever a sign or an operator stands before it.
    (call("neg", LOW), 2, "−(−0.34)", r"-\left(-0.34\right)"),
    (call("mul", LOW, LOW), 2, "−0.34 · (−0.34)", r"-0.34 \cdot \left(-0.34\right)"),
    (call("sub", Number(1), LOW), 2, "1 − (−0.34)", r"1 - \left(-0.34\right)"),
    (call("pow", LOW, Number(2)), 2, "(−0.34)²", r"{\left(-0.34\right)}^{2}"),
    (call("div", x, LOW), 2, "x/(−0.34)", r"\frac{x}{-0.34}"),
    (call("exp", LOW), 2, "exp(−0.34)", r"e^{-0.34}"),
    # A derivative is one symbol, but written as a quotient.
    (
        call("mul", SLOPE, STEEP),
        None,
        "∂E/∂ŷ · ∂ŷ/∂a3",
        r"\frac{\partial E}{\partial \hat{y}} \cdot \frac{\partial \hat{y}}{\partial a_{3}}",
    ),
    (
        call("pow", SLOPE, Number(2)),
        None,
        "(∂E/∂ŷ)²",
        r"{\left(\frac{\partial E}{\partial \hat{y}}\right)}^{2}",
    ),
    (call("div", x, SLOPE), None, "x/(∂E/∂ŷ)", r"\frac{x}{\frac{\partial E}{\partial \hat{y}}}"),
    # Floats have the places that are asked for, exact numbers have none.
    (call("mul", Number(2), Number(0.5)), 2, "2 · 0.50", r"2 \cdot 0.50"),
    (call("mul", Number(1 / 3), x), 4, "0.3333 · x", r"0.3333 \cdot x"),
    # A power of ten is a product in LaTeX.
    (call("mul", HIGH, x), 2, "1.5e+20 · x", r"1.5 \cdot 10^{20} \cdot x"),
    (call("neg", Number(1e-9)), None, "−1e−09", r"-1 \cdot 10^{-9}"),
    # Numbers that are none.
    (call("mul", Number(math.inf), x), 2, "∞ · x", r"\infty \cdot x"),
    (call("sub", x, Number(-math.inf)), 2, "x − (−∞)", r"x - \left(-\infty\right)"),
    (Number(math.nan), 2, "undefined", r"\text{undefined}"),
]


@pytest.mark.parametrize(("expr", "places", "in_text", "in_latex"), RECORDS)
def test_record(expr, places, in_text, in_latex):
    assert text(expr, places) == in_text
    assert latex(expr, places) == in_latex


def test_depth_is_bounded_by_memory_alone():
    deep = x
    for _ in range(5_000):
        deep = call("add", deep, y)
    assert text(deep) == latex(deep) == "x" + " + y" * 5_000


def test_what_is_no_expression_is_refused():
    with pytest.raises(TypeError, match="expected an expression, got 2"):
        text(2)


# Numbers.


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        # As many places as asked for.
        (0.3, 2, "0.30"),
        (12.3456, 2, "12.35"),
        (0.574, 3, "0.574"),
        (-2.5, 1, "−2.5"),
        # More of them where fewer digits than that would count.
        (-0.04455, 2, "−0.045"),
        (0.000123456, 3, "0.000123"),
        (0.574, 0, "0.6"),
        # A half is rounded up from the digits one sees, as by hand, whatever its bits are.
        (2.675, 2, "2.68"),
        (-0.345, 2, "−0.35"),
        (0.125, 2, "0.13"),
        (0.12499, 2, "0.12"),
        # Rounding up to the next power of ten.
        (0.0996, 2, "0.10"),
        (0.996, 2, "1.00"),
        (99.999, 2, "100.00"),
        # Whole numbers are exact.
        (1.0, 2, "1"),
        (-0.0, 2, "0"),
        (400, 2, "400"),
        (123456789012345.0, None, "123456789012345"),
        (1e15, None, "1000000000000000"),
        (2.0**53, None, "9007199254740992"),
        # Very small and very large ones have an exponent.
        (1.5e-6, 2, "0.0000015"),
        (1.5e-7, 2, "1.5e−07"),
        (123456789012345.5, 2, "123456789012345.50"),
        (1234567890123456.7, 2, "1.2e+15"),
        (-1.56e-300, 2, "−1.6e−300"),
        (1.7e308, 2, "1.7e+308"),
        (sys.float_info.max, 2, "1.8e+308"),
        (1.5e22, None, "1.5e+22"),
        # In full, every digit.
        (0.1, None, "0.1"),
        (1 / 3, None, "0.3333333333333333"),
        (-1e-9, None, "−1e−09"),
        # What is no number.
        (math.nan, 2, "undefined"),
        (math.inf, None, "∞"),
        (-math.inf, 2, "−∞"),
    ],
)
def test_number(value, places, shown):
    assert number(value, places) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(0.5, "+0.50"), (-0.5, "−0.50"), (0.0, "+0"), (-1e-9, "−1.0e−09")]
)
def test_signed(value, shown):
    assert signed(value, 2) == shown


FLOATS = st.floats(allow_nan=False, allow_infinity=False)


def as_float(shown):
    return float(shown.replace("−", "-"))


@given(FLOATS)
def test_number_in_full_is_the_number(value):
    assert as_float(number(value)) == value


@given(FLOATS.filter(lambda v: abs(v) > 1e-300), st.integers(1, 15))
def test_number_has_as_many_digits_as_places(value, places):
    """No further off than half a unit of the last of ``places`` digits."""
    assert abs(as_float(number(value, places)) - value) <= abs(value) * 5.0001 * 10.0**-places


# Names.


@pytest.mark.parametrize(
    ("name", "in_text", "in_latex"),
    [
        # One letter and its index.
        ("x", "x", "x"),
        ("w12", "w12", "w_{12}"),
        ("w_12", "w12", "w_{12}"),
        # Hats, Greek letters, primes, and all of them.
        ("yhat", "ŷ", r"\hat{y}"),
        ("yhat2", "ŷ2", r"\hat{y}_{2}"),
        ("alpha", "α", r"\alpha"),
        ("lambda1'", "λ1'", r"\lambda_{1}'"),
        ("thetahat", "θ̂", r"\hat{\theta}"),
        ("w1'", "w1'", "w_{1}'"),
        ("x''", "x''", "x''"),
        # A hat needs a letter to sit on.
        ("hat", "hat", r"\mathrm{hat}"),
        # Words are set upright; only a whole word is a Greek letter.
        ("net1", "net1", r"\mathrm{net}_{1}"),
        ("alphabet", "alphabet", r"\mathrm{alphabet}"),
        ("E_total", "E_total", r"E_{\text{total}}"),
        ("total_error", "total_error", r"\text{total\_error}"),
        # Letters that need no spelling out.
        ("ŷ", "ŷ", r"\hat{y}"),
        ("x\u0302", "x\u0302", r"\hat{x}"),
        ("xbar", "x\u0304", r"\bar{x}"),
        ("crossbar", "crossbar", r"\mathrm{crossbar}"),
        ("Delta", "Δ", r"\Delta"),
        ("Deltaw1", "Δw1", r"\Delta w_{1}"),
        ("Deltaeta", "Δη", r"\Delta \eta"),
        ("ж", "ж", r"\text{[U+0436]}"),
        # What acts on a terminal is spelled.
        ("\x1b[31mred", r"\x1b[31mred", r"\text{[U+001B][31mred}"),
        ("\x9b31m", r"\x9b31m", r"\text{[U+009B]31m}"),
        ("a\nb", r"a\nb", r"\text{a[U+000A]b}"),
        ("a\r\x00", r"a\r\x00", r"\text{a[U+000D][U+0000]}"),
        ("\u202eevil", r"\u202eevil", r"\text{[U+202E]evil}"),
        ("\ud800", r"\ud800", r"\text{[U+D800]}"),
        # What acts on LaTeX is escaped.
        (r"\input{x}", r"\input{x}", r"\text{\textbackslash{}input\{x\}}"),
        ("a}{b", "a}{b", r"\text{a\}\{b}"),
        ("50%", "50%", r"\text{50\%}"),
        ("$x&y#", "$x&y#", r"\text{\$x\&y\#}"),
        ("a^b~c", "a^b~c", r"\text{a\textasciicircum{}b\textasciitilde{}c}"),
    ],
)
def test_name(name, in_text, in_latex):
    assert name_text(name) == in_text
    assert name_latex(name) == in_latex
    assert text(Derivative(name, "x")) == f"∂{in_text}/∂x"
    assert latex(Derivative("E", name)) == rf"\frac{{\partial E}}{{\partial {in_latex}}}"


ESCAPES = re.compile(r"\\text(?:backslash|asciicircum|asciitilde)\{\}|\\[#$%&_{}]")


@given(st.text(st.characters(exclude_categories=())))
def test_no_name_acts_on_terminal_or_latex(name):
    assert name_text(name).isprintable()
    shown = name_latex(name)
    assert shown.isprintable()
    if shown.startswith(r"\text{"):
        assert shown.endswith("}")
        assert not set(ESCAPES.sub("", shown[6:-1])) & set("\\#$%&_{}^~")


# Reading back: brackets are never missing.


def larger(trees):
    pair = st.tuples(trees, trees)
    return st.one_of(
        st.builds(Call, st.sampled_from(["add", "sub", "mul", "div", "pow", "maximum"]), pair),
        st.builds(Call, st.sampled_from(["neg", "exp", "sqrt", "log", "f"]), st.tuples(trees)),
    )


def larger_or_conditional(trees):
    compared = st.builds(Call, st.sampled_from([*COMPARISONS]), st.tuples(trees, trees))
    joint = st.sampled_from(["and", "or"])
    condition = compared | st.builds(Call, joint, st.tuples(compared, compared))
    condition |= st.builds(Call, joint, st.tuples(condition, compared))
    conditional = st.builds(Call, st.just("where"), st.tuples(condition, trees, trees))
    return larger(trees) | conditional


NUMBERS = st.integers(-3, 12) | st.sampled_from([0.5, -0.34, 1e-9, 1.5e20, -2.5e-8])
LEAVES = NUMBERS.map(Number) | st.sampled_from([x, y, Name("z")])
UNCONDITIONAL = st.recursive(LEAVES, larger, max_leaves=12)
TREES = UNCONDITIONAL | st.recursive(LEAVES, larger_or_conditional, max_leaves=12)


def exact(value):
    """The number as it is written, so that 1e-9 and 1 · 10⁻⁹ are the same."""
    return Fraction(str(value)) if isinstance(value, float) else Fraction(value)


def exactly(function):
    return lambda *operands: function(*map(exact, operands))


def exact_power(base, exponent):
    if exponent.denominator == 1 and abs(exponent) <= 64:
        if max(base.numerator.bit_length(), base.denominator.bit_length()) > 1000:
            raise OverflowError
        return base**exponent
    return 3 * base - 5 * exponent + 1  # any function will do


#: Exact arithmetic, in which nothing can hide behind rounding; functions are any functions.
EXACT = {
    **{name: exactly(function) for name, function in ARITHMETIC.items()},
    "pow": exactly(exact_power),
    "exp": exactly(lambda a: 7 * a + 2),
    "sqrt": exactly(lambda a: a * a + a / 3),
    "log": exactly(lambda a: a / 5 - 4),
    "f": exactly(lambda a: 11 - a * a),
    "maximum": exactly(max),
}
VALUES = {"x": Fraction(2, 3), "y": Fraction(-5, 7), "z": Fraction(13, 4)}

SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
TEXT_AS_PYTHON = {"·": "*", "−": "-", "^": "**", "√(": "sqrt(", "ln(": "log(", "max(": "maximum("}
LATEX_AS_PYTHON = {
    r"\left(": "(",
    r"\right)": ")",
    r"\operatorname{f}": "f",
    r"\ln": "log",
    r"\max": "maximum",
    r"\cdot": "*",
    "e^{": "exp{",
    r"\sqrt": "sqrt",
    "}{": "}/{",
    r"\frac": "",
    "^": "**",
    "{": "(",
    "}": ")",
}


def translated(shown, words):
    for word, python in words.items():
        shown = shown.replace(word, python)
    return shown


def read_text(shown):
    def power(match):
        return "**" + "".join(str(SUPERSCRIPTS.index(digit)) for digit in match.group())

    return parse(re.sub(f"[{SUPERSCRIPTS}]+", power, translated(shown, TEXT_AS_PYTHON)))


def read_latex(shown):
    return parse(translated(shown, LATEX_AS_PYTHON))


def value(tree):
    try:
        return exact(evaluate(tree, VALUES, EXACT))
    except ArithmeticError:
        assume(False)


@given(TREES)
def test_text_reads_back(tree):
    assert value(read_text(text(tree))) == value(tree)


@given(UNCONDITIONAL)
def test_latex_reads_back(tree):
    assert value(read_latex(latex(tree))) == value(tree)


def test_reading_back_would_notice_a_missing_bracket():
    """The measure itself: a bracket less is another value."""
    assert value(read_text("x − (y − z)")) != value(read_text("x − y − z"))
    assert value(read_text("(−x)²")) != value(read_text("−x²"))
    assert value(read_latex(r"\left(x + y\right) \cdot 2")) != value(read_latex(r"x + y \cdot 2"))
    assert value(read_latex(r"\frac{x}{y} \cdot 2")) == value(parse("2 * x / y"))


@given(TREES, st.integers(0, 4) | st.none())
def test_latex_is_balanced(tree, places):
    shown = latex(tree, places)
    assert shown.count(r"\left") == shown.count(r"\right")
    assert shown.count(r"\begin{cases}") == shown.count(r"\end{cases}")
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", shown):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0


@pytest.mark.parametrize(
    ("text", "plain_text"),
    [
        # Brackets that only say in which order things are added stay, so that it reads back.
        ("a + (b + c)", "a + (b + c)"),
        ("a*(b/c)", "a*(b/c)"),
        ("-(a*b)", "-(a*b)"),
        # Those that change nothing about the tree do not.
        ("(a + b) + c", "a + b + c"),
        ("-a*b", "-a*b"),
        # What would look like a derivative is kept apart.
        ("dy/dx", "dy/(dx)"),
        ("dy/x", "dy/x"),
    ],
)
def test_plain_keeps_the_tree(text, plain_text):
    assert plain(parse(text)) == plain_text


TYPST = Style(
    name=lambda quantity: f"diff {quantity}" if isinstance(quantity, Derivative) else quantity,
    number=number,
    minus="-",
    times=" dot ",
    spaced_times=" dot ",
    fraction=lambda above, below: f"frac({above}, {below})",
    power=lambda base, exponent: f"{base}^({exponent})",
    function=lambda function, arguments: f"op({function})({arguments})",
)


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("a*(b + c)", "a dot (b + c)"),  # a part that would fall apart
        ("a*b + c", "a dot b + c"),  # and one that would not
        ("(a + b)/c", "frac(a + b, c)"),  # a line holds its parts together
        ("-(a**2)", "-a^(2)"),
        ("tanh(a - (b - c))", "op(tanh)(a - (b - c))"),
        ("a if a > 0 else 0", "a if a > 0 else 0"),
    ],
)
def test_another_notation_is_a_style(formula, shown):
    assert written(parse(formula), TYPST) == shown
