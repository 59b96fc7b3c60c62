"""The command that makes what is to be marked: exercise."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from micrograd_like.cli.shared import (
    READ,
    STDOUT,
    ExerciseFormat,
    app,
    check_output,
    read_worksheet,
    reported,
    say,
    say_list,
    write_output,
)
from micrograd_like.errors import WorksheetError

if TYPE_CHECKING:
    from micrograd_like.exercises import Exercise, Own
    from micrograd_like.exercises.sets import Participant

Form = Literal["blank", "solved", "slips"]
Blanks = Literal["all", "key", "forward", "backward", "update"]
#: How the name of a file of each format ends.
SUFFIXES = {
    "html": "html",
    "json": "json",
    "latex": "tex",
    "markdown": "md",
    "moodle": "xml",
    "notebook": "ipynb",
    "text": "txt",
    "words": "txt",
    "worksheet": "txt",
}
#: The formats that have the answers in them, for what marks by itself.
ANSWERED = ("moodle", "notebook")


@app.command()
def exercise(
    shape: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SHAPE",
            show_default=False,
            help="One of the list that is printed without it, or a shape in words: layers with "
            "what you choose of activations, a cost and no-bias (3-2-1 relu; 2-3-1 tanh sigmoid "
            "cross-entropy), softmax 4, rnn 3.",
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="FILE",
            show_default=False,
            help=f"Your own worksheet with other numbers, instead of a shape: a file of {READ}, "
            "- for standard input, or a built-in one's name.",
        ),
    ] = None,
    keep: Annotated[
        str,
        typer.Option(
            metavar="NAMES",
            show_default=False,
            help="Of --from: givens that keep their numbers, such as h0,eta. Targets of 0 and 1, "
            "exponents and counts keep theirs by themselves.",
        ),
    ] = "",
    seed: Annotated[int, typer.Option(help="Other numbers for every seed.")] = 0,
    places: Annotated[int, typer.Option(min=2, max=6, help="Decimals of the numbers.")] = 4,
    form: Annotated[
        Form,
        typer.Option(help="blank: to be filled in; solved; slips: with mistakes to be found."),
    ] = "blank",
    blanks: Annotated[
        Blanks | None,
        typer.Option(
            show_default=False,
            help="What a blank one asks for: all lines, those of a part, or key, one of each kind; "
            "by default all, and key of a long one.",
        ),
    ] = None,
    slips: Annotated[int, typer.Option(min=1, max=2, help="How many mistakes.")] = 1,
    cause: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE", show_default=False, help="What may be planted; can be repeated."
        ),
    ] = None,
    format: Annotated[
        ExerciseFormat,
        typer.Option(
            help="worksheet: for check to read; latex, html: to print, with the solution behind "
            "it; moodle: questions to import; notebook: an assignment for nbgrader."
        ),
    ] = "worksheet",
    answers: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            show_default=False,
            help="Where the mistakes are listed, - below the worksheet; without it, on standard "
            "error. Of a blank one: where the solution is written, apart.",
        ),
    ] = None,
    many: Annotated[
        str | None,
        typer.Option(
            "--set",
            metavar="NAMES",
            show_default=False,
            help="One for each of a class: a file with a name a line, or how many. It needs -o.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            metavar="DIR",
            show_default=False,
            help="Of --set: where the folders exercises and keys are made.",
        ),
    ] = None,
) -> None:
    """Make a worksheet with new numbers, of a shape or your own: blank, solved, or with mistakes.

    Blank and solved, the same shape and seed have the same numbers, on every machine.

    For instance:

    micrograd-like exercise 2-2-1 --seed 7 > mine.txt

    micrograd-like exercise 3-2-1 relu --form solved

    micrograd-like exercise 2-2-1 --format latex > print.tex

    micrograd-like exercise --from sheet.txt --set students.txt -o homework
    """
    _check(shape, source, keep, form, blanks, slips, cause, answers, many, output)
    if not shape and source is None:
        _list_shapes()
        return
    with reported():
        check_output(answers, *filter(None, (source, many)))
        kind = " ".join(shape) if shape else _own(source or "", keep)

        def made(form: Form = form, seed: int = seed, label: str | None = None) -> Exercise:
            from micrograd_like.exercises import generate

            blank = blanks if form == "blank" else None
            causes = cause if form == "slips" else None
            return generate(kind, seed, places, form, slips, causes, blanks=blank, label=label)

        if many is not None:
            _write_set(made, form, format, _participants(many, seed), output or Path())
        else:
            _write_one(made, form, format, answers)


def _check(
    shape: list[str] | None,
    source: str | None,
    keep: str,
    form: Form,
    blanks: Blanks | None,
    slips: int,
    cause: list[str] | None,
    answers: str | None,
    many: str | None,
    output: Path | None,
) -> None:
    """Refuse options that do not go together."""
    wrong = [
        (form != "slips" and (cause or slips != 1), "only --form slips plants mistakes", "--form"),
        (form == "solved" and answers, "a solved one has no answers of its own", "--answers"),
        (form != "blank" and blanks is not None, "only --form blank has blanks", "--blanks"),
        (shape and source is not None, "a shape or a worksheet, not both", "--from"),
        (keep and source is None, "only a worksheet of --from has numbers to keep", "--keep"),
        (many is None and output is not None, "only a set has a folder", "-o"),
        (many is not None and output is None, "a set needs a folder: -o DIR", "--set"),
        (many is not None and not (shape or source), "expected a shape, or --from FILE", "--set"),
        (many is not None and answers, "a set has its keys in a folder apart", "--answers"),
    ]
    for is_so, message, option in wrong:
        if is_so:
            raise typer.BadParameter(message, param_hint=option)


def _list_shapes() -> None:
    from micrograd_like.exercises.shapes import SHAPES
    from micrograd_like.exercises.words import EXPECTED

    say_list({name: kind.title for name, kind in SHAPES.items()})
    typer.echo(f"\nOr in words: {EXPECTED.removeprefix('expected ')}.")
    typer.echo("\nOr your own: micrograd-like exercise --from FILE.")


def _own(source: str, keep: str) -> Own:
    """The worksheet that exercises are made from, if what they say is right.

    Raises:
        WorksheetError: It cannot be read in full, or what it defines is marked wrong.
    """
    from micrograd_like.exercises import generate, own
    from micrograd_like.worksheet import Worksheet

    kept = [name for name in keep.replace(",", " ").split() if name]
    made = own(read_worksheet(source), kept)
    for line in made.left_out:
        typer.echo(line, sys.stderr)
    solved = generate(made, form="solved").text
    for mark in Worksheet.parse(solved).check().lines:
        if mark.verdict not in ("right", "taken"):
            raise WorksheetError(
                f"expected a worksheet that is right: worked with other numbers, {mark.source!r} "
                f"is {mark.verdict}; `micrograd-like check {source}` says more"
            )
    return made


def _write_one(made: Callable[..., Exercise], form: Form, format: str, answers: str | None) -> None:
    from micrograd_like.writers.exercise import document

    one = made(label="") if format in ANSWERED else made()
    told = _key(one, made, form, format)
    # What may fail comes first, save for answers that stand below the worksheet.
    if answers not in (None, STDOUT):
        write_output(answers, told)
    say(document([one], solution=answers is None), format)
    if answers == STDOUT:
        write_output(answers, told)
    if form == "slips" and answers is None and format == "worksheet":
        typer.echo(told, sys.stderr, nl=False)


def _key(
    one: Exercise, made: Callable[..., Exercise], form: Form, format: str, **which: Any
) -> str:
    """What is kept apart: the mistakes, or the exercise solved; "" where there is nothing."""
    from micrograd_like.writers.exercise import document
    from micrograd_like.writers.formats import written

    if form == "slips":
        return "".join(f"{slip}\n" for slip in one.planted)
    if form == "solved" or format in ANSWERED:
        return ""
    return f"{written(format, document([made(form='solved', **which)]))}\n"


def _participants(many: str, seed: int) -> list[Participant]:
    from micrograd_like.exercises.sets import listed, numbered, participants
    from micrograd_like.worksheet.tokens.characters import decode

    if many.isascii() and many.isdigit() and len(many) < 10:
        return numbered(int(many), seed)
    return participants(listed(decode(Path(many).read_bytes())), seed)


def _write_set(
    made: Callable[..., Exercise], form: Form, format: str, who: list[Participant], folder: Path
) -> None:
    """An exercise and its key for each, in folders apart, and a list of the seeds by the keys."""
    from micrograd_like.writers.exercise import document
    from micrograd_like.writers.formats import written
    from micrograd_like.writers.formats.csv import comma_separated

    files: dict[Path, str] = {}
    rows = [("name", "seed", "file")]
    sheets = []
    for one in who:
        file = f"{one.stem}.{SUFFIXES[format]}"
        sheet = made(seed=one.seed, label=one.label)
        sheets.append(sheet)
        files[folder / "exercises" / file] = f"{written(format, document([sheet], False))}\n"
        if key := _key(sheet, made, form, format, seed=one.seed, label=one.label):
            files[folder / "keys" / (f"{one.stem}.txt" if form == "slips" else file)] = key
        rows.append((one.name, str(one.seed), file))
    files[folder / "keys" / "seeds.csv"] = comma_separated(rows)
    if format == "moodle":
        files[folder / "questions.xml"] = f"{written(format, document(sheets))}\n"
    for path, text in files.items():  # all are made before the first is written
        path.parent.mkdir(parents=True, exist_ok=True)
        write_output(str(path), text)
    if alike := len(sheets) - len({sheet.givens for sheet in sheets}):
        said = f"{alike} of {len(sheets)} have the same numbers as another"
        typer.echo(f"{said}: more decimals in the worksheet give more to choose from", sys.stderr)
    typer.echo(f"{len(sheets)} exercises in {folder / 'exercises'}, keys in {folder / 'keys'}")
