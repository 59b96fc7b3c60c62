"""The notebooks: run, and what their cells display, in words.

``python tests/notebook_outputs.py [FILE ...]`` renews what they keep.
"""

from __future__ import annotations

import asyncio
import re
import sys
from html.parser import HTMLParser
from itertools import count
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


class Words(HTMLParser):
    """The text of a page, without its styles and scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.inside = tag

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside not in ("style", "script"):
            self.found += data.split()


def told(cell: nbformat.NotebookNode) -> list[str]:
    """What a cell displays in words; of a training run without its numbers.

    Rounding differs between processors, and grows from one update to the next: how many epochs
    a run takes, and which seeds it gets stuck with, is no property of the program.
    """
    if "training" not in cell.metadata.get("tags", ()):
        return shown(cell)
    words = [re.sub(r"[-−]?\d[\d.e+-]*|stuck|learnt", "#", text) for text in shown(cell)]
    return [" ".join(text.split()) for text in words]


def shown(cell: nbformat.NotebookNode) -> list[str]:
    """What a cell displays in words, with numbers cut to the digits every platform agrees on."""
    texts = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        texts.append(output.get("text") or data["text/plain"])
        texts.append(" ".join(Words(data.get("text/html", "")).found))
    return [re.sub(r"-?\d+\.\d+(?:e[+-]?\d+)?", rounded, text) for text in texts]


def rounded(match: re.Match[str]) -> str:
    number = float(match.group())
    return "0" if abs(number) < 1e-12 else f"{number:.9g}"


def executed(path: Path, kernel: AsyncKernelManager) -> list[nbformat.NotebookNode]:
    """The cells of a notebook once they have run."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell("%reset -f"))  # nothing of another's names
    client = NotebookClient(
        notebook,
        km=kernel,
        timeout=300,
        coalesce_streams=True,
        record_timing=False,
        # Not in the checkout's own folder, whose package has no kernel built in it.
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    client.kc.stop_channels()
    cells: list[nbformat.NotebookNode] = notebook.cells[1:]
    return cells


def renew(path: Path, kernel: AsyncKernelManager) -> None:
    """Write what the cells display into the notebook."""
    notebook = nbformat.read(path, as_version=4)
    numbers = count(1)
    for kept, run in zip(notebook.cells, executed(path, kernel), strict=True):
        if kept.cell_type == "code":
            kept.outputs, kept.execution_count = run.outputs, next(numbers)
            for output in kept.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = kept.execution_count
    nbformat.write(notebook, path)


def main(paths: list[Path]) -> None:
    """Renew notebooks, all of them if none is named."""
    kernel = AsyncKernelManager(kernel_name="python3")
    for path in paths or NOTEBOOKS:
        renew(path, kernel)
    asyncio.run(kernel.shutdown_kernel(now=True))


if __name__ == "__main__":
    main([*map(Path, sys.argv[1:])])
