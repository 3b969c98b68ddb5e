"""The browser that pages are looked at with: Debian's chromium, driven by playwright. Without them, tests are skipped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
NOBODY = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
"""Whatever asks for another machine fails."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One chromium for all tests; each test opens contexts of its own in it."""
    api = pytest.importorskip("playwright.sync_api", reason="SKIPPED: needs the extra: pip install 'glassgrad[browser]'")
    if not os.path.exists(CHROMIUM):
        pytest.skip(f"SKIPPED: there is no chromium at {CHROMIUM}: install it, or name another in CHROMIUM")
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS.split(), NOBODY])
        yield running
        running.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """An empty page."""
    context = browser.new_context(viewport={"width": 1100, "height": 800})
    yield context.new_page()
    context.close()
