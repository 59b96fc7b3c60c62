"""Formulas set for a page, token by token: nothing is rearranged, every name can be linked.

``dE/dyhat`` shows as ∂E/∂ŷ, ``*`` as ·, ``sigmoid`` as σ, digits behind a name as its index;
digits, brackets and order stay. Names are elements with ``data-name``, the key they have in the
graph. A line may be wrapped before = alone, where each piece is an element of its own.

>>> set_formula("y1 = 2*x")[:72]
'<span class="seg"><i data-name="y1">y<sub>1</sub></i></span> <span class'
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from html import escape

from micrograd_like.formula import Derivative, Name, Quantity
from micrograd_like.notation import name_text, normal_name
from micrograd_like.ops import OPS
from visualize.graph_model import runs

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
_NAME = rf"(?![{_RAISED}])[^\W\d](?:(?![{_RAISED}])[\w\u0302-\u0307])*(?:\^?\{{[\w,+]*\}})?['’′]*"
_TOKEN = re.compile(
    rf"""(?P<derivative>(?<![\w.])[d∂](?P<of>{_NAME})\s*/\s*[d∂](?P<wrt>{_NAME}))
    | (?P<function>[^\W\d]\w*)(?=\()
    | (?P<name>{_NAME})
    | (?P<number>(?:\d+\.?\d*|\.\d+)(?:e[+-−]?\d+)?)
    | (?P<raised>[{_RAISED}]+)
    | (?P<power>\s*(?:\*\*|\^)\s*(?P<exponent>-?\d+|{_NAME}))
    | (?P<times>\s*[*·]\s*)
    | (?P<minus>\s*[-−]\s*)
    | (?P<plus>\s*\+\s*)
    | (?P<relation>\s*(?:=|≈|:=|<-|←)\s*)
    | (?P<other>\s+|.)""",
    re.VERBOSE | re.DOTALL,
)
#: What no formula on paper has, and a program does.
_CODE = re.compile(
    r"\w\.[^\W\d]|[\"`#{}@;]|\w\[|\b(?:def|for|return|import|print|while|if|lambda)\b|:$"
)
_FUNCTIONS = {name: row for row in OPS.values() for name in (row.name, *row.aliases)}


def set_formula(said: str, slips: Sequence[tuple[int, int]] = ()) -> str:
    """The formula as HTML.

    Args:
        said: As it was typed, or as :func:`micrograd_like.notation.text` writes it.
        slips: Where pieces of it are wrong, from and to: they are underlined.
    """
    pieces, start = [], 0
    for at, end in sorted(slips):
        piece = _set(said[at:end]).replace(_BREAK, " ")
        pieces += [_set(said[start:at]), f'<u class="piece">{piece}</u>']
        start = end
    pieces.append(_set(said[start:]))
    segments = "".join(pieces).split(_BREAK)
    return " ".join(f'<span class="seg">{segment}</span>' for segment in segments if segment)


def is_code(source: str) -> bool:
    """Whether a line is one of a program, which is shown as it was typed."""
    return _CODE.search(source) is not None


@lru_cache(1024)
def set_name(name: Quantity) -> str:
    """A name, or a derivative's names, each an element."""
    if isinstance(name, Derivative):
        return f"∂{_bracketed(name.of)}/∂{_bracketed(name.wrt)}"
    tag = "i" if (pieces := runs(name))[0][1] == "i" else "span"
    inside = "".join(
        f"<sub>{escape(piece)}</sub>" if kind == "b" else escape(piece) for piece, kind in pieces
    )
    return f'<{tag} data-name="{escape(str(name))}">{inside}</{tag}>'


def set_names(sentence: str, names: Collection[Quantity]) -> str:
    """A sentence with these names and their derivatives set, all else as words."""
    known = {name_text(name): name for name in names}
    spelled = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    if not spelled:
        return escape(sentence)
    one = rf"(?<![\w∂])(?:{spelled})(?![\w'])"
    found = re.compile(rf"∂(?:{spelled})/∂(?:{spelled})(?![\w'])|{one}")
    shown, start = "", 0
    for match in found.finditer(sentence):
        shown += escape(sentence[start : match.start()])
        shown += f'<span class="maths">{_set(match[0])}</span>'
        start = match.end()
    return shown + escape(sentence[start:])


def fraction(above: str, below: str) -> str:
    """Two pieces of HTML above and below a line."""
    return f'<span class="fraction"><span>{above}</span><span>{below}</span></span>'


def derivative_fraction(name: Derivative) -> str:
    """A derivative as it stands on paper."""
    return fraction(f"∂{_bracketed(name.of)}", f"∂{_bracketed(name.wrt)}")


#: Stands where a line may be wrapped: no text has it.
_BREAK = "\x00"
_LEVEL = str.maketrans(_RAISED, "0123456789−")
_KINDS = (
    *("derivative", "function", "name", "number", "raised", "power"),
    *("times", "minus", "plus", "relation", "other"),
)
_SIGNS = {"times": "·", "minus": "−", "plus": "+"}
#: Spaces around a sign, at which a line may end that is too long.
_AROUND = {"times": "\u2006{}\u2006", "minus": "\u2005{}\u2005", "plus": "\u2005{}\u2005"}


def _bracketed(name: Quantity) -> str:
    return f"({set_name(name)})" if isinstance(name, Derivative) else set_name(name)


@lru_cache(4096)
def _set(said: str) -> str:
    shown, before = "", ""
    for match in _TOKEN.finditer(said.replace(_BREAK, "")):
        shown += _token(match, before)
        opens = match[0].strip() in ("(", "[", "{", ",", ";", "|")
        before = "" if opens else next(kind for kind in _KINDS if match[kind])
    return shown


def _token(match: re.Match[str], before: str) -> str:
    if match["derivative"]:
        return set_name(Derivative(*(Name(normal_name(match[side])) for side in ("of", "wrt"))))
    if match["function"]:
        return _function(match["function"])
    if match["name"]:
        return set_name(Name(normal_name(match["name"])))
    if match["raised"]:
        return f"<sup>{match['raised'].translate(_LEVEL)}</sup>"
    if match["power"]:
        return f"<sup>{_set(match['exponent'])}</sup>"
    if match["relation"]:
        sign = {"<-": "←"}.get(match["relation"].strip(), match["relation"].strip())
        return f'{_BREAK}<span class="eq">{sign}</span>'
    for kind, sign in _SIGNS.items():
        if match[kind]:
            alone = kind != "times" and before in ("", "times", "relation", "minus", "plus")
            apart = " " * (match[0][0].isspace() and before == "")
            return apart + sign if alone else _AROUND[kind].format(sign)
    return escape(match[0].replace("e-", "e−"))


def _function(name: str) -> str:
    row = _FUNCTIONS.get(name)
    if row is None:
        return set_name(Name(normal_name(name)))
    said = row.text if row.text and "#1" not in row.text else name
    letters = said.rstrip("0123456789")
    index = f"<sub>{said[len(letters) :]}</sub>" if letters != said else ""
    return f'<span class="function">{escape(letters)}{index}</span>'
