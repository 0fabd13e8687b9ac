"""Another pseudonym: what comes along, what is connected no more, and what nobody gets again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import names
from app.accounts.models import Member, Renaming
from app.core import clock
from app.forum import drafts, parting, service
from app.forum.models import Post, Thread
from app.policy.vocabulary import Role, Standing, Trust, Visibility
from app.privacy.erasure import OwedErasure
from app.privacy.retention import run_retention
from app.trust import service as trust
from tests.factories import (
    PASSPHRASE,
    make_board,
    make_member,
    make_moderator,
    make_post,
    make_thread,
    private_key_of,
)
from tests.forum.test_drafts import everything, reply
from tests.messages.test_service import write

SignIn = Callable[..., FlaskClient]
PATH = "/me/settings/pseudonym"


def take(browser: FlaskClient, name: str = "Kestrel-Lamp", history: str = "carry") -> int:
    """Send the form; returns the status."""
    return browser.post(PATH, data={"pseudonym": name, "history": history}).status_code


def fill(session: Session) -> tuple[Member, Thread, Post]:
    """Heron, called Zander here, with a thread, and Wren's answer that quotes it."""
    heron = make_member(session, "Zander", trust=Trust.REGULAR)
    heron.about = heron.about_html = "I like lamps."
    thread = make_thread(session, board=make_board(session), author=heron, title="Of lamps")
    own = make_post(session, thread=thread, author=heron, body="A lamp of mine.")
    wren = make_member(session, "Wren")
    quoting = service.Draft(body="So it is.", quoted=(own.public_id,))
    service.create_post(session, wren.actor, thread, quoting)
    session.commit()
    return heron, thread, own


def test_with_carry_the_texts_stand_under_the_new_name(session: Session, sign_in: SignIn) -> None:
    heron, thread, own = fill(session)
    wren = sign_in(make_member(session, "Owlet"))
    browser = sign_in(heron)
    assert "Zander" in wren.get(f"/threads/{thread.public_id}").text
    answer = browser.post(PATH, data={"pseudonym": "Kestrel-Lamp", "history": "carry"})
    assert answer.location == "/u/Kestrel-Lamp"
    page = wren.get(f"/threads/{thread.public_id}").text
    assert page.count("Kestrel-Lamp") >= 3, "opening, answer and quote"
    assert "Zander" not in page
    assert wren.get("/u/Zander").status_code == 404
    assert wren.get("/u/Kestrel-Lamp").status_code == 200
    assert browser.get(f"/posts/{own.public_id}/edit").status_code == 200
    assert (heron.about, heron.trust) == ("I like lamps.", Trust.REGULAR)


@pytest.mark.parametrize("history", ["carry", "unlink"])
def test_the_old_name_stands_nowhere_any_more(
    session: Session, sign_in: SignIn, history: str
) -> None:
    heron, _, _ = fill(session)
    assert "zander" in everything(session).lower()
    assert take(sign_in(heron), history=history) == 302
    session.expire_all()
    assert "zander" not in everything(session).lower()
    owed = session.scalars(select(OwedErasure)).one()
    assert owed.member_id == heron.id, "the bytes of the old name are owed"


@pytest.mark.parametrize("history", ["carry", "unlink"])
def test_one_signs_in_with_the_new_name_and_no_more_with_the_old(
    session: Session, sign_in: SignIn, client: FlaskClient, history: str
) -> None:
    heron = make_member(session, "Zander")
    assert take(sign_in(heron), history=history) == 302
    for name, status in (("Zander", 422), ("kestrel-lamp", 302)):
        form = {"pseudonym": name, "passphrase": PASSPHRASE}
        assert client.post("/sign-in", data=form).status_code == status


def test_unlinked_nothing_connects_the_texts_with_the_new_name(
    session: Session, sign_in: SignIn, client: FlaskClient
) -> None:
    heron, thread, own = fill(session)
    mask, joined = heron.mask_seed, heron.joined_on
    browser, wren = sign_in(heron), sign_in(make_member(session, "Owlet"))
    assert take(browser, history="unlink") == 302
    page = wren.get(f"/threads/{thread.public_id}").text
    assert page.lower().count("former member") >= 3, "opening, answer and quote"
    assert "Kestrel" not in page
    assert "Of lamps" not in wren.get("/u/Kestrel-Lamp").text
    assert session.scalars(select(Post).where(Post.author_id == heron.id)).all() == []
    assert session.scalars(select(Thread).where(Thread.author_id == heron.id)).all() == []
    assert heron.mask_seed != mask
    assert (heron.about, heron.about_html) == ("", "")
    assert (heron.joined_on, heron.trust) == (joined, Trust.REGULAR)
    with clock.stopped(clock.now() + timedelta(days=60)):
        trust.settle_one(session, heron.id)
    session.refresh(heron)
    assert (heron.trust, heron.trust_falls_on) == (Trust.REGULAR, None), "it does not fall later"
    for deed in ("edit", "erase"):
        assert browser.get(f"/posts/{own.public_id}/{deed}").status_code == 403
    assert "A lamp of mine." in page, "what was said stays readable"


