"""Who invited whom, for moderators; and the line that an inviter finds after a sanction.

The line names nobody. An inviter often knows the person and not the pseudonym, and a name here
would join the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, literal, select
from sqlalchemy.orm import Session

from app.accounts import looks
from app.accounts.models import InviteTie, Member, Seen
from app.accounts.queries import member_by_pseudonym
from app.core import audit
from app.core.errors import StaleError
from app.forum import service as forum
from app.policy.vocabulary import Actor, Standing

LINE: Final = "invitee_sanctioned"
DEEPEST: Final = 6  # steps from one member that one page shows
MOST_SHOWN: Final = 200  # members below one that one page shows


class Cut(StrEnum):
    """Why a moderator cuts a tie. The audit log holds no words, so there are these."""

    ABUSE = "abuse"
    SAFETY = "safety"
    MISTAKE = "mistake"


@dataclass(frozen=True, slots=True)
class Branch:
    """One member in the tree: how many steps away, and since when the tie is there."""

    pseudonym: str
    standing: Standing
    steps: int
    made_on: date


@dataclass(frozen=True, slots=True)
class Tree:
    """A member, whoever stands above, the nearest first, and all below, each under the inviter."""

    member_id: int
    inviter_id: int | None
    pseudonym: str
    above: Sequence[Branch]
    below: Sequence[Branch]


def tree_of(session: Session, pseudonym: str) -> Tree | None:
    """The tree around the member of this name; two questions, however large it is."""
    member = member_by_pseudonym(session, pseudonym)
    if member is None:
        return None
    above = _walk(session, member.id, is_up=True)
    nearest = above[0][0] if above else None
    return Tree(
        member_id=member.id,
        inviter_id=nearest,
        pseudonym=member.pseudonym,
        above=[branch for _id, _under, branch in above],
        below=_in_order(member.id, _walk(session, member.id, is_up=False)),
    )


def note_trace(session: Session, moderator: Actor, member_id: int) -> None:
    """Write down that a moderator has looked up who invited a member, and whom he or she brought.

    Those around the member are not told: rows of one look would join them when the ties are gone.
    """
    looks.note(session, moderator, "invite.trace", member_id, Seen.TREE)


def cut(session: Session, moderator: Actor, tree: Tree, why: Cut) -> None:
    """Take the tie between a member and the inviter away for good.

    Raises:
        StaleError: when there is no such tie any more.
    """
    audit.take_turn(session)
    gone = session.execute(
        delete(InviteTie)
        .where(InviteTie.member_id == tree.member_id, InviteTie.invited_by_id == tree.inviter_id)
        .returning(InviteTie.public_id)
    ).scalar_one_or_none()
    if gone is None:
        raise StaleError
    audit.record(session, moderator.public_id, f"invite.cut_{why}", gone)


def tell_inviter(session: Session, member_id: int) -> None:
    """Put a line into the inbox of whoever invited a member that was just sanctioned."""
    tie = session.get(InviteTie, member_id)
    if tie is not None:
        forum.notify(session, tie.invited_by_id, LINE, tie.public_id)


def take_line_back(session: Session, member_id: int) -> None:
    """Take that line away again, because the sanction was a mistake."""
    tie = session.get(InviteTie, member_id)
    if tie is not None:
        forum.take_notice_back(session, tie.invited_by_id, LINE, tie.public_id)


def _walk(session: Session, member_id: int, *, is_up: bool) -> list[tuple[int, int, Branch]]:
    """Every step up or down: who was reached, from whom, and what is shown; the nearest first."""
    here, there = InviteTie.member_id, InviteTie.invited_by_id
    if not is_up:
        here, there = there, here
    columns = (there.label("reached"), here.label("from_id"), InviteTie.made_on)
    walked = (
        select(*columns, literal(1).label("steps"))
        .where(here == member_id)
        .cte("walked", recursive=True)
    )
    walked = walked.union_all(
        select(*columns, walked.c.steps + 1)
        .join(walked, here == walked.c.reached)
        .where(walked.c.steps < DEEPEST)
    )
    query = (
        select(walked, Member)
        .join(Member, Member.id == walked.c.reached)
        .order_by(walked.c.steps, Member.id)
        .limit(MOST_SHOWN)
    )
    return [
        (reached, from_id, Branch(member.pseudonym, member.standing_now, steps, made_on))
        for reached, from_id, made_on, steps, member in session.execute(query)
    ]


def _in_order(top: int, found: Sequence[tuple[int, int, Branch]]) -> list[Branch]:
    """Those below, each right after whoever invited him or her."""
    under: dict[int, list[tuple[int, Branch]]] = {}
    for reached, inviter, branch in found:
        under.setdefault(inviter, []).append((reached, branch))
    ordered: list[Branch] = []
    waiting = under.get(top, [])[::-1]
    while waiting:
        reached, branch = waiting.pop()
        ordered.append(branch)
        waiting += under.get(reached, [])[::-1]
    return ordered
