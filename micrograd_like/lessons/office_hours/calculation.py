"""The worked 2-2-1 example: one forward pass, one backward pass, one update, by hand.

Two inputs, two hidden neurons, one output, logistic activations, no biases; ``a`` is a
weighted sum, ``z`` its activation. The numbers come from a class on backpropagation
("Office Hours – Back Propagation"). :func:`worked_example` does the calculation right;
:func:`as_published` repeats the lesson's own arithmetic, its slips made on purpose.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from micrograd_like import losses
from micrograd_like.derivation.equations import Equation, equation, forward, local, total
from micrograd_like.engine import Value
from micrograd_like.formula import Call, Derivative, Expr, Name, Number, evaluate, parse
from micrograd_like.graph import NamedGraph
from micrograd_like.nn import MLP
from micrograd_like.notation import number
from micrograd_like.ops import FLOAT, OPS
from micrograd_like.optim import SGD

INPUTS = {"x1": 0.0, "x2": 1.0}
TARGET = 1.0
RATE = 0.2
WEIGHTS = {"w1": 0.1, "w2": 0.2, "w3": 0.3, "w4": 0.4, "w5": 0.5, "w6": 0.6}

#: The derivatives in the lesson's order: between neighbours, of the cost, and those of the
#: cost that the lesson leaves out.
# fmt: off
LOCALS = (
    ("E", "yhat"), ("yhat", "a3"),
    ("a3", "w5"), ("a3", "w6"), ("a3", "z1"), ("a3", "z2"),
    ("z1", "a1"), ("z2", "a2"),
    ("a1", "w1"), ("a2", "w2"), ("a1", "w3"), ("a2", "w4"),
    ("a1", "x1"), ("a1", "x2"), ("a2", "x1"), ("a2", "x2"),
)
# fmt: on
TOTALS = ("w5", "w6", "z1", "z2", "w1", "w2", "w3", "w4")
LEFT_OUT = ("a3", "a1", "a2", "x1", "x2")


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost the lesson may be worked with, as a function of ŷ and y."""

    title: str
    of: Callable[[Value, Value], Value]


def _log10(output: Value, target: Value) -> Value:
    return losses.binary_cross_entropy(output, target.data, base=10)


def _cross_entropy(output: Value, target: Value) -> Value:
    return losses.binary_cross_entropy(output, target.data)


