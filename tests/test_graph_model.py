"""A graph as data for the browser: where its boxes stand, what flows, how names are set."""

from __future__ import annotations

import json
from itertools import combinations

import pytest

from micrograd_like.formula import Derivative, Name, Quantity
from micrograd_like.worksheet import Worksheet, builtin
from visualize.compact import layouts
from visualize.graph_model import HIGH, box_number, graph_model, runs
from visualize.layout import drawable
from visualize.snapshot import snapshot
from visualize.snapshot.records import Snapshot

needs_graphviz = pytest.mark.skipif(not drawable(), reason="there is no Graphviz here")
PUBLISHED = builtin.load("office-hours-as-published")
DEEP = "x = 2\nw = 3\nb = 1\n" + "\n".join(
    f"h{n} = w{n}*{'x' if n == 1 else f'h{n - 1}'} + b{n}\nw{n} = 0.5\nb{n} = 1"
    for n in range(1, 9)
)


def shots() -> list[tuple[str, Snapshot]]:
    found = [(name, snapshot(builtin.load(name))) for name in builtin.names()[::2]]
    return [*found, ("published", snapshot(PUBLISHED)), ("deep", snapshot(Worksheet.parse(DEEP)))]


@needs_graphviz
def test_no_box_stands_on_another_and_all_are_in_the_picture() -> None:
    for name, shot in shots():
        widths = {node["key"]: node["width"] for node in graph_model(shot)["nodes"]}
        for way, layout in layouts(shot).items():
            assert layout["boxes"].keys() == widths.keys(), (name, way)
            assert len(layout["curves"]) == len(shot.edges), (name, way)
            for key, (x, y) in layout["boxes"].items():
                assert widths[key] / 2 <= x <= layout["width"] - widths[key] / 2, (name, way, key)
                assert HIGH / 2 <= y <= layout["height"] - HIGH / 2, (name, way, key)
            for (one, (x, y)), (other, (u, v)) in combinations(layout["boxes"].items(), 2):
                apart = abs(x - u) >= (widths[one] + widths[other]) / 2 or abs(y - v) >= HIGH
                assert apart, (name, way, one, other)


@needs_graphviz
def test_a_parameter_stands_on_the_rank_of_its_only_user() -> None:
    """Above or below it from left to right, beside it upright; data flows along."""
    found = layouts(snapshot(PUBLISHED))
    along, upright = found["along"]["boxes"], found["upright"]["boxes"]
    for parameter, user in (("w5", "a3"), ("w6", "a3")):
        assert along[parameter][0] == along[user][0]
        assert upright[parameter][1] == upright[user][1]
    assert along["w1"][1] < along["a1"][1] < along["a2"][1] < along["w4"][1]
    for first, then in (("x1", "a1"), ("a1", "z1"), ("z1", "a3"), ("a3", "yhat"), ("yhat", "E")):
        assert along[first][0] < along[then][0]
        assert upright[first][1] < upright[then][1]
    assert found["along"]["curves"][0]["points"][0] != found["along"]["curves"][1]["points"][0]


@needs_graphviz
def test_leaves_of_one_gate_alone_stand_beside_it_and_a_target_flows_along() -> None:
    """As wf, uf and bf of wf·x + uf·h0 + bf, where x and h0 enter other gates too."""
    found = layouts(snapshot(builtin.load("lstm-cell")))["along"]["boxes"]
    for leaf in ("wf", "uf", "bf"):
        assert abs(found[leaf][1] - found["zf"][1]) > HIGH
        assert abs(found[leaf][0] - found["zf"][0]) < 60
    assert found["x"][0] < found["zf"][0] - 60
    assert found["y"][0] < found["L"][0] - 60


@needs_graphviz
def test_arrows_end_at_the_sides_of_boxes() -> None:
    shot = snapshot(PUBLISHED)
    model = graph_model(shot)
    widths = {node["key"]: node["width"] for node in model["nodes"]}
    for layout in layouts(shot).values():
        for edge, curve in zip(model["edges"], layout["curves"], strict=True):
            for key, (x, y) in (
                (edge["tail"], curve["points"][0]),
                (edge["head"], curve["points"][-1]),
            ):
                bx, by = layout["boxes"][key]
                side = abs(abs(x - bx) - widths[key] / 2) < 1.5 or abs(abs(y - by) - HIGH / 2) < 1.5
                assert side, (edge, key)


