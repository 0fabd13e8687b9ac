"""What members do with messages: write, mute, erase. What they hold is sealed before it is stored.

A text is looked through before it is sealed, since nobody can look at it afterwards. What would
wait for a moderator on a board is here a question to its author; what would be refused is refused.
The shields of others play no part: whoever writes to an accomplice could otherwise try out guesses
without being seen (SCREENING.md §9).
"""

from __future__ import annotations

from functools import partial
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.core import clock, ids, shreds
from app.core.crypto import BrokenSealError
from app.core.errors import RefusalError, StaleError
from app.core.text import clean
from app.filters import service as filters
from app.forum import queries as forum_queries
from app.forum import service as forum
from app.forum.models import Notice
from app.forum.service import Draft, HandedBackError, Weighed
from app.messages import keys, queries
from app.messages.keys import Letter, Party, Peer
from app.messages.models import Conversation, Letterbox, Message, drawn_id
from app.policy.dispositions import Disposition, dispose
from app.policy.vocabulary import Actor
from app.privacy import erasure
from app.screening.engine import Context, screen
from app.screening.findings import Surface
from app.screening.readings import readings
from app.shields import service as shields

TURN_TO_SEND: Final = 0x6D657373  # PostgreSQL's name for the locks on members' letters: "mess"


class UnansweredError(RefusalError):
    """Whoever writes first waits for an answer before writing again."""


class MutedError(RefusalError):
    """The writer has muted the other: the answer could not come."""


# --- writing --------------------------------------------------------------------------------------


def send(
    session: Session, sender: Actor, private_key: bytes, recipient: Actor, draft: Draft
) -> Conversation:
    """Write to a member: each of the two gets a copy of the own. Returns the sender's side.

    Where the recipient has muted the sender there is no copy for the recipient, and the sender
    cannot tell.

    Raises:
        HandedBackError: when the sender must look again first.
        UnansweredError: when the first message of a conversation waits for its answer.
        MutedError: when the sender has muted the recipient.
        StaleError: when the form comes again with other words, which must not be lost.
    """
    text = clean(draft.body)
    form_key = draft.form_key or ids.new_id()
    _take_turns(session, sender, recipient)
    own = queries.conversation_with(session, sender, private_key, recipient)
    if own is not None:
        if _already_sent(session, own, private_key, form_key, text):
            return own
        if own.is_muted:
            raise MutedError
        if is_unanswered(session, own, private_key):
            raise UnansweredError
    weigh(session, sender, recipient, text, draft)
    mine, other = _parties(session, sender, recipient)
    own = _side(session, private_key, (mine, other), mine, has_begun=True)
    theirs = _side(session, private_key, (mine, other), other, has_begun=False)
    letter = Letter(mine.name, other.name, clock.today(), text)
    _store(session, own, mine, letter, form_key)
    if not theirs.is_muted:
        _store(session, theirs, other, letter, ids.new_id())
        forum.notify(session, recipient.id, queries.NOTICE, theirs.public_id)
    return own


def weigh(session: Session, sender: Actor, recipient: Actor, text: str, draft: Draft) -> None:
    """Look a text through before it is sealed.

    Raises:
        HandedBackError: when that is a refusal, or a nudge that the sender has not answered.
    """
    names = frozenset({sender.pseudonym, recipient.pseudonym})
    context = Context(surface=Surface.MESSAGE, author=sender.pseudonym, pseudonyms=names)
    ways = readings(text)
    known = partial(forum_queries.is_well_known, session)
    findings = (
        *screen(text, context=context),
        *filters.matches(session, "", ways),
        *shields.matches(session, sender, text, ways, known).own,
    )
    disposition = dispose(findings, sender.trust, Surface.MESSAGE)
    if disposition is Disposition.REFUSE or (disposition is Disposition.NUDGE and not draft.agreed):
        raise HandedBackError(Weighed(disposition, (), findings))


def is_unanswered(session: Session, side: Conversation, private_key: bytes) -> bool:
    """Whether its holder has written the first message and the other has not yet answered."""
    if side.message_count != 1:
        return False
    try:
        return queries.peer_of(session, side, private_key).has_begun
    except BrokenSealError:
        return True  # changed by another's hand: nothing more is said into it


def _already_sent(
    session: Session, side: Conversation, private_key: bytes, form_key: str, text: str
) -> bool:
    """Whether this very form was sent before.

    Raises:
        StaleError: when it comes again with other words.
    """
    made = queries.message_by_form(session, side, form_key)
    if made is None:
        return False
    shred = shreds.shred_part(session, made.shred_id)
    if shred is None or keys.open_letter(private_key, shred, made).text != text:
        raise StaleError
    return True


def _side(
    session: Session,
    private_key: bytes,
    pair: tuple[Party, Party],
    holder: Party,
    *,
    has_begun: bool,
) -> Conversation:
    """The holder's side of the conversation of a pair: as it is, or made.

    `pair` is whoever has the key, and the other.
    """
    mine, other = pair
    tag = keys.side_tag(private_key, mine, other, holder)
    side = queries.side_by_tag(session, tag)
    if side is not None and (side.message_count or side.is_muted):
        return side
    if side is not None:
        shreds.destroy(session, [side.shred_id])  # made by muting: who begins is known only now
    inner = drawn_id() if side is None else side.id
    peer = Peer((other if holder is mine else mine).name, has_begun)
    shred_id, shred = shreds.new_shred(session)
    sealed = keys.seal_peer(shred, inner, holder, peer)
    if side is None:
        side = Conversation(
            id=inner,
            member_id=holder.member_id,
            tag=tag,
            message_count=0,
            bump=queries.last_bump(session, holder.member_id) + 1,
            is_muted=False,
            active_on=clock.today(),
        )
    side.shred_id, (side.part,), side.box = shred_id, sealed.parts, sealed.box
    session.add(side)
    session.flush()  # messages name it by its id, and another side is ordered after it
    return side


