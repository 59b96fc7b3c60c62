"""A neuron, φ(x₁·w₁ + … + xₙ·wₙ + b), and a layer of them over the same inputs."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from micrograd_like.engine import OPERATIONS, Parameter, Value, as_count
from micrograd_like.errors import did_you_mean
from micrograd_like.nn.checks import generator_of, inputs_of
from micrograd_like.nn.module import Module
from micrograd_like.ops import OPS

LINEAR = "linear"
_COMPOSED: dict[str, Callable[[Value], Value]] = {
    "leaky_relu": Value.leaky_relu,
    "elu": Value.elu,
    "silu": Value.silu,
    "gelu": Value.gelu,
}
#: Names that ``activation`` and ``output`` accept: every function of one variable.
ACTIVATIONS = (
    LINEAR,
    *(row.name for row in OPS.values() if row.signature == "x" and not row.arithmetic),
    *_COMPOSED,
)


class Neuron(Module):
    """φ(x₁·w₁ + … + xₙ·wₙ + b).

    Args:
        nin: Number of inputs, at least 1.
        nonlin: False for no activation, as in micrograd.
        activation: φ, one of :data:`ACTIVATIONS`.
        bias: False for no b; ``neuron.b`` is then None.
        seed: An int or a ``random.Random``; weights are uniform in [−1, 1), biases 0.

    Raises:
        TypeError: An argument is of another type.
        ValueError: A number is out of range, or a name unknown.
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        *,
        activation: str = "relu",
        bias: bool = True,
        seed: int | random.Random | None = None,
    ) -> None:
        as_count("number of inputs", nin, 1)
        uniform = (generator_of(seed) or random).uniform
        check_activation(activation)
        self.activation = activation if nonlin else LINEAR
        self.w: list[Value] = [Parameter(uniform(-1, 1)) for _ in range(nin)]
        self.b: Value | None = Parameter(0.0) if bias else None
        self._label()

    @property
    def nonlin(self) -> bool:
        """True if the neuron has an activation."""
        return self.activation != LINEAR

    def __call__(self, x: Sequence[Value | float]) -> Value:
        """The neuron's output for ``nin`` numbers or Values."""
        return self._forward(inputs_of(x, len(self.w), "Neuron"))

    def _forward(self, inputs: Sequence[Value]) -> Value:
        return self._activate(self._weighted_sum(inputs))

    def _weighted_sum(self, inputs: Sequence[Value]) -> Value:
        if self.b is None:
            return OPERATIONS["wsum"](inputs, self.w)
        return OPERATIONS["affine"](inputs, self.w, self.b)

    def _activate(self, weighted_sum: Value) -> Value:
        if self.activation == LINEAR:
            return weighted_sum
        function = _COMPOSED.get(self.activation) or OPERATIONS[self.activation]
        return function(weighted_sum)

    @property
    def own(self) -> list[Value]:
        """The neuron's weights, then its bias if it has one."""
        return [*self.w] if self.b is None else [*self.w, self.b]

    def layout(self) -> list[list[Neuron]]:
        """See :class:`Module`."""
        """The neurons, layer by layer."""
        return [[self]]

    def _arrays(self) -> dict[str, Any]:
        return {"weight": self.w} if self.b is None else {"weight": self.w, "bias": self.b}

    def __repr__(self) -> str:
        written = OPS[self.activation].text if self.activation in OPS else ""
        title = self.activation.title().replace("_", "")
        title = written if written.isascii() and written.isalpha() else title
        return f"{title}Neuron({len(self.w)})"


class Layer(Module):
    """``nout`` neurons over the same ``nin`` inputs; further options go to each neuron."""

    def __init__(
        self, nin: int, nout: int, *, seed: int | random.Random | None = None, **options: Any
    ) -> None:
        as_count("number of neurons", nout, 1)
        generator = generator_of(seed)
        self.neurons = [Neuron(nin, seed=generator, **options) for _ in range(nout)]
        self._label()

    def __call__(self, x: Sequence[Value | float]) -> Any:
        """The neurons' outputs: a list, or the only one by itself."""
        out = self._forward(inputs_of(x, len(self.neurons[0].w), "Layer"))
        return out[0] if len(out) == 1 else out

    def _forward(self, inputs: Sequence[Value]) -> list[Value]:
        return [neuron._forward(inputs) for neuron in self.neurons]

    def layout(self) -> list[list[Neuron]]:
        """See :class:`Module`."""
        """The neurons, layer by layer."""
        return [self.neurons]

    def _arrays(self) -> dict[str, Any]:
        columns = [neuron._arrays() for neuron in self.neurons]
        return {name: [column[name] for column in columns] for name in columns[0]}

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(str, self.neurons))}]"


def check_activation(name: str) -> None:
    """Refuse a name that no activation has."""
    if name not in ACTIVATIONS:
        raise ValueError(
            f"unknown activation {name!r}{did_you_mean(name, ACTIVATIONS)}; "
            f"expected one of {', '.join(ACTIVATIONS)}"
        )
