"""What a wrong gradient should have been, as the program itself would write it.

Each step of it is compared with the true derivative at several points: only what agrees is shown.
"""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass

from micrograd_like.formula import Name
from micrograd_like.worksheet.python.meaning import Finder
from micrograd_like.worksheet.python.meanings import Meaning, Meanings
from micrograd_like.worksheet.python.pieces import ATOM, PRODUCT, Piece
from micrograd_like.worksheet.python.syntax import is_program
from micrograd_like.worksheet.python.terms import names_of
from micrograd_like.worksheet.python.trial import ratio
from micrograd_like.worksheet.python.writing import Writer
from micrograd_like.worksheet.records import Slip

#: Steps back from one gradient to the next that has a name.
_DEEPEST = 4
#: Factors that differ by less, relatively, are the same.
_CLOSE = 1e-6


@dataclass(frozen=True)
class Line:
    """A gradient as it should be.

    Attributes:
        text: The assignment.
        slip: The cause that explains what is written instead.
    """

    text: str = ""
    slip: Slip | None = None


class Expected:
    """Writes the gradients of one program.

    Args:
        finder: The program.
        meanings: What its steps mean.
    """

    def __init__(self, finder: Finder, meanings: Meanings) -> None:
        self.finder, self.meanings = finder, meanings
        self.forward = sorted(finder.forward([*meanings.cost]))

    def gradient(self, at: int) -> Line:
        """The assignment that a step which claims to be a gradient should be."""
        step, meaning = self.finder.steps[at], self.meanings.found[at]
        cost = self.finder.cost_at(at, self.meanings)
        plain = step.index is None and not step.augmented and not step.gathered
        misfit = Slip("shape", step.misfit) if step.misfit else None
        if cost is None or not plain or {*meaning.of} != {cost}:
            return Line(slip=misfit)
        shape = self._shape(meaning.wrt, at) or step.shape
        piece = Writer(self.finder, self.meanings, self.forward, at, cost).gradient(
            meaning.wrt, shape, _DEEPEST
        )
        if piece is None:
            return Line(slip=misfit)
        true = self.finder.true(meaning.of, meaning.wrt) * meaning.factor
        factor = piece.factor(true)
        if factor is None:
            return Line(slip=misfit)
        table = self.finder.as_written(at)
        code = self._of_factor(ratio(table, true)) or piece.slip(table, 1 / factor, step.shape)
        slip = misfit or (Slip(code) if code else _of_shape(step.shape, shape))
        return Line(_assigned(step.source, _scaled(piece, 1 / factor, step.source)), slip)

    def of_another_shape(self, at: int) -> tuple[Meaning, Line] | None:
        """What a step without a meaning claims to be, where a slip explains its shape."""
        step, cost = self.finder.steps[at], self.finder.cost_at(at, self.meanings)
        if cost is None or step.index is not None or step.augmented or at in self.forward:
            return None
        for said in self.finder.said(at, [cost]):
            wrt = tuple(names_of(self.finder.snapshots[at][said.wrt]) or ())
            if said.of or said.digits or not said.sure or len(wrt) in (0, len(step.names)):
                continue
            shape = self.finder.snapshots[at][said.wrt].shape
            piece = Writer(self.finder, self.meanings, self.forward, at, cost).gradient(
                wrt, shape, _DEEPEST
            )
            if piece is None:
                continue
            for code, own in piece.slipped(self.finder.as_written(at), step.shape):
                if self.finder.allowed(own, False):
                    text = _assigned(step.source, _scaled(piece, own, step.source))
                    return Meaning((cost,) * len(wrt), wrt, agrees=False), Line(text, Slip(code))
            if self.finder.is_misshapen(at, said):
                line = Line(_assigned(step.source, piece.text), _of_shape(step.shape, shape))
                return Meaning((cost,) * len(wrt), wrt, agrees=False), line
        return None

    def _of_factor(self, factor: float | None) -> str:
        """The cause of a gradient that is right but for a factor; "" where it is none."""
        if factor is None:
            return ""
        turned = factor < 0 and self.finder.allowed(-factor, False)
        return "sign" if turned else "constant-factor"

    def _shape(self, wrt: tuple[Name, ...], at: int) -> tuple[int, ...] | None:
        """The shape of a variable by its names, as it is at a step."""
        arrays = self.finder.snapshots[at].values()
        return next((array.shape for array in arrays if tuple(array.reshape(-1)) == wrt), None)


def _assigned(source: str, text: str) -> str:
    """An expression in the place of the one that a statement assigns, returns or appends."""
    if source.startswith("return"):
        return f"return {text}"
    left, mark, _ = source.partition("=")
    before, call, _ = source.partition(".append(")
    if call and len(before) < len(left):
        return f"{before}{call}{text})"
    return f"{left.strip()} = {text}" if mark else text


def _of_shape(shape: tuple[int, ...], right: tuple[int, ...]) -> Slip | None:
    """The slip of a gradient of another shape; None for the same."""
    has = math.prod(shape) == math.prod(right)
    return None if has else Slip("shape", f"it is of shape {shape}, and has to be of {right}")


def _scaled(piece: Piece, factor: float, source: str) -> str:
    """The expression with the factor that is missing: 2, −1, or one by the number of samples."""
    if abs(factor - 1) < _CLOSE:
        return piece.text
    if abs(factor + 1) < _CLOSE:
        return f"-{piece.inside(ATOM)}"
    below = 1 / factor
    if abs(below - round(below)) < _CLOSE * abs(below):
        return f"{piece.inside(PRODUCT)} / {_divisor(source) or round(below)}"
    whole = round(factor) if abs(factor - round(factor)) < _CLOSE else round(factor, 6)
    return f"{whole} * {piece.inside(PRODUCT)}"


def _divisor(source: str) -> str:
    """The name by which a line divides: the number of samples, as the program calls it."""
    if not is_program(source):  # a comment stands between its lines
        return ""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.BinOp(op=ast.Div(), right=ast.Name(id=name)):
                return name
    return ""
