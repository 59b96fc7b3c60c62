"""Neurons, layers and multi-layer perceptrons.

A neuron computes z = φ(x₁·w₁ + … + xₙ·wₙ + b): one n-ary node for the weighted sum and one
for the activation φ. A layer is neurons over the same inputs, an MLP layers in a row.
micrograd's constructors and attributes work unchanged, down to the random weights: without
a ``seed`` they are drawn from the ``random`` module in micrograd's order.

Every parameter is named as on paper, and labelled with its name: weights ``w1``, ``w2``, …
layer by layer, in a layer by the input they come from and then by the neuron they go to;
biases ``b1``, ``b2``, … by neuron.

>>> net = MLP(2, [2, 1], activation="sigmoid", output="sigmoid", bias=False, seed=0)
>>> [name for name, _ in net.named_parameters()]
['w1', 'w2', 'w3', 'w4', 'w5', 'w6']
"""

from __future__ import annotations

import operator
import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Literal, get_args

from micrograd_like.engine import OPERATIONS, Constant, Parameter, Value, as_value
from micrograd_like.errors import did_you_mean
from micrograd_like.ops import OPS

LINEAR = "linear"
#: How the weights of a network are named.
Names = Literal["numbers", "ij"]
#: Of weights with two indices, layer by layer; a larger index would be read as two.
_LETTERS, _MOST_INDEX = "wvutsr", 9
#: Names that ``activation`` and ``output`` accept: every function of one variable.
ACTIVATIONS = (
    LINEAR,
    *(row.name for row in OPS.values() if row.signature == "x" and not row.arithmetic),
)


class Module:
    """What neurons, layers and networks have in common: parameters and their state."""

    #: How weights are named: numbered through, or by the neurons at both ends.
    names: Names = "numbers"

    def parameters(self) -> list[Value]:
        """All parameters, neuron by neuron: its weights, then its bias (micrograd's order)."""
        return [value for layer in self._layers() for neuron in layer for value in neuron.own]

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """(name, parameter) as numbered on paper: w1, w2, …, b1, b2, …, layer by layer.

        With ``names="ij"`` a weight from j to i is w_ij in the first layer, v_ij in the second,
        then u_ij and so on.
        """
        weight = bias = 0
        for number, layer in enumerate(self._layers()):
            for j, column in enumerate(zip(*(neuron.w for neuron in layer), strict=True), 1):
                for i, value in enumerate(column, 1):
                    weight += 1
                    indexed = f"{_LETTERS[number % len(_LETTERS)]}_{i}{j}"
                    yield (indexed if self.names == "ij" else f"w{weight}"), value
            for neuron in layer:
                if neuron.b is not None:
                    bias += 1
                    yield f"b{bias}", neuron.b

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for value in self.parameters():
            value.grad = 0.0

    def state_dict(self) -> dict[str, Any]:
        """The parameters' numbers as nested lists, by name.

        A layer's ``weight`` has a row for every neuron and a column for every input.
        """
        return {name: _numbers(values) for name, values in self._arrays().items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Set the parameters to a state; nothing is changed unless all of it fits.

        Raises:
            ValueError: An entry is missing, unexpected or of another shape.
            TypeError: An entry is no number.
            DomainError: An entry is not finite.
        """
        arrays = self._arrays()
        _check_names(set(state), set(arrays), type(self).__name__)
        loaded: list[tuple[Value, float]] = []
        for name, values in arrays.items():
            expected, got = _shape(values), _shape(state[name])
            if expected != got:
                raise ValueError(f"{name}: expected shape {expected}, got {got}")
            numbers = [_number(name, number) for number in _flat(state[name])]
            loaded += zip(_flat(values), numbers, strict=True)
        for value, number in loaded:
            value.data = number

    def set_weights(self, weights: Mapping[str, float]) -> None:
        """Set every parameter by its name on paper: ``{"w1": 0.1, "b1": 0.0, …}``.

        Raises:
            ValueError: A name is missing or unexpected.
            TypeError: An entry is no number.
            DomainError: An entry is not finite.
        """
        named = dict(self.named_parameters())
        _check_names(set(weights), set(named), type(self).__name__)
        numbers = {name: _number(name, number) for name, number in weights.items()}
        for name, value in named.items():
            value.data = numbers[name]

    def _layers(self) -> list[list[Neuron]]:
        raise NotImplementedError

    def _arrays(self) -> dict[str, Any]:
        """The parameters as nested lists by name, as :meth:`state_dict` lays them out."""
        raise NotImplementedError

    def _label(self) -> None:
        for name, value in self.named_parameters():
            value.label = name


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
        _check_size("number of inputs", nin)
        uniform = (_generator(seed) or random).uniform
        _check_activation(activation)
        self.activation = activation if nonlin else LINEAR
        self.w = [Parameter(uniform(-1, 1)) for _ in range(nin)]
        self.b = Parameter(0.0) if bias else None
        self._label()

    @property
    def nonlin(self) -> bool:
        """True if the neuron has an activation."""
        return self.activation != LINEAR

    def __call__(self, x: Sequence[Value | float]) -> Value:
        """The neuron's output for ``nin`` numbers or Values."""
        return self._forward(_inputs(x, len(self.w), "Neuron"))

    def _forward(self, inputs: Sequence[Value]) -> Value:
        return self._activate(self._weighted_sum(inputs))

    def _weighted_sum(self, inputs: Sequence[Value]) -> Value:
        if self.b is None:
            return OPERATIONS["wsum"](inputs, self.w)
        return OPERATIONS["affine"](inputs, self.w, self.b)

    def _activate(self, weighted_sum: Value) -> Value:
        if self.activation == LINEAR:
            return weighted_sum
        return OPERATIONS[self.activation](weighted_sum)

    @property
    def own(self) -> list[Value]:
        """The neuron's weights, then its bias if it has one."""
        return [*self.w] if self.b is None else [*self.w, self.b]

    def _layers(self) -> list[list[Neuron]]:
        return [[self]]

    def _arrays(self) -> dict[str, Any]:
        return {"weight": self.w} if self.b is None else {"weight": self.w, "bias": self.b}

    def __repr__(self) -> str:
        written = OPS[self.activation].text if self.nonlin else ""
        title = written if written.isascii() and written.isalpha() else self.activation.capitalize()
        return f"{title}Neuron({len(self.w)})"


class Layer(Module):
    """``nout`` neurons over the same ``nin`` inputs; further options go to each neuron."""

    def __init__(
        self, nin: int, nout: int, *, seed: int | random.Random | None = None, **options: Any
    ) -> None:
        _check_size("number of neurons", nout)
        generator = _generator(seed)
        self.neurons = [Neuron(nin, seed=generator, **options) for _ in range(nout)]
        self._label()

    def __call__(self, x: Sequence[Value | float]) -> Any:
        """The neurons' outputs: a list, or the only one by itself."""
        out = self._forward(_inputs(x, len(self.neurons[0].w), "Layer"))
        return out[0] if len(out) == 1 else out

    def _forward(self, inputs: Sequence[Value]) -> list[Value]:
        return [neuron._forward(inputs) for neuron in self.neurons]

    def _layers(self) -> list[list[Neuron]]:
        return [self.neurons]

    def _arrays(self) -> dict[str, Any]:
        columns = [neuron._arrays() for neuron in self.neurons]
        return {name: [column[name] for column in columns] for name in columns[0]}

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(str, self.neurons))}]"


