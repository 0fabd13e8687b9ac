"""One trial: play the story, seize the machine at every moment, look for everything planted."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.cli.seizure.canaries import Moment, Plan, Store
from app.cli.seizure.search import Place, Search, Seized, keys_in, seize
from app.cli.seizure.server import Server
from app.cli.seizure.story import Story

# If these are not found, the search is blind and finding nothing says nothing.
MUST_BE_FOUND: Final = (
    "published",
    "title",
    "report",
    "what a picture shows",
    "name of somebody who left, look-alikes folded",
)


@dataclass(frozen=True, slots=True)
class Trial:
    """What one trial brought."""

    places: Sequence[Place]
    unread: Sequence[str]
    canaries: int
    keys: int
    spellings: int
    bytes_read: int
    files: int
    played: float
    searched: float

    @property
    def leaks(self) -> list[Place]:
        """Where something stands that must not stand there."""
        return [place for place in self.places if not place.is_allowed]

    @property
    def blind_to(self) -> list[str]:
        """What is certainly there and was not found."""
        found = {
            place.canary
            for place in self.places
            if place.store is Store.DATABASE and place.moment is Moment.TICK
        }
        return [name for name in MUST_BE_FOUND if name not in found]


def hold(
    damage: str = "",
    moments: frozenset[Moment] = frozenset(Moment),
    play: Callable[[Story], None] = Story.play,
) -> Trial:
    """Hold one trial in a temporary folder; `moments` says at which of them to look.

    `play` tells the story, whole or in part.

    Raises:
        NoServerError: when the server did not come up.
        StoryError: when a step of the story did not happen as it must.
    """
    plan = Plan()
    seizures: list[Seized] = []
    root = Path(tempfile.mkdtemp(prefix="bauta-seizure-"))
    server = Server(root, damage)
    began = time.monotonic()

    def take(moment: Moment) -> None:
        if moment in moments:
            seizures.append(seize(root, moment))

    try:
        play(Story(server, plan, take, last=max(moments, key=list(Moment).index)))
        played = time.monotonic() - began
        keys = keys_in(seizures, server.environment)
    finally:
        server.remove()
    search = Search(plan, keys)
    places = [place for seized in seizures for place in search.through(seized)]
    return Trial(
        places=places,
        unread=[path for seized in seizures for path in seized.unread],
        canaries=len(plan),
        keys=len(keys),
        spellings=len(search.patterns),
        bytes_read=sum(len(file) for seized in seizures for file in seized.files.values()),
        files=sum(len(seized.files) for seized in seizures),
        played=played,
        searched=time.monotonic() - began - played,
    )
