"""The package as it was installed, away from its checkout: `python tests/installed.py`.

For wheels, which are tried where they were built: is the kernel in them, are the files that the
package reads? With KERNEL=none in the environment none is expected.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SHEET = "a = 2\nw = 3\nz = a*w\nE = z^2/2\ndE/dw = 12\n"
COMMANDS = (
    "check sheet.txt",
    "derive sheet.txt dE/dw",
    "draw sheet.txt -o sheet.dot",
    "example",
    "lessons one-weight",
)
PROGRAM = """
from pathlib import Path
import numpy
from micrograd_like import Value, compile_graph, grad, nn, training
x = Value(0.5)
program = compile_graph(grad(x.tanh(), x, create_graph=True), [x], backend=BACKEND)
assert abs(program([[1.0]])[0] - 0.41997434161402614) < 1e-15
net = nn.MLP(2, [3, 1], seed=0)
training.fit(net, [[0, 1], [1, 0]], [0, 1], epochs=3, progress=False)
training.save(net, "net.json")
assert training.load("net.json").state_dict() == net.state_dict()
import micrograd_like
assert Path(micrograd_like.__file__).parent.parent != Path(CHECKOUT), micrograd_like.__file__
print("NumPy", numpy.__version__, "and the backend", program.backend)
"""


def run(folder: str, *arguments: str) -> None:
    """Python there, without HOME, in a folder with a module of the user's own."""
    environment = {name: value for name, value in os.environ.items() if name != "HOME"}
    subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, check=True)


def main() -> None:
    """Run all of it; the first failure ends it with a traceback."""
    backend = "numpy" if os.environ.get("KERNEL") == "none" else "c"
    checkout = str(Path(__file__).resolve().parent.parent)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "sheet.txt").write_text(SHEET, encoding="utf-8")
        Path(folder, "visualize.py").write_text("raise SystemExit(3)", encoding="utf-8")
        run(folder, "-c", f"BACKEND, CHECKOUT = {backend!r}, {checkout!r}\n{PROGRAM}")
        # Machines that build wheels may have no Graphviz, which a page is drawn by.
        pages = ("page sheet.txt -o sheet.html",) if shutil.which("dot") else ()
        for command in COMMANDS + pages:
            run(folder, "-m", "micrograd_like", *command.split())


if __name__ == "__main__":
    main()
