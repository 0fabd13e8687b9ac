"""Reads the identity phrases: who asks for a person, who is where, who threatens, who is who.

A pattern says that such a phrase may stand here. Whether it does is weighed from its parts, which
may stand in any order: whom it speaks of, a place and a time, what is asked for, a condition.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import re2

from app.screening.detectors.matched import (
    candidate_of,
    clause,
    sentence_start,
    token_at,
    trimmed,
    weigh_public,
    weigh_spoken,
)
from app.screening.findings import About, Category
from app.screening.grammar import bit
from app.screening.lexicon import (
    AGENT,
    CAMEL_SYMBOL,
    COMMON,
    FAMILY,
    GIVEN,
    HANDLE_SYMBOL,
    INSTITUTION,
    KIN,
    NEGATION,
    NUMBER_WORD,
    PARENT,
    PLURAL,
    PUBLIC,
    ROLE,
    SECOND,
    SELF,
    SPOT,
    STOP,
    SURNAME,
    THIRD,
    TIME,
    Compiled,
)
from app.screening.readers import account_from
from app.screening.scene import Candidate, Scene
from app.screening.scoring import CLAUSE
from app.screening.tokens import View

AHEAD: Final = 16  # tokens behind a phrase in which its place and time may stand
BEHIND: Final = 20  # tokens around a pronoun in which it may be said whose family it is
_ENDS: Final = frozenset("!?;\n")


class Person(NamedTuple):
    """Whom a phrase speaks of, by which rule, and how much that weighs."""

    rule: str
    weight: int
    about: About


_NOBODY: Final = Person("owner.none", -12, About.PERSON)
_OURS: Final = Person("owner.family", -30, About.SELF)


def asked(scene: Scene, pattern: Compiled, found: re2._Match[str]) -> Candidate | None:
    """Return the request for what would identify somebody, weighed."""
    first, last = trimmed(scene, *found.span())
    candidate = candidate_of(
        scene,
        Category.SOLICITATION,
        *clause(scene, first, last),
        f"solicitation.{pattern.strength}",
    )
    candidate.about = About.MEMBER if found.groupdict().get("you") is not None else About.PERSON
    flags = scene.view.flags
    inside = flags[first:last]
    if any(flag & PLURAL for flag in inside) and not any(flag & THIRD for flag in inside):
        candidate.add("owner.plural", -20)
    if pattern.strength == "sought" and found.groupdict().get("you") is None:
        person = _strongest(scene, first, last)
        if person.weight < 0:
            candidate.add(person.rule, 2 * person.weight)
    count = scene.public_near(first, last) + sum(1 for flag in inside if flag & PUBLIC)
    if count:
        candidate.add("public", -14 if count == 1 else -24)
    is_personal = any(flag & THIRD for flag in inside)
    if any(flag & INSTITUTION for flag in flags[max(0, first - 8) : last]) and not is_personal:
        candidate.add("institution", -12)
    if first and scene.view.keys[first - 1] in _WILL:
        candidate.add("asked.reported", CLAUSE["asked.reported"])  # my boss will find this account
    if is_anybody(scene.view, first, last):
        candidate.add("owner.anybody", ANYBODY)
    before = range(max(0, first - 4), first)
    if any(flags[at] & NEGATION or scene.view.keys[at] == "t" for at in (*before, first)):
        candidate.add("negation", -30)
    scene.add_safety(candidate, first, last)
    scene.add_cues(candidate, first, first, "wanted")
    weigh_spoken(scene, candidate, last)
    return candidate


ANYBODY: Final = -30


def is_anybody(view: View, first: int, last: int) -> bool:
    """Return whether nobody in particular is meant: `his or her name`, `he/she lives`."""
    keys = view.keys
    return any(
        keys[at] in {"or", "/"} and keys[at + 1] in _HERS and keys[at - 1] in _HIS
        for at in range(max(1, first - 2), min(last + 2, len(keys) - 1))
    )


_WILL: Final = frozenset({"will", "would", "might", "may", "could", "did"})
_HIS: Final = frozenset({"he", "his", "him"})
_HERS: Final = frozenset({"she", "her", "hers"})


def linked(scene: Scene, pattern: Compiled, found: re2._Match[str]) -> Candidate | None:
    """Return what ties a pseudonym to another account, weighed by what the names look like."""
    groups = found.groupdict()
    view = scene.view
    first, last = trimmed(scene, *found.span())
    account = account_from(view, token_at(found, "account"))
    if account is None:
        return None
    last = max(last, account.last)
    candidate = candidate_of(scene, Category.ACCOUNT_LINK, first, last, "account_link")
    candidate.add("cue.likened", -6 if pattern.strength == "likened" else 0)
    candidate.add("account", _name_weight(scene, account.first))
    if groups.get("subject") is not None:
        subject = token_at(found, "subject")
        weight = _name_weight(scene, subject)
        candidate.add("subject", weight // 2 if weight > 0 else weight)
        if weight < 0 and _name_weight(scene, account.first) < 0:
            candidate.add("subject.neither", NEITHER)  # "Press Stop > Rewind"
        if _is_setting(view, subject, account.first):
            candidate.add("setting", ASSIGNMENT)
        candidate.about = About.MEMBER
    else:
        person = _strongest(scene, first, account.first)
        candidate.add(person.rule, min(person.weight, 6))
        candidate.about = person.about
    start = sentence_start(scene, first)
    if any(view.keys[at] in _I for at in range(start, account.first)) and not any(
        view.flags[at] & (THIRD | SECOND) for at in range(start, account.first)
    ):
        candidate.add("owner.self", 0)
        candidate.about = About.SELF if groups.get("subject") is None else candidate.about
    weigh_public(scene, candidate, first, last)
    return candidate


NEITHER: Final = -6  # neither word looks like what an account is called


def _is_setting(view: View, subject: int, account: int) -> bool:
    """Whether a sign of equality sets something, as in commands: `--output=FILE`, `LANG=de_DE`."""
    if "=" not in view.keys[subject + 1 : account]:
        return False
    between = view.text[view.ends[subject] : view.starts[account]]
    is_tight = not (between[:1].isspace() and between[-1:].isspace())
    word = view.text[view.starts[account] : view.ends[account]]
    return is_tight or (word.isupper() and len(word) > 1)


ASSIGNMENT: Final = -24  # what a setting takes away: two names side by side weigh no more
_I: Final = frozenset({"i", "my", "im", "our", "we"})


def _name_weight(scene: Scene, at: int) -> int:  # noqa: PLR0911  # each way out is one case
    """Return how much a word looks like what an account is called."""
    view = scene.view
    symbol, flag, key = view.symbols[at], view.flags[at], view.keys[at]
    if symbol == HANDLE_SYMBOL:
        return 10
    if symbol == CAMEL_SYMBOL:
        return 8
    if not key[0].isalpha() or flag & (STOP | THIRD | SELF | SECOND | PLURAL):
        return -30
    is_quoted = at > 0 and view.keys[at - 1] in {'"', "'", "*"}
    if _is_hyphened(scene, at):
        return 6
    if not flag:
        if scene.lexicon.is_compound(key):
            return 8
        if key.endswith(VERBAL) and not is_quoted and not view.is_capital(at):
            return -6  # "the account was hacked"
        return 6 if is_quoted or not view.is_capital(at) else 4
    if is_quoted:
        return 5
    if flag & COMMON:
        return -6 if view.is_capital(at) else -22
    return -6


VERBAL: Final = ("ed", "ing")  # how English verbs end


def _is_hyphened(scene: Scene, at: int) -> bool:
    """Return whether a word is part of several in one: `ashes-and-ivy`."""
    view = scene.view
    return (view.keys[at + 1 : at + 2] == ["-"] and view.starts[at + 1] == view.ends[at]) or (
        at > 0 and view.keys[at - 1] == "-" and view.ends[at - 1] == view.starts[at]
    )


def placed(
    scene: Scene, pattern: Compiled, found: re2._Match[str]
) -> Candidate | None:  # one grammar, read from top to bottom
    """Return where somebody can be met, weighed by person, place and time."""
    view = scene.view
    first, last = trimmed(scene, *found.span())
    start, end = sentence_start(scene, first), _sentence_end(scene, last)
    spots, times = _spots(scene, first, end), _times(scene, start, end)
    if not spots and not times:
        return None
    reach = max([last, *(at + 1 for at in (*spots, *times))])
    begin = min([first, *times])
    candidate = candidate_of(scene, Category.WHEREABOUTS, begin, reach, "whereabouts")
    candidate.add(f"cue.{pattern.strength}", _PLACED[pattern.strength])
    person = _first(scene, first, last)
    candidate.add(person.rule, person.weight)
    candidate.about = person.about
    is_named = any(view.is_capital(at) for at in spots)
    if spots and times:
        candidate.add("place_and_time", 8 if is_named else 4)
    elif not spots:
        candidate.add("no_place", -12)
    elif not is_named:
        candidate.add("no_time", -22)
    else:
        candidate.add("no_time", -16)
    if any(view.keys[at] in _TOWARDS_ME for at in range(last, reach)):
        candidate.add("own_place", -24)
    if any(view.flags[at] & NEGATION for at in range(first, last)):
        candidate.add("negation", -8)
    scene.add_cues(candidate, first, reach, "pointing")
    weigh_household(scene, candidate, reach, end)
    inside = [at for at in range(start, end) if view.flags[at] & PUBLIC]
    if inside:
        candidate.add("public", -14 if len(inside) == 1 else -26)
    return candidate


def weigh_household(scene: Scene, candidate: Candidate, last: int, high: int) -> None:
    """Take away where the author tells how his own days go with it, or of a bygone year."""
    view = scene.view
    after = view.keys[last:high]
    if not _MINE.isdisjoint(after) and _WATCHING.isdisjoint(after):
        candidate.add("where.at_ours", CLAUSE["where.at_ours"])  # he's out at six, I get the bath
    if any(len(key) == 4 and key.isdigit() and "1900" < key < "2024" for key in after):  # a year
        candidate.add("where.that_year", CLAUSE["where.that_year"])


_MINE: Final = frozenset({"i", "my", "we", "our", "myself", "ourselves"})
_WATCHING: Final = frozenset(
    ["was", "were", "know", "saw", "seen", "checked", "watched", "watch", "followed"]
)
_REACHING: Final = frozenset({"leaves", "visits", "attends", "passes", "enters", "does"})
_PLACED: Final = {"pointed": 4, "seen": -8, "hinted": -14}
_TOWARDS_ME: Final = frozenset({"my", "me", "us", "our", "we", "i"})


def _sentence_end(scene: Scene, at: int) -> int:
    """Return where the sentence of a token ends, some words behind it at most."""
    view = scene.view
    end = at
    while end < len(view.keys) and end < at + AHEAD and view.symbols[end] not in _ENDS:
        if view.symbols[end] == "." and not (
            end + 1 < len(view.keys) and view.keys[end + 1][0].isdigit()
        ):
            break
        end += 1
    return end


def _spots(scene: Scene, first: int, end: int) -> list[int]:
    """Return the words that say where: names and kinds of places behind a preposition."""
    view = scene.view
    found: list[int] = []
    is_after = False
    for at in range(first, end):
        key, flag = view.keys[at], view.flags[at]
        if key in _WHERE or key in _REACHING:
            is_after = True
            continue
        if not is_after or not key[0].isalpha() or flag & TIME:
            continue
        is_name = view.is_capital(at) and not flag & STOP and not flag & (THIRD | SELF)
        if is_name or flag & (INSTITUTION | SPOT):
            found.append(at)
    return found


def _times(scene: Scene, first: int, end: int) -> list[int]:
    """Return the words that say when: days, parts of the day, the clock."""
    view = scene.view
    found: list[int] = []
    for at in range(first, end):
        key, flag = view.keys[at], view.flags[at]
        if flag & TIME and view.keys[at + 1 : at + 3] == ["'", "s"]:
            continue  # "today's race" says of the race when it is
        if flag & TIME:
            found.append(at)
        elif key in _MOMENT and at + 1 < end and view.keys[at + 1] in _MOMENT[key]:
            found.append(at + 1)
        elif key[0].isdigit() or flag & NUMBER_WORD:
            before = view.keys[at - 1] if at else ""
            after = view.keys[at + 1] if at + 1 < len(view.keys) else ""
            is_clock = (
                (after in {":", "."} and at + 2 < end and view.keys[at + 2][0].isdigit())
                or after in {"am", "pm", "ish", "sharp", "o"}
                or key.endswith(("am", "pm"))
                or (
                    (before in _CLOCK or (before == "," and at > 1 and view.flags[at - 2] & TIME))
                    and after not in _COUNTED
                    and not (at + 1 < len(view.flags) and view.flags[at + 1] & (SPOT | AGENT))
                )
            )
            if is_clock:
                found.append(at)
    return found


_CLOCK: Final = frozenset(
    [
        "at",
        "around",
        "about",
        "by",
        "after",
        "till",
        "until",
        "past",
        "from",
        "half",
        "to",
        "before",
        ",",
        "quarter",
        "gone",
    ]
)
_COUNTED: Final = frozenset(
    ["%", "th", "of", "percent", "years", "year", "euros", "pounds", "dollars", "people"]
)
_MOMENT: Final = {
    "right": frozenset({"now"}),
    "just": frozenset({"now"}),
    "this": frozenset({"morning", "evening", "afternoon", "week"}),
    "every": frozenset({"day", "week", "time", "shift"}),
    "all": frozenset({"day", "week"}),
    "each": frozenset({"day", "week"}),
    "most": frozenset({"days"}),
    "an": frozenset({"hour"}),
    "we": frozenset({"speak"}),
    "before": frozenset({"work", "school", "class"}),
    "after": frozenset({"work", "school", "class", "training"}),
    "lunch": frozenset({"break"}),
}
_WHERE: Final = frozenset(
    [
        "at",
        "in",
        "on",
        "outside",
        "near",
        "by",
        "from",
        "to",
        "past",
        "along",
        "opposite",
        "behind",
        "inside",
        "round",
        "around",
        "up",
        "down",
        "through",
        "into",
        "off",
        "next",
        "over",
        "across",
        "under",
        "upstairs",
        "downstairs",
    ]
)


_ADVISING: Final = frozenset({"tell", "show"})
NOT_THE_READER: Final = -28
_THREATS: Final = {"said": 0, "veiled": -8, "hinted": -22}


def threatened(scene: Scene, pattern: Compiled, found: re2._Match[str]) -> Candidate | None:
    """Return the threat to expose somebody, weighed with the condition that comes with it."""
    first, last = trimmed(scene, *found.span())
    low, high = sentence_start(scene, first), _sentence_end(scene, last)
    candidate = candidate_of(scene, Category.EXPOSURE_THREAT, low, high, "exposure_threat")
    candidate.about = About.MEMBER
    candidate.add(f"cue.{pattern.strength}", _THREATS[pattern.strength])
    flags = scene.view.flags
    is_of_another = any(flag & THIRD for flag in flags[first:high])
    if is_of_another and not any(flag & (SECOND | SELF) for flag in flags[low:high]):
        candidate.add(
            "owner.not_the_reader", NOT_THE_READER
        )  # nobody needs to know where she lives
    if any(flags[at] & NEGATION for at in range(max(0, first - 3), first)):
        candidate.add("negation", -30)
    if first == low and scene.view.keys[first] in _ADVISING:
        candidate.add("threat.advice", CLAUSE["threat.advice"])  # tell everyone who you are
    if pattern.strength == "said" and "never" in scene.view.keys[first:high]:
        candidate.add("threat.advice", CLAUSE["threat.advice"])  # if your kids never saw the sea
    scene.add_cues(candidate, first, first, "pressure")
    weigh_spoken(scene, candidate, last)
    count = scene.public_near(first, last)
    if count:
        candidate.add("public", -16 * min(count, 2))
    return candidate


def _person_at(  # noqa: C901, PLR0911, PLR0912  # each way out is one case
    scene: Scene, at: int
) -> Person | None:
    view = scene.view
    flag, symbol, key = view.flags[at], view.symbols[at], view.keys[at]
    if symbol == HANDLE_SYMBOL:
        return Person("owner.handle", 14, About.MEMBER)
    if symbol == CAMEL_SYMBOL:
        return Person("owner.camel", 10, About.MEMBER)
    if not key[0].isalpha():
        return None
    if flag & THIRD and not flag & AGENT:
        return Person("owner.third", 12, About.PERSON)
    if flag & (AGENT | KIN | ROLE):
        if _is_ours(scene, at):
            return _OURS
        if is_official(scene, at):
            return Person("owner.official", -8, About.PERSON)
        return Person("owner.agent", 10, About.PERSON)
    if key.endswith("s") and scene.lexicon.flags_of(key[:-1]) & AGENT:
        return Person("owner.agents", -2, About.PERSON)
    if flag & PLURAL:
        return Person("owner.plural", -2, About.PERSON)
    if flag & STOP or flag & (TIME | SPOT | SELF | SECOND):
        return None
    if not flag:
        if key.endswith("s") and not view.is_capital(at) and view.keys[at + 1 : at + 2] != ["'"]:
            return Person("owner.things", -12, About.PERSON)
        if at > 0 and view.keys[at - 1] in {"do", "are", "did"}:
            return Person("owner.things", -12, About.PERSON)
        if scene.lexicon.is_compound(key):
            return Person("owner.compound", 10, About.MEMBER)
        if view.is_capital(at):
            return Person("owner.capital", -8, About.PERSON)
        return Person("owner.odd", -4, About.MEMBER)
    if view.is_capital(at) and flag & GIVEN and not flag & COMMON:
        return Person("owner.given", -8, About.PERSON)
    if view.is_capital(at) and flag & SURNAME and not flag & COMMON:
        return Person("owner.capital", -8, About.PERSON)
    return None


def is_official(scene: Scene, at: int) -> bool:
    """Return whether somebody is there for everybody: `the nurse`, `our vicar`, no more said."""
    keys = scene.view.keys
    return (
        at > 0
        and keys[at - 1] in _EVERYBODYS
        and keys[at + 1 : at + 2] != ["'"]
        and _SAID_MORE.isdisjoint(keys[at + 1 : at + 2])
        and any(grammar.bits.get(keys[at], 0) & _JOB for grammar in scene.lexicon.grammars)
    )


_JOB: Final = bit("job")
_EVERYBODYS: Final = frozenset({"the", "our"})
_SAID_MORE: Final = frozenset(
    ["who", "that", "from", "with", "in", "behind", "whose", "of", ",", "-"]
)


def _is_ours(scene: Scene, at: int) -> bool:
    """Return whether a member of a family is the author's own: `my mum`, `our little boy`."""
    view = scene.view
    if not view.flags[at] & FAMILY:
        return False
    if view.flags[at] & PARENT and (at == 0 or view.symbols[at - 1] in ".!?\n,"):
        return True  # Dad is in a home now
    return any(view.keys[before] in {"my", "our"} for before in range(max(0, at - 3), at))


