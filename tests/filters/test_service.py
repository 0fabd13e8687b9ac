"""What a filter makes of a text, who is told, and what is written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.audit import AuditEntry
from app.core.db import Database
from app.filters import service
from app.filters.models import Action, Filter, Sort
from app.filters.service import FilterRefusedError, Plan
from app.policy.dispositions import Disposition, dispose
from app.policy.vocabulary import Trust
from app.screening.engine import screen
from app.screening.readings import readings
from tests.factories import make_moderator


def make(
    session: Session, pattern: str = "crypto coach", action: Action = Action.HOLD, **more: object
) -> Filter:
    owl = make_moderator(session, f"Owl{session.query(Filter).count()}")
    plan = Plan(Sort.PHRASE, pattern, action, **more)  # type: ignore[arg-type]
    return service.create_filter(session, owl.actor, plan)


def disposition(session: Session, text: str, board: str = "harbour") -> Disposition:
    return dispose(service.found(session, board, readings(text)), Trust.TRUSTED)


@pytest.mark.parametrize(
    ("action", "wanted"),
    [
        (Action.NUDGE, Disposition.NUDGE),
        (Action.HOLD, Disposition.HOLD),
        (Action.REFUSE, Disposition.REFUSE),
        (Action.ALERT, Disposition.PUBLISH),
    ],
)
def test_a_filter_does_what_it_was_set_to(
    session: Session, action: Action, wanted: Disposition
) -> None:
    make(session, action=action)
    assert disposition(session, "my crypto coach says") is wanted
    assert disposition(session, "my bread says") is Disposition.PUBLISH
    (finding,) = service.found(session, "harbour", readings("a crypto coach"))
    rules = {signal.rule for signal in finding.signals}
    assert (service.ALERT in rules) == (action is Action.ALERT)


def test_the_author_reads_the_moderators_own_words(session: Session) -> None:
    make(session, message="No money talk here, please.")
    (finding,) = service.found(session, "", readings("a crypto coach"))
    assert finding.why.parameters == (("message", "No money talk here, please."),)


def test_a_filter_of_one_board_leaves_others_alone(session: Session) -> None:
    make(session, board="harbour")
    assert disposition(session, "crypto coach", "harbour") is Disposition.HOLD
    assert disposition(session, "crypto coach", "lantern") is Disposition.PUBLISH


def test_a_filter_never_loosens_what_the_engine_found(session: Session) -> None:
    text = "her real name is Ottoline Farrabee, she lives at 9 Tansy Row, Dunmere"
    engine = screen(text)
    make(session, "ottoline*", Action.ALERT)
    both = (*engine, *service.found(session, "", readings(text)))
    assert dispose(engine, Trust.KNOWN) > Disposition.NUDGE
    assert dispose(both, Trust.KNOWN) == dispose(engine, Trust.KNOWN)


def test_changes_count_at_once_in_every_session(session: Session, database: Database) -> None:
    one = make(session)
    assert disposition(session, "crypto coach") is Disposition.HOLD
    service.set_on(session, make_moderator(session, "Rook").actor, one, on=False)
    assert disposition(session, "crypto coach") is Disposition.PUBLISH
    service.set_on(session, make_moderator(session, "Jay").actor, one, on=True)
    session.commit()
    with database.write() as other:
        assert disposition(other, "crypto coach") is Disposition.HOLD
    service.remove_filter(session, make_moderator(session, "Crow").actor, one)
    assert disposition(session, "crypto coach") is Disposition.PUBLISH


def test_a_filter_ends_after_its_last_day(
    session: Session, move_clock: Callable[[timedelta], None]
) -> None:
    make(session, ends_on=clock.today() + timedelta(days=1))
    move_clock(timedelta(days=1))
    assert disposition(session, "crypto coach") is Disposition.HOLD
    move_clock(timedelta(days=1))
    assert disposition(session, "crypto coach") is Disposition.PUBLISH


def test_a_text_counts_once_however_often_it_holds_the_phrase(session: Session) -> None:
    one = make(session)
    service.matches(session, "", readings("crypto coach, crypto coach"))
    service.found(session, "", readings("crypto coach"))
    session.refresh(one)
    assert one.hit_count == 1


def test_each_change_is_in_the_audit_log_without_the_pattern(session: Session) -> None:
    one = make(session)
    owl = make_moderator(session, "Rook").actor
    service.set_on(session, owl, one, on=False)
    service.set_on(session, owl, one, on=True)
    service.remove_filter(session, owl, one)
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence)).all()
    assert [e.verb for e in entries] == [
        "filter.create",
        "filter.off",
        "filter.on",
        "filter.remove",
    ]
    assert {entry.subject for entry in entries} == {one.public_id}


def test_a_filter_that_flags_too_much_is_refused(session: Session) -> None:
    owl = make_moderator(session)
    sample = ["the bread is good"] * 2 + ["a quiet evening"] * 28
    with pytest.raises(FilterRefusedError) as refused:
        service.create_filter(session, owl.actor, Plan(Sort.PHRASE, "bread", Action.HOLD), sample)
    assert refused.value.reason == "broad"
    sample = [*sample[1:], *["a quiet evening"] * 10]
    service.create_filter(session, owl.actor, Plan(Sort.PHRASE, "bread", Action.HOLD), sample)
