"""The page: what it holds without a browser, and every control of it in a real one."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sampled import sampled

import visualize
from micrograd_like.derivation.predict import judge
from micrograd_like.derivation.walk import Backward, Forward, Given, known_after, walk
from micrograd_like.errors import WorksheetError
from micrograd_like.marking.records import Report
from micrograd_like.worksheet import Worksheet, builtin
from visualize.graph_model import box_number
from visualize.page_steps import answers
from visualize.setting import is_code, set_formula
from visualize.snapshot import snapshot

LESSON = builtin.load("office-hours")
PUBLISHED = builtin.load("office-hours-as-published")
CHECKED = PUBLISHED.check()
WALK = walk(LESSON.cost(), beside=LESSON.names.values())
#: A line of every verdict, nodes of every role of a neuron: what axe looks through for long where
#: a page is as long as the published one.
SHORT = Worksheet.parse(
    "w = 0.5\nx = 2\nb = 0\nz = w*x + b = 1\na = sigmoid(z) = 0.7311\nE = 1/2*(a - 1)^2 = 0.04\n"
    "dE/da = 1 - a\ndE/dz = dE/da*a*(1 - a) = 0.0529\nk = q*x = 3\nw' = w -\n"
)
#: What is computed: the page has a step for each.
STEPS = [step for step in WALK if not isinstance(step, Given)]
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


@pytest.mark.parametrize("name", sampled(builtin.names(), every=3))
def test_every_built_in_worksheet_has_a_page(name: str) -> None:
    text = visualize.page(builtin.load(name))
    tags = Tags(text)
    assert tags.open == []
    ids = [attributes["id"] for _, attributes in tags.attributes if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert len(text.encode()) < 1_000_000


def test_it_asks_nothing_of_any_other_place() -> None:
    text = visualize.page(LESSON)
    for tag, attributes in Tags(text).attributes:
        assert tag not in ("link", "iframe", "img", "object", "embed")
        for name, value in attributes.items():
            assert name not in ("src", "href", "srcset", "action") or str(value)[:1] == "#"
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "url(" not in text.replace("url(data:", "")


def test_every_step_is_in_the_page_without_a_script() -> None:
    text = visualize.page(LESSON)
    assert text.count('<li class="step"') == len(STEPS)
    assert "acts on <span" in text
    assert '<i data-name="w5">w<sub>5</sub></i>' in text


def plain(text: str) -> str:
    """The words of a page, without its elements, styles and data."""
    body = re.sub(r"<(style|script)\b.*?</\1>", "", text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", body).replace("\u2006", ""))


def test_a_marked_worksheet_begins_with_its_slips_their_causes_and_workings() -> None:
    text = visualize.page(PUBLISHED, report=CHECKED)
    said = plain(text)
    assert "7 wrong 11 follow 21 right 15 taken" in re.sub(r"(?<=[a-z])(?=\d)", " ", said)
    assert "Seven slips" in said
    assert "∂E/∂w5 stands where ∂E/∂w6 belongs." in said
    assert "w6′ =w6 − α·∂E/∂w6 =0.6 − 0.2·(−0.089) =0.62" in said
    assert text.count('<li class="slip"') == 7
    assert text.index('<li class="slip"') < text.index('id="graph"') < text.index('class="lines"')
    assert '<u class="piece">' in text
    assert "11 later lines follow" in said


@pytest.mark.parametrize(
    ("text", "title", "score"),
    [
        ("x = 2\ny = x^2 = 4\nE = 3y = 12", "Nothing is wrong", "2 / 2"),
        ("x = 2\ny = x^2 = 5\nE = 3y = 15", "One slip", "1 / 2"),
        ("x = 2\ny = x^2 = (4\nE = 3x = 6", "but not all could be judged", "1 / 2"),
    ],
)
def test_the_summary_leads_to_what_is_to_be_mended(text: str, title: str, score: str) -> None:
    sheet = Worksheet.parse(text)
    said = plain(visualize.page(sheet, report=sheet.check()))
    assert title in said
    assert score in said


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


def test_every_step_has_a_picture() -> None:
    """The update and the second pass in the boxes of what they renew; else what they read."""
    for name in ("office-hours", "three-steps", "adam", "office-hours-as-published"):
        for step in data_of(visualize.page(builtin.load(name)))["steps"]:
            assert step["now"] or step["read"], (name, step["spoken"])


def data_of(text: str) -> Any:
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    return json.loads(data)


# A formula set for the page: as it was typed, and what is to be read.
@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("dE/dw5 = dE/dyhat * dyhat/da3", "∂E/∂w5 =∂E/∂ŷ·∂ŷ/∂a3"),
        ("z1 = sigmoid(a1) = log10(.3)", "z1 =σ(a1) =log10(.3)"),
        ("w1' = w1 - alpha*dE/dw1 = -0.5", "w1′ =w1 − α·∂E/∂w1 =−0.5"),
        ("y = (x^2 - 3)**2/2", "y =(x2 − 3)2/2"),
        ("q = 2e-5*(-x)", "q =2e−5·(−x)"),
        ("a < b & c", "a < b & c"),
        ("y = x² = 2² = 4", "y =x2 =22 =4"),
        ("W = [[0.5, -0.8], [ -0.2, 1]]", "W =[[0.5, −0.8], [ −0.2, 1]]"),
    ],
)
def test_formulas_are_set_token_by_token(typed: str, shown: str) -> None:
    text = re.sub(r"<[^>]+>", "", set_formula(typed)).replace("\u2005", " ").replace("\u2006", "")
    assert unescape(text) == shown


def test_names_can_be_linked_and_wrong_pieces_are_underlined() -> None:
    made = set_formula("y1 = x^2 = 5", [(5, 8)])
    assert '<i data-name="y1">y<sub>1</sub></i>' in made
    assert '<u class="piece"><i data-name="x">x</i><sup>2</sup></u>' in made


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("y = x*w + b", False), ("dE/dw = 0.5", False), ("w' = w - 0.1*dw", False),
        ("z = np.dot(x, w)", True), ("y = x[0]", True), ('print("y")', True), ("for i in r:", True),
    ],
)  # fmt: skip
def test_a_programs_line_is_shown_as_it_was_typed(source: str, code: bool) -> None:
    assert is_code(source) == code


@pytest.mark.parametrize("value", [0.5744425, -0.0858, 1.0, 0.0, 12.5, 3e-7])
def test_verdicts_worked_out_beforehand_are_those_of_the_terminal(value: float) -> None:
    found = answers(value)
    for written, verdict in found.items():
        assert verdict == judge(written, value) != "wrong"
    for places in range(6):
        for step in range(-30, 31):
            near = Decimal(repr(value)).quantize(Decimal(1).scaleb(-places))
            written = f"{near + step * Decimal(1).scaleb(-places):f}"
            assert found.get(written, "wrong") == judge(written, value), written


def test_a_class_has_a_page() -> None:
    """Shares, causes, and a strip of lines for each worksheet, the one with most slips first."""
    right = Worksheet.parse("x = 2\ny = x^2 = 4\nE = 3y = 12").check()
    reports = [replace(right, file="<b>.txt"), replace(CHECKED, file="s2"), SHORT.check()]
    text = visualize.class_page(reports)
    tags = Tags(text)
    assert tags.open == []
    assert "script" not in {tag for tag, _ in tags.attributes}
    said = plain(text)
    lines = sum(report.counts["right"] for report in reports)
    assert f"3 worksheets: {lines} lines right" in said
    assert "another function" in said
    assert "&lt;b&gt;.txt" in text
    assert said.index("s2") < said.index("without a name") < said.index("&lt;b&gt;.txt")
    strips = re.findall(r'<path class="(\w+)" d="([^"]*)"', text)
    assert next(d.count("M") for kind, d in strips if kind == "wrong") == 7
    assert visualize.class_page([]).count("<tr>") == 1


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
        tab.mouse.move(0, 0)
        tab.goto(file.as_uri() + hash)

    @property
    def sentence(self) -> str:
        return str(self.page.locator(".step.current .sentence").inner_text())

    @property
    def place(self) -> int:
        return int(self.page.locator("#place").inner_text().split()[0])

    def node(self, key: str) -> Any:
        return self.page.locator(f'.graph .node[data-key="{key}"]')

    def drawn(self) -> dict[str, tuple[str, str, str]]:
        """(name, value, gradient) in each box of the graph."""
        shown = self.page.eval_on_selector_all(
            ".graph .node",
            """nodes => nodes.map(node => [node.dataset.key, ...[".name", ".value", ".gradient"]
                .map(part => node.querySelector(part).textContent)])""",
        )
        return {key: (name, value, gradient) for key, name, value, gradient in shown}

    def lit(self) -> set[str]:
        """The boxes that are lit up."""
        keys = self.page.eval_on_selector_all(
            ".graph.dimmed .node.lit", "nodes => nodes.map(n => n.dataset.key)"
        )
        return set(keys)

    def close(self) -> None:
        for event, hear in self.heard.items():
            self.page.remove_listener(event, hear)
        assert self.errors == []
        local = ("file:", "data:")
        assert [url for url in self.requests if not url.startswith(local)] == []


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
        file.write_text(made(sheet, report), encoding="utf-8")
        alone = own or options
        into = browser.new_context(offline=True, **options).new_page() if alone else tab
        pages.append(Opened(into, file, hash))
        return pages[-1]

    yield open_page
    for view in pages:
        view.close()
        if view.page is not tab:
            view.page.context.close()


#: Pages by their worksheet and report, which are kept, so that no other has their identity.
PAGES: dict[tuple[int, int], tuple[str, Worksheet, Report | None]] = {}


def made(sheet: Worksheet, report: Report | None) -> str:
    """The page, of which many tests look at the same one."""
    key = id(sheet), id(report)
    if key not in PAGES:
        PAGES[key] = visualize.page(sheet, report=report), sheet, report
    return PAGES[key][0]


def test_numbers_in_the_graph_are_the_engines_at_every_step(opened: Any) -> None:
    view = opened()
    roles = {node.key: node.role for node in snapshot(LESSON).nodes}
    backward = [i for i, step in enumerate(STEPS) if isinstance(step, Backward)]
    for index in range(backward[-1] + 1):
        assert view.place == index + 1
        shown = view.drawn()
        assert shown.keys() == roles.keys()
        for name, known in known_after(WALK, index + 1).items():
            if (role := roles.get(str(name))) is not None:
                gradient = known.gradient
                assert gradient is None or isinstance(gradient, float)
                wanted = box_number(known.value, role), box_number(gradient)
                assert shown[str(name)][1:] == wanted, (index, name)
        view.page.keyboard.press("ArrowRight")


def test_the_update_and_the_second_pass_are_shown_in_the_boxes_they_renew(opened: Any) -> None:
    view = opened(PUBLISHED, report=CHECKED)
    place = next(i for i, s in enumerate(computed(PUBLISHED)) if s == "w5'")
    view.page.locator("#slider").fill(str(place))
    assert "now" in view.node("w5").get_attribute("class").split()
    assert view.drawn()["w5"] == ("w5′", box_number(PUBLISHED.names["w5'"].data), "")
    assert view.drawn()["w1"][0] == "w1′"
    assert "follows" not in view.node("w5").get_attribute("class").split()  # of w5, not of w5′
    value = view.drawn()["w5"][1]
    assert view.node("w5").get_attribute("aria-label") == f"w5′, value {value}"
    assert view.drawn()["a1"] == ("a1", "0.3000", "−0.0182")
    view.page.keyboard.press("Home")
    assert view.drawn()["w5"] == ("w5", "0.5", "−0.0858")


def computed(sheet: Worksheet) -> list[str]:
    """The names of what the page's steps are about; of backward steps nothing."""
    steps = walk(sheet.cost(), beside=sheet.names.values())
    return [str(s.name) if isinstance(s, Forward) else "" for s in steps[1:]]


