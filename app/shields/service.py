"""What is done with shields: make one, take it away, and look for all of them in a text.

The rules against probing are SCREENING.md §9. A hold tells whoever guesses as little as can be:
it comes from a shield, from a decoy, or from a rule, and reads the same in each case.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.accounts.queries import is_taken
from app.core import clock, crypto, ids
from app.core.db import Database
from app.core.errors import RefusalError
from app.core.text import clean_line
from app.policy.dispositions import Disposition, as_set
from app.policy.vocabulary import Actor
from app.screening.findings import About, Category, Finding, Signal, Span, Why
from app.screening.normalize import Mapped
from app.screening.readings import readings as readings_of
from app.shields import queries
from app.shields.models import (
    HeldPhrase,
    HeldPhraseTag,
    Mode,
    SecondLook,
    Shield,
    ShieldBook,
    ShieldTag,
)
from app.shields.phrases import Flaw, Kind, flaw, forms, may_hold, phrase_tokens, shows, tokens
from app.shields.tags import Heads, Keys, Table

KEY_NAME: Final = "shields"  # of the server secret, and of its place in a session
SHIELDS_A_MEMBER: Final = 20
LOOKS_A_WEEK: Final = 3
NAME_WORDS: Final = 4
ALERT: Final = Signal("shield.alert", 0)
OFTEN: Final = Signal("shield.often", 0)  # so many second looks that somebody may be guessing
NO_KEY: Final = Signal("shield.key", 0)  # tags were made with another key: all is held

IsWellKnown = Callable[[str], bool]


class ShieldRefusedError(RefusalError):
    """A phrase can be no shield; `flaw` says why."""

    def __init__(self, reason: Flaw) -> None:
        super().__init__(reason.value)
        self.flaw = reason


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member wants to shield. It lives as long as the request that brought it."""

    kind: Kind
    phrase: str
    label: str
    mode: Mode

    def __repr__(self) -> str:
        return "***"


@dataclass(frozen=True, slots=True)
class Matches:
    """What shields have to say of a text.

    `own` asks the author, about his or her own shields; `others` is for moderators and never shown
    to the author. `is_look` says that a hold counts as one of the author's second looks.
    """

    own: tuple[Finding, ...] = ()
    others: tuple[Finding, ...] = ()
    is_look: bool = False


Finder = Callable[[int, str, Sequence[Mapped], IsWellKnown], Matches]


class Keyhole:
    """The keys and the table of one server, in memory; sessions of its database carry it."""

    def __init__(self, secret: bytes) -> None:
        self.keys = Keys(secret)
        self._lock = threading.Lock()
        self._version: str | None = None
        self._table = Table(self.keys)

    def table(self, session: Session, version: str) -> Table:
        """The table of this version of the tags; read anew only when they have changed."""
        with self._lock:
            if version != self._version:
                self._table = Table(self.keys, queries.all_tags(session))
                self._version = version
            return self._table


def open_shields(database: Database, secret: bytes) -> None:
    """Give every session of this database the shield key."""
    database.lend(KEY_NAME, Keyhole(secret))


# --- making and taking away -----------------------------------------------------------------------


def create_shield(session: Session, member: Actor, wish: Wish) -> Shield:
    """Shield a phrase: keep the tags of its forms, and forget the phrase.

    Raises:
        ShieldRefusedError: when the phrase can be no shield, or the member has twenty.
        LookupError: when the server's shield key was not given to the session.
    """
    keyhole: Keyhole = session.info[KEY_NAME]
    if reason := refusal(session, member, wish):
        raise ShieldRefusedError(reason)
    mode = wish.mode if may_hold(wish.kind, wish.phrase) else Mode.ALERT
    shield = Shield(
        member_id=member.id,
        label=clean_line(wish.label),
        kind=wish.kind,
        mode=mode,
        made_on=clock.today(),
    )
    session.add(shield)
    session.flush()  # tags name the shield by its id
    tags = [keyhole.keys.tag(form) for form in forms(wish.kind, wish.phrase)]
    session.add_all(ShieldTag(shield_id=shield.id, tag=tag.value, gate=tag.gate) for tag in tags)
    _turn_page(session, keyhole.keys)
    return shield


