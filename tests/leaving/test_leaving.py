"""Leaving: what goes with the account, what becomes of the texts, and that it outlives a kill."""

from __future__ import annotations

import re
import secrets
import signal
import string
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session

from app.accounts import names, queries, totp
from app.accounts.models import Invite, Member, RecoveryCode, SecondFactor
from app.accounts.service import NotAvailableError, create_member, make_invite, make_keys
from app.cli.erasing import settle_erasures
from app.core import clock
from app.core.crypto import Passphrase
from app.core.db import Database
from app.core.shreds import Shred
from app.forum import parting
from app.forum import queries as forum_queries
from app.forum import service as forum
from app.forum.models import Attachment, Follow, Post, Quote, Revision, Thank, Thread
from app.leaving import service
from app.policy.vocabulary import Trust, Visibility
from app.privacy import erasure
from app.privacy.erasure import Texts
from app.review.models import Reason, ReviewItem
from app.review.service import enqueue
from app.shields.models import Mode, Shield
from app.shields.phrases import Kind
from tests.factories import (
    CHEAP,
    FACTOR,
    PASSPHRASE,
    make_board,
    make_member,
    make_moderator,
    make_picture,
    make_post,
    make_thread,
    opening_of,
)

ROOT = Path(__file__).parents[2]
KEY = bytes(range(32))
SignIn = Callable[..., FlaskClient]


@pytest.fixture
def database(database: Database) -> Database:
    """The database, with the key under which names are reserved."""
    names.open_names(database, KEY)
    return database


def make_word() -> str:
    """A word that nobody has ever written."""
    return "zq" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(26))


def leave(session: Session, database: Database, member: Member, texts: Texts) -> None:
    """Leave, and let the server finish."""
    service.leave(session, member.actor, texts)
    session.commit()
    assert settle_erasures(database)
    session.expire_all()


def bodies(session: Session, thread: Thread) -> list[tuple[int | None, str, bool]]:
    """The posts of a thread: number, words, and whether somebody's name stands over them."""
    found = session.scalars(select(Post).where(Post.thread_id == thread.id).order_by(Post.id))
    return [(post.number, post.body, post.author_id is not None) for post in found]


def everything(session: Session) -> str:
    """Every cell of every table, as text; of the search index what a table can show."""
    tables = inspect(session.connection()).get_table_names()
    rows = [
        str(row)
        for table in tables
        if not table.startswith("post_search") or "sqlite" not in str(session.bind)
        for row in session.execute(text(f"SELECT * FROM {table}"))
    ]
    return "\n".join(rows)


@pytest.fixture
def talk(session: Session) -> tuple[Member, Member, Thread]:
    """Heron and Wren talk in Wren's thread; Heron wrote the second and the fourth post."""
    heron, wren = make_member(session, "Heron"), make_member(session, "Wren")
    thread = make_thread(session, author=wren, body="Wren begins.")
    make_post(session, thread=thread, author=heron, body="Heron answers.")
    make_post(session, thread=thread, author=wren, body="Wren again.")
    make_post(session, thread=thread, author=heron, body="Heron ends.")
    return heron, wren, thread


# --- the texts ------------------------------------------------------------------------------------


def test_texts_that_stay_are_a_former_members(
    session: Session, database: Database, talk: tuple[Member, Member, Thread]
) -> None:
    heron, _, thread = talk
    leave(session, database, heron, Texts.KEPT)
    assert bodies(session, thread) == [
        (1, "Wren begins.", True),
        (2, "Heron answers.", False),
        (3, "Wren again.", True),
        (4, "Heron ends.", False),
    ]
    reader = make_member(session, "Stoat", trust=Trust.TRUSTED)
    assert len(forum_queries.find(session, reader.actor, "ends").rows) == 1


def test_of_blanked_texts_one_line_stays(
    session: Session, database: Database, talk: tuple[Member, Member, Thread]
) -> None:
    heron, _, thread = talk
    leave(session, database, heron, Texts.BLANKED)
    assert bodies(session, thread) == [
        (1, "Wren begins.", True),
        (2, "", False),
        (3, "Wren again.", True),
        (4, "", False),
    ]
    assert thread.post_count == 4


