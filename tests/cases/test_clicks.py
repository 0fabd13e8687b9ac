"""How many clicks it takes to be heard, and to be answered (RESPONSE.md §18, 5 to 7)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.cases.models import Case, ExposureReport, Letter
from app.policy.vocabulary import Visibility
from tests.cases.stage import set_stage
from tests.walk import Walk

SignIn = Callable[..., FlaskClient]


def test_a_member_reports_a_post_with_two_clicks(session: Session, sign_in: SignIn) -> None:
    stage = set_stage(session)
    finch = Walk(sign_in(stage.finch), f"/posts/{stage.post.public_id}")
    finch.follow("Report", to=stage.post.public_id)
    finch.press("It shows who someone is: send")
    assert finch.clicks <= 2
    assert "Sent. Thank you." in finch.text
    session.refresh(stage.post)
    assert stage.post.visibility is Visibility.QUARANTINED


def test_a_visitor_reports_and_keeps_the_words_with_four_clicks(
    session: Session, client: FlaskClient
) -> None:
    set_stage(session)
    visitor = Walk(client)
    visitor.follow("Somebody is exposed")
    visitor.press("Send", words="It stands on another site.")
    words = re.findall(r"<li>([a-z-]+)</li>", visitor.text)
    asked = [int(number) for number in re.findall(r"Type word number (\d)", visitor.text)]
    one, two = (words[number - 1] for number in asked)
    visitor.press("I have kept them", one=one, two=two)
    assert visitor.clicks <= 4
    assert "received" in visitor.text
    assert session.query(ExposureReport).count() == 1


def test_from_an_open_report_to_the_first_letter_in_six_clicks(
    session: Session, sign_in: SignIn
) -> None:
    stage = set_stage(session)
    Walk(sign_in(stage.finch), f"/posts/{stage.post.public_id}/report").press(
        "It shows who someone is: send"
    )
    owl = Walk(sign_in(stage.owl), "/duty")
    owl.follow("Nothing said about what can be seen")
    owl.press("Nothing keeps me from it: take it")
    owl.press(
        "Open the case",
        affected="Heron",
        second=stage.wren.public_id,
        contact=stage.robin.public_id,
    )
    assert session.query(Case).count() == 1
    owl.follow("Write the first letter")
    owl.press("Send")  # the wording of the house fits, and the team may change it
    assert owl.clicks <= 6
    assert "Sent. The member finds it" in owl.text
    assert session.query(Letter).count() == 1


def test_control_a_walk_stops_where_a_browser_would(session: Session, client: FlaskClient) -> None:
    set_stage(session)
    visitor = Walk(client, "/exposed")
    visitor.press("Send", words="It stands on another site.")
    with pytest.raises(AssertionError, match="fill in"):
        visitor.press("I have kept them", one="")
    with pytest.raises(AssertionError, match="no button"):
        visitor.press("There is no such button")
    with pytest.raises(AssertionError, match="no link"):
        visitor.follow("There is no such link")
    assert visitor.clicks == 1
