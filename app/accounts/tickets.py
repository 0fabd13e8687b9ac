"""Tickets: signed notes that a form carries, so that the server need remember nothing of it.

A wait-ticket says since when the form has been open, and which passphrase was offered on it. The
words are on the same page in clear; the ticket only proves that they are ours, and strong.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from itsdangerous import BadData, URLSafeSerializer

from app.core import clock, ids

LONGEST: Final = 30 * 60  # seconds; an older form has to wait anew (PRIVACY.md §5)


@dataclass(frozen=True, slots=True)
class Ticket:
    """One opened form: its number, since when it is open, the passphrase that it offers."""

    number: str
    since: int
    offer: str

    @property
    def age(self) -> int:
        """How many seconds the form has been open."""
        return max(0, int(clock.now().timestamp()) - self.since)

    @property
    def is_over(self) -> bool:
        """Whether the form has been open for too long."""
        return self.age > LONGEST

    def with_offer(self, offer: str) -> Ticket:
        """The same form with another passphrase on it."""
        return replace(self, offer=offer)


def new(offer: str) -> Ticket:
    """A ticket for a form that opens now."""
    return Ticket(number=ids.new_id(), since=int(clock.now().timestamp()), offer=offer)


def renewed(ticket: Ticket) -> Ticket:
    """Another number for the same form: what was waited has been waited."""
    return Ticket(number=ids.new_id(), since=ticket.since, offer=ticket.offer)


def sign(secret: bytes, ticket: Ticket) -> str:
    """The text of a ticket, as a form carries it."""
    return str(_signer(secret).dumps([ticket.number, ticket.since, ticket.offer]))


def read(secret: bytes, text: str) -> Ticket | None:
    """The ticket that a form carried, or nothing when it is not one of ours."""
    try:
        number, since, offer = _signer(secret).loads(text)
    except BadData:
        return None
    return Ticket(number=number, since=since, offer=offer)


def _signer(secret: bytes) -> URLSafeSerializer:
    """What signs tickets, and nothing else."""
    return URLSafeSerializer(secret, salt="wait-ticket")
