"""`bauta demo`: fill an empty forum with an example community, to look around in."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import config as settings_of_the_machine
from app.accounts import second_factor, totp
from app.accounts.models import Member
from app.accounts.second_factor import Holder
from app.accounts.service import create_member, make_keys
from app.cases.keys import open_cases
from app.cli.demo_cases import fill_cases
from app.cli.demo_content.pictures import draw
from app.cli.demo_content.reader import Community, DemoPost, DemoStatement, DemoThread, read
from app.cli.demo_messages import fill_messages
from app.cli.run import prepare
from app.core import audit, clock
from app.core.crypto import Cost, Passphrase
from app.core.darkroom import develop
from app.core.db import Database, open_database
from app.core.settings import read_settings, write_settings
from app.core.shreds import open_shreds
from app.core.text import render
from app.forum import attachments, search
from app.forum import service as forum
from app.forum.attachments import Chosen
from app.forum.models import Board, Follow, Notice, Post, Quote, Thank, Thread
from app.messages.keys import open_messages
from app.moderation import desk
from app.moderation.models import Act, Report, Rule, Sanction, SanctionKind, Statement
from app.policy.vocabulary import Standing, Visibility
from app.review.models import Reason, ReviewItem
from app.review.service import enqueue
from app.screening.engine import Context, screen

# Printed here for everybody to read, and good for nothing but the example: nobody else has it.
FACTOR: Final = b"for the example only"
PASSPHRASE: Final = "lantern street example passphrase"  # noqa: S105 - printed: the example guards nothing
CHEAP: Final = Cost(rounds=1, memory_kib=8192, lanes=1)
STANDINGS: Final = {
    SanctionKind.SILENCE: Standing.SILENCED,
    SanctionKind.SUSPEND: Standing.SUSPENDED,
}


@dataclass(slots=True)
class Filled:
    """What has been put in so far, by the names that the example uses."""

    members: dict[str, Member] = field(default_factory=dict)
    boards: dict[str, Board] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser("demo", help="fill an empty forum with an example community")
    parser.add_argument(
        "--code",
        action="store_true",
        help="print the code with which owl and badger sign in; it changes nothing",
    )
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Fill the forum; returns 1 and changes nothing when it has members already."""
    if asked.code:
        print(totp.code_of(FACTOR, totp.step_now()))
        return 0
    config = settings_of_the_machine.read()
    prepare(config, quietly=True)
    database = open_database(config.database)
    open_shreds(database, config.keys)
    open_cases(database, settings_of_the_machine.secret(config, "cases"))
    open_messages(database, settings_of_the_machine.secret(config, "messages"))
    try:
        if not fill(database):
            print("This forum has members already; the example was not put in.")
            return 1
    finally:
        database.close()
    print("The example community is in. Sign in as heron, owl (moderator) or badger (operator)")
    print(f"with the passphrase: {PASSPHRASE}")
    print("Owl and badger are asked for a code as well. `make demo-code` prints the one of now.")
    print("`make run` serves it. Remove the data folder (var/) before you begin in earnest.")
    return 0


def fill(database: Database) -> bool:
    """Put the example in, all or nothing; returns False when somebody is already there."""
    community = read()
    with database.write.begin() as session:
        if session.scalar(select(func.count()).select_from(Member)):
            return False
        filled = Filled()
        _fill_site(session, community)
        _fill_members(session, community, filled)
        _fill_boards(session, community, filled)
        for number, thread in enumerate(_in_order(community), start=1):
            _fill_thread(session, thread, number, filled)
        _fill_queue(session, community, filled)
        _fill_desk(session, filled)
        fill_cases(session, filled.members, Passphrase(PASSPHRASE))
        fill_messages(session, filled.members, Passphrase(PASSPHRASE))
    return True


def _fill_site(session: Session, community: Community) -> None:
    """Name, purpose and norms."""
    settings = replace(
        read_settings(session),
        name=community.name,
        purpose=community.motto,
        norms="\n".join(f"{n}. {norm}" for n, norm in enumerate(community.norms, start=1)),
        setup_hash="",
    )
    write_settings(session, settings)


