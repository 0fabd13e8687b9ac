"""Somebody with a browser that tells more of itself than any does, without scripts."""

from __future__ import annotations

import http.client
import re
import socket
import urllib.parse
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from typing import Final

from app.cli.seizure.canaries import Plan, ipv4, ipv6, word

WAIT: Final = 90.0
FORWARDING: Final = (
    "X-Forwarded-For",
    "X-Real-IP",
    "Forwarded",
    "True-Client-IP",
    "CF-Connecting-IP",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "Fastly-Client-IP",
    "Via",
)


class StoryError(Exception):
    """A step of the story did not happen as it must; nothing was proved."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    page: str
    location: str
    body: bytes


class Forms(HTMLParser):
    """The forms of a page: what each sends if nothing is typed."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._chooses = ""  # the name of the field whose options are being read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note forms and fields."""
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((named.get("action", ""), {}))
        elif self.found and tag in {"input", "textarea", "select"} and "name" in named:
            fields = self.found[-1][1]
            if named.get("type") not in {"checkbox", "radio"} or "checked" in named:
                fields[named["name"]] = named.get("value", "")
            fields.setdefault(named["name"], "")
            self._chooses = named["name"] if tag == "select" else ""
        elif self._chooses and tag == "option" and "selected" in named:
            self.found[-1][1][self._chooses] = named.get("value", "")


class Person:
    """One browser: its cookies, and every header by which one could be known again."""

    def __init__(self, port: int, plan: Plan, name: str) -> None:
        self.port = port
        self.name = name
        self.cookies: dict[str, str] = {}
        self.peer = ipv4()
        plan.plant(f"{name}: address of the connection", self.peer)
        self.headers = {"Accept-Language": f"de-{plan.plant(f'{name}: languages', word(6))[:8]}"}
        for header in FORWARDING:
            address = plan.plant(f"{name}: {header}", ipv6())
            self.headers[header] = f"for={address}" if header == "Forwarded" else address
        self.headers["User-Agent"] = plan.plant(f"{name}: browser")
        self.headers["Referer"] = f"https://{plan.plant(f'{name}: referrer')}.example/came/from"
        self.headers["X-Device-Id"] = plan.plant(f"{name}: device")

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        kind: str = "application/x-www-form-urlencoded",
    ) -> Answer:
        """Send one request."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=WAIT, source_address=(self.peer, 0)
        )
        headers = dict(self.headers)
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = kind
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        page = content.decode(errors="replace")
        return Answer(answer.status, page, answer.headers.get("Location", ""), content)

    def see(self, path: str) -> Answer:
        """Open a page that must be there.

        Raises:
            StoryError: when it is not.
        """
        answer = self.ask("GET", path)
        if answer.status != http.client.OK:
            message = f"{self.name} got {answer.status} for {path}"
            raise StoryError(message)
        return answer

    def send(self, page: str, *expected: int, to: str = "", **typed: str) -> Answer:
        """Fill in the form of a page that has these fields, and send it.

        Raises:
            StoryError: when there is no such form, or the answer is another.
        """
        answer = self.send_from(self.see(page).page, page, to=to, **typed)
        if answer.status not in (expected or (http.client.FOUND,)):
            said = re.findall(r'class="error"[^>]*>([^<]*)', answer.page)
            message = f"{self.name} got {answer.status} from the form on {page}: {said}"
            raise StoryError(message)
        return answer

    def send_from(self, html: str, page: str, *, to: str = "", **typed: str) -> Answer:
        """The same from a page that is open already.

        Raises:
            StoryError: when there is no such form.
        """
        forms = Forms()
        forms.feed(html)
        wanted = {name for name in typed if name != "press"}
        for action, fields in forms.found:
            if wanted <= set(fields) and (not to or (action or page).endswith(to)):
                pressed = {typed["press"]: "1"} if "press" in typed else {}
                filled = fields | {name: typed[name] for name in wanted} | pressed
                body = urllib.parse.urlencode(filled).encode()
                return self.ask("POST", unescape(action) or page, body)
        message = f"{self.name} found no form with {sorted(wanted)} on {page}"
        raise StoryError(message)

    def send_file(self, page: str, name: str, sent: bytes, **typed: str) -> Answer:
        """Fill in the form of a page that takes a picture, with a file of this name.

        Raises:
            StoryError: when there is no such form, or the text is not posted.
        """
        forms = Forms()
        forms.feed(self.see(page).page)
        action, fields = next(
            (found for found in forms.found if "upload" in found[1]), ("", dict[str, str]())
        )
        edge = word()
        parts = b"".join(
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in (fields | typed).items()
            if key != "upload"
        )
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="upload"; filename="{name}"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        )
        body = parts + head.encode() + sent + f"\r\n--{edge}--\r\n".encode()
        answer = self.ask(
            "POST", unescape(action) or page, body, f"multipart/form-data; boundary={edge}"
        )
        if answer.status != http.client.FOUND:
            message = f"{self.name} could not post a picture: {answer.status}"
            raise StoryError(message)
        return answer

    def shout(self, raw: bytes) -> bytes:
        """Send bytes that are no request, and read what is said to that."""
        with socket.create_connection(
            ("127.0.0.1", self.port), timeout=WAIT, source_address=(self.peer, 0)
        ) as line:
            line.sendall(raw)
            line.shutdown(socket.SHUT_WR)
            heard = b""
            while part := line.recv(4096):
                heard += part
        return heard
