"""Reading who has joined a board, and who is invited."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from app.accounts.models import Member, Membership
from app.forum.models import Board
from app.policy.vocabulary import Actor, Gate


@dataclass(frozen=True, slots=True)
class Place:
    """A membership, or the invitation to one: of whom, and on which board."""

    membership: Membership
    board: Board
    pseudonym: str

    @property
    def public_id(self) -> str:
        """What addresses call it."""
        return self.membership.public_id

    @property
    def gate(self) -> Gate:
        """The gate of its board."""
        return self.board.gate

    @property
    def member_id(self) -> int | None:
        """Whose it is."""
        return self.membership.member_id

    @property
    def is_invitation(self) -> bool:
        """Whether the member has not yet said yes."""
        return self.membership.is_invitation

    @property
    def is_moderator(self) -> bool:
        """Whether the member moderates the board, or will once he or she has said yes."""
        return self.membership.is_moderator


def place_by_id(session: Session, public_id: str) -> Place | None:
    """The membership or invitation with this public id."""
    row = session.execute(_places().where(Membership.public_id == public_id)).first()
    return None if row is None else _place(row)


def place_of(session: Session, board: Board, member_id: int) -> Place | None:
    """The place, or the invitation to it, that a member has on a board."""
    query = _places().where(Board.id == board.id, Member.id == member_id)
    row = session.execute(query).first()
    return None if row is None else _place(row)


def places_on(session: Session, board: Board) -> list[Place]:
    """Everybody who has joined a board or is invited to it: its moderators first, then by name."""
    query = _places().where(Board.id == board.id)
    ordered = query.order_by(Membership.is_moderator.desc(), Member.pseudonym)
    return [_place(row) for row in session.execute(ordered)]


def invitations_of(session: Session, member: Actor) -> list[Place]:
    """The invitations that a member can take."""
    query = _places().where(Member.id == member.id, Membership.invited_on.is_not(None))
    return [_place(row) for row in session.execute(query.order_by(Membership.id))]


def _places() -> Select[Membership, Board, str]:
    return (
        select(Membership, Board, Member.pseudonym)
        .join(Board, Board.id == Membership.board_id)
        .join(Member, Member.id == Membership.member_id)
    )


def _place(row: Row[Membership, Board, str]) -> Place:
    return Place(*row)
