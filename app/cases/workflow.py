"""How a case moves: its state, read off what was done, and the gates that hold deeds back. Pure.

Nobody sets the state of a case. It follows from the facts, and only the functions of this file say
which deed may follow on which (RESPONSE.md §2). A refusal names the gate, never a fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from app.cases.words import Clock, ConsentState, ItemState, PlaceState, Seat

CHECKLIST: Final = 1
ANSWER_DAYS: Final = 14  # so long a question to the member keeps a case open
REASON_SIGNS: Final = 10  # a typed reason is more than a key held down

FINAL_PLACES: Final = frozenset({PlaceState.GONE, PlaceState.REFUSED, PlaceState.LEFT_ALONE})
WAITING_PLACES: Final = frozenset({PlaceState.SENT, PlaceState.ANSWERED})
OPEN_QUESTIONS: Final = frozenset({ConsentState.NOT_ASKED, ConsentState.ASKED})
SETTLED: Final = frozenset({ItemState.DONE, ItemState.NOT_NEEDED})


class State(StrEnum):
    """Where a case stands."""

    HOLDING = "holding"
    CONTACTING = "contacting"
    RESPONDING = "responding"
    STABILISED = "stabilised"
    FOLLOW_UP = "follow_up"
    LOOK_BACK = "look_back"
    CLOSED = "closed"


class Gate(StrEnum):
    """Why a deed is held back."""

    ACT_OUTSIDE = "act_outside"
    CAPTURE_FIRST = "capture_first"
    REASON = "reason"
    SECOND_PERSON = "second_person"
    STATEMENT = "statement"
    LINT = "lint"
    OVERDUE_CHECK_IN = "overdue_check_in"
    YOUNG_QUESTION = "young_question"
    RETENTION = "retention"
    OPEN_PLACE = "open_place"
    DANGER = "danger"
    OPEN_ITEM = "open_item"
    LAST_PERSON = "last_person"
    ORDER = "order"
    NO_SHIELD = "no_shield"
    SAME_PERSON = "same_person"
    NOT_WANTED = "not_wanted"
    GROUNDS = "grounds"
    ALTERNATIVES = "alternatives"
    UNCOUNTED = "uncounted"
    TOO_MANY = "too_many"
    DRILL = "drill"
    DEED = "deed"
    OWNED = "owned"
    BLAMELESS = "blameless"


class ShutError(Exception):
    """A gate is shut; `gates` says which."""

    def __init__(self, *gates: Gate) -> None:
        super().__init__(*gates)
        self.gates = gates


@dataclass(frozen=True, slots=True)
class Question:
    """One act that was put to the member: the answer, and for how many days it has been asked."""

    state: ConsentState
    days: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the state of a case follows from."""

    seats: frozenset[Seat] = frozenset()
    items: Mapping[str, ItemState] = field(default_factory=dict)
    places: Sequence[PlaceState] = ()
    questions: Sequence[Question] = ()
    has_answer: bool = False  # the member wrote, or answered a question
    is_danger: bool = False
    is_closed: bool = False
    is_reopened: bool = False
    has_retention: bool = False
    has_overdue_check_in: bool = False

    def settled(self, code: str) -> bool:
        """Whether an item is done, or was said to be not needed."""
        return self.items.get(code, ItemState.OPEN) in SETTLED


# --- the checklist --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be done: its code is `<step>.<what>`."""

    code: str
    needs_consent: bool = False
    needs_two: bool = False
    clock: Clock | None = None

    @property
    def is_by_deed(self) -> bool:
        """Whether the house itself knows if this was done: then nobody's word stands for it."""
        return self.code in BY_DEED

    @property
    def step(self) -> str:
        """The step that it belongs to."""
        return self.code.partition(".")[0]


STEPS: Final = ("first", "contact", "remove", "trace", "leaker", "notice", "support", "end")
FIRST_LETTER: Final = "contact.letter"
CONFLICTS: Final = "first.conflicts"
TRIED: Final = "contact.tried"
STABLE: Final = "end.stable"
PLAN: Final = "end.check_ins"
LOOK_BACK: Final = "end.look_back"
SUSPENDED: Final = "leaker.suspend"

BY_DEED: Final = frozenset(
    {
        CONFLICTS,
        FIRST_LETTER,
        LOOK_BACK,
        STABLE,
        SUSPENDED,
        "first.captured",
        "first.team",
        "leaker.removal",
        "notice.aid",
        "notice.signed",
        "notice.wording",
        "remove.again",
        "remove.drafts",
        "remove.places",
        "remove.purge",
        "remove.sent",
        "remove.sweep",
        "trace.level",
        "trace.set",
        "trace.wanted",
    }
)

