r"""MathML whose names bear the keys that they have in the graph, as set formulas' names do.

>>> linked("<math><msub><mi>w</mi><mn>5</mn></msub><mo>+</mo><mi>b</mi></math>", ["w5"])
'<math><msub data-name="w5"><mi>w</mi><mn>5</mn></msub><mo>+</mo><mi>b</mi></math>'
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from xml.etree import ElementTree

from micrograd_like.formula import Name
from micrograd_like.notation import name_text

_SPACE = ' xmlns="http://www.w3.org/1998/Math/MathML"'
_HATS = {"^": "\u0302", "~": "\u0303", "¯": "\u0304"}


def linked(mathml: str, names: Iterable[str]) -> str:
    """A formula as latex2mathml writes it, its names with ``data-name``."""
    keys = {_plain(name_text(Name(name))): str(name) for name in names}
    root = ElementTree.fromstring(mathml.replace(_SPACE, ""))
    open_elements = [root]
    while open_elements:
        element = open_elements.pop()
        if (key := keys.get(_spelled(element))) is not None:
            element.set("data-name", key)
        else:
            open_elements += element
    return ElementTree.tostring(root, encoding="unicode")


def _spelled(element: ElementTree.Element) -> str:
    """The name that an element is, with its index and its hat; "" where it can be none."""
    parts = list(element)
    match element.tag:
        case "mi" | "mtext":
            return _plain(element.text or "")
        case "mrow" if len(parts) == 1:
            return _spelled(parts[0])
        case "msub" | "msubsup":
            return _spelled(parts[0]) + "".join(parts[1].itertext())
        case "mover":
            return _plain(_spelled(parts[0]) + _HATS.get("".join(parts[1].itertext()), ""))
    return ""


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip()
