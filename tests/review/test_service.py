"""The queue: one open item a subject, guarded by its version, taken for half an hour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import Database
from app.core.errors import StaleError
from app.core.ids import new_id
from app.review import queries, service
from app.review.models import Reason, ReviewItem
from app.review.queries import Claimed, Filter, Place
from app.screening.engine import screen
from app.screening.findings import About, Category, Finding, Span, Why
from tests.factories import make_moderator

NUMBER = "Call me on 020 7946 0958 tonight."
Move = Callable[[timedelta], None]


def make_item(session: Session, reason: Reason = Reason.HELD, **named: bool) -> ReviewItem:
    return service.enqueue(session, new_id(), reason, **named)


def finding(category: Category) -> Finding:
    return Finding(category, Span(0, 4), 0.7, About.PERSON, Why(str(category)))


# --- putting in -----------------------------------------------------------------------------------


def test_a_second_reason_joins_the_open_item(session: Session) -> None:
    first = service.enqueue(session, "post", Reason.REPORTED)
    second = service.enqueue(session, "post", Reason.HELD, screen(NUMBER))
    assert first is second
    assert (second.reason, second.report_count) == (Reason.HELD, 1)


def test_a_weaker_reason_does_not_replace_a_stronger_one(session: Session) -> None:
    service.enqueue(session, "post", Reason.HELD, screen(NUMBER))
    item = service.enqueue(session, "post", Reason.REPORTED)
    assert (item.reason, item.report_count) == (Reason.HELD, 1)
    assert len(item.findings) == 1


def test_after_a_decision_a_new_item_is_opened(session: Session) -> None:
    first = service.enqueue(session, "post", Reason.REPORTED)
    service.close(session, first, first.version, "leave")
    second = service.enqueue(session, "post", Reason.REPORTED)
    assert second.id != first.id
    assert second.report_count == 1


def test_what_is_kept_of_a_finding_is_its_place_and_never_its_words(session: Session) -> None:
    item = service.enqueue(session, "post", Reason.HELD, screen(NUMBER))
    session.expire_all()
    (kept,) = item.findings
    assert (kept["where"], kept["category"]) == ("body", "phone")
    assert NUMBER[kept["start"] : kept["end"]] == "020 7946 0958"
    assert "7946" not in str(item.findings)


def test_findings_in_a_title_are_kept_apart_from_those_in_the_text(session: Session) -> None:
    item = service.enqueue(
        session, "post", Reason.HELD, screen(NUMBER), title_findings=screen("020 7946 0958")
    )
    assert [(f["where"], f["start"]) for f in item.findings] == [("body", 11), ("title", 0)]


def test_a_changed_text_counts_the_version_up_but_another_report_does_not(session: Session) -> None:
    item = service.enqueue(session, "post", Reason.HELD, screen(NUMBER))
    seen = item.version
    service.enqueue(session, "post", Reason.REPORTED)
    assert item.version == seen
    service.enqueue(session, "post", Reason.HELD, screen("Now: 020 7946 0958"))
    assert item.version == seen + 1


def test_a_text_that_was_cleaned_up_loses_its_findings(session: Session) -> None:
    service.enqueue(session, "post", Reason.HELD, screen(NUMBER))
    item = service.enqueue(session, "post", Reason.HELD, ())
    assert item.findings == []


@pytest.mark.parametrize(
    ("named", "rank"),
    [
        ({}, 0),
        ({"is_urgent": True}, 1),
        ({"is_identity": True}, 2),
        ({"findings": [finding(Category.PHONE)]}, 2),
        ({"findings": [finding(Category.FILTER)]}, 0),
        ({"findings": [finding(Category.PHONE)], "is_urgent": True}, 3),
    ],
)
def test_what_shows_who_somebody_is_ranks_first(
    session: Session, named: dict[str, object], rank: int
) -> None:
    item = service.enqueue(session, "post", Reason.HELD, **named)  # type: ignore[arg-type]
    assert item.rank == rank


def test_a_later_report_can_make_an_item_urgent_but_never_less_urgent(session: Session) -> None:
    service.enqueue(session, "post", Reason.REPORTED, is_urgent=True)
    item = service.enqueue(session, "post", Reason.REPORTED)
    assert (item.is_urgent, item.rank) == (True, 1)


def test_the_database_itself_keeps_a_subject_to_one_open_item(session: Session) -> None:
    service.enqueue(session, "post", Reason.REPORTED)
    session.add(ReviewItem(reason=Reason.REPORTED, subject="post", opened_at=clock.now()))
    with pytest.raises(IntegrityError):
        session.flush()


# --- taking and giving back -----------------------------------------------------------------------


def test_a_claim_keeps_others_away_for_half_an_hour(session: Session, move_clock: Move) -> None:
    owl, wren = make_moderator(session).actor, make_moderator(session, "Wren").actor
    item = service.claim(session, owl, make_item(session))
    with pytest.raises(StaleError):
        service.claim(session, wren, item)
    move_clock(timedelta(minutes=29))
    assert item.holder_id == owl.id
    move_clock(timedelta(minutes=1))
    assert item.holder_id is None
    service.claim(session, wren, item)
    assert item.holder_id == wren.id


def test_one_can_take_over_what_one_has_seen(session: Session) -> None:
    owl, wren = make_moderator(session).actor, make_moderator(session, "Wren").actor
    item = service.claim(session, owl, make_item(session))
    seen = item.version
    service.take_over(session, wren, item, seen)
    assert item.holder_id == wren.id
    with pytest.raises(StaleError):
        service.take_over(session, owl, item, seen)


def test_only_the_holder_gives_back(session: Session) -> None:
    owl, wren = make_moderator(session).actor, make_moderator(session, "Wren").actor
    item = service.claim(session, owl, make_item(session))
    with pytest.raises(StaleError):
        service.give_back(session, wren, item)
    service.give_back(session, owl, item)
    assert (item.holder_id, item.claimed_at) == (None, None)


def test_two_who_take_at_once_are_told_apart(database: Database) -> None:
    with database.write() as setup:
        owl, wren = make_moderator(setup).actor, make_moderator(setup, "Wren").actor
        item_id = make_item(setup).public_id
        setup.commit()
    with database.read() as early:  # Wren's page was made before Owl took it
        seen = queries.item_by_id(early, item_id)
        assert seen is not None
        version = seen.version
    with database.write() as first:
        item = queries.item_by_id(first, item_id)
        assert item is not None
        service.claim(first, owl, item)
        first.commit()
    with database.write() as second:
        item = queries.item_by_id(second, item_id)
        assert item is not None
        with pytest.raises(StaleError):
            service.take_over(second, wren, item, version)


# --- closing --------------------------------------------------------------------------------------


def test_closing_forgets_who_had_taken_it(session: Session) -> None:
    owl = make_moderator(session).actor
    item = service.claim(session, owl, make_item(session))
    service.close(session, item, item.version, "reject")
    assert (item.outcome, item.closed_on) == ("reject", clock.today())
    assert (item.claimed_by, item.claimed_at) == (None, None)


def test_nobody_closes_an_item_that_has_changed_since_or_is_closed(session: Session) -> None:
    item = make_item(session)
    with pytest.raises(StaleError):
        service.close(session, item, item.version - 1, "reject")
    assert item.is_open
    service.close(session, item, item.version, "reject")
    with pytest.raises(StaleError):
        service.close(session, item, item.version, "release")
    assert item.outcome == "reject"


def test_an_item_whose_text_was_erased_leaves_the_queue(session: Session) -> None:
    item = make_item(session)
    service.withdraw(session, item.subject)
    service.withdraw(session, "nothing waits here")
    assert (item.outcome, queries.open_item_of(session, item.subject)) == ("gone", None)


# --- reading --------------------------------------------------------------------------------------


def test_the_queue_shows_pressing_items_first_and_then_the_oldest(session: Session) -> None:
    owl = make_moderator(session).actor
    plain, second = make_item(session), make_item(session)
    urgent = make_item(session, is_urgent=True)
    identity = make_item(session, is_identity=True)
    assert queries.open_items(session, owl) == [identity, urgent, plain, second]


def test_pages_of_the_queue_meet_without_gap_or_overlap(session: Session) -> None:
    owl = make_moderator(session).actor
    for number in range(7):
        make_item(session, is_urgent=number % 3 == 0)
    whole = queries.open_items(session, owl)
    paged: list[ReviewItem] = []
    wanted = Filter()
    while rows := queries.open_items(session, owl, wanted, limit=2):
        paged += rows
        wanted = Filter(place=Place(rank=rows[-1].rank, after=rows[-1].id))
    assert paged == whole


def test_filters_agree_with_their_counts(session: Session, move_clock: Move) -> None:
    owl, wren = make_moderator(session).actor, make_moderator(session, "Wren").actor
    service.claim(session, owl, make_item(session))
    move_clock(timedelta(minutes=31))  # the first claim is stale by now
    service.claim(session, owl, make_item(session, Reason.REPORTED))
    service.claim(session, wren, make_item(session, Reason.ANSWER))
    both = make_item(session)
    service.enqueue(session, both.subject, Reason.REPORTED)
    closed = make_item(session)
    service.close(session, closed, closed.version, "reject")

    counts = queries.counts(session, owl)
    assert counts.total == len(queries.open_items(session, owl)) == 4
    for reason in Reason:
        listed = queries.open_items(session, owl, Filter(reason=reason))
        assert counts.by_reason[reason] == len(listed)
    assert counts.by_reason[Reason.REPORTED] == 2
    assert counts.mine == len(queries.open_items(session, owl, Filter(claimed=Claimed.MINE))) == 1
    free = queries.open_items(session, owl, Filter(claimed=Claimed.NOBODY))
    assert counts.nobody == len(free) == 2


def test_an_empty_queue_counts_nothing(session: Session) -> None:
    counts = queries.counts(session, make_moderator(session).actor)
    assert (counts.total, counts.mine, counts.nobody) == (0, 0, 0)
    assert set(counts.by_reason.values()) == {0}
