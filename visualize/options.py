"""What can be asked of a picture. The command makes its options of these."""

from __future__ import annotations

from typing import Literal

#: What a box stands for. names: a named node, as on paper; operations: each by itself;
#: neurons: a whole neuron.
Detail = Literal["names", "operations", "neurons"]
#: From left to right, or from top to bottom.
Direction = Literal["LR", "TB"]
#: The formats of pictures, of which dot and svg are text.
Picture = Literal["dot", "svg", "png", "pdf"]
