"""Reading one's own conversations. Who has no key gets boxes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.core import shreds
from app.core.crypto import BrokenSealError
from app.forum.models import Notice
from app.forum.queries import START, Keys, Page
from app.messages import keys
from app.messages.keys import Letter, Party, Peer
from app.messages.models import Conversation, Letterbox, Message
from app.policy.vocabulary import Actor

CONVERSATIONS_A_PAGE: Final = 30
MESSAGES_A_PAGE: Final = 25
NOTICE: Final = "message"


@dataclass(frozen=True, slots=True)
class Row:
    """One conversation in a list. `who` is nobody once the other has left."""

    public_id: str
    bump: int
    who: Member | None
    active_on: date | None
    new_count: int
    is_muted: bool


@dataclass(frozen=True, slots=True)
class Read:
    """One message as its holder reads it; no letter where its box does not open."""

    public_id: str
    number: int
    letter: Letter | None
    is_own: bool


def conversation_by_id(session: Session, public_id: str) -> Conversation | None:
    """The side of a conversation with this public id."""
    query = select(Conversation).where(Conversation.public_id == public_id)
    return session.scalars(query).first()


def message_by_id(session: Session, public_id: str) -> Message | None:
    """The copy of a message with this public id."""
    return session.scalars(select(Message).where(Message.public_id == public_id)).first()


def side_by_tag(session: Session, tag: bytes) -> Conversation | None:
    """The side that two members alone can name."""
    return session.scalars(select(Conversation).where(Conversation.tag == tag)).first()


def conversation_with(
    session: Session, actor: Actor, private_key: bytes, other: Actor
) -> Conversation | None:
    """The actor's own side of the conversation with somebody, if there is one."""
    parties = parties_of(session, actor, other)
    if actor.id not in parties or other.id not in parties:
        return None
    mine = parties[actor.id]
    return side_by_tag(session, keys.side_tag(private_key, mine, parties[other.id], mine))


def parties_of(session: Session, *members: Actor) -> dict[int, Party]:
    """The names inside of boxes of those who have one, by their inner ids."""
    by_id = {member.id: member for member in members}
    query = select(Letterbox.member_id, Letterbox.public_id).where(Letterbox.member_id.in_(by_id))
    return {
        member_id: Party(member_id, name, by_id[member_id].public_key)
        for member_id, name in session.execute(query)
    }


def peer_of(session: Session, side: Conversation, private_key: bytes) -> Peer:
    """With whom a side is.

    Raises:
        BrokenSealError: when it does not open with this key, or was changed.
    """
    shred = shreds.shred_part(session, side.shred_id)
    if shred is None:
        raise BrokenSealError
    return keys.open_peer(private_key, shred, side)


def member_named(session: Session, name: str) -> Member | None:
    """The member of this name inside of boxes, if there is still one."""
    return members_named(session, [name]).get(name)


def members_named(session: Session, names: Iterable[str]) -> Mapping[str, Member]:
    """Members by their names inside of boxes, in one question; those who are gone are missing."""
    wanted = set(names)
    if not wanted:
        return {}
    query = (
        select(Letterbox.public_id, Member)
        .join(Member, Member.id == Letterbox.member_id)
        .where(Letterbox.public_id.in_(wanted))
    )
    return {name: member for name, member in session.execute(query)}  # noqa: C416 - rows are no pairs


def conversations(
    session: Session, actor: Actor, private_key: bytes, before: int | None = None
) -> Page[Row]:
    """One page of a member's conversations, the last written to first, in three questions."""
    query = (
        select(Conversation)
        .where(Conversation.member_id == actor.id)
        .order_by(Conversation.bump.desc())
        .limit(CONVERSATIONS_A_PAGE + 1)
    )
    if before is not None:
        query = query.where(Conversation.bump < before)
    found = session.scalars(query).all()
    sides = found[:CONVERSATIONS_A_PAGE]
    parts = shreds.shred_parts(session, [side.shred_id for side in sides])
    peers = {side.id: _peer(private_key, parts, side) for side in sides}
    who = members_named(session, [peer.name for peer in peers.values() if peer])
    rows = [
        Row(
            public_id=side.public_id,
            bump=side.bump,
            who=who.get(peer.name) if (peer := peers[side.id]) else None,
            active_on=side.active_on,
            new_count=new_count(side, private_key),
            is_muted=side.is_muted,
        )
        for side in sides
    ]
    has_older = len(found) > CONVERSATIONS_A_PAGE
    return Page(rows, older=rows[-1].bump if has_older else None)


