"""Case shields and the sweep: what got out is held when it comes again, and looked for here.

The facts of a case become phrases that are held; only a keyed tag says for which case. A sweep
looks through all that stands here: posts with their titles, earlier wordings, and what members say
of themselves. The row of a sweep is its progress, so whatever kills it, the next one goes on. What
it finds is sealed to the sweep's own key, of which the machine has only the public half.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.accounts.models import Member
from app.cases import keys, queries
from app.cases.keys import Seal
from app.cases.models import Case, Sweep, SweepFind
from app.cases.service import casework, evidence, ledger
from app.cases.service.casework import Opened
from app.cases.words import SweepStage, Verb
from app.cases.workflow import Gate, ShutError
from app.core import clock, crypto, ids
from app.forum import service as forum
from app.forum.models import Post, Revision, Thread, pictures_in, with_alts
from app.policy.vocabulary import Visibility
from app.shields import queries as shields
from app.shields import service as shielding
from app.shields.models import Mode

SLICE: Final = 1_000  # texts a transaction
FIND_BYTES: Final = 48  # every find is as long as every other
HELD_SHOWN: Final = 200  # the newest texts that wait and are looked at for one page
NEXT: Final = {
    SweepStage.POSTS: SweepStage.REVISIONS,
    SweepStage.REVISIONS: SweepStage.MEMBERS,
    SweepStage.MEMBERS: SweepStage.DONE,
}
TABLES: Final[dict[SweepStage, InstrumentedAttribute[int]]] = {
    SweepStage.POSTS: Post.id,
    SweepStage.REVISIONS: Revision.id,
    SweepStage.MEMBERS: Member.id,
}


@dataclass(frozen=True, slots=True)
class Found:
    """One thing in which a fact of the case stands: of which kind, and its public id."""

    stage: SweepStage
    public_id: str
    post_id: str = ""  # of a revision: the public id of its post


@dataclass(frozen=True, slots=True)
class Look:
    """What one slice gave: where it began, how much it was, where it ended, what was found."""

    stage: SweepStage
    after: int
    looked: int
    last: int
    finds: tuple[str, ...]


# --- shields --------------------------------------------------------------------------------------


def shield_facts(session: Session, opened: Opened, facts: Sequence[str]) -> int:
    """Hold every new text in which one of these facts stands; returns how many can be no shield.

    Those are too short or too common: the linter knows them all the same. A drill holds nothing:
    real texts would be held back for words that nobody has exposed.
    """
    if opened.case.is_drill:
        return 0
    holder = holder_of(session, opened.case)
    refused = sum(not shielding.hold_phrase(session, holder, fact) for fact in facts)
    if refused < len(facts):
        about = f"shields {len(facts) - refused}"
        ledger.write(session, opened.ring, opened.who, Verb.SHIELDED, about)
    return refused


def shield_count(session: Session, case: Case, mode: Mode | None = None) -> int:
    """How many facts of a case are held, or looked for in one mode."""
    return shields.phrases_held(session, holder_of(session, case), mode)


def held_now(session: Session, case: Case) -> list[Post]:
    """The texts that wait for a moderator and in which a fact of this case stands.

    Looked up again each time, so that nowhere is written down which text was held for which case.
    """
    stands_in = shielding.searcher(session, holder_of(session, case))
    return [
        post
        for post in queries.waiting_posts(session, HELD_SHOWN)
        if stands_in(_whole(post.words, post.is_opening, post.thread.full_title))
    ]


def unshield(session: Session, case: Case) -> None:
    """Let the facts of a case go."""
    shielding.let_go(session, holder_of(session, case))


def holder_of(session: Session, case: Case) -> bytes:
    """The keyed tag under which the phrases of a case are held."""
    return keys.person_tag(session, "shields", case.public_id)


# --- the run --------------------------------------------------------------------------------------


def begin(session: Session, opened: Opened) -> Sweep:
    """Begin a sweep, or join the one that is under way.

    Raises:
        ShutError: when no fact of the case is held: there is nothing to look for.
    """
    known = queries.sweep_of(session, opened.case.id)
    if known is not None and known.finished_on is None:
        return known
    if not shield_count(session, opened.case):
        raise ShutError(Gate.NO_SHIELD)
    private_key = crypto.new_private_key()
    sweep = Sweep(
        public_id=ids.new_id(),
        case_id=opened.case.id,
        stage=SweepStage.POSTS,
        after_id=0,
        looked_count=0,
        total_count=_total(session),
        find_count=0,
        public_key=crypto.public_key(private_key),
        started_on=clock.today(),
        finished_on=None,
    )
    opened.ring.write(sweep, {"private": private_key.hex(), "hidden": ""})
    session.add(sweep)
    session.flush()  # the page that follows shows it
    ledger.write(session, opened.ring, opened.who, Verb.SWEPT, "begun")
    return sweep


def _total(session: Session) -> int:
    """How many texts there are to look through."""
    return sum(
        session.scalar(select(func.count()).select_from(column.class_)) or 0
        for column in TABLES.values()
    )


def running(session: Session) -> list[int]:
    """The inner ids of the sweeps that are not finished."""
    query = select(Sweep.id).where(Sweep.finished_on.is_(None)).order_by(Sweep.id)
    return list(session.scalars(query))


def look(session: Session, sweep_id: int) -> Look | None:
    """Look through the next slice of a sweep; nothing when it is through. Writes nothing."""
    sweep = session.get(Sweep, sweep_id)
    if sweep is None or sweep.finished_on is not None:
        return None
    case = session.get_one(Case, sweep.case_id)
    stands_in = shielding.searcher(session, holder_of(session, case))
    texts = _texts(session, sweep.stage, sweep.after_id)
    return Look(
        stage=sweep.stage,
        after=sweep.after_id,
        looked=len(texts),
        last=texts[-1][0] if texts else 0,
        finds=tuple(name for _, name, text in texts if stands_in(text)),
    )


def note(session: Session, sweep_id: int, seen: Look) -> None:
    """Store what a slice gave, and move the sweep on. Two who looked at one slice store it once."""
    stage, after = (seen.stage, seen.last) if seen.looked else (NEXT[seen.stage], 0)
    public_key = session.scalars(
        update(Sweep)
        .where(Sweep.id == sweep_id, Sweep.stage == seen.stage, Sweep.after_id == seen.after)
        .values(
            stage=stage,
            after_id=after,
            looked_count=Sweep.looked_count + seen.looked,
            find_count=Sweep.find_count + len(seen.finds),
            finished_on=clock.today() if stage is SweepStage.DONE else None,
        )
        .returning(Sweep.public_key)
        .execution_options(synchronize_session=False)
    ).first()
    if public_key is not None:
        names = (f"{seen.stage.value} {name}" for name in seen.finds)
        session.add_all(SweepFind(sweep_id=sweep_id, box=_seal(public_key, n)) for n in names)


def _texts(session: Session, stage: SweepStage, after: int) -> list[tuple[int, str, str]]:
    """The next texts of a stage: inner id, how a find is named, and the text."""
    if stage is SweepStage.POSTS:
        posts = session.execute(
            select(
                Post.id,
                Post.public_id,
                Post.body,
                Post.pictures,
                Post.is_opening,
                Thread.title,
                Thread.kept_title,
            )
            .join(Thread, Thread.id == Post.thread_id)
            .where(Post.id > after)
            .order_by(Post.id)
            .limit(SLICE)
        )
        return [
            (row.id, row.public_id, _whole(_words(row), row.is_opening, row.title, row.kept_title))
            for row in posts
        ]
    if stage is SweepStage.REVISIONS:
        revisions = session.execute(
            select(Revision.id, Revision.public_id, Revision.body, Post.public_id.label("post"))
            .join(Post, Post.id == Revision.post_id)
            .where(Revision.id > after)
            .order_by(Revision.id)
            .limit(SLICE)
        )
        return [(row.id, f"{row.public_id} {row.post}", row.body) for row in revisions]
    members = session.execute(
        select(Member.id, Member.public_id, Member.pseudonym, Member.about)
        .where(Member.id > after)
        .order_by(Member.id)
        .limit(SLICE)
    )
    return [(row.id, row.public_id, f"{row.pseudonym}\n{row.about}") for row in members]


def _words(row: Row[*tuple[Any, ...]]) -> str:
    """What a post says, as `Post.words` has it."""
    return with_alts(row.body, [each.alt for each in pictures_in(row.pictures)])


def _whole(body: str, is_opening: bool, *titles: str) -> str:  # noqa: FBT001 - a column of the row
    """The text of a post, with the titles of the thread that it opens."""
    return "\n".join((*titles, body)) if is_opening else body


def _seal(public_key: bytes, name: str) -> bytes:
    """One find, as long as every other, for the sweep's own key."""
    return crypto.wrap_to(public_key, name.encode().ljust(FIND_BYTES))


