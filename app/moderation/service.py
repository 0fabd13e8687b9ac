"""What moderators decide, and what members ask of them and answer.

Each deed is one transaction: what becomes of the post, of its author and of the reports, what they
are told, and the entry in the audit log are all there, or none is. The version of the review item
is weighed first, so that of two moderators only one gets that far.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.accounts.models import Member
from app.core import audit, clock
from app.core.errors import DeniedError, NotFoundError, StaleError
from app.core.text import clean
from app.forum import service as forum
from app.forum.models import Post
from app.moderation import inviting, queries
from app.moderation.models import (
    Act,
    Outcome,
    Report,
    ReportReason,
    Rule,
    Sanction,
    SanctionKind,
    Statement,
)
from app.moderation.queries import Matter, Ruling
from app.policy.permissions import published, unanswered
from app.policy.reporting import hurries
from app.policy.vocabulary import Actor, Standing, Visibility
from app.review import service as review
from app.review.models import Reason, ReviewItem

UPHELD: Final = "uphold"
UNDONE: Final = "undo"
AN_HOUR: Final = timedelta(hours=1)

STANDINGS: Final = {
    SanctionKind.SILENCE: Standing.SILENCED,
    SanctionKind.SUSPEND: Standing.SUSPENDED,
    SanctionKind.REMOVE: Standing.REMOVED,
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a member says of a post that he or she reports."""

    reason: ReportReason
    text: str = ""
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """Everything that one moderator decides about one item.

    `seen` is the fingerprint of the text on which the decision rests; where it is given, another
    text is not decided on. `days` counts for a silence or a suspension.
    """

    act: Act
    rule: Rule | None = None
    facts: str = ""
    sanction: SanctionKind | None = None
    days: int = 0
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of several items that are decided together: as which version it was seen."""

    item: ReviewItem
    version: int
    seen: str


# --- reports --------------------------------------------------------------------------------------


def report(session: Session, reporter: Actor, post: Post, complaint: Complaint) -> Report:
    """Ask the moderators to look at a post. Whoever asks twice has asked once.

    The urgent mark of a newcomer, or of somebody whose last reports came to nothing, is shown, and
    moves nothing in the queue: or a few accounts would put what they like before all that others
    have asked for.

    Raises:
        DeniedError: when readers no longer see the post.
    """
    _hold_still(session, post)
    if post.visibility is not Visibility.PUBLISHED:
        raise DeniedError(published.__name__)
    already = queries.open_report_of(session, reporter, post)
    if already is not None:
        return already
    item = review.enqueue(
        session,
        post.public_id,
        Reason.REPORTED,
        is_identity=complaint.reason is ReportReason.IDENTITY,
        is_urgent=complaint.is_urgent,
        is_hurried=hurries(reporter.trust, queries.reporting_of(session, reporter.id)),
    )
    made = Report(
        review_item_id=item.id,
        post_id=post.id,
        reporter_id=reporter.id,
        reason=complaint.reason,
        text=clean(complaint.text),
        is_urgent=complaint.is_urgent,
        seen_revision=queries.newest_revision(session, post),
        made_on=clock.today(),
    )
    session.add(made)
    return made


def forget_words(session: Session, post: Post) -> None:
    """Take out of the reports about a post what their writers said, because its text is erased."""
    session.execute(
        update(Report)
        .where(Report.post_id == post.id)
        .values(text="")
        .execution_options(synchronize_session=False)
    )


# --- deciding -------------------------------------------------------------------------------------


def decide(
    session: Session, moderator: Actor, item: ReviewItem, version: int, decision: Decision
) -> Statement | None:
    """Decide about an item: the post, its author, the reports, and what all of them are told.

    Returns the statement that the author reads; none where nothing changes for the author.

    Raises:
        StaleError: when the item, the text or the claim is no longer what the moderator has seen.
        NotFoundError: when what the item was about is gone.
    """
    audit.take_turn(session)
    matter = _weighed(session, moderator, item, version, decision)
    review.close(session, item, version, decision.act.value)
    if matter.post is not None:
        _act(session, matter.post, decision)
    ruling = draft(moderator, matter, decision)
    _close_reports(session, matter, _outcome(matter, decision))
    if ruling is None:
        whose = "own_" if matter.author_id == moderator.id else ""
        audit.record(session, moderator.public_id, f"review.{whose}{decision.act}", item.public_id)
        return None
    _hand_down(session, moderator, ruling)
    return ruling.statement


def decide_together(
    session: Session, moderator: Actor, chosen: Sequence[Chosen], decision: Decision
) -> int:
    """Decide the same about several items; all of them, or none. Returns how many.

    Raises:
        StaleError: when one of them is no longer what the moderator has seen.
        NotFoundError: when what one of them was about is gone.
    """
    for one in chosen:
        decide(session, moderator, one.item, one.version, replace(decision, seen=one.seen))
    return len(chosen)


def draft(moderator: Actor, matter: Matter, decision: Decision) -> Ruling | None:
    """What the author would read of a decision, stored nowhere; nothing where there is nothing.

    Whoever decides about an own text, alone, needs no statement of it; the logs say that it was.
    """
    if matter.author_id == moderator.id:
        return None
    if matter.author_id is None or (decision.act is Act.LEAVE and decision.sanction is None):
        return None
    today = clock.today()
    statement = Statement(
        member_id=matter.author_id,
        moderator_id=moderator.id,
        review_item_id=matter.item.id,
        post_id=None if matter.post is None else matter.post.id,
        act=decision.act,
        rule=None if decision.act is Act.RELEASE else decision.rule,
        facts=clean(decision.facts),
        decided_on=today,
        answer="",
        reply="",
    )
    if decision.sanction is None:
        return Ruling(statement=statement, post=matter.post, sanctions=[])
    has_end = decision.sanction in STANDINGS
    sanction = Sanction(
        member_id=matter.author_id,
        kind=decision.sanction,
        made_on=today,
        until=_whole_hour() + timedelta(days=decision.days) if has_end else None,
    )
    return Ruling(statement=statement, post=matter.post, sanctions=[sanction])


def _weighed(
    session: Session, moderator: Actor, item: ReviewItem, version: int, decision: Decision
) -> Matter:
    """The matter as it stands now, if it is still the one that the moderator has seen."""
    matter = queries.matter_of(session, item)
    if matter is None:
        raise NotFoundError
    if matter.post is not None:
        _hold_still(session, matter.post)
    is_as_seen = decision.seen in {"", matter.fingerprint}
    is_taken = item.holder_id not in {None, moderator.id}
    if is_taken or not is_as_seen or decision.act not in matter.acts or item.version != version:
        raise StaleError
    return matter


def _hold_still(session: Session, post: Post) -> None:
    """Read a post anew, and keep others from changing it until this deed is done.

    Raises:
        StaleError: when its author has erased it at this very moment.
    """
    try:
        session.refresh(post, ["visibility", "body", "number", "edited_on"], with_for_update=True)
    except InvalidRequestError as error:
        raise StaleError from error


def _act(session: Session, post: Post, decision: Decision) -> None:
    """Do with the post what was decided."""
    rule = decision.rule.value if decision.rule else ""
    if decision.act is Act.RELEASE:
        forum.release(session, post)
    elif decision.act is Act.REJECT:
        forum.reject(session, post, rule)
    elif decision.act is Act.REMOVE:
        forum.remove(session, post, rule)


def _hand_down(session: Session, moderator: Actor, ruling: Ruling) -> None:
    """Store a statement and its sanctions, let them take effect, and tell the member."""
    statement = ruling.statement
    session.add(statement)
    session.flush()  # sanctions, the inbox and the audit log name it by its ids
    if statement.act is not Act.LEAVE:
        _remember(session, moderator, f"post.{statement.act}", statement)
    for sanction in ruling.sanctions:
        sanction.statement_id = statement.id
        session.add(sanction)
        session.flush()  # the standing is read off the sanctions that are stored
        is_alone = sanction.kind is SanctionKind.REMOVE and statement.second_id is None
        alone = "_alone" if is_alone else ""
        _remember(session, moderator, f"sanction.{sanction.kind}{alone}", statement)
        _settle_standing(session, sanction.member_id)
        if sanction.kind in STANDINGS:
            inviting.tell_inviter(session, sanction.member_id)
    _tell(session, statement, "statement")


def _remember(session: Session, moderator: Actor, verb: str, statement: Statement) -> None:
    """Write a deed into the audit log, under the id of its statement: that id names nobody."""
    audit.record(session, moderator.public_id, verb, statement.public_id)


def _tell(session: Session, statement: Statement, kind: str) -> None:
    """Put a line into the inbox of the member whom a statement is about."""
    if statement.member_id is not None:
        forum.notify(session, statement.member_id, kind, statement.public_id)


def _outcome(matter: Matter, decision: Decision) -> Outcome:
    """What the reporters are told of a decision."""
    if decision.act in {Act.REJECT, Act.REMOVE}:
        return Outcome.REMOVED
    if decision.sanction is not None:
        return Outcome.ACTED
    if matter.post is not None and matter.post.visibility is Visibility.ERASED:
        return Outcome.GONE
    return Outcome.LEFT


def _close_reports(session: Session, matter: Matter, outcome: Outcome) -> None:
    """Give every reporter who still waits an answer."""
    for waiting in matter.reports:
        if waiting.is_open:
            waiting.closed_on = clock.today()
            _answer_reporter(session, waiting, outcome)


def _answer_reporter(session: Session, made: Report, outcome: Outcome) -> None:
    """Tell a reporter what became of the report."""
    made.outcome = outcome
    forum.notify(session, made.reporter_id, "report_outcome", made.public_id)


def claim(session: Session, moderator: Actor, item: ReviewItem) -> ReviewItem:
    """Take an item that nobody has; that goes into the audit log.

    Raises:
        StaleError: when somebody else has taken it, or it has been decided.
    """
    audit.take_turn(session)
    review.claim(session, moderator, item)
    audit.record(session, moderator.public_id, "review.take", item.public_id)
    return item


def give_back(session: Session, moderator: Actor, item: ReviewItem) -> ReviewItem:
    """Give an item back that one has taken; that goes into the audit log.

    Raises:
        StaleError: when somebody else has it by now, or it has been decided.
    """
    audit.take_turn(session)
    review.give_back(session, moderator, item)
    audit.record(session, moderator.public_id, "review.give_back", item.public_id)
    return item


def take_over(session: Session, moderator: Actor, item: ReviewItem, version: int) -> ReviewItem:
    """Take an item that another moderator has; that goes into the audit log.

    Raises:
        StaleError: when it was changed since.
    """
    audit.take_turn(session)
    review.take_over(session, moderator, item, version)
    audit.record(session, moderator.public_id, "review.take_over", item.public_id)
    return item


def hand_on(
    session: Session, moderator: Actor, matter: Matter, pseudonym: str, version: int
) -> Member | None:
    """Give an item one has taken to another moderator who may decide it, and tell that one.

    Returns who has it now, or nothing where there is nobody of that name who may decide it.

    Raises:
        StaleError: when one does not have it any more, or it was changed since `version`.
    """
    others = queries.successors(session, moderator, matter)
    to = next((other for other in others if other.pseudonym == pseudonym), None)
    if to is None:
        return None
    audit.take_turn(session)
    review.hand_on(session, moderator, matter.item, to.id, version)
    audit.record(session, moderator.public_id, "review.hand_on", matter.item.public_id)
    forum.notify(session, to.id, "handed_on", matter.item.public_id)
    return to


# --- answers --------------------------------------------------------------------------------------


def answer(session: Session, member: Actor, ruling: Ruling, text: str) -> Statement:
    """Answer a decision, once. The answer goes into the queue.

    Raises:
        DeniedError: when the member has answered before.
    """
    statement = ruling.statement
    session.refresh(statement, ["answered_on"], with_for_update=True)
    if statement.is_answered:
        raise DeniedError(unanswered.__name__)
    statement.answer = clean(text)
    statement.answered_on = clock.today()
    review.enqueue(session, statement.public_id, Reason.ANSWER)
    return statement


def uphold(
    session: Session, moderator: Actor, item: ReviewItem, version: int, reply: str
) -> Statement:
    """Let a decision stand after its answer was read, and tell the member why.

    Raises:
        StaleError: when somebody else has taken the item or decided.
        NotFoundError: when the statement is gone.
    """
    statement = _reconsidered(session, moderator, item).statement
    review.close(session, item, version, UPHELD)
    _reply(session, statement, reply)
    _remember(session, moderator, "statement.uphold", statement)
    return statement


def undo(
    session: Session, moderator: Actor, item: ReviewItem, version: int, reply: str
) -> Statement:
    """Take a decision back: the post returns to readers, the sanctions are lifted.

    Raises:
        StaleError: when somebody else has taken the item or decided.
        NotFoundError: when the statement is gone.
    """
    ruling = _reconsidered(session, moderator, item)
    statement, post = ruling.statement, ruling.post
    review.close(session, item, version, UNDONE)
    statement.undone_on = clock.today()
    if post is not None and _was_taken_away_by(statement, post):
        forum.restore(session, post)
    for sanction in ruling.sanctions:
        sanction.lifted_on = sanction.lifted_on or clock.today()
    if statement.member_id is not None:
        _settle_standing(session, statement.member_id)
        if queries.strictest_in_force(session, statement.member_id) is None:
            inviting.take_line_back(session, statement.member_id)
    _correct_reports(session, statement)
    _reply(session, statement, reply)
    _remember(session, moderator, "statement.undo", statement)
    return statement


def _reconsidered(session: Session, moderator: Actor, item: ReviewItem) -> Ruling:
    """The decision that an answer is about, with its post held still."""
    audit.take_turn(session)
    if item.holder_id not in {None, moderator.id}:
        raise StaleError
    ruling = queries.ruling_by_id(session, item.subject)
    if ruling is None:
        raise NotFoundError
    if ruling.post is not None:
        _hold_still(session, ruling.post)
    return ruling


def _was_taken_away_by(statement: Statement, post: Post) -> bool:
    """Whether it was this decision that keeps a post from its readers."""
    took_away = statement.act in {Act.REJECT, Act.REMOVE}
    return took_away and post.visibility is Visibility.REMOVED


def _correct_reports(session: Session, statement: Statement) -> None:
    """Tell those who had asked for a decision that it was taken back."""
    for made in queries.reports_behind(session, statement):
        _answer_reporter(session, made, Outcome.UNDONE)


def _reply(session: Session, statement: Statement, reply: str) -> None:
    """Say to a member what became of the answer."""
    statement.reply = clean(reply)
    statement.replied_on = clock.today()
    _tell(session, statement, "reply_to_answer")


# --- sanctions ------------------------------------------------------------------------------------


def suspend_for_now(
    session: Session, moderator: Actor, post: Post, facts: str, days: int
) -> Ruling:
    """Suspend the author of a post without an item in the queue, while something is looked at.

    It is a decision like any other: a statement of reasons that can be answered, and lifted.

    Raises:
        NotFoundError: when the author has left.
    """
    audit.take_turn(session)
    until = _whole_hour() + timedelta(days=days)
    decision = Decision(Act.LEAVE, Rule.IDENTITY, facts, SanctionKind.SUSPEND)
    ruling = _ruling_on(moderator, _author_of(post), decision, until)
    _hand_down(session, moderator, ruling)
    return ruling


def remove_account(
    session: Session, moderator: Actor, second_id: int, post: Post, facts: str
) -> Ruling:
    """Remove the author of a post for good, which two people have decided.

    Raises:
        NotFoundError: when the author has left.
    """
    decision = Decision(Act.LEAVE, Rule.IDENTITY, facts, SanctionKind.REMOVE)
    return remove_member(session, moderator, second_id, _author_of(post), decision)


def remove_member(
    session: Session, moderator: Actor, second_id: int | None, member_id: int, decision: Decision
) -> Ruling:
    """Remove a member for good, which two people have decided, or one where there was no second.

    A decision like any other: a statement of reasons that can be answered, and taken back by
    somebody who is neither of the two.

    Raises:
        ValueError: when the decision names no sanction.
    """
    audit.take_turn(session)
    ruling = _ruling_on(moderator, member_id, decision, None)
    ruling.statement.second_id = second_id
    _hand_down(session, moderator, ruling)
    return ruling


def _author_of(post: Post) -> int:
    """Who wrote a post.

    Raises:
        NotFoundError: when the author has left.
    """
    if post.author_id is None:
        raise NotFoundError
    return post.author_id


def sanction_member(
    session: Session, moderator: Actor, member_id: int, decision: Decision
) -> Ruling:
    """Sanction a member without an item in the queue: a statement of reasons that can be answered.

    Raises:
        ValueError: when the decision names no sanction.
    """
    audit.take_turn(session)
    has_end = decision.sanction in STANDINGS
    until = _whole_hour() + timedelta(days=decision.days) if has_end else None
    ruling = _ruling_on(moderator, member_id, decision, until)
    _hand_down(session, moderator, ruling)
    return ruling


def _ruling_on(
    moderator: Actor, member_id: int, decision: Decision, until: datetime | None
) -> Ruling:
    """A decision about a member and about no text that stands on a board.

    Raises:
        ValueError: when the decision names no sanction.
    """
    if decision.sanction is None:
        message = "there is no sanction in this decision"
        raise ValueError(message)
    today = clock.today()
    statement = Statement(
        member_id=member_id,
        moderator_id=moderator.id,
        review_item_id=None,
        post_id=None,
        act=Act.LEAVE,
        rule=decision.rule,
        facts=clean(decision.facts),
        decided_on=today,
        answer="",
        reply="",
    )
    sanction = Sanction(member_id=member_id, kind=decision.sanction, made_on=today, until=until)
    return Ruling(statement=statement, post=None, sanctions=[sanction])


def lift(session: Session, moderator: Actor, ruling: Ruling) -> int:
    """End the sanctions of a decision before their time. Returns how many were in force."""
    audit.take_turn(session)
    running = ruling.in_force
    for sanction in running:
        sanction.lifted_on = clock.today()
    if running and ruling.member_id is not None:
        _settle_standing(session, ruling.member_id)
        _remember(session, moderator, "sanction.lift", ruling.statement)
        _tell(session, ruling.statement, "statement")
    return len(running)


def settle_standings(session: Session) -> int:
    """Let a weaker sanction take effect where a stronger one has run out. Returns how many.

    A sanction that has run out counts no longer from that moment on, without this. For
    `bauta tick`, after expired standings were cleared.
    """
    members = queries.members_in_wrong_standing(session)
    for member in members:
        _settle_standing(session, member.id)
    return len(members)


def _settle_standing(session: Session, member_id: int) -> None:
    """Read a member's standing off the sanctions in force; who was removed otherwise stays so."""
    member = session.get_one(Member, member_id)
    strictest = queries.strictest_in_force(session, member_id)
    is_for_good = member.standing is Standing.REMOVED and not queries.was_removed(
        session, member_id
    )
    standing = STANDINGS[strictest.kind] if strictest else Standing.GOOD
    until = strictest.until if strictest else None
    if not is_for_good and (standing, until) != (
        member.standing,
        member.standing_until,
    ):
        accounts.set_standing(session, member_id, standing, until)


def _whole_hour() -> datetime:
    """The next whole hour: moments are cut to the hour, and no sanction is to end too soon."""
    hour = clock.this_hour()
    return hour if hour == clock.now() else hour + AN_HOUR
