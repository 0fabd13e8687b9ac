"""`bauta drill`: play exposures that never happened, against this house, and say what broke.

Each script plays in a forum of its own in a temporary folder, with people who are nobody and a
clock that runs as fast as the machine can. Nothing of the operator's own forum is opened, nothing
is sent. Leads practise with people on the page of the duty; this is for the house itself.
"""

from __future__ import annotations

import argparse
from typing import Final

from app.cli.drilling.scripts import SCRIPTS, play
from app.cli.drilling.theatre import Score

CLEAN: Final = 0
BREACHED: Final = 1


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser("drill", help="play exposures that never happened; what breaks?")
    parser.add_argument("scripts", nargs="*", metavar="SCRIPT", choices=[*SCRIPTS, []], default=[])
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Play the scripts that were named, or all; returns 1 when something was breached."""
    scores = [play(name) for name in asked.scripts or SCRIPTS]
    for score in scores:
        print(report(score))
    return CLEAN if all(score.is_clean for score in scores) else BREACHED


def report(score: Score) -> str:
    """What one script has shown, in a few lines."""
    lines = [f"DRILL {score.script}: {'clean' if score.is_clean else 'BREACHED'}"]
    if score.clocks:
        met = ", ".join(f"{name} with {left} left" for name, left in score.clocks)
        lines.append(f"  clocks met: {met}")
    if score.calls:
        lines.append(f"  steps up the chain: {score.calls}")
    if score.gates:
        lines.append(f"  gates that held: {len(score.gates)}: {'; '.join(score.gates)}")
    if score.bytes_read:
        lines.append(f"  sealed words looked for in {score.bytes_read} bytes")
    if score.forgotten:
        lines.append(f"  points forgotten: {score.forgotten}")
    lines += [f"  BREACH {breach}" for breach in score.breaches]
    return "\n".join(lines)
