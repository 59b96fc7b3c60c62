"""Commands of the lessons: example, and lessons, whose options are the lessons' own settings."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from micrograd_like.cli.shared import (
    INTERRUPTED,
    STDOUT,
    LessonFormat,
    Places,
    app,
    check_output,
    coloured,
    page,
    reported,
    say,
    say_list,
    write_output,
)

if TYPE_CHECKING:
    from micrograd_like.lessons.pictures import Picture
    from micrograd_like.lessons.registry import Option


#: The costs the worked example can be done with.
CostName = Literal["half-squared", "log10", "cross-entropy"]
LessonFormatOption = Annotated[
    LessonFormat,
    typer.Option(help="How to print it; worksheet: its calculation, for check to read."),
]
Plot = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        show_default=False,
        help="Draw it: a .svg or .png file; - prints the SVG alone.",
    ),
]
Columns = Annotated[
    int, typer.Option(min=1, max=4, help="Pictures side by side; 2 suits a wide screen.")
]


@app.command()
def example(
    cost: Annotated[
        CostName | None,
        typer.Option(
            help="half-squared (the default): ½(ŷ − y)²; log10: −log10 ŷ; cross-entropy: −ln ŷ.",
            show_default=False,
        ),
    ] = None,
    set: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=NUMBER",
            show_default=False,
            help="Another number: x1, x2, y, alpha, w1 … w6; can be repeated.",
        ),
    ] = None,
    alpha: Annotated[
        float | None, typer.Option(show_default=False, help="The learning rate, 0.2 by default.")
    ] = None,
    steps: Annotated[
        int, typer.Option(min=1, max=100_000, help="Updates with the same example.")
    ] = 1,
    as_published: Annotated[
        bool,
        typer.Option(
            "--as-published",
            help="Repeat the class's own arithmetic, each wrong statement beside the truth.",
        ),
    ] = False,
    places: Places = 2,
    format: LessonFormatOption = "text",
    plot: Plot = None,
    columns: Columns = 1,
) -> None:
    """Work the 2-2-1 example by hand: forward, every derivative, update, forward again.

    A network with two inputs, two hidden neurons and one output is given one example.

    Each line says: what is computed = its formula = the numbers put in = the result.

    For instance: micrograd-like example --set x1=1 --alpha 0.5 --steps 1000 --plot steps.svg
    """
    own = {"--cost": cost, "--set": set, "--alpha": alpha, "--plot": plot}
    own["--steps"] = steps if steps != 1 else None
    if as_published:
        if given := [option for option, value in own.items() if value is not None]:
            raise typer.BadParameter(
                f"the published run has its own; leave out {given[0]} or --as-published",
                param_hint=given[0],
            )
        with reported():
            _published(places, format)
        return
    with reported():
        changed = _changed(set or [], alpha)
        _worked(cost or "half-squared", changed, steps, places, format, plot, columns)


def _changed(set: list[str], alpha: float | None) -> dict[str, float]:
    """The numbers of ``--set`` and ``--alpha`` by name.

    Raises:
        LessonError: Something else than NAME=NUMBER, or a name twice.
    """
    from micrograd_like.errors import LessonError
    from micrograd_like.notation import letters_named, typed

    changed = {} if alpha is None else {"alpha": alpha}
    for assignment in set:
        name, sign, number = (part.strip() for part in assignment.partition("="))
        try:
            value = typed(number)
        except ValueError:
            sign = ""
        if not sign:
            raise LessonError(f"--set: expected NAME=NUMBER, such as w5=0.4, got {assignment!r}")
        name = letters_named(name)
        if name in changed:
            raise LessonError(f"{name} is set twice: expected one number for it")
        changed[name] = value
    return changed


def _published(places: int, format: LessonFormat) -> None:
    """Print the class's own run."""
    from micrograd_like.lessons.office_hours import as_published, words
    from micrograd_like.worksheet import builtin

    sheet = builtin.text("office-hours-as-published")
    say(words.published_document(as_published(), places, sheet), format)


def _worked(
    cost: CostName,
    changed: dict[str, float],
    steps: int,
    places: int,
    format: LessonFormat,
    plot: str | None,
    columns: int,
) -> None:
    """Print the calculation, and draw it if asked to."""
    from micrograd_like.lessons.office_hours import repeated, words, worked_example
    from micrograd_like.lessons.worksheets import worksheet

    worked = worked_example(cost, changed)
    check_output(plot)
    done = repeated.repeated(steps, cost, changed)
    if plot is not None:
        _draw(repeated.pictures(done, cost, changed), plot, columns)
    if plot != STDOUT:
        sheet = worksheet("The worked 2-2-1 example", worked.given, worked.sections)
        say(words.example_document(worked, done, places, sheet), format)


