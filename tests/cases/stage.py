"""The stage of an exposure: Heron is affected, Stoat posted it, Owl and Wren answer exposures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.cases import queries
from app.cases.models import ExposureReport
from app.cases.service import intake, team
from app.cases.service.casework import Opened
from app.cases.service.intake import Account
from app.cases.words import Seat, Severity
from app.forum.models import Post, Thread
from app.policy.vocabulary import Role, Trust
from tests.factories import make_board, make_member, make_post, make_thread, private_key_of

BOTH: Final = Role.MODERATOR | Role.RESPONDER


@dataclass
class Stage:
    """Who is there, and the post that says too much."""

    heron: Member
    finch: Member
    stoat: Member
    owl: Member
    wren: Member
    robin: Member
    thread: Thread
    post: Post

    @property
    def people(self) -> tuple[Member, ...]:
        """Everybody who answers exposures."""
        return (self.owl, self.wren, self.robin)


def set_stage(session: Session) -> Stage:
    """Heron is affected; Finch reports; Stoat posted it; Owl, Wren and Robin answer exposures."""
    heron = make_member(session, "Heron", trust=Trust.REGULAR)
    stoat = make_member(session, "Stoat", trust=Trust.REGULAR)
    thread = make_thread(session, board=make_board(session), author=heron)
    return Stage(
        heron=heron,
        finch=make_member(session, "Finch", trust=Trust.REGULAR),
        stoat=stoat,
        owl=make_member(session, "Owl", trust=Trust.TRUSTED, roles=BOTH),
        wren=make_member(session, "Wren", trust=Trust.TRUSTED, roles=BOTH),
        robin=make_member(session, "Robin", trust=Trust.TRUSTED, roles=Role.RESPONDER),
        thread=thread,
        post=make_post(session, thread=thread, author=stoat, body="Heron is Zephyrine Quill."),
    )


def report_post(session: Session, stage: Stage, **said: object) -> ExposureReport:
    """Finch reports the post."""
    account = Account(**({"place": "here"} | said))  # type: ignore[arg-type]  # plain values
    report = intake.send(session, stage.finch.actor, account, stage.post)
    session.commit()
    return report


def open_case(session: Session, stage: Stage, report: ExposureReport | None = None) -> Opened:
    """Owl takes the report and opens the case with Wren and Robin; it is Heron's."""
    report = report or report_post(session, stage)
    owl = stage.owl
    team.claim(session, owl.actor, report)
    seats = {
        stage.wren.id: (Seat.SECOND, stage.wren),
        stage.robin.id: (Seat.CONTACT, stage.robin),
    }
    plan = team.Plan(Severity.PUBLIC, is_danger=False, seats=seats, affected=stage.heron)
    opened = team.open_case(session, owl.actor, private_key_of(owl), report, plan)
    session.commit()
    return opened


def opened_by(session: Session, opened: Opened, member: Member) -> Opened:
    """The same case as somebody else of the team opens it."""
    ring = team.ring_for(session, opened.case, member.id, private_key_of(member))
    return Opened(opened.case, ring, member.pseudonym, member.id)


def only_report(session: Session) -> ExposureReport:
    """The one report there is."""
    return session.scalars(select(ExposureReport)).one()


def worked(session: Session, opened: Opened) -> queries.Worked:
    """A case as its door weighs it."""
    found = queries.worked_by_id(session, opened.case.public_id)
    assert found is not None
    return found
