"""LaTeX and Markdown: each notation means what the same means in the language of worksheets."""

from __future__ import annotations

import math
import random
import re
from pathlib import Path

import pytest
from command import run
from sampled import sampled

from micrograd_like.errors import WorksheetError
from micrograd_like.exercises import generate
from micrograd_like.exercises.shapes import SHAPES
from micrograd_like.worksheet import Worksheet
from micrograd_like.worksheet.readers import format_of

#: Names that most cases use; a line of Markdown that is a statement is read as one.
GIVEN = "x = 3\ny = 5\nw = 0.5\nx1 = 1\nx2 = 2\nw1 = 3\nw2 = 4\nE = w*x\nz = x^2\n"
PAGE = (Path(__file__).parent.parent / "docs" / "latex.md").read_text(encoding="utf-8")


def rows(columns: int) -> list[tuple[str, ...]]:
    """The rows of the page's tables that have so many columns."""
    lines = (line for line in PAGE.splitlines() if line.startswith("| `"))
    cells = (re.split(r"(?<!\\)\|", line)[1:-1] for line in lines)
    plain = ([c.replace(r"\|", "|").replace(" ⏎ ", "\n").strip() for c in row] for row in cells)
    return [tuple(cell.strip("`") for cell in row) for row in plain if len(row) == columns]


def formula(latex: str) -> Worksheet:
    """A document with GIVEN and one formula."""
    return Worksheet.parse(f"{GIVEN}\n$$\n{latex}\n$$\n", format="markdown")


@pytest.mark.parametrize(("latex", "text"), rows(2))
def test_a_notation_is_what_the_worksheet_has(latex: str, text: str) -> None:
    found, wanted = formula(latex), Worksheet.parse(f"{GIVEN}\n\n{text}", format="text")
    assert not found.problems, str(found.problems[0])
    assert [str(s) for s in found.statements[9:]] == [str(s) for s in wanted.statements[9:]]
    assert found.statements == wanted.statements
    assert len(found.statements) > 9


@pytest.mark.parametrize(("latex", "column", "message"), rows(3))
def test_what_is_not_understood_is_refused_with_its_place(
    latex: str, column: str, message: str
) -> None:
    sheet = formula(latex)
    (problem,) = sheet.problems
    assert message in problem.message
    assert (problem.line, problem.column) == (12, int(column))
    assert len(sheet.statements) == 9  # not half of it


@pytest.mark.parametrize(("latex", "line", "verdict", "reason"), rows(4))
def test_what_is_not_worked_out_is_unchecked_and_says_why(
    latex: str, line: str, verdict: str, reason: str
) -> None:
    mark = formula(latex).check().lines[8 + int(line)]
    assert mark.verdict == verdict
    assert reason in str(mark.problem)


@pytest.mark.parametrize(
    "document",
    [
        "Let $a = 2$ and $b = 3a$.",
        "Let \\(a = 2\\) and \\(b = 3a\\).",
        "# Given\n\n- **Input:** $a = 2$\n- $b = 3a$",
        "$$a = 2$$\n\nso\n\n$$\nb = 3a\n$$",
        "\\[\na = 2\n\\]\n\\[\nb = 3a\n\\]",
        "\\begin{align*}\na &= 2 \\\\\nb &= 3a\n\\end{align*}",
        "$$\\begin{aligned} a &= 2 \\\\ b &= 3a \\end{aligned}$$",
        "\\begin{equation}\na = 2\n\\end{equation}\n\n$b = 3a$",
        "a = 2\n\n$b = 3a$",
        "- **Input:** a = 2\n\n$b = 3a$",
        "| | $a = 2$ |\n|---|---|\n| $b = 3a$ | |",
        # Backslashes lost in copying.
        "* Input ( a = 2 )\n\n[\nb = 3a\n]",
        "* with ( \\hat{c} = 1 ), ( a = 2 )\n\n[\nb = 3a\n]",
        # Code, links, pictures and money hold nothing.
        "```python\nc = 3\n```\n`d = 4` costs $5, see [e = 5](http://f=6)\n\n$a = 2$ and $b = 3a$",
        "The loss is \\$5. $a = 2$, $b = 3a$",
        # What is said under a condition, or to be wrong, is no claim.
        "$a = 2$. $b = 3a$. If $x = 1$, then $b = 5$. A common mistake is $b = 4a$.",
    ],
)
def test_documents(document: str) -> None:
    sheet = Worksheet.parse(document, format="markdown")
    assert not sheet.problems, str(sheet.problems[0])
    stated = [str(s) for s in sheet.statements if str(s.left) in ("a", "b", "c", "d", "e", "x")]
    assert [s for s in stated if s[0] in "ab"] == ["a = 2", "b = 3*a"]


