"""What can be told of a program by its syntax alone."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Collection, Iterable, Sequence
from typing import TypeGuard

_TELLING = ("print", "plot", "plt", "scatter", "title", "show", "savefig", "log")

#: Numbers up to this one are factors rather than counts.
_SMALL = 6


def parsed(text: str) -> ast.Module:
    """The syntax of a text.

    Raises:
        SyntaxError: It is no Python.
        ValueError, RecursionError, MemoryError: It is too deep.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def is_program(text: str) -> bool:
    """True for a text that is Python."""
    try:
        parsed(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def names_used(text: str) -> set[str]:
    """The names in a text; none where it is no Python."""
    return _names(parsed(text)) if is_program(text) else set()


def target_name(node: ast.expr) -> str:
    """The name of what is assigned to: that of the array for an element of it."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            return name
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            return f"{owner}.{name}"
        case ast.Subscript(value=_, slice=ast.Constant(value=str() as key)):
            return key
        case ast.Subscript(value=inner) | ast.Starred(value=inner):
            return target_name(inner)
        case ast.Tuple(elts=[first, *_]) | ast.List(elts=[first, *_]):
            return target_name(first)
        case ast.Attribute(attr=name):
            return name
    return ""


def first_text(node: ast.expr) -> str:
    """The text with which a key begins: W of ``"W" + str(l)``; "" for none."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.BinOp(left=first) | ast.JoinedStr(values=[first, *_]):
            return first_text(first)
    return ""


def assigned_in(node: ast.stmt) -> list[str]:
    """The names that a statement, or the statements inside it, give a value."""
    found: dict[str, None] = {}
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assign):
            targets: list[ast.expr] = [*inner.targets]
        elif isinstance(inner, ast.AugAssign | ast.AnnAssign | ast.For):
            targets = [inner.target]
        else:
            continue
        for target in targets:
            parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
            found.update(dict.fromkeys(filter(None, map(target_name, parts))))
    return [*found]


def used_in(body: Iterable[ast.stmt]) -> set[str]:
    """The names whose values statements use, other than to tell something."""
    found: set[str] = set()
    for statement in body:
        if only_tells(statement):
            continue
        for inner in ast.walk(statement):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
                found.add(inner.id)
    return found


def only_tells(node: ast.stmt) -> bool:
    """True for what prints or draws, and for a branch that does nothing else."""
    match node:
        case ast.If(body=body, orelse=other):
            return all(map(only_tells, [*body, *other]))
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="append"), args=[value])):
            return isinstance(value, ast.Name | ast.Constant)
        case ast.Expr(value=ast.Call(func=function)):
            path = [n.id for n in ast.walk(function) if isinstance(n, ast.Name)]
            attributes = [n.attr for n in ast.walk(function) if isinstance(n, ast.Attribute)]
            return any(word in _TELLING for word in (*path, *attributes))
        case ast.Expr(value=ast.Constant()) | ast.Pass():
            return True
    return False


def renewed_in(body: Sequence[ast.stmt]) -> set[str]:
    """The names that one pass renews from their own values: w −= …, w = w − … and the like.

    What only adds up what has nothing to do with it is no such: ``s += w[i] * x[i]``.
    """
    found, fresh = set(), set()
    for node in (inner for statement in body for inner in ast.walk(statement)):
        match node:
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=value) if (
                name not in fresh and name not in _behind(value, body)
            ):
                continue
            case ast.AugAssign(target=target):
                if target_name(target) not in fresh:
                    found.add(target_name(target))
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if name in _names(value) and name not in fresh:
                    found.add(name)
                fresh.add(name)
            case ast.Assign(targets=[ast.Subscript() as target], value=value):
                if target_name(target) in _names(value) and target_name(target) not in fresh:
                    found.add(target_name(target))
    return found


def _behind(value: ast.expr, body: Sequence[ast.stmt]) -> set[str]:
    """The names from which an expression is computed in one pass."""
    found, new = set[str](), _names(value)
    given = [n for part in body for n in ast.walk(part) if isinstance(n, ast.Assign)]
    while new:
        found |= new
        new = {
            name
            for node in given
            if {*map(target_name, node.targets)} & found
            for name in _names(node.value)
        } - found
    return found


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def renewed_elements(body: Iterable[ast.stmt], names: Collection[str]) -> bool:
    """True for a loop that renews nothing but elements, each pass its own: ``w[i] -= …``."""
    targets = []
    for node in (inner for statement in body for inner in ast.walk(statement)):
        match node:
            case ast.AugAssign(target=target):
                targets.append(target)
            case ast.Assign(targets=[ast.Subscript() | ast.Attribute() as target], value=value):
                text, parts = ast.unparse(target), ast.walk(value)
                if any(isinstance(n, ast.expr) and ast.unparse(n) == text for n in parts):
                    targets.append(target)
    elements = [t for t in targets if not isinstance(t, ast.Name)]
    return bool(elements) and all(not _names(t).isdisjoint(names) for t in elements)


def is_method(node: ast.AST) -> TypeGuard[ast.FunctionDef]:
    """True for a function that is given the object that it belongs to."""
    return isinstance(node, ast.FunctionDef) and [a.arg for a in node.args.args[:1]] == ["self"]


def is_helper(node: ast.FunctionDef) -> bool:
    """True for a function that only returns something, and that of its arguments alone."""
    inside = (n for statement in node.body for n in ast.walk(statement))
    of_self = is_method(node) and any(
        isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == "self"
        for n in inside
    )
    return not of_self and all(_returns(statement) for statement in node.body)


def _returns(node: ast.stmt) -> bool:
    match node:
        case ast.Return() | ast.Expr(value=ast.Constant()) | ast.Raise() | ast.Assert():
            return True
        case ast.If(body=body, orelse=other):
            return all(map(_returns, [*body, *other]))
    return False


def called_in(module: ast.Module) -> set[str]:
    """The names of the functions and methods that a program calls."""
    calls = (n.func for n in ast.walk(module) if isinstance(n, ast.Call))
    return {getattr(f, "id", getattr(f, "attr", "")) for f in calls}


def has_large_number(source: str) -> bool:
    """True for a line with a whole number in it that may count samples."""
    words = "".join(c if c.isalnum() or c == "_" else " " for c in source).split()
    return any(word.isdigit() and int(word) > _SMALL for word in words)


def large_numbers(module: ast.Module) -> set[int]:
    """The whole numbers in a program that may count its samples."""
    numbers = (n.value for n in ast.walk(module) if isinstance(n, ast.Constant))
    return {n for n in numbers if isinstance(n, int) and n > _SMALL}
