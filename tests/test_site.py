"""The built playground: its engine under Node beside CPython, its page in a real browser.

Run by ``make site-test``, which builds it first.
"""

from __future__ import annotations

import json
import math
import os
import random
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from benchmarks.programs import program
from micrograd_like.cli.serving import ADDRESS, server
from micrograd_like.cli.site import BUILT
from micrograd_like.worksheet import Worksheet, builtin
from visualize.playground import answer
from visualize.site import SOURCES

pytestmark = pytest.mark.site
MODULES = BUILT.parent / "npm" / "node_modules"
CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)
FIREFOX = os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
#: How long a browser on a machine that has other things to do may take, in milliseconds.
PATIENCE = 120_000


# The same engine.


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Pyodide under Node answers to every message, by the message."""
    folder = tmp_path_factory.mktemp("contract")
    bundle, asked, found = (folder / name for name in ("contract.mjs", "asked", "found"))
    asked.write_text("\n".join(messages()), encoding="utf-8")
    subprocess.run(
        [
            *(MODULES / ".bin" / "esbuild", "contract.mjs", "--bundle", "--platform=node"),
            *("--format=esm", f"--outfile={bundle}", "--log-level=warning"),
        ],
        cwd=SOURCES,
        env={**os.environ, "NODE_PATH": str(MODULES)},
        check=True,
    )
    subprocess.run(["node", bundle, BUILT, asked, found], check=True)
    answers = found.read_text(encoding="utf-8").split("\n")
    return dict(zip(messages(), map(json.loads, answers), strict=True))


@cache
def messages() -> tuple[str, ...]:
    texts = map(builtin.text, builtin.names())
    looks = [{"kind": kind, "text": text} for text in texts for kind in ("judge", "look", "mark")]
    made = [
        {"kind": "exercise", "shape": "2-2-1", "seed": seed, "form": form}
        for seed in (1, 2)
        for form in ("blank", "slips")
    ]
    programs = [program(random.Random(seed), seed % 2 == 0).text for seed in range(6)]
    looks += [{"kind": kind, "text": text} for text in programs for kind in ("look", "mark")]
    return tuple(json.dumps(message) for message in [*looks, *made])


def differences(here: Any, there: Any, where: str = "") -> Iterator[str]:
    """What is not the same, but for the last digits of numbers, and for the places of boxes."""
    match here, there:
        case dict(), dict():
            for key in here.keys() | there.keys():
                if key != "layouts":
                    yield from differences(here.get(key), there.get(key), f"{where}/{key}")
        case list(), list() if len(here) == len(there):
            for place, pair in enumerate(zip(here, there, strict=True)):
                yield from differences(*pair, f"{where}/{place}")
        case float(), float():
            if not math.isclose(here, there, rel_tol=1e-12, abs_tol=1e-15):
                yield f"{where}: {here} there {there}"
        case _:
            if here != there:
                yield f"{where}: {here!r} there {there!r}"


@pytest.mark.parametrize("message", messages())
def test_python_in_the_browser_answers_as_here(message: str, answered: dict[str, Any]) -> None:
    assert [*differences(json.loads(answer(message)), answered[message])] == []


# The way to Python.

#: Lanes with a worker that answers at once, but for what is to hang.
LANES = """
import { lanes } from %s;
const said = [];
let workers = 0;
const make = () => {
  workers += 1;
  let heard = () => {};
  setTimeout(() => heard({ data: { ready: true } }));
  return {
    addEventListener: (kind, listener) => { if (kind === "message") heard = listener; },
    postMessage({ id, message }) {
      const { text } = JSON.parse(message);
      if (text !== "hangs") setTimeout(() => heard({ data: { id, answer: text } }));
    },
    terminate() {},
  };
};
const engine = lanes(make, (state, reason) => said.push([state, reason ?? ""]), 60);
const sent = await Promise.all([
  engine.send("mark", { text: "m1" }), engine.send("mark", { text: "hangs" }),
  engine.send("mark", { text: "m3" }), engine.send("look", { text: "l1" }),
  engine.send("look", { text: "l2" }), engine.send("ask", { text: "a1" }),
  engine.send("ask", { text: "a2" }),
]);
const hung = await engine.send("mark", { text: "hangs" });
const after = await engine.send("mark", { text: "after" });
console.log(JSON.stringify({ sent, hung, after, said, workers }));
process.exit();
"""


def test_the_newest_wins_and_a_stuck_worker_is_replaced() -> None:
    program = LANES % json.dumps((SOURCES / "lanes.js").as_uri())
    done = subprocess.run(
        ["node", "--input-type=module", "-e", program], capture_output=True, check=True
    )
    found = json.loads(done.stdout)
    assert found["sent"] == [None, None, "m3", None, "l2", "a1", "a2"]
    assert (found["hung"], found["after"], found["workers"]) == (None, "after", 2)
    assert [state for state, _ in found["said"]] == ["starting", "ready", "stopped", "ready"]


# The page.


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    serving = server(BUILT, 0)
    thread = threading.Thread(target=serving.serve_forever)
    thread.start()
    yield f"http://{ADDRESS}:{serving.server_address[1]}/"
    serving.shutdown()
    thread.join()
    serving.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


class Opened:
    """The page in a window of its own, with what went wrong and what it asked of other hosts."""

    def __init__(self, browser: Any, address: str, **options: Any) -> None:
        self.context = browser.new_context(**options)
        self.address = address
        self.wrong: list[str] = []
        self.elsewhere: list[str] = []
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", self.heard)
        self.page.on("request", self.asked)

    def heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(message.text)

    def asked(self, request: Any) -> None:
        own = (self.address, f"blob:{self.address}", "data:")
        if not request.url.startswith(own):
            self.elsewhere.append(request.url)

    def go(self, hash: str = "") -> Any:
        self.page.goto(self.address + hash)
        self.page.wait_for_selector(".cm-editor")
        return self.page

    def ready(self) -> Any:
        self.page.wait_for_selector("#engine[data-state=ready]")
        return self.page

    def type(self, text: str) -> None:
        """The text in place of all that is there, key by key."""
        self.page.click(".cm-content")
        self.page.keyboard.press("Control+a")
        self.page.keyboard.press("Delete")
        for letter in text:
            self.page.keyboard.press("Enter") if letter == "\n" else self.page.keyboard.type(letter)

    def marked(self, count: int) -> list[tuple[int, str]]:
        """Once so many lines are marked: their numbers and marks, from the first to the last."""
        self.page.keyboard.press("Control+Home")
        self.page.wait_for_function(
            "count => document.querySelectorAll('.cm-marks .mark-place:not(.soft)').length >= count"
            " && document.querySelectorAll('#counts .count').length",
            arg=count,
        )
        self.page.wait_for_timeout(600)
        return [
            (int(line), verdict) for line, verdict in self.page.evaluate(
                "[...document.querySelectorAll('.cm-marks .cm-gutterElement')].flatMap(place => {"
                " const mark = place.querySelector('.mark-place'); if (!mark) return [];"
                " const top = place.getBoundingClientRect().top;"
                " const line = [...document.querySelectorAll('.cm-lineNumbers .cm-gutterElement')]"
                "  .find(n => Math.abs(n.getBoundingClientRect().top - top) < 3 && n.textContent);"
                " return [[line.textContent, mark.classList[1]]]; })"
            )
        ]  # fmt: skip


@pytest.fixture
def opened(browser: Any, address: str) -> Iterator[Opened]:
    window = Opened(browser, address, viewport={"width": 1440, "height": 2400})
    yield window
    window.context.close()
    assert window.wrong == []
    assert window.elsewhere == []


def verdicts(text: str) -> list[tuple[int, str]]:
    return [(line.line, line.verdict) for line in Worksheet.parse(text).check().lines]


LESSON = """x = 2
w = 0.5
b = 1
z = w*x + b = 2
a = sigmoid(z) = 0.88
E = (a - 1)^2 = 0.0144
dE/da = 2*(a - 1) = -0.24
da/dz = z*(1 - z) = -2
dE/dz = dE/da*da/dz = 0.48
dE/dw = dE/dz*x = 0.96
dE/db = dE/dz = 0.48"""


def test_before_python_is_there_the_first_example_is(opened: Opened) -> None:
    page = opened.go()
    assert page.locator(".graph .node").count() == 15
    assert page.locator("#counts [data-verdict=wrong] b").inner_text() == "7"


def test_what_is_typed_key_by_key_has_the_commands_marks(opened: Opened) -> None:
    opened.go()
    opened.ready()
    opened.type(LESSON)
    assert opened.marked(len(verdicts(LESSON))) == verdicts(LESSON)
    boxes = opened.page.locator(".graph .node").evaluate_all("all => all.map(n => n.dataset.key)")
    assert set(boxes) == {"x", "w", "b", "z", "a", "E"}


def test_the_line_that_is_typed_is_not_accused(opened: Opened) -> None:
    page = opened.go()
    opened.ready()
    opened.type("x = 2\ny = x^2 = 5")
    page.wait_for_selector(".cm-marks .mark-place.soft.wrong")
    assert page.locator(".below").count() == 0
    page.keyboard.press("ArrowUp")
    page.wait_for_selector(".below .cause.wrong")
    assert page.locator(".cm-marks .soft").count() == 0


def test_hints_come_one_at_a_time(opened: Opened) -> None:
    page = opened.go()
    page.keyboard.press("F8")
    first = page.locator(".below").first
    assert first.locator(".hint").inner_text() == "Which piece?"
    before = first.locator(".cause").inner_text()
    page.keyboard.press("F2")
    assert page.locator(".below").first.locator(".cause").inner_text() != before
    assert page.locator(".below").first.locator(".right").count() == 0
    page.keyboard.press("F2")
    assert "0.57" in page.locator(".below").first.locator(".right").inner_text()


def test_dragging_an_input_explores_and_is_put_back(opened: Opened) -> None:
    page = opened.go("#example=multiply-add")
    opened.ready()
    page.wait_for_selector(".graph .node.input")
    key = page.locator(".graph .node.input").first.get_attribute("data-key")
    value = page.locator(f'.graph [data-key="{key}"] .value')
    before = value.text_content()
    box = page.locator(f'.graph [data-key="{key}"]').bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 20, steps=8)
    page.mouse.up()
    page.wait_for_selector("#band:not([hidden])")
    page.wait_for_function(
        "([key, before]) => document.querySelector(`.graph [data-key=\"${key}\"] .value`)"
        ".textContent !== before", arg=[key, before],
    )  # fmt: skip
    assert "its marks wait" in page.inner_text("#band")
    page.keyboard.press("Escape")
    page.wait_for_function(
        "([key, before]) => document.querySelector(`.graph [data-key=\"${key}\"] .value`)"
        ".textContent === before", arg=[key, before],
    )  # fmt: skip


def test_a_name_under_the_pointer_lights_up_wherever_it_stands(opened: Opened) -> None:
    page = opened.go()
    page.hover(".cm-content [data-name=z1]")
    assert page.locator(".graph .node.lit").count() > 1
    page.hover('.graph .node[data-key="x2"]')
    assert page.locator(".cm-content .lit-name[data-name=x2]").count() > 3
    page.hover(".bar h1")
    assert page.locator(".lit-name").count() == 0


def test_an_emptied_sheet_has_no_graph_though_python_is_not_there_yet(opened: Opened) -> None:
    opened.context.route("**/packages.zip", lambda route: None)
    page = opened.go()
    opened.type("")
    page.wait_for_selector("body.is-empty.without-graph")
    assert page.locator(".graph .node").count() == 0
    assert page.locator(".count").count() == 0


def test_a_program_that_is_opened_is_marked_and_read_so_again(opened: Opened) -> None:
    program = "w, x = 0.5, 2\ny = w * x\nloss = (y - 3)**2\ndy = 2 * (y - 3)\ndw = dy * w\n"
    page = opened.go()
    opened.ready()
    page.set_input_files(
        "#file", {"name": "net.py", "mimeType": "text/plain", "buffer": program.encode()}
    )
    marks = [(1, "taken"), (2, "taken"), (3, "taken"), (4, "right"), (5, "wrong")]
    page.wait_for_function(
        "() => document.querySelector('.cm-line').textContent.startsWith('w, x') &&"
        " document.querySelectorAll('.cm-marks .mark-place.wrong').length === 1"
    )
    assert opened.marked(len(marks)) == marks
    page.reload()
    opened.ready()
    assert opened.marked(len(marks)) == marks


def test_a_link_holds_the_sheet_and_the_teachers_wishes(opened: Opened) -> None:
    page = opened.go()
    opened.ready()
    opened.type("x = 2\ny = x^2 = 5")
    page.click("#share")
    page.check("#share-panel input[value=hideAnswers]")
    page.wait_for_function("() => document.getElementById('share-link').value.includes('f=a')")
    link = page.input_value("#share-link")
    page.goto("about:blank")
    page.evaluate("() => 0")
    page.goto(link)
    opened.ready()
    page.wait_for_selector(".below .cause.wrong")
    assert page.locator(".cm-content").inner_text().startswith("x")
    assert "working" not in page.locator(".below").inner_text()


def test_a_right_number_is_veiled_until_the_working_is_asked_for(opened: Opened) -> None:
    page = opened.go("#f=v")
    page.keyboard.press("F8")
    value = page.locator(".graph .node[data-key=z1] .value")
    assert value.text_content() == "?"
    assert (
        page.locator(".step.current .number.answer").evaluate("e => getComputedStyle(e).fontSize")
        == "0px"
    )
    assert page.locator(".graph .node[data-key=w6] .value").text_content() == "0.6"
    page.keyboard.press("F2")
    page.keyboard.press("F2")
    assert value.text_content() == "0.5744"


def test_the_graph_is_saved_as_it_is_drawn(opened: Opened) -> None:
    page = opened.go()
    for words, begins in (("Graph (.svg)", b"<svg"), ("Graph (.png)", b"\x89PNG")):
        page.click("#export-button")
        with page.expect_download() as download:
            page.get_by_text(words).click()
        assert Path(download.value.path()).read_bytes().startswith(begins)


def test_on_paper_all_lines_are_there(opened: Opened) -> None:
    page = opened.go()
    page.set_viewport_size({"width": 1440, "height": 500})
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    rows = builtin.text("office-hours-as-published").splitlines()
    assert page.locator(".printed > li").count() == len([row for row in rows if row.strip()])
    assert page.locator(".printed .working").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".printed").count() == 0


#: Nothing of the page can watch the document, as the editor has to.
WITHOUT_EDITOR = """const own = MutationObserver;
window.MutationObserver = function (...given) {
  if (new Error().stack.includes("app.js")) throw new Error("it cannot watch the document");
  return new own(...given);
};"""


def test_where_the_editor_cannot_run_a_field_is_there(browser: Any, address: str) -> None:
    window = Opened(browser, address, viewport={"width": 1440, "height": 2400})
    page = window.page
    page.add_init_script(WITHOUT_EDITOR)
    page.goto(address)
    window.ready()
    page.fill(".plain-text", LESSON)
    page.locator(".plain-lines .line.wrong .cause").first.wait_for()
    marked = page.locator(".plain-lines .line").evaluate_all("all => all.map(l => l.classList[1])")
    assert marked == [verdict for _, verdict in verdicts(LESSON)]
    page.keyboard.press("F8")
    wrong = next(line for line, verdict in verdicts(LESSON) if verdict == "wrong")
    before = "\n".join(LESSON.splitlines()[: wrong - 1]) + "\n"
    assert page.locator(".plain-text").evaluate("e => e.selectionStart") == len(before)
    window.context.close()


def test_on_a_phone_one_button_opens_the_rest(browser: Any, address: str) -> None:
    window = Opened(browser, address, viewport={"width": 390, "height": 844})
    page = window.go()
    assert not page.locator("#share").is_visible()
    page.click("#more-button")
    page.click("#exercise-button")
    page.click("#shape-button")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert not page.locator("#exercise").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#share").is_visible()
    assert page.evaluate("document.activeElement.id") == "more-button"
    window.context.close()
    assert window.wrong == []


@pytest.mark.parametrize("hash", ["#s=%00", "#s=AAAA&f=xyz", "#shape=<b>&seed=x", "#example=../x"])
def test_a_hash_that_says_nothing_does_nothing(opened: Opened, hash: str) -> None:
    page = opened.go(hash)
    opened.ready()
    assert page.locator("b b, #band b").count() == 0


def test_hostile_text_stays_text(opened: Opened) -> None:
    page = opened.go()
    opened.ready()
    page.evaluate("window.ran = 0")
    opened.type("<img src=x onerror=ran=1> = 2\n# <script>ran=1</script>\nx = 2\ny = x^2 = 5\n")
    page.keyboard.press("Control+Home")
    page.wait_for_selector(".below .cause.wrong")
    assert page.evaluate("window.ran") == 0
    assert page.locator(".cm-content img:not(.cm-widgetBuffer), .cm-content script").count() == 0


def test_a_prediction_is_asked_judged_and_shown(opened: Opened) -> None:
    page = opened.go("#example=multiply-add")
    opened.ready()
    page.wait_for_selector("#predict")
    page.check("#predict")
    answer_field = page.locator(".step.current .ask input")
    answer_field.fill("1/0")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.step.current .verdict').textContent")
    assert "is no number" in page.locator(".step.current .verdict").inner_text()
    page.click(".step.current .reveal")
    assert not page.locator(".step.current .ask").is_visible()


def test_an_exercise_with_a_slip_keeps_its_marks_until_they_are_asked_for(opened: Opened) -> None:
    page = opened.go("#shape=line-fit&seed=3&form=slips")
    opened.ready()
    page.wait_for_selector("#band:not([hidden]) button")
    page.wait_for_timeout(2000)
    assert page.locator(".cm-marks .wrong").count() == 0
    page.click("#band-buttons button")
    page.wait_for_selector(".cm-marks .wrong")


def test_keyboard_alone_goes_through_all_panes(opened: Opened) -> None:
    page = opened.go()
    places = []
    for _ in range(3):
        page.keyboard.press("F6")
        places.append(
            page.evaluate("document.activeElement.closest('.sheet-pane,.graph-pane,.stepper')"
                          ".className.split(' ')[0]")
        )  # fmt: skip
    assert places == ["sheet-pane", "graph-pane", "stepper"]
    page.keyboard.press("F9")
    assert page.locator("#place").inner_text().startswith("2 /")
    page.keyboard.press("Shift+F9")
    assert page.locator("#place").inner_text().startswith("1 /")


def violations(page: Any, *excepted: str) -> list[Any]:
    """What axe-core finds, by rule, with the elements."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    told = [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found]
    return [rule for rule in told if rule[0] not in excepted]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 820, 1440, 1920])
