"""The state of a case and its gates: pure, and held by whatever Hypothesis thinks of."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases import workflow
from app.cases.words import ConsentState, ItemState, PlaceState, Seat
from app.cases.workflow import Facts, Gate, LegalDuty, Question, ShutError, State

DONE, OPEN = ItemState.DONE, ItemState.OPEN
ALL_DONE: Final = {item.code: DONE for item in workflow.checklist(1)}
SETTLED: Final = Facts(
    seats=frozenset({Seat.LEAD, Seat.SECOND}),
    items=ALL_DONE,
    places=(PlaceState.GONE,),
    questions=(Question(ConsentState.YES),),
    has_answer=True,
    has_retention=True,
)

facts = st.builds(
    Facts,
    seats=st.frozensets(st.sampled_from(Seat)),
    items=st.dictionaries(st.sampled_from(sorted(ALL_DONE)), st.sampled_from(ItemState)),
    places=st.lists(st.sampled_from(PlaceState), max_size=4),
    questions=st.lists(
        st.builds(Question, st.sampled_from(ConsentState), st.integers(0, 30)), max_size=4
    ),
    has_answer=st.booleans(),
    is_danger=st.booleans(),
    is_closed=st.booleans(),
    is_reopened=st.booleans(),
    has_retention=st.booleans(),
    has_overdue_check_in=st.booleans(),
)


def without(code: str) -> Facts:
    """Everything settled but one point."""
    return replace(SETTLED, items={**ALL_DONE, code: OPEN})


@pytest.mark.parametrize(
    ("given_facts", "expected"),
    [
        (Facts(), State.HOLDING),
        (replace(SETTLED, seats=frozenset({Seat.LEAD, Seat.CONTACT})), State.HOLDING),
        (without(workflow.CONFLICTS), State.HOLDING),
        (
            replace(SETTLED, has_answer=False, items={**ALL_DONE, workflow.TRIED: OPEN}),
            State.CONTACTING,
        ),
        (replace(SETTLED, has_answer=False), State.LOOK_BACK),
        (replace(SETTLED, places=(PlaceState.SEEN,)), State.RESPONDING),
        (replace(SETTLED, questions=(Question(ConsentState.ASKED),)), State.RESPONDING),
        (replace(SETTLED, places=(PlaceState.SENT,)), State.STABILISED),
        (replace(SETTLED, is_danger=True), State.STABILISED),
        (without(workflow.STABLE), State.STABILISED),
        (without(workflow.PLAN), State.FOLLOW_UP),
        (SETTLED, State.LOOK_BACK),
        (replace(SETTLED, is_closed=True), State.CLOSED),
        (replace(without(workflow.STABLE), is_reopened=True), State.RESPONDING),
    ],
)
def test_each_state_is_left_only_by_what_it_waits_for(given_facts: Facts, expected: State) -> None:
    assert workflow.state(given_facts) is expected


@given(facts)
def test_a_case_that_may_be_closed_has_nothing_open(case: Facts) -> None:
    if workflow.closing(case):
        return
    assert not case.is_danger
    assert case.has_retention
    assert all(one in workflow.SETTLED for one in case.items.values())
    assert all(place in workflow.FINAL_PLACES for place in case.places)


@given(facts)
def test_no_case_with_danger_or_an_open_question_reaches_the_follow_up(case: Facts) -> None:
    late = {State.FOLLOW_UP, State.LOOK_BACK}
    if case.is_danger or not workflow.is_answered(case):
        assert workflow.state(case) not in late


@pytest.mark.parametrize(
    ("change", "gate"),
    [
        ({"is_danger": True}, Gate.DANGER),
        ({"has_retention": False}, Gate.RETENTION),
        ({"has_overdue_check_in": True}, Gate.OVERDUE_CHECK_IN),
        ({"places": (PlaceState.ANSWERED,)}, Gate.OPEN_PLACE),
        ({"questions": (Question(ConsentState.ASKED, 13),)}, Gate.YOUNG_QUESTION),
        ({"items": {**ALL_DONE, "support.team": ItemState.BLOCKED}}, Gate.OPEN_ITEM),
    ],
)
def test_each_gate_of_closing_is_shut_by_its_own_fact(
    change: dict[str, object], gate: Gate
) -> None:
    assert workflow.closing(SETTLED) == ()
    assert workflow.closing(replace(SETTLED, **change)) == (gate,)


def test_a_question_of_fourteen_days_no_longer_keeps_a_case_open() -> None:
    old = replace(SETTLED, questions=(Question(ConsentState.ASKED, 14),))
    assert workflow.closing(old) == ()


words = st.sampled_from([*ConsentState])
moves = st.lists(st.one_of(words, st.sampled_from([*PlaceState])), max_size=40)


@given(moves)
def test_nothing_is_ever_sent_outside_without_a_yes_that_still_stands(
    steps: list[ConsentState | PlaceState],
) -> None:
    place, consent = PlaceState.SEEN, ConsentState.ASKED
    for step in steps:
        try:
            if isinstance(step, ConsentState):
                consent = workflow.answered(consent, step)
            else:
                place = workflow.moved(place, step, consent)
        except ShutError:
            continue
        if step is PlaceState.SENT:
            assert consent in {ConsentState.YES, ConsentState.DECIDE}


@given(st.frozensets(st.integers(1, 3)), st.text(max_size=30))
def test_the_duty_by_law_needs_two_people_and_a_reason(people: frozenset[int], why: str) -> None:
    duty = LegalDuty(people, why)
    allowed = workflow.may_act_outside(ConsentState.NO, duty)
    assert allowed == (len(people) > 1 and workflow.is_reason(why))


def test_a_yes_can_be_withdrawn_and_silence_is_no() -> None:
    assert not workflow.may_act_outside(None)
    assert not workflow.may_act_outside(ConsentState.ASKED)
    assert workflow.answered(ConsentState.YES, ConsentState.WITHDRAWN) is ConsentState.WITHDRAWN
    assert not workflow.may_act_outside(ConsentState.WITHDRAWN)
    with pytest.raises(ShutError):
        workflow.answered(ConsentState.NO, ConsentState.WITHDRAWN)


def test_the_other_gates_say_what_is_missing() -> None:
    assert workflow.erasing(is_captured=False, is_never_stored=False) == (Gate.CAPTURE_FIRST,)
    assert workflow.erasing(is_captured=False, is_never_stored=True) == ()
    one, two = frozenset({1}), frozenset({1, 2})
    assert workflow.removing_account(one, has_statement=False) == (
        Gate.SECOND_PERSON,
        Gate.STATEMENT,
    )
    assert workflow.removing_account(two, has_statement=True) == ()
    assert workflow.noticing(one, is_linted=False) == (Gate.SECOND_PERSON, Gate.LINT)
    assert workflow.leaving(frozenset({Seat.CONTACT})) == (Gate.LAST_PERSON,)
    assert workflow.leaving(frozenset({Seat.SECOND})) == ()


@pytest.mark.parametrize("text", ["", "because", "aaaaaaaaaaaa", "x x x x x x x"])
def test_a_key_held_down_is_no_reason(text: str) -> None:
    assert not workflow.is_reason(text)
    assert workflow.is_reason("to write the request to the host")
