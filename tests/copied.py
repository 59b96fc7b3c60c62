"""A copy of the packages, to which a test adds what somebody would add."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import micrograd_like
import visualize


def copy_packages(folder: Path) -> None:
    """Copy both, what is compiled of them too: a process that begins from nothing is slow."""
    for package in (micrograd_like, visualize):
        source = Path(str(package.__file__)).parent
        shutil.copytree(source, folder / source.name)


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What a fresh interpreter does with the copy in the folder."""
    environment = {
        "PYTHONPATH": str(folder),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "",
        "COLUMNS": "100",
    }
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **environment},
        cwd=folder,
        timeout=120,
        check=False,
    )
