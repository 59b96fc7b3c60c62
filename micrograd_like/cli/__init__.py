"""The command ``micrograd-like``: its program, and what it offers."""

from micrograd_like.lazy import beside

beside("visualize")
