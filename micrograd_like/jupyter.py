"""In Jupyter: ``%load_ext micrograd_like``, then ``%%worksheet`` marks a cell.

``check_notebook()`` marks the whole notebook one is in, from its file as it was last saved.
"""

from __future__ import annotations

import os
import sys
from os import PathLike
from pathlib import Path
from typing import Any, cast

from micrograd_like.errors import MicrogradLikeError, WorksheetError
from micrograd_like.marking import check
from micrograd_like.marking.records import Hint, Report
from micrograd_like.worksheet import Worksheet


def check_notebook(path: str | PathLike[str] | None = None, hint: Hint = "working") -> Report:
    """Mark a notebook; Jupyter shows the report as a table.

    Args:
        path: Its file; without one, the notebook in which this is called, as it was last saved.
        hint: How much is told of a wrong line: "line", "kind", "piece" or "working".

    Raises:
        WorksheetError: It is no notebook, or which one is meant is not known.
        OSError: It cannot be opened.
    """
    file = Path(path) if path is not None else _own_file()
    return check(Worksheet.read(file), file.name).hinted(hint)


def _own_file() -> Path:
    """The file of the notebook that runs this: Jupyter and Visual Studio Code name it."""
    main = sys.modules.get("__main__")
    named = getattr(main, "__vsc_ipynb_file__", None) or os.environ.get("JPY_SESSION_NAME")
    if named and Path(named).suffix == ".ipynb" and Path(named).exists():
        return Path(named)
    here = sorted(Path.cwd().glob("*.ipynb"))
    if len(here) == 1:
        return here[0]
    raise WorksheetError(
        "which notebook this is, is not known here: give its file, as in "
        "check_notebook('lesson.ipynb')"
    )


def load_ipython_extension(shell: Any) -> None:
    """Give a shell the magic ``%%worksheet``: what ``%load_ext micrograd_like`` calls."""
    shell.register_magic_function(worksheet_magic, "cell", "worksheet")


def worksheet_magic(line: str, cell: str) -> Report | None:
    """Mark the cell as a worksheet; behind ``%%worksheet`` may stand its format, as ``latex``.

    And ``--hint`` with "line", "kind", "piece" or "working": how much is told of a wrong line.
    Nothing in the cell is run.
    """
    format, _, hint = (part.strip() for part in line.partition("--hint"))
    try:
        report = check(Worksheet.parse(cell, format=format or None))
        return report.hinted(cast("Hint", hint or "working"))  # it says what it may be
    except (MicrogradLikeError, ValueError) as error:
        print(error, file=sys.stderr)
        return None
