"""The urn: answers that nobody can be tied to, in one box. Pure.

Each answer lies under a mark: a tag that only the member's own key can make, and that key is open
in the member's own session alone. So a member finds the own answer again, has one and no second,
and whoever holds the database with every key of the server cannot tell whose mark is whose.

The marks are in order by themselves, not in that of their coming, and the whole box is made anew
each time: neither its bytes nor what it holds say who came first.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.core import crypto

NO_CHOICE: Final = -1


@dataclass(frozen=True, slots=True)
class Answer:
    """What one member says: the number of a choice or `NO_CHOICE`, and words or none."""

    choice: int
    text: str


Answers = Mapping[str, Answer]


def mark(private_key: bytes, round_id: str) -> str:
    """Under what a member's answer lies; another one in every round."""
    return crypto.tag(private_key, f"mark:rounds:{round_id}", "answer").hex()


def close(part: bytes, round_id: str, answers: Answers) -> bytes:
    """Put answers into the box of a round; `part` is the half of its key that dies with it."""
    held = {name: [answers[name].choice, answers[name].text] for name in sorted(answers)}
    return crypto.seal(_key(part, round_id), json.dumps(held, ensure_ascii=False).encode())


def open_up(part: bytes, round_id: str, box: bytes | None) -> dict[str, Answer]:
    """What lies in the box; nothing before the first answer.

    Raises:
        BrokenSealError: when it is another round's, or was changed.
    """
    if box is None:
        return {}
    held = json.loads(crypto.unseal(_key(part, round_id), box))
    return {name: Answer(choice, text) for name, (choice, text) in held.items()}


def shuffled(texts: list[str]) -> list[str]:
    """The same texts, in an order by lot."""
    mixed = list(texts)
    secrets.SystemRandom().shuffle(mixed)
    return mixed


def _key(part: bytes, round_id: str) -> bytes:
    """The key of a round's box, bound to its round."""
    return crypto.hkdf(part, f"urn:rounds:{round_id}")
