"""The messages of the example community: a conversation of Heron and Wren, and one that waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.cli.demo_cases import private_key_of
from app.core.crypto import Passphrase
from app.forum.service import Draft
from app.messages import service

THANKS: Final = (
    "Your answer about the shared laundry was kind. I did not want to thank you for it in front of "
    "everybody."
)
ANSWER: Final = (
    "I am glad it helped. It took me years to find the words for it.\n\n"
    "If you ever want to talk it through, write to me here rather than on the board."
)
AGAIN: Final = "I may. It is easier to say things twice: first to one person, then to a room."
ASKED: Final = "Could you look at the list of books I made? I would like a second opinion."
LETTERS: Final = (
    ("wren", "heron", THANKS),
    ("heron", "wren", ANSWER),
    ("wren", "heron", AGAIN),
    ("stoat", "heron", ASKED),
)


def fill_messages(session: Session, members: Mapping[str, Member], passphrase: Passphrase) -> None:
    """Let them write to each other; each message is sealed as any other."""
    keys = {name: private_key_of(members[name], passphrase) for name in ("heron", "wren", "stoat")}
    for sender, recipient, body in LETTERS:
        side = service.send(
            session,
            members[sender].actor,
            keys[sender],
            members[recipient].actor,
            Draft(body=body, agreed=True),
        )
        service.mark_read(session, side.id, side.message_count, keys[sender])
