"""Feeds worksheets that nobody would write to the reader and the marker.

It fails on anything but their errors. ``python tests/fuzz_worksheet.py --seconds 120 --seed 1``
"""

import argparse
import random
import sys
import time
from collections import Counter

from micrograd_like.errors import WorksheetError
from micrograd_like.exercises import generate
from micrograd_like.exercises.shapes import SHAPES
from micrograd_like.worksheet import Worksheet, builtin
from micrograd_like.worksheet.tokens.characters import decode
from micrograd_like.worksheet.vocabulary import FUNCTIONS

#: Seconds to read a worksheet, and to mark it: what there is to work out is counted.
SLOW, SLOW_TO_MARK = 2.0, 30.0

GOOD = """\
# a network by hand
x1 = 0.35
w1 = 0.1
w_5 = -1.5e-3
α = 1/2
a1 = x1·w1 + x1²(w5) = 0.035   # a comment
z1 = σ(a1) = 0.51
ŷ = max(z1, |a1|) - √(x1)
E = ½(ŷ − 0.5)^2 ≈ 0.059
∂E/∂ŷ = ŷ − 0.5
dE/dw1 = dE/dŷ * dŷ/dz1 *
    dz1/dw1
w1' = w1 − α·dE/dw1 = 0.1
a1′ = x1*w1'
```worksheet
k = 2^-x1^2 / 3.
```
"""
GOOD_TEX = r"""Given $x = 0.35$, $w_1 = 0.1$ and \(\hat{y} = \sigma(w_1 x)\):
\begin{align*}
z^{(1)} &= W^{[1]} x + b, \quad a_j^l = \sigma\left(z_j^l\right) \label{a} \tag{1} \\
&= \frac{1}{1 + e^{-z}} \approx 0.51 && \text{where } z = w_1 x
\end{align*}
$$\frac{\partial E}{\partial w_{ij}} = \sum_{k=1}^{n} \delta_k \cdot x_i, \qquad i \neq j$$
\[ f(x) = \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases} \]
$$M = \begin{bmatrix} 1 & \cdots \\ 3 & 4 \end{bmatrix}^\top \nabla_\theta J(\theta)$$
| $x^{(i)}$ | Value |
|---|---|
| `dE/dw = 2*x` | **$w \leftarrow w - \eta \frac{dE}{dw}$** |
"""
TEX = (
    *GOOD_TEX.split(),
    *(
        "{",
        "}",
        "$",
        "$$",
        r"\(",
        r"\)",
        r"\[",
        r"\]",
        "&",
        "&=",
        r"\\",
        "_",
        "^",
        "_{i}",
        "^{(l)}",
    ),
    *(r"\frac", r"\frac12", r"\partial", r"\sum_i", r"\prod", r"\sqrt[3]{x}", r"\hat", r"\bar{x}"),
    *(r"\left(", r"\right)", r"\left\{", r"\right.", r"\Big|_{x=1}", r"\lVert", r"\langle"),
    *(
        r"\text{if}",
        r"\mathbb{1}[y = k]",
        r"\mathbb{E}",
        r"\operatorname*{argmin}_w",
        r"\substack{i}",
    ),
    *(r"\underbrace{x}_{a}", r"\overset{!}{=}", r"\stackrel{d}{=}", r"\xrightarrow{f}", r"\odot"),
    *(r"\begin{align}", r"\end{align}", r"\begin{bmatrix}", r"\end{bmatrix}", r"\begin{cases}"),
    *(
        r"\newcommand{\a}[1]{#1^2}",
        r"\a{x}",
        r"\def\b{\a{y}}",
        r"\b",
        r"\color{red}",
        "{,}",
        "\n\n",
    ),
    *("x", "y", "w_1", "=", "+", "-", "0.5", "(", ")", "[", "]", "'", ",", ";", "...", "%", "~"),
)
TOKENS = (
    *GOOD.split(),
    *FUNCTIONS,
    *("+", "-", "*", "/", "^", "**", "=", "≈", "(", ")", "[", "]", "{", "}", "|", ",", "#"),
    *("'", "′", "ʹ", "ʹ", ".", ":", ":=", "∂", "√", "²", "⁻¹", "⁵", "₁", "½", "①", "×", "÷", "−"),
    *("\t", " ", "\n", "\r\n", "\r", "\x00", "\x1b[31m", "\u202e", "\ufeff", "\ud800"),
    *("0", "1", ".5", "5.", "1e308", "1e309", "1e-999", "0.0e999", "1.5e-320", "9e99999", "٣"),
    *("x", "y", "x1", "w_5", "__5", "ŷ", "Α", "é", "pi", "e", "漢", "😀", "dx/dy", "∂x/∂y", "dE"),
    *("dx1", "dx", "```", "```worksheet", "~~~"),
    *("Σ", "Σ_i", "x_i", "w_{1,1}", "w^{(1)}", "w⁺", "f(x) =", "f'(x)", "d²y/dx²", "∂/∂x", ";"),
    *("[1, 2]", "[[1, 2], [3, 4]]", "ᵀ", "⇒", "so", "←", "+=", "→", "25 %", "1,5", "np.exp", "…"),
    *("====", "│", "┌──", "✓", "65,536", "v*", "Σᵢ₌₁²", "σ²_w", "⊗", "a¹ =", "z¹₂", "e⁻⁰·⁵", "eᶻ"),
    *("For x = 2:", "x = [1, 2, 3]", "x = 3", "16 units +", " x ", "≥", "∫", "±", "log-odds"),
    *("if y = 0", "∇f", "q (of all) =", ". So"),
    *("∇", "‖", "x.grad", "(power rule)", "Step 1:", "if", "else", "\u2028", "\u2062", "а", "$"),
    '__import__("os")',
    "{0.__class__}",
    "%s%n",
)


