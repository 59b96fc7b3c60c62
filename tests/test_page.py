"""The page: what it holds without a browser, and every control of it in a real one."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

import visualize
from micrograd_like.derivation.predict import judge
from micrograd_like.derivation.walk import Backward, Forward, known_after, walk
from micrograd_like.errors import WorksheetError
from micrograd_like.marking.records import Report
from micrograd_like.notation import number
from micrograd_like.worksheet import Worksheet, builtin
from visualize.snapshot import snapshot

LESSON = builtin.load("office-hours")
PUBLISHED = builtin.load("office-hours-as-published")
STEPS = walk(LESSON.cost(), beside=LESSON.names.values())
CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)


class Tags(HTMLParser):
    """The tags of a page, and whether they are closed in order."""

    VOID = frozenset({"meta", "input", "br", "link", "img", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


# Without a browser.


@pytest.mark.parametrize("name", builtin.names())
def test_every_built_in_worksheet_has_a_page(name: str) -> None:
    text = visualize.page(builtin.load(name))
    tags = Tags(text)
    assert tags.open == []
    ids = [attributes["id"] for _, attributes in tags.attributes if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert len(text.encode()) < 1_000_000


def test_it_asks_nothing_of_any_other_place() -> None:
    for tag, attributes in Tags(visualize.page(LESSON)).attributes:
        assert tag not in ("link", "iframe", "img", "object", "embed")
        for name, value in attributes.items():
            assert name not in ("src", "href", "srcset", "action") or str(value)[:1] == "#"
    assert "http://" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", visualize.page(LESSON))


def test_every_step_is_in_the_page_without_a_script() -> None:
    text = visualize.page(LESSON)
    assert text.count('<li class="step ') == len(STEPS)
    assert "<math" in text
    assert "ŷ acts on E directly: upstream times local." in text


def test_a_marked_worksheet_shows_verdicts_causes_and_workings() -> None:
    text = visualize.page(PUBLISHED, report=PUBLISHED.check())
    assert "21 right, 15 taken, 11 follow, 7 wrong" in text
    assert "∂E/∂w5 stands where ∂E/∂w6 belongs." in text
    assert "right: w6&#39; = w6 − α·∂E/∂w6 = 0.6 − 0.2·(−0.089) = 0.62" in text
    assert text.count('class="line wrong"') == 7


def test_what_a_learner_wrote_is_escaped() -> None:
    sheet = Worksheet.parse(
        "x = 2\ny = x^2\nq = <script>alert(1)</script> = \"&'\nz = 3 # </script>\n"
    )
    text = visualize.page(sheet, report=sheet.check(), heading="</title><script>")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert Tags(text).open == []


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("x = 0\ny = log(x)\nE = y + 1", "there are no steps to go through"),
        ("x = 0\ny = 3", "computes nothing"),
        ("x0 = 1\n" + "\n".join(f"x{n + 1} = x{n} + 1" for n in range(250)), "is not drawn"),
    ],
)
def test_marks_are_shown_even_where_there_is_no_graph(text: str, note: str) -> None:
    sheet = Worksheet.parse(text)
    made = visualize.page(sheet, report=sheet.check())
    assert note in made
    assert 'class="line ' in made
    assert Tags(made).open == []


def test_bad_calls_say_what_was_expected() -> None:
    with pytest.raises(TypeError, match="expected a Worksheet, got str"):
        visualize.page("x = 2")
    with pytest.raises(WorksheetError, match="computes nothing"):
        visualize.page(Worksheet.parse("x = 2"))
    long = "x0 = 1\n" + "\n".join(f"x{n + 1} = x{n} + 1" for n in range(600))
    with pytest.raises(ValueError, match="too many for a page"):
        visualize.page(Worksheet.parse(long))


def test_a_notebook_gets_a_frame_of_its_own() -> None:
    shown = visualize.show(LESSON, report=True)._repr_html_()
    assert shown.startswith('<iframe srcdoc="&lt;!DOCTYPE html&gt;')
    assert 'sandbox="allow-scripts"' in shown


# In a browser.


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine: the page is not tested in a browser")
    with playwright.sync_playwright() as driver:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
        flags += ["--disable-background-networking", "--disable-component-update"]
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def tab(browser: Any) -> Any:
    """One for most tests: a tab of its own, a process each, costs more than what is done in it."""
    return browser.new_context(offline=True).new_page()


class Opened:
    """A page in the browser: what went wrong there, and what it shows."""

    def __init__(self, tab: Any, file: Path, hash: str):
        self.page = tab
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.heard = {
            "console": lambda m: self.errors.append(m.text) if m.type == "error" else None,
            "pageerror": lambda error: self.errors.append(str(error)),
            "request": lambda request: self.requests.append(request.url),
        }
        for event, hear in self.heard.items():
            tab.on(event, hear)
        tab.goto(file.as_uri() + hash)

    @property
    def title(self) -> str:
        return str(self.page.locator(".step.current h2").inner_text())

    @property
    def place(self) -> int:
        return int(self.page.locator("#place").inner_text().split()[0])

    def table(self) -> dict[str, tuple[str, str]]:
        """(value, gradient) of every name in the table, as they are seen; asked for at once."""
        rows = self.page.eval_on_selector_all(
            "#known tr",
            """rows => rows.map(row => [row.dataset.name, row.querySelector(".value").innerText,
                                        row.querySelector(".gradient").innerText])""",
        )
        return {name: (value, gradient) for name, value, gradient in rows}

    def drawn(self, part: str) -> dict[str, str]:
        """What the graph shows of each node's value or gradient: nothing while it is not known."""
        shown = self.page.eval_on_selector_all(
            ".picture [data-name]",
            """(nodes, part) => nodes.map(node => [node.dataset.name,
                Array.from(node.querySelectorAll(`tspan.${part}`)).at(-1)])
                .filter(([name, text]) => text)
                .map(([name, text]) => [name, text.checkVisibility({visibilityProperty: true})
                                              ? text.textContent : ""])""",
            part,
        )
        return dict(shown)

    def close(self) -> None:
        for event, hear in self.heard.items():
            self.page.remove_listener(event, hear)
        assert self.errors == []
        assert [url for url in self.requests if not url.startswith("file:")] == []


