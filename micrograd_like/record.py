"""Records that are made by the hundred thousand, such as formulas and figures.

The type checker keeps anybody from changing one. A frozen dataclass does so at run time too,
and pays for it where it is made, by a call for every field.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_):
        """Says nothing at run time."""
        return lambda function: function


_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[_T]) -> type[_T]:
    """A dataclass with slots that is equal and hashed by its fields, save as it says itself."""
    own = cls.__dict__
    made = dataclass(slots=True, eq="__eq__" not in own, unsafe_hash="__hash__" not in own)
    return made(cls)
