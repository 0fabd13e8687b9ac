"""Reading the forum. Lists repeat the rules of the permission table in SQL, under test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, contains_eager, joinedload

from app.accounts.models import Member, Membership
from app.accounts.pseudonyms import skeleton
from app.accounts.queries import on_a_break
from app.core.db import one_of, plainly
from app.core.text import excerpt
from app.forum import search
from app.forum.markers import Marker
from app.forum.models import (
    OPEN,
    WAITING,
    Attachment,
    Board,
    Category,
    Follow,
    Notice,
    Picture,
    Post,
    Quote,
    Revision,
    Thank,
    Thread,
    pictures_in,
)
from app.policy.mentions import called
from app.policy.permissions import (
    enters_every_circle,
    joined_by,
    moderates_board,
    readable_from,
    roles_at_gates,
)
from app.policy.vocabulary import VISITOR, Actor, Entry, Role, Trust, Visibility

Leaving = Callable[[int], str]
T = TypeVar("T")
Rows = Select[*tuple[Any, ...]]
AnyRow = Row[*tuple[Any, ...]]

POSTS_A_PAGE: Final = 25
THREADS_A_PAGE: Final = 30
EXCERPT: Final = 280
CHECKED_A_PAGE: Final = 2_000  # SCREENING.md §11
SAMPLE_POSTS: Final = 500
WELL_KNOWN_POSTS: Final = 5  # SCREENING.md §9: what stands in five posts is no secret


# --- what somebody may read, as conditions --------------------------------------------------------


# The rule `may_enter` as a condition on boards. Statements that run for every page are built once,
# with what they need of the actor as parameters: building one costs more than running it.
BOARDS: Final = Board.__table__.c
SEATS: Final = Membership.__table__.c


def _joined(member_id: ColumnElement[int] | int) -> ColumnElement[bool]:
    """Whether this member has joined the board of the statement that it stands in."""
    seat = select(SEATS.id).where(
        SEATS.board_id == BOARDS.id, SEATS.member_id == member_id, SEATS.invited_on.is_(None)
    )
    return seat.correlate(Board.__table__).exists()


MAY_ENTER: Final = and_(
    or_(
        and_(
            BOARDS.entry == Entry.TRUST,
            BOARDS.gate_read <= bindparam("readable_from", type_=Integer),
        ),
        and_(
            BOARDS.entry != Entry.TRUST,
            or_(
                bindparam("enters_every_circle", type_=Boolean),
                _joined(bindparam("joins_as", type_=Integer)),
            ),
        ),
    ),
    BOARDS.gate_role.op("&")(bindparam("roles_lacking", type_=Integer)) == 0,
)
IS_MODERATOR: Final = bindparam("is_moderator", type_=Boolean)
ACTOR: Final = bindparam("actor_id", type_=Integer)


def of(actor: Actor, board_id: int = 0) -> dict[str, int | bool]:
    """The parameters by which statements know the actor, on a board where they are about one."""
    return {
        "readable_from": int(readable_from(actor)),
        "enters_every_circle": enters_every_circle(actor),
        "joins_as": actor.id if joined_by(actor) else 0,
        "roles_lacking": ~int(roles_at_gates(actor)) & 0xFF,
        "is_moderator": moderates_board(actor, board_id),
        "actor_id": actor.id,
    }


def may_enter_sql(actor: Actor) -> ColumnElement[bool]:
    """The same condition for one actor, for statements that are built as they are needed."""
    by_joining = Board.entry != Entry.TRUST
    if not enters_every_circle(actor):
        by_joining = and_(by_joining, Board.id.in_(sorted(joined_by(actor))))
    return and_(
        or_(and_(Board.entry == Entry.TRUST, Board.gate_read <= readable_from(actor)), by_joining),
        Board.gate_role.op("&")(~int(roles_at_gates(actor)) & 0xFF) == 0,
    )


# --- loaders behind doors -------------------------------------------------------------------------


def board_by_id(session: Session, public_id: str) -> Board | None:
    """The board with this public id."""
    return session.scalars(select(Board).where(Board.public_id == public_id)).first()


def thread_by_id(session: Session, public_id: str) -> Thread | None:
    """The thread with this public id, and its board."""
    return session.scalars(_THREAD_BY_ID, {"public_id": public_id}).first()


_THREAD_BY_ID: Final = (
    select(Thread)
    .where(Thread.public_id == bindparam("public_id"))
    .options(joinedload(Thread.board))
)


def post_by_id(session: Session, public_id: str) -> Post | None:
    """The post with this public id, its thread and its board."""
    query = (
        select(Post)
        .where(Post.public_id == public_id)
        .options(joinedload(Post.thread).joinedload(Thread.board))
    )
    return session.scalars(query).first()


post_by_public_id = post_by_id


def posts_by_ids(session: Session, public_ids: Sequence[str]) -> dict[str, Post]:
    """Posts by public id, with threads and boards, in one statement."""
    query = (
        select(Post)
        .where(Post.public_id.in_(public_ids))
        .options(joinedload(Post.thread).joinedload(Thread.board))
    )
    return {post.public_id: post for post in session.scalars(query)}


def threads_by_ids(session: Session, public_ids: Sequence[str]) -> dict[str, Thread]:
    """Threads by public id, with their boards, in one statement."""
    query = select(Thread).where(Thread.public_id.in_(public_ids))
    found = session.scalars(query.options(joinedload(Thread.board)))
    return {thread.public_id: thread for thread in found}


def boards_by_ids(session: Session, public_ids: Sequence[str]) -> dict[str, Board]:
    """Boards by public id, in one statement."""
    found = session.scalars(select(Board).where(Board.public_id.in_(public_ids)))
    return {board.public_id: board for board in found}


def own_posts(
    session: Session, actor: Actor, before: int | None = None
) -> tuple[list[Post], int | None]:
    """What the actor has written and may still reach, the last first: up to 2,000 posts.

    Returns them with threads and boards, and the key of the page before, if there is one.
    """
    query = (
        select(Post)
        .join(Post.thread)
        .join(Thread.board)
        .where(
            Post.author_id == actor.id,
            Post.visibility.in_((Visibility.PUBLISHED, Visibility.HELD)),
            may_enter_sql(actor),
        )
        .order_by(Post.id.desc())
        .options(contains_eager(Post.thread).contains_eager(Thread.board))
    )
    if before is not None:
        query = query.where(Post.id < before)
    posts = list(session.scalars(query.limit(CHECKED_A_PAGE + 1)))
    has_more = len(posts) > CHECKED_A_PAGE
    posts = posts[:CHECKED_A_PAGE]
    return posts, posts[-1].id if has_more else None


def held_in(session: Session, thread: Thread) -> list[str]:
    """The public ids of what is held in a thread."""
    query = select(Post.public_id).where(
        Post.thread_id == thread.id, Post.visibility == Visibility.HELD
    )
    return list(session.scalars(query))


def revision_by_id(session: Session, public_id: str) -> Revision | None:
    """The earlier wording with this public id."""
    return session.scalars(select(Revision).where(Revision.public_id == public_id)).first()


def picture_by_id(session: Session, public_id: str) -> Attachment | None:
    """The picture with this public id, if it stands in a post; with post, thread and board."""
    query = (
        select(Attachment)
        .where(Attachment.public_id == public_id, Attachment.post_id.is_not(None))
        .options(joinedload(Attachment.post).joinedload(Post.thread).joinedload(Thread.board))
    )
    return session.scalars(query).first()


def upload_by_id(session: Session, public_id: str) -> Attachment | None:
    """The picture with this public id, if it waits to be posted."""
    query = select(Attachment).where(
        Attachment.public_id == public_id, Attachment.post_id.is_(None)
    )
    return session.scalars(query).first()


def uploads_of(session: Session, actor: Actor) -> list[str]:
    """The public ids of the pictures that a member has sent in and not posted."""
    query = select(Attachment.public_id).where(Attachment.member_id == actor.id)
    return list(session.scalars(query.order_by(Attachment.id)))


def choosable(
    session: Session, actor: Actor, public_ids: Sequence[str], post: Post | None
) -> dict[str, tuple[int, int]]:
    """Those of the named pictures that the actor may put into a post, and their sizes."""
    if not public_ids:
        return {}
    query = select(Attachment.public_id, Attachment.width, Attachment.height).where(
        Attachment.public_id.in_(public_ids), attachable(actor.id, post)
    )
    return {row.public_id: (row.width, row.height) for row in session.execute(query)}


def attachable(member_id: int, post: Post | None) -> ColumnElement[bool]:
    """Which pictures a member may put into a post: the own uploads, and those that are in it."""
    own = and_(Attachment.member_id == member_id, Attachment.post_id.is_(None))
    return own if post is None else or_(own, Attachment.post_id == post.id)


def post_by_form(session: Session, author: Actor, form_key: str) -> Post | None:
    """The post that one form of one author has made."""
    query = (
        select(Post)
        .where(Post.author_id == author.id, Post.form_key == form_key)
        .options(joinedload(Post.thread).joinedload(Thread.board))
    )
    return session.scalars(query).first()


# --- the home page --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One board as the home page shows it."""

    board: Board
    thread_count: int
    active_at: datetime | None


