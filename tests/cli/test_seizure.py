"""The seizure test finds what lies on a disk in any spelling, and a whole trial is clean.

The full run with every control is `bauta seizure-test --controls`; here one trial up to the tick is
held, and one of the controls.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import io
import ipaddress
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from app.accounts import names
from app.cli import seizure_test
from app.cli.main import main
from app.cli.seizure.canaries import ALWAYS, Moment, Plan, Store, ipv4, ipv6, phone
from app.cli.seizure.damage import CONTROLS
from app.cli.seizure.person import StoryError
from app.cli.seizure.search import PATHS, Place, Search, Seized, keys_in, seize, store_of
from app.cli.seizure.story import Story
from app.cli.seizure.trial import MUST_BE_FOUND, Trial, hold
from app.core import crypto

KEY = bytes(range(100, 132))
SHORT = frozenset({Moment.LIVE, Moment.TICK})


@pytest.fixture(scope="module")
def plan() -> Plan:
    made = Plan()
    made.plant("word")
    made.plant("Mixed Case", "ZqMixedCaseAndTailOfLetters")
    made.plant("six", ipv6())
    made.plant("four", ipv4())
    made.plant("phone", phone())
    made.plant("key", bytes(range(32)))
    made.plant("kept", stored=ALWAYS)
    made.plant("tagged", tagged=ALWAYS)
    return made


@pytest.fixture(scope="module")
def search(plan: Plan) -> Search:
    return Search(plan, [KEY])


def found(search: Search, content: bytes, path: str = "log/server.log") -> dict[str, Place]:
    """What is found in one file, by what stands there."""
    seized = Seized(Moment.TICK, {path: b"\x00around " + content + b" it\xff"}, ())
    return {place.canary: place for place in search.through(seized)}


SPELT: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda value: value,
    "upper case": lambda value: value.upper(),
    "reversed": lambda value: value[::-1],
    "UTF-16 LE": lambda value: value.decode().encode("utf-16-le"),
    "UTF-16 BE": lambda value: value.decode().encode("utf-16-be"),
    "hex": lambda value: value.hex().encode(),
    "HEX": lambda value: value.hex().upper().encode(),
    "base64": base64.b64encode,
    "base64 after one": lambda value: base64.b64encode(b"a" + value + b"b"),
    "base64 after two": lambda value: base64.b64encode(b"ab" + value + b"c"),
    "base64url": lambda value: base64.urlsafe_b64encode(b"?>?" + value),
    "beginning cut off": lambda value: value[3:],
    "end cut off": lambda value: value[:-3],
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "zlib in the middle": lambda value: b"x" * 99 + zlib.compress(b"some " * 9 + value) + b"y",
    "md5": lambda value: hashlib.md5(value).hexdigest().encode(),
    "sha1": lambda value: hashlib.sha1(value).digest(),
    "sha256": lambda value: hashlib.sha256(value).digest(),
    "sha256 cut": lambda value: hashlib.sha256(value).digest()[:8],
    "sha3": lambda value: hashlib.sha3_256(value).hexdigest().encode(),
    "blake2b": lambda value: base64.b64encode(hashlib.blake2b(value).digest()),
    "hmac": lambda value: hmac.digest(KEY, value, "sha256"),
    "hmac in hex": lambda value: hmac.digest(KEY, value, "sha1").hex().encode(),
    "hmac in base64": lambda value: base64.b64encode(hmac.digest(KEY, value, "sha512")),
    "blake2b keyed": lambda value: hashlib.blake2b(value, key=KEY).digest(),
    "salted before": lambda value: hashlib.sha256(KEY + value).digest(),
    "salted behind": lambda value: hashlib.sha256(value + KEY).digest(),
    "as a retired name": lambda value: crypto.tag(KEY, names.PURPOSE, value.decode()),
}


@pytest.mark.parametrize("how", SPELT)
def test_a_word_is_found_however_it_is_written(search: Search, plan: Plan, how: str) -> None:
    assert "word" in found(search, SPELT[how](plan.all["word"].value))


@pytest.mark.parametrize("how", SPELT)
def test_another_word_is_not(search: Search, how: str) -> None:
    assert found(search, SPELT[how](b"somethingelsethatnobodyplanted")) == {}


def test_a_word_is_found_in_a_zip(search: Search, plan: Plan) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "Some words, and then " * 20 + plan.all["word"].text)
    place = found(search, packed.getvalue())["word"]
    assert "packed" in place.how


@pytest.mark.parametrize(
    "how",
    [
        lambda text: text,
        lambda text: str(int(ipaddress.ip_address(text))),
        lambda text: ipaddress.ip_address(text).exploded,
        lambda text: ":".join(text.split(":")[:4]) + "::/64",
        lambda text: ipaddress.ip_address(text).packed,
        lambda text: ipaddress.ip_address(text).packed[:8],
    ],
)
def test_an_address_is_found_as_a_number_packed_and_cut(
    search: Search, plan: Plan, how: Callable[[str], str | bytes]
) -> None:
    written = how(plan.all["six"].text)
    assert "six" in found(search, written.encode() if isinstance(written, str) else written)


def test_a_network_and_a_bare_number_are_found(search: Search, plan: Plan) -> None:
    four = plan.all["four"].text
    assert "four" in found(search, four.rpartition(".")[0].encode() + b".0/24")
    digits = "".join(sign for sign in plan.all["phone"].text if sign.isdigit())
    assert "phone" in found(search, digits.encode())
    assert "phone" in found(search, b"0" + digits[2:].encode())


def test_bytes_that_are_no_text_are_found(search: Search) -> None:
    assert "key" in found(search, bytes(range(32)))
    assert "key" in found(search, bytes(range(32)).hex().encode())


def test_a_path_is_searched_as_well(search: Search, plan: Plan) -> None:
    seized = Seized(Moment.LIVE, {f"var/{plan.all['word'].text}.tmp": b""}, ())
    (place,) = search.through(seized)
    assert place.path == PATHS


def test_what_may_be_kept_may_be_kept_there_alone(search: Search, plan: Plan) -> None:
    value = plan.all["kept"].value
    assert found(search, value, "var/bauta.sqlite3")["kept"].is_allowed
    assert not found(search, value)["kept"].is_allowed
    tagged = plan.all["tagged"].text
    tag = crypto.tag(KEY, names.PURPOSE, tagged)
    assert found(search, tag, "var/bauta.sqlite3-wal")["tagged"].is_allowed
    assert not found(search, tagged.encode(), "var/bauta.sqlite3")["tagged"].is_allowed
    digest = hashlib.sha256(tagged.encode()).digest()
    assert not found(search, digest, "var/bauta.sqlite3")["tagged"].is_allowed


def test_keys_are_taken_from_files_settings_and_columns(tmp_path: Path) -> None:
    (tmp_path / "var" / "keys").mkdir(parents=True)
    (tmp_path / "var" / "keys" / "forms.key").write_bytes(KEY)
    database = sqlite3.connect(tmp_path / "var" / "bauta.sqlite3")
    database.execute("CREATE TABLE members (name TEXT, salt BLOB)")
    salt = bytes(range(200, 216))
    database.execute("INSERT INTO members VALUES ('heron-of-the-harbour', ?)", (salt,))
    database.commit()
    database.close()
    keys = keys_in([seize(tmp_path, Moment.LIVE)], {"SECRET": "a-secret-in-a-setting"})
    assert set(keys) == {KEY, salt, b"a-secret-in-a-setting"}


@pytest.mark.parametrize(
    ("path", "store"),
    [
        ("var/bauta.sqlite3-wal", Store.DATABASE),
        ("var/keys/forms.key", Store.KEYS),
        ("log/server.log", Store.LOG),
        ("tmp/spool", Store.ELSEWHERE),
        ("var/other", Store.ELSEWHERE),
    ],
)
def test_every_file_belongs_to_a_store(path: str, store: Store) -> None:
    assert store_of(path) is store


# --- what the command says ------------------------------------------------------------------------


def trial(*places: Place, unread: tuple[str, ...] = ()) -> Trial:
    """A trial that found these, and what must be found."""
    sure = [
        Place(name, Moment.TICK, Store.DATABASE, "var/bauta.sqlite3", 1, "plain", is_allowed=True)
        for name in MUST_BE_FOUND
    ]
    return Trial([*sure, *places], unread, 1, 1, 1, 1, 1, 1.0, 1.0)


LEAK = Place("address", Moment.TICK, Store.LOG, "log/server.log", 7, "hex", is_allowed=False)


@pytest.mark.parametrize(
    ("brought", "status", "said"),
    [
        (trial(), 0, "CLEAN"),
        (trial(LEAK), 1, "FOUND   address: tick, log/server.log at 7, hex"),
        (Trial([], (), 1, 1, 1, 1, 1, 1.0, 1.0), 2, "BLIND"),
        (trial(unread=("var/x",)), 3, "UNREAD  var/x"),
    ],
)
def test_the_exit_status_tells_what_came_of_it(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    brought: Trial,
    status: int,
    said: str,
) -> None:
    monkeypatch.setattr(seizure_test, "hold", lambda *_, **__: brought)
    assert main(["seizure-test"]) == status
    printed = capsys.readouterr().out
    assert said in printed
    assert "evidence, not proof" in printed
    assert ("CLEAN" in printed) is (status == 0)


@pytest.mark.parametrize("error", [ConnectionResetError("reset"), StoryError("no form")])
def test_a_trial_that_cannot_be_held_proves_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    def fail(*_: object, **__: object) -> Trial:
        raise error

    monkeypatch.setattr(seizure_test, "hold", fail)
    assert main(["seizure-test"]) == 3
    assert f"could not be held: {error}" in capsys.readouterr().out


def test_a_control_that_finds_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        seizure_test, "hold", lambda name="", moments=None: trial(*[LEAK] * bool(name != "blind"))
    )
    monkeypatch.setattr(seizure_test, "_report", lambda _: 0)
    assert main(["seizure-test", "--controls", "access-log"]) == 0
    assert "caught  access-log: address" in capsys.readouterr().out
    monkeypatch.setattr(seizure_test, "hold", lambda *_: trial())
    assert seizure_test._controls(["access-log"]) == 2  # noqa: SLF001 - what the command does next
    assert "PASSED  access-log" in capsys.readouterr().out


# --- whole trials ---------------------------------------------------------------------------------


@pytest.mark.journey
@pytest.mark.slow
def test_a_seized_machine_gives_nothing_away() -> None:
    held = hold(moments=SHORT)
    assert [f"{p.canary}: {p.moment} {p.path} {p.how}" for p in held.leaks] == []
    assert held.blind_to == []
    assert held.canaries > 100
    assert not held.unread


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.parametrize("control", ["stock-worker"])
def test_control_a_server_that_is_spoilt_is_found_out(control: str) -> None:
    assert control in CONTROLS
    leaks = hold(control, frozenset({Moment.LIVE}), Story.play_briefly).leaks
    assert "malformed header" in {place.canary for place in leaks}
