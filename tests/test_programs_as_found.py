"""Programs as people write them: classes, layers, data from files; every slip with its twin."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pytest

from micrograd_like.marking.records import Report
from micrograd_like.worksheet import Worksheet


@cache
def report(code: str) -> Report:
    return Worksheet.parse("import numpy as np\n" + code, format="python").check()


@dataclass(frozen=True)
class Twins:
    """A program that is right, and what a slip makes of one of its lines.

    Attributes:
        sentence: What it is about.
        code: The program.
        line: A line of it that must be found right.
        slip: The same line with a slip, which must be found wrong, and nothing beside it.
    """

    sentence: str
    code: str
    line: str
    slip: str


PERCEPTRON = """
class Net:
    def __init__(self, n_in, n_hidden, lr=0.1):
        self.lr = lr
        self.W1 = np.random.randn(n_in, n_hidden) * 0.01
        self.b1 = np.zeros((1, n_hidden))
        self.W2 = np.random.randn(n_hidden, 1) * 0.01
        self.A1 = None

    def _forward(self, X):
        self.A1 = np.tanh(np.dot(X, self.W1) + self.b1)
        self.A2 = np.dot(self.A1, self.W2)
        return self.A2

    def _backward(self, X, y):
        m = X.shape[0]
        dZ2 = self.A2 - y
        dW2 = np.dot(self.A1.T, dZ2) / m
        dZ1 = np.dot(dZ2, self.W2.T) * (1 - self.A1**2)
        dW1 = np.dot(X.T, dZ1) / m
        db1 = np.sum(dZ1, axis=0, keepdims=True) / m
        self.W2 -= self.lr * dW2
        self.W1 -= self.lr * dW1
        self.b1 -= self.lr * db1

    def fit(self, X, y):
        y = y.reshape(-1, 1)
        for _ in range(100):
            y_hat = self._forward(X)
            loss = np.mean((y - y_hat)**2) / 2
            self._backward(X, y)

    def predict(self, X):
        return (self._forward(X) > 0.5).astype(int)
"""
LAYERS = """
class Sigmoid:
    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        dx = dout * self.out * (1 - self.out)
        return dx

class Affine:
    def __init__(self, W, b):
        self.params = [W, b]
        self.x = None

    def forward(self, x):
        W, b = self.params
        self.x = x
        out = np.dot(self.x, W) + b
        return out

    def backward(self, dout):
        W, b = self.params
        dx = np.dot(dout, W.T)
        dW = np.dot(self.x.T, dout)
        db = np.sum(dout, axis=0)
        return dx
"""
WITH_CACHE = """
def affine_forward(x, w, b):
    out = x.dot(w) + b
    cache = (x, w, b)
    return out, cache

def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T)
    dw = x.T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db
"""
DIGITS = """
import pandas as pd
data = np.array(pd.read_csv("digits.csv"))
m, n = data.shape
train = data[1000:m].T
Y_train = train[0]
X_train = train[1:n] / 255.0

def softmax(Z):
    A = np.exp(Z) / np.sum(np.exp(Z), axis=0)
    return A

def one_hot(Y):
    hot = np.zeros((Y.size, Y.max() + 1))
    hot[np.arange(Y.size), Y] = 1
    return hot.T

def forward(W1, W2, X):
    A1 = np.tanh(W1.dot(X))
    A2 = softmax(W2.dot(A1))
    return A1, A2

def backward(A1, A2, W2, X, Y):
    m = Y.size
    dZ2 = A2 - one_hot(Y)
    dW2 = 1 / m * dZ2.dot(A1.T)
    dZ1 = W2.T.dot(dZ2) * (1 - A1**2)
    dW1 = 1 / m * dZ1.dot(X.T)
    return dW1, dW2

def train_all(X, Y, alpha, iterations):
    W1 = np.random.rand(10, 784) - 0.5
    W2 = np.random.rand(10, 10) - 0.5
    for i in range(iterations):
        A1, A2 = forward(W1, W2, X)
        dW1, dW2 = backward(A1, A2, W2, X, Y)
        W1 = W1 - alpha * dW1
        W2 = W2 - alpha * dW2
        if i % 100 == 0:
            print(f"pass {i}: {np.argmax(A2, axis=0)}")
    return W1, W2

