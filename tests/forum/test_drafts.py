"""Drafts: kept when asked for and when a session was lost, sealed to their member, and gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import sessions
from app.accounts.models import Member
from app.core import clock
from app.core.crypto import BrokenSealError
from app.core.db import Base
from app.core.shreds import Shred
from app.forum import drafts, service
from app.forum.drafts import Meant, TooManyDraftsError, Wording
from app.forum.models import KeptDraft, Post, Thread
from app.policy.vocabulary import Standing, Trust
from app.privacy.erasure import OwedErasure, Texts
from app.privacy.retention import run_retention
from tests.factories import (
    PASSPHRASE,
    make_board,
    make_member,
    make_post,
    make_thread,
    opening_of,
    private_key_of,
)
from tests.forum.test_pages import counted

SignIn = Callable[..., FlaskClient]
WORDS = "A quiet thought about the harbour, not yet done."


def kept(session: Session) -> KeptDraft:
    """The one draft there is."""
    session.expire_all()
    return session.scalars(select(KeptDraft)).one()


def read(session: Session, member: Member) -> list[Wording]:
    """A member's drafts, opened."""
    found = drafts.drafts_of(session, member.actor)
    return [draft.wording for draft in drafts.opened(session, private_key_of(member), found)]


def count(session: Session, table: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def reply(text: str = WORDS) -> Wording:
    return Wording(Meant.REPLY, "abcdefghjkmnpqrs", text)


def everything(session: Session) -> str:
    """Every value of every row, as text."""
    return " ".join(
        repr(bytes(value) if isinstance(value, memoryview) else value)
        for table in Base.metadata.sorted_tables
        for row in session.execute(select(table))
        for value in row
    )


# --- on request -----------------------------------------------------------------------------------


@pytest.mark.parametrize("meant", list(Meant))
def test_a_text_is_kept_for_later_and_comes_back_as_it_was(
    session: Session, sign_in: SignIn, meant: Meant
) -> None:
    heron = make_member(session, "Heron", trust=Trust.TRUSTED)
    thread = make_thread(session, author=heron)
    said = make_post(session, thread=thread, author=make_member(session))
    addresses = {
        Meant.THREAD: f"/boards/{thread.board.public_id}/start",
        Meant.REPLY: f"/threads/{thread.public_id}/reply",
        Meant.CHANGE: f"/posts/{opening_of(session, thread).public_id}/edit",
    }
    browser, path = sign_in(heron), addresses[meant]
    typed = {"title": "A <title>", "body": WORDS, "form_key": "k1", "quoted": said.public_id}
    posts = count(session, Post)
    answer = browser.post(path, data=typed | {"keep_draft": "1"})
    assert answer.location == "/me/drafts"
    assert count(session, Post) == posts
    listed = browser.get("/me/drafts").text
    assert WORDS in listed
    assert "goes in 31 days" in listed
    where = f"/me/drafts/{kept(session).public_id}"
    assert where in listed
    again = browser.get(where)
    assert again.status_code == 200
    assert f'action="{path}"' in again.text
    assert f"\n{WORDS}</textarea>" in again.text
    assert 'value="k1"' in again.text
    assert ('value="A &lt;title&gt;"' in again.text) is (meant is not Meant.REPLY)
    assert (said.public_id in again.text) is (meant is not Meant.CHANGE)


def test_the_disk_tells_neither_the_text_nor_where_it_was_meant_for(
    session: Session, sign_in: SignIn
) -> None:
    heron = make_member(session, "Heron")
    thread = make_thread(session)
    path = f"/threads/{thread.public_id}/reply"
    sign_in(heron).post(path, data={"body": WORDS, "form_key": "k1", "keep_draft": "1"})
    draft = kept(session)
    assert read(session, heron) == [Wording(Meant.REPLY, thread.public_id, WORDS)]
    whole = everything(session)
    assert "harbour, not yet" not in whole
    row = repr([getattr(draft, column.key) for column in KeptDraft.__mapper__.columns])
    assert thread.public_id not in row
    assert len(draft.box) < 700, "padded to its size class"
    with pytest.raises(BrokenSealError):
        drafts.opened(session, private_key_of(make_member(session, "Stoat")), [draft])


def test_a_draft_is_put_in_no_other_drafts_place(session: Session) -> None:
    heron = make_member(session, "Heron")
    one = drafts.keep(session, heron.actor, "k1", reply("One."))
    other = drafts.keep(session, heron.actor, "k2", reply("Other."))
    one.box, one.part, one.shred_id = other.box, other.part, other.shred_id
    with pytest.raises(BrokenSealError):
        drafts.opened(session, private_key_of(heron), [one])


def test_a_half_done_text_is_kept_and_an_empty_one_is_not(
    session: Session, sign_in: SignIn
) -> None:
    board = make_board(session)
    heron = make_member(session, "Heron")
    path, browser = f"/boards/{board.public_id}/start", sign_in(heron)
    answer = browser.post(path, data={"title": " ", "body": " ", "keep_draft": "1"})
    assert answer.status_code == 422
    assert "Write something first." in answer.text
    assert count(session, KeptDraft) == 0
    browser.post(path, data={"title": "Only a title", "keep_draft": "1", "form_key": "k1"})
    assert [wording.title for wording in read(session, heron)] == ["Only a title"]


def test_a_text_longer_than_a_draft_is_handed_back(session: Session, sign_in: SignIn) -> None:
    browser = sign_in(make_member(session, "Heron"))
    thread = make_thread(session)
    text = "a" * (drafts.DRAFT_SIGNS + 1)
    answer = browser.post(
        f"/threads/{thread.public_id}/reply", data={"body": text, "keep_draft": "1"}
    )
    assert answer.status_code == 422
    assert text in answer.text
    assert count(session, KeptDraft) == 0


def test_a_form_keeps_one_draft_and_what_it_kept_before_opens_no_more(session: Session) -> None:
    heron = make_member(session, "Heron")
    first = drafts.keep(session, heron.actor, "k1", reply("First."))
    before = first.shred_id
    drafts.keep(session, heron.actor, "k1", reply("Second."))
    assert [wording.body for wording in read(session, heron)] == ["Second."]
    assert session.get(Shred, before) is None
    assert count(session, Shred) == 1


def test_a_preview_stores_nothing_unless_its_text_was_kept(
    session: Session, sign_in: SignIn
) -> None:
    heron = make_member(session, "Heron")
    browser, path = sign_in(heron), f"/threads/{make_thread(session).public_id}/reply"
    shown = browser.post(path, data={"body": "Looked at.", "form_key": "k1", "preview": "1"})
    assert count(session, KeptDraft) == 0
    assert "among your drafts" not in shown.text
    browser.post(path, data={"body": "Kept.", "form_key": "k1", "keep_draft": "1"})
    shown = browser.post(path, data={"body": "Kept, changed.", "form_key": "k1", "preview": "1"})
    assert "among your drafts" in shown.text
    assert [wording.body for wording in read(session, heron)] == ["Kept, changed."]


def test_a_text_that_screening_hands_back_stays_a_draft(session: Session, sign_in: SignIn) -> None:
    heron = make_member(session, "Heron")
    browser, path = sign_in(heron), f"/threads/{make_thread(session).public_id}/reply"
    typed = {"body": "call me on 020 7946 0958 after six.", "form_key": "k1"}
    assert browser.post(path, data=typed | {"keep_draft": "1"}).status_code == 302
    assert browser.post(path, data=typed).status_code == 422
    assert [wording.body for wording in read(session, heron)] == [typed["body"]]


@pytest.mark.parametrize("meant", list(Meant))
def test_a_draft_is_gone_once_it_is_posted(session: Session, sign_in: SignIn, meant: Meant) -> None:
    heron = make_member(session, "Heron", trust=Trust.TRUSTED)
    thread = make_thread(session, author=heron)
    post = make_post(session, thread=thread, author=heron)
    path = {
        Meant.THREAD: f"/boards/{thread.board.public_id}/start",
        Meant.REPLY: f"/threads/{thread.public_id}/reply",
        Meant.CHANGE: f"/posts/{post.public_id}/edit",
    }[meant]
    browser = sign_in(heron)
    typed = {"title": "A title", "body": WORDS, "form_key": "k1"}
    browser.post(path, data=typed | {"keep_draft": "1"})
    name = kept(session).public_id
    assert browser.post(path, data=typed).status_code == 302
    assert count(session, KeptDraft) == count(session, Shred) == 0
    assert [owed.subject for owed in session.scalars(select(OwedErasure))] == [name]
    assert session.scalar(select(func.count()).where(Post.body == WORDS)) == 1


def test_there_is_an_end_to_how_many_are_kept(
    session: Session, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "DRAFTS_A_MEMBER", 1)
    heron = make_member(session, "Heron")
    drafts.keep(session, heron.actor, "k1", reply())
    drafts.keep(session, heron.actor, "k1", reply("Changed."))
    with pytest.raises(TooManyDraftsError):
        drafts.keep(session, heron.actor, "k2", reply())
    drafts.keep(session, make_member(session, "Wren").actor, "k2", reply())
    path = f"/threads/{make_thread(session).public_id}/reply"
    answer = sign_in(heron).post(
        path, data={"body": "One too many.", "form_key": "k2", "keep_draft": "1"}
    )
    assert answer.status_code == 422
    assert "One too many.</textarea>" in answer.text
    assert "as many drafts as one member can" in answer.text


# --- where the session was lost -------------------------------------------------------------------


def came_back(browser: FlaskClient, member: Member, path: str, **typed: str) -> str:
    """Send a text after the session was over, and sign in on the page that keeps it."""
    lost = browser.post(path, data=typed)
    assert lost.status_code == 401
    names = {"pseudonym": member.pseudonym, "passphrase": PASSPHRASE, "kept_path": path}
    back = browser.post("/sign-in", data=names | {f"kept.{k}": v for k, v in typed.items()})
    assert back.status_code == 200
    return back.text


def test_a_text_whose_session_was_lost_becomes_a_draft(session: Session, sign_in: SignIn) -> None:
    heron = make_member(session, "Heron")
    browser, thread = sign_in(heron), make_thread(session)
    path = f"/threads/{thread.public_id}/reply"
    sessions.end_all(session, heron.id)
    page = came_back(browser, heron, path, body=WORDS, form_key="k1", follow="1")
    assert "also among your drafts" in page
    session.expire_all()
    assert read(session, heron) == [
        Wording(Meant.REPLY, thread.public_id, WORDS, is_following=True)
    ]
    assert browser.post(path, data={"body": WORDS, "form_key": "k1"}).status_code == 302
    assert count(session, KeptDraft) == 0, "sent from that page, it is a draft no more"


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/me/settings/about", {"about": WORDS, "form_key": "k1"}),
        ("/threads/abcdefghjkmnpqrs/reply", {"body": " ", "form_key": "k1"}),
        ("/threads/abcdefghjkmnpqrs/reply", {"body": "a" * 100_001, "form_key": "k1"}),
        ("/threads/abcdefghjkmnpqrs/reply", {"body": WORDS}),
    ],
)
def test_what_is_no_text_for_the_forum_becomes_no_draft(
    session: Session, sign_in: SignIn, path: str, typed: dict[str, str]
) -> None:
    heron = make_member(session, "Heron")
    browser = sign_in(heron)
    sessions.end_all(session, heron.id)
    assert "also among your drafts" not in came_back(browser, heron, path, **typed)
    assert count(session, KeptDraft) == 0


