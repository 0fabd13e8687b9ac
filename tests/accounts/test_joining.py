"""Joining, from the one page to the first board."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts import keyring, pseudonyms, service
from app.accounts.models import Invite, InviteTie, Member, MemberSession, RecoveryCode
from app.core import crypto
from app.core.crypto import Passphrase
from app.core.db import Database
from app.core.settings import Settings, Signup, write_settings
from app.policy.vocabulary import Role, Standing, Trust
from tests.accounts.test_signing_in import masked
from tests.conftest import SITE
from tests.factories import CHEAP, make_member

OWN = "seven copper kettles under moss"


def hidden(page: TestResponse, name: str) -> str:
    """The value of a hidden field on a page."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page.text)
    assert found, f"the page carries no {name}"
    return unescape(found[1])


def offer_on(page: TestResponse) -> str:
    """The six words that a page offers."""
    found = re.search(r'id="offer"[^>]*>([^<]+)<', page.text)
    assert found
    return found[1].strip()


def suggestion_on(page: TestResponse) -> str:
    found = re.search(r'name="pseudonym"[^>]*value="([^"]*)"', page.text)
    assert found
    return found[1]


def send(client: FlaskClient, page: TestResponse | None = None, **typed: str) -> TestResponse:
    """Fill in the page of joining and send it."""
    page = page or client.get("/join")
    fields = {
        "ticket": hidden(page, "ticket"),
        "pseudonym": "blue-heron",
        "noted": "1",
        "accept": "1",
    } | typed
    return client.post("/join", data=fields)


def codes_on(page: TestResponse) -> list[str]:
    return re.findall(r"<li>([a-z2-7]{5}(?:-[a-z2-7]{1,5})+)</li>", page.text)


def asked_on(page: TestResponse) -> int:
    return int(hidden(page, "number"))


def test_a_visitor_joins_with_what_is_offered_and_confirms_a_code(
    client: FlaskClient, session: Session
) -> None:
    page = client.get("/join")
    name, words = suggestion_on(page), offer_on(page)
    assert len(words.split()) == 6
    joined = send(client, page, pseudonym=name)
    codes = codes_on(joined)
    assert joined.status_code == 200
    assert len(set(codes)) == 8
    assert client.get("/inbox").headers["Location"] == "/me/recovery-codes"
    number = asked_on(joined)
    done = client.post(
        "/me/recovery-codes/confirm", data={"number": number, "code": codes[number - 1].upper()}
    )
    assert done.headers["Location"] == "/"
    assert client.get("/inbox").status_code == 200
    member = session.scalars(select(Member)).one()
    assert (member.pseudonym, member.trust, member.roles) == (name, Trust.NEWCOMER, Role.NONE)
    fresh = client.application.test_client(session=session)
    came = fresh.post("/sign-in", data={"pseudonym": name, "passphrase": words})
    assert came.status_code == 302


def test_an_own_passphrase_takes_the_place_of_the_offered_words(
    client: FlaskClient, session: Session
) -> None:
    assert send(client, new_passphrase=OWN, repeat=OWN, noted="").status_code == 200
    member = session.scalars(select(Member)).one()
    lock = keyring.Lock(member.salt, member.cost, member.verifier, member.wrapped_key)
    assert keyring.unlock(Passphrase(OWN), member.public_id, lock)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"noted": ""}, "Write the passphrase down"),
        ({"accept": ""}, "once you agree to the norms"),
        ({"new_passphrase": "short one", "repeat": "short one"}, "at least 15 characters"),
        ({"new_passphrase": "a" * 129, "repeat": "a" * 129}, "at most 128"),
        ({"new_passphrase": "passwordpassword", "repeat": "passwordpassword"}, "could be guessed"),
        ({"new_passphrase": "blue-heron blue-heron", "repeat": "blue-heron blue-heron"}, "guessed"),
        ({"new_passphrase": OWN, "repeat": OWN + "x"}, "not the same both times"),
        ({"pseudonym": "x"}, "at least 2"),
        ({"pseudonym": "heron@posteo.net"}, "e-mail address or a phone"),
        ({"pseudonym": "+44 20 7946 0958"}, "e-mail address or a phone"),
        ({"pseudonym": "hеron"}, "one script"),
        ({"pseudonym": "the moderator"}, "not available"),
        ({"pseudonym": "Lantern"}, "not available"),
        ({"pseudonym": "anna-schmidt"}, "looks like a real name"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    client: FlaskClient, session: Session, typed: dict[str, str], problem: str
) -> None:
    page = client.get("/join")
    answer = send(client, page, **typed)
    assert answer.status_code == 422
    assert problem in unescape(answer.text)
    assert typed.get("pseudonym", "blue-heron") in unescape(answer.text)
    assert offer_on(answer) == offer_on(page)
    assert typed.get("new_passphrase", "never there") not in answer.text
    assert session.scalar(select(func.count()).select_from(Member)) == 0


