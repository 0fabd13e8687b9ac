"""Where somebody is to be found, and when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.screening.clauses import Clauses, Person
from app.screening.detectors.identity import is_official, weigh_household
from app.screening.detectors.matched import weigh_spoken
from app.screening.findings import About, Category
from app.screening.grammar import bit
from app.screening.lexicon import GIVEN, HEAD, INSTITUTION, NUMBER_WORD, STOP
from app.screening.scene import Candidate, Scene
from app.screening.scoring import CLAUSE

REACH: Final = 14  # tokens between who, where and when
_AT, _DAY, _PART, _OFTEN, _NOW = (bit(n) for n in ("at", "day", "part", "often", "now"))
_ME: Final = bit("me")
_DATED: Final = bit("dated", "now")
_AROUND, _MOVES, _SEES, _PLACE = (bit(n) for n in ("around", "moves", "sees", "place_word"))
_HOME, _OPEN, _EMPTY, _THING = (bit(n) for n in ("home", "open", "empty", "thing"))
_SKIPPED: Final = bit("article", "pointing", "owner")
_BE, _KIN, _RIVAL, _TIMES = bit("be"), bit("kin"), bit("rival"), bit("day", "part", "now", "often")


def placed(scene: Scene, clauses: Clauses) -> Iterator[Candidate]:
    """Yield clauses that say where one person is at a time that comes again, or right now."""
    bits = clauses.bits
    for low, high in clauses.sentences:
        if high - low < 3 or not clauses.has(_AT | _EMPTY, low, high):  # who, where, when
            continue
        people = clauses.people_in(low, high)
        best: Candidate | None = None
        for at in range(low, high):
            if bits[at] & (_EMPTY | _AT):
                scene.budget.step()
            if bits[at] & _EMPTY:
                found = _emptied(scene, clauses, people, at, (low, high))
            elif bits[at] & _AT:
                found = _found_at(scene, clauses, people, at, (low, high))
            else:
                continue
            if found is not None and (best is None or found.total > best.total):
                best = found
        if best is not None:
            yield best


def _emptied(
    scene: Scene, clauses: Clauses, people: list[Person], at: int, sentence: tuple[int, int]
) -> Candidate | None:
    """Read `her house is empty until the 14th`, `home alone after eight`."""
    low, high = sentence
    person = _who(clauses, people, at) or next(
        (p for p in people if p.rule == "owner.plural" and p.is_owner and p.first < at), None
    )
    keys = scene.view.keys
    about = keys[max(low, at - 6) : min(high, at + 3)]
    if person is None or (_HOUSE.isdisjoint(about) and keys[at] != "back"):
        return None
    times = _times(scene, clauses, max(low, at - REACH), min(high, at + 2 * REACH))
    rules = {rule for rule, _ in times}
    if not times or (keys[at] in _COMING and not {"where.clock", "where.routine"} <= rules):
        return None
    return _made(scene, clauses, person, (at, at + 1), [("where.empty", at), *times])


_HOUSE: Final = frozenset({"house", "flat", "place", "home", "apartment"})
_COMING: Final = frozenset({"back", "out", "leaves"})


def _found_at(  # noqa: C901  # one grammar, read from top to bottom
    scene: Scene, clauses: Clauses, people: list[Person], at: int, sentence: tuple[int, int]
) -> Candidate | None:
    low, high = sentence
    place = _place(scene, clauses, at + 1, high)
    if place is None:
        return None
    rule, end = place
    person = _who(clauses, people, at)
    bits = clauses.bits
    begins = max(low, at - REACH)
    seen = next((near for near in range(begins, at) if bits[near] & _SEES), None)
    signals = [(rule, at)]
    if person is None:
        before = clauses.nearest(low, low + 1)
        if (
            bits[low] & (_PLACE | _OFTEN | _DAY)
            and before is not None
            and before.about is not About.SELF
        ):
            person = before  # "He has a routine. Gym at six, then …"
        elif not _is_dropped(scene, clauses, low):
            return None
        else:
            person = Person(low, low + 1, "owner.dropped", 4, About.PERSON)
    is_dropped = person.rule == "owner.dropped" or person.first < low
    if seen is not None and (seen < person.first or clauses.view.keys[seen] in _SPOTTED):
        signals.append(("where.seen", seen))
    elif any(bits[near] & (_MOVES | _BE) for near in range(begins, at)):
        signals.append(("where.verb", at))
    times = _times(scene, clauses, begins, min(high, end + REACH))
    is_dated = rule == "where.named_place" and len(times) > 1  # day and hour
    if not (is_dropped or is_dated) and not any(
        bits[near] & (_MOVES | _BE | _SEES) for near in range(max(low, person.first - 6), at)
    ):
        return None
    if any(
        p.about is About.SELF and not p.is_owner and person.last <= p.first < at for p in people
    ):
        return None  # "he said I was at …"
    is_spotted = seen is not None and clauses.view.keys[seen] in _SPOTTED
    is_told = rule == "where.named_place" or (rule == "where.place" and is_spotted)
    if not times and not (is_told and ("where.seen", seen) in signals):
        return None
    made = _made(scene, clauses, person, (at, end), [*signals, *times])
    is_owner_of = clauses.view.keys[person.last : person.last + 1] == ["of"]
    if any(bits[near] & _THING for near in range(low, person.first)) or (
        is_owner_of and clauses.has(_THING, person.last, person.last + 5)  # of the lost hamster
    ):
        made.add("where.of_a_thing", CLAUSE["where.of_a_thing"])
    return made


def _is_dropped(scene: Scene, clauses: Clauses, low: int) -> bool:
    """`Picks the kids up at …`, `usually in the library …`."""
    bits, key = clauses.bits, scene.view.keys[low]
    if bits[low] & _THING:
        return False
    if bits[low] & _OFTEN:
        return low + 1 < len(bits) and bool(bits[low + 1] & (_AT | _MOVES))
    return bool(bits[low] & _MOVES) and key[-1] == "s" and not bits[low] & _BE


def _place(scene: Scene, clauses: Clauses, at: int, high: int) -> tuple[str, int] | None:  # noqa: C901, PLR0911, PLR0912  # one grammar, read from top to bottom
    """Return which rule the words behind a preposition are a place by, and where they end."""
    view, bits = scene.view, clauses.bits
    start = at
    while at < high and (bits[at] & _SKIPPED or view.keys[at] in "\"'"):
        at += 1
    if at >= high or bits[at] & _TIMES or not view.keys[at][0].isalpha():
        return None
    is_definite = at > start and view.keys[start] not in {"a", "an", "some", "any"}
    named = False
    for step in range(at, min(high, at + 6)):
        mine, flag = bits[step], view.flags[step]
        if mine & _KIN and bits[start] & _ME:
            return None
        if mine & _KIN and view.keys[step + 1 : step + 3] == ["'", "s"]:
            return "where.place", step + 3
        if mine & _HOME:
            return "where.at_home", step + 1
        if (mine & _PLACE or flag & (HEAD | INSTITUTION)) and not mine & _TIMES:
            has_number = step + 1 < high and view.keys[step + 1][0].isdigit()
            if (
                named
                or has_number
                or (
                    step > at
                    and not flag & STOP
                    and is_definite
                    and _named_after(scene, step, high)
                )
            ):
                return "where.named_place", step + 1
            is_some = view.keys[start] in {"a", "an", "some", "any"}
            if not is_definite and step == at and not mine & _PLACE:
                return None  # "on fire"
            is_place = is_definite or (step > at and not is_some)
            return ("where.place" if is_place else "where.bare_place"), step + 1
        if not view.keys[step][0].isalpha() and view.keys[step] not in "'-&":
            break
        is_letter = len(view.keys[step]) == 1  # "the W this week"
        if view.is_capital(step) and not flag & STOP and not mine & _TIMES and not is_letter:
            named = named or not (flag & GIVEN and not is_definite)
        elif mine & (_AT | _TIMES) and step > at:
            break
    if not named and is_definite and view.keys[start - 1] in _BESIDE and at < high:
        end = (
            at + 2
            if at + 1 < high and not bits[at + 1] and view.keys[at + 1][0].isalpha()
            else at + 1
        )
        return "where.place", end  # "by the weir"
    if named and (is_definite or view.keys[start - 1] in _EXACT):
        return "where.named_place", at + 1
    return ("where.town", at + 1) if named else None


_BESIDE: Final = frozenset({"outside", "near", "by", "behind", "opposite", "past", "along"})
_EXACT: Final = frozenset({"at", "outside", "near", "behind", "opposite"})


def _named_after(scene: Scene, step: int, high: int) -> bool:
    return step + 2 < high and scene.view.is_capital(step + 2)


def _times(  # noqa: C901  # one grammar, read from top to bottom
    scene: Scene, clauses: Clauses, first: int, last: int
) -> list[tuple[str, int]]:
    """Return the rules by which tokens `first:last` name a time, the best two."""
    view, bits = scene.view, clauses.bits
    found: dict[str, int] = {}
    for at in range(first, last):
        mine = bits[at]
        key = view.keys[at]
        if view.keys[at + 1 : at + 3] == ["'", "s"]:
            continue  # "tonight's show" says of the show when it is
        if mine & _OFTEN:
            near = bits[at + 1 : at + 4]
            if any(other & (_DAY | _PART) for other in near) or key in _ALONE or key in _EACH:
                found.setdefault("where.routine", at)
        elif mine & (_DAY | _PART) and (key[-1] == "s" and mine & _DAY):
            found.setdefault("where.routine", at)
        elif mine & _NOW or (
            mine & (_PART | _DAY) and any(b & _DATED for b in bits[max(0, at - 2) : at])
        ):
            found.setdefault("where.now", at)
        elif mine & _PART and at and bits[at - 1] & _AROUND:
            found.setdefault("where.clock", at)
        elif key[0].isdigit() or view.flags[at] & NUMBER_WORD:
            is_time = any(b & _AROUND for b in bits[max(0, at - 2) : at]) or (
                at + 2 < last and view.keys[at + 1] == ":" and len(view.keys[at + 2]) == 2  # 7:42
            )
            if at and view.starts[at] == view.ends[at - 1] and view.keys[at - 1] not in ":.":
                continue
            if is_time and len(key) <= _CLOCK:
                found.setdefault("where.clock", at)
    return list(found.items())[:2]


_EACH: Final = frozenset({"every", "each"})
_ALONE: Final = frozenset({"always", "usually", "regularly", "daily", "weekly"})
_CLOCK: Final = 6  # letters of the longest way to say an hour: eleven


_OUR_CHILDREN: Final = frozenset({"kids", "children", "twins"})  # the kids
_SOME: Final = frozenset({"a", "an", "some", "any", "two"})
_SPOTTED: Final = frozenset({"spotted", "seen", "sighted"})
_BELONGINGS: Final = bit("belongings", "kin")
_GOES_ON: Final = bit("at", "moves", "be", "now", "often", "of", "around")


def _who(clauses: Clauses, people: list[Person], at: int) -> Person | None:
    """Return whose whereabouts these are: the strongest third person before the place."""
    best: Person | None = None
    bits = clauses.bits
    for person in people:
        if person.first > at:
            break  # who comes before the place is there
        if person.about is About.SELF or person.first < at - REACH:
            continue
        if person.rule in {"owner.second", "owner.plural"} and person.is_owner:
            continue
        if person.rule == "owner.second":
            continue
        weight = person.weight
        if (
            person.is_owner
            and person.last < len(bits)
            and clauses.view.keys[person.last][0].isalpha()
            and not bits[person.last] & _GOES_ON
            and not any(b & _BELONGINGS for b in bits[person.last : person.last + 3])
        ):
            weight += CLAUSE["where.owned"]
        if best is None or weight > best.weight:
            best = person._replace(weight=weight)
    selves = [p for p in people if p.about is About.SELF and p.first < at]
    if best is not None and selves and selves[-1].first > best.first and best.first < at:
        best = best._replace(weight=best.weight - 8)
    return best


def _made(  # noqa: C901  # one grammar, read from top to bottom
    scene: Scene,
    clauses: Clauses,
    person: Person,
    place: tuple[int, int],
    signals: list[tuple[str, int]],
) -> Candidate:
    view, bits = scene.view, clauses.bits
    first = min(person.first, place[0], *(at for _, at in signals))
    last = max(person.last, place[1], *(at + 1 for _, at in signals))
    low, high = clauses.sentence(place[0])
    while last < high and view.symbols[last] not in ',:()"':
        last += 1
    candidate = scene.candidate(
        Category.WHEREABOUTS, view.starts[first], view.ends[last - 1], "clause"
    )
    candidate.add("where", CLAUSE["where"])
    for rule, _ in signals:
        candidate.add(rule, CLAUSE[rule])
    candidate.add(person.rule, person.weight)
    candidate.about = person.about
    said = range(person.first, person.last)
    is_mine = bool(bits[person.first] & _ME) or view.keys[person.last - 1] in _OUR_CHILDREN
    is_kin = person.rule == "owner.kin" and is_mine and not any(bits[at] & _RIVAL for at in said)
    if is_kin:
        candidate.add("where.own_kin", CLAUSE["where.own_kin"])
        if view.keys[person.first] == "my":
            candidate.add("where.own_kin.mine", -5)
    if (
        person.rule == "owner.human"
        and view.keys[person.first] in _SOME
        and not any(rule == "where.routine" for rule, _ in signals)
    ):
        candidate.add("where.of_a_stranger", CLAUSE["where.of_a_stranger"])
    if clauses.has(_OPEN, low, min(len(bits), high + 1 + REACH)):
        candidate.add("where.open_to_all", CLAUSE["where.open_to_all"])
    if person.rule == "owner.job" and is_official(scene, person.last - 1):
        candidate.add("where.of_an_official", CLAUSE["where.of_an_official"])
    weigh_household(scene, candidate, place[1], high)
    weigh_spoken(scene, candidate, last)
    if person.rule == "owner.plural":
        candidate.add("where.of_many", CLAUSE["where.of_many"])
    if clauses.is_fiction(first, last):
        candidate.add("fiction", CLAUSE["fiction"])
    count = scene.public_near(first, last) + scene.public_in(first, last)
    if count:
        candidate.add("public", -14 if count == 1 else -26)
    return candidate
