"""The worked example as its class published it, its wrong statements made on purpose.

Seven statements are wrong, of four kinds; what rests on them follows. This list is the only
one: the command prints it, and ``check`` finds just these in the built-in worksheet
``office-hours-as-published``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from micrograd_like.derivation.equations import Equation, equation, forward, local, total
from micrograd_like.engine import Value
from micrograd_like.formula import Call, Derivative, Expr, Name, Number, evaluate, parse
from micrograd_like.graph import NamedGraph
from micrograd_like.lessons.office_hours.calculation import (
    GIVEN,
    HIDDEN,
    LOCALS,
    TARGET,
    TOTALS,
    WEIGHTS,
    Prediction,
    WorkedExample,
    change_line,
    forward_pass,
    lesson_cost,
    log10_cost,
    network,
    second_pass,
    symbols,
    update_of,
    worked_example,
)
from micrograd_like.lessons.worksheets import Section
from micrograd_like.notation import number, plain
from micrograd_like.ops import FLOAT, OPS

#: What each activation is called in the written forward pass.
_MISNAMED = {"z1": "log10(a1)", "z2": "log10(a2)", "yhat": "log10(a3)"}


@dataclass(frozen=True, slots=True)
class Slip:
    """A kind of mistake: the statements in which the class makes it, what is right, and why.

    Attributes:
        places: The decimals that belong to it, where it shows in these alone.
    """

    title: str
    published: tuple[Equation, ...]
    right: tuple[Equation, ...]
    reason: str
    places: int | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """The class's own run beside the right ones.

    Attributes:
        slips: The kinds of mistakes.
        remarks: What looks like one and is right.
        sections: The run as published, from the forward pass to the second one.
        results: Every final quantity as published, and as it is right for the cost that the
            class's ∂E/∂ŷ belongs to and for the cost that the class writes.
    """

    slips: tuple[Slip, ...]
    remarks: tuple[Slip, ...]
    sections: dict[str, Section]
    results: dict[str, tuple[float, float, float]]

    @property
    def wrong(self) -> tuple[Equation, ...]:
        """The statements that are wrong."""
        return tuple(line for slip in self.slips for line in slip.published)


def as_published() -> Published:
    """The class's arithmetic, computed with its mistakes made on purpose."""
    _, error = forward_pass(network(GIVEN), GIVEN, "half-squared")
    graph = NamedGraph(error)  # ∂E/∂ŷ = ŷ − y is taken from this cost: the first slip
    misnamed = {name: _misnamed(graph, name) for name in _MISNAMED}
    z1, z2, a1, a2, yhat = map(Name, ("z1", "z2", "a1", "a2", "yhat"))
    at_input = {
        line.left: line
        for line in (_derivative_at_input(graph, *pair) for pair in ((z1, a1), (z2, a2)))
    }
    values = symbols(graph) | {left: line.value for left, line in at_input.items()}
    lines = {}
    for name in (*HIDDEN, *map(Name, WEIGHTS)):  # in this order: the later ones start from z1, z2
        lines[name] = total(graph, name, values, HIDDEN)
        values[lines[name].left] = lines[name].value
    gradient_used = {name: name for name in WEIGHTS} | {"w6": "w5"}
    updates = {w: update_of(w, gradient_used[w], GIVEN, values) for w in WEIGHTS}
    again = second_pass({**GIVEN, **{name: line.value for name, line in updates.items()}})
    prediction = Prediction(graph.values[yhat], again.values[again.output])
    first = [
        misnamed.get(plain(line.left), line) for line in forward(graph) if line.left != Name("E")
    ]
    sections = {
        "forward": Section("Forward pass, and the cost", (*first, lesson_cost(graph))),
        "locals": Section(
            "Local derivatives",
            tuple(at_input.get(d) or local(graph, d.of, d.wrt) for d in LOCALS),
        ),
        "derivatives": Section("Derivatives of the cost", tuple(lines[name] for name in TOTALS)),
        "updates": Section("Updates", tuple(updates.values()), extra_places=1),
        "second": Section(
            "Second forward pass",
            (*forward(again), change_line(prediction.before, prediction.after)),
            extra_places=1,
        ),
    }
    right_w6 = update_of("w6", "w6", GIVEN, values)
    slips = (
        _not_this_cost(graph),
        _at_input(graph, tuple(at_input.values())),
        _neighbour(updates["w6"], right_w6),
        _wrong_function(graph, tuple(misnamed.values())),
    )
    new = {name: line.value for name, line in updates.items()}
    return Published(slips, (_unrounded(graph),), sections, _results(new, prediction))


