"""`python -m benchmarks.equal_answers`: nobody learns from an answer, or its time, who is here.

Four doors: signing in, coming back with a recovery code, joining by an invite, and the receipt of a
report. At each, two hundred tries of every kind that must be refused, in an order drawn anew: with
the wrong passphrase, for a name that nobody has, of a suspended member, with an invite that is used
up, and so on. Each kind is compared with the first of its door (PRIVACY.md §4): same status, names
of headers and bytes, Mann-Whitney p > 0.01, medians within a tenth. `--cheap` makes the hash so
short that everything beside it shows; `--control`, with the long one, lets an unknown name answer
without any, and has to fail. At p > 0.01 one of some ten sound runs fails by chance: then run it
again, or one door alone (`--door recover`).
"""

from __future__ import annotations

import argparse
import math
import re
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from app import create_app
from app.accounts import keyring, second_factor, service
from app.accounts.models import Invite, RecoveryCode
from app.accounts.queries import invite_hash
from app.accounts.second_factor import Holder
from app.cases import receipts
from app.cases.models import Receipt
from app.cases.service import intake
from app.core import clock, ids
from app.core.crypto import Cost, Passphrase
from app.core.db import open_database
from app.core.migrate import upgrade
from app.core.settings import Settings, Signup, write_settings
from app.policy.vocabulary import Role, Standing
from config import Config, secret

TRIES = 200
WARM_UP = 10
LEAST_P = 0.01
MOST_RATIO = 1.1
CHEAP = Cost(rounds=1, memory_kib=8, lanes=1)
PHRASE: Final = "harbour lantern tansy willow copper finch"  # strong enough to be taken

# What is tried at each door; the first is what the others must not differ from.
DOORS: Final[Mapping[str, tuple[str, ...]]] = {
    "sign-in": ("wrong", "unknown", "suspended", "factor"),
    "recover": ("wrong", "unknown", "suspended", "spent", "no-proof"),
    "join": ("unknown", "used-up", "run-out", "resting"),
    "receipt": ("wrong", "run-out"),
}


@dataclass
class Answers:
    """What one kind of try got: how long each took, and every different page."""

    took: list[float] = field(default_factory=list)
    pages: set[tuple[int, str, str]] = field(default_factory=set)


@dataclass
class House:
    """A forum with somebody or something of each kind, and what is typed for it."""

    app: Flask
    typed: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)


def main() -> int:
    asked = _arguments()
    cost = CHEAP if asked.cheap else Cost()
    if asked.control:
        keyring.pretend = lambda *_: None  # the planted fault
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        house = build(Path(folder), cost)
        for door in [asked.door] if asked.door else DOORS:
            answers = {kind: Answers() for kind in DOORS[door]}
            client = house.app.test_client()
            client.get("/sign-in")  # the cookie of forms
            for number in range(TRIES + WARM_UP):
                for kind in sorted(DOORS[door], key=lambda _: secrets.randbits(32)):
                    one = ask(client, house, door, kind, answers[kind])
                    if number >= WARM_UP:
                        answers[kind].took.append(one)
            failures += report(door, answers, cost)
    return int(failures > 0)


def build(folder: Path, cost: Cost) -> House:
    """The forum: members of each kind but the one who is not there, invites, a receipt."""
    config = Config(
        data=folder, hash_cost=cost, limits_enabled=False, ticks_inside=False, signup_wait=0
    )
    database = open_database(config.database)
    upgrade(database.write_engine)
    app = create_app(config, database)
    app.config["WTF_CSRF_ENABLED"] = False
    house = House(app)
    with database.write.begin() as session:
        write_settings(session, Settings(name="Lantern", norms="Be kind.", signup=Signup.INVITE))
        for kind in DOORS["sign-in"]:
            house.typed["sign-in", kind] = {
                "pseudonym": name_of(kind), "passphrase": "not the right words", "code": "123456",
            }  # fmt: skip
        for kind in DOORS["recover"]:
            code = keyring.new_codes()[0]
            if kind != "unknown":
                known = _member(session, kind, cost)
                code = known if kind in {"spent", "no-proof"} else code
            house.typed["recover", kind] = {"pseudonym": name_of(kind), "code": code}
        _member(session, "factor", cost)
        for kind in DOORS["join"]:
            house.typed["join", kind] = {"invite": _invite(session, kind)}
        helper = service.create_member(
            session, "rowan", service.make_keys(Passphrase(PHRASE), CHEAP), roles=Role.RESPONDER
        )
        session.flush()
        second_factor.keep(
            session, Holder(helper.id, helper.public_id, b""), secrets.token_bytes(20)
        )
        for kind in DOORS["receipt"]:
            words = f"{PHRASE} {kind:x<7}"
            house.typed["receipt", kind] = {"words": words}
            if kind == "run-out":
                key = receipts.key_of(Passphrase(words), secret(config, "cases"), cost)
                intake.send_from_outside(session, intake.Account(words="Somebody."), None, key)
                session.execute(update(Receipt).values(expires_on=clock.today() - timedelta(1)))
    return house


