"""Going on with the sweeps of cases: a slice at a time, from wherever the last one stopped."""

from __future__ import annotations

import time
from typing import Final

from app.cases.service import sweep
from app.core.db import Database

A_WHILE: Final = 60  # seconds of a look: a team waits for it
BREATH: Final = 0.02  # seconds between slices, for whoever writes


def go_on(database: Database, seconds: float = A_WHILE) -> None:
    """Work for a while on every sweep that is under way."""
    with database.read() as session:
        waiting = sweep.running(session)
    enough = time.monotonic() + seconds
    for sweep_id in waiting:
        while time.monotonic() < enough and take_slice(database, sweep_id):
            time.sleep(BREATH)


def take_slice(database: Database, sweep_id: int) -> bool:
    """Take one slice of a sweep; returns False when nothing was left of it.

    It is looked through in a session that locks nothing; what came of it is one transaction.
    """
    with database.read() as session:
        seen = sweep.look(session, sweep_id)
    if seen is None:
        return False
    with database.write.begin() as session:
        sweep.note(session, sweep_id, seen)
    return True
