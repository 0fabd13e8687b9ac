"""Addresses of the network: e-mail, machines, profiles elsewhere, collections of facts."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from app.screening.disguise import ENDINGS, PROVIDERS
from app.screening.findings import About, Category
from app.screening.lexicon import KIN, ROLE, SELF, THIRD
from app.screening.scene import Candidate, Scene
from app.screening.scoring import WEIGHTS
from app.screening.tokens import View

_LOCAL_CHARACTERS: Final = re.compile(r"[\w.+\-%]+")
_DOMAIN: Final = re.compile(r"[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,5}")
LONGEST_LOCAL: Final = 64

ROLE_MAILBOXES: Final = frozenset(
    [
        "info",
        "support",
        "contact",
        "kontakt",
        "contacto",
        "contato",
        "admin",
        "help",
        "helpdesk",
        "hello",
        "hi",
        "hallo",
        "press",
        "presse",
        "prensa",
        "imprensa",
        "office",
        "buero",
        "sales",
        "service",
        "customer",
        "customercare",
        "customerservice",
        "customersupport",
        "kundenservice",
        "noreply",
        "no-reply",
        "donotreply",
        "abuse",
        "postmaster",
        "webmaster",
        "hostmaster",
        "security",
        "privacy",
        "legal",
        "jobs",
        "careers",
        "hr",
        "team",
        "mods",
        "moderators",
        "moderation",
        "appeals",
        "bugs",
        "bug",
        "issues",
        "feedback",
        "news",
        "newsletter",
        "billing",
        "accounts",
        "orders",
        "order",
        "booking",
        "bookings",
        "reservations",
        "tickets",
        "editor",
        "editors",
        "redaktion",
        "redaction",
        "redaccion",
        "atendimento",
        "suporte",
        "ajuda",
        "soporte",
        "ayuda",
        "atencion",
        "clientes",
        "ventas",
        "vendas",
        "events",
        "membership",
        "members",
        "donate",
        "donations",
        "volunteer",
        "volunteers",
        "secretary",
        "treasurer",
        "chair",
        "enquiries",
        "inquiries",
        "mail",
        "post",
        "git",
        "pi",
        "root",
        "user",
        "username",
        "you",
        "me",
        "name",
        "example",
        "test",
        "dev",
        "developers",
        "maintainers",
        "list",
        "lists",
        "announce",
        "dpo",
        "datenschutz",
        "impressum",
        "service-client",
        "accueil",
        "secretariat",
        "mairie",
        "vorstand",
        "verein",
        "bibliothek",
        "bestellung",
        "bewerbung",
        "submissions",
        "store",
        "shop",
        "returns",
        "marketing",
        "media",
        "pr",
        "api",
        "firstname.lastname",
        "vorname.nachname",
        "jane.doe",
        "john.doe",
        "max.mustermann",
        "foo",
        "bar",
        "someone",
        "somebody",
        "reception",
        "library",
        "archive",
        "museum",
        "geral",
        "secretaria",
        "ouvidoria",
        "comercial",
        "imprensa",
        "sac",
    ]
)
EXAMPLE_DOMAINS: Final = re.compile(
    r"(?:.*\.)?(?:example|invalid|test|localhost|local|lan|internal|domain|yourdomain|company"
    r"|mustermann|beispiel|ejemplo|exemple|exemplo|openexample)(?:\.[a-z]+)*|example\.\w+"
)
_CODE_HOSTS: Final = frozenset({"github.com", "gitlab.com", "bitbucket.org", "codeberg.org"})


def emails(scene: Scene) -> Iterator[Candidate]:
    """Yield e-mail addresses; role mailboxes belong to institutions."""
    text = scene.view.text
    at = text.find("@")
    while at >= 0:
        scene.budget.step()
        found = _email_at(text, at)
        if found is not None:
            start, end = found
            yield _weighed_email(scene, start, end, at)
        at = text.find("@", at + 1)


def _email_at(text: str, at: int) -> tuple[int, int] | None:
    start = at
    while (
        start > 0
        and at - start < LONGEST_LOCAL
        and (text[start - 1].isalnum() or text[start - 1] in "._+-%")
    ):
        start -= 1
    while start < at and text[start] in ".-":
        start += 1
    domain = _DOMAIN.match(text[at + 1 : at + 200])
    if start == at or domain is None:
        return None
    end = at + 1 + domain.end()
    while text[end - 1] in ".-":
        end -= 1
    ending = text[at + 1 : end].rpartition(".")[2].lower()
    if not ending.isalpha() or len(ending) < 2:
        return None
    return start, end


def _weighed_email(scene: Scene, start: int, end: int, at: int) -> Candidate:
    text = scene.view.text
    local, domain = text[start:at].lower(), text[at + 1 : end].lower()
    name = domain.partition(".")[0]
    is_provider = name in PROVIDERS
    found = scene.candidate(
        Category.EMAIL, start, end, "email.provider" if is_provider else "email"
    )
    if domain.rpartition(".")[2] not in ENDINGS and not is_provider:
        found.add("unknown_ending", -8)
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    scene.weigh(found)
    is_code = after == ":" and end + 1 < len(text) and not text[end + 1].isspace()
    if before in "/@:" or domain in _CODE_HOSTS or is_code:
        found.add("code", -50)
    elif EXAMPLE_DOMAINS.fullmatch(domain) and not scene.view.is_disguised(start, end):
        found.add("example", -50)
    root = re.split(r"[.+_-]", local)[0]
    if local in ROLE_MAILBOXES or (root in ROLE_MAILBOXES and not is_provider):
        found.add("role_mailbox", -14 if is_provider else -40)
        found.about = About.INSTITUTION
    elif found.about is About.INSTITUTION and (is_provider or "." in local):
        found.about = About.PERSON
    return found


_V4: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_V6: Final = re.compile(r"[0-9A-Fa-f:]{2,45}")
# What every such address holds: found at the speed of looking for one sign.
_IN_V4: Final = re.compile(r"\.\d{1,3}\.\d{1,3}\.\d")
_IN_V6: Final = re.compile(r":[0-9A-Fa-f]{0,4}:")
_RESOLVERS: Final = frozenset(
    {
        "8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "149.112.112.112",
        "208.67.222.222", "208.67.220.220", "4.2.2.1", "4.2.2.2", "4.4.4.4", "1.2.3.4", "94.140.14.14",  # noqa: E501  # a table
        "94.140.15.15", "76.76.2.0", "185.228.168.9", "8.26.56.26", "64.6.64.6", "84.200.69.80",
    }
)  # fmt: skip


def ip_addresses(scene: Scene) -> Iterator[Candidate]:
    """Yield internet addresses that could be somebody's connection."""
    text = scene.view.text
    if _IN_V4.search(text) is not None:
        for run in _V4.finditer(text):
            yield from _address(scene, *run.span())
    if _IN_V6.search(text) is not None:
        for run in _V6.finditer(text):
            if run[0].count(":") >= 3 or ("::" in run[0] and run[0].strip(":")):
                yield from _address(scene, *run.span())


