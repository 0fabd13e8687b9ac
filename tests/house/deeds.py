"""One story for each deed of the console: what has to be there first, and then the deed itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.accounts.models import InviteTie, Member, Seen
from app.admin.service import BoardPlan, Decisions, Way
from app.cases.clocks import Window
from app.community import protections, rounds, telling
from app.community.models import Measure, Occasion, Protection, Round, RoundText, Wording
from app.community.rounds import Question, Reply
from app.core import clock, crypto
from app.core.crypto import Passphrase
from app.core.settings import Signup, read_settings, write_settings
from app.filters import service as filters
from app.filters.models import Action, Filter, Sort
from app.filters.service import Plan
from app.forum.service import Draft
from app.membership.queries import Place, place_by_id
from app.messages import service as messages
from app.messages.models import Message
from app.moderation import desk, handing, inviting
from app.moderation import queries as moderation
from app.moderation import service as console
from app.moderation.handing import Handed
from app.moderation.inviting import Cut
from app.moderation.models import Act, HandedMessage, ReportReason, Rule, SanctionKind
from app.moderation.service import Chosen, Complaint, Decision
from app.policy.inviting import Inviting
from app.policy.limits import LIMITS
from app.policy.trust import LADDER
from app.policy.vocabulary import Gate, Role, Trust
from app.staff import service as staff
from app.staff.models import Deed as Proposed
from app.staff.queries import Waiting, waiting_by_id
from app.support import guides, lists
from app.support.models import Status
from app.trust.queries import person_by_pseudonym
from tests.factories import (
    CHEAP,
    PASSPHRASE,
    make_board,
    make_category,
    make_circle,
    make_member,
    make_moderator,
    make_post,
    make_thread,
    private_key_of,
    seat,
)
from tests.moderation.stage import (
    LEAVE,
    REMOVE,
    make_answered,
    make_held,
    make_reported,
    matter_of,
    suspend,
)

Deed = Callable[..., Any]
Story = Callable[[Session, Member, Deed], Any]

SITE: Final = Decisions("Lantern", "A place.", "Be kind.", Signup.OPEN)
BOARD: Final = BoardPlan("Everyday", "Reeds", "", Gate(Trust.NEWCOMER, Trust.NEWCOMER, Trust.KNOWN))
WARNED: Final = Decision(Act.LEAVE, Rule.HARASSMENT, "It mocks.", SanctionKind.WARN)
SILENCED: Final = Decision(Act.LEAVE, Rule.HARASSMENT, "It mocks.", SanctionKind.SILENCE, days=1)
REMOVED: Final = Decision(Act.LEAVE, Rule.SPAM, "It sells.", SanctionKind.REMOVE)
REMOVAL: Final = staff.Plan(Proposed.REMOVE, rule=Rule.SPAM, facts="It sells.")
ROLE_FOR_HERON: Final = staff.Plan(Proposed.GIVE_ROLE, Role.MODERATOR)
GUIDE: Final = "title: Rest\nabout: Rest.\n\n# sleep: Sleep\n\nSleep first.\n"
TEXT: Final = "Nobody is exposed here."


def set_up(session: Session, owl: Member, do: Deed) -> str:
    """Returns who acts: the first account, which this deed makes."""
    keys = accounts.make_keys(Passphrase(PASSPHRASE), CHEAP)
    hashed = hashlib.sha256(b"link").hexdigest()
    write_settings(session, replace(read_settings(session), setup_hash=hashed))
    do(session, "link", SITE, ("Robin", keys), (BOARD,))
    return keys.public_id


def a_protection(session: Session, owl: Member) -> Protection:
    until = clock.today() + timedelta(days=2)
    return protections.begin(session, owl.actor, protections.Plan(Measure.INVITES, until))


def a_wording(session: Session) -> Wording:
    signer = make_moderator(session, "Wigeon")
    made = telling.word(session, signer.actor, Occasion.ACKNOWLEDGEMENT, TEXT, 0)
    session.flush()
    return made


def a_round(session: Session, owl: Member) -> Round:
    question = Question("What would help?", ("more light",), Trust.NEWCOMER, 7)
    return rounds.ask(session, owl.actor, question)


def reply_to_a_round(session: Session, owl: Member, do: Deed) -> None:
    asked = a_round(session, owl)
    asked.counted_on = clock.today()
    do(session, owl.actor, asked, Reply("We heard.", "More light.", "Nothing else."))


def take_a_text_away(session: Session, owl: Member, do: Deed) -> None:
    asked = a_round(session, owl)
    session.flush()
    text = RoundText(id=1, round_id=asked.id, body="more light")
    session.add(text)
    session.flush()
    do(session, owl.actor, text)


def a_filter(session: Session, owl: Member) -> Filter:
    return filters.create_filter(session, owl.actor, Plan(Sort.PHRASE, "bread", Action.HOLD))


def a_handed_message(session: Session) -> Handed:
    heron, stoat = make_member(session, "Heron"), make_member(session, "Stoat")
    draft = Draft(body="Lanterns, said rudely.")
    messages.send(session, stoat.actor, private_key_of(stoat), heron.actor, draft)
    copy = session.scalars(select(Message).where(Message.member_id == heron.id)).one()
    complaint = Complaint(ReportReason.HARASSMENT)
    handing.hand_over(session, heron.actor, private_key_of(heron), copy, complaint)
    handed = handing.handed_by_id(session, session.scalars(select(HandedMessage.public_id)).one())
    assert handed is not None
    return handed


def decide_about_a_message(session: Session, owl: Member, do: Deed) -> None:
    handed = a_handed_message(session)
    said = handing.opened(session, handed, owl.actor, private_key_of(owl))
    do(session, owl.actor, handed, said, LEAVE)


def cut_a_tie(session: Session, owl: Member, do: Deed) -> None:
    inviter, invited = make_member(session, "Heron"), make_member(session, "Wren")
    session.add(InviteTie(member_id=invited.id, invited_by_id=inviter.id, made_on=clock.today()))
    session.flush()
    do(session, owl.actor, inviting.tree_of(session, "Wren"), Cut.SAFETY)


def decide_several(session: Session, owl: Member, do: Deed) -> None:
    item = make_held(session)
    do(session, owl.actor, [Chosen(item, item.version, "")], Decision(Act.RELEASE))


def take_a_busy_item(session: Session, owl: Member, do: Deed) -> None:
    item = console.claim(session, make_moderator(session, "Wigeon").actor, make_held(session))
    do(session, owl.actor, item, item.version)


def hand_an_item_on(session: Session, owl: Member, do: Deed) -> None:
    make_moderator(session, "Wigeon")
    item = console.claim(session, owl.actor, make_held(session))
    do(session, owl.actor, matter_of(session, item), "Wigeon", item.version)


def read_an_answer(session: Session, owl: Member, do: Deed) -> None:
    wigeon = make_moderator(session, "Wigeon")
    _statement, item = make_answered(session, wigeon, make_member(session, "Heron"), REMOVE)
    do(session, owl.actor, item, item.version, "Read.")


def lift_a_sanction(session: Session, owl: Member, do: Deed) -> None:
    item = make_reported(session)
    statement = console.decide(session, owl.actor, item, item.version, suspend())
    assert statement is not None
    do(session, owl.actor, moderation.ruling_of(session, statement))


def remove_an_account(session: Session, owl: Member, do: Deed) -> None:
    do(session, owl.actor, make_moderator(session, "Wigeon").id, make_post(session), "It names.")


def restore_a_guide(session: Session, owl: Member, do: Deed) -> None:
    guides.rewrite(session, owl.actor, "rest", "en", GUIDE)
    session.flush()
    do(session, owl.actor, "rest", "en")


def take_a_list_over(session: Session, owl: Member, do: Deed) -> None:
    seed = bytes(range(32))
    session.info[lists.KEY_NAME] = seed
    text = lists.export(session, "Harbour")
    do(session, owl.actor, text, lists.fingerprint(crypto.signers_key(seed)))


def a_place(session: Session) -> Place:
    made = seat(session, make_circle(session), make_member(session, "Heron"), keeps=True)
    place = place_by_id(session, made.public_id)
    assert place is not None
    return place


def worded(session: Session, owl: Member) -> Any:
    return desk.add_reason(session, owl.actor, "Number", Rule.IDENTITY, "It holds a number.")


def claimed(session: Session, owl: Member) -> Any:
    return console.claim(session, owl.actor, make_held(session))


def a_proposal(session: Session, owl: Member) -> Waiting:
    """Another moderator asks to remove Heron for good."""
    heron, barn = make_member(session, "Heron"), make_moderator(session, "Barn")
    made = staff.propose(session, barn.actor, heron, REMOVAL)
    waiting = waiting_by_id(session, made.public_id)
    assert waiting is not None
    return waiting


STORIES: Final[dict[str, Story]] = {
    "accounts.looks.note": lambda s, owl, do: do(
        s, owl.actor, "invite.trace", make_member(s).id, Seen.TREE
    ),
    "accounts.service.grant_role": lambda s, owl, do: do(
        s, owl.public_id, make_member(s), Role.MODERATOR
    ),
    "accounts.service.revoke_role": lambda s, owl, do: do(
        s, owl.public_id, make_moderator(s, "Wigeon"), Role.MODERATOR
    ),
    "admin.service.change_board": lambda s, owl, do: do(s, owl.actor, make_board(s), BOARD),
    "admin.service.change_invites": lambda s, owl, do: do(s, owl.actor, Inviting(regular=2)),
    "admin.service.change_limits": lambda s, owl, do: do(s, owl.actor, LIMITS),
    "admin.service.change_settings": lambda s, owl, do: do(s, owl.actor, SITE),
    "admin.service.open_board": lambda s, owl, do: do(s, owl.actor, BOARD),
    "admin.service.rename_heading": lambda s, owl, do: do(s, owl.actor, make_category(s), "Reeds"),
    "admin.service.set_up": set_up,
    "admin.service.shift_board": lambda s, owl, do: do(s, owl.actor, make_board(s), Way.UP),
    "admin.service.shift_heading": lambda s, owl, do: do(s, owl.actor, make_category(s), Way.UP),
    "cases.service.cover.set_hours": lambda s, owl, do: do(s, owl.actor, [Window(0, 8, 20)]),
    "cases.service.phrases.change": lambda s, owl, do: do(s, owl.actor, "A", "We write again.", ""),
    "cases.service.phrases.restore": lambda s, owl, do: do(s, owl.actor, "A"),
    "community.protections.begin": lambda s, owl, do: do(
        s, owl.actor, protections.Plan(Measure.INVITES, clock.today() + timedelta(days=2))
    ),
    "community.protections.end": lambda s, owl, do: do(s, owl.actor, a_protection(s, owl)),
    "community.rounds.ask": lambda s, owl, do: do(
        s, owl.actor, Question("What would help?", ("more light",), Trust.NEWCOMER, 7)
    ),
    "community.rounds.close": lambda s, owl, do: do(s, owl.actor, a_round(s, owl)),
    "community.rounds.reply": reply_to_a_round,
    "community.rounds.take_away": take_a_text_away,
    "community.telling.drop": lambda s, owl, do: do(s, owl.actor, a_wording(s)),
    "community.telling.sign": lambda s, owl, do: do(s, owl.actor, a_wording(s)),
    "community.telling.word": lambda s, owl, do: do(
        s, owl.actor, Occasion.ACKNOWLEDGEMENT, TEXT, 0
    ),
    "filters.service.create_filter": lambda s, owl, do: do(
        s, owl.actor, Plan(Sort.PHRASE, "bread", Action.HOLD)
    ),
    "filters.service.remove_filter": lambda s, owl, do: do(s, owl.actor, a_filter(s, owl)),
    "filters.service.set_on": lambda s, owl, do: do(s, owl.actor, a_filter(s, owl), on=False),
    "forum.rescreening.begin": lambda s, owl, do: (do(s, owl.public_id), do(s, owl.public_id)),
    "forum.service.move": lambda s, owl, do: do(
        s, owl.actor, make_thread(s), make_board(s, "Reeds")
    ),
    "forum.service.set_locked": lambda s, owl, do: do(s, owl.actor, make_thread(s), locked=True),
    "forum.service.set_pinned": lambda s, owl, do: do(s, owl.actor, make_thread(s), pinned=True),
    "membership.service.appoint": lambda s, owl, do: do(
        s, owl.actor, make_circle(s), make_member(s, "Heron")
    ),
    "membership.service.dismiss": lambda s, owl, do: do(s, owl.actor, a_place(s)),
    "membership.service.invite": lambda s, owl, do: do(
        s, owl.actor, make_circle(s), make_member(s, "Heron")
    ),
    "membership.service.put_out": lambda s, owl, do: do(s, owl.actor, a_place(s)),
    "moderation.desk.add_reason": lambda s, owl, do: do(
        s, owl.actor, "Number", Rule.IDENTITY, "It holds a number."
    ),
    "moderation.desk.leave_note": lambda s, owl, do: do(s, owl.actor, "All is quiet."),
    "moderation.desk.remove_reason": lambda s, owl, do: do(s, owl.actor, worded(s, owl)),
    "moderation.handing.decide": decide_about_a_message,
    "moderation.handing.note_opening": lambda s, owl, do: do(
        s, owl.actor, a_handed_message(s).row.reporter_id
    ),
    "moderation.inviting.cut": cut_a_tie,
    "moderation.inviting.note_trace": lambda s, owl, do: do(s, owl.actor, make_member(s).id),
    "moderation.service.claim": lambda s, owl, do: do(s, owl.actor, make_held(s)),
    "moderation.service.decide": lambda s, owl, do: do(s, owl.actor, make_reported(s), 1, LEAVE),
    "moderation.service.decide_together": decide_several,
    "moderation.service.give_back": lambda s, owl, do: do(s, owl.actor, claimed(s, owl)),
    "moderation.service.hand_on": hand_an_item_on,
    "moderation.service.lift": lift_a_sanction,
    "moderation.service.remove_account": remove_an_account,
    "moderation.service.remove_member": lambda s, owl, do: (
        do(s, owl.actor, make_moderator(s, "Barn").id, make_member(s).id, REMOVED),
        do(s, owl.actor, None, make_member(s).id, REMOVED),
    ),
    "moderation.service.sanction_member": lambda s, owl, do: (
        do(s, owl.actor, make_member(s).id, WARNED),
        do(s, owl.actor, make_member(s).id, SILENCED),
    ),
    "moderation.service.suspend_for_now": lambda s, owl, do: do(
        s, owl.actor, make_post(s), "It names.", 1
    ),
    "moderation.service.take_over": take_a_busy_item,
    "moderation.service.undo": read_an_answer,
    "moderation.service.uphold": read_an_answer,
    "staff.service.agree": lambda s, owl, do: do(s, owl.actor, a_proposal(s, owl)),
    "staff.service.propose": lambda s, owl, do: do(
        s, owl.actor, make_member(s, "Heron"), ROLE_FOR_HERON
    ),
    "staff.service.take_role": lambda s, owl, do: do(
        s, owl.actor, make_moderator(s, "Wigeon"), Role.MODERATOR
    ),
    "staff.service.withdraw": lambda s, owl, do: do(s, owl.actor, a_proposal(s, owl)),
    "support.guides.restore": restore_a_guide,
    "support.guides.rewrite": lambda s, owl, do: do(s, owl.actor, "rest", "en", GUIDE),
    "support.lists.check": lambda s, owl, do: do(
        s, owl.actor, lists.shipped()["zara"], Status.OK, "Lantern"
    ),
    "support.lists.take_over": take_a_list_over,
    "trust.service.change_ladder": lambda s, owl, do: do(s, owl.actor, LADDER),
    "trust.service.give": lambda s, owl, do: do(
        s, owl.actor, person_by_pseudonym(s, make_member(s, "Heron").pseudonym), Trust.REGULAR
    ),
}
