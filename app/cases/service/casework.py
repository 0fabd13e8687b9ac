"""The deeds on a case: opening it, facts and places, what is asked, written, ticked, closed.

Every deed takes the ring of who does it: without the keys there is nothing to write with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import clocks, codenames, drill, keys, linter, queries, workflow
from app.cases.keys import People, Ring
from app.cases.models import (
    KEPT_DAYS,
    Case,
    Consent,
    Exposure,
    Letter,
    MemberWord,
    Named,
    Place,
    StepItem,
    Timer,
)
from app.cases.service import deeds, ledger, telling
from app.cases.words import (
    Clock,
    ConsentState,
    ExposureState,
    ItemState,
    Part,
    PlaceKind,
    PlaceState,
    Severity,
    Told,
    Verb,
)
from app.cases.workflow import Gate, ShutError
from app.core import clock, ids
from app.core.errors import RefusalError
from app.core.text import clean
from app.forum import service as forum
from app.policy.vocabulary import Actor

NOTICE = "duty"  # as in `intake`: a line without any content
THE_MEMBER = "you"  # who the affected member is in the own ledger
MORE_TRIES = (timedelta(hours=12), timedelta(hours=60))


class SealedTermError(RefusalError):
    """A text holds what must not leave; nobody is told what or where."""


@dataclass(frozen=True, slots=True)
class Opening:
    """With what a case begins. `affected` is a public id, or empty while nobody knows."""

    severity: Severity
    is_danger: bool = False
    affected: str = ""
    is_drill: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A case with the keys of who works on it, and what that person is called in the ledger."""

    case: Case
    ring: Ring
    who: str
    member_id: int = 0


# --- opening --------------------------------------------------------------------------------------


def begin_case(
    session: Session, opening: Opening, people: People, affected: bytes | None
) -> Opened:
    """A new case with a codename, its keys and the items of its checklist. Nobody is named yet."""
    case = Case(
        public_id=ids.new_id(),
        codename=codenames.draw(queries.codenames(session)),
        severity=opening.severity,
        is_danger=opening.is_danger,
        is_drill=opening.is_drill,
        is_reopened=False,
        checklist=workflow.CHECKLIST,
        keep_days=None,
        brief_version=0,
        brief=b"",
        opened_on=clock.today(),
    )
    session.add(case)
    session.flush()  # parts and items name the case by its id
    ring = keys.make_parts(session, case, people, () if affected is None else (affected,))
    write_brief(case, ring, {"affected": opening.affected, "tags": ""})
    for item in workflow.checklist(case.checklist):
        row = StepItem(
            public_id=ids.new_id(), case_id=case.id, code=item.code, state=ItemState.OPEN
        )
        ring.write(row, {"proof": ""})
        session.add(row)
    opened = Opened(case, ring, "")
    ledger.write(session, ring, "", Verb.CREATED)
    return opened


def write_brief(case: Case, ring: Ring, brief: dict[str, str]) -> None:
    """Keep whose case it is and the linter's tags, under the team's key."""
    case.brief_version, case.brief = ring.close("cases", case.public_id, brief)


def read_brief(case: Case, ring: Ring) -> dict[str, str]:
    """Whose case it is (`affected`, a public id), and the linter's tags.

    Raises:
        BrokenSealError: when the ring does not hold the team's part.
    """
    return ring.open("cases", case.public_id, case.brief_version, case.brief)


def note_exposure(session: Session, opened: Opened, kinds: Sequence[str], fact: str) -> Exposure:
    """Write down one fact that got out: its kinds, and the fact itself where somebody knows it."""
    row = Exposure(public_id=ids.new_id(), case_id=opened.case.id, state=ExposureState.VISIBLE)
    opened.ring.write(row, {"kinds": " ".join(kinds), "fact": fact})
    session.add(row)
    return row


def guard_terms(opened: Opened, facts: Iterable[str]) -> None:
    """Let the linter know what must not be said in anything that is written for this case.

    Only tags under the team's key are kept. A member's own words for them count the same.
    """
    brief = read_brief(opened.case, opened.ring)
    known = set(brief["tags"].split())
    brief["tags"] = " ".join(sorted(known | linter.tags(_lint_key(opened), facts)))
    write_brief(opened.case, opened.ring, brief)


