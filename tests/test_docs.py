"""What the documents show is what the program does."""

from __future__ import annotations

import asyncio
import doctest
import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest
from command import run
from jupyter_client.manager import AsyncKernelManager
from notebook_outputs import NOTEBOOKS, executed, told

import micrograd_like
import visualize

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def console_blocks() -> list[tuple[str, list[str]]]:
    """(command, the parts of its output between the dots) of every console block."""
    blocks = []
    for block in re.findall(r"```console\n\$ (.*?)```", README, re.DOTALL):
        command, _, output = block.partition("\n")
        blocks.append((command, [part.strip("\n") for part in output.split("…\n")]))
    return blocks


@pytest.mark.parametrize(("command", "parts"), console_blocks(), ids=lambda x: str(x)[:40])
def test_readme_output_is_what_the_command_prints(command: str, parts: list[str]) -> None:
    program, *arguments = shlex.split(command)
    assert program == "micrograd-like"
    result = run(*arguments)
    slips = command == "micrograd-like check office-hours-as-published"
    assert result.returncode == (1 if slips else 0)
    assert_shown("…\n".join(f"{part}\n" for part in parts), result.stdout)


def assert_shown(shown: str, printed: str) -> None:
    """What is shown between dots is printed, in this order."""
    place = 0
    for part in shown.split("…\n"):
        found = printed.find(part.strip("\n"), place)
        assert found >= 0, f"not printed, or not in this order:\n{part}"
        place = found + len(part.strip("\n"))


def test_readme_python_does_what_it_shows() -> None:
    blocks = re.findall(r"```python\n(>>>.*?)```", README, re.DOTALL)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "README", "README.md", 0)
    assert len(test.examples) > 10
    runner = doctest.DocTestRunner()
    assert runner.run(test).failed == 0


#: Documents whose files, commands and Python are tried as they stand.
TRIED = [
    path for path in sorted((ROOT / "docs").glob("*.md")) if "file=" in path.read_text("utf-8")
]


@pytest.mark.parametrize("path", TRIED, ids=lambda path: path.stem)
def test_a_documents_files_and_commands_do_what_it_shows(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = path.read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name, said in re.findall(r"```text file=(\S+)\n(.*?)```", text, re.DOTALL):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(said, encoding="utf-8")
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
            program, *arguments = shlex.split(command)
            assert program == "micrograd-like"
            done = run(*arguments)
            assert done.returncode in (0, 1), (command, done.stderr)
            assert_shown(output, done.stdout)
    test = doctest.DocTestParser().get_doctest(text, {}, path.name, str(path), 0)
    assert doctest.DocTestRunner().run(test).failed == 0


INSTALLED = Path(micrograd_like.__file__).parent.parent
MODULES = {
    ".".join(path.relative_to(INSTALLED).with_suffix("").parts).removesuffix(".__init__"): path
    for package in (micrograd_like, visualize)
    for path in sorted(Path(str(package.__file__)).parent.rglob("*.py"))
    if path.stem != "__main__"
}
#: What needs the extra ``scale``, which the suite does not.
EXTRAS = {"micrograd_like.tape.blockwise": "dask", "micrograd_like.tape.in_jax": "jax"}


def test_every_module_can_be_imported() -> None:
    for name in MODULES:
        if name not in EXTRAS or find_spec(EXTRAS[name]):
            import_module(name)


@pytest.mark.parametrize(
    "name", [name for name, path in MODULES.items() if ">>>" in path.read_text(encoding="utf-8")]
)
def test_docstring_examples_hold(name: str) -> None:
    assert doctest.testmod(import_module(name)).failed == 0


@pytest.fixture(scope="module")
def kernel() -> Iterator[AsyncKernelManager]:
    """One for all notebooks: to start one, and to import everything, takes longer than most."""
    manager = AsyncKernelManager(kernel_name="python3")
    yield manager
    asyncio.run(manager.shutdown_kernel(now=True))


#: They train for long; what they call is tested with less where lessons are.
TRAINS = ("07-vanishing-gradients", "08-digits")


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=pytest.mark.slow) if path.stem in TRAINS else path
        for path in NOTEBOOKS
    ],
    ids=lambda path: path.stem,
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_notebooks_run_and_show_what_they_kept(path: Path, kernel: AsyncKernelManager) -> None:
    kept = nbformat.read(path, as_version=4).cells
    for place, (before, after) in enumerate(zip(kept, executed(path, kernel), strict=True)):
        renew = f"cell {place} displays something else: make notebooks"
        assert told(after) == told(before), renew
        assert before.cell_type != "code" or before.outputs or "=" in before.source
