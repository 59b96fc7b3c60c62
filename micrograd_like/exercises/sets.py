"""A set of exercises: one for each of a class, with a seed and a file of its own.

>>> [(one.name, one.stem) for one in participants(["Zoë Ng", "../etc", "zoë ng"], 1)]
[('Zoë Ng', 'Zoë-Ng'), ('../etc', 'etc'), ('zoë ng', 'zoë-ng-2')]
>>> [(one.name, one.seed) for one in numbered(3, 8)]
[('1', 8), ('2', 9), ('3', 10)]
"""

from __future__ import annotations

import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from micrograd_like.errors import WorksheetError, printable

#: So many are a set.
MOST = 2000
_LONGEST = 60
#: What no file may be called on Windows.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{p}{n}" for p in ("com", "lpt") for n in range(10))}


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody an exercise is for.

    Attributes:
        name: As it is in the list.
        label: What stands on the exercise.
        seed: Of the numbers.
        stem: What the file is called, without its ending.
    """

    name: str
    label: str
    seed: int
    stem: str


def numbered(count: int, seed: int) -> list[Participant]:
    """So many without names: 1, 2, …, with the seeds from ``seed`` on.

    Raises:
        WorksheetError: That is no number for a set.
    """
    if not 1 <= count <= MOST:
        raise WorksheetError(f"expected a set of 1 to {MOST:,}, got {count:,}")
    width = len(str(count))
    return [
        Participant(str(n), f"Version {n}", seed + n - 1, f"{n:0{width}}")
        for n in range(1, count + 1)
    ]


def participants(names: Sequence[str], seed: int) -> list[Participant]:
    """One for each name: its seed hangs on the name and ``seed``, and on no other name.

    Raises:
        WorksheetError: There are none or too many, or one stands twice.
    """
    spaced = (" ".join(unicodedata.normalize("NFC", name).split()) for name in names)
    found = [printable(name) for name in spaced if name]
    if not 1 <= len(found) <= MOST:
        raise WorksheetError(f"expected 1 to {MOST:,} names, one a line; got {len(found):,}")
    if twice := next((name for name, count in Counter(found).items() if count > 1), ""):
        raise WorksheetError(f"expected every name once: {twice!r} stands there again")
    stems = _stems(found)
    return [
        Participant(name, f"For {name}", zlib.crc32(f"{seed}/{name}".encode()), stem)
        for name, stem in zip(found, stems, strict=True)
    ]


def listed(text: str) -> list[str]:
    """The names in a file: one a line, without empty lines and those that begin with #."""
    lines = (line.strip() for line in text.lstrip("\ufeff").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _stems(names: Sequence[str]) -> Iterator[str]:
    """What the files are called: letters, digits and hyphens, all different in any case."""
    used: set[str] = set()
    for name in names:
        kept = "".join(c if c.isalnum() else " " for c in name)
        stem = "-".join(kept.split())[:_LONGEST].rstrip("-") or "exercise"
        if stem.casefold() in _RESERVED:
            stem = f"{stem}-1"
        new, count = stem, 1
        while new.casefold() in used:
            count += 1
            new = f"{stem}-{count}"
        used.add(new.casefold())
        yield new
