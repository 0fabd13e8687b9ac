"""The darkroom: a process of its own in which a file from outside is made into a picture.

Decoders are large and old; what somebody finds in one of them shall not run inside the server. The
child gets the file by a pipe and gives the picture back by another: neither touches the disk.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

from app.core.pictures import Fault, PictureError, Rebuilt, check, is_bare
from app.core.turns import Turns

ROOT: Final = Path(__file__).resolve().parents[2]
# Neither the environment nor a home folder says what is imported.
COMMAND: Final = (sys.executable, "-E", "-s", "-m", "app.core.images")
SECONDS: Final = 10

_turns = Turns(at_once=2, waiting=4)  # each may take half a gigabyte


def develop(raw: bytes) -> Rebuilt:
    """Rebuild a picture from its pixels; takes a quarter of a second for four megapixels.

    Raises:
        PictureError: when the file is too large, too wide, of another format, or damaged.
        BusyError: when many pictures are being rebuilt already.
    """
    check(raw)  # what is no picture at all costs no process
    with _turns.one():
        try:
            done = subprocess.run(  # noqa: S603 - a fixed command; the file goes in by the pipe
                COMMAND,
                input=raw,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
                env={},
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise PictureError(Fault.BROKEN) from error
    return _taken(done.stdout)


def _taken(said: bytes) -> Rebuilt:
    """What the child gave back, believed no further than it can be checked.

    Raises:
        PictureError: when it is no picture, or holds more than its pixels.
    """
    head, _, jpeg = said.partition(b"\n")
    words = head.decode("ascii", errors="replace").split(" ")
    if words[0] in set(Fault):
        raise PictureError(Fault(words[0]))
    numbers = [int(word) for word in words[1:] if word.isascii() and word.isdecimal()]
    if words[0] != "ok" or len(numbers) != 2 or not is_bare(jpeg):  # noqa: PLR2004 - width, height
        raise PictureError(Fault.BROKEN)
    return Rebuilt(numbers[0], numbers[1], jpeg)