def check_clean(opened: Opened, *texts: str) -> None:
    """Refuse a text with a sealed term, before it is stored anywhere.

    Raises:
        SealedTermError: when one of the texts holds one.
    """
    sealed = frozenset(read_brief(opened.case, opened.ring)["tags"].split())
    if not all(linter.is_clean(_lint_key(opened), sealed, text) for text in texts):
        raise SealedTermError


def _lint_key(opened: Opened) -> bytes:
    """The key of the linter's tags: the first version of the team's part, so that tags stay."""
    versions = [version for part, version in opened.ring.keys if part is Part.TEAM]
    return opened.ring.keys[Part.TEAM, min(versions)]


# --- the checklist --------------------------------------------------------------------------------


def settle_item(
    session: Session, opened: Opened, row: StepItem, wanted: ItemState, proof: str
) -> StepItem:
    """Tick an item, say that it is not needed and why, or open it again.

    Where two are asked for, the first one's word waits for somebody else's.

    Raises:
        ShutError: when a reason is missing, or the house knows that it was not done.
        SealedTermError: when the proof holds a sealed term.
    """
    check_clean(opened, proof)
    if wanted is ItemState.NOT_NEEDED and not workflow.is_reason(proof):
        raise ShutError(Gate.REASON)
    if wanted is ItemState.DONE and row.code in workflow.BY_DEED:
        session.flush()  # the deed may have been done in this very request
        if not deeds.is_done(session, opened.case, row.code):
            raise ShutError(Gate.DEED)
    item = next(item for item in workflow.checklist(opened.case.checklist) if item.code == row.code)
    waits = item.needs_two and wanted in workflow.SETTLED
    if waits and row.first_id in {None, opened.member_id}:
        row.first_id = opened.member_id
        ledger.write(session, opened.ring, opened.who, Verb.AGREED, row.code, reason=proof)
    else:
        row.state, row.owner_id, row.first_id = wanted, opened.member_id, None
        ledger.write(
            session,
            opened.ring,
            opened.who,
            Verb.TICKED,
            f"{row.code} {wanted.value}",
            reason=proof,
        )
    opened.ring.write(row, {"proof": clean(proof)})
    if row.state in workflow.SETTLED and item.clock is not None:
        stop_clock(session, opened.case, item.clock)
    if row.code == workflow.STABLE and row.state in workflow.SETTLED:
        start_clock(session, opened.case, Clock.LOOK_BACK)
    session.flush()  # the state of the case is read off the items in the same request
    return row


def tick(session: Session, opened: Opened, code: str, proof: str = "") -> None:
    """Tick an item because the deed itself was done just now."""
    row = queries.item_of(session, opened.case.id, code)
    if row is not None and row.state not in workflow.SETTLED:
        settle_item(session, opened, row, ItemState.DONE, proof)


# --- places and consent ---------------------------------------------------------------------------


def add_place(session: Session, opened: Opened, kind: PlaceKind, host: str, url: str) -> Place:
    """Write down somewhere an exposure is visible.

    Raises:
        ShutError: when a drill would name a post of this site.
    """
    if opened.case.is_drill and kind is PlaceKind.HERE:
        raise ShutError(Gate.DRILL)
    place = Place(
        public_id=ids.new_id(),
        case_id=opened.case.id,
        kind=kind,
        # What stands here was captured as it was hidden; elsewhere somebody has to do that.
        state=PlaceState.CAPTURED if kind is PlaceKind.HERE else PlaceState.SEEN,
        next_look_on=None,
    )
    opened.ring.write(
        place,
        {"host": host.strip(), "url": url.strip(), "request": "", "reference": "", "sent": ""},
    )
    session.add(place)
    ledger.write(session, opened.ring, opened.who, Verb.CAPTURED, f"place {kind.value}")
    if kind is not PlaceKind.HERE:
        start_clock(session, opened.case, Clock.DRAFT)
    return place


