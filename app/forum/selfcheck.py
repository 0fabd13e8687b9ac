"""What a member's own posts add up to, gathered when it is asked for and stored nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.forum.models import Post
from app.screening.findings import Span
from app.screening.selfcheck import KINDS, facts, points_to_few

AROUND: Final = 70  # code points shown to either side of what was found
SHOWN_A_KIND: Final = 40  # of a kind that stands in every post, a page shows no more


@dataclass(frozen=True, slots=True)
class Saying:
    """One place in one post that tells something of its author."""

    post: Post
    before: str
    words: str
    after: str


@dataclass(frozen=True, slots=True)
class Revealed:
    """What was said of one kind: the first of it, and how often in all."""

    kind: str
    count: int
    sayings: tuple[Saying, ...]

    @property
    def message(self) -> str:
        """The id of the kind's name in `app.screening.messages.MESSAGES`."""
        return f"kind.{self.kind}"


@dataclass(frozen=True, slots=True)
class Picture:
    """All that was found, kind by kind, in the order of `KINDS`."""

    revealed: tuple[Revealed, ...]

    @property
    def points_to_few(self) -> bool:
        """Whether these kinds together usually point to a few people."""
        return points_to_few(each.kind for each in self.revealed)


def picture_of(posts: Sequence[Post]) -> Picture:
    """Read posts of one author, with threads loaded, and sort what they say of him or her."""
    counts: dict[str, int] = {}
    sayings: dict[str, list[Saying]] = {}
    for post in posts:
        text = f"{post.thread.full_title}\n{post.words}" if post.is_opening else post.words
        for fact in facts(text):
            counts[fact.kind] = counts.get(fact.kind, 0) + 1
            if counts[fact.kind] <= SHOWN_A_KIND:
                sayings.setdefault(fact.kind, []).append(_saying(post, text, fact.span))
    return Picture(
        tuple(
            Revealed(kind, counts[kind], tuple(sayings[kind])) for kind in KINDS if kind in counts
        )
    )


def _saying(post: Post, text: str, span: Span) -> Saying:
    """The words of one span, and a little of what stands around them, cut between words."""
    start, end = max(span.start - AROUND, 0), min(span.end + AROUND, len(text))
    before, after = text[start : span.start], text[span.end : end]
    if start:
        before = "… " + before.partition(" ")[2]
    if end < len(text):
        after = after.rpartition(" ")[0] + " …"
    return Saying(post, before, text[span.start : span.end], after)