def _address(scene: Scene, start: int, end: int) -> Iterator[Candidate]:
    scene.budget.step()
    text = scene.view.text
    while end > start and text[end - 1] == ":" and text[end - 2 : end] != "::":
        end -= 1
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if before.isalnum() or before in "._-" or after.isalnum() or after in "_-":
        return
    if after == "." and end + 1 < len(text) and text[end + 1].isdigit():
        return
    try:
        address = ipaddress.ip_address(text[start:end])
    except ValueError:
        return
    if not address.is_global or address.is_multicast or text[start:end] in _RESOLVERS:
        return
    found = scene.candidate(Category.IP_ADDRESS, start, end, "ip_address")
    if address.version == 6:  # rarely anything but an address
        found.add("v6", 8)
    if after == "/" and text[end + 1 : end + 2].isdigit():
        found.add("network", -20)
    if before in "v=" or text[max(0, start - 2) : start].lower() in {"v.", "v "}:
        found.add("version", -20)
    yield scene.weigh(found)


class Link(NamedTuple):
    """A host with a path behind it."""

    start: int
    host: str  # in lower case
    path: int  # where the path begins, behind the slash


_ENDS_HOST: Final = re.compile(r"\.\w+/")
LONGEST_HOST: Final = 100


def _links(scene: Scene) -> Iterator[Link]:
    """Yield every host with a path. Most texts have none, and then nothing else is looked for."""
    view = scene.view
    text, low = view.text, view.low
    for found in _ENDS_HOST.finditer(text):
        scene.budget.step()
        start = found.start()
        least = max(0, start - LONGEST_HOST)
        while start > least and (text[start - 1].isalnum() or text[start - 1] in "-._"):
            start -= 1
        yield Link(start, low[start : found.end() - 1], found.end())


