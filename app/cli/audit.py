"""`bauta audit verify`: walk the audit chain and say whether an entry was changed or taken away."""

from __future__ import annotations

import argparse

import config as settings_of_the_machine
from app.core.audit import verify
from app.core.db import open_database


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser("audit", help="the audit log")
    deeds = parser.add_subparsers(required=True, metavar="DEED")
    deeds.add_parser("verify", help="check the chain of entries").set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Check the chain; returns 0 when it is whole, else 1."""
    database = open_database(settings_of_the_machine.read().database)
    with database.read() as session:
        chain = verify(session)
    database.close()
    if chain.broken_at is not None:
        print(f"BROKEN at entry {chain.broken_at}: it was changed, taken away or moved.")
        return 1
    print(f"The chain of {chain.length} entries is whole. Its last digest: {chain.head}")
    return 0
