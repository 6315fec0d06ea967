"""Broken servers for stage 10, Files and caching: the files of the public folder."""

import re
from collections.abc import Callable

from raw_router.messages import Request, Response
from tests.mutants.serving import (
    CRASH,
    Mutant,
    Serve,
    answering,
    asking,
    hearing,
    instead,
    replacing,
    with_body,
    with_field,
)
from tests.mutants.stage05_parameters import at, looking_up

ANY = "/files/.*"


def on(method: str, change: Callable[[Response], Response]) -> Serve:
    """Change the responses to one method for files."""
    return answering(
        lambda request, response: (
            change(response) if request.method == method and request.path.startswith("/files/") else response
        )
    )


def typed(media_type: str) -> Callable[[Response], Response]:
    return lambda response: with_field(response, "Content-Type", media_type)


def with_status(status: int) -> Callable[[Response], Response]:
    return lambda response: response._replace(status=status)


def text_mode(response: Response) -> Response:
    """Open files in text mode, as on Windows."""
    return with_body(response, response.content.replace(b"\n", b"\r\n"))


def decoded(response: Response) -> Response:
    return with_body(response, response.content.decode("utf-8", "replace").encode())


def characters_counted(response: Response) -> Response:
    """Send as many octets as the text has characters."""
    return with_body(response, response.content[: len(response.content.decode())])


def undecoded(request: Request) -> Request:
    return elsewhere(request) if re.match("/files/.*%[67]", request.target) else request


def with_query(request: Request) -> Request:
    return elsewhere(request) if request.query and request.path.startswith("/files/") else request


def elsewhere(request: Request) -> Request:
    return request._replace(path="/forgotten")


def picky(request: Request, response: Response) -> Response:
    """Send a file only if Accept contains its media type."""
    refused = request.path.startswith("/files/") and request.field("Accept") == "application/json"
    return response._replace(status=406) if refused else response


def posted_as_got(request: Request) -> Request:
    return request._replace(method="GET") if request.path.startswith("/files/") else request


def listing(response: Response) -> Response:
    return with_body(response._replace(status=200), b"<a href=nested.txt>nested.txt</a>")


MUTANTS = (
    Mutant(id="no-public-folder", breaks=("files-served",), serve=at(ANY, with_status(404))),
    Mutant(id="failing-files", breaks=("files-served",), serve=at(ANY, with_status(500))),
    Mutant(id="files-in-text-mode", breaks=("files-intact",), serve=at(r"/files/\w+\.(txt|json)", text_mode)),
    Mutant(id="characters-counted", breaks=("files-intact",), serve=at("/files/hello.txt", characters_counted)),
    Mutant(id="pictures-decoded", breaks=("files-binary",), serve=at("/files/.*.png", decoded)),
    Mutant(id="files-of-one-segment", breaks=("files-folders",), serve=at("/files/.*/.*", with_status(404))),
    Mutant(id="file-name-not-decoded", breaks=("files-percent",), serve=asking(undecoded)),
    Mutant(id="fails-at-encoded-slash", breaks=("files-encoded-slash",), serve=instead(rb"GET /files/notes%2F", CRASH)),
    Mutant(id="query-in-file-name", breaks=("files-query",), serve=asking(with_query)),
    Mutant(id="pictures-as-text", breaks=("files-type",), serve=at("/files/.*.png", typed("text/plain"))),
    Mutant(id="json-as-bytes", breaks=("files-type",), serve=at("/files/.*.json", typed("application/octet-stream"))),
    Mutant(id="text-without-charset", breaks=("files-charset",), serve=at("/files/.*.txt", typed("text/plain"))),
    Mutant(id="no-style", breaks=("files-style",), serve=at("/style.css", with_status(404))),
    Mutant(id="style-as-text", breaks=("files-style",), serve=at("/style.css", typed("text/plain"))),
    Mutant(id="files-by-accept", breaks=("files-accept",), serve=answering(picky)),
    Mutant(id="files-without-head", breaks=("files-head",), serve=on("HEAD", with_status(405))),
    Mutant(id="file-head-with-body", breaks=("files-head",), serve=hearing(replacing(rb"\AHEAD (?=/files/)", b"GET "))),
    Mutant(
        id="file-head-of-length-0",
        breaks=("files-head-length",),
        serve=on("HEAD", lambda got: with_field(got, "Content-Length", "0")),
    ),
    Mutant(
        id="file-head-of-another-type",
        breaks=("files-head-type",),
        serve=on("HEAD", typed("application/octet-stream")),
    ),
    Mutant(id="file-takes-post", breaks=("files-methods",), serve=asking(posted_as_got)),
    Mutant(
        id="soft-404-of-files",
        breaks=("files-missing",),
        serve=at(ANY, lambda response: response._replace(status=200) if response.status == 404 else response),
    ),
    Mutant(id="fails-at-missing-file", breaks=("files-missing",), serve=at("/files/missing.*", with_status(500))),
    Mutant(id="lists-folders", breaks=("files-folder",), serve=at("/files/(notes/?)?", listing)),
    Mutant(id="fails-at-folder", breaks=("files-folder",), serve=at("/files/(notes/?)?", with_status(500))),
    Mutant(
        id="final-slash-of-file",
        breaks=("files-below",),
        serve=looking_up("/files/[^.]+.txt/+", lambda path: path.rstrip("/")),
    ),
    Mutant(id="fails-below-file", breaks=("files-below",), serve=at("/files/.*txt/more", with_status(500))),
    Mutant(id="fails-at-dots", breaks=("files-dots",), serve=at(r"/files/\.+", with_status(500))),
    Mutant(id="fails-at-nul-in-name", breaks=("files-nul",), serve=instead(rb"GET /files/[^ ]*%00", CRASH)),
    Mutant(id="fails-at-long-name", breaks=("files-long",), serve=at("/files/x{300}", with_status(500))),
)
