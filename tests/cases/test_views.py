"""Exposures over HTTP: the ways in, who sees what, and that the pages say it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts import names
from app.cases.models import Case, SoftHold
from app.cases.service import casework, team
from app.cases.service.casework import Proposal
from app.cases.words import ConsentState, HoldState
from app.core.db import Database
from app.leaving import service as leaving
from app.policy.vocabulary import Role, Visibility
from app.privacy.erasure import Texts
from tests.cases.stage import only_report, open_case, opened_by, set_stage
from tests.factories import make_member, make_moderator, make_post, private_key_of
from tests.moderation.test_queries import statements

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


# --- who sees nothing -----------------------------------------------------------------------------

LOOKED_AT = ("/", "/duty", "/queue", "/inbox", "/audit", "/latest", "/me/exposures", "/log")


def masked(response: TestResponse) -> tuple[int, str]:
    """An answer without its tokens and form keys."""
    text = re.sub(r'value="[^"]{20,}"', 'value="…"', response.text)
    return response.status_code, text


def test_an_excluded_responder_lives_in_a_world_without_the_report(
    session: Session, sign_in: SignIn
) -> None:
    stage = set_stage(session)
    wren = sign_in(stage.wren)
    before = {path: masked(wren.get(path)) for path in LOOKED_AT}
    sent = {"excluded": stage.wren.public_id, "words": "Canaryword", "facts": "name"}
    sign_in(stage.finch).post("/exposed", data=sent)
    assert {path: masked(wren.get(path)) for path in LOOKED_AT} == before
    report = only_report(session)
    for method, path in (
        ("GET", ""), ("POST", "/take"), ("POST", "/aside"), ("POST", "/reveal"), ("POST", "/open"),
    ):  # fmt: skip
        theirs = wren.open(f"/duty/{report.public_id}{path}", method=method)
        absent = wren.open(f"/duty/abcdefghjkmnpqrs{path}", method=method)
        assert theirs.status_code == 404
        assert masked(theirs)[1].replace(report.public_id, "…") == masked(absent)[1].replace(
            "abcdefghjkmnpqrs", "…"
        )
    owl = sign_in(stage.owl)
    owl.post(f"/duty/{report.public_id}/take")
    page = owl.get(f"/duty/{report.public_id}").text
    assert "Canaryword" in page
    assert f'value="{stage.wren.public_id}"' not in page, "nor can he be named on the case"
    owl.post(f"/duty/{report.public_id}/open", data={"second": stage.wren.public_id})
    case = session.query(Case).one()
    assert wren.get(f"/cases/{case.public_id}").status_code == 404
    after = owl.get(f"/cases/{case.public_id}").text
    assert f'value="{stage.wren.public_id}"' not in after
    assert {path: masked(wren.get(path)) for path in LOOKED_AT} == before


def test_for_an_excluded_responder_the_database_has_as_much_to_do_as_before(
    session: Session, sign_in: SignIn, database: Database
) -> None:
    stage = set_stage(session)
    wren, owl = sign_in(stage.wren), sign_in(stage.owl)

    def asked_by(browser: FlaskClient, path: str) -> list[str]:
        with statements(database) as seen:
            browser.get(path)
        return list(seen)

    def everything(browser: FlaskClient) -> dict[str, list[str]]:
        return {path: asked_by(browser, path) for path in LOOKED_AT}

    everything(wren)  # what is only asked once a session is over
    before, owls_before = everything(wren), everything(owl)
    assert before["/duty"]
    sent = {"excluded": stage.wren.public_id, "words": "Canaryword", "facts": "name"}
    sign_in(stage.finch).post("/exposed", data=sent)
    assert everything(wren) == before
    assert everything(owl) != owls_before, "those who may see it are asked about"


def test_a_hidden_post_is_gone_for_other_moderators_and_a_line_for_its_author(
    session: Session, sign_in: SignIn
) -> None:
    stage = set_stage(session)
    moderator = sign_in(make_moderator(session, "Kite"))
    stoat, heron = sign_in(stage.stoat), sign_in(stage.heron)
    sign_in(stage.finch).post(f"/posts/{stage.post.public_id}/exposure")
    thread = f"/threads/{stage.thread.public_id}"
    for browser in (moderator, stoat, heron, sign_in(stage.finch)):
        for path in (thread, "/queue", "/search?q=zephyrine", "/latest"):
            assert "Zephyrine" not in browser.get(path).text, path
    assert "This post waits for a moderator." in stoat.get(thread).text
    assert "This post waits" not in heron.get(thread).text + moderator.get(thread).text
    assert moderator.get(f"/posts/{stage.post.public_id}").status_code == 404
    assert stoat.get(f"/posts/{stage.post.public_id}/edit").status_code == 403


def test_what_a_reporter_reads_does_not_tell_whether_anything_was_hidden(
    session: Session, sign_in: SignIn
) -> None:
    stage = set_stage(session)
    finch = sign_in(stage.finch)
    pages = []
    for _post in range(5):
        post = make_post(session, thread=stage.thread, author=stage.stoat)
        sent = finch.post(f"/posts/{post.public_id}/exposure")
        pages.append((sent.status_code, sent.headers["Location"]))
    assert len(set(pages)) == 1


def test_a_post_named_by_somebody_who_may_not_read_it_is_not_touched(
    session: Session, client: FlaskClient
) -> None:
    stage = set_stage(session)  # a board for members
    link = f"http://localhost/posts/{stage.post.public_id}"
    for _times in range(2):
        assert client.post("/exposed", data={"link": link}).status_code == 200
    session.refresh(stage.post)
    assert stage.post.visibility is Visibility.PUBLISHED


def test_wrong_words_and_words_that_have_run_out_get_one_answer(
    session: Session, client: FlaskClient, move_clock: Callable[[timedelta], None]
) -> None:
    set_stage(session)
    page = client.post("/exposed", data={"words": "It stands on another site."})
    words = " ".join(re.findall(r"<li>([a-z-]+)</li>", page.text))
    assert client.post("/exposed/receipt", data={"words": words.upper()}).status_code == 200
    move_clock(timedelta(days=31))
    late = client.post("/exposed/receipt", data={"words": words})
    wrong = client.post("/exposed/receipt", data={"words": "six words that nobody has"})
    one = masked(late)[1].replace(words, "…")
    other = masked(wrong)[1].replace("six words that nobody has", "…")
    assert (late.status_code, one) == (wrong.status_code, other)


# --- what the member decides ----------------------------------------------------------------------


def test_i_think_i_am_exposed_opens_the_own_page_at_once(session: Session, sign_in: SignIn) -> None:
    stage = set_stage(session)
    heron = sign_in(stage.heron)
    assert "I think I am exposed" in heron.get("/me/case").text
    sent = {"excluded": stage.wren.public_id}
    mine = heron.post("/exposed/me", data=sent, follow_redirects=True)
    assert "Your safety comes first; whether you stay comes second." in mine.text
    at = mine.request.path
    asked = heron.post(f"{at}/safe", data={"safe": "no"}, follow_redirects=True)
    assert "112" in asked.text
    assert session.query(Case).one().is_danger
    heron.post(f"{at}/letters", data={"text": "Somebody wrote to my sister."})
    empty = heron.post(f"{at}/letters", data={"text": " "})
    assert empty.status_code == 422
    assert "Write something first." in empty.text
    report = only_report(session)
    owl = sign_in(stage.owl)
    owl.post(f"/duty/{report.public_id}/take")
    seats = {"second": stage.robin.public_id}
    case = owl.post(f"/duty/{report.public_id}/open", data=seats, follow_redirects=True)
    assert "Somebody wrote to my sister." in case.text
    assert sign_in(stage.wren).get(case.request.path).status_code == 404


def test_a_member_who_reports_a_post_about_oneself_seals_it_into_the_own_case(
    session: Session, sign_in: SignIn
) -> None:
    stage = set_stage(session)
    sign_in(stage.heron).post(f"/posts/{stage.post.public_id}/exposure", data={"is_self": "1"})
    report = only_report(session)
    assert report.post_id is None
    assert report.case_id is not None
    session.refresh(stage.post)
    assert stage.post.visibility is Visibility.QUARANTINED
    owl = sign_in(stage.owl)
    owl.post(f"/duty/{report.public_id}/take")
    owl.post(f"/duty/{report.public_id}/open", data={"second": stage.wren.public_id})
    (hold,) = session.query(SoftHold).all()
    assert hold.state is HoldState.CONFIRMED


def test_the_member_answers_a_question_and_takes_somebody_off(
    session: Session, sign_in: SignIn
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    owl, heron = sign_in(stage.owl), sign_in(stage.heron)
    at, mine = f"/cases/{opened.case.public_id}", f"/me/case/{opened.case.public_id}"
    asked = {"act": "Ask the host.", "learns": "The host learns the address."}
    assert owl.post(f"{at}/consents", data={"act": "Ask the host."}).status_code == 422
    owl.post(f"{at}/consents", data=asked)
    heron.post(f"{mine}/safe", data={"safe": "yes"})
    page = heron.get(mine).text
    assert "Ask the host." in page
    found = re.search(rf"{mine}/consents/(\w+)", page)
    assert found is not None
    heron.post(f"{mine}/consents/{found[1]}", data={"state": "yes"})
    assert "Withdraw" in heron.get(f"{mine}?view=full").text
    heron.post(f"{mine}/exclude", data={"person": stage.wren.public_id})
    assert sign_in(stage.wren).get(at).status_code == 404
    assert owl.get(at).status_code == 200


def test_a_sealed_term_is_refused_and_the_letter_is_kept(session: Session, sign_in: SignIn) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    owl = sign_in(stage.owl)
    at = f"/cases/{opened.case.public_id}"
    sent = owl.post(f"{at}/letter", data={"text": "Dear Heron, we hid it."})
    assert sent.status_code == 422
    assert "contains a sealed term" in sent.text
    assert "Dear Heron, we hid it." in sent.text
    place = {"kind": "paste", "host": "paste.example", "url": "https://paste.example/1"}
    owl.post(f"{at}/places", data=place)
    assert "hxxps" not in owl.get(at).text
    assert "https://paste.example/1" not in owl.get(at).text, "an address is shown defanged"
    item = owl.post(f"{at}/items/notice.aid", data={"state": "not_needed", "proof": ""})
    assert item.status_code == 409
    assert "Write a reason" in item.text


def test_the_contact_person_does_not_lead(session: Session, sign_in: SignIn) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    robin = sign_in(stage.robin)
    at = f"/cases/{opened.case.public_id}"
    assert "What may be public" not in robin.get(at).text
    for deed in ("identity", "suspend", "close", "severity", "people"):
        assert robin.post(f"{at}/{deed}").status_code == 403, deed


def test_looking_at_what_may_be_public_asks_who_it_is_and_stands_in_the_members_list(
    session: Session, sign_in: SignIn, move_clock: Callable[[timedelta], None]
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    at = f"/cases/{opened.case.public_id}/identity"
    reason = {"reason": "to write to the host", "text": "Zephyrine Quill"}
    owl = sign_in(stage.owl)
    move_clock(timedelta(minutes=15))
    assert "Show it" not in owl.post(at, data=reason).text, "it is not sure any more who this is"
    owl = sign_in(stage.owl)
    assert owl.post(at, data={"reason": "x"}).status_code == 409
    assert "Zephyrine Quill" in owl.post(at, data=reason).text
    assert "Zephyrine" not in owl.get(f"/cases/{opened.case.public_id}").text
    mine = sign_in(stage.heron).get(f"/me/case/{opened.case.public_id}?view=full").text
    assert "to write to the host" in mine


@pytest.mark.parametrize("safe", ["", "yes"])
def test_the_first_screen_of_my_case_is_short(session: Session, sign_in: SignIn, safe: str) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    heron = sign_in(stage.heron)
    mine = f"/me/case/{opened.case.public_id}"
    heron.post(f"{mine}/safe", data={"safe": safe})
    text = re.search(r"<main.*?</main>", heron.get(mine).text, re.DOTALL)
    assert text is not None
    words = re.sub(r"<[^>]+>", " ", text[0]).split()
    assert 20 < len(words) <= 120


@pytest.mark.parametrize("safe", ["", "yes"])
@pytest.mark.parametrize("view", ["", "?view=full"])
def test_from_my_case_leaving_is_two_clicks_away(
    session: Session, sign_in: SignIn, safe: str, view: str
) -> None:
    stage = set_stage(session)
    heron, mine = sign_in(stage.heron), f"/me/case/{open_case(session, stage).case.public_id}"
    heron.post(f"{mine}/safe", data={"safe": safe})
    first = re.findall(r'href="([^"]+)"', heron.get(mine + view).text)
    assert "/me/going-on" in first
    assert 'href="/me/leave"' in heron.get("/me/going-on").text
    assert 'action="/me/leave"' in heron.get("/me/leave").text


def test_hours_of_duty_are_set_by_the_operator_and_said_to_everybody(
    session: Session, sign_in: SignIn, client: FlaskClient, move_clock: Callable[..., None]
) -> None:
    badger = sign_in(make_member(session, "Badger", roles=Role.OPERATOR))
    assert "No fixed hours" in client.get("/exposed").text
    badger.post("/console/cover", data={"from1": "8", "to1": "18", "from2": "9", "to2": "3"})
    assert "Nobody is on duty until Tue 3 Nov, 08:00" in client.get("/exposed").text
    move_clock(timedelta(hours=21))
    assert "Somebody is on duty" in client.get("/exposed").text
    assert sign_in(make_member(session, "Stoat")).get("/console/cover").status_code == 404


def test_a_flood_of_visitors_is_asked_a_puzzle_and_loses_nothing_typed(
    session: Session, build_app: Callable[..., Flask]
) -> None:
    set_stage(session)
    session.commit()
    visitor = build_app(limits_enabled=True).test_client(session=session)
    sent = [visitor.post("/exposed", data={"words": "Look there."}) for _ in range(30)]
    assert {answer.status_code for answer in sent} == {200}
    flooded = visitor.post("/exposed", data={"words": "The thirty-first."})
    assert flooded.status_code == 422
    assert "Which two of these are" in flooded.text
    assert "The thirty-first." in flooded.text


def words_for_heron(session: Session, heron: FlaskClient) -> tuple[str, str, dict[str, str]]:
    """Heron makes six words: the case's public id, the words, and the form that opens it."""
    case_id = session.query(Case).one().public_id
    made = heron.post(f"/me/case/{case_id}/words")
    words = " ".join(re.findall(r"<li>([a-z-]+)</li>", made.text))
    assert len(words.split()) == 6
    return case_id, words, {"words": words}


