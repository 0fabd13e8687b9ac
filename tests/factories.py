"""The cast and the stage: each function takes only what a test is about, and fills in the rest.

Heron wrote it, Wren may read it, Stoat must not; Owl moderates.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any, Final

from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import keyring, pseudonyms, second_factor
from app.accounts.models import Member, Membership
from app.accounts.second_factor import Holder
from app.core import clock, crypto, ids
from app.core.crypto import Cost, Passphrase
from app.core.images import rebuild
from app.core.pictures import Rebuilt
from app.core.text import render
from app.forum import attachments, search
from app.forum import service as forum
from app.forum.attachments import Chosen
from app.forum.models import Attachment, Board, Category, Post, Thread
from app.policy.vocabulary import Entry, Role, Standing, Trust, Visibility

CAST: Final = ("Heron", "Wren", "Stoat", "Owl")
CHEAP: Final = Cost(rounds=1, memory_kib=8, lanes=1)
PASSPHRASE: Final = "walnut harbour seventeen quiet lanterns"
FACTOR: Final = b"12345678901234567890"  # the secret of RFC 6238's own examples
NUMBERED: Final = frozenset(Visibility) - {Visibility.HELD}


def make_member(
    session: Session,
    pseudonym: str | None = None,
    *,
    trust: Trust = Trust.KNOWN,
    roles: Role = Role.NONE,
    standing: Standing = Standing.GOOD,
    standing_until: datetime | None = None,
    passphrase: str = PASSPHRASE,
    is_confirmed: bool = True,
    has_factor: bool | None = None,
) -> Member:
    """A member with real keys behind a passphrase; without a pseudonym the next of the cast.

    Whoever has a role has a second factor too, unless the test says otherwise.
    """
    private_key = crypto.new_private_key()
    public_id = ids.new_id()
    lock = keyring.lock(Passphrase(passphrase), public_id, private_key, CHEAP)
    name = pseudonym or _next_of_cast(session)
    member = Member(
        public_id=public_id,
        pseudonym=name,
        skeleton=pseudonyms.skeleton(name),
        joined_on=clock.today(),
        trust=trust,
        roles=roles,
        standing=standing,
        standing_until=standing_until,
        norms_version=1,
        is_confirmed=is_confirmed,
        salt=lock.salt,
        cost=lock.cost,
        verifier=lock.verifier,
        public_key=crypto.public_key(private_key),
        wrapped_key=lock.wrapped_key,
    )
    session.add(member)
    session.flush()  # tests name members by id
    if has_factor or (has_factor is None and roles):
        second_factor.keep(session, Holder(member.id, public_id, private_key), FACTOR)
        session.flush()  # so that a test can sign the member in at once
    return member


def make_moderator(session: Session, pseudonym: str = "Owl") -> Member:
    """Owl, who moderates."""
    return make_member(session, pseudonym, trust=Trust.TRUSTED, roles=Role.MODERATOR)


def private_key_of(member: Member, passphrase: str = PASSPHRASE) -> bytes:
    """The key that a member's passphrase unlocks."""
    lock = keyring.Lock(
        salt=member.salt,
        cost=member.cost,
        verifier=member.verifier,
        wrapped_key=member.wrapped_key,
    )
    key = keyring.unlock(Passphrase(passphrase), member.public_id, lock)
    assert key is not None, "this is not the member's passphrase"
    return key


def make_category(session: Session, name: str = "Everyday") -> Category:
    """A heading over boards."""
    category = Category(name=name)
    session.add(category)
    session.flush()  # boards name it by id
    return category


def make_board(
    session: Session,
    name: str = "Harbour",
    *,
    gate_read: Trust = Trust.NEWCOMER,
    gate_reply: Trust = Trust.NEWCOMER,
    gate_start: Trust = Trust.NEWCOMER,
    gate_role: Role = Role.NONE,
    category: Category | None = None,
    description: str = "",
    reviews_first_posts: bool = False,
    entry: Entry = Entry.TRUST,
) -> Board:
    """A board for members; nobody replies or starts threads who may not even read."""
    board = Board(
        category_id=(category or make_category(session)).id,
        name=name,
        description=description,
        gate_read=gate_read,
        gate_reply=max(gate_reply, gate_read),
        gate_start=max(gate_start, gate_read),
        gate_role=gate_role,
        reviews_first_posts=reviews_first_posts,
        entry=entry,
    )
    session.add(board)
    session.flush()  # threads name it by id
    return board


