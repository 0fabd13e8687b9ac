"""Trace: who could have known by the rules, what may be said of it, and the member's own diary.

Never who has read something: nothing here or elsewhere writes that down. The page opens to lead,
second and trustee; the diary to them for a reason, which the member reads (RESPONSE.md §14).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from app.cases import keys, ladder, queries, workflow
from app.cases.keys import Seal
from app.cases.ladder import Bar, Grounds, Known
from app.cases.models import Trace, TraceWord
from app.cases.service import casework, ledger, poster
from app.cases.service.casework import THE_MEMBER, Opened
from app.cases.words import ItemState, Part, Rung, Verb, Way
from app.cases.workflow import Gate, ShutError
from app.core import clock, ids
from app.core.text import clean
from app.forum import queries as forum
from app.forum.models import Board
from app.policy.vocabulary import Trust

WISH: Final = "trace_wish"  # the member's word whether this is looked into
YES: Final = "yes"
MOST_TOLD: Final = 9_999
LEVEL_ITEM: Final = "trace.level"
SET_ITEM: Final = "trace.set"


@dataclass(frozen=True, slots=True)
class Route:
    """One way that is counted: a board on which the fact stood, or messages that told it."""

    way: Way
    board: str = ""  # a public id
    until: str = ""  # the day on which it went, if somebody knows
    told: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A rung of the ladder as somebody has put it, and who, by inner id and name."""

    rung: Rung
    words: str
    by_id: int
    by: str


@dataclass(frozen=True, slots=True)
class Source:
    """The source page, opened."""

    routes: tuple[Route, ...] = ()
    bar: Bar = field(default_factory=Bar)
    why: str = ""  # less than a third is uncounted
    alternatives: str = ""
    change: str = ""
    proposed: Statement | None = None
    agreed: Statement | None = None
    is_told: bool = True  # the affected member reads what was agreed last
    names_first: int = 0  # who has asked for the names and waits for a second
    names_day: str = ""  # the day on which two have opened them


# --- the member's own words -----------------------------------------------------------------------


def wish(session: Session, opened: Opened) -> str:
    """Whether the affected member wants this looked into: `yes`, `no`, or nothing said."""
    row = queries.word_of(session, opened.case.id, WISH)
    return "" if row is None else opened.ring.read(row)["word"]


def say_wish(session: Session, own: Opened, *, is_yes: bool) -> None:
    """The affected member says whether this may be looked into; it can be changed at any time."""
    casework.say(session, own, WISH, YES if is_yes else "no")
    verb = Verb.CONSENTED if is_yes else Verb.ANSWERED
    ledger.write(session, own.ring, THE_MEMBER, verb, "trace.wanted")
    casework.call_team(session, own.case)


def note_in_diary(session: Session, own: Opened, way: Way, board: str, words: str) -> TraceWord:
    """Keep a line of the member's diary: where a fact may have been told before."""
    value = {"way": way.value, "board": board if way is Way.BOARD else "", "words": clean(words)}
    row = TraceWord(public_id=ids.new_id(), case_id=own.case.id, is_from_member=True)
    own.ring.write(row, value)
    session.add(row)
    return row


def strike_from_diary(session: Session, own: Opened, public_id: str) -> None:
    """The member takes a line of the diary away."""
    for row in queries.trace_words_of(session, own.case.id):
        if row.is_from_member and row.public_id == public_id:
            session.delete(row)


def diary(session: Session, wide: Opened) -> list[tuple[TraceWord, dict[str, str]]]:
    """The lines of the diary; `wide` is the member's own ring, or was opened for a reason.

    Raises:
        BrokenSealError: when the ring does not hold the identity part.
    """
    rows = queries.trace_words_of(session, wide.case.id)
    return [(row, wide.ring.read(row)) for row in rows if row.is_from_member]


def summary(session: Session, own: Opened) -> dict[str, str] | None:
    """The last that the team has said of it, for the affected member; nothing before that."""
    rows = [row for row in queries.trace_words_of(session, own.case.id) if not row.is_from_member]
    return own.ring.read(rows[-1]) if rows else None


# --- the page -------------------------------------------------------------------------------------


def open_page(session: Session, opened: Opened, private_key: bytes) -> Opened:
    """The case with the key of its source part; what may be public stays shut.

    Raises:
        ShutError: when the seat does not go with it.
    """
    ring = keys.ring_of(
        session,
        opened.case.id,
        opened.member_id,
        private_key,
        (Part.SHARED, Part.TEAM, Part.SOURCE),
    )
    if not ring.holds(Part.SOURCE):
        raise ShutError(Gate.ORDER)
    return replace(opened, ring=ring)


