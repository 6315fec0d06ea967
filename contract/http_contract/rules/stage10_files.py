"""Stage 10, Files and caching: the files of a folder, each as it is, and nothing for a name that has none."""

import re
import string

from http_contract.client.server import Server
from http_contract.http.request import get, head, last
from http_contract.rules.content import MEDIA_TYPES, Intact
from http_contract.rules.expectations import All, Complete, Either, Has, NoBody, SomeBody, Status
from http_contract.rules.model import Exchange, Expectation, Rule, expect
from http_contract.rules.stage04_methods import compared, length_true, same_values
from http_contract.rules.stage05_parameters import ROOT

FILES = ("/files/<path:name>",)
STYLE = ("/style.css",)
UNCODED = "Accept-Encoding: identity"  # so that no compression hides the bytes of a file
SHOWN = Status(200)
MOVED = (301, 302, 307, 308)  # a redirect to another path says as well that this one is no file
NONE = (Status(404), SomeBody())
NO_FILE = (Status(400, 403, 404, *MOVED),)
TOO_LONG = (Status(400, 404, 414),)
PATHS = tuple(f"/files/{name}" for name in MEDIA_TYPES if "/" not in name)
UTF_8 = Has("Content-Type", r'(?i)[^;]*(;.*)?;[ \t]*charset=("?)utf-8\2[ \t]*(;.*)?', "with `charset=utf-8`")


def at(path: str, *expects: Expectation, fields: tuple[str, ...] = ()) -> Exchange:
    return Exchange((get(path, UNCODED, *fields),), expects)


def named(*names: str, expects: tuple[Expectation, ...]) -> tuple[Exchange, ...]:
    """Ask for each of these names below /files/."""
    return tuple(at(f"/files/{name}", *expects) for name in names)


def is_file(asked: str, name: str) -> Exchange:
    """Ask for a path below /files/ that is that file."""
    return at(f"/files/{asked}", SHOWN, Complete(), Intact(name))


def is_of_type(path: str, media_type: str, *expects: Expectation) -> Exchange:
    told = Has("Content-Type", rf"(?i){re.escape(media_type)}[ \t]*(;.*)?", f"`{media_type}`")
    return at(path, SHOWN, told, *expects)


def random_names_missing(server: Server) -> None:
    """Ask for three random names below /files/; each is 404, with content."""
    random = server.random("files-missing")
    for _ in range(3):
        name = "".join(random.choices(string.ascii_lowercase, k=12))
        expect(server.ask(get(f"/files/{name}.txt")), *NONE)


