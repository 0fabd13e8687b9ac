"""The purge sheet: every surface of this site, erased by machine and proved row by row.

The order is evidence, hold, purge, proof (RESPONSE.md §8). Two people ask for the deed. The proof
is another deed, after it: it opens what may be public, looks in every column of words and, on
SQLite, in the bytes of the files, and writes down what each surface has shown. The affected member
reads the same sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import JSON, Column, String, Table, Text, cast, func, or_, select
from sqlalchemy.orm import Session

from app.cases import queries, traces, workflow
from app.cases.keys import Ring, Seal
from app.cases.models import PurgeRow, StepItem
from app.cases.service import casework, evidence, ledger, sweep
from app.cases.service.casework import Opened
from app.cases.words import (
    Clock,
    ItemState,
    PlaceKind,
    PlaceState,
    Proof,
    Surface,
    SweepStage,
    Verb,
)
from app.cases.workflow import Gate, ShutError
from app.core import clock, ids
from app.core.db import Base, Word
from app.forum import search
from app.forum import service as forum
from app.forum.models import Attachment, Notice, Post, Quote, Revision
from app.moderation import service as moderation
from app.policy.vocabulary import Visibility
from app.privacy import erasure
from app.shields import service as shielding

ITEM: Final = "remove.purge"
SHORTEST: Final = 6  # signs; a shorter phrase stands in many texts for other reasons
# Which surface a table of words belongs to; whatever is not named here is the team's own papers.
SURFACE_OF: Final = {
    "posts": Surface.POST,
    "threads": Surface.TITLE,
    "revisions": Surface.REVISIONS,
    "members": Surface.PROFILES,
    "notices": Surface.INBOX,
    "audit_entries": Surface.AUDIT,
    "boards": Surface.NOTICES,
    "categories": Surface.NOTICES,
    "settings": Surface.NOTICES,
}
# What this site would need a table for; without one there is nothing to purge.
NEEDS_TABLE: Final = {
    Surface.DRAFTS: ("drafts", "saved_posts"),
    Surface.MESSAGES: ("messages",),
    Surface.EXPORTS: ("exports",),
    Surface.WATCH: ("watches", "sightings"),
}
SETTLED: Final = frozenset({Proof.CLEAN, Proof.NOT_HERE, Proof.OUTSIDE})


@dataclass(frozen=True, slots=True)
class Subjects:
    """What a purge takes: posts, and earlier wordings of posts that stay."""

    posts: tuple[Post, ...]
    revisions: tuple[Revision, ...]

    def __len__(self) -> int:
        return len(self.posts) + len(self.revisions)


@dataclass(frozen=True, slots=True, repr=False)
class Wanted:
    """What must stand nowhere: facts, and the texts that were erased."""

    facts: tuple[str, ...]
    texts: tuple[str, ...]
    gone: frozenset[str]  # public ids of the posts that were erased

    def __repr__(self) -> str:
        return "***"


# --- the deed -------------------------------------------------------------------------------------


def subjects(session: Session, opened: Opened) -> Subjects:
    """The posts of this site that the case names or a sweep has found, if there is a text left."""
    wanted = {
        opened.ring.read(place)["url"]
        for place in queries.places_of(session, opened.case.id)
        if place.kind is PlaceKind.HERE
    }
    run = queries.sweep_of(session, opened.case.id)
    found = [] if run is None else sweep.finds(session, opened, run)
    wanted |= {one.public_id for one in found if one.stage is SweepStage.POSTS}
    earlier = {one.public_id for one in found if one.stage is SweepStage.REVISIONS}
    posts = queries.posts_by_public_ids(session, wanted).values()
    left = [post for post in posts if post.visibility is not Visibility.ERASED]
    inner = {post.id for post in left}
    revisions = queries.revisions_by_public_ids(session, earlier)
    return Subjects(
        posts=tuple(sorted(left, key=lambda post: post.id)),
        revisions=tuple(one for one in revisions if one.post_id not in inner),
    )


def ask(session: Session, opened: Opened, seal: Seal) -> bool:
    """Ask for the purge: the first of two asks, the second does it. Returns whether it was done.

    Raises:
        ShutError: when nothing is to be erased, or the same person asks twice.
    """
    row = _item(session, opened)
    wanted = subjects(session, opened)
    if not wanted:
        raise ShutError(Gate.ORDER)
    casework.start_clock(session, opened.case, Clock.PURGE)
    if row.first_id is None:
        row.first_id = opened.member_id
        ledger.write(session, opened.ring, opened.who, Verb.AGREED, ITEM)
        return False
    if row.first_id == opened.member_id:
        raise ShutError(Gate.SAME_PERSON)
    _erase(session, opened, seal, wanted)
    row.first_id = None
    for surface in Surface:
        _set(session, opened, surface, Proof.OPEN)
    return True


def take_back(session: Session, opened: Opened) -> None:
    """Take the first word back, before a second person has agreed."""
    row = _item(session, opened)
    if row.first_id is not None:
        row.first_id = None
        ledger.write(session, opened.ring, opened.who, Verb.TICKED, f"{ITEM} taken back")


def asked_by(session: Session, opened: Opened) -> int | None:
    """Who has asked for the purge and waits for a second person."""
    return _item(session, opened).first_id


def _erase(session: Session, opened: Opened, seal: Seal, wanted: Subjects) -> None:
    """Keep evidence of what was not kept yet, then erase it: evidence first, always."""
    kept = evidence.captured_posts(session, seal, opened.case.id)
    for post in wanted.posts:
        if post.public_id not in kept:
            evidence.keep(session, opened, seal, evidence.capture(session, post))
            kept.add(post.public_id)
        shut = workflow.erasing(is_captured=post.public_id in kept, is_never_stored=False)
        if shut:
            raise ShutError(*shut)
        moderation.forget_words(session, post)
        forum.erase_post(session, post)
    for revision in wanted.revisions:
        forum.remove_revision(session, revision)
    for place in queries.places_of(session, opened.case.id):
        if place.kind is PlaceKind.HERE and PlaceState.GONE in workflow.PLACE_MOVES[place.state]:
            place.state = PlaceState.GONE
    session.flush()  # what is erased must be gone for whoever looks in this request
    about = f"posts {len(wanted.posts)}, earlier wordings {len(wanted.revisions)}"
    ledger.write(session, opened.ring, opened.who, Verb.PURGED, about)


# --- the proof ------------------------------------------------------------------------------------


def prove(session: Session, wide: Opened) -> list[PurgeRow]:
    """Look at every surface for what must not stand there; returns the sheet.

    `wide` holds the identity part, opened for a reason. When nothing is left to find, the point of
    the checklist is settled by the two who asked for the deed and the one who proved it.

    Raises:
        ShutError: when nothing was purged yet.
    """
    if not queries.purge_rows_of(session, wide.case.id):
        raise ShutError(Gate.ORDER)
    wanted = _wanted(session, wide)
    shown = _columns(session, wanted)
    proofs = {surface: shown.get(surface, Proof.CLEAN) for surface in Surface}
    proofs |= _beside(session, wide, wanted, proofs)
    for surface, proof in proofs.items():
        _set(session, wide, surface, proof)
    left = sum(proof not in SETTLED for proof in proofs.values())
    ledger.write(session, wide.ring, wide.who, Verb.PROVED, f"surfaces {len(proofs)}, left {left}")
    if not left:
        _settle(session, wide)
    return list(queries.purge_rows_of(session, wide.case.id))


def _wanted(session: Session, wide: Opened) -> Wanted:
    """What is looked for: facts that are rare enough, and texts whose posts were erased."""
    facts = [wide.ring.read(row)["fact"] for row in queries.exposures_of(session, wide.case.id)]
    rows = queries.evidence_of(session, wide.case.id)
    kept = evidence.posts_kept(session, wide.ring, rows)
    still = {
        public_id
        for public_id, post in queries.posts_by_public_ids(session, kept).items()
        if post.visibility is not Visibility.ERASED
    }
    gone = frozenset(kept) - still
    texts = [text for public_id in gone for text in kept[public_id]]
    return Wanted(
        facts=tuple(f for f in facts if len(f) >= SHORTEST and shielding.is_fit(f)),
        texts=tuple(text for text in texts if len(text) >= SHORTEST),
        gone=gone,
    )


def _columns(session: Session, wanted: Wanted) -> dict[Surface, Proof]:
    """Every column of words of every table: the surfaces on which something stands."""
    found = {}
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.columns if _is_text(column)]
        if columns and _stands_in(session, table, columns, (*wanted.facts, *wanted.texts)):
            found[SURFACE_OF.get(table.name, Surface.REPORTS)] = Proof.FOUND
    return found


def _is_text(column: Column[object]) -> bool:
    """Whether somebody's words could stand in a column."""
    return isinstance(column.type, (String, Text, JSON)) and not isinstance(column.type, Word)


