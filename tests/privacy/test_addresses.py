"""Nothing about the person or the browser reaches the application but what a page needs."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app.core.pictures import MOST_BYTES
from app.privacy.addresses import KEPT, SPOKEN, NoAddresses, first_spoken, origin
from app.web.uploads import InMemory

PEER: Final = "203.0.113.77"
BROWSER: Final = "Mozilla/5.0 (Canary; rv:1.0)"
FORWARDING: Final = (
    "CF-Connecting-IP",
    "CF-IPCountry",
    "Client-IP",
    "Fastly-Client-IP",
    "Fly-Client-IP",
    "Forwarded",
    "Forwarded-For",
    "True-Client-IP",
    "Via",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "X-Envoy-External-Address",
    "X-Forwarded",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Port",
    "X-Forwarded-Proto",
    "X-Original-Forwarded-For",
    "X-ProxyUser-Ip",
    "X-Real-IP",
    "X-Remote-Addr",
    "X-Request-ID",
)
TELLING: Final = (
    "Accept",
    "Accept-Encoding",
    "Device-Memory",
    "DNT",
    "DPR",
    "Downlink",
    "From",
    "If-Modified-Since",
    "If-None-Match",
    "RTT",
    "Save-Data",
    "Sec-CH-UA",
    "Sec-CH-UA-Platform",
    "Sec-GPC",
    "User-Agent",
    "Viewport-Width",
)
SERVERS: Final = {
    "REMOTE_ADDR": PEER,
    "REMOTE_HOST": PEER,
    "REMOTE_PORT": "50123",
    "REMOTE_USER": "somebody",
    "REMOTE_IDENT": "somebody",
    "gunicorn.socket": PEER,
    "gunicorn.xff": PEER,
    "werkzeug.socket": PEER,
    "wsgi.file_wrapper": PEER,
    "uwsgi.node": PEER,
    "SSL_CLIENT_S_DN": PEER,
    "RAW_URI": f"/?{PEER}",
}


@pytest.fixture
def seen(app: Flask) -> dict[str, Any]:
    """What the application itself gets to see of the last request."""
    caught: dict[str, Any] = {}

    def probe() -> None:
        caught.clear()
        caught.update(request.environ)

    app.before_request_funcs.setdefault(None, []).insert(0, probe)
    return caught


def _words(environ: dict[str, Any]) -> str:
    """Everything in an environment that could be written down, as one text."""
    plain = {k: v for k, v in environ.items() if k not in {"wsgi.input", "wsgi.errors"}}
    return repr({k: v for k, v in plain.items() if not k.startswith("werkzeug.")})


def test_no_address_and_no_browser_reaches_the_application(
    client: FlaskClient, seen: dict[str, Any]
) -> None:
    headers = dict.fromkeys((*FORWARDING, *TELLING), f"{PEER}, {BROWSER}")
    client.get("/", headers=headers, environ_overrides=dict(SERVERS))
    assert seen["PATH_INFO"] == "/"
    assert PEER not in _words(seen)
    assert "Canary" not in _words(seen)


@pytest.mark.parametrize("name", FORWARDING)
def test_a_forwarding_header_is_dropped(
    client: FlaskClient, seen: dict[str, Any], name: str
) -> None:
    client.get("/", headers={name: PEER})
    assert f"HTTP_{name.upper().replace('-', '_')}" not in seen


@pytest.mark.parametrize("name", SERVERS)
def test_what_the_server_knows_of_the_peer_is_dropped(
    client: FlaskClient, seen: dict[str, Any], name: str
) -> None:
    client.get("/", environ_overrides={name: SERVERS[name]})
    assert name not in seen


@given(st.dictionaries(st.from_regex(r"(HTTP_)?[A-Z_]{1,20}", fullmatch=True), st.text()))
def test_whatever_is_not_on_the_list_is_dropped(environ: dict[str, Any]) -> None:
    passed: dict[str, Any] = {}
    wall = NoAddresses(lambda kept, _start: passed.update(kept) or [], "http")
    list(wall(environ, lambda *_: None))
    allowed = KEPT | {"wsgi.url_scheme", "HTTP_REFERER", "HTTP_ACCEPT_LANGUAGE"}
    assert set(passed) <= allowed
    assert passed.get("HTTP_REFERER", "").count("/") in {0, 3}
    assert passed.get("HTTP_ACCEPT_LANGUAGE", "en") in SPOKEN


def test_the_list_itself_names_nobody() -> None:
    assert not [name for name in KEPT if "REMOTE" in name or "FORWARD" in name or "AGENT" in name]


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("https://forum.example/threads/secret?q=x#y", "https://forum.example/"),
        ("https://forum.example", "https://forum.example/"),
        ("/threads/secret", ""),
        ("https://[broken", ""),
        ("about:blank", ""),
    ],
)
def test_the_referrer_is_cut_to_its_origin(given_: str, kept: str) -> None:
    assert origin(given_) == kept


def test_a_referrer_hands_over_no_name_and_no_word() -> None:
    assert "word" not in origin("https://somebody:word@forum.example/x")


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("tlh, pt-BR;q=0.5", "pt"),
        ("xx", "en"),
        ("*", "en"),
        ("", "en"),
        ("EN-gb", "en"),
    ],
)
def test_the_languages_are_cut_to_the_first_of_ours(asked: str, spoken: str) -> None:
    assert first_spoken(asked) == spoken


def test_the_scheme_comes_from_the_settings_and_not_from_a_header(
    client: FlaskClient, seen: dict[str, Any]
) -> None:
    client.get("/", headers={"X-Forwarded-Proto": "https"}, base_url="https://localhost")
    assert seen["wsgi.url_scheme"] == "http"


def test_parts_of_an_upload_stay_in_memory(app: Flask) -> None:
    with app.test_request_context("/"):
        stream = request._get_file_stream(10**7, "image/png", "x.png", 10**7)  # noqa: SLF001
    assert type(stream) is InMemory
    assert issubclass(InMemory, BytesIO)


def test_of_a_long_upload_no_more_is_kept_than_tells_that_it_is_too_long() -> None:
    stream = InMemory()
    for _ in range(3):
        assert stream.write(bytes(MOST_BYTES // 2)) == MOST_BYTES // 2
    assert len(stream.getvalue()) == MOST_BYTES + 1
