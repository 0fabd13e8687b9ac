"""Captures from outside: byte for byte, sealed, joined to their copies, opened for a reason."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Final

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import keys, outside, queries
from app.cases.models import Evidence
from app.cases.outside import Unfit, UnfitError
from app.cases.service import casework, ledger
from app.cases.words import EvidenceKind, PlaceKind, PlaceState, Verb
from app.core.pictures import MOST_BYTES, is_bare
from tests.cases.stage import Stage, open_case, set_stage
from tests.factories import private_key_of

SignIn = Callable[..., FlaskClient]
PAGE: Final = b"<!DOCTYPE html><html><p>Somebody said it here.</p></html>"
SAID: Final = {"captured_at": "2026-11-02T11:30", "is_fit": "1", "url": "https://paste.example/p/7"}
REASON: Final = {"reason": "To compare it with the page of today."}


def picture() -> bytes:
    """A picture with something said in its metadata."""
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "Canarycamera"
    Image.new("RGB", (40, 30), "white").save(made, "JPEG", exif=exif)
    return made.getvalue()


def begin(session: Session) -> tuple[Stage, str]:
    """A case, and the address of its page."""
    stage = set_stage(session)
    opened = open_case(session, stage)
    return stage, f"/cases/{opened.case.public_id}"


def sending(content: bytes, name: str = "IMG_2231 heron.html", **said: str) -> dict[str, object]:
    """A form with a file."""
    return {**SAID, **said, "capture": (io.BytesIO(content), name)}


def outside_pieces(session: Session) -> list[Evidence]:
    """What is kept from outside."""
    session.expire_all()
    rows = session.scalars(select(Evidence).order_by(Evidence.id))
    return [row for row in rows if row.kind is not EvidenceKind.OWN]


@pytest.mark.parametrize(
    ("raw", "ending"),
    [
        (PAGE, "html"),
        (b"%PDF-1.7\n...", "pdf"),
        (b"\x89PNG\r\n\x1a\n...", "png"),
        (b"\xff\xd8\xff...", "jpg"),
    ],
)
def test_a_file_is_what_its_bytes_say(raw: bytes, ending: str) -> None:
    assert outside.ending(raw) == ending


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", Unfit.NOTHING),
        (b"MZ\x90\x00", Unfit.KIND),
        (b"just a text", Unfit.KIND),
        (b"\x89PNG\r\n\x1a\n" + bytes(MOST_BYTES), Unfit.TOO_LARGE),
    ],
)
def test_what_is_no_capture_is_refused(raw: bytes, why: Unfit) -> None:
    with pytest.raises(UnfitError) as refused:
        outside.ending(raw)
    assert refused.value.why is why


def test_a_capture_is_sealed_byte_for_byte_and_comes_out_the_same_for_a_reason(
    session: Session, sign_in: SignIn
) -> None:
    stage, at = begin(session)
    owl = sign_in(stage.owl)
    raw = picture()
    assert owl.post(f"{at}/evidence", data=sending(raw, "heron.jpg")).status_code == 302
    (row,) = outside_pieces(session)
    assert b"Canarycamera" not in row.content
    assert owl.post(f"{at}/evidence/{row.public_id}/open", data={"reason": ""}).status_code == 409
    opened = owl.post(f"{at}/evidence/{row.public_id}/open", data=REASON)
    assert opened.data == raw
    assert opened.mimetype == "application/octet-stream"
    assert "heron" not in opened.headers["Content-Disposition"]
    (ring,) = keys.own_rings(session, private_key_of(stage.heron), row.case_id)
    entries = ledger.read(session, ring)
    digest = hashlib.sha256(raw).hexdigest()
    assert any(digest in one.about for one in entries if one.verb is Verb.CAPTURED)
    assert any(one.reason == REASON["reason"] for one in entries)


def test_a_copy_with_parts_taken_out_holds_its_pixels_alone_and_knows_its_original(
    session: Session, sign_in: SignIn
) -> None:
    stage, at = begin(session)
    owl = sign_in(stage.owl)
    owl.post(f"{at}/evidence", data=sending(PAGE))
    (original,) = outside_pieces(session)
    sent = sending(picture(), original=original.public_id)
    assert owl.post(f"{at}/evidence", data=sent).status_code == 302
    _, copy = outside_pieces(session)
    assert copy.kind is EvidenceKind.REDACTED
    content = owl.post(f"{at}/evidence/{copy.public_id}/open", data=REASON).data
    assert b"Canarycamera" not in content
    assert is_bare(content)
    (ring,) = keys.own_rings(session, private_key_of(stage.heron), copy.case_id)
    assert ring.read(copy)["original"] == original.public_id
    assert any(one.verb is Verb.REDACTED for one in ledger.read(session, ring))


def test_a_capture_of_a_place_moves_it_on(session: Session, sign_in: SignIn) -> None:
    stage = set_stage(session)
    opened = open_case(session, stage)
    place = casework.add_place(session, opened, PlaceKind.PASTE, "paste.example", "/7")
    session.commit()
    at = f"/cases/{opened.case.public_id}/evidence"
    sign_in(stage.owl).post(at, data=sending(PAGE, place=place.public_id))
    session.refresh(place)
    assert place.state is PlaceState.CAPTURED


@pytest.mark.parametrize(
    ("content", "said", "status"),
    [
        (PAGE, {"is_fit": ""}, "Some things are never stored."),
        (PAGE, {"captured_at": "soon"}, "Say when it was captured"),
        (b"just a text", {}, "neither a picture, nor a PDF, nor a saved page"),
        (b"", {}, "Choose a file first."),
    ],
)
def test_what_is_refused_is_stored_nowhere_and_nothing_typed_is_lost(
    session: Session, sign_in: SignIn, content: bytes, said: dict[str, str], status: str
) -> None:
    stage, at = begin(session)
    sent = sending(content, **{"context": "Under a picture of a boat", **said})
    refused = sign_in(stage.owl).post(f"{at}/evidence", data=sent)
    assert refused.status_code == 422
    assert status in refused.text
    assert "Under a picture of a boat" in refused.text
    assert outside_pieces(session) == []


def test_captures_are_in_the_members_copy_with_where_and_when(
    session: Session, sign_in: SignIn
) -> None:
    stage, at = begin(session)
    sign_in(stage.owl).post(f"{at}/evidence", data=sending(PAGE, author="shown_name"))
    mine = at.replace("/cases/", "/me/case/")
    heron = sign_in(stage.heron)
    packed = heron.post(f"{mine}/records", data={"profile": "mine"})
    with zipfile.ZipFile(io.BytesIO(packed.data)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        page = archive.read("records.html").decode()
        files = [one["file"] for one in manifest["evidence"]]
        assert PAGE in [archive.read(name) for name in files]
    assert "shown_name" in page
    assert "2026-11-02T11:30" in page


def test_evidence_is_for_those_who_lead_and_of_this_case_alone(
    session: Session, sign_in: SignIn, client: FlaskClient
) -> None:
    stage, at = begin(session)
    owl = sign_in(stage.owl)
    owl.post(f"{at}/evidence", data=sending(PAGE))
    (row,) = outside_pieces(session)
    case = queries.case_by_id(session, at.rpartition("/")[2])
    assert case is not None
    door = f"{at}/evidence/{row.public_id}/open"
    assert owl.post(f"{at}/evidence/abcdefghjkmnpqrs/open", data=REASON).status_code == 404
    assert sign_in(stage.robin).post(door, data=REASON).status_code == 403
    assert sign_in(stage.robin).post(f"{at}/evidence", data=sending(PAGE)).status_code == 403
    for who in (stage.heron, stage.stoat):
        assert sign_in(who).post(door, data=REASON).status_code == 404
        assert sign_in(who).post(f"{at}/evidence", data=sending(PAGE)).status_code == 404
    assert client.post(door, data=REASON).status_code == 401
    assert len(outside_pieces(session)) == 1
