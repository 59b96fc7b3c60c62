"""The kernel in C, where it could be built; see kernel/module.c."""

TABLE: str
PROCESSORS: tuple[str, ...]

class Program:
    def __new__(cls, *tape: object) -> Program: ...
    def run(self, *arguments: object) -> str | tuple[int, int] | None: ...