def test_a_name_that_looks_real_may_be_insisted_on(client: FlaskClient, session: Session) -> None:
    warned = send(client, pseudonym="anna-schmidt")
    assert 'value="anna-schmidt"' in warned.text
    assert send(client, warned, pseudonym="anna-schmidt", insist="anna-schmidt").status_code == 200
    other = client.application.test_client(session=session)
    assert send(other, pseudonym="maria-lopez1", insist="anna-schmidt").status_code == 422


def test_taken_reserved_and_look_alike_names_get_one_answer(
    client: FlaskClient, session: Session
) -> None:
    service.create_member(session, "moss-owl", service.make_keys(Passphrase(OWN), CHEAP))
    sentences = set()
    for name in ("moss-owl", "Moss-Owl", "rnoss-owl", "moss owl", "m0ss-owl", "admin", "lantern"):
        answer = send(client, pseudonym=name)
        assert answer.status_code == 422
        sentences.add(tuple(re.findall(r'id="pseudonym-error">([^<]+)<', answer.text)))
    assert len(sentences) == 1
    assert sentences.pop()


def test_another_suggestion_keeps_everything_else(client: FlaskClient) -> None:
    page = client.get("/join")
    data = {"ticket": hidden(page, "ticket"), "pseudonym": "x", "accept": "1", "another_name": "1"}
    again = client.post("/join", data=data)
    assert again.status_code == 200
    assert suggestion_on(again) not in {"x", suggestion_on(page)}
    assert offer_on(again) == offer_on(page)
    assert re.search(r'name="accept"[^>]* checked', again.text)


def test_other_words_keep_the_name(client: FlaskClient) -> None:
    page = client.get("/join")
    data = {"ticket": hidden(page, "ticket"), "pseudonym": "blue-heron", "another_passphrase": "1"}
    again = client.post("/join", data=data)
    assert suggestion_on(again) == "blue-heron"
    assert offer_on(again) != offer_on(page)


def test_words_that_are_not_ours_are_not_taken(client: FlaskClient, session: Session) -> None:
    page = client.get("/join")
    ticket = hidden(page, "ticket")
    answer = send(client, page, ticket=ticket[:-2] + "AA")
    joined = session.scalars(select(Member)).all()
    assert answer.status_code == 422 or offer_on(answer) != offer_on(page)
    assert joined == []


# --- the flood ------------------------------------------------------------------------------------


@pytest.fixture
def busy(build_app: Callable[..., Flask], session: Session) -> FlaskClient:
    """A visitor of a site that counts, waits five seconds and takes four an hour."""
    write_settings(session, SITE)
    session.commit()
    app = build_app(limits_enabled=True, signup_wait=5, signup_hourly=4)
    return app.test_client(session=session)


def test_a_form_that_comes_too_soon_waits_and_keeps_its_words(
    busy: FlaskClient, session: Session, move_clock: Callable[[timedelta], None]
) -> None:
    page = busy.get("/join")
    move_clock(timedelta(seconds=4))
    early = send(busy, page)
    assert early.status_code == 422
    assert "Please wait 1 second" in early.text
    assert offer_on(early) == offer_on(page)
    move_clock(timedelta(seconds=1))
    assert send(busy, early).status_code == 200


def test_after_a_problem_nobody_waits_anew(
    busy: FlaskClient, move_clock: Callable[[timedelta], None]
) -> None:
    page = busy.get("/join")
    move_clock(timedelta(seconds=5))
    wrong = send(busy, page, accept="")
    assert send(busy, wrong).status_code == 200


