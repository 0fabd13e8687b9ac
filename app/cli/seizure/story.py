"""The story that is played against the real server, from the set-up link to leaving."""

from __future__ import annotations

import re
import sqlite3
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus
from typing import Final

from app.accounts import keyring, pseudonyms, totp
from app.cli.seizure.canaries import ALWAYS, Moment, Plan, decoded_cookie, phone, word
from app.cli.seizure.person import Answer, Person, StoryError
from app.cli.seizure.pictures import middle, noise, planted
from app.cli.seizure.server import Server
from app.core.crypto import Passphrase

BEFORE_THE_TICK: Final = frozenset({Moment.LIVE})
SINCE_THE_KILL: Final = frozenset({Moment.KILLED, Moment.RECOVERED})
AT_THE_KILL: Final = frozenset({Moment.KILLED})
BAD: Final = HTTPStatus.UNPROCESSABLE_ENTITY
OTHER_NUMBER: Final = "+49 30 23125 042"  # set aside for plays (Bundesnetzagentur)
LONG: Final = 250  # times, each some forty bytes
TOO_MUCH: Final = 2 * 1024 * 1024
CHUNK: Final = 4096

Seize = Callable[[Moment], None]


class Story:
    """One run: a server, those who come, and what they plant."""

    def __init__(self, server: Server, plan: Plan, seize: Seize, last: Moment) -> None:
        self.server = server
        self.plan = plan
        self.seize = seize
        self.last = last
        self.people: dict[str, Person] = {}

    def play(self) -> None:
        """Play it up to its last moment, and seize the machine at each."""
        self.server.start()
        self.open_the_forum()
        self.join()
        self.write()
        self.show()
        self.moderate()
        self.shield()
        self.message()
        self.answer_a_question()
        self.plan_for_bad_days()
        self.come_to_nothing()
        self.misbehave()
        self.break_things()
        self.leave()
        self.seize(Moment.LIVE)
        self.server.tick()
        self.seize(Moment.TICK)
        if self.last is Moment.TICK:
            return
        self.server.stop()
        self.seize(Moment.STOPPED)
        self.server.start()
        self.write_until_the_kill()
        self.seize(Moment.KILLED)
        self.server.start()
        self.server.tick()
        self.server.stop()
        self.seize(Moment.RECOVERED)

    def play_briefly(self) -> None:
        """Open the forum, and let requests go wrong: enough for what only these give away."""
        self.server.start()
        self.open_the_forum()
        self.misbehave()
        self.seize(Moment.LIVE)

    def person(self, name: str) -> Person:
        """Somebody, in a browser of his or her own."""
        if name not in self.people:
            self.people[name] = Person(self.server.port, self.plan, name)
        return self.people[name]

    # --- coming in --------------------------------------------------------------------------------

    def open_the_forum(self) -> None:
        """The operator opens the forum through the link."""
        link = self.server.link()
        secret = link.rpartition("/")[2]
        self.plan.plant("secret of the set-up link", secret, stored=BEFORE_THE_TICK, logged=ALWAYS)
        words = self.passphrase("operator")
        badger = self.person("operator")
        badger.send(
            link, community="Harbour", norms="Be kind.", pseudonym="badger", passphrase=words,
            front="Front door", inside="Garden", quiet="Cellar",
        )  # fmt: skip
        badger.send("/sign-in", pseudonym="badger", passphrase=words)
        self.confirm(badger, badger.send("/me/recovery-codes", HTTPStatus.OK, to="recovery-codes"))
        page = badger.see("/me/second-factor").page
        shown = re.search(r'id="key"[^>]*>([A-Z2-7 ]+)<', page)
        if not shown:
            message = "no key of a second factor was shown"
            raise StoryError(message)
        factor = totp.read_key(shown.group(1))
        self.plan.plant("key of the second factor", shown.group(1).replace(" ", ""))
        self.plan.plant("bytes of the second factor", factor)
        badger.send_from(page, "", to="factor", code=totp.code_of(factor, totp.step_now()))

    def join(self) -> None:
        """Three newcomers join."""
        for name, pseudonym in (
            ("writer", "heron"),
            ("reader", "wren"),
            ("leaver", self.name_to_leave()),
        ):
            words = self.passphrase(name)
            newcomer = self.person(name)
            joined = newcomer.send(
                "/join", HTTPStatus.OK, pseudonym=pseudonym, new_passphrase=words,
                repeat=words, accept="1",
            )  # fmt: skip
            self.confirm(newcomer, joined)
            self.keep_secret(name, pseudonym, words)

    def name_to_leave(self) -> str:
        """A name that stands among the members until its member leaves; then a tag is kept."""
        # With an end that is always folded: a name that is its own skeleton may leave a tag.
        name = f"{word(17)}wim"
        self.plan.plant("name of somebody who left", name, stored=BEFORE_THE_TICK)
        self.plan.plant(
            "name of somebody who left, look-alikes folded", pseudonyms.skeleton(name),
            stored=BEFORE_THE_TICK, tagged=ALWAYS,
        )  # fmt: skip
        return name

    def passphrase(self, name: str) -> str:
        """A passphrase of six words, the last of which nobody can guess."""
        own = f"copper lantern ninety walnut {word()}"
        self.plan.plant(f"{name}: passphrase", own)
        self.plan.plant(f"{name}: last word of the passphrase", own.rpartition(" ")[2])
        return own

    def confirm(self, who: Person, shown: Answer) -> None:
        """Type one of the recovery codes back; none of them may be found anywhere."""
        codes = re.findall(r"<li>([a-z2-7]{5}(?:-[a-z2-7]{1,5})+)</li>", shown.page)
        if len(codes) != keyring.CODE_COUNT:
            message = f"{who.name} was shown {len(codes)} recovery codes"
            raise StoryError(message)
        for number, code in enumerate(codes, start=1):
            self.plan.plant(f"{who.name}: recovery code {number}", code)
        asked = re.search(r'name="number" value="(\d)"', shown.page)
        number = int(asked.group(1)) if asked else 1
        answer = who.send_from(shown.page, "/me/recovery-codes", code=codes[number - 1])
        if answer.status != HTTPStatus.FOUND:
            message = f"{who.name}: the recovery code was not taken"
            raise StoryError(message)

    def keep_secret(self, name: str, pseudonym: str, words: str) -> None:
        """Plant what opens an account: the cookie, its key, and the member's private key."""
        cookie = self.person(name).cookies["bauta"]
        self.plan.plant(f"{name}: session cookie", cookie)
        self.plan.plant(f"{name}: key in the cookie", decoded_cookie(cookie)[16:])
        with self.database() as database:
            row = database.execute(
                "SELECT public_id, salt, cost, verifier, wrapped_key FROM members"
                " WHERE pseudonym = ?",
                (pseudonym,),
            ).fetchone()
        key = keyring.unlock(Passphrase(words), row[0], keyring.Lock(*row[1:]))
        if key is None:
            message = f"{name}: the passphrase does not open the account"
            raise StoryError(message)
        self.plan.plant(f"{name}: private key", key)

    # --- writing ----------------------------------------------------------------------------------

    def write(self) -> None:
        """Texts that stay, wait, are changed, previewed, handed back and erased."""
        heron, plant = self.person("writer"), self.plan.word
        board = self.board()
        thread = self.start(
            heron, board, plant("title", stored=ALWAYS), plant("published", stored=ALWAYS)
        )
        self.previewed(heron, thread, plant("only previewed"))
        draft = f"Later {plant('kept as a draft')}."
        heron.send(f"{thread}/reply", body=draft, press="keep_draft")
        number = self.plan.plant("telephone number handed back", phone())
        handed = f"Call me on {number}, says {plant('handed back by the filter')}."
        heron.send(f"{thread}/reply", BAD, HTTPStatus.OK, body=handed)
        held = f"Call me on {OTHER_NUMBER}, says {plant('held', stored=ALWAYS)}."
        heron.send(f"{thread}/reply", body=held, press="second_look")
        changed = self.reply(heron, thread, f"At first {self.passing('edited away')}.")
        heron.send(f"{changed}/edit", body="Something else entirely.")
        self.remove_revisions(heron, changed)
        kept = self.reply(heron, thread, f"Before {plant('earlier wording', stored=ALWAYS)}.")
        heron.send(f"{kept}/edit", body="Another wording.")
        self.erase(heron, self.reply(heron, thread, f"Gone {self.passing('erased')}."))
        # As long as several pages of the database, so that whole pages become free.
        long = " and on ".join([self.passing("erased, and long")] * LONG)
        self.erase(heron, self.reply(heron, thread, long))
        words = self.passing("erased with its thread")
        short = self.start(heron, board, self.passing("erased title"), words)
        self.erase(heron, self.post_with(heron, short, words))
        self.thread = thread

    def passing(self, name: str) -> str:
        """A word that is stored, and must be gone after the next tick."""
        return self.plan.word(name, stored=BEFORE_THE_TICK)

    def board(self) -> str:
        """The board for members."""
        found = re.search(
            r'href="(/boards/\w+)"[^>]*>\s*Garden', self.person("writer").see("/").page
        )
        if not found:
            message = "there is no board for members"
            raise StoryError(message)
        return found.group(1)

    def start(self, who: Person, board: str, title: str, body: str) -> str:
        """Start a thread; returns its path."""
        made = who.send(f"{board}/start", title=title, body=body)
        return made.location.partition("#")[0].partition("?")[0]

    def reply(self, who: Person, thread: str, body: str) -> str:
        """Reply; returns the path of the post."""
        who.send(f"{thread}/reply", body=body)
        return self.post_with(who, thread, body)

    def post_with(self, who: Person, thread: str, words: str) -> str:
        """The path of the own post on a page in which these words stand."""
        after = who.see(thread).page.partition(words)[2]
        found = re.search(r"(/posts/\w+)/erase", after)
        if not found:
            message = f"{who.name} has no such post on {thread}"
            raise StoryError(message)
        return found.group(1)

    def previewed(self, who: Person, thread: str, words: str) -> None:
        """Look at a text, and post it not."""
        who.send(f"{thread}/reply", HTTPStatus.OK, body=f"Only {words}.", press="preview")

    def remove_revisions(self, who: Person, post: str) -> None:
        """Make every earlier wording of a post be gone."""
        page = who.see(f"{post}/revisions").page
        for path in re.findall(r'action="(/posts/\w+/revisions/\w+/remove)"', page):
            who.send_from(page, path, to=path)

    def erase(self, who: Person, post: str) -> None:
        """Erase a post; until the next tick its bytes may be there."""
        who.send(f"{post}/erase", to="/erase")

    # --- pictures -------------------------------------------------------------------------------

    def show(self) -> None:
        """Pictures: one full of hidden words; one that stays and one that is erased, of noise.

        What a member gets to see lies in the folder too, so that it is searched like the rest.
        """
        badger, plant = self.person("operator"), self.plan.word
        for kind in ("JPEG", "PNG", "WEBP", "GIF"):
            hiding = planted(kind, lambda place, kind=kind: plant(f"{kind}: {place}"))  # type: ignore[misc]  # a name bound at once
            seen = self.shown(badger, hiding, f"{plant('name of a picture')}.jpg")
            (self.server.root / "seen").mkdir(mode=0o700, exist_ok=True)
            (self.server.root / "seen" / f"{kind}.jpg").write_bytes(seen)
        sent = noise()
        self.plan.plant("file of a picture", middle(sent))
        self.plan.plant("picture", middle(self.shown(badger, sent, "x.png")))
        sent = noise()
        self.plan.plant("file of an erased picture", middle(sent))
        words = self.passing("text beside an erased picture")
        self.plan.plant("erased picture", middle(self.shown(badger, sent, "x.png", words)))
        self.erase(badger, self.post_with(badger, self.thread, words))

    def shown(self, who: Person, sent: bytes, name: str, words: str = "") -> bytes:
        """Post a picture; returns it as members see it."""
        words = words or word()
        shows = self.plan.word("what a picture shows", stored=ALWAYS)
        who.send_file(f"{self.thread}/reply", name, sent, body=f"See {words}.", upload_alt=shows)
        after = who.see(self.thread).page.partition(words)[2]
        path = re.search(r'src="(/pictures/\w+)"', after)
        if not path:
            message = "a picture that was posted is not shown"
            raise StoryError(message)
        return who.see(path.group(1)).body

    # --- the others -------------------------------------------------------------------------------

    def moderate(self) -> None:
        """A report, a removal with its reasons, and the member's answer."""
        plant = self.plan.word
        heron, wren = self.person("writer"), self.person("reader")
        badger = self.person("operator")
        post = self.reply(heron, self.thread, f"Bad {plant('removed', stored=ALWAYS)}.")
        wren.send(f"{post}/report", reason="spam", text=plant("report", stored=ALWAYS))
        item = re.search(r'href="(/queue/\w{16})', badger.see("/queue?reason=reported").page)
        if not item:
            message = "the report is not in the queue"
            raise StoryError(message)
        path = item.group(1)
        badger.send("/queue", to="/queue/note", text=plant("note for the next shift"))
        badger.send(path, to=f"{path}/take")
        facts = plant("statement of reasons", stored=ALWAYS)
        badger.send(path, act="remove", rule="spam", facts=facts)
        if plant("removed") in wren.see(self.thread).page:
            message = "the removed text is still shown"
            raise StoryError(message)

        facts = plant("reasons of a proposal that was taken back", stored=BEFORE_THE_TICK)
        badger.send("/u/wren/removal", rule="spam", facts=facts)
        badger.send("/proposals", to="/drop")

    def shield(self) -> None:
        """A shield: its label is kept, its phrase is not."""
        phrase = f"Tamsin {self.plan.plant('last name in a shield').capitalize()}"
        self.plan.plant("phrase of a shield", phrase)
        self.person("reader").send(
            "/me/privacy/shields", HTTPStatus.FOUND, HTTPStatus.OK, kind="name", phrase=phrase,
            label="my name", mode="hold",
        )  # fmt: skip

    def message(self) -> None:
        """A message, its answer, one that is handed back, and one that is erased."""
        plant, badger, wren = self.plan.word, self.person("operator"), self.person("reader")
        first = f"To you alone {plant('message')}."
        badger.send("/u/wren/message", body=first)
        path = re.search(r'href="(/messages/\w{16})"', wren.see("/messages").page)
        if not path or plant("message") not in wren.see(path.group(1)).page:
            message = "the message did not come"
            raise StoryError(message)
        wren.send(path.group(1), body=f"And back {plant('answer to a message')}.")
        number = self.plan.plant("telephone number in a message", phone())
        wren.send(path.group(1), BAD, body=f"Call her on {number}, {plant('message handed back')}.")
        wren.send(path.group(1), body=f"Gone {plant('erased message')}.")
        gone = re.findall(r"/messages/copies/\w+/erase", wren.see(path.group(1)).page)
        wren.send(gone[-1], to="/erase")

    def answer_a_question(self) -> None:
        """A question to members, and an answer that lies in its urn."""
        badger, wren = self.person("operator"), self.person("reader")
        badger.send(
            "/rounds/new", HTTPStatus.FOUND, HTTPStatus.OK,
            question="What would help?", choices="", trust="1", days="14",
        )  # fmt: skip
        path = re.search(r'href="(/rounds/\w{16})"', wren.see("/rounds").page)
        if not path:
            message = "the question is not shown"
            raise StoryError(message)
        said = f"More of {self.plan.word('answer to a question')}."
        wren.send(path.group(1), HTTPStatus.FOUND, HTTPStatus.OK, body=said, to="/answer")

    def plan_for_bad_days(self) -> None:
        """A safety plan, a copy of it, what was changed in it and what was taken back."""
        plant, heron, wren = self.plan.word, self.person("writer"), self.person("reader")
        heron.send("/me/plan/sections/people", text=f"At first {plant('plan before a change')}.")
        heron.send("/me/plan/sections/people", text=f"Call {plant('safety plan')} first.")
        heron.send("/me/plan/danger", tick="frightened")
        heron.send("/me/plan", to="/copies", pseudonym="wren", section="people")
        # As it stands in the box before that is sealed: a tick is a code and no word of anybody.
        self.plan.plant("tick of a guide", '"platforms": ["higher"]')
        heron.send("/me/guides/platforms?step=higher", to="/steps/higher", done="1")
        heron.send("/who-helps", to="/befrienders", keep="1")
        shared = re.search(r'href="(/me/copies/\w{16})"', wren.see("/me/plan").page)
        if not shared or plant("safety plan") not in wren.see(shared.group(1)).page:
            message = "the copy of the plan did not come"
            raise StoryError(message)

    def come_to_nothing(self) -> None:
        """A search and a failed log-in."""
        asked = urllib.parse.quote(self.plan.word("searched"))
        self.person("reader").see(f"/search?q={asked}")
        visitor = self.person("visitor")
        visitor.see(f"/search?q={urllib.parse.quote(self.plan.word('searched by a visitor'))}")
        visitor.send(
            "/sign-in", BAD,
            pseudonym=self.plan.plant("name of a failed log-in", word(20)),
            passphrase=self.plan.word("passphrase of a failed log-in"),
        )  # fmt: skip

    def misbehave(self) -> None:
        """Requests that go wrong: each quotes somebody, and each is refused."""
        plant, who = self.plan.word, self.person("visitor")
        who.ask("GET", f"/nowhere/{plant('path of a missing page')}?q={plant('its query')}")
        who.ask("POST", "/sign-in", f"pseudonym={plant('form without a token')}".encode())
        who.ask("DELETE", f"/{plant('path of a wrong method')}")
        who.ask("POST", "/sign-in", b"body=\xff\xfe" + plant("beside bad UTF-8").encode())
        who.ask("GET", "/search?q=%ff%fe" + plant("query of bad UTF-8"))
        who.ask("GET", "/search?q=%00" + plant("query with a NUL"))
        boundary = word()
        parts = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file";'
            f' filename="{plant("file name")}.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
            f"{plant('content of a file') * CHUNK}\r\n--{boundary}--\r\n"
        )
        kind = f"multipart/form-data; boundary={boundary}"
        self.unheard(lambda: who.ask("POST", "/sign-in", parts.encode(), kind))
        large = b"body=" + plant("form that is too large").encode() + b"x" * TOO_MUCH
        self.unheard(lambda: who.ask("POST", "/sign-in", large))
        for line in (
            f"GET /{plant('malformed request')} HTTP/9.9\r\n\r\n",
            f"{plant('no method at all')}\r\n\r\n",
            f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n{plant('malformed header')} : x\r\n\r\n",
            f"GET / HTTP/1.1\r\nHost: {plant('foreign host')}.example\r\n\r\n",
            (
                "POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 400\r\n\r\n"
                f"body={plant('request that breaks off')}"
            ),
        ):
            self.unheard(partial(who.shout, line.encode()))

    @staticmethod
    def unheard(ask: Callable[[], object]) -> None:
        """Ask what may be hung up on."""
        with suppress(OSError):
            ask()

    def break_things(self) -> None:
        """A database that refuses: the values it refused must not be written down."""
        heron, wren = self.person("writer"), self.person("reader")
        page = wren.see(
            f"{self.post_with(heron, self.thread, self.plan.word('published'))}/report"
        ).page
        with self.refusing("reports"):
            broken = wren.send_from(
                page, "", to="/report", reason="spam", text=self.plan.word("in an IntegrityError")
            )
        if broken.status != HTTPStatus.INTERNAL_SERVER_ERROR:
            message = f"a broken constraint was answered with {broken.status}"
            raise StoryError(message)
        words = self.plan.word("in an OperationalError", stored=ALWAYS)
        post = self.reply(heron, self.thread, f"Kept {words}.")
        page = heron.see(f"{post}/edit").page
        with self.away("revisions"):
            broken = heron.send_from(page, f"{post}/edit", body="Another wording.")
        if broken.status != HTTPStatus.INTERNAL_SERVER_ERROR:
            message = f"a missing table was answered with {broken.status}"
            raise StoryError(message)

    def leave(self) -> None:
        """Somebody writes, takes everything along, and leaves."""
        stoat = self.person("leaver")
        words = self.plan.all["leaver: passphrase"].text
        self.reply(
            stoat,
            self.thread,
            f"Said {self.passing('text of somebody who left')}.",
        )
        taken = stoat.ask("POST", "/me/export", self.form(stoat, "/me/leave", passphrase=words))
        if not taken.body.startswith(b"PK"):
            message = "there was no export"
            raise StoryError(message)
        stoat.send("/me/leave", texts="erase", passphrase=words)

    def form(self, who: Person, path: str, **typed: str) -> bytes:
        """What a form sends, for a button that leads elsewhere."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', who.see(path).page)
        fields = typed | {"csrf_token": token.group(1) if token else ""}
        return urllib.parse.urlencode(fields).encode()

    # --- the end ----------------------------------------------------------------------------------

    def write_until_the_kill(self) -> None:
        """Write, erase, and write on while the power goes."""
        heron, plant = self.person("writer"), self.plan.plant
        plant("written before the kill", stored=SINCE_THE_KILL)
        plant("erased before the kill", stored=AT_THE_KILL)
        gone = self.reply(heron, self.thread, self.plan.word("erased before the kill"))
        self.reply(heron, self.thread, self.plan.word("written before the kill"))
        self.erase(heron, gone)
        writing = threading.Thread(target=self.unheard, args=(self.go_on,), daemon=True)
        writing.start()
        writing.join(0.4)
        self.server.kill()
        writing.join(5)

    def go_on(self) -> None:
        """Write until nobody answers."""
        plant = self.plan.plant("written while the power went", stored=SINCE_THE_KILL)
        with suppress(StoryError):
            while True:
                self.person("writer").send(f"{self.thread}/reply", body=plant)

    # --- the database behind the server's back ----------------------------------------------------

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """The database itself."""
        opened = sqlite3.connect(self.server.data / "bauta.sqlite3", timeout=10)
        opened.execute("PRAGMA secure_delete = ON")
        try:
            yield opened
            opened.commit()
        finally:
            opened.close()

    @contextmanager
    def refusing(self, table: str) -> Iterator[None]:
        """Let a table refuse new rows for a while."""
        with self.database() as database:
            database.execute(
                f"CREATE TRIGGER refusing BEFORE INSERT ON {table}"
                " BEGIN SELECT RAISE(ABORT, 'refused'); END"
            )
        try:
            yield
        finally:
            with self.database() as database:
                database.execute("DROP TRIGGER refusing")

    @contextmanager
    def away(self, table: str) -> Iterator[None]:
        """Let a table be missing for a while."""
        with self.database() as database:
            database.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
        try:
            yield
        finally:
            with self.database() as database:
                database.execute(f"ALTER TABLE {table}_away RENAME TO {table}")
