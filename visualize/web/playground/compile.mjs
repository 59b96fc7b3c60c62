// Python's sources in a zip as bytecode of the Python that will run them, which starts faster.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [site, packages] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${site}/pyodide/pyodide.mjs`).href);
const python = await loadPyodide({ indexURL: `${site}/pyodide/`, env: { PYTHONNODEBUGRANGES: "1" } });
python.FS.writeFile("/packages.zip", new Uint8Array(readFileSync(packages)));
python.runPython(`
import ast, importlib._bootstrap_external as bootstrap, zipfile

def without_words(tree):
    """The program without its docstrings."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node):
            node.body[:1] = [] if len(node.body) > 1 else [ast.copy_location(ast.Pass(), node.body[0])]
    return tree

with (
    zipfile.ZipFile("/packages.zip") as source,
    zipfile.ZipFile("/compiled.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
):
    for entry in source.infolist():
        data, name = source.read(entry), entry.filename
        if name.endswith(".py"):
            own = name.startswith(("micrograd_like/", "visualize/"))
            tree = without_words(ast.parse(data)) if own else ast.parse(data)
            code = compile(tree, name, "exec", dont_inherit=True)
            data, name = bootstrap._code_to_timestamp_pyc(code), name + "c"
        target.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
`);
writeFileSync(packages, python.FS.readFile("/compiled.zip"));
