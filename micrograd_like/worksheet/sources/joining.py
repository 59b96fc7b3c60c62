"""Words and code of one document: what the words say is held against what the code defines.

z₁ of a formula is z1 or z_1 of the code, w₅ is w[4] where the words count from 1, and E is the
code's cost if the words do not say what it is. What a formula means depends on where it stands:
on the version of each name that the code has made above it, else on the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from micrograd_like.formula import Derivative, Expr, Name, Number, names_in, nodes, rewrite
from micrograd_like.worksheet.builder import CONSTANTS
from micrograd_like.worksheet.records import Part, Statement
from micrograd_like.worksheet.resolution.numbers import computed, unlike
from micrograd_like.worksheet.resolution.renaming import Names, rename
from micrograd_like.worksheet.resolution.renewal import is_addend
from micrograd_like.worksheet.sources.code_names import Code, called, key, names_of

#: What costs are called in formulas.
_COSTS = ("E", "L", "J", "C", "Loss", "loss", "Cost", "cost", "ell", "mathcalL")
#: What stands before a weight where a formula means its gradient.
_STEP = ("Delta", "Δ", "nabla", "∇")


@dataclass
class Joined:
    """The words of a document in the names of its code.

    Attributes:
        reads: Their statements.
        hidden: Their expressions without names of their own.
        told: How names were matched, in words.
    """

    reads: list[Statement]
    hidden: dict[str, Expr]
    told: tuple[str, ...] = ()


def joined(
    words: Sequence[Statement],
    hidden: Mapping[str, Expr],
    code: Sequence[Statement],
    older: Mapping[Name, Name],
) -> Joined:
    """What the words say, about the quantities of the code.

    Words that speak of arrays as wholes, or whose numbers are mostly others than the code's, are
    about something else: they keep names of their own.

    Args:
        words: The statements of formulas.
        hidden: Their expressions without names of their own.
        code: The statements of the code.
        older: For every later version of a name of the code the one before.
    """
    if not words or not code:
        return Joined([*words], {**hidden})
    match = _Match(Code(code, older), words)
    used = dict(hidden)
    reads = [match.apart(read) for read in words]
    about = {at: read for at, read in enumerate(words) if not match.is_of_arrays(read)}
    for group in _groups(about, hidden):
        if match.fits([about[at] for at in group]):
            for at in group:
                reads[at] = match.held(about[at], hidden, used)
    return Joined(reads, used, tuple(match.told()))


def _groups(words: Mapping[int, Statement], hidden: Mapping[str, Expr]) -> list[set[int]]:
    """The places of the statements, those together that share a name."""
    groups: list[tuple[set[Name], set[int]]] = []
    for at, read in words.items():
        mine = names_of(read) - {*map(Name, CONSTANTS)}
        mine |= {n for name in mine if name in hidden for n in names_in(hidden[name])}
        touching = [group for group in groups if group[0] & mine]
        groups = [group for group in groups if not group[0] & mine]
        names = mine.union(*(names for names, _ in touching))
        groups.append((names, {at}.union(*(places for _, places in touching))))
    return [places for _, places in groups]


class _Match:
    """Which name of the code each name of the words is."""

    def __init__(self, code: Code, words: Sequence[Statement]) -> None:
        self.code = code
        self.lefts = {read.left for read in words if isinstance(read.left, Name)}
        names = {name for read in words for name in names_of(read)}
        by_key = {key(plain): plain for plain in code.versions if "[" not in plain}
        self.plain = {name: by_key[key(name)] for name in names if key(name) in by_key}
        self.first: dict[str, int] = {}
        self._elements(names - self.plain.keys())
        self.arrays = {key(base) for base in code.arrays}
        self._costs(words)

    def _elements(self, names: Iterable[Name]) -> None:
        """w5 is w[4], or w[5] where the words count from 0."""
        found: dict[str, list[tuple[Name, tuple[int, ...]]]] = defaultdict(list)
        bases = {key(base): base for base in self.code.arrays}
        for name in names:
            plain = key(name)
            base = plain.rstrip("0123456789")
            digits = plain[len(base) :]
            if digits and base in bases:
                axes = len(next(iter(self.code.arrays[bases[base]])))
                index = (int(digits),) if axes == 1 else tuple(map(int, digits))
                found[bases[base]].append((name, index))
        for base, indices in found.items():
            known = self.code.arrays[base]
            first = 0 if any(0 in index for _, index in indices) else 1
            moved = {n: tuple(i - first for i in index) for n, index in indices}
            if all(index in known for index in moved.values()):
                self.first[base] = first
                self.plain |= {name: known[index] for name, index in moved.items()}

    def _costs(self, words: Sequence[Statement]) -> None:
        """E is the code's cost, where the words differentiate it and do not say what it is."""
        cost = self.code.cost
        asked = {
            called(slope.of)
            for read in words
            for expr in (read.left, *(part.expr for part in read.parts))
            for slope in nodes(expr, Derivative)
        }
        if cost is not None:
            plain = cost.plain
            for name in asked:
                if name in _COSTS and name not in self.lefts and name not in self.plain:
                    self.plain[name] = plain

    def told(self) -> Iterator[str]:
        """How elements and the cost were matched, in words."""
        for base, first in self.first.items():
            if first:
                yield f"{base}_1 of the formulas is {base}[0] of the code"

    def is_of_arrays(self, read: Statement) -> bool:
        """True for a statement that speaks of an array of the code as a whole."""
        names = names_of(read) - self.plain.keys()
        return any(key(name) in self.arrays for name in names)

    def fits(self, group: Sequence[Statement]) -> bool:
        """True for statements that are about the quantities of the code.

        A program that only works out figures of what the words have formulas for defines nothing.
        """
        if any(map(self._is_worked_out, group)):
            return False
        agreeing = [agrees for read in group if (agrees := self._agrees(read)) is not None]
        return sum(agreeing) * 2 >= len(agreeing)

    def _is_worked_out(self, read: Statement) -> bool:
        """True for a formula in names of what the code has as its number alone: z = 0.2*0.6."""
        if not isinstance(read.left, Name) or read.left not in self.plain or self._updates(read):
            return False
        name = self.code.at(self.plain[read.left], read.place.row)
        formulas = (n for part in read.parts for n in names_in(part.expr) if n not in CONSTANTS)
        if name not in self.code.in_figures or not any(formulas) or name not in self.code.numbers:
            return False
        true = Number(self.code.numbers[name], 12)
        numbers = [part.number for part in read.parts if part.number is not None]
        return bool(numbers) and not any(unlike(number, true, 1.0) for number in numbers)

    def _agrees(self, read: Statement) -> bool | None:
        """Whether what a statement says of a name is the code's; None where nothing tells.

        Its numbers tell, where it has some: a formula for them may be what is wrong.
        """
        if isinstance(read.left, Derivative) or read.left not in self.plain or not read.parts:
            return None
        if self._updates(read):
            return None
        name = self.code.at(self.plain[read.left], read.place.row)
        true = self.code.numbers.get(name)
        keys = self._keys(read)
        values = {Name(k): self.code.numbers.get(Name(v)) for k, v in keys.items()}
        known: dict[object, float] = dict(CONSTANTS.items())
        known |= {k: v for k, v in values.items() if v is not None}
        found: list[Number | None] = [p.number for p in read.parts if p.number is not None]
        found = found or [self._number(part, known) for part in read.parts]
        if true is None or None in found:
            return None
        return all(not unlike(number, Number(true, 12), 1.0) for number in found if number)

    def _number(self, part: Part, known: Mapping[object, float]) -> Number | None:
        value = computed(part.expr, known)
        figures = [n.places for n in nodes(part.expr, Number) if n.places is not None]
        return None if value is None else Number(value, min(figures, default=12))

    def _keys(self, read: Statement) -> dict[Name, Name]:
        """Which version each name of a statement means; of a derivative, one that it rests on."""
        names, row = names_of(read) & self.plain.keys(), read.place.row
        below: set[Name] = set()
        if isinstance(read.left, Derivative) and (of := called(read.left.of)) in names:
            below = self.code.below(self.code.at(self.plain[of], row))
        return {name: self.code.at(self.plain[name], row, below) for name in names}

    def _updates(self, read: Statement) -> bool:
        left = str(read.left)
        return bool(read.parts) and (read.assigned or is_addend(read.parts[0].expr, left))

    def held(self, read: Statement, hidden: Mapping[str, Expr], used: dict[str, Expr]) -> Statement:
        """A statement in the names of the code, held against it."""
        keys = self._keys(read)
        for name in names_of(read):
            if name in hidden:
                inner = {n: self.plain[n] for n in names_in(hidden[name]) if n in self.plain}
                meant = {str(n): self.code.at(p, read.place.row) for n, p in inner.items()}
                used[name] = rename(hidden[name], meant)
        left, parts = read.left, read.parts
        if self._updates(read) and read.left in self.plain:
            parts = tuple(self._with_step(part, read) for part in parts)
        parts = tuple(_renamed(part, keys) for part in parts)
        subject = None if read.subject is None else rename(read.subject, keys)
        known = isinstance(left, Name) and left in self.plain
        if isinstance(left, Name) and known and self._updates(read):
            later = self.code.next(self.plain[left], read.place.row)
            left = Name(later or keys[left])
            return replace(read, left=left, parts=parts, held=later is not None)
        renamed = rename(left, keys)
        assert isinstance(renamed, Name | Derivative)
        return replace(
            read,
            left=renamed,
            parts=parts,
            subject=subject,
            held=known,
            doubt=self._doubt(read),
        )

    def _doubt(self, read: Statement) -> str:
        """A formula without a number, other than the code's: which of the two is meant, who knows.

        A number that is the code's shows that both are about the same.
        """
        if read.doubt or not isinstance(read.left, Name) or read.left not in self.plain:
            return read.doubt
        numbers = any(part.number is not None for part in read.parts)
        return "" if numbers else f"the code has {self.plain[read.left]} by itself"

    def _with_step(self, part: Part, read: Statement) -> Part:
        """W − αΔw with the gradient in the place of Δw, which the words do not define."""
        left = str(read.left)
        steps = {Name(f"{step}{left}") for step in _STEP} - self.lefts
        cost, old = self.code.cost, self.code.at(self.plain[Name(left)], read.place.row)
        if cost is None or not steps & {*names_in(part.expr)}:
            return part
        slope = Derivative(cost, old)
        return replace(part, expr=rewrite(part.expr, lambda node: slope if node in steps else None))

    def apart(self, read: Statement) -> Statement:
        """A statement about something else than the code, its names told apart from the code's."""
        taken = self.code.versions
        keys = {name: Name(name, "words") for name in names_of(read) if name in taken}
        left = rename(read.left, keys)
        assert isinstance(left, Name | Derivative)
        parts = tuple(_renamed(part, keys) for part in read.parts)
        subject = None if read.subject is None else rename(read.subject, keys)
        return replace(read, left=left, parts=parts, subject=subject)


def _renamed(part: Part, keys: Names) -> Part:
    otherwise = None if part.otherwise is None else rename(part.otherwise, keys)
    return replace(part, expr=rename(part.expr, keys), otherwise=otherwise)
