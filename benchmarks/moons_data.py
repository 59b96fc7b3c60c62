"""Print the two moons as JSON: points, and targets of −1 or 1.

A program of its own because importing scikit-learn leaves about 90,000 objects on the heap.
In the timing process every full garbage collection would go through them again.
"""

from __future__ import annotations

import json

from sklearn.datasets import make_moons

if __name__ == "__main__":
    points, classes = make_moons(n_samples=100, noise=0.1, random_state=1337)
    print(json.dumps({"points": points.tolist(), "targets": (2 * classes - 1).tolist()}))
