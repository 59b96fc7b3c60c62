"""The playground as a folder of files, for any static host: what ``make site`` builds.

npm's packages are those of the lockfile; the Python packages are those installed here, but for
NumPy, which npm does not have for a browser: ``web/playground/arrays.py`` stands in for it. The
first example is worked out beforehand, so that it is there before Python is.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import micrograd_like
from visualize.playground import answer

SOURCES = Path(__file__).parent / "web" / "playground"
#: The worksheet that is there at first.
FIRST = "office-hours-as-published"
#: Python packages that the page needs, and what of them it does not.
_PACKAGES = {
    "micrograd-like": ("micrograd_like", ("cli", "stepper", "tape", "lessons", "jupyter")),
    "mpmath": ("mpmath", ("tests",)),
    "jinja2": ("jinja2", ()),
    "markupsafe": ("markupsafe", ()),
    "latex2mathml": ("latex2mathml", ()),
    "rich": ("rich", ()),
    "graphviz": ("graphviz", ()),
}
#: Of Rich the widths of characters alone.
_OF_RICH = ("__init__.py", "_extension.py", "cells.py", "_unicode_data")
_KEPT = (".py", ".txt", ".j2", ".js", ".css", ".woff2", ".pyi")
#: Pyodide's files that a browser loads.
_PYODIDE = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)
#: Packages of npm that the page has in it, and their licences.
_SHIPPED = {
    "pyodide": "MPL-2.0 (https://github.com/pyodide/pyodide); with CPython, PSF-2.0 "
    "(https://docs.python.org/3/license.html)",
    "@viz-js/viz": "MIT, copyright Michael Daines (https://github.com/mdaines/viz-js); with "
    "Graphviz, EPL-2.0 (https://gitlab.com/graphviz/graphviz), and Expat, MIT",
    "@codemirror/commands": "MIT",
    "@codemirror/language": "MIT",
    "@codemirror/state": "MIT",
    "@codemirror/view": "MIT",
    "@lezer/common": "MIT",
    "@lezer/highlight": "MIT",
    "@marijn/find-cluster-break": "MIT",
    "crelt": "MIT",
    "style-mod": "MIT",
    "w3c-keyname": "MIT",
}
#: What is served compressed.
_COMPRESSED = (".js", ".mjs", ".css", ".html", ".json", ".wasm", ".txt")


def build(modules: Path, output: Path) -> None:
    """The site, from npm's packages in ``modules``, into a folder that is made anew."""
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    for name in ("index.html", "manifest.webmanifest", "icon.svg"):
        shutil.copy(SOURCES / name, output)
    _bundle(modules, output)
    (output / "fonts").mkdir()
    for font in (SOURCES.parent / "fonts").glob("*.woff2"):
        shutil.copy(font, output / "fonts")
    (output / "pyodide").mkdir()
    for name in _PYODIDE:
        shutil.copy(modules / "pyodide" / name, output / "pyodide")
    _zip(output / "packages.zip")
    subprocess.run(["node", SOURCES / "compile.mjs", output, output / "packages.zip"], check=True)
    (output / "first.json").write_text(_first(), encoding="utf-8")
    (output / "LICENCES.txt").write_text("\n".join(_licences(modules)), encoding="utf-8")
    _service_worker(output)
    for file in [*output.rglob("*")]:
        if file.suffix in _COMPRESSED:
            packed = gzip.compress(file.read_bytes(), 9, mtime=0)
            file.with_name(f"{file.name}.gz").write_bytes(packed)


def _bundle(modules: Path, output: Path) -> None:
    """The page's script and style, and the worker's, each one file."""
    subprocess.run(
        [
            *(modules / ".bin" / "esbuild", "app.js", "worker.js", "style.css"),
            *("--bundle", "--minify", "--format=esm", "--target=es2022", "--legal-comments=eof"),
            *("--external:fonts/*", f"--outdir={output}", "--log-level=warning"),
        ],
        cwd=SOURCES,
        env={**os.environ, "NODE_PATH": str(modules)},
        check=True,
    )


