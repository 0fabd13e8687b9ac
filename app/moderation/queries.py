"""Reading the console: the queue as one moderator may see it, and what a decision rests on.

Lists repeat the rules of the permission table in SQL, under test.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from app.accounts.models import InviteTie, Member, Membership
from app.core import clock
from app.core.audit import AuditEntry
from app.core.text import excerpt
from app.filters import queries as filters
from app.forum.models import Board, Post, Revision, Thread, pictures_in, with_alts
from app.forum.queries import BOARDS, Page, may_enter_sql, posts_by_ids, pseudonyms_by_id
from app.moderation.changes import Change, changes
from app.moderation.models import (
    Act,
    Outcome,
    Report,
    ReportReason,
    Rule,
    Sanction,
    SparedKind,
    Statement,
)
from app.moderation.models import SanctionKind as Kind
from app.policy.permissions import Permission, Verdict, is_moderator, judge, kept_by
from app.policy.reporting import LOOKED_AT, Reporting, independent
from app.policy.vocabulary import Actor, Entry, Gate, Role, Standing, Trust, Visibility
from app.review import queries as review
from app.review.models import GONE, IN_BODY, IN_TITLE, Reason, ReviewItem
from app.review.queries import Counts, Filter
from app.screening.findings import About, Category, Finding, Signal, Span, Why

EXCERPT: Final = 280
ROWS_A_PAGE: Final = 50
DAYS_A_PAGE: Final = 30
WEEK: Final = timedelta(days=7)
NEIGHBOURS: Final = 5  # items, statements shown beside an item
LEFT_TO_AUTHORS: Final = (Reason.HELD, Reason.FIRST_POST)  # where no other moderator is there
OF_THE_WHOLE: Final = frozenset({Category.SHIELD})  # findings that name no place in the text
NEVER: Final = false()
NOWHERE: Final = Gate(read=Trust.VISITOR, reply=Trust.NEWCOMER, start=Trust.NEWCOMER)

Rows = Select[*tuple[Any, ...]]

_direct = aliased(Post)  # the post that an item is about
_answered = aliased(Post)  # the post about which a decision was made that was answered
_author = aliased(Member)
_holder = aliased(Member)


# --- the queue ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One open item as the queue shows it. `holder` is who has taken it, if somebody has."""

    public_id: str
    reason: Reason
    report_count: int
    is_identity: bool
    is_urgent: bool
    kinds: tuple[str, ...]
    opened_at: datetime
    version: int
    board: str | None
    author: str | None
    text: str
    fingerprint: str
    holder: str | None
    is_mine: bool
    is_held: bool
    has_stake: bool

    @property
    def is_free(self) -> bool:
        """Whether the reader may take it: nobody has it, and it is not about the reader."""
        return self.holder is None and not self.has_stake

    @property
    def is_selectable(self) -> bool:
        """Whether it can be decided together with others: a held post that nobody else has."""
        return self.is_held and (self.is_mine or self.is_free)


@dataclass(frozen=True, slots=True)
class BoardCount:
    """A board and how many open items are about it."""

    public_id: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue with the counts beside its filters."""

    rows: list[QueueRow]
    counts: Counts
    boards: list[BoardCount]
    older: str | None  # the item after which the next page begins


def queue(session: Session, actor: Actor, wanted: Filter, board_id: str = "") -> Queue:
    """The open items that a moderator may see, the most pressing first, in three statements."""
    limit = review.ITEMS_A_PAGE
    columns = _row_columns(actor)
    query = _visible(actor, columns).where(*review.matches(actor, wanted))
    if board_id:
        query = query.where(Board.public_id == board_id)
    found = list(session.execute(query.order_by(*review.pressing_first()).limit(limit + 1)))
    rows = [_queue_row(actor, row) for row in found[:limit]]
    return Queue(
        rows=rows,
        counts=_counts(session, actor),
        boards=_board_counts(session, actor),
        older=rows[-1].public_id if len(found) > limit else None,
    )


def place_after(session: Session, public_id: str) -> review.Place | None:
    """Where a page of the queue begins that follows this item."""
    item = review.item_by_id(session, public_id) if public_id else None
    return None if item is None else review.Place(rank=item.rank, after=item.id)


def _visible(actor: Actor, columns: Sequence[Any]) -> Rows:
    """Open items whose board the moderator may enter and whose text is not the moderator's own."""
    return _to_be_seen(actor, columns).where(review.is_open())


