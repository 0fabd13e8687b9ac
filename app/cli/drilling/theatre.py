"""The stage of a drill: a forum in a temporary folder, people who are nobody, and a stopped clock.

Nothing of the operator's own forum is opened. What is measured here is the house, not people: does
every clock run, call the next in the chain and stop; does every gate hold; does nothing leak.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import Member
from app.accounts.service import create_member, make_keys
from app.cases import keys, queries, traces, workflow
from app.cases.keys import open_cases
from app.cases.models import Case, CoverHour, ExposureReport, Timer
from app.cases.service import casework, intake, rounds, team
from app.cases.service.casework import THE_MEMBER, Opened
from app.cases.service.intake import Account
from app.cases.words import Clock, ItemState, Seat, Severity
from app.cases.workflow import Gate, ShutError
from app.core import clock, settings
from app.core.crypto import Cost, Passphrase
from app.core.db import Database, open_database
from app.core.migrate import upgrade
from app.core.shreds import open_shreds
from app.forum import service as forum
from app.forum.models import Board, Category, Notice, Post, Thread
from app.forum.service import Draft
from app.policy.vocabulary import Role, Trust
from config import Config, secret

SATURDAY_NIGHT: Final = datetime(2026, 11, 7, 3, 0, tzinfo=UTC)
COVER: Final = (8, 22)
TICK: Final = timedelta(minutes=15)  # as often as the house looks at its clocks
SLOW: Final = timedelta(hours=6)  # over weeks, in which nothing is measured in minutes
A_FEW_DAYS: Final = timedelta(days=3)
CHEAP: Final = Cost(rounds=1, memory_kib=8, lanes=1)
FACTS: Final = ("Zephyrine Quillfeather", "Otterbourne Lane", "quillfeather-passport")
PEOPLE: Final = {
    "Heron": (Trust.REGULAR, Role.NONE),
    "Finch": (Trust.REGULAR, Role.NONE),
    "Stoat": (Trust.REGULAR, Role.NONE),
    "Owl": (Trust.TRUSTED, Role.MODERATOR | Role.RESPONDER),
    "Wren": (Trust.TRUSTED, Role.MODERATOR | Role.RESPONDER),
    "Robin": (Trust.TRUSTED, Role.RESPONDER),
    "Kite": (Trust.REGULAR, Role.TRUSTEE),
}


@dataclass(slots=True)
class Score:
    """What a drill has shown."""

    script: str
    clocks: list[tuple[str, timedelta]] = field(default_factory=list)  # met, with the time left
    gates: list[str] = field(default_factory=list)  # that held
    breaches: list[str] = field(default_factory=list)
    calls: int = 0  # steps up the chain
    forgotten: int = 0  # points of the checklist that were left open at closing
    bytes_read: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether nothing was breached, forgotten or leaked."""
        return not self.breaches and not self.forgotten


