"""Members, what lets them in, and the sessions in which their keys are unlocked."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import (
    Boolean,
    Date,
    ForeignKey,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, ids
from app.core.db import Base, BigKey, Hour, Number, QuarterHour, Word
from app.core.retention import Keep
from app.policy.vocabulary import Actor, Role, Standing, Trust

RENAMING_DAYS: Final = 30  # between two changes of a pseudonym


class Member(Base):
    """Somebody with an account: a pseudonym, and what the site has come to know of it."""

    __tablename__ = "members"
    __retention__ = Keep(why="until the member leaves")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    pseudonym: Mapped[str] = mapped_column(String(32), unique=True)
    skeleton: Mapped[str] = mapped_column(String(64), unique=True)
    mask_seed: Mapped[int] = mapped_column(SmallInteger, default=0)
    about: Mapped[str] = mapped_column(Text, default="")
    about_html: Mapped[str] = mapped_column(Text, default="")
    joined_on: Mapped[date] = mapped_column(Date)
    trust: Mapped[Trust] = mapped_column(Number(Trust))
    trust_floor: Mapped[Trust] = mapped_column(Number(Trust), default=Trust.NEWCOMER)  # by hand
    trust_falls_on: Mapped[date | None] = mapped_column(Date)
    roles: Mapped[Role] = mapped_column(Number(Role), default=Role.NONE)
    standing: Mapped[Standing] = mapped_column(Word(Standing), default=Standing.GOOD)
    standing_until: Mapped[datetime | None] = mapped_column(Hour)
    theme: Mapped[str] = mapped_column(String(12), default="")
    norms_version: Mapped[int] = mapped_column(SmallInteger, default=0)
    is_confirmed: Mapped[bool] = mapped_column(Boolean, default=False)

    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    cost: Mapped[str] = mapped_column(String(24))
    verifier: Mapped[bytes] = mapped_column(LargeBinary(32))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary(512))

    @property
    def standing_now(self) -> Standing:
        """The standing at this moment: a sanction that has run out no longer counts."""
        if self.standing_until is not None and self.standing_until <= clock.now():
            return Standing.GOOD
        return self.standing

    @property
    def actor(self) -> Actor:
        """The member as rules and services see it."""
        return Actor(
            id=self.id,
            public_id=self.public_id,
            pseudonym=self.pseudonym,
            trust=self.trust,
            roles=self.roles,
            standing=self.standing_now,
            public_key=self.public_key,
            theme=self.theme,
            is_confirmed=self.is_confirmed,
            norms_version=self.norms_version,
        )


class Membership(Base):
    """A member's place on a board that one enters by joining, or the invitation to it."""

    __tablename__ = "memberships"
    __retention__ = Keep(
        why="until the member leaves the board; an invitation for thirty days",
        days=30,
        after="invited_on",
    )
    __table_args__ = (UniqueConstraint("member_id", "board_id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    board_id: Mapped[int] = mapped_column(ForeignKey("boards.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    is_moderator: Mapped[bool] = mapped_column(Boolean, default=False)
    invited_on: Mapped[date | None] = mapped_column(Date)  # nothing once it was accepted

    @property
    def is_invitation(self) -> bool:
        """Whether the member has not yet said yes: until then it opens nothing."""
        return self.invited_on is not None


class RecoveryCode(Base):
    """One code that can stand in for a lost passphrase, once: its hash and the wrapped key."""

    __tablename__ = "recovery_codes"
    __retention__ = Keep(why="until it is used or replaced, or the member leaves")

    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    verifier: Mapped[bytes] = mapped_column(LargeBinary(32))
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary(512))
    is_used: Mapped[bool] = mapped_column(Boolean, default=False)


class SecondFactor(Base):
    """What makes a member's codes, and which was used last: in a box that only the member opens."""

    __tablename__ = "second_factors"
    __retention__ = Keep(why="until it is turned off, or the member leaves")

    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    box: Mapped[bytes] = mapped_column(LargeBinary(512))


class RecoveryWait(Base):
    """Somebody with two recovery codes and nothing else wants to come back, and has to wait."""

    __tablename__ = "recovery_waits"
    __retention__ = Keep(
        why="whoever has waited comes back within two weeks", days=14, after="ready_at"
    )

    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    ready_at: Mapped[datetime] = mapped_column(Hour)


class MemberSession(Base):
    """One signed-in browser. Only its cookie opens the box with the member's unlocked key."""

    __tablename__ = "sessions"
    __retention__ = Keep(why="a session ends after twelve hours", days=1, after="ends_at")

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    box: Mapped[bytes] = mapped_column(LargeBinary(512))
    idle_until: Mapped[datetime] = mapped_column(QuarterHour)
    ends_at: Mapped[datetime] = mapped_column(QuarterHour)


class Break(Base):
    """A member takes a break: until a day, no line comes into the inbox for what others write."""

    __tablename__ = "breaks"
    __retention__ = Keep(why="until the break is over", days=0, after="until_on")

    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    until_on: Mapped[date] = mapped_column(Date)


class Renaming(Base):
    """A member has changed the pseudonym a short while ago. Neither name stands here."""

    __tablename__ = "renamings"
    __retention__ = Keep(
        why="so that names are not changed all the time", days=RENAMING_DAYS, after="renamed_on"
    )

    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    renamed_on: Mapped[date] = mapped_column(Date)


class RetiredName(Base):
    """The keyed tag of a pseudonym that its member had, and that nobody gets any more."""

    __tablename__ = "retired_names"
    __retention__ = Keep(why="so that nobody takes a name that somebody had")

    tag: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    retired_on: Mapped[date] = mapped_column(Date)


class Invite(Base):
    """A way in that a member gave away: only the hash of its words is kept."""

    __tablename__ = "invites"
    __retention__ = Keep(why="an invite runs out after thirty days", days=30, after="made_on")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    words_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    inviter_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    uses_left: Mapped[int] = mapped_column(SmallInteger)
    made_on: Mapped[date] = mapped_column(Date)


class InviteTie(Base):
    """One member came by an invite of another. Only moderators see who by whose."""

    __tablename__ = "invite_ties"
    __retention__ = Keep(
        why="so that moderators see who brought in whom after abuse", days=365, after="made_on"
    )

    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    invited_by_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), index=True
    )
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    made_on: Mapped[date] = mapped_column(Date)


class Seen(StrEnum):
    """What of a member's somebody of the team has opened."""

    MESSAGE = "message"  # one that the member handed over
    TREE = "tree"  # who invited whom


class Look(Base):
    """Somebody of the team opened something of a member's that others do not see.

    Who it was is not here: that stands in the audit log, under the id of the look.
    """

    __tablename__ = "looks"
    __retention__ = Keep(why="so that its member can read of it", days=90, after="made_on")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    seen: Mapped[Seen] = mapped_column(Word(Seen))
    made_on: Mapped[date] = mapped_column(Date)
