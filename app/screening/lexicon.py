"""Words and phrase patterns of all packs, turned into one symbol a token and one automaton.

A text becomes a string of symbols, one for each token: words that the patterns treat alike share a
symbol. The patterns become regular expressions over such strings, and RE2 reads them in linear
time. A pattern is written in words:

    {poss} (real|legal) name (is|:)? {name}

`a|b` is either, `?` behind a word or bracket makes it optional, `…` is a gap of at most three
tokens inside a sentence, `{x}` is the list `x` of the pack, its words or one of the classes below,
and `"?"` in double quotes is the sign itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import re2

from app.screening.grammar import Grammar
from app.screening.languages.pack import Pack, Pattern
from app.screening.senses import Tongues
from app.screening.sieve import Need, Sieve
from app.screening.streets import Streets
from app.screening.words import plain

GIVEN, SURNAME, COMMON = 1, 2, 4
SELF, SECOND, THIRD, KIN, ROLE = 8, 16, 32, 64, 128
INSTITUTION, PUBLIC, PARTICLE, STOP, ACT = 256, 512, 1024, 2048, 4096
NUMBER_WORD, PLURAL, TITLE, PAST = 8192, 16384, 32768, 65536
HEAD, MASS, DETAIL, NEGATION = 1 << 17, 1 << 18, 1 << 19, 1 << 20
PEOPLE: Final = 1 << 21  # trades and looks: somebody only in a phrase about somebody
FAMILY, AGENT, TIME, SPOT = 1 << 22, 1 << 23, 1 << 24, 1 << 25
# What words do in a sentence, for what is read without a pattern.
NAMING: Final = 1 << 26
ASKING: Final = 1 << 27
ASKED: Final = 1 << 28
LIVES: Final = 1 << 29
WHERE: Final = 1 << 30
WORKS: Final = 1 << 31
SIDE: Final = 1 << 32
DAY: Final = 1 << 33
NOW: Final = 1 << 34
ALONE: Final = 1 << 35
RELATIVES: Final = 1 << 36
SPEAKS: Final = 1 << 38  # tells who says what stands in quotation marks
PARENT: Final = 1 << 39  # one's own where it stands for a name: Dad
WORD: Final = 1 << 37  # rare, and yet an ordinary word: no pseudonym, and no half of one
FLAG_LISTS: Final = {
    "self": SELF,
    "second": SECOND,
    "third": THIRD,
    "plural": PLURAL,
    "kin": KIN,
    "roles": ROLE,
    "institution": INSTITUTION,
    "public": PUBLIC,
    "particles": PARTICLE,
    "stop": STOP,
    "act": ACT,
    "titles": TITLE,
    "past": PAST,
    "heads": HEAD,
    "mass": MASS,
    "details": DETAIL,
    "negation": NEGATION,
    "people": PEOPLE,
    "family": FAMILY,
    "agents": AGENT,
    "times": TIME,
    "spots": SPOT,
    "naming": NAMING,
    "asking": ASKING,
    "asked": ASKED,
    "lives": LIVES,
    "where": WHERE,
    "works": WORKS,
    "side": SIDE,
    "day": DAY,
    "now": NOW,
    "alone": ALONE,
    "relatives": RELATIVES,
    "ordinary": WORD,
    "speaks": SPEAKS,
    "parents": PARENT,
}

# Symbols of tokens that are no words; the rest of ASCII punctuation stands for itself.
HANDLE_SYMBOL: Final = "\x80"
CAMEL_SYMBOL: Final = "\x81"
SHORT_NUMBER: Final = "\x82"
LONG_NUMBER: Final = "\x83"
URL_SYMBOL: Final = "\x84"
EMAIL_SYMBOL: Final = "\x85"
OTHER_SYMBOL: Final = "\x86"
BREAK_SYMBOL: Final = "\n"
FIRST_WORD: Final = 0x100
EVERYWHERE: Final = 60  # a word of every sentence counts as much as so many rare ones
LAST_WORD: Final = 0xD7FE
_BOUNDARY: Final = ".!?;\n"
_ANY: Final = f"[^{_BOUNDARY}]"
_WORD: Final = f"[{chr(FIRST_WORD)}-{chr(LAST_WORD)}]"
_TOKENS: Final = re.compile(r'\{[a-z_0-9]+\}|"[^"]+"|…|[()|?]|[^\W\d_]+|\d+|[^\w\s]')
SIGN_LISTS: Final = {"at": "@", "dot": ".", "dash": "-", "underscore": "_", "slash": "/"}


class Entry(NamedTuple):
    """What the lexicon knows of one word."""

    flags: int
    lower: str  # its symbol in lower case
    capital: str  # its symbol with a capital


class Compiled(NamedTuple):
    """One pattern, ready to be searched."""

    category: str
    strength: str
    language: str
    expression: re2._Regexp
    phrase: str


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a parsed pattern."""

    kind: str  # words, sequence, either, maybe, gap, class, sign, slot
    words: frozenset[str] = frozenset()
    parts: tuple[Node, ...] = ()
    text: str = ""


