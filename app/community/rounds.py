"""Questions to members: asked, answered without a name, counted once, answered in public."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.community import urn
from app.community.lint import Flaw, flaw_in
from app.community.models import Round, RoundText
from app.community.service import announce
from app.community.urn import NO_CHOICE, Answer
from app.core import audit, clock, ids, shreds
from app.core.errors import RefusalError
from app.core.text import clean, clean_line
from app.filters import service as filters
from app.forum.queries import is_well_known
from app.policy.dispositions import Disposition, dispose
from app.policy.vocabulary import Actor, Trust
from app.privacy import erasure
from app.screening.engine import Context, screen
from app.screening.findings import Finding
from app.screening.readings import readings
from app.shields import service as shields

FEWEST: Final = 5  # RESPONSE.md §17: shown from five on
MOST_ANSWERS: Final = 5_000
MOST_CHOICES: Final = 8
TEXT_SIGNS: Final = 2_000
THE_TICK: Final = "tick"
ID_BITS: Final = 62


class OverError(RefusalError):
    """The question takes no answers any more, or no more of them."""


class NotYetError(RefusalError):
    """The shields cannot be read with the key that is here, so nothing can be counted."""


class FlawedError(RefusalError):
    """The text is not for everybody."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


class HandedBackError(RefusalError):
    """The member must look at the answer again; nothing was stored."""

    def __init__(self, disposition: Disposition, findings: Sequence[Finding]) -> None:
        super().__init__(disposition.word)
        self.disposition = disposition
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Question:
    """What the team wants to ask."""

    text: str
    choices: tuple[str, ...]
    gate_read: Trust
    days: int


@dataclass(frozen=True, slots=True)
class Slip:
    """An answer on its way; `agreed` says that its member has seen what is marked in this text."""

    answer: Answer
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """The public answer of the team."""

    heard: str
    will_do: str
    will_not: str


# --- the team -------------------------------------------------------------------------------------


def ask(session: Session, actor: Actor, question: Question) -> Round:
    """Ask members something; a notice says that there is a question, not which.

    Raises:
        FlawedError: when it names somebody or holds a number or an address.
    """
    text = clean(question.text)
    choices = [clean_line(choice) for choice in question.choices]
    _check(session, "\n".join((text, *choices)))
    audit.take_turn(session)
    shred_id, _part = shreds.new_shred(session)
    asked = Round(
        public_id=ids.new_id(),
        question=text,
        choices=choices,
        gate_read=max(question.gate_read, Trust.NEWCOMER),
        opened_on=clock.today(),
        closes_on=clock.today() + timedelta(days=question.days),
        shred_id=shred_id,
        tally=[],
        heard="",
        will_do="",
        will_not="",
    )
    session.add(asked)
    audit.record(session, actor.public_id, "round.open", asked.public_id)
    announce(
        session,
        str(_("There is a question to members. Nobody can tell who answered what.")),
        clock.today(),
    )
    return asked


def reply(session: Session, actor: Actor, asked: Round, said: Reply) -> None:
    """Answer in public what was said: what was heard, what will be done, what will not and why.

    Raises:
        FlawedError: when it names somebody or holds a number or an address.
        OverError: before the count.
    """
    if asked.counted_on is None:
        raise OverError
    parts = (clean(said.heard), clean(said.will_do), clean(said.will_not))
    _check(session, "\n".join(parts))
    is_first = asked.replied_on is None
    asked.heard, asked.will_do, asked.will_not = parts
    asked.replied_on = clock.today()
    audit.record(session, actor.public_id, "round.reply", asked.public_id)
    if is_first:
        told = _("The question to members has an answer: what was heard, and what follows from it.")
        announce(session, str(told), clock.today())


def close(session: Session, actor: Actor, asked: Round) -> None:
    """Count before the day; what was counted is left alone.

    Raises:
        NotYetError: while the key of the shields is missing.
    """
    _lock(session, asked)
    if asked.counted_on is None:
        _count(session, asked)
        audit.record(session, actor.public_id, "round.close", asked.public_id)


def count_due(session: Session) -> int:
    """Count every round whose day has come; returns how many.

    While the key of the shields is missing, answers wait in the urn rather than be lost.
    """
    is_due = (Round.counted_on.is_(None), Round.closes_on <= clock.today())
    due = session.scalars(select(Round).where(*is_due).with_for_update()).all()
    counted = 0
    for asked in due:
        try:
            _count(session, asked)
        except NotYetError:
            continue
        audit.record(session, THE_TICK, "round.close", asked.public_id)
        counted += 1
    return counted


def take_away(session: Session, actor: Actor, text: RoundText) -> None:
    """Take an answer away that should not stand there; it is gone, for the team too."""
    audit.record(session, actor.public_id, "round.remove", text.public_id)
    session.delete(text)
    erasure.owe(session, None, text.public_id)


def _check(session: Session, text: str) -> None:
    """Refuse what is not for everybody.

    Raises:
        FlawedError: when it names somebody or holds a number or an address.
    """
    if flaw := flaw_in(session, text):
        raise FlawedError(flaw)


# --- members --------------------------------------------------------------------------------------


def put(session: Session, member: Actor, private_key: bytes, asked: Round, slip: Slip) -> None:
    """Put a member's answer into the urn, in the place of an earlier one.

    Nothing else is written: no row that names the member stands beside it.

    Raises:
        HandedBackError: when the filter found something that the member must look at again.
        OverError: when no answers are taken any more.
    """
    answer = Answer(slip.answer.choice, clean(slip.answer.text))
    _weigh(session, member, answer.text, agreed=slip.agreed)
    held = _opened(session, asked)
    if len(held) >= MOST_ANSWERS:
        raise OverError
    _shut(session, asked, held | {urn.mark(private_key, asked.public_id): answer})


