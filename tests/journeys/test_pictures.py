"""A picture as people add one, scripts off: chosen, described, previewed, posted, erased."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.cli.demo_content.pictures import draw
from tests.journeys.conftest import Live, NewPerson
from tests.journeys.test_main_job import follow, press, set_up, start_thread

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]

SHOWS = "A small green lantern on a shelf."


def is_drawn(page: Page, inside: str) -> bool:
    """Whether the browser has really drawn the picture, and drawn it no wider than the page."""
    picture = page.locator(f"{inside} img").first
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    box = picture.bounding_box()
    assert box is not None
    wide = (page.viewport_size or {"width": 0})["width"]
    answer = page.request.get(picture.get_attribute("src") or "")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    return box["width"] > 100 and box["height"] > 60 and box["x"] + box["width"] <= wide


def test_a_picture_from_the_file_to_its_end(
    live: Live, new_person: NewPerson, tmp_path: Path
) -> None:
    file = tmp_path / "IMG_20261101.png"
    file.write_bytes(draw("lantern"))
    badger = new_person()
    set_up(badger, live)
    thread = start_thread(badger, "Garden", "A lantern", "What do you see?")
    badger.locator("#body").fill("I see this.")
    press(badger, "Add a picture")
    badger.set_input_files("#upload", file)
    press(badger, "Preview")
    expect(badger.locator(".has-error")).to_contain_text("what this picture shows")
    expect(badger.locator("#body")).to_have_value("I see this.")
    badger.locator(".chosen-picture input[type=text]").fill(SHOWS)
    press(badger, "Preview")
    assert is_drawn(badger, ".preview")
    press(badger, "Post")
    assert badger.url.partition("#")[0] == thread
    expect(badger.get_by_alt_text(SHOWS)).to_be_visible()
    assert is_drawn(badger, ".post .pictures")
    address = badger.locator(".post .pictures img").get_attribute("src") or ""
    post = badger.locator(".post", has_text="I see this.")
    post.get_by_text("More", exact=True).click()
    post.get_by_role("link", name="Erase", exact=True).click()
    press(badger, "Erase it")
    assert badger.request.get(address).status == 404
    badger.goto("/")
    follow(badger, "Garden")
