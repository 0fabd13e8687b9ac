"""The engine's one door: a text goes in, findings come out, and nothing else happens."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from itertools import islice
from typing import Final

from app.screening.accumulation import accumulated
from app.screening.detectors.clauses import clauses
from app.screening.detectors.net import doxx_links, emails, ip_addresses, profiles
from app.screening.detectors.papers import papers
from app.screening.detectors.phone import phones
from app.screening.detectors.phrases import phrases
from app.screening.detectors.places import addresses, points
from app.screening.detectors.spoken import spoken
from app.screening.detectors.vehicle import vehicles
from app.screening.disguise import (
    numbers_put_back,
    signs_put_back,
    spelt_numbers,
    spelt_signs,
)
from app.screening.findings import About, Category, Finding, Signal, Span, Surface
from app.screening.languages._packs.names import COMMON, GIVEN, RARE, SURNAMES
from app.screening.lexicon import COMMON as COMMON_WORD
from app.screening.lexicon import GIVEN as GIVEN_NAME
from app.screening.lexicon import Lexicon
from app.screening.messages import why
from app.screening.normalize import (
    decoded,
    fold,
    joined,
    leet,
    rotated,
    rotated_from,
    spaced_out,
    turned,
    turned_from,
    unleeted,
    without_markup,
)
from app.screening.scene import Budget, Candidate, OverBudgetError, Scene
from app.screening.scoring import DROPPED_BELOW, WEIGHTS, confidence
from app.screening.tokens import View
from app.screening.words import plain

SHIPPED: Final = ("en", "de", "es", "fr", "pt")
MOST_FINDINGS: Final = 100
LONGEST_TEXT: Final = 120_000  # code points; what is longer is held unread
MOST_DISGUISES: Final = 600  # of one kind; whoever hides more than that is held
SHORT: Final = 400  # code points; so short a text is read again as a whole
LONGEST_STRETCH: Final = 2_000  # code points of such stretches that are read as one
AROUND: Final = 160  # code points to both sides of a disguise that are read again with it
MOST_READ_TWICE: Final = 8_000  # code points that may be read again without their disguise
SHORTEST_TURNED: Final = 4  # letters of a name that is recognised backwards without a word
EARLIER_POSTS: Final = 5
WIDENS: Final = 0.35  # confidence of what widens a mark
EARLIER_LENGTH: Final = 2_000

Detector = Callable[[Scene], Iterator[Candidate]]
STRICT: Final[tuple[Detector, ...]] = (
    emails,
    phones,
    papers,
    profiles,
    doxx_links,
    ip_addresses,
    addresses,
    points,
)
DETECTORS: Final[tuple[Detector, ...]] = (*STRICT, vehicles, phrases, clauses, spoken)


@dataclass(frozen=True, slots=True)
class Context:
    """What is publicly known around a text: its surface, who is spoken of, what came before."""

    surface: Surface = Surface.POST
    author: str = ""
    pseudonyms: frozenset[str] = frozenset()
    languages: tuple[str, ...] = SHIPPED
    public_contacts: frozenset[str] = frozenset()
    earlier: tuple[str, ...] = ()


PLAIN: Final = Context()


@lru_cache(maxsize=32)
def lexicon_for(languages: tuple[str, ...]) -> Lexicon:
    """Return the lexicon of these languages; all shipped ones are made when this is imported."""
    packs = tuple(import_module(f"{_PACKS}.{code}").PACK for code in languages if code in SHIPPED)
    return Lexicon(packs, GIVEN, SURNAMES, COMMON, RARE)


_PACKS: Final = "app.screening.languages._packs"


def screen(text: str, *, context: Context = PLAIN) -> tuple[Finding, ...]:
    """Return what in `text` identifies somebody, sorted by start, end and category."""
    if not text:
        return ()
    if len(text) > LONGEST_TEXT:
        return (_limit(len(text)),)
    lexicon = lexicon_for(context.languages)
    best: list[Candidate] = []
    budget = Budget()
    is_cut = False
    first: View | None = None
    try:
        for view in views(text, lexicon, context):
            first = first or view
            is_cut = is_cut or view.is_cut
            _collect(best, view, lexicon, context, budget)
    except OverBudgetError:
        is_cut = True
    findings = [_finding(candidate) for candidate in _settled(best)]
    if first and not any(finding.category in IDENTIFYING for finding in findings):
        together = _together(first, lexicon, context)
        if together is not None:
            findings.append(together)
    if is_cut or len(findings) > MOST_FINDINGS:
        findings = [*findings[:MOST_FINDINGS], _limit(len(text))]
    return tuple(sorted(findings, key=lambda f: (f.span.start, f.span.end, f.category)))


# What already exposes a person by itself; counting weak facts beside it adds nothing.
IDENTIFYING: Final = frozenset(
    {Category.REAL_NAME, Category.EMPLOYER_SCHOOL, Category.POSTAL_ADDRESS, Category.WHEREABOUTS}
)


def _together(view: View, lexicon: Lexicon, context: Context) -> Finding | None:
    """Return what weak facts about one person add up to, here and in the author's last posts."""
    earlier = (
        View(without_markup(fold(post[:EARLIER_LENGTH])), lexicon)
        for post in context.earlier[-EARLIER_POSTS:]
    )
    return accumulated(view, lexicon, earlier)


