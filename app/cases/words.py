"""The words in which a case is told: what it is made of, and the states of its parts. Pure."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Part(StrEnum):
    """A part of a case with a key of its own (RESPONSE.md §1)."""

    SHARED = "shared"
    TEAM = "team"
    IDENTITY = "identity"
    SOURCE = "source"


class Seat(StrEnum):
    """What somebody is named for on a case."""

    LEAD = "lead"
    SECOND = "second"
    CONTACT = "contact"
    TRUSTEE = "trustee"


class Severity(IntEnum):
    """How far a fact has got, and which; the higher when unsure."""

    HINT = 1
    MEMBERS = 2
    PUBLIC = 3
    GRAVE = 4


class ReportState(StrEnum):
    """What became of a report, as the team knows it."""

    RECEIVED = "received"
    LOOKED_AT = "looked_at"
    LINKED = "linked"
    DUPLICATE = "duplicate"
    NO_EXPOSURE = "no_exposure"
    REROUTED = "rerouted"


class Told(StrEnum):
    """The only four words that a reporter ever reads."""

    RECEIVED = "received"
    LOOKED_AT = "looked_at"
    ACTED_ON = "acted_on"
    CLOSED = "closed"


class HoldState(StrEnum):
    """What became of a post that was hidden because of a report."""

    LIVE = "live"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    LAPSED = "lapsed"


class ExposureState(StrEnum):
    """How far one fact is in the open still."""

    VISIBLE = "visible"
    CONTAINED = "contained"
    ERASED = "erased"
    OUT_OF_REACH = "out_of_reach"


class PlaceKind(StrEnum):
    """What kind of place an exposure stands at."""

    HERE = "here"
    SOCIAL = "social"
    PASTE = "paste"
    SEARCH = "search"
    HOST = "host"
    FORUM = "forum"
    ARCHIVE = "archive"
    CODE = "code"
    MESSAGES = "messages"
    OTHER = "other"


class PlaceState(StrEnum):
    """How far we are with a place (RESPONSE.md §2)."""

    SEEN = "seen"
    CAPTURED = "captured"
    DRAFTED = "drafted"
    ASKED = "consent"
    SENT = "sent"
    ANSWERED = "answered"
    GONE = "gone"
    REFUSED = "refused"
    LEFT_ALONE = "left_alone"


class ConsentState(StrEnum):
    """What the affected member has said to one act."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    YES = "yes"
    NO = "no"
    NOT_NOW = "not_now"
    ASK_ON = "ask_on"
    DECIDE = "decide"
    WITHDRAWN = "withdrawn"


class ItemState(StrEnum):
    """Whether a step item is done."""

    OPEN = "open"
    DONE = "done"
    NOT_NEEDED = "not_needed"
    BLOCKED = "blocked"


class Verb(StrEnum):
    """What somebody did with a case, as its ledger says (RESPONSE.md §11)."""

    CREATED = "created"
    NAMED = "named"
    LEFT = "left"
    VIEWED = "viewed"
    RATED = "rated"
    CAPTURED = "captured"
    REDACTED = "redacted"
    VERIFIED = "verified"
    EXPORTED = "exported"
    HANDED_OVER = "handed_over"
    KEPT = "kept"
    DESTROYED = "destroyed"
    ASKED = "asked"
    CONSENTED = "consented"
    SENT = "sent"
    ANSWERED = "answered"
    TICKED = "ticked"
    HIDDEN = "hidden"
    SHOWN_AGAIN = "shown_again"
    SHIELDED = "shielded"
    SWEPT = "swept"
    PURGED = "purged"
    PROVED = "proved"
    SUSPENDED = "suspended"
    LIFTED = "lifted"
    REMOVED = "removed"
    NOTICED = "noticed"
    WEIGHED = "weighed"
    TRACED = "traced"
    LOOKED_BACK = "looked_back"
    AGREED = "agreed"
    CLOSED = "closed"
    REOPENED = "reopened"


class Clock(StrEnum):
    """What must be done by when (RESPONSE.md §6)."""

    CLAIM = "claim"
    TEAM = "team"
    FIRST_LETTER = "first_letter"
    SUSPEND = "suspend"
    PURGE = "purge"
    DRAFT = "draft"
    SEND = "send"
    LOOK_AGAIN = "look_again"
    UPDATE = "update"
    NO_ANSWER = "no_answer"
    CHECK_IN = "check_in"
    OUR_BREACH = "our_breach"
    LOOK_BACK = "look_back"


class EvidenceKind(StrEnum):
    """Where a piece of evidence comes from."""

    OWN = "own"  # our own content, as the machine captured it
    OUTSIDE = "outside"
    REDACTED = "redacted"  # a copy with parts taken out; the original stays as it was


class SweepStage(StrEnum):
    """What a sweep is looking through, in this order."""

    POSTS = "posts"
    REVISIONS = "revisions"
    MEMBERS = "members"
    DONE = "done"


class Surface(IntEnum):
    """Where a text of this site could stand or leave a trace (RESPONSE.md §8)."""

    POST = 1
    TITLE = 2
    REVISIONS = 3
    QUOTES = 4
    REPLIES = 5
    INDEX = 6
    RESULTS = 7
    FEEDS = 8
    INBOX = 9
    DRAFTS = 10
    ATTACHMENTS = 11
    PROFILES = 12
    MESSAGES = 13
    EXPORTS = 14
    REPORTS = 15
    AUDIT = 16
    LOGS = 17
    MOVED = 18
    NOTICES = 19
    WATCH = 20
    BYTES = 21
    BACKUPS = 22


class Proof(StrEnum):
    """What a look at one surface has shown."""

    OPEN = "open"  # nobody has looked yet
    CLEAN = "clean"
    FOUND = "found"
    WAITS = "waits"  # the disk has not forgotten yet; a few seconds more
    NOT_HERE = "not_here"  # this site has no such thing
    OUTSIDE = "outside"  # it lies where this site cannot look


class Profile(StrEnum):
    """For whom a copy of the records is made."""

    MINE = "mine"
    LAWYER = "lawyer"
    POLICE = "police"


class Rung(IntEnum):
    """What may be said of where an exposure came from (RESPONSE.md §14). There is no "probably"."""

    UNKNOWN = 0
    AREA = 1
    CONSISTENT = 2
    RECORD = 3
    ADMITTED = 4


class Way(StrEnum):
    """How somebody could have come to know a fact."""

    BOARD = "board"
    MESSAGES = "messages"
    ELSEWHERE = "elsewhere"
    UNSURE = "unsure"


class Level(StrEnum):
    """Whether and how the community is told (RESPONSE.md §9)."""

    N0 = "N0"
    N1 = "N1"
    N2 = "N2"
    N3 = "N3"
    N4 = "N4"
    N5 = "N5"


class NoticeState(StrEnum):
    """How far a notice is."""

    WEIGHED = "weighed"  # the aid has answered; nothing is worded
    OFFERED = "offered"  # the member reads the wording
    AGREED = "agreed"
    VETOED = "vetoed"
    SIGNED = "signed"  # by two; it is shown from its day on
