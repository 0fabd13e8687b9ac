"""Hidden means hidden: what somebody may not see leaves no trace in any answer (PRIVACY.md §10).

Generated from the URL map: every route, asked by everybody, for everything hidden. A route with a
parameter that `VALUES` does not know fails, so that nobody adds a page without adding it here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product, zip_longest
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.accounts.models import Invite, InviteTie, Member
from app.cases.keys import own_rings
from app.cases.service import casework, helping, intake, team
from app.cases.service.casework import Opened
from app.cases.service.intake import Account
from app.cases.words import Severity
from app.community.models import Measure, Occasion, Protection, Round, RoundText
from app.community.models import Wording as NoticeWording
from app.core import clock, shreds
from app.core.db import Base
from app.filters.models import Action, Filter, Sort
from app.forum import drafts, saved
from app.forum.drafts import Meant, Wording
from app.forum.models import Board, Category, Follow, Notice, Post, Quote, Revision, Thread
from app.forum.service import Draft
from app.messages import service as messages
from app.messages.models import Conversation, Message
from app.moderation.models import (
    CannedReason,
    HandedMessage,
    HandedPart,
    Report,
    ReportReason,
    Sanction,
    SanctionKind,
    Statement,
)
from app.moderation.models import Rule as HouseRule
from app.policy.vocabulary import Role, Trust, Visibility
from app.review.models import Reason, ReviewItem
from app.shields.models import Mode, Shield
from app.shields.phrases import Kind
from app.staff.models import Deed as ProposedDeed
from app.staff.models import Proposal
from app.support import check_ins
from app.support import service as support
from app.support.service import Entry
from tests.factories import (
    make_board,
    make_category,
    make_circle,
    make_member,
    make_moderator,
    make_picture,
    make_post,
    make_thread,
    private_key_of,
    seat,
)

ABSENT: Final = "abcdefghjkmnpqrs"
ABSENT_TOO: Final = "srqpnmkjhgfedcba"
CANARY: Final = re.compile(r"canary\w+", re.IGNORECASE)
SIGNED: Final = re.compile(r"[\w-]{8,}\.[\w-]{27}(?![\w-])")  # where to go on after signing in
NOT_THEIRS: Final = ("visitor", "Finch", "Stoat", "Robin")  # may see nothing that is hidden here
MAY_POST: Final = {"board": "canaryboard", "title": "A title", "body": "A text.", "rule": "norms"}


@dataclass
class World:
    """A forum with hidden things: who is there, what is open, and what is hidden from whom."""

    browsers: dict[str, FlaskClient] = field(default_factory=dict)
    board: Board = None  # type: ignore[assignment]
    thread: Thread = None  # type: ignore[assignment]
    post: Post = None  # type: ignore[assignment]
    picture: str = ""  # of the open post
    # By the name of the parameter that names them: things that are not there for NOT_THEIRS.
    hidden: dict[str, list[str]] = field(default_factory=dict)
    removed: str = ""  # its line stays, so that it was there is no secret
    things: list[Any] = field(default_factory=list)

    def values(self, argument: str) -> list[str | int]:
        """Everything that a parameter of an address may be filled with."""
        return [*self.hidden.get(argument, ()), *OTHERS[argument](self)]


# What else a parameter may name: something open, so that every page is really drawn.
OTHERS: Final[dict[str, Callable[[World], list[str | int]]]] = {
    "board_id": lambda world: [world.board.public_id],
    "case_id": lambda _: [],
    "category_id": lambda _: [],
    "check_in_id": lambda _: [],
    "code": lambda _: ["contact.letter"],
    "consent": lambda _: [ABSENT],
    "conversation_id": lambda _: [],
    "copy_id": lambda _: [],
    "draft_id": lambda _: [],
    "entry": lambda _: ["findahelpline"],
    "filter_id": lambda _: [],
    "helper": lambda _: [ABSENT],
    "helper_id": lambda _: [],
    "guide": lambda _: ["accounts"],
    "reason_id": lambda _: [],
    "invite_id": lambda _: [],
    "handed_id": lambda _: [],
    "item_id": lambda _: [],
    "link": lambda _: [0],
    "membership_id": lambda _: [],
    "message_id": lambda _: [],
    "name": lambda _: ["nothing.css"],
    "notice_id": lambda _: [],
    "picture_id": lambda world: [world.picture],
    "piece": lambda _: [ABSENT],
    "phrase": lambda _: ["A", "Z"],
    "place": lambda _: [ABSENT],
    "post_id": lambda world: [world.post.public_id, world.removed],
    "proposal_id": lambda _: [],
    "pseudonym": lambda _: ["Heron", "Owl", "Nobody"],
    "protection_id": lambda _: [],
    "report_id": lambda _: [],
    "revision_id": lambda _: [],
    "round_id": lambda _: [],
    "section": lambda _: ["tonight"],
    "session_id": lambda _: [ABSENT],
    "shield_id": lambda _: [],
    "statement_id": lambda _: [],
    "step": lambda _: ["mail"],
    "text_id": lambda _: [],
    "thread_id": lambda world: [world.thread.public_id],
    "token": lambda _: [ABSENT],
    "upload_id": lambda _: [],
    "wording_id": lambda _: [],
}
# The operator builds boards, so their names are no secret from her; what is written there is.
OPERATORS: Final = {
    "Robin": (
        "admin.",
        "community.all_rounds",
        "community.answer",
        "community.begin_protection",
        "community.close_round",
        "community.end_protection",
        "community.remove_text",
        "community.reply",
        "community.show_protections",
        "community.show_round",
        "community.drop_wording",
        "community.sign_wording",
        "community.take_answer_back",
        "community.wordings",
        "membership.appoint",
        "membership.dismiss",
        "membership.moderators",
        "staff.",
    )
}
DRAWN_BY_LOT: Final = {
    "/join",
    "/me/second-factor",
    "/me/settings/pseudonym",
    "/recover",
}  # other words each time
# A deed on one's own things alone, told as done whether or not there was such a thing.
ANSWERS_ALIKE: Final = {"accounts.end_session", "accounts.withdraw_invite"}
QUERIES: Final = (
    "",
    "?q=canary",
    "?q=canarytitle",
    "?order=new",
    "?order=unanswered",
    "?before=999999",
    "?after=0",
)


@pytest.fixture
def world(session: Session, sign_in: Callable[..., FlaskClient], client: FlaskClient) -> World:
    """Heron wrote it and Owl moderates; Finch, Stoat, Robin and the visitor must see nothing."""
    heron = make_member(session, "Heron", trust=Trust.TRUSTED)
    owl = make_moderator(session)
    people = {
        "Heron": heron,
        "Owl": owl,
        "Finch": make_member(session, "Finch", trust=Trust.NEWCOMER),
        "Stoat": make_member(session, "Stoat", trust=Trust.REGULAR, has_factor=True),
        "Robin": make_member(session, "Robin", trust=Trust.REGULAR, roles=Role.OPERATOR),
    }
    made = World()
    made.board = make_board(session, "Harbour", gate_read=Trust.VISITOR)
    # Stoat moderates a board, so that the queue opens: with nothing in it that is of another.
    seat(session, make_circle(session, "Cove"), people["Stoat"], keeps=True)
    made.thread = make_thread(session, board=made.board, author=heron)
    made.post = make_post(session, thread=made.thread, author=heron, body="An open answer.")
    _hide(session, made, heron, owl, people["Stoat"])
    made.browsers = {name: sign_in(member) for name, member in people.items()}
    made.browsers["visitor"] = client
    return made


def _hide(session: Session, made: World, heron: Member, owl: Member, stoat: Member) -> None:
    """Plant every hidden thing, a canary in each of its texts."""
    category = make_category(session, "Canarycategory")
    secret = make_board(
        session,
        "Canaryboard",
        category=category,
        gate_read=Trust.TRUSTED,
        description="Canarydescription",
    )
    inside = make_thread(
        session, board=secret, author=heron, title="Canarytitle inside", body="Canarybody inside"
    )
    answer = make_post(session, thread=inside, author=heron, body="Canaryanswer inside")
    held = make_post(
        session, thread=made.thread, author=heron, body="Canaryheld", visibility=Visibility.HELD
    )
    held_thread = make_thread(
        session,
        board=made.board,
        author=heron,
        title="Canarytitle held",
        body="Canarybody held",
        visibility=Visibility.HELD,
    )
    removed = make_post(
        session,
        thread=made.thread,
        author=heron,
        body="Canaryremoved [x](https://canaryremoved.example)",
        visibility=Visibility.REMOVED,
    )
    quoting = make_post(session, thread=made.thread, author=heron, body="As said elsewhere.")
    revision = Revision(post_id=made.post.id, body="Canaryrevision", replaced_on=clock.today())
    notices = [
        Notice(
            member_id=heron.id,
            kind="reply",
            subject=inside.public_id,
            post_id=answer.id,
            made_on=clock.today(),
        ),
        # Stoat was let in once and was told of an answer there; now the door is shut.
        Notice(
            member_id=stoat.id,
            kind="reply",
            subject=inside.public_id,
            post_id=answer.id,
            made_on=clock.today(),
        ),
    ]
    invite = Invite(words_hash=bytes(32), inviter_id=heron.id, uses_left=1, made_on=clock.today())
    session.add_all(
        [
            invite,
            Quote(post_id=quoting.id, quoted_id=answer.id),
            Quote(post_id=answer.id, quoted_id=made.post.id),
            Quote(post_id=held.id, quoted_id=made.post.id),
            Follow(member_id=stoat.id, thread_id=inside.id, marker=None),
            revision,
            *notices,
        ]
    )
    made.picture = make_picture(session, made.post, alt="A lamp.").public_id
    pictures = [
        make_picture(session, post, alt="Canaryalt.").public_id for post in (answer, held, removed)
    ]
    upload = make_picture(session, of=heron)
    item, statement = _decided(session, heron, owl, removed)
    shield = Shield(
        member_id=heron.id,
        label="Canarylabel",
        kind=Kind.NAME,
        mode=Mode.HOLD,
        made_on=clock.today(),
    )
    filtering = Filter(
        sort=Sort.PHRASE, pattern="canarypattern", action=Action.HOLD, made_on=clock.today()
    )
    canned = CannedReason(
        name="canaryreason",
        rule=HouseRule.HARASSMENT,
        text="canaryreason",
        changed_on=clock.today(),
    )
    guarding = Protection(
        measure=Measure.WRITING,
        board_id=secret.id,
        trust=Trust.TRUSTED,
        last_words="",
        began_on=clock.today(),
        until_on=clock.today() + timedelta(days=9),
    )
    asked = Round(
        question="Canaryquestion",
        choices=["Canarychoice"],
        gate_read=Trust.TRUSTED,
        opened_on=clock.today(),
        closes_on=clock.today(),
        counted_on=clock.today(),
        shred_id=1,
        tally=[7],
        heard="Canaryheard",
        will_do="",
        will_not="",
        replied_on=clock.today(),
    )
    unsigned = NoticeWording(
        occasion=Occasion.REAFFIRMATION, text="Canarywording", days=3, made_on=clock.today()
    )
    bringer = make_member(session, "Canarybringer")  # whose invite Heron came by
    tie = InviteTie(member_id=heron.id, invited_by_id=bringer.id, made_on=clock.today())
    proposal = Proposal(
        deed=ProposedDeed.REMOVE,
        member_id=bringer.id,
        rule=HouseRule.SPAM,
        facts="Canaryfacts",
        first_id=owl.id,
        made_on=clock.today(),
    )
    session.add_all([shield, filtering, canned, guarding, asked, unsigned, tie, proposal])
    session.flush()  # what was just added gets its public ids
    said = RoundText(id=1, round_id=asked.id, body="Canarysaid")
    session.add(said)
    session.flush()  # it gets its public id
    made.removed = removed.public_id
    made.hidden = {
        "board_id": [secret.public_id],
        "category_id": [category.public_id],
        "draft_id": [_draft(session, heron, secret)],
        "filter_id": [filtering.public_id],
        "reason_id": [canned.public_id],
        "proposal_id": [proposal.public_id],
        "protection_id": [guarding.public_id],
        "round_id": [asked.public_id],
        "wording_id": [unsigned.public_id],
        "text_id": [said.public_id],
        "shield_id": [shield.public_id],
        "thread_id": [inside.public_id, held_thread.public_id],
        "post_id": [held.public_id, answer.public_id, *_posts_in(session, inside, held_thread)],
        "revision_id": [revision.public_id],
        "invite_id": [invite.public_id],
        "item_id": [item.public_id],
        "statement_id": [statement.public_id],
        "notice_id": [notices[0].public_id],
        "picture_id": pictures,
        "upload_id": [upload.public_id],
    }
    joined = _circle(session, made, heron, stoat)
    _seal(session, made, heron, owl)
    saved.save(session, stoat.actor, private_key_of(stoat), answer)  # while he was let in
    made.things = [answer, held, held_thread, inside, secret, category, *joined]


def _circle(session: Session, made: World, heron: Member, stoat: Member) -> list[Any]:
    """A board that Heron has joined, open to the lowest trust if trust counted; something reported.

    Stoat has asked nobody and is not invited; whom Heron invites is somebody else.
    """
    circle = make_circle(session, "Canarycircle", description="Canarycircle")
    inside = make_thread(
        session, board=circle, author=heron, title="Canarycircletitle", body="Canarycirclebody"
    )
    opening = session.scalars(select(Post).where(Post.thread_id == inside.id)).one()
    item = ReviewItem(reason=Reason.REPORTED, subject=opening.public_id, opened_at=clock.now())
    session.add_all([item, Follow(member_id=stoat.id, thread_id=inside.id, marker=None)])
    places = [
        seat(session, circle, heron, keeps=True),
        seat(session, circle, make_member(session, "Canaryguest"), asked=True),
    ]
    made.hidden |= {"membership_id": [place.public_id for place in places]}
    for name, one in (
        ("board_id", circle),
        ("thread_id", inside),
        ("post_id", opening),
        ("item_id", item),
    ):
        made.hidden[name].append(one.public_id)
    return [opening, inside, circle]


def _draft(session: Session, heron: Member, secret: Board) -> str:
    """A text that Heron keeps for later, for a place that others must not know of."""
    wording = Wording(Meant.THREAD, secret.public_id, "Canarydraft", "Canarydrafttitle")
    return drafts.keep(session, heron.actor, "a form", wording).public_id


def _seal(session: Session, made: World, heron: Member, owl: Member) -> None:
    """A case of Heron's that Owl works on, and a report that waits; both sealed to Owl alone."""
    owl.roles |= Role.RESPONDER
    session.commit()
    hidden = Account(place="elsewhere", words="Canarywords", link="https://canarylink.example/")
    waiting = intake.send(session, heron.actor, hidden, None)
    taken = intake.send(session, heron.actor, hidden, None)
    team.claim(session, owl.actor, taken)
    plan = team.Plan(Severity.GRAVE, is_danger=True, seats={}, affected=heron)
    opened = team.open_case(session, owl.actor, private_key_of(owl), taken, plan)
    casework.send_letter(session, opened, "A", "Canaryletter")
    made.hidden |= {
        "report_id": [waiting.public_id, taken.public_id],
        "case_id": [opened.case.public_id],
    }
    _stand_by(session, made, heron, owl, opened)
    side = messages.send(
        session, heron.actor, private_key_of(heron), owl.actor, Draft(body="Canarymessage")
    )
    sides = session.scalars(select(Conversation)).all()
    assert side in sides
    made.hidden |= {
        "conversation_id": [one.public_id for one in sides],
        "message_id": list(session.scalars(select(Message.public_id))),
    }
    handed = HandedMessage(
        reporter_id=heron.id,
        subject=made.hidden["message_id"][0],
        reason=ReportReason.HARASSMENT,
        shred_id=shreds.new_shred(session)[0],
        box=b"canarybox",
        made_on=clock.today(),
    )
    session.add(handed)
    session.flush()  # the part names it by its id
    session.add(HandedPart(handed_id=handed.id, member_id=owl.id, part=b"canarypart"))
    made.hidden["handed_id"] = [handed.public_id]
    opened.case.codename = "canarycodename"
    session.flush()  # nobody else may read this name


