"""The production server: gunicorn, made to know and to say nothing about anybody."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from typing import Any, Final

from flask import Flask
from gunicorn import util
from gunicorn.app.base import BaseApplication
from gunicorn.http import wsgi
from gunicorn.workers.gthread import ThreadWorker

from app.privacy.logs import hush
from app.web.headers import NEVER_STORED, STRICT
from config import Config

REFUSAL: Final = b"This request was not understood.\n"
TOO_LATE: Final = 30  # seconds a worker may be silent


class NamelessResponse(wsgi.Response):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's response without the line that names the server."""

    def default_headers(self) -> list[str]:
        """The first headers of an answer, the server's name left out."""
        return [line for line in super().default_headers() if not line.startswith("Server:")]


wsgi.Response = NamelessResponse  # gunicorn offers no setting for it


class QuietWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's worker of threads; a malformed request gets constant bytes and leaves no trace.

    The stock one logs the peer's address and sends parts of the request back.
    """

    def init_process(self) -> None:
        """Quieten whatever logging a new process begins with."""
        hush()
        # What was loaded stays: the collector need not look at it again and again. Pages make many
        # small things that end with them, so it is asked less often than by default.
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 50, 50)
        super().init_process()

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer 400 with our headers, whatever was wrong."""
        logging.getLogger("server").warning("-", exc_info=exc)
        lines = ["HTTP/1.1 400 Bad Request", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in (*STRICT, *NEVER_STORED)]
        lines += ["Content-Type: text/plain; charset=utf-8", f"Content-Length: {len(REFUSAL)}"]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        try:
            util.write_nonblock(client, head + REFUSAL)
        except OSError:
            logging.getLogger("server").debug("-")


class SilentLogger:
    """gunicorn's logger, saying only what passes the quiet formatter."""

    def __init__(self, cfg: Any) -> None:
        self._logger = logging.getLogger("gunicorn")
        hush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._logger, name)

    def access(self, *_: Any) -> None:
        """There is no access log."""

    def reopen_files(self) -> None:
        """There are no files."""

    def close_on_exec(self) -> None:
        """There are no files."""


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn with the settings of PRIVACY.md §7; none of them is the operator's to loosen."""

    def __init__(self, config: Config, make: Callable[[], Flask]) -> None:
        self.machine = config
        self.make = make
        super().__init__()

    def load_config(self) -> None:
        """Set what must be so."""
        settings: dict[str, Any] = {
            "bind": self.machine.bind,
            "workers": self.machine.workers,
            "threads": self.machine.threads,
            "worker_class": QuietWorker,
            "logger_class": SilentLogger,
            "accesslog": None,
            "timeout": TOO_LATE,
            "secure_scheme_headers": {},
            "forwarder_headers": "",
            "forwarded_allow_ips": "",
            "proxy_allow_ips": "",
            "control_socket_disable": True,
            "umask": 0o077,
            "proc_name": "bauta",
            "preload_app": False,  # database connections and threads begin after the fork
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application of this process."""
        return self.make()
