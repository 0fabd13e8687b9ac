"""What every test may ask for: a database, the application, somebody signed in, a stopped clock.

`BAUTA_TEST_DB` says on which database the suite runs: `sqlite` (the default) or `postgresql`.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts import sessions
from app.accounts.models import Member
from app.cases.keys import open_cases
from app.community.claims import claims_on
from app.core import clock
from app.core.db import Database, open_database
from app.core.migrate import upgrade
from app.core.settings import Settings, write_settings
from app.core.shreds import open_shreds
from app.messages.keys import open_messages
from app.web.unit_of_work import SAFE_METHODS
from config import Config, secret
from tests import services
from tests.claims_run import ClaimsRun, is_whole
from tests.databases import Databases, in_postgresql
from tests.factories import CHEAP, PASSPHRASE, private_key_of
from tests.kept import APPLICATIONS, keep_addresses, share_statements
from tests.memory import folder_for_tests

# Runs deeds at the same moment, and gives what each of them raised.
Race = Callable[..., list[BaseException | None]]
KIND: Final = os.environ.get("BAUTA_TEST_DB", "sqlite")
NOON: Final = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
CHROMIUM: Final = "/usr/bin/chromium"
# Chromium asks its maker for this and that at every start; here it reaches nobody.
ALONE: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
SHIELD_KEY: Final = bytes(range(32))
SITE: Final = Settings(name="Lantern", purpose="A place for tests.", norms="Be kind.")

if KIND not in {"sqlite", "postgresql"}:
    raise pytest.UsageError(f"BAUTA_TEST_DB is sqlite or postgresql, not {KIND}")

hypothesis.settings.register_profile(
    "bauta", deadline=None, derandomize=True, database=None, print_blob=False
)
hypothesis.settings.load_profile("bauta")


def pytest_configure(config: pytest.Config) -> None:
    """Let a whole run fail in which a claim of the privacy page was not put to its tests."""
    config.pluginmanager.register(ClaimsRun(claims_on(KIND), is_whole=is_whole(config)))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands on a database, so that it can be run again on the other one."""
    for item in items:
        if "database" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.database)


def _refuse_calls_outside(event: str, details: tuple[Any, ...]) -> None:
    """Let no test reach beyond this machine."""
    if event != "socket.connect":
        return
    address = details[1]
    if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
        raise PermissionError(f"a test tried to call out to {address[0]}")


os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(folder_for_tests()))  # pytest's own switch
sys.addaudithook(_refuse_calls_outside)
keep_addresses()


# --- the database ---------------------------------------------------------------------------------


def keep_shield_key(data: Path) -> None:
    """Put a shield key into a data folder, the same in every run.

    The key says by chance which names and numbers are held as decoys: with a new one each time,
    every test that posts a telephone number would fail once in a while.
    """
    keys = Config(data=data).keys
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = keys / "shields.key"
    path.touch(mode=0o600)
    path.write_bytes(SHIELD_KEY)


def build_schema(url: str) -> None:
    """Make all tables as an installation does."""
    opened = open_database(url)
    upgrade(opened.write_engine)
    opened.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server with `%s` for the database's name."""
    with services.postgresql() as address:
        yield address


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a Redis server."""
    with services.redis() as address:
        yield address


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> str:
    """A database with all tables and no rows, made once: a file's path, or a name in PostgreSQL."""
    if KIND == "sqlite":
        path = tmp_path_factory.mktemp("template") / "bauta.sqlite3"
        build_schema(f"sqlite:///{path}")
        assert not path.with_name(path.name + "-wal").exists(), "somebody holds the template open"
        return str(path)
    address = request.getfixturevalue("postgresql")
    name = f"template_{uuid.uuid4().hex[:12]}"
    in_postgresql(address, f"CREATE DATABASE {name}")
    build_schema(address % name)
    return name


@pytest.fixture(scope="session")
def databases(template: str, request: pytest.FixtureRequest) -> Iterator[Databases]:
    """PostgreSQL's databases for tests, one at a time."""
    kept = Databases(request.getfixturevalue("postgresql"), template)
    yield kept
    kept.close()