def random_bytes(rng):
    return rng.randbytes(rng.choice((1, 10, 200)))


def random_characters(rng):
    limit = rng.choice((0x7F, 0x3FF, 0x2FFF, 0x10FFFF))
    return "".join(chr(rng.randint(1, limit)) for _ in range(rng.randint(1, 200)))


def random_tokens(rng):
    return rng.choice(("", " ")).join(rng.choices(TOKENS, k=rng.randint(1, 80)))


def statements(rng):
    """Lines that look like statements, their tokens taken at random."""
    lines = []
    for number in range(rng.randint(1, 12)):
        expression = " ".join(rng.choices(TOKENS, k=rng.randint(1, 6)))
        left = rng.choice((f"v{number}", "x", "∂x/∂v1", "dv1/dx", "x'"))
        lines.append(f"{left} = {expression}")
    return "\n".join(lines)


def mutated(rng):
    """A good worksheet with pieces taken out, doubled, exchanged and put in."""
    return changed(rng, GOOD)


def tex(rng):
    """Formulas in Markdown whose pieces are taken at random, or changed."""
    if rng.random() < 0.5:
        return changed(rng, GOOD_TEX, TEX)
    inside = " ".join(rng.choices(TEX, k=rng.randint(1, 30)))
    return rng.choice(("$$", "$", "")).join(("", inside, ""))


def changed(rng, text, tokens=TOKENS):
    for _ in range(rng.randint(1, 12)):
        start = rng.randrange(len(text) + 1)
        end = min(start + rng.choice((0, 1, 1, 3, 20)), len(text))
        start2 = rng.randrange(len(text) + 1)
        other = text[start2 : start2 + rng.randint(1, 20)]
        put = rng.choice(("", text[start:end] * 2, other, rng.choice(tokens)))
        text = text[:start] + put + text[end:]
    return text


