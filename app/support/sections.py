"""What a safety plan asks: its sections, and the questions about danger (RESPONSE.md §12). Words.

Every section may be left out, and every question as well. There is no score, and nothing here says
that a danger is low.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

DANGER: Final = "danger"  # the questions, kept like a section


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a plan: what it is called, what helps to fill it, and ticks if it has any."""

    code: str
    title: LazyString
    hint: LazyString
    ticks: Mapping[str, LazyString] = field(default_factory=dict)


SECTIONS: Final = (
    Section(
        "tonight",
        _l("How I am, and tonight"),
        _l("How are you right now? Where will you sleep? Who is near?"),
    ),
    Section(
        "known",
        _l("What may be known"),
        _l("Tick what others may know by now. Only you see this."),
        {
            "name": _l("my name"),
            "face": _l("my face"),
            "home": _l("where I live"),
            "work": _l("my work or school"),
            "phone": _l("my phone number"),
            "family": _l("my family or my children"),
            "accounts": _l("my other accounts"),
            "past": _l("what I wrote here"),
        },
    ),
    Section(
        "who",
        _l("Who could be a danger"),
        _l("No names are needed. “Somebody from work” is enough."),
    ),
    Section(
        "signs",
        _l("Signs that I should act"),
        _l("What would tell you that it gets worse? A car, a call, a tone, a feeling."),
    ),
    Section(
        "people",
        _l("People I can call"),
        _l("Who picks up at night? Who has a car, a sofa, a calm voice?"),
    ),
    Section(
        "code_word",
        _l("A code word"),
        _l("One word that means: come, or call for help. Who knows it?"),
    ),
    Section(
        "places",
        _l("Places to go, and my pets"),
        _l("Where can you go at once? Who takes the cat? What is in the bag by the door?"),
    ),
    Section("home", _l("Home"), _l("Doors, locks, light, mail, the name on the bell.")),
    Section(
        "work",
        _l("Work or school"),
        _l("Who there should know, if anybody? What should they say if somebody calls?"),
    ),
    Section(
        "devices",
        _l("Devices and accounts"),
        _l("Which come first? Can somebody else look at your phone or your mail?"),
    ),
    Section(
        "money",
        _l("Money"),
        _l("Cash for a few days, a card that is yours alone, papers in one place."),
    ),
    Section(
        "rest",
        _l("A rest from screens"),
        _l("Who could read for you for some days, and tell you only what matters?"),
    ),
    Section(
        "later",
        _l("Decisions for later"),
        _l("What need not be decided now? Write it down here, and let it go for today."),
    ),
    Section(
        "bad_moments",
        _l("Bad moments"),
        _l("What has helped before? Whom can you call when it is dark? Which crisis line?"),
    ),
    Section(
        "look_again",
        _l("When I look at this again"),
        _l("A day, or a thing that happens. Plans get old."),
    ),
)
BY_CODE: Final[Mapping[str, Section]] = {section.code: section for section in SECTIONS}

QUESTIONS: Final[Mapping[str, LazyString]] = {
    "frightened": _l("I am very frightened."),
    "threats": _l("Somebody has threatened to hurt me or mine."),
    "shown": _l("My address, my work, a school or children were shown."),
    "came": _l("Somebody came, called or waited for me."),
    "followed": _l("I have been followed before."),
    "damage": _l("Something of mine was damaged."),
    "called_in": _l("Others were asked to join in."),
    "contacted": _l("My family or my work were contacted."),
    "weapons": _l("There are weapons, or somebody is trained to use them."),
    "violence": _l("I know of violence, or of drink or drugs."),
    "close": _l("It is somebody I was with, or family."),
    "swatting": _l("Somebody talks of sending the police to my door."),
    "crime": _l("Where I live, being known is a crime or brings violence."),
    "dying": _l("I think of ending my life."),
}
DYING: Final = "dying"

# The number to call first, where it is one number for a whole country or several.
EMERGENCY: Final = (
    ("112", _l("Europe, and most mobile phones elsewhere")),
    ("911", _l("United States, Canada")),
    ("999", _l("United Kingdom")),
    ("000", _l("Australia")),
    ("111", _l("New Zealand")),
)
