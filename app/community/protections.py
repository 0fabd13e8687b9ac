"""Protections: what is made stricter for a while after something happened, and undone on its day.

Nothing is patched and patched back. `settle` derives every guarded setting of every board from two
things: what it was before (`GuardedValue`), and what the protections ask for that are in force. So
they may overlap and end in any order, and what somebody changed by hand meanwhile stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.community.models import GuardedValue, Measure, Protection
from app.community.service import announce
from app.core import audit, clock, ids
from app.core.settings import read_settings, write_setting
from app.forum.models import Board
from app.policy.vocabulary import Actor, Trust

MOST_DAYS: Final = 365
THE_TICK: Final = "tick"  # who ends a protection on its day, as the audit log names it

# Which settings of a board a measure guards. The others concern the whole site.
WRITING: Final = ("gate_reply", "gate_start", "gate_attach")
FIELDS: Final[Mapping[Measure, tuple[str, ...]]] = {
    Measure.MEMBERS_ONLY: ("gate_read",),
    Measure.GATE: ("gate_read", *WRITING),
    Measure.WRITING: WRITING,
    Measure.PICTURES: ("gate_attach",),
    Measure.FIRST_POSTS: ("reviews_first_posts",),
}
ASKS_FOR_TRUST: Final = frozenset({Measure.GATE, Measure.WRITING, Measure.PICTURES})
SITE_WIDE: Final[Mapping[Measure, str]] = {
    Measure.INVITES: "is_inviting_paused",
    Measure.RETENTION: "is_kept_shorter",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody wants to be stricter: without a board, everywhere."""

    measure: Measure
    until_on: date
    board: Board | None = None
    trust: Trust = Trust.KNOWN
    is_told: bool = False

    @property
    def least(self) -> Trust:
        """What a gate has to ask for at least."""
        return self.trust if self.measure in ASKS_FOR_TRUST else Trust.NEWCOMER


def begin(session: Session, actor: Actor, plan: Plan) -> Protection:
    """Make something stricter, at once."""
    audit.take_turn(session)
    made = Protection(
        public_id=ids.new_id(),
        measure=plan.measure,
        board_id=None if plan.board is None or plan.measure in SITE_WIDE else plan.board.id,
        trust=plan.least,
        owner_id=actor.id,
        last_words=str(_last_words(plan.measure)) if plan.is_told else "",
        began_on=clock.today(),
        until_on=min(plan.until_on, clock.today() + timedelta(days=MOST_DAYS)),
    )
    session.add(made)
    _settle(session)
    audit.record(session, actor.public_id, "protection.begin", made.public_id)
    if plan.is_told:
        announce(session, str(_first_words(made)), clock.today())
    return made


def end(session: Session, actor: Actor, protection: Protection) -> None:
    """Undo a protection before its day; one that is over is left alone."""
    if protection.ended_on is None:
        _end(session, [protection], actor.public_id)


def end_due(session: Session) -> int:
    """Undo what has reached its day, and let the others reach boards that are new.

    Returns how many were undone.
    """
    due = session.scalars(
        select(Protection).where(
            Protection.ended_on.is_(None), Protection.until_on <= clock.today()
        )
    ).all()
    _end(session, due, THE_TICK)
    return len(due)


def _end(session: Session, ending: Sequence[Protection], by: str) -> None:
    """Undo protections."""
    audit.take_turn(session)
    for protection in ending:
        protection.ended_on = clock.today()
    _settle(session)
    for protection in ending:
        audit.record(session, by, "protection.end", protection.public_id)
        if protection.last_words:
            announce(session, protection.last_words, clock.today())