def test_of_erased_texts_nothing_stays_and_numbers_leave_no_gap(
    session: Session, database: Database, talk: tuple[Member, Member, Thread]
) -> None:
    heron, _, thread = talk
    leave(session, database, heron, Texts.ERASED)
    assert bodies(session, thread) == [(1, "Wren begins.", True), (2, "Wren again.", True)]
    assert thread.post_count == 2


@pytest.mark.parametrize("texts", Texts)
def test_pictures_stay_or_go_with_the_texts_and_what_was_not_posted_goes(
    session: Session, database: Database, talk: tuple[Member, Member, Thread], texts: Texts
) -> None:
    heron, wren, thread = talk
    posts = session.scalars(select(Post).where(Post.thread_id == thread.id).order_by(Post.id))
    kept = {}
    for post in posts.all():
        kept[make_picture(session, post, alt="Zqlamp.").public_id] = post.author_id
    make_picture(session, of=heron)
    waiting = make_picture(session, of=wren).public_id
    leave(session, database, heron, texts)
    stays = {id_ for id_, author in kept.items() if author == wren.id or texts is Texts.KEPT}
    assert set(session.scalars(select(Attachment.public_id))) == stays | {waiting}
    assert set(session.scalars(select(Shred.id))) == set(
        session.scalars(select(Attachment.shred_id))
    )
    shown = {
        each.public_id for post in session.scalars(select(Post)) for each in post.shown_pictures
    }
    assert shown == stays
    assert len(forum_queries.find(session, wren.actor, "zqlamp").rows) == len(stays)


@pytest.mark.parametrize("texts", [Texts.BLANKED, Texts.ERASED])
def test_a_thread_in_which_others_wrote_stays_without_its_title(
    session: Session, database: Database, talk: tuple[Member, Member, Thread], texts: Texts
) -> None:
    heron, wren, thread = talk
    leave(session, database, wren, texts)
    assert thread.full_title == "…"
    assert bodies(session, thread)[0] == (1, "", False)
    assert [body for _, body, is_named in bodies(session, thread) if is_named] == [
        "Heron answers.",
        "Heron ends.",
    ]
    assert heron.pseudonym == "Heron"


@pytest.mark.parametrize("texts", [Texts.BLANKED, Texts.ERASED])
def test_a_thread_in_which_nobody_else_wrote_goes(
    session: Session, database: Database, texts: Texts
) -> None:
    heron = make_member(session, "Heron")
    thread = make_thread(session, author=heron)
    make_post(session, thread=thread, author=heron)
    held = make_thread(session, author=heron, visibility=Visibility.HELD, board=thread.board)
    enqueue(session, opening_of(session, held).public_id, Reason.HELD)
    leave(session, database, heron, texts)
    assert session.scalars(select(Thread)).all() == []
    assert session.scalars(select(Post)).all() == []
    assert session.scalars(select(ReviewItem.outcome)).all() == ["gone"]


@pytest.mark.parametrize("texts", [Texts.BLANKED, Texts.ERASED])
def test_not_a_word_of_it_is_in_any_table_or_found_by_search(
    session: Session, database: Database, talk: tuple[Member, Member, Thread], texts: Texts
) -> None:
    heron, wren, thread = talk
    word, title = make_word(), make_word()
    own = make_thread(session, board=thread.board, author=heron, title=title, body=word)
    quoted = make_post(session, thread=thread, author=heron, body=f"Said {word} here.")
    forum.edit_post(session, heron.actor, quoted, forum.Draft(body=f"Now {word} there."))
    removed = make_post(session, thread=thread, author=heron, body=f"Bad {word}.")
    forum.remove(session, removed, "norms")
    make_post(session, thread=thread, author=heron, body=word, visibility=Visibility.HELD)
    answer = make_post(session, thread=own, author=wren, body="An answer.")
    session.add(Quote(post_id=answer.id, quoted_id=quoted.id))
    session.add(Thank(post_id=quoted.id, member_id=wren.id))
    assert word in everything(session)
    service.leave(session, heron.actor, texts)
    for seeing in (wren, make_moderator(session)):
        assert forum_queries.find(session, seeing.actor, word).rows == []
    session.commit()
    assert settle_erasures(database)
    session.expire_all()
    left = everything(session)
    assert word not in left
    assert title not in left
    assert "Heron" not in left.replace("Heron answers", "")
    for table in (Revision, Quote, Thank):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    # The index still takes and finds words: nothing was taken out of it that was not in it.
    make_post(session, thread=thread, author=wren, body=f"A new {word}.")
    assert len(forum_queries.find(session, wren.actor, word).rows) == 1