def test_six_words_open_the_own_case_for_who_is_locked_out(
    session: Session, sign_in: SignIn, client: FlaskClient
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    asked = casework.propose(
        session, opened, Proposal("Write to the host", "the host learns the address", "", "")
    )
    session.commit()
    heron = sign_in(stage.heron)
    case_id, words, form = words_for_heron(session, heron)

    found = client.post("/exposed/receipt", data=form)
    assert found.status_code == 200
    assert "Write to the host" in found.text
    assert case_id not in found.text  # the pages of the account are not this visitor's
    assert words in found.text.replace("&#32;", " ")
    said = client.post("/exposed/receipt/letters", data=form | {"text": "I am locked out."})
    assert "I am locked out." in said.text
    empty = client.post("/exposed/receipt/letters", data=form | {"text": " "})
    assert (empty.status_code, "Write something first." in empty.text) == (422, True)
    client.post(f"/exposed/receipt/consents/{asked.public_id}", data=form | {"state": "yes"})
    client.post("/exposed/receipt/safe", data=form | {"safe": "no"})
    session.expire_all()
    assert asked.state is ConsentState.YES
    assert opened.case.is_danger
    copy = client.post("/exposed/receipt/records", data=form)
    assert copy.mimetype == "application/zip"
    assert client.get(f"/me/case/{case_id}").status_code == 401

    mine = heron.get(f"/me/case/{case_id}?view=full").text
    assert "I am locked out." in mine
    assert mine.count("this page, with the six words") == 1  # one look, whatever was done in it


def test_who_has_no_key_left_reads_what_can_be_done_and_the_page_confirms_nothing(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    stage = set_stage(session)
    for path in ("/sign-in", "/recover", "/exposed", "/exposed/receipt"):
        assert 'href="/exposed/locked-out"' in client.get(path).text, path
    before = masked(client.get("/exposed/locked-out"))
    for way in ("/recover", "/exposed/receipt", "/exposed"):
        assert f'href="{way}"' in before[1]
    said = before[1].partition("<main")[2].partition("</main>")[0]
    assert "<form" not in said, "it asks nothing"
    open_case(session, stage)
    words_for_heron(session, sign_in(stage.heron))
    assert masked(client.get("/exposed/locked-out")) == before
    assert client.get("/exposed/locked-out?words=a&pseudonym=Heron").text.count("Heron") == 0


def test_words_of_a_case_end_and_then_say_what_all_wrong_words_are_told(
    session: Session, sign_in: SignIn, client: FlaskClient
) -> None:
    stage = set_stage(session)
    open_case(session, stage)
    heron = sign_in(stage.heron)
    case_id, _words, first = words_for_heron(session, heron)
    second = words_for_heron(session, heron)[2]
    old = client.post("/exposed/receipt", data=first)
    wrong = client.post("/exposed/receipt", data={"words": "six words that nobody has"})
    assert old.status_code == wrong.status_code == 422
    assert masked(old)[1].replace(first["words"], "…") == masked(wrong)[1].replace(
        "six words that nobody has", "…"
    )
    assert client.post("/exposed/receipt/end", data=second).status_code == 200
    assert client.post("/exposed/receipt", data=second).status_code == 422
    assert client.post("/exposed/receipt/letters", data=second | {"text": "x"}).status_code == 422
    assert "You have such words." not in heron.get(f"/me/case/{case_id}?view=full").text
    third = words_for_heron(session, heron)[2]
    assert "You have such words." in heron.get(f"/me/case/{case_id}?view=full").text
    heron.post(f"/me/case/{case_id}/words/end")
    assert client.post("/exposed/receipt", data=third).status_code == 422
    assert heron.get(f"/me/case/{case_id}").status_code == 200


def test_words_open_what_is_sealed_after_an_exclusion_and_after_the_member_has_left(
    session: Session, sign_in: SignIn, client: FlaskClient
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    heron = sign_in(stage.heron)
    case_id, _words, form = words_for_heron(session, heron)
    heron.post(f"/me/case/{case_id}/exclude", data={"person": stage.wren.public_id})
    session.expire_all()
    later = opened_by(session, opened, stage.owl)
    casework.send_letter(session, later, "U", "Sealed under the next key.")
    session.info[names.KEY_NAME] = bytes(32)
    leaving.leave(session, stage.heron.actor, Texts.KEPT)
    session.commit()
    team.leave(session, opened_by(session, opened, stage.robin), stage.robin.public_id)
    last = opened_by(session, opened, stage.owl)
    casework.send_letter(session, last, "U", "And under the one after it.")
    session.commit()
    found = client.post("/exposed/receipt", data=form).text
    assert "Sealed under the next key." in found
    assert "And under the one after it." in found


def test_naming_another_member_as_affected_takes_the_words_away(
    session: Session, sign_in: SignIn, client: FlaskClient
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    form = words_for_heron(session, sign_in(stage.heron))[2]
    session.expire_all()
    owl = opened_by(session, opened, stage.owl)
    team.name_affected(session, owl, private_key_of(stage.owl), stage.finch)
    team.leave(session, opened_by(session, opened, stage.robin), stage.robin.public_id)
    session.commit()
    assert client.post("/exposed/receipt", data=form).status_code == 422
