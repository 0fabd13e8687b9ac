"""Which accounts are one person's, and threats to say who somebody is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from app.screening.clauses import ADVERBS, Clauses, Person
from app.screening.detectors.matched import weigh_spoken
from app.screening.findings import About, Category
from app.screening.grammar import bit
from app.screening.lexicon import NEGATION
from app.screening.scene import Candidate, Scene
from app.screening.scoring import CLAUSE

_BE, _POSTS, _OTHER, _SAME = (bit(n) for n in ("be", "posts_as", "other", "same"))
_PLATFORM, _YOU, _ME, _REVEALS = (bit(n) for n in ("platform", "you", "me", "reveals"))
_AUDIENCE, _CONDITION, _LEARNS = (bit(n) for n in ("audience", "condition", "learns"))
_TRACES, _HARD, _SHAME = (bit(n) for n in ("traces", "hard", "shame"))
_PUBLISHED: Final = bit("published")
_LIVES, _KNOW, _OWNER = bit("lives"), bit("know"), bit("owner")
_AS: Final = frozenset(
    {
        "as",
        "is",
        "=",
        "s",
        "called",
        ":",
        "be",
        "-",
        ">",
        "account",
        "alt",
        "was",
        "by",
        "herself",
        "himself",
        "username",
        "handle",
        "nick",
    }
)
SURE: Final = 8  # the weight of what can only be a pseudonym
_TOLD: Final = frozenset({"linked.joined", "linked.other", "linked.same"})
REACH: Final = 9
SHORT: Final = 5  # tokens of a question that only names somebody
_CALLS: Final = bit("calls")


def linked(scene: Scene, clauses: Clauses) -> Iterator[Candidate]:
    """Yield that one account is another one's, at most once a sentence."""
    for low, high in clauses.sentences:
        if high - low < 3:  # one, is, the other
            continue
        if not clauses.has(_JOINING, low, high) and "=" not in clauses.view.keys[low:high]:
            continue
        if low >= 2 and clauses.view.keys[low - 1] == "?":  # "Wren? Same person as …"
            before = clauses.sentence(low - 2)[0]
            begin = before if low - before <= SHORT else low
        else:
            begin = low
        candidate = _account(scene, clauses, begin, high)
        if candidate is not None:
            yield candidate


def _mentions(scene: Scene, clauses: Clauses, low: int, high: int) -> list[tuple[int, int, int]]:  # noqa: C901, PLR0912  # one grammar, read from top to bottom
    """Return what may be pseudonyms, as tokens and weight."""
    view, bits = scene.view, clauses.bits
    found: dict[int, tuple[int, int, int]] = {}
    for at in range(low, high):
        if clauses.is_account(at) and not clauses.is_hailed(at):
            found[at] = (at, at + 1, 8)
    for person in clauses.people_in(low, high):
        if person.rule in _WEIGHTS:
            found[person.first] = (person.first, person.last, _WEIGHTS[person.rule])
    for at in range(low + 1, high):
        if at in found or bits[at] or not view.keys[at][0].isalpha():
            continue
        begin = at - 1 - (view.keys[at - 1] in _QUOTES or view.keys[at - 1] == "the")
        is_of = begin > low and view.keys[begin] == "of" and bits[begin - 1] & (_ACCOUNT | _OTHER)
        is_quoted = view.keys[at - 1] in _QUOTES and view.keys[begin] in _AND
        is_at = bits[begin] & _PLATFORM and (view.is_capital(at) or not view.flags[at])
        if view.keys[begin] == "by" and view.keys[begin - 1] in _HIRED:
            continue  # employed by
        if begin < low or not (view.keys[begin] in _AS or is_of or is_quoted or is_at):
            continue
        if view.keys[at - 1] in _QUOTES:
            found[at] = (at, at + 1, 7)
        elif not view.flags[at] and len(view.keys[at]) > 4:
            is_compound = scene.lexicon.is_compound(view.keys[at])
            if is_compound or view.is_capital(at):
                found[at] = (at, at + 1, 6)
            elif not _is_described(clauses, at, begin):
                found[at] = (at, at + 1, 3)
        elif view.keys[begin] in {"as", "by"} and view.is_capital(at):
            found[at] = (at, at + 1, 4)
    return [found[at] for at in sorted(found)]


