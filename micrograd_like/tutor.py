"""A server of the Model Context Protocol: what a program that tutors asks of a checker.

Language models set calculations up well and carry them out unreliably. The tools take texts and
give what the command prints as JSON; nothing else is read, written, or run.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal

from micrograd_like.derivation.asked import asked_of
from micrograd_like.errors import MicrogradLikeError
from micrograd_like.exercises import generate
from micrograd_like.marking import check_text
from micrograd_like.marking.records import Hint
from micrograd_like.worksheet import Worksheet
from micrograd_like.writers.derivation import documents
from micrograd_like.writers.formats import written
from micrograd_like.writers.formats.json import finite
from micrograd_like.writers.published import WorksheetData

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

InputFormat = Literal["text", "markdown", "latex", "python", "notebook"]

_ABOUT = """Marks and works out hand calculations of derivatives: backpropagation, the chain rule,
gradient descent. A worksheet is a text with a statement a line, as people write it: `x = 2`,
`y = x^2 + 1 = 5`, `dy/dx = 2x = 4`, `w' = w - 0.1*dE/dw = 0.46`; or LaTeX, Markdown, a Python
program, or a notebook's JSON. Nothing in it is run. Verdicts are proofs: `wrong` is never a guess,
and `unchecked` says why nothing could be told."""


def check(
    worksheet: str,
    format: InputFormat | None = None,
    key: str = "",
    follow: float = 1.0,
    hint: Hint = "working",
) -> WorksheetData:
    """Mark a worksheet line by line: right, follows from an earlier slip, or wrong with its cause.

    Args:
        worksheet: The text.
        format: What it is written in; without it the content tells.
        key: The text of an assignment, to hold it against: points such as [2] at the ends of lines.
        follow: With a key, the share of points for what is right but for a slip further up.
        hint: How much is told of a wrong line: that it is wrong, the kind of slip, the piece of the
            line, or the right working too.
    """
    found: WorksheetData = finite(
        check_text(worksheet, format=format, key=key, follow=follow, hint=hint)
    )
    return found


def derive(
    worksheet: str, derivative: str, places: int = 4, format: InputFormat | None = None
) -> dict[str, Any]:
    """Work out a derivative of a worksheet: every factor, rule, number and path.

    Args:
        worksheet: The text, with the definitions.
        derivative: Such as dE/dw5.
        places: Decimals shown in ``text``; numbers are in full.
        format: What the worksheet is written in; without it the content tells.
    """
    found, doubts = asked_of(Worksheet.parse(worksheet, format=format), derivative)
    record = finite(documents(found, derivative, places).record())
    shown = written("text", documents(found, derivative, places))
    return {**record, "text": shown, "doubts": [*doubts]}


def draw(
    worksheet: str,
    path: str | None = None,
    picture: Literal["dot", "svg"] = "dot",
    format: InputFormat | None = None,
) -> str:
    """Draw the graph of a worksheet's cost: values, gradients, and every local derivative.

    Args:
        worksheet: The text, with the definitions.
        path: A derivative whose paths are shown, such as dE/dw1.
        picture: DOT, or SVG, which needs Graphviz.
        format: What the worksheet is written in; without it the content tells.
    """
    import visualize

    sheet = Worksheet.parse(worksheet, format=format)
    return visualize.render(sheet, picture, path=path).decode()


def exercise(
    shape: str,
    seed: int = 0,
    form: Literal["blank", "solved", "slips"] = "blank",
    slips: int = 1,
) -> dict[str, Any]:
    """Make a worksheet with new numbers: blank, solved, or with mistakes to be found.

    Args:
        shape: One of the shapes that ``micrograd-like exercise`` lists, such as 2-2-1, or in words,
            such as "3-2-1 relu" or "softmax 4".
        seed: Other numbers for every seed, the same for the same.
        form: What is made of it.
        slips: How many mistakes, 1 or 2, in the form "slips".
    """
    made = generate(shape, seed, form=form, slips=slips)
    return {"title": made.title, "worksheet": made.text, "planted": [*map(str, made.planted)]}


TOOLS: tuple[Callable[..., Any], ...] = (check, derive, draw, exercise)


def server() -> MCPServer:
    """The server with all tools.

    Raises:
        ModuleNotFoundError: The extra ``mcp`` is not installed.
    """
    from mcp.server.mcpserver import MCPServer

    made = MCPServer("micrograd-like", instructions=_ABOUT, version=version("micrograd-like"))
    for tool in TOOLS:
        made.add_tool(_told(tool))
    return made


def _told(tool: Callable[..., Any]) -> Callable[..., Any]:
    """The tool, which tells a client what is wrong with the input."""
    from mcp.server.mcpserver.exceptions import ToolError

    @wraps(tool)
    def telling(*arguments: Any, **named: Any) -> Any:
        try:
            return tool(*arguments, **named)
        except (MicrogradLikeError, ValueError) as error:
            raise ToolError(str(error)) from None

    return telling
