"""What the operator's console shows: boards and their headings. Nothing of members' words."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.forum.models import Board, Category


def all_boards(session: Session) -> list[tuple[Category, list[Board]]]:
    """Every heading with its boards, in their order."""
    query = (
        select(Category, Board)
        .join(Board, Board.category_id == Category.id)
        .order_by(Category.position, Category.id, Board.position, Board.id)
    )
    found = [(category, board) for category, board in session.execute(query)]
    return [
        (category, [board for _, board in under])
        for category, under in groupby(found, key=itemgetter(0))
    ]


def boards_under(session: Session, category_id: int) -> list[Board]:
    """The boards of a heading, in their order."""
    query = select(Board).where(Board.category_id == category_id)
    return list(session.scalars(query.order_by(Board.position, Board.id)))


def all_categories(session: Session) -> list[Category]:
    """Every heading, in their order."""
    return list(session.scalars(select(Category).order_by(Category.position, Category.id)))


def category_by_id(session: Session, public_id: str) -> Category | None:
    """The heading with this public id."""
    return session.scalars(select(Category).where(Category.public_id == public_id)).first()


def category_named(session: Session, name: str) -> Category | None:
    """The category of that name."""
    return session.scalars(select(Category).where(Category.name == name)).first()


def category_of(session: Session, board: Board) -> Category | None:
    """The category that a board stands under."""
    return session.get(Category, board.category_id)
