"""The headers on every answer (PRIVACY.md §8), as WSGI middleware so that none can slip past."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CONTENT_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; script-src 'none'"
)
PICTURE_POLICY: Final = "default-src 'none'; sandbox"  # opened by itself, a picture is no page
STRICT: Final[tuple[tuple[str, str], ...]] = (
    ("Content-Security-Policy", CONTENT_POLICY),
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Origin-Agent-Cluster", "?1"),
    (
        "Permissions-Policy",
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    ("X-DNS-Prefetch-Control", "off"),
    ("X-Robots-Tag", "noindex, nofollow, noarchive"),
)
TRANSPORT: Final = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
FOREVER: Final = "public, max-age=31536000, immutable"
NEVER_STORED: Final = (("Cache-Control", "no-store"), ("Vary", "Cookie"))
OURS: Final = frozenset(
    name.lower() for name, _ in (*STRICT, *NEVER_STORED, TRANSPORT, ("Server", ""), ("ETag", ""))
) | {"last-modified", "onion-location"}


class StrictHeaders:
    """Puts the headers on whatever the application answers, errors included."""

    def __init__(self, application: WSGIApplication, *, is_https: bool, onion: str) -> None:
        self.application = application
        self.always = STRICT + ((TRANSPORT,) if is_https else ())
        self.always_with_pictures = tuple(
            (name, PICTURE_POLICY if name == "Content-Security-Policy" else value)
            for name, value in self.always
        )
        self.onion = onion.rstrip("/")

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer with our headers instead of any of the same name."""

        def start_strictly(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Any:
            may_be_kept = any(
                name.lower() == "cache-control" and value == FOREVER for name, value in headers
            )
            is_picture = ("Content-Security-Policy", PICTURE_POLICY) in headers
            kept = [(name, value) for name, value in headers if name.lower() not in OURS]
            kept += self.always_with_pictures if is_picture else self.always
            kept += (("Cache-Control", FOREVER),) if may_be_kept else NEVER_STORED
            if self.onion:
                kept.append(("Onion-Location", self.onion + environ.get("PATH_INFO", "/")))
            return start(status, kept, exc_info) if exc_info else start(status, kept)

        return self.application(environ, start_strictly)
