"""Which room may know which: the arrows as they are drawn, one line each."""

from __future__ import annotations

from typing import Final

import grimp

from tests.house.source import ROOT

PLUMBING: Final = {"core", "screening", "policy", "privacy", "web", "cli"}
ARROWS: Final = {
    ("admin", "accounts"),
    ("admin", "community"),
    ("admin", "forum"),
    ("admin", "membership"),
    ("admin", "support"),
    ("admin", "trust"),
    ("cases", "accounts"),
    ("cases", "community"),
    ("cases", "forum"),
    ("cases", "moderation"),
    ("cases", "shields"),
    ("community", "accounts"),
    ("community", "filters"),
    ("cases", "support"),
    ("community", "forum"),
    ("community", "shields"),
    ("forum", "accounts"),
    ("forum", "filters"),
    ("forum", "review"),
    ("forum", "shields"),
    ("leaving", "accounts"),
    ("leaving", "forum"),
    ("leaving", "membership"),
    ("leaving", "messages"),
    ("leaving", "moderation"),
    ("leaving", "review"),
    ("leaving", "shields"),
    ("leaving", "support"),
    ("leaving", "trust"),
    ("membership", "accounts"),
    ("membership", "forum"),
    ("messages", "accounts"),
    ("messages", "filters"),
    ("messages", "forum"),
    ("messages", "shields"),
    ("moderation", "accounts"),
    ("moderation", "filters"),
    ("moderation", "forum"),
    ("moderation", "messages"),
    ("moderation", "review"),
    ("shields", "accounts"),
    ("staff", "accounts"),
    ("staff", "forum"),
    ("staff", "moderation"),
    ("support", "accounts"),
    ("trust", "accounts"),
    ("trust", "forum"),
    ("trust", "moderation"),
}


def _drawn() -> set[tuple[str, str]]:
    graph = grimp.build_graph("app", cache_dir=None)
    return {
        (importer.split(".")[1], imported.split(".")[1])
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if importer.count(".") and imported.count(".")
    }


def test_no_arrow_is_drawn_in_passing() -> None:
    between = {(a, b) for a, b in _drawn() if a != b and not {a, b} & PLUMBING}
    assert between - ARROWS == set()


def test_no_line_is_left_of_an_arrow_that_was_rubbed_out() -> None:
    assert ARROWS - _drawn() == set()


def test_the_command_line_is_nobodys_library() -> None:
    assert {a for a, b in _drawn() if b == "cli" and a != "cli"} == set()


def test_every_room_stands_in_the_stack() -> None:
    rooms = {path.parent.name for path in (ROOT / "app").glob("*/__init__.py")}
    assert rooms - {room for arrow in ARROWS for room in arrow} - PLUMBING == set()
