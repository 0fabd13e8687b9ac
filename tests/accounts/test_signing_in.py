"""Coming in, going out, coming back: the same answer to everybody who has no right to one."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts import queries, service, sessions
from app.accounts.models import Member, MemberSession, RecoveryCode
from app.core import crypto
from app.core.crypto import Cost
from app.core.db import Base
from app.core.settings import write_settings
from app.policy.vocabulary import Role, Standing, Trust
from tests.conftest import KIND, SITE
from tests.factories import PASSPHRASE, make_board, make_member, make_thread, private_key_of

TOO_LONG = {"IDLE": "lasts without use", "LONGEST": "lasts longer than twelve hours"}
NEW = "eleven brass anchors rust slowly"


def enter(client: FlaskClient, name: str = "Heron", words: str = PASSPHRASE, **more: str) -> Any:
    return client.post("/sign-in", data={"pseudonym": name, "passphrase": words} | more)


def masked(page: TestResponse, name: str) -> str:
    """A page without what differs in every answer, and without the name that was typed."""
    text = re.sub(r'name="(csrf_token|puzzle|ticket)" value="[^"]*"', r'name="\1"', page.text)
    text = re.sub(r'<p class="big-words"[^>]*>[^<]*</p>|Two of these words are \w+', "", text)
    return text.replace(name, "NAME")


def hidden(page: TestResponse, name: str) -> str:
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page.text)
    assert found, f"the page carries no {name}"
    return unescape(found[1])


def test_a_member_comes_in_however_the_name_is_written(
    client: FlaskClient, session: Session
) -> None:
    make_member(session, "Heron")
    for name in ("Heron", "heron", " HERON "):
        visitor = client.application.test_client(session=session)
        assert enter(visitor, name).headers["Location"] == "/"
        assert visitor.get("/inbox").status_code == 200


@pytest.mark.parametrize("standing", [Standing.GOOD, Standing.SUSPENDED, Standing.REMOVED])
def test_an_unknown_name_and_a_wrong_passphrase_get_the_same_bytes(
    client: FlaskClient, session: Session, standing: Standing
) -> None:
    make_member(session, "Heron", standing=standing)
    client.get("/sign-in")
    wrong = enter(client, "Heron", "not the words at all")
    unknown = enter(client, "Stoat", "not the words at all")
    assert wrong.status_code == unknown.status_code == 422
    assert masked(wrong, "Heron") == masked(unknown, "Stoat")
    assert list(wrong.headers.keys()) == list(unknown.headers.keys())
    assert "not the words" not in wrong.text
    assert session.scalar(select(func.count()).select_from(MemberSession)) == 0


@pytest.mark.parametrize("name", ["Heron", "Stoat", ""])
def test_the_same_work_is_done_for_a_name_that_nobody_has(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    make_member(session, "Heron")
    asked: list[Cost] = []
    stretch = crypto.stretch

    def counted(passphrase: crypto.Passphrase, salt: bytes, cost: Cost) -> bytes:
        asked.append(cost)
        return stretch(passphrase, salt, cost)

    monkeypatch.setattr(crypto, "stretch", counted)
    assert enter(client, name, "not the words at all").status_code == 422
    assert asked == [client.application.config["BAUTA"].hash_cost]


def test_no_hash_is_made_while_the_database_is_held(
    client: FlaskClient, session: Session, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    heron = make_member(session, "Heron")
    codes = service.renew_codes(session, heron.id, heron.public_id, private_key_of(heron))
    stretch = crypto.stretch
    held: list[bool] = []

    def watched(*args: Any) -> bytes:
        with database.write() as other:  # waits, and fails after five seconds, if it is held
            other.execute(select(Member.id).with_for_update())
            held.append(False)
        return stretch(*args)

    monkeypatch.setattr(crypto, "stretch", watched)
    assert enter(client).status_code == 302
    assert client.post("/me/confirm", data={"passphrase": PASSPHRASE}).status_code == 302
    change = {"new_passphrase": NEW, "repeat": NEW}
    assert client.post("/me/settings/passphrase", data=change).status_code == 302
    visitor = client.application.test_client(session=session)
    fields = {"pseudonym": "Heron", "code": codes[0], "new_passphrase": NEW, "repeat": NEW}
    assert visitor.post("/recover", data=fields).status_code == 302
    assert len(held) == 4  # in, once more, the new one, the new one after that


def test_the_cookie_is_for_this_site_alone(client: FlaskClient, session: Session) -> None:
    make_member(session, "Heron")
    (cookie,) = [c for c in enter(client).headers.getlist("Set-Cookie") if c.startswith("bauta=")]
    parts = {part.strip() for part in cookie.split(";")[1:]}
    assert parts == {"HttpOnly", "Path=/", "SameSite=Strict"}


def test_over_tls_the_cookie_is_bound_to_the_host(
    build_app: Callable[..., Flask], session: Session
) -> None:
    write_settings(session, SITE)
    make_member(session, "Heron")
    session.commit()
    app = build_app(scheme="https")
    found = enter(app.test_client(session=session)).headers.getlist("Set-Cookie")
    (cookie,) = [text for text in found if text.startswith("__Host-bauta=")]
    parts = {part.strip() for part in cookie.split(";")[1:]}
    assert parts == {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"}


def test_every_sign_in_has_a_session_and_form_keys_of_its_own(app: Flask, session: Session) -> None:
    make_member(session, "Heron")
    client = app.test_client(session=session)
    client.get("/sign-in")
    before = client.get_cookie("form")
    enter(client)
    first = client.get_cookie("bauta")
    other = app.test_client(session=session)
    enter(other)
    second = other.get_cookie("bauta")
    assert first
    assert second
    assert first.value != second.value
    after = client.get_cookie("form")
    assert before
    assert after is None or after.value != before.value


def test_signing_out_ends_the_session_and_clears_the_browser(
    sign_in: Callable[..., FlaskClient], session: Session
) -> None:
    heron = make_member(session, "Heron")
    client = sign_in(heron)
    assert client.get("/sign-out").status_code == 405
    out = client.post("/sign-out")
    assert out.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert client.get_cookie("bauta") is None
    assert queries.open_sessions(session, heron.id) == []


def test_a_passphrase_changed_in_the_meantime_lets_nobody_in(session: Session) -> None:
    heron = make_member(session, "Heron")
    stale = queries.own_credentials(session, heron.id)
    heron.verifier = bytes(32)
    session.flush()  # somebody else changed it
    with pytest.raises(service.NotRightError):
        service.sign_in(session, stale, private_key_of_nobody())


def private_key_of_nobody() -> bytes:
    return crypto.new_private_key()


def test_a_hash_of_another_cost_is_brought_up_to_date(
    build_app: Callable[..., Flask], session: Session
) -> None:
    write_settings(session, SITE)
    heron = make_member(session, "Heron")
    app = build_app(hash_cost=Cost(rounds=2, memory_kib=16, lanes=1))
    assert enter(app.test_client(session=session)).status_code == 302
    session.refresh(heron)
    assert heron.cost == "2:16:1"
    assert enter(app.test_client(session=session)).status_code == 302


# --- where one goes on ----------------------------------------------------------------------------


def test_after_signing_in_one_goes_on_where_one_wanted_to_go(
    client: FlaskClient, session: Session
) -> None:
    make_member(session, "Heron")
    refused = client.get("/inbox")
    assert refused.status_code == 401
    link = re.search(r'href="(/sign-in\?next=[^"]+)"', refused.text)
    assert link
    page = client.get(unescape(link[1]))
    assert enter(client, next=hidden(page, "next")).headers["Location"] == "/inbox"


@pytest.mark.parametrize(
    "note", ["https://elsewhere.example/", "//elsewhere.example", "/inbox", ""]
)
def test_an_unsigned_next_leads_home(client: FlaskClient, session: Session, note: str) -> None:
    make_member(session, "Heron")
    assert enter(client, next=note).headers["Location"] == "/"


def test_a_text_sent_after_the_session_was_over_comes_back(
    sign_in: Callable[..., FlaskClient], session: Session
) -> None:
    heron = make_member(session, "Heron")
    thread = make_thread(session, board=make_board(session))
    client = sign_in(heron)
    sessions.end_all(session, heron.id)
    text = 'Two lines,\nand "quotes" & <signs>.'
    path = f"/threads/{thread.public_id}/reply"
    lost = client.post(path, data={"body": text, "form_key": "k1", "passphrase": "secret"})
    assert lost.status_code == 401
    assert hidden(lost, "kept_path") == path
    assert hidden(lost, "kept.form_key") == "k1"
    assert "secret" not in lost.text
    kept = {"kept_path": path, "kept.body": text, "kept.form_key": "k1"}
    wrong = enter(client, "Heron", "not the words at all", **kept)
    assert wrong.status_code == 422
    assert hidden(wrong, "kept.body") == text
    back = enter(client, "Heron", PASSPHRASE, **kept)
    assert back.status_code == 200
    assert f'action="{path}"' in back.text
    area = re.search(r'<textarea[^>]*name="body"[^>]*>\n(.*?)</textarea>', back.text, re.DOTALL)
    assert area
    assert unescape(area[1]) == text
    assert client.post(path, data={"body": text, "form_key": "k1"}).status_code == 302


@pytest.mark.parametrize(
    "path",
    ["https://elsewhere.example/", "//elsewhere.example/x", "/no-such-page", "javascript:x", ""],
)
def test_a_kept_text_is_sent_to_no_strange_address(
    client: FlaskClient, session: Session, path: str
) -> None:
    make_member(session, "Heron")
    back = enter(client, "Heron", PASSPHRASE, **{"kept_path": path, "kept.body": "text"})
    assert back.status_code == 302


def test_a_text_is_kept_with_the_forms_of_the_new_session(
    build_app: Callable[..., Flask], session: Session
) -> None:
    write_settings(session, SITE)
    make_member(session, "Heron")
    thread = make_thread(session, board=make_board(session))
    path = f"/threads/{thread.public_id}/reply"
    client = build_app(guarded=True).test_client(session=session)
    token = hidden(client.get("/sign-in"), "csrf_token")
    back = enter(client, "Heron", PASSPHRASE, **{
        "csrf_token": token, "kept_path": path, "kept.body": "Kept words."
    })  # fmt: skip
    again = client.post(
        path, data={"csrf_token": hidden(back, "csrf_token"), "body": "Kept words."}
    )
    assert again.status_code == 302


# --- too many tries -------------------------------------------------------------------------------


@pytest.fixture
def counting(build_app: Callable[..., Flask], session: Session) -> FlaskClient:
    """A visitor of a site that counts tries."""
    write_settings(session, SITE)
    session.commit()
    return build_app(limits_enabled=True).test_client(session=session)


@pytest.mark.parametrize("name", ["Heron", "Stoat"])
def test_after_five_tries_one_waits_whether_or_not_the_name_is_there(
    counting: FlaskClient, session: Session, name: str
) -> None:
    make_member(session, "Heron")
    statuses = [enter(counting, name, "not the words at all").status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    assert enter(counting, name.upper(), "not the words at all").status_code == 429
    assert enter(counting, "Other", "not the words at all").status_code == 422


def test_the_waiting_page_is_the_same_for_both(counting: FlaskClient, session: Session) -> None:
    make_member(session, "Heron")
    for name in ("Heron", "Stoat"):
        for _ in range(5):
            enter(counting, name, "not the words at all")
    pages = [enter(counting, name, PASSPHRASE) for name in ("Heron", "Stoat")]
    texts = [re.sub(r"\d+ seconds", "", masked(p, n)) for p, n in zip(pages, ("Heron", "Stoat"), strict=True)]  # fmt: skip  # noqa: E501
    assert [page.status_code for page in pages] == [429, 429]
    assert texts[0] == texts[1]


def test_a_solved_puzzle_buys_one_try(counting: FlaskClient, session: Session) -> None:
    from tests.accounts.test_joining import solve  # noqa: PLC0415 - only people know how

    make_member(session, "Heron")
    for _ in range(5):
        enter(counting, "Heron", "not the words at all")
    waiting = enter(counting, "Heron", PASSPHRASE)
    answer = solve(waiting)
    assert enter(counting, "Heron", "not the words at all", **answer).status_code == 422
    assert enter(counting, "Heron", PASSPHRASE, **answer).status_code == 429
    again = solve(enter(counting, "Heron", PASSPHRASE))
    assert enter(counting, "Heron", PASSPHRASE, **again).status_code == 302


def test_a_right_passphrase_begins_the_count_anew(counting: FlaskClient, session: Session) -> None:
    make_member(session, "Heron")
    for _ in range(4):
        enter(counting, "Heron", "not the words at all")
    assert enter(counting).status_code == 302
    counting.post("/sign-out")
    statuses = [enter(counting, "Heron", "no").status_code for _ in range(5)]
    assert statuses == [422] * 5


# --- recovery -------------------------------------------------------------------------------------


def come_back(client: FlaskClient, code: str, name: str = "Heron", **more: str) -> TestResponse:
    fields = {"pseudonym": name, "code": code, "new_passphrase": NEW, "repeat": NEW} | more
    return client.post("/recover", data=fields)


@pytest.fixture
def codes(session: Session) -> tuple[str, ...]:
    """Heron's recovery codes."""
    heron = make_member(session, "Heron")
    return tuple(service.renew_codes(session, heron.id, heron.public_id, private_key_of(heron)))