def _to_be_seen(actor: Actor, columns: Sequence[Any]) -> Rows:
    """The same, open or decided."""
    return (
        select(*columns)
        .select_from(ReviewItem)
        .outerjoin(_direct, _direct.public_id == ReviewItem.subject)
        .outerjoin(Statement, Statement.public_id == ReviewItem.subject)
        .outerjoin(_answered, _answered.id == Statement.post_id)
        .outerjoin(Thread, Thread.id == func.coalesce(_direct.thread_id, _answered.thread_id))
        .outerjoin(Board, Board.id == Thread.board_id)
        .where(*_may_see(actor))
    )


def _may_see(actor: Actor) -> list[ColumnElement[bool]]:
    """The `see` rules of `review:read` as conditions; what is gone is not to be decided."""
    author_id = func.coalesce(_direct.author_id, Statement.member_id)
    others = select(Member.id).where(
        _may_moderate(of_the_board(BOARDS.id)),
        Member.roles.op("&")(Board.gate_role) == Board.gate_role,
        Member.id != actor.id,
    )
    is_left_to_author = and_(
        ReviewItem.reason.in_(LEFT_TO_AUTHORS), ReviewItem.report_count == 0, ~others.exists()
    )
    here = _is_here(actor)
    if not is_moderator(actor, None):
        here = and_(here, ReviewItem.reason != Reason.ANSWER)
    return [
        or_(_direct.id.is_not(None), Statement.id.is_not(None)),
        or_(_direct.id.is_(None), _direct.visibility != Visibility.QUARANTINED),
        here,
        or_(author_id.is_(None), author_id != actor.id, is_left_to_author),
    ]


def _row_columns(actor: Actor) -> list[Any]:
    """The columns that `_queue_row` reads."""
    author_id = func.coalesce(_direct.author_id, Statement.member_id)
    author = select(_author.pseudonym).where(_author.id == author_id)
    holder = select(_holder.pseudonym).where(_holder.id == ReviewItem.claimed_by, ~review.is_free())
    own_reports = select(func.count()).where(
        Report.review_item_id == ReviewItem.id, Report.reporter_id == actor.id
    )
    return [
        ReviewItem.public_id,
        ReviewItem.reason,
        ReviewItem.report_count,
        ReviewItem.is_identity,
        ReviewItem.is_urgent,
        ReviewItem.findings,
        ReviewItem.opened_at,
        ReviewItem.version,
        Board.name,
        author.scalar_subquery(),
        _direct.body,
        _direct.pictures,
        func.coalesce(func.nullif(Thread.kept_title, ""), Thread.title),
        Statement.answer,
        holder.scalar_subquery(),
        review.is_held_by(actor),
        _direct.visibility,
        own_reports.scalar_subquery(),
        Statement.moderator_id,
        Statement.second_id,
    ]


def _queue_row(actor: Actor, row: Sequence[Any]) -> QueueRow:
    """One row of `_row_columns` with names."""
    (
        public_id, reason, report_count, is_identity, is_urgent, findings, opened_at, version,
        board, author, body, pictures, title, answer, holder, is_mine, visibility, own_reports,
        decided_by, agreed_by,
    ) = row  # fmt: skip
    return QueueRow(
        public_id=public_id,
        reason=reason,
        report_count=report_count,
        is_identity=is_identity,
        is_urgent=is_urgent,
        kinds=tuple(dict.fromkeys(finding["category"] for finding in findings)),
        opened_at=opened_at,
        version=version,
        board=board,
        author=author,
        text=excerpt(answer or _words(body, pictures), EXCERPT),
        fingerprint=fingerprint(title or "", body or "", pictures),
        holder=holder,
        is_mine=bool(is_mine),
        is_held=visibility is Visibility.HELD,
        has_stake=own_reports > 0 or actor.id in {decided_by, agreed_by},
    )


def _words(body: str | None, pictures: Any) -> str:
    """What a post says, as `Post.words` has it; nothing where there is no post."""
    return with_alts(body or "", [each.alt for each in pictures_in(pictures)])


