"""Every page is well-formed, and a screen reader finds its way, as far as a machine can tell.

Each page is drawn by the application and looked at as a copy: axe-core needs scripts, and the
pages have none (LOOK.md §6).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import axe_playwright_python
import html5lib
import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route

from tests.house.test_hidden import World, paths

AXE: Final = Path(axe_playwright_python.__file__).with_name("axe.min.js")
HERE: Final = "http://forum.test"
PHONE: Final = {"width": 390, "height": 844}
PEOPLE: Final = ("Owl", "Robin", "Heron", "visitor")  # who sees most of a page first
# Contrast is measured in every theme, from the tokens that all colours are taken from: `test_css`.
LOOK_FOR: Final = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": False}}}
KEY: Final = re.compile(r'accesskey="(\w)"')
TOLD: Final = re.compile(r"<td[^>]*>\s*(\w)\s*</td>")


def pages(app: Flask, world: World) -> dict[str, str]:
    """Every page once, and once more as it answers a form that was sent empty; by its name."""
    drawn: dict[str, str] = {}
    for method in ("GET", "POST"):
        for who in PEOPLE:
            for endpoint, path in paths(app, world, method, who):
                name = f"{method} {endpoint}"
                if name in drawn:
                    continue
                answer = world.browsers[who].open(path, method=method)
                if answer.mimetype == "text/html" and answer.status_code in {200, 422}:
                    drawn[name] = answer.text
    return drawn


@contextmanager
def shown(browser: Browser, app: Flask, drawn: dict[str, str]) -> Iterator[Page]:
    """A tab on a phone that finds these pages, and the application's style sheets."""
    client = app.test_client()

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(HERE)
        page = drawn.get(path.removeprefix("/page/"))
        if page is not None:
            route.fulfill(body=page, content_type="text/html; charset=utf-8")
        else:
            answer = client.get(path)
            route.fulfill(status=answer.status_code, body=answer.data, content_type=answer.mimetype)

    tab = browser.new_page(viewport=PHONE)
    tab.add_init_script(path=AXE)
    tab.route("**/*", serve)
    yield tab
    tab.close()


def violations(page: Page, name: str) -> list[str]:
    """What axe-core finds wrong with a page."""
    page.goto(f"{HERE}/page/{name}")
    found: dict[str, Any] = page.evaluate(f"axe.run({json.dumps(LOOK_FOR)})")
    return [
        f"{name}: {one['id']}: {node['html'][:200]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.slow
@pytest.mark.browser
def test_every_page_is_well_formed_and_nothing_in_it_stops_a_screen_reader(
    app: Flask, world: World, browser: Browser
) -> None:
    drawn = pages(app, world)
    found = [f"{name}: {fault}" for name, text in drawn.items() for fault in faults(text)]
    with shown(browser, app, {**drawn, "control": "<title>A</title><input>"}) as page:
        assert violations(page, "control"), "axe-core looks for nothing"
        found += [one for name in drawn for one in violations(page, name)]
    assert not found, "\n".join(found)
    answered = {key.upper() for text in drawn.values() for key in KEY.findall(text)}
    told = set(TOLD.findall(drawn["GET community.help"]))
    assert answered <= told, "the help page names every key"


def test_a_page_that_is_not_well_formed_would_be_seen() -> None:
    assert faults("<!DOCTYPE html><title>A</title><a href=''title=''>A</a>")
    assert not faults("<!DOCTYPE html><title>A</title><a href='' title=''>A</a>")


def faults(text: str) -> list[str]:
    """Where a page breaks the grammar of HTML."""
    parser = html5lib.HTMLParser()
    parser.parse(text)
    return [f"{code} {details} at {place}" for place, code, details in parser.errors]
