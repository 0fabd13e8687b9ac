"""Trust on a real database: what counts, how it grows and falls, vouching, the ladder's page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.core import clock
from app.core.audit import AuditEntry
from app.core.db import Database
from app.core.settings import read_settings, write_settings
from app.forum import service as forum
from app.forum.models import Notice, Post
from app.leaving.queries import holdings
from app.moderation import service as moderation
from app.policy.trust import GRACE, STEPS, Record, Step, rows_of
from app.policy.vocabulary import Role, Trust, Visibility
from app.trust import queries, service
from app.trust.models import Vouch
from app.trust.queries import Person
from tests.conftest import SITE
from tests.factories import make_member, make_moderator, make_post, make_thread, private_key_of
from tests.moderation.stage import REMOVE, item_about

Move = Callable[[timedelta], None]
SignIn = Callable[..., FlaskClient]
EASY = {level: Step(0, int(level) - 1, 0, 0, 0) for level in STEPS}  # a day written for each step


def climb(session: Session, ladder: dict[Trust, Step] = EASY) -> None:
    write_settings(session, SITE)
    service.change_ladder(session, make_moderator(session).actor, ladder)


def newcomer(session: Session) -> Member:
    return make_member(session, trust=Trust.NEWCOMER)


def person(member: Member) -> Person:
    return Person(member.id, member.public_id, member.pseudonym, member.trust, member.trust_floor)


def written_on(session: Session, author: Member, days_ago: int) -> Post:
    post = make_post(session, thread=make_thread(session), author=author)
    post.written_at = clock.now() - timedelta(days=days_ago)
    return post


def record_of(session: Session, member: Member) -> Record:
    session.flush()  # counted in SQL
    found = queries.climber(session, member.id)
    assert found is not None
    return found.record


def count_now(session: Session, move: Move) -> None:
    session.flush()  # counted in SQL
    move(timedelta(hours=1))
    service.count_trust(session)
    session.expire_all()


def kinds(session: Session, member: Member) -> list[tuple[str, str]]:
    query = select(Notice.kind, Notice.subject).where(Notice.member_id == member.id)
    return [(kind, subject) for kind, subject in session.execute(query.order_by(Notice.id))]


# --- what is counted ------------------------------------------------------------------------------


def test_what_counts_is_counted_by_days_and_by_people(session: Session, move_clock: Move) -> None:
    wren, heron = newcomer(session), make_member(session)
    move_clock(timedelta(days=9))
    first = written_on(session, wren, 5)
    written_on(session, wren, 5)  # the same day once more
    second = written_on(session, wren, 2)
    written_on(session, wren, 1).visibility = Visibility.HELD
    for post in (first, second):  # one member thanks twice
        forum.thank(session, heron.actor, post)
    session.add(Vouch(member_id=wren.id, voucher_id=heron.id, made_on=clock.today()))
    assert record_of(session, wren) == Record(
        days=9, days_written=2, thanked_by=1, vouched_by=1, upheld=0
    )


def test_a_decision_counts_until_it_is_taken_back_or_old(
    session: Session, move_clock: Move
) -> None:
    owl, wren = make_moderator(session), newcomer(session)
    statements = []
    for _ in range(2):
        post = make_post(session, author=wren)
        complaint = moderation.Complaint(moderation.ReportReason.HARASSMENT)
        moderation.report(session, make_member(session).actor, post, complaint)
        item = item_about(session, post)
        statements.append(moderation.decide(session, owl.actor, item, item.version, REMOVE))
    assert record_of(session, wren).upheld == 2
    assert statements[0] is not None
    statements[0].undone_on = clock.today()
    assert record_of(session, wren).upheld == 1
    move_clock(timedelta(days=91))
    assert record_of(session, wren).upheld == 0


def test_counting_costs_the_same_statements_for_few_and_for_many(
    database: Database, session: Session
) -> None:
    def statements() -> int:
        session.commit()
        seen: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        with database.read() as short:
            event.listen(database.read_engine, "before_cursor_execute", note)
            list(queries.all_climbers(short))
            event.remove(database.read_engine, "before_cursor_execute", note)
        return len(seen)

    newcomer(session)
    few = statements()
    for _ in range(8):
        newcomer(session)
    assert statements() == few


# --- growing and falling --------------------------------------------------------------------------


def test_trust_grows_with_the_count_and_says_so(session: Session, move_clock: Move) -> None:
    climb(session)
    wren = newcomer(session)
    written_on(session, wren, 0)
    written_on(session, wren, 1)
    count_now(session, move_clock)
    assert session.get_one(Member, wren.id).trust is Trust.REGULAR
    assert kinds(session, wren) == [("trust_rose", "regular")]


def test_trust_falls_after_a_fortnight_and_a_word(session: Session, move_clock: Move) -> None:
    climb(session)
    wren = newcomer(session)
    post = written_on(session, wren, 0)
    count_now(session, move_clock)
    post = session.get_one(Post, post.id)
    post.visibility = Visibility.HELD
    count_now(session, move_clock)
    wren = session.get_one(Member, wren.id)
    assert (wren.trust, wren.trust_falls_on) == (
        Trust.KNOWN,
        clock.today() + timedelta(days=GRACE),
    )
    assert kinds(session, wren)[-1] == ("trust_will_fall", "newcomer")
    move_clock(timedelta(days=GRACE - 1))
    count_now(session, move_clock)
    assert session.get_one(Member, wren.id).trust is Trust.KNOWN
    move_clock(timedelta(days=1))
    count_now(session, move_clock)
    wren = session.get_one(Member, wren.id)
    assert (wren.trust, wren.trust_falls_on) == (Trust.NEWCOMER, None)
    assert kinds(session, wren)[-1] == ("trust_fell", "newcomer")


def test_a_fall_that_is_averted_does_not_come(session: Session, move_clock: Move) -> None:
    climb(session)
    wren = newcomer(session)
    post_id = written_on(session, wren, 0).id
    count_now(session, move_clock)
    for visibility in (Visibility.HELD, Visibility.PUBLISHED):
        session.get_one(Post, post_id).visibility = visibility
        count_now(session, move_clock)
    assert session.get_one(Member, wren.id).trust_falls_on is None
    move_clock(timedelta(days=GRACE + 1))
    count_now(session, move_clock)
    assert session.get_one(Member, wren.id).trust is Trust.KNOWN


def test_trust_by_hand_and_of_a_role_is_not_counted_away(
    session: Session, move_clock: Move
) -> None:
    climb(session)
    wren, owl = newcomer(session), make_moderator(session, "Siskin")
    owl.trust_floor = Trust.NEWCOMER
    service.give(session, owl.actor, person(wren), Trust.REGULAR)
    move_clock(timedelta(days=40))
    count_now(session, move_clock)
    count_now(session, move_clock)
    assert session.get_one(Member, wren.id).trust is Trust.REGULAR
    assert session.get_one(Member, owl.id).trust is Trust.TRUSTED
    verbs = session.scalars(select(AuditEntry.verb)).all()
    assert "trust.give_regular" in verbs


def test_counting_is_done_once_an_hour(session: Session, move_clock: Move) -> None:
    climb(session)
    service.count_trust(session)
    written_on(session, newcomer(session), 0)
    session.flush()  # counted in SQL
    assert service.count_trust(session) == 0
    move_clock(timedelta(hours=1))
    assert service.count_trust(session) == 1


# --- vouching -------------------------------------------------------------------------------------


def test_vouching_counts_at_once_and_can_be_taken_back(session: Session, sign_in: SignIn) -> None:
    heron, wren = make_member(session, trust=Trust.REGULAR), newcomer(session)
    climb(session, {level: Step(0, 0, 0, int(level) - 1, 0) for level in STEPS})
    browser, path = sign_in(heron), f"/u/{wren.pseudonym}"
    assert f"{path}/vouch" in browser.get(path).text
    for _ in range(2):  # sent twice, said once
        assert browser.post(f"{path}/vouch").status_code == 302
    assert session.get_one(Member, wren.id).trust is Trust.KNOWN
    assert "You vouch for" in browser.get(f"{path}/vouch").text
    browser.post(f"{path}/unvouch")
    assert session.scalars(select(Vouch)).all() == []


def test_one_vouches_for_three_in_a_month_and_keeps_the_page(
    session: Session, sign_in: SignIn
) -> None:
    browser = sign_in(make_member(session, trust=Trust.REGULAR))
    others = [newcomer(session) for _ in range(4)]
    answers = [browser.post(f"/u/{one.pseudonym}/vouch").status_code for one in others]
    assert answers == [302, 302, 302, 422]
    assert "three members" in browser.get(f"/u/{others[3].pseudonym}/vouch").text


@pytest.mark.parametrize("trust", [Trust.NEWCOMER, Trust.KNOWN])
def test_only_members_who_are_known_well_vouch_and_nobody_for_the_own_name(
    session: Session, sign_in: SignIn, client: FlaskClient, trust: Trust
) -> None:
    wren, stoat = make_member(session, trust=trust), newcomer(session)
    assert sign_in(wren).post(f"/u/{stoat.pseudonym}/vouch").status_code == 403
    finch = make_member(session, trust=Trust.TRUSTED)
    assert sign_in(finch).post(f"/u/{finch.pseudonym}/vouch").status_code == 403
    assert client.get(f"/u/{stoat.pseudonym}/vouch").status_code == 401


def test_trust_by_hand_is_for_moderators(session: Session, sign_in: SignIn) -> None:
    owl, wren, finch = make_moderator(session), newcomer(session), make_member(session)
    path = f"/u/{wren.pseudonym}"
    assert sign_in(finch).post(f"{path}/trust", data={"trust": "4"}).status_code == 404
    assert "Trust by hand" not in sign_in(finch).get(f"{path}/vouch").text
    browser = sign_in(owl)
    assert browser.post(f"{path}/trust", data={"trust": "9"}).status_code == 422
    assert browser.post(f"{path}/trust", data={"trust": "3"}).status_code == 302
    assert session.get_one(Member, wren.id).trust is Trust.REGULAR


def test_an_export_says_for_whom_one_vouches(session: Session, sign_in: SignIn) -> None:
    heron, wren = make_member(session, trust=Trust.REGULAR), newcomer(session)
    sign_in(heron).post(f"/u/{wren.pseudonym}/vouch")
    held = holdings(session, heron.actor, private_key_of(heron))
    assert list(held.vouched_for) == [wren.pseudonym]


# --- the pages ------------------------------------------------------------------------------------


def test_my_standing_says_what_comes_next_and_what_is_missing(
    session: Session, sign_in: SignIn
) -> None:
    wren = newcomer(session)
    written_on(session, wren, 0)
    page = sign_in(wren).get("/me/standing").text
    assert "What is asked for to be known" in page
    assert "published posts on 1 more day" in page
    assert "3 more days here" in page


def test_my_standing_explains_a_coming_fall(session: Session, sign_in: SignIn) -> None:
    wren = newcomer(session)
    wren.trust, wren.trust_falls_on = Trust.REGULAR, clock.today() + timedelta(days=5)
    page = sign_in(wren).get("/me/standing").text
    assert "Your trust will fall to newcomer" in page
    assert (clock.today() + timedelta(days=5)).strftime("%-d %B") in page


def numbers(rows: tuple[tuple[int, ...], ...], **changed: str) -> dict[str, str]:
    counts = ("days", "days_written", "thanked_by", "vouched_by", "upheld")
    fields = {
        f"{level.name.lower()}_{count}": str(number)
        for level, row in zip(STEPS, rows, strict=True)
        for count, number in zip(counts, row, strict=True)
    }
    return fields | changed


def test_the_operator_sees_whom_a_change_moves_before_making_it(
    session: Session, sign_in: SignIn
) -> None:
    badger = make_member(session, "Badger", roles=Role.OPERATOR)
    written_on(session, newcomer(session), 0)
    fallen = newcomer(session)
    fallen.trust = Trust.TRUSTED
    browser = sign_in(badger)
    preview = browser.post("/console/trust", data=numbers(rows_of(EASY), preview="1")).text
    shown = preview.partition("What this would change today")[2].partition("<form")[0]
    assert "at once" in shown
    assert "after 14 days" in shown
    assert read_settings(session).ladder == ()
    assert browser.post("/console/trust", data=numbers(rows_of(EASY))).status_code == 302
    session.commit()
    assert read_settings(session).ladder == rows_of(EASY)


@pytest.mark.parametrize("wrong", ["", "-1", "many", "3651", "99999", "٣"])
def test_a_number_that_cannot_be_meant_is_handed_back(
    session: Session, sign_in: SignIn, wrong: str
) -> None:
    browser = sign_in(make_member(session, "Badger", roles=Role.OPERATOR))
    sent = numbers(rows_of(EASY), regular_days=wrong, known_days="77")
    answer = browser.post("/console/trust", data=sent)
    assert answer.status_code == 422
    assert "A whole number" in answer.text
    assert 'value="77"' in answer.text
    assert read_settings(session).ladder == ()


def test_the_ladder_is_for_operators(session: Session, sign_in: SignIn) -> None:
    assert sign_in(make_member(session)).get("/console/trust").status_code == 404
