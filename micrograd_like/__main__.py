"""``python -m micrograd_like`` is the command ``micrograd-like``."""

from micrograd_like.cli.program import main

main()
