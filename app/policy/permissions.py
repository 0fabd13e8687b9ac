"""Who may do what: one table, two columns, because there are two ways to say no.

Fail `see` and the thing does not exist (404). Fail `do` and the door is shut (403).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any, Final

from app.policy.vocabulary import (
    Actor,
    Aged,
    Answerable,
    Contested,
    Gated,
    Owned,
    Person,
    Proposed,
    Role,
    Ruled,
    Sealed,
    Seated,
    Shown,
    Standing,
    Threaded,
    Tied,
    Trust,
    Visibility,
    Worked,
)

Rule = Callable[[Actor, Any], bool]


class Permission(StrEnum):
    """A deed that some may do: `<thing>:<deed>`, alphabetical."""

    ACCOUNT_MANAGE = "account:manage"
    ACCOUNT_RENAME = "account:rename"
    ACCOUNT_SELF_CHECK = "account:self_check"
    ANNOUNCEMENT_WRITE = "announcement:write"
    AUDIT_READ = "audit:read"
    BOARD_EDIT = "board:edit"
    BOARD_FEED = "board:feed"
    BOARD_INVITE = "board:invite"
    BOARD_LEAVE = "board:leave"
    BOARD_MEMBERS = "board:members"
    BOARD_READ = "board:read"
    CASE_LEAD = "case:lead"
    CASE_READ = "case:read"
    CHECKIN_KEEP = "checkin:keep"
    CHECKIN_WRITE = "checkin:write"
    CONVERSATION_READ = "conversation:read"
    CONVERSATION_WRITE = "conversation:write"
    COPY_READ = "copy:read"
    COPY_REVOKE = "copy:revoke"
    COVER_EDIT = "cover:edit"
    DESK_KEEP = "desk:keep"
    DRAFT_ERASE = "draft:erase"
    DRAFT_LIST = "draft:list"
    DRAFT_READ = "draft:read"
    DUTY_READ = "duty:read"
    EXPOSURE_FOLLOW = "exposure:follow"
    EXPOSURE_READ = "exposure:read"
    EXPOSURE_SEND = "exposure:send"
    FILTER_EDIT = "filter:edit"
    HELPER_SPEAK = "helper:speak"
    INBOX_READ = "inbox:read"
    INVITE_CREATE = "invite:create"
    INVITE_CUT = "invite:cut"
    INVITE_TRACE = "invite:trace"
    LIST_EDIT = "list:edit"
    MEMBER_READ = "member:read"
    MEMBER_REMOVE = "member:remove"
    MEMBERSHIP_ACCEPT = "membership:accept"
    MEMBERSHIP_END = "membership:end"
    MESSAGE_ERASE = "message:erase"
    MESSAGE_JUDGE = "message:judge"
    MESSAGE_LIST = "message:list"
    MESSAGE_REPORT = "message:report"
    MESSAGE_START = "message:start"
    MYCASE_LIST = "mycase:list"
    MYCASE_READ = "mycase:read"
    NOTICE_CLEAR = "notice:clear"
    PICTURE_ATTACH = "picture:attach"
    PICTURE_READ = "picture:read"
    PLAN_KEEP = "plan:keep"
    POST_CREATE = "post:create"
    POST_EDIT = "post:edit"
    POST_ERASE = "post:erase"
    POST_QUOTE = "post:quote"
    POST_READ = "post:read"
    POST_READ_REVISIONS = "post:read_revisions"
    POST_REMOVE_REVISION = "post:remove_revision"
    POST_REPORT = "post:report"
    POST_SAVE = "post:save"
    POST_THANK = "post:thank"
    PROPOSAL_AGREE = "proposal:agree"
    PROPOSAL_DROP = "proposal:drop"
    PROPOSAL_LIST = "proposal:list"
    PROTECTION_BEGIN = "protection:begin"
    PROTECTION_END = "protection:end"
    QUEUE_READ = "queue:read"
    QUEUE_RESCREEN = "queue:rescreen"
    REPORT_LIST = "report:list"
    REVIEW_DECIDE = "review:decide"
    REVIEW_READ = "review:read"
    ROUND_ANSWER = "round:answer"
    ROUND_ASK = "round:ask"
    ROUND_LIST = "round:list"
    ROUND_READ = "round:read"
    ROUND_RUN = "round:run"
    SANCTION_GIVE = "sanction:give"
    SANCTION_LIFT = "sanction:lift"
    SAVED_LIST = "saved:list"
    SETTINGS_EDIT = "settings:edit"
    SHIELD_LIST = "shield:list"
    SHIELD_REMOVE = "shield:remove"
    STAFF_EDIT = "staff:edit"
    STANDING_READ = "standing:read"
    STATEMENT_ANSWER = "statement:answer"
    STATEMENT_READ = "statement:read"
    THREAD_CREATE = "thread:create"
    THREAD_FOLLOW = "thread:follow"
    THREAD_LOCK = "thread:lock"
    THREAD_MOVE = "thread:move"
    THREAD_PIN = "thread:pin"
    THREAD_READ = "thread:read"
    TRUST_GIVE = "trust:give"
    UPLOAD_READ = "upload:read"
    VOUCH_GIVE = "vouch:give"


class Verdict(Enum):
    """What a door says."""

    ALLOW = "allow"
    DENY = "deny"
    HIDE = "hide"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, and for a denial the name of the rule that said no."""

    verdict: Verdict
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """Rules to see a thing, then rules to do the deed; each in the order in which they explain."""

    see: tuple[Rule, ...]
    do: tuple[Rule, ...] = ()


