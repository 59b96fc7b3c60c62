"""A derivation as a document, and as a notebook shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from micrograd_like.derivation.equations import Equation, equation
from micrograd_like.derivation.factors import Derivation
from micrograd_like.formula import Expr, Name, Number, Quantity, added
from micrograd_like.notation import name_text
from micrograd_like.writers.blocks import Block, Document, Heading, Lines, Sentence
from micrograd_like.writers.formats.json import line_record
from micrograd_like.writers.formats.latex import latex_prose, lettered, line_latex


def document(derivation: Derivation, places: int = 4) -> Document:
    """The derivation with ``places`` decimals."""
    return Document(blocks(derivation, places), lambda: record(derivation))


def documents(derivations: Sequence[Derivation], written: str, places: int = 4) -> Document:
    """Derivations of the elements of an array, one after the other; of one, that alone."""
    if len(derivations) == 1:
        return document(derivations[0], places)

    def every() -> Iterator[Block]:
        yield Lines(tuple(map(_result, derivations)), places, places)
        for derivation in derivations:
            yield Heading(name_text(derivation.left), level=1)
            yield from blocks(derivation, places)

    elements = [*map(record, derivations)]
    return Document(every(), lambda: {"name": written, "elements": elements})


def record(derivation: Derivation) -> dict[str, Any]:
    """The derivation as plain data; its names are a contract."""
    return {
        "name": str(derivation.left),
        "value": derivation.value,
        "reason": derivation.reason,
        "factors": [line_record(line) for line in derivation.factors],
        "steps": [line_record(line) for line in derivation.steps],
        "path_count": derivation.path_count,
        "paths": [
            {"names": [str(name) for name in path.names], **line_record(path.product)}
            for path in derivation.paths
        ],
    }


def shown_latex(derivation: Derivation) -> str:
    """The derivation as a notebook shows it: its formulas alone."""
    worked = tuple(path.product for path in derivation.paths)
    if derivation.path_count > 1:
        worked = derivation.steps
    rows = [line_latex(line, 4, rule=True) for line in derivation.factors]
    rows += [line_latex(line, 4) for line in worked if len(derivation.factors) > 1]
    rows = rows or [line_latex(_result(derivation), 4)]
    if derivation.reason:
        rows.append(rf"&\text{{{latex_prose(derivation.reason)}}}")
    joined = r" \\ ".join(rows)
    return lettered(rf"$$\begin{{aligned}}{joined}\end{{aligned}}$$")


def _result(derivation: Derivation) -> Equation:
    if derivation.value is None:
        return equation(derivation.left, derivation.formula or derivation.left, {})
    number = Number(derivation.value)
    return Equation(derivation.left, number, number, derivation.value)


def blocks(derivation: Derivation, places: int = 4) -> Iterator[Block]:
    """What is said of the derivation, block by block."""
    if derivation.value is not None or derivation.formula is not None:
        yield Lines((_result(derivation),), places, places)
    if derivation.reason:
        yield Sentence(derivation.reason)
    if derivation.factors:
        yield Heading("Factors")
        yield Lines(derivation.factors, places, places, rules=True)
    if len(derivation.paths) == 1 and len(derivation.factors) > 1:
        yield Heading("Chain rule")
        yield Lines((derivation.paths[0].product,), places, places)
    elif derivation.path_count > 1:
        yield Heading("Node by node")
        yield Lines(derivation.steps, places, places)
        yield from _paths(derivation, places)


def _paths(derivation: Derivation, places: int) -> Iterator[Block]:
    paths, count = derivation.paths, derivation.path_count
    yield Heading(f"Path by path: {count:,} paths, whose products are added")
    for path in paths:
        yield Sentence(" ← ".join(map(name_text, path.names)))
        yield Lines((path.product,), places, places)
    if count > len(paths):
        yield Sentence(f"… and {count - len(paths):,} more.")
        return
    products = [path.product for path in paths]
    values: dict[Quantity, float | Expr] = {
        Name(f"path {n}"): product.value if product.closed else product.numbers
        for n, product in enumerate(products, 1)
    }
    line = equation(derivation.left, added(values), values, value=derivation.value)
    yield Lines((line,), places, places)