train_all(X_train, Y_train, 0.1, 500)
"""
KEYS = """
def initialize(n_x, n_h, n_y):
    params = {}
    for l, (rows, cols) in enumerate(zip([n_h, n_y], [n_x, n_h]), start=1):
        params["W" + str(l)] = np.random.randn(rows, cols) * 0.01
        params[f"b{l}"] = np.zeros((rows, 1))
    return params

def propagate(X, Y, params, grads, m):
    W1, b1 = params["W1"], params["b1"]
    A1 = np.tanh(W1 @ X + b1)
    A2 = params["W2"] @ A1 + params["b2"]
    cost = np.sum((A2 - Y)**2) / (2 * m)
    dZ2 = A2 - Y
    grads["dW2"] = dZ2 @ A1.T / m
    dZ1 = params["W2"].T @ dZ2 * (1 - A1**2)
    grads["dW1"] = dZ1 @ X.T / m
    return cost

params = initialize(3, 4, 2)
X = np.random.randn(3, 5)
Y = np.random.randn(2, 5)
cost = propagate(X, Y, params, {}, 5)
"""
PICKED = """
def loss_and_gradients(X, y, W1, W2, reg):
    N = X.shape[0]
    h = np.maximum(0, X.dot(W1))
    scores = h.dot(W2)
    probs = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(probs[np.arange(N), y])) / N
    dscores = probs.copy()
    dscores[np.arange(N), y] -= 1
    dscores /= N
    dW2 = h.T.dot(dscores)
    dh = dscores.dot(W2.T)
    dh[h <= 0] = 0
    dW1 = X.T.dot(dh)
    return loss, dW1, dW2
"""
COUNTED = """
def slopes(X, Y, W1, b1, W2):
    m = X.shape[1]
    A1 = np.tanh(np.dot(W1, X) + b1)
    A2 = 1 / (1 + np.exp(-np.dot(W2, A1)))
    cost = -1. / m * np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))
    dZ2 = A2 - Y
    dW2 = 1. / m * np.dot(dZ2, A1.T)
    dZ1 = np.dot(W2.T, dZ2) * (1 - A1**2)
    dW1 = 1. / m * np.dot(dZ1, X.T)
    db1 = 1. / m * np.sum(dZ1, axis=1, keepdims=True)
"""
TWINS = (
    Twins(
        "a factor that is no number of samples by chance",
        COUNTED,
        "db1 = 1. / m * np.sum(dZ1, axis=1, keepdims=True)",
        "db1 = 4. / m * np.sum(dZ1, axis=1, keepdims=True)",
    ),
    Twins(
        "a class whose methods call one another, the gradient of its output",
        PERCEPTRON,
        "dZ2 = self.A2 - y",
        "dZ2 = self.A2 + y",
    ),
    Twins(
        "a class, a link left out",
        PERCEPTRON,
        "dZ1 = np.dot(dZ2, self.W2.T) * (1 - self.A1**2)",
        "dZ1 = np.dot(dZ2, self.W2.T) * (1 - self.A1)",
    ),
    Twins(
        "a class, an update of its own",
        PERCEPTRON,
        "self.W1 -= self.lr * dW1",
        "self.W1 += self.lr * dW1",
    ),
    Twins(
        "a layer whose cost is behind it",
        LAYERS,
        "dx = dout * self.out * (1 - self.out)",
        "dx = dout * self.out * (1 + self.out)",
    ),
    Twins(
        "an affine layer, its parameters in a list",
        LAYERS,
        "dW = np.dot(self.x.T, dout)",
        "dW = 2 * np.dot(self.x.T, dout)",
    ),
    Twins(
        "two functions with a cache",
        WITH_CACHE,
        "dx = dout.dot(w.T)",
        "dx = -dout.dot(w.T)",
    ),
    Twins(
        "data from a file, labels made one-hot, no cost written",
        DIGITS,
        "dZ1 = W2.T.dot(dZ2) * (1 - A1**2)",
        "dZ1 = W2.T.dot(dZ2) * (1 - A1)",
    ),
    Twins(
        "weights and gradients under keys that are put together",
        KEYS,
        'dZ1 = params["W2"].T @ dZ2 * (1 - A1**2)',
        'dZ1 = params["W2"].T @ dZ2 * (1 + A1**2)',
    ),
    Twins(
        "of every row the element of its class",
        PICKED,
        "dW2 = h.T.dot(dscores)",
        "dW2 = h.T.dot(probs)",
    ),
)


@pytest.mark.parametrize("twins", TWINS, ids=lambda twins: twins.sentence)
def test_a_right_program_is_right(twins: Twins) -> None:
    lines = report(twins.code).lines
    assert not [line.source for line in lines if line.verdict in ("wrong", "follows", "unreadable")]
    assert [line.verdict for line in lines if line.source == twins.line] == ["right"]


@pytest.mark.parametrize("twins", TWINS, ids=lambda twins: twins.sentence)
def test_a_slip_is_found_where_it_stands(twins: Twins) -> None:
    assert twins.code.count(twins.line) == 1
    lines = report(twins.code.replace(twins.line, twins.slip)).lines
    assert [line.source for line in lines if line.verdict == "wrong"] == [twins.slip]


SILENT = {
    "a factor that may be the number of samples, whose data nobody has": """
