"""What the site holds about the member who asks, and the sessions that are open."""

from __future__ import annotations

from typing import Final

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.accounts import (
    queries,
    sessions,
)
from app.accounts.looks import looks_at
from app.accounts.models import Look, Seen
from app.accounts.views.common import (
    TRUST_WORDS,
    blueprint,
    goodbye,
)
from app.policy.permissions import Permission
from app.privacy.erasure import owing_of
from app.web.access import me, permit, signed_in
from app.web.render import page, tell
from app.web.settings import settings
from app.web.unit_of_work import session

TABLE_WORDS: Final = {
    "conversations": _l("Conversations, with whom sealed to you"),
    "letterboxes": _l("The drawn word that stands for you inside of messages"),
    "messages": _l("Your copies of messages, sealed to you"),
    "looks": _l("Looks of the team at what is yours, as listed below"),
    "posts": _l("Posts you wrote"),
    "threads": _l("Threads you started"),
    "breaks": _l("That you are on a break"),
    "renamings": _l("That you have changed your pseudonym"),
    "saved_posts": _l("Posts you saved; which they are is sealed to you"),
    "drafts": _l("Drafts, sealed to you"),
    "memberships": _l("Boards you have joined or are invited to"),
    "follows": _l("Threads you follow"),
    "owed_erasures": _l("What you erased"),
    "thanks": _l("Thanks you gave"),
    "notices": _l("Notices in your inbox"),
    "reports": _l("Reports you made"),
    "statements": _l("Decisions about your texts or your account"),
    "sanctions": _l("Sanctions on your account"),
    "sessions": _l("Sessions"),
    "second_factors": _l("Second factor, sealed to you"),
    "recovery_waits": _l("Waiting to come back with two codes"),
    "recovery_codes": _l("Recovery codes, used or not, as hashes"),
    "invites": _l("Invites you made"),
    "invite_ties": _l("By whose invite you came; only moderators see it"),
    "revisions": _l("Earlier wordings of your posts"),
}


SEEN_WORDS: Final = {
    Seen.MESSAGE: _l("A moderator opened a message that you handed over."),
    Seen.TREE: _l("A moderator looked up by whose invite you came, and whom you invited."),
}
# Rows that point at what others wrote. Some of it may by now be hidden from the member, and a
# number would tell; so these are always listed, and never counted here.
POINTING: Final = frozenset({"follows", "notices", "thanks"})


@blueprint.get("/me/privacy")
@permit(Permission.ACCOUNT_MANAGE)
def my_privacy() -> ResponseReturnValue:
    """What is held about the member who asks, read off the tables, and the open sessions."""
    member = queries.member_by_id(session(), me().id)
    rows = [
        (
            str(TABLE_WORDS.get(held.table, held.table)),
            _("as your pages show") if held.table in POINTING else held.count,
            _kept_for(held),
        )
        for held in queries.holdings(session(), me().id)
        if held.count or held.table in POINTING
    ]
    return page(
        "accounts/my_privacy.html",
        member=member,
        trust=TRUST_WORDS[member.trust],
        rows=rows,
        erasing=owing_of(session(), me().id),
        looks=[(on, SEEN_WORDS[seen], count) for on, seen, count in looks_at(session(), me().id)],
        look_days=Look.__retention__.days,
        open_sessions=queries.open_sessions(session(), me().id),
        this_session=signed_in().token,
        has_factor=signed_in().has_factor,
    )


@blueprint.post("/me/sessions/<session_id>/end")
@permit(Permission.ACCOUNT_MANAGE)
def end_session(session_id: str) -> ResponseReturnValue:
    """End one session of one's own; what is not there, or another's, is answered alike."""
    sessions.end(session(), me().id, session_id)
    tell(_("That session has ended."))
    return redirect(url_for("accounts.my_privacy"))


@blueprint.post("/me/sessions/end-others")
@permit(Permission.ACCOUNT_MANAGE)
def end_other_sessions() -> ResponseReturnValue:
    """End every session but this one."""
    sessions.end_others(session(), me().id, signed_in().token)
    tell(_("All other sessions have ended."))
    return redirect(url_for("accounts.my_privacy"))


@blueprint.post("/me/sessions/end")
@permit(Permission.ACCOUNT_MANAGE)
def end_sessions() -> ResponseReturnValue:
    """End every session, this one too."""
    sessions.end_all(session(), me().id)
    return goodbye()


def _kept_for(held: queries.Holding) -> str:
    """How long a table keeps its rows, in words."""
    days = held.keep.days_now(is_shorter=settings().is_kept_shorter)
    if days is None:
        return str(_(held.keep.why))
    return str(ngettext("%(num)d day at most", "%(num)d days at most", days))
