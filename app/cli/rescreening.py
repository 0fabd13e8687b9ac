"""Running through all published posts: a worker a core from the command line, or little by little.

A run is a row and the versions on the posts; whoever works on it may be killed at any moment.
"""

from __future__ import annotations

import multiprocessing
import time
from typing import Final

from app.core.db import Database, open_database
from app.forum import rescreening
from app.forum.models import Rescreening
from app.forum.rescreening import ALL, START, Place, Share
from app.shields.service import open_shields
from config import Config, secret

A_WHILE: Final = 2.0  # seconds of each look of the server's own tick
BREATH: Final = 0.05  # seconds between its slices, for whoever is reading


def run_through(config: Config, workers: int) -> rescreening.Stand | None:
    """Look through all posts that the present rules have not seen; returns how it stands then.

    Joins the run that is under way, if there is one. Each worker opens the database itself.
    Begins none, and returns nothing, where the present rules have seen every post.
    """
    database = _open(config)
    with database.read() as session:
        is_done = rescreening.running(session) is None and not rescreening.stand(session).stale
    if is_done:
        database.close()
        return None
    with database.write.begin() as session:
        run_id = rescreening.begin(session, "operator").id
    database.close()
    context = multiprocessing.get_context("spawn")
    others = [
        context.Process(target=_work, args=(config, run_id, Share(part, workers)))
        for part in range(1, workers)
    ]
    for process in others:
        process.start()
    _work(config, run_id, Share(0, workers))
    for process in others:
        process.join()
    database = _open(config)
    with database.write.begin() as session:
        stand = rescreening.stand(session)
        run = rescreening.running(session)
        if run is not None and not any(process.exitcode for process in others):
            rescreening.finish(session, run)
    database.close()
    return stand


def look_again(
    database: Database, run_id: int, after: Place = START, share: Share = ALL
) -> Place | None:
    """Take one slice of a run; returns the place to go on from, or nothing when none was left.

    It is screened in a session that locks nothing; what came of it is one transaction.
    """
    with database.read() as session:
        version = session.get_one(Rescreening, run_id).version
        taken = rescreening.examine(session, version, after, share)
    if taken.found:
        with database.write.begin() as session:
            run = session.get_one(Rescreening, run_id)
            rescreening.settle(session, run, version, taken.found)
    return taken.place


def go_on(database: Database, seconds: float = A_WHILE) -> None:
    """Work for a while on the run that a moderator has begun, if there is one."""
    with database.read() as session:
        run = rescreening.running(session)
    if run is None:
        return
    place = START
    enough = time.monotonic() + seconds
    while time.monotonic() < enough:
        after = look_again(database, run.id, place)
        if after is None:
            break
        place = after
        time.sleep(BREATH)
    else:
        return
    if place == START:
        with database.write.begin() as session:
            rescreening.finish(session, session.merge(run))


def _work(config: Config, run_id: int, share: Share) -> None:
    """Take slice after slice of one share until none is left."""
    database = _open(config)
    place: Place | None = START
    while place is not None:
        place = look_again(database, run_id, place, share)
    database.close()


def _open(config: Config) -> Database:
    """The database, with the key that reads shields."""
    database = open_database(config.database)
    open_shields(database, secret(config, "shields"))
    return database
