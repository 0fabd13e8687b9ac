"""Whether the community is told: the aid, the wording, the member's veto, two signatures, a delay.

What is written passes the linter before it is stored, again before each signature, and is shown
from a day that tells nothing of the hour. A changed wording begins anew with the member.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

from app.cases import aid, drill, queries, workflow
from app.cases.aid import Advice, Answers, Rule
from app.cases.models import CaseNotice
from app.cases.service import casework, ledger
from app.cases.service.casework import THE_MEMBER, Opened
from app.cases.words import ItemState, Level, NoticeState, Verb
from app.cases.workflow import Gate, ShutError
from app.community import service as community
from app.core import clock, ids
from app.core.text import clean

LEAST_DAYS: Final = 3  # of a general reminder: 72 hours (RESPONSE.md §9)
MORE_DAYS: Final = 5  # and as many again at random
MOST_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a notice is, opened."""

    state: NoticeState
    advice: Advice
    answers: Answers
    text: str
    days: int
    first_id: int | None
    shows_on: date | None

    @property
    def needs_consent(self) -> bool:
        """Whether the member's yes to this wording is needed."""
        return self.advice.rule not in aid.WITHOUT_CONSENT

    @property
    def may_be_signed(self) -> bool:
        """Whether it may be signed now: the member agreed, or has at least been told first."""
        told = (
            {NoticeState.AGREED}
            if self.needs_consent
            else {NoticeState.AGREED, NoticeState.OFFERED, NoticeState.VETOED}
        )
        return self.state in told


def standing(session: Session, opened: Opened) -> Standing | None:
    """How far the notice of a case is; nothing before the aid was asked."""
    row = queries.notice_of(session, opened.case.id)
    if row is None:
        return None
    sealed = opened.ring.read(row)
    return Standing(
        state=row.state,
        advice=Advice(Level(sealed["level"]), Rule(sealed["rule"])),
        answers=Answers(**json.loads(sealed["answers"])),
        text=sealed["text"],
        days=int(sealed["days"]),
        first_id=row.first_id,
        shows_on=date.fromisoformat(sealed["shows_on"]) if sealed["shows_on"] else None,
    )


def weigh(session: Session, opened: Opened, answers: Answers) -> Advice:
    """Ask the aid, and keep what it was told; a wording that was there begins anew.

    Raises:
        ShutError: when the notice is shown already.
    """
    _unshown(session, opened)
    advice = aid.advise(answers)
    row = queries.notice_of(session, opened.case.id)
    if row is None:
        row = CaseNotice(public_id=ids.new_id(), case_id=opened.case.id)
        session.add(row)
    row.state, row.first_id = NoticeState.WEIGHED, None
    opened.ring.write(
        row,
        {
            "level": advice.level.value,
            "rule": advice.rule.value,
            "answers": json.dumps(asdict(answers)),
            "text": "",
            "days": "0",
            "announcement": "",
            "shows_on": "",
        },
    )
    session.flush()  # the page that follows shows it
    about = f"notice {advice.level.value} {advice.rule.value}"
    ledger.write(session, opened.ring, opened.who, Verb.WEIGHED, about)
    casework.tick(session, opened, "notice.aid", advice.level.value)
    return advice


def offer(session: Session, opened: Opened, text: str, days: int) -> None:
    """Word a notice and let the affected member read it first.

    Raises:
        SealedTermError: when it holds a sealed term; nobody is told which.
        ShutError: when the aid was not asked, it asks for no notice, or one is shown already.
    """
    casework.check_clean(opened, text)
    before = _unshown(session, opened)
    row = queries.notice_of(session, opened.case.id)
    if before is None or row is None or before.advice.level not in aid.TO_EVERYBODY:
        raise ShutError(Gate.ORDER)
    row.state, row.first_id = NoticeState.OFFERED, None
    delay = str(min(max(days, 0), MOST_DAYS))
    marked = drill.mark(text) if opened.case.is_drill else text
    opened.ring.write(row, {**opened.ring.read(row), "text": clean(marked), "days": delay})
    ledger.write(session, opened.ring, opened.who, Verb.ASKED, "notice")