def test_a_form_is_sent_once(busy: FlaskClient, move_clock: Callable[[timedelta], None]) -> None:
    page = busy.get("/join")
    move_clock(timedelta(seconds=5))
    assert send(busy, page).status_code == 200
    other = busy.application.test_client()
    assert "already sent" in send(other, page, pseudonym="other-heron").text


def test_a_form_that_was_open_for_very_long_waits_anew(
    busy: FlaskClient, move_clock: Callable[[timedelta], None]
) -> None:
    page = busy.get("/join")
    move_clock(timedelta(minutes=31))
    late = send(busy, page)
    assert late.status_code == 422
    move_clock(timedelta(seconds=5))
    assert send(busy, late).status_code == 200


def solve(page: TestResponse) -> dict[str, str]:
    """Answer the puzzle on a page as a person would."""
    from app.accounts.puzzle import KINDS  # noqa: PLC0415 - only people know these

    row = re.search(r'<p class="big-words">([^<]+ · [^<]+)</p>', page.text)
    kind = re.search(r"Two of these words are (\w+)\.", page.text)
    assert row, "there is no puzzle"
    assert kind
    found = [word for word in row[1].strip().split(" · ") if word in KINDS[kind[1]]]
    return {"puzzle": hidden(page, "puzzle"), "answer": " and ".join(found).replace(" and ", ", ")}


def join_some(client: FlaskClient, count: int, wait: Callable[[], None]) -> None:
    for number in range(count):
        visitor = client.application.test_client()
        page = visitor.get("/join")
        wait()
        more = solve(page) if 'name="puzzle"' in page.text else {}
        assert send(visitor, page, pseudonym=f"finch{number}", **more).status_code == 200


def test_the_door_narrows_with_the_hours_budget(
    busy: FlaskClient, session: Session, move_clock: Callable[[timedelta], None]
) -> None:
    join_some(busy, 3, lambda: move_clock(timedelta(seconds=60)))
    page = busy.get("/join")
    move_clock(timedelta(seconds=30))
    assert "not the two words" in send(busy, page).text
    assert "Please wait 30 seconds" in send(busy, page, **solve(page)).text
    page = busy.get("/join")
    move_clock(timedelta(seconds=60))
    answer = solve(page)
    assert send(busy, page, **answer).status_code == 200
    late = busy.application.test_client(session=session)
    assert "one needs an invite" in late.get("/join").text
    refused = send(late, pseudonym="late-heron")
    assert refused.status_code == 422
    owl = make_member(session, "Owl")
    words = service.make_invite(session, owl.actor)
    page = late.get("/join")
    move_clock(timedelta(seconds=60))
    session.commit()
    assert send(late, page, pseudonym="late-heron", invite=words).status_code == 200


def test_a_puzzle_is_solved_once(
    busy: FlaskClient, move_clock: Callable[[timedelta], None]
) -> None:
    join_some(busy, 3, lambda: move_clock(timedelta(seconds=60)))
    page = busy.get("/join")
    answer = solve(page)
    early = send(busy, page, **answer)
    assert "Please wait" in early.text
    assert "not the two words" in send(busy, page, **answer).text


# --- invites --------------------------------------------------------------------------------------


def test_an_invite_opens_the_door_as_often_as_it_says(
    client: FlaskClient, session: Session
) -> None:
    write_settings(session, Settings(name="Lantern", signup=Signup.INVITE))
    words = service.make_invite(session, make_member(session, "Owl").actor)
    assert words in client.get(f"/join?invite={words}").text
    assert send(client, invite="").status_code == 422
    assert send(client, invite="wrong-words").status_code == 422
    assert send(client, invite=words).status_code == 200
    other = client.application.test_client(session=session)
    assert send(other, pseudonym="second-heron", invite=words).status_code == 422
    used = session.scalars(select(Invite)).one()
    assert used.uses_left == 0
    assert session.scalars(select(InviteTie)).one().invited_by_id == used.inviter_id


def test_an_invite_runs_out_after_thirty_days(
    client: FlaskClient, session: Session, move_clock: Callable[[timedelta], None]
) -> None:
    write_settings(session, Settings(name="Lantern", signup=Signup.INVITE))
    words = service.make_invite(session, make_member(session, "Owl").actor)
    move_clock(timedelta(days=31))
    assert send(client, invite=words).status_code == 422
    move_clock(timedelta(days=-1))
    assert send(client, invite=words).status_code == 200


