"""What the filter catches, what it leaves alone, and how long it takes; `make bench-screening`.

Reads every labelled line in `tests/screening/corpus` and `tests/screening/languages`, and any file
named on the command line. A post is flagged if its disposition at trust `known` is not publish; a
span is found if half of it is covered by a marked finding. Published detectors that can be
imported are measured in the same run (see requirements-bench.in).
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.policy.dispositions import Disposition, dispose, judge_finding
from app.policy.vocabulary import Trust
from app.screening.engine import screen
from app.screening.findings import IDENTITY_PHRASES
from benchmarks.screening_families import FAMILIES
from benchmarks.screening_others import DETECTORS

ROOT = Path(__file__).parent.parent
FOLDERS = (ROOT / "tests/screening/corpus", ROOT / "tests/screening/languages")
TRUST = Trust.KNOWN
Marked = list[tuple[int, int, str]]


@dataclass
class Tally:
    caught: int = 0
    exposing: int = 0
    flagged: int = 0
    harmless: int = 0
    spans_found: int = 0
    spans: int = 0
    right: int = 0

    def row(self) -> str:
        precision = ratio(self.caught, self.caught + self.flagged)
        recall = ratio(self.caught, self.exposing)
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return (
            f"{precision:6.3f} {recall:6.3f} {f1:6.3f} {ratio(self.flagged, self.harmless):6.3f} "
            f"{ratio(self.spans_found, self.spans):6.3f} {ratio(self.right, self.caught):6.3f} "
            f"{self.caught:4d}/{self.exposing:<4d} {self.flagged:3d}/{self.harmless:<4d}"
        )


def ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def lines(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield {"file": path.stem, **json.loads(line)}


def ours(text: str) -> tuple[bool, Marked]:
    findings = screen(text)
    marked = [
        (f.span.start, f.span.end, str(f.category)) for f in findings if judge_finding(f, TRUST)
    ]
    return dispose(findings, TRUST) is not Disposition.PUBLISH, marked


def covered(span: dict[str, Any], marked: Marked) -> bool:
    need = (span["end"] - span["start"]) / 2
    return any(
        min(end, span["end"]) - max(start, span["start"]) >= need for start, end, _ in marked
    )


def measure(
    posts: list[dict[str, Any]], detect: Callable[[str], tuple[bool, Marked]]
) -> tuple[dict[str, Tally], list[float]]:
    tallies: dict[str, Tally] = defaultdict(Tally)
    milliseconds: list[float] = []
    for post in posts:
        start = time.perf_counter()
        is_flagged, marked = detect(post["text"])
        milliseconds.append((time.perf_counter() - start) * 1000)
        split = post.get("split", "dev")
        groups = ["all", f"language {post['lang']}", f"file {post['file']} {split}"]
        if post["label"] == "doxx":
            gold = {span["category"] for span in post["spans"]}
            groups += [f"category {name}" for name in gold]
            groups += [f"disguise {name}" for name in post.get("tricks", ())]
            groups += ["disguised"] if post.get("tricks") else []
            groups += ["identity phrases"] if gold & {str(c) for c in IDENTITY_PHRASES} else []
            found = sum(covered(span, marked) for span in post["spans"])
            is_right = bool(gold & {category for _, _, category in marked})
            for group in groups:
                tally = tallies[group]
                tally.exposing += 1
                tally.caught += is_flagged
                tally.spans += len(post["spans"])
                tally.spans_found += found
                tally.right += is_flagged and is_right
        else:
            for group in groups:
                tallies[group].harmless += 1
                tallies[group].flagged += is_flagged
    return tallies, milliseconds


def report(posts: list[dict[str, Any]]) -> None:
    for post in posts:
        screen(post["text"])  # so that times are those of a server that has been up for a while
    milliseconds = table(posts)
    milliseconds.sort()
    p99 = milliseconds[int(len(milliseconds) * 0.99)]
    print(f"\nms a post: median {statistics.median(milliseconds):.2f}, 99th {p99:.2f}")
    text = " ".join(post["text"] for post in posts)
    long = [text[at : at + 1000] for at in range(0, min(len(text), 60_000) - 1000, 1000)]
    times = sorted(clock(piece) for piece in long)
    print(
        f"ms for 1,000 characters of these posts joined: median {statistics.median(times):.2f},"
        f" worst {times[-1]:.2f}"
    )
    print("\nOther detectors in the same run")
    for name, detect in DETECTORS.items():
        others, took = measure(posts, detect)
        took.sort()
        middle, slow = statistics.median(took), took[int(len(took) * 0.99)]
        print(f"{name:36}{others['all'].row()}  ms {middle:.2f} / {slow:.2f}")


def table(posts: list[dict[str, Any]]) -> list[float]:
    """Print the rates of these posts by group; return the milliseconds each post took."""
    tallies, milliseconds = measure(posts, ours)
    print(f"{'':36}     P      R     F1    FPR  spans  right    caught  flagged")
    for name in sorted(tallies, key=lambda name: (name != "all", name)):
        print(f"{name:36}{tallies[name].row()}")
    return milliseconds


def clock(text: str) -> float:
    start = time.process_time()
    screen(text)
    return (time.process_time() - start) * 1000


def hostile() -> None:
    print("\nHostile texts, 100 kB: ms of processor time, and ratio to 50 kB")
    rows = []
    for name, make in FAMILIES.items():
        half = min(clock(make(50_000)) for _ in range(2))
        whole = min(clock(make(100_000)) for _ in range(2))
        rows.append((whole, whole / max(half, 0.01), name))
    for whole, growth, name in sorted(rows, reverse=True)[:10]:
        print(f"{name:20} {whole:7.0f} {growth:6.2f}")


def main(arguments: list[str]) -> int:
    named = [Path(argument) for argument in arguments]
    paths = named or sorted(path for folder in FOLDERS for path in folder.glob("*.jsonl"))
    posts = list(lines(paths))
    if not posts:
        print("no labelled lines found", file=sys.stderr)
        return 1
    blind = {post["file"] for post in posts if post["file"].startswith("blind_")}
    seen = [post for post in posts if post["file"] not in blind]
    if seen:
        report(seen)
    for file in sorted(blind):
        print(f"\n{file}: its author had not seen the code")
        table([post for post in posts if post["file"] == file])
    hostile()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
