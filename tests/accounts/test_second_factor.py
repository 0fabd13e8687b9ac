"""A code beside the passphrase: right once, and asked of whoever has a role."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import queries, second_factor, service, totp
from app.accounts.models import MemberSession, SecondFactor
from app.accounts.second_factor import Holder
from app.core import clock, crypto
from app.core.crypto import BrokenSealError
from app.core.db import Database
from app.policy.vocabulary import Role
from tests.accounts.test_signing_in import enter, hidden, masked
from tests.factories import FACTOR, PASSPHRASE, make_member, make_moderator, private_key_of

SignIn = Callable[..., FlaskClient]
HALF_MINUTE = timedelta(seconds=30)


def code_now() -> str:
    return totp.code_of(FACTOR, totp.step_now())


def holder_of(member: Any) -> Holder:
    return Holder(member.id, member.public_id, private_key_of(member))


# --- the codes themselves -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "eight_digits"),
    [  # RFC 6238, appendix B, the rows of SHA-1; six digits are the last six of eight
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_rfc_6238(seconds: int, eight_digits: str) -> None:
    assert totp.code_of(FACTOR, seconds // 30) == eight_digits[-6:]


@pytest.mark.parametrize(
    ("count", "code"), list(enumerate(("755224", "287082", "359152", "969429", "338314", "254676")))
)
def test_codes_are_those_of_rfc_4226(count: int, code: str) -> None:  # appendix D
    assert totp.code_of(FACTOR, count) == code


def test_a_clock_may_be_wrong_by_one_step_and_no_more() -> None:
    with clock.stopped(datetime(2026, 11, 2, 12, 0, 10, tzinfo=UTC)):
        now = totp.step_now()
        for drift, found in ((-2, None), (-1, now - 1), (0, now), (1, now + 1), (2, None)):
            typed = totp.code_of(FACTOR, now + drift)
            assert totp.matching_step(FACTOR, typed, 0) == found
        typed = totp.code_of(FACTOR, now)
        assert totp.matching_step(FACTOR, f" {typed[:3]} {typed[3:]} ", 0) == now
        assert totp.matching_step(FACTOR, typed, now) is None, "used before"
        assert totp.matching_step(FACTOR, totp.code_of(FACTOR, now - 1), now) is None
        for typed in ("", "12345", "١٢٣٤٥٦", "0" * 300):
            assert totp.matching_step(FACTOR, typed, 0) is None


def test_a_key_can_be_typed_and_read_again_and_names_nobody() -> None:
    secret = totp.new_secret()
    assert len(secret) == 20
    assert totp.new_secret() != secret
    text = totp.key_text(secret)
    assert re.fullmatch(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", text)
    assert totp.read_key(text) == secret
    assert totp.address(secret) == f"otpauth://totp/Sign-in?secret={text.replace(' ', '')}"


# --- what is kept ---------------------------------------------------------------------------------


def test_a_code_is_good_once_even_for_two_at_once(database: Database, session: Session) -> None:
    holder = holder_of(make_member(session, has_factor=True))
    session.commit()
    typed, taken = code_now(), []

    def bring() -> None:
        with database.write.begin() as other:
            taken.append(second_factor.accept(other, holder, typed))

    threads = [threading.Thread(target=bring) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 7 + [True]


def test_the_disk_tells_neither_the_key_nor_when_it_was_used(session: Session) -> None:
    heron = make_member(session, has_factor=True)
    kept = session.get(SecondFactor, heron.id)
    assert kept
    assert second_factor.accept(session, holder_of(heron), code_now())
    assert FACTOR not in kept.box
    assert len(kept.box) == 256 + 40
    opened = crypto.unseal(
        crypto.hkdf(private_key_of(heron), f"totp:second_factors:{heron.public_id}:1"), kept.box
    )
    assert opened == FACTOR + totp.step_now().to_bytes(8, "big")


def test_a_box_of_somebody_else_opens_no_door(session: Session) -> None:
    heron, stoat = (make_member(session, name, has_factor=True) for name in ("Heron", "Stoat"))
    mine, theirs = session.get(SecondFactor, heron.id), session.get(SecondFactor, stoat.id)
    assert mine
    assert theirs
    mine.box = theirs.box
    with pytest.raises(BrokenSealError):
        second_factor.accept(session, holder_of(heron), code_now())


# --- coming in ------------------------------------------------------------------------------------


def test_who_has_set_it_up_comes_in_with_passphrase_and_code_alone(
    client: FlaskClient, session: Session
) -> None:
    make_member(session, "Heron", has_factor=True)
    client.get("/sign-in")
    missing = enter(client)
    wrong = enter(client, code="000000")
    unknown = enter(client, "Stoat")
    for answer in (missing, wrong, unknown):
        assert answer.status_code == 422
    assert masked(missing, "Heron") == masked(wrong, "Heron") == masked(unknown, "Stoat")
    assert session.scalar(select(func.count()).select_from(MemberSession)) == 0
    assert enter(client, words="not the words", code=code_now()).status_code == 422
    typed = code_now()
    assert enter(client, code=typed).status_code == 302
    again = client.application.test_client(session=session)
    assert enter(again, code=typed).status_code == 422, "a code is good once"


def test_who_has_none_is_asked_for_none(client: FlaskClient, session: Session) -> None:
    make_member(session, "Heron")
    assert enter(client, code="whatever the manager filled in").status_code == 302


def test_too_many_wrong_codes_with_the_right_passphrase_are_no_more_looked_at(
    build_app: Callable[..., Any], session: Session, client: FlaskClient
) -> None:
    make_member(session, "Heron", has_factor=True)
    session.commit()
    app = build_app(limits_enabled=True)
    counting = app.test_client(session=session)
    with clock.stopped(datetime(2026, 11, 2, 12, 0, tzinfo=UTC)) as move:
        for _ in range(20):
            assert enter(counting, code="000000").status_code in {422, 429}
            app.extensions["counter"].limiter.clear(*_sign_in_limit())
        move(HALF_MINUTE)
        assert enter(counting, code=code_now()).status_code == 422


def _sign_in_limit() -> tuple[Any, str]:
    """The limit on tries at one name, which would stop the test before the one it is about."""
    from limits import parse  # noqa: PLC0415 - for this alone

    from app.web.limits import key  # noqa: PLC0415 - for this alone

    return parse("5 per minute"), key("sign-in", "heron")


def test_a_recovery_code_stands_in_for_a_lost_app_once(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    heron = make_member(session, "Heron", has_factor=True)
    codes = service.renew_codes(session, heron.id, heron.public_id, private_key_of(heron))
    elsewhere = sign_in(heron)
    assert enter(client, words="not the words", code=codes[0]).status_code == 422
    assert len(queries.unused_codes(session, heron.id)) == 8
    answer = enter(client, code=codes[0].upper())
    assert answer.status_code == 302
    assert "no second factor is asked any more" in client.get("/me/settings").text
    assert elsewhere.get("/me/privacy").status_code == 401
    assert not second_factor.has_factor(session, heron.id)
    assert len(queries.unused_codes(session, heron.id)) == 7


# --- setting it up --------------------------------------------------------------------------------


def offered(client: FlaskClient) -> tuple[bytes, str]:
    page = client.get("/me/second-factor")
    found = re.search(r'id="key"[^>]*>([^<]+)<', page.text)
    assert found
    assert f"otpauth://totp/Sign-in?secret={found[1].replace(' ', '')}" in unescape(page.text)
    return totp.read_key(found[1]), hidden(page, "ticket")


def test_it_is_set_up_once_the_app_has_the_key(session: Session, sign_in: SignIn) -> None:
    heron = make_member(session, "Heron")
    here, elsewhere = sign_in(heron), sign_in(heron)
    secret, ticket = offered(here)
    wrong = here.post("/me/second-factor", data={"ticket": ticket, "code": "000000"})
    assert wrong.status_code == 422
    assert totp.key_text(secret) in wrong.text, "the key that the app may have by now"
    assert not second_factor.has_factor(session, heron.id)
    typed = totp.code_of(secret, totp.step_now())
    before = here.get_cookie("bauta")
    assert here.post("/me/second-factor", data={"ticket": ticket, "code": typed}).status_code == 302
    after = here.get_cookie("bauta")
    assert before
    assert after
    assert before.value != after.value
    assert "It is on" in here.get("/me/second-factor").text
    assert elsewhere.get("/me/privacy").status_code == 401
    assert not second_factor.accept(session, holder_of(heron), typed), "used in setting it up"


def test_a_key_that_is_not_ours_is_not_taken(session: Session, sign_in: SignIn) -> None:
    heron = make_member(session, "Heron")
    client = sign_in(heron)
    fields = {"ticket": totp.key_text(FACTOR), "code": code_now()}
    assert client.post("/me/second-factor", data=fields).status_code == 422
    assert not second_factor.has_factor(session, heron.id)


def test_a_member_turns_it_off_and_every_other_session_ends(
    session: Session, sign_in: SignIn
) -> None:
    heron = make_member(session, "Heron", has_factor=True)
    here, elsewhere = sign_in(heron), sign_in(heron)
    assert here.post("/me/second-factor/off").status_code == 302
    assert here.get("/me/privacy").status_code == 200
    assert elsewhere.get("/me/privacy").status_code == 401
    assert not second_factor.has_factor(session, heron.id)


def test_whoever_has_a_role_keeps_it_and_may_change_the_key(
    session: Session, sign_in: SignIn
) -> None:
    owl = make_moderator(session)
    client = sign_in(owl)
    assert client.post("/me/second-factor/off").status_code == 422
    assert second_factor.has_factor(session, owl.id)
    secret, ticket = offered(client)
    fields = {"ticket": ticket, "code": totp.code_of(secret, totp.step_now())}
    assert client.post("/me/second-factor", data=fields).status_code == 302
    assert client.get("/queue").status_code == 200


@pytest.mark.parametrize(
    ("roles", "path"), [(Role.MODERATOR, "/queue"), (Role.OPERATOR, "/console")]
)
def test_a_role_has_no_power_until_it_is_set_up(
    session: Session, sign_in: SignIn, roles: Role, path: str
) -> None:
    owl = make_member(session, "Owl", roles=roles, has_factor=False)
    client = sign_in(owl)
    led = client.get(path)
    assert led.status_code == 302
    assert led.headers["Location"] == "/me/second-factor"
    home = client.get("/").text
    assert f'href="{path}"' not in home
    assert "You have been given a role here" in home
    stranger = sign_in(make_member(session, "Stoat"))
    assert stranger.get(path).status_code == 404
    assert "You have been given a role here" not in stranger.get("/").text
    secret, ticket = offered(client)
    fields = {"ticket": ticket, "code": totp.code_of(secret, totp.step_now())}
    client.post("/me/second-factor", data=fields)
    assert client.get(path).status_code == 200
    assert "You have been given a role here" not in client.get("/").text


def test_whoever_has_been_given_a_role_is_led_there_after_signing_in(
    client: FlaskClient, session: Session
) -> None:
    make_member(session, "Owl", roles=Role.MODERATOR, has_factor=False)
    assert enter(client, "Owl").headers["Location"] == "/me/second-factor"


def test_a_change_by_who_lacks_the_factor_is_not_made_and_not_lost(
    session: Session, sign_in: SignIn
) -> None:
    client = sign_in(make_member(session, "Robin", roles=Role.OPERATOR, has_factor=False))
    answer = client.post("/console", data={"purpose": "Something typed at length."})
    assert answer.status_code == 403
    assert "Something typed at length." in answer.text


# --- showing once more who one is -----------------------------------------------------------------

SENSITIVE = [
    ("GET", "/me/second-factor"),
    ("POST", "/me/second-factor"),
    ("POST", "/me/second-factor/off"),
    ("GET", "/me/settings/passphrase"),
    ("POST", "/me/settings/passphrase"),
    ("POST", "/me/recovery-codes"),
    ("POST", "/me/recovery/stop"),
]


@pytest.mark.parametrize(("method", "path"), SENSITIVE)
def test_a_sensitive_deed_asks_who_it_is_after_ten_minutes(
    session: Session,
    sign_in: SignIn,
    move_clock: Callable[[timedelta], None],
    method: str,
    path: str,
) -> None:
    client = sign_in(make_member(session, "Heron"))
    move_clock(timedelta(minutes=9, seconds=59))
    assert "Confirm it is you" not in client.open(path, method=method).text
    client = sign_in(make_member(session, "Wren"))
    move_clock(timedelta(minutes=10))
    answer = client.open(path, method=method)
    if method == "GET":
        assert answer.headers["Location"].startswith("/me/confirm?next=")
    else:
        assert answer.status_code == 403
        assert "Confirm it is you" in answer.text


def test_who_has_shown_it_goes_on_in_another_session(
    session: Session, sign_in: SignIn, move_clock: Callable[[timedelta], None]
) -> None:
    client = sign_in(make_member(session, "Heron"))
    move_clock(timedelta(minutes=20))
    asked = client.get(client.get("/me/settings/passphrase").headers["Location"])
    fields = {"next": hidden(asked, "next")}
    assert client.post("/me/confirm", data=fields | {"passphrase": "wrong"}).status_code == 422
    before = client.get_cookie("bauta")
    shown = client.post("/me/confirm", data=fields | {"passphrase": PASSPHRASE})
    assert shown.headers["Location"] == "/me/settings/passphrase"
    after = client.get_cookie("bauta")
    assert before
    assert after
    assert before.value != after.value
    assert client.get("/me/settings/passphrase").status_code == 200
    assert session.scalar(select(func.count()).select_from(MemberSession)) == 1
    stale = client.application.test_client(session=session)
    stale.set_cookie("bauta", before.value)
    assert stale.get("/me/privacy").status_code == 401


def test_what_was_typed_comes_back_without_passphrases(
    session: Session, sign_in: SignIn, move_clock: Callable[[timedelta], None]
) -> None:
    client = sign_in(make_member(session, "Heron"))
    move_clock(timedelta(minutes=20))
    typed = {"reason": "A text somebody wrote.", "new_passphrase": "walnut cellar", "code": "1234"}
    asked = client.post("/me/settings/passphrase", data=typed)
    assert hidden(asked, "kept.reason") == "A text somebody wrote."
    assert "walnut cellar" not in asked.text
    assert "1234" not in asked.text
    fields = {
        "passphrase": PASSPHRASE,
        "kept_path": hidden(asked, "kept_path"),
        "kept.reason": "A text somebody wrote.",
    }
    kept = client.post("/me/confirm", data=fields)
    assert "A text somebody wrote." in kept.text
    assert 'action="/me/settings/passphrase"' in kept.text
    strange = client.post("/me/confirm", data=fields | {"kept_path": "https://elsewhere.example/"})
    assert strange.headers["Location"] == "/"


def test_who_has_a_second_factor_shows_both(
    session: Session, sign_in: SignIn, move_clock: Callable[[timedelta], None]
) -> None:
    client = sign_in(make_member(session, "Heron", has_factor=True))
    move_clock(timedelta(minutes=20))
    assert 'name="code"' in client.get("/me/confirm").text
    alone = client.post("/me/confirm", data={"passphrase": PASSPHRASE})
    assert alone.status_code == 422
    both = {"passphrase": PASSPHRASE, "code": code_now()}
    assert client.post("/me/confirm", data=both).status_code == 302
    assert client.post("/me/recovery-codes").status_code == 200
