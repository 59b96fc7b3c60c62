"""The worked 2-2-1 example of a class: the calculation, and what the class published of it."""

from micrograd_like.lessons.office_hours.calculation import (
    COSTS,
    GIVEN,
    INPUTS,
    RATE,
    TARGET,
    WEIGHTS,
    WorkedExample,
    worked_example,
)
from micrograd_like.lessons.office_hours.published import Published, as_published

__all__ = [
    "COSTS",
    "GIVEN",
    "INPUTS",
    "RATE",
    "TARGET",
    "WEIGHTS",
    "Published",
    "WorkedExample",
    "as_published",
    "worked_example",
]
