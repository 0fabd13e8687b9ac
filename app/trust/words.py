"""The words of the ladder."""

from __future__ import annotations

from typing import Final

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.policy.trust import Count, Want
from app.policy.vocabulary import Trust

LEVELS: Final[dict[Trust, LazyString]] = {
    Trust.NEWCOMER: _l("newcomer"),
    Trust.KNOWN: _l("known"),
    Trust.REGULAR: _l("regular"),
    Trust.TRUSTED: _l("trusted"),
}
COUNTS: Final[dict[Count, LazyString]] = {
    Count.DAYS: _l("days since joining"),
    Count.DAYS_WRITTEN: _l("days with a published post"),
    Count.THANKED_BY: _l("members who gave thanks"),
    Count.VOUCHED_BY: _l("members who vouch"),
    Count.UPHELD: _l("posts taken away in 90 days, at most"),
}


def still_needed(want: Want) -> str:
    """What is missing of one thing that a step asks for."""
    lacks = want.needs - want.has
    if want.count is Count.DAYS:
        return str(ngettext("%(num)d more day here", "%(num)d more days here", lacks))
    if want.count is Count.DAYS_WRITTEN:
        one = "published posts on %(num)d more day"
        return str(ngettext(one, "published posts on %(num)d more days", lacks))
    if want.count is Count.THANKED_BY:
        one = "thanks from %(num)d more member"
        return str(ngettext(one, "thanks from %(num)d more members", lacks))
    if want.count is Count.VOUCHED_BY:
        one = "%(num)d more member who vouches for you"
        return str(ngettext(one, "%(num)d more members who vouch for you", lacks))
    if want.needs == 0:
        return str(_("ninety days without a post that moderators took away"))
    one = "no more than %(num)d post that moderators took away in ninety days"
    many = "no more than %(num)d posts that moderators took away in ninety days"
    return str(ngettext(one, many, want.needs))
