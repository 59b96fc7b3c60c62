"""What the syntax of a program tells of how its names are used: as arrays, as sizes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard

from micrograd_like.worksheet.python.library import PRODUCTS, RANDOM
from micrograd_like.worksheet.python.naming import (
    is_gradient_name,
    is_output_name,
    is_target_name,
    is_weight_name,
    spelled,
)
from micrograd_like.worksheet.python.syntax import target_name


def told(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The names that a piece of syntax uses as arrays."""
    match node:
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            yield from ((target_name(side), "array") for side in (left, right))
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            for side, other in ((left, right), (right, left)):
                if is_product(other):
                    yield target_name(side), "bias" if isinstance(op, ast.Add) else "array"
                elif is_target_name(target_name(side)) and isinstance(op, ast.Sub):
                    yield target_name(side), "like"
        case ast.Subscript(
            value=inner,
            slice=ast.Constant(value=str())
            | ast.JoinedStr()
            | ast.BinOp(left=ast.Constant(value=str())),
        ):
            yield target_name(inner), "fields"
        case ast.Subscript(value=matrix, slice=ast.Tuple(elts=[ast.Call(), ast.Name(id=name)])) if (
            picks(node)
        ):
            yield target_name(matrix), "array"
            yield name, "vector"
        case ast.Assign(
            targets=[ast.Tuple(elts=[_, _])], value=ast.Attribute(value=inner, attr="shape")
        ):
            yield target_name(inner), "matrix"
        case ast.Subscript(
            value=ast.Attribute(value=inner, attr="shape"), slice=ast.Constant(value=1)
        ):
            yield target_name(inner), "matrix"
        case ast.Attribute(value=inner, attr="T" | "shape" | "ndim" as attribute):
            yield target_name(inner), "array" if attribute == "T" else "shaped"
        case ast.Call(func=function, args=arguments, keywords=keywords) if any(
            k.arg in ("axis", "keepdims") for k in keywords
        ):
            owner = [function.value] if isinstance(function, ast.Attribute) else []
            summed = (n for part in (*owner, *arguments[:1]) for n in ast.walk(part))
            yield from ((n.id, "array") for n in summed if isinstance(n, ast.Name))
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=name), attr="reshape"),
            args=[*_, ast.Constant(value=1)],
        ):
            yield name, "vector"
        case ast.Call(func=ast.Attribute(value=inner, attr=name), args=arguments):
            if name in PRODUCTS:
                yield from ((target_name(part), "array") for part in (inner, *arguments))
            if name == "outer":
                yield from ((target_name(part), "vector") for part in arguments)
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Tuple()):
            yield name, "array"
        case ast.Subscript(
            value=ast.Subscript(value=ast.Name(id=name), slice=first), slice=second
        ) if _is_index(first) and _is_index(second):
            yield name, "array"
        case ast.Subscript(value=ast.Name(id=name), slice=index) if _is_index(index):
            yield name, "list"
        case ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name)]):
            yield name, "list"


def renamed(node: ast.AST) -> Iterator[tuple[str, str]]:
    """A name, and another one that stands for the same: ``a`` and ``x`` of ``a = x``."""
    match node:
        case ast.Assign(
            targets=[ast.Name() | ast.Attribute() | ast.Subscript() as target],
            value=ast.Name(id=name)
            | ast.Call(func=ast.Attribute(attr="copy"), args=[ast.Name(id=name)])
            | ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="copy"), args=[]),
        ):
            yield target_name(target), name


def passed(module: ast.Module) -> Iterator[tuple[str, str]]:
    """The arguments of the program's functions, and what a call gives for each."""
    functions = {n.name: n for n in ast.walk(module) if isinstance(n, ast.FunctionDef)}
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and (called := functions.get(target_name(node.func))):
            names = [a.arg for a in called.args.args if a.arg != "self"]
            for name, value in zip(names, node.args, strict=False):
                if isinstance(value, ast.Name) and value.id != name:
                    yield name, value.id


