"""What ``x.grad`` is the gradient of: where the backward pass of a document begins.

It begins at the node whose own gradient is set to 1, or that is told ``backward()``. Where none
is, at the only result that no other formula goes on from. The gradient of a leaf may be 1, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.vocabulary import RELATIONS


@dataclass(frozen=True, slots=True)
class Roots:
    """Where the backward passes of a document begin.

    Attributes:
        seeded: The lines that begin one, and from which node.
        result: What no other formula goes on from; "" where there are several.
    """

    seeded: tuple[tuple[int, str], ...] = ()
    result: str = ""

    @classmethod
    def of(cls, lines: Sequence[Sequence[Token]]) -> Roots:
        """Those of a document's lines."""
        if not any(_marked(tokens) for tokens in lines):
            return cls()
        ones: list[tuple[int, str, bool]] = []
        computed: dict[str, None] = {}
        used: set[str] = set()
        for tokens in lines:
            if _marked(tokens):
                ones += _ones(tokens)
                continue
            left = ""
            for token, after in zip(tokens, [*tokens[1:], None], strict=True):
                if token.kind != "name":
                    continue
                if after is not None and after.text in RELATIONS:
                    left = token.text
                elif left and token.text != left:
                    computed[left] = None
                    used.add(token.text)
        results = [name for name in computed if name not in used]
        seeded = (
            (line, name)
            for line, name, called in ones
            if called or name in results or (name in computed and len(ones) == 1)
        )
        return cls(tuple(seeded), results[0] if len(results) == 1 else "")

    def at(self, line: int) -> str:
        """Where the pass of a line begins; "" if nothing says."""
        before = [name for begins, name in self.seeded if begins <= line]
        return (before[-1:] or [name for _, name in self.seeded[:1]] or [self.result])[0]


def _marked(tokens: Sequence[Token]) -> bool:
    return any(token.text in ("grad", "backward") for token in tokens)


def _ones(tokens: Sequence[Token]) -> list[tuple[int, str, bool]]:
    """The nodes whose gradients are set to 1, or that are told backward(), with their lines."""
    found = []
    for place, (name, dot, word) in enumerate(zip(tokens, tokens[1:], tokens[2:], strict=False)):
        if name.kind != "name" or dot.text != ".":
            continue
        behind = tokens[place + 3 : place + 6]
        if word.text == "backward":
            found.append((name.line, name.text, True))
        elif word.text == "grad" and _is_one(behind):
            found.append((name.line, name.text, False))
    return found


def _is_one(behind: Sequence[Token]) -> bool:
    """True for = 1 with nothing else to it."""
    if len(behind) < 2 or behind[0].text not in RELATIONS or behind[1].kind != "number":
        return False
    return float(behind[1].text) == 1 and (len(behind) == 2 or behind[2].text in (",", ";"))
