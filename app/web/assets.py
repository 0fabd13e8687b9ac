"""Static files: read once, named by their digest, kept by browsers for ever."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from flask import Flask, Response, current_app, url_for

from app.core.errors import NotFoundError
from app.web.access import public
from app.web.headers import FOREVER

STYLESHEETS: Final = (
    "tokens",
    "base",
    "layout",
    "components",
    "forum",
    "messages",
    "moderation",
    "cases",
    "support",
)
COMPRESSIBLE: Final = frozenset({"text/css"})


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file in memory."""

    name: str
    kind: str
    body: bytes
    compressed: bytes | None


@dataclass(frozen=True, slots=True)
class Assets:
    """All static files, by the name that pages use and by the name that browsers ask for."""

    by_name: dict[str, Asset]
    by_served: dict[str, Asset]


def install_assets(app: Flask, folder: Path) -> None:
    """Read the static folder, join the style sheets, and serve all of it under hashed names."""
    files = {"style.css": _style(folder)}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".css":
            files[str(path.relative_to(folder))] = path.read_bytes()
    by_name: dict[str, Asset] = {}
    for name, body in files.items():
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        stem, _, suffix = name.rpartition(".")
        served = f"{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{suffix}"
        squeezed = gzip.compress(body, 9, mtime=0) if kind in COMPRESSIBLE else None
        by_name[name] = Asset(name=served, kind=kind, body=body, compressed=squeezed)
    assets = Assets(by_name=by_name, by_served={asset.name: asset for asset in by_name.values()})
    app.extensions["assets"] = assets
    app.add_url_rule("/static/<path:name>", "static", static)


def _style(folder: Path) -> bytes:
    """All style sheets as one, so that a page asks once."""
    paths = [folder / "css" / f"{name}.css" for name in STYLESHEETS]
    return b"\n".join(path.read_bytes() for path in paths if path.exists())


def asset(name: str) -> str:
    """The path under which a static file is served now."""
    paths: dict[str, str] = current_app.extensions.setdefault("asset_paths", {})
    path = paths.get(name)
    if path is None:
        path = paths[name] = url_for("static", name=_assets().by_name[name].name)
    return path


@public
def static(name: str) -> Response:
    """One static file; a name with another digest is not there."""
    found = _assets().by_served.get(name)
    if found is None:
        raise NotFoundError
    body, headers = found.body, {"Cache-Control": FOREVER}
    if found.compressed is not None:  # every browser reads gzip; what it accepts is not asked
        body, headers["Content-Encoding"] = found.compressed, "gzip"
    return Response(body, content_type=found.kind, headers=headers)


def _assets() -> Assets:
    """The files of this application."""
    return cast(Assets, current_app.extensions["assets"])
