"""Sealed conversations: what is stored of them says who holds something, how much, and the day.

There is no row that names two people. A conversation has two sides, one of each member, that know
nothing of one another: what leads from one to the other is a tag that only these two can make. Ids
are drawn and not counted, since rows that were made together would stand together.
"""

from __future__ import annotations

import secrets
from datetime import date
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core import ids
from app.core.db import Base, BigKey
from app.core.retention import Keep

SHORT_DAYS: Final = 60  # while the community is protected after an exposure
KEPT_DAYS: Final = 365  # PRIVACY.md §3: twelve months or less
ID_BITS: Final = 62


def drawn_id() -> int:
    """An inner id that tells nothing of when its row came."""
    return secrets.randbits(ID_BITS)


class Letterbox(Base):
    """Under which name a member is known inside of sealed boxes, and nowhere else.

    Whoever takes another pseudonym and cuts the ties to the old one gets a new name here as well:
    what others hold names nobody from then on, as after leaving.
    """

    __tablename__ = "letterboxes"
    __retention__ = Keep(why="until its member leaves, or cuts all ties to the old pseudonym")

    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)


class Conversation(Base):
    """One member's side of a conversation: with whom lies in a box that only he or she opens."""

    __tablename__ = "conversations"
    # A day more than the messages, so that none goes with its conversation and leaves its shred.
    __retention__ = Keep(
        why="a day longer than the last message in it",
        days=KEPT_DAYS + 1,
        after="active_on",
        short=SHORT_DAYS + 1,
    )
    __table_args__ = (Index("ix_conversations_member_id_bump", "member_id", "bump"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False, default=drawn_id)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    tag: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    shred_id: Mapped[int] = mapped_column(BigInteger)
    part: Mapped[bytes] = mapped_column(LargeBinary(128))
    box: Mapped[bytes] = mapped_column(LargeBinary)
    marker: Mapped[bytes | None] = mapped_column(LargeBinary(512))  # how far its member has read
    message_count: Mapped[int] = mapped_column(Integer, default=0)  # the number of the last one
    bump: Mapped[int] = mapped_column(Integer, default=0)  # orders the conversations of one member
    is_muted: Mapped[bool] = mapped_column(Boolean, default=False)
    # No day while it is muted: what was muted stays so until it is undone.
    active_on: Mapped[date | None] = mapped_column(Date)


class Message(Base):
    """One member's own copy of a message. Who wrote it, and to whom, is inside."""

    __tablename__ = "messages"
    __retention__ = Keep(
        why="a letter is no archive", days=KEPT_DAYS, after="written_on", short=SHORT_DAYS
    )
    __table_args__ = (
        UniqueConstraint("conversation_id", "number", name="uq_messages_conversation_id_number"),
        UniqueConstraint(
            "conversation_id", "form_key", name="uq_messages_conversation_id_form_key"
        ),
        Index("ix_messages_member_id", "member_id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False, default=drawn_id)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    # A form sent twice makes one message. A copy that was received has a key too, that was drawn:
    # without one it would show that its holder did not write it.
    form_key: Mapped[str] = mapped_column(String(32))
    shred_id: Mapped[int] = mapped_column(BigInteger)
    part: Mapped[bytes] = mapped_column(LargeBinary(128))
    box: Mapped[bytes] = mapped_column(LargeBinary)
    written_on: Mapped[date] = mapped_column(Date)
