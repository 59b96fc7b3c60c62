"""Pieces of programs, layers in lists, loops over samples: every right one with a slip's twin."""

from __future__ import annotations

from functools import cache

import pytest

from micrograd_like.marking.records import Report
from micrograd_like.worksheet import Worksheet


@cache
def report(code: str) -> Report:
    return Worksheet.parse(code.strip("\n") + "\n", format="python").check()


METHODS = """
    def forward(self):
        self.hidden = sigmoid(np.dot(self.inputs, self.w1))
        self.out = sigmoid(np.dot(self.hidden, self.w2))

    def backward(self):
        delta = (self.y - self.out) * sigmoid_derivative(self.out)
        step2 = np.dot(self.hidden.T, delta)
        step1 = np.dot(self.inputs.T, np.dot(delta, self.w2.T) * sigmoid_derivative(self.hidden))
        self.w1 += step1
        self.w2 += step2
"""
LAYERS = """
class Affine:
    def __init__(self, rows, columns):
        self.W = np.random.randn(rows, columns) * 0.1
        self.b = np.zeros(columns)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, grad):
        dW = self.x.T @ grad
        db = grad.sum(axis=0)
        dx = grad @ self.W.T
        self.W -= 0.1 * dW
        self.b -= 0.1 * db
        return dx

class Tanh:
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, grad):
        return grad * (1 - self.out**2)

layers = [Affine(2, 4), Tanh(), Affine(4, 1)]
X = np.random.randn(5, 2)
Y = X[:, :1] * X[:, 1:]
for step in range(200):
    out = X
    for layer in layers:
        out = layer.forward(out)
    loss = np.mean((out - Y)**2)
    grad = 2 * (out - Y) / Y.size
    for layer in reversed(layers):
        grad = layer.backward(grad)
"""
SAMPLES = """
X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1]])
y = np.array([0, 1, 1])
W = np.random.rand(2, 3) - 0.5
v = np.random.rand(2) - 0.5
for epoch in range(1000):
    total_loss = 0
    grad_W = np.zeros_like(W)
    grad_v = np.zeros_like(v)
    for xi, yi in zip(X, y):
        h = np.tanh(W @ xi)
        e = v @ h - yi
        total_loss += 0.5 * e**2
        grad_v += e * h
        grad_W += np.outer(e * v * (1 - h**2), xi)
    W -= 0.1 * grad_W
    v -= 0.1 * grad_v
"""
ONE_UNIT = """
def propagate(w, b, X, Y):
    m = X.shape[1]
    A = sigmoid(np.dot(w.T, X) + b)
    cost = (-1/m) * np.sum(Y*np.log(A) + (1-Y)*np.log(1-A))
    dw = (1/m) * np.dot(X, (A-Y).T)
    db = (1/m) * np.sum(A-Y)
    return dw, db

def optimize(w, b, X, Y, rate):
    for i in range(100):
        dw, db = propagate(w, b, X, Y)
        w = w - rate*dw
        b = b - rate*db
    return w, b
"""
LINE = """
X = 2 * np.random.rand(100, 1)
y = 4 + 3 * X + np.random.randn(100, 1)
m = 0.0
c = 0.0
n = float(len(X))
for i in range(1000):
    y_pred = m*X + c
    d_m = (-2/n) * sum(X * (y - y_pred))
    d_c = (-2/n) * sum(y - y_pred)
    m = m - 0.01 * d_m
    c = c - 0.01 * d_c
"""
NO_COST = """
class Net:
    def train(self, inputs, targets):
        hidden = sigmoid(np.dot(self.wih, inputs))
        final = sigmoid(np.dot(self.who, hidden))
        errors = targets - final
        delta = errors * final * (1 - final)
        hidden_errors = np.dot(self.who.T, delta)
        self.who += self.lr * np.dot(delta, hidden.T)
        self.wih += self.lr * np.dot(hidden_errors * hidden * (1 - hidden), inputs.T)
"""
SHARES = """
class Net:
    def forward(self, X):
        self.a1 = np.tanh(np.dot(X, self.w1))
        e = np.exp(np.dot(self.a1, self.w2))
        return e / np.sum(e, axis=1, keepdims=True)

    def backward(self, X, y, y_hat):
        delta2 = (y_hat - y) / X.shape[0]
        delta1 = np.dot(delta2, self.w2.T) * (1 - self.a1**2)
        self.w2 -= self.lr * np.dot(self.a1.T, delta2)
        self.w1 -= self.lr * np.dot(X.T, delta1)
"""
#: What it is about, the program, a line of it, and that line with a slip.
TWINS = {
    "layers in a list, each gone through, and what one of them returns": (
        LAYERS,
        "return grad * (1 - self.out**2)",
        "return grad * (1 - self.out)",
    ),
    "the first gradient of layers in a list": (
        LAYERS,
        "grad = 2 * (out - Y) / Y.size",
        "grad = 2 * (Y - out) / Y.size",
    ),
    "gradients that are added up over the samples": (
        SAMPLES,
        "grad_W += np.outer(e * v * (1 - h**2), xi)",
        "grad_W += np.outer(e * v * (1 - h)**2, xi)",
    ),
    "a single unit, whose bias takes the sum of all": (
        ONE_UNIT,
        "db = (1/m) * np.sum(A-Y)",
        "db = (1/m) * np.sum(Y-A)",
    ),
    "the mean is missing in one of the gradients": (
        ONE_UNIT,
        "dw = (1/m) * np.dot(X, (A-Y).T)",
        "dw = np.dot(X, (A-Y).T)",
    ),
    "no cost: the weights nearest to the output settle which": (
        NO_COST,
        "hidden_errors = np.dot(self.who.T, delta)",
        "hidden_errors = np.dot(self.who.T, errors)",
    ),
    "a way back that is given the output by another name": (
        SHARES,
        "delta1 = np.dot(delta2, self.w2.T) * (1 - self.a1**2)",
        "delta1 = np.dot(delta2, self.w2.T) * (1 + self.a1**2)",
    ),
}