def _stand_by(session: Session, made: World, heron: Member, owl: Member, opened: Opened) -> None:
    """A copy of Heron's plan, check-ins, and Owl who speaks for her."""
    who, key = heron.actor, private_key_of(heron)
    support.write_section(session, who, key, "people", Entry("Canaryplan"))
    copy = support.share(session, who, key, owl, {"people"})
    wanted = check_ins.Wish(every=3, owner=owl, second=None, note="Canarynote")
    asked = check_ins.start(session, who, key, wanted)
    (ring,) = own_rings(session, key, opened.case.id)
    own = Opened(opened.case, ring, casework.THE_MEMBER)
    named = helping.name_helper(session, own, who, helping.Wish(owl, 9, "Canaryscope"))
    made.hidden |= {
        "copy_id": [copy.public_id],
        "check_in_id": [asked.public_id],
        "helper_id": [named.public_id],
    }


def _posts_in(session: Session, *threads: Thread) -> list[str]:
    ids = [thread.id for thread in threads]
    found = session.query(Post.public_id).where(Post.thread_id.in_(ids), Post.is_opening)
    return [public_id for (public_id,) in found]


def _decided(
    session: Session, heron: Member, owl: Member, removed: Post
) -> tuple[ReviewItem, Statement]:
    """A report, the item in the queue, and the statement of reasons."""
    item = ReviewItem(reason=Reason.REPORTED, subject=removed.public_id, opened_at=clock.now())
    session.add(item)
    session.flush()  # the report names the item by its id
    statement = Statement(
        member_id=heron.id,
        moderator_id=owl.id,
        review_item_id=item.id,
        post_id=removed.id,
        act="remove",
        rule=HouseRule.NORMS,
        facts="Canaryfacts",
        decided_on=clock.today(),
        answer="Canaryanswerback",
        answered_on=clock.today(),
    )
    session.add(statement)
    session.flush()  # the sanction names the statement by its id
    session.add_all(
        [
            Report(
                review_item_id=item.id,
                post_id=removed.id,
                reporter_id=owl.id,
                reason=ReportReason.HARASSMENT,
                text="Canaryreport",
                made_on=clock.today(),
            ),
            Sanction(
                member_id=heron.id,
                statement_id=statement.id,
                kind=SanctionKind.SILENCE,
                made_on=clock.today(),
                until=clock.now() + timedelta(days=3),
            ),
        ]
    )
    return item, statement