@dataclass(slots=True)
class Theatre:
    """The stage with everybody on it; each deed is a transaction of its own, as in the house."""

    database: Database
    folder: Path
    move: Callable[[timedelta], None]
    score: Score
    keys: dict[str, bytes] = field(default_factory=dict)  # private ones, by pseudonym
    case_id: str = ""

    # --- people and things ------------------------------------------------------------------------

    def member(self, session: Session, name: str) -> Member:
        """Somebody on the stage."""
        return session.scalars(select(Member).where(Member.pseudonym == name)).one()

    def write_post(self, name: str, body: str) -> str:
        """Somebody writes; returns the public id of the post."""
        with self.database.write.begin() as session:
            thread = session.scalars(select(Thread).options(joinedload(Thread.board))).one()
            author = self.member(session, name).actor
            return forum.create_post(session, author, thread, Draft(body=body)).public_id

    def report(self, name: str, post_id: str, **said: object) -> str:
        """Somebody reports a post; the hold must come at once, whatever the hour."""
        began = time.monotonic()
        with self.database.write.begin() as session:
            post = queries.post_by_public_id(session, post_id)
            account = Account(**({"place": "here"} | said))  # type: ignore[arg-type]  # plain values
            report = intake.send(session, self.member(session, name).actor, account, post)
            public_id = report.public_id
        took = time.monotonic() - began
        self.expect(took <= HOLD_SECONDS, f"a report took {took:.1f} s, more than {HOLD_SECONDS}")
        return public_id

    def opened(self, session: Session, name: str) -> Opened:
        """The case as somebody opens it."""
        case = session.scalars(select(Case).where(Case.public_id == self.case_id)).one()
        member = self.member(session, name)
        if name == "Heron":
            (ring,) = keys.own_rings(session, self.keys[name], case.id)
            return Opened(case, ring, THE_MEMBER)
        ring = team.ring_for(session, case, member.id, self.keys[name])
        return Opened(case, ring, name, member.id)

    @contextmanager
    def on_the_case(self, name: str) -> Iterator[tuple[Session, Opened]]:
        """One deed of somebody on the case."""
        with self.database.write.begin() as session:
            yield session, self.opened(session, name)

    # --- taking and opening -----------------------------------------------------------------------

    def claim(self, name: str, report_id: str) -> None:
        """Somebody takes a report; its clock must have run."""
        with self.database.write.begin() as session:
            report = _report(session, report_id)
            self._met(queries.timers_of_report(session, report.id), Clock.CLAIM)
            team.claim(session, self.member(session, name).actor, report)

    def open_case(
        self, name: str, report_id: str, severity: Severity, second: str = "Wren"
    ) -> None:
        """Somebody opens a case with a second and a contact person."""
        with self.database.write.begin() as session:
            lead, other = self.member(session, name), self.member(session, second)
            contact = self.member(session, "Robin")
            seats = {other.id: (Seat.SECOND, other), contact.id: (Seat.CONTACT, contact)}
            plan = team.Plan(severity, False, seats, self.member(session, "Heron"))  # noqa: FBT003 - a plan's second word is danger
            report = _report(session, report_id)
            opened = team.open_case(session, lead.actor, self.keys[name], report, plan)
            self.case_id = opened.case.public_id

    def met(self, which: Clock) -> None:
        """A clock of the case runs now and is not over: call this before the deed it waits for."""
        with self.database.read() as session:
            case = session.scalars(select(Case).where(Case.public_id == self.case_id)).one()
            self._met(queries.timers_of(session, case.id), which)

    def _met(self, timers: Sequence[Timer], which: Clock) -> None:
        """Note whether a clock runs, and how much of it is left."""
        due = next((timer.due_at for timer in timers if timer.clock is which), None)
        if due is None:
            self.score.breaches.append(f"no clock ran for: {which.value}")
        elif due < clock.now():
            self.score.breaches.append(f"too late: {which.value}")
        else:
            self.score.clocks.append((which.value, due - clock.now()))

    # --- time and gates ---------------------------------------------------------------------------

    def wait(self, span: timedelta) -> None:
        """Let time pass, with the rounds the house makes; each due clock must call somebody."""
        left = span
        tick = TICK if span <= A_FEW_DAYS else SLOW
        while left > timedelta():
            step = min(tick, left)
            self.move(step)
            left -= step
            with self.database.write.begin() as session:
                due = [
                    (timer.id, timer.due_at) for timer in queries.timers_due(session, clock.now())
                ]
                session.execute(update(Notice).values(is_read=True))
                rounds.make_rounds(session)
                self._escalated(session, due)

    def _escalated(self, session: Session, due: list[tuple[int, datetime]]) -> None:
        """Every clock that ran out was moved on, and somebody has a new line in the inbox."""
        for inner, at in due:
            timer = session.get(Timer, inner)
            if timer is not None and timer.due_at <= at:
                self.score.breaches.append(f"nobody was called: {timer.clock.value}")
            self.score.calls += 1
        session.flush()  # the lines are counted below
        fresh = session.scalar(select(func.count()).where(Notice.is_read.is_(False)))
        self.expect(not due or bool(fresh), "a clock ran out, and no inbox has a line")

    def shut(self, what: str, gate: Gate, deed: Callable[[Session], object]) -> None:
        """A deed that must be refused at this gate; what it did is undone either way."""
        with self.database.write() as session:
            try:
                deed(session)
            except ShutError as refused:
                self.expect(gate in refused.gates, f"another gate than {gate.value}: {what}")
                self.score.gates.append(what)
            else:
                self.score.breaches.append(f"not refused: {what}")
            session.rollback()

    def expect(self, is_so: bool, otherwise: str) -> None:  # noqa: FBT001 - the very thing that is asked
        """Note a breach where something is not as it must be."""
        if not is_so:
            self.score.breaches.append(otherwise)

    # --- the end ----------------------------------------------------------------------------------

    def close(self) -> None:
        """Settle what is open, choose how long things are kept, and close the case by two."""
        with self.on_the_case("Heron") as (session, own):
            casework.choose_retention(session, own, 30)
        for name in ("Owl", "Wren"):
            with self.on_the_case(name) as (session, opened):
                for row in queries.items_of(session, opened.case.id):
                    if row.state not in workflow.SETTLED:
                        reason = "Looked at in this drill, and not needed."
                        casework.settle_item(session, opened, row, ItemState.NOT_NEEDED, reason)
        for name in ("Owl", "Wren"):
            with self.on_the_case(name) as (session, opened):
                is_closed = casework.close(session, opened)
        self.expect(is_closed, "two asked, and the case is not closed")
        with self.database.read() as session:
            opened = self.opened(session, "Owl")
            items = queries.items_of(session, opened.case.id)
            self.score.forgotten = sum(row.state not in workflow.SETTLED for row in items)
            left = queries.timers_of(session, opened.case.id)
            self.expect(not left, "a clock runs on after closing")

    def leaks(self, *words: str) -> None:
        """None of these words stands in any byte of the folder, however it is written."""
        patterns = {raw for word in words for raw in traces.spellings(word)}
        looked = traces.search(self.folder, patterns)
        self.score.bytes_read += looked.read
        self.score.breaches += [f"a sealed word lies in {name}" for name in looked.found]