# --- what came of it ------------------------------------------------------------------------------


def finds(session: Session, opened: Opened, sweep: Sweep) -> list[Found]:
    """What a sweep has found so far.

    Raises:
        BrokenSealError: when the ring does not hold the team's part.
    """
    private_key = bytes.fromhex(opened.ring.read(sweep)["private"])
    found = []
    for row in queries.finds_of(session, sweep.id):
        stage, *names = crypto.unwrap_with(private_key, row.box).decode().split()
        found.append(Found(SweepStage(stage), *names))
    return found


def hide_all(session: Session, opened: Opened, seal: Seal, sweep: Sweep) -> int:
    """Hide every published post that a sweep has found, in one act; returns how many.

    Each is captured before it is hidden. A post with an earlier wording in which a fact stands is
    hidden with it. `show_again` takes the act back.
    """
    found = finds(session, opened, sweep)
    wanted = {one.post_id or one.public_id for one in found if one.stage is not SweepStage.MEMBERS}
    hidden = []
    for public_id, post in sorted(queries.posts_by_public_ids(session, wanted).items()):
        if post.visibility is Visibility.PUBLISHED:
            evidence.keep(session, opened, seal, evidence.capture(session, post))
            forum.quarantine(session, post)
            hidden.append(public_id)
    if hidden:
        sealed = opened.ring.read(sweep)
        before = sealed["hidden"].split()
        opened.ring.write(sweep, {**sealed, "hidden": " ".join([*before, *hidden])})
        about = f"sweep {len(hidden)}"
        ledger.write(session, opened.ring, opened.who, Verb.HIDDEN, about)
    return len(hidden)


