"""What names of gradients say: dE_dw, dLdw, dw, grad_w, w.grad, delta_o."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

#: What costs are called, the likeliest first; the single letters only as they stand here.
COSTS = (
    *("loss", "cost", "total_loss", "L", "J", "E", "C", "error", "err", "mse", "nll", "bce", "ce"),
    *("total_error", "total_cost", "sse", "loss_value", "e", "objective", "obj", "cross_entropy"),
)
#: What is made large rather than small.
GAINS = ("likelihood", "loglikelihood", "ll", "reward", "gain", "score", "objective", "obj")
#: Words before or behind a name that say it is a gradient, and whether they always do.
_BEFORE = {"d": True, "grad": True, "gradient": True, "nabla": True, "g": False, "delta": False}
_BEHIND = {"grad": True, "gradient": True, "delta": False, "error": False, "deltas": False}
_BETWEEN = ("d", "by", "byd", "wrt", "over", "overd")
_COST_WORDS = ("loss", "cost", "err", "error", "l", "e", "j", "c")


#: Words before or behind the name of a function that say its derivative is meant.
_SLOPES = ("derivative", "deriv", "prime", "grad", "gradient", "diff", "der", "d")
#: Letters for what is often called so in the name of its gradient.
_SHORT = {"weights": "w", "weight": "w", "biases": "b", "bias": "b"}
#: Words in the names of what a program gives for a target.
_OUTPUTS = ("pred", "hat", "prob", "est", "calc", "computed")


@dataclass(frozen=True)
class Said:
    """What a name says it is a derivative of.

    Attributes:
        of: What is differentiated, "" for the cost.
        wrt: By which variable.
        digits: An element of it, as the name has it.
        sure: True where the name leaves no doubt that it is a derivative.
        whole: True where it says what is differentiated, too.
    """

    of: str
    wrt: str
    digits: str = ""
    sure: bool = True
    whole: bool = False


def spelled(name: str) -> str:
    """The name in small letters, without what separates its parts."""
    return name.lower().replace("_", "").replace(".", "").replace("'", "")


def is_gradient_name(name: str) -> bool:
    """True for a name that may be one of a gradient, whatever else the program says."""
    plain = spelled(name)
    return plain.startswith("d") or "grad" in plain or "delta" in plain or "nabla" in plain


def is_cost_name(name: str) -> bool:
    """True for what a cost is called."""
    plain = spelled(name)
    if name in COSTS or plain in [spelled(c) for c in COSTS if len(c) > 1]:
        return True
    return any(word in plain for word in ("loss", "cost", "entropy")) and plain[0] != "d"


def gives_cost(name: str) -> bool:
    """True for what a function is called that gives a cost, and not its derivative."""
    plain = spelled(name)
    return is_cost_name(name) and not any(word in plain for word in (*_SLOPES[:4], "delta"))


def is_output_name(name: str) -> bool:
    """True for what a program calls what it gives."""
    plain = spelled(name)
    return any(word in plain for word in (*_OUTPUTS, "output")) or plain in ("out", "o")


def is_target_name(name: str) -> bool:
    """True for what targets are called."""
    plain = spelled(name)
    if any(word in plain for word in _OUTPUTS):
        return False
    words = ("y", "t", "target", "label", "true", "desired", "expected", "onehot", "out", "gt")
    return plain.startswith(words)


def is_weight_name(name: str) -> bool:
    """True for what the weights of a program are called."""
    plain = spelled(name)
    return plain.startswith(("w", "theta", "syn", "kernel")) or "weight" in plain


def is_label_name(name: str) -> bool:
    """True for what a program calls what it is to give, and never a weight."""
    return is_target_name(name) and not spelled(name).startswith(("theta", "out"))


def differentiated(name: str, functions: Collection[str]) -> str:
    """The function whose derivative a name says: ``d_relu``, ``sigmoid_prime``; "" for none."""
    plain = spelled(name)
    for word in _SLOPES:
        behind = plain.removesuffix(word) if len(word) > 1 else plain  # squared is no derivative
        for inner in (plain.removeprefix(word), behind):
            if inner != plain and inner in functions:
                return inner
    return ""


def said_by(name: str, variables: Iterable[str], costs: Iterable[str]) -> Iterator[Said]:
    """What a name may say, the surest first.

    Args:
        name: The name.
        variables: Those of the program.
        costs: Those of its variables that are costs.
    """
    plain = spelled(name)
    known: dict[str, list[str]] = {}
    for variable in variables:
        if variable != name:
            known.setdefault(spelled(variable), []).append(variable)
    for variable in [base for bases in known.values() for base in bases]:
        for word, letter in _SHORT.items():
            short = spelled(variable).replace(word, letter, 1)
            if spelled(variable).startswith(word) and short not in known:
                known[short] = [variable]
    words = dict.fromkeys([*map(spelled, costs), *_COST_WORDS])
    yield from _of_two(plain, known, words, [*costs])
    for word, sure in _BEFORE.items():
        if plain.startswith(word):
            yield from _by(plain[len(word) :], known, sure)
    for word, sure in _BEHIND.items():
        if plain.endswith(word):
            yield from _by(plain[: -len(word)], known, sure)


def _of_two(
    plain: str, known: Mapping[str, list[str]], words: Iterable[str], costs: Iterable[str]
) -> Iterator[Said]:
    for start in ("d", "grad", "partial"):
        if not plain.startswith(start):
            continue
        rest = plain[len(start) :]
        for of, bases in known.items():
            for between in _BETWEEN:
                if rest.startswith(of + between):
                    for said in _by(rest[len(of + between) :], known, True):
                        for base in bases:
                            yield Said(base, said.wrt, said.digits, True, True)
        for word in words:
            for between in (*_BETWEEN, ""):
                if rest.startswith(word + between):
                    for said in _by(rest[len(word + between) :], known, True):
                        sure = bool(between) or any(c.startswith(word) for c in map(spelled, costs))
                        yield Said("", said.wrt, said.digits, sure, bool(between))


def _by(rest: str, known: Mapping[str, list[str]], sure: bool) -> Iterator[Said]:
    for wrt in known.get(rest, ()):
        yield Said("", wrt, "", sure)
    base = rest.rstrip("0123456789")
    for length in range(len(rest) - 1, len(base) - 1, -1):
        for wrt in known.get(rest[:length], ()) if length else ():
            yield Said("", wrt, rest[length:], sure)
