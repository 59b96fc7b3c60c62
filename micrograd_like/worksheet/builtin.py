"""The worksheets that come with the package, by name."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from micrograd_like.errors import WorksheetError, did_you_mean

if TYPE_CHECKING:
    from importlib.abc import Traversable

    from micrograd_like.worksheet import Worksheet

_SUFFIX = ".txt"


def names() -> list[str]:
    """The names of all of them, in alphabetical order."""
    return sorted(file.name.removesuffix(_SUFFIX) for file in _folder().iterdir() if _fits(file))


def title(name: str) -> str:
    """What the worksheet is about, in a sentence.

    Raises:
        WorksheetError: There is none of this name; it proposes near ones.
    """
    return text(name).partition("\n")[0].removeprefix("#").strip()


def text(name: str) -> str:
    """The worksheet as it was typed.

    Raises:
        WorksheetError: There is none of this name; it proposes near ones.
    """
    if name not in (known := names()):
        raise WorksheetError(f"there is no built-in worksheet {name!r}{did_you_mean(name, known)}")
    return (_folder() / f"{name}{_SUFFIX}").read_text(encoding="utf-8")


def load(name: str) -> Worksheet:
    """The worksheet, read.

    Raises:
        WorksheetError: There is none of this name; it proposes near ones.
    """
    from micrograd_like.worksheet import Worksheet  # brings the engine, which a list has no need of

    return Worksheet.parse(text(name))


def _folder() -> Traversable:
    return files("micrograd_like.worksheet") / "sheets"


def _fits(file: Traversable) -> bool:
    return file.name.endswith(_SUFFIX)
