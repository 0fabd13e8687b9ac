"""Removing the account that posted it, for good: one proposes, a second agrees, in time.

The proposal is the statement of reasons itself, as the account will read it. It runs out by itself.
Until it is agreed to, the account stays suspended as it is; the answer is read by others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

from app.cases import queries, workflow
from app.cases.models import StepItem
from app.cases.service import casework, ledger, poster
from app.cases.service.casework import Opened
from app.cases.words import ItemState, Verb
from app.cases.workflow import Gate, ShutError
from app.core import clock
from app.core.text import clean
from app.moderation import queries as moderation
from app.moderation import service as moderators
from app.policy.vocabulary import Actor

ITEM: Final = "leaker.removal"
OPEN_FOR: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was proposed: by whom, in which words, and until when somebody may agree."""

    by_id: int
    by: str
    text: str
    until: date


def proposal(session: Session, opened: Opened) -> Proposal | None:
    """The proposal that waits for a second person; one that has run out is none."""
    row = _item(session, opened)
    sealed = opened.ring.read(row)
    if row.first_id is None or "until" not in sealed:
        return None
    until = date.fromisoformat(sealed["until"])
    if clock.today() > until:
        return None
    return Proposal(row.first_id, sealed["by"], sealed["text"], until)


def is_removed(session: Session, opened: Opened) -> bool:
    """Whether the account is removed, and that was not taken back after its answer."""
    statement = opened.ring.read(_item(session, opened)).get("statement", "")
    ruling = moderation.ruling_by_id(session, statement) if statement else None
    return ruling is not None and bool(ruling.in_force)


def propose(session: Session, opened: Opened, text: str) -> Proposal:
    """Propose that the account is removed, with the statement of reasons that it will read.

    Raises:
        SealedTermError: when the statement holds a sealed term: it must confirm nothing.
        ShutError: when it says nothing, no account of this site posted it, or it is removed.
    """
    casework.check_clean(opened, text)
    if not workflow.is_reason(text):
        raise ShutError(Gate.STATEMENT)
    post = poster.post_of(session, opened)
    if post is None or post.author_id is None or is_removed(session, opened):
        raise ShutError(Gate.ORDER)
    row = _item(session, opened)
    until = clock.today() + OPEN_FOR
    row.first_id = opened.member_id
    opened.ring.write(
        row,
        {"proof": "", "by": opened.who, "text": clean(text), "until": until.isoformat()},
    )
    ledger.write(session, opened.ring, opened.who, Verb.AGREED, ITEM)
    return Proposal(opened.member_id, opened.who, clean(text), until)


def agree(session: Session, opened: Opened, responder: Actor) -> None:
    """Agree as the second person: the account is removed, told why, and can answer to others.

    Raises:
        ShutError: when nothing is proposed or it has run out, or the same person agrees.
        SealedTermError: when what was clean then holds a sealed term now.
    """
    now = proposal(session, opened)
    post = poster.post_of(session, opened)
    if now is None or post is None:
        raise ShutError(Gate.ORDER)
    people = frozenset({now.by_id, opened.member_id})
    shut = workflow.removing_account(people, has_statement=bool(now.text))
    if shut:
        raise ShutError(*shut)
    casework.check_clean(opened, now.text)
    ruling = moderators.remove_account(session, responder, now.by_id, post, now.text)
    row = _item(session, opened)
    row.state, row.owner_id, row.first_id = ItemState.DONE, opened.member_id, None
    opened.ring.write(row, {"proof": "", "statement": ruling.statement.public_id})
    ledger.write(session, opened.ring, opened.who, Verb.REMOVED)


def take_back(session: Session, opened: Opened) -> None:
    """Take the proposal back, by whoever works on the case.

    Raises:
        ShutError: when nothing is proposed.
    """
    row = _item(session, opened)
    if row.first_id is None:
        raise ShutError(Gate.ORDER)
    row.first_id = None
    opened.ring.write(row, {"proof": ""})
    ledger.write(session, opened.ring, opened.who, Verb.TICKED, f"{ITEM} taken back")


def _item(session: Session, opened: Opened) -> StepItem:
    """The point of the checklist that stands for the removal.

    Raises:
        ShutError: when the checklist of this case has none.
    """
    row = queries.item_of(session, opened.case.id, ITEM)
    if row is None:
        raise ShutError(Gate.ORDER)
    return row