def boards_by_category(session: Session, actor: Actor) -> list[tuple[str, list[BoardRow]]]:
    """The boards that the actor may enter, under their categories; none empty."""
    counts = (
        select(
            Thread.board_id,
            func.count().label("thread_count"),
            func.max(Thread.active_at).label("active_at"),
        )
        .where(Thread.visibility == Visibility.PUBLISHED)
        .group_by(Thread.board_id)
        .subquery()
    )
    query = (
        select(Category.name, Board, counts.c.thread_count, counts.c.active_at)
        .join(Category, Category.id == Board.category_id)
        .outerjoin(counts, counts.c.board_id == Board.id)
        .where(may_enter_sql(actor))
        .order_by(Category.position, Category.id, Board.position, Board.id)
    )
    groups: dict[str, list[BoardRow]] = {}
    for name, board, thread_count, active_at in session.execute(query):
        groups.setdefault(name, []).append(BoardRow(board, thread_count or 0, active_at))
    return list(groups.items())


def enterable_boards(session: Session, actor: Actor) -> list[Board]:
    """All boards that the actor may enter, in their order."""
    query = (
        select(Board)
        .join(Category, Category.id == Board.category_id)
        .where(may_enter_sql(actor))
        .order_by(Category.position, Board.position, Board.id)
    )
    return list(session.scalars(query))