# --- rules: each reads as a sentence --------------------------------------------------------------


def is_member(actor: Actor, subject: object) -> bool:
    """Somebody is signed in."""
    return actor.is_member


def is_moderator(actor: Actor, subject: object) -> bool:
    """The actor moderates."""
    return Role.MODERATOR in actor.roles


def is_operator(actor: Actor, subject: object) -> bool:
    """The actor runs the machine."""
    return Role.OPERATOR in actor.roles


def looks_after(actor: Actor, subject: object) -> bool:
    """The actor runs the machine or moderates."""
    return is_operator(actor, None) or is_moderator(actor, None)


def builds_or_enters(actor: Actor, subject: Gated) -> bool:
    """The actor runs the machine and so knows every board, or may enter this one."""
    return is_operator(actor, None) or may_enter(actor, subject)


def may_enter(actor: Actor, subject: Gated) -> bool:
    """The board's gate lets the actor in: by trust or as a moderator, and by role if asked.

    Where one enters by joining, trust opens nothing; moderators of the whole site enter all the
    same, so that nobody is left alone with those who moderate there.
    """
    gate = subject.gate
    if gate.role not in roles_at_gates(actor):
        return False
    if gate.circle:
        return has_joined(actor, subject) or enters_every_circle(actor)
    return gate.read <= readable_from(actor)


def has_joined(actor: Actor, subject: Gated) -> bool:
    """The actor was let into this board by name, and is still of it."""
    return subject.gate.circle in joined_by(actor)


def entered_by_joining(actor: Actor, subject: Gated) -> bool:
    """One enters the board by joining it."""
    return subject.gate.circle != 0


def moderates(actor: Actor, subject: Gated) -> bool:
    """The actor moderates the whole site, or this board."""
    return is_moderator(actor, None) or subject.gate.circle in kept_by(actor)


def moderates_somewhere(actor: Actor, subject: object) -> bool:
    """The actor moderates the whole site, or a board."""
    return is_moderator(actor, None) or bool(kept_by(actor))


def decides_here(actor: Actor, subject: Contested) -> bool:
    """The actor moderates where it happened; answers are for moderators of the whole site."""
    return is_moderator(actor, None) or (moderates(actor, subject) and not subject.is_answer)


def invited(actor: Actor, subject: Seated) -> bool:
    """It is an invitation to the actor that was not yet taken."""
    return belongs(actor, subject) and subject.is_invitation


def open_to_visitors(actor: Actor, subject: Gated) -> bool:
    """Anybody may read the board, signed in or not."""
    gate = subject.gate
    return gate.read is Trust.VISITOR and not gate.role and not gate.circle


def may_know_of_it(actor: Actor, subject: Shown) -> bool:
    """The gate lets the actor in, and what is held is known to author and moderators alone."""
    if not may_enter(actor, subject):
        return False
    if subject.visibility is Visibility.QUARANTINED:
        return own(actor, subject)  # moderators as well: one of them may be the reason
    if subject.is_in_the_open or moderates(actor, subject):
        return True
    return subject.visibility is Visibility.HELD and own(actor, subject)


def own(actor: Actor, subject: Shown) -> bool:
    """The actor wrote it."""
    return actor.is_member and subject.author_id == actor.id


def belongs(actor: Actor, subject: Owned) -> bool:
    """It is the actor's own."""
    return actor.is_member and subject.member_id == actor.id


def concerns(actor: Actor, subject: Ruled) -> bool:
    """It is the actor's own, or the actor moderates where it happened."""
    may_look = moderates(actor, subject) and not is_suspended(actor)
    return belongs(actor, subject) or (may_look and may_enter(actor, subject))


def may_write(actor: Actor, subject: object) -> bool:
    """No sanction keeps the actor from writing."""
    return actor.standing in {Standing.GOOD, Standing.SLOWED}


def trusted_to_reply(actor: Actor, subject: Gated) -> bool:
    """The actor's trust is enough to reply on this board."""
    return actor.trust >= subject.gate.reply or moderates(actor, subject)


def trusted_to_start(actor: Actor, subject: Gated) -> bool:
    """The actor's trust is enough to start a thread on this board."""
    return actor.trust >= subject.gate.start or moderates(actor, subject)


def trusted_to_attach(actor: Actor, subject: Gated) -> bool:
    """The actor's trust is enough to add pictures on this board."""
    return actor.trust >= subject.gate.attach or moderates(actor, subject)


def trusted_to_invite(actor: Actor, subject: object) -> bool:
    """The actor is known well enough to bring others, or works for the site."""
    return actor.trust >= Trust.REGULAR or is_moderator(actor, None) or is_operator(actor, None)


def trusted_to_vouch(actor: Actor, subject: object) -> bool:
    """The actor is known well enough to speak for others, or works for the site."""
    return trusted_to_invite(actor, subject)


def trusted_to_message(actor: Actor, subject: object) -> bool:
    """The actor is known well enough to write to somebody first; whoever is asked may answer."""
    return actor.trust >= Trust.KNOWN or is_moderator(actor, None)


def somebody_else(actor: Actor, subject: Person) -> bool:
    """It is another member."""
    return subject.id != actor.id


def unlocked(actor: Actor, subject: Threaded) -> bool:
    """The thread takes replies, or the actor moderates."""
    return not subject.is_locked or moderates(actor, subject)


def still_there(actor: Actor, subject: Shown) -> bool:
    """The text has not been removed or erased."""
    return subject.visibility in {Visibility.PUBLISHED, Visibility.HELD}


def still_kept(actor: Actor, subject: Shown) -> bool:
    """The text is there, be it that its author has hidden it."""
    return still_there(actor, subject) or subject.visibility is Visibility.HIDDEN


def still_to_be_seen(actor: Actor, subject: Shown) -> bool:
    """The text that it belongs to is there, or was removed and a moderator decides about it."""
    is_removed = subject.visibility is Visibility.REMOVED
    return still_there(actor, subject) or (is_removed and moderates(actor, subject))


def published(actor: Actor, subject: Shown) -> bool:
    """Readers can see the text."""
    return subject.visibility is Visibility.PUBLISHED


def fresh(actor: Actor, subject: Aged) -> bool:
    """The time in which a text may be changed has not run out."""
    return subject.is_fresh


def others(actor: Actor, subject: Shown) -> bool:
    """Somebody else wrote it."""
    return subject.author_id != actor.id


def own_or_moderated(actor: Actor, subject: Shown) -> bool:
    """The actor wrote it, or moderates."""
    return own(actor, subject) or moderates(actor, subject)


def unanswered(actor: Actor, subject: Answerable) -> bool:
    """Nobody has answered yet."""
    return not subject.is_answered


def answerable(actor: Actor, subject: Answerable) -> bool:
    """There is something to answer, and the time for it has not run out."""
    return subject.is_answerable


def concerns_others(actor: Actor, subject: Owned) -> bool:
    """It is about another member."""
    return subject.member_id != actor.id


def outside_the_tie(actor: Actor, subject: Tied) -> bool:
    """The actor neither gave the invite nor came by it."""
    return actor.id not in {subject.member_id, subject.inviter_id}


def not_a_party(actor: Actor, subject: Contested) -> bool:
    """The text in question is not the actor's own, or there is nobody else to decide about it."""
    return subject.author_id != actor.id or subject.is_left_to_author


def did_not_report(actor: Actor, subject: Contested) -> bool:
    """The actor has not asked for this decision, where there is somebody else to make it."""
    return actor.id not in subject.reporter_ids


