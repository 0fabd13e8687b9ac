"""Questions to members: the list, one of them, and what the team does with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.community import rounds
from app.community.forms import ASKED, AnswerForm, AskForm, ReplyForm
from app.community.models import Round
from app.community.rounds import FlawedError, HandedBackError, NotYetError, OverError
from app.community.urn import NO_CHOICE
from app.community.views.common import FLAWS, blueprint
from app.core.errors import NotFoundError
from app.policy.dispositions import Disposition
from app.policy.permissions import Permission, readable_from
from app.policy.vocabulary import Trust
from app.screening.findings import Finding
from app.web import limits
from app.web.access import may, me, permit, permit_on, signed_in
from app.web.render import page, tell
from app.web.unit_of_work import owe_nothing, session, undo

ANSWERS: Final = "20 per hour"  # each tells whether the filter lets a text through


@blueprint.get("/rounds")
@permit(Permission.ROUND_LIST)
def all_rounds() -> ResponseReturnValue:
    """The questions that the one who asks may read."""
    up_to = Trust.TRUSTED if may(Permission.SETTINGS_EDIT) else readable_from(me())
    return page("community/rounds.html", rounds=rounds.rounds(session(), up_to))


@blueprint.get("/rounds/new")
@permit(Permission.ROUND_ASK)
def new_round() -> ResponseReturnValue:
    """The form for a question."""
    return _ask_page(AskForm())


@blueprint.post("/rounds/new")
@permit(Permission.ROUND_ASK)
def ask() -> ResponseReturnValue:
    """Ask members something."""
    form = AskForm()
    if not form.validate():
        return _ask_page(form, form.problems())
    try:
        asked = rounds.ask(session(), me(), form.asked)
    except FlawedError as error:
        undo()
        return _ask_page(form, {"question": str(FLAWS[error.flaw])})
    tell(_("The question is open. A notice says that there is one."))
    return _to(asked)


@blueprint.get("/rounds/<round_id>")
@permit_on(Permission.ROUND_READ, rounds.round_by_id)
def show_round(asked: Round) -> ResponseReturnValue:
    """One question, with the own answer while it is open, or with what came of it."""
    form = _answer_form(asked)
    own = rounds.own_answer(session(), signed_in().unlock(), asked)
    if own is not None:
        form.body.data = own.text
        form.choice.data = "" if own.choice == NO_CHOICE else str(own.choice)
    return _page(asked, form, has_answered=own is not None)


@blueprint.post("/rounds/<round_id>/answer")
@permit_on(Permission.ROUND_ANSWER, rounds.round_by_id)
def answer(asked: Round) -> ResponseReturnValue:
    """Put an answer into the urn, or hand it back. Nothing that names the member is written."""
    owe_nothing()
    form = _answer_form(asked)
    if not form.validate():
        return _page(asked, form, form.problems())
    limits.spend("round", me().public_id, ANSWERS)
    key = signed_in().unlock()
    try:
        rounds.put(session(), me(), key, asked, form.slip)
    except HandedBackError as error:
        undo()
        problems = {"body": _("This may show who somebody is. Nothing was stored.")}
        is_nudge = error.disposition is Disposition.NUDGE
        return _page(asked, form, problems, error.findings, may_agree=is_nudge)
    except OverError:
        undo()
        return _page(asked, form, {"": _("No more answers are taken. Your text is kept here.")})
    tell(_("It is in the urn. You can change it until the question closes."))
    return _to(asked)


@blueprint.post("/rounds/<round_id>/take-back")
@permit_on(Permission.ROUND_ANSWER, rounds.round_by_id)
def take_answer_back(asked: Round) -> ResponseReturnValue:
    """Take the own answer out of the urn again."""
    owe_nothing()
    try:
        rounds.take_back(session(), signed_in().unlock(), asked)
    except OverError:
        undo()
        tell(_("It was counted meanwhile. Nobody can find yours any more."), "warning")
    else:
        tell(_("Yours is no longer in the urn."))
    return _to(asked)


@blueprint.post("/rounds/<round_id>/close")
@permit_on(Permission.ROUND_RUN, rounds.round_by_id)
def close_round(asked: Round) -> ResponseReturnValue:
    """Count before the day."""
    try:
        rounds.close(session(), me(), asked)
    except NotYetError:
        undo()
        tell(_("The shields cannot be read, so nothing was counted. Ask the operator."), "warning")
    else:
        tell(_("Counted. The urn and its key are gone."))
    return _to(asked)


@blueprint.post("/rounds/<round_id>/reply")
@permit_on(Permission.ROUND_RUN, rounds.round_by_id)
def reply(asked: Round) -> ResponseReturnValue:
    """Answer in public."""
    form = ReplyForm()
    problems = {} if form.validate() else form.problems()
    if not problems:
        try:
            rounds.reply(session(), me(), asked, form.reply)
        except FlawedError as error:
            undo()
            problems = {"heard": str(FLAWS[error.flaw])}
        except OverError:
            undo()
            problems = {"": _("It has not been counted yet.")}
    if problems:
        return _page(asked, _answer_form(asked), problems, reply_form=form)
    tell(_("The answer stands below the question. A notice says that there is one."))
    return _to(asked)


@blueprint.post("/rounds/<round_id>/texts/<text_id>/remove")
@permit_on(Permission.ROUND_RUN, rounds.round_by_id)
def remove_text(asked: Round, text_id: str) -> ResponseReturnValue:
    """Take away an answer that should not stand there."""
    text = rounds.text_in(session(), asked, text_id)
    if text is None:
        raise NotFoundError
    rounds.take_away(session(), me(), text)
    tell(_("It is gone, for everybody."))
    return _to(asked)


def _answer_form(asked: Round) -> AnswerForm:
    """The form of an answer, which knows how many choices there are."""
    form = AnswerForm()
    form.choice_count = len(asked.choices)
    return form


def _page(  # noqa: PLR0913 - what was typed, and what is to be said about it
    asked: Round,
    form: AnswerForm,
    problems: Mapping[str, str] | None = None,
    findings: Sequence[Finding] = (),
    *,
    may_agree: bool = False,
    has_answered: bool = False,
    reply_form: ReplyForm | None = None,
) -> ResponseReturnValue:
    """The page of one question."""
    if reply_form is None:
        reply_form = ReplyForm(formdata=None, obj=asked)
    return page(
        "community/round.html",
        status=422 if problems else 200,
        asked=asked,
        texts=rounds.texts_of(session(), asked),
        form=form,
        reply_form=reply_form,
        problems=problems or {},
        findings=findings,
        consent=form.consent_for() if may_agree else "",
        has_answered=has_answered,
        fewest=rounds.FEWEST,
        signs=rounds.TEXT_SIGNS,
        who=ASKED[asked.gate_read],
    )


def _ask_page(form: AskForm, problems: Mapping[str, str] | None = None) -> ResponseReturnValue:
    """The form for a question, with what was typed."""
    return page(
        "community/ask.html",
        status=422 if problems else 200,
        form=form,
        problems=problems or {},
        asked=ASKED,
        fewest=rounds.FEWEST,
    )


def _to(asked: Round) -> ResponseReturnValue:
    """Back to the question."""
    return redirect(url_for("community.show_round", round_id=asked.public_id))
