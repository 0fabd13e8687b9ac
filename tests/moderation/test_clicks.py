"""How far it is from the queue to a decision, counted as somebody with a mouse would count."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.moderation.models import Act, Rule, SanctionKind, Statement
from app.moderation.queries import matter_by_id
from tests.factories import make_moderator
from tests.moderation.stage import make_reported

MOST_CLICKS, MOST_PAGES = 4, 2  # issue D


class Mouse:
    """A browser that knows nothing but what stands on the page, and counts."""

    def __init__(self, client: FlaskClient, start: str) -> None:
        self.client = client
        self.clicks = self.pages = 0
        self._show(client.get(start))

    def open(self, address: str) -> None:
        """Click on a link that leads there."""
        assert any(link.get("href") == address for link in self.page.iter("a")), address
        self._show(self.client.get(address))
        self.clicks += 1
        self.pages += 1

    def choose(self, name: str, value: str) -> None:
        """Click on one choice: a button of a group, or a line of a list."""
        offered = [
            one
            for one in self.form("/decide").iter()
            if (one.tag == "input" and one.get("name") == name and one.get("value") == value)
            or (one.tag == "select" and one.get("name") == name)
        ]
        assert offered, f"nothing offers {name}={value}"
        self.typed[name] = value
        self.clicks += 1

    def type(self, name: str, text: str) -> None:
        """Type something; that takes time, and no click when one comes to it with the tabulator."""
        assert any(one.get("name") == name for one in self.form("/decide").iter("textarea"))
        self.typed[name] = text

    def send(self) -> TestResponse:
        """Click on the button, and follow where it leads."""
        form = self.form("/decide")
        sent = {
            one.get("name", ""): one.get("value", "")
            for one in form.iter("input")
            if one.get("type") == "hidden" or "checked" in one.attrib
        } | self.typed
        answer = self.client.post(form.get("action", ""), data=sent)
        self.clicks += 1
        self.pages += 1
        return answer

    def form(self, end: str) -> Element:
        """The form whose address ends like this."""
        found = [one for one in self.page.iter("form") if one.get("action", "").endswith(end)]
        assert len(found) == 1
        return found[0]

    def _show(self, answer: TestResponse) -> None:
        assert answer.status_code == 200
        self.page: Element = html5lib.parse(answer.text, namespaceHTMLElements=False)
        self.typed: dict[str, str] = {}


def test_from_the_queue_to_a_decision_with_a_reason_it_is_four_clicks_and_two_pages(
    session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    item = make_reported(session)
    owl = make_moderator(session)
    session.commit()
    mouse = Mouse(sign_in(owl), "/queue")
    mouse.open(f"/queue/{item.public_id}")
    mouse.choose("act", Act.REMOVE)
    mouse.choose("rule", Rule.HARASSMENT)
    mouse.type("facts", "It mocks somebody for an accent.")
    answer = mouse.send()
    assert answer.location == "/queue"
    assert mouse.clicks <= MOST_CLICKS
    assert mouse.pages <= MOST_PAGES
    session.expire_all()
    decided = matter_by_id(session, item.public_id)
    assert decided is not None
    assert not decided.item.is_open
    told = session.scalars(select(Statement)).one()
    assert (told.act, told.facts) == (Act.REMOVE, "It mocks somebody for an accent.")


def test_a_sanction_in_the_same_decision_takes_no_page_more(
    session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    item = make_reported(session)
    owl = make_moderator(session)
    session.commit()
    mouse = Mouse(sign_in(owl), "/queue")
    mouse.open(f"/queue/{item.public_id}")
    mouse.choose("act", Act.REMOVE)
    mouse.choose("rule", Rule.HARASSMENT)
    mouse.choose("sanction", SanctionKind.WARN)
    mouse.type("facts", "It mocks somebody for an accent.")
    assert mouse.send().location == "/queue"
    assert mouse.pages == MOST_PAGES