def _is_described(clauses: Clauses, at: int, begin: int) -> bool:
    """Return whether an unknown word describes or is done: "undercut by amateurish …"."""
    keys, bits = clauses.view.keys, clauses.bits
    if bits[begin] & _PLATFORM or keys[at].endswith(_DESCRIBING) or keys[at + 1 : at + 2] == ["as"]:
        return True
    if keys[begin] not in {"as", "by"}:
        return False
    return not any(
        bits[n] & (_POSTS | _CALLS | _SAME | _ONE) or keys[n] == "known"
        for n in range(max(0, begin - REACH), begin)
    )


_DESCRIBING: Final = (
    *("able", "ible", "ish", "less", "ness", "ful", "ous", "ive", "est", "ing", "ed", "ly"),
    *("ment", "tion", "ism", "ity", "ical", "ary", "ory", "age", "ance", "ence"),
)


_WEIGHTS: Final = {
    "owner.handle": 8,
    "owner.quoted": 7,
    "owner.compound": 6,
    "owner.odd": 4,
    "owner.capital": 4,
    "owner.name": 3,
}
_AND: Final = frozenset({"and", "&", "as", "is"})
_QUOTES: Final = frozenset("\"'")


def _account(scene: Scene, clauses: Clauses, low: int, high: int) -> Candidate | None:  # noqa: C901, PLR0912  # one grammar, read from top to bottom
    view, bits = scene.view, clauses.bits
    mentions = _mentions(scene, clauses, low, high)
    if not mentions or mentions[-1][0] == low:
        return None
    if len(mentions) > 1 and len({tuple(view.keys[m[0] : m[1]]) for m in mentions}) == 1:
        return None  # one account is mentioned again
    last_first, last_end, weight = mentions[-1]
    person = _other(clauses, last_first, max(low, last_first - 2 * REACH))
    signals: list[tuple[str, int]] = []
    same = next((n for n in range(low, high) if bits[n] & _SAME or _is_one(clauses, n)), None)
    if same is not None and (
        clauses.has(_ONE, same, same + 4)
        or _are_both(clauses, same, mentions)
        or (len(mentions) > 1 and same + 1 >= high and mentions[-1][1] < same)  # "are the same"
    ):
        signals.append(("linked.same", CLAUSE["linked.same"]))
    if any(
        bits[n] & _OTHER
        and not bits[n] & _SAME
        and (clauses.has(_ACCOUNT, n, n + 4) or view.keys[n] in _ALTS or _used_to(view.keys, n))
        for n in range(max(low, mentions[0][0] - 4), min(high, last_end + 6))
    ):
        signals.append(("linked.other", CLAUSE["linked.other"]))
    if any(
        (bits[n] & _POSTS and _is_posting(clauses, n))
        or (bits[n] & _CALLS and view.keys[n + 1] in {"herself", "himself"})
        for n in range(low, high - 1)
    ):
        signals.append(("linked.joined", CLAUSE["linked.joined"]))
    if any(_are_equal(clauses, one, other) for one, other in pairwise(mentions)):
        signals.append(("linked.equal", CLAUSE["linked.equal"]))
    begin = max(low, mentions[0][0] - REACH)
    places = [
        n
        for n in range(begin, min(high, last_end + 7))
        if bits[n] & _PLATFORM and (view.keys[n] != "again" or n == last_end)
    ]
    if places:
        signals.append(("linked.platform", CLAUSE["linked.platform"]))
    joins = any(
        view.keys[n] in _AS or bits[n] & _PLATFORM
        for m in mentions
        for n in range(max(low, m[0] - 3), m[0])
    )
    if person is None and weight >= SURE and any(r in _TOLD for r, _ in signals):
        person = Person(last_first, last_end, "owner.unsaid", 4, About.MEMBER)
    if not signals or person is None or (not joins and signals[0][0] != "linked.same"):
        return None
    # an ordinary word
    if [rule for rule, _ in signals] == ["linked.platform"] and len(mentions) == 1 and weight < 6:
        return None
    first = min(mentions[0][0], person.first if person.first >= low else last_first)
    last = max(last_end, min(high, places[-1] + 1) if places else 0)
    while view.keys[last : last + 1] == ["-"] and view.starts[last] == view.ends[last - 1]:
        last = min(high, last + 2)  # jessie-loves-shoes
    candidate = scene.candidate(
        Category.ACCOUNT_LINK, view.starts[first], view.ends[last - 1], "clause"
    )
    candidate.add("linked", CLAUSE["linked"])
    candidate.add("account", weight)
    candidate.add(person.rule, person.weight)
    candidate.about = person.about
    for rule, tenths in signals:
        candidate.add(rule, tenths)
    if clauses.is_fiction(first, last):
        candidate.add("fiction", CLAUSE["fiction"])
    count = scene.public_near(first, last)
    if count:
        candidate.add("public", -14 if count == 1 else -24)
    return candidate


