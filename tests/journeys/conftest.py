"""A real server in a process of its own, and real browsers without scripts."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.conftest import keep_shield_key

VIEWPORTS: Final = {"phone": (390, 844), "desktop": (1280, 900)}


@dataclass
class Live:
    """A running server: where it is, its data folder, and the set-up link it printed."""

    address: str
    data: Path
    setup: str
    process: subprocess.Popen[str]
    environment: dict[str, str] = field(repr=False, default_factory=dict)

    def kill(self) -> None:
        """End it as a power cut would, workers and all."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def bauta(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Type a command of the operator's."""
        return subprocess.run(
            [sys.executable, "-m", "app.cli", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


def start(data: Path) -> Live:
    """Start `bauta run` on a free port, with this data folder."""
    keep_shield_key(data)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "BAUTA_DATA": str(data),
        "BAUTA_BIND": f"127.0.0.1:{port}",
        "BAUTA_SIGNUP_WAIT": "0",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "run"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    _wait_for(port)
    link = re.search(r"http://\S+/setup/\S+", _said(process))
    return Live(address, data, link.group() if link else "", process, environment)


def _said(process: subprocess.Popen[str]) -> str:
    """What the server has said: it speaks of the set-up before it serves."""
    assert process.stdout is not None
    os.set_blocking(process.stdout.fileno(), False)
    return process.stdout.read()


def _wait_for(port: int) -> None:
    """Wait until somebody answers."""
    for _ in range(600):
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the server did not come up")


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """A server on an empty data folder."""
    running = start(tmp_path / "var")
    yield running
    running.kill()


@pytest.fixture(params=sorted(VIEWPORTS))
def viewport(request: pytest.FixtureRequest) -> tuple[int, int]:
    """A phone and a desktop."""
    return VIEWPORTS[request.param]


NewPerson = Callable[[], Page]


@pytest.fixture
def new_person(browser: Browser, live: Live, viewport: tuple[int, int]) -> Iterator[NewPerson]:
    """Open a browser of somebody's own, scripts off; nothing but our server may be asked."""
    contexts: list[BrowserContext] = []
    strangers: list[str] = []

    def note(address: str) -> None:
        if not address.startswith(live.address):
            strangers.append(address)

    def open_browser() -> Page:
        context = browser.new_context(
            java_script_enabled=False,
            viewport={"width": viewport[0], "height": viewport[1]},
            base_url=live.address,
        )
        context.set_default_timeout(10_000)
        context.on("request", lambda request: note(request.url))
        contexts.append(context)
        return context.new_page()

    yield open_browser
    for context in contexts:
        context.close()
    assert strangers == []
