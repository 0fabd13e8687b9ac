"""Looking back: what helped, what hurt, what was missed, and who does what about it. Blameless.

It names nobody but the owners of its actions, says nothing of the source and no sealed term. It is
under the team's key and goes with the case (RESPONSE.md §10, S).
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from app.cases import queries, workflow
from app.cases.models import LookBack
from app.cases.service import casework, ledger
from app.cases.service.casework import Opened
from app.cases.words import Clock, ItemState, Verb
from app.cases.workflow import Gate, ShutError
from app.core import clock, ids
from app.core.text import clean

FEWEST: Final = 3
MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that somebody will do, and the day on which it was done."""

    text: str
    owner: str  # a public id
    done_on: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A look-back, opened."""

    helped: str = ""
    hurt: str = ""
    missed: str = ""
    actions: tuple[Action, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that was typed."""
        return (self.helped, self.hurt, self.missed, *(one.text for one in self.actions))


@dataclass(frozen=True, slots=True)
class Times:
    """What the ledger shows of our own speed."""

    to_first_letter: timedelta | None
    openings: int
    requests: int


def read(session: Session, opened: Opened) -> Written:
    """The look-back as it is; an empty one before anybody wrote."""
    row = queries.look_back_of(session, opened.case.id)
    if row is None:
        return Written()
    value: dict[str, Any] = json.loads(opened.ring.read(row)["page"])
    actions = tuple(Action(**one) for one in value.pop("actions"))
    return Written(**value, actions=actions)


def times(session: Session, opened: Opened) -> Times:
    """How fast we were, read off the ledger."""
    entries = ledger.read(session, opened.ring)
    letters = [e.at for e in entries if e.verb is Verb.SENT and e.about.startswith("letter")]
    return Times(
        to_first_letter=letters[0] - entries[0].at if letters else None,
        openings=sum(e.verb is Verb.VIEWED for e in entries),
        requests=sum(e.verb is Verb.SENT and e.about.startswith("place") for e in entries),
    )


def write(session: Session, opened: Opened, written: Written) -> Written:
    """Keep a look-back; what was done already of its actions stays done.

    Raises:
        SealedTermError: when a text holds a sealed term.
        ShutError: when it names somebody of the team, or the actions are too few, too many or
            without an owner.
    """
    casework.check_clean(opened, *written.texts)
    team = queries.members(session, queries.named_ids(session, opened.case.id))
    if _names(written.texts, [member.pseudonym for member in team.values()]):
        raise ShutError(Gate.BLAMELESS)
    owners = {member.public_id for member in queries.responders(session)}
    owners |= {member.public_id for member in team.values()}
    is_owned = all(one.owner in owners for one in written.actions)
    is_told = workflow.is_reason(written.helped) and workflow.is_reason(written.hurt)
    if not (is_told and is_owned and FEWEST <= len(written.actions) <= MOST):
        raise ShutError(Gate.OWNED)
    done = {one.text: one.done_on for one in read(session, opened).actions}
    kept = Written(
        helped=clean(written.helped),
        hurt=clean(written.hurt),
        missed=clean(written.missed),
        actions=tuple(
            Action(clean(one.text), one.owner, done.get(clean(one.text), ""))
            for one in written.actions
        ),
    )
    ledger.write(session, opened.ring, opened.who, Verb.LOOKED_BACK)
    _settle(session, opened)
    return _keep(session, opened, kept)


def finish(session: Session, opened: Opened, owner: str, number: int) -> Written:
    """An owner says that an action is done; `owner` is a public id.

    Raises:
        ShutError: when it is somebody else's action, or there is none of that number.
    """
    now = read(session, opened)
    if number >= len(now.actions) or now.actions[number].owner != owner:
        raise ShutError(Gate.ORDER)
    done = replace(now.actions[number], done_on=clock.today().isoformat())
    actions = tuple(done if n == number else one for n, one in enumerate(now.actions))
    return _keep(session, opened, replace(now, actions=actions))


def _names(texts: tuple[str, ...], people: list[str]) -> bool:
    """Whether somebody of the team is named."""
    said = " ".join(texts).casefold()
    return any(re.search(rf"\b{re.escape(name.casefold())}\b", said) for name in people)


def _settle(session: Session, opened: Opened) -> None:
    """Settle the point of the checklist, and stop its clock."""
    row = queries.item_of(session, opened.case.id, workflow.LOOK_BACK)
    if row is not None:
        row.state, row.owner_id, row.first_id = ItemState.DONE, opened.member_id, None
    casework.stop_clock(session, opened.case, Clock.LOOK_BACK)


def _keep(session: Session, opened: Opened, written: Written) -> Written:
    """Seal it."""
    row = queries.look_back_of(session, opened.case.id)
    if row is None:
        row = LookBack(public_id=ids.new_id(), case_id=opened.case.id)
        session.add(row)
    opened.ring.write(row, {"page": json.dumps(asdict(written))})
    session.flush()  # the page that follows shows it
    return written
