"""Search: what it finds on either database, and that nothing typed into it is taken for code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.forum import queries, search, service
from app.forum.service import Draft
from app.policy.vocabulary import Trust, Visibility
from tests.factories import make_board, make_member, make_post, make_thread, opening_of


def found(session: Session, asked: str) -> list[str]:
    """The bodies of what a trusted member finds, the last first."""
    reader = make_member(session, trust=Trust.TRUSTED).actor
    return [hit.text for hit in queries.find(session, reader, asked).rows]


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ("tea and/or coffee", "and"),
        ("tea and/or coffee", "or coffee"),
        ("write to heron@harbour.example", "harbour"),
        ("see harbour.example/tides/today.html", "tides"),
        ("a well-known path", "known"),
        ("it costs -5 or 1.5", "5"),
        ("room_key under the mat", "key"),
        ("MiXeD CaSe", "mixed case"),
        ("naïve façade", "facade naive"),
        ("Ελληνικά γράμματα", "ελληνικα"),
        ("Привет, мир", "прив"),
        ("x" * 3000 + " end", "x" * 3000),
        ("l'été dernier", "ete"),
        ("½ cup", "1"),
        ("ﬁne ligature", "fine"),
    ],
)
def test_words_are_found_however_they_are_set(session: Session, body: str, asked: str) -> None:
    make_post(session, body=body)
    make_post(session, body="quite another thing")
    assert len(found(session, asked)) == 1


def test_only_the_last_word_may_be_a_beginning(session: Session) -> None:
    make_post(session, body="gardening tools")
    assert len(found(session, "gardening too")) == 1
    assert found(session, "garden tools") == []


SYNTAX = [
    '"', '""', "*", "**", "_", "__ _", "a*b", "a AND", "OR", "NOT", "NEAR", "NEAR(lamp lit, 2)",
    "lamp NEAR/2 lit", "words:lamp", "{words} : lamp", "^lamp", "-lamp", "lamp + lit", "((", "))",
    "lamp:*", "lamp:A", "lamp & lit", "lamp | lit", "!lamp", "lamp <-> lit", "lamp \\ lit", "';--",
    "%", "'lamp'", "lamp'", "$1", ":id", "%(id)s", "\\x00", "\u202elamp", "\ud83d\ude00", "ﷺ" * 200,
    "\u0301", "कि ख", "é" * 200, "a " * 100,
]  # fmt: skip


@pytest.mark.parametrize("asked", SYNTAX)
def test_signs_of_a_search_language_do_nothing(
    session: Session, client: FlaskClient, asked: str
) -> None:
    board = make_board(session, gate_read=Trust.VISITOR)
    make_thread(session, board=board, title="A title", body="the lamp is lit")
    make_thread(session, board=make_board(session), body="the lamp is lit inside")
    answer = client.get("/search", query_string={"q": asked.encode(errors="replace")})
    assert answer.status_code == 200
    assert "lit inside" not in answer.text


@pytest.mark.parametrize("asked", ["lamp OR boat", "lamp | boat", "lamp NOT lit", "lamp -lit"])
def test_words_of_a_search_language_are_words(session: Session, asked: str) -> None:
    make_post(session, body="the lamp is lit")
    make_post(session, body="the boat")
    expected = ["the lamp is lit"] if asked == "lamp -lit" else []
    assert found(session, asked) == expected


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.text(max_size=60), asked=st.text(max_size=30))
def test_any_text_goes_in_and_comes_out_again(session: Session, body: str, asked: str) -> None:
    body = service.clean(body)
    words = search.words_of(body)
    post = make_post(session, body=body or "x")
    everything = make_member(session, trust=Trust.TRUSTED).actor
    queries.find(session, everything, asked.replace("\0", ""))
    if words:
        hits = queries.find(session, everything, body).rows
        assert post.public_id in {hit.public_id for hit in hits}
    session.rollback()


@pytest.mark.parametrize("asked", ["", "   ", "\t", "?!"])
def test_asking_for_nothing_finds_nothing(
    session: Session, client: FlaskClient, asked: str
) -> None:
    board = make_board(session, gate_read=Trust.VISITOR)
    make_thread(session, board=board, title="Found it", body="the lamp is lit")
    assert "Found it" not in client.get("/search", query_string={"q": asked}).text


@pytest.mark.parametrize("query", ["q=%00", "q=a%00b", "q=a&before=%00", "q=a&before=x"])
def test_a_nul_or_a_forged_key_breaks_nothing(client: FlaskClient, query: str) -> None:
    assert client.get(f"/search?{query}").status_code in {200, 400}


def test_bytes_that_are_no_text_break_nothing(client: FlaskClient) -> None:
    assert client.get("/search?q=%ff%fe%ed%a0%80").status_code == 200


def test_hits_page_without_doubles_or_gaps(session: Session) -> None:
    thread, heron = make_thread(session, body="opening"), make_member(session)
    made = [
        make_post(session, thread=thread, author=heron, body="beacon").public_id for _ in range(70)
    ]
    seen, before = [], None
    while True:
        page = queries.find(session, heron.actor, "beacon", before=before)
        seen += [hit.public_id for hit in page.rows]
        before = page.older
        if before is None:
            break
    assert seen == made[::-1]


def test_hits_page_in_the_browser(session: Session, sign_in: Callable[..., FlaskClient]) -> None:
    thread, heron = make_thread(session, body="opening"), make_member(session)
    for number in range(30):
        make_post(session, thread=thread, author=heron, body=f"lamp {number:02} lit")
    browser = sign_in(heron)
    first = browser.get("/search?q=lamp").text
    assert "lamp 29 lit" in first
    assert "lamp 04 lit" not in first
    older = first.partition('rel="next"')[0].rpartition("<a ")[2] + first.partition('rel="next"')[2]
    address = older.partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = browser.get(address).text
    assert "lamp 04 lit" in second
    assert "lamp 05 lit" not in second


def test_the_title_of_a_thread_is_found_and_follows_its_changes(session: Session) -> None:
    heron = make_member(session)
    thread = make_thread(session, author=heron, title="Barometers", body="which one")
    post = opening_of(session, thread)
    session.commit()
    assert len(found(session, "barometers")) == 1
    service.edit_post(session, heron.actor, post, Draft(title="Compasses", body="which one"))
    session.commit()
    assert found(session, "barometers") == []
    assert len(found(session, "compasses which")) == 1


@pytest.mark.parametrize("state", [Visibility.HELD, Visibility.REMOVED, Visibility.ERASED])
def test_what_is_not_open_to_readers_is_not_found(session: Session, state: Visibility) -> None:
    thread = make_thread(session)
    make_post(session, thread=thread, body="beacon", visibility=state)
    assert found(session, "beacon") == []


def test_a_removed_thread_hides_all_its_posts_from_search(session: Session) -> None:
    thread = make_thread(session, body="beacon")
    session.commit()
    service.remove(session, opening_of(session, thread), "spam")
    session.commit()
    assert found(session, "beacon") == []


def test_the_index_keeps_no_word_of_an_erased_post(session: Session) -> None:
    heron = make_member(session)
    thread = make_thread(session, author=heron)
    post = make_post(session, thread=thread, author=heron, body="xylophonic and/or naïve_words")
    session.commit()
    service.erase_post(session, post)
    session.commit()
    if search.is_sqlite(session):
        session.execute(text("INSERT INTO post_search(post_search) VALUES ('integrity-check')"))
        session.execute(
            text("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, post_search, row)")
        )
        left = session.scalars(text("SELECT term FROM temp.terms")).all()
    else:
        left = session.scalars(
            text("SELECT unnest(tsvector_to_array(words)) FROM post_search")
        ).all()
    assert "lamp" in left, "the words of other posts stay"
    assert not {"xylophonic", "naive", "words", "or"} & set(left)


def test_search_shows_no_finer_time_than_the_day(
    session: Session, client: FlaskClient, move_clock: Callable[[timedelta], None]
) -> None:
    board = make_board(session, gate_read=Trust.VISITOR)
    make_thread(session, board=board, body="the lamp is lit")
    page = client.get("/search?q=lamp").text
    assert "today" in page
    assert "12:" not in page
