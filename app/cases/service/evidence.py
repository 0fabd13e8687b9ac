"""Evidence: captured before anything is hidden, hashed as it comes in, and gone for good when due.

Every piece has a key of its own, which opens only with its shred. The box under the key of the
identity part holds that key, the hash of the plain bytes, and where they are from; the hash of the
sealed bytes stands in clear, so that a machine without any key finds a change (RESPONSE.md §11).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Member
from app.cases import queries
from app.cases.keys import Ring, Seal
from app.cases.models import Evidence
from app.cases.outside import Seen
from app.cases.service import ledger
from app.cases.service.casework import Opened
from app.cases.words import EvidenceKind, PlaceState, Verb
from app.core import clock, crypto, ids, shreds
from app.core.crypto import BrokenSealError
from app.forum.attachments import pictures_of
from app.forum.models import Post, Revision

CHECKED_EVERY: Final = timedelta(days=7)
OWN_NAME: Final = "post.json"


@dataclass(frozen=True, slots=True, repr=False)
class Captured:
    """What was captured: its bytes, what they are called in a dossier, and where they are from."""

    content: bytes
    name: str = OWN_NAME
    kind: EvidenceKind = EvidenceKind.OWN
    about: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return "***"

    @property
    def post_id(self) -> str:
        """The public id of the post that was captured, if it was one of ours."""
        return self.about.get("post", "")


def capture(session: Session, post: Post) -> Captured:
    """A post of this site as it stands now, with its earlier wordings, as canonical JSON.

    The account is named by its public id, which says nothing outside this site.
    """
    revisions = session.scalars(
        select(Revision).where(Revision.post_id == post.id).order_by(Revision.id)
    )
    author = session.get(Member, post.author_id) if post.author_id else None
    value = {
        "account": "" if author is None else author.public_id,
        "attachments": [
            {"hash": hashlib.sha256(jpeg).hexdigest(), "shows": alt}
            for alt, jpeg in pictures_of(session, post)
        ],
        "body": post.body,
        "captured_at": clock.now().isoformat(timespec="seconds"),
        "edited_on": post.edited_on.isoformat() if post.edited_on else "",
        "post": post.public_id,
        "revisions": [
            {"body": one.body, "replaced_on": one.replaced_on.isoformat()} for one in revisions
        ],
        "thread": post.thread.public_id,
        "title": post.thread.full_title if post.is_opening else "",
        "written_at": post.written_at.isoformat(timespec="minutes"),
    }
    return of_post(canonical(value))


def of_post(content: bytes) -> Captured:
    """What was captured of a post, from its canonical bytes."""
    value = json.loads(content)
    about = {"post": value["post"], "at": value["captured_at"]}
    return Captured(content, f"post-{value['post']}.json", about=about)


def of_outside(content: bytes, ending: str, seen: Seen) -> Captured:
    """What somebody captured elsewhere, byte for byte; its name says nothing."""
    about = {key: value.strip() for key, value in asdict(seen).items()}
    about["at"] = about.pop("captured_at")
    return Captured(content, f"{ids.new_id()}.{ending}", EvidenceKind.OUTSIDE, about)


def of_redacted(content: bytes, original: Evidence) -> Captured:
    """A copy of a piece with parts taken out, joined to the piece that it was made of."""
    about = {"original": original.public_id, "at": clock.now().isoformat(timespec="seconds")}
    return Captured(content, f"{ids.new_id()}.jpg", EvidenceKind.REDACTED, about)


def keep_outside(
    session: Session, opened: Opened, seal: Seal, captured: Captured, place_id: str
) -> Evidence:
    """Seal a capture from outside; a place that it shows is captured from now on.

    Raises:
        BrokenSealError: when the seal has no key of the identity part.
    """
    row = keep(session, opened, seal, captured)
    if captured.kind is EvidenceKind.REDACTED:
        ledger.write(session, opened.ring, opened.who, Verb.REDACTED, _about(row))
    place = queries.place_by_id(session, opened.case.id, place_id)
    if place is not None and place.state is PlaceState.SEEN:
        place.state = PlaceState.CAPTURED
    return row


def canonical(value: object) -> bytes:
    """A value as bytes that are the same every time: JSON, sorted, without spaces."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def keep(session: Session, opened: Opened, seal: Seal, captured: Captured) -> Evidence:
    """Seal a piece of evidence into a case, and write both hashes into the ledger.

    Raises:
        BrokenSealError: when the seal has no key of the identity part.
    """
    shred_id, shred = shreds.new_shred(session)
    key = crypto.random_key()
    public_id = ids.new_id()
    content = crypto.seal(key, captured.content)
    sealed = hashlib.sha256(content)
    plain = hashlib.sha256(captured.content)
    row = Evidence(
        public_id=public_id,
        case_id=opened.case.id,
        kind=captured.kind,
        shred_id=shred_id,
        content=content,
        sealed_digest=sealed.digest(),
        kept_on=clock.today(),
        checked_on=clock.today(),
    )
    wrapped = crypto.wrap(_key(shred, public_id), key).hex()
    about = {"name": captured.name, "sha256": plain.hexdigest(), "key": wrapped}
    seal.write(row, {**captured.about, **about})
    session.add(row)
    note = f"{_about(row)} sha256 {plain.hexdigest()} sealed {sealed.hexdigest()}"
    ledger.write(session, opened.ring, opened.who, Verb.CAPTURED, note)
    return row