def _counts(session: Session, actor: Actor) -> Counts:
    """The counts beside the filters, in one statement."""
    return review.counts_from(tuple(session.execute(_visible(actor, review.counted(actor))).one()))


def _board_counts(session: Session, actor: Actor) -> list[BoardCount]:
    """The boards with open items, in their order."""
    columns = [Board.public_id, Board.name, func.count()]
    query = _visible(actor, columns).where(Board.id.is_not(None))
    query = query.group_by(Board.id, Board.public_id, Board.name, Board.position)
    return [BoardCount(*row) for row in session.execute(query.order_by(Board.position, Board.id))]


# --- one item -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Workload:
    """What the team had to do in the last seven days. It counts work, and nobody's own."""

    came: int
    decided: int
    oldest: datetime | None  # since when the first of what is open has waited


def workload(session: Session, actor: Actor) -> Workload:
    """The work that a moderator may see, in one statement."""
    week_ago = clock.today() - WEEK
    came = case((ReviewItem.opened_at >= clock.to_day(clock.now()) - WEEK, 1), else_=0)
    decided = case((and_(ReviewItem.closed_on >= week_ago, ReviewItem.outcome != GONE), 1), else_=0)
    oldest = case((review.is_open(), ReviewItem.opened_at))
    query = _to_be_seen(actor, [func.sum(came), func.sum(decided), func.min(oldest)])
    row = session.execute(query.where(or_(review.is_open(), ReviewItem.closed_on >= week_ago)))
    came_in, done, first = row.one()
    return Workload(came=came_in or 0, decided=done or 0, oldest=first)


@dataclass(frozen=True, slots=True)
class Weight:
    """How many reported something, how many of them apart, and which of the reports weigh little.

    `mostly_wrong` holds the public ids of reports by members whose last ones came to nothing.
    """

    count: int
    independent: int
    mostly_wrong: frozenset[str]


@dataclass(frozen=True, slots=True)
class Matter:
    """A review item with everything that a decision about it rests on."""

    item: ReviewItem
    post: Post | None
    statement: Statement | None
    author: Member | None
    reports: list[Report]
    is_alone: bool  # no other moderator is there who has no part in it

    @property
    def is_left_to_author(self) -> bool:
        """Whether its author decides: the filter held it, nobody complained, nobody else is there.

        See docs/decisions/0009-alone.md.
        """
        is_held = self.item.reason in LEFT_TO_AUTHORS and self.statement is None
        return is_held and self.is_alone and not self.reports

    @property
    def is_answer(self) -> bool:
        """Whether it is an answer to a decision, which is read by moderators of the whole site."""
        return self.statement is not None

    @property
    def decider_ids(self) -> frozenset[int]:
        """Who made the decision that is answered, if there is somebody else to read the answer."""
        if self.statement is None or self.is_alone:
            return frozenset()
        both = (self.statement.moderator_id, self.statement.second_id)
        return frozenset(one for one in both if one is not None)

    @property
    def gate(self) -> Gate:
        """The gate of the board on which it happened; of no board, if the post is gone."""
        return NOWHERE if self.post is None else self.post.gate

    @property
    def author_id(self) -> int | None:
        """Whose text or answer it is."""
        if self.statement is not None:
            return self.statement.member_id
        return None if self.post is None else self.post.author_id

    @property
    def reporter_ids(self) -> frozenset[int]:
        """Those who asked for a decision, if there is somebody else to make it."""
        return frozenset(() if self.is_alone else (report.reporter_id for report in self.reports))

    @property
    def acts(self) -> tuple[Act, ...]:
        """What can be decided about the post as it stands."""
        if self.post is None or self.statement is not None:
            return ()
        if self.post.visibility is Visibility.HELD:
            return (Act.RELEASE, Act.REJECT)
        if self.post.visibility is Visibility.PUBLISHED:
            return (Act.LEAVE, Act.REMOVE)
        return (Act.LEAVE,)

    @property
    def fingerprint(self) -> str:
        """A short tag of the post as it stands, so that nobody decides on another one."""
        post = self.post
        if post is None:
            return ""
        return fingerprint(post.thread.full_title, post.body, post.pictures)