@pytest.mark.parametrize(
    ("table", "plainly"),
    [
        ("| Symbol | Value |\n|---|---|\n| $x$ | 2 |\n| $w_{1}$ | $-0.5$ |", "x = 2 / w1 = -0.5"),
        ("| $a$ | $b$ |\n|:--|--:|\n| 1 | 0.5 |", "a = 1 / b = 0.5"),
        ("| Symbol | Value | From |\n|---|---|---|\n| w₁ | 0.5 | the first |", "w1 = 0.5"),
        ("| $i$ | $x^{(i)}$ | $t_i$ |\n|---|---|---|\n| 1 | 0.5 | 0 |\n| 2 | 1.5 | 1 |",
         "x^(1) = 0.5 / t1 = 0 / x^(2) = 1.5 / t2 = 1"),
        # Of what a number is under another heading, a table does not say enough.
        ("| Weight | Formula | Gradient |\n|---|---|---|\n| $w_1$ | $d x$ | 0.1 |", ""),
        ("| Weight | Gradient |\n|---|---|\n| $w_1$ | 0.1 |", ""),
        ("| Method | Value |\n|---|---|\n| Analytic | 0.1 |", ""),
        ("| $a$ | $b$ |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |", ""),
        ("| $a$ |\n| 1 |", ""),
        ("| Symbol | Wert |\n|---|---|\n| $x$ | 2 |", "x = 2"),
        ("| Parámetro | Valor |\n|---|---|\n| eta | **0.1** |", "eta = 0.1"),
        ("| Slope | Value |\n|---|---|\n| $\\partial L/\\partial w$ | -3 |", "dL/dw = -3"),
    ],
)  # fmt: skip
def test_tables_of_values(table: str, plainly: str) -> None:
    sheet = Worksheet.parse(f"Values:\n\n{table}\n\nand then", format="markdown")
    assert not sheet.problems
    assert " / ".join(map(str, sheet.statements)) == plainly


@pytest.mark.parametrize(
    ("lines", "table", "plainly"),
    [
        ("$\\frac{\\partial L}{\\partial w_1} = 3$ and $\\frac{\\partial L}{\\partial w_2} = 4$",
         "| Weight | Gradient | Note |\n|---|---|---|\n| $w_1$ | 3 | 7 |\n| w₂ | **5** | 7 |",
         "dL/dw1 = 3 / dL/dw2 = 5"),
        ("$w = 3$, $w \\leftarrow w - 1$", "| Peso | Nuevo valor |\n|---|---|\n| w | 2 |", "w = 2"),
        ("$w_{\\text{new}} = 2$", "| Weight | New value |\n|---|---|\n| w | 2 |", "w_new = 2"),
        # What is said nowhere else, or of two quantities, is not taken up again.
        ("$\\frac{\\partial L}{\\partial w} = 3$", "| | Gradient |\n|---|---|\n| b | 3 |", ""),
        ("$w = 3$", "| | New value |\n|---|---|\n| w | 4 |", ""),
        ("$\\frac{\\partial L}{\\partial w} = 3$, $\\frac{\\partial M}{\\partial w} = 3$",
         "| | Gradient |\n|---|---|\n| w | 3 |", ""),
    ],
)  # fmt: skip
def test_a_table_that_sums_up_says_again_what_stands_above(
    lines: str, table: str, plainly: str
) -> None:
    sheet = Worksheet.parse(f"{lines}\n\n{table}", format="markdown")
    assert not sheet.problems
    assert " / ".join(str(s) for s in sheet.statements if s.line > 2) == plainly


