"""Trace: who could have known by the rules, never who did; the ladder, and the member's diary."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cases import keys, ladder, queries, wording
from app.cases.ladder import Grounds, Known
from app.cases.models import CasePart, Trace, TraceWord
from app.cases.service import casework, ledger, rounds, source, team
from app.cases.service.casework import THE_MEMBER, Opened, SealedTermError
from app.cases.service.source import Route, Source
from app.cases.words import ItemState, Part, Rung, Seat, Verb, Way
from app.cases.workflow import Gate, ShutError
from app.core import clock
from app.core.crypto import BrokenSealError
from app.core.db import Base
from app.policy.vocabulary import Role, Trust
from tests.cases.stage import Stage, open_case, opened_by, set_stage
from tests.factories import make_board, make_member, private_key_of

SignIn = Callable[..., FlaskClient]
Move = Callable[[timedelta], None]
ELSE: Final = "An old page of a search engine."
CHANGE: Final = "A date before the board began."
WHOLE: Final = Grounds(
    known=Known(accounts=frozenset({1, 2})),
    is_wanted=True,
    has_routes=True,
    has_record=True,
    alternatives=ELSE,
    change=CHANGE,
    words="It was admitted in a letter.",
)


# --- the ladder: pure -----------------------------------------------------------------------------


def test_that_nobody_can_tell_may_always_be_said() -> None:
    assert ladder.saying(Rung.UNKNOWN, Grounds()) == ()


@pytest.mark.parametrize(
    ("rung", "missing", "gate"),
    [
        (Rung.AREA, {"is_wanted": False}, Gate.NOT_WANTED),
        (Rung.AREA, {"has_routes": False}, Gate.GROUNDS),
        (Rung.CONSISTENT, {"is_wanted": False}, Gate.NOT_WANTED),
        (Rung.CONSISTENT, {"alternatives": ""}, Gate.ALTERNATIVES),
        (Rung.CONSISTENT, {"change": "no"}, Gate.ALTERNATIVES),
        (Rung.RECORD, {"has_record": False}, Gate.GROUNDS),
        (Rung.RECORD, {"alternatives": ""}, Gate.ALTERNATIVES),
        (Rung.ADMITTED, {"has_record": False}, Gate.GROUNDS),
        (Rung.ADMITTED, {"words": ""}, Gate.REASON),
    ],
)
def test_a_statement_without_what_it_rests_on_is_refused(
    rung: Rung, missing: dict[str, object], gate: Gate
) -> None:
    assert ladder.saying(rung, WHOLE) == ()
    assert ladder.saying(rung, replace(WHOLE, **missing)) == (gate,)  # type: ignore[arg-type]  # plain values


def test_less_than_a_third_uncounted_needs_a_reason() -> None:
    assert ladder.barred(34, 33, "") == ()
    assert ladder.barred(33, 33, "") == (Gate.UNCOUNTED,)
    assert ladder.barred(10, 0, "It stood on one page for an hour.") == ()
    assert ladder.barred(80, 21, "") == (Gate.ORDER,)


def test_a_set_of_twenty_and_more_or_of_everybody_is_never_listed() -> None:
    few = replace(WHOLE, known=Known(frozenset(range(19))))
    assert ladder.naming(few) == ()
    for known in (Known(frozenset(range(20))), Known(frozenset({1}), is_public=True), Known()):
        assert ladder.naming(replace(WHOLE, known=known)) == (Gate.TOO_MANY,)


def test_the_aid_to_modesty_says_what_the_rule_says() -> None:
    assert ladder.modesty() == {2: "25", 5: "10", 12: "4.2", 40: "1.2"}


def test_there_is_no_probably_in_what_may_be_said() -> None:
    texts = [*wording.RUNGS.values(), *wording.RUNG_HINTS.values()]
    said = " ".join(str(text) for text in texts).casefold()
    assert set(wording.RUNGS) == set(wording.RUNG_HINTS) == set(Rung)
    assert not re.search(r"probabl|likel|suspect|guilt|score|rank", said)


# --- who could have known -------------------------------------------------------------------------


def people(session: Session) -> tuple[Stage, Opened, Opened, Opened]:
    """Owl and Wren with the source part, and Heron, who wants it looked into."""
    stage = set_stage(session)
    opened = open_case(session, stage)
    (ring,) = keys.own_rings(session, private_key_of(stage.heron), opened.case.id)
    own = Opened(opened.case, ring, THE_MEMBER)
    owl, wren = (
        source.open_page(session, opened_by(session, opened, who), private_key_of(who))
        for who in (stage.owl, stage.wren)
    )
    source.say_wish(session, own, is_yes=True)
    return stage, owl, wren, own


def on(session: Session, trust: Trust) -> Route:
    """A way over a board with this gate."""
    return Route(Way.BOARD, make_board(session, "Behind", gate_read=trust).public_id)


def test_those_whom_the_gate_lets_in_are_counted_without_the_affected_member(
    session: Session,
) -> None:
    stage, owl, _, _ = people(session)
    newcomer = make_member(session, "Gull", trust=Trust.NEWCOMER)
    page = source.add_route(session, owl, on(session, Trust.REGULAR))
    known = source.known(session, owl, page.routes)
    everybody = {stage.finch.id, stage.stoat.id, *(who.id for who in stage.people)}
    assert known.accounts == everybody
    assert newcomer.id not in known.accounts
    assert stage.heron.id not in known.accounts


def test_whoever_joined_after_it_was_gone_is_not_counted(session: Session) -> None:
    stage, owl, _, _ = people(session)
    route = on(session, Trust.REGULAR)
    stage.finch.joined_on = clock.today()
    for who in (stage.stoat, *stage.people):
        who.joined_on = clock.today() - timedelta(days=60)
    session.flush()
    until = (clock.today() - timedelta(days=30)).isoformat()
    known = source.known(session, owl, [replace(route, until=until)])
    assert known.accounts == {stage.stoat.id, *(who.id for who in stage.people)}


def test_a_board_that_anybody_may_read_cannot_be_counted(session: Session) -> None:
    _, owl, _, _ = people(session)
    known = source.known(session, owl, [on(session, Trust.VISITOR)])
    assert known.is_public
    assert not known.is_listable


def test_two_ways_that_may_be_the_same_people_are_not_added_up(session: Session) -> None:
    _, owl, _, _ = people(session)
    routes = [on(session, Trust.REGULAR), Route(Way.MESSAGES, told=3)]
    assert source.known(session, owl, routes).count == 5


def test_without_the_members_yes_no_way_is_counted(session: Session) -> None:
    _, owl, _, own = people(session)
    source.say_wish(session, own, is_yes=False)
    with pytest.raises(ShutError) as refused:
        source.add_route(session, owl, Route(Way.ELSEWHERE))
    assert refused.value.gates == (Gate.NOT_WANTED,)


def test_no_reading_changes_a_row_or_the_count(session: Session, sign_in: SignIn) -> None:
    """Whoever reads leaves nothing behind from which the source page could tell."""
    stage, owl, _, _ = people(session)
    page = source.add_route(session, owl, on(session, Trust.REGULAR))
    session.commit()
    readers = [sign_in(who) for who in (stage.finch, stage.stoat)]
    before = contents(session)
    for browser in readers:
        assert browser.get(f"/threads/{stage.thread.public_id}").status_code == 200
        browser.get(f"/posts/{stage.post.public_id}")
    session.expire_all()
    assert contents(session) == before
    columns = {f"{t.name}.{c.name}" for t in Base.metadata.sorted_tables for c in t.columns}
    seen = {
        name for name in columns if re.search(r"viewed|read_by|reader_id|seen_|last_read", name)
    }
    assert seen == {"reports.seen_revision"}, "the wording that somebody reported, a deed"
    assert source.known(session, owl, page.routes).count == 5


def contents(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Every row there is, but for sessions, whose end moves on."""
    return {
        table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
        for table in Base.metadata.sorted_tables
        if table.name != "sessions"
    }


