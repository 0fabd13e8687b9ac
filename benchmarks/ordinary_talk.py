"""How often ordinary talk is flagged: `python -m benchmarks.ordinary_talk FOLDER`.

Reads every file of a folder that is kept outside the project, and prints how many posts of each
file, and of all together, would not simply be published for an author whom the community knows.

- `*.txt`: one post a line.
- `*.conll`, `*.tsv`: one token a line, tag behind a tab, an empty line between posts.
- `*.jsonl`: one object a line, the post under `text`, `body` or `comment`.

With `--show`, every flagged post is printed with what was found in it.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from app.policy.dispositions import Disposition, dispose
from app.policy.vocabulary import Trust
from app.screening.engine import screen

TRUST = Trust.KNOWN
_TIGHT_BEFORE = re.compile(r" ([.,!?;:%)\]}]|n't|'\w+)")
_TIGHT_AFTER = re.compile(r"([(\[{$#]) ")
_TIGHT_APOSTROPHE = re.compile(r" ?(['’]) ?(?=(?:s|t|re|ve|ll|d|m)\b)")


def rejoined(words: list[str]) -> str:
    """Return the tokens of a corpus as somebody would have typed them."""
    text = _TIGHT_APOSTROPHE.sub(r"\1", " ".join(words))
    return _TIGHT_AFTER.sub(r"\1", _TIGHT_BEFORE.sub(r"\1", text))


def posts(path: Path) -> Iterator[str]:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    if path.suffix == ".jsonl":
        for line in lines:
            row = json.loads(line) if line.strip() else {}
            yield str(row.get("text") or row.get("body") or row.get("comment") or "")
    elif path.suffix in {".conll", ".tsv"}:
        words: list[str] = []
        for line in [*lines, ""]:
            if line.strip():
                words.append(line.split("\t")[0].split(" ")[0])
            elif words:
                yield rejoined(words)
                words = []
    else:
        yield from (rejoined(line.split()) for line in lines)


def main(arguments: list[str]) -> int:
    is_shown = "--show" in arguments
    folders = [Path(argument) for argument in arguments if not argument.startswith("--")]
    paths = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    if not paths:
        print("usage: python -m benchmarks.ordinary_talk [--show] FOLDER", file=sys.stderr)
        return 1
    counted = flagged = 0
    categories: Counter[str] = Counter()
    for path in paths:
        here = marked = 0
        for text in posts(path):
            if not text.strip():
                continue
            here += 1
            findings = screen(text)
            if dispose(findings, TRUST) is Disposition.PUBLISH:
                continue
            marked += 1
            categories.update({str(finding.category) for finding in findings})
            if is_shown:
                print(f"  {text!r}")
                for found in findings:
                    said = text[found.span.start : found.span.end]
                    print(f"    {found.category} {found.confidence} {said!r}")
        print(
            f"{path.name:40}{here:8} posts {marked:6} flagged {per_thousand(marked, here):8.2f} ‰"
        )
        counted, flagged = counted + here, flagged + marked
    print(
        f"{'all':40}{counted:8} posts {flagged:6} flagged {per_thousand(flagged, counted):8.2f} ‰"
    )
    print(", ".join(f"{name} {count}" for name, count in categories.most_common()))
    return 0


def per_thousand(part: int, whole: int) -> float:
    return 1000 * part / whole if whole else 0.0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