class PatternError(ValueError):
    """A pattern of a pack cannot be read."""


def _parse(phrase: str, lists: Mapping[str, tuple[str, ...]], depth: int = 0) -> Node:
    if depth > 6:  # lists that name each other in a circle
        message = f"lists nest too deeply at {phrase!r}"
        raise PatternError(message)
    tokens = _TOKENS.findall(phrase)
    node, rest = _either(tokens, 0, lists, depth)
    if rest != len(tokens):
        message = f"cannot read {phrase!r} beyond token {rest}"
        raise PatternError(message)
    return node


def _either(
    tokens: list[str], at: int, lists: Mapping[str, tuple[str, ...]], depth: int
) -> tuple[Node, int]:
    branches: list[Node] = []
    branch: list[Node] = []
    while at < len(tokens) and tokens[at] != ")":
        token = tokens[at]
        at += 1
        if token == "|":  # noqa: S105  # a token of a pattern
            branches.append(_sequence(branch))
            branch = []
        elif token == "?":  # noqa: S105  # a token of a pattern
            if not branch:
                message = f"nothing to make optional in {tokens!r}"
                raise PatternError(message)
            branch[-1] = Node("maybe", parts=(branch[-1],))
        elif token == "(":  # noqa: S105  # a token of a pattern
            node, at = _either(tokens, at, lists, depth)
            if at >= len(tokens):
                message = f"an open bracket in {tokens!r}"
                raise PatternError(message)
            at += 1
            branch.append(node)
        else:
            branch.append(_leaf(token, lists, depth))
    branches.append(_sequence(branch))
    return _merged(branches), at


def _leaf(token: str, lists: Mapping[str, tuple[str, ...]], depth: int) -> Node:  # noqa: PLR0911  # each way out is one case
    if token == "…":  # noqa: S105  # a token of a pattern
        return Node("gap")
    if token.startswith("{"):
        name = token[1:-1]
        if name in _CLASSES:
            return Node("class", text=_CLASSES[name])
        if name in _SLOTS:
            return Node("slot", text=name)
        if name not in lists:
            message = f"no list or class {token}"
            raise PatternError(message)
        return _merged([_parse(entry, lists, depth + 1) for entry in lists[name]])
    if token.startswith('"'):
        return Node("sign", text=token[1:-1])
    if token[0].isalpha():
        return Node("words", words=frozenset({plain(token.lower())}))
    if token.isdigit():
        return Node("class", text=_CLASSES["number"])
    return Node("sign", text=token)


