"""The two who write to each other."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Member
from tests.factories import make_member


@pytest.fixture
def heron(session: Session) -> Member:
    return make_member(session, "Heron")


@pytest.fixture
def wren(session: Session) -> Member:
    return make_member(session, "Wren")
