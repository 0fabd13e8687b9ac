from __future__ import annotations

import sys
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.policy.dispositions import Disposition, dispose
from app.policy.vocabulary import Trust
from app.screening.engine import LONGEST_TEXT, MOST_FINDINGS, Context, screen
from app.screening.findings import About, Category, Surface
from app.screening.messages import MESSAGES, sentence

EXAMPLE = "Wren is really Ottoline Farrabee, ring 0\u200b7700 9OO one two three".replace(
    "Ottoline", "Ott\u043eline"
)


def categories(text: str, context: Context | None = None) -> set[Category]:
    findings = screen(text, context=context or Context())
    return {finding.category for finding in findings if dispose([finding], Trust.KNOWN)}


def test_a_disguised_number_and_a_name_lead_back_to_where_they_stand() -> None:
    findings = screen(EXAMPLE, context=Context(pseudonyms=frozenset({"Wren"})))
    spans = {f.category: (f.span.start, f.span.end) for f in findings}
    assert spans == {Category.REAL_NAME: (15, 32), Category.PHONE: (39, 63)}
    assert all(f.about is About.MEMBER for f in findings)
    assert dispose(findings, Trust.KNOWN) is Disposition.HOLD


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("her number is 07700 900341, ring her", Category.PHONE),
        ("o.farrabee at example-mail dot org, tell her", Category.EMAIL),
        ("he lives at flat 2, 9 Tansy Row, Dunmere", Category.POSTAL_ADDRESS),
        ("her real name is Ottoline Farrabee", Category.REAL_NAME),
        ("she works the till at Brill's in Dunmere", Category.EMPLOYER_SCHOOL),
        ("his insta is @otto.farrabee", Category.SOCIAL_PROFILE),
        ("DNI 48213907L, enjoy", Category.GOVERNMENT_ID),
        ("his card is 4539 5260 1815 9083", Category.PAYMENT),
        ("reg BX19 KLM, outside hers", Category.VEHICLE),
        ("grabbed his ip: 81.187.43.209", Category.IP_ADDRESS),
        ("her house: 51.50321, -2.61874", Category.GEO),
        ("all of it: doxbin.net/upload/wren", Category.DOXX_LINK),
        ("anyone know where she lives?", Category.SOLICITATION),
        ("pay up or your boss gets your name", Category.EXPOSURE_THREAT),
        ("his alt is nightjar_9 on the pottery forum", Category.ACCOUNT_LINK),
        ("she's at the mill café every Tuesday", Category.WHEREABOUTS),
    ],
)
def test_every_category_is_caught(text: str, category: Category) -> None:
    assert category in categories(text)


@pytest.mark.parametrize(
    "text",
    [
        "ISBN 978-0-306-40615-7 is the good edition",
        "write to support@bauta.example",
        "git clone git@github.com:bauta/bauta.git",
        "npm i @types/node@20.11.5",
        "the museum is at 1000 5th Ave, New York, NY 10028",
        "a 15 minute drive from Main Street",
        "I work nights in a hospital",
        "that school of thought is older than Hume",
        "use the test card 4242 4242 4242 4242",
        "ping 8.8.8.8 first",
        "where do dormice live in winter?",
        "someone threatened to dox me, what should I do?",
        "Reminder: posting anyone's address is a ban",
    ],
)
def test_ordinary_talk_is_left_alone(text: str) -> None:
    assert categories(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "her mobile is oh seven seven double oh nine double oh four six one",
        "call him: 3 0 3 . 9 5 9 . 7 7 1 8",
        "her mobile: ０７７００ ９００３４１",
        "ring **077**00 _900_ 341 and ask for her",
        "her mobile is O77OO 9OO341",
        "mail her: moc.liamg@91rekabtocs",
        "mail her: amFuZS5wZXR0aWdyZXdAeWFob28uY29t",
        "mail her: n\u043er\u0430.lindqvist@gm\u0430il.com",
        "her real name is C o l i n  F e a t h e r s t o n e",
        "d r o p  h i s  a d d y",
        "grabbed his ip: 81[.]187[.]43[.]209",
    ],
)
def test_disguise_does_not_help(text: str) -> None:
    assert categories(text)


