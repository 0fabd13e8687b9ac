"""Coming back with six words: four words of state, the team's answers, and a box to reply.

What was sent is never shown; the words of a case open that case. Wrong words and words that have
run out get one answer, in one time.
"""

from __future__ import annotations

from typing import Final

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.cases import queries, receipts
from app.cases.forms import ReceiptForm
from app.cases.models import ExposureReport, Receipt
from app.cases.service import intake, own_words, telling
from app.cases.views.common import blueprint, duty_line, key_of_words
from app.cases.views.my_case import Own, case_page
from app.core.crypto import BrokenSealError
from app.core.text import clean
from app.web import limits
from app.web.access import public
from app.web.render import page, tell
from app.web.unit_of_work import session

TRIES: Final = "60 per hour"  # of everybody together: 77 bits need no more than that
TEXT_SIGNS: Final = 4_000


@blueprint.get("/exposed/receipt")
@public
def ask_receipt() -> ResponseReturnValue:
    """The form for the six words."""
    return page("cases/ask_receipt.html", words="", is_wrong=False)


@blueprint.get("/exposed/locked-out")
@public
def locked_out() -> ResponseReturnValue:
    """What can still be done without any of one's keys; it asks nothing, and confirms nothing."""
    return page("cases/locked_out.html", on_duty=duty_line())


@blueprint.post("/exposed/receipt/save")
@public
def save_receipt() -> ResponseReturnValue:
    """See that somebody has kept the words: two of them are typed back."""
    form = ReceiptForm()
    if form.are_typed_back:
        return _follow(form)
    return page(
        "cases/receipt.html", 422, words=form.typed, numbers=receipts.asked_back(), is_wrong=True,
        is_own=bool(form.own.data), on_duty=duty_line(),
    )  # fmt: skip


@blueprint.post("/exposed/receipt")
@public
def follow_receipt() -> ResponseReturnValue:
    """What became of a report; or the own case."""
    return _follow(ReceiptForm())


@blueprint.post("/exposed/receipt/reply")
@public
def reply_with_receipt() -> ResponseReturnValue:
    """Answer the team, or add something."""
    return _follow(ReceiptForm(), is_reply=True)


@blueprint.post("/exposed/receipt/end")
@public
def end_receipt() -> ResponseReturnValue:
    """End the receipt: its words open nothing any more."""
    form = ReceiptForm()
    key = key_typed(form)
    found, own = _found(key), own_with(form, key)
    if found is not None:
        intake.end_receipt(session(), found[0])
    elif own is not None:
        own_words.end_with_words(session(), own.opened, key.private)
    else:
        return wrong_words(form)
    tell(_("Ended. These words open nothing any more."))
    return page("cases/ask_receipt.html", words="", is_wrong=False)


def _follow(form: ReceiptForm, *, is_reply: bool = False) -> ResponseReturnValue:
    """The page behind the words, perhaps after a reply."""
    opened = key_typed(form)
    found = _found(opened)
    if found is None:
        return _case_behind(form, opened)
    receipt, report, key = found
    intake.use_receipt(session(), receipt)
    text = clean(form.text.data or "")
    problem = ""
    if is_reply and text and len(text) <= TEXT_SIGNS:
        intake.write_letter(session(), report, key, text, is_from_reporter=True)
        session().flush()  # the page below reads the letters
        text = ""
        tell(_("Sent."))
    elif is_reply:
        problem = _("Write something, up to 4,000 characters.")
    return page(
        "cases/followed.html",
        422 if problem else 200,
        words=form.typed,
        told=telling.told_now(report),
        letters=intake.read_letters(session(), report, key),
        expires_on=receipt.expires_on,
        text=text,
        problem=problem,
        on_duty=duty_line(),
    )


def _case_behind(form: ReceiptForm, key: receipts.Key) -> ResponseReturnValue:
    """The own case behind the words; the look is written into its list."""
    own = own_with(form, key)
    if own is None:
        return wrong_words(form)
    own_words.note_look(session(), own.opened)
    return case_page(own)


def key_typed(form: ReceiptForm) -> receipts.Key:
    """What the typed words open; the hash comes first, whatever they are.

    Raises:
        BusyError: when too many hashes run at once.
        TooManyError: when very many words were tried within an hour.
    """
    limits.spend("receipt", "all", TRIES)
    return key_of_words(form.typed)


def own_with(form: ReceiptForm, key: receipts.Key) -> Own | None:
    """The own case that the words open."""
    opened = own_words.open_with(session(), key.private)
    return None if opened is None else Own(opened.case, opened.ring, 0, form.typed)


def _found(opened: receipts.Key) -> tuple[Receipt, ExposureReport, bytes] | None:
    """The receipt and report that the words open."""
    row = queries.receipt_by_tag(session(), opened.tag)
    if row is None:
        return None
    try:
        key = intake.key_of(session(), row[1], row[1].reporter_part, opened.private)
    except BrokenSealError:
        return None
    return row[0], row[1], key


def wrong_words(form: ReceiptForm) -> ResponseReturnValue:
    """One answer for words that are wrong and for words that have run out."""
    return page("cases/ask_receipt.html", 422, words=form.typed, is_wrong=True)
