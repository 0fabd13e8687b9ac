"""The own case behind six words: the same page, for who is locked out or has left.

The words come with every deed and are kept nowhere; wrong ones get the one answer of all receipts.
"""

from __future__ import annotations

from collections.abc import Callable

from flask.typing import ResponseReturnValue

from app.cases.forms import ReceiptForm
from app.cases.views.common import blueprint, packed
from app.cases.views.my_case import Own, case_page, note_decision, note_letter, note_safe
from app.cases.views.notices import note_answer
from app.cases.views.receipts import key_typed, own_with, wrong_words
from app.cases.words import Profile
from app.web.access import public
from app.web.unit_of_work import session

Deed = Callable[[Own], ResponseReturnValue | None]


@blueprint.post("/exposed/receipt/safe")
@public
def say_safe_by_receipt() -> ResponseReturnValue:
    """Safe now? A no, or a "not sure", calls somebody."""
    return _do(note_safe)


@blueprint.post("/exposed/receipt/letters")
@public
def write_to_team_by_receipt() -> ResponseReturnValue:
    """Write to the people who work on the case."""
    return _do(note_letter)


@blueprint.post("/exposed/receipt/consents/<consent>")
@public
def answer_question_by_receipt(consent: str) -> ResponseReturnValue:
    """Decide about one act, or withdraw what was said."""
    return _do(lambda own: note_decision(own, consent))


@blueprint.post("/exposed/receipt/notice")
@public
def answer_notice_by_receipt() -> ResponseReturnValue:
    """The member's word on the wording of a notice."""
    return _do(note_answer)


@blueprint.post("/exposed/receipt/records")
@public
def take_records_by_receipt() -> ResponseReturnValue:
    """The own copy of the records, as one file that never lay on the disk."""
    return _do(lambda own: packed(own.opened, Profile.MINE))


def _do(deed: Deed) -> ResponseReturnValue:
    """Do something with the case that the words open, then show it."""
    form = ReceiptForm()
    own = own_with(form, key_typed(form))
    if own is None:
        return wrong_words(form)
    answer = deed(own)
    session().flush()  # the page below reads what was just written
    return case_page(own) if answer is None else answer
