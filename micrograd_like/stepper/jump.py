"""The stepper's screen that asks for a name."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from micrograd_like.derivation.walk import Step, find, name_of, output_of
from micrograd_like.errors import WorksheetError
from micrograd_like.formula import Derivative
from micrograd_like.notation import text


class JumpScreen(ModalScreen[int | None]):
    """Asks for a name; gives the index of the next step about it, or None."""

    CSS = """
    JumpScreen { align: center middle; }
    #box { width: 60; max-width: 90%; height: auto; border: round $primary; padding: 0 1; }
    #box { background: $surface; }
    #near { height: auto; }
    #name, #name:focus { height: 1; border: none; padding: 0; text-style: underline; }
    .plain #box, .plain Input { background: ansi_default; color: ansi_default; }
    .plain #box { border: round ansi_default; }
    """
    BINDINGS = [Binding("escape", "cancel", "cancel", show=False)]  # noqa: RUF012

    def __init__(self, steps: Sequence[Step], at: int) -> None:
        super().__init__()
        self.steps, self.at = steps, at

    def compose(self) -> ComposeResult:
        """A line to type in, and what is said of it."""
        gradient = text(Derivative(output_of(self.steps), name_of(self.steps[-1])))
        with Vertical(id="box"):
            yield Static("Jump to the next step about a name", markup=False)
            yield Input(id="name", max_length=200)
            yield Static(f"A name, or {gradient}. enter: go, escape: stay", id="near", markup=False)

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go, or say which names are near."""
        if not event.value.strip():
            self.dismiss(None)
            return
        try:
            self.dismiss(find(self.steps, event.value, self.at))
        except WorksheetError as error:
            self.query_one("#near", Static).update(Text(str(error)))

    def action_cancel(self) -> None:
        """Stay where one was."""
        self.dismiss(None)
