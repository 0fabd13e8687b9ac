"""The table of permissions, held against a second statement of it, for everybody and everything.

The table says it in rules; here it is said once more, in other words and without those rules. Where
the two differ for any trust, role, standing and state of a thing, one of them is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

import pytest

from app.policy.permissions import Permission, Verdict, is_shut_out, judge, readable_from
from app.policy.vocabulary import VISITOR, Actor, Gate, Role, Standing, Trust, Visibility

ME, SOMEBODY = 7, 8
ACTIVE: Final = frozenset({"good", "slowed", "silenced"})
ALLOW, DENY, HIDE = Verdict.ALLOW, Verdict.DENY, Verdict.HIDE
ROLES: Final = (
    Role.NONE,
    Role.MODERATOR,
    Role.RESPONDER,
    Role.OPERATOR,
    Role.TRUSTEE,
    Role.MODERATOR | Role.OPERATOR,
    Role.MODERATOR | Role.RESPONDER,
)
GATES: Final = (
    Gate(read=Trust.VISITOR, reply=Trust.NEWCOMER, start=Trust.KNOWN),
    Gate(read=Trust.NEWCOMER, reply=Trust.REGULAR, start=Trust.TRUSTED, attach=Trust.TRUSTED),
    Gate(read=Trust.TRUSTED, reply=Trust.TRUSTED, start=Trust.TRUSTED),
    Gate(read=Trust.VISITOR, reply=Trust.VISITOR, start=Trust.VISITOR, role=Role.RESPONDER),
    Gate(read=Trust.KNOWN, reply=Trust.KNOWN, start=Trust.KNOWN, role=Role.MODERATOR),
    # Whoever has joined the third board reads there; trust counts for replying alone.
    Gate(read=Trust.VISITOR, reply=Trust.NEWCOMER, start=Trust.KNOWN, circle=3),
)
HERE, ELSEWHERE = frozenset({3}), frozenset({4})


@dataclass(frozen=True)
class Thing:
    """Whatever a door may lead to: board, thread, post, notice, statement."""

    id: int = SOMEBODY
    gate: Gate = GATES[0]
    visibility: Visibility = Visibility.PUBLISHED
    is_in_the_open: bool = True
    author_id: int | None = SOMEBODY
    member_id: int | None = SOMEBODY
    inviter_id: int | None = None
    is_locked: bool = False
    is_fresh: bool = True
    is_answered: bool = False
    is_answerable: bool = True
    reporter_ids: frozenset[int] = frozenset()
    decider_ids: frozenset[int] = frozenset()
    is_left_to_author: bool = False
    is_answer: bool = False
    is_invitation: bool = False
    reader_ids: frozenset[int] = frozenset()
    named_ids: frozenset[int] = frozenset()
    lead_ids: frozenset[int] = frozenset()
    first_id: int = SOMEBODY
    asks_of: Role = Role.NONE
    is_left_to_first: bool = False


def actors() -> Iterator[Actor]:
    """Everybody: the visitor, and members of every trust, set of roles and standing."""
    yield VISITOR
    for trust, roles, standing in product(list(Trust)[1:], ROLES, Standing):
        yield Actor(
            id=ME, public_id="me", pseudonym="Wren", trust=trust, roles=roles, standing=standing
        )
    places = ((HERE, frozenset[int]()), (HERE, HERE), (ELSEWHERE, ELSEWHERE))
    for (joined, keeps), standing in product(places, Standing):
        yield Actor(
            id=ME,
            public_id="me",
            pseudonym="Wren",
            trust=Trust.NEWCOMER,
            roles=Role.NONE,
            standing=standing,
            joined=joined,
            keeps=keeps,
        )


def boards() -> Iterator[Thing]:
    return (Thing(gate=gate) for gate in GATES)


def texts() -> Iterator[Thing]:
    """Threads and posts on every board, in every state, by everybody."""
    authors = (ME, SOMEBODY, None)
    switches = ((True, False), (True, False))
    for gate, visibility, author, (locked, fresh) in product(
        GATES, Visibility, authors, product(*switches)
    ):
        # A post may stand in a thread that is itself hidden, so both are tried where both can be.
        could_be_open = visibility not in {Visibility.HELD, Visibility.QUARANTINED}
        for is_open in {could_be_open, False}:
            yield Thing(
                gate=gate,
                visibility=visibility,
                is_in_the_open=is_open,
                author_id=author,
                is_locked=locked,
                is_fresh=fresh,
            )


def belongings() -> Iterator[Thing]:
    """Notices, statements and sanctions, about what happened on every board."""
    switches = product((True, False), (True, False))
    for gate, owner, (answered, late) in product(GATES, (ME, SOMEBODY, None), switches):
        yield Thing(
            gate=gate,
            member_id=owner,
            is_answered=answered,
            is_answerable=not late,
            is_invitation=answered,
        )


def matters() -> Iterator[Thing]:
    """What waits for a moderator: by whom it is, who asked, and who decided before."""
    people = (ME, SOMEBODY, None)
    asking = (frozenset[int](), frozenset({SOMEBODY}), frozenset({ME, SOMEBODY}))
    for gate, author, reporters, decider, (left, answers) in product(
        GATES, people, asking, people, ((False, False), (True, False), (False, True))
    ):
        yield Thing(
            gate=gate,
            author_id=author,
            reporter_ids=reporters,
            decider_ids=frozenset() if decider is None else frozenset({decider}),
            is_left_to_author=left,
            is_answer=answers,
        )


def cases() -> Iterator[Thing]:
    """Reports and cases: who has a key, who is named, who of them leads; whose own they are."""
    people = (frozenset[int](), frozenset({SOMEBODY}), frozenset({ME, SOMEBODY}))
    for readers, named, owner in product(people, people, (ME, SOMEBODY, None)):
        for leads in {named, frozenset({SOMEBODY}) & named}:
            yield Thing(reader_ids=readers, named_ids=named, lead_ids=leads, member_id=owner)


def proposals() -> Iterator[Thing]:
    """What takes two: of whom, by whom, about whom, and whether there is nobody else."""
    for asked, first, about, alone in product(
        (Role.MODERATOR, Role.OPERATOR), (ME, SOMEBODY), (ME, SOMEBODY), (False, True)
    ):
        yield Thing(asks_of=asked, first_id=first, member_id=about, is_left_to_first=alone)


# --- the second statement -------------------------------------------------------------------------


def moderates(who: Actor, what: Thing | None = None) -> bool:
    """Everywhere, or on the one board that somebody has been asked to look after."""
    on_this = what is not None and what.gate.circle and what.gate.circle in who.keeps
    return bool(who.roles & Role.MODERATOR) or bool(on_this and who.standing in ACTIVE)


def is_inside(who: Actor, what: Thing) -> bool:
    """A board asks for trust, which a moderator need not have, and perhaps for a role."""
    if what.gate.circle:
        is_of_it = what.gate.circle in who.joined or moderates(who)
        return is_of_it and who.standing in ACTIVE
    if who.standing in {"suspended", "removed"}:
        return what.gate.read == 0 and what.gate.role == 0
    missing_role = what.gate.role & ~who.roles
    return not missing_role and (moderates(who) or int(who.trust) >= int(what.gate.read))


def knows(who: Actor, what: Thing) -> bool:
    """Readers know what is open; moderators know everything; authors know what is held."""
    if not is_inside(who, what):
        return False
    is_own = who.id == ME == what.author_id
    if what.visibility == "quarantined":
        return is_own
    held_own = what.visibility == "held" and is_own
    return what.is_in_the_open or moderates(who, what) or held_own


def wrote(who: Actor, what: Thing) -> bool:
    return who.id != 0 and what.author_id == who.id


def can_write(who: Actor, floor: Trust, what: Thing, *, is_locked: bool) -> bool:
    """Members may write who are not silenced, are trusted enough, and where nothing is locked."""
    if who.id == 0 or who.standing not in {"good", "slowed"}:
        return False
    return moderates(who, what) or (int(who.trust) >= int(floor) and not is_locked)


OPEN_DOORS: Final = {  # of somebody who is suspended
    *("account:manage", "standing:read", "statement:read", "statement:answer"),
    *("checkin:keep", "exposure:follow", "mycase:list", "mycase:read"),
}


def answer(name: str, who: Actor, what: Thing) -> Verdict:  # noqa: PLR0911, PLR0912, PLR0915, C901
    """What the door must say."""
    thing, _, deed = name.partition(":")
    is_open = name in OPEN_DOORS or thing in {"copy", "draft", "plan", "shield"}
    if who.standing in {"suspended", "removed"} and not is_open:
        return DENY
    if name in {
        "account:manage",
        "account:self_check",
        "draft:list",
        "inbox:read",
        "member:read",
        "message:list",
        "mycase:list",
        "plan:keep",
        "report:list",
        "saved:list",
        "shield:list",
        "standing:read",
    }:
        return ALLOW if who.id else HIDE
    if name in {"invite:cut", "trust:give"}:
        if not moderates(who):
            return HIDE
        parties = {what.member_id, what.inviter_id} if thing == "invite" else {what.member_id}
        return DENY if who.id in parties else ALLOW
    if name in {"account:rename", "invite:create", "vouch:give"}:
        if not who.id:
            return HIDE
        if name == "account:rename":
            return ALLOW if who.standing in {"good", "slowed"} else DENY
        if thing == "vouch" and what.member_id == who.id:
            return DENY
        works_here = who.roles & (Role.MODERATOR | Role.OPERATOR)
        is_known = who.trust >= Trust.REGULAR or works_here
        return ALLOW if who.standing in {"good", "slowed"} and is_known else DENY
    if name == "checkin:write":
        is_called = who.roles & (Role.RESPONDER | Role.TRUSTEE)
        return ALLOW if is_called and who.id in what.reader_ids else HIDE
    if name == "message:judge":
        return ALLOW if moderates(who) and who.id in what.reader_ids else HIDE
    if name == "message:start":
        if not who.id:
            return HIDE
        is_known = who.trust >= Trust.KNOWN or moderates(who)
        can = who.standing in {"good", "slowed"} and is_known and what.id != who.id
        return ALLOW if can else DENY
    if name in {
        "conversation:read",
        "conversation:write",
        "message:erase",
        "message:report",
    }:
        if who.id != ME or what.member_id != ME:
            return HIDE
        return DENY if deed == "write" and who.standing == "silenced" else ALLOW
    if thing in {"case", "duty"} or name == "exposure:read":
        return _answer_for_case(name, who, what)
    if name in {
        "checkin:keep",
        "copy:read",
        "copy:revoke",
        "draft:erase",
        "draft:read",
        "exposure:follow",
        "helper:speak",
        "mycase:read",
        "shield:remove",
        "upload:read",
    }:
        return ALLOW if who.id == ME == what.member_id else HIDE
    if name in {
        "audit:read",
        "desk:keep",
        "filter:edit",
        "invite:trace",
        "queue:rescreen",
        "sanction:give",
    }:
        return ALLOW if moderates(who) else HIDE
    if name == "member:remove":
        if not moderates(who):
            return HIDE
        return DENY if what.id == who.id else ALLOW
    if name == "queue:read":
        return ALLOW if moderates(who) or who.keeps else HIDE
    if thing == "membership" or name in {
        "board:invite",
        "board:leave",
        "board:members",
    }:
        return _answer_for_membership(name, who, what)
    if thing == "review":
        return _answer_for_matter(deed, who, what)
    if name == "sanction:lift":
        if not (moderates(who) and is_inside(who, what)):
            return HIDE
        return DENY if what.member_id == who.id else ALLOW
    if thing in {"announcement", "protection"}:
        if not who.roles & (Role.OPERATOR | Role.MODERATOR):
            return HIDE
        knows_board = who.roles & Role.OPERATOR or is_inside(who, what)
        return ALLOW if deed in {"begin", "write"} or knows_board else HIDE
    if thing == "round":
        return _answer_for_round(deed, who, what)
    if thing == "proposal":
        return _answer_for_proposal(deed, who, what)
    if name in {"board:edit", "cover:edit", "list:edit", "settings:edit", "staff:edit"}:
        return ALLOW if who.roles & Role.OPERATOR else HIDE
    if thing in {"notice", "statement"}:
        mine = who.id == ME == what.member_id
        if deed == "read":
            is_active = who.standing not in {"suspended", "removed"}
            others = is_active and moderates(who, what) and is_inside(who, what)
            return ALLOW if mine or others else HIDE
        if not mine:
            return HIDE
        too_late = what.is_answered or not what.is_answerable
        return DENY if deed == "answer" and too_late else ALLOW
    if name == "board:feed":
        is_open = what.gate.read == 0 and what.gate.role == 0 and what.gate.circle == 0
        return ALLOW if is_open else HIDE
    if name == "board:read":
        return ALLOW if is_inside(who, what) else HIDE
    if name == "thread:create":
        if not is_inside(who, what):
            return HIDE
        return ALLOW if can_write(who, what.gate.start, what, is_locked=False) else DENY
    if name == "picture:attach":
        if not is_inside(who, what):
            return HIDE
        return ALLOW if can_write(who, what.gate.attach, what, is_locked=False) else DENY
    if not knows(who, what):
        return HIDE
    return _answer_for_text(name, who, what)


def _answer_for_round(deed: str, who: Actor, what: Thing) -> Verdict:
    """Members of enough trust read and answer; those who look after the place ask and count."""
    if deed in {"ask", "run"}:
        return ALLOW if who.roles & (Role.OPERATOR | Role.MODERATOR) else HIDE
    if deed == "list":
        return ALLOW if who.id else HIDE
    if not (who.roles & Role.OPERATOR or is_inside(who, what)):
        return HIDE
    if deed == "answer" and not can_write(who, what.gate.reply, what, is_locked=False):
        return DENY
    return ALLOW


def _answer_for_membership(name: str, who: Actor, what: Thing) -> Verdict:
    """An invitation is the invited one's; the rest is for who is inside, or moderates there."""
    if name == "membership:accept":
        return ALLOW if who.id == ME == what.member_id and what.is_invitation else HIDE
    if not what.gate.circle or not is_inside(who, what):
        return HIDE
    if name == "board:members":
        return ALLOW
    if name == "board:leave":
        return ALLOW if what.gate.circle in who.joined else HIDE
    if not moderates(who, what):
        return HIDE
    return DENY if name == "membership:end" and what.member_id == who.id else ALLOW


