"""Reads the example community that `bauta demo` puts into an empty forum.

The texts stand in TOML files beside this module: `community.toml` (name, norms, boards),
`members.toml`, one file per board under `boards/`, and `queue.toml` (reports, decisions,
sanctions). Everything in them is invented. Nothing here touches the database.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.moderation.models import ReportReason, Rule, SanctionKind
from app.policy.vocabulary import Gate, Role, Trust, Visibility
from app.screening.findings import Category

HERE: Final = Path(__file__).parent
HOURS_PER_DAY: Final = 24
HOURS: Final = {"h": 1, "d": HOURS_PER_DAY}


@dataclass(frozen=True, slots=True)
class DemoMember:
    """Somebody in the example: never a person who exists."""

    pseudonym: str
    trust: Trust
    roles: Role
    joined_days_ago: int
    about: str


@dataclass(frozen=True, slots=True)
class DemoBoard:
    """A board, the name of the category it stands under, and its gate."""

    key: str
    category: str
    name: str
    description: str
    gate: Gate
    reviews_first_posts: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of a held post that screening is expected to point at; code points, half-open."""

    category: Category
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DemoPost:
    """One text in a thread.

    `quotes` are positions in the same thread, 0 being the opening post. `key` is empty unless
    the queue names the post. `is_first` marks a held post that waits because it is a first one.
    `rule` says why moderators removed it. An erased post has no body; a removed one keeps it
    here, for the moderators' page.
    """

    author: str
    body: str
    hours_ago: int
    quotes: tuple[int, ...]
    thanked_by: tuple[str, ...]
    visibility: Visibility
    rule: str
    key: str
    is_first: bool
    marks: tuple[Mark, ...]
    pictures: tuple[tuple[str, str], ...]  # which of `pictures.PICTURES`, and what it shows

    @property
    def days_ago(self) -> int:
        """How many whole days ago it was written."""
        return self.hours_ago // HOURS_PER_DAY


@dataclass(frozen=True, slots=True)
class DemoThread:
    """A discussion: the key of its board, a title, and its posts in order."""

    board: str
    title: str
    language: str
    is_pinned: bool
    is_locked: bool
    posts: tuple[DemoPost, ...]

    @property
    def visibility(self) -> Visibility:
        """A thread whose opening post is held is held with it; otherwise it is published."""
        opening = self.posts[0].visibility
        return Visibility.HELD if opening is Visibility.HELD else Visibility.PUBLISHED


@dataclass(frozen=True, slots=True)
class DemoReport:
    """A member asked the moderators to look at the post with that key."""

    post: str
    reporter: str
    reason: ReportReason
    text: str
    is_urgent: bool
    days_ago: int


@dataclass(frozen=True, slots=True)
class DemoStatement:
    """A statement of reasons, and what the member answered; `reply` is empty while that waits.

    `act` is release, reject or remove; empty where the statement carries a sanction alone.
    `post` is the key of the post it is about.
    """

    member: str
    moderator: str
    post: str
    act: str
    rule: Rule
    facts: str
    days_ago: int
    answer: str
    answered_days_ago: int | None
    reply: str


@dataclass(frozen=True, slots=True)
class DemoSanction:
    """What a statement changed about a member's standing, and for how many more days."""

    kind: SanctionKind
    days_left: int
    statement: DemoStatement


@dataclass(frozen=True, slots=True)
class Community:
    """The whole example. Boards stand in the order in which they are shown."""

    name: str
    motto: str
    norms: tuple[str, ...]
    categories: tuple[str, ...]
    boards: tuple[DemoBoard, ...]
    members: tuple[DemoMember, ...]
    threads: tuple[DemoThread, ...]
    reports: tuple[DemoReport, ...]
    decisions: tuple[DemoStatement, ...]
    sanctions: tuple[DemoSanction, ...]

    def post(self, key: str) -> DemoPost:
        """The post that the queue calls by that key; raises KeyError when no post has it."""
        for thread in self.threads:
            for post in thread.posts:
                if key and post.key == key:
                    return post
        raise KeyError(key)


def read() -> Community:
    """Read the example community; raises ValueError or KeyError where a file is malformed."""
    site = _load("community.toml")
    queue = _load("queue.toml")
    boards = tuple(_board(table) for table in site["boards"])
    return Community(
        name=site["name"],
        motto=site["motto"],
        norms=tuple(site["norms"]),
        categories=tuple(dict.fromkeys(board.category for board in boards)),
        boards=boards,
        members=tuple(_member(table) for table in _load("members.toml")["members"]),
        threads=tuple(
            _thread(board.key, table)
            for board in boards
            for table in _load(f"boards/{board.key}.toml")["threads"]
        ),
        reports=tuple(_report(table) for table in queue["reports"]),
        decisions=tuple(_statement(table) for table in queue["decisions"]),
        sanctions=tuple(_sanction(table) for table in queue["sanctions"]),
    )


