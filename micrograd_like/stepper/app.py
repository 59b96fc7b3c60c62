"""The stepper's screen: the step above, the table of names, values and gradients below it.

Everything shown is rich Text, never markup: names come from users.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.columns import Columns
from rich.table import Table
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.events import Key, Paste
from textual.widgets import DataTable, Static

from micrograd_like.derivation.walk import (
    Forward,
    Given,
    Known,
    Step,
    expr_of,
    known_after,
    name_of,
    output_of,
)
from micrograd_like.errors import printable
from micrograd_like.formula import Quantity
from micrograd_like.notation import name_text, number, text
from micrograd_like.stepper.jump import JumpScreen
from micrograd_like.writers.prediction import reply
from micrograd_like.writers.step import asked, rows, sentence, title

if TYPE_CHECKING:
    from micrograd_like.marking.records import Hint

_LONGEST_NAME = 24
_LONGEST_NUMBER = 60
#: The keys told of, with what each does and its action: on a walk, and while a number is asked for.
_WALKING = (
    ("→", "next", "next"),
    ("←", "back", "previous"),
    ("g", "first", "first"),
    ("G", "last", "last"),
    ("j", "jump", "jump"),
    ("r", "predict", "predict"),
    ("q", "quit", "quit"),
)
_ASKED = (
    ("enter", "check", "answer"),
    ("→", "show it", "next"),
    ("←", "back", "previous"),
    ("tab", "jump", "jump"),
    ("esc", "stop", "leave"),
    ("ctrl-c", "quit", "quit"),
)


class NameTable(DataTable[Text], can_focus=False):
    """A table that keeps its current row in sight when its size changes."""

    def on_resize(self) -> None:
        """Scroll to the current row."""
        if self.show_cursor:
            self.call_after_refresh(self.move_cursor, row=self.cursor_row)


class StepperApp(App[None]):
    """Steps with keys.

    Attributes:
        at: The index of the step shown.
        predicting: Whether a number is asked for before it is shown.
        message: What is said of the last answer.
        hint: How much is told of a wrong one.
    """

    CSS = """
    Screen { layout: vertical; }
    #head { height: 1; padding: 0 1; background: $primary; color: $text; text-style: bold; }
    #card { height: auto; max-height: 60%; padding: 1 1 0 1; }
    #step { height: auto; }
    #ask { height: auto; padding: 0 1; margin: 1 0 0 0; background: $boost; }
    #names { height: 1fr; min-height: 3; margin: 1 0 0 0; padding: 0 1; }
    #keys { height: auto; padding: 0 1; dock: bottom; background: $footer-background; }
    .plain #keys, .plain DataTable, .plain #head, .plain #ask {
        background: ansi_default; color: ansi_default;
    }
    .plain #head { text-style: reverse bold; }
    .plain DataTable > .datatable--header { background: ansi_default; text-style: underline; }
    .plain DataTable > .datatable--cursor {
        background: ansi_default; color: ansi_default; text-style: bold;
    }
    """
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [  # noqa: RUF012
        Binding("right,n,space,enter", "next", show=False),
        Binding("left,p", "previous", show=False),
        Binding("home,g", "first", show=False),
        Binding("end,G", "last", show=False),
        Binding("j", "jump", show=False),
        Binding("tab", "jump", show=False, priority=True),
        Binding("r", "predict", show=False),
        Binding("escape", "leave", show=False),
        Binding("q", "quit", show=False),
        Binding("ctrl+c", "quit", show=False, priority=True),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
    ]

    def __init__(
        self, steps: Sequence[Step], places: int, message: str = "", hint: Hint = "working"
    ) -> None:
        plain = bool(os.environ.get("NO_COLOR"))
        super().__init__(ansi_color=plain)
        self.steps, self.places, self.plain, self.hint = steps, places, plain, hint
        self.at = 0
        self.predicting = False
        self.message = message
        self._typed = ""
        self._shown: set[int] = set()  # steps whose number was found or given up
        self._tried: dict[int, bool] = {}  # whether the first answer was right

    @property
    def step(self) -> Step:
        """The step shown."""
        return self.steps[self.at]

    @property
    def hidden(self) -> bool:
        """Whether the step's number is still to be predicted."""
        asks = self.number is not None
        return self.predicting and self.at not in self._shown and asks

    @property
    def number(self) -> float | None:
        """The number that can be predicted, if there is one."""
        return None if isinstance(self.step, Given) else self.step.predicted[1]

    def compose(self) -> ComposeResult:
        """Head, step, question, table, keys."""
        yield Static(id="head", markup=False)
        with VerticalScroll(id="card", can_focus=False):
            yield Static(id="step", markup=False)
        yield Static(id="ask", markup=False)
        yield NameTable(id="names", cursor_type="row")
        yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        """Fill the screen."""
        self.screen.set_class(self.plain, "plain")
        self._show()

    # Keys.

    def action_next(self) -> None:
        """On to the next step; in predict mode first the number of this one."""
        if self.hidden:
            self._reveal()
        elif self.at + 1 < len(self.steps):
            self._go(self.at + 1)
        else:
            self._say("This is the last step.")

    def action_previous(self) -> None:
        """Back by one step."""
        if self.at:
            self._go(self.at - 1)

    def action_first(self) -> None:
        """To the first step."""
        self._go(0)

    def action_last(self) -> None:
        """To the last step."""
        self._go(len(self.steps) - 1)

    def action_jump(self) -> None:
        """Ask for a name, and go to the next step about it."""

        def go(index: int | None) -> None:
            if index is not None:
                self._go(index)

        if len(self.screen_stack) > 1:  # it asks already
            return
        screen = JumpScreen(self.steps, self.at)
        screen.set_class(self.plain, "plain")
        self.push_screen(screen, go)

    def action_predict(self) -> None:
        """Turn predict mode on or off."""
        self.predicting = not self.predicting
        self._shown.clear()
        self._tried.clear()
        self._typed = ""
        off = "Predict mode is off."
        on = "From the next step on, type each number before it is shown."
        self._say(off if not self.predicting else "" if self.hidden else on)

    def action_leave(self) -> None:
        """Turn predict mode off."""
        if self.predicting:
            self.action_predict()

    def action_scroll(self, by: int) -> None:
        """Scroll the table."""
        self.query_one(NameTable).scroll_relative(y=by, animate=False)

    def on_key(self, event: Key) -> None:
        """Take up what is typed as a prediction: then no letter is a command."""
        if not self.hidden or len(self.screen_stack) > 1:
            return
        if event.key == "enter":
            self._answer()
        elif event.key == "backspace":
            self._typed = self._typed[:-1]
        elif event.character and event.is_printable:
            self._typed = (self._typed + event.character)[:_LONGEST_NUMBER]
        else:
            return
        event.stop()
        event.prevent_default()
        self._show_question()

    def on_paste(self, event: Paste) -> None:
        """Take up pasted figures."""
        if self.hidden and len(self.screen_stack) == 1:
            pasted = printable(event.text.strip())
            self._typed = (self._typed + pasted)[:_LONGEST_NUMBER]
            self._show_question()

    # Predictions.

    def action_answer(self) -> None:
        """Judge what was typed."""
        self._answer()
        self._show_question()

    def _answer(self) -> None:
        typed, self._typed = self._typed, ""
        if not typed.strip():
            self.message = "Type a number first, or press → to be shown it."
            return
        answer = reply(self.step, typed, self.places, self.hint)
        if answer.verdict in ("right", "sign", "wrong"):
            self._tried.setdefault(self.at, answer.verdict == "right")
        if answer.verdict == "right":
            self._shown.add(self.at)
            self._say(answer.said)
        else:
            self.message = answer.said

    def _reveal(self) -> None:
        assert self.number is not None
        self._shown.add(self.at)
        self._tried.setdefault(self.at, False)
        self._say(f"It is {number(self.number, self.places)}.")

    # The screen.

    def _go(self, index: int) -> None:
        self.at, self._typed = index, ""
        self._say("")

    def _say(self, message: str) -> None:
        self.message = message
        self._show()

    def _show(self) -> None:
        """Draw the current step."""
        self.query_one("#step", Static).update(self._card())
        self.query_one("#card").scroll_home(animate=False)
        self._show_question()
        self._show_table()

    def _show_question(self) -> None:
        place = f"step {self.at + 1} of {len(self.steps)}"
        head = f"{place} · {title(self.step)}"
        if self.predicting:
            head += " · predict mode"
        if self.predicting and self._tried:
            head += f", {sum(self._tried.values())} of {len(self._tried)} right first time"
        self.query_one("#head", Static).update(Text(head, no_wrap=True, overflow="ellipsis"))
        ask = self.query_one("#ask", Static)
        said = [self.message] if self.message else []
        if self.hidden:
            said += [f"{asked(self.step)}  {self._typed}▏"]
        ask.display = bool(said)
        ask.update(Text("\n".join(said)))
        self.query_one("#keys", Static).update(_keys(_ASKED if self.hidden else _WALKING))

    def _card(self) -> Table:
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(no_wrap=True, style="bold")
        grid.add_column(ratio=1)
        if not isinstance(self.step, Given):  # what is given stands in the table
            for head, said in rows(self.step, self.places, self.hidden):
                grid.add_row(Text(head), Text(said))
        whole = Table.grid()
        whole.add_row(Text(sentence(self.step)))
        whole.add_row("")
        whole.add_row(grid)
        return whole

    def _show_table(self) -> None:
        table = self.query_one(NameTable)
        table.clear(columns=True)
        table.add_columns(
            Text(" "),
            Text("name"),
            Text("value"),
            Text(f"∂{_shortened(output_of(self.steps))}/∂name"),
            Text("gradient is"),
        )
        before = known_after(self.steps, self.at - 1)
        known = known_after(self.steps, self.at)
        about = name_of(self.step)
        for name, now in known.items():
            current = name == about
            if current and self.hidden:
                now = before[name]
            table.add_row(*self._cells(name, now, current))
        names = [*known]
        if about in names:
            table.move_cursor(row=names.index(about), animate=False)
        table.show_cursor = about in names

    def _cells(self, name: Quantity, known: Known, current: bool) -> list[Text]:
        unknown = "?" if current and self.hidden else ""
        value = unknown if known.value is None else number(known.value, self.places)
        asked_too = bool(unknown) and not isinstance(self.step, Forward)
        gradient = "" if known.gradient is None else text(expr_of(known.gradient), self.places)
        if asked_too:
            gradient = f"{gradient} + ?" if gradient else "?"
        state = ""
        if known.parts:
            state = "complete" if known.part == known.parts else f"{known.part} of {known.parts}"
        mark = "▸" if current else " "
        return [Text(cell) for cell in (mark, _shortened(name), value, gradient, state)]


def _keys(keys: Sequence[tuple[str, str, str]]) -> Columns:
    """The keys in as many lines as they need, none apart from what it does; each can be clicked."""
    return Columns([_key(*row) for row in keys], padding=(0, 2))


def _key(key: str, does: str, action: str) -> Text:
    shown = Text.assemble((key, "bold"), " ", does, no_wrap=True)
    shown.apply_meta({"@click": f"app.{action}"})
    return shown


def _shortened(name: Quantity) -> str:
    shown = name_text(name)
    return shown if len(shown) <= _LONGEST_NAME else shown[: _LONGEST_NAME - 1] + "…"
