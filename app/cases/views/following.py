"""Finding the reports that a member sent: by trying the key, as no row says who sent one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import keys
from app.cases.models import ExposureReport
from app.cases.service import intake, telling
from app.cases.words import Told
from app.core.crypto import BrokenSealError
from app.web.access import me, signed_in


@dataclass(frozen=True, slots=True, repr=False)
class OwnReport:
    """A report with its key, for the member who sent it; belongs to nobody for everybody else."""

    report: ExposureReport
    key: bytes
    member_id: int
    letters: tuple[tuple[bool, str], ...] = ()

    @property
    def told(self) -> Told:
        """The word that is told now."""
        return telling.told_now(self.report)


def own_report(session: Session, public_id: str) -> OwnReport | None:
    """The report with this public id as the one who asks may have it.

    Raises:
        SignInNeededError: when nobody is signed in.
    """
    private_key = signed_in().unlock()
    query = select(ExposureReport).where(ExposureReport.public_id == public_id)
    report = session.scalars(query).first()
    if report is None:
        return None
    opened = _tried(session, report, private_key)
    return opened or OwnReport(report, b"", 0)


def own_reports(session: Session, private_key: bytes) -> list[OwnReport]:
    """Every report that opens with a member's key, the newest first."""
    query = select(ExposureReport).order_by(ExposureReport.id.desc())
    tried = (_tried(session, report, private_key) for report in session.scalars(query).all())
    return [own for own in tried if own is not None]


def _tried(session: Session, report: ExposureReport, private_key: bytes) -> OwnReport | None:
    """A report with its key and letters, if the reporter's part opens."""
    if not keys.opens(private_key, report.reporter_part):
        return None
    try:
        key = intake.key_of(session, report, report.reporter_part, private_key)
    except BrokenSealError:
        return None
    letters = tuple(intake.read_letters(session, report, key))
    return OwnReport(report, key, me().id, letters)
