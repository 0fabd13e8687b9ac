"""The forum over HTTP: asks the form, asks the service, answers with a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.core import ids
from app.core.errors import NotFoundError
from app.core.pictures import MIME, TAKEN
from app.core.text import clean, clean_line, render
from app.forum import drafts, queries, saved, service
from app.forum.attachments import PICTURES_AT_MOST, Chosen, jpeg_of
from app.forum.drafts import Meant, OpenDraft, TooManyDraftsError, Wording
from app.forum.forms import KEY_SIGNS, PostForm, ThreadForm, number
from app.forum.markers import Marker, numbers_of
from app.forum.models import (
    DRAFT_DAYS,
    Attachment,
    Board,
    KeptDraft,
    Notice,
    Picture,
    Post,
    Revision,
    Thread,
)
from app.forum.queries import Keys, Order
from app.forum.saved import TooManySavedError
from app.forum.selfcheck import picture_of
from app.forum.service import HandedBackError
from app.forum.uploads import takes_pictures
from app.policy.dispositions import Disposition
from app.policy.limits import Limited
from app.policy.permissions import Permission
from app.policy.vocabulary import Actor, Trust, Visibility
from app.screening.findings import About
from app.screening.messages import MESSAGES
from app.web import limits
from app.web.access import actor, demand, may, me, permit, permit_on, public, signed_in
from app.web.headers import PICTURE_POLICY
from app.web.paging import paging_key
from app.web.render import page, tell
from app.web.settings import settings
from app.web.unit_of_work import owe, session

blueprint = Blueprint("forum", __name__)

SELF_CHECKS: Final = "20 per hour"  # each reads up to 2,000 posts
SEARCHES: Final = "30 per minute"
SEARCHES_OF_VISITORS: Final = "300 per minute"
REFUSALS: Final = "1000 per day"  # counted, never enforced: the third goes to a moderator


# --- looking around -------------------------------------------------------------------------------


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    """The boards, under their categories, and what is new in followed threads."""
    groups = queries.boards_by_category(session(), actor())
    news = _news() if actor().is_member else []
    return page("forum/home.html", groups=groups, news=news, purpose=settings().purpose)


@blueprint.get("/latest")
@public
def latest() -> ResponseReturnValue:
    """All threads, the last written to first."""
    threads = queries.latest_threads(session(), actor(), _keys())
    return page("forum/latest.html", threads=threads)


@blueprint.get("/following")
@permit(Permission.INBOX_READ)
def following() -> ResponseReturnValue:
    """The threads that the member follows, with how much is new in each."""
    threads = queries.followed_threads(session(), me(), _keys())
    return page("forum/following.html", threads=threads, news=_new_counts(threads.rows))


@blueprint.get("/me/privacy/self-check")
@permit(Permission.ACCOUNT_SELF_CHECK)
def self_check() -> ResponseReturnValue:
    """What the member's own posts reveal together; worked out now, stored nowhere."""
    limits.spend("self-check", me().public_id, SELF_CHECKS)
    posts, older = queries.own_posts(session(), me(), before=paging_key("before"))
    return page(
        "forum/self_check.html",
        picture=picture_of(posts),
        messages=MESSAGES,
        post_count=len(posts),
        older=older,
        is_first="before" not in request.args,
    )


@blueprint.get("/search")
@public
def search() -> ResponseReturnValue:
    """Posts with these words, of those that the searcher may read."""
    asked = request.args.get("q", "").strip()[:200]
    found: queries.Page[queries.Hit] = queries.Page([])
    if asked:
        limits.spend(
            "search",
            actor().public_id or "visitors",
            SEARCHES if actor().is_member else SEARCHES_OF_VISITORS,
        )
        found = queries.find(session(), actor(), asked, before=paging_key("before"))
    return page("forum/search.html", asked=asked, found=found)


@blueprint.get("/boards/<board_id>")
@permit_on(Permission.BOARD_READ, queries.board_by_id)
def show_board(board: Board) -> ResponseReturnValue:
    """The threads of a board."""
    asked = request.args.get("order", "")
    order = Order(asked) if asked in set(Order) else Order.ACTIVE
    has_pinned = order is not Order.UNANSWERED and not request.args.keys() & {"before", "after"}
    return page(
        "forum/board.html",
        board=board,
        order=order.value,
        pinned=queries.pinned_threads(session(), board) if has_pinned else [],
        threads=queries.threads_of(session(), board, order, _keys()),
    )