# --- threads --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """One thread as lists show it. `reply_count` leaves the opening post out."""

    public_id: str
    title: str
    starter: str | None
    reply_count: int
    active_at: datetime
    is_pinned: bool
    is_locked: bool
    board_name: str
    bump: int
    post_count: int
    thread_id: int


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and the keys that lead to the rows before and after."""

    rows: list[T]
    newer: int | None = None
    older: int | None = None


def _thread_rows() -> Rows:
    """The columns of a thread row."""
    return (
        select(
            Thread.public_id,
            Thread.title,
            Member.pseudonym,
            Thread.post_count,
            Thread.active_at,
            Thread.is_pinned,
            Thread.is_locked,
            Board.name,
            Thread.bump,
            Thread.id,
        )
        .join(Board, Board.id == Thread.board_id)
        .outerjoin(Member, Member.id == Thread.author_id)
        .where(Thread.visibility == Visibility.PUBLISHED)
    )


def _thread_row(row: AnyRow) -> ThreadRow:
    """One row of `_thread_rows` with names."""
    public_id, title, starter, count, active_at, is_pinned, is_locked, board, bump, inner = row
    return ThreadRow(
        public_id=public_id,
        title=title,
        starter=starter,
        reply_count=max(count - 1, 0),
        active_at=active_at,
        is_pinned=is_pinned,
        is_locked=is_locked,
        board_name=board,
        bump=bump,
        post_count=count,
        thread_id=inner,
    )


def board_names(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """The public ids and names of the boards that the actor may enter, in their order."""
    return [(board.public_id, board.name) for board in enterable_boards(session, actor)]


def pinned_threads(session: Session, board: Board) -> list[ThreadRow]:
    """The pinned threads of a board, the last written to first."""
    query = _thread_rows().where(Thread.board_id == board.id, Thread.is_pinned)
    return [_thread_row(row) for row in session.execute(query.order_by(Thread.bump.desc()))]


class Order(StrEnum):
    """In which order, and which, of a board's threads are listed."""

    ACTIVE = "active"
    NEW = "new"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Keys:
    """Where a page begins: below one key, or above another, as an earlier page gave them."""

    before: int | None = None
    after: int | None = None


START: Final = Keys()


def threads_of(
    session: Session, board: Board, order: Order = Order.ACTIVE, keys: Keys = START
) -> Page[ThreadRow]:
    """One page of a board's unpinned threads: last written to, or last started, first."""
    query = _thread_rows().where(Thread.board_id == board.id, Thread.is_pinned.is_(False))
    if order is Order.UNANSWERED:
        query = query.where(Thread.post_count <= 1)
    return _page_of_threads(session, query, keys, newest=order is Order.NEW)


def latest_threads(session: Session, actor: Actor, keys: Keys = START) -> Page[ThreadRow]:
    """One page of all threads that the actor may read, the last written to first."""
    query = _thread_rows().where(may_enter_sql(actor))
    return _page_of_threads(session, query, keys)


def followed_threads(session: Session, actor: Actor, keys: Keys = START) -> Page[ThreadRow]:
    """One page of the threads that the actor follows and may still read."""
    query = (
        _thread_rows()
        .join(Follow, and_(Follow.thread_id == Thread.id, Follow.member_id == actor.id))
        .where(may_enter_sql(actor))
    )
    return _page_of_threads(session, query, keys)


def markers(session: Session, actor: Actor, thread_ids: Sequence[int]) -> dict[int, bytes]:
    """The sealed read markers of a member for some threads."""
    query = select(Follow.thread_id, Follow.marker).where(
        Follow.member_id == actor.id, Follow.thread_id.in_(thread_ids), Follow.marker.is_not(None)
    )
    return {thread_id: marker for thread_id, marker in session.execute(query) if marker}


def last_marker(session: Session, thread: Thread) -> Marker:
    """The marker of somebody who has read all there is in a thread."""
    query = (
        select(Post.number, Post.id)
        .where(Post.thread_id == thread.id, Post.number.is_not(None))
        .order_by(Post.number.desc())
        .limit(1)
    )
    for number, post_id in session.execute(query):
        return Marker(number or 0, post_id)
    return Marker()