def test_nobody_reads_a_text_from_the_moment_of_leaving(
    session: Session, database: Database, talk: tuple[Member, Member, Thread], sign_in: SignIn
) -> None:
    heron, wren, thread = talk
    service.leave(session, heron.actor, Texts.ERASED)
    page = sign_in(wren).get(f"/threads/{thread.public_id}").text
    assert "Heron" not in page
    assert "A former member erased this post." in page


# --- the account ----------------------------------------------------------------------------------


def test_nothing_of_the_account_stays(session: Session, database: Database) -> None:
    heron = make_member(session, "Heron", trust=Trust.REGULAR)
    inner = heron.id
    thread = make_thread(session, author=make_member(session, "Wren"))
    make_invite(session, heron.actor)
    forum.follow(session, heron.actor, thread)
    forum.thank(session, heron.actor, opening_of(session, thread))
    forum.notify(session, heron.id, "reply", thread.public_id)
    session.add_all(
        [
            RecoveryCode(member_id=heron.id, number=1, verifier=b"v", wrapped_key=b"k"),
            Shield(
                member_id=heron.id,
                label="my street",
                kind=Kind.NAME,
                mode=Mode.HOLD,
                made_on=clock.today(),
            ),
        ]
    )
    session.flush()  # all of it must be there before it can go
    held = {row.table: row.count for row in queries.holdings(session, inner) if row.count}
    assert set(held) >= {"invites", "recovery_codes", "shields", "follows", "thanks", "notices"}
    leave(session, database, heron, Texts.KEPT)
    assert [row.table for row in queries.holdings(session, inner) if row.count] == []
    for table in (Invite, RecoveryCode, Shield, Follow, Thank):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    assert queries.member_by_pseudonym(session, "Heron") is None


@pytest.mark.parametrize("name", ["Heron", "HERON", "Her0n"])
def test_nobody_takes_the_name_afterwards(session: Session, database: Database, name: str) -> None:
    heron = make_member(session, "Heron")
    assert not queries.is_taken(session, "Wren")
    leave(session, database, heron, Texts.KEPT)
    assert queries.is_taken(session, name)
    assert not queries.is_taken(session, "Wren")
    with pytest.raises(NotAvailableError):
        create_member(session, name, make_keys(Passphrase(PASSPHRASE), CHEAP))
    assert "eron" not in everything(session)


def test_without_the_key_of_the_names_nobody_is_told_that_one_is_free(
    session: Session, database: Database
) -> None:
    leave(session, database, make_member(session, "Heron"), Texts.KEPT)
    session.info.pop(names.KEY_NAME)
    with pytest.raises(LookupError):
        queries.is_taken(session, "Heron")


# --- the page -------------------------------------------------------------------------------------


def test_a_visitor_has_nothing_to_leave(client: FlaskClient) -> None:
    assert client.get("/me/leave").status_code == 401
    assert client.post("/me/leave").status_code == 401
    assert client.get("/left").status_code == 200


def test_the_three_ways_are_equal_and_none_is_chosen(session: Session, sign_in: SignIn) -> None:
    page = sign_in(make_member(session)).get("/me/leave").text
    assert page.count('type="radio"') == 3
    assert "checked" not in page
    page = re.sub(r'name="csrf_token" value="[^"]*"', "", page)  # letters that say nothing
    for word in ("sorry", "sad", "are you sure", "miss you"):
        assert word not in page.lower()


