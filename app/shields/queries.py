"""Reading shields: a member's own, and those that were found in a text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.shields.models import (
    LASTS_DAYS,
    LOOKS_KEPT_DAYS,
    HeldPhrase,
    HeldPhraseTag,
    Mode,
    SecondLook,
    Shield,
    ShieldBook,
    ShieldTag,
)


def shield_by_id(session: Session, public_id: str) -> Shield | None:
    """The shield with this public id."""
    return session.scalars(select(Shield).where(Shield.public_id == public_id)).first()


def shields_of(session: Session, member_id: int) -> Sequence[Shield]:
    """A member's own shields, the newest first."""
    query = select(Shield).where(Shield.member_id == member_id).order_by(Shield.id.desc())
    return session.scalars(query).all()


def live_shields(session: Session, shield_ids: Collection[int]) -> Sequence[Shield]:
    """Those of these shields that are still there and younger than a year.

    Asked of the database at every hit: what a member took away no longer counts, whatever a
    process may still have in memory.
    """
    query = select(Shield).where(
        Shield.id.in_(shield_ids), Shield.made_on > clock.today() - timedelta(days=LASTS_DAYS)
    )
    return session.scalars(query).all()


def book(session: Session) -> ShieldBook | None:
    """The state of all tags; none before the first shield is made."""
    return session.scalars(select(ShieldBook)).first()


def state_for(session: Session, member_id: int) -> tuple[str, bytes, int]:
    """The version of the tags, the check value of their key, and the member's looks this week."""
    looks = (
        select(func.count())
        .select_from(SecondLook)
        .where(SecondLook.member_id == member_id, SecondLook.made_on > week_ago())
        .scalar_subquery()
    )
    version = select(ShieldBook.version).limit(1).scalar_subquery()
    check = select(ShieldBook.check).limit(1).scalar_subquery()
    row = session.execute(select(version, check, looks)).one()
    return row[0] or "", row[1] or b"", row[2]


def week_ago() -> date:
    """The day from which on second looks count."""
    return clock.today() - timedelta(days=LOOKS_KEPT_DAYS)


def all_tags(session: Session) -> Iterable[tuple[int, int, int]]:
    """Every tag with its gate and whose it is: the inner id of a shield, or less than 0.

    A held phrase stands under the negative of its inner id, so that one table serves both.
    """
    rows = session.execute(select(ShieldTag.tag, ShieldTag.gate, ShieldTag.shield_id))
    yield from ((tag, gate, shield_id) for tag, gate, shield_id in rows)
    yield from held_tags(session)


def held_tags(session: Session, holder: bytes | None = None) -> Iterable[tuple[int, int, int]]:
    """The tags of held phrases, of one holder or of all, under their negative ids."""
    query = select(HeldPhraseTag.tag, HeldPhraseTag.gate, HeldPhraseTag.phrase_id)
    if holder is not None:
        query = query.join(HeldPhrase).where(HeldPhrase.holder == holder)
    for tag, gate, phrase_id in session.execute(query):
        yield tag, gate, -phrase_id


def live_phrases(session: Session, ids: Collection[int]) -> Sequence[HeldPhrase]:
    """Those of these held phrases that are still there; `ids` as they stand in the table."""
    wanted = [-inner for inner in ids if inner < 0]
    if not wanted:
        return ()
    edge = clock.today() - timedelta(days=LASTS_DAYS)
    query = select(HeldPhrase).where(HeldPhrase.id.in_(wanted), HeldPhrase.made_on > edge)
    return session.scalars(query).all()


def phrases_held(session: Session, holder: bytes, mode: Mode | None = None) -> int:
    """How many phrases are held for one holder, or only those of one mode."""
    query = select(func.count()).select_from(HeldPhrase).where(HeldPhrase.holder == holder)
    if mode is not None:
        query = query.where(HeldPhrase.mode == mode)
    return session.scalar(query) or 0


def has_tags(session: Session) -> bool:
    """Whether there is any shield or held phrase at all."""
    tables = (ShieldTag.shield_id, HeldPhraseTag.phrase_id)
    return any(session.scalar(select(column).limit(1)) is not None for column in tables)
