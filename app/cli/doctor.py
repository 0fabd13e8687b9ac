"""`bauta doctor`: look at the machine and the settings, and say in plain words what is wrong."""

from __future__ import annotations

import argparse
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

import config as settings_of_the_machine
from app.accounts.models import RetiredName
from app.accounts.second_factor import missing_count
from app.cases.models import CasePart
from app.core import crypto, epochs
from app.core.audit import verify
from app.core.db import Base, Database, UnfitDatabaseError, open_database
from app.core.epochs import LostEpochError
from app.core.migrate import is_current
from app.core.shreds import Shred
from app.messages.models import Message
from app.shields import queries as shields
from app.shields.models import ShieldBook
from app.shields.tags import Keys
from config import Config, SettingError

# The server secrets that cannot be made anew, and rows that show that one is needed.
NEEDED_BY: Final[dict[str, type[Base]]] = {
    "cases": CasePart,
    "messages": Message,
    "names": RetiredName,
    "shields": ShieldBook,
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `advice` says what to do when it is not well."""

    what: str
    is_well: bool
    advice: str = ""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    commands.add_parser("doctor", help="say what is wrong here").set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Look at everything; returns 0 when all is well, else 1."""
    try:
        checks = list(examine(settings_of_the_machine.read()))
    except SettingError as error:
        print(f"WRONG  {error}")
        return 1
    for check in checks:
        print(f"{'well ' if check.is_well else 'WRONG'}  {check.what}")
        if not check.is_well:
            print(f"       {check.advice}")
    return 0 if all(check.is_well for check in checks) else 1


def examine(config: Config, swaps: Path = Path("/proc/swaps")) -> Iterator[Check]:
    """Look at the data folder, the secrets, the database, its chain, and the machine's swap."""
    yield Check("the data folder is there", config.data.is_dir(), "Start `bauta run` once.")
    if not config.data.is_dir():
        return
    is_closed = not stat.S_IMODE(config.data.stat().st_mode) & 0o077
    yield Check("the data folder is closed to others", is_closed, f"Run `chmod 700 {config.data}`.")
    yield _secrets(config)
    yield from _database(config)
    yield Check(
        "the server listens where only this machine reaches it",
        config.bind.startswith(("unix:", "127.", "localhost:", "[::1]")),
        "Set BAUTA_BIND to unix:/path or 127.0.0.1, behind a proxy or an onion service.",
    )
    if swaps.exists():
        areas = swaps.read_text().splitlines()[1:]
        is_safe = all("zram" in area or "dm-" in area for area in areas)
        yield Check(
            "memory is not swapped to an open disk", is_safe, "Turn swap off, or encrypt it."
        )


def _secrets(config: Config) -> Check:
    """Whether the server's secrets that are there are whole and closed."""
    what = "the server's secrets are closed and whole"
    try:
        for name in settings_of_the_machine.SECRETS:
            settings_of_the_machine.kept_secret(config, name)
    except SettingError as error:
        return Check(what, is_well=False, advice=str(error))
    return Check(what, is_well=True)


def _needed_secrets(config: Config, session: Session) -> Check:
    """Whether the secrets are there without which rows that are stored mean nothing any more."""
    missing = [
        f"{name}.key"
        for name, table in NEEDED_BY.items()
        if not (config.keys / f"{name}.key").exists()
        and session.scalar(select(exists().select_from(table)))
    ]
    return Check(
        "the secrets are there that the database needs",
        not missing,
        f"{', '.join(missing)} is missing from {config.keys}: put it back from a backup.",
    )


def _epochs(config: Config, database: Database) -> Check:
    """Whether the key is there without which nothing that is sealed opens."""
    with database.read() as session:
        needed = set(session.scalars(select(Shred.epoch).distinct()))
    try:
        for number in needed:
            epochs.key_of(config.keys, number)
    except LostEpochError as error:
        return Check("what is sealed can be opened", is_well=False, advice=str(error))
    return Check("what is sealed can be opened", is_well=True)


def _shields(config: Config, database: Database) -> Check:
    """Whether the shield key is the one that the shields were made with."""
    what = "the shields can be read"
    with database.read() as session:
        book = shields.book(session)
    if book is None:
        return Check(what, is_well=True)
    try:
        secret = settings_of_the_machine.kept_secret(config, "shields")
    except SettingError as error:
        return Check(what, is_well=False, advice=str(error))
    return Check(
        what,
        secret is not None and crypto.same(book.check, Keys(secret).check),
        f"{config.keys / 'shields.key'} is missing, or not the key they were made with, so "
        "every new text is held while there are shields. Put the former key back from a backup.",
    )


def _database(config: Config) -> Iterator[Check]:
    """Whether the database opens as it must, has today's tables, and an unbroken audit chain."""
    database = open_database(config.database)
    try:
        current = is_current(database.write_engine)
    except UnfitDatabaseError as error:
        yield Check("the database keeps its settings", is_well=False, advice=str(error))
        return
    yield Check("the database keeps its settings", is_well=True)
    yield Check("the database has today's tables", current, "Start `bauta run` to bring it there.")
    if current:
        with database.read() as session:
            yield _needed_secrets(config, session)
            chain = verify(session)
            missing = missing_count(session)
        advice = f"Entry {chain.broken_at} is the first that does not fit: find out who changed it."
        yield Check("the audit log is unbroken", chain.broken_at is None, advice)
        yield Check(
            "whoever has a role has a second factor",
            missing == 0,
            f"{missing} of them have no power until they set it up: ask them to sign in.",
        )
        yield _epochs(config, database)
        yield _shields(config, database)
    database.close()
