"""Reading for the duty page: as many statements for many reports and cases as for few."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import Session

from app.cases import queries, workflow
from app.cases.service import intake
from app.cases.service.intake import Account
from tests.cases.stage import open_case, report_post, set_stage
from tests.factories import private_key_of


def statements(session: Session, deed: Callable[[], None]) -> int:
    """How many statements a deed takes."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    deed()
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_the_duty_page_costs_as_much_for_many_reports_and_cases_as_for_few(
    session: Session,
) -> None:
    stage = set_stage(session)
    owls_key = private_key_of(stage.owl)

    def look() -> None:
        reports = queries.reports_for(session, stage.owl.id)
        assert len(intake.keys_of(session, reports, owls_key)) == len(reports)
        cases = queries.cases_of(session, stage.owl.id)
        facts = queries.facts_of_all(session, cases)
        assert set(facts) == {case.id for case in cases}

    open_case(session, stage, report_post(session, stage))
    report_post(session, stage)
    session.commit()
    few = statements(session, look)
    for _case in range(3):
        report = intake.send(session, stage.finch.actor, Account(place="elsewhere"), None)
        open_case(session, stage, report)
        intake.send(session, stage.finch.actor, Account(place="elsewhere"), None)
    session.commit()
    assert len(queries.cases_of(session, stage.owl.id)) == 4
    assert statements(session, look) == few


def test_the_facts_of_several_cases_are_those_of_each(session: Session) -> None:
    stage = set_stage(session)
    one = open_case(session, stage, report_post(session, stage)).case
    report = intake.send(session, stage.finch.actor, Account(place="elsewhere"), None)
    other = open_case(session, stage, report).case
    other.is_danger = True
    together = queries.facts_of_all(session, [one, other])
    assert together == {case.id: queries.facts_of(session, case) for case in (one, other)}
    assert {workflow.state(facts) for facts in together.values()} == {workflow.State.HOLDING}
    assert together[other.id].is_danger
    assert not together[one.id].is_danger
