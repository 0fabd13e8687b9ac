"""A recovery code replaces one factor, and the other is still asked; for both one waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts import queries, second_factor, service, totp
from app.accounts.models import Member, RecoveryWait
from app.core import crypto
from app.core.crypto import Cost, Passphrase
from tests.accounts.test_signing_in import enter, hidden, masked
from tests.factories import FACTOR, PASSPHRASE, make_member, private_key_of

NEW = "eleven brass anchors rust slowly"
SignIn = Callable[..., FlaskClient]
Move = Callable[[timedelta], None]


@pytest.fixture
def heron(session: Session) -> Member:
    return make_member(session, "Heron", has_factor=True)


@pytest.fixture
def codes(session: Session, heron: Member) -> Sequence[str]:
    return service.renew_codes(session, heron.id, heron.public_id, private_key_of(heron))


def bring(client: FlaskClient, code: str, proof: str = "") -> TestResponse:
    fields = {"pseudonym": "Heron", "code": code, "proof": proof}
    return client.post("/recover", data=fields | {"new_passphrase": NEW, "repeat": NEW})


def own(session: Session) -> Member:
    """Heron, to whom the codes belong."""
    found = queries.member_by_pseudonym(session, "Heron")
    assert found
    return found


def code_now() -> str:
    return totp.code_of(FACTOR, totp.step_now())


def test_a_lost_passphrase_is_replaced_by_who_shows_the_second_factor(
    client: FlaskClient, session: Session, heron: Member, codes: Sequence[str], sign_in: SignIn
) -> None:
    key, elsewhere = private_key_of(heron), sign_in(heron)
    for proof in ("", "000000", codes[0]):
        assert bring(client, codes[0], proof).status_code == 422
    assert private_key_of(heron) == key
    assert bring(client, codes[0], code_now()).status_code == 302
    assert private_key_of(heron, NEW) == key
    assert elsewhere.get("/me/privacy").status_code == 401
    assert second_factor.has_factor(session, heron.id)
    assert len(queries.unused_codes(session, heron.id)) == 7
    visitor = client.application.test_client(session=session)
    assert enter(visitor, words=NEW).status_code == 422, "the code is still asked"


def test_a_missing_factor_a_wrong_code_and_an_unknown_name_get_the_same_bytes(
    client: FlaskClient, heron: Member, codes: Sequence[str]
) -> None:
    ticket = hidden(client.get("/recover"), "ticket")
    pages = set()
    for name, code in (("Heron", codes[0]), ("Heron", "aaaaa-aaaaa"), ("Stoat", codes[0])):
        fields = {"pseudonym": name, "code": code, "new_passphrase": NEW, "repeat": NEW}
        answer = client.post("/recover", data=fields | {"ticket": ticket})
        assert answer.status_code == 422
        pages.add(masked(answer, name).replace(code, "CODE"))
    assert len(pages) == 1


@pytest.mark.parametrize("code", ["right", "wrong", "of somebody who is not there"])
def test_the_same_work_is_done_for_every_code_that_opens_nothing(
    client: FlaskClient, codes: Sequence[str], monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    asked: list[Cost] = []
    stretch = crypto.stretch

    def counted(passphrase: Passphrase, salt: bytes, cost: Cost) -> bytes:
        asked.append(cost)
        return stretch(passphrase, salt, cost)

    monkeypatch.setattr(crypto, "stretch", counted)
    fields = {"pseudonym": "Stoat" if "not there" in code else "Heron"}
    fields |= {"code": "aaaaa-aaaaa" if code == "wrong" else codes[0]}
    answer = client.post("/recover", data=fields | {"new_passphrase": NEW, "repeat": NEW})
    assert answer.status_code == 422, "the right code lacks its proof"
    assert asked == [client.application.config["BAUTA"].hash_cost]


def test_who_has_lost_both_waits_three_days_and_is_seen(
    client: FlaskClient,
    session: Session,
    codes: Sequence[str],
    sign_in: SignIn,
    move_clock: Move,
) -> None:
    heron = own(session)
    key = private_key_of(heron)
    waiting = bring(client, codes[0], codes[1])
    assert waiting.status_code == 200
    assert "5 Nov, 13:00 UTC" in waiting.text
    assert len(queries.unused_codes(session, heron.id)) == 8, "nothing is spent by asking"
    inside = sign_in(heron)
    assert "Somebody wants to come back" in inside.get("/").text
    other = sign_in(make_member(session, "Wren"))
    assert "Somebody wants to come back" not in other.get("/").text
    move_clock(timedelta(hours=72))
    assert bring(client, codes[0], codes[1]).status_code == 200, "to the hour, and never earlier"
    assert private_key_of(heron) == key
    move_clock(timedelta(hours=1))
    assert bring(client, codes[0], codes[2]).status_code == 302
    assert private_key_of(heron, NEW) == key
    assert not second_factor.has_factor(session, heron.id)
    assert len(queries.unused_codes(session, heron.id)) == 6
    assert session.get(RecoveryWait, heron.id) is None
    assert inside.get("/me/privacy").status_code == 401


def test_one_code_twice_is_not_two_codes(
    client: FlaskClient, session: Session, heron: Member, codes: Sequence[str]
) -> None:
    assert bring(client, codes[0], codes[0]).status_code == 422
    assert session.get(RecoveryWait, heron.id) is None


def test_whoever_is_inside_stops_it_and_the_codes_are_worth_nothing(
    client: FlaskClient,
    session: Session,
    codes: Sequence[str],
    sign_in: SignIn,
    move_clock: Move,
) -> None:
    heron = own(session)
    bring(client, codes[0], codes[1])
    inside = sign_in(heron)
    stopped = inside.post("/me/recovery/stop")
    assert stopped.status_code == 200
    assert stopped.text.count("<li>") >= 8
    assert "Somebody wants to come back" not in inside.get("/").text
    move_clock(timedelta(hours=80))
    assert bring(client, codes[0], codes[1]).status_code == 422
    assert private_key_of(heron, PASSPHRASE)


def test_without_a_second_factor_one_code_is_enough(client: FlaskClient, session: Session) -> None:
    wren = make_member(session, "Heron")
    (code, *_) = service.renew_codes(session, wren.id, wren.public_id, private_key_of(wren))
    assert bring(client, code).status_code == 302
    assert private_key_of(wren, NEW)
