"""Renaming: expressions and statements with other names for the same quantities."""

from __future__ import annotations

from collections.abc import Mapping

from micrograd_like.formula import Call, Derivative, Expr, Name, Quantity, fold, rewrite

#: What each name is called instead; names are text, so either serves as a key.
Names = Mapping[str, Name] | Mapping[Name, Name]


def rename(expr: Expr, keys: Names) -> Expr:
    """The expression with other names."""
    if not keys:
        return expr

    def renamed(quantity: Quantity) -> Quantity:
        if isinstance(quantity, Name):
            return keys.get(quantity, quantity)
        return Derivative(renamed(quantity.of), renamed(quantity.wrt))

    def rule(node: Expr) -> Expr | None:
        if isinstance(node, Name):
            return keys.get(node)
        return renamed(node) if isinstance(node, Derivative) else None

    return rewrite(expr, rule)


def with_part(expr: Expr, part: Expr, name: Name) -> Expr:
    """The expression with a name for each piece that equals ``part``, whatever the order."""
    wanted = _ordered(part)

    def combine(node: Expr, parts: list[tuple[Expr, object]]) -> tuple[Expr, object]:
        if not isinstance(node, Call):
            return node, _ordered(node)
        inner = Call(node.function, tuple(e for e, _ in parts))
        key = _key_of(node.function, [k for _, k in parts])
        return (name, _ordered(name)) if key == wanted else (inner, key)

    return fold(expr, combine)[0]  # type: ignore[no-any-return]


def _ordered(expr: Expr) -> object:
    """A key that is the same for sums and products in any order."""

    def combine(node: Expr, parts: list[object]) -> object:
        return _key_of(node.function, parts) if isinstance(node, Call) else repr(node)

    return fold(expr, combine)


def _key_of(function: str, parts: list[object]) -> object:
    if function in ("add", "mul"):
        flat: list[object] = []
        for part in parts:
            inner = isinstance(part, tuple) and part[0] == function
            flat += part[1:] if inner else [part]  # type: ignore[index]
        return (function, *sorted(flat, key=repr))
    return (function, *parts)
