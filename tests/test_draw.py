"""Pictures: numbers where they belong, labels that cannot break out, every format, limits."""

from __future__ import annotations

import math
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from command import run

import visualize
from micrograd_like import Value, Worksheet, losses, nn
from micrograd_like.errors import WorksheetError
from micrograd_like.graph import ROLES
from micrograd_like.notation import name_text, number
from micrograd_like.worksheet import builtin
from micrograd_like.writers.notebook import value_latex
from visualize import layout, palette
from visualize.drawing import drawing
from visualize.gallery.__main__ import PICTURES
from visualize.snapshot import MAX_WALKED, snapshot
from visualize.snapshot.records import Snapshot
from visualize.words import pieces, shortened_formula

LESSON = builtin.load("office-hours")
SVG = "{http://www.w3.org/2000/svg}"
DETAILS = ("names", "operations", "neurons")
needs_graphviz = pytest.mark.skipif(not layout.drawable(), reason="there is no Graphviz here")


def parsed(picture: str) -> ElementTree.Element:
    return ElementTree.fromstring(picture)


def things(root: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    """The elements of a class: node or edge, those of the legend left out."""
    found = root.iter(f"{SVG}g")
    return [g for g in found if kind in g.get("class", "").split() and g.get("id")]


def said(thing: ElementTree.Element, part: str) -> str:
    """What a node or edge shows as its value, gradient or local derivative."""
    return "".join(t.text or "" for t in thing.iter(f"{SVG}tspan") if part in str(t.get("class")))


# Numbers.


@pytest.mark.parametrize("detail", DETAILS)
@pytest.mark.parametrize("name", builtin.names())
def test_derivatives_on_arrows_and_gradients_in_boxes_fit_together(name: str, detail: str) -> None:
    """∂E/∂n is the sum over the arrows that leave n of ∂E/∂head · ∂head/∂n."""
    shot = snapshot(builtin.load(name), detail=detail)  # type: ignore[arg-type]
    gradients = {node.key: node.gradient for node in shot.nodes}
    sums = dict.fromkeys(gradients, 0.0)
    sizes = dict.fromkeys(gradients, 0.0)
    for edge in shot.edges:
        if edge.local is not None:
            product = (gradients[edge.head] or 0.0) * edge.local
            sums[edge.tail] += product
            sizes[edge.tail] += abs(product)
    for node in shot.nodes:
        if node.role not in ("output", "constant"):
            # Rounding of each product and sum, of which there are at most some twenty.
            assert math.isclose(node.gradient or 0.0, sums[node.key], abs_tol=32 * 2**-52 * sizes[node.key] + 1e-300)  # noqa: E501  # fmt: skip


@needs_graphviz
def test_the_picture_shows_the_numbers_of_the_snapshot() -> None:
    shot = snapshot(LESSON)
    root = parsed(visualize.svg(LESSON))
    shown = {node.get("data-name"): node for node in things(root, "node")}
    assert set(shown) == {node.key for node in shot.nodes}
    for node in shot.nodes:
        assert said(shown[node.key], "value") == number(node.value, 4)
        assert said(shown[node.key], "gradient") == number(node.gradient or 0.0, 4)
    arrows = {(e.get("data-tail"), e.get("data-head")): e for e in things(root, "edge")}
    for edge in shot.edges:
        assert said(arrows[edge.tail, edge.head], "local") == number(edge.local or 0.0, 4)


def test_dot_says_what_svg_says() -> None:
    source = visualize.draw_dot(LESSON).source
    for text in ("z<SUB>", "0.5744", "−0.03878", "0.2445", "octagon", "rankdir=LR"):
        assert text in source


@needs_graphviz
@pytest.mark.parametrize(
    ("text", "values", "locals"),
    [
        (  # no number at all, and the cost before what it rests on
            "C = (a - y)^2; a = sigmoid(z); z = w*x",
            {"w": "", "z": "", "C": ""},
            {("w", "z"): "x", ("z", "a"): "a · (1 − a)", ("a", "C"): "2 · (a − y)"},
        ),
        (  # what has a number keeps it, and so has a derivative that needs no other
            "w = 2\nv = 3w\nC = v*x\ndC/dx = v",
            {"w": "2", "v": "6", "x": "", "C": ""},
            {("w", "v"): "3", ("v", "C"): "x", ("x", "C"): "v = 6"},
        ),
    ],
)
def test_without_a_number_formulas_are_drawn(
    text: str, values: dict[str, str], locals: dict[tuple[str, str], str]
) -> None:
    sheet = Worksheet.parse(text)
    root = parsed(visualize.svg(sheet))
    boxes = {thing.get("id"): thing for thing in things(root, "node")}
    assert {name: said(boxes[f"node-{name}"], "value") for name in values} == values
    assert not any(said(box, "gradient") for box in boxes.values())
    arrows = {thing.get("id"): thing for thing in things(root, "edge")}
    for (tail, head), local in locals.items():
        arrow = arrows[f"edge-{tail}-to-{head}"]
        assert "".join(t.text or "" for t in arrow.iter(f"{SVG}tspan")) == local
    assert "nan" not in visualize.svg(sheet, detail="operations").lower()


def test_a_path_in_symbols_has_its_formula_below(tmp_path: Path) -> None:
    (tmp_path / "s.txt").write_text("z = w*x\nC = (z - y)^2\n", encoding="utf-8")
    done = run("draw", str(tmp_path / "s.txt"), "--path", "dC/dw")
    assert (done.returncode, done.stderr) == (0, "")
    assert "∂C/∂w = ∂C/∂z · ∂z/∂w = 2 · (z − y) · x" in done.stdout


def test_before_backward_there_is_no_gradient_rather_than_zero() -> None:
    source = visualize.draw_dot(Value(2.0, "x").exp()).source
    assert source.count("no gradient yet</TD>") == 2
    assert "grad </FONT>0" not in source


def test_a_gradient_of_zero_is_shown_as_zero() -> None:
    out = Value(-2.0, "x").relu()
    out.backward()
    source = visualize.draw_dot(out).source
    assert "grad </FONT>0</TD>" in source
    assert "no gradient yet" not in source


def test_a_value_used_twice_has_two_arrows_with_identifiers_of_their_own() -> None:
    x = Value(3.0, "x")
    source = visualize.draw_dot(x * x).source
    assert source.count("->") == 2
    assert "edge-x-to--2 " in source.replace('"', " ")
    assert "edge-x-to--2-2" in source


def test_a_constant_has_no_derivative_beside_its_arrow() -> None:
    """(−2)³ has no derivative with respect to the 3, and nobody asks for one."""
    source = visualize.draw_dot(Value(-2.0, "x") ** 3).source
    assert ">12</" in source
    assert "undefined" not in source
    assert "undefined" in visualize.draw_dot(Value(-2.0, "x") ** Value(3.0, "n")).source


@pytest.mark.parametrize(
    ("part", "gone"),
    [
        ("values", "0.5744"),
        ("gradients", "−0.03878"),
        ("derivatives", "0.2445"),
        ("operations", "σ("),
    ],
)
def test_what_is_shown_can_be_chosen(part: str, gone: str) -> None:
    rest = [what for what in ("operations", "values", "gradients", "derivatives") if what != part]
    boxes = re.sub(r'tooltip="[^"]*"', "", visualize.draw_dot(LESSON, show=rest).source)
    full = re.sub(r'tooltip="[^"]*"', "", visualize.draw_dot(LESSON).source)
    assert full.count(gone) > boxes.count(gone)


def test_places_and_direction() -> None:
    assert "0.574443" in visualize.draw_dot(LESSON, places=6).source
    assert "rankdir=TB" in visualize.draw_dot(LESSON, direction="TB").source


# Roles.


def test_roles_are_told_apart_by_shape() -> None:
    shot = snapshot(LESSON)
    roles = {node.key: node.role for node in shot.nodes}
    assert roles["x1"] == roles["y"] == "given"
    assert roles["w1"] == roles["w6"] == "parameter"
    assert roles["z1"] == "computed"
    assert roles["E"] == "output"
    shapes = [palette.SHAPES[role] for role in ("given", "parameter", "computed")]
    assert len(set(shapes)) == 3
    assert palette.SHAPES.keys() == palette.AROUND.keys() == ROLES.keys()


@pytest.mark.parametrize("colours", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
def test_text_can_be_read_on_every_fill(colours: dict[str, str]) -> None:
    """WCAG's contrast of text, 4.5, and of outlines, 3."""
    boxes = [called.mark for role, called in ROLES.items() if role != "constant"]  # those filled
    for fill in ("paper", *boxes, "group"):
        assert contrast(colours["ink"], colours[fill]) >= 4.5
        assert contrast(colours["muted"], colours[fill]) >= 4.5
    assert contrast(colours["path"], colours["paper"]) >= 4.5
    for mark in boxes:
        assert contrast(colours[f"{mark}-line"], colours["paper"]) >= 3


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@needs_graphviz
def test_styles_are_those_of_the_roles_that_are_drawn() -> None:
    x = Value(2.0, label="x")
    y = x.tanh()
    drawn = visualize.svg(y)
    assert "--input:" in drawn
    assert "--output-line:" in drawn
    assert "parameter" not in drawn
    assert "--parameter:" in visualize.svg(y, parameters=["x"])


# One derivative's paths.


def test_a_path_is_highlighted_with_its_factors() -> None:
    shot = snapshot(LESSON, path="dE/dx1")
    assert {n.key for n in shot.nodes if n.on_path} == {
        "x1", "a1", "a2", "z1", "z2", "a3", "yhat", "E",
    }  # fmt: skip
    assert {(e.tail, e.head) for e in shot.edges if e.on_path} == {
        ("x1", "a1"), ("x1", "a2"), ("a1", "z1"), ("a2", "z2"),
        ("z1", "a3"), ("z2", "a3"), ("a3", "yhat"), ("yhat", "E"),
    }  # fmt: skip
    source = visualize.draw_dot(LESSON, path="∂E/∂x1").source
    assert "path 1 + path 2 = −0.003184" in source
    assert "∂z<SUB>" in source


@needs_graphviz
@pytest.mark.parametrize(
    ("said", "lowered"),
    [("y1² + x2", "12"), ("(y1 − t1)²", "11"), ("x1.5", ""), ("log10(x3)", "3"), ("w12a", "")],
)
def test_indices_stand_lower_also_where_a_power_follows(said: str, lowered: str) -> None:
    assert "".join(piece for piece, lower in pieces(said) if lower) == lowered


@pytest.mark.parametrize("longest", range(8, 60))
def test_a_formula_that_is_cut_off_leaves_no_bracket_open(longest: int) -> None:
    formula = "(x1·x2 + (x2 + x3)·(x1 + x3·(x1 + 2)))/(x1 + x2 + x3 + 1)"
    shown = shortened_formula(formula, longest)
    assert shown.count("(") == shown.count(")")
    assert shown == formula or "…" in shown


def test_factors_stand_along_the_highlighted_arrows_alone() -> None:
    root = parsed(visualize.svg(LESSON, path="dE/dw5"))
    marked = {
        (e.get("data-tail"), e.get("data-head")): said(e, "local") for e in things(root, "edge")
    }
    factors = {pair: factor for pair, factor in marked.items() if factor}
    assert factors == {
        ("w5", "a3"): "0.5744", ("a3", "yhat"): "0.2256", ("yhat", "E"): "−0.3438",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("root", "path", "message"),
    [
        (LESSON, "dE/dq", "q"),
        (LESSON, "E", "expected a derivative such as dE/dw5"),
        (LESSON, "dE/dalpha", "does not depend on alpha"),
        (Value(1.0, "x").exp(), "dE/dx", "derivative of the root"),
    ],
)
def test_a_path_that_is_not_there_is_refused(root: Any, path: str, message: str) -> None:
    with pytest.raises(WorksheetError, match=re.escape(message)):
        visualize.draw_dot(root, path=path)


# Networks.


def network(*sizes: int, **options: Any) -> tuple[nn.MLP, Value]:
    net = nn.MLP(sizes[0], list(sizes[1:]), seed=0, **options)
    out = net([float(n + 1) for n in range(sizes[0])])
    out.backward()
    return net, out


def test_a_network_is_drawn_by_neuron_and_layer_not_by_weight() -> None:
    _, out = network(2, 16, 16, 1)
    shot = snapshot(out)
    assert shot.detail == "neurons"
    assert [node.role for node in shot.nodes].count("given") == 2
    layers = [sum(node.layer == layer for node in shot.nodes) for layer in (1, 2, 3)]
    assert layers == [16, 16, 1]
    assert len(shot.nodes) == 35
    source = visualize.draw_dot(out).source
    assert "layer 2: ReLU(Σ x·w + b)" in source
    assert source.count("subgraph") >= 3


def test_names_are_folded_before_a_drawing_is_refused() -> None:
    out = Value(1.0, "x0")
    for n in range(1, 80):
        out = out * 1.01 + 0.5
        out.label = f"x{n}"
    assert snapshot(out).detail == "names"
    assert len(snapshot(out).nodes) == 80


def test_between_many_neurons_width_takes_the_place_of_numbers() -> None:
    net, out = network(2, 8, 8, 1)
    assert snapshot(out).detail == "neurons"
    plain = visualize.draw_dot(out).source
    assert "penwidth" in plain
    assert "style=dashed" in plain
    path = visualize.draw_dot(out, path=net.parameters()[0]).source
    assert path.count(palette.LIGHT["path"]) > 8
    small = visualize.draw_dot(network(2, 2, 1)[1], detail="neurons").source
    assert "dashed" not in small


def test_a_small_network_can_be_framed_with_every_weight() -> None:
    net, out = network(2, 2, 1, activation="sigmoid")
    shot = snapshot(out, module=net)
    assert {(n.layer, n.neuron) for n in shot.nodes if n.role == "parameter"} == {
        (1, 1), (1, 2), (2, 1),
    }  # fmt: skip
    source = visualize.draw_dot(out, group=True).source
    assert "neuron 2" in source
    assert "layer 1" in source
    assert "layer 1" not in visualize.draw_dot(out).source


def test_several_examples_have_one_box_for_each_neuron_and_example() -> None:
    net = nn.MLP(2, [3, 1], seed=0)
    loss = (net([1.0, 2.0]) - 1) ** 2 + (net([0.5, -1.0]) - 2) ** 2
    neurons = {(n.layer, n.neuron) for n in snapshot(loss, detail="neurons").nodes if n.layer}
    assert neurons == {(1, 1), (1, 2), (1, 3), (2, 1)}


# Limits.


def chain(length: int) -> Value:
    out = Value(1.0)
    for _ in range(length):
        out = out * 1.0
    return out


@pytest.mark.parametrize(
    ("out", "message"),
    [
        (chain(300), "more than can be read: expected at most 200"),
        (chain(MAX_WALKED), f"more than {MAX_WALKED:,} nodes"),
        (network(64, 64, 64, 1)[1], "more than can be read"),
    ],
)
def test_large_graphs_are_refused_with_a_reason(out: Value, message: str) -> None:
    for draw in (visualize.draw_dot, visualize.svg):
        with pytest.raises(visualize.TooLargeError, match=message):
            draw(out)


@pytest.mark.slow
def test_a_million_nodes_are_refused() -> None:
    with pytest.raises(visualize.TooLargeError, match="more than 20,000 nodes"):
        visualize.svg(chain(1_000_000))


@needs_graphviz
def test_layout_has_a_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "TIME_LIMIT", 1e-6)
    with pytest.raises(visualize.DrawingError, match=r"took more than .* stopped"):
        visualize.svg(LESSON)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: visualize.draw_dot(3), TypeError, "expected a Value or a Worksheet, got 3"),
        (lambda: visualize.draw_dot(LESSON, direction="XX"), ValueError, "'LR' or 'TB', got 'XX'"),
        (lambda: visualize.draw_dot(LESSON, detail="x"), ValueError, "expected the detail"),
        (lambda: visualize.draw_dot(LESSON, show=["x"]), ValueError, "show: expected some of"),
        (lambda: visualize.draw_dot(LESSON, places=0), ValueError, "from 1 to 15, got 0"),
        (lambda: visualize.draw_dot(LESSON, path=3), TypeError, "expected a derivative such as"),
        (lambda: visualize.draw_dot(Value(1.0), path=3), TypeError, "expected a derivative such"),
        (lambda: visualize.draw_dot(LESSON, show=3), ValueError, "show: expected some of"),
        (lambda: visualize.draw_dot(LESSON, parameters=["zz"]), ValueError, "names of leaves"),
        (lambda: visualize.draw_dot(LESSON, module=3), TypeError, "expected a Neuron, Layer or"),
        (lambda: visualize.render(LESSON, "gif"), ValueError, "'pdf' or 'dot', got 'gif'"),
    ],
)
def test_bad_calls_say_what_was_expected(call: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        call()


# What a label holds stays a label.

HOSTILE = (
    "<script>alert(1)</script>", 'a"];evil[label="', "a\\nb\\N\\G", "]]>", "{|}", "<b>&amp;x</b>",
    "\x1b[31m\x00", "a\nb", "x" * 10_000, "שלום", "\u202eabc", "$\\input{x}$%#_^~", "'", "‐∂/é", "",
)  # fmt: skip


@pytest.mark.parametrize("label", HOSTILE, ids=lambda label: ascii(label)[:24])
def test_labels_stay_inside_their_box(label: str) -> None:
    out = Value(1.0, label) * 2
    source = visualize.draw_dot(out).source
    assert source.count("->") == 2
    assert "\x1b" not in source
    assert len(source) < 20_000
    tex = value_latex(Value(1.0, label))
    unescaped = re.sub(r"\\.", "", tex)
    assert unescaped.count("{") == unescaped.count("}")
    assert "\\input" not in tex
    if layout.drawable():
        again = layout.run(source, "dot").decode()
        assert again.count("->") == 2
        root = parsed(visualize.svg(out))
        assert len(things(root, "node")) == 3
        assert [e.tag for e in root.iter() if e.tag.endswith("script")] == []
        ids = [e.get("id") for e in root.iter() if e.get("id")]
        assert len(ids) == len(set(ids))
        assert all(re.fullmatch(r"[\w-]{1,200}", str(id), re.ASCII) for id in ids)


def test_labels_that_differ_have_identifiers_that_differ() -> None:
    from visualize.words import slug

    keys = [*HOSTILE, "w1", "w1'", "w1-prime", "#1", "-1", "a b", "a-u20-b", "x" * 9_999]
    assert len({slug(key) for key in keys}) == len(keys)


# SVG.


@needs_graphviz
@pytest.mark.parametrize("name", builtin.names())
def test_every_built_in_worksheet_is_drawn(name: str) -> None:
    root = parsed(visualize.svg(builtin.load(name)))
    assert root.tag == f"{SVG}svg"
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert str(title.text).startswith("Computation graph of ")
    assert "Every arrow" in str(description.text)
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


@needs_graphviz
def test_identifiers_are_the_same_in_every_run() -> None:
    code = "import visualize; from micrograd_like.worksheet import builtin; "
    code += "print(visualize.svg(builtin.load('office-hours')))"
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
    assert b'id="node-w5"' in runs[0]
    assert b'id="edge-w5-to-a3"' in runs[0]


@needs_graphviz
def test_several_pictures_on_a_page_have_identifiers_of_their_own() -> None:
    root = parsed(visualize.svg(LESSON, prefix="one-"))
    assert all(str(e.get("id")).startswith("one-") for e in root.iter() if e.get("id"))


@needs_graphviz
def test_no_box_covers_another_and_none_leaves_the_picture() -> None:
    root = parsed(visualize.svg(LESSON))
    wide, high = float(str(root.get("width"))), float(str(root.get("height")))
    boxes, margin = [], 16  # by which all of it is moved
    for node in things(root, "node"):
        (outline,) = (e for e in node if e.get("class") == "outline")
        boxes.append(extent(outline))
    for place, (left, top, right, bottom) in enumerate(boxes):
        assert 0 <= left + margin < right + margin <= wide
        assert 0 <= top + margin < bottom + margin <= high
        for l2, t2, r2, b2 in boxes[:place]:
            assert right <= l2 or r2 <= left or bottom <= t2 or b2 <= top


def extent(outline: ElementTree.Element) -> tuple[float, float, float, float]:
    if points := outline.get("points"):
        xs, ys = zip(*(map(float, pair.split(",")) for pair in points.split()), strict=True)
        return min(xs), min(ys), max(xs), max(ys)
    x, y, w, h = (float(str(outline.get(part))) for part in ("x", "y", "width", "height"))
    return x, y, x + w, y + h


@needs_graphviz
@pytest.mark.parametrize("name", PICTURES)
def test_the_readme_shows_what_is_drawn_today(name: str) -> None:
    """`make pictures` draws them; another version of Graphviz may move things."""
    kept = (Path(__file__).parent.parent / "visualize" / "gallery" / name).read_text("utf-8")
    assert list(parsed(kept).itertext()) == list(parsed(PICTURES[name]()).itertext())


# Graphviz, or none.


@pytest.fixture
def without_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout.shutil, "which", lambda _: None)
    monkeypatch.setattr(layout, "find_spec", lambda _: None)


