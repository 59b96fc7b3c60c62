"""For the reference: examples in docstrings become code, RST's literals and roles Markdown."""

from __future__ import annotations

import re
from typing import Any

import griffe

_BLOCK = re.compile(r"(?:^[ ]*>>>.*\n?(?:^[ ]*\S.*\n?)*)+", re.MULTILINE)
_LITERAL = re.compile(r"``([^`\n]+)``")
_ROLE = re.compile(r":(?:func|class|meth|data|mod|attr):`~?([^`\n]+)`")


class Doctests(griffe.Extension):
    """Makes docstrings Markdown."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite the docstring of whatever has one."""
        if obj.docstring is not None:
            said = _BLOCK.sub(_fenced, obj.docstring.value)
            said = _ROLE.sub(r"`\1`", said)
            obj.docstring.value = _LITERAL.sub(r"`\1`", said)


def _fenced(found: re.Match[str]) -> str:
    return f"\n```pycon\n{found[0].rstrip()}\n```\n"
