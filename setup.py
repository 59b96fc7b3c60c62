"""What the other files cannot say: the kernel of the compiled tape is built from the table."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import CompileError

ROOT = Path(__file__).parent
KERNEL = Path("micrograd_like/tape/kernel")

# Neither of these changes a number: no flag is read and no errno is set. What would change one
# (-ffast-math, -fassociative-math) must stay away.
OPTIMISED = ["-O3", "-fno-math-errno", "-fno-trapping-math", "-Wno-psabi"]
WATCHED = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]


class BuildKernel(build_ext):
    """Writes the headers that follow from the operation table, then compiles."""

    def build_extension(self, extension: Extension) -> None:
        """Compile the kernel, with the headers written just before."""
        sys.path.insert(0, str(ROOT))
        from micrograd_like.ops import OPS
        from micrograd_like.tape.kernel_source import names_header, rows_header

        generated = Path(self.build_temp)
        generated.mkdir(parents=True, exist_ok=True)
        (generated / "rows.h").write_text(rows_header(OPS.values()), encoding="utf-8")
        (generated / "names.h").write_text(names_header(OPS.values()), encoding="utf-8")
        extension.include_dirs.append(str(generated))
        if self.compiler.compiler_type == "msvc":  # it knows none of the kernel's vectors
            raise CompileError("the kernel is for gcc and clang; without it NumPy runs the tape")
        super().build_extension(extension)


def _places() -> dict[str, dict[str, str]]:
    """Where a build puts its files: in a temporary folder, where the checkout cannot be written."""
    if os.access(ROOT, os.W_OK):
        return {}
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return {"build": {"build_base": folder}, "egg_info": {"egg_base": folder}}


sanitized = bool(os.environ.get("SANITIZE"))
setup(
    options=_places(),
    cmdclass={"build_ext": BuildKernel},
    ext_modules=[
        Extension(
            "micrograd_like.tape._kernel",
            [str(KERNEL / "module.c")],
            depends=["micrograd_like/ops.py", *map(str, sorted(KERNEL.glob("*.h")))],
            extra_compile_args=OPTIMISED + (WATCHED if sanitized else []),
            extra_link_args=WATCHED if sanitized else [],
            libraries=["m"],
            optional=not sanitized,  # without a C compiler, NumPy runs the tape
        )
    ],
)
