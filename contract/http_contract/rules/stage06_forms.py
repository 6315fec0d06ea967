"""Stage 6, Bodies: the fields and files of a form, urlencoded or multipart."""

import gzip
from hashlib import sha256

from http_contract.client.server import Server
from http_contract.http.request import (
    ACCEPT_JSON,
    FORM,
    URLENCODED,
    Part,
    get,
    last,
    multipart,
    multipart_type,
    post,
    submit,
    submit_parts,
)
from http_contract.rules.common import ACCEPT_HTML, NOT_STORED, OWN_TAG, ROOT
from http_contract.rules.content import HTML, JSON, Shows, fields, files
from http_contract.rules.expectations import All, BodyLacks, BodyMatches, Either, Has, Lists, Status, When
from http_contract.rules.model import Exchange, Expectation, Rule, expect

ROUTES = (FORM,)
ACCEPTED = Status(200, 201)
INVALID = Status(400, 422)
UNSUPPORTED = Status(400, 415, 422)
TOO_MANY = 1_001  # fields
TOO_MANY_FIELDS = Status(400, 413, 422)
TRICKY = bytes(range(256)) + b"\r\n--\r\n\r\n--" + b"\n\r\x00\xff=%0A&+\r\n------contrac"  # almost a boundary
POST_FORM = BodyMatches(rb"(?is).*<form\b[^>]*\bmethod=[\"']?post\b.*", "a form that is sent by POST")
ADA = (b"name=Ada", ("name", "Ada"))
ZIPPED = gzip.compress(ADA[0], mtime=0)


def accepts_form(sends: bytes, *expects: Expectation) -> Exchange:
    """Return an exchange whose form must be accepted, with expectations of the JSON."""
    return Exchange((sends,), (ACCEPTED, JSON, *expects))


def has_fields(body: bytes, *pairs: tuple[str, str], media_type: str = URLENCODED) -> Exchange:
    return accepts_form(submit(body, media_type=media_type), fields(*pairs))


def uploads(*parts: Part) -> Exchange:
    rows = ((part.name, part.file, part.content) for part in parts if part.file is not None)
    return accepts_form(submit_parts(*parts), files(*(file_row(*row) for row in rows)))


def file_row(field: str, name: str, content: bytes) -> tuple[str, str, int, str]:
    return field, name, len(content), sha256(content).hexdigest()


def rejects(body: bytes, media_type: str, expectation: Expectation) -> Exchange:
    return Exchange((submit(body, media_type=media_type),), (expectation,))


def binary_is_intact(server: Server) -> None:
    """Upload a file of difficult bytes and 20,000 random bytes. The response has its name, size and SHA-256."""
    content = server.random("forms-file-binary").randbytes(20_000)
    exchange = uploads(Part("file", TRICKY + content, "data.bin"))
    expect(server.ask(*exchange.sends), *exchange.expects)


IN_CAPITALS = multipart(Part("Name", b"Ada")).replace(
    b"Content-Disposition: form-data; name=", b"CONTENT-DISPOSITION: Form-Data; NAME="
)

# Malformed multipart bodies, each with its fault.
WELL_FORMED = multipart(Part("name", b"Ada"))
MALFORMED = (
    WELL_FORMED[:-4],  # the last delimiter is cut off within its line and does not close the body
    WELL_FORMED[: WELL_FORMED.index(b"Ada") + 2],  # cut off within a part
    b"name=Ada",  # no delimiter at all
    WELL_FORMED.replace(b"Content-Disposition:", b"Content-Disposition"),  # a field without a colon
)

