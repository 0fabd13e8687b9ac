"""What a browser may send about trust."""

from __future__ import annotations

from typing import Any, Final

from flask import request
from flask_babel import gettext as _
from wtforms import StringField

from app.policy.trust import STEPS, Count, Ladder, Step
from app.policy.vocabulary import Trust
from app.web.forms import Form

MOST: Final = 3650  # of anything that is counted
DIGITS: Final = 4


class TrustForm(Form):
    """Trust that is given by hand."""

    trust = StringField()

    @property
    def chosen(self) -> Trust | None:
        """The level that was chosen, if it is one."""
        levels = {str(int(level)): level for level in (Trust.NEWCOMER, *STEPS)}
        return levels.get(self.trust.data or "")


class LadderForm:
    """The numbers of the ladder as they were typed: a field for each step and each count."""

    def __init__(self, typed: dict[str, str]) -> None:
        self.typed = typed
        self.problems: dict[str, str] = {}

    @classmethod
    def sent(cls) -> LadderForm:
        """What the browser sent."""
        return cls({name: request.form.get(name, "").strip() for name in _names()})

    @classmethod
    def of(cls, ladder: Ladder) -> LadderForm:
        """A ladder as it stands."""
        return cls(
            {
                field_name(level, count): str(getattr(ladder[level], count))
                for level in STEPS
                for count in Count
            }
        )

    def ladder(self) -> Ladder | None:
        """The ladder, or nothing where something cannot be meant; `problems` then says what."""
        for name in _names():
            text = self.typed[name]
            is_number = text.isascii() and text.isdecimal() and len(text) <= DIGITS
            if not is_number or int(text) > MOST:
                self.problems[name] = _("A whole number from 0 to %(most)d.", most=MOST)
        if self.problems:
            return None
        steps: dict[Trust, Step] = {}
        for level in STEPS:
            numbers: dict[str, Any] = {
                count.value: int(self.typed[field_name(level, count)]) for count in Count
            }
            steps[level] = Step(**numbers)
        return steps


def field_name(level: Trust, count: Count) -> str:
    """The name of the field for one number."""
    return f"{level.name.lower()}_{count}"


def _names() -> list[str]:
    return [field_name(level, count) for level in STEPS for count in Count]
