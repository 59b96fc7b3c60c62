"""Numbers as they are on paper: what is 0 there is 0 in derivations, walks and pictures."""

from __future__ import annotations

import re

import pytest

from micrograd_like import Value, Worksheet, derive
from micrograd_like.derivation.walk import walk
from micrograd_like.graph import NamedGraph
from visualize.snapshot import snapshot

#: Worksheets, and a derivative that is 0 on paper.
ZERO = [
    ("x = 0.1\ny = 0.2\nu = x + y - 0.3\nE = u^2", "dE/dx"),
    ("w = 0.3\nx = 3\nt = 0.9\np = w*x\nL = (p - t)^2", "dL/dw"),
    ("a = 0.8\nb = 1 - a - 0.2\nE = b^2", "dE/da"),
    ("w = 0.7\nx = 0.1\nb = -0.07\nz = w*x + b\nE = z^2/2", "dE/db"),
    ("a = pi\ny = sin(a)\nE = y^2", "dE/da"),
]
_NOISE = re.compile(r"e[-−]1[4-9]|\d\.\d*(99999999|00000000)")


@pytest.mark.parametrize(("sheet", "asked"), ZERO)
def test_what_is_0_on_paper_is_shown_so(sheet: str, asked: str) -> None:
    worksheet = Worksheet.parse(sheet)
    of, wrt = worksheet.derivative(asked)
    derivation = derive(of, wrt)
    assert derivation.value == 0
    assert not any(map(_NOISE.search, (derivation.text(), derivation.latex())))
    shot = snapshot(worksheet)
    numbers = [n for node in shot.nodes for n in (node.value, node.gradient)]
    numbers += [edge.local for edge in shot.edges]
    numbers += [step.predicted[1] for step in walk(of) if hasattr(step, "predicted")]
    assert not [n for n in numbers if n is not None and 0 < abs(n) < 1e-14]


SMALL = [
    ("x = 3\ne1 = 1e-12\nq = (x + e1) - x\nE = q^2", "q", 1e-12),
    ("m = 1e-17\ny = 2*m\nE = y + 0", "y", 2e-17),
    ("x = 40\ny = exp(-x)\nE = y*2", "E", 8.5e-18),
    ("k = 1e-10\nd = k - 3e-10\nE = d*2", "E", -4e-10),
    ("x = 30\ns = 1/(1 + exp(-x))\nE = 1 - s", "E", 9.4e-14),
]


@pytest.mark.parametrize(("sheet", "name", "number"), SMALL)
def test_what_is_small_on_paper_too_stays(sheet: str, name: str, number: float) -> None:
    worksheet = Worksheet.parse(sheet)
    graph = NamedGraph(worksheet.node("E"))
    found = {str(quantity): value for quantity, value in graph.values.items()}
    assert found[name] == pytest.approx(number, rel=0.1)


def test_where_only_rounding_keeps_a_number_from_being_undefined_it_stays() -> None:
    u = Value(0.1, "x") + 0.2 - 0.3
    u.label = "u"
    y = 1 / u
    y.label = "y"
    assert NamedGraph(y).on_paper.data(u) == u.data != 0