def _page_of_threads(
    session: Session,
    query: Rows,
    keys: Keys,
    *,
    newest: bool = False,
) -> Page[ThreadRow]:
    """One page by key; one row more than shown tells whether another page follows."""
    before, after = keys.before, keys.after
    key = Thread.id if newest else Thread.bump
    if after is not None:
        query = query.where(key > after).order_by(key.asc())
    else:
        if before is not None:
            query = query.where(key < before)
        query = query.order_by(key.desc())
    rows = [_thread_row(row) for row in session.execute(query.limit(THREADS_A_PAGE + 1))]
    has_more = len(rows) > THREADS_A_PAGE
    rows = rows[:THREADS_A_PAGE]
    if after is not None:
        rows.reverse()
    if not rows:
        return Page([])
    first, last = (
        (rows[0].thread_id, rows[-1].thread_id) if newest else (rows[0].bump, rows[-1].bump)
    )
    has_newer = has_more if after is not None else before is not None
    has_older = has_more if after is None else True
    return Page(rows, newer=first if has_newer else None, older=last if has_older else None)


@lru_cache(maxsize=4096)
def _quoted(pseudonym: str) -> str:
    """A pseudonym as it stands in an address; one page names few authors often."""
    return quote(pseudonym, safe="")


@lru_cache(maxsize=4096)
def _mask(seed: int) -> str:
    """The classes that draw a mask."""
    return f"tone-{seed % 8} cut-{seed // 8 % 4} eyes-{seed // 32 % 4}"


# --- posts ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PostRow:
    """One post as a thread page shows it."""

    id: int
    public_id: str
    number: int | None
    visibility: Visibility
    html: str
    pictures: list[Picture]
    written_at: datetime
    edited_on: date | None
    rule: str
    author_id: int | None
    author: str | None
    roles: Role
    mask_seed: int
    thank_count: int
    is_thanked: bool

    @property
    def written_on(self) -> str:
        """The day on which it was written, as machines read it."""
        return self.written_at.date().isoformat()

    @property
    def mask(self) -> str:
        """The classes of the author's drawn mask, as `mask` of `_macros/posts.html` makes them."""
        return _mask(self.mask_seed)

    @property
    def author_in_address(self) -> str:
        """The author's pseudonym as it stands in an address."""
        return _quoted(self.author or "")

    @property
    def role_word(self) -> str:
        """The role that stands beside the author's pseudonym, if any."""
        if Role.MODERATOR in self.roles:
            return "moderator"
        return "operator" if Role.OPERATOR in self.roles else ""

    @property
    def is_shown(self) -> bool:
        """Whether there is a text to show: published, or held and shown to those who may."""
        return self.visibility in {Visibility.PUBLISHED, Visibility.HELD}


def posts_of(
    session: Session, thread: Thread, actor: Actor, *, after: int = 0, before: int | None = None
) -> list[PostRow]:
    """Up to 25 numbered posts of a thread, in their order: those after a number, or before one."""
    known = {"thread_id": thread.id, **of(actor, thread.board_id)}
    if before is not None:
        found = plainly(session, _POSTS_BEFORE, {**known, "number": before}).all()
        return [_post_row(row) for row in found][::-1]
    found = plainly(session, _POSTS_AFTER, {**known, "number": after}).all()
    return [_post_row(row) for row in found]


def held_posts_of(session: Session, thread: Thread, actor: Actor) -> list[PostRow]:
    """What is held in a thread and the actor may know of: the own posts, or all for a moderator."""
    found = plainly(session, _HELD_POSTS, {"thread_id": thread.id, **of(actor, thread.board_id)})
    return [_post_row(row) for row in found]


# The statements of the thread page speak of tables and not of classes: they give plain rows, and
# SQLAlchemy's work of making objects would cost more than the database's own.
_POSTS: Final = Post.__table__.c
_MEMBERS: Final = Member.__table__.c
_THANKS: Final = Thank.__table__.c


def _post_rows() -> Rows:
    """The columns of a post row; thanks are counted in the same statement."""
    thanks = select(func.count()).where(_THANKS.post_id == _POSTS.id).correlate(Post.__table__)
    own = thanks.where(_THANKS.member_id == ACTOR)
    return select(
        _POSTS.id,
        _POSTS.public_id,
        _POSTS.number,
        _POSTS.visibility,
        _POSTS.html,
        _POSTS.pictures,
        _POSTS.written_at,
        _POSTS.edited_on,
        _POSTS.rule,
        _POSTS.author_id,
        _MEMBERS.pseudonym,
        _MEMBERS.roles,
        _MEMBERS.mask_seed,
        thanks.scalar_subquery(),
        own.scalar_subquery(),
    ).select_from(Post.__table__.outerjoin(Member.__table__, _MEMBERS.id == _POSTS.author_id))


