"""What a teacher would say of each line of a marked worksheet, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from micrograd_like.formula import Expr, Number, Quantity
from micrograd_like.marking.causes import CAUSES
from micrograd_like.marking.records import MOST_EXPLAINED, Cause, LineMark, Report, Sample
from micrograd_like.marking.working import as_written, named_as_written
from micrograd_like.notation import formatted, plain, text
from micrograd_like.worksheet.records import Place
from micrograd_like.writers.formats.latex import inline_latex
from micrograd_like.writers.formats.text import line_text
from micrograd_like.writers.layout import FIXED, FORMULA
from micrograd_like.writers.records import Remark

_CAUSES = {cause.code: cause for cause in CAUSES}


def remarks(report: Report) -> tuple[Remark, ...]:
    """What is to be said of every line."""
    return tuple(remark(line, report) for line in report.lines)


def remark(line: LineMark, report: Report) -> Remark:
    """What is to be said of a line of the report."""
    said, reason = _said(line, report), _reason(line)
    if line.read_as and line.verdict not in ("right", "taken"):
        said += f" Read {line.read_as}."
    if line.rewritten:
        return Remark(line, said, "expected", line.rewritten, reason)
    if line.working is None:
        return Remark(line, said, reason=reason)
    label = "right" if line.verdict == "wrong" else "true"
    write = inline_latex if line.notation == "latex" else line_text
    return Remark(line, said, label, write(line.working, line.places), reason)


def typed(line: LineMark) -> str:
    """The right working as one would type it, in the line's own notation; "" for none."""
    if line.rewritten:
        return line.rewritten
    if line.working is None:
        return ""
    value = [Number(line.working.value)] if line.working.closed else []
    figures = (line.working.numbers, *value)
    numbers = (as_written(expr, line.places) for expr in figures)
    return " = ".join(
        dict.fromkeys(map(plain, (line.working.left, line.working.formula, *numbers)))
    )


def causes() -> Iterator[tuple[str, str]]:
    """Every cause's code, and what it is."""
    for cause in CAUSES:
        yield cause.code, cause.sentence


def _said(line: LineMark, report: Report) -> str:
    match line.verdict:
        case "right":
            return f"Right: {_reason(line)}."
        case "taken":
            return f"Taken as it stands: {_reason(line)}."
        case "follows":
            return f"Follows from {_sources(line, report)}; the method is right."
        case "wrong":
            return " ".join(_reproach(line)) if report.hint != "line" else "This line is wrong."
    # It may begin with a name, which keeps its letters.
    return f"{line.problem}." if line.problem[-1:].isalnum() else line.problem


def _reason(line: LineMark) -> str:
    """The rule of a line, and what is to be noticed where it is right."""
    held = listed([text(name) for name in line.held])
    local = f"local, {held} held fixed" if held else ""
    gives = f"these figures give {text(line.gives)}" if line.gives is not None else ""
    read = f"read {line.read_as}" if line.read_as else ""
    return "; ".join(filter(None, (line.rule, local, gives, read)))


def _reproach(line: LineMark) -> Iterator[str]:
    if not line.causes:
        yield (
            "It is not what the method gives; why is looked for on the first "
            f"{MOST_EXPLAINED} wrong lines alone, or fewer where formulas are long."
        )
        return
    first, *others = line.causes
    if line.gives is not None:
        yield f"What stands before it gives {text(line.gives)}."
    else:
        yield _cause_sentence(first, line)
    if line.accident:
        yield f"Its number is right by accident, at these inputs alone{_where(line)}."
    if line.problem:
        yield f"{line.problem[:1].upper()}{line.problem[1:]}."
    if line.sample is not None:
        yield _sampled(line.sample)
    if others and first.code != "unknown":
        joined = "And" if first.together else "Or"
        said = (
            "the same once more" if c.code == first.code else _CAUSES[c.code].brief for c in others
        )
        yield f"{joined}: {', or '.join(dict.fromkeys(said))}."


def _sampled(sample: Sample) -> str:
    """Numbers at which a formula is wrong."""
    at = ", ".join(_formula(f"{text(name)} = {_short(number)}") for name, number in sample.at)
    yours, right = map(_short, (sample.yours, sample.right))
    return f"With {at} yours gives {yours}, right is {right}."


def _short(number: float) -> str:
    return formatted(number, ".4g")


def _where(line: LineMark) -> str:
    """Where a formula shows that it is wrong."""
    shown = line.contrast
    if shown is None:
        return ""
    numbers = (shown.at, shown.yours, shown.right)
    at, yours, right = (formatted(value, ".4g") for value in numbers)
    place = _formula(f"{text(shown.name)} = {at}")
    return f": at {place} yours gives {yours}, right is {right}"


def _cause_sentence(cause: Cause, line: LineMark) -> str:
    """The cause in a sentence, with the pieces of the line it is about where they are known."""
    row = _CAUSES[cause.code]
    pieces = {"wrote": cause.wrote, "meant": cause.meant, "left": line.left}
    names = {
        name: None if piece is None else named_as_written(piece) for name, piece in pieces.items()
    }
    if names["wrote"] != names["meant"]:  # else their versions are what tells them apart
        pieces = names
    if not row.pointed or any(p is None and f"{{{n}}}" in row.pointed for n, p in pieces.items()):
        return row.sentence
    return row.pointed.format(**{name: _shown(piece) for name, piece in pieces.items()})


def _shown(piece: Expr | None) -> str:
    """A piece of a formula."""
    return "" if piece is None else _formula(text(piece, 4))


def _formula(said: str) -> str:
    """A formula in a sentence, kept on one line."""
    return f"{FORMULA}{said.replace(' ', FIXED)}{FORMULA}"


def stated(line: LineMark, report: Report) -> list[tuple[Quantity, Place | None]]:
    """The quantities that the line rests on, each with where it was stated wrongly before."""
    places = {
        other.left: other.place
        for other in report.lines
        if other.place < line.place and other.verdict in ("wrong", "follows")
    }
    return [(key, places.get(key)) for key in line.follows]


def _sources(line: LineMark, report: Report) -> str:
    """The quantities that the line rests on, each with the line that states it."""
    named = [
        _formula(text(named_as_written(key))) + (f" ({place.where})" if place else "")
        for key, place in stated(line, report)
    ]
    return listed(named) or "above"


def listed(names: Sequence[str]) -> str:
    """The names in a sentence: ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
