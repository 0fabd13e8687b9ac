"""What a browser may send about exposures and cases, read into plain values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import zip_longest
from typing import Any, Final, TypeVar

from flask import request
from flask_babel import gettext as _
from wtforms import BooleanField, Field, HiddenField, StringField, TextAreaField, ValidationError

from app.cases import wording
from app.cases.clocks import Window
from app.cases.ladder import Bar
from app.cases.outside import Seen
from app.cases.service.casework import Proposal
from app.cases.service.helping import GIVEN, MOST_DAYS
from app.cases.service.intake import Account
from app.cases.service.looking_back import Action, Written
from app.cases.service.source import Route, Source
from app.cases.words import (
    ConsentState,
    ItemState,
    PlaceKind,
    PlaceState,
    ReportState,
    Severity,
    Way,
)
from app.core.text import clean
from app.web.forms import Form

TEXT_SIGNS: Final = 4_000
LINE_SIGNS: Final = 400
DAYS_OF_WEEK: Final = 7
HOURS_OF_DAY: Final = 24
LONG_NUMBER: Final = 4  # digits that no number of days has

Word = TypeVar("Word", bound=StrEnum)


def word(kind: type[Word], text: str | None) -> Word | None:
    """The word of an enum that was sent, or nothing where it is none."""
    return kind(text) if text in set(kind) else None


def number(text: str | None) -> int:
    """The number that was sent; none where it is none."""
    typed = (text or "").strip()
    return int(typed) if typed.isdecimal() and len(typed) < LONG_NUMBER else 0


def day_of(text: str | None) -> date | None:
    """The day that was sent, or nothing where it is none."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def moment_of(text: str | None) -> datetime | None:
    """The moment that was sent, taken as UTC, or nothing where it is none."""
    try:
        return datetime.fromisoformat(text or "").replace(tzinfo=UTC)
    except ValueError:
        return None


def check_length(text: str, most: int = TEXT_SIGNS) -> None:
    """Complain of a text that is too long.

    Raises:
        ValidationError: when it is.
    """
    over = len(text) - most
    if over > 0:
        message = _(
            "This is %(over)d characters longer than it may be. Nothing is lost.", over=over
        )
        raise ValidationError(message)


def chosen(name: str, among: Mapping[Any, Any]) -> tuple[str, ...]:
    """What was ticked of several, in their order."""
    sent = set(request.form.getlist(name))
    return tuple(str(key) for key in among if str(key) in sent)


class ExposureForm(Form):
    """What somebody says of an exposure; every field may stay as it is."""

    place = StringField()
    visible = StringField()
    danger = BooleanField()
    is_self = BooleanField()
    link = StringField()
    words = TextAreaField()
    puzzle = HiddenField()
    answer = StringField()

    def validate_link(self, field: Field) -> None:
        """The link is no longer than it may be."""
        check_length(field.data or "", LINE_SIGNS)

    def validate_words(self, field: Field) -> None:
        """The words are no longer than they may be."""
        check_length(clean(field.data or ""))

    @property
    def facts(self) -> tuple[str, ...]:
        """Which kinds of facts were ticked."""
        return chosen("facts", wording.KINDS)

    @property
    def excluded(self) -> frozenset[str]:
        """Who must not see it, by public ids."""
        return frozenset(request.form.getlist("excluded"))

    def account(self, place: str = "") -> Account:
        """The plain values; a place that is known already counts more than what was chosen."""
        said = self.place.data if self.place.data in wording.REPORT_PLACES else ""
        seen = self.visible.data if self.visible.data in wording.VISIBLE else ""
        return Account(
            place=place or said or "unsure",
            facts=self.facts,
            is_visible=seen or "unsure",
            is_danger=bool(self.danger.data),
            is_self=bool(self.is_self.data),
            link=self.link.data or "",
            words=self.words.data or "",
            excluded=self.excluded,
        )


class ReceiptForm(Form):
    """Six words, however they are spaced; two of them typed back; perhaps a reply."""

    words = StringField()
    one = StringField()
    two = StringField()
    numbers = StringField()
    own = StringField()  # they open a case, not the answers to a report
    text = TextAreaField()

    @property
    def typed(self) -> str:
        """The words as they were shown: small letters, one space between them."""
        return " ".join((self.words.data or "").casefold().replace(",", " ").split())

    @property
    def are_typed_back(self) -> bool:
        """Whether the two words that were asked for came back."""
        words, numbers = self.typed.split(), (self.numbers.data or "").split()
        asked = [words[int(n) - 1] for n in numbers if n.isdecimal() and 0 < int(n) <= len(words)]
        said = [(field.data or "").strip().casefold() for field in (self.one, self.two)]
        return len(asked) == len(said) and asked == said


