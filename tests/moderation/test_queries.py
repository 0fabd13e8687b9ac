"""What the console reads: lists agree with the table of permissions, and cost what they should."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import product

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.core import clock
from app.core.db import Database
from app.forum import service as forum
from app.moderation import queries, service
from app.moderation.models import ReportReason
from app.moderation.service import Complaint
from app.policy.permissions import Permission, Verdict, judge
from app.policy.vocabulary import Role, Trust
from app.review import service as review
from app.review.models import Reason, ReviewItem
from app.review.queries import Claimed, Filter
from app.screening.findings import Category
from tests.factories import make_board, make_member, make_moderator, make_post, make_thread
from tests.moderation.stage import (
    LEAVE,
    NUMBER,
    make_answered,
    make_held,
    make_reported,
    matter_of,
    post_of,
)

SignIn = Callable[..., FlaskClient]


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The SQL statements that run in the meantime."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    # On PostgreSQL the two are one engine in two coats, and it would hear everything twice.
    engines = [database.write_engine, *([database.read_engine] if database.is_sqlite else [])]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def test_the_queue_lists_exactly_what_the_table_lets_a_moderator_see(session: Session) -> None:
    owl = make_moderator(session)
    both = make_member(session, "Finch", roles=Role.MODERATOR | Role.RESPONDER)
    reader = make_member(session, "Linnet", roles=Role.RESPONDER)
    boards = [
        make_board(session, gate_read=Trust.VISITOR),
        make_board(session, gate_read=Trust.TRUSTED),
        make_board(session, gate_role=Role.RESPONDER),
        make_board(session, gate_role=Role.OPERATOR),
    ]
    items: list[ReviewItem] = []
    for board, author in product(boards, (make_member(session), owl, both)):
        items.append(make_held(session, board=board, author=author))
        items.append(make_reported(session, board=board, author=author, reporter=reader))
    items.append(make_answered(session, owl, make_member(session, "Siskin"))[1])
    items.append(make_answered(session, both, owl)[1])
    orphan = make_held(session)
    post_of(session, orphan).author_id = None
    items.append(orphan)
    session.flush()  # the queue is read in SQL
    for member in (owl, both):
        listed = {row.public_id for row in _whole_queue(session, member)}
        seen = {
            item.public_id
            for item in items
            if judge(Permission.REVIEW_READ, member.actor, matter_of(session, item)).verdict
            is Verdict.ALLOW
        }
        assert listed == seen
        assert 0 < len(listed) < len(items)


def _whole_queue(session: Session, member: Member) -> list[queries.QueueRow]:
    """All pages of the queue as one moderator sees them, after a look at their counts."""
    actor = member.actor
    rows: list[queries.QueueRow] = []
    after = ""
    while True:
        wanted = Filter(place=queries.place_after(session, after))
        page = queries.queue(session, actor, wanted)
        rows += page.rows
        assert page.counts.total >= len(page.rows)
        if page.older is None:
            assert page.counts.total == len(rows)
            return rows
        after = page.older


def test_counts_beside_the_filters_are_those_of_the_lists(session: Session) -> None:
    owl = make_moderator(session)
    finch = make_moderator(session, "Finch")
    here, there = make_board(session, "Here"), make_board(session, "There")
    hidden = make_board(session, gate_role=Role.OPERATOR)
    for board in (here, here, there, hidden):
        make_held(session, board=board)
    make_held(session, board=there, reason=Reason.FIRST_POST)
    make_reported(session, board=there)
    make_answered(session, finch, make_member(session, "Siskin"))
    make_reported(session, author=owl)
    review.claim(session, owl.actor, make_held(session, board=here))
    review.claim(session, finch.actor, make_held(session, board=here))
    everything = queries.queue(session, owl.actor, Filter())
    counts = everything.counts
    for reason in Reason:
        page = queries.queue(session, owl.actor, Filter(reason=reason))
        assert counts.by_reason[reason] == len(page.rows) > 0
    for claimed, count in ((Claimed.MINE, counts.mine), (Claimed.NOBODY, counts.nobody)):
        assert count == len(queries.queue(session, owl.actor, Filter(claimed=claimed)).rows) > 0
    assert counts.total == len(everything.rows) == counts.mine + counts.nobody + 1
    assert "There" in {board.name for board in everything.boards}
    for board in everything.boards:
        page = queries.queue(session, owl.actor, Filter(), board.public_id)
        assert board.count == len(page.rows)
    assert hidden.public_id not in {board.public_id for board in everything.boards}


def test_a_row_knows_who_has_it_and_whether_the_reader_may_take_it(session: Session) -> None:
    owl, finch = make_moderator(session), make_moderator(session, "Finch")
    free = make_held(session)
    mine = review.claim(session, owl.actor, make_held(session))
    taken = review.claim(session, finch.actor, make_held(session))
    reported = make_reported(session, reporter=owl)
    rows = {row.public_id: row for row in queries.queue(session, owl.actor, Filter()).rows}
    row = rows[free.public_id]
    assert (row.holder, row.is_mine, row.is_free, row.is_selectable) == (None, False, True, True)
    assert row.kinds == (Category.PHONE,)
    row = rows[mine.public_id]
    assert (row.holder, row.is_mine, row.is_free, row.is_selectable) == ("Owl", True, False, True)
    row = rows[taken.public_id]
    assert (row.holder, row.is_free, row.is_selectable) == ("Finch", False, False)
    row = rows[reported.public_id]
    assert (row.is_free, row.is_selectable) == (False, False), "Owl reported it"


def test_the_workload_counts_the_work_of_seven_days_and_nobodys_own(
    session: Session, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    owl, barn = make_moderator(session), make_moderator(session, "Barn")
    old = make_reported(session)
    later = clock.now() + timedelta(days=9)
    monkeypatch.setattr(clock, "now", lambda: later)
    done, about_owl = make_reported(session), make_reported(session, author=owl)
    service.decide(session, barn.actor, done, done.version, LEAVE)
    session.commit()
    workload = queries.workload(session, owl.actor)
    assert (workload.came, workload.decided) == (1, 1), "not what is about Owl"
    assert workload.oldest == old.opened_at
    assert queries.workload(session, barn.actor).came == 2
    page = sign_in(owl).get("/queue").text
    assert "1 came, 1 were decided" in page
    assert "has waited 9 days" in page
    assert "Barn" not in page
    assert about_owl.public_id not in page
    much_later = later + timedelta(days=9)
    monkeypatch.setattr(clock, "now", lambda: much_later)
    assert queries.workload(session, owl.actor).decided == 0


@pytest.mark.parametrize("count", [3, 50])
def test_the_queue_page_costs_the_same_statements_for_few_and_for_many(
    session: Session, database: Database, sign_in: SignIn, count: int
) -> None:
    owl, thread = make_moderator(session), make_thread(session)
    for _number in range(count):
        make_held(session, thread=thread)
    make_reported(session)
    browser = sign_in(owl)
    with statements(database) as seen:
        assert browser.get("/queue").status_code == 200
    assert len(seen) <= 8, "\n".join(seen)
    with statements(database) as seen:
        browser.get("/queue?reason=held&claimed=nobody")
    assert len(seen) <= 8


def test_an_item_costs_the_same_statements_for_few_and_for_many_reports(
    session: Session, database: Database, sign_in: SignIn
) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    costs = []
    for count in (1, 12):
        post = make_post(session, author=stoat)
        for _number in range(count):
            make_reported(session, post=post)
        for _number in range(count):
            make_held(session, author=stoat)
        item = make_reported(session, post=post)
        browser = sign_in(owl)
        with statements(database) as seen:
            assert browser.get(f"/queue/{item.public_id}").status_code == 200
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 17


def test_findings_lie_in_the_title_or_in_the_text(session: Session) -> None:
    stoat = make_member(session, "Stoat")
    thread = make_thread(session, author=stoat, title="Call 020 7946 0958")
    post = make_post(session, thread=thread, body=NUMBER, is_opening=True)
    item = review.enqueue(
        session,
        post.public_id,
        Reason.HELD,
        forum.screen(NUMBER),
        title_findings=forum.screen(thread.title),
    )
    found = queries.findings_of(matter_of(session, item))
    (in_title,), (in_body,) = found.in_title, found.in_body
    assert thread.title[in_title.span.start : in_title.span.end] == "020 7946 0958"
    assert NUMBER[in_body.span.start : in_body.span.end] == "020 7946 0958"
    assert in_body.category is Category.PHONE
    assert in_body.signals
    assert 0 < in_body.confidence <= 1


def test_findings_that_no_longer_lie_in_the_text_are_left_out(session: Session) -> None:
    item = make_held(session)
    post_of(session, item).body = "Short."
    assert queries.findings_of(matter_of(session, item)).in_body == ()


def test_ones_own_reports_are_listed_page_by_page(session: Session) -> None:
    wren = make_member(session, "Wren")
    for _number in range(53):
        service.report(session, wren.actor, make_post(session), Complaint(ReportReason.SPAM))
    session.flush()  # the list is read in SQL
    first = queries.own_reports(session, wren.actor)
    assert (len(first.rows), first.older is None) == (50, False)
    second = queries.own_reports(session, wren.actor, before=first.older)
    assert (len(second.rows), second.older) == (3, None)
    assert not {row.inner for row in first.rows} & {row.inner for row in second.rows}