def _routes(app: Flask, method: str, who: str = "") -> Iterator[Rule]:
    """The routes of this method, but for those to which somebody has the keys."""
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and not rule.endpoint.startswith(OPERATORS.get(who, ())):
            yield rule


def _filled(rule: Rule, **values: Any) -> str:
    """The address that a route has for these values."""
    built = rule.build(values)
    assert built is not None, f"{rule.rule} cannot be built with {values}"
    return built[1]


def paths(app: Flask, world: World, method: str, who: str = "") -> Iterator[tuple[str, str]]:
    """Every address of the site, for every hidden and every open thing, with its endpoint."""
    for rule in _routes(app, method, who):
        names = sorted(rule.arguments)
        for values in product(*(world.values(name) for name in names)):
            yield rule.endpoint, _filled(rule, **dict(zip(names, values, strict=True)))


def _paths(app: Flask, world: World, method: str, who: str = "") -> Iterator[str]:
    """The addresses alone."""
    for _endpoint, path in paths(app, world, method, who):
        yield path


def _trace(response: TestResponse) -> list[str]:
    """The canaries in an answer, its headers included."""
    whole = _text(response) + str(response.headers)
    return sorted(set(CANARY.findall(whole)))


def _text(response: TestResponse) -> str:
    """An answer as text; a picture as what its bytes would spell."""
    return response.get_data().decode(errors="replace")


