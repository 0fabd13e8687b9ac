"""Messages over HTTP: what is sealed is opened here, with the key of the session that asks."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Member
from app.accounts.queries import member_by_pseudonym
from app.core.crypto import BrokenSealError
from app.core.errors import NotFoundError
from app.core.text import clean
from app.forum.queries import Keys
from app.forum.service import HandedBackError, Weighed
from app.messages import queries, service
from app.messages.forms import MessageForm
from app.messages.models import Conversation, Message
from app.messages.service import MutedError, UnansweredError
from app.policy.dispositions import Disposition
from app.policy.limits import Limited
from app.policy.permissions import Permission
from app.policy.vocabulary import Actor
from app.screening.findings import About
from app.web import limits
from app.web.access import demand, may, me, permit, permit_on, signed_in
from app.web.paging import paging_key
from app.web.render import page, tell
from app.web.unit_of_work import owe, session

blueprint = Blueprint("messages", __name__)

STRANGERS_TO_ONE: Final = "10 per hour"  # PRIVACY.md §5: so many may write first to one person


@blueprint.get("/messages")
@permit(Permission.MESSAGE_LIST)
def all_conversations() -> ResponseReturnValue:
    """The member's conversations, the last written to first."""
    found = queries.conversations(session(), me(), _key(), paging_key("before"))
    return page("messages/conversations.html", found=found)


# --- the first message ----------------------------------------------------------------------------


@blueprint.get("/u/<pseudonym>/message")
@permit_on(Permission.MEMBER_READ, member_by_pseudonym)
def compose(member: Member) -> ResponseReturnValue:
    """The form for the first message to a member, or the conversation that there is already."""
    side = queries.conversation_with(session(), me(), _key(), member.actor)
    if side is not None:
        return _to(side)
    demand(Permission.MESSAGE_START, member)
    return _first_page(member, MessageForm())


@blueprint.post("/u/<pseudonym>/message")
@permit_on(Permission.MESSAGE_START, member_by_pseudonym)
def start(member: Member) -> ResponseReturnValue:
    """Write to a member first, or hand the text back."""
    form = MessageForm()
    if not form.validate():
        return _first_page(member, form)
    is_first = queries.conversation_with(session(), me(), _key(), member.actor) is None
    try:
        side = service.send(session(), me(), _key(), member.actor, form.draft())
    except HandedBackError as error:
        return _first_page(member, form, error.weighed)
    except (UnansweredError, MutedError) as error:
        return _first_page(member, form, stop=_why_not(error))
    if is_first:
        limits.spend_by_trust(Limited.STARTS)
        limits.spend("message-first", member.public_id, STRANGERS_TO_ONE)
    return _sent(side)


@blueprint.post("/u/<pseudonym>/mute")
@permit_on(Permission.MEMBER_READ, member_by_pseudonym)
def mute_member(member: Member) -> ResponseReturnValue:
    """Take no messages of somebody, whether or not there has been one."""
    if member.id == me().id:
        raise NotFoundError
    side = service.mute(session(), me(), _key(), member.actor)
    _tell_muted(member)
    return _to(side)


# --- one conversation -----------------------------------------------------------------------------


@blueprint.get("/messages/<conversation_id>")
@permit_on(Permission.CONVERSATION_READ, queries.conversation_by_id)
def show_conversation(side: Conversation) -> ResponseReturnValue:
    """A page of a conversation, and the form for the next message."""
    return _conversation_page(side, MessageForm())


@blueprint.post("/messages/<conversation_id>")
@permit_on(Permission.CONVERSATION_WRITE, queries.conversation_by_id)
def write(side: Conversation) -> ResponseReturnValue:
    """Write the next message, or hand the text back."""
    form = MessageForm()
    other = _other(side)
    if not form.validate() or other is None:
        return _conversation_page(side, form)
    try:
        service.send(session(), me(), _key(), other, form.draft())
    except HandedBackError as error:
        return _conversation_page(side, form, error.weighed)
    except (UnansweredError, MutedError) as error:
        return _conversation_page(side, form, stop=_why_not(error))
    return _sent(side)


@blueprint.post("/messages/<conversation_id>/seen")
@permit_on(Permission.CONVERSATION_READ, queries.conversation_by_id)
def clear_notice(side: Conversation) -> ResponseReturnValue:
    """Take the line about this conversation out of the inbox."""
    service.clear_notice(session(), side)
    return _to(side)


@blueprint.post("/messages/<conversation_id>/mute")
@permit_on(Permission.CONVERSATION_READ, queries.conversation_by_id)
def mute(side: Conversation) -> ResponseReturnValue:
    """Take no more messages of the other."""
    member = _member(side)
    if member is None:
        raise NotFoundError
    service.mute(session(), me(), _key(), member.actor)
    _tell_muted(member)
    return _to(side)


@blueprint.post("/messages/<conversation_id>/unmute")
@permit_on(Permission.CONVERSATION_READ, queries.conversation_by_id)
def unmute(side: Conversation) -> ResponseReturnValue:
    """Take messages of the other again."""
    has_messages = side.message_count > 0
    service.unmute(session(), side)
    tell(_("From now on messages come to you again. What was sent meanwhile was not kept."))
    return _to(side) if has_messages else redirect(url_for("messages.all_conversations"))


# --- erasing --------------------------------------------------------------------------------------


@blueprint.get("/messages/<conversation_id>/erase")
@permit_on(Permission.CONVERSATION_READ, queries.conversation_by_id)
def confirm_erase_conversation(side: Conversation) -> ResponseReturnValue:
    """What will happen when a conversation is erased."""
    return page("messages/erase.html", side=side, message=None)


