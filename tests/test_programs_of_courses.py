"""Programs in the manners that courses teach: every right one, and its twins with one slip.

Which lines are right was decided by hand, from the chain rule. A program held against differences
stands in ``test_programs.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from micrograd_like.marking.records import Report
from micrograd_like.worksheet import Worksheet


def report(code: str) -> Report:
    return Worksheet.parse("import numpy as np\n" + code, format="python").check()


def verdicts(code: str) -> list[tuple[str, str]]:
    return [(line.verdict, line.source.strip()) for line in report(code).lines]


@dataclass(frozen=True)
class Twin:
    """A slip in a program that is right.

    Attributes:
        sentence: What it is about.
        code: The program.
        line: A part of it.
        slip: What stands there instead.
        found: What must be found wrong; ``slip`` itself where nothing is said.
    """

    sentence: str
    code: str
    line: str
    slip: str
    found: str = ""


PIECE = """
def tanh(x):
    return np.tanh(x)
def tanh_derivative(x):
    return 1 - np.tanh(x)**2
def forward(self, x):
    self.z1 = np.dot(self.W1, x) + self.b1
    self.a1 = tanh(self.z1)
    self.z2 = np.dot(self.W2, self.a1) + self.b2
    self.output = tanh(self.z2)
    return self.output
def backward(self, x, target):
    output_error = (target - self.output) * tanh_derivative(self.z2)
    hidden_error = np.dot(self.W2.T, output_error) * tanh_derivative(self.z1)
    self.W2 += self.lr * np.dot(output_error, self.a1.T)
    self.b2 += self.lr * output_error
    self.W1 += self.lr * np.dot(hidden_error, x.T)
    self.b1 += self.lr * hidden_error
"""
FLAG = """
def nonlin(x, deriv=False):
    if deriv == True:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))
X = np.array([[0, 1, 1], [1, 0, 1]])
y = np.array([[1], [0]])
syn0 = 2 * np.random.random((3, 4)) - 1
syn1 = 2 * np.random.random((4, 1)) - 1
for j in range(1000):
    l1 = nonlin(np.dot(X, syn0))
    l2 = nonlin(np.dot(l1, syn1))
    l2_delta = (y - l2) * nonlin(l2, deriv=True)
    l1_delta = l2_delta.dot(syn1.T) * nonlin(l1, deriv=True)
    syn1 += l1.T.dot(l2_delta)
    syn0 += X.T.dot(l1_delta)
"""
LISTS = """
class Network:
    def __init__(self, sizes):
        self.sizes = sizes
        self.biases = [np.random.randn(y, 1) for y in sizes[1:]]
        self.weights = [np.random.randn(y, x) for x, y in zip(sizes[:-1], sizes[1:])]
    def update(self, batch, eta):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        for x, y in batch:
            delta_b, delta_w = self.backprop(x, y)
            nabla_b = [nb + db for nb, db in zip(nabla_b, delta_b)]
            nabla_w = [nw + dw for nw, dw in zip(nabla_w, delta_w)]
        self.weights = [w - eta / len(batch) * nw for w, nw in zip(self.weights, nabla_w)]
        self.biases = [b - eta / len(batch) * nb for b, nb in zip(self.biases, nabla_b)]
    def backprop(self, x, y):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        activation = x
        activations = [x]
        zs = []
        for b, w in zip(self.biases, self.weights):
            z = np.dot(w, activation) + b
            zs.append(z)
            activation = sigmoid(z)
            activations.append(activation)
        delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, activations[-2].transpose())
        for l in range(2, len(self.sizes)):
            sp = sigmoid_prime(zs[-l])
            delta = np.dot(self.weights[-l + 1].transpose(), delta) * sp
            nabla_b[-l] = delta
            nabla_w[-l] = np.dot(delta, activations[-l - 1].transpose())
        return nabla_b, nabla_w
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))
"""
CACHES = """
def linear_forward(A, W, b):
    Z = W.dot(A) + b
    return Z, (A, W, b)
