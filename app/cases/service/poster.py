"""The account that posted it: suspended in one click, and let go in one click.

The suspension is a statement of reasons of the moderators like any other: it names a rule, confirms
nothing, and can be answered. Which statement it is, the case keeps under the team's key.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.cases import queries, workflow
from app.cases.models import StepItem
from app.cases.service import casework, ledger
from app.cases.service.casework import Opened
from app.cases.words import Clock, ItemState, PlaceKind, Verb
from app.cases.workflow import Gate, ShutError
from app.forum.models import Post
from app.moderation import queries as moderation
from app.moderation import service as moderators
from app.moderation.queries import Ruling
from app.policy.vocabulary import Actor

SUSPENDED_DAYS = 30


def suspend(session: Session, opened: Opened, responder: Actor, facts: str) -> Ruling:
    """Suspend the account that posted what the case is about; its sessions end.

    `facts` is what the account reads: it confirms nothing and names nobody.

    Raises:
        ShutError: when no post of this site is among the places, or it is suspended already.
    """
    post = post_of(session, opened)
    if post is None or post.author_id is None or statement_of(session, opened) is not None:
        raise ShutError(Gate.ORDER)
    ruling = moderators.suspend_for_now(session, responder, post, facts, SUSPENDED_DAYS)
    row = _row(session, opened)
    row.state, row.owner_id = ItemState.DONE, opened.member_id
    opened.ring.write(row, {"proof": ruling.statement.public_id})
    casework.stop_clock(session, opened.case, Clock.SUSPEND)
    ledger.write(session, opened.ring, opened.who, Verb.SUSPENDED)
    return ruling


def lift(session: Session, opened: Opened, responder: Actor) -> None:
    """Take the suspension back.

    Raises:
        ShutError: when there is none.
    """
    ruling = statement_of(session, opened)
    if ruling is None:
        raise ShutError(Gate.ORDER)
    moderators.lift(session, responder, ruling)
    row = _row(session, opened)
    row.state, row.owner_id = ItemState.OPEN, None
    opened.ring.write(row, {"proof": ""})
    ledger.write(session, opened.ring, opened.who, Verb.LIFTED)


def statement_of(session: Session, opened: Opened) -> Ruling | None:
    """The suspension in force, if there is one."""
    row = _row(session, opened)
    proof = opened.ring.read(row)["proof"]
    ruling = moderation.ruling_by_id(session, proof) if proof else None
    return ruling if ruling is not None and ruling.in_force else None


def _row(session: Session, opened: Opened) -> StepItem:
    """The point of the checklist that stands for the suspension.

    Raises:
        ShutError: when the checklist of this case has none.
    """
    row = queries.item_of(session, opened.case.id, workflow.SUSPENDED)
    if row is None:
        raise ShutError(Gate.ORDER)
    return row


def post_of(session: Session, opened: Opened) -> Post | None:
    """The post of this site that the case is about."""
    for place in queries.places_of(session, opened.case.id):
        if place.kind is PlaceKind.HERE:
            found = queries.post_by_public_id(session, opened.ring.read(place)["url"])
            if found is not None:
                return found
    return None
