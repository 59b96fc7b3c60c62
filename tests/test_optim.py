"""Optimisers against their formulas worked step by step, and against PyTorch where it is."""

from __future__ import annotations

import json
import math
import pickle
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from micrograd_like import DomainError, Value, optim

START = (0.5, -1.5)
V = Value(1.0)
STEPS = 7


def bowl(parameters: list[Value]) -> Value:
    """A quadratic with different curvatures, so that no two gradients are alike."""
    return sum(((k + 1) * (p - 1) ** 2 for k, p in enumerate(parameters)), Value(0.0))


def run(make: Callable[[list[Value]], optim.Optimizer], steps: int = STEPS) -> list[float]:
    parameters = [Value(x) for x in START]
    optimizer = make(parameters)
    for _ in range(steps):
        optimizer.zero_grad()
        bowl(parameters).backward()
        optimizer.step()
    return [p.data for p in parameters]


def by_hand(update: Callable[[float, float, int], float]) -> list[float]:
    """The same descent with the gradient 2(k + 1)(w − 1) written out."""
    out = []
    for k, w in enumerate(START):
        for t in range(1, STEPS + 1):
            w = update(w, 2 * (k + 1) * (w - 1), t)
        out.append(w)
    return out


def test_plain_descent() -> None:
    expected = by_hand(lambda w, g, t: w - 0.1 * g)
    assert run(lambda p: optim.SGD(p, 0.1)) == pytest.approx(expected, rel=1e-14)


def test_weight_decay_adds_to_the_gradient() -> None:
    expected = by_hand(lambda w, g, t: w - 0.1 * (g + 0.01 * w))
    assert run(lambda p: optim.SGD(p, 0.1, weight_decay=0.01)) == pytest.approx(expected, rel=1e-14)


def test_a_schedule_is_asked_for_the_rate_of_every_step() -> None:
    expected = by_hand(lambda w, g, t: w - 0.1 * 0.5 ** (t - 1) * g)
    schedule = optim.exponential_decay(0.1, 0.5)
    assert run(lambda p: optim.SGD(p, schedule)) == pytest.approx(expected, rel=1e-14)


Make = Callable[[list[Value]], optim.Optimizer]

#: The same optimiser here and in PyTorch, and where seven steps of PyTorch 2.13 in float64
#: end: so its rule is tested where PyTorch is not installed, too.
CASES: list[tuple[Make, str, dict[str, object], list[float]]] = [
    (lambda p: optim.SGD(p, 0.05), "SGD", {"lr": 0.05}, [0.7608515499999999, 0.4757120000000001]),
    (
        lambda p: optim.SGD(p, 0.05, momentum=0.9),
        "SGD",
        {"lr": 0.05, "momentum": 0.9},
        [1.2178252, 2.7071945000000004],
    ),
    (
        lambda p: optim.SGD(p, 0.05, momentum=0.9, nesterov=True, weight_decay=0.1),
        "SGD",
        {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
        [1.1186417548034162, 1.6990459869461605],
    ),
    (lambda p: optim.RMSprop(p, 0.05), "RMSprop", {"lr": 0.05}, [1.0, 0.13914334133193962]),
    (
        lambda p: optim.RMSprop(p, 0.05, decay=0.9, weight_decay=0.1),
        "RMSprop",
        {"lr": 0.05, "alpha": 0.9, "weight_decay": 0.1},
        [0.9212132685805875, -0.8598044851338342],
    ),
    (
        lambda p: optim.Adam(p, 0.05),
        "Adam",
        {"lr": 0.05},
        [0.8382896456605646, -1.1513243547812002],
    ),
    (
        lambda p: optim.Adam(p, 0.05, betas=(0.8, 0.95), weight_decay=0.1),
        "Adam",
        {"lr": 0.05, "betas": (0.8, 0.95), "weight_decay": 0.1},
        [0.8309228442892941, -1.1520692507901542],
    ),
]


@pytest.mark.parametrize(("make", "name", "settings", "expected"), CASES)
def test_steps_are_those_recorded_from_pytorch(
    make: Make, name: str, settings: dict[str, object], expected: list[float]
) -> None:
    assert run(make) == pytest.approx(expected, rel=1e-12), (name, settings)


@pytest.mark.parametrize(("make", "name", "settings", "expected"), CASES)
def test_steps_are_those_of_pytorch(
    make: Make, name: str, settings: dict[str, object], expected: list[float]
) -> None:
    torch = pytest.importorskip("torch")
    parameters = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in START]
    optimizer = getattr(torch.optim, name)(parameters, **settings)
    for _ in range(STEPS):
        optimizer.zero_grad()
        sum((k + 1) * (p - 1) ** 2 for k, p in enumerate(parameters)).backward()
        optimizer.step()
    assert run(make) == pytest.approx([p.item() for p in parameters], rel=1e-12)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (optim.RMSprop, {"rate": 0.01, "decay": 0.99, "epsilon": 1e-8, "weight_decay": 0}),
        (optim.Adam, {"rate": 0.001, "betas": (0.9, 0.999), "epsilon": 1e-8, "weight_decay": 0}),
        (optim.AdamW, {"rate": 0.001, "betas": (0.9, 0.999), "epsilon": 1e-8}),
        (optim.AdamW, {"weight_decay": 0.01}),
        (optim.Adagrad, {"rate": 0.01, "epsilon": 1e-10, "weight_decay": 0}),
        (optim.SGD, {"momentum": 0, "nesterov": False, "weight_decay": 0}),
    ],
)
def test_settings_that_are_not_given_are_pytorchs(kind: Any, settings: dict[str, Any]) -> None:
    optimizer = kind([Value(1.0)])
    assert {name: getattr(optimizer, name) for name in settings} == settings


