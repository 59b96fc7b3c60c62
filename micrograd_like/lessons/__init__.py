"""Lessons: calculations that courses do by hand, done by the engine.

A lesson is one module in ``course``: a frozen dataclass ``Settings``, and a function that takes
them and returns an ``Outcome``, registered by the decorator ``lesson``. The list of lessons,
the command's options and their help, and the check of what is set are made from these.
"""