def _answer_for_proposal(deed: str, who: Actor, what: Thing) -> Verdict:
    """Those of the role it asks for, but for whom it is about; nobody agrees with him- or herself.

    Unless there is nobody else, and the waiting time is over.
    """
    if deed == "list":
        return ALLOW if who.roles & (Role.OPERATOR | Role.MODERATOR) else HIDE
    if not who.roles & what.asks_of or what.member_id == who.id:
        return HIDE
    is_alone = what.first_id == who.id and not what.is_left_to_first
    return DENY if deed == "agree" and is_alone else ALLOW


def _answer_for_matter(deed: str, who: Actor, what: Thing) -> Verdict:
    """Moderators inside, but not in their own cause; nor twice, nor where they asked for it."""
    is_own_cause = what.author_id == who.id and not what.is_left_to_author
    decides = moderates(who) or (moderates(who, what) and not what.is_answer)
    if not (decides and is_inside(who, what)) or is_own_cause:
        return HIDE
    is_partial = who.id in what.reporter_ids or who.id in what.decider_ids
    return DENY if deed == "decide" and is_partial else ALLOW


def _answer_for_case(name: str, who: Actor, what: Thing) -> Verdict:
    """Those who answer exposures, and of a thing only those to whom it was sealed."""
    if not who.roles & (Role.RESPONDER | Role.TRUSTEE):
        return HIDE
    if name == "duty:read":
        return ALLOW
    if name == "exposure:read":
        return ALLOW if who.id in what.reader_ids else HIDE
    if who.id not in what.named_ids:
        return HIDE
    return DENY if name == "case:lead" and who.id not in what.lead_ids else ALLOW


