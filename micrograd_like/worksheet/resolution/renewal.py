"""Renewal: whether a statement gives its name another value, and so makes a new version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    exact_number,
    names_in,
    rewrite,
    terms,
)
from micrograd_like.worksheet.builder import CONSTANTS
from micrograd_like.worksheet.records import Part, Statement
from micrograd_like.worksheet.resolution.figures import figures_in, opened
from micrograd_like.worksheet.resolution.numbers import unlike
from micrograd_like.worksheet.resolution.versions import Version, Versions
from micrograd_like.worksheet.tokens.spelling import before_renewal


def renewed(versions: Versions, version: Version, place: int) -> str:
    """Why a statement makes a new version of its name, or "".

    Args:
        versions: Those of the statements before it.
        version: What its name means up to here.
        place: Which statement it is.

    Returns:
        "assigned" for w ← …, "itself" for w = w − …, "given" for another number, "formula" for
        the formula once more when what it rests on has changed, "rests" for such a number,
        "names" for what later names or figures give, "exercise" for the next one that is asked.
    """
    read = versions.reads[place]
    if not read.parts:
        return ""
    first = read.parts[0].expr
    if read.assigned and not _says_the_same(first, version):
        return "assigned"
    if is_addend(first, version.base) or (_adds_to(first, version.number) and [*names_in(first)]):
        return "itself"
    if isinstance(first, Name) and versions.rests_on(versions.meant[place].get(first), version):
        return "itself"  # t = w - …, w = t
    formula = next((p.expr for p in read.parts if versions.is_formula(p.expr, version)), None)
    numbers = [p.number for p in reversed(read.parts) if p.number is not None]
    number = max(numbers, key=lambda number: number.places or 0, default=None)
    if formula is not None and version.base in {*names_in(formula)}:
        formula = None
    renewal = _Renewal(versions, version, read, versions.meant[place], number)
    if version.formula is not None:
        return "itself" if renewal.updates_otherwise() else renewal.after_a_formula(formula)
    if version.number is None:
        return ""
    return renewal.after_a_number(version.number, formula)


def _says_the_same(expr: Expr, version: Version) -> bool:
    """True for the number that the version is stated as."""
    number = exact_number(expr)
    return number is not None and version.number is not None and number == version.number


@dataclass(frozen=True)
class _Renewal:
    """A statement about a name that has a number or formula already.

    Attributes:
        versions: Those of the statements before it.
        version: What its name means up to here.
        read: The statement.
        meant: What the names in it mean.
        number: The number that it states, the last one of those with the most decimals.
    """

    versions: Versions
    version: Version
    read: Statement
    meant: dict[str, Version | None]
    number: Number | None

    def after_a_number(self, known: Number, formula: Expr | None) -> str:
        """The reason, where only numbers were stated before."""
        if formula is None:
            return self._restated(known)
        value = None if self.number is None else self.number.value
        later = self._given_below(formula) if value is None else {}
        if value is None:
            value = self.versions.value(formula, {**self.meant, **later})
        if value is None or not unlike(self.number or Number(value, 12), known):
            return ""
        return "names" if later or self._later_names(formula) else ""

    def _given_below(self, formula: Expr) -> dict[str, Version]:
        """The names in the formula that are given a number further down alone, with it."""
        wanted = {n for n in names_in(formula) if n not in self.versions.current}
        found: dict[str, Version] = {}
        for place in range(len(self.versions.meant), len(self.versions.reads) if wanted else 0):
            read = self.versions.reads[place]
            name = str(read.left)
            number = read.parts[0].number if read.parts and read.subject is None else None
            if name in wanted - found.keys() and number is not None:
                found[name] = Version(Name(name), place, number=number)
        return found

    def _restated(self, known: Number) -> str:
        """The reason, where a number is stated after a number."""
        given = self.versions.reads[self.version.first].parts[:1]
        alone = bool(given) and given[0].number is not None
        at = given[0].number if alone else known  # it may have been rounded since
        if at is not None and self._changed(at) and _adds_to(self.read.parts[0].expr, at, alone):
            return "itself"
        if alone and self.read.parts[0].number is not None and self._more_exact(known):
            return "given"
        computed = self.read.parts[0].number is None
        if computed and unlike(self.number, known) and self._other_figures(given):
            return "names"
        if alone and self._array_changes():
            return "given"
        if not unlike(self.number, known, 0.5):
            return ""
        if computed:
            return "names" if self._later_figures() else ""
        if alone:
            return "given"
        further = self.read.place.row > self.versions.last_row(self.version)
        return "names" if further and len(self.read.parts) == 1 else ""

    def _changed(self, known: Number) -> bool:
        """True for another number, or figures that give one though it rounds to the same."""
        if self.number is not None and self.number != known:
            return True
        value = self.versions.value(self.read.parts[0].expr, {})
        return value is not None and abs(value - known.value) > 1e-12 * abs(known.value)

    def _other_figures(self, given: Sequence[Part]) -> bool:
        """True for z = 0.3·2 = 0.6 behind z = 0.5·2 = 1: computed again, from other numbers.

        Behind a given it has to be what its own figures give.
        """
        mine = self.read.parts[0].expr
        if [*names_in(mine)] or not given or [*names_in(given[0].expr)]:
            return False
        if given[0].number is None:
            return mine != given[0].expr
        value = self.versions.value(mine, {})
        return value is not None and not unlike(self.number, Number(value, 12))

    def _array_changes(self) -> bool:
        """True for an element of an array that is given once more, with other numbers in it."""
        if not self.read.element:
            return False
        for read in self.versions.reads:
            version = self.versions.current.get(str(read.left))
            if read.place == self.read.place and version is not None:
                number = read.parts[0].number if read.parts else None
                earlier = version.first < len(self.versions.own)
                if earlier and number is not None and unlike(number, version.number, 0.5):
                    return True
        return False

    def _more_exact(self, known: Number) -> bool:
        """True for 0.83 after a given 0.8, which is no rounding of it."""
        if self.number is None or self.number.places is None:
            return False
        return self.number.places > (known.places or 0) and self.number.value != known.value

    def after_a_formula(self, formula: Expr | None) -> str:
        """The reason, where the name has a formula."""
        if formula is not None and self._of_later_names(formula):
            return "formula"
        known = self.version.number
        if known is None and self.version.formula is not None:
            value = self.versions.value(self.version.formula, self.version.rests_on)
            known = None if value is None else Number(value, 12)
        if self.versions.stale(self.version):
            return self._again(formula, known)
        if self.versions.in_another_problem(self.version, self.read.place.row):
            if formula is not None:
                return "names" if formula != self.version.formula else ""
            return "given" if self.number is not None and unlike(self.number, known) else ""
        if formula is None:
            later = self.number is not None and (self._later_figures() or self._at_other_values())
            return "names" if later and known is not None and unlike(self.number, known) else ""
        if self._next_exercise(formula):
            return "exercise"
        return "names" if self._another(formula, known) else ""

    def _next_exercise(self, formula: Expr) -> bool:
        """True for y = …, dy/dx = …, and then another y with another dy/dx.

        It has no number, since that of the next line of a calculation may well be wrong.
        """
        if formula == self.version.formula or any(p.number is not None for p in self.read.parts):
            return False
        place = len(self.versions.meant) - 1
        base, reads = self.version.base, self.versions.reads
        if not any(_slope_of(read, base) for read in reads[self.version.first + 1 : place]):
            return False
        behind = next((r for r in reads[place + 1 :] if _says(r, base)), None)
        return behind is not None and _slope_of(behind, base)

    def _of_later_names(self, formula: Expr) -> bool:
        """True for the formula once more, of names that a program has given other values since."""
        known = self.version.formula
        if known is None or formula == known or not any(n.version for n in names_in(formula)):
            return False
        return _without_versions(formula) == _without_versions(known)

    def updates_otherwise(self) -> bool:
        """True for w' = w − … by another rule than before."""
        first, known = self.read.parts[0].expr, self.version.formula
        base = self.version.base
        old = before_renewal(base)
        if not old or known == first or not is_addend(first, old):
            return False
        return known is not None and is_addend(known, old)

    def _again(self, formula: Expr | None, known: Number | None) -> str:
        """The reason, where something that the formula rests on has been given a new value."""
        number = self.number
        if formula is not None:
            same = self.version.formula in (formula, self._before_renewal(formula))
            other = number is None or unlike(number, known) or self._is_of_now(number, formula)
            return "formula" if same or other else ""
        if number is None:
            value = self.versions.value(self.read.parts[-1].expr, self.meant)
            number = None if value is None else Number(value, 6)
        other = unlike(number, known) or (number is not None and self._is_of_now(number, None))
        return "rests" if other or self._later_figures() else ""

    def _before_renewal(self, formula: Expr) -> Expr:
        """The formula with w for w'."""

        def rule(node: Expr) -> Expr | None:
            before = before_renewal(node) if isinstance(node, Name) else ""
            return Name(before) if before in self.version.rests_on else None

        return rewrite(formula, rule)

    def _is_of_now(self, number: Number, formula: Expr | None) -> bool:
        """True for 1.02 behind 1.1 where w has changed, and w·x + b is 1.02 with the new one."""
        version, versions = self.version, self.versions
        if version.formula is None:
            return False
        now = {n: versions.latest(n, version.first) for n in version.rests_on} | self.meant
        new = versions.value(formula or version.formula, now)
        old = versions.value(version.formula, version.rests_on)
        if new is None or old is None:
            return False
        return not unlike(number, Number(new, 12)) and unlike(number, Number(old, 12))

    def _another(self, formula: Expr, known: Number | None) -> bool:
        """True for a formula of later names that rests on something else than the one before."""
        version, versions = self.version, self.versions
        if formula == version.formula:
            return False
        if not (self._later_names(formula) or self._new_names(formula)):
            return False
        below = versions.sources(version) | {version.base}
        mine: set[str] = {
            n for n in names_in(formula) if not self.meant.get(n) and n not in versions.first
        }
        for n in names_in(formula):
            mine |= versions.roots(self.meant.get(n) or versions.first.get(n), version.first)
        if not mine - below - {*CONSTANTS}:
            return False
        value = versions.value(formula, self.meant)
        return value is None or known is None or unlike(Number(value, 12), known)

    def _later_names(self, formula: Expr) -> bool:
        """True if a name in the formula was made behind the version."""
        meant = (self.meant.get(name) for name in names_in(formula))
        return any(v is not None and v.first > self.version.first for v in meant)

    def _new_names(self, formula: Expr) -> bool:
        """True if several names in the formula have been given no value before."""
        first = self.versions.first
        new = [n for n in names_in(formula) if not self.meant.get(n) and n not in first]
        return len({*new} - {*CONSTANTS} - self.version.rests_on.keys()) > 1

    def _at_other_values(self) -> bool:
        """True for the formula with several figures in it that its names have not: w and b anew.

        One alone may be a slip. The line itself has to hold.
        """
        mine, formula = self.read.parts[0].expr, self.version.formula
        if formula is None or [*names_in(mine)]:
            return False
        stated = {name: v.number for name, v in self.version.rests_on.items() if v is not None}
        shape = [(figure, stated.get(name)) for name, figure in opened(formula, mine).items()]
        other = [n for n, known in shape if known is not None and not _repeats(n, known)]
        value = self.versions.value(mine, {}) if len(other) > 1 else None
        return value is not None and not unlike(self.number, Number(value, 12))

    def _later_figures(self) -> bool:
        """True if a figure of the statement is what a name behind the version was stated as."""
        figures = {figure for part in self.read.parts[:-1] for figure in figures_in(part.expr)}
        if not figures:
            return False
        later = {
            v.number.value
            for v in self.versions.current.values()
            if v.number is not None
            and v.number.places is not None
            and v.stated > self.version.stated
        }
        return not figures.isdisjoint(later)


