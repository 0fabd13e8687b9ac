"""The clauses of a text, read with one language's grammar: sentences, and who is spoken of."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Final, NamedTuple

from app.screening.findings import About
from app.screening.grammar import Grammar, bit
from app.screening.lexicon import (
    CAMEL_SYMBOL,
    COMMON,
    GIVEN,
    HANDLE_SYMBOL,
    MASS,
    PUBLIC,
    STOP,
    SURNAME,
    URL_SYMBOL,
    WORD,
    Lexicon,
)
from app.screening.tokens import View

HE, THEY, YOU, ME, OWNER = (bit(n) for n in ("he", "they", "you", "me", "owner"))
ARTICLE, POINTING, BE = (bit(n) for n in ("article", "pointing", "be"))
HUMAN, POSTER, KIN, THING, JOB = (bit(n) for n in ("human", "poster", "kin", "thing", "job"))
_PERSON: Final = HE | THEY | YOU | ME | HUMAN | POSTER | KIN | JOB
ADVERB, NOT_A_SUBJECT = bit("often", "now", "be"), bit("at", "of", "article", "pointing")
STOPS: Final = frozenset(".!?;\n")
_STOP: Final = re.compile(r"[.!?;\n]")
LONGEST_SENTENCE: Final = 80  # tokens
FEWEST_WORDS: Final = 2  # in ten: with fewer, a text is not read as this language
SHORT: Final = 12  # words


class Person(NamedTuple):
    """Somebody who is spoken of: tokens `first:last`, and what kind of word it is."""

    first: int
    last: int
    rule: str
    weight: int
    about: About
    is_owner: bool = False


def is_written_in(view: View, grammar: Grammar) -> bool:
    """Return whether enough words of a language are there for its grammar to read a text."""
    words = len(view.keys)
    known = words - list(map(grammar.bits.get, view.keys)).count(None)
    if words < SHORT:
        return known > 0
    return known * 10 >= words * FEWEST_WORDS


class Clauses:
    """A view read with one grammar: bits, sentences and persons."""

    __slots__ = (
        "_firsts",
        "bits",
        "grammar",
        "is_technical",
        "lexicon",
        "people",
        "sentence_of",
        "sentences",
        "view",
    )

    def __init__(self, view: View, grammar: Grammar, lexicon: Lexicon) -> None:
        self.view = view
        self.grammar = grammar
        self.lexicon = lexicon
        get = grammar.bits.get
        self.bits = [get(key, 0) for key in view.keys]
        self.sentences: list[tuple[int, int]] = []
        self.sentence_of: list[int] = []
        self._cut()
        self.is_technical = self._is_code()
        self.people: list[Person] = []
        self._meet()
        self._firsts = [person.first for person in self.people]

    def _cut(self) -> None:
        """Find where sentences end; one that never does is cut, so that none costs too much."""
        symbols = self.view.symbols
        first, size = 0, len(symbols)
        sentences, sentence_of = self.sentences, self.sentence_of
        ends = [found.start() for found in _STOP.finditer(symbols)]
        for at in (*ends, size):
            while at - first > LONGEST_SENTENCE:
                sentence_of += [len(sentences)] * LONGEST_SENTENCE
                sentences.append((first, first + LONGEST_SENTENCE))
                first += LONGEST_SENTENCE
            if at < size and self._is_inside(at, size):
                continue
            sentence_of += [len(sentences)] * (at + 1 - first)
            sentences.append((first, at))
            first = at + 1

    def _is_inside(self, at: int, size: int) -> bool:
        """Return whether a full stop stands within a number, an address or an abbreviation."""
        view = self.view
        keys = view.keys
        return (
            keys[at] == "."
            and 0 < at < size - 1
            and (
                view.starts[at + 1] == view.ends[at]
                or (len(keys[at - 1]) <= 2 and keys[at - 1] in _ABBREVIATED)
            )
        )

    def sentence(self, at: int) -> tuple[int, int]:
        """Return the first token of the sentence that holds a token, and the one behind it."""
        return self.sentences[self.sentence_of[at]] if self.sentence_of else (0, 0)

    def people_in(self, first: int, last: int) -> list[Person]:
        """Return who is named at tokens `first:last`."""
        low = bisect_left(self._firsts, first)
        return self.people[low : bisect_left(self._firsts, last)]

    def _is_code(self) -> bool:
        """Return whether words in mixed case are code here, and no pseudonyms."""
        symbols = self.view.symbols
        odd = symbols.count(HANDLE_SYMBOL) + symbols.count(CAMEL_SYMBOL)
        odd -= sum(1 for key in self.view.keys if key[0] == "@") if odd > 2 else 0
        # two accounts are talk
        return "`" in symbols or "()" in symbols or (odd > 2 and odd * ODDEST > len(symbols))

    def _meet(self) -> None:  # noqa: C901, PLR0912  # one grammar, read from top to bottom
        view, bits = self.view, self.bits
        keys, flags, symbols = view.keys, view.flags, view.symbols
        add = self.people.append
        size = len(keys)
        is_technical = self.is_technical
        for at, mine in enumerate(bits):
            symbol = symbols[at]
            if symbol in _HANDLES:
                if not self._is_pseudonym(at, symbol) or (is_technical and keys[at][0] != "@"):
                    continue
                if self.is_hailed(at):
                    continue
                add(Person(at, at + 1, "owner.handle", 14, About.MEMBER))
            elif not mine & _PERSON:
                person = None
                if symbol in _QUOTES:
                    person = self._quoted(at)
                elif not mine and keys[at][0].isalpha() and len(keys[at]) > 2:
                    person = self._called(at, flags[at])
                if person is not None:
                    add(person)
            elif mine & HE:
                add(Person(at, at + 1, "owner.third", 12, About.PERSON, bool(mine & OWNER)))
            elif mine & (POSTER | HUMAN | KIN | JOB):
                person = self._noun(at, mine)
                if person is not None:
                    add(person)
            elif mine & YOU:
                add(Person(at, at + 1, "owner.second", 8, About.MEMBER, bool(mine & OWNER)))
            elif mine & THEY:
                add(Person(at, at + 1, "owner.plural", 2, About.PERSON, bool(mine & OWNER)))
            elif not (mine & OWNER and at + 1 < size and bits[at + 1] & (KIN | HUMAN)):
                add(Person(at, at + 1, "owner.self", 8, About.SELF, bool(mine & OWNER)))

    def _is_pseudonym(self, at: int, symbol: str) -> bool:
        """Return whether it is no road, form or code (A4061), nor a part of a name (McElhinney)."""
        view = self.view
        if symbol == CAMEL_SYMBOL:
            return not (at > 0 and view.is_capital(at - 1) and view.flags[at - 1] & GIVEN)
        said = view.text[view.starts[at] : view.ends[at]]
        if symbol == CAMEL_SYMBOL and (view.flags[at] & (WORD | PUBLIC) or said[:-1].isupper()):
            return False  # WordPress, and BFFs
        if said[0] != "@" and said.rpartition("_")[2] in _OF_CODE:
            return False
        return said[0] == "@" or not (said.isupper() or said[0].isdigit())

    def is_hailed(self, at: int) -> bool:
        """Return whether a mention calls somebody or says whom one quotes, and tells nothing.

        `@wren @owl look at this`, `RT @wren: …`, `via @wren` and
        `…, @wren` at the end; not `@wren is …`.
        """
        keys, bits, symbols = self.view.keys, self.bits, self.view.symbols
        if keys[at][0] != "@":
            return False
        first = at
        while first and keys[first - 1][0] == "@":
            first -= 1
        if first and keys[first - 1] in {"rt", "via", "cc"}:
            return True
        then = at + 1
        while then < len(keys) and keys[then][0] == "@":
            then += 1
        is_last = then == len(keys) or symbols[then] in STOPS
        if first and symbols[first - 1] not in STOPS:
            return is_last and symbols[first - 1] in {",", URL_SYMBOL}
        if is_last:
            return first < at  # a name alone may be an answer
        if keys[then : then + 3] in _HERE_IS or self._tells_of_another(then):
            return True
        return not (
            bits[then] & (_VERBS | _JOINING | ADVERBS)
            or keys[then] in _EQUALS
            or keys[then : then + 1] in _ANDS
            or keys[then] in _OWNING
        )

    def _tells_of_another(self, at: int) -> bool:
        """Return whether somebody else does something: `@news: Ada Lovelace was right`."""
        view = self.view
        return (
            at + 3 < len(view.keys)
            and view.keys[at] == ":"
            and view.is_capital(at + 1)
            and view.is_capital(at + 2)
            and bool(self.bits[at + 3] & (_VERBS | BE | bit("of")))
        )

    def _noun(self, at: int, mine: int) -> Person | None:  # noqa: C901, PLR0911  # one grammar, read from top to bottom
        bits = self.bits
        first = at
        for step in range(1, 4):
            before = at - step
            if before < 0 or self.view.symbols[before] in STOPS or self.view.symbols[before] == ",":
                break
            if bits[before] & (ARTICLE | POINTING | OWNER) or (
                self.view.keys[before] == "s" and before and self.view.keys[before - 1] == "'"
            ):
                first = before
                break
            if bits[before] & ~_LIKE_AN_ADJECTIVE:
                break
        else:
            before = at
        if mine & POSTER and bits[first] & ME:
            return Person(first, at + 1, "owner.self", 8, About.SELF)
        if mine & POSTER and (first < at or at == self.sentence(at)[0] or mine == POSTER):
            return Person(first, at + 1, "owner.third", 12, About.MEMBER)
        if first == at:
            return None
        is_owner = self.view.keys[at + 1 : at + 3] == ["'", "s"]
        if mine & KIN:
            return Person(first, at + 1, "owner.kin", 6, About.PERSON, is_owner)
        if mine & JOB and not mine & HUMAN:
            return Person(first, at + 1, "owner.job", 6, About.PERSON)
        if bits[first] & ARTICLE and not bits[first] & POINTING:
            return Person(first, at + 1, "owner.human", 9, About.PERSON)
        return Person(first, at + 1, "owner.third", 12, About.PERSON)

    def _quoted(self, at: int) -> Person | None:
        """Read a pseudonym in quotation marks: `"Scarlet Vane" is …`."""
        view, bits = self.view, self.bits
        size = len(view.keys)
        closing = next(
            (near for near in range(at + 2, min(size, at + 6)) if view.keys[near] == view.keys[at]),
            None,
        )
        if closing is None or (at and view.ends[at - 1] == view.starts[at]):
            return None
        then = closing + 1
        while then < size and bits[then] & ADVERBS and not bits[then] & _VERBS:
            then += 1
        goes_on = then < size and (
            bool(bits[then] & (_VERBS | _JOINING))
            or view.keys[then] in _EQUALS
            or view.keys[then : then + 1] in _ANDS
            or view.keys[then] == "'"
        )
        if not goes_on and not (at and bits[at - 1] & _LEADS):
            return None
        return Person(at, closing + 1, "owner.quoted", 10, About.MEMBER)

    def _called(self, at: int, flag: int) -> Person | None:  # noqa: C901, PLR0911, PLR0912  # one grammar, read from top to bottom
        """Read a name or a pseudonym where a subject or an owner stands."""
        view, bits = self.view, self.bits
        size = len(bits)
        key = view.keys[at]
        if flag & PUBLIC:
            return None
        is_capital = view.is_capital(at)
        if flag and not is_capital and (flag & _ORDINARY or not flag & _LISTED):
            return None
        if at and view.keys[at - 1] == "st":
            return None
        if at and (bits[at - 1] & (ARTICLE | POINTING | OWNER) or view.keys[at - 1] == "s"):
            return None  # a pseudonym has no article
        begins = at == 0 or view.symbols[at - 1] in _OPENS or bool(bits[at - 1] & _LEADS)
        if (
            at + 1 < size and view.keys[at + 1] == "'" and at + 2 < size
        ):  # the number says what it counts
            goes_on = view.keys[at + 2] == "s" and not (at and bits[at - 1] & _AT)  # at Luigi's
        elif (
            at + 1 < size and view.keys[at + 1] in _CLOSING and at + 2 < size
        ):  # the number says what it counts
            goes_on = bool(bits[at + 2] & _VERBS) or view.keys[at + 2] == "="
        else:
            then = at + 1
            while then + 1 < size and bits[then] & ADVERBS and not bits[then] & _VERBS:
                then += 1
            goes_on = then < size and (bool(bits[then] & _VERBS) or view.keys[then] in _EQUALS)
        is_asked = view.keys[at + 1 : at + 2] == ["?"] and begins
        if is_asked and not flag and not is_capital:
            goes_on = True  # "crumbworthy? That's …"
        if at and bits[at - 1] & _HITS and not flag and not is_capital:
            goes_on = begins = True  # "spotted pixelhag in …"
        if not flag and not is_capital and self.lexicon.is_compound(key):
            if key[-1] == "s":
                return None  # filenames
            is_subject = goes_on or begins or view.keys[at + 1 : at + 2] in _ANDS
            return Person(at, at + 1, "owner.compound", 10, About.MEMBER) if is_subject else None
        if is_capital and begins and "=" in view.keys[at + 1 : at + 3]:
            return Person(at, at + 1, "owner.capital", 5, About.MEMBER)
        if is_capital and not view.is_capitalised:
            if flag & GIVEN and not flag & (COMMON | STOP) and goes_on:
                return Person(at, at + 1, "owner.name", 9, About.PERSON)
            if not flag & (STOP | MASS) and not flag & COMMON and goes_on and begins:
                return Person(at, at + 1, "owner.capital", 5, About.PERSON)
            return None
        if not flag & (STOP | MASS) and goes_on and begins and key[-1] != "s":
            if not flag:
                return Person(at, at + 1, "owner.odd", 8, About.MEMBER)
            if flag & (GIVEN | SURNAME) and not flag & COMMON:
                return Person(at, at + 1, "owner.name", 7, About.PERSON)
        return None

    def nearest(self, first: int, last: int, reach: int = 14) -> Person | None:
        """Return who is meant around tokens `first:last`: the strongest of those nearby.

        Within the sentence, before or behind; else in the sentence before it.
        """
        low, high = self.sentence(first)
        best: tuple[int, Person] | None = None
        for person in self.people_in(first - 2 * reach, last + reach):
            if first <= person.first < last and person.rule != "owner.handle":
                continue
            weight = person.weight
            if not low <= person.first < high:
                if person.first >= high:
                    weight -= 2
                weight -= 4 if person.about is not About.SELF else 20
            elif person.first >= last:
                weight -= 3
            if best is None or weight > best[0]:
                best = (weight, person)
        return best[1]._replace(weight=best[0]) if best else None

    def is_account(self, at: int) -> bool:
        """Return whether a token can only be a pseudonym: `tidepool_ted`, `@wren`."""
        symbol = self.view.symbols[at]
        return (
            symbol in _HANDLES
            and self._is_pseudonym(at, symbol)
            and (self.view.keys[at][0] == "@" or not self.is_technical)
        )

    def is_fiction(self, first: int, last: int) -> bool:
        """Return whether a film, a book, a game or bygone times are spoken of nearby."""
        low, high = max(0, first - FAR), min(len(self.bits), last + FAR)
        keys = self.view.keys
        for at in range(low, high):
            if self.bits[at] & _FICTION:
                return True
            if not at:
                continue
            before = keys[at - 1]
            is_led = before == "in" or bool(self.bits[at - 1] & _ARTICLE)
            if self.bits[at] & _FICTION_WITH and is_led:
                return True
            if before in _YEAR_BEFORE and _is_bygone(keys[at]):
                return True
        return False

    def has(self, wanted: int, first: int, last: int) -> bool:
        """Return whether one of tokens `first:last` has one of these bits."""
        for mine in self.bits[first if first > 0 else 0 : last]:  # noqa: FURB136, SIM110  # asked for every word: `any` and `max` cost five times as much
            if mine & wanted:
                return True
        return False


FAR: Final = 24  # tokens
_ORDINARY, _LISTED = COMMON | STOP | MASS, GIVEN | SURNAME
_FICTION, _FICTION_WITH = bit("fiction"), bit("fiction_with")
_ARTICLE: Final = bit("article", "pointing")
_LIVING: Final = "1950"  # who is spoken of before that is history


def _is_bygone(key: str) -> bool:
    """Return whether a word is a year before those of the living."""
    return len(key) == YEAR and key < _LIVING and key.isdigit()


YEAR: Final = 4  # digits
_YEAR_BEFORE: Final = frozenset(
    {"in", "since", "until", "till", "from", "of", "by", "(", "c", "circa", "-"}
)
_HANDLES: Final = frozenset({HANDLE_SYMBOL, CAMEL_SYMBOL})
_HERE_IS: Final = (["here", "'", "s"], ["there", "'", "s"])
_OF_CODE: Final = frozenset(  # how a name in a program ends: prod_server
    [
        "api",
        "cache",
        "class",
        "config",
        "count",
        "data",
        "db",
        "dict",
        "env",
        "file",
        "func",
        "id",
        "index",
        "init",
        "int",
        "json",
        "key",
        "len",
        "list",
        "module",
        "path",
        "server",
        "size",
        "sql",
        "str",
        "table",
        "test",
        "tmp",
        "type",
        "url",
        "user",
        "value",
        "var",
    ]
)
_ABBREVIATED: Final = frozenset({"st", "mr", "dr", "ms", "co", "jr"})
_OPENS: Final = frozenset('.!?;\n,:("*-')
_CLOSING: Final = frozenset("\"'*)")
_OWNING: Final = frozenset({"'", "’", "(", "on", "over", "at", "in", "from"})
_EQUALS: Final = frozenset("=>:")
_LEADS: Final = bit(
    "behind",
    "know",
    "of",
    "condition",
    "be",
    "where",
    "now",
    "learns",
    "maybe",
    "names",
    "aux",
    "sees",
)
_HITS: Final = bit("sees", "finds")
ADVERBS: Final = bit("real", "maybe", "now", "often", "other")
_LIKE_AN_ADJECTIVE: Final = bit(
    "same", "other", "real", "home", "place_word", "platform", "belongings", "thing", "past"
)
_ANDS: Final = (["and"], ["&"])
ODDEST: Final = 8  # more than one odd word in so many tokens is code
_AT: Final = bit("at")
_QUOTES: Final = frozenset("\"'")
_JOINING: Final = bit("posts_as", "poster", "works", "aux")
_VERBS: Final = bit(
    "be", "moves", "works", "lives", "posts_as", "studies", "often", "calls", "now", "past"
)
