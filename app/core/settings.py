"""What the operator has decided for the whole site; kept as named rows, read as one value."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Final

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.db import Base
from app.core.retention import Keep

FRESH_FOR: Final = 2.0  # seconds; another process sees a changed setting after this at the latest


class Signup(StrEnum):
    """Who may join."""

    OPEN = "open"
    INVITE = "invite"
    CLOSED = "closed"


class Setting(Base):
    """One decision of the operator."""

    __tablename__ = "settings"
    __retention__ = Keep(why="until the operator decides otherwise")

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class Settings:
    """All decisions at once, with the values that hold before anybody has decided."""

    name: str = ""
    purpose: str = ""
    norms: str = ""
    norms_version: int = 1
    signup: Signup = Signup.OPEN
    ladder: tuple[tuple[int, ...], ...] = ()  # what the steps of trust ask for; empty: the first
    limits: tuple[tuple[int, ...], ...] = ()  # the table of limits by trust; empty: the first
    inviting: tuple[int, ...] = ()  # how many invites, and for how long; empty: the first
    is_inviting_paused: bool = False  # set by a protection, and undone with it
    is_kept_shorter: bool = False  # the same: tables are kept for their shorter time
    reaffirmed_on: str = ""  # the day of the last reminder of the norms, as 2026-11-02
    setup_hash: str = ""  # SHA-256 of the one-time set-up link's secret; empty once it is used

    @property
    def is_set_up(self) -> bool:
        """Whether the guided set-up has been finished."""
        return self.name != ""


class SettingsCache:
    """Settings in memory for a moment, so that not every page asks the database for them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value: Settings | None = None
        self._until = 0.0

    def get(self, session: Session) -> Settings:
        """The settings, at most two seconds old."""
        now = time.monotonic()
        with self._lock:
            if self._value is not None and now < self._until:
                return self._value
        value = read_settings(session)
        with self._lock:
            self._value, self._until = value, now + FRESH_FOR
        return value

    def drop(self) -> None:
        """Forget, because something was changed."""
        with self._lock:
            self._value = None


def read_settings(session: Session) -> Settings:
    """Read all settings; a row that no longer has a meaning is passed over."""
    known = {field.name for field in fields(Settings)}
    rows = session.execute(select(Setting.name, Setting.value)).all()
    values = {name: json.loads(value) for name, value in rows if name in known}
    if "signup" in values:
        values["signup"] = Signup(values["signup"])
    for table in {"ladder", "limits"} & values.keys():
        values[table] = tuple(tuple(row) for row in values[table])
    if "inviting" in values:
        values["inviting"] = tuple(values["inviting"])
    return replace(Settings(), **values)


def write_setting(session: Session, name: str, value: object) -> None:
    """Store one setting; the caller drops the cache after its commit."""
    session.merge(Setting(name=name, value=json.dumps(value)))


def write_settings(session: Session, settings: Settings) -> None:
    """Store all settings; the caller drops the cache after its commit."""
    for name, value in asdict(settings).items():
        write_setting(session, name, value)
