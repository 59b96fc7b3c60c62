"""Settling: the shapes of a document's names, one statement after the other.

The forward pass comes first, each line behind those that it goes on from; then the derivatives,
which settle only what is new in them. What does not fit, and would with one factor turned round
or another one, is a mistake in its line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice, product

from micrograd_like.formula import Call, Derivative, Expr, Name, names_in, nodes, rewrite
from micrograd_like.worksheet.builder import CONSTANTS
from micrograd_like.worksheet.grammar.kinds import WEIGHTS, Kinds, is_cost, kinds_of
from micrograd_like.worksheet.grammar.sizes import SCALAR, MisfitError, Shape, Sizes
from micrograd_like.worksheet.grammar.sketch import MATRIX, TURNED, Sketch
from micrograd_like.worksheet.records import Place
from micrograd_like.worksheet.tokens.spelling import before_renewal, index_letters

#: Ways in which the names of one line are tried, of all lines, and names that are tried at a time.
_MOST_TRIED, _MOST_IN_ALL, _MOST_NAMES = 300, 3_000, 5
#: Lines that fit, where one that does not is wrong though nothing comes to a number.
_ENOUGH = 4
#: Nodes of a formula in which nobody looks for a factor that is turned round.
_LONG = 200


class Walk:
    """The document walked through once.

    Attributes:
        misfits: The statements whose shapes do not fit.
        by_custom: Names that are vectors because such names usually are.
    """

    def __init__(
        self,
        sketches: Sequence[Sketch],
        start: Sizes,
        rows: bool,
        scalars: frozenset[str] | set[str] = frozenset(),
    ) -> None:
        self.sizes, self.rows, self.scalars = start.copied(), rows, scalars
        lefts = [sketch.left for sketch in sketches]
        self.differentiated = {left.of for left in lefts if isinstance(left, Derivative)}
        self.misfits: list[Sketch] = []
        self._tried = 0
        self.by_custom: set[str] = set()
        self.cost = _against_custom(sketches, rows)
        self.forward = [sketch for sketch in sketches if _is_forward(sketch, start.whole)]
        self.backward = [sketch for sketch in sketches if sketch not in self.forward]
        for sketch in _inputs_first(self.forward):
            self._settle(sketch)
        self.lost = len(self.misfits)
        self.sizes.freeze()
        for sketch in self.backward:
            if not _is_of_function(sketch):
                self._settle(sketch)
        self.settled = {*self.sizes.shapes}
        for sketch in self.misfits:
            for name in self._asked(sketch):
                (kind,) = self._usual(name)
                shape = kind if isinstance(kind, tuple) else self.sizes.made(kind)
                self.sizes.shapes[name] = shape

    @property
    def badness(self) -> tuple[int, float]:
        """What of two runs the better has less of."""
        return self.lost, len(self.misfits) + self.cost + self.sizes.cost

    @property
    def holds(self) -> bool:
        """True where most of the document fits, and it comes to a number, or does not all fit."""
        wrong = sum(not (self._mended(s) or self._is_loose(s)) for s in self.misfits)
        lines, misfits = ({s.place for s in own} for own in (self.backward, self.misfits))
        if self.lost or 4 * wrong > len(self.backward) or 2 * len(misfits) > len(lines) + 1:
            return False
        asked = any(is_cost(str(s.left)) or s.left in self.differentiated for s in self.forward)
        if asked and any(map(self._comes_to_number, self.forward)):
            return True
        alone = len(misfits) == 1 and not wrong and len(lines) + len(self.forward) > _ENOUGH
        return alone and bool(self.forward)

    def _comes_to_number(self, sketch: Sketch) -> bool:
        if index_letters(str(sketch.left)):
            return False
        ranks = [self.sizes.rank(self.sizes.shapes.get(n, SCALAR)) for n in self._names(sketch)]
        return self.sizes.shapes.get(str(sketch.left)) == SCALAR and any(ranks)

    def _settle(self, sketch: Sketch) -> None:
        """Give the names of a statement the shapes under which it fits, the usual ones first."""
        asked = [*dict.fromkeys(self._asked(sketch))]
        kinds = [self._kinds(name) for name in asked[:_MOST_NAMES]]
        kinds += map(self._usual, asked[_MOST_NAMES:])
        ways = sorted(product(*(k.items() for k in kinds)), key=_cost_of)
        best, least = None, float("inf")
        for way in islice(ways, min(_MOST_TRIED, _MOST_IN_ALL - self._tried)):
            if _cost_of(way) >= least:
                break
            self._tried += 1
            trial = self.sizes.copied()
            trial.cost += _cost_of(way)
            for name, (kind, _) in zip(asked, way, strict=True):
                trial.shapes[name] = kind if isinstance(kind, tuple) else trial.made(kind)
            try:
                self._hold(sketch, trial)
            except MisfitError:
                continue
            if trial.cost - self.sizes.cost < least:
                best, least = trial, trial.cost - self.sizes.cost
        if best is None:
            self.misfits.append(sketch)
            return
        self.by_custom.update(n for n in asked if best.rank(best.shapes[n]) == 1 and n.islower())
        self.sizes = best

    def _hold(self, sketch: Sketch, trial: Sizes) -> None:
        """Let the sides of a statement have one shape."""
        left = sketch.left
        new = isinstance(left, Name) and left not in trial.shapes
        wanted = None if left is None or new else trial.of(left)
        for side in sketch.sides:
            if not nodes(side, Name, Derivative):
                continue
            found = trial.of(side, wanted)
            if found is None:
                continue
            if wanted is not None:
                trial.equal(wanted, found)
            elif new:
                assert isinstance(left, Name)
                if trial.rank(found) and (index_letters(left) or is_cost(left)):
                    raise MisfitError  # h_t is a vector for each t, and no element
                trial.shapes[left] = found
            wanted = wanted or found

    def _asked(self, sketch: Sketch) -> Iterator[Name]:
        """The names of a statement whose shapes are still open, but for a new one on its left."""
        yield from (name for name in self._names(sketch) if name not in self.sizes.shapes)

    def _names(self, sketch: Sketch) -> Iterator[Name]:
        """The names of a statement; of an element that of the whole."""
        exprs: list[Expr] = [*sketch.sides]
        named = isinstance(sketch.left, Name) and sketch in self.backward  # δ2, of z2's shape
        if sketch.left is not None and (named or isinstance(sketch.left, Derivative)):
            exprs.append(sketch.left)
        while exprs:
            for name in names_in(exprs.pop(0)):
                base = Name(name.partition("_")[0])
                if name in self.sizes.hidden:
                    exprs.append(self.sizes.hidden[name])
                elif index_letters(name):
                    yield from (base,) * (base in self.sizes.whole)
                elif name not in CONSTANTS:
                    yield name

    def _kinds(self, name: Name) -> Kinds:
        """What a name may be, and how far each is from what is usual."""
        if name in self.scalars:
            return {"scalar": 0.0}
        return kinds_of(name, self.sizes.shapes, self.rows)

    def _usual(self, name: Name) -> Kinds:
        """The likeliest of them."""
        kinds = self._kinds(name)
        return {min(kinds, key=kinds.__getitem__): 0.0}

    def mistaken(self) -> frozenset[Place]:
        """Where statements begin that cannot be right, and are not loosely written."""
        turned = frozenset(s.place for s in self.misfits if self._mended(s))
        gradients = {s.place for s in self.backward if self._is_of_matrix(s)}
        if len(gradients) > 1 and gradients <= turned:
            return frozenset()  # a layout of its own, in which every gradient lies on its side
        return turned

    def _is_of_matrix(self, sketch: Sketch) -> bool:
        shape = self.sizes.of(sketch.left) if isinstance(sketch.left, Derivative) else None
        return shape is not None and self.sizes.rank(shape) == 2

    def _mended(self, sketch: Sketch) -> bool:
        """True for a statement that fits once a factor is turned round, or is another one.

        Who writes no transposes at all leaves them out; who gives the slope by θ_j may mean all.
        """
        if sketch.left is not None and any(map(index_letters, names_in(sketch.left))):
            return False
        new = {str(sketch.left)} if isinstance(sketch.left, Name) else set()
        new |= {name for name in self._names(sketch) if "scalar" in self._usual(name)}
        known = self.settled | new
        if self.sizes.loose or not known.issuperset(self._names(sketch)):
            return False
        for place, side in enumerate(sketch.sides):
            others = chain(_turned(side), self._with_another(side))
            for other in islice(others, _MOST_TRIED if side.size < _LONG else 0):
                sides = (*sketch.sides[:place], other, *sketch.sides[place + 1 :])
                if self._misfit(Sketch(sketch.place, sketch.left, sides)) is None:
                    return not self._is_loose(sketch)
        return False

    def _is_loose(self, sketch: Sketch) -> bool:
        misfit = self._misfit(sketch)
        return misfit is not None and misfit.loose

    def _with_another(self, side: Expr) -> Iterator[Expr]:
        """The side with another array for one of its own, where it has a transpose."""
        arrays = [name for name, shape in self.sizes.shapes.items() if self.sizes.rank(shape)]
        if any(call.function == TURNED for call in nodes(side, Call)):
            for name, other in product(dict.fromkeys(names_in(side)), arrays):
                yield rewrite(side, lambda node, n=name, o=other: o if node == n else None)  # type: ignore[misc]

    def _misfit(self, sketch: Sketch) -> MisfitError | None:
        """How a statement does not fit."""
        try:
            self._hold(sketch, self.sizes.copied())
        except MisfitError as misfit:
            return misfit
        return None


def _turned(expr: Expr) -> Iterator[Expr]:
    """The expression with one factor transposed, or not, or two of them in the other order."""
    for call in dict.fromkeys(nodes(expr, Call)):
        match call:
            case Call("·" | "*", (a, b)):
                either = product((a, _flipped(a)), (b, _flipped(b)))
                for pair in (way for one, other in either for way in ((one, other), (other, one))):
                    other = Call(MATRIX, pair)
                    yield rewrite(expr, lambda node, c=call, o=other: o if node == c else None)  # type: ignore[misc]


def _flipped(expr: Expr) -> Expr:
    match expr:
        case Call("ᵀ", (inside,)):
            return inside
    return Call(TURNED, (expr,))


def _is_of_function(sketch: Sketch) -> bool:
    """True for h(X) = g(X θ), which says what a function is, and not which X there is."""
    calls = (call for side in sketch.sides for call in nodes(side, Call))
    return sketch.left is None and any(call.function.endswith("()") for call in calls)


def _is_forward(sketch: Sketch, whole: frozenset[str]) -> bool:
    """True for what says what a quantity is, with no gradient on either side."""
    left = sketch.left
    if not isinstance(left, Name) or before_renewal(left):
        return False
    names = {name for side in sketch.sides for name in names_in(side)}
    slopes = any(nodes(side, Derivative) for side in sketch.sides)
    gradients = any(
        name.startswith("delta") or (name[0] == "d" and name[1:].lstrip("_") in whole)
        for name in (left, *names)
    )
    return not (slopes or gradients or left in names)


def _inputs_first(sketches: Sequence[Sketch]) -> Iterator[Sketch]:
    """The statements, each behind those that say what its names are."""
    waiting = list(sketches)
    while waiting:
        open_ = {sketch.left for sketch in waiting}
        ready = [
            s
            for s in waiting
            if open_.isdisjoint({n for e in s.sides for n in names_in(e)} - {s.left})
        ]
        yield from ready or waiting
        waiting = [sketch for sketch in waiting if ready and sketch not in ready]


def _against_custom(sketches: Sequence[Sketch], rows: bool) -> float:
    """How often weights stand on the other side of what they are multiplied with."""
    count = 0
    for sketch in sketches:
        for call in (c for side in sketch.sides for c in nodes(side, Call)):
            match call:
                case Call("·" | "*", (Name(a), Name(b))):
                    first, second = (n.rstrip("0123456789") in WEIGHTS for n in (a, b))
                    count += (first and not second) if rows else (second and not first)
    return 0.1 * count


def _cost_of(way: Sequence[tuple[str | Shape, float]]) -> float:
    return sum(cost for _, cost in way)
