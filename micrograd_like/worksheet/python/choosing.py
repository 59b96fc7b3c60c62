"""The cost that a program differentiates: a written one, or the usual one with most lines right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from micrograd_like.formula import Call, Name, names, nodes
from micrograd_like.worksheet.python.costs import assumed_costs, written_costs
from micrograd_like.worksheet.python.early import with_early_costs
from micrograd_like.worksheet.python.meaning import Finder
from micrograd_like.worksheet.python.meanings import Meaning, Meanings
from micrograd_like.worksheet.python.naming import is_cost_name
from micrograd_like.worksheet.python.steps import Recorder
from micrograd_like.worksheet.python.supposing import Suppositions
from micrograd_like.worksheet.records import Place

#: Steps for which meanings are looked for.
_MOST_STEPS = 400


def chosen_cost(recorder: Recorder, told: list[str]) -> tuple[Finder, Meanings, dict[Name, str]]:
    """The cost under which most lines are right, and why others would make some right too.

    Args:
        recorder: The program.
        told: Takes what is assumed, in words.
    """
    earlier = with_early_costs(recorder)
    finder = Finder(earlier)
    if len(finder.steps) > _MOST_STEPS or not finder.points:
        return finder, Meanings({}), {}
    written = [finder.as_it_is(cost) for _, cost in written_costs(finder)]
    best = max([*written, finder.as_it_is({})], key=lambda m: m.rank)
    assumed = []
    for one in assumed_costs(finder):
        other = Finder(one.recorder, finder)
        if other.points:
            assumed.append((other, other.as_it_is(one.cost), one.title))
    nothing = (finder, Meanings({}), "")
    found, most, title = max(assumed, key=lambda one: _rank(*one[:2]), default=nothing)
    named = is_cost_name(_base(finder, best))
    enough = best.score + (2 if best.score and named else 1)
    settled = best.score and (most.wrong or (named and not _is_unusual(finder, best)))
    if most.score < enough or settled:
        meanings = Suppositions(finder, best.cost).meanings()
        if not meanings.wrong:
            return finder, meanings, {}
        costs = [m for m in written if m is not best and not best.found.keys() & m.cost.keys()]
        others = [(finder, m, _base(finder, m)) for m in costs]
        doubts = _right_otherwise(others, "")
        if earlier is not recorder:  # what stands below may only be looked at
            doubts = {**_right_otherwise(assumed, "the cost stands below; "), **doubts}
        return finder, meanings, doubts
    told.append(f"assumed: the cost is {title}")
    at_output = _right_at_output(found, most)
    others = [one for one in assumed if one[1] is not most and at_output <= _right_places(*one[:2])]
    meanings = Suppositions(found, most.cost).meanings()
    meant = {found.steps[at].names[0]: _sense(m) for at, m in meanings.found.items()}
    if not meanings.wrong:
        return found, meanings, {}
    return found, meanings, _right_otherwise(others, "the cost is not written; ", meant)


def _rank(finder: Finder, meanings: Meanings) -> tuple[int, bool, int]:
    """How much a cost makes right, the weights nearest to the output before the factors."""
    score, clean = meanings.rank
    return score, bool(_right_at_output(finder, meanings)), clean


def _right_at_output(finder: Finder, meanings: Meanings) -> set[Place]:
    """The right lines about the weights nearest to the output: they settle an unwritten cost."""
    forward = finder.forward([*meanings.cost]) - meanings.cost.keys()
    last = {n: at for at in sorted(forward) for f in finder.steps[at].formulas for n in names(f)}
    older = {at: finder.steps[at].older for at in meanings.updates}
    moved = {n for names_ in older.values() for n in names_}
    about = {
        **older,
        **{at: m.wrt for at, m in meanings.found.items() if moved.issuperset(m.wrt)},
    }
    where = {at: max((last.get(n, -1) for n in wrt), default=-1) for at, wrt in about.items()}
    nearest = max(where.values(), default=-1)
    right = _right_steps(finder, meanings)
    return {finder.steps[at].place for at, used in where.items() if used == nearest} & {
        finder.steps[at].place for at in right
    }


def _right_steps(finder: Finder, meanings: Meanings) -> Iterator[int]:
    """The gradients that agree, and the updates by such: by a wrong one none is right."""
    wrong = {at for at, meaning in meanings.found.items() if not meaning.agrees}
    yield from meanings.found.keys() - wrong
    wrong |= {at for at, step in enumerate(finder.steps) if step.meant}
    yield from meanings.found.keys() - wrong
    for at, rate in meanings.updates.items():
        if rate is not None and at not in wrong and wrong.isdisjoint(finder.inputs(at)):
            yield at


def _right_places(finder: Finder, meanings: Meanings) -> set[Place]:
    return {finder.steps[at].place for at in _right_steps(finder, meanings)}


def _is_unusual(finder: Finder, meanings: Meanings) -> bool:
    """True for a cost that is rather looked at than differentiated: a mean of moduli, say."""
    formulas = (finder.steps[at].formulas[0] for at in meanings.cost)
    functions = {call.function for formula in formulas for call in nodes(formula, Call)}
    return not meanings.cost or bool(functions & {"abs", "sqrt", "select", "maximum"})


def _base(finder: Finder, meanings: Meanings) -> str:
    return next((finder.steps[at].base for at in meanings.cost), "")


def _sense(meaning: Meaning) -> tuple[tuple[Name, ...], bool]:
    """By what something is differentiated, and whether it is turned round."""
    return meaning.wrt, meaning.factor < 0


def _right_otherwise(
    others: Sequence[tuple[Finder, Meanings, str]],
    reason: str,
    meant: Mapping[Name, tuple[tuple[Name, ...], bool]] | None = None,
) -> dict[Name, str]:
    """The first names of steps that are right under one of several other costs, as meant."""
    found: dict[Name, str] = {}
    for finder, first, title in others:
        meanings = Suppositions(finder, first.cost).meanings() if first.wrong else first
        for at in _right_steps(finder, meanings):
            name = finder.steps[at].names[0]
            sense = (meant or {}).get(name)
            if sense and at in meanings.found and _sense(meanings.found[at]) != sense:
                continue
            found.setdefault(name, f"{reason}it is right for {title}")
    return found