def factors(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The names of both factors of a product of matrices, where neither is turned round."""
    match node:
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            pairs = [(left, right)]
        case ast.Call(func=ast.Attribute(value=ast.Name(), attr=name), args=[left, right]):
            pairs = [(left, right)] if name in PRODUCTS else []
        case _:
            pairs = []
    for first, second in pairs:
        turned = any(isinstance(n, ast.Attribute) and n.attr == "T" for n in (first, second))
        a, b = target_name(first), target_name(second)
        if a and b and not turned:
            yield a, b


def biased(node: ast.AST) -> Iterator[tuple[str, str, str]]:
    """What is added to a product of matrices, and its factors, turned round or not."""
    match node:
        case ast.BinOp(left=product, op=ast.Add(), right=bias):
            match product:
                case ast.BinOp(left=first, op=ast.MatMult(), right=second):
                    yield target_name(bias), _plain(first), _plain(second)
                case ast.Call(func=ast.Attribute(value=owner, attr=name), args=[*parts]):
                    pair = parts if len(parts) == 2 else [owner, *parts]
                    if name in PRODUCTS and len(pair) == 2:
                        yield target_name(bias), _plain(pair[0]), _plain(pair[1])


def layout(node: ast.AST) -> Iterator[bool]:
    """True where samples are rows, False where they are columns, by where the weights stand."""
    for _, first, second in biased(node):
        if is_weight_name(first) != is_weight_name(second):
            yield is_weight_name(second)


def _plain(node: ast.expr) -> str:
    """The name of an array, turned round or not."""
    return target_name(node.value if isinstance(node, ast.Attribute) and node.attr == "T" else node)


def summed_whole(node: ast.AST) -> Iterator[str]:
    """The quantities, as they are spelled, whose gradients are sums without an axis."""
    match node:
        case ast.Assign(targets=[target], value=value):
            for call in ast.walk(value):
                match call:
                    case ast.Call(func=ast.Attribute(attr="sum" | "mean"), args=args, keywords=[]):
                        plain = spelled(target_name(target))
                        if len(args) < 2 and not isinstance(call.func, ast.Name):
                            yield from (plain.removeprefix(w) for w in ("d", "grad", "g"))


def summed_along(node: ast.AST) -> Iterator[str]:
    """The quantities, as they are spelled, whose gradients are sums along one axis."""
    match node:
        case ast.Assign(targets=[target], value=value):
            calls = (n for n in ast.walk(value) if isinstance(n, ast.Call))
            along = (k.arg == "axis" for call in calls for k in call.keywords)
            plain = spelled(target_name(target))
            if any(along):
                yield from (plain.removeprefix(w) for w in ("d", "grad") if plain.startswith(w))


def takes_one_sample(module: ast.Module) -> bool:
    """True where a bias is moved by a gradient over which nothing is summed: of one sample."""
    biases = {spelled(bias) for node in ast.walk(module) for bias, _, _ in biased(node) if bias}
    values: dict[str, list[ast.expr]] = {}
    for node in ast.walk(module):
        match node:
            case ast.Assign(targets=[target], value=value):
                values.setdefault(target_name(target), []).append(value)
            case ast.AugAssign(target=target, value=value):
                values.setdefault(target_name(target), []).append(value)
    sums = {name for name, given in values.items() if any(map(_sums, given))}
    found = False
    for name, given in values.items():
        own = spelled(name)
        ends = [b for b in biases if own == b or (is_gradient_name(name) and own.endswith(b))]
        for value in given if ends else ():
            used = {target_name(n) for n in ast.walk(value) if isinstance(n, ast.expr)} - {name, ""}
            if name in sums or used & sums:
                return False
            handed_on = any(spelled(u).endswith(tuple(ends)) for u in used)
            bare = not any(isinstance(n, ast.Call | ast.MatMult) for n in ast.walk(value))
            found = found or (bare and bool(used) and not handed_on)
    return found


def _sums(value: ast.expr) -> bool:
    calls = (n.func for n in ast.walk(value) if isinstance(n, ast.Call))
    return any(getattr(f, "attr", getattr(f, "id", "")) in ("sum", "mean") for f in calls)


def compared(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The target and the output of a difference."""
    match node:
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            a, b = target_name(left), target_name(right)
            wanted = [is_target_name(n) and not is_output_name(n) for n in (a, b)]
            if a and b and wanted[0] != wanted[1]:
                yield (a, b) if wanted[0] else (b, a)
        case ast.BinOp(
            left=ast.Name(id=name), op=ast.Mult(), right=ast.Call(args=[ast.Name(id=other)])
        ):
            if is_target_name(name) and not is_target_name(other):  # y·log(p)
                yield name, other


def picks(node: ast.AST) -> TypeGuard[ast.Subscript]:
    """True for ``p[range(m), y]``: of every row the element of its class."""
    match node:
        case ast.Subscript(slice=ast.Tuple(elts=[ast.Call(func=function), ast.expr()])):
            return target_name(function).rpartition(".")[2] in ("range", "arange")
    return False


def sizes_in(node: ast.AST) -> Iterator[ast.expr]:
    """What stand where the sizes of an array are given."""
    match node:
        case ast.Slice(lower=lower, upper=upper):
            yield from (end for end in (lower, upper) if isinstance(end, ast.Name))
        case ast.BinOp(left=ast.List(), op=ast.Mult(), right=count):
            yield from _whole_numbers(count)
        case ast.comprehension(iter=ast.Call(func=ast.Name(id="range"), args=ends)):
            for end in ends:
                yield from _whole_numbers(end)
        case ast.For(iter=ast.Call(func=ast.Name(id="range"), args=ends)) if _counts(node):
            for end in ends:
                yield from _whole_numbers(end)
        case ast.Call(
            func=ast.Attribute(attr=name) | ast.Name(id=name), args=arguments, keywords=keywords
        ):
            if name in (*RANDOM, "zeros", "ones", "empty", "full"):
                sizes = [k.value for k in keywords if k.arg == "size"]
                for part in (*arguments, *sizes):
                    yield from _whole_numbers(part)


def small_factors(node: ast.AST) -> Iterator[int]:
    """The 4 of 4.0 / m: were there four samples, it would be right for 1 by chance."""
    match node:
        case ast.BinOp(op=ast.Mult() | ast.Div()):
            for side in (node.left, node.right):
                if isinstance(side, ast.Constant) and side.value in range(2, 10):
                    yield int(side.value)  # type: ignore[arg-type]


def draws_columns(node: ast.AST) -> bool:
    """True for ``randn(n, 1)``."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name), args=[_, ast.Constant(value=1)]):
            return name in RANDOM
    return False


def cuts(node: ast.AST) -> bool:
    """True for what takes a part of an array, or of a size: X[:batch], n // 2."""
    match node:
        case ast.Slice(lower=lower, upper=upper):
            ends = [end for end in (lower, upper) if end is not None]
            return any(ast.unparse(end) not in ("0", "1", "-1") for end in ends)
        case ast.BinOp(op=ast.FloorDiv() | ast.Mod()):
            return True
    return False


def counts_rows(node: ast.AST) -> bool:
    """True for ``X.shape[1]``, of what is no weight: a number of samples."""
    match node:
        case ast.Subscript(
            value=ast.Attribute(value=inner, attr="shape"), slice=ast.Constant(value=int())
        ):
            return not is_weight_name(target_name(inner))
    return False


def _counts(node: ast.For) -> bool:
    """True for a loop whose number stands between brackets: what it counts is elements."""
    slices = (n.slice for part in node.body for n in ast.walk(part) if isinstance(n, ast.Subscript))
    inside = {n.id for part in slices for n in ast.walk(part) if isinstance(n, ast.Name)}
    return isinstance(node.target, ast.Name) and node.target.id in inside


def _is_index(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=int()) | ast.UnaryOp(operand=ast.Constant(value=int())):
            return True
    return isinstance(node, ast.Name | ast.BinOp | ast.Slice)


def elements_as_sizes(module: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    """The sizes that a loop takes from a list, and the list: ``y`` of ``for y in sizes[1:]``."""
    for node in ast.walk(module):
        match node:
            case ast.For(target=target, iter=run_over):
                pairs = [(target, run_over)]
            case ast.ListComp() | ast.GeneratorExp() | ast.DictComp():
                pairs = [(g.target, g.iter) for g in node.generators]
            case _:
                continue
        sources = {n: s for target, run_over in pairs for n, s in _taken_from(target, run_over)}
        sizes = (size for inner in ast.walk(node) for size in sizes_in(inner))
        for size in sizes:
            if isinstance(size, ast.Name) and size.id in sources:
                yield size, sources[size.id]


def _taken_from(target: ast.expr, run_over: ast.expr) -> Iterator[tuple[str, str]]:
    """The names that a loop gives elements of lists, with these lists."""
    match target, run_over:
        case ast.Name(id=name), ast.Name() | ast.Attribute() | ast.Subscript():
            yield name, target_name(run_over)
        case ast.Tuple(elts=parts), ast.Call(func=ast.Name(id="zip"), args=lists):
            for part, one in zip(parts, lists, strict=False):
                yield from _taken_from(part, one)
        case ast.Tuple(elts=[_, part]), ast.Call(func=ast.Name(id="enumerate"), args=[one, *_]):
            yield from _taken_from(part, one)


def _whole_numbers(node: ast.expr) -> Iterator[ast.expr]:
    """The names in a size that are sizes themselves: not x of x.shape[1]."""
    match node:
        case ast.Name() | ast.Attribute(value=ast.Name(id="self")):
            yield node
        case ast.Subscript(value=ast.Name() | ast.Attribute(value=ast.Name(id="self"))):
            yield node
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _whole_numbers(part)
        case ast.BinOp(left=left, right=right):
            yield from _whole_numbers(left)
            yield from _whole_numbers(right)


def is_product(node: ast.AST) -> bool:
    """True for a product of matrices."""
    match node:
        case ast.BinOp(op=ast.MatMult()):
            return True
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in PRODUCTS
    return False
