"""What rooms below the forum may ask of it, handed in where the application is wired together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from flask import Flask, current_app
from sqlalchemy.orm import Session

from app.policy.vocabulary import Actor

FORUM: Final = "forum"


@dataclass(frozen=True, slots=True)
class Forum:
    """Three questions about what stands in the forum, and one favour."""

    boards: Callable[[Session, Actor], Sequence[tuple[str, str]]]  # (public id, name) one may enter
    public_texts: Callable[[Session], Sequence[str]]  # the last published ones anybody may read
    # Keeps a text for a member that was on its way to an endpoint (and what its address names).
    keep_typed: Callable[
        [Session, Actor, tuple[str, Mapping[str, str]], Sequence[tuple[str, str]]], bool
    ]
    is_well_known: Callable[[Session, str], bool]  # words that stand in many published posts


def wire_forum(app: Flask, forum: Forum) -> None:
    """Let lower rooms ask."""
    app.extensions[FORUM] = forum


def forum() -> Forum:
    """The forum of this application."""
    return cast(Forum, current_app.extensions[FORUM])