@pytest.mark.parametrize(
    ("text", "plainly"),
    [
        # One of the two backslashes at the end of a row was lost;
        ("$$\n\\begin{aligned}\na &= 1 \\\nb &= 2 \\ \n\\end{aligned}\n$$", "a = 1 / b = 2"),
        ("$$v = \\begin{bmatrix}\n1 \\\n2\n\\end{bmatrix}$$", "v1 = 1 / v2 = 2"),
        # … pictures, keys, ticks and points of arrows stand before a line;
        ("🔹 a = 1\n2️⃣ b = 2\n✅ c = 3\n➤ d = 4\n• e1 = 5\n\n$f = 6$",
         "a = 1 / b = 2 / c = 3 / d = 4 / e1 = 5 / f = 6"),
        ("1️⃣ a = 1\n➤ b = 2", "a = 1 / b = 2"),
        # … and a derivative may begin one.
        ("- ∂L/∂w₁ = 2\n\n$a = 1$", "dL/dw1 = 2 / a = 1"),
        # Where commas are decimal signs, one in a bracket behind a function or a factor is, too.
        ("$x = 0{,}5$, $q = \\tanh(0,5) + 2(0,25 - x)$", "x = 0.5 / q = tanh(0.5) + 2*(0.25 - x)"),
        ("$x = 0{,}5$ and $v = (1,2)$", "x = 0.5 / v1 = 1 / v2 = 2"),
        # What is said under a condition, or to be wrong, in other languages;
        ("$a = 1$. Si $x = 1$, alors $b = 5$. Wenn $x = 2$, dann $b = 6$.", "a = 1"),
        ("如果 $x = 1$，则 $b = 5$。所以 $a = 1$", "a = 1"),
        ("Un error común es $b = 5$; un errore comune è $b = 5$", ""),
        # … words like these that only come before what is so.
        ("Si ottiene $a = 1$, se obtiene $b = 2$, der Fehler ist $E = 3$", "a = 1 / b = 2 / E = 3"),
    ],
)  # fmt: skip
def test_copies_pictures_and_languages(text: str, plainly: str) -> None:
    sheet = Worksheet.parse(text)
    assert not sheet.unreadable, str(sheet.unreadable[0])
    assert " / ".join(map(str, sheet.statements)) == plainly


