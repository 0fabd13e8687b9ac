"""Telling the community something, and taking it back."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.community.models import Announcement
from app.core import ids
from app.core.text import clean


def announce(session: Session, text: str, shows_on: date) -> Announcement:
    """Show a notice to everybody from a day on."""
    made = Announcement(public_id=ids.new_id(), text=clean(text), shows_on=shows_on)
    session.add(made)
    return made


def take_back(session: Session, public_id: str) -> None:
    """Take a notice away, shown or not."""
    session.execute(delete(Announcement).where(Announcement.public_id == public_id))