def move_place(
    session: Session,
    opened: Opened,
    place: Place,
    wanted: PlaceState,
    duty: workflow.LegalDuty | None = None,
) -> Place:
    """Move a place on. What tells an outsider needs the member's yes to this very act.

    Raises:
        ShutError: when it is not the next step, or the member has not agreed.
    """
    consent = queries.consent_for(session, place)
    state = None if consent is None else consent.state
    place.state = workflow.moved(place.state, wanted, state, duty)
    verb = Verb.SENT if wanted is PlaceState.SENT else Verb.TICKED
    reason = duty.reason if duty is not None else ""
    about = f"place {place.kind.value} {wanted.value}"
    ledger.write(session, opened.ring, opened.who, verb, about, reason=reason)
    if wanted is PlaceState.SENT:
        stop_clock(session, opened.case, Clock.SEND)
        today = clock.today()
        _note_on(opened, place, sent=today.isoformat())
        place.next_look_on = clocks.look_after(opened.case.severity, opened.case.is_danger, today)
    if wanted in workflow.FINAL_PLACES:
        place.next_look_on = None
    return place


def note_reference(opened: Opened, place: Place, reference: str) -> None:
    """Keep the number that a place gave our request.

    Raises:
        SealedTermError: when it holds a sealed term.
    """
    check_clean(opened, reference)
    _note_on(opened, place, reference=reference.strip())


def look_again(session: Session, opened: Opened, place: Place, *, is_there: bool) -> Place:
    """Somebody has looked at a place again: it is gone, or the next look is set.

    Raises:
        ShutError: when no request was sent to it.
    """
    if not is_there:
        return move_place(session, opened, place, PlaceState.GONE)
    sent = opened.ring.read(place).get("sent", "")
    if not sent:
        raise ShutError(Gate.ORDER)
    place.next_look_on = clocks.look_after(
        opened.case.severity, opened.case.is_danger, date.fromisoformat(sent), clock.today()
    )
    about = f"place {place.kind.value} still there"
    ledger.write(session, opened.ring, opened.who, Verb.TICKED, about)
    return place


def _note_on(opened: Opened, place: Place, **said: str) -> None:
    """Keep something more of a place, sealed with the rest."""
    opened.ring.write(place, {**opened.ring.read(place), **said})


def draft_request(session: Session, opened: Opened, place: Place, text: str) -> Place:
    """Keep the draft of a request to a place.

    Raises:
        SealedTermError: when it holds a sealed term.
    """
    check_clean(opened, text)
    marked = drill.mark(text) if opened.case.is_drill else text
    opened.ring.write(place, {**opened.ring.read(place), "request": clean(marked)})
    if place.state in {PlaceState.SEEN, PlaceState.CAPTURED}:
        for state in (PlaceState.CAPTURED, PlaceState.DRAFTED):
            if state in workflow.PLACE_MOVES[place.state]:
                place.state = state
    stop_clock(session, opened.case, Clock.DRAFT)
    return place


@dataclass(frozen=True, slots=True)
class Proposal:
    """An act put to the member: what would happen, who learns what, risks, and what if no."""

    act: str
    learns: str
    risk: str
    otherwise: str

    def as_value(self) -> dict[str, str]:
        """The same as it is sealed."""
        return {
            "act": clean(self.act),
            "learns": clean(self.learns),
            "risk": clean(self.risk),
            "otherwise": clean(self.otherwise),
            "note": "",
        }


def propose(
    session: Session, opened: Opened, proposal: Proposal, place: Place | None = None
) -> Consent:
    """Ask the affected member about one act. Silence is no.

    Raises:
        SealedTermError: when a text holds a sealed term.
    """
    check_clean(opened, proposal.act, proposal.learns, proposal.risk, proposal.otherwise)
    consent = Consent(
        public_id=ids.new_id(),
        case_id=opened.case.id,
        place_id=None if place is None else place.id,
        state=ConsentState.ASKED,
        asked_on=clock.today(),
    )
    opened.ring.write(consent, proposal.as_value())
    session.add(consent)
    if place is not None and place.state is PlaceState.DRAFTED:
        place.state = PlaceState.ASKED
    ledger.write(session, opened.ring, opened.who, Verb.ASKED, consent.public_id)
    return consent


