"""Shields: what is kept of a member's private phrases, which is everything but the phrases."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy import BigInteger, Date, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core import ids
from app.core.db import Base, BigKey, Word
from app.core.retention import Keep
from app.shields.phrases import Kind

LASTS_DAYS: Final = 365
LOOKS_KEPT_DAYS: Final = 7
LABEL_SIGNS: Final = 60


class Mode(StrEnum):
    """What becomes of somebody else's text in which a shielded phrase stands."""

    HOLD = "hold"
    ALERT = "alert"


class Shield(Base):
    """One private phrase of a member: the label he or she gave it, never the phrase."""

    __tablename__ = "shields"
    __retention__ = Keep(
        why="a shield is made anew after a year, or taken away before",
        days=LASTS_DAYS,
        after="made_on",
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(LABEL_SIGNS))
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    mode: Mapped[Mode] = mapped_column(Word(Mode))
    made_on: Mapped[date] = mapped_column(Date)


class ShieldTag(Base):
    """The keyed tag of one form of a phrase, and the gate of how the form begins."""

    __tablename__ = "shield_tags"
    __retention__ = Keep(why="as long as its shield, and gone with it")

    shield_id: Mapped[int] = mapped_column(
        ForeignKey("shields.id", ondelete="CASCADE"), primary_key=True
    )
    tag: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    gate: Mapped[int] = mapped_column(Integer)


class HeldPhrase(Base):
    """A phrase that is held for nobody's own list: whose it is only a keyed tag says.

    Another room makes the tag, from what it alone can put together, and asks for it by the tag.
    """

    __tablename__ = "held_phrases"
    __retention__ = Keep(
        why="as long as other shields, or until whoever asked for it lets it go",
        days=LASTS_DAYS,
        after="made_on",
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    holder: Mapped[bytes] = mapped_column(LargeBinary(16), index=True)
    mode: Mapped[Mode] = mapped_column(Word(Mode))
    made_on: Mapped[date] = mapped_column(Date)


class HeldPhraseTag(Base):
    """The keyed tag of one form of a held phrase, and the gate of how the form begins."""

    __tablename__ = "held_phrase_tags"
    __retention__ = Keep(why="as long as its phrase, and gone with it")

    phrase_id: Mapped[int] = mapped_column(
        ForeignKey("held_phrases.id", ondelete="CASCADE"), primary_key=True
    )
    tag: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    gate: Mapped[int] = mapped_column(Integer)


class ShieldBook(Base):
    """The one row that says which state the tags are in, and which key they were made with."""

    __tablename__ = "shield_books"
    __retention__ = Keep(why="as long as this server stands; it speaks of no member")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    version: Mapped[str] = mapped_column(String(16))
    check: Mapped[bytes] = mapped_column("check_value", LargeBinary(16))


class SecondLook(Base):
    """A text of this member was held by a shield or by chance: counted, so that nobody probes."""

    __tablename__ = "second_looks"
    __retention__ = Keep(
        why="second looks are counted by the week", days=LOOKS_KEPT_DAYS, after="made_on"
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    made_on: Mapped[date] = mapped_column(Date)
