"""The operation table: every operation once, as data.

A row states an operation's value and its partial derivatives as formulas over its inputs
and its output ``out``. The engine's functions, the text and LaTeX of a derivation, higher
derivatives and the numeric checks are all read from here, so adding an operation means
adding a row and nothing else.

``value`` and ``partials`` are the formulas of the textbook, the ones a person writes.
Where floating point needs another form, because the textbook's overflows or loses digits,
``stable`` and ``stable_partials`` hold it; the two forms are equal as functions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

from micrograd_like.errors import FormulaError, did_you_mean
from micrograd_like.formula import (
    ARITHMETIC,
    COMPARISONS,
    OPERATORS,
    PYTHON,
    Call,
    Expr,
    Name,
    Number,
    emit,
    evaluate,
    names,
    nodes,
    parse,
    substitute,
)

Floats = tuple[float, ...]


@dataclass(frozen=True)
class Op:
    """One operation."""

    #: What ``Value.op`` says, and the name of the method.
    name: str
    #: The inputs' names, in order; ``x*`` is a family (one or more inputs).
    signature: str
    #: The value, as a formula over the inputs.
    value: str
    #: One formula for each name of the signature, over the inputs and ``out``.
    partials: tuple[str, ...]
    #: What the derivative rule is called in a course; a tuple where it is called differently for
    #: each input.
    rule: str | tuple[str, ...]
    #: Points for the tests, each with a number for every scalar input.
    samples: tuple[Floats, ...]
    #: The condition under which the value exists; "" is everywhere. At its edge a partial may be
    #: missing (the root at 0): it is then NaN.
    domain: str = ""
    #: An expression that is 0 where the derivative, or a higher one, jumps; where the partials do,
    #: they are the convention (PyTorch's).
    kink: str = ""
    #: The value in a form that neither overflows nor cancels.
    stable: str = ""
    #: The same for the partials.
    stable_partials: tuple[str, ...] = ()
    #: The partials in a form that can be differentiated again at every point, where a stable one
    #: has kinks that the partial itself has not.
    smooth_partials: tuple[str, ...] = ()
    #: The same for each input where all the others are constants.
    constant_rules: tuple[str, ...] = ()
    #: What people write for the partials by mistake: the code of the slip (see
    #: :mod:`micrograd_like.marking.causes`), and a formula for each name of the signature, "" where
    #: there is none; those that follow from the partials themselves are not repeated here
    #: (:attr:`all_slips`).
    slips: tuple[tuple[str, tuple[str, ...]], ...] = ()
    #: True for what neurons pass their sums through: what learners leave out, or take for another.
    activation: bool = False
    #: Other names it has in a worksheet.
    aliases: tuple[str, ...] = ()
    #: How a call is written; ``#1`` stands for the argument, and without it the arguments follow in
    #: brackets. Plain arithmetic is written as its own formula; there ``text`` is the sign it has
    #: in a picture.
    text: str = ""
    latex: str = ""

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The inputs' names, families without their star."""
        return tuple(name.removesuffix("*") for name in self.signature.split())

    @cached_property
    def families(self) -> tuple[str, ...]:
        """Those of the inputs that are families."""
        return tuple(n.removesuffix("*") for n in self.signature.split() if n.endswith("*"))

    @cached_property
    def arithmetic(self) -> bool:
        """True if the value is plain arithmetic, and so is written as its own formula."""
        return _is_arithmetic(parse(self.value))

    @cached_property
    def computed_value(self) -> Expr:
        """The formula that is evaluated in floating point."""
        return parse(self.stable or self.value)

    @cached_property
    def computed_partials(self) -> tuple[Expr, ...]:
        """The formulas of the partials that are evaluated in floating point."""
        return tuple(map(parse, self.stable_partials or self.partials))

    @cached_property
    def recorded_partials(self) -> tuple[Expr, ...]:
        """The formulas of the partials from which graphs of derivatives are made."""
        return tuple(map(parse, self.smooth_partials or self.stable_partials or self.partials))

    def arity(self, count: int) -> int:
        """Members in each family when there are ``count`` inputs in all.

        Raises:
            TypeError: ``count`` inputs do not fit the signature.
        """
        scalars = len(self.inputs) - len(self.families)
        if not self.families:
            fits, members = count == scalars, 0
        else:
            members, rest = divmod(count - scalars, len(self.families))
            fits = members >= 1 and rest == 0
        if not fits:
            raise TypeError(f"{self.name} takes the inputs {self.signature!r}, got {count}")
        return members

    def place(self, index: int, count: int) -> tuple[int, int]:
        """Which name of the signature input ``index`` of ``count`` is, and which member."""
        if not self.families and index < count == len(self.inputs):
            return index, 0
        members = self.arity(count)
        for position, name in enumerate(self.inputs):
            width = members if name in self.families else 1
            if index < width:
                return position, index
            index -= width
        raise IndexError(f"{self.name} has {count} inputs")

    def rule_for(self, index: int, constants: tuple[bool, ...]) -> str:
        """The rule for input number ``index``; ``constants`` says which inputs are constants."""
        position, _ = self.place(index, len(constants))
        if self.constant_rules and all(constants[:index] + constants[index + 1 :]):
            return self.constant_rules[position]
        return self.rule if isinstance(self.rule, str) else self.rule[position]

    def bind(self, operands: tuple[Any, ...]) -> dict[str, Any]:
        """Give the inputs their operands: a single one, or a tuple for a family."""
        return dict(zip(self.inputs, self.bound(operands), strict=True))

    def bound(self, operands: tuple[Any, ...]) -> Sequence[Any]:
        """The operands of the inputs in order: a single one, or a tuple for a family.

        Raises:
            TypeError: So many do not fit the signature.
        """
        if not self.families and len(operands) == len(self.inputs):
            return operands
        members = self.arity(len(operands))
        bound: list[Any] = []
        start = 0
        for name in self.inputs:
            if name in self.families:
                bound.append(operands[start : start + members])
                start += members
            else:
                bound.append(operands[start])
                start += 1
        return bound

    def written(self, operands: tuple[Expr, ...]) -> Expr:
        """The operation as a person writes it: x1·w1 + x2·w3, σ(a)."""
        if self.arithmetic:
            return substitute(parse(self.value), self.bind(operands))
        return Call(self.name, operands)

    def partial(self, index: int, operands: tuple[Expr, ...], out: Expr) -> Expr:
        """∂out/∂input number ``index``, as a person writes it, with operands put in."""
        position, _ = self.place(index, len(operands))
        return self._put_in(parse(self.partials[position]), index, operands, out)

    @cached_property
    def all_slips(self) -> tuple[tuple[str, tuple[Expr | None, ...]], ...]:
        """Every slip of the row as formulas: those that follow from its partials, then its own."""
        partials = tuple(map(parse, self.partials))
        own = [(c, tuple(parse(f) if f else None for f in formulas)) for c, formulas in self.slips]
        return (*_derived_slips(self, partials), *own)

    def slipped(
        self, index: int, operands: tuple[Expr, ...], out: Expr
    ) -> Iterator[tuple[str, Expr]]:
        """The same by mistake: the codes of the row's slips, and what each writes."""
        position, _ = self.place(index, len(operands))
        for code, formulas in self.all_slips:
            if (formula := formulas[position]) is not None:
                yield code, self._put_in(formula, index, operands, out)

    def _put_in(self, formula: Expr, index: int, operands: tuple[Expr, ...], out: Expr) -> Expr:
        return substitute(formula, self.bind_partial(index, operands, out))

    def computed_partial(
        self, index: int, operands: tuple[Any, ...], out: Any, functions: Functions
    ) -> Any:
        """∂out/∂input number ``index``, computed with ``functions`` from any numbers."""
        position, _ = self.place(index, len(operands))
        bound = self.bind_partial(index, operands, out)
        return evaluate(self.computed_partials[position], bound, functions)

    def recorded_partial(self, index: int, count: int, written: bool = False) -> Expr:
        """The formula from which a graph of ∂out/∂input number ``index`` of ``count`` is made.

        ``written`` takes the textbook's.
        """
        position, _ = self.place(index, count)
        return parse(self.partials[position]) if written else self.recorded_partials[position]

    def bind_partial(self, index: int, operands: tuple[Any, ...], out: Any) -> dict[str, Any]:
        """The names of the partial by input number ``index``: of a family, that one member."""
        bound = self.bind(operands)
        if self.families:
            _, member = self.place(index, len(operands))
            bound |= {name: bound[name][member] for name in self.families}
        return bound | {"out": out}


