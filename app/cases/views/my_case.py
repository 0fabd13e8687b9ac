"""My case: what the affected member sees, decides and says. Nobody else opens these pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts import passphrases
from app.accounts.models import Member
from app.cases import keys, queries, receipts, wording, workflow
from app.cases.forms import AnswerForm, ExposureForm, RouteForm, TextForm, word
from app.cases.keys import Ring
from app.cases.models import Case
from app.cases.service import (
    casework,
    destruction,
    intake,
    ledger,
    notice,
    own_words,
    purge,
    source,
    team,
)
from app.cases.service.casework import THE_MEMBER, Opened
from app.cases.views.common import blueprint, duty_line, key_of_words, packed
from app.cases.words import ConsentState, Profile
from app.core.errors import NotFoundError
from app.forum.queries import board_names
from app.policy.permissions import Permission
from app.support import check_ins
from app.web import limits
from app.web.access import confirmed, me, permit, permit_on, signed_in
from app.web.render import page, tell
from app.web.unit_of_work import session

CALLS_AN_HOUR: Final = "5 per hour"
SHORT: Final = "short"
FULL: Final = "full"


@dataclass(frozen=True, slots=True, repr=False)
class Own:
    """A case as its affected member opens it; it belongs to nobody for everybody else."""

    case: Case
    ring: Ring
    member_id: int
    words: str = ""  # with which it was opened, without an account

    @property
    def opened(self) -> Opened:
        """The case with the member's keys."""
        return Opened(self.case, self.ring, THE_MEMBER)


def own_case(session: Session, public_id: str) -> Own | None:
    """The case with this public id as the one who asks may have it: by trying its slots.

    Raises:
        SignInNeededError: when nobody is signed in.
    """
    private_key = signed_in().unlock()
    case = queries.case_by_id(session, public_id)
    if case is None:
        return None
    rings = keys.own_rings(session, private_key, case.id)
    return Own(case, rings[0], me().id) if rings else Own(case, Ring(case.id), 0)


@blueprint.get("/me/case")
@permit(Permission.MYCASE_LIST)
def my_cases() -> ResponseReturnValue:
    """The own case; or, without one, what to do when one is exposed."""
    rings = keys.own_rings(session(), signed_in().unlock())
    cases = queries.cases_by_ids(session(), [ring.case_id for ring in rings])
    mine = [cases[ring.case_id] for ring in rings if ring.case_id in cases]
    drills = [case for case in mine if case.is_drill]
    mine = [case for case in mine if not case.is_drill]  # a drill must not hide the way to help
    if len(mine) == 1:
        return redirect(url_for("cases.show_mine", case_id=mine[0].public_id))
    return page(
        "cases/my_cases.html",
        cases=mine,
        drills=drills,
        form=ExposureForm(),
        readers=[(m.public_id, m.pseudonym) for m in queries.responders(session())],
        on_duty=duty_line(),
    )


@blueprint.post("/me/case/now")
@permit(Permission.MYCASE_LIST)
def call_now() -> ResponseReturnValue:
    """Call those who work on the own case; without one, it opens."""
    rings = {ring.case_id: ring for ring in keys.own_rings(session(), signed_in().unlock())}
    cases = queries.cases_by_ids(session(), rings)
    live = [case for case in cases.values() if case.closed_on is None]
    for case in live:
        opened = Opened(case, rings[case.id], THE_MEMBER)
        casework.say(session(), opened, "safe", "no")
        casework.is_in_danger(session(), opened)
    if not live:
        limits.spend("exposure", me().public_id, CALLS_AN_HOUR)
        intake.send(session(), me(), intake.Account(is_danger=True, is_self=True), None)
    tell(_("They were called. %(duty)s", duty=duty_line()))
    return redirect(url_for("cases.my_cases"))


@blueprint.get("/me/case/<case_id>")
@permit_on(Permission.MYCASE_READ, own_case)
def show_mine(own: Own) -> ResponseReturnValue:
    """The own case: one thing at a time, or everything."""
    return case_page(own)