@pytest.fixture
def opened(browser: Any, tab: Any, tmp_path: Path) -> Iterator[Any]:
    """Opens a page; in a tab of its own where it is to have options, or is not left as it was."""
    pages: list[Opened] = []

    def open_page(
        sheet: Worksheet = LESSON,
        hash: str = "",
        report: Report | None = None,
        own: bool = False,
        **options: Any,
    ) -> Opened:
        file = tmp_path / f"{len(pages)}.html"
        file.write_text(visualize.page(sheet, report=report), encoding="utf-8")
        alone = own or options
        into = browser.new_context(offline=True, **options).new_page() if alone else tab
        pages.append(Opened(into, file, hash))
        return pages[-1]

    yield open_page
    for view in pages:
        view.close()
        if view.page is not tab:
            view.page.context.close()


def test_numbers_at_every_step_are_the_engines(opened: Any) -> None:
    view = opened()
    for index in range(len(STEPS)):
        assert view.place == index + 1
        shown = view.table()
        for name, known in known_after(STEPS, index).items():
            value = "" if known.value is None else number(known.value, 4)
            gradient = "" if known.gradient is None else number(known.gradient, 4)
            assert shown[name] == (value, gradient), (index, name)
        view.page.keyboard.press("ArrowRight")


def test_keys_and_buttons(opened: Any) -> None:
    view = opened()
    last = len(STEPS)
    for key, place in (
        ("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("End", last),
        ("ArrowRight", last), ("Home", 1), ("ArrowLeft", 1),
    ):  # fmt: skip
        view.page.keyboard.press(key)
        assert view.place == place
    for button, place in (("next", 2), ("last", last), ("back", last - 1), ("first", 1)):
        view.page.click(f"#{button}")
        assert view.place == place
    assert view.page.locator("#first").get_attribute("aria-disabled") == "true"
    view.page.locator("#slider").fill("8")
    assert view.place == 9


def test_space_plays_and_pauses(opened: Any) -> None:
    view = opened(own=True)
    view.page.clock.install()
    view.page.reload()
    view.page.keyboard.press("Space")
    assert view.page.locator("#play").get_attribute("aria-pressed") == "true"
    view.page.clock.run_for(5000)
    assert view.place == 3
    view.page.keyboard.press("Space")
    view.page.clock.run_for(9000)
    assert view.place == 3


def test_the_hash_links_to_a_step_and_follows_it(opened: Any) -> None:
    view = opened(hash="#12")
    assert view.place == 12
    view.page.keyboard.press("ArrowRight")
    assert view.page.evaluate("location.hash") == "#13"
    view.page.evaluate(f"location.hash = '{quote('dE/dw5', safe='')}:3'")
    view.page.wait_for_function("document.getElementById('follow').value === 'dE/dw5'")
    assert view.place == 3
    view.page.evaluate("location.hash = '#nonsense'")
    view.page.wait_for_function("document.getElementById('follow').value === ''")
    assert view.place == 1


@pytest.mark.parametrize("hash", ["#%E0%A4%A", "#%", "#0", "#-3", "#999", "#dE%2Fdq:2", "#<b>"])
def test_a_link_to_nowhere_shows_a_step_all_the_same(opened: Any, hash: str) -> None:
    view = opened(hash=hash)
    assert view.page.locator(".step.current").is_visible()


def test_one_derivative_can_be_followed(opened: Any) -> None:
    view = opened()
    view.page.select_option("#follow", "dE/dw5")
    steps = walk(LESSON.names["E"], LESSON.names["w5"])
    titles = []
    for _ in steps:
        titles.append(view.title.split(" ", 1)[1])
        view.page.keyboard.press("ArrowRight")
    assert titles[1:] == [
        "forward: a3", "forward: ŷ", "forward: E",
        "backward: ∂E/∂E", "backward: ∂E/∂ŷ", "backward: ∂E/∂a3", "backward: ∂E/∂w5",
    ]  # fmt: skip
    # What does not lie on the way is known from the start.
    view.page.keyboard.press("Home")
    assert view.table()["z1"][0] == "0.5744"
    assert view.table()["a3"][0] == ""


def test_predict_then_reveal(opened: Any) -> None:
    view = opened(hash="#2")
    view.page.keyboard.press("p")
    assert view.page.locator("#predict").is_checked()
    answer = view.page.locator(".step.current .answer").first
    assert not answer.is_visible()
    assert view.table()["a1"][0] == ""
    guess = view.page.locator(".step.current .ask input")
    for typed, said in (
        ("", "Type a number first"), ("zero", "is no number"), ("0,3", "is no number"),
        ("-0.3", "the sign is not"), ("0.7", "not right"),
    ):  # fmt: skip
        guess.fill(typed)
        guess.press("Enter")
        assert said in view.page.locator(".step.current .verdict").inner_text()
    guess.fill("0.3")
    guess.press("Enter")
    assert answer.is_visible()
    assert view.table()["a1"][0] == "0.3000"
    view.page.keyboard.press("Escape")
    view.page.locator("h1").click()
    view.page.keyboard.press("ArrowRight")
    view.page.locator(".step.current .reveal").click()
    assert view.page.locator(".step.current .answer").first.is_visible()


def test_a_node_shows_its_rule_and_its_sum(opened: Any) -> None:
    view = opened()
    view.page.locator('.picture [data-name="x2"]').click()
    dialog = view.page.locator("#details")
    assert dialog.is_visible()
    assert "through a1" in dialog.inner_text()
    assert "through a2" in dialog.inner_text()
    view.page.keyboard.press("Escape")
    assert not dialog.is_visible()
    view.page.locator('.picture [data-name="z1"]').focus()
    view.page.keyboard.press("Enter")
    assert "derivative of the logistic function" in dialog.inner_text()


def test_graph_lines_and_table_are_in_step(opened: Any) -> None:
    view = opened()
    view.page.locator("#slider").fill("11")  # backward: ∂E/∂a3, through ŷ
    assert "∂E/∂a3" in view.title
    assert view.page.locator('.node.now[data-name="a3"]').count() == 1
    assert view.page.locator('.edge.now[data-tail="a3"][data-head="yhat"]').count() == 1
    now = view.page.locator(".line.now code").all_inner_texts()
    assert any(line.startswith("dE/da3") for line in now)
    assert view.page.locator("tr.now").get_attribute("data-name") == "a3"


def test_numbers_in_the_graph_are_the_engines_at_every_step(opened: Any) -> None:
    view = opened()
    nodes = {node.key for node in snapshot(LESSON).nodes}
    for index in range(len(STEPS)):
        view.page.locator("#slider").fill(str(index))
        values, gradients = view.drawn("value"), view.drawn("gradient")
        assert set(values) == set(gradients) == nodes
        for name, known in known_after(STEPS, index).items():
            if name in nodes:
                value = "" if known.value is None else number(known.value, 4)
                gradient = "" if known.gradient is None else number(known.gradient, 4)
                assert (values[name], gradients[name]) == (value, gradient), (index, name)


def test_nothing_gives_a_prediction_away(opened: Any) -> None:
    view = opened(hash="#2")  # forward: a1
    factor = view.page.locator('.edge[data-tail="a1"][data-head="z1"] .factor').first
    assert view.drawn("value")["a1"] == "0.3000"
    view.page.keyboard.press("p")
    assert view.drawn("value")["a1"] == ""
    line = view.page.locator('.line[data-lefts="a1"] code')
    assert not line.is_visible()
    view.page.locator(".step.current .reveal").click()
    assert view.drawn("value")["a1"] == "0.3000"
    assert line.is_visible()
    assert not factor.is_visible()


def test_neither_tooltips_nor_dialogs_give_a_prediction_away(opened: Any) -> None:
    view = opened(hash="#2")  # forward: a1
    view.page.keyboard.press("p")
    tips = view.page.locator(".picture title, .picture desc").all_text_contents()
    assert not [tip for tip in tips if "0.3000; " in tip or "0.6562" in tip]
    view.page.locator('.picture [data-name="a1"]').click()
    assert "0.3000 =" not in view.page.locator("#details").inner_text()
    assert "?" in view.page.locator("#details").inner_text()
    view.page.keyboard.press("Escape")
    view.page.keyboard.press("p")
    tips = view.page.locator(".picture title").all_text_contents()
    assert [tip for tip in tips if "0.6562" in tip]


def test_a_sums_line_stays_hidden_until_its_last_part(opened: Any) -> None:
    parts = [i for i, s in enumerate(STEPS, 1) if isinstance(s, Backward) and s.name == "x1"]
    view = opened(hash=f"#{parts[-1]}")
    view.page.keyboard.press("p")
    line = view.page.locator('.line[data-lefts="dE/dx1"] code')
    assert not line.is_visible()
    view.page.locator(".step.current .reveal").click()
    assert line.is_visible()


# The same table holds for the terminal's stepper: tests/test_stepper.py.
@pytest.mark.parametrize(
    ("typed", "said"),
    [("0.57", "is right"), ("1", "too coarse"), ("1e0", "too coarse"), (".7", "not right"),
     ("0.58", "is near"), ("5.744e-1", "is right"), ("-.574", "the sign")],
)  # fmt: skip
def test_predictions_are_judged_as_in_the_terminal(opened: Any, typed: str, said: str) -> None:
    place = next(i for i, s in enumerate(STEPS, 1) if isinstance(s, Forward) and s.name == "z1")
    view = opened(hash=f"#{place}")
    view.page.keyboard.press("p")
    view.page.locator(".step.current .ask input").fill(typed)
    view.page.locator(".step.current .answer-it").click()
    heard = view.page.locator("#live").inner_text()
    assert said in view.page.locator(f"#step-{place} .verdict").text_content() + heard
    verdict = judge(typed, LESSON.names["z1"].data)
    words = {"right": "is right", "coarse": "coarse", "near": "near", "sign": "sign"}
    assert words.get(verdict, "not right") in said


def test_a_screen_reader_is_told_every_step(opened: Any) -> None:
    view = opened()
    view.page.keyboard.press("ArrowRight")
    assert "a1 is computed from" in view.page.locator("#live").inner_text()
    assert "a1 is 0.3000." in view.page.locator("#live").inner_text()
    assert "2 of 40: forward: a1" in view.page.locator("#slider").get_attribute("aria-valuetext")
    assert view.page.locator("#live").get_attribute("aria-live") == "polite"


#: A line of every verdict, nodes of every role of a neuron: what axe looks through for long where
#: a page is as long as the published one.
MARKED = Worksheet.parse(
    "w = 0.5\nx = 2\nb = 0\nz = w*x + b = 1\na = sigmoid(z) = 0.7311\nE = 1/2*(a - 1)^2 = 0.04\n"
    "dE/da = 1 - a\ndE/dz = dE/da*a*(1 - a) = 0.0529\nk = q*x = 3\nw' = w -\n"
)


@pytest.mark.parametrize(
    ("sheet", "scheme", "hash", "options"),
    [
        (PUBLISHED, "light", "", None),
        (MARKED, "light", "#7", None),
        (MARKED, "dark", "#7", {"runOnly": ["color-contrast"]}),  # nothing else is another there
    ],
)
def test_axe_finds_nothing(
    opened: Any, sheet: Worksheet, scheme: str, hash: str, options: Any
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    view = opened(sheet, hash, sheet.check(), color_scheme=scheme)
    results = axe.Axe().run(view.page, options=options)
    found = [
        (v["id"], [n["html"][:120] for n in v["nodes"]]) for v in results.response["violations"]
    ]
    assert found == []


def test_it_fits_a_phone(opened: Any) -> None:
    view = opened(
        PUBLISHED,
        report=PUBLISHED.check(),
        viewport={"width": 360, "height": 740},
        is_mobile=True,
        has_touch=True,
    )
    assert view.page.evaluate("document.documentElement.scrollWidth") <= 360
    end = "document.querySelector('footer').getBoundingClientRect().bottom + scrollY"
    assert view.page.evaluate(f"document.documentElement.scrollHeight - ({end})") < 100
    view.page.tap("#next")
    assert view.place == 2
    box = view.page.locator("#next").bounding_box()
    assert box["width"] >= 36
    assert box["height"] >= 36


def test_it_prints_every_step(opened: Any) -> None:
    view = opened(hash="#5", own=True)
    view.page.emulate_media(media="print")
    assert len(view.page.locator(".step:visible").all()) == len(STEPS)
    assert not view.page.locator("#controls").is_visible()
    view.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert view.table()["E"][0] == "0.05910"
    assert view.table()["w1"][1] == "0"
    assert view.drawn("value")["E"] == "0.05910"
    view.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert view.table()["E"][0] == ""


def test_motion_is_reduced_where_it_is_asked_for(opened: Any) -> None:
    view = opened(reduced_motion="reduce")
    duration = "getComputedStyle(document.querySelector('.picture .node')).transitionDuration"
    assert view.page.evaluate(duration) in ("0s", "")


def test_without_numbers_formulas_take_their_place(opened: Any) -> None:
    """Nothing is greyed out for want of a number, and nothing can be predicted."""
    view = opened(Worksheet.parse("C = (a - y)^2\na = sigmoid(z)\nz = w*x\n"))
    view.page.keyboard.press("End")
    assert view.table()["w"] == ("", "2 · (a − y) · a · (1 − a) · x")
    assert view.page.locator(".picture .unknown").count() == 0
    view.page.keyboard.press("Home")
    assert view.page.locator(".picture .unknown[data-name=C]").count() == 1
    view.page.click("#predict")
    view.page.keyboard.press("ArrowRight")
    assert "z is computed" in view.page.locator("#live").inner_text()


def test_data_in_the_page_is_json(tmp_path: Path) -> None:
    text = visualize.page(LESSON)
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    assert len(json.loads(data)["steps"]) == len(STEPS)