def refusal(session: Session, member: Actor, wish: Wish) -> Flaw | None:
    """Why this wish cannot be met; None if it can."""
    if len(queries.shields_of(session, member.id)) >= SHIELDS_A_MEMBER:
        return Flaw.MANY
    if reason := flaw(wish.kind, wish.phrase):
        return reason
    if is_taken(session, "".join(phrase_tokens(wish.phrase))) or is_taken(session, wish.phrase):
        return Flaw.PSEUDONYM
    if shows(wish.label, forms(wish.kind, wish.phrase)):
        return Flaw.LABEL
    return None


def remove_shield(session: Session, shield: Shield) -> None:
    """Take a shield away; its tags go with it."""
    session.execute(delete(Shield).where(Shield.id == shield.id))
    _turn_page(session, None)


def _turn_page(session: Session, keys: Keys | None) -> None:
    """Let every process know that the tags have changed."""
    book = queries.book(session)
    if book is None:
        check = keys.check if keys else bytes(16)
        session.add(ShieldBook(id=1, version=ids.new_id(), check=check))
    else:
        book.version = ids.new_id()
    session.flush()  # whoever looks a text up in this very transaction must find the new version


# --- phrases held for somebody whom no row names --------------------------------------------------


def hold_phrase(session: Session, holder: bytes, phrase: str) -> bool:
    """Hold texts with a phrase on behalf of a holder; returns False where it can be no shield.

    `holder` is a keyed tag. What is too common to be a shield is refused without a reason: whoever
    asks knows the phrase, and nothing of it is to be shown again.

    Raises:
        LookupError: when the server's shield key was not given to the session.
    """
    keyhole: Keyhole = session.info[KEY_NAME]
    kind = kind_of(phrase)
    if flaw(kind, phrase) is not None or is_taken(session, phrase):
        return False
    mode = Mode.HOLD if may_hold(kind, phrase) else Mode.ALERT
    held = HeldPhrase(holder=holder, mode=mode, made_on=clock.today())
    session.add(held)
    session.flush()  # tags name the phrase by its id
    tags = [keyhole.keys.tag(form) for form in forms(kind, phrase)]
    session.add_all(HeldPhraseTag(phrase_id=held.id, tag=tag.value, gate=tag.gate) for tag in tags)
    _turn_page(session, keyhole.keys)
    return True


def is_fit(phrase: str) -> bool:
    """Whether a phrase is rare enough that finding it somewhere says something."""
    return flaw(kind_of(phrase), phrase) is None


def let_go(session: Session, holder: bytes) -> None:
    """Let every phrase of a holder go; the tags go with them."""
    if not queries.phrases_held(session, holder):
        return
    session.execute(delete(HeldPhrase).where(HeldPhrase.holder == holder))
    _turn_page(session, None)


def searcher(session: Session, holder: bytes) -> Callable[[str], bool]:
    """What says of a text whether one phrase of this holder stands in it, however it is written.

    For whoever looks through many texts: the phrases are read once, and decoys play no part.

    Raises:
        LookupError: when the session has no shield key, or tags were made with another one.
    """
    keyhole: Keyhole = session.info[KEY_NAME]
    known = queries.book(session)
    if known is not None and not crypto.same(known.check, keyhole.keys.check):
        raise LookupError(KEY_NAME)
    table = Table(keyhole.keys, queries.held_tags(session, holder), has_decoys=False)
    heads: Heads = {}

    def stands_in(text: str) -> bool:
        scan = table.scan((tokens(way.text) for way in readings_of(text)), heads)
        return bool(scan.held or scan.bare)

    return stands_in


def kind_of(phrase: str) -> Kind:
    """What kind of phrase somebody has written down without saying so."""
    if "@" in phrase:
        return Kind.ACCOUNT
    letters = sum(sign.isalpha() for sign in phrase)
    if sum(sign.isdigit() for sign in phrase) > letters:
        return Kind.PHONE
    words = phrase_tokens(phrase)
    if any(word.isdigit() for word in words):
        return Kind.ADDRESS
    return Kind.NAME if 1 < len(words) <= NAME_WORDS else Kind.OTHER


