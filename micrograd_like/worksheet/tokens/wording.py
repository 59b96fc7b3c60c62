"""Wording: what is said in words or lists becomes the tokens of statements, first of all.

Derivatives in words are ∂L/∂w, and points (x, y) = (1, 2), (2, 3) are the vectors x and y.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from itertools import pairwise

from micrograd_like.notation import normal_name
from micrograd_like.worksheet.tokens.brackets import closing
from micrograd_like.worksheet.tokens.lexer import MAX_NAME, Token
from micrograd_like.worksheet.vocabulary import NEW, RELATIONS

_DERIVATIVES = {"derivative", "gradient", "slope", "partial"}
#: What stands between what is differentiated and what by.
_BY = (
    ("w", ".", "r", ".", "t", "."),
    ("w", ".", "r", ".", "t"),
    ("wrt",),
    ("with", "respect", "to"),
)
#: What may be said under a condition.
_PROBABILITIES = {"p", "P", "q", "Q", "Pr", "pi"}
#: What is of one distribution beside another: KL(p‖q).
_BETWEEN_TWO = {"KL", "D"}
_BARS = {"|", "‖"}
_ARROW = "→"
#: Signs of a change by themselves.
_CHANGED = {"∂", "∇"}
#: Steps by which a value is told from the one before it.
_MOST_STEPS, _MOST_DIGITS = 9, 4
_ARTICLES = {"the", "a", "an"}


def in_signs(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with ∂L/∂w for "derivative of L with respect to w", where a relation follows."""
    if _DERIVATIVES.isdisjoint([token.text.lower() for token in tokens]):
        return [*tokens]
    found: list[Token] = []
    place = 0
    while place < len(tokens):
        derivative = _derivative(tokens, place)
        if derivative is None:
            found.append(tokens[place])
            place += 1
        else:
            signs, place = derivative
            found += signs
    return found


def _derivative(tokens: Sequence[Token], place: int) -> tuple[list[Token], int] | None:
    """The signs for a derivative in words that begins here, and the place behind it."""
    first = tokens[place]
    if first.text.lower() not in _DERIVATIVES:
        return None
    texts = [token.text.lower() for token in tokens]
    at = place + 1
    if texts[place : at + 1] == ["partial", "derivative"]:
        at += 1
    if texts[at : at + 1] != ["of"]:
        return None
    of = _behind_article(texts, at + 1)
    by = next((way for way in _BY if tuple(texts[of + 1 : of + 1 + len(way)]) == way), None)
    if by is None:
        return None
    wrt = _behind_article(texts, of + 1 + len(by))
    behind = tokens[wrt + 1] if wrt + 1 < len(tokens) else None
    related = behind is not None and behind.kind == "sign" and behind.text in RELATIONS
    if not related or tokens[of].kind != "name" or tokens[wrt].kind != "name":
        return None
    above = first._replace(kind="sign", text="∂")
    line, below = tokens[of + 1], tokens[wrt - 1]
    signs = [
        above,
        tokens[of],
        line._replace(kind="sign", text="/"),
        below._replace(kind="sign", text="∂"),
        tokens[wrt],
    ]
    return signs, wrt + 1