class TextForm(Form):
    """One text that must not be empty."""

    text = TextAreaField()

    def validate_text(self, field: Field) -> None:
        """Something was written, and not too much."""
        text = clean(field.data or "")
        if not text:
            raise ValidationError(_("Write something first."))
        check_length(text)


class NoticeForm(TextForm):
    """The wording of a notice, and how many days it waits."""

    days = StringField()

    @property
    def wait(self) -> int:
        """The days; none where no number was sent."""
        return number(self.days.data)


class HelperForm(Form):
    """Who speaks for the member, for how long, how far, and what is given along."""

    pseudonym = StringField()
    days = StringField(default="30")
    scope = TextAreaField()

    def validate_days(self, field: Field) -> None:
        """A number of days: nobody speaks for somebody without an end."""
        typed = (field.data or "").strip()
        is_number = typed.isascii() and typed.isdecimal() and len(typed) <= len(str(MOST_DAYS))
        if not is_number or not 1 <= int(typed) <= MOST_DAYS:
            raise ValidationError(_("A number of days, from 1 to %(most)s.", most=MOST_DAYS))

    def validate_scope(self, field: Field) -> None:
        """It is said how far."""
        if not clean(field.data or ""):
            raise ValidationError(_("Say what this person may do for you."))
        check_length(field.data or "")

    @property
    def name(self) -> str:
        """The name that was typed."""
        return clean(self.pseudonym.data or "")

    @property
    def how_long(self) -> int:
        """The days."""
        return int(self.days.data or 0)

    @property
    def gives(self) -> frozenset[str]:
        """What is given along."""
        return frozenset(request.form.getlist("gives")) & frozenset(GIVEN)


class RouteForm(Form):
    """A way in which a fact could have been known."""

    way = StringField()
    board = StringField()
    until = StringField()
    told = StringField()
    words = TextAreaField()

    def validate_way(self, field: Field) -> None:
        """One of the ways was chosen."""
        if word(Way, field.data) is None:
            raise ValidationError(_("Choose where it was told."))

    def validate_board(self, field: Field) -> None:
        """A board is named where it was on a board."""
        if self.way.data == Way.BOARD.value and not field.data:
            raise ValidationError(_("Choose the board."))

    def validate_until(self, field: Field) -> None:
        """It is a day, if anything."""
        if field.data and day_of(field.data) is None:
            raise ValidationError(_("Write the day as year-month-day, or leave it empty."))

    def validate_words(self, field: Field) -> None:
        """The words are no longer than they may be."""
        check_length(clean(field.data or ""))

    @property
    def route(self) -> Route:
        """The plain values."""
        return Route(
            way=Way(self.way.data),
            board=self.board.data or "",
            until=self.until.data or "",
            told=number(self.told.data),
            words=self.words.data or "",
        )


class WeighForm(Form):
    """What else it could be, and how much nobody can count."""

    uncounted = StringField()
    unknown = StringField()
    why = TextAreaField()
    alternatives = TextAreaField()
    change = TextAreaField()

    def validate_alternatives(self, field: Field) -> None:
        """The texts are no longer than they may be."""
        for text in (field.data, self.change.data, self.why.data):
            check_length(clean(text or ""))

    @property
    def weighed(self) -> Source:
        """The plain values."""
        return Source(
            bar=Bar(number(self.uncounted.data), number(self.unknown.data)),
            why=self.why.data or "",
            alternatives=self.alternatives.data or "",
            change=self.change.data or "",
        )


class CaptureForm(Form):
    """What is written down with a capture from outside."""

    place = StringField()
    url = StringField()
    author = StringField()
    posted_at = StringField()
    captured_at = StringField()
    tool = StringField()
    context = TextAreaField()
    is_fit = BooleanField()

    def validate_url(self, field: Field) -> None:
        """No line is longer than it may be."""
        for line in (field, self.author, self.posted_at, self.tool):
            check_length(line.data or "", LINE_SIGNS)
        check_length(clean(self.context.data or ""))

    def validate_captured_at(self, field: Field) -> None:
        """It is said when it was captured, unless it is a copy of something kept already."""
        if "original" not in request.form and moment_of(field.data) is None:
            raise ValidationError(_("Say when it was captured: day and time, in UTC."))

    @property
    def seen(self) -> Seen:
        """The plain values."""
        at = moment_of(self.captured_at.data)
        return Seen(
            url=self.url.data or "",
            author=self.author.data or "",
            posted_at=self.posted_at.data or "",
            captured_at="" if at is None else at.isoformat(timespec="minutes"),
            tool=self.tool.data or "",
            context=clean(self.context.data or ""),
        )

    @property
    def typed(self) -> dict[str, str]:
        """What stands in its fields, to be handed back."""
        return {one.name: str(one.data or "") for one in self if one.name != "is_fit"}


