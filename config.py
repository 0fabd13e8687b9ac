"""Every setting, read once from the environment. docs/settings.md says what each does."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app.core.crypto import Cost

SECRET_BYTES: Final = 32
SECRETS: Final = ("cases", "forms", "names", "shields")  # by the names of their files
NEUTRAL_PAGE: Final = "https://www.wikipedia.org/"


class SettingError(Exception):
    """A setting is wrong or unsafe; the text says which and what to do."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one server. `read` makes it from the environment; tests make their own."""

    data: Path
    bind: str = "127.0.0.1:8000"
    database_url: str = ""
    redis_url: str = ""
    scheme: str = "http"
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    threads: int = 8
    workers: int = 1
    onion: str = ""
    quick_exit: str = NEUTRAL_PAGE
    signup_hourly: int = 60
    signup_wait: int = 5
    hash_cost: Cost = field(default_factory=Cost)
    limits_enabled: bool = True
    ticks_inside: bool = True

    @property
    def database(self) -> str:
        """The database's address; SQLite in the data folder where none is set."""
        return self.database_url or f"sqlite:///{self.data / 'bauta.sqlite3'}"

    @property
    def keys(self) -> Path:
        """The folder of the server's own secrets."""
        return self.data / "keys"


def read(environment: Mapping[str, str] = os.environ) -> Config:
    """Read the settings.

    Raises:
        SettingError: when a value cannot be used.
    """
    bind = environment.get("BAUTA_BIND", "127.0.0.1:8000")
    if not re.fullmatch(r"unix:/.+|[\w.\[\]:-]+:\d{1,5}", bind):
        message = "BAUTA_BIND is neither ADDRESS:PORT nor unix:/path."
        raise SettingError(message)
    scheme = environment.get("BAUTA_SCHEME", "http")
    if scheme not in {"http", "https"}:
        message = (
            "BAUTA_SCHEME is `https` behind a TLS proxy, else `http` (an onion service is http)."
        )
        raise SettingError(message)
    redis_url = environment.get("BAUTA_REDIS_URL", "")
    workers = _number(environment, "BAUTA_WORKERS", 1)
    if workers > 1 and not redis_url:
        message = (
            "BAUTA_WORKERS above 1 needs BAUTA_REDIS_URL: limits must be counted in one place."
        )
        raise SettingError(message)
    tick = environment.get("BAUTA_TICK", "inside")
    if tick not in {"inside", "outside"}:
        message = "BAUTA_TICK is `inside`, or `outside` where a timer runs `bauta tick`."
        raise SettingError(message)
    hosts = environment.get("BAUTA_HOSTS", "127.0.0.1,localhost")
    return Config(
        data=Path(environment.get("BAUTA_DATA", "var")).absolute(),
        bind=bind,
        database_url=environment.get("BAUTA_DATABASE_URL", ""),
        redis_url=redis_url,
        scheme=scheme,
        hosts=tuple(host.strip() for host in hosts.split(",") if host.strip()),
        threads=_number(environment, "BAUTA_THREADS", 8),
        workers=workers,
        onion=environment.get("BAUTA_ONION", ""),
        quick_exit=environment.get("BAUTA_QUICK_EXIT", NEUTRAL_PAGE),
        signup_hourly=_number(environment, "BAUTA_SIGNUP_HOURLY", 60),
        signup_wait=_number(environment, "BAUTA_SIGNUP_WAIT", 5, least=0),
        ticks_inside=tick == "inside",
    )


def _number(environment: Mapping[str, str], name: str, default: int, least: int = 1) -> int:
    """Read a whole number."""
    text = environment.get(name, str(default))
    if not text.isdecimal() or int(text) < least:
        message = f"{name} is a whole number from {least}."
        raise SettingError(message)
    return int(text)


def secret(config: Config, name: str) -> bytes:
    """The server secret of this name: 32 bytes in a file of mode 0600, made on first use.

    Raises:
        SettingError: when the file can be read by others or does not hold 32 bytes of use.
    """
    config.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = config.keys / f"{name}.key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
    return _read_secret(path)


def kept_secret(config: Config, name: str) -> bytes | None:
    """The server secret of this name, or nothing when its file is not there; makes none.

    Raises:
        SettingError: when the file can be read by others or does not hold 32 bytes of use.
    """
    path = config.keys / f"{name}.key"
    return _read_secret(path) if path.exists() else None


def _read_secret(path: Path) -> bytes:
    """A secret out of its file, which must be closed to others and hold 32 bytes of use."""
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        message = f"The secret {path.name} can be read by others: `chmod 600` it, then start again."
        raise SettingError(message)
    value = path.read_bytes()
    if len(value) != SECRET_BYTES or len(set(value)) < SECRET_BYTES // 4:
        message = (
            f"The secret {path.name} is weak or damaged: restore it, or remove it for a new one."
        )
        raise SettingError(message)
    return value
