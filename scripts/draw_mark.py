"""Write the mark as files for browsers: `favicon.svg` and the 180 pixel PNG that phones put on the home screen.

Run after changing `api/pages/illustrations/mark.py`; the files are kept in the repository. Needs Chromium and
Playwright.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from api.pages.illustrations.mark import standalone

TOUCH = 180


def main(folder: Path, chromium: str) -> None:
    """Draw both files into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "favicon.svg").write_text(standalone(), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": TOUCH, "height": TOUCH})
        page.set_content(f"<style>*{{margin:0;display:block}}</style>{standalone(size=TOUCH, corner=0)}")
        page.screenshot(path=folder / "apple-touch-icon.png")
        browser.close()


if __name__ == "__main__":
    main(
        Path(__file__).resolve().parent.parent / "api" / "web" / "img",
        sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium",
    )
