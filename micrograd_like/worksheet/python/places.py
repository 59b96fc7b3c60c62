"""Where a program's pieces stand, and their text as it stands."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from micrograd_like.worksheet.records import Place
from micrograd_like.worksheet.source import Cells


@dataclass(frozen=True)
class Places:
    """The lines of a program, and the cells in which they stand."""

    lines: list[str]
    cells: Cells

    def of(self, node: ast.AST) -> Place:
        """Where a piece of syntax stands."""
        line, column = node.lineno, node.col_offset  # type: ignore[attr-defined]
        before = self.lines[line - 1].encode()[:column].decode()
        last = self.lines[node.end_lineno - 1]  # type: ignore[attr-defined]
        end = last.encode()[: node.end_col_offset].decode()  # type: ignore[attr-defined]
        return self.cells.place(Place(line=line, column=len(before) + 1, end=len(end) + 1))

    def source(self, node: ast.stmt) -> str:
        """The text of a statement, as it stands, without what stands beside it on its lines."""
        lines = [line.encode() for line in self.lines[node.lineno - 1 : node.end_lineno]]
        lines[-1] = lines[-1][: node.end_col_offset]
        lines[0] = lines[0][node.col_offset :]
        return " ".join(line.decode().strip() for line in lines)