def read(session: Session, opened: Opened, row: Evidence) -> bytes:
    """The bytes of a piece of evidence, held against both hashes. Its opening is in the ledger.

    Raises:
        BrokenSealError: when a byte was changed, or it was destroyed.
    """
    content = _open(session, opened.ring, row)
    ledger.write(session, opened.ring, opened.who, Verb.VIEWED, _about(row))
    return content


def _open(session: Session, ring: Ring, row: Evidence) -> bytes:
    """The plain bytes.

    Raises:
        BrokenSealError: when a byte was changed, or it was destroyed.
    """
    shred = shreds.shred_part(session, row.shred_id)
    if shred is None or not is_whole(row):
        raise BrokenSealError
    about = ring.read(row)
    key = crypto.unwrap(_key(shred, row.public_id), bytes.fromhex(about["key"]))
    content = crypto.unseal(key, row.content)
    if hashlib.sha256(content).hexdigest() != about["sha256"]:
        raise BrokenSealError
    return content


def contents(
    session: Session, ring: Ring, rows: Sequence[Evidence]
) -> list[tuple[Evidence, dict[str, str], bytes]]:
    """Every piece that is still there, with what its box says, for a dossier or a proof.

    Raises:
        BrokenSealError: when a byte of one of them was changed.
    """
    return [
        (row, ring.read(row), _open(session, ring, row)) for row in rows if row.destroyed_on is None
    ]


def is_whole(row: Evidence) -> bool:
    """Whether the sealed bytes are those that came in; that needs no key."""
    return hashlib.sha256(row.content).digest() == row.sealed_digest


def broken(session: Session, case_id: int) -> list[Evidence]:
    """The pieces of a case whose sealed bytes were changed."""
    rows = queries.evidence_of(session, case_id)
    return [row for row in rows if row.destroyed_on is None and not is_whole(row)]


def verify(session: Session, opened: Opened) -> list[Evidence]:
    """Look at every piece of a case now, and write it into the ledger; returns the changed ones."""
    found = broken(session, opened.case.id)
    rows = queries.evidence_of(session, opened.case.id)
    for row in rows:
        row.checked_on = clock.today()
    about = f"evidence {len(rows)} checked, {len(found)} changed"
    ledger.write(session, opened.ring, opened.who, Verb.VERIFIED, about)
    return found


def verify_due(session: Session) -> set[int]:
    """Look at what was not looked at for a week; returns the inner ids of cases with a change.

    A piece that was changed stays due, so that its case is called up again.
    """
    edge = clock.today() - CHECKED_EVERY
    rows = session.scalars(
        select(Evidence).where(Evidence.checked_on <= edge, Evidence.destroyed_on.is_(None))
    )
    changed = set()
    for row in rows:
        if is_whole(row):
            row.checked_on = clock.today()
        else:
            changed.add(row.case_id)
    return changed


def shred(session: Session, case_id: int) -> None:
    """Take the shreds of all evidence of a case away: whoever holds a key opens nothing more."""
    rows = queries.evidence_of(session, case_id)
    shreds.destroy(session, [row.shred_id for row in rows])


def captured_posts(session: Session, seal: Seal, case_id: int) -> set[str]:
    """The public ids of the posts of which evidence is kept; nothing else of it is read."""
    rows = queries.evidence_of(session, case_id)
    return {seal.peek(row, "post") for row in rows if row.destroyed_on is None}


def posts_kept(
    session: Session, ring: Ring, rows: Sequence[Evidence]
) -> dict[str, tuple[str, ...]]:
    """The texts that were captured of our own posts, by the public ids of the posts.

    Raises:
        BrokenSealError: when a byte of one of them was changed.
    """
    own = [row for row in rows if row.kind is EvidenceKind.OWN]
    kept: dict[str, set[str]] = {}
    for _, about, content in contents(session, ring, own):
        value = json.loads(content)
        texts = {value["body"], value["title"], *(one["body"] for one in value["revisions"])}
        kept.setdefault(about["post"], set()).update(text for text in texts if text)
    return {post: tuple(sorted(texts)) for post, texts in kept.items()}


def _key(shred: bytes, public_id: str) -> bytes:
    """What closes the key of one piece; bound to its place."""
    return crypto.hkdf(shred, f"evidence:{public_id}")


def _about(row: Evidence) -> str:
    """How a ledger names a piece."""
    return f"evidence {row.public_id}"