def _zip(target: Path) -> None:
    """The Python packages' sources."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for file, name in sorted(_python_files(), key=lambda pair: pair[1]):
            packed.writestr(zipfile.ZipInfo(name), file.read_bytes(), zipfile.ZIP_DEFLATED)


def _python_files() -> Iterator[tuple[Path, str]]:
    for name, (package, without) in _PACKAGES.items():
        folder = _folder(name, package)
        for file, inside in _below(folder):
            if inside.parts[0] not in without and (name != "rich" or inside.parts[0] in _OF_RICH):
                yield file, f"{package}/{inside.as_posix()}"
    yield SOURCES / "arrays.py", "numpy.py"
    pictures = Path(__file__).parent
    for file, inside in _below(pictures):
        if inside.parts[0] not in ("gallery",) and inside.parts[:2] != ("web", "playground"):
            yield file, f"visualize/{inside.as_posix()}"


def _folder(name: str, package: str) -> Path:
    if name == "micrograd-like":  # installed in place it is elsewhere than its metadata
        return Path(micrograd_like.__file__).parent
    return Path(str(distribution(name).locate_file(package)))


def _below(folder: Path) -> Iterator[tuple[Path, Path]]:
    for file in folder.rglob("*"):
        if file.suffix in _KEPT and file.is_file():
            yield file, file.relative_to(folder)


def _first() -> str:
    """What the page shows before Python has started."""
    listed = json.loads(answer('{"kind": "offered"}'))
    text = next(row["text"] for row in listed["examples"] if row["name"] == FIRST)
    answers = {
        name: json.loads(answer(json.dumps({"kind": kind, "text": of})))
        for name, kind, of in (
            ("look", "look", text),
            ("mark", "mark", text),
            ("blank", "look", ""),
        )
    }
    return json.dumps({"name": FIRST, "text": text, **listed, **answers}, ensure_ascii=False)


def _licences(modules: Path) -> Iterator[str]:
    """Every package in the site with its version, its licence, and that licence's text."""
    yield "micrograd_like: MIT. What is shipped with it:\n"
    for name, licence in _SHIPPED.items():
        folder = modules / name
        version = json.loads((folder / "package.json").read_text(encoding="utf-8"))["version"]
        yield f"---- {name} {version}: {licence}\n"
        yield from (file.read_text(encoding="utf-8") for file in sorted(folder.glob("LICENSE*")))
    for name in _PACKAGES:
        if name == "micrograd-like":
            continue
        found = distribution(name)
        told = found.metadata.json
        called = str(told.get("license_expression") or told.get("license") or "see below")
        yield f"---- {name} {found.version}: {called.partition(chr(10))[0]}\n"
        for file in found.files or ():
            named = file.name.upper().startswith(("LICENSE", "LICENCE", "COPYING"))
            if named and file.suffix in ("", ".txt", ".md", ".rst"):
                yield Path(str(found.locate_file(file))).read_text(encoding="utf-8")
    for words in sorted((SOURCES.parent / "fonts").glob("*.txt")):
        yield f"---- fonts: {words.name}\n"
        yield words.read_text(encoding="utf-8")


def _service_worker(output: Path) -> None:
    """The service worker with the list of all files; another content is another version."""
    files = sorted(file for file in output.rglob("*") if file.is_file())
    names = [file.relative_to(output).as_posix() for file in files]
    content = b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)
    head = {"version": hashlib.sha256(content).hexdigest()[:16], "files": ["./", *names]}
    body = (SOURCES / "sw.js").read_text(encoding="utf-8")
    (output / "sw.js").write_text(f"const SITE = {json.dumps(head)};\n{body}", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", type=Path, help="npm's packages, as `npm ci` lays them down")
    parser.add_argument("output", type=Path, help="the folder to write")
    given = parser.parse_args()
    build(given.modules.resolve(), given.output.resolve())
