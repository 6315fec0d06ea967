"""A line for a shell that sends the bytes of a transcript again, with curl, with printf and nc, or with Python."""

import re
import shlex
from collections.abc import Iterator, Sequence
from urllib.parse import SplitResult, urlsplit

from http_contract.escaping import escape_bytes
from http_contract.http.transcript import Transcript

MAX_LINE = 2000  # characters; a longer line is hard to paste
OPEN_TIME = 9  # seconds for which another client leaves its connection open
MAX_PIECES = 20  # with more pieces, each byte is sent alone
PAUSE = 0.05  # seconds between pieces
RUN = re.compile(rb"(.)\1{31,}", re.S)  # octets that a product writes shorter
CURL = "curl -i -A '' -H 'Accept:'"  # without the fields that curl adds
CHANGED_BY_CURL = re.compile(rb"[][{}]|/\.")  # in a target, unless options prevent it
RESET = 's.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); s.close()'
READ = '[print(b) for b in iter(lambda: s.recv(65536), b"")]'
HEAD = re.compile(
    rb"(?P<method>[A-Z]+) (?P<target>/[^\s#\x00-\x1f\x7f-\xff]*) HTTP/1\.1\r\n"
    rb"Host: (?P<host>[!-~]+)\r\n"
    rb"(?P<fields>(?:[A-Za-z0-9-]+: [!-~](?:[ -~]*[!-~])?\r\n)*)\r\n"
)
NOT_FOR_CURL = re.compile(rb"(?i)\r\n(transfer-encoding|content-length|expect|host|user-agent|accept):")


def reproduce(transcript: Transcript, meanwhile: Sequence[Transcript] = ()) -> str:
    """Return a line that sends the same bytes to the same server, while other connections are open.

    It is empty if no line can do this, or only a very long one.
    """
    lines = [*map(_open_client, meanwhile), _line(transcript)]
    whole = " & ".join(lines)
    return whole if all(lines) and len(whole) <= MAX_LINE else ""


def _line(transcript: Transcript) -> str:
    place = urlsplit(transcript.url)
    sent = [piece for piece in transcript.sent if piece]
    if not place.hostname:
        return ""
    if transcript.ended == "aborted":
        return _python(place, sent, RESET)
    if len(sent) > 1:
        return _python(place, sent, READ)
    return _at_once(place, b"".join(sent))


def _open_client(transcript: Transcript) -> str:
    """Return a command that sends the bytes and then leaves the connection open."""
    data = b"".join(transcript.sent)
    sending = f"(printf '{printable(data)}'; sleep {OPEN_TIME})" if data else f"sleep {OPEN_TIME}"
    return f"{sending} | {_client_command(urlsplit(transcript.url))}"


def _at_once(place: SplitResult, data: bytes) -> str:
    if len(data) > MAX_LINE:
        return _python(place, [data], READ)
    return _curl(place, data) or _printf(place, data)


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
        yield " -I" if method == "HEAD" else f" -X {method}"


def _host(place: SplitResult) -> str:
    """Return the value of Host that curl sends."""
    return place.netloc.removesuffix(":443" if place.scheme == "https" else ":80")


def _printf(place: SplitResult, data: bytes) -> str:
    if not data:
        return f"nc -z {place.hostname} {place.port}"
    return f"printf '{printable(data)}' | {_client_command(place)}"


def _client_command(place: SplitResult) -> str:
    if place.scheme == "https":
        return f"openssl s_client -quiet -connect {place.netloc}"
    return f"nc {place.hostname} {place.port}"


def printable(data: bytes) -> str:
    """Return bytes as the format of printf, to stand between single quotes."""
    text = "".join(map(_escaped, data))
    return f"\\055{text[1:]}" if text.startswith("-") else text  # printf would read it as an option


def _escaped(byte: int) -> str:
    named = {0x0D: "\\r", 0x0A: "\\n", 0x25: "%%", 0x5C: "\\\\"}
    if byte in named:
        return named[byte]
    return chr(byte) if 0x20 <= byte < 0x7F and byte != 0x27 else f"\\{byte:03o}"


def _python(place: SplitResult, pieces: list[bytes], last_step: str) -> str:
    """Return a line that runs Python; the program contains no single quote, because the shell would end it there."""
    if place.scheme == "https":
        return ""
    steps = (
        f"import {'socket, struct, time' if last_step is RESET else 'socket, time'}",
        f's = socket.create_connection(("{place.hostname}", {place.port}))',
        *([f"[(s.sendall(b), time.sleep({PAUSE})) for b in {_pieces(pieces)}]"] if pieces else []),
        last_step,
    )
    return f"python3 -c '{'; '.join(steps)}'"


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
