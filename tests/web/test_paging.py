"""Paging keys tell nothing about the numbers behind them, and none can be made up."""

from __future__ import annotations

from flask import Flask

from app.web.paging import opaque, paging_key


def test_a_key_leads_back_to_its_number_and_hides_it(app: Flask) -> None:
    with app.test_request_context("/"):
        keys = {number: opaque(number) for number in (0, 1, 2, 303, 2**40)}
        assert opaque(None) is None
    assert len(set(keys.values())) == len(keys)
    for number, key in keys.items():
        with app.test_request_context(f"/?before={key}"):
            assert paging_key("before") == number
            assert paging_key("after") is None


def test_what_was_not_given_out_opens_nothing(app: Flask) -> None:
    with app.test_request_context("/"):
        key = opaque(7)
    assert key is not None
    changed = ("A" if key[0] != "A" else "B") + key[1:]
    for text in ("", "7", "303", "-1", "!!", "é", key[:-2], key + "AA", changed):
        with app.test_request_context("/", query_string={"before": text}):
            assert paging_key("before") is None, text
