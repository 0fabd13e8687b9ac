"""Exposures over HTTP: the ways in, who sees what, and that the pages say it."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.policy.vocabulary import Visibility
from tests.cases.stage import only_report, open_case, set_stage

SignIn = Callable[..., FlaskClient]


def test_a_member_reports_a_post_with_two_clicks_and_it_is_hidden(
    session: Session, sign_in: SignIn
) -> None:
    stage = set_stage(session)
    finch = sign_in(stage.finch)
    first = finch.get(f"/posts/{stage.post.public_id}/report")
    assert f'action="/posts/{stage.post.public_id}/exposure"' in first.text
    sent = finch.post(f"/posts/{stage.post.public_id}/exposure", follow_redirects=True)
    assert "Sent. Thank you." in sent.text
    session.refresh(stage.post)
    assert stage.post.visibility is Visibility.QUARANTINED
    assert stage.post.number is None


def test_the_whole_way_from_a_report_to_the_first_letter(session: Session, sign_in: SignIn) -> None:
    stage = set_stage(session)
    sign_in(stage.finch).post(f"/posts/{stage.post.public_id}/exposure")
    report = only_report(session)
    owl = sign_in(stage.owl)
    assert "Nothing waits" not in owl.get("/duty").text
    at = f"/duty/{report.public_id}"
    assert "Before you take it" in owl.get(at).text
    assert "Open a case" in owl.post(f"{at}/take", follow_redirects=True).text
    opened = owl.post(
        f"{at}/open",
        data={
            "severity": "3",
            "affected": "Heron",
            "second": stage.wren.public_id,
            "contact": stage.robin.public_id,
        },
        follow_redirects=True,
    )
    assert opened.status_code == 200, opened.text
    assert "Write the first letter" in opened.text
    case = session.query(Case).one()
    letter = owl.get(f"/cases/{case.public_id}/letter?template=A").text
    text = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", letter, re.DOTALL)
    assert text is not None
    sent = owl.post(
        f"/cases/{case.public_id}/letter",
        data={"template": "A", "text": "Something was reported. What we could hide is hidden."},
        follow_redirects=True,
    )
    assert "Sent. The member finds it" in sent.text
    heron = sign_in(stage.heron)
    mine = heron.get("/me/case", follow_redirects=True)
    assert "Are you safe now?" in mine.text
    assert "What we could hide is hidden." in heron.get(mine.request.path + "?view=full").text
    assert "Something waits for you" in heron.get("/inbox").text
    assert "Something waits for you" not in sign_in(stage.finch).get("/inbox").text


def test_nobody_but_those_named_finds_a_case(
    session: Session, sign_in: SignIn, client: FlaskClient
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    at = f"/cases/{opened.case.public_id}"
    assert sign_in(stage.owl).get(at).status_code == 200
    assert sign_in(stage.robin).get(at).status_code == 200
    assert sign_in(stage.heron).get(at).status_code == 404
    assert sign_in(stage.stoat).get(at).status_code == 404
    assert client.get(at).status_code == 401
    own = f"/me/case/{opened.case.public_id}"
    assert sign_in(stage.heron).get(own).status_code == 200
    assert sign_in(stage.owl).get(own).status_code == 404
    assert client.get(own).status_code == 401


def test_a_visitor_reports_and_comes_back_with_six_words(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    stage = set_stage(session)
    assert "/exposed" in client.get("/").text
    assert client.get("/exposed").status_code == 200
    page = client.post("/exposed", data={"words": "It stands on another site."})
    words = re.findall(r"<li>([a-z-]+)</li>", page.text)
    assert len(words) == 6
    numbers = re.search(r'name="numbers"\s+value="(\d) (\d)"', page.text)
    assert numbers is not None
    kept = {"words": " ".join(words), "numbers": " ".join(numbers.groups())}
    wrong = client.post("/exposed/receipt/save", data=kept | {"one": "no", "two": "no"})
    assert wrong.status_code == 422
    assert words[0] in wrong.text
    one, two = (words[int(number) - 1] for number in numbers.groups())
    back = client.post("/exposed/receipt/save", data=kept | {"one": one, "two": two})
    assert "received" in back.text
    assert "It stands on another site." not in back.text
    report = only_report(session)
    owl = sign_in(stage.owl)
    owl.post(f"/duty/{report.public_id}/take")
    assert "It stands on another site." in owl.get(f"/duty/{report.public_id}").text
    owl.post(f"/duty/{report.public_id}/reply", data={"text": "When did you see it?"})
    assert "When did you see it?" in client.post("/exposed/receipt", data=kept).text
    replied = client.post("/exposed/receipt/reply", data=kept | {"text": "Yesterday."})
    assert "Yesterday." in replied.text
    assert "Yesterday." in owl.get(f"/duty/{report.public_id}").text
    assert client.post("/exposed/receipt", data={"words": "a b c d e f"}).status_code == 422
    client.post("/exposed/receipt/end", data=kept)
    assert client.post("/exposed/receipt", data=kept).status_code == 422
