"""The page measured: sizes, contrasts, overlaps and focus, from a phone to a wide screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_page import CHECKED, LESSON, PUBLISHED, SHORT, Opened, browser

import visualize
from micrograd_like.worksheet import builtin

__all__ = ["browser"]
pytestmark = pytest.mark.slow

WIDTHS = (360, 390, 699, 700, 768, 999, 1000, 1280, 1440, 1920)
PAGES = {
    "published, marked": (PUBLISHED, CHECKED),
    "every verdict": (SHORT, SHORT.check()),
    "lesson": (LESSON, None),
    "two outputs": (builtin.load("two-outputs"), None),
}

#: What is measured: text that is seen, with its size, colour, ground and place.
TEXTS = """() => {
  const parse = (c) => c.match(/[\\d.]+/g).map(Number);
  const ground = (e) => {
    if (e.closest("svg.graph")) {
      const box = e.closest(".node")?.querySelector(".outline");
      if (box) return getComputedStyle(box).fill;
    }
    for (; e; e = e.parentElement) {
      const c = getComputedStyle(e).backgroundColor;
      if ((parse(c)[3] ?? 1) > .5) return c;
    }
    return getComputedStyle(document.documentElement).getPropertyValue("color-scheme");
  };
  const faded = (e) => {
    for (; e; e = e.parentElement) if (getComputedStyle(e).opacity < 1) return true;
    return false;
  };
  const found = [];
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].filter(n => n.nodeType === 3 && n.data.trim());
    if (!own.length || e.closest(".spoken, script, style, noscript, [hidden]")) continue;
    if (!e.checkVisibility({visibilityProperty: true})) continue;
    const style = getComputedStyle(e);
    if (style.clipPath !== "none") continue;
    const scale = e.closest("svg.graph")?.getScreenCTM().a ?? 1;
    for (const n of own) {
      const range = document.createRange();
      range.selectNodeContents(n);
      for (const r of range.getClientRects()) {
        if (r.width < 1 || parseFloat(style.fontSize) === 0) continue;
        found.push({text: n.data.trim(), size: parseFloat(style.fontSize) * scale,
          colour: parse(e.closest("svg.graph") ? style.fill : style.color),
          ground: parse(ground(e)), faded: faded(e), rect: [r.left, r.top, r.right, r.bottom],
          fixed: Boolean(e.closest(innerWidth < 700 ? ".tabs, .strip" : ".tabs"))});
      }
    }
  }
  return found;
}"""

#: Lines and outlines of the graph with the colour beside them.
STROKES = """() => [...document.querySelectorAll(
    ".graph .outline, .graph .edge:not(.now) > .curve, .graph .ring")]
  .filter(e => e.checkVisibility()).map(e => {
    const s = getComputedStyle(e);
    const paper = getComputedStyle(e.closest(".picture-and-steps")).backgroundColor;
    const parse = (c) => c.match(/[\\d.]+/g).map(Number);
    return {kind: e.parentElement.getAttribute("class"), colour: parse(s.stroke),
            opacity: Number(s.opacity), ground: parse(paper)};
  })"""

FOCUSED = """() => {
  const e = document.activeElement;
  const s = getComputedStyle(e.closest("svg.graph") ? e.querySelector(".focus") : e);
  const shown = e.closest("svg.graph") ? s.stroke !== "none" : s.outlineStyle !== "none";
  const r = e.getBoundingClientRect();
  return {name: e.outerHTML.slice(0, 80), shown: shown && r.width > 0, body: e === document.body};
}"""


def luminance(colour: list[float]) -> float:
    def linear(part: float) -> float:
        part /= 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = map(linear, colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(colour: list[float], ground: list[float], opacity: float = 1.0) -> float:
    mixed = [opacity * c + (1 - opacity) * g for c, g in zip(colour[:3], ground[:3], strict=True)]
    light, dark = sorted((luminance(mixed), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def overlapping(texts: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Texts of which a third of the smaller one lies under another."""
    found = []
    texts = sorted((t for t in texts if not t["fixed"]), key=lambda t: float(t["rect"][1]))
    for place, one in enumerate(texts):
        left, top, right, bottom = one["rect"]
        for other in texts[place + 1 :]:
            x0, y0, x1, y1 = other["rect"]
            if y0 >= bottom:
                break
            shared = max(0, min(right, x1) - max(left, x0)) * max(0, min(bottom, y1) - max(top, y0))
            smaller = min((right - left) * (bottom - top), (x1 - x0) * (y1 - y0))
            if shared > smaller / 3:
                found.append((one["text"], other["text"]))
    return found


@pytest.fixture(scope="module")
def opened(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder: Path = tmp_path_factory.mktemp("pages")
    views: list[Opened] = []

    def open_page(name: str, scheme: str) -> Opened:
        sheet, report = PAGES[name]
        file = folder / "page.html"
        file.write_text(visualize.page(sheet, report=report), encoding="utf-8")
        tab = browser.new_context(offline=True, color_scheme=scheme).new_page()
        views.append(Opened(tab, file, ""))
        return views[-1]

    yield open_page
    for view in views:
        view.close()
        view.page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_text_is_large_enough_stands_out_and_covers_no_other(
    opened: Any, name: str, scheme: str
) -> None:
    view = opened(name, scheme)
    for width in WIDTHS:
        view.page.set_viewport_size({"width": width, "height": 900})
        view.page.wait_for_timeout(60)
        phone = width < 700
        for tab in ("sheet", "graph", "step") if phone else ("",):
            if tab:
                view.page.click(f".tabs [data-tab={tab}]")
            where = name, scheme, width, tab
            texts = view.page.evaluate(TEXTS)
            assert texts, where
            small = [
                (t["text"], t["size"]) for t in texts if t["size"] < (12 if phone else 11) - 0.01
            ]
            assert not small, (where, small[:5])
            faint = [
                (t["text"], t["colour"], t["ground"])
                for t in texts
                if not t["faded"] and contrast(t["colour"], t["ground"]) < 4.5
            ]
            assert not faint, (where, faint[:5])
            assert not (found := overlapping(texts)), (where, found[:5])
            assert view.page.evaluate("document.documentElement.scrollWidth") <= width, where
            for stroke in view.page.evaluate(STROKES):
                measured = contrast(stroke["colour"], stroke["ground"], stroke["opacity"])
                assert measured >= 3 or "unknown" in stroke["kind"], (where, stroke)


@pytest.mark.parametrize("width", [390, 1280])
def test_whatever_is_reached_by_keys_shows_that_it_is(opened: Any, width: int) -> None:
    view = opened("every verdict", "light")
    view.page.set_viewport_size({"width": width, "height": 900})
    seen = []
    for _ in range(120):
        view.page.keyboard.press("Tab")
        focused = view.page.evaluate(FOCUSED)
        if focused["body"]:
            break
        assert focused["shown"], focused["name"]
        seen.append(focused["name"])
    assert len(seen) > 12
