"""What the tests of the console build again and again: a held post, a report, a decision."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.forum.models import Board, Notice, Post, Thread
from app.forum.service import hold
from app.moderation import queries, service
from app.moderation.models import Act, Report, ReportReason, Rule, SanctionKind, Statement
from app.moderation.queries import Matter
from app.moderation.service import Complaint, Decision
from app.policy.vocabulary import Visibility
from app.review import queries as review
from app.review.models import Reason, ReviewItem
from app.screening.engine import screen
from tests.factories import make_board, make_member, make_post, make_thread

NUMBER = "Call her on 020 7946 0958 and ask."
REMOVE = Decision(act=Act.REMOVE, rule=Rule.IDENTITY, facts="The post says where Wren works.")
REJECT = Decision(act=Act.REJECT, rule=Rule.IDENTITY, facts="The post holds a phone number.")
RELEASE = Decision(act=Act.RELEASE)
LEAVE = Decision(act=Act.LEAVE)


def silence(days: int = 3) -> Decision:
    """A removal with a silence."""
    return Decision(
        act=Act.REMOVE,
        rule=Rule.HARASSMENT,
        facts="The post mocks Wren.",
        sanction=SanctionKind.SILENCE,
        days=days,
    )


def suspend(days: int = 1) -> Decision:
    """A suspension that leaves the post."""
    return Decision(
        act=Act.LEAVE,
        rule=Rule.DANGER,
        facts="The post calls on others to visit Wren.",
        sanction=SanctionKind.SUSPEND,
        days=days,
    )


def make_held(
    session: Session,
    *,
    author: Member | None = None,
    thread: Thread | None = None,
    board: Board | None = None,
    body: str = NUMBER,
    reason: Reason = Reason.HELD,
) -> ReviewItem:
    """A held reply and its item in the queue."""
    thread = thread or make_thread(session, board=board or make_board(session))
    post = make_post(session, thread=thread, author=author, body=body, visibility=Visibility.HELD)
    hold(session, post, screen(body), reason)
    return item_about(session, post)


def make_reported(
    session: Session,
    *,
    post: Post | None = None,
    reporter: Member | None = None,
    author: Member | None = None,
    board: Board | None = None,
    complaint: Complaint | None = None,
) -> ReviewItem:
    """A reported post and its item in the queue."""
    if post is None:
        thread = make_thread(session, board=board or make_board(session))
        post = make_post(session, thread=thread, author=author)
    asked = complaint or Complaint(ReportReason.HARASSMENT)
    service.report(session, (reporter or make_member(session)).actor, post, asked)
    session.flush()  # tests look for the report
    return item_about(session, post)


def make_answered(
    session: Session, moderator: Member, author: Member, decision: Decision = REMOVE
) -> tuple[Statement, ReviewItem]:
    """A decision about a reported post that its author has answered, and the item of the answer."""
    item = make_reported(session, author=author)
    statement = service.decide(session, moderator.actor, item, item.version, decision)
    assert statement is not None
    ruling = queries.ruling_of(session, statement)
    service.answer(session, author.actor, ruling, "I did not mean it like that.")
    answered = review.open_item_of(session, statement.public_id)
    assert answered is not None
    return statement, answered


def item_about(session: Session, post: Post) -> ReviewItem:
    """The open item about a post."""
    item = review.open_item_of(session, post.public_id)
    assert item is not None
    return item


def post_of(session: Session, item: ReviewItem) -> Post:
    """The post that an item is about."""
    post = matter_of(session, item).post
    assert post is not None
    return post


def matter_of(session: Session, item: ReviewItem) -> Matter:
    """An item with what it is about."""
    matter = queries.matter_of(session, item)
    assert matter is not None
    return matter


def reports_on(session: Session, item: ReviewItem) -> list[Report]:
    """The reports that an item gathers."""
    return queries.reports_of(session, item)


def inbox_of(session: Session, member: Member) -> list[tuple[str, str]]:
    """The lines of an inbox, as (kind, subject)."""
    session.flush()  # the last lines may not be stored yet
    lines = session.query(Notice).filter(Notice.member_id == member.id).order_by(Notice.id)
    return [(notice.kind, notice.subject) for notice in lines]