def _fill_members(session: Session, community: Community, filled: Filled) -> None:
    """The cast; all of them have the same passphrase, which is printed."""
    for person in community.members:
        keys = make_keys(Passphrase(PASSPHRASE), CHEAP)
        member = create_member(
            session, person.pseudonym, keys, trust=person.trust, roles=person.roles
        )
        member.joined_on = (clock.now() - timedelta(days=person.joined_days_ago)).date()
        member.about = person.about
        member.about_html = render(person.about).html
        member.is_confirmed = True
        filled.members[person.pseudonym] = member
        if person.roles:
            second_factor.keep(
                session, Holder(member.id, member.public_id, keys.private_key), FACTOR
            )
    session.flush()  # posts and reports name members by their ids


def _fill_boards(session: Session, community: Community, filled: Filled) -> None:
    """Headings and boards in their order."""
    headings = {name: forum.create_category(session, name) for name in community.categories}
    for plan in community.boards:
        board = forum.create_board(
            session, headings[plan.category], plan.name, plan.description, plan.gate
        )
        board.reviews_first_posts = plan.reviews_first_posts
        filled.boards[plan.key] = board
    session.flush()  # threads name boards by their ids


def _fill_desk(session: Session, filled: Filled) -> None:
    """What moderators share: two canned reasons, and a note for those who come next."""
    owl = filled.members["owl"].actor
    for name, rule, text in (
        (
            "Somebody's number",
            Rule.IDENTITY,
            (
                "Your post held a number by which a person can be found. Nobody's number stands "
                "here, also not your own. You can post it again without."
            ),
        ),
        (
            "Laughing at somebody",
            Rule.HARASSMENT,
            (
                "People write here about what hurts. Nobody has to earn that. Say what you "
                "disagree with, and leave the person out of it."
            ),
        ),
    ):
        desk.add_reason(session, owl, name, rule, text)
    desk.leave_note(
        session,
        owl,
        "The two reports about one member belong together, please read both first. The first posts "
        "of tonight need somebody who reads Portuguese. Tea is on.",
    )


def _in_order(community: Community) -> list[DemoThread]:
    """The threads, the one last written to at the end."""
    return sorted(community.threads, key=lambda thread: -thread.posts[-1].hours_ago)


def _fill_thread(session: Session, plan: DemoThread, number: int, filled: Filled) -> None:
    """One thread with its posts, quotes and thanks; what is held goes to the queue."""
    opening = plan.posts[0]
    thread = Thread(
        board=filled.boards[plan.board],
        author_id=filled.members[opening.author].id,
        title=plan.title,
        visibility=plan.visibility,
        is_locked=plan.is_locked,
        is_pinned=plan.is_pinned,
        started_at=_ago(opening.hours_ago),
        active_at=_ago(plan.posts[-1].hours_ago),
        bump=number,
        post_count=0,
    )
    session.add(thread)
    session.flush()  # posts name the thread by its id
    written: list[Post] = []
    for post_plan in plan.posts:
        post = _fill_post(session, thread, post_plan, filled, is_opening=not written)
        for place in post_plan.quotes:
            session.add(Quote(post_id=post.id, quoted_id=written[place].id))
        for pseudonym in post_plan.thanked_by:
            session.add(Thank(post_id=post.id, member_id=filled.members[pseudonym].id))
        written.append(post)
    session.add(Follow(member_id=filled.members[opening.author].id, thread_id=thread.id))


def _fill_post(
    session: Session, thread: Thread, plan: DemoPost, filled: Filled, *, is_opening: bool
) -> Post:
    """One post: numbered and indexed when readers see it, in the queue when it is held."""
    post = Post(
        thread=thread,
        author_id=filled.members[plan.author].id,
        visibility=plan.visibility,
        body=plan.body,
        html="",
        written_at=_ago(plan.hours_ago),
        rule=plan.rule,
        is_opening=is_opening,
    )
    if plan.visibility is not Visibility.HELD:
        thread.post_count += 1
        post.number = thread.post_count
    session.add(post)
    session.flush()  # the index, quotes and the queue name the post by its id
    post.html = render(plan.body, forum.leaving(post.public_id)).html
    _fill_pictures(session, post, plan)
    if plan.visibility is Visibility.PUBLISHED:
        search.add(session, post.id, forum.searchable(post))
    if plan.visibility is Visibility.HELD:
        findings = screen(post.words, context=Context(author=plan.author))
        reason = Reason.FIRST_POST if plan.is_first else Reason.HELD
        item = enqueue(session, post.public_id, reason, findings)
        item.opened_at = post.written_at
    if plan.key:
        filled.posts[plan.key] = post
    return post