COSTS = {
    "half-squared": Cost("half the squared error", losses.half_squared_error),
    "log10": Cost("the base-10 logarithm's cross-entropy, for y = 1", _log10),
    "cross-entropy": Cost("the cross-entropy (natural logarithm), for y = 1", _cross_entropy),
}


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of the calculation.

    extra_places:  decimals beyond the usual ones that it takes to see anything change
    """

    title: str
    equations: tuple[Equation, ...]
    extra_places: int = 0


@dataclass(frozen=True, slots=True)
class Prediction:
    """The network's output before and after the update."""

    before: float
    after: float

    @property
    def change(self) -> float:
        """By how much the update moved the output."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """The whole calculation, as records."""

    cost: str
    given: dict[str, float]
    sections: tuple[Section, ...]
    prediction: Prediction


def worked_example(cost: str = "half-squared") -> WorkedExample:
    """The calculation with one of :data:`COSTS`: forward, backward, update, forward again.

    Errors: KeyError for another cost.
    """
    net = _network(WEIGHTS)
    named = net.trace(_inputs())
    error = COSTS[cost].of(named["yhat"], Value(TARGET, "y"))
    error.label = "E"
    error.backward()
    graph = NamedGraph(error)

    partials = dict(graph.partials)
    for name in TOTALS + LEFT_OUT:
        partials[graph.output, name] = _gradient(name, named, net)
    known = ("z1", "z2")

    updates = _updates(partials)
    SGD(net.parameters(), rate=RATE).step()
    weights = {name: parameter.data for name, parameter in net.named_parameters()}
    again = _second_pass(weights)
    beside = [] if cost == "log10" else [_lesson_cost(graph)]

    def totals(names: tuple[str, ...]) -> tuple[Equation, ...]:
        return tuple(total(graph, name, partials, known) for name in names)

    sections = (
        Section("Forward pass", (*forward(graph), *beside)),
        Section(
            "Local derivatives, each node with respect to its inputs",
            tuple(local(graph, *pair) for pair in LOCALS),
        ),
        Section("Derivatives of the cost, by the chain rule", totals(TOTALS)),
        Section("Those the lesson leaves out", totals(LEFT_OUT)),
        Section("Update, w' = w − α·∂E/∂w", tuple(updates), extra_places=1),
        Section("Second forward pass, with the new weights", tuple(forward(again)), 1),
    )
    given = {**INPUTS, "y": TARGET, "alpha": RATE, **WEIGHTS}
    prediction = Prediction(named["yhat"].data, again.values[again.output])
    return WorkedExample(cost, given, sections, prediction)


def _network(weights: dict[str, float]) -> MLP:
    return MLP(2, [2, 1], activation="sigmoid", output="sigmoid", bias=False, weights=weights)


def _inputs() -> list[Value]:
    return [Value(number, name) for name, number in INPUTS.items()]


def _gradient(name: str, named: dict[str, Value], net: MLP) -> float:
    return {**named, **dict(net.named_parameters())}[name].grad


def _updates(partials: dict[tuple[str, str], float]) -> list[Equation]:
    values = {**WEIGHTS, "alpha": RATE}
    return [_update(name, name, values, partials) for name in WEIGHTS]


def _update(
    name: str, gradient_of: str, values: dict[str, float], partials: dict[tuple[str, str], float]
) -> Equation:
    """The line w' = w − α·∂E/∂w, with the gradient of ``gradient_of``."""
    step = Call("mul", (Name("alpha"), Derivative("E", gradient_of)))
    return equation(Name(f"{name}'"), Call("sub", (Name(name), step)), values, partials)


def _second_pass(weights: dict[str, float]) -> NamedGraph:
    """The forward pass with new weights; everything that is new bears a prime."""
    net = _network(weights)
    named = net.trace(_inputs())
    for node in [*net.parameters(), *named.values()]:
        if node.label not in INPUTS:
            node.label += "'"
    return NamedGraph(named["yhat"])


def _lesson_cost(graph: NamedGraph) -> Equation:
    """The cost that the lesson prints beside its gradients: −log10 ŷ."""
    return equation(Name("cost"), parse("-log10(yhat)"), graph.values)


# The lesson as it was published.


@dataclass(frozen=True, slots=True)
class Slip:
    """One mistake of the lesson: the lines it wrote, what is right, and why.

    places:  the decimals that belong to it, where it is a slip in these alone
    """

    title: str
    published: tuple[Equation, ...]
    right: tuple[Equation, ...]
    reason: str
    places: int | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """The lesson's own run beside the right ones.

    ``results`` gives every final quantity as published, and as it is right for the cost
    that the lesson's ∂E/∂ŷ belongs to and for the cost that the lesson writes.
    """

    slips: tuple[Slip, ...]
    derivatives: tuple[Equation, ...]
    updates: tuple[Equation, ...]
    results: dict[str, tuple[float, float, float]]