class MLP(Module):
    """A multi-layer perceptron: ``nin`` inputs, then layers of ``nouts`` neurons.

    Args:
        nin: Number of inputs.
        nouts: Number of neurons of each layer, the last being the output.
        activation: Of the hidden layers, one of :data:`ACTIVATIONS`.
        output: Activation of the last layer.
        bias: False for a network without biases.
        seed: An int for weights that come out the same every time.
        weights: Numbers for all parameters by name, ``{"w1": 0.1, …}``.
        names: "numbers" numbers the weights through, w1, w2, …; "ij" names the one from neuron j to
            neuron i w_ij in the first layer, v_ij in the second, u_ij in the third, for up to 9
            neurons a layer and 6 layers.

    Raises:
        TypeError: An argument is of another type.
        ValueError: A number is out of range, or a name unknown.
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        *,
        activation: str = "relu",
        output: str = LINEAR,
        bias: bool = True,
        seed: int | random.Random | None = None,
        weights: Mapping[str, float] | None = None,
        names: Names = "numbers",
    ) -> None:
        if not isinstance(nouts, list | tuple):
            raise TypeError(f"MLP: expected the layers' sizes as a list, got {nouts!r}")
        if not nouts:
            raise ValueError("MLP: expected at least one layer, as in MLP(2, [2, 1]), got []")
        generator = _generator(seed)
        _check_activation(activation)
        sizes = [nin, *nouts]
        activations = [activation] * (len(nouts) - 1) + [output]
        self.layers = [
            Layer(n, m, activation=name, bias=bias, seed=generator)
            for n, m, name in zip(sizes, nouts, activations, strict=False)
        ]
        _check_naming(names, sizes)
        self.names = names
        self._label()
        if weights is not None:
            self.set_weights(weights)

    def __call__(self, x: Sequence[Value | float]) -> Any:
        """The outputs for ``nin`` numbers or Values: a list, or the only one by itself."""
        out: Sequence[Value] = _inputs(x, len(self.layers[0].neurons[0].w), "MLP")
        for layer in self.layers:
            out = layer._forward(out)
        return out[0] if len(out) == 1 else out

    def trace(self, x: Sequence[Value | float]) -> dict[str, Value]:
        """A forward pass with every quantity named, as on paper, in the order of computation.

        x1, x2, … are the inputs, a1, a2, … the weighted sums, z1, z2, … the activations,
        yhat (or yhat1, yhat2, …) the outputs. The nodes are labelled with these names; an
        input keeps the label it has, and a number becomes a Value of its own.
        """
        inputs = [
            Value(node.data) if isinstance(node, Constant) else node
            for node in _inputs(x, len(self.layers[0].neurons[0].w), "MLP")
        ]
        taken = {node.label for node in inputs}
        fresh = (f"x{number}" for number in count(1) if f"x{number}" not in taken)
        for node in inputs:
            node.label = node.label or next(fresh)
        named = {node.label: node for node in inputs}

        def name(label: str, node: Value) -> None:
            node.label = label
            named[label] = node

        neurons, out = count(1), inputs
        for layer in self.layers:
            last = layer is self.layers[-1]
            sums = [neuron._weighted_sum(out) for neuron in layer.neurons]
            out = []
            for place, (neuron, weighted_sum) in enumerate(
                zip(layer.neurons, sums, strict=True), 1
            ):
                number = next(neurons)
                name(f"a{number}", weighted_sum)
                out.append(neuron._activate(weighted_sum))
                if last:
                    named.pop(out[-1].label, None)
                    name("yhat" if len(layer.neurons) == 1 else f"yhat{place}", out[-1])
                elif neuron.nonlin:
                    name(f"z{number}", out[-1])
        return named

    def _layers(self) -> list[list[Neuron]]:
        return [layer.neurons for layer in self.layers]

    def _arrays(self) -> dict[str, Any]:
        return {
            f"layers.{place}.{name}": values
            for place, layer in enumerate(self.layers)
            for name, values in layer._arrays().items()
        }

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(str, self.layers))}]"


def _generator(seed: int | random.Random | None) -> random.Random | None:
    """One generator for all the weights; None stands for the ``random`` module's own."""
    if seed is None or isinstance(seed, random.Random):
        return seed
    try:
        number = operator.index(seed)
    except TypeError:
        raise TypeError(f"seed: expected an int or a random.Random, got {seed!r}") from None
    # Python takes −1 for 1.
    return random.Random(number if number >= 0 else f"{number}")


