"""Worksheets: what is read, what it means, what is refused, and where."""

import math
import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd_like import nn
from micrograd_like.engine import Constant, Value, apply, grad
from micrograd_like.errors import WorksheetError
from micrograd_like.formula import Call, Derivative, Name, Number
from micrograd_like.notation import normal_name
from micrograd_like.worksheet import Worksheet, builder
from micrograd_like.worksheet.grammar.numerals import MAX_DIGITS
from micrograd_like.worksheet.grammar.rules import MAX_OPERATIONS
from micrograd_like.worksheet.tokens.bounds import MAX_NESTING
from micrograd_like.worksheet.tokens.characters import MAX_BYTES, MAX_LINES, decode
from micrograd_like.worksheet.tokens.lexer import MAX_NAME

#: Names that most cases use: a line before the one in question, so that it stands in line 6.
GIVEN = "x = 3\ny = 5\na = 0.25\nyhat = 0.75\nE = (yhat - y)^2 + x\n"


def read(text, **options):
    """A worksheet that must be read without a problem."""
    sheet = Worksheet.parse(text, **options)
    assert not sheet.problems, str(sheet.problems[0])
    return sheet


def value(expression):
    """The number that the graph has for an expression of GIVEN's names."""
    return read(GIVEN + f"q = {expression}").names["q"].data


def problem(text, **options):
    """The only problem of a worksheet."""
    (found,) = Worksheet.parse(text, **options).problems
    return found


# What a line is.


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        # A new name with a single number is a given, its sign included.
        ("x = 2", ["given"]),
        ("x = -0.5 = -1/2", ["given"]),
        # A new name with an expression is a definition, be it of numbers alone.
        ("x = 1/2", ["definition"]),
        ("x = ½", ["definition"]),
        ("x = 2\ny = x", ["given", "definition"]),
        # A left side seen before is a claim, and so is every derivative.
        ("x = 2\nx = 1 + 1", ["given", "claim"]),
        ("x = 2\ny = x^2\ndy/dx = 2x\n∂y/∂x = 4", ["given", "definition", "claim", "claim"]),
        # A name broken further up is not new either.
        ("x = q\nx = 2", ["definition", "claim"]),
        # A primed name from the plain one and a derivative is an update …
        ("w = 1\nE = w^2\nw' = w - 0.1*dE/dw", ["given", "definition", "update"]),
        # … which may be the one that names it …
        ("w = 1\nE = w^2\nw' = 1 - 0.1*dE/dw", ["given", "definition", "update"]),
        # … and without a derivative, or for another name, it is none.
        ("w = 1\nE = w^2\nw' = w - 0.1*2", ["given", "definition", "definition"]),
        ("w = 1\nE = w^2\nv = w - dE/dw", ["given", "definition", "definition"]),
        ("w = 1\nw' = 0.8", ["given", "given"]),
    ],
)
def test_kinds(text, kinds):
    assert [statement.kind for statement in Worksheet.parse(text).statements] == kinds


def test_parts_and_places():
    (statement,) = read("  x = 2 ≈ 2.0 = 1 + 1   # two").statements
    assert [part.source for part in statement.parts] == ["2", "2.0", "1 + 1"]
    assert [part.approximate for part in statement.parts] == [False, True, False]
    places = [(p.place.line, p.place.column, p.place.end) for p in statement.parts]
    assert places == [(1, 7, 8), (1, 11, 14), (1, 17, 22)]
    assert (statement.place.column, statement.place.end) == (3, 22)
    assert statement.source == "x = 2 ≈ 2.0 = 1 + 1"


@pytest.mark.parametrize(
    ("text", "source"),
    [
        # The source is what was written, whatever it is read as, to the last character.
        ("q = 1 + w_5  # why", "q = 1 + w_5"),
        ("q = 1 + ŷ", "q = 1 + ŷ"),
        ("q = 2 * α", "q = 2 * α"),
        # Continuation lines are joined, without their comments.
        ("q = 1 +  # one\n  2", "q = 1 + 2"),
    ],
)
def test_source(text, source):
    sheet = Worksheet.parse(text)
    assert sheet.statements[-1].source == source


