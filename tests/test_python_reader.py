"""Python's backward passes, read and never run: what is right, what is wrong, what is in doubt."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from micrograd_like.marking.records import Report
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
        "a bias of two rows has a gradient of two rows",
        "import numpy as np\nA1 = np.random.randn(3, 4)\nW2 = np.random.randn(2, 3)\n"
        "b2 = np.zeros((2, 1))\nY = np.array([[1, 0, 0, 1], [0, 1, 1, 0]])\n"
        "Z2 = W2 @ A1 + b2\nA2 = 1/(1+np.exp(-Z2))\nm = Y.shape[1]\n"
        "cost = -np.sum(Y*np.log(A2) + (1-Y)*np.log(1-A2))/m\n"
        "dZ2=A2-Y\ndW2=dZ2@A1.T/m\ndb2=np.sum(dZ2)/m\n",
        {"db2=np.sum(dZ2)/m": ""},
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


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.sentence)
def test_a_program_is_marked(case: Case) -> None:
    lines = report(case.code).lines
    wrong = {line.source: line for line in lines if line.verdict == "wrong"}
    assert wrong.keys() == case.wrong.keys()
    for source, cause in case.wrong.items():
        assert not cause or cause in [found.code for found in wrong[source].causes]
    right = {line.source for line in lines if line.verdict == "right"}
    assert set(case.right) <= right
    assert all(line.verdict != "unreadable" for line in lines)
