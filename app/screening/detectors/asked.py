"""Who asks for what identifies somebody: a fact, its owner, and the force of a request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.screening.clauses import Clauses, Person
from app.screening.detectors.identity import ANYBODY, is_anybody
from app.screening.detectors.matched import weigh_spoken
from app.screening.findings import About, Category
from app.screening.grammar import bit
from app.screening.lexicon import INSTITUTION, NEGATION, PUBLIC
from app.screening.scene import Candidate, Scene
from app.screening.scoring import CLAUSE
from app.screening.tokens import View

REACH: Final = 10  # tokens between the request and what is asked for
_FACTS, _WEAK, _WHERE, _OF = (bit(n) for n in ("facts", "weak_facts", "where", "of"))
_REQUEST, _ANYONE, _WANTS, _FINDS = (bit(n) for n in ("request", "anyone", "wants", "finds"))
_LIVES, _REAL, _BE, _THING = (bit(n) for n in ("lives", "real", "be", "thing"))
_OFFLINE, _KNOW, _BEHIND = (bit(n) for n in ("offline", "know", "behind"))
_POLITE, _ARTICLE, _POINTING = bit("politeness"), bit("article"), bit("pointing")
_DECLARES, _MODAL, _SUBJECT, _TRYING = (bit(n) for n in ("declares", "modal", "subject", "trying"))
_NAMES: Final = frozenset({"name", "names"})
_CALLED: Final = frozenset({"called", "named"})
_OPENS: Final = frozenset('.!?;\n,:("-')


def asked(scene: Scene, clauses: Clauses) -> Iterator[Candidate]:
    """Yield requests for what identifies somebody."""
    bits = clauses.bits
    wanted = _FACTS | _WEAK | _WHERE | _FINDS | _LIVES
    starts = {person.first: person for person in clauses.people}
    ends = {person.last: person for person in clauses.people}
    done = -1
    for at, mine in enumerate(bits):
        if not mine & wanted or at < done:
            continue
        scene.budget.step()
        for target in (_fact, _clause, _found, _author):
            read = target(scene, clauses, at, (starts, ends))
            if read is None:
                continue
            candidate = _weighed(scene, clauses, read)
            if candidate is not None and candidate.total > _LEAST:
                done = read[1]
                yield candidate
                break


_LEAST: Final = -14
Target = tuple[int, int, str, Person, bool]  # first, last, rule, whose, is a question by itself
People = tuple[dict[int, Person], dict[int, Person]]


def _fact(scene: Scene, clauses: Clauses, at: int, people: People) -> Target | None:  # noqa: C901, PLR0912  # one grammar, read from top to bottom
    """Read `her new address`, `the owner's name`, `an address for this guy`."""
    view, bits = scene.view, clauses.bits
    if not bits[at] & (_FACTS | _WEAK):
        return None
    starts, ends = people
    low, high = clauses.sentence(at)
    owner: Person | None = None
    first, last = at, at + 1
    for near in range(at - 1, max(low, at - 5) - 1, -1):
        if view.keys[near] == "s" and near and view.keys[near - 1] == "'":
            owner = ends.get(near - 1)
            if owner is None:
                # a pseudonym of two words
                if near < 2 or view.flags[near - 2] or bits[near - 2] or view.is_capital(near - 2):
                    return None
                owner = Person(near - 2, near - 1, "owner.odd", 8, About.MEMBER)
            first = owner.first
            break
        person = starts.get(near)
        is_said = person is not None and person.rule in {"owner.handle", "owner.compound"}
        if person is not None and (person.is_owner or (is_said and near + 1 == at)):
            owner, first = person, near
            break
        if view.symbols[near] in _OPENS or bits[near] & _OF:
            break
    if owner is None:
        for near in range(at + 1, min(high, at + 5)):
            if bits[near] & _ARTICLE:
                break
            if bits[near] & _OF:
                owner = next(
                    (
                        starts[then]
                        for then in range(near + 1, min(high, near + 3))
                        if then in starts
                    ),
                    None,
                )
                if owner is not None:
                    last = owner.last
                break
            if view.symbols[near] in _OPENS:
                break
    if owner is None:
        owner = _having(clauses, at, low, ends)
        first = owner.first if owner else first
    if owner is None and sum(1 for b in bits[at : min(high, at + 5)] if b & (_FACTS | _WEAK)) > 1:
        owner = clauses.nearest(at, at + 1)  # "Who is he? I want name, job, street."
        if owner is not None and owner.rule != "owner.third":
            return None
        if owner is not None:
            return at, at + 3, "asked.weak_fact", owner, False
    if owner is None or owner.about is About.SELF or (last > at + 1 and owner.rule in _LOOSE):
        return None
    if owner.rule == "owner.second" and not _LIKED.isdisjoint(view.keys[owner.last : at]):
        owner = owner._replace(weight=_LIKED_WEIGHT)  # "your favourite school lunch"
    return first, last, _fact_rule(clauses, at, first, last, owner), owner, False


_LIKED: Final = frozenset({"favourite", "favorite", "fave", "ideal", "dream", "perfect", "fav"})
_LIKED_WEIGHT: Final = -12
_LOOSE: Final = frozenset({"owner.second", "owner.plural"})


def _having(clauses: Clauses, at: int, low: int, ends: dict[int, Person]) -> Person | None:
    """Read `does op have a facebook`."""
    for near in range(at - 1, max(low, at - 4), -1):
        if clauses.view.keys[near] in {"have", "has", "got"} and near in ends:
            return ends[near] if ends[near].rule not in _LOOSE else None
    return None


def _fact_rule(clauses: Clauses, at: int, first: int, last: int, owner: Person) -> str:  # noqa: PLR0911  # one grammar, read from top to bottom
    bits, keys = clauses.bits, clauses.view.keys
    if keys[at] in _NAMES and owner.rule == "owner.job":
        return "asked.vague"
    if keys[at] in _VAGUE_FACTS and owner.rule == "owner.human":
        return "asked.vague"
    if keys[at] not in _NAMES:
        return "asked.fact" if bits[at] & _FACTS else "asked.weak_fact"
    if any(bits[near] & _REAL or keys[near] in _LAST for near in range(first, at)):
        return "asked.fact"
    if owner.about is About.MEMBER and owner.rule != "owner.second":
        return "asked.weak_fact"
    if owner.last - owner.first > 1:
        return "asked.weak_fact"
    return "asked.name" if keys[at] == "names" or last > at + 1 else "asked.bare_name"


_VAGUE_FACTS: Final = frozenset({"info", "information", "details", "anything", "everything"})
_LAST: Final = frozenset({"last", "first", "family", "sur", "middle"})


def _clause(scene: Scene, clauses: Clauses, at: int, people: People) -> Target | None:  # noqa: C901, PLR0911, PLR0912  # one grammar, read from top to bottom
    """Read `where does she live`, `which school op goes to`, `who this woman is`."""
    bits, view = clauses.bits, scene.view
    if not bits[at] & _WHERE:
        return None
    starts, _ = people
    high = min(clauses.sentence(at)[1], at + 10)
    is_who = view.keys[at] in {"who", "whos"}
    person: Person | None = None
    lives = called = real = be = 0
    last = at + 1
    for near in range(at + 1, high):
        if view.symbols[near] in ",:(":
            break
        is_near = near - at <= (_WHO_REACH if is_who else _WHICH_REACH)
        if is_near and near in starts and starts[near].about is not About.SELF and person is None:
            person = starts[near]
            last = max(last, person.last)
        if person is not None and (person.first <= near < person.last):
            continue
        if bits[near] & _LIVES and (
            (person is None and near == at + 1)
            or (
                person is not None
                and near - person.last <= _ADVERBS
                and view.keys[near - 1] != "a"  # "for a living"
                and not _is_far(view, person, near)
                and (view.keys[near] != "from" or _comes_from(clauses, person, near))
                and (view.keys[near] not in _GOES or _is_a_place(view, bits, near, view.keys[at]))
            )
        ):
            lives, last = near, near + 1
        if (
            person is not None
            and view.keys[near] in _IN
            and bits[near - 1] & _BE
            and view.keys[at] in _WHICH
            and (
                near + 1 >= len(bits)
                or not view.keys[near + 1][0].isalpha()
                or bits[near + 1] & _NOW
            )
        ):
            lives, last = near, near + 1  # "which refuge she is in"
        if view.keys[near] in _CALLED:
            called, last = near, near + 1
        if bits[near] & _OFFLINE or (
            is_who
            and view.keys[near] in _BACK
            and (
                clauses.has(_ACCOUNT, near, near + 5)
                or any(
                    n in starts and starts[n].about is About.MEMBER for n in range(near, near + 4)
                )
            )
        ):
            real, last = near, near + 1
        if bits[near] & _BE:
            be = near
            last = max(last, near + 1)
    if person is None or (person.rule == "owner.plural" and person.is_owner):
        return None
    if person.rule == "owner.second" and "would" in view.keys[at:last]:
        return None  # "which city would you live in if …"
    if person.rule in _UNSURE and any(k == "do" for k in view.keys[at + 1 : person.first]):
        return None  # "where do dormice live": one pseudonym would take "does"
    if person.rule == "owner.second" and view.keys[person.last : person.last + 1] in _ALL:
        return None
    if (
        not lives
        and view.keys[at] in _WHICH
        and person.rule == "owner.second"
        and person.last == last
    ):
        lives = int(
            bool(be) and clauses.has(_PLACE, at + 1, at + 3) and view.keys[person.first] == "yours"
        )
    is_question = (
        at == clauses.sentence(at)[0]
        or view.symbols[at - 1] in _OPENS
        or (
            at < 3  # "lol where does she live"
            and not bits[at - 1] & _KNOW
            and view.keys[at - 1] not in _WHOM
        )
    )
    if is_who and person.rule == "owner.job":
        return None
    if is_who:
        if not be and not real:
            return None
        is_pointed = person.about is About.MEMBER or (
            person.last - person.first > 1 and bool(bits[person.first] & _POINTING)
        )
        if is_pointed and person.last - person.first > 1:
            is_pointed = bool(bits[person.first] & _POINTING)
        rule = (
            "asked.who_really"
            if real or (is_pointed and person.rule != "owner.second")
            else "asked.who"
        )
    elif (lives and not person.is_owner) or (
        be and clauses.has(_AREA, at + 1, min(at + 3, person.first))
    ):
        rule = "asked.clause"
    elif called:
        rule = "asked.name"
    else:
        return None
    return at, last, rule, person, is_question


def _comes_from(clauses: Clauses, person: Person, at: int) -> bool:
    """`where she is from`, `where does she come from`; not `what can you learn from`."""
    is_at_once = at == person.last or bool(clauses.bits[at - 1] & _BE)
    return is_at_once or clauses.view.keys[at - 1] in _COMES


def _is_far(view: View, person: Person, at: int) -> bool:
    """`what can you say of a camera that works`: there something else does."""
    return not _WHO_ELSE.isdisjoint(view.keys[person.last : at])


_COMES: Final = frozenset(
    {
        *("come", "comes", "came", "originally", "actually", "really", "even"),
        *("posts", "posting", "works", "working", "streams", "logs"),
    }
)
_WHO_ELSE: Final = frozenset({"that", "which", "can", "t", "a", "an"})
_WHOM: Final = frozenset({"those", "people", "ones", "all", "everyone"})  # … who are wondering
_AREA: Final = bit("area")
_WHO_REACH, _WHICH_REACH = 4, 6  # tokens: who is actually she; which part of town does she
_ADVERBS: Final = 8  # tokens between who and the verb: `the family … is hiding`
_NOW: Final = bit("now", "real")
_GOES: Final = frozenset({"goes", "go", "from"})
_IN: Final = frozenset({"in", "at"})
_WHICH: Final = frozenset({"which", "what"})


def _is_a_place(view: View, bits: list[int], at: int, word: str) -> bool:
    """`where he goes to school`, `which gym he goes to`; not `where he goes with the king`."""
    following = view.keys[at + 1] if at + 1 < len(bits) else "."
    if word in _WHICH or not following[0].isalpha():
        return view.keys[at] != "from" or word in _WHICH
    return following == "to" and view.keys[at] != "from"


_PLACE: Final = bit("place_word", "area")
_ACCOUNT: Final = bit("poster", "platform")
_UNSURE: Final = frozenset({"owner.compound", "owner.odd", "owner.capital", "owner.name"})
_ALL: Final = (["all"], ["guys"], ["folks"], ["people"], ["lot"])
_BACK: Final = frozenset({"behind", "runs", "owns", "operates", "writes", "posts"})


def _found(scene: Scene, clauses: Clauses, at: int, people: People) -> Target | None:  # noqa: PLR0911  # one grammar, read from top to bottom
    """Read `identify this woman`, `find her`, `dox op`, `track him down`."""
    bits, view = clauses.bits, scene.view
    starts, _ = people
    if bits[at] & _LIVES and view.keys[at + 1 : at + 2] in _NEARBY:
        person = starts.get(at + 2)
        is_other = person is not None and person.about is not About.SELF
        if person is not None and is_other and not person.is_owner and person.rule not in _LOOSE:
            return at, person.last, "asked.person", person, False
    if not bits[at] & _FINDS:
        return None
    for near in (at + 1, at + 2):
        person = starts.get(near)
        if person is not None and not (person.is_owner and _is_owning(clauses, person)):
            if person.about is About.SELF or person.rule in {"owner.second", "owner.plural"}:
                return None
            if view.keys[person.first] in {"a", "an", "any", "some"}:
                return None
            is_sure = (
                view.keys[at] not in _VAGUE or view.keys[min(person.last, len(bits) - 1)] in _DOWN
            )
            return (at, person.last, "asked.person", person, False) if is_sure else None
        is_pointed = near > at + 1 and bool(bits[at + 1] & (_ARTICLE | _POINTING))
        is_bound = view.keys[near + 1 : near + 2] in _BOUND  # "a work-around", "the track where"
        if near < len(bits) and is_pointed and bits[near] & _HOUSE and not is_bound:
            return (
                at,
                near + 1,
                "asked.name",
                Person(near, near + 1, "owner.home", 8, About.PERSON),
                False,
            )
        if near >= len(bits) or not bits[near] & (_ARTICLE | _POINTING):
            break
    return None


_BOUND: Final = (["-"], ["where"], ["that"], ["which"], ["by"])
_NEARBY: Final = (["near"], ["beside"], ["by"])


def _author(scene: Scene, clauses: Clauses, at: int, people: People) -> Target | None:
    """Read `who wrote that review`, `who reported me`."""
    keys = scene.view.keys
    if keys[at] != "who" or keys[at + 1 : at + 2] == [] or keys[at + 1] not in _DID:
        return None
    near = range(at + 2, min(len(keys), at + 5))
    is_said = clauses.has(_POINTING | _ARTICLE, at + 2, at + 4) and any(
        keys[n] in _SAID for n in near
    )
    if not is_said and not any(keys[n] in _US for n in near):
        return None
    return (
        at,
        min(len(keys), at + 4),
        "asked.author",
        Person(at, at + 1, "owner.asked", 4, About.PERSON),
        False,
    )


_SAID: Final = frozenset(
    [
        "review",
        "post",
        "comment",
        "complaint",
        "report",
        "note",
        "thread",
        "video",
        "rumour",
        "reply",
    ]
)
_DID: Final = frozenset(["wrote", "posted", "reported", "leaked", "made", "sent", "did", "said"])
_HOUSE: Final = bit("place_word", "weak_facts")
_VAGUE: Final = frozenset({"find", "out", "id", "track", "trace", "hunt", "expose"})
_DOWN: Final = frozenset({"down", "out", "irl", "offline"})


def _is_owning(clauses: Clauses, person: Person) -> bool:
    """`her` before a noun owns it; at the end of a clause it is herself."""
    view = clauses.view
    return (
        person.last < len(view.keys)
        and view.keys[person.last][0].isalpha()
        and not clauses.bits[person.last] & (bit("at", "of", "offline", "now", "be"))
    )


def _weighed(scene: Scene, clauses: Clauses, target: Target) -> Candidate | None:  # noqa: C901, PLR0912  # one grammar, read from top to bottom
    first, last, rule, owner, is_question = target
    view = scene.view
    low, high = clauses.sentence(first)
    force, where = _force(scene, clauses, first, last, is_question=is_question)
    if not force or (owner.rule == "owner.second" and force in _WEAK_FORCES):
        return None
    if owner.rule == "owner.second" and force == "force.request":
        asked_for = view.keys[max(low, where) : first + 1]
        if _US.isdisjoint(asked_for) and view.keys[where] != "gimme":
            return None  # "share your location with a friend"
    begin, end = min(first, where), last
    while end < high and end < last + 6 and view.symbols[end] not in ',:()"':
        end += 1
    if end < len(view.keys) and view.keys[end] == "?":
        end += 1
    candidate = scene.candidate(
        Category.SOLICITATION, view.starts[begin], view.ends[end - 1], "clause"
    )
    candidate.add("asked", CLAUSE["asked"])
    if rule == "asked.bare_name" and force != "force.question":
        rule = "asked.name"
    if rule == "asked.who" and force == "force.anyone":
        rule = "asked.vague"
    if rule == "asked.name" and owner.rule == "owner.plural":
        rule = "asked.vague"  # patients should give their name
    candidate.add(rule, CLAUSE[rule])
    candidate.add(force, CLAUSE[force])
    weight = min(owner.weight, 12)
    candidate.add(owner.rule, weight - (2 if owner.rule == "owner.kin" else 0))
    candidate.about = About.MEMBER if owner.about is About.MEMBER else About.PERSON
    if owner.rule == "owner.second" and _is_chat(clauses, first, last):
        candidate.add("owner.chat", CLAUSE["asked.chat"])
    if is_anybody(view, first, last):
        candidate.add("owner.anybody", ANYBODY)
    if owner.rule == "owner.second" and rule in {
        "asked.weak_fact",
        "asked.name",
        "asked.bare_name",
        "asked.who",
    }:
        candidate.add("owner.asked_back", -22)
    is_nameless = rule == "asked.weak_fact" and owner.rule in _NAMELESS
    if (
        (is_nameless or owner.rule == "owner.capital")
        and "was" in view.keys[max(0, first - 3) : last]
        and force == "force.question"
    ):
        candidate.add("asked.from_memory", CLAUSE["asked.chat"])  # the teacher in that film
    if clauses.has(_THING, max(low, first - 3), last):
        candidate.add("asked.of_a_thing", CLAUSE["asked.of_a_thing"])
    if clauses.is_fiction(begin, last):
        candidate.add("fiction", CLAUSE["fiction"])
    if rule != "asked.clause" and any(f & INSTITUTION for f in scene.view.flags[first:last]):
        candidate.add("institution", -10)
    _discount(scene, candidate, (begin, first, last, low))
    return candidate


def _is_chat(clauses: Clauses, first: int, last: int) -> bool:
    """`what do you do for work`, `where did you work`, `where do you live that figs ripen`."""
    keys = clauses.view.keys
    is_bygone = not _DID_YOU.isdisjoint(keys[max(0, first - 2) : last])
    does_what = keys[first] == "what" and "do" in keys[first + 2 : last + 1]
    goes_on = keys[last : last + 1] in (["that"], ["where"]) or keys[last : last + 2] == [
        "so",
        "that",
    ]
    return is_bygone or does_what or goes_on


_NAMELESS: Final = frozenset({"owner.kin", "owner.human", "owner.job"})
_DID_YOU: Final = frozenset({"did", "were", "was"})
_REPORTING: Final = frozenset({"asks", "asked"})
_US: Final = frozenset({"me", "us"})
_WEAK_FORCES: Final = frozenset({"force.mark", "force.anyone", "force.wish"})


def _discount(scene: Scene, candidate: Candidate, tokens: tuple[int, int, int, int]) -> None:
    begin, first, last, low = tokens
    flags = scene.view.flags
    count = scene.public_near(begin, last) + sum(1 for flag in flags[begin:last] if flag & PUBLIC)
    if count:
        candidate.add("public", -14 if count == 1 else -24)
    if any(flag & NEGATION for flag in flags[max(low, begin - 5) : first]):
        candidate.add("negation", -30)
    scene.add_safety(candidate, begin, last)
    weigh_spoken(scene, candidate, last)
    if scene.view.keys[first - 1] in _REPORTING and first > low:
        candidate.add("asked.reported", CLAUSE["asked.reported"])  # when they ask where you live


def _force(  # noqa: C901, PLR0911  # one grammar, read from top to bottom
    scene: Scene, clauses: Clauses, first: int, last: int, *, is_question: bool
) -> tuple[str, int]:
    """Return by which rule this is a request, and the token at which it begins."""
    view, bits = scene.view, clauses.bits
    low, high = clauses.sentence(first)
    begin = max(low, first - REACH)
    for at in range(first, begin - 1, -1):
        if at == first and not bits[at] & _FINDS:
            continue
        mine = bits[at]
        if mine & _ANYONE:
            return "force.anyone", at
        if mine & _WHERE and view.keys[at] == "who" and bits[at + 1] & _KNOWS:
            return "force.anyone", at
        if mine & (_REQUEST | _FINDS) and _is_imperative(scene, clauses, at, low):
            return "force.request", at
        if mine & _WANTS and at < first:
            return "force.wish", at
        if mine & _WHERE and at < first and _opens(view, at, low) and not _relates(view, at, high):
            return "force.question", at
    if is_question:
        return "force.question", first
    if clauses.has(_ANYONE, last, min(high, last + 4)):
        return "force.anyone", first
    ends_asking = high < len(view.keys) and view.keys[high] == "?" and high - last < _SHORT
    if ends_asking:
        return "force.mark", first
    return "", first


def _relates(view: View, at: int, high: int) -> bool:
    """`a game, where everybody …`: behind a comma, and nothing is asked."""
    is_question = high < len(view.keys) and view.keys[high] == "?"
    return at > 0 and view.keys[at - 1] == "," and view.keys[at] in _RELATIVE and not is_question


_RELATIVE: Final = frozenset({"where", "which", "who", "whose"})


def _opens(view: View, at: int, low: int) -> bool:
    """Return whether a word opens its clause, or follows a call that does: `hey`, `so`, `lol`."""
    if at == low or view.symbols[at - 1] in _OPENS:
        return True
    is_called = view.keys[at - 1] in _CALLS
    return is_called and (at - 1 == low or view.symbols[at - 2] in _OPENS)


_CALLS: Final = frozenset({"hey", "hi", "so", "ok", "okay", "lol", "btw", "and", "but", "yo"})
_KNOWS: Final = bit("know", "wants", "be", "request", "politeness", "finds")
_SHORT: Final = 6


def _is_imperative(scene: Scene, clauses: Clauses, at: int, low: int) -> bool:
    """A verb at the start of a clause, or behind `please`, `can you`, `someone`, `let's`."""
    view, bits = scene.view, clauses.bits
    if at == low or view.symbols[at - 1] in _OPENS:
        return True
    begin = max(low, at - 3)
    if bits[at] & _DECLARES:
        return any(bits[near] & _ANYONE for near in range(begin, at))
    return any(
        bits[near] & (_WANTS | _ANYONE) or (bits[near] & _POLITE and _is_asking(clauses, near, at))
        for near in range(begin, at)
    )


def _is_asking(clauses: Clauses, at: int, verb: int) -> bool:
    """`can you tell`, `who can tell`, `trying to find`; not `you will know`."""
    keys, bits = clauses.view.keys, clauses.bits
    if bits[at] & _MODAL:
        return bool(bits[at + 1] & _SUBJECT) or (
            at + 1 == verb and at > 0 and bool(bits[at - 1] & _ANYONE or keys[at - 1] == "who")
        )
    if keys[at] == "to":
        return at == 0 or bool(bits[at - 1] & (_TRYING | _WANTS | _FINDS))
    return True
