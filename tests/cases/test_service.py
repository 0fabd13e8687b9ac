"""The deeds on reports and cases: who can open what, who is told what, what is left behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.cases import drafts, keys, queries, receipts, workflow
from app.cases.models import (
    Case,
    Consent,
    CoverHour,
    ExposureReport,
    LedgerRow,
    Letter,
    PartReader,
    PartSlot,
    Place,
    ReportReader,
    SoftHold,
    Timer,
)
from app.cases.service import casework, holds, intake, ledger, poster, rounds, team, telling
from app.cases.service.casework import Opened, Proposal, SealedTermError
from app.cases.service.intake import Account, NobodyLeftError
from app.cases.words import (
    Clock,
    ConsentState,
    HoldState,
    ItemState,
    Part,
    PlaceKind,
    PlaceState,
    ReportState,
    Seat,
    Told,
    Verb,
)
from app.cases.workflow import Gate, ShutError, State
from app.core import clock
from app.core.crypto import BrokenSealError, Passphrase
from app.core.db import Base, Database
from app.core.errors import StaleError
from app.forum.models import Notice, Post
from app.policy.vocabulary import Role, Standing, Visibility
from tests.cases.stage import Stage, open_case, opened_by, report_post, set_stage
from tests.factories import CHEAP, make_member, make_post, private_key_of

Move = Callable[[timedelta], None]
TOKEN: Final = "Zephyrine Quill"
PROPOSAL: Final = Proposal(
    "Ask the host.", "The host learns the address.", "It may be noticed.", ""
)


def own_of(session: Session, opened: Opened, member: Member) -> Opened:
    """The case as its affected member opens it."""
    (ring,) = keys.own_rings(session, private_key_of(member), opened.case.id)
    return Opened(opened.case, ring, casework.THE_MEMBER)


# --- reports --------------------------------------------------------------------------------------


def test_a_report_is_sealed_to_those_who_may_read_it_and_to_nobody_excluded(
    session: Session,
) -> None:
    stage = set_stage(session)
    report = report_post(session, stage, excluded=frozenset({stage.wren.public_id}))
    assert queries.reader_ids(session, report.id) == {stage.owl.id, stage.robin.id}
    part = queries.report_part(session, report.id, stage.owl.id)
    key = intake.key_of(session, report, part, private_key_of(stage.owl))
    assert intake.read_box(report, key, "a")["place"] == "here"
    for other in (stage.wren, stage.stoat, stage.heron):
        with pytest.raises(BrokenSealError):
            intake.key_of(session, report, part, private_key_of(other))


def test_the_author_of_the_post_does_not_read_the_report_about_it(session: Session) -> None:
    stage = set_stage(session)
    thread = stage.thread
    owls = make_post(session, thread=thread, author=stage.owl, body="Heron, the nurse?")
    report = intake.send(session, stage.finch.actor, Account(), owls)
    assert stage.owl.id not in queries.reader_ids(session, report.id)


def test_a_report_needs_somebody_who_can_read_it_and_else_is_refused(session: Session) -> None:
    stage = set_stage(session)
    everybody = frozenset(member.public_id for member in stage.people)
    with pytest.raises(NobodyLeftError):
        intake.send(session, stage.finch.actor, Account(excluded=everybody), stage.post)
    session.rollback()
    stage = set_stage(session)
    trustee = make_member(session, "Kite", roles=Role.TRUSTEE)
    everybody = frozenset(member.public_id for member in stage.people)
    report = intake.send(session, stage.finch.actor, Account(excluded=everybody), stage.post)
    assert queries.reader_ids(session, report.id) == {trustee.id}


def test_a_suspended_responder_reads_no_report(session: Session) -> None:
    stage = set_stage(session)
    stage.wren.standing = Standing.SUSPENDED
    session.flush()
    report = report_post(session, stage)
    assert stage.wren.id not in queries.reader_ids(session, report.id)


def test_the_one_who_sent_it_reads_four_words_after_a_random_while(
    session: Session, move_clock: Move
) -> None:
    stage = set_stage(session)
    report = report_post(session, stage)
    team.claim(session, stage.owl.actor, report)
    assert telling.told_now(report) is Told.RECEIVED
    move_clock(timedelta(hours=5))
    assert telling.told_now(report) is Told.LOOKED_AT
    team.settle(session, report, ReportState.NO_EXPOSURE)
    assert telling.told_now(report) is Told.LOOKED_AT
    move_clock(timedelta(hours=5))
    assert telling.told_now(report) is Told.CLOSED


def test_a_report_is_taken_by_one(session: Session) -> None:
    stage = set_stage(session)
    report = report_post(session, stage)
    team.claim(session, stage.owl.actor, report)
    with pytest.raises(StaleError):
        team.claim(session, stage.wren.actor, report)
    team.give_back(session, stage.owl.actor, report)
    team.claim(session, stage.wren.actor, report)


def test_who_steps_aside_can_open_nothing_any_more_and_the_last_one_cannot(
    session: Session,
) -> None:
    stage = set_stage(session)
    report = report_post(session, stage)
    team.step_aside(session, stage.owl.actor, report)
    assert stage.owl.id not in queries.reader_ids(session, report.id)
    assert queries.is_recused(session, report.public_id, stage.owl.public_id)
    team.step_aside(session, stage.wren.actor, report)
    with pytest.raises(ShutError) as refused:
        team.step_aside(session, stage.robin.actor, report)
    assert refused.value.gates == (Gate.LAST_PERSON,)


def test_the_post_can_be_looked_at_once(session: Session) -> None:
    stage = set_stage(session)
    report = report_post(session, stage)
    team.claim(session, stage.owl.actor, report)
    team.reveal(session, stage.owl.actor, report)
    with pytest.raises(StaleError):
        team.reveal(session, stage.owl.actor, report)


# --- soft holds -----------------------------------------------------------------------------------


def test_a_hold_lapses_after_two_hours_unless_somebody_confirms(
    session: Session, move_clock: Move
) -> None:
    stage = set_stage(session)
    report_post(session, stage)
    assert stage.post.visibility is Visibility.QUARANTINED
    move_clock(timedelta(hours=1, minutes=59))
    assert holds.lapse(session) == 0
    move_clock(timedelta(minutes=1))
    assert holds.lapse(session) == 1
    assert stage.post.visibility is Visibility.PUBLISHED
    other = set_on_hold_and_confirmed(session, stage)
    move_clock(timedelta(hours=9))
    assert holds.lapse(session) == 0
    assert other.visibility is Visibility.QUARANTINED


def set_on_hold_and_confirmed(session: Session, stage: Stage) -> Post:
    """Another post, hidden and confirmed."""
    post = make_post(session, thread=stage.thread, author=stage.stoat)
    holds.hold_post(session, post, b"somebody else's.")
    holds.confirm(session, post.id)
    return post


def test_the_hours_in_which_nobody_is_there_do_not_count(
    session: Session, move_clock: Move
) -> None:
    stage = set_stage(session)
    session.add(CoverHour(weekday=0, begins=8, ends=13))
    session.add(CoverHour(weekday=1, begins=8, ends=13))
    session.flush()  # it is Monday, noon
    report_post(session, stage)
    move_clock(timedelta(hours=4))
    assert holds.lapse(session) == 0
    move_clock(timedelta(hours=17))  # Tuesday at nine: an hour on each day
    assert holds.lapse(session) == 1


def test_one_reporter_holds_three_posts_at_a_time_and_reads_the_same_words(
    session: Session,
) -> None:
    stage = set_stage(session)
    posts = [make_post(session, thread=stage.thread, author=stage.stoat) for _ in range(4)]
    for post in posts:
        intake.send(session, stage.finch.actor, Account(), post)
    hidden = [post.visibility is Visibility.QUARANTINED for post in posts]
    assert hidden == [True, True, True, False]
    reports = session.scalars(select(ExposureReport)).all()
    assert len({(report.state, report.told, report.made_on) for report in reports}) == 1


def test_three_of_one_author_and_two_let_go_of_one_reporter_are_told_to_the_duty(
    session: Session,
) -> None:
    stage = set_stage(session)
    posts = [make_post(session, thread=stage.thread, author=stage.stoat) for _ in range(4)]
    told = [holds.hold_post(session, post, bytes([n]) * 16) for n, post in enumerate(posts[:3])]
    assert told == [frozenset(), frozenset(), frozenset({"author"})]
    for post in posts[:3]:
        holds.release(session, post)
    for post in posts[:2]:
        holds.hold_post(session, post, b"the same person.")
        holds.release(session, post)
    assert "reporter" in holds.hold_post(session, posts[3], b"the same person.")


def test_a_visitors_word_alone_hides_nothing(session: Session) -> None:
    stage = set_stage(session)
    plain = make_post(session, thread=stage.thread, author=stage.stoat, body="I like tea.")
    for number, post in enumerate((plain, plain, stage.post)):
        key = receipts.key_of(Passphrase(f"six words {number}"), bytes(32), CHEAP)
        intake.send_from_outside(session, Account(), post, key)
        if number == 0:
            assert plain.visibility is Visibility.PUBLISHED
    assert plain.visibility is Visibility.QUARANTINED, "a second report speaks for the first"


def test_a_hidden_post_comes_back_when_nobody_is_shown_by_it(session: Session) -> None:
    stage = set_stage(session)
    report = report_post(session, stage)
    team.claim(session, stage.owl.actor, report)
    team.settle(session, report, ReportState.NO_EXPOSURE)
    assert stage.post.visibility is Visibility.PUBLISHED
    (hold,) = session.scalars(select(SoftHold)).all()
    assert hold.state is HoldState.RELEASED


# --- the case and its keys ------------------------------------------------------------------------


def test_the_parts_of_a_case_open_for_the_seats_they_are_for(session: Session) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    case_id = opened.case.id
    expected = {
        stage.owl: {Part.SHARED, Part.TEAM, Part.IDENTITY, Part.SOURCE},
        stage.wren: {Part.SHARED, Part.TEAM, Part.IDENTITY, Part.SOURCE},
        stage.robin: {Part.SHARED, Part.TEAM},
        stage.stoat: set(),
        stage.finch: set(),
    }
    for member, parts in expected.items():
        ring = keys.ring_of(session, case_id, member.id, private_key_of(member), Part)
        assert {part for part, _ in ring.keys} == parts, member.pseudonym
    (own,) = keys.own_rings(session, private_key_of(stage.heron))
    assert {part for part, _ in own.keys} == {Part.SHARED, Part.IDENTITY}
    assert keys.own_rings(session, private_key_of(stage.finch)) == []


def test_the_slots_of_a_case_are_eight_and_all_alike(session: Session) -> None:
    stage = set_stage(session)
    open_case(session, stage)
    slots = session.scalars(select(PartSlot)).all()
    assert len(slots) == 16
    assert len({len(slot.box) for slot in slots}) == 1
    # A sealed box begins with a public key, whose highest bit is never set; noise has none either.
    assert all(slot.box[31] < 128 for slot in slots)


def test_the_first_copies_are_gone_once_a_team_is_named(session: Session) -> None:
    stage = set_stage(session)
    report = report_post(session, stage, words=TOKEN, link="https://paste.example/1")
    opened = open_case(session, stage, report)
    assert report.box_a is report.box_b is None
    assert (report.post_id, report.case_id) == (None, opened.case.id)
    assert queries.reader_ids(session, report.id) == {stage.owl.id}
    kinds = [place.kind for place in queries.places_of(session, opened.case.id)]
    assert kinds == [PlaceKind.HERE, PlaceKind.OTHER]


def test_a_member_who_reports_the_own_exposure_has_a_case_at_once_and_keeps_it(
    session: Session,
) -> None:
    stage = set_stage(session)
    report = intake.send(session, stage.heron.actor, Account(is_self=True, facts=("name",)), None)
    (ring,) = keys.own_rings(session, private_key_of(stage.heron))
    own = Opened(session.get_one(Case, ring.case_id), ring, casework.THE_MEMBER)
    casework.write_to_team(session, own, "It stands on a paste site.")
    opened = open_case(session, stage, report)
    assert opened.case.id == own.case.id
    owls = opened_by(session, opened, stage.owl)
    (letter,) = queries.letters_of(session, opened.case.id)
    assert owls.ring.read(letter)["text"] == "It stands on a paste site."
    assert casework.read_brief(opened.case, owls.ring)["affected"] == stage.heron.public_id


def test_no_seeded_token_lies_on_the_disk(session: Session, database: Database) -> None:
    stage = set_stage(session)
    tokens = ("Oriel Thackeray", "Marrowgate", "lighthouse", "paste.example", "to set the shields")
    said = {"words": "She is Oriel Thackeray.", "link": "https://paste.example/1"}
    opened = open_case(session, stage, report_post(session, stage, **said))
    reason = "to set the shields"
    ring = team.open_identity(session, opened, private_key_of(stage.owl), reason)
    wide = Opened(opened.case, ring, "Owl", stage.owl.id)
    casework.note_exposure(session, wide, ("name",), "Oriel Thackeray, Marrowgate 14")
    casework.guard_terms(wide, ["Oriel Thackeray", "Marrowgate 14"])
    casework.send_letter(session, opened, "A", "Quiet words for the lighthouse keeper.")
    session.commit()
    stored = "\n".join(
        repr(tuple(row))
        for table in Base.metadata.sorted_tables
        for row in session.execute(sa.select(table))
    )
    raw = stored.encode()
    if database.is_sqlite:
        path = Path(str(database.write_engine.url.database))
        raw += b"".join(part.read_bytes() for part in path.parent.glob(f"{path.name}*"))
    assert stage.post.body.encode() in raw, "the search looks at the right bytes"
    found = [token for token in tokens if token.lower().encode() in raw.lower()]
    assert found == []


def test_no_row_in_clear_says_whose_case_it_is(session: Session) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    casework.send_letter(session, opened, "A", "A letter.")
    own = own_of(session, opened, stage.heron)
    casework.say(session, own, "safe", "no")
    casework.is_in_danger(session, own)
    session.commit()
    of_cases = [
        table for table in Base.metadata.sorted_tables
        if table.name.startswith(("case", "part_", "exposure", "place", "consent", "member_words",
                                  "step_", "ledger", "timer", "recusal", "report_", "receipt"))
    ]  # fmt: skip
    assert len(of_cases) > 12
    names = {stage.heron.id, stage.heron.public_id, stage.heron.pseudonym}
    for table in of_cases:
        member_columns = [
            column
            for column in table.columns
            if any(key.column.table.name == "members" for key in column.foreign_keys)
        ]
        for column in member_columns:
            assert stage.heron.id not in session.scalars(sa.select(column)).all(), column
        texts = [c for c in table.columns if isinstance(c.type, sa.String)]
        for column in texts:
            assert not names & set(session.scalars(sa.select(column)).all()), column
    kinds = set(session.scalars(select(Notice.kind).where(Notice.member_id == stage.heron.id)))
    assert intake.NOTICE not in kinds


def test_a_leaver_opens_nothing_that_follows_and_those_left_open_all(session: Session) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    wren = opened_by(session, opened, stage.wren)
    old = wren.ring.keys[Part.SHARED, 1]
    team.leave(session, wren, stage.wren.public_id)
    assert (
        keys.ring_of(session, opened.case.id, stage.wren.id, private_key_of(stage.wren), Part).keys
        == {}
    )
    owl = opened_by(session, opened, stage.owl)
    letter = casework.send_letter(session, owl, "U", "After Wren had gone.")
    assert letter.version == 2
    assert old != owl.ring.keys[Part.SHARED, 2]
    heron = own_of(session, opened, stage.heron)
    assert heron.ring.read(letter)["text"] == "After Wren had gone."
    verbs = [entry.verb for entry in ledger.read(session, heron.ring)]
    assert verbs[-2:] == [Verb.SENT, Verb.TICKED]


def test_the_member_takes_somebody_off_and_a_trustee_is_called_for_the_last(
    session: Session,
) -> None:
    stage = set_stage(session)
    trustee = make_member(session, "Kite", roles=Role.TRUSTEE)
    opened = open_case(session, stage)
    for person in (stage.owl, stage.wren):
        own = own_of(session, opened, stage.heron)
        team.exclude(session, own, stage.heron.actor, private_key_of(stage.heron), person)
    seats = {row.member_id: row.seat for row in queries.named(session, opened.case.id)}
    assert seats == {stage.robin.id: Seat.CONTACT, trustee.id: Seat.TRUSTEE}
    ring = team.ring_for(session, opened.case, trustee.id, private_key_of(trustee))
    assert ring.holds(Part.SHARED)
    assert ring.holds(Part.TEAM)
    for person in (stage.owl, stage.wren):
        assert queries.is_recused(session, opened.case.public_id, person.public_id)


def test_what_may_be_public_opens_only_for_a_reason_that_the_member_reads(
    session: Session,
) -> None:
    stage = set_stage(session)
    opened = opened_by(session, open_case(session, stage), stage.owl)
    assert not opened.ring.holds(Part.IDENTITY)
    for nothing in ("", "x", "aaaaaaaaaaaaaaa"):
        with pytest.raises(ShutError):
            team.open_identity(session, opened, private_key_of(stage.owl), nothing)
    before = len(ledger.rows_of(session, opened.case.id))
    team.open_identity(session, opened, private_key_of(stage.owl), "to write to the host")
    own = own_of(session, opened, stage.heron)
    (seen,) = ledger.read(session, own.ring)[before:]
    assert (seen.who, seen.verb, seen.reason) == ("Owl", Verb.VIEWED, "to write to the host")


def test_the_contact_person_cannot_open_it_whatever_the_reason(session: Session) -> None:
    stage = set_stage(session)
    opened = opened_by(session, open_case(session, stage), stage.robin)
    with pytest.raises(ShutError):
        team.open_identity(session, opened, private_key_of(stage.robin), "a very good reason")


# --- the ledger -----------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["commitment", "previous", "digest", "on_day"])
def test_any_changed_row_of_the_ledger_is_found(session: Session, column: str) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    casework.send_letter(session, opened, "A", "A letter.")
    rows = ledger.rows_of(session, opened.case.id)
    assert len(rows) > 4
    assert ledger.broken_at(session, opened.case.id, opened.ring) is None
    changed = rows[2]
    value = getattr(changed, column)
    new = value - timedelta(days=1) if column == "on_day" else bytes(len(value))
    setattr(changed, column, new)
    session.flush()
    assert ledger.broken_at(session, opened.case.id, opened.ring) in {3, 4}


def test_a_dropped_row_and_two_that_changed_places_are_found(session: Session) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    casework.send_letter(session, opened, "A", "A letter.")
    assert len(ledger.rows_of(session, opened.case.id)) > 3
    session.execute(sa.update(LedgerRow).where(LedgerRow.number == 2).values(number=99))
    session.execute(sa.update(LedgerRow).where(LedgerRow.number == 3).values(number=2))
    session.execute(sa.update(LedgerRow).where(LedgerRow.number == 99).values(number=3))
    session.expire_all()
    assert ledger.broken_at(session, opened.case.id) == 2
    session.execute(sa.delete(LedgerRow).where(LedgerRow.number == 3))
    session.expire_all()
    assert ledger.broken_at(session, opened.case.id) is not None


def test_a_sealed_detail_put_in_another_rows_place_is_found(session: Session) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    rows = ledger.rows_of(session, opened.case.id)
    rows[0].box, rows[1].box = rows[1].box, rows[0].box
    session.flush()
    with pytest.raises(BrokenSealError):
        ledger.broken_at(session, opened.case.id, opened.ring)


def test_the_head_of_the_ledger_stands_in_every_letter(session: Session) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    head = ledger.head(session, opened.case.id)
    letter = casework.send_letter(session, opened, "A", "A letter.")
    assert opened.ring.read(letter)["head"] == head != ""


# --- working on it --------------------------------------------------------------------------------


def test_nothing_is_stored_with_a_sealed_term_in_it(session: Session) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    casework.guard_terms(opened, [TOKEN])
    place = casework.add_place(session, opened, PlaceKind.PASTE, "paste.example", "")
    row = queries.item_of(session, opened.case.id, "remove.harm")
    assert row is not None
    deeds: list[Callable[[], object]] = [
        lambda: casework.send_letter(session, opened, "A", "Dear Zephyrine"),
        lambda: casework.send_letter(session, opened, "A", "dear HERON"),
        lambda: casework.draft_request(session, opened, place, "about z3phyrin3 qui11"),
        lambda: casework.settle_item(session, opened, row, ItemState.DONE, "Quill agreed"),
        lambda: casework.propose(session, opened, Proposal("Tell Quill", "", "", "")),
    ]
    letters = session.scalar(select(func.count()).select_from(Letter))
    for deed in deeds:
        with pytest.raises(SealedTermError) as refused:
            deed()
        assert "uill" not in str(refused.value)
    assert session.scalar(select(func.count()).select_from(Letter)) == letters
    assert session.scalar(select(func.count()).select_from(Consent)) == 0


def test_a_request_is_sent_only_after_the_members_yes_to_this_place(session: Session) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    first = casework.add_place(session, opened, PlaceKind.PASTE, "one.example", "")
    second = casework.add_place(session, opened, PlaceKind.PASTE, "two.example", "")
    for place in (first, second):
        casework.draft_request(session, opened, place, "Please remove it.")
    asked = casework.propose(session, opened, PROPOSAL, first)
    casework.propose(session, opened, PROPOSAL, second)
    with pytest.raises(ShutError):
        casework.move_place(session, opened, first, PlaceState.SENT)
    own = own_of(session, opened, stage.heron)
    casework.answer(session, own, asked, ConsentState.YES, None)
    session.flush()
    casework.move_place(session, opened, first, PlaceState.SENT)
    assert first.next_look_on is not None
    with pytest.raises(ShutError) as refused:
        casework.move_place(session, opened, second, PlaceState.SENT)
    assert refused.value.gates == (Gate.ACT_OUTSIDE,)


def test_a_point_for_two_waits_for_somebody_else(session: Session) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    row = queries.item_of(session, opened.case.id, workflow.STABLE)
    assert row is not None
    for place in queries.places_of(session, opened.case.id):
        casework.move_place(session, opened, place, PlaceState.GONE)
    casework.settle_item(session, opened, row, ItemState.DONE, "")
    casework.settle_item(session, opened, row, ItemState.DONE, "")
    assert row.state is ItemState.OPEN, "the same person twice is one person"
    casework.settle_item(session, opened_by(session, opened, stage.wren), row, ItemState.DONE, "")
    assert row.state is ItemState.DONE


def test_not_needed_needs_a_reason(session: Session) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    row = queries.item_of(session, opened.case.id, "notice.aid")
    assert row is not None
    with pytest.raises(ShutError):
        casework.settle_item(session, opened, row, ItemState.NOT_NEEDED, "")
    casework.settle_item(session, opened, row, ItemState.NOT_NEEDED, "nobody else is concerned")
    assert row.state is ItemState.NOT_NEEDED


def test_a_case_is_held_until_everybody_named_has_declared(session: Session) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    assert workflow.state(queries.facts_of(session, opened.case)) is State.HOLDING
    for member in (stage.wren, stage.robin):
        casework.declare(session, opened_by(session, opened, member))
    assert workflow.state(queries.facts_of(session, opened.case)) is State.CONTACTING
    casework.send_letter(session, opened, "A", "A letter.")
    casework.write_to_team(session, own_of(session, opened, stage.heron), "Thank you.")
    session.flush()
    assert workflow.state(queries.facts_of(session, opened.case)) is State.RESPONDING


def test_the_account_that_posted_it_is_suspended_and_let_go_with_one_click_each(
    session: Session,
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    ruling = poster.suspend(session, opened, stage.owl.actor, "A text is being looked at.")
    session.refresh(stage.stoat)
    assert stage.stoat.standing is Standing.SUSPENDED
    assert "Heron" not in ruling.statement.facts
    with pytest.raises(ShutError):
        poster.suspend(session, opened, stage.owl.actor, "Again.")
    poster.lift(session, opened, stage.owl.actor)
    session.refresh(stage.stoat)
    assert stage.stoat.standing is Standing.GOOD
    verbs = [entry.verb for entry in ledger.read(session, opened.ring)]
    assert verbs[-2:] == [Verb.SUSPENDED, Verb.LIFTED]


def test_two_people_close_a_case_and_one_click_opens_it_again(
    session: Session, move_clock: Move
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    with pytest.raises(ShutError):
        casework.close(session, opened)
    settle_everything(session, opened, stage)
    assert casework.close(session, opened) is False
    assert casework.close(session, opened) is False
    assert casework.close(session, opened_by(session, opened, stage.wren)) is True
    assert workflow.state(queries.facts_of(session, opened.case)) is State.CLOSED
    (report,) = queries.reports_of_case(session, opened.case.id)
    assert (report.closed_on, report.next_told) == (clock.today(), Told.CLOSED)
    casework.reopen(session, own_of(session, opened, stage.heron))
    session.flush()
    assert workflow.state(queries.facts_of(session, opened.case)) is State.RESPONDING
    assert report.closed_on is None


def settle_everything(session: Session, opened: Opened, stage: Stage) -> None:
    """Everything is done, and the member has chosen how long it is kept."""
    for row in queries.items_of(session, opened.case.id):
        row.state = ItemState.DONE
    for place in session.scalars(select(Place)).all():
        place.state = PlaceState.GONE
    own = own_of(session, opened, stage.heron)
    casework.choose_retention(session, own, 30)
    casework.write_to_team(session, own, "Thank you.")
    session.flush()


# --- time -----------------------------------------------------------------------------------------


def test_an_untaken_report_is_called_again_and_again_until_somebody_takes_it(
    session: Session, move_clock: Move
) -> None:
    stage = set_stage(session)
    report = report_post(session, stage, is_danger=True)
    session.execute(sa.delete(Notice))
    move_clock(timedelta(minutes=14))
    assert rounds.make_rounds(session) == 0
    move_clock(timedelta(minutes=2))
    assert rounds.make_rounds(session) == 1
    called = set(session.scalars(select(Notice.member_id).where(Notice.kind == intake.NOTICE)))
    assert called == {member.id for member in stage.people}
    assert rounds.make_rounds(session) == 0, "the next call is half an hour later"
    team.claim(session, stage.owl.actor, report)
    session.flush()
    move_clock(timedelta(days=1))
    assert rounds.make_rounds(session) == 0


def test_a_late_first_letter_goes_up_the_chain_and_never_to_who_must_not_see(
    session: Session, move_clock: Move
) -> None:
    stage = set_stage(session)
    kite = make_member(session, "Kite", roles=Role.RESPONDER)
    moth = make_member(session, "Moth", roles=Role.TRUSTEE)
    report = report_post(session, stage, excluded=frozenset({kite.public_id}))
    opened = open_case(session, stage, report)
    session.execute(sa.delete(Timer).where(Timer.clock != Clock.FIRST_LETTER))
    called = []
    for wait in (61, 31, 31, 31):
        session.execute(sa.delete(Notice))
        move_clock(timedelta(minutes=wait))
        assert rounds.make_rounds(session) == 1
        names = session.scalars(
            select(Member.pseudonym)
            .join(Notice, Notice.member_id == Member.id)
            .where(Notice.kind == intake.NOTICE)
        )
        called.append(set(names))
    assert called[0] == {"Owl"}
    assert called[1] == {"Owl", "Wren", "Robin"}
    assert called[3] == {"Owl", "Wren", "Robin", moth.pseudonym}
    assert not any("Kite" in names for names in called)
    casework.send_letter(session, opened, "A", "A letter.")
    assert queries.timer_of(session, opened.case.id, Clock.FIRST_LETTER) is None


def test_what_a_closed_case_seals_goes_on_the_day_that_the_member_chose(
    session: Session, move_clock: Move
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    settle_everything(session, opened, stage)
    casework.close(session, opened)
    casework.close(session, opened_by(session, opened, stage.wren))
    session.commit()
    move_clock(timedelta(days=30))
    assert rounds.forget_past(session) == 0
    move_clock(timedelta(days=1))
    assert rounds.forget_past(session) == 1
    session.commit()
    for model in (PartReader, PartSlot, Letter, Place):
        assert session.scalar(select(func.count()).select_from(model)) == 0
    rows = ledger.rows_of(session, opened.case.id)
    assert rows
    assert all(row.box == b"" for row in rows)
    assert ledger.broken_at(session, opened.case.id) is None, "the hashes stay and still prove"
    assert rounds.forget_past(session) == 0
    assert session.scalar(select(func.count()).select_from(ReportReader)) == 1


def test_a_place_is_called_for_on_its_day_and_daily_until_somebody_notes_it(
    session: Session, move_clock: Move
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    place = casework.add_place(session, opened, PlaceKind.PASTE, "one.example", "")
    casework.draft_request(session, opened, place, "Please remove it.")
    asked = casework.propose(session, opened, PROPOSAL, place)
    casework.answer(session, own_of(session, opened, stage.heron), asked, ConsentState.YES, None)
    session.flush()
    casework.move_place(session, opened, place, PlaceState.SENT)
    session.execute(sa.delete(Timer))
    session.execute(sa.delete(Notice))
    looked = select(func.count()).select_from(Notice).where(Notice.kind == intake.NOTICE)
    rounds.make_rounds(session)
    assert session.scalar(looked) == 0
    move_clock(timedelta(days=1))
    rounds.make_rounds(session)
    assert session.scalar(looked) == 3
    session.execute(sa.delete(Notice))
    rounds.make_rounds(session)
    assert session.scalar(looked) == 0, "once a day is enough"
    casework.move_place(session, opened, place, PlaceState.GONE)
    move_clock(timedelta(days=2))
    rounds.make_rounds(session)
    assert session.scalar(looked) == 0


def test_a_place_that_still_stands_is_looked_at_on_the_next_day_of_the_table(
    session: Session, move_clock: Move
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    place = casework.add_place(session, opened, PlaceKind.PASTE, "one.example", "")
    with pytest.raises(ShutError):
        casework.look_again(session, opened, place, is_there=True)
    casework.draft_request(session, opened, place, "Please remove it.")
    asked = casework.propose(session, opened, PROPOSAL, place)
    casework.answer(session, own_of(session, opened, stage.heron), asked, ConsentState.YES, None)
    session.flush()
    casework.move_place(session, opened, place, PlaceState.SENT)
    sent, waits = clock.today(), []
    for days in (1, 2, 4, 23):
        move_clock(timedelta(days=days))
        assert place.next_look_on == clock.today()
        casework.look_again(session, opened, place, is_there=True)
        waits.append(None if place.next_look_on is None else (place.next_look_on - sent).days)
    assert waits == [3, 7, 30, None]
    casework.look_again(session, opened, place, is_there=False)
    assert place.state is PlaceState.GONE


def test_a_reference_is_sealed_with_its_place_and_holds_no_sealed_term(session: Session) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    place = casework.add_place(session, opened, PlaceKind.PASTE, "one.example", "")
    casework.guard_terms(opened, [TOKEN])
    casework.note_reference(opened, place, "T-7731")
    assert opened.ring.read(place)["reference"] == "T-7731"
    with pytest.raises(SealedTermError):
        casework.note_reference(opened, place, f"about {TOKEN}")
    assert b"7731" not in place.box


@pytest.mark.parametrize("kind", [kind for kind in PlaceKind if kind is not PlaceKind.HERE])
def test_every_kind_of_place_has_a_draft_that_passes_the_linter(
    app: Flask, session: Session, kind: PlaceKind
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    with app.test_request_context():
        text, card = drafts.request(kind), drafts.card(kind)
    casework.check_clean(opened, text, card.act, card.learns, card.risk, card.otherwise)
    assert "Address:" in text
    assert all((card.act, card.learns, card.risk, card.otherwise))


def test_a_question_put_off_to_a_day_waits_until_then(session: Session, move_clock: Move) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    asked = casework.propose(session, opened, PROPOSAL)
    assert asked.is_waiting
    own = own_of(session, opened, stage.heron)
    in_a_week = clock.today() + timedelta(days=7)
    casework.answer(session, own, asked, ConsentState.ASK_ON, in_a_week)
    assert not asked.is_waiting
    move_clock(timedelta(days=7))
    assert asked.is_waiting
