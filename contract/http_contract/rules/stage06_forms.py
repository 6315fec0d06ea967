"""Stage 6, Bodies: what a form says, urlencoded or multipart."""

from hashlib import sha256

from http_contract.client.server import Server
from http_contract.http.request import (
    FORM,
    JSON_WANTED,
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
from http_contract.rules.content import HTML, JSON, Shows, fields, files
from http_contract.rules.expectations import BodyLacks, BodyMatches, Lists, Status, When
from http_contract.rules.model import Exchange, Expectation, Rule, expect
from http_contract.rules.stage05_parameters import HTML_WANTED, ROOT, TAG

ROUTES = (FORM,)
TAKEN = Status(200, 201)
BAD = Status(400, 422)
TRICKY = bytes(range(256)) + b"\r\n--\r\n\r\n--" + b"\n\r\x00\xff=%0A&+\r\n------contrac"  # almost a boundary
POST_FORM = BodyMatches(rb"(?is).*<form\b[^>]*\bmethod=[\"']?post\b.*", "a form that is sent by POST")
ADA = (b"name=Ada", ("name", "Ada"))


def taken(sends: bytes, *expects: Expectation) -> Exchange:
    """A form that is understood, and what its JSON must tell."""
    return Exchange((sends,), (TAKEN, JSON, *expects))


def says(body: bytes, *pairs: tuple[str, str], media_type: str = URLENCODED) -> Exchange:
    return taken(submit(body, media_type=media_type), fields(*pairs))


def uploads(*parts: Part) -> Exchange:
    rows = ((part.name, part.file, part.content) for part in parts if part.file is not None)
    return taken(submit_parts(*parts), files(*(upload(*row) for row in rows)))


def upload(field: str, name: str, content: bytes) -> tuple[str, str, int, str]:
    return field, name, len(content), sha256(content).hexdigest()


def refused(body: bytes, media_type: str, expectation: Expectation) -> Exchange:
    return Exchange((submit(body, media_type=media_type),), (expectation,))


def binary_is_intact(server: Server) -> None:
    """Upload a file of 20,000 random bytes after tricky ones; the answer tells its name, size and SHA-256."""
    content = server.random("forms-file-binary").randbytes(20_000)
    exchange = uploads(Part("file", TRICKY + content, "data.bin"))
    expect(server.ask(*exchange.sends), *exchange.expects)


IN_CAPITALS = multipart(Part("Name", b"Ada")).replace(
    b"Content-Disposition: form-data; name=", b"CONTENT-DISPOSITION: Form-Data; NAME="
)

# Multipart bodies that are none: what is wrong with each.
WHOLE = multipart(Part("name", b"Ada"))
MALFORMED = (
    WHOLE[:-4],  # the last delimiter is no closing one, and ends in mid-line
    WHOLE[: WHOLE.index(b"Ada") + 2],  # cut off within a part
    b"name=Ada",  # no delimiter at all
    WHOLE.replace(b"Content-Disposition:", b"Content-Disposition"),  # a field without a colon
)

RULES = (
    Rule(
        id="forms-page",
        stage=6,
        sentence="/form is a page with a form, that is sent by POST.",
        hint='<form method="post" enctype="multipart/form-data">, and inputs, each with a name.',
        section="the service, /form",
        routes=ROUTES,
        needs=ROOT,
        exchanges=(Exchange((get(FORM, HTML_WANTED),), (Status(200), HTML, POST_FORM)),),
    ),
    Rule(
        id="forms-allow",
        stage=6,
        sentence="Any other method of /form is 405, and Allow lists both GET and POST.",
        hint="Make Allow from the table of routes: each path has methods of its own.",
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
        sentence='What is posted to /form comes back: in JSON `fields` is [{"name": ..., "value": ...}, ...].',
        hint="Read as many bytes after the empty line as Content-Length says, then split them at & and =.",
        section="RFC 9110 §9.3.3",
        routes=ROUTES,
        needs=("representations-json",),
        exchanges=(says(*ADA), says(b"name=Ada&born=1815", ("name", "Ada"), ("born", "1815"))),
    ),
    Rule(
        id="forms-urlencoded-page",
        stage=6,
        sentence="The page shows what was posted, and none of it becomes markup.",
        hint="Escape names and values: html.escape(value).",
        section="the service, text from the request",
        routes=ROUTES,
        needs=("forms-urlencoded",),
        exchanges=(
            Exchange(
                (post(FORM, b"name=posted%3Cx7q%3E", URLENCODED, HTML_WANTED),),
                (TAKEN, HTML, Shows(f"posted{TAG}"), BodyLacks(TAG.encode())),
            ),
        ),
    ),
    Rule(
        id="forms-urlencoded-percent",
        stage=6,
        sentence="Percent-encoded characters of a form are decoded, after it was split.",
        hint="Split at & and = first: an encoded & or = is part of the value.",
        section="the service, forms",
        routes=ROUTES,
        needs=("forms-urlencoded",),
        exchanges=(says(b"a%3Db=1%262%3d3&c=d=e&f=%2541", ("a=b", "1&2=3"), ("c", "d=e"), ("f", "%41")),),
    ),
    Rule(
        id="forms-urlencoded-utf8",
        stage=6,
        sentence="Percent-encoded characters of a form are UTF-8.",
        hint="urllib.parse.parse_qsl() does it; Content-Length counts bytes, not characters.",
        section="the service, forms",
        routes=ROUTES,
        needs=("forms-urlencoded-percent",),
        exchanges=(
            says(b"name=J%C3%BCrgen&%E4%B8%96=%F0%9F%90%8D", ("name", "J\u00fcrgen"), ("\u4e16", "\U0001f40d")),
        ),
    ),
    Rule(
        id="forms-urlencoded-not-utf8",
        stage=6,
        sentence="Octets of a form that are no UTF-8 do no harm: each becomes U+FFFD.",
        hint="Decode with errors='replace', as parse_qsl() does by itself.",
        section="the service, forms",
        routes=ROUTES,
        needs=("forms-urlencoded-utf8",),
        exchanges=(says(b"a=x%FFy", ("a", "x\ufffdy")),),
    ),
    Rule(
        id="forms-urlencoded-plus",
        stage=6,
        sentence="In a form, plus is a space, and %2B is a plus.",
        hint="unquote_plus() instead of unquote(); replace + before decoding %2B.",
        section="the service, forms",
        routes=ROUTES,
        needs=("forms-urlencoded",),
        exchanges=(says(b"text=a+b%2Bc&x+y=+", ("text", "a b+c"), ("x y", " ")),),
    ),
    Rule(
        id="forms-urlencoded-repeats",
        stage=6,
        sentence="Fields of a form keep their order, and one that comes twice is told twice.",
        hint="A dict loses repeats: keep a list of pairs.",
        section="the service, forms",
        routes=ROUTES,
        needs=("forms-urlencoded",),
        exchanges=(says(b"b=1&a=2&b=3&b=1", ("b", "1"), ("a", "2"), ("b", "3"), ("b", "1")),),
    ),
    Rule(
        id="forms-urlencoded-empty",
        stage=6,
        sentence="A field may be empty: a= and b are fields as well.",
        hint="parse_qsl(body, keep_blank_values=True).",
        section="the service, forms",
        routes=ROUTES,
        needs=("forms-urlencoded",),
        exchanges=(says(b"a=&b&c=1", ("a", ""), ("b", ""), ("c", "1")),),
    ),
    Rule(
        id="forms-media-type-written",
        stage=6,
        sentence="A media type may be written in any letter case, and have parameters.",
        hint="Compare what stands before the first ';', stripped and in lower case.",
        section="RFC 9110 §8.3.1",
        routes=ROUTES,
        needs=("forms-urlencoded",),
        exchanges=(
            says(*ADA, media_type=URLENCODED.title()),
            says(*ADA, media_type=f"{URLENCODED}; charset=UTF-8"),
            says(*ADA, media_type=f"{URLENCODED} ;charset=UTF-8"),
        ),
    ),
    Rule(
        id="forms-empty",
        stage=6,
        sentence="An empty body is an empty form.",
        hint="With Content-Length: 0 there is nothing to wait for.",
        section="the service, forms",
        routes=ROUTES,
        needs=("forms-urlencoded",),
        exchanges=(taken(submit(b""), fields(), files()),),
    ),
    Rule(
        id="forms-multipart",
        stage=6,
        sentence="A form may come as multipart/form-data, as browsers send it with files.",
        hint="Split the body at CRLF, two hyphens and the boundary that Content-Type names.",
        section="RFC 7578 §4.1",
        routes=ROUTES,
        needs=("forms-urlencoded",),
        exchanges=(taken(submit_parts(Part("name", b"Ada")), fields(("name", "Ada"))),),
    ),
    Rule(
        id="forms-multipart-fields",
        stage=6,
        sentence="Fields in parts keep their order, repeats and empty values; their text is taken as it is.",
        hint="In parts nothing is percent-encoded, and plus is a plus.",
        section="RFC 7578 §4.3",
        routes=ROUTES,
        needs=("forms-multipart", "forms-urlencoded-repeats"),
        exchanges=(
            taken(
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
        sentence="The text of fields in parts is UTF-8.",
        hint="value.decode('utf-8'): bytes of a part are no text before that.",
        section="RFC 7578 §5.1.2",
        routes=ROUTES,
        needs=("forms-multipart",),
        exchanges=(
            taken(
                submit_parts(Part("name", "J\u00fcrgen \U0001f40d".encode())),
                fields(("name", "J\u00fcrgen \U0001f40d")),
            ),
        ),
    ),
    Rule(
        id="forms-multipart-case",
        stage=6,
        sentence="In the head of a part, letter case does not count, but in values.",
        hint="Compare Content-Disposition, form-data and name in lower case.",
        section="RFC 2183 §2",
        routes=ROUTES,
        needs=("forms-multipart",),
        exchanges=(says(IN_CAPITALS, ("Name", "Ada"), media_type=multipart_type()),),
    ),
    Rule(
        id="forms-multipart-boundary",
        stage=6,
        sentence="A boundary may be quoted in Content-Type, which it must be if it has a space or a colon.",
        hint="Take the quotes away; email.message.Message.get_boundary() does it.",
        section="RFC 2046 §5.1.1",
        routes=ROUTES,
        needs=("forms-multipart",),
        exchanges=(
            taken(
                submit(multipart(Part("name", b"Ada"), boundary="a b:c"), media_type=multipart_type('"a b:c"')),
                fields(("name", "Ada")),
            ),
        ),
    ),
    Rule(
        id="forms-file",
        stage=6,
        sentence="Of a file, /form tells field, name, size in bytes and SHA-256, hexadecimal in small letters:"
        ' in JSON `files` is [{"field": ..., "name": ..., "size": ..., "sha256": ...}, ...].',
        hint="A part with a filename is a file: hashlib.sha256(content).hexdigest().",
        section="RFC 7578 §4.2",
        routes=ROUTES,
        needs=("forms-multipart",),
        exchanges=(
            uploads(Part("file", b"Hello, world!\n", "hello.txt")),
            taken(
                submit_parts(Part("name", b"Ada"), Part("file", b"1\r\n2\r\n", "two lines.txt"), Part("last", b"one")),
                fields(("name", "Ada"), ("last", "one")),
                files(upload("file", "two lines.txt", b"1\r\n2\r\n")),
            ),
        ),
    ),
    Rule(
        id="forms-file-binary",
        stage=6,
        sentence="A file comes through with each byte as it was, whatever the bytes.",
        hint="Bytes stay bytes: no decode(), no strip(), no splitlines(); only the CRLF before the delimiter goes.",
        section="RFC 7578 §4.7",
        routes=ROUTES,
        needs=("forms-file",),
        check=binary_is_intact,
    ),
    Rule(
        id="forms-files",
        stage=6,
        sentence="Several files may come in one field, and a file may be empty.",
        hint="Each part is a file of its own: keep a list.",
        section="RFC 7578 §4.3",
        routes=ROUTES,
        needs=("forms-file",),
        exchanges=(uploads(Part("file", b"one", "1.txt"), Part("file", b"", "2.txt"), Part("file", b"one", "1.txt")),),
    ),
    Rule(
        id="forms-file-name",
        stage=6,
        sentence="The name of a file is told as it came, in UTF-8.",
        hint="Browsers send names in UTF-8, unencoded.",
        section="RFC 7578 §5.1",
        level="SHOULD",
        routes=ROUTES,
        needs=("forms-file",),
        exchanges=(uploads(Part("file", b"one", "\u00fc \u4e16.txt")),),
    ),
    Rule(
        id="forms-media-type",
        stage=6,
        sentence="A form in another media type is 415.",
        hint="Look at Content-Type before you read the form.",
        section="RFC 9110 §15.5.16",
        routes=ROUTES,
        needs=("forms-urlencoded",),
        exchanges=(
            refused(b'{"name": "Ada"}', "application/json", Status(415)),
            refused(b"name=Ada", "text/plain", Status(415)),
        ),
    ),
    Rule(
        id="forms-media-type-missing",
        stage=6,
        sentence="So is a form without a media type.",
        hint="Do not guess what a body is.",
        section="RFC 9110 §8.3",
        level="SHOULD",
        routes=ROUTES,
        needs=("forms-media-type",),
        exchanges=(Exchange((last("POST", FORM, JSON_WANTED, body=b"name=Ada"),), (Status(415),)),),
    ),
    Rule(
        id="forms-multipart-malformed",
        stage=6,
        sentence="A multipart body that breaks its own grammar is 400.",
        hint="Each part begins after a delimiter, and the last delimiter, with -- at its end, closes the body.",
        section="RFC 2046 §5.1.1",
        routes=ROUTES,
        needs=("forms-multipart",),
        exchanges=tuple(refused(body, multipart_type(), BAD) for body in MALFORMED),
    ),
    Rule(
        id="forms-multipart-no-boundary",
        stage=6,
        sentence="Without a boundary in its Content-Type, a multipart body can't be read: 400.",
        hint="Do not guess the boundary from the body.",
        section="RFC 2046 §5.1.1",
        routes=ROUTES,
        needs=("forms-multipart",),
        exchanges=(refused(WHOLE, "multipart/form-data", Status(400, 415, 422)),),
    ),
)
