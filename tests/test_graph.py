"""The graph between quantities: roles, paths, and what a node's label names."""

from __future__ import annotations

import copy
import pickle

import pytest

from micrograd_like import Value, derive, nn
from micrograd_like.engine import Parameter, topological_order
from micrograd_like.formula import Derivative, Name
from micrograd_like.graph import (
    Label,
    NamedGraph,
    is_called_cost,
    is_called_rate,
    named_roles,
    quantity_of,
    roles_of,
)
from micrograd_like.worksheet import Worksheet
from visualize.snapshot import snapshot


def named(text: str) -> NamedGraph:
    """The graph of a worksheet, of which the last name is the output."""
    return NamedGraph(list(Worksheet.parse(text).names.values()))


TWO_BY_TWO = """
x = 0.5
h1 = 2x
h2 = 3x
o1 = h1*h2
o2 = h1 + h2
E = o1*o2
"""


@pytest.mark.parametrize(
    ("text", "of", "wrt", "count"),
    [
        (TWO_BY_TWO, "E", "x", 4),  # x → {h1, h2} → {o1, o2} → E
        (TWO_BY_TWO, "o1", "x", 2),  # what lies beyond o1 does not count
        (TWO_BY_TWO, "E", "o1", 1),
        (TWO_BY_TWO, "E", "E", 1),
        (TWO_BY_TWO, "h1", "E", 0),  # against the arrows there is no path
        (TWO_BY_TWO, "h1", "h2", 0),  # nor beside them
    ],
)
def test_paths_are_counted_as_they_are_walked(text: str, of: str, wrt: str, count: int) -> None:
    graph = named(text)
    walked = list(graph.paths(Name(of), Name(wrt)))
    assert graph.path_count(Name(of), Name(wrt)) == len(walked) == len({*walked}) == count
    assert all(path[0] == of and path[-1] == wrt for path in walked)


def test_a_path_ends_where_it_may() -> None:
    found = named(TWO_BY_TWO).paths(Name("E"), Name("x"), {Name("h1"), Name("x")})
    assert [*map(list, found)] == [["h1", "x"], ["E", "o1", "h2", "x"], ["E", "o2", "h2", "x"]]


@pytest.mark.parametrize(
    ("text", "user", "name", "held"),
    [
        ("x = 2\ny = x^2\nE = x*y", "E", "x", ["y"]),  # x acts on E through y too
        ("x = 2\ny = x^2\nE = x*y", "E", "y", []),  # y does not act on x
        ("x = 2\nw = 3\nE = x*w", "E", "x", []),  # w does not depend on x
    ],
)
def test_what_is_held_fixed(text: str, user: str, name: str, held: list[str]) -> None:
    graph = named(text)
    assert graph.held(Name(user), Name(name)) == held
    assert graph.only_way(Name(user), Name(name)) is not bool(held)


def test_check_and_derive_count_the_same_paths() -> None:
    """Each sums over the two users of x; both tell of the four paths behind."""
    sheet = Worksheet.parse(TWO_BY_TWO + "dE/dx = dE/dh1*dh1/dx + dE/dh2*dh2/dx")
    *_, line = sheet.check().lines
    assert (line.verdict, line.rule) == ("right", "chain rule, sum over 4 paths")
    assert derive(sheet.names["E"], sheet.names["x"]).path_count == 4


# Roles.


def role_names(text: str, **options: str) -> dict[str, set[str]]:
    """The names of a worksheet's picture by their role."""
    found: dict[str, set[str]] = {}
    for node in snapshot(Worksheet.parse(text), **options).nodes:
        found.setdefault(node.role, set()).add(str(node.name))
    return found


START = "w = 0.5\nx = 2\nb = 0.1\nc = 0.3\n"
STEP = "dE/dw = x\nw' = w - 0.1*dE/dw"  # the first makes E the cost
STEP_NEW, STEP_AGAIN = STEP.replace("w' =", "w_new ="), STEP.replace("w' =", "w <-")


