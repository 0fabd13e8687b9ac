"""Questions to members: nobody can tell who wrote what, and little is shown of few."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.cli.tick import tick
from app.community import rounds, urn
from app.community.models import Announcement, Round, RoundText
from app.community.rounds import HandedBackError, NotYetError, OverError, Question, Slip
from app.community.urn import NO_CHOICE, Answer
from app.core import clock, shreds
from app.core.db import Base, Database
from app.leaving.service import leave
from app.policy.vocabulary import Trust
from app.privacy.erasure import Texts
from app.shields.phrases import Kind
from tests.factories import make_member, make_moderator, private_key_of

MoveClock = Callable[[timedelta], None]
SignIn = Callable[..., FlaskClient]
THINGS = (
    "more light", "fewer boards", "shorter rules", "a calmer tone", "quiet hours",
    "clear answers", "more moderators", "plain words", "less hurry", "nothing at all",
    "better search", "longer drafts",
)  # fmt: skip


def ask(session: Session, *choices: str, gate: Trust = Trust.NEWCOMER, days: int = 7) -> Round:
    owl = make_moderator(session)
    asked = rounds.ask(session, owl.actor, Question("What would help?", choices, gate, days))
    session.commit()
    return asked


def say(session: Session, member: Member, asked: Round, text: str, choice: int = NO_CHOICE) -> None:
    slip = Slip(Answer(choice, text))
    rounds.put(session, member.actor, private_key_of(member), asked, slip)
    session.commit()


def crowd(session: Session, count: int) -> list[Member]:
    return [make_member(session, f"Member{number}") for number in range(count)]


def rows(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    found = {
        table.name: sorted(map(tuple, session.execute(select(table))), key=repr)
        for table in Base.metadata.sorted_tables
    }
    session.commit()
    return found


def unboxed(session: Session, asked: Round) -> dict[str, Answer]:
    """The urn as whoever has the database and every key of the server can open it."""
    part = shreds.shred_part(session, asked.shred_id)
    assert part is not None
    return urn.open_up(part, asked.public_id, asked.urn)


def everywhere(folder: Path) -> bytes:
    """Every file that the server has written, beside what SQLite shares among processes."""
    files = [path for path in folder.rglob("*") if path.is_file() and "-shm" not in path.name]
    return b"".join(path.read_bytes() for path in files)


# --- who wrote what -------------------------------------------------------------------------------


def test_the_urn_names_nobody_and_keeps_no_order(app: Flask, session: Session) -> None:
    asked, members = ask(session), crowd(session, len(THINGS))
    for member, thing in zip(members, THINGS, strict=True):
        say(session, member, asked, thing)
    held = unboxed(session, asked)
    assert {answer.text for answer in held.values()} == set(THINGS)
    assert [answer.text for answer in held.values()] != list(THINGS), "the order of their coming"
    assert list(held) == sorted(held), "the order is that of the marks, which are drawn"


def test_a_mark_is_made_with_the_members_own_key_and_with_nothing_the_server_has(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    asked, wren = ask(session), make_member(session, "Wren")
    say(session, wren, asked, "more light")
    (mark,) = unboxed(session, asked)
    part = shreds.shred_part(session, asked.shred_id)
    assert part is not None
    session.refresh(wren)
    keys = [part, *(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())]
    keys += [
        value
        for column in Member.__table__.columns
        if isinstance(value := getattr(wren, column.name), bytes)
    ]
    assert len(keys) > 5, "hardly a key was tried"
    tried = {urn.mark(key[:32].ljust(32, b"\0"), asked.public_id) for key in keys if key}
    assert mark not in tried
    assert mark == urn.mark(private_key_of(wren), asked.public_id), "or nothing was tried at all"


def test_marks_of_one_member_in_two_rounds_have_nothing_in_common(session: Session) -> None:
    wren = make_member(session, "Wren")
    key = private_key_of(wren)
    assert urn.mark(key, "aaaaaaaaaaaaaaaa") != urn.mark(key, "bbbbbbbbbbbbbbbb")


@pytest.mark.parametrize("minutes", [0, 20])
def test_to_answer_changes_the_urn_and_no_other_row(
    session: Session, sign_in: SignIn, move_clock: MoveClock, minutes: int
) -> None:
    # After twenty minutes any other page would move the session's end on: a row with a name.
    asked, wren = ask(session, "yes", "no"), make_member(session, "Wren")
    say(session, make_member(session, "Heron"), asked, "quiet hours")
    browser = sign_in(wren)
    move_clock(timedelta(minutes=minutes))
    before = rows(session)
    path = f"/rounds/{asked.public_id}"
    sent = browser.post(f"{path}/answer", data={"choice": "0", "body": "more light"})
    assert sent.status_code == 302
    after = rows(session)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"rounds"}
    browser.post(f"{path}/take-back")
    assert {name for name in before if before[name] != rows(session)[name]} == {"rounds"}
    browser.get("/latest")
    ends = rows(session)["sessions"] != after["sessions"]
    assert ends is (minutes > 0), "another page does it, or this test has seen nothing"


def test_no_byte_on_the_disk_holds_an_open_answer_or_a_mark_in_clear(
    app: Flask, session: Session, database: Database, tmp_path: Path
) -> None:
    asked, members = ask(session), crowd(session, 6)
    for member, thing in zip(members, THINGS, strict=False):
        say(session, member, asked, f"{thing} canary")
    held = everywhere(tmp_path)
    if database.is_sqlite:
        assert asked.public_id.encode() in held, "the disk was not read"
    assert b"canary" not in held
    for member in members:
        mark = urn.mark(private_key_of(member), asked.public_id)
        assert mark.encode() not in held
        assert bytes.fromhex(mark) not in held


def test_after_the_count_no_byte_holds_a_mark_and_nothing_opens_what_was_the_urn(
    app: Flask, session: Session, database: Database, tmp_path: Path, move_clock: MoveClock
) -> None:
    asked, members = ask(session), crowd(session, 6)
    for member, thing in zip(members, THINGS, strict=False):
        say(session, member, asked, thing)
    was = asked.urn
    assert was is not None
    move_clock(timedelta(days=7))
    tick(database)
    session.expire_all()
    assert asked.urn is None
    assert shreds.shred_part(session, asked.shred_id) is None
    session.commit()
    held = everywhere(tmp_path)
    assert was not in held
    for member in members:
        mark = urn.mark(private_key_of(member), asked.public_id)
        assert mark.encode() not in held
        assert bytes.fromhex(mark) not in held


def test_what_is_shown_has_no_order_of_its_coming(
    app: Flask, session: Session, database: Database
) -> None:
    asked, members = ask(session), crowd(session, len(THINGS))
    for member, thing in zip(members, THINGS, strict=True):
        say(session, member, asked, thing)
    order = [answer.text for answer in unboxed(session, asked).values()]
    rounds.close(session, make_moderator(session, "Wigeon").actor, asked)
    session.flush()  # the rows are where they will stay
    by_page = [text.body for text in rounds.texts_of(session, asked)]
    by_row = list(session.scalars(select(RoundText.body).order_by(RoundText.id)))
    assert sorted(by_page) == sorted(THINGS)
    # One time in 12! two of these are equal by chance.
    assert len({tuple(by_page), tuple(by_row), tuple(order), THINGS}) == 4


# --- answering ------------------------------------------------------------------------------------


def test_a_member_has_one_answer_and_can_change_it_and_take_it_back(
    app: Flask, session: Session
) -> None:
    asked, wren = ask(session, "yes", "no"), make_member(session, "Wren")
    key = private_key_of(wren)
    say(session, wren, asked, "more light", 0)
    say(session, wren, asked, "quiet hours", 1)
    assert list(unboxed(session, asked).values()) == [Answer(1, "quiet hours")]
    assert rounds.own_answer(session, key, asked) == Answer(1, "quiet hours")
    rounds.take_back(session, key, asked)
    assert unboxed(session, asked) == {}


def test_of_five_everything_is_shown_and_of_four_nothing(app: Flask, session: Session) -> None:
    members = crowd(session, 5)
    four, five = ask(session, "yes", "no"), None
    for member in members[:4]:
        say(session, member, four, f"for {member.pseudonym[-1]} nothing changes", 0)
    wigeon = make_moderator(session, "Wigeon").actor
    five = rounds.ask(session, wigeon, Question("And now?", ("yes", "no"), Trust.NEWCOMER, 7))
    session.commit()
    for place, member in enumerate(members):
        say(session, member, five, THINGS[place], int(place > 2))
    for asked in (four, five):
        rounds.close(session, wigeon, asked)
        session.flush()  # what was counted is read back
    assert (four.tally, list(rounds.texts_of(session, four))) == ([], [])
    assert five.tally == [3, 2]
    assert len(rounds.texts_of(session, five)) == 5


def test_few_texts_among_many_votes_are_not_shown(app: Flask, session: Session) -> None:
    asked = ask(session, "yes", "no")
    for place, member in enumerate(crowd(session, 7)):
        say(session, member, asked, "quiet hours" if place < 4 else "", 0)
    rounds.close(session, make_moderator(session, "Wigeon").actor, asked)
    session.flush()  # what was counted is read back
    assert asked.tally == [7, 0]
    assert list(rounds.texts_of(session, asked)) == []


@pytest.mark.parametrize(
    "text", ["Her number is 07700 900341, ring her.", "Does anybody know who Stoat really is?"]
)
def test_what_would_show_somebody_does_not_go_in(app: Flask, session: Session, text: str) -> None:
    asked, wren = ask(session), make_member(session, "Wren")
    with pytest.raises(HandedBackError):
        rounds.put(session, wren.actor, private_key_of(wren), asked, Slip(Answer(NO_CHOICE, text)))
    assert asked.urn is None


def test_a_nudge_can_be_answered_with_this_is_about_me(session: Session, sign_in: SignIn) -> None:
    asked = ask(session)
    browser = sign_in(make_member(session, "Wren"))
    path, text = (
        f"/rounds/{asked.public_id}/answer",
        "You can reach me at heron.lake@posteo.net any time.",
    )
    nudged = browser.post(path, data={"body": text, "agree": "1"})
    assert nudged.status_code == 422, "to agree counts only once the marks were seen"
    assert text in nudged.text
    consent = nudged.text.split('name="consent" value="')[1].split('"')[0]
    sent = browser.post(path, data={"body": text, "agree": "1", "consent": consent})
    assert sent.status_code == 302
    session.refresh(asked)
    assert [answer.text for answer in unboxed(session, asked).values()] == [text]


def test_a_phrase_that_somebody_shields_is_left_out_without_a_word(
    session: Session, sign_in: SignIn
) -> None:
    phrase = {"kind": Kind.NAME.value, "phrase": "Tamsin Oakhollow", "label": "me", "mode": "hold"}
    made = sign_in(make_member(session, "Heron")).post("/me/privacy/shields", data=phrase)
    assert made.status_code == 302
    asked = ask(session)
    for member, thing in zip(crowd(session, 6), THINGS, strict=False):
        body = "greetings to tamsin oakhollow" if thing == THINGS[0] else thing
        sent = sign_in(member).post(f"/rounds/{asked.public_id}/answer", data={"body": body})
        assert sent.status_code == 302, "the author learns nothing"
    with pytest.raises(NotYetError):  # this session was not lent the key of the shields
        rounds.close(session, make_moderator(session, "Grebe").actor, asked)
    session.rollback()
    sign_in(make_moderator(session, "Wigeon")).post(f"/rounds/{asked.public_id}/close")
    shown = {text.body for text in rounds.texts_of(session, asked)}
    assert shown == set(THINGS[1:6])


def test_nothing_is_taken_after_the_day_even_before_the_count(
    app: Flask, session: Session, move_clock: MoveClock
) -> None:
    asked, wren = ask(session, days=3), make_member(session, "Wren")
    move_clock(timedelta(days=2, hours=11))
    say(session, wren, asked, "more light")
    move_clock(timedelta(hours=1))
    with pytest.raises(OverError):
        say(session, wren, asked, "quiet hours")


def test_who_leaves_takes_nothing_out_of_the_urn_and_leaves_no_trace_of_it(
    app: Flask, session: Session, database: Database
) -> None:
    asked, wren = ask(session), make_member(session, "Wren")
    say(session, wren, asked, "more light")
    mark = urn.mark(private_key_of(wren), asked.public_id)
    with database.write.begin() as another:
        leave(another, wren.actor, Texts.ERASED)
    assert list(unboxed(session, asked)) == [mark], "nobody can know whose it is"


# --- the pages ------------------------------------------------------------------------------------


def test_from_the_question_to_the_public_answer(session: Session, sign_in: SignIn) -> None:
    wigeon = sign_in(make_moderator(session, "Wigeon"))
    sent = {"question": "What would help?", "choices": "rest\nrules", "trust": "1", "days": "7"}
    path = wigeon.post("/rounds/new", data=sent).headers["Location"]
    members = [sign_in(member) for member in crowd(session, 5)]
    for browser, thing in zip(members, THINGS, strict=False):
        browser.post(f"{path}/answer", data={"choice": "0", "body": thing})
    assert "more light" in members[0].get(path).text, "the own answer, found with the own key"
    assert "more light" not in members[1].get(path).text
    assert "more light" not in wigeon.get(path).text
    early = wigeon.post(f"{path}/reply", data={"heard": "Rest."})
    assert early.status_code == 422
    wigeon.post(f"{path}/close")
    shown = members[1].get(path).text
    assert all(thing in shown for thing in THINGS[:5])
    named = wigeon.post(f"{path}/reply", data={"heard": "Member1 wants rest.", "will_do": "Kept"})
    assert named.status_code == 422
    assert "Kept" in named.text
    wigeon.post(f"{path}/reply", data={"heard": "Rest.", "will_do": "Less.", "will_not": "More."})
    shown = members[1].get(path).text
    assert all(words in shown for words in ("Rest.", "Less.", "More."))
    assert len(session.scalars(select(Announcement)).all()) == 2
    text = session.scalars(select(RoundText)).first()
    assert text is not None
    gone = text.body
    wigeon.post(f"{path}/texts/{text.public_id}/remove")
    assert gone not in members[1].get(path).text


def test_only_those_who_look_after_the_place_ask_and_count(
    session: Session, sign_in: SignIn
) -> None:
    asked = ask(session)
    browser = sign_in(make_member(session, "Wren"))
    path = f"/rounds/{asked.public_id}"
    assert browser.get("/rounds/new").status_code == 404
    assert browser.post("/rounds/new", data={"question": "Why?"}).status_code == 404
    assert browser.post(f"{path}/close").status_code == 404
    assert browser.post(f"{path}/reply", data={"heard": "x"}).status_code == 404


def test_a_question_for_trusted_members_is_not_there_for_others(
    session: Session, sign_in: SignIn
) -> None:
    asked = ask(session, gate=Trust.TRUSTED)
    browser = sign_in(make_member(session, "Wren", trust=Trust.KNOWN))
    assert browser.get(f"/rounds/{asked.public_id}").status_code == 404
    assert asked.public_id not in browser.get("/rounds").text
    trusted = sign_in(make_member(session, "Heron", trust=Trust.TRUSTED))
    assert asked.public_id in trusted.get("/rounds").text


@pytest.mark.parametrize(
    "wrong",
    [{"question": ""}, {"choices": "one"}, {"choices": "a\na"}, {"trust": "9"}, {"days": "1"}],
)
def test_a_question_that_makes_no_sense_is_handed_back(
    session: Session, sign_in: SignIn, wrong: dict[str, str]
) -> None:
    sent = {"question": "What helps?", "choices": "", "trust": "1", "days": "7"} | wrong
    answer = sign_in(make_moderator(session)).post("/rounds/new", data=sent)
    assert answer.status_code == 422
    assert session.scalars(select(Round)).all() == []


def test_nothing_is_lost_when_an_answer_is_too_long_or_comes_too_late(
    session: Session, sign_in: SignIn, move_clock: MoveClock
) -> None:
    asked, browser = ask(session), sign_in(make_member(session, "Wren"))
    path = f"/rounds/{asked.public_id}/answer"
    long = "light " * 400
    answer = browser.post(path, data={"body": long})
    assert answer.status_code == 422
    assert long.strip() in answer.text
    rounds.close(session, make_moderator(session, "Wigeon").actor, asked)
    assert browser.post(path, data={"body": "too late"}).status_code == 422
    assert clock.today() < asked.closes_on


def test_control_a_note_of_who_answered_is_noticed(
    session: Session, sign_in: SignIn, move_clock: MoveClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = rounds.put

    def noting(session: Session, member: Any, *given: Any) -> None:
        """Keep with the member that there was an answer."""
        real(session, member, *given)
        session.execute(update(Member).where(Member.id == member.id).values(about="answered"))

    monkeypatch.setattr(rounds, "put", noting)
    with pytest.raises(AssertionError, match="members"):
        test_to_answer_changes_the_urn_and_no_other_row(session, sign_in, move_clock, 0)


def test_control_a_mark_that_the_server_can_make_is_noticed(
    app: Flask, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_the_round(_: bytes, round_id: str) -> str:
        """A mark that needs no key of the member's."""
        return hashlib.sha256(round_id.encode()).hexdigest()

    monkeypatch.setattr(urn, "mark", of_the_round)
    with pytest.raises(AssertionError, match="not in"):
        test_a_mark_is_made_with_the_members_own_key_and_with_nothing_the_server_has(
            app, session, tmp_path
        )