def test_a_code_brings_its_member_back_and_ends_every_session(
    client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient], codes: tuple[str]
) -> None:
    heron = session.scalars(select(Member)).one()
    key, elsewhere = private_key_of(heron), sign_in(heron)
    assert come_back(client, codes[4]).status_code == 302
    assert elsewhere.get("/inbox").status_code == 401
    assert client.get("/inbox").status_code == 200
    session.expire_all()
    assert private_key_of(heron, NEW) == key
    visitor = client.application.test_client(session=session)
    assert enter(visitor, "Heron", PASSPHRASE).status_code == 422
    assert enter(visitor, "Heron", NEW).status_code == 302


def test_a_code_is_good_once(client: FlaskClient, session: Session, codes: tuple[str]) -> None:
    assert come_back(client, codes[0]).status_code == 302
    other = client.application.test_client(session=session)
    assert come_back(other, codes[0]).status_code == 422
    assert come_back(other, codes[1]).status_code == 302


def test_of_two_who_bring_one_code_one_is_let_in(session: Session, codes: tuple[str]) -> None:
    recovery = queries.recovery_of(session, "Heron")
    opened = service.try_code(recovery, codes[2])
    assert recovery
    assert opened
    lock = queries.own_credentials(session, recovery.member_id).lock
    service.recover(session, recovery, opened[0], lock)
    with pytest.raises(service.NotRightError):
        service.recover(session, recovery, opened[0], lock)