# Values.


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # Precedence is the one of Python, the sign of a power included.
        ("-x^2", -9),
        ("2^3^2", 512),
        ("x^-2", 1 / 9),
        ("2^-x^2", 2**-9),
        ("x/y*2", 3 / 5 * 2),
        ("x - y - 1", -3),
        ("1 - -2", 3),
        ("1 + +2", 3),
        ("-x*y", -15),
        ("2 - x*y^2", -73),
        ("(x + y)*2", 16),
        ("[x + {y}]", 8),
        ("x ** 2", 9),
        # Implicit products: a number before a name or bracket, a name or bracket before one.
        ("2x", 6),
        ("2x^2", 18),
        ("1/2x", 1.5),
        ("2^2x", 12),
        (".57(.5)", 0.57 * 0.5),
        ("yhat(1 - yhat)", 0.1875),
        ("x (y + 1)", 18),
        ("(x)(y)", 15),
        ("(x)(y)(2)", 30),
        ("x²(y)", 45),
        ("½x²", 4.5),
        ("2sqrt(4)", 4),
        # The modulus and the root.
        ("|x - y|", 2),
        ("||x - y| - 5|", 3),
        ("√(x + 1)", 2),
        ("√x", math.sqrt(3)),
        # Functions, their aliases, and one plain argument without brackets.
        ("sigmoid(x)", 1 / (1 + math.exp(-3))),
        ("σ(x)", 1 / (1 + math.exp(-3))),
        ("logistic(x) - sigma(x)", 0),
        ("ln(x)", math.log(3)),
        ("log(x)", math.log(3)),
        ("log10(x)", math.log10(3)),
        ("ln x + y", math.log(3) + 5),
        ("tanh(x) + arctan(x)", math.tanh(3) + math.atan(3)),
        ("max(x, y) - min(x, y)", 2),
        ("relu(-x)", 0),
        # The constants.
        ("pi", math.pi),
        ("2π", 2 * math.pi),
        ("e^x", math.e**3),
        # What people paste: signs, superscripts, subscripts, letters.
        ("x·y", 15),
        ("x × y ⋅ 2", 30),
        ("x ÷ y", 0.6),
        ("x − y – 1", -3),
        ("x² + y³", 134),
        ("x⁻¹", 1 / 3),
        ("1.5e−3", 0.0015),
        ("¾ + ⅛", 0.875),
        ("ŷ", 0.75),
        ("y\u0302", 0.75),
        # Derivatives are numbers of the graph, all paths together; / is division otherwise.
        ("dE/dyhat", 2 * (0.75 - 5)),
        ("∂E/∂ŷ · 2", 4 * (0.75 - 5)),
        ("dE/dx", 1),
        ("da/dx", 0),
        ("dE/dE", 1),
        ("2/dE/dx", 2),
        ("dE/dx^2", 1),
    ],
)
def test_values(expression, expected):
    assert value(expression) == pytest.approx(expected, rel=1e-15, abs=1e-15)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        # pi and e are names like others where the worksheet defines them.
        ("e = 5\ny = 2e", "y", 10),
        ("pi = 3\ny = π", "y", 3),
        # A name of the worksheet goes before a function.
        ("sigma = 2\ny = σ(3)", "y", 6),
        # Where A or B of dA/dB is no name, / is division.
        ("dx = 6\ndy = 2\nq = dx/dy", "q", 3),
        ("dx = 6\ny = 1\nx = 2\nq = dx/y", "q", 6),
        # Subscripts, underscores and primes make one name each.
        ("w_5 = 2\nq = w5 + w₅", "q", 4),
        ("E_total = 2\nq = 2E_total", "q", 4),
        ("w = 1\nw' = 2\nw'' = 3\nq = w + w′ + w’’", "q", 6),
        ("α = 2\nq = alpha", "q", 2),
        # A continued line, with a comment and an empty line between.
        ("x = 1 +  # and\n\n  2 *\n  3", "x", 7),
        ("x =\n 4", "x", 4),
        # The line ends of every system, and the marks of encodings.
        ("\ufeffx = 1\r\ny = x + 1\r\n", "y", 2),
        ("x = 1\ry = x + 1\r", "y", 2),
        ("\tx = 1 # x = 2\n# x = 3\n\n", "x", 1),
        # A derivative in a formula changes too: w' = w − 0.1·2w.
        ("w = 1\nE = w^2\nr = 0.1\nw' = w - r*dE/dw\nq = dw'/dw", "q", 0.8),
        ("x = 2\ny = x^3\ng = dy/dx\nh = dg/dx", "h", 12),
        ("w = 1\nE = w^2\nr = 0.1\nw' = w - r*dE/dw", "w'", 0.8),
    ],
)
def test_values_of_worksheets(text, name, expected):
    assert read(text).names[name].data == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 2", "x = 2"),
        ("α = 2".encode("utf-8-sig"), "α = 2"),
        ("α = 2".encode("utf-16"), "α = 2"),
        (b"\xfe\xff" + "α = 2".encode("utf-16-be"), "α = 2"),
        (b"", ""),
        (b"x" * MAX_BYTES, "x" * MAX_BYTES),
    ],
    ids=["utf-8", "with a mark", "utf-16", "utf-16-be", "empty", "large"],
)
def test_decode(data, text):
    assert decode(data) == text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("α = 2".encode("cp1253"), "not UTF-8 text: byte 1 "),
        (b"\xff\xfex", "not UTF-16 text: byte 3 "),
        (b"x" * (MAX_BYTES + 1), "at most 1,000,000 bytes"),
    ],
    ids=["another encoding", "cut off", "too large"],
)
def test_decode_refuses(data, message):
    with pytest.raises(WorksheetError, match=message):
        decode(data)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ŷ", "yhat"),
        ("ŷ₁", "yhat1"),
        ("y_hat", "yhat"),
        ("w_5", "w5"),
        ("w__5", "w5"),
        ("w₅′", "w5'"),
        ("Δα", "Deltaalpha"),
        # An underscore before letters stays.
        ("E_total", "E_total"),
        ("w_5a", "w_5a"),
    ],
)
def test_names_in_plain_form(written, name):
    assert normal_name(written) == name == normal_name(name)


