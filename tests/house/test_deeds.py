"""Every deed of the console is in the audit log: which deeds there are is read off the code.

A deed is a function of a room that changes something and either takes whoever has the power to do
so, or is reached by a form behind a door of the staff. Each has a story in `deeds.py` that runs it.
What responders do in a case is not among them: a case keeps its own ledger, sealed to those who are
named in it (`app/cases/service/ledger.py`), since the audit log would tell the others of the case.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Iterator
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, Final

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import app as house
from app.core import audit
from app.core.audit import AuditEntry
from app.moderation.words import VERBS
from app.policy.permissions import (
    TABLE,
    decides_here,
    is_moderator,
    is_operator,
    looks_after,
    moderates,
    moderates_somewhere,
)
from app.web.access import DOOR, PUBLIC
from app.web.unit_of_work import SAFE_METHODS
from tests.factories import make_moderator
from tests.house.deeds import STORIES

WHO: Final = frozenset({"moderator", "operator", "actor", "actor_public_id"})
STAFF: Final = frozenset(
    {decides_here, is_moderator, is_operator, looks_after, moderates, moderates_somewhere}
)
# The floors below the rooms know no deed; the console's pages call them for other things.
PLUMBING: Final = frozenset({"core", "screening", "policy", "privacy", "web", "cli"})
STATEMENTS: Final = frozenset({"insert", "update", "delete"})
HALVES: Final = {
    f"review.service.{name}": f"the half of `moderation.service.{name}`, which writes it down"
    for name in ("claim", "give_back", "hand_on", "take_over")
}
# Functions that change something and are no deed of somebody with power, each with its reason.
NO_DEED: Final = HALVES | {
    "filters.service.refusal": "asks whether a pattern can be used, and keeps nothing",
}
CHANGES_NOTHING: Final = frozenset({"support.export_lists"})  # a file of what everybody may read
READING: Final = frozenset({"queries", "models", "forms", "views"})


def place_of(module: str) -> tuple[str, str]:
    """The room of a module, and which floor of it."""
    _app, room, *rest = module.split(".")
    return room, rest[0] if rest else ""


def is_of_a_room(function: object) -> bool:
    """Whether this is a public function of a room, in a file that may change something."""
    if not isinstance(function, FunctionType) or not function.__module__.startswith("app."):
        return False
    room, floor = place_of(function.__module__)
    is_open = not function.__name__.startswith("_") and room not in PLUMBING
    takes = next(iter(inspect.signature(function).parameters), "")
    return is_open and floor not in READING and takes == "session"


def name_of(function: FunctionType) -> str:
    return f"{function.__module__.removeprefix('app.')}.{function.__name__}"


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(house.__path__, "app."):
        if place_of(found.name)[0] not in PLUMBING and not found.ispkg:
            yield importlib.import_module(found.name)


def named_after_who_acts() -> set[str]:
    """Functions that say in their head that somebody with power acts."""
    return {
        name_of(function)
        for module in modules()
        for function in vars(module).values()
        if is_of_a_room(function)
        and function.__module__ == module.__name__
        and WHO & set(inspect.signature(function).parameters)
    }


def sent_from_the_console(app: Flask) -> dict[str, set[str]]:
    """Each form behind a door of the staff, and the functions of rooms that it reaches."""
    reached: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        door = getattr(view, DOOR)
        if not (rule.methods or set()) - SAFE_METHODS or door == PUBLIC:
            continue
        if STAFF & {*TABLE[door].see, *TABLE[door].do}:
            reached[rule.endpoint] = {
                name_of(one) for one in called_by(inspect.unwrap(view), set())
            }
    return reached


def called_by(view: FunctionType, seen: set[FunctionType]) -> Iterator[FunctionType]:
    """Functions of rooms that a view calls, itself or through a function beside it."""
    seen.add(view)
    for called in calls_in(view) - seen:
        if is_of_a_room(called):
            yield called
        elif called.__module__ == view.__module__:
            yield from called_by(called, seen)


@cache
def body_of(function: FunctionType) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(function)))


@cache
def calls_in(function: FunctionType) -> frozenset[FunctionType]:
    """The functions of this house that one calls, or names to be called."""
    known = function.__globals__
    named: list[object] = []
    for node in ast.walk(body_of(function)):
        if isinstance(node, ast.Name):
            named.append(known.get(node.id))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            on = known.get(node.value.id)
            named.append(getattr(on, node.attr, None) if type(on) is ModuleType else None)
    ours = {inspect.unwrap(one) for one in named if type(one) is FunctionType}
    return frozenset(one for one in ours if one.__module__.startswith("app."))


def changes_something(function: FunctionType, seen: set[FunctionType] | None = None) -> bool:
    """Whether a function writes rows or columns, itself or through what it calls."""
    seen = seen or set()
    seen.add(function)
    return any(map(is_a_change, ast.walk(body_of(function)))) or any(
        changes_something(called, seen) for called in calls_in(function) - seen
    )


def is_a_change(node: ast.AST) -> bool:
    """A statement that adds, changes or removes; an assignment to a thing's attribute is one."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        on = getattr(getattr(node.func, "value", None), "id", "")
        is_by_session = on == "session" and name in {"add", "add_all", "delete", "merge"}
        return is_by_session or (isinstance(node.func, ast.Name) and name in STATEMENTS)
    return isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)


def deed(name: str) -> FunctionType:
    module, _, function = name.rpartition(".")
    found = getattr(importlib.import_module(f"app.{module}"), function)
    assert isinstance(found, FunctionType)
    return found


# --- what is told ---------------------------------------------------------------------------------


def test_every_deed_of_the_console_has_its_story(app: Flask) -> None:
    reached = set[str]().union(*sent_from_the_console(app).values())
    deeds = {name for name in reached | named_after_who_acts() if changes_something(deed(name))}
    assert deeds - set(NO_DEED) == set(STORIES)
    assert set(NO_DEED) <= deeds, "an excuse for what is not there any more"


def test_no_form_of_the_console_goes_past_the_deeds(app: Flask) -> None:
    past = {
        endpoint
        for endpoint, called in sent_from_the_console(app).items()
        if not called & set(STORIES) and endpoint not in CHANGES_NOTHING
    }
    assert past == set()
    reached = set[str]().union(*sent_from_the_console(app).values())
    assert [name for name in HALVES if name in reached] == []


@pytest.mark.parametrize("name", STORIES)
def test_a_deed_is_in_the_audit_log_under_whoever_did_it(session: Session, name: str) -> None:
    owl = make_moderator(session)
    done: list[int] = []

    def do(*given: Any, **named: Any) -> Any:
        """The deed itself, and how many entries each of its runs has left."""
        before = verbs_of(session)
        made = deed(name)(*given, **named)
        session.flush()
        done.append(len(verbs_of(session)) - len(before))
        return made

    by = STORIES[name](session, owl, do)
    who = by if isinstance(by, str) else owl.public_id
    assert done
    assert min(done) >= 1
    entries = session.scalars(
        select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(done[-1])
    ).all()
    assert {entry.actor for entry in entries} == {who}
    assert [entry.verb for entry in entries if entry.verb not in VERBS] == [], "no words for it"
    assert audit.verify(session).broken_at is None


def verbs_of(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.verb)))
