"""The tables of the database in plain words, for the page that says what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

# What each table holds, under what it is there for. A table without words fails the build.
GROUPS: Final[tuple[tuple[LazyString, Mapping[str, LazyString]], ...]] = (
    (
        _l("Your account"),
        {
            "members": _l("accounts: pseudonym, trust, and keys locked with the passphrase"),
            "sessions": _l("where somebody is signed in"),
            "second_factors": _l("keys of second factors, locked"),
            "recovery_codes": _l("recovery codes, as hashes"),
            "recovery_waits": _l("who waits to come back with a code alone"),
            "invites": _l("invites, as hashes"),
            "invite_ties": _l("who came by whose invite, for moderators"),
            "vouches": _l("who vouches for whom"),
            "breaks": _l("who is on a break, and until when"),
            "renamings": _l("who has changed the pseudonym a short while ago, without the names"),
            "retired_names": _l("names that members had before, as tags"),
        },
    ),
    (
        _l("What is written"),
        {
            "categories": _l("groups of boards"),
            "boards": _l("boards and who may enter them"),
            "threads": _l("threads"),
            "posts": _l("posts"),
            "revisions": _l("posts as they were before a change"),
            "drafts": _l("texts that somebody keeps for later, sealed"),
            "attachments": _l("pictures, sealed"),
            "quotes": _l("which post quotes which"),
            "saved_posts": _l("posts that somebody saved; which they are is sealed"),
            "thanks": _l("thanks"),
            "follows": _l("which threads somebody follows; how far he or she has read is sealed"),
            "notices": _l("lines in inboxes, without texts"),
        },
    ),
    (
        _l("Messages"),
        {
            "conversations": _l("that somebody has a conversation; with whom is sealed"),
            "letterboxes": _l("under which drawn word a member is known inside of messages"),
            "messages": _l("copies of messages, sealed to the one who holds them"),
        },
    ),
    (
        _l("The filter and shields"),
        {
            "shields": _l("shields: a name that the member chose, never the phrase"),
            "shield_tags": _l("tags of shielded phrases, under the server's key"),
            "shield_books": _l("whether the tags were made with the key of today"),
            "held_phrases": _l("phrases that a case holds back, never shown"),
            "held_phrase_tags": _l("tags of these phrases, under the server's key"),
            "second_looks": _l("how often shields asked for a second look at somebody's texts"),
            "filters": _l("filters that the moderators made"),
            "canned_reasons": _l("reasons that the moderators have worded for all of them"),
            "shift_notes": _l("the note that a moderator leaves to those who come next"),
            "filter_books": _l("when these filters last changed"),
            "rescreenings": _l("how far the filter has looked through old posts again"),
        },
    ),
    (
        _l("Moderation"),
        {
            "reports": _l("reports to the moderators"),
            "handed_messages": _l("messages that were handed to the moderators, sealed to them"),
            "handed_parts": _l("who of the moderators may open such a message"),
            "review_items": _l("what waits for a decision"),
            "statements": _l("decisions, their reasons and the answers"),
            "sanctions": _l("warnings, silences and suspensions"),
            "audit_entries": _l("what moderators and operators did, without texts and names"),
        },
    ),
    (
        _l("When somebody has been exposed"),
        {
            "exposure_reports": _l("reports of an exposure, sealed"),
            "report_readers": _l("who may open such a report"),
            "report_letters": _l("answers to such a report, sealed"),
            "receipts": _l("receipts of reports without an account, as tags"),
            "soft_holds": _l("posts hidden at once on somebody's word"),
            "cases": _l("cases, under a codename"),
            "case_seats": _l("who is named on a case"),
            "case_parts": _l("parts of a case, each with its key"),
            "part_readers": _l("who may open which part"),
            "part_slots": _l("keys of parts, sealed to those who may open them"),
            "case_helpers": _l("that somebody speaks for the affected member; who is sealed"),
            "helper_words": _l("what a helper was given, and what was said, sealed"),
            "case_letters": _l("letters about a case, sealed"),
            "exposures": _l("what was exposed, sealed"),
            "places": _l("where it was exposed, sealed"),
            "evidence": _l("what a case keeps as evidence, sealed"),
            "purge_rows": _l("where it was taken away, and that this was looked at again"),
            "sweeps": _l("how far all texts were searched for it"),
            "case_notices": _l("whether the community is told, and in which words, sealed"),
            "sweep_finds": _l("in which posts it was found"),
            "consents": _l("what the affected member agreed to, sealed"),
            "member_words": _l("what the affected member wrote, sealed"),
            "trace_words": _l("where the member told it before, and what the team says, sealed"),
            "traces": _l("in which ways it could have been known, never who has read it, sealed"),
            "step_items": _l("what is to be done in a case, sealed"),
            "ledger_rows": _l("who opened what of a case, and why"),
            "recusals": _l("who stepped aside from a case"),
            "timers": _l("when something in a case is due"),
            "look_backs": _l("what the team learned from a case, sealed"),
            "phrases": _l("how the team words its letters, of no case"),
            "drills": _l("how drills went, in numbers"),
            "cover_hours": _l("when somebody is on duty"),
        },
    ),
    (
        _l("For a member's own safety"),
        {
            "own_pages": _l("a member's safety plan and ticks in one box, sealed to the member"),
            "check_ins": _l("who writes to somebody by when; to whom is sealed"),
            "check_in_letters": _l("letters of check-ins, sealed"),
            "list_entries": _l("who helps, and laws, as an operator has checked them"),
            "list_doubts": _l("that somebody finds such an entry wrong, never who"),
            "guide_texts": _l("guides that an operator has written anew"),
            "plan_copies": _l("parts of a plan for one other person, sealed to that person"),
        },
    ),
    (
        _l("The machine"),
        {
            "owed_erasures": _l("what is still to be erased"),
            "retention_counts": _l("how much was taken away when its time was over"),
            "rounds": _l("questions to members; answers say of nobody whose they are"),
            "round_texts": _l("what was answered in words, counted and mixed"),
            "wordings": _l("notices that two people have not signed yet"),
            "quarter_counts": _l("how often something was done in a quarter, from five on"),
            "protections": _l("what was made stricter for a while, and until when"),
            "guarded_values": _l("what was set before it was made stricter"),
            "announcements": _l("what everybody is told in a notice"),
            "upkeep": _l("when each piece of upkeep last ran"),
            "settings": _l("how this server is set"),
            "epochs": _l("which server key is in use"),
            "shreds": _l("halves of keys; without one, what it sealed is gone"),
        },
    ),
)