@pytest.mark.parametrize(
    ("text", "parameters", "inputs"),
    [
        (f"{START}E = w*x + b\n{STEP}", {"w", "b"}, {"x"}),
        (f"{START}E = b + w*x\n{STEP}", {"w", "b"}, {"x"}),
        (f"{START}E = b + c + w*x\n{STEP}", {"w", "b", "c"}, {"x"}),  # a sum of biases before it
        (f"{START}z = w*x\na = z + b\nE = a^2\n{STEP}", {"w", "b"}, {"x"}),  # in two steps
        (f"{START}E = w*x + x\n{STEP}", {"w"}, {"x"}),  # a skip connection adds an input
        (f"{START}E = (w*x - c)^2\n{STEP}", {"w"}, {"x", "c"}),  # a target is subtracted
        (f"{START}E = (x + b)*w\n{STEP}", {"w"}, {"x", "b"}),  # a sum without a product
        (f"{START}E = w*x + b\n{STEP_NEW}", {"w", "b"}, {"x"}),
        (f"{START}E = w*x + b\n{STEP_AGAIN}", {"w", "b"}, {"x"}),
        (f"{START}E = w*x + b", set(), {"w", "x", "b"}),  # nothing says that any is a parameter
    ],
)
def test_a_bias_added_to_a_product_is_a_parameter(
    text: str, parameters: set[str], inputs: set[str]
) -> None:
    found = role_names(text)
    assert (found.get("parameter", set()), found["given"]) == (parameters, inputs)


@pytest.mark.parametrize("bias", [True, False])
def test_what_a_network_trains_is_a_parameter(bias: bool) -> None:
    net = nn.MLP(2, [2, 1], activation="tanh", bias=bias)
    out = net([1.0, Value(0.5, "x2")])
    found = roles_of(topological_order(out), out)
    assert all(type(p) is Parameter for p in net.parameters())
    assert {node for node, role in found.items() if role == "parameter"} == {*net.parameters()}
    assert sorted(node.data for node, role in found.items() if role == "given") == [0.5, 1.0]
    assert found[out] == "output"


def test_a_parameter_is_a_value_like_any_other() -> None:
    """Also as the right operand, where the compiled operations look at the class."""
    w, x = Parameter(3.0, "w"), Value(2.0, "x")
    for y in (x * w, w * x, 2 * w, w + w, x - w, x**w, w.tanh()):
        y.backward()
    for twin in (copy.deepcopy(w), pickle.loads(pickle.dumps(w))):
        assert (type(twin), twin.data, twin.label) == (Parameter, 3.0, "w")


# Labels.


@pytest.mark.parametrize(
    ("label", "quantity"),
    [
        ("E", Name("E")),
        ("dE/dw5", Derivative(Name("E"), Name("w5"))),  # a label that somebody typed
        ("dx", Name("dx")),
        ("d/x", Name("d/x")),
        (
            Label(Derivative(Derivative(Name("E"), Name("w")), Name("w"))),
            Derivative(Derivative(Name("E"), Name("w")), Name("w")),
        ),
    ],
)
def test_a_label_names_a_quantity(label: str, quantity: object) -> None:
    node = Value(1.0, label)
    assert quantity_of(node) == quantity
    for twin in (copy.deepcopy(node), pickle.loads(pickle.dumps(node))):
        assert (twin.label, quantity_of(twin)) == (label, quantity)


def test_derivatives_in_a_graph_are_their_own_nodes() -> None:
    graph = named("x = 2\nf = x^3\nq = df/dx\nr = dq/dx")
    slope = Derivative(Name("f"), Name("x"))
    assert graph.values[slope] == 12
    assert graph.formulas[Name("q")] == slope
    assert Derivative(Name("q"), Name("x")) in graph.values


@pytest.mark.parametrize(
    ("name", "rate", "cost"),
    [
        ("alpha", True, False),
        ("eta2", True, False),
        ("lr", True, False),
        ("E", False, True),
        ("loss_total", False, True),
        ("L'", False, True),
        ("w", False, False),  # a weight is called neither
        ("Edge", False, False),  # nor what only begins like a cost
        ("rates_of_growth", False, False),
    ],
)
def test_what_rates_and_costs_are_called(name: str, rate: bool, cost: bool) -> None:
    assert (is_called_rate(Name(name)), is_called_cost(Name(name))) == (rate, cost)


def test_the_roles_of_names_without_their_graph() -> None:
    """Of two values of a weight the later one is a parameter: an update gave it."""
    w, new, cost = Name("w"), Name("w'"), Name("E")
    found = named_roles([w, new, cost], given=[w], renewed=[new])
    assert found == {w: "given", new: "parameter", cost: "computed"}
