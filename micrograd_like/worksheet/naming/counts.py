"""How many values an index has where nothing says so: x1, x2, x3 for x_i in Σ_{i=1}^n.

Each is a small number, and no two are the same, so that 1/n and 1/m are told apart. Letters that
are the index of one name, o_i and o_j, count the same. Where names with the index are spoken of,
it has their numbers: those of the elements that are given, or up to x4 and more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Set
from dataclasses import dataclass, field

from micrograd_like.worksheet.naming.survey import Survey
from micrograd_like.worksheet.tokens.spelling import index_letters, index_places, instance

_LEAST = 3
#: The numbers of an index are below this.
LAST = 13
#: A name with several indices becomes so many names at most.
_MOST = 400


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers that are assumed.

    Attributes:
        bounds: For what sums run to.
        letters: For indices whose sums have no bound that is known.
        counted: Every index that has a number of values because of this.
        names: The names that come of it.
    """

    bounds: dict[str, int] = field(default_factory=dict)
    letters: dict[str, int] = field(default_factory=dict)
    counted: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


def assumed_counts(found: Survey, defined: Collection[str]) -> Counts:
    """The counts of a document.

    Args:
        found: What stands where in it.
        defined: The names that it gives a value.
    """
    indexed = {n for n in found.plain | found.differentiated if index_letters(n)}
    alike = _alike(indexed)
    bounds = sorted(bound for bound in found.bounds.keys() - {""} if bound not in defined)
    known = {letter for bound in bounds for letter in found.bounds[bound]}
    open_ = {letter for letter in found.bounds.get("", ()) if not _has_numbers(letter, found)}
    sizes: dict[str, int] = {}
    for bound in bounds:
        group = {other for letter in found.bounds[bound] for other in alike.get(letter, {letter})}
        same = [sizes[other] for other in sizes if found.bounds[other] & group]
        given, spoken = _numbers_of(group, found, defined)
        assumed = given or max(_LEAST + len(sizes), spoken)
        sizes[bound] = min(same, default=assumed)
    letters: dict[str, int] = {}
    for letter in sorted(open_ - known):
        group = alike.get(letter, {letter})
        others = [sizes[b] for b in bounds if found.bounds[b] & group]
        others += [letters[other] for other in group if other in letters]
        letters[letter] = min(others, default=_LEAST + len(sizes) + len(letters))
    most = {**letters}
    for bound in bounds:
        for letter in found.bounds[bound]:
            most[letter] = max(most.get(letter, 0), sizes[bound])
    for letter in {*most}:
        for other in alike.get(letter, ()):
            most.setdefault(other, most[letter])
    first = 0 if found.from_zero else 1
    names = {new for name in indexed for new in _instances(name, most, first)}
    return Counts(sizes, letters, frozenset(most), frozenset(names - indexed))


def _alike(names: Collection[str]) -> dict[str, set[str]]:
    """For every index letter those that stand in the same place of some name."""
    groups: dict[str, set[str]] = {}
    places: dict[tuple[str, int], str] = {}
    for name in names:
        for place, letter in index_places(name):
            first = places.setdefault(place, letter)
            merged = groups.get(first, {first}) | groups.get(letter, {letter})
            groups.update(dict.fromkeys(merged, merged))
    return groups


def _numbers_of(letters: Set[str], found: Survey, defined: Collection[str]) -> tuple[int, int]:
    """The highest number that an index has of what is given a value, and of what is spoken of."""
    given = spoken = 0
    known = found.plain | found.differentiated
    for name in known:
        for letter in index_letters(name) & letters:
            base, _, index = name.rpartition("_")
            shape = found.arrays.get(base, ()) if index == letter else ()
            given = max(given, shape[0] if len(shape) == 1 else 0)
            for number in range(1, LAST):
                one = instance(name, letter, number)
                given = max(given, number if one in defined else 0)
                spoken = max(spoken, number if one in known else 0)
    return given, spoken


def _has_numbers(letter: str, found: Survey) -> bool:
    """True where a name that has the index stands with a number in its place."""
    known = found.plain | found.differentiated | found.lefts
    return any(
        instance(name, letter, number) in known
        for name in found.plain
        if letter in index_letters(name)
        for number in range(10)
    )


def _instances(name: str, sizes: dict[str, int], first: int) -> Iterator[str]:
    """The name with numbers for its indices, for some and for all of them."""
    found = [name]
    for letter in sorted(index_letters(name) & sizes.keys()):
        if len(found) * sizes[letter] > _MOST:
            return
        found += [instance(n, letter, k) for n in found for k in range(first, sizes[letter] + 1)]
    yield from found