# Trees.

x, y = Name("x"), Name("y")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        # An integer is exact; a decimal point says how many places were written.
        ("2", Number(2)),
        ("0.57", Number(0.57, 2)),
        (".646", Number(0.646, 3)),
        ("0.30", Number(0.3, 2)),
        ("5.", Number(5.0, 0)),
        ("1.5e-3", Number(0.0015, 4)),
        ("1.5e3", Number(1500.0, -2)),
        ("1e3", Number(1000)),
        ("1E-3", Number(0.001, 3)),
        ("-0.57", Number(-0.57, 2)),
        # All digits of an integer count.
        ("12345678901234567890", Number(12345678901234567890)),
        ("1e300", Number(1e300)),
    ],
)
def test_numbers(written, number):
    sheet = read(f"x = {written}")
    assert sheet.statements[0].parts[0].number == number
    assert type(sheet.statements[0].parts[0].number.value) is type(number.value)
    assert Worksheet.parse(str(sheet)).statements[0].parts == sheet.statements[0].parts


@pytest.mark.parametrize(
    ("line", "left", "tree"),
    [
        ("dE/dyhat = 1", Derivative("E", "yhat"), Number(1)),
        ("∂E/∂ŷ = 1", Derivative("E", "yhat"), Number(1)),
        # On the left it can be nothing else, so a derivative with unknown names stands there.
        ("dE/dw7 = 1", Derivative("E", "w7"), Number(1)),
        ("q = ∂E/∂x", Name("q"), Derivative("E", "x")),
        ("q = dE/dx'", Name("q"), Call("div", (Name("dE"), Name("dx'")))),
        ("q = ½", Name("q"), Call("div", (Number(1), Number(2)))),
        ("q = x²", Name("q"), Call("pow", (x, Number(2)))),
        ("q = x⁻²", Name("q"), Call("pow", (x, Call("neg", (Number(2),))))),
        ("q = |x|", Name("q"), Call("abs", (x,))),
        ("q = ln x", Name("q"), Call("log", (x,))),
        ("q = xy", Name("q"), Call("mul", (x, y))),
        ("q = xyz", Name("q"), Name("xyz")),
    ],
)
def test_trees(line, left, tree):
    statement = Worksheet.parse(GIVEN + line).statements[-1]
    assert (statement.left, statement.parts[0].expr) == (left, tree)


