"""Assumptions: numbers for names that have none, so that formulas of them can be compared."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

from micrograd_like.errors import DomainError
from micrograd_like.formula import Call, Expr, Name, Number, nodes
from micrograd_like.worksheet.builder import Builder, UndefinedError
from micrograd_like.worksheet.resolution.resolve import Resolved

#: Choices of numbers for names without one, of which the first that fits everywhere is taken.
_TRIES = 24
#: Units with a gate, and from how many on some of them are to be off.
_GATED, _MANY_UNITS = ("relu",), 2
#: Where they are drawn from, in turn: a logarithm or root may be undefined in some of these.
_RANGES = ((0.2, 0.9), (0.3, 2.5), (-1.5, 1.5), (1.1, 4.0))


def with_assumptions(
    resolved: Resolved, builder: Builder, counts: Mapping[str, int]
) -> tuple[dict[Name, Expr], dict[Name, float], Builder]:
    """The formulas that can be computed with numbers for names that have none.

    Args:
        resolved: The document.
        builder: The graph of what can be computed without such numbers.
        counts: The numbers of some, which sums run to.

    Returns:
        The formulas, the numbers that are assumed, and the graph; without a free name, those
        of ``builder``.
    """
    formulas = resolved.formulas
    if not resolved.free:
        return {n: f for n, f in formulas.items() if builder.has(n)}, {}, builder
    shares = list(_shares(resolved))
    best: tuple[dict[Name, Expr], dict[Name, float], Builder] = {}, {}, builder
    most = -1
    for seed in range(_TRIES):
        chance = random.Random(seed)
        low, high = _RANGES[seed % len(_RANGES)]
        assumed = {name: round(chance.uniform(low, high), 3) for name in sorted(resolved.free)}
        assumed |= {name: counts[name] for name in resolved.free & counts.keys()}
        for targets in shares:
            assumed |= _shared(targets, assumed)
        works, trial = _computed(formulas, assumed)
        if len(works) > most:
            most, best = len(works), (works, assumed, trial)
        if len(works) == len(formulas) and _on_both_sides(trial):
            best = works, assumed, trial
            break
    return best


def _on_both_sides(trial: Builder) -> bool:
    """True where of many units some are off, but not most: their gates are then seen."""
    units = [n.inputs[0].data > 0 for n in trial.names.values() if n.op in _GATED]
    off = units.count(False)
    return len(units) < _MANY_UNITS or 0 < off <= len(units) / 2


def _shares(resolved: Resolved) -> Iterator[list[Name]]:
    """Families of free names that are shares of a whole: y_i in Σ y_i·ln p_i, without 1 − y_i."""
    found: dict[str, list[Name]] = {}
    others: set[Expr] = set()
    for formula in resolved.formulas.values():
        for call in nodes(formula, Call):
            match call:
                case Call("mul", (one, other)) if _is_log(one) or _is_log(other):
                    for share in _factors(other if _is_log(one) else one):
                        if share in resolved.free:
                            found.setdefault(_family(share), []).append(share)
                case Call("sub", (Number(1), Name() as share)):
                    others.add(share)
    yield from (family for family in found.values() if others.isdisjoint(family))


def _is_log(expr: Expr) -> bool:
    """True for ln p, and z − ln Σ e^z."""
    match expr:
        case Call("log", _) | Call("sub", (_, Call("log", _))):
            return True
    return False


def _factors(expr: Expr) -> Iterator[Name]:
    """The names that are factors of an expression, its sign left out."""
    waiting = [expr]
    while waiting:
        match waiting.pop():
            case Name() as name:
                yield name
            case Call("neg" | "mul", arguments):
                waiting += arguments


def _family(share: Name) -> str:
    """What the shares of one whole are called but for their number: y of y1 and y[1]."""
    return share.rstrip("0123456789[]")


def _shared(family: list[Name], assumed: dict[Name, float]) -> dict[Name, float]:
    """Numbers that add up to 1."""
    whole = sum(abs(assumed[name]) for name in family)
    parts = {name: round(abs(assumed[name]) / whole, 3) for name in family}
    *first, last = sorted(parts)
    return parts | {last: round(1 - sum(parts[name] for name in first), 3)}


def _computed(
    formulas: dict[Name, Expr], assumed: dict[Name, float]
) -> tuple[dict[Name, Expr], Builder]:
    """Those of the formulas that are defined for the numbers, and their graph."""
    trial, works = Builder(), {}
    for name, number in assumed.items():
        trial.assume(name, number)
    for name, formula in formulas.items():
        try:
            trial.define(name, formula)
        except (UndefinedError, DomainError):
            continue
        works[name] = formula
    return works, trial