_IN_THREAD: Final = _POSTS.thread_id == bindparam("thread_id", type_=Integer)
# The rule `may_know_of_it`, for the posts of a thread that the actor may read.
_MAY_KNOW: Final = or_(
    one_of(_POSTS.visibility, OPEN),
    and_(IS_MODERATOR, _POSTS.visibility != Visibility.QUARANTINED),
    and_(one_of(_POSTS.visibility, WAITING), _POSTS.author_id == ACTOR),
)
_NUMBER: Final = bindparam("number", type_=Integer)
_POSTS_AFTER: Final = (
    _post_rows()
    .where(_IN_THREAD, _POSTS.number > _NUMBER, _MAY_KNOW)
    .order_by(_POSTS.number)
    .limit(POSTS_A_PAGE)
)
_POSTS_BEFORE: Final = (
    _post_rows()
    .where(_IN_THREAD, _POSTS.number < _NUMBER, _MAY_KNOW)
    .order_by(_POSTS.number.desc())
    .limit(POSTS_A_PAGE)
)
_IS_HELD_HERE: Final = and_(
    _IN_THREAD,
    _POSTS.number.is_(None),
    or_(
        and_(_POSTS.visibility == Visibility.HELD, IS_MODERATOR),
        and_(one_of(_POSTS.visibility, WAITING), _POSTS.author_id == ACTOR),
    ),
)
_HELD_POSTS: Final = _post_rows().where(_IS_HELD_HERE).order_by(_POSTS.id).limit(POSTS_A_PAGE)