@pytest.mark.parametrize(
    ("text", "plainly"),
    [
        # A heading or a line in bold may end in what a function is,
        ("**Example 1: doubling, f(t) = 2t**\n\n- f(3) = 6", "2*t = 2*t / 2*3 = 6"),
        # … a line may go on with the one above, and stand in marks of code;
        ("- `q = 2 * 3`\n  `= 6`", "q = 2*3 = 6"),
        ("`loss.backward()`, `x = f(a=1)`\n\n`self.q = 2`", ""),
        # … and a backslash may keep a sign from being one of Markdown.
        ("* **v** = \\[1, 2]", "v1 = 1 / v2 = 2"),
        ("Gradient = 0.5 \\* (-60)", "Gradient = 0.5*(-60)"),
        ("$p = \\sigma(0) \\in (0, 1)$", "p = sigmoid(0)"),
        ("$\\partial w = 2$ and $q = 3 \\partial w$", "dw = 2 / q = 3*dw"),
        ("$a = 3$, $q = \\|a\\| \\|a\\|$", "a = 3 / q = abs(a)*abs(a)"),
        ("$P(y \\mid x) = 0.5$, $q = 2 P(y \\mid x)$", "P_y_x = 0.5 / q = 2*P_y_x"),
        ("$E[g^2]_0 = 2$", "Egsq0 = 2"),
        (
            "learning rate = 0.1\n\n$q = 1 - \\text{learning rate} \\cdot 2$",
            "learning_rate = 0.1 / q = 1 - learning_rate*2",
        ),
        ("$q = 2 \\quad \\text{(Activation, e.g., Sigmoid)}$", "q = 2"),
        ("$x = 3$, $q = \\gamma ||x - 1||^2$", "x = 3 / q = gamma*abs(x - 1)^2"),
        ("$ŷ = 2$ and $q = 3 ŷ$", "yhat = 2 / q = 3*yhat"),
        # An inline formula that ends in = goes on with the value right behind it.
        ("$q = 1 + 1 =$ $2$", "q = 1 + 1 = 2"),
        ("$q = 1 + 1 =$ **2.0**, see below", "q = 1 + 1 = 2.0"),
        ("$E_y1 = 2$", "E_y1 = 2"),
        ("$s \\; {+}{=}\\; 2$", "s = 2"),
        ("since $q = 0.5 > 0$", "q = 0.5"),
        ("for $i = 1, \\dots, m$ and $q = 1$", "q = 1"),
        ("$v = [0., 1.]$ and $q = 2.$", "v1 = 0 / v2 = 1 / q = 2"),
        ("\\[\\begin{aligned} a &= 1 \\\\[4pt] b &= 2 \\end{aligned}\\]", "a = 1 / b = 2"),
        # A number right before a letter with marks is its factor, as before any other letter,
        ("$\\beta_1 = 3$, $q = 2\\beta_1 = 6$", "beta1 = 3 / q = 2*beta1 = 6"),
        ("$\\hat{y} = 3$, $q = 2\\hat{y} = 6$", "yhat = 3 / q = 2*yhat = 6"),
        ("$\\delta2 = 3$, $q = 2\\delta2 = 6$", "delta2 = 3 / q = 2*delta2 = 6"),
        # … and a wide blank parts two statements.
        ("$q = 2 \\quad \\beta = 3$", "q = 2 / beta = 3"),
        # What one differentiates by bears no power; elsewhere a letter above may be one.
        (
            "$\\frac{\\partial C}{\\partial W^o} = 2$, $q = 3 W^o$",
            "dC/dW^(o) = 2 / q = 3*W^(o)",
        ),
        ("$n = 2$, $\\frac{\\partial x^n}{\\partial x} = n x$", "n = 2 / d(x^n)/dx = n*x"),
        # The logistic function, written without its argument.
        (
            "$\\sigma = \\frac{1}{1 + e^{-x}}$ and $h = \\sigma (0)$",
            "sigma = 1/(1 + e^(-x)) / h = sigmoid(0)",
        ),
        # What f is elsewhere is not known.
        ("$f(z) = 2$ and $q = f([1, 2])$", "f = 2 / q"),
        ("$`q = 0.5`$ and $`-\\log 0.5 = 0.693`$", "q = 0.5 / -log(0.5) = 0.693"),
        ("$v_{x1 \\to h} = 2$ and $q = v_{x1 \\to h}$", "v_x1h = 2 / q = v_x1h"),
        ("[\nz = [2,;1]\n]\n\n* ( \\hat{y} = 1 )", "z1 = 2 / z2 = 1 / yhat = 1"),
    ],
)
def test_manners_of_writing(text: str, plainly: str) -> None:
    sheet = Worksheet.parse(text, format="markdown")
    assert not sheet.unreadable, str(sheet.unreadable[0])
    assert " / ".join(map(str, sheet.statements)) == plainly