HOLD_SECONDS: Final = 5  # RESPONSE.md §6: from a report to the hold, at any hour


@contextmanager
def set_stage(script: str) -> Iterator[Theatre]:
    """A stage in a temporary folder, on a Saturday night, with hours of duty and a board."""
    with (
        tempfile.TemporaryDirectory(prefix="bauta-drill-") as name,
        clock.stopped(SATURDAY_NIGHT) as move,
    ):
        folder = Path(name)
        config = Config(data=folder)
        database = open_database(config.database)
        upgrade(database.write_engine)
        open_shreds(database, config.keys)
        open_cases(database, secret(config, "cases"))
        made = {person: make_keys(Passphrase(person), CHEAP) for person in PEOPLE}
        with database.write.begin() as session:
            settings.write_settings(session, settings.Settings(name="DRILL", purpose="", norms="-"))
            for person, (trust, roles) in PEOPLE.items():
                member = create_member(session, person, made[person], trust=trust, roles=roles)
                member.is_confirmed = True
            session.add_all(CoverHour(weekday=n, begins=COVER[0], ends=COVER[1]) for n in range(7))
            _make_board(session)
        theatre = Theatre(database, folder, move, Score(script))
        theatre.keys = {person: keys_.private_key for person, keys_ in made.items()}
        try:
            yield theatre
        finally:
            database.close()


def _make_board(session: Session) -> None:
    """A board with one thread, by somebody who has no part in the drill."""
    category = Category(name="Drill", position=0)
    session.add(category)
    session.flush()  # the board names it by its id
    known = Trust.NEWCOMER
    board = Board(
        category_id=category.id, name="Drill", gate_read=known, gate_reply=known, gate_start=known
    )
    session.add(board)
    session.flush()  # the thread names it by its id
    wren = session.scalars(select(Member).where(Member.pseudonym == "Wren")).one()
    forum.create_thread(session, wren.actor, board, Draft("A thread to drill in.", "A drill"))


def _report(session: Session, public_id: str) -> ExposureReport:
    """A report by its public id."""
    query = select(ExposureReport).where(ExposureReport.public_id == public_id)
    return session.scalars(query).one()


def post_of(session: Session, public_id: str) -> Post:
    """A post of the stage.

    Raises:
        LookupError: when it is gone.
    """
    found = queries.post_by_public_id(session, public_id)
    if found is None:
        raise LookupError
    return found