def _says(read: Statement, name: str) -> bool:
    """True for a line about the name or a derivative of it that says more than its number."""
    numbers = all(part.number is not None for part in read.parts)
    return _slope_of(read, name) or (read.left == name and not numbers)


def _slope_of(read: Statement, name: str) -> bool:
    """True for a line about a derivative of the name."""
    return isinstance(read.left, Derivative) and read.left.of == name


def _without_versions(expr: Expr) -> Expr:
    return rewrite(expr, lambda node: Name(node.plain) if isinstance(node, Name) else None)


def _repeats(figure: Number, known: Number) -> bool:
    """True for a number as it was stated, or rounded."""
    half = 0.5 * 10.0 ** -(figure.places or 0)
    return abs(figure.value - known.value) <= (half if figure.places != known.places else 0)


def _adds_to(expr: Expr, number: Number | None, given: bool = False) -> bool:
    """True for a sum that begins with a number stated before, as −0.284 + v·u.

    Where it was given it may stand anywhere in the sum: −(−0.78·0.05) − 0.2.
    """
    if number is None or (number.value in (0, 1) and not given):
        return False
    found = terms(expr)
    if len(found) < 2:
        return False
    signed = [at if sign == "+" else Call("neg", (at,)) for sign, at in found]
    return any(exact_number(at) == number for at in (signed if given else signed[:1]))


