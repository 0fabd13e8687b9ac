"""The deeds on the queue: put in, take, give back, close. What is decided, other rooms decide.

Every change is guarded by the item's version: of two people who act on the same state the first
one wins, and the second one learns of it before anything is half done.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import StaleError
from app.policy.vocabulary import Actor
from app.review import queries
from app.review.models import GONE, IN_BODY, IN_TITLE, Reason, ReviewItem
from app.screening.findings import Category, Finding

_WEIGHT: Final = (Reason.FIRST_POST, Reason.REPORTED, Reason.HELD, Reason.ANSWER)
_SAYS_NOTHING: Final = frozenset({Category.LIMIT, Category.FILTER})  # of who somebody is


def enqueue(  # noqa: PLR0913 - the facts of one entry; most callers give the first three
    session: Session,
    subject: str,
    reason: Reason,
    findings: Sequence[Finding] = (),
    *,
    title_findings: Sequence[Finding] = (),
    is_identity: bool = False,
    is_urgent: bool = False,
    is_hurried: bool = True,
) -> ReviewItem:
    """Let the moderators know of a post or statement, named by its public id.

    There is one open item a subject: a second reason joins it. `findings` are those in the text,
    `title_findings` those in its title; kept are their places, never their words. An item about
    what may show who somebody is comes first in the queue, and urgent ones before others; where
    the one who says so is not taken at the word, it is marked urgent and stays in its place.
    """
    item = queries.open_item_of(session, subject) or _open(session, subject, reason)
    found = stored_findings(findings, title_findings)
    if reason in {Reason.HELD, Reason.FIRST_POST} and item.findings != found:
        item.findings = found
        item.version += 1  # the text is another one: nobody decides on the one before
    shows = any(f.category not in _SAYS_NOTHING for f in (*findings, *title_findings))
    item.reason = max(item.reason, reason, key=_WEIGHT.index)
    item.report_count += reason is Reason.REPORTED
    item.is_identity = item.is_identity or is_identity or shows
    item.is_urgent = item.is_urgent or is_urgent
    is_before_others = item.rank % 2 == 1 or (is_urgent and is_hurried)
    item.rank = 2 * item.is_identity + is_before_others
    session.flush()  # reports and pages name the item by its ids
    return item


def _open(session: Session, subject: str, reason: Reason) -> ReviewItem:
    """A new entry in the queue.

    Raises:
        StaleError: when somebody else makes an entry about the same subject at this very moment.
    """
    item = ReviewItem(
        reason=reason,
        subject=subject,
        report_count=0,
        is_identity=False,
        is_urgent=False,
        rank=0,
        findings=[],
        opened_at=clock.now(),
        version=1,
    )
    session.add(item)
    try:
        session.flush()  # two who report the same post at the same moment would make two items
    except IntegrityError as error:
        raise StaleError from error
    return item


def stored_findings(
    findings: Sequence[Finding], title_findings: Sequence[Finding] = ()
) -> list[dict[str, Any]]:
    """Findings in text and title as the queue keeps them."""
    return _stored(findings, IN_BODY) + _stored(title_findings, IN_TITLE)


def _stored(findings: Sequence[Finding], where: str) -> list[dict[str, Any]]:
    """Findings as the queue keeps them: places, kinds and names of rules, without any word."""
    return [
        {
            "where": where,
            "category": finding.category.value,
            "start": finding.span.start,
            "end": finding.span.end,
            "confidence": round(finding.confidence, 3),
            "about": finding.about.value,
            "why": finding.why.message,
            "parameters": [list(pair) for pair in finding.why.parameters],
            "rules": [[signal.rule, signal.weight] for signal in finding.signals],
        }
        for finding in findings
    ]


def claim(session: Session, moderator: Actor, item: ReviewItem) -> ReviewItem:
    """Take an item, so that nobody else works on it for half an hour.

    Raises:
        StaleError: when somebody else has taken it, or it has been decided.
    """
    if item.holder_id not in {None, moderator.id}:
        raise StaleError
    return _change(session, item, item.version, _taken_by(moderator))


def take_over(session: Session, moderator: Actor, item: ReviewItem, version: int) -> ReviewItem:
    """Take an item from whoever has it. `version` is what the moderator has seen of it.

    Raises:
        StaleError: when it was changed since.
    """
    return _change(session, item, version, _taken_by(moderator))


def give_back(session: Session, moderator: Actor, item: ReviewItem) -> ReviewItem:
    """Give an item back that one has taken.

    Raises:
        StaleError: when somebody else has it by now, or it has been decided.
    """
    if item.claimed_by != moderator.id:
        raise StaleError
    return _change(session, item, item.version, {"claimed_by": None, "claimed_at": None})


def hand_on(
    session: Session, moderator: Actor, item: ReviewItem, to: int, version: int
) -> ReviewItem:
    """Give an item that one has taken to another moderator, whose half hour begins now.

    Raises:
        StaleError: when one does not have it any more, or it has been decided.
    """
    if item.holder_id != moderator.id:
        raise StaleError
    return _change(session, item, version, {"claimed_by": to, "claimed_at": clock.now()})


def close(session: Session, item: ReviewItem, version: int, outcome: str) -> ReviewItem:
    """Close an item with the word for what was decided.

    Raises:
        StaleError: when it was changed since `version`, or is closed already.
    """
    values = {"closed_on": clock.today(), "outcome": outcome}
    return _change(session, item, version, values | {"claimed_by": None, "claimed_at": None})


def withdraw(session: Session, subject: str) -> None:
    """Take a subject out of the queue because its text was erased before anybody decided."""
    item = queries.open_item_of(session, subject)
    if item is not None:
        close(session, item, item.version, GONE)


def withdraw_all(session: Session, subjects: Sequence[str]) -> None:
    """Take subjects out of the queue because their author has left; nobody is asked any more."""
    session.execute(
        update(ReviewItem)
        .where(ReviewItem.subject.in_(subjects), ReviewItem.closed_on.is_(None))
        .values(
            closed_on=clock.today(),
            outcome=GONE,
            claimed_by=None,
            claimed_at=None,
            version=ReviewItem.version + 1,
        )
        .execution_options(synchronize_session=False)
    )


def _taken_by(moderator: Actor) -> dict[str, Any]:
    """What is written down when a moderator takes an item."""
    return {"claimed_by": moderator.id, "claimed_at": clock.now()}


def _change(session: Session, item: ReviewItem, version: int, values: dict[str, Any]) -> ReviewItem:
    """Write values into an open item of this very version, and count the version up.

    Raises:
        StaleError: when there is no such item any more.
    """
    changed = session.execute(
        update(ReviewItem)
        .where(
            ReviewItem.id == item.id,
            ReviewItem.version == version,
            ReviewItem.closed_on.is_(None),
        )
        .values(**values, version=version + 1)
        .returning(ReviewItem.id)
        .execution_options(synchronize_session=False)
    ).first()
    if changed is None:
        raise StaleError
    session.refresh(item)
    return item
