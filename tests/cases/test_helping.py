"""Helpers: who speaks for the affected member sees what was given, until a day, and no more."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.cases import keys
from app.cases.models import CaseHelper, HelperWord
from app.cases.service import casework, helping
from app.cases.service.casework import THE_MEMBER, Opened, SealedTermError
from app.cases.service.rounds import forget_past
from app.core import clock, shreds
from app.core.shreds import Shred
from app.forum.models import Notice
from app.privacy.retention import run_retention
from tests.cases.stage import Stage, open_case, opened_by, set_stage
from tests.cases.test_readability import HIGHEST, SAID, grade, sentences_of
from tests.factories import make_member, private_key_of
from tests.house.source import ROOT

SignIn = Callable[..., FlaskClient]
MoveClock = Callable[[timedelta], None]


@pytest.fixture
def stage(session: Session) -> Stage:
    return set_stage(session)


@pytest.fixture
def plover(session: Session) -> Member:
    return make_member(session, "Plover")


def mine(session: Session, stage: Stage, opened: Opened) -> Opened:
    """The case as Heron has it."""
    (ring,) = keys.own_rings(session, private_key_of(stage.heron), opened.case.id)
    return Opened(opened.case, ring, THE_MEMBER)


def name(
    session: Session, stage: Stage, opened: Opened, helper: Member, **wanted: object
) -> CaseHelper:
    wish = helping.Wish(**({"helper": helper, "days": 30, "scope": "Ask."} | wanted))  # type: ignore[arg-type]  # plain values
    return helping.name_helper(session, mine(session, stage, opened), stage.heron.actor, wish)


def opened_for(session: Session, row: CaseHelper, who: Member) -> helping.Helping:
    found = helping.helping_by_id(session, who.actor, private_key_of(who), row.public_id)
    assert found is not None
    return found


def texts(session: Session, one: helping.Helping) -> list[str]:
    return [said.text for said in helping.words(session, one)]


def test_a_helper_has_what_was_given_and_nothing_that_came_later(
    session: Session, stage: Stage, plover: Member
) -> None:
    opened = open_case(session, stage)
    casework.send_letter(session, opened, "A", "The first letter.")
    row = name(session, stage, opened, plover, gives={helping.LETTERS})
    casework.send_letter(session, opened, "U", "The second letter.")
    theirs = opened_for(session, row, plover)
    assert theirs.member_id == plover.id
    assert theirs.whom == "Heron"
    assert texts(session, theirs) == ["The first letter."]
    heron = mine(session, stage, opened)
    own = helping.one_of(session, heron.ring, row.public_id)
    assert own is not None
    helping.give(session, heron, own, {helping.LETTERS})
    assert texts(session, theirs)[0] == "The second letter."


def test_a_helper_holds_no_key_of_the_case(session: Session, stage: Stage, plover: Member) -> None:
    opened = open_case(session, stage)
    name(session, stage, opened, plover, gives=set(helping.GIVEN))
    assert keys.own_rings(session, private_key_of(plover)) == []
    assert (
        keys.ring_of(
            session, opened.case.id, plover.id, private_key_of(plover), list(keys.READERS)
        ).keys
        == {}
    )


def test_only_helper_member_and_team_open_it(
    session: Session, stage: Stage, plover: Member
) -> None:
    opened = open_case(session, stage)
    row = name(session, stage, opened, plover)
    for other in (stage.finch, stage.heron, stage.owl, stage.stoat):
        assert opened_for(session, row, other).member_id == 0
        assert helping.for_helper(session, other.actor, private_key_of(other)) == []
    for reader in (stage.owl, stage.wren, stage.robin):
        ring = opened_by(session, opened, reader).ring
        assert [one.helper for one in helping.of_case(session, ring)] == ["Plover"]


def test_no_row_says_who_helps_whom(session: Session, stage: Stage, plover: Member) -> None:
    opened = open_case(session, stage)
    row = name(session, stage, opened, plover, scope="Ask about the lake.")
    one = opened_for(session, row, plover)
    helping.speak_as_helper(session, one, "She is at the lake.")
    word = session.scalars(select(HelperWord)).one()
    boxes = (row.box, row.facts, row.helper_part, word.box)
    for known in (b"Plover", b"Heron", b"lake", plover.public_key):
        assert not any(known in box for box in boxes)


def test_taken_back_nothing_opens_any_more(session: Session, stage: Stage, plover: Member) -> None:
    opened = open_case(session, stage)
    row = name(session, stage, opened, plover)
    heron = mine(session, stage, opened)
    shred_id = row.shred_id
    own = helping.one_of(session, heron.ring, row.public_id)
    assert own is not None
    helping.end(session, heron, own)
    session.flush()
    assert shreds.shred_part(session, shred_id) is None
    assert helping.for_helper(session, plover.actor, private_key_of(plover)) == []


def test_it_ends_on_its_day_and_the_tick_takes_it(
    session: Session, stage: Stage, plover: Member, move_clock: MoveClock
) -> None:
    opened = open_case(session, stage)
    row = name(session, stage, opened, plover, days=2)
    shred_id = row.shred_id
    move_clock(timedelta(days=2))
    assert helping.for_helper(session, plover.actor, private_key_of(plover)) != []
    move_clock(timedelta(days=1))
    assert helping.for_helper(session, plover.actor, private_key_of(plover)) == []
    run_retention(session)
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(CaseHelper)) == 0
    assert session.get(Shred, shred_id) is None


def test_it_goes_when_the_records_of_the_case_go(
    session: Session, stage: Stage, plover: Member, move_clock: MoveClock
) -> None:
    opened = open_case(session, stage)
    row = name(session, stage, opened, plover, days=180)
    shred_id = row.shred_id
    opened.case.closed_on, opened.case.keep_days = clock.today(), 0
    session.flush()
    move_clock(timedelta(days=1))
    assert forget_past(session) == 1
    assert session.scalar(select(func.count()).select_from(CaseHelper)) == 0
    assert session.get(Shred, shred_id) is None


def test_when_a_helper_speaks_the_team_is_called_with_a_line_that_says_nothing(
    session: Session, stage: Stage, plover: Member
) -> None:
    opened = open_case(session, stage)
    one = opened_for(session, name(session, stage, opened, plover), plover)
    helping.speak_as_helper(session, one, "She is safe, and asks what comes next.")
    notices = session.scalars(select(Notice)).all()
    assert {notice.member_id for notice in notices} == {m.id for m in stage.people}
    assert {(notice.kind, notice.subject) for notice in notices} == {("duty", "duty")}


def test_an_answer_to_a_helper_passes_the_linter(
    session: Session, stage: Stage, plover: Member
) -> None:
    opened = open_case(session, stage)
    row = name(session, stage, opened, plover)
    casework.guard_terms(opened, ["Zephyrine Quill"])
    one = helping.one_of(session, opened.ring, row.public_id)
    assert one is not None
    with pytest.raises(SealedTermError):
        helping.answer_helper(session, opened, one, "It says zephyrine quill there.")
    helping.answer_helper(session, opened, one, "We look at it today.")
    assert texts(session, one) == ["We look at it today."]


# --- over HTTP ------------------------------------------------------------------------------------


def test_from_naming_to_an_answer_and_an_end(
    session: Session, sign_in: SignIn, stage: Stage, plover: Member
) -> None:
    opened = open_case(session, stage)
    heron, helper, owl = sign_in(stage.heron), sign_in(plover), sign_in(stage.owl)
    at = f"/me/case/{opened.case.public_id}/helpers"
    assert at in heron.get(f"/me/case/{opened.case.public_id}?view=full").text
    wish = {"pseudonym": "Plover", "days": "10", "scope": "Ask how things stand."}
    assert "Plover" in heron.post(at, data=wish, follow_redirects=True).text
    found = re.search(r"/helping/\w{16}", helper.get("/helping").text)
    assert found
    path = found.group()
    page = helper.get(path).text
    assert "You speak for Heron" in page
    assert "Ask how things stand." in page
    helper.post(f"{path}/words", data={"text": "Heron is safe."})
    team = f"/cases/{opened.case.public_id}/helpers"
    assert team in owl.get(f"/cases/{opened.case.public_id}").text
    assert "Heron is safe." in owl.get(team).text
    helper_id = path.rpartition("/")[2]
    owl.post(f"{team}/{helper_id}", data={"text": "Thank you both."})
    assert "Thank you both." in helper.get(path).text
    assert "Thank you both." in heron.get(at).text
    heron.post(f"{at}/{helper_id}/words", data={"text": "Ask about tomorrow."})
    assert "Ask about tomorrow." in helper.get(path).text
    heron.post(f"{at}/{helper_id}/end")
    assert helper.get(path).status_code == 404
    assert "For nobody just now" in helper.get("/helping").text


def test_a_helper_gets_nowhere_else_in_the_case(
    session: Session, sign_in: SignIn, client: FlaskClient, stage: Stage, plover: Member
) -> None:
    opened = open_case(session, stage)
    row = name(session, stage, opened, plover, gives=set(helping.GIVEN))
    public_id = opened.case.public_id
    helper = sign_in(plover)
    for path in (
        f"/me/case/{public_id}",
        f"/me/case/{public_id}/helpers",
        f"/cases/{public_id}",
        f"/cases/{public_id}/helpers",
    ):
        assert helper.get(path).status_code == 404
    assert helper.post(f"/me/case/{public_id}/way-on", data={"way": "stay"}).status_code == 404
    for other in (stage.heron, stage.owl, stage.stoat):
        assert sign_in(other).get(f"/helping/{row.public_id}").status_code == 404
    assert client.get(f"/helping/{row.public_id}").status_code == 401


WRONG: Final = (
    ({"pseudonym": "Nobody"}, "Nobody else here"),
    ({"pseudonym": "Heron"}, "Nobody else here"),
    ({"days": "0"}, "from 1 to 180"),
    ({"days": "forever"}, "from 1 to 180"),
    ({"scope": " "}, "Say what this person may do"),
)


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_a_wrong_wish_is_handed_back_whole(
    session: Session, sign_in: SignIn, stage: Stage, plover: Member, number: int
) -> None:
    changed, said = WRONG[number]
    opened = open_case(session, stage)
    wish = {"pseudonym": "Plover", "days": "10", "scope": "Ask how things stand."} | changed
    answer = sign_in(stage.heron).post(f"/me/case/{opened.case.public_id}/helpers", data=wish)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{wish["pseudonym"]}"' in answer.text
    assert session.scalar(select(func.count()).select_from(CaseHelper)) == 0


@pytest.mark.parametrize("page", ["my_helpers", "helping", "helped", "_helper"])
def test_what_member_and_helper_read_is_plain(page: str) -> None:
    source = (ROOT / "templates" / "cases" / f"{page}.html").read_text()
    said = [part for text in SAID.findall(source) for part in sentences_of(text)]
    assert not said or grade(said) <= HIGHEST