Functions = dict[str, Callable[..., Any]]

#: What stands in a formula as a sign or a word, and the sum over families.
_OF_THE_LANGUAGE = frozenset((*OPERATORS, *COMPARISONS, "neg", "where", "and", "or", "sum"))


def _is_arithmetic(expr: Expr) -> bool:
    if isinstance(expr, Call):
        return expr.function in (*OPERATORS, "neg", "sum") and all(
            map(_is_arithmetic, expr.arguments)
        )
    return True


def row_problems(row: Op, functions: Mapping[str, int]) -> Iterator[str]:
    """What keeps a row from being used: by the engine, or by the tests that read its samples.

    Args:
        row: The row.
        functions: What a formula may call, and with how many arguments.
    """
    slips = {f"the slip {code!r}": formulas for code, formulas in row.slips}
    counted = {
        "stable_partials": row.stable_partials,
        "smooth_partials": row.smooth_partials,
        "constant_rules": row.constant_rules,
        "rule": () if isinstance(row.rule, str) else row.rule,
    }
    present = {what: formulas for what, formulas in counted.items() if formulas}
    for what, formulas in ({"partials": row.partials} | present | slips).items():
        if len(formulas) != len(row.inputs):
            yield f"{what}: expected one for each of {row.signature!r}, got {len(formulas)}"
    values = [(formula, {*row.inputs}) for formula in (row.value, row.stable, row.domain, row.kink)]
    slopes = [(formula, {*row.inputs, "out"}) for formula in _slopes(row)]
    for formula, known in (*values, *slopes):
        if formula:
            yield from _formula_problems(formula, known, functions)
    if not row.samples:
        yield "expected at least one sample"


