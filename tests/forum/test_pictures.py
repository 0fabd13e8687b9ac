"""Pictures in posts: sent in, kept, shown to those who see the post, and gone with it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts import sessions
from app.accounts.models import Member
from app.cli import tick
from app.core import crypto, darkroom
from app.core.crypto import BrokenSealError
from app.core.db import Database
from app.core.errors import BusyError, NotFoundError
from app.core.pictures import LONGEST_SIDE, MIB, is_bare
from app.core.shreds import Shred
from app.filters import service as filters
from app.filters.models import Action, Sort
from app.forum import attachments, service, uploads
from app.forum.attachments import PICTURES_AT_MOST, UPLOADS_AT_MOST, jpeg_of
from app.forum.models import Attachment, Board, Post, Revision, Thread
from app.moderation.queries import fingerprint
from app.policy.vocabulary import Role, Trust, Visibility
from app.privacy.erasure import OwedErasure
from app.review.models import ReviewItem
from app.shields import service as shields
from app.shields.models import Mode
from app.shields.phrases import Kind as ShieldKind
from app.web import limits
from app.web.uploads import LARGE_BYTES
from tests.factories import (
    make_board,
    make_member,
    make_moderator,
    make_picture,
    make_post,
    make_thread,
    opening_of,
    private_key_of,
)

SignIn = Callable[..., FlaskClient]
ALT: Final = "A lamp in a window."
BODY: Final = "Look at this."


def file(kind: str = "PNG", size: tuple[int, int] = (60, 40), **how: Any) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", size, "teal").save(drawn, kind, **how)
    return drawn.getvalue()


def form(raw: bytes | None = None, alt: str = ALT, **fields: str) -> dict[str, Any]:
    """What a browser sends with a file; without one, an empty field."""
    sent = (io.BytesIO(raw if raw is not None else file()), "IMG_20260814_canaryname.png")
    return {"body": BODY, "upload": sent, "upload_alt": alt} | fields


def pictures(session: Session) -> list[Attachment]:
    session.expire_all()
    return list(session.scalars(select(Attachment).order_by(Attachment.id)))


def counts(session: Session) -> tuple[int, int]:
    """How many pictures, and how many shreds: each has one, or its key outlives it."""
    return tuple(
        session.scalar(select(func.count()).select_from(t)) or 0 for t in (Attachment, Shred)
    )  # type: ignore[return-value]


def shown_in(page: str) -> list[str]:
    return re.findall(r'<img[^>]*src="(/(?:pictures|me/uploads)/\w{16})"', page)


@pytest.fixture
def place(session: Session) -> Thread:
    """A thread of Heron's on a board for members."""
    return make_thread(session, author=make_member(session, "Heron"))


@pytest.fixture
def heron(session: Session, place: Thread, sign_in: SignIn) -> FlaskClient:
    return sign_in(session.get(Member, place.author_id))


def body_of(**parts: bytes) -> dict[str, Any]:
    """A form as bytes; the test client would write a long one to the disk itself."""
    edge = "edge"
    whole = b"".join(
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"'.encode()
        + (b'; filename="../../canaryname.php"' if name == "upload" else b"")
        + b"\r\n\r\n"
        + held
        + b"\r\n"
        for name, held in parts.items()
    )
    return {
        "data": whole + f"--{edge}--\r\n".encode(),
        "content_type": f"multipart/form-data; boundary={edge}",
    }


def reply(browser: FlaskClient, thread: Thread, sent: dict[str, Any]) -> TestResponse:
    return browser.post(f"/threads/{thread.public_id}/reply", data=sent)


# --- coming in ------------------------------------------------------------------------------------


def test_a_picture_is_posted_with_its_words(
    session: Session, heron: FlaskClient, place: Thread
) -> None:
    assert reply(heron, place, form()).status_code == 302
    page = heron.get(f"/threads/{place.public_id}").text
    (path,) = shown_in(page)
    assert f'alt="{ALT}"' in page
    assert 'width="60" height="40"' in page
    answer = heron.get(path)
    assert answer.content_type == "image/jpeg"
    assert is_bare(answer.data)
    assert Image.open(io.BytesIO(answer.data)).size == (60, 40)
    (kept,) = pictures(session)
    assert (kept.member_id, kept.pending_since) == (None, None)


