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
from micrograd_like.worksheet.python.values import Instance, Unknown, UnreadError
from micrograd_like.worksheet.records import Problem, Statement

if TYPE_CHECKING:
    from micrograd_like.worksheet.python.machine import Machine


class Failures:
    """Takes down for a machine what it could not read."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def cannot(self, node: ast.stmt, error: Exception) -> None:
        """Something that is not read: a problem, where it gives a name its value."""
        targets = assigned_in(node)
        if isinstance(node, ast.Assign) and (
            self._gives_data(node.value, targets) or self._misfits(node, error)
        ):
            return
        if not targets or only_tells(node):
            return
        at = error.node if isinstance(error, UnreadError) else node
        if not hasattr(at, "lineno"):
            at = node
        place = self.machine.places.of(at)
        first = node.lineno - at.lineno + place.line if node.lineno != at.lineno else 0
        message = str(error).split("\n")[0]
        problem = Problem(
            place, message, self.machine.places.lines[at.lineno - 1], first, targets[0]
        )
        if problem not in self.machine.problems:
            self.machine.problems.append(problem)
        where = self.machine.places.of(node).where
        self._unknown(node, f"{targets[0]!r} stands on {where}, which could not be read")

    def _misfits(self, node: ast.Assign, error: Exception) -> bool:
        """Take down a gradient whose operands do not fit, as that which its name says."""
        own = isinstance(error, UnreadError) and error.shapes and not self.machine.recorder.guessed
        variables = self.machine.recorder.current
        base = target_name(node.targets[0])
        said = [s for s in said_by(base, variables, ()) if s.sure and not s.of and not s.digits]
        if not own or not said or self.machine.recorder.silent:
            return False
        used = (n.id for n in ast.walk(node.value) if isinstance(n, ast.Name))
        inside = [e for name in used if name in variables for e in variables[name].reshape(-1)]
        whole = filled(variables[said[0].wrt].shape, lambda _: added(inside))
        taken = self.machine.taking.taken(Target(base), whole, node, False, str(error))
        self.machine.scope[base] = taken
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
        for name in targets:
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
