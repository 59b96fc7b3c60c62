"""Lessons: calculations that courses do by hand, done by the engine."""
