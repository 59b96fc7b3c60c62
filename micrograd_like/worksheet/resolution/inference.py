"""Inference: what figures tell, where a line holds numbers in the place of names.

In y = w·x, y = 0.5·2 the figures say what w and x are; a definition in figures only is read
as the formula of the names that have just these numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from micrograd_like.formula import Expr, Name, Number, exact_number, nodes
from micrograd_like.notation import text
from micrograd_like.worksheet.builder import CONSTANTS
from micrograd_like.worksheet.figures import each_figure_moved, opened, read_figures
from micrograd_like.worksheet.indices import names_in
from micrograd_like.worksheet.records import Place, Statement
from micrograd_like.worksheet.resolution.choosing import differentiated
from micrograd_like.worksheet.resolution.draft import Definition, Draft
from micrograd_like.worksheet.resolution.numbers import computed, unlike

#: Formulas of one quantity whose shape figures may have.
_MOST_SHAPES = 4


def infer(draft: Draft) -> None:
    """Give names without a value the figure in their place in an equally shaped part.

    A figure that contradicts what a name is given as puts the name in doubt.
    """
    figures = _Figures(draft)
    formulas: dict[object, list[Expr]] = {}
    for read in draft.reads:
        own = formulas.setdefault(read.left, [])
        above = len(own)
        for part in read.parts:
            named = any(n not in CONSTANTS for n in names_in(part.expr))
            stated = part.number is not None and len(own) > 1 and not isinstance(own[-1], Name)
            formulas_above = [] if stated else own[-_MOST_SHAPES:]
            shapes = [[*opened(formula, part.expr)] for formula in formulas_above]
            for shape in figures.likely(shapes):
                for name, number in shape:
                    if name in draft.chosen:
                        if named or part.number is None:
                            figures.contrary(name, number, read)
                    elif name not in CONSTANTS and (not named or len(own) > above):
                        figures.found.setdefault(name, []).append((number, read.place))
            if named:
                own.append(part.expr)
    figures.conclude()


#: Names, and the figures in their places.
_Shape = list[tuple[str, Number]]


@dataclass
class _Figures:
    """Figures in the places of names.

    Attributes:
        draft: What is decided so far.
        found: For every name without a value the figures in its place, with their places.
        against: The places at which a name's figure is another than the one it is given.
        stated: The numbers that names are stated to have.
    """

    draft: Draft
    found: dict[str, list[tuple[Number, Place]]] = field(default_factory=dict)
    against: dict[tuple[str, float], set[Place]] = field(default_factory=dict)
    stated: dict[str, Number] = field(init=False)

    def __post_init__(self) -> None:
        versions = self.draft.versions.all
        self.stated = {v.key: v.number for v in versions if v.number is not None}

    def likely(self, shapes: list[_Shape]) -> list[_Shape]:
        """The shapes without those that put a figure for another factor: h·v for v·h."""
        stated = self.stated
        return [s for s in shapes if not any(unlike(n, stated.get(k)) for k, n in s)] or shapes

    def contrary(self, name: str, number: Number, read: Statement) -> None:
        """Take down a figure that stands where a name is given as another number."""
        draft, (place, _, expr) = self.draft, self.draft.chosen[name]
        given = exact_number(expr)
        if given is None or not unlike(number, given, 0.5):
            return
        self.against.setdefault((name, float(number.value)), set()).add(read.place)
        if place >= 0 and draft.reads[place].place.row > read.place.row:
            draft.doubts.setdefault(
                name,
                f"{number.value:g} stands for {name} on {read.place.where}, before it is given "
                f"on {draft.reads[place].place.where}",
            )

    def conclude(self) -> None:
        """Doubt what is contradicted twice; take what all figures agree on."""
        draft = self.draft
        for (name, value), places in self.against.items():
            if len({place.row for place in places}) > 1:
                shown = " and ".join(dict.fromkeys(place.where for place in sorted(places)[:3]))
                draft.doubts.setdefault(
                    name, f"{value:g} stands for {name} on {shown}, unlike what is given"
                )
        for name, numbers in self.found.items():
            number, place = numbers[0]
            if all(not unlike(other, number) for other, _ in numbers):
                best = max((n for n, _ in numbers), key=lambda n: n.places or 0)
                draft.chosen[name] = Definition(-1, -1, best)
                draft.inferred[name] = best
                draft.doubts.setdefault(
                    name, f"{name} = {best.value:g} is taken from the figures of {place.where}"
                )


def read_definitions(draft: Draft) -> None:
    """Read a definition in figures only: a name for each, or a name of unknown dependence."""
    numbers = {
        key: number
        for key, definition in draft.chosen.items()
        if (number := exact_number(definition.expr)) is not None
    }
    for key, definition in list(draft.chosen.items()):
        place, _, expr = definition
        named = any(n not in CONSTANTS or n in draft.versions.first for n in names_in(expr))
        if place >= 0 and exact_number(expr) is None and not named:
            formula, sure = read_figures(expr, _before(draft, key, place, numbers))
            if formula is None or not _taken(draft, key, definition, formula):
                _unread(draft, key, definition, sure)


def _before(draft: Draft, key: str, place: int, numbers: dict[str, Number]) -> dict[str, Number]:
    """The numbers of what was given or stated before a statement."""
    return {
        v.key: number
        for v in draft.versions.all
        if v.first < place
        and v.key != key
        and (number := numbers.get(v.key) or v.number) is not None
    }


def _taken(draft: Draft, key: str, definition: Definition, formula: Expr) -> bool:
    """True if the formula becomes the name's definition: it may not rest on the name."""
    place = definition.place
    draft.chosen[key] = definition._replace(expr=formula)
    if draft.circular(key):
        draft.chosen[key] = definition
        return False
    read = draft.reads[place]
    draft.doubts.setdefault(key, f"{key} is read from its figures on {read.place.where}")
    read_as = "; ".join(filter(None, [read.read_as, f"the figures as {text(formula)}"]))
    draft.reads[place] = replace(read, read_as=read_as)
    return True