def test_a_thread_begins_with_a_picture(session: Session, heron: FlaskClient) -> None:
    board = session.scalars(select(Board)).one()
    sent = form(file("JPEG"), title="A lamp")
    assert heron.post(f"/boards/{board.public_id}/start", data=sent).status_code == 302
    post = session.scalars(select(Post).order_by(Post.id.desc()).limit(1)).one()
    assert [each.alt for each in post.shown_pictures] == [ALT]


def test_neither_the_name_of_the_file_nor_the_file_is_kept(
    session: Session, heron: FlaskClient, place: Thread, database: Database
) -> None:
    exif = Image.Exif()
    exif[0x010F] = "canarymaker"
    raw = file("JPEG", exif=exif)
    assert b"canarymaker" in raw
    reply(heron, place, form(raw))
    for table in Attachment.metadata.sorted_tables:
        for row in session.execute(select(table)):
            for value in row:
                spelt = value if isinstance(value, bytes) else str(value).encode()
                assert b"canary" not in spelt, table.name
                assert b"\xff\xd8\xff" not in spelt, f"a picture lies open in {table.name}"


@pytest.mark.parametrize("press", ["preview", "attach"])
def test_a_preview_keeps_the_picture(
    session: Session, heron: FlaskClient, place: Thread, press: str
) -> None:
    page = reply(heron, place, form() | {press: "1"})
    assert page.status_code == 200
    (upload,) = pictures(session)
    path = f"/me/uploads/{upload.public_id}"
    assert set(shown_in(page.text)) == {path}
    assert heron.get(path).data.startswith(b"\xff\xd8")
    assert f'name="picture" id="keep-{upload.public_id}" value="{upload.public_id}"' in page.text
    again = {"body": BODY, "picture": upload.public_id, f"alt-{upload.public_id}": "Another lamp."}
    assert reply(heron, place, again).status_code == 302
    post = session.scalars(select(Post).order_by(Post.id.desc()).limit(1)).one()
    assert [(each.public_id, each.alt) for each in post.shown_pictures] == [
        (upload.public_id, "Another lamp.")
    ]


def test_opening_the_composer_for_a_picture_finds_no_fault_with_an_empty_text(
    heron: FlaskClient, place: Thread
) -> None:
    page = reply(heron, place, {"body": "", "attach": "1"})
    assert page.status_code == 200
    assert "Something needs another look" not in page.text
    assert 'type="file"' in page.text


def test_a_picture_without_words_is_asked_for_them_and_kept(
    session: Session, heron: FlaskClient, place: Thread
) -> None:
    page = reply(heron, place, form(alt=" "))
    assert page.status_code == 422
    (upload,) = pictures(session)
    assert f'id="alt-{upload.public_id}-error"' in page.text
    assert shown_in(page.text) == [f"/me/uploads/{upload.public_id}"]
    assert session.scalars(select(Post.body)).all() == ["The first post of this thread."]


def test_words_that_are_too_long_are_kept_and_named(heron: FlaskClient, place: Thread) -> None:
    page = reply(heron, place, form(alt="lamp " * 80))
    assert page.status_code == 422
    assert "at most 300 characters" in page.text


def test_a_mistake_in_the_text_loses_no_picture(
    session: Session, heron: FlaskClient, place: Thread
) -> None:
    page = reply(heron, place, form(body=""))
    assert page.status_code == 422
    assert shown_in(page.text) == [f"/me/uploads/{pictures(session)[0].public_id}"]
    assert f'value="{ALT}"' in page.text


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"hello", "no picture that can be read here"),
        (b"", "no picture that can be read here"),
        (file()[:60], "damaged"),
        (file(size=(6000, 4001)), "24 million pixels"),
    ],
    ids=["no picture", "empty", "cut", "wide"],
)
def test_what_is_no_picture_is_said_beside_its_field_and_the_text_stays(
    session: Session, heron: FlaskClient, place: Thread, raw: bytes, said: str
) -> None:
    page = reply(heron, place, form(raw))
    assert page.status_code == 422
    assert said in re.search(r'id="upload-error">([^<]*)', page.text)[1]  # type: ignore[index]
    assert BODY in page.text
    assert f'value="{ALT}"' in page.text
    assert counts(session) == (0, 0)


