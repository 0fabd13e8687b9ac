"""Refusals: the ways in which a deed or a door says no. `web/errors.py` finds the words."""

from __future__ import annotations


class RefusalError(Exception):
    """Something was asked that will not be done; nothing has changed."""


class NotFoundError(RefusalError):
    """The thing is not there, or not for this person: the same answer for both."""


class SignInNeededError(RefusalError):
    """Nobody is signed in, and a visitor may not have this."""


class ConfirmNeededError(RefusalError):
    """The deed is a sensitive one, and it is a while since the member has shown who it is."""


class FactorNeededError(RefusalError):
    """The deed belongs to a role, and its member has not yet set up a second factor."""


class CodesNeededError(RefusalError):
    """The member has not yet confirmed a recovery code, and does that before anything else."""


class NormsNeededError(RefusalError):
    """The norms have changed, and whoever writes agrees to them first."""


class DeniedError(RefusalError):
    """The thing may be seen but the deed may not be done; `rule` names the rule that said no."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class StaleError(RefusalError):
    """Somebody else changed the thing in the meantime."""


class BusyError(RefusalError):
    """Too many people ask for something costly at once; it may be tried again soon."""


class TooManyError(RefusalError):
    """A limit was reached; `seconds` says how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds
