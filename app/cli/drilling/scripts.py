"""The scripts of a drill: five nights a team may have, each played by the clock of the house."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import queries, receipts, workflow
from app.cases.models import Place, SoftHold
from app.cases.outside import Seen
from app.cases.service import (
    casework,
    evidence,
    holds,
    intake,
    ledger,
    notice,
    poster,
    purge,
    removal,
    source,
    team,
    telling,
)
from app.cases.service.casework import Opened, Proposal, SealedTermError
from app.cases.service.intake import Account
from app.cases.words import (
    Clock,
    ConsentState,
    HoldState,
    ItemState,
    PlaceKind,
    PlaceState,
    Severity,
    Told,
    Verb,
    Way,
)
from app.cases.workflow import Gate, State
from app.cli.drilling.theatre import CHEAP, FACTS, Score, Theatre, post_of, set_stage
from app.core import crypto
from app.core.crypto import Passphrase
from app.policy.vocabulary import Visibility

FLOOD: Final = 10  # reports of one member in a row
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
LETTER: Final = (
    "Something was reported. What we could hide here is hidden. You decide what is next."
)
STATEMENT: Final = "You broke the first norm. Two people have read it and decided."
ACT: Final = Proposal("We ask one site to take a page down.", "It learns the address.", "", "")
REASON: Final = "To see what the letters must not say."


# --- a grave one, at night ------------------------------------------------------------------------


def at_night(stage: Theatre) -> None:
    """E4 at three in the morning: hidden at once; the clocks begin when somebody is on duty."""
    post_id = stage.write_post("Stoat", "A line in this drill that says too much.")
    report = stage.report("Finch", post_id, is_danger=True)
    with stage.database.read() as session:
        is_hidden = post_of(session, post_id).visibility is Visibility.QUARANTINED
    stage.expect(is_hidden, "the post was not hidden at once")
    stage.wait(5 * HOUR + 5 * MINUTE)  # 08:05
    stage.claim("Owl", report)
    stage.open_case("Owl", report, Severity.GRAVE)
    with stage.on_the_case("Owl") as (session, opened):
        ring = team.open_identity(session, opened, stage.keys["Owl"], REASON)
        wide = Opened(opened.case, ring, opened.who, opened.member_id)
        for fact in FACTS:
            casework.note_exposure(session, wide, (), fact)
        casework.guard_terms(wide, FACTS)
        page = f"<html>{FACTS[1]}, {FACTS[2]}</html>".encode()
        seal = team.identity_seal(session, opened, stage.keys["Owl"])
        evidence.keep_outside(session, opened, seal, evidence.of_outside(page, "html", Seen()), "")
    with stage.on_the_case("Heron") as (session, own):
        source.note_in_diary(session, own, Way.ELSEWHERE, "", f"Told of {FACTS[0]} in May.")
    _team_declares(stage)
    _first_letter(stage)
    stage.met(Clock.SUSPEND)
    with stage.on_the_case("Owl") as (session, opened):
        poster.suspend(session, opened, stage.member(session, "Owl").actor, "It is looked at.")
    _gates(stage)
    _outside(stage)
    _remove(stage)
    _purge(stage)
    stage.wait(3 * HOUR)
    _stable(stage)
    stage.close()
    _openings(stage)
    stage.leaks(*FACTS)


def _team_declares(stage: Theatre) -> None:
    """Everybody named says that nothing keeps them from it."""
    stage.met(Clock.TEAM)
    for name in ("Wren", "Robin"):
        with stage.on_the_case(name) as (session, opened):
            casework.declare(session, opened)


def _first_letter(stage: Theatre) -> None:
    """The first letter, which must not say what got out, however it is written."""
    stage.met(Clock.FIRST_LETTER)
    for disguise in (FACTS[0], "ZEPHYRINE quill-feather", "Z e p h y r i n e"):
        with stage.database.write() as session:
            opened = stage.opened(session, "Owl")
            try:
                casework.send_letter(session, opened, "A", f"This is about {disguise}.")
            except SealedTermError:
                stage.score.gates.append("a sealed term in a letter")
            else:
                stage.score.breaches.append("a letter went out with a sealed term")
            session.rollback()
    with stage.on_the_case("Owl") as (session, opened):
        casework.send_letter(session, opened, "A", LETTER)
    with stage.on_the_case("Heron") as (session, own):
        casework.write_to_team(session, own, "Thank you. One thing at a time.")


def _gates(stage: Theatre) -> None:
    """What must not be done yet is refused, each at its gate."""

    def send(session: Session) -> object:
        opened = stage.opened(session, "Owl")
        place = casework.add_place(session, opened, PlaceKind.PASTE, "paste.invalid", "")
        casework.draft_request(session, opened, place, "Please take it down.")
        casework.propose(session, opened, ACT, place)
        session.flush()  # the question is looked for
        return casework.move_place(session, opened, place, PlaceState.SENT)

    def read(session: Session) -> object:
        return team.open_identity(session, stage.opened(session, "Owl"), stage.keys["Owl"], "")

    def close(session: Session) -> object:
        return casework.close(session, stage.opened(session, "Owl"))

    def sign(session: Session) -> object:
        return notice.sign(session, stage.opened(session, "Owl"))

    def remove_alone(session: Session) -> None:
        opened = stage.opened(session, "Owl")
        removal.propose(session, opened, STATEMENT)
        removal.agree(session, opened, stage.member(session, "Owl").actor)

    def go(session: Session) -> None:
        wren = stage.member(session, "Wren")
        team.leave(session, stage.opened(session, "Wren"), wren.public_id)
        session.flush()  # the last one counts those who are left
        owl = stage.member(session, "Owl")
        team.leave(session, stage.opened(session, "Owl"), owl.public_id)

    def count(session: Session) -> object:
        opened = source.open_page(session, stage.opened(session, "Owl"), stage.keys["Owl"])
        return source.add_route(session, opened, source.Route(Way.ELSEWHERE))

    for what, gate, deed in (
        ("a request without the member's yes", Gate.ACT_OUTSIDE, send),
        ("what may be public, without a reason", Gate.REASON, read),
        ("closing with open points", Gate.OPEN_ITEM, close),
        ("a notice that nobody has worded", Gate.ACT_OUTSIDE, sign),
        ("a removal by one alone", Gate.SECOND_PERSON, remove_alone),
        ("the last one leaving", Gate.LAST_PERSON, go),
        ("counting who could have known, unasked", Gate.NOT_WANTED, count),
    ):
        stage.shut(what, gate, deed)


def _outside(stage: Theatre) -> None:
    """A place outside: drafted, asked, answered with yes, sent, looked at again, gone."""
    with stage.on_the_case("Owl") as (session, opened):
        place = casework.add_place(session, opened, PlaceKind.PASTE, "paste.invalid", "/7")
        session.flush()  # its id is named below
        public_id = place.public_id
    stage.met(Clock.DRAFT)
    with stage.on_the_case("Owl") as (session, opened):
        place = _place(session, opened, public_id)
        casework.draft_request(session, opened, place, "Please take this page down.")
        casework.propose(session, opened, ACT, place)
    with stage.on_the_case("Heron") as (session, own):
        (asked,) = queries.consents_of(session, own.case.id)
        casework.answer(session, own, asked, ConsentState.YES, None)
    stage.met(Clock.SEND)
    with stage.on_the_case("Owl") as (session, opened):
        casework.move_place(session, opened, _place(session, opened, public_id), PlaceState.SENT)
    with stage.on_the_case("Wren") as (session, opened):
        casework.look_again(session, opened, _place(session, opened, public_id), is_there=False)


def _place(session: Session, opened: Opened, public_id: str) -> Place:
    """A place of the case.

    Raises:
        LookupError: when it is gone.
    """
    found = queries.place_by_id(session, opened.case.id, public_id)
    if found is None:
        raise LookupError
    return found


def _purge(stage: Theatre) -> None:
    """Two erase what stood here."""
    for name in ("Owl", "Wren"):
        with stage.on_the_case(name) as (session, opened):
            seal = team.identity_seal(session, opened, stage.keys[name])
            is_done = purge.ask(session, opened, seal)
    stage.expect(is_done, "two asked for the purge, and it was not done")


def _remove(stage: Theatre) -> None:
    """Two remove the account that posted it."""
    with stage.on_the_case("Owl") as (session, opened):
        removal.propose(session, opened, STATEMENT)
    with stage.on_the_case("Wren") as (session, opened):
        removal.agree(session, opened, stage.member(session, "Wren").actor)
        stage.expect(removal.is_removed(session, opened), "two agreed, and nothing was removed")


def _stable(stage: Theatre) -> None:
    """Nothing is visible any more that we can change: places are settled, and danger is over."""
    with stage.on_the_case("Owl") as (session, opened):
        casework.rate(session, opened, Severity.GRAVE, is_danger=False)
        for place in queries.places_of(session, opened.case.id):
            if place.state not in workflow.FINAL_PLACES:
                casework.move_place(session, opened, place, PlaceState.GONE)


def _openings(stage: Theatre) -> None:
    """Each opening of what may be public stands in the member's own list, with a reason."""
    with stage.database.read() as session:
        own = stage.opened(session, "Heron")
        entries = [e for e in ledger.read(session, own.ring) if e.verb is Verb.VIEWED]
        openings = [entry for entry in entries if entry.about == "identity"]
        stage.expect(bool(openings), "an opening is missing from the member's list")
        stage.expect(all(entry.reason for entry in openings), "an opening has no reason")
        stage.expect(ledger.broken_at(session, own.case.id, own.ring) is None, "the ledger broke")