def _answer_for_text(name: str, who: Actor, what: Thing) -> Verdict:  # noqa: PLR0911, C901
    """The same for a thread or a post that the actor knows of."""
    published = what.visibility == "published"
    there = what.visibility in {"published", "held"}
    match name:
        case "thread:read" | "post:read":
            return ALLOW
        case "picture:read":
            for_a_decision = what.visibility == "removed" and moderates(who, what)
            return ALLOW if there or for_a_decision else HIDE
        case "thread:follow":
            return ALLOW if who.id else DENY
        case "thread:lock" | "thread:move" | "thread:pin":
            here = None if name == "thread:move" else what
            return ALLOW if moderates(who, here) else HIDE
        case "post:save":
            return ALLOW if who.id and published else DENY
        case "post:create" | "post:quote":
            can = can_write(who, what.gate.reply, what, is_locked=what.is_locked)
            return ALLOW if published and can else DENY
        case "post:report" | "post:thank" | "exposure:send":
            return ALLOW if who.id and published and not wrote(who, what) else DENY
        case "post:edit":
            can = can_write(who, Trust.VISITOR, what, is_locked=what.is_locked)
            return ALLOW if wrote(who, what) and there and can and what.is_fresh else DENY
        case "post:erase":
            kept = there or what.visibility == "hidden"
            return ALLOW if wrote(who, what) and kept else DENY
        case "post:read_revisions":
            if not (wrote(who, what) or moderates(who, what)):
                return HIDE
            return ALLOW if there else DENY
        case "post:remove_revision":
            return ALLOW if wrote(who, what) else HIDE
    raise AssertionError(f"{name} is not stated here: say what it must answer")