def fingerprint(title: str, body: str, pictures: Sequence[Sequence[Any]] | None = None) -> str:
    """A tag of 16 signs of a post; it goes only into forms of those who see the post anyway.

    Another picture makes another tag, whatever is said to be on it.
    """
    shown = [f"{each.public_id} {each.alt}" for each in pictures_in(pictures)]
    return hashlib.sha256("\0".join((title, body, *shown)).encode()).hexdigest()[:16]


def matter_by_id(session: Session, public_id: str) -> Matter | None:
    """The review item with this public id and what it is about; nothing when that is gone."""
    item = review.item_by_id(session, public_id)
    return None if item is None else matter_of(session, item)


def matter_of(session: Session, item: ReviewItem) -> Matter | None:
    """An item with what it is about: a post, or a statement that was answered."""
    post = posts_by_ids(session, [item.subject]).get(item.subject)
    statement = None if post else statement_by_id(session, item.subject)
    if post is None and statement is None:
        return None
    if post is not None and post.visibility is Visibility.QUARANTINED:
        return None  # it waits for other eyes, and is here again when it comes back
    if statement is not None and statement.post_id is not None:
        post = _post_by_inner_id(session, statement.post_id)
    author_id = statement.member_id if statement else post.author_id if post else None
    reports = reports_of(session, item)
    parties = {author_id}
    board_id = None
    if statement is not None:
        parties |= {statement.moderator_id, statement.second_id}
    elif post is not None:
        board_id = post.thread.board_id
    parties |= {report.reporter_id for report in reports}
    return Matter(
        item=item,
        post=post,
        statement=statement,
        author=None if author_id is None else session.get(Member, author_id),
        reports=reports,
        is_alone=_is_alone(session, parties, post, board_id),
    )


def reports_of(session: Session, item: ReviewItem) -> list[Report]:
    """The reports that an item gathers, the first one first."""
    query = select(Report).where(Report.review_item_id == item.id).order_by(Report.id)
    return list(session.scalars(query))


def reports_behind(session: Session, statement: Statement) -> list[Report]:
    """The reports that had led to a decision."""
    query = select(Report).where(Report.review_item_id == statement.review_item_id)
    return list(session.scalars(query))


def _post_by_inner_id(session: Session, inner: int) -> Post | None:
    """A post with its thread and board."""
    query = (
        select(Post)
        .where(Post.id == inner)
        .options(joinedload(Post.thread).joinedload(Thread.board))
    )
    return session.scalars(query).first()


def of_the_board(board_id: ColumnElement[int] | int) -> ColumnElement[bool]:
    """Whether a member is one of the moderators that a board has for itself."""
    seat = select(Membership.id).where(
        Membership.board_id == board_id,
        Membership.member_id == Member.id,
        Membership.is_moderator,
        Membership.invited_on.is_(None),
    )
    return seat.exists()


def _is_here(actor: Actor) -> ColumnElement[bool]:
    """The actor enters the board and moderates it: `may_enter` and `moderates` as a condition.

    What is on no board any more is for moderators of the whole site.
    """
    if is_moderator(actor, None):
        return or_(Board.id.is_(None), may_enter_sql(actor))
    kept = Board.id.in_(sorted(kept_by(actor)))
    return and_(Board.entry != Entry.TRUST, kept, may_enter_sql(actor))


def _may_moderate(or_else: ColumnElement[bool] = NEVER) -> ColumnElement[bool]:
    """Whether a member moderates the whole site, or else, and is here to do it."""
    return and_(
        or_(Member.roles.op("&")(int(Role.MODERATOR)) != 0, or_else),
        Member.standing == Standing.GOOD,
        Member.is_confirmed,
    )


def moderators(session: Session, without: set[int]) -> list[Member]:
    """Those who moderate and are here to do it, but for some."""
    query = select(Member).where(_may_moderate(), Member.id.not_in(without))
    return list(session.scalars(query.order_by(Member.id)))


def successors(session: Session, moderator: Actor, matter: Matter) -> list[Member]:
    """The other moderators who may decide an item, by the rule that bars its own parties.

    Whoever asked not to be given such items is left out, unless nobody else is there.
    """
    circle = matter.gate.circle
    keepers = _keeper_ids(session, circle)
    query = select(Member).where(
        _may_moderate(Member.id.in_(sorted(keepers))), Member.id != moderator.id
    )
    able = [
        other
        for other in session.scalars(query.order_by(Member.id))
        if judge(
            Permission.REVIEW_DECIDE,
            seated(other.actor, circle) if other.id in keepers else other.actor,
            matter,
        ).verdict
        is Verdict.ALLOW
    ]
    spared = _who_spares(session, kinds_of(matter))
    return [other for other in able if other.id not in spared] or able


