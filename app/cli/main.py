"""`bauta`: what the operator types. One file per command beside this one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final

from config import SettingError

COMMANDS: Final = (
    "run", "demo", "screen", "tick", "audit", "doctor", "drill", "member", "seizure-test",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Read what was typed and do it; returns the exit status.

    Only the command that was asked for is imported: `bauta screen` needs no web server.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    parser = argparse.ArgumentParser(prog="bauta", description="A forum of pseudonyms.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    asked = arguments[0] if arguments and arguments[0] in COMMANDS else None
    for name in [asked] if asked else COMMANDS:
        import_module(f"app.cli.{name.replace('-', '_')}").add_parser(commands)
    options = parser.parse_args(arguments)
    try:
        status: int = options.run(options)
    except SettingError as error:
        print(f"bauta: {error}", file=sys.stderr)
        return 1
    return status