def test_ones_own_number_is_told_from_that_of_others() -> None:
    (own,) = screen("text me on 07911 958 204")
    (other,) = screen("text her on 07911 958 204")
    assert (own.about, other.about) == (About.SELF, About.PERSON)


def test_ones_own_address_beside_a_call_to_act_is_somebody_elses() -> None:
    (address,) = screen("my address is 9 Tansy Row, Dunmere, everyone spread it")
    assert address.about is About.PERSON


def test_the_communitys_own_contact_belongs_to_an_institution() -> None:
    context = Context(public_contacts=frozenset({"heron.owl@gmail.com"}))
    findings = screen("mail heron.owl@gmail.com", context=context)
    assert [f.about for f in findings] == [About.INSTITUTION]


def test_weak_facts_over_several_posts_add_up() -> None:
    earlier = ("She lives in Dunmere.", "she is 34, you know")
    assert screen("She drives a red Corsa.") == ()
    (finding,) = screen("She drives a red Corsa.", context=Context(earlier=earlier))
    assert finding.category is Category.ACCUMULATION
    assert sentence(finding.why).endswith("age, place, vehicle.")


def test_what_is_too_long_is_held_unread() -> None:
    (finding,) = screen("a" * (LONGEST_TEXT + 1))
    assert finding.category is Category.LIMIT
    assert dispose([finding], Trust.TRUSTED) is Disposition.HOLD


def test_findings_without_end_end_in_a_limit() -> None:
    findings = screen("call her on 020 7946 0958, " * 3_000)
    assert Category.LIMIT in {finding.category for finding in findings}
    assert len(findings) <= MOST_FINDINGS + 1


def test_a_reason_holds_no_word_of_the_text() -> None:
    for finding in screen("Wren is really Ottoline Farrabee, ring 07700 900123"):
        assert finding.why.message in MESSAGES
        assert "Farrabee" not in sentence(finding.why)


def test_only_the_languages_asked_for_are_read() -> None:
    text = "weiß jemand, wo die wohnt?"
    assert categories(text) == {Category.SOLICITATION}
    assert categories(text, Context(languages=("en",))) == set()


UNICODE = st.text(alphabet=st.characters(), max_size=300)
PIECES = st.lists(
    st.sampled_from(
        ["07700 900123", "her ", "my ", "real name is ", "Ottoline ", "Farrabee", "\u200b", "@", ".",  # noqa: E501  # a table
         "gmail.com", "1", "one ", "double ", "**", "_", "\n", "&#64;", "%40", "lives at ", "9 Tansy Row",  # noqa: E501  # a table
         "\ud800", "\x00", "é", "e\u0301", "ﷺ", "０", "(", "+", "///a.b.c", "51.5, -2.6", " at ", " dot "]  # noqa: E501  # a table
    ),
    max_size=40,
).map("".join)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(UNICODE, PIECES))
def test_any_text_is_read_and_every_span_slices_it(text: str) -> None:
    findings = screen(text)
    assert findings == screen(text)
    order = [(f.span.start, f.span.end, f.category) for f in findings]
    assert order == sorted(order)
    for finding in findings:
        assert 0 <= finding.span.start < finding.span.end <= len(text)
        assert 0.2 <= finding.confidence <= 1
        assert finding.why.message in MESSAGES


def test_a_warm_screening_opens_nothing_and_asks_nobody() -> None:
    texts = [EXAMPLE, "DNI 48213907L 018.955.597-15 +81 80 5555 0137 DE52 0000 0000 0012 3456 78"]
    for text in texts:
        screen(text)
    seen: list[str] = []
    own = threading.get_ident()

    def hook(event: str, _arguments: tuple[object, ...]) -> None:
        is_outside = event.startswith(("open", "os.", "socket.", "subprocess.", "import"))
        if is_watching and is_outside and threading.get_ident() == own:
            seen.append(event)

    is_watching = False
    sys.addaudithook(hook)
    is_watching = True
    for text in texts:
        screen(text)
    is_watching = False
    assert seen == []


def test_a_surface_changes_no_finding() -> None:
    text = "ring her on 07700 900123"
    assert screen(text, context=Context(surface=Surface.TITLE)) == screen(text)
