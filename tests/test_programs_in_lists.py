"""Programs without arrays: lists, loops over elements, dictionaries and objects of neurons."""

from __future__ import annotations

import pytest

from micrograd_like.marking.records import Report
from micrograd_like.worksheet import Worksheet


def report(code: str) -> Report:
    return Worksheet.parse(code.strip("\n") + "\n", format="python").check()


PROGRAMS = {
    "lists of lists, and a loop for every index": """
import math, random

def squash(v):
    return 1 / (1 + math.exp(-v))

n_in, n_mid, n_out = 2, 3, 1
v = [[random.uniform(-1, 1) for _ in range(n_in)] for _ in range(n_mid)]
c = [0.1] * n_mid
u = [[random.uniform(-1, 1) for _ in range(n_mid)] for _ in range(n_out)]
d = [0.2] * n_out
rate = 0.1
samples = [([0, 0], [0]), ([0, 1], [1]), ([1, 1], [0])]
for epoch in range(500):
    for x, t in samples:
        mid = [0.0] * n_mid
        for j in range(n_mid):
            s = c[j]
            for i in range(n_in):
                s += v[j][i] * x[i]
            mid[j] = squash(s)
        out = [0.0] * n_out
        for k in range(n_out):
            s = d[k]
            for j in range(n_mid):
                s += u[k][j] * mid[j]
            out[k] = squash(s)
        delta_out = [0.0] * n_out
        for k in range(n_out):
            delta_out[k] = (out[k] - t[k]) * out[k] * (1 - out[k])
        delta_mid = [0.0] * n_mid
        for j in range(n_mid):
            back = 0.0
            for k in range(n_out):
                back += delta_out[k] * u[k][j]
            delta_mid[j] = back * mid[j] * (1 - mid[j])
        for k in range(n_out):
            for j in range(n_mid):
                u[k][j] -= rate * delta_out[k] * mid[j]
            d[k] -= rate * delta_out[k]
        for j in range(n_mid):
            for i in range(n_in):
                v[j][i] -= rate * delta_mid[j] * x[i]
            c[j] -= rate * delta_mid[j]
""",
    "a network of dictionaries": """
from math import exp
from random import random

def build(sizes):
    net = []
    for before, size in zip(sizes, sizes[1:]):
        net.append([{"w": [random() for _ in range(before + 1)]} for _ in range(size)])
    return net

def forward(net, row):
    signals = row
    for layer in net:
        following = []
        for unit in layer:
            total = unit["w"][-1]
            for i in range(len(signals)):
                total += unit["w"][i] * signals[i]
            unit["out"] = 1.0 / (1.0 + exp(-total))
            following.append(unit["out"])
        signals = following
    return signals

def backward(net, wanted):
    for i in reversed(range(len(net))):
        layer = net[i]
        misses = []
        if i != len(net) - 1:
            for j in range(len(layer)):
                miss = 0.0
                for unit in net[i + 1]:
                    miss += unit["w"][j] * unit["delta"]
                misses.append(miss)
        else:
            for j in range(len(layer)):
                misses.append(layer[j]["out"] - wanted[j])
        for j in range(len(layer)):
            unit = layer[j]
            unit["delta"] = misses[j] * unit["out"] * (1.0 - unit["out"])

def update(net, row, rate):
    for i in range(len(net)):
        signals = row
        if i != 0:
            signals = [unit["out"] for unit in net[i - 1]]
        for unit in net[i]:
            for j in range(len(signals)):
                unit["w"][j] -= rate * unit["delta"] * signals[j]
            unit["w"][-1] -= rate * unit["delta"]

net = build([2, 2, 2])
rows = [[2.7, 2.5], [1.4, 2.3], [7.6, 2.7]]
wanted = [[1, 0], [1, 0], [0, 1]]
for epoch in range(20):
    for row, target in zip(rows, wanted):
        forward(net, row)
        backward(net, target)
        update(net, row, 0.5)
""",
    "neurons as objects": """
import math, random

class Unit:
    rate = 0.5

    def __init__(self, n):
        self.w = [random.uniform(-1, 1) for _ in range(n)]
        self.b = random.uniform(-1, 1)
        self.out = 0
        self.delta = 0
        self.inputs = []

    def fire(self, inputs):
        self.inputs = inputs
        total = self.b
        for w, x in zip(self.w, inputs):
            total += w * x
        self.out = 1 / (1 + math.exp(-total))
        return self.out

class Net:
    def __init__(self):
        self.mid = [Unit(2) for _ in range(3)]
        self.last = Unit(3)

    def forward(self, x):
        return self.last.fire([unit.fire(x) for unit in self.mid])

    def backward(self, target):
        miss = self.last.out - target
        self.last.delta = miss * self.last.out * (1 - self.last.out)
        for i, unit in enumerate(self.mid):
            unit.delta = self.last.delta * self.last.w[i] * unit.out * (1 - unit.out)
        for i in range(len(self.last.w)):
            self.last.w[i] -= Unit.rate * self.last.delta * self.last.inputs[i]
        self.last.b -= Unit.rate * self.last.delta
        for unit in self.mid:
            for i in range(len(unit.w)):
                unit.w[i] -= Unit.rate * unit.delta * unit.inputs[i]
            unit.b -= Unit.rate * unit.delta

net = Net()
for epoch in range(1000):
    for x, t in [([0, 0], 0), ([0, 1], 1), ([1, 0], 1)]:
        net.forward(x)
        net.backward(t)
""",
    "a line through data from a file": """
import csv

sizes, prices = [], []
with open("flats.csv") as file:
    for row in csv.reader(file):
        sizes.append(float(row[0]))
        prices.append(float(row[1]))
m = len(sizes)
theta0, theta1, alpha = 0.0, 0.0, 0.01
for step in range(1500):
    grad0 = 0.0
    grad1 = 0.0
    for i in range(m):
        h = theta0 + theta1 * sizes[i]
        grad0 += h - prices[i]
        grad1 += (h - prices[i]) * sizes[i]
    grad0 /= m
    grad1 /= m
    theta0 = theta0 - alpha * grad0
    theta1 = theta1 - alpha * grad1
""",
    "gradients that a function gives back": """
def gradients(w, b, xs, ys):
    dw, db = 0.0, 0.0
    n = len(xs)
    for x, y in zip(xs, ys):
        fit = w * x + b
        dw += 2 * (fit - y) * x / n
        db += 2 * (fit - y) / n
    return dw, db

xs = [1.5, 2.0, 3.0, 4.0]
ys = [3.1, 4.9, 7.2, 8.8]
w, b = 0.0, 0.0
for i in range(200):
    dw, db = gradients(w, b, xs, ys)
    w = w - 0.01 * dw
    b = b - 0.01 * db
""",
    "a perceptron": """
rows = [[2.7, 2.5, 0], [1.4, 2.3, 0], [7.6, 2.7, 1]]
w = [0.0 for _ in range(3)]
for epoch in range(5):
    for row in rows:
        z = w[0]
        for i in range(len(row) - 1):
            z += w[i + 1] * row[i]
        fired = 1.0 if z >= 0.0 else 0.0
        miss = row[-1] - fired
        w[0] = w[0] + 0.1 * miss
        for i in range(len(row) - 1):
            w[i + 1] = w[i + 1] + 0.1 * miss * row[i]
""",
    "gradients that are put into a list, from the last layer to the first": """
import math
x, target = 0.8, 0.3
weights = [0.5, -0.4, 0.9]
acts = [x]
for w in weights:
    acts.append(math.tanh(w * acts[-1]))
loss = (acts[-1] - target) ** 2
grads = []
delta = 2 * (acts[-1] - target)
for i in reversed(range(len(weights))):
    delta = delta * (1 - acts[i + 1] ** 2)
    grads.append(delta * acts[i])
    delta = delta * weights[i]
grads.reverse()
for i in range(len(weights)):
    weights[i] -= 0.1 * grads[i]
""",
    "a function of lists, its gradients as lists": """
import math
w = [2.0, -3.0, -1.5]
x = [-1.0, -2.0]
dot = w[0] * x[0] + w[1] * x[1] + w[2]
f = 1.0 / (1 + math.exp(-dot))
ddot = (1 - f) * f
dx = [w[0] * ddot, w[1] * ddot]
dw = [x[0] * ddot, x[1] * ddot, 1.0 * ddot]
""",
    "parameters and gradients under keys": """
import math

def forward(x, p):
    h = math.tanh(p["w1"] * x + p["b1"])
    return h, p["w2"] * h + p["b2"]

def backward(x, t, p, h, y):
    dy = 2 * (y - t)
    dh = dy * p["w2"]
    grads = {}
    grads["w2"] = dy * h
    grads["b2"] = dy
    grads["w1"] = dh * (1 - h ** 2) * x
    grads["b1"] = dh * (1 - h ** 2)
    return grads

params = {"w1": 0.3, "b1": 0.1, "w2": -0.4, "b2": 0.2}
for epoch in range(100):
    for x, t in [(0.1, 0.0), (0.5, 0.48), (1.0, 0.84)]:
        h, y = forward(x, params)
        loss = (y - t) ** 2
        grads = backward(x, t, params, h, y)
        for k in params:
            params[k] -= 0.05 * grads[k]
""",
    "weights of both layers in one dictionary": """
import math, random
w = {"in": [[random.random() for _ in range(2)] for _ in range(2)],
     "out": [random.random() for _ in range(2)]}
b = {"in": [0.0, 0.0], "out": 0.0}
x, y, rate = [1, 0.5], 1, 0.5

def sig(z):
    return 1 / (1 + math.exp(-z))

mid = []
for j in range(2):
    z = b["in"][j]
    for i in range(2):
        z += w["in"][j][i] * x[i]
    mid.append(sig(z))
o = sig(b["out"] + sum(w["out"][j] * mid[j] for j in range(2)))
miss = o - y
delta_o = miss * o * (1 - o)
delta_m = [delta_o * w["out"][j] * mid[j] * (1 - mid[j]) for j in range(2)]
for j in range(2):
    w["out"][j] -= rate * delta_o * mid[j]
    b["in"][j] -= rate * delta_m[j]
    for i in range(2):
        w["in"][j][i] -= rate * delta_m[j] * x[i]
b["out"] -= rate * delta_o
""",
    "layers in lists of arrays, from the last to the first": """
import numpy as np

class Net:
    def __init__(self, sizes):
        self.count = len(sizes)
        self.biases = [np.random.randn(y, 1) for y in sizes[1:]]
        self.weights = [np.random.randn(y, x) for x, y in zip(sizes[:-1], sizes[1:])]

    def step(self, batch, rate):
        db = [np.zeros(b.shape) for b in self.biases]
        dw = [np.zeros(w.shape) for w in self.weights]
        for x, y in batch:
            more_b, more_w = self.back(x, y)
            db = [n + m for n, m in zip(db, more_b)]
            dw = [n + m for n, m in zip(dw, more_w)]
        self.weights = [w - rate / len(batch) * n for w, n in zip(self.weights, dw)]
        self.biases = [b - rate / len(batch) * n for b, n in zip(self.biases, db)]

    def back(self, x, y):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        signal = x
        signals, zs = [x], []
        for b, w in zip(self.biases, self.weights):
            z = np.dot(w, signal) + b
            zs.append(z)
            signal = squash(z)
            signals.append(signal)
        delta = (signals[-1] - y) * squash_prime(zs[-1])
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, signals[-2].T)
        for l in range(2, self.count):
            delta = np.dot(self.weights[-l + 1].T, delta) * squash_prime(zs[-l])
            nabla_b[-l] = delta
            nabla_w[-l] = np.dot(delta, signals[-l - 1].T)
        return nabla_b, nabla_w

def squash(z):
    return 1.0 / (1.0 + np.exp(-z))

def squash_prime(z):
    return squash(z) * (1 - squash(z))
""",
    "two outputs, each with its own part of what goes back": """
import math
def total(w, x):
    return w[0] + w[1] * x[0] + w[2] * x[1]
def squash(s):
    return 1.0 / (1 + math.exp(-s))
for i in range(len(X)):
    h1 = squash(total(w_h1, X[i]))
    h2 = squash(total(w_h2, X[i]))
    o1 = squash(total(w_o1, [h1, h2]))
    o2 = squash(total(w_o2, [h1, h2]))
    d1 = (t1 - o1) * o1 * (1 - o1)
    d2 = (t2 - o2) * o2 * (1 - o2)
    d_h11 = h1 * (1 - h1) * w_o1[1] * d1
    d_h12 = h1 * (1 - h1) * w_o2[1] * d2
    d_h21 = h2 * (1 - h2) * w_o1[2] * d1
    d_h22 = h2 * (1 - h2) * w_o2[2] * d2
    w_h1[0] = w_h1[0] + rate * (d_h11 + d_h12)
    w_h2[0] = w_h2[0] + rate * (d_h21 + d_h22)
    w_o1[0] = w_o1[0] + rate * d1
    w_o1[1] = w_o1[1] + rate * d1 * h1
    w_o2[1] = w_o2[1] + rate * d2 * h1
    for j in range(2):
        w_h1[j + 1] = w_h1[j + 1] + rate * (d_h11 + d_h12) * X[i][j]
""",
    "a part of the weights, and the one that stands alone": """
import numpy as np
w = np.zeros(1 + X.shape[1])
for epoch in range(20):
    z = np.dot(X, w[1:]) + w[0]
    p = 1 / (1 + np.exp(-z))
    miss = y - p
    w[1:] += 0.1 * X.T.dot(miss)
    w[0] += 0.1 * miss.sum()
""",
}
#: For each program its slips: what is right, and what stands instead.
SLIPS = [
    ("lists of lists, and a loop for every index", right, wrong)
    for right, wrong in (
        ("delta_mid[j] * x[i]", "delta_mid[j] * mid[j]"),
        ("back * mid[j] * (1 - mid[j])", "back"),
        ("u[k][j] -= rate", "u[k][j] += rate"),
        ("back += delta_out[k] * u[k][j]", "back += delta_out[k]"),
        ("out[k] * (1 - out[k])", "out[k] * (1 + out[k])"),
    )
]
SLIPS += [
    ("a network of dictionaries", right, wrong)
    for right, wrong in (
        (
            'unit["w"][j] -= rate * unit["delta"] * signals[j]',
            'unit["w"][j] += rate * unit["delta"] * signals[j]',
        ),
        ('layer[j]["out"] - wanted[j]', 'layer[j]["out"] + wanted[j]'),
        ('misses[j] * unit["out"] * (1.0 - unit["out"])', "misses[j]"),
        ('unit["w"][-1] -= rate * unit["delta"]', 'unit["w"][-1] -= rate * unit["out"]'),
    )
]
SLIPS += [
    ("neurons as objects", right, wrong)
    for right, wrong in (
        ("unit.w[i] -= Unit.rate", "unit.w[i] += Unit.rate"),
        ("self.last.w[i] * unit.out * (1 - unit.out)", "self.last.w[i]"),
        ("self.last.out * (1 - self.last.out)", "self.last.out * (1 + self.last.out)"),
        ("unit.b -= Unit.rate * unit.delta", "unit.b -= Unit.rate * self.last.delta"),
    )
]
SLIPS += [
    ("a line through data from a file", right, wrong)
    for right, wrong in (
        ("(h - prices[i]) * sizes[i]", "(h + prices[i]) * sizes[i]"),
        ("grad0 += h - prices[i]", "grad0 += (h - prices[i]) * sizes[i]"),
        ("theta1 - alpha", "theta1 + alpha"),
    )
]
SLIPS += [
    ("gradients that a function gives back", right, wrong)
    for right, wrong in (
        ("2 * (fit - y) * x / n", "2 * (fit - y) / n"),
        ("db += 2 * (fit - y)", "db += 2 * (y - fit)"),
        ("b = b - 0.01 * db", "b = b - 0.01 * dw"),
    )
]
SLIPS += [
    (
        "a part of the weights, and the one that stands alone",
        "w[0] += 0.1 * miss.sum()",
        "w[0] -= 0.1 * miss.sum()",
    ),
    ("a perceptron", "w[i + 1] + 0.1 * miss * row[i]", "w[i + 1] - 0.1 * miss * row[i]"),
    ("a perceptron", "row[-1] - fired", "fired - row[-1]"),
]
SLIPS += [
    ("gradients that are put into a list, from the last layer to the first", right, wrong)
    for right, wrong in (
        ("(1 - acts[i + 1] ** 2)", "(1 - acts[i] ** 2)"),
        ("grads.append(delta * acts[i])", "grads.append(delta * acts[i + 1])"),
        ("2 * (acts[-1] - target)", "2 * (acts[-1] + target)"),
        ("weights[i] -= 0.1", "weights[i] += 0.1"),
    )
]
SLIPS += [
    ("a function of lists, its gradients as lists", right, wrong)
    for right, wrong in (
        ("[w[0] * ddot, w[1] * ddot]", "[w[1] * ddot, w[0] * ddot]"),
        ("1.0 * ddot]", "f * ddot]"),
        ("(1 - f) * f", "(1 + f) * f"),
    )
]

