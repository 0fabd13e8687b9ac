"""What members do in the forum, on a real database: writing, holding, erasing, thanking."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.core import crypto
from app.core.db import Database
from app.forum import queries, service
from app.forum.markers import Marker
from app.forum.models import Follow, Notice, Post, Quote, Revision, Thank, Thread
from app.forum.service import Draft, HandedBackError
from app.policy.dispositions import Disposition
from app.policy.vocabulary import Trust, Visibility
from app.review.models import Reason, ReviewItem
from tests.factories import (
    make_board,
    make_member,
    make_post,
    make_thread,
    opening_of,
    private_key_of,
)

HARMLESS = "The soup needs an hour, not more."
OWN = "If you want the seedlings, call me on 020 7946 0958 after six."
OTHERS = "She lives at 9 Tansy Row, Bristol BS1 4DJ. Her number is 020 7946 0123."


def found(session: Session, words: str) -> int:
    """How many posts everybody's search has for these words."""
    reader = make_member(session, trust=Trust.TRUSTED)
    return len(queries.find(session, reader.actor, words).rows)


def test_a_harmless_reply_gets_the_next_number_and_is_found(session: Session) -> None:
    thread = make_thread(session)
    wren = make_member(session)
    post = service.create_post(session, wren.actor, thread, Draft(body=HARMLESS))
    assert post.visibility is Visibility.PUBLISHED
    assert (post.number, thread.post_count) == (2, 2)
    assert found(session, "soup") == 1


def test_a_new_thread_is_followed_by_its_author(session: Session) -> None:
    board = make_board(session)
    heron = make_member(session)
    post = service.create_thread(session, heron.actor, board, Draft(body=HARMLESS, title="Soup"))
    assert post.is_opening
    assert post.number == 1
    assert post.thread.visibility is Visibility.PUBLISHED
    assert session.get(Follow, (heron.id, post.thread_id)) is not None


def test_another_persons_address_is_held_and_leaves_no_gap(session: Session) -> None:
    thread = make_thread(session)
    stoat, wren = make_member(session), make_member(session)
    held = service.create_post(session, stoat.actor, thread, Draft(body=OTHERS))
    assert held.visibility is Visibility.HELD
    assert held.number is None
    item = session.scalars(select(ReviewItem)).one()
    assert (item.reason, item.subject) == (Reason.HELD, held.public_id)
    assert "Tansy" not in str(item.findings)
    after = service.create_post(session, wren.actor, thread, Draft(body=HARMLESS))
    assert (after.number, thread.post_count) == (2, 2)
    assert found(session, "Tansy") == 0


def test_ones_own_number_is_handed_back_until_one_agrees(session: Session) -> None:
    thread = make_thread(session)
    heron = make_member(session)
    with pytest.raises(HandedBackError) as stopped:
        service.create_post(session, heron.actor, thread, Draft(body=OWN))
    weighed = stopped.value.weighed
    assert weighed.disposition is Disposition.NUDGE
    span = weighed.findings[0].span
    assert OWN[span.start : span.end] == "020 7946 0958"
    assert session.scalar(select(func.count()).select_from(Post)) == 1
    agreed = Draft(body=OWN, agreed=True)
    post = service.create_post(session, heron.actor, thread, agreed)
    assert post.visibility is Visibility.PUBLISHED


def test_agreeing_does_not_publish_what_exposes_others(session: Session) -> None:
    thread = make_thread(session)
    stoat = make_member(session)
    post = service.create_post(session, stoat.actor, thread, Draft(body=OTHERS, agreed=True))
    assert post.visibility is Visibility.HELD


def test_an_author_may_send_a_marked_text_to_a_moderator_first(session: Session) -> None:
    thread = make_thread(session)
    heron = make_member(session)
    draft = Draft(body=OWN, asks_moderator=True)
    post = service.create_post(session, heron.actor, thread, draft)
    assert post.visibility is Visibility.HELD


def test_a_title_is_screened_like_a_text(session: Session) -> None:
    board = make_board(session)
    heron = make_member(session)
    draft = Draft(body=HARMLESS, title="My number is 020 7946 0958, call me")
    with pytest.raises(HandedBackError) as stopped:
        service.create_thread(session, heron.actor, board, draft)
    assert stopped.value.weighed.title_findings


def test_the_first_posts_of_newcomers_wait_where_the_board_says_so(session: Session) -> None:
    board = make_board(session, reviews_first_posts=True)
    thread = make_thread(session, board=board)
    newcomer = make_member(session, trust=Trust.NEWCOMER)
    known = make_member(session, trust=Trust.KNOWN)
    first = service.create_post(session, newcomer.actor, thread, Draft(body=HARMLESS))
    other = service.create_post(session, known.actor, thread, Draft(body=HARMLESS))
    assert first.visibility is Visibility.HELD
    assert other.visibility is Visibility.PUBLISHED
    assert session.scalars(select(ReviewItem.reason)).all() == [Reason.FIRST_POST]


def test_the_same_form_sent_twice_makes_one_post(session: Session) -> None:
    thread = make_thread(session)
    wren = make_member(session)
    draft = Draft(body=HARMLESS, form_key="once")
    first = service.create_post(session, wren.actor, thread, draft)
    second = service.create_post(session, wren.actor, thread, draft)
    assert second.public_id == first.public_id
    assert thread.post_count == 2


def test_a_released_post_stands_where_it_was_released(session: Session) -> None:
    thread = make_thread(session)
    held = make_post(session, thread=thread, body="waited", visibility=Visibility.HELD)
    make_post(session, thread=thread)
    service.release(session, held)
    assert held.visibility is Visibility.PUBLISHED
    assert held.number == 3
    assert found(session, "waited") == 1


