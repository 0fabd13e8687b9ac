"""Quiet logs: an event of ours with numbers, or the bare fact that something went wrong.

A library's message, an exception's text and a traceback's values may all quote a member. So no
message is ever formatted: a record becomes its level, its logger, the class of its exception and
the file and line where it arose.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from enum import StrEnum
from types import TracebackType
from typing import Final

OURS: Final = logging.getLogger("bauta")


class Event(StrEnum):
    """What may be said aloud: what happened, never to whom."""

    ERASURE_DONE = "erasure.done"
    SERVER_STARTED = "server.started"
    POST_HELD = "post.held"
    POST_PUBLISHED = "post.published"
    POST_REFUSED = "post.refused"
    RETENTION_RAN = "retention.ran"
    TICK_RAN = "tick.ran"


def say(event: Event, **counts: int) -> None:
    """Log an event with counts. Words cannot be passed."""
    OURS.info(event.value, extra={"event": event, "counts": counts})


class QuietFormatter(logging.Formatter):
    """Formats our events; reduces everything else to what cannot quote anybody."""

    def format(self, record: logging.LogRecord) -> str:
        """One line without a single word of a member."""
        event = getattr(record, "event", None)
        if isinstance(event, Event):
            counts: dict[str, int] = getattr(record, "counts", {})
            return " ".join([event.value, *(f"{name}={int(n)}" for name, n in counts.items())])
        parts = [record.levelname, record.name]
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
            parts += [kind.__name__, where(trace)]
        else:
            parts.append(f"{record.filename}:{record.lineno}")
        return " ".join(parts)


def where(trace: TracebackType | None) -> str:
    """File and line of the innermost frame of ours, or of all."""
    frames = traceback.extract_tb(trace)
    ours = [frame for frame in frames if "/app/" in frame.filename] or frames
    return f"{ours[-1].filename.rpartition('/app/')[2]}:{ours[-1].lineno}" if ours else "-"


def hush() -> None:
    """Send all logging, warnings and uncaught exceptions through the quiet formatter."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(QuietFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    OURS.setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    sys.excepthook = _on_exception
    threading.excepthook = _on_thread_exception


def _on_exception(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """An exception nobody caught: its class and place."""
    logging.getLogger("process").error("-", exc_info=(kind, error, trace))


def _on_thread_exception(caught: threading.ExceptHookArgs) -> None:
    """The same in a thread."""
    error = caught.exc_value or caught.exc_type()
    logging.getLogger("thread").error("-", exc_info=(caught.exc_type, error, caught.exc_traceback))
