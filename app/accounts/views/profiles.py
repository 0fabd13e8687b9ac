"""Profiles: what a member shows to the others."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_babel import format_date

from app.accounts import (
    queries,
)
from app.accounts.models import Member
from app.accounts.views.common import (
    ROLE_WORDS,
    TRUST_WORDS,
    blueprint,
)
from app.policy.permissions import Permission
from app.web.access import me, permit_on
from app.web.render import page


@blueprint.get("/u/<pseudonym>")
@permit_on(Permission.MEMBER_READ, queries.member_by_pseudonym)
def profile(member: Member) -> ResponseReturnValue:
    """What a member shows to the others, and nothing else."""
    return page(
        "accounts/profile.html",
        member=member,
        trust=TRUST_WORDS[member.trust],
        roles=[str(word) for role, word in ROLE_WORDS.items() if role in member.roles],
        joined=format_date(member.joined_on, "MMMM y"),
        is_own=member.id == me().id,
    )