def _masked(response: TestResponse, *ids: str) -> tuple[int, str, list[tuple[str, str]]]:
    """An answer without what differs by chance: tokens, keys of forms, and the id asked for."""
    text = _text(response)
    text = re.sub(r'value="[^"]{40,}"', 'value="…"', text)
    text = SIGNED.sub("…", text)
    text = re.sub(r'(name="(?:form_key|key|ticket)"[^>]*value=")[^"]*', r"\1…", text)
    headers = [
        (name, SIGNED.sub("…", value))
        for name, value in response.headers
        if name not in {"Set-Cookie", "Content-Length"}
    ]
    for public_id in ids:
        text = text.replace(public_id, "…")
        headers = [(name, value.replace(public_id, "…")) for name, value in headers]
    return response.status_code, text, headers


def test_every_parameter_of_an_address_is_known_here(app: Flask) -> None:
    named = {argument for rule in app.url_map.iter_rules() for argument in rule.arguments}
    assert named - set(OTHERS) == set(), "say in OTHERS and in World.hidden what it can name"


@pytest.mark.slow
@pytest.mark.parametrize("who", NOT_THEIRS)
def test_no_answer_to_the_unauthorised_holds_a_word_of_what_is_hidden(
    app: Flask, world: World, who: str
) -> None:
    browser = world.browsers[who]
    drawn = 0
    for path in _paths(app, world, "GET", who):
        for query in QUERIES if _lists_things(path, world) else ("",):
            response = browser.get(path + query)
            assert response.status_code < 500, path
            assert _without_echo(_trace(response), query) == [], f"{who} {path}{query}"
            drawn += response.status_code == 200
    assert drawn > 20, "hardly any page was drawn: this test has looked at nothing"


