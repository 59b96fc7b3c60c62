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


#: The README and what stands in docs/.
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a document's console blocks, its output with dots for what is not shown."""
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        yield from re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_does_what_it_shows(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files are written, its commands and its Python run, in their order, in a fresh folder."""
    text = path.read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name, said in re.findall(r"```text file=(\S+)\n(.*?)```", text, re.DOTALL):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(said, encoding="utf-8")
    for command, output in commands(text):
        program, *arguments = shlex.split(command)
        if not Path(arguments[-1]).exists() and arguments[-1].endswith(".ipynb"):
            continue  # a learner's own
        assert program == "micrograd-like"
        done = run(*arguments)
        assert done.returncode in (0, 1), (command, done.stderr)
        assert_shown(output, done.stdout)
    blocks = "\n".join(re.findall(r"```python\n(>>>.*?)```", text, re.DOTALL))
    test = doctest.DocTestParser().get_doctest(blocks, {}, path.name, str(path), 0)
    assert doctest.DocTestRunner().run(test).failed == 0


def test_what_is_shown_is_not_nothing() -> None:
    """The test above has something to find."""
    texts = [path.read_text(encoding="utf-8") for path in DOCUMENTS]
    assert sum(len([*commands(text)]) for text in texts) >= 10
    assert sum(text.count("\n>>> ") for text in texts) >= 100


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_links_lead_somewhere(path: Path) -> None:
    """Files that are linked are there, with the headings that are linked in them."""
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", path.read_text(encoding="utf-8")):
        name, _, heading = target.partition("#")
        if name.startswith(("api/", "causes.md", "operations.md", "contributing.md")):
            continue  # made by `make docs`, which checks links to them
        file = (path.parent / name) if name else path
        assert file.exists(), target
        if heading and file.suffix == ".md":
            heads = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in map(_anchor, heads), target


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def assert_shown(shown: str, printed: str) -> None:
    """What is shown between dots is printed, in this order."""
    place = 0
    for part in shown.split("…\n"):
        found = printed.find(part.strip("\n"), place)
        assert found >= 0, f"not printed, or not in this order:\n{part}"
        place = found + len(part.strip("\n"))


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
TRAINS = ("06-training-xor-and-moons", "07-vanishing-gradients", "08-digits")


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
