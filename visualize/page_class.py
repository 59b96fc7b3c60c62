"""Marked worksheets of a class on one page: how they went, what went wrong, line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from micrograd_like.marking.causes import CAUSES
from micrograd_like.marking.records import Report
from micrograd_like.writers.marks import class_summary, summary
from visualize.page_files import filled, style

_WORDS = ("right", "follow", "wrong", "not judged")
STYLES = ("tokens.css", "step.css", "page.css")
_CAUSES = {cause.code: cause.brief for cause in CAUSES}
#: A line in the strip of a worksheet: how far from the next one, its width, and the heights.
_PITCH, _WIDE, _LOW, _HIGH = 6, 5, 6, 12
#: How each verdict stands in it; what is taken as given does not.
_STRIP = {"right": "right", "follows": "follows", "wrong": "wrong", "unreadable": "open"}
_STRIP |= {"unchecked": "open"}


@dataclass(frozen=True, slots=True)
class Learner:
    """A worksheet in the table.

    Attributes:
        counts: The lines that are right, follow, are wrong, or could not be judged.
        strip: Of each kind of line the path that draws them, in their order.
        width: Of the strip.
    """

    name: str
    counts: tuple[int, ...]
    causes: str
    strip: dict[str, str]
    width: int


def class_page(reports: Sequence[Report], heading: str = "The class") -> str:
    """The reports of a class as a page of HTML.

    Args:
        reports: Those of its worksheets.
        heading: The page's title.
    """
    whole = class_summary(map(summary, reports))
    bars = list(_shares(reports))
    learners = sorted(map(_learner, reports), key=lambda one: (-sum(one.counts[2:]), one.name))
    judged = not any(one.counts[3] for one in learners)
    return filled(
        "class.html.j2",
        title=heading,
        totals=whole.totals,
        count=len(reports),
        shares=bars,
        most=max((count for _, count in bars), default=1) or 1,
        common=whole.common,
        most_lines=max((cause.lines for cause in whole.common), default=1),
        learners=learners,
        words=_WORDS[: 3 if judged else 4],
        style=style(STYLES),
    )


def _shares(reports: Sequence[Report]) -> Iterator[tuple[str, int]]:
    """How many worksheets have which share of right lines, by tenths, from the lowest on."""
    tenths = Counter(tenth for report in reports if (tenth := _tenth(report)) is not None)
    for tenth in range(min(tenths, default=9), 10):
        yield f"{10 * tenth}–{10 * tenth + 10}", tenths[tenth]


def _tenth(report: Report) -> int | None:
    """In which tenth the share of right lines lies; none where nothing is claimed."""
    claimed = sum(report.counts.values()) - report.counts["taken"]
    return min(10 * report.counts["right"] // claimed, 9) if claimed else None


def _learner(report: Report) -> Learner:
    counts = report.counts
    kinds = [_STRIP[line.verdict] for line in report.lines if line.verdict in _STRIP]
    causes = (_CAUSES[code] for code, _ in report.causes.most_common())
    return Learner(
        report.file or "without a name",
        (
            counts["right"],
            counts["follows"],
            counts["wrong"],
            counts["unreadable"] + counts["unchecked"],
        ),
        ", ".join(causes),
        {kind: _marks(kinds, kind) for kind in dict.fromkeys(kinds)},
        max(len(kinds) * _PITCH, 1),
    )


def _marks(kinds: Sequence[str], kind: str) -> str:
    """The path of all lines of one kind: tall where they are wrong."""
    high = _HIGH if kind in ("wrong", "open") else _LOW
    top = (_HIGH - high) // 2
    return "".join(
        f"M{place * _PITCH} {top}h{_WIDE}v{high}h-{_WIDE}z"
        for place, one in enumerate(kinds)
        if one == kind
    )