def did_not_decide_before(actor: Actor, subject: Contested) -> bool:
    """An answer is read by somebody else than who decided, where there is somebody else."""
    return actor.id not in subject.decider_ids


def answers_exposures(actor: Actor, subject: object) -> bool:
    """The actor answers exposures, or is the trustee who is called when nobody else may."""
    return bool(actor.roles & (Role.RESPONDER | Role.TRUSTEE))


def holds_a_key(actor: Actor, subject: Sealed) -> bool:
    """It was sealed to the actor: no role opens it."""
    return actor.id in subject.reader_ids


def is_named(actor: Actor, subject: Worked) -> bool:
    """The actor is named on the case: no role opens it."""
    return answers_exposures(actor, subject) and actor.id in subject.named_ids


def leads(actor: Actor, subject: Worked) -> bool:
    """The actor is lead or second of the case, or its trustee."""
    return actor.id in subject.lead_ids


def decides_on_such(actor: Actor, subject: Proposed) -> bool:
    """The proposal is for people of one of the actor's roles, and is not about the actor."""
    return bool(actor.roles & subject.asks_of) and concerns_others(actor, subject)


def is_the_second(actor: Actor, subject: Proposed) -> bool:
    """Somebody else proposed it, or there is nobody else and the waiting time is over."""
    return subject.first_id != actor.id or subject.is_left_to_first