def _lists_things(path: str, world: World) -> bool:
    """Whether a page may list several things, so that it is asked in every order and for words."""
    ids = (world.board.public_id, world.thread.public_id)
    return path.count("/") == 1 or path.endswith(ids)


def _without_echo(found: list[str], query: str) -> list[str]:
    """Without the word that was asked for itself: a search field shows it again."""
    return [word for word in found if word.lower() not in query.lower()]


@pytest.mark.slow
@pytest.mark.parametrize("who", NOT_THEIRS)
def test_quoting_what_is_hidden_shows_nothing_of_it(world: World, who: str) -> None:
    for public_id in (*world.hidden["post_id"], world.removed):
        path = f"/threads/{world.thread.public_id}/reply"
        asked = world.browsers[who].get(f"{path}?quote={public_id}")
        absent = world.browsers[who].get(f"{path}?quote={ABSENT}")
        assert _trace(asked) == []
        assert _masked(asked, public_id) == _masked(absent, ABSENT)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("who", NOT_THEIRS)
def test_what_is_hidden_answers_as_what_was_never_there(
    app: Flask, world: World, session: Session, who: str, method: str
) -> None:
    browser = world.browsers[who]
    compared, before = 0, _row_counts(session)
    for rule in _routes(app, method, who):
        # The first parameter names the thing; what follows, such as a link's number, hangs on it.
        names = re.findall(r"<(?:\w+:)?(\w+)>", rule.rule)
        if not names or names[0] not in world.hidden:
            continue
        rest = {name: (0 if name == "link" else ABSENT_TOO) for name in names[1:]}
        for public_id in world.hidden[names[0]]:
            hidden, absent = (
                browser.open(_filled(rule, **{names[0]: value}, **rest), method=method, data=data)
                for value in (public_id, ABSENT)
                for data in [MAY_POST if method == "POST" else None]
            )
            if rule.endpoint not in ANSWERS_ALIKE:
                assert hidden.status_code in {401, 404}, f"{who} {method} {rule.rule}"
            assert _masked(hidden, public_id) == _masked(absent, ABSENT), f"{method} {rule.rule}"
            assert _trace(hidden) in ([], ["canaryboard"]), "but for what was sent itself"
            browser.get("/")  # a sentence to be shown once is not carried over to the next pair
            compared += 1
    assert compared > 5
    assert _row_counts(session) == before, "something was done to what is not theirs"


