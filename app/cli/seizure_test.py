"""`bauta seizure-test`: what whoever takes this machine would find.

Plants values that nobody can guess, plays a story against the real server in a temporary folder,
takes the folder at five moments, and looks in every byte of it for every value, written in every
way that PRIVACY.md §12 lists. Nothing of the operator's own forum is touched.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from subprocess import TimeoutExpired
from typing import Final

from app.cli.seizure.canaries import Moment
from app.cli.seizure.damage import CONTROLS
from app.cli.seizure.person import StoryError
from app.cli.seizure.search import Place
from app.cli.seizure.server import NoServerError
from app.cli.seizure.trial import Trial, hold

CLEAN: Final = 0
FOUND: Final = 1
CONTROL_PASSED: Final = 2
UNREADABLE: Final = 3
SHOWN: Final = 12  # places of each canary in the report

LIMITS: Final = """\
It shows that planted values are absent from the places and spellings tested: evidence, not proof.
It reads files. What flash, file system and memory keep beneath them it does not see: encrypt both.
It runs on SQLite, with this machine's settings; PostgreSQL, a proxy and its logs are no part of it.
A value hashed many times, or under a key that is nowhere on the machine, is not recognised.
What members wrote and did not erase is readable in the database, and so are reports and decisions.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser("seizure-test", help="what would a seized disk give away?")
    parser.add_argument(
        "--controls",
        nargs="*",
        metavar="NAME",
        choices=[*CONTROLS],
        help="spoil the server on purpose, in every way or in these; each must be found",
    )
    parser.add_argument("--short", action="store_true", help="look after the tick alone")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Hold the trial, then the controls; returns the exit status.

    0: nothing was found. 1: something was. 2: a control passed, or the search found not even what
    is there. 3: something could not be read, or the story could not be played.
    """
    moments = frozenset({Moment.LIVE, Moment.TICK}) if asked.short else frozenset(Moment)
    try:
        status = _report(hold(moments=moments))
        if asked.controls is not None:
            status = status or _controls(asked.controls or list(CONTROLS))
    except (NoServerError, StoryError, OSError, TimeoutExpired) as error:
        print(f"The test could not be held: {error}.")
        return UNREADABLE
    return status


def _report(trial: Trial) -> int:
    """Print what one trial brought; returns the exit status."""
    print(
        f"{trial.canaries} values planted, {trial.spellings} spellings with {trial.keys} keys; "
        f"{trial.files} files, {trial.bytes_read / 1e6:.1f} MB read. "
        f"Story {trial.played:.0f} s, search {trial.searched:.0f} s."
    )
    _list(trial.leaks, "FOUND")
    for path in trial.unread:
        print(f"UNREAD  {path}")
    if trial.blind_to:
        print(f"BLIND   not found although it is there: {', '.join(trial.blind_to)}")
    allowed = sorted({place.canary for place in trial.places if place.is_allowed})
    print(f"Found where it may be: {', '.join(allowed)}.")
    print("What this does not show:")
    for limit in LIMITS.splitlines():
        print(f"- {limit}")
    if trial.leaks:
        return FOUND
    if trial.blind_to:
        return CONTROL_PASSED
    if trial.unread:
        return UNREADABLE
    print("CLEAN   nothing was found where it must not be.")
    return CLEAN


def _list(places: Sequence[Place], word: str) -> None:
    """Print places, by what stands there."""
    by_canary = defaultdict(list)
    for place in places:
        by_canary[place.canary].append(place)
    for canary, found in sorted(by_canary.items()):
        for place in found[:SHOWN]:
            print(f"{word}   {canary}: {place.moment}, {place.path} at {place.offset}, {place.how}")
        if len(found) > SHOWN:
            print(f"{word}   {canary}: and {len(found) - SHOWN} places more")


def _controls(names: Sequence[str]) -> int:
    """Spoil the server in each way; returns the exit status."""
    status = CLEAN
    for name in names:
        trial = hold(name, frozenset({Moment.LIVE, Moment.TICK}))
        canaries = sorted({place.canary for place in trial.leaks})
        if canaries:
            print(f"caught  {name}: {', '.join(canaries[:3])}{' …' if len(canaries) > 3 else ''}")  # noqa: PLR2004 - three are enough to see why
        else:
            print(f"PASSED  {name}: the search did not find what this control leaves behind")
            status = CONTROL_PASSED
    return status
