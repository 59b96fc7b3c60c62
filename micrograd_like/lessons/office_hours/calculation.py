"""The worked 2-2-1 example: one forward pass, one backward pass, one update, by hand.

Two inputs, two hidden neurons, one output, logistic activations, no biases; ``a`` is a
weighted sum, ``z`` its activation. The numbers come from a class on backpropagation
("Office Hours – Back Propagation"); any of them can be changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from micrograd_like import losses
from micrograd_like.derivation.equations import Equation, equation, forward, local, total
from micrograd_like.engine import Value
from micrograd_like.errors import LessonError, did_you_mean
from micrograd_like.formula import Call, Derivative, Name, Quantity, parse
from micrograd_like.graph import NamedGraph
from micrograd_like.lessons.worksheets import Section, update
from micrograd_like.nn import MLP
from micrograd_like.optim import SGD

INPUTS = MappingProxyType({"x1": 0.0, "x2": 1.0})
TARGET = 1.0
RATE = 0.2
WEIGHTS = MappingProxyType({"w1": 0.1, "w2": 0.2, "w3": 0.3, "w4": 0.4, "w5": 0.5, "w6": 0.6})
#: Numbers that may be set are no larger.
MOST = 1e100
GIVEN = MappingProxyType({**INPUTS, "y": TARGET, "alpha": RATE, **WEIGHTS})

#: The derivatives in the lesson's order: between neighbours, of the cost, and those of the
#: cost that the lesson leaves out.
# fmt: off
LOCALS = tuple(Derivative(*map(Name, pair.split())) for pair in (
    "E yhat", "yhat a3",
    "a3 w5", "a3 w6", "a3 z1", "a3 z2",
    "z1 a1", "z2 a2",
    "a1 w1", "a2 w2", "a1 w3", "a2 w4",
    "a1 x1", "a1 x2", "a2 x1", "a2 x2",
))
# fmt: on
TOTALS = tuple(map(Name, ("w5", "w6", "z1", "z2", "w1", "w2", "w3", "w4")))
LEFT_OUT = tuple(map(Name, ("a3", "a1", "a2", "x1", "x2")))
#: The hidden activations, from which the lesson goes on.
HIDDEN = (Name("z1"), Name("z2"))


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost the lesson may be worked with, as a function of ŷ and y."""

    title: str
    of: Callable[[Value, Value], Value]


def log10_cost(output: Value, target: Value) -> Value:
    """−log10 ŷ for y = 1."""
    return losses.binary_cross_entropy(output, target.data, base=10)


def _cross_entropy(output: Value, target: Value) -> Value:
    return losses.binary_cross_entropy(output, target.data)


COSTS = {
    "half-squared": Cost("half the squared error", losses.half_squared_error),
    "log10": Cost("the cross-entropy in base 10, −log10 ŷ for y = 1", log10_cost),
    "cross-entropy": Cost("the cross-entropy (natural logarithm), −ln ŷ for y = 1", _cross_entropy),
}


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
    given: Mapping[str, float]
    sections: tuple[Section, ...]
    prediction: Prediction


def numbers(changed: Mapping[str, float]) -> dict[str, float]:
    """The lesson's numbers with some of them changed.

    Raises:
        LessonError: A name that is not among them, with near ones; a number that is not
            too large for products of three; a learning rate that is not above 0.
    """
    for name, value in changed.items():
        if name not in GIVEN:
            near = did_you_mean(name, GIVEN)
            raise LessonError(f"expected one of {', '.join(GIVEN)}, got {name!r}{near}")
        if not abs(value) <= MOST:
            raise LessonError(f"{name}: expected a number from −1e100 to 1e100, got {value}")
    if changed.get("alpha", RATE) <= 0:
        raise LessonError(f"alpha: expected a number above 0, got {changed['alpha']}")
    if not 0 <= changed.get("y", TARGET) <= 1:
        raise LessonError(f"y: expected a target from 0 to 1, got {changed['y']}")
    return {**GIVEN, **changed}


