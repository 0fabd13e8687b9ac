"""What was changed in a text is found word by word, and nothing of either side is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.moderation.changes import Change, changes


def test_a_changed_word_stands_between_those_that_stayed() -> None:
    assert changes("He lives in Graz today.", "He lives somewhere today.") == [
        Change("He lives ", "He lives "),
        Change("in Graz ", "somewhere "),
        Change("today.", "today."),
    ]


@given(st.text(alphabet="ab \n", max_size=60), st.text(alphabet="ab \n", max_size=60))
def test_both_sides_are_whole_again_when_joined(before: str, after: str) -> None:
    found = changes(before, after)
    assert "".join(change.before for change in found) == before
    assert "".join(change.after for change in found) == after
