"""Stage 6, Bodies: how a body arrives: in packets, in chunks, after 100 Continue, or too large."""

from dataclasses import replace

from http_contract.client.server import Server
from http_contract.http.params import Params
from http_contract.http.request import (
    ACCEPT_JSON,
    FORM,
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
from http_contract.rules.stage06_forms import ACCEPTED, ROUTES, file_row

LIMIT = 1024 * 1024  # octets, the largest body
BODY = b"name=Ada&born=1815"
PARSED = (ACCEPTED, JSON, fields(("name", "Ada"), ("born", "1815")))
TOO_LARGE = Either(Status(413), Silent())
EXPECT_CONTINUE = "Expect: 100-continue"
PACKETS = 14


def parses(*pieces: bytes) -> Exchange:
    return Exchange(pieces, PARSED)


def in_packets(data: bytes, count: int) -> tuple[bytes, ...]:
    """Return the head of a request and its body in `count` packets of equal length; the last may be shorter."""
    size = len(data.partition(b"\r\n\r\n")[2])
    return parted(data, *range(-(-size // count), size, -(-size // count)))


def as_http10(data: bytes) -> bytes:
    """Return the same request in HTTP/1.0."""
    return data.replace(b" HTTP/1.1\r\n", b" HTTP/1.0\r\n", 1)


def file_of_body_size(size: int) -> tuple[bytes, bytes]:
    """Return the content of a file, and the multipart body of that size which contains it."""
    content = bytes(size - len(multipart(Part("file", b"", "large.bin"))))
    return content, multipart(Part("file", content, "large.bin"))


def form_of_size(size: int) -> bytes:
    return submit(file_of_body_size(size)[1], media_type=multipart_type())


def largest_is_accepted(server: Server) -> None:
    """Upload a file in a body of 1 MiB. The response must be 200 or 201 and contain the file's size and SHA-256."""
    expected = files(file_row("file", "large.bin", file_of_body_size(LIMIT)[0]))
    expect(server.ask(form_of_size(LIMIT)), ACCEPTED, expected)


def interim_before_body(server: Server) -> None:
    """Post a form with `Expect: 100-continue`, without its body. The first response must be 100; then send the body."""
    for value in ("100-continue", "100-Continue"):
        head, body = parted(submit(BODY, f"Expect: {value}"))
        with server.connect() as connection:
            connection.send(head)
            interim = connection.next_response("POST")
            if interim.status != 100:
                failure = Failure("not-continue", Params(status=interim.status), interim.start)
                raise failed(failure, connection.transcript)
            connection.send(body)
            connection.response("POST")


def final_after_body(server: Server) -> None:
    """Post a form with `Expect: 100-continue`, and its body after the first response. Then the final response must
    contain the fields of the form.
    """
    head, body = parted(submit(BODY, EXPECT_CONTINUE))
    with server.connect() as connection:
        connection.send(head)
        interim = connection.next_response("POST")
        connection.send(body)
        connection.response("POST")
        expect(connection.finish(), *PARSED)
    expect(replace(connection.transcript, responses=(interim,)), Without("length-forbidden"))


MULTIPART = submit_parts(Part("text", b"text " * 400), Part("file", bytes(range(256)) * 8, "data.bin"))
TEXT_AND_FILE = (
    ACCEPTED,
    fields(("text", "text " * 400)),
    files(file_row("file", "data.bin", bytes(range(256)) * 8)),
)
EMPTY_FORM = All(ACCEPTED, fields(), files())
HIDDEN = b"\r\n0\r\n\r\n5\r\nhello\r\n"
LOOKS_LIKE_CHUNKS = multipart(Part("file", HIDDEN, "chunks.bin"))
TRAILER_FIELDS = b"X-Checksum: 1\r\nx-other:  two \r\n"

RULES = (
    Rule(
        id="bodies-packets",
        stage=6,
        sentence="The server reads the whole body when it arrives in packets after its head.",
        hint="After the empty line, read until you have as many bytes as Content-Length announces.",
        section="RFC 9112 §6.3",
        routes=ROUTES,
        needs=("forms-urlencoded", "respond-three-packets"),
        exchanges=(parses(*parted(submit(BODY))), parses(*parted(submit(BODY), 1, 5, 12))),
    ),
    Rule(
        id="bodies-many-packets",
        stage=6,
        sentence="The server reads the whole body when it arrives in many packets, split anywhere.",
        hint="Join all pieces before you search them for delimiters.",
        section="RFC 9112 §6.3",
        routes=ROUTES,
        needs=("bodies-packets", "forms-file-binary"),
        exchanges=(Exchange(in_packets(MULTIPART, PACKETS), TEXT_AND_FILE),),
    ),
    Rule(
        id="bodies-largest",
        stage=6,
        sentence="The server accepts a body of 1 MiB with a file in it and receives the file unchanged.",
        hint="Collect the pieces in a list or a growing buffer. Concatenating byte strings copies everything "
        "each time.",
        section="the service, limits",
        routes=ROUTES,
        needs=("bodies-many-packets",),
        check=largest_is_accepted,
    ),
    Rule(
        id="bodies-too-large",
        stage=6,
        sentence="The server responds 413 to a body over 1 MiB, or closes the connection.",
        hint="Compare Content-Length with the limit before you read the body. Respond with 413 and close.",
        section="the service, limits",
        routes=ROUTES,
        needs=("bodies-largest",),
        exchanges=(Exchange((form_of_size(LIMIT + 1),), (TOO_LARGE,)),),
    ),
    Rule(
        id="bodies-too-large-chunked",
        stage=6,
        sentence="The server responds 413 to a chunked body that grows over 1 MiB, or closes the connection.",
        hint="Count the bytes that have arrived, and stop at the limit. Otherwise clients can fill your memory.",
        section="the service, limits",
        routes=ROUTES,
        needs=("bodies-too-large", "bodies-chunked-packets", "respond-long-head"),
        exchanges=(Exchange((submit_chunks(chunked([b"name=", *(17 * [bytes(LIMIT // 16)])])),), (TOO_LARGE,)),),
    ),
    Rule(
        id="bodies-no-length",
        stage=6,
        sentence="The server reads a request without Content-Length and Transfer-Encoding as a request with an "
        "empty body, or responds 411.",
        hint="Without these two fields, read nothing after the empty line.",
        section="RFC 9112 §6.3",
        routes=ROUTES,
        needs=("forms-empty",),
        exchanges=(
            Exchange(
                (request("POST", FORM, f"Content-Type: {URLENCODED}", ACCEPT_JSON),),
                (Either(EMPTY_FORM, Status(411)), NothingAfter()),
            ),
        ),
    ),
    Rule(
        id="bodies-chunked",
        stage=6,
        sentence="The server accepts a chunked body.",
        hint="A chunk is its size in hexadecimal, CRLF, that many bytes, CRLF. A chunk of size 0 ends the body.",
        section="RFC 9112 §7.1",
        routes=ROUTES,
        needs=("forms-urlencoded",),
        exchanges=(parses(submit_chunks(chunked([BODY]))),),
    ),
    Rule(
        id="bodies-chunked-several",
        stage=6,
        sentence="The server accepts chunks of any size, and sizes with capital letters and leading zeros.",
        hint="Read the size as a hexadecimal number. Join all chunks before you split the form.",
        section="RFC 9112 §7.1",
        routes=ROUTES,
        needs=("bodies-chunked",),
        exchanges=(
            parses(submit_chunks(chunked([BODY[:3], BODY[3:4], BODY[4:]]))),
            parses(submit_chunks(b"00A\r\n", BODY[:10], b"\r\n8\r\n", BODY[10:], b"\r\n000\r\n\r\n")),
        ),
    ),
    Rule(
        id="bodies-chunked-binary",
        stage=6,
        sentence="The server accepts any bytes as chunk data, including CRLF and bytes that look like a chunk.",
        hint="Read exactly as many bytes as the size announces. Do not split the data at CRLF.",
        section="RFC 9112 §7.1",
        routes=ROUTES,
        needs=("bodies-chunked-several", "forms-file"),
        exchanges=(
            Exchange(
                (submit_chunks(chunked([LOOKS_LIKE_CHUNKS]), media_type=multipart_type()),),
                (ACCEPTED, files(file_row("file", "chunks.bin", HIDDEN))),
            ),
        ),
    ),
    Rule(
        id="bodies-chunked-case",
        stage=6,
        sentence="The server accepts the transfer coding `chunked` in any letter case.",
        hint="Convert transfer codings to lower case before you compare them.",
        section="RFC 9112 §7",
        routes=ROUTES,
        needs=("bodies-chunked",),
        exchanges=(parses(submit_chunks(chunked([BODY]), coding="Chunked")),),
    ),
    Rule(
        id="bodies-chunked-extensions",
        stage=6,
        sentence="The server ignores chunk extensions, the text after a semicolon that follows a chunk's size.",
        hint="Use only the part of the line before the first `;`.",
        section="RFC 9112 §7.1.1",
        routes=ROUTES,
        needs=("bodies-chunked-several",),
        exchanges=(
            parses(
                submit_chunks(
                    chunk(BODY[:4], ";a"),
                    chunk(BODY[4:8], ";b=c;d=1"),
                    chunk(BODY[8:], ';e="f;g"'),
                    LAST_CHUNK,
                    b"\r\n",
                )
            ),
            parses(submit_chunks(chunk(BODY), b"0;last\r\n\r\n")),
        ),
    ),
    Rule(
        id="bodies-chunked-zeros",
        stage=6,
        sentence="The server accepts chunk sizes with leading zeros.",
        hint="Read all hexadecimal digits of the line as one number. The last chunk is any size that is zero.",
        section="RFC 9112 §7.1",
        routes=ROUTES,
        needs=("bodies-chunked",),
        exchanges=(parses(submit_chunks(b"000", chunk(BODY), b"00", LAST_CHUNK, b"\r\n")),),
    ),
    Rule(
        id="bodies-chunked-trailers",
        stage=6,
        sentence="The server accepts trailer fields after the last chunk, and they are not part of the body.",
        hint="After the chunk of size 0, read lines up to an empty line.",
        section="RFC 9112 §7.1.2",
        routes=ROUTES,
        needs=("bodies-chunked",),
        exchanges=(parses(submit_chunks(chunked([BODY], TRAILER_FIELDS))),),
    ),
    Rule(
        id="bodies-chunked-packets",
        stage=6,
        sentence="The server reads a chunked body when it arrives in packets that split sizes and data anywhere.",
        hint="A chunk is not a packet. Read a whole line, then as many bytes as the line announces.",
        section="RFC 9112 §7.1",
        routes=ROUTES,
        needs=("bodies-chunked-several", "bodies-packets"),
        exchanges=(
            parses(*parted(submit_chunks(chunked([BODY])), 1, 2, 3, 9, 23, 24)),
            parses(*parted(submit_chunks(chunked([BODY[:5], BODY[5:]])), 5, 8, 10, 13)),
        ),
    ),
    Rule(
        id="bodies-expect",
        stage=6,
        sentence="The server sends the interim response 100 to a client that expects 100-continue, before it "
        "reads the body.",
        hint="Send `HTTP/1.1 100 Continue` and an empty line before you wait for the body.",
        section="RFC 9110 §10.1.1",
        routes=ROUTES,
        needs=("bodies-packets",),
        check=interim_before_body,
    ),
    Rule(
        id="bodies-expect-answer",
        stage=6,
        sentence="The server sends the final response after the interim response 100 and the body.",
        hint="100 is not the final response. Read the body, then respond.",
        section="RFC 9110 §15.2.1",
        routes=ROUTES,
        needs=("bodies-expect",),
        check=final_after_body,
    ),
    Rule(
        id="bodies-expect-http10",
        stage=6,
        sentence="The server sends no interim response to an HTTP/1.0 client.",
        hint="Ignore the Expect field in HTTP/1.0 requests.",
        section="RFC 9110 §10.1.1",
        routes=ROUTES,
        needs=("bodies-packets",),
        exchanges=(Exchange(parted(as_http10(submit(BODY, EXPECT_CONTINUE))), (*PARSED, NoInterim())),),
    ),
    Rule(
        id="bodies-expect-unneeded",
        stage=6,
        sentence="The server sends no interim response if the body has already arrived.",
        hint="Send 100 only if you would have to wait for the body.",
        section="RFC 9110 §10.1.1",
        level="SHOULD",
        routes=ROUTES,
        needs=("bodies-expect-answer",),
        exchanges=(Exchange((submit(BODY, EXPECT_CONTINUE),), (*PARSED, NoInterim())),),
    ),
    Rule(
        id="bodies-expect-unknown",
        stage=6,
        sentence="The server responds 417 to an unknown expectation.",
        hint="100-continue is the only expectation. Respond with 417 to all others.",
        section="RFC 9110 §10.1.1",
        level="SHOULD",
        needs=("route-test",),
        exchanges=(Exchange((last("GET", "/test", "Expect: applause"),), (Status(417),)),),
    ),
)
