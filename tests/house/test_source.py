"""The rules of the house that can be read off its source (HOUSE.md §§1, 2, 5, 7, 11)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from app.policy.permissions import TABLE, Permission
from app.web.errors import DENIALS
from tests.house.source import (
    ROOT,
    SOURCES,
    TEMPLATES,
    called,
    calls,
    modules_of_ours,
    name,
    room_of,
    tracked,
    tree,
)

SETTLES = {"app/web/unit_of_work.py"}
SETTLING = {"begin", "begin_nested", "commit", "rollback"}
LOCKS = ("requirements.txt", "requirements-dev.txt")
# `
SUPPRESSED = re.compile(
    r"# noqa: [A-Z]+\d+(?:, ?[A-Z]+\d+)* (?:-| #) \S.{3,}|# type: ignore\[[\w,-]+\] +# \w.{5,}"
)


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_only_the_unit_of_work_settles(path: Path) -> None:
    if name(path) in SETTLES or room_of(path) in {"cli", "core"}:
        return
    own = modules_of_ours(path)
    settling = [
        f"{name(path)}:{call.lineno}"
        for call in calls(path)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in SETTLING
        and not (isinstance(call.func.value, ast.Name) and call.func.value.id in own)
    ]
    assert settling == []


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_flush_says_why(path: Path) -> None:
    lines = path.read_text().splitlines()
    silent = [
        f"{name(path)}:{call.lineno}"
        for call in calls(path)
        if called(call) == "flush" and "#" not in lines[(call.end_lineno or call.lineno) - 1]
    ]
    assert silent == []


def test_every_init_is_empty_but_the_applications() -> None:
    full = [
        name(path)
        for path in SOURCES
        if path.name == "__init__.py"
        and path != ROOT / "app" / "__init__.py"
        and path.read_text().strip()
    ]
    assert full == []


def test_only_config_reads_the_environment() -> None:
    readers = [
        name(path)
        for path in SOURCES
        if name(path) != "app/cli/seizure/server.py"  # hands this machine's settings to a child
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
        and isinstance(node.value, ast.Name) and node.value.id == "os"
    ]  # fmt: skip
    assert readers == []


def test_every_setting_is_written_down_and_every_line_is_a_setting() -> None:
    read = set(re.findall(r"\bBAUTA_[A-Z_]+", (ROOT / "config.py").read_text()))
    written = set(re.findall(r"^### `(BAUTA_[A-Z_]+)`", _settings(), flags=re.MULTILINE))
    assert written == read


def test_settings_are_described_in_alphabetical_order() -> None:
    written = re.findall(r"^### `(BAUTA_[A-Z_]+)`", _settings(), flags=re.MULTILINE)
    assert written == sorted(written)


def _settings() -> str:
    return (ROOT / "docs" / "settings.md").read_text()


def test_every_permission_has_a_row_and_rows_are_alphabetical() -> None:
    assert set(TABLE) == set(Permission)
    assert list(TABLE) == sorted(TABLE)
    assert list(Permission) == sorted(Permission)


def test_permissions_are_a_thing_and_a_deed() -> None:
    assert [p for p in Permission if not re.fullmatch(r"[a-z]+:[a-z_]+", p)] == []
    assert [p for p in Permission if p.name != p.value.replace(":", "_").upper()] == []


def test_every_rule_that_can_shut_a_door_has_its_sentence() -> None:
    rules = {rule.__name__ for access in TABLE.values() for rule in access.do}
    assert rules - set(DENIALS) == set()


# --- pages ----------------------------------------------------------------------------------------


def _pages(path: Path) -> list[tuple[int, str]]:
    """The templates that a source file names, with their lines."""
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[\w/]+\.(html|xml|txt)", node.value)
        and "/" in node.value
    ]


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_room_renders_its_own_pages(path: Path) -> None:
    own = {"web": "errors"}.get(room_of(path), room_of(path))
    foreign = [
        f"{name(path)}:{line} {page}"
        for line, page in _pages(path)
        if room_of(path) not in {"", "cli"} and page.partition("/")[0] != own
    ]
    assert foreign == []


def test_every_page_that_is_named_exists_and_every_page_is_named() -> None:
    named = {page for path in SOURCES for _, page in _pages(path) if room_of(path) != "cli"}
    there = {path.relative_to(ROOT / "templates").as_posix() for path in TEMPLATES}
    whole = {page for page in there if not any(part[0] == "_" for part in page.split("/"))}
    assert named - there == set(), "named by a view, but missing"
    assert whole - named == set(), "there, but no view shows it"


def test_every_fragment_is_used_by_somebody() -> None:
    texts = {path: path.read_text() for path in TEMPLATES}
    there = {path: path.relative_to(ROOT / "templates").as_posix() for path in TEMPLATES}
    unused = [
        page
        for own, page in there.items()
        if any(part[0] == "_" for part in page.split("/"))
        and not any(f'"{page}"' in text for path, text in texts.items() if path != own)
    ]
    assert unused == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_page_uses_fragments_of_its_own_room(path: Path) -> None:
    folder = path.relative_to(ROOT / "templates").parts[0]
    used = re.findall(r'{%-?\s*(?:extends|include|from|import)\s+"([^"]+)"', path.read_text())
    foreign = [page for page in used if page.split("/")[0] not in {folder, "_layouts", "_macros"}]
    assert foreign == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_page_has_no_script_no_style_and_nothing_from_elsewhere(path: Path) -> None:
    text = path.read_text()
    found = re.findall(
        r"<script|<style|<iframe|<object|<embed|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|"
        r"\b(?:src|srcset|action)\s*=\s*[\"'](?:https?:)?//",
        text,
        flags=re.IGNORECASE,
    )
    assert found == []


# Where HTML that both sanitisers have passed is shown: nowhere else may markup go unescaped.
SAFE = {
    "accounts/join.html",
    "accounts/profile.html",
    "accounts/settings.html",
    "errors/norms.html",
    "community/norms.html",
    "forum/_post.html",
    "forum/compose.html",
    "forum/erase.html",
    "leaving/export.html",
    "moderation/_text.html",
}


def test_markup_goes_unescaped_only_where_it_was_sanitised() -> None:
    unescaped = re.compile(r"\|\s*safe\b|Markup\(|autoescape\s+false|{%-?\s*autoescape")
    pages = {
        path.relative_to(ROOT / "templates").as_posix()
        for path in TEMPLATES
        if unescaped.search(path.read_text())
    }
    assert pages == SAFE
    trusting = {name(path) for path in SOURCES if re.search(r"\bMarkup\(", path.read_text())}
    assert trusting == {"app/web/render.py"}  # our own texts, as they stand in the catalogues


# What stands unescaped in the posts of a thread page: our own words and addresses, ids, numbers,
# days, and HTML that both sanitisers have passed. What people have typed is escaped by hand there.
UNESCAPED_IN_POSTS = {
    "public_id", "members", "row.author_in_address", "row.mask", "said[row.role_word]", "at",
    "row.written_on", "row.written_at|day", "posts", "source.public_id", "row.html", "target",
    "number", "reply", "report", "token", "thanks", "'unthank' if is_thanked else 'thank'",
    "s_thanked if is_thanked else s_thank", "row.public_id",
    "s_new", "s_held", "s_you", "s_edited", "s_gone", "s_quoted", "s_quote", "s_thank", "s_more",
    "s_unveil", "images", "picture.public_id", "picture.width", "picture.height",
    "s_edit", "s_erase", "s_earlier", "s_report", "s_save",
}  # fmt: skip
ESCAPED_IN_POSTS = {"author|e", "(author or s_former)|e", "source.text|e", "picture.alt|e"}


def test_what_goes_unescaped_in_the_posts_of_a_thread_is_known() -> None:
    text = (ROOT / "templates" / "forum" / "_post.html").read_text()
    region = text.split("{%- autoescape false -%}")[1].split("{%- endautoescape -%}")[0]
    said = {each.strip() for each in re.findall(r"{{-?(.*?)-?}}", region, re.DOTALL)}
    # `_(…)` is markup made by `translated`, which escapes every word that is put in.
    plain = {each for each in said if not each.startswith("_(")}
    assert plain == UNESCAPED_IN_POSTS | ESCAPED_IN_POSTS


def test_pages_ask_the_table_and_not_for_roles() -> None:
    asking = re.compile(r"\bme\.(?:role|roles|trust|standing|is_moderator|is_operator)\b")
    askers = [
        name(path)
        for path in TEMPLATES
        if any(asking.search(tag) for tag in re.findall(r"{%-?\s*(?:el)?if.*?%}", path.read_text()))
    ]
    assert askers == []


# --- static files, locks, and what the repository says of itself ----------------------------------


def test_there_is_no_script_in_the_house() -> None:
    suffixes = {".js", ".mjs", ".cjs", ".ts", ".wasm"}
    static = [path for path in (ROOT / "static").rglob("*") if path.is_file()]
    assert static, "there are no static files at all"
    assert [name(path) for path in static if path.suffix in suffixes] == []


def test_style_sheets_load_nothing() -> None:
    loading = re.compile(r"@import|url\(|expression\(|image-set\(", re.IGNORECASE)
    sheets = list((ROOT / "static").rglob("*.css"))
    assert sheets
    assert [name(path) for path in sheets if loading.search(path.read_text())] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_names_no_index_and_no_machine(lock: str) -> None:
    lines = (ROOT / lock).read_text().splitlines()
    assert [line for line in lines if "://" in line or line[0:1] in {"-", "/"}] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_in_a_lock_file_has_its_hash(lock: str) -> None:
    text = (ROOT / lock).read_text().replace("\\\n", " ")
    packages = [line for line in text.splitlines() if line.strip() and line[0] != "#"]
    assert packages
    bare = [line for line in packages if not re.match(r"[\w.\[\]-]+==\S+.*--hash=sha256:", line)]
    assert bare == []


# Spelled so that this very file holds none of them.
PLACES = re.compile("/hom[e]/[a-z]+/|/roo[t]/|/User[s]/[a-z]+|/wor[k]/|/tmp/w[t]")


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    found = [
        f"{name(path)}:{number}"
        for path in tracked()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1)
        if PLACES.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("path", [*SOURCES, ROOT / "config.py"], ids=name)
def test_a_suppression_names_its_code_and_its_reason(path: Path) -> None:
    bare = [
        f"{name(path)}:{number} {line.strip()}"
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        for mark in re.findall(r"#\s*(?:noqa|type:\s*ignore).*", line)
        if not SUPPRESSED.match(mark)
    ]
    assert bare == []