@pytest.fixture
def database_url(template: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh database that this test has for itself."""
    if KIND == "sqlite":
        path = tmp_path / "bauta.sqlite3"
        shutil.copy(template, path)
        yield f"sqlite:///{path}"
        return
    databases: Databases = request.getfixturevalue("databases")
    yield databases.fresh()
    databases.give_back()


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    """The database of this test, open, with a folder for the server's keys beside it."""
    keep_shield_key(tmp_path)
    opened = open_database(database_url)
    share_statements(opened)
    open_shreds(opened, tmp_path / "keys")
    open_cases(opened, secret(Config(data=tmp_path), "cases"))
    open_messages(opened, secret(Config(data=tmp_path), "messages"))
    yield opened
    opened.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session that writes; a `Browser` commits it before each request, a test may at any time."""
    with database.write() as opened:
        yield opened


# --- the application ------------------------------------------------------------------------------


class Browser(FlaskClient):
    """A test client that lets the application see what the test has built, and the reverse."""

    def __init__(self, *args: Any, session: Session | None = None, **named: Any) -> None:
        super().__init__(*args, **named)
        self.session = session

    def open(self, *args: Any, **named: Any) -> TestResponse:
        """Settle what the test has built, ask, and forget what may have been changed."""
        if self.session is not None:
            self.session.commit()
        self.application.extensions["settings"].drop()
        response = super().open(*args, **named)
        if self.session is not None and response.request.method not in SAFE_METHODS:
            self.session.expire_all()
        return response


@pytest.fixture
def config(tmp_path: Path, database_url: str) -> Config:
    """Settings for tests: cheap hashes, no waiting, nothing that runs by itself."""
    return Config(
        data=tmp_path,
        database_url=database_url,
        hash_cost=CHEAP,
        limits_enabled=False,
        ticks_inside=False,
        signup_wait=0,
    )


@pytest.fixture
def build_app(config: Config, database: Database) -> Iterator[Callable[..., Flask]]:
    """Build the application with some settings changed; its forms need no token unless guarded."""
    with APPLICATIONS.lent(database) as lend:

        def build(*, guarded: bool = False, **changes: Any) -> Flask:
            made = lend(replace(config, **changes))
            made.config["WTF_CSRF_ENABLED"] = guarded
            made.test_client_class = Browser
            return made

        yield build


@pytest.fixture
def blank_app(build_app: Callable[..., Flask]) -> Flask:
    """The application as it is before the guided set-up."""
    return build_app()


@pytest.fixture
def app(build_app: Callable[..., Flask], session: Session) -> Flask:
    """The application of a community that has been set up."""
    write_settings(session, SITE)
    session.commit()
    return build_app()


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """A visitor's browser."""
    return app.test_client(session=session)


@pytest.fixture
def sign_in(app: Flask, session: Session) -> Callable[..., FlaskClient]:
    """Give a browser in which this member is signed in, without the log-in page."""

    def enter(member: Member, passphrase: str = PASSPHRASE) -> FlaskClient:
        cookie = sessions.begin(session, member.id, private_key_of(member, passphrase))
        session.commit()
        browser = app.test_client(session=session)
        is_https = app.config["PREFERRED_URL_SCHEME"] == "https"
        browser.set_cookie("__Host-bauta" if is_https else "bauta", cookie, secure=is_https)
        return browser

    return enter


@pytest.fixture
def move_clock() -> Iterator[Callable[[timedelta], None]]:
    """Stop the clock on Monday, 2 November 2026, at noon; call it to move on."""
    with clock.stopped(NOON) as move:
        yield move


# --- the browser ----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The system's Chromium; a machine that has none fails where services are required."""
    if shutil.which(CHROMIUM) is None:
        if os.environ.get("REQUIRE_SERVICES") == "1":
            pytest.fail("Chromium is required and is not installed")
        pytest.skip("this machine has no Chromium")
    return {"executable_path": CHROMIUM, "args": ALONE}


@pytest.fixture
def race(database: Database) -> Race:
    """Run deeds at the same moment, each in a transaction of its own; gives what each raised."""

    def run(*deeds: Callable[[Session], object]) -> list[BaseException | None]:
        start = threading.Barrier(len(deeds))
        raised: list[BaseException | None] = [None] * len(deeds)

        def one(number: int) -> None:
            start.wait()
            try:
                with database.write.begin() as session:
                    deeds[number](session)
            except Exception as error:  # noqa: BLE001 - the test says which one it must be
                raised[number] = error

        threads = [threading.Thread(target=one, args=(n,)) for n in range(len(deeds))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return raised

    return run