def _fill_pictures(session: Session, post: Post, plan: DemoPost) -> None:
    """The pictures of a post, made like those that members send in."""
    uploads = [
        attachments.keep_upload(session, post.author_id or 0, develop(draw(name)))
        for name, _ in plan.pictures
    ]
    chosen = [
        Chosen(upload.public_id, shows)
        for upload, (_, shows) in zip(uploads, plan.pictures, strict=True)
    ]
    attachments.attach(session, post.author_id or 0, post, chosen)


def _fill_queue(session: Session, community: Community, filled: Filled) -> None:
    """Reports, decisions of the past with their statements, and a sanction that still holds."""
    for report in community.reports:
        post = filled.posts[report.post]
        item = enqueue(
            session,
            post.public_id,
            Reason.REPORTED,
            is_identity=report.reason == "identity",
            is_urgent=report.is_urgent,
        )
        item.opened_at = _ago(report.days_ago * 24)
        session.flush()  # the report names the item by its id
        session.add(
            Report(
                review_item_id=item.id,
                post_id=post.id,
                reporter_id=filled.members[report.reporter].id,
                reason=report.reason,
                text=report.text,
                is_urgent=report.is_urgent,
                made_on=_ago(report.days_ago * 24).date(),
            )
        )
    for decision in community.decisions:
        _fill_statement(session, decision, filled)
    for sanction in community.sanctions:
        kind = SanctionKind(sanction.kind)
        statement = _fill_statement(session, sanction.statement, filled)
        member = filled.members[sanction.statement.member]
        until = clock.now() + timedelta(days=sanction.days_left)
        session.add(
            Sanction(
                member_id=member.id,
                statement_id=statement.id,
                kind=kind,
                made_on=statement.decided_on,
                until=until,
            )
        )
        member.standing = STANDINGS.get(kind, Standing.GOOD)
        member.standing_until = until
        moderator = filled.members[sanction.statement.moderator]
        verb = f"sanction.{kind.value}"
        audit.record(session, moderator.public_id, verb, statement.public_id)


def _fill_statement(session: Session, plan: DemoStatement, filled: Filled) -> Statement:
    """A decision of the past: a closed item, the statement, a line in the inbox and in the log."""
    post = filled.posts[plan.post]
    moderator = filled.members[plan.moderator]
    decided = _ago(plan.days_ago * 24)
    item = ReviewItem(
        reason=Reason.REPORTED,
        subject=post.public_id,
        findings=[],
        opened_at=decided,
        closed_on=decided.date(),
        outcome=plan.act or Act.LEAVE.value,
    )
    session.add(item)
    session.flush()  # the statement names the item by its id
    statement = Statement(
        member_id=filled.members[plan.member].id,
        moderator_id=moderator.id,
        review_item_id=item.id,
        post_id=post.id,
        act=plan.act or Act.LEAVE,
        rule=plan.rule,
        facts=plan.facts,
        decided_on=decided.date(),
        answer=plan.answer,
        reply=plan.reply,
    )
    if plan.answered_days_ago is not None:
        statement.answered_on = _ago(plan.answered_days_ago * 24).date()
        if plan.reply:
            statement.replied_on = statement.answered_on
    session.add(statement)
    session.flush()  # the inbox and the queue name the statement by its id
    session.add(
        Notice(
            member_id=filled.members[plan.member].id,
            kind="statement",
            subject=statement.public_id,
            is_read=plan.answer != "",
            made_on=decided.date(),
        )
    )
    if plan.answer and not plan.reply:
        enqueue(session, statement.public_id, Reason.ANSWER)
    if plan.act:
        audit.record(session, moderator.public_id, f"post.{plan.act}", statement.public_id)
    return statement


def _ago(hours: int) -> datetime:
    """A moment so many hours ago, as coarse as the forum keeps it."""
    moment = clock.now() - timedelta(hours=hours)
    is_old = timedelta(hours=hours) > forum.KEPT_TO_THE_HOUR
    return clock.to_day(moment) if is_old else clock.to_hour(moment)