def _first(scene: Scene, first: int, last: int) -> Person:
    """Return whom a phrase begins with; a pronoun stands for who was named around it."""
    for at in range(first, last):
        person = _person_at(scene, at)
        if person is None:
            continue
        if person.rule == "owner.third":
            around = range(max(0, first - BEHIND), min(len(scene.view.keys), last + BEHIND))
            if any(_is_ours(scene, other) for other in around):
                return _OURS
        return person
    return _NOBODY


def _strongest(scene: Scene, first: int, last: int) -> Person:
    """Return the best evidence in a phrase that it speaks of a person."""
    best = _NOBODY
    for at in range(first, last):
        person = _person_at(scene, at)
        if person is not None and person.weight > best.weight:
            best = person
    return best


FRAMES: Final[
    Mapping[tuple[str, str], Callable[[Scene, Compiled, re2._Match[str]], Candidate | None]]
] = {
    ("solicitation", "sought"): asked,
    ("solicitation", "object"): asked,
    ("solicitation", "hinted"): asked,
    ("account_link", "named"): linked,
    ("account_link", "likened"): linked,
    ("whereabouts", "pointed"): placed,
    ("whereabouts", "seen"): placed,
    ("whereabouts", "hinted"): placed,
    ("exposure_threat", "said"): threatened,
    ("exposure_threat", "veiled"): threatened,
    ("exposure_threat", "hinted"): threatened,
}