def in_sums(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with Σ_i (…) for "sum over i of (…)"."""
    texts = [token.text.lower() for token in tokens]
    if "over" not in texts or "sum" not in texts:
        return [*tokens]
    found: list[Token] = []
    place = 0
    while place < len(tokens):
        index = tokens[place + 2].text if texts[place : place + 2] == ["sum", "over"] else ""
        if len(index) == 1 and place + 3 < len(tokens):
            end = place + 3 + (texts[place + 3] == "of")
            found.append(tokens[place]._replace(text=f"Sigma_{index}", end=tokens[end - 1].end))
            place = end
        else:
            found.append(tokens[place])
            place += 1
    return found


def in_one_name(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with p(y | x) as one name, which is what it is given: p_y_x."""
    found = [*tokens]
    if _BARS.isdisjoint([token.text for token in tokens]):
        return found
    for place in range(len(found) - 1, -1, -1):
        base = found[place].text.partition("_")[0]
        if base not in _PROBABILITIES | _BETWEEN_TWO or [
            t.text for t in found[place + 1 : place + 2]
        ] != ["("]:
            continue
        end = closing(found).get(place + 1, 0)
        inside = found[place + 2 : end]
        bars = [token.text for token in inside if token.text in _BARS]
        if bars == ["|"] or (base in _BETWEEN_TWO and bars in (["‖"], ["|", "|"])):
            said = [found[place].text, *(t.text for t in inside if t.kind in ("name", "number"))]
            name = normal_name("_".join(said)[:MAX_NAME])
            found[place : end + 1] = [found[place]._replace(text=name, end=found[end].end)]
    return found


def in_names(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with one name for "w1 new =", and for w(x1→h1), from the one to the other."""
    found = [*tokens]
    texts = [token.text for token in found]
    relates = len(found) > 2 and found[2].kind == "sign" and texts[2] in RELATIONS
    if relates and found[0].kind == "name" and texts[1].lower() in NEW:
        found[:2] = [found[0]._replace(text=f"{texts[0]}_new", end=found[1].end)]
    for place in range(len(found) - 6, -1, -1) if _ARROW in texts else ():
        group = found[place : place + 6]
        signs = [token.text for token in group[1::2]]
        if signs == ["(", _ARROW, ")"] and all(token.kind == "name" for token in group[::2]):
            name = normal_name("_".join(token.text for token in group[::2])[:MAX_NAME])
            found[place : place + 6] = [group[0]._replace(text=name, end=group[-1].end)]
    return found


def in_norms(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with ‖ for the two bars of ||x||, where all bars stand in pairs."""
    found: list[Token] = []
    paired = True
    for token in tokens:
        if token.text == "|" and not paired and found[-1].end == token.column:
            found[-1], paired = found[-1]._replace(text="‖", end=token.end), True
            continue
        if not paired:
            return [*tokens]
        paired = token.text != "|"
        found.append(token)
    pairs = sum(token.text == "‖" for token in found)
    return found if paired and not pairs % 2 else [*tokens]


def stepped(rows: Iterable[Sequence[Token]]) -> set[str]:
    """The names w that stand alone, too, where w(0) and w(1) = w(0) − … are its next values."""
    given: dict[str, set[str]] = {}
    alone, others = set(), set()
    for row in rows:
        texts = [token.text for token in row]
        for place, token in enumerate(row):
            if token.kind != "name":
                continue
            opening, step, closed, sign = (*texts[place + 1 : place + 5], *[""] * 4)[:4]
            if opening != "(":
                alone.add(token.text)
            elif closed != ")" or not (len(step) < _MOST_DIGITS and step.isdecimal()):
                others.add(token.text)
            elif not place and sign in RELATIONS:
                before = [token.text, "(", str(int(step) - 1), ")"]
                if int(step) and before not in (texts[i : i + 4] for i in range(len(row))):
                    others.add(token.text)
                given.setdefault(token.text, set()).add(step)
    return {n for n, steps in given.items() if steps >= {"0", "1"} and n in alone - others}


def with_steps(row: Sequence[Token], names: Set[str]) -> list[Token]:
    """The tokens with w for w(0), w' for w(1), w'' for w(2)."""
    found: list[Token] = []
    place = 0
    while place < len(row):
        token, inside = row[place], row[place + 1 : place + 4]
        if token.kind == "name" and token.text in names and [t.text for t in inside[:1]] == ["("]:
            primes = "'" * min(int(inside[1].text), _MOST_STEPS)
            found.append(token._replace(text=token.text + primes, end=inside[-1].end))
            place += 4
        else:
            found.append(token)
            place += 1
    return found


def changes(rows: Iterable[Sequence[Token]]) -> set[str]:
    """The names w of which a line says what ∂w alone is, as dw elsewhere: ∂w = 2x, ∇w1 = 2x."""
    found = set()
    for tokens in rows:
        if tokens and any(token.text in _CHANGED for token in tokens):
            for before, sign, name, after in zip(
                [None, *tokens], tokens, tokens[1:], tokens[2:], strict=False
            ):
                begins = before is None or before.text in (",", ";", "-", "·", ":")
                alone = sign.text == "∂" or (sign.text == "∇" and name.text[-1].isdecimal())
                if begins and alone and name.kind == "name" and after.text in RELATIONS:
                    found.add(name.text)
    return found


def with_changes(tokens: Sequence[Token], names: Set[str]) -> list[Token]:
    """The tokens with dw for ∂w, where that is a quantity of its own."""
    found: list[Token] = []
    for place, token in enumerate(tokens):
        last = found[-1] if found else None
        alone = last is not None and last.text in _CHANGED and token.text in names
        above = [t.text for t in tokens[place + 1 : place + 2]] == ["/"]
        if alone and not above and [t.text for t in found[-2:-1]] != ["/"]:
            found[-1] = token._replace(text=f"d{token.text}", column=found[-1].column)
        else:
            found.append(token)
    return found


def in_vectors(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with x = [1, 2]; y = [2, 3] for (x, y) = (1, 2), (2, 3)."""
    texts = [token.text for token in tokens]
    if texts.count("(") < 3:
        return [*tokens]
    relation = texts.index("=") if "=" in texts else 0
    start = max((i + 1 for i in range(relation) if texts[i] == ":"), default=0)
    left, right = tokens[start:relation], tokens[relation + 1 :]
    names, points = _tuples(left), _tuples(right)
    if len(names) != 1 or len(points) < 2 or {len(p) for p in points} != {len(names[0])}:
        return [*tokens]
    if any(len(item) != 1 or item[0].kind != "name" for item in names[0]):
        return [*tokens]
    found: list[Token] = []
    for place, (name,) in enumerate(names[0]):
        sign = tokens[relation]._replace(kind="sign")
        column = [[*point[place], sign._replace(text=",")] for point in points]
        inside = [token for item in column for token in item][:-1]
        found += [name, sign, sign._replace(text="["), *inside, sign._replace(text="]")]
        found.append(sign._replace(text=";"))
    return found[:-1]


def in_lists(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with [a, b] = [3, 4] for a, b = 3, 4."""
    texts = [token.text for token in tokens]
    if "," not in texts or "=" not in texts:
        return [*tokens]
    signs = [place for place, text in enumerate(texts) if text in ("=", "≈")]
    sides = [[*tokens[a + 1 : b]] for a, b in pairwise([-1, *signs, len(tokens)])]
    names, *values = [_listed(side) for side in sides]
    single = all(len(item) == 1 and item[0].kind == "name" for item in names)
    if not single or len(names) < 2 or any(len(v) != len(names) for v in values):
        return [*tokens]
    found: list[Token] = []
    for side, sign in zip(sides, [*signs, None], strict=True):
        first, last = side[0], side[-1]
        found.append(first._replace(kind="sign", text="[", end=first.column))
        found += side
        found.append(last._replace(kind="sign", text="]", column=last.end))
        found += [] if sign is None else [tokens[sign]]
    return found


def _listed(tokens: Sequence[Token]) -> list[list[Token]]:
    """The items of a list without brackets around it; none where another relation stands."""
    found: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        sign = token.text if token.kind == "sign" else ""
        depth += (sign in ("(", "[", "{")) - (sign in (")", "]", "}"))
        if sign in RELATIONS or sign in (";", "."):
            return []
        if sign == "," and not depth:
            found.append([])
        else:
            found[-1].append(token)
    return found if all(found) else []


def _tuples(tokens: Sequence[Token]) -> list[list[list[Token]]]:
    """The items of every bracket, where the tokens are brackets with commas between and in them."""
    found: list[list[list[Token]]] = []
    depth = 0
    for token in tokens:
        sign = token.text if token.kind == "sign" else ""
        if sign == "(" and not depth:
            found.append([[]])
            depth = 1
        elif sign == ")" and depth:
            depth = 0
        elif sign == "," and depth:
            found[-1].append([])
        elif depth and (token.kind in ("name", "number") or sign == "-"):
            found[-1][-1].append(token)
        elif sign != "," or depth:
            return []
    return found if not depth and all(all(items) for items in found) else []


def _behind_article(texts: Sequence[str], place: int) -> int:
    """The place of the name that may stand behind an article."""
    return place + (texts[place : place + 1] != [] and texts[place] in _ARTICLES)
