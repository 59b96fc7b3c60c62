"""Takes down what variables are assigned: a step for each, and which version each one renews."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd_like.formula import COMPARISONS, Call, Expr, Name, Number, terms
from micrograd_like.ops import ACTIVATIONS
from micrograd_like.worksheet.python.mending import as_meant, as_written
from micrograd_like.worksheet.python.steps import Step
from micrograd_like.worksheet.python.terms import Term, names_of, numeric
from micrograd_like.worksheet.records import Place
from micrograd_like.worksheet.tokens.spelling import before_renewal

if TYPE_CHECKING:
    from micrograd_like.worksheet.python.machine import Machine


@dataclass(frozen=True)
class Target:
    """What is assigned to.

    Attributes:
        base: Its name as Python has it, ``self.`` left out; that of the whole for an element.
        old: What it stands for so far.
        index: Of a single element, its index.
        part: True for a part of an array that is no single element.
        anew: True where it does not go on from that: a sum that begins with another variable.
    """

    base: str
    old: Any = None
    index: tuple[int, ...] | None = None
    part: bool = False
    anew: bool = False


class Taking:
    """Takes steps down for a machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def taken(
        self, target: Target, value: Term, node: ast.stmt, augmented: bool, misfit: str = ""
    ) -> Term:
        """Take down what is assigned; its new names."""
        base, index, recorder = target.base, target.index, self.machine.recorder
        place = self.machine.places.of(node)
        whole = [numeric(e) for e in value.reshape(-1)]
        if not whole or any(isinstance(e, Call) and e.function in COMPARISONS for e in whole):
            return value  # nothing, or no numbers
        formulas, meant = [*map(as_written, whole)], tuple(map(as_meant, whole))
        meant = meant if meant != tuple(formulas) else ()
        formulas = self._inner_named(base, value.shape, formulas, place)
        names = recorder.names(base, value.shape, place, index or ())
        step = Step(
            place,
            self.machine.places.source(node),
            base,
            value.shape,
            tuple(names.reshape(-1)),
            tuple(formulas),
            self._older(target, value.shape, formulas),
            augmented or index is not None or target.part,
            index,
            misfit=misfit,
            meant=meant,
            passes=self.machine.passes,
        )
        recorder.take(step)
        if index is None and not target.part:
            recorder.bind(base, names)
        return names

    def _older(
        self, target: Target, shape: tuple[int, ...], formulas: Sequence[Expr]
    ) -> tuple[Name, ...]:
        """The elements that a target has had: its own, or w's for w_new = w + …."""
        if target.anew:
            return ()
        if isinstance(target.old, np.ndarray):
            return tuple(names_of(target.old) or ()) if target.old.shape == shape else ()
        current = self.machine.recorder.current
        for base in (target.base, before_renewal(target.base)):
            before = current.get(base)
            names = names_of(before) if before is not None and before.shape == shape else None
            if names and all(("+", n) in terms(f) for n, f in zip(names, formulas, strict=True)):
                return tuple(names)
        return ()

    def _inner_named(
        self, base: str, shape: tuple[int, ...], formulas: list[Expr], place: Place
    ) -> list[Expr]:
        """The formulas, the argument of an activation as a quantity of its own."""
        recorder = self.machine.recorder
        inner = [
            f.arguments[0] for f in formulas if isinstance(f, Call) and f.function in ACTIVATIONS
        ]
        if len(inner) < len(formulas) or any(isinstance(f, Name | Number) for f in inner):
            return formulas
        own = f"net_{base}"
        names = recorder.names(own, shape, place)
        flat = tuple(names.reshape(-1))
        step = Step(
            place,
            "",
            own,
            shape,
            flat,
            tuple(inner),
            hidden=True,
            passes=self.machine.passes,
        )
        recorder.take(step)
        recorder.bind(own, names)
        outer = [f.function for f in formulas if isinstance(f, Call)]
        return [Call(f, (name,)) for f, name in zip(outer, flat, strict=True)]
