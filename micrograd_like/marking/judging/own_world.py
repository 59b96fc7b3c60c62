"""What can be computed in the learner's world alone: ln y, where y is −2 and the learner has 2."""

from __future__ import annotations

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
    facts, key = _own_facts(learner, statement), statement.left
    if facts is None:
        return None
    of = key.of if isinstance(key, Derivative) else key
    if learner.slips.keys().isdisjoint(reached(of, facts.inputs)):
        return None
    try:
        judged = Judge(facts, learner.among(facts)).parts(statement, key)
    except (KeyError, DomainError):  # there neither
        return None
    agrees = all(part.verdict in SOUND for part in judged)
    return Read(facts, key, judged, facts.rule(key)) if agrees else None


def _own(facts: Facts, name: Name, slip: Expr) -> Expr:
    """A wrong formula as it is; a wrong number as that of a formula with the right derivatives."""
    if not isinstance(slip, Number):
        return slip
    return Call("add", (facts.definitions[name], Number(slip.value - facts.true(name))))


def _own_facts(learner: Learner, statement: Statement) -> Facts | None:
    """The worksheet with the learner's slips as definitions, and what can be computed then."""
    facts, slips = learner.facts, learner.slips
    own: dict[Quantity, Expr] = {
        name: _own(facts, name, slip) for name, slip in slips.items() if isinstance(name, Name)
    }
    lost: dict[Quantity, Expr] = {}
    for other in facts.sheet.statements:
        defines = isinstance(other.left, Name) and other.left not in facts.definitions
        if defines and other.parts and other.order <= statement.order:
            lost.setdefault(other.left, other.subject or other.parts[0].expr)
    if not own or not lost:
        return None
    found = None
    for name in lost:
        try:
            found = facts.with_formulas({**own, name: lost[name]})
            own[name] = lost[name]
        except (DomainError, UndefinedError, KeyError):
            continue
    return found if statement.left in own or isinstance(statement.left, Derivative) else None