class Net:
    def __init__(self, n):
        self.W = np.random.normal(0, 1, (1, n))
    def forward(self, X):
        self.A = np.dot(self.W, X)
        return self.A
    def backward(self):
        dz = self.A - self.Y.T
        self.dW = 1 / 209 * dz.dot(self.X.T)
        self.W -= 0.1 * self.dW
    def train(self, X, Y):
        self.X, self.Y = X, Y.reshape(209, 1)
        for i in range(100):
            self.forward(X)
            loss_sum = np.sum((self.Y - self.A.T)**2) / 2
            self.backward()
""",
    "figures put in anew for what was computed": """
z = np.array([[1.0], [2.0]])
p = 1 / (1 + np.exp(-z))
t = np.array([[0.0], [1.0]])
loss = np.sum(-t * np.log(p) - (1 - t) * np.log(1 - p))
dL_dz = p - t
p = np.array([[0.5], [0.9]])
dL_dz = p - t
""",
    "a branch that decides nothing here": """
if len(data) > 3:
    def helper(x):
        return x
x = 2.0
w = 0.5
loss = (w * x - 1)**2
dw = 2 * (w * x - 1) * x
""",
    "an output less its target, whose cost nobody has written": """
X = np.random.randn(3, 4)
W = np.random.randn(2, 3)
Y = np.random.randn(2, 4)
Z = W @ X
A = np.exp(Z) / np.exp(Z).sum()
dZ = A - Y
dW = dZ @ X.T
W = W - 0.1 * dW
""",
    "a number of samples that is taken of two arrays": """
def forward(X, W, b):
    A = 1 / (1 + np.exp(-(W @ X + b)))
    return A
def cost_of(A, Y):
    m = Y.shape[1]
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    return cost
def backward(A, X, Y):
    m = X.shape[1]
    dZ = A - Y
    dW = dZ @ X.T / m
    return dW
def train(X, Y, W, b):
    A = forward(X, W, b)
    cost = cost_of(A, Y)
    dW = backward(A, X, Y)
    return dW
""",
    "a derivative that is not finite where it is tried": """
def adam(w, g, m, t):
    beta = 0.9
    m = beta * m + (1 - beta) * g
    hat = m / (1 - beta**t)
    w -= 0.1 * hat
    return w
""",
    "an activation that is told by a text": """
class Layer:
    def __init__(self, activation):
        self.activation = activation
    def forward(self, x):
        self.x = x
        if self.activation == "tanh":
            self.out = np.tanh(x)
        else:
            self.out = np.maximum(0, x)
        return self.out
    def backward(self, dout):
        if self.activation == "tanh":
            dx = dout * (1 - self.out**2)
        else:
            dx = dout * (self.x > 0)
        return dx
""",
}


@pytest.mark.parametrize("code", SILENT.values(), ids=SILENT.keys())
def test_what_need_not_be_wrong_is_not_accused(code: str) -> None:
    assert not [line.source for line in report(code).lines if line.verdict == "wrong"]