THINGS: Final = {
    "account": lambda: [Thing()],
    "announcement": lambda: [Thing()],
    "audit": lambda: [Thing()],
    "board": boards,
    "case": cases,
    "checkin": lambda: [*belongings(), *cases()],
    "conversation": belongings,
    "copy": belongings,
    "cover": lambda: [Thing()],
    "desk": lambda: [Thing()],
    "draft": belongings,
    "duty": lambda: [Thing()],
    "exposure": lambda: [*cases(), *texts()],
    "filter": lambda: [Thing()],
    "helper": belongings,
    "inbox": lambda: [Thing()],
    "invite": lambda: [*belongings(), Thing(inviter_id=ME), Thing(inviter_id=SOMEBODY)],
    "list": lambda: [Thing()],
    "member": lambda: [Thing(), Thing(id=ME)],
    "membership": belongings,
    "message": lambda: [*belongings(), *cases(), Thing(), Thing(id=ME)],
    "mycase": cases,
    "notice": belongings,
    "picture": texts,
    "plan": lambda: [Thing()],
    "post": texts,
    "protection": boards,
    "queue": lambda: [Thing()],
    "proposal": proposals,
    "report": lambda: [Thing()],
    "review": matters,
    "round": boards,
    "sanction": belongings,
    "saved": lambda: [Thing()],
    "settings": lambda: [Thing()],
    "shield": belongings,
    "staff": lambda: [Thing()],
    "standing": lambda: [Thing()],
    "statement": belongings,
    "thread": texts,
    "trust": belongings,
    "upload": belongings,
    "vouch": belongings,
}


