"""The pages that speak for the community say what is so."""

from __future__ import annotations

from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy.orm import Session

from app.community.queries import in_words
from app.core.db import Base
from app.core.settings import Settings, write_settings


def test_the_norms_are_shown_to_everybody_and_made_safe(
    session: Session, client: FlaskClient
) -> None:
    write_settings(session, Settings(name="Harbour", norms="**Be kind.** <script>x</script>"))
    page = client.get("/norms").text
    assert "<strong>Be kind.</strong>" in page
    assert "<script" not in page


def test_the_privacy_page_lists_every_table_with_its_retention(client: FlaskClient) -> None:
    page = client.get("/privacy").text
    for mapper in Base.registry.mappers:
        keep, table = mapper.class_.__retention__, mapper.class_.__tablename__
        assert escape(in_words(table)) in page
        assert "_" not in table or table not in page, "names of tables say nothing to a member"
        assert keep.why.replace("'", "&#39;") in page


def test_every_key_on_the_help_page_leads_somewhere(client: FlaskClient) -> None:
    help_page = client.get("/help").text
    home = client.get("/").text
    for key in ("h", "s", "x"):
        assert f'accesskey="{key}"' in home
        assert f">{key.upper()}<" in help_page