# What cannot be read.


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        # The start of a line.
        ("x + * y = 8", 5, "expected a number, a name or a bracket"),
        ("₁ = 3", 1, "expected a name or a derivative"),
        ("q", 2, "expected '=' after the left side, got the end of the line"),
        # Nothing where something belongs.
        ("q = = 3", 5, "expected a number, a name or a bracket, got '='"),
        ("q = 2 * / 3", 9, "expected a number, a name or a bracket, got '/'"),
        ("q = )", 5, "expected a number, a name or a bracket"),
        ("q = ()", 6, "expected a number, a name or a bracket"),
        ("q = (x", 7, "expected ')' for the '(' in column 5, got the end of the line"),
        ("q = |x", 7, "expected '|' for the '|' in column 5"),
        ("q = x)", 6, "expected an operator"),
        # The column is right after names that are read as longer or shorter ones.
        ("q = (α", 7, "got the end of the line"),
        ("q = (w_5", 9, "got the end of the line"),
        # No implicit product: two names, a name before a number, a function's name.
        ("q = x 2", 7, "expected an operator"),
        ("q = 10 000", 8, "expected an operator"),
        ("q = 1.2.3", 8, "expected an operator"),
        ("q = 1,5", 6, "expected an operator"),
        ("q = sigmod(x)", 5, "did you mean 'sigmoid'?"),
        # Functions and their arguments.
        ("q = exp(x, y)", 5, "exp takes 1 argument, got 2"),
        ("q = exp", 8, "expected '(' after exp"),
        ("q = ln 2x", 5, "what belongs to ln is not clear"),
        ("q = ln x^2", 5, "what belongs to ln is not clear"),
        ("q = ln x²", 5, "what belongs to ln is not clear"),
        ("q = ∂E", 5, "expected a derivative"),
        # Names: never heard of, or not yet.
        ("q = x + zz", 9, "'zz' is not defined up to here"),
        ("q = yhit", 5, "did you mean 'yhat'?"),
        ("q = q + 1", 5, "'q' is not defined up to here"),
        # What has no value.
        ("q = sqrt(-x)", 5, "sqrt(x) needs x >= 0"),
        ("q = 1/(x - 3)", 5, "y != 0"),
        ("q = 1e308*10", 5, "too large"),
        # Numbers out of bounds.
        ("q = 1e309", 5, "below 1.8e308"),
        ("q = 1.0e-400", 5, "between 1e-308 and 1.8e308"),
        ("q = 1e-400", 5, "between 1e-308 and 1.8e308"),
        ("q = 0.0e400", 5, "between 1e-308 and 1.8e308"),
        # Text that is no worksheet is not run.
        ('q = __import__("os")', 5, "expected a number, a name or a bracket, got '_'"),
        ("q = x.__class__", 6, "expected an operator"),
        ("q = {0.__class__}", 8, "expected ')'"),
        ("q = %s", 5, "got '%'"),
        ("q = \x1b[31m", 5, r"got '\x1b'"),
        ("q = \ud800", 5, r"got '\ud800'"),
        ("q = lambda: 1", 11, "expected an operator"),
    ],
)
def test_problems(line, column, message):
    sheet = Worksheet.parse(GIVEN + line + "\nlast = 2x")
    (found,) = sheet.problems
    assert (found.line, found.column) == (6, column)
    assert message in found.message
    # One bad line does not keep the others from being read.
    assert sheet.names["last"].data == 6
    # Nothing of it acts on a terminal.
    assert str(found).replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("text", "line", "under", "offset"),
    [
        # The caret stands under the right character of the line as it was written.
        ("x = zz", 1, "zz", 4),
        ("    x = zz", 1, "zz", 8),
        ("\tx\t= zz", 1, "zz", 5),
        # On a continuation line it is that line which is shown.
        ("y = 1 +\n  2 * )", 2, ")", 6),
        ("x = 1\ny = x +\n    x*zz", 3, "zz", 6),
        # Wide characters take two columns, combining ones none.
        ("漢 = 1 + zz", 1, "zz", 9),
        ("y\u0302 = 1 + zz", 1, "zz", 8),
        ("y\u0323 = zz", 1, "zz", 4),
    ],
)
def test_caret(text, line, under, offset):
    found = problem(text)
    first, shown, caret = str(found).split("\n")
    assert first.startswith(f"line {line}, column {found.column}: ")
    assert found.source[found.column - 1 :].startswith(under)
    assert caret == " " * (2 + offset) + "^"
    assert under in shown


def test_caret_of_a_long_line_stays_near():
    _, shown, caret = str(problem("x = 1" + " + 1" * 400 + " + zz")).split("\n")
    assert shown[caret.index("^") :].startswith("zz")
    assert len(shown) <= 102


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        # What rests on a broken name is broken, and says so; it is not replaced by e.
        ("a = zz\nb = a", ["'zz' is not defined up to here", "'a' could not be computed"]),
        ("e = zz\nb = 2e", ["'zz' is not defined up to here", "'e' could not be computed"]),
        # Defined only later, which is as good; in a circle, nothing is defined.
        ("b = a\na = 2", []),
        ("b = a + 1\na = b - 1", ["'a' could not be computed", "'b' could not be computed"]),
        ("a = 2\nb = a", []),
        # A slope that does not exist is an error only where somebody asks for it.
        ("a = 0\nb = sqrt(a)\nc = db/da", ["does not exist"]),
        ("a = 0\nk = 1\nb = sqrt(a) + k\nc = db/dk", []),
    ],
)
def test_names_that_are_missing(text, messages):
    problems = Worksheet.parse(text).problems
    assert len(problems) == len(messages)
    for found, message in zip(problems, messages, strict=True):
        assert message in found.message


# Bounds: silence just within, a clear error just beyond.


