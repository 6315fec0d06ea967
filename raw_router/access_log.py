"""The access log, in the combined log format that log analysers read."""

import sys
from datetime import datetime

from raw_router.deliveries import End
from raw_router.messages import Request, Response

UNPRINTABLE = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0x100), ord('"'), ord("\\"))}


def write_access_line(client: str, request: Request | None, response: Response, octets: int, end: End) -> None:
    """Write a line to standard output; request is None if it was invalid, octets are those sent of the body."""
    sys.stdout.write(access_line(client, request, response, octets, end, datetime.now().astimezone()))
    sys.stdout.flush()


def access_line(client: str, request: Request | None, response: Response, octets: int, end: End, now: datetime) -> str:
    """Return client, time, request line, status, octets of the body, Referer, User-Agent, and cut if it was."""
    line, referer, agent = "-", None, None
    if request is not None:
        line = f"{request.method} {request.target} {request.version}"
        referer, agent = request.field("Referer"), request.field("User-Agent")
    quoted = [quote(text or "-") for text in (line, referer, agent)]
    return '{} - - [{:%d/%b/%Y:%H:%M:%S %z}] "{}" {} {} "{}" "{}"{}\n'.format(
        client, now, quoted[0], int(response.status), octets, *quoted[1:], " cut" if end == "cut" else ""
    )


def quote(text: str) -> str:
    """Escape characters that would end the quotation marks or the line."""
    return text.translate(UNPRINTABLE)
