"""The assignments of ``--key``: one for all worksheets, or a folder, with one for each by its name.

>>> keys = [Given(f"keys/{name}.txt") for name in ("week-1", "Ada-Lovelace", "Ada-Lovelace-2")]
>>> handed_in = ["in/ada lovelace_71_file/a.txt", "in/week-1/b.md", "week-12.md"]
>>> [fitting(name, keys).name for name in handed_in]
['keys/Ada-Lovelace.txt', 'keys/week-1.txt', '']
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from micrograd_like.cli.files import MOST_BYTES, Given
from micrograd_like.cli.files import given as given_files
from micrograd_like.errors import WorksheetError

_WORD = re.compile(r"[^\W_]+")
#: What else stands in a folder of keys: the list of seeds of a set.
_LISTS = (".csv", ".tsv")
#: So many are named where none fits.
_SHOWN = 3


def keyed(files: Sequence[Given], key: str | None, several: bool) -> list[Given]:
    """The worksheets, each with the assignment that it is held against.

    Args:
        files: What is to be marked.
        key: A file, or a folder; None for none.
        several: Whether the worksheets are a class, so that an assignment of the folder for which
            nothing was handed in has a row, too.

    Raises:
        OSError: The assignment cannot be opened.
        WorksheetError: Two of a folder are called alike, or there is none in it.
    """
    if key is None:
        return [*files]
    if not os.path.isdir(key):
        only = _read(key)
        return [file._replace(key=only) for file in files]
    keys = _of_folder(key)
    found = [_held(file, keys, key) for file in files]
    used = {file.key for file in found}
    left = (one for one in keys if one not in used) if several else ()
    return [*found, *(Given(one.name, failure="nothing was handed in", key=one) for one in left)]


def key_files(key: str | None) -> list[str]:
    """The files of assignments that ``--key`` names."""
    if key is None or not os.path.isdir(key):
        return [key] if key else []
    return [one.name for one in _listed(key)]


def fitting(name: str, keys: Sequence[Given]) -> Given:
    """The assignment called like a worksheet, or like a folder that it is in: the nearest.

    The words of its name stand in the other, next to each other; of several it is the longest.
    Without a name where there is none, or where several are as long.
    """
    words = {key: _words(Path(key.name).stem) for key in keys}
    for part in (Path(name).stem, *reversed(Path(name).parts[:-1])):
        own = _words(part)
        fit = [key for key in keys if words[key] and _stands_in(words[key], own)]
        most = max((len(words[key]) for key in fit), default=0)
        longest = [key for key in fit if len(words[key]) == most]
        if longest:
            return longest[0] if len(longest) == 1 else Given("")
    return Given("")


def _held(file: Given, keys: Sequence[Given], folder: str) -> Given:
    if (key := fitting(file.name, keys)).name:
        return file._replace(key=key)
    names = [Path(key.name).name for key in keys]
    some = ", ".join([*names[:_SHOWN], *(["…"] if len(names) > _SHOWN else ())])
    said = (
        "expected an assignment that is called like it, or like its folder; "
        f"those in {folder!r} are {some}"
    )
    return file._replace(failure=file.failure or said)


def _of_folder(folder: str) -> list[Given]:
    keys = [_read(name) for name in key_files(folder)]
    called: dict[tuple[str, ...], str] = {}
    for key in keys:
        words = _words(Path(key.name).stem)
        if words in called:
            raise WorksheetError(
                f"expected assignments whose names differ in letters or digits, got "
                f"{called[words]!r} and {key.name!r}"
            )
        called[words] = key.name
    if not keys:
        raise WorksheetError(f"expected assignments in the folder {folder!r}, got none")
    return keys


def _listed(folder: str) -> list[Given]:
    found = given_files([folder])
    return [one for one in found if not one.failure and not one.name.lower().endswith(_LISTS)]


def _read(key: str) -> Given:
    """The file of an assignment, or a built-in worksheet by its name."""
    from micrograd_like.worksheet import builtin

    if not os.path.exists(key) and key in builtin.names():
        return Given(key, builtin.text(key).encode())
    with open(key, "rb") as stream:
        return Given(key, stream.read(MOST_BYTES + 1))


def _words(name: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(unicodedata.normalize("NFC", name).casefold()))


def _stands_in(words: tuple[str, ...], others: tuple[str, ...]) -> bool:
    starts = range(len(others) - len(words) + 1)
    return any(others[at : at + len(words)] == words for at in starts)