class LookBackForm(Form):
    """What helped, what hurt, and what is done about it."""

    helped = TextAreaField()
    hurt = TextAreaField()
    missed = TextAreaField()

    def validate_helped(self, field: Field) -> None:
        """The texts are no longer than they may be."""
        for text in (field.data, self.hurt.data, self.missed.data, *request.form.getlist("action")):
            check_length(clean(text or ""))

    @property
    def written(self) -> Written:
        """The plain values; an action without words is none."""
        sent = zip_longest(
            request.form.getlist("action"), request.form.getlist("owner"), fillvalue=""
        )
        return Written(
            helped=self.helped.data or "",
            hurt=self.hurt.data or "",
            missed=self.missed.data or "",
            actions=tuple(Action(text.strip(), owner) for text, owner in sent if text.strip()),
        )


class OpenCaseForm(Form):
    """How a case begins."""

    severity = StringField()
    danger = BooleanField()
    second = StringField()
    contact = StringField()
    affected = StringField()

    @property
    def chosen_severity(self) -> Severity:
        """How grave it is; the higher where nothing was chosen."""
        return severity(self.severity.data)


class SettleForm(Form):
    """How a report ends without a case."""

    state = StringField()

    def validate_state(self, field: Field) -> None:
        """One of the endings was chosen."""
        if word(ReportState, field.data) not in wording.ENDINGS:
            raise ValidationError(_("Choose how this report ends."))


class ItemForm(Form):
    """What becomes of one point of the checklist."""

    state = StringField()
    proof = TextAreaField()

    def validate_state(self, field: Field) -> None:
        """One of the states was chosen."""
        if word(ItemState, field.data) is None:
            raise ValidationError(_("Choose what becomes of this point."))

    def validate_proof(self, field: Field) -> None:
        """The proof is no longer than it may be."""
        check_length(clean(field.data or ""))


class PlaceForm(Form):
    """Somewhere an exposure stands."""

    kind = StringField()
    host = StringField()
    url = StringField()

    def validate_kind(self, field: Field) -> None:
        """A kind of place was chosen."""
        if word(PlaceKind, field.data) is None:
            raise ValidationError(_("Choose what kind of place it is."))

    def validate_url(self, field: Field) -> None:
        """The address is no longer than it may be."""
        check_length(field.data or "", LINE_SIGNS)


class MoveForm(Form):
    """Where a place goes next, and the number that the place gave the request."""

    state = StringField()
    reference = StringField()

    def validate_reference(self, field: Field) -> None:
        """The reference is no longer than it may be."""
        check_length(field.data or "", LINE_SIGNS)

    @property
    def wanted(self) -> PlaceState | None:
        """The state that was chosen."""
        return word(PlaceState, self.state.data)


class ProposalForm(Form):
    """An act put to the member."""

    act = TextAreaField()
    learns = TextAreaField()
    risk = TextAreaField()
    otherwise = TextAreaField()
    place = StringField()

    def validate_act(self, field: Field) -> None:
        """The act is said."""
        if not clean(field.data or ""):
            raise ValidationError(_("Say what would happen."))

    def validate_learns(self, field: Field) -> None:
        """It is said who learns what: without that nobody can agree."""
        if not clean(field.data or ""):
            raise ValidationError(_("Say who would learn what."))

    def proposal(self) -> Proposal:
        """The plain values."""
        return Proposal(
            act=self.act.data or "",
            learns=self.learns.data or "",
            risk=self.risk.data or "",
            otherwise=self.otherwise.data or "",
        )


class AnswerForm(Form):
    """The member's word on an act."""

    state = StringField()
    day = StringField()

    @property
    def said(self) -> ConsentState | None:
        """The word."""
        return word(ConsentState, self.state.data)

    @property
    def on_day(self) -> date | None:
        """The day on which to ask again."""
        return day_of(self.day.data)


class TermsForm(Form):
    """What may be public, in the words in which it must never be written."""

    text = TextAreaField()
    reason = StringField()

    @property
    def facts(self) -> tuple[str, ...]:
        """One fact a line."""
        lines = clean(self.text.data or "").splitlines()
        return tuple(line.strip() for line in lines if line.strip())


class CoverForm(Form):
    """The hours of duty: for each weekday from and to, empty for none."""

    def windows(self) -> list[Window]:
        """The hours that were sent; what makes no sense is left out."""
        found = []
        for day in range(DAYS_OF_WEEK):
            begins, ends = (request.form.get(f"{side}{day}", "") for side in ("from", "to"))
            if begins.isdecimal() and ends.isdecimal():
                window = Window(day, int(begins), int(ends))
                if window.begins < window.ends <= HOURS_OF_DAY:
                    found.append(window)
        return found


def severity(text: str | None) -> Severity:
    """The severity that was sent; the highest where it is none."""
    known = {str(int(one)): one for one in Severity}
    return known.get(text or "", Severity.GRAVE)