def new_count(side: Conversation, private_key: bytes) -> int:
    """How many messages of a side its holder has not read."""
    try:
        return max(side.message_count - keys.open_marker(private_key, side), 0)
    except BrokenSealError:
        return side.message_count


def messages_of(
    session: Session,
    actor: Actor,
    side: Conversation,
    private_key: bytes,
    place: Keys = START,
) -> Page[Read]:
    """One page of a conversation, the oldest on top; the newest page where nothing else is asked.

    Opening costs a fifth of a millisecond a message.
    """
    before, after = place.before, place.after
    query = select(Message).where(Message.conversation_id == side.id)
    if after is not None:
        query = query.where(Message.number > after).order_by(Message.number)
    else:
        query = query.order_by(Message.number.desc())
        if before is not None:
            query = query.where(Message.number < before)
    found = session.scalars(query.limit(MESSAGES_A_PAGE + 1)).all()
    has_more = len(found) > MESSAGES_A_PAGE
    copies = sorted(found[:MESSAGES_A_PAGE], key=lambda copy: copy.number)
    rows = read(session, actor, copies, private_key)
    has_older = has_more if after is None else after > 0
    has_newer = has_more if after is not None else before is not None
    return Page(
        rows,
        older=rows[0].number if rows and has_older else None,
        newer=rows[-1].number if rows and has_newer else None,
    )


def read(
    session: Session, actor: Actor, copies: Sequence[Message], private_key: bytes
) -> list[Read]:
    """Open a member's own copies."""
    own = parties_of(session, actor).get(actor.id)
    parts = shreds.shred_parts(session, [copy.shred_id for copy in copies])
    opened = [(copy, _letter(private_key, parts, copy)) for copy in copies]
    return [
        Read(
            public_id=copy.public_id,
            number=copy.number,
            letter=letter,
            is_own=letter is not None and own is not None and letter.sender == own.name,
        )
        for copy, letter in opened
    ]


def own_letters(session: Session, actor: Actor, private_key: bytes) -> list[list[Letter]]:
    """What a member has written, by conversation. What others wrote is theirs, and left out."""
    query = (
        select(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.member_id == actor.id)
        .order_by(Conversation.bump, Message.number)
    )
    copies = session.scalars(query).all()
    written: dict[int, list[Letter]] = {}
    for copy, message in zip(copies, read(session, actor, copies, private_key), strict=True):
        if message.letter is not None and message.is_own:
            written.setdefault(copy.conversation_id, []).append(message.letter)
    return list(written.values())


def message_by_form(session: Session, side: Conversation, form_key: str) -> Message | None:
    """The message of this side that a form made before."""
    query = select(Message).where(Message.conversation_id == side.id, Message.form_key == form_key)
    return session.scalars(query).first()


def last_bump(session: Session, member_id: int) -> int:
    """The highest place among a member's conversations."""
    query = select(func.max(Conversation.bump)).where(Conversation.member_id == member_id)
    return session.scalar(query) or 0


def notice_of(session: Session, side: Conversation) -> Notice | None:
    """The line in the holder's inbox about a side."""
    query = select(Notice).where(
        Notice.member_id == side.member_id,
        Notice.kind == NOTICE,
        Notice.subject == side.public_id,
    )
    return session.scalars(query).first()


def _peer(private_key: bytes, parts: Mapping[int, bytes], side: Conversation) -> Peer | None:
    """With whom a side is; nobody where its box does not open."""
    try:
        return keys.open_peer(private_key, parts[side.shred_id], side)
    except (BrokenSealError, KeyError):
        return None


def _letter(private_key: bytes, parts: Mapping[int, bytes], copy: Message) -> Letter | None:
    """What a copy says; nothing where its box does not open."""
    try:
        return keys.open_letter(private_key, parts[copy.shred_id], copy)
    except (BrokenSealError, KeyError):
        return None