def take_back(session: Session, private_key: bytes, asked: Round) -> None:
    """Take a member's answer out of the urn again, if there is one.

    Raises:
        OverError: when the round was counted.
    """
    held = _opened(session, asked)
    held.pop(urn.mark(private_key, asked.public_id), None)
    _shut(session, asked, held)


def own_answer(session: Session, private_key: bytes, asked: Round) -> Answer | None:
    """What the member has said, found with the own key; nothing after the count."""
    if asked.urn is None:
        return None
    part = shreds.shred_part(session, asked.shred_id)
    held = {} if part is None else urn.open_up(part, asked.public_id, asked.urn)
    return held.get(urn.mark(private_key, asked.public_id))


def _weigh(session: Session, member: Actor, text: str, *, agreed: bool) -> None:
    """Look through an answer as through a post. Nobody can be asked about it later.

    So what would wait for a moderator is handed back. Shields of others are looked at when it is
    counted: here they would tell the author what somebody wants to hide.

    Raises:
        HandedBackError: when the member must look again.
    """
    ways = readings(text)
    found = (
        *screen(text, context=Context(author=member.pseudonym)),
        *filters.found(session, "", ways),
    )
    own = shields.finder(session)(member.id, text, ways, lambda _words: False).own
    disposition = max(dispose(found, member.trust), dispose(own, member.trust))
    if disposition is Disposition.PUBLISH or (disposition is Disposition.NUDGE and agreed):
        return
    raise HandedBackError(disposition, (*found, *own))


# --- the urn --------------------------------------------------------------------------------------


def _lock(session: Session, asked: Round) -> None:
    """Let two who answer at once wait for one another, and see the round as it is then."""
    query = select(Round).where(Round.id == asked.id).with_for_update()
    session.scalars(query.execution_options(populate_existing=True)).one()


def _opened(session: Session, asked: Round) -> dict[str, Answer]:
    """What lies in the urn of a round that is open.

    Raises:
        OverError: when it is not.
    """
    _lock(session, asked)
    part = shreds.shred_part(session, asked.shred_id)
    if not asked.is_open or part is None:
        raise OverError
    return urn.open_up(part, asked.public_id, asked.urn)


def _shut(session: Session, asked: Round, held: urn.Answers) -> None:
    """Box the answers anew."""
    part = shreds.shred_part(session, asked.shred_id)
    assert part is not None  # noqa: S101 - it was there when the urn was opened, under this lock
    asked.urn = urn.close(part, asked.public_id, held)


def _count(session: Session, asked: Round) -> None:
    """Count the ballots, mix the texts, and destroy the urn with its key.

    Of fewer than `FEWEST` nothing is shown and nothing is kept.

    Raises:
        NotYetError: when a shield cannot be read; nothing was changed.
    """
    part = shreds.shred_part(session, asked.shred_id)
    held = [] if part is None else list(urn.open_up(part, asked.public_id, asked.urn).values())
    holds = _holding(session)
    texts = [answer.text for answer in held if answer.text and not holds(answer.text)]
    voted = [answer.choice for answer in held if answer.choice != NO_CHOICE]
    if len(voted) >= FEWEST:
        asked.tally = [voted.count(choice) for choice in range(len(asked.choices))]
    if len(texts) >= FEWEST:
        for body in urn.shuffled(texts):
            session.add(
                RoundText(
                    id=secrets.randbits(ID_BITS),
                    public_id=ids.new_id(),
                    round_id=asked.id,
                    body=body,
                )
            )
    asked.urn, asked.counted_on = None, clock.today()
    shreds.destroy(session, [asked.shred_id])
    erasure.owe(session, None, asked.public_id)


def _holding(session: Session) -> Callable[[str], bool]:
    """Whether a text would wait for a moderator today: by filters and shields of anybody."""
    find, known = shields.finder(session), partial(is_well_known, session)

    def holds(text: str) -> bool:
        ways = readings(text)
        shielded = find(0, text, ways, known).others
        if any(signal == shields.NO_KEY for finding in shielded for signal in finding.signals):
            raise NotYetError
        said = (*filters.found(session, "", ways), *shielded)
        return dispose(said, Trust.KNOWN) >= Disposition.HOLD

    return holds


# --- reading --------------------------------------------------------------------------------------


def round_by_id(session: Session, public_id: str) -> Round | None:
    """A round by its public id."""
    return session.scalars(select(Round).where(Round.public_id == public_id)).first()


def text_in(session: Session, asked: Round, public_id: str) -> RoundText | None:
    """One of the texts of a round."""
    query = select(RoundText).where(
        RoundText.round_id == asked.id, RoundText.public_id == public_id
    )
    return session.scalars(query).first()


def rounds(session: Session, up_to: Trust) -> Sequence[Round]:
    """Those that somebody of this trust may read: the ones that are open, then the newest."""
    query = select(Round).where(Round.gate_read <= up_to)
    order = (Round.counted_on.is_not(None), Round.closes_on.desc(), Round.id.desc())
    return session.scalars(query.order_by(*order)).all()


def texts_of(session: Session, asked: Round) -> Sequence[RoundText]:
    """What members said in words, in an order that says nothing."""
    query = select(RoundText).where(RoundText.round_id == asked.id).order_by(RoundText.public_id)
    return session.scalars(query).all()
