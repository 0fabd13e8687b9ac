"""PostgreSQL's databases for tests: emptied after each, which is far cheaper than making one.

What a migration put in stays, as it was. A test that changed a table's shape costs a new database.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import sqlalchemy
from sqlalchemy import Connection, text

USES: Final = 60  # rows that were removed still lie about; then a fresh one

# A fingerprint of the shape, and what must stand in every fresh database (the driver reads a sign
# of percent twice).
SHAPE: Final = """
    SELECT count(*) || ' ' || coalesce(max(a.attrelid::bigint), 0)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped
"""
REMEMBER: Final = """
DO $$ DECLARE name text; filled boolean; BEGIN
    CREATE SCHEMA fresh;
    CREATE TABLE fresh.numbers AS
        SELECT sequencename, last_value FROM pg_sequences
        WHERE schemaname = 'public' AND last_value IS NOT NULL;
    CREATE TABLE fresh.filled (name text);
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%%I)', name) INTO filled;
        IF filled THEN
            EXECUTE format('CREATE TABLE fresh.%%I AS TABLE public.%%I', 'of_' || name, name);
            INSERT INTO fresh.filled VALUES (name);
        END IF;
    END LOOP;
END $$
"""
EMPTY: Final = """
DO $$ DECLARE name text; number bigint; BEGIN
    SET LOCAL session_replication_role = replica;  -- no keys are checked, no triggers run
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DELETE FROM public.%%I', name);
    END LOOP;
    FOR name IN SELECT filled.name FROM fresh.filled LOOP
        EXECUTE format(
            'INSERT INTO public.%%I OVERRIDING SYSTEM VALUE TABLE fresh.%%I', name, 'of_' || name
        );
    END LOOP;
    FOR name, number IN
        SELECT s.sequencename, n.last_value
        FROM pg_sequences s LEFT JOIN fresh.numbers n USING (sequencename)
        WHERE s.schemaname = 'public' AND s.last_value IS DISTINCT FROM n.last_value
    LOOP
        PERFORM setval(format('public.%%I', name), coalesce(number, 1), number IS NOT NULL);
    END LOOP;
END $$
"""
OTHERS: Final = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Databases:
    """One database at a time on a server, fresh whenever it is asked for.

    `address` has `%s` for a database's name; `template` is the name of one with all tables.
    """

    def __init__(self, address: str, template: str) -> None:
        self._address = address
        self._template = template
        self._name = ""
        self._shape = ""
        self._uses = 0

    def fresh(self) -> str:
        """The address of a database in which nothing stands but what the migrations put there."""
        if not self._name:
            self._make()
        self._uses += 1
        return self._address % self._name

    def give_back(self) -> None:
        """Empty the database, or drop it when its shape has changed or it has served long."""
        with self._connected(self._name) as connection:
            connection.execute(text(OTHERS))
            is_as_it_was = connection.scalar(text(SHAPE)) == self._shape
            if is_as_it_was and self._uses < USES:
                connection.exec_driver_sql(EMPTY)
                return
        self.close()

    def close(self) -> None:
        """Drop the database."""
        if self._name:
            in_postgresql(self._address, f"DROP DATABASE {self._name} WITH (FORCE)")
        self._name, self._uses = "", 0

    @contextmanager
    def _connected(self, name: str) -> Iterator[Connection]:
        engine = sqlalchemy.create_engine(self._address % name, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            yield connection
        engine.dispose()

    def _make(self) -> None:
        name = f"test_{uuid.uuid4().hex[:12]}"
        in_postgresql(self._address, f"CREATE DATABASE {name} TEMPLATE {self._template}")
        with self._connected(name) as connection:
            connection.exec_driver_sql(REMEMBER)
            self._shape = str(connection.scalar(text(SHAPE)))
        self._name = name


def in_postgresql(address: str, statement: str) -> None:
    """Run one statement on the server itself, outside any transaction."""
    engine = sqlalchemy.create_engine(address % "postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