def _slopes(row: Op) -> list[str]:
    return [
        *row.partials,
        *row.stable_partials,
        *row.smooth_partials,
        *(f for _, formulas in row.slips for f in formulas),
    ]


def _formula_problems(
    formula: str, known: Collection[str], functions: Mapping[str, int]
) -> Iterator[str]:
    try:
        tree = parse(formula)
    except FormulaError as error:
        yield str(error)
        return
    if unknown := {*names(tree)} - {*known}:
        yield f"{formula!r}: nothing is called {', '.join(sorted(unknown))}"
    for call in nodes(tree, Call):
        if call.function in _OF_THE_LANGUAGE:
            continue
        if call.function not in functions:
            near = did_you_mean(call.function, functions)
            yield f"{formula!r}: there is no function {call.function!r}{near}"
        elif len(call.arguments) != (count := functions[call.function]):
            got = len(call.arguments)
            yield f"{formula!r}: expected {call.function} of {count}, got {got} arguments"


def sample_problems(row: Op, functions: Functions) -> Iterator[str]:
    """The samples that no test can use, of a row that is well formed."""
    sides = set()
    for sample in row.samples:
        try:
            bound = row.bind(sample)
        except TypeError as error:
            yield f"the sample {sample}: {error}"
            continue
        if not all(map(math.isfinite, sample)):
            yield f"the sample {sample}: expected finite numbers"
            continue
        if row.domain and not evaluate(parse(row.domain), bound, functions):
            yield f"the sample {sample} lies outside the domain {row.domain!r}"
        if row.kink and (side := evaluate(parse(row.kink), bound, functions)):
            sides.add(side > 0)
    if row.kink and sides != {True, False}:
        yield f"expected samples on both sides of the kink {row.kink!r} = 0"


def _derived_slips(
    row: Op, partials: tuple[Expr, ...]
) -> Iterator[tuple[str, tuple[Expr | None, ...]]]:
    """The slips that follow from a row's partials, whatever the operation.

    A partial left out altogether: f'(x) as 1. Of a product, where each partial is the other
    input: the two exchanged. Where f'(x) is written in the output f(x): formed from the input
    in its place, or from the output of the output, f(f(x)).
    """
    yield (
        "missing-factor",
        tuple(
            None if partial in map(parse, ("0", "1", "-1")) or _decides(partial) else Number(1)
            for partial in partials
        ),
    )
    for i, j in combinations(range(len(partials)), 2):
        if (partials[i], partials[j]) == (Name(row.inputs[j]), Name(row.inputs[i])):
            exchanged: list[Expr | None] = [None] * len(partials)
            exchanged[i], exchanged[j] = partials[j], partials[i]
            yield "swapped-operand", tuple(exchanged)
    if row.signature == "x" and "out" in names(partials[0]):
        yield "derivative-at-input", (substitute(partials[0], {"out": Name("x")}),)
        again = Call(row.name, (Name("out"),))
        yield "derivative-of-output", (substitute(partials[0], {"out": again}),)