def _post_row(row: AnyRow) -> PostRow:
    """One row of `_post_rows` with names; what is gone brings no text along."""
    (
        inner, public_id, number, visibility, html, pictures, written_at, edited_on,
        rule, author_id, author, roles, mask_seed, thank_count, is_thanked,
    ) = row  # fmt: skip
    is_shown = visibility in {Visibility.PUBLISHED, Visibility.HELD}
    return PostRow(
        id=inner,
        public_id=public_id,
        number=number,
        visibility=visibility,
        html=html if is_shown else "",
        pictures=pictures_in(pictures) if is_shown else [],
        written_at=written_at,
        edited_on=edited_on,
        rule=rule,
        author_id=author_id,
        author=author,
        roles=roles if roles is not None else Role.NONE,
        mask_seed=mask_seed or 0,
        thank_count=thank_count,
        is_thanked=bool(is_thanked),
    )


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A quoted post as one reader may see it; without a text where that reader may not."""

    public_id: str
    author: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Links:
    """What some posts quote, and by which posts of the thread they are quoted."""

    quotes: dict[int, list[QuoteRow]]
    backlinks: dict[int, list[tuple[str, int]]]


def links_of(session: Session, actor: Actor, rows: Sequence[PostRow]) -> Links:
    """The quotes in some posts and the backlinks under them, resolved for one reader."""
    shown = [row.id for row in rows if row.is_shown]
    quotes: dict[int, list[QuoteRow]] = {}
    backlinks: dict[int, list[tuple[str, int]]] = {}
    here = set(shown)
    for (
        post_id, quoted_id, quoted_public, quoted_visibility, body, author,
        quoting_public, number, quoting_visibility, may_enter, thread_visibility,
    ) in plainly(session, _links(shown), {**_numbered(shown), **of(actor)}).all():  # fmt: skip
        # What the reader may not know of leaves no line; what was removed in the open leaves one.
        is_known = may_enter and thread_visibility is Visibility.PUBLISHED
        is_known = is_known and quoted_visibility in OPEN
        is_open = is_known and quoted_visibility is Visibility.PUBLISHED
        if post_id in here and is_known:
            row = QuoteRow(
                public_id=quoted_public if is_open else "",
                author=author if is_open else None,
                text=excerpt(body, EXCERPT) if is_open else "",
            )
            quotes.setdefault(post_id, []).append(row)
        if quoted_id in here and quoting_visibility is Visibility.PUBLISHED and number:
            backlinks.setdefault(quoted_id, []).append((quoting_public, number))
    return Links(quotes=quotes, backlinks=backlinks)


_QUOTES: Final = Quote.__table__.c
_THREADS: Final = Thread.__table__.c
_QUOTING: Final = Post.__table__.alias("quoting")
_QUOTED: Final = Post.__table__.alias("quoted")
_PLACES: Final = [bindparam(f"shown_{at}", type_=Integer) for at in range(2 * POSTS_A_PAGE)]
_LINK_ROWS: Final = (
    select(
        _QUOTES.post_id,
        _QUOTES.quoted_id,
        _QUOTED.c.public_id,
        _QUOTED.c.visibility,
        func.substr(_QUOTED.c.body, 1, 2 * EXCERPT),
        _MEMBERS.pseudonym,
        _QUOTING.c.public_id,
        _QUOTING.c.number,
        _QUOTING.c.visibility,
        MAY_ENTER,
        _THREADS.visibility,
    )
    .select_from(
        Quote.__table__.join(_QUOTING, _QUOTING.c.id == _QUOTES.post_id)
        .join(_QUOTED, _QUOTED.c.id == _QUOTES.quoted_id)
        .join(Thread.__table__, _THREADS.id == _QUOTED.c.thread_id)
        .join(Board.__table__, BOARDS.id == _THREADS.board_id)
        .outerjoin(Member.__table__, _MEMBERS.id == _QUOTED.c.author_id)
    )
    .order_by(_QUOTES.post_id, _QUOTES.quoted_id)
)


def _links_with(places: Sequence[ColumnElement[int]]) -> Rows:
    """The links of as many posts as there are places for them."""
    return _LINK_ROWS.where(
        or_(
            _QUOTES.post_id.in_(places),
            # A backlink from another thread would tell of it to readers who may not enter it.
            and_(_QUOTES.quoted_id.in_(places), _QUOTING.c.thread_id == _QUOTED.c.thread_id),
        )
    )


# Two statements with fixed places: what has as many places as posts is put together each time.
_LINKS_OF_A_PAGE: Final = _links_with(_PLACES[:POSTS_A_PAGE])
_LINKS_OF_TWO: Final = _links_with(_PLACES)


def _links(shown: Sequence[int]) -> Rows:
    return _LINKS_OF_A_PAGE if len(shown) <= POSTS_A_PAGE else _LINKS_OF_TWO


def _numbered(shown: Sequence[int]) -> dict[str, int]:
    """The posts in their places; a place that is not needed holds no post."""
    size = POSTS_A_PAGE if len(shown) <= POSTS_A_PAGE else 2 * POSTS_A_PAGE
    filled = [*shown, *[0] * (size - len(shown))]
    return {f"shown_{at}": post_id for at, post_id in enumerate(filled)}


def context(session: Session, post: Post, before: int = 3, after: int = 3) -> list[PostRow]:
    """The published posts around a post, for somebody who must decide on it."""
    place = post.number if post.number is not None else post.thread.post_count + 1
    query = _post_rows().where(
        Post.thread_id == post.thread_id,
        Post.number >= place - before,
        Post.number <= place + after,
        Post.id != post.id,
    )
    found = session.execute(query.order_by(Post.number), {"actor_id": VISITOR.id})
    return [_post_row(row) for row in found]


def quotable(session: Session, actor: Actor, public_ids: Sequence[str]) -> list[Post]:
    """Those of the named posts that the actor may read and quote, oldest first."""
    if not public_ids:
        return []
    query = (
        select(Post)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Board, Board.id == Thread.board_id)
        .where(
            Post.public_id.in_(public_ids),
            Post.visibility == Visibility.PUBLISHED,
            Thread.visibility == Visibility.PUBLISHED,
            may_enter_sql(actor),
        )
        .order_by(Post.id)
    )
    return list(session.scalars(query))


def quote_rows(session: Session, actor: Actor, public_ids: Sequence[str]) -> list[QuoteRow]:
    """The same as the composer shows them."""
    posts = quotable(session, actor, public_ids)
    names = pseudonyms_by_id(session, [post.author_id for post in posts if post.author_id])
    return [
        QuoteRow(post.public_id, names.get(post.author_id or 0), excerpt(post.body, EXCERPT))
        for post in posts
    ]


def pseudonyms_by_id(session: Session, member_ids: Sequence[int]) -> dict[int, str]:
    """Pseudonyms by inner id."""
    query = select(Member.id, Member.pseudonym).where(Member.id.in_(member_ids))
    return {inner: pseudonym for inner, pseudonym in session.execute(query)}  # noqa: C416 - typed


def revisions_of(session: Session, post: Post) -> list[Revision]:
    """The earlier wordings of a post, the last first."""
    query = select(Revision).where(Revision.post_id == post.id).order_by(Revision.id.desc())
    return list(session.scalars(query))


def post_of_revision(session: Session, public_id: str) -> Post | None:
    """The post that an earlier wording belongs to, with thread and board."""
    query = (
        select(Post)
        .join(Revision, Revision.post_id == Post.id)
        .where(Revision.public_id == public_id)
        .options(joinedload(Post.thread).joinedload(Thread.board))
    )
    return session.scalars(query).first()


def posts_by(
    session: Session, author_id: int, reader: Actor, before: int | None = None
) -> Page[Post]:
    """One page of a member's published posts that the reader may see, the last first."""
    query = (
        select(Post)
        .join(Post.thread)
        .join(Thread.board)
        .options(contains_eager(Post.thread).contains_eager(Thread.board))
        .where(
            Post.author_id == author_id,
            Post.visibility == Visibility.PUBLISHED,
            Thread.visibility == Visibility.PUBLISHED,
            may_enter_sql(reader),
        )
        .order_by(Post.id.desc())
        .limit(POSTS_A_PAGE + 1)
    )
    if before is not None:
        query = query.where(Post.id < before)
    return _page_of_posts(list(session.scalars(query)))


def post_count_of(session: Session, author: Actor) -> int:
    """How many texts of a member there are, whoever can read them."""
    query = select(func.count()).where(
        Post.author_id == author.id, Post.visibility != Visibility.ERASED
    )
    return session.scalar(query) or 0


def _page_of_posts(posts: list[Post]) -> Page[Post]:
    """Cut the one post too many that shows whether there are older ones."""
    has_older = len(posts) > POSTS_A_PAGE
    posts = posts[:POSTS_A_PAGE]
    return Page(posts, older=posts[-1].id if has_older else None)


# --- what screening may know ----------------------------------------------------------------------


