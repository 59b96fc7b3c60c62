"""What a Value's number may be set to, and a Value where Python wants a number."""

from __future__ import annotations

import copy
import json
import math
import pickle
import weakref
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import visualize
from micrograd_like import DomainError, Value, Worksheet, derive
from micrograd_like.engine import Constant

NUMBERS = [
    3,
    True,
    np.float64(0.1),
    np.float32(0.5),
    np.float16(0.5),
    np.int64(7),
    np.bool_(True),
    Fraction(1, 3),
    Decimal("0.1"),
    np.array(2.0),
    10**300,
]


@pytest.mark.parametrize("number", NUMBERS, ids=repr)
def test_data_is_a_float_however_it_was_set(number: Any) -> None:
    value = Value(number)
    assert type(value.data) is float
    value.data = number
    assert type(value.data) is float
    assert value.data == float(number)
    assert type((value + number).data) is float


@pytest.mark.parametrize(
    ("number", "error", "message"),
    [
        (math.nan, DomainError, "the data of w: expected a finite number, got nan"),
        (math.inf, DomainError, "expected a finite number, got inf"),
        (10**400, DomainError, "below 1.8e308"),
        (Decimal("NaN"), DomainError, "expected a finite number"),
        ("0.5", TypeError, "expected a real number"),
        (None, TypeError, "expected a real number"),
        (1j, TypeError, "expected a real number"),
        (np.array([1.0]), TypeError, "expected a real number"),
        (np.complex128(1), TypeError, "expected a real number"),
        (Value(1.0), TypeError, "expected a real number"),
    ],
    ids=repr,
)
def test_what_is_no_number_is_refused_at_once(number: Any, error: Any, message: str) -> None:
    value = Value(1.0, "w")
    with pytest.raises(error, match=message):
        value.data = number
    assert value.data == 1.0


def test_a_rate_out_of_linspace() -> None:
    """micrograd's own loop: afterwards all that takes floats still takes the Value."""
    x, w = Value(2.0, "x"), Value(0.5, "w")
    for rate in np.linspace(0.1, 0.2, 3):
        loss = (x * w - 1) ** 2
        w.grad = 0.0
        loss.backward()
        w.data -= rate * w.grad
    loss = (x * w - 1) ** 2
    loss.label = "L"
    assert "<svg" in visualize.svg(loss)
    assert Worksheet.from_graph(loss).names["w"].data == w.data
    assert derive(loss, w).text()
    assert json.loads(json.dumps(w.data)) == w.data


def test_a_value_where_python_wants_a_number() -> None:
    v = Value(2.345, "v")
    assert (float(v), v.item(), round(v, 1), round(v)) == (2.345, 2.345, 2.3, 2)
    assert (int(v), int(-v)) == (2, -2)
    assert f"{v:.2f} {v:+.0e}" == "2.35 +2e+00"
    assert f"{v}" == str(v)
    assert +v is v
    assert math.sqrt(v) == math.sqrt(2.345)


def test_values_compare_by_their_numbers() -> None:
    a, b = Value(1.0), Value(2.0)
    assert a < b
    assert a <= 1
    assert b > np.float64(1.5)
    assert 3 > b >= 2
    assert max(a, b) is b
    assert sorted([b, a]) == [a, b]
    with pytest.raises(TypeError, match="expected a real number"):
        assert a < "2"


def test_equality_and_truth_are_of_the_node() -> None:
    """Graphs hold nodes in sets: the docstring says what to write instead."""
    assert Value(2.0) != 2.0
    assert bool(Value(0.0))
    assert "v.data == 2.0" in str(Value.__doc__)


def test_a_detached_value_passes_nothing_on() -> None:
    x = Value(3.0, "x")
    y = x * (x * x).detach()
    y.backward()
    assert x.grad == 9.0


def test_leaves_of_a_subclass_can_be_referred_to_weakly() -> None:
    """Value itself has no room for it: a node of a large graph would be 16 bytes larger."""

    class Watched(Value):
        __slots__ = ("__weakref__",)

    v = Watched(1.0)
    reference = weakref.ref(v)
    assert reference() is v
    del v
    assert reference() is None


# Subclasses of a user's own.


class Slotted(Value):
    __slots__ = ("__secret", "note")

    def __init__(self, data: float, secret: str) -> None:
        super().__init__(data)
        self.__secret = secret

    @property
    def secret(self) -> str:
        return self.__secret


class Single(Value):
    __slots__ = "note"


class Open(Slotted):
    __slots__ = ("__dict__",)


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))]
)
def test_subclasses_are_copied_and_pickled_whole(again: Any) -> None:
    slotted, single, free = Slotted(1.0, "s"), Single(2.0), Open(3.0, "o")
    slotted.note, single.note, free.note, free.more = "n", "m", "k", [1]
    assert again(slotted).secret == "s"
    assert again(slotted).note == "n"
    assert again(single).note == "m"
    twin = again(free)
    assert (twin.secret, twin.note, twin.more, twin.data) == ("o", "k", [1], 3.0)
    assert type(again(Constant(1.0))) is Constant