def read(session: Session, opened: Opened) -> Source:
    """The page as it is; an empty one before anything was written."""
    row = queries.trace_of(session, opened.case.id)
    if row is None:
        return Source()
    value: dict[str, Any] = json.loads(opened.ring.read(row)["page"])
    return Source(
        routes=tuple(Route(**{**one, "way": Way(one["way"])}) for one in value["routes"]),
        bar=Bar(**value["bar"]),
        why=value["why"],
        alternatives=value["alternatives"],
        change=value["change"],
        proposed=_statement(value["proposed"]),
        agreed=_statement(value["agreed"]),
        is_told=value.get("is_told", True),
        names_first=value["names_first"],
        names_day=value["names_day"],
    )


def known(session: Session, opened: Opened, routes: Sequence[Route]) -> Known:
    """Who could have known by the rules, without the affected member."""
    boards = forum.boards_by_ids(session, [route.board for route in routes if route.board])
    brief = casework.read_brief(opened.case, opened.ring)
    affected = queries.member_by_public_id(session, brief["affected"])
    accounts: set[int] = set()
    for route in routes:
        board = boards.get(route.board)
        if board is not None:
            accounts |= queries.accounts_that_may_read(session, board, _until(route))
    return Known(
        accounts=frozenset(accounts - ({affected.id} if affected is not None else set())),
        told=sum(route.told for route in routes),
        is_public=any(_is_open(board) for board in boards.values()),
    )


def counted_on(session: Session, board: Board, route: Route) -> int | None:
    """How many accounts may read a board by its rules; nothing where everybody may."""
    if _is_open(board):
        return None
    return len(queries.accounts_that_may_read(session, board, _until(route)))


def _until(route: Route) -> date | None:
    """The day on which a fact went from a board."""
    return date.fromisoformat(route.until) if route.until else None


def _is_open(board: Board) -> bool:
    """Whether anybody may read a board without an account."""
    return board.gate_read is Trust.VISITOR and not board.gate_role and not board.gate.circle


def grounds(session: Session, opened: Opened, words: str = "") -> Grounds:
    """On what a statement would rest now."""
    page = read(session, opened)
    post = poster.post_of(session, opened)
    return Grounds(
        known=known(session, opened, page.routes),
        is_wanted=wish(session, opened) == YES,
        has_routes=bool(page.routes),
        has_record=post is not None and post.author_id is not None,
        alternatives=page.alternatives,
        change=page.change,
        words=words,
    )


def add_route(session: Session, opened: Opened, route: Route) -> Source:
    """Count another way.

    Raises:
        ShutError: when the member has not said that this may be looked into, or nothing is named.
        SealedTermError: when the words hold a sealed term.
    """
    casework.check_clean(opened, route.words)
    if wish(session, opened) != YES:
        raise ShutError(Gate.NOT_WANTED)
    is_board = route.way is Way.BOARD
    if is_board and not forum.boards_by_ids(session, [route.board]):
        raise ShutError(Gate.GROUNDS)
    kept = Route(
        way=route.way,
        board=route.board if is_board else "",
        until=route.until if is_board else "",
        told=min(max(route.told, 0), MOST_TOLD) if route.way is Way.MESSAGES else 0,
        words=clean(route.words),
    )
    page = read(session, opened)
    _count(session, opened)
    return _write(session, opened, replace(page, routes=(*page.routes, kept), names_day=""))


def drop_route(session: Session, opened: Opened, number: int) -> Source:
    """Leave a way out again, by its place in the list."""
    page = read(session, opened)
    routes = tuple(one for n, one in enumerate(page.routes) if n != number)
    _count(session, opened)
    return _write(session, opened, replace(page, routes=routes, names_day=""))


def weigh(session: Session, opened: Opened, weighed: Source) -> Source:
    """Keep what else it could be, what would change our mind, and how much nobody can count.

    Raises:
        SealedTermError: when a text holds a sealed term.
        ShutError: when less than a third is uncounted and nobody writes why.
    """
    casework.check_clean(opened, weighed.alternatives, weighed.change, weighed.why)
    shut = ladder.barred(weighed.bar.uncounted, weighed.bar.unknown, weighed.why)
    if shut:
        raise ShutError(*shut)
    ledger.write(session, opened.ring, opened.who, Verb.TRACED, "trace weighed")
    page = read(session, opened)
    return _write(
        session,
        opened,
        replace(
            page,
            bar=weighed.bar,
            why=clean(weighed.why),
            alternatives=clean(weighed.alternatives),
            change=clean(weighed.change),
        ),
    )


def _count(session: Session, opened: Opened) -> None:
    """Write down that ways were counted, and nothing of which."""
    ledger.write(session, opened.ring, opened.who, Verb.TRACED, "trace counted")


# --- what may be said -----------------------------------------------------------------------------