@pytest.mark.parametrize(
    ("within", "beyond", "message"),
    [
        (f"x = {'(' * MAX_NESTING}1{')' * MAX_NESTING}",
         f"x = {'(' * (MAX_NESTING + 1)}1{')' * (MAX_NESTING + 1)}", "at most 200 nested"),
        (f"x = {'1+(' * 150}1{')' * 150}", f"x = {'1+(' * 201}1{')' * 201}", "at most 200 nested"),
        (f"x = {'-' * MAX_NESTING}1", f"x = {'-' * (MAX_NESTING + 1)}1", "at most 200 nested"),
        (f"x = {'1^' * MAX_NESTING}1", f"x = {'1^' * (MAX_NESTING + 1)}1", "at most 200 nested"),
        (f"x = {'sin ' * 100}1", f"x = {'sin ' * 5000}1", "at most 200 nested"),
        (f"x = 1{'+1' * MAX_OPERATIONS}", f"x = 1{'+1' * (MAX_OPERATIONS + 1)}",
         "at most 500 operations"),
        (f"x = {'1' * MAX_DIGITS}", f"x = {'1' * (MAX_DIGITS + 1)}", "at most 60 characters"),
        (f"{'x' * MAX_NAME} = 1", f"{'x' * (MAX_NAME + 1)} = 1", "at most 100 characters"),
        (f"x = {' = '.join('1' * 300)}", f"x = {' = '.join('1' * 301)}", "at most 300 relations"),
        (f"x = [{', '.join('1' * 2000)}]", f"x = [{', '.join('1' * 3000)}]",
         "at most 6,000 names, numbers and signs"),
        ("y = 1" + "\n+ 1" * 149, "y = 1" + "\n+ 1" * 150 + "\nz = 2",
         "at most 150 lines in one statement"),
    ],
)  # fmt: skip
def test_bounds_of_a_line(within, beyond, message):
    read(within)
    assert message in problem(beyond).message


@pytest.mark.parametrize(
    ("within", "beyond", "message"),
    [
        ("\n" * MAX_LINES, "\n" * (MAX_LINES + 1), "10,001 lines, expected at most 10,000"),
        ("#\n" * (MAX_LINES - 1) + "#", "#\n" * MAX_LINES + "#", "10,001 lines"),
        ("#" * MAX_BYTES, "#" * (MAX_BYTES + 1), "1,000,001 characters"),
    ],
    ids=["lines", "last line not ended", "characters"],
)
def test_bounds_of_a_worksheet(within, beyond, message):
    read(within)
    with pytest.raises(WorksheetError, match=re.escape(message)):
        Worksheet.parse(beyond)


@pytest.mark.parametrize(
    ("within", "beyond", "reason"),
    [
        # 8³ products and sums of two matrices; 20³ are refused before they are made.
        (f"A = {[[1] * 8] * 8}\nB = A @ A", f"A = {[[1] * 20] * 20}\nB = A @ A", "20,000"),
        ("f(x) = x*x + x*x\ny = f(f(2))", f"f(x) = {'x*x+' * 50}x\ny = f(f(f(2)))", "function"),
        (f"v = {[1] * 500}\n" + "w = v + v\n" * 5, f"v = {[1] * 500}\n" + "w = v + v\n" * 50,
         "60,000"),
    ],
    ids=["a product of matrices", "a function of a function", "all arrays of a document"],
)  # fmt: skip
def test_bounds_of_what_is_written_out(within, beyond, reason):
    assert not any(statement.doubt for statement in read(within).statements)
    last = Worksheet.parse(beyond).statements[-1]
    assert (reason in last.doubt, last.parts) == (True, ())