def kinds_of(matter: Matter) -> frozenset[ReportReason]:
    """What an item is about: as what it was reported, and whether it may show who somebody is."""
    reported = {report.reason for report in matter.reports}
    return frozenset(reported | ({ReportReason.IDENTITY} if matter.item.is_identity else set()))


def spared_by(session: Session, member_id: int) -> frozenset[ReportReason]:
    """The kinds of items that a moderator asked not to be given."""
    query = select(SparedKind.reason).where(SparedKind.member_id == member_id)
    return frozenset(session.scalars(query))


def _who_spares(session: Session, kinds: Collection[ReportReason]) -> frozenset[int]:
    """Those who asked not to be given items of these kinds."""
    query = select(SparedKind.member_id).where(SparedKind.reason.in_(kinds))
    return frozenset(session.scalars(query)) if kinds else frozenset()


def _keeper_ids(session: Session, circle: int) -> frozenset[int]:
    """The inner ids of the moderators that a board has for itself; none without such a board."""
    if not circle:
        return frozenset()
    return frozenset(session.scalars(select(Member.id).where(of_the_board(circle))))


def seated(actor: Actor, board_id: int) -> Actor:
    """Somebody who moderates one board by itself, as the rules see it."""
    here = frozenset({board_id})
    return replace(actor, joined=here, keeps=here)


def _is_alone(
    session: Session, parties: set[int | None], post: Post | None, board_id: int | None
) -> bool:
    """Whether no moderator is left who may enter the board and has no part in a matter.

    Those whom the board has for itself count where `board_id` names it.
    """
    role = int(NOWHERE.role if post is None else post.gate.role)
    others = select(Member.id).where(
        _may_moderate(NEVER if board_id is None else of_the_board(board_id)),
        Member.roles.op("&")(role) == role,
        Member.id.not_in([party for party in parties if party is not None]),
    )
    return session.scalar(others.limit(1)) is None


@dataclass(frozen=True, slots=True)
class Found:
    """What screening found in a held text: in its title, in its wording, and about it as a whole.

    `is_outdated`: something lay beyond the end of the text as it is now.
    """

    in_title: tuple[Finding, ...] = ()
    in_body: tuple[Finding, ...] = ()
    in_whole: tuple[Finding, ...] = ()
    is_outdated: bool = False


def filters_in(session: Session, found: Found) -> dict[str, str]:
    """What the community filters look for that found something, by the names of their signals."""
    findings = (*found.in_title, *found.in_body, *found.in_whole)
    rules = {signal.rule for finding in findings for signal in finding.signals}
    return filters.patterns_by_rule(session, rules)


def findings_of(matter: Matter) -> Found:
    """The findings that an item keeps; what lies beyond the end of the text has no place in it.

    A shield spans the whole text and names no place in it: as a mark it would cover all others.
    """
    if matter.post is None or matter.statement is not None:
        return Found()
    texts = {IN_TITLE: matter.post.thread.full_title, IN_BODY: matter.post.words}
    found: dict[str, list[Finding]] = {IN_TITLE: [], IN_BODY: []}
    whole: list[Finding] = []
    is_outdated = False
    for kept in matter.item.findings:
        finding = _finding(kept)
        if finding.category in OF_THE_WHOLE:
            whole.append(finding)
        elif finding.span.end > len(texts[kept["where"]]):
            is_outdated = True
        else:
            found[kept["where"]].append(finding)
    return Found(
        in_title=_in_order(found[IN_TITLE]),
        in_body=_in_order(found[IN_BODY]),
        in_whole=tuple(whole),
        is_outdated=is_outdated,
    )


def _in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    """Findings in the order of the text."""
    return tuple(sorted(findings, key=lambda finding: (finding.span.start, finding.span.end)))


def _finding(kept: dict[str, Any]) -> Finding:
    """A finding out of what the queue keeps of it."""
    return Finding(
        category=Category(kept["category"]),
        span=Span(kept["start"], kept["end"]),
        confidence=kept["confidence"],
        about=About(kept["about"]),
        why=Why(kept["why"], tuple((name, value) for name, value in kept["parameters"])),
        signals=tuple(Signal(rule, weight) for rule, weight in kept["rules"]),
    )