SLIPS += [
    ("parameters and gradients under keys", right, wrong)
    for right, wrong in (
        ('dy * p["w2"]', 'dy * p["w1"]'),
        ('grads["w2"] = dy * h', 'grads["w2"] = dy * x'),
        ("params[k] -= 0.05", "params[k] += 0.05"),
        ("2 * (y - t)", "2 * (t - y)"),
    )
]
SLIPS += [
    ("weights of both layers in one dictionary", right, wrong)
    for right, wrong in (
        ("rate * delta_m[j] * x[i]", "rate * delta_m[i] * x[j]"),
        ('w["out"][j] * mid[j] * (1 - mid[j]) for', 'w["out"][j] for'),
        ('b["out"] -= rate * delta_o', 'b["out"] -= rate * miss'),
    )
]
SLIPS += [
    ("layers in lists of arrays, from the last to the first", right, wrong)
    for right, wrong in (
        ("delta) * squash_prime(zs[-l])", "delta)"),
        ("return squash(z) * (1 - squash(z))", "return squash(z) * (1 + squash(z))"),
    )
]


@pytest.mark.parametrize("sentence", PROGRAMS)
def test_a_right_program_is_read_and_nothing_in_it_accused(sentence: str) -> None:
    counts = report(PROGRAMS[sentence]).counts
    assert not counts["wrong"]
    assert not counts["unreadable"]
    assert counts["right"] > 1


