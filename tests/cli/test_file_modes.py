"""What the commands make on the disk is for the operator's account alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from app.cli.run import prepare
from config import Config


def test_nobody_else_can_read_what_is_made_in_the_data_folder(tmp_path: Path) -> None:
    data = tmp_path / "var"
    before = os.umask(0o022)
    try:
        prepare(Config(data=data), quietly=True)
    finally:
        os.umask(before)
    made = [data, *data.rglob("*")]
    assert any(path.name == "bauta.sqlite3" for path in made)
    assert [path.name for path in made if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