# --- what may be said, by two ---------------------------------------------------------------------


def test_a_statement_needs_two_and_then_the_member_reads_it(session: Session) -> None:
    stage, owl, wren, own = people(session)
    source.add_route(session, owl, on(session, Trust.REGULAR))
    with pytest.raises(ShutError):
        source.propose(session, owl, Rung.CONSISTENT, "")
    source.weigh(session, owl, Source(alternatives=ELSE, change=CHANGE))
    source.propose(session, owl, Rung.CONSISTENT, "")
    seal = team.identity_seal(session, owl, private_key_of(stage.owl))
    with pytest.raises(ShutError):
        source.agree(session, owl, seal)
    assert source.summary(session, own) is None
    source.agree(session, wren, team.identity_seal(session, wren, private_key_of(stage.wren)))
    said = source.summary(session, own)
    assert said is not None
    assert (said["rung"], said["count"], said["alternatives"]) == ("2", "5", ELSE)
    for code in ("trace.set", "trace.level"):
        row = queries.item_of(session, owl.case.id, code)
        assert row is not None
        assert row.state is ItemState.DONE


def test_a_trustee_agrees_and_lead_or_second_tell_the_member(
    session: Session, sign_in: SignIn
) -> None:
    stage, owl, wren, own = people(session)
    kite = make_member(session, "Kite", roles=Role.TRUSTEE)
    team.add_person(session, owl, private_key_of(stage.owl), Seat.TRUSTEE, kite)
    source.add_route(session, owl, on(session, Trust.REGULAR))
    source.weigh(session, owl, Source(alternatives=ELSE, change=CHANGE))
    source.propose(session, owl, Rung.CONSISTENT, "")
    session.commit()
    at, trustee = f"/cases/{owl.case.public_id}/source", sign_in(kite)
    agreed = trustee.post(f"{at}/agree", follow_redirects=True).text
    assert "Lead or second have to tell" in agreed
    assert "Tell the affected member" not in agreed, "a trustee has no key for it"
    assert trustee.post(f"{at}/tell").status_code == 409
    assert source.summary(session, own) is None
    told = sign_in(stage.wren).post(f"{at}/tell", follow_redirects=True).text
    assert "has not read this yet" not in told
    said = source.summary(session, own)
    assert said is not None
    assert (said["rung"], said["count"], said["alternatives"]) == ("2", "5", ELSE)
    with pytest.raises(ShutError):
        source.tell(session, wren, team.identity_seal(session, wren, private_key_of(stage.wren)))


