"""The console, reports and statements over HTTP."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.models import Member
from app.accounts.queries import somebody_answers_exposures
from app.core.errors import NotFoundError, StaleError
from app.forum import queries as forum
from app.forum import rescreening as rescreenings
from app.forum.models import Post
from app.messages import queries as messages
from app.messages.models import Conversation, Message
from app.moderation import care, desk, handing, inviting, queries, service, words
from app.moderation.care import KINDS
from app.moderation.forms import (
    AnswerForm,
    BulkForm,
    CannedReasonForm,
    CareForm,
    CutForm,
    DecisionForm,
    HandedForm,
    HandOnForm,
    NoteForm,
    ReplyForm,
    ReportForm,
    day,
    filters,
    number,
)
from app.moderation.handing import Handed
from app.moderation.inviting import Cut, Tree
from app.moderation.models import CannedReason, ReportReason, Rule
from app.moderation.queries import Matter, Ruling
from app.policy.limits import Limited
from app.policy.permissions import Permission
from app.review.models import Reason
from app.review.queries import Claimed, Filter
from app.web import limits
from app.web.access import demand, may, me, permit, permit_on, public, signed_in
from app.web.paging import paging_key
from app.web.render import page, tell
from app.web.unit_of_work import owe, session, undo

blueprint = Blueprint("moderation", __name__)
blueprint.context_processor(words.for_pages)


# --- reports --------------------------------------------------------------------------------------


@blueprint.get("/posts/<post_id>/report")
@permit_on(Permission.POST_REPORT, forum.post_by_public_id)
def report_post(post: Post) -> ResponseReturnValue:
    """The form by which a member asks the moderators to look at a post."""
    return _report_page(post, ReportForm())


@blueprint.post("/posts/<post_id>/report")
@permit_on(Permission.POST_REPORT, forum.post_by_public_id)
def send_report(post: Post) -> ResponseReturnValue:
    """Report a post."""
    form = ReportForm()
    if not form.validate():
        return _report_page(post, form, 422)
    limits.spend_by_trust(Limited.REPORTS)
    service.report(session(), me(), post, form.complaint())
    tell(_("Thank you. A moderator will look at it. You will get an answer in your inbox."))
    return redirect(url_for("forum.show_post", post_id=post.public_id))


@blueprint.get("/me/reports")
@permit(Permission.REPORT_LIST)
def my_reports() -> ResponseReturnValue:
    """What the member has reported, and what became of it."""
    reports = queries.own_reports(session(), me(), paging_key("before"))
    is_first = "before" not in request.args
    handed = handing.handed_by(session(), me()) if is_first else []
    return page(
        "moderation/my_reports.html",
        reports=reports,
        handed=handed,
        is_mostly_wrong=queries.reporting_of(session(), me().id).is_mostly_wrong,
    )


def _report_page(post: Post, form: ReportForm, status: int = 200) -> ResponseReturnValue:
    """The form, or a word that the member has reported this already."""
    has_exposures = somebody_answers_exposures(session())
    return page(
        "moderation/report.html",
        status,
        post=post,
        author=_pseudonym(post.author_id),
        already=queries.open_report_of(session(), me(), post),
        form=form,
        problems=form.problems(),
        # Where somebody answers exposures, the first reason has a way of its own.
        may_send_exposure=has_exposures,
        options=words.choices(
            {
                reason: word
                for reason, word in words.REPORT_REASONS.items()
                if not (has_exposures and reason is ReportReason.IDENTITY)
            }
        ),
    )


# --- messages that are handed over ----------------------------------------------------------------


@blueprint.get("/messages/copies/<message_id>/report")
@permit_on(Permission.MESSAGE_REPORT, messages.message_by_id)
def report_message(copy: Message) -> ResponseReturnValue:
    """The form by which a member hands one message to the moderators."""
    return _hand_page(copy, ReportForm())


@blueprint.post("/messages/copies/<message_id>/report")
@permit_on(Permission.MESSAGE_REPORT, messages.message_by_id)
def hand_over(copy: Message) -> ResponseReturnValue:
    """Hand one message over."""
    form = ReportForm()
    if not form.validate():
        return _hand_page(copy, form, 422)
    limits.spend_by_trust(Limited.REPORTS)
    try:
        handing.hand_over(session(), me(), signed_in().unlock(), copy, form.complaint())
    except handing.NobodyToReadError:
        return _hand_page(copy, form, 409, has_nobody=True)
    tell(_("Thank you. A moderator will read this message, and you will get an answer."))
    return redirect(url_for("moderation.my_reports"))


@blueprint.get("/queue/messages")
@permit(Permission.DESK_KEEP)
def handed_messages() -> ResponseReturnValue:
    """The messages that were handed over and that this moderator can open."""
    waiting = handing.waiting_for(session(), me())
    return page("moderation/handed_messages.html", waiting=waiting)


@blueprint.get("/queue/messages/<handed_id>")
@permit_on(Permission.MESSAGE_JUDGE, handing.handed_by_id)
def show_handed(handed: Handed) -> ResponseReturnValue:
    """One message that was handed over, and the form for a decision."""
    return _handed_page(handed, HandedForm(formdata=None))


@blueprint.post("/queue/messages/<handed_id>")
@permit_on(Permission.MESSAGE_JUDGE, handing.handed_by_id)
def decide_handed(handed: Handed) -> ResponseReturnValue:
    """Decide about a message that was handed over."""
    form = HandedForm()
    if not form.validate():
        return _handed_page(handed, form, 422)
    said = handing.opened(session(), handed, me(), signed_in().unlock())
    handing.decide(session(), me(), handed, said, form.decision())
    tell(_("Decided. Those whom it concerns will find it in their inbox."))
    return redirect(url_for("moderation.handed_messages"))


def _hand_page(
    copy: Message, form: ReportForm, status: int = 200, *, has_nobody: bool = False
) -> ResponseReturnValue:
    """What is handed over, and what is said with it."""
    (read,) = messages.read(session(), me(), [copy], signed_in().unlock())
    if read.letter is None or read.is_own:
        raise NotFoundError
    side = session().get_one(Conversation, copy.conversation_id)
    return page(
        "moderation/hand_over.html",
        status,
        copy=copy,
        letter=read.letter,
        side=side,
        already=handing.is_handed(session(), copy),
        has_nobody=has_nobody,
        form=form,
        problems=form.problems(),
        options=words.choices(words.REPORT_REASONS),
    )


def _handed_page(handed: Handed, form: HandedForm, status: int = 200) -> ResponseReturnValue:
    """A handed message, opened for the moderator who asks."""
    said = handing.opened(session(), handed, me(), signed_in().unlock())
    moderator, reporter_id = me(), handed.row.reporter_id
    owe(lambda owing: handing.note_opening(owing, moderator, reporter_id))
    return page(
        "moderation/handed_message.html",
        status,
        handed=handed.row,
        said=said,
        sender=handing.sender_of(session(), said),
        form=form,
        problems=form.problems(),
        rules=words.options(words.RULES),
        sanctions=[("", _("No sanction"), ""), *words.choices(words.SANCTIONS)],
    )


# --- looking posts through again ------------------------------------------------------------------


@blueprint.get("/queue/screening")
@permit(Permission.QUEUE_RESCREEN)
def rescreening() -> ResponseReturnValue:
    """How many posts the present rules have not screened, the run under way, and past ones."""
    return page(
        "moderation/rescreening.html",
        stand=rescreenings.stand(session()),
        running=rescreenings.running(session()),
        past=rescreenings.past_runs(session()),
    )


@blueprint.post("/queue/screening")
@permit(Permission.QUEUE_RESCREEN)
def begin_rescreening() -> ResponseReturnValue:
    """Have all published posts looked through by the rules as they stand now."""
    rescreenings.begin(session(), me().public_id)
    tell(_("It has begun. What is found comes into the queue; this page shows how far it is."))
    return redirect(url_for("moderation.rescreening"))


# --- the queue ------------------------------------------------------------------------------------


@blueprint.get("/queue")
@permit(Permission.QUEUE_READ)
def queue() -> ResponseReturnValue:
    """What waits for a moderator."""
    return _queue_page(BulkForm())


@blueprint.post("/queue")
@permit(Permission.QUEUE_READ)
def decide_chosen() -> ResponseReturnValue:
    """Release or reject several held posts with one reason."""
    form = BulkForm()
    if not form.validate():
        return _queue_page(form, status=422)
    try:
        count = service.decide_together(session(), me(), _chosen(form), form.decision())
    except StaleError:
        undo()
        return _queue_page(form, status=409, is_stale=True)
    tell(ngettext("%(num)d post decided.", "%(num)d posts decided.", count))
    return redirect(_queue_url(filters()))


def _queue_page(
    form: BulkForm, *, status: int = 200, is_stale: bool = False, note: NoteForm | None = None
) -> ResponseReturnValue:
    """One page of the queue, with what was chosen still chosen."""
    note = note or NoteForm(formdata=None)
    asked = filters()
    wanted = Filter(
        reason=asked["reason"],
        claimed=asked["claimed"],
        place=queries.place_after(session(), asked["after"]),
    )
    return page(
        "moderation/queue.html",
        status,
        queue=queries.queue(session(), me(), wanted, asked["board"]),
        workload=queries.workload(session(), me()),
        asked=asked,
        reasons=list(Reason),
        claims=Claimed,
        form=form,
        problems=form.problems() | note.problems(),
        shift_note=_shift_note(),
        note=note,
        ticked={public_id for public_id, _version, _seen in form.chosen},
        is_stale=is_stale,
        rules=words.options(words.RULES),
        here=_queue_url(asked),
    )


def _shift_note() -> desk.LeftNote | None:
    """The note for this shift; it is for those who moderate the whole site."""
    if not may(Permission.DESK_KEEP):
        return None
    return desk.shift_note(session(), me(), signed_in().unlock())


def _queue_url(asked: dict[str, Any]) -> str:
    """The address of a page of the queue with these filters."""
    return url_for("moderation.queue", **{name: value or None for name, value in asked.items()})


def _chosen(form: BulkForm) -> list[service.Chosen]:
    """The items that were ticked, each behind its door."""
    chosen = []
    for public_id, version, seen in form.chosen:
        matter = queries.matter_by_id(session(), public_id)
        if matter is None:
            raise NotFoundError
        demand(Permission.REVIEW_DECIDE, matter)
        chosen.append(service.Chosen(matter.item, version, seen))
    return chosen


@blueprint.post("/queue/note")
@permit(Permission.DESK_KEEP)
def leave_note() -> ResponseReturnValue:
    """Leave a note for the next shift, in place of the one before it."""
    form = NoteForm()
    if not form.validate():
        return _queue_page(BulkForm(formdata=None), status=422, note=form)
    desk.leave_note(session(), me(), form.text.data or "")
    return redirect(url_for("moderation.queue"))


# --- worded reasons -------------------------------------------------------------------------------


@blueprint.get("/queue/reasons")
@permit(Permission.DESK_KEEP)
def all_reasons() -> ResponseReturnValue:
    """The reasons that the team has worded, and the form for another."""
    return _reasons_page(CannedReasonForm(formdata=None))


@blueprint.post("/queue/reasons")
@permit(Permission.DESK_KEEP)
def add_reason() -> ResponseReturnValue:
    """Word a reason for the whole team."""
    form = CannedReasonForm()
    if not form.validate():
        return _reasons_page(form, 422)
    if desk.is_full(session()):
        tell(_("There are as many as there can be. Take one away first."), "warning")
        return _reasons_page(form, 422)
    desk.add_reason(session(), me(), form.name.data, Rule(form.rule.data), form.text.data)
    tell(_("It is there for everybody who decides."))
    return redirect(url_for("moderation.all_reasons"))


@blueprint.post("/queue/reasons/<reason_id>/remove")
@permit_on(Permission.DESK_KEEP, desk.reason_by_id)
def remove_reason(reason: CannedReason) -> ResponseReturnValue:
    """Take a worded reason away."""
    desk.remove_reason(session(), me(), reason)
    tell(_("It is gone. Statements that began with it stay as they are."))
    return redirect(url_for("moderation.all_reasons"))


def _reasons_page(form: CannedReasonForm, status: int = 200) -> ResponseReturnValue:
    """The page of worded reasons, with what was typed."""
    return page(
        "moderation/canned_reasons.html",
        status,
        canned_reasons=desk.canned_reasons(session()),
        form=form,
        problems=form.problems(),
        rules=words.options(words.RULES),
    )


# --- one item -------------------------------------------------------------------------------------


@blueprint.get("/queue/<item_id>")
@permit_on(Permission.REVIEW_READ, queries.matter_by_id)
def show_item(matter: Matter) -> ResponseReturnValue:
    """Everything that a decision about one item rests on, and the form for it."""
    is_asked_for = "shown" in request.args or matter.item.holder_id == me().id
    if not is_asked_for and care.is_spared(session(), me(), matter):
        kinds = sorted(queries.kinds_of(matter) & queries.spared_by(session(), me().id))
        return page("moderation/spared.html", item=matter.item, kinds=kinds)
    return _item_page(matter)


@blueprint.post("/queue/<item_id>/take")
@permit_on(Permission.REVIEW_DECIDE, queries.matter_by_id)
def claim(matter: Matter) -> ResponseReturnValue:
    """Take an item."""
    service.claim(session(), me(), matter.item)
    return _to(matter)


@blueprint.post("/queue/<item_id>/take-over")
@permit_on(Permission.REVIEW_DECIDE, queries.matter_by_id)
def take_over(matter: Matter) -> ResponseReturnValue:
    """Take an item that somebody else has."""
    version = number(request.form.get("version")) or 0
    service.take_over(session(), me(), matter.item, version)
    return _to(matter)


@blueprint.post("/queue/<item_id>/give-back")
@permit_on(Permission.REVIEW_DECIDE, queries.matter_by_id)
def give_back(matter: Matter) -> ResponseReturnValue:
    """Give an item back."""
    service.give_back(session(), me(), matter.item)
    return redirect(url_for("moderation.queue"))


@blueprint.post("/queue/<item_id>/hand-on")
@permit_on(Permission.REVIEW_DECIDE, queries.matter_by_id)
def hand_on(matter: Matter) -> ResponseReturnValue:
    """Give an item that one has to another moderator."""
    form = HandOnForm()
    to = service.hand_on(session(), me(), matter, form.to.data or "", form.seen_version)
    if to is None:
        tell(_("Choose to whom it goes. Nothing was done."), "warning")
        return _to(matter)
    tell(_("%(moderator)s has it now, and will find a line in the inbox.", moderator=to.pseudonym))
    return redirect(url_for("moderation.queue"))


@blueprint.post("/queue/<item_id>/decide")
@permit_on(Permission.REVIEW_DECIDE, queries.matter_by_id)
def decide(matter: Matter) -> ResponseReturnValue:
    """Decide about a post and its author, or show what its author would read."""
    form = DecisionForm()
    if form.wants_reason:
        demand(Permission.DESK_KEEP)
        canned = desk.reason_by_id(session(), form.canned.data or "")
        if canned is not None:
            form.begin_with(canned.text, canned.rule)
        return _item_page(matter, form)
    if not form.validate():
        return _item_page(matter, form, status=422)
    if form.decision().sanction is not None:
        demand(Permission.SANCTION_GIVE)
    if form.wants_preview:
        preview = service.draft(me(), matter, form.decision())
        return _item_page(matter, form, preview=preview, is_preview=True)
    try:
        service.decide(session(), me(), matter.item, form.seen_version, form.decision())
    except StaleError:
        return _overtaken(matter, form)
    return _decided()


@blueprint.post("/queue/<item_id>/answer")
@permit_on(Permission.REVIEW_DECIDE, queries.matter_by_id)
def decide_answer(matter: Matter) -> ResponseReturnValue:
    """Let a decision stand, or take it back, after its answer was read."""
    form = ReplyForm()
    if not form.validate():
        return _item_page(matter, reply=form, status=422)
    settle = service.undo if form.act.data == "undo" else service.uphold
    try:
        settle(session(), me(), matter.item, form.seen_version, form.text.data)
    except StaleError:
        return _overtaken(matter, reply=form)
    return _decided()


def _decided() -> ResponseReturnValue:
    """After a decision: the queue again."""
    tell(_("Decided. Those whom it concerns will find it in their inbox."))
    return redirect(url_for("moderation.queue"))


def _overtaken(
    matter: Matter, form: DecisionForm | None = None, reply: ReplyForm | None = None
) -> ResponseReturnValue:
    """Somebody was faster: the item as it is now, and what was typed is kept."""
    public_id = matter.item.public_id
    undo()
    now = queries.matter_by_id(session(), public_id)
    if now is None:
        raise StaleError
    return _item_page(now, form, reply, status=409, is_stale=True)


def _item_page(
    matter: Matter, form: DecisionForm | None = None, reply: ReplyForm | None = None, **shown: Any
) -> ResponseReturnValue:
    """The page of an item; `shown` may hold a status, a preview, and that somebody was faster."""
    form, reply = form or DecisionForm(formdata=None), reply or ReplyForm(formdata=None)
    status = shown.pop("status", 200)
    found = queries.findings_of(matter)
    values = {"preview": None, "is_preview": False, "is_stale": False} | shown
    return page(
        "moderation/item.html",
        status,
        matter=matter,
        item=matter.item,
        post=matter.post,
        found=found,
        filters=queries.filters_in(session(), found),
        context=forum.context(session(), matter.post) if matter.post else [],
        reported=queries.reported(session(), matter),
        weight=queries.weight_of_reports(session(), matter),
        history=queries.history(session(), me(), matter),
        ruling=queries.ruling_of(session(), matter.statement) if matter.statement else None,
        holder=queries.holder_of(session(), matter.item),
        successors=_successors(matter),
        **_canned(matter),
        is_mine=matter.item.holder_id == me().id,
        is_own=matter.author_id == me().id,
        may_decide=may(Permission.REVIEW_DECIDE, matter),
        form=form,
        reply=reply,
        problems=form.problems() | reply.problems(),
        acts=words.choices({act: words.ACTS[act] for act in matter.acts}),
        rules=words.options(words.RULES),
        sanctions=[("", _("No sanction"), ""), *words.choices(words.SANCTIONS)],
        **values,
    )


def _successors(matter: Matter) -> list[tuple[str, str]]:
    """To whom one may hand an item on, as choices; nobody while one does not have it."""
    if not matter.item.is_open or matter.item.holder_id != me().id:
        return []
    names = [other.pseudonym for other in queries.successors(session(), me(), matter)]
    return [("", _("Choose")), *((name, name) for name in names)] if names else []


def _canned(matter: Matter) -> dict[str, Any]:
    """The worded reasons of the team, as choices; none where nothing is left to decide."""
    is_wanted = matter.item.is_open and matter.statement is None and may(Permission.DESK_KEEP)
    kept = desk.canned_reasons(session()) if is_wanted else []
    return {
        "canned_reasons": kept,
        "reason_options": [("", _("Choose")), *((one.public_id, one.name) for one in kept)],
    }


def _to(matter: Matter) -> ResponseReturnValue:
    """Back to the page of an item."""
    return redirect(url_for("moderation.show_item", item_id=matter.item.public_id))


# --- statements and standing ----------------------------------------------------------------------


@blueprint.get("/statements/<statement_id>")
@permit_on(Permission.STATEMENT_READ, queries.ruling_by_id)
def show_statement(ruling: Ruling) -> ResponseReturnValue:
    """What was decided, on which rule, and what can be done about it."""
    return _statement_page(ruling, AnswerForm())


@blueprint.post("/statements/<statement_id>/answer")
@permit_on(Permission.STATEMENT_ANSWER, queries.ruling_by_id)
def answer_statement(ruling: Ruling) -> ResponseReturnValue:
    """Answer a decision, once."""
    form = AnswerForm()
    if not form.validate():
        return _statement_page(ruling, form, 422)
    service.answer(session(), me(), ruling, form.text.data)
    tell(_("Your answer has been sent. You will find the reply in your inbox."))
    return redirect(url_for("moderation.show_statement", statement_id=ruling.statement.public_id))


@blueprint.post("/statements/<statement_id>/lift")
@permit_on(Permission.SANCTION_LIFT, queries.ruling_by_id)
def lift(ruling: Ruling) -> ResponseReturnValue:
    """End the sanctions of a decision before their time."""
    if service.lift(session(), me(), ruling):
        tell(_("Lifted. The member will find it in the inbox."))
    return redirect(url_for("moderation.show_statement", statement_id=ruling.statement.public_id))


def _statement_page(ruling: Ruling, form: AnswerForm, status: int = 200) -> ResponseReturnValue:
    """A statement as the member reads it, and as moderators look it up."""
    return page(
        "moderation/statement.html",
        status,
        ruling=ruling,
        statement=ruling.statement,
        is_own=ruling.member_id == me().id,
        about=_pseudonym(ruling.member_id),
        form=form,
        problems=form.problems(),
    )


def _pseudonym(member_id: int | None) -> str | None:
    """What a member is called, if he or she is still here."""
    member = None if member_id is None else session().get(Member, member_id)
    return None if member is None else member.pseudonym


# --- care -----------------------------------------------------------------------------------------


@blueprint.get("/me/care")
@permit(Permission.ACCOUNT_MANAGE)
def show_care() -> ResponseReturnValue:
    """The kinds of items that a moderator can ask not to be given."""
    demand(Permission.QUEUE_READ)
    return page("moderation/care.html", kinds=KINDS, chosen=queries.spared_by(session(), me().id))


@blueprint.post("/me/care")
@permit(Permission.ACCOUNT_MANAGE)
def change_care() -> ResponseReturnValue:
    """Choose them."""
    demand(Permission.QUEUE_READ)
    care.spare(session(), me(), CareForm().chosen)
    tell(_("Saved. Nobody else sees what you chose."))
    return redirect(url_for("moderation.queue"))


# --- invites --------------------------------------------------------------------------------------


@blueprint.get("/u/<pseudonym>/invited")
@permit_on(Permission.INVITE_TRACE, inviting.tree_of)
def show_invited(tree: Tree) -> ResponseReturnValue:
    """Who invited a member, and whom he or she brought in."""
    return _invited_page(tree, CutForm(formdata=None))


@blueprint.post("/u/<pseudonym>/invited/cut")
@permit_on(Permission.INVITE_CUT, inviting.tree_of)
def cut_tie(tree: Tree) -> ResponseReturnValue:
    """Take the tie between a member and the inviter away."""
    form = CutForm()
    if not form.validate():
        return _invited_page(tree, form, 422)
    inviting.cut(session(), me(), tree, Cut(form.why.data))
    tell(_("The tie is gone. That it was cut, and why, stands in the audit log."))
    return redirect(url_for("moderation.show_invited", pseudonym=tree.pseudonym))


def _invited_page(tree: Tree, form: CutForm, status: int = 200) -> ResponseReturnValue:
    """The tree around one member, and the form that cuts the tie above."""
    moderator = me()
    owe(lambda owing: inviting.note_trace(owing, moderator, tree.member_id))
    return page(
        "moderation/invited.html",
        status,
        tree=tree,
        form=form,
        problems=form.problems(),
        cuts=words.choices(words.CUTS),
        most=inviting.MOST_SHOWN,
        deepest=inviting.DEEPEST,
    )


# --- logs -----------------------------------------------------------------------------------------


@blueprint.get("/audit")
@permit(Permission.AUDIT_READ)
def audit() -> ResponseReturnValue:
    """What those with power did: verbs, ids and days."""
    entries = queries.audit_log(session(), number(request.args.get("before")))
    return page("moderation/audit.html", entries=entries)


@blueprint.get("/log")
@public
def public_log() -> ResponseReturnValue:
    """What was done here, for everybody: deeds, rules and days, no name and no text."""
    lines, before = queries.public_log(session(), day(request.args.get("before", "")))
    return page("moderation/log.html", lines=lines, before=before)
