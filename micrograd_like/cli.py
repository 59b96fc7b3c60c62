"""The command ``micrograd-like``. Heavy imports wait until a command needs them."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from micrograd_like.errors import MicrogradLikeError, WorksheetError, did_you_mean, printable

if TYPE_CHECKING:
    from micrograd_like.marking.records import Report
    from micrograd_like.worksheet import Worksheet

app = typer.Typer(
    name="micrograd-like",
    help="A scalar autograd engine that shows its work.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class CostName(str, Enum):
    """The costs the worked example can be done with."""

    HALF_SQUARED = "half-squared"
    LOG10 = "log10"
    CROSS_ENTROPY = "cross-entropy"


class Format(str, Enum):
    """How results are written."""

    TEXT = "text"
    LATEX = "latex"
    JSON = "json"


File = Annotated[
    str,
    typer.Argument(
        metavar="FILE", help="A worksheet: a file, - for standard input, or a built-in one's name."
    ),
]
Places = Annotated[int, typer.Option(min=1, max=15, help="Decimals shown; JSON is in full.")]
FormatOption = Annotated[Format, typer.Option(help="How to print it.")]


@app.callback(invoke_without_command=True)
def main_options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """A scalar autograd engine that shows its work."""
    if version:
        from importlib.metadata import version as version_of

        typer.echo(f"micrograd-like {version_of('micrograd-like')}")
        raise typer.Exit


@app.command()
def example(
    cost: Annotated[
        CostName | None,
        typer.Option(
            help="half-squared (the default): ½(ŷ − y)²; log10: −log10 ŷ; cross-entropy: −ln ŷ.",
            show_default=False,
        ),
    ] = None,
    as_published: Annotated[
        bool,
        typer.Option(
            "--as-published",
            help="Repeat the lesson's own arithmetic, each slip beside the truth.",
        ),
    ] = False,
    places: Places = 2,
    format: FormatOption = Format.TEXT,
) -> None:
    """Work the 2-2-1 example by hand: forward, every derivative, update, forward again.

    A network with two inputs, two hidden neurons and one output is given one example.

    Each line says: what is computed = its formula = the numbers put in = the result.
    """
    if as_published and cost is not None:
        raise typer.BadParameter(
            "the published run has its own cost; leave out --cost or --as-published",
            param_hint="--cost",
        )
    from micrograd_like.blocks import to_latex, to_text
    from micrograd_like.lessons import office_hours
    from micrograd_like.render import lesson

    if as_published:
        published = office_hours.as_published()
        blocks = lesson.published_blocks(published, places)
        record = lesson.published_json(published)
    else:
        worked = office_hours.worked_example((cost or CostName.HALF_SQUARED).value)
        blocks = lesson.example_blocks(worked, places)
        record = lesson.example_json(worked)
    match format:
        case Format.JSON:
            typer.echo(record)
        case Format.LATEX:
            typer.echo(to_latex(blocks))
        case _:
            typer.echo(to_text(blocks, _bold))


@app.command()
def derive(
    file: File,
    derivative: Annotated[
        str, typer.Argument(metavar="dA/dB", help="The derivative, such as dE/dw5 or ∂E/∂w5.")
    ],
    places: Places = 4,
    format: FormatOption = Format.TEXT,
) -> None:
    """Work out a derivative of a worksheet: every factor, rule, number and path.

    For instance: micrograd-like derive office-hours dE/dw5
    """
    from micrograd_like.blocks import to_latex, to_text
    from micrograd_like.derivation import derive as worked_out

    with _reported():
        sheet = _worksheet(file)
    with _reported(sheet):
        derivation = worked_out(*sheet.derivative(derivative))
        match format:
            case Format.JSON:
                typer.echo(derivation.json())
            case Format.LATEX:
                typer.echo(to_latex(derivation.blocks(places)))
            case _:
                typer.echo(to_text(derivation.blocks(places), _bold))
    _finish(sheet)


@app.command()
def step(
    file: File,
    derivative: Annotated[
        str | None,
        typer.Argument(
            metavar="[dA/dB]",
            show_default=False,
            help="Only what lies between B and A; without it, the whole graph.",
        ),
    ] = None,
    places: Places = 4,
) -> None:
    """Step through a worksheet: forward value by value, then backward gradient by gradient.

    In a terminal it is driven with keys, and can ask for each number before it is shown; in
    a pipe it prints all steps. For instance: micrograd-like step office-hours dE/dw5
    """
    from micrograd_like.stepper import run
    from micrograd_like.walk import walk

    with _reported():
        sheet = _worksheet(file)
    with _reported(sheet):
        if derivative:
            steps = walk(*sheet.derivative(derivative))
        else:
            steps = walk(sheet.cost(), beside=sheet.names.values())
        unread = len(sheet.problems)
        lines = "1 line" if unread == 1 else f"{unread} lines"
        note = f"{lines} could not be read or computed: see below on leaving." if unread else ""
        run(steps, places, message=note)
    _finish(sheet)


Parameters = Annotated[
    str,
    typer.Option(
        metavar="NAMES",
        show_default=False,
        help="Names that are parameters, as well as those updated: w,b for w1, w2, …, b1, …",
    ),
]


class Direction(str, Enum):
    """Which way a picture runs."""

    LR = "LR"
    TB = "TB"


class DetailName(str, Enum):
    """What a box of a picture stands for."""

    NAMES = "names"
    OPERATIONS = "operations"
    NEURONS = "neurons"


class PictureFormat(str, Enum):
    """Formats of pictures; of these dot and svg are text."""

    DOT = "dot"
    SVG = "svg"
    PNG = "png"
    PDF = "pdf"


@app.command()
def draw(
    file: File,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="OUT",
            show_default=False,
            help="A file ending in .svg, .png, .pdf or .dot; without it, DOT is printed.",
        ),
    ] = None,
    format: Annotated[
        PictureFormat | None,
        typer.Option(show_default=False, help="Instead of what OUT's ending says."),
    ] = None,
    path: Annotated[
        str | None,
        typer.Option(
            metavar="dA/dB", show_default=False, help="Highlight this derivative's paths."
        ),
    ] = None,
    detail: Annotated[
        DetailName | None,
        typer.Option(
            show_default=False,
            help="A box for every name (the default, up to 200), operation, or neuron.",
        ),
    ] = None,
    parameters: Parameters = "",
    direction: Annotated[
        Direction, typer.Option(help="From left to right, or from top to bottom.")
    ] = Direction.LR,
    hide: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHAT",
            show_default=False,
            help="operations, values, gradients or derivatives; can be repeated.",
        ),
    ] = None,
    group: Annotated[
        bool | None,
        typer.Option("--group/--no-group", show_default=False, help="Frame layers and neurons."),
    ] = None,
    places: Places = 4,
) -> None:
    """Draw the graph of a worksheet's cost: values, gradients, and every local derivative.

    SVG, PNG and PDF need Graphviz, or pygraphviz, which brings it along; DOT needs neither.

    For instance: micrograd-like draw office-hours --path dE/dw1 -o lesson.svg
    """
    kind = _picture_format(output, format)
    with _reported():
        sheet = _worksheet(file)
    with _reported(sheet):
        import visualize
        from visualize.drawing import SHOWN

        if unknown := [what for what in hide or () if what not in SHOWN]:
            near = did_you_mean(unknown[0], SHOWN)
            raise WorksheetError(f"--hide: expected {', '.join(SHOWN)}, got {unknown[0]!r}{near}")
        picture = visualize.render(
            sheet,
            kind.value,
            path=path,
            detail=detail.value if detail else None,
            parameters=parameters.split(",") if parameters else (),
            direction=direction.value,
            show=[what for what in SHOWN if what not in (hide or ())],
            places=places,
            group=group,
        )
        if output is None:
            typer.echo(picture.decode(), nl=False)
        else:
            with open(output, "wb") as out:
                out.write(picture)
    _finish(sheet)


def _picture_format(output: str | None, format: PictureFormat | None) -> PictureFormat:
    """The format asked for, else the one that the file's name ends in, else DOT."""
    if output is None:
        if format in (PictureFormat.PNG, PictureFormat.PDF):
            raise typer.BadParameter(f"{format.value} goes into a file", param_hint="-o OUT")
        return format or PictureFormat.DOT
    ending = os.path.splitext(output)[1].lower().removeprefix(".")
    endings = {kind.value: kind for kind in PictureFormat} | {"gv": PictureFormat.DOT}
    if format is None and ending not in endings:
        raise typer.BadParameter(
            f"expected a name ending in .svg, .png, .pdf or .dot, got {printable(output)!r}",
            param_hint="-o",
        )
    return format or endings[ending]


