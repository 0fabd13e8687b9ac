"""Names that members had: kept as keyed tags, so that nobody can come in their place."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import RetiredName
from app.core import clock, crypto
from app.core.db import Database

KEY_NAME: Final = "names"  # of the server secret, and of its place in a session
PURPOSE: Final = "retired-name"


def open_names(database: Database, secret: bytes) -> None:
    """Give every session of this database the key of the tags."""
    database.lend(KEY_NAME, secret)


def retire(session: Session, skeleton: str) -> None:
    """Reserve the name that somebody gives up, under its skeleton.

    Raises:
        LookupError: when the key of the tags was not given to the session.
    """
    session.merge(RetiredName(tag=_tag(session, skeleton), retired_on=clock.today()))


def is_retired(session: Session, skeleton: str) -> bool:
    """Whether somebody had this name.

    Raises:
        LookupError: when names are retired and the key of the tags was not given to the session.
    """
    if KEY_NAME not in session.info and session.scalar(select(RetiredName.tag).limit(1)) is None:
        return False  # commands that open the database by themselves, before anybody has left
    query = select(RetiredName.tag).where(RetiredName.tag == _tag(session, skeleton))
    return session.scalar(query) is not None


def _tag(session: Session, skeleton: str) -> bytes:
    """The tag of a name, however it was written."""
    secret: bytes = session.info[KEY_NAME]
    return crypto.tag(secret, PURPOSE, skeleton)
