"""Coming to a board that one enters by joining, moderating it, and leaving it.

The audit log names the board and never the member: it is kept for good, and who was of which board
is nobody's to know once it is over.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from app.accounts import sessions
from app.accounts.models import Member, Membership
from app.core import audit, clock
from app.forum import service as forum
from app.forum.models import Board, Notice
from app.membership import queries
from app.membership.queries import Place
from app.policy.vocabulary import Actor

INVITED = "board_invited"  # the kinds of the lines that members find in their inbox
APPOINTED = "board_appointed"
ENDED = "board_ended"


def invite(session: Session, moderator: Actor, board: Board, member: Member) -> None:
    """Invite a member to a board. Whoever is invited or has joined already is left as it is."""
    audit.take_turn(session)  # two who invite the same member at once make one invitation
    if queries.place_of(session, board, member.id) is not None:
        return
    _offer(session, board, member, is_moderator=False)
    audit.record(session, moderator.public_id, "board.invite", board.public_id)


def appoint(session: Session, operator: Actor, board: Board, member: Member) -> None:
    """Make a member one of the board's own moderators.

    Who has not joined is invited, and moderates from the yes on. Whoever has joined signs in anew.
    """
    audit.take_turn(session)
    place = queries.place_of(session, board, member.id)
    if place is None:
        _offer(session, board, member, is_moderator=True)
    elif not place.is_moderator:
        place.membership.is_moderator = True
        if not place.is_invitation:
            sessions.end_all(session, member.id)
            forum.notify(session, member.id, APPOINTED, place.public_id)
    audit.record(session, operator.public_id, "board.appoint", board.public_id)


def dismiss(session: Session, operator: Actor, place: Place) -> None:
    """Let one of the board's own moderators be a member like the others, from a new sign-in on."""
    audit.take_turn(session)
    place.membership.is_moderator = False
    sessions.end_all(session, place.membership.member_id)
    audit.record(session, operator.public_id, "board.dismiss", place.board.public_id)


def accept(session: Session, place: Place) -> None:
    """Take an invitation: from now on the board is there."""
    place.membership.invited_on = None
    _forget_lines(session, place)


def end(session: Session, place: Place) -> None:
    """Leave a board, or say no to an invitation. What the member wrote there stays."""
    _forget_lines(session, place)
    session.delete(place.membership)


def put_out(session: Session, moderator: Actor, place: Place) -> None:
    """Take a member's place, or take an invitation back; the member is told of the former."""
    audit.take_turn(session)
    has_joined = not place.is_invitation
    end(session, place)
    if has_joined:
        if place.is_moderator:
            sessions.end_all(session, place.membership.member_id)
        forum.notify(session, place.membership.member_id, ENDED, place.public_id)
    audit.record(session, moderator.public_id, "board.put_out", place.board.public_id)


def leave_all(session: Session, member_id: int) -> None:
    """Take a member off every board, as nothing is to lead from the old name to the new one."""
    _forget(session, Membership.member_id == member_id)


def clear(session: Session, board: Board) -> None:
    """Forget who had joined a board, because it is entered by trust from now on."""
    _forget(session, Membership.board_id == board.id)


def _offer(session: Session, board: Board, member: Member, *, is_moderator: bool) -> None:
    """Keep an invitation, and tell the member of it."""
    made = Membership(
        board_id=board.id,
        member_id=member.id,
        is_moderator=is_moderator,
        invited_on=clock.today(),
    )
    session.add(made)
    session.flush()  # the line names it by its id
    forum.notify(session, member.id, INVITED, made.public_id)


def _forget(session: Session, which: ColumnElement[bool]) -> None:
    """Delete memberships and invitations with the lines that speak of them."""
    ids = list(session.scalars(select(Membership.public_id).where(which)))
    session.execute(delete(Notice).where(Notice.subject.in_(ids)))
    session.execute(delete(Membership).where(Membership.public_id.in_(ids)))


def _forget_lines(session: Session, place: Place) -> None:
    """Take the lines about a membership out of the inbox."""
    session.execute(delete(Notice).where(Notice.subject == place.public_id))
