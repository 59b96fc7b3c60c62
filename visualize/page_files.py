"""What pages are put together from: styles with their faces, scripts in one, templates."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import Any

#: The faces: family, style, weights and file.
_FACES = (
    ("Micrograd Maths", "normal", "400", "maths.woff2"),
    ("Micrograd Maths", "italic", "400", "maths-italic.woff2"),
    ("Micrograd Words", "normal", "400 600", "words.woff2"),
    ("Micrograd Typed", "normal", "400", "typed.woff2"),
)
#: What makes a file a module, which has no place where all stand in one script.
_MODULE = re.compile(r"^import .*\n|^export (?=async |function|const|class)", re.MULTILINE)


def filled(template: str, **values: Any) -> str:
    """The template of this name with its values, which are escaped where it does not say else."""
    text: str = _template(template).render(**values)
    return text


@cache
def in_one(scripts: tuple[str, ...]) -> str:
    """The modules one behind the other."""
    return "".join(_MODULE.sub("", _file(name)) for name in scripts)


@cache
def style(sheets: tuple[str, ...]) -> str:
    """The styles with the faces that they name."""
    faces = ""
    for family, slant, weights, name in _FACES:
        font = base64.b64encode((files("visualize") / "web" / "fonts" / name).read_bytes()).decode()
        faces += (
            f'@font-face{{font-family:"{family}";font-style:{slant};font-weight:{weights};'
            f"src:url(data:font/woff2;base64,{font})format('woff2')}}\n"
        )
    return faces + "".join(map(_file, sheets))


def sha256(script: str) -> str:
    """What a page's policy knows its script by."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def harmless(data: str) -> str:
    """JSON inside a script element: nothing in it ends the element."""
    return data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _file(name: str) -> str:
    return (files("visualize") / "web" / name).read_text(encoding="utf-8")


@cache
def _template(name: str) -> Any:
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_file(name))
