"""Run the kernel's tests with a kernel that was built under SANITIZE=1: ``make test-sanitize``.

The sanitizers' library has to be there before Python is; the tests run in a process of their
own with it. What Python itself never frees is no leak of the kernel's.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from micrograd_like.tape import native

TESTS = ("test_tape.py", "test_tape_functions.py", "test_tape_kernel.py")
LIBRARIES = ("libasan.so", "libubsan.so")


def main() -> int:
    if native.missing():
        sys.exit(f"expected the kernel: {native.missing()}")
    if b"__asan" not in Path(native.kernel.__file__).read_bytes():
        sys.exit("expected a kernel built with SANITIZE=1: SANITIZE=1 pip install .")
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
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
