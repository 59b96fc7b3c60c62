"""Marked worksheets of a class on one page: how they went, what went wrong, line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from micrograd_like.files import without_shared_folder
from micrograd_like.marking.causes import CAUSES
from micrograd_like.writers.marks import class_summary, summary
from micrograd_like.writers.published import Marked, data_of
from micrograd_like.writers.records import Summary
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
        points: Of an assignment's, in words.
        link: Its own page.
        failure: Why it could not be marked.
    """

    name: str
    counts: tuple[int, ...]
    causes: str
    strip: dict[str, str]
    width: int
    points: str = ""
    link: str = ""
    failure: str = ""


def class_page(
    reports: Sequence[Marked],
    heading: str = "The class",
    links: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The reports of a class as a page of HTML.

    Args:
        reports: Those of its worksheets, of this run or an earlier one.
        heading: The page's title.
        links: Where the page of each worksheet is, by its name.
    """
    sheets = [summary(report) for report in reports]
    whole = class_summary(sheets)
    bars = list(_shares(sheets))
    rows = zip(reports, sheets, strict=True)
    short = without_shared_folder([sheet.name for sheet in sheets])
    learners = [
        _learner(report, sheet, short[sheet.name], links.get(sheet.name, ""))
        for report, sheet in rows
    ]
    learners.sort(key=lambda one: (not one.failure, -sum(one.counts[2:]), one.name))
    judged = not any(one.counts[3] for one in learners)
    graded = any(sheet.points for sheet in sheets)
    return filled(
        "class.html.j2",
        title=heading,
        totals=whole.totals,
        count=len(reports),
        shares=bars,
        share_of="points" if graded else "right lines",
        graded=graded,
        most=max((count for _, count in bars), default=1) or 1,
        common=whole.common,
        most_lines=max((cause.lines for cause in whole.common), default=1),
        learners=learners,
        words=_WORDS[: 3 if judged else 4],
        style=style(STYLES),
    )


def _shares(sheets: Iterable[Summary]) -> Iterator[tuple[tuple[int, int], int]]:
    """How many worksheets have which share of points or right lines, by tenths, the lowest first.

    All of it is in the last tenth.
    """
    tenths = Counter(tenth for sheet in sheets if (tenth := _tenth(sheet)) is not None)
    for tenth in range(min(tenths, default=9), 10):
        yield (10 * tenth, 10 * tenth + 10), tenths[tenth]


def _tenth(sheet: Summary) -> int | None:
    """In which tenth the share lies; none where nothing is claimed."""
    had, of = sheet.points or (
        sheet.counts["right"],
        sum(sheet.counts.values()) - sheet.counts["taken"],
    )
    return min(int(10 * had // of), 9) if of else None


def _learner(report: Marked, sheet: Summary, name: str, link: str) -> Learner:
    counts = sheet.counts
    verdicts = [line["verdict"] for line in data_of(report)["lines"]]
    kinds = [_STRIP[verdict] for verdict in verdicts if verdict in _STRIP]
    common = sorted(sheet.causes.items(), key=lambda item: -item[1])
    return Learner(
        name or "without a name",
        (
            counts["right"],
            counts["follows"],
            counts["wrong"],
            counts["unreadable"] + counts["unchecked"],
        ),
        ", ".join(_CAUSES[code] for code, _ in common),
        {kind: _marks(kinds, kind) for kind in dict.fromkeys(kinds)},
        max(len(kinds) * _PITCH, 1),
        sheet.scored,
        quote(link),
        sheet.failure,
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
