"""`bauta tick`: do what is due. Run from a timer, or every quarter of an hour inside the server."""

from __future__ import annotations

import argparse
import logging
import time
from typing import Final

import config as settings_of_the_machine
from app.accounts.service import clear_expired_standings
from app.cases.keys import open_cases
from app.cases.service.rounds import make_rounds
from app.cli import rescreening, sweeping
from app.cli.erasing import pack, settle_erasures
from app.cli.quarters import write_report
from app.community.protections import end_due
from app.community.rounds import count_due
from app.core.db import Database, open_database
from app.core.shreds import open_shreds, turn_epoch
from app.forum.attachments import expire_uploads
from app.forum.service import coarsen_times
from app.moderation.service import settle_standings
from app.privacy import erasure
from app.privacy.logs import Event, hush, say
from app.privacy.retention import run_retention
from app.shields.service import open_shields
from app.trust.service import count_trust

EVERY: Final = 15 * 60  # seconds
RESCREEN_FOR: Final = 5 * 60  # seconds of a tick from a timer, which comes each quarter of an hour
LOOK_EVERY: Final = 5  # seconds; whoever erases something need not wait for the tick


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser("tick", help="do what is due: retention, erasing, sanctions, keys")
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Do what is due once; returns the exit status: 1 when something is still to be erased."""
    hush()
    config = settings_of_the_machine.read()
    database = open_database(config.database)
    open_shreds(database, config.keys)
    open_shields(database, settings_of_the_machine.secret(config, "shields"))
    open_cases(database, settings_of_the_machine.secret(config, "cases"))
    gone = tick(database)
    sweeping.go_on(database)
    rescreening.go_on(database, RESCREEN_FOR)
    with database.read() as session:
        is_owed = erasure.is_owed(session)
    database.close()
    print(f"Done. {gone} rows were past their time and are gone.")
    if is_owed:
        print("Something is still to be erased: pages were being read. The next tick tries again.")
    return int(is_owed)


def tick(database: Database) -> int:
    """Do what is due now, each thing in a transaction of its own; returns how many rows went."""
    with database.write.begin() as session:
        make_rounds(session)
    with database.write.begin() as session:
        expire_uploads(session)
        gone = run_retention(session)
    with database.write.begin() as session:
        coarsen_times(session)
    with database.write.begin() as session:
        clear_expired_standings(session)
        settle_standings(session)
    with database.write.begin() as session:
        count_trust(session)
    with database.write.begin() as session:
        end_due(session)
    with database.write.begin() as session:
        count_due(session)
    with database.write.begin() as session:
        write_report(session)
    settle_erasures(database)
    pack(database)
    turn_epoch(database)
    say(Event.TICK_RAN, gone=gone)
    return gone


def run_forever(database: Database) -> None:
    """Tick now and then every quarter of an hour, and erase within seconds what is owed.

    Whatever fails is logged, and tried again.
    """
    ticked = float("-inf")
    while True:
        try:
            if time.monotonic() - ticked >= EVERY:
                ticked = time.monotonic()
                tick(database)
            elif _is_owed(database):
                settle_erasures(database)
            sweeping.go_on(database)
            rescreening.go_on(database)
        except Exception as error:
            logging.getLogger("tick").error("-", exc_info=error)  # noqa: TRY400 - quiet on purpose
        time.sleep(LOOK_EVERY)


def _is_owed(database: Database) -> bool:
    """Whether an erasure waits."""
    with database.read() as session:
        return erasure.is_owed(session)
