"""What a program that tutors asks for, as the protocol's own client gets it."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from micrograd_like.worksheet import Worksheet
from micrograd_like.writers.published import schema

pytestmark = [pytest.mark.scale, pytest.mark.filterwarnings("default")]  # theirs are not ours

pytest.importorskip("mcp", reason="extra mcp")
anyio = pytest.importorskip("anyio", reason="extra mcp")
jsonschema = pytest.importorskip("jsonschema")

SHEET = "x = 2\nw = 0.5\nE = (w*x - 3)^2 = 4\ndE/dw = 2(w*x - 3) = -4\n"


def asked(what: Callable[[Any], Awaitable[Any]]) -> Any:
    """What a client of its own process gets from the command, over standard input and output."""
    from mcp import ClientSession
    from mcp.client.stdio import StdioServerParameters, stdio_client

    async def talk() -> Any:
        command = StdioServerParameters(
            command=sys.executable, args=["-m", "micrograd_like", "mcp"]
        )
        async with stdio_client(command) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            return await what(session)

    return anyio.run(talk)


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    """All that is asked, in one session."""
    calls: dict[str, tuple[str, dict[str, Any]]] = {
        "check": ("check", {"worksheet": SHEET}),
        "hint": ("check", {"worksheet": SHEET, "hint": "line"}),
        "key": ("check", {"worksheet": SHEET, "key": "x = 2\nw = 0.5\nE = (w*x - 3)^2 [2]"}),
        "latex": ("check", {"worksheet": "$y = x^2$, $x = 2$, $dy/dx = 2x = 5$"}),
        "bad key": ("check", {"worksheet": SHEET, "key": "x = 2\ny = x = 3"}),
        "bad hint": ("check", {"worksheet": SHEET, "hint": "all"}),
        "file": ("check", {"worksheet": "/etc/passwd"}),
        "derive": ("derive", {"worksheet": SHEET, "derivative": "dE/dw"}),
        "derive nothing": ("derive", {"worksheet": SHEET, "derivative": "dE/dq"}),
        "draw": ("draw", {"worksheet": SHEET, "path": "dE/dw"}),
        "exercise": ("exercise", {"shape": "2-2-1", "seed": 3, "form": "slips"}),
        "no shape": ("exercise", {"shape": "none"}),
    }

    async def all_of_it(session: Any) -> dict[str, Any]:
        found = {name: await session.call_tool(*call) for name, call in calls.items()}
        return {**found, "tools": await session.list_tools()}

    found: dict[str, Any] = asked(all_of_it)
    return found


def test_the_tools_are_described_for_whoever_calls_them(answers: dict[str, Any]) -> None:
    tools = {tool.name: tool for tool in answers["tools"].tools}
    assert set(tools) == {"check", "derive", "draw", "exercise"}
    assert all(tool.description for tool in tools.values())
    hints = tools["check"].input_schema["properties"]["hint"]["enum"]
    assert hints == ["line", "kind", "piece", "working"]


def test_marks_are_what_the_command_prints(answers: dict[str, Any]) -> None:
    marks = answers["check"].structured_content
    assert marks == json.loads(Worksheet.parse(SHEET).check().json())["worksheets"][0]
    jsonschema.validate({"schema": 1, "worksheets": [marks]}, schema())
    assert [line["verdict"] for line in marks["lines"]] == ["taken", "taken", "right", "wrong"]
    assert answers["latex"].structured_content["wrong"] == 1


def test_hints_and_assignments_are_obeyed(answers: dict[str, Any]) -> None:
    assert answers["hint"].structured_content["lines"][-1]["working"] is None
    assert answers["key"].structured_content["points"] == 2


def test_a_derivative_a_picture_and_an_exercise(answers: dict[str, Any]) -> None:
    derived = answers["derive"].structured_content
    assert derived["value"] == -8
    assert "∂E/∂w" in derived["text"]
    assert answers["draw"].structured_content["result"].startswith("digraph")
    made = answers["exercise"].structured_content
    assert made["planted"]
    assert Worksheet.parse(made["worksheet"]).check().counts["wrong"] >= 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bad key", "the assignment is not right itself"),
        ("bad hint", "hint"),
        ("derive nothing", "has no 'q'"),
        ("no shape", "none"),
    ],
)
def test_what_is_wrong_with_the_input_is_told(
    name: str, said: str, answers: dict[str, Any]
) -> None:
    assert answers[name].is_error
    assert said in answers[name].content[0].text
    assert "Traceback" not in answers[name].content[0].text


def test_no_file_is_read(answers: dict[str, Any]) -> None:
    """A path is a text like any other."""
    assert not answers["file"].is_error
    assert "root:" not in json.dumps(answers["file"].structured_content)
