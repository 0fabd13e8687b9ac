"""The server that is seized: `bauta run` in a temporary folder, its logs and its spool in there."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

WAIT: Final = 90.0
DAMAGED: Final = "app.cli.seizure.damaged"


class NoServerError(Exception):
    """The server did not come up or did not end; nothing was proved."""


class Server:
    """One data folder with what serves it. `damage` names a control that spoils it on purpose."""

    def __init__(self, root: Path, damage: str = "") -> None:
        self.root = root
        self.damage = damage
        self.data = root / "var"
        self.log = root / "log" / "server.log"
        self.process: subprocess.Popen[bytes] | None = None
        for folder in (root / "log", root / "tmp", root / "home"):
            folder.mkdir(mode=0o700)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    @property
    def environment(self) -> dict[str, str]:
        """What the server sees: this machine's settings, with places of its own."""
        kept = {name: value for name, value in os.environ.items() if name.startswith("BAUTA_")}
        return kept | {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.root / "home"),
            "TMPDIR": str(self.root / "tmp"),
            "BAUTA_DATA": str(self.data),
            "BAUTA_DATABASE_URL": "",
            "BAUTA_REDIS_URL": "",
            "BAUTA_WORKERS": "1",
            "BAUTA_SCHEME": "http",
            "BAUTA_HOSTS": "127.0.0.1",
            "BAUTA_ONION": "",
            "BAUTA_BIND": f"127.0.0.1:{self.port}",
            "BAUTA_SIGNUP_WAIT": "0",
        }

    def start(self) -> None:
        """Serve.

        Raises:
            NoServerError: when nobody answers.
        """
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own command, in our own folder
                self._command("run"),
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait(self._answers, "come up")

    def link(self) -> str:
        """The path of the set-up link that the server printed."""
        found = re.findall(r"https?://[^/\s]+(/setup/\S+)", self.log.read_text(errors="replace"))
        return str(found[-1]) if found else ""

    def tick(self) -> None:
        """Do what is due, as a timer would."""
        with self.log.open("ab") as log:
            for _ in range(5):
                done = subprocess.run(  # noqa: S603 - as above
                    self._command("tick"),
                    env=self.environment,
                    stdout=log,
                    stderr=log,
                    check=False,
                    timeout=WAIT,
                )
                if done.returncode == 0:
                    return
                time.sleep(0.3)

    def stop(self) -> None:
        """End the server as an operator does.

        Raises:
            NoServerError: when it does not end.
        """
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        self._wait(lambda: self.process is None or self.process.poll() is not None, "end")
        self.process = None

    def kill(self) -> None:
        """End the server as a power cut would: master and workers at once."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(WAIT)
        self.process = None

    def remove(self) -> None:
        """Leave nothing behind."""
        self.kill()
        shutil.rmtree(self.root, ignore_errors=True)

    def _command(self, deed: str) -> list[str]:
        """What is typed; through the damage, if there is one."""
        if self.damage:
            return [sys.executable, "-m", DAMAGED, self.damage, deed]
        return [sys.executable, "-m", "app.cli", deed]

    def _answers(self) -> bool:
        """Whether somebody listens."""
        if self.process is not None and self.process.poll() is not None:
            message = f"the server ended at once; see {self.log}"
            raise NoServerError(message)
        with socket.socket() as knock:
            return knock.connect_ex(("127.0.0.1", self.port)) == 0

    def _wait(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait until something is so."""
        until = time.monotonic() + WAIT
        while not is_so():
            if time.monotonic() > until:
                message = f"the server did not {what}"
                raise NoServerError(message)
            time.sleep(0.05)
