"""The reader: a document's tokens to statements, in passes over the whole of it.

The names of the document, clauses, expressions, then functions and templates, which other
lines may use before they are defined. Nothing is evaluated, and nothing is unbounded. What a
name means where it stands is decided behind it (``resolve``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice, product

from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    derivatives,
    names_in,
    rewrite,
)
from micrograd_like.notation import text
from micrograd_like.worksheet.clauses.clauses import clauses
from micrograd_like.worksheet.clauses.continuation import logical_lines
from micrograd_like.worksheet.clauses.trimming import Clause
from micrograd_like.worksheet.grammar.cursor import UnreadableError
from micrograd_like.worksheet.grammar.scope import Document
from micrograd_like.worksheet.grammar.shaping import assume_shapes, speaks_of_arrays
from micrograd_like.worksheet.grammar.statements import read_clause
from micrograd_like.worksheet.grammar.templates import Templates
from micrograd_like.worksheet.naming.functions import Functions, UnknownFunctionError
from micrograd_like.worksheet.naming.implied import implied
from micrograd_like.worksheet.naming.layers import LAYERS, unrolled
from micrograd_like.worksheet.naming.names import Names
from micrograd_like.worksheet.naming.open_functions import READINGS, bodies, told_of
from micrograd_like.worksheet.naming.primes import derivatives_meant, put_in_place
from micrograd_like.worksheet.records import Place, Problem, Statement
from micrograd_like.worksheet.source import Cells, Source
from micrograd_like.worksheet.sources.joining import joined
from micrograd_like.worksheet.tokens.bounds import TOO_FAR, beyond
from micrograd_like.worksheet.tokens.brackets import separated, with_rows
from micrograd_like.worksheet.tokens.drawn import with_arrays
from micrograd_like.worksheet.tokens.indexing import with_indices
from micrograd_like.worksheet.tokens.layout import is_cells, laid_out
from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.openings import is_condition, is_heading, is_relation
from micrograd_like.worksheet.tokens.session import with_results
from micrograd_like.worksheet.tokens.stacked import with_fractions
from micrograd_like.worksheet.tokens.wording import (
    changes,
    in_lists,
    in_names,
    in_norms,
    in_one_name,
    in_signs,
    in_sums,
    in_vectors,
    stepped,
    with_changes,
    with_steps,
)
from micrograd_like.worksheet.vocabulary import RELATIONS

#: After so many problems nobody reads which name was meant.
MAX_PROPOSALS = 20
#: In how many ways what may be read in two ways is read, in all.
_MOST_READINGS = 8
#: How often lines are read again because a name turned out to be a vector.
_PASSES = 4


@dataclass
class Reading:
    """What was read of a text.

    Attributes:
        reads: The statements, in order.
        problems: What could not be read.
        lines: The text, line by line.
        names: The names of the document.
        hidden: Expressions that stand on a left side or are differentiated, by their stand-ins.
        told: What was decided for the whole document.
        older: For every later version of a name the one before, where the format tells.
        sections: The rows in which another problem begins.
        cells: The cells in which the lines stand.
        others: The same document in the other ways in which it may be read.
        passed: What was passed over, for it claims nothing.
        opaque, doubts: What is known beforehand of names: as for :class:`Worksheet`.
        source: The document's tokens, where it has any.
    """

    reads: list[Statement]
    problems: list[Problem]
    lines: list[str]
    names: Names
    hidden: dict[str, Expr] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    older: dict[Name, Name] = field(default_factory=dict)
    sections: tuple[tuple[int, int], ...] = ()
    cells: Cells = Cells()  # noqa: RUF009
    others: tuple[Callable[[], Reading], ...] = ()
    passed: tuple[Problem, ...] = ()
    opaque: Mapping[str, str] = field(default_factory=dict)
    doubts: Mapping[str, str] = field(default_factory=dict)
    source: Source | None = None


def read_source(
    source: Source,
    functions: int = 0,
    choices: frozenset[str] = frozenset(),
    known: Names | None = None,
) -> Reading:
    """The statements of a document, and what could not be read of it.

    Which names are vectors may be seen only where they are computed: lines further up that use
    them are then read again.

    Args:
        source: The document's tokens.
        functions: What those are that nothing defines, of :data:`READINGS`.
        choices: What is read the other way, of :data:`CHOICES`.
        known: Names that another document gives their values.
    """
    lines, refused, too_long = source.lines, list[Problem](), list[list[Token]]()
    within = _within_bounds(source.rows, lines, refused)
    rows = [*with_rows(map(laid_out, with_results(with_arrays(with_fractions([*within])))))]
    rows = with_indices(rows)
    if steps := stepped(rows):
        rows = [with_steps(row, steps) for row in rows]
    if changed := changes(rows):
        rows = [with_changes(row, changed) for row in rows]
    worded = (
        in_lists(in_vectors(in_signs(in_sums(in_norms(in_names(in_one_name(separated(row))))))))
        for row in rows
        if not is_cells(row)
    )
    logical = list(_within_bounds(logical_lines(worded, too_long), lines, refused))
    refused += (_refused(row, row[-1], TOO_FAR, lines) for row in too_long)
    logical, names, assumed = _with_shapes(logical, source, known)
    for _ in range(_PASSES):
        shapes = dict(names.arrays)
        document = Document(names, source.lines, choices)
        reader, passed = _Reader(document, bodies(names.open, functions)), list[Token]()
        for clause in clauses([names.joined(tokens) for tokens in logical], names, passed):
            names.stand_at(clause.tokens[0].line)
            reader.read(clause)
        names.stand_at(0)
        if shapes == names.arrays:
            break
    reader.finish()
    if len(assumed) > 1:
        reader.reads = _by_layers(reader.reads)
    cells = source.cells
    found = [*source.problems, *map(cells.problem, [*refused, *reader.problems])]
    problems = sorted(found, key=lambda problem: problem.place)
    begun = (t[0].place for t in logical if is_heading(t) or is_condition(t))
    sections = tuple(cells.place(place).row for place in (*begun, *source.sections))
    own = [*map(cells.statement, reader.reads)]
    if source.notation:
        own = [replace(read, notation=source.notation) for read in own]
    words = joined(own, document.hidden, source.reads, source.older)
    return Reading(
        [*source.reads, *words.reads],
        problems,
        source.lines,
        names,
        words.hidden,
        told=(*source.told, *words.told, *told_of(names.open), *assumed),
        older=source.older,
        sections=sections,
        cells=cells,
        passed=tuple(map(cells.problem, _passed(source, passed))),
        others=() if functions or choices else tuple(_others(source, document, known)),
        source=source,
    )


def _with_shapes(
    lines: list[list[Token]], source: Source, known: Names | None
) -> tuple[list[list[Token]], Names, tuple[str, ...]]:
    """The lines, their names, and the shapes and layers that are assumed of them, in words."""
    if layers := unrolled(lines) if any(map(speaks_of_arrays, lines)) else []:
        names = Names.of(layers, known)
        if told := assume_shapes(layers, names, source.lines):
            return layers, names, (*told, f"What is said of a layer l is read of {LAYERS} layers")
    names = Names.of(lines, known)
    return lines, names, assume_shapes(lines, names, source.lines)


def _by_layers(reads: Iterable[Statement]) -> list[Statement]:
    """The statements, those of one place marked together: they are one line for every layer."""
    counts = Counter[Place]()
    found = []
    for read in reads:
        counts[read.place] += 1
        found.append(replace(read, element=counts[read.place]))
    return found


def _others(
    source: Source, document: Document, known: Names | None
) -> Iterator[Callable[[], Reading]]:
    """The first reading's others: of functions, and of what may be read in two ways."""
    functions = range(len(READINGS)) if document.names.open else (0,)
    ways = product(*((frozenset(), {choice}) for choice in sorted(document.mattered)))
    chosen = (frozenset[str]().union(*way) for way in islice(ways, _MOST_READINGS))
    for choices, function in [*product(chosen, functions)][1:]:
        yield partial(read_source, source, function, choices, known)