def test_with_no_room_for_a_draft_the_text_still_comes_back(
    session: Session, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "DRAFTS_A_MEMBER", 0)
    heron = make_member(session, "Heron")
    browser, path = sign_in(heron), f"/threads/{make_thread(session).public_id}/reply"
    sessions.end_all(session, heron.id)
    page = came_back(browser, heron, path, body=WORDS, form_key="k1")
    assert WORDS in page
    assert "also among your drafts" not in page


# --- who may see it, and where its place is shut --------------------------------------------------


def test_a_draft_is_nobody_elses(session: Session, sign_in: SignIn, client: FlaskClient) -> None:
    draft = drafts.keep(session, make_member(session, "Heron").actor, "k1", reply())
    stoat = sign_in(make_member(session, "Stoat"))
    path = f"/me/drafts/{draft.public_id}"
    assert WORDS not in stoat.get("/me/drafts").text
    assert stoat.get(path).status_code == 404
    assert stoat.post(f"{path}/erase").status_code == 404
    assert client.get(path).status_code == client.get("/me/drafts").status_code == 401
    assert count(session, KeptDraft) == 1


def shut(thread: Thread) -> None:
    thread.board.gate_read = Trust.TRUSTED


def lock(thread: Thread) -> None:
    thread.is_locked = True