def test_unlinked_nobody_who_vouched_finds_the_new_name(session: Session, sign_in: SignIn) -> None:
    heron, wren = make_member(session, "Zander"), make_member(session, "Owlet", trust=Trust.REGULAR)
    voucher = sign_in(wren)
    assert voucher.post("/u/Zander/vouch").status_code == 302
    assert "You vouch for" in voucher.get("/u/Zander/vouch").text
    assert take(sign_in(heron), history="unlink") == 302
    assert "You vouch for" not in voucher.get("/u/Kestrel-Lamp/vouch").text


def test_what_is_sealed_to_the_member_opens_under_the_new_name(
    session: Session, sign_in: SignIn
) -> None:
    heron = make_member(session, "Zander")
    drafts.keep(session, heron.actor, "k1", reply("Kept before."))
    assert take(sign_in(heron), history="unlink") == 302
    kept = drafts.opened(session, private_key_of(heron), drafts.drafts_of(session, heron.actor))
    assert [draft.wording.body for draft in kept] == ["Kept before."]


@pytest.mark.parametrize("again", ["Zander", "zander", "Z-ander", "Zandér"])
def test_nobody_gets_the_old_name_again(session: Session, sign_in: SignIn, again: str) -> None:
    heron, stoat = make_member(session, "Zander"), make_member(session, "Stoat")
    browser = sign_in(heron)
    assert take(browser) == 302
    assert take(sign_in(stoat), again) == 422
    with clock.stopped(clock.now() + timedelta(days=31)):
        assert take(sign_in(heron), again) == 422, "its member neither"
    session.expire_all()
    assert sorted(session.scalars(select(Member.pseudonym))) == ["Kestrel-Lamp", "Stoat"]


def test_a_name_is_changed_once_in_thirty_days(session: Session, sign_in: SignIn) -> None:
    heron = make_member(session, "Zander")
    browser, start = sign_in(heron), clock.now()
    assert take(browser) == 302
    assert "You can do it again from" in browser.get(PATH).text
    assert take(browser, "Quiet-Lamp") == 422
    assert heron.pseudonym == "Kestrel-Lamp"
    with clock.stopped(start + timedelta(days=30)):
        assert take(sign_in(heron), "Quiet-Lamp") == 302
    session.expire_all()
    assert heron.pseudonym == "Quiet-Lamp"
    with clock.stopped(start + timedelta(days=61)):
        run_retention(session)
    assert session.scalars(select(Renaming)).all() == []


def test_unlinked_whoever_got_a_message_does_not_find_the_new_name(
    session: Session, sign_in: SignIn
) -> None:
    heron, wren = make_member(session, "Zander"), make_member(session, "Wren")
    write(session, heron, wren)
    write(session, wren, heron)
    browser, theirs = sign_in(heron), sign_in(wren)
    assert "Zander" in theirs.get("/messages").text
    assert take(browser, history="unlink") == 302
    page = theirs.get("/messages").text
    assert "ormer member" in page, "the conversation is still there"
    assert "Kestrel" not in page
    assert "Wren" not in browser.get("/messages").text


def test_with_carry_a_conversation_goes_on_under_the_new_name(
    session: Session, sign_in: SignIn
) -> None:
    heron, wren = make_member(session, "Zander"), make_member(session, "Wren")
    write(session, heron, wren)
    assert take(sign_in(heron)) == 302
    assert "Kestrel-Lamp" in sign_in(wren).get("/messages").text