def _with_scheme(view: View, start: int) -> int:
    """Return where a link begins whose host begins at a place."""
    for scheme in ("https://", "http://"):
        if view.low.startswith(scheme, max(0, start - len(scheme)), start):
            return start - len(scheme)
    return start


def _start_of(view: View, link: Link, known: re.Match[str]) -> int:
    """Return where a link begins whose host was known from a place in it on."""
    return link.start + known.start() if known.start() else _with_scheme(view, link.start)


# Hosts where a path leads to a profile.
_PROFILE_HOST: Final = re.compile(
    r"(?:www\.|m\.|mobile\.|[a-z]{2}\.)?("
    r"instagram\.com|instagr\.am|facebook\.com|fb\.com|fb\.me|twitter\.com|x\.com|tiktok\.com"
    r"|linkedin\.com|snapchat\.com|t\.me|telegram\.me|wa\.me|twitch\.tv|youtube\.com|reddit\.com"
    r"|onlyfans\.com|fansly\.com|vk\.com|threads\.net|bsky\.app|pinterest\.\w+|strava\.com"
    r"|venmo\.com|cash\.app|paypal\.me|steamcommunity\.com|discord\.com|discordapp\.com"
    r"|medium\.com|last\.fm|xing\.com|github\.com|gitlab\.com|soundcloud\.com|ko-fi\.com"
    r"|patreon\.com|linktr\.ee|mastodon\.\w+|open\.spotify\.com|flickr\.com|goodreads\.com"
    r"|letterboxd\.com|vsco\.co|kik\.me|ask\.fm|curiouscat\.\w+|tellonym\.me|deviantart\.com"
    r"|vinted\.[a-z.]{2,6}|depop\.com|etsy\.com|ebay\.[a-z.]{2,6}|okcupid\.com|tumblr\.com|weibo\.com|fetlife\.com"
    r"|myanimelist\.net|chess\.com|lichess\.org|orcid\.org|researchgate\.net|academia\.edu"
    r"|kleinanzeigen\.de|wallapop\.com|leboncoin\.fr|olx\.\w+|skype\.com|bereal\.com|about\.me"
    r")\Z"
)
_PROFILE_PATH: Final = re.compile(r"[^\s<>\"',;)\]]{1,120}")
_ANY_HOST: Final = re.compile(r"(?:[a-z0-9-]{1,30}\.){1,3}[a-z]{2,6}\Z")
_MEMBER_PATH: Final = re.compile(
    r"(?:people|users?|u|profiles?|members?|usr|player)/[\w.@-]{3,40}", re.IGNORECASE
)
_BLOGS: Final = ("tumblr.com", "blogspot.com", "wordpress.com", "livejournal.com", "substack.com")
_SUBDOMAIN: Final = re.compile(
    rf"([a-z0-9][a-z0-9-]{{2,40}})\.(?:{'|'.join(map(re.escape, _BLOGS))})"
)
_PERSONAL: Final = re.compile(
    r"usr/|in/|pub/|profile\.php\?id=|add/|u/|user/|athletes/|profile/|people/|users/|id/|profiles/"
)
_PERSONAL_HOSTS: Final = frozenset(
    {
        "linkedin.com",
        "snapchat.com",
        "venmo.com",
        "wa.me",
        "xing.com",
        "paypal.me",
        "cash.app",
        "strava.com",
        "onlyfans.com",
        "ask.fm",
        "kik.me",
        "tellonym.me",
    }
)
_CONTENT: Final = re.compile(
    r"(?:watch|embed|shorts/|p/|reel|reels/|tv/|explore|hashtag|tag/|search|events?/|groups?/|r/"
    r"|status/|photos?/|posts?/|stories/|share|intent|login|help|about|policy|legal|company/"
    r"|school/|jobs|feed|playlist|channel/|c/|videos?/|track/|album/|artist/|show/|episode/"
    r"|gist|issues|pull|topics|orgs/|marketplace|listing|itm/|book/|film/|app/|sharedfiles"
    r"|workshop|wiki/|invite/|joinchat|\+|s/|pages/|watch\?|settings|i/|home|notifications)",
    re.IGNORECASE,
)
_REPOSITORY_HOSTS: Final = frozenset({"github.com", "gitlab.com"})
_TRAILING: Final = ".,;:!?)]}'\""