@pytest.mark.parametrize("sentence", TWINS)
def test_a_right_piece_is_not_accused(sentence: str) -> None:
    code, right, _ = TWINS[sentence]
    lines = report(code).lines
    assert not [line.source for line in lines if line.verdict in ("wrong", "follows", "unreadable")]
    assert {line.verdict for line in lines if line.source == right} <= {"right", "taken"}


@pytest.mark.parametrize("sentence", TWINS)
def test_a_slip_in_a_piece_is_found(sentence: str) -> None:
    code, right, wrong = TWINS[sentence]
    assert code.count(right) == 1
    lines = report(code.replace(right, wrong)).lines
    assert [line.source for line in lines if line.verdict == "wrong"] == [wrong]


SILENT = {
    "targets made up of the data, and Python's own sum": LINE,
    "methods without their class, a derivative that nobody defines": METHODS,
    "a return outside a function": "x = 2.0\nw = 0.5\nreturn w * x\n",
    "layers whose number nobody gives": """
class Net:
    def __init__(self, sizes):
        self.biases = [np.random.randn(y, 1) for y in sizes[1:]]
        self.weights = [np.random.randn(y, x) for x, y in zip(sizes[:-1], sizes[1:])]

    def backprop(self, x, y):
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        a, given, sums = x, [x], []
        for b, w in zip(self.biases, self.weights):
            z = np.dot(w, a) + b
            sums.append(z)
            a = sigmoid(z)
            given.append(a)
        delta = (given[-1] - y) * sigmoid_prime(sums[-1])
        nabla_w[-1] = np.dot(delta, given[-2].T)
        delta = np.dot(self.weights[-1].T, delta) * sigmoid_prime(sums[-2])
        nabla_w[-2] = np.dot(delta, given[-3].T)
        return nabla_w
""",
}


@pytest.mark.parametrize("code", SILENT.values(), ids=SILENT.keys())
def test_a_piece_is_read_without_an_accusation(code: str) -> None:
    assert not [x.source for x in report(code).lines if x.verdict in ("wrong", "unreadable")]