def _unread(draft: Draft, key: str, definition: Definition, sure: bool) -> None:
    """Figures that are no formula of names: rounded, or hiding what the name depends on."""
    place, _, expr = definition
    where = draft.reads[place].place.where
    hiding = any(n.places is not None for n in nodes(expr, Number)) and key in differentiated(draft)
    if not sure or hiding:
        draft.doubts.setdefault(key, f"{key} has only figures on {where}")
        draft.opaque[key] = (
            f"{key} has only figures on {where}, and what it depends on is not known"
        )
    elif _repeats_a_result(draft, expr, place) or (
        _repeats(draft, expr, place) and _rounds(expr, draft.reads[place])
    ):
        draft.doubts.setdefault(
            key, f"the figures of {where} give it only as far as they are rounded"
        )


def _repeats_a_result(draft: Draft, expr: Expr, place: int) -> bool:
    """True where a figure is what an earlier line of several parts came to, rounded."""
    results = {
        part.number.value
        for read in draft.reads[:place]
        for part in read.parts[1:]
        if part.number is not None and part.number.places
    }
    return any(n.value in results for n in nodes(expr, Number) if n.places)


def _repeats(draft: Draft, expr: Expr, place: int) -> bool:
    """True where a figure may be rounded: it stands on an earlier line, or one is in doubt."""
    above = draft.reads[:place]
    if any(read.doubt or not read.parts for read in above):
        return True
    earlier = {
        number.value for read in above for part in read.parts for number in nodes(part.expr, Number)
    }
    return any(n.value in earlier for n in nodes(expr, Number) if n.places is not None)


def _rounds(expr: Expr, read: Statement) -> bool:
    """True where the line's number is not what its figures give, but within their rounding."""
    stated = next((p.number for p in reversed(read.parts) if p.number is not None), None)
    value = computed(expr, {})
    if stated is None or value is None or stated.places is None:
        return False
    off = abs(value - stated.value) - 0.5 * 10.0**-stated.places
    if off <= 1e-12 * abs(value):
        return False
    slack = 0.0
    for moved in each_figure_moved(expr):
        other = computed(moved, {})
        slack += 0.0 if other is None else abs(other - value)
    return off <= slack * (1 + 1e-9)