def test_a_file_that_no_other_form_would_take_costs_nobody_the_text(
    session: Session, heron: FlaskClient, place: Thread
) -> None:
    sent = body_of(body=BODY.encode(), upload=file().ljust(20 * MIB, b"\0"))
    page = heron.post(f"/threads/{place.public_id}/reply", **sent)
    assert page.status_code == 422
    assert "more than 7 MB" in page.text
    assert BODY in page.text
    assert counts(session) == (0, 0)


def test_a_request_beyond_all_measure_is_not_read(heron: FlaskClient, place: Thread) -> None:
    sent = body_of(body=BODY.encode(), upload=bytes(LARGE_BYTES))
    assert heron.post(f"/threads/{place.public_id}/reply", **sent).status_code == 413


def test_other_forms_take_no_large_files(heron: FlaskClient) -> None:
    assert heron.post("/sign-in", **body_of(upload=bytes(9 * MIB))).status_code == 413


def test_a_text_that_is_handed_back_keeps_its_picture(
    session: Session, heron: FlaskClient, place: Thread
) -> None:
    page = reply(heron, place, form(body="You can reach me at heron.lake@posteo.net any time."))
    assert page.status_code == 422
    (upload,) = pictures(session)
    assert shown_in(page.text) == [f"/me/uploads/{upload.public_id}"]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    agreed = fields | {
        "body": "You can reach me at heron.lake@posteo.net any time.",
        "picture": upload.public_id, f"alt-{upload.public_id}": ALT, "agree": "1",
    }  # fmt: skip
    assert reply(heron, place, agreed).status_code == 302
    assert pictures(session)[0].post_id is not None


def test_a_nudge_is_answered_for_these_very_words_of_a_picture(
    heron: FlaskClient, place: Thread, session: Session
) -> None:
    own = "You can reach me at heron.lake@posteo.net any time."
    page = reply(heron, place, form(body=own))
    (upload,) = pictures(session)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    other = fields | {
        "body": own, "picture": upload.public_id, "agree": "1",
        f"alt-{upload.public_id}": "Another lamp.",
    }  # fmt: skip
    assert reply(heron, place, other).status_code == 422


def test_what_a_picture_shows_is_screened_with_the_text(
    session: Session, heron: FlaskClient, place: Thread
) -> None:
    page = reply(heron, place, form(alt="Her number is 07700 900341, ring her and say hello."))
    posts = session.scalars(select(Post).where(Post.visibility == Visibility.PUBLISHED)).all()
    assert all("900341" not in post.words for post in posts)
    assert page.status_code == 422 or session.scalars(select(ReviewItem)).one()


@pytest.mark.parametrize("whose", ["filter", "shield"])
def test_filters_and_shields_read_what_a_picture_shows(
    session: Session, heron: FlaskClient, place: Thread, database: Database, whose: str
) -> None:
    if whose == "filter":
        plan = filters.Plan(sort=Sort.PHRASE, pattern="marzipan", action=Action.HOLD)
        filters.create_filter(session, make_moderator(session).actor, plan)
    else:
        shields.open_shields(database, bytes(range(32)))
        session.info.update(database.write.kw["info"])
        wish = shields.Wish(ShieldKind.NAME, "Ottoline Marzipan", "a name", Mode.HOLD)
        shields.create_shield(session, make_member(session, "Wren").actor, wish)
    reply(heron, place, form(alt="The cake of Ottoline Marzipan."))
    post = session.scalars(select(Post).order_by(Post.id.desc()).limit(1)).one()
    assert post.visibility is Visibility.HELD
    assert session.scalars(select(ReviewItem.subject)).all() == [post.public_id]


