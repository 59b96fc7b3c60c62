"""What stands in a picture and how large it is, before anything has a place.

A snapshot becomes boxes, arrows and groups, each with its lines of text. DOT and SVG are
written from these, so both say the same.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection

from micrograd_like.engine import as_count
from micrograd_like.errors import printable
from micrograd_like.formula import Derivative, Number
from micrograd_like.graph import ROLES
from micrograd_like.notation import name_text, number, text
from micrograd_like.ops import OPS
from micrograd_like.writers.formats.text import line_text
from visualize.grouping import evened, groups, node_id, ranks
from visualize.palette import AROUND
from visualize.records import LINE, SIZE, SMALL, SMALL_LINE, Arrow, Box, Drawing, Line, Span
from visualize.snapshot.records import Edge, Held, Node, Snapshot
from visualize.words import shortened, shortened_formula, slug, width

#: What can be shown beside names.
SHOWN = ("operations", "values", "gradients", "derivatives")

_LONGEST_NAME = 24
_LONGEST_FORMULA = 34
_LONGEST_LABEL = 24
#: Above so many arrows their numbers would cover each other; then width and dashes say them.
_MOST_LABELS = 90
#: The same between neurons, where all arrows of a layer cross.
_MOST_BETWEEN_NEURONS = 40
_LONGEST_CAPTION = 84


def drawing(
    shot: Snapshot,
    direction: str = "LR",
    show: Collection[str] = SHOWN,
    places: int = 4,
    group: bool | None = None,
) -> Drawing:
    """The snapshot as boxes and arrows (see :func:`visualize.svg` for the options)."""
    several = isinstance(show, Collection) and not isinstance(show, str)
    if not several or not all(part in SHOWN for part in show):
        raise ValueError(f"show: expected some of {', '.join(SHOWN)}, got {show!r}")
    if direction not in ("LR", "TB"):
        raise ValueError(f"expected the direction 'LR' or 'TB', got {direction!r}")
    places = as_count("places", places, 1, 15)
    writer = _Writer(shot, frozenset(show), places, direction)
    boxes = tuple(map(writer.box, shot.nodes))
    grouped = shot.detail == "neurons" if group is None else group
    return Drawing(
        writer.title(),
        writer.description(),
        evened(boxes) if shot.detail == "neurons" else boxes,
        writer.arrows(),
        groups(shot) if grouped else (),
        ranks(shot),
        writer.caption(),
        direction,
        writer.weighed,
    )


class _Writer:
    """Writes what boxes and arrows say."""

    def __init__(self, shot: Snapshot, show: frozenset[str], places: int, direction: str) -> None:
        self.shot, self.show, self.places = shot, show, places
        #: Beside a label; from top to bottom Graphviz sets it right beside its arrow.
        self.apart = 12 if direction == "LR" else 28
        between_neurons = shot.detail == "neurons"
        labelled = sum(e.on_path or shot.path is None or between_neurons for e in shot.edges)
        many = labelled > (_MOST_BETWEEN_NEURONS if between_neurons else _MOST_LABELS)
        self.weighed = many and "derivatives" in show
        sizes = [abs(e.local) for e in shot.edges if e.local is not None]
        self.largest = max((size for size in sizes if math.isfinite(size)), default=0.0)
        self.nodes = {node.key: node for node in shot.nodes}

    # Boxes.

    def box(self, node: Node) -> Box:
        """The box of a node."""
        lines = tuple(self._lines(node))
        wide = max(_line_width(line, SIZE) for line in lines)
        sides, above = AROUND[node.role]
        least = 0.0 if node.role == "constant" else 56.0
        size = max(wide + sides, least), LINE * len(lines) + above
        return Box(node_id(node.key), node, lines, *size, self._tip(node))

    def _lines(self, node: Node) -> list[Line]:
        name = shortened(name_text(node.name), _LONGEST_NAME)
        value = [Span("value", number(node.value, self.places))] if node.value is not None else []
        folded = self.shot.detail == "neurons" and node.neuron > 0
        if folded and not name:
            name = f"neuron {node.neuron}"
        first = [Span("name", name)] if name else []
        if (node.formula is None and not node.operation) or folded:
            if value and ("values" in self.show or not name):
                first += [Span("equals", " = ")] if name else []
                first += value
            rows = [tuple(first)]
        else:
            operation = self._operation(node)
            if operation and ("operations" in self.show or not name):
                first += [Span("equals", " = ")] if name else []
                first.append(Span("operation", operation))
            rows = [tuple(first)]
            if value and "values" in self.show:
                rows.append((Span("equals", "= "), *value))
        if node.bias is not None:
            rows.append(self._held(node.bias))
        # A worksheet's are computed: there is none where there is no number.
        numbered = node.gradient is not None or not self.shot.of
        if "gradients" in self.show and node.role != "constant" and numbered:
            rows.append(self._gradient(node))
        return rows

    def _held(self, parameter: Held) -> Line:
        """A weight or a bias: its name and its number, as far as they are to be shown."""
        name = shortened(name_text(parameter.name), _LONGEST_NAME)
        first = [Span("name", name)] if name else []
        if parameter.value is None or (name and "values" not in self.show):
            return tuple(first)
        equals = [Span("equals", " = ")] if name else []
        return (*first, *equals, Span("value", number(parameter.value, self.places)))

    def _operation(self, node: Node) -> str:
        if node.formula is None:
            return _sign(node.operation)
        written = text(node.formula, self.places)
        return shortened_formula(written, _LONGEST_FORMULA)

    def _gradient(self, node: Node) -> Line:
        if node.gradient is None:
            return (Span("gradient", "no gradient yet"),)
        of = self.shot.of
        symbol = "grad "
        if of and node.name:
            pair = (shortened(name_text(n), _LONGEST_NAME // 2) for n in (of, node.name))
            symbol = "∂{}/∂{} = ".format(*pair)
        return (Span("label", symbol), Span("gradient", number(node.gradient, self.places)))

    def _tip(self, node: Node) -> str:
        name = shortened(name_text(node.name), 200) or "without a name"
        if self.shot.detail == "neurons" and node.neuron and not node.name:
            name = f"neuron {node.neuron} of layer {node.layer}"
        parts = [f"{name} ({ROLES[node.role].word})"]
        if node.formula is not None:
            parts.append(shortened(text(node.formula, self.places), 400))
        if node.value is not None:
            parts.append(number(node.value, self.places))
        tip = " = ".join(parts)
        if node.role == "constant" or (node.gradient is None and self.shot.of):
            return tip
        gradient = "no gradient yet"
        if node.gradient is not None:
            gradient = f"gradient {number(node.gradient, self.places)}"
        return f"{tip}; {gradient}"

    # Arrows.

    def arrows(self) -> tuple[Arrow, ...]:
        """An arrow for every edge; the second one between the same two nodes ends in -2."""
        seen: Counter[tuple[str, str]] = Counter()
        made = []
        for edge in self.shot.edges:
            seen[edge.tail, edge.head] += 1
            again = seen[edge.tail, edge.head]
            made.append(self._arrow(edge, f"-{again}" if again > 1 else ""))
        return tuple(made)

    def _arrow(self, edge: Edge, suffix: str) -> Arrow:
        lines = tuple(self._labels(edge))
        wide = max((_line_width(line, SMALL) for line in lines), default=0.0) + self.apart
        size = (wide, SMALL_LINE * len(lines) + 4) if lines else (0.0, 0.0)
        known = edge.local is not None and math.isfinite(edge.local) and self.largest > 0
        weight = abs(edge.local or 0.0) / self.largest if known else 0.0
        ends = node_id(edge.tail), node_id(edge.head)
        name = f"edge-{slug(edge.tail)}-to-{slug(edge.head)}{suffix}"
        return Arrow(name, *ends, edge, lines, *size, self._edge_tip(edge), weight)

    def _labels(self, edge: Edge) -> list[Line]:
        if "derivatives" not in self.show or self._is_silent(edge):
            return []
        if self.weighed or (self.shot.path is not None and not edge.on_path):
            return []
        if edge.weight is not None:
            return [self._held(edge.weight)]
        written = "" if edge.formula is None else text(edge.formula, self.places)
        if edge.local is None:
            return [(Span("formula", shortened_formula(written, _LONGEST_LABEL)),)]
        value = Span("local", number(edge.local, self.places))
        if edge.on_path and self.shot.detail == "names":
            symbol = shortened(self._symbol(edge), _LONGEST_LABEL)
            return [(Span("formula", symbol),), (Span("equals", "= "), value)]
        if isinstance(edge.formula, Number) or not written or len(written) > _LONGEST_LABEL:
            return [(value,)]
        if len(written) <= 4:
            return [(Span("formula", written), Span("equals", " = "), value)]
        return [(Span("formula", written),), (Span("equals", "= "), value)]

    @staticmethod
    def _is_silent(edge: Edge) -> bool:
        """True for an arrow about which there is nothing to say, as for that of a constant."""
        return edge.local is None and edge.formula is None and edge.weight is None

    def _symbol(self, edge: Edge) -> str:
        return text(Derivative(self.nodes[edge.head].name, self.nodes[edge.tail].name))

    def _edge_tip(self, edge: Edge) -> str:
        tail, head = (self._called(key) for key in (edge.tail, edge.head))
        if self._is_silent(edge):
            return f"from {tail} to {head}"
        steps = [f"∂{head}/∂{tail}"]
        held = "" if edge.weight is None else "".join(span.text for span in self._held(edge.weight))
        if edge.formula is not None:
            steps.append(shortened(text(edge.formula, self.places), 400))
        if edge.local is not None:
            steps.append(number(edge.local, self.places))
        rule = f" ({edge.rule})" if edge.rule else ""
        weight = f"weight {held}; " if held else ""
        return weight + " = ".join(dict.fromkeys(steps)) + rule

    def _called(self, key: str) -> str:
        node = self.nodes[key]
        if node.name:
            return shortened(name_text(node.name), 100)
        if self.shot.detail == "neurons" and node.neuron:
            return f"neuron {node.layer}.{node.neuron}"
        value = "" if node.value is None else number(node.value, self.places)
        return _sign(node.operation) or value

    # What is said of the whole.

    def title(self) -> str:
        """What the picture is of."""
        output = self.nodes[self.shot.output]
        called = self._called(output.key)
        if not output.name and output.formula is not None:
            called = shortened(text(output.formula, self.places), 100)
        title = f"Computation graph of {called}"
        if self.shot.path is not None:
            title += f", with the paths of {shortened(text(self.shot.path), 100)}"
        return title

    def description(self) -> str:
        """The picture in words: its nodes by role, the output's number, what arrows say."""
        roles = Counter(node.role for node in self.shot.nodes)
        counts = [
            f"{count} {ROLES[role].one if count == 1 else ROLES[role].many}"
            for role, count in roles.items()
        ]
        output = self.nodes[self.shot.output]
        said = f"{', '.join(counts)}. {self._tip(output)}."
        if "derivatives" in self.show:
            said += " Every arrow runs from an operand to what is computed from it and bears"
            weights = any(edge.weight is not None for edge in self.shot.edges)
            said += " the weight into a neuron, elsewhere" if weights else ""
            said += " the local derivative."
        caption = " ".join(self.caption())
        return f"{said} {caption}".strip()

    def caption(self) -> tuple[str, ...]:
        """The highlighted derivative worked out, path by path."""
        path, derivation = self.shot.path, self.shot.derivation
        if path is None:
            return ()
        value = self.shot.path_value
        result = "" if value is None else f" = {number(value, self.places)}"
        plain = f"{text(path)}{result}"
        if derivation is None or not derivation.paths:
            return (printable(plain),)
        rows: list[str] = []
        for found in derivation.paths:
            rows += _wrapped(line_text(found.product, self.places))
        if derivation.path_count > len(derivation.paths):
            rows.append(f"… and {derivation.path_count - len(derivation.paths):,} more paths")
            rows.append(plain)
        elif derivation.path_count > 1:
            terms = " + ".join(f"path {n}" for n in range(1, derivation.path_count + 1))
            rows.append(f"{text(path)} = {terms}{result}")
        return tuple(shortened(row, 2 * _LONGEST_CAPTION) for row in rows)


def _sign(operation: str) -> str:
    """The sign an operation has in a picture: +, ·, σ."""
    return OPS[operation].text.replace("#1", "·") or operation if operation else ""


def _line_width(line: Line, size: float) -> float:
    return sum(width(span.text, size, span.kind == "name") for span in line)


def _wrapped(line: str) -> list[str]:
    """The line in rows, broken before equals signs where it is long."""
    rows = [""]
    for place, step in enumerate(line.split(" = ")):
        step = f" = {step}" if place else step
        if place and len(rows[-1]) + len(step) > _LONGEST_CAPTION and " = " in rows[-1]:
            rows.append("    " + step.lstrip())
        else:
            rows[-1] += step
    return rows
