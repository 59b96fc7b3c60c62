"""What the commands share: options, reading a worksheet, and how they fail."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn, TextIO, TypeAlias

import typer

from micrograd_like.errors import MicrogradLikeError, WorksheetError, did_you_mean, printable
from micrograd_like.files import descriptor, write_whole
from micrograd_like.writers.formats import offered, write
from micrograd_like.writers.layout import WIDTH, Page, unpainted, wrapped
from micrograd_like.writers.records import LOOKS

if TYPE_CHECKING:
    from micrograd_like.worksheet import Worksheet
    from micrograd_like.writers.blocks import Document


#: Stands for standard input where a file is to be read, for standard output where one is written.
STDIN = STDOUT = "-"

#: Columns that are enough to say something beside a name.
_LEAST = 20

#: The exit status of what Ctrl-C has ended, as shells have it.
INTERRUPTED = 130

app = typer.Typer(
    name="micrograd-like",
    help="A scalar autograd engine that shows its work.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


if TYPE_CHECKING:
    Format: TypeAlias = str
    MarksFormat: TypeAlias = str
    LessonFormat: TypeAlias = str
    ExerciseFormat: TypeAlias = str
else:  # a file more in writers/formats is a choice more
    Format = Literal[offered()]
    MarksFormat = Literal[offered("cells")]
    LessonFormat = Literal[offered("worksheet")]
    ExerciseFormat = Literal[offered("worksheet", "exercises")]

#: Of which formats worksheets are; ``worksheet.readers`` tells, but takes long to load.
READ = "text, Markdown (.md), LaTeX (.tex), Python (.py) or a notebook (.ipynb)"
File = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help=f"A worksheet: a file of {READ}, - for standard input, or a built-in one's name.",
    ),
]
Places = Annotated[int, typer.Option(min=1, max=15, help="Decimals shown; JSON is in full.")]
#: As ``marking.records`` has it, which takes long to load; a test compares them.
Hint = Literal["line", "kind", "piece", "working"]
FormatOption = Annotated[Format, typer.Option(help="How to print it.")]


Parameters = Annotated[
    str,
    typer.Option(
        metavar="NAMES",
        show_default=False,
        help="Names that are parameters, as well as those updated: w,b for w1, w2, …, b1, …",
    ),
]


def read_worksheet(file: str, given: bytes | None = None) -> Worksheet:
    """The worksheet that FILE names; ``given`` is what standard input gave, if it was read.

    Raises:
        WorksheetError: The worksheet cannot be read.
        OSError: The file cannot be opened.
    """
    from micrograd_like.worksheet import Worksheet, builtin
    from micrograd_like.worksheet.tokens.characters import MAX_PACKED, decode

    if not file:
        raise WorksheetError("expected a file or a built-in worksheet's name, got nothing")
    if file == STDIN:
        data = read_stdin() if given is None else given
        return Worksheet.parse(decode(data, MAX_PACKED))
    if not os.path.exists(file) and file in builtin.names():
        return builtin.load(file)
    try:
        return Worksheet.read(file)
    except FileNotFoundError:
        near = did_you_mean(file, builtin.names())
        raise WorksheetError(f"no such file or built-in worksheet: {file!r}{near}") from None


def read_stdin() -> bytes:
    """All of standard input.

    Raises:
        WorksheetError: It is closed, or no text.
        OSError: It cannot be read.
    """
    if sys.stdin is None:  # closed by the caller
        raise WorksheetError("expected a worksheet from standard input, but that is closed")
    try:
        return sys.stdin.buffer.read()
    except OSError as error:
        raise OSError(error.errno, error.strerror, "standard input") from None


def check_output(output: str | None, *inputs: str, alone: bool = False) -> None:
    """Refuse to write over what is read, or two things over one another, whatever their names.

    Standard output is written to by every command, and a shell may have opened a file for it.

    Args:
        output: A file that is written, too; None if there is none.
        inputs: What is read.
        alone: Whether nothing is printed where a file is written.

    Raises:
        WorksheetError: Two of them are one file; the message names them.
    """
    printed, own = _status(STDOUT, sys.stdout), None
    outputs = [("standard output", printed)]
    if output not in (None, STDOUT) and descriptor(output) != 1:
        own = _status(output, sys.stdout)
        outputs.append((f"the output {output!r}", own))
    for name, written in outputs:
        for file in inputs if _is_file(written) else ():
            if _same(written, _status(file, sys.stdin)):
                what = "what standard input gives" if file == STDIN else f"the worksheet {file!r}"
                raise WorksheetError(f"{name} is {what} itself; name another file")
    if not alone and _is_file(own) and _same(own, printed):
        raise WorksheetError(
            f"the output {output!r} is where standard output goes, too, and one would be lost; "
            "name another file"
        )


def _is_file(status: os.stat_result | None) -> bool:
    return status is not None and stat.S_ISREG(status.st_mode)


def _same(a: os.stat_result | None, b: os.stat_result | None) -> bool:
    return a is not None and b is not None and os.path.samestat(a, b)


def _status(file: str, stream: TextIO | None) -> os.stat_result | None:
    """Of a file, or of the stream that - stands for; None where there is none."""
    try:
        if file != STDIN:
            return os.stat(file)
        return None if stream is None else os.fstat(stream.fileno())
    except OSError:
        return None


def write_output(output: str, data: bytes | str) -> None:
    """Write to a file, whole or not at all; - is standard output.

    Raises:
        OSError: The file cannot be written.
    """
    data = data.encode() if isinstance(data, str) else data  # in UTF-8, whatever the terminal
    if output == STDOUT:
        typer.echo(data, nl=False)
    else:
        sys.stdout.flush()  # the file may be the same by another name
        write_whole(output, data)


@contextmanager
def reported(sheet: Worksheet | None = None) -> Iterator[None]:
    """Say in a line what is wrong with the input, and exit with 2.

    What could not be read of ``sheet`` is said before, for it is likely the cause.
    """
    try:
        yield
    except (MicrogradLikeError, ValueError) as error:
        for problem in sheet.problems if sheet else ():
            typer.echo(str(problem), sys.stderr)
        fail(str(error))
    except OSError as error:
        if error.filename is None:  # the output, not the input
            raise
        fail(f"cannot open {error.filename!r}: {error.strerror}")


def fail(message: str) -> NoReturn:
    """Say what is wrong, and exit with 2."""
    typer.echo(f"micrograd-like: {printable(message)}", sys.stderr)
    raise typer.Exit(2)


def finish(sheet: Worksheet, whole: bool = True, in_symbols: bool = False) -> None:
    """Report the lines that could not be read.

    They make the exit status 2 where the ``whole`` worksheet was asked for; what was asked of
    a part of it, and was had, has nothing to do with them.

    Args:
        sheet: What was read.
        whole: Whether all of it was asked for.
        in_symbols: True where it is no problem that a name has no number.
    """
    problems = sheet.problems_in_symbols() if in_symbols else sheet.problems
    for problem in problems:
        typer.echo(str(problem), sys.stderr)
    if problems and whole:
        raise typer.Exit(2)


def coloured() -> bool:
    """Whether the output is to be coloured: a terminal is, and what NO_COLOR names never."""
    if os.environ.get("NO_COLOR"):
        return False
    if (forced := os.environ.get("FORCE_COLOR", "")) != "":
        return forced != "0"
    return os.environ.get("TERM") != "dumb" and sys.stdout.isatty()


def say(document: Document, format: str) -> None:
    """Print the document in a format, piece by piece as it is ready.

    Text is for the terminal, in its encoding and its colours; every other format is a file for
    a program, in UTF-8 wherever it is printed.
    """
    for piece in write(format, document, page()):
        if format == "text":
            typer.echo(piece, sys.stdout, color=coloured())  # in its own encoding
        else:
            typer.echo(f"{piece}\n".encode(), nl=False)


def say_list(rows: Mapping[str, str], title: str = "") -> None:
    """Print names below one another; what is said of each, beside it or, on a narrow page, below.

    In a file each has one line.
    """
    sheet, margin = page(), "  " if title else ""
    width = sheet.width if sheet.edge else sys.maxsize
    column = len(margin) + max(map(len, rows)) + 2
    lines = [*wrapped(title, width)] if title else []
    for name, said in rows.items():
        beside = column + _LEAST <= width
        indent = " " * (column if beside else len(margin) + 4)
        first, *others = wrapped(said, width, indent)
        named = margin + sheet.paint("bold", name)
        start = " " * (column - len(margin) - len(name)) + first[column:] if beside else ""
        lines += [named + start, *([] if beside else [first]), *others]
    typer.echo("\n".join(lines), color=coloured())


def page() -> Page:
    """The page that standard output is: as wide as the terminal, but no wider than is read well.

    COLUMNS, where it is set, is obeyed in a pipe too.
    """
    paint = _painted if coloured() else unpainted
    if not sys.stdout.isatty() and not os.environ.get("COLUMNS"):
        return Page(WIDTH, paint)
    columns = shutil.get_terminal_size().columns
    return Page(min(WIDTH, columns), paint, columns)


def _painted(look: str, text: str) -> str:
    match look:
        case "bold":
            return typer.style(text, bold=True)
        case "dim":
            return typer.style(text, dim=True)
        case "right" | "taken" | "follows" | "wrong" | "unreadable" | "unchecked":
            return typer.style(text, fg=LOOKS[look].ansi, bold=True)
    return text
