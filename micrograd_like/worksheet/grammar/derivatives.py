"""Derivatives: dA/dB, ∂²L/∂w∂b, d/dx (…) and ∇_w E, told from quotients of names."""

from __future__ import annotations

from abc import abstractmethod

from micrograd_like.formula import Derivative, Name, Number
from micrograd_like.worksheet import arrays
from micrograd_like.worksheet.arrays import Array, ShapeError, Term
from micrograd_like.worksheet.grammar.cursor import UnreadableError
from micrograd_like.worksheet.grammar.rules import ADD, Rules
from micrograd_like.worksheet.grammar.scope import UnsureError
from micrograd_like.worksheet.tokens.brackets import closing
from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.spelling import before_renewal, higher_derivative
from micrograd_like.worksheet.vocabulary import FUNCTIONS

#: What a cost is usually a function of.
_VARIED = {"w", "theta", "beta"}
#: What a layer gives: a gradient that names nothing may be by what lies below it.
_OUTPUTS = {"y", "yhat", "o", "a", "h", "z"}


class Derivatives(Rules):
    """The rules for derivatives. What is no derivative after all is left where it stands.

    Attributes:
        whole: True once ∂y/∂x of vectors of one length has to be all of ∂yᵢ/∂xⱼ.
        diagonal: True where it was read as ∂yᵢ/∂xᵢ alone.
    """

    whole = diagonal = False

    @abstractmethod
    def name(self, token: Token) -> Term:
        """What a name means, with the arguments behind it."""

    def derivative(self, anything: bool = False) -> Term | None:
        """dA/dB where A and B are names of the worksheet, or ``anything``; ∂A/∂B always."""
        start = self.place
        mark = self.differential(start)
        if mark is None:
            return None
        try:
            found = self.quotient(mark, anything)
        except UnreadableError:
            if mark != "∂":
                found = None
            else:
                raise
        if found is None:
            self.place = start
            if mark == "∂":
                self.fail("expected a derivative, as in ∂E/∂w5")
        return found

    def differential(self, place: int) -> str | None:
        """The sign of a derivative that begins here: ∂, d or delta; None without one."""
        token = self.tokens[place]
        if token.kind == "sign":
            return "∂" if token.text in ("∂", "∇") else None
        if token.kind != "name" or (token.text == "d" and "d" in self.known.lefts):
            return None
        if token.text.startswith("delta") and self.tokens[place + 1].text == "/":
            return "delta"
        if token.text == "delta" and self.tokens[place + 1].text == "(" and self.over_delta(place):
            return "delta"
        return "d" if token.text.startswith("d") else None

    def over_delta(self, place: int) -> bool:
        """True for δ(E1 + E2)/δw5, whose δ are those of a derivative."""
        end = closing(self.tokens).get(place + 1, 0)
        behind = self.tokens[end + 1 : end + 3]
        named = len(behind) == 2 and behind[1].text.startswith("delta")
        return named and behind[0].text == "/" and "delta" not in self.known.lefts

    def quotient(self, mark: str, anything: bool) -> Term | None:
        """What stands above and below in dA/dB, from the sign on."""
        token = self.next
        if token.text == "∇":
            return self.nabla()
        if (higher := self.higher_in_digits()) is not None:
            return higher
        own = mark == "∂" or token.text == mark  # d/dx, ∂/∂x, d²y/dx²
        order = 1
        if own:
            self.take()
            order = self.order()
            if self.at("/"):
                self.take()
                wrt = self.below(mark)
                return None if wrt is None else self.operator(wrt, order)
            above = self.above()
        else:
            above = self.above_glued(mark)
        if above is None or not self.at("/"):
            return None
        self.take()
        wrt = self.below(mark)
        if wrt is None:
            return None
        of, plain_names = above
        if mark == "d" and plain_names and not own and not self.meant(of, wrt, anything):
            return None
        return self.nested(of, wrt, order, self.inner_name(wrt, order))

    def higher_in_digits(self) -> Term | None:
        """d2y/dx2 of names that are defined as y and x."""
        above, slash, below = (self.ahead(place).text for place in range(3))
        found = higher_derivative(above, below) if slash == "/" else None
        if found is None or above in self.known.lefts:
            return None
        of, wrt, order = found
        if not self.known.is_defined(of) or f"{wrt}{order}" in self.known.lefts:
            return None
        self.place += 3
        current = self.scope.current
        return self.nested(Name(current(of)), current(wrt), order, current(wrt))

    def meant(self, of: Term, wrt: str, anything: bool) -> bool:
        """True if dA/dB, whose A and B are plain names, is a derivative and no quotient."""
        known = self.known
        names = [of.name if isinstance(of, Name) else "", wrt]
        whole = f"d{names[0]}" in known.lefts or f"d{names[1]}" in known.lefts
        if whole:  # dx and dy have values of their own
            return all(name in known.lefts for name in names)
        return anything or all(known.is_defined(name) for name in names)

    # Above and below.

    def order(self) -> int:
        """The power behind the sign of a derivative: 2 in d²y."""
        if self.next.kind == "power" and self.next.text in ("2", "3"):
            return int(self.take().text)
        if self.at("^") and self.ahead(1).text in ("2", "3"):
            self.place += 2
            return int(self.tokens[self.place - 1].text)
        return 1

    def above(self) -> tuple[Term, bool] | None:
        """What is differentiated, where it stands apart from the sign."""
        if self.next.kind == "name":
            token = self.next
            if self.ahead(1).text == "(" and (
                token.text in FUNCTIONS or token.text in self.known.functions
            ):
                return self.name(self.take()), False
            self.take()
            if self.at("("):
                self.pass_arguments("/")
            self.scope.places.setdefault(token.text, token.place)
            return Name(self.scope.current(token.text)), True
        if self.at("(", "["):
            expr = self.prefix()
            while self.at_power():
                expr = self.raised(expr)
            return expr, False
        return None

    def pass_arguments(self, behind: str) -> None:
        """Pass over the arguments in ∂J(w, b)/∂w and ∇_w J(w, b), where J is no function."""
        place = self.place + 1
        while self.tokens[place].kind == "name" and self.tokens[place + 1].text == ",":
            place += 2
        ends = self.tokens[place + 1 : place + 3]
        closed = self.tokens[place].kind == "name" and ends[0].text == ")"
        if closed and len(ends) > 1 and ends[1].text in behind:
            self.place = place + 2

    def above_glued(self, mark: str) -> tuple[Term, bool] | None:
        """What is differentiated, where the sign is its first letter: dE, dσ(x)."""
        token = self.next
        text = token.text[len(mark) :]
        if not text or not (text[0].isalpha()):
            return None
        self.take()
        if self.at("("):
            if text in FUNCTIONS or text in self.known.functions:
                token = token._replace(text=text)
                return self.name(token), False
            if text not in self.known.applied:
                return None
            self.skip_arguments(text)
        if not self.at("/"):
            return None
        return Name(self.scope.current(text)), True

    def below(self, mark: str) -> str | None:
        """The name by which one differentiates."""
        token = self.next
        if mark == "∂" or token.text == mark:
            if token.text not in ("∂", mark):
                return None
            self.take()
            token = self.next
            if self.at("("):
                return self.below_as_formula()
            if token.kind != "name":
                return None
            name = token.text
        elif token.kind == "name" and token.text.startswith(mark) and len(token.text) > len(mark):
            name = token.text[len(mark) :]
            if not name[0].isalpha():
                return None
        else:
            return None
        self.take()
        self.scope.places.setdefault(name, token.place)
        return self.scope.current(name)

    def below_as_formula(self) -> str | None:
        """The stand-in for what one differentiates by in ∂o/∂(w h + b)."""
        expr = self.prefix()
        if isinstance(expr, Array | Number):
            return None
        name = self.document.stand_in(expr)
        if not isinstance(name, Name):
            return None
        if name != expr:
            self.document.varied[expr] = name
        return str(name)

    # What comes of it.

    def operator(self, wrt: str, order: int) -> Term:
        """d/dx (…): what follows as a factor is differentiated."""
        inner = self.inner_name(wrt, order)
        return self.nested(self.expression(ADD), wrt, order, inner)

    def inner_name(self, wrt: str, order: int) -> str:
        """The name of the first of two derivatives: b in ∂²/∂w∂b, w in ∂²/∂w²."""
        if order > 1 and self.at_power():
            self.order()
        elif order > 1 and self.at("∂") and self.ahead(1).kind == "name":
            self.place += 2
            return self.tokens[self.place - 1].text
        return wrt

    def nested(self, of: Term, wrt: str, order: int, inner: str) -> Term:
        """The derivative, or the second one where the order says so."""
        if wrt in self.known.arrays or isinstance(of, Array) or self.is_array(of):
            return self.nested_array(of, wrt, order)
        assert not isinstance(of, Array)
        found, known = self.document.stand_in(of), self.document.slopes
        if Derivative(found, Name(wrt)) in known and Derivative(found, Name(inner)) not in known:
            inner, wrt = wrt, inner  # second derivatives are the same in either order
        for _ in range(order - 1):
            found = Derivative(found, Name(inner))
            self.document.named(found)
        known.add(Derivative(found, Name(wrt)))
        return Derivative(found, Name(wrt))

    def is_array(self, term: Term) -> bool:
        """True for a name of several elements."""
        return isinstance(term, Name) and term.name in self.known.arrays

    def nested_array(self, of: Term, wrt: str, order: int) -> Term:
        """The derivative by element, where one side is an array."""
        if order > 1:
            raise UnsureError("Second derivatives of arrays are not worked out")
        token = self.tokens[self.place - 1]
        above = self.scope.stands(of.name, token) if isinstance(of, Name) else of
        if isinstance(above, Array):
            above = above.each(lambda expr: self.document.stand_in(expr))
        else:
            above = self.document.stand_in(above)
        below = self.scope.stands(wrt, token)
        vectors = [term for term in (above, below) if isinstance(term, Array)]
        if len(vectors) == 2 and all(len(vector.shape) == 1 for vector in vectors):
            return self.jacobian(*vectors)
        return arrays.derivative(above, below)

    def jacobian(self, of: Array, wrt: Array) -> Array:
        """The derivatives of one vector by another: of each element by its own, or by all."""
        if of.shape == wrt.shape and not (self.whole or self.document.takes("jacobian")):
            self.diagonal = True
            return arrays.by_element(of, wrt)
        found = arrays.jacobian(of, wrt)
        return found.transposed if self.document.takes("layout") else found

    def nabla(self) -> Term | None:
        """∇_w E, and ∇E by the only vector of the document."""
        self.take()
        if self.at("_") and self.ahead(1).kind == "name" and self.ahead(2).kind == "name":
            self.take()
            wrt, of = self.take(), self.take()
            if self.at("("):
                self.pass_arguments("=≈")
            return self.nested(Name(self.scope.current(of.text)), wrt.text, 1, wrt.text)
        name = self.next.text
        arguments = max(self.known.applied.get(name, set()), key=len, default=())
        if self.next.kind == "name" and len(arguments) > 1:
            self.take()
            if self.at("("):
                self.skip_arguments(name)
            self.scope.read_as[f"∇{name} as ∂{name}/∂({', '.join(arguments)})"] = None
            return Array.of([Derivative(Name(name), Name(wrt)) for wrt in arguments])
        if self.next.kind == "name" and (listed := self.listed(name)):
            self.take()
            by = ", ".join(str(slope.wrt) for slope in listed)
            self.scope.read_as[f"∇{name} as ∂{name}/∂({by})"] = None
            return Array.of(listed)
        vector = self.varied()
        if self.next.kind == "name" and vector and name not in self.known.arrays:
            self.take()
            self.scope.read_as[f"∇{name} as ∂{name}/∂{vector}"] = None
            if vector in _OUTPUTS:
                self.scope.doubts[f"by what ∇{name} is taken is not said"] = None
            return self.nested(Name(self.scope.current(name)), vector, 1, vector)
        raise UnsureError("Gradients of vectors are not worked out")

    def listed(self, name: str) -> list[Derivative]:
        """The ∂L/∂w1, ∂L/∂w2 that ∇L is said to be: they tell by what it is taken."""
        place, operations = self.place, self.operations
        self.take()
        found = None
        if self.at("=", "≈"):
            self.take()
            try:
                found = self.expression(0)
            except (UnreadableError, UnsureError, ShapeError):
                found = None
        self.place, self.operations = place, operations
        items = found.items if isinstance(found, Array) else ()
        slopes = [item for item in items if isinstance(item, Derivative) and item.of == name]
        return slopes if len(slopes) == len(items) else []

    def varied(self) -> str:
        """The vector by which a gradient is taken that names none: the only one, or w; else ""."""
        arrays = self.known.arrays
        vectors = [n for n, s in arrays.items() if len(s) == 1 and before_renewal(n) not in arrays]
        usual = [name for name in vectors if name in _VARIED]
        found = usual if len(vectors) > 1 else vectors
        return found[0] if len(found) == 1 else ""