def answer(session: Session, own: Opened, *, is_yes: bool) -> None:
    """The affected member's word on the wording; it can be changed until two have signed.

    Raises:
        ShutError: when nothing was offered, or it was signed by two.
    """
    row = queries.notice_of(session, own.case.id)
    asked = {NoticeState.OFFERED, NoticeState.AGREED, NoticeState.VETOED}
    if row is None or row.state not in asked:
        raise ShutError(Gate.ORDER)
    row.state = NoticeState.AGREED if is_yes else NoticeState.VETOED
    if not is_yes:
        row.first_id = None
    verb = Verb.CONSENTED if is_yes else Verb.ANSWERED
    ledger.write(session, own.ring, THE_MEMBER, verb, "notice")
    casework.call_team(session, own.case)


def sign(session: Session, opened: Opened) -> bool:
    """Sign a wording: the second signature lets it be shown on its day. Returns whether it was.

    Raises:
        ShutError: when the member has not agreed, it does not pass the linter, or the same
            person signs twice.
    """
    now = standing(session, opened)
    row = queries.notice_of(session, opened.case.id)
    if now is None or row is None or not now.may_be_signed:
        raise ShutError(Gate.ACT_OUTSIDE)
    casework.check_clean(opened, now.text)
    if row.first_id is None:
        row.first_id = opened.member_id
        ledger.write(session, opened.ring, opened.who, Verb.AGREED, "notice")
        return False
    signatures = frozenset({row.first_id, opened.member_id})
    shut = workflow.noticing(signatures, is_linted=True)
    if shut:
        raise ShutError(Gate.SAME_PERSON)
    shows_on = clock.today() + timedelta(days=_delay(now))
    row.state = NoticeState.SIGNED
    more = {"announcement": "", "shows_on": shows_on.isoformat()}
    if not opened.case.is_drill:  # a drill tells nobody
        more["announcement"] = community.announce(session, now.text, shows_on).public_id
    opened.ring.write(row, {**opened.ring.read(row), **more})
    ledger.write(session, opened.ring, opened.who, Verb.NOTICED, now.advice.level.value)
    _settle(session, opened)
    return True


def take_back(session: Session, opened: Opened) -> None:
    """Take a notice back: what is signed is not shown, what is shown goes.

    Raises:
        ShutError: when there is none.
    """
    row = queries.notice_of(session, opened.case.id)
    if row is None:
        raise ShutError(Gate.ORDER)
    sealed = opened.ring.read(row)
    if sealed["announcement"]:
        community.take_back(session, sealed["announcement"])
    opened.ring.write(row, {**sealed, "announcement": "", "shows_on": ""})
    row.state, row.first_id = NoticeState.WEIGHED, None
    ledger.write(session, opened.ring, opened.who, Verb.TICKED, "notice.signed taken back")


def _delay(now: Standing) -> int:
    """In how many days a notice is shown; a general reminder never soon, and on no sure day."""
    if now.advice.level is Level.N3:
        return max(now.days, LEAST_DAYS) + 1 + secrets.randbelow(MORE_DAYS)
    return now.days


def _unshown(session: Session, opened: Opened) -> Standing | None:
    """The notice, which must not be signed by two already.

    Raises:
        ShutError: when it is.
    """
    now = standing(session, opened)
    if now is not None and now.state is NoticeState.SIGNED:
        raise ShutError(Gate.ORDER)
    return now


def _settle(session: Session, opened: Opened) -> None:
    """Settle the points of the checklist that two signatures stand for."""
    for code in ("notice.wording", "notice.signed"):
        row = queries.item_of(session, opened.case.id, code)
        if row is not None:
            row.state, row.owner_id, row.first_id = ItemState.DONE, opened.member_id, None
