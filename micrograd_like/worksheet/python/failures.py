"""What is not read of a program: told, and what rests on it in doubt."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from micrograd_like.formula import Name
from micrograd_like.worksheet.python.applying import NOT_RUN
from micrograd_like.worksheet.python.naming import said_by
from micrograd_like.worksheet.python.syntax import assigned_in, only_tells, target_name
from micrograd_like.worksheet.python.taking import Target
from micrograd_like.worksheet.python.terms import added, filled
from micrograd_like.worksheet.python.values import Instance, Unknown, UnknownError, UnreadError
from micrograd_like.worksheet.records import Problem, Slip, Statement

if TYPE_CHECKING:
    from micrograd_like.worksheet.python.machine import Machine


class Failures:
    """Takes down for a machine what it could not read."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def cannot(self, node: ast.stmt, error: Exception) -> None:
        """Something that is not read: a problem, where it gives a name its value.

        Raises:
            UnknownError: What a function returns is no array.
        """
        targets = assigned_in(node)
        misfit = str(error) if isinstance(error, UnreadError) and error.shapes else ""
        if misfit and self._misfits(node, misfit):
            return
        if isinstance(node, ast.Assign) and self._gives_data(node.value, targets):
            return
        if not targets or only_tells(node):
            return
        at = error.node if isinstance(error, UnreadError) else node
        if not hasattr(at, "lineno"):
            at = node
        place = self.machine.places.of(at)
        first = node.lineno - at.lineno + place.line if node.lineno != at.lineno else 0
        self._unknown(node, self._stands(node, targets[0]))
        if self._is_read(node):
            return
        message = str(error).split("\n")[0]
        problem = Problem(
            place, message, self.machine.places.lines[at.lineno - 1], first, targets[0]
        )
        if problem not in self.machine.problems:
            self.machine.problems.append(problem)

    def _stands(self, node: ast.stmt, name: str) -> str:
        """Why what rests on a statement is not known."""
        return f"{name!r} stands on {self.machine.places.of(node).where}, which could not be read"

    def _is_read(self, node: ast.stmt) -> bool:
        """True for a line of a function of which an earlier call has been read whole."""
        return any(f.lineno <= node.lineno <= (f.end_lineno or 0) for f in self.machine.calls.whole)

    def _misfits(self, node: ast.stmt, why: str) -> bool:
        """Take down that operands do not fit: a slip, wherever their shapes are the program's own.

        A gradient is that which its name says, so that what rests on it can be judged.

        Raises:
            UnknownError: What a function returns is no array.
        """
        machine = self.machine
        if machine.recorder.silent or self._is_read(node):
            return False
        if isinstance(node, ast.Assign):
            base, variables = target_name(node.targets[0]), machine.recorder.current
            said = [s for s in said_by(base, variables, ()) if s.sure and not s.of and not s.digits]
            if said:
                used = (n.id for n in ast.walk(node.value) if isinstance(n, ast.Name))
                inside = [e for n in used if n in variables for e in variables[n].reshape(-1)]
                whole = filled(variables[said[0].wrt].shape, lambda _: added(inside))
                own = Target(base)
                machine.scope[base] = machine.taking.taken(own, whole, node, False, why)
                return True
        names = [machine.function] if isinstance(node, ast.Return) else assigned_in(node)
        if not machine.knows_shapes or not names:
            return False
        place, source = machine.places.of(node), machine.places.source(node)
        slip = Statement(place, source, Name(names[0]), slip=Slip("shape", why))
        if slip not in machine.slips:
            machine.slips.append(slip)
        if isinstance(node, ast.Return):
            raise UnknownError(node, self._stands(node, machine.function))
        self._unknown(node, self._stands(node, names[0]))
        return True

    def _gives_data(self, value: ast.expr, targets: list[str]) -> bool:
        """True for data from elsewhere: a call that takes nothing of the program's own."""
        inside = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}
        if not isinstance(value, ast.Call) or inside & self.machine.recorder.current.keys():
            return False
        called = value.func.id if isinstance(value.func, ast.Name) else ""
        for name in targets:
            self.machine.scope[name] = self.machine.free(name)
            self.machine.tell(
                f"{self.machine.places.of(value).where}: {called}() is not run"
                if called in NOT_RUN
                else f"{name} is data from elsewhere"
            )
        return True

    def give_up(self, node: ast.stmt, why: str) -> None:
        """Something that rests on what could not be read: in doubt."""
        targets = assigned_in(node)
        if isinstance(node, ast.For | ast.While | ast.With | ast.Try):
            self.machine.tell(f"{self.machine.places.of(node).where} is passed over: {why}")
            targets = []
        for name in [] if self._is_read(node) else targets:
            place = self.machine.places.of(node)
            statement = Statement(place, self.machine.places.source(node), Name(name), doubt=why)
            if statement not in self.machine.unchecked:
                self.machine.unchecked.append(statement)
        self._unknown(node, why)

    def _unknown(self, node: ast.stmt, why: str) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
                owner = self.machine.scope.get(target.value.id)
                if isinstance(owner, Instance):
                    owner.attributes[target.attr] = Unknown(why)
        for name in assigned_in(node):
            self.machine.scope[name] = Unknown(why)
