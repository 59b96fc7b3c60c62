"""Choosing: which part of which statement gives each version of a name its value.

A formula in names comes before figures, wherever it stands; one that would rest on itself is
none. Where somebody differentiates, the formula that reaches the name is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from micrograd_like.formula import Call, Name, Number, derivatives, names_in
from micrograd_like.worksheet.builder import CONSTANTS
from micrograd_like.worksheet.records import Part
from micrograd_like.worksheet.resolution.draft import Definition, Draft
from micrograd_like.worksheet.resolution.figures import opened
from micrograd_like.worksheet.resolution.numbers import unlike
from micrograd_like.worksheet.resolution.renaming import rename, with_part
from micrograd_like.worksheet.resolution.versions import Version

#: Statements that stand behind a line and are not marked: what a template or chain says.
BEHIND = ("template", "implied")


def choose(draft: Draft) -> None:
    """Choose the definition of every version."""
    choice = _Choice(draft)
    for version in draft.versions.all:
        choice.choose(version)
    choice.take_reaching()
    choice.take_parts()


def _is_filled_in(candidate: Definition, formulas: Iterable[Definition]) -> bool:
    """True for a formula of the line with figures in it: they are never the definition."""
    return any(
        earlier.place == candidate.place
        and earlier.part < candidate.part
        and opened(earlier.expr, candidate.expr)
        for earlier in formulas
    )


class _Choice:
    """The parts that may define each version, and the choice among them."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.known = {version.key for version in draft.versions.all}
        self.constants = CONSTANTS.keys() - draft.versions.first.keys()
        self.candidates = {v.key: list(self._candidates(v)) for v in draft.versions.all}
        self._mentioned: set[str] = set()  # the names in what has been chosen

    def _candidates(self, version: Version) -> Iterator[Definition]:
        """The parts that may define the version: formulas in their order, templates last."""
        draft = self.draft
        templates_last = sorted(
            version.statements, key=lambda place: draft.reads[place].defines in BEHIND
        )
        for place in templates_last:
            for number, part in enumerate(draft.reads[place].parts):
                names = set(names_in(part.expr)) - self.constants
                if names and version.key not in names:
                    yield Definition(place, number, part.expr)

    def choose(self, version: Version) -> None:
        """Choose the version's definition; none where nothing gives it a value."""
        draft = self.draft
        formulas = self.candidates[version.key]
        where = draft.reads[version.first].place.where
        if version.why in ("rests", "early") and version.formula is not None and not formulas:
            keys = {n: v.key for n, v in version.rests_on.items() if v is not None}
            formula = rename(version.formula, keys)
            draft.chosen[version.key] = Definition(version.first, -1, formula)
            self._mentioned.update(names_in(formula))
            again = f"{version.base} is read as computed again on {where}"
            below = f"{version.base} is defined further down, behind other values of its names"
            draft.doubts[version.key] = again if version.why == "rests" else below
            return
        if version.why == "names":
            draft.doubts[version.key] = f"{version.base} is read as a new one on {where}"
        for candidate in self._sound_first(version):
            draft.chosen[version.key] = candidate
            names = names_in(candidate.expr)
            on_itself = version.key in names or version.key in self._mentioned
            if not on_itself or not draft.circular(version.key):
                if self._disagrees(version, candidate):
                    break
                self._mentioned.update(names)
                return
            del draft.chosen[version.key]
        draft.chosen.pop(version.key, None)
        self._choose_number(version)

    def _sound_first(self, version: Version) -> list[Definition]:
        """The candidates, those first whose names all have versions."""
        formulas = self.candidates[version.key]
        sound = [
            c
            for c in formulas
            if all(n in self.known for n in names_in(c.expr)) and not _is_filled_in(c, formulas)
        ]
        first = self._first_part(version)
        if not sound and first is not None and first.number is not None:
            formulas = [c for c in formulas if any(n in self.known for n in names_in(c.expr))]
        return [*sound, *formulas]

    def _first_part(self, version: Version) -> Part | None:
        parts = self.draft.reads[version.first].parts
        return parts[0] if parts else None

    def _disagrees(self, version: Version, candidate: Definition) -> bool:
        """True for a formula behind a given, or figures, that is not the formula's number."""
        place = candidate.place
        first = None if place == version.first else self._first_number(version)
        if first is None:
            return False
        stated = [p.number for p in self.draft.reads[place].parts if p.number is not None]
        if stated:
            return unlike(stated[-1], first, 1.0)
        versions = self.draft.versions
        original = versions.reads[place].parts[candidate.part].expr
        if derivatives(original):  # its number is not known here: the given one stands
            return True
        value = versions.value(original, versions.meant[place])
        return value is not None and unlike(Number(value, 12), first)

    def _first_number(self, version: Version) -> Number | None:
        """The number that the version's first line gives it: a given, or what figures come to."""
        parts = self.draft.reads[version.first].parts
        first, last = (parts[0], parts[-1].number) if parts else (None, None)
        if first is None or last is None or any(names_in(part.expr) for part in parts):
            return None if first is None else first.number
        value = self.draft.versions.value(first.expr, {})
        agrees = value is not None and not unlike(Number(value, 12), last)
        return last if agrees else first.number

    def _choose_number(self, version: Version) -> None:
        """Take the first part that does not rest on the version itself; else just the first."""
        reads, own = self.draft.reads, version.key
        parts = [
            Definition(place, number, part.expr)
            for place in version.statements
            for number, part in enumerate(reads[place].parts)
        ]
        sound = [d for d in parts if own not in {*names_in(d.expr)}]
        for definition in [*sound, *parts][:1]:
            self.draft.chosen[own] = definition
            self._mentioned.update(names_in(definition.expr))

    def take_reaching(self) -> None:
        """Take another formula of a name where its first one reaches none of the names asked for.

        J = (2 + 3w)², a = 2 + 3w, J = a²: the second formula of J is the one to differentiate.
        """
        draft = self.draft
        for of, by in draft.asked.items():
            if of not in draft.chosen:
                continue
            best, most = draft.chosen[of], draft.reached(of, by)
            if most == len(by):
                continue
            for candidate in self.candidates.get(of, ()):
                draft.chosen[of] = candidate
                reached = draft.reached(of, by)
                if reached > most and not draft.circular(of):
                    best, most = candidate, reached
            draft.chosen[of] = best

    def take_parts(self) -> None:
        """Put a name for a part of another's formula: z in a = σ(w·x), z = w·x.

        This is done only where somebody differentiates by the name and it changes nothing else.
        """
        draft = self.draft
        for of, by in draft.asked.items():
            below = draft.below(of)
            for wrt in by:
                if of not in draft.chosen or wrt not in draft.chosen:
                    continue
                part = draft.chosen[wrt].expr
                if not isinstance(part, Call) or not names_in(part):
                    continue
                if wrt in below or of in draft.below(wrt):
                    continue
                for key in [k for k in below if k in draft.chosen]:
                    place, number, expr = draft.chosen[key]
                    new = with_part(expr, part, Name(wrt))
                    if new != expr:
                        draft.chosen[key] = Definition(place, number, new)
                below = draft.below(of)
