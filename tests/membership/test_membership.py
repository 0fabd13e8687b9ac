"""A board that one enters by an invitation, and the moderators that it has for itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import names
from app.accounts.models import Member, MemberSession, Membership
from app.cases.queries import accounts_that_may_read
from app.core import clock
from app.core.audit import AuditEntry
from app.forum import queries as forum
from app.forum.models import Board, Follow, Notice, Post, Thread
from app.leaving.renaming import History, rename
from app.moderation import service as moderation
from app.moderation.models import Act, ReportReason, Rule, Statement
from app.moderation.queries import matter_of, queue, successors
from app.moderation.service import Complaint, Decision
from app.policy.permissions import Permission, Verdict, judge
from app.policy.vocabulary import Actor, Entry, Role, Standing, Trust
from app.privacy.retention import run_retention
from app.review.models import Reason, ReviewItem
from app.review.queries import EVERYTHING
from tests.factories import make_board, make_circle, make_member, make_moderator, make_thread, seat

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def cove(session: Session) -> Board:
    """A board by invitation, where Wren moderates and Heron has written something."""
    return make_circle(session)


def opening_of(session: Session, thread: Thread) -> Post:
    return session.scalars(select(Post).where(Post.thread_id == thread.id, Post.is_opening)).one()


def reported(session: Session, board: Board, author: Member, reporter: Member) -> ReviewItem:
    post = opening_of(session, make_thread(session, board=board, author=author))
    moderation.report(session, reporter.actor, post, Complaint(ReportReason.HARASSMENT))
    return session.scalars(select(ReviewItem).where(ReviewItem.subject == post.public_id)).one()


def as_of(board: Board, member: Member, *, keeps: bool = False) -> Actor:
    here = frozenset({board.id})
    return replace(member.actor, joined=here, keeps=here if keeps else frozenset())


def test_list_and_table_agree_who_enters_for_every_trust_role_and_place(
    session: Session,
) -> None:
    boards = [
        make_board(session, "Harbour"),
        make_circle(session, "Cove"),
        make_circle(session, "Creek", gate_role=Role.RESPONDER),
    ]
    makes = [
        (trust, roles, standing)
        for trust in (Trust.NEWCOMER, Trust.TRUSTED)
        for roles in (Role.NONE, Role.MODERATOR, Role.RESPONDER, Role.OPERATOR)
        for standing in (Standing.GOOD, Standing.SUSPENDED)
    ]
    entered = 0
    for at, (trust, roles, standing) in enumerate(makes):
        for has_joined in (False, True):
            member = make_member(
                session,
                f"Bird{at}{'in' if has_joined else 'out'}",
                trust=trust,
                roles=roles,
                standing=standing,
                has_factor=False,
            )
            if has_joined:
                for board in boards[1:]:
                    seat(session, board, member)
            joined = frozenset(board.id for board in boards[1:] if has_joined)
            actor = replace(member.actor, joined=joined)
            by_table = {
                board.id
                for board in boards
                if judge(Permission.BOARD_READ, actor, board).verdict is Verdict.ALLOW
            }
            listed = {board.id for board in forum.enterable_boards(session, actor)}
            fast = set(session.scalars(select(Board.id).where(forum.MAY_ENTER), forum.of(actor)))
            if standing is Standing.GOOD:
                assert by_table == listed == fast, member.pseudonym
            else:
                assert listed == fast == by_table == set()
            entered += len(listed)
    assert entered > 20


def test_somebody_is_invited_says_yes_reads_and_leaves(
    session: Session, sign_in: SignIn, cove: Board
) -> None:
    owl, heron = make_moderator(session), make_member(session, "Heron")
    thread = make_thread(session, board=cove, author=owl, title="Low tide")
    here, hers = sign_in(owl), sign_in(heron)
    path = f"/boards/{cove.public_id}"
    assert hers.get(path).status_code == 404
    missing = here.post(f"{path}/members", data={"pseudonym": "Nobody at all"})
    assert missing.status_code == 422
    assert "Nobody at all" in missing.text
    assert here.post(f"{path}/members", data={"pseudonym": "heron"}).status_code == 302
    assert here.post(f"{path}/members", data={"pseudonym": "Heron"}).status_code == 302
    place = session.scalars(select(Membership)).one()
    assert hers.get(path).status_code == 404, "an invitation opens nothing"
    inbox = hers.get("/inbox").text
    assert f"/memberships/{place.public_id}" in inbox
    assert "Cove" not in inbox, "a line names no board"
    assert "Cove" in hers.get(f"/memberships/{place.public_id}").text
    assert hers.post(f"/memberships/{place.public_id}/accept").status_code == 302
    assert "Low tide" in hers.get(path).text
    assert "Low tide" in hers.get(f"/threads/{thread.public_id}").text
    assert "Cove" in hers.get("/").text
    assert f"/memberships/{place.public_id}" not in hers.get("/inbox").text
    names = hers.get(f"{path}/members").text
    assert "Heron" in names
    assert "Invite a member" not in names
    assert hers.post(f"{path}/members", data={"pseudonym": "Owl"}).status_code == 404
    assert hers.get(f"{path}/leave").status_code == 200
    assert hers.post(f"{path}/leave").status_code == 302
    assert hers.get(path).status_code == 404
    assert session.scalars(select(Membership)).all() == []


def test_a_no_leaves_nothing_behind_and_nobody_else_takes_an_invitation(
    session: Session, sign_in: SignIn, cove: Board
) -> None:
    heron, stoat = make_member(session, "Heron"), make_member(session, "Stoat")
    place = seat(session, cove, heron, asked=True)
    path = f"/memberships/{place.public_id}"
    assert sign_in(stoat).post(f"{path}/accept").status_code == 404
    assert sign_in(heron).post(f"{path}/decline").status_code == 302
    assert session.scalars(select(Membership)).all() == []


def test_invitations_go_after_thirty_days_and_memberships_stay(
    session: Session, cove: Board
) -> None:
    asked = seat(session, cove, make_member(session, "Heron"), asked=True)
    asked.invited_on = clock.today() - timedelta(days=31)
    kept = seat(session, cove, make_member(session, "Wren"))
    session.commit()
    run_retention(session)
    assert list(session.scalars(select(Membership.id))) == [kept.id]


def test_a_boards_own_moderator_sees_and_decides_what_is_of_that_board_alone(
    session: Session, sign_in: SignIn, cove: Board
) -> None:
    make_moderator(session)
    wren = make_member(session, "Wren", has_factor=True)
    heron, finch = make_member(session, "Heron"), make_member(session, "Finch")
    seat(session, cove, wren, keeps=True)
    seat(session, cove, finch)
    own = reported(session, cove, heron, finch)
    elsewhere = reported(session, make_board(session, "Harbour"), heron, finch)
    browser = sign_in(wren)
    listed = browser.get("/queue").text
    assert own.public_id in listed
    assert elsewhere.public_id not in listed
    assert "Harbour" not in listed
    assert browser.get(f"/queue/{elsewhere.public_id}").status_code == 404
    for path in ("/queue/messages", "/queue/reasons", "/queue/screening", "/audit", "/filters"):
        assert browser.get(path).status_code == 404, path
    page = browser.get(f"/queue/{own.public_id}").text
    assert "And the author?" not in page
    verdict = {
        "version": own.version,
        "seen": matter_of(session, own).fingerprint,  # type: ignore[union-attr]
        "act": "remove",
        "rule": Rule.NORMS.value,
        "facts": "This does not belong here.",
    }
    strict = browser.post(
        f"/queue/{own.public_id}/decide", data={**verdict, "sanction": "silence", "days": "3"}
    )
    assert strict.status_code == 404, "sanctions hold everywhere, and are not a board's to give"
    assert session.scalars(select(Statement)).all() == []
    assert browser.post(f"/queue/{own.public_id}/decide", data=verdict).status_code == 302
    made = session.scalars(select(Statement)).one()
    assert (made.act, made.moderator_id) == (Act.REMOVE, wren.id)
    verbs = session.scalars(select(AuditEntry.verb).where(AuditEntry.actor == wren.public_id))
    assert "post.remove" in set(verbs)


def test_an_answer_to_a_boards_own_moderator_goes_to_moderators_of_the_whole_site(
    session: Session, cove: Board
) -> None:
    owl, wren = make_moderator(session), make_member(session, "Wren", has_factor=True)
    heron, finch = make_member(session, "Heron"), make_member(session, "Finch")
    seat(session, cove, wren, keeps=True)
    item = reported(session, cove, heron, finch)
    keeper = as_of(cove, wren, keeps=True)
    decision = Decision(Act.REMOVE, Rule.NORMS, "This does not belong here.")
    made = moderation.decide(session, keeper, item, item.version, decision)
    assert made is not None
    ruling = moderation.queries.ruling_of(session, made)
    moderation.answer(session, heron.actor, ruling, "It does.")
    waiting = session.scalars(select(ReviewItem).where(ReviewItem.reason == Reason.ANSWER)).one()
    matter = matter_of(session, waiting)
    assert judge(Permission.REVIEW_READ, keeper, matter).verdict is Verdict.HIDE
    assert judge(Permission.REVIEW_DECIDE, owl.actor, matter).verdict is Verdict.ALLOW
    assert queue(session, keeper, EVERYTHING).counts.total == 0
    assert queue(session, owl.actor, EVERYTHING).counts.total == 1


def test_items_are_handed_on_to_who_may_decide_on_that_board(session: Session, cove: Board) -> None:
    owl, wren = make_moderator(session), make_member(session, "Wren")
    robin = make_member(session, "Robin")
    seat(session, cove, wren, keeps=True)
    seat(session, make_circle(session, "Creek"), robin, keeps=True)
    item = reported(session, cove, make_member(session, "Heron"), make_member(session, "Finch"))
    matter = matter_of(session, item)
    assert matter is not None
    assert [one.pseudonym for one in successors(session, owl.actor, matter)] == ["Wren"]


def test_without_a_second_factor_nobody_moderates_a_board(
    session: Session, sign_in: SignIn, cove: Board
) -> None:
    wren = make_member(session, "Wren")
    seat(session, cove, wren, keeps=True)
    browser = sign_in(wren)
    assert browser.get(f"/boards/{cove.public_id}").status_code == 200
    assert "/me/second-factor" in browser.get("/").text
    assert browser.get("/queue").headers.get("Location", "").startswith("/me/second-factor")


def test_naming_and_dismissing_a_moderator_ends_the_sessions_and_is_logged(
    session: Session, sign_in: SignIn, cove: Board
) -> None:
    robin = make_member(session, "Robin", roles=Role.OPERATOR)
    wren = make_member(session, "Wren", has_factor=True)
    place = seat(session, cove, wren)
    browser, hers = sign_in(robin), sign_in(wren)
    path = f"/console/boards/{cove.public_id}/moderators"
    assert browser.post(path, data={"pseudonym": "Wren"}).status_code == 302
    assert hers.get("/me/settings").status_code == 401
    assert place.is_moderator
    sign_in(wren)
    assert browser.post(f"/console/moderators/{place.public_id}/dismiss").status_code == 302
    ends = select(MemberSession).where(MemberSession.member_id == wren.id)
    assert session.scalars(ends).all() == []
    verbs = list(session.scalars(select(AuditEntry.verb).order_by(AuditEntry.sequence)))
    assert verbs[-2:] == ["board.appoint", "board.dismiss"]
    subjects = set(session.scalars(select(AuditEntry.subject)))
    assert not subjects & {wren.public_id, place.public_id}, "the log says not whom"
    assert browser.get(f"/boards/{cove.public_id}").status_code == 404, "naming is not reading"


def test_whoever_is_put_out_is_told_and_hears_nothing_more(
    session: Session, sign_in: SignIn, cove: Board
) -> None:
    wren, heron = make_member(session, "Wren", has_factor=True), make_member(session, "Heron")
    own = seat(session, cove, wren, keeps=True)
    place = seat(session, cove, heron)
    thread = make_thread(session, board=cove, author=wren)
    session.add(Follow(member_id=heron.id, thread_id=thread.id, marker=None))
    session.commit()
    loaded = forum.thread_by_id(session, thread.public_id)
    assert loaded is not None
    assert forum.follower_ids(session, loaded) == [heron.id]
    browser = sign_in(wren)
    assert browser.post(f"/memberships/{own.public_id}/end").status_code == 403
    assert browser.post(f"/memberships/{place.public_id}/end").status_code == 302
    loaded = forum.thread_by_id(session, thread.public_id)
    assert loaded is not None
    assert forum.follower_ids(session, loaded) == []
    kinds = session.scalars(select(Notice.kind).where(Notice.member_id == heron.id))
    assert list(kinds) == ["board_ended"]


def test_a_board_opened_to_trust_again_forgets_who_was_of_it(
    session: Session, sign_in: SignIn, cove: Board
) -> None:
    robin = make_member(session, "Robin", roles=Role.OPERATOR)
    seat(session, cove, make_member(session, "Heron"))
    browser = sign_in(robin)
    plan = {"category": "Everyday", "name": "Cove", "read": "4", "reply": "4", "start": "4"}
    path = f"/console/boards/{cove.public_id}"
    assert 'value="invited" selected' in browser.get(path).text
    kept = browser.post(path, data={**plan, "attach": "4", "entry": "invited"})
    assert kept.status_code == 302
    assert len(session.scalars(select(Membership)).all()) == 1
    assert browser.post(path, data={**plan, "attach": "4", "entry": "trust"}).status_code == 302
    assert session.scalars(select(Membership)).all() == []
    assert cove.entry is Entry.TRUST


def test_a_name_that_nothing_connects_with_the_old_one_is_on_no_board(
    session: Session, cove: Board
) -> None:
    session.info[names.KEY_NAME] = bytes(32)
    heron = make_member(session, "Heron")
    seat(session, cove, heron)
    rename(session, heron.actor, "Plover", History.UNLINKED)
    assert session.scalars(select(Membership)).all() == []


def test_who_could_have_known_counts_members_of_the_board_and_not_trust(
    session: Session, cove: Board
) -> None:
    owl, heron = make_moderator(session), make_member(session, "Heron")
    make_member(session, "Stoat", trust=Trust.TRUSTED)
    seat(session, cove, make_member(session, "Finch"), asked=True)
    seat(session, cove, heron)
    assert accounts_that_may_read(session, cove, None) == {owl.id, heron.id}
