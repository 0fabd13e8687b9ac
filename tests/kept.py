"""What is worked out once a run and not once a test: pages, addresses, statements.

Each test has its own application and its own database, and all of them are alike. Most of what it
costs to make one is compiling the same templates, rules and SQL again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from app.core.db import Database


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


_STATEMENTS: Final[dict[str, tuple[Any, LRUCache[Any, Any]]]] = {}


def share_statements(database: Database) -> None:
    """Let the engines of all tests compile a statement once a run: one dialect and one memory."""
    for engine in (database.write_engine, database.read_engine):
        dialect, statements = _STATEMENTS.setdefault(
            engine.dialect.name, (engine.dialect, LRUCache(4000))
        )
        engine.dialect = dialect
        engine._compiled_cache = statements  # noqa: SLF001 - only its size can be asked for