@blueprint.get("/boards/<board_id>/feed")
@permit_on(Permission.BOARD_FEED, queries.board_by_id)
def feed(board: Board) -> ResponseReturnValue:
    """The last threads of a board that everybody may read, as an Atom feed."""
    threads = queries.threads_of(session(), board, Order.NEW)
    text = render_template("forum/feed.xml", board=board, threads=threads)
    return Response(text, content_type="application/atom+xml; charset=utf-8")


@blueprint.get("/threads/<thread_id>")
@permit_on(Permission.THREAD_READ, queries.thread_by_id)
def show_thread(thread: Thread) -> ResponseReturnValue:
    """Twenty-five posts of a thread, and the form for a reply."""
    return _thread_page(thread)


@blueprint.get("/posts/<post_id>")
@permit_on(Permission.POST_READ, queries.post_by_id)
def show_post(post: Post) -> ResponseReturnValue:
    """Where a post stands in its thread."""
    return redirect(place_of(post))


@blueprint.get("/leaving/<post_id>/<int:link>")
@permit_on(Permission.POST_READ, queries.post_by_id)
def leaving(post: Post, link: int) -> ResponseReturnValue:
    """The page between a link in a post and the place elsewhere that it leads to."""
    links = render(post.body).links
    is_shown = post.visibility in {Visibility.PUBLISHED, Visibility.HELD}
    if not is_shown or link >= len(links):
        raise NotFoundError
    return page("forum/leaving.html", post=post, target=links[link])


@blueprint.get("/pictures/<picture_id>")
@permit_on(Permission.PICTURE_READ, queries.picture_by_id)
def show_picture(picture: Attachment) -> ResponseReturnValue:
    """A picture of a post, for whoever may see the post."""
    return _drawn(picture)


@blueprint.get("/me/uploads/<upload_id>")
@permit_on(Permission.UPLOAD_READ, queries.upload_by_id)
def show_upload(upload: Attachment) -> ResponseReturnValue:
    """A picture that waits to be posted, for whoever sent it in."""
    return _drawn(upload)


def _drawn(picture: Attachment) -> Response:
    """A picture with the headers that PRIVACY.md §8 asks for; the others come with every answer."""
    limits.count_picture()
    answer = Response(jpeg_of(session(), picture), content_type=MIME)
    answer.headers["Content-Disposition"] = 'inline; filename="image.jpg"'
    answer.headers["Content-Security-Policy"] = PICTURE_POLICY
    return answer


# --- writing --------------------------------------------------------------------------------------


@blueprint.get("/boards/<board_id>/start")
@permit_on(Permission.THREAD_CREATE, queries.board_by_id)
def compose_thread(board: Board) -> ResponseReturnValue:
    """The form for a new thread."""
    return _composer(ThreadForm(), board=board)


@blueprint.post("/boards/<board_id>/start")
@takes_pictures
@permit_on(Permission.THREAD_CREATE, queries.board_by_id)
def create_thread(board: Board) -> ResponseReturnValue:
    """Start a thread, or hand the text back."""
    form = ThreadForm()
    if form.wants_draft:
        return _kept(form, _Place(board=board))
    if not _is_ready(form, board):
        return _composer(form, board=board)
    try:
        post = service.create_thread(session(), me(), board, form.draft(_refusals()))
    except HandedBackError as error:
        return _composer(form, board=board, weighed=error.weighed)
    return _written(post)


@blueprint.get("/threads/<thread_id>/reply")
@permit_on(Permission.POST_CREATE, queries.thread_by_id)
def compose_post(thread: Thread) -> ResponseReturnValue:
    """The form for a reply, perhaps with quotes."""
    return _composer(PostForm(), thread=thread)