def test_an_account_that_posted_it_is_a_record_and_needs_no_yes_of_the_member(
    session: Session,
) -> None:
    _, owl, _, own = people(session)
    source.say_wish(session, own, is_yes=False)
    source.weigh(session, owl, Source(alternatives=ELSE, change=CHANGE))
    assert source.propose(session, owl, Rung.RECORD, "").proposed is not None
    with pytest.raises(ShutError):
        source.propose(session, owl, Rung.CONSISTENT, "")


def test_names_open_for_two_with_a_reason_and_stand_in_no_order(session: Session) -> None:
    stage, owl, wren, own = people(session)
    source.add_route(session, owl, on(session, Trust.REGULAR))
    source.weigh(session, owl, Source(alternatives=ELSE, change=CHANGE))
    with pytest.raises(ShutError):
        source.open_names(session, owl, "because")
    reason = "To see whether one of us is among them."
    assert source.open_names(session, owl, reason) is None
    assert source.open_names(session, owl, reason) is None, "one person is not two"
    orders = {tuple(source.open_names(session, wren, reason) or ()) for _ in range(40)}
    assert {frozenset(order) for order in orders} == {
        frozenset({"Finch", "Stoat", "Owl", "Wren", "Robin"})
    }
    assert len(orders) > 10
    told = [entry for entry in ledger.read(session, own.ring) if entry.about == "trace names"]
    assert {entry.who for entry in told} == {"Owl", "Wren"}
    assert all(entry.verb is Verb.TRACED and entry.reason == reason for entry in told)
    assert stage.heron.pseudonym not in {name for order in orders for name in order}


def test_opened_names_are_closed_again_the_next_day_and_with_another_way(
    session: Session, move_clock: Move
) -> None:
    _, owl, wren, _ = people(session)
    source.add_route(session, owl, on(session, Trust.REGULAR))
    source.weigh(session, owl, Source(alternatives=ELSE, change=CHANGE))
    reason = "To see whether one of us is among them."
    for opened in (owl, wren):
        names = source.open_names(session, opened, reason)
    assert names
    move_clock(timedelta(days=1))
    assert source.open_names(session, wren, reason) is None


def test_a_sealed_term_is_on_no_source_page(session: Session) -> None:
    _, owl, _, _ = people(session)
    with pytest.raises(SealedTermError):
        source.weigh(session, owl, Source(alternatives="Heron told it.", change=CHANGE))
    assert source.read(session, owl) == Source()


# --- the diary, and who reads what ----------------------------------------------------------------


def test_the_diary_is_sealed_with_the_case_and_opens_for_a_reason_alone(session: Session) -> None:
    stage, owl, _, own = people(session)
    source.note_in_diary(session, own, Way.ELSEWHERE, "", "Told my sister in May.")
    (row,) = session.scalars(select(TraceWord))
    assert b"sister" not in row.box
    with pytest.raises(BrokenSealError):
        source.diary(session, owl)
    with pytest.raises(ShutError):
        team.open_identity(session, owl, private_key_of(stage.owl), "")
    ring = team.open_identity(
        session, owl, private_key_of(stage.owl), "To count the ways it could have gone."
    )
    ((_, line),) = source.diary(session, replace(owl, ring=ring))
    assert line["words"] == "Told my sister in May."
    source.strike_from_diary(session, own, row.public_id)
    session.flush()
    assert source.diary(session, own) == []


