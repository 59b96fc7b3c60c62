"""Random graphs over the operation table, for tests that hold a tape against the engine."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from micrograd_like import Constant, DomainError, Value, apply
from micrograd_like.ops import OPS

#: Operands beyond this are not fed on: their functions overflow, or lose all digits.
LARGEST = 1e3
#: Sums of many terms come up often, as in networks.
WEIGHTED = ("wsum", "affine", "total", "add", "mul", "sub")


@dataclass(frozen=True)
class Recipe:
    """A graph as data: operations over what came before, to be built from any numbers.

    Attributes:
        lines: (operation, places of its operands); places count inputs, parameters, constants.
    """

    inputs: int
    parameters: int
    constants: tuple[float, ...]
    lines: tuple[tuple[str, tuple[int, ...]], ...]
    outputs: tuple[int, ...]

    def build(
        self,
        inputs: list[Value],
        parameters: list[Value],
        noise: Callable[[], float] | None = None,
    ) -> list[Value]:
        """The outputs; with ``noise`` every result is multiplied by what it gives.

        Raises:
            DomainError: An operation is not defined.
        """
        nodes: list[Value] = [*inputs, *parameters, *map(Constant, self.constants)]
        for op, places in self.lines:
            node = apply(op, *(nodes[place] for place in places))
            nodes.append(node * noise() if noise else node)
        return [nodes[place] for place in self.outputs]

    def uses(self, place: int) -> bool:
        """True if an output depends on the node at the place."""
        first = self.inputs + self.parameters + len(self.constants)
        needed = set(self.outputs)
        for number in range(len(self.lines) - 1, -1, -1):
            if first + number in needed:
                needed.update(self.lines[number][1])
        return place in needed


def drawn(seed: int, outputs: int = 1, most: int = 25) -> tuple[Recipe, list[float], list[float]]:
    """A recipe of up to ``most`` lines, and inputs and parameters at which it is defined."""
    generator = random.Random(seed)
    inputs = [generator.uniform(-2, 2) for _ in range(generator.randint(1, 3))]
    parameters = [generator.uniform(-2, 2) for _ in range(generator.randint(1, 5))]
    constants = (0.5, 2.0, -1.0, generator.uniform(-3, 3))
    nodes = [*map(Value, inputs), *map(Value, parameters), *map(Constant, constants)]
    lines = []
    for _ in range(generator.randint(1, most)):
        op = generator.choice((*OPS, *WEIGHTED))
        row = OPS[op]
        members = generator.randint(1, 5)
        count = len(row.inputs) - len(row.families) + members * len(row.families)
        fit = [place for place, node in enumerate(nodes) if abs(node.data) < LARGEST]
        late = fit[-1:] if generator.random() < 0.8 else fit  # so that most of it is used
        places = tuple(generator.choice(late if i == 0 else fit) for i in range(count))
        try:
            node = apply(op, *(nodes[place] for place in places))
        except DomainError:
            continue
        if all(map(math.isfinite, node.partials)):
            nodes.append(node)
            lines.append((op, places))
    last = len(nodes) - 1
    chosen = (last, *(generator.randrange(len(nodes)) for _ in range(outputs - 1)))
    recipe = Recipe(len(inputs), len(parameters), constants, tuple(lines), chosen)
    return recipe, inputs, parameters
