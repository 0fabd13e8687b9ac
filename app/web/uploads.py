"""Files on their way in: never on the disk, and of a long one no more than may be kept."""

from __future__ import annotations

from io import BytesIO
from typing import IO, TYPE_CHECKING, Any, Final

from flask import Flask, Request, current_app, request

from app.core.pictures import MIB, MOST_BYTES

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

FORM_BYTES: Final = MIB
FORM_PARTS: Final = 200
LARGE: Final = "__large__"
# What a form may send that takes a picture: a camera's file that is too large is read past and
# refused in a sentence, on a page that still has the text beside it.
LARGE_BYTES: Final = 32 * MIB


class InMemory(BytesIO):
    """One file of a form: kept in memory as far as it may be, one byte more to tell, no further."""

    def write(self, part: ReadableBuffer, /) -> int:
        """Take what there is room for; says it took all, so that the rest of the form is read."""
        given = memoryview(part)
        room = max(MOST_BYTES + 1 - self.tell(), 0)
        super().write(given[:room])
        return len(given)


class InMemoryRequest(Request):
    """A request whose parts never touch the disk, whatever their size."""

    max_form_memory_size = FORM_BYTES
    max_form_parts = FORM_PARTS

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        return InMemory()  # werkzeug would spool a larger part to a file


def keep_uploads_in_memory(app: Flask) -> None:
    """Let no file touch the disk, and larger requests reach only the views that take pictures."""
    app.request_class = InMemoryRequest

    @app.before_request
    def widen() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        if hasattr(view, LARGE):
            request.max_content_length = LARGE_BYTES
