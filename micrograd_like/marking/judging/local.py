"""∂h2/∂w with what else acts on h2 held fixed, where w acts on h2 by other ways too.

Derivations print such a local derivative, and lessons list them before the chain rule joins
them. It is a quantity of its own beside the total derivative of the same sign, and its formula is
the one between neighbours in the graph.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from micrograd_like.formula import Name, Quantity
from micrograd_like.graph import is_called_cost
from micrograd_like.marking.facts import Facts
from micrograd_like.marking.judging.judged import Judged, Read
from micrograd_like.marking.records import SOUND
from micrograd_like.notation import text


@dataclass(frozen=True, slots=True)
class Local:
    """A derivative as the local one.

    Attributes:
        name: What stands for it.
        facts: Those of the worksheet, this name among them.
        held: What is held fixed though it depends on the variable.
        rule: What gives it.
        doubt: Why the total may have been meant, or "".
    """

    name: Name
    facts: Facts
    held: tuple[Quantity, ...]
    rule: str
    doubt: str

    def read(self, judged: list[Judged]) -> Read:
        """The line, judged by this; in doubt where the total may have been meant."""
        if self.doubt:
            judged = [replace(part, verdict="unchecked", problem=self.doubt) for part in judged]
        return Read(self.facts, self.name, judged, self.rule, self.held)


def local_reading(facts: Facts, key: Quantity) -> Local | None:
    """A derivative read locally; None where that is the total, or the total must be meant.

    Of a cost, and of a result by what it starts from, the total is asked for. Of a result that
    nothing is computed from, by a name on the way to it, either may be, where there is no cost.
    """
    graph = facts.graph
    if graph is None or not facts.is_local(key) or is_called_cost(key.of):
        return None
    used = any(user not in facts.updates for user in graph.users[key.of])
    used = used or any(is_called_cost(name) and not users for name, users in graph.users.items())
    if not used and key.wrt in facts.truth.sources:
        return None
    held = tuple(graph.held(key.of, key.wrt))
    doubt = (
        ""
        if used
        else f"This is right with {text(held[0])} held fixed; as the total it lacks a path"
    )
    link = (key.of, key.wrt)
    name = Name(f"({key} with the rest held fixed)")
    return Local(
        name, facts.with_formulas({name: facts.locals[link]}), held, graph.rules[link], doubt
    )


def fits(judged: Sequence[Judged]) -> bool:
    """True for a line that is right in what it says first: its formulas, or all of it."""
    formulas = [part for part in judged if not part.numeric] or judged
    return all(part.verdict in SOUND for part in formulas)
