"""What a loop gives element by element, as the array that it is.

``for j in range(n): d[j] = e[j] * h[j]`` says what ``d = e * h`` does: the steps of its passes
are one step with as many elements, if none of them rests on another. What a loop adds up is one
sum. A loop whose passes go on from each other, over layers or times, stays as it is.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np

from micrograd_like.formula import Expr, Name, names, rewrite, terms
from micrograd_like.worksheet.python.meanings import array
from micrograd_like.worksheet.python.steps import Recorder, Step
from micrograd_like.worksheet.python.terms import Term

_Key = tuple[Any, ...]


def gathered(recorder: Recorder) -> Recorder:
    """The program, its loops over elements as steps of arrays."""
    kept = _summed(recorder.steps)
    groups = [*_groups(kept)]
    if len(groups) == len(recorder.steps):
        return recorder
    return _rebuilt(recorder, [[(at, kept[at]) for at in group] for group in groups])


# Sums.


def _summed(steps: Sequence[Step]) -> dict[int, Step]:
    """The steps by their places, those that only add to the one before put together with it."""
    kept = dict(enumerate(steps))
    maker = {name: at for at, step in kept.items() for name in step.names}
    users: dict[Name, set[int]] = defaultdict(set)
    for at, step in kept.items():
        for name in (n for f in step.formulas for n in names(f)):
            users[name].add(at)
    over: dict[int, frozenset[int]] = {}  # the loops over which a sum goes
    for at in range(len(steps)):
        step = kept[at]
        before = maker.get(step.older[0]) if len(step.older) == 1 else None
        if before is None or before not in kept or users[step.older[0]] != {at}:
            continue
        loops = _goes_on(kept[before], step, over.get(before, frozenset()))
        if loops:
            kept[at] = _together(kept.pop(before), step, loops)
            over[at] = loops
            for name in (n for f in kept[at].formulas for n in names(f)):
                users[name] = users[name] - {before} | {at}
    return kept


def _goes_on(before: Step, step: Step, over: frozenset[int]) -> frozenset[int]:
    """The loops over which a step adds to the same step of the pass before; none if it does not."""
    if step.shape or _line(before)[:3] != _line(step)[:3]:
        return frozenset()
    if ("+", step.older[0]) not in terms(step.formulas[0]):
        return frozenset()
    earlier = [one for one in before.passes if one[0] not in over]
    now = [one for one in step.passes if one[0] not in over]
    if len(earlier) != len(now):
        return frozenset()
    return over | {a[0] for a, b in zip(earlier, now, strict=True) if a != b} or frozenset()


def _together(before: Step, step: Step, loops: frozenset[int]) -> Step:
    def whole(one: Expr, other: Expr) -> Expr:
        return rewrite(one, lambda node: other if node == step.older[0] else None)

    mended = bool(step.meant or before.meant)
    meant = whole((step.meant or step.formulas)[0], (before.meant or before.formulas)[0])
    passes = tuple(one for one in step.passes if one[0] not in loops)
    return replace(
        step,
        formulas=(whole(step.formulas[0], before.formulas[0]),),
        meant=(meant,) if mended else (),
        older=before.older,
        passes=passes,
    )


# Groups.


def _line(step: Step) -> _Key:
    """What the passes of a loop have in common: the line, and the loops and calls around it."""
    return (step.place, step.source, step.base, tuple(loop for loop, _ in step.passes))


def _groups(steps: Mapping[int, Step]) -> Iterator[list[int]]:
    """The places of steps that are elements of one array, in an order in which each is known."""
    maker = {name: at for at, step in steps.items() for name in step.names}
    uses = {
        at: {maker[n] for f in step.formulas for n in names(f) if n in maker}
        for at, step in steps.items()
    }
    apart: set[int] = set()  # loops whose passes are no elements
    while True:
        group = {at: _group(at, step, apart) for at, step in steps.items()}
        order = _order(group, uses)
        try:
            order.prepare()
        except CycleError as error:
            cycle = {*error.args[1]}
            inside = [at for at, one in group.items() if one in cycle]
            loop = _carrying(steps, {at: uses[at] & {*inside} for at in inside})
            apart |= {loop} if loop else {loop for at in inside for loop, _ in steps[at].passes}
            continue
        break
    group = _by_use(steps, group)
    order = _order(group, uses)
    order.prepare()
    members: dict[_Key, list[int]] = defaultdict(list)
    for at, one in group.items():
        members[one].append(at)
    yield from _in_order(order, members)


def _group(at: int, step: Step, apart: Container[int]) -> _Key:
    if step.shape or not step.passes:
        return _line(step), at
    return _line(step), tuple(number for loop, number in step.passes if loop in apart)


def _order(group: Mapping[int, _Key], uses: Mapping[int, Iterable[int]]) -> TopologicalSorter[_Key]:
    before: dict[_Key, set[_Key]] = {one: set() for one in group.values()}
    for at, used in uses.items():
        before[group[at]] |= {group[other] for other in used}
    return TopologicalSorter(before)


def _carrying(steps: Mapping[int, Step], uses: Mapping[int, Iterable[int]]) -> int:
    """The outermost loop of which one pass uses what another one gives; 0 without one."""
    found: list[tuple[int, int]] = []
    for at, used in uses.items():
        for other in used:
            pairs = zip(steps[at].passes, steps[other].passes, strict=False)
            for depth, ((loop, number), (own, before)) in enumerate(pairs):
                if loop != own:
                    break
                if number != before:
                    found.append((depth, loop))
                    break
    return min(found, default=(0, 0))[1]


def _by_use(steps: Mapping[int, Step], group: Mapping[int, _Key]) -> dict[int, _Key]:
    """The groups, what is renewed told apart by what uses it: the weights of several layers."""
    users: dict[Name, set[_Key]] = defaultdict(set)
    for at, step in steps.items():
        for name in (n for f in step.formulas for n in names(f)):
            users[name].add(group[at])
    return {
        at: (
            one,
            frozenset(other for n in _renewed_by(steps[at]) for other in users[n] if other != one),
        )
        for at, one in group.items()
    }


def _renewed_by(step: Step) -> list[Name]:
    """What a step adds something to."""
    pairs = zip(step.older, step.formulas, strict=False)
    return [old for old, formula in pairs if ("+", old) in terms(formula)]


def _in_order(
    order: TopologicalSorter[_Key], members: Mapping[_Key, list[int]]
) -> Iterator[list[int]]:
    """The groups, each behind those that it rests on, else as their last members stand."""
    ready: list[tuple[int, list[int], _Key]] = []
    while order.is_active():
        for one in order.get_ready():
            heapq.heappush(ready, (members[one][-1], members[one], one))
        _, group, one = heapq.heappop(ready)
        order.done(one)
        yield group


# Steps of arrays.


def _rebuilt(recorder: Recorder, groups: Sequence[Sequence[tuple[int, Step]]]) -> Recorder:
    """The program with a step for each group, and what every variable is before it."""
    made = {name for step in recorder.steps for name in step.names}
    bases = {step.base for step in recorder.steps}
    current: dict[str, Term] = {}
    steps, snapshots = [], []
    known: set[Expr] = set()
    for group in groups:
        old = recorder.snapshots[group[-1][0]]
        for base, value in old.items():
            there = {*value.reshape(-1)}
            if (base not in bases or base not in current) and not there & made - known:
                current[base] = value
        step = _array_of([one for _, one in group])
        snapshots.append(dict(current))
        steps.append(step)
        known |= {*step.names}
        current[step.base] = _renewed(current.get(step.base), step, [one for _, one in group])
    maker: dict[Expr, Step] = {name: step for step in steps for name in step.names}
    return replace(recorder, steps=steps, snapshots=snapshots, maker=maker)


def _array_of(members: Sequence[Step]) -> Step:
    """The steps of all passes as one."""
    last = members[-1]
    if len(members) == 1:
        return last
    indices = [m.index for m in members if m.index is not None]
    if len({*indices}) < len(members):
        indices = [tuple(number for _, number in m.passes) for m in members]
    pairs = sorted(zip(indices, members, strict=True), key=lambda pair: pair[0])
    ordered = [step for _, step in pairs]
    older = [step.older for step in ordered]
    return replace(
        last,
        shape=_grid([index for index, _ in pairs]),
        names=tuple(step.names[0] for step in ordered),
        formulas=tuple(step.formulas[0] for step in ordered),
        meant=tuple((s.meant or s.formulas)[0] for s in ordered if any(o.meant for o in ordered)),
        older=tuple(o[0] for o in older) if all(older) else (),
        index=None,
        gathered=True,
    )


def _grid(indices: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """The shape in which these are all the elements, axes of a single one left out."""
    axes = [sorted({*axis}) for axis in zip(*indices, strict=True)]
    shape = tuple(len(axis) for axis in axes if len(axis) > 1)
    return shape if int(np.prod(shape, dtype=int)) == len(indices) else (len(indices),)


def _renewed(before: Term | None, step: Step, members: Sequence[Step]) -> Term:
    """What a variable is behind a step."""
    places = {m.index: m.names[0] for m in members if m.index is not None}
    if before is not None and len(places) == len(members) and before.ndim:
        inside = all(
            len(index) == before.ndim
            and all(i < n for i, n in zip(index, before.shape, strict=True))
            for index in places
        )
        if inside:
            renewed: Term = before.copy()
            for index, name in places.items():
                renewed[index] = name
            return renewed
    return array(step.names, step.shape)