def _list_causes(wanted: bool) -> None:
    if wanted:
        from micrograd_like.render import marks

        typer.echo(marks.causes_text())
        raise typer.Exit


class ReportFormat(str, Enum):
    """How a marked worksheet is written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


@app.command()
def check(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE",
            help="Worksheets: files, - for standard input, or names of built-in ones.",
        ),
    ],
    format: Annotated[ReportFormat, typer.Option(help="How to print it.")] = ReportFormat.TEXT,
    jobs: Annotated[
        int, typer.Option(min=1, max=256, help="Processes that mark side by side.")
    ] = 1,
    page: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            show_default=False,
            help="Write the report of one worksheet as a page to step through, print or hand back.",
        ),
    ] = None,
    causes: Annotated[
        bool,
        typer.Option(
            "--causes",
            help="List the causes of mistakes by their codes.",
            is_eager=True,
            callback=_list_causes,
        ),
    ] = False,
) -> None:
    """Mark worksheets line by line: what is right, what follows, what is wrong, and why.

    ✓ right, with the rule

    → follows from an earlier slip: the method is right

    ✗ wrong, with the cause and the right working

    ? unreadable    – nothing to hold it against

    Several worksheets end in a table and their most common causes.

    Exit status: 0 all right; 1 something wrong or following; 2 something unreadable or unchecked.

    For instance: micrograd-like check office-hours-as-published
    """
    from micrograd_like.marking import check as mark
    from micrograd_like.render import marks

    if page is not None:
        if len(files) > 1:
            raise typer.BadParameter("a page is of one worksheet", param_hint="--page")
        with _reported():
            sheet = _worksheet(files[0])
        with _reported(sheet):
            results: Iterable[tuple[str, Report | str]] = [(files[0], mark(sheet, files[0]))]
    else:
        results = _marked(files, jobs)
    width = marks.WIDTH
    if sys.stdout.isatty():
        width = min(width, shutil.get_terminal_size().columns)
    reports, failed = [], False
    for name, result in results:
        if isinstance(result, str):
            failed = True
            typer.echo(f"micrograd-like: {printable(result)}", err=True)
            continue
        reports.append(result)
        if format is ReportFormat.TEXT:
            if len(files) > 1:
                typer.echo(_bold(printable(name)))
            typer.echo(marks.report_text(result, _paint, width))
            if len(files) > 1:
                typer.echo()
    match format:
        case ReportFormat.JSON:
            typer.echo(marks.reports_json(reports))
        case ReportFormat.CSV:
            typer.echo(marks.reports_csv(reports))
        case _ if len(reports) > 1:
            typer.echo(marks.class_text(reports, width))
    if page is not None:
        with _reported(sheet):
            _write_page(page, sheet, reports[0])
    status = max((report.status for report in reports), default=0)
    raise typer.Exit(2 if failed else status)


def _marked(files: list[str], jobs: int) -> Iterator[tuple[str, Report | str]]:
    """Every worksheet's report, or what keeps it from being marked; with a bar for many."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    hidden = len(files) < _MANY or not console.is_terminal
    with _workers(jobs, len(files)) as run:
        results = zip(files, run(_mark, files), strict=True)
        yield from track(results, "Marking", len(files), console=console, disable=hidden)