def _passed(source: Source, tokens: Iterable[Token]) -> list[Problem]:
    """What was passed over, in the order in which it stands."""
    said = (Problem(t.place, "", source.lines[t.line - 1].strip()) for t in tokens)
    return sorted([*source.passed, *said], key=lambda problem: problem.place)


def _within_bounds(
    rows: Iterable[list[Token]], lines: Sequence[str], refused: list[Problem]
) -> Iterator[list[Token]]:
    """The rows that are short enough to be read; what is said of the others goes to ``refused``."""
    for row in rows:
        if (found := beyond(row)) is None:
            yield row
        else:
            refused.append(_refused(row, *found, lines))


def _refused(row: Sequence[Token], token: Token, message: str, lines: Sequence[str]) -> Problem:
    """What is said of a row that is not read."""
    name, number = _would_define(row)
    return Problem(token.place, message, lines[token.line - 1], row[0].line, name, number)


class _Reader:
    """Reads clause after clause."""

    def __init__(
        self, document: Document, assumed: Mapping[str, tuple[tuple[str, ...], Expr]]
    ) -> None:
        self.document = document
        self.functions = Functions()
        self.functions.assume(assumed)
        self._seen: set[str] = set()
        self._called: set[str] = set()
        self._twice: set[str] = set()
        self._cut: Token | None = None
        self.reads: list[Statement] = []
        self.problems: list[Problem] = []

    def read(self, clause: Clause) -> None:
        """One clause: a statement, or a problem."""
        tokens, document = clause.tokens, self.document
        if _is_label(tokens) or self._cut_off(tokens[0]):
            return
        document.near = len(self.problems) < MAX_PROPOSALS
        try:
            reads, found = read_clause(clause, document)
        except UnreadableError as error:
            self.problems.append(self._problem(error, tokens))
            if error.token.text == ",":
                self._cut = error.token
            return
        called = _called_on_left(tokens)
        base = called.rstrip("'")
        anew = called in self._called and f"{called}'" in self._called
        if anew:  # f, f', and then the next f
            self._called -= {f"{called}'", f"{called}''"}
        elif called in self._called and (base == called or base in self._twice):
            self._twice.add(called)  # f'(x) once more is about the same f
        self._called.add(called or "=")
        if found is not None:
            place = tokens[0].place
            self.functions.define(found.name, found.arguments, found.body, place, anew)
            reads = [replace(read, defines=found.name) for read in reads]
        twice = (f for f in sorted(self._twice) if not self.functions.is_one(f))
        if again := next((f for f in twice if _speaks_of(f, tokens)), ""):
            reads = [read.doubted(f"{again} was another function before") for read in reads]
        if called in self.document.names.open:
            reads = [read.doubted(f"It may say what {called} is") for read in reads]
        reads = self.document.kept(reads, len(tokens))
        for read in reads:
            self.reads += self._rooted(read)
            self.reads += self._chained(read)

    def _cut_off(self, first: Token) -> bool:
        """True behind a comma that could not be read: where it parts statements is not known."""
        return self._cut is not None and self._cut.line == first.line

    def _rooted(self, read: Statement) -> Iterator[Statement]:
        """For σ² = 2 what σ is, where nothing else says so: its root."""
        match read.subject:
            case Call("pow", (Name(name), Number(2))) if name in self.document.names.squares:
                first = read.parts[:1]
                roots = tuple(replace(part, expr=Call("sqrt", (part.expr,))) for part in first)
                yield replace(read, left=Name(name), subject=None, parts=roots, defines="implied")

    def _chained(self, read: Statement) -> Iterator[Statement]:
        """For w1 = w2 = 0 a statement about each, where w2 has not been given a value before."""
        names = self.document.names
        if read.subject is None and not read.blank:
            for place, part in enumerate(read.parts[:-1]):
                name = part.expr.name if isinstance(part.expr, Name) else ""
                if name in self._seen and str(read.left) != name:
                    behind = read.parts[place + 1 :]
                    yield replace(read, left=Name(name), parts=behind, defines="implied")
        middle = [
            place
            for place, part in enumerate(read.parts[:-1])
            if isinstance(part.expr, Name)
            and part.expr.name in names.lefts
            and part.expr.name not in self._seen
        ]
        if read.subject is None and isinstance(read.left, Name):
            self._seen.add(read.left.name)
        if not middle or read.blank or read.subject is not None:
            yield read
            return
        others = [read.parts[place].expr.name for place in middle]  # type: ignore[union-attr]
        alike = len(others) > 1 or _letters_of(others[0]) == _letters_of(str(read.left))
        kept = tuple(p for i, p in enumerate(read.parts) if not (alike and i in middle))
        yield replace(read, parts=kept)
        for place, name in zip(middle, others, strict=True):
            self._seen.add(name)
            rest = [p for i, p in enumerate(read.parts) if i > place and i not in middle]
            at = read.parts[place].place._replace(end=read.place.end)
            # Kept in the line, it says the same there: the statement behind it is not shown.
            shown = read.defines if alike else "implied"
            yield replace(read, place=at, left=Name(name), parts=tuple(rest), defines=shown)

    def _problem(self, error: UnreadableError, tokens: Sequence[Token]) -> Problem:
        token = error.token
        name, number = _would_define(tokens)
        source, first = self.document.lines[token.line - 1], tokens[0].line
        return Problem(token.place, error.message, source, first, name, number)

    def finish(self) -> None:
        """What other lines had to be read for: functions and templates."""
        functions = self.document.names.functions
        if functions:
            self.functions.learn(map(_sides, self.reads), _stated(self.reads))
        applied = self.document.names.applied
        if meant := derivatives_meant(self.reads, self.functions, applied):
            self.reads = [put_in_place(read, meant) for read in self.reads]
        if functions:
            self._open_functions()
        if varied := self.document.varied:  # o = σ(w h + b) goes through what stands for w h + b
            self.reads = [
                r.rewritten(partial(rewrite, rule=varied.get), r.left) for r in self.reads
            ]
        if parts := implied(self.reads):
            self.reads = [*self._with_parts_named(parts)]
        self.reads = Templates(self.document).instances(self.reads)

    def _open_functions(self) -> None:
        """Put what the functions of the document give in the place of their calls."""
        hidden = self.document.hidden
        for name, expr in [*hidden.items()]:
            try:
                hidden[name] = self.functions.opened(expr)
            except UnknownFunctionError:  # then nothing defines what stands for it
                del hidden[name]
        self.reads = [self._opened(read) for read in [*self.reads, *self._functions_as_names()]]

    def _with_parts_named(self, parts: Mapping[Expr, Name]) -> Iterator[Statement]:
        """The statements with names for parts of formulas, and what these names are.

        What is said of such a name is in doubt: it may have been meant otherwise.
        """
        names, told = {*parts.values()}, False
        for read in self.reads:
            new = read.rewritten(partial(rewrite, rule=parts.get), read.left)
            if new is not read and not told:
                told = True
                for expr, name in parts.items():
                    part = replace(new.parts[0], expr=expr, otherwise=None)
                    implied_by = replace(new, left=name, parts=(part,), subject=None)
                    yield replace(implied_by, defines="implied")
            spoken = {n for q in _derivatives(read) for n in names_in(q)} & names
            if spoken and not isinstance(read.left, Name):
                shown = "; ".join(f"{n} as {text(e)}" for e, n in parts.items() if n in spoken)
                new = replace(new, read_as="; ".join(filter(None, [new.read_as, shown])))
                new = new.doubted(f"Nothing says what {min(spoken)} is")
            yield new

    def _functions_as_names(self) -> Iterator[Statement]:
        """For f(x, y) = … a statement that f is that, where ∂f/∂x stands without the arguments."""
        stated = {str(read.left) for read in self.reads}
        bare = {str(n) for read in self.reads for q in _derivatives(read) for n in names_in(q.of)}
        for read in self.reads:
            call = self.functions.call(read.defines, read.place)
            if call is not None and read.defines in bare - stated:
                stated.add(read.defines)
                part = replace(read.parts[0], expr=call, otherwise=None)
                left = Name(read.defines)
                yield replace(read, left=left, parts=(part,), subject=None, defines="implied")

    def _opened(self, read: Statement) -> Statement:
        """The statement with the functions of the document put in."""
        functions, place = self.functions, read.place
        read = read.rewritten(functions.with_values_named, read.left)
        if isinstance(read.subject, Name):
            read = replace(read, left=read.subject, subject=None)
        try:
            opened = read.rewritten(partial(functions.opened, place=place), read.left)
        except UnknownFunctionError:
            doubt = "A function in it is defined nowhere"
            return replace(read, parts=(), doubt=doubt, subject=None)
        if opened is read:
            return read
        if below := next(
            filter(None, (functions.begins_below(e, place) for e in _sides(read))), ""
        ):
            opened = opened.doubted(f"{below} is only defined further down")
        asked = read.subject
        if asked is not None and opened.subject is not None and functions.several(asked):
            opened = replace(opened, left=self.document.stand_in(opened.subject))
        return self.document.kept([opened], 0)[0]


