"""The words in which rules are told: trust, roles, standing, permissions, and what rules may see."""

from __future__ import annotations

from enum import IntEnum, IntFlag, StrEnum
from typing import Protocol


class Trust(IntEnum):
    """How far the site knows somebody; ordered, and stored by its number."""

    VISITOR = 0
    NEWCOMER = 1
    KNOWN = 2
    REGULAR = 3
    TRUSTED = 4


class Role(IntFlag):
    """What somebody is asked to do here, beside trust. A member may have several."""

    NONE = 0
    MODERATOR = 1
    RESPONDER = 2
    OPERATOR = 4
    TRUSTEE = 8


class Standing(StrEnum):
    """What sanctions leave a member able to do."""

    GOOD = "good"
    SLOWED = "slowed"
    SILENCED = "silenced"
    SUSPENDED = "suspended"
    REMOVED = "removed"
