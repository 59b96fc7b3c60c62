r"""The control words that are read: what each stands for.

A word that stands in none of these tables is not understood, and with it its formula.
"""

from __future__ import annotations

from micrograd_like.notation import GREEK
from micrograd_like.worksheet.vocabulary import FUNCTIONS

# fmt: off
#: Letters. LaTeX has no commands for the capitals that look like Latin ones.
LETTERS = {name: letter for letter, name in GREEK.items()}
LETTERS |= {f"var{name}": LETTERS[name] for name in ("epsilon", "theta", "phi", "rho", "sigma")}
LETTERS |= {"ell": "l", "imath": "i", "jmath": "j"}

#: Signs of the language of worksheets.
SIGNS = {
    "cdot": "·", "times": "*", "ast": "*", "bullet": "·", "odot": "⊙", "circ": "⊙",
    "otimes": "⊗", "div": "/", "oslash": "/", "approx": "≈", "simeq": "≈", "cong": "≈",
    "doteq": "≈", "asymp": "≈", "approxeq": "≈", "equiv": "=",
    "triangleq": "=", "coloneqq": "←", "leftarrow": "←", "gets": "←", "longleftarrow": "←",
    "to": "⇒", "rightarrow": "⇒", "longrightarrow": "⇒", "mapsto": "⇒",
    "implies": "⇒", "Rightarrow": "⇒", "Longrightarrow": "⇒", "therefore": "⇒", "iff": "⇒",
    "Leftrightarrow": "⇒", "Longleftrightarrow": "⇒", "leftrightarrow": "⇒", "longmapsto": "⇒",
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "lt": "<", "gt": ">", "ne": "≠", "neq": "≠",
    "leqslant": "≤", "geqslant": "≥", "leqq": "≤", "geqq": "≥", "lesssim": "≤", "gtrsim": "≥",
    "subset": "∈", "subseteq": "∈", "perp": "∝", "forall": "∀",
    "in": "∈", "notin": "∉", "gg": "≫", "ll": "≪", "propto": "∝", "sim": "~", "mid": "|",
    "dots": "…", "ldots": "…", "cdots": "…", "vdots": "…", "ddots": "…", "dotsc": "…",
    "dotsb": "…", "dotsm": "…", "hdots": "…", "iddots": "…", "colon": ":",
    "%": "%", "partial": "∂",
    "{": "(", "}": ")", "lbrace": "(", "rbrace": ")", "lbrack": "[", "rbrack": "]",
    "lparen": "(", "rparen": ")", "|": "‖", "Vert": "‖", "lVert": "‖", "rVert": "‖",
    "vert": "|", "lvert": "|", "rvert": "|", "langle": "⟨", "rangle": "⟩", "prime": "'",
    "infty": "∞", "pm": "±", "mp": "±", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉",
}

#: Marks above a letter.
ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0304",
    "tilde": "\u0303", "widetilde": "\u0303", "dot": "\u0307", "vec": "", "overrightarrow": "",
}

#: Another shape of letters, or a box, around one argument.
STYLES = {
    "mathbf", "mathbb", "boldsymbol", "bm", "pmb", "mathit", "mathcal", "mathscr", "mathfrak",
    "mathsf", "boxed", "fbox", "underline", "smash", "ensuremath", "textbf", "textit", "emph",
    "mathop", "mathord", "mathbin", "mathrel", "mathopen", "mathclose", "mathpunct", "mathinner",
    "mathnormal", "mathds", "mathbbm", "cancel", "bcancel", "xcancel", "uline",
}
#: Those in which 1 stands for what is 1 or 0, or for a vector of ones.
BOLD = {"mathbb", "mathbf", "mathds", "mathbbm", "boldsymbol", "bm", "pmb"}
#: An argument that is a word.
WORDS = {"mathrm", "text", "textrm", "mbox", "operatorname", "operatorname*", "hbox", "textnormal",
         "texttt", "mathtt", "textsf"}

#: What is seen, and says nothing.
NOTHING = {
    ",", ";", ":", "!", " ", ">", "/", "displaystyle", "textstyle", "scriptstyle", "limits",
    "nolimits", "nonumber", "notag", "thinspace", "medspace", "thickspace", "negthinspace",
    "centering", "noindent", "bf", "rm", "it", "hfill", "allowbreak", "left.", "right.",
    "scriptscriptstyle", "strut", "mathstrut", "tiny", "scriptsize", "footnotesize", "small",
    "normalsize", "large", "Large", "LARGE", "huge", "Huge", "sf", "tt", "cal", "space", "relax",
    "qed", "square", "Box", "blacksquare", "checkmark", "hline", "smallskip", "medskip", "bigskip",
    "par", "newpage", "displaylimits", "nobreak", "break", "linebreak", "null",
}
#: Words that set what follows in their braces in another shape; upright, it is a word.
UPRIGHT = {"rm", "sf", "tt"}
#: Blanks wide enough to stand between two statements.
GAPS = {"quad", "qquad", "enspace", "enskip"}
#: Blanks whose width stands behind them without braces.
SKIPS = {"hskip", "kern", "mkern", "mskip", "vskip"}
#: What says nothing, with an argument that is no mathematics.
IGNORED = {"label", "tag", "tag*", "hspace", "hspace*", "vspace", "vspace*", "color", "phantom",
           "cite", "ref", "eqref", "footnote", "vphantom", "hphantom", "cline"}
#: What stands before a bracket, and says how large it is.
SIZES = {
    "left", "right", "middle", "big", "Big", "bigg", "Bigg", "bigl", "Bigl", "biggl", "Biggl",
    "bigr", "Bigr", "biggr", "Biggr", "bigm", "Bigm",
}
FRACTIONS = {"frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac"}
SERIES = {"sum": "Σ", "prod": "Π"}
#: What is understood, with what stands above and below it, and not worked out.
UNREAD = {
    "int", "iint", "iiint", "oint", "lim", "liminf", "limsup", "arg", "argmin", "argmax", "sup",
    "inf", "det", "Pr", "cap", "cup", "bigcap", "bigcup", "oplus", "ominus", "bigoplus", "wedge",
    "vee", "land", "lor", "neg", "lnot", "setminus", "emptyset", "varnothing", "bmod", "dagger",
    "bot", "top", "exists", "gcd", "dim", "ker", "triangle", "hbar", "Re", "Im", "star", "ni", "#",
}
#: The same with so many arguments.
UNREAD_WITH = {"binom": 2, "dbinom": 2, "tbinom": 2, "pmod": 1, "overbracket": 1}
#: What is written above or below something: the place of that among its arguments.
STACKED = {"overset", "underset", "stackrel"}
#: Arrows with words above or below them.
LONG_ARROWS = {"xrightarrow", "xleftarrow", "xRightarrow", "xmapsto", "xlongrightarrow"}
#: What is so where it has an index: the least of what w and b give.
UNREAD_OVER = {"min", "max"}
#: Functions that are control words of TeX, or of somebody's who defined them.
FUNCTION_WORDS = {name for name in FUNCTIONS if name.isalpha()} - {*LETTERS} | {"ReLU", "softmax"}

#: Environments that hold a formula, or rows of formulas.
FORMULAS = {
    "equation", "align", "aligned", "alignat", "alignedat", "gather", "gathered", "split",
    "multline", "eqnarray", "math", "displaymath", "flalign", "dcases*",
}
#: Environments that hold a vector or a matrix.
MATRICES = {"bmatrix", "pmatrix", "matrix", "Bmatrix", "smallmatrix", "array"}
DETERMINANTS = {"vmatrix", "Vmatrix"}
CASES = {"cases", "dcases", "rcases"}
# fmt: on
