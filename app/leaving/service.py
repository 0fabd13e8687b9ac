"""Leaving: the account ends at once, and what became of its texts is the member's own choice."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.forum import attachments, drafts, parting
from app.messages import service as messages
from app.moderation import desk
from app.moderation.queries import statements_about
from app.policy.vocabulary import Actor
from app.privacy import erasure
from app.privacy.erasure import Kind, OwedErasure, State, Texts
from app.review.service import withdraw_all
from app.support import service as support
from app.trust import service as trust


def leave(session: Session, member: Actor, texts: Texts) -> OwedErasure:
    """End an account: keys, sessions, shields and whatever else is the member's go at once.

    The member's copies of messages are shredded: they open no more, even out of a backup.

    What the member has hidden goes in any case: nobody else could bring it back. Texts that are not
    to stay are hidden from everybody at once, and go in slices; of the name a
    keyed tag stays, so that nobody else takes it.
    """
    owed = OwedErasure(
        kind=Kind.MEMBER,
        texts=texts,
        subject=member.public_id,
        member_id=None,
        state=State.BYTES if texts is Texts.KEPT else State.ROWS,
    )
    session.add(owed)
    session.flush()  # the posts are marked with its id
    if texts is not Texts.KEPT:
        parting.hide_all(session, member.id, owed.id)
    elif parting.mark_hidden(session, member.id, owed.id):
        owed.state = State.ROWS
    attachments.erase_uploads(session, member.id)
    messages.shred_all(session, member.id)
    desk.erase_note_of(session, member.id)
    # An answer that still waits for a moderator goes with the decision that it answers.
    withdraw_all(session, [made.public_id for made in statements_about(session, member.id)])
    drafts.erase_all(session, member.id)
    support.erase_all(session, member.id)
    accounts.take_away(session, member.id)
    return owed


def erase_texts(session: Session, member: Actor) -> None:
    """Erase everything that a member has posted, and let the account go on with its trust.

    Nobody reads any of it from now on; the texts go in slices.
    """
    owed = _owe_texts(session, member)
    parting.hide_all(session, member.id, owed.id)
    parting.unlink_all(session, member.id)
    accounts.forget_ties(session, member.id)
    trust.carry(session, member.id)


def erase_hidden(session: Session, member: Actor) -> None:
    """Erase what a member has hidden, before nothing connects him or her with it any more."""
    owed = _owe_texts(session, member)
    if not parting.mark_hidden(session, member.id, owed.id):
        session.delete(owed)


def _owe_texts(session: Session, member: Actor) -> OwedErasure:
    """Write down that texts of a member who stays are to go."""
    owed = OwedErasure(
        kind=Kind.TEXT,
        texts=Texts.ERASED,
        subject=member.public_id,
        member_id=member.id,
        state=State.ROWS,
    )
    session.add(owed)
    session.flush()  # the posts are marked with its id
    return owed


def take_slice(session: Session) -> bool:
    """Bring the oldest leaving one slice on; returns whether there was anything to do.

    Two servers never work on the same one: the second passes over it.
    """
    owed = session.scalars(
        select(OwedErasure)
        .where(OwedErasure.state == State.ROWS)
        .order_by(OwedErasure.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if owed is None:
        return False
    leaves_lines = owed.texts is Texts.BLANKED
    if not parting.take_slice(session, owed.id, leaves_lines=leaves_lines):
        erasure.rows_are_gone(owed)
    return True
