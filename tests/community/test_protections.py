"""Protections do what they list, overlap, end on their day, and leave all as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.service import InvitesPausedError, NotRightError, make_invite, spend_invite
from app.cli.tick import tick
from app.community import protections
from app.community.models import Announcement, GuardedValue, Measure, Protection
from app.community.protections import Plan
from app.core import clock
from app.core.audit import AuditEntry
from app.core.db import Database
from app.core.settings import read_settings
from app.forum.models import Board, Notice
from app.policy.vocabulary import Actor, Role, Trust
from app.privacy.retention import run_retention
from tests.factories import make_board, make_member, make_moderator, make_thread

MoveClock = Callable[[timedelta], None]
SignIn = Callable[..., FlaskClient]


def gates(board: Board) -> tuple[int, ...]:
    return tuple(
        int(value)
        for value in (
            board.gate_read,
            board.gate_reply,
            board.gate_start,
            board.gate_attach,
            board.reviews_first_posts,
        )
    )


def begin(
    session: Session,
    by: Actor,
    measure: Measure,
    board: Board | None = None,
    *,
    trust: Trust = Trust.REGULAR,
    days: int = 7,
    is_told: bool = False,
) -> Protection:
    until_on = clock.today() + timedelta(days=days)
    return protections.begin(session, by, Plan(measure, until_on, board, trust, is_told))


@pytest.fixture
def owl(session: Session) -> Actor:
    return make_moderator(session).actor


@pytest.fixture
def harbour(session: Session) -> Board:
    return make_board(session, "Harbour", gate_read=Trust.VISITOR)


@pytest.mark.parametrize(
    ("measure", "raised"),
    [
        (Measure.MEMBERS_ONLY, (1, 1, 1, 2, 0)),
        (Measure.GATE, (3, 3, 3, 3, 0)),
        (Measure.WRITING, (0, 3, 3, 3, 0)),
        (Measure.PICTURES, (0, 1, 1, 3, 0)),
        (Measure.FIRST_POSTS, (0, 1, 1, 2, 1)),
    ],
)
def test_each_measure_does_what_it_lists_and_its_end_undoes_it(
    session: Session, owl: Actor, harbour: Board, measure: Measure, raised: tuple[int, ...]
) -> None:
    before = gates(harbour)
    made = begin(session, owl, measure, harbour)
    assert gates(harbour) == raised
    protections.end(session, owl, made)
    assert gates(harbour) == before
    assert session.scalar(select(func.count()).select_from(GuardedValue)) == 0


def test_one_board_is_guarded_and_the_others_stay_as_they_are(
    session: Session, owl: Actor, harbour: Board
) -> None:
    other = make_board(session, "Quay")
    before = gates(other)
    begin(session, owl, Measure.GATE, harbour)
    assert gates(other) == before


def test_a_gate_that_asks_for_more_already_is_never_lowered(session: Session, owl: Actor) -> None:
    quiet = make_board(session, "Quiet", gate_read=Trust.TRUSTED)
    before = gates(quiet)
    made = begin(session, owl, Measure.GATE, trust=Trust.KNOWN)
    assert gates(quiet)[:3] == before[:3]
    protections.end(session, owl, made)
    assert gates(quiet) == before


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_protections_that_overlap_may_end_in_any_order(
    session: Session, owl: Actor, harbour: Board, order: tuple[int, ...]
) -> None:
    before = gates(harbour)
    made = [
        begin(session, owl, Measure.MEMBERS_ONLY),
        begin(session, owl, Measure.GATE, harbour, trust=Trust.TRUSTED),
        begin(session, owl, Measure.WRITING, harbour, trust=Trust.KNOWN),
    ]
    for place in order:
        protections.end(session, owl, made[place])
    assert gates(harbour) == before


def test_what_somebody_changed_by_hand_meanwhile_stays(
    session: Session, owl: Actor, harbour: Board
) -> None:
    made = begin(session, owl, Measure.GATE, harbour, trust=Trust.KNOWN)
    harbour.gate_read = Trust.TRUSTED
    protections.end(session, owl, made)
    assert harbour.gate_read is Trust.TRUSTED
    assert harbour.gate_reply is Trust.NEWCOMER, "what nobody touched is as before"


def test_a_board_that_was_opened_later_is_reached_too(
    session: Session, database: Database, owl: Actor
) -> None:
    begin(session, owl, Measure.MEMBERS_ONLY)
    late = make_board(session, "Late", gate_read=Trust.VISITOR)
    session.commit()
    tick(database)
    session.refresh(late)
    assert late.gate_read is Trust.NEWCOMER


def test_the_tick_undoes_it_on_its_day_and_not_before(
    session: Session, database: Database, owl: Actor, harbour: Board, move_clock: MoveClock
) -> None:
    before = gates(harbour)
    begin(session, owl, Measure.GATE, harbour, days=7, is_told=True)
    begin(session, owl, Measure.INVITES, days=7)
    session.commit()
    move_clock(timedelta(days=6))
    tick(database)
    session.expire_all()
    assert gates(harbour) != before
    assert read_settings(session).is_inviting_paused
    session.commit()
    move_clock(timedelta(days=1))
    tick(database)
    session.expire_all()
    assert gates(harbour) == before
    assert not read_settings(session).is_inviting_paused
    told = list(session.scalars(select(Announcement.text).order_by(Announcement.id)))
    assert len(told) == 2, "the beginning and the end of the one that was to be told"
    assert not any("Harbour" in text for text in told)
    verbs = list(session.scalars(select(AuditEntry.verb).order_by(AuditEntry.sequence)))
    assert verbs == ["protection.begin"] * 2 + ["protection.end"] * 2


def test_nobody_is_told_unless_that_was_chosen(
    session: Session, owl: Actor, harbour: Board
) -> None:
    protections.end(session, owl, begin(session, owl, Measure.GATE, harbour))
    assert session.scalar(select(func.count()).select_from(Announcement)) == 0


def test_while_invites_rest_none_is_made_and_none_lets_anybody_in(
    session: Session, owl: Actor
) -> None:
    words = make_invite(session, owl)
    made = begin(session, owl, Measure.INVITES)
    with pytest.raises(InvitesPausedError):
        make_invite(session, owl)
    with pytest.raises(NotRightError):
        spend_invite(session, words)
    protections.end(session, owl, made)
    spend_invite(session, words)


def test_things_are_kept_shorter_and_then_as_long_as_before(
    session: Session, owl: Actor, move_clock: MoveClock
) -> None:
    def lines() -> int:
        return session.scalar(select(func.count()).select_from(Notice)) or 0

    for subject in ("one", "two"):
        notice = Notice(
            member_id=owl.id, kind="reply", subject=subject, made_on=clock.today(), is_read=False
        )
        session.add(notice)
        session.flush()  # each is made on its day
        move_clock(timedelta(days=15))
    run_retention(session)
    assert lines() == 2, "usually a line is kept for ninety days"
    made = begin(session, owl, Measure.RETENTION)
    run_retention(session)
    assert lines() == 0
    protections.end(session, owl, made)
    assert not read_settings(session).is_kept_shorter


def test_a_moderator_makes_a_board_stricter_from_the_page_and_undoes_it(
    session: Session, sign_in: SignIn, harbour: Board
) -> None:
    make_thread(session, board=harbour)
    browser = sign_in(make_moderator(session, "Wigeon"))
    visitor = browser.application.test_client(session=session)
    board = f"/boards/{harbour.public_id}"
    assert visitor.get(board).status_code == 200
    sent = {"measure": "members_only", "board": harbour.public_id, "trust": "2", "days": "5"}
    answer = browser.post("/protections", data=sent, follow_redirects=True)
    assert "Only members read" in answer.text
    assert visitor.get(board).status_code == 401
    made = session.scalars(select(Protection)).one()
    browser.post(f"/protections/{made.public_id}/end")
    assert visitor.get(board).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [{"measure": ""}, {"measure": "retention"}, {"days": "0"}, {"days": "x"}, {"board": "nowhere"}],
)
def test_what_makes_no_sense_is_handed_back_and_does_nothing(
    session: Session, sign_in: SignIn, harbour: Board, wrong: dict[str, str]
) -> None:
    browser = sign_in(make_moderator(session, "Wigeon"))
    sent = {"measure": "gate", "board": "", "trust": "3", "days": "17"} | wrong
    answer = browser.post("/protections", data=sent)
    assert answer.status_code == 422
    assert f'value="{sent["days"]}"' in answer.text
    assert session.scalars(select(Protection)).all() == []


def test_only_an_operator_may_let_things_be_kept_shorter(session: Session, sign_in: SignIn) -> None:
    robin = make_member(session, "Robin", roles=Role.OPERATOR)
    sent = {"measure": "retention", "board": "", "trust": "2", "days": "5"}
    assert sign_in(robin).post("/protections", data=sent).status_code == 302
    session.expire_all()
    assert read_settings(session).is_kept_shorter


def test_for_a_member_the_page_is_not_there(session: Session, sign_in: SignIn) -> None:
    browser = sign_in(make_member(session, "Wren"))
    assert browser.get("/protections").status_code == 404
    assert browser.post("/protections", data={"measure": "gate"}).status_code == 404