def pseudonyms_in(session: Session, thread: Thread) -> frozenset[str]:
    """The pseudonyms of those who write in a thread, a hundred at most."""
    query = (
        select(Member.pseudonym)
        .join(Post, Post.author_id == Member.id)
        .where(Post.thread_id == thread.id)
        .distinct()
        .limit(100)
    )
    return frozenset(session.scalars(query))


def earlier_bodies(
    session: Session, thread: Thread, author: Actor, count: int, edited: Post | None
) -> tuple[str, ...]:
    """The author's last texts in a thread, the oldest first, without the one being changed."""
    query = (
        select(Post.body)
        .where(Post.thread_id == thread.id, Post.author_id == author.id)
        .order_by(Post.id.desc())
        .limit(count)
    )
    if edited is not None:
        query = query.where(Post.id < edited.id)
    return tuple(session.scalars(query))[::-1]


# --- search ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hit:
    """One post that a search found."""

    post_id: int
    public_id: str
    title: str
    board_name: str
    author: str | None
    text: str
    written_at: datetime


def public_texts(session: Session, limit: int = SAMPLE_POSTS) -> list[str]:
    """The last published posts on boards that any member may read."""
    query = (
        select(Post.body)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Board, Board.id == Thread.board_id)
        .where(
            Post.visibility == Visibility.PUBLISHED,
            Thread.visibility == Visibility.PUBLISHED,
            Board.gate_read <= Trust.NEWCOMER,
            Board.gate_role == Role.NONE,
            Board.entry == Entry.TRUST,
        )
        .order_by(Post.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))


def is_well_known(session: Session, words: str) -> bool:
    """Whether some words stand together in so many published posts that they give nothing away."""
    found = (
        select(search.post_search.c.rowid)
        .where(search.matches(session, search.words_of(words)))
        .limit(WELL_KNOWN_POSTS)
    )
    return session.scalar(select(func.count()).select_from(found.subquery())) == WELL_KNOWN_POSTS


def hits_of(session: Session, actor: Actor, public_ids: Sequence[str]) -> dict[str, Hit]:
    """Those of the named posts that the actor may read, by public id, in one statement."""
    query = (
        select(
            Post.id,
            Post.public_id,
            Thread.title,
            Board.name,
            Member.pseudonym,
            func.substr(Post.body, 1, 2 * EXCERPT),
            Post.written_at,
        )
        .join(Thread, Thread.id == Post.thread_id)
        .join(Board, Board.id == Thread.board_id)
        .outerjoin(Member, Member.id == Post.author_id)
        .where(
            Post.public_id.in_(public_ids),
            Post.visibility == Visibility.PUBLISHED,
            Thread.visibility == Visibility.PUBLISHED,
            may_enter_sql(actor),
        )
    )
    return {
        public_id: Hit(inner, public_id, title, board, author, excerpt(body, EXCERPT), written_at)
        for inner, public_id, title, board, author, body, written_at in session.execute(query)
    }


def find(session: Session, actor: Actor, query: str, *, before: int | None = None) -> Page[Hit]:
    """One page of the posts with all these words that the actor may read, the last first."""
    words = search.words_of(query)
    if not words:
        return Page([])
    statement = (
        select(
            Post.id,
            Post.public_id,
            Thread.title,
            Board.name,
            Member.pseudonym,
            Post.body,
            Post.written_at,
        )
        .select_from(search.post_search)
        .join(Post, Post.id == search.post_search.c.rowid)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Board, Board.id == Thread.board_id)
        .outerjoin(Member, Member.id == Post.author_id)
        .where(
            search.matches(session, words),
            Post.visibility == Visibility.PUBLISHED,
            Thread.visibility == Visibility.PUBLISHED,
            may_enter_sql(actor),
        )
        .order_by(Post.id.desc())
        .limit(POSTS_A_PAGE + 1)
    )
    if before is not None:
        statement = statement.where(Post.id < before)
    hits = [
        Hit(inner, public_id, title, board, author, excerpt(body, EXCERPT), written_at)
        for inner, public_id, title, board, author, body, written_at in session.execute(statement)
    ]
    has_older = len(hits) > POSTS_A_PAGE
    hits = hits[:POSTS_A_PAGE]
    return Page(hits, older=hits[-1].post_id if has_older else None)


# --- following and the inbox ----------------------------------------------------------------------


def follow_of(session: Session, actor: Actor, thread: Thread) -> Follow | None:
    """How the actor follows a thread, if at all."""
    return session.get(Follow, (actor.id, thread.id))


def follower_ids(session: Session, thread: Thread) -> list[int]:
    """Those who follow a thread, may still enter its board and are not on a break."""
    query = (
        select(Follow.member_id)
        .join(Member, Member.id == Follow.member_id)
        .where(
            Follow.thread_id == thread.id,
            or_(
                Member.id.in_(_seated(thread.board_id))
                if thread.board.gate.circle
                else Member.trust >= thread.board.gate_read,
                Member.roles.op("&")(int(Role.MODERATOR)) != 0,
            ),
            Member.roles.op("&")(int(thread.board.gate_role)) == int(thread.board.gate_role),
            Member.id.not_in(on_a_break()),
        )
    )
    return list(session.scalars(query))


