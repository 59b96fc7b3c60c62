"""What neurons, layers and networks share: their parameters by name, and their state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from micrograd_like.engine import Value
from micrograd_like.engine.numbers import described, is_row, is_truth_value
from micrograd_like.errors import did_you_mean

if TYPE_CHECKING:
    from micrograd_like.nn.layers import Neuron

#: How the weights of a network are named.
Names = Literal["numbers", "ij"]
#: Of weights with two indices, layer by layer; a larger index would be read as two.
LETTERS, MOST_INDEX = "wvutsr", 9


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a state's entries, each by its name.

    Attributes:
        loaded: Those that were taken.
        missing: What the module has and the state has not; it stays as it was.
        unexpected: What the state has and the module has not.
        misshapen: What both have, and not in the same shape; it stays as it was.
    """

    loaded: tuple[str, ...]
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    misshapen: tuple[str, ...] = ()


class Module:
    """What neurons, layers and networks have in common: parameters and their state."""

    #: How weights are named: numbered through, or by the neurons at both ends.
    names: Names = "numbers"

    def parameters(self) -> list[Value]:
        """All parameters, neuron by neuron: its weights, then its bias (micrograd's order).

        One that stands at several places is there once, at the first.
        """
        every = (value for layer in self.layout() for neuron in layer for value in neuron.own)
        return list(dict.fromkeys(every))

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """(name, parameter) as numbered on paper: w1, w2, …, b1, b2, …, layer by layer.

        With ``names="ij"`` a weight from j to i is w_ij in the first layer, v_ij in the second,
        then u_ij and so on. One that stands at several places has the name of the first.
        """
        seen: set[Value] = set()
        for name, value in self.places():
            if value not in seen:
                seen.add(value)
                yield name, value

    def places(self) -> Iterator[tuple[str, Value]]:
        """The same for every place, so that tied parameters come once for each of theirs."""
        weight = bias = 0
        for number, layer in enumerate(self.layout()):
            for j, column in enumerate(zip(*(neuron.w for neuron in layer), strict=True), 1):
                for i, value in enumerate(column, 1):
                    weight += 1
                    indexed = f"{LETTERS[number % len(LETTERS)]}_{i}{j}"
                    yield (indexed if self.names == "ij" else f"w{weight}"), value
            for neuron in layer:
                if neuron.b is not None:
                    bias += 1
                    yield f"b{bias}", neuron.b

    def tie(self, first: str, *others: str) -> None:
        """Make one parameter of those named, which keeps the first one's number and name.

        Its gradient is then the sum over its places.

        Raises:
            ValueError: A name is unknown.

        >>> from micrograd_like.nn import MLP
        >>> net = MLP(2, [2, 1], bias=False, seed=0)
        >>> net.tie("w1", "w4")
        >>> [name for name, _ in net.named_parameters()]
        ['w1', 'w2', 'w3', 'w5', 'w6']
        """
        places = dict(self.places())
        for name in (first, *others):
            if name not in places:
                raise ValueError(f"tie: no parameter named {name!r}{did_you_mean(name, places)}")
        kept, replaced = places[first], {places[name] for name in others}
        for neuron in (neuron for layer in self.layout() for neuron in layer):
            neuron.w[:] = [kept if w in replaced else w for w in neuron.w]
            neuron.b = kept if neuron.b in replaced else neuron.b

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for value in self.parameters():
            value.grad = 0.0

    def state_dict(self) -> dict[str, Any]:
        """The parameters' numbers as nested lists, by name.

        A layer's ``weight`` has a row for every neuron and a column for every input.
        """
        return {name: _numbers(values) for name, values in self._arrays().items()}

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> Loaded:
        """Set the parameters to a state; nothing is changed where it is refused.

        Args:
            state: As :meth:`state_dict` gives it.
            strict: False takes the entries that fit, and says what became of the others.

        Returns:
            What was loaded, and what was not.

        Raises:
            ValueError: An entry is missing, unexpected or of another shape, and ``strict``; or
                the places of a tied parameter are given different numbers.
            TypeError: ``state`` is no mapping, or an entry is no number.
            DomainError: An entry is not finite.
        """
        arrays = self._arrays()
        if not isinstance(state, Mapping):
            raise TypeError(
                f"state: expected a dictionary, as state_dict() gives it, got {described(state)}"
            )
        if strict:
            _check_names(set(state), set(arrays), type(self).__name__)
        found: dict[Value, float] = {}
        taken, misshapen = [], []
        for name, values in arrays.items():
            if name not in state:
                continue
            expected, got = _shape(values), _shape(state[name])
            if expected != got:
                if strict:
                    came = got or described(state[name])
                    raise ValueError(f"{name}: expected shape {expected}, got {came}")
                misshapen.append(name)
                continue
            taken.append(name)
            for value, given in zip(_flat(values), _flat(state[name]), strict=True):
                number = _number(name, given)
                if found.setdefault(value, number) != number:
                    raise ValueError(
                        f"{name}: expected {found[value]!r}, as at the other place of the "
                        f"tied parameter {value.label}, got {number!r}"
                    )
        for value, number in found.items():
            value.data = number
        return Loaded(
            tuple(taken),
            tuple(name for name in arrays if name not in state),
            tuple(str(name) for name in state if name not in arrays),
            tuple(misshapen),
        )

    def set_weights(self, weights: Mapping[str, float]) -> None:
        """Set every parameter by its name on paper: ``{"w1": 0.1, "b1": 0.0, …}``.

        Raises:
            ValueError: A name is missing or unexpected.
            TypeError: An entry is no number.
            DomainError: An entry is not finite.
        """
        named = dict(self.named_parameters())
        if not isinstance(weights, Mapping):
            raise TypeError(f"weights: expected a dictionary of numbers, got {described(weights)}")
        _check_names(set(weights), set(named), type(self).__name__)
        numbers = {name: _number(name, number) for name, number in weights.items()}
        for name, value in named.items():
            value.data = numbers[name]

    def layout(self) -> list[list[Neuron]]:
        """The neurons, layer by layer."""
        raise NotImplementedError(self._of_its_own())

    def _arrays(self) -> dict[str, Any]:
        """The parameters as nested lists by name, as :meth:`state_dict` lays them out."""
        raise NotImplementedError(self._of_its_own())

    def _of_its_own(self) -> str:
        return (
            f"{type(self).__name__}: expected a class of its own to define parameters() and, where "
            "they are saved or returned to, state_dict() and load_state_dict()"
        )

    def _label(self) -> None:
        for name, value in self.named_parameters():
            value.label = name