TABLE: Final[Mapping[Permission, Access]] = {
    Permission.ACCOUNT_MANAGE: Access(see=(is_member,)),
    Permission.ACCOUNT_RENAME: Access(see=(is_member,), do=(may_write,)),
    Permission.ACCOUNT_SELF_CHECK: Access(see=(is_member,)),
    Permission.ANNOUNCEMENT_WRITE: Access(see=(looks_after,)),
    Permission.AUDIT_READ: Access(see=(is_moderator,)),
    Permission.BOARD_EDIT: Access(see=(is_operator,)),
    Permission.BOARD_FEED: Access(see=(open_to_visitors,)),
    Permission.BOARD_INVITE: Access(see=(may_enter, entered_by_joining, moderates)),
    Permission.BOARD_LEAVE: Access(see=(may_enter, has_joined)),
    Permission.BOARD_MEMBERS: Access(see=(may_enter, entered_by_joining)),
    Permission.BOARD_READ: Access(see=(may_enter,)),
    Permission.CASE_LEAD: Access(see=(is_named,), do=(leads,)),
    Permission.CASE_READ: Access(see=(is_named,)),
    Permission.CHECKIN_KEEP: Access(see=(belongs,)),
    Permission.CHECKIN_WRITE: Access(see=(answers_exposures, holds_a_key)),
    Permission.CONVERSATION_READ: Access(see=(belongs,)),
    Permission.CONVERSATION_WRITE: Access(see=(belongs,), do=(may_write,)),
    Permission.COPY_READ: Access(see=(belongs,)),
    Permission.COPY_REVOKE: Access(see=(belongs,)),
    Permission.COVER_EDIT: Access(see=(is_operator,)),
    Permission.DESK_KEEP: Access(see=(is_moderator,)),
    Permission.DRAFT_ERASE: Access(see=(belongs,)),
    Permission.DRAFT_LIST: Access(see=(is_member,)),
    Permission.DRAFT_READ: Access(see=(belongs,)),
    Permission.DUTY_READ: Access(see=(answers_exposures,)),
    Permission.EXPOSURE_FOLLOW: Access(see=(belongs,)),
    Permission.EXPOSURE_READ: Access(see=(answers_exposures, holds_a_key)),
    Permission.EXPOSURE_SEND: Access(see=(may_know_of_it,), do=(is_member, published, others)),
    Permission.FILTER_EDIT: Access(see=(is_moderator,)),
    Permission.HELPER_SPEAK: Access(see=(belongs,)),
    Permission.INBOX_READ: Access(see=(is_member,)),
    Permission.INVITE_CREATE: Access(see=(is_member,), do=(may_write, trusted_to_invite)),
    Permission.INVITE_CUT: Access(see=(is_moderator,), do=(outside_the_tie,)),
    Permission.INVITE_TRACE: Access(see=(is_moderator,)),
    Permission.LIST_EDIT: Access(see=(is_operator,)),
    Permission.MEMBER_READ: Access(see=(is_member,)),
    Permission.MEMBER_REMOVE: Access(see=(is_moderator,), do=(somebody_else,)),
    Permission.MEMBERSHIP_ACCEPT: Access(see=(invited,)),
    Permission.MEMBERSHIP_END: Access(
        see=(may_enter, entered_by_joining, moderates), do=(concerns_others,)
    ),
    Permission.MESSAGE_ERASE: Access(see=(belongs,)),
    Permission.MESSAGE_JUDGE: Access(see=(is_moderator, holds_a_key)),
    Permission.MESSAGE_LIST: Access(see=(is_member,)),
    Permission.MESSAGE_REPORT: Access(see=(belongs,)),
    Permission.MESSAGE_START: Access(
        see=(is_member,), do=(somebody_else, may_write, trusted_to_message)
    ),
    Permission.MYCASE_LIST: Access(see=(is_member,)),
    Permission.MYCASE_READ: Access(see=(belongs,)),
    Permission.NOTICE_CLEAR: Access(see=(belongs,)),
    Permission.PICTURE_ATTACH: Access(
        see=(may_enter,), do=(is_member, may_write, trusted_to_attach)
    ),
    Permission.PICTURE_READ: Access(see=(may_know_of_it, still_to_be_seen)),
    Permission.PLAN_KEEP: Access(see=(is_member,)),
    Permission.POST_CREATE: Access(
        see=(may_know_of_it,),
        do=(is_member, may_write, trusted_to_reply, published, unlocked),
    ),
    Permission.POST_EDIT: Access(
        see=(may_know_of_it,), do=(own, still_there, may_write, unlocked, fresh)
    ),
    Permission.POST_ERASE: Access(see=(may_know_of_it,), do=(own, still_kept)),
    Permission.POST_QUOTE: Access(
        see=(may_know_of_it,), do=(is_member, may_write, trusted_to_reply, published, unlocked)
    ),
    Permission.POST_READ: Access(see=(may_know_of_it,)),
    Permission.POST_READ_REVISIONS: Access(
        see=(may_know_of_it, own_or_moderated), do=(still_there,)
    ),
    Permission.POST_REMOVE_REVISION: Access(see=(may_know_of_it, own)),
    Permission.POST_REPORT: Access(see=(may_know_of_it,), do=(is_member, published, others)),
    Permission.POST_SAVE: Access(see=(may_know_of_it,), do=(is_member, published)),
    Permission.POST_THANK: Access(see=(may_know_of_it,), do=(is_member, published, others)),
    Permission.PROPOSAL_AGREE: Access(see=(decides_on_such,), do=(is_the_second,)),
    Permission.PROPOSAL_DROP: Access(see=(decides_on_such,)),
    Permission.PROPOSAL_LIST: Access(see=(looks_after,)),
    Permission.PROTECTION_BEGIN: Access(see=(looks_after,)),
    Permission.PROTECTION_END: Access(see=(looks_after, builds_or_enters)),
    Permission.QUEUE_READ: Access(see=(moderates_somewhere,)),
    Permission.QUEUE_RESCREEN: Access(see=(is_moderator,)),
    Permission.REPORT_LIST: Access(see=(is_member,)),
    Permission.REVIEW_DECIDE: Access(
        see=(decides_here, may_enter, not_a_party), do=(did_not_report, did_not_decide_before)
    ),
    Permission.REVIEW_READ: Access(see=(decides_here, may_enter, not_a_party)),
    Permission.ROUND_ANSWER: Access(see=(builds_or_enters,), do=(may_write, trusted_to_reply)),
    Permission.ROUND_ASK: Access(see=(looks_after,)),
    Permission.ROUND_LIST: Access(see=(is_member,)),
    Permission.ROUND_READ: Access(see=(builds_or_enters,)),
    Permission.ROUND_RUN: Access(see=(looks_after,)),
    Permission.SANCTION_GIVE: Access(see=(is_moderator,)),
    Permission.SANCTION_LIFT: Access(see=(is_moderator, may_enter), do=(concerns_others,)),
    Permission.SAVED_LIST: Access(see=(is_member,)),
    Permission.SETTINGS_EDIT: Access(see=(is_operator,)),
    Permission.SHIELD_LIST: Access(see=(is_member,)),
    Permission.SHIELD_REMOVE: Access(see=(belongs,)),
    Permission.STAFF_EDIT: Access(see=(is_operator,)),
    Permission.STANDING_READ: Access(see=(is_member,)),
    Permission.STATEMENT_ANSWER: Access(see=(belongs,), do=(unanswered, answerable)),
    Permission.STATEMENT_READ: Access(see=(concerns,)),
    Permission.THREAD_CREATE: Access(see=(may_enter,), do=(is_member, may_write, trusted_to_start)),
    Permission.THREAD_FOLLOW: Access(see=(may_know_of_it,), do=(is_member,)),
    Permission.THREAD_LOCK: Access(see=(may_know_of_it, moderates)),
    Permission.THREAD_MOVE: Access(see=(may_know_of_it, is_moderator)),
    Permission.THREAD_PIN: Access(see=(may_know_of_it, moderates)),
    Permission.THREAD_READ: Access(see=(may_know_of_it,)),
    Permission.TRUST_GIVE: Access(see=(is_moderator,), do=(concerns_others,)),
    Permission.UPLOAD_READ: Access(see=(belongs,)),
    Permission.VOUCH_GIVE: Access(
        see=(is_member,), do=(may_write, trusted_to_vouch, concerns_others)
    ),
}

