"""A copy of the packages, to which a test adds what somebody would add."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from command import Done

import micrograd_like
import visualize

#: One process for several commands: to begin takes longer than most of them.
_COMMANDS = """
import json, sys
from command import run
done = [run(*arguments, COLUMNS="100") for arguments in json.loads(sys.argv[1])]
json.dump([(one.returncode, one.stdout, one.stderr) for one in done], sys.stdout)
"""


def copy_packages(folder: Path) -> None:
    """Copy both, what is compiled of them too: a process that begins from nothing is slow."""
    for package in (micrograd_like, visualize):
        source = Path(str(package.__file__)).parent
        shutil.copytree(source, folder / source.name)


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What a fresh interpreter does with the copy in the folder."""
    environment = {
        "PYTHONPATH": os.pathsep.join((str(folder), str(Path(__file__).parent))),
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


def commands(folder: Path, *each: Sequence[str]) -> list[Done]:
    """How each of these commands ends with the copy in the folder."""
    done = python(folder, "-c", _COMMANDS, json.dumps(each))
    assert done.returncode == 0, done.stderr
    return [Done(code, out.encode(), err) for code, out, err in json.loads(done.stdout)]
