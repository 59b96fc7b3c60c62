"""The command ``micrograd-like``: its program, and what it offers."""
