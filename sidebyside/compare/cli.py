"""`sidebyside compare`: reads its options, sends the messages to the servers, and prints the comparison."""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any, BinaryIO

import click
from rich.console import Console

from guests import Guest
from http_contract.cli.console import say
from http_contract.cli.options import rule_ids, seconds
from http_contract.client.server import HOST_AND_PORT, TIMEOUT, Server
from http_contract.errors import CannotJudge
from http_contract.http.request import Part, get
from http_contract.rules.model import Rule
from sidebyside.compare.diff import Comparison, compare_replies, overall_verdict
from sidebyside.compare.export import to_har, to_json
from sidebyside.compare.replay import find_rule, rule_messages
from sidebyside.compare.request import METHODS, Message, build_message, multipart_body, raw_message, urlencoded_body
from sidebyside.compare.send import Endpoint, Reply, endpoints_at, send_in_turn
from sidebyside.compare.text import render
from sidebyside.console import console, print_lines
from sidebyside.launch import options as launch_options
from sidebyside.launch.board import Board
from sidebyside.launch.guests import with_guests
from sidebyside.launch.launcher import ServerOutput, launch, wait_until_all_listen, watch
from sidebyside.launch.ports import free_base_port
from sidebyside.launch.services import HOST, SERVERS, ServerSpec, Service, server_specs
from sidebyside.launch.signals import interruptible

URL = re.compile(rf"https?://.*|{HOST_AND_PORT}")
EXAMPLES = """\b
Examples:
  sidebyside compare GET /time -H 'Accept: application/json'
  sidebyside compare POST /form -F colour=green -F picture=@cat.png
  sidebyside compare GET / --urls http://127.0.0.1:5000 http://127.0.0.1:8001
  sidebyside compare --rule route-unknown --on gunicorn
  sidebyside compare GET //test --with bottle,fastapi
  printf 'GET / HTTP/1.1\\r\\n\\r\\n' | sidebyside compare --raw -

Exit status: 0 if the responses are identical or have only expected differences; 1 if they differ; 2 if they cannot be
compared.
"""

# -- the values of options


