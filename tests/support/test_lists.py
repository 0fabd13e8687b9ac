"""Lists: who helps and what the law says; unchecked until somebody checks, signed between two."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import sessions
from app.accounts.models import Member
from app.core import crypto
from app.policy.vocabulary import VISITOR, Role
from app.support import lists, service
from app.support.lists import HELP, LAW, BadListError
from app.support.models import Doubt, OwnPage, Status, Wrong
from app.support.words import FIELDS
from tests.cases.test_readability import HIGHEST, grade, sentences_of
from tests.factories import make_member, private_key_of

SignIn = Callable[..., FlaskClient]
MoveClock = Callable[[timedelta], None]
SEED = bytes(range(32))
KEEPER = replace(VISITOR, id=1, public_id="keeper", roles=Role.OPERATOR)
ALL = list(lists.shipped().values())


@pytest.fixture
def heron(session: Session) -> Member:
    return make_member(session, "Heron")


@pytest.fixture
def robin(session: Session) -> Member:
    return make_member(session, "Robin", roles=Role.OPERATOR)


# --- what ships -----------------------------------------------------------------------------------


def test_everything_ships_unsure_and_unchecked_with_its_source() -> None:
    assert len([one for one in ALL if one.kind == HELP]) > 60
    assert len([one for one in ALL if one.kind == LAW]) > 10
    for one in ALL:
        assert (one.status, one.last_checked_on, one.checked_by) == (Status.UNSURE, None, "")
        assert one.url.startswith("https://")
        assert one.name
        assert one.for_whom
        assert set(one.needs.split()) <= set(lists.NEEDS)
        assert one.needs or one.kind == LAW


def test_nobody_is_named_twice_and_what_ships_could_be_taken_over() -> None:
    text = (lists.CONTENT / "lists.toml").read_text()
    assert len(re.findall(r"^code = ", text, re.MULTILINE)) == len(ALL)
    for one in ALL:
        assert len(one.code) <= lists.CODE_SIGNS
        assert all(len(str(getattr(one, name))) <= lists.SIGNS_AT_MOST for name in lists.FACTS)


def test_what_members_read_of_it_is_plain() -> None:
    said = [part for one in ALL for part in sentences_of(f"{one.for_whom} {one.not_for}")]
    assert grade(said) <= HIGHEST


# --- what somebody finds wrong --------------------------------------------------------------------


def test_anybody_says_that_an_entry_is_wrong_and_an_operator_looks(
    session: Session, client: FlaskClient, sign_in: SignIn, robin: Member
) -> None:
    zara = lists.entry(session, "zara")
    assert zara is not None
    lists.check(session, KEEPER, zara, Status.OK, "Lantern")
    session.commit()
    before = lists.due_count(session)
    assert 'href="/who-helps/zara/wrong"' in client.get("/who-helps?region=AT").text
    for _ in range(3):
        told = client.post("/who-helps/zara/wrong", data={"wrong": "gone"}, follow_redirects=True)
        assert "will look at it" in told.text
    rows = session.scalars(select(Doubt)).all()
    assert [(row.code, row.wrong) for row in rows] == [("zara", Wrong.GONE)], "no count, no name"
    assert lists.due_count(session) == before + 1
    assert "ZARA" in client.get("/who-helps?region=AT").text, "it changes nothing by itself"
    browser = sign_in(robin)
    said = "They are gone, or nobody answers"
    page = browser.get("/console/lists").text
    assert page.index("Somebody says it is wrong") < page.index(said) < page.index("To look at")
    assert said in browser.get("/console/lists/zara").text
    facts = {name: getattr(zara, name) for name in FIELDS}
    browser.post("/console/lists/zara", data=facts | {"status": "ok"})
    assert said not in browser.get("/console/lists").text
    assert session.scalars(select(Doubt)).all() == []


@pytest.mark.parametrize(("who", "most"), [("Heron", 10), ("", 60)])
def test_nobody_says_so_without_end(
    session: Session, build_app: Callable[..., Flask], heron: Member, who: str, most: int
) -> None:
    browser = build_app(limits_enabled=True).test_client(session=session)
    if who:
        browser.set_cookie("bauta", sessions.begin(session, heron.id, private_key_of(heron)))
    codes = [
        browser.post("/who-helps/zara/wrong", data={"wrong": "gone"}).status_code
        for _ in range(most + 1)
    ]
    assert codes == [302] * most + [429]


def test_only_what_people_see_can_be_wrong_and_only_in_a_way_that_is_listed(
    session: Session, client: FlaskClient
) -> None:
    bad = client.post("/who-helps/zara/wrong", data={"wrong": "his name is Alex"})
    assert (bad.status_code, "Choose what is wrong." in bad.text) == (422, True)
    zara = lists.entry(session, "zara")
    assert zara is not None
    lists.check(session, KEEPER, zara, Status.CLOSED, "Lantern")
    session.commit()
    law = next(one.code for one in ALL if one.kind == LAW)
    for code in ("zara", law, "nobody"):
        assert client.get(f"/who-helps/{code}/wrong").status_code == 404
        assert client.post(f"/who-helps/{code}/wrong", data={"wrong": "gone"}).status_code == 404
    assert session.scalars(select(Doubt)).all() == []


# --- what members see -----------------------------------------------------------------------------


def test_a_list_is_narrowed_by_country_and_by_need(client: FlaskClient) -> None:
    page = client.get("/who-helps?region=DE&need=harassment").text
    assert "HateAid" in page
    assert "Not for:" in page
    assert "Right To Be" in page, "those for everywhere belong to every country"
    assert "Netsafe" not in page
    assert "StopNCII" not in page
    austria = client.get("/who-helps?region=AT").text
    assert "116 006" in austria, "what is for the whole Union is for Austria"
    assert "We know of nobody" in client.get("/who-helps?region=XX&need=reports").text


def test_it_says_what_was_not_checked_and_hides_what_is_closed(
    session: Session, client: FlaskClient, move_clock: MoveClock
) -> None:
    zara = lists.entry(session, "zara")
    assert zara is not None
    assert "Not checked yet" in client.get("/who-helps?region=AT&need=harassment").text
    lists.check(session, KEEPER, zara, Status.OK, "Lantern")
    page = client.get("/who-helps?region=AT&need=harassment").text
    assert "Checked on 2026-11-02 by Lantern" in page
    move_clock(timedelta(days=181))
    page = client.get("/who-helps?region=AT&need=harassment").text
    assert "Not checked lately. Last on 2026-11-02" in page
    lists.check(session, KEEPER, zara, Status.CLOSED, "Lantern")
    assert "ZARA" not in client.get("/who-helps?region=AT&need=harassment").text


def test_laws_are_no_advice_and_stand_where_one_decides(
    sign_in: SignIn, client: FlaskClient, heron: Member
) -> None:
    page = client.get("/law?region=DE").text
    assert "information, not advice" in page
    assert "section 126a" in page
    assert "2261A" not in page
    browser = sign_in(heron)
    for guide in ("police", "counsel", "platforms"):
        assert 'href="/law"' in browser.get(f"/me/guides/{guide}").text
    assert 'href="/me/guides/save"' in browser.get("/law").text


def test_what_a_member_keeps_only_the_member_opens(
    session: Session, sign_in: SignIn, heron: Member
) -> None:
    browser = sign_in(heron)
    page = browser.post("/me/who-helps/befrienders", data={"keep": "1"}, follow_redirects=True)
    assert "Befrienders" in page.text
    row = session.get_one(OwnPage, heron.id)
    assert b"befrienders" not in row.box + row.part
    assert service.opened(session, heron.actor, private_key_of(heron)).saved == ["befrienders"]
    browser.post("/me/who-helps/befrienders", data={"keep": "0"})
    assert "Befrienders" not in browser.get("/me/plan").text
    assert browser.post("/me/who-helps/nobody", data={"keep": "1"}).status_code == 404


# --- operators ------------------------------------------------------------------------------------


def test_an_operator_checks_an_entry_and_is_reminded_half_a_year_later(
    session: Session, sign_in: SignIn, robin: Member, move_clock: MoveClock
) -> None:
    operator = sign_in(robin)
    before = lists.due_count(session)
    assert f"{before} entries to look at" in operator.get("/console").text
    form = {name: getattr(lists.shipped()["zara"], name) for name in lists.FACTS - {"needs"}}
    answer = operator.post("/console/lists/zara", data=form | {"status": "ok", "hours": "9 to 5"})
    assert answer.status_code == 302
    assert lists.due_count(session) == before - 1
    kept = lists.entry(session, "zara")
    assert kept is not None
    assert (kept.status, kept.hours, kept.checked_by) == (Status.OK, "9 to 5", "Lantern")
    move_clock(lists.FRESH)
    assert lists.due_count(session) == before


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"url": "javascript:alert(1)"}, "begins with https://"),
        ({"name": ""}, "It needs a name."),
        ({"needs": "tea"}, "Choose one of these."),
        ({"must_report": "perhaps"}, "Choose one of these."),
        ({"status": "perhaps"}, "Say how it stands."),
        ({"note": "x" * 401}, "At most 400"),
    ],
)
def test_a_wrong_entry_is_handed_back_whole(
    session: Session, sign_in: SignIn, robin: Member, changed: dict[str, str], said: str
) -> None:
    form = {"name": "Lighthouse", "url": "https://lighthouse.example/", "status": "ok"}
    form |= {"for_whom": "People at sea.", "region": "global"} | changed
    answer = sign_in(robin).post("/console/lists/new-help", data=form)
    assert answer.status_code == 422
    assert said in answer.text
    assert "People at sea." in answer.text
    assert "Lighthouse" not in {one.name for one in lists.entries(session, HELP)}


def test_an_entry_is_added(session: Session, sign_in: SignIn, robin: Member) -> None:
    form = {"name": "Lighthouse", "url": "https://lighthouse.example/", "status": "ok"}
    form |= {"for_whom": "People at sea.", "region": "global", "must_report": "no"}
    sign_in(robin).post("/console/lists/new-help", data=form | {"needs": ["images", "crisis"]})
    kept = {one.name: one for one in lists.entries(session, HELP)}["Lighthouse"]
    assert (kept.needs, kept.must_report, kept.is_anonymous) == ("crisis images", "no", "")
    page = sign_in(robin).get(f"/console/lists/{kept.code}").text
    assert re.findall(r'value="(\w+)"\s+checked', page) == ["crisis", "images", "ok"]
    assert re.findall(r'value="(\w*)" selected', page) == ["", "", "no"]


# --- between communities --------------------------------------------------------------------------


def signed(session: Session) -> tuple[str, str]:
    """A list of one checked entry, and the fingerprint of its key."""
    session.info[lists.KEY_NAME] = SEED
    lists.check(session, KEEPER, lists.shipped()["zara"], Status.OK, "Harbour")
    text = lists.export(session, "Harbour")
    session.rollback()
    return text, lists.fingerprint(crypto.signers_key(SEED))


def test_a_list_goes_to_another_community_and_says_who_checked(session: Session) -> None:
    text, fingerprint = signed(session)
    assert lists.entry(session, "zara") == lists.shipped()["zara"]
    assert lists.take_over(session, KEEPER, text, fingerprint.upper()) == 1
    taken = lists.entry(session, "zara")
    assert taken is not None
    assert (taken.status, taken.checked_by) == (Status.OK, "Harbour")
    assert taken.last_checked_on is not None
    assert lists.take_over(session, KEEPER, text, fingerprint) == 0, "a second time changes nothing"


def test_what_was_checked_here_later_stays(session: Session, move_clock: MoveClock) -> None:
    text, fingerprint = signed(session)
    move_clock(timedelta(days=1))
    own = lists.check(session, KEEPER, lists.shipped()["zara"], Status.CLOSED, "Lantern")
    assert lists.take_over(session, KEEPER, text, fingerprint) == 0
    assert lists.entry(session, "zara") == own


def test_any_change_to_a_signed_list_is_found(session: Session) -> None:
    text, fingerprint = signed(session)
    parcel = json.loads(text)
    for change in (
        {"from": "Somebody else"},
        {"made_on": "2030-01-01"},
        {"entries": []},
        {"entries": [parcel["entries"][0] | {"channels": "call 000"}]},
        {"signature": "00" * 64},
        {"signature": "zz"},
        {"key": crypto.signers_key(bytes(32)).hex()},
        {"format": "another"},
    ):
        with pytest.raises(BadListError):
            lists.take_over(session, KEEPER, json.dumps(parcel | change), fingerprint)
    for broken in ("", "[]", "{}", "null", "[" * 100_000, "x" * (lists.BYTES_AT_MOST + 1)):
        with pytest.raises(BadListError):
            lists.take_over(session, KEEPER, broken, fingerprint)
    assert lists.entry(session, "zara") == lists.shipped()["zara"]


def test_a_list_of_another_key_is_not_taken(session: Session) -> None:
    text, _ = signed(session)
    other = lists.fingerprint(crypto.signers_key(bytes(32)))
    for typed in (other, "", "0" * 32):
        with pytest.raises(BadListError):
            lists.take_over(session, KEEPER, text, typed)


def test_an_address_that_runs_something_is_not_taken_even_when_signed(session: Session) -> None:
    session.info[lists.KEY_NAME] = SEED
    bad = replace(lists.shipped()["zara"], url="javascript:alert(1)")
    lists.check(session, KEEPER, bad, Status.OK, "Harbour")
    text = lists.export(session, "Harbour")
    session.rollback()
    with pytest.raises(BadListError):
        lists.take_over(session, KEEPER, text, lists.fingerprint(crypto.signers_key(SEED)))


def test_export_and_import_over_http(session: Session, sign_in: SignIn, robin: Member) -> None:
    operator = sign_in(robin)
    shown = re.search(r"<code>([0-9a-f ]{39})</code>", operator.get("/console/lists").text)
    assert shown
    lists.check(session, KEEPER, lists.shipped()["zara"], Status.OK, "Harbour")
    answer = operator.post("/console/lists/export")
    assert answer.headers["Content-Disposition"] == "attachment; filename=lists.json"
    sent = {"text": answer.text, "fingerprint": shown.group(1)}
    taken = operator.post("/console/lists/import", data=sent, follow_redirects=True)
    assert "Entries changed here: 0" in taken.text
    refused = operator.post("/console/lists/import", data=sent | {"fingerprint": "0000"})
    assert refused.status_code == 422
    assert "another fingerprint" in refused.text
    assert "bauta-list-1" in refused.text, "what was typed is kept"