@blueprint.post("/threads/<thread_id>/reply")
@takes_pictures
@permit_on(Permission.POST_CREATE, queries.thread_by_id)
def create_post(thread: Thread) -> ResponseReturnValue:
    """Reply in a thread, or hand the text back."""
    form = PostForm()
    if form.wants_draft:
        return _kept(form, _Place(thread=thread))
    if not _is_ready(form, thread.board):
        return _composer(form, thread=thread)
    try:
        post = service.create_post(session(), me(), thread, form.draft(_refusals()))
    except HandedBackError as error:
        return _composer(form, thread=thread, weighed=error.weighed)
    if form.follow.data:
        service.follow(session(), me(), thread)
    return _written(post)


@blueprint.get("/posts/<post_id>/edit")
@permit_on(Permission.POST_EDIT, queries.post_by_id)
def compose_edit(post: Post) -> ResponseReturnValue:
    """The form with the present wording."""
    form = ThreadForm(title=post.thread.full_title) if post.is_opening else PostForm()
    form.body.data = post.body
    form.present = _pictures_of(post)
    return _composer(form, post=post)


@blueprint.post("/posts/<post_id>/edit")
@takes_pictures
@permit_on(Permission.POST_EDIT, queries.post_by_id)
def edit_post(post: Post) -> ResponseReturnValue:
    """Change the wording, or hand the new one back."""
    form = ThreadForm() if post.is_opening else PostForm()
    form.present = _pictures_of(post)
    if form.wants_draft:
        return _kept(form, _Place(post=post))
    if not _is_ready(form, post.thread.board, post):
        return _composer(form, post=post)
    try:
        service.edit_post(session(), me(), post, form.draft(_refusals()))
    except HandedBackError as error:
        return _composer(form, post=post, weighed=error.weighed)
    if post.visibility is Visibility.HELD:
        tell(
            _(
                "A moderator reads this first. Some posts are picked by rules, some by chance. "
                "Until then only you and the moderators can see it."
            ),
            "info",
        )
    return redirect(place_of(post))


@blueprint.get("/posts/<post_id>/erase")
@permit_on(Permission.POST_ERASE, queries.post_by_id)
def confirm_erase(post: Post) -> ResponseReturnValue:
    """What will happen when a post is erased."""
    return page("forum/erase.html", post=post)


@blueprint.post("/posts/<post_id>/erase")
@permit_on(Permission.POST_ERASE, queries.post_by_id)
def erase_post(post: Post) -> ResponseReturnValue:
    """Make a text be gone."""
    board, thread, number_ = post.thread.board, post.thread, post.number
    service.erase_post(session(), post)
    tell(_("The text is gone from every page. “My privacy” says when the disk has forgotten it."))
    if queries.thread_by_id(session(), thread.public_id) is None:
        return redirect(url_for("forum.show_board", board_id=board.public_id))
    return redirect(_place(thread, number_))


@blueprint.get("/posts/<post_id>/revisions")
@permit_on(Permission.POST_READ_REVISIONS, queries.post_by_id)
def revisions(post: Post) -> ResponseReturnValue:
    """Earlier wordings, for the author and the moderators."""
    found = queries.revisions_of(session(), post)
    return page("forum/revisions.html", post=post, revisions=found)


@blueprint.post("/posts/<post_id>/revisions/<revision_id>/remove")
@permit_on(Permission.POST_REMOVE_REVISION, queries.post_by_id)
def remove_revision(post: Post, revision_id: str) -> ResponseReturnValue:
    """Make an earlier wording be gone."""
    service.remove_revision(session(), _revision_of(post, revision_id))
    tell(_("The earlier wording is gone."))
    return redirect(url_for("forum.revisions", post_id=post.public_id))


# --- drafts ---------------------------------------------------------------------------------------

# Where a text is sent that can be kept as a draft: what it is meant to be, and what names its place
WRITTEN_AT: Final = {
    "forum.create_thread": (Meant.THREAD, "board_id"),
    "forum.create_post": (Meant.REPLY, "thread_id"),
    "forum.edit_post": (Meant.CHANGE, "post_id"),
}


