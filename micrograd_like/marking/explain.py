"""Why a line is wrong, where that shows, and how it is done right: sought when all verdicts stand.

What is found here changes no verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from micrograd_like.formula import Derivative, Expr, Name, Quantity
from micrograd_like.graph import reached
from micrograd_like.marking.contrast import contrast, sample
from micrograd_like.marking.diagnosis import causes_of, is_explained
from micrograd_like.marking.facts import Facts
from micrograd_like.marking.hand import Hand, View
from micrograd_like.marking.judging.figures import FigureJudge
from micrograd_like.marking.judging.judged import Judged, Read
from micrograd_like.marking.judging.learner import Learner
from micrograd_like.marking.records import SOUND, Cause, LineMark
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.updating.updates import Update
from micrograd_like.marking.working import working
from micrograd_like.worksheet import Statement, Worksheet

#: Names and derivatives that may have been taken for another.
_MOST_NAMES, _MOST_DERIVATIVES = 200, 200


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its verdict, and what it was judged by.

    Attributes:
        read: What was judged; None where there was nothing to hold the line against.
        learner: The learner as of the lines before; None where no causes are sought.
    """

    mark: LineMark
    statement: Statement
    read: Read | None = None
    learner: Learner | None = None


def unexplained(sheet: Worksheet, facts: Facts) -> Iterator[Quantity]:
    """The updates without a derivative in them that no slip makes of gradient descent.

    Whoever writes them may well mean another rule, unless another weight is renewed rightly.
    """
    followed = {update.rate for update in facts.updates.values() if update.right}
    for name, update in facts.updates.items():
        if not update.right and not update.sure and update.rate not in followed:
            causes = slips_in(sheet, facts, sheet.definitions[name], name, update)
            if not is_explained(causes):
                yield name


def slips_in(
    sheet: Worksheet,
    facts: Facts,
    statement: Statement,
    key: Quantity,
    update: Update | None = None,
) -> tuple[Cause, ...]:
    """The causes of a definition, were it meant as a quantity or as an update."""
    claim = Claim(
        facts,
        View(Hand(facts.truth.here, facts)),
        key,
        key if update is None else update.formula,
        formula=statement.parts[statement.builds].expr,
        update=update,
        sure=False,
        **_spoken_of(sheet, statement, facts, key),
    )
    return causes_of(claim)


def explained(sheet: Worksheet, line: Line, causes: bool = True) -> LineMark:
    """The mark of a wrong or following line, with all that is said beside its verdict.

    Args:
        sheet: The worksheet.
        line: The line.
        causes: Whether to seek what makes it wrong.
    """
    mark, read = line.mark, line.read
    if read is None:
        return mark
    known: dict[str, Any] = {"working": working(read.facts, read.key, line.statement.left)}
    if mark.verdict == "wrong":
        known["rewritten"] = line.statement.expected
        accidents = [part for part in read.judged if _by_accident(part, read.judged)]
        known["accident"] = bool(accidents)
        for part in accidents[:1]:
            update = _update(line.statement, read)
            right = read.key if update is None else update.formula
            known["contrast"] = contrast(read.facts, read.key, part.expr, right)
        known["sample"] = sample(read.facts, read.key, read.judged)
        if causes and line.learner is not None:
            slip = line.statement.slip
            known["problem"] = "" if slip is None else slip.detail
            known["causes"] = (
                _causes(sheet, line.statement, read, line.learner)
                if slip is None
                else (Cause(slip.code),)  # the reader knows the arrays whose elements these are
            )
    return replace(mark, **known)


def _by_accident(wrong: Judged, judged: Sequence[Judged]) -> bool:
    """True for a wrong formula whose number is right, in the line or as it stands."""
    numbers = [part for part in judged if part.number]
    in_line = any(part.verdict == "right" for part in numbers)
    return wrong.verdict == "wrong" and not wrong.numeric and (wrong.accident or in_line)


def _update(statement: Statement, read: Read) -> Update | None:
    """What the line must come to, where it is an update of a weight."""
    stated = statement.held or statement.kind != "claim"
    return read.facts.updates.get(read.key) if stated and isinstance(read.key, Name) else None


def _causes(
    sheet: Worksheet, statement: Statement, read: Read, before: Learner
) -> tuple[Cause, ...]:
    """The causes of the first part that is wrong: a formula before figures before a number."""
    key, learner = read.key, before.among(read.facts)
    wrong = min(
        (part for part in read.judged if part.verdict == "wrong"),
        key=lambda part: (part.numeric, part.number),
    )
    update = _update(statement, read)
    target: Expr = update.formula if update is not None else key
    sound = isinstance(key, Name) or any(
        part.verdict in SOUND and not part.number for part in read.judged
    )
    judge = FigureJudge(read.facts, learner)
    figures = wrong.expr if wrong.numeric and not wrong.number else None
    return causes_of(
        Claim(
            read.facts,
            View(learner.hand),
            key,
            target,
            formula=None if wrong.numeric else wrong.expr,
            figure=wrong.figure,
            figures=figures,
            come_to=None if figures is None else judge.as_it_stands(figures),
            off=wrong.off,
            fits=judge.fits,
            sound=sound,
            update=update,
            **_spoken_of(sheet, statement, read.facts, key),
        ),
    )


def _spoken_of(
    sheet: Worksheet, statement: Statement, facts: Facts, key: Quantity
) -> dict[str, Any]:
    """What may have been taken for something else on a line: what stands above it.

    And what it is computed from, wherever that stands.
    """
    above = [s.left for s in sheet.statements if s.order < statement.order]
    of = key.of if isinstance(key, Derivative) else key
    names = dict.fromkeys(
        name
        for name in [*above, *sorted(reached(of, facts.inputs), key=str)]
        if name in facts.definitions and name != key
    )
    links = (Derivative(*link) for link in facts.locals)
    derivatives = dict.fromkeys(
        quantity
        for quantity in [*above, *links]
        if isinstance(quantity, Derivative) and {quantity.of, quantity.wrt} <= names.keys()
    )
    return {
        "names": list(islice(names, _MOST_NAMES)),
        "others": list(islice(derivatives, _MOST_DERIVATIVES)),
    }