def _limit(size: int) -> Finding:
    signals = (Signal("limit", 90),)
    return Finding(
        Category.LIMIT, Span(0, size), 1.0, About.PERSON, why(Category.LIMIT, About.PERSON), signals
    )


_MOVED: Final = re.compile(
    r"(?:moc|ten|gro|ku\.oc|ed|rf|se|rb\.moc|tp|ue|oi|em)\.[\w.-]{2,30}@[\w.+-]{2,40}|//:s?ptth"
    r"|moc\.(?:margatsni|koobecaf|rettiwt|kotkit)"
)
_ROTATED: Final = re.compile(r"\brot[ -]?13\b")


def views(text: str, lexicon: Lexicon, context: Context = PLAIN) -> Iterator[View]:
    """Yield the ways to read a text: as it stands, undisguised, backwards, decoded."""
    names = frozenset(plain(p.lower()) for p in context.pseudonyms if p)
    base = without_markup(fold(text))
    view = View(base, lexicon, names)
    yield view
    yield from _undisguised(text, view, lexicon, names)
    low = view.low
    if ("@" in low or "ptth" in low or "moc." in low) and _MOVED.search(low):
        yield View(turned(base), lexicon, names, "reversed", text, is_strict=True)
    if not lexicon.backwards.isdisjoint(view.vocabulary):
        backwards = next(at for at, key in enumerate(view.keys) if key in lexicon.backwards)
        place = _after_colon(base.text, view.ends[backwards])
        yield View(turned_from(base, place), lexicon, names, "reversed", text)
    else:
        turned_at = _turned_name(view, lexicon)
        if turned_at is not None:
            yield View(turned_from(base, turned_at), lexicon, names, "reversed", text)
    marked = _ROTATED.search(low)
    if marked is not None:
        yield View(rotated(base), lexicon, names, "rot13", text)
        place = _after_colon(base.text, marked.end())
        if place > marked.end():  # "rot13, her name: …": what announces it stands in the clear
            yield View(rotated_from(base, place), lexicon, names, "rot13", text)
    if len(text) > 13:  # the shortest token that could hold an address
        for token in decoded(base):
            yield View(token, lexicon, names, "encoded", text, is_strict=True)


def _turned_name(view: View, lexicon: Lexicon) -> int | None:
    """Return where two unknown words begin of which one is a given name read backwards."""
    get = lexicon.entries.get
    turned = {
        key
        for key in view.vocabulary
        if len(key) >= SHORTEST_TURNED and (entry := get(key[::-1])) and _is_given(entry.flags)
    }
    if not turned:
        return None
    keys, flags = view.keys, view.flags
    for at in range(len(keys) - 1):
        pair = keys[at : at + 2]
        if flags[at] or flags[at + 1] or turned.isdisjoint(pair):
            continue
        if min(map(len, pair)) >= SHORTEST_TURNED:
            return view.starts[at]
    return None


def _is_given(flags: int) -> bool:
    return bool(flags & GIVEN_NAME) and not flags & COMMON_WORD


