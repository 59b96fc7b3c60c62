"""A worksheet's lines as a page has them: set as formulas, with marks and what hangs on each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from micrograd_like.formula import Derivative, Quantity
from micrograd_like.marking.records import LineMark, Report
from micrograd_like.notation import number
from micrograd_like.worksheet import Place, Statement, Worksheet
from micrograd_like.writers.formats import html
from micrograd_like.writers.layout import FORMULA
from micrograd_like.writers.records import Remark
from micrograd_like.writers.remarks import remark, stated
from visualize.linked_maths import linked
from visualize.setting import is_code, set_formula

#: The letters of a formula that is kept on one line among words.
_KEPT = 24


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of the worksheet; its texts are HTML.

    Attributes:
        place: Where it stands.
        shown: The line, set as a formula, or as it was typed.
        lefts: What it is about: of a line with an array each of its elements.
        heading: Whether it is a comment of the worksheet.
        given: Whether it gives a number to start from.
        verdict: Of a marked line; else "".
        note: Of a right or taken line the rule, of another what is to be said of it.
        working: The right working, of a wrong line.
        true: The true number, of a line that follows.
        label: What the working is called.
        sources: The lines that this one follows from.
        heirs: The later lines that follow from this one.
    """

    place: Place
    shown: str
    lefts: tuple[Quantity, ...] = ()
    heading: bool = False
    given: bool = False
    verdict: str = ""
    note: str = ""
    working: str = ""
    true: str = ""
    label: str = ""
    sources: tuple[Place, ...] = ()
    heirs: tuple[Place, ...] = ()

    @property
    def id(self) -> str:
        """Its identifier on the page."""
        return line_id(self.place)

    @property
    def focus(self) -> str:
        """The name whose value or gradient it is about."""
        first = next(iter(self.lefts), "")
        return str(first.wrt if isinstance(first, Derivative) else first)

    @property
    def leads(self) -> bool:
        """Whether it is to be looked at first: it is wrong, or could not be judged."""
        return self.verdict in ("wrong", "unreadable", "unchecked")


def line_id(place: Place) -> str:
    """The identifier of a line on the page."""
    return f"line-{place.number.replace(':', '-')}-{place.column}"


def line_views(worksheet: Worksheet, report: Report | None) -> list[LineView]:
    """Headings and statements in their order."""
    views = [
        LineView(worksheet.place(number), escape(line.strip().lstrip("# ")), heading=True)
        for number, line in enumerate(worksheet.lines, 1)
        if line.strip().startswith("#")
    ]
    names = [*worksheet.names, *worksheet.symbols]
    if report is not None:
        return sorted([*views, *_marked(report, names)], key=lambda view: view.place)
    together: dict[Place, list[Statement]] = {}
    for statement in worksheet.statements:
        together.setdefault(statement.place, []).append(statement)
    views += [
        LineView(
            place,
            _source(first.source, first.notation, names),
            (first.left, *(other.left for other in others)),
            given=first.kind == "given",
        )
        for place, (first, *others) in together.items()
    ]
    return sorted(views, key=lambda view: view.place)


def grouped(views: Iterable[LineView]) -> Iterator[LineView | list[LineView]]:
    """The lines, givens that stand below one another as one list."""
    run: list[LineView] = []
    for view in views:
        if view.given:
            run.append(view)
            continue
        if run:
            yield run
            run = []
        yield view
    if run:
        yield run


def set_sentence(said: str) -> str:
    """A sentence, its formulas set."""
    parts = said.split(FORMULA)
    return "".join(_in_sentence(p) if place % 2 else escape(p) for place, p in enumerate(parts))


def _sentence(said: Remark) -> str:
    """What is to be said of a line; of where it could not be read with a capital."""
    column = said.said.startswith("column ")
    return set_sentence(said.said[:1].upper() + said.said[1:] if column else said.said)


def _in_sentence(formula: str) -> str:
    """A formula among words: a short one is kept on one line."""
    kept = " kept" * (len(formula) <= _KEPT)
    return f'<span class="maths{kept}">{set_formula(formula)}</span>'


def _marked(report: Report, names: Sequence[str]) -> Iterator[LineView]:
    heirs = _heirs(report)
    for line in report.lines:
        said = remark(line, report)
        quiet = line.verdict in ("right", "taken")
        yield LineView(
            line.place,
            _source(line.source, line.notation, names, list(_slips(line))),
            () if line.left is None else (line.left,),
            given=line.verdict == "taken" and line.rule == "given" and not line.read_as,
            verdict=line.verdict,
            note=escape(said.reason) if quiet else _sentence(said),
            working=_working(said, names) if line.verdict == "wrong" else "",
            true=_true(line) if line.verdict == "follows" else "",
            label=said.label,
            sources=_sources(line, report),
            heirs=heirs.get(line.place, ()),
        )


def _source(
    source: str, notation: str, names: Sequence[str], slips: Sequence[tuple[int, int]] = ()
) -> str:
    if notation != "latex" and not is_code(source):
        return f'<span class="maths">{set_formula(source, slips)}</span>'
    return _linked(html.source_html(source, notation), names)


def _linked(shown: str, names: Sequence[str]) -> str:
    """What is shown of a formula in LaTeX; where it is set, its names are linked."""
    return linked(shown, names) if shown.startswith("<math") else shown


def _slips(line: LineMark) -> Iterator[tuple[int, int]]:
    """Where the wrong parts of a line stand in its text."""
    start = line.source.find("=")
    for part in line.parts:
        at = line.source.find(part.source, max(start, 0)) if part.source else -1
        if at < 0:
            continue
        start = at + len(part.source)
        if part.verdict == "wrong":
            yield at, start


def _working(said: Remark, names: Sequence[str]) -> str:
    if not said.working:
        return ""
    if said.line.notation == "latex":
        return _linked(html.working_html(said), names)
    if is_code(said.working):
        return f"<code>{escape(said.working)}</code>"
    return f'<span class="maths">{set_formula(said.working)}</span>'


def _true(line: LineMark) -> str:
    return "" if line.expected is None else number(line.expected, line.places)


def _sources(line: LineMark, report: Report) -> tuple[Place, ...]:
    """The lines with the quantities that this one follows from."""
    found = (place for _, place in stated(line, report) if place is not None)
    return tuple(dict.fromkeys(found))


def _heirs(report: Report) -> dict[Place, tuple[Place, ...]]:
    """For each line the later ones that follow from it, directly or through others."""
    sources = {line.place: _sources(line, report) for line in report.lines if line.follows}
    roots: dict[Place, set[Place]] = {}
    for place, above in sources.items():  # a source stands before what follows from it
        roots[place] = {root for one in above for root in (one, *roots.get(one, ()))}
    found: dict[Place, list[Place]] = {}
    for place, above_all in roots.items():
        for root in above_all:
            found.setdefault(root, []).append(place)
    return {place: tuple(below) for place, below in found.items()}
