"""Lists: who helps, by country and need, and pointers to laws; and when each was checked.

What ships lies in a file and is unchecked. An operator checks, changes and adds; another community
can take a list over that was signed (Ed25519), once its key was compared by another way.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core import audit, clock, crypto, ids
from app.core.db import Database
from app.core.errors import RefusalError
from app.core.text import clean_line
from app.policy.vocabulary import Actor
from app.support import service
from app.support.guides import CONTENT
from app.support.models import Doubt, ListEntry, Status, Wrong

KEY_NAME: Final = "lists"  # of the server secret, and of its place in a session
FORMAT: Final = "bauta-list-1"
HELP: Final = "help"
LAW: Final = "law"
FRESH: Final = timedelta(days=180)  # RESPONSE.md §13: older is "not checked lately"
SIGNS_AT_MOST: Final = 400  # of one field
CODE_SIGNS: Final = 40
ENTRIES_AT_MOST: Final = 500
BYTES_AT_MOST: Final = 500_000
SAVED_AT_MOST: Final = 30
GLOBAL: Final = "global"
NEEDS: Final = (
    "emergency", "crisis", "violence", "stalking", "harassment", "images", "deletion", "accounts",
    "victims", "children", "reports",
)  # fmt: skip


class BadListError(RefusalError):
    """A list cannot be taken over: it is broken, was changed, or another key has signed it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody who helps, or a law. `for_whom` says of a law what it is about."""

    code: str
    kind: str
    region: str
    name: str
    for_whom: str
    url: str
    not_for: str = ""
    needs: str = ""
    languages: str = ""
    channels: str = ""
    hours: str = ""
    cost: str = ""
    is_anonymous: str = ""  # yes, no, or nothing where nobody knows
    needs_login: str = ""  # scripts, login, no
    must_report: str = ""  # whether they must report what they hear
    note: str = ""
    status: Status = Status.UNSURE
    last_checked_on: date | None = None
    next_check_on: date | None = None
    checked_by: str = ""

    @property
    def is_fresh(self) -> bool:
        """Whether somebody has checked it lately."""
        return self.last_checked_on is not None and self.last_checked_on >= clock.today() - FRESH

    @property
    def is_due(self) -> bool:
        """Whether somebody should look at it again."""
        return self.next_check_on is None or self.next_check_on <= clock.today()


FACTS: Final = frozenset(field.name for field in fields(Entry)) - {
    "code",
    "status",
    "last_checked_on",
    "next_check_on",
    "checked_by",
}


def open_lists(database: Database, secret: bytes) -> None:
    """Give every session of this database the seed with which lists are signed."""
    database.lend(KEY_NAME, secret)


@cache
def shipped() -> Mapping[str, Entry]:
    """What came with the program, by its code."""
    text = (CONTENT / "lists.toml").read_text(encoding="utf-8")
    return {row["code"]: Entry(**row) for row in tomllib.loads(text)["entry"]}


def entries(session: Session, kind: str) -> list[Entry]:
    """Every entry of a kind as it reads here: by region, then by name."""
    own = {row.code: _entry(row) for row in session.scalars(select(ListEntry))}
    found = [entry for entry in {**shipped(), **own}.values() if entry.kind == kind]
    return sorted(found, key=lambda entry: (entry.region == GLOBAL, entry.region, entry.name))


def entry(session: Session, code: str) -> Entry | None:
    """One entry as it reads here."""
    row = session.get(ListEntry, code)
    return shipped().get(code) if row is None else _entry(row)


def shown(session: Session, kind: str, region: str = "", need: str = "") -> list[Entry]:
    """What members see: what is closed is left out; those for everywhere come after a region."""
    return [
        one
        for one in entries(session, kind)
        if one.status is not Status.CLOSED
        and (not region or one.region in {region, GLOBAL, *_AROUND.get(region, ())})
        and (not need or need in one.needs.split())
    ]


# Regions that hold several countries, by country.
_EU: Final = ("EU",)
_AROUND: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("AT", "BE", "DE", "DK", "ES", "FI", "FR", "IE", "IT", "NL", "PL", "SE"), _EU),
    "BR": ("latam",),
}


def due_count(session: Session) -> int:
    """How many entries an operator should look at again."""
    both = [*entries(session, HELP), *entries(session, LAW)]
    doubted = doubts(session)
    return sum(
        one.status is not Status.CLOSED and (one.is_due or one.code in doubted) for one in both
    )


# --- writing --------------------------------------------------------------------------------------


def write(session: Session, entry: Entry) -> None:
    """Keep an entry as it is now."""
    facts = {name: getattr(entry, name) for name in sorted(FACTS)}
    session.merge(
        ListEntry(
            code=entry.code,
            facts=json.dumps(facts, ensure_ascii=False),
            status=entry.status,
            last_checked_on=entry.last_checked_on,
            next_check_on=entry.next_check_on,
            checked_by=entry.checked_by,
        )
    )
    session.flush()  # the page that follows shows it


def check(session: Session, operator: Actor, entry: Entry, status: Status, who: str) -> Entry:
    """Somebody has looked at it today; it is to be looked at again in half a year.

    `who` is the name of the community, which other communities read.
    """
    today = clock.today()
    checked = replace(
        entry,
        status=status,
        last_checked_on=today,
        next_check_on=today + FRESH,
        checked_by=who[:60],
    )
    write(session, checked)
    session.execute(delete(Doubt).where(Doubt.code == entry.code))
    audit.record(session, operator.public_id, "list.check", entry.code)
    return checked


def tell_wrong(session: Session, code: str, wrong: Wrong) -> None:
    """Somebody says that an entry is wrong.

    Said again it is the same row: nobody can fill the operators' page, and it counts nobody.
    """
    session.merge(Doubt(code=code, wrong=wrong, told_on=clock.today()))


def doubts(session: Session) -> Mapping[str, Sequence[Wrong]]:
    """What people say is wrong and no operator has looked at since, by the code of the entry."""
    found: dict[str, list[Wrong]] = {}
    for row in session.scalars(select(Doubt).order_by(Doubt.code, Doubt.wrong)):
        found.setdefault(row.code, []).append(row.wrong)
    return found


def new_code() -> str:
    """A code for an entry that is added here."""
    return ids.new_id()


def save(session: Session, who: Actor, private_key: bytes, code: str, *, is_kept: bool) -> None:
    """Keep an entry beside the own plan, or no longer; which they are only the member can open."""
    own = service.changing(session, who, private_key)
    rest = [known for known in own.saved if known != code]
    own.saved = [*rest, code][-SAVED_AT_MOST:] if is_kept else rest
    service.keep(session, who, own)


# --- from one community to another ----------------------------------------------------------------


def fingerprint(key: bytes) -> str:
    """What people compare by another way: 32 hexadecimal signs in groups of four."""
    digest = hashlib.sha256(key).hexdigest()[:32]
    return " ".join(digest[at : at + 4] for at in range(0, 32, 4))


def export(session: Session, community: str) -> str:
    """All entries that somebody here has checked or changed, signed."""
    seed: bytes = session.info[KEY_NAME]
    rows = [_entry(row) for row in session.scalars(select(ListEntry).order_by(ListEntry.code))]
    parcel = {
        "format": FORMAT,
        "from": community,
        "made_on": clock.today().isoformat(),
        "key": crypto.signers_key(seed).hex(),
        "entries": [json.loads(json.dumps(asdict(row), default=str)) for row in rows],
    }
    signature = crypto.sign(seed, _canonical(parcel)).hex()
    return json.dumps(parcel | {"signature": signature}, ensure_ascii=False, indent=1)


def take_over(session: Session, operator: Actor, text: str, expected: str) -> int:
    """Take a signed list over; returns how many entries it has changed here.

    `expected` is the fingerprint of its key, as the other community has told it. What was checked
    here later than there stays.

    Raises:
        BadListError: when it is no such list, was changed, or has another key.
    """
    parcel = _read(text)
    try:
        key, signature = bytes.fromhex(parcel["key"]), bytes.fromhex(parcel.pop("signature"))
        community = clean_line(parcel["from"])[:60]
        incoming = [_checked(row, community) for row in parcel["entries"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadListError from error
    typed = "".join(expected.lower().split())
    is_theirs = crypto.same(fingerprint(key).replace(" ", "").encode(), typed.encode())
    if not (is_theirs and crypto.is_signed(key, _canonical(parcel), signature)):
        raise BadListError
    newer = [one for one in incoming if _is_newer(one, entry(session, one.code))]
    for one in newer:
        write(session, one)
    audit.record(session, operator.public_id, "list.take_over", "site")
    return len(newer)


def _read(text: str) -> dict[str, Any]:
    """A list as it was sent.

    Raises:
        BadListError: when it is none.
    """
    if len(text) > BYTES_AT_MOST:
        raise BadListError
    try:
        parcel = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadListError from error
    is_list = isinstance(parcel, dict) and parcel.get("format") == FORMAT
    if not is_list or len(parcel.get("entries", ())) > ENTRIES_AT_MOST:
        raise BadListError
    return dict(parcel)


def _checked(row: dict[str, Any], community: str) -> Entry:
    """One entry out of a list, with every field looked at.

    Raises:
        ValueError: when a field is none of ours, too long, or an address leads nowhere.
    """
    row = dict(row)
    days = {name: row.pop(name) for name in ("last_checked_on", "next_check_on")}
    status = Status(row.pop("status"))
    row.pop("checked_by", None)
    values: dict[str, Any] = {name: clean_line(value) for name, value in row.items()}
    if set(values) - FACTS - {"code"} or any(len(text) > SIGNS_AT_MOST for text in values.values()):
        raise ValueError
    if values["kind"] not in {HELP, LAW} or not is_address(values["url"]):
        raise ValueError
    if not 1 <= len(values["code"]) <= CODE_SIGNS or not values["code"].replace("-", "").isalnum():
        raise ValueError
    given: dict[str, Any] = {
        name: None if day in {None, "None"} else date.fromisoformat(day)
        for name, day in days.items()
    }
    return Entry(**values, **given, status=status, checked_by=community)


def is_address(url: str) -> bool:
    """Whether an address is one of a web page."""
    return url.startswith(("https://", "http://")) and not any(sign.isspace() for sign in url)


def _is_newer(incoming: Entry, known: Entry | None) -> bool:
    """Whether what comes in was checked later than what is here."""
    if known is None:
        return True
    if incoming.last_checked_on is None:
        return False
    return known.last_checked_on is None or incoming.last_checked_on > known.last_checked_on


def _canonical(parcel: Mapping[str, Any]) -> bytes:
    """What is signed: the same bytes for the same list."""
    return json.dumps(parcel, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _entry(row: ListEntry) -> Entry:
    """A row as an entry."""
    return Entry(
        code=row.code,
        status=row.status,
        last_checked_on=row.last_checked_on,
        next_check_on=row.next_check_on,
        checked_by=row.checked_by,
        **json.loads(row.facts),
    )