def test_a_wrong_code_and_an_unknown_name_get_the_same_bytes(
    client: FlaskClient, session: Session, codes: tuple[str]
) -> None:
    come_back(client, codes[0])
    visitor = client.application.test_client(session=session)
    page = visitor.get("/recover")
    ticket = {"ticket": hidden(page, "ticket")}
    wrong = come_back(visitor, "aaaaa-bbbbb", **ticket)
    used = come_back(visitor, codes[0], **ticket)
    unknown = come_back(visitor, codes[1], name="Stoat", **ticket)
    assert wrong.status_code == 422
    assert masked(wrong, "Heron") == masked(unknown, "Stoat")
    assert masked(used, "Heron") == masked(unknown, "Stoat")


@pytest.mark.parametrize("name", ["Heron", "Stoat"])
def test_every_code_is_looked_at_for_every_name(
    session: Session, monkeypatch: pytest.MonkeyPatch, codes: tuple[str], name: str
) -> None:
    looked: list[int] = []
    opens = service.keyring.opens

    def counted(code: str, lock: Any) -> bool:
        looked.append(1)
        return opens(code, lock)

    monkeypatch.setattr(service.keyring, "opens", counted)
    service.try_code(queries.recovery_of(session, name), codes[0])
    assert len(looked) == 8