@pytest.mark.parametrize("make", [case[0] for case in CASES])
def test_a_resumed_run_is_bit_equal_to_an_uninterrupted_one(
    make: Callable[[list[Value]], optim.Optimizer],
) -> None:
    parameters = [Value(x) for x in START]
    optimizer = make(parameters)
    for step in range(STEPS):
        if step == 3:
            state = optimizer.state_dict()
            optimizer = make(parameters)
            optimizer.load_state_dict(state)
        optimizer.zero_grad()
        bowl(parameters).backward()
        optimizer.step()
    assert [p.data for p in parameters] == run(make)


@pytest.mark.parametrize("make", [optim.SGD, optim.RMSprop, optim.Adam])
def test_an_update_that_is_not_finite_changes_nothing_and_names_the_parameter(
    make: Callable[..., optim.Optimizer],
) -> None:
    fine, broken = Value(1.0, "w1"), Value(1.0, "w2")
    fine.grad, broken.grad = 1.0, 1e308
    optimizer = make([fine, broken], rate=1e300)
    with pytest.raises(DomainError, match=r"the update of w\d is not finite"):
        optimizer.step()
    assert (fine.data, broken.data) == (1.0, 1.0)


def test_data_stays_a_float_whatever_the_rate_is() -> None:
    w = Value(1.0)
    w.grad = 1.0
    optim.SGD([w], np.float32(0.1)).step()
    assert type(w.data) is float


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [
        (optim.step_decay(0.1, every=2, factor=0.5), [0.1, 0.1, 0.05, 0.05, 0.025]),
        (optim.exponential_decay(0.8, 0.5), [0.8, 0.4, 0.2, 0.1, 0.05]),
        (optim.linear_decay(1.0, 0.0, steps=4), [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]),
        (
            optim.cosine_decay(1.0, 0.0, steps=4),
            [1.0, (1 + math.sqrt(0.5)) / 2, 0.5, (1 - math.sqrt(0.5)) / 2, 0.0, 0.0],
        ),
    ],
)
def test_schedules(schedule: optim.Schedule, rates: list[float]) -> None:
    assert [schedule(step) for step in range(len(rates))] == pytest.approx(rates, abs=1e-15)