def is_addend(expr: Expr, name: str) -> bool:
    """True for name ± something, as it stands or turned twice: −(rate·slope − name).

    It may be damped, β·name + something: the mean that momentum keeps, a weight that decays.
    """
    stack: list[tuple[Expr, int]] = [(expr, 1)]
    while stack:
        at, sign = stack.pop()
        match at:
            case Call("add", (a, b)):
                stack += [(a, sign), (b, sign)]
            case Call("sub", (a, b)):
                stack += [(a, sign), (b, -sign)]
            case Call("neg", (a,)):
                stack.append((a, -sign))
            case Call("mul", (a, b)) if one := _unit(a) or _unit(b):
                stack.append((b if _unit(a) else a, sign * one))
            case Call("mul", _) if at is not expr and sign > 0 and _has_factor(at, name):
                return True
            case Name(own) if own == name and sign > 0:
                return isinstance(expr, Call)
    return False


def _has_factor(product: Expr, name: str) -> bool:
    """True for a product with the name once, and nowhere in the other factors."""
    found, others = 0, 0
    stack = [product]
    while stack:
        match stack.pop():
            case Call("mul", (a, b)):
                stack += [a, b]
            case Name(own) if own == name:
                found += 1
            case other:
                others += name in {*names_in(other)}
    return found == 1 and not others


def _unit(expr: Expr) -> int:
    """1 or −1 where the expression is that number, else 0."""
    number = exact_number(expr)
    return int(number.value) if number is not None and number.value in (1, -1) else 0
