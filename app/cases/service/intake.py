"""Reports of an exposure: sealed to every responder who may read it, and to who sent it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.cases import clocks, keys, queries, receipts
from app.cases.models import (
    Case,
    ExposureReport,
    Receipt,
    Recusal,
    ReportLetter,
    ReportReader,
    Timer,
)
from app.cases.service import casework, evidence, holds
from app.cases.service.evidence import Captured
from app.cases.words import Clock, PlaceKind, ReportState, Seat, Severity, Told
from app.core import clock, crypto, ids, sealing, shreds
from app.core.errors import RefusalError
from app.core.text import clean
from app.forum import service as forum
from app.forum.models import Post
from app.policy.vocabulary import Actor
from app.screening.engine import screen

TABLE: Final = "exposure_reports"
NOTICE: Final = "duty"  # the kind and the subject of a line in a responder's inbox: nothing else
AGREES: Final = 0.7  # so sure must a detector be to hide a post because of a visitor's report


class NobodyLeftError(RefusalError):
    """Nobody is there who could read the report: all are excluded, or the team has nobody."""


@dataclass(frozen=True, slots=True)
class Account:
    """What somebody says of an exposure. Box A is seen before a claim, box B after it."""

    place: str = ""
    facts: tuple[str, ...] = ()
    is_visible: str = ""
    is_danger: bool = False
    is_self: bool = False
    link: str = ""
    words: str = ""
    excluded: frozenset[str] = frozenset()  # public ids of those who must not see it

    def __repr__(self) -> str:
        return "***"

    def box_a(self, alerts: frozenset[str]) -> dict[str, str]:
        """Kind of place and fact, and how pressing it is."""
        return {
            "place": self.place,
            "facts": " ".join(self.facts),
            "is_visible": self.is_visible,
            "is_danger": "yes" if self.is_danger else "",
            "is_self": "yes" if self.is_self else "",
            "alerts": " ".join(sorted(alerts)),
        }

    def box_b(self, reporter: str) -> dict[str, str]:
        """Link, words, and for a member's report the pseudonym that the lead may know."""
        return {"link": self.link.strip(), "words": clean(self.words), "reporter": reporter}


# --- sending --------------------------------------------------------------------------------------


def send(session: Session, reporter: Actor, account: Account, post: Post | None) -> ExposureReport:
    """A member reports an exposure; the post, if there is one, is hidden at once.

    What is told is the same whatever happened. A report about oneself opens the own case with it.

    Raises:
        NobodyLeftError: when nobody is left who could read it.
    """
    tag = keys.person_tag(session, "reporter", reporter.id)
    captured = None if post is None else evidence.capture(session, post)
    alerts = frozenset[str]() if post is None else holds.hold_post(session, post, tag)
    readers = _readers(session, account, post)
    report = _store(
        session, account, readers, reporter.public_key, reporter.pseudonym, alerts, captured
    )
    if account.is_self:
        _open_own(session, reporter, report, readers, account, post)
    elif post is not None:
        report.post_id = post.id
    _announce(session, report, readers, account)
    return report


def send_from_outside(
    session: Session, account: Account, post: Post | None, key: receipts.Key
) -> ExposureReport:
    """A visitor reports an exposure; the receipt's key opens what is answered.

    The post is hidden only where a detector agrees, or somebody has reported it before.

    Raises:
        NobodyLeftError: when nobody is left who could read it.
    """
    alerts = frozenset[str]()
    captured = None if post is None else evidence.capture(session, post)
    if post is not None and _is_backed(session, post):
        alerts = holds.hold_post(session, post, keys.person_tag(session, "reporter", "visitor"))
    readers = _readers(session, account, post)
    sender = crypto.public_key(key.private)
    report = _store(session, account, readers, sender, "", alerts, captured)
    report.post_id = None if post is None else post.id
    today = clock.today()
    session.add(
        Receipt(
            report_id=report.id,
            tag=key.tag,
            expires_on=today + timedelta(days=receipts.LASTS_DAYS),
            ends_on=today + timedelta(days=receipts.LONGEST_DAYS),
        )
    )
    _announce(session, report, readers, account)
    return report