def _stated(reads: Iterable[Statement]) -> dict[str, Number]:
    """The numbers that names are first said to be."""
    found: dict[str, Number] = {}
    for read in reads:
        number = read.parts[-1].number if read.parts else None
        if number is not None and isinstance(read.left, Name):
            found.setdefault(read.left, number)
    return found


def _sides(read: Statement) -> list[Expr]:
    """What a statement says is equal, its left side first where that is no quantity."""
    return [*([] if read.subject is None else [read.subject]), *(p.expr for p in read.parts)]


def _derivatives(read: Statement) -> list[Derivative]:
    return [q for expr in (read.left, *(p.expr for p in read.parts)) for q in derivatives(expr)]


def _letters_of(name: str) -> str:
    return name.rstrip("0123456789'").partition("_")[0]


def _is_label(tokens: Sequence[Token]) -> bool:
    """True for e.label = 'e', which says nothing of a number."""
    return len(tokens) > 4 and tokens[1].text == "." and tokens[4].kind == "string"


def _speaks_of(function: str, tokens: Sequence[Token]) -> bool:
    """True if the function, its derivative or its differential stands among the tokens."""
    names = {function, f"{function}'", f"{function}''", f"d{function}"}
    return any(token.kind == "name" and token.text in names for token in tokens)


