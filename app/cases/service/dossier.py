"""The records of a case as one ZIP: what happened, the evidence, the ledger, and its verifier.

Made in memory when somebody asks for it, and kept nowhere. Its dates are fixed and its file names
say nothing. The salts of the ledger go only into the member's own copy; in the copies for a lawyer
and for the police nobody of the team is named, so there the rows stand without what they say.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from app.cases import drill, queries, verify
from app.cases.keys import Ring
from app.cases.models import Evidence
from app.cases.service import evidence, ledger
from app.cases.service.casework import Opened
from app.cases.words import EvidenceKind, Profile, Verb
from app.core import clock

LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)  # the earliest date of a ZIP: it tells nothing
FORMAT: Final = 1
PAGE: Final = "records.html"
FOLDERS: Final = {
    EvidenceKind.OWN: "evidence",
    EvidenceKind.OUTSIDE: "evidence",
    EvidenceKind.REDACTED: "redacted",
}
README: Final = """\
These are the records of one case.

records.html    what happened, in order; open it in a browser, it loads nothing
evidence/       what was kept, byte for byte as it came in
ledger.jsonl    who did what: each row holds a hash of the row before it
manifest.json   what belongs to these records; SHA256SUMS says the same for other tools
verify.py       checks all of it: run `python3 verify.py` in this folder; it needs nothing else

They are not encrypted. Whoever has this file can read it: keep it where only you look, and do not
send it by plain mail. What cannot be shown: rows dropped after the last letter, if our copy and
this one were both changed. There is no PDF: print records.html if somebody needs paper.
"""


@dataclass(frozen=True, slots=True, repr=False)
class Records:
    """Everything that goes into a dossier, opened."""

    profile: Profile
    codename: str
    is_drill: bool
    places: tuple[Mapping[str, str], ...]
    consents: tuple[Mapping[str, str], ...]
    letters: tuple[Mapping[str, str], ...]
    pieces: tuple[tuple[Evidence, Mapping[str, str], bytes], ...]
    rows: tuple[Mapping[str, Any], ...]

    def __repr__(self) -> str:
        return "***"


def open_records(session: Session, opened: Opened, profile: Profile) -> Records:
    """Open what goes into a copy for somebody; that it was made is the last row of its ledger.

    `opened` holds the identity part: it is the member's own, or was opened for a reason.

    Raises:
        BrokenSealError: when evidence was changed.
    """
    ring, case = opened.ring, opened.case
    pieces = evidence.contents(session, ring, queries.evidence_of(session, case.id))
    ledger.write(session, ring, opened.who, Verb.EXPORTED, f"records {profile.value}")
    is_own = profile is Profile.MINE
    letters = queries.letters_of(session, case.id) if is_own else ()
    return Records(
        profile=profile,
        codename=case.codename,
        is_drill=case.is_drill,
        places=tuple(
            {**ring.read(row), "kind": row.kind.value, "state": row.state.value}
            for row in queries.places_of(session, case.id)
        ),
        consents=tuple(
            {**ring.read(row), "state": row.state.value, "asked": row.asked_on.isoformat()}
            for row in queries.consents_of(session, case.id)
        ),
        letters=tuple(
            {**ring.read(row), "day": row.written_on.isoformat(), "template": row.template}
            for row in letters
        ),
        pieces=tuple(pieces),
        rows=tuple(_rows(session, ring, with_details=is_own)),
    )


def _rows(session: Session, ring: Ring, *, with_details: bool) -> list[dict[str, Any]]:
    """The ledger as it goes into a file."""
    lines = []
    for row in ledger.rows_of(session, ring.case_id):
        line: dict[str, Any] = {
            "number": row.number,
            "on_day": row.on_day.isoformat(),
            "commitment": row.commitment.hex(),
            "previous": row.previous.hex(),
            "digest": row.digest.hex(),
        }
        if with_details:
            detail = ring.open(ledger.TABLE, f"{row.case_id}-{row.number}", row.version, row.box)
            line["salt"] = detail.pop("salt")
            line["detail"] = detail
        lines.append(line)
    return lines


def pack(records: Records, page: str) -> bytes:
    """The ZIP; `page` is what happened, as a page that stands alone."""
    files: dict[str, bytes] = {
        "README.txt": (drill.mark(README) if records.is_drill else README).encode(),
        PAGE: page.encode(),
        "verify.py": Path(verify.__file__).read_bytes(),
    }
    listed = []
    for row, about, content in records.pieces:
        name = f"{FOLDERS[row.kind]}/{about['name']}"
        if name in files:
            name = f"{FOLDERS[row.kind]}/{row.public_id}-{about['name']}"
        files[name] = content
        listed.append(
            {
                "id": row.public_id,
                "file": name,
                "sha256": about["sha256"],
                "sealed": row.sealed_digest.hex(),
            }
        )
    manifest = {
        "format": FORMAT,
        "profile": records.profile.value,
        "drill": records.is_drill,
        "case": records.codename,
        "made_on": clock.today().isoformat(),
        "rows": len(records.rows),
        "head": records.rows[-1]["digest"] if records.rows else "",
        "letters": [letter["head"] for letter in records.letters],
        "evidence": listed,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    files[verify.LEDGER] = b"".join(_line(row) for row in records.rows)
    files[verify.MANIFEST] = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    sums = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    files[verify.SUMS] = "".join(sums).encode()
    return _zip(files)


def _line(row: Mapping[str, Any]) -> bytes:
    """One row of the ledger as a line."""
    return json.dumps(row, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def _zip(files: Mapping[str, bytes]) -> bytes:
    """Files packed, in the order of their names, with dates that say nothing."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, files[name])
    return packed.getvalue()


def file_name(*, is_drill: bool = False) -> str:
    """What the ZIP is called: the month, and nothing of the case but that it was a drill."""
    return f"{'drill-' if is_drill else ''}records-{clock.today():%Y-%m}.zip"