def profiles(scene: Scene) -> Iterator[Candidate]:
    """Yield links to profiles, and handles that follow the name of a platform."""
    text = scene.view.text
    taken: list[tuple[int, int]] = []
    links = list(_links(scene)) if "/" in text else []
    for start, path, end, host in _profile_links(scene, links):
        taken.append((start, end))
        said = text[path:end]
        if not said or _CONTENT.match(said):
            continue
        if host in _REPOSITORY_HOSTS and "/" in said.strip("/"):
            continue
        if "/status/" in said or "/posts/" in said or "/video/" in said:
            continue
        is_personal = host in _PERSONAL_HOSTS or _PERSONAL.match(said) is not None
        base = "social_profile.personal" if is_personal else "social_profile.link"
        yield _weighed_profile(scene, start, end, base)
    for start, end in _member_links(scene, links):
        if not any(first < end and start < last for first, last in taken):
            yield _weighed_profile(scene, start, end, "social_profile.link")
    if any(blog in text for blog in _BLOGS):
        for found in _SUBDOMAIN.finditer(text):
            if found[1] not in {"www", "blog", "staff", "support", "help"}:
                yield _weighed_profile(scene, *found.span(), "social_profile.link")
    yield from _handles(scene, taken)
    yield from _fediverse(scene)


def _profile_links(scene: Scene, links: list[Link]) -> Iterator[tuple[int, int, int, str]]:
    """Yield where a link to a known platform begins, where its path does and ends, and the host."""
    text = scene.view.text
    done = 0
    for link in links:
        known = _PROFILE_HOST.search(link.host) if link.path > done else None
        path = _PROFILE_PATH.match(text, link.path) if known else None
        if known is None or path is None:
            continue
        start, end = _start_of(scene.view, link, known), path.end()
        done = end
        if start and (text[start - 1].isalnum() or text[start - 1] in "-_@."):
            continue
        while text[end - 1] in _TRAILING:
            end -= 1
        yield start, link.path, end, known[1]


def _member_links(scene: Scene, links: list[Link]) -> Iterator[tuple[int, int]]:
    """Yield the links whose path says that they lead to somebody: `/users/…`, on any host."""
    done = 0
    for link in links:
        path = _MEMBER_PATH.match(scene.view.text, link.path) if link.path > done else None
        host = _ANY_HOST.search(link.host) if path else None
        if host is not None and path is not None:
            done = path.end()
            yield _start_of(scene.view, link, host), done


def _weighed_profile(scene: Scene, start: int, end: int, base: str) -> Candidate:
    found = scene.candidate(Category.SOCIAL_PROFILE, start, end, base)
    # The platform in the link is its shape, so cues are only those that speak against a person.
    scene.weigh(found)
    found.signals = [s for s in found.signals if not (s.rule.startswith("cue.") and s.weight > 0)]
    view = scene.view
    scene.add_cues(found, view.at_or_after(start), view.before(end), "profile_owner")
    if found.about in {About.PERSON, About.SELF} and _is_owned(scene, start, end):
        found.add("owned", 8)
    return found


def _is_owned(scene: Scene, start: int, end: int) -> bool:
    view = scene.view
    first = view.at_or_after(start)
    return scene.has(THIRD | SELF | KIN | ROLE, first, view.before(end), 8)


_HANDLE: Final = re.compile(
    r"@?[A-Za-z0-9_](?:[A-Za-z0-9_]|[.\-](?=[A-Za-z0-9_])){1,39}(?:#\d{4})?"
)
HANDLE_REACH: Final = 7


