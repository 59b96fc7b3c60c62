"""The part of the kernel's C source that follows from the operation table.

For every row of the table that is an instruction there is a loop over the samples of a
block, and one more for each set of partials that may be asked for with the value. What the
rows need besides, such as the exponential, is in ``kernel/functions.h``, vectorised, or else
C's own library.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from micrograd_like.errors import FormulaError
from micrograd_like.formula import C, Call, Expr, emit, nodes
from micrograd_like.ops import FLOAT, Op
from micrograd_like.tape.array_functions import is_primitive
from micrograd_like.tape.rows import TapeRow, digest, tape_rows

#: Functions of one number that kernel/functions.h has.
VECTORISED = ("abs", "exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "tanh")
#: Python's names for functions of C's library that has others for them.
_NAMES_IN_C = {"power": "pow", "gamma": "tgamma"}

_FUNCTION = """static inline real F({name})({parameters})
{{
    return {formula};
}}
"""
_LOOP = """static void ROW({name}, {mask})(long n, real *registers, const int *at)
{{
{pointers}
    PARALLEL_LANES
    for (long i = 0; i < n; i++) {{
{body}
    }}
}}
"""


def rows_header(table: Iterable[Op]) -> str:
    """The C source: functions, loops, and the tables by which the interpreter finds them."""
    ops = tuple(table)
    rows = tape_rows(ops)
    parts = [
        "/* Generated from the operation table; included once for each kind of number. */\n",
        *_declarations(rows),
        *_functions(rows),
        *(loop for row in rows for loop in _loops(row)),
        _tables(rows),
    ]
    return "\n".join(parts)


def names_header(table: Iterable[Op]) -> str:
    """What does not depend on the kind of number: how many rows, and their shapes."""
    ops = tuple(table)
    rows = tape_rows(ops)
    return "\n".join(
        [
            "/* Generated from the operation table. */",
            f"#define ROW_COUNT {len(rows)}",
            f'#define TABLE_DIGEST "{digest(ops)}"',
            _array("row_inputs", [len(row.op.inputs) for row in rows]),
            _array("row_partials", [len(row.computed) for row in rows]),
            _array("row_first", _first_loops(rows)),
            "",
        ]
    )


def masks(row: TapeRow) -> Iterator[tuple[int, ...]]:
    """Every set of partials that may be asked for; number m has those whose bit is in m."""
    for mask in range(2 ** len(row.computed)):
        yield tuple(place for bit, place in enumerate(row.computed) if mask >> bit & 1)


def _functions(rows: tuple[TapeRow, ...]) -> Iterator[str]:
    for row in rows:
        if not is_primitive(row.op):
            parameters = ", ".join(f"real v_{name}" for name in row.op.inputs)
            formula = emit(row.op.computed_value, C)
            yield _FUNCTION.format(name=row.name, parameters=parameters, formula=formula)


def _declarations(rows: tuple[TapeRow, ...]) -> Iterator[str]:
    """Rows may call one another in any order; what is no row comes from C's library."""
    made = {row.name: row for row in rows if not is_primitive(row.op)}
    for row in made.values():
        parameters = ", ".join("real" for _ in row.op.inputs)
        yield f"static inline real F({row.name})({parameters});"
    called: dict[str, int] = {}
    for row in rows:
        for formula in (row.op.computed_value, *row.op.computed_partials):
            called.update(_calls(formula))
    for name, arguments in called.items():
        if name in made or name in VECTORISED:
            continue
        if not (hasattr(math, name) or name in FLOAT):
            raise FormulaError(f"{name!r} is neither a row nor a function of C's library")
        letters = "abcdef"[:arguments]
        parameters = ", ".join(f"real {letter}" for letter in letters)
        call = f"{_NAMES_IN_C.get(name, name)}({', '.join(f'(double){x}' for x in letters)})"
        yield _FUNCTION.format(name=name, parameters=parameters, formula=f"(real){call}")


def _calls(formula: Expr) -> dict[str, int]:
    """The functions that the formula's C source calls, with their numbers of arguments."""
    source = emit(formula, C)
    calls = ((call.function, len(call.arguments)) for call in nodes(formula, Call))
    return {name: count for name, count in calls if f"F({name})" in source}


def _loops(row: TapeRow) -> Iterator[str]:
    for mask, partials in enumerate(masks(row)):
        body = _Body()
        pointers = ["real *restrict out = registers + at[0];"]
        body.lines += [f"real v_{name} = {name}_[i];" for name in row.op.inputs]
        body.lines += [f"real v_out = {body.source(row.op.computed_value)};", "out[i] = v_out;"]
        for number, place in enumerate(partials, 1):
            pointers.append(f"real *restrict d{place} = registers + at[{number}];")
            formula = body.source(row.op.computed_partials[place])
            body.lines.append(f"d{place}[i] = {formula};")
        for number, name in enumerate(row.op.inputs, 1 + len(partials)):
            pointers.append(f"const real *restrict {name}_ = registers + at[{number}];")
        yield _LOOP.format(
            name=row.name,
            mask=mask,
            pointers="\n".join(f"    {line}" for line in pointers),
            body="\n".join(f"        {line}" for line in body.lines),
        )


class _Body:
    """The lines of a loop. What value and partials both call is called once, and by no branch:
    compilers move a call into the branches that need it, and then do it in each of them.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._called: dict[str, str] = {}

    def source(self, formula: Expr) -> str:
        """The formula, after lines for the functions that it calls."""
        return emit(formula, C, share=self._variable)

    def _variable(self, source: str) -> str:
        """The variable that holds the result of a call."""
        if source not in self._called:
            self._called[source] = f"f{len(self._called)}"
            self.lines.append(f"real {self._called[source]} = {source};")
        return self._called[source]


def _tables(rows: tuple[TapeRow, ...]) -> str:
    loops = ",\n    ".join(
        f"ROW({row.name}, {mask})" for row in rows for mask in range(2 ** len(row.computed))
    )
    return f"static const K(row_loop) K(row_loops)[] = {{\n    {loops},\n}};\n"


def _first_loops(rows: tuple[TapeRow, ...]) -> list[int]:
    first, firsts = 0, []
    for row in rows:
        firsts.append(first)
        first += 2 ** len(row.computed)
    return firsts


def _array(name: str, numbers: list[int]) -> str:
    return f"static const int {name}[] = {{{', '.join(map(str, numbers))}}};"