def answer(
    session: Session, opened: Opened, consent: Consent, word: ConsentState, day: date | None
) -> Consent:
    """The member's word on an act; a yes can be withdrawn while the act is not done.

    Raises:
        ShutError: when there is nothing to answer.
    """
    consent.state = workflow.answered(consent.state, word)
    consent.ask_on = day if word is ConsentState.ASK_ON else None
    verb = Verb.CONSENTED if word in {ConsentState.YES, ConsentState.DECIDE} else Verb.ANSWERED
    ledger.write(session, opened.ring, THE_MEMBER, verb, f"{consent.public_id} {word.value}")
    if workflow.may_act_outside(consent.state):
        start_clock(session, opened.case, Clock.SEND)
    call_team(session, opened.case)
    return consent


# --- letters and what the member says -------------------------------------------------------------


def send_letter(session: Session, opened: Opened, template: str, text: str) -> Letter:
    """Write to the affected member. The head of the ledger stands under it, which dates it.

    Raises:
        SealedTermError: when the text holds a sealed term.
    """
    check_clean(opened, text)
    letter = _letter(session, opened, text, template=template)
    ledger.write(session, opened.ring, opened.who, Verb.SENT, f"letter {template}".strip())
    tick(session, opened, workflow.FIRST_LETTER)
    stop_clock(session, opened.case, Clock.UPDATE)
    start_clock(session, opened.case, Clock.UPDATE)
    if not queries.has_answer(session, opened.case.id):
        start_clock(session, opened.case, Clock.NO_ANSWER)
    return letter


def write_to_team(session: Session, opened: Opened, text: str) -> Letter:
    """The affected member writes to the named people."""
    letter = _letter(session, opened, text, is_from_member=True)
    stop_clock(session, opened.case, Clock.NO_ANSWER)
    call_team(session, opened.case)
    return letter


def _letter(
    session: Session, opened: Opened, text: str, template: str = "", *, is_from_member: bool = False
) -> Letter:
    """One sealed letter."""
    letter = Letter(
        public_id=ids.new_id(),
        case_id=opened.case.id,
        template=template,
        is_from_member=is_from_member,
        written_on=clock.today(),
    )
    head = ledger.head(session, opened.case.id)
    who = THE_MEMBER if is_from_member else opened.who
    marked = drill.mark(text) if opened.case.is_drill else text
    opened.ring.write(letter, {"text": clean(marked), "from": who, "head": head})
    session.add(letter)
    return letter


def say(session: Session, opened: Opened, kind: str, word: str) -> None:
    """Keep what the member says of him- or herself: `safe`, `way_on`, `view`."""
    row = queries.word_of(session, opened.case.id, kind)
    if row is None:
        row = MemberWord(public_id=ids.new_id(), case_id=opened.case.id, kind=kind)
        session.add(row)
    opened.ring.write(row, {"word": word})


def is_in_danger(session: Session, opened: Opened) -> None:
    """The member is not safe now: the case goes before all others, and the team is called."""
    opened.case.is_danger = True
    ledger.write(session, opened.ring, THE_MEMBER, Verb.RATED, "danger")
    call_team(session, opened.case)


def call_team(session: Session, case: Case) -> None:
    """Put an empty line into the inbox of everybody named; of the duty, before that."""
    named = queries.named_ids(session, case.id) or queries.part_reader_ids(session, case.id)
    for member_id in named:
        ring_up(session, case, member_id)


def ring_up(session: Session, case: Case, member_id: int) -> None:
    """Put an empty line into somebody's inbox; a drill calls nobody."""
    if not case.is_drill:
        forum.notify(session, member_id, NOTICE, NOTICE)


# --- severity, closing, opening again -------------------------------------------------------------


def rate(session: Session, opened: Opened, severity: Severity, *, is_danger: bool) -> None:
    """Say how grave it is; both words are in the ledger."""
    opened.case.severity, opened.case.is_danger = severity, is_danger
    about = f"E{int(severity)}{' danger' if is_danger else ''}"
    ledger.write(session, opened.ring, opened.who, Verb.RATED, about)


