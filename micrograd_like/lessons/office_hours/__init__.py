"""The worked 2-2-1 example of a class: the calculation, and what the class published of it."""

from micrograd_like.lessons.office_hours.calculation import (
    COSTS,
    INPUTS,
    RATE,
    TARGET,
    WEIGHTS,
    WorkedExample,
    as_published,
    worked_example,
)

__all__ = [
    "COSTS",
    "INPUTS",
    "RATE",
    "TARGET",
    "WEIGHTS",
    "WorkedExample",
    "as_published",
    "worked_example",
]