def worked_example(
    cost: str = "half-squared", changed: Mapping[str, float] = MappingProxyType({})
) -> WorkedExample:
    """The calculation: forward, backward, update, forward again.

    Args:
        cost: One of :data:`COSTS`.
        changed: Other numbers than the lesson's, by name.

    Raises:
        KeyError: Another cost.
        LessonError: As for :func:`numbers`.
        DomainError: Numbers at which the cost is not defined, such as −ln ŷ of a ŷ that has
            come down to 0.
    """
    given = numbers(changed)
    net = network(given)
    named, error = forward_pass(net, given, cost)
    error.backward()
    graph = NamedGraph(error)

    values = symbols(graph)
    every = {**named, **dict(net.named_parameters())}
    for name in TOTALS + LEFT_OUT:
        values[Derivative(graph.output, name)] = every[name].grad

    updates = tuple(update_of(name, name, given, values) for name in WEIGHTS)
    SGD(net.parameters(), rate=given["alpha"]).step()
    again = second_pass({**given, **{name: p.data for name, p in net.named_parameters()}})
    # The class prints this cost beside the gradients of another.
    shown = cost != "log10" and given["y"] == 1 and graph.values[Name("yhat")] > 0
    beside = [lesson_cost(graph)] if shown else []

    def totals(names: tuple[Name, ...]) -> tuple[Equation, ...]:
        return tuple(total(graph, name, values, HIDDEN) for name in names)

    sections = (
        Section("Forward pass", (*forward(graph), *beside)),
        Section(
            "Local derivatives, each node with respect to its inputs",
            tuple(local(graph, d.of, d.wrt) for d in LOCALS),
        ),
        Section("Derivatives of the cost, by the chain rule", totals(TOTALS)),
        Section("Those the lesson leaves out", totals(LEFT_OUT)),
        Section("Update, w' = w − α·∂E/∂w", updates, extra_places=1),
        Section("Second forward pass, with the new weights", tuple(forward(again)), 1),
    )
    prediction = Prediction(named["yhat"].data, again.values[again.output])
    return WorkedExample(cost, given, sections, prediction)


def network(given: Mapping[str, float]) -> MLP:
    """The network with the weights among the numbers given."""
    weights = {name: given[name] for name in WEIGHTS}
    return MLP(2, [2, 1], activation="sigmoid", output="sigmoid", bias=False, weights=weights)


def forward_pass(net: MLP, given: Mapping[str, float], cost: str) -> tuple[dict[str, Value], Value]:
    """The forward pass by name, and the cost E."""
    named = net.trace([Value(given[name], name) for name in INPUTS])
    error = COSTS[cost].of(named["yhat"], Value(given["y"], "y"))
    error.label = "E"
    return named, error


def symbols(graph: NamedGraph) -> dict[Quantity, float]:
    """The numbers of the derivatives between neighbours."""
    return {Derivative(*link): partial for link, partial in graph.partials.items()}


def update_of(
    name: str, gradient_of: str, given: Mapping[str, float], values: Mapping[Quantity, float]
) -> Equation:
    """The line w' = w − α·∂E/∂w, with the gradient of ``gradient_of``."""
    known: dict[Quantity, float] = {Name(name): number for name, number in given.items()}
    return update(name, "alpha", Derivative(Name("E"), Name(gradient_of)), known | {**values})


def second_pass(given: Mapping[str, float]) -> NamedGraph:
    """The forward pass with new weights; new quantities have a prime."""
    net = network(given)
    named = net.trace([Value(given[name], name) for name in INPUTS])
    for node in [*net.parameters(), *named.values()]:
        if node.label not in INPUTS:
            node.label += "'"
    return NamedGraph(named["yhat"])


def lesson_cost(graph: NamedGraph) -> Equation:
    """The cost that the class prints beside its gradients: −log10 ŷ."""
    return equation(Name("cost"), parse("-log10(yhat)"), graph.values)


def change_line(before: float, after: float) -> Equation:
    """The line change = ŷ' − ŷ."""
    formula = Call("sub", (Name("yhat'"), Name("yhat")))
    return equation(Name("change"), formula, {Name("yhat'"): after, Name("yhat"): before})
