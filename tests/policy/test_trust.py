"""The ladder: good conduct never costs trust, and no step is passed over."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policy.trust import (
    LADDER,
    STEPS,
    Count,
    Record,
    Step,
    earned,
    ladder_of,
    next_step,
    rows_of,
    wants,
)
from app.policy.vocabulary import Trust

amounts = st.integers(min_value=0, max_value=200)
records = st.builds(Record, *[amounts] * 5)
steps = st.builds(Step, *[amounts] * 5)
ladders = st.fixed_dictionaries(dict.fromkeys(STEPS, steps))
GOOD = [count for count in Count if count is not Count.UPHELD]


@given(records, ladders, st.sampled_from(GOOD), amounts)
def test_good_conduct_never_costs_trust(
    record: Record, ladder: dict[Trust, Step], count: Count, more: int
) -> None:
    better = replace(record, **{count.value: getattr(record, count) + more})
    assert earned(better, ladder) >= earned(record, ladder)


@given(records, ladders, amounts)
def test_a_decision_against_a_post_never_earns_trust(
    record: Record, ladder: dict[Trust, Step], more: int
) -> None:
    worse = replace(record, upheld=record.upheld + more)
    assert earned(worse, ladder) <= earned(record, ladder)


@given(records, ladders)
def test_a_level_is_earned_when_it_and_all_below_are(
    record: Record, ladder: dict[Trust, Step]
) -> None:
    level = earned(record, ladder)
    for step in STEPS:
        is_met = all(want.is_met for want in wants(record, ladder[step]))
        if step <= level:
            assert is_met
        elif step == next_step(level):
            assert not is_met


@given(ladders)
def test_a_ladder_comes_back_from_its_numbers(ladder: dict[Trust, Step]) -> None:
    assert ladder_of([list(row) for row in rows_of(ladder)]) == ladder


@pytest.mark.parametrize("level", STEPS)
def test_each_step_of_the_first_ladder_asks_for_more(level: Trust) -> None:
    below = LADDER.get(Trust(level - 1), Step(0, 0, 0, 0, upheld=99))
    for count in GOOD:
        assert getattr(LADDER[level], count) >= getattr(below, count)
    assert LADDER[level].upheld <= below.upheld


def test_nothing_counts_what_somebody_reads() -> None:
    assert {count.value for count in Count} == {
        "days",
        "days_written",
        "thanked_by",
        "vouched_by",
        "upheld",
    }
