"""A sum over the samples that is taken over another axis, or over all of the array."""

from __future__ import annotations

from micrograd_like.marking.slips.mistakes import Mistake, examples

#: A layer of two units and three samples.
LAYER = """
import numpy as np
X = np.array([[0.5, -0.2, 0.8], [1.0, 0.3, -0.6]])
Y = np.array([[0.4, 0.1, 0.9], [0.2, 0.7, 0.3]])
W = np.array([[0.3, -0.5], [0.6, 0.2]])
b = np.zeros((2, 1))
Z = W @ X + b
A = np.tanh(Z)
cost = np.sum((A - Y)**2)
dZ = 2*(A - Y)*(1 - A**2)
"""

MISTAKE = Mistake(
    code="wrong-axis",
    place=66,
    brief="a sum over another axis",
    sentence="The sum is taken over another axis, or over more of them than belong together.",
    examples=examples(
        ("db = np.sum(dZ)", "db = np.sum(dZ, axis=1, keepdims=True)"),
        sheet=LAYER,
    ),
    arrays=True,
)
