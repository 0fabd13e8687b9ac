"""The main job, as people do it: from the set-up link to an answered decision, scripts off."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from app.accounts import totp
from tests.journeys.conftest import Live, NewPerson

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]

OWN = "If you want the seedlings, call me on 020 7946 0958 after six."
OTHERS = (
    "The one who wrote that lives at 9 Tansy Row, Bristol BS1 4DJ. Her number is 020 7946 0123."
)
HARMLESS = "Water them in the morning, *never* at noon."
POINTED = "Wren, the whole market talks about you by now."


def say(page: Page, label: str, text: str) -> None:
    """Fill the field with this label."""
    page.get_by_label(label, exact=True).fill(text)


def press(page: Page, label: str) -> None:
    """Press the first button with this label."""
    page.get_by_role("button", name=label, exact=True).first.click()


def follow(page: Page, label: str) -> None:
    """Follow the first link with this label, wherever it stands."""
    page.get_by_role("link", name=label, exact=True).first.click()


def join(page: Page, pseudonym: str) -> str:
    """Sign up with the offered passphrase, and confirm a code; returns the passphrase."""
    page.goto("/join")
    say(page, "Pseudonym", pseudonym)
    passphrase = page.locator("#offer").inner_text().strip()
    assert len(passphrase.split()) == 6
    page.get_by_label("I have written these words down").check()
    page.get_by_label("I agree to these norms").check()
    page.locator("main form").get_by_role("button", name="Join", exact=True).last.click()
    confirm_codes(page)
    return passphrase


def confirm_codes(page: Page) -> None:
    """Type one of the codes back that are shown once."""
    shown = page.locator("ol.big-words li")
    expect(shown).to_have_count(8)
    codes = shown.all_inner_texts()
    assert len(set(codes)) == 8
    label = page.get_by_text(re.compile(r"Type code number \d")).inner_text()
    number = int(re.search(r"\d", label)[0])  # type: ignore[index]
    page.locator("#code").fill(codes[number - 1])
    press(page, "I have all eight")


def sign_in(page: Page, pseudonym: str, passphrase: str) -> None:
    page.goto("/sign-in")
    say(page, "Pseudonym", pseudonym)
    say(page, "Passphrase", passphrase)
    press(page, "Sign in")


def set_up_factor(page: Page) -> None:
    """Type the key into the app, which is this test, and a code of it into the page."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Second factor")
    secret = totp.read_key(page.locator("#key").inner_text())
    page.locator("#code").fill(totp.code_of(secret, totp.step_now()))
    press(page, "Turn it on")


def set_up(page: Page, live: Live) -> None:
    """The operator opens the forum through the printed link."""
    page.goto(live.setup)
    say(page, "Name of the community", "Harbour")
    say(page, "Pseudonym", "badger")
    passphrase = page.locator("#passphrase").input_value()
    say(page, "For everybody, also without an account", "Front door")
    say(page, "For members", "Garden")
    say(page, "For trusted members", "Cellar")
    press(page, "Open the forum")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    sign_in(page, "badger", passphrase)
    press(page, "Make new codes")
    confirm_codes(page)
    page.goto("/console")
    set_up_factor(page)
    page.goto("/console")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Second factor")
    assert page.goto(live.setup).status == 404  # type: ignore[union-attr]


def start_thread(page: Page, board: str, title: str, body: str) -> str:
    """Start a thread after a look at its preview; returns its address."""
    page.goto("/")
    follow(page, board)
    follow(page, "Start a thread")
    say(page, "Title", title)
    page.locator("#body").fill(body)
    press(page, "Preview")
    expect(page.get_by_role("heading", name="Preview")).to_be_visible()
    press(page, "Post")
    return page.url.partition("#")[0]


def reply(page: Page, thread: str, body: str) -> None:
    page.goto(thread)
    page.locator("#body").fill(body)
    press(page, "Post")


def decide(
    page: Page, *, act: str, rule: str, facts: str, sanction: str = "", days: str = ""
) -> None:
    """Take the open item and decide it, after a look at what the member will read."""
    press(page, "Take it")
    page.get_by_label(act).check()
    page.get_by_label("On which rule?").select_option(rule)
    say(page, "What happened, said to the member", facts)
    if sanction:
        page.get_by_label(sanction).check()
        page.get_by_label("For how long?").select_option(days)
    press(page, "Preview what the member will read")
    expect(page.locator(".preview").get_by_text(facts)).to_be_visible()
    press(page, "Decide")


