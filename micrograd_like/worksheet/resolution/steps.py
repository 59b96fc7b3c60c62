"""Steps: what is given as a formula and worked out below under names of its own.

f = x²·y + y + 2, then a = x·x, b = a·y, …, g = b + c, and ∂f/∂b: nothing makes f depend on b, but
g is f in other words, whatever x and y are. There f is read as g.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import replace

from micrograd_like.formula import Name, exact_number, names_in
from micrograd_like.notation import text
from micrograd_like.worksheet.builder import CONSTANTS
from micrograd_like.worksheet.resolution.draft import Definition, Draft
from micrograd_like.worksheet.resolution.numbers import computed

#: Where the numbers are drawn at which two formulas are compared.
_RANGES = ((0.3, 0.9), (1.2, 2.5), (0.4, 3.1))
#: Of two formulas of one number, float64 leaves so much between.
_NEAR = 1e-9


def read_as_steps(draft: Draft) -> None:
    """Read a name that is differentiated by its steps as the last of them."""
    for of, wanted in draft.asked.items():
        formula = draft.chosen.get(of)
        if formula is None or formula.place < 0 or exact_number(formula.expr) is not None:
            continue
        below = draft.below(of)
        steps = {name for name in wanted if name in draft.chosen and name not in below}
        last = next(_same(draft, of, steps), None) if steps else None
        if last is not None:
            draft.chosen[of] = Definition(-1, -1, last)
            read = draft.reads[formula.place]
            said = f"{text(of)} as {text(last)}, which it is in steps"
            read_as = "; ".join(filter(None, [read.read_as, said]))
            draft.reads[formula.place] = replace(read, read_as=read_as)


def _same(draft: Draft, of: Name, steps: set[Name]) -> Iterator[Name]:
    """The names that rest on the steps, and are what ``of`` is, whatever the inputs are."""
    worlds: list[dict[object, float]] | None = None
    for key, definition in draft.chosen.items():
        if definition.place < 0 or key == of or exact_number(definition.expr) is not None:
            continue
        below = draft.below(key)
        if of in below or not all(step in below for step in steps):
            continue
        worlds = worlds or [_world(draft, low, high) for low, high in _RANGES]
        if all(_agree(world.get(key), world.get(of)) for world in worlds):
            yield Name(key)


def _agree(a: float | None, b: float | None) -> bool:
    return a is not None and b is not None and math.isclose(a, b, rel_tol=_NEAR)


def _world(draft: Draft, low: float, high: float) -> dict[object, float]:
    """Numbers of all names, those of the inputs drawn anew."""
    chance = random.Random(low)
    values: dict[object, float] = {name: float(n) for name, n in CONSTANTS.items()}
    stack = [*draft.chosen]
    opened: set[str] = set()
    while stack:
        key = stack.pop()
        if key in values:
            continue
        definition = draft.chosen.get(key)
        if definition is None or exact_number(definition.expr) is not None:
            values[key] = chance.uniform(low, high)
            continue
        waiting = [n for n in names_in(definition.expr) if n not in values]
        if waiting and key not in opened:
            opened.add(key)
            stack += [key, *waiting]
        elif not waiting and (number := computed(definition.expr, values)) is not None:
            values[key] = number
    return values