def test_nothing_is_inaccessible_or_wider_than_the_window(
    browser: Any, address: str, width: int, scheme: str
) -> None:
    size = {"width": width, "height": 844}
    window = Opened(browser, address, viewport=size, color_scheme=scheme, reduced_motion="reduce")
    page = window.go()
    for tab in ["sheet", "graph", "step"] if width < 700 else ["sheet"]:
        if width < 700:
            page.click(f".tabs [data-tab={tab}]")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    window.context.close()
    assert window.wrong == []


def test_what_is_open_is_accessible(opened: Opened) -> None:
    page = opened.go()
    opened.ready()
    page.click("#exercise-button")
    page.click("#shape-button")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.click("#share")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator(".graph .node[data-key=x2]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("#band.exploring-band:not([hidden])")
    assert violations(page, "color-contrast") == []  # marks that wait are dimmed


def test_after_the_first_load_it_works_offline(browser: Any, address: str) -> None:
    window = Opened(browser, address)
    page = window.go()
    window.ready()
    # Once it controls the page its files are all there.
    page.wait_for_function("() => navigator.serviceWorker.controller")
    window.context.set_offline(True)
    page.reload()
    window.ready()
    window.type("x = 3\ny = x^2 = 9")
    assert window.marked(2) == [(1, "taken"), (2, "right")]
    window.context.close()
    assert window.elsewhere == []


SLIP = "x = 2\ny = x^2 = 5\nE = 3*y = 15\ndE/dx = 3*2*x = 12\n"


@pytest.mark.skipif(FIREFOX is None, reason="no Firefox")
def test_the_same_walk_in_firefox(address: str) -> None:
    walk = Path(__file__).parent / "playground_in_firefox.mjs"
    done = subprocess.run(
        ["node", walk, MODULES, address, str(FIREFOX), SLIP], capture_output=True, check=True
    )
    found = json.loads(done.stdout)
    assert "0.57" in found["working"]
    assert found["explored"]
    assert found["panes"] == ["graph-pane", "sheet-pane", "stepper"]
    assert found["typed"] == found["restored"] == [verdict for _, verdict in verdicts(SLIP)]
    assert found["wrong"] == []
    assert {f"{host}/" for host in found["hosts"]} <= {address, "null/"}
