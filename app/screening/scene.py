"""What stands around a candidate: cues for and against it, and whom it is about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from app.screening.findings import CALL_TO_ACT, About, Category, Signal
from app.screening.lexicon import (
    ACT,
    CAMEL_SYMBOL,
    HANDLE_SYMBOL,
    INSTITUTION,
    KIN,
    PLURAL,
    PUBLIC,
    ROLE,
    SECOND,
    SELF,
    THIRD,
    Lexicon,
)
from app.screening.scoring import BASE, CUE_WEIGHTS, WEIGHTS
from app.screening.tokens import View

WINDOW: Final = 12  # tokens to either side
MOST_STEPS: Final = 2_000  # looks around a word that may lead to a candidate
MOST_CANDIDATES: Final = 200  # of one text, over all its views
NEAR: Final = 4
_STOPS: Final = frozenset(".!?\n")
_OURS: Final = frozenset(
    [
        "our",
        "ours",
        "we",
        "us",
        "wir",
        "uns",
        "unser",
        "unsere",
        "nuestro",
        "nuestra",
        "nosotros",
        "nos",
        "notre",
        "nous",
        "nosso",
        "nossa",
    ]
)
# A firm beside them says nothing: these belong to persons.
_NEVER_OF_FIRMS: Final = frozenset(
    {Category.GOVERNMENT_ID, Category.VEHICLE, Category.IP_ADDRESS, Category.DOXX_LINK}
)
_HANDLES: Final = frozenset({HANDLE_SYMBOL, CAMEL_SYMBOL})
_COUNTED: Final = frozenset({Category.GOVERNMENT_ID, Category.VEHICLE, Category.PHONE})
LEAST_COUNTED: Final = 6  # letters and digits, of which fewer may follow each other by chance
LEAST_LETTERS: Final = 3


def _is_counted_up(said: str) -> bool:
    """Return whether a number only counts up, as examples do: `ABC 1234`, `123-45-6789`."""
    letters = "".join(filter(str.isalpha, said)).upper()
    digits = "".join(filter(str.isdigit, said))
    if len(letters) + len(digits) < LEAST_COUNTED or (letters and len(letters) < LEAST_LETTERS):
        return False
    return letters in _ALPHABET and digits in _COUNT


_FRENCH: Final = frozenset({"le", "la", "les", "est", "une", "et"})  # where "du" is no "you"
_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_COUNT: Final = "01234567890"


@dataclass(slots=True)
class Candidate:
    """A stretch of a view that may identify somebody, and the evidence so far."""

    category: Category
    start: int
    end: int
    signals: list[Signal] = field(default_factory=list)
    about: About = About.PERSON
    view: View | None = None
    kinds: tuple[str, ...] = ()

    def add(self, rule: str, weight: int) -> None:
        """Add one piece of evidence."""
        if weight:
            self.signals.append(Signal(rule, weight))

    @property
    def total(self) -> int:
        """The sum of the evidence, in tenths of log-odds."""
        return sum(signal.weight for signal in self.signals)


class OverBudgetError(Exception):
    """A text holds more candidates than anybody writes: it is not read to its end."""


class Budget:
    """Work units of one text, so that none costs more than its share."""

    __slots__ = ("candidates", "steps")

    def __init__(self) -> None:
        self.candidates = MOST_CANDIDATES
        self.steps = MOST_STEPS

    def step(self) -> None:
        """Take one look around a word; raises OverBudgetError when all are spent."""
        self.steps -= 1
        if self.steps < 0:
            raise OverBudgetError

    def spend(self) -> None:
        """Take one candidate's work; raises OverBudgetError when all is spent."""
        self.candidates -= 1
        if self.candidates < 0:
            raise OverBudgetError