def _store(
    session: Session, side: Conversation, holder: Party, letter: Letter, form_key: str
) -> None:
    """Put one copy of a letter into a side."""
    side.message_count += 1
    side.bump = queries.last_bump(session, holder.member_id) + 1
    side.active_on = letter.day
    shred_id, shred = shreds.new_shred(session)
    copy = Message(
        id=drawn_id(),
        public_id=ids.new_id(),
        member_id=holder.member_id,
        conversation_id=side.id,
        number=side.message_count,
        form_key=form_key,
        shred_id=shred_id,
        written_on=letter.day,
    )
    sealed = keys.seal_letter(session, shred, copy, holder, letter)
    (copy.part,), copy.box = sealed.parts, sealed.box
    session.add(copy)


def _parties(session: Session, *members: Actor) -> list[Party]:
    """The names inside of boxes; whoever has none gets one. Inside of a turn."""
    known = queries.parties_of(session, *members)
    for member in members:
        if member.id not in known:
            box = Letterbox(member_id=member.id, public_id=ids.new_id())
            session.add(box)
            known[member.id] = Party(member.id, box.public_id, member.public_key)
    return [known[member.id] for member in members]


def _take_turns(session: Session, *members: Actor) -> None:
    """Let nobody else write to these members until this transaction is over.

    Always in the same order, so that two who write to each other at once do not wait for ever. On
    SQLite there is one writer at a time anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        for member_id in sorted(member.id for member in members):
            session.execute(select(func.pg_advisory_xact_lock(TURN_TO_SEND, member_id)))


# --- reading, muting ------------------------------------------------------------------------------


def mark_read(session: Session, side_id: int, number: int, private_key: bytes) -> None:
    """Keep how far the holder of a side has read, where only he or she can read it."""
    session.execute(
        update(Conversation)
        .where(Conversation.id == side_id)
        .values(marker=keys.seal_marker(private_key, side_id, number))
        .execution_options(synchronize_session=False)
    )


def clear_notice(session: Session, side: Conversation) -> None:
    """Take the line about a conversation out of its holder's inbox."""
    notice = queries.notice_of(session, side)
    if notice is not None:
        forum.clear_notice(session, notice)


def mute(session: Session, member: Actor, private_key: bytes, other: Actor) -> Conversation:
    """Take no more messages of somebody, who cannot tell. Nothing that comes meanwhile is kept."""
    _take_turns(session, member, other)
    mine, theirs = _parties(session, member, other)
    side = _side(session, private_key, (mine, theirs), mine, has_begun=False)
    side.is_muted, side.active_on = True, None
    clear_notice(session, side)
    return side


def unmute(session: Session, side: Conversation) -> None:
    """Take messages again. Of somebody with whom there never was a message nothing is left."""
    side.is_muted, side.active_on = False, clock.today()
    if not side.message_count:
        _take_away(session, side)


# --- erasing --------------------------------------------------------------------------------------


def erase_message(session: Session, copy: Message) -> None:
    """Make one's own copy of a message be gone; the other's is the other's."""
    erasure.owe(session, copy.member_id, copy.public_id)
    shreds.destroy(session, [copy.shred_id])
    session.delete(copy)


def erase_conversation(session: Session, side: Conversation, private_key: bytes) -> None:
    """Make one's own side of a conversation be gone, with every message in it.

    What still binds its holder stays, without a message: that the other is muted, or that a first
    message waits for its answer.
    """
    must_stay = side.is_muted or is_unanswered(session, side, private_key)
    erasure.owe(session, side.member_id, side.public_id)
    gone = session.scalars(select(Message.shred_id).where(Message.conversation_id == side.id)).all()
    shreds.destroy(session, gone)
    session.execute(delete(Message).where(Message.conversation_id == side.id))
    clear_notice(session, side)
    if not must_stay:
        _take_away(session, side)


def _take_away(session: Session, side: Conversation) -> None:
    """Take a side without messages away."""
    shreds.destroy(session, [side.shred_id])
    session.delete(side)


def cut_ties(session: Session, member_id: int) -> None:
    """Let nothing connect a member with the messages so far, as after leaving.

    The own copies go; in those of others the name inside of the boxes is nobody's from now on, and
    the next message to one of them begins another conversation.
    """
    shred_all(session, member_id)
    for model in (Message, Conversation, Letterbox):
        session.execute(delete(model).where(model.member_id == member_id))
    session.execute(
        delete(Notice).where(Notice.member_id == member_id, Notice.kind == queries.NOTICE)
    )


def shred_all(session: Session, member_id: int) -> None:
    """Seal what a member holds for ever, since he or she leaves; the rows go with the account."""
    for model in (Message, Conversation):
        shred_ids = session.scalars(select(model.shred_id).where(model.member_id == member_id))
        shreds.destroy(session, shred_ids.all())