@blueprint.get("/me/drafts")
@permit(Permission.DRAFT_LIST)
def my_drafts() -> ResponseReturnValue:
    """The texts that the member keeps for later."""
    kept = drafts.opened(session(), signed_in().unlock(), drafts.drafts_of(session(), me()))
    places = _places_of(kept)
    return page(
        "forum/drafts.html",
        drafts=[(draft, places.get(draft.wording.place)) for draft in kept],
        days=DRAFT_DAYS,
        most=drafts.DRAFTS_A_MEMBER,
    )


@blueprint.get("/me/drafts/<draft_id>")
@permit_on(Permission.DRAFT_READ, drafts.draft_by_id)
def open_draft(draft: KeptDraft) -> ResponseReturnValue:
    """A draft in the composer it came from; on a page of its own where its place is shut."""
    found = drafts.opened(session(), signed_in().unlock(), [draft])
    if not found:
        raise NotFoundError
    kept = found[0]
    place = _places_of(found).get(kept.wording.place)
    if place is None or not place.takes_it:
        return page("forum/draft.html", draft=kept, place=place)
    has_title = place.post.is_opening if place.post else place.thread is None
    form = ThreadForm() if has_title else PostForm()
    form.show(kept)
    form.present = _pictures_of(place.post) if place.post else ()
    return _composer(form, board=place.board, thread=place.thread, post=place.post)


@blueprint.post("/me/drafts/<draft_id>/erase")
@permit_on(Permission.DRAFT_ERASE, drafts.draft_by_id)
def erase_draft(draft: KeptDraft) -> ResponseReturnValue:
    """Make a draft be gone."""
    drafts.erase(session(), draft)
    tell(_("The draft is gone."))
    return redirect(url_for("forum.my_drafts"))