def test_keys_and_buttons(opened: Any) -> None:
    view = opened()
    last = len(STEPS)
    for key, place in (
        ("ArrowRight", 2), ("F9", 3), ("ArrowLeft", 2), ("Shift+F9", 1), ("End", last),
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


def test_the_hash_links_to_a_step_and_follows_it(opened: Any) -> None:
    view = opened(hash="#12")
    assert view.place == 12
    view.page.keyboard.press("ArrowRight")
    assert view.page.evaluate("location.hash") == "#13"
    view.page.evaluate(f"location.hash = '{quote('dE/dw5', safe='')}:3'")
    view.page.wait_for_function("document.querySelector('#follow button').innerText === '∂E/∂w5'")
    assert view.place == 3
    view.page.evaluate("location.hash = '#nonsense'")
    view.page.wait_for_function("document.querySelector('#follow button').innerText[0] === 'e'")
    assert view.place == 1
    for hash in ("#%E0%A4%A", "#%", "#0", "#-3", "#999", "#dE%2Fdq:2", "#<b>", "#line-99"):
        view.page.evaluate("hash => location.hash = hash", hash)
        assert view.page.locator(".step.current").is_visible(), hash


def test_one_derivative_can_be_followed_and_is_derived(opened: Any) -> None:
    view = opened()
    view.page.click("#follow button")
    view.page.locator("[role=option]", has_text="∂E/∂w5").click()
    wanted = len(
        [s for s in walk(LESSON.names["E"], LESSON.names["w5"]) if not isinstance(s, Given)]
    )
    assert view.page.locator("#place").inner_text() == f"1 / {wanted}"
    view.page.keyboard.press("End")
    assert view.sentence.startswith("Backward w5 acts on E through a3")
    view.page.click("#tab-derivation")
    derived = view.page.locator("#panel-derivation").inner_text()
    assert "Factors" in derived
    assert "∂a3/∂w5" in derived.replace("\n", "")
    assert "−0.04455" in derived
    assert "∂E/∂w6" not in derived.replace("\n", "")
    view.page.locator("#tab-derivation").press("ArrowRight")
    row = view.page.locator('#known tr[data-row="w5"]').inner_text().split()
    assert row[-2:] == ["0.5000", "−0.04455"]


def test_the_list_of_derivatives_is_moved_through_by_keys(opened: Any) -> None:
    view = opened()
    view.page.locator("#follow button").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
        view.page.keyboard.press(key)
    assert view.page.locator("#follow button").inner_text() == "∂E/∂ŷ"
    assert view.page.evaluate("document.activeElement.parentElement.id") == "follow"
    view.page.keyboard.press("ArrowUp")
    view.page.keyboard.press("Escape")
    assert not view.page.locator("#follow ul").is_visible()


def test_predict_then_reveal(opened: Any) -> None:
    view = opened(hash="#1")
    view.page.keyboard.press("p")
    assert view.page.locator("#predict").is_checked()
    assert view.drawn()["a1"][1] == ""
    assert view.page.locator("#shown-title").text_content().endswith("?")
    guess = view.page.locator(".step.current .ask input")
    for typed, said in (
        ("", "Type a number first"), ("zero", "is no number"), ("-0.3", "the sign is not"),
        ("0.7", "not right"), ("0", "too coarse"), ("0.31", "is near"),
    ):  # fmt: skip
        guess.fill(typed)
        guess.press("Enter")
        assert said in view.page.locator(".step.current .verdict").inner_text()
    guess.fill("3e-1")
    guess.press("Enter")
    assert view.drawn()["a1"][1] == "0.3000"
    assert "3e-1 is right" in view.page.locator("#live").inner_text()
    view.page.keyboard.press("ArrowRight")
    assert view.place == 2
    view.page.locator(".step.current .reveal").click()
    assert view.drawn()["z1"][1] == "0.5744"


def test_nothing_gives_a_prediction_away(opened: Any) -> None:
    """Neither graph, lines, table, derivation nor what a screen reader says."""
    view = opened(hash="#1")  # forward: a1
    line = view.page.locator('.line[data-left="a1"] .formula')
    assert line.is_visible()
    view.page.keyboard.press("p")
    assert not line.is_visible()
    labels = " ".join(view.node(key).get_attribute("aria-label") for key in ("a1", "yhat", "E"))
    assert labels == "a1 ŷ E"
    assert view.page.locator(".graph .edge:not(.open)").count() == 0
    assert set(view.page.locator(".graph .local").all_text_contents()) == {""}
    view.page.click("#tab-table")
    assert not view.page.locator('tr[data-row="a1"] .value > *').first.is_visible()
    assert view.page.locator('tr[data-row="w1"] .value > *').first.is_visible()
    view.page.click("#tab-derivation")
    assert "Nothing of it" in view.page.locator("#panel-derivation").inner_text()
    view.page.click("#tab-step")
    view.page.locator(".step.current .reveal").click()
    assert line.is_visible()
    assert view.drawn()["a1"][1] == "0.3000"


def test_a_sums_line_stays_hidden_until_its_last_part(opened: Any) -> None:
    parts = [i for i, s in enumerate(STEPS, 1) if isinstance(s, Backward) and s.name == "x1"]
    view = opened(hash=f"#{parts[-1]}")
    view.page.keyboard.press("p")
    line = view.page.locator('.line[data-left="dE/dx1"] .formula')
    assert not line.is_visible()
    view.page.locator(".step.current .reveal").click()
    assert line.is_visible()


def test_a_name_lights_up_wherever_it_stands(opened: Any) -> None:
    view = opened(PUBLISHED, report=CHECKED)
    on_paths = {"x2", "a1", "a2", "z1", "z2", "a3", "yhat", "E"}
    view.node("x2").hover()
    assert view.lit() == on_paths
    assert view.page.locator('.lines [data-name="x2"].lit-name').count() > 3
    assert view.page.locator('.lines [data-name="x1"].lit-name').count() == 0
    view.page.mouse.move(2, 2)
    assert view.lit() == set()
    view.page.locator('#line-48-1 [data-name="w3"]').first.hover()
    assert view.lit() == {"w3", "a1", "z1", "a3", "yhat", "E"}
    view.page.locator('#line-60-1 [data-name="a1\'"]').hover()
    assert "a1" in view.lit()


def test_what_a_line_or_a_box_is_about_opens_its_step(opened: Any) -> None:
    view = opened(PUBLISHED, report=CHECKED)
    assert "z1 is computed" in view.sentence  # the first slip's
    view.page.locator(".slip .cause").nth(3).click()
    assert "ŷ acts on E directly" in view.sentence
    assert view.page.locator(".line.heir").count() == 11
    assert "chosen" in view.node("yhat").get_attribute("class").split()
    view.node("a3").click()
    assert "a3" in view.sentence
    view.page.locator(".page-head .count").first.click()
    view.page.wait_for_function("document.querySelector('.chosen-line')?.id === 'line-16-1'")
    view.page.keyboard.press("F8")
    view.page.keyboard.press("F8")
    assert "line 18" in view.page.evaluate("document.activeElement.innerText")
    view.page.keyboard.press("Shift+F8")
    assert "line 16" in view.page.evaluate("document.activeElement.innerText")


def test_the_graph_is_moved_through_by_keys(opened: Any) -> None:
    view = opened()
    assert view.page.locator('.graph .node[tabindex="0"]').count() == 1
    view.node("E").focus()
    for key, reached in (("ArrowLeft", "yhat"), ("ArrowLeft", "a3"), ("ArrowUp", "w5")):
        view.page.keyboard.press(key)
        assert view.page.evaluate("document.activeElement.dataset.key") == reached
    assert "w5" in view.lit()
    view.page.keyboard.press("Enter")
    assert "w5 acts on E" in view.sentence
    before = view.page.locator(".graph").get_attribute("viewBox")
    view.page.keyboard.press("+")
    view.page.keyboard.press("+")
    assert view.page.locator(".graph-map").is_visible()
    view.page.keyboard.press("0")
    assert view.page.locator(".graph").get_attribute("viewBox") == before
    assert not view.page.locator(".graph-map").is_visible()


def test_backward_the_arrow_is_turned(opened: Any) -> None:
    view = opened()
    place = next(i for i, s in enumerate(STEPS) if isinstance(s, Backward) and s.name == "a3")
    view.page.locator("#slider").fill(str(place))
    edge = view.page.locator('.edge[data-tail="a3"][data-head="yhat"]')
    assert {"now", "backward", "minus"} <= set(edge.get_attribute("class").split())
    assert edge.locator(".back").is_visible()
    assert not edge.locator(".head").is_visible()
    now = view.page.locator(".line.now").all_inner_texts()
    assert any("∂E/∂a3" in line.replace("\n", "") for line in now)
    assert view.page.locator("tr.now").get_attribute("data-row") == "a3"


def test_a_screen_reader_is_told_every_step(opened: Any) -> None:
    view = opened()
    assert "a1 is computed from" in view.page.locator("#live").inner_text()
    assert "0.3000" in view.page.locator("#live").inner_text()
    assert view.page.locator("#slider").get_attribute("aria-valuetext").startswith("1 of 39: a1")
    assert view.page.locator("#live").get_attribute("aria-live") == "polite"
    assert view.node("w5").get_attribute("aria-label") == "w5, value 0.5"


@pytest.mark.parametrize(
    ("scheme", "marked", "options"),
    [
        ("light", True, None),
        ("light", False, None),
        ("dark", True, {"runOnly": ["color-contrast"]}),  # nothing else is another there
    ],
)
def test_axe_finds_nothing(opened: Any, scheme: str, marked: bool, options: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    view = opened(SHORT, "#7", SHORT.check() if marked else None, color_scheme=scheme)
    results = axe.Axe().run(view.page, options=options)
    found = [
        (v["id"], [n["html"][:120] for n in v["nodes"]]) for v in results.response["violations"]
    ]
    assert found == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 360)])
