"""What is sealed in a conversation, and the tags by which its two members alone find it.

Each side of a conversation is found by a tag that is made of what its two members have in common
(X25519): the machine, with all of its own keys, cannot make it, so it cannot tell who writes to
whom. Texts are padded to the size classes of `crypto.pad` (PRIVACY.md §6).

A message carries the server's mark in its box: a keyed tag of who wrote what to whom on which day,
made when it was sent. When its reader hands it to the moderators, the mark shows that it was sent
like that, and nobody can hand over what was never written. The idea is message franking (Facebook,
"Messenger Secret Conversations: Technical Whitepaper", 2016; Grubbs, Lu and Ristenpart, "Message
Franking via Committing Authenticated Encryption", CRYPTO 2017). Here the server sees a text while
it is sent, so that it needs no commitment of the sender: the mark is over the text itself, and it
lies inside the seal, where it helps nobody to test guesses.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from app.core import crypto, sealing
from app.core.db import Database
from app.core.sealing import SealedItem
from app.messages.models import Conversation, Message

KEY_NAME: Final = "messages"  # of the server secret, and of its place in a session
TAG_BYTES: Final = 16
_MARKER: Final = struct.Struct(">I")  # always as long, so that its length tells nothing


@dataclass(frozen=True, slots=True)
class Party:
    """One of the two: the inner id, the name inside of boxes (`Letterbox`), the public key."""

    member_id: int
    name: str
    public_key: bytes


@dataclass(frozen=True, slots=True)
class Peer:
    """With whom a conversation is, by the name inside of boxes, and who has written first."""

    name: str
    has_begun: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """What a message seals: who wrote it and to whom, the day, the text, and the server's mark."""

    sender: str
    recipient: str
    day: date
    text: str
    mark: bytes = b""

    def __repr__(self) -> str:
        return "***"


def open_messages(database: Database, secret: bytes) -> None:
    """Give every session of this database the key under which messages are marked."""
    database.lend(KEY_NAME, secret)


def side_tag(private_key: bytes, mine: Party, other: Party, holder: Party) -> bytes:
    """The tag of one side of a conversation, for whoever has the private key of `mine`.

    `holder` is the one of the two whose side it is.
    """
    common = crypto.agree(private_key, other.public_key)
    peer = other if holder is mine else mine
    return crypto.hkdf(common, f"conversation:{holder.name}:{peer.name}", TAG_BYTES)


# --- with whom ------------------------------------------------------------------------------------


def seal_peer(shred: bytes, side: int, holder: Party, peer: Peer) -> SealedItem:
    """Seal to the holder of a side with whom it is; `side` is its inner id."""
    text = json.dumps([peer.name, peer.has_begun]).encode()
    return sealing.seal_item(shred, [holder.public_key], text, _of_peer(side))


def open_peer(private_key: bytes, shred: bytes, side: Conversation) -> Peer:
    """With whom a side is, for its holder.

    Raises:
        BrokenSealError: when it was sealed to another, or changed.
    """
    opened = sealing.open_item(private_key, side.part, shred, side.box, _of_peer(side.id))
    name, has_begun = json.loads(opened)
    return Peer(name, has_begun)


def _of_peer(side: int) -> str:
    return sealing.bind("peer", Conversation.__tablename__, side)


# --- letters --------------------------------------------------------------------------------------


def seal_letter(
    session: Session, shred: bytes, copy: Message, holder: Party, letter: Letter
) -> SealedItem:
    """Seal one copy of a letter to its holder, with the server's mark in it.

    The copy must have its ids: the box fits no other row, and the mark no other message.
    """
    mark = _mark(session, copy.public_id, letter)
    values = [letter.sender, letter.recipient, letter.day.isoformat(), letter.text, mark.hex()]
    text = json.dumps(values, ensure_ascii=False).encode()
    return sealing.seal_item(shred, [holder.public_key], text, _of_letter(copy.id))


def open_letter(private_key: bytes, shred: bytes, copy: Message) -> Letter:
    """What a copy says, for its holder.

    Raises:
        BrokenSealError: when it was sealed to another, or changed.
    """
    opened = sealing.open_item(private_key, copy.part, shred, copy.box, _of_letter(copy.id))
    sender, recipient, day, text, mark = json.loads(opened)
    return Letter(sender, recipient, date.fromisoformat(day), text, bytes.fromhex(mark))


def is_as_sent(session: Session, copy: Message, letter: Letter) -> bool:
    """Whether the server's own mark says that this very letter was sent like this."""
    return crypto.same(letter.mark, _mark(session, copy.public_id, letter))


def _mark(session: Session, public_id: str, letter: Letter) -> bytes:
    """The server's mark on a letter.

    The text stands last and the others hold no such sign, so that nothing can be moved between
    them.
    """
    secret: bytes = session.info[KEY_NAME]
    facts = (public_id, letter.sender, letter.recipient, letter.day.isoformat(), letter.text)
    return crypto.tag(secret, "messages:mark", "\0".join(facts))


def _of_letter(copy: int) -> str:
    return sealing.bind("letter", Message.__tablename__, copy)


# --- how far it was read --------------------------------------------------------------------------


def seal_marker(private_key: bytes, side: int, number: int) -> bytes:
    """How far a side was read, for whoever has this key."""
    return crypto.seal(_marker_key(private_key, side), _MARKER.pack(number))


def open_marker(private_key: bytes, side: Conversation) -> int:
    """The number of the last message that was read; 0 for none.

    Raises:
        BrokenSealError: when it was sealed by another or for another side.
    """
    if side.marker is None:
        return 0
    (number,) = _MARKER.unpack(crypto.unseal(_marker_key(private_key, side.id), side.marker))
    return int(number)


def _marker_key(private_key: bytes, side: int) -> bytes:
    return crypto.hkdf(private_key, f"marker:conversations:{side}:1")
