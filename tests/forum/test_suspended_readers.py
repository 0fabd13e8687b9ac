"""Somebody suspended sees in open lists what visitors see, and nothing more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.policy.vocabulary import Role, Standing, Trust
from tests.factories import make_board, make_member, make_thread


@pytest.mark.parametrize("roles", [Role.NONE, Role.MODERATOR], ids=["member", "moderator"])
@pytest.mark.parametrize("path", ["/", "/latest", "/search?q=lantern"])
def test_lists_show_a_suspended_member_what_they_show_to_visitors(
    session: Session, sign_in: Callable[..., FlaskClient], path: str, roles: Role
) -> None:
    inside = make_board(session, "Inner room")
    outside = make_board(session, "Front door", gate_read=Trust.VISITOR)
    roled = make_board(session, "Role room", gate_read=Trust.VISITOR, gate_role=Role.MODERATOR)
    make_thread(session, board=inside, title="A lantern inside")
    make_thread(session, board=outside, title="A lantern outside")
    make_thread(session, board=roled, title="A lantern for a role")
    stoat = make_member(session, trust=Trust.TRUSTED, roles=roles, standing=Standing.SUSPENDED)
    session.commit()
    page = sign_in(stoat).get(path)
    assert page.status_code == 200
    assert "Front door" in page.text
    for hidden in ("Inner room", "lantern inside", "Role room", "for a role"):
        assert hidden not in page.text, hidden
