"""A graph as a person reads it: between its named nodes.

On paper one writes a3 = z1·w5 + z2·w6 and ∂a3/∂w5 = z1, whatever number of elementary
operations lie between. A :class:`NamedGraph` folds the nodes without a label into the
formulas of those with one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import MappingProxyType

from micrograd_like.engine import Constant, Symbol, Value, topological_order
from micrograd_like.formula import Call, Derivative, Expr, Name, Number, Quantity, simplify
from micrograd_like.graph.labels import quantity_of
from micrograd_like.graph.on_paper import OnPaper
from micrograd_like.graph.reachability import depending, path_count, paths, reached
from micrograd_like.ops import OPS

#: Operations that may stand in one formula.
MAX_UNNAMED = 1000
#: Operations and operands of a formula, and of its derivative by something in it.
_MAX_SIZE, _MAX_DERIVATIVE = 10_000, 20_000
#: The derivative of a formula of fewer is shorter.
_SHORT = 60

#: Neighbours (of, wrt): ``of`` is computed from ``wrt`` directly.
Link = tuple[Quantity, Quantity]
#: A slip's code, the derivative with it, the partial that is wrong, and the right one.
_Slip = tuple[str, Expr, Expr, Expr]


class Locals(Mapping[Link, Expr]):
    """For every link ∂of/∂wrt, written when one of those of ``of`` is first asked for.

    Args:
        written: Gives them for one ``of``, by ``wrt``.
    """

    def __init__(self, written: Callable[[Quantity], Mapping[Quantity, Expr]]) -> None:
        self._written = written
        self._found: dict[Link, Expr | None] = {}

    def expect(self, link: Link) -> None:
        """Take down that there is such a link."""
        self._found[link] = None

    def __getitem__(self, link: Link) -> Expr:
        found = self._found[link]
        if found is None:
            of, wrt = link
            formulas = self._written(of)
            self._found.update(((of, name), formula) for name, formula in formulas.items())
            found = formulas[wrt]
        return found

    def __contains__(self, link: object) -> bool:
        return link in self._found

    def __iter__(self) -> Iterator[Link]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


class NamedGraph:
    """The named nodes that ``output`` depends on, and how each follows from the next.

    The formulas are trees: this is for graphs of the size people work by hand.

    Attributes:
        names: The quantity that each named node is.
        output: That of the output.
        values: The number of every quantity, as it is now, inputs before their users.
        known: The same without those that rest on a name without a number.
        formulas: For every quantity that is computed, its formula in those before it.
        locals: For every link, ∂of/∂wrt as a formula, what else acts on ``of`` held fixed.
        partials: For every link, its number.
        on_paper: The numbers of the nodes themselves.
        rules: For every link, the names of the rules used.
        users: For every quantity, those that it acts on directly, in order of computation.
        inputs: For every quantity, those that it is computed from, in order of computation.

    Args:
        output: One node, or several, of which the last gives its name.
        names: Names for nodes without a label.

    Raises:
        ValueError: The output has no name, two nodes have the same one, or so much lies between
            named nodes that nobody could read its formula.
    """

    def __init__(
        self, output: Value | Sequence[Value], names: Mapping[Value, Quantity] | None = None
    ) -> None:
        outputs = (output,) if isinstance(output, Value) else output
        seen: set[Value] = set()
        order = [node for out in outputs for node in topological_order(out, seen)]
        self.on_paper = OnPaper(order)
        self.names = {n: quantity_of(n) for n in order if n.label} | dict(names or {})
        if not all(out in self.names for out in outputs):
            raise ValueError("expected an output with a label, such as E.label = 'E'")
        self.output = self.names[outputs[-1]]
        self.values: dict[Quantity, float] = {}
        self.known: Mapping[Quantity, float] = self.values
        self.formulas: dict[Quantity, Expr] = {}
        self.locals = Locals(self._derived)
        self.partials: dict[Link, float] = {}
        self.rules: dict[Link, str] = {}
        self._regions: dict[Quantity, tuple[list[Value], dict[Value, Expr]]] = {}
        self._dependents: dict[Quantity, frozenset[Quantity]] = {}
        self._behind: dict[Quantity, frozenset[Quantity]] = {}
        self._between: tuple[Link | None, dict[Quantity, list[Quantity]]] = (None, {})
        self._slips: dict[Quantity, list[tuple[Quantity, _Slip]]] = {}
        for node in order:
            name = self.names.get(node)
            if name is None:
                continue
            if name in self.values:
                raise ValueError(f"two nodes are named {str(name)!r}; expected different names")
            self.values[name] = self.on_paper.data(node)
            if node.op:
                self._fold(node, name)
        symbols = [node for node in order if isinstance(node, Symbol)]
        if symbols:
            without = depending(order, *symbols)
            known = (node for node in order if node not in without)
            self.known = {self.names[n]: self.on_paper.data(n) for n in known if n in self.names}
        self._place = {name: place for place, name in enumerate(self.values)}
        self.users: dict[Quantity, list[Quantity]] = {name: [] for name in self.values}
        for of, wrt in self.locals:
            self.users[wrt].append(of)
        self.inputs: dict[Quantity, list[Quantity]] = {name: [] for name in self.values}
        for name, users in self.users.items():
            for user in users:
                self.inputs[user].append(name)

    def dependents(self, name: Quantity) -> frozenset[Quantity]:
        """``name`` and every name that depends on it."""
        if name not in self._dependents:
            self._dependents[name] = frozenset(reached(name, self.users))
        return self._dependents[name]

    def between(self, of: Quantity, wrt: Quantity) -> dict[Quantity, list[Quantity]]:
        """What lies on the ways from ``of`` down to ``wrt``, ``of`` first, with its users there.

        Nothing, where ``of`` does not depend on ``wrt``.
        """
        if self._between[0] != (of, wrt):  # several ask for the same, one behind the other
            self._between = (of, wrt), self._found_between(of, wrt)
        return self._between[1]

    def _found_between(self, of: Quantity, wrt: Quantity) -> dict[Quantity, list[Quantity]]:
        if of not in self.dependents(wrt):
            return {}
        if of not in self._behind:
            self._behind[of] = frozenset(reached(of, self.inputs))
        found = self.dependents(wrt) & self._behind[of]
        return {
            name: [user for user in self.users[name] if user in found and name != of]
            for name in sorted(found, key=self._place.__getitem__, reverse=True)
        }

    def paths(
        self, of: Quantity, wrt: Quantity, ends: Collection[Quantity] = ()
    ) -> Iterator[tuple[Quantity, ...]]:
        """The paths from ``of``, or from what is in ``ends``, down to ``wrt``."""
        between = self.between(of, wrt)
        return paths(of, wrt, between, ends) if between else iter(())

    def path_count(self, of: Quantity, wrt: Quantity) -> int:
        """How many paths there are from ``of`` down to ``wrt``."""
        between = self.between(of, wrt)
        return path_count(of, wrt, between, between)

    def only_way(self, user: Quantity, name: Quantity) -> bool:
        """True if ``name`` acts on ``user`` directly and in no other way."""
        return not self.held(user, name)

    def held(self, user: Quantity, name: Quantity) -> list[Quantity]:
        """The other inputs of ``user`` that depend on ``name``, held fixed in ∂user/∂name."""
        if len(self.users[name]) == 1 or len(self.inputs[user]) == 1:
            return []
        below = self.dependents(name)
        return [other for other in self.inputs[user] if other != name and other in below]

    def _region(self, node: Value) -> list[Value]:
        """``node`` and the unnamed nodes it is made of, inputs before their users."""
        named: set[Value] = set()
        stack, seen = [node], {node}
        while stack:
            for input in stack.pop().inputs:
                if input in self.names:
                    named.add(input)
                elif input not in seen:
                    seen.add(input)
                    stack.append(input)
                    if len(seen) > MAX_UNNAMED:
                        raise ValueError(
                            f"more than {MAX_UNNAMED:,} operations without a name lie behind "
                            f"{str(self.names[node])!r}; give some of them names"
                        )
        return topological_order(node, named - {node})

    def _fold(self, node: Value, name: Quantity) -> None:
        """Write ``node`` and its local derivatives in terms of the named nodes before it."""
        region = self._region(node)
        written: dict[Value, Expr] = {}
        sizes: dict[Value, int] = {}
        for inner in region:
            written[inner] = (
                OPS[inner.op].written(self._operands(inner, written))
                if inner.op
                else constant(inner.data)
            )
            sizes[inner] = 1 + sum(sizes.get(i, 1) for i in inner.inputs)
            if sizes[inner] > _MAX_SIZE:  # used again and again, it doubles every time
                raise ValueError(
                    f"the formula of {str(name)!r} is too long; give some of its parts names"
                )
        of_hand = isinstance(name, Name)  # what backward builds is not written by hand
        self.formulas[name] = written[node] if of_hand else simplify(written[node])
        self._regions[name] = region, written
        slopes = self._adjoints(name).values() if sizes[node] > _SHORT else ()
        if any(slope.size > _MAX_DERIVATIVE for slope in slopes):  # as of x^x^x^…
            raise ValueError(
                f"the derivative of {str(name)!r} is too long; give some of its parts names"
            )

        numbers = dict.fromkeys([*region, *(i for n in region for i in n.inputs)], 0.0)
        numbers[node] = 1.0
        rules: dict[Value, dict[str, None]] = {node: {}}  # in the order they are used
        for inner in reversed(region):
            constants = tuple(isinstance(input, Constant) for input in inner.inputs)
            partials = self.on_paper.partials(inner)
            for index, input in enumerate(inner.inputs):
                if isinstance(input, Constant):
                    continue
                if numbers[inner]:  # as in the engine: what has no effect passes nothing on
                    numbers[input] += numbers[inner] * partials[index]
                used = rules.setdefault(input, {})
                alone = isinstance(written[inner], Name | Derivative)  # y = x
                rule = "identity" if alone else OPS[inner.op].rule_for(index, constants)
                used |= rules[inner] | {rule: None}
        for inner, used in rules.items():
            if inner in self.names and inner is not node:
                pair = name, self.names[inner]
                self.locals.expect(pair)
                self.partials[pair] = numbers[inner]
                self.rules[pair] = ", ".join(used)

    def _operands(self, node: Value, written: Mapping[Value, Expr]) -> tuple[Expr, ...]:
        return tuple(self.names[i] if i in self.names else written[i] for i in node.inputs)

    def _derived(self, name: Quantity) -> dict[Quantity, Expr]:
        """∂name/∂input as a formula for every named node that it is computed from."""
        node = self._regions[name][0][-1]
        return {
            self.names[inner]: simplify(derivative)
            for inner, derivative in self._adjoints(name).items()
            if inner in self.names and inner is not node
        }

    def _adjoints(
        self, name: Quantity, other: Mapping[tuple[Value, int], Expr] = MappingProxyType({})
    ) -> dict[Value, Expr]:
        """The same as it is put together, for the nodes without a name too.

        Args:
            name: The quantity that is differentiated.
            other: For an operation's input, another formula than its partial derivative.
        """
        region, written = self._regions[name]
        node = region[-1]
        one = Number(1)
        adjoints: dict[Value, Expr] = {node: one}
        for inner in reversed(region):
            out = name if inner is node else written[inner]
            for index, input in enumerate(inner.inputs):
                if isinstance(input, Constant):
                    continue
                partial = other.get((inner, index))
                if partial is None:
                    operands = self._operands(inner, written)
                    partial = OPS[inner.op].partial(index, operands, out)
                above = adjoints[inner]
                if above is one or partial == one:
                    link = partial if above is one else above
                else:
                    link = Call("mul", (above, partial))
                if input in adjoints:
                    link = Call("add", (adjoints[input], link))
                adjoints[input] = link
        return adjoints

    def size(self, of: Quantity) -> int:
        """How many operations and numbers the formula of a computed name has."""
        return len(self._regions[of][0])

    def slips(self, of: Quantity, wrt: Quantity) -> Iterator[_Slip]:
        """What ∂of/∂wrt becomes with one of its operations' slips.

        Yields:
            The slip's code, the whole, the partial that is wrong, and the right one.
        """
        if of not in self._slips:
            self._slips[of] = [*self._slips_of(of)]
        yield from (slip for name, slip in self._slips[of] if name == wrt)

    def _slips_of(self, of: Quantity) -> Iterator[tuple[Quantity, _Slip]]:
        """The slips in every ∂of/∂wrt, each behind its ``wrt``."""
        region, written = self._regions[of]
        node, as_it_is = region[-1], self._adjoints(of)
        for inner in region:
            if not inner.op:
                continue
            out = of if inner is node else written[inner]
            operands = self._operands(inner, written)
            for index, input in enumerate(inner.inputs):
                if isinstance(input, Constant):
                    continue
                right = OPS[inner.op].partial(index, operands, out)
                for code, formula in OPS[inner.op].slipped(index, operands, out):
                    wrong, meant = simplify(formula), simplify(right)
                    for named, slope in self._adjoints(of, {(inner, index): formula}).items():
                        if named is node or named not in self.names or slope == as_it_is[named]:
                            continue
                        wrt, derivative = self.names[named], simplify(slope)
                        if derivative != self.locals[of, wrt]:
                            yield wrt, (code, derivative, wrong, meant)


def constant(number: float) -> Number:
    """A number of a formula; a whole one is exact, and so is written without decimals."""
    return Number(int(number) if number.is_integer() and abs(number) < 1e15 else number)
