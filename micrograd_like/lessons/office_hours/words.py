"""The lines of a hand calculation, and the worked example made of them."""

from __future__ import annotations

import json

from micrograd_like.lessons.office_hours.calculation import COSTS, RATE, Published, WorkedExample
from micrograd_like.notation import name_text, number, signed
from micrograd_like.writers.blocks import (
    MOST_PLACES,
    Block,
    Heading,
    Lines,
    Sentence,
    Table,
    line_record,
    rounding,
)

#: Decimals in which the predictions are set side by side: enough to see one update.
_PREDICTION_PLACES = 6


def example_blocks(example: WorkedExample, places: int) -> list[Block]:
    """The whole calculation."""
    blocks: list[Block] = [
        Heading("The worked 2-2-1 example: forward, backward, update, forward again", level=1),
        Sentence(f"Cost: {COSTS[example.cost].title}. {rounding(places)}"),
        Heading("Given"),
        Sentence(
            ", ".join(f"{name_text(n)} = {number(v, places)}" for n, v in example.given.items())
        ),
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


def published_blocks(published: Published, places: int) -> list[Block]:
    """The lesson's slips beside the truth, its own run, and where it ends to the last digit."""
    blocks: list[Block] = [
        Heading("The lesson as published: each of its slips beside the truth", level=1),
        Sentence(rounding(places)),
    ]
    for place, slip in enumerate(published.slips, 1):
        own = places if slip.places is None else slip.places
        value_places = min(own + 2, MOST_PLACES)
        blocks += [
            Heading(f"{place}  {slip.title}"),
            Lines(slip.published, own, value_places, "published"),
            Lines(slip.right, own, value_places, "right"),
            Sentence(slip.reason, "why"),
        ]
    more = min(places + 1, MOST_PLACES)
    heads = ("", "as published", "right, ½(ŷ − y)²", "right, −log10 ŷ")
    return [
        *blocks,
        Heading("The lesson's derivatives, with these slips made on purpose"),
        Lines(published.derivatives, places, places),
        Heading("The lesson's updates"),
        Lines(published.updates, more, more),
        Heading("Where it ends, to the last digit"),
        Table(heads, tuple(published.results.items())),
    ]


# JSON: every number in full.


def example_json(example: WorkedExample) -> str:
    """The whole calculation as JSON."""
    prediction = example.prediction
    document = {
        "lesson": "office-hours",
        "cost": {"name": example.cost, "title": COSTS[example.cost].title},
        "rate": RATE,
        "given": example.given,
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
    return json.dumps(document, indent=2)


def published_json(published: Published) -> str:
    """The lesson's slips and final figures as JSON."""
    columns = ("as-published", "right-half-squared", "right-log10")
    document = {
        "lesson": "office-hours-as-published",
        "slips": [
            {
                "title": slip.title,
                "published": [line_record(line) for line in slip.published],
                "right": [line_record(line) for line in slip.right],
                "reason": slip.reason,
            }
            for slip in published.slips
        ],
        "derivatives": [line_record(line) for line in published.derivatives],
        "updates": [line_record(line) for line in published.updates],
        "results": {
            name: dict(zip(columns, row, strict=True)) for name, row in published.results.items()
        },
    }
    return json.dumps(document, indent=2)
