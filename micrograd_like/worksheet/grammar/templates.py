"""Templates: h_t = tanh(a_t) and ∂L/∂z_i = p_i − y_i, said for every number of their indices.

A definition is taken as one of each of its names; a claim is marked for each of its numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import product

from micrograd_like.formula import Derivative, Expr, Name, Number, names_in, rewrite
from micrograd_like.worksheet.builder import CONSTANTS
from micrograd_like.worksheet.grammar.scope import Document
from micrograd_like.worksheet.naming.counts import LAST
from micrograd_like.worksheet.naming.indices import (
    instances,
    letters_of,
    names_below,
    put_in,
    quantity_in,
)
from micrograd_like.worksheet.records import FOR_ALL, Statement
from micrograd_like.worksheet.tokens.spelling import (
    instance,
    is_shifted,
    kronecker,
    layer_letters,
    shifted,
)

_EVERY = "it as one line for every value of its index"
#: Statements that templates may stand for, and one of them.
_MOST_INSTANCES, _MOST_OF_ONE = 2_000, 40
#: The layers beside one of which no number is said.
_LAYERS = (-1, -2, -3, 1, 2, 3)

#: A number for each index.
_Numbers = Mapping[str, int]


class Templates:
    """The templates of one document."""

    def __init__(self, document: Document) -> None:
        self._names, self._hidden, self._document = document.names, document.hidden, document

    def instances(self, reads: Sequence[Statement]) -> list[Statement]:
        """Every statement, and for a template one for each of its numbers."""
        found = list(reads)
        if self._names.has_indices:
            self._unroll(reads)
            found = list(self._instances([*reads, *self._layers(reads)]))
        if any(name.startswith("delta_") for name in self._names.used - self._names.lefts):
            found = [read.rewritten(self._without_kronecker, read.left) for read in found]
            self._hidden.update({n: self._without_kronecker(e) for n, e in self._hidden.items()})
        return found

    def _unroll(self, reads: Sequence[Statement]) -> None:
        """Take for used what templates give: with x_1 to x_3 and h_0 also h_1 to h_3."""
        used = self._names.used
        templates = [
            (read, letter)
            for read in reads
            if read.subject is None and isinstance(read.left, Name)
            for letter in self._letters(read)
            if not is_shifted(read.left)
        ]
        for _ in range(LAST if templates else 0):
            known = len(used)
            for read, letter in templates:
                for number in range(LAST):
                    left = instance(str(read.left), letter, number)
                    if left not in used and self._stands(read, {letter: number}, needed=True):
                        used.add(left)
            if len(used) == known:
                break

    def _instances(self, reads: Sequence[Statement]) -> Iterator[Statement]:
        names, count = self._names, 0
        for read in reads:
            letters = self._letters(read)
            numbers = {letter: self._numbers(read, letter) for letter in letters}
            choices = [dict(zip(numbers, some, strict=True)) for some in product(*numbers.values())]
            if not letters or not choices or count > _MOST_INSTANCES or self._document.is_full:
                stands_for_all = not letters and self._stands_for_all(read)
                yield _template(read, _EVERY) if stands_for_all else read
                continue
            count += len(choices)
            said = (f"{x} = {', '.join(map(str, own))}" for x, own in numbers.items())
            shown = f"it as one line for each {' and '.join(said)}"
            claim = read.subject is not None or isinstance(read.left, Derivative)
            if not claim:
                yield _template(read, shown)
            standing = [numbers for numbers in choices if self._stands(read, numbers)]
            for place, chosen in enumerate(standing, 1):
                (one,) = self._document.kept([self._instance(read, chosen)], 0)
                if claim:  # marked together, as the elements of an array are
                    read_as = "; ".join(filter(None, [read.read_as, shown]))
                    yield replace(one, element=place, read_as=read_as)
                else:
                    names.used.add(str(one.left))
                    yield replace(one, defines="template")

    def _layers(self, reads: Sequence[Statement]) -> Iterator[Statement]:
        """For z_L = w_L·a_{L−1} the same of the layers beside it that the document speaks of."""
        known = self._names
        for read in reads:
            names = {n for part in read.parts for n in names_in(part.expr)}
            alike = all(map(layer_letters, names - {*CONSTANTS}))
            if read.subject is None and names and alike and layer_letters(str(read.left)):
                for by in _LAYERS:
                    left = Name(shifted(str(read.left), by))
                    if left in known.used - known.lefts:
                        known.lefts.add(left)
                        other = read.rewritten(partial(_of_layer, by=by), left)
                        yield replace(other, defines="template")

    def _instance(self, read: Statement, numbers: _Numbers) -> Statement:
        """What a template says for some numbers."""
        hidden = self._hidden
        for letter, number in numbers.items():
            put = partial(put_in, letter=letter, number=number, hidden=hidden)
            if read.subject is None:
                left = quantity_in(read.left, letter, number, hidden)
            else:
                left = self._document.stand_in(put(read.subject))
            read = read.rewritten(put, left)
        return read

    def _stands(self, read: Statement, numbers: _Numbers, needed: bool = False) -> bool:
        """True if everything in the instance is in use: no h_{t−1} below the first.

        Args:
            read: The template.
            numbers: Those of the instance.
            needed: Whether some of it has to have the index.
        """
        used, indexed = self._names.used, not needed
        for name in {n for part in read.parts for n in names_in(part.expr)}:
            new: str = name
            for letter, number in numbers.items():
                new = instance(new, letter, number)
            if new != name and new not in used and kronecker(new) is None:
                return False
            indexed |= new != name
        return indexed

    def _stands_for_all(self, read: Statement) -> bool:
        """True for w += d_t·h_t, which is one line for every t."""
        names = self._names
        found = {n for part in read.parts for n in names_in(part.expr)}
        return any(
            letter not in names.lefts and instances(found, letter, names)
            for letter in letters_of(found)
        )

    def _letters(self, read: Statement) -> list[str]:
        """The indices of a template: one; several where all of their counts are assumed."""
        left = read.left if read.subject is None else read.subject
        found = letters_of(names_below(left, self._hidden)) - self._names.lefts
        several = len(found) > 1 and not found <= self._names.counted
        return [] if several or not read.parts else sorted(found)

    def _numbers(self, read: Statement, letter: str) -> list[int]:
        names = self._names
        left = read.left if read.subject is None else read.subject
        mine = list(names_below(left, self._hidden))
        found = instances(mine, letter, names)
        if found or read.subject is not None or isinstance(read.left, Derivative):
            return found
        others = {n for part in read.parts for n in names_in(part.expr)}
        return instances(others, letter, names)

    def _without_kronecker(self, expr: Expr) -> Expr:
        """The expression with 1 for δ_{22} and 0 for δ_{12}."""

        def rule(node: Expr) -> Expr | None:
            if not isinstance(node, Name) or node in self._names.lefts:
                return None
            value = kronecker(node)
            return None if value is None else Number(value)

        return rewrite(expr, rule)


def _template(read: Statement, meant: str) -> Statement:
    """The template itself, which is taken: what it says stands in its instances."""
    read_as = "; ".join(filter(None, [read.read_as, meant]))
    return replace(read, parts=(), doubt="", read_as=read_as, defines=FOR_ALL)


def _of_layer(expr: Expr, by: int) -> Expr:
    """A formula of another layer."""

    def rule(node: Expr) -> Expr | None:
        return Name(shifted(node, by)) if isinstance(node, Name) else None

    return rewrite(expr, rule)