@pytest.mark.parametrize(("sentence", "right", "wrong"), SLIPS)
def test_a_slip_is_found_where_it_stands(sentence: str, right: str, wrong: str) -> None:
    code = PROGRAMS[sentence].strip("\n")
    assert code.count(right) == 1
    line = code[: code.index(right)].count("\n") + 1
    marks = report(code.replace(right, wrong)).lines
    assert {mark.line for mark in marks if mark.verdict == "wrong"} == {line}


def test_what_a_loop_gives_element_by_element_is_marked_on_its_line() -> None:
    marks = report(PROGRAMS["lists of lists, and a loop for every index"]).lines
    assert all(mark.verdict == "right" for mark in marks if "rate *" in mark.source)
    assert len({mark.line for mark in marks}) == len(marks)


#: Functions that say they are derivatives, and what the line that returns something comes to.
DERIVATIVES = {
    "of the argument": ("1 / (1 + np.exp(-z))", "f(z) * (1 - f(z))", "f_prime(z)", ""),
    "of the output": ("1 / (1 + np.exp(-z))", "z * (1 - z)", "f_prime(a)", ""),
    "another sign": ("1 / (1 + np.exp(-z))", "f(z) * (1 + f(z))", "f_prime(z)", "wrong"),
    "another sign, of the output": ("np.tanh(z)", "1 + z**2", "f_prime(a)", "wrong"),
    "a square left out": ("np.tanh(z)", "1 - np.tanh(z)", "f_prime(z)", "wrong"),
    "a factor left out": ("1 / (1 + np.exp(-z))", "f(z)", "f_prime(z)", "wrong"),
    "the other side of 0": ("np.maximum(0, z)", "np.where(z > 0, 0, 1)", "f_prime(z)", "wrong"),
    "right at 0, too": ("np.maximum(0, z)", "np.where(z > 0, 1, 0)", "f_prime(z)", ""),
}