def test_the_offered_words_can_be_taken_when_coming_back(
    client: FlaskClient, session: Session, codes: tuple[str]
) -> None:
    page = client.get("/recover")
    offer = re.search(r'id="offer"[^>]*>([^<]+)<', page.text)
    assert offer
    fields = {"ticket": hidden(page, "ticket"), "new_passphrase": "", "repeat": ""}
    assert come_back(client, codes[0], **fields).status_code == 422
    assert come_back(client, codes[0], noted="1", **fields).status_code == 302
    visitor = client.application.test_client(session=session)
    assert enter(visitor, "Heron", offer[1].strip()).status_code == 302


# --- what lies on the disk ------------------------------------------------------------------------


def everything_stored(session: Session, database_url: str) -> bytes:
    """Each value of each row; on SQLite the bytes of the files as well."""
    values = [
        value if isinstance(value, bytes) else str(value).encode()
        for table in Base.metadata.sorted_tables
        for row in session.execute(select(table))
        for value in row
    ]
    if KIND == "sqlite":
        path = Path(database_url.removeprefix("sqlite:///"))
        values += [file.read_bytes() for file in path.parent.glob("bauta.sqlite3*")]
    return b"\0".join(values)


def test_the_disk_alone_opens_nobodys_key(
    client: FlaskClient, session: Session, database_url: str
) -> None:
    heron = make_member(session, "Heron")
    key = private_key_of(heron)
    codes = service.renew_codes(session, heron.id, heron.public_id, key)
    enter(client)
    cookie = client.get_cookie("bauta")
    assert cookie
    raw = base64.urlsafe_b64decode(cookie.value)
    disk = everything_stored(session, database_url)
    assert heron.public_key in disk, "the bytes were not read at all"
    secrets = [key, raw, raw[:16], raw[16:], cookie.value.encode(), PASSPHRASE.encode()]
    secrets += [code.encode() for code in codes]
    secrets += [code.replace("-", "").encode() for code in codes]
    secrets += [key.hex().encode(), base64.b64encode(key)]
    assert [secret for secret in secrets if secret in disk] == []


