"""`make screenshots`: draw the pictures of the README from the example community, scripts off."""

from __future__ import annotations

import multiprocessing
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from app import create_app, lend_keys
from app.accounts import totp
from app.cli.demo import FACTOR, PASSPHRASE, fill
from app.cli.server import Server
from app.core.db import open_database
from app.core.migrate import upgrade
from config import Config

PICTURES: Final = Path(__file__).parent / "pictures"
PHONE: Final = {"width": 390, "height": 844}
DESKTOP: Final = {"width": 1280, "height": 900}
# Chromium asks its maker for this and that at every start; here it reaches nobody.
ALONE: Final = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"]
OWN_NUMBER: Final = (
    "The advice line was kind to me. And if you would rather talk to somebody who has been "
    "through it, call me on 020 7946 0958 after six."
)


def main() -> None:
    """Fill an example in a folder that goes away, serve it, and draw."""
    PICTURES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ALONE)
        draw(browser, address)
        browser.close()


def draw(browser: Browser, address: str) -> None:
    """The pages that tell what the forum is, each in the light in which it tells most."""
    heron = signed_in(browser, address, "heron", DESKTOP)
    shoot(heron, f"{address}/", "home")
    thread = longest_thread(heron, address)
    shoot(heron, thread, "thread")
    heron.goto(thread)
    heron.fill("#body", OWN_NUMBER)
    heron.get_by_role("button", name="Post", exact=True).click()
    heron.screenshot(path=PICTURES / "stopped.png")
    owl = signed_in(browser, address, "owl", DESKTOP)
    shoot(owl, f"{address}/queue", "queue")
    owl.get_by_role("link", name="A post by").first.click()
    owl.screenshot(path=PICTURES / "item.png")
    shoot(owl, f"{address}/duty", "duty")
    shoot(signed_in(browser, address, "heron", PHONE), f"{address}/me/case", "phone-case")
    phone = signed_in(browser, address, "wren", PHONE, "dark")
    shoot(phone, f"{address}/", "phone-home")
    shoot(phone, longest_thread(phone, address), "phone-thread")


def signed_in(
    browser: Browser, address: str, name: str, size: dict[str, int], scheme: str = "light"
) -> Page:
    """A page in which somebody of the example is signed in."""
    context = browser.new_context(
        java_script_enabled=False,
        viewport={"width": size["width"], "height": size["height"]},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.fill("input[name=pseudonym]", name)
    page.fill("input[name=passphrase]", PASSPHRASE)
    page.fill("input[name=code]", totp.code_of(FACTOR, totp.step_now()))  # ignored without a role
    page.click("main button >> nth=0")
    return page


def longest_thread(page: Page, address: str) -> str:
    """The address of a thread with much in it."""
    page.goto(f"{address}/search?q=victories")
    page.click("main li a >> nth=0")
    return page.url.partition("#")[0]


def shoot(page: Page, address: str, name: str) -> None:
    """Draw one page."""
    page.goto(address)
    page.screenshot(path=PICTURES / f"{name}.png")


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """The example community, served on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = replace(Config(data=data), bind=f"127.0.0.1:{port}", ticks_inside=False)
    database = open_database(config.database)
    upgrade(database.write_engine)
    lend_keys(database, config)
    fill(database)
    database.close()
    server = multiprocessing.get_context("fork").Process(target=_serve, args=(config,))
    server.start()
    for _ in range(100):
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.join(10)


def _serve(config: Config) -> None:
    """The server process."""
    Server(config, lambda: create_app(config)).run()


if __name__ == "__main__":
    main()