@pytest.mark.parametrize(
    "text",
    ["y = " + "(" * 90_000, "x = 1" + " = 1" * 20_000, "d" * 90_000, "x = 1,5\ny = " + "[" * 90_000,
     "A = [1, 2]\n" + "[3, 4]\n" * 9_000, "y = 1 " + "(a = 1 " * 9_000, "x=(1," * 15_000],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_what_nobody_writes_is_refused_before_it_is_read(text):
    sheet = Worksheet.parse(text)
    assert len(sheet.statements) <= 200
    assert all("expected" in problem.message for problem in sheet.problems)


def test_deep_in_a_program():
    text = f"x = {'(' * MAX_NESTING}1{')' * MAX_NESTING}\ny = 2"

    def parse(frames):
        return parse(frames - 1) if frames else Worksheet.parse(text)

    sheet = parse(sys.getrecursionlimit() - 300)
    assert "at most 200 nested" in sheet.problems[0].message
    assert sheet.names["y"].data == 2


def test_parse_takes_text():
    with pytest.raises(TypeError, match="expected text, got bytes"):
        Worksheet.parse(b"x = 1")
    with pytest.raises(TypeError, match=r"got str; Worksheet\.parse\(text\)"):
        Worksheet("x = 1")


def chain(length):
    return "\n".join(["a0 = 1", *(f"a{i} = a{i - 1} + 1" for i in range(1, length))])


def test_a_derivative_of_a_long_chain_is_computed():
    sheet = read(chain(1000) + "\nd = da999/da0")
    assert sheet.names["d"].data == 1


def test_derivatives_are_bounded(monkeypatch):
    """By the nodes that they visit in all: the i-th of a chain visits two for every line."""
    monkeypatch.setattr(builder, "MAX_GRADIENTS", 1000)
    few, many = ("\n".join(f"d{i} = da{i}/da0" for i in range(1, count)) for count in (25, 50))
    assert read(f"{chain(50)}\n{few}").names["d24"].data == 1
    assert "fewer derivatives" in Worksheet.parse(f"{chain(50)}\n{many}").problems[0].message


def test_read_knows_markdown_by_its_name(tmp_path):
    text = "# Lesson\n```worksheet\nx = 2\ny = zz\n```\nz = 3\n```python\nk = 4\n```\n"
    lesson, plain = tmp_path / "lesson.md", tmp_path / "lesson.worksheet"
    pasted = tmp_path / "lesson.txt"
    for path in (lesson, plain, pasted):
        path.write_text(text)
    sheet = Worksheet.read(lesson)
    assert list(sheet.names) == ["x"]
    # Lines are those of the file.
    assert [(p.line, p.column) for p in sheet.problems] == [(4, 5)]
    assert list(Worksheet.read(plain).names) == ["x", "z", "k"]
    # Markdown is pasted into texts.
    assert Worksheet.read(pasted) == sheet


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("~~~~ worksheet\nx = 1\n~~~\n~~~~\ny = 2", ["x"]),
        ("```\nx = 1\n```\n```worksheet\ny = 2", ["y"]),
        ("  ```worksheet\n  x = 1\n  ```\ny = 2", ["x"]),
        ("x = 1", ["x"]),
        ("Let x be 1: that is all.", []),
    ],
)
def test_fences(text, names):
    names_read = [s.left.name for s in Worksheet.parse(text, format="markdown").statements]
    assert [name for name in names_read if name != "~~~"] == names


# Graphs built in Python.


def network():
    return nn.MLP(2, [3, 1], seed=1).trace([0.5, -1.0])["yhat"]


def unlabelled():
    a, b = Value(1.5), Value(-2.5)
    return (a * b - a / b) ** 2 + (-a).exp() + 2**a


def odd_labels():
    labels = ("", "2x", "a b", "sigmoid", "e", "dE/dw", "x\ny", "#", "x'", "ŷ", "é", "l" * 200)
    return apply("total", *(Value(i + 0.5, label) ** 2 for i, label in enumerate(labels)))


def duplicate_labels():
    a, b, c = Value(2.0, "w5"), Value(3.0, "w_5"), Value(4.0, "w5")
    return a * b**2 * c


def names_of_derivatives():
    dy, dx, a, b = Value(6.0, "dy"), Value(2.0, "dx"), Value(3.0, "y"), Value(5.0, "x")
    return dy / dx + a * b


def taken_names():
    return Value(2.0, "x1") * Value(3.0) + Value(5.0, "dx2") * Value(7.0)


def shared():
    a = Value(0.3)
    b = a.sin()
    return b * b + b.exp() * a


def n_ary():
    xs = [Value(i / 7) for i in range(1, 31)]
    return apply("affine", *xs, *reversed(xs), apply("total", *xs)) * apply("wsum", *xs, *xs)


def long():
    total = Value(0.001)
    for _ in range(300):
        total = (total * 1.01 + 0.5).tanh()
    return total


def extremes():
    return Value(1.5e-300) * Value(1e22) + Value(-5e-324) + Value(-0.0) + Value(0.1) ** -2


def a_leaf():
    return Value(-2.5, "q")


def a_constant():
    return Constant(3.0)


@pytest.mark.parametrize(
    "build",
    [
        network,
        unlabelled,
        odd_labels,
        duplicate_labels,
        names_of_derivatives,
        taken_names,
        shared,
        n_ary,
        long,
        extremes,
        a_leaf,
        a_constant,
    ],
)
def test_from_graph(build):
    output = build()
    sheet = Worksheet.from_graph(output)
    assert not sheet.problems
    again = list(sheet.names.values())[-1]
    assert again.data == output.data

    def leaf_gradients(root):
        seen, stack = set(), [root]
        while stack:
            node = stack.pop()
            if node not in seen:
                seen.add(node)
                stack.extend(node.inputs)
        leaves = [n for n in seen if not n.op and not isinstance(n, Constant)]
        return sorted(zip((n.data for n in leaves), grad(root, leaves), strict=True))

    if not isinstance(output, Constant):
        for before, after in zip(leaf_gradients(output), leaf_gradients(again), strict=True):
            assert after == pytest.approx(before, rel=1e-12, abs=1e-12)