#: So many worksheets take long enough for a bar.
_MANY = 20


@contextmanager
def _workers(jobs: int, count: int) -> Iterator[Callable[..., Iterator[Report | str]]]:
    if min(jobs, count) < 2:
        yield map
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(min(jobs, count)) as pool:
        yield lambda function, items: pool.map(function, items, chunksize=1 + count // (8 * jobs))


def _mark(file: str) -> Report | str:
    from micrograd_like.marking import check as mark

    try:
        return mark(_worksheet(file), file)
    except (MicrogradLikeError, ValueError) as error:
        return f"{file}: {error}"
    except OSError as error:
        return f"cannot open {file!r}: {error.strerror}"


def _paint(look: str, text: str) -> str:
    colours = {
        "right": "green",
        "follows": "yellow",
        "wrong": "red",
        "unreadable": "magenta",
        "unchecked": "cyan",
    }
    if not _coloured():
        return text
    if look == "dim":
        return typer.style(text, dim=True)
    return typer.style(text, fg=colours[look], bold=True)


class FormName(str, Enum):
    """How much of an exercise is worked already."""

    BLANK = "blank"
    SOLVED = "solved"
    SLIPS = "slips"


@app.command()
def page(
    file: File,
    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="FILE", help="The page, a single file of HTML."),
    ],
    marked: Annotated[
        bool, typer.Option("--marked", help="Mark the worksheet beside its lines, as check does.")
    ] = False,
    parameters: Parameters = "",
    places: Places = 4,
) -> None:
    """Make a page to step through a worksheet: graph, formulas, values and lines in step.

    The page is one file, asks nothing of the network, and prints with all steps.

    For instance: micrograd-like page office-hours -o lesson.html
    """
    from micrograd_like.marking import check as mark

    with _reported():
        sheet = _worksheet(file)
    with _reported(sheet):
        report = mark(sheet, file) if marked else None
        _write_page(output, sheet, report, places, parameters)
    _finish(sheet)