# --- a moderator as source ------------------------------------------------------------------------


def by_one_of_us(stage: Theatre) -> None:
    """Owl posted it: the report, the case, its lines and lists are as if it did not exist."""
    post_id = stage.write_post("Owl", "A line in this drill by one of the team.")
    report = stage.report("Finch", post_id)
    with stage.database.read() as session:
        owl = stage.member(session, "Owl")
        stage.expect(not queries.reports_for(session, owl.id), "the author was sent the report")
    stage.wait(5 * HOUR + 5 * MINUTE)
    stage.claim("Wren", report)
    stage.open_case("Wren", report, Severity.PUBLIC, second="Kite")
    with stage.on_the_case("Heron") as (session, own):
        owl = stage.member(session, "Owl")
        team.exclude(session, own, stage.member(session, "Heron").actor, stage.keys["Heron"], owl)
    with stage.on_the_case("Wren") as (session, opened):
        casework.send_letter(session, opened, "A", LETTER)
        owl = stage.member(session, "Owl")
        stage.expect(not queries.cases_of(session, owl.id), "the author is named on the case")
        stage.expect(
            queries.is_recused(session, opened.case.public_id, owl.public_id),
            "the author could still be named",
        )
    with stage.database.read() as session:
        owl = stage.member(session, "Owl")
        case = stage.opened(session, "Wren").case
        ring = team.ring_for(session, case, owl.id, stage.keys["Owl"])
        stage.expect(not ring.keys, "the author holds a key of the case")
    stage.wait(48 * HOUR)
    with stage.database.read() as session:
        lines = queries.duty_lines(session, stage.member(session, "Owl").id)
        stage.expect(lines == 0, "a clock called the one it may be about")