def test_from_graph_keeps_labels():
    w = Value(2.0, "w5")
    out = (w * 3).exp()
    out.label = "ŷ"
    assert str(Worksheet.from_graph(out)) == "w5 = 2.0\nyhat = exp(w5*3)\n"


def test_from_graph_refuses_what_no_worksheet_holds():
    with pytest.raises(TypeError, match="expected a Value, got float"):
        Worksheet.from_graph(1.0)
    with pytest.raises(WorksheetError, match="at most 500 operations"):
        Worksheet.from_graph(apply("total", *map(Value, range(600))))


def test_a_formula_may_be_given_again_after_one_that_failed():
    sheet = Worksheet.parse("x = 2\ny = x + q\ny = x + 1\nz = 2y")
    assert [problem.line for problem in sheet.problems] == [2]
    assert sheet.names["z"].data == 6.0


def test_node_proposes_near_names():
    sheet = read(GIVEN)
    assert sheet.node("ŷ") is sheet.names["yhat"]
    with pytest.raises(WorksheetError, match="no 'yhut'; did you mean 'yhat'"):
        sheet.node("yhut")


# Random worksheets: printed and read again they are the same; random text never does harm.

DECIMALS = st.integers(0, 99999).flatmap(
    lambda digits: st.integers(1, 6).map(lambda places: Number(digits / 10**places, places))
)
LEAVES = st.one_of(
    st.sampled_from("abc").map(Name),
    st.integers(0, 99).map(Number),
    DECIMALS,
    st.sampled_from(["pi", "e"]).map(Name),
    st.builds(Derivative, st.sampled_from("abc"), st.sampled_from("abc")),
)


def call(function, *arguments):
    return Call(function, arguments)


def calls(inner):
    two = st.sampled_from(["add", "sub", "mul", "div", "pow", "maximum"])
    one = st.sampled_from(["neg", "exp", "sigmoid", "abs", "log", "sqrt"])
    return st.builds(call, two, inner, inner) | st.builds(call, one, inner)


TREES = st.recursive(LEAVES, calls, max_leaves=12)


def written(tree):
    """The tree with brackets everywhere, so that this does not rest on the printer."""
    signs = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "^"}
    match tree:
        case Number(number, places):
            return str(number) if places is None else f"{number:.{places}f}"
        case Name(name):
            return name
        case Derivative(of, wrt):
            return f"∂{of}/∂{wrt}"
        case Call(function, (a, b)) if function in signs:
            return f"({written(a)}) {signs[function]} ({written(b)})"
        case Call("neg", (a,)):
            return f"-({written(a)})"
        case Call(function, arguments):
            return f"{function}({', '.join(map(written, arguments))})"


@given(st.lists(st.tuples(TREES, TREES), min_size=1, max_size=3))
def test_printed_worksheets_read_back(lines):
    text = "a = 1.50\nb = -2\nc = .25\n"
    text += "\n".join(f"q{i} = {written(s)} ≈ {written(t)}" for i, (s, t) in enumerate(lines))
    sheet = Worksheet.parse(text)
    again = Worksheet.parse(str(sheet))

    def content(sheet):
        return [(s.kind, s.left, s.parts) for s in sheet.statements]

    assert len(sheet.statements) == 3 + len(lines)
    assert [s.parts[0].expr for s in sheet.statements[3:]] == [first for first, _ in lines]
    assert content(again) == content(sheet)
    assert str(again) == str(sheet)


#: Other ways to write the same: blanks, signs, brackets, letters, names of functions.
SPELLINGS = (
    lambda text: text.replace(" ", ""),
    lambda text: text.replace(" ", "  "),
    lambda text: text.replace("*", "·").replace("-", "−").replace("^", "**"),
    lambda text: text.replace(" = ", " = ((").replace(" ≈ ", ")) ≈ ([") + "])",
    lambda text: text.replace("sigmoid(", "σ(").replace("sqrt(", "√("),
    lambda text: text.replace("exp(", "np.exp(").replace("log(", "ln("),
    lambda text: re.sub(r"(?<![A-Za-z])[abc](?![A-Za-z])", lambda m: ITALIC[m[0]], text),
    lambda text: text.replace("∂", "δ"),
)
#: What may stand around a line.
FRAMES = (
    str,
    lambda text: f"Step 3: {text}   (by hand)",
    lambda text: f"| {text} |",
    lambda text: f"{text} ✓",
)
ITALIC = dict(zip("abc", "𝑎𝑏𝑐", strict=True))