@pytest.mark.parametrize("sentence", DERIVATIVES)
def test_a_function_is_held_against_the_derivative_that_its_name_says(sentence: str) -> None:
    formula, derivative, call, verdict = DERIVATIVES[sentence]
    code = f"""
import numpy as np
def f(z):
    return {formula}
def f_prime(z):
    return {derivative}
x, w, t = 0.5, 0.8, 1.0
z = w * x
a = f(z)
E = 0.5 * (a - t)**2
dz = (a - t) * {call}
w -= 0.1 * dz * x
"""
    marks = report(code).lines
    wrong = [mark.source for mark in marks if mark.verdict == "wrong"]
    assert wrong == ([f"return {derivative}"] if verdict else [])


def test_what_uses_renewed_weights_is_told_where_it_stands() -> None:
    lines = (
        PROGRAMS["two outputs, each with its own part of what goes back"].strip("\n").split("\n")
    )
    late = [line for line in lines if "d_h" in line and "rate" not in line]
    renewed = [line for line in lines if "w_o" in line and "rate" in line]
    others = [line for line in lines if line not in (*late, *renewed)]
    place = others.index(next(line for line in others if "rate" in line))
    marks = report("\n".join([*others[:place], *renewed, *late, *others[place:]])).lines
    wrong = [mark for mark in marks if mark.verdict == "wrong"]
    assert {mark.source for mark in wrong} == {
        line.strip() for line in late if "w_o1[1]" in line or "w_o2[1]" in line
    }
    assert {mark.causes[0].code for mark in wrong} == {"updated-too-early"}


