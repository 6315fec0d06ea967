"""`sidebyside compare`: reads its options, sends the messages to the servers, and prints the comparison."""

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import click
from rich.console import Console

from http_contract.cli.console import say
from http_contract.cli.options import rule_ids, seconds
from http_contract.client.server import HOST_AND_PORT, TIMEOUT, Server
from http_contract.errors import CannotJudge
from http_contract.http.request import Part
from http_contract.rules.model import Rule
from sidebyside.compare.diff import Comparison, Verdict, compare_replies, overall_verdict
from sidebyside.compare.export import to_har, to_json
from sidebyside.compare.replay import find_rule, rule_messages
from sidebyside.compare.request import METHODS, Message, build_message, multipart_body, raw_message, urlencoded_body
from sidebyside.compare.send import Endpoint, Reply, send_in_turn
from sidebyside.compare.servers import compared_servers
from sidebyside.compare.text import RowsShown, differing_rows, every_row, render
from sidebyside.compare.watching import compare_at_each_change
from sidebyside.console import console, print_lines
from sidebyside.launch import options as launch_options
from sidebyside.launch.services import SERVERS
from sidebyside.launch.signals import interruptible

URL = re.compile(rf"https?://.*|{HOST_AND_PORT}")
EXAMPLES = """\b
Examples:
  sidebyside compare GET /time -H 'Accept: application/json'
  sidebyside compare POST /form -F colour=green -F picture=@cat.png
  sidebyside compare GET / --urls http://127.0.0.1:5000 http://127.0.0.1:8001
  sidebyside compare --rule route-unknown --on gunicorn
  sidebyside compare GET //test --with bottle,fastapi
  sidebyside compare GET /time --watch --only-differences
  sidebyside compare POST /hello/you --on dev --expect different
  printf 'GET / HTTP/1.1\\r\\n\\r\\n' | sidebyside compare --raw -

Exit status: 0 if the responses are identical or have only expected differences; 1 if they differ; 2 if they cannot be
compared. With --expect different, 0 and 1 are exchanged.
"""

EXPECTED: Mapping[str, Sequence[Verdict]] = {"same": ("same", "may"), "different": ("differs",)}
"""The verdicts with which the exit status is 0, by the values of --expect."""

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
@click.option(
    "--only-differences", "rows", flag_value=differing_rows, type=click.UNPROCESSED, help="Print only what differs."
)
@click.option("--watch", is_flag=True, help="Compare again whenever a source changes, until Ctrl-C.")
@click.option(
    "--expect",
    type=click.Choice(list(EXPECTED)),
    default="same",
    show_default=True,
    help="Exit with status 0 if this is so.",
)
@click.option("--json", "form", flag_value="json", help="Print one JSON object.")
@click.option("--har", "form", flag_value="har", help="Print HAR 1.2, a format that browsers and proxies read.")
def compare(
    form: str | None,
    raw: BinaryIO | None,
    rule: str | None,
    rows: RowsShown | None,
    watch: bool,
    expect: str,
    **given: Any,
) -> None:
    """Send the same bytes to several servers and show their responses side by side.

    The bytes are a request for METHOD and PATH, a file (--raw), or the requests of a rule (--rule). Without --urls, the
    command starts the three implementations and the guests of --with on free ports, and stops them at the end. All
    servers receive the same bytes, except for placeholders in PATH and -H: {authority} is replaced by the server's own
    host and port, {origin} by its URL.

    Expected differences do not count and have a mark of their own: the server's own host and port; the time in Date,
    Expires and bodies, as far as time has passed between the requests; and 100 Continue. Everything else counts, also
    Connection, and whether a server closes the connection. If only the servers under the applications cause a
    difference, the verdict names them.

    If a view raises an exception, the last frames of its traceback are printed, as each implementation has logged it.
    """
    chosen = {name: given.pop(name) for name in ("urls", "ca", "server", "guests", "timeout")}
    with interruptible():
        options = MessageOptions(raw=raw.read() if raw else None, rule=find_rule(rule) if rule else None, **given)
        options.check()
        once = Once(options, chosen, form, rows or every_row)
        if watch and form:
            raise CannotJudge("--watch cannot be used with --json or --har")
        verdict = compare_at_each_change(once, chosen["urls"]) if watch else once()
    sys.exit(0 if verdict in EXPECTED[expect] else 1)


@dataclass(frozen=True, slots=True)
class Once:
    """One comparison: of which messages, by which servers, and how it is printed."""

    options: MessageOptions
    servers: Mapping[str, Any]  # the arguments of compared_servers
    form: str | None
    rows: RowsShown

    def __call__(self) -> Verdict:
        """Compare, print the comparison, and return the verdict. CannotJudge or LaunchError if that is not possible."""
        with progress() as report_progress, compared_servers(**self.servers) as endpoints:
            report_progress("Sending")
            comparisons = compare_all(self.options, endpoints)
        print_comparisons(comparisons, self.form, self.rows)
        return overall_verdict(comparisons)


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


def print_comparisons(comparisons: Sequence[Comparison], form: str | None, rows: RowsShown) -> None:
    if form:
        say({"json": to_json, "har": to_har}[form](comparisons))
    else:
        out = console()
        print_lines(out, render(comparisons, out, rows))


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Yield a function that shows the current step in a terminal."""
    with Console(stderr=True).status("Starting") as status:
        yield status.update
