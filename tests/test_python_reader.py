"""Python's backward passes, read and never run: what is right, what is wrong, what is in doubt."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd_like.formula import Call, Name
from micrograd_like.marking.records import Report
from micrograd_like.ops import OPS, Op
from micrograd_like.worksheet import Worksheet

LOGISTIC = "import numpy as np\ndef s(z):\n    return 1 / (1 + np.exp(-z))\n"


def report(code: str) -> Report:
    return Worksheet.parse(code, format="python").check()


def verdicts(code: str) -> dict[str, str]:
    """The verdict of every line by its text; of one that stands there twice, the last."""
    return {line.source: line.verdict for line in report(code).lines}


@dataclass(frozen=True)
class Case:
    """A program: the lines that must be wrong, with a cause of each; all others must not be."""

    sentence: str
    code: str
    wrong: dict[str, str] = field(default_factory=dict)
    right: tuple[str, ...] = ()


CASES = (
    Case(
        "the link through the hidden unit is left out",
        LOGISTIC
        + "h=s(w1*x)\np=w2*h\nloss=(p-t)**2\n"
        + "dloss_dp=2*(p-t)\ndloss_dh=dloss_dp*w2\ndloss_dw1=dloss_dh*x\n",
        {"dloss_dw1=dloss_dh*x": "missing-factor"},
        ("dloss_dp=2*(p-t)", "dloss_dh=dloss_dp*w2"),
    ),
    Case(
        "the same with the link",
        LOGISTIC
        + "h=s(w1*x)\np=w2*h\nloss=(p-t)**2\n"
        + "dloss_dp=2*(p-t)\ndloss_dh=dloss_dp*w2\ndloss_dw1=dloss_dh*h*(1-h)*x\n",
        {},
        ("dloss_dw1=dloss_dh*h*(1-h)*x",),
    ),
    Case(
        "an error less than the target is added: the sign is in it",
        "from math import exp\nh = 0.6\nv = 0.3\nt = 1.0\nlr = 0.5\no = 1/(1+exp(-v*h))\n"
        "error=t-o\ndelta=error*o*(1-o)\nv+=lr*delta*h\n",
        {},
        ("error=t-o", "delta=error*o*(1-o)", "v+=lr*delta*h"),
    ),
    Case(
        "the same taken away goes up",
        "from math import exp\nh = 0.6\nv = 0.3\nt = 1.0\nlr = 0.5\no = 1/(1+exp(-v*h))\n"
        "error=t-o\ndelta=error*o*(1-o)\nv-=lr*delta*h\n",
        {"v-=lr*delta*h": "ascent"},
        ("error=t-o", "delta=error*o*(1-o)"),
    ),
    Case(
        "a step that has the rate in it is no gradient, though its name is one's",
        "from math import exp\nh = 0.6\nv = 0.3\nt = 1.0\nlr = 0.5\no = 1/(1+exp(-v*h))\n"
        "delta=(t-o)*o*(1-o)\nd_v=lr*delta*h\nv_updated=v+d_v\n",
        {},
        ("delta=(t-o)*o*(1-o)", "v_updated=v+d_v"),
    ),
    Case(
        "a gradient without it is one",
        "from math import exp\nh = 0.6\nv = 0.3\nt = 1.0\nlr = 0.5\no = 1/(1+exp(-v*h))\n"
        "delta=(o-t)*o*(1-o)\nd_v=delta*h*h\nnew_v=v-lr*d_v\n",
        {"d_v=delta*h*h": ""},
        ("delta=(o-t)*o*(1-o)",),
    ),
    Case(
        "a number of a program is exact: one that is far off is not rounded",
        "from math import tanh\nx = 2\nw = 0.5\ny = tanh(w*x)\ndy_dw = 0.31\n",
        {"dy_dw = 0.31": "unknown"},
        (),
    ),
    Case(
        "a bias of two rows has a gradient of two rows",
        "import numpy as np\nA1 = np.random.randn(3, 4)\nW2 = np.random.randn(2, 3)\n"
        "b2 = np.zeros((2, 1))\nY = np.array([[1, 0, 0, 1], [0, 1, 1, 0]])\n"
        "Z2 = W2 @ A1 + b2\nA2 = 1/(1+np.exp(-Z2))\nm = Y.shape[1]\n"
        "cost = -np.sum(Y*np.log(A2) + (1-Y)*np.log(1-A2))/m\n"
        "dZ2=A2-Y\ndW2=dZ2@A1.T/m\ndb2=np.sum(dZ2)/m\n",
        {"db2=np.sum(dZ2)/m": "wrong-axis"},
        ("dZ2=A2-Y", "dW2=dZ2@A1.T/m"),
    ),
    Case(
        "the second weight is moved by the first one's gradient",
        "import numpy as np\nw = np.array([0.3, -0.2])\nx = np.array([1.5, 2.0])\n"
        "E = 0.5*(w[0]*x[0]+w[1]*x[1] - 1)**2\n"
        "dE_dw_1 = (w[0]*x[0]+w[1]*x[1] - 1)*x[0]\n"
        "dE_dw_2 = (w[0]*x[0]+w[1]*x[1] - 1)*x[1]\n"
        "w_old=w.copy()\nw[0]=w_old[0]-0.1*dE_dw_1\nw[1]=w_old[1]-0.1*dE_dw_1\n",
        {"w[1]=w_old[1]-0.1*dE_dw_1": "wrong-operand"},
        ("w[0]=w_old[0]-0.1*dE_dw_1",),
    ),
    Case(
        "a square matrix is not turned round on the way back",
        "import numpy as np\nx = np.array([0.5, -0.3])\nt = np.array([1.0, 0.2])\n"
        "W1 = np.array([[0.1, 0.4],[-0.6, 0.3]])\nW2 = np.array([[0.7, -0.2],[0.5, 0.9]])\n"
        "h=np.tanh(W1@x)\no=W2@h\ndo=2*(o-t)\ndh=W2@do\n",
        {"dh=W2@do": "transposed"},
        ("do=2*(o-t)",),
    ),
    Case(
        "a mask by the output is the gate of ReLU",
        "import numpy as np\nX = np.random.randn(4,3)\ny = np.random.randn(4,2)\n"
        "W1 = np.random.randn(3,5)\nW2 = np.random.randn(5,2)\nz1 = X@W1\n"
        "h = np.maximum(0, z1)\nz2 = h@W2\nloss = np.sum((z2-y)**2)\ndz2 = 2*(z2-y)\n"
        "dW2 = h.T@dz2\ndh=dz2@W2.T\ndh[h<=0]=0\ndW1 = X.T@dh\n",
        {},
        ("dh=dz2@W2.T", "dh[h<=0]=0", "dW1 = X.T@dh"),
    ),
    Case(
        "a gate by the gradient is none",
        "import numpy as np\nX = np.random.randn(4,3)\ny = np.random.randn(4,2)\n"
        "W1 = np.random.randn(3,5)\nW2 = np.random.randn(5,2)\nz1 = X@W1\n"
        "h = np.maximum(0, z1)\nz2 = h@W2\nloss = np.sum((z2-y)**2)\ndz2 = 2*(z2-y)\n"
        "dh=dz2@W2.T\ndz1 = dh*np.where(dh>0,dh,0)\ndW1 = X.T@dz1\n",
        {"dz1 = dh*np.where(dh>0,dh,0)": ""},
        ("dh=dz2@W2.T", "dW1 = X.T@dz1"),
    ),
    Case(
        "identities of tanh, and names that nobody gives a value",
        "import numpy as np\na=np.tanh(w*x)\nE=0.5*a**2\n"
        "dE_dz=a/np.cosh(w*x)**2\ndE_dw=a*(1+a)*(1-a)*x\n",
        {},
        ("dE_dz=a/np.cosh(w*x)**2", "dE_dw=a*(1+a)*(1-a)*x"),
    ),
)


HEADED = "import numpy as np\n"
TWO_LAYERS = (
    "def forward(X, W1, b1, W2, b2):\n"
    "    Z1 = np.dot(W1, X) + b1\n    A1 = np.tanh(Z1)\n"
    "    Z2 = np.dot(W2, A1) + b2\n    A2 = 1/(1+np.exp(-Z2))\n"
    "    cache = (Z1, A1, Z2, A2)\n    return A2, cache\n"
    "def cost(A2, Y):\n    m = Y.shape[1]\n"
    "    J = -np.sum(np.multiply(Y, np.log(A2)) + np.multiply(1-Y, np.log(1-A2)))/m\n    return J\n"
    "def backward(X, Y, cache, W2):\n    m = X.shape[1]\n    Z1, A1, Z2, A2 = cache\n"
    "    dZ2 = A2 - Y\n    dW2 = np.dot(dZ2, A1.T)/m\n"
    "    dZ1 = np.dot(W2.T, dZ2)*(1 - np.power(A1, 2))\n"
    "    dW1 = np.dot(dZ1, X.T)/m\n    return dW1, dW2\n"
)
NETWORK = (
    "class Network:\n"
    "    def __init__(self, x, y):\n        self.x = x\n        self.y = y\n"
    "        self.w1 = np.random.rand(self.x.shape[1], 4)\n"
    "        self.w2 = np.random.rand(4, 1)\n"
    "    def forward(self):\n        self.h = s(np.dot(self.x, self.w1))\n"
    "        self.out = s(np.dot(self.h, self.w2))\n"
    "    def backward(self):\n        back = 2*(self.y - self.out)*slope(self.out)\n"
    "        d_w2 = np.dot(self.h.T, back)\n"
    "        d_w1 = np.dot(self.x.T, np.dot(back, self.w2.T)*slope(self.h))\n"
    "        self.w1 += d_w1\n        self.w2 += d_w2\n"
    "def slope(a):\n    return a*(1 - a)\n"
    "if __name__ == '__main__':\n"
    "    net = Network(np.array([[0, 1], [1, 1], [1, 0]]), np.array([[0], [1], [1]]))\n"
    "    for step in range(500):\n        net.forward()\n        net.backward()\n"
)
RECURRENT = (
    "xs = [0.5, -0.3, 0.8]\nh = 0.0\nWx = 0.4\nWh = 0.7\nhs = [h]\n"
    "for t in range(3):\n    h = np.tanh(Wx*xs[t] + Wh*h)\n    hs.append(h)\n"
    "loss = 0.5*(h - 0.2)**2\ndWx, dWh = 0.0, 0.0\ndh = h - 0.2\n"
    "for t in reversed(range(3)):\n    da = dh*(1 - hs[t+1]**2)\n"
    "    dWx += da*xs[t]\n    dWh += da*hs[t]\n    dh = da*Wh\n"
    "Wx -= 0.1*dWx\nWh -= 0.1*dWh\n"
)
CASES += (
    Case(
        "functions of layers that nobody calls, their arguments free",
        HEADED + TWO_LAYERS,
        {},
        ("dZ2 = A2 - Y", "dW2 = np.dot(dZ2, A1.T)/m", "dW1 = np.dot(dZ1, X.T)/m"),
    ),
    Case(
        "the slope of tanh by its input",
        HEADED + TWO_LAYERS.replace("np.power(A1, 2)", "np.power(Z1, 2)"),
        {"dZ1 = np.dot(W2.T, dZ2)*(1 - np.power(Z1, 2))": ""},
        ("dZ2 = A2 - Y", "dW1 = np.dot(dZ1, X.T)/m"),
    ),
    Case(
        "a class whose gradients have the sign of the error, and are added",
        LOGISTIC + NETWORK,
        {},
        ("self.w1 += d_w1", "self.w2 += d_w2", "d_w2 = np.dot(self.h.T, back)"),
    ),
    Case(
        "back through time, sums in a loop",
        HEADED + RECURRENT,
        {},
        ("dWx += da*xs[t]", "dWh += da*hs[t]", "Wx -= 0.1*dWx", "Wh -= 0.1*dWh"),
    ),
    Case(
        "the gate asks whether the output is at least 0, which it always is",
        HEADED + "relu = lambda x: (x >= 0) * x\nopen = lambda x: x >= 0\n"
        "a0 = np.array([[1.0, -0.5]])\nt = np.array([[1.0]])\n"
        "w01 = np.array([[0.6, -0.4], [0.2, 0.3]])\nw12 = np.array([[0.5], [-0.7]])\nrate = 0.1\n"
        "a1 = relu(a0.dot(w01))\na2 = a1.dot(w12)\nerror = np.sum((t - a2)**2)\n"
        "a2_delta = t - a2\na1_delta = a2_delta.dot(w12.T) * open(a1)\n"
        "w12 += rate * a1.T.dot(a2_delta)\nw01 += rate * a0.T.dot(a1_delta)\n",
        {"a1_delta = a2_delta.dot(w12.T) * open(a1)": "dead-unit"},
        ("w12 += rate * a1.T.dot(a2_delta)", "w01 += rate * a0.T.dot(a1_delta)"),
    ),
    Case(
        "a derivative of something else than the cost",
        "from math import tanh\nh0 = 0.5\nw = 0.8\nraw = w*h0\nh = tanh(raw)\n"
        "draw_dw = h0\ndh_dw = (1 - raw**2)*draw_dw\n",
        {"dh_dw = (1 - raw**2)*draw_dw": "derivative-at-input"},
        ("draw_dw = h0",),
    ),
    Case(
        "momentum is another rule",
        HEADED + "w = 0.4\nx = 1.5\nv = 0.0\nL = 0.5*(w*x - 1)**2\ndL_dw = (w*x - 1)*x\n"
        "v = 0.9*v - 0.1*dL_dw\nw += v\n",
        {},
        ("dL_dw = (w*x - 1)*x",),
    ),
    Case(
        "weights that start between -1 and 1, and an update in one line",
        HEADED + "X = np.array([[0, 1], [1, 1], [1, 0]])\nY = np.array([[0, 1, 1]]).T\n"
        "w = 2 * np.random.random((2, 1)) - 1\nfor i in range(999):\n"
        "    out = 1 / (1 + np.exp(-(X @ w)))\n    w += X.T @ ((Y - out) * out * (1 - out))\n",
        {},
        ("w += X.T @ ((Y - out) * out * (1 - out))",),
    ),
    Case(
        "Adam divides by the root of a mean of squares, which is no gradient",
        HEADED + "w = np.array([0.1, -0.2])\nx = np.array([1.0, 0.5])\n"
        "p = 1/(1 + np.exp(-(w @ x)))\ngrad = (p - 1)*x\n"
        "m = 0.9*np.zeros(2) + 0.1*grad\nv = 0.999*np.zeros(2) + 0.001*grad**2\n"
        "w = w - 0.01*m/(np.sqrt(v) + 1e-8)\n",
    ),
    Case(
        "a softmax with labels as indices, and a penalty",
        HEADED + "X = np.random.randn(5, 2)\ny = np.zeros(5, dtype='uint8')\n"
        "W = np.random.randn(2, 3)\nb = np.zeros((1, 3))\nn = X.shape[0]\n"
        "for i in range(200):\n  scores = np.dot(X, W) + b\n  e = np.exp(scores)\n"
        "  p = e / np.sum(e, axis=1, keepdims=True)\n"
        "  loss = np.sum(-np.log(p[range(n), y]))/n + 0.5*reg*np.sum(W*W)\n"
        "  dscores = p.copy()\n  dscores[range(n), y] -= 1\n  dscores /= n\n"
        "  dW = np.dot(X.T, dscores)\n  db = np.sum(dscores, axis=0, keepdims=True)\n"
        "  dW += reg * W\n  W += -0.1 * dW\n  b += -0.1 * db\n",
        {},
        ("dscores /= n", "dW += reg * W", "W += -0.1 * dW", "b += -0.1 * db"),
    ),
)


LINE = "x = 2\nw = 1\nb = 0\nt = 1\ny = x*w + b\nloss = (y-t)**2\ndLdy = 2*(y-t)\n"
CASES += (
    Case(
        "a number that its name calls a derivative is one, not a given",
        LINE + "dydb = 1\ndLdb = dLdy*dydb\n",
        {},
        ("dydb = 1", "dLdb = dLdy*dydb"),
    ),
    Case("and may be wrong", LINE + "dydw = 3\n", {"dydw = 3": "other-variable"}),
    Case(
        "a gradient is added to 0, which is no quantity",
        LINE + "dw = 0\ndw += dLdy*x\nw -= 0.1*dw\n",
        {},
        ("dw += dLdy*x", "w -= 0.1*dw"),
    ),
    Case(
        "a wrong gradient is, too",
        LINE + "dw = 0\ndw += dLdy*x*x\nw -= 0.1*dw\n",
        {"dw += dLdy*x*x": "extra-factor"},
    ),
    Case(
        "a cost written below the first update is meant with the old weight above it",
        "dL_dw = 2*(w*x - 1.5)*x\nw = w - 0.1*dL_dw\nL = (w*x - 1.5)**2\nw = w - 0.1*dL_dw \n",
        {"w = w - 0.1*dL_dw": "wrong-operand"},
        ("dL_dw = 2*(w*x - 1.5)*x",),
    ),
    Case(
        "the same with its gradient worked out anew",
        "dL_dw = 2*(w*x - 1.5)*x\nw = w - 0.1*dL_dw\nL = (w*x - 1.5)**2\n"
        "dL_dw = 2*(w*x - 1.5)*x\nw = w - 0.1*dL_dw\n",
        {},
        ("dL_dw = 2*(w*x - 1.5)*x", "w = w - 0.1*dL_dw"),
    ),
    Case(
        "a product whose shapes do not fit",
        HEADED + "x = np.array([0.5, -0.3])\nt = np.array([1.0, 0.2, 0.4])\n"
        "W1 = np.random.randn(2, 2)\nW2 = np.random.randn(3, 2)\n"
        "h = np.tanh(W1 @ x)\no = W2 @ h\ndo = 2*(o - t)\ndh = W2 @ do\n"
        "dW1 = np.outer(dh*(1 - h**2), x)\n",
        {"dh = W2 @ do": "shape"},
        ("do = 2*(o - t)", "dW1 = np.outer(dh*(1 - h**2), x)"),
    ),
    Case(
        "a bias that is summed over the units instead of the samples",
        HEADED + "A = np.random.randn(3, 4)\nW = np.random.randn(2, 3)\nb = np.zeros((2, 1))\n"
        "Y = np.random.randn(2, 4)\nZ = W @ A + b\ncost = np.sum((Z - Y)**2)\n"
        "dZ = 2*(Z - Y)\ndb = np.sum(dZ, axis=0)\ndW = dZ @ A.T\n",
        {"db = np.sum(dZ, axis=0)": "wrong-axis"},
        ("dZ = 2*(Z - Y)", "dW = dZ @ A.T"),
    ),
    Case(
        "a function that gives its derivative by a flag",
        HEADED + "def s(x, derivative: bool = False):\n    if(derivative is True):\n"
        "        return x*(1 - x)\n    return 1/(1 + np.exp(-x))\n"
        "X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1]])\ny = np.array([[0, 1, 1]]).T\n"
        "w = 2*np.random.random((3, 1)) - 1\nout = s(np.dot(X, w))\nerror = y - out\n"
        "delta = error*s(out, derivative=True)\nw += X.T.dot(delta)\n",
        {},
        ("error = y - out", "delta = error*s(out, derivative=True)", "w += X.T.dot(delta)"),
    ),
    Case(
        "a branch that may return, and nobody knows whether it does",
        HEADED + "def s(x, slope):\n    if slope > unknown():\n        return x*(1 - x)\n"
        "    return 1/(1 + np.exp(-x))\nx = 0.4\nw = 0.3\nz = w*x\nh = s(z, 0)\n"
        "loss = (h - 1)**2\ndw = 2*(h - 1)*s(h, 1)*x\n",
    ),
    Case(
        "a class whose sizes nobody gives",
        HEADED + "class Net:\n    def __init__(self, inputs, hidden):\n"
        "        self.w1 = np.random.randn(inputs, hidden)\n        self.b1 = np.zeros(hidden)\n"
        "        self.w2 = np.random.normal(0, 0.1, (hidden, 1))\n"
        "    def fit(self, X, y, lr):\n        n = len(X)\n"
        "        h = np.maximum(0, np.dot(X, self.w1) + self.b1)\n"
        "        out = np.dot(h, self.w2)\n        error = out - y\n"
        "        dw2 = np.dot(h.T, error)/n\n"
        "        dh = np.dot(error, self.w2.T)*(h > 0)\n        dw1 = np.dot(X.T, dh)/n\n"
        "        self.w2 -= lr*dw2\n        self.w1 -= lr*dw1\n",
        {},
        ("dw2 = np.dot(h.T, error)/n", "dw1 = np.dot(X.T, dh)/n", "self.w1 -= lr*dw1"),
    ),
    Case(
        "a cost that stands only below the updates may be there to be looked at",
        HEADED + "def predict(x):\n    return x @ w\nx = np.random.randn(4, 2)\n"
        "y = np.random.randn(4, 1)\nw = np.random.randn(2, 1)\nm = len(x)\nlr = 0.1\n"
        "p = predict(x)\ndelta = (p - y)/m\ndw = x.T @ delta\nw -= lr*dw\n"
        "p = predict(x)\nmse = np.mean((p - y)**2)\n",
    ),
    Case(
        "a cost and its gradient are added up over samples",
        "w = 0.5\nloss = 0\nfor x, y in zip([1.0, 2.0], [2.0, 3.5]):\n"
        "    loss += (w*x - y)**2\ndw = 0\nfor x, y in zip([1.0, 2.0], [2.0, 3.5]):\n"
        "    dw += 2*(w*x - y)*x\nw -= 0.01*dw\n",
        {},
        ("dw += 2*(w*x - y)*x",),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.sentence)
def test_a_program_is_marked(case: Case) -> None:
    lines = report(case.code).lines
    wrong = {line.source: line for line in lines if line.verdict == "wrong"}
    assert wrong.keys() == case.wrong.keys()
    for source, cause in case.wrong.items():
        assert not cause or cause in [found.code for found in wrong[source].causes]
    right = {line.source for line in lines if line.verdict == "right"}
    assert set(case.right) <= right
    assert all(line.verdict != "unreadable" for line in lines if "unknown()" not in case.code)


def _scalar_network(draw: st.DataObject) -> tuple[list[str], list[str]]:
    """A network of one hidden unit, and its backward pass, in one of several styles."""
    one_of = lambda *options: draw.draw(st.sampled_from(options))  # noqa: E731
    cost, half = one_of("loss", "E", "cost"), one_of(True, False)
    name = one_of("d{cost}_d{x}", "d{x}", "grad_{x}").format
    forward, slope = one_of(
        ("1/(1 + np.exp(-z))", "h*(1 - h)"), ("np.tanh(z)", "(1 - h**2)"), ("z**2", "2*z")
    )
    givens = ["x = 0.7", "t = 0.3", "w = 0.6", "v = -0.4", "rate = 0.1"] * one_of(0, 1)
    by = {x: name(cost=cost, x=x) for x in "pvhzw"}
    minus = one_of(("(p - t)", ""), ("-(t - p)", ""))[0]
    program = [*givens, "z = w*x", f"h = {forward}", "p = v*h"]
    program += [f"{cost} = " + ("0.5*(p - t)**2" if half else "(p - t)**2")]
    backward = [
        f"{by['p']} = {minus}" + ("" if half else "*2"),
        f"{by['v']} = {by['p']}*h",
        f"{by['h']} = {by['p']}*v",
        f"{by['z']} = {by['h']}*{slope}",
        f"{by['w']} = {by['z']}*x",
    ]
    updates = [f"w -= rate*{by['w']}", f"v = v - rate*{by['v']}"]
    return ["import numpy as np", *program], [*backward, *updates]


@given(st.data())
def test_a_network_that_is_right_is_never_accused(data: st.DataObject) -> None:
    program, backward = _scalar_network(data)
    found = verdicts("\n".join([*program, *backward]))
    assert {found[line] for line in backward} == {"right"}


@given(st.data(), st.integers(1, 4))
def test_a_turned_sign_is_found_where_it_stands(data: st.DataObject, place: int) -> None:
    program, backward = _scalar_network(data)
    name, formula = backward[place].split(" = ")
    backward[place] = f"{name} = -{formula}"
    found = verdicts("\n".join([*program, *backward]))
    assert [line for line in backward if found[line] == "wrong"] == [backward[place]]


DEEP = (
    HEADED
    + "X = np.random.randn(4, 3)\ny = np.random.randn(2, 3)\nW1 = np.random.randn(5, 4)\n"
    + "b1 = np.zeros((5, 1))\nW2 = np.random.randn(2, 5)\nm = X.shape[1]\n"
    + "Z1 = W1 @ X + b1\nA1 = np.tanh(Z1)\nZ2 = W2 @ A1\nA2 = 1/(1 + np.exp(-Z2))\n"
    + "cost = -np.sum(y*np.log(A2) + (1 - y)*np.log(1 - A2))/m\n"
    + "dZ2 = A2 - y\ndW2 = dZ2 @ A1.T / m\ndZ1 = (W2.T @ dZ2) * (1 - A1**2)\n"
    + "dW1 = dZ1 @ X.T / m\ndb1 = np.sum(dZ1, axis=1, keepdims=True) / m\n"
)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("dZ2 = A2 - y", "dZ2 = A2 + y"),
        ("dW2 = (dZ2 @ A1.T) / m", "dW2 = dZ2 @ Z1.T / m"),
        ("dZ1 = (W2.T @ dZ2) * (1 - A1**2)", "dZ1 = (W2.T @ dZ2) * (1 - A1)"),
        ("db1 = np.sum(dZ1, axis=1, keepdims=True) / m", "db1 = np.sum(dZ1) / m"),
        ("dloss_dw1 = dloss_dh * h * (1 - h) * x", "dloss_dw1 = dloss_dh * x"),
        ("dloss_dw2 = dloss_dp * h", "dloss_dw2 = dloss_dp * x"),
    ],
)
def test_the_right_line_is_written_in_numpy(right: str, wrong: str) -> None:
    scalar = (
        LOGISTIC + "h = s(w1*x)\np = w2*h\nloss = (p - t)**2\ndloss_dp = 2*(p - t)\n"
        "dloss_dw2 = dloss_dp*h\ndloss_dh = dloss_dp*w2\ndloss_dw1 = dloss_dh*h*(1 - h)*x\n"
    )
    program = DEEP if right[1].isupper() or right.startswith("db") else scalar
    name = right.partition(" = ")[0]
    lines = [wrong if line.startswith(f"{name} =") else line for line in program.splitlines()]
    found = {line.source: line for line in report("\n".join(lines)).lines}
    assert found[wrong].verdict == "wrong"
    assert found[wrong].rewritten == right
    mended = report("\n".join(right if line == wrong else line for line in lines)).lines
    assert all(line.verdict in ("right", "taken") for line in mended)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("x = 2.0\ny = (x\n", "no Python"),
        ("x = [0]*10**9\n", "at most"),
        ("import os\nw = 0.5\nx = os.path.join(w)\n", "not known here"),
        ("W = 2.0\nv = W @ 3 + [1, 2][7]\n", "index out of range"),
    ],
)
def test_what_is_not_read_is_said(code: str, said: str) -> None:
    (problem,) = [line for line in report(code).lines if line.verdict == "unreadable"]
    assert said in problem.problem


OF_ONE = [row for row in OPS.values() if row.signature == "x" and not row.arithmetic]


@pytest.mark.parametrize("module", ["np", "F"])
@pytest.mark.parametrize("row", OF_ONE, ids=lambda row: row.name)
def test_every_function_of_one_argument_is_read_by_all_its_names(row: Op, module: str) -> None:
    for name in (row.name, *row.aliases):
        code = (
            "import numpy as np\nimport torch.nn.functional as F\n"
            f"x = 0.5\ny = {module}.{name}(x)\nz = {module}.{name}(x, x, x)\n"
        )
        sheet = Worksheet.parse(code, format="python")
        assert sheet.definitions[Name("y")].parts[-1].expr == Call(row.name, (Name("x"),))
        assert [problem.line for problem in sheet.problems] == [5]


def test_what_rests_on_an_unread_line_is_unchecked() -> None:
    found = verdicts("w = 0.5\ny = unknown(w)\nz = 2*y\nu = 3*w\n")
    assert found == {
        "w = 0.5": "taken",
        "y = unknown(w)": "unreadable",
        "z = 2*y": "unchecked",
        "u = 3*w": "taken",
    }


def test_nothing_is_run(tmp_path: Path) -> None:
    made = tmp_path / "made"
    code = f"exec(\"open({str(made)!r}, 'w')\")\ny = eval('1/0')\nx = 2.0\n"
    sheet = Worksheet.parse(code, format="python")
    assert not made.exists()
    assert sheet.told == ("line 1: exec() is not run", "line 2: eval() is not run")