def test_the_contact_person_opens_neither_page_nor_diary(session: Session) -> None:
    stage, owl, _, _ = people(session)
    robin = opened_by(session, owl, stage.robin)
    with pytest.raises(ShutError):
        source.open_page(session, robin, private_key_of(stage.robin))
    with pytest.raises(ShutError):
        team.identity_seal(session, robin, private_key_of(stage.robin))


def test_the_source_page_goes_a_month_after_closing_and_its_key_with_it(
    session: Session, move_clock: Move
) -> None:
    stage, owl, _, _ = people(session)
    source.weigh(session, owl, Source(alternatives=ELSE, change=CHANGE))
    owl.case.closed_on = clock.today()
    session.flush()
    move_clock(timedelta(days=30))
    assert rounds.forget_sources(session) == 0
    move_clock(timedelta(days=1))
    assert rounds.forget_sources(session) == 1
    assert session.scalars(select(Trace)).all() == []
    left = select(func.count()).where(CasePart.part == Part.SOURCE)
    assert session.scalar(left) == 0
    with pytest.raises(ShutError):
        source.open_page(session, owl, private_key_of(stage.owl))


# --- the pages ------------------------------------------------------------------------------------


def test_the_page_always_says_at_least_uncounted_and_what_else(
    session: Session, sign_in: SignIn
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    board = make_board(session, "Behind", gate_read=Trust.REGULAR)
    session.commit()
    owl, wren, heron = (sign_in(who) for who in (stage.owl, stage.wren, stage.heron))
    at, mine = f"/cases/{opened.case.public_id}/source", f"/me/case/{opened.case.public_id}"
    text = owl.get(at).text
    assert "The affected member has not said that this may be looked into." in text
    heron.post(f"{mine}/trace", data={"answer": "yes", "view": "full"})
    heron.post(f"{mine}/diary", data={"way": "board", "board": board.public_id, "view": "full"})
    refused = owl.post(f"{at}/diary", data={"reason": ""})
    assert refused.status_code == 409
    diary = owl.post(f"{at}/diary", data={"reason": "To count the ways of it."})
    assert "on a board here (Behind)" in diary.text
    owl.post(f"{at}/routes", data={"way": "board", "board": board.public_id})
    text = owl.get(at).text
    assert "At least 5 accounts could have seen this. There are routes we cannot count." in text
    assert "That is not a probability of guilt." in text
    for always in ("Also consistent with", "What would change our mind", "How much of it is"):
        assert always in text
    assert not re.search(r"score|ranking|suspicious|most likely", text, re.IGNORECASE)
    assert not any(name in text for name in ("Finch", "Stoat", "Robin")), "names stay closed"
    owl.post(f"{at}/weigh", data={"alternatives": ELSE, "change": CHANGE, "uncounted": "34"})
    owl.post(f"{at}/propose", data={"rung": "2"})
    done = wren.post(f"{at}/agree", follow_redirects=True)
    assert "Agreed." in done.text
    full = heron.get(f"{mine}?view=full").text
    assert "At least 5 accounts could have seen this. There are routes we cannot count." in full
    assert ELSE in full


def test_the_source_page_is_for_those_who_lead(
    session: Session, sign_in: SignIn, client: FlaskClient
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    at = f"/cases/{opened.case.public_id}/source"
    assert sign_in(stage.owl).get(at).status_code == 200
    assert sign_in(stage.robin).get(at).status_code == 403
    for who in (stage.heron, stage.stoat):
        assert sign_in(who).get(at).status_code == 404
        assert sign_in(who).post(f"{at}/names").status_code == 404
    assert client.get(at).status_code == 401


def test_a_way_that_is_refused_loses_nothing_that_was_typed(
    session: Session, sign_in: SignIn
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    (ring,) = keys.own_rings(session, private_key_of(stage.heron), opened.case.id)
    source.say_wish(session, Opened(opened.case, ring, THE_MEMBER), is_yes=True)
    casework.call_team(session, opened.case)
    session.commit()
    sent = {"way": "board", "board": "", "until": "soon", "words": "A note of ours"}
    at = f"/cases/{opened.case.public_id}/source/routes"
    refused = sign_in(stage.owl).post(at, data=sent)
    assert refused.status_code == 422
    assert "A note of ours" in refused.text
    assert "Choose the board." in refused.text
    mine = sign_in(stage.heron).post(
        f"/me/case/{opened.case.public_id}/diary",
        data={"way": "", "words": "Told a friend", "view": "full"},
    )
    assert mine.status_code == 422
    assert "Told a friend" in mine.text