def _readers(session: Session, account: Account, post: Post | None) -> list[Member]:
    """Who may read a report: responders, else trustees; never the excluded or the post's author."""
    author = None if post is None else post.author_id
    for people in (queries.responders(session), queries.trustees(session)):
        left = [
            member
            for member in people
            if member.public_id not in account.excluded and member.id != author
        ]
        if left:
            return left
    raise NobodyLeftError


def _store(  # noqa: PLR0913, PLR0917 - what is said, who reads it, who sent it, what is known
    session: Session,
    account: Account,
    readers: Sequence[Member],
    reporter_key: bytes,
    pseudonym: str,
    alerts: frozenset[str],
    captured: Captured | None,
) -> ExposureReport:
    """Seal a report to its readers and to the one who sent it."""
    shred_id, shred = shreds.new_shred(session)
    public_id = ids.new_id()
    made = sealing.new_data_key(
        shred, [*(reader.public_key for reader in readers), reporter_key], binding(public_id)
    )
    report = ExposureReport(
        public_id=public_id,
        state=ReportState.RECEIVED,
        told=Told.RECEIVED,
        next_told=Told.RECEIVED,
        next_told_at=clock.now(),
        shred_id=shred_id,
        reporter_part=made.parts[-1],
        box_a=_close(made.key, public_id, "a", account.box_a(alerts)),
        box_b=_close(made.key, public_id, "b", account.box_b(pseudonym)),
        capture=None
        if captured is None
        else sealing.seal_text(made.key, captured.content, binding(public_id, "capture")),
        made_on=clock.today(),
    )
    session.add(report)
    session.flush()  # readers and timers name it by its id
    session.add_all(
        ReportReader(report_id=report.id, member_id=reader.id, part=part)
        for reader, part in zip(readers, made.parts, strict=False)
    )
    exclude(session, public_id, account.excluded)
    return report


def exclude(session: Session, thing: str, people: frozenset[str] | set[str]) -> None:
    """Note by keyed tags who must see nothing of a report or a case; both by public ids."""
    for public_id in people:
        tag = keys.person_tag(session, "recused", thing, public_id)
        session.merge(Recusal(tag=tag, made_on=clock.today()))


def _open_own(  # noqa: PLR0913, PLR0917 - who, what was sent, to whom, and the post
    session: Session,
    reporter: Actor,
    report: ExposureReport,
    readers: Sequence[Member],
    account: Account,
    post: Post | None,
) -> Case:
    """Open the case of a member who reports the own exposure; it has no team yet.

    A post is sealed into it as its first place: no row in clear joins a post to a case.
    """
    severity = Severity.GRAVE if account.is_danger else Severity.MEMBERS
    people = {reader.id: (Seat.LEAD, reader.public_key) for reader in readers}
    opened = casework.begin_case(
        session,
        casework.Opening(severity, is_danger=account.is_danger, affected=reporter.public_id),
        people,
        reporter.public_key,
    )
    report.case_id = opened.case.id
    casework.note_exposure(session, opened, account.facts, "")
    if post is not None:
        casework.add_place(session, opened, PlaceKind.HERE, "", post.public_id)
    exclude(session, opened.case.public_id, account.excluded)
    session.flush()  # the page that follows looks for the case
    return opened.case


def _announce(
    session: Session, report: ExposureReport, readers: Sequence[Member], account: Account
) -> None:
    """Start the clock of the claim, and put a line without any content into the readers' inbox."""
    severity = Severity.GRAVE if account.is_danger else Severity.MEMBERS
    now = clock.now()
    wait = clocks.span(Clock.CLAIM, severity, is_danger=account.is_danger)
    if wait is not None:
        at = clocks.due(now, wait, queries.cover_hours(session))
        due_at = clocks.coarse(at, now)
        session.add(Timer(report_id=report.id, clock=Clock.CLAIM, due_at=due_at, level=0))
    for reader in readers:
        forum.notify(session, reader.id, NOTICE, NOTICE)


