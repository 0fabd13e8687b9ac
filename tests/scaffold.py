"""Stands in for rooms whose views are not built yet; goes away with the last of them."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import re
import sys
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from flask import Blueprint

from app.web.access import public

TEMPLATES: Final = Path(__file__).resolve().parents[1] / "templates"
MISSING: Final = re.compile(r"app\.(\w+)\.(views|queries|sessions)\Z")


class Scaffold(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Asked last: whatever really exists has been found before."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if MISSING.match(fullname) is None:
            return None
        return importlib.machinery.ModuleSpec(fullname, self)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        room = module.__name__.split(".")[1]
        module.blueprint = Blueprint(room, module.__name__, root_path="/")
        pages = [path.read_text() for path in TEMPLATES.rglob("*.html")]
        for name in set(re.findall(rf"[\"']{room}\.(\w+)[\"']", "".join(pages))):
            view = public(lambda **_: "")
            module.blueprint.add_url_rule(f"/{room}/{name}", name, view)
        module.unread_notice_count = lambda *_: 0


sys.meta_path.append(Scaffold())
