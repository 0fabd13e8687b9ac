"""The wordings of letters, requests and notices: the team changes them, the linter reads along."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.cases import wording
from app.cases.service import phrases
from app.cases.service.phrases import ObjectionError
from app.cases.views.common import blueprint
from app.core.errors import NotFoundError
from app.policy.permissions import Permission
from app.web.access import me, permit
from app.web.render import page, tell
from app.web.unit_of_work import session


@blueprint.get("/duty/words")
@permit(Permission.DUTY_READ)
def all_phrases() -> ResponseReturnValue:
    """All of them, and which the team has changed."""
    return page(
        "cases/phrases.html",
        phrases=wording.options(wording.PHRASES),
        changed=set(phrases.own(session())),
    )


@blueprint.get("/duty/words/<phrase>")
@permit(Permission.DUTY_READ)
def show_phrase(phrase: str) -> ResponseReturnValue:
    """One wording, to be changed."""
    return _page(phrase)


@blueprint.post("/duty/words/<phrase>")
@permit(Permission.DUTY_READ)
def change_phrase(phrase: str) -> ResponseReturnValue:
    """Word it anew; what none of them may say is refused, and it is said why."""
    shipped, text = _shipped(phrase), request.form.get("text", "")
    try:
        phrases.change(session(), me(), phrase, text, shipped)
    except ObjectionError as error:
        problems = " ".join(str(wording.OBJECTIONS[one]) for one in error.objections)
        return _page(phrase, text, problems)
    tell(_("Kept. What is written from now on begins with it."))
    return redirect(url_for("cases.show_phrase", phrase=phrase))


@blueprint.post("/duty/words/<phrase>/restore")
@permit(Permission.DUTY_READ)
def restore_phrase(phrase: str) -> ResponseReturnValue:
    """Let the first wording hold again."""
    _shipped(phrase)
    phrases.restore(session(), me(), phrase)
    tell(_("The first wording holds again."))
    return redirect(url_for("cases.show_phrase", phrase=phrase))


def _page(code: str, text: str | None = None, problem: str = "") -> ResponseReturnValue:
    """The page of one wording; what was typed and refused is handed back."""
    shipped = _shipped(code)
    now = phrases.own(session()).get(code, shipped)
    return page(
        "cases/phrase.html",
        422 if problem else 200,
        code=code,
        name=wording.PHRASES[code],
        must_hold=wording.MUST_HOLD.get(code, ""),
        text=now if text is None else text,
        is_changed=now != shipped,
        earlier=phrases.earlier(session(), code)[1:],
        problem=problem,
    )


def _shipped(code: str) -> str:
    """The wording that comes with the house.

    Raises:
        NotFoundError: when there is none of this letter.
    """
    texts = wording.shipped()
    if code not in texts or code not in wording.PHRASES:
        raise NotFoundError
    return texts[code]
