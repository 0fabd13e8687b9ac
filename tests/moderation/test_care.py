"""What a moderator asked not to be given."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.moderation import care, queries
from app.moderation.models import ReportReason, SparedKind
from app.moderation.service import Complaint
from app.review.models import ReviewItem
from app.review.service import claim
from tests.factories import make_circle, make_member, make_moderator, seat
from tests.moderation.stage import make_held, make_reported, matter_of

SignIn = Callable[..., FlaskClient]
THREAT = Complaint(ReportReason.DANGER, "It threatens.")
ASKED = "You asked not to be given this"


def names_of(session: Session, moderator: Member, item: ReviewItem) -> list[str]:
    """To whom an item can be handed on."""
    matter = queries.matter_by_id(session, item.public_id)
    assert matter is not None
    return [other.pseudonym for other in queries.successors(session, moderator.actor, matter)]


def test_nobody_hands_on_what_somebody_does_not_want_unless_nobody_else_is_there(
    session: Session,
) -> None:
    owl, barn = make_moderator(session), make_moderator(session, "Barn")
    tawny = make_moderator(session, "Tawny")
    item, other = make_reported(session, complaint=THREAT), make_reported(session)
    care.spare(session, barn.actor, {ReportReason.DANGER})
    assert names_of(session, owl, item) == ["Tawny"]
    assert names_of(session, owl, other) == ["Barn", "Tawny"]
    care.spare(session, tawny.actor, {ReportReason.DANGER})
    assert names_of(session, owl, item) == ["Barn", "Tawny"], "somebody has to"


def test_what_may_show_who_somebody_is_can_be_spared_however_it_came(session: Session) -> None:
    owl = make_moderator(session)
    care.spare(session, owl.actor, {ReportReason.IDENTITY})
    held, mocked = make_held(session), make_reported(session)
    found = [queries.matter_by_id(session, item.public_id) for item in (held, mocked)]
    assert [care.is_spared(session, owl.actor, matter) for matter in found if matter] == [
        True,
        False,
    ]


def test_an_item_of_such_a_kind_asks_before_it_shows_anything(
    session: Session, sign_in: SignIn
) -> None:
    owl = make_moderator(session)
    item = make_reported(session, complaint=THREAT)
    post = matter_of(session, item).post
    assert post is not None
    text = post.body
    session.commit()
    browser, path = sign_in(owl), f"/queue/{item.public_id}"
    assert text in browser.get(path).text
    browser.post("/me/care", data={"kind": ["danger", "nonsense"]})
    closed = browser.get(path).text
    assert ASKED in closed
    assert text not in closed
    assert "It threatens." not in closed
    assert text in browser.get(f"{path}?shown=1").text
    claim(session, owl.actor, item)
    session.commit()
    assert text in browser.get(path).text, "who has taken it has asked for it"


def test_what_was_ticked_is_kept_and_taken_back(session: Session, sign_in: SignIn) -> None:
    owl = make_moderator(session)
    browser = sign_in(owl)
    browser.post("/me/care", data={"kind": ["danger", "harassment"]})
    page = browser.get("/me/care").text
    assert page.count(" checked") == 2
    browser.post("/me/care", data={})
    session.expire_all()
    assert session.scalars(select(SparedKind)).all() == []
    assert " checked" not in browser.get("/me/care").text


def test_it_is_there_for_moderators_alone(session: Session, sign_in: SignIn) -> None:
    heron = sign_in(make_member(session, "Heron"))
    assert heron.get("/me/care").status_code == 404
    assert heron.post("/me/care", data={"kind": "danger"}).status_code == 404
    wren = make_member(session, "Wren", has_factor=True)
    seat(session, make_circle(session), wren, keeps=True)
    assert sign_in(wren).get("/me/care").status_code == 200
    assert session.scalars(select(SparedKind)).all() == []
