"""How long a table keeps its rows, said beside its columns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keep:
    """A retention rule: rows go `days` days after the moment or day in the column `after`.

    Without `days` the rows stay until somebody erases them by a deed, and `why` says which.
    """

    why: str
    days: int | None = None
    after: str = ""

    def __post_init__(self) -> None:
        """Refuse a rule that names an age without the column that it counts from, or the reverse.

        Raises:
            ValueError: when only one of `days` and `after` is given.
        """
        if (self.days is None) != (self.after == ""):
            message = "a retention rule needs both `days` and `after`, or neither"
            raise ValueError(message)
