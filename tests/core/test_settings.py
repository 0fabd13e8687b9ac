from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app.core import settings as core_settings
from app.core.settings import (
    Setting,
    Settings,
    SettingsCache,
    Signup,
    read_settings,
    write_settings,
)


def test_nobody_having_decided_the_site_is_not_set_up(session: Session) -> None:
    assert read_settings(session) == Settings()
    assert not read_settings(session).is_set_up


def test_settings_come_back_as_they_were_stored(session: Session) -> None:
    decided = Settings(name="Lantern", norms="Be kind.\n„Ü“", norms_version=3, signup=Signup.INVITE)
    write_settings(session, decided)
    write_settings(session, decided)
    session.flush()
    session.expire_all()
    assert read_settings(session) == decided
    assert read_settings(session).signup is Signup.INVITE


def test_a_setting_of_another_release_is_passed_over(session: Session) -> None:
    session.add(Setting(name="favourite_colour", value='"blue"'))
    session.flush()
    assert read_settings(session) == Settings()


def test_the_cache_forgets_when_told_and_after_two_seconds(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(core_settings.time, "monotonic", lambda: now)
    cache = SettingsCache()
    assert cache.get(session).name == ""
    write_settings(session, Settings(name="Lantern"))
    session.flush()
    assert cache.get(session).name == ""
    now += 2.1
    assert cache.get(session).name == "Lantern"
    write_settings(session, Settings(name="Harbour"))
    session.flush()
    cache.drop()
    assert cache.get(session).name == "Harbour"
