"""The deeds of moderators, on a real database: everything they change and everyone they tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import InviteTie, Member, MemberSession
from app.accounts.service import clear_expired_standings
from app.accounts.sessions import begin
from app.core import audit, clock
from app.core.audit import AuditEntry
from app.core.errors import DeniedError, NotFoundError, StaleError
from app.forum import queries as forum_queries
from app.forum import service as forum
from app.forum.service import Draft
from app.moderation import queries, service
from app.moderation.models import (
    Act,
    Outcome,
    ReportReason,
    Rule,
    Sanction,
    SanctionKind,
    Statement,
)
from app.moderation.service import Chosen, Complaint, Decision
from app.policy.reporting import Reporting
from app.policy.vocabulary import Role, Standing, Trust, Visibility
from app.review import queries as review_queries
from app.review import service as review
from app.review.models import Reason
from app.review.service import claim
from tests.factories import (
    make_board,
    make_member,
    make_moderator,
    make_post,
    make_thread,
    private_key_of,
)
from tests.moderation.stage import (
    LEAVE,
    REJECT,
    RELEASE,
    REMOVE,
    inbox_of,
    item_about,
    make_answered,
    make_held,
    make_reported,
    matter_of,
    post_of,
    reports_on,
    silence,
    suspend,
)

Move = Callable[[timedelta], None]


def verbs(session: Session) -> list[tuple[str, str]]:
    """The audit log from its beginning, as (verb, subject)."""
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence))
    return [(entry.verb, entry.subject) for entry in entries]


# --- reports --------------------------------------------------------------------------------------


def test_a_report_brings_a_post_into_the_queue(session: Session) -> None:
    wren = make_member(session, "Wren")
    complaint = Complaint(ReportReason.IDENTITY, "It names my street.", is_urgent=True)
    item = make_reported(session, reporter=wren, complaint=complaint)
    (report,) = reports_on(session, item)
    assert (report.reporter_id, report.reason) == (wren.id, ReportReason.IDENTITY)
    assert (report.text, report.made_on) == ("It names my street.", clock.today())
    assert (item.reason, item.report_count, item.rank) == (Reason.REPORTED, 1, 3)


def test_whoever_reports_twice_has_reported_once(session: Session) -> None:
    wren, post = make_member(session, "Wren"), make_post(session)
    first = service.report(session, wren.actor, post, Complaint(ReportReason.SPAM))
    session.flush()
    again = service.report(session, wren.actor, post, Complaint(ReportReason.DANGER, "Really."))
    assert again is first
    assert item_about(session, post).report_count == 1


def test_several_reporters_share_one_item(session: Session) -> None:
    post = make_post(session)
    make_reported(session, post=post)
    item = make_reported(session, post=post)
    assert item.report_count == len(reports_on(session, item)) == 2


def test_what_newcomers_alone_call_urgent_is_marked_and_stays_in_its_place(
    session: Session,
) -> None:
    urgent = Complaint(ReportReason.HARASSMENT, is_urgent=True)
    newcomers = [make_member(session, trust=Trust.NEWCOMER) for _ in range(2)]
    item = make_reported(session, reporter=newcomers[0], complaint=urgent)
    post = post_of(session, item)
    make_reported(session, post=post, reporter=newcomers[1], complaint=urgent)
    make_reported(session, post=post, complaint=Complaint(ReportReason.HARASSMENT))
    assert (item.is_urgent, item.rank) == (True, 0)
    make_reported(session, post=post, complaint=urgent)
    assert (item.is_urgent, item.rank) == (True, 1), "a known member's mark lifts it"
    make_reported(session, post=post, reporter=make_member(session, trust=Trust.NEWCOMER))
    assert item.rank == 1, "nothing that comes later takes it back"


def decided(session: Session, owl: Member, reporter: Member, *decisions: Decision) -> None:
    """Reports of one member about other posts, and what was decided about each."""
    for decision in decisions:
        item = make_reported(session, reporter=reporter)
        service.decide(session, owl.actor, item, item.version, decision)


def test_who_was_almost_never_right_hurries_nobody_until_some_are_right_again(
    session: Session,
) -> None:
    owl, wren = make_moderator(session), make_member(session, "Wren")
    urgent = Complaint(ReportReason.HARASSMENT, is_urgent=True)
    decided(session, owl, wren, LEAVE, LEAVE, LEAVE)
    assert make_reported(session, reporter=wren, complaint=urgent).rank == 1, "three say nothing"
    decided(session, owl, wren, LEAVE)
    item = make_reported(session, reporter=wren, complaint=urgent)
    assert (item.is_urgent, item.rank) == (True, 0)
    identity = Complaint(ReportReason.IDENTITY)
    assert make_reported(session, reporter=wren, complaint=identity).rank == 2, "whoever says so"
    decided(session, owl, wren, REMOVE, REMOVE)
    assert make_reported(session, reporter=wren, complaint=urgent).rank == 1


def test_what_was_erased_before_anybody_decided_says_nothing_of_its_reporter(
    session: Session,
) -> None:
    owl, wren = make_moderator(session), make_member(session, "Wren")
    for _ in range(5):
        item = make_reported(session, reporter=wren)
        post_of(session, item).visibility = Visibility.ERASED
        service.decide(session, owl.actor, item, item.version, LEAVE)
    assert not queries.reporting_of(session, wren.id).is_mostly_wrong


def test_the_last_ten_count_and_older_ones_do_not(session: Session) -> None:
    owl, wren = make_moderator(session), make_member(session, "Wren")
    decided(session, owl, wren, REMOVE, REMOVE, *[LEAVE] * 10)
    assert queries.reporting_of(session, wren.id) == Reporting(upheld=0, left=10)


def test_reports_of_people_who_brought_one_another_in_count_as_one(
    session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    post = make_post(session)
    heron, wren, crane = (make_member(session) for _ in range(3))
    robin = make_member(session)  # has invited two of them, and has reported nothing
    for guest in (wren, crane):
        session.add(InviteTie(member_id=guest.id, invited_by_id=robin.id, made_on=clock.today()))
    for reporter in (heron, wren, crane):
        item = make_reported(session, post=post, reporter=reporter)
    weight = queries.weight_of_reports(session, matter_of(session, item))
    assert (weight.count, weight.independent, weight.mostly_wrong) == (3, 2, frozenset())
    session.commit()
    page = sign_in(make_moderator(session, "Barn")).get(f"/queue/{item.public_id}").text
    assert "3 members reported this" in page
    assert "count them as 2" in page


def test_an_item_and_the_reporter_are_told_that_the_last_reports_came_to_nothing(
    session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    owl, wren = make_moderator(session), make_member(session, "Wren")
    item = make_reported(session, reporter=wren)
    post = post_of(session, item)
    session.commit()
    said, told = "mostly came to nothing", "no longer puts yours before others"
    assert said not in sign_in(owl).get(f"/queue/{item.public_id}").text
    assert told not in sign_in(wren).get("/me/reports").text
    decided(session, owl, wren, LEAVE, LEAVE, LEAVE, LEAVE)
    make_reported(session, post=post)
    session.commit()
    assert sign_in(owl).get(f"/queue/{item.public_id}").text.count(said) == 1
    assert told in sign_in(wren).get("/me/reports").text


def test_after_a_decision_one_may_report_again_even_on_the_same_day(session: Session) -> None:
    owl, wren = make_moderator(session), make_member(session, "Wren")
    item = make_reported(session, reporter=wren)
    post = post_of(session, item)
    service.decide(session, owl.actor, item, item.version, LEAVE)
    again = make_reported(session, post=post, reporter=wren)
    assert again.id != item.id
    service.decide(session, owl.actor, again, again.version, LEAVE)
    assert make_reported(session, post=post, reporter=wren).id not in {item.id, again.id}


@pytest.mark.parametrize("visibility", [Visibility.REMOVED, Visibility.ERASED, Visibility.HELD])
def test_only_what_readers_see_is_reported(session: Session, visibility: Visibility) -> None:
    post = make_post(session, visibility=visibility)
    with pytest.raises(DeniedError):
        service.report(session, make_member(session).actor, post, Complaint(ReportReason.SPAM))


# --- deciding -------------------------------------------------------------------------------------


def test_a_released_post_is_read_by_others_and_its_author_is_told(session: Session) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    item = make_held(session, author=stoat)
    post = post_of(session, item)
    assert not post.is_in_the_open
    statement = service.decide(session, owl.actor, item, item.version, RELEASE)
    assert statement is not None
    assert (post.visibility, post.number) == (Visibility.PUBLISHED, 2)
    assert post.is_in_the_open
    assert (statement.act, statement.rule, statement.is_answerable) == (Act.RELEASE, None, False)
    assert inbox_of(session, stoat) == [("statement", statement.public_id)]
    assert (item.outcome, item.is_open) == ("release", False)
    assert verbs(session) == [("post.release", statement.public_id)]


def test_a_rejected_post_leaves_no_line_and_its_author_reads_why(session: Session) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    item = make_held(session, author=stoat)
    post = post_of(session, item)
    statement = service.decide(session, owl.actor, item, item.version, REJECT)
    assert statement is not None
    assert (post.visibility, post.number, post.rule) == (Visibility.REMOVED, None, "identity")
    assert not post.is_in_the_open
    assert (statement.member_id, statement.moderator_id) == (stoat.id, owl.id)
    assert (statement.rule, statement.facts) == (Rule.IDENTITY, REJECT.facts)
    assert (statement.post_id, statement.decided_on) == (post.id, clock.today())
    assert statement.is_answerable
    assert inbox_of(session, stoat) == [("statement", statement.public_id)]
    assert verbs(session) == [("post.reject", statement.public_id)]


def test_a_removal_tells_author_and_reporters(session: Session) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    heron, wren = make_member(session, "Heron"), make_member(session, "Wren")
    item = make_reported(session, author=stoat, reporter=wren)
    post = post_of(session, item)
    make_reported(session, post=post, reporter=heron)
    statement = service.decide(session, owl.actor, item, item.version, REMOVE)
    assert statement is not None
    assert (post.visibility, post.is_in_the_open) == (Visibility.REMOVED, True)
    first, second = reports_on(session, item)
    assert {first.outcome, second.outcome} == {Outcome.REMOVED}
    assert first.closed_on == second.closed_on == clock.today()
    assert inbox_of(session, wren) == [("report_outcome", first.public_id)]
    assert inbox_of(session, heron) == [("report_outcome", second.public_id)]
    assert inbox_of(session, stoat) == [("statement", statement.public_id)]
    assert verbs(session) == [("post.remove", statement.public_id)]


def test_a_removed_post_is_found_no_more(session: Session) -> None:
    owl, wren = make_moderator(session), make_member(session, "Wren")
    post = make_post(session, body="A marmalade recipe.")
    item = make_reported(session, post=post)
    assert forum_queries.find(session, wren.actor, "marmalade").rows
    service.decide(session, owl.actor, item, item.version, REMOVE)
    assert not forum_queries.find(session, wren.actor, "marmalade").rows


def test_leaving_a_post_tells_the_reporter_and_not_the_author(session: Session) -> None:
    owl, stoat, wren = make_moderator(session), make_member(session), make_member(session)
    item = make_reported(session, author=stoat, reporter=wren)
    assert service.decide(session, owl.actor, item, item.version, LEAVE) is None
    (report,) = reports_on(session, item)
    assert report.outcome is Outcome.LEFT
    assert post_of(session, item).visibility is Visibility.PUBLISHED
    assert inbox_of(session, stoat) == []
    assert inbox_of(session, wren) == [("report_outcome", report.public_id)]
    assert verbs(session) == [("review.leave", item.public_id)]


def test_a_warning_without_a_removal_tells_the_reporter_that_something_was_said(
    session: Session,
) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    item = make_reported(session, author=stoat)
    warn = Decision(Act.LEAVE, Rule.NORMS, "Please be kind.", SanctionKind.WARN)
    statement = service.decide(session, owl.actor, item, item.version, warn)
    assert statement is not None
    assert (statement.act, statement.is_answerable) == (Act.LEAVE, True)
    assert reports_on(session, item)[0].outcome is Outcome.ACTED
    assert stoat.standing_now is Standing.GOOD
    assert verbs(session) == [("sanction.warn", statement.public_id)]


def test_a_text_that_its_author_erased_can_only_be_left(session: Session) -> None:
    owl = make_moderator(session)
    item = make_reported(session)
    forum.erase_post(session, post_of(session, item))
    assert matter_of(session, item).acts == (Act.LEAVE,)
    with pytest.raises(StaleError):
        service.decide(session, owl.actor, item, item.version, REMOVE)
    service.decide(session, owl.actor, item, item.version, LEAVE)
    assert reports_on(session, item)[0].outcome is Outcome.GONE


def test_a_held_text_that_its_author_erased_is_nothing_to_decide(session: Session) -> None:
    owl = make_moderator(session)
    item = make_held(session)
    forum.erase_post(session, post_of(session, item))
    session.flush()
    assert (item.is_open, item.outcome) == (False, "gone")
    assert queries.matter_by_id(session, item.public_id) is None
    with pytest.raises(NotFoundError):
        service.decide(session, owl.actor, item, item.version, RELEASE)


@pytest.mark.parametrize("decision", [REMOVE, LEAVE])
def test_a_held_post_is_released_or_rejected_and_nothing_else(
    session: Session, decision: Decision
) -> None:
    item = make_held(session)
    with pytest.raises(StaleError):
        service.decide(session, make_moderator(session).actor, item, item.version, decision)
    assert post_of(session, item).visibility is Visibility.HELD


def test_a_held_opening_post_takes_its_thread_along(session: Session) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    board = make_board(session)
    draft = Draft(body="Meet at noon.", title="Call 020 7946 0958", asks_moderator=True)
    post = forum.create_thread(session, stoat.actor, board, draft)
    assert post.thread.visibility is Visibility.HELD
    item = item_about(session, post)
    service.decide(session, owl.actor, item, item.version, RELEASE)
    assert post.thread.visibility is Visibility.PUBLISHED


def test_a_held_post_that_its_author_changes_is_looked_at_as_it_stands_now(
    session: Session,
) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    item = make_held(session, author=stoat)
    seen = item.version
    forum.edit_post(session, stoat.actor, post_of(session, item), Draft(body="Nothing of that."))
    assert post_of(session, item).visibility is Visibility.HELD
    assert item.findings == []
    with pytest.raises(StaleError):
        service.decide(session, owl.actor, item, seen, RELEASE)


def test_a_number_in_a_title_is_marked_in_the_title(session: Session) -> None:
    stoat = make_member(session, "Stoat")
    draft = Draft(body="Meet at noon.", title="Call 020 7946 0958", asks_moderator=True)
    post = forum.create_thread(session, stoat.actor, make_board(session), draft)
    found = queries.findings_of(matter_of(session, item_about(session, post)))
    assert found.in_title
    assert not found.in_body


def test_the_author_of_a_first_post_hears_of_its_release(session: Session) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    item = make_held(session, author=stoat, body="Hello.", reason=Reason.FIRST_POST)
    service.decide(session, owl.actor, item, item.version, RELEASE)
    assert [kind for kind, _subject in inbox_of(session, stoat)] == ["statement"]


# --- what keeps a decision from being made --------------------------------------------------------


def test_nobody_decides_on_another_version(session: Session) -> None:
    owl, item = make_moderator(session), make_held(session)
    with pytest.raises(StaleError):
        service.decide(session, owl.actor, item, item.version - 1, RELEASE)
    assert item.is_open


def test_nobody_decides_on_a_text_that_was_changed_since(session: Session) -> None:
    owl = make_moderator(session)
    item = make_reported(session)
    seen = matter_of(session, item).fingerprint
    post_of(session, item).body = "Something else by now."
    with pytest.raises(StaleError):
        service.decide(session, owl.actor, item, item.version, Decision(Act.LEAVE, seen=seen))
    seen = matter_of(session, item).fingerprint
    service.decide(session, owl.actor, item, item.version, Decision(Act.LEAVE, seen=seen))


def test_nobody_decides_what_somebody_else_has_taken_until_the_claim_is_old(
    session: Session, move_clock: Move
) -> None:
    owl, wren = make_moderator(session), make_moderator(session, "Wren")
    item = claim(session, wren.actor, make_held(session))
    with pytest.raises(StaleError):
        service.decide(session, owl.actor, item, item.version, RELEASE)
    move_clock(timedelta(minutes=30))
    service.decide(session, owl.actor, item, item.version, RELEASE)


def test_taking_over_is_remembered(session: Session) -> None:
    owl, wren = make_moderator(session), make_moderator(session, "Wren")
    item = claim(session, wren.actor, make_held(session))
    service.take_over(session, owl.actor, item, item.version)
    assert item.holder_id == owl.id
    assert verbs(session) == [("review.take_over", item.public_id)]
    service.decide(session, owl.actor, item, item.version, RELEASE)


# --- several at once ------------------------------------------------------------------------------


def test_several_posts_are_rejected_with_one_reason(session: Session) -> None:
    owl = make_moderator(session)
    items = [make_held(session) for _number in range(3)]
    chosen = [Chosen(item, item.version, matter_of(session, item).fingerprint) for item in items]
    assert service.decide_together(session, owl.actor, chosen, REJECT) == 3
    assert {item.outcome for item in items} == {"reject"}
    facts = session.scalars(select(Statement.facts))
    assert list(facts) == [REJECT.facts] * 3


def test_if_one_of_several_has_changed_the_deed_is_refused(session: Session) -> None:
    owl = make_moderator(session)
    fine, changed = make_held(session), make_held(session)
    chosen = [
        Chosen(item, item.version, matter_of(session, item).fingerprint) for item in (fine, changed)
    ]
    post_of(session, changed).body = "Other words."
    with pytest.raises(StaleError):
        service.decide_together(session, owl.actor, chosen, RELEASE)


# --- sanctions ------------------------------------------------------------------------------------


def test_a_silence_lasts_its_days_and_then_ends_by_itself(
    session: Session, move_clock: Move
) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    item = make_reported(session, author=stoat)
    statement = service.decide(session, owl.actor, item, item.version, silence(days=3))
    assert statement is not None
    assert stoat.actor.standing is Standing.SILENCED
    move_clock(timedelta(days=3, seconds=-1))
    assert stoat.actor.standing is Standing.SILENCED
    move_clock(timedelta(seconds=1))
    assert stoat.actor.standing is Standing.GOOD
    assert [verb for verb, _ in verbs(session)] == ["post.remove", "sanction.silence"]


def test_a_sanction_that_begins_within_an_hour_does_not_end_too_soon(
    session: Session, move_clock: Move
) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    item = make_reported(session, author=stoat)
    move_clock(timedelta(minutes=40))
    service.decide(session, owl.actor, item, item.version, silence(days=1))
    move_clock(timedelta(days=1))
    assert stoat.actor.standing is Standing.SILENCED
    move_clock(timedelta(minutes=20))
    assert stoat.actor.standing is Standing.GOOD


def test_a_suspension_ends_every_session(session: Session) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    begin(session, stoat.id, private_key_of(stoat))
    item = make_reported(session, author=stoat)
    service.decide(session, owl.actor, item, item.version, suspend())
    assert stoat.actor.standing is Standing.SUSPENDED
    assert session.scalars(select(MemberSession)).all() == []


def test_a_silence_ends_no_session(session: Session) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    begin(session, stoat.id, private_key_of(stoat))
    item = make_reported(session, author=stoat)
    service.decide(session, owl.actor, item, item.version, silence())
    assert len(session.scalars(select(MemberSession)).all()) == 1


def test_the_stricter_of_two_sanctions_counts_and_then_the_longer(
    session: Session, move_clock: Move
) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    for decision in (suspend(days=1), silence(days=7)):
        item = make_reported(session, author=stoat)
        service.decide(session, owl.actor, item, item.version, decision)
    assert stoat.actor.standing is Standing.SUSPENDED
    move_clock(timedelta(days=1))
    clear_expired_standings(session)
    assert service.settle_standings(session) == 1
    session.expire_all()
    assert stoat.actor.standing is Standing.SILENCED
    assert service.settle_standings(session) == 0
    move_clock(timedelta(days=6))
    assert stoat.actor.standing is Standing.GOOD
    clear_expired_standings(session)
    assert service.settle_standings(session) == 0


def test_a_shorter_sanction_does_not_cut_a_longer_one(session: Session) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    for days in (30, 1):
        item = make_reported(session, author=stoat)
        service.decide(session, owl.actor, item, item.version, silence(days=days))
    assert stoat.standing_until is not None
    assert stoat.standing_until >= clock.now() + timedelta(days=29)


def test_a_lifted_sanction_counts_no_more(session: Session) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    item = make_reported(session, author=stoat)
    statement = service.decide(session, owl.actor, item, item.version, silence())
    assert statement is not None
    ruling = queries.ruling_of(session, statement)
    assert service.lift(session, owl.actor, ruling) == 1
    assert stoat.actor.standing is Standing.GOOD
    assert verbs(session)[-1] == ("sanction.lift", statement.public_id)
    assert service.lift(session, owl.actor, ruling) == 0
    assert len(verbs(session)) == 3, "nothing was lifted, so nothing is written down"


def test_who_was_removed_for_good_is_not_brought_back_by_a_sanction(session: Session) -> None:
    owl = make_moderator(session)
    stoat = make_member(session, "Stoat", standing=Standing.REMOVED)
    item = make_reported(session, author=stoat)
    service.decide(session, owl.actor, item, item.version, silence())
    assert stoat.standing is Standing.REMOVED


# --- answers --------------------------------------------------------------------------------------


def test_an_answer_comes_into_the_queue_once(session: Session) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    statement, item = make_answered(session, owl, stoat)
    assert (item.reason, item.subject) == (Reason.ANSWER, statement.public_id)
    assert (statement.answer, statement.answered_on) == (
        "I did not mean it like that.",
        clock.today(),
    )
    with pytest.raises(DeniedError):
        service.answer(session, stoat.actor, queries.ruling_of(session, statement), "And more.")
    assert statement.answer == "I did not mean it like that."


def test_an_answer_is_open_for_ninety_days(session: Session, move_clock: Move) -> None:
    owl, item = make_moderator(session), make_reported(session)
    statement = service.decide(session, owl.actor, item, item.version, REMOVE)
    assert statement is not None
    move_clock(timedelta(days=90))
    assert statement.is_answerable
    move_clock(timedelta(days=1))
    assert not statement.is_answerable


def test_a_decision_that_stands_changes_nothing_but_is_explained(session: Session) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    second = make_moderator(session, "Wren")
    statement, item = make_answered(session, owl, stoat, silence())
    service.uphold(session, second.actor, item, item.version, "Mocking stays mocking.")
    assert (statement.reply, statement.replied_on) == ("Mocking stays mocking.", clock.today())
    assert statement.undone_on is None
    assert stoat.actor.standing is Standing.SILENCED
    assert inbox_of(session, stoat)[-1] == ("reply_to_answer", statement.public_id)
    assert verbs(session)[-1] == ("statement.uphold", statement.public_id)
    assert (item.outcome, item.is_open) == ("uphold", False)


def test_undoing_a_decision_brings_the_post_back_and_lifts_the_sanction(session: Session) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    second = make_moderator(session, "Wren")
    statement, item = make_answered(session, owl, stoat, silence())
    service.undo(session, second.actor, item, item.version, "You are right.")
    assert statement.undone_on == clock.today()
    assert stoat.actor.standing is Standing.GOOD
    assert session.scalars(select(Sanction.lifted_on)).one() == clock.today()
    post = queries.ruling_of(session, statement).post
    assert post is not None
    assert (post.visibility, post.rule, post.number) == (Visibility.PUBLISHED, "", 2)
    assert verbs(session)[-1] == ("statement.undo", statement.public_id)


def test_when_a_removal_is_undone_its_reporters_hear_of_it(session: Session) -> None:
    owl, stoat, wren = make_moderator(session), make_member(session), make_member(session)
    item = make_reported(session, author=stoat, reporter=wren)
    statement = service.decide(session, owl.actor, item, item.version, REMOVE)
    assert statement is not None
    (report,) = reports_on(session, item)
    service.answer(session, stoat.actor, queries.ruling_of(session, statement), "No.")
    answered = review_queries.open_item_of(session, statement.public_id)
    assert answered is not None
    service.undo(session, owl.actor, answered, answered.version, "Yes.")
    assert report.outcome is Outcome.UNDONE
    assert inbox_of(session, wren) == [("report_outcome", report.public_id)]


def test_undoing_leaves_other_sanctions_in_force(session: Session) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    other = make_reported(session, author=stoat)
    service.decide(session, owl.actor, other, other.version, silence(days=30))
    _statement, item = make_answered(session, owl, stoat, suspend())
    assert stoat.actor.standing is Standing.SUSPENDED
    service.undo(session, owl.actor, item, item.version, "A mistake.")
    assert stoat.actor.standing is Standing.SILENCED


def test_undoing_does_not_bring_back_what_its_author_has_erased(session: Session) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    statement, item = make_answered(session, owl, stoat)
    post = queries.ruling_of(session, statement).post
    assert post is not None
    forum.erase_post(session, post)
    service.undo(session, owl.actor, item, item.version, "You are right.")
    assert (post.visibility, post.body) == (Visibility.ERASED, "")


def test_an_answer_is_decided_once(session: Session) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    _statement, item = make_answered(session, owl, stoat)
    service.uphold(session, owl.actor, item, item.version, "It stands.")
    with pytest.raises(StaleError):
        service.undo(session, owl.actor, item, item.version, "It does not.")


def test_whoever_decided_does_not_read_the_answer_where_there_is_somebody_else(
    session: Session,
) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    _statement, item = make_answered(session, owl, stoat)
    assert matter_of(session, item).decider_ids == frozenset(), "Owl is alone"
    suspended = make_member(session, "Linnet", roles=Role.MODERATOR, standing=Standing.SUSPENDED)
    assert matter_of(session, item).decider_ids == frozenset(), f"{suspended.pseudonym} cannot help"
    make_moderator(session, "Finch")
    assert matter_of(session, item).decider_ids == {owl.id}


# --- the audit log --------------------------------------------------------------------------------


def test_the_chain_of_the_audit_log_holds_over_many_deeds(session: Session) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    for decision in (silence(), suspend(), LEAVE):
        item = make_reported(session, author=stoat)
        service.decide(session, owl.actor, item, item.version, decision)
    chain = audit.verify(session)
    assert (chain.length, chain.broken_at) == (4, None)


def test_the_audit_log_holds_neither_texts_nor_pseudonyms(session: Session) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    item = make_reported(session, author=stoat)
    service.decide(session, owl.actor, item, item.version, silence())
    written = "".join(
        f"{entry.actor} {entry.verb} {entry.subject}"
        for entry in session.scalars(select(AuditEntry))
    )
    assert stoat.pseudonym not in written
    assert stoat.public_id not in written
    assert "mocks" not in written


def test_a_decision_about_a_former_member_is_written_down_as_well(session: Session) -> None:
    owl, stoat = make_moderator(session), make_member(session, "Stoat")
    item = make_reported(session, author=stoat)
    post_of(session, item).author_id = None
    assert service.decide(session, owl.actor, item, item.version, REMOVE) is None
    assert verbs(session) == [("review.remove", item.public_id)]
    assert post_of(session, item).visibility is Visibility.REMOVED


def test_withdrawing_is_the_forums_way_to_take_an_item_back(session: Session) -> None:
    item = make_held(session)
    review.withdraw(session, item.subject)
    assert not item.is_open


def test_what_was_reported_can_be_read_after_it_was_changed(session: Session) -> None:
    stoat = make_member(session, "Stoat")
    thread = make_thread(session)
    post = make_post(session, thread=thread, author=stoat, body="First words.")
    forum.edit_post(session, stoat.actor, post, Draft(body="Second words."))
    item = make_reported(session, post=post)
    assert not queries.reported(session, matter_of(session, item)).text
    forum.edit_post(session, stoat.actor, post, Draft(body="Third words."))
    forum.edit_post(session, stoat.actor, post, Draft(body="Fourth words."))
    found = queries.reported(session, matter_of(session, item))
    assert (found.is_changed, found.text) == (True, "Second words.")
