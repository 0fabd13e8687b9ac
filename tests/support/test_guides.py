"""Guides: one step at a time, ticks that only the member opens, texts that operators keep."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.policy.vocabulary import Role
from app.support import guides, service
from app.support.guides import CODES, CONTENT, BadGuideError
from app.support.models import OwnPage
from tests.cases.test_readability import HIGHEST, grade, sentences_of
from tests.factories import make_member, private_key_of

SignIn = Callable[..., FlaskClient]
TEXT = "title: Rest\nabout: Sit down.\n\nFirst this.\n\n# tea: Make tea\nHot.\n\n# nap: Lie down\n"


@pytest.fixture
def heron(session: Session) -> Member:
    return make_member(session, "Heron")


@pytest.fixture
def robin(session: Session) -> Member:
    return make_member(session, "Robin", roles=Role.OPERATOR)


# --- the texts ------------------------------------------------------------------------------------


def test_every_file_is_a_guide_and_every_guide_has_a_file() -> None:
    files = {path.stem for path in (CONTENT / "en").glob("*.txt")}
    assert files == set(CODES)
    for code in CODES:
        guide = guides.shipped(code, "en")
        assert guide.title
        assert guide.about
        assert 4 <= len(guide.steps) <= 12
        assert all(step.text for step in guide.steps)


@pytest.mark.parametrize("code", CODES)
def test_every_guide_is_plain(code: str) -> None:
    guide = guides.shipped(code, "en")
    texts = [guide.intro, *(step.text for step in guide.steps)]
    assert grade([part for text in texts for part in sentences_of(text)]) <= HIGHEST
    assert not re.search(r"!|don.t worry|victim|simply", guide.source)


def test_accounts_begin_with_the_mail() -> None:
    codes = [step.code for step in guides.shipped("accounts", "en").steps]
    assert codes.index("mail") < codes.index("phone") < codes.index("social")


def test_a_language_without_a_translation_gets_the_first_one() -> None:
    assert guides.shipped("rest", "xx").title == guides.shipped("rest", "en").title


def test_a_text_is_read_into_steps() -> None:
    guide = guides.parse("rest", TEXT, guides.WRITTEN_ON)
    assert (guide.title, guide.about, guide.intro) == ("Rest", "Sit down.", "First this.")
    assert [(step.code, step.title, step.text) for step in guide.steps] == [
        ("tea", "Make tea", "Hot."),
        ("nap", "Lie down", ""),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("title: Rest", 0),
        ("# tea: Make tea", 0),
        ("title: Rest\n# no code", 2),
        ("title: Rest\n# tea: One\n# tea: Two", 3),
    ],
)
def test_what_is_no_guide_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(BadGuideError) as refused:
        guides.parse("rest", text, guides.WRITTEN_ON)
    assert refused.value.line == line


# --- ticks ----------------------------------------------------------------------------------------


def test_a_tick_is_sealed_to_the_member(session: Session, heron: Member) -> None:
    key = private_key_of(heron)
    guides.tick(session, heron.actor, key, ("accounts", "mail_ways"), is_done=True)
    assert service.opened(session, heron.actor, key).ticks == {"accounts": ["mail_ways"]}
    row = session.get_one(OwnPage, heron.id)
    assert b"mail_ways" not in row.box + row.part
    guides.tick(session, heron.actor, key, ("accounts", "mail_ways"), is_done=False)
    assert service.opened(session, heron.actor, key).ticks == {}


def test_one_step_is_shown_at_a_time_and_a_tick_goes_on(sign_in: SignIn, heron: Member) -> None:
    browser = sign_in(heron)
    page = browser.get("/me/guides/accounts").text
    assert "Step 1 of 9" in page
    assert page.count('class="calm"') == 1
    assert "Look at the recovery phone" not in page
    path = "/me/guides/accounts/steps/mail"
    page = browser.post(path, data={"done": "1"}, follow_redirects=True).text
    assert "Step 2 of 9" in page
    assert "1 step done" in browser.get("/me/guides").text
    assert "Step 1 of 9" in browser.get("/me/guides/accounts?step=mail").text
    page = browser.post(path, data={"done": "0"}, follow_redirects=True).text
    assert "Step 1 of 9" in page


def test_the_last_tick_says_that_one_is_through(sign_in: SignIn, heron: Member) -> None:
    browser = sign_in(heron)
    for step in guides.shipped("rest", "en").steps:
        browser.post(f"/me/guides/rest/steps/{step.code}", data={"done": "1"})
    assert "You are through." in browser.get("/me/guides/rest").text


def test_a_guide_or_a_step_that_is_not_there(sign_in: SignIn, heron: Member) -> None:
    browser = sign_in(heron)
    assert browser.get("/me/guides/nothing").status_code == 404
    assert browser.post("/me/guides/rest/steps/nothing", data={"done": "1"}).status_code == 404


@pytest.mark.parametrize("code", CODES)
def test_every_step_has_its_page_and_says_when_it_was_looked_over(
    sign_in: SignIn, heron: Member, code: str
) -> None:
    browser = sign_in(heron)
    for step in guides.shipped(code, "en").steps:
        assert browser.get(f"/me/guides/{code}?step={step.code}").status_code == 200
    assert "Last looked over on 2026-11-23" in browser.get(f"/me/guides/{code}").text


# --- operators ------------------------------------------------------------------------------------


def test_an_operator_writes_a_guide_anew_and_goes_back(
    sign_in: SignIn, heron: Member, robin: Member
) -> None:
    operator, member = sign_in(robin), sign_in(heron)
    path = "/console/guides/rest"
    assert "# stop: Put it down" in operator.get(path).text
    operator.post(path, data={"text": TEXT})
    assert "Make tea" in member.get("/me/guides/rest").text
    operator.post(path, data={"restore": "1", "text": TEXT})
    assert "Make tea" not in member.get("/me/guides/rest").text


def test_a_broken_guide_is_handed_back_and_the_old_one_stays(
    sign_in: SignIn, heron: Member, robin: Member
) -> None:
    sent = "title: Rest\n# no code\nWords that must not be lost."
    answer = sign_in(robin).post("/console/guides/rest", data={"text": sent})
    assert answer.status_code == 422
    assert "Line 2" in answer.text
    assert "Words that must not be lost." in answer.text
    assert "Put it down" in sign_in(heron).get("/me/guides/rest").text


def test_only_an_operator_gets_to_the_texts(
    sign_in: SignIn, client: FlaskClient, heron: Member
) -> None:
    for path in ("/console/guides/rest", "/console/lists", "/console/lists/zara"):
        assert sign_in(heron).get(path).status_code == 404
        assert client.get(path).status_code == 401
