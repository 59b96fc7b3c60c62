"""What is known of a worksheet before anything in it is marked: its graph and right formulas."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from itertools import combinations, islice, pairwise
from typing import TypeGuard

from micrograd_like.engine import Value
from micrograd_like.errors import DomainError
from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    added,
    multiplied,
    parse,
    quantities,
    rewrite,
    substitute,
)
from micrograd_like.graph import Link, NamedGraph, paths, reached
from micrograd_like.marking.updating.updates import expected_updates
from micrograd_like.marking.world.effort import spend
from micrograd_like.marking.world.precise import Precise
from micrograd_like.marking.world.shape import replaced
from micrograd_like.marking.world.truth import Truth
from micrograd_like.marking.world.values import measured
from micrograd_like.notation import name_text
from micrograd_like.ops import OPS
from micrograd_like.worksheet import Worksheet
from micrograd_like.worksheet.builder import CONSTANTS, UndefinedError

#: Paths that are looked at where a derivative has many, and links of all of them.
MOST_PATHS = 24
MOST_LINKS = 200
#: Derivatives of a formula that may be meant as the direct way.
_MOST_DIRECT = 4
#: A float's, as a part of the number.
_ROUNDING = 1e-16
#: A number so small may be what rounding has left.
_TINY = 1e-9
#: What may be lost of a number, relative to it, before floats decide no more.
_NOISE = 1e-10


#: So many digits has a number that is somebody's result: anywhere, and below what is computed.
_LONG, _ROUNDED = 7, 3


class Written:
    """A worksheet as it is written, wrong updates and all.

    Attributes:
        truth: Of its definitions.
        graph: Between the names, or None where a formula is too long for that.
        updates: What each update must come to, by the name it defines.
        doubts: Why nothing can be said of some of the others.
    """

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        definitions: dict[Quantity, Expr] = {n: Number(v) for n, v in sheet.assumed.items()}
        definitions.update(sheet.formulas.items())
        inferred = sheet.inferred.items()
        rounded = {Name(n) for n, number in inferred if (number.places or 0) >= _ROUNDED}
        self.truth = Truth(definitions, sheet.graph_as_read(), rounded=rounded)
        self.graph = _named(self.truth.here.nodes.values())
        self.updates, self.doubts, renewing = expected_updates(sheet, self.graph, self.truth)
        if starts := self._starts(renewing):
            self.truth = Truth(definitions, starts=starts, rounded=rounded)
            self.graph = _named(self.truth.here.nodes.values())

    def _starts(self, renewing: Collection[Quantity]) -> set[Quantity]:
        """The new weights from which another epoch starts.

        Derivatives there do not go back through the update; unless one is asked for that does.
        """
        if self.graph is None:
            return set()
        starts = {name for name in renewing if self.graph.users.get(name)}
        cut: dict[object, list[Quantity]] = {
            name: [user for user in users if user not in starts]
            for name, users in self.graph.users.items()
        }
        asked = [s.left for s in self.sheet.statements if isinstance(s.left, Derivative) and starts]
        through = (
            key.of in self.graph.dependents(key.wrt) - reached(key.wrt, cut)
            for key in asked
            if key.wrt in cut
        )
        return set() if any(through) else starts


class Facts:
    """A worksheet's truth, and the right formula of everything in it.

    Attributes:
        updates, doubts: As for what is written, those that stay as they are in doubt.
        definitions: The formula of every name, wrong updates as they should be.
        graph: Between the names, or None where a formula is too long for that.

    Args:
        written: The worksheet.
        unchanged: Names of updates whose formulas stay though they are no gradient descent.
    """

    def __init__(self, written: Written, unchanged: Collection[Quantity] = ()) -> None:
        self.sheet = written.sheet
        self.truth, self.graph = written.truth, written.graph
        self.updates, self.doubts = dict(written.updates), dict(written.doubts)
        for name in unchanged:
            cost = next(iter(quantities(self.updates.pop(name).gradient)), None)
            about = f" for {name_text(cost.of)}" if isinstance(cost, Derivative) else ""
            self.doubts[name] = f"This is not what gradient descent gives{about}"
        wrong = {name: update.formula for name, update in self.updates.items() if not update.right}
        if wrong:
            self._correct(wrong)
        self._take_over()

    def _take_over(self) -> None:
        self.definitions = self.truth.definitions
        #: ∂of/∂wrt between neighbours, as formulas.
        self.locals = {} if self.graph is None else self.graph.locals
        #: For every name, those that it is computed from.
        self.inputs = {} if self.graph is None else self.graph.inputs
        self._sizes: list[float] | None = None
        self._noises: dict[Quantity, float] = {}
        self._forms: dict[Quantity, Sequence[Expr]] = {}
        self._slips: dict[Link, Sequence[tuple[str, Expr, Expr, Expr]]] = {}
        self._precise = None if self.graph is None else Precise(self.graph, self.truth.sources)
        self._nearly: list[Precise] | None = None

    def with_formulas(self, formulas: Mapping[Quantity, Expr]) -> Facts:
        """These facts with some names more, or with other formulas.

        Raises:
            UndefinedError, DomainError: Their graph cannot be built.
        """
        other = copy(self)
        other.truth = self.truth.with_formulas(formulas)
        other.graph = _named(other.truth.here.nodes.values())
        other._take_over()
        return other

    def _correct(self, formulas: dict[Quantity, Expr]) -> None:
        try:
            self.truth = self.truth.with_formulas(formulas)
        except (DomainError, UndefinedError):  # what should be makes a later line impossible
            return
        self.graph = _named(self.truth.here.nodes.values())

    @property
    def rounded(self) -> Iterator[tuple[Name, Number]]:
        """The givens whose figures somebody worked out and rounded, as their digits tell.

        So has a long number, wherever it stands, and one of three digits or more below what is
        computed: out = 0.7514, whose formula is left out.
        """
        below = False
        for read in self.sheet.statements:
            number = read.parts[0].number if len(read.parts) == 1 else None
            below |= read.kind in ("definition", "claim", "update")
            if read.kind != "given" or number is None or not isinstance(read.left, Name):
                continue
            if number.places and number.digits >= (_ROUNDED if below else _LONG):
                yield read.left, number

    @property
    def sizes(self) -> list[float]:
        """Sizes of what is given, or computed from what is, the smallest first."""
        if self._sizes is None:
            self._sizes = self.truth.sizes(self.sheet.assumed.keys())
        return self._sizes

    def leaves(self, expr: Expr) -> list[Quantity]:
        """The quantities in a formula; π and e are numbers, unless the worksheet defines them."""
        return [k for k in quantities(expr) if k in self.definitions or k not in CONSTANTS]

    def true(self, key: Quantity) -> float:
        """The true number.

        Raises:
            KeyError, DomainError: There is none.
        """
        return self.truth.here[key]

    def precise(self, key: Quantity) -> float | None:
        """The true number to all digits of a float, whatever cancels; None where there is none."""
        if self._precise is None:
            return None
        return self._precise.number(key, self.noise(key) / _ROUNDING)

    def cancels(self, key: Quantity) -> bool:
        """True where floats do not decide: what is left has lost digits."""
        return self.noise(key) > _NOISE * abs(self.true(key))

    def shown(self, key: Quantity) -> float:
        """The true number as it is told to a learner: to all its digits where floats cancel.

        What is left of a float with more digits is 0 on paper, as of sin π.
        """
        true = self.true(key)
        if key in CONSTANTS and key not in self.definitions:
            return true
        doubtful = abs(true) < _TINY or self.cancels(key)
        precise = self.precise(key) if doubtful else None
        if precise is None:
            return true
        return precise if abs(precise) > _TINY * abs(true) else 0.0

    def same_exactly(self, expr: Expr, key: Quantity) -> bool:
        """True if the formula is the quantity here and near by, with digits enough to tell.

        Or if it is as a function of what is left in it: the numbers of the rest are put in.
        """
        here = self._precise
        if here is None or not here.same(expr, key):
            return False
        near = self._precise_near()
        if all(world.same(expr, key) for world in near):
            return True
        forms = self.forms(key) if quantities(expr) else ()
        return any(all(world.same(expr, form, here) for world in near) for form in forms)

    def _precise_near(self) -> list[Precise]:
        """The worlds near by, to all digits; each is worked out once."""
        if self._nearly is None:
            assert self.graph is not None
            self._nearly = [
                Precise(self.graph, {name: world[name] for name in self.truth.sources})
                for world in self.truth.near()
            ]
        return self._nearly

    def paths(self, key: Derivative) -> list[list[Link]]:
        """The first paths from ``of`` down to ``wrt``, each as its links."""
        if self.graph is None or key.wrt not in self.graph.users:
            return []
        found = paths(key.of, key.wrt, between) if (between := self._between(key)) else ()
        return [list(pairwise(path)) for path in islice(found, MOST_PATHS)]

    def _between(self, key: Derivative) -> dict[Quantity, list[Quantity]]:
        """What is on the ways from ``wrt`` to ``of``, ``of`` first, with its users there."""
        if self.graph is None:
            return {}
        found = self.graph.between(key.of, key.wrt)
        spend(len(found))
        return found

    def neighbours(self, key: Derivative) -> bool:
        """True if the derivative is a single link, with no other way between the two."""
        return (
            self.graph is not None
            and (key.of, key.wrt) in self.locals
            and self.graph.only_way(key.of, key.wrt)
        )

    def is_local(self, key: Quantity) -> TypeGuard[Derivative]:
        """True for a derivative between neighbours that have other ways between them too."""
        return (
            isinstance(key, Derivative)
            and self.graph is not None
            and (key.of, key.wrt) in self.locals
            and not self.graph.only_way(key.of, key.wrt)
        )

    def link(self, user: Quantity, name: Quantity) -> Expr:
        """∂user/∂name with the rest held fixed, as a symbol where that says just this."""
        assert self.graph is not None
        if self.graph.only_way(user, name):
            return Derivative(user, name)
        return self.locals[user, name]

    def terms(self, key: Derivative) -> list[tuple[list[Expr], Link]]:
        """∂of/∂wrt as a sum over the users of ``wrt``: each term's factors, and its last link."""
        assert self.graph is not None
        between = self._between(key)
        terms: list[tuple[list[Expr], Link]] = []
        for user in self.graph.users[key.wrt]:
            if user == key.of:
                terms.append(([self.locals[user, key.wrt]], (user, key.wrt)))
            elif user in between:
                upstream = Derivative(key.of, user)
                terms.append(([upstream, self.link(user, key.wrt)], (user, key.wrt)))
        return terms

    def method(self, key: Quantity) -> Expr:
        """The right formula for a quantity, as one would write it on its line.

        Raises:
            KeyError: The name is not defined.
        """
        if isinstance(key, Name):
            return self.updates[key].formula if key in self.updates else self.definitions[key]
        if self.graph is None or key.of == key.wrt:
            return key if self.graph is None else Number(1)
        if self.neighbours(key):
            return self.locals[key.of, key.wrt]
        terms = self.terms(key)
        return added(multiplied(factors) for factors, _ in terms) if terms else Number(0)

    def forms(self, key: Quantity) -> Sequence[Expr]:
        """The right formula in the shapes in which people write it."""
        if key not in self._forms:
            self._forms[key] = tuple(self._shapes(key))
        return self._forms[key]

    def _shapes(self, key: Quantity) -> Iterator[Expr]:
        yield (method := self.method(key))
        if isinstance(key, Name) and (spelled := spelled_out(method)) != method:
            yield spelled
        if isinstance(key, Name) or self.graph is None or key.of == key.wrt:
            return
        terms = self.terms(key)
        if not terms or self.neighbours(key):
            return
        locals_ = self.locals
        yield added(multiplied([*factors[:-1], locals_[link]]) for factors, link in terms)
        paths = self.paths(key)
        if len(paths) < MOST_PATHS and sum(map(len, paths)) <= MOST_LINKS:
            yield added(multiplied([self.link(*link) for link in path]) for path in paths)
            yield added(multiplied([locals_[link] for link in path]) for path in paths)

    def from_inputs(self, key: Quantity) -> Iterator[Expr]:
        """The derivative by links that go back to what an operation is given: eˣ for y = eˣ."""
        if isinstance(key, Name) or self.graph is None or key.of == key.wrt:
            return
        if terms := self.terms(key):
            yield added(
                multiplied([*factors[:-1], self._from_inputs(link)]) for factors, link in terms
            )

    def _from_inputs(self, link: Link) -> Expr:
        user, local = link[0], self.locals[link]
        formula = self.definitions.get(user)
        return local if formula is None else replaced(local, user, formula)

    def size(self, link: Link) -> int:
        """How many operations and numbers the formula has that a link is of."""
        return 0 if self.graph is None else self.graph.size(link[0])

    def slips(self, link: Link) -> Sequence[tuple[str, Expr, Expr, Expr]]:
        """What a link becomes with one of its operations' slips (see :meth:`NamedGraph.slips`)."""
        if link not in self._slips:
            self._slips[link] = () if self.graph is None else tuple(self.graph.slips(*link))
        return self._slips[link]

    def targets(self, key: Quantity) -> list[Quantity]:
        """Sources of 0 or 1 that a cost without a target may have been written for.

        For y = 1 the cross-entropy is −ln p; ∂L/∂a is p − y all the same.
        """
        cost = key if isinstance(key, Name) else key.of
        named = quantities(self.definitions.get(cost, Number(0)))
        if any(leaf in self.truth.sources for leaf in named) or self.graph is None:
            return []
        neutral = (name for name, value in self.truth.sources.items() if value in (0.0, 1.0))
        return [name for name in neutral if cost not in self.graph.dependents(name)]

    def noise(self, key: Quantity) -> float:
        """How far rounding may have moved the true number: where terms cancel, they count."""
        if key not in self._noises:
            self._noises[key] = self._noise(key)
        return self._noises[key]

    def _noise(self, key: Quantity) -> float:
        own = [measured(form, self.truth.here) for form in self.forms(key)]
        most = max((error for _, error in filter(None, own)), default=0.0)
        if isinstance(key, Name):
            found = reached(key, self.inputs)
            spend(len(found))
            values = (abs(self.true(name)) for name in found if name in self.definitions)
            return max(most, 1e-14 * max(values))
        between = self._between(key)
        if self.graph is None or key.wrt not in between:
            return most
        sizes, off = {key.of: 1.0}, {key.of: 0.0}
        for name, users in between.items():
            if name != key.of:
                links = [(abs(self.graph.partials[u, name]), u) for u in users]
                sizes[name] = sum(size * sizes[u] for size, u in links)
                off[name] = sum(size * off[u] + self._left(u, name) * sizes[u] for size, u in links)
        return max(most, 1e-13 * sizes[key.wrt], off[key.wrt])

    def _left(self, user: Quantity, name: Quantity) -> float:
        """How far rounding may have moved a link that is nothing else: ∂(e²)/∂e at e = 0."""
        assert self.graph is not None
        if abs(self.graph.partials[user, name]) >= _TINY:
            return 0.0

        def noise(leaf: Expr) -> float:
            return self.noise(leaf) if isinstance(leaf, Name) else 0.0

        found = measured(self.graph.locals[user, name], self.truth.here, noise)
        return 0.0 if found is None else found[1]

    def direct(self, expr: Expr) -> Iterator[Expr]:
        """The formula with some ∂U/∂V between neighbours read as the direct way alone.

        Some write the chain rule with such local derivatives where V acts on U by other ways
        too: ∂E/∂w = ∂E/∂s2·∂s2/∂w + ∂E/∂s1·∂s1/∂w.
        """
        local = [key for key in quantities(expr) if self.is_local(key)][:_MOST_DIRECT]
        for count in range(len(local), 0, -1):
            for some in combinations(local, count):
                reading = expr
                for key in some:
                    reading = replaced(reading, key, self.locals[key.of, key.wrt])
                yield reading

    def rule(self, key: Quantity) -> str:
        """The name of the rule that gives the quantity."""
        if isinstance(key, Name):
            return "gradient descent" if key in self.updates else "definition"
        if self.graph is None or key.of == key.wrt:
            return "definition"
        if self.neighbours(key):
            return self.graph.rules[key.of, key.wrt]
        terms = self.terms(key)
        if not terms:
            return f"{name_text(key.of)} does not depend on {name_text(key.wrt)}"
        if len(terms) == 1:
            return "chain rule"
        return f"chain rule, sum over {self.graph.path_count(key.of, key.wrt):,} paths"


def _named(nodes: Iterable[Value]) -> NamedGraph | None:
    outputs = list(nodes)
    try:
        return NamedGraph(outputs) if outputs else None
    except ValueError:
        return None


def spelled_out(expr: Expr) -> Expr:
    """The formula with functions in the words of their rows: σ(a) as 1/(1 + e^−a)."""

    def rule(node: Expr) -> Expr | None:
        row = OPS.get(node.function) if isinstance(node, Call) else None
        if row is None or row.arithmetic or row.families or row.kink:
            return None
        if parse(row.value) == Call(row.name, tuple(map(Name, row.inputs))):
            return None
        assert isinstance(node, Call)
        return substitute(parse(row.value), row.bind(node.arguments))

    return rewrite(expr, rule)
