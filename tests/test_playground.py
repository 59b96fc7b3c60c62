"""What the playground asks of Python, and how its files are served. In a browser: test_site.py."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from micrograd_like.cli import site
from micrograd_like.cli.serving import ADDRESS, server
from micrograd_like.worksheet import builtin
from tests.command import run
from visualize import layout
from visualize.layout import DrawingError
from visualize.playground import answer

SLIP = "x = 2\ny = x^2 + 1 = 5\nE = x*y = 10\ndE/dx = y + x*2 = 9\n"


def ask(kind: str, **asked: Any) -> Any:
    return json.loads(answer(json.dumps({"kind": kind, **asked})))


# What is asked of Python.


@pytest.mark.parametrize("name", ["office-hours-as-published", "dead-relu", "network-in-matrices"])
def test_marks_are_those_that_the_command_prints(name: str) -> None:
    printed = json.loads(run("check", name, "--format", "json").stdout)["worksheets"][0]
    marked = ask("mark", text=builtin.text(name))["report"]
    assert {**marked, "file": name} == printed


def test_a_marked_line_says_where_what_and_why() -> None:
    marked = ask("mark", text=SLIP)
    (wrong,) = [line for line in marked["lines"] if line["verdict"] == "wrong"]
    assert (wrong["line"], wrong["lefts"], wrong["focus"]) == (4, ["dE/dx"], "x")
    said = [hint["said"] for hint in wrong["hints"]]
    assert [hint["name"] for hint in wrong["hints"]] == ["line", "kind", "piece", "working"]
    assert said[0] == "This line is wrong."
    assert len({*said}) >= 3
    assert ["13" in hint["working"] for hint in wrong["hints"]] == [False, False, False, True]
    boxes = {node["key"]: node["marks"] for node in marked["model"]["nodes"]}
    assert boxes == {"x": {"gradient": "wrong"}, "y": {}, "E": {}}


def test_what_follows_names_its_source_and_is_named_there() -> None:
    lines = ask("mark", text="x = 2\ny = x^2 = 5\nz = 3*y = 15\n")["lines"]
    assert [line["heirs"] for line in lines] == [[], [3], []]
    assert [line["sources"] for line in lines] == [[], [], [2]]


def test_a_line_is_set_where_one_statement_is_all_of_it() -> None:
    lines = ask("judge", text="# Start\nx = 2; y = 3\nz = x*y\n", lines=[1, 2, 3])["lines"]
    assert [bool(line["set"]) for line in lines] == [True, False, False, True]
    assert lines[0]["heading"]


def test_a_look_has_graph_steps_and_table() -> None:
    found = ask("look", text=SLIP)
    assert [node["key"] for node in found["graph"]["model"]["nodes"]] == ["x", "y", "E"]
    assert set(found["graph"]["layouts"]) == {"along", "upright"}
    assert len(found["steps"]) == 6
    assert [row["key"] for row in found["table"]] == ["x", "y", "E"]
    assert found["note"] == ""


def test_what_computes_nothing_has_a_note_and_no_graph() -> None:
    found = ask("look", text="a word or two")
    assert (found["graph"], found["steps"]) == (None, [])
    assert "computes nothing" in found["note"]
    assert ask("mark", text="")["lines"] == []


@pytest.mark.parametrize(
    ("typed", "verdict", "said"),
    [("5", "right", "✓ 5 is right"), ("10/2", "right", "✓"), ("4", "wrong", "Put the numbers in"),
     ("five", "unreadable", "no number")],
)  # fmt: skip
def test_a_prediction_is_judged_as_in_the_terminal(typed: str, verdict: str, said: str) -> None:
    replied = ask("predict", text=SLIP, step=0, predicted=typed)
    assert replied["verdict"] == verdict
    assert said in replied["said"]


@pytest.mark.parametrize(
    ("text", "changed", "was"),
    [
        ("x = 2\ny = x^2", "x = 0.5\ny = x^2", "2"),
        ("a = 1; x = -2.50, b = 3\ny = x^2", "a = 1; x = 0.5, b = 3\ny = x^2", "-2.50"),
        ("# x\n  x=2  # two\ny = x^2", "# x\n  x= 0.5  # two\ny = x^2", "2"),
    ],
)
def test_another_number_for_a_given(text: str, changed: str, was: str) -> None:
    found = ask("explore", text=text, values={"x": 0.5})
    assert found["text"] == changed
    dragged = ask("drag", text=text, values={"x": 0.5})
    assert dragged["said"]["x"]["was"] == was
    for model in (found["graph"]["model"], dragged["model"]):
        values = {node["key"]: node["value"] for node in model["nodes"]}
        assert (values["x"], values["y"]) == ("0.5", "0.2500")


def test_a_drag_shows_what_reading_the_changed_text_shows() -> None:
    text = builtin.text("office-hours")
    for values in ({"x1": 0.7}, {"x1": 0.7, "w5": -0.25}, {"w5": 1.5}, {}):
        dragged = ask("drag", text=text, values=values)["model"]
        assert dragged == ask("explore", text=text, values=values)["graph"]["model"]
    assert ask("put", text=text, values={})["text"] == text


def test_verdicts_come_first_and_are_those_of_the_marks() -> None:
    for name in ("office-hours-as-published", "network-in-matrices", "dead-relu"):
        text = builtin.text(name)
        first = ask("judge", text=text, lines=[*range(1, 1 + len(text.splitlines()))])
        marked = ask("mark", text=text)["lines"]
        kept = ("line", "set", "verdict", "lefts", "number")
        assert [[line[key] for key in kept] for line in first["lines"]] == [
            [line[key] for key in kept] for line in marked
        ]
        judged = [[line["line"], line["verdict"]] for line in marked if not line["heading"]]
        assert first["verdicts"] == judged
        assert [line["line"] for line in ask("judge", text=text)["lines"]] == [
            line["line"] for line in marked if line["heading"]
        ]


def test_boxes_stay_where_they_are_while_a_number_changes() -> None:
    before, after = ask("look", text=SLIP), ask("explore", text=SLIP, values={"x": 1.5})
    assert before["graph"]["layouts"] == after["graph"]["layouts"]


def test_boxes_of_other_names_have_places_of_their_own() -> None:
    for name in "xyz":
        found = ask("look", text=f"{name} = 2\nE = {name}^2\n")["graph"]
        assert set(found["layouts"]["along"]["boxes"]) == {name, "E"}


def test_what_cannot_be_done_is_said() -> None:
    assert "y is given no number here" in ask("explore", text=SLIP, values={"y": 1})["error"]
    assert "no number to predict" in ask("predict", text="y = x^2", step=0, predicted="1")["error"]
    assert "did you mean 'chain'" in ask("exercise", shape="chian", seed=1, form="blank")["error"]
    assert "expected a notebook" in ask("opened", content="{}", name="a.ipynb")["error"]
    assert "expected a format" in ask("mark", text="x = 2", readAs="prose")["error"]


@pytest.mark.parametrize("form", ["blank", "solved", "slips"])
def test_an_exercise_is_the_commands(form: str) -> None:
    made = ask("exercise", shape="2-2-1", seed=7, form=form)
    assert made["text"] == run("exercise", "2-2-1", "--seed", "7", "--form", form).stdout
    assert made["planted"] == (form == "slips")


@pytest.mark.parametrize("format", ["page", "latex", "markdown", "json"])
def test_an_export_is_a_whole_file(format: str) -> None:
    ends = {"page": "</html>", "json": "}"}
    assert ask("export", text=SLIP, format=format)["text"].rstrip().endswith(ends.get(format, ""))


def test_an_export_tells_no_more_than_a_hint() -> None:
    for format, working in (("page", '<p class="working">'), ("markdown", "13")):
        said = [
            ask("export", text=SLIP, format=format, hint=h)["text"] for h in ("line", "working")
        ]
        assert [working in one for one in said] == [False, True]


def test_what_can_be_opened() -> None:
    found = ask("offered")
    assert [row["name"] for row in found["examples"]] == builtin.names()
    assert "2-2-1" in [row["name"] for row in found["shapes"]]


def test_a_notebooks_cells_become_lines() -> None:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "Take $x = 2$."},
        {"cell_type": "markdown", "metadata": {}, "source": "$y = x^2 = 5$"},
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    text = ask("opened", content=json.dumps(notebook), name="A.IPYNB")["text"]
    assert text == "Take $x = 2$.\n$y = x^2 = 5$"
    assert ask("mark", text=text)["report"]["wrong"] == 1


PROGRAM = "w = 0.5\nx = 2\ny = w * x\nloss = (y - 3)**2\ndw = 2 * (y - 3)\n"


@pytest.mark.parametrize(
    ("name", "text", "read_as"),
    [
        ("net.py", PROGRAM, "python"),
        ("net.py", f"import numpy as np\n{PROGRAM}", ""),  # what it imports tells
        ("sheet.txt", "x = 2\ny = x^2 = 5\n", ""),
        ("work.tex", "$x = 2$ and $y = x^2 = 5$\n", "latex"),
        ("work.md", "x = 2\n\n$y = x^2 = 5$\n", ""),
    ],
)
def test_an_opened_file_is_marked_as_the_command_marks_it(
    name: str, text: str, read_as: str, tmp_path: Path
) -> None:
    found = ask("opened", content=text, name=name)
    assert found == {"text": text, "readAs": read_as}
    (tmp_path / name).write_text(text, encoding="utf-8")
    printed = json.loads(run("check", str(tmp_path / name), "--format", "json").stdout)
    marked = ask("mark", **found)["report"]
    assert {**marked, "file": str(tmp_path / name)} == printed["worksheets"][0]


HOSTILE = '<img src=x onerror=alert(1)> = 2\n# </script><script>alert(1)</script>\n"x" & <b> = 3\n'


def test_what_is_typed_is_text_in_every_answer() -> None:
    for kind in ("judge", "mark"):
        asked = {"lines": [*range(1, 9)]} if kind == "judge" else {}
        for line in ask(kind, text=HOSTILE + SLIP, **asked)["lines"]:
            shown = " ".join(map(str, line.values()))
            tags = set(re.findall(r"<\s*/?\s*([a-zA-Z]+)", shown))
            assert tags <= {"span", "i", "sub", "sup", "u", "code", "mark", "math"}, shown
            assert "onerror=" not in re.sub(r"&lt;.*?&gt;", "", shown)


# A Graphviz within the process, where no program can be started.


def test_another_graphviz_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "_within", [])
    layout.lay_out_with(lambda dot, format: f"{format}: {dot}")
    assert layout.run("digraph {}", "json0") == b"json0: digraph {}"
    assert layout.drawable()

    def fails(dot: str, format: str) -> str:
        raise RuntimeError("out of memory")

    layout.lay_out_with(fails)
    with pytest.raises(DrawingError, match="could not make svg: out of memory"):
        layout.run("digraph {}", "svg")


# Its files.


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "index.html": "<p>Hello</p>", "app.js": "1", "pyodide/pyodide.mjs": "2",
        "pyodide/python.wasm": "3", "first.json": "{}", "fonts/maths.woff2": "4",
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "app.js.gz").write_bytes(b"packed")
    return tmp_path


@pytest.fixture
def port(folder: Path) -> Iterator[int]:
    serving = server(folder, 0)
    thread = threading.Thread(target=serving.serve_forever)
    thread.start()
    yield serving.server_address[1]
    serving.shutdown()
    thread.join()
    serving.server_close()


def got(port: int, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection(ADDRESS, port)
    connection.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


@pytest.mark.parametrize(
    ("path", "type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/index.html", "text/html; charset=utf-8"),
        ("/app.js", "text/javascript; charset=utf-8"),
        ("/pyodide/pyodide.mjs", "text/javascript; charset=utf-8"),
        ("/pyodide/python.wasm", "application/wasm"),
        ("/first.json", "application/json"),
        ("/fonts/maths.woff2", "font/woff2"),
    ],
)
def test_every_file_has_its_type(port: int, path: str, type: str) -> None:
    response, _ = got(port, path)
    assert (response.status, response.headers["Content-Type"]) == (200, type)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_what_is_packed_is_sent_so_to_who_can_read_it(port: int) -> None:
    response, body = got(port, "/app.js", Accept_Encoding="br, gzip;q=0.8")
    assert (body, response.headers["Content-Encoding"]) == (b"packed", "gzip")
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    response, body = got(port, "/app.js")
    assert (body, response.headers["Content-Encoding"]) == (b"1", None)
    response, body = got(port, "/first.json", Accept_Encoding="gzip")
    assert (body, response.headers["Content-Encoding"]) == (b"{}", None)


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/fonts/", "/none"])
def test_nothing_else_is_served(port: int, folder: Path, path: str) -> None:
    (folder.parent / "secret.txt").write_text("secret", encoding="utf-8")
    response, body = got(port, path)
    assert response.status == 404
    assert b"secret.txt" not in body
    assert b"maths.woff2" not in body


def test_the_files_are_written_to_a_folder_of_their_own(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "BUILT", folder)
    output = tmp_path_factory.mktemp("host") / "public"
    assert run("site", "-o", str(output)).returncode == 0
    assert (output / "pyodide" / "python.wasm").read_text(encoding="utf-8") == "3"
    again = run("site", "-o", str(output))
    assert (again.returncode, "is there already" in again.stderr) == (2, True)


def test_where_nothing_is_built_it_is_said_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "BUILT", tmp_path)
    for arguments in (["site", "-o", str(tmp_path / "out")], ["serve"]):
        done = run(*arguments)
        assert (done.returncode, "make site" in done.stderr) == (2, True)
    assert "no index.html" in run("serve", str(tmp_path)).stderr


def test_a_port_that_is_taken_is_named(
    port: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "BUILT", folder)
    assert f"port {port} cannot be had" in run("serve", "--port", str(port)).stderr