def test_a_session_ends_for_idleness_and_after_twelve_hours(
    sign_in: Callable[..., FlaskClient], session: Session, move_clock: Callable[[timedelta], None]
) -> None:
    heron = make_member(session, "Heron")
    idle, busy = sign_in(heron), sign_in(heron)
    for count in range(60):
        move_clock(timedelta(minutes=14))
        if busy.get("/me/privacy").status_code != 200:
            break
        if count == 3:  # half an hour, rounded up to the quarter, is over; twelve hours are not
            assert idle.get("/me/privacy").status_code == 401, "lasts without use"
    else:
        pytest.fail("lasts longer than twelve hours")
    assert count > 3


def test_a_role_or_a_suspension_ends_every_session(
    sign_in: Callable[..., FlaskClient], session: Session
) -> None:
    heron = make_member(session, "Heron")
    client = sign_in(heron)
    service.grant_role(session, "machine", heron, Role.MODERATOR)
    assert client.get("/inbox").status_code == 401
    client = sign_in(heron)
    service.set_standing(session, heron.id, Standing.SILENCED)
    assert client.get("/inbox").status_code == 200
    service.set_standing(session, heron.id, Standing.SUSPENDED)
    assert client.get("/inbox").status_code == 401


def test_used_codes_are_kept_as_used(session: Session, codes: tuple[str]) -> None:
    heron = session.scalars(select(Member)).one()
    rows = session.scalars(select(RecoveryCode).where(RecoveryCode.member_id == heron.id)).all()
    assert len(rows) == 8
    assert heron.trust is Trust.KNOWN


@pytest.mark.parametrize("limit", ["IDLE", "LONGEST"])
def test_control_a_session_that_lasts_longer_is_noticed(
    sign_in: Callable[..., FlaskClient],
    session: Session,
    move_clock: Callable[[timedelta], None],
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
) -> None:
    monkeypatch.setattr(sessions, limit, timedelta(days=2))
    with pytest.raises((AssertionError, pytest.fail.Exception), match=TOO_LONG[limit]):
        test_a_session_ends_for_idleness_and_after_twelve_hours(sign_in, session, move_clock)
