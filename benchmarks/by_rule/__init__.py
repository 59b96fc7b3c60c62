"""Worksheets that are right line by line, made without the package that is to mark them.

Expressions, their numbers (50 digits, with bounds), derivatives, rewriting and rounding are
this folder's own, so that a fault of the checker's arithmetic is none of the worksheets'.
"""