@pytest.mark.parametrize(
    ("change", "titles", "sentence"),
    [(shut, 0, "may be gone, or is not open to you"), (lock, 1, "may be locked")],
)
def test_where_its_place_is_shut_a_draft_can_still_be_copied(
    session: Session,
    sign_in: SignIn,
    change: Callable[[Thread], None],
    titles: int,
    sentence: str,
) -> None:
    heron = make_member(session, "Heron")
    thread = make_thread(session, title="Canarytitle")
    draft = drafts.keep(session, heron.actor, "k1", Wording(Meant.REPLY, thread.public_id, WORDS))
    change(thread)
    browser = sign_in(heron)
    listed, page = browser.get("/me/drafts"), browser.get(f"/me/drafts/{draft.public_id}")
    for answer in (listed, page):
        assert answer.status_code == 200
        assert answer.text.count("Canarytitle") == titles
        assert thread.public_id not in answer.text
    assert f"\n{WORDS}</textarea>" in page.text
    assert sentence in page.text


def test_somebody_suspended_keeps_the_own_drafts(session: Session, sign_in: SignIn) -> None:
    heron = make_member(session, "Heron", standing=Standing.SUSPENDED)
    draft = drafts.keep(session, heron.actor, "k1", reply())
    browser, path = sign_in(heron), f"/me/drafts/{draft.public_id}"
    assert WORDS in browser.get("/me/drafts").text
    assert WORDS in browser.get(path).text
    assert browser.post(f"{path}/erase").status_code == 302
    assert count(session, KeptDraft) == 0