@given(TREES, TREES, st.sampled_from(SPELLINGS), st.sampled_from(FRAMES))
def test_other_spellings_give_the_same_graph_and_marks(first, second, spelling, frame):
    given_before = "a = 1.50\nb = -2\nc = .25\n"
    line = f"q = {written(first)} ≈ {written(second)}"
    plain = Worksheet.parse(given_before + line)
    spelled = Worksheet.parse(given_before + frame(spelling(line)))
    assert [s.parts for s in spelled.statements] == [s.parts for s in plain.statements]
    assert spelled.formulas == plain.formulas
    marks = [[mark.verdict for mark in sheet.check().lines] for sheet in (plain, spelled)]
    assert marks[0] == marks[1]


ALPHABET = "xyE12.5e'′_+-−*/^()[]|=≈,#√∂d²⁻½₁ŷασ·\n\t ~`"
PIECES = ["x", "dx/dy", "∂x/∂y", "x = 1\n", "\ny = ", "2", "0.5", "(", ")", "^", "-", "/", "ln"]
PIECES += ["max(", ",", "|", "²", "½", "'", " = ", "≈", "#", "pi", "1e308", "1.0e-400", "σ"]


@pytest.mark.parametrize(
    "texts",
    [
        st.text(max_size=60),
        st.text(ALPHABET, max_size=60),
        st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
        st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join).map("x = ".__add__),
        st.binary(max_size=60),
    ],
    ids=["unicode", "alphabet", "pieces", "statement", "bytes"],
)
def test_random_text_is_read_or_refused(texts):
    @given(texts, st.booleans())
    def check(text, markdown):
        try:
            sheet = Worksheet.parse(decode(text) if isinstance(text, bytes) else text)
            Worksheet.parse(str(sheet), format="markdown" if markdown else None)
        except WorksheetError:
            return
        for found in sheet.problems:
            assert str(found).replace("\n", "").isprintable()

    check()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2.7510474151611542e17", "2.7510474151611542e17"),
        ("1.7976931348623157e308", "1.7976931348623157e308"),
        ("1.50e3", "1.50e3"),
        ("2.998e8", "2.998e8"),
        ("5.", "5."),
        ("12.e2", "1.2e3"),
        ("0.00", "0.00"),
    ],
)
def test_numbers_are_written_back_with_their_places_and_every_digit(written, shown):
    sheet = Worksheet.parse(f"x = {written}")
    assert str(sheet) == f"x = {shown}\n"
    assert Worksheet.parse(str(sheet)) == sheet
    assert Worksheet.parse(str(sheet)).names["x"].data == float(written)


def test_worksheets_are_equal_if_they_say_the_same():
    assert Worksheet.parse("x = 2\ny = 2x") == Worksheet.parse("# twice\nx = 2\n\n y=2·x")
    assert Worksheet.parse("x = 2") != Worksheet.parse("x = 3")
    assert Worksheet.parse("x = 2") != "x = 2"


def test_e_to_a_power_is_the_exponential():
    sheet = Worksheet.parse("x = 0.5\ny = e^x\nz = e")
    assert sheet.names["y"].op == "exp"
    assert Worksheet.parse("e = 2\nx = 3\ny = e^x").names["y"].data == 8


@pytest.mark.parametrize(
    "text",
    [
        "x ＝ 2",
        "x\u200b = 2",
        "x = 4 — 2",
        "\u2060x = （2）",
        "x ＝ ４／２",
        "x ＝ １＊２",
        "x = ２００％",
        "x ＝ ｜－２｜",
        "x ＝ ｛２｝",
        "x ＝ ２．０",
        "＃ 题目\nx ＝ ２",
        "x ＝ 2？",
        "x ＝ 2？ y ＝ 3",
        "x = 2? y = 3?",
    ],
)
def test_more_of_what_people_paste(text):
    assert Worksheet.parse(text).names["x"].data == 2


def test_markdown_without_a_worksheet_says_so(tmp_path):
    (tmp_path / "notes.md").write_text("# Notes\nNothing is computed.\n", encoding="utf-8")
    with pytest.raises(WorksheetError, match="or a block fenced by ```worksheet"):
        Worksheet.read(tmp_path / "notes.md")


def test_a_name_that_is_not_there_is_answered_with_those_that_are():
    sheet = Worksheet.parse("x = 2\ny = x^2\nz = ln(0)")
    with pytest.raises(WorksheetError, match="no 'E'; it has x, y"):
        sheet.derivative("dE/dx")
    with pytest.raises(WorksheetError, match="'z' could not be computed"):
        sheet.derivative("dz/dx")
    with pytest.raises(TypeError, match="expected text such as 'dE/dw5', got 3"):
        sheet.derivative(3)
