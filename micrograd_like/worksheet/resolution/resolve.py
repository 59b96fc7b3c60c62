"""What a name means where it stands: versions, definitions, free names; over the whole document.

A name that is given another value is a new *version* from there on; what was computed from
the old one keeps it. Which line defines a version is chosen over the whole document: a
formula in names before figures, wherever it stands. A name without a formula or a value is
*free*. Behind this stage every name means one thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from micrograd_like.formula import (
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    derivatives,
    names_in,
    rewrite,
)
from micrograd_like.worksheet.builder import CONSTANTS, named_for, stands_in
from micrograd_like.worksheet.records import Problem, Statement
from micrograd_like.worksheet.resolution.choosing import choose
from micrograd_like.worksheet.resolution.declared import declared, put_names, with_declared
from micrograd_like.worksheet.resolution.draft import Definition, Draft
from micrograd_like.worksheet.resolution.inference import infer, read_definitions
from micrograd_like.worksheet.resolution.renaming import rename
from micrograd_like.worksheet.resolution.steps import read_as_steps
from micrograd_like.worksheet.resolution.versions import Version
from micrograd_like.worksheet.resolution.walk import walked


@dataclass
class Resolved:
    """A document with every name resolved.

    Attributes:
        reads: The statements, each name that of its version.
        builds: For each statement the part that defines its left side, or −1.
        older: For every later version the one before.
        inferred: Numbers that names without a value take from figures in their place.
        opaque: Names whose dependence on others cannot be told: why.
        doubts: Names about which nothing is sure: why.
        formulas: For every name what gives it its value, inputs before their users.
        definers: For every name its statement's number in ``reads``.
        free: Names without a formula or a value.
    """

    reads: list[Statement]
    builds: list[int]
    older: dict[Name, Name]
    inferred: dict[str, Number]
    opaque: dict[str, str]
    doubts: dict[str, str]
    formulas: dict[Name, Expr] = field(default_factory=dict)
    definers: dict[Name, int] = field(default_factory=dict)
    free: set[Name] = field(default_factory=set)


def resolve(
    reads: Sequence[Statement],
    problems: Sequence[Problem] = (),
    hidden: Mapping[str, Expr] = MappingProxyType({}),
    sections: Sequence[tuple[int, int]] = (),
    arrays: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Resolved:
    """Decide what every name of a document means.

    Args:
        reads: The statements, in their order.
        problems: What could not be read; where it would have defined a name, that is in doubt.
        hidden: What stands for an expression without a name of its own, and the expression.
        sections: The rows in which another problem begins.
        arrays: For every element of an array all of them.

    Returns:
        The statements with every name that of its version, and what gives each its value.
    """
    names = declared(reads, problems, hidden, arrays)
    reads = [with_declared(read, names) for read in reads]
    if names:
        hidden = {name: put_names(expr, names) for name, expr in hidden.items()}
    draft = Draft(walked(reads, problems, hidden, sections))
    _doubt_declared(draft, set(names.values()))
    _doubt_given_below(draft)
    _doubt_implied(draft)
    choose(draft)
    _differentiate_below(draft)
    _take_unread(draft)
    infer(draft)
    _take_hidden(draft)
    read_definitions(draft)
    read_as_steps(draft)
    _doubt_constants(draft)
    return _ordered(draft)


def _doubt_implied(draft: Draft) -> None:
    """A name that only the end of ∂n/∂w = x = −0.33 gives a number is known as far as that."""
    for version in draft.versions.all:
        read = draft.reads[version.first]
        chain = draft.reads[version.first - 1]
        implied = read.defines == "implied" and isinstance(chain.left, Derivative)
        if implied and version.number is not None and version.number.places is not None:
            where = read.place.where
            draft.doubts[version.key] = f"{version.base} is only known from {where}, rounded"


def _doubt_declared(draft: Draft, names: set[Name]) -> None:
    """A derivative that its own line declares is no proof against another line."""
    for version in draft.versions.all:
        if version.base in names:
            where = draft.reads[version.first].place.where
            draft.doubts[version.key] = f"{version.base} is only known from {where}"


def _doubt_given_below(draft: Draft) -> None:
    """What relates a name that has its values further down to one that gets others is general."""
    renewed = {id(v.older) for v in draft.versions.all if v.older is not None}
    for place, meant in enumerate(draft.versions.meant):
        own = draft.versions.own[place]
        if own is not None and own.first == place:
            continue
        below = [n for n, v in meant.items() if v is None and n in draft.versions.first]
        again = [v.base for v in (*meant.values(), own) if v is not None and id(v) in renewed]
        if below and again:
            reason = f"{below[0]} has its value further down, where {again[0]} has another one"
            draft.reads[place] = draft.reads[place].doubted(reason)


def _differentiate_below(draft: Draft) -> None:
    """Take ∂y/∂w by the w that y rests on, where w has been given another value since."""
    if not any(version.key != version.base for version in draft.versions.all):
        return
    versions: dict[Quantity, Version] = {version.key: version for version in draft.versions.all}
    below_of = cache(draft.below)  # nothing is chosen meanwhile

    known: dict[tuple[Quantity, Quantity], Name | None] = {}

    def earlier(of: Quantity, wrt: Quantity) -> Name | None:
        """The newest version before this one on which ``of`` rests; each is passed once."""
        below, at, passed, found = below_of(str(of)), versions.get(wrt), [], None
        while at is not None and found is None and (of, at.key) not in known:
            passed.append((of, at.key))
            key = Name(at.base) if at.older is None else at.older.key
            found = key if key in below else None
            at = at.older
        if found is None and at is not None:
            found = known[of, at.key]
        known.update(dict.fromkeys(passed, found))
        return found

    def meant(node: Expr) -> Expr | None:
        if not isinstance(node, Derivative) or node.of not in draft.chosen:
            return None
        wrt = None if node.wrt in below_of(str(node.of)) else earlier(node.of, node.wrt)
        return None if wrt is None else Derivative(node.of, wrt)

    def changed(expr: Expr) -> Expr:
        return rewrite(expr, meant) if derivatives(expr) else expr

    draft.take([read.rewritten(changed) for read in draft.reads])


def _take_unread(draft: Draft) -> None:
    """The numbers of lines that could not be read carry on, in doubt."""
    for problem in draft.versions.unread:
        if "/" in problem.name:  # a derivative, which the graph knows without it
            continue
        reason = f"{problem.name!r} stands on {problem.place.where}, which could not be read"
        draft.doubts.setdefault(problem.name, reason)
        if problem.name not in draft.chosen and problem.number is not None:
            draft.chosen[problem.name] = Definition(-1, -1, problem.number)


def _take_hidden(draft: Draft) -> None:
    """The expressions that have no names of their own."""
    hidden = draft.versions.hidden
    for place, read in enumerate(draft.reads):
        if read.subject is not None:
            draft.chosen[str(read.left)] = Definition(-1, -1, read.subject)
        sources = [read.subject or read.left, *(part.expr for part in read.parts)]
        found = (n for expr in sources for n in (*names_in(expr), *_twice(expr)))
        stack = [name for name in found if name in hidden] if hidden else []
        while stack:
            name = stack.pop()
            if name not in draft.chosen:
                expr = rename(hidden[name], draft.keys[place])
                draft.chosen[name] = Definition(-1, -1, expr)
                stack += [n for n in names_in(expr) if n in hidden]


def _twice(expr: Expr) -> Iterator[Name]:
    """The names that stand for what is differentiated again: ∂E/∂x in ∂(∂E/∂x)/∂y."""
    for slope in derivatives(expr):
        if isinstance(slope.of, Derivative):
            yield named_for(slope.of)
            yield from _twice(slope.of)


def _doubt_constants(draft: Draft) -> None:
    """A constant's name under a derivative sign is likely a quantity that nothing defines."""
    undefined = [name for name in CONSTANTS if name not in draft.versions.first]
    for name in undefined:
        if name in draft.asked or any(name in wanted for wanted in draft.asked.values()):
            draft.doubts.setdefault(
                name, f"{name} is differentiated, so it is no constant, and nothing defines it"
            )