def make_circle(session: Session, name: str = "Cove", **named: Any) -> Board:
    """A board that one enters by an invitation, whatever the trust."""
    return make_board(session, name, entry=Entry.INVITED, **named)


def seat(
    session: Session, board: Board, member: Member, *, keeps: bool = False, asked: bool = False
) -> Membership:
    """Let a member be one of a board's, moderate it, or only be asked to."""
    place = Membership(
        board_id=board.id,
        member_id=member.id,
        is_moderator=keeps,
        invited_on=clock.today() if asked else None,
    )
    session.add(place)
    session.flush()  # tests name it by its ids
    return place


def make_thread(
    session: Session,
    *,
    board: Board | None = None,
    author: Member | None = None,
    title: str = "A lamp in the window",
    body: str = "The first post of this thread.",
    visibility: Visibility = Visibility.PUBLISHED,
    is_locked: bool = False,
    is_pinned: bool = False,
    at: datetime | None = None,
) -> Thread:
    """A thread with its opening post; held with it, where it is held."""
    author = author or make_member(session)
    moment = at or clock.now()
    thread = Thread(
        board=board or make_board(session),
        author_id=author.id,
        title=title,
        visibility=visibility,
        is_locked=is_locked,
        is_pinned=is_pinned,
        post_count=0,
        started_at=moment,
        active_at=moment,
        bump=0,
    )
    session.add(thread)
    session.flush()  # posts name it by id
    opening = visibility if visibility is Visibility.HELD else Visibility.PUBLISHED
    make_post(
        session, thread=thread, author=author, body=body, visibility=opening, at=at, is_opening=True
    )
    return thread


def make_post(
    session: Session,
    *,
    thread: Thread | None = None,
    author: Member | None = None,
    body: str = "A quiet answer.",
    visibility: Visibility = Visibility.PUBLISHED,
    at: datetime | None = None,
    is_opening: bool = False,
) -> Post:
    """A post; it has the thread's next number unless it has never been published."""
    thread = thread or make_thread(session)
    moment = at or clock.now()
    has_number = visibility in NUMBERED
    is_erased = visibility is Visibility.ERASED
    if has_number:
        thread.post_count += 1
    post = Post(
        thread=thread,
        author_id=(author or make_member(session)).id,
        number=thread.post_count if has_number else None,
        visibility=visibility,
        body="" if is_erased else body,
        html="" if is_erased else render(body).html,
        written_at=moment,
        rule="norms" if visibility is Visibility.REMOVED else "",
        is_opening=is_opening,
    )
    session.add(post)
    session.flush()  # tests name posts by id
    if has_number:
        thread.active_at = moment
        thread.bump = (session.scalar(select(func.max(Thread.bump))) or 0) + 1
        session.flush()  # the thread moves up with its newest post
    if visibility is Visibility.PUBLISHED:
        search.add(session, post.id, f"{thread.title}\n{body}" if is_opening else body)
    return post


def make_picture(
    session: Session, post: Post | None = None, *, alt: str = "A lamp.", of: Member | None = None
) -> Attachment:
    """A picture, small and red: in a post, or sent in by a member and not posted yet."""
    owner = of.id if of else (post.author_id if post else None) or make_member(session).id
    upload = attachments.keep_upload(session, owner, Rebuilt(8, 6, small_jpeg()))
    if post is not None:
        is_indexed = post.visibility is Visibility.PUBLISHED
        if is_indexed:
            search.drop(session, post.id, forum.searchable(post))
        known = [Chosen(each.public_id, each.alt) for each in post.shown_pictures]
        attachments.attach(session, owner, post, [*known, Chosen(upload.public_id, alt)])
        if is_indexed:
            search.add(session, post.id, forum.searchable(post))
    session.flush()  # tests name pictures by id
    return upload


@cache
def small_jpeg() -> bytes:
    """A picture as it is kept."""
    drawn = BytesIO()
    Image.new("RGB", (8, 6), "red").save(drawn, "PNG")
    return rebuild(drawn.getvalue()).jpeg


def opening_of(session: Session, thread: Thread) -> Post:
    """The post that opened a thread."""
    query = select(Post).where(Post.thread_id == thread.id, Post.is_opening)
    return session.scalars(query).one()


def _next_of_cast(session: Session) -> str:
    """The first of the cast who has not yet entered; a numbered sparrow after them."""
    present = set(session.scalars(select(Member.pseudonym)))
    count = session.scalar(select(func.count()).select_from(Member)) or 0
    return next((name for name in CAST if name not in present), f"Sparrow{count}")
