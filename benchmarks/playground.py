"""How fast the built playground answers in Chromium: cold start, typing, dragging.

Every time is taken within the page: from a key or a movement of the pointer until what it changes
is in the document. The sheet is the longest built-in one of the lesson.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from micrograd_like.cli.serving import ADDRESS, server
from micrograd_like.cli.site import BUILT

CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)
SHEET = "office-hours-as-published"
#: Milliseconds that are waited between two keys or movements, as somebody does who looks.
BETWEEN = 400
PATIENCE = 120_000

#: From an event until something in a place changes to what is expected of it.
TIMES = """([event, root, expected]) => {
  let from = 0;
  window.took = new Promise(done => {
    addEventListener(event, () => { from = performance.now(); }, { capture: true, once: true });
    const seen = new MutationObserver(() => {
      if (!from || (expected && !document.querySelector(expected))) return;
      seen.disconnect();
      done(performance.now() - from);
    });
    seen.observe(document.querySelector(root),
      { subtree: true, childList: true, characterData: true, attributes: !!expected });
  });
}"""


@contextmanager
def serving() -> Iterator[str]:
    """The built site on a port of its own."""
    serves = server(BUILT, 0)
    thread = threading.Thread(target=serves.serve_forever)
    thread.start()
    try:
        yield f"http://{ADDRESS}:{serves.server_address[1]}/#example={SHEET}"
    finally:
        serves.shutdown()
        thread.join()
        serves.server_close()


def cold(browser: Any, address: str) -> float:
    """Seconds from nothing to marks of a text that was not worked out beforehand."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address.replace(SHEET, "office-hours"))
    page.locator(".cm-marks .mark-place.right").first.wait_for(timeout=PATIENCE)
    seconds: float = page.evaluate("performance.now() / 1000")
    context.close()
    return seconds


def typed(page: Any, rounds: int) -> Iterator[float]:
    """Milliseconds from a key that makes a right line wrong to its mark."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    for place in range(rounds):
        page.keyboard.press("Shift+Home")
        page.keyboard.type(f"q0 = {place + 2}*3 = {3 * (place + 2)}")
        page.locator(".cm-marks .soft.right").wait_for()
        page.wait_for_timeout(BETWEEN)
        page.evaluate(TIMES, ["keydown", ".cm-gutters", ".cm-marks .soft.wrong"])
        page.keyboard.press("5")
        yield page.evaluate("window.took")


def dragged(page: Any, rounds: int) -> Iterator[float]:
    """Milliseconds from a movement of a box that is dragged to other numbers in the graph."""
    box = page.locator(".graph .node.input").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 9, y)
    for place in range(rounds):
        page.wait_for_timeout(BETWEEN)
        page.evaluate(TIMES, ["pointermove", ".graph .node.output", ""])
        page.mouse.move(x + 12 + place, y)
        yield page.evaluate("window.took")
    page.mouse.up()
    page.keyboard.press("Escape")


def main() -> None:
    """Print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50, help="keys, and movements (50)")
    rounds = parser.parse_args().rounds
    from playwright.sync_api import sync_playwright

    with serving() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
        print(f"cold start to marks     {cold(browser, address):8.1f} s")
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        page.locator("#engine[data-state=ready]").wait_for()
        for name, measured in (("a key to its mark", typed), ("a drag to numbers", dragged)):
            times = sorted(measured(page, rounds))
            low, high = times[len(times) // 10], times[-1 - len(times) // 10]
            said = f"{statistics.median(times):8.0f} ms (8 of 10 within {low:.0f} to {high:.0f})"
            print(f"{name:23} {said}, {rounds} times")
        browser.close()


if __name__ == "__main__":
    main()
