"""`bauta run`: bring the database to today's tables, say where the forum is, and serve it."""

from __future__ import annotations

import argparse
import hashlib
import os
import secrets
import threading
from dataclasses import replace

from flask import Flask

import config as settings_of_the_machine
from app import create_app
from app.cli.tick import run_forever
from app.core.db import open_database
from app.core.migrate import upgrade
from app.core.settings import read_settings, write_settings
from app.privacy.logs import Event, hush, say
from config import Config


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser("run", help="serve the forum")
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Serve until told to stop; returns the exit status."""
    config = settings_of_the_machine.read()
    prepare(config)
    hush()
    from app.cli.server import Server  # noqa: PLC0415 - gunicorn is needed by this command alone

    Server(config, lambda: _application(config)).run()
    return 0


def prepare(config: Config, *, quietly: bool = False) -> None:
    """Make the data folder, the secrets and the tables; print the set-up link while it is needed.

    Raises:
        SettingError: when a secret can be read by others or is weak.
    """
    os.umask(0o077)  # the database and its journal are for this account alone, wherever they lie
    config.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in settings_of_the_machine.SECRETS:
        settings_of_the_machine.secret(config, name)
    database = open_database(config.database)
    upgrade(database.write_engine)
    token = secrets.token_urlsafe(24)
    with database.write.begin() as session:
        settings = read_settings(session)
        if not settings.is_set_up and not quietly:
            digest = hashlib.sha256(token.encode()).hexdigest()
            write_settings(session, replace(settings, setup_hash=digest))
    database.close()
    if quietly:
        return
    address = _address(config)
    print(f"Bauta is at {address}", flush=True)
    if not settings.is_set_up:
        print(f"Set it up, once, through this link: {address}/setup/{token}", flush=True)


def _application(config: Config) -> Flask:
    """The application of one worker process, with its tick beside it."""
    app = create_app(config)
    if config.ticks_inside:
        database = app.extensions["database"]
        threading.Thread(target=run_forever, args=(database,), daemon=True).start()
    say(Event.SERVER_STARTED, threads=config.threads)
    return app


def _address(config: Config) -> str:
    """Where a browser finds the forum, as far as the settings tell."""
    if config.bind.startswith("unix:"):
        return f"{config.scheme}://{config.hosts[0]}"
    return f"{config.scheme}://{config.bind}"