def _decides(partial: Expr) -> bool:
    """True for a slope of 0 or 1, as a condition has it."""
    return isinstance(partial, Call) and partial.function == "where"


# One aligned row an operation. Sample points lie inside the domain and, for an operation
# with a kink, on both sides of it.
# fmt: off
_ROWS = (
    # Arithmetic.
    Op("add",     "x y",   "x + y",   ("1", "1"),                "sum rule",      ((2.0, -3.0), (0.1, 0.2), (-1e8, 1e-8)), text="+"),
    Op("sub",     "x y",   "x - y",   ("1", "-1"),               "sum rule",      ((2.0, -3.0), (0.1, 0.2), (-1e8, 1e-8)), text="−"),
    Op("mul",     "x y",   "x * y",   ("y", "x"),                "product rule",  ((2.0, -3.0), (0.0, 0.7), (-1e8, 1e-8)), text="·", constant_rules=("factor rule", "factor rule")),
    Op("div",     "x y",   "x / y",   ("1 / y", "-x / y ** 2"),  "quotient rule", ((2.0, -3.0), (0.0, 0.7), (-1e8, 1e-8)),
       domain="y != 0", stable_partials=("1 / y", "-out / y"), text="/", constant_rules=("factor rule", "quotient rule"),
       slips=(("swapped-operand", ("1 / x", "")), ("sign", ("", "x / y ** 2")), ("missing-factor", ("", "-1 / y ** 2")), ("missing-factor", ("", "-x / y")),)),
    Op("neg",     "x",     "-x",      ("-1",),                   "factor rule",   ((2.0,), (0.0,), (-1e8,)), text="−"),
    Op("pow",     "x y",   "x ** y",  ("y * x ** (y - 1)", "out * log(x)"), ("power rule", "exponential rule"),
       ((2.0, 3.0), (0.5, -1.5), (3.0, 0.0), (0.3, 1.0), (1.7, 0.5)), domain="x > 0 or x == 0 and y >= 0 or x < 0 and y == floor(y)",
       stable_partials=("y * x ** (y - 1) if y != 0 else y * out / x if x != 0 else 0", "out * log(x) if x != 0 or y == 0 else 0"),
       # At x = 0 a power stands that vanishes as fast as xʸ·log x does, and at 0⁰ a root in y whatever the order in x: their derivatives are missing where the true ones are.
       smooth_partials=("y * x ** (y - 1) if y != 0 else y * out / x if x != 0 else sqrt(y) * exp(x)", "out * log(x) if x != 0 or y == 0 else x ** (y - 1e-12)"), text="^",
       slips=(("constant-factor", ("x ** (y - 1)", "")),)),
    # Sums of many terms, one node each: Σ xᵢ, the weighted sum Σ xᵢ·wᵢ, and it with a bias.
    Op("total",   "x*",    "sum(x)",     ("1",),                 "sum rule",      ((2.0,), (0.5, -3.0), (1.0, 2.0, -4.0)), text="Σ"),
    Op("wsum",    "x* w*", "sum(x * w)", ("w", "x"),             "sum and product rule", ((2.0, -3.0), (0.0, 1.0, 0.1, 0.3), (1.0, -2.0, 3.0, 0.5, 0.25, -4.0)), text="Σ x·w"),
    Op("affine",  "x* w* b", "sum(x * w) + b", ("w", "x", "1"),  "sum and product rule", ((2.0, -3.0, 0.5), (0.0, 1.0, 0.1, 0.3, -0.7)), text="Σ x·w + b"),
    # Exponentials and logarithms; log is the natural one.
    Op("exp",     "x",     "exp(x)",     ("out",),               "exponential rule", ((0.0,), (1.5,), (-30.0,), (300.0,)), latex=r"e^{#1}"),
    Op("expm1",   "x",     "expm1(x)",   ("exp(x)",),            "exponential rule", ((0.0,), (1e-9,), (-40.0,), (3.0,))),
    Op("log",     "x",     "log(x)",     ("1 / x",),             "logarithm rule",   ((1.0,), (0.3,), (1e-9,), (1e9,)), domain="x > 0", aliases=("ln",), text="ln", latex=r"\ln",
       slips=(("log-base", ("1 / (x * log(10))",)),)),
    Op("log10",   "x",     "log10(x)",   ("1 / (x * log(10))",), "logarithm rule",   ((1.0,), (0.3,), (1e-9,), (1e9,)), domain="x > 0", latex=r"\log_{10}",
       slips=(("log-base", ("1 / x",)),)),
    Op("log2",    "x",     "log2(x)",    ("1 / (x * log(2))",),  "logarithm rule",   ((1.0,), (0.3,), (1e-9,), (1e9,)), domain="x > 0", latex=r"\log_{2}",
       slips=(("log-base", ("1 / x",)),)),
    Op("log1p",   "x",     "log1p(x)",   ("1 / (1 + x)",),       "logarithm rule",   ((0.0,), (1e-9,), (-0.9,), (1e9,)), domain="x > -1"),
    Op("sqrt",    "x",     "sqrt(x)",    ("1 / (2 * out)",),     "root rule",        ((1.0,), (0.3,), (1e-9,), (1e9,)), domain="x >= 0", text="√", latex=r"\sqrt{#1}",
       slips=(("constant-factor", ("1 / out",)),)),
    # Trigonometric and hyperbolic functions; angles in radians.
    Op("sin",     "x",     "sin(x)",     ("cos(x)",),            "derivative of the sine",    ((0.0,), (1.2,), (-4.0,)), latex=r"\sin"),
    Op("cos",     "x",     "cos(x)",     ("-sin(x)",),           "derivative of the cosine",  ((0.0,), (1.2,), (-4.0,)), latex=r"\cos"),
    Op("tan",     "x",     "tan(x)",     ("1 + out ** 2",),      "derivative of the tangent", ((0.0,), (1.2,), (-4.0,)), latex=r"\tan",
       slips=(("missing-factor", ("1 / cos(x)",)),)),
    Op("asin",    "x",     "asin(x)",    ("1 / sqrt(1 - x ** 2)",),  "derivative of the arcsine",    ((0.0,), (0.6,), (-0.99,)), domain="-1 <= x <= 1", aliases=("arcsin",), latex=r"\arcsin",
       stable_partials=("1 / sqrt((1 - x) * (1 + x))",)),
    Op("acos",    "x",     "acos(x)",    ("-1 / sqrt(1 - x ** 2)",), "derivative of the arccosine",  ((0.0,), (0.6,), (-0.99,)), domain="-1 <= x <= 1", aliases=("arccos",), latex=r"\arccos",
       stable_partials=("-1 / sqrt((1 - x) * (1 + x))",)),
    Op("atan",    "x",     "atan(x)",    ("1 / (1 + x ** 2)",),      "derivative of the arctangent", ((0.0,), (0.6,), (-40.0,)), aliases=("arctan",), latex=r"\arctan",
       stable_partials=("1 / (1 + x * x) if abs(x) <= 1 else 1 / x / (x + 1 / x)",), smooth_partials=("1 / (1 + x * x)",)),
    Op("sinh",    "x",     "sinh(x)",    ("cosh(x)",),           "derivative of the hyperbolic sine",    ((0.0,), (1.2,), (-20.0,)), latex=r"\sinh"),
    Op("cosh",    "x",     "cosh(x)",    ("sinh(x)",),           "derivative of the hyperbolic cosine",  ((0.0,), (1.2,), (-20.0,)), latex=r"\cosh"),
    Op("tanh",    "x",     "tanh(x)",    ("1 - out ** 2",),      "derivative of the hyperbolic tangent", ((0.0,), (0.7,), (-3.0,), (25.0,)), latex=r"\tanh", activation=True,
       stable_partials=("4 * exp(-2 * abs(x)) / (1 + exp(-2 * abs(x))) ** 2",), smooth_partials=("4 * sigmoid(2 * x) * sigmoid(-2 * x)",),
       slips=(("wrong-function", ("out * (1 - out)",)), ("missing-factor", ("1 / cosh(x)",)),)),
    # Activations.
    Op("sigmoid", "x", "1 / (1 + exp(-x))", ("out * (1 - out)",), "derivative of the logistic function", ((0.0,), (0.3,), (-4.0,), (40.0,), (-700.0,)), aliases=("sigma", "logistic"), text="σ", latex=r"\sigma", activation=True,
       stable="(1 if x >= 0 else exp(-x if x >= 0 else x)) / (1 + exp(-x if x >= 0 else x))", stable_partials=("out * (out * exp(-x if x >= 0 else x) if x >= 0 else 1 - out)",), smooth_partials=("out * sigmoid(-x)",),
       slips=(("wrong-function", ("1 - out ** 2",)),)),
    Op("softplus", "x", "log(1 + exp(x))",  ("sigmoid(x)",),      "derivative of softplus", ((0.0,), (0.3,), (-40.0,), (800.0,)), latex=r"\operatorname{softplus}", activation=True,
       stable="maximum(x, 0) + log1p(exp(-abs(x)))",
       slips=(("derivative-of-output", ("sigmoid(out)",)),)),
    # With a kink.
    Op("relu",    "x",   "x if x > 0 else 0",  ("1 if x > 0 else 0",), "derivative of ReLU with 0 at the kink", ((2.0,), (-2.0,)), kink="x", text="ReLU", latex=r"\operatorname{ReLU}", activation=True,
       slips=(("dead-unit", ("1",)),)),
    Op("abs",     "x",   "abs(x)", ("1 if x > 0 else -1 if x < 0 else 0",), "derivative of the modulus with 0 at the kink", ((2.0,), (-2.0,)), kink="x", text="|#1|", latex=r"\left|#1\right|"),
    Op("maximum", "x y", "x if x >= y else y", ("1 if x > y else 0.5 if x == y else 0", "1 if y > x else 0.5 if x == y else 0"), "derivative of the maximum with halves at a tie",
       ((2.0, -3.0), (-2.0, 3.0)), kink="x - y", aliases=("max",), text="max", latex=r"\max",
       slips=(("dead-unit", ("1", "1")),)),
    Op("minimum", "x y", "x if x <= y else y", ("1 if x < y else 0.5 if x == y else 0", "1 if y < x else 0.5 if x == y else 0"), "derivative of the minimum with halves at a tie",
       ((2.0, -3.0), (-2.0, 3.0)), kink="x - y", aliases=("min",), text="min", latex=r"\min"),
    # A choice, as a graph of derivatives needs it where a partial has a condition.
    Op("select",  "a b x y", "x if a > b else y", ("0", "0", "1 if a > b else 0", "0 if a > b else 1"), "derivative of the branch that is taken",
       ((2.0, -3.0, 0.7, 1.2), (-2.0, 3.0, 0.7, 1.2)), kink="a - b"),
)
# fmt: on