def choose_retention(session: Session, opened: Opened, days: int) -> None:
    """The member says for how long everything is kept after closing."""
    opened.case.keep_days = days
    ledger.write(session, opened.ring, THE_MEMBER, Verb.KEPT, f"{days} days")


def goes_on(case: Case) -> date | None:
    """The day on which what a closed case seals is destroyed; nothing while it is open."""
    if case.closed_on is None:
        return None
    kept = KEPT_DAYS if case.keep_days is None else case.keep_days
    return case.closed_on + timedelta(days=kept + 1)


def close(session: Session, opened: Opened) -> bool:
    """Close a case: the first of two asks, the second does it. Returns whether it is closed now.

    Raises:
        ShutError: when a gate is shut; it says which.
    """
    shut = workflow.closing(queries.facts_of(session, opened.case))
    if shut:
        raise ShutError(*shut)
    asked = queries.word_of(session, opened.case.id, "closing")
    if asked is None or opened.ring.read(asked)["word"] == str(opened.member_id):
        say(session, opened, "closing", str(opened.member_id))
        ledger.write(session, opened.ring, opened.who, Verb.AGREED, "closing")
        return False
    session.delete(asked)
    opened.case.closed_on = clock.today()
    ledger.write(session, opened.ring, opened.who, Verb.CLOSED)
    for timer in queries.timers_of(session, opened.case.id):
        session.delete(timer)
    for report in queries.reports_of_case(session, opened.case.id):
        report.closed_on = clock.today()  # from here on the reporter's thread is kept so long
        telling.tell(report, Told.CLOSED)
    return True


def reopen(session: Session, opened: Opened) -> None:
    """Open a closed case again, in one click, by the team or by the member."""
    opened.case.closed_on = None
    opened.case.is_reopened = True
    for code in (workflow.STABLE, workflow.LOOK_BACK):
        row = queries.item_of(session, opened.case.id, code)
        if row is not None:
            row.state = ItemState.OPEN
    for report in queries.reports_of_case(session, opened.case.id):
        report.closed_on = None
        telling.tell(report, Told.ACTED_ON)
    ledger.write(session, opened.ring, opened.who, Verb.REOPENED)
    start_clock(session, opened.case, Clock.UPDATE)
    call_team(session, opened.case)


# --- clocks ---------------------------------------------------------------------------------------


def start_clock(session: Session, case: Case, which: Clock) -> None:
    """Let a clock run, unless it runs already or the table asks for nothing."""
    wait = clocks.span(which, case.severity, is_danger=case.is_danger)
    running = queries.timer_of(session, case.id, which)
    if wait is None or running is not None:
        return
    now = clock.now()
    if case.is_drill:
        at = now + wait / drill.SPEED
    else:
        at = clocks.due(now, wait, queries.cover_hours(session))
    due_at = clocks.coarse(at, now)
    session.add(Timer(case_id=case.id, clock=which, due_at=due_at, level=0))
    session.flush()  # asked again in the same request, it runs already


def stop_clock(session: Session, case: Case, which: Clock) -> None:
    """Stop a clock: what it waited for is done."""
    timer = queries.timer_of(session, case.id, which)
    if timer is not None:
        session.delete(timer)
        session.flush()  # it may begin anew in the same request


# --- who works on it ------------------------------------------------------------------------------


def declare(session: Session, opened: Opened) -> None:
    """Say that nothing keeps one from this case; once all have, conflicts are checked."""
    rows = session.scalars(select(Named).where(Named.case_id == opened.case.id)).all()
    for row in rows:
        if row.member_id == opened.member_id:
            row.has_declared = True
    ledger.write(session, opened.ring, opened.who, Verb.AGREED, "no conflict")
    if all(row.has_declared for row in rows):
        tick(session, opened, workflow.CONFLICTS)
        stop_clock(session, opened.case, Clock.TEAM)


def who_is(actor: Actor) -> str:
    """What somebody of the team is called in a ledger and in letters."""
    return actor.pseudonym