def _handles(scene: Scene, taken: list[tuple[int, int]]) -> Iterator[Candidate]:
    view = scene.view
    heads = scene.lexicon.cues.get(Category.SOCIAL_PROFILE, {})
    if heads.keys().isdisjoint(view.vocabulary):
        return
    done = -1
    for at, key in enumerate(view.keys):
        phrases = heads.get(key)
        if phrases is None or phrases[0][1] != "strong" or at <= done:
            continue
        if any(start <= view.starts[at] < end for start, end in taken):
            continue
        if view.text[view.ends[at] : view.ends[at] + 1] == "-" or view.keys[max(0, at - 1)] == "oh":
            continue  # FB-418-QX; "oh snap"
        owner = scene.about(at, at + 1, has_handles=False)[1]
        if owner not in {
            "person.third",
            "person.kin",
            "person.self",
            "person.member",
            "person.second",
        }:
            continue
        for found in _handle_near(scene, at):
            start, end, weight, token = found
            candidate = scene.candidate(
                Category.SOCIAL_PROFILE, start, end, "social_profile.handle"
            )
            candidate.add("handle.shape", weight)
            scene.weigh(candidate)
            if not any(s.rule.startswith("person.") for s in candidate.signals):
                candidate.add(owner, WEIGHTS[owner])
            done = token
            yield candidate
            break


def _handle_near(scene: Scene, at: int) -> Iterator[tuple[int, int, int, int]]:  # noqa: C901  # one grammar, read from top to bottom
    """Yield the words around a platform's name that could be a handle there."""
    view = scene.view
    text = view.text
    is_linked = False
    for token in range(at + 1, min(at + 1 + HANDLE_REACH, len(view.keys))):
        key = view.keys[token]
        if view.symbols[token] in "\n;!?" or key in _SCHEMES:
            break
        if key in _LINKS:
            is_linked = True
            continue
        shape = _handle_at(scene, token)
        if shape is not None and (shape[2] > 0 or is_linked):
            start, end, weight = shape
            if weight > 0 or (token <= at + 4 and not _ends_word(text, end)):
                yield start, end, weight + (4 if is_linked else 0), token
                return
        if view.symbols[token] in ",.":
            is_linked = False
    for token in range(max(0, at - 4), at):
        if view.keys[token].startswith("@") and len(view.keys[token]) > 2:
            if _is_hail(scene, token) or view.keys[max(0, token - 1)] in _GREETINGS:
                continue
            shape = _handle_at(scene, token)
            if shape is not None:
                yield *shape, at
                return


def _is_hail(scene: Scene, at: int) -> bool:
    """Return whether a mention only calls or quotes: `RT @wren: …`, `@wren does … do YouTube?`."""
    view = scene.view
    if at and view.keys[at - 1] == "rt":
        return True
    begins = at == 0 or view.symbols[at - 1] in ".!?\n" or view.keys[at - 1][0] == "@"
    return begins and view.keys[at + 1 : at + 2] not in _GOES_ON


_SCHEMES: Final = frozenset({"http", "https", "www"})
_GREETINGS: Final = frozenset({"welcome", "thanks", "thx", "congrats", "congratulations", "cc"})
_GOES_ON: Final = [["on"], ["over"], ["at"], ["in"], ["from"], ["is"], ["="], ["("], ["-"], ["und"]]
_LINKS: Final = frozenset(
    [
        ":",
        "=",
        ">",
        "-",
        "is",
        "under",
        "as",
        "handle",
        "name",
        "username",
        "user",
        "unter",
        "als",
        "ist",
        "heisst",
        "bajo",
        "como",
        "es",
        "sous",
        "comme",
        "est",
        "sob",
        "e",
        "c",
        "nick",
    ]
)


def _ends_word(text: str, end: int) -> bool:
    return end < len(text) and text[end] == "'"