def _stands_in(
    session: Session, table: Table, columns: Sequence[Column[object]], phrases: Iterable[str]
) -> bool:
    """Whether one of the phrases stands in one of the columns, whatever the case of its letters."""
    for phrase in phrases:
        low = phrase.lower()
        texts = [cast(column, Text) for column in columns]
        # SQLite knows the small letters of ASCII alone, so the phrase is looked for as it is too.
        matches = [text.contains(phrase, autoescape=True) for text in texts]
        matches += [func.lower(text).contains(low, autoescape=True) for text in texts]
        if session.scalar(select(func.count()).select_from(table).where(or_(*matches))):
            return True
    return False


def _beside(
    session: Session, wide: Opened, wanted: Wanted, shown: dict[Surface, Proof]
) -> dict[Surface, Proof]:
    """The surfaces that are no column of words."""
    is_owed = erasure.is_owed(session)
    quotes = _count(session, wanted, Quote.quoted_id) or _count(session, wanted, Quote.post_id)
    pictures = (
        select(func.count())
        .select_from(Attachment)
        .join(Post, Post.id == Attachment.post_id)
        .where(Post.public_id.in_(wanted.gone))
    )
    notices = select(func.count()).where(Notice.subject.in_(wanted.gone))
    results = any(_is_found(session, phrase) for phrase in wanted.facts)
    looked = _bytes(session, wanted)
    proofs = {
        Surface.QUOTES: Proof.FOUND if quotes else Proof.CLEAN,
        Surface.REPLIES: _swept(session, wide),
        Surface.INDEX: Proof.WAITS if is_owed else (Proof.FOUND if results else Proof.CLEAN),
        Surface.RESULTS: Proof.FOUND if results else Proof.CLEAN,
        Surface.FEEDS: shown[Surface.POST],  # made of the posts whenever somebody asks
        Surface.MOVED: shown[Surface.TITLE],  # a thread that moves leaves no copy
        Surface.LOGS: looked[0],
        Surface.BYTES: Proof.WAITS if is_owed else looked[1],
        Surface.ATTACHMENTS: Proof.FOUND if session.scalar(pictures) else Proof.CLEAN,
        Surface.BACKUPS: Proof.OUTSIDE,
    }
    if session.scalar(notices):
        proofs[Surface.INBOX] = Proof.FOUND
    for surface, tables in NEEDS_TABLE.items():
        is_here = any(table in Base.metadata.tables for table in tables)
        proofs[surface] = Proof.OUTSIDE if is_here else Proof.NOT_HERE
    return proofs