def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = np.dot(dZ, A_prev.T) / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db
parameters = {
    "W1": np.random.randn(4, 3), "b1": np.zeros((4, 1)),
    "W2": np.random.randn(2, 4), "b2": np.zeros((2, 1)),
}
X = np.random.randn(3, 5)
Y = np.random.rand(2, 5)
grads = {}
Z1, cache1 = linear_forward(X, parameters["W1"], parameters["b1"])
A1 = np.tanh(Z1)
Z2, cache2 = linear_forward(A1, parameters["W2"], parameters["b2"])
A2 = 1 / (1 + np.exp(-Z2))
cost = -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / 5
dZ2 = A2 - Y
dA1, grads["W2"], grads["b2"] = linear_backward(dZ2, cache2)
dZ1 = dA1 * (1 - A1**2)
dA0, grads["W1"], grads["b1"] = linear_backward(dZ1, cache1)
for l in range(1, 3):
    parameters["W" + str(l)] -= 0.1 * grads["W" + str(l)]
    parameters["b" + str(l)] -= 0.1 * grads["b" + str(l)]
"""
FUNCTIONS = """
def propagate(X, Y, parameters):
    W1, b1 = parameters["W1"], parameters["b1"]
    W2, b2 = parameters["W2"], parameters["b2"]
    m = X.shape[1]
    A1 = np.tanh(np.dot(W1, X) + b1)
    A2 = 1 / (1 + np.exp(-(np.dot(W2, A1) + b2)))
    cost = -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m
    dZ2 = A2 - Y
    dW2 = np.dot(dZ2, A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = np.dot(W2.T, dZ2) * (1 - A1**2)
    dW1 = np.dot(dZ1, X.T) / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return cost, {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}
"""
STORED = """
class Dense:
    def __init__(self, n_in, n_out):
        self.weights = 0.1 * np.random.randn(n_in, n_out)
        self.biases = np.zeros((1, n_out))
    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.dot(inputs, self.weights) + self.biases
    def backward(self, dvalues):
        self.dweights = np.dot(self.inputs.T, dvalues)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)
        self.dinputs = np.dot(dvalues, self.weights.T)
"""
NORM = """
def norm_forward(x, gamma, beta):
    mu = np.mean(x, axis=0)
    xhat = (x - mu) / np.sqrt(np.mean((x - mu)**2, axis=0) + 1e-8)
    out = gamma * xhat + beta
    return out, (xhat, gamma)
def norm_backward(dout, cache):
    xhat, gamma = cache
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    return dxhat, dgamma, dbeta
"""
LABELS = """
num_examples = len(X)
def build_model(hidden):
    W1 = np.random.randn(2, hidden)
    b1 = np.zeros((1, hidden))
    W2 = np.random.randn(hidden, 3)
    b2 = np.zeros((1, 3))
    z1 = X.dot(W1) + b1
    a1 = np.tanh(z1)
    z2 = a1.dot(W2) + b2
    probs = np.exp(z2) / np.sum(np.exp(z2), axis=1, keepdims=True)
    delta3 = probs
    delta3[range(num_examples), y] -= 1
    dW2 = (a1.T).dot(delta3)
    db2 = np.sum(delta3, axis=0, keepdims=True)
    delta2 = delta3.dot(W2.T) * (1 - np.power(a1, 2))
    dW1 = np.dot(X.T, delta2)
    db1 = np.sum(delta2, axis=0)
    W1 += -0.1 * dW1
    b1 += -0.1 * db1
    W2 += -0.1 * dW2
    b2 += -0.1 * db2
"""
RECURRENT = """
Wxh = np.random.randn(4, 3)
Whh = np.random.randn(4, 4)
Why = np.random.randn(3, 4)
bh = np.zeros((4, 1))
def loss_of(x, t, hprev):
    hs = {}
    hs[-1] = np.copy(hprev)
    hs[0] = np.tanh(np.dot(Wxh, x) + np.dot(Whh, hs[-1]) + bh)
    y = np.dot(Why, hs[0])
    loss = np.sum((y - t)**2)
    dy = 2 * (y - t)
    dWhy = np.dot(dy, hs[0].T)
    dh = np.dot(Why.T, dy)
    draw = (1 - hs[0] * hs[0]) * dh
    dbh = draw
    dWxh = np.dot(draw, x.T)
    dWhh = np.dot(draw, hs[-1].T)
    return loss, dWxh, dWhh, dWhy, dbh