class Scene:
    """A view with its surroundings ready to be asked."""

    __slots__ = ("budget", "lexicon", "view")

    def __init__(self, view: View, lexicon: Lexicon, budget: Budget | None = None) -> None:
        self.view = view
        self.lexicon = lexicon
        self.budget = budget or Budget()

    def candidate(self, category: Category, start: int, end: int, base: str) -> Candidate:
        """Return a new candidate with the weight of its shape.

        Raises OverBudgetError when the text has had its share of candidates.
        """
        self.budget.spend()
        made = Candidate(category, start, end, view=self.view)
        made.signals.append(Signal(f"shape.{base}", BASE[base]))
        return made

    def weigh(self, found: Candidate) -> Candidate:
        """Add cues and person to a candidate, and say whom it is about; return it."""
        view = self.view
        first = view.at_or_after(found.start)
        last = max(first, view.before(found.end))  # the first token behind
        self.add_cues(found, first, last)
        self.add_person(found, first, last)
        if view.is_disguised(found.start, found.end):
            found.add(f"disguise.{view.name}", WEIGHTS["disguise"])
        if found.category in _COUNTED and _is_counted_up(view.text[found.start : found.end]):
            found.add("placeholder", WEIGHTS["placeholder"])
        return found

    def add_cues(self, found: Candidate, first: int, last: int, table: str = "") -> None:  # noqa: C901, PLR0912  # one grammar, read from top to bottom
        """Add the signed cues within the window: the two best for, the two worst against."""
        heads = self.lexicon.cues.get(table or found.category)
        if heads is None:
            return
        view = self.view
        keys, symbols = view.keys, view.symbols
        pros: list[tuple[int, str]] = []
        cons: list[tuple[int, str]] = []
        for low, high, step in ((first - 1, first - 1 - WINDOW, -1), (last, last + WINDOW, 1)):
            stops = 0
            distance = 0
            for at in range(low, high, step):
                if not 0 <= at < len(keys):
                    break
                distance += 1
                if symbols[at] in _STOPS:
                    stops += 1
                    continue
                phrases = heads.get(keys[at])
                if phrases is None:
                    continue
                for words, strength, label in phrases:
                    if len(words) > 1 and tuple(keys[at : at + len(words)]) != words:
                        continue
                    weight = CUE_WEIGHTS[strength]
                    if distance > NEAR:
                        weight = weight * (3 if distance <= 2 * NEAR else 2) // 4
                    if stops:
                        weight = weight * 2 // 3 if stops == 1 else weight // 3
                    (pros if weight > 0 else cons).append((weight, label))
                    break
        for weight, label in sorted(pros, reverse=True)[:1]:
            found.add(f"cue.{label}", weight)
        seen = {label for _, label in sorted(pros, reverse=True)[:1]}
        for weight, label in sorted(pros, reverse=True)[1:]:
            if label not in seen:
                found.add(f"cue.{label}", weight // 3)
                break
        for weight, label in sorted(cons)[:2]:
            found.add(f"cue.{label}", weight)

    def add_safety(self, found: Candidate, first: int, last: int) -> None:
        """Add what speaks of rules, tales and victims; of parcels, if the reader's own is asked.

        "I ordered it, send me your address" is trade; "give me her address, I ordered it" is not.
        """
        self.add_cues(found, first, last, "safety")
        asked = self.view.flags[first:last]
        if any(flag & SECOND for flag in asked) and not any(flag & THIRD for flag in asked):
            self.add_cues(found, first, last, "delivery")

    def add_person(self, found: Candidate, first: int, last: int) -> None:
        """Add the link to a person, and set whom the candidate is about."""
        about, rule = self.about(first, last)
        if about is About.INSTITUTION and found.category in _NEVER_OF_FIRMS:
            about, rule = About.PERSON, ""
        found.about = about
        if rule:
            found.add(rule, WEIGHTS[rule])
        if self.calls_to_act(first, last):
            found.add(CALL_TO_ACT, WEIGHTS[CALL_TO_ACT])
            if about is About.SELF:
                found.about = About.PERSON

    def about(self, first: int, last: int, *, has_handles: bool = True) -> tuple[About, str]:  # noqa: C901  # one grammar, read from top to bottom
        """Return whom tokens `first:last` are about, and the rule that says so.

        The nearest owner before them wins, then the nearest behind; an institution only where no
        person is named as near.
        """
        self.budget.step()
        view = self.view
        flags, symbols = view.flags, view.symbols
        best: tuple[int, About, str, bool] | None = None
        institution: int | None = None
        for low, high, step, malus in (
            (first - 1, first - 2 - WINDOW, -1, 0),
            (last, last + WINDOW, 1, 6),
        ):
            distance = malus
            for at in range(low, high, step):
                if not 0 <= at < len(flags):
                    break
                distance += 1
                if symbols[at] in _STOPS:
                    distance += 6
                    continue
                flag = flags[at]
                if flag & INSTITUTION and institution is None:
                    institution = distance
                if not has_handles and view.keys[at][0] == "@":
                    continue
                owner = self._owner(at, flag, symbols[at])
                if view.keys[at] in _OURS:
                    distance += NEAR  # a firm says "we" too
                if owner is not None and (best is None or distance < best[0]):
                    best = (distance, *owner, view.keys[at] not in _OURS)
                if best is not None and distance > best[0]:
                    break
        if institution is not None and (best is None or institution + 2 < best[0]):
            return About.INSTITUTION, "institution"
        if best is None:
            return About.PERSON, ""
        return best[1], best[2] if best[3] else ""

    def _owner(self, at: int, flag: int, symbol: str) -> tuple[About, str] | None:  # noqa: PLR0911  # each way out is one case
        if symbol in _HANDLES:
            return About.MEMBER, "person.member"
        if flag & KIN:
            return About.PERSON, "person.kin"
        if flag & THIRD or flag & ROLE:
            return About.PERSON, "person.third"
        if flag & PLURAL:
            return About.PERSON, "person.plural"
        if flag & SELF:
            return About.SELF, "person.self"
        if flag & SECOND:
            is_french = self.view.keys[at] == "du" and not _FRENCH.isdisjoint(self.view.vocabulary)
            return None if is_french else (About.MEMBER, "person.second")
        return None

    def calls_to_act(self, first: int, last: int) -> bool:
        """Return whether somebody is asked to act on what stands at tokens `first:last`."""
        flags = self.view.flags
        around = flags[max(0, first - WINDOW) : first] + flags[last : last + WINDOW]
        return any(flag & ACT for flag in around)

    def has(self, flag: int, first: int, last: int, reach: int = WINDOW) -> bool:
        """Return whether a word of this kind stands around tokens `first:last`."""
        flags = self.view.flags
        around = flags[max(0, first - reach) : first] + flags[last : last + reach]
        return any(other & flag for other in around)

    def public_near(self, first: int, last: int) -> int:
        """Return how many words of public life or fiction stand in the same text nearby."""
        flags = self.view.flags
        around = flags[max(0, first - 2 * WINDOW) : first] + flags[last : last + 2 * WINDOW]
        return sum(1 for flag in around if flag & PUBLIC)

    def public_in(self, first: int, last: int) -> int:
        """Return how many words of public life or fiction tokens `first:last` are."""
        return sum(1 for flag in self.view.flags[first:last] if flag & PUBLIC)
