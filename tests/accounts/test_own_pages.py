"""One's own pages, and what a member shows to the others."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts import queries, service, sessions
from app.cli.erasing import settle_erasures
from app.core import audit, clock
from app.core.crypto import Passphrase
from app.core.db import Database
from app.policy.vocabulary import Role, Standing, Trust
from app.privacy import erasure
from tests.factories import CHEAP, PASSPHRASE, make_board, make_member, make_thread, private_key_of

NEW = "eleven brass anchors rust slowly"
SignIn = Callable[..., FlaskClient]


def hidden(page: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, f"the page carries no {name}"
    return unescape(found[1])


# --- doors ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/me/privacy", "/me/settings", "/me/recovery-codes", "/me/invites", "/u/Heron"]
)
def test_a_visitor_is_asked_to_sign_in(client: FlaskClient, session: Session, path: str) -> None:
    make_member(session, "Heron")
    assert client.get(path).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/me/recovery-codes",
        "/me/recovery-codes/confirm",
        "/me/sessions/end",
        "/me/sessions/x/end",
        "/me/settings/theme",
        "/me/settings/passphrase",
        "/me/settings/about",
        "/me/invites",
        "/me/invites/x/withdraw",
    ],
)
def test_a_visitor_changes_nothing(client: FlaskClient, path: str) -> None:
    assert client.post(path).status_code == 401


def test_a_suspended_member_still_reaches_the_own_account_and_nothing_else(
    session: Session, sign_in: SignIn
) -> None:
    client = sign_in(make_member(session, "Stoat", standing=Standing.SUSPENDED))
    make_member(session, "Heron")
    assert client.get("/me/privacy").status_code == 200
    assert client.get("/me/settings").status_code == 200
    assert client.get("/u/Heron").status_code == 403
    assert client.get("/u/Nobody").status_code == 403


def test_a_new_member_confirms_a_code_before_anything_else(
    session: Session, sign_in: SignIn
) -> None:
    client = sign_in(make_member(session, "Heron", is_confirmed=False))
    assert client.get("/inbox").headers["Location"] == "/me/recovery-codes"
    assert client.get("/me/recovery-codes").status_code == 200


# --- profiles -------------------------------------------------------------------------------------


def test_a_member_sees_what_another_shows_and_no_more(session: Session, sign_in: SignIn) -> None:
    heron = make_member(session, "Heron", trust=Trust.REGULAR, roles=Role.MODERATOR)
    service.write_about(session, heron.actor, "I like **fog**.")
    page = sign_in(make_member(session, "Wren")).get("/u/Heron")
    assert page.status_code == 200
    for word in ("Heron", "moderator", "regular member", "<strong>fog</strong>"):
        assert word in page.text
    assert heron.public_id not in page.text
    assert "Change this" not in page.text
    title = re.search(r"<title>([^<]*)</title>", page.text)
    assert title
    assert "Heron" not in title[1]


def test_a_profile_tells_the_month_and_not_the_day(
    session: Session, sign_in: SignIn, move_clock: Callable[[timedelta], None]
) -> None:
    make_member(session, "Heron")
    page = sign_in(make_member(session, "Wren")).get("/u/Heron")
    assert "here since November 2026" in page.text
    assert "2 Nov" not in page.text


def test_nobody_by_that_name_is_not_there(session: Session, sign_in: SignIn) -> None:
    assert sign_in(make_member(session)).get("/u/Nobody").status_code == 404


def test_a_visitor_learns_nothing_of_who_is_a_member(client: FlaskClient, session: Session) -> None:
    make_member(session, "Heron")
    there, absent = client.get("/u/Heron"), client.get("/u/Stoat")
    assert there.status_code == absent.status_code == 401
    notes = re.compile(r'next=[^"]+|name="csrf_token" value="[^"]+"')
    assert notes.sub("", there.text) == notes.sub("", absent.text)


# --- sessions and passphrase ----------------------------------------------------------------------


def test_a_new_passphrase_ends_every_session_and_begins_one(
    session: Session, sign_in: SignIn
) -> None:
    heron = make_member(session, "Heron")
    key = private_key_of(heron)
    here, elsewhere = sign_in(heron), sign_in(heron)
    before = here.get_cookie("bauta")
    fields = {"new_passphrase": NEW, "repeat": NEW}
    assert here.post("/me/settings/passphrase", data=fields).status_code == 302
    after = here.get_cookie("bauta")
    assert before
    assert after
    assert before.value != after.value
    assert here.get("/me/privacy").status_code == 200
    assert elsewhere.get("/me/privacy").status_code == 401
    session.expire_all()
    assert private_key_of(heron, NEW) == key
    stolen = here.application.test_client(session=session)
    stolen.set_cookie("bauta", before.value)
    assert stolen.get("/me/privacy").status_code == 401


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"new_passphrase": "short", "repeat": "short"}, "at least 15"),
        ({"repeat": "something else entirely"}, "not the same"),
        ({"new_passphrase": "", "repeat": ""}, "Type the new passphrase"),
    ],
)
def test_a_new_passphrase_is_strong_and_the_same_both_times(
    session: Session, sign_in: SignIn, fields: dict[str, str], problem: str
) -> None:
    heron = make_member(session, "Heron")
    client = sign_in(heron)
    typed = {"new_passphrase": NEW, "repeat": NEW} | fields
    answer = client.post("/me/settings/passphrase", data=typed)
    assert answer.status_code == 422
    assert problem in answer.text
    assert not [text for text in (PASSPHRASE, NEW) if text in answer.text]
    assert private_key_of(heron)


def test_new_codes_take_the_place_of_the_ones_before(session: Session, sign_in: SignIn) -> None:
    heron = make_member(session, "Heron")
    client = sign_in(heron)
    assert client.post("/me/recovery-codes").status_code == 200
    before = {code.verifier for code in queries.unused_codes(session, heron.id)}
    assert client.post("/me/recovery-codes").status_code == 200
    assert not before & {code.verifier for code in queries.unused_codes(session, heron.id)}
    assert len(queries.unused_codes(session, heron.id)) == 8
    assert "8 codes left" in client.get("/me/recovery-codes").text


def test_sessions_are_listed_without_devices_and_ended_one_by_one(
    session: Session, sign_in: SignIn
) -> None:
    heron, wren = make_member(session, "Heron"), make_member(session, "Wren")
    here, elsewhere, foreign = sign_in(heron), sign_in(heron), sign_in(wren)
    page = here.get("/me/privacy")
    assert page.text.count("This session") == 1
    assert page.text.count("today</time>") == 2, "when each began, to the day"
    (path,) = re.findall(r'action="(/me/sessions/\w+/end)"', page.text)
    (theirs,) = queries.open_sessions(session, wren.id)
    assert here.post(f"/me/sessions/{theirs.public_id}/end").status_code == 302
    assert foreign.get("/me/privacy").status_code == 200
    assert here.post(path).status_code == 302
    assert elsewhere.get("/me/privacy").status_code == 401
    assert here.get("/me/privacy").status_code == 200
    more = sign_in(heron)
    assert "End all other sessions" in here.get("/me/privacy").text
    assert here.post("/me/sessions/end-others").status_code == 302
    assert more.get("/me/privacy").status_code == 401
    assert foreign.get("/me/privacy").status_code == 200
    assert "End all other sessions" not in here.get("/me/privacy").text
    assert "Clear-Site-Data" in here.post("/me/sessions/end").headers
    assert queries.open_sessions(session, heron.id) == []


def test_what_is_held_is_counted_from_the_tables(session: Session, sign_in: SignIn) -> None:
    heron, wren = make_member(session, "Heron"), make_member(session, "Wren")
    board = make_board(session)
    for _ in range(3):
        make_thread(session, board=board, author=heron)
    make_thread(session, board=board, author=wren)
    client = sign_in(heron)
    held = {holding.table: holding.count for holding in queries.holdings(session, heron.id)}
    assert {table: count for table, count in held.items() if count} == {
        "posts": 3,
        "threads": 3,
        "sessions": 1,
    }
    rows = re.findall(r'"What">([^<]+)</td><td[^>]*>([^<]+)<', client.get("/me/privacy").text)
    assert dict(rows)["Posts you wrote"] == "3"
    assert "Reports you made" not in dict(rows)


def test_what_points_at_others_texts_is_never_counted(session: Session, sign_in: SignIn) -> None:
    """The others' text may be hidden by now, and a number would tell of it."""
    client = sign_in(make_member(session, "Heron"))
    rows = re.findall(r'"What">([^<]+)</td><td[^>]*>([^<]+)<', client.get("/me/privacy").text)
    counts = dict(rows)
    assert counts["Threads you follow"] == counts["Notices in your inbox"] == "as your pages show"