def test_the_class_is_legible_everywhere(
    opened: Any, tmp_path: Path, scheme: str, width: int
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    view = opened(SHORT, color_scheme=scheme, viewport={"width": width, "height": 800})
    file = tmp_path / "class.html"
    file.write_text(visualize.class_page([CHECKED, SHORT.check()]), encoding="utf-8")
    view.page.goto(file.as_uri())
    assert view.page.evaluate("document.documentElement.scrollWidth") <= width
    found = axe.Axe().run(view.page).response["violations"]
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found] == []


#: The least size of any text as it is seen, and the whole graph's extent in its place.
SIZES = """() => {
    const least = Math.min(...[...document.querySelectorAll("body *")]
        .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) &&
                     e.checkVisibility({visibilityProperty: true}) && !e.closest(".spoken, script"))
        .map(e => parseFloat(getComputedStyle(e).fontSize) *
                  (e.closest("svg.graph")?.getScreenCTM().a ?? 1))
        .filter(size => size > 0));
    const svg = document.querySelector("svg.graph");
    return {least, wide: document.documentElement.scrollWidth,
            cropped: svg.classList.contains("cropped")};
}"""


def test_on_a_phone_it_has_tabs_and_the_whole_graph(opened: Any) -> None:
    view = opened(
        PUBLISHED,
        report=CHECKED,
        viewport={"width": 360, "height": 740},
        is_mobile=True,
        has_touch=True,
    )
    assert view.page.locator(".slips").is_visible()
    assert view.page.locator(".slip .mark").first.bounding_box()["y"] < 300
    for tab, shown, hidden in (
        ("graph", "#graph", ".slips"), ("step", "#panel-step", "#graph"),
        ("sheet", ".lines", "#graph"),
    ):  # fmt: skip
        view.page.tap(f".tabs [data-tab={tab}]")
        assert view.page.locator(shown).is_visible()
        assert not view.page.locator(hidden).is_visible()
        sizes = view.page.evaluate(SIZES)
        assert sizes["least"] >= 12
        assert sizes["wide"] <= 360
    view.page.tap(".tabs [data-tab=graph]")
    assert view.page.evaluate(SIZES)["cropped"] is False
    assert view.page.locator("#graph").get_attribute("data-layout") == "upright"
    view.page.tap("#next")
    box = view.page.locator("#next").bounding_box()
    assert min(box["width"], box["height"]) >= 44