def test_a_list_of_drafts_costs_no_statement_for_each(
    session: Session, sign_in: SignIn, app: Flask
) -> None:
    heron = make_member(session, "Heron")
    browser, costs = sign_in(heron), []
    assert "You keep no drafts" in browser.get("/me/drafts").text
    for number in range(12):
        thread = make_thread(session, title=f"Thread {number}")
        wording = Wording(Meant.REPLY, thread.public_id, "Words.")
        drafts.keep(session, heron.actor, f"k{number}", wording)
        if number in {0, 11}:
            with app.app_context(), counted(app.extensions["database"]) as made:
                listed = unescape(browser.get("/me/drafts").text)
            costs.append(len(made))
    assert all(f"A reply in “Thread {number}”" in listed for number in range(12))
    assert costs[0] == costs[1]


# --- how it goes ----------------------------------------------------------------------------------


def test_an_erased_draft_opens_no_more(session: Session, sign_in: SignIn) -> None:
    heron = make_member(session, "Heron")
    name = drafts.keep(session, heron.actor, "k1", reply()).public_id
    browser = sign_in(heron)
    assert browser.post(f"/me/drafts/{name}/erase").location == "/me/drafts"
    assert count(session, KeptDraft) == count(session, Shred) == 0
    assert count(session, OwedErasure) == 1
    assert browser.get(f"/me/drafts/{name}").status_code == 404


def test_a_draft_goes_after_thirty_days_and_its_shred_with_it(session: Session) -> None:
    heron = make_member(session, "Heron")
    drafts.keep(session, heron.actor, "k1", reply())
    start = clock.now()
    with clock.stopped(start + timedelta(days=30)):
        run_retention(session)
    assert count(session, KeptDraft) == count(session, Shred) == 1
    with clock.stopped(start + timedelta(days=31)):
        run_retention(session)
    assert count(session, KeptDraft) == count(session, Shred) == 0


def test_kept_again_a_draft_stays_thirty_days_from_then_on(session: Session) -> None:
    heron = make_member(session, "Heron")
    draft = drafts.keep(session, heron.actor, "k1", reply())
    begun = draft.kept_on
    with clock.stopped(clock.now() + timedelta(days=20)):
        drafts.keep(session, heron.actor, "k1", reply())
    assert draft.kept_on == begun + timedelta(days=20)


@pytest.mark.parametrize("texts", list(Texts))
def test_whoever_leaves_leaves_no_draft_and_no_shred(
    session: Session, sign_in: SignIn, texts: Texts
) -> None:
    heron, wren = make_member(session, "Heron"), make_member(session, "Wren")
    drafts.keep(session, heron.actor, "k1", reply())
    drafts.keep(session, wren.actor, "k1", reply())
    form = {"texts": texts.value, "passphrase": PASSPHRASE}
    assert sign_in(heron).post("/me/leave", data=form).location == "/left"
    assert kept(session).member_id == wren.id
    assert count(session, Shred) == 1


def test_the_words_of_a_draft_stand_in_no_message(session: Session) -> None:
    assert WORDS not in repr(reply())


def test_a_draft_takes_no_turn_from_a_post(session: Session) -> None:
    # A text that is posted from the page of its thread knows nothing of drafts, nor needs to.
    heron, thread = make_member(session, "Heron"), make_thread(session)
    drafts.keep(session, heron.actor, "k1", reply())
    service.create_post(session, heron.actor, thread, service.Draft(body="Another text."))
    assert count(session, KeptDraft) == 1


def test_control_a_draft_that_is_kept_longer_is_noticed(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    longer = replace(KeptDraft.__retention__, days=60)
    monkeypatch.setattr(KeptDraft, "__retention__", longer)
    with pytest.raises(AssertionError, match="== 0"):
        test_a_draft_goes_after_thirty_days_and_its_shred_with_it(session)