def test_no_invite_that_lets_nobody_in_answers_unlike_another(
    client: FlaskClient,
    session: Session,
    move_clock: Callable[[timedelta], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_settings(session, Settings(name="Lantern", signup=Signup.INVITE))
    old = service.make_invite(session, make_member(session, "Owl").actor)
    move_clock(timedelta(days=31))
    used = service.make_invite(session, make_member(session, "Wren").actor)
    session.execute(update(Invite).values(uses_left=0))
    stoat = make_member(session, "Stoat")
    resting = service.make_invite(session, stoat.actor)
    stoat.standing = Standing.SUSPENDED
    hashes: list[object] = []
    monkeypatch.setattr(crypto, "stretch", lambda *given: hashes.append(given))
    answers = {
        masked(answer, "heron").replace(words, "WORDS")
        for words in ("abcd-efgh-jkmn-pqrs", old, used, resting)
        for answer in [send(client, invite=words)]
        if answer.status_code == 422
    }
    assert len(answers) == 1
    assert hashes == [], "a hash is made for none of them, so none takes longer"


def test_a_closed_door_is_closed(client: FlaskClient, session: Session) -> None:
    page = client.get("/join")
    write_settings(session, Settings(name="Lantern", signup=Signup.CLOSED))
    assert "Nobody can join" in client.get("/join").text
    assert send(client, page).status_code == 422
    assert session.scalars(select(Member)).all() == []


def test_nobody_joins_before_the_site_is_set_up(blank_app: Flask) -> None:
    assert "Nobody can join" in blank_app.test_client().get("/join").text


# --- races and codes ------------------------------------------------------------------------------


def test_two_who_want_one_name_at_once_get_one_member(
    app: Flask, database: Database, session: Session
) -> None:
    start = threading.Barrier(2)
    answers: list[int] = []

    def try_it() -> None:
        visitor = app.test_client()
        page = visitor.get("/join")
        start.wait()
        answers.append(send(visitor, page).status_code)

    both = [threading.Thread(target=try_it) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(answers) == [200, 422]
    assert session.scalar(select(func.count()).select_from(Member)) == 1


def test_the_database_has_the_last_word_on_a_name(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.create_member(session, "heron", service.make_keys(Passphrase(OWN), CHEAP))
    session.commit()
    monkeypatch.setattr(service.queries, "is_taken", lambda *_: False)
    with pytest.raises(service.NotAvailableError):
        service.create_member(session, "Heron", service.make_keys(Passphrase(OWN), CHEAP))


def test_the_codes_are_shown_once_and_a_lost_page_gives_new_ones(
    client: FlaskClient, session: Session
) -> None:
    first = codes_on(send(client))
    again = client.get("/me/recovery-codes")
    assert codes_on(again) == []
    wrong = client.post("/me/recovery-codes/confirm", data={"number": "3", "code": "nonsense"})
    assert wrong.status_code == 422
    renewed = client.post("/me/recovery-codes")
    fresh = codes_on(renewed)
    assert len(fresh) == 8
    assert not set(fresh) & set(first)
    old = client.post("/me/recovery-codes/confirm", data={"number": "3", "code": first[2]})
    assert old.status_code == 422
    new = client.post("/me/recovery-codes/confirm", data={"number": "3", "code": fresh[2]})
    assert new.status_code == 302
    assert session.scalar(select(func.count()).select_from(RecoveryCode)) == 8


def test_a_code_is_confirmed_under_its_own_number(client: FlaskClient) -> None:
    codes = codes_on(send(client))
    other = client.post("/me/recovery-codes/confirm", data={"number": "3", "code": codes[3]})
    assert other.status_code == 422


def test_a_member_does_not_join_twice(client: FlaskClient, session: Session) -> None:
    page = client.get("/join")
    send(client, page)
    assert client.get("/join").headers["Location"] == "/me/recovery-codes"
    assert send(client, page, pseudonym="again").headers["Location"] == "/me/recovery-codes"
    assert session.scalar(select(func.count()).select_from(MemberSession)) == 1


def test_every_suggestion_would_be_taken_by_the_form() -> None:
    for _ in range(500):
        name = pseudonyms.suggest()
        assert pseudonyms.flaw(name) is None
        assert pseudonyms.tidy(name) == name
