"""A line for a shell that sends the bytes of a transcript again, with curl or with Python."""

import re
import shlex
from collections.abc import Iterator, Sequence
from urllib.parse import SplitResult, urlsplit

from http_contract.escaping import escape_bytes
from http_contract.http.response import Response
from http_contract.http.transcript import Transcript

MAX_LINE = 2000  # characters; a longer line is hard to paste
WAIT = 5  # seconds for the next byte
MODULES = ("socket", "ssl", "struct", "time")
DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_PIECES = 20  # with more pieces, each byte is sent alone
PAUSE = 0.05  # seconds between pieces
RUN = re.compile(rb"(.)\1{31,}", re.S)  # octets that a product writes shorter
CURL = "curl -i -A '' -H 'Accept:'"  # without the fields that curl adds
CHANGED_BY_CURL = re.compile(rb"[][{}]|/\.")  # in a target, unless options prevent it
RESET = '{}.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); '
READ = '[print(b) for b in iter(lambda: s.recv(65536), b"")]'
HEAD = re.compile(
    rb"(?P<method>(?!HEAD )[A-Z]+) (?P<target>/[^\s#\x00-\x1f\x7f-\xff]*) HTTP/1\.1\r\n"
    rb"Host: (?P<host>[!-~]+)\r\n"
    rb"(?P<fields>(?:[A-Za-z0-9-]+: [!-~](?:[ -~]*[!-~])?\r\n)*)\r\n"
)
NOT_FOR_CURL = re.compile(rb"(?i)\r\n(transfer-encoding|content-length|expect|host|user-agent|accept):")


def reproduce(transcript: Transcript, meanwhile: Sequence[Transcript] = ()) -> str:
    """Return a line that sends the same bytes to the same server, while other connections are open.

    It is empty if no line can do this, or only a very long one. curl is used where it shows everything that matters:
    one complete response, after which the server closed the connection. Python prints every byte, and an error where no
    byte comes in time.

    Other connections that began first stay open, unless they ended before. Those that began later must be one after
    each piece but the last: it is not recorded which pieces were sent before others began.
    """
    place = urlsplit(transcript.url)
    earlier = [each for each in meanwhile if each.began < transcript.began]
    later = [each for each in meanwhile if each.began > transcript.began]
    pieces = pieces_of(transcript)
    if not place.hostname or (later and len(later) != len(pieces) - 1):
        return ""
    line = "" if earlier or not is_plain(transcript) else _curl(place, b"".join(pieces))
    line = line or _python(place, transcript, earlier, later)
    return line if len(line) <= MAX_LINE else ""


def pieces_of(transcript: Transcript) -> list[bytes]:
    return [piece for piece in transcript.sent if piece]


def is_plain(transcript: Transcript) -> bool:
    """Return whether one request in one packet got one complete response without defects, and nothing else."""
    [response] = transcript.responses if len(transcript.responses) == 1 else [Response()]
    whole = response.complete and not response.defects and response.end == transcript.received_size
    return whole and len(transcript.sent) == 1 and transcript.ended == "closed"


def _curl(place: SplitResult, data: bytes) -> str:
    match = HEAD.fullmatch(data)
    if not match or NOT_FOR_CURL.search(data, match.end("host")) or match["host"].decode() != _host(place):
        return ""
    fields = (shlex.quote(line.decode()) for line in match["fields"].split(b"\r\n") if line)
    url = f"{place.scheme}://{place.netloc}{match['target'].decode()}"
    options = "".join(_options(place.scheme, match["method"].decode(), match["target"]))
    return " ".join((CURL + options, *(f"-H {each}" for each in fields), shlex.quote(url)))


def _options(scheme: str, method: str, target: bytes) -> Iterator[str]:
    if scheme == "https":
        yield " -k"
    if CHANGED_BY_CURL.search(target):
        yield " -g --path-as-is"
    if method != "GET":
        yield f" -X {method}"


def _host(place: SplitResult) -> str:
    """Return the value of Host that curl sends."""
    return place.netloc.removesuffix(":443" if place.scheme == "https" else ":80")


def _python(place: SplitResult, transcript: Transcript, earlier: list[Transcript], later: list[Transcript]) -> str:
    """Return a line that runs Python; the program contains no single quote, because the shell would end it there."""
    pieces = pieces_of(transcript)
    opened = f"s = {_connect(place)}"
    last = READ if pieces and transcript.ended != "aborted" else _leaving("s", transcript)
    statements = (*_earlier(place, earlier, transcript.began), opened, *_taking_turns(place, pieces, later), last)
    program = "; ".join(statements)
    modules = [name for name in MODULES if f"{name}." in program]
    return f"python3 -c 'import {', '.join(modules)}; {program}'"


def _earlier(place: SplitResult, transcripts: list[Transcript], now: float) -> Iterator[str]:
    """Yield the statements that open other connections, and close those that had ended before now."""
    for number, each in enumerate(transcripts, 1):
        name = f"other{number}"
        yield from _other(place, name, each)
        if each.finished <= now:
            yield _leaving(name, each)


def _leaving(name: str, transcript: Transcript) -> str:
    return f"{RESET.format(name) if transcript.ended == 'aborted' else ''}{name}.close()"


def _taking_turns(place: SplitResult, pieces: list[bytes], others: list[Transcript]) -> Iterator[str]:
    """Yield the statements that send the pieces; after each but the last, another client waits for its response."""
    for piece, each in zip(pieces, others, strict=False):
        yield from (*_sending("s", [piece]), f"time.sleep({PAUSE})")
        yield from (*_other(place, "other", each), "other.recv(65536)", "other.close()")
    yield from _sending("s", pieces[len(others) :])


def _other(place: SplitResult, name: str, transcript: Transcript) -> Iterator[str]:
    yield f"{name} = {_connect(place)}"
    yield from _sending(name, pieces_of(transcript))


def _connect(place: SplitResult) -> str:
    connection = f'socket.create_connection(("{place.hostname}", {place.port or DEFAULT_PORTS[place.scheme]}), {WAIT})'
    return f"ssl._create_unverified_context().wrap_socket({connection})" if place.scheme == "https" else connection


def _sending(name: str, pieces: list[bytes]) -> Iterator[str]:
    if len(pieces) == 1:
        yield f"{name}.sendall({_literal(pieces[0])})"
    elif pieces:
        yield f"[({name}.sendall(b), time.sleep({PAUSE})) for b in {_pieces(pieces)}]"


def _pieces(pieces: list[bytes]) -> str:
    if len(pieces) > MAX_PIECES:
        return f"[bytes([b]) for b in {_literal(b''.join(pieces))}]"
    return f"[{', '.join(map(_literal, pieces))}]"


def _literal(data: bytes) -> str:
    """Return bytes as a Python expression, in double quotes; long runs of one octet are a product."""
    parts, start = [], 0
    for run in RUN.finditer(data):
        parts += [_quoted(data[start : run.start()]), f"{_quoted(run[1])} * {len(run[0])}"]
        start = run.end()
    return " + ".join(part for part in (*parts, _quoted(data[start:])) if part != 'b""') or 'b""'


def _quoted(data: bytes) -> str:
    return 'b"{}"'.format(escape_bytes(data).replace("'", r"\x27").replace('"', r"\x22"))
