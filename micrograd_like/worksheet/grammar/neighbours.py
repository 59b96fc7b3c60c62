"""Neighbours: what two tokens mean side by side: a product without a sign, words, a remark."""

from __future__ import annotations

from itertools import pairwise, takewhile

from micrograd_like.notation import GREEK
from micrograd_like.worksheet.grammar.cursor import Cursor
from micrograd_like.worksheet.naming.names import Names
from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.spelling import is_word
from micrograd_like.worksheet.vocabulary import CONNECTIVES, FUNCTIONS, RELATIONS

_PROSE = CONNECTIVES | {"else"}
#: What stands behind the unit of a number.
_BEHIND_UNIT = {"+", "-", "*", "/", "·", "x", "X", ")"}
#: What is made of all elements, and no unit.
OF_ALL = {"sum", "mean", "norm", "softmax", "pi", "max", "min"}
#: Columns that set apart what is no factor.
_CELL = 3
#: Tokens of a bracket that are looked at to tell whether it holds words.
_LOOKED_AT = 12


class Neighbours(Cursor):
    """A cursor that tells products and words apart by the names of the document."""

    def __init__(self, tokens: list[Token], known: Names) -> None:
        super().__init__(tokens)
        self.known = known
        self.bars = 0  # how many |…| are open
        self._behind: dict[str, list[bool]] = {}  # whether a bracket stands behind each name

    def implicit_product(self) -> bool:
        """True where a product needs no sign: 2x, w x, 2(…), x(…) of the worksheet, (…)(…)."""
        before, token = self.tokens[self.place - 1], self.next
        bracket = before.kind == "sign" and before.text in (")", "]", "}", "ᵀ", "ⁱ", "ⁿ")
        bar = before.text == "|" and before.kind == "sign"
        closed = bracket or bar
        operand = before.kind in ("number", "name", "power", "fraction") or closed
        if not operand or token.kind == "end":
            return False
        if self.at("(", "[", "{"):
            return not self.is_remark(self.place)
        if self.at("√", "∂", "∇", "⌊", "⌈") or (token.text[0] == "\\" and len(token.text) > 1):
            return True
        if self.at("‖"):
            return not self.bars
        if self.at("|"):
            return not self.bars and before.kind in ("number", "fraction")
        if token.kind in ("number", "fraction"):
            return bracket and token.kind == "number"
        if token.kind != "name" or (
            token.column - before.end > _CELL and token.line == before.line
        ):
            return False
        if token.text in OF_ALL and self.ahead(1).text == "(":  # ½ sum(…)
            return True
        if before.kind in ("number", "fraction") or bracket:
            return not self.is_prose(token) or (before.end == token.column and token.text.isascii())
        tight = before.end == token.column and (may_be_glued(token) or not self.is_prose(token))
        return tight or self.is_factor(token)

    def is_apart(self) -> bool:
        """True for a sign with blanks on both sides and an operand behind it: v . h."""
        before, token, after = self.tokens[self.place - 1], self.next, self.ahead(1)
        spaced = before.end < token.column and token.end < after.column
        return spaced and token.line == after.line and self.is_operand(after)

    def is_times(self) -> bool:
        """True for an x between figures that stands for times: 2 x (-1.147).

        Between names as well, where the document writes so and has no quantity x or x twice.
        """
        if self.next.kind != "name" or self.next.text not in ("x", "X"):
            return False
        before, token, after = self.tokens[self.place - 1], self.next, self.ahead(1)
        spaced = before.end < token.column and token.end < after.column
        if spaced and ((self.known.times and self.is_operand(after)) or self.is_chain()):
            return True
        figures = before.kind in ("number", "fraction", "power") or before.text == ")"
        if not spaced or not figures:
            return False
        if after.kind == "number":
            return True
        bracket = after.text == "(" and self.figures_inside(self.place + 1)
        return bracket or (after.text == "-" and self.ahead(2).kind == "number")

    def is_chain(self) -> bool:
        """True between dy/du and du/dx: what is below the one is above the other."""
        place = self.place
        before = [t.text for t in self.tokens[max(place - 3, 0) : place]]
        after = [t.text for t in self.tokens[place + 1 : place + 4]]
        if after[:1] == ["∂"]:
            return before == ["/", *after[:2]] and after[2:] == ["/"]
        return before[1:] == ["/", *after[:1]] and after[1:2] == ["/"] and after[0][0] in "dδ"

    def is_operand(self, token: Token) -> bool:
        """True for what a factor may begin with."""
        return token.kind in ("name", "number", "fraction") or token.text in ("(", "-", "∂", "√")

    def at_unit(self, inside: bool = False) -> bool:
        """True for words behind a number and before an operator: no quantity, but its unit."""
        before, place = self.tokens[self.place - 1], self.place
        if not inside and before.kind != "number":
            return False
        while self.tokens[place].kind == "name" and self.is_unit(self.tokens[place]):
            place += 1
        after = self.tokens[place]
        computes = after.text in _BEHIND_UNIT and (after.kind != "name" or after.text in "xX")
        apart = before.end < self.next.column
        return place > self.place and apart and (computes or after.text in RELATIONS)

    def is_unit(self, token: Token) -> bool:
        """True for a word that nothing gives a value."""
        text = token.text
        known = text in self.known.lefts or self.known.is_quantity(text)
        named = (
            text.lower() in FUNCTIONS
            or text in ("if", "else")
            or text in GREEK.values()
            or text in OF_ALL
        )
        return is_word(text) and len(text) > 2 and not known and not named

    def figures_inside(self, place: int) -> bool:
        """True for a bracket that holds no name."""
        place += 1
        while self.tokens[place].text != ")" and self.tokens[place].kind != "end":
            if self.tokens[place].kind == "name":
                return False
            place += 1
        return True

    def is_prose(self, token: Token) -> bool:
        """True for a name that is a word and no quantity."""
        prose = self.known.is_word(token) or token.text.lower() in _PROSE
        computed = len(token.text) == 1 and token.text in self.known.operands  # W a + b
        return prose and not computed and token.text not in self.known.lefts

    def is_factor(self, token: Token) -> bool:
        """True for a name that may follow another as a factor."""
        if self.is_prose(token):
            return False
        text = token.text
        return (
            self.known.is_quantity(text)
            or text.rstrip("'").lower() in FUNCTIONS
            or text in self.known.functions
            or text[:1] in "dΣΠ"
            or text.startswith(("Sigma", "Pi"))
            or len(text) == 1
            or bool(self.known.split(text))
        )

    def is_remark(self, place: int) -> bool:
        """True for a bracket that holds words: (power rule), (product rule; z held fixed).

        Names and functions may stand among two words or more, but nothing that computes.
        """
        inside, words, others = place + 1, 0, 0
        if self.holds_arrow(place) or self.holds_phrase(place) or self.holds_percentage(place):
            return True
        while self.tokens[inside].text not in (")", "]") and self.tokens[inside].kind != "end":
            token = self.tokens[inside]
            joins = token.text.lower() in CONNECTIVES and len(token.text) > 1  # no bare (a − 5)
            word = self.known.is_word(token) or (joins and token.text not in self.known.lefts)
            other = token.kind == "name" and self.tokens[inside + 1].text != "("
            mark = token.text in (*",.:;'-∂/…",) or token.kind == "number"
            if not (word or other or mark):
                return False
            words += word
            others += other and not word
            inside += 1
        return words > (1 if others else 0)

    def holds_percentage(self, place: int) -> bool:
        """True for a number of hundredths set apart, which says the same again: 0.344 (34.4%)."""
        kinds = [
            t.kind if t.kind == "number" else t.text for t in self.tokens[place + 1 : place + 4]
        ]
        return (
            kinds == ["number", "%", ")"] and self.tokens[place - 1].end < self.tokens[place].column
        )

    def holds_phrase(self, place: int) -> bool:
        """True for a bracket with two words side by side, one of which is no quantity."""
        names = [t.text for t in self.tokens[place + 1 : place + 3]]
        if names[1:] == [")"] and names[0].lower() in FUNCTIONS:  # (ReLU)
            return True
        for a, b in pairwise(self.tokens[place + 1 : place + _LOOKED_AT]):
            if ")" in (a.text, b.text) or "]" in (a.text, b.text):
                return False
            beside = a.kind == b.kind == "name" and a.end < b.column
            if beside and any(map(self.known.is_word, (a, b))):
                return True
            if beside and all(map(self.is_said, (a, b))):
                return any(t.text not in self.known.lefts for t in (a, b))
        return False

    def holds_indices(self) -> bool:
        """True for a bracket of letters and numbers with commas or colons: P[i, y_i]."""
        behind = self.tokens[self.place + 1 : self.place + _LOOKED_AT]
        inside = [*takewhile(lambda token: token.text != "]", behind)]
        marks = [token for token in inside if token.text in (",", ":")]
        return bool(marks) and all(t.kind in ("name", "number") or t in marks for t in inside)

    def words_inside(self) -> str:
        """The words of a bracket that holds nothing else, and more than names; else ""."""
        behind = self.tokens[self.place + 1 : self.place + _LOOKED_AT]
        inside = [*takewhile(lambda token: token.kind == "name", behind)]
        ends = behind[len(inside) : len(inside) + 1]
        said = len(inside) > 1 and any(map(self.known.is_word, inside))
        return " ".join(t.text for t in inside) if said and ends and ends[0].text == ")" else ""

    def is_said(self, token: Token) -> bool:
        """True for a word or one that joins others, whatever else it stands for."""
        joins = token.text.lower() in CONNECTIVES
        known = token.text.rstrip("'").lower() in FUNCTIONS
        return (joins or is_word(token.text)) and not known

    def holds_arrow(self, place: int) -> bool:
        """True for a bracket with an arrow or ∈: (x₁ → h) says where a weight belongs."""
        for token in self.tokens[place + 1 : place + 8]:
            if token.text in (")", "]"):
                return False
            if token.text in ("→", "⇒", "∈"):
                return True
        return False

    def only_called(self, text: str) -> bool:
        """True for a name of several numbers: g(1) and g(2), and never g alone."""
        if not self._behind:
            for token, after in pairwise(self.tokens):
                if token.kind == "name":
                    self._behind.setdefault(token.text, []).append(after.text == "(")
        behind = self._behind.get(text, [])
        return len(behind) > 1 and all(behind)

    def holds_itself(self, text: str) -> bool:
        """True for f (1 − f): there f is a quantity."""
        if text not in self.known.lefts and text not in self.known.operands:
            return False
        place, depth = self.place, 0
        while self.tokens[place].kind != "end":
            sign = self.tokens[place].text
            depth += (sign == "(") - (sign == ")")
            if self.tokens[place].text == text and self.tokens[place + 1].text != "(":
                return True
            place += 1
            if depth == 0:
                return False
        return False

    def skip_arguments(self, text: str) -> None:
        """Pass over the arguments in y(x1, x2), where y is written so."""
        for arguments in self.known.applied[text]:
            ahead = self.tokens[self.place + 1 : self.place + 2 * len(arguments)]
            end = self.place + 2 * len(arguments)
            same = tuple(t.text for t in ahead if t.text != ",") == arguments
            if same and end < len(self.tokens) and self.tokens[end].text == ")":
                self.place = end + 1
                return


def may_be_glued(token: Token) -> bool:
    """True for what is no word of an alphabet that sets words beside formulas: 1となる."""
    return token.text.isascii() or (len(token.text) == 1 and token.text < "\u0590")
