"""The slips people make, one file each, each predicting what it leads to.

A cause gives the formulas that a learner with this slip would have written (*guesses*), or
the formulas that were meant by what is written (*mends*: right once the slip is undone). It
is reported when one of them is what was written: as a formula, or as a number. A file of
this folder is found by being here; its ``MISTAKE`` is all that it needs.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from string import Formatter

from micrograd_like.marking.slips.mistakes import Mistake
from micrograd_like.ops import OPS


class CauseError(Exception):
    """The table of causes does not hold together; the message says where."""


#: What makes a cause explain a line: at least one of them.
_EXPLAINS = ("guesses", "mends", "numbers", "misread", "given", "remains", "arrays")
#: The pieces that a sentence may name.
_PIECES = {"wrote", "meant", "left"}


def _read() -> Iterator[Mistake]:
    for module in pkgutil.iter_modules(__path__):
        found = getattr(import_module(f"{__name__}.{module.name}"), "MISTAKE", None)
        where = f"marking/causes/{module.name}.py"
        if not isinstance(found, Mistake):
            raise CauseError(f"{where}: expected MISTAKE = Mistake(...), got {found!r}")
        if found.code.replace("-", "_") != module.name:
            raise CauseError(f"{where}: expected the code to be the file's name: {found.code!r}")
        for problem in problems(found):
            raise CauseError(f"{where}: {problem}")
        yield found


def problems(mistake: Mistake) -> Iterator[str]:
    """What keeps a cause from being said, found or planted, as far as it shows without a worksheet.

    Its examples are read, and run, by the tests: there are too many for every start.
    """
    fields = {name for _, name, _, _ in Formatter().parse(mistake.pointed) if name is not None}
    if unknown := fields - _PIECES:
        pieces = ", ".join(f"{{{piece}}}" for piece in sorted(_PIECES))
        yield f"pointed: expected pieces among {pieces}, got {{{', '.join(sorted(unknown))}}}"
    if not any(getattr(mistake, name) for name in _EXPLAINS):
        yield f"expected one of {', '.join(_EXPLAINS)}: without any it explains no line"
    planter = mistake.planter
    if planter is not None and (planter.formulas is None) is (planter.numbers is None):
        yield "planter: expected either formulas or numbers"
    if not mistake.examples:
        yield "expected at least one example"
    for example in mistake.examples:
        if example.wrong == example.right:
            yield f"expected an example whose line and its twin differ: {example.wrong!r}"


def in_order(found: list[Mistake]) -> tuple[Mistake, ...]:
    """The causes, the likeliest first, if they hold together with each other and with the rows."""
    places: dict[int, str] = {}
    for mistake in found:
        other = places.setdefault(mistake.place, mistake.code)
        if other != mistake.code:
            raise CauseError(f"{other} and {mistake.code} are both at place {mistake.place}")
    codes = {mistake.code for mistake in found}
    for row in OPS.values():
        for code, _ in row.slips:
            if code not in codes:
                raise CauseError(f"the operation {row.name!r} has a slip of no cause: {code!r}")
    for kind in ("number", "anything"):
        last = [mistake.code for mistake in found if mistake.remains == kind]
        if len(last) != 1:
            raise CauseError(f"expected one cause that remains for {kind!r}, got {last}")
    return tuple(sorted(found, key=lambda mistake: mistake.place))


#: Every cause, the likeliest first.
CAUSES = in_order(list(_read()))