RULES = (
    Rule(
        id="forms-page",
        stage=6,
        sentence="The page /form contains a form that is sent by POST.",
        hint='Write `<form method="post" enctype="multipart/form-data">` and inputs that have names.',
        section="the service, /form",
        routes=ROUTES,
        needs=ROOT,
        exchanges=(Exchange((get(FORM, ACCEPT_HTML),), (Status(200), HTML, POST_FORM)),),
    ),
    Rule(
        id="forms-allow",
        stage=6,
        sentence="The server responds 405 to other methods of /form, and Allow lists both GET and POST.",
        hint="Build Allow from the table of routes, because each path has methods of its own.",
        section="RFC 9110 §15.5.6",
        routes=ROUTES,
        needs=("methods-allow",),
        exchanges=tuple(
            Exchange(
                (last(method, FORM, body=b"" if method == "PUT" else None),),
                (Status(405, 501), When(Status(405), Lists("Allow", ("GET", "POST")))),
            )
            for method in ("DELETE", "PUT")
        ),
    ),
    Rule(
        id="forms-urlencoded",
        stage=6,
        sentence='The server returns the fields posted to /form, in JSON as `fields`: [{"name": ..., "value": '
        "...}, ...].",
        hint="Read as many bytes after the empty line as Content-Length announces, then split them at & and =.",
        section="the service, forms",
        routes=ROUTES,
        needs=("representations-json",),
        exchanges=(has_fields(*ADA), has_fields(b"name=Ada&born=1815", ("name", "Ada"), ("born", "1815"))),
    ),
    Rule(
        id="forms-urlencoded-page",
        stage=6,
        sentence="The page that responds to a posted form contains the fields, and none of them becomes markup.",
        hint="Escape both names and values for HTML.",
        section="the service, text from the request",
        routes=ROUTES,
        needs=("forms-urlencoded",),
        exchanges=(
            Exchange(
                (post(FORM, b"name=posted%3Cx7q%3E", URLENCODED, ACCEPT_HTML),),
                (ACCEPTED, HTML, Shows(f"posted{OWN_TAG}"), BodyLacks(OWN_TAG.encode())),
            ),
        ),
    ),
    Rule(
        id="forms-urlencoded-percent",
        stage=6,
        sentence="The server splits a form first, then decodes its percent-encoded characters.",
        hint="Split at & and = before you decode. An encoded & or = is part of a value.",
        section="the service, forms",
        routes=ROUTES,
        needs=("forms-urlencoded",),
        exchanges=(has_fields(b"a%3Db=1%262%3d3&c=d=e&f=%2541", ("a=b", "1&2=3"), ("c", "d=e"), ("f", "%41")),),
    ),
    Rule(
        id="forms-urlencoded-utf8",
        stage=6,
        sentence="The server decodes the percent-encoded characters of a form as UTF-8.",
        hint="Decode names and values as UTF-8. Content-Length counts bytes, not characters.",
        section="the service, forms",
        routes=ROUTES,
        needs=("forms-urlencoded-percent",),
        exchanges=(
            has_fields(b"name=J%C3%BCrgen&%E4%B8%96=%F0%9F%90%8D", ("name", "J\u00fcrgen"), ("\u4e16", "\U0001f40d")),
        ),
    ),
    Rule(
        id="forms-urlencoded-not-utf8",
        stage=6,
        sentence="The server replaces octets of a form that are not valid UTF-8 with U+FFFD.",
        hint="Decode with the option that replaces invalid bytes. Most UTF-8 decoders have one.",
        section="the service, forms",
        routes=ROUTES,
        needs=("forms-urlencoded-utf8",),
        exchanges=(has_fields(b"a=x%FFy", ("a", "x\ufffdy")),),
    ),
    Rule(
        id="forms-urlencoded-plus",
        stage=6,
        sentence="The server reads a plus in a form as a space, and %2B as a plus.",
        hint="Replace + with a space first, then decode %2B.",
        section="the service, forms",
        routes=ROUTES,
        needs=("forms-urlencoded",),
        exchanges=(has_fields(b"text=a+b%2Bc&x+y=+", ("text", "a b+c"), ("x y", " ")),),
    ),
    Rule(
        id="forms-urlencoded-repeats",
        stage=6,
        sentence="The server returns the fields of a form in their order, repeated names included.",
        hint="A map from names to values loses repeated names. Use a list of pairs.",
        section="the service, forms",
        routes=ROUTES,
        needs=("forms-urlencoded",),
        exchanges=(has_fields(b"b=1&a=2&b=3&b=1", ("b", "1"), ("a", "2"), ("b", "3"), ("b", "1")),),
    ),
    Rule(
        id="forms-urlencoded-empty",
        stage=6,
        sentence="The server returns fields of a form that have no value, such as `a=` and `b`.",
        hint="Do not drop fields whose value is empty. Some form parsers do that unless you set an option.",
        section="the service, forms",
        routes=ROUTES,
        needs=("forms-urlencoded",),
        exchanges=(has_fields(b"a=&b&c=1", ("a", ""), ("b", ""), ("c", "1")),),
    ),
    Rule(
        id="forms-media-type-written",
        stage=6,
        sentence="The server accepts the media type of a form in any letter case and with parameters.",
        hint="Compare only the part before the first `;`, without white space around it and in lower case.",
        section="RFC 9110 §8.3.1",
        routes=ROUTES,
        needs=("forms-urlencoded",),
        exchanges=(
            has_fields(*ADA, media_type=URLENCODED.title()),
            has_fields(*ADA, media_type=f"{URLENCODED}; charset=UTF-8"),
            has_fields(*ADA, media_type=f"{URLENCODED} ;charset=UTF-8"),
        ),
    ),
    Rule(
        id="forms-empty",
        stage=6,
        sentence="The server reads an empty body as an empty form.",
        hint="Do not wait for a body if Content-Length is 0.",
        section="the service, forms",
        routes=ROUTES,
        needs=("forms-urlencoded",),
        exchanges=(accepts_form(submit(b""), fields(), files()),),
    ),
    Rule(
        id="forms-multipart",
        stage=6,
        sentence="The server accepts a form as multipart/form-data, which browsers use for files.",
        hint="Split the body at CRLF, two hyphens and the boundary that Content-Type contains.",
        section="RFC 7578 §4.1",
        routes=ROUTES,
        needs=("forms-urlencoded",),
        exchanges=(accepts_form(submit_parts(Part("name", b"Ada")), fields(("name", "Ada"))),),
    ),
    Rule(
        id="forms-multipart-fields",
        stage=6,
        sentence="The server returns the fields of a multipart form unchanged, with their order, repeated names "
        "and empty values.",
        hint="Do not decode the text of parts: percent signs and pluses mean themselves there.",
        section="RFC 7578 §5.2",
        routes=ROUTES,
        needs=("forms-multipart", "forms-urlencoded-repeats"),
        exchanges=(
            accepts_form(
                submit_parts(
                    Part("b", b"1+1%41"), Part("a", b""), Part("b", b"two\r\nlines\r\n"), Part("b", b"1+1%41")
                ),
                fields(("b", "1+1%41"), ("a", ""), ("b", "two\r\nlines\r\n"), ("b", "1+1%41")),
            ),
        ),
    ),
    Rule(
        id="forms-multipart-utf8",
        stage=6,
        sentence="The server decodes the text of multipart fields as UTF-8.",
        hint="The content of a part is bytes. Decode it as UTF-8.",
        section="RFC 7578 §5.1.2",
        routes=ROUTES,
        needs=("forms-multipart",),
        exchanges=(
            accepts_form(
                submit_parts(Part("name", "J\u00fcrgen \U0001f40d".encode())),
                fields(("name", "J\u00fcrgen \U0001f40d")),
            ),
        ),
    ),
    Rule(
        id="forms-multipart-case",
        stage=6,
        sentence="The server ignores letter case in the header fields of a part, except in values.",
        hint="Compare Content-Disposition, form-data and name in lower case.",
        section="RFC 2183 §2",
        routes=ROUTES,
        needs=("forms-multipart",),
        exchanges=(has_fields(IN_CAPITALS, ("Name", "Ada"), media_type=multipart_type()),),
    ),
    Rule(
        id="forms-multipart-boundary",
        stage=6,
        sentence="The server accepts a quoted boundary, which may contain spaces and colons.",
        hint="Remove the quotation marks around the boundary in Content-Type.",
        section="RFC 2046 §5.1.1",
        routes=ROUTES,
        needs=("forms-multipart",),
        exchanges=(
            accepts_form(
                submit(multipart(Part("name", b"Ada"), boundary="a b:c"), media_type=multipart_type('"a b:c"')),
                fields(("name", "Ada")),
            ),
        ),
    ),
    Rule(
        id="forms-file",
        stage=6,
        sentence="The server returns each uploaded file's field, name, size in bytes and SHA-256 in "
        'hexadecimal, in JSON as `files`: [{"field": ..., "name": ..., "size": ..., "sha256": ...}, ...].',
        hint="A part with a filename is a file. Compute the SHA-256 of its content, and write it in lower case.",
        section="RFC 7578 §4.2",
        routes=ROUTES,
        needs=("forms-multipart",),
        exchanges=(
            uploads(Part("file", b"Hello, world!\n", "hello.txt")),
            accepts_form(
                submit_parts(Part("name", b"Ada"), Part("file", b"1\r\n2\r\n", "two lines.txt"), Part("last", b"one")),
                fields(("name", "Ada"), ("last", "one")),
                files(file_row("file", "two lines.txt", b"1\r\n2\r\n")),
            ),
        ),
    ),
    Rule(
        id="forms-file-binary",
        stage=6,
        sentence="The server receives every byte of an uploaded file unchanged.",
        hint="Do not decode, trim or split the content. Remove only the CRLF before the delimiter.",
        section="RFC 7578 §4.7",
        routes=ROUTES,
        needs=("forms-file",),
        check=binary_is_intact,
    ),
    Rule(
        id="forms-files",
        stage=6,
        sentence="The server accepts several files in one field, and empty files.",
        hint="Each part is a file of its own. Use a list.",
        section="RFC 7578 §4.3",
        routes=ROUTES,
        needs=("forms-file",),
        exchanges=(uploads(Part("file", b"one", "1.txt"), Part("file", b"", "2.txt"), Part("file", b"one", "1.txt")),),
    ),
    Rule(
        id="forms-file-name",
        stage=6,
        sentence="The server returns the name of an uploaded file unchanged, decoded as UTF-8.",
        hint="Browsers send file names as UTF-8 without percent-encoding.",
        section="RFC 7578 §5.1",
        level="SHOULD",
        routes=ROUTES,
        needs=("forms-file",),
        exchanges=(uploads(Part("file", b"one", "\u00fc \u4e16.txt")),),
    ),
    Rule(
        id="forms-media-type",
        stage=6,
        sentence="The server responds 415 to a form whose media type it does not support.",
        hint="Check Content-Type before you parse the form.",
        section="the service, forms",
        routes=ROUTES,
        needs=("forms-urlencoded",),
        exchanges=(
            rejects(b'{"name": "Ada"}', "application/json", Status(415)),
            rejects(b"name=Ada", "text/plain", Status(415)),
        ),
    ),
    Rule(
        id="forms-media-type-missing",
        stage=6,
        sentence="The server responds 415 to a form without a media type.",
        hint="Do not guess the media type of a body.",
        section="RFC 9110 §8.3",
        level="SHOULD",
        routes=ROUTES,
        needs=("forms-media-type",),
        exchanges=(Exchange((last("POST", FORM, ACCEPT_JSON, body=b"name=Ada"),), (Status(415),)),),
    ),
    Rule(
        id="forms-content-encoding",
        stage=6,
        sentence="The server rejects a form with a content coding such as gzip, or decodes it.",
        hint="Respond with 415 if the request contains Content-Encoding with another value than identity.",
        section="RFC 9110 §8.4",
        routes=ROUTES,
        needs=("forms-urlencoded",),
        exchanges=(
            Exchange(
                (submit(ZIPPED, "Content-Encoding: gzip"),), (Either(UNSUPPORTED, All(ACCEPTED, fields(ADA[1]))),)
            ),
            Exchange((submit(ZIPPED, "Content-Encoding: x-unheard-of"),), (UNSUPPORTED,)),
        ),
    ),
    Rule(
        id="forms-content-encoding-listed",
        stage=6,
        sentence="A 415 response to a content coding contains an Accept-Encoding field with the codings that the "
        "server supports.",
        hint="Send `Accept-Encoding: identity` if the server supports no content coding.",
        section="RFC 9110 §12.5.3",
        level="SHOULD",
        routes=ROUTES,
        needs=("forms-content-encoding",),
        exchanges=(
            Exchange((submit(ZIPPED, "Content-Encoding: x-unheard-of"),), (When(Status(415), Has("Accept-Encoding")),)),
        ),
    ),
    Rule(
        id="forms-not-stored",
        stage=6,
        sentence="The response to a posted form forbids caches to store it.",
        hint="Send `Cache-Control: no-store` with the page.",
        section="RFC 9111 §5.2.2.5",
        level="SHOULD",
        routes=ROUTES,
        needs=("forms-urlencoded",),
        exchanges=(Exchange((submit(ADA[0]),), (ACCEPTED, NOT_STORED)),),
    ),
    Rule(
        id="forms-many-fields",
        stage=6,
        sentence="The server rejects a form with more than 1,000 fields, urlencoded or multipart.",
        hint="Count the fields before you parse them, and respond with 400 above 1,000. Half a million fields "
        "fit into a body of 1 MiB.",
        section="the service, forms",
        routes=ROUTES,
        needs=("forms-multipart",),
        exchanges=(
            rejects(b"a=1&" * TOO_MANY, URLENCODED, TOO_MANY_FIELDS),
            rejects(multipart(*[Part("a", b"1")] * TOO_MANY), multipart_type(), TOO_MANY_FIELDS),
        ),
    ),
    Rule(
        id="forms-multipart-malformed",
        stage=6,
        sentence="The server rejects a malformed multipart body.",
        hint="Respond with 400. Each part follows a delimiter, and the last delimiter ends with `--`. Check both.",
        section="RFC 2046 §5.1.1",
        routes=ROUTES,
        needs=("forms-multipart",),
        exchanges=tuple(rejects(body, multipart_type(), INVALID) for body in MALFORMED),
    ),
    Rule(
        id="forms-multipart-no-boundary",
        stage=6,
        sentence="The server rejects a multipart body whose Content-Type has no boundary.",
        hint="Respond with 400. Do not guess the boundary from the body.",
        section="RFC 2046 §5.1.1",
        routes=ROUTES,
        needs=("forms-multipart",),
        exchanges=(rejects(WELL_FORMED, "multipart/form-data", Status(400, 415, 422)),),
    ),
)
