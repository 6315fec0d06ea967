"""Stage 6, Bodies, still: how a body arrives, by length or in chunks, awaited or refused."""

from dataclasses import replace

from http_contract.client.server import Server
from http_contract.http.params import Params
from http_contract.http.request import (
    FORM,
    JSON_WANTED,
    LAST_CHUNK,
    URLENCODED,
    Part,
    chunk,
    chunked,
    last,
    multipart,
    multipart_type,
    parted,
    request,
    submit,
    submit_chunks,
    submit_parts,
)
from http_contract.rules.content import JSON, fields, files
from http_contract.rules.expectations import All, Either, NoInterim, NothingAfter, Silent, Status, Without
from http_contract.rules.model import Exchange, Failure, Rule, expect, failed
from http_contract.rules.stage06_forms import ROUTES, TAKEN, upload

LIMIT = 1024 * 1024  # octets that a body may have
BODY = b"name=Ada&born=1815"
UNDERSTOOD = (TAKEN, JSON, fields(("name", "Ada"), ("born", "1815")))
TOO_LARGE = Either(Status(413), Silent())
AWAITING = "Expect: 100-continue"
PACKETS = 14


def understood(*pieces: bytes) -> Exchange:
    return Exchange(pieces, UNDERSTOOD)


def in_packets(data: bytes, count: int) -> tuple[bytes, ...]:
    """A form's request, its body cut into so many packets of equal length, the last one shorter."""
    size = len(data.partition(b"\r\n\r\n")[2])
    return parted(data, *range(-(-size // count), size, -(-size // count)))


def old(data: bytes) -> bytes:
    """The same request in HTTP/1.0."""
    return data.replace(b" HTTP/1.1\r\n", b" HTTP/1.0\r\n", 1)


def filled(size: int) -> tuple[bytes, bytes]:
    """The content of a file such that the multipart body has that size; and that body."""
    content = bytes(size - len(multipart(Part("file", b"", "large.bin"))))
    return content, multipart(Part("file", content, "large.bin"))


def sent_whole(size: int) -> bytes:
    return submit(filled(size)[1], media_type=multipart_type())


def largest_is_taken(server: Server) -> None:
    """Upload a file such that the body is 1 MiB; the answer is 200 or 201, and tells its size and SHA-256."""
    told = files(upload("file", "large.bin", filled(LIMIT)[0]))
    expect(server.ask(sent_whole(LIMIT)), TAKEN, told)


def comes_before_the_body(server: Server) -> None:
    """Post a form with `Expect: 100-continue`, no byte of its body before there is an answer, which must be 100."""
    for value in ("100-continue", "100-Continue"):
        head, body = parted(submit(BODY, f"Expect: {value}"))
        with server.connect() as connection:
            connection.send(head)
            interim = connection.next_answer("POST")
            if interim.status != 100:
                failure = Failure("not-continue", Params(status=interim.status), interim.start)
                raise failed(failure, connection.transcript)
            connection.send(body)
            connection.response("POST")


def answered_after_the_body(server: Server) -> None:
    """Post a form with `Expect: 100-continue`, its body once there is an answer; then comes that to the form."""
    head, body = parted(submit(BODY, AWAITING))
    with server.connect() as connection:
        connection.send(head)
        interim = connection.next_answer("POST")
        connection.send(body)
        connection.response("POST")
        expect(connection.finish(), *UNDERSTOOD)
    expect(replace(connection.transcript, responses=(interim,)), Without("length-forbidden"))


MULTIPART = submit_parts(Part("text", b"text " * 400), Part("file", bytes(range(256)) * 8, "data.bin"))
TEXT_AND_FILE = (
    TAKEN,
    fields(("text", "text " * 400)),
    files(upload("file", "data.bin", bytes(range(256)) * 8)),
)
EMPTY_FORM = All(TAKEN, fields(), files())
HIDDEN = b"\r\n0\r\n\r\n5\r\nhello\r\n"
LOOKS_LIKE_CHUNKS = multipart(Part("file", HIDDEN, "chunks.bin"))
TRAILERS = b"X-Checksum: 1\r\nx-other:  two \r\n"

RULES = (
    Rule(
        id="bodies-packets",
        stage=6,
        sentence="A body may come after its head, in packets of its own.",
        hint="After the empty line, receive until you have as many bytes as Content-Length says.",
        section="RFC 9112 §6.3",
        routes=ROUTES,
        needs=("bodies-urlencoded", "respond-three-packets"),
        exchanges=(understood(*parted(submit(BODY))), understood(*parted(submit(BODY), 1, 5, 12))),
    ),
    Rule(
        id="bodies-many-packets",
        stage=6,
        sentence="A body may come in many packets, cut anywhere.",
        hint="Put all pieces together before looking for delimiters in them.",
        section="RFC 9112 §6.3",
        routes=ROUTES,
        needs=("bodies-packets", "bodies-file-binary"),
        exchanges=(Exchange(in_packets(MULTIPART, PACKETS), TEXT_AND_FILE),),
    ),
    Rule(
        id="bodies-largest",
        stage=6,
        sentence="A body of 1 MiB is taken, its file intact.",
        hint="Append to a list or a bytearray: adding bytes to bytes copies all that has come before.",
        section="the service, limits",
        routes=ROUTES,
        needs=("bodies-many-packets",),
        check=largest_is_taken,
    ),
    Rule(
        id="bodies-too-large",
        stage=6,
        sentence="A body over 1 MiB is 413, or the connection is closed.",
        hint="Content-Length tells before you read: answer 413, and close.",
        section="RFC 9110 §15.5.14",
        routes=ROUTES,
        needs=("bodies-largest",),
        exchanges=(Exchange((sent_whole(LIMIT + 1),), (TOO_LARGE,)),),
    ),
    Rule(
        id="bodies-too-large-chunked",
        stage=6,
        sentence="So is a body that gets larger than 1 MiB in chunks.",
        hint="Count what has come, and stop where it is too much: the memory of a server is not the client's.",
        section="RFC 9110 §15.5.14",
        routes=ROUTES,
        needs=("bodies-too-large", "bodies-chunked-packets", "respond-long-head"),
        exchanges=(Exchange((submit_chunks(chunked([b"name=", *(17 * [bytes(LIMIT // 16)])])),), (TOO_LARGE,)),),
    ),
    Rule(
        id="bodies-no-length",
        stage=6,
        sentence="A request without length and coding has an empty body: nobody waits for one.",
        hint="Without Content-Length and Transfer-Encoding, read nothing after the empty line.",
        section="RFC 9112 §6.3",
        routes=ROUTES,
        needs=("bodies-empty",),
        exchanges=(
            Exchange(
                (request("POST", FORM, f"Content-Type: {URLENCODED}", JSON_WANTED),),
                (Either(EMPTY_FORM, Status(411)), NothingAfter()),
            ),
        ),
    ),
    Rule(
        id="bodies-chunked",
        stage=6,
        sentence="A body may come in chunks.",
        hint="Each chunk: its size in hexadecimal, CRLF, that many bytes, CRLF; a chunk of size 0 ends the body.",
        section="RFC 9112 §7.1",
        routes=ROUTES,
        needs=("bodies-urlencoded",),
        exchanges=(understood(submit_chunks(chunked([BODY]))),),
    ),
    Rule(
        id="bodies-chunked-several",
        stage=6,
        sentence="Chunks may be cut anywhere, and their sizes written with capitals and leading zeros.",
        hint="int(size, 16); put all chunks together before you split the form.",
        section="RFC 9112 §7.1",
        routes=ROUTES,
        needs=("bodies-chunked",),
        exchanges=(
            understood(submit_chunks(chunked([BODY[:3], BODY[3:4], BODY[4:]]))),
            understood(submit_chunks(b"00A\r\n", BODY[:10], b"\r\n8\r\n", BODY[10:], b"\r\n000\r\n\r\n")),
        ),
    ),
    Rule(
        id="bodies-chunked-binary",
        stage=6,
        sentence="The data of chunks may be any bytes: CRLF, or what looks like a chunk.",
        hint="Take as many bytes as the size says; do not split at CRLF.",
        section="RFC 9112 §7.1",
        routes=ROUTES,
        needs=("bodies-chunked-several", "bodies-file"),
        exchanges=(
            Exchange(
                (submit_chunks(chunked([LOOKS_LIKE_CHUNKS]), media_type=multipart_type()),),
                (TAKEN, files(upload("file", "chunks.bin", HIDDEN))),
            ),
        ),
    ),
    Rule(
        id="bodies-chunked-case",
        stage=6,
        sentence="The name of the coding may be written in any letter case.",
        hint="Compare transfer codings in lower case.",
        section="RFC 9112 §7",
        routes=ROUTES,
        needs=("bodies-chunked",),
        exchanges=(understood(submit_chunks(chunked([BODY]), coding="Chunked")),),
    ),
    Rule(
        id="bodies-chunked-extensions",
        stage=6,
        sentence="What follows a chunk's size after a semicolon is passed over.",
        hint="Take what stands before the first ';'.",
        section="RFC 9112 §7.1.1",
        routes=ROUTES,
        needs=("bodies-chunked-several",),
        exchanges=(
            understood(
                submit_chunks(
                    chunk(BODY[:4], ";a"),
                    chunk(BODY[4:8], ";b=c;d=1"),
                    chunk(BODY[8:], ';e="f;g"'),
                    LAST_CHUNK,
                    b"\r\n",
                )
            ),
            understood(submit_chunks(chunk(BODY), b"0;last\r\n\r\n")),
        ),
    ),
    Rule(
        id="bodies-chunked-trailers",
        stage=6,
        sentence="Fields may follow the last chunk; they are no part of the body.",
        hint="After the chunk of size 0, read lines up to an empty one.",
        section="RFC 9112 §7.1.2",
        routes=ROUTES,
        needs=("bodies-chunked",),
        exchanges=(understood(submit_chunks(chunked([BODY], TRAILERS))),),
    ),
    Rule(
        id="bodies-chunked-packets",
        stage=6,
        sentence="Chunks may come in any packets, cut within a size as well.",
        hint="A chunk is not a packet: read a line, then as many bytes as it says.",
        section="RFC 9112 §7.1",
        routes=ROUTES,
        needs=("bodies-chunked-several", "bodies-packets"),
        exchanges=(
            understood(*parted(submit_chunks(chunked([BODY])), 1, 2, 3, 9, 23, 24)),
            understood(*parted(submit_chunks(chunked([BODY[:5], BODY[5:]])), 5, 8, 10, 13)),
        ),
    ),
    Rule(
        id="bodies-expect",
        stage=6,
        sentence="A client that expects 100-continue gets the interim answer 100, and only then sends its body.",
        hint="Send `HTTP/1.1 100 Continue` and an empty line before you wait for the body.",
        section="RFC 9110 §10.1.1",
        routes=ROUTES,
        needs=("bodies-packets",),
        check=comes_before_the_body,
    ),
    Rule(
        id="bodies-expect-answer",
        stage=6,
        sentence="After 100 and the body comes the answer as ever.",
        hint="100 is no answer: go on reading the body, then answer.",
        section="RFC 9110 §15.2.1",
        routes=ROUTES,
        needs=("bodies-expect",),
        check=answered_after_the_body,
    ),
    Rule(
        id="bodies-expect-old",
        stage=6,
        sentence="HTTP/1.0 knows no interim answers: such a client gets none, whatever it expects.",
        hint="Ignore Expect in HTTP/1.0.",
        section="RFC 9110 §10.1.1",
        routes=ROUTES,
        needs=("bodies-packets",),
        exchanges=(Exchange(parted(old(submit(BODY, AWAITING))), (*UNDERSTOOD, NoInterim())),),
    ),
    Rule(
        id="bodies-expect-needless",
        stage=6,
        sentence="No interim answer goes to a client whose body is there already.",
        hint="Send 100 only where you would have to wait.",
        section="RFC 9110 §10.1.1",
        level="SHOULD",
        routes=ROUTES,
        needs=("bodies-expect-answer",),
        exchanges=(Exchange((submit(BODY, AWAITING),), (*UNDERSTOOD, NoInterim())),),
    ),
    Rule(
        id="bodies-expect-unknown",
        stage=6,
        sentence="Any other expectation is 417.",
        hint="There is one expectation, 100-continue; refuse all others.",
        section="RFC 9110 §10.1.1",
        level="SHOULD",
        needs=("route-test",),
        exchanges=(Exchange((last("GET", "/test", "Expect: applause"),), (Status(417),)),),
    ),
)