def _load(name: str) -> dict[str, Any]:
    """One file, read as TOML."""
    with (HERE / name).open("rb") as file:
        return tomllib.load(file)


def _board(table: dict[str, Any]) -> DemoBoard:
    """A board from its table."""
    return DemoBoard(
        key=table["key"],
        category=table["category"],
        name=table["name"],
        description=table["description"],
        gate=Gate(
            read=_trust(table["read"]), reply=_trust(table["reply"]), start=_trust(table["start"])
        ),
        reviews_first_posts=table.get("reviews_first_posts", False),
    )


def _member(table: dict[str, Any]) -> DemoMember:
    """A member from his or her table."""
    roles = Role.NONE
    for role in table.get("roles", []):
        roles |= Role[role.upper()]
    return DemoMember(
        pseudonym=table["pseudonym"],
        trust=_trust(table["trust"]),
        roles=roles,
        joined_days_ago=table["joined_days_ago"],
        about=table.get("about", "").strip(),
    )


def _thread(board: str, table: dict[str, Any]) -> DemoThread:
    """A thread from its table."""
    return DemoThread(
        board=board,
        title=table["title"],
        language=table.get("language", "en"),
        is_pinned=table.get("is_pinned", False),
        is_locked=table.get("is_locked", False),
        posts=tuple(_post(post) for post in table["posts"]),
    )


def _post(table: dict[str, Any]) -> DemoPost:
    """A post from its table."""
    body = table.get("body", "").strip()
    return DemoPost(
        author=table["by"],
        body=body,
        hours_ago=_hours(table["ago"]),
        quotes=tuple(table.get("quotes", [])),
        thanked_by=tuple(table.get("thanked_by", [])),
        visibility=Visibility(table.get("visibility", "published")),
        rule=Rule(table["rule"]).value if "rule" in table else "",
        key=table.get("key", ""),
        is_first=table.get("is_first", False),
        marks=_marks(body, table.get("marks", [])),
        pictures=tuple((name, shows) for name, shows in table.get("pictures", [])),
    )


def _marks(body: str, pairs: Sequence[Sequence[str]]) -> tuple[Mark, ...]:
    """Where the marked words stand in the body; raises ValueError when they do not."""
    marks = []
    for category, words in pairs:
        start = body.find(words)
        if start < 0:
            message = f"A post is marked at {words!r}, which it does not contain."
            raise ValueError(message)
        marks.append(Mark(Category(category), start, start + len(words)))
    return tuple(sorted(marks, key=lambda mark: mark.start))


def _report(table: dict[str, Any]) -> DemoReport:
    """A report from its table."""
    return DemoReport(
        post=table["post"],
        reporter=table["reporter"],
        reason=ReportReason(table["reason"]),
        text=table.get("text", "").strip(),
        is_urgent=table.get("is_urgent", False),
        days_ago=table["days_ago"],
    )


def _statement(table: dict[str, Any]) -> DemoStatement:
    """A statement of reasons from its table."""
    return DemoStatement(
        member=table["member"],
        moderator=table["moderator"],
        post=table["post"],
        act=table.get("act", ""),
        rule=Rule(table["rule"]),
        facts=table["facts"].strip(),
        days_ago=table["days_ago"],
        answer=table.get("answer", "").strip(),
        answered_days_ago=table.get("answered_days_ago"),
        reply=table.get("reply", "").strip(),
    )


def _sanction(table: dict[str, Any]) -> DemoSanction:
    """A sanction, with the statement that it rests on, from its table."""
    return DemoSanction(
        kind=SanctionKind(table["kind"]), days_left=table["days_left"], statement=_statement(table)
    )


def _trust(word: str) -> Trust:
    """The trust level with that name, in lower case as the files have it."""
    return Trust[word.upper()]


def _hours(age: str) -> int:
    """Hours from an age as the files write it, `5h` or `41d`; raises ValueError otherwise."""
    number, unit = age[:-1], age[-1:]
    if not number.isdecimal() or unit not in HOURS:
        message = f"{age!r} is no age: write 5h or 41d."
        raise ValueError(message)
    return int(number) * HOURS[unit]