# --- no answer ------------------------------------------------------------------------------------


def no_answer(stage: Theatre) -> None:
    """The member does not answer: the clock calls for other routes, and the case waits for them."""
    report = stage.report("Finch", stage.write_post("Stoat", "A line in this drill, once more."))
    stage.wait(5 * HOUR + 5 * MINUTE)
    stage.claim("Owl", report)
    stage.open_case("Owl", report, Severity.PUBLIC)
    _team_declares(stage)
    with stage.on_the_case("Owl") as (session, opened):
        casework.send_letter(session, opened, "A", LETTER)
    calls = stage.score.calls
    stage.wait(72 * HOUR)
    stage.expect(stage.score.calls > calls, "no clock called for another route")
    with stage.on_the_case("Owl") as (session, opened):
        facts = queries.facts_of(session, opened.case)
        stage.expect(workflow.state(facts) is State.CONTACTING, "a case went on without the member")
        row = queries.item_of(session, opened.case.id, workflow.TRIED)
        if row is not None:
            casework.settle_item(session, opened, row, ItemState.DONE, "Three tries, two routes.")
        facts = queries.facts_of(session, opened.case)
        stage.expect(workflow.state(facts) is not State.CONTACTING, "three tries are not enough")


# --- a flood of false reports ---------------------------------------------------------------------