def _seated(board_id: int) -> Select[int]:
    """The inner ids of those who have joined a board."""
    return select(Membership.member_id).where(
        Membership.board_id == board_id, Membership.invited_on.is_(None)
    )


def member_ids_of(session: Session, board_id: int) -> frozenset[int]:
    """The inner ids of those who have joined a board."""
    return frozenset(session.scalars(_seated(board_id)))


def quoted_authors(session: Session, post: Post) -> set[int]:
    """The authors of the posts that a post quotes, without its own and those on a break."""
    query = (
        select(Post.author_id)
        .join(Quote, Quote.quoted_id == Post.id)
        .where(
            Quote.post_id == post.id,
            Post.author_id != post.author_id,
            Post.author_id.not_in(on_a_break()),
        )
    )
    return {author_id for author_id in session.scalars(query) if author_id is not None}


def mentioned(session: Session, post: Post) -> set[int]:
    """The members whom a post calls by an @, without its author and those on a break."""
    skeletons = {skeleton(name) for name in called(post.body)}
    if not skeletons:
        return set()
    query = select(Member.id).where(
        Member.skeleton.in_(skeletons),
        Member.id != post.author_id,
        Member.id.not_in(on_a_break()),
    )
    return set(session.scalars(query))


@dataclass(frozen=True, slots=True)
class ReaderState:
    """What a thread page must know of its reader, in one statement."""

    is_following: bool
    marker: bytes | None
    held_count: int
    unread_notice_count: int


def reader_state(session: Session, actor: Actor, thread: Thread) -> ReaderState:
    """Whether a member follows a thread, the sealed marker, what is held and seen, the inbox."""
    known = {"thread_id": thread.id, **of(actor, thread.board_id)}
    row = plainly(session, _READER_STATE, known).one()
    return ReaderState(bool(row[0]), row[1], row[2], row[3])


# A count of what the inbox leaves out would tell that it is there.
_IS_IN_INBOX: Final = or_(
    Notice.post_id.is_(None),
    and_(
        Post.visibility == Visibility.PUBLISHED,
        Thread.visibility == Visibility.PUBLISHED,
        MAY_ENTER,
    ),
)
_UNREAD: Final = (
    select(func.count())
    .select_from(Notice)
    .outerjoin(Post, Post.id == Notice.post_id)
    .outerjoin(Thread, Thread.id == Post.thread_id)
    .outerjoin(Board, Board.id == Thread.board_id)
    .where(Notice.member_id == ACTOR, Notice.is_read.is_(False), _IS_IN_INBOX)
)
_FOLLOWS: Final = Follow.__table__.c
_FOLLOW: Final = and_(
    _FOLLOWS.member_id == ACTOR,
    _FOLLOWS.thread_id == bindparam("thread_id", type_=Integer),
)
_READER_STATE: Final = select(
    select(func.count()).where(_FOLLOW).scalar_subquery(),
    select(_FOLLOWS.marker).where(_FOLLOW).scalar_subquery(),
    select(func.count()).where(_IS_HELD_HERE).scalar_subquery(),
    _UNREAD.scalar_subquery(),
)


def unread_notice_count(session: Session, actor: Actor) -> int:
    """How many lines of an inbox are unread, of those that the inbox shows."""
    return session.scalar(_UNREAD, of(actor)) or 0


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One line of the inbox; `title` is there only where the reader may read the thread."""

    public_id: str
    kind: str
    subject: str
    is_read: bool
    made_on: date
    post_id: str | None
    title: str | None


def inbox(session: Session, actor: Actor, before: int | None = None) -> Page[NoticeRow]:
    """One page of an inbox, the last line first. What the reader may no longer read is left out."""
    query = (
        select(Notice, Post.public_id, Thread.title)
        .outerjoin(Post, Post.id == Notice.post_id)
        .outerjoin(Thread, Thread.id == Post.thread_id)
        .outerjoin(Board, Board.id == Thread.board_id)
        .where(Notice.member_id == actor.id, _IS_IN_INBOX)
        .order_by(Notice.id.desc())
        .limit(POSTS_A_PAGE + 1)
    )
    if before is not None:
        query = query.where(Notice.id < before)
    found = list(session.execute(query, of(actor)))
    rows = [
        NoticeRow(
            public_id=notice.public_id,
            kind=notice.kind,
            subject=notice.subject,
            is_read=notice.is_read,
            made_on=notice.made_on,
            post_id=post_id,
            title=title,
        )
        for notice, post_id, title in found[:POSTS_A_PAGE]
    ]
    has_older = len(found) > POSTS_A_PAGE
    return Page(rows, older=found[POSTS_A_PAGE - 1][0].id if has_older else None)


def notice_by_id(session: Session, public_id: str) -> Notice | None:
    """The line of an inbox with this public id."""
    return session.scalars(select(Notice).where(Notice.public_id == public_id)).first()