@pytest.mark.parametrize("decay", [optim.linear_decay, optim.cosine_decay])
def test_a_schedule_begins_and_ends_to_the_bit(decay: Callable[..., optim.Schedule]) -> None:
    for start, end, steps in ((0.01, 0.1, 9), (0.1, 0.001, 7), (0.3, 0.0, 1), (1e-3, 1e-5, 11)):
        schedule = decay(start, end, steps)
        assert (schedule(0), schedule(steps), schedule(steps + 1)) == (start, end, end)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: optim.SGD([]), ValueError, "SGD: expected parameters, got none"),
        (lambda: optim.SGD([1.0]), TypeError, r"expected Values, got 1\.0"),
        (lambda: optim.SGD([Value(1)], -0.1), ValueError, "rate: expected 0 <= rate"),
        (lambda: optim.SGD([Value(1)], math.nan), ValueError, "rate: expected 0 <= rate"),
        (lambda: optim.SGD([Value(1)], momentum=1.0), ValueError, "momentum"),
        (lambda: optim.SGD([Value(1)], nesterov=True), ValueError, "momentum above 0"),
        (lambda: optim.SGD([Value(1)], weight_decay=-1), ValueError, "weight_decay"),
        (lambda: optim.Adam([Value(1)], betas=(0.9, 1.0)), ValueError, "betas"),
        (lambda: optim.Adam([Value(1)], epsilon=0), ValueError, "epsilon"),
        (lambda: optim.RMSprop([Value(1)], decay=1.5), ValueError, "decay"),
        (lambda: optim.Adam([Value(1)], betas=(0.9,)), ValueError, "betas: expected two"),
        (lambda: optim.SGD([V, V]), ValueError, "expected every parameter once"),
        (lambda: optim.SGD([V], lambda step: -1.0).step(), ValueError, "rate: expected 0"),
        (lambda: optim.SGD([V], lambda step: math.nan).step(), ValueError, "rate: expected 0"),
        (lambda: optim.exponential_decay(0.1, 2), ValueError, "factor"),
        (
            lambda: optim.SGD([V]).load_state_dict({"steps": -5, "velocity": [0.0]}),
            ValueError,
            "steps: expected at least 0, got -5",
        ),
        (lambda: optim.SGD([V], "0.1"), TypeError, "rate: expected a real number"),
        (lambda: optim.SGD([V], None), TypeError, "rate: expected a real number"),
        (lambda: optim.SGD([V], momentum="x"), TypeError, "momentum: expected a real number"),
        (lambda: optim.SGD([V], lambda step: "x").step(), TypeError, "rate: expected a real"),
        (lambda: optim.linear_decay("x", 0.0, 5), TypeError, "start: expected a real number"),
        (lambda: optim.step_decay(0.1, 2.5), TypeError, "every: expected a whole number"),
        (lambda: optim.ReduceOnPlateau(0.1, patience=0.5), TypeError, "patience: expected a whole"),
        (lambda: optim.clip_norm([V], "1"), TypeError, "most: expected a real number"),
        (lambda: optim.linear_decay(1.0, 0.0, steps=0), ValueError, "steps"),
        (
            lambda: optim.Adam([Value(1)]).load_state_dict({"steps": 1}),
            ValueError,
            r"expected \['mean', 'square', 'steps'\]",
        ),
        (
            lambda: optim.SGD([Value(1)]).load_state_dict({"steps": 1, "velocity": []}),
            ValueError,
            "velocity: expected 1 numbers, got 0",
        ),
    ],
)
def test_bad_calls_say_what_was_expected(
    call: object, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        call()


# All of a step, or nothing of it.

KINDS = [
    lambda p: optim.SGD(p, 0.1, momentum=0.9),
    lambda p: optim.RMSprop(p),
    lambda p: optim.Adam(p),
    lambda p: optim.AdamW(p),
    lambda p: optim.Adagrad(p),
]


@pytest.mark.parametrize("make", KINDS)
def test_a_refused_update_changes_nothing(make):
    """Not the running sums, nor the count of steps: the next step is as if it had not been."""
    tried, plain = [[Value(1.0, "w"), Value(2.0, "v")] for _ in range(2)]
    refused, other = make(tried), make(plain)
    for gradients in ([0.5, 0.25], [0.1, 1e308 * 10], [0.3, 0.2]):
        if math.isinf(gradients[1]):
            tried[0].grad, tried[1]._grad = gradients
            with pytest.raises(DomainError, match="the update of v is not finite"):
                refused.step()
            continue
        for parameters, optimizer in ((tried, refused), (plain, other)):
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter.grad = gradient
            optimizer.step()
    assert [p.data for p in tried] == [p.data for p in plain]
    assert refused.state_dict() == other.state_dict()
    assert refused.steps == 2


@pytest.mark.parametrize("make", [optim.Adam, optim.RMSprop, optim.Adagrad])
def test_an_overflow_in_the_square_is_called_that(make):
    w = Value(1.0, "w")
    w.grad = 1e200
    optimizer = make([w])
    with pytest.raises(DomainError, match="its square overflows; scale the loss, or clip"):
        optimizer.step()
    optim.clip_norm([w], 1.0)
    optimizer.step()
    assert w.data < 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mean": [math.nan]}, "mean: expected finite numbers, got nan"),
        ({"mean": ["0.5"]}, "mean: expected finite numbers, got '0.5'"),
        *(
            ({"mean": entry}, rf"mean: expected 1 numbers, got .* \({kind}\)")
            for entry, kind in (("1", "str"), (b"1", "bytes"), ({1.0}, "set"), ({1.0: 2}, "dict"))
        ),
        ({"mean": [True]}, "expected finite numbers, got True"),
        ({"square": [-1.0]}, r"square: expected squares, from 0 on, got -1\.0"),
        ({"steps": True}, "steps: expected a whole number"),
        ({"square": [1.0, 2.0]}, "square: expected 1 numbers, got 2"),
        ({"square": 5}, "square: expected 1 numbers, got 5"),
        ({"mean": [10**400]}, "mean: expected finite numbers, got 1000"),
    ],
)
def test_a_state_that_cannot_be_is_refused_whole(changes, message):
    optimizer = optim.Adam([Value(1.0)])
    before = optimizer.state_dict()
    with pytest.raises(ValueError, match=message):
        optimizer.load_state_dict({"steps": 3, "mean": [-0.5], "square": [0.25], **changes})
    for other in (b"ab", ["steps", "mean", "square"], {"steps", "mean", "square"}):
        with pytest.raises(ValueError, match="state: expected a dictionary"):
            optimizer.load_state_dict(other)
    assert optimizer.state_dict() == before
    optimizer.load_state_dict({"steps": 3, "mean": [-0.5], "square": [0.25]})
    assert optimizer.state_dict() == {"steps": 3, "mean": [-0.5], "square": [0.25]}