def _inputs(x: Any, expected: int, name: str) -> list[Value]:
    try:
        inputs = [item if isinstance(item, Value) else as_value(item) for item in x]
    except TypeError as error:
        raise TypeError(f"{name}: expected {expected} inputs in a list; {error}") from None
    if len(inputs) != expected:
        raise ValueError(f"{name}: expected {expected} inputs, got {len(inputs)}")
    return inputs


def _check_size(what: str, size: object) -> None:
    if isinstance(size, bool) or not hasattr(size, "__index__"):
        raise TypeError(f"{what}: expected an int, got {size!r} ({type(size).__name__})")
    if operator.index(size) < 1:
        raise ValueError(f"{what}: expected at least 1, got {size}")


def _check_activation(name: str) -> None:
    if name not in ACTIVATIONS:
        raise ValueError(
            f"unknown activation {name!r}{did_you_mean(name, ACTIVATIONS)}; "
            f"expected one of {', '.join(ACTIVATIONS)}"
        )


def _check_naming(names: str, sizes: list[int]) -> None:
    if names not in get_args(Names):
        raise ValueError(f"names: expected 'numbers' or 'ij', got {names!r}")
    if names == "ij" and (max(sizes) > _MOST_INDEX or len(sizes) - 1 > len(_LETTERS)):
        raise ValueError(
            f"names: 'ij' is for up to {_MOST_INDEX} neurons a layer and {len(_LETTERS)} layers, "
            f"got {sizes}; take names='numbers'"
        )


def _check_names(got: set[str], expected: set[str], what: str) -> None:
    problems = []
    if missing := sorted(expected - got):
        problems.append(f"missing {', '.join(missing)}")
    for name in sorted(map(str, got - expected)):
        problems.append(f"unexpected {name}{did_you_mean(name, expected)}")
    if problems:
        raise ValueError(f"{what}: {'; '.join(problems)}")


def _number(name: str, number: object) -> float:
    try:
        return Value(number, name).data  # type: ignore[arg-type]
    except TypeError as error:
        raise TypeError(f"{name}: {error}") from None


def _numbers(values: Any) -> Any:
    return [_numbers(item) for item in values] if isinstance(values, list) else values.data


def _flat(array: Any) -> Iterator[Any]:
    if isinstance(array, Value) or not hasattr(array, "__iter__") or isinstance(array, str):
        yield array
    else:
        for item in array:
            yield from _flat(item)


def _shape(array: Any) -> tuple[int, ...]:
    """The lengths of nested sequences, () for a single number; −1 where rows differ."""
    if isinstance(array, Value | str) or not hasattr(array, "__iter__"):
        return ()
    inner = {_shape(item) for item in array}
    return (len(list(array)), *(inner.pop() if len(inner) == 1 else (-1,) if inner else ()))
