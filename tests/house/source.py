"""Reading our own source: which files there are, and what they call."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCES: Final = sorted((ROOT / "app").rglob("*.py"))
TEMPLATES: Final = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())


def name(path: Path) -> str:
    """A file's path from the root of the repository."""
    return path.relative_to(ROOT).as_posix()


def room_of(path: Path) -> str:
    """The room that a file under app/ stands in; empty for what stands outside all rooms."""
    parts = path.relative_to(ROOT / "app").parts
    return parts[0] if len(parts) > 1 else ""


@cache
def tree(path: Path) -> ast.Module:
    """A source file as Python reads it."""
    return ast.parse(path.read_text(), filename=name(path))


def calls(path: Path) -> Iterator[ast.Call]:
    """Every call in a source file."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


def called(call: ast.Call) -> str:
    """The last word of what is called: `flush` in `session.flush()`."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def modules_of_ours(path: Path) -> set[str]:
    """The names under which a file has imported modules of ours, such as `sessions`."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app.")
        for alias in node.names
        if (ROOT / str(node.module).replace(".", "/") / f"{alias.name}.py").exists()
    }


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the repository that is text; all files where this is no git checkout."""
    found = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if found.returncode == 0:
        paths = [ROOT / part for part in found.stdout.decode().split("\0") if part]
    else:
        paths = [path for path in ROOT.rglob("*") if ".venv" not in path.parts]
    return tuple(path for path in paths if path.is_file() and b"\0" not in path.read_bytes())