def show_again(session: Session, opened: Opened, sweep: Sweep) -> int:
    """Take the act back: what it hid, and nothing else, comes back. Returns how many posts."""
    sealed = opened.ring.read(sweep)
    hidden = queries.posts_by_public_ids(session, sealed["hidden"].split())
    back = [post for post in hidden.values() if post.visibility is Visibility.QUARANTINED]
    for post in sorted(back, key=lambda post: post.id):
        forum.restore(session, post)
    opened.ring.write(sweep, {**sealed, "hidden": ""})
    if back:
        about = f"sweep {len(back)}"
        ledger.write(session, opened.ring, opened.who, Verb.SHOWN_AGAIN, about)
    return len(back)


def hidden_count(opened: Opened, sweep: Sweep) -> int:
    """How many posts the act has hidden that can be taken back."""
    return len(opened.ring.read(sweep)["hidden"].split())


def tick_when_done(session: Session, opened: Opened, sweep: Sweep | None) -> None:
    """Tick the point of the checklist once a sweep is through."""
    if sweep is not None and sweep.stage is SweepStage.DONE:
        casework.tick(session, opened, "remove.sweep")


def counted(found: Iterable[Found]) -> Counter[SweepStage]:
    """How many finds there are of each kind."""
    return Counter(one.stage for one in found)
