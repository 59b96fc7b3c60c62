"""The cost of a program: written under some name, the last scalar, or one that is assumed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from micrograd_like.formula import Call, Expr, Name, Number, nodes
from micrograd_like.worksheet.python.layers import LAYER_COST
from micrograd_like.worksheet.python.meaning import Finder
from micrograd_like.worksheet.python.naming import is_cost_name, is_gradient_name
from micrograd_like.worksheet.python.steps import Recorder, Step
from micrograd_like.worksheet.python.terms import added
from micrograd_like.worksheet.records import Place


@dataclass(frozen=True)
class Assumed:
    """A cost that nobody has written.

    Attributes:
        recorder: The program with it.
        cost: Its name, by its step.
        title: What it is, in words.
    """

    recorder: Recorder
    cost: dict[int, Name]
    title: str


def written_costs(finder: Finder) -> Iterator[tuple[str, dict[int, Name]]]:
    """The quantities that may be the cost: those called so first, then scalars nobody uses."""
    named: dict[str, dict[int, Name]] = {}
    others: dict[str, dict[int, Name]] = {}
    ends: set[str] = set()
    compared = next(_compared(finder), None) is not None
    used = {
        at
        for later, step in enumerate(finder.steps)
        if compared or not is_gradient_name(step.base)
        for at in finder.inputs(later)
    }
    for at, step in enumerate(finder.steps):
        inner = step.base.startswith("net_")
        single = len(step.names) == 1 and not inner and step.index is None
        if not single or at in finder.given or finder.is_update(at):
            continue
        if _is_difference(step.formulas[0]):
            continue  # what has no least value
        if is_cost_name(step.base):
            named.setdefault(step.base, {})[at] = step.names[0]
        elif not is_gradient_name(step.base):
            others.setdefault(step.base, {})[at] = step.names[0]
            ends |= set() if at in used else {step.base}
    yield from named.items()
    layers = named.pop(LAYER_COST, {})  # beside them another function may have a cost of its own
    if layers:
        yield from ((base, {**layers, **versions}) for base, versions in named.items())
    yield from ((base, versions) for base, versions in others.items() if base in ends)


def assumed_costs(finder: Finder) -> Iterator[Assumed]:
    """The usual costs of the output that a program compares with a target."""
    compared = [*_compared(finder)] or [*_compared(finder, "add")]
    for outputs, targets, at in [*_together(compared), *compared]:
        for title, formula in _usual(finder, outputs, targets):
            yield _with_cost(finder, formula, title, outputs, at)


_Pairs = tuple[list[Name], list[Expr], int]


def _together(compared: Sequence[_Pairs]) -> Iterator[_Pairs]:
    """The single outputs that are compared one by one, as those of one cost."""
    singles = {out[0]: (target[0], at) for out, target, at in compared if len(out) == 1}
    if len(singles) > 1 and len({target for target, _ in singles.values()}) == len(singles):
        targets = [target for target, _ in singles.values()]
        yield [*singles], targets, max(at for _, at in singles.values())


def _compared(finder: Finder, how: str = "sub") -> Iterator[_Pairs]:
    """Outputs and targets: what is computed less what is not, or turned round.

    Args:
        finder: The program.
        how: "add" where a slip made a sum of the difference.
    """
    seen: set[tuple[Name, ...]] = set()
    moved = {n for at, s in enumerate(finder.steps) if finder.is_update(at) for n in s.older}
    for at, step in enumerate(finder.steps):
        pairs: dict[Name, Expr] = {}
        labelled = any(_less_label(f) is not None for f in step.formulas)
        turned = any(_label_less(f, Number(0)) for f in step.formulas)  # 1 − a is no difference
        for formula in step.formulas:
            if isinstance(formula, Name) and labelled and _computed(finder, formula):
                pairs.setdefault(finder.origin(formula), Number(0))  # less a label that is 0
            for call in nodes(formula, Call):
                match call:
                    case Call(function, (Name() as a, Name() as b)) if function == how:
                        if moved.isdisjoint((a, b)) and _computed(finder, a) != _computed(
                            finder, b
                        ):
                            output, target = (a, b) if _computed(finder, a) else (b, a)
                            pairs.setdefault(finder.origin(output), target)
                    case _ if (less := _less_label(call)) and _computed(finder, less[0]):
                        pairs.setdefault(finder.origin(less[0]), less[1])
            if turned:
                for label in (Number(0), Number(1)):
                    if (own := _label_less(formula, label)) and _computed(finder, own):
                        pairs.setdefault(finder.origin(own), label)
        if pairs and len(pairs) >= len({*pairs.values()}) and tuple(pairs) not in seen:
            seen.add(tuple(pairs))
            yield [*pairs], [*pairs.values()], at


def _is_difference(formula: Expr) -> bool:
    """True for one quantity less another, and for a multiple of that."""
    match formula:
        case Call("sub", _):
            return True
        case Call("neg", (inner,)) | Call("mul" | "div", (inner, Number())):
            return _is_difference(inner)
        case Call("mul", (Number(), inner)):
            return _is_difference(inner)
    return False


def _less_label(formula: Expr) -> tuple[Name, Number] | None:
    """What a formula is less what label, where it is that."""
    match formula:
        case Call("sub", (Name() as output, Number() as label)):
            return output, label
    return None


def _label_less(formula: Expr, label: Number) -> Name | None:
    """What a formula takes away from a label, where it is that."""
    match formula:
        case Call("sub", (first, Name() as output)) if first == label:
            return output
    return None


def _computed(finder: Finder, name: Name) -> bool:
    at = finder.maker.get(finder.origin(name))
    return at is not None and at not in finder.given and not finder.is_update(at)


def _thresholds(formulas: Sequence[Expr]) -> list[Expr]:
    """What steps of 0 and 1 are taken of; none where something else is among them."""
    found: list[Expr] = []
    for formula in formulas:
        match formula:
            case Call("select", (Name() as z, Number(), Number(), Number())) | Call(
                "select", (Number(), Name() as z, Number(), Number())
            ):
                found.append(z)
    return found if len(found) == len(formulas) else []


def _usual(finder: Finder, outputs: list[Name], targets: list[Expr]) -> Iterator[tuple[str, Expr]]:
    pairs = [*zip(outputs, targets, strict=True)]
    squares: list[Expr] = [
        Call("pow", (Call("sub", (output, target)), Number(2))) for output, target in pairs
    ]
    shown = (_base(outputs[0]), _base(targets[0]))
    sum_ = added(squares)
    half = Call("div", (sum_, Number(2)))
    yield f"half the sum of ({shown[0]} − {shown[1]})²", half
    yield f"the sum of ({shown[0]} − {shown[1]})²", sum_
    makers = [finder.maker[o] for o in outputs]
    formulas = [
        finder.steps[m].formulas[finder.steps[m].names.index(o)]
        for m, o in zip(makers, outputs, strict=True)
    ]
    if all(isinstance(f, Call) and f.function == "sigmoid" for f in formulas):
        terms: list[Expr] = [_cross(output, target) for output, target in pairs]
        yield f"the cross-entropy of {shown[0]} and {shown[1]}", added(terms)
    if inner := _thresholds(formulas):  # no slope goes through a step
        errors: list[Expr] = [
            Call("mul", (Call("sub", (output, target)), z))
            for (output, target), z in zip(pairs, inner, strict=True)
        ]
        yield f"the perceptron's, ({shown[0]} − {shown[1]}) times what is compared", added(errors)
    if all(isinstance(f, Call) and f.function == "div" for f in formulas):
        logs: list[Expr] = [
            Call("neg", (Call("mul", (target, Call("log", (output,)))),))
            for output, target in pairs
        ]
        yield f"the cross-entropy of {shown[0]} and {shown[1]}", added(logs)


def _cross(output: Name, target: Expr) -> Expr:
    one = Number(1)
    first = Call("mul", (target, Call("log", (output,))))
    second = Call("mul", (Call("sub", (one, target)), Call("log", (Call("sub", (one, output)),))))
    return Call("neg", (Call("add", (first, second)),))


def _base(name: Expr) -> str:
    if not isinstance(name, Name):
        return "its labels"
    return name.plain.partition("[")[0]


def _with_cost(finder: Finder, formula: Expr, title: str, outputs: list[Name], at: int) -> Assumed:
    """The program, the cost behind the output."""
    taken = {_base(name) for step in finder.steps for name in step.names}
    taken |= {str(leaf) for leaf in finder.leaves}
    free = next(n for n in ("E", "L", "C", "cost", "assumed_cost") if n not in taken)
    after = max(finder.maker[o] for o in outputs)
    step = Step(Place(), "", free, (), (Name(free),), (formula,), hidden=True)
    recorder = replace(
        finder.recorder,
        steps=[*finder.steps[: after + 1], step, *finder.steps[after + 1 :]],
        snapshots=[
            *finder.snapshots[: after + 1],
            finder.snapshots[min(after + 1, len(finder.snapshots) - 1)],
            *finder.snapshots[after + 1 :],
        ],
    )
    return Assumed(recorder, {after + 1: Name(free)}, title)