# --- looking --------------------------------------------------------------------------------------


def matches(
    session: Session,
    author: Actor,
    text: str,
    readings: Sequence[Mapped],
    is_well_known: IsWellKnown,
) -> Matches:
    """Look for shields and decoys in a text that its author has submitted; never in a preview.

    `is_well_known` says of a few words whether they stand in many published posts anyway.
    """
    return finder(session, author.id)(author.id, text, readings, is_well_known)


def finder(session: Session, looks_of: int = 0) -> Finder:
    """The shields, read once for many texts.

    Give it an author's id, a text with its readings, and what is well known. The second looks of
    the member `looks_of` count; without one, nobody's do.
    """
    version, check, looks = queries.state_for(session, looks_of)
    keyhole: Keyhole | None = session.info.get(KEY_NAME)
    if keyhole is None or (check and not crypto.same(check, keyhole.keys.check)):
        return lambda _author, text, _readings, _known: _unreadable(session, text)
    table, has_often = keyhole.table(session, version), looks >= LOOKS_A_WEEK
    heads: Heads = {}

    def find(
        author_id: int, text: str, readings: Sequence[Mapped], is_well_known: IsWellKnown
    ) -> Matches:
        scan = table.scan((tokens(way.text) for way in readings), heads)
        ids_found = {*scan.held, *scan.bare}
        live = queries.live_shields(session, ids_found) if ids_found else ()
        own = tuple(_own(text, shield) for shield in live if shield.member_id == author_id)
        others = {shield.id: shield.mode for shield in live if shield.member_id != author_id}
        others |= {-phrase.id: phrase.mode for phrase in queries.live_phrases(session, ids_found)}
        holding = [
            scan.held[inner]
            for inner, mode in others.items()
            if mode is Mode.HOLD and inner in scan.held
        ]
        is_look = any(not is_well_known(words) for words in (*holding, *scan.decoys))
        if is_look or has_often:
            more = (OFTEN,) if has_often else ()
            return Matches(own, (_finding(text, Disposition.HOLD, *more),), is_look)
        return Matches(own, (_finding(text, Disposition.PUBLISH, ALERT),) if others else ())

    return find


def owners_of(
    session: Session, author_id: int | None, readings: Sequence[Mapped]
) -> dict[int, Shield]:
    """Whose shields are really found in a text, one by inner id of its member; no decoys."""
    keyhole: Keyhole | None = session.info.get(KEY_NAME)
    version, check, _ = queries.state_for(session, author_id or 0)
    if keyhole is None or not crypto.same(check, keyhole.keys.check):
        return {}
    scan = keyhole.table(session, version).scan(tokens(way.text) for way in readings)
    found = queries.live_shields(session, [*scan.held, *scan.bare])
    return {shield.member_id: shield for shield in found if shield.member_id != author_id}


def note_look(session: Session, author: Actor) -> None:
    """Count one second look of this author."""
    session.add(SecondLook(member_id=author.id, made_on=clock.today()))


def _unreadable(session: Session, text: str) -> Matches:
    """Hold everything while there are tags that cannot be read, rather than let one through."""
    if not queries.has_tags(session):
        return Matches()
    return Matches((), (_finding(text, Disposition.HOLD, NO_KEY),))


def _own(text: str, shield: Shield) -> Finding:
    """The author wrote a phrase that he or she has shielded."""
    reason = Why("shield.own", (("label", shield.label),))
    signals = (as_set(Disposition.NUDGE),)
    return Finding(Category.SHIELD, Span(0, len(text)), 1.0, About.SELF, reason, signals)


def _finding(text: str, disposition: Disposition, *more: Signal) -> Finding:
    """The one finding of all shields and decoys: it spans the text and names nothing."""
    signals = (as_set(disposition), *more)
    return Finding(Category.SHIELD, Span(0, len(text)), 1.0, About.MEMBER, Why("shield"), signals)
