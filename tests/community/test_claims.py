"""Every sentence of the privacy page has tests, and every test it names is there and runs."""

from __future__ import annotations

import ast
import io
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import MetaData, select
from sqlalchemy.orm import Session

from app.cli.seizure.damage import CONTROLS
from app.community.claims import CLAIMS, Claim, claims, claims_on, extract
from app.forum import service
from app.forum.models import Post, Thread
from app.policy.vocabulary import Trust
from tests.conftest import KIND
from tests.factories import make_board, make_member, make_post, make_thread

ROOT = Path(__file__).parents[2]


def running_in(path: Path) -> set[str]:
    """The tests of a file that nothing leaves out."""
    return {
        node.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and not any(
            left_out in ast.unparse(mark)
            for mark in node.decorator_list
            for left_out in ("skip", "xfail")
        )
    }


def is_there(test: str) -> bool:
    path, _, name = test.partition("::")
    return (ROOT / path).is_file() and name in running_in(ROOT / path)


@pytest.mark.parametrize("claim", claims(), ids=lambda claim: claim.id)
def test_the_tests_behind_a_claim_are_there_and_run(claim: Claim) -> None:
    assert claim.tests
    assert [test for test in claim.tests if not is_there(test)] == []


@pytest.mark.parametrize("claim", claims(), ids=lambda claim: claim.id)
def test_the_controls_of_a_claim_are_there(claim: Claim) -> None:
    assert [name for name in claim.controls if name not in CONTROLS and not is_there(name)] == []


def test_every_claim_but_one_has_a_control() -> None:
    # Why "hidden" has none is said beside it. A second one needs a reason there as well.
    assert [claim.id for claim in claims() if not claim.controls] == ["hidden"]


@pytest.mark.parametrize("claim", claims(), ids=lambda claim: claim.id)
def test_a_claim_says_where_it_is_true(claim: Claim) -> None:
    assert claim.databases
    assert set(claim.databases) <= {"sqlite", "postgresql"}


def test_control_a_test_that_is_missing_or_left_out_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "test_it.py"
    path.write_text(
        "import pytest\ndef test_one(): pass\n@pytest.mark.skip\ndef test_two(): pass\n"
        "@pytest.mark.xfail\ndef test_three(): pass\ndef helper(): pass\n"
    )
    assert running_in(path) == {"test_one"}
    assert not is_there("tests/community/test_claims.py::test_nothing_of_the_kind")
    assert not is_there("tests/nowhere.py::test_one")


def test_no_claim_is_made_twice() -> None:
    assert len({claim.id for claim in claims()}) == len(claims())


def test_the_page_makes_these_claims_and_no_other(client: FlaskClient) -> None:
    page = unescape(client.get("/privacy").text)
    listed = page.partition("<h1>")[2].partition("<ul>")[2].partition("</ul>")[0]
    sentences = [line.partition(">")[2].partition("</li>")[0] for line in listed.split("<li")[1:]]
    assert sentences == [claim.text for claim in claims_on(KIND)]
    for claim in claims_on(KIND):
        assert ", ".join(claim.tests) in page


def test_the_page_says_on_postgresql_what_is_not_so_there(client: FlaskClient) -> None:
    page = client.get("/privacy").text
    assert ("no byte of it is left" in page) is (KIND == "sqlite")
    assert ("traces of what was erased can stay" in page) is (KIND == "postgresql")
    assert ("SQLite" if KIND == "sqlite" else "PostgreSQL") in page


def test_every_claim_is_gathered_for_translation() -> None:
    gathered = [text for _, _, text, _ in extract(io.BytesIO(CLAIMS.read_bytes()), (), (), {})]
    assert gathered == [claim.text for claim in claims()]


# --- what two of the claims rest on ---------------------------------------------------------------


def test_reading_and_searching_leave_no_row_behind(
    session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    board = make_board(session, gate_read=Trust.VISITOR)
    thread = make_thread(session, board=board)
    post = make_post(session, thread=thread, body="See [it](https://example.org/) there.")
    browser = sign_in(make_member(session))
    session.commit()
    schema = MetaData()
    schema.reflect(session.connection())

    def everything() -> dict[str, list[str]]:
        """Every row of every table."""
        return {
            name: sorted(str(row) for row in session.execute(table.select()))
            for name, table in schema.tables.items()
            if not name.startswith("post_search")
        }

    before = everything()
    for path in (
        "/",
        "/latest",
        "/following",
        "/inbox",
        "/search?q=there",
        "/search?q=nowhere",
        f"/boards/{board.public_id}",
        f"/threads/{thread.public_id}",
        f"/leaving/{post.public_id}/0",
        "/privacy",
        "/help",
    ):
        assert browser.get(path).status_code == 200, path
    assert sum(map(len, before.values())) > 5
    assert everything() == before


def test_times_are_cut_to_the_day_after_two_days(
    session: Session, move_clock: Callable[[timedelta], None]
) -> None:
    make_post(session)
    session.commit()
    times = select(Post.written_at, Thread.started_at, Thread.active_at).join(Post.thread)
    for days, hours, hour in ((1, 0, 12), (1, 0, 12), (0, 1, 0)):
        move_clock(timedelta(days=days, hours=hours))
        service.coarsen_times(session)
        session.expire_all()
        for moment in next(iter(session.execute(times))):
            assert moment.hour == hour


def test_control_times_that_stay_as_fine_as_they_were_are_noticed(
    session: Session, move_clock: Callable[[timedelta], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "coarsen_times", lambda session: None)
    with pytest.raises(AssertionError, match="== 0"):
        test_times_are_cut_to_the_day_after_two_days(session, move_clock)
