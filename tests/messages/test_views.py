"""The doors of messages, what the pages say, and that nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.models import Member
from app.forum.models import Notice
from app.messages import service
from app.messages.models import Conversation, Message
from app.policy.vocabulary import Standing, Trust
from tests.factories import make_member, make_moderator
from tests.messages.test_service import WORDS, everything, side_of, write

SignIn = Callable[..., FlaskClient]
EXPOSING = "Her number is 07700 900341, ring her and say hello."
ASKING = "You can reach me at heron.lake@posteo.net any time."


def path_of(session: Session, holder: Member, other: Member) -> str:
    side = side_of(session, holder, other)
    assert side is not None
    return f"/messages/{side.public_id}"


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_from_a_profile_to_a_message_and_back(
    session: Session, sign_in: SignIn, heron: Member, wren: Member
) -> None:
    ours, theirs = sign_in(heron), sign_in(wren)
    assert 'href="/u/Wren/message"' in ours.get("/u/Wren").text
    assert "To Wren" in ours.get("/u/Wren/message").text
    sent = ours.post("/u/Wren/message", data={"body": WORDS}, follow_redirects=True)
    assert WORDS in sent.text
    assert "You can write again once there is an answer" in sent.text
    assert "A message for you" in theirs.get("/inbox").text
    listed = theirs.get("/messages").text
    assert "Heron" in listed
    assert "1 new" in listed
    path = path_of(session, wren, heron)
    assert path in listed
    page = theirs.get(path).text
    assert WORDS in page
    assert ">new<" in page
    assert ">new<" not in theirs.get(path).text
    answered = theirs.post(path, data={"body": "Good to hear."}, follow_redirects=True)
    assert "Good to hear." in answered.text
    assert "1 new" in ours.get("/messages").text
    assert ours.get("/u/Wren/message").location == path_of(session, heron, wren)


def test_only_its_holder_gets_to_a_side(
    session: Session, sign_in: SignIn, client: FlaskClient, heron: Member, wren: Member
) -> None:
    write(session, heron, wren)
    path = path_of(session, heron, wren)
    (copy,) = session.scalars(select(Message).where(Message.member_id == heron.id)).all()
    others = [
        sign_in(wren),
        sign_in(make_member(session, "Stoat")),
        sign_in(make_moderator(session)),
    ]
    for address in (path, f"{path}/erase", f"/messages/copies/{copy.public_id}/erase"):
        assert client.get(address).status_code == 401
        for other in others:
            assert other.get(address).status_code == 404
    for deed in ("", "/seen", "/mute", "/unmute", "/erase"):
        assert client.post(path + deed).status_code == 401
        for other in others:
            assert other.post(path + deed, data={"body": "x"}).status_code == 404
    assert count(session, Message) == 2
    assert client.get("/messages").status_code == 401


@pytest.mark.parametrize("body", ["", "   ", "x" * 4_001])
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    session: Session, sign_in: SignIn, heron: Member, wren: Member, body: str
) -> None:
    browser = sign_in(heron)
    answer = browser.post("/u/Wren/message", data={"body": body})
    assert answer.status_code == 422
    assert body.strip() in answer.text
    write(session, wren, heron)
    answer = browser.post(path_of(session, heron, wren), data={"body": body})
    assert answer.status_code == 422
    assert body.strip() in answer.text
    assert count(session, Message) == 2


def _consent(answer: TestResponse) -> str:
    found = re.search(r'name="consent" value="(\w+)"', answer.text)
    assert found
    return found[1]


def test_a_text_is_marked_before_it_is_sealed_and_the_writer_decides_about_the_own(
    session: Session, sign_in: SignIn, heron: Member, wren: Member
) -> None:
    browser = sign_in(heron)
    answer = browser.post("/u/Wren/message", data={"body": ASKING})
    assert answer.status_code == 422
    assert "<mark>" in answer.text
    assert "heron.lake@posteo.net" in answer.text
    assert "This is about me, send it anyway" in answer.text
    assert "Send it to a moderator" not in answer.text
    assert count(session, Message) == 0
    form = {"body": ASKING, "agree": "1", "consent": _consent(answer)}
    assert browser.post("/u/Wren/message", data=form).status_code == 302
    assert count(session, Message) == 2


def test_what_would_wait_on_a_board_is_asked_about_and_stored_nowhere(
    session: Session, sign_in: SignIn, heron: Member, wren: Member
) -> None:
    before = everything(session)
    answer = sign_in(heron).post("/u/Wren/message", data={"body": EXPOSING})
    assert answer.status_code == 422
    assert "900341" in answer.text
    session.expire_all()
    told = {name: rows for name, rows in everything(session).items() if name != "sessions"}
    assert not any("900341" in row for rows in told.values() for row in rows)
    assert {name: len(rows) for name, rows in told.items()} == {
        name: len(before[name]) for name in told
    }


def test_a_newcomer_answers_but_does_not_begin(
    session: Session, sign_in: SignIn, wren: Member
) -> None:
    finch = make_member(session, "Finch", trust=Trust.NEWCOMER)
    browser = sign_in(finch)
    assert "/u/Wren/message" not in browser.get("/u/Wren").text
    assert browser.get("/u/Wren/message").status_code == 403
    refused = browser.post("/u/Wren/message", data={"body": WORDS})
    assert refused.status_code == 403
    assert WORDS in refused.text
    write(session, wren, finch)
    assert browser.get("/u/Wren/message").status_code == 302
    assert browser.post(path_of(session, finch, wren), data={"body": "hi"}).status_code == 302


def test_a_silenced_member_reads_but_does_not_write(
    session: Session, sign_in: SignIn, wren: Member
) -> None:
    stoat = make_member(session, "Stoat", standing=Standing.SILENCED)
    write(session, wren, stoat)
    path, browser = path_of(session, stoat, wren), sign_in(stoat)
    page = browser.get(path)
    assert page.status_code == 200
    assert 'name="body"' not in page.text
    refused = browser.post(path, data={"body": "but I must say"})
    assert refused.status_code == 403
    assert "but I must say" in refused.text


def test_nobody_writes_to_the_own_self(sign_in: SignIn, heron: Member) -> None:
    browser = sign_in(heron)
    assert browser.get("/u/Heron/message").status_code == 403
    assert browser.post("/u/Heron/message", data={"body": WORDS}).status_code == 403
    assert browser.post("/u/Heron/mute").status_code == 404


def test_a_second_first_message_is_handed_back(
    session: Session, sign_in: SignIn, heron: Member, wren: Member
) -> None:
    write(session, heron, wren)
    path, browser = path_of(session, heron, wren), sign_in(heron)
    assert 'name="body"' not in browser.get(path).text
    for address in (path, "/u/Wren/message"):
        answer = browser.post(address, data={"body": "are you there"})
        assert answer.status_code == 422
        assert "are you there" in answer.text
    assert count(session, Message) == 2


def test_how_many_somebody_may_begin_in_a_day(
    session: Session, build_app: Callable[..., object], sign_in: SignIn, heron: Member
) -> None:
    app = build_app(limits_enabled=True)
    names = ("Dunnock", "Siskin", "Linnet", "Twite")
    for name in names:
        make_member(session, name)
    cookie = sign_in(heron).get_cookie("bauta")
    assert cookie is not None
    browser = app.test_client(session=session)  # type: ignore[attr-defined]
    browser.set_cookie("bauta", cookie.value)
    answers = [browser.post(f"/u/{name}/message", data={"body": WORDS}) for name in names]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert WORDS in answers[3].text
    assert count(session, Conversation) == 6, "what was refused was stored"


def test_muting_is_told_to_nobody_and_can_be_undone(
    session: Session, sign_in: SignIn, heron: Member, wren: Member
) -> None:
    ours, theirs = sign_in(heron), sign_in(wren)
    muted = theirs.post("/u/Heron/mute", follow_redirects=True)
    assert "You get no more messages from Heron" in muted.text
    sent = ours.post("/u/Wren/message", data={"body": WORDS}, follow_redirects=True)
    assert "muted" not in sent.text
    assert WORDS not in theirs.get(path_of(session, wren, heron)).text
    assert count(session, Notice) == 0
    theirs.post(path_of(session, wren, heron) + "/unmute")
    assert side_of(session, wren, heron) is None


def test_both_ways_of_erasing_ask_first(
    session: Session, sign_in: SignIn, heron: Member, wren: Member
) -> None:
    write(session, heron, wren)
    write(session, wren, heron, "an answer")
    path, browser = path_of(session, heron, wren), sign_in(heron)
    address = re.search(r"/messages/copies/\w+/erase", browser.get(path).text)
    assert address
    asked = browser.get(address[0]).text
    assert WORDS in asked
    assert "keeps it" in asked
    assert WORDS not in browser.post(address[0], follow_redirects=True).text
    assert "an answer" in browser.get(path).text
    assert browser.get(path + "/erase").status_code == 200
    assert "You have no messages" in browser.post(path + "/erase", follow_redirects=True).text
    assert count(session, Message) == 2


def test_the_pages_say_what_is_lost_before_it_is(
    session: Session, sign_in: SignIn, heron: Member, wren: Member
) -> None:
    write(session, heron, wren)
    browser = sign_in(heron)
    for address in ("/messages", path_of(session, heron, wren), "/u/Wren/message"):
        page = browser.get(address, follow_redirects=True).text
        assert "If you lose your passphrase and all recovery codes, your messages are lost" in page


def test_reading_leaves_only_a_sealed_marker_behind(
    session: Session, sign_in: SignIn, heron: Member, wren: Member
) -> None:
    write(session, heron, wren)
    browser = sign_in(wren)
    path = path_of(session, wren, heron)
    session.commit()
    before = everything(session)
    for address in ("/messages", path, "/inbox", "/u/Heron/message", path + "/erase"):
        assert browser.get(address).status_code in {200, 302}
    session.commit()
    changed = {
        name: [row for row in rows if row not in before[name]]
        for name, rows in everything(session).items()
        if rows != before[name]
    }
    assert set(changed) == {"conversations"}
    assert len(changed["conversations"]) == 1
    side = side_of(session, wren, heron)
    assert side is not None
    assert side.marker is not None
    assert side.marker[:1] != b"\1"


def test_control_a_receipt_for_the_sender_is_noticed(
    session: Session,
    sign_in: SignIn,
    heron: Member,
    wren: Member,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = service.mark_read

    def telling(session: Session, side_id: int, number: int, private_key: bytes) -> None:
        """Mark the side of whoever wrote as well."""
        real(session, side_id, number, private_key)
        others = update(Conversation).where(Conversation.id != side_id)
        session.execute(others.values(marker=b"read"))

    monkeypatch.setattr(service, "mark_read", telling)
    with pytest.raises(AssertionError, match="2 == 1"):
        test_reading_leaves_only_a_sealed_marker_behind(session, sign_in, heron, wren)