def _is_backed(session: Session, post: Post) -> bool:
    """Whether something beside a visitor's word speaks for hiding a post."""
    if queries.has_report(session, post):
        return True
    return any(finding.confidence >= AGREES for finding in screen(post.words))


# --- opening and answering ------------------------------------------------------------------------


def key_of(session: Session, report: ExposureReport, part: bytes, private_key: bytes) -> bytes:
    """The key of a report, for whoever has a part of it.

    Raises:
        BrokenSealError: when the part is another's, or the report was erased.
    """
    shred = shreds.shred_part(session, report.shred_id)
    if shred is None:
        raise crypto.BrokenSealError
    return sealing.open_data_key(private_key, part, shred, binding(report.public_id))


def keys_of(
    session: Session, reports: Sequence[tuple[ExposureReport, bytes]], private_key: bytes
) -> dict[int, bytes]:
    """The keys of several reports by inner id; what was sealed to another key is left out."""
    halves = shreds.shred_parts(session, [report.shred_id for report, _ in reports])
    found = {}
    for report, part in reports:
        if report.shred_id in halves and keys.opens(private_key, part):
            shred = halves[report.shred_id]
            place = binding(report.public_id)
            found[report.id] = sealing.open_data_key(private_key, part, shred, place)
    return found


def read_box(report: ExposureReport, key: bytes, which: str) -> dict[str, str]:
    """What box `a` or `b` of a report says; nothing once it was moved into a case."""
    box = report.box_a if which == "a" else report.box_b
    if box is None:
        return {}
    text = sealing.open_text(key, box, binding(report.public_id, which))
    value: dict[str, str] = json.loads(text)
    return value


def read_capture(report: ExposureReport, key: bytes) -> Captured | None:
    """The post of a report as it was before it was hidden; nothing once it is in a case."""
    if report.capture is None:
        return None
    content = sealing.open_text(key, report.capture, binding(report.public_id, "capture"))
    return evidence.of_post(content)


def write_letter(
    session: Session, report: ExposureReport, key: bytes, text: str, *, is_from_reporter: bool
) -> ReportLetter:
    """Put a letter into the thread of a report."""
    public_id = ids.new_id()
    letter = ReportLetter(
        public_id=public_id,
        report_id=report.id,
        is_from_reporter=is_from_reporter,
        written_on=clock.today(),
        box=_close(key, public_id, "letter", {"text": clean(text)}),
    )
    session.add(letter)
    if is_from_reporter:
        for member_id in queries.reader_ids(session, report.id):
            forum.notify(session, member_id, NOTICE, NOTICE)
    return letter


def read_letters(session: Session, report: ExposureReport, key: bytes) -> list[tuple[bool, str]]:
    """The letters of a report in their order: whether the reporter wrote it, and the text."""
    return [
        (
            letter.is_from_reporter,
            json.loads(sealing.open_text(key, letter.box, binding(letter.public_id, "letter")))[
                "text"
            ],
        )
        for letter in queries.report_letters(session, report.id)
    ]


def use_receipt(session: Session, receipt: Receipt) -> None:
    """Move the end of a receipt on, because it was used."""
    wanted = clock.today() + timedelta(days=receipts.LASTS_DAYS)
    receipt.expires_on = min(wanted, receipt.ends_on)


def end_receipt(session: Session, receipt: Receipt) -> None:
    """End a receipt: its words open nothing any more."""
    session.execute(delete(Receipt).where(Receipt.report_id == receipt.report_id))


def binding(public_id: str, which: str = "key") -> str:
    """The place of a report's key, or of one of its boxes."""
    return sealing.bind(f"report-{which}", TABLE, public_id)


def _close(key: bytes, public_id: str, which: str, value: Mapping[str, str]) -> bytes:
    """Seal a value at its place."""
    text = json.dumps(value, ensure_ascii=False).encode()
    return sealing.seal_text(key, text, binding(public_id, which))
