"""The words and signs that mean the same in every worksheet: functions, relations, connectives."""

from __future__ import annotations

from micrograd_like.ops import OPS

#: What may be called by name: every row that is not written with a sign, and its aliases.
FUNCTIONS = {row.name: row for row in OPS.values() if not row.arithmetic}
FUNCTIONS |= {alias: row for row in OPS.values() for alias in row.aliases}
FUNCTIONS |= {"lg": OPS["log10"], "sig": OPS["sigmoid"], "sigmoide": OPS["sigmoid"]}
FUNCTIONS |= {"sen": OPS["sin"], "tg": OPS["tan"], "arctg": OPS["atan"]}
#: What is called with a whole vector or matrix.
OF_ARRAYS = ("sum", "mean", "norm", "var", "std", "softmax", "log_softmax", "logsumexp")
#: Those of one over another.
RECIPROCALS = {"cot": "tan", "sec": "cos", "csc": "sin", "cosec": "sin"}
#: What other functions make up, by their names: the arguments, and what it is.
COMPOSED = {
    "sign": ("x", "1 if x > 0 else (-1 if x < 0 else 0)"),
    "atan2": ("y x", "2 * atan(y / (sqrt(x**2 + y**2) + x))"),
    "hypot": ("x y", "sqrt(x**2 + y**2)"),
    "silu": ("x", "x * sigmoid(x)"),
    "clip": ("x low high", "minimum(maximum(x, low), high)"),
    "step": ("x", "1 if x > 0 else 0"),
    "leaky_relu": ("x", "x if x > 0 else 0.01 * x"),
    "elu": ("x", "x if x > 0 else exp(x) - 1"),
}
COMPOSED |= {"sgn": COMPOSED["sign"], "arctan2": COMPOSED["atan2"], "swish": COMPOSED["silu"]}
COMPOSED |= {"clamp": COMPOSED["clip"], "heaviside": COMPOSED["step"]}
COMPOSED |= {"leakyrelu": COMPOSED["leaky_relu"], "lrelu": COMPOSED["leaky_relu"]}
#: What stands for the derivative of whatever is spoken of: no quantity of its own.
PRONOUNS = {"derivative", "gradient", "slope", "deriv"}

#: Signs that make a statement of what stands on both sides of them.
RELATIONS = {"=", "≈", "←", "+=", "-=", "→"}
#: What compares two numbers, with the operation that it is.
COMPARED = {">": "gt", "<": "lt", "≥": "ge", "≤": "le"}
#: Words before a condition, and before or behind what holds in all other cases.
IF, OTHERWISE = {"if", "when", "for"}, {"else", "otherwise"}
#: What another problem begins with, in which names may mean something else.
SECTIONS = {"example", "problem", "exercise", "question", "case", "function", "scenario", "task"}
SECTIONS |= {"beispiel", "aufgabe", "exemple", "exercice", "ejemplo", "ejercicio", "esempio"}
SECTIONS |= {"esercizio", "exemplo", "exercício", "пример", "задача", "例", "例题", "练习"}
#: What a line begins with that is about a case.
SUPPOSES = {"for", "at", "when", "if", "suppose", "try", "case", "let", "say", "take"}
#: "New", as a mark of what is renewed, in several languages.
NEW = {"new", "neu", "nouveau", "nouvelle", "nuevo", "nueva", "novo", "nova", "nuovo", "baru"}
#: What is counted in the parts of a working.
COUNTED = {"step", "layer", "epoch", "iteration", "iter", "stage", "part", "round", "pass", "room"}
#: Words between statements, and before one: never part of a name.
# fmt: off
CONNECTIVES = {
    "so", "therefore", "thus", "hence", "and", "then", "where", "with", "since", "because",
    "as", "for", "is", "are", "the", "a", "an", "of", "we", "get", "gives", "give", "have",
    "let", "given", "if", "which", "that", "now", "using", "when", "at", "to", "by", "from",
    "this", "our", "be", "equals", "compute", "find", "here", "means", "note", "us", "it",
    "in", "on", "both", "again", "also", "next", "first", "finally", "but", "or",
    "и", "в", "к",
}
# fmt: on
