"""The member's own copy: what is in it, that it verifies with nothing but Python, and the end."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import keys, queries, verify
from app.cases.models import LedgerRow
from app.cases.service import casework, destruction, dossier, evidence, ledger
from app.cases.service.casework import THE_MEMBER, Opened
from app.cases.words import Profile, Verb
from app.cases.workflow import Gate, ShutError
from app.core import clock
from app.core.crypto import BrokenSealError
from app.core.shreds import Shred
from tests.cases.stage import Stage, open_case, opened_by, set_stage
from tests.factories import private_key_of

SignIn = Callable[..., FlaskClient]
Move = Callable[[timedelta], None]
Files = dict[str, bytes]


def own_of(session: Session, opened: Opened, stage: Stage) -> Opened:
    """The case as Heron opens it."""
    (ring,) = keys.own_rings(session, private_key_of(stage.heron), opened.case.id)
    return Opened(opened.case, ring, THE_MEMBER)


def made(session: Session, profile: Profile = Profile.MINE) -> Files:
    """The files of a copy of a case with a letter and a place."""
    stage = set_stage(session)
    opened = open_case(session, stage)
    casework.send_letter(session, opened, "A", "What we could hide is hidden.")
    own = own_of(session, opened, stage)
    casework.write_to_team(session, own, "Thank you for telling me.")
    records = dossier.open_records(session, own, profile)
    return unpacked(dossier.pack(records, "<p>What happened.</p>"))


def unpacked(packed: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def summed_anew(files: Files) -> Files:
    """The same with its lists made anew, as somebody would who changes more than one thing."""
    manifest = json.loads(files[verify.MANIFEST])
    manifest["files"] = {
        name: hashlib.sha256(files[name]).hexdigest() for name in manifest["files"]
    }
    for piece in manifest["evidence"]:
        piece["sha256"] = hashlib.sha256(files[piece["file"]]).hexdigest()
    rows = [json.loads(line) for line in files[verify.LEDGER].splitlines()]
    manifest["rows"], manifest["head"] = len(rows), rows[-1]["digest"]
    changed = files | {verify.MANIFEST: json.dumps(manifest).encode()}
    lines = (
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in changed.items()
        if name != verify.SUMS
    )
    return changed | {verify.SUMS: "".join(lines).encode()}


def test_a_copy_verifies_offline_with_nothing_but_python(session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "records"
    for name, content in made(session).items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_bytes(content)
    run = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py"], cwd=folder, capture_output=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, b"")
    assert run.stdout.startswith(b"Whole: ")
    (folder / "records.html").write_text("<p>Something else.</p>")
    run = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py"], cwd=folder, capture_output=True, check=False
    )
    assert run.returncode == 1
    assert b"records.html" in run.stdout


def test_a_copy_verifies_as_the_zip_that_it_came_in(
    session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = made(session)
    with zipfile.ZipFile(tmp_path / "records.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    head = json.loads(files[verify.MANIFEST])["head"][:16]
    assert verify.main([str(tmp_path / "records.zip"), "--head", head]) == 0
    assert verify.main([str(tmp_path / "records.zip"), "--head", "0" * 16]) == 1
    assert "rows were dropped" in capsys.readouterr().out


def test_a_copy_holds_the_evidence_byte_for_byte_and_the_salts(session: Session) -> None:
    files = made(session)
    (name,) = [name for name in files if name.startswith("evidence/")]
    assert json.loads(files[name])["body"] == "Heron is Zephyrine Quill."
    rows = [json.loads(line) for line in files[verify.LEDGER].splitlines()]
    assert all(len(bytes.fromhex(row["salt"])) == ledger.SALT_BYTES for row in rows)
    assert rows[-1]["detail"]["verb"] == Verb.EXPORTED
    assert b"There is no PDF" in files["README.txt"]


@pytest.mark.parametrize("profile", [Profile.LAWYER, Profile.POLICE])
def test_a_copy_for_others_names_nobody_of_the_team_and_holds_no_letter(
    session: Session, profile: Profile
) -> None:
    files = made(session, profile)
    whole = b"\n".join(files.values())
    for name in (b"Owl", b"Wren", b"Robin", b"Finch", b"Stoat"):
        assert name not in whole
    assert b"Thank you for telling me" not in whole
    assert verify.check(files) == []


def test_the_dates_in_a_zip_say_nothing(session: Session) -> None:
    stage = set_stage(session)
    own = own_of(session, open_case(session, stage), stage)
    packed = dossier.pack(dossier.open_records(session, own, Profile.MINE), "")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {info.date_time for info in archive.infolist()} == {dossier.LONG_AGO}
        assert archive.comment == b""
    assert own.case.codename not in dossier.file_name()


# --- every change is found ------------------------------------------------------------------------

FIELDS: Final = ("number", "on_day", "commitment", "previous", "digest", "salt", "detail")


@pytest.mark.parametrize("field", FIELDS)
def test_any_one_changed_row_is_found_even_with_new_lists(session: Session, field: str) -> None:
    files = made(session)
    lines = files[verify.LEDGER].splitlines()
    for number in range(len(lines)):
        row = json.loads(lines[number])
        row[field] = {
            "number": lambda row: row["number"] + 1,
            "on_day": lambda _: "2001-01-01",
            "detail": lambda row: row["detail"] | {"who": "Nobody"},
        }.get(field, lambda row: f"00{row[field][2:]}")(row)
        changed = [*lines[:number], json.dumps(row).encode(), *lines[number + 1 :]]
        if changed[number] == lines[number]:
            continue
        again = files | {verify.LEDGER: b"\n".join(changed)}
        assert verify.check(again), "found by the lists"
        assert verify.check(summed_anew(again)), f"row {number + 1}: found by the chain"


def test_a_dropped_or_moved_row_is_found_even_with_new_lists(session: Session) -> None:
    files = made(session)
    lines = files[verify.LEDGER].splitlines()
    for number in range(len(lines) - 1):
        dropped = [*lines[:number], *lines[number + 1 :]]
        moved = [*dropped[: number + 1], lines[number], *dropped[number + 1 :]]
        for some in (dropped, moved):
            again = summed_anew(files | {verify.LEDGER: b"\n".join(some)})
            assert verify.check(again), number


def test_rows_dropped_at_the_end_are_found_by_the_letters(session: Session) -> None:
    files = made(session)
    lines = files[verify.LEDGER].splitlines()
    heads = json.loads(files[verify.MANIFEST])["letters"]
    cut = next(n for n, line in enumerate(lines) if json.loads(line)["digest"].startswith(heads[0]))
    again = summed_anew(files | {verify.LEDGER: b"\n".join(lines[:cut])})
    assert [line for line in verify.check(again) if "rows were dropped" in line]


def test_any_changed_byte_of_evidence_is_found_even_with_new_lists(session: Session) -> None:
    files = made(session)
    (name,) = [name for name in files if name.startswith("evidence/")]
    for spot in range(0, len(files[name]), 17):
        changed = bytearray(files[name])
        changed[spot] ^= 1
        again = summed_anew(files | {name: bytes(changed)})
        assert f"{name} is not the one in the ledger" in verify.check(again)


@pytest.mark.parametrize("name", ["SHA256SUMS", "manifest.json", "ledger.jsonl"])
def test_records_that_cannot_be_read_are_wrong_and_no_accident(session: Session, name: str) -> None:
    files = made(session)
    assert verify.check({key: value for key, value in files.items() if key != name})
    assert verify.check(files | {name: b"\xff\xfe{"})
    assert verify.check(files | {"more.txt": b"added"})


# --- the end of evidence --------------------------------------------------------------------------


def certify(pieces: object, first: str, second: str) -> str:
    return f"Destroyed by {first} and {second}: {pieces}"


def test_evidence_goes_when_the_member_orders_it_and_two_do_it(session: Session) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    owl, wren = opened_by(session, opened, stage.owl), opened_by(session, opened, stage.wren)
    own = own_of(session, opened, stage)
    (row,) = queries.evidence_of(session, opened.case.id)
    with pytest.raises(ShutError):
        destruction.destroy(session, owl, certify)
    destruction.order(session, own)
    session.flush()
    assert destruction.destroy(session, owl, certify) is False
    session.flush()
    with pytest.raises(ShutError) as shut:
        destruction.destroy(session, owl, certify)
    assert shut.value.gates == (Gate.SAME_PERSON,)
    assert row.destroyed_on is None
    assert destruction.destroy(session, wren, certify) is True
    assert (row.content, row.destroyed_on) == (b"", clock.today())
    assert session.scalars(select(Shred).where(Shred.id == row.shred_id)).all() == []
    with pytest.raises(BrokenSealError):
        evidence.read(session, own, row)
    letter = own.ring.read(queries.letters_of(session, opened.case.id)[-1])["text"]
    assert "Owl and Wren" in letter
    assert row.public_id in letter
    verbs = [entry.verb for entry in ledger.read(session, own.ring)]
    assert Verb.DESTROYED in verbs
    assert ledger.broken_at(session, opened.case.id, own.ring) is None
    assert destruction.state(session, own) == ""
    with pytest.raises(ShutError):
        destruction.order(session, own)


def test_the_member_can_take_the_order_back(session: Session) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    own = own_of(session, opened, stage)
    destruction.order(session, own)
    session.flush()
    destruction.take_back(session, own)
    session.flush()
    with pytest.raises(ShutError):
        destruction.destroy(session, opened_by(session, opened, stage.owl), certify)


def test_a_destroyed_piece_leaves_the_copy_and_the_copy_still_verifies(session: Session) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    own = own_of(session, opened, stage)
    destruction.order(session, own)
    session.flush()
    for who in (stage.owl, stage.wren):
        destruction.destroy(session, opened_by(session, opened, who), certify)
        session.flush()
    files = unpacked(dossier.pack(dossier.open_records(session, own, Profile.MINE), ""))
    assert not [name for name in files if name.startswith("evidence/")]
    assert verify.check(files) == []


# --- the pages ------------------------------------------------------------------------------------


def test_the_member_takes_a_copy_and_it_is_in_the_list(session: Session, sign_in: SignIn) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    heron = sign_in(stage.heron)
    at = f"/me/case/{opened.case.public_id}"
    assert "We keep 1 piece of evidence." in heron.get(f"{at}?view=full").text
    answer = heron.post(f"{at}/records", data={"profile": "mine"})
    assert answer.mimetype == "application/zip"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={dossier.file_name()}"
    assert answer.headers["Cache-Control"] == "no-store"
    files = unpacked(answer.data)
    assert verify.check(files) == []
    page = files["records.html"].decode()
    assert "What was done, and who has looked" in page
    assert "http" not in page.replace("http-equiv", ""), "it loads nothing"
    assert "<script" not in page
    assert "made a copy of the records" in heron.get(f"{at}?view=full").text
    assert sign_in(stage.owl).post(f"{at}/records").status_code == 404


def test_the_team_makes_a_copy_for_a_reason_that_the_member_reads(
    session: Session, sign_in: SignIn
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    owl, at = sign_in(stage.owl), f"/cases/{opened.case.public_id}/records"
    assert owl.post(at, data={"profile": "police", "reason": ""}).status_code == 409
    answer = owl.post(at, data={"profile": "police", "reason": "she goes to the police"})
    assert json.loads(unpacked(answer.data)[verify.MANIFEST])["profile"] == "police"
    mine = sign_in(stage.heron).get(f"/me/case/{opened.case.public_id}?view=full").text
    assert "she goes to the police" in mine
    assert sign_in(stage.robin).post(at, data={"reason": "just to look"}).status_code == 403


def test_the_order_to_destroy_goes_the_whole_way_over_http(
    session: Session, sign_in: SignIn
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    heron, mine = sign_in(stage.heron), f"/me/case/{opened.case.public_id}"
    assert "Two of them do it" in heron.post(f"{mine}/destroy", follow_redirects=True).text
    at = f"/cases/{opened.case.public_id}/evidence/destroy"
    assert "Noted." in sign_in(stage.owl).post(at, follow_redirects=True).text
    assert "Destroyed." in sign_in(stage.wren).post(at, follow_redirects=True).text
    page = heron.get(f"{mine}?view=full").text
    assert "Our evidence of this case was destroyed, as you ordered." in page
    assert "We keep no evidence." in page


def test_a_closed_case_says_on_which_day_its_records_go(
    session: Session, sign_in: SignIn, move_clock: Move
) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    opened.case.closed_on, opened.case.keep_days = clock.today(), 30
    session.flush()
    assert casework.goes_on(opened.case) == clock.today() + timedelta(days=31)
    page = sign_in(stage.heron).get(f"/me/case/{opened.case.public_id}").text
    assert "What we keep of it goes on" in page
    assert session.scalars(select(LedgerRow)).first() is not None
