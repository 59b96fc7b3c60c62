"""The worked example in words, and as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from micrograd_like.lessons.office_hours.calculation import COSTS, GIVEN, WorkedExample
from micrograd_like.lessons.office_hours.published import Published, Slip
from micrograd_like.lessons.office_hours.repeated import Step, shown_steps
from micrograd_like.notation import counted, formatted, name_text, number, plain, signed, text
from micrograd_like.writers.blocks import (
    MOST_PLACES,
    Block,
    Document,
    Grid,
    Heading,
    Lines,
    Sentence,
    Table,
    rounding,
)
from micrograd_like.writers.formats.json import line_record

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
#: Decimals in which the predictions are compared: enough to see one update.
_PREDICTION_PLACES = 6


def example_document(
    example: WorkedExample, done: Sequence[Step], places: int, worksheet: str = ""
) -> Document:
    """The whole calculation, and the steps where there are several."""
    blocks = example_blocks(example, places) + (repeated_blocks(done) if len(done) > 2 else [])
    return Document(blocks, lambda: _example_record(example, done), worksheet=worksheet)


def published_document(published: Published, places: int, worksheet: str = "") -> Document:
    """The wrong statements, the run and its final figures."""
    blocks = published_blocks(published, places)
    return Document(blocks, lambda: _published_record(published), worksheet=worksheet)


def example_blocks(example: WorkedExample, places: int) -> list[Block]:
    """The whole calculation."""
    blocks: list[Block] = [
        Heading("The worked 2-2-1 example: forward, backward, update, forward again", level=1),
        Sentence(f"Cost: {COSTS[example.cost].title}. {rounding(places)}"),
        Heading("Given"),
        _given(example.given, places),
    ]
    for section in example.sections:
        shown_places = min(places + section.extra_places, MOST_PLACES)
        blocks += [Heading(section.title), Lines(section.equations, shown_places, shown_places)]
    before, after = example.prediction.before, example.prediction.after
    sentence = (
        f"The prediction went from {number(before, _PREDICTION_PLACES)} "
        f"to {number(after, _PREDICTION_PLACES)}, a change of "
        f"{signed(example.prediction.change, 4)}; the target is {number(example.given['y'])}."
    )
    return [*blocks, Heading("Result"), Sentence(sentence)]


def _given(given: Mapping[str, float], places: int) -> Sentence:
    return Sentence(", ".join(f"{name_text(n)} = {number(v, places)}" for n, v in given.items()))


def repeated_blocks(done: Sequence[Step]) -> list[Block]:
    """The update again and again: ŷ and E over the steps."""
    last = done[-1]
    shown = [(n, done[n]) for n in shown_steps(len(done) - 1)]
    rows = [
        (f"{n}", formatted(step.prediction, ".6f"), formatted(step.cost, ".6f"))
        for n, step in shown
    ]
    return [
        Heading("Again and again"),
        Grid(("steps", "ŷ", "E"), tuple(rows)),
        Sentence(
            f"After {counted(len(done) - 1, 'update')} with the same example "
            f"ŷ = {number(last.prediction, 4)} and E = {number(last.cost, 4)}."
        ),
    ]


def published_blocks(published: Published, places: int) -> list[Block]:
    """The wrong statements beside the truth, the class's own run, and where it ends."""
    kinds, wrong = published.slips, len(published.wrong)
    blocks: list[Block] = [
        Heading("The lesson as published: each wrong statement beside the truth", level=1),
        Sentence(
            f"{_WORDS[wrong].capitalize()} statements are wrong, of {_WORDS[len(kinds)]} kinds; "
            f"what rests on them follows. {rounding(places)}"
        ),
    ]
    for place, slip in enumerate(kinds, 1):
        blocks += [Heading(f"{place}  {slip.title}"), *_beside(slip, places, "published", "right")]
    for remark in published.remarks:
        heading = Heading(f"A remark, no mistake  {remark.title}")
        blocks += [heading, *_beside(remark, places, "published", "by hand")]
    blocks += [
        Heading("The run as published, with these mistakes made on purpose", level=1),
        Heading("Given"),
        _given(GIVEN, places),
    ]
    for section in published.sections.values():
        more = min(places + section.extra_places, MOST_PLACES)
        blocks += [Heading(section.title), Lines(section.equations, more, more)]
        if names := [text(line.left) for line in section.equations if line in published.wrong]:
            blocks.append(Sentence(f"Wrong here: {', '.join(names)}."))
    heads = ("", "as published", "right, ½(ŷ − y)²", "right, −log10 ŷ")
    return [
        *blocks,
        Heading("Where it ends, to the last digit"),
        Table(heads, tuple(published.results.items())),
    ]


def _beside(slip: Slip, places: int, published: str, right: str) -> list[Block]:
    own = places if slip.places is None else slip.places
    value_places = min(own + 2, MOST_PLACES)
    return [
        Lines(slip.published, own, value_places, published),
        Lines(slip.right, own, value_places, right),
        Sentence(slip.reason, "why"),
    ]


# Plain data, every number in full.


def _example_record(example: WorkedExample, done: Sequence[Step]) -> dict[str, Any]:
    prediction = example.prediction
    record: dict[str, Any] = {
        "lesson": "office-hours",
        "cost": {"name": example.cost, "title": COSTS[example.cost].title},
        "rate": example.given["alpha"],
        "given": dict(example.given),
        "sections": [
            {"title": s.title, "lines": [line_record(line) for line in s.equations]}
            for s in example.sections
        ],
        "prediction": {
            "before": prediction.before,
            "after": prediction.after,
            "change": prediction.change,
        },
    }
    if len(done) > 2:
        record["steps"] = [
            {"yhat": step.prediction, "E": step.cost, "weights": dict(step.weights)}
            for step in done
        ]
    return record


def _published_record(published: Published) -> dict[str, Any]:
    columns = ("as-published", "right-half-squared", "right-log10")
    return {
        "lesson": "office-hours-as-published",
        "wrong": [plain(line.left) for line in published.wrong],
        "slips": [_slip_record(slip) for slip in published.slips],
        "remarks": [_slip_record(remark) for remark in published.remarks],
        **{
            name: [line_record(line) for line in section.equations]
            for name, section in published.sections.items()
        },
        "results": {
            name: dict(zip(columns, row, strict=True)) for name, row in published.results.items()
        },
    }


def _slip_record(slip: Slip) -> dict[str, Any]:
    return {
        "title": slip.title,
        "published": [line_record(line) for line in slip.published],
        "right": [line_record(line) for line in slip.right],
        "reason": slip.reason,
    }
