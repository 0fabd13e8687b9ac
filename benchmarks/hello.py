"""A bare Flask page under the same gunicorn: what everything else is compared with."""

from __future__ import annotations

from flask import Flask


def make() -> Flask:
    """The smallest application there is."""
    app = Flask("hello")

    @app.get("/")
    def hello() -> str:
        return "Hello, world"

    return app