def _after_colon(text: str, place: int) -> int:
    for sign in (":", "=", ">", '"'):
        found = text.find(sign, place, place + 80)
        if found >= 0:
            return found + 1 + (text[found + 1 : found + 2] == " ")
    return place


def _undisguised(text: str, view: View, lexicon: Lexicon, names: frozenset[str]) -> Iterator[View]:
    """Yield views with spaced letters, leet, sign words and number words put back.

    Of a longer text, only what stands around a disguise is read again. Raises OverBudgetError when
    that is too much.
    """
    left = MOST_READ_TWICE
    places = _disguises(view, lexicon)
    for start, last in _stretches(view.text, places):
        end = min(last, start + left)
        left -= end - start
        is_whole = end - start == len(view.text)
        current = view.mapped if is_whole else view.mapped.cut(start, end)
        tricks: list[str] = []
        for name, change in (("spaced", joined), ("leet", unleeted)):
            changed = change(current)
            if changed is not None:
                current = changed
                tricks.append(name)
        here = view if is_whole and not tricks else View(current, lexicon, names)
        for name, put_back in (("signs", signs_put_back), ("numbers", numbers_put_back)):
            changed = put_back(here, lexicon)
            if changed is not None:
                here = View(changed, lexicon, names)
                tricks.append(name)
        if tricks:
            here.name, here.original = "+".join(tricks), text
            yield here
        if left <= 0:
            raise OverBudgetError
    if len(places) >= MOST_DISGUISES:
        raise OverBudgetError


def _disguises(view: View, lexicon: Lexicon) -> list[tuple[int, int]]:
    """Return where something is disguised, in order; no more than anybody hides."""
    places = list(islice(spaced_out(view.text), MOST_DISGUISES))
    for changes in (leet(view.text), spelt_signs(view, lexicon), spelt_numbers(view, lexicon)):
        places += [(start, end) for start, end, _ in islice(changes, MOST_DISGUISES)]
    return sorted(places)