def _count(session: Session, wanted: Wanted, column: object) -> int:
    """How many quotes from or of an erased post there are."""
    gone = select(Post.id).where(Post.public_id.in_(wanted.gone))
    query = select(func.count()).select_from(Quote).where(column.in_(gone))  # type: ignore[attr-defined]  # one of the two columns of the table
    return session.scalar(query) or 0


def _is_found(session: Session, phrase: str) -> bool:
    """Whether a searcher finds a post by all words of a phrase."""
    words = search.words_of(phrase)
    query = select(func.count()).select_from(search.post_search)
    return bool(words and session.scalar(query.where(search.matches(session, words))))


def _swept(session: Session, wide: Opened) -> Proof:
    """Whether a sweep is through, and nothing that it found is still read by anybody."""
    run = queries.sweep_of(session, wide.case.id)
    if run is None or run.stage is not SweepStage.DONE:
        return Proof.OPEN
    left = subjects(session, wide)
    is_open = any(post.visibility is Visibility.PUBLISHED for post in left.posts)
    return Proof.FOUND if is_open or left.revisions else Proof.CLEAN


def _bytes(session: Session, wanted: Wanted) -> tuple[Proof, Proof]:
    """What the bytes of the files say: of everything beside the database, and of the database.

    On PostgreSQL the files are not ours to read.
    """
    bind = session.get_bind()
    url = bind.engine.url
    if bind.dialect.name != "sqlite" or not url.database:
        return Proof.OUTSIDE, Proof.OUTSIDE
    database = Path(url.database)
    patterns = {raw for fact in wanted.facts for raw in traces.spellings(fact)}
    patterns |= {raw for text in wanted.texts for raw in traces.windows(text)}
    try:
        looked = traces.search(database.parent, patterns)
    except traces.UnreadError:
        return Proof.OPEN, Proof.OPEN
    in_database = [path for path in looked.found if path.startswith(database.name)]
    beside = len(looked.found) - len(in_database)
    return (
        Proof.FOUND if beside else Proof.CLEAN,
        Proof.FOUND if in_database else Proof.CLEAN,
    )


# --- the sheet ------------------------------------------------------------------------------------


def sheet(session: Session, ring: Ring) -> list[tuple[PurgeRow, str]]:
    """The rows of the sheet, each with the moment of its last look; empty before a purge."""
    rows = queries.purge_rows_of(session, ring.case_id)
    return [(row, ring.read(row)["at"]) for row in rows]


def _set(session: Session, opened: Opened, surface: Surface, proof: Proof) -> None:
    """Write down what a look at one surface has shown."""
    row = queries.purge_row_of(session, opened.case.id, surface)
    if row is None:
        row = PurgeRow(public_id=ids.new_id(), case_id=opened.case.id, surface=surface)
        session.add(row)
    row.proof = proof
    at = "" if proof is Proof.OPEN else clock.now().isoformat(timespec="minutes")
    opened.ring.write(row, {"at": at, "by": opened.who})


def _item(session: Session, opened: Opened) -> StepItem:
    """The point of the checklist.

    Raises:
        ShutError: when the checklist of this case has none.
    """
    row = queries.item_of(session, opened.case.id, ITEM)
    if row is None:
        raise ShutError(Gate.ORDER)
    return row


def _settle(session: Session, wide: Opened) -> None:
    """Settle the point of the checklist: two have asked for the deed, and it is proved."""
    row = _item(session, wide)
    row.state, row.owner_id, row.first_id = ItemState.DONE, wide.member_id, None
    wide.ring.write(row, {"proof": f"{len(Surface)} / {len(Surface)}"})
    casework.stop_clock(session, wide.case, Clock.PURGE)