@pytest.mark.parametrize(
    ("text", "plainly"),
    [
        ("```\nw = 0.5\ny = 3w  (the output)\n```\n\n~~~text\nE = y^2\n~~~",
         "w = 0.5 / y = 3*w / E = y^2"),
        ("With $w = 2$:\n```\ny = w^2\n```\nand $dy/dw = 2w$", "w = 2 / y = w^2 / dy/dw = 2*w"),
        ("- `E = (a - t)^2`, so\n  - `dE/da = 2*(a - t)`", "E = (a - t)^2 / dE/da = 2*(a - t)"),
        # Where no formula is set, what is typed between the words is read as in a plain text.
        ("## Case\n- Given x = 2, w = 3\n- So **y = w\\*x = 6**, and y\\_new = 2\\*y = 12",
         "x = 2 / w = 3 / y = w*x = 6 / y_new = 2*y = 12"),
        ("一层：y = w x 是\ny = w x\n\n| a | b |\n|---|---|\n| c | d |", "y = w*x / y = w*x"),
        # A number for a name of the formulas is given, where nothing else, and no other, is.
        ("With `x = 2`, `w_1 = -0.5`, `n = 7`: $z = w_1 x$", "x = 2 / w1 = -0.5 / z = w1*x"),
        ("Try `x = 2` or `x = 3`: $z = 4x$", "z = 4*x"),
        ("Here $x = 5$, and not `x = 2`: $z = 4x$", "x = 5 / z = 4*x"),
        # A program without its language is one; beside it, spans may be of anything.
        ("```\nimport numpy as np\nw = 0.5\ny = 3*w\n```\nTry `w = y`.", "w = 0.5 / y = 3*w"),
        # What is of another language, or only a setting, claims nothing.
        ('```json\n{"w": 0.5}\n```\n```bash\nw=3\n```\nwith `w = 3`, `$x = 2$`, not `w = x`', ""),
    ],
)  # fmt: skip
def test_fences_and_spans(text: str, plainly: str) -> None:
    sheet = Worksheet.parse(text, format="markdown")
    assert not sheet.unreadable, str(sheet.unreadable[0])
    assert " / ".join(map(str, sheet.statements)) == plainly


@pytest.mark.parametrize(
    ("heading", "verdict"),
    [
        ("## A worked example", "right"),
        ("### Exercise 2", "right"),
        ("## Beispiel 2", "right"),
        ("\\section{Examples}", "right"),
        ("## Backward pass", "wrong"),  # of the same network: y is what it was
        ("An example:", "wrong"),
    ],
)
def test_a_heading_of_an_example_begins_another_problem(heading: str, verdict: str) -> None:
    text = f"$y = 3x$\n\n{heading}\n\n$x = 2$ and $y = 2x = 4$."
    format = "latex" if heading.startswith("\\") else "markdown"
    assert Worksheet.parse(text, format=format).check().lines[-1].verdict == verdict


def test_a_slip_between_fences_is_found_where_it_stands() -> None:
    text = "Forward:\n```\nz = 3*w; E = z^2\n```\nBackward:\n```\ndE/dz = 2*z\ndE/dw = 2*z\n```"
    marks = [(line.place.line, line.verdict) for line in Worksheet.parse(text).check().lines]
    assert marks == [(3, "taken"), (3, "taken"), (7, "right"), (8, "wrong")]


def test_what_is_passed_over_is_counted() -> None:
    sheet = Worksheet.parse("$a = 2$. If $x = 1$ and $x > 0$, then $b = 5$. Not $a = 3$.")
    assert sheet.told == (
        "3 relations are passed over: behind words such as 'if', 'not', 'instead of', or one-sided",
    )
    assert Worksheet.parse("Let $a = 2$.").told == ()


def test_a_formula_goes_on_with_the_display_above_and_never_with_an_inline_given() -> None:
    text = "$$q = 2 + 3$$\nwith $m = 3$\n$$= 5$$"
    assert [str(s) for s in Worksheet.parse(text).statements] == ["q = 2 + 3", "m = 3", "q = 5"]


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("$$q = \\foo$$\n$$= 5$$\n$$r = q$$", ["q", ""]),  # the rest of a chain with it
        ("the value is $= 0.5$, so $r = 1$", []),
        ("$a = \\frac{1}{2$ and $b = 2$", ["a"]),
    ],
)
def test_what_could_not_be_read_defines_nothing(text: str, unread: list[str]) -> None:
    sheet = Worksheet.parse(text)
    assert [problem.name for problem in sheet.unreadable] == unread
    verdicts = {line.source: line.verdict for line in sheet.check().lines}
    assert "wrong" not in verdicts.values()


