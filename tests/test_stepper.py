"""The walk's numbers are the engine's; the stepper shows them, asks for them and judges."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Sequence

import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable, Input

from micrograd_like.derivation.predict import judge
from micrograd_like.derivation.walk import (
    Backward,
    Given,
    Seed,
    Step,
    find,
    known_after,
    name_of,
    walk,
)
from micrograd_like.engine import Value, grad
from micrograd_like.errors import WorksheetError
from micrograd_like.notation import name_text, number
from micrograd_like.stepper import run
from micrograd_like.stepper.app import StepperApp
from micrograd_like.worksheet import Worksheet
from micrograd_like.writers.layout import Page
from micrograd_like.writers.prediction import reply
from micrograd_like.writers.step import numbered, rows, sentence, title

NETWORK = """
x1 = 0.3
x2 = 0.9
w1 = 0.1
w2 = 0.2
w3 = 0.3
w4 = 0.4
w5 = 0.5
w6 = 0.6
y = 1
a1 = x1*w1 + x2*w2
a2 = x1*w3 + x2*w4
z1 = sigmoid(a1)
z2 = sigmoid(a2)
a3 = z1*w5 + z2*w6
yhat = sigmoid(a3)
E = 1/2*(yhat - y)^2
"""
#: x acts on E by three ways: by a, by b, and by itself.
USED_AGAIN = """
x = 2
a = x^2
b = 3*a
E = a*b + x
"""
#: What has no effect passes nothing on.
DEAD = """
x = -2
h = relu(x)
E = h + 3*h
"""
SHEETS = {"2-2-1": NETWORK, "used again": USED_AGAIN, "dead": DEAD}


def sheet(text: str = NETWORK) -> Worksheet:
    read = Worksheet.parse(text)
    assert not read.problems
    return read


def steps_of(text: str = NETWORK, wrt: str = "") -> list[Step]:
    names = sheet(text).names
    return walk(names["E"], names[wrt] if wrt else None)


# The walk.


@pytest.mark.parametrize("text", SHEETS.values(), ids=SHEETS)
def test_final_gradients_and_values_are_the_engines(text: str) -> None:
    names = sheet(text).names
    steps = walk(names["E"])
    known = known_after(steps, len(steps) - 1)
    assert set(known) == set(names)
    for name, node in names.items():
        assert known[name].value == node.data
        assert known[name].gradient == grad(names["E"], node)
        assert known[name].part == known[name].parts > 0


@pytest.mark.parametrize("text", SHEETS.values(), ids=SHEETS)
def test_with_a_variable_only_what_lies_between(text: str) -> None:
    names = sheet(text).names
    for name, node in names.items():
        steps = walk(names["E"], node)
        known = known_after(steps, len(steps) - 1)
        assert known[name].gradient == grad(names["E"], node)
        for about in map(name_of, steps[1:]):
            assert about in ("E", name) or grad(names[about], node) != 0 or text == DEAD


@pytest.mark.parametrize("text", SHEETS.values(), ids=SHEETS)
def test_running_totals_add_up(text: str) -> None:
    totals: dict[str, float] = {}
    complete: set[str] = set()
    for step in steps_of(text):
        if isinstance(step, Seed):
            totals[step.output] = 1.0
            complete.add(step.output)
        elif isinstance(step, Backward):
            assert step.user in complete, "upstream is complete before it is used"
            assert step.name not in complete
            assert step.upstream == totals[step.user]
            assert step.product.value == step.upstream * step.local.value
            assert step.before == totals.get(step.name, 0.0)
            assert step.total == pytest.approx(step.before + step.product.value, rel=1e-15)
            totals[step.name] = step.total
            if step.complete:
                complete.add(step.name)
    assert complete == set(totals)


def test_order_of_the_walk() -> None:
    shown = [title(step) for step in steps_of(wrt="w5")]
    assert shown == [
        "given",
        "forward: a3",
        "forward: ŷ",
        "forward: E",
        "backward: ∂E/∂E",
        "backward: ∂E/∂ŷ",
        "backward: ∂E/∂a3",
        "backward: ∂E/∂w5",
    ]
    given = dict(steps_of(wrt="w5")[0].values)
    assert list(given) == ["z1", "w5", "z2", "w6", "y"]


def test_a_symbol_that_would_say_more_names_what_is_held_fixed() -> None:
    steps = steps_of(USED_AGAIN)
    parts = (step for step in steps if isinstance(step, Backward))
    direct = next(step for step in parts if (step.user, step.name) == ("E", "x"))
    assert direct.held == ("a", "b")
    assert dict(rows(direct, 4))["local"] == "∂E/∂x with a and b held fixed = 1"
    assert dict(rows(direct, 4))["product"] == "∂E/∂E · 1 = 1 · 1 = 1"
    assert sentence(direct) == "x acts on E in 2 ways, which add up; first directly."


def test_a_long_chain_needs_no_stack() -> None:
    node = x = Value(1.0, "x")
    for place in range(3000):
        node = node + 1
        node.label = f"n{place}"
    steps = walk(node)
    assert len(steps) == 1 + 3000 + 1 + 3000
    assert known_after(steps, len(steps) - 1)["x"].gradient == grad(node, x) == 1


def test_leaf_output_and_nodes_without_labels() -> None:
    assert walk(Value(3.0)) == [Given((("f", 3.0),)), Seed("f")]
    x = Value(3.0)
    assert list(map(name_of, walk(x**2, x))) == ["", "f", "f", "x"]


def test_sentences() -> None:
    dead = next(step for step in steps_of(DEAD, "x") if name_of(step) == "x")
    assert sentence(dead) == "x acts on E through h, but not here: the local derivative is 0."
    said = [sentence(step) for step in steps_of(USED_AGAIN, "x")]
    assert said[0] == "These numbers are known to start with."
    assert said[3] == "E is computed from a, b and x."
    assert said[4] == "Backward starts here: E changes with itself at the rate 1."
    assert said[-1] == "x acts on E through a too, the last way; this part is added."


def test_no_path_and_no_value() -> None:
    names = sheet().names
    with pytest.raises(WorksheetError, match="w5 does not depend on w1: their derivative is 0"):
        walk(names["w5"], names["w1"])
    with pytest.raises(TypeError, match="walk: expected a Value, got float"):
        walk(3.0)  # type: ignore[arg-type]


# Judging, finding, printing.


@pytest.mark.parametrize(
    ("written", "value", "verdict"),
    [
        ("0.57", 0.5744, "right"),
        ("0.5744", 0.5744, "right"),
        (".574", 0.5744, "right"),
        ("0.6", 0.5744, "right"),
        ("0.58", 0.5744, "near"),
        ("-0.0086", -0.008663, "near"),  # −0.0096 · 0.90 from the rounded figures
        ("0.60", 0.5744, "wrong"),
        ("1", 2.4, "wrong"),
        ("0.5740", 0.5744, "wrong"),
        ("-0.0446", -0.04455, "right"),
        ("−0.0446", -0.04455, "right"),
        ("-4.46e-2", -0.04455, "right"),
        ("0.0446", -0.04455, "sign"),
        ("0.0", -0.04455, "coarse"),  # a zero for what is not zero says nothing
        ("0", 0.0, "right"),
        ("36", 36.0, "right"),
        ("35", 36.0, "wrong"),  # a whole number is not rounded
        ("1e999", 1e300, "wrong"),
        ("0,57", 0.5744, "right"),  # a comma is a decimal sign
        ("0,76", 0.76, "right"),
        ("−1,5e-3", -0.0015, "right"),
        ("0,58", 0.5744, "near"),
        ("1,500", 1500.0, "right"),  # or groups thousands, where it can
        ("1,500", 1.5, "right"),
        ("1,500,000.5", 1500000.5, "right"),
        ("1,50", 150.0, "wrong"),
        ("1,5,2", 1.52, "unreadable"),
        ("1.5,2", 1.52, "unreadable"),
        ("3/4", 0.75, "right"),  # a fraction is exact
        ("-3/4", -0.75, "right"),
        ("1/3", 1 / 3, "right"),
        ("0,3 / 0,4", 0.75, "right"),
        ("3/4", -0.75, "sign"),
        ("4/7", 0.5744, "wrong"),
        ("0.0446/0.3", 0.04455 / 0.3, "wrong"),
        ("0.04455/0.3", 0.044551 / 0.3, "near"),  # rounded figures above its bar
        ("3/0", 0.75, "unreadable"),
        ("3/", 0.75, "unreadable"),
        ("1/2/3", 0.75, "unreadable"),
        ("1e9999999999", 1.0, "unreadable"),
        ("nan", 1.0, "unreadable"),
        ("", 1.0, "unreadable"),
        ("1", float("inf"), "wrong"),
    ],
)
def test_judge(written: str, value: float, verdict: str) -> None:
    assert judge(written, value) == verdict


def test_find() -> None:
    steps = steps_of()
    first = find(steps, "a3", 0)
    assert title(steps[first]) == "forward: a3"
    assert title(steps[find(steps, "a3", first)]) == "backward: ∂E/∂a3"
    assert find(steps, "a3", len(steps) - 1) == first
    assert title(steps[find(steps, "dE/dyhat", 0)]) == "backward: ∂E/∂ŷ"
    assert title(steps[find(steps, " ŷ ", 0)]) == "forward: ŷ"
    with pytest.raises(WorksheetError, match="there is no 'zz1' here; did you mean 'z1'"):
        find(steps, "zz1", 0)
    with pytest.raises(WorksheetError, match="there is no 'q' here; there are x1, w1"):
        find(steps, "q", 0)


def test_without_a_terminal_all_steps_are_printed() -> None:
    out = io.StringIO()
    run(steps_of(wrt="w5"), 4, io.StringIO(), out)
    printed = out.getvalue()
    assert "\x1b" not in printed
    assert max(map(len, printed.splitlines())) <= 88
    assert printed.endswith(
        "8. backward: ∂E/∂w5\n"
        "   w5 acts on E through a3: upstream times local.\n"
        "   rule      sum rule, product rule\n"
        "   upstream  ∂E/∂a3 = −0.07785\n"
        "   local     ∂a3/∂w5 = z1 = 0.5523\n"
        "   product   ∂E/∂a3 · ∂a3/∂w5 = −0.07785 · 0.5523 = −0.04300\n"
        "   sum       ∂E/∂w5 = −0.04300, complete\n"
    )


def test_sums_say_how_far_they_are() -> None:
    printed = "\n".join(numbered(steps_of(NETWORK), 2, Page()))
    assert "∂E/∂x1 = −0.0033 + (−0.00096) = −0.0043, complete" in printed


# The screen.

Drive = Callable[["Pilot[None]", StepperApp], Awaitable[None]]


def drive(steps: Sequence[Step], script: Drive, places: int = 4) -> StepperApp:
    async def play() -> StepperApp:
        app = StepperApp(steps, places)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await script(pilot, app)
        return app

    return asyncio.run(play())


def shown(app: StepperApp) -> str:
    """The text of the screen."""
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in lines)


def test_next_back_first_last() -> None:
    steps = steps_of()

    async def script(pilot: Pilot[None], app: StepperApp) -> None:
        places = []
        for key in ("right", "space", "n", "left", "p", "p", "p", "G", "n", "g", "end", "home"):
            await pilot.press(key)
            places.append(app.at)
        last = len(steps) - 1
        assert places == [1, 2, 3, 2, 1, 0, 0, last, last, 0, last, 0]

    drive(steps, script)


def test_every_step_fits_80_by_24() -> None:
    steps = steps_of()

    async def script(pilot: Pilot[None], app: StepperApp) -> None:
        for place, step in enumerate(steps, 1):
            screen = shown(app)
            assert f"step {place} of {len(steps)} · {title(step)}" in screen
            assert "q quit" in screen
            if isinstance(step, Given):
                assert "x1    0.3000" in screen
            else:
                assert f"▸  {name_text(name_of(step))} " in screen
                for head, said in rows(step, 4):
                    assert head in screen
                    assert said in screen
            await pilot.press("n")
        assert app.query_one(DataTable).row_count == 16

    drive(steps, script)


def test_resizing_keeps_the_step_and_the_keys() -> None:
    async def script(pilot: Pilot[None], app: StepperApp) -> None:
        await pilot.press("G")
        for size in ((40, 14), (120, 40), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert "∂E/∂w2" in shown(app)
            assert "▸  w2" in shown(app)
            assert "→ next" in shown(app)

    drive(steps_of(), script)


def test_jump() -> None:
    async def script(pilot: Pilot[None], app: StepperApp) -> None:
        await pilot.press("j", *"a3", "enter")
        await pilot.pause()
        assert title(app.step) == "forward: a3"
        await pilot.press("j", *"zz1")
        await pilot.press("enter")
        await pilot.pause()
        assert "did you mean 'z1'?" in shown(app)
        app.screen.query_one(Input).value = "∂E/∂z1"
        await pilot.press("enter")
        await pilot.pause()
        assert title(app.step) == "backward: ∂E/∂z1"
        at = app.at
        await pilot.press("j", "escape")
        await pilot.pause()
        assert app.at == at

    drive(steps_of(), script)


def test_predict_right_wrong_and_given_up() -> None:
    async def script(pilot: Pilot[None], app: StepperApp) -> None:
        await pilot.press("r")
        assert "type each number before it is shown" in shown(app)
        await pilot.press("n", "tab", *"a3", "tab", "enter")
        await pilot.pause()
        assert "What is a3?" in shown(app)
        assert "0.6425" not in shown(app)
        await pilot.press(*"0.65", "enter")
        assert "0.65 is near, its last digit is off" in shown(app)
        await pilot.press(*"0.75", "enter")
        await pilot.pause()
        assert "✗ 0.75 is not right" in shown(app)
        assert "0.6425" not in shown(app)
        await pilot.press(*"-0.64", "enter")
        await pilot.pause()
        assert "the sign is not" in shown(app)
        await pilot.press(*"1", "backspace", *"0.64", "enter")
        await pilot.pause()
        assert "✓ 0.64 is right: it is 0.6425." in shown(app)
        assert "0 of 1 right first time" in shown(app)
        await pilot.press("right", *"0.6553", "enter")
        await pilot.pause()
        assert "1 of 2 right first time" in shown(app)
        await pilot.press("enter")
        at = app.at
        await pilot.press("right")  # shows the number first
        await pilot.pause()
        assert app.at == at
        assert "It is 0.05940." in shown(app)
        await pilot.press("n", "enter")  # an empty line is no answer
        await pilot.pause()
        assert "Type a number first" in shown(app)
        await pilot.press("1", "comma", "5", "comma", "2", "enter")
        await pilot.pause()
        assert "1,5,2 is no number. Write it like −0.57, 0,57, 3/4" in shown(app)
        await pilot.press("right")
        await pilot.pause()
        assert "It is 1." in shown(app)
        await pilot.press("r")
        assert "Predict mode is off." in shown(app)

    drive(steps_of(), script)


def test_no_letter_gives_a_prediction_away() -> None:
    async def script(pilot: Pilot[None], app: StepperApp) -> None:
        await pilot.press("n", "r")
        for letter in ("n", "p", "g", "G", "j", "r", "q", "x", "space"):
            await pilot.press(letter)
            assert app.hidden, letter
            assert app.at == 1, letter
            assert "0.2100" not in shown(app), letter
        assert "npgGjrqx" in shown(app)
        await pilot.press("enter")
        await pilot.pause()
        assert "npgGjrqx is no number" in shown(app)
        await pilot.press("escape")  # the one key that ends the mode while a number is asked for
        assert "Predict mode is off." in shown(app)
        await pilot.press("escape")
        assert "Predict mode is off." in shown(app)

    drive(steps_of(), script)


def test_enter_checks_then_goes_on() -> None:
    async def script(pilot: Pilot[None], app: StepperApp) -> None:
        await pilot.press("n", "r", *"0,21", "enter")
        await pilot.pause()
        assert (app.at, app.hidden) == (1, False)
        assert "✓ 0,21 is right: it is 0.2100." in shown(app)
        await pilot.press("enter")
        assert (app.at, app.hidden) == (2, True)

    drive(steps_of(), script)


def test_the_keys_are_all_there_at_40_columns() -> None:
    async def script(pilot: Pilot[None], app: StepperApp) -> None:
        await pilot.resize_terminal(40, 14)
        await pilot.pause()
        walking = ("→ next", "← back", "g first", "G last", "j jump", "r predict", "q quit")
        assert all(key in shown(app) for key in walking)
        await pilot.press("n", "r")
        await pilot.pause()
        asked = (
            "enter check",
            "→ show it",
            "← back",
            "tab jump",
            "esc stop",
            "ctrl-c quit",
        )
        assert all(key in shown(app) for key in asked)

    drive(steps_of(), script)


def test_a_key_can_be_clicked() -> None:
    async def script(pilot: Pilot[None], app: StepperApp) -> None:
        await pilot.click("#keys", offset=(2, 0))
        assert app.at == 1
        await pilot.click("#keys", offset=(10, 0))
        assert app.at == 0

    drive(steps_of(), script)


@pytest.mark.parametrize(
    ("about", "written", "hint"),
    [
        ("forward: a1", "0.5", "✗ 0.5 is not right. Put the numbers in: 0.3000·0.1000 +"),
        ("backward: ∂E/∂E", "7", "By how much does E change when it changes by 1 itself?"),
        ("backward: ∂E/∂w5", "0.5523", "local derivative alone: it is still to be multiplied by"),
        ("backward: ∂E/∂w5", "-0.07785", "That is ∂E/∂a3 alone: it is still to be multiplied by"),
        ("backward: ∂E/∂w5", "0.3", "Put the numbers in: −0.07785 · 0.5523"),
        ("backward: ∂E/∂w5", "0.0430", "the size is right, the sign is not"),
        ("backward: ∂E/∂w5", "-0.0430", "✓"),
    ],
)  # fmt: skip
def test_a_wrong_prediction_is_answered_with_a_hint(about: str, written: str, hint: str) -> None:
    step = next(step for step in steps_of() if title(step) == about)
    answer = reply(step, written, 4)
    assert hint in answer.said
    assert (answer.verdict == "right") or str(step.predicted[1])[:6] not in answer.said


def test_the_sum_so_far_is_told_from_the_part_asked_for() -> None:
    last = steps_of(USED_AGAIN)[-1]
    assert reply(last, "97", 4).said.endswith("That is the sum so far: only what a adds is asked.")


def test_a_hint_that_would_be_the_answer_is_the_formula() -> None:
    copied = next(s for s in steps_of("x = 2\na = x\nE = a^2") if title(s) == "forward: a")
    assert reply(copied, "5", 4).said == "✗ 5 is not right. It is x."


def test_what_has_no_number_is_not_asked_for() -> None:
    with pytest.raises(ValueError, match="no number to predict"):
        reply(steps_of()[0], "1", 4)


@pytest.mark.parametrize("text", SHEETS.values(), ids=SHEETS)
def test_what_is_shown_would_be_right(text: str) -> None:
    for step in steps_of(text):
        if not isinstance(step, Given):
            assert judge(number(step.predicted[1], 4), step.predicted[1]) == "right"


def test_every_step_is_asked_and_hidden() -> None:
    steps = steps_of(DEAD)

    async def script(pilot: Pilot[None], app: StepperApp) -> None:
        await pilot.press("r", "n")
        for step in steps[1:]:
            assert not isinstance(step, Given)
            assert app.hidden
            await pilot.press(*number(step.predicted[1], 4), "enter")
            assert not app.hidden
            await pilot.press("n")
        assert f"{len(steps) - 1} of {len(steps) - 1} right first time" in shown(app)

    drive(steps, script)


def test_a_part_of_a_gradient_is_asked_as_a_part() -> None:
    async def script(pilot: Pilot[None], app: StepperApp) -> None:
        app.at = len(steps) - 1
        await pilot.press("r")
        assert "What does a add to ∂E/∂x?" in shown(app)
        assert "1 + ?" in shown(app)
        await pilot.press("right")
        await pilot.pause()
        assert "1 + 96 = 97, complete" in shown(app)

    steps = steps_of(USED_AGAIN)
    drive(steps, script)


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
def test_quit(key: str) -> None:
    async def script(pilot: Pilot[None], app: StepperApp) -> None:
        await pilot.press(key)
        await pilot.pause()
        assert not app.is_running or app._exit

    assert drive(steps_of(), script).return_code == 0


def test_labels_are_shown_as_they_are_and_do_nothing() -> None:
    labels = ["[bold]x[/bold]", "[/]", "\x1b[31mred", "a\nb", "[@click=app.quit]q[/]"]
    visible = [repr(label)[1:-1] for label in labels]
    y = Value(1.0, "first")
    for label in labels:
        y = y * Value(3.0, label)
    y.label = "[red]y"

    async def script(pilot: Pilot[None], app: StepperApp) -> None:
        for step in walk(y):
            screen = shown(app)
            assert title(step) in screen
            assert all(name in screen for name in visible)
            assert "\x1b" not in screen
            await pilot.press("n")
        await pilot.press("r")
        assert f"What is {title(app.step).removeprefix('backward: ')}?" in shown(app)
        await pilot.press("tab", *"[b]", "enter")
        await pilot.pause()
        assert "there is no '[b]' here" in shown(app)

    drive(walk(y), script)
    assert "\x1b" not in "\n".join(numbered(walk(y), 4, Page()))


def test_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def script(pilot: Pilot[None], app: StepperApp) -> None:
        await pilot.press("r", "G")
        await pilot.pause()
        assert "▸" in shown(app)
        assert "?" in shown(app)
        assert not colours(app)
        await pilot.press("j")
        await pilot.pause()
        assert not colours(app)

    drive(steps_of(), script)


def colours(app: StepperApp) -> set[str]:
    """Colours that reach the terminal, once the app's filters have had their say."""
    found = set()
    for y, strip in enumerate(app.screen._compositor.render_strips()):
        for line_filter in app._filters:
            if line_filter.enabled:
                strip = strip.apply_filter(line_filter, app.screen.background_colors[0])
        for segment in strip:
            for colour in (segment.style.color, segment.style.bgcolor) if segment.style else ():
                if colour is not None and not colour.is_default:
                    found.add(f"{y}: {colour.name}")
    return found
