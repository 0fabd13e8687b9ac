"""The example community: its texts are safe to show, and they fit the rules of the house."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest

from app.cli.demo_content import reader
from app.cli.demo_content.reader import Community, DemoBoard, DemoPost, DemoThread
from app.core import text
from app.policy.vocabulary import Role, Trust, Visibility

LONG_DIGITS = re.compile(r"\d(?:[ ./()-]?\d){6,}")
AN_ADDRESS = re.compile(r"@|\bhttps?:|\bwww\.", re.IGNORECASE)


@pytest.fixture(scope="module")
def community() -> Community:
    return reader.read()


@pytest.fixture(scope="module")
def trust(community: Community) -> dict[str, Trust]:
    return {member.pseudonym: member.trust for member in community.members}


@pytest.fixture(scope="module")
def joined(community: Community) -> dict[str, int]:
    return {member.pseudonym: member.joined_days_ago for member in community.members}


@pytest.fixture(scope="module")
def boards(community: Community) -> dict[str, DemoBoard]:
    return {board.key: board for board in community.boards}


def posts(community: Community) -> Iterator[tuple[DemoThread, int, DemoPost]]:
    for thread in community.threads:
        for position, post in enumerate(thread.posts):
            yield thread, position, post


def where(thread: DemoThread, position: int) -> str:
    return f"{thread.board} / {thread.title} / {position}"


def test_every_pseudonym_is_used_once_and_short_enough(community: Community) -> None:
    names = [member.pseudonym for member in community.members]
    assert len(set(names)) == len(names)
    assert all(0 < len(name) <= 32 for name in names)


def test_the_cast_of_the_house_is_there(community: Community, trust: dict[str, Trust]) -> None:
    roles = {member.pseudonym: member.roles for member in community.members}
    assert roles["owl"] == Role.MODERATOR
    assert trust["heron"] is Trust.REGULAR
    assert {"wren", "stoat"} <= trust.keys()
    assert any(role & Role.OPERATOR for role in roles.values())
    assert set(trust.values()) == set(Trust) - {Trust.VISITOR}


def test_everybody_writes_only_where_the_gate_lets_them(
    community: Community, trust: dict[str, Trust], boards: dict[str, DemoBoard]
) -> None:
    for thread, position, post in posts(community):
        gate = boards[thread.board].gate
        needed = gate.reply if position else gate.start
        assert trust[post.author] >= needed, where(thread, position)


def test_nobody_writes_before_joining(community: Community, joined: dict[str, int]) -> None:
    late = [
        where(thread, position)
        for thread, position, post in posts(community)
        if post.days_ago > joined[post.author]
    ]
    assert late == []


def test_thanks_come_from_others_who_may_read_the_board(
    community: Community, trust: dict[str, Trust], boards: dict[str, DemoBoard]
) -> None:
    for thread, position, post in posts(community):
        assert post.author not in post.thanked_by, where(thread, position)
        assert len(set(post.thanked_by)) == len(post.thanked_by), where(thread, position)
        for pseudonym in post.thanked_by:
            assert trust[pseudonym] >= boards[thread.board].gate.read, where(thread, position)


def test_quotes_point_backwards_to_posts_that_readers_can_see(community: Community) -> None:
    for thread, position, post in posts(community):
        for quoted in post.quotes:
            assert 0 <= quoted < position, where(thread, position)
            assert thread.posts[quoted].visibility is not Visibility.HELD, where(thread, position)


def test_a_thread_goes_forward_in_time(community: Community) -> None:
    for thread in community.threads:
        for position, (earlier, later) in enumerate(pairwise(thread.posts)):
            assert later.hours_ago <= earlier.hours_ago, where(thread, position + 1)


def test_no_published_text_holds_a_number_or_an_address(community: Community) -> None:
    shown = [(member.pseudonym, member.about) for member in community.members]
    shown += [(board.key, board.description) for board in community.boards]
    shown += [(thread.title, thread.title) for thread in community.threads]
    shown += [
        (where(thread, position), post.body)
        for thread, position, post in posts(community)
        if post.visibility is Visibility.PUBLISHED
    ]
    assert [place for place, body in shown if LONG_DIGITS.search(body)] == []
    assert [place for place, body in shown if AN_ADDRESS.search(body)] == []


def test_an_erased_post_has_no_text_and_every_other_has_one(community: Community) -> None:
    for thread, position, post in posts(community):
        is_empty = post.body == ""
        assert is_empty == (post.visibility is Visibility.ERASED), where(thread, position)


def test_only_posts_that_moderators_removed_name_a_rule(community: Community) -> None:
    for thread, position, post in posts(community):
        assert bool(post.rule) == (post.visibility is Visibility.REMOVED), where(thread, position)


def test_every_text_survives_cleaning_and_both_sanitisers(community: Community) -> None:
    for thread, position, post in posts(community):
        assert text.clean(post.body) == post.body, where(thread, position)
        assert text.render(post.body).links == (), where(thread, position)


def test_no_text_is_told_twice(community: Community) -> None:
    seen = Counter(post.body for _, _, post in posts(community) if len(post.body) > 40)
    assert [body for body, times in seen.items() if times > 1] == []
    titles = Counter(thread.title for thread in community.threads)
    assert max(titles.values()) == 1


@pytest.mark.parametrize("age", ["5", "5w", "-3d", ""])
def test_an_age_must_be_hours_or_days(age: str) -> None:
    with pytest.raises(ValueError, match="is no age"):
        reader._hours(age)  # noqa: SLF001 - the smallest piece that can go wrong


def test_a_mark_must_stand_in_its_post() -> None:
    with pytest.raises(ValueError, match="does not contain"):
        reader._marks("nothing here", [("phone", "020")])  # noqa: SLF001 - as above


def test_a_post_is_found_by_its_key(community: Community) -> None:
    assert community.post("first-cloudberry").author == "cloudberry"
    with pytest.raises(KeyError):
        community.post("")