# --- the about text and the look ------------------------------------------------------------------


def test_an_about_text_is_previewed_then_kept(session: Session, sign_in: SignIn) -> None:
    heron = make_member(session, "Heron")
    client = sign_in(heron)
    text = "I like **fog** <b>x</b>"
    seen = client.post("/me/settings/about", data={"about": text, "preview": "1"})
    assert "<strong>fog</strong>" in seen.text
    assert "<b>x</b>" not in seen.text
    session.refresh(heron)
    assert heron.about == ""
    assert client.post("/me/settings/about", data={"about": text}).status_code == 302
    session.refresh(heron)
    assert heron.about == text


def test_an_about_text_that_gives_too_much_away_comes_back_marked(
    session: Session, sign_in: SignIn
) -> None:
    heron = make_member(session, "Heron")
    client = sign_in(heron)
    text = "You can reach me at heron.lake@posteo.net any time."
    back = client.post("/me/settings/about", data={"about": text})
    assert back.status_code == 422
    assert "<mark>heron.lake@posteo.net" in back.text
    assert text in back.text
    session.refresh(heron)
    assert heron.about == ""
    forced = {"about": text, "agree": "1", "consent": "0" * 32}
    assert client.post("/me/settings/about", data=forced).status_code == 422
    agreed = {"about": text, "agree": "1", "consent": hidden(back, "consent")}
    other = agreed | {"about": text + " Or at wren.moor@posteo.net."}
    assert client.post("/me/settings/about", data=other).status_code == 422
    assert client.post("/me/settings/about", data=agreed).status_code == 302


