"""Moodle XML: an exercise as questions that Moodle marks, with tolerance and causes as feedback.

Each exercise is a cloze question with all its blanks; a single one is also asked line by line,
as numerical questions.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from micrograd_like.errors import WorksheetError
from micrograd_like.notation import latex_as_typed, literal, plain
from micrograd_like.writers.blocks import Block, Document, Heading, Sentence, Typed
from micrograd_like.writers.format import writes
from micrograd_like.writers.formats.latex import lettered
from micrograd_like.writers.layout import Page

if TYPE_CHECKING:
    from micrograd_like.exercises import Exercise
    from micrograd_like.exercises.foreseen import Answer
    from micrograd_like.formula import Expr

#: What ends a part of a cloze field, and what is written in its place.
_ENDS = str.maketrans({"}": ")", "{": "(", "#": "№", "~": "∼", '"': "″", "\\": "∖"})
_PENALTY = "<penalty>0.3333333</penalty>\n<hidden>0</hidden>"


@writes("exercises")
def write(document: Document, page: Page) -> Iterator[str]:
    """The document's exercises as a file that Moodle imports.

    Raises:
        WorksheetError: One of them is not blank.
    """
    exercises = document.exercises
    if any(exercise.form != "blank" for exercise in exercises):
        raise WorksheetError("Moodle asks for what is blank: expected the form blank")
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>'
    title = exercises[0].title if exercises else ""
    yield _category(title, "whole")
    yield from map(_cloze, exercises)
    if len(exercises) == 1:
        yield _category(title, "line by line")
        yield from _numerical(exercises[0])
    yield "</quiz>"


def _category(title: str, part: str) -> str:
    path = f"$course$/top/{title.replace('/', '//')}/{part}"
    return f'<question type="category">\n<category>{_text(path)}</category>\n</question>'


def _cloze(exercise: Exercise) -> str:
    """All blanks of an exercise in one question, each a field with what may be answered."""
    from micrograd_like.writers.exercise import asked, solved

    found = _answers(exercise)
    answers = iter([found[at] for at in sorted(exercise.worked.open)])
    body = "".join(_html(block, answers) for block in asked(exercise))
    return (
        f'<question type="cloze">\n{_named(exercise, "")}\n{_said("questiontext", body)}\n'
        f"{_said('generalfeedback', ''.join(map(_html, solved(exercise))))}\n{_PENALTY}\n"
        "</question>"
    )


def _numerical(exercise: Exercise) -> Iterator[str]:
    """A question for every blank: the numbers, the formulas, and what is asked for."""
    from micrograd_like.writers.exercise import definitions, given, working

    head = "".join(map(_html, (given(exercise), definitions(exercise))))
    lines = exercise.worked.paper.lines
    found = _answers(exercise)
    for at in sorted(exercise.worked.open):
        left = lines[at].step.left
        answers = [("100", literal(found[at].number), "", found[at].tolerance)]
        answers += (
            ("0", literal(number), _sentence(code), found[at].tolerance)
            for code, number in found[at].wrong
        )
        body = f"{head}<p>{_formula((left,))} {escape('= ?')}</p>"
        yield (
            f'<question type="numerical">\n{_named(exercise, f": {plain(left)}")}\n'
            f"{_said('questiontext', body)}\n"
            f"{_said('generalfeedback', _html(working(exercise, at)))}\n"
            f"<defaultgrade>1</defaultgrade>\n{_PENALTY}\n"
            + "\n".join(_answer(*answer) for answer in answers)
            + "\n<unitgradingtype>0</unitgradingtype>\n<unitpenalty>0.1000000</unitpenalty>\n"
            "<showunits>3</showunits>\n<unitsleft>0</unitsleft>\n</question>"
        )


def _answers(exercise: Exercise) -> list[Answer]:
    from micrograd_like.exercises.foreseen import answers

    worked = exercise.worked
    return answers(worked.task, worked.learner, worked.paper)


def _answer(fraction: str, number: str, feedback: str, tolerance: float) -> str:
    said = _said("feedback", escape(feedback, quote=False))
    return (
        f'<answer fraction="{fraction}" format="moodle_auto_format">{_text(number)}\n'
        f"{said}\n<tolerance>{tolerance:.2g}</tolerance></answer>"
    )


def _field(answer: Answer) -> str:
    """A gap of a cloze question: {1:NUMERICAL:=number:tolerance#feedback~%0%…}."""
    within = f"{answer.tolerance:.2g}"
    wrong = (
        f"~%0%{literal(number)}:{within}#{escape(_sentence(code).translate(_ENDS), quote=False)}"
        for code, number in answer.wrong
    )
    return f"{{1:NUMERICAL:={literal(answer.number)}:{within}{''.join(wrong)}}}"


def _html(block: Block, answers: Iterator[Answer] | None = None) -> str:
    """A block in HTML, with its formulas for MathJax and a field in every gap."""
    match block:
        case Heading(heading, level):
            return f"<h{level + 2}>{_prose(heading)}</h{level + 2}>"
        case Sentence(sentence):
            return f"<p>{_prose(sentence)}</p>"
        case Typed(rows):
            fields = iter(()) if answers is None else map(_field, answers)
            return "".join(
                f"<p>{_formula(parts)}{f' = {next(fields)}' if open else ''}</p>"
                for parts, open in rows
            )
    raise TypeError(f"an exercise has no {type(block).__name__}")


def _prose(text: str) -> str:
    """Text in HTML; no brace of it begins a field."""
    return escape(text).replace("{", "&#123;")


def _formula(parts: tuple[Expr, ...]) -> str:
    return escape(rf"\({lettered(' = '.join(map(latex_as_typed, parts)))}\)", quote=False)


def _sentence(code: str) -> str:
    from micrograd_like.writers.exercise import SENTENCES

    return SENTENCES[code]


def _named(exercise: Exercise, what: str) -> str:
    told = exercise.told[1].rstrip(".") if len(exercise.told) > 1 else f"seed {exercise.seed}"
    return f"<name>{_text(f'{exercise.title} ({told}){what}')}</name>"


def _said(tag: str, html: str) -> str:
    return f'<{tag} format="html">{_text(html)}</{tag}>'


def _text(text: str) -> str:
    return f"<text>{escape(text, quote=False)}</text>"
