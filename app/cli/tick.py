"""`bauta tick`: do what is due. Run from a timer, or every quarter of an hour inside the server."""

from __future__ import annotations

import argparse
import logging
import time
from typing import Final

import config as settings_of_the_machine
from app.accounts.service import clear_expired_standings
from app.core.db import Database, open_database
from app.forum.service import coarsen_times
from app.moderation.service import settle_standings
from app.privacy.logs import Event, hush, say
from app.privacy.retention import run_retention

EVERY: Final = 15 * 60  # seconds


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser("tick", help="do what is due: retention, times, sanctions")
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Do what is due once; returns the exit status."""
    hush()
    database = open_database(settings_of_the_machine.read().database)
    gone = tick(database)
    database.close()
    print(f"Done. {gone} rows were past their time and are gone.")
    return 0


def tick(database: Database) -> int:
    """Do what is due now, each thing in a transaction of its own; returns how many rows went."""
    with database.write.begin() as session:
        gone = run_retention(session)
    with database.write.begin() as session:
        coarsen_times(session)
    with database.write.begin() as session:
        clear_expired_standings(session)
        settle_standings(session)
    say(Event.TICK_RAN, gone=gone)
    return gone


def run_forever(database: Database) -> None:
    """Tick now and then every quarter of an hour; a failed tick is logged, and tried again."""
    while True:
        try:
            tick(database)
        except Exception as error:
            logging.getLogger("tick").error("-", exc_info=error)  # noqa: TRY400 - quiet on purpose
        time.sleep(EVERY)
