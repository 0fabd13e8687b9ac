"""The short ways of drawing a page give what the long ones give."""

from __future__ import annotations

import pytest
from flask import Flask, url_for
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment, UndefinedError
from markupsafe import Markup, escape

from app.web.drawing import Pages, safely
from app.web.render import address

VALUES = st.one_of(st.text(), st.integers(), st.none(), st.booleans(), st.builds(Markup, st.text()))


@given(VALUES)
def test_what_stands_in_a_page_is_escaped_as_jinja_escapes_it(value: object) -> None:
    assert str(safely(value)) == str(escape(value))


@given(VALUES)
def test_a_page_is_the_one_that_jinja_would_draw(value: object) -> None:
    source = (
        "{% macro m(x) %}<b title='{{ x }}'>{{ x }}{{ x ~ '<' }}</b>{% endmacro %}"
        "{% set kept %}<i>{{ value }}</i>{% endset %}{{ kept }}{{ m(value) }}{{ value|safe }}"
    )
    ours = Pages(Flask("pages"), autoescape=True).from_string(source).render(value=value)
    assert ours == Environment(autoescape=True).from_string(source).render(value=value)


def test_a_name_that_is_not_there_is_a_fault() -> None:
    page = Pages(Flask("pages"), autoescape=True).from_string("{{ nothing }}")
    with pytest.raises(UndefinedError):
        page.render()


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("forum.home", {}),
        ("forum.show_thread", {"thread_id": "4x9y4txmyv2vymea"}),
        ("forum.show_thread", {"thread_id": "4x9y4txmyv2vymea", "after": "abc"}),
        ("forum.show_thread", {"thread_id": "4x9y4txmyv2vymea", "after": None}),
        ("forum.show_thread", {"thread_id": "4x9y4txmyv2vymea", "_anchor": "p"}),
        ("accounts.profile", {"pseudonym": "heron"}),
        ("accounts.profile", {"pseudonym": "Zoë / ä%2F?x=1"}),
        ("accounts.profile", {"pseudonym": "place0here"}),
        ("forum.leaving", {"post_id": "4x9y4txmyv2vymea", "link": 3}),
        ("forum.search", {"q": "a b&c", "before": "x"}),
    ],
)
def test_an_address_is_the_one_that_flask_would_give(
    app: Flask, endpoint: str, values: dict[str, object]
) -> None:
    with app.test_request_context("/"):
        for _ in range(2):  # once to learn the shape, once from memory
            assert address(endpoint, **values) == url_for(endpoint, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["quick", "any other"])
def test_a_part_of_a_row_is_the_one_that_jinja_would_give(name: str) -> None:
    source = "{% for row in rows %}{{ row.real }} {{ row.real.imag }} {{ loop.index }};{% endfor %}"
    pages = Pages(Flask("pages"), autoescape=True)
    pages.objects = frozenset({("quick", "row")})
    pages.loader = DictLoader({name: source})
    ours = pages.get_template(name).render(rows=[3, 4])
    assert ours == Environment(autoescape=True).from_string(source).render(rows=[3, 4])
    pages.loader = DictLoader({name: "{{ row.real }}"})
    pages.cache.clear()
    with pytest.raises(UndefinedError):
        pages.get_template(name).render()


def test_a_template_imports_macros_with_what_every_page_may_name() -> None:
    pages = Pages(Flask("pages"), autoescape=True)
    pages.globals["house"] = "Lantern"
    pages.loader = DictLoader(
        {
            "macros": "{% macro where() %}{{ house }}{% endmacro %}",
            "page": "{% from 'macros' import where %}{{ where() }} {{ house }}",
        }
    )
    assert pages.get_template("page").render() == "Lantern Lantern"
    assert pages.get_template("page", globals={"house": "x"}).render() == "Lantern x"
    assert pages.globals["house"] == "Lantern"