def _stretches(text: str, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the stretches of a text that hold these places, with what stands around them."""
    if len(text) <= SHORT:
        return [(0, len(text))] if places else []
    stretches: list[tuple[int, int]] = []
    for start, end in places:
        first, last = _with_words_around(text, start, end)
        if stretches and first <= stretches[-1][1] and last - stretches[-1][0] <= LONGEST_STRETCH:
            stretches[-1] = stretches[-1][0], max(last, stretches[-1][1])
        else:
            stretches.append((first, last))
    return stretches


def _with_words_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a stretch with what is around it, cut at spaces where there are any."""
    least, most = max(0, start - 2 * AROUND), min(len(text), end + 2 * AROUND)
    first = text.rfind(" ", least, max(least, start - AROUND)) + 1 or least
    last = text.find(" ", end + AROUND, most)
    return first, last if last >= 0 else most


def _collect(
    found: list[Candidate], view: View, lexicon: Lexicon, context: Context, budget: Budget
) -> None:
    """Add what a view shows, one by one: what was found before the limit counts."""
    scene = Scene(view, lexicon, budget)
    detectors = STRICT if view.is_strict else DETECTORS
    for detector in detectors:
        for candidate in detector(scene):
            if view.name and not view.is_disguised(candidate.start, candidate.end):
                continue  # the text as it stands has it already
            if view.is_strict:
                candidate.add(f"hidden.{view.name}", 6)
            if _is_public_contact(candidate, context):
                candidate.about = About.INSTITUTION
            if confidence(candidate.signals) >= DROPPED_BELOW:
                found.append(candidate)


def _is_public_contact(candidate: Candidate, context: Context) -> bool:
    if not context.public_contacts or candidate.view is None:
        return False
    said = candidate.view.text[candidate.start : candidate.end].casefold()
    return said in {contact.casefold() for contact in context.public_contacts}


# Where two shapes claim the same digits, the better one has them.
_NUMERIC: Final = frozenset(
    {
        Category.PHONE,
        Category.GOVERNMENT_ID,
        Category.PAYMENT,
        Category.VEHICLE,
        Category.IP_ADDRESS,
        Category.GEO,
        Category.POSTAL_ADDRESS,
        Category.EMAIL,
        Category.SOCIAL_PROFILE,
        Category.DOXX_LINK,
    }
)
_PHRASAL: Final = frozenset(
    {
        Category.ACCOUNT_LINK,
        Category.WHEREABOUTS,
        Category.ACCUMULATION,
        Category.REAL_NAME,
        Category.EMPLOYER_SCHOOL,
    }
)


def _settled(candidates: list[Candidate]) -> list[Candidate]:
    """Keep the best of those that overlap; phrases give way to what is labelled above them."""
    placed = [(candidate, _span(candidate)) for candidate in candidates]
    placed.sort(key=lambda pair: (-_rank(pair[0]), pair[1].start, pair[1].end, pair[0].category))
    kept: list[tuple[Candidate, Span]] = []
    for candidate, span in placed:
        rivals = [other for other, where in kept if _overlap(span, where)]
        if any(_gives_way(candidate, other) for other in rivals):
            _widen(candidate, rivals)
            continue
        kept.append((candidate, span))
        if len(kept) > MOST_FINDINGS:
            break
    named = [span for candidate, span in kept if candidate.category is Category.REAL_NAME]
    if named:
        for candidate, _ in kept:
            if candidate.category in {Category.PHONE, Category.EMAIL, Category.POSTAL_ADDRESS}:
                candidate.add("beside_name", WEIGHTS["beside_name"])
    return [candidate for candidate, _ in kept]


# What is said in a clause: where two readers saw it, all that either saw is marked.
_SAID: Final = frozenset(
    {
        Category.SOLICITATION,
        Category.ACCOUNT_LINK,
        Category.WHEREABOUTS,
        Category.EXPOSURE_THREAT,
    }
)


def _widen(candidate: Candidate, rivals: list[Candidate]) -> None:
    """Let what is kept cover what gives way to it, if both say the same of a clause."""
    for other in rivals:
        if (
            other.category is candidate.category
            and other.category in _SAID
            and other.view is candidate.view
            and confidence(candidate.signals) >= WIDENS
        ):
            other.start = min(other.start, candidate.start)
            other.end = max(other.end, candidate.end)
            return


def _rank(candidate: Candidate) -> int:
    bonus = 0 if candidate.about not in {About.INSTITUTION, About.PUBLIC} else -30
    if any(signal.rule in {"after_cue", "sort_code"} for signal in candidate.signals):
        bonus += 12  # what is named as a document or account is no phone number
    if candidate.category is Category.REAL_NAME:
        bonus += 8  # says more than that somebody has an account or is somewhere
    if any(signal.rule == "met.no_work" for signal in candidate.signals):
        bonus += 12  # who drinks beer at a bar does not work there
    return min(candidate.total, 60) + bonus


def _gives_way(candidate: Candidate, other: Candidate) -> bool:
    if candidate.category is other.category:
        return True
    if candidate.category in _NUMERIC and other.category in _NUMERIC:
        return True
    return candidate.category in _PHRASAL and other.category in _NUMERIC | _PHRASAL


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _span(candidate: Candidate) -> Span:
    if candidate.view is None:
        return Span(candidate.start, candidate.end)
    return candidate.view.mapped.span(candidate.start, candidate.end)


def _finding(candidate: Candidate) -> Finding:
    span = _span(candidate)
    signals = tuple(Signal(s.rule, s.weight, s.span or span) for s in candidate.signals)
    return Finding(
        category=candidate.category,
        span=span,
        confidence=confidence(signals),
        about=candidate.about,
        why=why(candidate.category, candidate.about),
        signals=signals,
    )


def _warm() -> None:
    """Load what libraries load late, so that a screening opens no file."""
    words: Iterable[str] = (
        (
            "call +44 7911 123456 +1 212 555 0100 +49 30 901820 +33 1 42 92 00 00 +34 655 500 137 "
            "+55 11 95555-0142 +351 912 345 678 +61 412 555 019 +91 98765 01234 +43 1 58858 "
            "+52 55 1234 5678 07911 123456 030 901820 DE52 0000 0000 0012 3456 78 48213907L "
            "018.955.597-15 GB29 NWBK 6016 1331 9268 19 ES91 2100 0418 4502 0005 1332"
        ),
        "ring 0412 555 019, 06 39 98 41 27, 655 50 01 37, 912 345 678, 98765 01234, 5512345678",
    )
    for text in words:
        screen(text)


_warm()