def _row_counts(session: Session) -> dict[str, int]:
    counts = {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }
    session.commit()
    return counts


@pytest.mark.slow
def test_those_who_may_see_it_do(world: World) -> None:
    # Without this the tests above would hold on a forum that shows nobody anything.
    heron, owl = world.browsers["Heron"], world.browsers["Owl"]
    secret, circle = world.hidden["board_id"]
    inside, held_thread, joined = world.hidden["thread_id"]
    for browser in (heron, owl):
        assert "Canaryboard" in browser.get("/").text
        assert "Canarytitle" in browser.get(f"/boards/{secret}").text
        assert "Canarycircle" in browser.get(f"/boards/{circle}/members").text
        assert "Canarycirclebody" in browser.get(f"/threads/{joined}").text
        assert "Canarycirclebody" in browser.get("/search?q=canarycirclebody").text
        assert "Canaryanswer" in browser.get(f"/threads/{inside}").text
        assert "Canarybody held" in browser.get(f"/threads/{held_thread}").text
        assert "Canaryheld" in browser.get(f"/threads/{world.thread.public_id}").text
        assert "Canaryanswer" in browser.get("/search?q=canaryanswer").text
        for picture in (world.picture, *world.hidden["picture_id"][:2]):
            assert browser.get(f"/pictures/{picture}").data.startswith(b"\xff\xd8")
        path = f"/posts/{world.post.public_id}/revisions"
        assert "Canaryrevision" in browser.get(path).text
    assert "Canarydraft" in heron.get(f"/me/drafts/{world.hidden['draft_id'][0]}").text