def test_places_are_those_of_the_document() -> None:
    text = "# Title\n\nThe loss: $L = \\frac{1}{2}(\\hat{y} - y)^2$.\n"
    (statement,) = Worksheet.parse(text).statements
    assert statement.source == r"L = \frac{1}{2}(\hat{y} - y)^2"
    assert (statement.line, statement.column, statement.place.end) == (3, 12, 42)
    (part,) = statement.parts
    line = text.split("\n")[2]
    assert line[part.place.column - 1 : part.place.end - 1] == r"\frac{1}{2}(\hat{y} - y)^2"
    shown = {name: line[p.column - 1 : p.end - 1].strip() for name, p in part.names.items()}
    assert shown == {"yhat": r"\hat{y}", "y": "y"}


@pytest.mark.parametrize(
    ("name", "text", "format"),
    [
        ("notes.md", "x = 1", "markdown"),
        ("notes.tex", "x = 1", "latex"),
        ("notes.txt", "$x = 1$", "markdown"),
        ("notes.txt", "x = 1  # cost: $1", "text"),
        ("notes", "x = 1", "text"),
        ("", "so $x = 1$", "markdown"),
        ("", "\\[ x = 1 \\]", "markdown"),
        ("", "\\documentclass{article}\n$x = 1$", "latex"),
        ("", "x = 1  # costs 5$", "text"),
    ],
)
def test_a_format_is_told_by_the_name_else_by_the_content(
    name: str, text: str, format: str
) -> None:
    assert format_of(text, Path(name).suffix) == format


def test_a_format_that_is_none_is_refused_with_those_there_are() -> None:
    with pytest.raises(WorksheetError, match=r"a format among .*markdown.*; got 'word'"):
        Worksheet.parse("x = 1", format="word")


def test_a_latex_document() -> None:
    text = (
        "\\documentclass{article}\n\\begin{document}\n% $a = 1$\n\\section{Forward}\n"
        "Let $a = 2$.\n\\begin{verbatim}\n$c = 3$\n\\end{verbatim}\n"
        "\\begin{align}\n b &= 3a \\label{eq:b} \\\\ % = 7\n   &= 6 \\nonumber\n\\end{align}\n"
        "\\end{document}\n"
    )
    assert [str(s) for s in Worksheet.parse(text).statements] == ["a = 2", "b = 3*a = 6"]


#: What a worksheet's line becomes in LaTeX, one after the other.
DIALECT = (
    (r"d([A-Za-z]+\d*'*)/d([A-Za-z]+\d*'*)", r"\\frac{\\partial \1}{\\partial \2}"),
    (r"([A-Za-z])hat", r"\\hat{\1}"),
    (r"\b(alpha|eta|lambda|theta)\b", r"\\\1"),
    (r"\b(sigmoid)\(", r"\\sigma("),
    (r"\b(exp|ln|log10|sin|cos|tanh|max)\(", r"\\\1("),
    (r"(?<=[A-Za-z}])(\d+)(?![\d.])", r"_{\1}"),
    (r"\*", r" \\cdot "),
    (r"\^(-?\w+)", r"^{\1}"),
)


def in_latex(line: str) -> str:
    """A line of an exercise as people write it in LaTeX."""
    for pattern, put in DIALECT:
        line = re.sub(pattern, put, line)
    return f"$${line}$$"


@pytest.mark.parametrize("shape", sampled(SHAPES, every=4))
def test_an_exercise_in_latex_has_the_verdicts_of_the_worksheet(shape: str) -> None:
    made = generate(shape, 3, 4, "slips").text
    plain = Worksheet.parse(made, format="text")
    lines = [line.partition("#")[0].strip() for line in made.splitlines()]
    latex = Worksheet.parse("\n".join(in_latex(line) if line else "" for line in lines))
    assert [str(s) for s in latex.statements] == [str(s) for s in plain.statements]
    verdicts = [[line.verdict for line in sheet.check().lines] for sheet in (latex, plain)]
    assert verdicts[0] == verdicts[1]
    assert "wrong" in verdicts[0]