def keep_typed(
    session: Session,
    member: Actor,
    wanted: tuple[str, Mapping[str, str]],
    fields: Sequence[tuple[str, str]],
) -> bool:
    """Keep a text as a draft that was on its way while the session was over.

    `wanted` is the endpoint that it was sent to, and what its address names. Returns whether it
    was kept: it is not when it was sent elsewhere, holds nothing, or there is no room.
    """
    endpoint, named = wanted
    if endpoint not in WRITTEN_AT:
        return False
    meant, name = WRITTEN_AT[endpoint]
    typed = dict(fields)
    wording = Wording(
        meant=meant,
        place=named[name],
        body=typed.get("body", ""),
        title=clean_line(typed.get("title", "")),
        quoted=tuple(value for key, value in fields if key == "quoted"),
        is_following="follow" in typed,
    )
    form_key = typed.get("form_key", "")[:KEY_SIGNS]
    if not form_key or wording.is_empty or len(wording.body) > drafts.DRAFT_SIGNS:
        return False
    try:
        drafts.keep(session, member, form_key, wording)
    except TooManyDraftsError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a text is meant for: a board, a thread, or a post that it changes."""

    board: Board | None = None
    thread: Thread | None = None
    post: Post | None = None
    takes_it: bool = False

    @property
    def meant(self) -> tuple[Meant, str]:
        """What a text from its composer is meant to become, and the public id of the place."""
        if self.post is not None:
            return Meant.CHANGE, self.post.public_id
        if self.thread is not None:
            return Meant.REPLY, self.thread.public_id
        return Meant.THREAD, self.board.public_id if self.board else ""


def _places_of(kept: Sequence[OpenDraft]) -> dict[str, _Place]:
    """The places of drafts by public id, but for those that are gone or hidden from the member."""
    wanted = {
        meant: [draft.wording.place for draft in kept if draft.wording.meant is meant]
        for meant in Meant
    }
    found = {
        public_id: _Place(board=board, takes_it=may(Permission.THREAD_CREATE, board))
        for public_id, board in queries.boards_by_ids(session(), wanted[Meant.THREAD]).items()
        if may(Permission.BOARD_READ, board)
    }
    for public_id, thread in queries.threads_by_ids(session(), wanted[Meant.REPLY]).items():
        if may(Permission.THREAD_READ, thread):
            takes_it = may(Permission.POST_CREATE, thread)
            found[public_id] = _Place(thread=thread, takes_it=takes_it)
    for public_id, post in queries.posts_by_ids(session(), wanted[Meant.CHANGE]).items():
        if may(Permission.POST_READ, post):
            found[public_id] = _Place(post=post, takes_it=may(Permission.POST_EDIT, post))
    return found


def _kept(form: PostForm, place: _Place) -> ResponseReturnValue:
    """Keep what was typed as a draft, finished or not."""
    wording = form.wording(*place.meant)
    if wording.is_empty:
        problem = _("Write something first.")
    elif len(wording.body) > drafts.DRAFT_SIGNS:
        problem = _("This is longer than a draft can be. Nothing is lost: cut it here.")
    else:
        problem = _keep(form, wording)
    if problem:
        form.body.errors = [problem]
        return _composer(form, board=place.board, thread=place.thread, post=place.post)
    if form.chosen:
        tell(_("The text is kept as a draft, sealed to you. Pictures are not kept with it."))
    else:
        tell(_("Kept as a draft, sealed to you."))
    return redirect(url_for("forum.my_drafts"))


def _keep(form: PostForm, wording: Wording) -> str:
    """Keep a wording; returns what is wrong, if anything."""
    try:
        drafts.keep(session(), me(), form.key, wording)
    except TooManyDraftsError:
        return str(_("You keep as many drafts as one member can. First erase one in another tab."))
    return ""


def _draft_of(form: PostForm, meant: tuple[Meant, str]) -> KeptDraft | None:
    """What the form in the composer has kept, brought up to what was typed since.

    A form that was never kept stores nothing, not even when it is previewed.
    """
    draft = drafts.draft_of_form(session(), me(), form.key)
    if draft is None or request.method != "POST":
        return draft
    wording = form.wording(*meant)
    if not wording.is_empty and len(wording.body) <= drafts.DRAFT_SIGNS:
        drafts.keep(session(), me(), form.key, wording)
    return draft


# --- thanks, following, the inbox -----------------------------------------------------------------


@blueprint.post("/posts/<post_id>/thank")
@permit_on(Permission.POST_THANK, queries.post_by_id)
def thank(post: Post) -> ResponseReturnValue:
    """Thank the author."""
    service.thank(session(), me(), post)
    return redirect(place_of(post))


@blueprint.post("/posts/<post_id>/unthank")
@permit_on(Permission.POST_THANK, queries.post_by_id)
def unthank(post: Post) -> ResponseReturnValue:
    """Take the thanks back."""
    service.unthank(session(), me(), post)
    return redirect(place_of(post))


@blueprint.post("/posts/<post_id>/save")
@permit_on(Permission.POST_SAVE, queries.post_by_id)
def save_post(post: Post) -> ResponseReturnValue:
    """Save a post, to find it again."""
    try:
        saved.save(session(), me(), signed_in().unlock(), post)
    except TooManySavedError:
        tell(_("You have saved as many posts as one member can. First take some out."), "warning")
        return redirect(url_for("forum.saved_posts"))
    tell(_("Saved. You find it under “Saved posts” in your menu; nobody else can see that."))
    return redirect(place_of(post))


@blueprint.post("/posts/<post_id>/unsave")
@permit_on(Permission.POST_SAVE, queries.post_by_id)
def unsave_post(post: Post) -> ResponseReturnValue:
    """Take a post out of the saved ones."""
    saved.unsave(session(), me(), signed_in().unlock(), [post.public_id])
    return redirect(url_for("forum.saved_posts"))


@blueprint.get("/me/saved")
@permit(Permission.SAVED_LIST)
def saved_posts() -> ResponseReturnValue:
    """What the member has saved, as it stands now."""
    key, before = signed_in().unlock(), paging_key("before")
    found = saved.saved_page(session(), me(), key, before)
    return page("forum/saved.html", saved=found, is_first=before is None)


@blueprint.post("/me/saved/forget")
@permit(Permission.SAVED_LIST)
def forget_gone_posts() -> ResponseReturnValue:
    """Take out what is gone, or closed to the member by now."""
    saved.forget_gone(session(), me(), signed_in().unlock())
    return redirect(url_for("forum.saved_posts"))


@blueprint.post("/threads/<thread_id>/follow")
@permit_on(Permission.THREAD_FOLLOW, queries.thread_by_id)
def follow(thread: Thread) -> ResponseReturnValue:
    """Follow a thread: what is written from now on is new."""
    service.follow(session(), me(), thread)
    marker = queries.last_marker(session(), thread)
    service.mark_read(session(), me().id, thread.id, marker, signed_in().unlock())
    tell(_("You follow this thread. New posts come to your inbox."))
    return redirect(url_for("forum.show_thread", thread_id=thread.public_id))


@blueprint.post("/threads/<thread_id>/unfollow")
@permit_on(Permission.THREAD_FOLLOW, queries.thread_by_id)
def unfollow(thread: Thread) -> ResponseReturnValue:
    """Follow a thread no more."""
    service.unfollow(session(), me(), thread)
    tell(_("You no longer follow this thread."))
    return redirect(url_for("forum.show_thread", thread_id=thread.public_id))


@blueprint.get("/inbox")
@permit(Permission.INBOX_READ)
def inbox() -> ResponseReturnValue:
    """What has happened that concerns the member; no text of a post."""
    return page("forum/inbox.html", lines=queries.inbox(session(), me(), paging_key("before")))


@blueprint.post("/inbox/clear")
@permit(Permission.INBOX_READ)
def clear_inbox() -> ResponseReturnValue:
    """Mark everything as read."""
    service.clear_inbox(session(), me())
    return redirect(url_for("forum.inbox"))


@blueprint.post("/inbox/<notice_id>/clear")
@permit_on(Permission.NOTICE_CLEAR, queries.notice_by_id)
def clear_notice(notice: Notice) -> ResponseReturnValue:
    """Take one line out."""
    service.clear_notice(session(), notice)
    return redirect(url_for("forum.inbox"))


# --- the moderators' hands ------------------------------------------------------------------------


@blueprint.post("/threads/<thread_id>/lock")
@permit_on(Permission.THREAD_LOCK, queries.thread_by_id)
def lock(thread: Thread) -> ResponseReturnValue:
    """Lock a thread, or unlock a locked one."""
    service.set_locked(session(), me(), thread, locked=not thread.is_locked)
    return redirect(url_for("forum.show_thread", thread_id=thread.public_id))


@blueprint.post("/threads/<thread_id>/pin")
@permit_on(Permission.THREAD_PIN, queries.thread_by_id)
def pin(thread: Thread) -> ResponseReturnValue:
    """Pin a thread, or let a pinned one go."""
    service.set_pinned(session(), me(), thread, pinned=not thread.is_pinned)
    return redirect(url_for("forum.show_thread", thread_id=thread.public_id))


@blueprint.get("/threads/<thread_id>/move")
@permit_on(Permission.THREAD_MOVE, queries.thread_by_id)
def choose_board(thread: Thread) -> ResponseReturnValue:
    """Where a thread could go."""
    boards = queries.enterable_boards(session(), me())
    return page("forum/move.html", thread=thread, boards=boards)


@blueprint.post("/threads/<thread_id>/move")
@permit_on(Permission.THREAD_MOVE, queries.thread_by_id)
def move(thread: Thread) -> ResponseReturnValue:
    """Move a thread to another board."""
    board = queries.board_by_id(session(), request.form.get("board", ""))
    if board is None:
        raise NotFoundError
    demand(Permission.BOARD_READ, board)
    service.move(session(), me(), thread, board)
    return redirect(url_for("forum.show_thread", thread_id=thread.public_id))


# --- pages that several views share ---------------------------------------------------------------


def _thread_page(thread: Thread) -> ResponseReturnValue:
    """Draw a page of a thread in at most six statements, whatever its length."""
    reader = actor()
    after, before = number("after") or 0, number("before")
    rows = queries.posts_of(session(), thread, reader, after=after, before=before)
    is_last = not rows or (rows[-1].number or 0) >= thread.post_count
    state, marker = None, 0
    held: list[queries.PostRow] = []
    if reader.is_member:
        state = queries.reader_state(session(), reader, thread)
        g.inbox_count = state.unread_notice_count
        marker = _read_up_to(thread, state, rows)
        if state.held_count and is_last:
            held = queries.held_posts_of(session(), thread, reader)
    links = queries.links_of(session(), reader, rows + held)
    last_page = max(thread.post_count - 1, 0) // queries.POSTS_A_PAGE * queries.POSTS_A_PAGE
    return page(
        "forum/thread.html",
        thread=thread,
        board=thread.board,
        rows=rows,
        held=held,
        links=links,
        state=state,
        marker=marker,
        last_page=last_page,
        is_last=is_last,
        may_reply=may(Permission.POST_CREATE, thread),
        may_moderate=may(Permission.THREAD_LOCK, thread),
        may_attach=reader.is_member and may(Permission.PICTURE_ATTACH, thread.board),
        form_key=ids.new_id() if reader.is_member else "",
    )


def _read_up_to(thread: Thread, state: queries.ReaderState, rows: list[queries.PostRow]) -> int:
    """How far a follower had read before this page; owes the marker that moves with it.

    Without a following there is no marker, and nothing counts as new.
    """
    if not state.is_following:
        return thread.post_count
    if state.marker is None:
        marker, read = Marker(), thread.post_count
    else:
        marker = Marker.opened(signed_in().unlock(), thread.id, state.marker)
        read = _number_now(thread, marker, rows)
    if rows and (shown := rows[-1].number or 0) > (read if state.marker else 0):
        _owe_marker(thread.id, Marker(shown, rows[-1].id))
    return read


def _number_now(thread: Thread, marker: Marker, rows: list[queries.PostRow]) -> int:
    """The number of the last post that was read; asks only when this page does not tell."""
    for row in rows:
        if row.id == marker.post_id and (row.number or 0) <= marker.number:
            return row.number or 0
    if not rows or (rows[0].number or 0) > marker.number:
        return marker.number  # a post keeps its number or gets a lower one: all here is new
    return numbers_of(session(), {thread.id: marker})[thread.id]


def _owe_marker(thread_id: int, marker: Marker) -> None:
    """Owe a marker after the page."""
    session_ = signed_in()
    member_id, private_key = session_.actor.id, session_.unlock()
    owe(lambda short: service.mark_read(short, member_id, thread_id, marker, private_key))


def _pictures_of(post: Post) -> tuple[Chosen, ...]:
    """The pictures of a post as a form has them."""
    return tuple(Chosen(each.public_id, each.alt) for each in post.shown_pictures)


def _is_ready(form: PostForm, board: Board, post: Post | None = None) -> bool:
    """Whether a form can be stored: filled in, its pictures there and allowed, no preview asked."""
    asked = [one.public_id for one in form.chosen]
    if set(asked) - {one.public_id for one in form.present}:
        demand(Permission.PICTURE_ATTACH, board)
        # A form that is sent twice has put its pictures into the post that it made.
        made = post or queries.post_by_form(session(), me(), form.key)
        form.gone = frozenset(asked) - queries.choosable(session(), me(), asked, made).keys()
    is_filled_in = form.validate() and not form.picture_problems()
    return is_filled_in and not form.wants_page


def _shown(form: PostForm, post: Post | None) -> list[Picture]:
    """The pictures that the composer shows, with their sizes."""
    asked = [one.public_id for one in form.chosen]
    sizes = queries.choosable(session(), me(), asked, post)
    return [
        Picture(one.public_id, *sizes[one.public_id], one.alt)
        for one in form.chosen
        if one.public_id in sizes
    ]


def _composer(
    form: PostForm,
    *,
    board: Board | None = None,
    thread: Thread | None = None,
    post: Post | None = None,
    weighed: service.Weighed | None = None,
) -> ResponseReturnValue:
    """The composer: for a thread on a board, a reply in a thread, or the change of a post.

    Shows a preview where it was asked for, and after screening the marks and the ways on.
    """
    if weighed is not None and weighed.disposition is Disposition.REFUSE:
        limits.spend("refusal", me().public_id, REFUSALS)
    problems = form.problems()
    if "attach" in request.form:  # a text that is begun is not found fault with
        problems = {name: said for name, said in problems.items() if name == "upload"}
    wants_preview = form.wants_preview and not problems and weighed is None
    body = clean(form.body.data or "")
    place = thread or (post.thread if post else None)
    quoted = () if post else form.quoted
    has_key = bool(form.form_key.data)
    form.form_key.data = form.key  # it stays the same from here on
    return page(
        "forum/compose.html",
        status=422 if problems or weighed is not None else 200,
        form=form,
        board=board or (place.board if place else None),
        thread=place,
        post=post,
        has_title=isinstance(form, ThreadForm),
        problems=problems,
        preview=render(body).html if wants_preview else "",
        quotes=queries.quote_rows(session(), me(), quoted[: service.QUOTES_AT_MOST]),
        weighed=weighed,
        marked_title=form.subject,
        marked_body=form.words,
        pictures=_shown(form, post),
        posted={each.public_id for each in post.shown_pictures} if post else set(),
        may_attach=may(Permission.PICTURE_ATTACH, board or (place.board if place else None)),
        most_pictures=PICTURES_AT_MOST,
        taken=", ".join(TAKEN),
        is_adding="attach" in request.form or "upload" in problems,
        consent=form.consent_for(),
        agree_label=_agree_label(weighed),
        is_asking=weighed is not None and weighed.disposition is Disposition.HOLD,
        is_nudge=weighed is not None and weighed.disposition is Disposition.NUDGE,
        is_first=actor().trust <= Trust.NEWCOMER and post is None,
        draft=_draft_of(form, _Place(board, thread, post).meant) if has_key else None,
    )


def _agree_label(weighed: service.Weighed | None) -> str:
    """What the author says by posting in spite of a nudge."""
    if weighed and all(finding.about is About.SELF for finding in weighed.all_findings):
        return str(_("This is about me, post it anyway"))
    return str(_("This exposes nobody, post it anyway"))


def _written(post: Post) -> ResponseReturnValue:
    """After a text was stored: count it, and say so when it is held."""
    limits.spend_by_trust(Limited.POSTS)
    if post.visibility is Visibility.HELD:
        text = _(
            "A moderator reads this first. Some posts are picked by rules, some by chance. "
            "Until then only you and the moderators can see it. "
            "You will find the answer in your inbox."
        )
        tell(text, "info")
    return redirect(place_of(post))


def place_of(post: Post) -> str:
    """The address of a post on the page of its thread on which it stands."""
    return _place(post.thread, post.number, anchor=f"p-{post.public_id}")


def _place(thread: Thread, place: int | None, anchor: str | None = None) -> str:
    """The address of the page of a thread on which the post with this number stands."""
    place = place if place is not None else thread.post_count
    after = max(place - 1, 0) // queries.POSTS_A_PAGE * queries.POSTS_A_PAGE
    return url_for(
        "forum.show_thread", thread_id=thread.public_id, after=after or None, _anchor=anchor
    )


def _keys() -> Keys:
    """The paging keys of the address."""
    return Keys(before=paging_key("before"), after=paging_key("after"))


def _refusals() -> int:
    """How many texts of the member were refused today."""
    return limits.used("refusal", me().public_id, REFUSALS)


def _revision_of(post: Post, revision_id: str) -> Revision:
    """An earlier wording of this very post, or nothing there."""
    revision = queries.revision_by_id(session(), revision_id)
    if revision is None or revision.post_id != post.id:
        raise NotFoundError
    return revision


def _news() -> list[tuple[queries.ThreadRow, int]]:
    """The followed threads with something new, the last written to first."""
    threads = queries.followed_threads(session(), me())
    counts = _new_counts(threads.rows)
    return [(row, counts[row.thread_id]) for row in threads.rows if counts.get(row.thread_id)]


def _new_counts(rows: list[queries.ThreadRow]) -> dict[int, int]:
    """How many posts are new in each of these followed threads."""
    sealed = queries.markers(session(), me(), [row.thread_id for row in rows])
    if not sealed:
        return {}
    private_key = signed_in().unlock()
    read = numbers_of(
        session(),
        {
            thread_id: Marker.opened(private_key, thread_id, box)
            for thread_id, box in sealed.items()
        },
    )
    return {
        row.thread_id: max(row.post_count - read[row.thread_id], 0)
        for row in rows
        if row.thread_id in read
    }
