"""Every text that a member can publish passes the screening: read off the tables, tried by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.core.db import Base, Word
from app.forum.models import Post, Revision, Thread
from app.policy.vocabulary import Trust, Visibility
from tests.factories import make_board, make_member, make_picture, make_post, make_thread
from tests.house.test_tables import MODELS

SignIn = Callable[..., FlaskClient]
OTHERS: Final = "Her number is 07700 900341, ring her and say hello."
OWN: Final = "You can reach me at heron.lake@posteo.net any time."

# Texts that other members read as their author wrote them, or made of such a text.
PUBLISHABLE: Final = {
    "members.about", "members.about_html", "members.pseudonym", "members.skeleton",
    "posts.body", "posts.html", "posts.pictures", "revisions.body", "round_texts.body",
    "threads.title",
}  # fmt: skip
# Words for those who decide and for whoever wrote them, never shown to other members.
BETWEEN_MEMBER_AND_TEAM: Final = {
    "reports.text", "shields.label", "statements.answer", "threads.kept_title",
}  # fmt: skip
# Written by operators and moderators in their office.
OF_THE_TEAM: Final = {
    "announcements.text", "phrases.text", "boards.description", "boards.name", "categories.name",
    "rounds.choices", "rounds.heard", "rounds.question", "rounds.tally", "rounds.will_do",
    "rounds.will_not", "wordings.text",
    "guide_texts.body", "list_entries.checked_by", "list_entries.facts",
    "canned_reasons.name", "canned_reasons.text", "filters.message", "filters.pattern",
    "proposals.facts", "settings.value", "statements.facts", "statements.reply",
}  # fmt: skip
# Ids, versions, codes from a list of ours: nobody types them.
IS_NO_TEXT: Final = ("public_id", "subject", "version", "rules_version", "kind", "state")
CODES: Final = {
    "audit_entries.actor", "audit_entries.verb", "case_letters.template", "cases.codename",
    "filters.board", "guide_texts.code", "guide_texts.language", "list_doubts.code",
    "list_entries.code",
    "phrases.code",
    "step_items.code", "members.cost", "members.theme",
    "guarded_values.field", "quarter_counts.quarter", "protections.last_words",
    "drafts.form_key", "messages.form_key", "posts.form_key", "posts.rule",
    "retention_counts.of_table",
    "review_items.findings", "review_items.outcome", "settings.name", "upkeep.name",
}  # fmt: skip


def texts() -> set[str]:
    """Every column that could hold words, by table."""
    found = set()
    for model in MODELS:
        for column in sa.inspect(model).local_table.columns:
            is_text = isinstance(column.type, (sa.String, sa.Text, sa.JSON))
            if is_text and not isinstance(column.type, Word) and column.name not in IS_NO_TEXT:
                found.add(f"{model.__tablename__}.{column.name}")
    return found


def test_every_column_of_words_is_known_for_what_it_is() -> None:
    """A new one must be put into one of the sets above: into the first, it needs a test below."""
    known = (PUBLISHABLE, BETWEEN_MEMBER_AND_TEAM, OF_THE_TEAM, CODES)
    assert texts() == set().union(*known)
    assert sum(map(len, known)) == len(texts()), "one column stands in two sets"


def stands_in(session: Session, words: str) -> set[str]:
    """The publishable columns in which some words stand, where others could read them."""
    session.expire_all()
    found = set()
    for model in MODELS:
        table: type[Base] = model
        for name in PUBLISHABLE:
            of, _, column = name.partition(".")
            if of != table.__tablename__:
                continue
            attribute = sa.cast(getattr(table, column), sa.Text)
            query = select(sa.func.count()).select_from(table).where(attribute.contains(words))
            if table in {Post, Revision}:
                query = query.where(_is_open(table))
            if table is Thread:
                query = query.where(Thread.visibility == Visibility.PUBLISHED)
            if session.scalar(query):
                found.add(name)
    return found


def _is_open(table: type[Base]) -> sa.ColumnElement[bool]:
    """The post, or the post of a revision, is published."""
    if table is Post:
        return Post.visibility == Visibility.PUBLISHED
    open_posts = select(Post.id).where(Post.visibility == Visibility.PUBLISHED)
    return Revision.post_id.in_(open_posts)


@pytest.mark.parametrize(
    "where", ["title", "opening", "reply", "edit", "retitled", "about", "alt", "new alt"]
)
def test_what_exposes_somebody_is_published_nowhere(
    session: Session, sign_in: SignIn, where: str
) -> None:
    heron = make_member(session, "Heron", trust=Trust.TRUSTED)
    board = make_board(session, gate_read=Trust.VISITOR)
    thread = make_thread(session, board=board, author=heron)
    post = make_post(session, thread=thread, author=heron)
    opening = session.scalars(select(Post).where(Post.is_opening)).one()

    def with_picture(body: str, alt: str) -> dict[str, str]:
        upload = make_picture(session, of=heron).public_id
        return {"body": body, "picture": upload, f"alt-{upload}": alt}

    addresses = {
        "title": (f"/boards/{board.public_id}/start", {"title": OTHERS, "body": "Hello there."}),
        "opening": (f"/boards/{board.public_id}/start", {"title": "A lamp", "body": OTHERS}),
        "reply": (f"/threads/{thread.public_id}/reply", {"body": OTHERS}),
        "edit": (f"/posts/{post.public_id}/edit", {"body": OTHERS}),
        "retitled": (
            f"/posts/{opening.public_id}/edit",
            {"title": OTHERS, "body": "The first post."},
        ),
        "about": ("/me/settings/about", {"about": OTHERS}),
        "alt": (f"/threads/{thread.public_id}/reply", with_picture("A lamp.", OTHERS)),
        "new alt": (f"/posts/{post.public_id}/edit", with_picture(post.body, OTHERS)),
    }
    address, form = addresses[where]
    answer = sign_in(heron).post(address, data=form)
    assert answer.status_code in {302, 422}
    assert stands_in(session, "900341") == set()


@pytest.mark.parametrize("where", ["title", "opening", "reply", "edit", "about"])
def test_the_author_is_asked_before_the_own_address_is_published(
    session: Session, sign_in: SignIn, where: str
) -> None:
    heron = make_member(session, "Heron", trust=Trust.TRUSTED)
    board = make_board(session, gate_read=Trust.VISITOR)
    thread = make_thread(session, board=board, author=heron)
    post = make_post(session, thread=thread, author=heron)
    addresses = {
        "title": (f"/boards/{board.public_id}/start", {"title": OWN, "body": "Hello there."}),
        "opening": (f"/boards/{board.public_id}/start", {"title": "A lamp", "body": OWN}),
        "reply": (f"/threads/{thread.public_id}/reply", {"body": OWN}),
        "edit": (f"/posts/{post.public_id}/edit", {"body": OWN}),
        "about": ("/me/settings/about", {"about": OWN}),
    }
    address, form = addresses[where]
    assert sign_in(heron).post(address, data=form).status_code == 422
    assert stands_in(session, "posteo") == set()


def test_a_pseudonym_that_holds_a_number_makes_no_member(
    client: FlaskClient, session: Session
) -> None:
    answer = client.post("/join", data={"pseudonym": "call 07700900341"})
    assert answer.status_code in {200, 422}
    assert session.scalars(select(Member)).all() == []


def test_this_file_would_see_a_text_that_slipped_through(session: Session) -> None:
    make_picture(session, make_post(session, body=OTHERS), alt=OTHERS)
    assert stands_in(session, "900341") == {"posts.body", "posts.html", "posts.pictures"}