@pytest.mark.parametrize("permission", Permission)
def test_the_table_says_what_was_meant(permission: Permission) -> None:
    name = permission.value  # asked for millions of times
    things = list(THINGS[name.partition(":")[0]]())
    seen: dict[Verdict, int] = {}
    for who in actors():
        for what in things:
            expected = answer(name, who, what)
            found = judge(permission, who, what).verdict
            assert found is expected, f"{permission}: {who} on {what}"
            seen[expected] = seen.get(expected, 0) + 1
    assert seen[ALLOW], "nobody may ever do this"
    assert len(seen) > 1, "everybody may always do this"


def test_a_denial_names_its_rule_and_nothing_else_does() -> None:
    mine = Thing(author_id=ME)
    wren = Actor(id=ME, public_id="me", pseudonym="Wren", trust=Trust.KNOWN, roles=Role.NONE)
    assert judge(Permission.POST_THANK, wren, mine).rule == "others"
    assert judge(Permission.POST_THANK, wren, Thing()).rule == ""
    assert judge(Permission.QUEUE_READ, wren).rule == ""


def test_a_suspension_shuts_doors_before_anybody_looks_behind_them() -> None:
    stoat = Actor(
        id=ME,
        public_id="me",
        pseudonym="Stoat",
        trust=Trust.TRUSTED,
        roles=Role.NONE,
        standing=Standing.SUSPENDED,
    )
    assert is_shut_out(Permission.THREAD_READ, stoat)
    assert not is_shut_out(Permission.STATEMENT_READ, stoat)
    assert judge(Permission.THREAD_READ, stoat, None).verdict is DENY


def test_the_number_for_lists_lets_in_exactly_whom_the_gate_lets_in() -> None:
    for who in actors():
        for trust in Trust:
            gate = Gate(read=trust, reply=trust, start=trust)
            expected = judge(Permission.BOARD_READ, who, Thing(gate=gate)).verdict
            if not is_shut_out(Permission.BOARD_READ, who):
                assert (trust <= readable_from(who)) is (expected is ALLOW)