def test_a_template_with_an_unknown_name_is_marked_without_a_traceback() -> None:
    text = r"""$x_1 = 1$, $x_3 = 8$
        $$\sigma^2 = \frac{9 + 1 + 16}{3} = $$
        $$\sigma = \sqrt{8.6667} \approx 2.9439$$
        $L = 0.2(-1.0286) + 0.4(2.5381) \approx 0.8105$
        $\frac{\partial L}{\partial \hat{x}_3} = 0.4 \times 1.5 = 0.6$
        $$\frac{\partial L}{\partial x_i} =
        \frac{1}{N\sigma}\left(N\frac{\partial L}{\partial \hat{x}_i}
        - \hat{x}_i \sum_j \frac{\partial L}{\partial \hat{x}_j}\hat{x}_j\right)$$"""
    assert Worksheet.parse(text).check().lines


PIECES = [
    *("x", "y", "w_1", "\\hat{y}", "=", "=", "\\frac", "{", "}", "{", "}", "(", ")", "[", "]", "^"),
    *("_", "'", "&", "\\\\", "\\left(", "\\right)", "\\partial", "\\begin{bmatrix}", "$", "$$"),
    *("\\end{bmatrix}", "\\begin{align}", "\\end{align}", "\\text{where }", "\\sum_i", "\\sqrt"),
    *("\\nabla_w", "\\sigma", "\\foo", "d", "2", "0.5", "+", "-", "\\cdot", "\\Big|", "|", "\n"),
    *("\n\n", "\\(", "\\)", "\\[", "\\]", "```", "**", ",", "\\quad", "\\langle", "\\rangle"),
    *("\\begin{cases}", "\\end{cases}", "\\hat", "\\mathbf", "\\log", "\\tag", "%", "~", "σ", "²"),
]


def test_random_pieces_are_read_or_refused() -> None:
    chance = random.Random(7)
    for _ in range(800):
        joint = chance.choice(["", " "])
        inside = joint.join(chance.choices(PIECES, k=chance.randint(1, 25)))
        for text in (inside, f"$${inside}$$", f"\\documentclass{{a}}$$x = {inside}$$"):
            for problem in Worksheet.parse(text).problems:
                assert str(problem).replace("\n", "").isprintable()


@pytest.mark.parametrize(
    "text",
    [
        "$$x = " + "\\frac{1}{" * 2_000 + "2" + "}" * 2_000 + "$$",
        "$f() = t$ and $f(t) = 1$",
        "$x = \\frac.52$",
        "$$x = " + "{" * 5_000 + "2" + "}" * 5_000 + "$$",
        "$$x = " + "\\left(" * 3_000 + "2" + "\\right)" * 3_000 + "$$",
        "$$x = " + "\\hat{" * 3_000 + "y" + "}" * 3_000 + "$$",
        "$$x = " + "\\frac{dy}{d\\frac{1}{" * 1_000 + "$$",
        "\\[" * 30_000,
        "$$" * 30_001,
        "$x = 1$ " * 2_000,
        "\\begin{align}" * 5_000,
        "[\n" * 4_000,
        "( x = 1 ) " * 1_000 + "\\hat{y}",
        "(" * 50_000 + "\\hat{y}",
        "$$x" + "_{1" * 5_000 + "$$",
        "$$" + "\\begin{bmatrix} 1 " * 1_500 + "$$",
    ],
    ids=lambda text: text[:24],
)
def test_a_deep_or_large_document_is_read_or_refused(text: str) -> None:
    Worksheet.parse(text)  # ends, without a traceback


WRONG = r"""$a = \sigma(wx)$

$$\frac{\partial a}{\partial w} = a(1 - a)$$
"""


def test_the_right_working_is_in_latex_where_the_line_is() -> None:
    report = Worksheet.parse(WRONG).check()
    text = " ".join(str(report).split())
    assert r"right: \frac{\partial a}{\partial w} = a \cdot \left(1 - a\right) \cdot x" in text
    plain = str(Worksheet.parse("a = sigmoid(w*x)\nda/dw = a*(1 - a)").check())
    assert "right: ∂a/∂w = a · (1 − a) · x" in plain


def test_formulas_are_rendered_and_text_stays_as_it_was_typed() -> None:
    page = Worksheet.parse(WRONG).check()._repr_html_()
    assert page.count("<math") == 3  # two lines and a working
    assert "\\frac" not in page
    assert (
        "<code>a = sigmoid(w*x)</code>" in Worksheet.parse("a = sigmoid(w*x)").check()._repr_html_()
    )