def test_when_the_text_comes_to_nothing_the_page_names_the_picture_too(
    session: Session, heron: FlaskClient, place: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(service, "create_post", breaks)
    page = reply(heron, place, form())
    assert page.status_code == 500
    (upload,) = pictures(session)
    assert re.search(rf'name="picture"[^>]*value="{upload.public_id}"', page.text)
    assert (
        re.search(rf'name="alt-{upload.public_id}"[^>]*value="{ALT}"', page.text)
        or ALT in page.text
    )


def test_a_form_that_is_sent_twice_makes_one_post_and_shows_one_picture(
    session: Session, heron: FlaskClient, place: Thread
) -> None:
    reply(heron, place, form() | {"preview": "1"})
    (upload,) = pictures(session)
    sent = {
        "body": BODY, "form_key": "k" * 16,
        "picture": upload.public_id, f"alt-{upload.public_id}": ALT,
    }  # fmt: skip
    first, second = reply(heron, place, sent), reply(heron, place, sent)
    assert first.status_code == second.status_code == 302
    assert first.location == second.location
    assert place.post_count == 2


def test_when_the_darkroom_is_full_the_text_stays(
    session: Session, heron: FlaskClient, place: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: bytes) -> None:
        raise BusyError

    monkeypatch.setattr(uploads, "develop", full)
    page = reply(heron, place, form())
    assert page.status_code == 422
    assert "Please add it once more" in page.text
    assert BODY in page.text


def test_pictures_have_a_limit_by_trust(
    build_app: Callable[..., Flask], app: Flask, session: Session, place: Thread
) -> None:
    wren = make_member(session, "Wren", trust=Trust.KNOWN)
    limited = build_app(limits_enabled=True)
    with limited.test_request_context("/"):
        limits.spend("picture", wren.public_id, "20 per hour", cost=20)
    browser = limited.test_client(session=session)
    browser.set_cookie("bauta", sessions.begin(session, wren.id, private_key_of(wren)))
    page = reply(browser, place, form())
    assert page.status_code == 422
    assert "before you add another one" in page.text
    assert counts(session) == (0, 0)


def test_nothing_is_rebuilt_inside_a_write_transaction(
    session: Session, heron: FlaskClient, place: Thread, database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    free = []

    def watched(raw: bytes) -> Any:
        with database.write.begin() as other:  # waits for any other writer on SQLite, and fails
            other.execute(select(Post.id).with_for_update())
        free.append(True)
        return darkroom.develop(raw)

    monkeypatch.setattr(uploads, "develop", watched)
    assert reply(heron, place, form()).status_code == 302
    assert free == [True]


# --- how many, and whose --------------------------------------------------------------------------


def test_a_post_has_a_few_pictures_and_no_more(
    session: Session, heron: FlaskClient, place: Thread
) -> None:
    owner = session.get(Member, place.author_id)
    ids = [make_picture(session, of=owner).public_id for _ in range(PICTURES_AT_MOST)]
    sent = {"body": BODY, "picture": ids} | {f"alt-{id_}": f"Lamp {id_}." for id_ in ids}
    page = reply(heron, place, sent | {"upload": (io.BytesIO(file()), "x"), "upload_alt": ALT})
    assert page.status_code == 422
    assert "at most 4 pictures" in page.text
    assert reply(heron, place, sent).status_code == 302
    post = session.scalars(select(Post).order_by(Post.id.desc()).limit(1)).one()
    assert [each.public_id for each in post.shown_pictures] == ids


def test_of_pictures_that_are_not_posted_the_oldest_goes(session: Session) -> None:
    heron = make_member(session, "Heron")
    first = make_picture(session, of=heron).public_id
    for _ in range(UPLOADS_AT_MOST):
        make_picture(session, of=heron)
    assert counts(session) == (UPLOADS_AT_MOST, UPLOADS_AT_MOST)
    assert first not in {each.public_id for each in pictures(session)}


@pytest.mark.parametrize("whose", ["upload of another", "picture in another post", "nobody's"])
def test_nobody_posts_what_is_not_the_own(
    session: Session, heron: FlaskClient, place: Thread, whose: str
) -> None:
    wren = make_member(session, "Wren")
    theirs = {
        "upload of another": lambda: make_picture(session, of=wren).public_id,
        "picture in another post": lambda: (
            make_picture(session, make_post(session, thread=place, author=wren)).public_id
        ),
        "nobody's": lambda: "abcdefghjkmnpqrs",
    }[whose]()
    page = reply(heron, place, {"body": BODY, "picture": theirs, f"alt-{theirs}": ALT})
    assert page.status_code == 422
    assert "no longer here" in page.text
    assert theirs not in re.sub(r'name="alt-\w+"', "", page.text)
    assert heron.get(f"/me/uploads/{theirs}").status_code == 404


def test_own_pictures_are_not_moved_from_one_post_into_another(
    session: Session, heron: FlaskClient, place: Thread
) -> None:
    there = make_picture(session, opening_of(session, place)).public_id
    page = reply(heron, place, {"body": BODY, "picture": there, f"alt-{there}": ALT})
    assert page.status_code == 422
    assert len(opening_of(session, place).pictures) == 1


@pytest.mark.parametrize(
    ("trust", "gate", "may"),
    [
        (Trust.NEWCOMER, Trust.KNOWN, False),
        (Trust.KNOWN, Trust.KNOWN, True),
        (Trust.KNOWN, Trust.TRUSTED, False),
        (Trust.NEWCOMER, Trust.NEWCOMER, True),
    ],
)
def test_a_board_says_who_may_add_pictures(
    session: Session, sign_in: SignIn, trust: Trust, gate: Trust, *, may: bool
) -> None:
    board = make_board(session)
    board.gate_attach = gate
    thread = make_thread(session, board=board)
    browser = sign_in(make_member(session, "Stoat", trust=trust))
    page = browser.get(f"/threads/{thread.public_id}/reply").text
    assert ('type="file"' in page) is may
    assert ("Add a picture" in browser.get(f"/threads/{thread.public_id}").text) is may
    answer = reply(browser, thread, form())
    assert answer.status_code == (302 if may else 403)
    if not may:
        assert "takes pictures from members who have been here longer" in answer.text
        assert BODY in answer.text
    posts = session.scalars(select(Post).where(Post.thread_id == thread.id)).all()
    assert sum(len(post.pictures) for post in posts) == may


def test_the_operator_sets_who_may_add_pictures(session: Session, sign_in: SignIn) -> None:
    board = make_board(session)
    badger = sign_in(make_member(session, "Badger", roles=Role.OPERATOR))
    path = f"/console/boards/{board.public_id}"
    assert 'name="attach"' in badger.get(path).text
    sent = {
        "category": "Everyday", "name": "Harbour", "read": "1", "reply": "1", "start": "1",
        "attach": "4", "reviews_first_posts": "",
    }  # fmt: skip
    assert badger.post(path, data=sent).status_code == 302
    session.refresh(board)
    assert board.gate_attach is Trust.TRUSTED


# --- being seen -----------------------------------------------------------------------------------


def test_a_picture_has_the_headers_of_a_picture(
    session: Session, place: Thread, heron: FlaskClient
) -> None:
    upload = make_picture(session, of=session.get(Member, place.author_id))
    posted = make_picture(session, opening_of(session, place))
    for path in (f"/pictures/{posted.public_id}", f"/me/uploads/{upload.public_id}"):
        headers = heron.get(path).headers
        assert headers["Content-Type"] == "image/jpeg"
        assert headers.getlist("Content-Security-Policy") == ["default-src 'none'; sandbox"]
        assert headers["Content-Disposition"] == 'inline; filename="image.jpg"'
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"
        assert "ETag" not in headers


@pytest.mark.parametrize("visibility", Visibility)
def test_a_picture_is_seen_by_those_who_see_its_post(
    session: Session, sign_in: SignIn, client: FlaskClient, visibility: Visibility
) -> None:
    author = make_member(session, "Heron")
    board = make_board(session, gate_read=Trust.VISITOR)
    thread = make_thread(session, board=board, author=author)
    post = make_post(session, thread=thread, author=author)
    path = f"/pictures/{make_picture(session, post).public_id}"
    if visibility is not Visibility.PUBLISHED:
        post.visibility = visibility
        post.number = None if visibility is Visibility.HELD else post.number
    seen = {
        "author": sign_in(author).get(path).status_code,
        "member": sign_in(make_member(session, "Wren")).get(path).status_code,
        "moderator": sign_in(make_moderator(session)).get(path).status_code,
        "visitor": client.get(path).status_code,
    }
    assert (
        seen
        == {
            Visibility.PUBLISHED: {"author": 200, "member": 200, "moderator": 200, "visitor": 200},
            Visibility.HELD: {"author": 200, "member": 404, "moderator": 200, "visitor": 401},
            Visibility.QUARANTINED: {
                "author": 404,
                "member": 404,
                "moderator": 404,
                "visitor": 401,
            },
            Visibility.REMOVED: {"author": 404, "member": 404, "moderator": 200, "visitor": 401},
            Visibility.ERASED: {"author": 404, "member": 404, "moderator": 404, "visitor": 401},
            Visibility.HIDDEN: {"author": 404, "member": 404, "moderator": 404, "visitor": 401},
        }[visibility]
    )


def test_who_may_not_enter_the_board_sees_none_of_its_pictures(
    session: Session, sign_in: SignIn
) -> None:
    board = make_board(session, gate_read=Trust.TRUSTED)
    heron = make_member(session, "Heron", trust=Trust.TRUSTED)
    thread = make_thread(session, board=board, author=heron)
    path = f"/pictures/{make_picture(session, opening_of(session, thread)).public_id}"
    assert sign_in(heron).get(path).status_code == 200
    assert sign_in(make_member(session, "Stoat")).get(path).status_code == 404


def test_an_upload_is_seen_by_its_member_alone(session: Session, sign_in: SignIn) -> None:
    heron = make_member(session, "Heron")
    id_ = make_picture(session, of=heron).public_id
    assert sign_in(heron).get(f"/me/uploads/{id_}").status_code == 200
    for other in (make_member(session, "Wren"), make_moderator(session)):
        for path in (f"/me/uploads/{id_}", f"/pictures/{id_}"):
            assert sign_in(other).get(path).status_code == 404
    assert sign_in(heron).get(f"/pictures/{id_}").status_code == 404


def test_moderators_see_a_held_picture_blurred_until_they_open_it(
    session: Session, place: Thread, sign_in: SignIn, heron: FlaskClient
) -> None:
    number = "Her number is 07700 900341."
    reply(heron, place, form(body=number, second_look="1"))
    owl = sign_in(make_moderator(session))
    item = re.search(r'href="(/queue/\w{16})"', owl.get("/queue").text)
    assert item is not None
    for page in (owl.get(f"/threads/{place.public_id}").text, owl.get(item[1]).text):
        veils = re.findall(r"<details class=\"picture veil\">.*?</details>", page, re.DOTALL)
        assert [len(shown_in(veil)) for veil in veils] == [1]
        assert len(shown_in(page)) == 1, "none stands outside its veil"
    assert ALT in owl.get(item[1]).text
    assert "veil" not in heron.get(f"/threads/{place.public_id}").text


def test_a_decision_rests_on_the_pictures_as_well(session: Session) -> None:
    post = make_post(session)
    without = fingerprint("t", post.body, post.pictures)
    make_picture(session, post)
    one = fingerprint("t", post.body, post.pictures)
    same_words = [["another", *post.pictures[0][1:]]]
    assert len({without, one, fingerprint("t", post.body, same_words)}) == 3


def test_what_a_picture_shows_is_found_by_search_and_no_longer_once_erased(
    session: Session, heron: FlaskClient, place: Thread
) -> None:
    reply(heron, place, form(alt="A heliotrope on a sill."))
    assert ALT not in heron.get("/search?q=heliotrope").text
    assert "Look at this" in heron.get("/search?q=heliotrope").text
    post = session.scalars(select(Post).order_by(Post.id.desc()).limit(1)).one()
    service.erase_post(session, post)
    session.commit()
    assert "Look at this" not in heron.get("/search?q=heliotrope").text


# --- changing and going ---------------------------------------------------------------------------


def edit(browser: FlaskClient, post: Post, sent: dict[str, Any]) -> TestResponse:
    return browser.post(f"/posts/{post.public_id}/edit", data=sent)


@pytest.fixture
def post(session: Session, place: Thread) -> Post:
    """An answer of Heron's with two pictures."""
    made = make_post(session, thread=place, author=session.get(Member, place.author_id), body=BODY)
    make_picture(session, made, alt="The first.")
    make_picture(session, made, alt="The second.")
    session.commit()
    return made


def kept(post: Post, *places: int) -> dict[str, Any]:
    chosen = [post.shown_pictures[at] for at in places]
    alts = {f"alt-{each.public_id}": each.alt for each in chosen}
    return {"body": post.body, "picture": [each.public_id for each in chosen]} | alts


def test_the_composer_shows_the_pictures_of_a_post_that_is_changed(
    heron: FlaskClient, post: Post
) -> None:
    page = heron.get(f"/posts/{post.public_id}/edit").text
    assert shown_in(page) == [f"/pictures/{each.public_id}" for each in post.shown_pictures]
    assert 'value="The first."' in page


def test_nothing_changed_changes_nothing(session: Session, heron: FlaskClient, post: Post) -> None:
    assert edit(heron, post, kept(post, 0, 1)).status_code == 302
    session.refresh(post)
    assert post.edited_on is None


def test_a_picture_that_is_taken_out_is_erased(
    session: Session, heron: FlaskClient, post: Post
) -> None:
    gone = f"/pictures/{post.shown_pictures[0].public_id}"
    assert edit(heron, post, kept(post, 1)).status_code == 302
    session.refresh(post)
    assert [each.alt for each in post.shown_pictures] == ["The second."]
    assert counts(session) == (1, 1)
    assert heron.get(gone).status_code == 404
    assert post.edited_on is not None
    assert session.scalars(select(Revision)).all() == [], "the text is the same"
    assert session.scalars(select(OwedErasure.subject)).all() == [post.public_id]


def test_words_and_order_of_pictures_can_be_changed_and_one_be_added(
    session: Session, heron: FlaskClient, post: Post
) -> None:
    sent = kept(post, 1, 0)
    sent[f"alt-{post.shown_pictures[1].public_id}"] = "The second, told better."
    sent |= {"upload": (io.BytesIO(file("WEBP")), "x.webp"), "upload_alt": "The third."}
    assert edit(heron, post, sent).status_code == 302
    session.refresh(post)
    alts = [each.alt for each in post.shown_pictures]
    assert alts == ["The second, told better.", "The first.", "The third."]
    assert counts(session) == (3, 3)


def test_who_may_add_no_more_pictures_may_keep_those_there_are(
    session: Session, heron: FlaskClient, post: Post
) -> None:
    post.thread.board.gate_attach = Trust.TRUSTED
    assert edit(heron, post, kept(post, 0, 1) | {"body": "Other words."}).status_code == 302
    session.refresh(post)
    assert (post.body, len(post.pictures)) == ("Other words.", 2)


def test_a_change_that_is_only_previewed_takes_no_picture_away(
    session: Session, heron: FlaskClient, post: Post
) -> None:
    page = edit(heron, post, kept(post, 0) | {"preview": "1"})
    assert page.status_code == 200
    assert set(shown_in(page.text)) == {f"/pictures/{post.shown_pictures[0].public_id}"}
    assert counts(session) == (2, 2)


def test_an_erased_post_takes_its_pictures_and_their_keys_along(
    session: Session, heron: FlaskClient, post: Post
) -> None:
    paths = [f"/pictures/{each.public_id}" for each in post.shown_pictures]
    assert heron.post(f"/posts/{post.public_id}/erase").status_code == 302
    assert counts(session) == (0, 0)
    session.refresh(post)
    assert post.pictures == []
    assert [heron.get(path).status_code for path in paths] == [404, 404]


def test_an_erased_thread_takes_the_pictures_of_what_waits_in_it_along(
    session: Session, place: Thread
) -> None:
    waiting = make_post(session, thread=place, visibility=Visibility.HELD)
    make_picture(session, waiting)
    make_picture(session, opening_of(session, place))
    service.erase_post(session, opening_of(session, place))
    session.flush()
    assert session.scalars(select(Thread)).all() == []
    assert counts(session) == (0, 0)


def test_what_was_sent_in_and_not_posted_goes_after_a_day(
    session: Session, database: Database, move_clock: Callable[[timedelta], None]
) -> None:
    heron = make_member(session, "Heron")
    posted = make_post(session)
    make_picture(session, posted)
    make_picture(session, of=heron)
    session.commit()
    move_clock(timedelta(hours=23))
    tick.tick(database)
    assert counts(session) == (2, 2)
    session.commit()
    move_clock(timedelta(hours=2))
    tick.tick(database)
    assert counts(session) == (1, 1)
    assert [each.post_id for each in pictures(session)] == [posted.id]


# --- on the disk ----------------------------------------------------------------------------------


def test_a_picture_opens_with_both_halves_of_its_key_and_at_its_own_place(
    session: Session, place: Thread
) -> None:
    post = opening_of(session, place)
    one, other = make_picture(session, post), make_picture(session, post)
    assert jpeg_of(session, one) == jpeg_of(session, other)
    assert one.box != other.box, "equal pictures are not known for equal"
    with pytest.raises(BrokenSealError):
        jpeg_of(session, _with(one, own_part=crypto.random_key()))
    with pytest.raises(BrokenSealError):
        jpeg_of(session, _with(one, shred_id=other.shred_id))
    with pytest.raises(BrokenSealError):
        jpeg_of(session, _with(one, public_id=other.public_id))
    with pytest.raises(BrokenSealError):
        jpeg_of(session, _with(one, box=one.box[:-1] + bytes([one.box[-1] ^ 1])))
    attachments.shreds.destroy(session, [one.shred_id])
    with pytest.raises(NotFoundError):
        jpeg_of(session, one)


def _with(picture: Attachment, **changed: Any) -> Attachment:
    """The same row with something of it changed, as by somebody else's hand."""
    columns = ("public_id", "shred_id", "own_part", "box", "width", "height")
    return Attachment(**{name: getattr(picture, name) for name in columns} | changed)


def test_a_large_picture_is_kept_no_larger_than_a_screen(
    session: Session, heron: FlaskClient, place: Thread
) -> None:
    reply(heron, place, form(file("JPEG", (LONGEST_SIDE * 2, LONGEST_SIDE))))
    (picture,) = pictures(session)
    assert (picture.width, picture.height) == (LONGEST_SIDE, LONGEST_SIDE // 2)


def test_a_page_with_pictures_asks_the_database_no_more_often(
    session: Session, heron: FlaskClient, place: Thread, database: Database
) -> None:
    from sqlalchemy import event  # noqa: PLC0415 - said where it matters

    asked: list[str] = []

    def count(_c: object, _k: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(database.read_engine, "before_cursor_execute", count)
    heron.get(f"/threads/{place.public_id}")
    before = len(asked)
    for _ in range(3):
        make_picture(session, make_post(session, thread=place))
    asked.clear()
    assert len(shown_in(heron.get(f"/threads/{place.public_id}").text)) == 3
    assert len(asked) == before