def test_a_rejected_post_leaves_no_line(session: Session) -> None:
    thread = make_thread(session)
    held = make_post(session, thread=thread, visibility=Visibility.HELD)
    service.reject(session, held, "identity")
    assert held.number is None
    assert not held.is_in_the_open
    assert thread.post_count == 1


def test_a_removed_post_leaves_a_line_and_the_search_and_can_be_restored(session: Session) -> None:
    thread = make_thread(session)
    post = make_post(session, thread=thread, body="regrettable words")
    session.commit()  # each deed is a request of its own
    service.remove(session, post, "harassment")
    session.commit()
    reader = make_member(session).actor
    rows = queries.posts_of(session, thread, reader)
    assert [row.html for row in rows][1:] == [""]
    assert rows[1].rule == "harassment"
    assert found(session, "regrettable") == 0
    service.restore(session, post)
    assert (post.number, post.rule) == (2, "")
    assert found(session, "regrettable") == 1


def test_an_erased_text_is_in_no_table(session: Session, database: Database) -> None:
    word = "xylophonic"
    heron, wren = make_member(session), make_member(session)
    thread = make_thread(session)
    post = service.create_post(session, heron.actor, thread, Draft(body=f"{word} first"))
    service.edit_post(session, heron.actor, post, Draft(body=f"{word} second"))
    quoting = Draft(body="I agree.", quoted=(post.public_id,))
    service.create_post(session, wren.actor, thread, quoting)
    service.thank(session, wren.actor, post)
    service.erase_post(session, post)
    session.commit()
    assert post.visibility is Visibility.ERASED
    assert post.number == 2
    for table in ("posts", "revisions", "threads", "notices"):
        rows = session.execute(text(f"SELECT * FROM {table}")).all()
        assert word not in str(rows), table
    for model in (Revision, Quote, Thank):
        assert session.scalar(select(func.count()).select_from(model)) == 0
    assert found(session, word) == 0


def test_erasing_the_only_post_takes_the_thread_along(session: Session) -> None:
    thread = make_thread(session)
    service.erase_post(session, opening_of(session, thread))
    assert session.scalar(select(func.count()).select_from(Thread)) == 0


def test_an_edit_keeps_the_earlier_wording_for_the_author(session: Session) -> None:
    heron = make_member(session)
    post = make_post(session, author=heron, body="an hour")
    service.edit_post(session, heron.actor, post, Draft(body="two hours"))
    assert [revision.body for revision in queries.revisions_of(session, post)] == ["an hour"]
    assert post.edited_on is not None
    assert found(session, "two hours") == 1
    assert found(session, "an hour") == 0


def test_an_edit_that_exposes_somebody_is_held(session: Session) -> None:
    stoat = make_member(session)
    post = make_post(session, author=stoat)
    service.edit_post(session, stoat.actor, post, Draft(body=OTHERS))
    assert post.visibility is Visibility.HELD
    reader = make_member(session).actor
    assert OTHERS not in str(queries.posts_of(session, post.thread, reader))
    assert found(session, "Tansy") == 0


def test_an_edit_that_is_handed_back_changes_nothing(session: Session) -> None:
    heron = make_member(session)
    post = make_post(session, author=heron, body="as it was")
    with pytest.raises(HandedBackError):
        service.edit_post(session, heron.actor, post, Draft(body=OWN))
    assert post.body == "as it was"
    assert session.scalar(select(func.count()).select_from(Revision)) == 0


def test_followers_and_the_quoted_are_told_once_and_without_text(session: Session) -> None:
    heron, wren, owl = (make_member(session) for _ in range(3))
    thread = make_thread(session, author=heron)
    quoted = make_post(session, thread=thread, author=wren)
    service.follow(session, wren.actor, thread)
    service.follow(session, owl.actor, thread)
    draft = Draft(body=HARMLESS, quoted=(quoted.public_id,))
    service.create_post(session, owl.actor, thread, draft)
    notices = session.scalars(select(Notice)).all()
    assert [(notice.member_id, notice.kind) for notice in notices] == [(wren.id, "quote")]
    assert HARMLESS not in str(session.execute(text("SELECT * FROM notices")).all())


def test_a_read_marker_is_opened_by_its_member_alone(session: Session) -> None:
    heron, stoat = make_member(session), make_member(session)
    thread = make_thread(session)
    service.follow(session, heron.actor, thread)
    mine, marker = private_key_of(heron), Marker(number=7311, post_id=52)
    service.mark_read(session, heron.id, thread.id, marker, mine)
    session.expire_all()
    follow = session.get(Follow, (heron.id, thread.id))
    assert follow is not None
    assert follow.marker is not None
    assert (7311).to_bytes(4) not in follow.marker
    assert Marker.opened(mine, thread.id, follow.marker) == marker
    for key, place in ((private_key_of(stoat), thread.id), (mine, thread.id + 1)):
        with pytest.raises(crypto.BrokenSealError):
            Marker.opened(key, place, follow.marker)


def test_thanking_twice_is_thanking_once(session: Session) -> None:
    post, wren = make_post(session), make_member(session)
    service.thank(session, wren.actor, post)
    session.flush()
    service.thank(session, wren.actor, post)
    session.flush()
    assert session.scalar(select(func.count()).select_from(Thank)) == 1
    service.unthank(session, wren.actor, post)
    assert session.scalar(select(func.count()).select_from(Thank)) == 0
