"""The wall against addresses: what a request may tell the application, as an allow-list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

KEPT: Final = frozenset(
    {
        "CONTENT_LENGTH",
        "CONTENT_TYPE",
        "HTTP_COOKIE",
        "HTTP_HOST",
        "HTTP_ORIGIN",
        "HTTP_SEC_FETCH_SITE",
        "PATH_INFO",
        "QUERY_STRING",
        "REQUEST_METHOD",
        "SCRIPT_NAME",
        "SERVER_NAME",
        "SERVER_PORT",
        "SERVER_PROTOCOL",
        "wsgi.errors",
        "wsgi.input",
        "wsgi.input_terminated",
        "wsgi.multiprocess",
        "wsgi.multithread",
        "wsgi.run_once",
        "wsgi.version",
    }
)
SPOKEN: Final = ("en", "de", "es", "fr", "pt")


class NoAddresses:
    """WSGI middleware that drops everything about the person but what the page needs.

    Peer and forwarded addresses, the browser's name, its hints and headers, and the server's own
    socket object, which knows the peer, never reach Flask. The referrer is cut to its origin and
    the languages to the first of ours. The scheme comes from the settings, not from a header.
    """

    def __init__(self, application: WSGIApplication, scheme: str) -> None:
        self.application = application
        self.scheme = scheme

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Pass on what is kept."""
        kept = {name: value for name, value in environ.items() if name in KEPT}
        kept["wsgi.url_scheme"] = self.scheme
        if referrer := environ.get("HTTP_REFERER"):
            kept["HTTP_REFERER"] = origin(str(referrer))
        if languages := environ.get("HTTP_ACCEPT_LANGUAGE"):
            kept["HTTP_ACCEPT_LANGUAGE"] = first_spoken(str(languages))
        return self.application(kept, start)


def origin(address: str) -> str:
    """Scheme and host of an address, with a closing slash; empty where there is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2]  # before it stands whoever signed in over there
    return f"{parts.scheme}://{host}/" if parts.scheme and host else ""


def first_spoken(languages: str) -> str:
    """The first language of a header that we speak; English where there is none."""
    for part in languages.split(","):
        code = part.split(";")[0].strip().lower()[:2]
        if code in SPOKEN:
            return code
    return SPOKEN[0]
