"""Boards, threads, posts and what hangs on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock, ids
from app.core.db import Base, BigKey, Hour, Number, Word
from app.core.retention import Keep
from app.policy.vocabulary import Entry, Gate, Role, Trust, Visibility

OPEN: Final = frozenset(
    {Visibility.PUBLISHED, Visibility.REMOVED, Visibility.ERASED, Visibility.HIDDEN}
)
WAITING: Final = frozenset({Visibility.HELD, Visibility.QUARANTINED})  # its author reads a line
DRAFT_DAYS: Final = 30  # PRIVACY.md §3
EDIT_WINDOW: Final = timedelta(hours=24)  # times are kept to the hour, so it is no shorter than 24


class Category(Base):
    """A heading over boards."""

    __tablename__ = "categories"
    __retention__ = Keep(why="until the operator takes it away")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    name: Mapped[str] = mapped_column(String(60))
    position: Mapped[int] = mapped_column(SmallInteger, default=0)


class Board(Base):
    """A place for threads, behind a gate."""

    __tablename__ = "boards"
    __retention__ = Keep(why="until the operator takes it away")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    description: Mapped[str] = mapped_column(String(300), default="")
    position: Mapped[int] = mapped_column(SmallInteger, default=0)
    gate_read: Mapped[Trust] = mapped_column(Number(Trust))
    gate_reply: Mapped[Trust] = mapped_column(Number(Trust))
    gate_start: Mapped[Trust] = mapped_column(Number(Trust))
    gate_attach: Mapped[Trust] = mapped_column(Number(Trust), default=Trust.KNOWN)
    gate_role: Mapped[Role] = mapped_column(Number(Role), default=Role.NONE)
    reviews_first_posts: Mapped[bool] = mapped_column(Boolean, default=False)
    entry: Mapped[Entry] = mapped_column(Word(Entry), default=Entry.TRUST)

    @property
    def gate(self) -> Gate:
        """Who may read, reply, start threads and add pictures here."""
        return Gate(
            read=self.gate_read,
            reply=self.gate_reply,
            start=self.gate_start,
            role=self.gate_role,
            attach=self.gate_attach,
            circle=0 if self.entry in {None, Entry.TRUST} else self.id,
        )


class Thread(Base):
    """A discussion: a title and the posts under it."""

    __tablename__ = "threads"
    __retention__ = Keep(why="as long as its board stands, or until it is erased")
    __table_args__ = (
        Index("ix_threads_board_active", "board_id", "is_pinned", "bump"),
        Index("ix_threads_bump", "bump"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    board_id: Mapped[int] = mapped_column(ForeignKey("boards.id"))
    author_id: Mapped[int | None] = mapped_column(
        ForeignKey("members.id", ondelete="SET NULL"), index=True
    )
    title: Mapped[str] = mapped_column(String(160))
    kept_title: Mapped[str] = mapped_column(String(160), default="")  # see `full_title`
    visibility: Mapped[Visibility] = mapped_column(Word(Visibility))
    is_locked: Mapped[bool] = mapped_column(Boolean, default=False)
    is_pinned: Mapped[bool] = mapped_column(Boolean, default=False)
    post_count: Mapped[int] = mapped_column(Integer, default=0)  # posts that have a number
    started_at: Mapped[datetime] = mapped_column(Hour)
    active_at: Mapped[datetime] = mapped_column(Hour)
    bump: Mapped[int] = mapped_column(BigKey, default=0)  # orders threads finer than hours do

    board: Mapped[Board] = relationship(lazy="raise_on_sql")

    @property
    def gate(self) -> Gate:
        """The gate of the board it stands on."""
        return self.board.gate

    @property
    def full_title(self) -> str:
        """The title as author and moderators know it.

        While the opening post is kept from the readers of its own replies, they see another one:
        the title before the change that waits, or none after a removal.
        """
        return self.kept_title or self.title

    @property
    def is_in_the_open(self) -> bool:
        """Whether everybody who may enter the board may know of it."""
        return self.visibility is Visibility.PUBLISHED


class Picture(NamedTuple):
    """A picture of a post as pages know it; `alt` is for those who cannot see it."""

    public_id: str
    width: int
    height: int
    alt: str


class Post(Base):
    """One text in a thread. It has a number once readers can see it; numbers leave no gap."""

    __tablename__ = "posts"
    __retention__ = Keep(why="as long as its board stands, or until it is erased")
    __table_args__ = (
        UniqueConstraint("thread_id", "number"),
        UniqueConstraint("author_id", "form_key"),
        Index("ix_posts_author_id_id", "author_id", "id"),
        Index("ix_posts_thread_id_id", "thread_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    number: Mapped[int | None] = mapped_column(Integer)
    visibility: Mapped[Visibility] = mapped_column(Word(Visibility))
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    pictures: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)  # each a `Picture`
    written_at: Mapped[datetime] = mapped_column(Hour)
    edited_on: Mapped[date | None] = mapped_column(Date)
    rule: Mapped[str] = mapped_column(String(24), default="")  # why moderators removed it
    form_key: Mapped[str | None] = mapped_column(String(32))  # a form sent twice makes one post
    is_opening: Mapped[bool] = mapped_column(Boolean, default=False)
    # The erasure that takes this text, once its author has left. No foreign key: the erasure goes
    # only after the last post that is marked with it.
    erasure_id: Mapped[int | None] = mapped_column(BigKey, index=True)
    rules_version: Mapped[str] = mapped_column(String(16), default="")  # what it was screened by

    thread: Mapped[Thread] = relationship(lazy="raise_on_sql")

    @property
    def shown_pictures(self) -> list[Picture]:
        """Its pictures, in their order."""
        return pictures_in(self.pictures)

    @property
    def words(self) -> str:
        """Everything that it says: the text, and below it what its pictures show."""
        return with_alts(self.body, [each.alt for each in self.shown_pictures])

    @property
    def gate(self) -> Gate:
        """The gate of the board it stands on."""
        return self.thread.board.gate

    @property
    def is_in_the_open(self) -> bool:
        """Whether everybody who may read the thread may know that it exists, or did.

        What was never numbered was never seen: a rejected post leaves no line behind.
        """
        was_seen = self.number is not None and self.visibility in OPEN
        return was_seen and self.thread.is_in_the_open

    @property
    def is_locked(self) -> bool:
        """Whether its thread takes no more changes."""
        return self.thread.is_locked

    @property
    def is_fresh(self) -> bool:
        """Whether its author may still change it: for a day and what is left of the hour."""
        return clock.now() < self.written_at + EDIT_WINDOW + timedelta(hours=1)


def pictures_in(stored: Sequence[Sequence[Any]] | None) -> list[Picture]:
    """The pictures of a post out of its column; a post that is not stored yet has none."""
    return [Picture(*each) for each in stored or ()]


def with_alts(body: str, alts: Sequence[str]) -> str:
    """A text, and below it what its pictures show; they are screened and searched together."""
    return "\n\n".join((body, *alts))


class Attachment(Base):
    """A picture, sealed under a key of its own, of which one half goes with its post.

    Until it is posted it is its member's alone. What it shows in words stands in the post.
    """

    __tablename__ = "attachments"
    __retention__ = Keep(
        why="with its post; for a day when it was never posted", days=1, after="pending_since"
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    post_id: Mapped[int | None] = mapped_column(
        ForeignKey("posts.id", ondelete="CASCADE"), index=True
    )
    member_id: Mapped[int | None] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), index=True
    )
    pending_since: Mapped[datetime | None] = mapped_column(Hour, index=True)
    width: Mapped[int] = mapped_column(SmallInteger)
    height: Mapped[int] = mapped_column(SmallInteger)
    shred_id: Mapped[int] = mapped_column(BigKey)
    own_part: Mapped[bytes] = mapped_column(LargeBinary(32))
    box: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # last: it is long

    post: Mapped[Post | None] = relationship(lazy="raise_on_sql")

    @property
    def _post(self) -> Post:
        """The post it stands in; its doors are for pictures that stand in one."""
        if self.post is None:
            message = "an upload belongs to no post yet"
            raise LookupError(message)
        return self.post

    @property
    def gate(self) -> Gate:
        """The gate of the board it stands on."""
        return self._post.gate

    @property
    def visibility(self) -> Visibility:
        """That of its post."""
        return self._post.visibility

    @property
    def author_id(self) -> int | None:
        """Who wrote its post."""
        return self._post.author_id

    @property
    def is_in_the_open(self) -> bool:
        """Whether everybody who may read the thread may know of it."""
        return self._post.is_in_the_open


class Quote(Base):
    """One post quotes another: a reference, resolved for each reader, never a copy."""

    __tablename__ = "quotes"
    __retention__ = Keep(why="as long as both posts are there")

    post_id: Mapped[int] = mapped_column(
        ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True
    )
    quoted_id: Mapped[int] = mapped_column(
        ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Revision(Base):
    """An earlier wording of a post."""

    __tablename__ = "revisions"
    __retention__ = Keep(
        why="long enough to answer a report", days=30, after="replaced_on", short=7
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    body: Mapped[str] = mapped_column(Text)
    replaced_on: Mapped[date] = mapped_column(Date)


class KeptDraft(Base):
    """A text that a member keeps for later, and where it is meant for: sealed to that member."""

    __tablename__ = "drafts"
    __retention__ = Keep(
        why="long enough to come back to it; posted or erased, it is gone before",
        days=DRAFT_DAYS,
        after="kept_on",
    )
    __table_args__ = (UniqueConstraint("member_id", "form_key"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    form_key: Mapped[str] = mapped_column(String(32))  # the form that keeps it
    shred_id: Mapped[int] = mapped_column(BigInteger)
    part: Mapped[bytes] = mapped_column(LargeBinary(128))
    box: Mapped[bytes] = mapped_column(LargeBinary)
    kept_on: Mapped[date] = mapped_column(Date)


class SavedPost(Base):
    """A post that a member wants to find again: sealed, so that only the member knows which."""

    __tablename__ = "saved_posts"
    __retention__ = Keep(why="until it is undone")
    __table_args__ = (UniqueConstraint("member_id", "tag"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    tag: Mapped[bytes] = mapped_column(LargeBinary(16))
    box: Mapped[bytes] = mapped_column(LargeBinary(64))


class Thank(Base):
    """A member thanks another for a post."""

    __tablename__ = "thanks"
    __retention__ = Keep(why="until it is taken back or the post is gone")

    post_id: Mapped[int] = mapped_column(
        ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Follow(Base):
    """A member follows a thread. How far he or she has read is sealed to that member."""

    __tablename__ = "follows"
    __retention__ = Keep(why="until it is undone")

    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    thread_id: Mapped[int] = mapped_column(
        ForeignKey("threads.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    marker: Mapped[bytes | None] = mapped_column(LargeBinary(512))


class Notice(Base):
    """One line in a member's inbox: ids and a kind, never a text."""

    __tablename__ = "notices"
    __retention__ = Keep(why="an inbox is no archive", days=90, after="made_on", short=14)
    __table_args__ = (UniqueConstraint("member_id", "kind", "subject"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    subject: Mapped[str] = mapped_column(String(16))  # the public id of a thread, post or statement
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    is_read: Mapped[bool] = mapped_column(Boolean, default=False)
    made_on: Mapped[date] = mapped_column(Date)


class Rescreening(Base):
    """One run over all published posts: numbers and days, no word and no name."""

    __tablename__ = "rescreenings"
    __retention__ = Keep(why="so that the team sees what came of it", days=90, after="finished_on")

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=ids.new_id)
    version: Mapped[str] = mapped_column(String(16))
    started_on: Mapped[date] = mapped_column(Date)
    finished_on: Mapped[date | None] = mapped_column(Date)
    looked_count: Mapped[int] = mapped_column(Integer, default=0)
    queued_count: Mapped[int] = mapped_column(Integer, default=0)
    held_count: Mapped[int] = mapped_column(Integer, default=0)
