"""Somebody who walks through the pages as a browser without scripts does, and counts the clicks.

A link is found by its words and a form by its button; what the page has filled in is sent along,
and a field that asks to be filled in must be. Nothing is reached but what a page offers.
"""

from __future__ import annotations

from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

UNSENT = {"submit", "button", "reset", "file", "image"}


class Walk:
    """One person on one page; `clicks` is how many it took to come here."""

    def __init__(self, client: FlaskClient, path: str = "/") -> None:
        self.client = client
        self.clicks = 0
        self._arrive(client.get(path, follow_redirects=True))

    def follow(self, words: str, /, to: str = "") -> None:
        """Click on a link that says this; where many do, on the one whose address holds `to`."""
        found = [a for a in self.tree.iter("a") if _says(a, words) and to in a.get("href", "")]
        assert found, f"no link says {words!r} on {self.at}"
        self.clicks += 1
        where = urlsplit(found[0].get("href", ""))
        path = (where.path or self.at) + (f"?{where.query}" if where.query else "")
        self._arrive(self.client.get(path, follow_redirects=True))

    def press(self, words: str, /, **typed: str) -> None:
        """Fill in the form of a button, and click on the button."""
        for form in self.tree.iter("form"):
            for one in form.iter("button"):
                if _says(one, words):
                    self._send(form, typed)
                    return
        raise AssertionError(f"no button says {words!r} on {self.at}")

    def _send(self, form: Element, typed: dict[str, str]) -> None:
        fields = _filled_in(form)
        assert set(typed) <= _names(form), "a field is typed into that is not there"
        for name, value in typed.items():
            fields[name] = value
        empty = [
            field.get("name", "")
            for field in form.iter()
            if field.get("required") is not None and not fields.get(field.get("name", ""))
        ]
        assert not empty, f"a browser would ask to fill in {empty}"
        self.clicks += 1
        method = form.get("method", "get").upper()
        path = form.get("action") or self.at
        self._arrive(self.client.open(path, method=method, data=fields, follow_redirects=True))

    def _arrive(self, answer: TestResponse) -> None:
        assert answer.status_code == 200, f"{answer.request.path}: {answer.status_code}"
        self.at = answer.request.path
        self.text = answer.text
        self.tree: Element = html5lib.parse(answer.text, namespaceHTMLElements=False)
        assert self.tree.find(".//script") is None, f"a script on {self.at}"


def _says(thing: Element, words: str) -> bool:
    return " ".join("".join(thing.itertext()).split()) == words


def _names(form: Element) -> set[str]:
    return {field.get("name", "") for field in form.iter()} - {""}


def _filled_in(form: Element) -> MultiDict[str, str]:
    """What a browser sends of a form that nobody has touched."""
    fields: MultiDict[str, str] = MultiDict()
    for field in form.iter():
        name, kind = field.get("name"), field.get("type", "text")
        if not name:
            continue
        if field.tag == "textarea":
            fields.add(name, "".join(field.itertext()))
        elif field.tag == "select":
            options = list(field.iter("option"))
            chosen = [one for one in options if one.get("selected") is not None] or options[:1]
            for one in chosen:
                fields.add(name, one.get("value", ""))
        elif field.tag == "input" and kind not in UNSENT and _is_chosen(field, kind):
            fields.add(name, field.get("value", "on" if kind == "checkbox" else ""))
    return fields


def _is_chosen(field: Element, kind: str) -> bool:
    return kind not in {"checkbox", "radio"} or field.get("checked") is not None
