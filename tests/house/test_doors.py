"""The rules of the house about views: every one has a door, and a door fits its address."""

from __future__ import annotations

import re

from flask import Flask

from app.policy.permissions import Permission
from app.web.access import DOOR, PUBLIC, SUBJECT
from app.web.unit_of_work import SAFE_METHODS

# Forms that a visitor may send: joining, coming in, coming back, reporting an exposure, and one
# choice of five about an entry of who helps, which people read who cannot sign in.
OPEN_TO_SEND = re.compile(
    r"support\.tell_what_is_wrong|"
    r"cases\.(?:send_report|\w+_receipt)|accounts\.\w+|admin\.\w*set_up\w*|\w+\.set_up\w*"
)


def test_every_view_declares_its_door(app: Flask) -> None:
    assert len(app.view_functions) > 1
    assert [key for key, view in app.view_functions.items() if not hasattr(view, DOOR)] == []


def test_a_door_is_public_or_a_row_of_the_table(app: Flask) -> None:
    doors = {getattr(view, DOOR) for view in app.view_functions.values()}
    assert doors - set(Permission) == {PUBLIC}


def test_a_door_on_a_thing_has_an_address_that_names_it(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if hasattr(view, SUBJECT):
            assert rule.arguments, f"{rule.rule} loads a thing but names none"


def test_no_public_view_changes_anything_but_to_let_people_in(app: Flask) -> None:
    changing = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) - SAFE_METHODS
        and getattr(app.view_functions[rule.endpoint], DOOR) == PUBLIC
    ]
    assert [endpoint for endpoint in changing if not OPEN_TO_SEND.fullmatch(endpoint)] == []


def test_no_address_answers_both_a_look_and_a_change_in_one_view(app: Flask) -> None:
    both = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) & {"GET"} and (rule.methods or set()) & {"POST", "PUT", "DELETE"}
    ]
    assert both == []


def test_addresses_name_things_by_public_ids(app: Flask) -> None:
    numbered = [
        rule.rule
        for rule in app.url_map.iter_rules()
        for argument, converter in rule._converters.items()  # noqa: SLF001 - werkzeug hides them
        if argument.endswith("_id") and type(converter).__name__ != "UnicodeConverter"
    ]
    assert numbered == []
