"""The words in which rules are told: who acts, on what, and what a rule may see of both."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag, StrEnum
from typing import Final, Protocol


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


class Entry(StrEnum):
    """How one comes to enter a board."""

    TRUST = "trust"  # by trust, and by role where one is asked
    INVITED = "invited"  # by an invitation from who moderates there


class Visibility(StrEnum):
    """Who may see a thread or a post at all. One state, not four booleans."""

    PUBLISHED = "published"
    HELD = "held"  # nobody but its author and the moderators knows that it exists
    QUARANTINED = "quarantined"  # away from readers while a case is open; comes back
    REMOVED = "removed"  # taken away by a moderator; one line stays
    ERASED = "erased"  # the text is gone; one line stays
    HIDDEN = "hidden"  # its author took it away from readers; one line stays, and it can come back


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever asks: a member with a session, or the visitor."""

    id: int
    public_id: str
    pseudonym: str
    trust: Trust
    roles: Role
    standing: Standing = Standing.GOOD
    public_key: bytes = b""
    theme: str = ""
    is_confirmed: bool = True  # has typed back a recovery code
    withheld: Role = Role.NONE  # roles without power until there is a second factor
    joined: frozenset[int] = frozenset()  # the boards that the actor was let into by name
    keeps: frozenset[int] = frozenset()  # those of them that the actor moderates
    withheld_keeps: frozenset[int] = frozenset()  # the same, without power as `withheld`
    norms_version: int = 0  # of the norms that he or she has agreed to
    is_being_recovered: bool = False  # somebody has asked to come back with two recovery codes

    @property
    def is_member(self) -> bool:
        """Whether somebody is signed in."""
        return self.id != 0

    @property
    def has_power(self) -> bool:
        """Whether a role, or the moderating of a board, asks the actor for a second factor."""
        return bool(self.roles or self.keeps) or self.waits_for_factor

    @property
    def waits_for_factor(self) -> bool:
        """Whether such a power waits until there is a second factor."""
        return bool(self.withheld or self.withheld_keeps)


VISITOR: Final = Actor(id=0, public_id="", pseudonym="", trust=Trust.VISITOR, roles=Role.NONE)


@dataclass(frozen=True, slots=True)
class Gate:
    """The lowest trust that may read, reply, start threads and add pictures, and any role asked.

    `circle` is the inner id of a board that only those enter who have joined it, whatever their
    trust; it is nought where trust decides.
    """

    read: Trust
    reply: Trust
    start: Trust
    role: Role = Role.NONE
    attach: Trust = Trust.KNOWN
    circle: int = 0


class Gated(Protocol):
    """Something on a board: the board itself, a thread, a post."""

    @property
    def gate(self) -> Gate: ...


class Shown(Gated, Protocol):
    """Something that may be hidden: it has a visibility and an author."""

    @property
    def visibility(self) -> Visibility: ...
    @property
    def author_id(self) -> int | None: ...
    @property
    def is_in_the_open(self) -> bool: ...


class Threaded(Shown, Protocol):
    """A thread, or a post in it: there is a lock above it."""

    @property
    def is_locked(self) -> bool: ...


class Aged(Threaded, Protocol):
    """Something that may be changed for a while after it was written."""

    @property
    def is_fresh(self) -> bool: ...


class Person(Protocol):
    """A member, as others see one."""

    @property
    def id(self) -> int: ...


class Owned(Protocol):
    """Something that belongs to one member."""

    @property
    def member_id(self) -> int | None: ...


class Answerable(Owned, Protocol):
    """A statement of reasons: it may be answered once, for a while."""

    @property
    def is_answered(self) -> bool: ...
    @property
    def is_answerable(self) -> bool: ...


class Seated(Owned, Gated, Protocol):
    """A member's place on a board, or the invitation to it."""

    @property
    def is_invitation(self) -> bool: ...


class Ruled(Owned, Gated, Protocol):
    """A decision about a member's text on a board."""


class Contested(Gated, Protocol):
    """Something that a moderator must decide: whose it is, who asked, who decided before."""

    @property
    def author_id(self) -> int | None: ...
    @property
    def is_left_to_author(self) -> bool: ...
    @property
    def is_answer(self) -> bool: ...
    @property
    def reporter_ids(self) -> frozenset[int]: ...
    @property
    def decider_ids(self) -> frozenset[int]: ...


class Sealed(Protocol):
    """Something that only some people have a key of."""

    @property
    def reader_ids(self) -> frozenset[int]: ...


class Tied(Owned, Protocol):
    """A member, and whoever invited him or her."""

    @property
    def inviter_id(self) -> int | None: ...


class Proposed(Owned, Protocol):
    """A deed about a member that takes two."""

    @property
    def first_id(self) -> int: ...
    @property
    def asks_of(self) -> Role: ...
    @property
    def is_left_to_first(self) -> bool: ...


class Worked(Protocol):
    """A case: who is named on it, and who of them leads."""

    @property
    def named_ids(self) -> frozenset[int]: ...
    @property
    def lead_ids(self) -> frozenset[int]: ...
