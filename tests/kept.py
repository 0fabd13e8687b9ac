"""What is worked out once a run and not once a test: pages, addresses, statements.

Each test has its own application and its own database, and all of them are alike. Most of what it
costs to make one is compiling the same templates, rules and SQL again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from app.core.db import Database
from config import Config, secret


class KeptTemplates(BytecodeCache):
    """Templates compiled once a run: each test has its own application, and the same pages."""

    def __init__(self) -> None:
        self.compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Hand over what an earlier test compiled from the same source."""
        if bucket.key in self.compiled:
            bucket.bytecode_from_string(self.compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled; the bucket itself says of which source."""
        self.compiled[bucket.key] = bucket.bytecode_to_string()


KEPT_TEMPLATES: Final = KeptTemplates()


def keep_addresses() -> None:
    """Let Werkzeug compile the builder of each rule once a run.

    A builder takes its rule as an argument and holds nothing of it, so two rules with the same
    parts and the same default values can share one.
    """
    name = "_compile_builder"  # no other door: Werkzeug calls it from `Rule.compile`
    compile_builder: Callable[..., Any] = getattr(Rule, name)
    builders: dict[object, Any] = {}

    def kept(rule: Rule, *unknown: bool) -> Any:
        key = (tuple(rule._trace), repr(rule.defaults), unknown)  # noqa: SLF001 - its parts
        if key not in builders:
            builders[key] = compile_builder(rule, *unknown)
        return builders[key]

    setattr(Rule, name, kept)


class Applications:
    """Applications that were made for one test and serve the next that wants the same settings.

    To make one, to load its pages and to compile its addresses is a third of a test that asks for
    a page. What belongs to one test is taken off each time: database, secrets, counters, settings.
    One that a test has built something into is not used again.
    """

    def __init__(self) -> None:
        self._kept: dict[Config, list[_Kept]] = {}

    @contextmanager
    def lent(self, database: Database) -> Iterator[Callable[[Config], Flask]]:
        """What gives an application as new for some settings; a test may ask for several."""
        out: list[_Kept] = []

        def lend(config: Config) -> Flask:
            kept = self._kept.get(_kind(config))
            one = kept.pop() if kept else _Kept(config, database)
            out.append(one)
            one.serve(config, database)
            return one.app

        yield lend
        for one in out:
            if one.is_as_made():
                self._kept.setdefault(one.kind, []).append(one)


class _Kept:
    """One application, and how it was when it was made."""

    def __init__(self, config: Config, database: Database) -> None:
        from app import create_app  # noqa: PLC0415 - tests of lower rooms need no views

        self.kind = _kind(config)
        self.app = create_app(config, database)
        self.app.jinja_env.bytecode_cache = KEPT_TEMPLATES
        self._settings = dict(self.app.config)
        self._shape = _shape(self.app)

    def serve(self, config: Config, database: Database) -> None:
        """Put this test's own things in the place of the last one's."""
        from app import lend_keys  # noqa: PLC0415 - as above

        app = self.app
        app.config.clear()
        app.config.update(self._settings, BAUTA=config)
        app.secret_key = secret(config, "forms")
        app.extensions["database"] = database
        app.extensions["settings"].drop()
        if config.limits_enabled:
            app.extensions["counter"].reset()
        app._got_first_request = False  # noqa: SLF001 - a test may still build something in
        lend_keys(database, config)

    def is_as_made(self) -> bool:
        """Whether no test has built anything into it."""
        return _shape(self.app) == self._shape


def _kind(config: Config) -> Config:
    """Settings without what differs from test to test."""
    return replace(config, data=Path(), database_url="")


# What an application remembers of itself, alike in every test.
REMEMBERED: Final = frozenset({"addresses", "asset_paths", "words"})


def _shape(app: Flask) -> object:
    """What tells whether a test has built something into an application."""
    return (
        list(app.url_map.iter_rules()),
        dict(app.view_functions),
        {name: tuple(them) for name, them in app.before_request_funcs.items()},
        {name: tuple(them) for name, them in app.after_request_funcs.items()},
        {name: it for name, it in app.extensions.items() if name not in {"database", *REMEMBERED}},
        app.wsgi_app,
    )


APPLICATIONS: Final = Applications()
_STATEMENTS: Final[dict[str, tuple[Any, LRUCache[Any, Any]]]] = {}


def share_statements(database: Database) -> None:
    """Let the engines of all tests compile a statement once a run: one dialect and one memory."""
    for engine in (database.write_engine, database.read_engine):
        dialect, statements = _STATEMENTS.setdefault(
            engine.dialect.name, (engine.dialect, LRUCache(4000))
        )
        engine.dialect = dialect
        engine._compiled_cache = statements  # noqa: SLF001 - only its size can be asked for
