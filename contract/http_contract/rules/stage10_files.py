"""Stage 10, Files and caching: the files of the public folder, and names without a file."""

import re
import string

from http_contract.client.server import Server
from http_contract.http.request import get, head, last
from http_contract.rules.common import NOT_FOUND, OK, ROOT, compare_head, length_is_right, same_values
from http_contract.rules.content import MEDIA_TYPES, Intact
from http_contract.rules.expectations import All, Complete, Either, Has, NoBody, SomeBody, Status
from http_contract.rules.model import Exchange, Expectation, Rule, expect

FILES = ("/files/<path:name>",)
STYLE = ("/style.css",)
IDENTITY = "Accept-Encoding: identity"  # no compression, so that the bytes of a file can be compared
MOVED = (301, 302, 307, 308)  # a redirect also shows that this path is not a file
NOT_A_FILE = (Status(400, 403, 404, *MOVED),)
TOO_LONG_NAME = (Status(400, 404, 414),)
FILE_PATHS = tuple(f"/files/{name}" for name in MEDIA_TYPES if "/" not in name)
WHOLE_FILE = All(OK, Complete(), Intact("hello.txt"))
UTF_8 = Has("Content-Type", r'(?i)[^;]*(;.*)?;[ \t]*charset=("?)utf-8\2[ \t]*(;.*)?', "with `charset=utf-8`")


def get_file(path: str, *expects: Expectation, fields: tuple[str, ...] = ()) -> Exchange:
    return Exchange((get(path, IDENTITY, *fields),), expects)


def get_names(*names: str, expects: tuple[Expectation, ...]) -> tuple[Exchange, ...]:
    """Return an exchange for each of these names below /files/."""
    return tuple(get_file(f"/files/{name}", *expects) for name in names)


def is_file(path: str, name: str) -> Exchange:
    """Return an exchange for a path below /files/ that leads to this file."""
    return get_file(f"/files/{path}", OK, Complete(), Intact(name))


def is_of_type(path: str, media_type: str, *expects: Expectation) -> Exchange:
    typed = Has("Content-Type", rf"(?i){re.escape(media_type)}[ \t]*(;.*)?", f"`{media_type}`")
    return get_file(path, OK, typed, *expects)


def random_names_missing(server: Server) -> None:
    """Send GET for three random names below /files/. Each response must be 404."""
    random = server.random("files-missing")
    for _ in range(3):
        name = "".join(random.choices(string.ascii_lowercase, k=12))
        expect(server.ask(get(f"/files/{name}.txt")), *NOT_FOUND)


