"""What the operator does: sets the site up, changes its settings, opens and changes boards."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.accounts.models import Member
from app.accounts.service import NewKeys
from app.admin import queries
from app.core import audit, crypto
from app.core.errors import NotFoundError
from app.core.settings import Settings, Signup, read_settings, write_settings
from app.core.text import clean, clean_line
from app.forum import service as forum
from app.forum.models import Board, Category
from app.membership import service as membership
from app.policy.inviting import Inviting, numbers_of
from app.policy.limits import Limits, rows_of
from app.policy.vocabulary import Actor, Entry, Gate, Role, Trust


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the operator decided for the site."""

    name: str
    purpose: str
    norms: str
    signup: Signup


@dataclass(frozen=True, slots=True)
class BoardPlan:
    """A board as the operator wants it."""

    category: str
    name: str
    description: str
    gate: Gate
    reviews_first_posts: bool = False
    entry: Entry = Entry.TRUST


Placed = TypeVar("Placed", Board, Category)


class Way(StrEnum):
    """Where something goes in a list."""

    UP = "up"
    DOWN = "down"


def is_setup_link(settings: Settings, token: str) -> bool:
    """Whether this is the one-time link, and it has not been used."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    known = settings.setup_hash
    return not settings.is_set_up and known != "" and crypto.same(digest.encode(), known.encode())


def set_up(
    session: Session,
    token: str,
    decisions: Decisions,
    operator: tuple[str, NewKeys],
    boards: tuple[BoardPlan, ...],
) -> Member:
    """Make a forum out of an empty database: settings, the first account, the first boards.

    Raises:
        NotFoundError: when the link is not, or no longer, the right one.
    """
    settings = read_settings(session)
    if not is_setup_link(settings, token):
        raise NotFoundError
    write_settings(session, _decided(replace(settings, setup_hash=""), decisions))
    pseudonym, keys = operator
    member = accounts.create_member(
        session, pseudonym, keys, trust=Trust.TRUSTED, roles=Role.OPERATOR | Role.MODERATOR
    )
    session.flush()  # the audit log names the member by an id that is made here
    for plan in boards:
        _open_board(session, plan)
    audit.record(session, member.public_id, "site.set_up", "site")
    return member


def change_settings(session: Session, operator: Actor, decisions: Decisions) -> None:
    """Change what was decided; new norms get a new version, to be agreed to again."""
    write_settings(session, _decided(read_settings(session), decisions))
    audit.record(session, operator.public_id, "settings.edit", "site")


def change_invites(session: Session, operator: Actor, rules: Inviting) -> None:
    """Allow more or fewer invites, or for another time; invites that are out follow at once."""
    write_settings(session, replace(read_settings(session), inviting=numbers_of(rules)))
    audit.record(session, operator.public_id, "invites.edit", "site")


def change_limits(session: Session, operator: Actor, limits: Limits) -> None:
    """Set other limits; what was counted so far begins anew where a number is another."""
    write_settings(session, replace(read_settings(session), limits=rows_of(limits)))
    audit.record(session, operator.public_id, "limits.edit", "site")


def open_board(session: Session, operator: Actor, plan: BoardPlan) -> Board:
    """Open a board, under a new heading if there is none of that name."""
    board = _open_board(session, plan)
    session.flush()  # the audit log names the board by an id that is made here
    audit.record(session, operator.public_id, "board.open", board.public_id)
    return board


def change_board(session: Session, operator: Actor, board: Board, plan: BoardPlan) -> None:
    """Change a board's heading, name, description or gate; who may read it no more sees no trace.

    A heading that is not there yet is made, and one that has lost its last board goes.
    """
    _put_under(session, board, clean_line(plan.category))
    board.name = clean_line(plan.name)
    board.description = clean_line(plan.description)
    board.gate_read = plan.gate.read
    board.gate_reply = plan.gate.reply
    board.gate_start = plan.gate.start
    board.gate_attach = plan.gate.attach
    board.reviews_first_posts = plan.reviews_first_posts
    board.entry = plan.entry
    if plan.entry is Entry.TRUST:
        membership.clear(session, board)
    audit.record(session, operator.public_id, "board.edit", board.public_id)


def rename_heading(session: Session, operator: Actor, category: Category, name: str) -> None:
    """Call a heading another name; if there is one of that name, the boards go under that."""
    audit.record(session, operator.public_id, "heading.edit", category.public_id)
    other = queries.category_named(session, clean_line(name))
    if other is None or other.id == category.id:
        category.name = clean_line(name)
        return
    for board in queries.boards_under(session, category.id):
        _put_under(session, board, other.name)


def shift_heading(session: Session, operator: Actor, category: Category, way: Way) -> None:
    """Put a heading one place up or down; at the end of the list it stays."""
    audit.take_turn(session)  # of two who move at once the second moves what the first has left
    _shift(queries.all_categories(session), category, way)
    audit.record(session, operator.public_id, "heading.shift", category.public_id)


def shift_board(session: Session, operator: Actor, board: Board, way: Way) -> None:
    """Put a board one place up or down under its heading; at the end of the list it stays."""
    audit.take_turn(session)
    _shift(queries.boards_under(session, board.category_id), board, way)
    audit.record(session, operator.public_id, "board.shift", board.public_id)


def _shift(row: list[Placed], thing: Placed, way: Way) -> None:
    """Let a thing change places with its neighbour, and number all of them anew."""
    at = row.index(thing)
    to = min(max(at + (-1 if way is Way.UP else 1), 0), len(row) - 1)
    row.insert(to, row.pop(at))
    for place, one in enumerate(row, start=1):
        one.position = place


def _put_under(session: Session, board: Board, heading: str) -> None:
    """Put a board at the end of a heading, and take the one away that it leaves empty."""
    before = queries.category_of(session, board)
    if before is not None and before.name == heading:
        return
    after = queries.category_named(session, heading) or forum.create_category(session, heading)
    session.flush()  # a new heading gets its id here
    others = queries.boards_under(session, after.id)
    board.category_id = after.id
    board.position = max((other.position for other in others), default=0) + 1
    session.flush()  # what is left under the heading before is asked of the database
    if before is not None and not queries.boards_under(session, before.id):
        session.delete(before)


def _decided(settings: Settings, decisions: Decisions) -> Settings:
    """The settings with what was decided in them."""
    norms = clean(decisions.norms)
    version = settings.norms_version + (settings.norms not in {norms, ""})
    return replace(
        settings,
        name=clean_line(decisions.name),
        purpose=clean_line(decisions.purpose),
        norms=norms,
        norms_version=version,
        signup=decisions.signup,
    )


def _open_board(session: Session, plan: BoardPlan) -> Board:
    """Add a board under its heading."""
    heading = clean_line(plan.category)
    category = queries.category_named(session, heading) or forum.create_category(session, heading)
    board = forum.create_board(session, category, plan.name, plan.description, plan.gate)
    board.reviews_first_posts = plan.reviews_first_posts
    board.entry = plan.entry
    return board