def _check_names(got: set[str], expected: set[str], what: str) -> None:
    problems = []
    if missing := sorted(expected - got):
        problems.append(f"missing {', '.join(missing)}")
    for name in sorted(map(str, got - expected)):
        problems.append(f"unexpected {name}{did_you_mean(name, expected)}")
    if problems:
        raise ValueError(f"{what}: {'; '.join(problems)}")


def _number(name: str, number: object) -> float:
    if is_truth_value(number):
        raise TypeError(f"{name}: expected numbers, got {described(number)}")
    try:
        return Value(number, name)._data  # type: ignore[arg-type]
    except TypeError as error:
        raise TypeError(f"{name}: {error}") from None


def _numbers(values: Any) -> Any:
    return [_numbers(item) for item in values] if isinstance(values, list) else values.data


def _flat(array: Any) -> Iterator[Any]:
    if _is_single(array):
        yield array
    else:
        for item in array:
            yield from _flat(item)


def _shape(array: Any) -> tuple[int, ...]:
    """The lengths of nested sequences, () for a single number; −1 where rows differ."""
    if _is_single(array):
        return ()
    inner = {_shape(item) for item in array}
    return (len(list(array)), *(inner.pop() if len(inner) == 1 else (-1,) if inner else ()))


def _is_single(array: Any) -> bool:
    """True for a number, or what should have been one; NumPy's may have no dimension."""
    return not is_row(array)