RULES = (
    Rule(
        id="files-served",
        stage=10,
        sentence="The server responds to /files/hello.txt with the file hello.txt of the public folder.",
        hint="Add a route with a parameter: the file's name below the folder is the part of the path after /files/.",
        section="the service, /files",
        routes=FILES,
        needs=ROOT,
        exchanges=(get_file("/files/hello.txt", OK, SomeBody()),),
    ),
    Rule(
        id="files-intact",
        stage=10,
        sentence="The server sends a text file unchanged, byte for byte.",
        hint="Open files in binary mode. Content-Length counts bytes, and a letter such as ü takes two of them.",
        section="the service, /files",
        routes=FILES,
        needs=("files-served",),
        exchanges=(is_file("hello.txt", "hello.txt"), is_file("planets.json", "planets.json")),
    ),
    Rule(
        id="files-binary",
        stage=10,
        sentence="The server sends a picture unchanged, byte for byte.",
        hint="Open files in binary mode, send their bytes, and never decode them.",
        section="the service, /files",
        routes=FILES,
        needs=("files-served",),
        exchanges=(is_file("three-ways.png", "three-ways.png"),),
    ),
    Rule(
        id="files-folders",
        stage=10,
        sentence="The server serves files in subfolders of the public folder.",
        hint="The name may contain slashes. Let the parameter match all remaining segments.",
        section="the service, /files",
        routes=FILES,
        needs=("files-intact",),
        exchanges=(is_file("notes/nested.txt", "notes/nested.txt"),),
    ),
    Rule(
        id="files-percent",
        stage=10,
        sentence="The server accepts percent-encoding in the name of a file.",
        hint="Percent-decode the path exactly once before you look for the file.",
        section="RFC 3986 §6.2.2.2",
        routes=FILES,
        needs=("files-intact", "route-percent"),
        exchanges=(is_file("%68ello.txt", "hello.txt"), is_file("hello%2Etx%74", "hello.txt")),
    ),
    Rule(
        id="files-encoded-slash",
        stage=10,
        sentence="The server reads an encoded slash in a file's name as a slash, or rejects the name.",
        hint="Decode the whole path first, then split it into segments.",
        section="RFC 3986 §2.2",
        routes=FILES,
        needs=("files-folders", "files-percent"),
        exchanges=(
            get_file("/files/notes%2Fnested.txt", Either(All(OK, Intact("notes/nested.txt")), Status(400, 404))),
        ),
    ),
    Rule(
        id="files-query",
        stage=10,
        sentence="The server ignores the query when it looks for a file.",
        hint="Split the target at the first `?` before you look for the file.",
        section="the service, paths",
        routes=FILES,
        needs=("files-intact", "route-query"),
        exchanges=(is_file("hello.txt?version=2", "hello.txt"), is_file("hello.txt?/../x", "hello.txt")),
    ),
    Rule(
        id="files-type",
        stage=10,
        sentence="The server sends each file with the media type that belongs to its name.",
        hint="Look the suffix up in a table of media types: .txt, .json, .svg and .png.",
        section="the service, /files",
        routes=FILES,
        needs=("files-served",),
        exchanges=tuple(is_of_type(path, MEDIA_TYPES[path.removeprefix("/files/")]) for path in FILE_PATHS),
    ),
    Rule(
        id="files-charset",
        stage=10,
        sentence="The server sends text files with `charset=utf-8`.",
        hint="Send `Content-Type: text/plain; charset=utf-8`.",
        section="RFC 9110 §8.3.2",
        level="SHOULD",
        routes=FILES,
        needs=("files-type",),
        exchanges=get_names("hello.txt", expects=(OK, UTF_8)),
    ),
    Rule(
        id="files-style",
        stage=10,
        sentence="The server responds to /style.css with a stylesheet of type text/css.",
        hint="Send `Content-Type: text/css`. Browsers ignore a stylesheet of any other type.",
        section="the service, /style.css",
        routes=STYLE,
        needs=ROOT,
        exchanges=(is_of_type("/style.css", "text/css", Complete(), SomeBody()),),
    ),
    Rule(
        id="files-accept",
        stage=10,
        sentence="The server sends a file regardless of the client's Accept field.",
        hint="Read Accept only for pages. A file has one representation.",
        section="RFC 9110 §12.4.1",
        level="SHOULD",
        routes=FILES,
        needs=("files-intact",),
        exchanges=tuple(
            get_file("/files/hello.txt", OK, Intact("hello.txt"), fields=(f"Accept: {accept}",))
            for accept in ("application/json", "text/html", "image/webp")
        ),
    ),
    Rule(
        id="files-head",
        stage=10,
        sentence="The server responds to HEAD for a file as to GET, without the body.",
        hint="Build the response as for GET, then leave out the body.",
        section="RFC 9110 §9.3.2",
        routes=FILES,
        needs=("files-served", "methods-head", "methods-head-no-body"),
        exchanges=tuple(Exchange((head(path, IDENTITY),), (OK, NoBody())) for path in FILE_PATHS),
    ),
    Rule(
        id="files-head-length",
        stage=10,
        sentence="A Content-Length in the response to HEAD for a file is the size of the file.",
        hint="Set Content-Length from the file before you leave out the body.",
        section="RFC 9110 §8.6",
        routes=FILES,
        needs=("files-head", "files-intact", "methods-head-length-right"),
        check=compare_head(length_is_right, FILE_PATHS),
    ),
    Rule(
        id="files-head-type",
        stage=10,
        sentence="The response to HEAD for a file has the same Content-Type as the response to GET.",
        hint="Build the response as for GET, then leave out the body.",
        section="RFC 9110 §9.3.2",
        routes=FILES,
        needs=("files-head", "files-type", "methods-head-fields"),
        check=compare_head(same_values, FILE_PATHS),
    ),
    Rule(
        id="files-methods",
        stage=10,
        sentence="The server responds 405 to POST for a file.",
        hint="A file has GET, HEAD and OPTIONS. Respond to other methods with 405 and Allow.",
        section="the service, methods",
        routes=FILES,
        needs=("files-served", "methods-not-allowed"),
        exchanges=(Exchange((last("POST", "/files/hello.txt", body=b""),), (Status(405, 501),)),),
    ),
    Rule(
        id="files-missing",
        stage=10,
        sentence="The server responds 404 to the name of a file that does not exist.",
        hint="Check that the file exists, or catch the error of opening it, and send your not-found page.",
        section="RFC 9110 §15.5.5",
        routes=FILES,
        needs=("files-served", "route-unknown"),
        exchanges=get_names(
            "missing.txt", "notes/missing.txt", "missing/hello.txt", "hello.tx", "hello.txt~", expects=NOT_FOUND
        ),
        check=random_names_missing,
    ),
    Rule(
        id="files-folder",
        stage=10,
        sentence="The server responds with an error or a redirect to the name of a folder and does not list its "
        "content.",
        hint="Opening a folder fails or returns no file. Check that the path is a file, and respond with 404.",
        section="the service, /files",
        routes=FILES,
        needs=("files-missing", "files-folders"),
        exchanges=get_names("notes", "notes/", "", expects=NOT_A_FILE),
    ),
    Rule(
        id="files-below",
        stage=10,
        sentence="The server does not serve a file at a path below it, such as /files/hello.txt/.",
        hint="Some path functions drop a final slash. Reject empty segments.",
        section="RFC 3986 §3.3",
        routes=FILES,
        needs=("files-missing",),
        exchanges=get_names("hello.txt/", "hello.txt/more", "hello.txt//", expects=NOT_A_FILE),
    ),
    Rule(
        id="files-dots",
        stage=10,
        sentence="The server does not serve a file at a name that is nothing but dots.",
        hint="Reject names with a segment that is `.` or `..`, encoded or not.",
        section="RFC 3986 §3.3",
        routes=FILES,
        needs=("files-folder",),
        exchanges=get_names(".", "%2e", "...", "....", "%2e%2e%2e", "notes/.", expects=NOT_A_FILE),
    ),
    Rule(
        id="files-nul",
        stage=10,
        sentence="The server responds 400 or 404 to a file name with a NUL.",
        hint="Functions that open files fail at a NUL. Reject control characters in a path.",
        section="RFC 3986 §7.3",
        routes=FILES,
        needs=("files-missing", "route-percent-nul"),
        exchanges=get_names("hello.txt%00", "hello.txt%00.png", "%00", expects=(Status(400, 404),)),
    ),
    Rule(
        id="files-long",
        stage=10,
        sentence="The server responds 400, 404 or 414 to a file name that is too long for any file.",
        hint="Opening a name of more than 255 bytes fails. Catch that error like the others.",
        section="RFC 9110 §15.5.15",
        routes=FILES,
        needs=("files-missing", "route-long"),
        exchanges=get_names("x" * 300, "x/" * 2500 + "x", expects=TOO_LONG_NAME),
    ),
)
