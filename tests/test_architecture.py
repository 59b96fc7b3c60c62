"""Imports point one way, and the engine needs nothing but the standard library."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import micrograd_like
import visualize

PACKAGE = Path(micrograd_like.__file__).parent
PICTURES = Path(visualize.__file__).parent

#: The folders and modules of the package, lowest first: one imports only from the rows above
#: its own.
DIRECTIONS = (
    ("errors", "files", "lazy", "record"),
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
    ("jupyter", "tutor"),
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
#: Tables of files: each imports every module of a folder, whatever its name.
TABLES = {
    "marking.causes": "marking.causes",
    "lessons.catalogue": "lessons.course",
    "writers.formats": "writers.formats",
    "worksheet.readers": "worksheet.readers",
}
LEVEL = {name: level for level, row in enumerate(DIRECTIONS) for name in row}


def modules(package: Path) -> dict[str, Path]:
    """The file of each module; a package's own is its name, and ``__init__`` at the top."""
    found = {}
    for path in package.rglob("*.py"):
        name = ".".join(path.relative_to(package).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = path
    return found


MODULES = modules(PACKAGE)
DRAWING = modules(PICTURES)
#: The modules of both packages, by their whole names.
ALL = {
    f"{package.name}.{name}".removesuffix(".__init__"): path
    for package, files in ((PACKAGE, MODULES), (PICTURES, DRAWING))
    for name, path in files.items()
}


@cache
def imports(path: Path) -> set[str]:
    """Names of the modules imported, save for those only the type checker imports.

    What a package loads when it is asked for stands in the stub beside it.
    """
    names = imported_by(ast.parse(path.read_text(encoding="utf-8")))
    stub = path.with_suffix(".pyi")
    if path.name == "__init__.py" and stub.exists():
        names |= imported_by(ast.parse(stub.read_text(encoding="utf-8")))
    return names


def imported_by(tree: ast.Module) -> set[str]:
    names = set()
    for node in statements(tree.body):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: expected the module's whole name"
            members = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= members
            if not members <= ALL.keys():  # something of the module itself
                names.add(str(node.module))
    return names


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """These and all within them, but for what only the type checker reads; no expressions."""
    for node in body:
        yield node
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            yield from statements(node.orelse)
            continue
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            yield from statements(getattr(node, field, []))


def imported(module: str) -> set[str]:
    """The package's own modules that a module of it imports."""
    names = {name.removeprefix("micrograd_like.") for name in imports(MODULES[module])}
    return names & MODULES.keys()


def room(module: str) -> str:
    return module.partition(".")[0]


def test_every_folder_has_its_row() -> None:
    assert {room(module) for module in MODULES} == set(LEVEL)


def test_the_house_in_contributing_is_this_one() -> None:
    """Its picture has the rows from the roof down, without the package's own front doors."""
    text = (Path(__file__).parent.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    drawn = text.partition("## The house")[2].split("```")[1].strip().splitlines()
    rows = [tuple(sorted(re.split(" {2,}", line)[0].split())) for line in drawn]
    doors = [("__init__",), ("__main__",)]
    assert [*reversed(rows), *doors] == [tuple(sorted(row)) for row in DIRECTIONS]


def test_imports_point_down() -> None:
    up = [
        f"{module} imports {other}"
        for module in MODULES
        for other in imported(module)
        if room(other) != room(module)
        and (module, room(other)) not in HOOKS
        and LEVEL[room(other)] >= LEVEL[room(module)]
    ]
    assert not up


def test_who_imports_the_drawing() -> None:
    drawing = {m for m in MODULES if any(n.startswith("visualize") for n in imports(MODULES[m]))}
    assert {m for m in drawing if not m.startswith("cli.")} == {"tutor", "writers.notebook"}


def test_every_hook_is_used() -> None:
    used = {(module, room(other)) for module in MODULES for other in imported(module)}
    assert set(HOOKS) <= used


def test_there_is_no_circle() -> None:
    """Not between any two modules of the two packages, once the hooks are taken away."""
    below = {name: (imports(path) & ALL.keys()) - {name} for name, path in ALL.items()}
    for module, folder in HOOKS:
        below[f"micrograd_like.{module}"] -= within(f"micrograd_like.{folder}")
    for module, folder in TABLES.items():
        name = f"micrograd_like.{module}"
        below[name] |= within(f"micrograd_like.{folder}") - {name}
    list(TopologicalSorter(below).static_order())  # a CycleError names the modules of the circle


@pytest.mark.parametrize("within_room", sorted({room(module) for module in MODULES}))
def test_the_folders_of_a_room_have_an_order(within_room: str) -> None:
    """A room's folders and the modules beside them: no two need each other."""
    below: dict[str, set[str]] = {}
    for module in MODULES:
        if room(module) == within_room and "." in module:
            others = {o for o in imported(module) if room(o) == within_room and "." in o}
            mine = module.split(".")[1]
            below.setdefault(mine, set()).update({o.split(".")[1] for o in others} - {mine})
    list(TopologicalSorter(below).static_order())


def within(folder: str) -> set[str]:
    return {name for name in ALL if f"{name}.".startswith(f"{folder}.")}


def test_no_other_import_is_made_of_a_string() -> None:
    """What is imported by a name put together at run time, no test of directions sees."""
    dynamic = {"micrograd_like.lazy"} | {f"micrograd_like.{name}" for name in TABLES}
    found = {
        name
        for name, path in ALL.items()
        if re.search(r"import_module|__import__", path.read_text(encoding="utf-8"))
    }
    assert found == dynamic


#: Rooms above the engine that need nothing else either.
STANDARD = ("nn", "losses", "optim")


@pytest.mark.parametrize(
    "module",
    [m for m in MODULES if LEVEL[room(m)] <= LEVEL["engine"] or room(m) in STANDARD],
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


#: The modules of the reader that may use regular expressions, and on what.
PATTERNS = {
    "worksheet.tokens.characters": "lines and fences",
    "worksheet.tokens.lexer": "tokens",
    "worksheet.tokens.spelling": "a name by itself",
    "worksheet.tokens.openings": "the kinds of tokens",
    "worksheet.readers.text": "comments, where nothing else is read",
    "worksheet.readers.latex": "what no formula stands in; what a LaTeX document is known by",
    "worksheet.readers.markdown": "the same of Markdown; what stands before a statement",
    "worksheet.sources.exported": "code between words: its fences and marks, and what prints write",
    "worksheet.tex.document": "where formulas begin, and what ends them",
    "worksheet.tex.own_macros": "what defines a macro, before there are pieces",
    "worksheet.tex.pieces": "pieces of TeX",
}


def test_the_reader_takes_text_apart_in_its_lexer() -> None:
    """All behind it reads tokens: a pattern over text there would be a second grammar."""
    rooms = {module for module in MODULES if room(module) == "worksheet"}
    assert {module for module in rooms if "re" in imports(MODULES[module])} == set(PATTERNS)


def test_pictures_compute_no_derivative() -> None:
    drawing = {n: p for n, p in DRAWING.items() if room(n) not in ("gallery", "snapshot")}
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
