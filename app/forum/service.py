"""What members do in the forum: start threads, write, change, erase, thank, follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.core import audit, clock, ids
from app.core.errors import RefusalError, StaleError
from app.core.text import clean, clean_line, render
from app.filters import service as filters
from app.forum import attachments, drafts, queries, search
from app.forum.attachments import Chosen
from app.forum.markers import Marker
from app.forum.models import (
    Board,
    Category,
    Follow,
    Notice,
    Post,
    Quote,
    Revision,
    Thank,
    Thread,
    with_alts,
)
from app.forum.rules import rules_version
from app.policy.dispositions import Disposition, dispose, only_asks
from app.policy.vocabulary import Actor, Entry, Gate, Trust, Visibility
from app.privacy import erasure
from app.review.models import Reason
from app.review.service import enqueue, withdraw
from app.screening.engine import Context, screen
from app.screening.findings import Finding, Surface
from app.screening.readings import readings
from app.shields import service as shields

QUOTES_AT_MOST: Final = 5
EARLIER_POSTS: Final = 5
NO_TITLE: Final = "…"
KEPT_TO_THE_HOUR: Final = timedelta(hours=48)  # PRODUCT.md §2.5
ALERTS: Final = frozenset({shields.ALERT.rule, filters.ALERT})  # published, and a moderator looks
TURN_TO_WRITE: Final = 0x77726974  # PostgreSQL's name for the locks on members' turns: "writ"
TURN_TO_BUMP: Final = 0x62756D70  # and for the lock on the order of threads: "bump"
IDENTITY: Final = "identity"  # the rule by which moderators confirm that a text showed who one is


class HandedBackError(RefusalError):
    """The author must look again before this text goes anywhere; nothing was stored."""

    def __init__(self, weighed: Weighed) -> None:
        super().__init__(weighed.disposition.word)
        self.weighed = weighed


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to write, as it came out of the form.

    `agreed` says that the author has seen the nudge about this very text and posts it all the
    same; `asks_moderator` that a moderator is to look first; `refusals` how many texts of this
    author were refused today.
    """

    body: str
    title: str = ""
    pictures: tuple[Chosen, ...] = ()
    quoted: tuple[str, ...] = ()
    form_key: str | None = None
    agreed: bool = False
    asks_moderator: bool = False
    refusals: int = 0

    @property
    def words(self) -> str:
        """The text, and below it what its pictures show, as `Post.words` has them."""
        return with_alts(self.body, [one.alt for one in self.pictures])


