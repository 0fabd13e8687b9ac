"""How long a table keeps its rows, said beside its columns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keep:
    """A retention rule: rows go `days` days after the moment or day in the column `after`.

    Without `days` the rows stay until somebody erases them by a deed, and `why` says which. `short`
    are the days while the community is protected after an exposure (`app/community/protections`).
    """

    why: str
    days: int | None = None
    after: str = ""
    short: int | None = None

    def __post_init__(self) -> None:
        """Refuse a rule that names an age without the column that it counts from, or the reverse.

        Raises:
            ValueError: when only one of `days` and `after` is given.
        """
        if (self.days is None) != (self.after == ""):
            message = "a retention rule needs both `days` and `after`, or neither"
            raise ValueError(message)

    def days_now(self, *, is_shorter: bool) -> int | None:
        """The days that hold at this moment."""
        return self.short if is_shorter and self.short is not None else self.days