@dataclass(frozen=True, slots=True)
class Reported:
    """What a post said when it was first reported, if that is known and no longer what it says."""

    is_changed: bool
    text: str | None
    changes: list[Change]  # from what it said then to what it says now


def reported(session: Session, matter: Matter) -> Reported:
    """Whether a post was changed since its first open report, and what it said then."""
    if matter.post is None or not matter.reports:
        return Reported(is_changed=False, text=None, changes=[])
    first = matter.reports[0]
    query = (
        select(Revision.body)
        .where(Revision.post_id == matter.post.id, Revision.id > first.seen_revision)
        .order_by(Revision.id)
        .limit(1)
    )
    text = session.scalar(query)
    edited_on = matter.post.edited_on
    is_changed = text is not None or (edited_on is not None and edited_on > first.made_on)
    found = changes(text, matter.post.body) if text is not None else []
    return Reported(is_changed=is_changed, text=text, changes=found)


def newest_revision(session: Session, post: Post) -> int:
    """The inner number of a post's newest earlier wording, or 0."""
    query = select(func.max(Revision.id)).where(Revision.post_id == post.id)
    return session.scalar(query) or 0


@dataclass(frozen=True, slots=True)
class History:
    """What was decided about a member before, as far as the moderator may know of it."""

    statements: list[Statement]
    statement_count: int
    sanctions: list[Sanction]
    related: list[QueueRow]

    @property
    def in_force(self) -> list[Sanction]:
        """The sanctions that still keep the member from something."""
        return [sanction for sanction in self.sanctions if sanction.is_in_force]


def history(session: Session, actor: Actor, matter: Matter) -> History:
    """The author's last decisions, sanctions, and other open items."""
    if matter.author_id is None:
        return History(statements=[], statement_count=0, sanctions=[], related=[])
    past = and_(
        Statement.member_id == matter.author_id,
        Statement.act != Act.RELEASE,
        Statement.undone_on.is_(None),
        _is_here(actor),
    )
    decisions = (
        select(Statement)
        .outerjoin(Post, Post.id == Statement.post_id)
        .outerjoin(Thread, Thread.id == Post.thread_id)
        .outerjoin(Board, Board.id == Thread.board_id)
        .where(past)
    )
    found = list(session.scalars(decisions.order_by(Statement.id.desc())))
    author_id = func.coalesce(_direct.author_id, Statement.member_id)
    others = (
        _visible(actor, _row_columns(actor))
        .where(author_id == matter.author_id, ReviewItem.id != matter.item.id)
        .order_by(*review.pressing_first())
        .limit(NEIGHBOURS)
    )
    return History(
        statements=found[:NEIGHBOURS],
        statement_count=len(found),
        sanctions=sanctions_of(session, matter.author_id) if is_moderator(actor, None) else [],
        related=[_queue_row(actor, row) for row in session.execute(others)],
    )


def holder_of(session: Session, item: ReviewItem) -> str | None:
    """The pseudonym of the moderator who has taken an item."""
    if item.holder_id is None:
        return None
    return pseudonyms_by_id(session, [item.holder_id]).get(item.holder_id)


# --- reports of one's own -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnReport:
    """A report as its reporter sees it; post and title only where they may still be read."""

    inner: int
    reason: ReportReason
    made_on: date
    closed_on: date | None
    outcome: Outcome | None
    post_id: str | None
    title: str | None


def open_report_of(session: Session, reporter: Actor, post: Post) -> Report | None:
    """The report that a member has made of a post and nobody has decided yet."""
    query = select(Report).where(
        Report.reporter_id == reporter.id, Report.post_id == post.id, Report.closed_on.is_(None)
    )
    return session.scalars(query).first()


def reporting_of(session: Session, member_id: int) -> Reporting:
    """What came of a member's last reports."""
    return _reporting(session, {member_id}).get(member_id, Reporting())