def flood(stage: Theatre) -> None:
    """One member reports ten posts: three are hidden, the duty is told, and all come back."""
    posts = [stage.write_post("Stoat", f"A harmless line, number {n}.") for n in range(FLOOD)]
    for post_id in posts:
        stage.report("Finch", post_id)
    with stage.database.read() as session:
        live = list(session.scalars(select(SoftHold).where(SoftHold.state == HoldState.LIVE)))
        stage.expect(
            len(live) == holds.LIVE_A_REPORTER,
            f"{len(live)} posts are hidden by one reporter, not three",
        )
        owl = stage.member(session, "Owl")
        found = queries.reports_for(session, owl.id)
        opened = intake.keys_of(session, found, stage.keys["Owl"])
        alerts = [intake.read_box(report, opened[report.id], "a")["alerts"] for report, _ in found]
        stage.expect(len(found) == FLOOD, "a report was lost")
        stage.expect(any("author" in alert for alert in alerts), "the duty was not told")
    stage.wait(5 * HOUR + 2 * HOUR + 15 * MINUTE)  # two hours of duty
    with stage.database.read() as session:
        shown = [post_of(session, one).visibility is Visibility.PUBLISHED for one in posts]
        stage.expect(all(shown), "a post stays hidden though nobody has confirmed it")


# --- a visitor, and nobody else -------------------------------------------------------------------


def visitor_only(stage: Theatre) -> None:
    """A visitor reports: one word hides nothing; the receipt finds four words and the answers."""
    post_id = stage.write_post("Stoat", "A line in this drill that a visitor reads.")
    key = receipts.key_of(Passphrase("one two three four five six"), b"s" * 32, CHEAP)
    with stage.database.write.begin() as session:
        said = Account(place="here", words=FACTS[1], link=f"https://paste.invalid/{FACTS[2]}")
        report = intake.send_from_outside(session, said, post_of(session, post_id), key)
        public_id = report.public_id
        is_open = post_of(session, post_id).visibility is Visibility.PUBLISHED
    stage.expect(is_open, "one visitor's word has hidden a post")
    stage.wait(5 * HOUR + 5 * MINUTE)
    stage.claim("Owl", public_id)
    stage.wait(5 * HOUR)
    with stage.database.write.begin() as session:
        row = queries.receipt_by_tag(session, key.tag)
        stage.expect(row is not None, "the receipt finds nothing")
        if row is not None:
            stage.expect(telling.told_now(row[1]) is Told.LOOKED_AT, "the reporter is not told")
            opened = intake.key_of(session, row[1], row[1].reporter_part, key.private)
            stage.expect(len(opened) == crypto.KEY_BYTES, "the receipt opens nothing")
    stage.leaks(*FACTS[1:])
    stage.wait(timedelta(days=31))
    with stage.database.read() as session:
        stage.expect(queries.receipt_by_tag(session, key.tag) is None, "a receipt never ends")


SCRIPTS: Final[Mapping[str, Callable[[Theatre], None]]] = {
    "at-night": at_night,
    "by-one-of-us": by_one_of_us,
    "no-answer": no_answer,
    "flood": flood,
    "visitor-only": visitor_only,
}


def play(name: str) -> Score:
    """Play one script on a stage of its own; what breaks in it is a breach like any other."""
    with set_stage(name) as stage:
        try:
            SCRIPTS[name](stage)
        except Exception as error:  # noqa: BLE001 - a drill that falls over has failed, and says where
            stage.score.breaches.append(f"the drill fell over: {type(error).__name__}")
        return stage.score
