"""The safety plan: it opens for its member alone, copies come and go, and danger comes first."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.accounts.names import open_names
from app.cases.models import Case
from app.core import sealing, shreds
from app.core.crypto import BrokenSealError
from app.core.db import Database
from app.core.shreds import Shred
from app.leaving import service as leaving
from app.leaving.document import as_json
from app.leaving.queries import holdings
from app.policy.vocabulary import Role, Standing
from app.privacy.erasure import Texts
from app.support import service
from app.support.models import OwnPage, PlanCopy
from app.support.sections import QUESTIONS, SECTIONS
from app.support.service import SECTION_SIGNS, Entry
from tests.factories import make_member, private_key_of

SignIn = Callable[..., FlaskClient]
WORDS = "Call the neighbour with the green door."


@pytest.fixture
def heron(session: Session) -> Member:
    return make_member(session, "Heron")


@pytest.fixture
def wren(session: Session) -> Member:
    return make_member(session, "Wren")


def write(session: Session, who: Member, code: str = "people", text: str = WORDS) -> None:
    service.write_section(session, who.actor, private_key_of(who), code, Entry(text))


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_what_is_written_opens_for_its_member_and_nobody_else(
    session: Session, heron: Member, wren: Member
) -> None:
    write(session, heron)
    own = service.opened(session, heron.actor, private_key_of(heron))
    assert own.plan["people"].text == WORDS
    row = session.get_one(OwnPage, heron.id)
    assert WORDS.encode() not in row.box + row.part
    with pytest.raises(BrokenSealError):
        service.opened(session, heron.actor, private_key_of(wren))


def test_a_change_leaves_nothing_of_the_wording_before(session: Session, heron: Member) -> None:
    write(session, heron, text="The old words.")
    row = session.get_one(OwnPage, heron.id)
    before = (row.part, row.box, row.shred_id)
    write(session, heron, text="The new words.")
    assert shreds.shred_part(session, before[2]) is None
    shred = shreds.shred_part(session, session.get_one(OwnPage, heron.id).shred_id)
    assert shred is not None
    place = sealing.bind("own", "own_pages", heron.public_id)
    with pytest.raises(BrokenSealError):
        sealing.open_item(private_key_of(heron), before[0], shred, before[1], place)


def test_a_plan_and_ticks_alone_look_alike_on_the_disk(
    session: Session, heron: Member, wren: Member
) -> None:
    write(session, heron)
    own = service.Own(ticks={"accounts": ["mail"]})
    service.keep(session, wren.actor, own)
    one, other = session.get_one(OwnPage, heron.id), session.get_one(OwnPage, wren.id)
    assert len(one.box) == len(other.box)
    assert len(one.part) == len(other.part)


def test_a_copy_opens_for_the_named_person_until_it_is_taken_back(
    session: Session, heron: Member, wren: Member
) -> None:
    write(session, heron)
    write(session, heron, "home", "The spare key.")
    key = private_key_of(heron)
    copy = service.share(session, heron.actor, key, wren, {"people"})
    (read,) = service.copies_for(session, wren.actor, private_key_of(wren))
    assert read.writer == "Heron"
    assert read.plan == {"people": Entry(WORDS)}
    stoat = make_member(session, "Stoat")
    assert service.copies_for(session, stoat.actor, private_key_of(stoat)) == []
    part, box, place = copy.part, copy.box, sealing.bind("copy", "plan_copies", copy.public_id)
    service.revoke(session, heron.actor, key, copy)
    assert shreds.shred_part(session, copy.shred_id) is None
    with pytest.raises((BrokenSealError, ValueError)):
        sealing.open_item(private_key_of(wren), part, bytes(32), box, place)
    assert service.opened(session, heron.actor, key).copies == {}


def test_no_row_of_a_copy_says_for_whom_it_is(
    session: Session, heron: Member, wren: Member
) -> None:
    write(session, heron)
    service.share(session, heron.actor, private_key_of(heron), wren, {"people"})
    (copy,) = session.scalars(select(PlanCopy)).all()
    held = {getattr(copy, column.key) for column in PlanCopy.__mapper__.columns}
    assert wren.id not in held - {copy.id}
    assert not any(wren.public_key in value for value in held if isinstance(value, bytes))


def test_nobody_gives_out_copies_without_end(session: Session, heron: Member, wren: Member) -> None:
    write(session, heron)
    for _ in range(service.COPIES_AT_MOST):
        service.share(session, heron.actor, private_key_of(heron), wren, {"people"})
    with pytest.raises(service.TooManyCopiesError):
        service.share(session, heron.actor, private_key_of(heron), wren, {"people"})


def test_who_leaves_leaves_no_plan_and_no_copy(
    session: Session, database: Database, heron: Member, wren: Member
) -> None:
    open_names(database, bytes(32))
    session.commit()
    session.close()
    with database.write.begin() as fresh:
        write(fresh, heron)
        service.share(fresh, heron.actor, private_key_of(heron), wren, {"people"})
        assert count(fresh, Shred) == 2
        leaving.leave(fresh, heron.actor, Texts.KEPT)
        assert (count(fresh, OwnPage), count(fresh, PlanCopy), count(fresh, Shred)) == (0, 0, 0)


def test_an_export_holds_the_own_plan(session: Session, heron: Member) -> None:
    write(session, heron)
    kept = holdings(session, heron.actor, private_key_of(heron))
    assert kept.plan == {"people": Entry(WORDS)}
    assert WORDS in as_json(kept)


# --- over HTTP ------------------------------------------------------------------------------------


def test_it_starts_with_one_question_and_grows(sign_in: SignIn, heron: Member) -> None:
    browser = sign_in(heron)
    page = browser.get("/me/plan").text
    assert page.count("<textarea") == 1
    assert "More, if you like" not in page
    sent = browser.post(
        "/me/plan/sections/tonight", data={"text": "At my sister's."}, follow_redirects=True
    )
    assert "At my sister&#39;s." in sent.text
    assert "More, if you like" in sent.text
    for section in SECTIONS:
        assert browser.get(f"/me/plan/sections/{section.code}").status_code == 200
    assert browser.get("/me/plan/sections/nothing").status_code == 404


def test_ticks_are_kept_and_nothing_else_is_taken(sign_in: SignIn, heron: Member) -> None:
    browser = sign_in(heron)
    browser.post("/me/plan/sections/known", data={"tick": ["face", "nonsense"], "text": ""})
    page = browser.get("/me/plan").text
    assert "my face" in page
    assert "nonsense" not in page
    assert re.search(r'value="face"[^>]*checked', browser.get("/me/plan/sections/known").text)


def test_too_much_is_handed_back_and_nothing_typed_is_lost(sign_in: SignIn, heron: Member) -> None:
    long = "word " * (SECTION_SIGNS // 4)
    answer = sign_in(heron).post("/me/plan/sections/people", data={"text": long})
    assert answer.status_code == 422
    assert long.strip() in answer.text
    assert "At most 4000 characters" in answer.text


@pytest.mark.parametrize("code", QUESTIONS)
def test_any_yes_puts_the_emergency_card_before_everything(
    sign_in: SignIn, heron: Member, code: str
) -> None:
    browser = sign_in(heron)
    shown = browser.post("/me/plan/danger", data={"tick": code}, follow_redirects=True).text
    card = shown.index("First, your safety")
    assert card < shown.index("What you said about danger")
    assert "Write to me now" in shown[card:]
    assert "<input" not in shown[card : shown.index("Write to me now")].replace(
        '<input type="hidden"', ""
    ), "nothing is to be filled in"
    assert ("You think of dying" in shown) is (code == "dying")


def test_no_page_says_that_a_danger_is_low_and_none_counts(sign_in: SignIn, heron: Member) -> None:
    browser = sign_in(heron)
    none = browser.post("/me/plan/danger", data={}, follow_redirects=True).text
    assert "does not say that you are safe" in none
    for page in (none, browser.get("/me/plan/danger").text):
        assert not re.search(
            r"low risk|low danger|risk:|score:|\d+ of 14|points", page, re.IGNORECASE
        )


def test_write_to_me_now_opens_a_case_or_calls_those_who_work_on_it(
    session: Session, sign_in: SignIn, heron: Member
) -> None:
    make_member(session, "Owl", roles=Role.MODERATOR | Role.RESPONDER)
    browser = sign_in(heron)
    for _ in range(2):
        answer = browser.post("/me/case/now", follow_redirects=True)
        assert "They were called." in answer.text
    (case,) = session.scalars(select(Case)).all()
    assert case.is_danger


def test_paper_has_a_heading_that_says_nothing(sign_in: SignIn, heron: Member) -> None:
    browser = sign_in(heron)
    browser.post("/me/plan/sections/people", data={"text": WORDS})
    paper = browser.get("/me/plan/paper").text
    assert "<title>Notes</title>" in paper
    assert re.findall(r"<h1>(.*?)</h1>", paper) == ["Notes"]
    assert WORDS in paper
    assert not re.search(r"Lantern|Bauta|safety|exposed|Heron", paper)


def test_titles_of_these_pages_say_nothing(sign_in: SignIn, heron: Member) -> None:
    browser = sign_in(heron)
    for path in ("/me/safety", "/me/plan", "/me/plan/danger", "/me/plan/erase"):
        assert "<title>Your page · Lantern</title>" in browser.get(path).text


def test_a_copy_over_http_and_who_may_do_what(
    session: Session, sign_in: SignIn, client: FlaskClient, heron: Member, wren: Member
) -> None:
    ours, theirs = sign_in(heron), sign_in(wren)
    stoat = sign_in(make_member(session, "Stoat"))
    ours.post("/me/plan/sections/people", data={"text": WORDS})
    ours.post("/me/plan/copies", data={"pseudonym": "Wren", "section": "people"})
    assert "Take it back" in ours.get("/me/plan").text
    shown = re.search(r"/me/copies/\w{16}", theirs.get("/me/plan").text)
    assert shown
    path = shown.group()
    assert WORDS in theirs.get(path).text
    back = f"/me/plan/{path.partition('/me/')[2]}/back"
    for browser in (stoat, ours):
        assert browser.get(path).status_code == 404
    assert client.get(path).status_code == 401
    for browser in (stoat, theirs):
        assert browser.post(back).status_code == 404
    assert client.post(back).status_code == 401
    ours.post(back)
    assert theirs.get(path).status_code == 404
    assert "From people who trust you" not in theirs.get("/me/plan").text


@pytest.mark.parametrize(
    "sent",
    [
        {"pseudonym": "Nobody", "section": "people"},
        {"pseudonym": "Heron", "section": "people"},
        {"pseudonym": "Wren", "section": "home"},
        {"pseudonym": "Wren"},
    ],
)
def test_a_copy_for_nobody_or_of_nothing_is_not_made(
    session: Session, sign_in: SignIn, heron: Member, wren: Member, sent: dict[str, str]
) -> None:
    browser = sign_in(heron)
    browser.post("/me/plan/sections/people", data={"text": WORDS})
    answer = browser.post("/me/plan/copies", data=sent)
    assert answer.status_code == 422
    assert f'value="{sent["pseudonym"]}"' in answer.text
    assert count(session, PlanCopy) == 0


def test_erasing_takes_the_plan_and_its_copies(
    session: Session, sign_in: SignIn, heron: Member, wren: Member
) -> None:
    browser = sign_in(heron)
    browser.post("/me/plan/sections/people", data={"text": WORDS})
    browser.post("/me/plan/copies", data={"pseudonym": "Wren", "section": "people"})
    assert "Nobody can bring it back" in browser.get("/me/plan/erase").text
    page = browser.post("/me/plan/erase", follow_redirects=True).text
    assert WORDS not in page
    assert count(session, PlanCopy) == 0


def test_who_is_suspended_keeps_the_plan(session: Session, sign_in: SignIn) -> None:
    stoat = make_member(session, "Stoat", standing=Standing.SUSPENDED)
    browser = sign_in(stoat)
    assert browser.get("/me/safety").status_code == 200
    browser.post("/me/plan/sections/people", data={"text": WORDS})
    assert WORDS in browser.get("/me/plan").text


def test_a_visitor_has_no_plan(client: FlaskClient) -> None:
    for path in ("/me/safety", "/me/plan", "/me/plan/danger", "/me/plan/paper", "/me/plan/erase"):
        assert client.get(path).status_code == 401
