"""The derivatives of a product's factors multiplied: u′v′ for (uv)′ = u′v + uv′."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Call, Expr
from micrograd_like.marking.slips.guesses import differentiated
from micrograd_like.marking.slips.mistakes import Mistake, examples
from micrograd_like.marking.slips.slopes import Slip, Slope, combined


def _rule(call: Call, slopes: Sequence[Slope]) -> Iterator[Slip]:
    if call.function in ("mul", "div"):
        first, second = slopes
        right = combined(call, slopes)
        if first is not None and second is not None and right is not None:
            for function in dict.fromkeys((call.function, "mul")):
                wrong = Call(function, (first, second))
                yield Slip(wrong, wrong, right)


def _planted(place: places.Place) -> Iterator[Expr]:
    for link in place.links:
        match place.task.definitions[link.of]:
            case Call("mul" | "div" as function, arguments):
                slopes = [places.derived(place.task, part, link.wrt) for part in arguments]
                first, second = slopes
                if first is not None and second is not None:
                    yield place.relinked(link, Call(function, (first, second)))


MISTAKE = Mistake(
    code="product-of-derivatives",
    place=32,
    brief="the derivatives of a product multiplied",
    sentence="The derivative of a product is not the product of the derivatives: "
    "(uv)′ = u′v + uv′, and (u/v)′ = (u′v − uv′)/v².",
    pointed="The derivative of a product is not the product of the derivatives: "
    "{meant}, not {wrote}.",
    examples=examples(
        ("dp/dx = 2x*cos(x)", "dp/dx = 2x*sin(x) + x^2*cos(x)"),
        ("dL/dx = 2p*2x*cos(x)", "dL/dx = 2p*(2x*sin(x) + x^2*cos(x))"),
        ("dq/dx = 2x/5", "dq/dx = (2x*v - 5*x^2)/v^2"),
        ("dr/dx = 2*5", "dr/dx = 2v + 5*(2x)"),
        sheet="x = 0.7\np = x^2*sin(x)\nL = p^2\nv = 5x + 1\nq = x^2/v\nu = 2x\nr = u*v\n",
    ),
    guesses=differentiated(_rule),
    planter=Planter(formulas=_planted),
)