def complete_method(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return [method for method in METHODS if method.startswith(incomplete.upper())]


def complete_path(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the paths of the routes that begin with the typed text, each up to its first parameter."""
    from raw_router.urls import URLS  # here, so that an error in it is that of a server, not of this command

    found = (path.partition("<")[0] for path in URLS)
    return [path for path in found if path.startswith(incomplete)]


def parse_data(text: str) -> bytes:
    """Return the text, or the content of the file that is named after an @."""
    if not text.startswith("@"):
        return text.encode(errors="surrogateescape")
    try:
        return Path(text[1:]).read_bytes()
    except (OSError, ValueError) as error:
        raise click.BadParameter(f"{text[1:]!r} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def parse_part(text: str) -> Part:
    """Return the form field that name=value means, or the file that name=@file means."""
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise click.BadParameter(f"{text!r} is not a valid form field such as name=value or name=@file")
    return Part(name, parse_data(value), Path(value[1:]).name if value.startswith("@") else None)


class CompareCommand(click.Command):
    """A command whose option --urls accepts several URLs at once."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, list(repeat_urls_option(args)))


def repeat_urls_option(arguments: Sequence[str]) -> Iterator[str]:
    """Yield the arguments, with --urls before each further URL that follows it."""
    previous = ""
    for argument in arguments:
        if previous == "URL" and URL.fullmatch(argument):
            yield "--urls"
        yield argument
        previous = "URL" if previous == "--urls" or (previous == "URL" and URL.fullmatch(argument)) else argument


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageOptions:
    """The options that choose what is sent: the parts of a request, raw bytes, or a rule."""

    method: str | None = None
    path: str | None = None
    fields: Sequence[str] = ()
    data: Sequence[bytes] = ()
    parts: Sequence[Part] = ()
    raw: bytes | None = None
    rule: Rule | None = None

    @property
    def is_request(self) -> bool:
        return self.raw is None and self.rule is None

    def check(self) -> None:
        """Raise CannotJudge if the options contradict each other, or if the request is not valid."""
        if self.raw is not None and self.rule is not None:
            raise CannotJudge("--raw and --rule cannot be used together")
        if self.is_request and (self.method is None or self.path is None):
            raise CannotJudge("METHOD and PATH are required, for example GET /time, unless --raw or --rule is used")
        if not self.is_request and (self.method or self.fields or self.data or self.parts):
            raise CannotJudge("METHOD, PATH, -H, -d and -F cannot be used with --raw or --rule")
        if self.data and self.parts:
            raise CannotJudge("-d and -F cannot be used together")
        if self.is_request:
            self._request()

    def messages(self, server: Server) -> tuple[Message, ...]:
        """Return the messages to send; the check of a rule runs against `server` to record its messages."""
        if self.rule is not None:
            return rule_messages(self.rule, server)
        if self.raw is not None:
            return (raw_message(self.raw),)
        return (self._request(),)

    def _request(self) -> Message:
        body = multipart_body(self.parts) if self.parts else urlencoded_body(self.data) if self.data else None
        return build_message(self.method or "", self.path or "", self.fields, body)


# -- the command


@click.command(cls=CompareCommand, epilog=EXAMPLES)
@click.argument("method", required=False, shell_complete=complete_method)
@click.argument("path", required=False, shell_complete=complete_path)
@click.option("-H", "fields", multiple=True, metavar="'NAME: VALUE'", help="A header field. Can be repeated.")
@click.option(
    "-d", "data", type=parse_data, multiple=True, metavar="DATA", help="The body, or @FILE. Several are joined with &."
)
@click.option(
    "-F", "parts", type=parse_part, multiple=True, metavar="NAME=VALUE", help="A form field, or NAME=@FILE for a file."
)
@click.option("--raw", type=click.File("rb"), help="Send the bytes of this file unchanged; - reads standard input.")
@click.option("--rule", "rule", metavar="RULE", shell_complete=rule_ids, help="Send the requests of a contract rule.")
@click.option("--urls", multiple=True, metavar="URL URL ...", help="Compare the servers at two or more URLs.")
@click.option("--ca", type=click.Path(dir_okay=False), help="Trust this certificate (PEM) for https URLs.")
@click.option("--on", "server", type=click.Choice(list(SERVERS)), help="Server for Flask and Django. [raw_router]")
@launch_options.guests
@click.option("--timeout", type=seconds, default=TIMEOUT, show_default=True, help="Seconds to wait for a response.")
@click.option("--json", "form", flag_value="json", help="Print one JSON object.")
@click.option("--har", "form", flag_value="har", help="Print HAR 1.2, a format that browsers and proxies read.")
def compare(form: str | None, raw: BinaryIO | None, rule: str | None, **given: Any) -> None:
    """Send the same bytes to several servers and show their responses side by side.

    The bytes are a request for METHOD and PATH, a file (--raw), or the requests of a rule (--rule). Without --urls, the
    command starts the three implementations and the guests of --with on free ports, and stops them at the end. All
    servers receive the same bytes, except for placeholders in PATH and -H: {authority} is replaced by the server's own
    host and port, {origin} by its URL.

    Expected differences do not count and have a mark of their own: the server's own host and port; the time in Date,
    Expires and bodies, as far as time has passed between the requests; and 100 Continue. Everything else counts, also
    Connection, and whether a server closes the connection. If only the servers under the applications cause a
    difference, the verdict names them.
    """
    chosen = {name: given.pop(name) for name in ("urls", "ca", "server", "guests", "timeout")}
    with interruptible():
        options = MessageOptions(raw=raw.read() if raw else None, rule=find_rule(rule) if rule else None, **given)
        options.check()
        with progress() as report_progress, compared_servers(**chosen) as endpoints:
            report_progress("Sending")
            comparisons = compare_all(options, endpoints)
    print_comparisons(comparisons, form)
    sys.exit(1 if overall_verdict(comparisons) == "differs" else 0)


def compare_all(options: MessageOptions, endpoints: Sequence[Endpoint]) -> list[Comparison]:
    """Send each message to all servers. Raises CannotJudge if no server responds, or one accepts no connection."""
    messages = options.messages(endpoints[0].server)
    comparisons = [compare_replies(each, asked(each, endpoints)) for each in messages]
    if all(each.is_silent for each in comparisons):
        raise CannotJudge("no server has responded in time; use --timeout to wait longer")
    return comparisons


def asked(message: Message, endpoints: Sequence[Endpoint]) -> list[Reply]:
    replies = send_in_turn(message, endpoints)
    for failure in filter(None, (each.failure for each in replies)):
        raise CannotJudge(failure)
    return replies


def print_comparisons(comparisons: Sequence[Comparison], form: str | None) -> None:
    if form:
        say({"json": to_json, "har": to_har}[form](comparisons))
    else:
        out = console()
        print_lines(out, render(comparisons, out))


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Yield a function that shows the current step in a terminal."""
    with Console(stderr=True).status("Starting") as status:
        yield status.update


# -- the servers


def compared_servers(
    urls: Sequence[str], ca: str | None, server: str | None, guests: Sequence[Guest], timeout: float
) -> AbstractContextManager[list[Endpoint]]:
    """Return a context that yields the servers to compare, and stops them if it has started them."""
    if not urls:
        if ca:
            raise CannotJudge("--ca can only be used with https URLs in --urls")
        return started_services(server or "raw_router", with_guests(guests), timeout)
    if server or guests:
        raise CannotJudge(f"{'--on' if server else '--with'} cannot be used with --urls")
    return nullcontext(endpoints_at(urls, ca, timeout))


@contextmanager
def started_services(server: str, services: Sequence[Service], timeout: float) -> Iterator[list[Endpoint]]:
    """Start services, on this server as far as they can run on it. Raises LaunchError if one does not start."""
    started = server_specs(server, free_base_port(len(services)), services)
    with launch(started) as children, TemporaryDirectory() as folder:
        output, board = watch(children), Board(folder)
        wait_until_all_listen(children, output)
        with drained(output, board):
            endpoints = [endpoint_of(each, timeout, board) for each in started]
            for endpoint in endpoints:
                endpoint.server.with_own_record().ask(
                    get("/")
                )  # a framework loads at the first request, which takes time
            yield endpoints


def endpoint_of(spec: ServerSpec, timeout: float, board: Board) -> Endpoint:
    server = Server(HOST, spec.port, timeout=timeout)
    return Endpoint(spec.name, server, spec.colour, spec.runs_on, board.output(spec.name))


@contextmanager
def drained(output: ServerOutput, board: Board) -> Iterator[None]:
    """Copy the servers' output to a board until the block ends, in a thread. Raises LaunchError if a server ends."""
    stop = Event()

    def drain() -> None:
        while not stop.is_set():
            for process, lines in next(output):
                board.output(process.spec.name).add(lines)

    with ThreadPoolExecutor(1) as pool:
        draining = pool.submit(drain)
        try:
            yield
        finally:
            stop.set()
            draining.result()
