"""The production entry point for another WSGI server than `bauta run`."""

from __future__ import annotations

import config
from app import create_app

application = create_app(config.read())
