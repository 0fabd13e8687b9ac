"""Where tests keep their files: in memory where there is room.

Each test has a database of its own, and every commit of it waits for the disk, as it must in a
house that people live in. On a slow disk that was more than half of a run.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

MEMORY: Final = Path("/dev/shm")
ROOM: Final = 2 * 1024**3  # bytes; a run needs a fraction, and what runs beside it needs some too


def folder_for_tests() -> Path:
    """The folder for what tests write: in memory, or the common one when there is no room."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM:
        return MEMORY
    return Path("/tmp")  # pytest and `mkdtemp` make folders of their own in it
