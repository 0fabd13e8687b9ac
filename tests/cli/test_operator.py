"""What the operator types: the commands on a real data folder."""

from __future__ import annotations

import re
import secrets
import shutil
import stat
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, text, update

from app import create_app
from app.accounts.models import RetiredName
from app.accounts.queries import member_by_pseudonym
from app.cli.demo import PASSPHRASE
from app.cli.main import main
from app.cli.run import prepare
from app.core import clock
from app.core.db import Database, open_database
from app.core.settings import read_settings
from app.core.shreds import new_shred, open_shreds, shred_part
from app.forum.models import Post, Rescreening
from app.forum.rules import rules_version
from app.policy.vocabulary import Role
from app.shields.models import ShieldBook
from app.shields.tags import Keys
from config import SettingError, read, secret


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "var"
    monkeypatch.setenv("BAUTA_DATA", str(folder))
    monkeypatch.delenv("BAUTA_DATABASE_URL", raising=False)
    return folder


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the example community, made once."""
    folder = tmp_path_factory.mktemp("example") / "var"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BAUTA_DATA", str(folder))
        assert main(["demo"]) == 0
    return folder


@pytest.fixture
def filled(data: Path, example: Path) -> Database:
    shutil.copytree(example, data)
    return open_database(f"sqlite:///{data / 'bauta.sqlite3'}")


def test_the_first_start_makes_secrets_that_only_the_server_can_read(data: Path) -> None:
    prepare(read())
    keys = list((data / "keys").iterdir())
    assert keys
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_a_secret_that_others_can_read_stops_the_start(data: Path) -> None:
    prepare(read())
    (data / "keys" / "forms.key").chmod(0o644)
    with pytest.raises(SettingError, match="read by others"):
        prepare(read())


@pytest.mark.parametrize("weak", [b"", b"short", bytes(32), b"ab" * 16])
def test_a_weak_secret_stops_the_start(data: Path, weak: bytes) -> None:
    prepare(read())
    (data / "keys" / "forms.key").write_bytes(weak)
    with pytest.raises(SettingError, match="weak"):
        secret(read(), "forms")


def test_the_set_up_link_is_printed_until_it_is_used(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(read())
    assert re.search(r"/setup/[\w-]{32}", capsys.readouterr().out)
    assert main(["demo"]) == 0
    capsys.readouterr()
    prepare(read())
    assert "/setup/" not in capsys.readouterr().out


def test_the_set_up_secret_itself_is_not_on_the_disk(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(read())
    token = capsys.readouterr().out.rpartition("/setup/")[2].strip()
    assert len(token) == 32
    for path in data.rglob("*"):
        if path.is_file():
            assert token.encode() not in path.read_bytes()


def test_the_example_refuses_a_forum_with_members(
    filled: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with filled.read() as session:
        before = session.execute(text("SELECT count(*) FROM posts")).scalar()
    assert main(["demo"]) == 1
    assert "members already" in capsys.readouterr().out
    with filled.read() as session:
        assert session.execute(text("SELECT count(*) FROM posts")).scalar() == before
        assert session.execute(text("SELECT count(*) FROM boards")).scalar() == 6
        assert read_settings(session).name == "Lantern Street"
    filled.close()
    assert before is not None
    assert before >= 600


def test_audit_verify_tells_a_whole_chain_from_a_broken_one(
    filled: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "verify"]) == 0
    with filled.write.begin() as session:
        session.execute(text("UPDATE audit_entries SET verb = 'post.release' WHERE sequence = 2"))
    filled.close()
    assert main(["audit", "verify"]) == 1
    assert "BROKEN at entry 2" in capsys.readouterr().out


def test_grant_role_gives_the_role_and_takes_the_sessions(filled: Database) -> None:
    assert main(["member", "grant-role", "wren", "moderator"]) == 0
    with filled.read() as session:
        wren = member_by_pseudonym(session, "wren")
        assert wren is not None
        assert Role.MODERATOR in wren.roles
        verbs = session.execute(
            text("SELECT verb, actor FROM audit_entries ORDER BY sequence DESC LIMIT 1")
        ).one()
    assert "role" in verbs[0]
    assert verbs[1] == "machine"
    assert main(["member", "revoke-role", "wren", "moderator"]) == 0
    with filled.read() as session:
        again = member_by_pseudonym(session, "wren")
        assert again is not None
        assert again.roles == Role.NONE
    filled.close()


def test_grant_role_says_so_when_there_is_nobody_of_that_name(
    filled: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    filled.close()
    assert main(["member", "grant-role", "nobody-here", "moderator"]) == 1
    assert "no member" in capsys.readouterr().out


def test_doctor_is_content_with_a_fresh_installation_but_for_the_machine_itself(
    filled: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    filled.close()
    main(["doctor"])
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("WRONG")]
    assert [line for line in said if "swap" not in line] == []


def test_doctor_finds_an_open_folder_a_broken_chain_and_a_public_address(
    filled: Database,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with filled.write.begin() as session:
        session.execute(text("DELETE FROM audit_entries WHERE sequence = 1"))
    filled.close()
    data.chmod(0o755)
    monkeypatch.setenv("BAUTA_BIND", "0.0.0.0:8000")
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "WRONG  the data folder is closed to others" in said
    assert "WRONG  the audit log is unbroken" in said
    assert "WRONG  the server listens where only this machine reaches it" in said


def test_doctor_finds_a_role_without_a_second_factor_and_a_lost_epoch_key(
    filled: Database, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_shreds(filled, data / "keys")
    with filled.write.begin() as session:
        new_shred(session)
        session.execute(text("DELETE FROM second_factors"))
    filled.close()
    (data / "keys" / "epoch-1.key").unlink()
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "WRONG  whoever has a role has a second factor" in said
    assert "WRONG  what is sealed can be opened" in said
    assert "epoch-1.key is missing" in said


@pytest.mark.parametrize(("pseudonym", "path"), [("owl", "/queue"), ("badger", "/console")])
def test_the_code_that_demo_prints_opens_the_example_to_who_has_a_role(
    filled: Database, capsys: pytest.CaptureFixture[str], pseudonym: str, path: str
) -> None:
    filled.close()
    assert main(["demo", "--code"]) == 0
    code = capsys.readouterr().out.strip()
    app = create_app(read())
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    fields = {"pseudonym": pseudonym, "passphrase": PASSPHRASE}
    assert client.post("/sign-in", data=fields).status_code == 422
    assert client.post("/sign-in", data=fields | {"code": code}).status_code == 302
    assert client.get(path).status_code == 200
    app.extensions["database"].close()


def test_tick_takes_what_is_past_its_time_and_cuts_times_to_the_day(
    filled: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with filled.write.begin() as session:
        session.execute(text("UPDATE notices SET made_on = '2020-01-01'"))
        session.execute(
            text("UPDATE posts SET written_at = '2020-01-01 17:00:00.000000' WHERE number = 1")
        )
    assert main(["tick"]) == 0
    with filled.read() as session:
        old = text("SELECT count(*) FROM notices WHERE made_on < '2020-02-01'")
        assert session.execute(old).scalar() == 0
        times = session.execute(text("SELECT DISTINCT written_at FROM posts WHERE number = 1"))
        assert [str(row[0])[:19] for row in times] == ["2020-01-01 00:00:00"]
    filled.close()
    assert "rows were past their time" in capsys.readouterr().out


def test_a_wrong_setting_is_said_in_one_sentence(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BAUTA_BIND", "somewhere")
    assert main(["doctor"]) == 1
    assert "BAUTA_BIND" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BAUTA_SCHEME", "ftp"),
        ("BAUTA_WORKERS", "2"),
        ("BAUTA_THREADS", "many"),
        ("BAUTA_SIGNUP_WAIT", "-1"),
    ],
)
def test_settings_that_cannot_hold_are_refused(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        read({name: value})


def test_a_tick_turns_the_epoch_of_the_keys_when_a_week_is_over(
    filled: Database, data: Path
) -> None:
    keys = data / "keys"
    open_shreds(filled, keys)
    with filled.write.begin() as session:
        shred, part = new_shred(session)
    assert main(["tick"]) == 0
    assert (keys / "epoch-1.key").exists()
    with filled.write.begin() as session:
        session.execute(text("UPDATE epochs SET began_on = '2026-01-01'"))
    assert main(["tick"]) == 0
    assert [path.name for path in keys.glob("epoch-*")] == ["epoch-2.key"]
    with filled.read() as session:
        assert shred_part(session, shred) == part


def test_doctor_says_when_a_secret_is_lost_and_makes_none(
    filled: Database, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret(read(), "shields")
    check = Keys(secret(read(), "shields")).check
    with filled.write.begin() as session:
        session.execute(delete(ShieldBook))
        session.add(ShieldBook(id=1, version="one", check=check))
        session.add(RetiredName(tag=bytes(16), retired_on=clock.today()))
    filled.close()
    names = ("cases.key", "names.key", "shields.key")
    for name in names:
        (data / "keys" / name).unlink(missing_ok=True)
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "WRONG  the secrets are there that the database needs" in said
    assert "cases.key, names.key, shields.key is missing" in said
    assert "WRONG  the shields can be read" in said
    assert not {path.name for path in (data / "keys").iterdir()} & set(names)


def test_doctor_says_when_the_shield_key_is_another_one(
    filled: Database, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check = Keys(secret(read(), "shields")).check
    with filled.write.begin() as session:
        session.execute(delete(ShieldBook))
        session.add(ShieldBook(id=1, version="one", check=check))
    filled.close()
    main(["doctor"])
    assert "well   the shields can be read" in capsys.readouterr().out
    (data / "keys" / "shields.key").write_bytes(secrets.token_bytes(32))
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "WRONG  the shields can be read" in said
    assert "not the key they were made with" in said


def test_screen_all_begins_no_run_when_nothing_is_left_to_look_at(
    filled: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with filled.write.begin() as session:
        session.execute(update(Post).values(rules_version=rules_version(session)))
        before = session.scalar(select(func.count()).select_from(Rescreening))
    assert main(["screen", "--all"]) == 0
    assert "Nothing to do" in capsys.readouterr().out
    with filled.read() as session:
        assert session.scalar(select(func.count()).select_from(Rescreening)) == before
    filled.close()