def test_adamw_and_adagrad_by_hand():
    """One step from w = 2 with the gradient 0.5, as the papers have it."""
    w = Value(2.0)
    w.grad = 0.5
    optim.AdamW([w], 0.1, weight_decay=0.3, epsilon=1e-8).step()
    assert w.data == pytest.approx(2 - 0.1 * 0.3 * 2 - 0.1 * 0.5 / (0.5 + 1e-8), rel=1e-15)
    w = Value(2.0)
    w.grad = 0.5
    adagrad = optim.Adagrad([w], 0.1, epsilon=1e-10)
    adagrad.step()
    first = 2 - 0.1 * 0.5 / (0.5 + 1e-10)
    assert w.data == pytest.approx(first, rel=1e-15)
    adagrad.step()
    assert w.data == pytest.approx(first - 0.1 * 0.5 / (math.sqrt(0.5) + 1e-10), rel=1e-15)


def test_groups_have_rates_of_their_own():
    a, b, c = Value(1.0), Value(1.0), Value(1.0)
    optimizer = optim.SGD(
        [a, optim.Group([b], 0.5), optim.Group([c], optim.step_decay(1.0, 1, 0.1))], 0.1
    )
    assert optimizer.parameters == [a, b, c]
    for _ in range(2):
        a.grad = b.grad = c.grad = 1.0
        optimizer.step()
    assert [p.data for p in (a, b, c)] == pytest.approx([0.8, 0.0, -0.1], rel=1e-15, abs=1e-15)
    with pytest.raises(ValueError, match="rate: expected"):
        optim.SGD([a, optim.Group([b], -1.0)])
    with pytest.raises(ValueError, match="every parameter once"):
        optim.SGD([a, optim.Group([a], 0.1)])