CHECKLISTS: Final[Mapping[int, tuple[Item, ...]]] = {
    1: (
        Item(CONFLICTS, clock=Clock.TEAM),
        Item("first.danger"),
        Item("first.captured"),
        Item("first.placeholder"),
        Item("first.team"),
        Item("first.special"),
        Item("contact.route"),
        Item("contact.taken_over"),
        Item(FIRST_LETTER, clock=Clock.FIRST_LETTER),
        Item("contact.asked"),
        Item("contact.limits"),
        Item(TRIED, clock=Clock.NO_ANSWER),
        Item("remove.purge", needs_two=True, clock=Clock.PURGE),
        Item("remove.places"),
        Item("remove.harm"),
        Item("remove.who_asks", needs_consent=True),
        Item("remove.drafts", clock=Clock.DRAFT),
        Item("remove.sent", needs_consent=True, clock=Clock.SEND),
        Item("remove.again", clock=Clock.LOOK_AGAIN),
        Item("remove.stop"),
        Item("remove.sweep"),
        Item("trace.wanted", needs_consent=True),
        Item("trace.record"),
        Item("trace.diary", needs_consent=True),
        Item("trace.set", needs_two=True),
        Item("trace.level", needs_two=True),
        Item(SUSPENDED, clock=Clock.SUSPEND),
        Item("leaker.stolen"),
        Item("leaker.removal", needs_two=True),
        Item("leaker.inviter"),
        Item("leaker.moderator", needs_two=True),
        Item("notice.aid"),
        Item("notice.wording", needs_consent=True),
        Item("notice.signed", needs_two=True),
        Item("support.accounts"),
        Item("support.platforms"),
        Item("support.plan"),
        Item("support.ways_on"),
        Item("support.team"),
        Item("end.our_breach", clock=Clock.OUR_BREACH),
        Item(STABLE, needs_two=True),
        Item(PLAN, clock=Clock.CHECK_IN),
        Item(LOOK_BACK, clock=Clock.LOOK_BACK),
    )
}


def checklist(version: int) -> tuple[Item, ...]:
    """The items of one version."""
    return CHECKLISTS[version]


# --- the state ------------------------------------------------------------------------------------


def state(facts: Facts) -> State:  # noqa: PLR0911 - one return a state is the table itself
    """Where a case stands; it leaves each state only by what RESPONSE.md §2 asks for."""
    if facts.is_closed:
        return State.CLOSED
    has_team = {Seat.LEAD, Seat.SECOND} <= facts.seats or Seat.TRUSTEE in facts.seats
    if not has_team or not facts.settled(CONFLICTS):
        return State.HOLDING
    if facts.is_reopened and not facts.settled(STABLE):
        return State.RESPONDING
    if not facts.has_answer and not facts.settled(TRIED):
        return State.CONTACTING
    if not is_answered(facts) or any(p not in FINAL_PLACES | WAITING_PLACES for p in facts.places):
        return State.RESPONDING
    has_open_place = any(place in WAITING_PLACES for place in facts.places)
    if has_open_place or facts.is_danger or not facts.settled(STABLE):
        return State.STABILISED
    return State.FOLLOW_UP if not facts.settled(PLAN) else State.LOOK_BACK


def is_answered(facts: Facts) -> bool:
    """Whether every act that was proposed has an answer."""
    return all(question.state not in OPEN_QUESTIONS for question in facts.questions)


# --- gates ----------------------------------------------------------------------------------------

PLACE_MOVES: Final[Mapping[PlaceState, frozenset[PlaceState]]] = {
    PlaceState.SEEN: frozenset({PlaceState.CAPTURED, PlaceState.LEFT_ALONE}),
    PlaceState.CAPTURED: frozenset({PlaceState.DRAFTED, PlaceState.GONE, PlaceState.LEFT_ALONE}),
    PlaceState.DRAFTED: frozenset({PlaceState.ASKED, PlaceState.GONE, PlaceState.LEFT_ALONE}),
    PlaceState.ASKED: frozenset({PlaceState.SENT, PlaceState.GONE, PlaceState.LEFT_ALONE}),
    PlaceState.SENT: frozenset({PlaceState.ANSWERED, PlaceState.GONE, PlaceState.REFUSED}),
    PlaceState.ANSWERED: frozenset({PlaceState.GONE, PlaceState.REFUSED, PlaceState.LEFT_ALONE}),
    # Looked at again, it may stand there as before.
    PlaceState.GONE: frozenset({PlaceState.SEEN}),
    PlaceState.REFUSED: frozenset({PlaceState.SEEN, PlaceState.GONE, PlaceState.LEFT_ALONE}),
    PlaceState.LEFT_ALONE: frozenset({PlaceState.SEEN, PlaceState.GONE}),
}