class TableError(Exception):
    """The table does not hold together; the message says which row, and what is wrong with it."""


def table_of(rows: tuple[Op, ...]) -> dict[str, Op]:
    """The rows by their names.

    Raises:
        TableError: A row cannot be used; the message says why.
    """
    functions = {"floor": 1} | {row.name: len(row.inputs) for row in rows if not row.families}
    owners: dict[str, str] = {}
    for row in rows:
        for problem in row_problems(row, functions):
            raise TableError(f"the row {row.name!r}: {problem}")
        for name in (row.name, *row.aliases):
            if name in owners:
                raise TableError(f"the row {row.name!r}: {name!r} is a name of {owners[name]!r}")
            owners[name] = row.name
    return {row.name: row for row in rows}


OPS = table_of(_ROWS)
#: The rows that neurons pass their sums through.
ACTIVATIONS = tuple(row.name for row in _ROWS if row.activation)

#: The functions of the language over floats. What `math` has is taken from there; an
#: operation made of others is compiled from its row.
FLOAT: Functions = {
    **ARITHMETIC,
    **{name: getattr(math, name) for name in (*OPS, "floor") if hasattr(math, name)},
    "power": math.pow,
    "abs": abs,
    "maximum": max,
    "minimum": min,
}
for _row in _ROWS:
    if _row.name not in FLOAT and not _row.families:
        _source = f"lambda {', '.join(_row.inputs)}: {emit(_row.computed_value, PYTHON)}"
        FLOAT[_row.name] = eval(_source, FLOAT)  # the table's own text, never a user's
for _row in _ROWS:
    for _problem in sample_problems(_row, FLOAT):
        raise TableError(f"the row {_row.name!r}: {_problem}")