def test_gradients_are_clipped():
    a, b = Value(1.0), Value(1.0)
    a.grad, b.grad = 3.0, -4.0
    assert optim.clip_norm([a, b], 10.0) == 5.0
    assert (a.grad, b.grad) == (3.0, -4.0)
    assert optim.clip_norm([a, b], 1.0) == 5.0
    assert (a.grad, b.grad) == pytest.approx((0.6, -0.8), rel=1e-15)
    optim.clip_value([a, b], 0.7)
    assert (a.grad, b.grad) == pytest.approx((0.6, -0.7), rel=1e-15)
    a.grad = b.grad = 1e200  # whose squares overflow
    assert optim.clip_norm([a, b], 1.0) == pytest.approx(math.sqrt(2) * 1e200)
    assert a.grad == pytest.approx(math.sqrt(0.5), rel=1e-15)


SCHEDULES = {
    "step": optim.step_decay(0.1, 3),
    "exponential": optim.exponential_decay(0.1, 0.9),
    "linear": optim.linear_decay(0.1, 0.001, 7),
    "cosine": optim.cosine_decay(0.1, 0.001, 7),
    "warmup": optim.warmup(optim.linear_decay(0.1, 0.001, 7), 4),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_and_optimisers_are_pickled(name):
    optimizer = optim.Adam([Value(1.0)], SCHEDULES[name])
    again = pickle.loads(pickle.dumps(optimizer))
    assert [again.rate(n) for n in range(12)] == [SCHEDULES[name](n) for n in range(12)]


@pytest.mark.parametrize("steps", [3, 7, 10, 49])
@pytest.mark.parametrize("make", [optim.linear_decay, optim.cosine_decay])
def test_a_decay_ends_exactly_where_it_was_to_end(make, steps):
    for start, end in ((0.1, 0.001), (0.3, 0.1), (1.0, 0.0)):
        assert make(start, end, steps)(steps) == end
        assert make(start, end, steps)(steps + 5) == end
        assert make(start, end, steps)(0) == start


def test_warmup_rises_in_equal_steps():
    rate = optim.warmup(0.4, 4)
    assert [rate(n) for n in range(6)] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.4, 0.4])


def test_after_the_warmup_its_schedule_begins_at_its_first_step():
    rate = optim.warmup(optim.linear_decay(1.0, 0.0, 4), 2)
    assert [rate(n) for n in range(8)] == pytest.approx([0.5, 1, 1, 0.75, 0.5, 0.25, 0, 0])


def test_a_plateau_reduces_the_rate_and_a_lower_loss_does_not():
    rate = optim.ReduceOnPlateau(0.1, factor=0.1, patience=2, least=0.005)
    rates = []
    for loss in (3.0, 2.0, 2.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0):
        rate.observe(loss)
        rates.append(rate(0))
    assert rates == pytest.approx([0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.005, 0.005, 0.005])


def test_settings_may_be_any_numbers_and_leave_floats_behind():
    """A momentum in float32 would lower the precision of all that it is multiplied by."""
    for kind in (np.float32, np.float64, np.float16, Fraction, Decimal, np.int64):
        w = Value(1.0)
        sgd = optim.SGD(
            [w], optim.warmup(kind(1), np.int64(2)), momentum=kind(0), weight_decay=kind(0)
        )
        adam = optim.Adam([w], kind(1), betas=(kind(0), kind(0)), epsilon=kind(1))
        for optimizer in (sgd, adam, optim.Adagrad([w], kind(1), epsilon=kind(1))):
            w.grad = 0.5
            optimizer.step()
            state = json.loads(json.dumps(optimizer.state_dict()))
            optimizer.load_state_dict({**state, "steps": np.int64(1)})
            assert type(optimizer.steps) is int
        assert type(w.data) is float