@pytest.mark.usefixtures("without_graphviz")
def test_without_graphviz_both_remedies_are_named_and_dot_is_to_be_had(tmp_path: Path) -> None:
    with pytest.raises(visualize.DrawingError, match=r"`dot` is on PATH.*pip install pygraphviz"):
        visualize.svg(LESSON)
    assert visualize.draw_dot(LESSON).source.startswith("digraph")
    result = run("draw", "office-hours", "-o", str(tmp_path / "out.svg"))
    assert result.returncode == 2
    assert "pip install pygraphviz" in result.stderr
    assert not (tmp_path / "out.svg").exists()
    assert run("draw", "office-hours", "-o", str(tmp_path / "out.dot")).returncode == 0


@pytest.mark.usefixtures("without_graphviz")
def test_without_graphviz_a_notebook_shows_the_formula() -> None:
    bundle = (Value(2.0, "x") * 3)._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/latex"}


@pytest.mark.skipif(
    shutil.which("dot") is None or find_spec("pygraphviz") is None, reason="needs both Graphvizes"
)
def test_the_picture_is_the_same_with_the_graphviz_that_pygraphviz_carries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Sizes are the same; another version of Graphviz may move a box by some points."""
    ours = boxes_of(visualize.svg(LESSON))
    monkeypatch.setattr(layout.shutil, "which", lambda _: None)
    theirs = boxes_of(visualize.svg(LESSON))
    assert ours.keys() == theirs.keys()
    for name, extent in ours.items():
        left, top, right, bottom = theirs[name]
        assert extent[2] - extent[0] == pytest.approx(right - left, abs=0.2)
        assert extent[3] - extent[1] == pytest.approx(bottom - top, abs=0.2)
        assert extent == pytest.approx(theirs[name], abs=15)


def boxes_of(picture: str) -> dict[str, tuple[float, ...]]:
    return {
        str(node.get("id")): extent(next(e for e in node if e.get("class") == "outline"))
        for node in things(parsed(picture), "node")
    }


@needs_graphviz
def test_a_notebook_shows_the_graph() -> None:
    bundle = (Value(2.0, "x") * 3)._repr_mimebundle_()
    assert parsed(bundle["image/svg+xml"]).tag == f"{SVG}svg"
    assert bundle["text/plain"].startswith("Value(")


# The command.


@needs_graphviz
@pytest.mark.parametrize(
    ("ending", "start"),
    [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("dot", b"digraph")],
)
def test_the_ending_chooses_the_format(tmp_path: Path, ending: str, start: bytes) -> None:
    out = tmp_path / f"lesson.{ending}"
    result = run("draw", "office-hours", "--path", "dE/dw1", "-o", str(out))
    assert result.returncode == 0, result.stderr
    assert out.read_bytes().startswith(start)


def test_without_a_file_dot_is_printed() -> None:
    result = run("draw", "office-hours", "--direction", "TB", "--hide", "gradients")
    assert result.returncode == 0
    assert result.stdout.startswith("digraph {")
    assert "−0.03878</TD>" not in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["office-hours", "-o", "out.gif"], ".svg, .png, .pdf or .dot, got 'out.gif'"),
        (["office-hours", "--format", "png"], "png goes into a file"),
        (["office-hours", "--path", "dE/dw9"], "w9"),
        (["office-hours", "--hide", "value"], "did you mean 'values'?"),
        (["office-hours", "-o", "no-such-folder/out.dot"], "no-such-folder"),
        (["no-such-sheet"], "no-such-sheet"),
    ],
)
def test_a_wrong_use_ends_in_a_message(arguments: list[str], message: str) -> None:
    result = run("draw", *arguments)
    assert result.returncode == 2
    assert message in " ".join(result.stderr.replace("│", " ").split())


def test_a_snapshot_can_be_drawn_itself() -> None:
    shot = snapshot(Worksheet.parse("x = 2\ny = x^2\nE = y + x"))
    assert isinstance(shot, Snapshot)
    assert visualize.draw_dot(shot).source == visualize.draw_dot(
        Worksheet.parse("x = 2\ny = x^2\nE = y + x")
    ).source  # fmt: skip


# Weights on edges, biases at neurons.


def indexed(names: Any) -> nn.MLP:
    return nn.MLP(2, [2, 1], activation="tanh", output="sigmoid", names=names, seed=3)


@pytest.mark.parametrize("names", ["numbers", "ij"])
@pytest.mark.parametrize("by_name", [False, True])
def test_between_neurons_an_edge_has_its_weight(names: Any, by_name: bool) -> None:
    """Of every edge into a neuron the weight of its own two ends; every bias at its neuron."""
    net = indexed(names)
    traced = net.trace([0.5, -1.0])
    cost = losses.half_squared_error(traced["yhat"], 1.0)
    cost.label = "E"
    letters = "w, v, b" if names == "ij" else "w, b"
    if by_name:
        shot = snapshot(Worksheet.from_graph(cost), detail="neurons", parameters=letters)
    else:
        shot = snapshot(cost, detail="neurons", module=net)
    edges = {(e.tail, e.head): e.weight for e in shot.edges if e.weight is not None}
    ends = {0: (["x1", "x2"], ["z1", "z2"]), 1: (["z1", "z2"], ["yhat"])}
    expected = {
        (tail, head): neuron.w[j]
        for n, (tails, heads) in ends.items()
        for head, neuron in zip(heads, net.layers[n].neurons, strict=True)
        for j, tail in enumerate(tails)
    }
    assert edges.keys() == expected.keys()
    for pair, weight in edges.items():
        assert weight.value == expected[pair].data
        assert str(weight.name).replace("_", "") == expected[pair].label.replace("_", "")
    biases = {node.key: node.bias for node in shot.nodes if node.bias is not None}
    assert {key: str(bias.name) for key, bias in biases.items()} == {
        "z1": "b1",
        "z2": "b2",
        "yhat": "b3",
    }
    written = to_svg_text(shot)
    for pair, weight in edges.items():
        assert f"weight {name_text(weight.name)} = {number(weight.value, 4)}" in written, pair


def to_svg_text(shot: Snapshot) -> str:
    return "".join(
        f"{arrow.tip}\n{''.join(span.text for line in arrow.lines for span in line)}\n"
        for arrow in drawing(shot).arrows
    )


def test_a_weight_that_two_edges_share_is_on_both() -> None:
    """The same weight for both inputs: each edge has it."""
    sheet = Worksheet.parse("x1 = 1\nx2 = 2\nw = 0.5\na = w*x1 + w*x2\ny = tanh(a)")
    shot = snapshot(sheet, detail="neurons", parameters="w")
    weights = {edge.tail: edge.weight for edge in shot.edges}
    assert {tail: held.value for tail, held in weights.items() if held} == {"x1": 0.5, "x2": 0.5}


def test_an_edge_with_more_than_a_weight_has_none() -> None:
    """a = w·x² has the slope 2·w·x, which is no weight."""
    sheet = Worksheet.parse("x = 3\nw = 0.5\nb = 1\na = w*x^2 + b\ny = tanh(a)")
    shot = snapshot(sheet, detail="neurons", parameters="w, b")
    assert all(edge.weight is None for edge in shot.edges)


def test_a_value_draws_itself_as_the_lecture_has_it() -> None:
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    out = a * b
    out.label = "L"
    dot = out.draw_dot(format="png", rankdir="TB")
    assert dot.format == "png"
    assert dot.source == visualize.draw_dot(out, direction="TB").source
    assert out.draw_dot().source == visualize.draw_dot(out).source
    with pytest.raises(ValueError, match="direction 'LR' or 'TB'"):
        out.draw_dot(rankdir="RL")
