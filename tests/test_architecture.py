"""Imports point one way, and the engine needs nothing but the standard library."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import micrograd_like
import visualize

PACKAGE = Path(micrograd_like.__file__).parent
PICTURES = Path(visualize.__file__).parent

#: Every module, lowest first; a module may import only from the rows above its own.
DIRECTIONS = (
    ("errors",),
    ("formula", "order"),
    ("ops",),
    ("codegen", "notation", "pickling"),
    ("engine",),
    ("tape", "tape.array_source", "tape.c_source", "tape.nodes", "tape.rows"),
    ("tape.kernel_source", "tape.numbering", "tape.differentiate", "tape.steps"),
    ("tape.arrays", "tape.grouping", "tape.in_jax", "tape.lowering", "tape.native"),
    ("tape.diagnosis", "tape.schedule"),
    ("tape.program", "tape.blockwise"),
    ("tape.compiling",),
    ("build", "graph", "losses", "nn", "optim", "numeric"),
    ("training.data", "training.files", "training.records"),
    ("training.bar", "training.objective"),
    ("training.checkpoint",),
    ("training.flow", "training.loop"),
    ("training",),
    ("syntax",),
    ("display", "steps"),
    ("worksheet",),
    ("exercises.shapes",),
    ("exercises.task", "exercises.misreckoned"),
    ("exercises.places", "exercises.solve"),
    ("exercises.slips",),
    ("exercises.plant",),
    ("exercises",),
    ("blocks", "lessons", "lessons.builtin", "lessons.office_hours"),
    ("derivation", "render", "render.lesson", "predict", "walk"),
    ("lessons.catalogue", "lessons.matrices", "lessons.outcome"),
    ("lessons.classes", "lessons.matrix_form", "lessons.one_neuron", "lessons.xor"),
    ("lessons.hidden_errors",),
    ("render.step", "marking.records", "marking.truth", "snapshot.records"),
    ("snapshot.neurons",),
    ("snapshot",),
    ("marking.shape",),
    ("marking.updates",),
    ("marking.facts",),
    ("marking.hand",),
    ("marking.claim",),
    ("marking.causes",),
    ("marking.diagnosis", "marking.judge"),
    ("marking.marker",),
    ("marking", "render.marks"),
    ("stepper_app",),
    ("stepper",),
    ("cli",),
    ("cli.shared",),
    ("cli.pictures", "cli.working"),
    ("cli.checking",),
    ("__init__", "cli.program"),
    ("__main__",),
)
#: Methods for convenience, whose module is loaded when they are called.
UPWARD = {
    ("worksheet", "marking"),
    ("marking.records", "render.marks"),
    ("tape.program", "tape.blockwise"),
}
LEVEL = {module: level for level, row in enumerate(DIRECTIONS) for module in row}


def modules(package: Path) -> dict[str, Path]:
    found = {}
    for path in package.rglob("*.py"):
        name = ".".join(path.relative_to(package).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = path
    return found


def imports(path: Path) -> set[str]:
    """Names of the modules imported, save for those only the type checker imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    names = set()
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_every_module_has_its_row() -> None:
    assert set(modules(PACKAGE)) == set(LEVEL)


@pytest.mark.parametrize("module", LEVEL)
def test_imports_point_down(module: str) -> None:
    for name in imports(modules(PACKAGE)[module]):
        short = name.removeprefix("micrograd_like.")
        if short != name and short in LEVEL:
            down = LEVEL[short] < LEVEL[module]
            assert down or (module, short) in UPWARD, f"{module} imports {short}"
        assert not name.startswith("visualize") or module.startswith("cli.") or module == "display"


@pytest.mark.parametrize(
    "module", [m for m in LEVEL if LEVEL[m] <= LEVEL["engine"] or m in ("nn", "losses", "optim")]
)
def test_the_engine_imports_only_the_standard_library(module: str) -> None:
    for name in imports(modules(PACKAGE)[module]):
        assert name.split(".")[0] in {*sys.stdlib_module_names, "micrograd_like"}


def test_exercises_know_nothing_of_the_marking_they_test() -> None:
    for module, path in modules(PACKAGE).items():
        if module.startswith("exercises"):
            assert not {name for name in imports(path) if "marking" in name}


def test_pictures_compute_no_derivative() -> None:
    drawing = {n: p for n, p in modules(PICTURES).items() if not n.startswith("gallery")}
    for path in drawing.values():  # the gallery makes what it has drawn
        assert not {n for n in imports(path) if n.endswith((".grad", ".derivation", ".numeric"))}
        source = path.read_text(encoding="utf-8")
        assert not {call for call in (".backward(", "grad(", "derive(") if call in source}
