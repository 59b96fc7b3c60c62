"""A claim about an expression after an update may go on from the values before it.

w = 2, w ← 0.95·w, w·0.95¹⁰ = 1.197: what the tenth step comes to is reckoned from the first w.
"""

from __future__ import annotations

from dataclasses import replace

from micrograd_like.errors import DomainError
from micrograd_like.formula import Name, quantities, substitute
from micrograd_like.marking.facts import Facts
from micrograd_like.marking.judging.judge import Judge
from micrograd_like.marking.judging.learner import Learner
from micrograd_like.marking.records import SOUND
from micrograd_like.worksheet import Statement
from micrograd_like.worksheet.builder import UndefinedError

#: Updates that are gone back.
_MOST_BACK = 4


def of_older(facts: Facts, learner: Learner, statement: Statement) -> str:
    """Why a claim about an expression is in doubt: it holds with names as they were before."""
    if statement.subject is None:
        return ""
    earlier = facts.sheet.older
    subject, parts = statement.subject, statement.parts
    for _ in range(_MOST_BACK):
        names = [n for n in quantities(subject) if isinstance(n, Name) and n in earlier]
        older = {str(name): Name(earlier[name]) for name in names}
        if not older:
            break
        subject = substitute(subject, older)
        parts = tuple(replace(part, expr=substitute(part.expr, older)) for part in parts)
        name = Name("(with names as they were before)")
        try:
            before = facts.with_formulas({name: subject})
            judged = Judge(before, learner.among(before)).parts(
                replace(statement, subject=subject, parts=parts), name
            )
        except (DomainError, UndefinedError):
            break
        if all(part.verdict in SOUND for part in judged):
            shown = ", ".join(Name(name).plain for name in older)
            return f"It does not agree with {shown} as it is now, but as before the update"
    return ""
