"""Calls: functions and their arguments, sums over an index, and methods behind a dot."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from micrograd_like.formula import Derivative, Expr, Name, Number, names_in, parse, substitute
from micrograd_like.ops import OPS
from micrograd_like.worksheet import arrays
from micrograd_like.worksheet.arrays import Array, Term
from micrograd_like.worksheet.grammar.numerals import number
from micrograd_like.worksheet.grammar.rules import ADD, SIGNED, Rules
from micrograd_like.worksheet.grammar.scope import UnsureError
from micrograd_like.worksheet.naming.functions import inner_slope
from micrograd_like.worksheet.naming.indices import each, letters_of, names_below
from micrograd_like.worksheet.tokens.brackets import literal_shape
from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.spelling import is_symbol
from micrograd_like.worksheet.vocabulary import FUNCTIONS

#: What is made of a whole array.
APPLIED: dict[str, Callable[[Array], Term]] = {
    "sum": arrays.total,
    "mean": arrays.mean,
    "norm": arrays.norm,
    "softmax": arrays.softmax,
    "log_softmax": arrays.log_softmax,
    "logsumexp": arrays.logsumexp,
}
#: What has exponentials that may be too large for a number.
_OF_POWERS = {"softmax", "log_softmax", "logsumexp"}
#: What a number may be wrapped in, in Python.
WRAPPERS = {"Value", "Parameter", "tensor", "Tensor", "array", "float", "Variable", "asarray"}
#: What is understood and not worked out.
_UNREAD = {"floor", "ceil", "ceiling", "round", "argmax", "argmin", "lim"}
_UNREAD |= {"gelu", "GELU", "selu", "erf", "Var", "Cov", "Corr", "det", "trace", "rank", "KL"}
_SAME = {"data", "item", "detach", "value", "numpy", "copy", "clone"}


def unread_call(text: str) -> str:
    """Why what a name is called with comes to nothing known: f(x; θ), floor(x); "" for another."""
    if text in _UNREAD:
        return f"{text}(…) is not worked out"
    if text == "E":
        return "Expectations are not worked out"
    return f"Nothing says what the function {text} is" if is_symbol(text) else ""


@cache
def _body(formula: str) -> Expr:
    return parse(formula)


class Calls(Rules):
    """The rules for calls."""

    def applied(self, function: str, token: Token) -> Term:
        """A function and its arguments; a single plain one needs no brackets: ln ŷ."""
        if (self.at_power()) and token.text != "√":
            return self.power_of_function(function, token)
        if self.at("|"):
            arguments = [self.prefix()]  # ln|x|
        elif self.at("(") or (self.at("[") and not literal_shape(self.tokens, self.place)[1:]):
            arguments = self.arguments()
        else:
            unread = self.next.text[0] == "\\" and len(self.next.text) > 1
            if self.next.kind not in ("name", "number") and not unread:
                self.expected(f"'(' after {token.text}")
            self.deeper()
            arguments = [self.prefix()]
            self.nesting -= 1
            if token.text == "√" and self.at_power():  # √x² is √(x²)
                arguments = [self.raised(arguments[0])]
            tight = self.implicit_product() and self.tokens[self.place - 1].end == self.next.column
            number = self.tokens[self.place - 1].kind == "number" and self.implicit_product()
            if tight and self.at("(") and self.tokens[self.place - 1].kind == "name":
                called = self.tokens[self.place - 1].text  # log q(x)
                raise UnsureError(f"Whether {called}(…) is all that {token.text} is of is not sure")
            if tight or number or self.at_power():
                self.fail(f"expected brackets: what belongs to {token.text} is not clear", token)
        return self.call_of(function, arguments, token)

    def call_of(self, function: str, arguments: list[Term], token: Token) -> Term:
        """A function of the table, given as many arguments as it takes."""
        row = OPS[function]
        if function in ("maximum", "minimum") and len(arguments) != 2:
            if len(arguments) == 1 and not isinstance(arguments[0], Array):
                raise UnsureError(f"What {token.text} is taken of is not said")
            array = arguments[0] if len(arguments) == 1 else None
            return self.joined(function, array.items if isinstance(array, Array) else arguments)
        if len(arguments) != len(row.inputs):
            self.fail(
                f"{token.text} takes {len(row.inputs)} argument{'s' * (len(row.inputs) > 1)}, "
                f"got {len(arguments)}",
                token,
            )
        return self.call(function, *arguments)

    def composed(self, inputs: str, formula: str, token: Token) -> Term:
        """A function that others make up, by its formula."""
        arguments, names = self.arguments(), inputs.split()
        if len(arguments) != len(names):
            self.fail(f"{token.text} takes {len(names)} arguments, got {len(arguments)}", token)
        if any(isinstance(argument, Array) for argument in arguments):
            raise UnsureError(f"{token.text} of arrays is not worked out")
        self.operations += _body(formula).size
        return substitute(_body(formula), dict(zip(names, arguments, strict=True)))  # type: ignore[arg-type]

    def power_of_function(self, function: str, token: Token) -> Term:
        """sin²(x) and sin² x, which are (sin x)²."""
        self.deeper()
        power = self.take()
        if power.kind == "power":
            exponent: Term = self.integer(power)
        elif self.at("{") and self.ahead(2).text == "}" and self.ahead(1).kind == "number":
            self.take()
            exponent = number(self.take())
            self.take()
        elif self.next.kind == "number":
            exponent = number(self.take())
        else:
            self.expected("a number")
        if not self.at("(") and self.next.kind != "name":
            self.expected(f"'(' after the power of {token.text}")
        if exponent == self.call("neg", Number(1)):
            self.fail(f"expected 1/{token.text}(…) or the inverse function by its name", token)
        value = self.applied(function, token)
        self.nesting -= 1
        return self.call("pow", value, exponent)

    def primed_function(self, text: str) -> Term | None:
        """f′(x): the derivative of a function at an argument."""
        base, order = text.rstrip("'"), len(text) - len(text.rstrip("'"))
        if base in self.known.functions:
            return self.call(f"{text}()", *self.arguments())
        inside = self.ahead(1).text
        if (
            order == 1
            and (inside,) in self.known.applied.get(base, ())
            and self.ahead(2).text == ")"
        ):
            self.place += 3  # f(z) is a quantity, and z another one
            return Derivative(Name(base), Name(inside))
        row = FUNCTIONS.get(base) or FUNCTIONS.get(base.lower())
        if row is None or len(row.inputs) != 1 or base in self.known.lefts:
            return None
        arguments = self.arguments()
        if len(arguments) != 1:
            self.fail(f"{text} takes 1 argument, got {len(arguments)}")
        slope = inner_slope(row.name, order)
        self.operations += 5
        argument = arguments[0]
        return argument.each(slope) if isinstance(argument, Array) else slope(argument)

    def wrapped(self) -> Term:
        """Value(2.0, label='a') as 2.0."""
        opening = self.take()
        inside = self.inner(0)
        depth = 1
        while depth and self.next.kind != "end":
            sign = self.take().text
            depth += (sign == "(") - (sign == ")")
        if depth:
            self.closed(inside, ")", opening)
        return inside

    # Sums.

    def sum_of_arguments(self, text: str) -> Term:
        """A sum, mean, norm or softmax, and what stands in its brackets."""
        return self.of_arguments(text, self.arguments())

    def of_arguments(self, text: str, arguments: list[Term]) -> Term:
        """A sum, mean, norm or softmax: of an array, or of scalars one by one."""
        if text in ("var", "std"):
            return self.spread(text, arguments)
        if isinstance(arguments[0], Array):
            return self.of_array(text, arguments[0])
        if text == "sum" and len(arguments) == 1:
            body = arguments[0]
            if not letters_of(names_below(body, self.document.hidden)):  # of a single element
                self.scope.read_as["the sum as of one term"] = None
                return body
        if len(arguments) < 2 or text not in ("sum", "mean"):
            raise UnsureError(f"What {text} runs over is not said")
        total = self.joined("add", arguments)
        return total if text == "sum" else self.call("div", total, Number(len(arguments)))

    def spread(self, text: str, arguments: list[Term]) -> Term:
        """A variance, or its root: of an array, or of scalars one by one."""
        first = arguments[0]
        array = first if isinstance(first, Array) else Array.of(arguments)
        if len(array.items) < 2:
            raise UnsureError(f"What {text} is taken of is not said")
        variance = arrays.variance(array, int(self.document.takes("sample")))
        return self.call("sqrt", variance) if text == "std" else variance

    def of_array(self, text: str, array: Array) -> Term:
        """What is made of a whole array; of large numbers so that no power of e is too large."""
        if not self.known.large or text not in _OF_POWERS:
            return APPLIED[text](array)
        less, largest = arrays.less_largest(array)
        found = APPLIED[text](less)
        return self.call("add", found, largest) if text == "logsumexp" else found

    def series(self, token: Token) -> Term:
        """Σ_i x_i·w_i and Π: over the indices in use, or from one to another."""
        sign = "mul" if token.text.startswith("Pi") else "add"
        index = token.text.partition("_")[2].strip("{}")
        last: Expr | None = None
        if self.at("^"):
            self.take()
            bound = self.inner(SIGNED)
            last = None if isinstance(bound, Array) else bound
        return self.summed_up(sign, index, last)

    def summed_up(self, sign: str, index: str, last: Expr | None) -> Term:
        """The sum or product of what follows."""
        deep = self.operations
        body = self.expression(ADD)
        if isinstance(body, Array) and not index and self.products and body.shape == self.asked:
            return body  # Σ rᵢ·xᵢ, the xᵢ being the rows of a matrix
        if isinstance(body, Array) and not index:
            self.scope.read_as[f"the sum as {len(body.items)} terms"] = None
            return self.joined(sign, body.items)
        if isinstance(body, Array):
            raise UnsureError("Sums of arrays over an index are not worked out")
        if index == "" and self.summed(body):
            return body
        if count := self.unindexed(body, index, last):
            once = self.document.takes("once")
            return body if once else self.call("mul", Number(count), body)
        terms = each(body, index, last, self.known, self.document.hidden)
        if isinstance(terms, str):
            raise UnsureError(terms)
        self.known.used.update(name for term in terms for name in names_in(term))
        self.operations += (self.operations - deep + 1) * len(terms)
        self.scope.read_as[f"the {'sum' if sign == 'add' else 'product'} as {len(terms)} terms"] = (
            None
        )
        return self.joined(sign, terms)

    def unindexed(self, body: Expr, index: str, last: Expr | None) -> int:
        """The assumed number of terms of a sum in which its index does not stand; 0 for others."""
        letter = index.partition("=")[0]
        if not letter or letter in letters_of(names_below(body, self.document.hidden)):
            return 0
        count = self.known.counts.get(last, 0) if isinstance(last, Name) else 0
        return count or (self.known.sizes.get(letter, 0) if last is None else 0)

    def summed(self, body: Term) -> bool:
        """True where a product of vectors is the sum already: Σ x·w."""
        return self.products and self.dot and not isinstance(body, Array)

    # Behind a dot.

    def attribute(self, left: Term) -> Term:
        """n.tanh() as tanh(n), x.data as x, x.grad as the derivative of the cost."""
        name = self.ahead(1).text
        if name == "T":
            self.place += 2
            left = left.transposed if isinstance(left, Array) else left
        elif name in _SAME:
            self.place += 2
        elif name == "grad" and isinstance(left, Name | Array):
            self.place += 2
            cost = self.known.roots.at(self.tokens[self.place - 3].line)
            if not self.known.roots.seeded and len(set(self.known.costs)) == 1:
                cost = self.known.costs[0]
            if not cost:
                raise UnsureError("Nothing says of what this is the gradient")
            shown = self.tokens[self.place - 3].text
            self.scope.read_as[f"{shown}.grad as ∂{cost}/∂{shown}"] = None
            return arrays.derivative(self.scope.stands(cost, self.tokens[self.place - 3]), left)
        elif name in FUNCTIONS:
            self.place += 2
            left = self.call(FUNCTIONS[name].name, left)
        else:
            self.expected("an operator, '=' or the end of the line")
        if self.at("(") and self.ahead(1).text == ")":
            self.place += 2
        return left