VALUES = """
import math

class Value:
    def __init__(self, data, children=()):
        self.data = data
        self.grad = 0.0
        self.children = set(children)
        self._backward = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))
        def _backward():
            self.grad += out.grad
            other.grad += 1.0 * out.grad
        out._backward = _backward
        return out

    def __mul__(self, other):
        out = Value(self.data * other.data, (self, other))
        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out._backward = _backward
        return out

    def __pow__(self, k):
        out = Value(self.data ** k, (self,))
        def _backward():
            self.grad += k * self.data ** (k - 1) * out.grad
        out._backward = _backward
        return out

    def tanh(self):
        t = math.tanh(self.data)
        out = Value(t, (self,))
        def _backward():
            self.grad += (1 - t ** 2) * out.grad
        out._backward = _backward
        return out

    def relu(self):
        out = Value(0 if self.data < 0 else self.data, (self,))
        def _backward():
            self.grad += (out.data > 0) * out.grad
        out._backward = _backward
        return out
"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("", ""),
        ("self.grad += other.data * out.grad", "self.grad = other.data * out.grad"),
        ("other.grad += self.data * out.grad", "other.grad += other.data * out.grad"),
        ("self.grad += (1 - t ** 2) * out.grad", "self.grad += 1 - t ** 2"),
        ("k * self.data ** (k - 1) * out.grad", "k * self.data ** k * out.grad"),
        ("other.grad += 1.0 * out.grad", "other.grad += other.data * out.grad"),
        ("(out.data > 0) * out.grad", "(out.data > 0)"),
    ],
)
def test_the_way_back_of_an_operation_is_held_against_it(right: str, wrong: str) -> None:
    marks = report(VALUES.replace(right, wrong, 1) if right else VALUES).lines
    found = [mark.source for mark in marks if mark.verdict == "wrong"]
    assert len(found) == bool(right)
    assert all(wrong in source for source in found)
    assert sum(mark.verdict == "right" for mark in marks) == 7 - bool(right)


#: What lists and objects may hold beside numbers: read, passed over or doubted, never more.
ODD = {
    "a list of lists behind another": """
