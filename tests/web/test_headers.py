"""Every answer carries the strict headers, whatever it is and whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core.errors import BusyError, DeniedError, StaleError, TooManyError
from app.policy.vocabulary import Trust
from app.web.access import public
from app.web.headers import StrictHeaders
from tests.factories import make_board, make_member, make_moderator, make_thread

POLICY: Final = {
    "default-src": {"'none'"},
    "style-src": {"'self'"},
    "img-src": {"'self'"},
    "form-action": {"'self'"},
    "base-uri": {"'none'"},
    "frame-ancestors": {"'none'"},
    "script-src": {"'none'"},
}
PERMISSIONS: Final = {"camera", "display-capture", "geolocation", "microphone", "payment", "usb"}
PLAIN: Final = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Origin-Agent-Cluster": "?1",
    "X-DNS-Prefetch-Control": "off",
}


def check(response: TestResponse, *, is_static: bool = False) -> None:
    """Hold one answer against PRIVACY.md §8, by the meaning of its headers."""
    headers = response.headers
    for name in (*PLAIN, "Content-Security-Policy", "Permissions-Policy", "Cache-Control"):
        assert len(headers.getlist(name)) == 1, f"{name} is said once"
    directives = [part.split() for part in headers["Content-Security-Policy"].split(";")]
    policy = {name: set(values) for name, *values in directives}
    assert policy == POLICY
    assert len(directives) == len(policy), "a second directive of one name would be ignored"
    assert {name: headers[name] for name in PLAIN} == PLAIN
    allowed = dict(part.strip().split("=") for part in headers["Permissions-Policy"].split(","))
    assert allowed == dict.fromkeys(PERMISSIONS, "()")
    robots = {part.strip() for part in headers["X-Robots-Tag"].split(",")}
    assert robots == {"noindex", "nofollow", "noarchive"}
    if is_static:
        kept = {part.strip() for part in headers["Cache-Control"].split(",")}
        assert kept == {"public", "max-age=31536000", "immutable"}
    else:
        assert headers["Cache-Control"] == "no-store"
        assert "Cookie" in headers["Vary"]
    for name in ("ETag", "Last-Modified", "Server", "X-Powered-By", "Expires"):
        assert name not in headers


def addresses(app: Flask) -> Iterator[str]:
    """One address for every route of the site; the things they name are not there."""
    for rule in app.url_map.iter_rules():
        values = {
            argument: 1 if "Integer" in type(converter).__name__ else "abcdefghjkmnpqrs"
            for argument, converter in rule._converters.items()  # noqa: SLF001 - hidden by werkzeug
        }
        built = rule.build(values)
        assert built is not None
        yield built[1]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "TRACE"])
def test_every_route_answers_with_strict_headers(
    app: Flask, session: Session, sign_in: Callable[..., FlaskClient], method: str
) -> None:
    visitor = app.test_client(session=session)
    owl = sign_in(make_moderator(session))
    for path in addresses(app):
        for browser in (visitor, owl):
            check(browser.open(path, method=method))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (DeniedError("own"), 403),
        (StaleError(), 409),
        (TooManyError(70), 429),
        (BusyError(), 503),
        (RuntimeError("x"), 500),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_refusal_answers_with_strict_headers(
    app: Flask, client: FlaskClient, method: str, error: Exception, status: int
) -> None:
    @public
    def refuses() -> str:
        raise error

    app.add_url_rule("/refuses", methods=["GET", "POST"], view_func=refuses)
    response = client.open("/refuses", method=method, data={"body": "a text"})
    assert response.status_code == status
    check(response)


def test_nothing_there_and_sign_in_first_have_strict_headers(
    client: FlaskClient, session: Session
) -> None:
    thread = make_thread(session)
    for path, status in (
        ("/nowhere", 404),
        ("/static/nowhere.css", 404),
        ("/static/../config.py", 404),
        (f"/threads/{thread.public_id}", 401),
        ("/threads/abcdefghjkmnpqrs", 401),
    ):
        response = client.get(path)
        assert response.status_code == status, path
        check(response)


def test_a_redirect_has_strict_headers(
    session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    thread = make_thread(session)
    response = sign_in(make_member(session)).post(f"/threads/{thread.public_id}/follow")
    assert response.status_code == 302
    check(response)


def test_static_files_are_kept_for_ever_under_the_same_headers(
    app: Flask, client: FlaskClient
) -> None:
    served = app.extensions["assets"].by_served
    assert served
    for name in served:
        response = client.get(f"/static/{name}")
        assert response.status_code == 200
        check(response, is_static=True)


BORDER: Final = "--x"
MIB: Final = 1024 * 1024


def _multipart(size: int) -> dict[str, Any]:
    """A form of one part; by hand, for the test client would write it to a file."""
    head = f'{BORDER}\r\nContent-Disposition: form-data; name="body"\r\n\r\n'
    body = head.encode() + b"x" * size + f"\r\n{BORDER}--\r\n".encode()
    return {"data": body, "content_type": "multipart/form-data; boundary=x"}


def _urlencoded(size: int) -> dict[str, Any]:
    body = b"body=" + b"x" * size
    return {"data": body, "content_type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (_multipart(1000), 200),
        (_multipart(2 * MIB), 413),
        (_multipart(9 * MIB), 413),
        (_urlencoded(1000), 200),
        (_urlencoded(9 * MIB), 413),
    ],
    ids=["small parts", "a part too large", "parts too large", "small", "too large"],
)
def test_a_form_that_is_too_large_is_refused_as_such(
    app: Flask, client: FlaskClient, sent: dict[str, Any], status: int
) -> None:
    @public
    def reads() -> str:
        return str(len(request.form["body"]))

    app.add_url_rule("/reads", methods=["POST"], view_func=reads)
    response = client.post("/reads", **sent)
    assert response.status_code == status
    check(response)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "localhost.evil.example"},
        {"Host": "localhost:evil"},
        {"Host": ""},
        {"Host": "[::1"},
        {"Cookie": "bauta=\xff\xfe; form=\x7f"},
        {"Content-Type": "multipart/form-data"},
        {"Content-Length": "nonsense"},
        {"Origin": "http://["},
        {"Referer": "http://["},
        {"Accept-Language": "\xff"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_malformed_request_has_strict_headers(
    client: FlaskClient, method: str, headers: dict[str, str]
) -> None:
    response = client.open("/", method=method, headers=headers)
    assert response.status_code < 500
    check(response)


@pytest.mark.parametrize(
    "path", ["/boards/%00", "/threads/%ff%fe", "/%2e%2e/%2e%2e", "/posts/" + "a" * 5000]
)
@pytest.mark.parametrize("who", ["member", "visitor"])
def test_an_address_that_is_nonsense_is_simply_not_there(
    client: FlaskClient,
    session: Session,
    sign_in: Callable[..., FlaskClient],
    path: str,
    who: str,
) -> None:
    browser = sign_in(make_member(session)) if who == "member" else client
    response = browser.get(path)
    assert response.status_code in {401, 404}
    check(response)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_nul_is_refused_before_a_database_chokes_on_it(client: FlaskClient, method: str) -> None:
    for sent in ({"query_string": {"q": "a\0b"}}, {"data": {"pseudonym": "a\0b"}}):
        if method == "POST" or "query_string" in sent:
            response = client.open("/search", method=method, **sent)
            assert response.status_code in {400, 405}
            check(response)


def test_over_tls_browsers_are_told_to_stay_there(build_app: Callable[..., Flask]) -> None:
    app = build_app(scheme="https", onion="http://abcdef.onion/")
    response = app.test_client().get("/", base_url="https://localhost")
    hsts = [part.strip() for part in response.headers["Strict-Transport-Security"].split(";")]
    assert hsts == ["max-age=63072000", "includeSubDomains"]
    assert response.headers["Onion-Location"] == "http://abcdef.onion/"
    check(response)


def test_over_plain_http_nothing_is_said_of_tls(client: FlaskClient) -> None:
    headers = client.get("/").headers
    assert "Strict-Transport-Security" not in headers
    assert "Onion-Location" not in headers


def test_a_visitor_who_reads_gets_no_cookie(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    board = make_board(session, gate_read=Trust.VISITOR)
    thread = make_thread(session, board=board)
    for path in (
        "/",
        "/latest",
        "/search",
        "/search?q=lamp",
        f"/boards/{board.public_id}",
        f"/boards/{board.public_id}/feed",
        f"/threads/{thread.public_id}",
        "/nowhere",
        *(f"/static/{name}" for name in app.extensions["assets"].by_served),
    ):
        response = client.get(path)
        assert response.status_code in {200, 404}, path
        assert "Set-Cookie" not in response.headers, path


def test_a_page_still_answers_when_the_database_is_away(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OSError("the disk is gone")

    client.get("/")
    app.extensions["settings"].drop()
    monkeypatch.setattr("app.core.settings.read_settings", away)
    for method in ("GET", "POST"):
        response = client.open("/nowhere", method=method)
        assert response.status_code == 500
        assert "gone" not in response.text
        check(response)


def test_the_first_links_of_a_page_stand_in_a_landmark(
    session: Session, client: FlaskClient
) -> None:
    session.commit()
    body = client.get("/").text.split("<body>")[1]
    first = body.partition("</nav>")[0]
    assert first.lstrip().startswith('<nav aria-label="Shortcuts">')
    assert 'class="skip"' in first
    assert body.index('class="skip"') < body.index('class="page"')


def test_control_a_policy_that_lets_scripts_in_is_noticed(
    app: Flask,
    session: Session,
    sign_in: Callable[..., FlaskClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = StrictHeaders.__call__

    def loose(self: StrictHeaders, environ: Any, start: Any) -> Any:
        """Answer with a policy that is less strict."""

        def loosened(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            kept = [
                (name, value.replace("script-src 'none'", "script-src *"))
                for name, value in headers
            ]
            return start(status, kept)

        return real(self, environ, loosened)

    monkeypatch.setattr(StrictHeaders, "__call__", loose)
    with pytest.raises(AssertionError, match="script-src"):
        test_every_route_answers_with_strict_headers(app, session, sign_in, "GET")


def test_control_a_cookie_for_a_reader_is_noticed(
    app: Flask, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def counted(response: Response) -> Response:
        response.set_cookie("seen", "1")
        return response

    every = app.after_request_funcs.get(None, [])
    monkeypatch.setitem(app.after_request_funcs, None, [*every, counted])
    with pytest.raises(AssertionError, match="Set-Cookie"):
        test_a_visitor_who_reads_gets_no_cookie(app, client, session)