@dataclass(frozen=True, slots=True)
class Weighed:
    """What screening found in title and body, and what becomes of the text."""

    disposition: Disposition
    title_findings: tuple[Finding, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """The findings of title and body together."""
        return self.title_findings + self.findings

    @property
    def has_alert(self) -> bool:
        """Whether a moderator is to look although readers see the text at once."""
        return any(rule in ALERTS for rule in rules_of(self.all_findings))


def rules_of(findings: Sequence[Finding]) -> set[str]:
    """The names of the rules behind findings."""
    return {signal.rule for finding in findings for signal in finding.signals}


# --- writing --------------------------------------------------------------------------------------


def create_thread(session: Session, author: Actor, board: Board, draft: Draft) -> Post:
    """Start a thread with its opening post: published, held for a moderator, or handed back.

    Raises:
        HandedBackError: when the author must look again first.
    """
    draft = _cleaned(draft)
    if already := _already_sent(session, author, draft):
        return already
    weighed = weigh(session, author, board, draft)
    now = clock.now()
    thread = Thread(
        board=board,
        author_id=author.id,
        title=draft.title,
        visibility=Visibility.HELD,
        started_at=now,
        active_at=now,
    )
    session.add(thread)
    post = _store(session, author, thread, draft, is_opening=True)
    _settle(session, author, board, post, weighed)
    drafts.erase_of_form(session, author, draft.form_key)
    follow(session, author, thread)
    return post


def create_post(session: Session, author: Actor, thread: Thread, draft: Draft) -> Post:
    """Reply in a thread: the reply is published, held for a moderator, or handed back.

    Raises:
        HandedBackError: when the author must look again first.
    """
    draft = _cleaned(draft)
    if already := _already_sent(session, author, draft):
        return already
    weighed = weigh(session, author, thread.board, draft, thread)
    post = _store(session, author, thread, draft, is_opening=False)
    _settle(session, author, thread.board, post, weighed)
    drafts.erase_of_form(session, author, draft.form_key)
    return post


def edit_post(session: Session, author: Actor, post: Post, draft: Draft) -> Post:
    """Change the wording of a post; the old one becomes a revision. Screened like a new one.

    Raises:
        HandedBackError: when the author must look again first.
    """
    draft = _cleaned(draft)
    title = draft.title if post.is_opening else post.thread.full_title
    is_same_text = draft.body == post.body and title == post.thread.full_title
    if is_same_text and draft.pictures == _chosen(post):
        drafts.erase_of_form(session, author, draft.form_key)
        return post
    weighed = weigh(session, author, post.thread.board, draft, post.thread, post)
    drafts.erase_of_form(session, author, draft.form_key)
    was_published = post.visibility is Visibility.PUBLISHED
    _unindex(session, post)
    if not is_same_text:
        session.add(Revision(post_id=post.id, body=post.body, replaced_on=clock.today()))
    post.body = draft.body
    post.html = render(draft.body, leaving(post.public_id)).html
    attachments.attach(session, author.id, post, draft.pictures)
    post.edited_on = clock.today()
    post.rules_version = rules_version(session)
    is_held = weighed.disposition is Disposition.HOLD
    if post.is_opening:
        _retitle(post.thread, title, is_shown=was_published and not is_held)
    if is_held or post.visibility is Visibility.HELD:
        hold(session, post, weighed.findings, title_findings=weighed.title_findings)
    elif was_published:
        search.add(session, post.id, searchable(post))
        _alert(session, post, weighed)
    return post


def _retitle(thread: Thread, title: str, *, is_shown: bool) -> None:
    """Give a thread a new title; where readers of its replies must not see it yet, keep it."""
    if is_shown or thread.post_count <= 1:
        thread.title, thread.kept_title = title, ""
    else:
        thread.kept_title = title


def weigh(  # noqa: PLR0913, PLR0917 - who, where, what, and what it answers or changes
    session: Session,
    author: Actor,
    board: Board,
    draft: Draft,
    thread: Thread | None = None,
    edited: Post | None = None,
) -> Weighed:
    """Screen title and body, ask filters and shields, and decide what becomes of the text.

    Raises:
        HandedBackError: when that is a nudge the author has not answered, or a refusal or a
            question who somebody is that the author has not sent to a moderator.
    """
    context = context_of(session, author, thread, edited)
    words = draft.words
    ways = readings(words)
    title_ways = readings(draft.title)
    title_findings = (
        *(screen(draft.title, context=replace(context, surface=Surface.TITLE))),
        *filters.matches(session, board.public_id, title_ways),
    )
    findings = (
        *screen(words, context=context),
        *filters.matches(session, board.public_id, ways),
    )
    known = partial(queries.is_well_known, session)
    shielded = shields.matches(session, author, words, (*ways, *title_ways), known)
    disposition = max(
        dispose((*findings, *shielded.own), author.trust, refusals=draft.refusals),
        dispose(title_findings, author.trust, Surface.TITLE, draft.refusals),
    )
    if draft.asks_moderator and disposition is not Disposition.PUBLISH:
        disposition = Disposition.HOLD
    elif disposition is Disposition.NUDGE and draft.agreed:
        disposition = Disposition.PUBLISH
    elif disposition in {Disposition.NUDGE, Disposition.REFUSE}:
        # The author is shown what was found, so nothing that shields of others say is in it.
        raise HandedBackError(Weighed(disposition, title_findings, (*findings, *shielded.own)))
    elif disposition is Disposition.HOLD and not draft.asks_moderator:
        asks = only_asks(findings, author.trust) and only_asks(
            title_findings, author.trust, Surface.TITLE
        )
        if asks:  # a question is asked back first; who insists lets a moderator look
            raise HandedBackError(Weighed(disposition, title_findings, findings))
    if shielded.is_look:
        shields.note_look(session, author)
    disposition = max(disposition, dispose(shielded.others, author.trust))
    return Weighed(disposition, title_findings, (*findings, *shielded.others))


def context_of(
    session: Session, author: Actor, thread: Thread | None, edited: Post | None = None
) -> Context:
    """What the engine may know around a text: who writes in the thread, what the author said."""
    if thread is None:
        return Context(author=author.pseudonym)
    earlier = queries.earlier_bodies(session, thread, author, EARLIER_POSTS, edited)
    return Context(
        author=author.pseudonym,
        pseudonyms=queries.pseudonyms_in(session, thread),
        earlier=earlier,
    )


def _cleaned(draft: Draft) -> Draft:
    """The draft as it will be stored: no stray characters, titles and the like on one line."""
    pictures = tuple(Chosen(one.public_id, clean_line(one.alt)) for one in draft.pictures)
    return replace(draft, body=clean(draft.body), title=clean_line(draft.title), pictures=pictures)


def _chosen(post: Post) -> tuple[Chosen, ...]:
    """The pictures of a post, as a draft has them."""
    return tuple(Chosen(each.public_id, each.alt) for each in post.shown_pictures)


def _already_sent(session: Session, author: Actor, draft: Draft) -> Post | None:
    """The post that this very form made before, if it was sent twice.

    Sent twice at the very same time, the second one waits here until the first is stored.

    Raises:
        StaleError: when the form comes again with other words, which must not be lost.
    """
    _take_turn(session, TURN_TO_WRITE, author.id)
    if draft.form_key is None:
        return None
    made = queries.post_by_form(session, author, draft.form_key)
    if made is None:
        return None
    is_retitled = made.is_opening and made.thread.full_title != draft.title
    if is_retitled or made.words != draft.words:
        raise StaleError
    return made


def _take_turn(session: Session, lock: int, number: int = 0) -> None:
    """Let nobody else into what this lock guards until this transaction is over.

    On SQLite there is one writer at a time anyway. Who needs several turns takes them in this
    order: the writer's own, the audit log's, the thread's row, the order of threads.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(lock, number)))


def _store(
    session: Session, author: Actor, thread: Thread, draft: Draft, *, is_opening: bool
) -> Post:
    """Put a text into the database, seen by nobody yet."""
    public_id = ids.new_id()
    post = Post(
        public_id=public_id,
        thread=thread,
        author_id=author.id,
        visibility=Visibility.HELD,
        body=draft.body,
        html=render(draft.body, leaving(public_id)).html,
        written_at=clock.now(),
        form_key=draft.form_key,
        is_opening=is_opening,
        rules_version=rules_version(session),
    )
    session.add(post)
    session.flush()  # quotes, the index and the queue name the post by its id
    for quoted in queries.quotable(session, author, draft.quoted[:QUOTES_AT_MOST]):
        session.add(Quote(post_id=post.id, quoted_id=quoted.id))
    attachments.attach(session, author.id, post, draft.pictures)
    return post


def _settle(session: Session, author: Actor, board: Board, post: Post, weighed: Weighed) -> None:
    """Publish a stored post, or hold it and let the queue know."""
    in_title = weighed.title_findings
    if weighed.disposition is Disposition.HOLD:
        hold(session, post, weighed.findings, title_findings=in_title)
    elif board.reviews_first_posts and author.trust <= Trust.NEWCOMER:
        hold(session, post, weighed.findings, Reason.FIRST_POST, title_findings=in_title)
    else:
        publish(session, post)
        _alert(session, post, weighed)


def _alert(session: Session, post: Post, weighed: Weighed) -> None:
    """Let a moderator look at a text that readers see already, where a filter or shield asks."""
    if weighed.has_alert:
        enqueue(
            session,
            post.public_id,
            Reason.HELD,
            weighed.findings,
            title_findings=weighed.title_findings,
        )


def leaving(public_id: str) -> queries.Leaving:
    """Where the foreign links of a post lead: to the page that says "you are leaving"."""
    return lambda number: f"/leaving/{public_id}/{number}"


def searchable(post: Post) -> str:
    """The words under which a post is found: its own, and for the opening post the title's."""
    return f"{post.thread.full_title}\n{post.words}" if post.is_opening else post.words


def _unindex(session: Session, post: Post) -> None:
    """Let searchers find a post no more. Only published posts are in the index."""
    if post.visibility is Visibility.PUBLISHED:
        search.drop(session, post.id, searchable(post))


# --- what becomes of a post -----------------------------------------------------------------------


def hold(
    session: Session,
    post: Post,
    findings: Sequence[Finding],
    reason: Reason = Reason.HELD,
    *,
    title_findings: Sequence[Finding] = (),
) -> None:
    """Keep a post from its readers until a moderator has looked at it as it stands now."""
    post.visibility = Visibility.HELD
    if not post.is_opening:
        _take_number(session, post)
    elif post.thread.post_count <= 1:
        post.thread.visibility = Visibility.HELD
    is_urgent = shields.OFTEN.rule in rules_of(findings)
    enqueue(
        session,
        post.public_id,
        reason,
        findings,
        title_findings=title_findings,
        is_urgent=is_urgent,
    )


def hold_published(
    session: Session,
    post: Post,
    findings: Sequence[Finding],
    *,
    title_findings: Sequence[Finding] = (),
) -> None:
    """Keep a post that readers have seen from them until a moderator has looked at it.

    The title of a thread is part of its opening post. The author finds a line in the inbox.
    """
    search.drop(session, post.id, searchable(post))
    thread = post.thread
    if post.is_opening and thread.post_count > 1:
        thread.title, thread.kept_title = NO_TITLE, thread.full_title
    hold(session, post, findings, title_findings=title_findings)
    if post.author_id is not None:
        notify(session, post.author_id, "held", post.public_id)


def _take_number(session: Session, post: Post) -> None:
    """Take the number from a post that was changed and is held, and close the gap behind it.

    Numbers and counts leave no gap, so that nobody can tell that something waits.
    """
    if post.number is None:
        return
    session.execute(  # first of all: whoever publishes in this thread waits for its row
        update(Thread)
        .where(Thread.id == post.thread_id)
        .values(post_count=Thread.post_count - 1)
        .execution_options(synchronize_session=False)
    )
    session.refresh(post, ["number"])
    taken, post.number = post.number, None
    session.flush()  # the number must be free before another post gets it
    # A number is unique at every moment, so the ones above go round by way of negative ones.
    for numbers, moved in (
        (Post.number > taken, 1 - Post.number),
        (Post.number < 0, -Post.number),
    ):
        session.execute(
            update(Post)
            .where(Post.thread_id == post.thread_id, numbers)
            .values(number=moved)
            .execution_options(synchronize_session=False)
        )
    session.refresh(post.thread, ["post_count"])


def publish(session: Session, post: Post) -> None:
    """Show a post to readers: give it the next number of its thread, the index and the inbox."""
    if post.visibility is Visibility.PUBLISHED:
        return
    thread = post.thread
    post.visibility = Visibility.PUBLISHED
    if post.is_opening:
        thread.visibility = Visibility.PUBLISHED
        thread.title, thread.kept_title = thread.full_title, ""
    if post.number is None:
        session.flush()  # the thread must have its id, and what is counted must be stored
        post.number = session.scalars(
            update(Thread)
            .where(Thread.id == thread.id)
            .values(post_count=Thread.post_count + 1)
            .returning(Thread.post_count)
            .execution_options(synchronize_session=False)
        ).one()
        session.refresh(thread, ["post_count"])
        thread.bump = _next_bump(session)
        thread.active_at = clock.now()
        _tell_followers(session, post)
    search.add(session, post.id, searchable(post))


def release(session: Session, post: Post) -> None:
    """Let go a post that was held."""
    publish(session, post)


def reject(session: Session, post: Post, rule: str) -> None:
    """Keep a held post from readers for good. Nobody ever saw it, so no line is left of it."""
    _tell_shielded(session, post, rule)
    _take_away(post, rule)


def remove(session: Session, post: Post, rule: str) -> None:
    """Take a published post away from readers; one line says so. It can be restored."""
    _tell_shielded(session, post, rule)
    _unindex(session, post)
    _take_away(post, rule)


def quarantine(session: Session, post: Post) -> None:
    """Take a published post away from readers and from its author, while somebody looks at it.

    Nothing shows why: numbers close up as for every post that waits, and its author reads the line
    that all such posts have. `restore` brings it back.
    """
    search.drop(session, post.id, searchable(post))
    post.visibility = Visibility.QUARANTINED
    thread = post.thread
    if not post.is_opening:
        _take_number(session, post)
        return
    if thread.post_count <= 1:
        thread.visibility = Visibility.QUARANTINED
    thread.title, thread.kept_title = NO_TITLE, thread.full_title


def _take_away(post: Post, rule: str) -> None:
    """Keep a post from readers by decision; the title of a thread is part of its opening post."""
    post.visibility = Visibility.REMOVED
    post.rule = rule
    thread = post.thread
    if post.is_opening and thread.post_count <= 1:
        thread.visibility = Visibility.REMOVED
    elif post.is_opening:
        thread.title, thread.kept_title = NO_TITLE, thread.full_title


def _tell_shielded(session: Session, post: Post, rule: str) -> None:
    """Tell members whose shields a text held, once a moderator has kept it for showing somebody.

    Looked up again here, so that nowhere is written down which text held whose phrase.
    """
    if rule == IDENTITY:
        ways = readings(searchable(post))
        for member_id, shield in shields.owners_of(session, post.author_id, ways).items():
            notify(session, member_id, "shield", shield.public_id)


def restore(session: Session, post: Post) -> None:
    """Undo a removal or a rejection: readers see the post again."""
    post.rule = ""
    publish(session, post)


def erase_post(session: Session, post: Post) -> None:
    """Make a post be gone: wording, earlier wordings, pictures, index, quotes, thanks.

    Its last bytes on the disk are owed from then on.
    """
    erasure.owe(session, post.author_id, post.public_id)
    _unindex(session, post)
    session.execute(delete(Revision).where(Revision.post_id == post.id))
    session.execute(delete(Quote).where((Quote.post_id == post.id) | (Quote.quoted_id == post.id)))
    session.execute(delete(Thank).where(Thank.post_id == post.id))
    session.execute(
        delete(Notice).where((Notice.post_id == post.id) | (Notice.subject == post.public_id))
    )
    attachments.erase_of(session, [post.id])
    post.body, post.html, post.pictures = "", "", []
    post.edited_on = post.form_key = None
    if post.number is None:
        _forget(session, post)
        return
    post.visibility = Visibility.ERASED
    if post.is_opening:
        post.thread.title, post.thread.kept_title = NO_TITLE, ""
        if post.thread.post_count <= 1:
            _forget(session, post)


def _forget(session: Session, post: Post) -> None:
    """Take away a post of which no line need stay; with an opening post its thread.

    What still waits for a moderator in that thread has lost its place and goes along. If the
    thread stayed, readers could tell from it that something waits.
    """
    thread = post.thread
    withdraw(session, post.public_id)
    session.delete(post)
    session.flush()  # the thread may go only after its post
    if post.is_opening:
        for waiting in queries.held_in(session, thread):
            withdraw(session, waiting)
        attachments.erase_in(session, thread.id)
        session.execute(delete(Thread).where(Thread.id == thread.id))


def remove_revision(session: Session, revision: Revision) -> None:
    """Make an earlier wording be gone; its last bytes on the disk are owed from then on."""
    author_id = session.scalar(select(Post.author_id).where(Post.id == revision.post_id))
    erasure.owe(session, author_id, revision.public_id)
    session.delete(revision)


# --- thanks, following, the inbox -----------------------------------------------------------------


def thank(session: Session, member: Actor, post: Post) -> None:
    """Thank the author of a post; thanking twice is thanking once."""
    _take_turn(session, TURN_TO_WRITE, member.id)
    if session.get(Thank, (post.id, member.id)) is None:
        session.add(Thank(post_id=post.id, member_id=member.id))


def unthank(session: Session, member: Actor, post: Post) -> None:
    """Take the thanks back."""
    session.execute(delete(Thank).where(Thank.post_id == post.id, Thank.member_id == member.id))


def follow(session: Session, member: Actor, thread: Thread) -> None:
    """Follow a thread: new posts come to the inbox."""
    session.flush()  # a new thread gets its id here
    _take_turn(session, TURN_TO_WRITE, member.id)
    if session.get(Follow, (member.id, thread.id)) is None:
        session.add(Follow(member_id=member.id, thread_id=thread.id))


def unfollow(session: Session, member: Actor, thread: Thread) -> None:
    """Follow a thread no more."""
    session.execute(
        delete(Follow).where(Follow.member_id == member.id, Follow.thread_id == thread.id)
    )


def mark_read(
    session: Session, member_id: int, thread_id: int, marker: Marker, private_key: bytes
) -> None:
    """Remember for a follower how far he or she has read, sealed so that nobody else can see it."""
    session.execute(
        update(Follow)
        .where(Follow.member_id == member_id, Follow.thread_id == thread_id)
        .values(marker=marker.sealed(private_key, thread_id))
    )


def notify(
    session: Session, member_id: int, kind: str, subject: str, post_id: int | None = None
) -> None:
    """Put one line into a member's inbox; the same line again only makes it unread."""
    known = session.scalars(
        select(Notice).where(
            Notice.member_id == member_id, Notice.kind == kind, Notice.subject == subject
        )
    ).first()
    if known is not None:
        known.is_read, known.made_on, known.post_id = False, clock.today(), post_id
        return
    session.add(
        Notice(
            member_id=member_id,
            kind=kind,
            subject=subject,
            post_id=post_id,
            is_read=False,
            made_on=clock.today(),
        )
    )


def take_notice_back(session: Session, member_id: int, kind: str, subject: str) -> None:
    """Take a line out of a member's inbox, because what it says is not so."""
    session.execute(
        delete(Notice).where(
            Notice.member_id == member_id, Notice.kind == kind, Notice.subject == subject
        )
    )


def clear_inbox(session: Session, member: Actor) -> None:
    """Mark every line of the inbox as read."""
    session.execute(update(Notice).where(Notice.member_id == member.id).values(is_read=True))


def clear_notice(session: Session, notice: Notice) -> None:
    """Take one line out of the inbox."""
    session.delete(notice)


def _tell_followers(session: Session, post: Post) -> None:
    """Tell those who are quoted, called or follow the thread, each once, and never the author.

    Whoever may not enter the board finds no line: the inbox asks the rule of the board each time.
    """
    told = queries.quoted_authors(session, post)
    for member_id in told:
        notify(session, member_id, "quote", post.public_id, post.id)
    mentioned = queries.mentioned(session, post) - told
    for member_id in mentioned:
        notify(session, member_id, "mention", post.public_id, post.id)
    told |= mentioned
    for member_id in queries.follower_ids(session, post.thread):
        if member_id not in told and member_id != post.author_id:
            notify(session, member_id, "reply", post.thread.public_id, post.id)


def _next_bump(session: Session) -> int:
    """A number above that of every thread: what was written to last stands first.

    No two threads have the same one: pages of threads are cut between two numbers.
    """
    _take_turn(session, TURN_TO_BUMP)
    return (session.scalar(select(func.max(Thread.bump))) or 0) + 1


def coarsen_times(session: Session) -> int:
    """Cut the times of posts and threads older than 48 hours down to their day.

    Returns how many rows were cut. A thread's times follow those of its posts.
    """
    edge = clock.now() - KEPT_TO_THE_HOUR
    cut = 0
    for column in (Post.written_at, Thread.started_at, Thread.active_at):
        table = column.class_
        moments = session.scalars(select(column).where(column < edge).distinct()).all()
        for moment in moments:
            if moment != clock.to_day(moment):
                session.execute(
                    update(table)
                    .where(column == moment)
                    .values({column.key: clock.to_day(moment)})
                    .execution_options(synchronize_session=False)
                )
                cut += 1
    return cut


# --- the moderators' and the operator's hands -----------------------------------------------------


def set_locked(session: Session, moderator: Actor, thread: Thread, *, locked: bool) -> None:
    """Lock a thread, or let it take replies again."""
    audit.take_turn(session)
    thread.is_locked = locked
    verb = "thread.lock" if locked else "thread.unlock"
    audit.record(session, moderator.public_id, verb, thread.public_id)


def set_pinned(session: Session, moderator: Actor, thread: Thread, *, pinned: bool) -> None:
    """Pin a thread to the top of its board, or let it go."""
    audit.take_turn(session)
    thread.is_pinned = pinned
    verb = "thread.pin" if pinned else "thread.unpin"
    audit.record(session, moderator.public_id, verb, thread.public_id)


def move(session: Session, moderator: Actor, thread: Thread, board: Board) -> None:
    """Move a thread to another board."""
    audit.take_turn(session)
    thread.board = board
    audit.record(session, moderator.public_id, "thread.move", thread.public_id)


def create_category(session: Session, name: str) -> Category:
    """Add a heading below the ones there are."""
    last = session.scalar(select(func.max(Category.position))) or 0
    category = Category(name=clean_line(name), position=last + 1)
    session.add(category)
    return category


def create_board(
    session: Session, category: Category, name: str, description: str, gate: Gate
) -> Board:
    """Add a board at the end of a category. Nobody may write where he or she may not read."""
    session.flush()  # a new category gets its id here
    last = session.scalar(select(func.max(Board.position)).where(Board.category_id == category.id))
    board = Board(
        category_id=category.id,
        name=clean_line(name),
        description=clean_line(description),
        position=(last or 0) + 1,
        gate_read=gate.read,
        gate_reply=max(gate.reply, gate.read, Trust.NEWCOMER),
        gate_start=max(gate.start, gate.read, Trust.NEWCOMER),
        gate_attach=max(gate.attach, gate.read, Trust.NEWCOMER),
        gate_role=gate.role,
        entry=Entry.TRUST,
    )
    session.add(board)
    return board
