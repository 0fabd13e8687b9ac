"""The export: all that is one's own, nothing of others, and a file that tells nothing else."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.core import clock
from app.forum import service as forum
from app.forum.drafts import Meant, Wording, keep
from app.forum.models import Post
from app.leaving.document import build, harmless
from app.leaving.queries import holdings
from app.moderation.models import Act, Report, ReportReason, Statement
from app.policy.vocabulary import Trust, Visibility
from app.review.models import Reason
from app.review.service import enqueue
from tests.factories import (
    PASSPHRASE,
    make_board,
    make_member,
    make_moderator,
    make_picture,
    make_post,
    make_thread,
    private_key_of,
    small_jpeg,
)

SignIn = Callable[..., FlaskClient]


def unpacked(packed: bytes) -> tuple[dict[str, Any], str]:
    """The two halves of an export."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[:2] == ["export.json", "index.html"]
        return json.loads(archive.read("export.json")), archive.read("index.html").decode()


def exported(browser: FlaskClient) -> bytes:
    answer = browser.post("/me/export", data={"passphrase": PASSPHRASE})
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == "attachment; filename=export.zip"
    return answer.data


def files(packed: bytes) -> dict[str, bytes]:
    """What stands in an export beside its two halves."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()[2:]}


@pytest.fixture
def heron(session: Session, sign_in: SignIn) -> FlaskClient:
    """Heron, with something in every part of an export, between the words of others."""
    member = make_member(session, "Heron", trust=Trust.REGULAR)
    wren, owl = make_member(session, "Wren"), make_moderator(session)
    open_thread = make_thread(session, author=wren, title="An open thread", body="Wrensopening")
    post = make_post(session, thread=open_thread, author=member, body="=SUM(A1) or soup")
    forum.edit_post(session, member.actor, post, forum.Draft(body="Now **stew**."))
    make_post(
        session, thread=open_thread, author=member, body="My removed", visibility=Visibility.REMOVED
    )
    shut = make_thread(
        session,
        author=wren,
        title="Shutcanary",
        board=make_board(session, "Shutboard", gate_read=Trust.TRUSTED),
    )
    make_post(session, thread=shut, author=member, body="Mine behind a door")
    item = enqueue(session, post.public_id, Reason.REPORTED)
    session.add_all(
        [
            Statement(
                member_id=member.id,
                moderator_id=owl.id,
                post_id=post.id,
                act=Act.LEAVE,
                rule=None,
                facts="What was decided",
                decided_on=clock.today(),
            ),
            Report(
                review_item_id=item.id,
                post_id=post.id,
                reporter_id=member.id,
                reason=ReportReason.SPAM,
                text="What I reported",
                made_on=clock.today(),
            ),
        ]
    )
    keep(session, member.actor, "k1", Wording(Meant.REPLY, open_thread.public_id, "Not yet said"))
    return sign_in(member)


def test_an_export_holds_what_is_ones_own(heron: FlaskClient) -> None:
    kept, page = unpacked(exported(heron))
    assert kept["pseudonym"] == "Heron"
    assert [post["body"] for post in kept["posts"]] == [
        "Now **stew**.",
        "My removed",
        "Mine behind a door",
    ]
    assert kept["posts"][0]["earlier"] == ["=SUM(A1) or soup"]
    assert kept["posts"][0]["title"] == "An open thread"
    assert kept["statements"][0]["facts"] == "What was decided"
    assert kept["reports"][0]["text"] == "What I reported"
    assert kept["drafts"][0]["body"] == "Not yet said"
    for words in ("<strong>stew</strong>", "My removed", "What was decided", "What I reported"):
        assert words in page
    assert "<pre>Not yet said</pre>" in page


def test_an_export_holds_nothing_of_others_and_nothing_that_is_hidden(heron: FlaskClient) -> None:
    kept, page = unpacked(exported(heron))
    whole = json.dumps(kept) + page
    for words in ("Wren", "Owl", "Shutcanary", "Shutboard", "_id"):
        assert words not in whole


def test_an_export_tells_nothing_of_when_and_with_what_it_was_made(heron: FlaskClient) -> None:
    one, other = exported(heron), exported(heron)
    assert one == other
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        assert archive.comment == b""
        for entry in archive.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert entry.comment == b""
            assert entry.extra == b""
    assert b"bauta" not in one.lower()
    assert "generator" not in unpacked(one)[1]


def test_an_export_needs_the_passphrase(heron: FlaskClient, client: FlaskClient) -> None:
    assert client.post("/me/export").status_code == 401
    assert heron.post("/me/export").status_code == 422
    assert heron.post("/me/export", data={"passphrase": "wrong"}).status_code == 422


def test_an_export_never_touches_the_disk(
    heron: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def files() -> set[Path]:
        return {path for path in tmp_path.rglob("*") if not path.name.startswith("bauta.sqlite3")}

    heron.get("/me/leave")
    before, opened = files(), []
    monkeypatch.setattr("tempfile.NamedTemporaryFile", lambda *_, **__: opened.append(1))
    monkeypatch.setattr("tempfile.TemporaryFile", lambda *_, **__: opened.append(1))
    monkeypatch.setattr("tempfile.SpooledTemporaryFile", lambda *_, **__: opened.append(1))
    exported(heron)
    assert files() == before
    assert opened == []


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_no_text_of_the_page_is_a_formula_to_a_spreadsheet(sign: str) -> None:
    assert harmless(f"<p>{sign}1+1</p>") == f"<p>'{sign}1+1</p>"
    assert harmless(f"<p>\n {sign}1</p>") == f"<p>\n '{sign}1</p>"
    assert harmless(f"<p>1{sign}1</p>") == f"<p>1{sign}1</p>"


def test_the_page_of_an_export_is_harmless_and_the_json_is_true(heron: FlaskClient) -> None:
    kept, page = unpacked(exported(heron))
    assert "<pre>&#39;=SUM" in page or "<pre>'=SUM" in page
    assert kept["posts"][0]["earlier"] == ["=SUM(A1) or soup"]


def test_own_pictures_are_files_of_the_export_and_those_of_others_are_not(
    session: Session, heron: FlaskClient
) -> None:
    assert files(exported(heron)) == {}
    member = session.scalars(select(Member).where(Member.pseudonym == "Heron")).one()
    posts = session.scalars(select(Post).where(Post.author_id == member.id).order_by(Post.id)).all()
    make_picture(session, make_post(session), alt="Wrens own.")
    posted = make_picture(session, posts[0], alt="A lamp in a window.").public_id
    waiting = make_picture(session, of=member).public_id
    packed = exported(heron)
    names = [f"pictures/{posted}.jpg", f"pictures/{waiting}.jpg"]
    assert files(packed) == dict.fromkeys(names, small_jpeg())
    kept, page = unpacked(packed)
    assert next(one["pictures"] for one in kept["posts"]) == [
        {"name": posted, "shows": "A lamp in a window."}
    ]
    assert all(f'href="{name}"' in page for name in names)
    assert "Wrens own" not in page + json.dumps(kept)


def test_an_export_goes_out_picture_by_picture(session: Session) -> None:
    heron = make_member(session, "Heron")
    post = make_post(session, author=heron)
    for _ in range(3):
        make_picture(session, post)
    kept = holdings(session, heron.actor, private_key_of(heron))
    read: list[str] = []

    def reading() -> Iterator[tuple[str, bytes]]:
        for picture in kept.pictures:
            read.append(picture.name)
            yield picture.file, small_jpeg()

    pieces = build(kept, "<p>page</p>", reading())
    sizes = [(len(piece), len(read)) for piece in pieces]
    assert [count for _, count in sizes] == [1, 2, 3, 3], "none is read before it is its turn"
    assert all(size > 100 for size, _ in sizes)
