"""Notices need two and name nobody; the numbers of a quarter say of nobody anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.cases.words import Severity
from app.cli.tick import tick
from app.community import quarters, telling
from app.community.models import Announcement, Occasion, QuarterCount, Wording
from app.community.quarters import Counted
from app.community.rounds import FlawedError
from app.community.telling import SamePersonError
from app.core import audit, clock
from app.core.db import Database
from app.policy.vocabulary import Actor
from tests.factories import make_member, make_moderator

SignIn = Callable[..., FlaskClient]
MoveClock = Callable[[timedelta], None]
TEXT = "Nobody is exposed here. If you see it happen, report it at once."


def word(session: Session, by: Actor, occasion: Occasion, days: int = 0) -> Wording:
    made = telling.word(session, by, occasion, TEXT, days)
    session.flush()  # the second signature finds it
    return made


# --- two signatures -------------------------------------------------------------------------------


def test_nothing_is_told_before_a_second_person_has_signed(session: Session) -> None:
    owl, wigeon = make_moderator(session).actor, make_moderator(session, "Wigeon").actor
    made = word(session, owl, Occasion.ACKNOWLEDGEMENT)
    with pytest.raises(SamePersonError):
        telling.sign(session, owl, made)
    assert session.scalars(select(Announcement)).all() == []
    shown = telling.sign(session, wigeon, made)
    assert (shown.text, shown.shows_on) == (TEXT, clock.today())
    assert telling.wordings(session) == []


def test_where_nobody_else_could_sign_time_stands_in_and_the_log_says_so(session: Session) -> None:
    owl = make_moderator(session).actor
    shown = telling.sign(session, owl, word(session, owl, Occasion.ACKNOWLEDGEMENT))
    assert shown.shows_on == clock.today() + timedelta(days=7)
    verbs = session.scalars(select(audit.AuditEntry.verb)).all()
    assert verbs == ["announcement.word", "announcement.sign_alone"]


def test_a_reminder_is_shown_on_no_sure_day_and_comes_again_after_half_a_year(
    session: Session,
) -> None:
    owl, wigeon = make_moderator(session).actor, make_moderator(session, "Wigeon").actor
    assert telling.reminder_due_on(session) == clock.today()
    waits = set()
    for _ in range(40):
        made = word(session, owl, Occasion.REAFFIRMATION)
        shown = telling.sign(session, wigeon, made)
        waits.add((shown.shows_on - clock.today()).days)
    assert waits <= {3, 4, 5, 6, 7, 8}
    assert len(waits) > 2
    session.flush()  # the setting is read back
    assert telling.reminder_due_on(session) == shown.shows_on + timedelta(days=182)


@pytest.mark.parametrize(
    "text", ["We are sorry, heron.", "Ring her on 07700 900341.", "It was Heron's post."]
)
def test_a_notice_names_nobody_and_holds_no_number(session: Session, text: str) -> None:
    make_member(session, "Heron")
    owl = make_moderator(session).actor
    with pytest.raises(FlawedError):
        telling.word(session, owl, Occasion.ACKNOWLEDGEMENT, text, 0)


def test_who_came_since_the_first_signature_is_not_named_either(session: Session) -> None:
    owl, wigeon = make_moderator(session).actor, make_moderator(session, "Wigeon").actor
    made = telling.word(session, owl, Occasion.ACKNOWLEDGEMENT, "A lantern is lit.", 0)
    session.flush()  # the second signature finds it
    make_member(session, "Lantern")
    with pytest.raises(FlawedError):
        telling.sign(session, wigeon, made)


def test_from_our_wording_to_the_notice_by_two_browsers(session: Session, sign_in: SignIn) -> None:
    owl, wigeon = sign_in(make_moderator(session)), sign_in(make_moderator(session, "Wigeon"))
    begun = owl.post("/notices/wordings", data={"occasion": "reaffirmation", "draft": "1"})
    assert "Nobody is exposed here" in begun.text
    text = begun.text.split("<textarea")[1].split(">", 1)[1].split("</textarea>")[0].strip()
    sent = {"occasion": "reaffirmation", "text": text, "days": "3"}
    assert owl.post("/notices/wordings", data=sent).status_code == 302
    made = session.scalars(select(Wording)).one()
    path = f"/notices/wordings/{made.public_id}/sign"
    owl.post(path)
    assert session.scalars(select(Announcement)).all() == []
    wigeon.post(path)
    assert session.scalars(select(Announcement.text)).one() == text


def test_a_flawed_wording_is_handed_back(session: Session, sign_in: SignIn) -> None:
    make_member(session, "Heron")
    sent = {"occasion": "acknowledgement", "text": "Heron is well again.", "days": "3"}
    answer = sign_in(make_moderator(session)).post("/notices/wordings", data=sent)
    assert answer.status_code == 422
    assert "Heron is well again." in answer.text
    assert session.scalars(select(Wording)).all() == []


def test_for_members_the_wordings_are_not_there(session: Session, sign_in: SignIn) -> None:
    owl = make_moderator(session).actor
    made = word(session, owl, Occasion.ACKNOWLEDGEMENT)
    browser = sign_in(make_member(session, "Wren"))
    assert browser.get("/notices/wordings").status_code == 404
    assert browser.post(f"/notices/wordings/{made.public_id}/sign").status_code == 404
    assert browser.post(f"/notices/wordings/{made.public_id}/drop").status_code == 404
    assert TEXT not in browser.get("/notices").text


# --- numbers --------------------------------------------------------------------------------------


def open_cases(session: Session, count: int) -> None:
    for number in range(count):
        session.add(
            Case(
                codename=f"case {clock.today()} {number}",
                severity=Severity.HINT,
                is_danger=False,
                is_drill=number == 0,
                is_reopened=False,
                checklist=1,
                brief_version=1,
                brief=b"",
                opened_on=clock.today(),
            )
        )


@pytest.mark.parametrize(
    ("today", "quarter", "first"),
    [
        (date(2026, 1, 1), "2025-Q4", date(2025, 10, 1)),
        (date(2026, 3, 31), "2025-Q4", date(2025, 10, 1)),
        (date(2026, 4, 1), "2026-Q1", date(2026, 1, 1)),
        (date(2026, 11, 2), "2026-Q3", date(2026, 7, 1)),
    ],
)
def test_the_last_quarter_is_the_one_that_is_over(
    monkeypatch: pytest.MonkeyPatch, today: date, quarter: str, first: date
) -> None:
    monkeypatch.setattr(clock, "today", lambda: today)
    assert quarters.last_quarter()[:2] == (quarter, first)
    assert quarters.last_quarter()[2] <= today


def test_numbers_from_five_on_are_told_and_smaller_ones_are_not_even_kept(
    session: Session, database: Database, client: FlaskClient, move_clock: MoveClock
) -> None:
    for _ in range(6):
        audit.record(session, "owl", "post.remove", "post")
    for _ in range(4):
        audit.record(session, "owl", "post.release", "post")
    open_cases(session, 6)  # one of them is a drill
    session.commit()
    move_clock(timedelta(days=60))  # from November to January
    for _ in range(9):
        audit.record(session, "owl", "post.remove", "of the next quarter")
    session.commit()
    tick(database)
    tick(database)
    counts = {row.kind: row.count for row in session.scalars(select(QuarterCount))}
    assert counts == {
        Counted.CASES: 5,
        Counted.TAKEN_AWAY: 6,
        **dict.fromkeys(set(Counted) - {Counted.CASES, Counted.TAKEN_AWAY}),
    }
    session.commit()
    page = client.get("/numbers").text
    assert "2026-Q4" in page
    assert page.count("fewer than 5") == len(Counted) - 2