def as_published() -> Published:
    """The lesson's arithmetic, computed with its slips made on purpose."""
    named = _network(WEIGHTS).trace(_inputs())
    error = losses.half_squared_error(named["yhat"], Value(TARGET, "y"))
    error.label = "E"
    graph = NamedGraph(error)  # ∂E/∂ŷ = ŷ − y is taken from this cost: the first slip
    values = {**graph.values, "alpha": RATE}

    partials = dict(graph.partials)
    at_input = tuple(_derivative_at_input(graph, *pair) for pair in (("z1", "a1"), ("z2", "a2")))
    for line in at_input:
        partials[line.left.of, line.left.wrt] = line.value  # type: ignore[union-attr]
    lines = []
    for name in ("z1", "z2", *WEIGHTS):  # in this order: the later ones start from z1 and z2
        lines.append(total(graph, name, partials, known=("z1", "z2")))
        partials[graph.output, name] = lines[-1].value
    derivatives = sorted(lines, key=lambda line: TOTALS.index(line.left.wrt))  # type: ignore[union-attr]
    gradient_used = {name: name for name in WEIGHTS} | {"w6": "w5"}
    updates = tuple(_update(w, gradient_used[w], values, partials) for w in WEIGHTS)
    new = {name: line.value for name, line in zip(WEIGHTS, updates, strict=True)}
    again = _second_pass(new)
    published = Prediction(graph.values["yhat"], again.values[again.output])

    right = {cost: worked_example(cost) for cost in ("half-squared", "log10")}
    squared, log10 = right["half-squared"], right["log10"]
    results = {
        f"{name}'": (weight, _new_weight(squared, name), _new_weight(log10, name))
        for name, weight in new.items()
    }
    outcomes = (published, squared.prediction, log10.prediction)
    results["yhat'"] = (outcomes[0].after, outcomes[1].after, outcomes[2].after)
    results["change"] = (outcomes[0].change, outcomes[1].change, outcomes[2].change)
    slips = _slips(graph, at_input, updates[-1], _update("w6", "w6", values, partials))
    return Published(slips, tuple(derivatives), updates, results)


def _new_weight(example: WorkedExample, name: str) -> float:
    (value,) = (
        e.value for s in example.sections for e in s.equations if e.left == Name(f"{name}'")
    )
    return value


def _derivative_at_input(graph: NamedGraph, of: str, wrt: str) -> Equation:
    """An activation's derivative formed from its input: the row's formula, input for output."""
    formula = OPS["sigmoid"].partial(0, (Name(wrt),), out=Name(wrt))
    return equation(Derivative(of, wrt), formula, graph.values)


def _slips(
    graph: NamedGraph, at_input: tuple[Equation, ...], published_w6: Equation, right_w6: Equation
) -> tuple[Slip, ...]:
    log_cost = _log10(Value(graph.values["yhat"], "yhat"), Value(TARGET))
    log_cost.label = "E"
    z1 = graph.values["z1"]
    log10 = equation(Name("z1"), parse("log10(a1)"), graph.values)
    in_full = equation(Name("a3"), graph.formulas["a3"], graph.values)
    shown = _rounded(in_full, places=2)
    return (
        Slip(
            "The derivative does not belong to the cost",
            (local(graph, "E", "yhat"),),
            (local(NamedGraph(log_cost), "E", "yhat"),),
            "The cost written is −log10(ŷ); ŷ − y is the derivative of ½(ŷ − y)².",
        ),
        Slip(
            "The activation's derivative is taken at its input",
            at_input,
            (local(graph, "z1", "a1"), local(graph, "z2", "a2")),
            "σ′ = σ(1 − σ) is formed from the output z, not from the input a. The second "
            "one is 0.24 to two places all the same: only its formula shows the mistake.",
        ),
        Slip(
            "A neighbour's gradient is used",
            (published_w6,),
            (right_w6,),
            "w6 is updated with ∂E/∂w5. Both results round to 0.61, which hides it.",
        ),
        Slip(
            "A function is misnamed",
            (Equation(log10.left, log10.formula, log10.numbers, z1),),
            (equation(Name("z1"), graph.formulas["z1"], graph.values),),
            f"log10(0.3) is {number(log10.value, 2)}; the number is the logistic function's.",
        ),
        Slip(
            "The result is not that of the figures shown",
            (Equation(shown.left, shown.formula, shown.numbers, in_full.value),),
            (shown,),
            f"The rounded figures give {number(shown.value, 3)}; {number(in_full.value, 3)} is "
            "what the unrounded ones give.",
            places=2,
        ),
    )


def _rounded(line: Equation, places: int) -> Equation:
    """The line worked from its numbers rounded to ``places``, as a hand reads them."""

    def rounded(expr: Expr) -> Expr:
        match expr:
            case Number(float() as value):
                return Number(round(value, places))
            case Call(function, arguments):
                return Call(function, tuple(map(rounded, arguments)))
        return expr

    numbers = rounded(line.numbers)
    return Equation(line.left, line.formula, numbers, evaluate(numbers, {}, FLOAT))