def _called_on_left(tokens: Sequence[Token]) -> str:
    """The f of a statement that begins with f(x) = and says what f is; "" for any other."""
    if len(tokens) < 2 or tokens[1].text != "(":
        return ""
    end = next((i for i, t in enumerate(tokens) if t.text == ")"), 0)
    inside = tokens[2:end]
    named = bool(inside) and all(t.kind == "name" or t.text == "," for t in inside)
    return tokens[0].text if named and is_relation(tokens[end + 1]) else ""


def _would_define(tokens: Sequence[Token]) -> tuple[str, Number | None]:
    """The name that an unreadable statement would have defined, and the number it ends in."""
    relation = next(
        (i for i, t in enumerate(tokens) if t.kind == "sign" and t.text in RELATIONS), None
    )
    if not relation:
        return "", None
    name = tokens[0].text if relation == 1 and tokens[0].kind == "name" else ""
    sides = [token.text for token in tokens[:relation] if token.text not in ("∂", "/")]
    if len(sides) == 2 and any(token.text == "/" for token in tokens[:relation]):
        above, below = (side.removeprefix("d") for side in sides)
        name = f"d{above}/d{below}"
    end = tokens[-3:-1]
    number = None
    if end and end[-1].kind == "number" and len(end[-1].text) < 40:
        before = tokens[-4:-2] if end[0].text == "-" else tokens[-3:-2]
        sign = -1 if len(end) == 2 and end[0].text == "-" else 1
        if before and before[0].text in RELATIONS:
            text = end[-1].text
            places = len(text.partition(".")[2]) if "e" not in text.lower() else None
            value = float(text) if "." in text or places is None else int(text)
            number = Number(sign * value, places if "." in text else None)
    return name, number
