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

#: The folders and modules of the package, lowest first: one imports only from the rows above
#: its own. Between the modules of a folder there is no circle.
DIRECTIONS = (
    ("errors", "lazy"),
    ("formula",),
    ("ops",),
    ("notation",),
    ("engine",),
    ("tape",),
    ("graph", "losses", "nn", "optim"),
    ("training",),
    ("worksheet",),
    ("derivation", "exercises"),
    ("marking",),
    ("writers",),
    ("lessons",),
    ("stepper",),
    ("cli",),
    ("__init__",),
    ("__main__",),
)
#: The only arrows that run back up: a record or a Value that shows itself calls what writes it.
HOOKS = {
    ("engine.value", "writers"): "a notebook shows a Value as its graph",
    ("worksheet.sheet", "marking"): "Worksheet.check()",
    ("exercises.slips", "marking"): "what plants a cause stands in the cause's file",
    ("worksheet.sheet", "writers"): "a notebook shows a worksheet's lines",
    ("derivation.factors", "writers"): "a derivation's text, LaTeX, JSON and notebook display",
    ("marking.records", "writers"): "a report's text, JSON and notebook display",
}
LEVEL = {name: level for level, row in enumerate(DIRECTIONS) for name in row}


def modules(package: Path) -> dict[str, Path]:
    found = {}
    for path in package.rglob("*.py"):
        name = ".".join(path.relative_to(package).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = path
    return found


MODULES = modules(PACKAGE)


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


def imported(module: str) -> set[str]:
    """The package's own modules that a module of it imports."""
    names = {name.removeprefix("micrograd_like.") for name in imports(MODULES[module])}
    return names & MODULES.keys()


def room(module: str) -> str:
    return module.partition(".")[0]


def test_every_folder_has_its_row() -> None:
    assert {room(module) for module in MODULES} == set(LEVEL)


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down(module: str) -> None:
    for other in imported(module):
        if room(other) != room(module) and (module, room(other)) not in HOOKS:
            assert LEVEL[room(other)] < LEVEL[room(module)], f"{module} imports {other}"
    for name in imports(MODULES[module]):
        shows = module.startswith("cli.") or module == "writers.notebook"
        assert not name.startswith("visualize") or shows, f"{module} imports {name}"


def test_every_hook_is_used() -> None:
    used = {(module, room(other)) for module in MODULES for other in imported(module)}
    assert set(HOOKS) <= used


def test_there_is_no_circle_within_a_folder() -> None:
    below = {
        m: {o for o in imported(m) if room(o) == room(m) and o not in (m, room(m))} for m in MODULES
    }
    while free := {module for module, others in below.items() if not others}:
        below = {m: others - free for m, others in below.items() if m not in free}
    assert not below


@pytest.mark.parametrize(
    "module",
    [m for m in MODULES if LEVEL[room(m)] <= LEVEL["engine"] or m in ("nn", "losses", "optim")],
)
def test_the_engine_imports_only_the_standard_library(module: str) -> None:
    for name in imports(MODULES[module]):
        assert name.split(".")[0] in {*sys.stdlib_module_names, "micrograd_like"}


def test_exercises_know_nothing_of_the_marking_they_test() -> None:
    """They read the table of causes, for what plants each; no other module of the marking."""
    for module in MODULES:
        if room(module) == "exercises":
            allowed = {"marking.causes"} if module == "exercises.slips" else set()
            assert {name for name in imported(module) if room(name) == "marking"} == allowed


CAUSES = [module for module in MODULES if module.startswith("marking.causes.")]


@pytest.mark.parametrize("module", CAUSES)
def test_what_plants_a_cause_shares_no_judgement_with_what_finds_it(module: str) -> None:
    """In a cause's file the two call no function of each other, and planting none of marking."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    (record,) = (
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "MISTAKE"
    )
    assert isinstance(record, ast.Call)
    planter = [k.value for k in record.keywords if k.arg == "planter"]
    finder = [k.value for k in record.keywords if k.arg not in ("planter", "code")]
    planting, finding = reached(planter, tree), reached(finder, tree)
    assert not planting & finding & functions(tree).keys()
    of_marking = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and "marking" in (node.module or "")
        for alias in node.names
    }
    assert not planting & of_marking


def functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def reached(start: list[ast.expr], tree: ast.Module) -> set[str]:
    """The names used from here on, through the functions of the file."""
    defined = functions(tree)
    found: set[str] = set()
    stack: list[ast.AST] = [*start]
    while stack:
        names = {n.id for n in ast.walk(stack.pop()) if isinstance(n, ast.Name)}
        stack += [defined[name] for name in names - found if name in defined]
        found |= names
    return found


def test_pictures_compute_no_derivative() -> None:
    drawing = {n: p for n, p in modules(PICTURES).items() if room(n) not in ("gallery", "snapshot")}
    for path in drawing.values():  # the gallery makes what it has drawn
        assert not {n for n in imports(path) if n.endswith((".grad", ".derivation", ".numeric"))}
        source = path.read_text(encoding="utf-8")
        assert not {call for call in (".backward(", "grad(", "derive(") if call in source}


def test_no_file_of_tests_is_empty() -> None:
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        tests = [n for n in ast.parse(path.read_text(encoding="utf-8")).body if is_test(n)]
        assert tests, f"{path.name} holds no test"


def is_test(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name.lower().startswith("test")
