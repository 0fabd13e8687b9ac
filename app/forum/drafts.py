"""Drafts: texts that a member keeps for later, sealed so that nobody else can open them.

What is sealed is the text and where it was meant for. The disk tells how many drafts a member has,
since which day, and how long they are at the most. A form keeps one draft: kept again, it takes the
place of what was kept before.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.core import clock, ids, sealing, shreds
from app.core.errors import RefusalError
from app.forum.models import DRAFT_DAYS, KeptDraft
from app.policy.vocabulary import Actor
from app.privacy import erasure

DRAFTS_A_MEMBER: Final = 50
DRAFT_SIGNS: Final = 100_000  # five times what a post may have: a text is often kept to be cut


class TooManyDraftsError(RefusalError):
    """A member keeps as many drafts as can be; nothing was stored."""


class Meant(StrEnum):
    """What a draft was meant to become."""

    THREAD = "thread"
    REPLY = "reply"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Wording:
    """What lies in a draft: the text, and the public id of the board, thread or post it is for."""

    meant: Meant
    place: str
    body: str = field(repr=False)
    title: str = field(default="", repr=False)
    quoted: tuple[str, ...] = ()
    is_following: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to keep."""
        return not (self.title or self.body).strip()


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft that its member has opened."""

    public_id: str
    form_key: str
    kept_on: date
    wording: Wording

    @property
    def days_left(self) -> int:
        """In how many days it is forgotten; retention may be a few hours late."""
        return max((self.kept_on - clock.today()).days + DRAFT_DAYS + 1, 0)


# --- reading --------------------------------------------------------------------------------------


def draft_by_id(session: Session, public_id: str) -> KeptDraft | None:
    """The draft with this public id."""
    return session.scalars(select(KeptDraft).where(KeptDraft.public_id == public_id)).first()


def draft_of_form(session: Session, member: Actor, form_key: str) -> KeptDraft | None:
    """What a form of this member has kept."""
    query = select(KeptDraft).where(
        KeptDraft.member_id == member.id, KeptDraft.form_key == form_key
    )
    return session.scalars(query).first()


def drafts_of(session: Session, member: Actor) -> Sequence[KeptDraft]:
    """A member's drafts, the last one first."""
    query = select(KeptDraft).where(KeptDraft.member_id == member.id)
    return session.scalars(query.order_by(KeptDraft.kept_on.desc(), KeptDraft.id.desc())).all()


def opened(session: Session, private_key: bytes, kept: Sequence[KeptDraft]) -> Sequence[OpenDraft]:
    """Drafts as their member reads them, in the same order; one that was erased is left out.

    Raises:
        BrokenSealError: when one is somebody else's, or was changed by another hand.
    """
    halves = shreds.shred_parts(session, [draft.shred_id for draft in kept])
    return [
        OpenDraft(
            public_id=draft.public_id,
            form_key=draft.form_key,
            kept_on=draft.kept_on,
            wording=_read(
                sealing.open_item(
                    private_key,
                    draft.part,
                    halves[draft.shred_id],
                    draft.box,
                    _binding(draft.public_id),
                )
            ),
        )
        for draft in kept
        if draft.shred_id in halves
    ]


# --- keeping and erasing --------------------------------------------------------------------------


def keep(session: Session, member: Actor, form_key: str, wording: Wording) -> KeptDraft:
    """Keep a text for later, in place of what the same form kept before.

    Raises:
        TooManyDraftsError: when the member has as many as can be, and this is another one.
    """
    # Two browsers at once wait for one another: a form keeps one draft, and a member so many.
    session.execute(select(Member.id).where(Member.id == member.id).with_for_update())
    kept = draft_of_form(session, member, form_key)
    if kept is None:
        if _count(session, member) >= DRAFTS_A_MEMBER:
            raise TooManyDraftsError
        kept = KeptDraft(public_id=ids.new_id(), member_id=member.id, form_key=form_key)
    else:
        shreds.destroy(session, [kept.shred_id])
    kept.shred_id, shred = shreds.new_shred(session)
    sealed = sealing.seal_item(
        shred, [member.public_key], _written(wording), _binding(kept.public_id)
    )
    kept.box, (kept.part,) = sealed.box, sealed.parts
    kept.kept_on = clock.today()
    session.add(kept)
    session.flush()  # whoever looks for this form's draft in this very transaction must find it
    return kept


def erase(session: Session, draft: KeptDraft) -> None:
    """Make a draft be gone: it opens no more, and its bytes are owed."""
    shreds.destroy(session, [draft.shred_id])
    erasure.owe(session, draft.member_id, draft.public_id)
    session.delete(draft)


def erase_of_form(session: Session, member: Actor, form_key: str | None) -> None:
    """Make the draft be gone that a form has kept, once its text is posted."""
    if form_key and (draft := draft_of_form(session, member, form_key)):
        erase(session, draft)


def erase_all(session: Session, member_id: int) -> None:
    """Let no draft of a member open any more, as the account ends; their rows go with it."""
    gone = session.scalars(
        delete(KeptDraft).where(KeptDraft.member_id == member_id).returning(KeptDraft.shred_id)
    ).all()
    shreds.destroy(session, gone)


def _count(session: Session, member: Actor) -> int:
    """How many drafts a member keeps."""
    query = select(func.count()).select_from(KeptDraft).where(KeptDraft.member_id == member.id)
    return session.scalar(query) or 0


def _written(wording: Wording) -> bytes:
    """A wording as it is sealed."""
    return json.dumps(asdict(wording), ensure_ascii=False).encode()


def _read(text: bytes) -> Wording:
    """What `_written` wrote."""
    values = json.loads(text)
    return Wording(**values | {"meant": Meant(values["meant"]), "quoted": tuple(values["quoted"])})


def _binding(public_id: str) -> str:
    """The place of one draft, as its key knows it."""
    return sealing.bind("draft", KeptDraft.__tablename__, public_id)
