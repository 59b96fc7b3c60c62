"""What a cause of mistakes is: what it says, what it predicts, and what plants it.

Every cause is a file of :mod:`micrograd_like.marking.causes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Expr
from micrograd_like.marking.hand import Figure
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.record import record


@record
class Guess:
    """A formula that a slip leads to, or that a slip has spoilt.

    Attributes:
        made: The formula, or what makes it once its number is known to be near.
        wrote, meant: The piece that the slip put, and the one that belongs there.
        number: What it comes to in truth, where that is known before it is made.
    """

    made: Expr | Callable[[], Expr]
    wrote: Expr | None = None
    meant: Expr | None = None
    number: float | None = None

    @property
    def expr(self) -> Expr:
        """The formula."""
        return self.made if isinstance(self.made, Expr) else self.made()


Guesses = Callable[[Claim], Iterator[Guess]]
Mends = Callable[[Claim, Expr], Iterator[Guess]]
#: Whether a wrong number looks like this one, written wrongly.
Misread = Callable[[Figure, float], bool]


@dataclass(frozen=True, slots=True)
class Example:
    """A line with the slip, and its twin without, below the other lines of a worksheet."""

    wrong: str
    right: str
    sheet: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A cause of mistakes.

    Attributes:
        code: Its stable name.
        place: Among all causes: of several that match alike, the lowest is the likeliest.
        brief: What it is, in a few words.
        sentence: What a teacher would say.
        pointed: The same with the pieces, where they are known: {wrote}, {meant}, {left} the
            quantity.
        examples: At least one; each is run by a test.
        guesses: Formulas that it leads to.
        mends: Formulas that are right once it is undone.
        numbers: Formulas that it leads to, where only their number was written.
        undone: What a formula may have been before this slip, another one being in it too.
        of_path: What it multiplies a path by, where it spoils one of several: 0 leaves it out.
        misread: For slips of the pen: whether a number is another one with this slip.
        functions: Whether putting one function in the place of another is this slip.
        given: True for what explains a figure put in that is not the given one it stands for.
        rounding: True for what can only happen to a number that is rounded, not to one repeated.
        arrays: True for what the reader finds that knows whole arrays, and says with the line.
        remains: "number" for what explains a wrong number whose formula is right, "anything" for
            what is said where nothing else is.
        few: True if it guesses so little that a number of two digits is no coincidence.
        general: True for what other causes are special cases of.
        alone: True for what leads to so much that it is not looked for with a second slip.
        calculator: True if it can happen to somebody whose formula is right.
        planter: How an exercise is given it; None where it cannot be planted.
    """

    code: str
    place: int
    brief: str
    sentence: str
    pointed: str = ""
    examples: tuple[Example, ...] = ()
    guesses: Guesses | None = None
    mends: Mends | None = None
    numbers: Guesses | None = None
    undone: Mends | None = None
    of_path: int | None = None
    misread: Misread | None = None
    functions: Callable[[str, str], bool] | None = None
    given: bool = False
    rounding: bool = False
    arrays: bool = False
    remains: Literal["", "number", "anything"] = ""
    few: bool = False
    general: bool = False
    alone: bool = False
    calculator: bool = False
    planter: Planter | None = None


#: A worksheet for examples: two inputs, two hidden units, one output.
NETWORK = """
x1 = 0.35
x2 = -0.8
w1 = 0.42
w2 = -0.27
w3 = 0.66
w4 = 0.53
w5 = 0.71
w6 = -0.38
y = 0.9
alpha = 0.25
a1 = x1*w1 + x2*w2
z1 = sigmoid(a1)
a2 = x1*w3 + x2*w4
z2 = sigmoid(a2)
a3 = z1*w5 + z2*w6
yhat = sigmoid(a3)
E = (yhat - y)^2 / 2
"""


def examples(*pairs: tuple[str, str], sheet: str = NETWORK) -> tuple[Example, ...]:
    """Examples below the same worksheet, each as (wrong, right)."""
    return tuple(Example(wrong, right, sheet) for wrong, right in pairs)
