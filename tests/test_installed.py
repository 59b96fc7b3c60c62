"""What must hold wherever the package is, in a folder with files of the user's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

OWN = "raise SystemExit('the user's own module was run')"
PROGRAM = """
import runpy, sys
from micrograd_like import Value
assert "digraph" in str((Value(2.0, "a") * 3).draw_dot())
assert "image/svg+xml" in Value(2.0)._repr_mimebundle_()
sys.argv = ["micrograd-like", "draw", "sheet.txt", "-o", "sheet.dot"]
runpy.run_module("micrograd_like", run_name="__main__")
"""


def run(folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    """Python there, which looks for modules in that folder first, and without HOME."""
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_users_own_visualize_is_not_taken_for_ours(tmp_path: Path) -> None:
    (tmp_path / "visualize.py").write_text(OWN, encoding="utf-8")
    (tmp_path / "sheet.txt").write_text("a = 2\nE = a^2\n", encoding="utf-8")
    done = run(tmp_path, PROGRAM)
    assert (done.returncode, done.stderr) == (0, "")
    assert "digraph" in (tmp_path / "sheet.dot").read_text(encoding="utf-8")


def test_one_that_is_imported_already_is_named(tmp_path: Path) -> None:
    (tmp_path / "visualize.py").write_text("", encoding="utf-8")
    done = run(
        tmp_path, "import visualize\nfrom micrograd_like import Value\nValue(1.0).draw_dot()"
    )
    assert "ImportError: expected the package 'visualize' that comes with" in done.stderr
    assert "visualize.py', which has the same name; rename it" in done.stderr
