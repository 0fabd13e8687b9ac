"""Where somebody works or goes to school."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.screening.clauses import Clauses, Person
from app.screening.findings import About, Category
from app.screening.grammar import bit
from app.screening.lexicon import COMMON, GIVEN, HEAD, INSTITUTION, MASS, STOP, SURNAME
from app.screening.readers import Read, place_from
from app.screening.scene import Candidate, Scene
from app.screening.scoring import BASE, CLAUSE

LEAD, TRAIL = 8, 6  # tokens before and behind a workplace that may say what somebody does there
_SAID: Final = bit("works", "job", "studies", "post")
_BUSY, _POST, _DROPPED, _DAY = bit("busy"), bit("post"), bit("dropped"), bit("day", "part")
_WORKS, _JOB, _AFTER = bit("works"), bit("job"), bit("job", "studies", "post")
_ME: Final = bit("me")
_AT, _OF, _BE, _MOVES = bit("at"), bit("of"), bit("be"), bit("moves")
_PAST, _WISH, _THING, _ARTICLE = bit("past"), bit("wants"), bit("thing"), bit("article", "owner")
_HIRES: Final = frozenset({"i", "we", "they", "you", "he", "she"})  # "we hired …" a firm
_HIRED: Final = frozenset({"hired", "promoted", "employed", "stationed", "based", "enrolled"})
_PREPOSITIONS: Final = frozenset({"at", "for", "with", "in", "of", "from", "to", "says"})
_LABELS: Final = frozenset(["employer", "workplace", "school", "work", "job", "uni", "college"])
_SUPERIORS: Final = frozenset({"boss", "manager", "supervisor", "employer", "colleagues", "hr"})
_MODALS: Final = frozenset({"could", "would", "might", "should"})  # "I could so work for …"
_LEADERS: Final = frozenset({"head", "heads", "lead", "dean", "chief"})
_GOES: Final = frozenset(
    ["goes", "go", "going", "went", "is", "are", "s", "was", "attends", "attend"]
)


def employed(scene: Scene, clauses: Clauses) -> Iterator[Candidate]:  # noqa: C901  # one grammar, read from top to bottom
    """Yield workplaces and schools beside a word for work and a person."""
    view, bits = scene.view, clauses.bits
    keys, flags = view.keys, view.flags
    size, done = len(keys), 0
    for at in range(size - 1):
        if at < done:
            continue
        leads = _leads(keys, at)
        if not leads and not bits[at] & (_WORKS | _BE) and keys[at] not in ":,(>-.":
            continue
        if keys[at] in ",.-(" and not clauses.has(_AFTER, at - 3, at):
            continue  # "a teacher, St Cuthbert's"
        following = at + 1
        while following < size - 1 and bits[following] & _ARTICLE and not flags[following] & HEAD:
            following += 1
        if following >= size or not _may_begin(scene, following, leads=leads):
            continue
        scene.budget.step()
        read = place_from(view, at + 1, scene.lexicon.head_endings)
        if read is None or not keys[read.first].isalpha() or _has_postcode(keys, read):
            continue
        if bits[read.last - 1] & _DAY and read.last - read.first > 1:  # "at the Arms on Friday"
            read = read._replace(last=read.last - 2, weight=read.weight - 6)
            if read.last <= read.first:
                continue
        candidate = _weighed(scene, clauses, at, read)
        if candidate is not None:
            done = read.last
            yield candidate


def _has_post(clauses: Clauses, read: Read) -> bool:
    """`Greggs tills`, and no `Chili's Grill & Bar`: a till or a desk, not a part of the name."""
    return any(
        clauses.bits[at] & _POST and not clauses.view.is_capital(at)
        for at in range(read.first, read.last)
    )


def _leads(keys: list[str], at: int) -> bool:
    """Return whether a word leads to a workplace: `at`, `hired by`, and `w/` for `with`."""
    before = keys[at - 1] if at else ""
    return (
        keys[at] in _PREPOSITIONS
        or (keys[at] == "by" and before in _HIRED)
        or (keys[at] == "/" and before == "w")
    )


def _has_postcode(keys: list[str], read: Read) -> bool:
    return any(
        key[0].isalpha() and key[-1].isdigit() and len(key) <= 4  # DA1, BS6
        for key in keys[read.first : read.last]
    )


def _may_begin(scene: Scene, at: int, *, leads: bool) -> bool:
    view = scene.view
    if not view.keys[at][0].isalpha():
        return False
    if view.is_capital(at) and not view.flags[at] & STOP:
        return True
    return leads and bool(view.flags[at] & (HEAD | INSTITUTION | MASS) or not view.flags[at] & STOP)


def _weighed(scene: Scene, clauses: Clauses, at: int, read: Read) -> Candidate | None:  # noqa: C901, PLR0912  # one grammar, read from top to bottom
    view, bits = scene.view, clauses.bits
    low, high = clauses.sentence(read.first)
    if view.keys[at] in ",.-(":
        low = clauses.sentence(max(0, at - 3))[0]
    before, behind = max(low, read.first - LEAD), min(high, read.last + TRAIL)
    if not _is_led(clauses, at, low) or (read.weight < _NAMED and _is_loose(clauses, at, low)):
        return None
    if _is_a_person(clauses, at, read):
        return None
    leads = _leads(view.keys, at)
    rule = ""
    if view.keys[at] == ":" and at and view.keys[at - 1] in _LABELS:
        rule = "work.labelled"
    elif (
        (_says_work(clauses, before, read.first) or _has_post(clauses, read))
        and (leads or bits[at] & _WORKS or (view.keys[at] in ",.-(" and read.has_head))
        and view.keys[at] != "to"
    ) or (leads and _is_posted(clauses, before, at)):
        rule = "work.said"
    elif clauses.has(_BUSY, before, read.first) and (read.has_head or read.weight >= _PLACED):
        rule = "work.busy"
    elif (read.has_head or leads) and (
        _is_told_after(clauses, read.last, behind)
        or (
            clauses.has(_WORKS, read.last, behind)
            and not _THERE.isdisjoint(view.keys[read.last : behind + 4])
        )
    ):
        rule = "work.told_after"
    elif (
        read.has_head
        and view.keys[at] in {"at", "to", "in"}
        and (
            any(view.keys[near] in _GOES for near in range(max(low, at - 2), at))
            or (at > low and view.keys[at] == "at" and bool(bits[at - 1] & bit("human", "kin")))
        )
    ):
        rule = "work.headed"
    if not rule:
        return None
    person = clauses.nearest(read.first, read.last)
    if rule in _NEEDING and (person is None or not low <= person.first < high):
        return None
    total = BASE["employer_school"] + CLAUSE[rule] + read.weight
    if total + 14 < _LEAST:
        return None
    candidate = scene.candidate(
        Category.EMPLOYER_SCHOOL,
        view.starts[read.first],
        view.ends[read.last - 1],
        "employer_school",
    )
    candidate.add(rule, CLAUSE[rule])
    candidate.add("place", read.weight)
    _add_person(scene, clauses, candidate, person, (low, before, read.first))
    inside = view.keys[before : read.first]
    if (
        clauses.has(_PAST, before, read.first)
        and clauses.has(bit("kin"), low, before + 3)
        and bits[low] & _ME
    ):
        candidate.add("work.own_kin_once", CLAUSE["work.own_kin_once"])
    if clauses.has(_PAST, before, read.first) and _HIRED.isdisjoint(inside):
        candidate.add("work.past", CLAUSE["work.past"])
    if clauses.has(_WISH, before, read.first) or not _MODALS.isdisjoint(inside):
        candidate.add("work.wished", CLAUSE["work.wished"])
    if _is_of_the_firm(clauses, person, at):
        candidate.add("work.of_the_firm", CLAUSE["work.of_the_firm"])  # the manager at …
    if clauses.is_fiction(read.first, read.last):
        candidate.add("fiction", CLAUSE["fiction"])
    count = scene.public_near(read.first, read.last)
    if count and candidate.about is not About.SELF:
        candidate.add("public", -10 if count == 1 else -20)
    return candidate


def _is_a_person(clauses: Clauses, at: int, read: Read) -> bool:
    """`he hired Jimmy Johnson`, `a nurse, Daphne Parish`; not `works for Morgan Stanley`."""
    view = clauses.view
    # given name and surname
    if read.last - read.first != 2 or read.has_head or view.keys[at] == "at":
        return False
    first, last = view.flags[read.first], view.flags[read.last - 1]
    is_name = first & GIVEN and not first & COMMON and last & (GIVEN | SURNAME) and not last & HEAD
    return bool(is_name) and not clauses.has(_WORKS, max(0, at - 2), at)


def _says_work(clauses: Clauses, first: int, last: int) -> bool:
    """Return whether a word for work stands there; `her work` alone is what she made."""
    keys, bits = clauses.view.keys, clauses.bits
    return any(
        bits[at] & _SAID
        and not (keys[at] in {"work", "works"} and bits[at - 1] & _ARTICLE and keys[at + 1] != "at")
        and not (keys[at] == "hired" and keys[at - 1] in _HIRES)
        for at in range(max(1, first), last)
    ) or bool(first == 0 and bits[0] & _SAID)


def _is_led(clauses: Clauses, at: int, low: int) -> bool:
    """Return whether a preposition leads to a workplace: `head of`, `works with`, `goes to`.

    Not `the illusion of Space`, `a chat with Apple`, `thanks to Greggs`, `her work with Haynes`.
    """
    keys, bits = clauses.view.keys, clauses.bits
    first = max(low, at - 4)
    if keys[at] == "of":
        return bool(bits[at - 1] & (_AFTER | bit("human"))) or keys[at - 1] in _LEADERS
    if keys[at] == "with":
        # two words before
        is_opus = at >= 2 and keys[at - 1] == "work" and bits[at - 2] & bit("owner")
        return (clauses.has(_SAID, first, at) or keys[at - 1] == "job") and not is_opus
    if keys[at] == "to":
        return clauses.has(_MOVES | _SAID, first, at) or not _GOES.isdisjoint(keys[first:at])
    return True


def _is_loose(clauses: Clauses, at: int, low: int) -> bool:
    """Return whether one unknown word would need a closer tie: `the accounts of Paul`."""
    key, bits = clauses.view.keys[at], clauses.bits
    if key == "of":
        before = clauses.view.keys[at - 1]
        return not bits[at - 1] & (_JOB | _POST) or before == "accounts"
    return key == "with" and not (bits[at - 1] & _JOB or clauses.has(_WORKS, max(low, at - 4), at))


def _is_posted(clauses: Clauses, first: int, at: int) -> bool:
    """`does security at`, `a job as a groundskeeper at`, `ask for him at`."""
    bits, keys = clauses.bits, clauses.view.keys
    if keys[at - 1] in _SUPERIORS and keys[at] in {"at", "in"}:
        whose = bits[at - 2] if at > 1 else 0
        return bool(whose & bit("owner") and not whose & (_ME | bit("you")))  # his boss at
    for near in range(first, at - 1):
        if bits[near] & _BUSY and bits[near + 1] & _POST:
            return True
        if keys[near] == "job" and keys[near + 1] in {"as", "at", "with"}:
            return True
        if keys[near] == "on" and keys[at] == "for" and bits[near - 1] & _BE:
            return bool(bits[near + 1] & bit("article"))  # on the bins for
        if keys[near] == "ask" and keys[near + 1] == "for" and bits[at - 1] & bit("he"):
            return keys[at] == "at"
    return False


def _is_told_after(clauses: Clauses, first: int, last: int) -> bool:
    """`at Brill's, a nurse there`; not `at the Royal, and the staff were kind`."""
    return any(
        clauses.bits[at] & _AFTER and clauses.view.keys[at - 1 : at + 1] != ["the", "staff"]
        for at in range(first, last)
    )


def _is_of_the_firm(clauses: Clauses, person: Person | None, at: int) -> bool:
    """`the staff at Boots`: nobody is meant but whoever has the job."""
    bits = clauses.bits
    low = clauses.sentence(at)[0]
    is_told = bits[low] & bit("pointing") or any(
        p.about is About.MEMBER for p in clauses.people_in(*clauses.sentence(at))
    )
    if low < at <= low + 3 and not is_told and not clauses.has(_BE | _WORKS, low, at):
        head = clauses.view.keys[at - 1]  # "nurses at", "my consultant at", "staff at our"
        if (bits[at - 1] | clauses.grammar.bits.get(head.removesuffix("s"), 0)) & _JOB:
            return True
    if person is None or person.rule not in _ANY_ONE:
        return False
    has_job = (
        at >= 2 and bool(bits[at - 1] & (_JOB | _POST)) and bool(bits[at - 2] & bit("article"))
    )  # "the nurse at"
    return has_job or (person.last == at and bool(bits[at - 1] & (_JOB | bit("rival"))))


_THE_OTHERS: Final = frozenset({"owner.second"})
_THERE: Final = frozenset({"there", "department", "dept", "team", "them"})
_ANY_ONE: Final = frozenset({"owner.job", "owner.kin", "owner.human", "owner.self", "owner.plural"})
_NAMED: Final = 8  # a workplace whose words say that it is one
_PLACED: Final = 14  # a workplace with its town or floor
_NEEDING: Final = frozenset({"work.told_after", "work.headed", "work.busy"})
_LEAST: Final = -12  # less than that, with the best of persons, marks nothing


def _add_person(
    scene: Scene,
    clauses: Clauses,
    candidate: Candidate,
    person: Person | None,
    tokens: tuple[int, int, int],
) -> None:
    low, before, first = tokens
    works = next((at for at in range(before, first) if clauses.bits[at] & (_SAID | _BUSY)), first)
    if (
        person is not None
        and person.first >= first
        and person.rule in _THE_OTHERS
        and not clauses.bits[person.first - 1] & _BE
    ):
        person = None  # "training is at Unite House, ask your rep"
    if person is not None and person.about is About.SELF and person.is_owner:
        is_mine = not _LABELS.isdisjoint(scene.view.keys[person.last : person.last + 2])
        person = person if is_mine else None
    if person is not None and person.about is About.SELF and not person.is_owner:
        is_far = (
            works < first and not person.last <= works <= person.last + 5
        )  # "I also usually work"
        person = None if is_far else person
    if person is not None:
        candidate.add(person.rule, person.weight)
        candidate.about = person.about
    elif clauses.bits[low] & _DROPPED or scene.view.keys[before] in _LABELS:
        candidate.add("work.dropped", CLAUSE["work.dropped"])
    else:
        candidate.add("nobody", CLAUSE["nobody"])
    if clauses.has(_THING, before, works) and (person is None or person.first < before):
        candidate.add("work.of_a_thing", CLAUSE["work.of_a_thing"])
