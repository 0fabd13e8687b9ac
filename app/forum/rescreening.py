"""Looking published posts through again, after packs, filters or shields have changed.

Every post carries the version of the rules it was last screened by, so that the posts themselves
are the progress: whatever kills a run, the next one goes on where it stopped (SCREENING.md §12).
A slice is read and screened without any lock; only what came of it is written in a transaction.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from typing import Final

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.orm import Session, contains_eager, joinedload

from app.accounts.models import Member
from app.core import audit, clock
from app.filters import service as filters
from app.forum import queries, service
from app.forum.models import Post, Rescreening, Thread
from app.forum.rules import rules_version
from app.policy.dispositions import Disposition, Sureness, dispose, sureness_of
from app.policy.vocabulary import VISITOR, Actor, Trust, Visibility
from app.review import queries as review
from app.review.models import Reason
from app.review.service import enqueue, stored_findings
from app.screening.engine import Context, screen
from app.screening.findings import Category, Finding, Surface
from app.screening.readings import readings
from app.shields import service as shields

SLICE: Final = 200  # posts a transaction
REMEMBERED: Final = 100  # posts before a slice, for what their authors have said already


class Outcome(Enum):
    """What becomes of a post that was looked through again."""

    STAYS = "stays"
    QUEUED = "queued"  # it stays where it is, and a moderator looks at it
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Place:
    """How far a run has come: the last post of the last slice, thread by thread."""

    thread_id: int = 0
    post_id: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """Which threads are one worker's: those whose number leaves `part` when divided by `of`."""

    part: int = 0
    of: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """What one post gave."""

    post_id: int
    text: tuple[str, str]  # title and words as they were read
    outcome: Outcome = Outcome.STAYS
    title_findings: tuple[Finding, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Stand:
    """How many published posts there are, and how many of them the present rules have not seen."""

    total: int
    stale: int


@dataclass(frozen=True, slots=True)
class Slice:
    """What a slice gave, and where it ended; no place when nothing was left."""

    place: Place | None
    found: tuple[Found, ...]


START: Final = Place()
ALL: Final = Share()


def stand(session: Session) -> Stand:
    """Count the published posts, and those that other rules have screened than the present ones."""
    version = rules_version(session)
    total, fresh = session.execute(
        select(func.count(), func.count().filter(Post.rules_version == version)).where(
            Post.visibility == Visibility.PUBLISHED
        )
    ).one()
    return Stand(total=total, stale=total - fresh)


def running(session: Session) -> Rescreening | None:
    """The run that is not finished yet, if there is one."""
    query = select(Rescreening).where(Rescreening.finished_on.is_(None))
    return session.scalars(query.order_by(Rescreening.id.desc())).first()


def past_runs(session: Session, count: int = 10) -> list[Rescreening]:
    """The last runs that are finished, the newest first."""
    query = select(Rescreening).where(Rescreening.finished_on.is_not(None))
    return list(session.scalars(query.order_by(Rescreening.id.desc()).limit(count)))


def begin(session: Session, actor_public_id: str) -> Rescreening:
    """Begin a run, or join the one that is under way. The audit log names whoever asks for it."""
    audit.take_turn(session)
    known = running(session)
    if known is not None:
        known.version = rules_version(session)
        audit.record(session, actor_public_id, "screening.start", known.public_id)
        return known
    run = Rescreening(version=rules_version(session), started_on=clock.today())
    session.add(run)
    session.flush()  # the audit log names it by its public id
    audit.record(session, actor_public_id, "screening.start", run.public_id)
    return run


def finish(session: Session, run: Rescreening) -> None:
    """Close a run when every published post has been screened by its rules."""
    run.finished_on = clock.today()


def examine(session: Session, version: str, after: Place = START, share: Share = ALL) -> Slice:
    """Screen the next slice of posts of this share that these rules have not seen.

    Writes nothing, so that a session that only reads is enough.
    """
    posts = _stale(session, version, after, share)
    if not posts:
        return Slice(None, ())
    return Slice(Place(posts[-1].thread_id, posts[-1].id), tuple(_examine(session, posts)))


def _stale(session: Session, version: str, after: Place, share: Share) -> list[Post]:
    """The next published posts, thread by thread, that these rules have not screened."""
    query = (
        select(Post)
        .join(Post.thread)
        .join(Thread.board)
        .where(
            Post.visibility == Visibility.PUBLISHED,
            Post.rules_version != version,
            tuple_(Post.thread_id, Post.id) > (after.thread_id, after.post_id),
        )
        .order_by(Post.thread_id, Post.id)
        .limit(SLICE)
        .options(contains_eager(Post.thread).contains_eager(Thread.board))
    )
    if share.of > 1:
        query = query.where(Post.thread_id % share.of == share.part)
    return list(session.scalars(query))


def _examine(session: Session, posts: Sequence[Post]) -> list[Found]:
    """Screen a slice of posts in the light of what stands around each. Writes nothing."""
    authors = _authors(session, posts)
    pseudonyms = _pseudonyms(session, posts)
    said = _said_before(session, posts[0])
    decided = review.decided_findings(session, [post.public_id for post in posts])
    known = partial(queries.is_well_known, session)
    by_filters, by_shields = filters.finder(session), shields.finder(session)
    found = []
    for post in posts:
        author = authors.get(post.author_id or 0, VISITOR)
        earlier = said[post.thread_id, post.author_id]
        context = Context(
            author=author.pseudonym,
            pseudonyms=pseudonyms[post.thread_id],
            earlier=tuple(earlier),
        )
        ways = readings(post.words)
        title_ways = readings(post.thread.full_title) if post.is_opening else ()
        place = post.thread.board.public_id
        one = _weigh(
            post,
            author,
            context,
            besides=by_filters(place, ways),
            besides_in_title=by_filters(place, title_ways),
            shielded=by_shields(author.id, post.words, (*ways, *title_ways), known).others,
        )
        if one.outcome is not Outcome.STAYS:
            stored = stored_findings(one.findings, one.title_findings)
            if stored in decided.get(post.public_id, ()):
                one = Found(post.id, one.text)  # a moderator has let this very finding stand
        found.append(one)
        earlier.append(post.body)
    return found


def _weigh(  # noqa: PLR0913 - the text, and what each of those that look at it has found
    post: Post,
    author: Actor,
    context: Context,
    *,
    besides: Sequence[Finding],
    besides_in_title: Sequence[Finding],
    shielded: Sequence[Finding],
) -> Found:
    """Screen one post as if it were sent now, and decide what that means for a published one.

    Readers have seen it, and its author may have answered a nudge: only what the engine is sure
    of, or a shield that holds, takes it away before a moderator has looked. A filter was written
    for what comes; what stands already it puts into the queue.
    """
    title = post.thread.full_title if post.is_opening else ""
    engine_title = screen(title, context=replace(context, surface=Surface.TITLE)) if title else ()
    engine = screen(post.words, context=context)
    in_title, in_body = (*engine_title, *besides_in_title), (*engine, *besides, *shielded)
    if not in_title and not in_body:
        return Found(post.id, (title, post.words))
    trust = max(author.trust, Trust.NEWCOMER)
    asked = max(dispose(in_body, trust), dispose(in_title, trust, Surface.TITLE))
    outcome = Outcome.STAYS
    if asked >= Disposition.HOLD or service.Weighed(asked, in_title, in_body).has_alert:
        sure = [f for f in (*engine_title, *engine) if _is_sure(f, trust)]
        is_held = max(dispose(sure, trust), dispose(shielded, trust)) >= Disposition.HOLD
        outcome = Outcome.HELD if is_held else Outcome.QUEUED
    return Found(post.id, (title, post.words), outcome, in_title, in_body)


def _is_sure(finding: Finding, trust: Trust) -> bool:
    """Whether the engine is sure of a finding; a limit that was reached proves nothing."""
    if finding.category is Category.LIMIT:
        return False
    return sureness_of(finding.confidence, trust) is Sureness.SURE


def settle(session: Session, run: Rescreening, version: str, found: Sequence[Found]) -> None:
    """Store what came of a slice. What was changed or taken away meanwhile is left alone.

    `version` is that of the rules by which the slice was screened.
    """
    todo = {one.post_id: one for one in found if one.outcome is not Outcome.STAYS}
    query = (
        select(Post)
        .where(Post.id.in_(todo), Post.visibility == Visibility.PUBLISHED)
        .options(joinedload(Post.thread).joinedload(Thread.board))
        .order_by(Post.id)
    )
    for post in session.scalars(query).all():
        one = todo[post.id]
        title = post.thread.full_title if post.is_opening else ""
        if (title, post.words) != one.text:
            continue
        if one.outcome is Outcome.HELD:
            service.hold_published(session, post, one.findings, title_findings=one.title_findings)
            run.held_count += 1
        else:
            enqueue(
                session,
                post.public_id,
                Reason.HELD,
                one.findings,
                title_findings=one.title_findings,
            )
            run.queued_count += 1
    session.execute(
        update(Post)
        .where(Post.id.in_([one.post_id for one in found]))
        .values(rules_version=version)
        .execution_options(synchronize_session=False)
    )
    run.looked_count += len(found)


# --- what stands around a slice, one statement each -----------------------------------------------


def _authors(session: Session, posts: Sequence[Post]) -> dict[int, Actor]:
    """Who wrote these posts, by inner id."""
    inner = {post.author_id for post in posts if post.author_id}
    members = session.scalars(select(Member).where(Member.id.in_(inner)))
    return {member.id: member.actor for member in members}


def _pseudonyms(session: Session, posts: Sequence[Post]) -> defaultdict[int, frozenset[str]]:
    """The pseudonyms of those who write in the threads of these posts, by thread."""
    query = (
        select(Post.thread_id, Member.pseudonym)
        .join(Member, Post.author_id == Member.id)
        .where(Post.thread_id.in_({post.thread_id for post in posts}))
        .distinct()
    )
    names: defaultdict[int, set[str]] = defaultdict(set)
    for thread_id, pseudonym in session.execute(query):
        names[thread_id].add(pseudonym)
    return defaultdict(frozenset, {key: frozenset(some) for key, some in names.items()})


def _said_before(session: Session, first: Post) -> defaultdict[tuple[int, int | None], deque[str]]:
    """What each author said shortly before a slice in the thread that it begins in."""
    query = (
        select(Post.author_id, Post.body)
        .where(Post.thread_id == first.thread_id, Post.id < first.id)
        .order_by(Post.id.desc())
        .limit(REMEMBERED)
    )
    said: defaultdict[tuple[int, int | None], deque[str]] = defaultdict(
        partial(deque, maxlen=service.EARLIER_POSTS)
    )
    for author_id, body in reversed(session.execute(query).all()):
        said[first.thread_id, author_id].append(body)
    return said
