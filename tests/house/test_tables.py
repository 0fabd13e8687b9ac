"""The rules of the house about tables: how long they keep, what they hand out, how they came."""

from __future__ import annotations

import importlib
import re

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Date, DateTime

from app.community.tables import GROUPS
from app.core.db import Base, Database, Fine, Hour, QuarterHour
from app.core.migrate import MIGRATIONS, is_current
from app.core.retention import Keep
from tests.house.source import ROOT, name

for path in sorted((ROOT / "app").rglob("*.py")):
    if re.search(r"^class \w+\(Base\):", path.read_text(), re.MULTILINE):
        importlib.import_module(name(path).removesuffix(".py").replace("/", "."))

MODELS = sorted((mapper.class_ for mapper in Base.registry.mappers), key=lambda m: m.__name__)
EXACT = {"claimed_at", "due_at", "lapses_at"}  # at most a day old or ahead
INDEX = re.compile(
    r"post_search(_\w+)?\Z"
)  # the search index is no model: SQLite has no type for it


@pytest.mark.parametrize("model", MODELS)
def test_every_table_says_how_long_it_is_kept(model: type[Base]) -> None:
    keep = vars(model).get("__retention__")
    assert isinstance(keep, Keep)
    assert len(keep.why.split()) > 2, "the reason is for people"


def test_the_privacy_page_has_words_for_every_table() -> None:
    said = [name for _, tables in GROUPS for name in tables]
    assert sorted(said) == sorted(model.__tablename__ for model in MODELS)


@pytest.mark.parametrize("model", MODELS)
def test_a_retention_counts_from_a_day_that_the_table_has(model: type[Base]) -> None:
    keep = model.__retention__
    if keep.days is not None:
        assert isinstance(sa.inspect(model).columns[keep.after].type, (Date, Hour))


@pytest.mark.parametrize("model", MODELS)
def test_no_table_hands_out_a_collection(model: type[Base]) -> None:
    links = sa.inspect(model).relationships
    assert [str(link) for link in links if link.uselist] == []


@pytest.mark.parametrize("model", MODELS)
def test_no_table_keeps_a_moment_finer_than_it_may(model: type[Base]) -> None:
    for column in sa.inspect(model).columns:
        assert not isinstance(column.type, DateTime), f"{column} keeps microseconds"
        if isinstance(column.type, Fine):
            assert column.name in EXACT, f"{column}: exact moments are for claims and timers"
        if isinstance(column.type, QuarterHour):
            assert model.__tablename__ == "sessions"


def test_no_mapped_class_listens_to_its_own_life() -> None:
    listening = [
        name(path)
        for path in (ROOT / "app").rglob("*.py")
        if re.search(r"event\.listens?_?f?o?r?\(|@validates|blinker", path.read_text())
        and name(path) != "app/core/db.py"
    ]
    assert listening == []


def test_migrations_are_one_line_of_numbers() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert len(script.get_heads()) == 1
    numbers = [revision.revision for revision in script.walk_revisions()][::-1]
    assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]


def test_migrations_know_nothing_of_the_application() -> None:
    knowing = [
        name(path)
        for path in (MIGRATIONS / "versions").glob("*.py")
        if re.search(r"^\s*(from|import) (app|config)\b", path.read_text(), re.MULTILINE)
    ]
    assert knowing == []


def test_a_migrated_database_is_what_the_models_say(database: Database) -> None:
    def ours(
        _thing: object, called: str | None, kind: str, _reflected: object, _other: object
    ) -> bool:
        return not (kind == "table" and called is not None and INDEX.match(called))

    with database.write_engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": ours, "compare_type": True}
        )
        assert compare_metadata(context, Base.metadata) == []
    assert is_current(database.write_engine)


@pytest.mark.parametrize("model", MODELS)
def test_a_member_can_leave_whatever_hangs_on_the_row(model: type[Base]) -> None:
    keys = [key for key in model.__table__.foreign_keys if key.column.table.name == "members"]
    assert [str(key.parent) for key in keys if key.ondelete not in {"CASCADE", "SET NULL"}] == []
