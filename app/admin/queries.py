"""What the operator's console shows: boards and their headings. Nothing of members' words."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.forum.models import Board, Category


def all_boards(session: Session) -> list[tuple[Category, Board]]:
    """Every board with its category, in their order."""
    query = (
        select(Category, Board)
        .join(Board, Board.category_id == Category.id)
        .order_by(Category.position, Category.id, Board.position, Board.id)
    )
    return [(category, board) for category, board in session.execute(query)]


def category_named(session: Session, name: str) -> Category | None:
    """The category of that name."""
    return session.scalars(select(Category).where(Category.name == name)).first()


def category_of(session: Session, board: Board) -> Category | None:
    """The category that a board stands under."""
    return session.get(Category, board.category_id)
