"""Pseudonyms, passphrases, tickets and puzzles, without an application."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts import passphrases, pseudonyms, puzzle, tickets
from app.accounts.passphrases import Weakness
from app.accounts.pseudonym_words import GIVEN_NAMES, RESERVED_ANYWHERE, RESERVED_PARTS
from app.accounts.pseudonyms import Flaw, flaw, is_reserved, judge, skeleton, tidy
from app.policy.dispositions import Disposition

SECRET = b"s" * 32


# --- pseudonyms -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Heron", "hERON"),
        ("heron", "her0n"),
        ("Hérön", "heron"),
        ("blue-heron", "blueheron"),
        ("moss", "rnoss"),
        ("swallow", "svvallow"),
        ("lily", "IiIy"),
        ("pax", "рах"),  # the second in Cyrillic
        ("coo", "сοо"),  # Cyrillic, Greek, Cyrillic
        ("ova", "օⅴа"),
        ("straße", "strasse"),
        ("ﬁnch", "finch"),
        ("Ｈｅｒｏｎ", "heron"),
        ("æon", "aeon"),
    ],
)
def test_names_that_can_be_taken_for_each_other_share_a_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("heron", "herons"), ("wren", "wern"), ("हिरण", "हारण"), ("מים", "מיים"), ("猫", "犬")],
)
def test_names_that_differ_stay_apart(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@given(st.text(alphabet=st.characters(categories=["L", "N", "Pd"]), max_size=30))
def test_a_skeleton_does_not_depend_on_capitals_or_on_tidying(text: str) -> None:
    name = tidy(text)
    assert skeleton(name) == skeleton(name.casefold()) == skeleton(tidy(name))
    if flaw(name) is None:
        assert 0 < len(skeleton(name)) <= 64, "it must fit its column"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("heron", None),
        ("blue heron", None),
        ("Heron-7", None),
        ("цапля", None),
        ("अनाम", None),
        ("猫柳", None),
        ("シジュウカラ", None),
        ("", Flaw.SHORT),
        ("x", Flaw.SHORT),
        ("x" * 25, Flaw.LONG),
        ("heron!", Flaw.SIGNS),
        ("her_on", Flaw.SIGNS),
        ("heron\u200b", Flaw.SIGNS),
        ("her\u202eon", Flaw.SIGNS),
        ("heron🦆", Flaw.SIGNS),
        ("heron٣", Flaw.SIGNS),
        ("-heron", Flaw.HYPHENS),
        ("her--on", Flaw.HYPHENS),
        ("1234", Flaw.NO_LETTER),
        ("hеron", Flaw.SCRIPTS),
        ("heron猫", Flaw.SCRIPTS),
        ("ᏣᎳᎩ", Flaw.SCRIPTS),
    ],
)
def test_the_form_of_a_name(typed: str, found: Flaw | None) -> None:
    assert flaw(tidy(typed)) is found


def test_only_latin_names_keep_their_capitals() -> None:
    assert tidy("Heron") == "Heron"
    assert tidy("ΒΟΒ") == "βοβ"


@given(st.text(max_size=60))
def test_any_text_can_be_judged(text: str) -> None:
    name = tidy(text)
    assert tidy(name) == name or flaw(name) is not None
    flaw(name)
    is_reserved(name, "Lantern")
    judge(text)


@pytest.mark.parametrize("word", RESERVED_ANYWHERE)
def test_words_of_the_house_stand_nowhere_in_a_name(word: str) -> None:
    for name in (word, word.upper(), f"the-{word}", f"{word}s7", word.replace("o", "0")):
        assert is_reserved(tidy(name), "Lantern"), name


@pytest.mark.parametrize("word", RESERVED_PARTS)
def test_words_for_roles_are_no_part_of_a_name(word: str) -> None:
    for name in (word, f"{word}-owl", f"owl-{word}", f"{word}7", f"Owl{word.capitalize()}"):
        assert is_reserved(tidy(name), "Lantern"), name


@pytest.mark.parametrize("name", ["modest-owl", "helper", "steamboat", "lanternfish", "alba"])
def test_innocent_names_are_free(name: str) -> None:
    assert not is_reserved(name, "Lantern")


@pytest.mark.parametrize("name", ["Lantern", "lantern", "1antern", "LANTERN", "lan-tern"])
def test_the_community_is_nobodys_name(name: str) -> None:
    assert is_reserved(name, "Lantern")


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [
        ("heron", Disposition.PUBLISH),
        ("anna", Disposition.PUBLISH),
        ("anna-schmidt", Disposition.NUDGE),
        ("AnnaSchmidt", Disposition.NUDGE),
        ("anna1987", Disposition.NUDGE),
        ("heron@posteo.net", Disposition.REFUSE),
        ("020 7946 0958", Disposition.REFUSE),
        ("heron-07700-900123", Disposition.REFUSE),
    ],
)
def test_names_are_judged_by_what_they_give_away(typed: str, becomes: Disposition) -> None:
    assert judge(typed) is becomes


def test_suggestions_are_many_free_and_say_nothing() -> None:
    drawn = {pseudonyms.suggest() for _ in range(300)}
    assert len(drawn) > 280
    parts = {part for name in drawn for part in name.split("-")}
    assert not parts & GIVEN_NAMES
    assert {judge(name) for name in drawn} == {Disposition.PUBLISH}


# --- passphrases ----------------------------------------------------------------------------------


def test_six_words_are_drawn_from_the_whole_list() -> None:
    drawn = [passphrases.generate() for _ in range(200)]
    assert {len(words.split(" ")) for words in drawn} == {6}
    assert len({word for words in drawn for word in words.split(" ")}) > 900
    assert len(set(passphrases._words())) == 6**5  # noqa: SLF001 - the list is what matters


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("walnut harbour seventeen quiet", None),
        ("fourteen signs", Weakness.SHORT),
        ("w" * 129, Weakness.LONG),
        ("aaaaaaaaaaaaaaaaaaaa", Weakness.GUESSABLE),
        ("qwertyuiopasdfgh", Weakness.GUESSABLE),
        ("blue-heron-lantern", Weakness.GUESSABLE),
        ("Lantern blue heron 1", Weakness.GUESSABLE),
    ],
)
def test_an_own_passphrase_has_to_be_strong(text: str, found: Weakness | None) -> None:
    assert passphrases.weakness(passphrases.read(text), ("blue-heron", "Lantern")) is found


def test_a_passphrase_is_read_however_it_is_composed_and_spaced() -> None:
    assert passphrases.read("  cafe\u0301   noir ").reveal() == "caf\u00e9 noir"
    assert repr(passphrases.read("secret words")) == "***"


# --- tickets and puzzles --------------------------------------------------------------------------


def test_a_ticket_tells_how_long_its_form_was_open(
    move_clock: Callable[[timedelta], None],
) -> None:
    ticket = tickets.new("six words")
    text = tickets.sign(SECRET, ticket)
    move_clock(timedelta(seconds=7))
    read = tickets.read(SECRET, text)
    assert read == ticket
    assert read
    assert (read.age, read.is_over) == (7, False)
    move_clock(timedelta(minutes=30))
    assert read.is_over
    assert tickets.renewed(read).number != read.number
    assert tickets.renewed(read).since == read.since


def test_a_ticket_that_is_not_ours_is_none() -> None:
    text = tickets.sign(SECRET, tickets.new("six words"))
    assert tickets.read(b"x" * 32, text) is None
    assert tickets.read(SECRET, text[:-1]) is None
    assert tickets.read(SECRET, puzzle.make(SECRET, str).token) is None
    assert tickets.read(SECRET, "") is None


def wanted(riddle: puzzle.Puzzle) -> list[str]:
    return [word for word in riddle.words if word in puzzle.KINDS[riddle.kind]]


def test_a_puzzle_is_solved_by_its_two_words_in_any_order() -> None:
    for _ in range(50):
        riddle = puzzle.make(SECRET, str)
        one, other = wanted(riddle)
        assert len(riddle.words) == 7
        for typed in (f"{one} {other}", f"{other}, {one.upper()}", f" {one}\t{other}. "):
            assert puzzle.solved(SECRET, riddle.token, typed)
        wrong = next(word for word in riddle.words if word not in {one, other})
        for typed in ("", one, f"{one} {wrong}", " ".join(riddle.words)):
            assert puzzle.solved(SECRET, riddle.token, typed) is None


def test_a_puzzle_is_over_after_half_an_hour(move_clock: Callable[[timedelta], None]) -> None:
    riddle = puzzle.make(SECRET, str)
    typed = " ".join(wanted(riddle))
    move_clock(timedelta(minutes=30))
    assert puzzle.solved(SECRET, riddle.token, typed)
    move_clock(timedelta(seconds=1))
    assert puzzle.solved(SECRET, riddle.token, typed) is None


def test_an_answer_is_not_to_be_read_in_the_puzzle() -> None:
    riddle = puzzle.make(SECRET, str)
    other = puzzle.make(SECRET, str)
    assert puzzle.solved(SECRET, other.token, " ".join(wanted(riddle))) is None or set(
        wanted(riddle)
    ) == set(wanted(other))
    assert puzzle.solved(b"x" * 32, riddle.token, " ".join(wanted(riddle))) is None


def test_no_word_of_the_puzzles_is_of_two_kinds() -> None:
    words = [word for kind in puzzle.KINDS.values() for word in kind]
    assert len(words) == len(set(words))
