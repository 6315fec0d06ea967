"""Whom the page sends to: the three, and what a reader types, as long as that is on this machine."""

from http_contract.client.server import server_at, url_from
from http_contract.errors import CannotJudge
from sidebyside.compare.sending import Place
from sidebyside.compare.starting import place_at
from sidebyside.page.settings import Settings

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
TIMEOUT = 3.0  # seconds for an answer: a reader waits for all of them
THEIRS = "yellow"


def places(settings: Settings) -> list[Place]:
    """Return the three."""
    return [
        Place(each.name, place_at(each.url, None, TIMEOUT, each.colour).server, each.colour)
        for each in settings.services
    ]


def place_of(url: str, settings: Settings) -> Place:
    """Return the server at a URL that a reader has typed. CannotJudge where it is none to be asked."""
    if not url.strip():
        raise CannotJudge("name a URL on this machine, such as http://127.0.0.1:5000")
    url = url_from(url.strip())
    server = server_at(url)
    if server.tls or server.host not in LOOPBACK:
        raise CannotJudge(f"the page asks servers on this machine alone, such as http://127.0.0.1:5000, not {url}")
    if server.port == settings.port:
        raise CannotJudge("that is the page itself")
    return place_at(url, None, TIMEOUT, THEIRS)