def test_the_main_job(live: Live, new_person: NewPerson) -> None:
    assert live.setup
    badger, heron, wren, stoat, owl, visitor = (new_person() for _ in range(6))
    set_up(badger, live)

    # 1: they sign up. 2: Heron opens a thread, Wren replies, quotes, edits, erases.
    join(heron, "heron")
    join(wren, "wren")
    join(stoat, "stoat")
    owls_words = join(owl, "owl")
    thread = start_thread(
        heron, "Garden", "Tomatoes on a balcony", "How often do you *water* them?"
    )
    expect(heron.locator("em", has_text="water")).to_be_visible()

    reply(wren, thread, HARMLESS)
    wren.goto(thread)
    wren.get_by_role("link", name="Quote", exact=True).first.click()
    expect(wren.get_by_text("heron wrote")).to_be_visible()
    wren.locator("#body").fill("I would not water them daily.")
    press(wren, "Post")
    expect(wren.locator("blockquote.quote")).to_contain_text("How often do you water them?")
    last = wren.locator("article.post").last
    last.locator("summary").click()
    last.get_by_role("link", name="Edit").click()
    wren.locator("#body").fill("I would water them twice a day in August.")
    press(wren, "Save")
    expect(wren.get_by_text("twice a day in August")).to_be_visible()
    second = wren.locator("article.post", has_text="never")
    second.locator("summary").click()
    second.get_by_role("link", name="Erase").click()
    press(wren, "Erase it")
    expect(wren.get_by_text("wren erased this post.")).to_be_visible()

    # 3: Heron's own number is marked, and the text is kept.
    reply(heron, thread, OWN)
    expect(heron.locator("mark", has_text="020 7946 0958")).to_be_visible()
    expect(heron.get_by_text("This looks like your own phone number.")).to_be_visible()
    assert heron.locator("#body").input_value() == OWN
    for way_on in ("This is about me, post it anyway", "Send it to a moderator first"):
        expect(heron.get_by_role("button", name=way_on)).to_be_visible()
    expect(heron.get_by_role("link", name="Change it")).to_be_visible()
    press(heron, "This is about me, post it anyway")
    expect(heron.locator("article.post", has_text="seedlings")).to_be_visible()

    # Stoat exposes somebody: held, and nobody else can tell.
    reply(stoat, thread, OTHERS)
    expect(stoat.get_by_text("A moderator reads this first.")).to_be_visible()
    expect(stoat.locator("article.post", has_text="Tansy Row")).to_be_visible()
    for other in (heron, wren):
        other.goto(thread)
        assert "Tansy" not in other.content()
        other.goto("/search?q=Tansy")
        assert "Nothing found" in other.content()

    # 4: Owl becomes a moderator, and decides with reasons.
    assert live.bauta("member", "grant-role", "owl", "moderator").returncode == 0
    sign_in(owl, "owl", owls_words)
    set_up_factor(owl)
    owl.goto("/queue")
    follow(owl, "A post by stoat")
    expect(owl.locator("mark").first).to_be_visible()
    reason = "Your post told where somebody lives and how to ring her."
    decide(owl, act="Reject it", rule="identity", facts=reason)
    stoat.goto("/inbox")
    follow(stoat, "A decision about something you wrote")
    expect(stoat.get_by_text(reason)).to_be_visible()

    # Another is asked back first; Stoat insists, and it is released.
    reply(stoat, thread, "Does anybody know Wren's real name? Asking for a friend.")
    expect(stoat.get_by_text("We do not ask who somebody is, or where")).to_be_visible()
    press(stoat, "Send it to a moderator first")
    owl.goto("/queue")
    follow(owl, "A post by stoat")
    press(owl, "Take it")
    owl.get_by_label("Release it").check()
    press(owl, "Decide")
    wren.goto(thread)
    expect(wren.get_by_text("Asking for a friend")).to_be_visible()

    # 5: Wren reports; Owl removes and silences; Wren is told; Stoat reads, cannot write, answers.
    reply(stoat, thread, POINTED)
    wren.goto(thread)
    pointed = wren.locator("article.post", has_text="the whole market talks")
    pointed.get_by_role("link", name="Report").click()
    wren.get_by_label("It shows who someone is").check()
    press(wren, "Send the report")
    owl.goto("/queue")
    follow(owl, "A post by stoat")
    threat = "You pointed at where another member can be found."
    decide(owl, act="Remove it", rule="identity", facts=threat, sanction="Silence", days="3")
    wren.goto("/inbox")
    follow(wren, "Your report has an outcome")
    expect(wren.get_by_text("It shows who someone is")).to_be_visible()
    wren.goto(thread)
    expect(wren.get_by_text("The moderators removed this post")).to_be_visible()
    assert "the whole market talks" not in wren.content()

    stoat.goto(thread)
    expect(stoat.get_by_text("You may read this thread but not reply.")).to_be_visible()
    stoat.goto("/inbox")
    stoat.get_by_role("link", name="A decision about something you wrote").first.click()
    expect(stoat.get_by_text(threat)).to_be_visible()
    stoat.locator("#text").fill("I did not mean it like that.")
    press(stoat, "Send the answer")
    expect(stoat.get_by_text("I did not mean it like that.")).to_be_visible()

    # Everything is in the audit log, and the chain is whole.
    owl.goto("/audit")
    for verb in ("reject", "release", "remove", "silence"):
        assert verb in owl.content(), verb
    verified = live.bauta("audit", "verify")
    assert verified.returncode == 0
    assert "is whole" in verified.stdout

    # 6: what one may not see leaves no trace.
    visitor.goto("/")
    expect(visitor.get_by_role("link", name="Front door")).to_be_visible()
    for path in ("/", "/latest", "/search?q=Tomatoes"):
        visitor.goto(path)
        seen = visitor.locator("main").inner_text()
        assert [word for word in ("Garden", "Cellar", "Tomatoes") if word in seen] == [], path
        wren.goto(path)
        assert "Cellar" not in wren.content(), path


def test_a_lost_session_gives_the_text_back(live: Live, new_person: NewPerson) -> None:
    badger, heron = new_person(), new_person()
    set_up(badger, live)
    words = join(heron, "heron")
    thread = start_thread(heron, "Garden", "Compost", "What goes in?")
    heron.goto(thread)
    heron.locator("#body").fill("Egg shells, and patience, and a text that took me an hour.")
    heron.context.clear_cookies(name="bauta")
    press(heron, "Post")
    expect(heron.get_by_text("took me an hour")).to_be_visible()
    say(heron, "Pseudonym", "heron")
    say(heron, "Passphrase", words)
    press(heron, "Sign in and go on")
    expect(heron.get_by_text("took me an hour")).to_be_visible()
    heron.locator("main form button").first.click()
    expect(heron.locator("article.post", has_text="took me an hour")).to_be_visible()