@pytest.mark.slow
def test_a_removed_text_is_in_no_page_of_the_forum_for_anybody(app: Flask, world: World) -> None:
    for who in ("Heron", "Owl"):
        page = world.browsers[who].get(f"/threads/{world.thread.public_id}").text
        assert "Canaryremoved" not in page
        assert "Canaryremoved" not in world.browsers[who].get("/search?q=canaryremoved").text


@pytest.mark.slow
def test_with_and_without_the_hidden_things_the_forum_looks_the_same(
    app: Flask, world: World, session: Session
) -> None:
    paths = [
        path + query
        for path in _paths(app, world, "GET", "Robin")
        if path not in DRAWN_BY_LOT
        and not any(i in path for ids in world.hidden.values() for i in ids)
        for query in (QUERIES if path.count("/") == 1 else ("",))
    ]
    with_them = _look(world, paths)
    _take_away(session, world)
    without = _look(world, paths)
    for key, answer in with_them.items():
        one, other = answer[1].splitlines(), without[key][1].splitlines()
        told = [pair for pair in zip_longest(one, other) if pair[0] != pair[1]]
        assert told == [], f"{key} tells that something is hidden"
        assert answer == without[key], f"{key} tells that something is hidden"
    assert len(with_them) > 50


def _look(world: World, paths: list[str]) -> dict[tuple[str, str], Any]:
    return {
        (who, path): _masked(world.browsers[who].get(path)) for who in NOT_THEIRS for path in paths
    }


def _take_away(session: Session, world: World) -> None:
    """Make the other world: nothing hidden was ever there."""
    threads = [thing.id for thing in world.things if isinstance(thing, Thread)]
    posts = [thing.id for thing in world.things if isinstance(thing, Post)]
    boards = [thing.id for thing in world.things if isinstance(thing, Board)]
    categories = [thing.id for thing in world.things if isinstance(thing, Category)]
    quotes = select(Quote).where(Quote.quoted_id.in_(posts))
    assert session.scalars(quotes).first() is not None, "nobody quotes what is hidden"
    session.execute(delete(Quote).where(Quote.quoted_id.in_(posts)))
    session.execute(delete(Post).where(Post.thread_id.in_(threads) | Post.id.in_(posts)))
    session.execute(delete(Thread).where(Thread.id.in_(threads)))
    session.execute(delete(Board).where(Board.id.in_(boards)))
    session.execute(delete(Category).where(Category.id.in_(categories)))
    session.execute(delete(Conversation))
    session.commit()