RULES = (
    Rule(
        id="files-served",
        stage=10,
        sentence="/files/hello.txt is the file hello.txt of the public folder.",
        hint="A route with a parameter: what stands after /files/ is the file's name below the folder.",
        section="the service, /files",
        routes=FILES,
        needs=ROOT,
        exchanges=(at("/files/hello.txt", SHOWN, SomeBody()),),
    ),
    Rule(
        id="files-intact",
        stage=10,
        sentence="A text file comes as it is, octet for octet.",
        hint="Open files with 'rb'; Content-Length counts octets, and a letter like \u00fc has two of them.",
        section="RFC 9110 §8.6",
        routes=FILES,
        needs=("files-served",),
        exchanges=(is_file("hello.txt", "hello.txt"), is_file("planets.json", "planets.json")),
    ),
    Rule(
        id="files-binary",
        stage=10,
        sentence="A picture comes as it is, octet for octet.",
        hint="Open files with 'rb', send their bytes, and never decode them on the way.",
        section="RFC 9110 §8.1",
        routes=FILES,
        needs=("files-served",),
        exchanges=(is_file("three-ways.png", "three-ways.png"),),
    ),
    Rule(
        id="files-folders",
        stage=10,
        sentence="A file in a folder of the public folder is served as well.",
        hint="The name may have slashes in it: <path:name> takes all segments that are left.",
        section="the service, /files",
        routes=FILES,
        needs=("files-intact",),
        exchanges=(is_file("notes/nested.txt", "notes/nested.txt"),),
    ),
    Rule(
        id="files-percent",
        stage=10,
        sentence="A file's name may be percent-encoded, in whole or in part.",
        hint="Decode the path, once, before you look for the file.",
        section="RFC 3986 §6.2.2.2",
        routes=FILES,
        needs=("files-intact", "route-percent"),
        exchanges=(is_file("%68ello.txt", "hello.txt"), is_file("hello%2Etx%74", "hello.txt")),
    ),
    Rule(
        id="files-encoded-slash",
        stage=10,
        sentence="An encoded slash in a file's name separates folders, or the name is refused.",
        hint="Decode the whole path first, then split it.",
        section="RFC 3986 §2.2",
        routes=FILES,
        needs=("files-folders", "files-percent"),
        exchanges=(at("/files/notes%2Fnested.txt", Either(All(SHOWN, Intact("notes/nested.txt")), Status(400, 404))),),
    ),
    Rule(
        id="files-query",
        stage=10,
        sentence="The query takes no part in finding a file.",
        hint="Split the target at the first '?' before you look for the file.",
        section="RFC 3986 §3.4",
        routes=FILES,
        needs=("files-intact", "route-query"),
        exchanges=(is_file("hello.txt?version=2", "hello.txt"), is_file("hello.txt?/../x", "hello.txt")),
    ),
    Rule(
        id="files-type",
        stage=10,
        sentence="A file's media type is the one that its name tells.",
        hint="mimetypes.guess_type(name) tells it, or a table of your own from .txt, .json, .svg and .png.",
        section="RFC 9110 §8.3",
        routes=FILES,
        needs=("files-served",),
        exchanges=tuple(is_of_type(path, MEDIA_TYPES[path.removeprefix("/files/")]) for path in PATHS),
    ),
    Rule(
        id="files-charset",
        stage=10,
        sentence="A text file's media type says that it is UTF-8.",
        hint="Content-Type: text/plain; charset=utf-8.",
        section="RFC 9110 §8.3.2",
        level="SHOULD",
        routes=FILES,
        needs=("files-type",),
        exchanges=named("hello.txt", expects=(SHOWN, UTF_8)),
    ),
    Rule(
        id="files-style",
        stage=10,
        sentence="/style.css is a stylesheet: text/css.",
        hint="A browser takes no stylesheet that is said to be anything else.",
        section="the service, /style.css",
        routes=STYLE,
        needs=ROOT,
        exchanges=(is_of_type("/style.css", "text/css", Complete(), SomeBody()),),
    ),
    Rule(
        id="files-accept",
        stage=10,
        sentence="A file has one form, which is sent whatever the client prefers.",
        hint="Look into Accept for pages only; a file is not to be had as HTML or JSON.",
        section="RFC 9110 §12.4.1",
        level="SHOULD",
        routes=FILES,
        needs=("files-intact",),
        exchanges=tuple(
            at("/files/hello.txt", SHOWN, Intact("hello.txt"), fields=(f"Accept: {accept}",))
            for accept in ("application/json", "text/html", "image/webp")
        ),
    ),
    Rule(
        id="files-head",
        stage=10,
        sentence="HEAD of a file is answered as GET, without its bytes.",
        hint="Make the answer as for GET, then leave out the body.",
        section="RFC 9110 §9.3.2",
        routes=FILES,
        needs=("files-served", "methods-head", "methods-head-no-body"),
        exchanges=tuple(Exchange((head(path, UNCODED),), (SHOWN, NoBody())) for path in PATHS),
    ),
    Rule(
        id="files-head-length",
        stage=10,
        sentence="Where HEAD tells a file's length, it is the right one.",
        hint="Take Content-Length from the file, before the body is left out.",
        section="RFC 9110 §8.6",
        routes=FILES,
        needs=("files-head", "files-intact", "methods-head-length-right"),
        check=compared(length_true, PATHS),
    ),
    Rule(
        id="files-head-type",
        stage=10,
        sentence="HEAD tells the media type of a file that GET tells.",
        hint="Make the answer as for GET, then leave out the body.",
        section="RFC 9110 §9.3.2",
        routes=FILES,
        needs=("files-head", "files-type", "methods-head-fields"),
        check=compared(same_values, PATHS),
    ),
    Rule(
        id="files-methods",
        stage=10,
        sentence="A file takes no POST.",
        hint="A file's route has GET, and with it HEAD and OPTIONS: answer 405 to the others, with Allow.",
        section="RFC 9110 §15.5.6",
        routes=FILES,
        needs=("files-served", "methods-not-allowed"),
        exchanges=(Exchange((last("POST", "/files/hello.txt", body=b""),), (Status(405, 501),)),),
    ),
    Rule(
        id="files-missing",
        stage=10,
        sentence="A name that no file has is 404, with a page.",
        hint="Catch FileNotFoundError, or look whether the path is a file, and answer with your not-found page.",
        section="RFC 9110 §15.5.5",
        routes=FILES,
        needs=("files-served", "route-unknown"),
        exchanges=named(
            "missing.txt", "notes/missing.txt", "missing/hello.txt", "hello.tx", "hello.txt~", expects=NONE
        ),
        check=random_names_missing,
    ),
    Rule(
        id="files-folder",
        stage=10,
        sentence="A folder is no file, and its content is not listed.",
        hint="open() of a folder raises IsADirectoryError: look whether the path is a file, and answer 404.",
        section="the service, /files",
        routes=FILES,
        needs=("files-missing", "files-folders"),
        exchanges=named("notes", "notes/", "", expects=NO_FILE),
    ),
    Rule(
        id="files-below",
        stage=10,
        sentence="Below a file there is nothing: /files/hello.txt/ is 404.",
        hint="open() of such a path raises NotADirectoryError; and pathlib drops a final slash. Refuse empty segments.",
        section="RFC 3986 §3.3",
        routes=FILES,
        needs=("files-missing",),
        exchanges=named("hello.txt/", "hello.txt/more", "hello.txt//", expects=NO_FILE),
    ),
    Rule(
        id="files-dots",
        stage=10,
        sentence="A name of nothing but dots is no file.",
        hint="A segment that is . or .. is none of a file's name: refuse it, encoded or not.",
        section="RFC 3986 §3.3",
        routes=FILES,
        needs=("files-folder",),
        exchanges=named(".", "%2e", "...", "....", "%2e%2e%2e", "notes/.", expects=NO_FILE),
    ),
    Rule(
        id="files-nul",
        stage=10,
        sentence="A name with a NUL in it is 404 or 400.",
        hint="open() raises ValueError for it: refuse control characters in a path.",
        section="RFC 3986 §7.3",
        routes=FILES,
        needs=("files-missing", "route-percent-nul"),
        exchanges=named("hello.txt%00", "hello.txt%00.png", "%00", expects=(Status(400, 404),)),
    ),
    Rule(
        id="files-long",
        stage=10,
        sentence="A name that is too long for any file is 404, 400 or 414.",
        hint="open() raises OSError for a name of more than 255 octets: catch it with the others.",
        section="RFC 9110 §15.5.15",
        routes=FILES,
        needs=("files-missing", "route-long"),
        exchanges=named("x" * 300, "x/" * 2500 + "x", expects=TOO_LONG),
    ),
)