def _are_both(clauses: Clauses, at: int, mentions: list[tuple[int, int, int]]) -> bool:
    """`A and B are both her`, `A and B share a keyboard`."""
    keys = clauses.view.keys
    is_told = keys[at] == "share" or (keys[at + 1 : at + 2] or [""]) in _BOTH_OF
    are_two = len(mentions) > 1 and (
        at > mentions[0][0] if keys[at] == "both" else at >= mentions[1][1]
    )
    return keys[at] in {"both", "share"} and is_told and are_two  # not "@wren, share it with @owl"


_BOTH_OF: Final = ([""], ["her"], ["him"], ["hers"], ["his"], ["the"], ["one"], ["run"], ["."])


def _are_equal(clauses: Clauses, one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    """Whether one pseudonym `is` or `=` another, both sure to be pseudonyms."""
    between = range(one[1], other[0])
    keys, bits = clauses.view.keys, clauses.bits
    first = next((at for at in between if keys[at] not in _QUOTES), None)
    if first is None:
        return False
    joins = bits[first] & (_BE | ADVERBS) or keys[first] in {"=", "?", "s", ","}
    joins = joins and any(bits[at] & _BE or keys[at] == "=" for at in between)
    return bool(joins) and len(between) <= 4 and min(one[2], other[2]) >= 6  # few words, sure names


def _is_posting(clauses: Clauses, at: int) -> bool:
    """`posts as`, `goes here by`, `is online as`; not `is magnetic as`, `is as dull as`."""
    keys, bits = clauses.view.keys, clauses.bits
    if keys[at + 1] in _AS_WHAT:
        return not bits[at] & _BE or "as" not in keys[at + 2 : at + 5]
    if keys[at + 2 : at + 3] == [] or keys[at + 2] not in _AS_WHAT:
        return False
    return not bits[at] & _BE or bool(bits[at + 1] & (_PLATFORM | ADVERBS | _OFFLINE))


_OFFLINE: Final = bit("offline", "now")
_AS_WHAT: Final = frozenset({"as", "by", "under"})


def _used_to(keys: list[str], at: int) -> bool:
    return keys[at] == "used" and keys[at + 1 : at + 2] == ["to"] and keys[at + 2] in _BEING


_BEING: Final = frozenset({"be", "post", "go", "write", "play", "stream", "sell", "sign"})


def _is_one(clauses: Clauses, at: int) -> bool:
    """`are one man`, `one and the same`."""
    keys = clauses.view.keys
    if keys[at] != "one" or at == 0 or not clauses.bits[at - 1] & _BE:
        return False
    return not keys[at + 1 : at + 2] or keys[at + 1] not in _OF_MANY


_OF_MANY: Final = frozenset({"of", "such", "that", "more", "thing", "which", "who"})


_ONE: Final = bit("one")
_ACCOUNT: Final = bit("poster", "platform")
_ALTS: Final = frozenset({"alt", "alts", "sock", "sockpuppet", "burner", "throwaway"})
_JOINING: Final = bit("posts_as", "other", "same", "platform", "be", "calls")


def _other(clauses: Clauses, at: int, begin: int) -> Person | None:
    best: Person | None = None
    for person in clauses.people_in(begin, at):
        if person.about is not About.SELF:
            if person.rule == "owner.second":
                continue
            if best is None or person.weight > best.weight:
                best = person
    return best


def threatened(scene: Scene, clauses: Clauses) -> Iterator[Candidate]:  # noqa: C901  # one grammar, read from top to bottom
    """Yield threats to expose the reader, put together from what they are made of."""
    bits, view = clauses.bits, scene.view
    for low, high in clauses.sentences:
        yours = [at for at in range(low, high) if bits[at] & _YOU]
        if not yours or high - low < 4:
            continue
        signals = _threats(clauses, low, high)
        total = CLAUSE["threat"] + sum(CLAUSE[rule] for rule in signals)
        if total < -6 or len(signals) < 2 or _EXPOSING.isdisjoint(signals):  # two parts at least
            continue
        candidate = scene.candidate(
            Category.EXPOSURE_THREAT, view.starts[low], view.ends[high - 1], "clause"
        )
        candidate.about = About.MEMBER
        candidate.add("threat", CLAUSE["threat"])
        for rule in signals:
            candidate.add(rule, CLAUSE[rule])
        if _TOLD_WHAT.isdisjoint(signals) and not clauses.has(_YOU, high - 4, high):
            candidate.add("threat.of_what", CLAUSE["threat.of_what"])
        if not _MAYBE.isdisjoint(view.keys[low:high]) and "threat.condition" not in signals:
            candidate.add("threat.maybe", CLAUSE["threat.maybe"])
        if view.keys[low] in _ADVISING and "threat.condition" not in signals:
            candidate.add("threat.advice", CLAUSE["threat.advice"])
        weigh_spoken(scene, candidate, low)
        if any(view.flags[at] & NEGATION for at in range(low, high)):
            is_rule = any(f & NEGATION for f in view.flags[low : low + 2])
            candidate.add("negation", -30 if is_rule else -12)  # "Do not give out your name"
        scene.add_cues(candidate, low, high, "safety")
        if clauses.is_fiction(low, high):
            candidate.add("fiction", CLAUSE["fiction"])
        count = scene.public_near(low, high)
        if count:
            candidate.add("public", -10 * min(count, 2))
        yield candidate


_EXPOSING: Final = frozenset(
    ["threat.reveal", "threat.audience", "threat.learns", "threat.home", "threat.published"]
)


_TOLD_WHAT: Final = frozenset(
    ["threat.reveal", "threat.traces", "threat.home", "threat.published", "threat.shame"]
)
_FINDS_OUT: Final = frozenset({"find", "finds", "found", "finding"})
_ADVISING: Final = frozenset({"let", "tell", "ask", "show", "send", "give"})
_MAYBE: Final = frozenset({"may"})
_RECEIVES: Final = frozenset({"get", "gets", "receive", "receives"})  # "your boss gets your name"
_HIRED: Final = frozenset({"employed", "hired", "paid"})
_ON_YOU: Final = frozenset({"name", "out", "dox", "doxx", "expose", "report"})
_ALL: Final = frozenset({"every", "whole", "entire", "everyone"})


def _threats(clauses: Clauses, low: int, high: int) -> list[str]:  # noqa: C901, PLR0912  # one grammar, read from top to bottom
    bits, keys = clauses.bits, clauses.view.keys
    found: dict[str, None] = {}
    for at in range(low, high):
        mine = bits[at]
        is_out = (
            keys[at] == "out" and "who" not in keys[at + 1 : at + 2]
        )  # "if you're out there": nobody is outed without an object
        if mine & _REVEALS and not is_out and clauses.has(_ME, max(low, at - 6), at):
            found["threat.reveal"] = None
            if mine & _HARD:
                found["threat.hard"] = None
        if mine & _YOU:
            near = bits[at + 1 : at + 5]
            if any(other & _AUDIENCE for other in near):
                found["threat.audience"] = None
            if any(other & _TRACES for other in near):
                found["threat.traces"] = None
                if clauses.has(_PUBLISHED, at + 2, min(high, at + 9)):
                    found["threat.published"] = None
            is_home = (
                any(other & _LIVES for other in near[:1]) and "where" in keys[max(low, at - 2) : at]
            )
            if is_home and clauses.has(_ME, max(low, at - 6), at) and clauses.has(_KNOW, low, at):
                found["threat.home"] = None
        if (
            keys[at] in _RECEIVES
            and clauses.has(_YOU, at + 1, at + 3)
            and clauses.has(_TRACES, at + 2, at + 5)
            and clauses.has(_AUDIENCE, low, at)
        ):
            found["threat.learns"] = found["threat.traces"] = None
        is_found = keys[at] == "out" and at > low and keys[at - 1] in _FINDS_OUT
        is_on_you = not is_found and at + 1 < high and bits[at + 1] & _YOU and keys[at] in _ON_YOU
        if is_on_you and (not bits[at + 1] & _OWNER or clauses.has(_TRACES, at + 2, at + 4)):
            found["threat.reveal"] = found["threat.hard"] = None
        if keys[at] in {"who", "where"} and at + 1 < high and bits[at + 1] & _YOU:
            found["threat.traces"] = None
        if keys[at] in _ALL and clauses.has(_AUDIENCE, at + 1, at + 4):
            found["threat.audience"] = None
        if keys[at] == "more" and at > low and keys[at - 1] == "one":
            found["threat.condition"] = None
        if mine & _CONDITION and at > low and keys[at : at + 2] != ["next", "to"]:
            found["threat.condition"] = None
        if mine & _LEARNS and clauses.has(_AUDIENCE, max(low, at - 6), at):
            found["threat.learns"] = None
        if mine & _SHAME:
            found["threat.shame"] = None
        if mine & _TRACES and clauses.has(_ME, max(low, at - 3), at):
            found["threat.traces"] = None
    return list(found)
