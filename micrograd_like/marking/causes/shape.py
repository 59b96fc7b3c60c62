"""Arrays whose shapes do not fit: a matrix that is not turned round, or in the wrong place."""

from __future__ import annotations

from micrograd_like.marking.slips.mistakes import Mistake, examples

#: Two units, three outputs.
LAYER = """
import numpy as np
x = np.array([0.5, -0.2])
t = np.array([0.4, 0.1, 0.9])
W1 = np.array([[0.3, -0.5], [0.6, 0.2]])
W2 = np.array([[0.1, 0.7], [-0.4, 0.3], [0.2, -0.6]])
h = np.tanh(W1 @ x)
o = W2 @ h
loss = np.sum((o - t)**2)
do = 2*(o - t)
"""

MISTAKE = Mistake(
    code="shape",
    place=67,
    brief="shapes that do not fit",
    sentence="The shapes do not fit.",
    examples=examples(("dh = W2 @ do", "dh = W2.T @ do"), sheet=LAYER),
    arrays=True,
)
