"""What people say of shows, sayings, colleagues and each other's posts names nobody in private."""

import pytest

from app.policy.dispositions import Disposition, dispose
from app.policy.vocabulary import Trust
from app.screening.engine import screen


def is_flagged(text: str) -> bool:
    return dispose(screen(text), Trust.KNOWN) is not Disposition.PUBLISH


@pytest.mark.parametrize(
    "text",
    [
        "The guard mistook a toy revolver for the real thing.",
        "Honour wears different coats to different eyes. Barbara Tolman",
        "You won the raffle! DM me your address and the prize is yours",
        "Then they hired Jimmy Corrigan, an old friend from Leeds.",
        "Kestrel is magnetic as Ophelia.",
        "Some plays drag despite their charm, and Heaven is one such beast.",
        "@wren Can you share this with the rest of @owl",
        "Great app, via @wren - Me: Hidden at the bottom of the tumblr page.",
        "What can you learn from the tides?",
        "what else can you say about a kettle that works for both of you?",
        "in the end it did push me to find a work-around solution.",
        "For those who are wondering @wren may sing in any key",
        "He states at one point in this talk that maths is fun.",
        "have written to them (customerservice@brillkettles.com), no answer",
    ],
)
def test_ordinary_talk_is_left_alone(text: str) -> None:
    assert not is_flagged(text)


@pytest.mark.parametrize(
    "text",
    [
        "the review was written by our former cook, a Stanislav Petrenko, sacked in May",
        "@saltmarsh_9 and @otter_two share a keyboard, same person",
        "Where does she come from? Anyone know which street @wren works on?",
        "Drop her home address, the courier is ready",
        "what is his real name? winner gets 50 bucks",
        "I ordered something nice, someone give me her address",
        "wren at kestrelmail point com, write to her",
        "She works for Morgan Stanley in Dunmere, on the till",
    ],
)
def test_what_looks_like_it_and_exposes_is_found(text: str) -> None:
    assert is_flagged(text)
