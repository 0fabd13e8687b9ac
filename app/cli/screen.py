"""`bauta screen`: what the filter finds in texts, line by line, or explained for one of them."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.policy.dispositions import BANDS, Disposition, dispose, judge_finding
from app.policy.vocabulary import Trust
from app.screening.engine import SHIPPED, Context, lexicon_for, screen, views
from app.screening.findings import Finding
from app.screening.messages import sentence

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  # argparse names no public type for it

BAD_LINE: Final = 2
TRUSTS: Final = {str(trust.name).lower(): trust for trust in Trust}


def add_parser(subparsers: Subparsers) -> argparse.ArgumentParser:
    """Add the sub-command `screen` to the parser of `bauta`, and return it."""
    parser = subparsers.add_parser("screen", help="say what the filter finds in texts")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--jsonl", metavar="FILE", help='lines of {"id", "text"}; - is stdin')
    source.add_argument(
        "--all", action="store_true", help="look through all posts that other rules have screened"
    )
    source.add_argument("--explain", metavar="TEXT", help="how one text is read and weighed")
    parser.add_argument("--trust", choices=sorted(TRUSTS), default="known")
    parser.add_argument(
        "--languages", default=",".join(SHIPPED), help="codes of packs, between commas"
    )
    parser.add_argument(
        "--pseudonym", action="append", default=[], help="a pseudonym of the thread; repeatable"
    )
    parser.set_defaults(run=run)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked on the command line; return 0, or 2 if a line could not be read."""
    if arguments.all:
        return screen_all()
    context = Context(
        pseudonyms=frozenset(arguments.pseudonym),
        languages=tuple(code for code in SHIPPED if code in arguments.languages.split(",")),
    )
    trust = TRUSTS[arguments.trust]
    if arguments.explain is not None:
        explain(arguments.explain, context)
        return 0
    if arguments.jsonl == "-":
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
        return screen_lines(sys.stdin, context, trust)
    try:
        with Path(arguments.jsonl).open(encoding="utf-8", errors="surrogateescape") as lines:
            return screen_lines(lines, context, trust)
    except OSError as error:
        print(f"bauta screen: {arguments.jsonl}: {error.strerror}", file=sys.stderr)
        return BAD_LINE


def screen_all() -> int:
    """Look through the forum's posts again, on all cores; return 0."""
    import config as settings_of_the_machine  # noqa: PLC0415 - only this needs a forum
    from app.cli.rescreening import run_through  # noqa: PLC0415 - so does this
    from app.privacy.logs import hush  # noqa: PLC0415 - and this

    hush()
    stand = run_through(settings_of_the_machine.read(), workers=os.cpu_count() or 1)
    if stand is None:
        print("Nothing to do: the present rules have looked at every published post.")
        return 0
    print(f"Done. {stand.total} published posts; {stand.stale} are left for another run.")
    return 0


def screen_lines(lines: Iterable[str], context: Context, trust: Trust) -> int:
    """Write one line of JSON for each line read; name bad ones on stderr and go on."""
    status = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            post = json.loads(line)
            text, name = post["text"], post["id"]
            if not isinstance(text, str):
                raise TypeError  # noqa: TRY301  # the same answer as for broken JSON
        except (ValueError, KeyError, TypeError):
            print(f'bauta screen: line {number} is not {{"id", "text"}}', file=sys.stderr)
            status = BAD_LINE
            continue
        findings = screen(text, context=context)
        answer = {
            "id": name,
            "disposition": dispose(findings, trust).word,
            "findings": [told(f) for f in findings if is_marked(f, trust)],
        }
        print(json.dumps(answer))
    return status


def is_marked(finding: Finding, trust: Trust) -> bool:
    """Return whether the author would be shown this finding."""
    return judge_finding(finding, trust) > Disposition.PUBLISH


def told(finding: Finding) -> dict[str, object]:
    """Return a finding in the words of the line format."""
    return {
        "category": str(finding.category),
        "start": finding.span.start,
        "end": finding.span.end,
        "confidence": finding.confidence,
        "why": sentence(finding.why),
    }


def explain(text: str, context: Context) -> None:
    """Print how a text is read, what is found, on which evidence, and what becomes of it."""
    lexicon = lexicon_for(context.languages)
    print("views")
    for view in views(text, lexicon, context):
        print(f"  {view.name or 'as it stands'}: {view.text!r}")
    findings = screen(text, context=context)
    print("findings" if findings else "no findings")
    for finding in findings:
        span = finding.span
        print(
            f"  {finding.category} {span.start}–{span.end} {text[span.start : span.end]!r}"
            f" · about {finding.about} · {finding.confidence:.3f}"
        )
        print(f"    {sentence(finding.why)}")
        for signal in finding.signals:
            print(f"    {signal.weight:+4d}  {signal.rule}")
    print("disposition")
    for trust in BANDS:
        print(f"  {trust.name.lower()}: {dispose(findings, trust).word}")