@blueprint.post("/messages/<conversation_id>/erase")
@permit_on(Permission.CONVERSATION_READ, queries.conversation_by_id)
def erase_conversation(side: Conversation) -> ResponseReturnValue:
    """Make one's own side of a conversation be gone."""
    service.erase_conversation(session(), side, _key())
    tell(_("Your side of the conversation is gone. The other one still has the own copies."))
    return redirect(url_for("messages.all_conversations"))


@blueprint.get("/messages/copies/<message_id>/erase")
@permit_on(Permission.MESSAGE_ERASE, queries.message_by_id)
def confirm_erase_message(copy: Message) -> ResponseReturnValue:
    """What will happen when a message is erased."""
    side = session().get_one(Conversation, copy.conversation_id)
    (message,) = queries.read(session(), me(), [copy], _key())
    return page("messages/erase.html", side=side, message=message)


@blueprint.post("/messages/copies/<message_id>/erase")
@permit_on(Permission.MESSAGE_ERASE, queries.message_by_id)
def erase_message(copy: Message) -> ResponseReturnValue:
    """Make one's own copy of a message be gone."""
    side = session().get_one(Conversation, copy.conversation_id)
    service.erase_message(session(), copy)
    tell(_("Your copy is gone. The other one still has the own copy."))
    return _to(side)


# --- pages that several views share ---------------------------------------------------------------


def _first_page(
    member: Member, form: MessageForm, weighed: Weighed | None = None, stop: str = ""
) -> ResponseReturnValue:
    """The composer of a first message."""
    return page(
        "messages/first.html",
        _status(form, weighed, stop),
        member=member,
        **_composer(form, weighed, stop),
    )


def _conversation_page(
    side: Conversation, form: MessageForm, weighed: Weighed | None = None, stop: str = ""
) -> ResponseReturnValue:
    """One page of a conversation with the composer. What is shown counts as read."""
    private_key = _key()
    member = _member(side)
    place = Keys(before=paging_key("before"), after=paging_key("after"))
    found = queries.messages_of(session(), me(), side, private_key, place)
    unread = queries.new_count(side, private_key)
    if found.rows and found.rows[-1].number > side.message_count - unread:
        _owe_marker(side.id, found.rows[-1].number, private_key)
    notice = queries.notice_of(session(), side)
    return page(
        "messages/conversation.html",
        _status(form, weighed, stop),
        side=side,
        member=member,
        found=found,
        is_newest=found.newer is None,
        read_up_to=side.message_count - unread,
        has_notice=notice is not None and not notice.is_read,
        is_unanswered=service.is_unanswered(session(), side, private_key),
        may_write=may(Permission.CONVERSATION_WRITE, side),
        **_composer(form, weighed, stop),
    )


def _composer(form: MessageForm, weighed: Weighed | None, stop: str) -> dict[str, object]:
    """What the composer needs, with the marks and the ways on where the text was handed back."""
    is_nudge = weighed is not None and weighed.disposition is Disposition.NUDGE
    about_self = weighed is not None and all(
        finding.about is About.SELF for finding in weighed.all_findings
    )
    return {
        "form": form,
        "problems": form.problems(),
        "weighed": weighed,
        "is_nudge": is_nudge,
        "stop": stop,
        "marked_body": clean(form.body.data or ""),
        "agree_label": _("This is about me, send it anyway")
        if about_self
        else _("This exposes nobody, send it anyway"),
    }


def _status(form: MessageForm, weighed: Weighed | None, stop: str) -> int:
    """422 where the text was handed back."""
    return 422 if form.problems() or weighed is not None or stop else 200


def _why_not(error: Exception) -> str:
    """Why a message was not sent, for its sender."""
    if isinstance(error, MutedError):
        return str(_("You have muted this member: an answer could not come. Nothing was sent."))
    return str(_("Your first message waits for an answer. Nothing was sent; your text is below."))


def _owe_marker(side_id: int, number: int, private_key: bytes) -> None:
    """Owe the reader's own marker after the page."""
    owe(lambda short: service.mark_read(short, side_id, number, private_key))


def _sent(side: Conversation) -> ResponseReturnValue:
    """After a message was sent: count it, and show it."""
    limits.spend_by_trust(Limited.MESSAGES)
    service.clear_notice(session(), side)
    service.mark_read(session(), side.id, side.message_count, _key())
    return redirect(
        url_for("messages.show_conversation", conversation_id=side.public_id, _anchor="newest")
    )


def _tell_muted(member: Member) -> None:
    """Say what muting does."""
    tell(
        _(
            "You get no more messages from %(pseudonym)s, who cannot tell. "
            "What is sent meanwhile is not kept for you.",
            pseudonym=member.pseudonym,
        )
    )


def _member(side: Conversation) -> Member | None:
    """The other one, if still here; nobody as well where the box was changed by another's hand."""
    try:
        peer = queries.peer_of(session(), side, _key())
    except BrokenSealError:
        return None
    return queries.member_named(session(), peer.name)


def _other(side: Conversation) -> Actor | None:
    """The other one as services see a member."""
    member = _member(side)
    return None if member is None else member.actor


def _to(side: Conversation) -> ResponseReturnValue:
    """To the page of a conversation."""
    return redirect(url_for("messages.show_conversation", conversation_id=side.public_id))


def _key() -> bytes:
    """The private key of the member who asks."""
    return signed_in().unlock()
