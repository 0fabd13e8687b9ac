"""The controls: a server spoilt on purpose, each in one way that the search must find.

A test that has never been seen to fail proves nothing. Each function here spoils one wall in the
process that runs it, and nowhere else.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import create_engine as real_create_engine

import config
from app.accounts import names, sessions
from app.cli import erasing
from app.cli import server as our_server
from app.core import crypto, sealing
from app.core import db as core_db
from app.core.db import Database
from app.core.pictures import Rebuilt
from app.forum import attachments, parting, uploads
from app.forum import service as forum
from app.privacy import addresses, logs
from app.web import limits


def secure_delete_off() -> None:
    """SQLite leaves what it deletes."""
    core_db.PRAGMAS["secure_delete"] = ("OFF", 0)


def secure_delete_fast() -> None:
    """SQLite leaves what it deletes on pages that become free."""
    core_db.PRAGMAS["secure_delete"] = ("FAST", 2)


def index_unmerged() -> None:
    """The search index keeps the words that were taken out of it."""
    erasing.rewrite_index = lambda database: None


def journal_kept() -> None:
    """The journal is moved into the database, but not cut off."""

    def passive(database: Database) -> bool:
        erasing._outside_transactions(database, "PRAGMA wal_checkpoint(PASSIVE)")  # noqa: SLF001 - spoilt on purpose
        return True

    erasing.cut_journal = passive


def soft_delete() -> None:
    """An erased post is hidden, and kept."""
    real = forum.erase_post

    def hidden(session: Any, post: Any) -> None:
        body, html = post.body, post.html
        real(session, post)
        post.body, post.html = body, html

    forum.erase_post = hidden


def revision_kept() -> None:
    """An earlier wording that was removed is kept."""
    forum.remove_revision = lambda session, revision: None


def leaver_kept() -> None:
    """The texts of somebody who left are marked, and kept."""
    parting.take_slice = lambda session, erasure_id, *, leaves_lines: False


def name_kept() -> None:
    """The name of somebody who left is kept in clear."""
    names._tag = lambda session, skeleton: skeleton.encode()  # noqa: SLF001 - spoilt on purpose


def parameters_shown() -> None:
    """An error of the database quotes the values, and the log quotes the error."""

    def talkative(*given: Any, **named: Any) -> Any:
        return real_create_engine(*given, **(named | {"hide_parameters": False}))

    vars(core_db)["create_engine"] = talkative
    logs.QuietFormatter.format = logging.Formatter.format  # type: ignore[method-assign]  # spoilt on purpose


def access_log() -> None:
    """The server writes down who asked for what."""
    from gunicorn.glogging import Logger  # noqa: PLC0415 - only this control needs it

    _with_settings(accesslog="-", logger_class=Logger)


def stock_worker() -> None:
    """The server's own worker and log: a malformed request is quoted with its peer."""
    from gunicorn.glogging import Logger  # noqa: PLC0415 - only this control needs it
    from gunicorn.workers.gthread import ThreadWorker  # noqa: PLC0415 - only this control needs it

    _with_settings(worker_class=ThreadWorker, logger_class=Logger)


def hashed_address() -> None:
    """The peer's address is kept as a keyed tag, "so that it tells nobody"."""
    real = addresses.NoAddresses.__call__

    def noting(self: Any, environ: Any, start: Any) -> Any:
        folder = config.read().data
        key = (folder / "keys" / "forms.key").read_bytes()
        tag = hmac.digest(key, str(environ.get("REMOTE_ADDR")).encode(), "sha256")
        with (folder / "seen").open("ab") as seen:
            seen.write(tag[:8])
        return real(self, environ, start)

    addresses.NoAddresses.__call__ = noting  # type: ignore[method-assign]  # spoilt on purpose


def clear_session() -> None:
    """A session keeps the member's private key in clear."""
    vars(sessions)["crypto"] = _Open()


def picture_open() -> None:
    """Pictures lie on the disk as they are shown."""
    vars(attachments)["crypto"] = _Open()


def items_open() -> None:
    """Plans, ticks, drafts, messages and notes lie on the disk as they were written."""
    vars(sealing)["crypto"] = _Open()


def picture_as_sent() -> None:
    """A picture is kept as it came, instead of being drawn anew."""
    vars(uploads)["develop"] = lambda raw: Rebuilt(1, 1, raw)


class _Open:
    """Boxes that anybody can open."""

    def __getattr__(self, name: str) -> Any:
        return getattr(crypto, name)

    def seal(self, key: bytes, text: bytes) -> bytes:
        """No box at all."""
        return crypto.pad(text)

    def unseal(self, key: bytes, box: bytes) -> bytes:
        """What was never closed."""
        return crypto.unpad(box)


def counted_names() -> None:
    """Failed log-ins are counted under the name itself, on the disk."""
    real = limits.spend

    def noted(kind: str, subject: str, limit: str, cost: int = 1) -> None:
        with (config.read().data / "limits").open("a") as counters:
            counters.write(f"{kind}:{subject}\n")
        real(kind, subject, limit, cost)

    limits.spend = noted


def _with_settings(**changed: Any) -> None:
    """Let the server be started with other settings."""
    real = our_server.Server.load_config

    def load(self: our_server.Server) -> None:
        real(self)
        for name, value in changed.items():
            self.cfg.set(name, value)

    our_server.Server.load_config = load  # type: ignore[method-assign]  # spoilt on purpose


CONTROLS: Final[dict[str, Callable[[], None]]] = {
    control.__name__.replace("_", "-"): control
    for control in (
        secure_delete_off,
        secure_delete_fast,
        index_unmerged,
        journal_kept,
        soft_delete,
        revision_kept,
        leaver_kept,
        name_kept,
        parameters_shown,
        access_log,
        stock_worker,
        hashed_address,
        clear_session,
        picture_open,
        items_open,
        picture_as_sent,
        counted_names,
    )
}