def _reporting(session: Session, member_ids: set[int]) -> dict[int, Reporting]:
    """What came of the last reports of some members; who has none is left out."""
    place = func.row_number().over(partition_by=Report.reporter_id, order_by=Report.id.desc())
    last = (
        select(Report.reporter_id, Report.outcome, place.label("place"))
        .where(Report.reporter_id.in_(member_ids), Report.outcome.in_([*_RIGHT, *_WRONG]))
        .subquery()
    )
    is_right = case((last.c.outcome.in_(_RIGHT), 1), else_=0)
    query = (
        select(last.c.reporter_id, func.sum(is_right), func.count())
        .where(last.c.place <= LOOKED_AT)
        .group_by(last.c.reporter_id)
    )
    return {
        member_id: Reporting(upheld=upheld, left=decided - upheld)
        for member_id, upheld, decided in session.execute(query)
    }


_RIGHT: Final = (Outcome.REMOVED, Outcome.ACTED)
_WRONG: Final = (Outcome.LEFT, Outcome.UNDONE)


def weight_of_reports(session: Session, matter: Matter) -> Weight:
    """How much the reports of an item count; who made them stays out of it."""
    reporters = {report.reporter_id for report in matter.reports}
    if not reporters:
        return Weight(count=0, independent=0, mostly_wrong=frozenset())
    ties = select(InviteTie.member_id, InviteTie.invited_by_id).where(
        InviteTie.member_id.in_(reporters)
    )
    found = [(member_id, inviter_id) for member_id, inviter_id in session.execute(ties)]
    before = _reporting(session, reporters)
    return Weight(
        count=len(reporters),
        independent=independent(reporters, found),
        mostly_wrong=frozenset(
            report.public_id
            for report in matter.reports
            if before.get(report.reporter_id, Reporting()).is_mostly_wrong
        ),
    )


def own_reports(session: Session, reporter: Actor, before: int | None = None) -> Page[OwnReport]:
    """One page of what a member has reported, the last first."""
    is_readable = and_(
        Post.visibility == Visibility.PUBLISHED,
        Thread.visibility == Visibility.PUBLISHED,
        may_enter_sql(reporter),
    )
    query = (
        select(Report, Post.public_id, Thread.title, is_readable)
        .join(Post, Post.id == Report.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Board, Board.id == Thread.board_id)
        .where(Report.reporter_id == reporter.id)
        .order_by(Report.id.desc())
        .limit(ROWS_A_PAGE + 1)
    )
    if before is not None:
        query = query.where(Report.id < before)
    found = list(session.execute(query))
    rows = [
        OwnReport(
            inner=report.id,
            reason=report.reason,
            made_on=report.made_on,
            closed_on=report.closed_on,
            outcome=report.outcome,
            post_id=post_id if may_read else None,
            title=title if may_read else None,
        )
        for report, post_id, title, may_read in found[:ROWS_A_PAGE]
    ]
    return Page(rows, older=rows[-1].inner if len(found) > ROWS_A_PAGE else None)


# --- statements and sanctions ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ruling:
    """A statement of reasons with the post and the sanctions that it is about."""

    statement: Statement
    post: Post | None
    sanctions: list[Sanction]

    @property
    def member_id(self) -> int | None:
        """Whom it is about."""
        return self.statement.member_id

    @property
    def gate(self) -> Gate:
        """The gate of the board on which it happened; of no board, if the post is gone."""
        return NOWHERE if self.post is None else self.post.gate

    @property
    def is_answered(self) -> bool:
        """Whether the member has already answered."""
        return self.statement.is_answered

    @property
    def is_answerable(self) -> bool:
        """Whether there is something to answer, and still time for it."""
        return self.statement.is_answerable

    @property
    def in_force(self) -> list[Sanction]:
        """The sanctions that still keep the member from something."""
        return [sanction for sanction in self.sanctions if sanction.is_in_force]


def ruling_by_id(session: Session, public_id: str) -> Ruling | None:
    """The statement with this public id, with its post and sanctions."""
    statement = statement_by_id(session, public_id)
    return None if statement is None else ruling_of(session, statement)


def ruling_of(session: Session, statement: Statement) -> Ruling:
    """A statement with its post and sanctions."""
    post = None if statement.post_id is None else _post_by_inner_id(session, statement.post_id)
    query = select(Sanction).where(Sanction.statement_id == statement.id).order_by(Sanction.id)
    return Ruling(statement=statement, post=post, sanctions=list(session.scalars(query)))


