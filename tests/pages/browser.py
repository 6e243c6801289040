"""A real headless Chromium that reports console errors, policy violations and requests to other hosts."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, ViewportSize, sync_playwright

from api.auth.sign_in_sessions import SESSION_COOKIE

ROOT: Final = Path(__file__).parents[2]
PHONE: Final = ViewportSize(width=390, height=844)
DESK: Final = ViewportSize(width=1440, height=900)
SCREENS: Final = ROOT / "results" / "screens"
"""Where `check_page` keeps pictures when SCREENS is set in the environment (`make screens`)."""
WAIT_MS: Final = 15_000

_FLAGS: Final = (
    "--no-sandbox",  # of containers whose only user is root
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--autoplay-policy=no-user-gesture-required",
)
_AXE: Final = ROOT / "api" / "web" / "node_modules" / "axe-core" / "axe.min.js"
_EVERYTHING: Final = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
"""WCAG 2.2 AA and axe's own good practice."""
_OF_SIZE_AND_THEME: Final = {
    "type": "rule",
    "values": ["color-contrast", "target-size", "scrollable-region-focusable", "label", "button-name", "link-name"],
}
"""What may differ where the same page is laid out otherwise and in other colours."""
_STYLED: Final = """css => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet];
}"""


def executable() -> str | None:
    """Return the system's browser; None for Playwright's own."""
    for name in (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"):
        if name and (found := shutil.which(name)):
            return found
    return None


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """Run a browser; further flags, such as a fake camera, start one of their own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=[*_FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def another(browser: Browser, *flags: str) -> Iterator[Browser]:
    """Run a second browser beside the first, with its own flags: Playwright may be started once."""
    second = browser.browser_type.launch(executable_path=executable(), args=[*_FLAGS, *flags])
    try:
        yield second
    finally:
        second.close()


@dataclass
class Visit:
    """One person's browser: open pages with `page`; at the end `close` fails on whatever was reported."""

    base: str
    context: BrowserContext
    page: Page
    noticed: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()
    """Parts of messages that this test brings about on purpose, such as an answer 404."""

    def open(self, path: str) -> Page:
        """Go to a page of the site."""
        self.page.goto(self.base + path, wait_until="load")
        return self.page

    def close(self) -> None:
        """Close; raise for errors on the console, refused policies and requests to other hosts."""
        self.context.close()
        found = [each for each in self.noticed if not any(part in each for part in self.expected)]
        assert not found, "\n".join(found)


def visit(
    browser: Browser,
    base: str,
    *,
    token: str | None = None,
    size: ViewportSize | None = None,
    language: str = "en",
    **options: Any,
) -> Visit:
    """Open a new browser context, signed in by a session's token; `options` go to Playwright's `new_context`."""
    size = PHONE if size is None else size
    if size is PHONE:
        options = {"has_touch": True, "is_mobile": True, "device_scale_factor": 2, **options}
    context = browser.new_context(viewport=size, locale=language, base_url=base, timezone_id="UTC", **options)
    context.set_default_timeout(WAIT_MS)
    if token is not None:
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": base, "httpOnly": True}])
    page = context.new_page()
    made = Visit(base, context, page)

    def on_console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            made.noticed.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def on_request(request: Request) -> None:
        if not request.url.startswith((base + "/", base.replace("http", "ws", 1) + "/", "data:", "blob:")):
            made.noticed.append(f"request to another host: {request.url}")

    def watch(page: Page) -> None:
        page.on("console", on_console)
        page.on("pageerror", lambda error: made.noticed.append(f"script failed: {error}"))

    context.on("request", on_request)
    context.on("page", watch)
    watch(page)
    return made


def check_page(page: Page, name: str) -> None:
    """Check a page: axe-core on the phone in light, contrast and targets again at the desk in dark.

    Neither size scrolls sideways. With SCREENS in the environment pictures of both sizes in both themes are kept for
    eyes to see.
    """
    before = page.viewport_size
    for size_name, size, theme, rules in (
        ("phone", PHONE, "light", _EVERYTHING),
        ("desk", DESK, "dark", _OF_SIZE_AND_THEME),
    ):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        found = violations(page, rules)
        assert not found, f"{name} ({size_name}, {theme}):\n" + "\n".join(found)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} ({size_name}) scrolls sideways by {wide} px"
        if os.environ.get("SCREENS"):
            _keep(page, f"{name}-{size_name}")
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    if before is not None:
        page.set_viewport_size(before)


def _keep(page: Page, name: str) -> None:
    """Keep pictures of the whole page, in both themes; a phone's bar at the lower edge is at the page's end."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.evaluate(_STYLED, "@media (max-width: 40rem) { body { position: relative } .nav { position: absolute } }")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.screenshot(path=SCREENS / f"{name}-{theme}.png", full_page=True, animations="disabled")
    page.evaluate(_STYLED, "")


def violations(page: Page, run_only: Mapping[str, object]) -> list[str]:
    """Return what axe-core finds against these of its rules."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_axe())
    # Illustrations without a text are hidden from screen readers and slow to walk: thousands of paths on /design.
    found = page.evaluate(
        "only => axe.run({include: [['html']], exclude: [['svg[aria-hidden=true]']]}, "
        "{runOnly: only, resultTypes: ['violations']})",
        run_only,
    )
    return [
        f"{each['id']}: {each['help']}\n  "
        + "\n  ".join(f"{json.dumps(node['target'])} {node['failureSummary']}" for node in each["nodes"][:5])
        for each in found["violations"]
    ]


@cache
def _axe() -> str:
    return _AXE.read_text("utf-8")