def _handle_at(scene: Scene, token: int) -> tuple[int, int, int] | None:  # noqa: PLR0911  # each way out is one case
    """Return start, end and weight of a handle at a token; the weight says how odd it looks."""
    view = scene.view
    start = view.starts[token]
    found = _HANDLE.match(view.text, start, start + 48)
    if found is None or found.end() - start < 3:
        return None
    word = found[0]
    end = found.end()
    if view.text[end : end + 1] == "_":
        end += 1
    if start and view.text[start - 1].isalnum():
        return None
    if word.startswith("@"):
        return start, end, 12
    body = word.lstrip("@")
    has_digit = any(c.isdigit() for c in body) and not body.isdigit()
    if body.replace(".", "").isdigit() or ("." in body and body.rpartition(".")[2] in ENDINGS):
        return None
    if has_digit or "_" in body or "." in body or "_" in view.text[end - 1 : end]:
        return (start, end, 10) if any(c.isalpha() for c in body) else None
    if view.flags[token]:
        return None
    return start, end, -4


_FEDIVERSE: Final = re.compile(r"@[\w.-]{2,30}@[a-z0-9-]{2,40}(?:\.[a-z]{2,20}){1,2}")


def _fediverse(scene: Scene) -> Iterator[Candidate]:
    text = scene.view.text
    if text.count("@") < 2:
        return
    for found in _FEDIVERSE.finditer(text):
        yield _weighed_profile(scene, *found.span(), "social_profile.link")


_DOX_NAMES: Final = (
    r"(?:doxbin|doxxbin|doxed|doxx|d0xbin|skidbin|vilebin|dox|doxpaste|leakbin|doxhub|doxing)\."
)
_DOX_HOST: Final = re.compile(rf"{_DOX_NAMES}(?!{_DOX_NAMES})[a-z]{{2,6}}(?:/[^\s<>\"']{{0,200}})?")
_BEFORE_DOX_HOST: Final = re.compile(r"(?:https?://)?(?:www\.)?(?:[a-z0-9-]{1,30}\.)?\Z")
LONGEST_BEFORE: Final = 50  # characters that these can be
_PASTE_HOST: Final = re.compile(
    r"(?:www\.)?(?:pastebin\.(?:com|pl|ai)|paste\.ee|ghostbin\.\w+|rentry\.(?:co|org)"
    r"|hastebin\.com|justpaste\.it|controlc\.com|privatebin\.\w+|telegra\.ph|anonfiles?\.\w+"
    r"|gofile\.io|mega\.nz|0bin\.net|dpaste\.\w+|paste\.rs|ix\.io|zerobin\.\w+|cryptpad\.\w+"
    r"|docs\.google\.com|drive\.google\.com|dropbox\.com|mediafire\.com|pastelink\.net|write\.as"
    r"|archive\.(?:is|ph|today)|imgur\.com|pastes\.io|throwbin\.io|bin\.\w+\.\w+|file\.io|wetransfer\.com"
    r")\Z"
)
_PASTE_PATH: Final = re.compile(r"[^\s<>\"']{3,200}")


def doxx_links(scene: Scene) -> Iterator[Candidate]:
    """Yield links to hosts of collected facts, and pastes that are said to be about a person."""
    view = scene.view
    found: list[tuple[int, int, str]] = []
    if "dox" in view.low or "bin." in view.low:
        found += _dox_hosts(scene)
    if "/" in view.text:
        found += _pastes(scene)
    for start, end, base in found:
        if start and view.text[start - 1].isalnum():
            continue
        last = end
        while view.text[last - 1] in _TRAILING:
            last -= 1
        yield scene.weigh(scene.candidate(Category.DOXX_LINK, start, last, base))


def _dox_hosts(scene: Scene) -> Iterator[tuple[int, int, str]]:
    low = scene.view.low
    for host in _DOX_HOST.finditer(low):
        scene.budget.step()
        least = max(0, host.start() - LONGEST_BEFORE)
        before = _BEFORE_DOX_HOST.search(low, least, host.start())
        yield before.start() if before else host.start(), host.end(), "doxx_link.host"


def _pastes(scene: Scene) -> Iterator[tuple[int, int, str]]:
    done = 0
    for link in _links(scene):
        known = _PASTE_HOST.search(link.host) if link.path > done else None
        path = _PASTE_PATH.match(scene.view.text, link.path) if known else None
        if known is not None and path is not None:
            done = path.end()
            yield _start_of(scene.view, link, known), done, "doxx_link.paste"


__all__ = ["_LOCAL_CHARACTERS", "doxx_links", "emails", "ip_addresses", "profiles"]
