"""Who somebody really is: a full name, and whatever near it says whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.screening.clauses import Clauses, Person
from app.screening.findings import About, Category
from app.screening.grammar import bit
from app.screening.lexicon import (
    AGENT,
    CAMEL_SYMBOL,
    COMMON,
    GIVEN,
    HANDLE_SYMBOL,
    HEAD,
    KIN,
    MASS,
    ROLE,
    STOP,
    THIRD,
)
from app.screening.readers import Read, name_from
from app.screening.scene import Candidate, Scene
from app.screening.scoring import BASE, CLAUSE
from app.screening.tokens import View

DOERS: Final = ("er", "or", "ist")  # how nouns for people often end
KNOWN_AS: Final = 3  # tokens from a name to "known as"
BEFORE, BEHIND = 10, 8  # tokens that may announce a name
_HANDLES: Final = frozenset({HANDLE_SYMBOL, CAMEL_SYMBOL})
_NAMES, _REAL, _CALLS, _BEHIND = (bit(n) for n in ("names", "real", "calls", "behind"))
_BE, _POINTING, _THING, _YOU = (bit(n) for n in ("be", "pointing", "thing", "you"))
_POSTER, _HE = bit("poster"), bit("he")
_ME, _RIVAL, _PAST = bit("me"), bit("rival"), bit("past")
_JOINS: Final = frozenset("=>:")


def named(scene: Scene, clauses: Clauses) -> Iterator[Candidate]:  # noqa: C901  # one grammar, read from top to bottom
    """Yield full names that a clause ties to somebody."""
    view = scene.view
    flags, keys = view.flags, view.keys
    done = 0
    for at in range(len(keys)):
        if at < done or not keys[at][0].isalpha():
            continue
        flag = flags[at]
        is_capital = view.is_capital(at)
        if is_capital:
            if flag & STOP and not flag & GIVEN:
                continue
        elif not flag & GIVEN or flag & COMMON:
            continue
        if clauses.bits[at] & (_NAMES | _BE | _REAL) and not flag & GIVEN:
            continue
        if view.symbols[at] in _HANDLES and not is_capital:
            continue
        scene.budget.step()
        read = name_from(view, at, is_sure=is_capital)
        if read is None:
            continue
        if _is_owner(view, read) or _is_code(view, read) or _is_made_by(clauses, read):
            continue
        if keys[read.last - 1] in _ROADS or (
            not is_capital and flags[read.last - 1] & (STOP | COMMON)
        ):
            continue  # "a dirt road called Roach Rd", "precious little"
        candidate = _weighed(scene, clauses, read)
        if candidate is not None:
            done = read.last
            yield candidate


def _is_owner(view: View, read: Read) -> bool:
    """`Robin Hood's real name`: here the name is not what is told."""
    return view.keys[read.last : read.last + 2] == ["'", "s"]


def _is_code(view: View, read: Read) -> bool:
    """`VAT GB`: letters that stand for words, in a text that is not all capitals."""
    said = view.text[view.starts[read.first] : view.ends[read.last - 1]]
    if tuple(view.keys[read.first : read.last]) in _PLACEHOLDERS:
        return True
    if len(set(view.keys[read.first : read.last])) == 1:
        return True  # "eve eve"
    return said.isupper() and not view.is_capitalised


_ROADS: Final = frozenset({"rd", "ave", "blvd", "hwy"})
_PLACEHOLDERS: Final = frozenset(
    {("john", "doe"), ("jane", "doe"), ("john", "smith"), ("joe", "bloggs"), ("max", "mustermann")}
)


def _is_made_by(clauses: Clauses, read: Read) -> bool:
    """`Signed copies by Hilary Mantel`; but `goes by`, `run by`, `posted by`."""
    keys, at = clauses.view.keys, read.first - 1
    return (
        keys[at : at + 1] == ["by"]
        and at > 0
        and not clauses.bits[at - 1]
        & (_CALLS | _BEHIND | _NAMES | bit("posts_as", "recorded", "works"))
    )


def _weighed(scene: Scene, clauses: Clauses, read: Read) -> Candidate | None:  # noqa: C901, PLR0912  # one grammar, read from top to bottom
    view = scene.view
    rules = _cues(scene, clauses, read)
    if not rules:
        return None
    person, is_self = _whose(clauses, read)
    cue = sorted((CLAUSE[rule] for rule in rules), reverse=True)
    best = cue[0] + (cue[1] // 3 if len(cue) > 1 else 0)
    weight = read.weight
    owner = person.weight if person else CLAUSE["name.nobody"]
    if BASE["real_name"] + weight + best + owner < _LEAST:
        return None
    candidate = scene.candidate(
        Category.REAL_NAME, view.starts[read.first], view.ends[read.last - 1], "real_name"
    )
    strongest = max(rules, key=lambda rule: CLAUSE[rule])
    candidate.add(strongest, best)
    candidate.add("name", weight)
    if person is not None and strongest == "name.beside" and person.rule in _LOOSE:
        person = None  # "the chef, Marco Bellini"
    if person is not None:
        candidate.add(person.rule, person.weight)
        candidate.about = About.SELF if is_self else person.about
    else:
        candidate.add("name.nobody", CLAUSE["name.nobody"])
        if strongest == "name.beside" and _is_signature(clauses, read):
            candidate.add("name.loose", CLAUSE["name.loose"])  # who said a saying; "R.I.P. …"
    first_flag = view.flags[read.first]
    last_flag = view.flags[read.last - 1]
    if (first_flag & (COMMON | MASS) and not first_flag & GIVEN) or last_flag & HEAD:
        candidate.add("name.common", CLAUSE["name.common"])
    low, _ = clauses.sentence(read.first)
    before = [p for p in clauses.people_in(low, read.first) if p.rule == "owner.kin"]
    if any(_is_own_kin(clauses, other) for other in (person, *before)):
        is_once = clauses.has(_PAST, max(low, read.first - 4), read.first)
        if is_once:
            candidate.add("name.own_kin_once", CLAUSE["name.own_kin_once"])
        elif strongest == "name.beside":
            is_forebear = not _FOREBEARS.isdisjoint(view.keys[low : read.first])
            rule = "name.own_kin_once" if is_forebear else "name.own_kin"
            candidate.add(rule, CLAUSE[rule])
    if clauses.has(_THING, max(low, read.first - BEFORE), read.first) or _has_owner_thing(
        clauses, low, read.first
    ):
        candidate.add("name.of_a_thing", CLAUSE["name.of_a_thing"])
    if _is_of_somebody_known(clauses, low, read.first):
        candidate.add("name.of_somebody_known", CLAUSE["name.of_somebody_known"])
    if clauses.is_fiction(read.first, read.last):
        candidate.add("fiction", CLAUSE["fiction"])
    if not _TITLES.isdisjoint(view.keys[max(low, read.first - 2) : read.first]):
        candidate.add("name.titled", CLAUSE["name.titled"])
    _discount(scene, candidate, read)
    return candidate


_FOREBEARS: Final = frozenset(
    {"gran", "nan", "grandma", "grandpa", "grandfather", "grandmother", "grandad", "granddad"}
)
_TITLES: Final = frozenset(
    ["prof", "professor", "sir", "dame", "judge", "lord", "lady", "rev", "cllr", "inspector"]
)


def _is_signature(clauses: Clauses, read: Read) -> bool:
    """`… in order to lead them. - Henri Turenne`, `R.I.P. George Kuchar`: who said or is it."""
    low, high = clauses.sentence(read.first)
    return (
        low > 0
        and read.first - low <= 1
        and high <= read.last
        and clauses.view.keys[low - 1] == "."
    )


def _is_own_kin(clauses: Clauses, person: Person | None) -> bool:
    """`my mum`, `my great - aunt`; not `my landlord`, whom one may wish ill."""
    if person is None or person.rule != "owner.kin":
        return False
    said = range(person.first, person.last)
    return bool(clauses.bits[person.first] & _ME) and not any(
        clauses.bits[at] & _RIVAL for at in said
    )


def _has_owner_thing(clauses: Clauses, low: int, first: int) -> bool:
    """`the ship's real name`: what has the name is neither a person nor a pseudonym."""
    view = clauses.view
    for at in range(max(low + 1, first - BEFORE), first):
        if view.keys[at : at + 2] != ["'", "s"] or view.is_capital(at - 1):
            continue
        flag = view.flags[at - 1]
        owned = clauses.has(_NAMES, at + 2, at + 5)
        if owned and flag & COMMON and not flag & (AGENT | KIN | ROLE | THIRD | GIVEN):
            return not clauses.bits[at - 1] & _SOMEBODY
    return False


_SOMEBODY: Final = bit("human", "poster", "kin", "job", "rival")


def _is_my_thing(clauses: Clauses, owner: Person, first: int) -> bool:
    """`my sourdough is called`, `my oc's real name`; not `my name is`, `my real name`."""
    bits, keys = clauses.bits, clauses.view.keys
    at = owner.last
    while at < first and bits[at] & _REAL and not bits[at] & _NAMES:
        at += 1
    if at >= first or not keys[at][0].isalpha() or bits[at] & (_NAMES | _BE | _POSTER):
        return False
    return not keys[at].endswith(DOERS)  # my dealer


def _is_of_somebody_known(clauses: Clauses, low: int, first: int) -> bool:
    """`Lady Gaga's real name is …`, `Mark Twain was actually …`: two names before it."""
    view = clauses.view
    if view.is_capitalised:
        return False
    return any(
        view.is_capital(at)
        and view.is_capital(at + 1)
        and not any(p.first <= at < p.last for p in clauses.people_in(at - 6, at + 1))
        and not (view.flags[at] | view.flags[at + 1]) & STOP
        and not (clauses.bits[at] | clauses.bits[at + 1]) & (_NAMES | _POSTER)
        for at in range(max(low, first - BEFORE), first - 2)
    )


_LEAST: Final = -7


def _discount(scene: Scene, candidate: Candidate, read: Read) -> None:
    if candidate.about is About.SELF:
        return
    count = scene.public_near(read.first, read.last) + scene.public_in(read.first, read.last)
    if count:
        candidate.add("public", -14 if count == 1 else -26)
    scene.add_cues(candidate, read.first, read.last, "public_name")


def _cues(scene: Scene, clauses: Clauses, read: Read) -> list[str]:  # noqa: C901  # one grammar, read from top to bottom
    view, bits = scene.view, clauses.bits
    keys = view.keys
    first, last = read.first, read.last
    low, high = clauses.sentence(first)
    rules: list[str] = []
    before = range(max(low, first - BEFORE), first)
    behind = range(last, min(high, last + BEHIND))
    said = [
        at
        for at in before
        if _is_naming(clauses, at, first) or _is_calling(clauses, at) or _is_calling_by(clauses, at)
    ]
    said += [at for at in behind if keys[at] in _SAID_BEHIND and _is_said_of(clauses, last, at)]
    if said:
        is_real = any(
            bits[near] & _REAL for at in said for near in range(max(low, at - 2), at + 1)
        ) and any(keys[at] in {"name", "surname", "identity", "named", "called"} for at in said)
        rules.append("name.real" if is_real else "name.said")
    elif any(
        bits[at] & bit("recorded")
        and "," not in keys[at:first]
        and not _is_signed(keys, at)
        and not (keys[at] == "says" and at < first - 2)  # "it says no to the Ada Lovelace Bill"
        for at in range(max(low, first - 5), first)
    ):
        rules.append("name.recorded")
    at = first - 1
    while at > low and (
        bits[at] & (_REAL | bit("maybe", "now", "kin", "owner"))
        or (keys[at] in "\"'" and keys[at] != "'")
    ):
        at -= 1
    if at >= low and (bits[at] & _BE or keys[at] in _JOINS):
        subject = _subject(clauses, at, low)
        is_possessive = keys[at] == "s" and keys[at - 1] == "'"
        is_wondered = high < len(keys) and keys[high] == "?" and keys[low][0] == "@"
        if is_wondered and last < high and keys[last][0].isalpha():
            subject = None  # "@emma is Ada Lovelace in the new one?"
        if subject is not None and not (is_possessive and subject.rule in _CAPITAL):
            rules.append("name.copula")
        elif any(
            bits[near] & _POINTING or keys[near] in {"it", "its", "thats"}
            for near in range(max(low, at - 2), at + 1)
        ):
            is_from = keys[last : last + 2] in _FROM_HERE
            rules.append("name.beside" if is_from else "name.pointed")
    accounts = {
        p.first
        for p in clauses.people_in(last, last + BEHIND)
        if p.about is About.MEMBER and p.rule != "owner.second"
    }
    is_title = last + 1 < len(keys) and view.is_capital(last + 1) and not view.is_capitalised
    if (keys[last : last + 2] in _WHO_IS and not is_title) or (
        any(bits[near] & _BEHIND for near in behind) and any(near in accounts for near in behind)
    ):
        rules.append("name.behind")
    elif (
        high + 4 < len(keys)
        and keys[high + 1 : high + 4 : 2] == ["that", "s"]
        and bits[high + 4] & _HE
    ):
        rules.append("name.beside")  # "… That's her."
    ends = last >= high or not keys[last][0].isalpha() or bool(view.flags[last] & STOP)
    is_listed = bool(view.flags[first] & GIVEN)
    is_led = first > low and (
        keys[first - 1] == "certain" or (keys[first - 1] == "a" and view.is_capital(first))
    )
    if is_led and is_listed and ends:
        rules.append("name.beside")  # "a Delia Pomfrey", and no "toy revolver"
    is_cut_off = first > low and keys[first - 1] == "," and (last >= high or keys[last] == ",")
    if is_cut_off and any(
        p.rule in _APPOSED and p.first >= first - BEFORE
        for p in clauses.people_in(first - BEFORE, first)
        if p.last <= first
    ):
        rules.append("name.beside")
    if low >= 2 and high == last and clauses.has(_NAMES, low - 5, low):  # "has a name. …"
        rules.append("name.said")
    rules += _addressed(scene, clauses, read, low, high)
    return rules


def _addressed(scene: Scene, clauses: Clauses, read: Read, low: int, high: int) -> list[str]:
    """Return what ties a name to somebody who is greeted, called or spoken of beside it."""
    keys, first, last = scene.view.keys, read.first, read.last
    rules: list[str] = []
    if keys[max(low, first - 2) : first] in _GREETED and any(
        p.about is About.MEMBER and p.rule != "owner.second"
        for p in clauses.people_in(max(0, first - BEFORE), high)
        if not first <= p.first < last
    ):
        rules.append("name.behind")  # "wren, or should I say …"
    if (
        last + 1 < len(keys)
        and clauses.bits[last] & _BE
        and clauses.has(bit("kin"), last, last + 5)
        and any(
            p.first == last + 1 and p.about is About.MEMBER
            for p in clauses.people_in(last + 1, last + 2)
        )
    ):
        rules.append("name.of_kin")
    if _is_unmasked(clauses, read, low, high):
        rules.append("name.behind")
    if (
        _is_apposed(scene, clauses, first, low)
        or _is_alone(clauses, read, low, high)
        or _is_looked_up(clauses, read, low)
    ):
        rules.append("name.beside")
    return rules


def _is_unmasked(clauses: Clauses, read: Read, low: int, high: int) -> bool:
    """Return whether somebody with a mask is called by the name.

    `Ada Lovelace thinks she can hide behind an avatar`, `you can stop, Ada Lovelace. We know it's
    you.`, `Ada Lovelace, or should I say tide_witch`.
    """
    keys, last = clauses.view.keys, read.last
    behind = keys[last : min(high, last + FAR)]
    if not _MASKS.isdisjoint(behind):
        at = last + next(n for n, key in enumerate(behind) if key in _MASKS)
        return clauses.has(_HE, last, at + 1)
    if keys[last + 1 : last + 4] == ["or", "should", "i"]:
        return any(p.about is About.MEMBER for p in clauses.people_in(last + 4, high))
    is_hailed = read.first > low and keys[read.first - 1] == "," and high == last
    following = keys[high + 1 : high + FAR]
    return is_hailed and "know" in following and bool({"we", "i"}.intersection(following[:2]))


def _is_looked_up(clauses: Clauses, read: Read, low: int) -> bool:
    """`look up Ada Lovelace, it's the guy from this thread`; not where nobody here is meant."""
    keys, first = clauses.view.keys, read.first
    if not (
        keys[max(low, first - 2) : first] == ["look", "up"]
        or (first > low and keys[first - 1] in _SEARCHES)
    ):
        return False
    behind = range(read.last, min(len(keys), read.last + 2 * FAR))
    return any(keys[at] in _HERE for at in behind)


_MASKS: Final = frozenset(
    {"avatar", "anonymous", "anonymously", "username", "pseudonym", "nickname", "burner", "alias"}
)
_SEARCHES: Final = frozenset({"google", "googled", "search", "searched"})
_HERE: Final = frozenset({"thread", "account", "username", "arguing", "op", "mod", "forum"})
FAR: Final = 10  # tokens behind a name that may tell whose it is


def _is_signed(keys: list[str], at: int) -> bool:
    """`a poster signed by …`, `the newly signed …`: what is known, not what is recorded."""
    return keys[at] == "signed" and (keys[at + 1] == "by" or keys[max(0, at - 1)] == "newly")


_FROM_HERE: Final = (["from", "the"], ["from", "our"], ["from", "my"])
_GREETED: Final = (["hello", "to"], ["hi", "to"], ["i", "say"], ["meet"])
_WHO_IS: Final = (["is", "who"], ["is", "behind"], ["is", "whoever"])
_SAID_BEHIND: Final = frozenset(
    {"name", "names", "alias", "aka", "irl", "surname", "identity", "known"}
)


def _is_said_of(clauses: Clauses, last: int, at: int) -> bool:
    """`… is her name`, `… aka`, `…, also known as`; not `… plastered her name on pockets`."""
    keys, bits = clauses.view.keys, clauses.bits
    if keys[at] not in {"name", "names", "known", "identity"}:
        return True
    is_said = any(bits[n] & _BE or keys[n] in ",-(:=" for n in range(last, min(at, last + 2)))
    is_near = at - last <= KNOWN_AS or keys[at + 1] == "here"
    return at == last or (is_said and (keys[at] != "known" or is_near))  # ", also known as"


def _is_naming(clauses: Clauses, at: int, first: int) -> bool:
    """Words for names; but in `named the sourdough …` the dough has it."""
    bits = clauses.bits
    if not bits[at] & _NAMES:
        return False
    if (
        clauses.view.keys[at] == "known"
        and clauses.view.keys[at + 1] not in {"as", "by", "to"}
        and not clauses.people_in(at + 1, at + 2)
    ):
        return False  # "her better known co-star"
    is_given = clauses.view.keys[at] in {"named", "called"} and at + 1 < first
    if is_given and clauses.view.keys[at + 1] in {"after", "for"}:
        return False  # "the pub is named after …"
    return not (is_given and bits[at + 1] & bit("article", "owner"))


def _is_calling_by(clauses: Clauses, at: int) -> bool:
    """`goes by`, `known as`."""
    keys = clauses.view.keys
    if keys[at] in _KNEW and keys[at + 2 : at + 3] == ["as"] and clauses.bits[at + 1] & _HE:
        return True  # "everyone knew her as"
    return keys[at + 1 : at + 2] in (["by"], ["as"]) and bool(clauses.bits[at] & _CALLS)


_KNEW: Final = frozenset({"know", "knew", "knows"})


def _is_calling(clauses: Clauses, at: int) -> bool:
    """`calls him`, `calls herself`."""
    bits = clauses.bits
    return bool(bits[at] & _CALLS) and at + 1 < len(bits) and bool(bits[at + 1] & _HE)


def _subject(clauses: Clauses, be: int, low: int) -> Person | None:
    for person in reversed(clauses.people_in(low, be + 1)):
        if (
            low <= person.first <= be
            and person.last >= be - 8
            and not (person.is_owner and person.last != be)
        ):
            if person.about is About.SELF:
                return person if person.last >= be - 1 else None
            return person
    return None


_CAPITAL: Final = frozenset({"owner.capital", "owner.name"})  # "Calgary's Mitch Wahl"
_APPOSED: Final = frozenset({"owner.kin", "owner.human", "owner.third"})
_LOOSE: Final = frozenset({"owner.job", "owner.plural", "owner.capital"})


def _is_apposed(scene: Scene, clauses: Clauses, first: int, low: int) -> bool:
    """`saltmarsh, delia pomfrey`, `you Bethany Culshaw`."""
    if first - 1 < low:
        return False
    keys = scene.view.keys
    if keys[first - 1] in {",", "(", "-"}:
        if clauses.is_account(low) and first - low <= BEHIND:
            return True
        return any(
            person.last == first - 1 or person.last == first - 2
            for person in clauses.people_in(first - 6, first)
            if person.about is About.MEMBER and person.rule != "owner.second"
        )
    is_given = bool(scene.view.flags[first] & GIVEN)  # "you Bethany", and not "you Kooks"
    return is_given and bool(clauses.bits[first - 1] & _YOU) and keys[first - 1] in {"you", "u"}


def _is_alone(clauses: Clauses, read: Read, low: int, high: int) -> bool:
    """Return whether a name answers a question: `that troll? Anders Holmqvist.`."""
    keys = clauses.view.keys
    if (high < len(keys) and keys[high] == "?") or read.first - low > 1:
        return False
    is_cut = read.last < len(keys) and keys[read.last] in ",.!-"
    if is_cut and not _REVEALS.isdisjoint(keys[read.last + 1 : read.last + REVEALED]):
        return True  # "Ada Lovelace. there, i said it"
    if low < 2:
        return False
    if high > read.last:
        return clauses.view.keys[low - 1] == "?" and clauses.view.keys[read.last] == ","
    return clauses.view.keys[low - 1] in "?:."


_REVEALS: Final = frozenset({"said", "welcome", "fyi"})
REVEALED: Final = 6  # tokens behind a name in which it is said to be a revelation


def _whose(clauses: Clauses, read: Read) -> tuple[Person | None, bool]:
    """Return the person a name belongs to, and whether that is the author."""
    bits = clauses.bits
    low, _ = clauses.sentence(read.first)
    near = range(max(low, read.first - 6), read.first)
    selves = [
        p
        for p in clauses.people_in(near.start, near.stop)
        if p.about is About.SELF
        and p.first in near
        and (
            clauses.has(_NAMES, p.last, read.first)
            if p.is_owner
            # "I am really"
            else clauses.has(_BE, p.last, min(read.first, p.last + 2)) and read.first - p.last <= 3
        )
    ]
    if selves and selves[-1].is_owner and _is_my_thing(clauses, selves[-1], read.first):
        kin = [p for p in clauses.people_in(low, read.first) if p.about is not About.SELF]
        of_mine = Person(low, low + 1, "owner.of_mine", CLAUSE["name.of_mine"], About.PERSON)
        return (kin[-1] if kin else of_mine), False
    person = clauses.nearest(read.first, read.last)
    if person is None and "who" in clauses.view.keys[max(0, read.first - 2 * BEFORE) : read.first]:
        return Person(
            read.first, read.last, "owner.asked", CLAUSE["name.asked"], About.PERSON
        ), False
    if person is not None and person.rule == "owner.second" and person.first >= read.last:
        person = None
    if person is not None and person.about is not About.SELF:
        if selves and person.weight < 10 and bits[read.first - 1] & _BE:
            return selves[-1], True
        if read.first <= person.first < read.last:
            return None, False
        return person, False
    return (selves[-1], True) if selves else (None, False)