def _ordered(draft: Draft) -> Resolved:
    """The document, its definitions in an order in which they can be computed."""
    older = {v.key: Name(v.base) if v.older is None else v.older.key for v in draft.versions.all}
    older = {key: before for key, before in older.items() if key != before}
    builds = [-1] * len(draft.reads)
    resolved = Resolved(draft.reads, builds, older, draft.inferred, draft.opaque, draft.doubts)
    for key in _inputs_first(draft):
        place, part, expr = draft.chosen[key]
        resolved.formulas[Name(key)] = expr
        resolved.definers[Name(key)] = place
        if place >= 0 and part >= 0:
            builds[place] = part
    _mark_opaque(draft)
    resolved.free = _free(draft)
    return resolved


def _inputs_first(draft: Draft) -> list[str]:
    """The names that are defined, each behind those that it rests on."""
    order: dict[str, None] = {}
    done: set[str] = set()
    for start in draft.chosen:
        stack = [(start, False)]
        while stack:
            key, entered = stack.pop()
            if entered:
                order[key] = None
            elif key not in done:
                done.add(key)
                stack.append((key, True))
                inputs = [*names_in(draft.chosen[key].expr)]
                stack += [(name, False) for name in reversed(inputs) if name in draft.chosen]
    return [*order]


def _mark_opaque(draft: Draft) -> None:
    """A name that has a number, and a formula that is not understood, depends on who knows what."""
    for place, read in enumerate(draft.reads):
        key = read.left.name if isinstance(read.left, Name) else ""
        unsure = not read.parts and read.doubt and read.subject is None
        other = unsure and key in draft.chosen and draft.chosen[key].place != place
        if other and not [*names_in(draft.chosen[key].expr)]:
            why = f"the formula of {key} on {read.place.where} is not understood"
            draft.opaque.setdefault(key, why)


def _free(draft: Draft) -> set[Name]:
    """The names that stand somewhere and have neither a formula nor a value."""
    used = {n for definition in draft.chosen.values() for n in names_in(definition.expr)}
    for read in draft.reads:
        for source in (*(p.expr for p in read.parts), read.left, read.subject):
            if source is not None:
                used.update(names_in(source))
    return {n for n in used if not (n in draft.chosen or n in CONSTANTS or stands_in(n))}
