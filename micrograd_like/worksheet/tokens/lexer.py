"""The lexer: a line of text to tokens that know their place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from micrograd_like.notation import normal_name
from micrograd_like.record import record
from micrograd_like.worksheet.records import Place
from micrograd_like.worksheet.tokens.characters import BLANK, FOREIGN, exchanged

MAX_NAME = 100


@record
class Token:
    """A piece of text.

    Attributes:
        kind: "number", "name", "sign", "power", "fraction", "string" or "end".
        text: In plain form: a name as ``w5``, a sign as its plain one.
        column, end: Where it begins, and where what follows it would, from 1.
    """

    kind: str
    text: str
    line: int
    column: int
    end: int

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place("", 0, self.line, self.column, self.end)

    def _replace(self, **changes: Any) -> Token:
        """The token with some of these as others."""
        return replace(self, **changes)

    def up_to(self, end: int) -> Place:
        """Where what begins with it stands, given the column behind that."""
        return Place("", 0, self.line, self.column, end)


@dataclass(frozen=True, slots=True)
class Conventions:
    """What is decided for a whole document before it is read.

    Attributes:
        comma: True where commas are the decimal sign.
        superscripts: True where ``w^(1)`` is a name of the layer 1 and not a power.
        layers: True where ``a^l`` is a name of the layer l and not a power.
        raised: Letters whose superscript is a layer: a for ``a¹ = …``, and so a² beside it.
        samples: True where yⁱ is of the sample i: a sum over i stands there.
        mantissas: Names such as ``e1``, before which a number is a factor: 2e1 is 2·e1.
    """

    comma: bool = False
    superscripts: bool = False
    layers: bool = False
    raised: frozenset[str] = field(default_factory=frozenset)
    mantissas: frozenset[str] = field(default_factory=frozenset)
    samples: bool = False

    @classmethod
    def of(cls, lines: Sequence[str]) -> Conventions:
        """Those that the lines are written in."""
        text = "\n".join(line.partition("#")[0] for line in lines)
        raised = "^" in text
        return cls(
            _has_decimal_commas(text),
            raised and _LAYERED.search(text) is not None,
            raised and _LAYERED_L.search(text) is not None,
            frozenset() if text.isascii() else _raised_letters(text),
            frozenset(_EXPONENT_NAMED.findall(text)),
            "ⁱ" in text and re.search(r"[Σ∑]_?[{(]?[iᵢ]", text) is not None,
        )

    def told(self) -> Iterator[str]:
        """What was decided, in words."""
        if self.comma:
            yield "Commas are read as decimal signs"
        if self.superscripts:
            yield "A bracketed superscript, as in w^(1), is read as an index"
        if self.layers:
            yield "A superscript l, as in a^l, is read as an index"
        if self.raised:
            letter = min(self.raised)
            yield f"A raised figure, as in {letter}¹ and {letter}², is read as an index"


# These look from every place of a text: what they may run over from there is bounded.
_LAYERED = re.compile(
    r"(?m)(?:^|[,;∂d/])[^\S\n]{0,40}[^\W\d]\w{0,40}(?:_\{\w{1,20}\})?"
    r"\^\{?\(\w{1,20}\)\}?[^=\n]{0,200}="
)
_EXPONENT_NAMED = re.compile(r"(?m)^[^\S\n]*([eE]_?\d*)\s*[=≈]")
#: A raised figure left of a relation or in a derivative; nobody writes the first power.
_RAISED_LEFT = re.compile(
    r"(?m)(?:^[^\S\n]*|[,;][^\S\n]*|∂|δ/|(?<=[^\w])d)([^\W\d_])([¹²³⁴-⁹])(?=[₀-₉ᵢⱼ]*\s*[=≈/,])"
)
_LAYERED_L = re.compile(
    r"(?m)(?:(?:^|[,;])[^\S\n]{0,40}[^\W\d]\w{0,40}\^[{(]?l\b[^=\n]{0,200}="
    r"|[∂d/][^\W\d]\w{0,40}\^[{(]?l\b)"
)
_IN_BRACKETS = re.compile(r"\[[^\[\]]*\]|\{[^{}]*\}|\w\([^()]*\)|\([^()=]{0,200},\s[^()]{0,200}\)")
#: A number alone in brackets may be a pair: the point (1,1).
_COMMA_NUMBER = re.compile(r"(?!(?<=\()\d+,\d+\))(?<![\w.,])\d+,\d+(?:[eE][+-]?\d+)?(?![\w,.])")
#: What stands above before what stands below: σ²_w, xᵢ squared as x²ᵢ, and Σₖ₌₁ᵗ.
_RAISED_FIRST = re.compile(
    r"(?P<base>[^\W\d_])(?P<above>[²³])(?P<below>_[^\W⁰¹²³⁴-⁹]{1,12}|_\{\w{1,12}\}|[ₐₑₒₓₕ-ₜᵢᵣᵤᵥⱼ₀-₉]+)(?![⁰¹²³⁴-⁹])"
    r"|(?<=[\w)\]])(?P<raised>[⁺⁻]?[⁰¹²³⁴-⁹]{1,9}·[⁰¹²³⁴-⁹]{1,9}|⁻[ˣʸᶻᵃᵇᵏᵗⁿⁱ])"
    r"|(?<!\w)(?P<euler>e)(?P<exponent>[ˣʸᶻᵃᵇᵏᵗⁿⁱ])(?!\w)"
    r"|(?P<sum>[ΣΠ][ₐₑₒₓₕ-ₜᵢᵣᵤᵥⱼ]₌[₀-₉]{1,4})(?P<last>[ᵃ-ᵡᴬ-ᵂⁱⁿ⁰¹²³⁴-⁹]{0,4})"
)
_ABOVE_OR_BELOW = {"below", "last", "sum", "raised", "exponent"}
#: A full stop, and what begins another sentence.
_SENTENCE = re.compile(r"\.\s+[A-Z][a-z]")


def _raised_letters(text: str) -> frozenset[str]:
    """The letters that have layers above them, where one has the first."""
    found = _RAISED_LEFT.findall(text)
    first = any(figure == "¹" for _, figure in found)
    return frozenset(letter for letter, _ in found) if first else frozenset()


#: A number with commas between its thousands, outside of brackets: 65,536.
_GROUPED = re.compile(r"(?<![\w.,])(?P<grouped>[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?)(?![\w,])")


def _has_decimal_commas(text: str) -> bool:
    if re.search(r"\d\.\d", text):
        return False
    found = []
    for line in text.split("\n"):
        if "," in line:
            found += _COMMA_NUMBER.findall(_IN_BRACKETS.sub(" ", line))
    return any(len(f.partition(",")[2]) != 3 or f.startswith("0,") for f in found)


# Python counts these among the letters and digits of a name: primes, powers and fractions.
_NO_LETTER = f"(?![ʹ\u0374²³¹⁰⁴-⁹¼-¾⅐-⅟ᵀⁿⁱ{FOREIGN}])"
_INDEX = (
    r"(?:_\{[^{}\n]{1,40}\}|_\([^()\n]{1,20}\)|_\w{1,40}|[₊₋][₀-₉]{1,6}"
    r"|(?<=[₀-₉ᵢⱼₖₗₘₙₜ])(?:,[₀-₉ᵢⱼₖₗₘₙₜ]{1,3})+"
    r"|\[-?\d{1,4}(?:(?:,\s*|\]\[)-?\d{1,4})?\]|\[[ijkt]\])"
)
_ABOVE = (
    r"(?:\^\{\[\w{1,12}\]\}|\^\{?\d{1,3}\}?(?=_)|\^\{?(?:new|old|next|prev|true|pred|target)\b\}?"
    r"|⁽[⁰¹²³⁴-⁹⁺⁻ⁱⁿˡᵏᵗᴸ]{1,6}⁾|\(new\)|\(old\)|⁺(?![⁰¹²³⁴-⁹])|\^\{?\+\}?(?=\s*(?:[=≈←,;)|]|:=|$)))"
)
_LAYER = r"(?:\^\{?\(\w{1,12}\)\}?)"
#: The layer l above a name, the one before and the one behind: a^l, a^{l-1}, a^(l+1).
_LAYER_L = r"(?:\^(?:[lL](?!\w)|\{[lL](?:[+-]1)?\}|\([lL](?:[+-]1)?\)))"
#: What a name is of, in quotes: Key("cat"); and under which condition: p(C=1 | x).
_QUOTED = r"(?:\"[\w ]{1,40}\"|'[\w ]{1,40}')"
_OF_QUOTED = rf"(?P<of>\(\s*{_QUOTED}(?:\s*(?:→|->|,)\s*{_QUOTED})*\s*\))"
_GIVEN = (
    r"(?P<given>(?:[pPqQ]|Pr)\([A-Za-z][^()|=\n]{0,20}[|=][^()|\n]{1,30}(?:\|[^()|\n]{1,30})?\))"
)
#: The mean of squares that RMSprop keeps, E[g²]_t: one quantity, as its index says.
_MEAN = r"(?P<mean>E\[[^\W\d_](?:\^2|²)\](?:_\{[\w+-]{1,8}\}|_\w|[₀-₉ₜ])(?:[+-]\d(?=\s*[=≈]))?)"
#: A letter behind ₁ begins another name: m₁x₁.
_BEHIND_INDEX = "(?!(?<=[₀-₉])(?!new|old|next|prev)[A-Za-z\u0370-\u03ff])"
_TOKEN = (
    r"(?P<space>[{blank}]+|/\*(?:.*?\*/|.*)|\*/)"  # blanks, and remarks between /* and */
    r"|(?P<number>{number}(?:[eE][+\-]?\d+)?)"
    r"|(?P<power>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?P<fraction>[¼-¾⅐-⅟])"
    r"|{given}"
    r"|{mean}"
    r"|(?P<name>{no}[^\W\d_](?:{no}{behind}(?!_[{{(])[\w\u0300-\u036f]){{0,{most}}}"
    r"(?:{of}|(?:{index}?{above}{index}?|{index})?{plus})⋆?)(?P<prime>['″]*)"
    r"|(?P<foreign>[{foreign}]+(?:_\w{{1,20}})?)"
    r"|(?P<string>'[^'\n]*'|\"[^\"\n]*\")"
    r"|(?P<sign>\*\*|\.[\^*/]|<--+|--+>|:=|\+=|-=|==|=>|->|<-|<=|>=|!=|\.\.\.|//|.)"
)
_PLUS = r"(?:\+(?=\s+[=≈←]))?"


def _compiled(conventions: Conventions) -> re.Pattern[str]:
    number = r"(?:\d+\.?\d*|\.\d+)"
    if conventions.comma:
        number = r"(?:\d+[.,]\d+|\d+\.?|[.]\d+|(?<![\w)\]]),\d+)"
    pattern = _TOKEN.format(
        blank=BLANK,
        number=number,
        no=_NO_LETTER,
        foreign=FOREIGN,
        most=MAX_NAME,
        index=_INDEX,
        above=_above(conventions),
        plus=_PLUS,
        behind=_BEHIND_INDEX,
        of=_OF_QUOTED,
        given=_GIVEN,
        mean=_MEAN,
    )
    return re.compile(pattern, re.DOTALL)


def _above(conventions: Conventions) -> str:
    """What may stand above a name and be an index of it."""
    kinds = [_ABOVE]
    kinds += [_LAYER] if conventions.superscripts else []
    kinds += [_LAYER_L] if conventions.layers else []
    kinds += ["ⁱ"] if conventions.samples else []
    if conventions.raised:
        letters = "".join(sorted(conventions.raised))
        kinds.append(rf"(?<=[{letters}])[¹²³⁴-⁹][₀-₉ᵢⱼₖ]*")
    return f"(?:{'|'.join(kinds)})"


_SUPERSCRIPTS = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")
_SIGNS = {"**": "^", "==": "=", "=>": "⇒", "->": "→", "<-": "←", ":=": "←", "...": "…"}
_SIGNS |= {"<=": "≤", ">=": "≥", ".^": "^", ".*": "⊙", "./": "/"}
#: What the rest of a line is only a remark behind.
_REMARKS = {"#", "//"} | {f"<{'-' * n}" for n in range(2, 9)}
_RAISED = re.compile("⁽(.+?)⁾")
_RAISED_FIGURE = re.compile("(?<!⁽)([¹²³⁴-⁹])(?!⁾)([₀-₉ᵢⱼₖ]*)")
_MANTISSA = re.compile(r"(\d+\.?\d*|\.\d+)([eE])(.+)")
_RAISED_L = re.compile(r"\^[{(]?([lL](?:[+-]1)?)[)}]?(?=_|'|$)")
#: What nothing that is quoted belongs to as a name: print("loss"), Value('a').
_CALLED = {"print", "Value", "Parameter", "label"}
#: Libraries whose functions are written with them in front: np.exp.
MODULES = {"np", "math", "numpy", "torch", "tf", "jnp", "cmath"}


class Lexer:
    """Splits the lines of one document."""

    def __init__(self, conventions: Conventions) -> None:
        self._conventions = conventions
        self._pattern = _compiled(conventions)

    def tokens(self, line: str, number: int) -> list[Token]:
        """The tokens of one line, its comment left out."""
        found = list(self._tokens(exchanged(line), number))
        if MODULES.isdisjoint([token.text for token in found]):
            return found
        return list(_without_modules(found))

    def _tokens(self, line: str, number: int) -> Iterator[Token]:
        place = depth = 0
        # What is rare in a line is looked for once, and not at every token again.
        grouped = "," in line and not self._conventions.comma and _GROUPED.search(line) is not None
        raised = not line.isascii() and _RAISED_FIRST.search(line) is not None
        while place < len(line):
            match = _GROUPED.match(line, place) if grouped and not depth else None
            if match is None and raised:
                match = self._raised_first(line, place)
            match = match or self._pattern.match(line, place)
            if match is None:  # the last alternative takes any character
                raise AssertionError("unreachable")
            kind, text, column = str(match.lastgroup), match[0], place + 1
            place = match.end()
            if kind == "space":
                continue
            if kind == "sign":
                if text in _REMARKS:
                    if text != "//" or not line[max(column - 2, 0) : column - 1].strip():
                        return
                    text, place = "/", place - 1
                depth += (text in "([{") - (text in ")]}")
                shown = "→" if text.startswith("--") else _SIGNS.get(text, text)
                yield Token("sign", shown, number, column, place + 1)
            elif kind == "name" and text.isascii() and text.isalnum():  # most names
                yield Token("name", text, number, column, place + 1)
            elif kind == "grouped":
                yield Token("number", text.replace(",", ""), number, column, place + 1)
            elif kind == "number":
                name = self._name_after(text)
                if name:  # 2e1 with a name e1
                    place = match.start() + len(text) - len(name)
                    text = text[: len(text) - len(name)]
                if (
                    text[-1] == "."
                    and line[: column - 1].strip()
                    and _SENTENCE.match(line, place - 1)
                ):
                    place -= 1  # 2. Then …: the full stop is no part of the number
                    text = text[:-1]
                yield Token("number", text.replace(",", "."), number, column, place + 1)
            elif kind in _ABOVE_OR_BELOW:
                yield from _index_first(match, number)
            elif kind == "given":
                yield Token("name", _worded(text), number, column, place + 1)
            elif kind == "mean":
                index = text.partition("]")[2]
                yield Token("name", mean_of_squares(text[2], index), number, column, place + 1)
            elif kind in ("name", "prime"):
                if match["of"]:
                    yield from self._of_quoted(match, number)
                    continue
                layered = (
                    "⁽" in text
                    or "ⁱ" in text
                    or (self._conventions.raised and _RAISED_FIGURE.search(text))
                )
                letters = match["name"] if layered else _letters(match["name"])
                if not letters:  # ① and its like count as letters for the pattern
                    place = column
                    yield Token("fraction", text[0], number, column, place + 1)
                    continue
                if letters != match["name"]:
                    place, text = column - 1 + len(letters), letters
                yield Token("name", _named(text), number, column, place + 1)
            elif kind == "foreign":
                yield Token("name", text[:MAX_NAME], number, column, place + 1)
            elif kind == "power":
                text = text.translate(_SUPERSCRIPTS)
                yield Token("power", text, number, column, place + 1)
            else:  # a fraction or a string
                yield Token(kind, text, number, column, place + 1)

    def _raised_first(self, line: str, place: int) -> re.Match[str] | None:
        """What stands above before what stands below, where it is no layer."""
        match = _RAISED_FIRST.match(line, place)
        return None if match is None or match["base"] in self._conventions.raised else match

    def _of_quoted(self, match: re.Match[str], number: int) -> Iterator[Token]:
        """Key("cat") as one name; print("cat") and its like as they stand."""
        text, column = match["name"], match.start() + 1
        base = text.partition("(")[0]
        if base not in _CALLED:
            yield Token("name", _worded(text), number, column, match.end() + 1)
            return
        yield Token("name", base, number, column, column + len(base))
        for token in self._tokens(text[len(base) :], number):
            start, end = token.column + column, token.end + column
            yield token._replace(column=start + len(base) - 1, end=end + len(base) - 1)

    def _name_after(self, number: str) -> str:
        """The name in which what looks like a number ends: e1 in 2e1, e + 1 in 2e+1.

        1e-3 is a number whatever is called e: so rates are written.
        """
        names = self._conventions.mantissas
        match = _MANTISSA.fullmatch(number) if names else None
        if match is None:
            return ""
        _, mark, exponent = match.groups()
        if {f"{mark}{exponent}", f"{mark}_{exponent}"} & names:
            return mark + exponent
        signed = exponent[0] == "+" and len(exponent) == 2
        return mark + exponent if signed and mark in names else ""


def _index_first(match: re.Match[str], number: int) -> Iterator[Token]:
    """The tokens of σ²_w as those of σ_w², and of Σₖ₌₁ᵗ as those of Σ_{k=1}^t."""
    column, end = match.start() + 1, match.end() + 1
    if match["sum"]:
        plain = unicodedata.normalize("NFKC", match["sum"][1:])
        yield Token("name", _named(f"{match['sum'][0]}_{{{plain}}}"), number, column, end)
        if last := unicodedata.normalize("NFKC", match["last"]):
            yield Token("sign", "^", number, end, end)
            yield Token("number" if last.isdecimal() else "name", last, number, end, end)
        return
    if match["raised"] or match["exponent"]:
        if match["euler"]:
            yield Token("name", "e", number, column, column + 1)
        yield from _as_exponent(match["raised"] or match["exponent"], number, column, end)
        return
    power = match["above"].translate(_SUPERSCRIPTS)
    yield Token("name", _named(match["base"] + match["below"]), number, column, end)
    yield Token("power", power, number, end, end)


def _as_exponent(text: str, number: int, column: int, end: int) -> Iterator[Token]:
    """The tokens of ⁻⁰·⁵ and ⁻ᶻ as those of ^(-0.5) and ^(-z)."""
    plain = unicodedata.normalize("NFKC", text.replace("·", ".")).replace("\u2212", "-")
    signs = ["^", "(", *(["-"] if plain[0] == "-" else [])]
    for sign in signs:
        yield Token("sign", sign, number, column, end)
    inside = plain.lstrip("+-")
    yield Token("name" if inside.isalpha() else "number", inside, number, column, end)
    yield Token("sign", ")", number, column, end)


def _worded(text: str) -> str:
    """A name with what stands in its brackets as its index: Key_cat, p_C_1_x."""
    return normal_name("_".join(re.findall(r"\w+", text)))


def mean_of_squares(letter: str, index: str) -> str:
    """The name of E[g²]_t in plain form."""
    return _named(f"E{letter}sq{index}")


def _named(text: str) -> str:
    """A name in plain form, whichever index stands above it."""
    if text.isascii() and text.isalnum():
        return text
    text = text.replace("][", ",").replace("⋆", "_star").replace("ⁱ", "^(i)")
    text = _RAISED_FIGURE.sub(_layer, text)
    text = _RAISED.sub(lambda m: f"^({unicodedata.normalize('NFKC', m[1])})", text)
    return normal_name(_RAISED_L.sub(r"^(\1)", text))


def _layer(match: re.Match[str]) -> str:
    """^(1)_2 for ¹₂."""
    above, below = (unicodedata.normalize("NFKC", text) for text in match.groups())
    return f"^({above})" + (f"_{below}" if below else "")


def _without_modules(tokens: Iterable[Token]) -> Iterator[Token]:
    """The tokens with ``np.exp`` as ``exp``."""
    waiting: list[Token] = []
    for token in tokens:
        if len(waiting) == 2:
            if waiting[1].text == "." and token.kind == "name":
                waiting = []
                yield token
                continue
            yield from waiting
            waiting = []
        module = not waiting and token.kind == "name" and token.text in MODULES
        if module or (waiting and token.text == "."):
            waiting.append(token)
        else:
            yield from waiting
            waiting = []
            yield token
    yield from waiting


def is_name(name: str) -> bool:
    """True for a name in plain form, such as ``w5'``."""
    letters = len(name) <= MAX_NAME and _letters(name) == name
    return letters and re.fullmatch(r"[^\W\d_]\w*'*", name) is not None


def _letters(name: str) -> str:
    """``name`` up to its first superscript or fraction, which Python counts as letters."""
    if name.isascii():
        return name
    for place, character in enumerate(name):
        subscript = place > 0 and character in "₀₁₂₃₄₅₆₇₈₉"
        if unicodedata.category(character) == "No" and not subscript:
            return name[:place]
    return name
