"""What the console calls things in texts for people; whole sentences, ready to be translated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.core import clock
from app.moderation.inviting import Cut
from app.moderation.models import Act, Outcome, ReportReason, Rule, SanctionKind
from app.policy.vocabulary import Standing, Trust
from app.review.models import Reason
from app.screening.findings import Category

HOURS_IN_WORDS: Final = 48  # from here on an age is told in days

REPORT_REASONS: Final = {
    ReportReason.IDENTITY: _l("It shows who someone is"),
    ReportReason.DANGER: _l("It puts someone in danger, or threatens them"),
    ReportReason.HARASSMENT: _l("It hounds or humiliates someone"),
    ReportReason.SPAM: _l("It is advertising or a swindle"),
    ReportReason.OFF_TOPIC: _l("It does not belong on this board"),
    ReportReason.OTHER: _l("Something else"),
}
RULES: Final = {
    Rule.IDENTITY: _l("Nobody shows who someone is"),
    Rule.DANGER: _l("Nobody puts someone in danger"),
    Rule.HARASSMENT: _l("Nobody hounds or humiliates someone"),
    Rule.SPAM: _l("No advertising, no swindles"),
    Rule.OFF_TOPIC: _l("A text belongs to the topic of its board"),
    Rule.NORMS: _l("The norms of this community"),
}
REASONS: Final = {
    Reason.HELD: _l("Held"),
    Reason.REPORTED: _l("Reported"),
    Reason.FIRST_POST: _l("First post"),
    Reason.ANSWER: _l("Answer"),
}
HEADINGS: Final = {
    Reason.HELD: _l("A held post"),
    Reason.REPORTED: _l("A reported post"),
    Reason.FIRST_POST: _l("A first post"),
    Reason.ANSWER: _l("An answer to a decision"),
}
ACTS: Final = {
    Act.RELEASE: _l("Release it: readers will see it"),
    Act.REJECT: _l("Reject it: readers will not see it"),
    Act.LEAVE: _l("Leave it as it is"),
    Act.REMOVE: _l("Remove it: readers will see it no longer"),
}
DECIDED: Final = {
    Act.RELEASE: _l("A moderator has read your post and released it. Readers can see it."),
    Act.REJECT: _l("A moderator has read your post and rejected it. Readers do not see it."),
    Act.REMOVE: _l("A moderator has removed your post. Readers no longer see it."),
    Act.LEAVE: _l("Nothing you wrote was taken away. The decision is about what you can do here."),
}
DECIDED_SHORT: Final = {
    Act.RELEASE: _l("post released"),
    Act.REJECT: _l("post rejected"),
    Act.REMOVE: _l("post removed"),
    Act.LEAVE: _l("post left, a word about its author"),
}
CLOSED: Final = {
    "release": _l("The post was released."),
    "reject": _l("The post was rejected."),
    "remove": _l("The post was removed."),
    "leave": _l("The post was left as it is."),
    "uphold": _l("The decision stands."),
    "undo": _l("The decision was taken back."),
    "gone": _l("The author erased the text before anybody decided."),
}
SANCTIONS: Final = {
    SanctionKind.WARN: _l("Warn"),
    SanctionKind.SILENCE: _l("Silence: may read, not write"),
    SanctionKind.SUSPEND: _l("Suspend: sees only decisions, and may answer them"),
}
SANCTIONS_SHORT: Final = {
    SanctionKind.WARN: _l("warning"),
    SanctionKind.SILENCE: _l("silence"),
    SanctionKind.SUSPEND: _l("suspension"),
    SanctionKind.REMOVE: _l("removal by two"),
}
OUTCOMES: Final = {
    Outcome.REMOVED: _l("Readers no longer see the post."),
    Outcome.ACTED: _l("The post stays. A moderator has taken the matter up with its author."),
    Outcome.LEFT: _l("A moderator has read the post and left it as it is."),
    Outcome.GONE: _l("The author had erased the text before a moderator decided."),
    Outcome.UNDONE: _l("The removal was looked at again and taken back. The post can be read."),
}
HANDED_OUTCOMES: Final = {
    Outcome.ACTED: _l("A moderator has taken the matter up with the writer of the message."),
    Outcome.LEFT: _l("A moderator has read the message. Nothing follows from it."),
}
STANDINGS: Final = {
    Standing.GOOD: _l("Good"),
    Standing.SLOWED: _l("Slowed"),
    Standing.SILENCED: _l("Silenced"),
    Standing.SUSPENDED: _l("Suspended"),
    Standing.REMOVED: _l("Removed"),
}
STANDINGS_MEAN: Final = {
    Standing.GOOD: _l("No decision limits what you can do here."),
    Standing.SLOWED: _l("You can read and write, with some time between two posts."),
    Standing.SILENCED: _l("You can read, report and thank. You cannot write posts."),
    Standing.SUSPENDED: _l("You can sign in, read what was decided and why, and answer it."),
    Standing.REMOVED: _l("Your account is closed to everything but what was decided and why."),
}
TRUST: Final = {
    Trust.VISITOR: _l("visitor"),
    Trust.NEWCOMER: _l("newcomer"),
    Trust.KNOWN: _l("known"),
    Trust.REGULAR: _l("regular"),
    Trust.TRUSTED: _l("trusted"),
}
KINDS: Final = {
    Category.PHONE: _l("phone number"),
    Category.EMAIL: _l("e-mail address"),
    Category.POSTAL_ADDRESS: _l("postal address"),
    Category.REAL_NAME: _l("real name"),
    Category.EMPLOYER_SCHOOL: _l("employer or school"),
    Category.SOCIAL_PROFILE: _l("profile elsewhere"),
    Category.GOVERNMENT_ID: _l("official number"),
    Category.PAYMENT: _l("card or account number"),
    Category.VEHICLE: _l("number plate"),
    Category.IP_ADDRESS: _l("internet address"),
    Category.GEO: _l("place on a map"),
    Category.DOXX_LINK: _l("link to collected facts"),
    Category.SOLICITATION: _l("asks who someone is"),
    Category.ACCOUNT_LINK: _l("links two accounts"),
    Category.WHEREABOUTS: _l("whereabouts"),
    Category.EXPOSURE_THREAT: _l("threatens to expose"),
    Category.ACCUMULATION: _l("adds up"),
    Category.LIMIT: _l("could not be read to its end"),
    Category.SHIELD: _l("shield"),
    Category.FILTER: _l("community filter"),
}
# Signals that say why a moderator is asked, where their names would say nothing.
SIGNALS: Final = {
    "filter.alert": _l("This filter lets the text through and tells the moderators."),
    "shield.alert": _l("A shield was found. The text is not held for it."),
    "shield.often": _l("So many shields in one week: the author may be guessing at them."),
    "shield.key": _l("The shields cannot be read with this key, so every text is held."),
}
# What the logs say of a deed. The public log says nothing else; a verb without words is shown bare.
CUTS: Final = {
    Cut.ABUSE: _l("The tie is used to press or harass somebody"),
    Cut.SAFETY: _l("One of the two is safer without it"),
    Cut.MISTAKE: _l("The invite went to somebody else than was meant"),
}
VERBS: Final = {
    "board.appoint": _l("An operator asked somebody to moderate a board"),
    "board.dismiss": _l("An operator ended that somebody moderates a board"),
    "board.edit": _l("An operator changed a board"),
    "board.invite": _l("Moderators invited somebody to a board"),
    "board.put_out": _l("Moderators took somebody off a board, or an invitation back"),
    "board.open": _l("An operator opened a board"),
    "board.shift": _l("An operator put a board in another place"),
    "canned_reason.add": _l("Moderators worded a reason to begin with"),
    "canned_reason.remove": _l("Moderators took a worded reason away"),
    "cover.edit": _l("An operator changed the hours of duty"),
    "filter.create": _l("Moderators made a filter"),
    "filter.off": _l("Moderators switched a filter off"),
    "filter.on": _l("Moderators switched a filter on"),
    "filter.remove": _l("Moderators took a filter away"),
    "guide.edit": _l("An operator wrote a guide anew"),
    "guide.restore": _l("An operator went back to the guide that came with the program"),
    "heading.edit": _l("An operator called a heading another name"),
    "heading.shift": _l("An operator put a heading in another place"),
    "invite.cut_abuse": _l("Moderators cut an invite's tie that was used to press somebody"),
    "invite.cut_mistake": _l("Moderators cut an invite's tie that was a mistake"),
    "invite.cut_safety": _l("Moderators cut an invite's tie for somebody's safety"),
    "invite.trace": _l("A moderator looked up who invited whom"),
    "invites.edit": _l("An operator changed how many invites there are"),
    "limits.edit": _l("An operator changed the limits"),
    "list.check": _l("An operator checked an entry of who helps"),
    "list.take_over": _l("An operator took over what another community has checked"),
    "message.open": _l("A moderator opened a message that was handed over"),
    "give_role.propose": _l("An operator proposed to give somebody a role"),
    "give_role.propose_alone": _l(
        "An operator proposed to give somebody a role; nobody else is there to agree, so it takes "
        "three days"
    ),
    "give_role.refuse": _l("An operator said no to a role for somebody"),
    "give_role.withdraw": _l("An operator took back that somebody should have a role"),
    "take_role.propose": _l("An operator proposed to take a role from another operator"),
    "take_role.propose_alone": _l(
        "An operator proposed to take a role from another operator; nobody else is there to agree, "
        "so it takes three days"
    ),
    "take_role.refuse": _l("An operator said no to taking a role from another"),
    "take_role.withdraw": _l("An operator took back that another should lose a role"),
    "remove.propose": _l("A moderator proposed to remove a member for good"),
    "remove.propose_alone": _l(
        "A moderator proposed to remove a member for good; nobody else is there to agree, so it "
        "takes three days"
    ),
    "remove.refuse": _l("A moderator said no to removing a member for good"),
    "remove.withdraw": _l("A moderator took back that a member should be removed for good"),
    "role.grant": _l("Somebody was given a role"),
    "role.revoke": _l("A role was taken from somebody"),
    "sanction.remove": _l("Two people removed a member for good"),
    "sanction.remove_alone": _l("One person removed a member for good; there was no second"),
    "settings.edit": _l("An operator changed the settings or the norms"),
    "shift_note.clear": _l("A moderator took the note for the next shift away"),
    "shift_note.leave": _l("A moderator left a note for the next shift"),
    "site.set_up": _l("The site was set up"),
    "message.decide": _l("Moderators decided about a message that was handed to them"),
    "post.release": _l("Moderators released a post"),
    "post.reject": _l("Moderators rejected a held post"),
    "post.remove": _l("Moderators removed a post"),
    "phrase.change": _l("Those who answer exposures worded a letter or a notice anew"),
    "protection.begin": _l("Those who look after the place made something stricter for a while"),
    "protection.end": _l("Something that was stricter for a while is as before"),
    "announcement.drop": _l("A notice was let go before it was signed twice"),
    "announcement.word": _l("One person worded a notice; another has to sign it"),
    "announcement.sign": _l("Two people signed a notice to everybody"),
    "announcement.sign_alone": _l("One person signed a notice to everybody; there was no second"),
    "round.close": _l("The answers to a question were counted"),
    "round.open": _l("A question was asked to members"),
    "round.remove": _l("An answer to a question was taken away"),
    "round.reply": _l("A question was answered in public"),
    "review.give_back": _l("A moderator gave an item of the queue back"),
    "review.hand_on": _l("A moderator handed an item of the queue on to another"),
    "review.take": _l("A moderator took an item of the queue"),
    "review.leave": _l("Moderators left a post as it is"),
    "review.take_over": _l("A moderator took over another one's work"),
    "review.own_reject": _l("A moderator rejected an own post; nobody else was there to decide"),
    "review.own_release": _l("A moderator released an own post; nobody else was there to decide"),
    "review.reject": _l("Moderators rejected a held post of a former member"),
    "review.release": _l("Moderators released a post of a former member"),
    "review.remove": _l("Moderators removed a post of a former member"),
    "sanction.lift": _l("Moderators ended a sanction early"),
    "sanction.silence": _l("Moderators silenced a member for some days"),
    "sanction.suspend": _l("Moderators suspended a member for some days"),
    "sanction.warn": _l("Moderators warned a member"),
    "statement.undo": _l("Moderators took a decision back after an answer"),
    "statement.uphold": _l("Moderators let a decision stand after an answer"),
    "screening.start": _l("Moderators had all posts looked through again"),
    "thread.lock": _l("Moderators locked a thread"),
    "thread.move": _l("Moderators moved a thread"),
    "thread.pin": _l("Moderators pinned a thread"),
    "thread.unlock": _l("Moderators unlocked a thread"),
    "trust.give_newcomer": _l("Moderators took trust by hand from a member"),
    "trust.give_known": _l("Moderators gave a member trust by hand"),
    "trust.give_regular": _l("Moderators gave a member trust by hand"),
    "trust.give_trusted": _l("Moderators gave a member trust by hand"),
    "ladder.edit": _l("An operator changed what trust asks for"),
    "thread.unpin": _l("Moderators unpinned a thread"),
}


def age(opened_at: datetime) -> str:
    """How long something has waited, in hours and then in days: no finer than it is kept."""
    hours = int((clock.now() - opened_at).total_seconds() // 3600)
    if hours < 1:
        return str(_("less than 1 h"))
    if hours < HOURS_IN_WORDS:
        return str(_("%(count)d h", count=hours))
    return str(ngettext("%(num)d day", "%(num)d days", hours // 24))


def options(words: Mapping[Any, Any]) -> list[tuple[str, str]]:
    """Words as the options of a list, the first of which chooses nothing: value and label."""
    return [("", str(_("Choose"))), *((key.value, str(label)) for key, label in words.items())]


def choices(words: Mapping[Any, Any]) -> list[tuple[str, str, str]]:
    """Words as radio buttons: value, label and hint; these carry none."""
    return [(key.value, str(label), "") for key, label in words.items()]


def for_pages() -> dict[str, Any]:
    """All words, for the pages of this room."""
    return {
        "age": age,
        "words": {
            "acts": ACTS,
            "closed": CLOSED,
            "decided": DECIDED,
            "decided_short": DECIDED_SHORT,
            "handed_outcomes": HANDED_OUTCOMES,
            "headings": HEADINGS,
            "kinds": KINDS,
            "outcomes": OUTCOMES,
            "reasons": REASONS,
            "report_reasons": REPORT_REASONS,
            "rules": RULES,
            "sanctions": SANCTIONS,
            "sanctions_short": SANCTIONS_SHORT,
            "signals": SIGNALS,
            "standings": STANDINGS,
            "standings_mean": STANDINGS_MEAN,
            "trust": TRUST,
            "verbs": VERBS,
        },
    }
