"""``python -m visualize.gallery``: draw the README's pictures anew, from a checkout.

The screenshots need Playwright and a Chromium: $CHROMIUM, or ``chromium`` on PATH.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import visualize
from micrograd_like import nn
from micrograd_like.worksheet import builtin

FOLDER = Path("visualize/gallery")


def lesson() -> str:
    """The worked example, with the paths of one derivative."""
    return visualize.svg(builtin.load("office-hours"), path="dE/dw5")


def network() -> str:
    """A network of 337 parameters, by neuron and layer."""
    out = nn.MLP(2, [16, 16, 1], seed=0)([1.0, -2.0])
    out.backward()
    return visualize.svg(out)


#: The file of each picture that needs no browser.
PICTURES: dict[str, Callable[[], str]] = {"lesson.svg": lesson, "network.svg": network}


def screenshot(chromium: str, file: Path) -> None:
    """The page of the lesson as published, as it is handed back."""
    from playwright.sync_api import sync_playwright

    sheet = builtin.load("office-hours-as-published")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        page = Path(folder) / "page.html"
        page.write_text(visualize.page(sheet, report=sheet.check()), encoding="utf-8")
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        view = browser.new_page(viewport={"width": 1280, "height": 880}, color_scheme="light")
        view.goto(page.as_uri())
        view.screenshot(path=file)
        browser.close()


def main() -> None:
    """Write every picture into the checkout."""
    if not FOLDER.is_dir():
        sys.exit(f"expected to be started in a checkout, where there is {FOLDER}")
    for name, draw in PICTURES.items():
        (FOLDER / name).write_text(draw(), encoding="utf-8")
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        sys.exit("the page's screenshot needs Chromium on PATH, or $CHROMIUM")
    screenshot(chromium, FOLDER / "page.png")


if __name__ == "__main__":
    main()
