"""Check-ins: what is missed is noticed, silence is met once and then respected, keys stay apart."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.cases.service.rounds import make_rounds
from app.cli.seizure.damage import items_open
from app.core import clock, sealing
from app.core.shreds import Shred
from app.forum.models import Notice
from app.policy.vocabulary import Role
from app.support import check_ins, rhythm
from app.support.check_ins import OpenCheckIn, Wish
from app.support.models import CheckIn, CheckInLetter, CheckState
from tests.cases.stage import open_case, set_stage
from tests.factories import PASSPHRASE, make_member, private_key_of

SignIn = Callable[..., FlaskClient]
MoveClock = Callable[[timedelta], None]
DAY = timedelta(days=1)


@dataclass
class Stage:
    """Heron is written to; Owl writes, Wren steps in, Robin stands outside, Finch has no part."""

    heron: Member
    owl: Member
    wren: Member
    robin: Member
    finch: Member


@pytest.fixture
def stage(session: Session, move_clock: MoveClock) -> Stage:
    return Stage(
        heron=make_member(session, "Heron"),
        owl=make_member(session, "Owl", roles=Role.RESPONDER),
        wren=make_member(session, "Wren", roles=Role.RESPONDER),
        robin=make_member(session, "Robin", roles=Role.TRUSTEE),
        finch=make_member(session, "Finch", roles=Role.RESPONDER),
    )


def start(session: Session, stage: Stage, **wanted: object) -> CheckIn:
    wish = Wish(**({"every": 3, "owner": stage.owl, "second": stage.wren} | wanted))  # type: ignore[arg-type]  # plain values
    return check_ins.start(session, stage.heron.actor, private_key_of(stage.heron), wish)


def opened(session: Session, row: CheckIn, reader: Member) -> OpenCheckIn:
    found = check_ins.opened_by(session, row, reader.id, private_key_of(reader))
    assert found is not None
    return found


def mine(session: Session, stage: Stage) -> OpenCheckIn:
    found = check_ins.own(session, stage.heron.actor, private_key_of(stage.heron))
    assert found is not None
    return found


def called(session: Session) -> set[str]:
    """Who has a line in the inbox since this was asked last; the lines say nothing."""
    rows = session.execute(
        select(Member.pseudonym, Notice).join(Member, Member.id == Notice.member_id)
    ).all()
    assert {(notice.kind, notice.subject) for _, notice in rows} <= {("duty", "duty")}
    session.execute(delete(Notice))
    return {name for name, _ in rows}


def tomorrow(session: Session, move: MoveClock) -> set[str]:
    """Let a day go by, and the server make its rounds; returns who was called."""
    move(DAY)
    make_rounds(session)
    return called(session)


# --- what is missed -------------------------------------------------------------------------------


def test_who_writes_is_called_on_the_day_the_second_after_it_and_then_outside(
    session: Session, stage: Stage, move_clock: MoveClock
) -> None:
    row = start(session, stage)
    make_rounds(session)
    assert called(session) == set()
    assert tomorrow(session, move_clock) == {"Owl"}
    assert tomorrow(session, move_clock) == {"Owl", "Wren"}
    assert row.missed_on == clock.today()
    assert tomorrow(session, move_clock) == {"Owl", "Wren", "Robin"}
    assert tomorrow(session, move_clock) == {"Owl", "Wren", "Robin"}, "until somebody writes"
    check_ins.write(session, opened(session, row, stage.wren), "How are you?")
    assert row.missed_on is None
    assert row.due_on == clock.today() + 3 * DAY
    assert [tomorrow(session, move_clock) for _ in range(3)] == [set(), set(), {"Owl"}]


def test_without_a_trustee_what_is_missed_stands_before_all_who_answer_exposures(
    session: Session, stage: Stage, move_clock: MoveClock, sign_in: SignIn
) -> None:
    said = "Check-ins that nobody wrote"
    stage.robin.roles = Role.NONE
    start(session, stage)
    assert tomorrow(session, move_clock) == {"Owl"}
    assert tomorrow(session, move_clock) == {"Owl", "Wren"}
    assert said not in sign_in(stage.finch).get("/duty").text
    assert tomorrow(session, move_clock) == {"Owl", "Wren", "Finch"}
    session.commit()
    assert said in sign_in(stage.finch).get("/duty").text
    assert said not in sign_in(stage.wren).get("/duty").text, "it stands among her own already"
    stage.robin.roles = Role.TRUSTEE
    session.commit()
    assert said in sign_in(stage.robin).get("/duty").text
    assert said not in sign_in(stage.finch).get("/duty").text


def test_a_tick_more_or_less_a_day_calls_nobody_twice(
    session: Session, stage: Stage, move_clock: MoveClock
) -> None:
    start(session, stage)
    assert tomorrow(session, move_clock) == {"Owl"}
    make_rounds(session)
    assert called(session) == set()


@pytest.mark.parametrize(("gone", "expected"), [("owl", {"Wren"}), ("both", {"Robin"})])
def test_where_somebody_is_gone_the_next_is_called_at_once(
    session: Session, stage: Stage, move_clock: MoveClock, gone: str, expected: set[str]
) -> None:
    start(session, stage)
    stage.owl.roles = Role.NONE
    if gone == "both":
        stage.wren.roles = Role.NONE
    assert tomorrow(session, move_clock) == expected


def test_a_member_reads_that_a_letter_was_missed(
    session: Session, sign_in: SignIn, stage: Stage, move_clock: MoveClock
) -> None:
    start(session, stage)
    for _ in range(2):
        tomorrow(session, move_clock)
    page = sign_in(stage.heron).get("/me/check-ins").text
    assert "We should have written to you by" in page
    assert "Wren was called" in page
    assert "missed" in sign_in(stage.wren).get("/duty").text
    tomorrow(session, move_clock)
    outside = sign_in(stage.robin).get("/duty").text
    assert "Check-ins that nobody wrote" in outside
    assert "Owl" in outside
    assert "Heron" not in outside
    assert "Check-ins" not in sign_in(stage.finch).get("/duty").text


# --- silence --------------------------------------------------------------------------------------


def test_silence_is_met_with_one_gentle_try_and_then_respected(
    session: Session, sign_in: SignIn, stage: Stage, move_clock: MoveClock
) -> None:
    row = start(session, stage, every=1)
    tries = 0
    for _ in range(12):
        if row.state is CheckState.ACTIVE:
            check_ins.write(session, opened(session, row, stage.owl), "How are you?")
        before = row.is_tried
        tomorrow(session, move_clock)
        tries += row.is_tried and not before
    assert tries == 1
    assert row.state is CheckState.QUIET
    assert row.due_on is None
    heron = sign_in(stage.heron)
    assert "left you in peace" in heron.get("/me/check-ins").text
    assert "Somebody asks how you are" not in heron.get("/inbox").text
    assert [tomorrow(session, move_clock) for _ in range(5)] == [set()] * 5
    later = sign_in(stage.heron)
    later.post(f"/me/check-ins/{row.public_id}/word", data={"word": "well"})
    assert row.state is CheckState.ACTIVE


def test_the_gentle_try_stands_in_the_inbox_and_on_the_page(
    session: Session, sign_in: SignIn, stage: Stage, move_clock: MoveClock
) -> None:
    row = start(session, stage, every=30)
    check_ins.write(session, opened(session, row, stage.owl), "How are you?")
    heron = sign_in(stage.heron)
    assert "Somebody asks how you are" in heron.get("/inbox").text
    assert "One word is enough" not in heron.get("/me/check-ins").text
    for _ in range(rhythm.ANSWER_DAYS + 1):
        tomorrow(session, move_clock)
    assert "One word is enough" in sign_in(stage.heron).get("/me/check-ins").text


def test_where_danger_was_agreed_silence_calls_somebody_and_goes_on(
    session: Session, stage: Stage, move_clock: MoveClock
) -> None:
    row = start(session, stage, every=30, is_danger=True)
    check_ins.write(session, opened(session, row, stage.owl), "How are you?")
    heard = [tomorrow(session, move_clock) for _ in range(12)]
    assert heard[rhythm.ANSWER_DAYS] == {"Owl", "Wren"}
    assert heard[-1] == {"Owl", "Wren"}
    assert row.state is CheckState.ACTIVE


def test_please_write_today_calls_at_the_next_round(session: Session, stage: Stage) -> None:
    row = start(session, stage)
    check_ins.answer(session, mine(session, stage), "", check_ins.HELP)
    make_rounds(session)
    assert called(session) == {"Owl"}
    assert row.due_on == clock.today()


# --- keys -----------------------------------------------------------------------------------------


def test_three_people_open_it_and_nobody_else(session: Session, stage: Stage) -> None:
    row = start(session, stage, note="Never call the landline.")
    check_ins.write(session, opened(session, row, stage.owl), "How are you?")
    for reader in (stage.owl, stage.wren):
        assert opened(session, row, reader).note == "Never call the landline."
        assert opened(session, row, reader).pseudonym == "Heron"
    assert [line.text for line in check_ins.letters(session, mine(session, stage))] == [
        "How are you?"
    ]
    for other in (stage.finch, stage.robin):
        assert check_ins.own(session, other.actor, private_key_of(other)) is None
        assert check_ins.opened_by(session, row, other.id, private_key_of(other)) is None


def test_no_row_says_to_whom_it_is_or_how_often(session: Session, stage: Stage) -> None:
    row = start(session, stage, note="Never call the landline.")
    check_ins.answer(session, mine(session, stage), "I am at the lake.")
    cells = [getattr(row, column.key) for column in CheckIn.__mapper__.columns]
    assert stage.heron.id not in cells
    letter = session.scalars(select(CheckInLetter)).one()
    for box in (*(cell for cell in cells if isinstance(cell, bytes)), letter.box):
        for word in (b"Heron", b"landline", b"lake", stage.heron.public_key):
            assert word not in box


def test_stopping_takes_letters_and_keys(session: Session, stage: Stage) -> None:
    start(session, stage)
    check_ins.answer(session, mine(session, stage), "I am at the lake.")
    check_ins.stop(session, mine(session, stage))
    session.flush()
    session.expire_all()
    counts = [session.scalar(select(func.count()).select_from(m)) for m in (CheckIn, Shred)]
    assert counts == [0, 0]


def test_who_leaves_is_written_to_no_more(
    session: Session, sign_in: SignIn, stage: Stage, app: object
) -> None:
    start(session, stage)
    form = {"texts": "keep", "passphrase": PASSPHRASE}
    assert sign_in(stage.heron).post("/me/leave", data=form).status_code == 302
    assert session.scalars(select(CheckIn)).all() == []


# --- over HTTP ------------------------------------------------------------------------------------


def test_from_the_offer_to_an_answer_and_an_end(
    session: Session, sign_in: SignIn, stage: Stage
) -> None:
    heron, owl = sign_in(stage.heron), sign_in(stage.owl)
    assert "You need not answer" in heron.get("/me/check-ins").text
    wanted = {
        "owner": stage.owl.public_id,
        "second": stage.wren.public_id,
        "rhythm": "own",
        "days": "5",
        "note": "Never call the landline.",
    }
    assert (
        "The first letter comes"
        in heron.post("/me/check-ins", data=wanted, follow_redirects=True).text
    )
    row = session.scalars(select(CheckIn)).one()
    path = f"/check-ins/{row.public_id}"
    assert path in owl.get("/duty").text
    page = owl.get(path).text
    assert "Never call the landline." in page
    assert "every 5 days" in page
    owl.post(f"{path}/letters", data={"text": "How are you today?"})
    assert "How are you today?" in heron.get("/me/check-ins").text
    heron.post(f"/me{path}/word", data={"word": "so_so"})
    assert "So so" in owl.get(path).text
    heron.post(f"/me{path}/word", data={"text": "It rains."})
    assert "It rains." in owl.get(path).text
    heron.post(f"/me{path}/pause")
    assert "Do not write" in owl.get(path).text
    heron.post(f"/me{path}/go-on")
    heron.post(f"/me{path}", data={"rhythm": "7", "note": "Anything."})
    assert "every 7 days" in owl.get(path).text
    heron.post(f"/me{path}/stop")
    assert owl.get(path).status_code == 404


def test_who_may_open_which_door(
    session: Session, sign_in: SignIn, client: FlaskClient, stage: Stage
) -> None:
    row = start(session, stage)
    for other in (stage.finch, stage.robin, stage.heron):
        assert sign_in(other).get(f"/check-ins/{row.public_id}").status_code == 404
    assert client.get(f"/check-ins/{row.public_id}").status_code == 401
    for deed in ("", "/word", "/pause", "/go-on", "/stop"):
        path = f"/me/check-ins/{row.public_id}{deed}"
        assert client.post(path).status_code == 401
        for other in (stage.owl, stage.finch):
            assert sign_in(other).post(path, data={"word": "well"}).status_code == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"owner": ""}, "Choose who writes"),
        ({"owner": "owl", "second": "owl"}, "Choose two people"),
        ({"rhythm": "own", "days": "0"}, "from 1 to 90"),
        ({"rhythm": "own", "days": "many"}, "from 1 to 90"),
        ({"rhythm": "never"}, "Choose how often"),
    ],
)
def test_a_wrong_wish_is_handed_back_whole(
    session: Session, sign_in: SignIn, stage: Stage, changed: dict[str, str], said: str
) -> None:
    wish = {"owner": "owl", "second": "wren", "rhythm": "3", "note": "Not the landline."} | changed
    for key in ("owner", "second"):
        if name := wish[key]:
            wish[key] = getattr(stage, name).public_id
    answer = sign_in(stage.heron).post("/me/check-ins", data=wish)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Not the landline." in answer.text
    assert session.scalars(select(CheckIn)).all() == []


def test_nobody_to_write_is_said_plainly(session: Session, sign_in: SignIn) -> None:
    page = sign_in(make_member(session, "Stoat")).get("/me/check-ins").text
    assert "Nobody can write just now" in page
    assert not re.search(r"<select", page)


# --- set days (RESPONSE.md §6) --------------------------------------------------------------------


def test_on_set_days_six_letters_are_due_and_then_no_more(
    session: Session, stage: Stage, move_clock: MoveClock
) -> None:
    row = start(session, stage, every=rhythm.ON_SET_DAYS)
    begun = clock.today()
    days = []
    for _ in range(120):
        move_clock(DAY)
        if row.due_on is not None and row.due_on <= clock.today():
            days.append((clock.today() - begun).days)
            check_ins.write(session, opened(session, row, stage.owl), "How are you?")
            check_ins.answer(session, mine(session, stage), "", "well")
    assert days == [1, 3, 7, 14, 30, 90]
    assert row.state is CheckState.ACTIVE
    make_rounds(session)
    assert called(session) == set()


def test_a_set_day_that_we_miss_calls_the_second_and_the_days_after_it_stay(
    session: Session, stage: Stage, move_clock: MoveClock
) -> None:
    row = start(session, stage, every=rhythm.ON_SET_DAYS)
    begun = clock.today()
    assert tomorrow(session, move_clock) == {"Owl"}
    assert tomorrow(session, move_clock) == {"Owl", "Wren"}
    assert row.missed_on == clock.today()
    check_ins.write(session, opened(session, row, stage.wren), "Late, and sorry.")
    assert row.due_on == begun + 3 * DAY


def test_set_days_rest_go_on_and_become_another_rhythm(
    session: Session, stage: Stage, move_clock: MoveClock
) -> None:
    row = start(session, stage, every=rhythm.ON_SET_DAYS)
    begun = clock.today()
    check_ins.pause(mine(session, stage))
    move_clock(10 * DAY)
    make_rounds(session)
    assert called(session) == set()
    check_ins.resume(mine(session, stage))
    check_ins.change(mine(session, stage), rhythm.ON_SET_DAYS, "Another note.", is_danger=False)
    assert row.due_on == clock.today() + DAY
    move_clock(DAY)
    check_ins.write(session, opened(session, row, stage.owl), "How are you?")
    assert row.due_on == begun + 14 * DAY, "counted from the day it was asked for"
    move_clock(90 * DAY)
    check_ins.write(session, opened(session, row, stage.owl), "The last one.")
    assert row.due_on is None
    check_ins.change(mine(session, stage), 7, "", is_danger=False)
    assert row.due_on == clock.today() + 7 * DAY


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_case_offers_set_days_and_the_team_reads_a_no(
    session: Session, sign_in: SignIn, *, is_closed: bool
) -> None:
    people = set_stage(session)
    case = open_case(session, people).case
    if is_closed:
        case.closed_on = clock.today()
        session.commit()
    heron, at = sign_in(people.heron), f"/me/case/{case.public_id}"
    assert "day 1, 3, 7, 14, 30 and 90" in heron.get(f"{at}?view=full").text
    heron.post(f"{at}/asking", data={"answer": "no"})
    page = heron.get(f"{at}?view=full").text
    assert "You said no." in page
    assert "Yes, choose who asks" in page, "one can change one's mind"
    team = sign_in(people.owl).get(f"/cases/{case.public_id}").text
    assert "not wanted" in team
    asked = heron.post(f"{at}/asking", data={"answer": "yes"}, follow_redirects=True)
    assert re.search(r'value="set"\s+checked', asked.text)
    wish = {"owner": people.owl.public_id, "second": people.wren.public_id, "rhythm": "set"}
    begun = heron.post("/me/check-ins", data=wish, follow_redirects=True)
    assert "On day 1, 3, 7, 14, 30 and 90" in begun.text
    assert session.scalars(select(CheckIn)).one().due_on == clock.today() + DAY
    assert "Look at it, change it, pause it or stop it" in heron.get(f"{at}?view=full").text


# --- a simulated year (RESPONSE.md §18, 11) -------------------------------------------------------


@dataclass
class Diary:
    """What the test itself knows of one of two hundred: when a letter is owed."""

    row: CheckIn
    every: int
    owed_on: date


def lot(*names: object) -> float:
    """A number from 0 to 1 that is always the same for the same names."""
    digest = hashlib.sha256(repr(names).encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32


@pytest.mark.slow
def test_in_a_year_of_two_hundred_cases_no_miss_is_unnoticed_for_more_than_a_day(
    session: Session, stage: Stage, move_clock: MoveClock
) -> None:
    people = [stage.owl, stage.wren, stage.finch]
    diaries = []
    for number in range(200):
        row = CheckIn(is_danger=number % 10 == 0, shred_id=number, member_part=b"", box=b"")
        row.owner_id = people[number % 3].id
        row.second_id = people[(number + 1) % 3].id if number % 7 else None
        row.owner_part, row.second_part = b"", b""
        rhythm.begin(row, clock.today())
        session.add(row)
        diaries.append(Diary(row, (1, 3, 7, 30)[number % 4], clock.today() + DAY))
    missed = unnoticed = 0
    for day in range(365):
        move_clock(DAY)
        today = clock.today()
        present = {one.id for one in people if lot("ill", one.id, day // 14) > 0.15}
        calls = check_ins.make_rounds(session, present)
        for number, diary in enumerate(diaries):
            row = diary.row
            if row.state is not CheckState.ACTIVE:
                if lot("again", number, day) < 0.05:
                    rhythm.begin(row, today)
                    diary.owed_on = today + DAY
                continue
            if diary.owed_on < today:  # its day is over: this round must have noticed
                missed += diary.owed_on == today - DAY
                heard = calls.is_for_outside or row.reader_ids & calls.members
                is_seen = row.missed_on == diary.owed_on + DAY and row.called_on == today
                unnoticed += not (is_seen and row.called >= rhythm.SECOND and heard)
            if diary.owed_on <= today and present and lot("writes", number, day) < 0.8:
                rhythm.wrote(row, today, diary.every, today)
                diary.owed_on = today + diary.every * DAY
            elif lot("pause", number, day) < 0.002:
                rhythm.pause(row, today)
            elif lot("answers", number, day) < 0.3:
                rhythm.answered(row, today)
    assert missed > 1000, "nothing was missed: this test has looked at nothing"
    assert unnoticed == 0


def test_control_facts_and_letters_that_lie_open_are_noticed(
    session: Session, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "crypto", sealing.crypto)  # put back afterwards
    items_open()
    with pytest.raises(AssertionError, match="not in"):
        test_no_row_says_to_whom_it_is_or_how_often(session, stage)
