"""There is no column for a name, an address or a moment: every column is on a list."""

from __future__ import annotations

import re
from typing import Final

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.core.db import Base
from tests.house.test_tables import MODELS

FORBIDDEN: Final = re.compile(
    r"e_?mail|phone|mobile|(first|last|full|real|legal|user)_?name|surname|birth|street|city|"
    r"zip|postal|country|gender|address|(^|_)ip(_|$)|agent|browser|device|fingerprint|"
    r"last_seen|last_login|login_at|seen_at|read_at|view_count|visits|referr?er|latitude|longitude",
    re.IGNORECASE,
)
# What a member may be known by. A new column here must be argued for in PRIVACY.md §3 first.
OF_A_MEMBER: Final = {
    "about",
    "about_html",
    "cost",
    "id",
    "is_confirmed",
    "joined_on",
    "mask_seed",
    "norms_version",
    "pseudonym",
    "public_id",
    "public_key",
    "roles",
    "salt",
    "skeleton",
    "standing",
    "standing_until",
    "theme",
    "trust",
    "trust_falls_on",
    "trust_floor",
    "verifier",
    "wrapped_key",
}


@pytest.mark.parametrize("model", MODELS)
def test_no_column_asks_who_somebody_is(model: type[Base]) -> None:
    names = [column.name for column in sa.inspect(model).columns]
    assert [name for name in names if FORBIDDEN.search(name)] == []


def test_a_member_is_a_pseudonym_and_keys_and_nothing_else() -> None:
    (member,) = [model for model in MODELS if model.__tablename__ == "members"]
    assert {column.name for column in sa.inspect(member).columns} <= OF_A_MEMBER


def test_a_session_says_nothing_of_where_it_was_opened() -> None:
    (kept,) = [model for model in MODELS if model.__tablename__ == "sessions"]
    assert {column.name for column in sa.inspect(kept).columns} <= {
        "token_hash", "public_id", "member_id", "box", "idle_until", "ends_at", "confirmed_until",
    }  # fmt: skip


def test_control_a_column_that_asks_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Elsewhere(DeclarativeBase):
        """Tables that are none of ours."""

    class Asking(Elsewhere):
        __tablename__ = "members"

        id: Mapped[int] = mapped_column(primary_key=True)
        backup_email: Mapped[str]

    with pytest.raises(AssertionError, match="backup_email"):
        test_no_column_asks_who_somebody_is(Asking)  # type: ignore[arg-type]  # built the same way
    monkeypatch.setitem(globals(), "MODELS", [Asking])
    with pytest.raises(AssertionError, match="backup_email"):
        test_a_member_is_a_pseudonym_and_keys_and_nothing_else()