def statement_by_id(session: Session, public_id: str) -> Statement | None:
    """The statement with this public id."""
    return session.scalars(select(Statement).where(Statement.public_id == public_id)).first()


def statements_about(session: Session, member_id: int) -> list[Statement]:
    """All decisions about a member that are still kept, the last first."""
    query = select(Statement).where(Statement.member_id == member_id)
    return list(session.scalars(query.order_by(Statement.id.desc())))


def sanctions_of(session: Session, member_id: int) -> list[Sanction]:
    """All sanctions of a member that are still kept, the last first."""
    query = select(Sanction).where(Sanction.member_id == member_id).order_by(Sanction.id.desc())
    return list(session.scalars(query))


def strictest_in_force(session: Session, member_id: int) -> Sanction | None:
    """What decides what a member can do now: a removal, a suspension, else the longest."""
    running = [s for s in sanctions_of(session, member_id) if s.is_in_force]
    return max(running, key=_weight, default=None)


def _weight(sanction: Sanction) -> tuple[bool, bool, datetime]:
    """How strict a sanction is: a removal before a suspension, and each by its end."""
    until = sanction.until or datetime.max.replace(tzinfo=UTC)
    return sanction.kind is Kind.REMOVE, sanction.kind is Kind.SUSPEND, until


def was_removed(session: Session, member_id: int) -> bool:
    """Whether a decision that is still kept has removed a member, be it lifted or not."""
    return any(sanction.kind is Kind.REMOVE for sanction in sanctions_of(session, member_id))


def members_in_wrong_standing(session: Session) -> list[Member]:
    """Members who may do more just now than a sanction in force allows."""
    query = (
        select(Member)
        .distinct()
        .join(Sanction, Sanction.member_id == Member.id)
        .where(
            Sanction.until > clock.now(),
            Sanction.lifted_on.is_(None),
            or_(Member.standing == Standing.GOOD, Member.standing_until <= clock.now()),
        )
    )
    return list(session.scalars(query))


# --- what the moderators did ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One entry of the audit log as moderators read it; `who` where the member is still here."""

    sequence: int
    on: date
    who: str | None
    actor: str
    verb: str
    subject: str


def audit_log(session: Session, before: int | None = None) -> Page[AuditRow]:
    """One page of the audit log, the last entry first."""
    query = (
        select(
            AuditEntry.sequence,
            AuditEntry.on,
            Member.pseudonym,
            AuditEntry.actor,
            AuditEntry.verb,
            AuditEntry.subject,
        )
        .outerjoin(Member, Member.public_id == AuditEntry.actor)
        .order_by(AuditEntry.sequence.desc())
        .limit(ROWS_A_PAGE + 1)
    )
    if before is not None:
        query = query.where(AuditEntry.sequence < before)
    found = [AuditRow(*row) for row in session.execute(query)]
    rows = found[:ROWS_A_PAGE]
    return Page(rows, older=rows[-1].sequence if len(found) > ROWS_A_PAGE else None)


@dataclass(frozen=True, slots=True)
class LogLine:
    """How often something was done on one day, and on which rule. No name, no id."""

    on: date
    verb: str
    rule: Rule | None
    count: int


def public_log(session: Session, before: date | None = None) -> tuple[list[LogLine], date | None]:
    """Thirty days on which something was done, the last first; and the day that comes before."""
    days = select(AuditEntry.on).distinct().order_by(AuditEntry.on.desc()).limit(DAYS_A_PAGE + 1)
    if before is not None:
        days = days.where(AuditEntry.on < before)
    found = list(session.scalars(days))
    if not found:
        return [], None
    shown = found[:DAYS_A_PAGE]
    query = (
        select(AuditEntry.on, AuditEntry.verb, Statement.rule, func.count())
        .outerjoin(Statement, Statement.public_id == AuditEntry.subject)
        .where(AuditEntry.on >= shown[-1], AuditEntry.on <= shown[0])
        .group_by(AuditEntry.on, AuditEntry.verb, Statement.rule)
        .order_by(AuditEntry.on.desc(), AuditEntry.verb, Statement.rule)
    )
    lines = [LogLine(*row) for row in session.execute(query)]
    return lines, shown[-1] if len(found) > DAYS_A_PAGE else None
