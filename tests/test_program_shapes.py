"""Shapes of programs: what cannot be computed is a slip; what is only guessed is none."""

from __future__ import annotations

from functools import cache

import pytest

from micrograd_like.marking.records import Report
from micrograd_like.worksheet import Worksheet


@cache
def report(code: str) -> Report:
    return Worksheet.parse("import numpy as np\n" + code, format="python").check()


def wrong(code: str) -> list[str]:
    return [line.source for line in report(code).lines if line.verdict == "wrong"]


NET = """
def sig(z):
    return 1 / (1 + np.exp(-z))
def slope(s):
    return s * (1 - s)
X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 0], [1, 1, 1]])
t = np.array([[0], [1], [1], [0], [1]])
W1 = np.random.randn(3, 2)
b1 = np.zeros((1, 2))
W2 = np.random.randn(2, 1)
b2 = np.zeros((1, 1))
lr = 0.1
for epoch in range(100):
    h = sig(X @ W1 + b1)
    p = sig(h @ W2 + b2)
    miss = t - p
    d_out = miss * slope(p)
    back = d_out @ W2.T
    d_hid = back * slope(h)
    db2 = np.sum(d_out, axis=0, keepdims=True)
    W2 += lr * h.T @ d_out
    b2 += lr * db2
    W1 += lr * X.T @ d_hid
    b1 += lr * np.sum(d_hid, axis=0, keepdims=True)
    if epoch % 10 == 0:
        loss = np.mean(np.square(miss))
"""

#: A line, the same with a slip, and the cause that is named first.
SLIPS = [
    ("W1 += lr * X.T @ d_hid", "W1 += lr * X @ d_hid", "shape"),
    ("back = d_out @ W2.T", "back = d_out @ W1.T", "shape"),
    ("back = d_out @ W2.T", "back = d_out @ W2", "shape"),
    (
        "b1 += lr * np.sum(d_hid, axis=0, keepdims=True)",
        "b1 += lr * np.sum(d_hid, axis=1, keepdims=True)",
        "shape",
    ),
    (
        "db2 = np.sum(d_out, axis=0, keepdims=True)",
        "db2 = np.sum(d_out, axis=1, keepdims=True)",
        "wrong-axis",
    ),
    ("d_hid = back * slope(h)", "d_hid = back", "missing-factor"),
]


def test_the_network_is_right() -> None:
    assert not {line.verdict for line in report(NET).lines} & {"wrong", "follows", "unreadable"}


@pytest.mark.parametrize(("line", "slip", "cause"), SLIPS)
def test_a_slip_is_found_where_it_stands(line: str, slip: str, cause: str) -> None:
    assert NET.count(line) == 1
    code = NET.replace(line, slip)
    assert wrong(code) == [slip]
    found = next(mark for mark in report(code).lines if mark.verdict == "wrong")
    assert found.causes[0].code == cause


#: Functions whose arrays nobody gives: their shapes are chosen.
PAIR = """
def forward(w1, w2, x):
    z1 = np.dot(w1, x)
    a1 = np.tanh(z1)
    a2 = np.dot(w2, a1)
    return a1, a2
def backward(m, w2, x, a1, a2, y):
    dz2 = a2 - y
    dw2 = np.dot(dz2, a1.T) / m
    dz1 = np.dot(w2.T, dz2) * (1 - a1**2)
    dw1 = np.dot(dz1, x.T) / m
    return dw1, dw2
"""
GUESSED = [
    ("dw2 = np.dot(dz2, a1.T) / m", "dw2 = np.dot(dz2, a1) / m", "shape"),
    ("dz1 = np.dot(w2.T, dz2) * (1 - a1**2)", "dz1 = np.dot(w2.T, dz2)", "missing-factor"),
    ("dz1 = np.dot(w2.T, dz2) * (1 - a1**2)", "dz1 = np.dot(w2.T, dz2) * (1 + a1**2)", "sign"),
]


@pytest.mark.parametrize(("line", "slip", "cause"), GUESSED)
def test_operands_that_are_the_right_ones_have_to_be_turned(
    line: str, slip: str, cause: str
) -> None:
    assert not wrong(PAIR)
    code = PAIR.replace(line, slip)
    assert wrong(code) == [slip]
    found = next(mark for mark in report(code).lines if mark.verdict == "wrong")
    assert found.causes[0].code == cause


SILENT = {
    "a part of an array whose sizes are small ones here": """
X = np.random.randn(500, 20)
W = np.random.randn(20, 10)
batch = X[:50]
Y = np.random.randn(50, 10)
out = batch @ W
dout = out - Y
dW = batch.T @ dout
""",
    "a table of weights whose keys are put together, a bias that is looked at for its shape": """
def linear(A_prev, W, b):
    Z = np.dot(W, A_prev) + b
    return Z, (A_prev, W, b)
def model(X, parameters):
    L = len(parameters) // 2
    Z, cache = linear(X, parameters["W" + str(L)], parameters["b" + str(L)])
    A = 1 / (1 + np.exp(-Z))
    return A, cache
def cost_of(A, Y):
    m = Y.shape[1]
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    return cost
def linear_back(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = np.dot(dZ, A_prev.T) / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    assert db.shape == b.shape
    return dW, db
def train(X, Y, parameters):
    A, cache = model(X, parameters)
    cost = cost_of(A, Y)
    dW, db = linear_back(A - Y, cache)
""",
    "data from elsewhere, its samples counted in two places": """
def cost_of(A, Y):
    m = Y.shape[1]
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    return cost
def back(dZ, A_prev):
    m = A_prev.shape[1]
    dW = np.dot(dZ, A_prev.T) / m
    return dW
inputs, labels = load()
W = np.random.randn(3, 4)
A = 1 / (1 + np.exp(-np.dot(W, inputs)))
cost = cost_of(A, labels)
dW = back(A - labels, inputs)
""",
    "a small number that has a name": """
x = np.array([[0.5, -0.2], [0.1, 0.4], [0.3, 0.9]])
y = np.array([[1.0], [0.0], [1.0]])
w = np.array([[0.3], [0.7]])
eps = 1e-8
p = 1 / (1 + np.exp(-x @ w))
loss = -np.sum(y * np.log(p + eps) + (1 - y) * np.log(1 - p + eps))
dz = p - y
dw = x.T @ dz
""",
    "the error that is handed on, of a mean of squares": """
x = np.array([[0.5, -0.2], [0.1, 0.4], [0.3, 0.9], [0.2, 0.2], [0.6, 0.1]])
y = np.array([[1.0], [0.0], [1.0], [0.3], [0.2]])
w = np.array([[0.3], [0.7]])
z = x @ w
loss = np.mean((y - z)**2)
dz = z - y
dw = x.T @ dz
w -= 0.1 * dw
""",
    "a function that is called again with something else": """
w = np.array([[0.3], [0.7]])
def predict(x):
    z = x @ w
    return z
x = np.array([[0.5, -0.2], [0.1, 0.4]])
y = np.array([[1.0], [0.0]])
z = predict(x)
loss = np.sum((z - y)**2)
dz = 2 * (z - y)
dw = x.T @ dz
picture = predict(np.zeros((4, 3)))
""",
}


@pytest.mark.parametrize("code", SILENT.values(), ids=SILENT.keys())
def test_what_may_fit_is_not_accused(code: str) -> None:
    assert not [x.source for x in report(code).lines if x.verdict in ("wrong", "unreadable")]
