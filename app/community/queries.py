"""What the community says of itself and of what is stored here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.db import Base


@dataclass(frozen=True, slots=True)
class KeptTable:
    """One table and how long its rows stay."""

    name: str
    why: str
    days: int | None


def kept_tables() -> Sequence[KeptTable]:
    """Every table of this server with its retention, read off the models themselves."""
    rules = {
        mapper.class_.__tablename__: mapper.class_.__retention__ for mapper in Base.registry.mappers
    }
    return [KeptTable(name, rule.why, rule.days) for name, rule in sorted(rules.items())]