def _settle(session: Session) -> None:
    """Give every guarded setting the value that follows from what is in force.

    A setting that is neither what it was nor what it was raised to was changed by hand: that is
    then what it was before.
    """
    session.flush()  # what has just begun or ended counts
    in_force = session.scalars(select(Protection).where(Protection.ended_on.is_(None))).all()
    guarded = {(row.board_id, row.field): row for row in session.scalars(select(GuardedValue))}
    for board in session.scalars(select(Board)):
        asked = _asked(board, in_force)
        for field in {*asked, *(name for board_id, name in guarded if board_id == board.id)}:
            row = guarded.get((board.id, field))
            now = int(getattr(board, field))
            before = row.before if row is not None and row.raised == now else now
            least = asked.get(field)
            wanted = before if least is None else max(before, least)
            if wanted != now:
                kind = type(getattr(board, field))
                setattr(board, field, kind(wanted))
            if row is not None and least is None:
                session.delete(row)
            elif row is not None:
                row.before, row.raised = before, wanted
            elif least is not None:
                session.add(
                    GuardedValue(board_id=board.id, field=field, before=before, raised=wanted)
                )
    for measure, name in SITE_WIDE.items():
        is_on = any(protection.measure is measure for protection in in_force)
        if getattr(read_settings(session), name) is not is_on:
            write_setting(session, name, is_on)


def _asked(board: Board, in_force: Iterable[Protection]) -> dict[str, int]:
    """What protections ask of a board: each setting, and its least value."""
    asked: dict[str, int] = {}
    for protection in in_force:
        if protection.board_id in {None, board.id}:
            for field in FIELDS.get(protection.measure, ()):
                least = 1 if protection.measure is Measure.FIRST_POSTS else int(protection.trust)
                asked[field] = max(asked.get(field, 0), least)
    return asked


# --- reading --------------------------------------------------------------------------------------


def protection_by_id(session: Session, public_id: str) -> Protection | None:
    """A protection by its public id, with its board."""
    query = select(Protection).where(Protection.public_id == public_id)
    return session.scalars(query.options(joinedload(Protection.board))).first()


def protections(session: Session) -> Sequence[Protection]:
    """All that are kept: those in force by their last day, then those that are over."""
    order = (Protection.ended_on.is_not(None), Protection.until_on, Protection.id)
    return session.scalars(
        select(Protection).options(joinedload(Protection.board)).order_by(*order)
    ).all()


def all_boards(session: Session) -> list[Board]:
    """Every board there is, by name."""
    return list(session.scalars(select(Board).order_by(Board.name, Board.id)))


# --- what everybody is told: never of which board -------------------------------------------------


def _first_words(begun: Protection) -> str:
    """The notice of a beginning."""
    day = begun.until_on.isoformat()
    words: Mapping[Measure, str] = {
        Measure.MEMBERS_ONLY: _("Until %(day)s, some boards are for members alone.", day=day),
        Measure.GATE: _("Until %(day)s, some boards ask for more trust.", day=day),
        Measure.WRITING: _("Until %(day)s, writing asks for more trust on some boards.", day=day),
        Measure.PICTURES: _("Until %(day)s, pictures ask for more trust.", day=day),
        Measure.FIRST_POSTS: _(
            "Until %(day)s, moderators look at posts of newcomers first on some boards.", day=day
        ),
        Measure.INVITES: _("Until %(day)s, no invites are made or used.", day=day),
        Measure.RETENTION: _(
            "Until %(day)s, messages, earlier wordings and lines in the inbox are kept for a "
            "shorter time. What goes meanwhile does not come back.",
            day=day,
        ),
    }
    return words[begun.measure]


def _last_words(measure: Measure) -> str:
    """The notice of an end."""
    words: Mapping[Measure, str] = {
        Measure.MEMBERS_ONLY: _("Visitors can read again where they could before."),
        Measure.GATE: _("Boards that asked for more trust for a while no longer do."),
        Measure.WRITING: _("Writing asks for no more trust than before."),
        Measure.PICTURES: _("Pictures ask for no more trust than before."),
        Measure.FIRST_POSTS: _("Posts of newcomers appear at once again, where they did before."),
        Measure.INVITES: _("Invites can be made and used again."),
        Measure.RETENTION: _("Things are kept as long as before again."),
    }
    return words[measure]
