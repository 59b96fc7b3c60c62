"""A learner who works a task out, line by line, and writes nothing that is not right.

Every part of a line is worked out from the figures of the part before it, as they are written
or (a calculator that keeps what it has) as they were before rounding, and rounded by the rules
of ``figures``. How far the truth may lie from a figure is carried along; a figure that may be
off by more than itself is not gone on from.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from decimal import Decimal

from benchmarks.by_rule.expression import (
    EPS,
    HALF,
    ZERO,
    Bounds,
    Expr,
    Num,
    Op,
    Style,
    Sym,
    Undefined,
    at,
    bounds,
    substituted,
    symbols,
    text,
    walk,
)
from benchmarks.by_rule.expression import replace as replaced
from benchmarks.by_rule.figures import (
    Habit,
    cut_down,
    fewer,
    habit,
    magnitude,
    whole_rounded,
    written,
)
from benchmarks.by_rule.network import Network
from benchmarks.by_rule.rewriting import reworded, simplified


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things that a line says are equal, and what is special about it."""

    text: str
    kind: str
    sign: str = "="
    expr: Expr | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One statement.

    Attributes:
        number: What it is called by the lines that rest on it.
        rests: The lines whose figures it goes on from.
        names: All names in it.
        kinds: What is special about the line as a whole.
    """

    left: str
    parts: tuple[Part, ...]
    role: str
    number: int = 0
    rests: frozenset[int] = frozenset()
    names: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.left + "".join(f" {part.sign} {part.text}" for part in self.parts)


@dataclass(slots=True)
class _Work:
    """A line on its way: its parts, what it rests on, and whether it keeps full numbers."""

    full: bool
    parts: list[Part] = field(default_factory=list)
    rests: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    numbers: list[Num] = field(default_factory=list)


class Learner:
    """Writes the lines of one network."""

    def __init__(self, network: Network, rng: random.Random) -> None:
        self.network, self.rng = network, rng
        self.lines: list[Line] = []
        self.habit: Habit = habit(rng)
        self.style = Style(
            times=rng.choice(("*", "*", " * ", "·", "·", " × ")),
            implicit=rng.random() < 0.4,
            exp=rng.choice(("exp", "e^")),
            spaced=rng.random() < 0.85,
        )
        #: How often a line has figures, words of its own, and works on with rounded numbers.
        self.figures = rng.choice((0.3, 0.7, 0.9))
        self.wording = rng.choice((0.1, 0.4, 0.8))
        self.full = rng.choice((0.0, 0.2, 1.0))
        self.approximate = rng.choice((0.0, 0.0, 0.3, 1.0))
        #: The figures stated for each name or derivative, with the line's number.
        self.stated: dict[str, list[tuple[Num, int]]] = {}
        self.exact: dict[str, Num] = {}
        self.kinds: set[str] = set()
        self.beside = [w for w in (network.moved(rng) for _ in range(3)) if w is not None]

    # Lines.

    def given(self, name: str) -> None:
        """A given: x = 0.5."""
        shown = self.network.shape.givens[name]
        self.exact[name] = Num(self.network.true(name), shown)
        self.add(name, [Part(shown, "given")], "given")

    def definition(self, name: str) -> None:
        """A name's first line: z = w*x + b = 0.5*2 + 0.1 = 1.1."""
        self.claim(name, self.network.shape.formulas[name], "definition")

    def claim(self, left: str, formula: Expr, role: str = "claim", kind: str = "formula") -> None:
        """A line about ``left``, beginning with a formula for it."""
        work = _Work(full=self.rng.random() < self.full)
        work.names |= {left, *symbols(formula)}
        last = self._formulas(work, formula, role, kind)
        figures = self.rng.random() < self.figures
        try:
            self._numbers(work, last, figures)
        except Undefined:
            work.numbers.clear()
        self._state(left, work, role)

    def restated(self, left: str) -> None:
        """A number alone, z = 1.1, from the full number."""
        number, kind = written(self.network.true(left), habit(self.rng), self.rng)
        work = _Work(full=True, names={left})
        number = _carried(number, self.network.true(left), ZERO)
        work.parts.append(Part(number.text, f"stated again: {kind}", "=", number))
        work.numbers.append(number)
        self._state(left, work, "claim")

    def _state(self, left: str, work: _Work, role: str) -> None:
        if not work.parts:
            return
        number = len(self.lines)
        if work.numbers and (value := self.rng.choice(work.numbers[-2:])).value == value.value:
            self.stated.setdefault(left, []).append((value, number))
        self.add(left, work.parts, role, work)

    def add(self, left: str, parts: list[Part], role: str, work: _Work | None = None) -> None:
        """A line with these parts."""
        rests = frozenset(work.rests if work else ())
        names = frozenset({left} | (work.names if work else set()))
        kinds = frozenset(self.kinds)
        line = Line(left, tuple(parts), role, len(self.lines), rests, names, kinds)
        self.lines.append(line)

    # Formulas.

    def _formulas(self, work: _Work, formula: Expr, role: str, kind: str) -> Expr:
        """The formula, perhaps in other words, perhaps with definitions put in."""
        worlds = [w.known(formula) for w in (self.network, *self.beside)]
        used: list[str] = []
        if role != "definition" and self.rng.random() < self.wording:
            formula, used = reworded(formula, self.rng, worlds, self.rng.randint(1, 3))
        if used:
            kind = f"{kind}, {' and '.join(sorted(set(used)))}"
        self._say(work, formula, kind)
        if self.rng.random() < self.wording / 2:
            other, used = reworded(formula, self.rng, worlds, self.rng.randint(1, 2))
            if used:
                formula = other
                self._say(work, formula, f"formula, {' and '.join(sorted(set(used)))}")
        if self.rng.random() < self.wording / 3:
            names = [n for n in symbols(formula) if n in self.network.shape.formulas]
            if names:
                name = self.rng.choice(names)
                formula = substituted(formula, {name: self.network.shape.formulas[name]})
                self._say(work, formula, "formula, a definition put in")
        work.names |= set(symbols(formula))
        return formula

    def _say(self, work: _Work, expr: Expr, kind: str, sign: str = "=") -> None:
        shown = text(expr, self.style)
        if work.parts and work.parts[-1].text == shown:
            return
        work.parts.append(Part(shown, kind, sign, expr))

    # Figures.

    def _numbers(self, work: _Work, formula: Expr, figures: bool) -> None:
        rng = self.rng
        if figures:
            current, kind = self._put_in(work, formula)
            other = simplified(current) if rng.random() < 0.3 else current
            if other != current and not isinstance(other, Num):  # 1/1.0 = 1 would claim to be exact
                current, kind = other, f"{kind}, simplified"
            if not isinstance(current, Num):
                self._worth_it(work, current)
                self._say(work, current, kind)
            for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
                if isinstance(current, Num) or symbols(current):
                    break
                current, kind = self._reduced(work, current)
                if not isinstance(current, Num):
                    self._worth_it(work, current)
                    self._say(work, current, kind)
        else:
            current = formula
            if isinstance(formula, Num):
                return
        self._result(work, current)

    def _put_in(self, work: _Work, formula: Expr) -> tuple[Expr, str]:
        kinds: list[str] = []
        chosen: dict[str, Expr] = {}
        partly = self.rng.random() < 0.12
        for name in symbols(formula):
            if name == "pi" or (partly and self.rng.random() < 0.5):
                continue
            figure, kind = self._figure(work, name)
            chosen[name] = figure
            if kind:
                kinds.append(kind)
        shown = substituted(formula, chosen)
        if partly and any(name != "pi" for name in symbols(shown)):
            kinds.append("some names left")
        return shown, f"figures{': ' if kinds else ''}{' and '.join(sorted(set(kinds)))}"

    def _figure(self, work: _Work, name: str) -> tuple[Num, str]:
        """The figure put in for a name, and what is special about it."""
        rng = self.rng
        if name in self.exact:
            figure = self.exact[name]
            if rng.random() < 0.06 and (other := fewer(figure, rng, self.habit)) is not None:
                return _carried(other, figure.value, ZERO), "a given with fewer digits"
            return figure, ""
        true = self.network.true(name)
        if name in self.stated and not (work.full and rng.random() < 0.3):
            figure, line = (
                rng.choice(self.stated[name]) if rng.random() < 0.2 else self.stated[name][-1]
            )
            work.rests.add(line)
            if rng.random() < 0.12 and (other := fewer(figure, rng, self.habit)) is not None:
                return _carried(other, true, figure.half), "a stated figure with fewer digits"
            return figure, ""
        figure, _ = written(true, self.habit, rng)
        return _carried(figure, true, ZERO), "a figure worked out aside"

    def _reduced(self, work: _Work, current: Expr) -> tuple[Expr, str]:
        """Some operations on figures worked out."""
        ready = [e for e in walk(current) if isinstance(e, Op) and _ready(e) and e.op != "neg"]
        if not ready:
            return current, ""
        count = self.rng.randint(1, len(ready))
        chosen = self.rng.sample(ready, count)
        how = self.habit if self.rng.random() < 0.7 else habit(self.rng)
        kinds = set()
        done: dict[int, Expr] = {}
        for e in chosen:
            figure, kind = self._worked(work, e, how)
            done[id(e)] = figure
            kinds.add(kind)
        shown = replaced(current, lambda e: done.get(id(e)))
        return shown, f"worked on: {' and '.join(sorted(kinds))}"

    def _worked(self, work: _Work, e: Expr, how: Habit) -> tuple[Num, str]:
        """The figure for an expression of figures.

        Raises:
            Undefined: Hardly anything is left of it.
        """
        value, true, reach = self._worth_it(work, e)
        figure, kind = written(value, how, self.rng, certain=reach <= EPS * abs(value))
        return _carried(figure, true, reach), kind

    def _worth_it(self, work: _Work, e: Expr) -> tuple[Decimal, Decimal, Decimal]:
        """What it comes to, the truth, and how far apart they may be.

        Raises:
            Undefined: The rounding is larger than what is left of the number.
        """
        known = {n: self._behind(work, n) for n in symbols(e) if n != "pi"}
        true = at(e, {n: k[1] for n, k in known.items()}, behind=True)
        value = true if work.full else at(e, {n: k[0].value for n, k in known.items()})
        low, high = bounds(e, {n: _reach(k[0]) for n, k in known.items()})
        reach = max(high - value, value - low, abs(value - true))
        if reach > EPS * abs(value) and reach > abs(value):
            raise Undefined("the rounding is larger than the number")
        return value, true, reach

    def _behind(self, work: _Work, name: str) -> tuple[Num, Decimal]:
        """The figure behind a name that is left in a formula, and its true number."""
        true = self.network.true(name)
        if name in self.exact:
            return self.exact[name], true
        if name in self.stated and not work.full:
            figure, line = self.stated[name][-1]
            work.rests.add(line)
            return figure, true
        return Num(true, ""), true

    def _result(self, work: _Work, current: Expr) -> None:
        rng = self.rng
        how = self.habit if rng.random() < 0.85 else habit(rng)
        if isinstance(current, Num):
            number, kind = current, "a figure"
        else:
            number, kind = self._worked(work, current, how)
        rounded = number.half > 0
        sign = "≈" if rounded and rng.random() < self.approximate else "="
        drifted = "" if abs(number.value - number.true) <= unit(number) else ", drifted"
        if not work.parts or work.parts[-1].text != number.text:
            source = "full numbers" if work.full else "figures"
            work.parts.append(
                Part(number.text, f"number by {source}: {kind}{drifted}", sign, number)
            )
        work.numbers.append(number)
        if rng.random() < 0.12:
            self._rounded_again(work, number)

    def _rounded_again(self, work: _Work, number: Num) -> None:
        """0.2236 = 0.22, or ≈ a figure cut off or a round number."""
        rng = self.rng
        way = rng.random()
        size = magnitude(number.value)
        if way < 0.6:
            other = fewer(number, rng, self.habit)
            kind, sign = "rounded again", rng.choice("==≈")
        elif way < 0.8 and number.value and size > -4 and size < 3:
            unit = -max(self.habit.digits - size - 3, 1)
            other = cut_down(number.value, self.habit, unit)
            kind, sign = "cut off after ≈", "≈"
            if not other.value:
                return
        elif size >= 1 and abs(number.value) > 20:
            power = rng.choice(("*10^", "·10^", "e")) if size > 3 else ""
            other, kind, sign = (
                whole_rounded(number.value, size, power),
                "a round number after ≈",
                "≈",
            )
        else:
            return
        if other is None or other.text == work.parts[-1].text:
            return
        work.parts.append(Part(other.text, kind, sign, other))
        if kind == "rounded again":
            work.numbers.append(_carried(other, number.true, number.half))


def _ready(e: Op) -> bool:
    def figure(arg: Expr) -> bool:
        if isinstance(arg, Op) and arg.op == "neg":
            arg = arg.args[0]
        return isinstance(arg, Num) or arg == Sym("pi")

    return all(figure(arg) for arg in e.args)


def unit(number: Num) -> Decimal:
    """Half a unit of the last place written."""
    shown = number.text.lower()
    for sign in ("*10^", "·10^"):
        shown = shown.replace(sign, "e")
    if "/" in shown:
        return ZERO
    shown = shown.replace("(", "").replace(")", "")
    return HALF.scaleb(int(Decimal(shown).as_tuple().exponent))


def _reach(number: Num) -> Bounds:
    return number.value - number.half, number.value + number.half


def _carried(figure: Num, true: Decimal, reach: Decimal) -> Num:
    """The figure with how far the truth may lie from it: nothing if it is the truth."""
    if abs(figure.value - true) <= EPS * abs(true):
        return replace(figure, half=ZERO, behind=true)
    return replace(figure, half=max(figure.half, unit(figure)) + reach, behind=true)
