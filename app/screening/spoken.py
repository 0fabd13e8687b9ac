"""A text read in one language: its sentences, what each word does, and who is spoken of."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from app.screening.findings import About
from app.screening.lexicon import (
    CAMEL_SYMBOL,
    COMMON,
    HANDLE_SYMBOL,
    INSTITUTION,
    NEGATION,
    PAST,
    STOP,
    TITLE,
    Lexicon,
)
from app.screening.senses import Person, Senses, bit
from app.screening.tokens import View

HE, HIS, CLITIC, THAT, DET = (bit(n) for n in ("he", "his", "clitic", "that", "det"))
HUMAN, POSTER, KIN, FAMILY, TRADE = (bit(n) for n in ("human", "poster", "kin", "family", "trade"))
YOURS: Final = bit("you", "your", "verb_you")
MINE: Final = bit("me", "my", "verb_me", "we")
FICTION, REVEAL = bit("fiction"), bit("reveal")
MY, WHO, SEES, BE, NOBODY = (bit(n) for n in ("my", "who", "sees", "be", "nobody"))
LIKE: Final = bit("like")
TELL, MANY, WHICH_ONE, LIVES = (bit(n) for n in ("tell", "many", "which_one", "lives"))
VERB_HE, VERB_ME, AT, OF = (bit(n) for n in ("verb_he", "verb_me", "at", "of"))
DOES: Final = bit(
    "be", "moves", "works", "does", "lives", "called", "posts", "now", "every", "behind", "knows"
)
_SOMEBODY: Final = HUMAN | POSTER | KIN | FAMILY | TRADE
_HANDLES: Final = frozenset({HANDLE_SYMBOL, CAMEL_SYMBOL})
_QUOTES: Final = frozenset("\"'«»“”„*")
_ABBREVIATED: Final = frozenset(
    ["st", "ste", "nr", "str", "av", "avda", "bzw", "dr", "dra", "prof"]
)
_ENDS: Final = frozenset("!?;\n")
_CLAUSE: Final = frozenset(",:(-\u2014")
LONGEST_SENTENCE: Final = 60  # tokens
ABBREVIATED: Final = 3  # letters before a full stop that ends no sentence
LOOK_BACK: Final = 3  # tokens between an article and its noun
LEAST_PSEUDONYM: Final = 5  # letters
HALF, LONGEST_PSEUDONYM = 4, 24  # letters
AROUND: Final = 15  # tokens around a sentence that may say that it is a story
FADES: Final = 4  # tokens that cost a person a tenth
BEFORE, BEHIND = 4, 5  # what a person of the sentence before or behind is worth less

_Rule = tuple[str, int, About]
THIRD: Final[_Rule] = ("owner.third", 10, About.PERSON)
SECOND: Final[_Rule] = ("owner.second", 6, About.MEMBER)


class Spoken:
    """A view read with the senses of one language."""

    __slots__ = ("_firsts", "bits", "lexicon", "people", "senses", "sentences", "view")

    def __init__(self, view: View, senses: Senses, lexicon: Lexicon) -> None:
        self.view = view
        self.senses = senses
        self.lexicon = lexicon
        self.bits = senses.read(view)
        self.sentences = list(self._cut())
        found = {
            person.first: person for at in range(len(self.bits)) if (person := self._person(at))
        }
        self.people = [found[at] for at in sorted(found)]
        self._firsts = [person.first for person in self.people]

    def _cut(self) -> list[tuple[int, int]]:
        """Return where sentences stand; one that never ends is cut, so that none costs too much."""
        view = self.view
        first, found = 0, []
        for at, symbol in enumerate(view.symbols):
            is_end = symbol in _ENDS or (symbol == "." and self._ends(at))
            if is_end or at - first >= LONGEST_SENTENCE:
                if at > first:
                    found.append((first, at))
                first = at + is_end
        if first < len(view.symbols):
            found.append((first, len(view.symbols)))
        return found

    def _ends(self, at: int) -> bool:
        """Return whether a full stop ends a sentence, and no abbreviation or number."""
        view = self.view
        if at + 1 >= len(view.keys) or at == 0:
            return True
        if view.starts[at + 1] == view.ends[at]:
            return False
        before = view.keys[at - 1]
        if view.flags[at - 1] & TITLE or before in _ABBREVIATED:
            return False
        return len(before) > ABBREVIATED or view.is_capital(at + 1) or before[0].isdigit()

    def has(self, kinds: int, first: int, last: int) -> bool:
        """Return whether a word of these kinds stands at tokens `first:last`."""
        for mine in self.bits[first if first > 0 else 0 : last if last > 0 else 0]:  # noqa: FURB136  # asked for every word: `any` and `max` cost five times as much
            if mine & kinds:
                return True
        return False

    def first_of(self, kinds: int, first: int, last: int) -> int | None:
        """Return the first token of these kinds at tokens `first:last`."""
        for at in range(max(0, first), min(last, len(self.bits))):
            if self.bits[at] & kinds:
                return at
        return None

    def flagged(self, flag: int, first: int, last: int) -> bool:
        """Return whether the lexicon flags one of tokens `first:last` so."""
        return any(mine & flag for mine in self.view.flags[max(0, first) : max(0, last)])

    def opens(self, at: int) -> bool:
        """Return whether a token begins a sentence or clause."""
        return (
            at == 0 or self.view.symbols[at - 1] in _CLAUSE or self.view.symbols[at - 1] in ".!?;\n"
        )

    def _person(self, at: int) -> Person | None:  # noqa: C901, PLR0911, PLR0912  # one grammar, read from top to bottom
        view, mine = self.view, self.bits[at]
        symbol, key = view.symbols[at], view.keys[at]
        if symbol in _HANDLES:
            said = view.text[view.starts[at] : view.ends[at]]
            if said[0] != "@" and (said.isupper() or said[0].isdigit()):
                return None
            return Person(at, at + 1, "owner.handle", 14, About.MEMBER)
        if not key[0].isalpha():
            if key in _QUOTES and self._is_quoted(at):
                return Person(at + 1, at + 2, "owner.quoted", 10, About.MEMBER)
            return None
        if mine & (NOBODY | WHO):
            return None
        following = self.bits[at + 1] if at + 1 < len(self.bits) else 0
        is_last = at + 1 >= len(self.bits) or not view.keys[at + 1][0].isalpha()
        if mine & LIKE and not is_last:
            is_small = following & (DOES | OF | AT | WHICH_ONE) or view.flags[at + 1] & STOP
            is_plural = self.senses.has_compounds and key[-1] == "n" and self._has_many(at)
            if view.is_capital(at + 1) or not is_small or is_plural:
                mine &= ~HUMAN  # "la nueva ley"
        if mine & _SOMEBODY:
            person = self._noun(at, mine)
            if person is not None:
                return person
        if mine & HE and (not mine & (THAT | DET) or is_last or following & (DOES | WHICH_ONE)):
            return Person(at, at + 1, *THIRD)
        if mine & HIS and not (mine & YOURS and following & DOES):
            return Person(at, at + 1, "owner.his", 9, About.PERSON)
        if mine & YOURS and not mine & VERB_HE:
            return Person(at, at + 1, *SECOND)
        if mine & MINE and not (mine & MY and following & _SOMEBODY) and not mine & VERB_HE:
            return Person(at, at + 1, "owner.self", 0, About.SELF)
        if mine & CLITIC and following & SEES:
            return Person(at, at + 1, *THIRD)
        if mine & DET and (
            (
                not mine & MANY
                and at + 2 < len(self.bits)
                and (
                    (
                        following & OF
                        and not is_last
                        and (self.opens(at) or self.bits[at - 1] & (AT | TELL | SEES | LIVES))
                    )
                    or (following & WHICH_ONE and key != "o")  # "o que" is "what"
                )
            )
            or (following & DOES and not view.is_capital(at + 1) and self.opens(at))
        ):
            return Person(at, at + 1, "owner.one", 7, About.PERSON)
        if mine & VERB_HE and self.opens(at):
            return Person(at, at + 1, "owner.dropped", 5, About.PERSON)
        if (
            not mine
            and not view.flags[at]
            and not view.is_capital(at)
            and not (at and self.bits[at - 1] & (DET | HIS | MINE | THAT))
            and self.is_compound(key)
        ):
            return Person(at, at + 1, "owner.compound", 8, About.MEMBER)
        return None

    def _has_many(self, at: int) -> bool:
        """`die Kleinen`: several."""
        return at > 0 and bool(self.bits[at - 1] & MANY)

    def _is_quoted(self, at: int) -> bool:
        """Return whether one word in quotation marks follows: a pseudonym."""
        view = self.view
        return (
            at + 2 < len(view.keys)
            and view.keys[at + 2] in _QUOTES
            and view.keys[at + 1][0].isalpha()
            and view.starts[at + 1] == view.ends[at]
            and not view.flags[at + 1] & (STOP | INSTITUTION)
            and len(view.keys[at + 1]) >= LEAST_PSEUDONYM
        )

    def _noun(self, at: int, mine: int) -> Person | None:  # noqa: C901, PLR0911  # one grammar, read from top to bottom
        """Read a noun for somebody with its article, whose it is or what points at it."""
        bits, view = self.bits, self.view
        lead = first = at
        for before in range(at - 1, max(-1, at - 1 - LOOK_BACK), -1):
            if not view.keys[before][0].isalpha() or (bits[before] & OF and not bits[before] & DET):
                break
            if bits[before] & (DET | THAT | HIS | MINE | YOURS) or view.flags[before] & TITLE:
                lead = bits[before] or DET
                first = before
                break
        else:
            lead = 0
        lead = lead if first < at else 0
        if lead & MY:
            if mine & (POSTER | HUMAN) and not mine & (KIN | FAMILY):
                return Person(first, at + 1, "owner.self", 0, About.SELF)
            if mine & FAMILY:
                return Person(first, at + 1, "owner.own_kin", -8, About.PERSON)
            return Person(first, at + 1, "owner.kin", 6, About.PERSON)
        if mine & POSTER and (lead or mine & ~POSTER == 0):
            return Person(first, at + 1, "owner.poster", 11 if lead else 7, About.MEMBER)
        if lead & YOURS and not lead & (DET | THAT | HIS):
            return None
        if mine & HUMAN:
            weight = 11 if lead & (THAT | HIS) else 9 if lead else 5
            return Person(first, at + 1, "owner.human", weight, About.PERSON)
        if not lead:
            return None
        if mine & (KIN | FAMILY):
            return Person(first, at + 1, "owner.kin", 8 if lead & HIS else 6, About.PERSON)
        return Person(first, at + 1, "owner.trade", 7 if lead & THAT else 5, About.PERSON)

    def is_compound(self, key: str) -> bool:
        """Return whether an unknown word is two common ones of four letters or more."""
        get = self.lexicon.entries.get
        for cut in range(HALF, min(len(key), LONGEST_PSEUDONYM) - HALF + 1):
            left, right = get(key[:cut]), get(key[cut:])
            if left and right and left.flags & right.flags & COMMON:
                return True
        return False

    def people_in(self, first: int, last: int) -> list[Person]:
        """Return who is named at tokens `first:last`."""
        return self.people[bisect_left(self._firsts, first) : bisect_left(self._firsts, last)]

    def whose(self, sentence: int, first: int, last: int) -> Person | None:
        """Return who is spoken of around tokens `first:last` of a sentence, or just before it."""
        low, high = self.sentences[sentence]
        best: Person | None = None
        begin = self.sentences[sentence - 1][0] if sentence else low
        is_last = sentence + 1 >= len(self.sentences)
        for person in self.people_in(begin, high if is_last else self.sentences[sentence + 1][1]):
            if first <= person.first < last:
                continue
            away = max(first - person.last, person.first - last, 0)
            if low <= person.first < high:
                weight = person.weight - away // FADES
            else:
                weight = person.weight - (BEFORE if person.first < low else BEHIND)
            if person.about is About.SELF and not low <= person.first < high:
                continue
            if best is None or weight > best.weight:
                best = person._replace(weight=weight)
        return best

    def is_self(self, at: int, first: int) -> bool:
        """Return whether the verb at a token has the speaker as its subject."""
        mine = self.bits[at]
        if mine & VERB_ME and not mine & VERB_HE:
            return True
        near = [p for p in self.people_in(first, at + 1) if p.last <= at + 1]
        return bool(near) and near[-1].about is About.SELF and at - near[-1].last < ABBREVIATED

    def is_denied(self, first: int, last: int) -> bool:
        """Return whether a negation stands at tokens `first:last`."""
        return self.flagged(NEGATION, first, last)

    def is_past(self, first: int, last: int) -> bool:
        """Return whether tokens `first:last` tell of what is over."""
        return self.flagged(PAST, first, last) or self.has(bit("past"), first, last)

    def is_fiction(self, first: int, last: int) -> bool:
        """Return whether a story is told; `this character` may scold somebody."""
        bits = self.bits
        for at in range(max(0, first - AROUND), min(len(bits), last + AROUND)):
            if not bits[at] & FICTION:
                continue
            before = bits[at - 1] if at else 0
            is_person = bits[at] & HUMAN and before & THAT
            is_verb = bits[at] & (DOES | REVEAL) and not before & (DET | HIS | THAT)
            if not is_person and not is_verb:
                return True
        return False

    def is_named(self, at: int) -> bool:
        """Return whether a token is a capitalised word that is no ordinary one."""
        view = self.view
        return (
            view.keys[at][0].isalpha()
            and view.is_capital(at)
            and not view.flags[at] & (STOP | COMMON)
            and not self.bits[at] & ~(HUMAN | DET)
        )


__all__ = ["Spoken"]