def _results(new: dict[str, float], published: Prediction) -> dict[str, tuple[float, float, float]]:
    squared, log10 = worked_example("half-squared"), worked_example("log10")
    results = {
        f"{name}'": (weight, _new_weight(squared, name), _new_weight(log10, name))
        for name, weight in new.items()
    }
    outcomes = (published, squared.prediction, log10.prediction)
    results["yhat'"] = (outcomes[0].after, outcomes[1].after, outcomes[2].after)
    results["change"] = (outcomes[0].change, outcomes[1].change, outcomes[2].change)
    return results


def _new_weight(example: WorkedExample, name: str) -> float:
    (value,) = (
        e.value for s in example.sections for e in s.equations if e.left == Name(f"{name}'")
    )
    return value


def _misnamed(graph: NamedGraph, name: str) -> Equation:
    """z1 = log10(a1) with the number that the logistic function gives."""
    line = equation(Name(name), parse(_MISNAMED[name]), graph.values)
    return replace(line, value=graph.values[line.left])


def _derivative_at_input(graph: NamedGraph, of: Name, wrt: Name) -> Equation:
    """An activation's derivative formed from its input: the row's formula, input for output."""
    formula = OPS["sigmoid"].partial(0, (wrt,), out=wrt)
    return equation(Derivative(of, wrt), formula, graph.values)


def _not_this_cost(graph: NamedGraph) -> Slip:
    E, yhat = Name("E"), Name("yhat")  # noqa: N806
    log_cost = log10_cost(Value(graph.values[yhat], "yhat"), Value(TARGET))
    log_cost.label = "E"
    return Slip(
        "The derivative does not belong to the cost",
        (local(graph, E, yhat),),
        (local(NamedGraph(log_cost), E, yhat),),
        "ŷ − y is ∂E/∂a3 of E = −ln ŷ for y = 1: −1/ŷ times ŷ(1 − ŷ) is ŷ − 1, so that the "
        "factor ŷ(1 − ŷ) is in it already. Here it is taken for ∂E/∂ŷ, and ŷ(1 − ŷ) is "
        "multiplied in a second time. As ∂E/∂ŷ it belongs to ½(ŷ − y)²; the cost written is "
        "−log10 ŷ.",
    )


def _at_input(graph: NamedGraph, published: tuple[Equation, ...]) -> Slip:
    pairs = (line.left for line in published)
    return Slip(
        "The activation's derivative is taken at its input",
        published,
        tuple(local(graph, d.of, d.wrt) for d in pairs if isinstance(d, Derivative)),
        "σ′ = σ(1 − σ) is formed from the output z, not from the input a. The second one is "
        "0.24 to two places all the same: only its formula shows the mistake.",
    )


def _neighbour(published: Equation, right: Equation) -> Slip:
    return Slip(
        "A neighbour's gradient is used",
        (published,),
        (right,),
        "w6 is updated with ∂E/∂w5; the figure printed in the line, −0.046, is ∂E/∂w6. Both "
        "results round to 0.61, which hides it.",
    )


def _wrong_function(graph: NamedGraph, published: tuple[Equation, ...]) -> Slip:
    real = ", ".join(number(float(evaluate(line.numbers, {}, FLOAT)), 2) for line in published)
    return Slip(
        "A function is misnamed",
        published,
        tuple(equation(n, graph.formulas[n], graph.values) for n in map(Name, _MISNAMED)),
        f"The numbers are the logistic function's; log10 gives {real}.",
    )


def _unrounded(graph: NamedGraph) -> Slip:
    a3 = Name("a3")
    in_full = equation(a3, graph.formulas[a3], graph.values)
    shown = _rounded(in_full, places=2)
    return Slip(
        "The result is not that of the figures shown",
        (replace(shown, value=in_full.value),),
        (shown,),
        f"The rounded figures give {number(shown.value, 3)}; {number(in_full.value, 3)} is what "
        "the unrounded ones give, and is right.",
        places=2,
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
    return replace(line, numbers=numbers, value=float(evaluate(numbers, {}, FLOAT)))