@pytest.mark.parametrize("marked", [True, False])
def test_on_a_desk_text_is_legible_and_nothing_scrolls_inside(opened: Any, marked: bool) -> None:
    view = opened(
        PUBLISHED, report=CHECKED if marked else None, viewport={"width": 1280, "height": 900}
    )
    sizes = view.page.evaluate(SIZES)
    assert sizes["least"] >= 11
    assert sizes["wide"] <= 1280
    assert sizes["cropped"] is False
    inner = """() => [...document.querySelectorAll("body *")].filter(e =>
        ["auto", "scroll"].includes(getComputedStyle(e).overflowY) && e.checkVisibility() &&
        e.scrollHeight > e.clientHeight + 1).length"""
    assert view.page.evaluate(inner) == 0
    if marked:
        assert view.page.locator(".slip .mark").first.bounding_box()["y"] < 220


def test_the_handed_back_page_prints_on_two_sides(opened: Any) -> None:
    view = opened(PUBLISHED, report=CHECKED, own=True)
    sides = view.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sides)) == 2
    view.page.emulate_media(media="print")
    order = "[...document.querySelectorAll('.slips, #graph, .lines')].map(e => e.offsetTop)"
    tops = view.page.evaluate(order)
    assert tops == sorted(tops)
    for gone in ("#controls", ".tabs", ".graph-tools", "#panel-step"):
        assert not view.page.locator(gone).first.is_visible()


