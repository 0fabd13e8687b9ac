"""Two moderators decide at once: one wins, the other is told, and nothing is half done."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import audit
from app.core.db import Database
from app.core.errors import StaleError
from app.forum.models import Notice, Post
from app.moderation import queries, service
from app.moderation.models import Report, Sanction, Statement
from app.moderation.service import Chosen, Complaint, Decision, ReportReason
from app.policy.vocabulary import Actor, Standing, Visibility
from app.review import queries as review
from app.review.models import ReviewItem
from tests.conftest import Race
from tests.factories import make_member, make_moderator, make_post, make_thread
from tests.moderation.stage import LEAVE, RELEASE, make_answered, make_held, make_reported, silence

Deed = Callable[[Session], object]


def deciding(moderator: Actor, item_id: str, version: int, decision: Decision) -> Deed:
    """The deed of a moderator who has seen one version of an item."""

    def deed(session: Session) -> object:
        item = review.item_by_id(session, item_id)
        assert item is not None
        return service.decide(session, moderator, item, version, decision)

    return deed


def count(database: Database, table: type) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("turn", range(3))
def test_of_two_decisions_one_counts_and_the_other_leaves_no_trace(
    database: Database, race: Race, turn: int
) -> None:
    with database.write.begin() as session:
        owl, finch = make_moderator(session).actor, make_moderator(session, "Finch").actor
        stoat = make_member(session, "Stoat")
        item = make_reported(session, author=stoat, reporter=make_member(session, "Linnet"))
        item_id, version, stoat_id = item.public_id, item.version, stoat.id
    raised = race(
        deciding(owl, item_id, version, silence()), deciding(finch, item_id, version, LEAVE)
    )
    lost = [type(error) for error in raised if error is not None]
    assert lost == [StaleError]
    harsh = raised[0] is None
    with database.read() as session:
        closed = review.item_by_id(session, item_id)
        assert closed is not None
        assert closed.outcome == ("remove" if harsh else "leave")
        post = session.scalars(select(Post).where(Post.public_id == closed.subject)).one()
        assert post.visibility is (Visibility.REMOVED if harsh else Visibility.PUBLISHED)
        member = session.get_one(type(stoat), stoat_id)
        assert member.standing is (Standing.SILENCED if harsh else Standing.GOOD)
        chain = audit.verify(session)
        assert (chain.length, chain.broken_at) == (2 if harsh else 1, None)
    assert count(database, Statement) == count(database, Sanction) == (1 if harsh else 0)
    assert count(database, Notice) == (2 if harsh else 1), "the reporter, and the author if harsh"


def test_of_two_who_take_an_item_one_has_it(database: Database, race: Race) -> None:
    with database.write.begin() as session:
        owl, finch = make_moderator(session).actor, make_moderator(session, "Finch").actor
        item = make_held(session)
        item_id, version = item.public_id, item.version

    def taking(moderator: Actor) -> Deed:
        def deed(session: Session) -> object:
            item = review.item_by_id(session, item_id)
            assert item is not None
            return service.take_over(session, moderator, item, version)

        return deed

    raised = race(taking(owl), taking(finch))
    assert [type(error) for error in raised if error is not None] == [StaleError]
    with database.read() as session:
        held = review.item_by_id(session, item_id)
        assert held is not None
        assert held.claimed_by == (owl if raised[0] is None else finch).id


def test_two_who_report_a_post_at_once_share_one_item(database: Database, race: Race) -> None:
    with database.write.begin() as session:
        wren, linnet = make_member(session, "Wren").actor, make_member(session, "Linnet").actor
        post_id = make_post(session).id

    def reporting(member: Actor) -> Deed:
        def deed(session: Session) -> object:
            post = session.get_one(Post, post_id)
            return service.report(session, member, post, Complaint(ReportReason.SPAM))

        return deed

    assert race(reporting(wren), reporting(linnet)) == [None, None]
    assert (count(database, ReviewItem), count(database, Report)) == (1, 2)
    with database.read() as session:
        assert session.scalars(select(ReviewItem.report_count)).one() == 2


def test_of_two_who_read_an_answer_one_decides(database: Database, race: Race) -> None:
    with database.write.begin() as session:
        owl, finch = make_moderator(session), make_moderator(session, "Finch").actor
        third = make_moderator(session, "Linnet").actor
        statement, item = make_answered(session, owl, make_member(session, "Stoat"))
        item_id, version, statement_id = item.public_id, item.version, statement.public_id

    def settling(moderator: Actor, settle: Callable[..., object]) -> Deed:
        def deed(session: Session) -> object:
            item = review.item_by_id(session, item_id)
            return settle(session, moderator, item, version, "So it is.")

        return deed

    raised = race(settling(finch, service.uphold), settling(third, service.undo))
    assert [type(error) for error in raised if error is not None] == [StaleError]
    with database.read() as session:
        settled = queries.statement_by_id(session, statement_id)
        assert settled is not None
        assert (settled.undone_on is None) is (raised[0] is None)


@pytest.mark.parametrize("turn", range(3))
def test_decisions_about_different_items_do_not_hinder_one_another(
    database: Database, race: Race, turn: int
) -> None:
    with database.write.begin() as session:
        owl, finch = make_moderator(session).actor, make_moderator(session, "Finch").actor
        first, second = make_reported(session), make_reported(session)
        seen = [(item.public_id, item.version) for item in (first, second)]
    raised = race(deciding(owl, *seen[0], silence()), deciding(finch, *seen[1], silence()))
    assert raised == [None, None]
    with database.read() as session:
        chain = audit.verify(session)
        assert (chain.length, chain.broken_at) == (4, None)


@pytest.mark.parametrize("turn", range(3))
def test_two_who_decide_about_many_crosswise_do_not_wait_for_one_another(
    database: Database, race: Race, turn: int
) -> None:
    with database.write.begin() as session:
        owl, finch = make_moderator(session).actor, make_moderator(session, "Finch").actor
        thread = make_thread(session)
        ids = [make_held(session, thread=thread).public_id for _number in range(4)]

    def releasing(moderator: Actor, in_order: list[str]) -> Deed:
        def deed(session: Session) -> object:
            matters = [queries.matter_by_id(session, item_id) for item_id in in_order]
            chosen = [
                Chosen(matter.item, matter.item.version, matter.fingerprint)
                for matter in matters
                if matter is not None
            ]
            return service.decide_together(session, moderator, chosen, RELEASE)

        return deed

    raised = race(releasing(owl, ids[:3]), releasing(finch, ids[:0:-1]))
    assert [type(error) for error in raised if error is not None] == [StaleError]
    with database.read() as session:
        closed = [item_id for item_id in ids if not review.item_by_id(session, item_id).is_open]
    assert closed == (ids[:3] if raised[0] is None else ids[1:])
