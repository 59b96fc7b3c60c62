"""What holds in the learner's world alone: where their slips are the definitions.

There ln y can be computed, where y is −2 and the learner has 2; and ∂u/∂x is 2x, where u is (x·y)²
and the learner has x².
"""

from __future__ import annotations

from dataclasses import replace

from micrograd_like.errors import DomainError
from micrograd_like.formula import Call, Derivative, Expr, Name, Number, Quantity
from micrograd_like.graph import reached
from micrograd_like.marking.facts import Facts
from micrograd_like.marking.judging.judge import Judge
from micrograd_like.marking.judging.judged import Read
from micrograd_like.marking.judging.learner import Learner
from micrograd_like.marking.records import SOUND
from micrograd_like.worksheet import Statement
from micrograd_like.worksheet.builder import UndefinedError


def read_in_own_world(learner: Learner, statement: Statement) -> Read | None:
    """A line that cannot be computed, judged by what the learner has; None unless it agrees."""
    formulas, facts = _own_names(learner), None
    if not formulas:
        return None
    for name, formula in _lost(learner.facts, statement).items():
        if (found := _with(learner.facts, {**formulas, name: formula})) is not None:
            formulas[name], facts = formula, found
    known = isinstance(statement.left, Derivative) or statement.left in formulas
    return _agreeing(learner, statement, facts) if facts is not None and known else None


def follows_in_own_world(learner: Learner, statement: Statement) -> frozenset[Quantity] | None:
    """The slips that a line which is not right follows from, as formulas; None if it does not.

    Below a wrong u = x², where u = (x·y)² is meant, ∂u/∂x = 2x follows. A slip made once more is
    one, and what follows from numbers alone needs no other formulas.
    """
    key = statement.left
    behind = learner.slips.keys() & _behind(learner.facts, key) - {key}
    slips = (learner.slips[name] for name in behind if isinstance(name, Name))
    if all(isinstance(slip, Number) for slip in slips):
        return None
    own = _own_names(learner)
    own.pop(key, None)
    facts = _with(learner.facts, own)
    read = _agreeing(learner, statement, facts) if facts is not None else None
    return None if read is None else frozenset[Quantity]().union(*(p.slips for p in read.judged))


def _agreeing(learner: Learner, statement: Statement, facts: Facts) -> Read | None:
    """The line judged by these facts, each part resting on the slips behind it, if it agrees."""
    key = statement.left
    behind = frozenset(_behind(facts, key) & learner.slips.keys() - {key})
    if not behind:
        return None
    try:
        judged = Judge(facts, learner.among(facts)).parts(statement, key)
    except (KeyError, DomainError):  # there neither
        return None
    if any(part.verdict not in SOUND for part in judged):
        return None
    follow = [replace(part, verdict="follows", slips=behind) for part in judged]
    return Read(facts, key, follow, facts.rule(key))


def _behind(facts: Facts, key: Quantity) -> set[Quantity]:
    """What a quantity is computed from, itself included."""
    return reached(key.of if isinstance(key, Derivative) else key, facts.inputs)


def _own_names(learner: Learner) -> dict[Quantity, Expr]:
    """The learner's slips in names, as definitions."""
    slips = learner.slips.items()
    return {n: _own(learner.facts, n, slip) for n, slip in slips if isinstance(n, Name)}


def _own(facts: Facts, name: Name, slip: Expr) -> Expr:
    """A wrong formula as it is; a wrong number as that of a formula with the right derivatives."""
    if not isinstance(slip, Number):
        return slip
    return Call("add", (facts.definitions[name], Number(slip.value - facts.true(name))))


def _lost(facts: Facts, statement: Statement) -> dict[Quantity, Expr]:
    """The names up to a line that have a formula and cannot be computed."""
    lost: dict[Quantity, Expr] = {}
    for other in facts.sheet.statements:
        defines = isinstance(other.left, Name) and other.left not in facts.definitions
        if defines and other.parts and other.order <= statement.order:
            lost.setdefault(other.left, other.subject or other.parts[0].expr)
    return lost


def _with(facts: Facts, formulas: dict[Quantity, Expr]) -> Facts | None:
    """The facts with other definitions; None where they cannot be computed."""
    try:
        return facts.with_formulas(formulas)
    except (DomainError, UndefinedError, KeyError):
        return None