a = [[1, 2], [3]]
b = a + [[4, 5]]
c = 2.0 * b[0][1]
""",
    "an empty list that is filled with nothing": """
a = []
b = [a, a]
for x in a:
    b.append(x * 2)
""",
    "a function that gives a comparison": """
def low(v):
    return v == 0
x = 2.0
a = low(x)
b = low(t)
""",
    "rows of other lengths": """
a = [[1.0, 2.0], [3.0]]
for r in a:
    s = 0
    for v in r:
        s += v * v
""",
    "a loop over keys and what is under them": """
p = {'a': 1.0, 'b': [1.0, 2.0]}
for k in p:
    q = p[k]
""",
    "an element that is not there": """
a = [1.0]
for i in range(3):
    a[i] -= 0.1 * a[i]
""",
    "an element of an empty list": """
a = []
for i in range(3):
    a[i] = 2.0 * i
b = 3.0 * 2
""",
    "another name of what is free, less what is free": """
q, r = p0, p1
d_q = q
c = [d_q - t0, r - t1]
e = 3.0 * c[0]
""",
    "a list of texts": """
a = ['x', 'y'] * 2
b = a + ['z']
c = len(b) * 1.5
""",
}


@pytest.mark.parametrize("sentence", ODD)
def test_odd_lists_are_no_mistakes(sentence: str) -> None:
    assert not report(ODD[sentence]).counts["wrong"]


#: Two products one behind the other, by objects of one class: dp is by that object's own p.
CHAIN = """
class Product:
    def forward(self, p, q):
        self.p = p
        self.q = q
        return p * q

    def backward(self, dout):
        dp = dout * self.q
        dq = dout * self.p
        return dp, dq

count, price, rate = 3.0, 20.0, 1.5
first, second = Product(), Product()
amount = first.forward(price, count)
total = second.forward(amount, rate)
dtotal = 1.0
damount, drate = second.backward(dtotal)
dprice, dcount = first.backward(damount)
"""


def test_objects_of_one_class_have_gradients_of_their_own() -> None:
    assert not report(CHAIN).counts["wrong"], str(report(CHAIN))
    assert report(CHAIN.replace("dout * self.q", "dout * self.p")).counts["wrong"]