def test_a_model_is_json_with_the_flow_as_widths_and_signs() -> None:
    model = json.loads(json.dumps(graph_model(snapshot(PUBLISHED))))
    edges = {(edge["tail"], edge["head"]): edge for edge in model["edges"]}
    flow = abs(-1 / (0.656206390563436 * 2.302585092994046))  # by hand: −1/(ŷ·ln 10)
    assert edges["yhat", "E"]["width"] == pytest.approx(1.2 + 6.2 * flow**0.62, abs=0.01)
    assert edges["yhat", "E"]["sign"] == -1
    assert edges["w1", "a1"]["width"] == 1.2  # nothing flows: x1 is 0
    assert edges["w1", "a1"]["sign"] == 0


def test_widths_stay_bounded_where_gradients_are_large() -> None:
    model = graph_model(snapshot(Worksheet.parse("x = 900\ny = x^2\nE = y^2")))
    assert max(edge["width"] for edge in model["edges"]) == pytest.approx(7.4)


def test_marks_stand_where_their_line_belongs() -> None:
    model = graph_model(snapshot(PUBLISHED), PUBLISHED.check())
    marks = {node["key"]: node["marks"] for node in model["nodes"]}
    assert marks["z1"] == {"value": "wrong", "gradient": "follows"}
    assert marks["yhat"]["gradient"] == "wrong"
    assert marks["w5"] == {"gradient": "follows"}
    assert marks["x1"] == marks["w1"] == marks["a1"] == {}
    edges = {(edge["tail"], edge["head"]): edge["mark"] for edge in model["edges"]}
    assert edges["a1", "z1"] == edges["a2", "z2"] == "wrong"
    assert edges["z1", "a3"] == ""


@pytest.mark.parametrize(
    ("name", "set_as"),
    [
        ("w5", [("w", "i"), ("5", "b")]),
        ("yhat", [("ŷ", "i")]),
        ("alpha", [("α", "i")]),
        ("w12'", [("w", "i"), ("12", "b"), ("′", "i")]),
        ("loss", [("loss", "u")]),
        ("h_new", [("h", "i"), ("new", "b")]),
        ("_x", [("_x", "u")]),
    ],
)  # fmt: skip
def test_names_are_set_as_on_paper(name: str, set_as: list[tuple[str, str]]) -> None:
    assert runs(Name(name)) == set_as


def test_a_derivative_is_set_name_by_name() -> None:
    wanted = [("∂", "u"), ("E", "i"), ("/∂", "u"), ("w", "i"), ("5", "b")]
    assert runs(Derivative(Name("E"), Name("w5"))) == wanted


@pytest.mark.parametrize(
    ("value", "role", "shown"),
    [
        (0.1, "given", "0.1"), (-0.5, "parameter", "−0.5"), (0.3, "", "0.3000"), (-0.0, "", "0"),
        (-0.08577, "", "−0.0858"), (123.456789, "", "123.457"), (98765.4321, "", "98765.4"),
        (0.00042, "", "4.2e−4"), (2.5e9, "", "2.5e9"), (1e7, "", "1.0e7"), (12.0, "", "12"),
        (float("nan"), "", "undefined"), (None, "", ""), (0.123456789012, "given", "0.1235"),
    ],
)  # fmt: skip
def test_numbers_in_boxes_are_short(value: float | None, role: str, shown: str) -> None:
    assert box_number(value, role) == shown


def test_hostile_names_stay_text_in_the_model() -> None:
    name: Quantity = Name("</script><b>")
    assert "".join(piece for piece, _ in runs(name))[:9] == "</script>"


def test_without_numbers_there_are_neither_values_nor_flow() -> None:
    model = graph_model(snapshot(Worksheet.parse("C = (a - y)^2\na = sigmoid(z)\nz = w*x\n")))
    assert {node["value"] for node in model["nodes"]} == {""}
    assert {edge["sign"] for edge in model["edges"]} == {0}