def test_a_long_about_text_is_handed_back_whole(session: Session, sign_in: SignIn) -> None:
    text = "fog " * 300
    back = sign_in(make_member(session)).post("/me/settings/about", data={"about": text})
    assert back.status_code == 422
    assert text.strip() in back.text


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_a_look_is_kept_with_the_account_or_in_a_visitors_cookie(
    client: FlaskClient, session: Session, sign_in: SignIn, theme: str
) -> None:
    member = sign_in(make_member(session))
    assert member.post("/me/settings/theme", data={"theme": theme}).status_code == 302
    assert f'data-theme="{theme}"' in member.get("/me/settings").text
    assert client.post("/look", data={"theme": theme}).status_code == 302
    assert f'data-theme="{theme}"' in client.get("/look").text
    client.post("/look", data={"theme": ""})
    assert "data-theme" not in client.get("/look").text


def test_an_unknown_look_is_refused_and_never_shown(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    member = sign_in(make_member(session))
    assert member.post("/me/settings/theme", data={"theme": "x"}).status_code == 422
    assert client.post("/look", data={"theme": "x"}).status_code == 422
    client.set_cookie("look", 'x" onload')
    assert "onload" not in client.get("/look").text


# --- invites --------------------------------------------------------------------------------------


def test_a_regular_member_makes_shows_and_withdraws_invites(
    session: Session, sign_in: SignIn
) -> None:
    wren = make_member(session, "Wren", trust=Trust.REGULAR)
    client = sign_in(wren)
    made = client.post("/me/invites")
    words = re.search(r'<p class="big-words"[^>]*>([^<]+)</p>', made.text)
    assert words
    assert queries.invite_by_words(session, words[1]) is not None
    page = client.get("/me/invites")
    assert words[1] not in page.text
    (path,) = re.findall(r'action="(/me/invites/\w+/withdraw)"', page.text)
    stoat = sign_in(make_member(session, "Stoat", trust=Trust.REGULAR))
    stoat.post(path)
    assert queries.invite_by_words(session, words[1]) is not None
    client.post(path)
    assert queries.invite_by_words(session, words[1]) is None


def test_a_newcomer_gives_no_invites(session: Session, sign_in: SignIn) -> None:
    client = sign_in(make_member(session, trust=Trust.NEWCOMER))
    assert client.get("/me/invites").status_code == 200
    assert client.post("/me/invites").status_code == 403


def test_five_invites_are_open_at_a_time(session: Session, sign_in: SignIn) -> None:
    client = sign_in(make_member(session, trust=Trust.TRUSTED))
    assert [client.post("/me/invites").status_code for _ in range(6)] == [200] * 5 + [422]


# --- deeds for other rooms ------------------------------------------------------------------------


def test_a_role_given_or_taken_is_in_the_audit_log(session: Session) -> None:
    heron = make_member(session, "Heron")
    service.grant_role(session, "machine", heron, Role.MODERATOR)
    service.grant_role(session, "machine", heron, Role.RESPONDER)
    service.revoke_role(session, "machine", heron, Role.MODERATOR)
    assert heron.roles is Role.RESPONDER
    assert audit.verify(session).length == 3


def test_a_standing_that_has_run_out_is_cleared(
    session: Session, move_clock: Callable[[timedelta], None]
) -> None:
    heron, stoat = make_member(session, "Heron"), make_member(session, "Stoat")
    service.set_standing(session, heron.id, Standing.SILENCED, clock.now() + timedelta(days=3))
    service.set_standing(session, stoat.id, Standing.SUSPENDED)
    move_clock(timedelta(days=2))
    assert service.clear_expired_standings(session) == 0
    move_clock(timedelta(days=2))
    assert service.clear_expired_standings(session) == 1
    session.expire_all()
    assert (heron.standing, stoat.standing) == (Standing.GOOD, Standing.SUSPENDED)


def test_members_are_found_by_name_and_by_ids(session: Session) -> None:
    heron, wren = make_member(session, "Heron"), make_member(session, "Wren")
    assert queries.member_by_pseudonym(session, "hEr0n") is heron
    assert queries.member_by_pseudonym(session, "Stoat") is None
    assert queries.members_by_ids(session, [heron.id, wren.id, 999]) == {
        heron.id: heron,
        wren.id: wren,
    }
    assert queries.members_by_ids(session, []) == {}


def test_the_key_of_a_new_member_is_behind_the_passphrase(session: Session) -> None:
    keys = service.make_keys(Passphrase(NEW), CHEAP)
    member = service.create_member(session, "Heron", keys, trust=Trust.TRUSTED, roles=Role.OPERATOR)
    assert private_key_of(member, NEW) == keys.private_key
    assert sessions.begin(session, member.id, keys.private_key)


def test_my_privacy_says_how_far_an_erasure_is(
    session: Session, sign_in: SignIn, database: Database
) -> None:
    heron = make_member(session)
    browser = sign_in(heron)
    assert "Being erased" not in browser.get("/me/privacy").text
    erasure.owe(session, heron.id, "abcdefghjkmnpqrs")
    assert "Being erased" in browser.get("/me/privacy").text
    session.commit()
    assert settle_erasures(database)
    page = browser.get("/me/privacy").text
    assert "1 text of the last day is gone" in page
    assert "Being erased" not in page
