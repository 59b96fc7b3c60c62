"""The lessons: a module each, whose name is the lesson's with ``_`` for ``-``."""