def _sequence(parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else Node("sequence", parts=tuple(parts))


def _merged(branches: list[Node]) -> Node:
    """Join branches that are single words into one set: it becomes one character class."""
    words = frozenset().union(*(b.words for b in branches if b.kind == "words"))
    others = [branch for branch in branches if branch.kind != "words"]
    if words:
        others.insert(0, Node("words", words=words))
    return others[0] if len(others) == 1 else Node("either", parts=tuple(others))


# Classes that every pattern may use. Those that depend on the lists are filled in `Lexicon`.
_CLASSES: Final = {
    "number": f"[{SHORT_NUMBER}{LONG_NUMBER}]",
    "short_number": SHORT_NUMBER,
    "handle": f"[{HANDLE_SYMBOL}{CAMEL_SYMBOL}]",
    "word": _WORD,
    "any": _ANY,
    "gap5": f"{_ANY}{{0,5}}?",
    "gap8": f"{_ANY}{{0,8}}",
    "near": f"{_ANY}{{0,8}}?",  # the same, and what follows is the first that fits
    "quote": "[\"'*]?",
    "free": "\x03",  # a word that no pattern asks for, or an account name
    "url": URL_SYMBOL,
    "email": EMAIL_SYMBOL,
    "odd": "\x01",  # a lower-case word in no list
    "cap": "\x02",  # a capitalised word without a meaning in the patterns
    "start": f"(?:^|[{_BOUNDARY},:({{}}\"'»«>*-])",
    "end": f"(?:$|[{_BOUNDARY},)(\"'»{OTHER_SYMBOL}-])",
}
_WIDE: Final = {_CLASSES["gap5"]: 5, _CLASSES["gap8"]: 8, _CLASSES["near"]: 8}  # tokens at most
_RARE: Final = {
    f"[{HANDLE_SYMBOL}{CAMEL_SYMBOL}]": HANDLE_SYMBOL + CAMEL_SYMBOL,
    URL_SYMBOL: URL_SYMBOL,
    f"[{SHORT_NUMBER}{LONG_NUMBER}]": SHORT_NUMBER + LONG_NUMBER,
}
# A slot is where a reader in code goes on: it takes one word, and the group says where.
_SLOTS: Final = {
    "name": f"(?P<name>{_WORD}|[{CAMEL_SYMBOL}\"'“*])",
    "nameback": f"(?P<nameback>{_WORD}|{CAMEL_SYMBOL})",
    "name1": f"(?P<name1>{_WORD}|{CAMEL_SYMBOL})",
    "place": f"(?P<place>{_WORD}|[{CAMEL_SYMBOL}{HANDLE_SYMBOL}{SHORT_NUMBER}])",
    "subject": f"(?P<subject>{_WORD}|[{CAMEL_SYMBOL}{HANDLE_SYMBOL}])",
    "account": f"(?P<account>{_WORD}|[{CAMEL_SYMBOL}{HANDLE_SYMBOL}])",
    "alias": "(?P<account>)",
    "open": "(?P<open>)",
    "close": "(?P<close>)",
    "plural": "(?P<plural>)",
    "me": "(?P<me>)",
    "you": "(?P<you>)",
    "kinned": "(?P<kinned>)",
}


class Lexicon:
    """The words, symbols and patterns of some packs."""

    def __init__(  # noqa: C901  # one grammar, read from top to bottom
        self,
        packs: tuple[Pack, ...],
        given: str = "",
        surnames: str = "",
        common: str = "",
        rare: str = "",
    ) -> None:
        self.packs = packs
        self.grammars = tuple(Grammar(p.code, p.grammar) for p in packs if p.grammar)
        self.tongues = Tongues(packs)
        self.signs = {
            plain(word): sign
            for pack in reversed(packs)
            for name, sign in SIGN_LISTS.items()
            for word in pack.disguise.get(name, ())
        }
        self.backwards = frozenset(
            plain(word) for pack in packs for word in pack.disguise.get("backwards", ())
        )
        self.repeats = {plain(w): n for pack in packs for w, n in pack.repeats.items()}
        self.numbers: dict[str, str] = {}
        self._number_heads: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for pack in packs:
            for phrase, digits in pack.numbers.items():
                words = tuple(re.findall(r"[^\W\d_]+", plain(phrase.lower())))
                self._number_heads.setdefault(words[0], []).append((words, digits))
        for heads in self._number_heads.values():
            heads.sort(key=lambda head: -len(head[0]))
        flags: dict[str, int] = {}
        for listed, flag in (
            (given, GIVEN),
            (surnames, SURNAME),
            (common, COMMON),
            (rare, WORD),
        ):
            for word in listed.split():
                flags[word] = flags.get(word, 0) | flag
        for pack in packs:
            for name, flag in FLAG_LISTS.items():
                for phrase in pack.words.get(name, ()):
                    word = plain(phrase.lower())
                    flags[word] = flags.get(word, 0) | flag
            for head in self._number_heads:
                flags[head] = flags.get(head, 0) | NUMBER_WORD | COMMON
        self.head_endings = tuple(
            plain(word) for pack in packs for word in pack.words.get("head_endings", ())
        )
        self.cues = _cue_table(packs)
        self.address = Streets(packs)
        parsed = [
            (pattern, pack.code, _parse(pattern.phrase, {**pack.words, **pack.lists}))
            for pack in packs
            for pattern in pack.patterns
        ]
        sets = _word_sets(node for _, _, node in parsed)
        signatures: dict[str, list[int]] = {}
        for index, members in enumerate(sets):
            for word in members:
                signatures.setdefault(word, []).append(index)
        self._number(signatures, flags, len(sets))
        classes = {words: self._class_of[index] for index, words in enumerate(sets)}
        options = re2.Options()
        options.log_errors = False
        self.patterns: list[Compiled] = []
        self._sieve = Sieve()
        for index, (pattern, code, node) in enumerate(parsed):
            expression = self._expression(node, classes)
            compiled = re2.compile(expression, options)
            self._sieve.add(index, self._needs(node, classes), _longest(node))
            self.patterns.append(
                Compiled(pattern.category, pattern.strength, code, compiled, pattern.phrase)
            )

    def _number(self, signatures: dict[str, list[int]], flags: dict[str, int], sets: int) -> None:
        """Give every signature a pair of symbols, lower case and capital."""
        pairs: dict[tuple[tuple[int, ...], str], tuple[str, str]] = {}
        self._class_of: list[list[str]] = [[] for _ in range(sets)]
        self._odd: list[str] = []
        self._cap: list[str] = []
        self._free: list[str] = []

        def pair(signature: tuple[int, ...], kind: str) -> tuple[str, str]:
            if (signature, kind) not in pairs:
                first = FIRST_WORD + 2 * len(pairs)
                lower, capital = chr(first), chr(first + 1)
                pairs[signature, kind] = lower, capital
                for index in signature:
                    self._class_of[index] += [lower, capital]
                if not signature:
                    self._cap.append(capital)
                    self._free += [lower, capital]
                    if kind == "odd":
                        self._odd.append(lower)
            return pairs[signature, kind]

        self.unknown = Entry(0, *pair((), "odd"))
        self.entries: dict[str, Entry] = {}
        for word in flags.keys() | signatures.keys():
            signature = tuple(signatures.get(word, ()))
            kind = "" if signature else "listed"
            own = flags.get(word, 0) | (COMMON if signature else 0)
            self.entries[word] = Entry(own, *pair(signature, kind))

    def _expression(self, node: Node, classes: Mapping[frozenset[str], list[str]]) -> str:  # noqa: C901, PLR0911  # one grammar, read from top to bottom

        def build(part: Node) -> str:
            return self._expression(part, classes)

        if node.kind == "words":
            return f"[{''.join(sorted(classes[node.words]))}]"
        if node.kind == "sequence":
            return "".join(build(part) for part in node.parts)
        if node.kind == "either":
            return f"(?:{'|'.join(build(part) for part in node.parts)})"
        if node.kind == "maybe":
            return f"(?:{build(node.parts[0])})?"
        if node.kind == "gap":
            return f"{_ANY}{{0,3}}"
        if node.kind == "sign":
            signs = {sign if sign.isascii() else OTHER_SYMBOL for sign in node.text}
            return f"[{''.join(re.escape(sign) for sign in sorted(signs))}]"
        if node.kind == "slot":
            return _SLOTS[node.text].replace(
                "\x03", f"[{''.join(self._free)}{CAMEL_SYMBOL}{HANDLE_SYMBOL}]"
            )
        if node.text == _CLASSES["odd"]:
            return f"[{''.join(self._odd)}]"
        if node.text == _CLASSES["cap"]:
            return f"[{''.join(self._cap)}{CAMEL_SYMBOL}]"
        if node.text == _CLASSES["free"]:
            return f"[{''.join(self._free)}{CAMEL_SYMBOL}{HANDLE_SYMBOL}]"
        return node.text

    def _needs(  # noqa: PLR0911  # each way out is one case
        self, node: Node, classes: Mapping[frozenset[str], list[str]]
    ) -> list[Need]:
        """Return sets of symbols of which a match holds one each."""
        if node.kind == "words":
            cost = sum(EVERYWHERE if self.entries[word].flags & STOP else 1 for word in node.words)
            return [Need(cost, frozenset(classes[node.words]))]
        if node.kind == "sign":
            signs = frozenset(c if c.isascii() else OTHER_SYMBOL for c in node.text)
            return [Need(EVERYWHERE, signs)]
        if node.kind == "class" and node.text in _RARE:
            return [Need(EVERYWHERE // 2, frozenset(_RARE[node.text]))]
        if node.kind == "sequence":
            return [need for part in node.parts for need in self._needs(part, classes)]
        if node.kind == "either":
            branches = [self._needs(part, classes) for part in node.parts]
            if not all(branches):
                return []
            rarest = [min(branch, key=Need.rank) for branch in branches]
            cost = sum(need.cost for need in rarest)
            return [Need(cost, frozenset().union(*(need.symbols for need in rarest)))]
        return []

    def flags_of(self, key: str) -> int:
        """Return what the packs say of a word, 0 if nothing."""
        return self.entries.get(key, self.unknown).flags

    def is_compound(self, key: str) -> bool:
        """Return whether an unknown word is two common words in one, as pseudonyms are."""
        if not 6 <= len(key) <= 24:  # three letters each, and no endless words
            return False
        get = self.entries.get
        for cut in range(3, len(key) - 2):
            left, right = get(key[:cut]), get(key[cut:])
            if left and right and left.flags & COMMON and right.flags & COMMON:
                return True
        return False

    def number_at(self, keys: list[str], at: int) -> tuple[str | None, int]:
        """Return the digits of the longest number word at a token, and how many tokens it takes."""
        for words, digits in self._number_heads.get(keys[at], ()):
            if len(words) == 1:
                return digits, 1
            here = tuple(key for key in keys[at : at + 2 * len(words)] if key != "-")
            if here[: len(words)] == words:
                taken = at
                for word in words:
                    taken += keys[taken] == "-" != word
                    taken += 1
                return digits, taken - at
        return None, 1

    def possible(self, symbols: str) -> list[Compiled]:
        """Return the patterns that could occur in a string of symbols; only these need a search."""
        return [self.patterns[index] for index in self._sieve.possible(symbols)]


def _longest(node: Node) -> int:
    """Return how many tokens a piece of a pattern takes at most."""
    if node.kind == "gap":
        return 3
    if node.kind == "class":
        return _WIDE.get(node.text, 1)
    lengths = [_longest(part) for part in node.parts]
    if node.kind == "sequence":
        return sum(lengths)
    return max(lengths, default=1)


Cues = dict[str, dict[str, list[tuple[tuple[str, ...], str, str]]]]


def _cue_table(packs: tuple[Pack, ...]) -> Cues:
    """Return, for each category and first word, the phrases that are cues; the longest first."""
    table: Cues = {}
    for pack in packs:
        for cue in pack.cues:
            words = tuple(re.findall(r"[^\W\d_]+|\d+|[^\w\s]", plain(cue.phrase.lower())))
            heads = table.setdefault(cue.category, {})
            label = f"{cue.category}.{cue.strength}.{pack.code}"
            heads.setdefault(words[0], []).append((words, cue.strength, label))
    for heads in table.values():
        for phrases in heads.values():
            phrases.sort(key=lambda phrase: (-len(phrase[0]), phrase[1] != "veto"))
    return table


def _word_sets(nodes: Iterable[Node]) -> list[frozenset[str]]:
    found: dict[frozenset[str], None] = {}

    def visit(node: Node) -> None:
        if node.kind == "words":
            found.setdefault(node.words)
        for part in node.parts:
            visit(part)

    for node in nodes:
        visit(node)
    return list(found)


__all__ = ["Compiled", "Entry", "Lexicon", "Pattern", "PatternError", "plain"]