def exchanged(rng):
    """A learner's or a built-in worksheet, its tokens and lines mixed up."""
    if rng.random() < 0.3:
        text = builtin.text(rng.choice(builtin.names()))
    else:
        shape = rng.choice([*SHAPES])
        text = generate(shape, seed=rng.randrange(10_000), form="slips", slips=1).text
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    for _ in range(rng.randint(0, 4)):
        place, other = (rng.randrange(len(lines)) for _ in range(2))
        match rng.randrange(4):
            case 0:  # two parts exchanged
                parts = lines[place].split(" = ")
                rng.shuffle(parts)
                lines[place] = " = ".join(parts)
            case 1:
                lines[place] = lines[other]
            case 2:
                lines[place], lines[other] = lines[other], lines[place]
            case 3:
                words = lines[place].split(" ")
                words[rng.randrange(len(words))] = rng.choice(lines[other].split(" "))
                lines[place] = " ".join(words)
    text = "\n".join(lines)
    return changed(rng, text) if rng.random() < 0.3 else text


def mutated_bytes(rng):
    data = bytearray(GOOD.encode(rng.choice(("utf-8", "utf-8-sig", "utf-16"))))
    for _ in range(rng.randint(1, 5)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)


def repeated(rng):
    """A few tokens again and again: what grows faster than its input shows here."""
    piece = rng.choice(("", " ", "\n")).join(
        rng.choices(rng.choice((TOKENS, TEX)), k=rng.randint(1, 4))
    )
    size = rng.choice((100, 1_000, 10_000, 50_000))
    return rng.choice(("", "x = ", "x = 1\n")) + piece * (size // max(len(piece), 1) + 1)


SOURCES = (
    random_bytes,
    random_characters,
    random_tokens,
    statements,
    mutated,
    exchanged,
    exchanged,
    tex,
    tex,
    mutated_bytes,
    repeated,
)


def feed(given, form):
    """Read what is given, print it, and read what was printed."""
    try:
        text = decode(given) if isinstance(given, bytes) else given
        sheet = Worksheet.parse(text, format=form)
    except WorksheetError:
        return "refused"
    for problem in sheet.problems:
        str(problem)
    repr(sheet)
    again = Worksheet.parse(str(sheet))
    # ∂A/∂B is a derivative whatever A and B are; written dA/dB it is one of known names.
    # What was read otherwise than it stands, or in doubt, is written as it was understood.
    plainly = all(s.parts and not (s.doubt or s.read_as) for s in sheet.statements)
    assert sheet.problems or not plainly or "∂" in text or again == sheet
    return sheet


def mark(sheet):
    report = sheet.check()
    assert [*map(str, [report, report.json(), report._repr_html_()])]
    # The elements of an array are one line together, counted from 1.
    lines = sum(statement.element < 2 for statement in sheet.statements)
    assert len(report.lines) == lines + len(sheet.unreadable)
    return "with problems" if sheet.problems else "read"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    counts = Counter()
    slowest = 0.0
    end = time.monotonic() + options.seconds
    case = 0
    while time.monotonic() < end:
        # A case of its own seed, so that it can be had again by itself. `repeated` is slow.
        rng = random.Random(f"{options.seed} {case}")
        source = SOURCES[-1] if case % 50 == 0 else rng.choice(SOURCES[:-1])
        given = source(rng)
        form = rng.choice(("markdown", "latex")) if source is tex or rng.random() < 0.1 else "text"
        start = time.process_time()
        try:
            outcome = feed(given, form)
            taken = time.process_time() - start
            if isinstance(outcome, Worksheet):
                outcome = mark(outcome)
        except Exception as error:
            print(f"case {case}, {source.__name__}: {type(error).__name__}: {error}")
            print(f"  {given[:2000]!a}")
            raise
        marked = time.process_time() - start
        slowest = max(slowest, marked)
        if taken > SLOW or marked > SLOW_TO_MARK:
            sys.exit(f"case {case}, {source.__name__}: {marked:.1f} s\n  {given[:200]!a}")
        counts[source.__name__, outcome] += 1
        case += 1
    for (name, outcome), number in sorted(counts.items()):
        print(f"{name:18} {outcome:14} {number:9,}")
    print(f"{case:,} worksheets, no failure; the slowest took {slowest:.2f} s")


if __name__ == "__main__":
    main()