ANSWERS: Final = frozenset(
    {
        ConsentState.YES,
        ConsentState.NO,
        ConsentState.NOT_NOW,
        ConsentState.ASK_ON,
        ConsentState.DECIDE,
    }
)


@dataclass(frozen=True, slots=True)
class LegalDuty:
    """The only exception from consent: a duty by law, recorded by two people with a reason."""

    people: frozenset[int]
    reason: str

    @property
    def is_whole(self) -> bool:
        """Whether two people stand for it and a reason is given."""
        return len(self.people) > 1 and is_reason(self.reason)


def moved(
    place: PlaceState,
    wanted: PlaceState,
    consent: ConsentState | None,
    duty: LegalDuty | None = None,
) -> PlaceState:
    """The state of a place after a move.

    Raises:
        ShutError: when the move is not the next one, or tells an outsider without consent.
    """
    if wanted not in PLACE_MOVES[place]:
        raise ShutError(Gate.ORDER)
    if wanted is PlaceState.SENT and not may_act_outside(consent, duty):
        raise ShutError(Gate.ACT_OUTSIDE)
    return wanted


def may_act_outside(consent: ConsentState | None, duty: LegalDuty | None = None) -> bool:
    """Whether an act that tells an outsider is allowed: yes to this act, or the law's demand.

    "Decide for me" counts as a yes: the page says within which limits, and who decides.
    """
    if duty is not None and duty.is_whole:
        return True
    return consent in {ConsentState.YES, ConsentState.DECIDE}


def answered(before: ConsentState, answer: ConsentState) -> ConsentState:
    """The state of a question after the member's word; a yes can always be withdrawn.

    Raises:
        ShutError: when there is nothing to answer or to withdraw.
    """
    if answer is ConsentState.WITHDRAWN:
        if before not in {ConsentState.YES, ConsentState.DECIDE}:
            raise ShutError(Gate.ORDER)
        return answer
    if before is ConsentState.NOT_ASKED or answer not in ANSWERS:
        raise ShutError(Gate.ORDER)
    return answer


def is_reason(text: str) -> bool:
    """Whether a typed reason says something."""
    return len(set(text.split())) > 1 and len(text.strip()) >= REASON_SIGNS


def erasing(*, is_captured: bool, is_never_stored: bool) -> tuple[Gate, ...]:
    """What keeps a text from being erased: it was not captured, though it may be kept."""
    return () if is_captured or is_never_stored else (Gate.CAPTURE_FIRST,)


def removing_account(people: frozenset[int], *, has_statement: bool) -> tuple[Gate, ...]:
    """What keeps an account from being removed for good."""
    gates = () if len(people) > 1 else (Gate.SECOND_PERSON,)
    return gates if has_statement else (*gates, Gate.STATEMENT)


def noticing(signatures: frozenset[int], *, is_linted: bool) -> tuple[Gate, ...]:
    """What keeps a notice from being shown."""
    gates = () if len(signatures) > 1 else (Gate.SECOND_PERSON,)
    return gates if is_linted else (*gates, Gate.LINT)


def closing(facts: Facts) -> tuple[Gate, ...]:
    """What keeps a case from being closed."""
    shut = {
        Gate.OVERDUE_CHECK_IN: facts.has_overdue_check_in,
        Gate.YOUNG_QUESTION: any(
            question.state in OPEN_QUESTIONS and question.days < ANSWER_DAYS
            for question in facts.questions
        ),
        Gate.RETENTION: not facts.has_retention,
        Gate.OPEN_PLACE: any(place not in FINAL_PLACES for place in facts.places),
        Gate.DANGER: facts.is_danger,
        Gate.OPEN_ITEM: any(one not in SETTLED for one in facts.items.values()),
    }
    return tuple(gate for gate, is_shut in shut.items() if is_shut)


def leaving(seats_left: frozenset[Seat]) -> tuple[Gate, ...]:
    """What keeps somebody from leaving a case: nobody would be left who leads it."""
    leads = {Seat.LEAD, Seat.SECOND, Seat.TRUSTEE}
    return () if seats_left & leads else (Gate.LAST_PERSON,)