def test_without_marks_it_prints_every_step_and_all_numbers(opened: Any) -> None:
    view = opened(hash="#5", own=True)
    view.page.emulate_media(media="print")
    assert len(view.page.locator(".step:visible").all()) == len(STEPS)
    view.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert view.drawn()["E"][1:] == ("0.0591", "1")
    view.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert view.drawn()["E"][1:] == ("", "")


def test_motion_is_reduced_where_it_is_asked_for(opened: Any) -> None:
    view = opened(reduced_motion="reduce", hash="#12")
    for moving in (".graph .node", ".graph .edge.now .curve"):
        style = f"getComputedStyle(document.querySelector('{moving}'))"
        assert view.page.evaluate(f"{style}.transitionDuration") in ("0s", "")
        assert view.page.evaluate(f"{style}.animationName") == "none"


def test_without_numbers_formulas_take_their_place(opened: Any) -> None:
    """Nothing can be predicted where there is no number."""
    view = opened(Worksheet.parse("C = (a - y)^2\na = sigmoid(z)\nz = w*x\n"))
    view.page.click("#tab-table")
    row = view.page.locator('#known tr[data-row="w"]').inner_text()
    assert row.split() == ["w", "2·(a−y)·a·(1−a)·x"] or "(a" in row
    view.page.click("#tab-step")
    view.page.click("#predict")
    view.page.keyboard.press("ArrowRight")
    assert view.place == 2


def test_a_graph_too_wide_for_its_place_is_shown_around_what_is_at_hand(opened: Any) -> None:
    wide = "x = 1\n" + "\n".join(
        f"y{n} = x*{n}\nz{n} = sin(y{n})\nu{n} = z{n}^2" for n in range(1, 25)
    )
    sheet = Worksheet.parse(wide + "\nE = " + " + ".join(f"u{n}" for n in range(1, 25)))
    view = opened(sheet, viewport={"width": 390, "height": 800}, has_touch=True)
    view.page.click(".tabs [data-tab=graph]")
    sizes = view.page.evaluate(SIZES)
    assert sizes["cropped"] is True
    assert sizes["least"] > 11.99
    view.page.tap(".graph-tools button[title='Show all']")
    for place in ("0", "70", "20"):
        fill = "(s, place) => { s.value = place; s.dispatchEvent(new Event('input')) }"
        view.page.locator("#slider").evaluate(fill, place)
        box = view.page.locator(".node.now .outline").bounding_box()
        frame = view.page.locator("#graph").bounding_box()
        assert frame["x"] <= box["x"] <= frame["x"] + frame["width"] - box["width"], place
