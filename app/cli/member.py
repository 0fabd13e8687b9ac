"""`bauta member grant-role`: give a member a role, or take it back, from the machine itself."""

from __future__ import annotations

import argparse

import config as settings_of_the_machine
from app.accounts.queries import member_by_pseudonym
from app.accounts.service import grant_role, revoke_role
from app.core.db import open_database
from app.policy.vocabulary import Role

OPERATOR_AT_THE_MACHINE = "machine"
ROLES = {role.name.lower(): role for role in Role if role.name}


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the commands."""
    parser = commands.add_parser("member", help="members and their roles")
    deeds = parser.add_subparsers(required=True, metavar="DEED")
    for name, text in (("grant-role", "give a role"), ("revoke-role", "take a role back")):
        deed = deeds.add_parser(name, help=text)
        deed.add_argument("pseudonym")
        deed.add_argument("role", choices=sorted(ROLES))
        deed.set_defaults(run=run, deed=name)


def run(asked: argparse.Namespace) -> int:
    """Change the role; returns the exit status. It is in the audit log, and every session ends."""
    database = open_database(settings_of_the_machine.read().database)
    change = grant_role if asked.deed == "grant-role" else revoke_role
    with database.write.begin() as session:
        member = member_by_pseudonym(session, asked.pseudonym)
        if member is None:
            print("There is no member of that pseudonym.")
            return 1
        change(session, OPERATOR_AT_THE_MACHINE, member, ROLES[asked.role])
    database.close()
    print("Done. The member has to sign in again.")
    return 0