def test_rows_and_what_stands_between_formulas_are_rendered_as_one() -> None:
    text = (
        "$x = 2$\n\n$$\\begin{align} a &= x^2 \\\\ &= 4 \\end{align}$$\n\n"
        "$$v = \\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\end{bmatrix}$$"
    )
    page = Worksheet.parse(text, format="markdown").check()._repr_html_()
    assert "<code>" not in page
    assert page.count("<mtr>") == 2  # the matrix' rows, and none of the alignment


def test_a_wrong_formula_without_numbers_is_shown_some() -> None:
    (line,) = (x for x in Worksheet.parse(WRONG).check().lines if x.verdict == "wrong")
    assert line.sample is not None
    at = {str(name): value for name, value in line.sample.at}
    a = 1 / (1 + math.exp(-at["w"] * at["x"]))
    assert line.sample.yours == pytest.approx(a * (1 - a))
    assert line.sample.right == pytest.approx(a * (1 - a) * at["x"])
    numbers = Worksheet.parse("$x = 2$, $w = 0.5$\n\n" + WRONG).check()
    assert all(line.sample is None for line in numbers.lines)  # there the working has numbers


OWN_MACROS = r"""
\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}
\newcommand\loss{L}
\def\yhat{\hat{y}}
\DeclareMathOperator{\relu}{ReLU}
\renewcommand{\half}{\frac{1}
{2}}

$\yhat = wx$, $h = \relu(x)$

$\loss = \half (\yhat - y)^2$

$\pd{\loss}{w} = (\yhat - y) x$

$\pd \loss \yhat = \yhat - y$
"""


def test_macros_that_a_document_defines_are_put_in() -> None:
    sheet = Worksheet.parse(OWN_MACROS)
    assert not sheet.unreadable
    assert [(line.line, line.verdict) for line in sheet.check().lines] == [
        *((9, "taken"), (9, "taken"), (11, "taken"), (13, "right"), (15, "right"))
    ]
    assert "\\pd" in sheet.told[0]


@pytest.mark.parametrize(
    "broken",
    [
        r"\newcommand{\a}{\a \a} $q = \a$",  # of itself
        r"\newcommand{\b}[2]{#1 #3} $q = \b{x}{y}$",  # an argument that is none
        r"\newcommand{\c}[1]{#1} $q = \c$",  # without its argument
        r"\newcommand{\d}{x $q = \d$",  # without its end
        r"\def\e#1{\e{#1#1}} $q = \e{x}$",  # longer and longer
    ],
)
def test_macros_that_cannot_be_put_in_harm_nobody(broken: str) -> None:
    sheet = Worksheet.parse(f"$x = 2$, $y = 3$\n\n{broken}\n\n$z = x y$", format="markdown")
    assert [str(s) for s in sheet.statements if s.line in (1, 5)] == ["x = 2", "y = 3", "z = x*y"]


@pytest.mark.parametrize("text", ["$q = \\frac{x$", "$q = x}$", "$q = (x$", "$q = \\foo x$"])
def test_what_is_broken_is_told_with_its_place_and_the_rest_is_read(text: str) -> None:
    sheet = Worksheet.parse(f"$x = 2$\n\n{text}\n\n$z = x^2 = 4$", format="markdown")
    (problem,) = sheet.unreadable
    assert problem.line == 3
    assert "expected" in problem.message or "not read" in problem.message
    assert sheet.check().lines[-1].verdict == "right"


def test_what_is_passed_over_is_listed_where_somebody_asks(tmp_path: Path) -> None:
    text = "Let $a = 2$.\n\nIf $x = 1$, then it is not\n$b = 5$.\n"
    assert [p.line for p in Worksheet.parse(text).passed] == [3, 4]
    (tmp_path / "notes.md").write_text(text, encoding="utf-8")
    listed = run("check", "--verbose", str(tmp_path / "notes.md")).stdout
    assert "passed over, line 4: $b = 5$." in listed
    assert "line 4" not in run("check", str(tmp_path / "notes.md")).stdout