class _LessonsGroup(TyperGroup):
    """The lessons as subcommands, each loaded when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of lessons, then of worksheets."""
        from micrograd_like.lessons import catalogue
        from micrograd_like.worksheet import builtin

        return [*catalogue.lessons(), *builtin.names()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The subcommand of a lesson or of a worksheet."""
        from micrograd_like.worksheet import builtin

        run = _worksheet(cmd_name) if cmd_name in builtin.names() else _lesson(cmd_name)
        single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        single.command(cmd_name)(run)
        return typer.main.get_command(single)


lessons_app = typer.Typer(
    cls=_LessonsGroup,
    invoke_without_command=True,
    subcommand_metavar="[NAME] [SETTINGS]",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(lessons_app, name="lessons")


@lessons_app.callback()
def lessons(context: typer.Context) -> None:
    """List the lessons, or run one: a calculation that courses do by hand, done by the graph.

    Built-in worksheets are listed too; any command takes their names for a FILE.

    What can be set in a lesson: micrograd-like lessons NAME --help

    For instance: micrograd-like lessons xor --hidden 2 --plot xor.svg
    """
    from micrograd_like.lessons import catalogue
    from micrograd_like.worksheet import builtin

    if context.invoked_subcommand is None:
        say_list(catalogue.listing(), "Lessons, run by: micrograd-like lessons NAME")
        typer.echo()
        worksheets = {name: builtin.title(name) for name in builtin.names()}
        say_list(worksheets, "Worksheets, to be named wherever a command takes a FILE:")


def _worksheet(name: str) -> Callable[..., None]:
    """The subcommand that shows a built-in worksheet."""
    from micrograd_like.lessons import catalogue
    from micrograd_like.worksheet import builtin

    def show(format: _SheetFormatOption = "text") -> None:
        if format == "worksheet":
            typer.echo(builtin.text(name).rstrip())
            return
        typer.echo(f"{page().paint('bold', builtin.title(name))}\n", color=coloured())
        typer.echo(catalogue.uses(name))

    show.__doc__ = builtin.title(name)
    return show


_SheetFormatOption = Annotated[
    Literal["text", "worksheet"], typer.Option(help="worksheet: its lines alone, for a file.")
]


def _lesson(name: str) -> Callable[..., None]:
    """The subcommand of a lesson: an option for each of its settings, and the common ones."""
    from micrograd_like.lessons import catalogue

    with reported():
        lesson = catalogue.load(name)

    def run(format: LessonFormat, plot: str | None, columns: int, **given: Any) -> None:
        chosen = {option: value for option, value in given.items() if value is not None}
        with reported():
            _run(name, chosen, format, plot, columns)

    run.__doc__ = f"{lesson.title}"
    settings = [_parameter(option) for option in lesson.options.values()]
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            *settings,
            _keyword("format", LessonFormatOption, "text"),
            _keyword("plot", Plot, None),
            _keyword("columns", Columns, 1),
        ]
    )
    run.__annotations__ = {p.name: p.annotation for p in run.__signature__.parameters.values()}  # type: ignore[attr-defined]
    return run


def _keyword(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, annotation=annotation, default=default)


def _parameter(option: Option) -> inspect.Parameter:
    """A setting as an option of the command: unset it is None, and the lesson's default holds.

    The range stands in the help; it is checked where the lesson takes its settings.
    """
    kind = str if option.choices else option.type
    unset = f"default: {option.default}"
    limits = "; ".join(filter(None, (option.range, unset)))
    declared = typer.Option(option.flag, show_default=False, help=f"{option.help} ({limits})")
    return _keyword(option.name, Annotated[kind | None, declared], None)


def _draw(pictures: Sequence[Picture], plot: str, columns: int) -> None:
    """Draw the pictures into a file, or print them as SVG."""
    from visualize import plots

    if plot == STDOUT:
        write_output(plot, plots.drawn(pictures, "svg", columns))
    else:
        plots.save(pictures, plot, columns)


def _run(
    name: str, given: dict[str, Any], format: LessonFormat, plot: str | None, columns: int
) -> None:
    """Run a lesson, draw it if asked to, and print it."""
    from micrograd_like.errors import LessonError
    from micrograd_like.lessons import catalogue

    check_output(plot)
    if plot not in (None, STDOUT):
        from visualize import plots

        plots.check_path(plot)
    outcome = catalogue.run(name, given)
    if plot is not None:
        if not outcome.pictures:
            raise LessonError(f"--plot: the lesson {name} has nothing to draw")
        _draw(outcome.pictures, plot, columns)
    if plot != STDOUT:
        say(catalogue.document(name, given, outcome), format)
    if outcome.interrupted:
        raise typer.Exit(INTERRUPTED)