def _write_page(
    output: str, sheet: Worksheet, report: Report | None, places: int = 4, parameters: str = ""
) -> None:
    import visualize

    named = parameters.split(",") if parameters else ()
    text = visualize.page(sheet, report=report, places=places, parameters=named)
    with open(output, "w", encoding="utf-8") as out:
        out.write(text)


@app.command()
def exercise(
    shape: Annotated[
        str | None,
        typer.Argument(
            metavar="[SHAPE]", show_default=False, help="Such as 2-2-1; without it, all are listed."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Other numbers for every seed.")] = 0,
    places: Annotated[int, typer.Option(min=2, max=6, help="Decimals of the numbers.")] = 4,
    form: Annotated[
        FormName,
        typer.Option(help="blank: to be filled in; solved; slips: with mistakes to be found."),
    ] = FormName.BLANK,
    slips: Annotated[int, typer.Option(min=1, max=2, help="How many mistakes.")] = 1,
    cause: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE", show_default=False, help="What may be planted; can be repeated."
        ),
    ] = None,
    answers: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            show_default=False,
            help="Where the mistakes are listed; without it, on standard error.",
        ),
    ] = None,
) -> None:
    """Make a worksheet of a shape with new numbers: blank, solved, or with mistakes in it.

    Blank and solved, the same shape and seed have the same numbers.

    For instance: micrograd-like exercise 2-2-1 --seed 7 > mine.txt
    """
    from micrograd_like.exercises import generate
    from micrograd_like.exercises.shapes import SHAPES

    if form is not FormName.SLIPS and (cause or answers or slips != 1):
        raise typer.BadParameter("only --form slips plants mistakes", param_hint="--form")
    if shape is None:
        width = max(map(len, SHAPES))
        for name, kind in SHAPES.items():
            typer.echo(f"{name:<{width}}  {kind.title}")
        return
    with _reported():
        made = generate(shape, seed, places, form.value, slips, cause)
        listed = "\n".join(map(str, made.planted))
        if answers is not None:
            with open(answers, "w", encoding="utf-8") as file:
                file.write(f"{listed}\n")
    typer.echo(made.text, nl=False)
    if listed and answers is None:
        typer.echo(listed, err=True)


@app.command()
def lessons() -> None:
    """List the built-in worksheets, to be named wherever a command takes a FILE."""
    from micrograd_like.lessons import builtin

    width = max(map(len, builtin.names()))
    for name in builtin.names():
        typer.echo(f"{name:<{width}}  {builtin.title(name)}")


def _worksheet(file: str) -> Worksheet:
    """The worksheet that FILE names. Errors: WorksheetError, OSError."""
    from micrograd_like.lessons import builtin
    from micrograd_like.syntax import decode
    from micrograd_like.worksheet import Worksheet

    if not file:
        raise WorksheetError("expected a file or a built-in worksheet's name, got nothing")
    if file == "-":
        return Worksheet.parse(decode(sys.stdin.buffer.read()))
    if not os.path.exists(file) and file in builtin.names():
        return builtin.load(file)
    try:
        return Worksheet.read(file)
    except FileNotFoundError:
        near = did_you_mean(file, builtin.names())
        raise WorksheetError(f"no such file or built-in worksheet: {file!r}{near}") from None


@contextmanager
def _reported(sheet: Worksheet | None = None) -> Iterator[None]:
    """Say in a line what is wrong with the input, and exit with 2.

    What could not be read of ``sheet`` is said before, for it is likely the cause.
    """
    try:
        yield
    except (MicrogradLikeError, ValueError) as error:
        for problem in sheet.problems if sheet else ():
            typer.echo(str(problem), err=True)
        _fail(str(error))
    except OSError as error:
        if error.filename is None:  # the output, not the input
            raise
        _fail(f"cannot open {error.filename!r}: {error.strerror}")


def _fail(message: str) -> NoReturn:
    typer.echo(f"micrograd-like: {printable(message)}", err=True)
    raise typer.Exit(2)


def _finish(sheet: Worksheet) -> None:
    """Report the lines that could not be read, and exit with 2 if there are any."""
    for problem in sheet.problems:
        typer.echo(str(problem), err=True)
    if sheet.problems:
        raise typer.Exit(2)


def _coloured() -> bool:
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not plain and sys.stdout.isatty()


def _bold(heading: str) -> str:
    return typer.style(heading, bold=True) if _coloured() else heading


def main() -> None:
    """Entry point of the console command and of ``python -m micrograd_like``."""
    if sys.stdout is None:  # closed by whoever started the command: nobody listens
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # ∂ and ŷ must not end a run on an old terminal
            stream.reconfigure(errors="replace")
    try:
        app()
        sys.stdout.flush()
    except OSError as error:  # a full disk, say
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        sys.exit(f"micrograd-like: cannot write the output: {error.strerror}")
