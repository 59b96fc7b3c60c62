"""Run the kernel's tests with a kernel that was built under SANITIZE=1: ``make test-sanitize``.

The sanitizers' library has to be there before Python is; the tests run in a process of their
own with it. What Python itself never frees is no leak of the kernel's.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

TESTS = ("test_tape.py", "test_tape_functions.py", "test_tape_kernel.py")
LIBRARIES = ("libasan.so", "libubsan.so")


def main() -> int:
    kernel = importlib.util.find_spec("micrograd_like.tape._kernel")  # loading it would end here
    if not (kernel and kernel.origin and b"__asan" in Path(kernel.origin).read_bytes()):
        sys.exit("expected a kernel built so: SANITIZE=1 pip install .")
    compiler = os.environ.get("CC", "gcc")
    found = [
        subprocess.run(
            [compiler, f"-print-file-name={name}"], capture_output=True, text=True, check=True
        ).stdout.strip()
        for name in LIBRARIES
    ]
    environment = {
        **os.environ,
        "LD_PRELOAD": " ".join(found),
        "ASAN_OPTIONS": "detect_leaks=0",
        "UBSAN_OPTIONS": "print_stacktrace=1",
    }
    tests = [str(Path(__file__).parent / name) for name in TESTS]
    pytest = Path(sys.executable).parent / "pytest"  # as a module it would find the sources first
    command = [str(pytest), "-p", "no:cacheprovider", "--hypothesis-profile=many", *tests]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