def case_page(
    own: Own,
    *,
    problems: dict[str, str] | None = None,
    text: str = "",
    status: int = 200,
    typed: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    """The page of the own case; whole, and without what needs the account, behind six words."""
    case, ring = own.case, own.ring
    said = {kind: _said(own, kind) for kind in wording.SAID}
    consents = [(row, ring.read(row)) for row in queries.consents_of(session(), case.id)]
    letters = [(row, ring.read(row)) for row in queries.letters_of(session(), case.id)]
    people = _people(own)
    wanted = request.values.get("view", SHORT)
    return page(
        "cases/my_case.html",
        status,
        case=case,
        public_id=case.public_id,
        is_full=bool(own.words) or wanted == FULL,
        words=own.words,
        has_words=own_words.are_made(session(), case.id),
        said=said,
        is_closed=case.closed_on is not None,
        state=workflow.state(queries.facts_of(session(), case)),
        places=[(row, ring.read(row)) for row in queries.places_of(session(), case.id)],
        exposures=[ring.read(row) for row in queries.exposures_of(session(), case.id)],
        notice=notice.standing(session(), own.opened),
        sheet=purge.sheet(session(), ring),
        evidence_count=len(destruction.left(session(), own.opened)),
        ordered=destruction.state(session(), own.opened),
        profiles=wording.pairs(wording.PROFILES),
        goes_on=casework.goes_on(case),
        waiting=[pair for pair in consents if pair[0].is_waiting],
        decided=[pair for pair in consents if not pair[0].is_waiting],
        answers=_answers(),
        letters=letters[::-1],
        entries=ledger.read(session(), ring)[::-1],
        people=people,
        is_taken=bool(queries.named_ids(session(), case.id)),
        ways_on=wording.options(wording.WAYS_ON),
        is_asked=not own.words and _check_ins_run(),
        trace_wish=source.wish(session(), own.opened),
        diary=source.diary(session(), own.opened),
        source_said=source.summary(session(), own.opened),
        boards=(boards := [] if own.words else board_names(session(), me())),
        board_words=dict(boards),
        way_options=wording.pairs(wording.WAYS),
        typed=typed or {},
        keep=wording.options(wording.KEEP),
        on_duty=duty_line(),
        problems=problems or {},
        text=text,
    )


def _answers() -> list[tuple[str, str]]:
    """The words with which a question can be answered; all weigh the same."""
    return [
        (ConsentState.YES.value, _("Yes")),
        (ConsentState.NO.value, _("No")),
        (ConsentState.NOT_NOW.value, _("Not now")),
        (ConsentState.DECIDE.value, _("Decide for me")),
    ]


def _said(own: Own, kind: str) -> str:
    """What the member has said of one kind."""
    row = queries.word_of(session(), own.case.id, kind)
    return "" if row is None else own.ring.read(row)["word"]


def _check_ins_run() -> bool:
    """Whether somebody asks the member how they are already."""
    return check_ins.own(session(), me(), signed_in().unlock()) is not None


def _people(own: Own) -> list[tuple[Member, str]]:
    """Who works on the case, or could open it while nobody is named; each with the seat."""
    named = {row.member_id: row.seat for row in queries.named(session(), own.case.id)}
    members = queries.members(session(), named or queries.part_reader_ids(session(), own.case.id))
    return [
        (member, str(wording.SEATS[named[n]]) if n in named else "")
        for n, member in members.items()
    ]


# --- what the member says -------------------------------------------------------------------------


@blueprint.post("/me/case/<case_id>/safe")
@permit_on(Permission.MYCASE_READ, own_case)
def say_safe(own: Own) -> ResponseReturnValue:
    """Safe now? A no, or a "not sure", calls somebody."""
    note_safe(own)
    return to_mine(own)


def note_safe(own: Own) -> None:
    """Keep the answer, and call somebody where it is not a yes."""
    said = request.form.get("safe", "")
    if said in wording.SAFE:
        casework.say(session(), own.opened, "safe", said)
        if said in {"no", "unsure"}:
            casework.is_in_danger(session(), own.opened)


@blueprint.post("/me/case/<case_id>/letters")
@permit_on(Permission.MYCASE_READ, own_case)
def write_to_team(own: Own) -> ResponseReturnValue:
    """Write to the people who work on the case."""
    return note_letter(own) or to_mine(own, "letters")


def note_letter(own: Own) -> ResponseReturnValue | None:
    """Send what was written; the page with the problem where nothing was."""
    form = TextForm()
    if not form.validate():
        return case_page(own, problems=form.problems(), text=form.text.data or "", status=422)
    casework.write_to_team(session(), own.opened, form.text.data or "")
    tell(_("Sent. %(duty)s", duty=duty_line()))
    return None


@blueprint.post("/me/case/<case_id>/consents/<consent>")
@permit_on(Permission.MYCASE_READ, own_case)
def answer_question(own: Own, consent: str) -> ResponseReturnValue:
    """Decide about one act, or withdraw what was said."""
    note_decision(own, consent)
    return to_mine(own, "decisions")


def note_decision(own: Own, consent: str) -> None:
    """Keep the word on one act.

    Raises:
        NotFoundError: when the case asks no such question.
    """
    row = queries.consent_by_id(session(), own.case.id, consent)
    form = AnswerForm()
    if row is None:
        raise NotFoundError
    if form.said is not None:
        casework.answer(session(), own.opened, row, form.said, form.on_day)
        tell(_("Noted. You can change it at any time before it is done."))


@blueprint.post("/me/case/<case_id>/exclude")
@permit_on(Permission.MYCASE_READ, own_case)
def exclude_person(own: Own) -> ResponseReturnValue:
    """Take somebody off the case. No reason is asked for."""
    wanted = request.form.get("person", "")
    people = {member.public_id: member for member, _seat in _people(own)}
    person = people.get(wanted)
    if person is None:
        raise NotFoundError
    private_key = signed_in().unlock()
    team.exclude(session(), own.opened, me(), private_key, person)
    tell(_("Done. That person can no longer open anything that follows, and was not told why."))
    return to_mine(own, "people")


@blueprint.post("/me/case/<case_id>/way-on")
@permit_on(Permission.MYCASE_READ, own_case)
def choose_way_on(own: Own) -> ResponseReturnValue:
    """Say how one goes on; all ways weigh the same, and every one can be changed."""
    way = request.form.get("way", "")
    if way in wording.WAYS_ON:
        casework.say(session(), own.opened, "way_on", way)
        tell(_("Noted. You can change your mind whenever you like."))
    return to_mine(own, "way-on")


@blueprint.post("/me/case/<case_id>/asking")
@permit_on(Permission.MYCASE_READ, own_case)
def answer_asking(own: Own) -> ResponseReturnValue:
    """Whether somebody may ask how one is on set days; a yes leads to who does."""
    answer = request.form.get("answer", "")
    if answer in wording.ASKING:
        casework.say(session(), own.opened, "asking", answer)
    if answer == "yes":
        return redirect(url_for("support.my_check_ins", rhythm="set"))
    tell(_("Noted. You can change your mind whenever you like."))
    return to_mine(own, "asking")


@blueprint.post("/me/case/<case_id>/keep")
@permit_on(Permission.MYCASE_READ, own_case)
def choose_retention(own: Own) -> ResponseReturnValue:
    """Say how long the records are kept after closing."""
    days = request.form.get("days", "")
    if days in wording.KEEP:
        casework.choose_retention(session(), own.opened, int(days))
        tell(_("Noted."))
    return to_mine(own, "keep")


@blueprint.post("/me/case/<case_id>/trace")
@permit_on(Permission.MYCASE_READ, own_case)
def answer_trace(own: Own) -> ResponseReturnValue:
    """Say whether it may be looked into where it came from."""
    if request.form.get("answer") in {"yes", "no"}:
        is_yes = request.form["answer"] == "yes"
        source.say_wish(session(), own.opened, is_yes=is_yes)
        tell(_("Noted. You can change it at any time."))
    return to_mine(own, "trace")


@blueprint.post("/me/case/<case_id>/diary")
@permit_on(Permission.MYCASE_READ, own_case)
def write_diary(own: Own) -> ResponseReturnValue:
    """Write down where it may have been told before."""
    form = RouteForm()
    if not form.validate():
        typed = {"way": form.way.data or "", "words": form.words.data or ""}
        return case_page(own, problems=form.problems(), status=422, typed=typed)
    route = form.route
    source.note_in_diary(session(), own.opened, route.way, route.board, route.words)
    tell(_("Sealed."))
    return to_mine(own, "trace")


@blueprint.post("/me/case/<case_id>/diary/strike")
@permit_on(Permission.MYCASE_READ, own_case)
def strike_diary(own: Own) -> ResponseReturnValue:
    """Take a line of the diary away."""
    source.strike_from_diary(session(), own.opened, request.form.get("line", ""))
    tell(_("Gone."))
    return to_mine(own, "trace")


@blueprint.post("/me/case/<case_id>/records")
@permit_on(Permission.MYCASE_READ, own_case)
@confirmed
def take_records(own: Own) -> ResponseReturnValue:
    """The own copy of the records, as one file that never lay on the disk."""
    profile = word(Profile, request.form.get("profile")) or Profile.MINE
    return packed(own.opened, profile)


@blueprint.post("/me/case/<case_id>/words")
@permit_on(Permission.MYCASE_READ, own_case)
@confirmed
def make_words(own: Own) -> ResponseReturnValue:
    """Six words that open the own case without the account; earlier ones end."""
    words = passphrases.generate()
    own_words.make(session(), own.opened, signed_in().unlock(), key_of_words(words).private)
    return page(
        "cases/receipt.html", words=words, numbers=receipts.asked_back(), is_wrong=False,
        is_own=True, on_duty=duty_line(),
    )  # fmt: skip


@blueprint.post("/me/case/<case_id>/words/end")
@permit_on(Permission.MYCASE_READ, own_case)
def end_words(own: Own) -> ResponseReturnValue:
    """End the six words."""
    own_words.end(session(), own.opened, signed_in().unlock())
    tell(_("Ended. These words open nothing any more."))
    return to_mine(own, "six-words")


@blueprint.post("/me/case/<case_id>/destroy")
@permit_on(Permission.MYCASE_READ, own_case)
@confirmed
def order_destruction(own: Own) -> ResponseReturnValue:
    """Order that the evidence is destroyed."""
    destruction.order(session(), own.opened)
    tell(
        _("Noted. Two of them do it, and a letter here says when. Until then you can take it back.")
    )
    return to_mine(own, "copy")


@blueprint.post("/me/case/<case_id>/destroy/back")
@permit_on(Permission.MYCASE_READ, own_case)
def keep_evidence(own: Own) -> ResponseReturnValue:
    """Take that order back."""
    destruction.take_back(session(), own.opened)
    tell(_("Taken back. It is kept."))
    return to_mine(own, "copy")


@blueprint.post("/me/case/<case_id>/reopen")
@permit_on(Permission.MYCASE_READ, own_case)
def reopen_mine(own: Own) -> ResponseReturnValue:
    """Open the own case again."""
    casework.reopen(session(), own.opened)
    return to_mine(own)


def to_mine(own: Own, anchor: str = "") -> ResponseReturnValue:
    """Back to the own case, as it was looked at: short or full."""
    view: dict[str, Any] = {"view": FULL} if request.form.get("view") == FULL else {}
    address = url_for("cases.show_mine", case_id=own.case.public_id, _anchor=anchor or None, **view)
    return redirect(address)
