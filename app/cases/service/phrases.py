"""The team's own wordings of letters, requests and notices, over those that come with the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.cases import phrasing
from app.cases.models import Phrase
from app.cases.phrasing import Objection
from app.core import audit, clock
from app.core.errors import RefusalError
from app.core.text import clean
from app.policy.vocabulary import Actor


class ObjectionError(RefusalError):
    """A wording is not kept; `objections` says why."""

    def __init__(self, objections: Sequence[Objection]) -> None:
        super().__init__(*objections)
        self.objections = tuple(objections)


def own(session: Session) -> dict[str, str]:
    """The team's newest wordings by code; where that is empty, the shipped one holds again."""
    rows = session.scalars(select(Phrase).order_by(Phrase.version))
    newest = {row.code: row.text for row in rows}
    return {code: text for code, text in newest.items() if text}


def earlier(session: Session, code: str) -> Sequence[Phrase]:
    """Every wording that the team gave one of them, the newest first."""
    query = select(Phrase).where(Phrase.code == code).order_by(Phrase.version.desc())
    return session.scalars(query).all()


def over(session: Session, shipped: Mapping[str, str]) -> dict[str, str]:
    """All wordings as they hold now."""
    return {**shipped, **{c: t for c, t in own(session).items() if c in shipped}}


def change(session: Session, actor: Actor, code: str, text: str, shipped: str) -> Phrase:
    """Word one of them anew; earlier wordings stay to be looked at.

    Raises:
        ObjectionError: when it could confirm an identity, or says what none of them may say.
    """
    names = set(session.scalars(select(Member.pseudonym)))
    found = phrasing.objections(code, text, shipped, names)
    if found:
        raise ObjectionError(found)
    return _keep(session, actor, code, clean(text))


def restore(session: Session, actor: Actor, code: str) -> Phrase:
    """Let the wording that comes with the house hold again."""
    return _keep(session, actor, code, "")


def _keep(session: Session, actor: Actor, code: str, text: str) -> Phrase:
    """Keep another version."""
    last = next(iter(earlier(session, code)), None)
    version = 1 if last is None else last.version + 1
    row = Phrase(code=code, version=version, text=text, changed_on=clock.today())
    session.add(row)
    audit.record(session, actor.public_id, "phrase.change", f"{code}-{version}")
    session.flush()  # the page that follows shows it
    return row