# What a member who is suspended or removed may still open: what was decided, the own account.
OPEN_TO_THE_SUSPENDED: Final = frozenset(
    {
        Permission.ACCOUNT_MANAGE,
        Permission.CHECKIN_KEEP,
        Permission.COPY_READ,
        Permission.COPY_REVOKE,
        Permission.DRAFT_ERASE,
        Permission.DRAFT_LIST,
        Permission.DRAFT_READ,
        Permission.EXPOSURE_FOLLOW,
        Permission.MYCASE_LIST,
        Permission.MYCASE_READ,
        Permission.PLAN_KEEP,
        Permission.SHIELD_LIST,
        Permission.SHIELD_REMOVE,
        Permission.STANDING_READ,
        Permission.STATEMENT_ANSWER,
        Permission.STATEMENT_READ,
    }
)


def judge(permission: Permission, actor: Actor, subject: Any = None) -> Judgement:
    """Weigh one deed of one actor on one thing."""
    if is_shut_out(permission, actor):
        return Judgement(Verdict.DENY, "not_suspended")
    access = TABLE[permission]
    if not all(rule(actor, subject) for rule in access.see):
        return Judgement(Verdict.HIDE)
    for rule in access.do:
        if not rule(actor, subject):
            return Judgement(Verdict.DENY, rule.__name__)
    return Judgement(Verdict.ALLOW)


def is_shut_out(permission: Permission, actor: Actor) -> bool:
    """Whether a suspension closes this door before anybody looks what lies behind it."""
    return is_suspended(actor) and permission not in OPEN_TO_THE_SUSPENDED


def is_suspended(actor: Actor) -> bool:
    """Whether the actor may do no more here than a visitor, but for what is the actor's own."""
    return actor.standing in {Standing.SUSPENDED, Standing.REMOVED}


def readable_from(actor: Actor) -> Trust:
    """The highest reading gate that lets the actor in: `may_enter` as a number, for SQL.

    Lists that are open to everybody show somebody suspended what they show to visitors, and so
    they do to whoever has not yet confirmed a recovery code.
    """
    if is_suspended(actor) or not actor.is_confirmed:
        return Trust.VISITOR
    return Trust.TRUSTED if is_moderator(actor, None) else actor.trust


def roles_at_gates(actor: Actor) -> Role:
    """The roles that open gates to the actor: none while suspended or not yet confirmed."""
    return Role.NONE if is_suspended(actor) or not actor.is_confirmed else actor.roles


def joined_by(actor: Actor) -> frozenset[int]:
    """The boards that membership opens to the actor: none while suspended or not yet confirmed."""
    return frozenset() if is_suspended(actor) or not actor.is_confirmed else actor.joined


def kept_by(actor: Actor) -> frozenset[int]:
    """The boards that the actor moderates: none while suspended or not yet confirmed."""
    return actor.keeps & joined_by(actor)


def enters_every_circle(actor: Actor) -> bool:
    """Whether the actor moderates the whole site, and so enters what one enters by joining."""
    return Role.MODERATOR in roles_at_gates(actor)


def moderates_board(actor: Actor, board_id: int) -> bool:
    """The rule `moderates` for a board that is known by its inner id alone, for SQL."""
    return is_moderator(actor, None) or board_id in kept_by(actor)
