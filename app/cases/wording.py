"""What exposures and cases are called in texts for people; whole sentences, ready to be translated.

Words of RESPONSE.md: affected member, exposure, "what may be public", "the account that posted
this". No text asks whether it is true, or why somebody posted it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from flask_babel import format_date, format_datetime
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.cases import clocks, drafts
from app.cases.aid import Rule
from app.cases.outside import Unfit
from app.cases.phrasing import Objection
from app.cases.words import (
    Clock,
    ConsentState,
    EvidenceKind,
    ItemState,
    Level,
    PlaceKind,
    PlaceState,
    Profile,
    Proof,
    ReportState,
    Rung,
    Seat,
    Severity,
    Surface,
    Told,
    Verb,
    Way,
)
from app.cases.workflow import Gate, State
from app.core import clock
from app.support.sections import EMERGENCY

Words = Mapping[Any, Any]

KINDS: Final[Words] = {
    "name": _l("a name"),
    "face": _l("a face or a picture"),
    "address": _l("an address"),
    "phone": _l("a number or an e-mail address"),
    "work": _l("work or school"),
    "family": _l("family or friends"),
    "accounts": _l("accounts elsewhere"),
    "threat": _l("a threat"),
    "other": _l("something else"),
}
REPORT_PLACES: Final[Words] = {
    "here": _l("on this site"),
    "elsewhere": _l("on another site"),
    "messages": _l("in messages or a chat"),
    "life": _l("in everyday life"),
    "unsure": _l("I am not sure"),
}
VISIBLE: Final[Words] = {
    "yes": _l("yes"),
    "no": _l("no"),
    "unsure": _l("I am not sure"),
}
SEVERITIES: Final[Words] = {
    Severity.HINT: _l("E1 · a hint"),
    Severity.MEMBERS: _l("E2 · members can see it"),
    Severity.PUBLIC: _l("E3 · everybody can see it"),
    Severity.GRAVE: _l("E4 · everybody can see it, and it is grave"),
}
SEVERITY_HINTS: Final[Words] = {
    Severity.HINT: _l("Somebody could put two and two together."),
    Severity.MEMBERS: _l("It stands, or stood, where only members read."),
    Severity.PUBLIC: _l("A name or an account elsewhere, without more."),
    Severity.GRAVE: _l(
        "Address, phone, work, family, a face, threats, a minor; or being known is a danger."
    ),
}
SEATS: Final[Words] = {
    Seat.LEAD: _l("lead"),
    Seat.SECOND: _l("second"),
    Seat.CONTACT: _l("contact person"),
    Seat.TRUSTEE: _l("trustee"),
}
STATES: Final[Words] = {
    State.HOLDING: _l("holding"),
    State.CONTACTING: _l("reaching the member"),
    State.RESPONDING: _l("responding"),
    State.STABILISED: _l("stabilised"),
    State.FOLLOW_UP: _l("following up"),
    State.LOOK_BACK: _l("looking back"),
    State.CLOSED: _l("closed"),
}
NEXT: Final[Words] = {
    State.HOLDING: _l("Name a second person, and let everybody named check for conflicts."),
    State.CONTACTING: _l("Write the first letter. Three tries in 72 hours, on two routes."),
    State.RESPONDING: _l("Every place and every question needs an answer."),
    State.STABILISED: _l("Nothing visible that we can change, no danger, and two agree."),
    State.FOLLOW_UP: _l("Agree on check-ins, or note that none are wanted."),
    State.LOOK_BACK: _l("Write what helped and what did not, then close with a second person."),
    State.CLOSED: _l("Nothing waits. It can be opened again in one click."),
}
TOLD: Final[Words] = {
    Told.RECEIVED: _l("received"),
    Told.LOOKED_AT: _l("being looked at"),
    Told.ACTED_ON: _l("acted on"),
    Told.CLOSED: _l("closed"),
}
ENDINGS: Final[Words] = {
    ReportState.DUPLICATE: _l("We know of this already"),
    ReportState.NO_EXPOSURE: _l("It shows nobody; the post comes back"),
    ReportState.REROUTED: _l("It is a matter for the moderators; the post comes back"),
}
PLACES: Final[Words] = {
    PlaceKind.HERE: _l("this site"),
    PlaceKind.SOCIAL: _l("social network"),
    PlaceKind.PASTE: _l("paste site"),
    PlaceKind.SEARCH: _l("search engine"),
    PlaceKind.HOST: _l("web host"),
    PlaceKind.FORUM: _l("another forum"),
    PlaceKind.ARCHIVE: _l("archive"),
    PlaceKind.CODE: _l("code host"),
    PlaceKind.MESSAGES: _l("messages"),
    PlaceKind.OTHER: _l("another place"),
}
PLACE_STATES: Final[Words] = {
    PlaceState.SEEN: _l("seen"),
    PlaceState.CAPTURED: _l("captured"),
    PlaceState.DRAFTED: _l("request drafted"),
    PlaceState.ASKED: _l("waits for the member"),
    PlaceState.SENT: _l("request sent"),
    PlaceState.ANSWERED: _l("answered"),
    PlaceState.GONE: _l("gone"),
    PlaceState.REFUSED: _l("refused"),
    PlaceState.LEFT_ALONE: _l("left alone"),
}
PLACE_MOVES: Final[Words] = {
    PlaceState.SEEN: _l("It is there again"),
    PlaceState.CAPTURED: _l("Captured as evidence"),
    PlaceState.DRAFTED: _l("The request is drafted"),
    PlaceState.ASKED: _l("The member was asked"),
    PlaceState.SENT: _l("The request was sent"),
    PlaceState.ANSWERED: _l("They answered"),
    PlaceState.GONE: _l("It is gone"),
    PlaceState.REFUSED: _l("They refused"),
    PlaceState.LEFT_ALONE: _l("Leave it alone"),
}
CONSENTS: Final[Words] = {
    ConsentState.NOT_ASKED: _l("not asked yet"),
    ConsentState.ASKED: _l("no answer yet, so it is not done"),
    ConsentState.YES: _l("yes"),
    ConsentState.NO: _l("no"),
    ConsentState.NOT_NOW: _l("not now"),
    ConsentState.ASK_ON: _l("ask again on a day"),
    ConsentState.DECIDE: _l("decide for me"),
    ConsentState.WITHDRAWN: _l("withdrawn"),
}
ITEM_STATES: Final[Words] = {
    ItemState.OPEN: _l("open"),
    ItemState.DONE: _l("done"),
    ItemState.NOT_NEEDED: _l("not needed"),
    ItemState.BLOCKED: _l("blocked"),
}
GATES: Final[Words] = {
    Gate.ACT_OUTSIDE: _l("The affected member has not said yes to this act. Silence is no."),
    Gate.CAPTURE_FIRST: _l("Capture it as evidence first."),
    Gate.REASON: _l("Write a reason of a few words. The affected member will read it."),
    Gate.SECOND_PERSON: _l("A second person has to agree."),
    Gate.STATEMENT: _l("The account needs a statement of reasons and a way to answer."),
    Gate.LINT: _l("The wording has not been checked."),
    Gate.OVERDUE_CHECK_IN: _l("A check-in is overdue."),
    Gate.YOUNG_QUESTION: _l("A question to the member is younger than 14 days."),
    Gate.RETENTION: _l("The member has not chosen how long things are kept."),
    Gate.OPEN_PLACE: _l("A place is still open."),
    Gate.DANGER: _l("Danger is still noted."),
    Gate.OPEN_ITEM: _l("Some points are neither done nor marked as not needed."),
    Gate.LAST_PERSON: _l("Nobody would be left who leads this. Hand it over first."),
    Gate.ORDER: _l("This does not follow on what was done before."),
    Gate.NO_SHIELD: _l("Write down first what may be public; there is nothing to look for yet."),
    Gate.SAME_PERSON: _l("You have asked for it. Somebody else has to agree."),
    Gate.DEED: _l(
        "The deed itself settles this point, and it has not been done. If not needed, say why."
    ),
    Gate.OWNED: _l(
        "Write what helped and what hurt, and three to five actions, each with an owner."
    ),
    Gate.BLAMELESS: _l("A look-back names nobody. Write what happened, not who did it."),
    Gate.DRILL: _l("This is a drill: nothing of this site and nobody in it is touched."),
    Gate.NOT_WANTED: _l("The affected member has not said that this may be looked into."),
    Gate.GROUNDS: _l("Nothing is there yet on which this would rest."),
    Gate.ALTERNATIVES: _l("Write first what else it could be, and what would change your mind."),
    Gate.UNCOUNTED: _l("Ways that nobody can count are a third at least. For less, write why."),
    Gate.TOO_MANY: _l(
        "Nobody's name can be listed: too many could have known, or none is counted."
    ),
}
STEPS: Final[Words] = {
    "first": _l("The first ten minutes"),
    "contact": _l("1 · Contact"),
    "remove": _l("2 · Remove"),
    "trace": _l("3 · Trace"),
    "leaker": _l("4 · The account that posted it"),
    "notice": _l("5 · Notice"),
    "support": _l("Support"),
    "end": _l("Towards the end"),
}
ITEMS: Final[Words] = {
    "words.made": _l("six words that open this page"),
    "words.used": _l("this page, with the six words"),
    "first.conflicts": _l("Everybody named has checked for conflicts"),
    "first.danger": _l("Words of danger looked for"),
    "first.captured": _l("Evidence captured, then the post hidden"),
    "first.placeholder": _l("The placeholder looked at as a reader sees it"),
    "first.team": _l("Severity, lead, second and contact person set"),
    "first.special": _l(
        "A minor or an intimate picture: not opened, not copied, hotline and duties by law"
    ),
    "contact.route": _l("A route chosen: one set in advance, else a letter here; never in public"),
    "contact.taken_over": _l("Could the account be taken over? The agreed phrase asked for"),
    "contact.letter": _l("First letter sent"),
    "contact.asked": _l(
        "Asked: safe now? what first? how often? who must not see? who may speak for you?"
    ),
    "contact.limits": _l("What we may decide alone written down"),
    "contact.tried": _l("No answer: second and third route tried"),
    "remove.purge": _l("Everything of ours purged and verified"),
    "remove.places": _l("Places listed with their kind; hostile ones not visited from home"),
    "remove.harm": _l("Weighed whether asking makes it worse"),
    "remove.who_asks": _l("Agreed who asks: the member, or we with a yes"),
    "remove.drafts": _l("Requests drafted"),
    "remove.sent": _l("Requests sent, references noted"),
    "remove.again": _l("Places looked at again"),
    "remove.stop": _l("Agreed when we stop asking"),
    "remove.sweep": _l("Shields set, everything published swept"),
    "trace.wanted": _l("The member wants this looked into"),
    "trace.record": _l("Looked whether an account here posted it"),
    "trace.diary": _l("Which facts ever stood here"),
    "trace.set": _l("Who could have known, with routes nobody can count"),
    "trace.level": _l("Agreed what may be said"),
    "leaker.suspend": _l("The account that posted it suspended; it can be undone"),
    "leaker.stolen": _l("Asked whether that account was stolen"),
    "leaker.removal": _l("Removal by two, with a statement and an answer to others"),
    "leaker.inviter": _l("The inviter told as always, without blame"),
    "leaker.moderator": _l("If it is a moderator: roles off, keys renewed"),
    "notice.aid": _l("Worked out whether the community should be told"),
    "notice.wording": _l("The member has read the wording"),
    "notice.signed": _l("Signed by two"),
    "support.accounts": _l("Accounts secured, one at a time"),
    "support.platforms": _l("Platforms and police: what they can do, and what not"),
    "support.plan": _l("Safety plan offered"),
    "support.ways_on": _l("Ways to go on named once, without advice"),
    "support.team": _l("Our own time with this looked at; somebody to talk to"),
    "end.our_breach": _l("Answered: did data leave our own hands?"),
    "end.stable": _l("Two agree that nothing is visible that we can change"),
    "end.check_ins": _l("Check-ins finished, ended or declined"),
    "end.look_back": _l("Look-back written, each action owned"),
}
CLOCKS: Final[Words] = {
    Clock.CLAIM: _l("take the report"),
    Clock.TEAM: _l("name the team"),
    Clock.FIRST_LETTER: _l("first letter"),
    Clock.SUSPEND: _l("suspend the account that posted it"),
    Clock.PURGE: _l("purge what is ours"),
    Clock.DRAFT: _l("draft requests"),
    Clock.SEND: _l("send the request"),
    Clock.LOOK_AGAIN: _l("look at a place again"),
    Clock.UPDATE: _l("write to the member, even if nothing is new"),
    Clock.NO_ANSWER: _l("no answer: try another route"),
    Clock.CHECK_IN: _l("check in"),
    Clock.OUR_BREACH: _l("did data leave our hands?"),
    Clock.LOOK_BACK: _l("look back"),
}
VERBS: Final[Words] = {
    Verb.CREATED: _l("opened the case"),
    Verb.NAMED: _l("named people"),
    Verb.LEFT: _l("took somebody off the case"),
    Verb.VIEWED: _l("looked at what may be public"),
    Verb.RATED: _l("set how grave it is"),
    Verb.CAPTURED: _l("kept or wrote down what stands somewhere"),
    Verb.REDACTED: _l("made a redacted copy"),
    Verb.VERIFIED: _l("checked the records"),
    Verb.EXPORTED: _l("made a copy of the records"),
    Verb.HANDED_OVER: _l("handed over"),
    Verb.KEPT: _l("chose how long things are kept"),
    Verb.DESTROYED: _l("destroyed records"),
    Verb.ASKED: _l("asked you about an act"),
    Verb.CONSENTED: _l("said yes to an act"),
    Verb.SENT: _l("sent something"),
    Verb.ANSWERED: _l("answered a question"),
    Verb.TICKED: _l("settled a point"),
    Verb.HIDDEN: _l("hid a post"),
    Verb.SHOWN_AGAIN: _l("let a post come back"),
    Verb.SHIELDED: _l("had new texts with it held here"),
    Verb.SWEPT: _l("looked through everything that stands here"),
    Verb.PURGED: _l("erased what stood here"),
    Verb.PROVED: _l("checked that nothing of it is left here"),
    Verb.SUSPENDED: _l("suspended the account that posted it"),
    Verb.LIFTED: _l("lifted that suspension"),
    Verb.REMOVED: _l("removed the account that posted it"),
    Verb.NOTICED: _l("told the community"),
    Verb.WEIGHED: _l("weighed whether to tell the community"),
    Verb.LOOKED_BACK: _l("looked back on it"),
    Verb.TRACED: _l("looked into where it may have come from"),
    Verb.AGREED: _l("agreed as one of two"),
    Verb.CLOSED: _l("closed the case"),
    Verb.REOPENED: _l("opened the case again"),
}
EVIDENCE: Final[Words] = {
    EvidenceKind.OWN: _l("a post of this site, captured by the machine"),
    EvidenceKind.OUTSIDE: _l("captured elsewhere"),
    EvidenceKind.REDACTED: _l("a copy with parts taken out"),
}
LEVELS: Final[Words] = {
    Level.N0: _l("N0 · nothing, for now"),
    Level.N1: _l("N1 · quiet removal, no notice"),
    Level.N2: _l("N2 · a note to those who saw it"),
    Level.N3: _l("N3 · a general reminder"),
    Level.N4: _l("N4 · something was removed, please do not guess"),
    Level.N5: _l("N5 · what kind of thing happened, and what to do"),
}
QUESTIONS: Final[Words] = {
    "member_agrees": _l("The affected member agrees that something is said"),
    "others_in_danger": _l("Others are in a danger that they can do something about"),
    "legal_duty": _l("The law asks us to inform somebody"),
    "guessable": _l("It could be worked out who it is: few are active, or absence or topic tell"),
    "some_saw": _l("Three to twenty replied to it or quoted it"),
    "many_saw": _l("More than twenty did"),
    "discussed": _l("It is discussed openly already"),
    "still_visible": _l("It is still visible somewhere else"),
    "perhaps_inside": _l("Nobody knows where it came from, and it may be from here"),
    "our_fault": _l("It was our own fault"),
    "others_named": _l("Others are named too and have not agreed"),
}
RULES: Final[Words] = {
    Rule.OTHERS_IN_DANGER: _l(
        "Others are in danger and can act: they are told what kind of thing happened, without "
        "detail, even against the wish of the member, who is told first."
    ),
    Rule.LEGAL_DUTY: _l("The law asks for it: those concerned are told, one by one."),
    Rule.STILL_VISIBLE: _l("While it is visible elsewhere, a notice would lead people to it."),
    Rule.MEMBER_SAYS_NO: _l("The member has not agreed. Silence is no."),
    Rule.OTHERS_NAMED: _l("Others are named who have not agreed."),
    Rule.OUR_FAULT: _l("It was our fault: we say so, after the member knows."),
    Rule.PERHAPS_INSIDE: _l("It may have come from here: advice for everybody, and no story."),
    Rule.DISCUSSED: _l("It is talked about already: one short word ends more guessing than none."),
    Rule.DISCUSSED_GUESSABLE: _l(
        "It is talked about, but it could be worked out who it is: a general reminder, later."
    ),
    Rule.SOME_SAW: _l("A few have seen it: they are asked to delete it, and nobody else is told."),
    Rule.MANY_SAW: _l("Many have seen it, and it cannot be worked out who it is."),
    Rule.MANY_SAW_GUESSABLE: _l(
        "Many have seen it, but it could be worked out who it is: a general reminder, later."
    ),
    Rule.FEW_SAW: _l("Hardly anybody has seen it: a notice would tell more than it helps."),
}
OPPOSITES: Final[Words] = {
    Rule.OTHERS_IN_DANGER: _l(
        "A notice in haste can put the member in danger too. Could those in danger be told alone?"
    ),
    Rule.LEGAL_DUTY: _l("If they cannot all be reached one by one, a notice to all may be owed."),
    Rule.STILL_VISIBLE: _l("If it is never taken down, silence for ever is no answer either."),
    Rule.MEMBER_SAYS_NO: _l(
        "People who saw it may talk. The member may not know that, and might want a short word."
    ),
    Rule.OTHERS_NAMED: _l("They may not have been asked. Asking them first could change it."),
    Rule.OUR_FAULT: _l(
        "If nothing of anybody else is touched, telling the member alone may be enough."
    ),
    Rule.PERHAPS_INSIDE: _l(
        "Advice from nowhere frightens people. A reminder of the norms may do as well."
    ),
    Rule.DISCUSSED: _l("Talk may end by itself, and a notice makes it official."),
    Rule.DISCUSSED_GUESSABLE: _l("Waiting leaves the talk alone for days. Could it be locked?"),
    Rule.SOME_SAW: _l("A note can make them look again. If they would forget it, say nothing."),
    Rule.MANY_SAW: _l("If it was up for minutes only, quiet removal may be kinder."),
    Rule.MANY_SAW_GUESSABLE: _l("If many ask already, a later reminder reads like hiding."),
    Rule.FEW_SAW: _l("If one of the few passes it on, others may need to be told."),
}
RUNGS: Final[Words] = {
    Rung.UNKNOWN: _l("We cannot tell."),
    Rung.AREA: _l("It could be read in one part of this site."),
    Rung.CONSISTENT: _l("Accounts of this site could have known it, and so could others."),
    Rung.RECORD: _l("An account of this site posted it here. The record shows that."),
    Rung.ADMITTED: _l("It was admitted, or record and control of the account were checked."),
}
RUNG_HINTS: Final[Words] = {
    Rung.UNKNOWN: _l("A full answer. What may follow: protections for everybody."),
    Rung.AREA: _l("What may follow: this part becomes stricter. Nothing against anybody."),
    Rung.CONSISTENT: _l("What may follow: nothing against anybody. Could have is not did."),
    Rung.RECORD: _l("What may follow: suspend at once, then remove by two. It may be stolen."),
    Rung.ADMITTED: _l("What may follow: removal by two, with an answer to others."),
}
WAYS: Final[Words] = {
    Way.BOARD: _l("on a board here"),
    Way.MESSAGES: _l("in messages here"),
    Way.ELSEWHERE: _l("to somebody outside this site"),
    Way.UNSURE: _l("I am not sure"),
}
PROFILES: Final[Words] = {
    Profile.MINE: _l("for me"),
    Profile.LAWYER: _l("for a lawyer"),
    Profile.POLICE: _l("for the police"),
}
PROOFS: Final[Words] = {
    Proof.OPEN: _l("not looked at yet"),
    Proof.CLEAN: _l("nothing left"),
    Proof.FOUND: _l("something stands there"),
    Proof.WAITS: _l("the disk needs a moment; look again"),
    Proof.NOT_HERE: _l("this site has none"),
    Proof.OUTSIDE: _l("out of our reach"),
}
SURFACES: Final[Words] = {
    Surface.POST: _l("Posts"),
    Surface.TITLE: _l("Titles"),
    Surface.REVISIONS: _l("Earlier wordings"),
    Surface.QUOTES: _l("Quotes and links back"),
    Surface.REPLIES: _l("Replies and other posts that repeat it"),
    Surface.INDEX: _l("Search index"),
    Surface.RESULTS: _l("Search results"),
    Surface.FEEDS: _l("Feeds"),
    Surface.INBOX: _l("Inboxes"),
    Surface.DRAFTS: _l("Drafts and saved posts"),
    Surface.ATTACHMENTS: _l("Pictures and files"),
    Surface.PROFILES: _l("Pseudonyms and profiles"),
    Surface.MESSAGES: _l("Messages that were handed over"),
    Surface.DRAFTS: _l("What is kept for later is sealed to whoever wrote it, and goes by itself."),
    Surface.EXPORTS: _l("Copies in the making"),
    Surface.REPORTS: _l("Reports, decisions, answers, filters"),
    Surface.AUDIT: _l("The record of what the team did"),
    Surface.LOGS: _l("Files beside the database"),
    Surface.MOVED: _l("Threads that were moved"),
    Surface.NOTICES: _l("Norms, boards and notices"),
    Surface.WATCH: _l("What is watched outside"),
    Surface.BYTES: _l("The bytes of the database"),
    Surface.BACKUPS: _l("Backups"),
}
SURFACE_HINTS: Final[Words] = {
    Surface.FEEDS: _l("A feed is made of the posts whenever somebody asks for it."),
    Surface.MOVED: _l("A thread that moves leaves no copy."),
    Surface.DRAFTS: _l("What is kept for later is sealed to whoever wrote it, and goes by itself."),
    Surface.MESSAGES: _l("Messages are sealed to those who write to each other."),
    Surface.EXPORTS: _l("Copies that members took cannot be called back."),
    Surface.LOGS: _l("Our own log has no words in it; what a proxy writes is the operator's."),
    Surface.BYTES: _l(
        "Each byte of the files is read, on SQLite. On PostgreSQL the rows are gone, and the bytes "
        "are the operator's to clean."
    ),
    Surface.BACKUPS: _l("Copies that the operator makes end by the operator's own rule."),
}
WAYS_ON: Final[Words] = {
    "break": _l("Take a break"),
    "erase": _l("Erase my posts"),
    "hide": _l("Hide my old posts"),
    "leave": _l("Leave"),
    "pseudonym": _l("Go on under a new pseudonym"),
    "stay": _l("Stay"),
}
ASKING: Final[Words] = {
    "yes": _l("wanted"),
    "no": _l("not wanted"),
}
SAFE: Final[Words] = {
    "yes": _l("yes"),
    "unsure": _l("not sure"),
    "no": _l("no"),
    "skip": _l("was skipped"),
}
# What the affected member says of him- or herself by a click, as the team reads it.
SAID: Final[Mapping[str, tuple[Any, Words]]] = {
    "safe": (_l("Safe now?"), SAFE),
    "way_on": (_l("How to go on"), WAYS_ON),
    "asking": (_l("Check-ins on set days"), ASKING),
}
KEEP: Final[Words] = {
    "0": _l("not at all"),
    "30": _l("30 days"),
    "90": _l("90 days"),
    "365": _l("a year"),
}


def letter(template: str) -> str:
    """The draft of a letter to the affected member; the team changes it before it goes."""
    texts = {
        "A": _(
            "This is the team that looks after exposures here. You can check that it is us: "
            "this letter stands in “My case”, and nowhere else.\n\n"
            "Something that may show who you are was reported. We do not repeat it here. What we "
            "could hide on this site is hidden already. It is not your fault.\n\n"
            "Are you safe now? If not, go to people you trust, or call the number for emergencies "
            "first. All else can wait.\n\n"
            "You decide what happens next. Nothing leaves this house without your yes:\n"
            "– We can look where else it stands.\n"
            "– We can draft requests to take it down, for you to read first.\n"
            "– We can wait until you are ready. “Not now” is a good answer.\n\n"
            "The people named under “Who works on this” know of it, and nobody else. If one of "
            "them should not, take that person off there. No reason is needed.\n\n"
            "We aim to write again tomorrow, even if nothing is new."
        ),
        "U": _(
            "Nothing is lost, and nothing was done without you. Since our last letter:\n\n"
            "– \n\n"
            "What waits for you, whenever you are ready:\n\n"
            "– \n\n"
            "We write again."
        ),
        "Q": _(
            "How are you? You need not answer.\n\n"
            "Nothing is asked of you. What is new since we last wrote:\n\n"
            "– \n\n"
            "You can change how often we write, or stop it, at any time."
        ),
        "R": _(
            "This is what was done, and what is left.\n\n"
            "Done:\n– \n\n"
            "Still visible, and what to watch:\n– \n\n"
            "Our records go on the day that you chose. You have your own copy if you took one.\n\n"
            "The door stays open: one click in “My case” opens this again."
        ),
        "I": _(
            "This is a summary for the police. It is yours: nobody gets it from us. Change it as "
            "you like, or do not use it.\n\n"
            "What happened, in order, in UTC:\n– \n\n"
            "What was asked of the places, and what they answered:\n– \n\n"
            "What I ask for: please have the data kept before it is deleted.\n\n"
            "How I can be reached, as I choose:\n– \n\n"
            "The pieces are in the copy for the police, with their check sums. Nobody else is "
            "named here, and nothing is said of who it may have been.",
        ),
        "P": _(
            "These are words for work or school, only if you want to use them. Nobody there hears "
            "from us. Say as little as you like.\n\n"
            "“Somebody has published private things about me to harm me. I did not publish them. "
            "Please do not answer questions about me, do not pass anything on, and tell me if "
            "somebody calls. I will say more when I am ready.”"
        ),
        "O": _(
            "You did not act on our request. We ask that somebody else looks at it.\n\n"
            "Your reference:\n– \n\n"
            "The rule of yours that it breaks:\n– \n\n"
            "What is new since then:\n– \n\n"
            "Please keep the data for the authorities for 90 days, and tell nobody who wrote to "
            "you."
        ),
    }
    return str(texts.get(template, ""))


def notice(level: Level) -> str:
    """The draft of a notice to everybody; the team changes it. It names no board and no hour."""
    drafts = {
        Level.N2: _(
            "You wrote where something stood that broke the first of our norms. It is removed. If "
            "you kept or quoted it, please delete that, and do not talk about it, here or "
            "elsewhere: guessing does the harm again.\n\n"
            "If you want to ask something, use “Somebody is exposed”. We do not talk about "
            "members."
        ),
        Level.N3: _(
            "A reminder of the norms that all of us agreed to.\n\n"
            "Do not write, ask or hint who a member is. If you see such a thing, report it and do "
            "not repeat it. Look at your own profile now and then: less is safer.\n\n"
            "Reports go to people who answer them, and the report page says when somebody is there."
        ),
        Level.N4: _(
            "We have removed something that broke the first of our norms. Please do not guess or "
            "ask who it was about, here or elsewhere: guessing does the harm again. If you kept a "
            "copy, delete it.\n\n"
            "If you need somebody to talk to, or know of a copy, use “Somebody is exposed”. "
            "We do not talk about members."
        ),
        Level.N5: _(
            "What kind of thing happened:\n– \n\n"
            "What we know, and what we do not know:\n– \n\n"
            "What we have changed:\n– \n\n"
            "What you can do now:\n– \n\n"
            "We write here again when there is something new. We do not talk about members."
        ),
    }
    return str(drafts.get(level, ""))


def removal() -> str:
    """The draft of the statement that an account reads when it is removed; it confirms nothing."""
    return str(
        _(
            "You posted a text that broke the first of our norms: nobody is exposed here. Two "
            "people have read it and decided; no machine did. Your account is removed.\n\n"
            "You can sign in to read this and to answer, for 90 days. Somebody else reads your "
            "answer, and can take this back."
        )
    )


def shipped() -> dict[str, str]:
    """All wordings that come with the house, by the letters of RESPONSE.md §10."""
    texts = {code: drafts.request(kind) for code, kind in REQUESTS.items()}
    texts |= {code: notice(level) for code, level in TOLD_ABOUT.items()}
    return {**texts, **{code: letter(code) for code in (*LETTERS, "O")}, "J": removal()}


def certificate(pieces: Sequence[str], first: str, second: str) -> str:
    """The letter that says that evidence was destroyed."""
    listed = "\n".join(f"– {piece}" for piece in pieces)
    return str(
        _(
            "Our evidence of this case was destroyed, as you ordered.\n\n"
            "When: %(moment)s (UTC)\nBy: %(first)s and %(second)s\n\nPieces:\n%(pieces)s\n\n"
            "The keys are gone and the bytes are gone. Hashes stay in the list of who did what: "
            "they show nothing, and still prove your own copy if you took one. Backups that the "
            "operator made before today end by the operator's own rule.",
            moment=when(clock.now()),
            first=first,
            second=second,
            pieces=listed,
        )
    )


UNFIT: Final[Words] = {
    Unfit.NOTHING: _l("Choose a file first."),
    Unfit.KIND: _l("This is neither a picture, nor a PDF, nor a saved page."),
    Unfit.TOO_LARGE: _l("This file has more than 7 MB. Capture a part of it."),
    Unfit.DAMAGED: _l("A copy with parts taken out is a picture; this one cannot be read."),
    Unfit.BUSY: _l("Many pictures come in at this moment. Please send it once more."),
    Unfit.NOT_SAID: _l(
        "Some things are never stored. Say that it is none of them, or note the place alone."
    ),
}
REQUESTS: Final[Mapping[str, PlaceKind]] = {
    "B": PlaceKind.SOCIAL,
    "C": PlaceKind.PASTE,
    "D": PlaceKind.SEARCH,
    "E": PlaceKind.HOST,
    "F": PlaceKind.FORUM,
    "G": PlaceKind.ARCHIVE,
    "H": PlaceKind.CODE,
    "X": PlaceKind.OTHER,
}
TOLD_ABOUT: Final[Mapping[str, Level]] = {
    "K": Level.N4,
    "L": Level.N2,
    "M": Level.N5,
    "N": Level.N3,
}
PHRASES: Final[Words] = {
    "A": _l("First letter to the member"),
    "U": _l("Update to the member"),
    "Q": _l("Check-in"),
    "R": _l("Closing letter"),
    "I": _l("Summary for the police, for the member"),
    "P": _l("Words for work or school, for the member"),
    "B": _l("Request to a social network"),
    "C": _l("Request to a paste site"),
    "D": _l("Request to a search engine"),
    "E": _l("Request to a host"),
    "F": _l("Request to another forum"),
    "G": _l("Request to an archive"),
    "H": _l("Request to a code host"),
    "X": _l("Request to another place"),
    "O": _l("Appeal to a place that refused"),
    "J": _l("Statement of reasons of a removal"),
    "K": _l("Notice: something was removed, please do not guess"),
    "L": _l("Note to those who saw it"),
    "M": _l("Notice: what kind of thing happened, and what to do"),
    "N": _l("Notice: a general reminder"),
}
MUST_HOLD: Final[Words] = {
    "A": _l(
        "Who writes and how to check it; what is hidden; not your fault; you decide; the line "
        "about danger; two to four choices with “not now”; who knows; when you write next."
    ),
    "Q": _l("How are you, nothing is needed, what is new, how to change the rhythm."),
    "R": _l(
        "What was done, what is still visible, what to watch, until when it is kept, the door."
    ),
    "I": _l("Times with zone, places, what was asked, the wish that data is kept. No guesses."),
    "P": _l("The member's own wording, as little as possible. Nobody is written to unasked."),
    "O": _l("Their reference, their rule, new facts. Not the first text again."),
    "J": _l("The rule, that people decided, and how to answer. It confirms nothing."),
    "K": _l("That you acted; please do not guess; where to ask. No board, no hour, no count."),
    "L": _l("Please delete it, why, and where to ask."),
    "M": _l("Kind, what is known, what was changed, what to do, when you write next."),
    "N": _l("The norms, and how to report. Nothing that hints at a case."),
}
OBJECTIONS: Final[Words] = {
    Objection.EMPTY: _l("Nothing is written. To have the first wording back, use the button."),
    Objection.LONG: _l("It is longer than 4,000 characters."),
    Objection.CONFIRMS: _l("It could confirm who somebody is."),
    Objection.DETAIL: _l("It holds a number, or the address of a person."),
    Objection.LINK: _l("It holds a link; a preview of it tells others that it was read."),
    Objection.GAP: _l(
        "It holds a gap to be filled. Nothing is filled in here, so nothing can leak."
    ),
    Objection.NAMES: _l("It holds the pseudonym of a member."),
    Objection.PROMISES: _l("It promises what nobody can keep. Say what you aim at."),
    Objection.BLAMES: _l("It blames the member, or asks whether it is true."),
    Objection.PRESSES: _l("It presses the member. Nobody has to answer."),
    Objection.HOLLOW: _l("It says that something is taken seriously. Say what was done."),
    Objection.MOMENT: _l("It tells a moment, or that it was about one member."),
}
LETTERS: Final[Words] = {
    "A": _l("First letter"),
    "U": _l("Update"),
    "Q": _l("Check-in"),
    "R": _l("Closing letter"),
    "I": _l("Summary for the police, for the member"),
    "P": _l("Words for work or school, if the member asks"),
}


def when(moment: datetime) -> str:
    """A moment in the day, for those who must do something by then; in UTC."""
    return str(format_datetime(moment, "EEE d MMM, HH:mm"))


def on_day(day: date) -> str:
    """A day that may lie ahead."""
    return str(format_date(day, "EEE d MMM y"))


def on_duty(hours: clocks.Hours) -> str:
    """Whether somebody is there now, said honestly."""
    now = clock.now()
    if not hours:
        return str(_("No fixed hours are set. We aim to look within a day."))
    if clocks.is_covered(now, hours):
        return str(_("Somebody is on duty. We aim to look within the hour."))
    following = clocks.next_cover(now, hours)
    return str(_("Nobody is on duty until %(time)s (UTC).", time=when(following or now)))


def for_pages() -> dict[str, Any]:
    """The words that every page of this room may use."""
    return {
        "kinds": KINDS,
        "severities": SEVERITIES,
        "seat_words": SEATS,
        "state_words": STATES,
        "place_words": PLACES,
        "place_state_words": PLACE_STATES,
        "place_move_words": PLACE_MOVES,
        "consent_words": CONSENTS,
        "item_words": ITEMS,
        "item_state_words": ITEM_STATES,
        "step_words": STEPS,
        "clock_words": CLOCKS,
        "verb_words": VERBS,
        "proof_words": PROOFS,
        "surface_words": SURFACES,
        "surface_hints": SURFACE_HINTS,
        "told_words": TOLD,
        "rung_words": RUNGS,
        "way_words": WAYS,
        "emergency": EMERGENCY,
        "when": when,
        "on_day": on_day,
    }


def options(words: Words, hints: Words | None = None) -> list[tuple[str, str, str]]:
    """Words as the choices of a form."""
    return [
        (
            str(key.value if hasattr(key, "value") else key),
            str(word),
            str((hints or {}).get(key, "")),
        )
        for key, word in words.items()
    ]


def pairs(words: Words) -> list[tuple[str, str]]:
    """Words as the entries of a list to choose from."""
    return [(value, text) for value, text, _hint in options(words)]