"""
IN_PLACE = """
x = np.array([[0.0, 1.0], [1.0, 0.5]])
t = np.array([[1.0], [0.0]])
W = np.random.uniform(size=(2, 1))
b = np.random.uniform(size=(1, 1))
net = np.dot(x, W)
net += b
out = 1 / (1 + np.exp(-net))
error = t - out
d_out = error * out * (1 - out)
W += x.T.dot(d_out) * 0.1
b += np.sum(d_out, axis=0, keepdims=True) * 0.1
"""
ADDED = """
x = np.array([[0.0, 1.0], [1.0, 0.5]])
t = np.array([[1.0], [0.0]])
w = np.random.rand(2, 3)
v = np.random.rand(3, 1)
h = np.tanh(np.dot(x, w))
out = np.dot(h, v)
d_v = np.dot(h.T, 2 * (t - out))
d_w = np.dot(x.T, np.dot(2 * (t - out), v.T) * (1 - h**2))
w += d_w
v += d_v
"""

PROGRAMS = {
    "methods without their class": PIECE,
    "a function that is asked for its derivative": FLAG,
    "lists of weights and of gradients": LISTS,
    "dictionaries of parameters, caches in tuples": CACHES,
    "functions whose data nobody gives": FUNCTIONS,
    "layers that keep what they give": STORED,
    "a scale and a shift for each column": NORM,
    "labels in an index, data counted before it is used": LABELS,
    "a state that is copied into a dictionary": RECURRENT,
    "a bias that is added in place": IN_PLACE,
    "steps that are called gradients": ADDED,
}
TWINS = [
    Twin(
        "σ′ that is written of z is given the output",
        PIECE,
        "* tanh_derivative(self.z2)",
        "* tanh_derivative(self.output)",
    ),
    Twin(
        "and at a hidden layer",
        PIECE,
        "* tanh_derivative(self.z1)",
        "* tanh_derivative(self.a1)",
    ),
    Twin(
        "a helper that is no derivative of what its name says",
        PIECE,
        "return 1 - np.tanh(x)**2",
        "return 1 - np.tanh(x)",
    ),
    Twin(
        "σ′ that is written of the output is given z",
        FLAG,
        "nonlin(l2, deriv=True)",
        "nonlin(np.dot(l1, syn1), deriv=True)",
    ),
    Twin("a delta without σ′", FLAG, "(syn1.T) * nonlin(l1, deriv=True)", "(syn1.T)", "l1_delta ="),
    Twin("a delta with the other sign", FLAG, "(y - l2)", "(l2 - y)"),
    Twin("a list of weights that go uphill", LISTS, "w - eta", "w + eta"),
    Twin("a delta of a list without σ′", LISTS, "delta) * sp", "delta)", "delta = np.dot(self"),
    Twin("σ′ of the output of a list", LISTS, "(zs[-1])", "(activations[-1])"),
    Twin("a mean that is missing", CACHES, "np.dot(dZ, A_prev.T) / m", "np.dot(dZ, A_prev.T)"),
    Twin("a mean that is handed on", CACHES, "np.dot(W.T, dZ)", "np.dot(W.T, dZ) / m"),
    Twin("a first delta with the other sign", CACHES, "dZ2 = A2 - Y", "dZ2 = Y - A2"),
    Twin("a bias summed along its own axis", FUNCTIONS, "np.sum(dZ1, axis=1", "np.sum(dZ1, axis=0"),
    Twin("a sum over the wrong axis of a layer", STORED, "axis=0", "axis=1"),
    Twin("another factor of a scale", NORM, "dout * xhat,", "dout * xhat**2,"),
    Twin("σ′ of what is no output", LABELS, "np.power(a1, 2)", "np.power(z1, 2)"),
    Twin("uphill where labels are an index", LABELS, "b2 += -0.1", "b2 += 0.1"),
    Twin("the state itself for the one before", RECURRENT, "(draw, hs[-1].T)", "(draw, hs[0].T)"),
    Twin("a bias added in place goes uphill", IN_PLACE, "b += np.sum", "b -= np.sum"),
    Twin("one of several steps taken away", ADDED, "w += d_w", "w -= d_w"),
]


@pytest.mark.parametrize("code", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_a_right_program_has_right_lines_and_no_other(code: str) -> None:
    found = verdicts(code)
    assert not [line for line in found if line[0] not in ("right", "taken")]
    assert sum(verdict == "right" for verdict, _ in found) >= 3


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.sentence)
def test_a_slip_is_found_where_it_stands(twin: Twin) -> None:
    code = twin.code.replace(twin.line, twin.slip, 1)
    assert code != twin.code
    wrong = [source for verdict, source in verdicts(code) if verdict == "wrong"]
    assert wrong
    assert all((twin.found or twin.slip) in source for source in wrong)
