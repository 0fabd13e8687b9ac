"""What an export holds: everything here that is the member's own, and nothing of anybody else's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, undefer

from app.accounts.queries import member_by_id
from app.forum.attachments import jpeg_of
from app.forum.drafts import Meant, drafts_of, opened
from app.forum.models import Attachment, Post, Revision, Thread
from app.forum.queries import uploads_of
from app.forum.saved import saved_ids
from app.messages.queries import own_letters
from app.moderation.models import Report, Sanction, Statement
from app.moderation.queries import sanctions_of, statements_about
from app.policy.permissions import Permission, Verdict, judge
from app.policy.vocabulary import Actor, Visibility
from app.shields.queries import shields_of
from app.support import service as support
from app.support.service import Entry
from app.trust.queries import vouched_for


@dataclass(frozen=True, slots=True)
class OwnPicture:
    """One picture of the member's, and what it shows in words."""

    name: str
    shows: str

    @property
    def file(self) -> str:
        """Where it stands in the export."""
        return f"pictures/{self.name}.jpg"


@dataclass(frozen=True, slots=True)
class OwnPost:
    """One text of the member's. `title` is empty where it is another's and closed to the member."""

    title: str
    board: str
    visibility: Visibility
    written_at: datetime
    body: str
    html: str
    pictures: Sequence[OwnPicture]
    earlier: Sequence[str]


@dataclass(frozen=True, slots=True)
class OwnDraft:
    """A text that the member keeps for later, and what it is meant to become."""

    meant: Meant
    title: str
    body: str
    kept_on: date


@dataclass(frozen=True, slots=True)
class OwnMessage:
    """One message that the member wrote.

    To whom is left out, but for a number that tells conversations apart: whoever finds the file
    must not learn who talks with whom.
    """

    conversation: int
    written_on: date
    text: str


@dataclass(frozen=True, slots=True)
class Holdings:
    """Everything that is exported."""

    pseudonym: str
    about: str
    joined_on: date
    trust: str
    standing: str
    standing_until: datetime | None
    posts: Sequence[OwnPost]
    unposted: Sequence[OwnPicture]
    statements: Sequence[Statement]
    sanctions: Sequence[Sanction]
    reports: Sequence[Report]
    shields: Sequence[str]
    drafts: Sequence[OwnDraft]
    vouched_for: Sequence[str]
    messages: Sequence[OwnMessage]
    saved: Sequence[str]  # public ids, as in the addresses of posts
    plan: Mapping[str, Entry]  # the safety plan, by the code of the section
    ticks: Mapping[str, Sequence[str]]  # steps of guides that are done

    @property
    def pictures(self) -> Sequence[OwnPicture]:
        """All pictures, posted or not."""
        return [*(picture for post in self.posts for picture in post.pictures), *self.unposted]


def holdings(session: Session, who: Actor, private_key: bytes) -> Holdings:
    """Gather what belongs to the member who asks, opened with the own key where it is sealed."""
    member = member_by_id(session, who.id)
    own = support.opened(session, who, private_key)
    return Holdings(
        pseudonym=member.pseudonym,
        about=member.about,
        joined_on=member.joined_on,
        trust=member.trust.name.lower(),
        standing=member.standing_now.value,
        standing_until=member.standing_until,
        posts=_posts(session, who),
        unposted=[OwnPicture(id_, "") for id_ in uploads_of(session, who)],
        statements=statements_about(session, who.id),
        sanctions=sanctions_of(session, who.id),
        reports=session.scalars(
            select(Report).where(Report.reporter_id == who.id).order_by(Report.id)
        ).all(),
        shields=[shield.label for shield in shields_of(session, who.id)],
        drafts=_drafts(session, who, private_key),
        vouched_for=vouched_for(session, who.id),
        messages=[
            OwnMessage(number, letter.day, letter.text)
            for number, letters in enumerate(own_letters(session, who, private_key), start=1)
            for letter in letters
        ],
        saved=[public_id for _, public_id in saved_ids(session, who, private_key)],
        plan=own.plan,
        ticks=own.ticks,
    )


def _drafts(session: Session, who: Actor, private_key: bytes) -> list[OwnDraft]:
    """The member's own drafts, the last one first."""
    return [
        OwnDraft(
            meant=draft.wording.meant,
            title=draft.wording.title,
            body=draft.wording.body,
            kept_on=draft.kept_on,
        )
        for draft in opened(session, private_key, drafts_of(session, who))
    ]


def _posts(session: Session, who: Actor) -> list[OwnPost]:
    """The member's own posts, the oldest first, with their earlier wordings."""
    query = (
        select(Post)
        .where(Post.author_id == who.id, Post.visibility != Visibility.ERASED)
        .options(joinedload(Post.thread).joinedload(Thread.board))
        .order_by(Post.id)
    )
    earlier: dict[int, list[str]] = {}
    for post_id, body in session.execute(
        select(Revision.post_id, Revision.body)
        .join(Post, Post.id == Revision.post_id)
        .where(Post.author_id == who.id)
        .order_by(Revision.id)
    ):
        earlier.setdefault(post_id, []).append(body)
    return [_own(who, post, tuple(earlier.get(post.id, ()))) for post in session.scalars(query)]


def own_picture(session: Session, who: Actor, public_id: str) -> bytes | None:
    """One of the member's own pictures; nothing when it has gone meanwhile."""
    query = (
        select(Attachment)
        .outerjoin(Post, Post.id == Attachment.post_id)
        .where(
            Attachment.public_id == public_id,
            or_(Attachment.member_id == who.id, Post.author_id == who.id),
        )
        .options(undefer(Attachment.box))
    )
    picture = session.scalars(query).first()
    return None if picture is None else jpeg_of(session, picture)


def _own(who: Actor, post: Post, earlier: tuple[str, ...]) -> OwnPost:
    """One post; where its thread is closed to the member by now, the words of others stay out."""
    thread = post.thread
    is_open = judge(Permission.THREAD_READ, who, thread).verdict is Verdict.ALLOW
    is_own = post.is_opening and thread.author_id == who.id
    title = thread.full_title if is_own else thread.title
    return OwnPost(
        title=title if is_own or is_open else "",
        board=thread.board.name if is_open else "",
        visibility=post.visibility,
        written_at=post.written_at,
        body=post.body,
        html=post.html,
        pictures=[OwnPicture(one.public_id, one.alt) for one in post.shown_pictures],
        earlier=earlier,
    )
