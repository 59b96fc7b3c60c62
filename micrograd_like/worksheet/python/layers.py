"""Layers: what ``backward`` is given is the gradient of the cost by what ``forward`` gives.

No cost is written in such a class, nor in a pair of functions with a cache. The sum of dout·out
has just these gradients: whatever cost follows, what the layer passes on is told by it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd_like.worksheet.python.naming import is_gradient_name, said_by
from micrograd_like.worksheet.python.steps import Step
from micrograd_like.worksheet.python.terms import added, made
from micrograd_like.worksheet.records import Place

if TYPE_CHECKING:
    from micrograd_like.worksheet.python.machine import Machine

#: What the cost behind a layer is called.
LAYER_COST = "cost_behind"
#: In which order functions are read that nobody calls; others stand between.
_ORDER = {"__init__": 0, "forward": 1, "feedforward": 1, "feed_forward": 1, "predict": 3}
_BACK = {"forward": "backward", "__call__": "backward", "fprop": "bprop", "fwd": "bwd"}


def order_of(name: str) -> int:
    """The place of a function among those that nobody calls."""
    return _ORDER.get(name.strip("_") if name != "__init__" else name, 2)


def backward_of(
    forward: ast.FunctionDef, functions: list[ast.FunctionDef]
) -> ast.FunctionDef | None:
    """The function that goes back through this one, given the gradient by what it gives."""
    for word, back in _BACK.items():
        if word in forward.name:
            wanted = {forward.name.replace(word, back), forward.name.replace(word, back + "prop")}
            wanted |= {forward.name.replace(word, "backprop")}
            found = next((f for f in functions if f.name in wanted), None)
            return found if found is not None and _gradient(found) else None
    return None


def _gradient(back: ast.FunctionDef) -> str:
    """The argument of a way back that says it is a gradient; "" where none does."""
    needed = len(back.args.args) - len(back.args.defaults)
    names = [a.arg for a in back.args.args[:needed] if a.arg != "self"]
    return names[0] if names and (is_gradient_name(names[0]) or names[0] in ("g", "error")) else ""


def fed(machine: Machine, back: ast.FunctionDef, given: Any) -> None:
    """Give a way back the gradient by what its way forward gave, and what that kept for it."""
    rest = given[1:] if isinstance(given, tuple) else ()
    output = given[0] if isinstance(given, tuple) and given else given
    name = _gradient(back)
    said = next((s for s in said_by(name, machine.recorder.current, ()) if not s.digits), None)
    if said is not None:
        output = machine.recorder.current[said.wrt]
    if not isinstance(output, np.ndarray):
        return
    gradient = machine.array(name, output.shape)
    machine.globals[name] = gradient
    others = [a.arg for a in back.args.args if a.arg not in ("self", name)]
    machine.globals.update(zip(others, rest, strict=False))
    pairs = zip(gradient.reshape(-1), output.reshape(-1), strict=True)
    cost = added([made("mul", pair) for pair in pairs])
    names = machine.recorder.names(LAYER_COST, (), Place())
    step = Step(Place(), "", LAYER_COST, (), (names.item(),), (cost,), hidden=True)
    machine.recorder.take(step)
    machine.recorder.bind(LAYER_COST, names)
    machine.tell(f"assumed: {name} is the gradient of the cost by what is given on the way forward")