def propose(session: Session, opened: Opened, rung: Rung, words: str) -> Source:
    """Propose what may be said; a second person has to agree.

    Raises:
        ShutError: when it does not rest on enough.
        SealedTermError: when the words hold a sealed term.
    """
    casework.check_clean(opened, words)
    shut = ladder.saying(rung, grounds(session, opened, words))
    if shut:
        raise ShutError(*shut)
    statement = Statement(rung, clean(words), opened.member_id, opened.who)
    ledger.write(session, opened.ring, opened.who, Verb.AGREED, LEVEL_ITEM)
    return _write(session, opened, replace(read(session, opened), proposed=statement))


def agree(session: Session, opened: Opened, seal: Seal | None) -> Source:
    """Agree as the second: from now on this much is said, and the affected member reads it.

    Without a seal for what the member reads, as a trustee has none, lead or second tell it.

    Raises:
        ShutError: when nothing is proposed, the same person agrees, or the grounds are gone.
    """
    page = read(session, opened)
    if page.proposed is None:
        raise ShutError(Gate.ORDER)
    if page.proposed.by_id == opened.member_id:
        raise ShutError(Gate.SAME_PERSON)
    shut = ladder.saying(page.proposed.rung, grounds(session, opened, page.proposed.words))
    if shut:
        raise ShutError(*shut)
    ledger.write(session, opened.ring, opened.who, Verb.TRACED, LEVEL_ITEM)
    _settle(session, opened)
    agreed = replace(page, proposed=None, agreed=page.proposed, is_told=False)
    return _write(session, opened, agreed) if seal is None else _tell(session, opened, agreed, seal)


def tell(session: Session, opened: Opened, seal: Seal) -> Source:
    """Let the affected member read what was agreed with somebody who could not write it there.

    Raises:
        ShutError: when there is nothing of the kind.
    """
    page = read(session, opened)
    if page.is_told:
        raise ShutError(Gate.ORDER)
    return _tell(session, opened, page, seal)


def _tell(session: Session, opened: Opened, page: Source, seal: Seal) -> Source:
    """Write what was agreed where the affected member reads it, with the count as it is now."""
    now = known(session, opened, page.routes)
    row = TraceWord(public_id=ids.new_id(), case_id=opened.case.id, is_from_member=False)
    told = {
        "rung": str(int(page.agreed.rung if page.agreed else Rung.UNKNOWN)),
        "count": str(now.count),
        "public": "1" if now.is_public else "",
        "alternatives": page.alternatives,
    }
    seal.write(row, told)
    session.add(row)
    return _write(session, opened, replace(page, is_told=True))


def take_back(session: Session, opened: Opened) -> Source:
    """Take a proposal back."""
    return _write(session, opened, replace(read(session, opened), proposed=None))


def open_names(session: Session, opened: Opened, reason: str) -> list[str] | None:
    """Look at the pseudonyms behind a small count, in an order drawn anew each time.

    The first of two asks, with a reason; once the second has, both may look for the rest of the
    day. Returns nothing while a second person is missing.

    Raises:
        ShutError: when no reason is given, the set is too large, or nothing else was considered.
    """
    if not workflow.is_reason(reason):
        raise ShutError(Gate.REASON)
    now = grounds(session, opened)
    shut = ladder.naming(now)
    if shut:
        raise ShutError(*shut)
    page, today = read(session, opened), clock.today().isoformat()
    ledger.write(session, opened.ring, opened.who, Verb.TRACED, "trace names", reason=reason)
    if page.names_day != today:
        if page.names_first in {0, opened.member_id}:
            _write(session, opened, replace(page, names_first=opened.member_id, names_day=""))
            return None
        _write(session, opened, replace(page, names_first=0, names_day=today))
    people = queries.members(session, now.known.accounts)
    names = [member.pseudonym for member in people.values()]
    secrets.SystemRandom().shuffle(names)
    return names


def _settle(session: Session, opened: Opened) -> None:
    """Settle the points of the checklist that two people have just agreed on."""
    for code in (SET_ITEM, LEVEL_ITEM):
        row = queries.item_of(session, opened.case.id, code)
        if row is not None:
            row.state, row.owner_id, row.first_id = ItemState.DONE, opened.member_id, None


def _write(session: Session, opened: Opened, page: Source) -> Source:
    """Seal the page."""
    row = queries.trace_of(session, opened.case.id)
    if row is None:
        row = Trace(public_id=ids.new_id(), case_id=opened.case.id)
        session.add(row)
    opened.ring.write(row, {"page": json.dumps(asdict(page))})
    session.flush()  # the page that follows shows it
    return page


def _statement(value: Mapping[str, Any] | None) -> Statement | None:
    """A statement as it was sealed."""
    return None if value is None else Statement(**{**value, "rung": Rung(value["rung"])})
