"""How often a member may do something within an hour, and how much a text may hold.

One row for each deed, one column for each step of trust. The operator can set other numbers; those
here hold until then. Whoever meets a limit is told what it is, and nothing typed is lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from app.policy.vocabulary import Trust


class Limited(StrEnum):
    """What has a limit. The value names the counter."""

    POSTS = "post"  # an hour: threads, replies and changes of a text
    MESSAGES = "message"  # an hour
    STARTS = "message-start"  # a day: messages to somebody with whom there is no conversation yet
    PICTURES = "picture"  # an hour
    REPORTS = "report"  # an hour
    LINKS = "links"  # in one text
    MENTIONS = "mentions"  # in one text: members called by an @


Limits = Mapping[Limited, Sequence[int]]
LEVELS: Final = (Trust.NEWCOMER, Trust.KNOWN, Trust.REGULAR, Trust.TRUSTED)
LIMITS: Final[Limits] = {
    #                  newcomer, known, regular, trusted
    Limited.POSTS: (10, 30, 60, 120),
    Limited.MESSAGES: (10, 30, 60, 120),
    Limited.STARTS: (1, 3, 10, 20),  # a newcomer may begin one with moderators alone
    Limited.PICTURES: (10, 20, 40, 80),
    Limited.REPORTS: (5, 10, 20, 20),
    Limited.LINKS: (5, 15, 30, 60),
    Limited.MENTIONS: (2, 5, 10, 20),
}
LEAST: Final[Mapping[Limited, int]] = {
    # Who may do a deed at all is said at the doors; a limit only says how often.
    limited: 0 if limited in {Limited.LINKS, Limited.MENTIONS} else 1
    for limited in Limited
}
MOST: Final = 1000  # of anything: more is no limit
LINK: Final = re.compile(r"https?://", re.IGNORECASE)


def limit_of(limits: Limits, limited: Limited, trust: Trust) -> int:
    """The number for one deed on one step of trust."""
    return limits[limited][LEVELS.index(max(trust, Trust.NEWCOMER))]


def rate_of(limits: Limits, limited: Limited, trust: Trust) -> str:
    """The same as a counter reads it, such as `10 per hour`."""
    span = "day" if limited is Limited.STARTS else "hour"
    return f"{limit_of(limits, limited, trust)} per {span}"


def links_in(text: str) -> int:
    """How many links a text holds, however they are set."""
    return len(LINK.findall(text))


def limits_of(rows: Sequence[Sequence[int]]) -> Limits:
    """The table out of plain numbers, as it is stored; the first numbers where none are stored.

    A row that is younger than what was stored has its first numbers, too: rows are only added,
    and at the end.
    """
    return {**LIMITS, **dict(zip(Limited, rows, strict=False))}


def rows_of(limits: Limits) -> tuple[tuple[int, ...], ...]:
    """The plain numbers of a table, in the order of its rows."""
    return tuple(tuple(limits[limited]) for limited in Limited)