def test_leaving_is_one_form_behind_one_link(session: Session, sign_in: SignIn) -> None:
    heron = make_member(session, "Heron")
    browser = sign_in(heron)
    assert 'href="/me/leave"' in browser.get("/me/settings").text
    answer = browser.post("/me/leave", data={"texts": "keep", "passphrase": PASSPHRASE})
    assert answer.headers["Location"] == "/left"
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert queries.member_by_pseudonym(session, "Heron") is None
    assert browser.get("/me/privacy").status_code == 401


@pytest.mark.parametrize(
    "fields",
    [
        {"texts": "keep", "passphrase": "not the right one at all"},
        {"texts": "keep"},
        {"texts": "sell", "passphrase": PASSPHRASE},
        {"passphrase": PASSPHRASE},
    ],
)
def test_nobody_leaves_without_a_choice_and_the_passphrase(
    session: Session, sign_in: SignIn, fields: dict[str, str]
) -> None:
    browser = sign_in(make_member(session, "Heron"))
    answer = browser.post("/me/leave", data=fields)
    assert answer.status_code == 422
    assert ("checked" in answer.text) is (fields.get("texts") == "keep")
    assert queries.member_by_pseudonym(session, "Heron") is not None


def test_who_has_a_second_factor_shows_it_to_leave_and_to_take_everything_along(
    session: Session, sign_in: SignIn
) -> None:
    browser = sign_in(make_member(session, "Heron", has_factor=True))
    assert 'name="code"' in browser.get("/me/leave").text
    typed = {"texts": "keep", "passphrase": PASSPHRASE}
    assert browser.post("/me/export", data=typed).status_code == 422
    assert browser.post("/me/leave", data=typed).status_code == 422
    assert queries.member_by_pseudonym(session, "Heron") is not None
    shown = {"code": totp.code_of(FACTOR, totp.step_now())}
    assert browser.post("/me/leave", data=typed | shown).headers["Location"] == "/left"
    assert session.scalar(select(func.count()).select_from(SecondFactor)) == 0


def test_somebody_suspended_may_leave(session: Session, sign_in: SignIn) -> None:
    stoat = make_member(session, "Stoat", standing="suspended")  # type: ignore[arg-type]
    assert sign_in(stoat).get("/me/leave").status_code == 200


# --- a machine that stops -------------------------------------------------------------------------

STOPPED = """
import os, signal, sys
from app.cli import erasing
from app.core.db import open_database
from app.forum import parting
from app.leaving import service

calls, real = [], service.take_slice
parting.SLICE = 3

def take(session):
    calls.append(1)
    if len(calls) == int(sys.argv[1]):
        session.flush()
        real(session)
        os.kill(os.getpid(), signal.SIGKILL)  # in the middle of a transaction
    return real(session)

service.take_slice = take
erasing.settle_erasures(open_database(sys.argv[2]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("slices", [1, 3])
def test_leaving_goes_on_after_a_kill(session: Session, database: Database, slices: int) -> None:
    word = make_word()
    heron, wren = make_member(session, "Heron"), make_member(session, "Wren")
    board = make_board(session)
    for number in range(4):
        thread = make_thread(session, board=board, author=wren, body=f"Thread {number}.")
        for _ in range(4):
            make_post(session, thread=thread, author=heron, body=f"Text {word}.")
    service.leave(session, heron.actor, Texts.ERASED)
    session.commit()
    database.close()
    stopped = subprocess.run(
        [sys.executable, "-c", STOPPED, str(slices), database.url],
        cwd=ROOT,
        check=False,
        timeout=60,
    )
    assert stopped.returncode == -signal.SIGKILL
    marked = select(func.count()).where(Post.erasure_id.is_not(None))
    assert session.scalar(marked) == 16 - 3 * (slices - 1)
    assert erasure.is_owed(session)
    session.commit()
    assert settle_erasures(database)
    session.expire_all()
    assert not erasure.is_owed(session)
    assert word not in everything(session)
    assert [thread.post_count for thread in session.scalars(select(Thread))] == [1] * 4
    assert parting.SLICE > 100
