"""Put the documentation's pages together: what stands in docs/, and what is made of the program.

    python docs/site/build.py && mkdocs build -f docs/site/mkdocs.yml

The catalogue of causes and the table of operations are made of the causes and the operations
themselves, the reference of the docstrings. Links to files of the repository become links to pages.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from micrograd_like.marking.causes import CAUSES
from micrograd_like.marking.slips.mistakes import NETWORK
from micrograd_like.ops import OPS

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "build" / "docs" / "pages"

#: What each page of the reference is about, and the public names on it.
REFERENCE = {
    "engine": ("The engine", ["micrograd_like.engine.value.Value", "micrograd_like.engine"]),
    "nn": (
        "Networks, losses, optimisers, training",
        [
            "micrograd_like.nn",
            "micrograd_like.losses",
            "micrograd_like.optim",
            "micrograd_like.training",
        ],
    ),
    "marking": (
        "Worksheets, derivations, marking",
        [
            "micrograd_like.worksheet.sheet.Worksheet",
            "micrograd_like.derivation",
            "micrograd_like.marking",
            "micrograd_like.marking.records",
            "micrograd_like.exercises",
            "micrograd_like.writers.published",
        ],
    ),
    "visualize": ("Pictures and pages", ["visualize", "visualize.plots"]),
    "tape": ("The tape", ["micrograd_like.tape.program.Program", "micrograd_like.tape"]),
}

#: What a link in a document of the repository leads to on the site.
LINKS = (
    (re.compile(r"\]\(\.\./(visualize/gallery/[^)]+)\)"), r"](\1)"),
    (re.compile(r"\]\(\.\./(notebooks/[^)]+)\)"), r"](\1)"),
    (re.compile(r"\]\((?:\.\./)?CONTRIBUTING\.md(#[^)]*)?\)"), r"](contributing.md\1)"),
    (re.compile(r"\]\((?:\.\./)?CHANGELOG\.md\)"), r"](changelog.md)"),
    (re.compile(r"\]\(docs/([^)]+)\)"), r"](\1)"),
)


def main() -> None:
    """Write all pages anew."""
    shutil.rmtree(PAGES, ignore_errors=True)
    (PAGES / "api").mkdir(parents=True)
    for path in (ROOT / "docs").glob("*.*"):
        if path.suffix == ".md":
            write(path.name, linked(path.read_text(encoding="utf-8")))
        else:
            shutil.copy(path, PAGES)
    for name in ("CONTRIBUTING", "CHANGELOG"):
        text = (ROOT / f"{name}.md").read_text(encoding="utf-8")
        write(f"{name.lower()}.md", linked(text))
    write("causes.md", "\n".join(causes()))
    write("operations.md", "\n".join(operations()))
    for name, (title, modules) in REFERENCE.items():
        write(f"api/{name}.md", "\n".join(reference(title, modules)))
    shutil.copy(Path(__file__).with_name("site.css"), PAGES)
    shutil.copytree(ROOT / "visualize" / "gallery", PAGES / "visualize" / "gallery")
    shutil.copytree(ROOT / "notebooks", PAGES / "notebooks")


def write(name: str, text: str) -> None:
    """Write a page."""
    (PAGES / name).write_text(text.rstrip() + "\n", encoding="utf-8")


def linked(text: str) -> str:
    """A document with its links as they are on the site; files in it have plain fences."""
    for pattern, there in LINKS:
        text = pattern.sub(there, text)
    return re.sub(r"^```text file=(\S+)$", r'```text title="\1"', text, flags=re.MULTILINE)


def causes() -> Iterator[str]:
    """The catalogue of causes, each with an example and its right twin."""
    yield "# Causes of mistakes"
    yield ""
    yield f"{len(CAUSES)} causes are known. Of several that explain a line alike, the likeliest is"
    yield "named first; `micrograd-like check --causes` lists them. Where nothing else is said, the"
    yield "examples stand below this network:"
    yield f"\n```text\n{NETWORK.strip()}\n```\n"
    for cause in sorted(CAUSES, key=lambda cause: cause.code):
        yield f"## {cause.code}"
        yield ""
        yield cause.sentence
        yield ""
        example = cause.examples[0]
        above = "" if example.sheet == NETWORK else f"{example.sheet.strip()}\n"
        yield f"```text\n{above}✗ {example.wrong}\n✓ {example.right}\n```\n"


def operations() -> Iterator[str]:
    """The operation table, as the engine, the kernel, worksheets and pictures read it."""
    yield "# Operations"
    yield ""
    yield "Each is one row of a table, from which the engine, higher derivatives, the kernel in C,"
    yield "worksheets, LaTeX and the tests take it. `out` is the value itself."
    yield ""
    yield "| operation | value | derivatives | rule | defined where |"
    yield "|---|---|---|---|---|"
    for op in OPS.values():
        rules = [op.rule] if isinstance(op.rule, str) else op.rule
        partials = "<br>".join(f"`{partial}`" for partial in op.partials)
        inputs = ", ".join(op.signature.split())
        defined = f"`{op.domain}`" if op.domain else "everywhere"
        kink = f"; kink where `{op.kink}` is 0" if op.kink else ""
        cells = (
            f"`{op.name}({inputs})`",
            f"`{op.value}`",
            partials,
            ", ".join(dict.fromkeys(rules)),
        )
        yield (
            "| " + " | ".join(cell.replace("|", "\\|") for cell in (*cells, defined + kink)) + " |"
        )


def reference(title: str, modules: list[str]) -> Iterator[str]:
    """A page of the reference: public names, by their docstrings."""
    yield f"# {title}"
    for module in modules:
        yield f"\n::: {module}"


if __name__ == "__main__":
    main()
