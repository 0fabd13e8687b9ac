"""Lists: what they leave out, how they are paged, and that they agree with the permission table."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app.forum import queries, search, service
from app.forum.queries import Keys, Order
from app.forum.service import Draft
from app.policy.permissions import Permission, Verdict, judge
from app.policy.vocabulary import VISITOR, Actor, Role, Trust, Visibility
from tests.factories import make_board, make_member, make_post, make_thread


def actors(session: Session) -> list[Actor]:
    """A visitor, and a member for every trust and role."""
    members = [
        make_member(session, f"m-{int(trust)}-{int(roles)}", trust=trust, roles=roles).actor
        for trust in list(Trust)[1:]
        for roles in (Role.NONE, Role.MODERATOR, Role.OPERATOR, Role.RESPONDER)
    ]
    return [VISITOR, *members]


def test_the_list_of_boards_and_the_table_agree_for_everybody(session: Session) -> None:
    boards = [
        make_board(session, f"b-{int(trust)}-{int(role)}", gate_read=trust, gate_role=role)
        for trust in Trust
        for role in (Role.NONE, Role.MODERATOR, Role.RESPONDER)
    ]
    for actor in actors(session):
        allowed = {
            board.name
            for board in boards
            if judge(Permission.BOARD_READ, actor, board).verdict is Verdict.ALLOW
        }
        listed = {board.name for board in queries.enterable_boards(session, actor)}
        on_the_home_page = {
            row.board.name for _, rows in queries.boards_by_category(session, actor) for row in rows
        }
        assert listed == on_the_home_page == allowed, actor.pseudonym


def test_latest_and_search_show_what_the_table_allows_and_no_more(session: Session) -> None:
    threads = []
    for trust in Trust:
        board = make_board(session, f"b{int(trust)}", gate_read=trust)
        for visibility in (Visibility.PUBLISHED, Visibility.HELD):
            thread = make_thread(
                session, board=board, title=f"t{int(trust)}", body="lantern", visibility=visibility
            )
            threads.append(thread)
    for actor in actors(session):
        allowed = {
            thread.public_id
            for thread in threads
            if thread.visibility is Visibility.PUBLISHED
            and judge(Permission.THREAD_READ, actor, thread).verdict is Verdict.ALLOW
        }
        latest = {row.public_id for row in queries.latest_threads(session, actor).rows}
        found = {hit.title for hit in queries.find(session, actor, "lantern").rows}
        assert latest == allowed, actor.pseudonym
        assert len(found) == len(allowed), actor.pseudonym


def test_threads_page_both_ways_without_doubles_or_gaps(session: Session) -> None:
    board, author = make_board(session), make_member(session)
    made = [
        make_thread(session, board=board, author=author, title=f"t{n}").public_id for n in range(70)
    ]
    for order in (Order.ACTIVE, Order.NEW):
        seen: list[str] = []
        keys, pages = Keys(), []
        while True:
            page = queries.threads_of(session, board, order, keys)
            pages.append(page)
            seen += [row.public_id for row in page.rows]
            if page.older is None:
                break
            keys = Keys(before=page.older)
        assert seen == made[::-1]
        assert pages[0].newer is None
        back = queries.threads_of(session, board, order, Keys(after=pages[2].newer))
        assert [row.public_id for row in back.rows] == [row.public_id for row in pages[1].rows]


def test_posts_page_by_number_in_both_directions(session: Session) -> None:
    thread, author = make_thread(session), make_member(session)
    for _ in range(59):
        make_post(session, thread=thread, author=author)
    reader = author.actor
    first = queries.posts_of(session, thread, reader)
    second = queries.posts_of(session, thread, reader, after=25)
    last = queries.posts_of(session, thread, reader, after=50)
    numbers = [row.number for row in [*first, *second, *last]]
    assert numbers == list(range(1, 61))
    before = queries.posts_of(session, thread, reader, before=51)
    assert [row.number for row in before] == list(range(26, 51))


def test_what_is_held_is_shown_to_its_author_and_moderators_alone(session: Session) -> None:
    stoat, wren = make_member(session), make_member(session)
    owl = make_member(session, roles=Role.MODERATOR)
    thread = make_thread(session)
    held = make_post(session, thread=thread, author=stoat, visibility=Visibility.HELD)
    for actor, expected in ((stoat.actor, 1), (owl.actor, 1), (wren.actor, 0)):
        rows = queries.held_posts_of(session, thread, actor)
        assert len(rows) == expected
        assert queries.reader_state(session, actor, thread).held_count == expected
        allowed = judge(Permission.POST_READ, actor, held).verdict is Verdict.ALLOW
        assert allowed == bool(expected)


def test_a_quote_is_resolved_for_each_reader(session: Session) -> None:
    heron = make_member(session, trust=Trust.TRUSTED)
    wren = make_member(session, trust=Trust.KNOWN)
    quiet = make_board(session, "Quiet room", gate_read=Trust.TRUSTED)
    secret = make_post(session, thread=make_thread(session, board=quiet), body="said in private")
    thread = make_thread(session)
    draft = Draft(body="As I said elsewhere.", quoted=(secret.public_id,))
    service.create_post(session, heron.actor, thread, draft)
    rows = queries.posts_of(session, thread, heron.actor)
    ((quote,),) = queries.links_of(session, heron.actor, rows).quotes.values()
    assert (quote.text, quote.public_id) == ("said in private", secret.public_id)
    rows = queries.posts_of(session, thread, wren.actor)
    assert queries.links_of(session, wren.actor, rows).quotes == {}  # not even that there is one


@pytest.mark.parametrize(
    ("state", "shown"),
    [(Visibility.HELD, []), (Visibility.REMOVED, [""]), (Visibility.ERASED, [""])],
)
def test_a_quote_of_what_is_gone_shows_nothing_of_it(
    session: Session, state: Visibility, shown: list[str]
) -> None:
    thread = make_thread(session)
    wren = make_member(session)
    quoted = make_post(session, thread=thread, body="soon gone")
    draft = Draft(body="Indeed.", quoted=(quoted.public_id,))
    service.create_post(session, wren.actor, thread, draft)
    quoted.visibility = state
    session.flush()
    rows = queries.posts_of(session, thread, wren.actor)
    links = queries.links_of(session, wren.actor, rows)
    assert [quote.text for quote in links.quotes.get(rows[-1].id, [])] == shown


def test_nobody_quotes_what_he_or_she_may_not_read(session: Session) -> None:
    wren = make_member(session, trust=Trust.KNOWN)
    quiet = make_board(session, gate_read=Trust.TRUSTED)
    secret = make_post(session, thread=make_thread(session, board=quiet))
    held = make_post(session, visibility=Visibility.HELD)
    asked = [secret.public_id, held.public_id, "nowhere"]
    assert queries.quotable(session, wren.actor, asked) == []


def test_the_inbox_leaves_out_what_one_may_no_longer_read(session: Session) -> None:
    wren, heron = make_member(session), make_member(session)
    board = make_board(session)
    thread = make_thread(session, board=board)
    service.follow(session, wren.actor, thread)
    service.create_post(session, heron.actor, thread, Draft(body="Come and look."))
    assert len(queries.inbox(session, wren.actor).rows) == 1
    assert queries.unread_notice_count(session, wren.actor) == 1
    board.gate_read = Trust.TRUSTED
    session.flush()
    assert queries.inbox(session, wren.actor).rows == []
    assert queries.unread_notice_count(session, wren.actor) == 0


def test_those_who_may_not_enter_are_told_nothing(session: Session) -> None:
    wren = make_member(session, trust=Trust.KNOWN)
    thread = make_thread(session, board=make_board(session, gate_read=Trust.TRUSTED))
    service.follow(session, wren.actor, thread)
    assert wren.id not in queries.follower_ids(session, thread)


@pytest.mark.parametrize(
    "asked",
    ["", "   ", '"', "*", "a OR b", "NEAR(a b)", "words:a", "-a", "((", "a AND NOT b", "' --", "%"],
)
def test_nothing_typed_into_search_is_taken_for_its_language(session: Session, asked: str) -> None:
    make_post(session, body="quite ordinary")
    queries.find(session, make_member(session).actor, asked)


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ("Café crème", "cafe creme"),
        ("Straße", "strasse"),
        ("gardening", "gard"),
        ("one two three", "three one"),
    ],
)
def test_search_folds_accents_and_takes_beginnings(session: Session, body: str, asked: str) -> None:
    make_post(session, body=body)
    assert len(queries.find(session, make_member(session).actor, asked).rows) == 1


def test_every_word_must_occur(session: Session) -> None:
    make_post(session, body="one two three")
    assert queries.find(session, make_member(session).actor, "one four").rows == []
    assert search.words_of("a " * 20) == ("a",) * 8