def _member(session: Session, kind: str, cost: Cost) -> str:
    """Make a member of a kind; returns a recovery code."""
    keys = service.make_keys(Passphrase(secrets.token_hex(16)), cost)
    member = service.create_member(session, name_of(kind), keys)
    codes = service.renew_codes(session, member.id, member.public_id, keys.private_key)
    if kind == "suspended":
        member.standing = Standing.SUSPENDED
    if kind == "spent":
        session.execute(
            update(RecoveryCode)
            .where(RecoveryCode.member_id == member.id, RecoveryCode.number == 1)
            .values(is_used=True)
        )
    if kind in {"factor", "no-proof"}:
        holder = Holder(member.id, member.public_id, keys.private_key)
        second_factor.keep(session, holder, secrets.token_bytes(20))
    return codes[0]


def _invite(session: Session, kind: str) -> str:
    """The words of an invite that lets nobody in."""
    words = ids.new_id()
    if kind == "unknown":
        return words
    giver = service.create_member(
        session, f"giver-{kind}", service.make_keys(Passphrase(PHRASE), CHEAP)
    )
    session.flush()
    if kind == "resting":
        giver.standing = Standing.SUSPENDED
    days = 400 if kind == "run-out" else 0
    session.add(
        Invite(
            words_hash=invite_hash(words),
            inviter_id=giver.id,
            uses_left=0 if kind == "used-up" else 1,
            made_on=clock.today() - timedelta(days=days),
        )
    )
    return words


def name_of(kind: str) -> str:
    """Names of one length, so that a page that repeats them has one length too."""
    return f"heron-{kind:x<9}"


def ask(client: FlaskClient, house: House, door: str, kind: str, answers: Answers) -> float:
    """One try; returns how many milliseconds the answer took."""
    typed = dict(house.typed[door, kind])
    path = "/exposed/receipt" if door == "receipt" else f"/{door}"
    if door in {"recover", "join"}:
        page = client.get(path).text
        typed["ticket"] = re.search(r'name="ticket"[^>]*value="([^"]*)"', page)[1]  # type: ignore[index]
    if door == "recover":
        typed |= {"new_passphrase": PHRASE, "repeat": PHRASE}
    if door == "join":
        typed |= {"pseudonym": name_of("join"), "accept": "1"}
        typed |= {"new_passphrase": PHRASE, "repeat": PHRASE}
    began = time.perf_counter()
    answer = client.post(path, data=typed)
    took = (time.perf_counter() - began) * 1000
    page = re.sub(r'(name="(csrf_token|ticket)"[^>]*value=")[^"]*', r"\1", answer.text)
    page = re.sub(r'(id="offer"[^>]*>)[^<]*', r"\1", page)
    for name, value in house.typed[door, kind].items():
        page = page.replace(value, name.upper())
    headers = str(sorted(name for name, _ in answer.headers))
    answers.pages.add((answer.status_code, headers, page))
    return took


def report(door: str, answers: Mapping[str, Answers], cost: Cost) -> int:
    """Print the comparison at one door; returns 1 when anything can be told apart."""
    kinds = DOORS[door]
    first = answers[kinds[0]]
    middle = statistics.median(first.took)
    status = sorted({status for status, *_ in first.pages})
    print(f"{door}: {TRIES} tries each, hash {cost}; {kinds[0]}: {middle:.2f} ms, {status}")
    is_sound = status in ([401], [422])
    for kind in kinds[1:]:
        other = answers[kind]
        p = mann_whitney(first.took, other.took)
        ratio = statistics.median(other.took) / middle
        is_same = other.pages == first.pages and len(first.pages) == 1
        is_well = is_same and p > LEAST_P and 1 / MOST_RATIO < ratio < MOST_RATIO
        is_sound = is_sound and is_well
        print(
            f"{'well ' if is_well else 'WRONG'}  {kind}: bytes {'equal' if is_same else 'DIFFER'}, "
            f"p = {p:.3f} (above {LEAST_P}), ratio of medians {ratio:.3f} (below {MOST_RATIO})"
        )
    return int(not is_sound)


def mann_whitney(one: list[float], other: list[float]) -> float:
    """How likely so much difference is between equals: two-sided, by the normal approximation.

    Times of a fine clock are hardly ever equal, so ties are not corrected for.
    """
    ranked = sorted([(value, True) for value in one] + [(value, False) for value in other])
    ranks = sum(rank for rank, (_, is_one) in enumerate(ranked, start=1) if is_one)
    n, m = len(one), len(other)
    u = ranks - n * (n + 1) / 2
    z = (u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(abs(z) / math.sqrt(2))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cheap", action="store_true", help="a hash of microseconds")
    parser.add_argument("--door", choices=DOORS, help="this door alone")
    parser.add_argument("--control", action="store_true", help="plant a fault: it has to fail")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