def test_while_a_text_waits_for_a_moderator_it_is_not_unlinked(
    session: Session, sign_in: SignIn
) -> None:
    heron, thread, _ = fill(session)
    make_post(session, thread=thread, author=heron, visibility=Visibility.HELD)
    browser = sign_in(heron)
    answer = browser.post(PATH, data={"pseudonym": "Kestrel-Lamp", "history": "unlink"})
    assert answer.status_code == 422
    assert "waits for a moderator" in answer.text
    assert 'value="Kestrel-Lamp"' in answer.text
    session.expire_all()
    assert heron.pseudonym == "Zander"
    assert session.scalars(select(Post).where(Post.author_id.is_(None))).all() == []
    assert take(browser) == 302


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Wren", "not available"),
        ("moderator", "not available"),
        ("Lantern", "not available"),
        ("anna.meier@posteo.net", "e-mail address or a phone number"),
        ("Anna Meier", "looks like a real name"),
        ("x", "at least 2 letters"),
    ],
)
def test_a_name_that_could_not_be_joined_with_is_not_taken(
    session: Session, sign_in: SignIn, name: str, sentence: str
) -> None:
    heron = make_member(session, "Zander")
    make_member(session, "Wren")
    answer = sign_in(heron).post(PATH, data={"pseudonym": name, "history": "carry"})
    assert answer.status_code == 422
    assert sentence in answer.text
    session.expire_all()
    assert heron.pseudonym == "Zander"


def test_of_the_two_ways_none_is_chosen(session: Session, sign_in: SignIn) -> None:
    heron = make_member(session, "Zander")
    browser = sign_in(heron)
    page = browser.get(PATH).text
    assert "checked" not in page
    answer = browser.post(PATH, data={"pseudonym": "Kestrel-Lamp"})
    assert answer.status_code == 422
    assert "Choose what is to become of your texts." in answer.text
    assert heron.pseudonym == "Zander"


def test_another_suggestion_changes_nothing(session: Session, sign_in: SignIn) -> None:
    heron = make_member(session, "Zander")
    data = {"pseudonym": "Kestrel-Lamp", "history": "carry", "another_name": "1"}
    answer = sign_in(heron).post(PATH, data=data)
    assert answer.status_code == 200
    assert 'value="Kestrel-Lamp"' not in answer.text
    assert heron.pseudonym == "Zander"


def test_the_page_says_what_a_role_gives_away(session: Session, sign_in: SignIn) -> None:
    sentence = "You have a role here"
    assert sentence in sign_in(make_moderator(session, "Owl")).get(PATH).text
    assert sentence not in sign_in(make_member(session, "Zander")).get(PATH).text


@pytest.mark.parametrize("standing", [Standing.SILENCED, Standing.SUSPENDED])
def test_nobody_sheds_a_sanction_with_the_name(
    session: Session, sign_in: SignIn, standing: Standing
) -> None:
    heron = make_member(session, "Zander", standing=standing)
    assert take(sign_in(heron)) == 403
    assert heron.pseudonym == "Zander"


def test_it_asks_who_one_is_and_loses_nothing_meanwhile(session: Session, sign_in: SignIn) -> None:
    heron = make_member(session, "Zander")
    browser = sign_in(heron)
    with clock.stopped(clock.now() + timedelta(minutes=11)):
        answer = browser.post(PATH, data={"pseudonym": "Kestrel-Lamp", "history": "carry"})
    assert answer.status_code == 403
    assert "Kestrel-Lamp" in answer.text
    assert heron.pseudonym == "Zander"


def test_a_visitor_has_no_name_to_change(client: FlaskClient) -> None:
    assert client.get(PATH).status_code == 401
    assert take(client) == 401


def test_a_role_stays_with_its_member(session: Session, sign_in: SignIn) -> None:
    owl = make_moderator(session, "Owl")
    assert take(sign_in(owl), history="unlink") == 302
    assert owl.roles == Role.MODERATOR


def test_control_an_old_name_that_is_kept_is_noticed(
    session: Session, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "_tag", lambda session, skeleton: b"Zander")
    with pytest.raises(AssertionError, match="zander"):
        test_the_old_name_stands_nowhere_any_more(session, sign_in, "carry")


def test_control_a_name_that_is_free_again_is_noticed(
    session: Session, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "retire", lambda session, skeleton: None)
    with pytest.raises(AssertionError, match="302 == 422"):
        test_nobody_gets_the_old_name_again(session, sign_in, "Zander")


def test_control_texts_that_stay_linked_are_noticed(
    session: Session, sign_in: SignIn, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parting, "unlink_all", lambda session, member_id: None)
    with pytest.raises(AssertionError, match="opening, answer and quote"):
        test_unlinked_nothing_connects_the_texts_with_the_new_name(session, sign_in, client)
