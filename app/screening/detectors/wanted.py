"""Who asks for what identifies somebody, links accounts or threatens, in words nobody listed.

Read with the senses of a language (`senses.py`): what is wanted, whose it is, and how it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.screening.detectors.matched import weigh_public
from app.screening.findings import About, Category
from app.screening.lexicon import (
    CAMEL_SYMBOL,
    COMMON,
    HANDLE_SYMBOL,
    INSTITUTION,
    NEGATION,
    STOP,
)
from app.screening.scene import Candidate, Scene
from app.screening.scoring import SENSE
from app.screening.senses import Person, bit
from app.screening.spoken import Spoken

_FACT, _HINT, _SOMEBODY, _KNOWS = (bit(n) for n in ("fact", "hint", "somebody", "knows"))
_TELL, _WISH, _FIND, _REWARD = (bit(n) for n in ("tell", "wish", "find", "reward"))
_WHERE, _WHICH, _SPOT, _WHO = (bit(n) for n in ("where", "which", "spot", "who"))
_LIVES, _CALLED, _REALLY, _BE = (bit(n) for n in ("lives", "called", "really", "be"))
_BEHIND, _THAT, _HIS, _MY = (bit(n) for n in ("behind", "that", "his", "my"))
_YOUR, _OF, _DET, _POSTER = (bit(n) for n in ("your", "of", "det", "poster"))
_YOU: Final = bit("you", "verb_you", "your")
_ME: Final = bit("me", "my", "we")
_SAME, _ONE, _OTHER, _ACCOUNT = (bit(n) for n in ("same", "one", "other", "account"))
_PLATFORM, _POSTS = bit("platform"), bit("posts")
_REVEAL, _AUDIENCE, _LEARNS = bit("reveal"), bit("audience"), bit("learns")
_CONDITION, _PROOF, _IKNOW = bit("condition"), bit("proof"), bit("iknow")
_THING, _SAFETY = bit("thing"), bit("safety")
_MOVES: Final = bit("moves")
_FAMILY: Final = bit("family")
_AND: Final = frozenset({"und", "y", "e", "et", "&", "i"})
_JOINS: Final = frozenset({"=", ":", ">"})
_QUOTES: Final = frozenset("\"'«»“”„")
REACH: Final = 16  # tokens between a request and what is asked for
NEAR: Final = 5
SURE_ACCOUNT: Final = 8  # the weight of what can only be a pseudonym
LEAST_ACCOUNT: Final = 4  # letters of a word that may be a pseudonym


def wanted(scene: Scene, spoken: Spoken) -> Iterator[Candidate]:
    """Yield requests, linked accounts and threats, at most one of each a sentence."""
    for place, (low, high) in enumerate(spoken.sentences):
        for reader in (_asked, _linked, _threatened):
            candidate = reader(scene, spoken, place, low, high)
            if candidate is not None:
                yield candidate


def _add(candidate: Candidate, *rules: str) -> None:
    for rule in rules:
        candidate.add(rule, SENSE[rule])


def _made(scene: Scene, category: Category, first: int, last: int) -> Candidate:
    view = scene.view
    scene.budget.step()
    return scene.candidate(category, view.starts[first], view.ends[last - 1], "clause")


_PARTICIPLES: Final = ("ada", "ado", "adas", "ados", "ida", "ido", "ee", "ees")
_INFINITIVES: Final = ("r", "en", "re", "an", "cto", "xx", "lo", "la", "le")
Target = tuple[int, str, Person | None]  # the token, the rule, whose it is if that is sure


def _asked(  # noqa: C901, PLR0912  # one grammar, read from top to bottom
    scene: Scene, spoken: Spoken, place: int, low: int, high: int
) -> Candidate | None:
    if not spoken.has(_KNOWS | _FACT | _HINT | _WHERE | _WHICH | _WHO | _FIND | _CALLED, low, high):
        return None
    is_question = high < len(scene.view.keys) and scene.view.keys[high] == "?"
    target = _target(scene, spoken, place, low, high)
    if target is None:
        return None
    at, rule, person = target
    is_asking = is_question or rule == "asked.who_really"  # many leave the sign out
    force = _force(spoken, low, high, at, is_question=is_asking)
    if force is None:
        return None
    if person is None:
        person = spoken.whose(place, at, at + 1)
    if person is not None and person.about is About.SELF and rule in _OF_NOBODY:
        person = None
    if person is not None and (person.about is About.SELF or person.rule == "owner.own_kin"):
        return None
    candidate = _made(scene, Category.SOLICITATION, low, high)
    _add(candidate, "asked", rule, force)
    if person is None:
        _add(candidate, "asked.of_nobody")
    else:
        candidate.add(person.rule, min(person.weight, 11))
        candidate.about = person.about
        if person.rule == "owner.second" and rule not in _OF_YOU:
            _add(candidate, "asked.second")
    if spoken.flagged(INSTITUTION, at, min(high, at + NEAR)) and rule in {
        "asked.fact",
        "asked.hint",
    }:
        _add(candidate, "asked.institution")
    if spoken.flagged(NEGATION, low, high) and not is_question and force != "force.reward":
        _add(candidate, "denied")
    if spoken.is_fiction(low, high):
        _add(candidate, "fiction")
    if spoken.has(_THING, at - 2, min(high, at + NEAR)):
        _add(candidate, "thing")
    if spoken.has(_SAFETY, low, high):
        _add(candidate, "safety")
    scene.add_cues(candidate, low, high, "safety")
    count = scene.public_in(low, high)
    if count:
        _add(candidate, "public" if count == 1 else "public.much")
    return candidate


_OF_NOBODY: Final = frozenset(
    {"asked.owner", "asked.list", "asked.who", "asked.who_really", "asked.who_behind"}
)
_OF_YOU: Final = frozenset({"asked.your_place", "asked.your_fact", "asked.your_home"})


def _force(spoken: Spoken, low: int, high: int, at: int, *, is_question: bool) -> str | None:  # noqa: PLR0911  # each way out is one case
    """Return how something is asked for: offered money, asked of anyone, demanded, wished."""
    begin, end = max(low, at - REACH), min(high, at + REACH)
    if spoken.has(_REWARD, begin, end):
        return "force.reward"
    found = [n for n in range(begin, end) if spoken.bits[n] & _FIND]
    if any(n != at or spoken.view.keys[n].endswith(_INFINITIVES) for n in found):
        return "force.find"
    somebody = spoken.first_of(_SOMEBODY, begin, end)
    if somebody is not None and (is_question or spoken.has(_KNOWS, begin, end)):
        return "force.anyone"
    if spoken.has(_TELL, begin, at):
        return "force.tell"
    if spoken.has(_WISH, begin, end):
        return "force.wish"
    if is_question:
        return "force.question"
    return None


def _target(  # noqa: C901, PLR0912, PLR0915  # one grammar, read from top to bottom
    scene: Scene, spoken: Spoken, place: int, low: int, high: int
) -> Target | None:
    """Return what is asked for that would tell who somebody is, the surest first."""
    view, bits = scene.view, spoken.bits
    found: list[Target] = []
    facts = 0
    for at in range(low, high):
        mine = bits[at]
        if mine & (_FACT | _HINT):
            facts += 1
            owned = _owned(spoken, at, low, high)
            if owned is not None:
                owner, is_far = owned
                rule = "asked.fact" if mine & _FACT else "asked.hint"
                if owner.rule == "owner.second" and mine & _FACT:
                    rule = "asked.your_fact"
                if not (owner.rule == "owner.second" and rule == "asked.hint") and not is_far:
                    found.append((at, rule, owner))
        if mine & (_WHERE | _WHICH):
            end = min(high, at + 9)
            lives = spoken.first_of(_LIVES, at + 1, end)
            has_spot = bool(mine & _WHERE) or spoken.has(_SPOT, at + 1, at + 4)
            if lives is not None and has_spot:
                person = _who_lives(spoken, at, lives, high)
                if spoken.has(_THOU, max(low, at - 3), min(high, lives + 3)):
                    if mine & _WHICH:
                        found.append((at, "asked.your_place", None))
                elif person is not None:
                    found.append((at, "asked.place", person))
            elif mine & _WHICH and spoken.has(_SPOT, at + 1, at + 3) and _is_thine(spoken, at, low):
                found.append((at, "asked.your_place", None))
        if mine & _KNOWS and _is_known(spoken, place, at, high):
            found.append((at, "asked.knows", None))
        if mine & _LIVES and spoken.has(_THOU, at - 3, at + 1):
            near = spoken.has(_WHERE | _WHICH, max(low, at - 4), min(high, at + 4))
            if near and spoken.has(bit("fetch"), low, high + REACH):
                found.append((at, "asked.your_home", None))
        if mine & _WHO:
            end = min(high, at + 8)
            is_be = spoken.has(_BE, max(low, at - 2), min(high, at + 3))
            if spoken.has(_BEHIND, at + 1, end) and _is_pointed(spoken, at, end):
                found.append((at, "asked.who_behind", None))
            elif is_be and _is_really(spoken, at, end):
                found.append((at, "asked.who_really", None))
            elif is_be and (_is_pointed(spoken, at, end) or _is_bare(spoken, at, low, high)):
                found.append((at, "asked.who", None))
        if mine & _CALLED and not spoken.has(_ME, low, at):
            poster = next(
                (p for p in spoken.people_in(at - 8, at + 5) if p.about is About.MEMBER), None
            )
            if poster is not None and poster.rule != "owner.second":
                found.append((at, "asked.called_so", poster))
        if mine & _CALLED and spoken.has(_REALLY | bit("surname"), at - 3, min(high, at + 4)):
            person = spoken.whose(place, at, at + 1)
            is_near = person is not None and at - 4 <= person.first <= at + 5
            # no bare noun
            if (is_near and person is not None and person.weight > 5) or at + 4 >= high:
                found.append((at, "asked.called", person))
        if mine & _FIND and not view.keys[at].endswith(_PARTICIPLES):
            person = next(
                (p for p in spoken.people_in(at - 2, at + 6) if p.about is not About.SELF), None
            )
            if person is None and _is_sought(spoken, at, low):
                person = Person(at, at + 1, "owner.third", 10, About.PERSON)
            if person is not None and person.rule in _SURE:
                found.append((at, "asked.find", person))
        if mine & _WHO and at > low and bits[at - 1] & (_OF | bit("at")):
            end = min(high, at + 6)
            if spoken.has(_BE, at + 1, end) and spoken.has(_FACT | _HINT, at + 1, end):
                found.append((at, "asked.owner", None))
    if facts >= 3:  # name, insta, anything
        first = spoken.first_of(_FACT | _HINT, low, high)
        found.append((first or low, "asked.list", None))
    if not found:
        return None
    return max(found, key=lambda t: SENSE[t[1]] + (t[2].weight if t[2] else 0))


def _is_sought(spoken: Spoken, at: int, low: int) -> bool:
    """`kann den mal jemand ausfindig machen`: a pronoun without a noun before the verb."""
    view = spoken.view
    return spoken.senses.has_compounds and any(
        spoken.bits[near] & _CLITIC
        and bool(spoken.bits[near + 1] & _SOMEBODY or view.flags[near + 1] & STOP)
        and not view.is_capital(near + 1)
        for near in range(max(low, at - 4), at)
    )


_CLITIC: Final = bit("clitic")


def _is_known(spoken: Spoken, place: int, at: int, high: int) -> bool:
    """`Kennt wer den Kerl? Vorname reicht`: somebody is asked for, then what to tell of him."""
    if not any(p.rule in _SURE or p.rule == "owner.one" for p in spoken.people_in(at, at + 6)):
        return False
    if place + 1 >= len(spoken.sentences):
        return False
    low, last = spoken.sentences[place + 1]
    return spoken.view.keys[high : high + 1] == ["?"] and spoken.has(
        _FACT | _HINT | bit("names"), low, min(last, low + 6)
    )


def _is_thine(spoken: Spoken, at: int, low: int) -> bool:
    """`t'es dans quel collège`, `vc estuda em q escola`."""
    return spoken.has(_THOU, max(low, at - 5), at) and spoken.has(_BE | _LIVES | _THOU, at - 4, at)


_THOU: Final = bit("thou", "verb_you")
_SURE: Final = frozenset({"owner.poster", "owner.human", "owner.handle", "owner.third"})


def _is_pointed(spoken: Spoken, at: int, end: int) -> bool:
    """`quién es esta cuenta`, `c'est qui ce mec`, `wer ist der auf dem Foto`."""
    for person in spoken.people_in(at, end):
        if person.rule in {"owner.handle", "owner.quoted", "owner.compound"}:
            return True
        is_that = spoken.has(_THAT, person.first, person.last)
        if person.rule in {"owner.human", "owner.poster"} and (
            is_that or spoken.has(_SEEN, person.last, min(end + 2, person.last + 4))
        ):
            return True
        if person.rule in {"owner.one", "owner.third"} and (
            spoken.has(_SEEN | _REALLY | _BEHIND, person.last, min(end + 2, person.last + 4))
        ):
            return True
    return False


def _is_really(spoken: Spoken, at: int, end: int) -> bool:
    """`wer ist der Typ privat`, `quem é essa pessoa na vida real`; not `wer ist eigentlich …`."""
    really = spoken.first_of(_REALLY, at + 2, end)
    if really is None:
        return False
    return any(
        person.last <= really <= person.last + 2 and person.rule in _REAL_PERSONS
        for person in spoken.people_in(at + 1, really)
    )


_REAL_PERSONS: Final = _SURE | {"owner.quoted", "owner.compound", "owner.one"}
_SEEN: Final = bit("hint", "account", "platform", "spot")


def _is_bare(spoken: Spoken, at: int, low: int, high: int) -> bool:
    """`averiguar quién es`: nobody is named, and the search is enough."""
    view = spoken.view
    behind = next((n for n in range(at + 1, high) if not spoken.bits[n] & _BE), high)
    is_last = behind >= high or not view.keys[behind][0].isalpha()
    return spoken.has(_FIND, low, at) and is_last


def _who_lives(spoken: Spoken, at: int, lives: int, high: int) -> Person | None:
    """Return who lives there; where the verb alone says so, nobody else may stand behind it."""
    near = [
        p
        for p in spoken.people_in(at + 1, min(high, lives + NEAR))
        if p.about is not About.SELF
        and p.rule not in {"owner.second", "owner.his", "owner.dropped"}
    ]
    if near:
        return max(near, key=lambda p: p.weight)
    view = spoken.view
    is_last = lives + 1 >= high or not view.keys[lives + 1][0].isalpha()
    if is_last and view.keys[lives][-1] not in "nsz" and not spoken.has(_YOU, at, lives + 3):
        return Person(lives, lives + 1, "owner.dropped", 5, About.PERSON)
    return None


def _owned(spoken: Spoken, at: int, low: int, high: int) -> tuple[Person, bool] | None:
    """Return whose a fact is: `ihre Nummer`, `el cel de la maestra`, `la dirección de este`."""
    bits, view = spoken.bits, spoken.view
    for near in range(at - 1, max(low, at - 4) - 1, -1):
        if not view.keys[near][0].isalpha():
            break
        if bits[near] & _MY:
            return None
        if bits[near] & _HIS:
            return Person(near, near + 1, "owner.his", 9, About.PERSON), False
        if bits[near] & _YOUR:
            return Person(near, near + 1, "owner.second", 6, About.MEMBER), False
    for near in range(at + 1, min(high, at + 3)):
        if bits[near] & (_OF | _DET | _MY | _THAT):
            person = next(
                (
                    p
                    for p in spoken.people_in(near, min(high, near + 4))
                    if p.rule not in {"owner.his", "owner.dropped"}
                ),
                None,
            )
            if person is not None:
                is_mine = person.about is About.SELF or person.rule == "owner.own_kin"
                return None if is_mine else (person, False)
        if not view.keys[near][0].isalpha():
            break
    return None


def _linked(scene: Scene, spoken: Spoken, place: int, low: int, high: int) -> Candidate | None:  # noqa: C901, PLR0912  # one grammar, read from top to bottom
    """Read two accounts, or somebody and an account, and that they are one."""
    bits = spoken.bits
    begin = low
    if place and spoken.sentences[place - 1][1] - spoken.sentences[place - 1][0] <= REACH:
        begin = spoken.sentences[place - 1][0]
    same = spoken.first_of(_SAME, low, high)
    rules: list[str] = []
    if same is not None and spoken.has(_ONE, same + 1, same + 4):
        rules.append("linked.same")
    other = spoken.first_of(_OTHER, low, high)
    if other is not None and (bits[other] & _ACCOUNT or spoken.has(_ACCOUNT, other + 1, other + 3)):
        rules.append("linked.other")
    platform = spoken.first_of(_PLATFORM, begin, high)
    if platform is not None:
        rules.append("linked.platform")
    if platform is not None and _are_equal(spoken, begin, low, high):
        rules.append("linked.equal")
    posts = spoken.first_of(_POSTS, low, high)
    if posts is not None and posts + 1 < high:
        rules.append("linked.posts")
    if not rules or rules == ["linked.posts"]:
        return None
    scene.budget.step()
    accounts = _accounts(scene, spoken, begin, high)
    if not any(low <= at for at, _ in accounts):
        return None
    last, weight = accounts[-1]
    if spoken.is_self(posts if posts is not None else last, low) or _is_mine(spoken, other, low):
        return None
    people = [
        p for p in spoken.people_in(begin, high) if p.about is not About.SELF and p.first != last
    ]
    person = max(people, key=lambda p: p.weight, default=None)
    is_told = posts is not None and platform is not None and weight >= SURE_ACCOUNT
    if person is None and len(accounts) < 2 and not is_told:  # one account is linked to nobody
        return None
    first = min([at for at, _ in accounts] + [p.first for p in people if p.first >= begin])
    end = max([last + 1, (platform or 0) + 1, (same or 0) + 2, *[p.last for p in people]])
    begin = low if first >= low and first - low <= NEAR else min(first, end - 1)
    candidate = _made(scene, Category.ACCOUNT_LINK, begin, min(high, end))
    _add(candidate, "linked", *rules)
    candidate.add("account", weight)
    if len(accounts) > 1:
        _add(candidate, "linked.two")
    if person is not None:
        candidate.add(person.rule, min(person.weight, 10))
        candidate.about = person.about
    if spoken.is_fiction(low, high):
        _add(candidate, "fiction")
    weigh_public(scene, candidate, low, high)
    return candidate


def _are_equal(spoken: Spoken, begin: int, low: int, high: int) -> bool:
    """`… Das ist unser X`, `c'est Y`: who was spoken of has another name."""
    return begin < low and spoken.has(_BE, low, low + 2) and high - low <= REACH


def _is_mine(spoken: Spoken, other: int | None, low: int) -> bool:
    """`mein Zweitaccount`, `tengo otra cuenta`."""
    return other is not None and spoken.has(_ME, max(low, other - 3), other)


def _accounts(  # noqa: C901  # one grammar, read from top to bottom
    scene: Scene, spoken: Spoken, low: int, high: int
) -> list[tuple[int, int]]:
    """Return what may be pseudonyms, and what each weighs."""
    view, bits = scene.view, spoken.bits
    found: dict[int, int] = {}
    lead = low + bool(bits[low] & _DET)
    if view.keys[lead + 1 : lead + 2] and view.keys[lead + 1] in _AND and lead + 3 < high:
        other = lead + 2 + bool(bits[lead + 2] & _DET)
        if spoken.has(_SAME, other, min(high, other + NEAR)):
            found = {at: 4 for at in (lead, other) if not bits[at] & ~_DET}
    for at in range(low, high):
        key, symbol = view.keys[at], view.symbols[at]
        if symbol in {HANDLE_SYMBOL, CAMEL_SYMBOL}:
            said = view.text[view.starts[at] : view.ends[at]]
            if said[0] == "@" or not (said.isupper() or said[0].isdigit()):
                found[at] = 10
            continue
        if not key[0].isalpha() or len(key) < LEAST_ACCOUNT or bits[at] or view.flags[at] & STOP:
            continue
        before = view.keys[at - 1] if at else ""
        if before in _QUOTES and at + 1 < len(view.keys) and view.keys[at + 1] in _QUOTES:
            found[at] = 9
        elif not view.is_capital(at) and not view.flags[at] and spoken.is_compound(key):
            found[at] = 7
        elif not view.is_capital(at) and not view.flags[at] and _is_said(spoken, at):
            found[at] = 5
        elif not view.is_capital(at) and not view.flags[at] & ~COMMON and _is_said(spoken, at):
            found[at] = 4
    return sorted(found.items())


def _is_said(spoken: Spoken, at: int) -> bool:
    """Return whether a word stands where a pseudonym would: without article, at an edge."""
    return at > 0 and (
        spoken.opens(at)
        or bool(spoken.bits[at - 1] & (_POSTS | _BE | _ACCOUNT | bit("called")))
        or spoken.has(_MY, at - 2, at)
        or spoken.has(_KNOWS, at - 3, at)
        or (
            bool(spoken.bits[at - 1] & _DET)
            and spoken.opens(at - 1)
            and spoken.has(_POSTS | _BE | _OTHER, at + 1, at + 2)
        )
        or spoken.view.keys[at - 1] in {"als", "como", "comme", "sous", "de", "por", "unter", "von"}
    )


def _threatened(scene: Scene, spoken: Spoken, place: int, low: int, high: int) -> Candidate | None:  # noqa: C901, PLR0912  # one grammar, read from top to bottom
    """Read what the reader keeps secret, who would learn it, and what is demanded."""
    bits = spoken.bits
    if not spoken.has(_YOU, low, high):
        return None
    rules: list[str] = []
    home = _home(spoken, low, high)
    knows = spoken.first_of(_IKNOW, low, high)
    if home:
        rules.append("threat.home" if knows is not None else "threat.where")
    secret = next(
        (
            at
            for at in range(low, high)
            if bits[at] & (_FACT | _HINT | _PROOF) and spoken.has(_YOUR, at - 3, at)
        ),
        None,
    )
    if secret is not None:
        rules.append("threat.fact" if bits[secret] & _FACT else "threat.secret")
    audience = next(
        (at for at in range(low, high) if bits[at] & _AUDIENCE and spoken.has(_YOUR, at - 3, at)),
        None,
    )
    if audience is not None:
        rules.append("threat.audience")
    reveal = spoken.first_of(_REVEAL, low, high)
    if reveal is not None:
        rules.append("threat.reveal")
    if spoken.has(_LEARNS, low, high):
        rules.append("threat.learns")
    if spoken.has(_CONDITION, max(0, low - 3), high):
        rules.append("threat.condition")
    who = spoken.first_of(_WHO, low, high)
    if who is not None and spoken.has(_YOU | _BEHIND, who + 1, min(high, who + 5)):
        rules.append("threat.who")
    if spoken.has(_PROOF, low, high):
        rules.append("threat.proof")
    if knows is not None and secret is not None:
        rules.append("threat.known")
    elif secret is not None and spoken.has(bit("ihave"), low, high):
        rules.append("threat.had")
    if not _TELLING.intersection(rules) or sum(SENSE[rule] for rule in rules) < 17:  # marks nothing
        return None
    candidate = _made(scene, Category.EXPOSURE_THREAT, low, high)
    candidate.about = About.MEMBER
    _add(candidate, "threat", *rules)
    if (
        spoken.flagged(NEGATION, low, high)
        and "threat.home" not in rules
        and not spoken.has(_CONDITION, low, high)
    ):
        _add(candidate, "denied")
    if spoken.is_fiction(low, high):
        _add(candidate, "fiction")
    if spoken.has(_SAFETY, low, high):
        _add(candidate, "safety")
    if (
        high < len(scene.view.keys)
        and scene.view.keys[high] == "?"
        and "threat.condition" not in rules
    ):
        _add(candidate, "threat.asked")
    scene.add_cues(candidate, low, high, "safety")
    return candidate


_TELLING: Final = frozenset(
    {"threat.reveal", "threat.learns", "threat.home", "threat.who", "threat.known"}
)


def _home(spoken: Spoken, low: int, high: int) -> bool:
    """Return whether it says where the reader lives, sleeps or parks."""
    for at in range(low, high):
        if not spoken.bits[at] & (_WHERE | _WHICH):
            continue
        if (
            spoken.bits[at] & _WHICH
            and not spoken.bits[at] & _WHERE
            and not spoken.has(_SPOT, at, at + 4)
        ):
            continue
        end = min(high, at + 8)
        if spoken.has(_YOU, at + 1, end) and spoken.has(
            _LIVES | _MOVES | bit("verb_you"), at + 1, end
        ):
            return True
    return False


__all__ = ["wanted"]
