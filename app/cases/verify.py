"""Check the records of a case: run `python3 verify.py` in their folder, or give it the ZIP.

It needs nothing but Python. It finds any file that was changed, added or taken away, any row of the
ledger that was changed, dropped or moved, and evidence that is not the one in the ledger. Of rows
dropped at the very end only the letters tell: the sign at the foot of a letter is the beginning of
the ledger's last hash on that day. Compare one from your own screen: `verify.py --head 0123abcd`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SUMS = "SHA256SUMS"
MANIFEST = "manifest.json"
LEDGER = "ledger.jsonl"
FIRST = bytes(32)
NEEDED = (SUMS, MANIFEST, LEDGER)


def check(files: Mapping[str, bytes], head: str = "") -> list[str]:
    """Everything that is wrong with the records; nothing for whole ones."""
    missing = [f"{name} is missing" for name in NEEDED if name not in files]
    if missing:
        return missing
    try:
        manifest = json.loads(files[MANIFEST])
        rows = [json.loads(line) for line in files[LEDGER].decode().splitlines()]
        return [
            *check_sums(files, manifest),
            *check_ledger(rows, manifest),
            *check_evidence(files, rows, manifest),
            *check_heads(rows, manifest, head),
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return [f"the records cannot be read: {type(error).__name__}"]


def check_sums(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> list[str]:
    """Every file is listed, and is what the two lists say."""
    lines = files[SUMS].decode().splitlines()
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    wrong = [f"{name} is missing" for name in sums if name not in files]
    for name, content in files.items():
        digest = hashlib.sha256(content).hexdigest()
        if name != SUMS and sums.get(name) != digest:
            wrong.append(f"{name} was changed, or added")
        if name not in NEEDED and manifest["files"].get(name) != digest:
            wrong.append(f"{name} is not the one in {MANIFEST}")
    wrong += [f"{name} is missing" for name in manifest["files"] if name not in files]
    return wrong


def check_ledger(rows: Sequence[Mapping[str, Any]], manifest: Mapping[str, Any]) -> list[str]:
    """Every row follows on the one before, and says what its commitment stands for."""
    wrong, previous = [], FIRST
    for number, row in enumerate(rows, start=1):
        commitment = bytes.fromhex(row["commitment"])
        framed = f"{row['number']}|{row['on_day']}|".encode() + commitment
        digest = hashlib.sha256(previous + framed).digest()
        is_next = row["number"] == number and bytes.fromhex(row["previous"]) == previous
        if not is_next or row["digest"] != digest.hex():
            wrong.append(f"row {number} of the ledger was changed, dropped or moved")
            break
        if "detail" in row and not says(row, commitment):
            wrong.append(f"row {number} of the ledger says something else than was written")
        previous = digest
    if len(rows) != manifest["rows"]:
        wrong.append("the ledger has not as many rows as it had")
    if rows and not wrong and previous.hex() != manifest["head"]:
        wrong.append("the ledger does not end where it ended")
    return wrong


def says(row: Mapping[str, Any], commitment: bytes) -> bool:
    """Whether the detail of a row is the one that its commitment stands for."""
    text = json.dumps(row["detail"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    made = hmac.digest(bytes.fromhex(row["salt"]), text.encode(), "sha256")
    return hmac.compare_digest(made, commitment)


def check_evidence(
    files: Mapping[str, bytes],
    rows: Sequence[Mapping[str, Any]],
    manifest: Mapping[str, Any],
) -> list[str]:
    """Every piece of evidence is the one whose hash was written down when it came in."""
    wrong = []
    said = {row["detail"]["about"] for row in rows if "detail" in row}
    for piece in manifest["evidence"]:
        if piece["file"] not in files:
            wrong.append(f"{piece['file']} is missing")
            continue
        digest = hashlib.sha256(files[piece["file"]]).hexdigest()
        if digest != piece["sha256"]:
            wrong.append(f"{piece['file']} was changed")
        line = f"evidence {piece['id']} sha256 {digest} sealed {piece['sealed']}"
        if said and line not in said:
            wrong.append(f"{piece['file']} is not the one in the ledger")
    return wrong


def check_heads(
    rows: Sequence[Mapping[str, Any]], manifest: Mapping[str, Any], head: str
) -> list[str]:
    """The signs at the foot of letters are all in the ledger."""
    known = [str(row["digest"]) for row in rows]
    heads = [*manifest["letters"], *([head] if head else [])]
    return [
        f"no row of the ledger begins with {one}: rows were dropped"
        for one in heads
        if one and not any(digest.startswith(one.lower()) for digest in known)
    ]


def read(place: Path) -> dict[str, bytes]:
    """Every file of a ZIP or of a folder."""
    if place.is_file():
        with zipfile.ZipFile(place) as packed:
            return {name: packed.read(name) for name in packed.namelist()}
    found = (path for path in place.rglob("*") if path.is_file())
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in found}


def main(arguments: Sequence[str]) -> int:
    """Check what the arguments name; returns 0 when all is whole."""
    given, head = list(arguments), ""
    if "--head" in given:
        at = given.index("--head")
        head = given[at + 1] if at + 1 < len(given) else "?"
        del given[at : at + 2]
    files = read(Path(given[0]) if given else Path(__file__).parent)
    wrong = check(files, head)
    for line in wrong:
        sys.stdout.write(f"WRONG {line}\n")
    if not wrong:
        manifest = json.loads(files[MANIFEST])
        pieces = len(manifest["evidence"])
        rows = manifest["rows"]
        sys.stdout.write(f"Whole: {rows} rows, {pieces} pieces of evidence, {len(files)} files.\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
