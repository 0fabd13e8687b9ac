"""What a reader gets to see: hidden boards, read markers, what waits, what others quote."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import crypto
from app.forum import queries, service
from app.forum.markers import Marker
from app.forum.models import Board, Follow, Post, Thread
from app.forum.service import Draft
from app.policy.permissions import Permission, Verdict, judge
from app.policy.vocabulary import Role, Standing, Trust, Visibility
from app.review.models import ReviewItem
from tests.factories import (
    make_board,
    make_member,
    make_moderator,
    make_post,
    make_thread,
    opening_of,
    private_key_of,
)

SignIn = Callable[..., FlaskClient]
WORD = "Marzipan"


@pytest.fixture
def quiet(session: Session) -> Board:
    """A board for trusted members, with a thread whose every part says the word."""
    board = make_board(session, f"{WORD} room", gate_read=Trust.TRUSTED, description=f"{WORD}s")
    thread = make_thread(session, board=board, title=f"{WORD} at night", body=f"{WORD} {WORD}")
    make_post(session, thread=thread, body=f"More {WORD}")
    return board


def every_list(session: Session, board: Board) -> list[str]:
    """Each address that lists something, and those of the board itself."""
    thread = session.scalars(select(Thread).where(Thread.board_id == board.id)).one()
    post = opening_of(session, thread)
    return [
        "/",
        "/latest",
        "/following",
        "/inbox",
        f"/search?q={WORD}",
        f"/boards/{board.public_id}",
        f"/boards/{board.public_id}/feed",
        f"/boards/{board.public_id}/start",
        f"/threads/{thread.public_id}",
        f"/threads/{thread.public_id}/reply",
        f"/posts/{post.public_id}",
        f"/posts/{post.public_id}/revisions",
        f"/leaving/{post.public_id}/0",
    ]


def without_what_was_asked(text: str) -> str:
    """A page without the search field, which shows again what was typed."""
    return re.sub(r'value="[^"]*"', "", text)


# --- a board one may not enter --------------------------------------------------------------------


def test_a_newcomer_meets_nothing_of_the_trusted_board(
    session: Session, sign_in: SignIn, quiet: Board
) -> None:
    wren = make_member(session, trust=Trust.TRUSTED)
    thread = session.scalars(select(Thread).where(Thread.board_id == quiet.id)).one()
    service.follow(session, wren.actor, thread)
    service.create_post(session, make_moderator(session).actor, thread, Draft(body=f"Ah, {WORD}."))
    trusted = sign_in(wren)
    assert WORD in trusted.get("/inbox").text
    assert "(1)" in trusted.get("/help").text
    wren.trust = Trust.NEWCOMER  # has been inside before: follows, and has a line in the inbox
    browser = sign_in(wren)
    for path in every_list(session, quiet):
        assert WORD not in without_what_was_asked(browser.get(path).text), path
    assert "(1)" not in browser.get("/help").text


def test_a_visitor_meets_nothing_of_the_trusted_board(
    session: Session, client: FlaskClient, quiet: Board
) -> None:
    for path in every_list(session, quiet):
        assert WORD not in without_what_was_asked(client.get(path).text), path


def test_a_moderator_moves_threads_only_between_boards_one_may_enter(
    session: Session, sign_in: SignIn
) -> None:
    owl = sign_in(make_moderator(session))
    cabin = make_board(session, "Captain's cabin", gate_role=Role.RESPONDER)
    make_board(session, "Deck")
    thread = make_thread(session)
    page = owl.get(f"/threads/{thread.public_id}/move").text
    assert "Deck" in page
    assert "cabin" not in page
    answer = owl.post(f"/threads/{thread.public_id}/move", data={"board": cabin.public_id})
    absent = owl.post(f"/threads/{thread.public_id}/move", data={"board": "nowhere"})
    assert answer.status_code == absent.status_code == 404
    shown = without_what_was_asked(answer.text)  # form tokens differ from second to second
    assert shown.replace(cabin.public_id, "nowhere") == without_what_was_asked(absent.text)


@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.REMOVED])
def test_lists_show_the_suspended_no_more_than_the_doors_do(
    session: Session, sign_in: SignIn, standing: Standing
) -> None:
    thread = make_thread(session, title=f"{WORD} at noon", body=f"{WORD} again")
    stoat = make_member(session, standing=standing)
    assert judge(Permission.THREAD_READ, stoat.actor, thread).verdict is Verdict.DENY
    browser = sign_in(stoat)
    for path in ("/", "/latest", f"/search?q={WORD}"):
        page = without_what_was_asked(browser.get(path).text)
        assert WORD not in page, path
        assert thread.board.name not in page, path


@pytest.mark.parametrize("roles", [*Role, Role.MODERATOR | Role.RESPONDER])
@pytest.mark.parametrize("trust", list(Trust)[1:])
def test_every_list_agrees_with_the_table(session: Session, trust: Trust, roles: Role) -> None:
    author = make_member(session)
    actor = make_member(session, trust=trust, roles=roles).actor
    boards = [
        make_board(session, f"{int(gate)} {int(role)}", gate_read=gate, gate_role=role)
        for gate in Trust
        for role in (Role.NONE, Role.MODERATOR, Role.RESPONDER)
    ]
    asker = make_thread(session, author=author)
    allowed, quoted = set(), []
    for board in boards:
        thread = make_thread(session, board=board, author=author, body="lantern")
        post = opening_of(session, thread)
        quoted.append(post.public_id)
        service.follow(session, actor, thread)
        service.notify(session, actor.id, "reply", thread.public_id, post.id)
        if judge(Permission.THREAD_READ, actor, thread).verdict is Verdict.ALLOW:
            allowed.add(thread.public_id)
    session.flush()
    open_posts = {
        public_id
        for public_id, post in queries.posts_by_ids(session, quoted).items()
        if post.thread.public_id in allowed
    }
    lists = {
        "latest": {row.public_id for row in queries.latest_threads(session, actor).rows},
        "followed": {row.public_id for row in queries.followed_threads(session, actor).rows},
        "inbox": {row.subject for row in queries.inbox(session, actor).rows},
    }
    assert lists["latest"] - {asker.public_id} == allowed
    assert lists["followed"] == lists["inbox"] == allowed
    assert queries.unread_notice_count(session, actor) == len(allowed)
    assert {hit.public_id for hit in queries.find(session, actor, "lantern").rows} == open_posts
    assert {post.public_id for post in queries.quotable(session, actor, quoted)} == open_posts
    by_author = {post.public_id for post in queries.posts_by(session, author.id, actor).rows}
    assert by_author - {opening_of(session, asker).public_id} == open_posts
    assert {id_ for id_, _ in queries.board_names(session, actor)} >= {
        board.public_id
        for board in boards
        if judge(Permission.BOARD_READ, actor, board).verdict is Verdict.ALLOW
    }


def test_a_role_gate_keeps_the_name_out_of_the_window_title(
    session: Session, sign_in: SignIn
) -> None:
    board = make_board(session, "Night watch", gate_read=Trust.VISITOR, gate_role=Role.RESPONDER)
    thread = make_thread(session, board=board, title="Who comes tonight")
    browser = sign_in(make_member(session, roles=Role.RESPONDER))
    for path in (f"/boards/{board.public_id}", f"/threads/{thread.public_id}"):
        page = browser.get(path)
        assert page.status_code == 200
        title = re.search(r"<title>(.*?)</title>", page.text, re.DOTALL)
        assert title is not None
        assert "Night" not in title[1]
        assert "tonight" not in title[1]
        assert "atom+xml" not in page.text


# --- what waits -----------------------------------------------------------------------------------


def test_the_author_of_a_held_reply_sees_it_with_its_quotes(
    session: Session, sign_in: SignIn
) -> None:
    stoat = make_member(session)
    thread = make_thread(session, body="The lamp is lit.")
    draft = Draft(
        body="Call her on 020 7946 0958.",
        quoted=(opening_of(session, thread).public_id,),
        asks_moderator=True,
    )
    held = service.create_post(session, stoat.actor, thread, draft)
    assert held.visibility is Visibility.HELD
    page = sign_in(stoat).get(f"/threads/{thread.public_id}").text
    assert page.count("The lamp is lit.") == 2


@pytest.mark.parametrize("trust", [Trust.VISITOR, Trust.NEWCOMER, Trust.TRUSTED])
def test_no_number_or_count_tells_that_a_post_is_held(
    session: Session, client: FlaskClient, sign_in: SignIn, trust: Trust
) -> None:
    thread = make_thread(session, board=make_board(session, gate_read=Trust.VISITOR))
    wren = make_member(session, trust=trust or Trust.NEWCOMER)
    browser = client if trust is Trust.VISITOR else sign_in(wren)
    paths = ("/", "/latest", f"/boards/{thread.board.public_id}", f"/threads/{thread.public_id}")

    def seen() -> list[str]:
        """What the pages say, without what is random in every one."""
        texts = [browser.get(path).text for path in paths]
        return [re.sub(r'name="(csrf_token|form_key)" value="[^"]*"', "", text) for text in texts]

    before = seen()
    make_post(session, thread=thread, visibility=Visibility.HELD, body="held words")
    assert seen() == before


def test_a_held_thread_is_in_no_list_but_its_author_finds_it(
    session: Session, sign_in: SignIn
) -> None:
    stoat, wren = make_member(session), make_member(session)
    thread = make_thread(session, author=stoat, title=WORD, visibility=Visibility.HELD)
    path = f"/threads/{thread.public_id}"
    assert sign_in(stoat).get(path).status_code == 200
    reader = sign_in(wren)
    assert reader.get(path).status_code == 404
    for path in ("/", "/latest", f"/boards/{thread.board.public_id}", f"/search?q={WORD}"):
        assert WORD not in without_what_was_asked(reader.get(path).text), path


def test_erasing_a_thread_takes_what_waits_in_it_out_of_the_queue(session: Session) -> None:
    heron, stoat = make_member(session), make_member(session)
    thread = make_thread(session, author=heron)
    draft = Draft(body="Call her on 020 7946 0958.", asks_moderator=True)
    service.create_post(session, stoat.actor, thread, draft)
    service.erase_post(session, opening_of(session, thread))
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Post)) == 0
    assert session.scalars(select(ReviewItem.outcome)).all() == ["gone"]


def test_releasing_twice_publishes_once(session: Session) -> None:
    thread = make_thread(session)
    held = make_post(session, thread=thread, visibility=Visibility.HELD, body=WORD)
    for _ in range(2):
        service.release(session, held)
    session.commit()
    assert (held.number, thread.post_count) == (2, 2)
    service.remove(session, held, "spam")
    session.commit()
    assert queries.find(session, make_member(session).actor, WORD).rows == []


def test_pinned_threads_that_have_an_answer_are_not_called_unanswered(
    session: Session, client: FlaskClient
) -> None:
    board = make_board(session, gate_read=Trust.VISITOR)
    pinned = make_thread(session, board=board, title="Read me", is_pinned=True)
    make_post(session, thread=pinned)
    assert "Read me" in client.get(f"/boards/{board.public_id}").text
    assert "Read me" not in client.get(f"/boards/{board.public_id}?order=unanswered").text


# --- backlinks and quotes -------------------------------------------------------------------------


def test_a_post_links_back_only_to_published_posts_of_its_thread(session: Session) -> None:
    thread, wren = make_thread(session), make_member(session)
    quoted = opening_of(session, thread)
    shown, held, removed = (
        service.create_post(
            session, wren.actor, thread, Draft(body=f"{n}.", quoted=(quoted.public_id,))
        )
        for n in range(3)
    )
    elsewhere = make_thread(session)
    draft = Draft(body="Seen next door.", quoted=(quoted.public_id,))
    service.create_post(session, wren.actor, elsewhere, draft)
    service.hold(session, held, ())
    service.remove(session, removed, "spam")
    session.flush()
    rows = queries.posts_of(session, thread, wren.actor)
    links = queries.links_of(session, wren.actor, rows)
    assert links.backlinks == {quoted.id: [(shown.public_id, 2)]}


def test_a_member_who_left_is_quoted_without_a_name(session: Session) -> None:
    thread = make_thread(session)
    quoted = opening_of(session, thread)
    wren = make_member(session)
    draft = Draft(body="Yes.", quoted=(quoted.public_id,))
    service.create_post(session, wren.actor, thread, draft)
    quoted.author_id = None
    session.flush()
    rows = queries.posts_of(session, thread, wren.actor)
    (quote,) = queries.links_of(session, wren.actor, rows).quotes[rows[-1].id]
    assert (quote.author, quote.text) == (None, "The first post of this thread.")


# --- read markers and the inbox -------------------------------------------------------------------


def test_a_follower_sees_what_is_new_and_only_once(session: Session, sign_in: SignIn) -> None:
    wren, heron = make_member(session), make_member(session)
    thread = make_thread(session, author=heron)
    browser = sign_in(wren)
    path = f"/threads/{thread.public_id}"
    browser.post(f"{path}/follow")
    assert 'class="badge badge-new"' not in browser.get(path).text
    for _ in range(2):
        make_post(session, thread=thread, author=heron)
    session.commit()
    assert "2 new" in browser.get("/").text
    assert "2 new" in browser.get("/following").text
    assert browser.get(path).text.count('class="badge badge-new"') == 2
    assert 'class="badge badge-new"' not in browser.get(path).text
    assert "2 new" not in browser.get("/").text


def test_following_a_long_thread_does_not_call_all_of_it_new(
    session: Session, sign_in: SignIn
) -> None:
    wren, heron = make_member(session), make_member(session)
    thread = make_thread(session, author=heron)
    for _ in range(40):
        make_post(session, thread=thread, author=heron)
    browser = sign_in(wren)
    browser.post(f"/threads/{thread.public_id}/follow")
    browser.get(f"/threads/{thread.public_id}")
    assert " new" not in browser.get("/following").text


def test_a_marker_lies_sealed_in_the_database(session: Session, sign_in: SignIn) -> None:
    wren, stoat = make_member(session), make_member(session)
    thread = make_thread(session)
    browser = sign_in(wren)
    browser.post(f"/threads/{thread.public_id}/follow")
    boxes = set()
    for _ in range(2):  # the same number twice: equal bytes would tell that nothing was read
        browser.get(f"/threads/{thread.public_id}")
        make_post(session, thread=thread)
        session.commit()
        browser.get(f"/threads/{thread.public_id}")
        session.expire_all()
        boxes.add(session.scalars(select(Follow.marker)).one())
    assert len(boxes) == 2
    assert len({len(box or b"") for box in boxes}) == 1
    for member, is_opened in ((wren, True), (stoat, False)):
        assert _opens(private_key_of(member), thread.id, boxes) is is_opened


def _opens(private_key: bytes, thread_id: int, boxes: set[bytes | None]) -> bool:
    """Whether a key opens all boxes."""
    try:
        return all(Marker.opened(private_key, thread_id, box or b"") for box in boxes)
    except crypto.BrokenSealError:
        return False


@pytest.mark.parametrize("taken", [2, 4, 5], ids=["an early one", "one of the last", "the last"])
@pytest.mark.parametrize("is_released", [False, True])
def test_a_post_taken_back_hides_nothing_new(
    session: Session, sign_in: SignIn, taken: int, *, is_released: bool
) -> None:
    wren, heron = make_member(session), make_member(session)
    thread = make_thread(session, author=heron)
    posts = [make_post(session, thread=thread, author=heron) for _ in range(4)]
    browser = sign_in(wren)
    path = f"/threads/{thread.public_id}"
    browser.post(f"{path}/follow")
    browser.get(path)
    service.quarantine(session, posts[taken - 2])
    make_post(session, thread=thread, author=heron, body="Something new.")
    if is_released:
        whole = queries.post_by_id(session, posts[taken - 2].public_id)
        assert whole is not None
        service.restore(session, whole)
    session.commit()
    news = 2 if is_released else 1
    assert f"{news} new" in browser.get("/following").text
    page = browser.get(path).text
    assert page.count('class="badge badge-new"') == news
    assert "Something new." in page.partition('class="badge badge-new"')[2]
    assert " new" not in browser.get("/following").text


def test_a_post_taken_back_hides_nothing_new_on_the_next_page(
    session: Session, sign_in: SignIn
) -> None:
    wren, heron = make_member(session), make_member(session)
    thread = make_thread(session, author=heron)
    posts = [
        make_post(session, thread=thread, author=heron) for _ in range(queries.POSTS_A_PAGE - 1)
    ]
    browser = sign_in(wren)
    path = f"/threads/{thread.public_id}"
    browser.post(f"{path}/follow")
    service.quarantine(session, posts[0])
    service.quarantine(session, posts[1])
    for _ in range(4):
        make_post(session, thread=thread, author=heron)
    session.commit()
    assert "4 new" in browser.get("/following").text
    first = browser.get(path).text
    assert first.count('class="badge badge-new"') == 2


def test_the_count_in_the_head_is_what_the_inbox_shows(session: Session, sign_in: SignIn) -> None:
    wren, heron = make_member(session), make_member(session)
    shown, hidden, gone = (make_thread(session, author=heron) for _ in range(3))
    for thread in (shown, hidden, gone):
        service.follow(session, wren.actor, thread)
        service.create_post(session, heron.actor, thread, Draft(body="Look."))
    hidden.board.gate_read = Trust.TRUSTED
    last = session.scalars(select(Post).where(Post.thread_id == gone.id, Post.number == 2)).one()
    session.commit()
    service.remove(session, last, "spam")
    service.notify(session, wren.id, "statement", "x" * 16)
    browser = sign_in(wren)
    page = browser.get("/inbox").text
    assert len(queries.inbox(session, wren.actor).rows) == 2
    assert "Inbox (2)" in re.sub(r"<[^>]+>|\s+(?=\()", " ", page).replace("  ", " ")
    browser.post("/inbox/clear")
    assert queries.unread_notice_count(session, wren.actor) == 0


def test_an_inbox_pages_without_doubles_or_gaps(session: Session) -> None:
    wren = make_member(session)
    for number in range(70):
        service.notify(session, wren.id, "statement", f"{number:016}")
    session.flush()
    seen, before = [], None
    while True:
        page = queries.inbox(session, wren.actor, before)
        seen += [row.subject for row in page.rows]
        before = page.older
        if before is None:
            break
    assert seen == [f"{number:016}" for number in range(69, -1, -1)]


def test_nobody_clears_the_lines_of_another(session: Session, sign_in: SignIn) -> None:
    wren, stoat = make_member(session), make_member(session)
    service.notify(session, wren.id, "statement", "y" * 16)
    session.flush()  # the list is read from the database
    (line,) = queries.inbox(session, wren.actor).rows
    path = f"/inbox/{line.public_id}/clear"
    assert sign_in(stoat).post(path).status_code == 404
    assert len(queries.inbox(session, wren.actor).rows) == 1
    assert sign_in(wren).post(path).status_code == 302
    assert queries.inbox(session, wren.actor).rows == []


def test_the_author_of_a_post_is_not_told_of_it(session: Session) -> None:
    heron = make_member(session)
    thread = make_thread(session, author=heron)
    service.follow(session, heron.actor, thread)
    draft = Draft(body="As I said.", quoted=(opening_of(session, thread).public_id,))
    service.create_post(session, heron.actor, thread, draft)
    assert queries.inbox(session, heron.actor).rows == []


# --- permalinks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "after"), [(1, ""), (25, ""), (26, "?after=25"), (51, "?after=50")]
)
def test_a_permalink_leads_to_the_page_with_the_post(
    session: Session, sign_in: SignIn, number: int, after: str
) -> None:
    heron = make_member(session)
    thread = make_thread(session, author=heron)
    for _ in range(50):
        make_post(session, thread=thread, author=heron)
    post = session.scalars(select(Post).where(Post.number == number)).one()
    browser = sign_in(heron)
    answer = browser.get(f"/posts/{post.public_id}")
    expected = f"/threads/{thread.public_id}{after}#p-{post.public_id}"
    assert answer.headers["Location"] == expected
    assert f'id="p-{post.public_id}"' in browser.get(expected.partition("#")[0]).text


def test_only_readers_meet_the_page_for_leaving(
    session: Session, sign_in: SignIn, client: FlaskClient
) -> None:
    board = make_board(session, gate_read=Trust.TRUSTED)
    thread = make_thread(session, board=board, body="See [it](https://example.org/secret).")
    path = f"/leaving/{opening_of(session, thread).public_id}/0"
    assert "example.org/secret" in sign_in(make_member(session, trust=Trust.TRUSTED)).get(path).text
    assert sign_in(make_member(session, trust=Trust.KNOWN)).get(path).status_code == 404
    assert client.get(path).status_code == 401


def test_what_is_removed_or_erased_leads_nowhere(session: Session, sign_in: SignIn) -> None:
    board = make_board(session, gate_read=Trust.VISITOR)
    thread = make_thread(session, board=board)
    post = make_post(session, thread=thread, body="See [it](https://example.org/secret).")
    wren = sign_in(make_member(session))
    path = f"/leaving/{post.public_id}/0"
    assert wren.get(path).status_code == 200
    service.remove(session, post, "spam")
    session.commit()
    assert wren.get(path).status_code == 404


def test_times_are_cut_to_the_day_after_two_days(
    session: Session, move_clock: Callable[[timedelta], None]
) -> None:
    move_clock(timedelta(minutes=17))
    make_post(session)
    session.commit()
    times = select(Post.written_at, Thread.started_at, Thread.active_at).join(Post.thread)
    for days, hour in ((1, 12), (2, 0)):
        move_clock(timedelta(days=days))
        service.coarsen_times(session)
        for moment in next(iter(session.execute(times))):
            assert (moment.hour, moment.minute, moment.second) == (hour, 0, 0)
