"""POST /send: one message to the three, and perhaps one server more; POST /raw: the bytes that parts would be."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from http import HTTPStatus

from flask import Blueprint, Response, current_app, render_template, request

from http_contract.errors import CannotJudge
from sidebyside.compare.comparing import Comparison, compared
from sidebyside.compare.messages import Message, message_of
from sidebyside.compare.sending import Place, reach
from sidebyside.compare.showing import first_bytes, verdict
from sidebyside.page.octets import in_lines
from sidebyside.page.panes import VIEWS, shown
from sidebyside.page.raw import text_of
from sidebyside.page.reasons import Reason
from sidebyside.page.requested import Requested, requested_in
from sidebyside.page.safety import told
from sidebyside.page.settings import Settings
from sidebyside.page.targets import TIMEOUT, place_of, places
from sidebyside.page.way import way
from sidebyside.page.why import why

LONGEST = 2000  # octets that are shown of what was sent
SILENT = f"No server has said anything within {TIMEOUT:.0f} seconds"

blueprint = Blueprint("sending", __name__)


@dataclass(frozen=True, slots=True)
class Explained:
    """Why some of the three answered so: each by itself, or all for the same reason."""

    names: str
    colour: str
    reason: Reason


@blueprint.post("/send")
def send() -> str:
    """Return the answers as a part of the document; Jinja escapes whatever servers say."""
    asked, settings = _asked(), _settings()
    message = asked.message
    warm(settings)
    comparison = ask(message, [*places(settings), *([place_of(asked.url, settings)] if asked.url else [])])
    return render_template(
        "answers.html",
        asked=asked,
        comparison=comparison,
        sent=in_lines(message.template, LONGEST),
        verdict=SILENT if comparison.is_silent else verdict([comparison]).plain,
        times=first_bytes(comparison),
        shown=shown(comparison),
        on_ours=all(each.server == "raw_router" for each in settings.services),
        reasons=reasons(message, settings),
        steps=list(way(as_sent(message, settings))),
    )


@blueprint.post("/raw")
def raw() -> Response:
    """Return the bytes that the parts would be, as text to edit."""
    return told(text_of(_asked().message.template))


@blueprint.errorhandler(CannotJudge)
def unable(error: CannotJudge) -> Response:
    return told(str(error), HTTPStatus.UNPROCESSABLE_ENTITY)


def ask(message: Message, servers: Sequence[Place]) -> Comparison:
    """Send it to one server after the other, so that none takes time from another.

    Where it holds no whole request, all may wait for the rest of it, and are asked at once.
    """
    with ThreadPoolExecutor(1 if message.methods else len(servers)) as pool:
        return compared(message, list(pool.map(partial(reach, message=message), servers)), VIEWS)


@cache
def warm(settings: Settings) -> None:
    """Ask each of the three once, so that no time is that of loading a framework."""
    for place in places(settings):
        reach(place, message_of("GET", "/", (), None))


def reasons(message: Message, settings: Settings) -> list[Explained]:
    data = as_sent(message, settings)
    found = [Explained(each.name, each.colour, why(data, each.name, each.server)) for each in settings.services]
    if len({each.reason for each in found}) > 1:
        return found
    return [Explained(", ".join(each.names for each in found), "", found[0].reason)]


def as_sent(message: Message, settings: Settings) -> bytes:
    """Return the bytes that the first of the three gets."""
    return b"".join(message.pieces_to(places(settings)[0].server))


def _asked() -> Requested:
    return requested_in(request.get_json(silent=True))


def _settings() -> Settings:
    settings: Settings = current_app.config["PAGE"]
    return settings
