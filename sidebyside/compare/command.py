"""sidebyside compare: what it takes, and what it does with it."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, BinaryIO

import click
from rich.console import Console

from http_contract.cli.console import say
from http_contract.cli.options import rule_ids, seconds
from http_contract.client.server import TIMEOUT
from http_contract.errors import CannotJudge
from sidebyside.compare.asking import Asked
from sidebyside.compare.comparing import Comparison, compared, overall
from sidebyside.compare.options import Command, content, methods, part, paths
from sidebyside.compare.records import as_har, as_json
from sidebyside.compare.replaying import rule_named
from sidebyside.compare.sending import Place, send
from sidebyside.compare.showing import shown
from sidebyside.compare.starting import ours, places_at
from sidebyside.console import console
from sidebyside.console import print_lines as show
from sidebyside.launch.services import SERVERS
from sidebyside.launch.signals import interruptible as orderly

Tell = Callable[[str], None]
EXAMPLES = """\b
Examples:
  sidebyside compare GET /time -H 'Accept: application/json'
  sidebyside compare POST /form -F colour=green -F picture=@cat.png
  sidebyside compare GET / --urls http://127.0.0.1:5000 http://127.0.0.1:8001
  sidebyside compare --rule route-unknown --on gunicorn
  printf 'GET / HTTP/1.1\\r\\n\\r\\n' | sidebyside compare --raw -

Exit status: 0 if the answers are the same, or differ only because they must; 1 if they differ; 2 if they could not be
compared.
"""


@click.command(cls=Command, epilog=EXAMPLES)
@click.argument("method", required=False, shell_complete=methods)
@click.argument("path", required=False, shell_complete=paths)
@click.option("-H", "fields", multiple=True, metavar="'NAME: VALUE'", help="A header field; can be repeated.")
@click.option("-d", "data", type=content, multiple=True, metavar="DATA", help="The body, or @FILE; & joins several.")
@click.option("-F", "parts", type=part, multiple=True, metavar="NAME=VALUE", help="A field of a form, or NAME=@FILE.")
@click.option("--raw", type=click.File("rb"), help="Send the bytes of this file, as they are; - for standard input.")
@click.option("--rule", "rule", metavar="RULE", shell_complete=rule_ids, help="Send what a rule of the contract sends.")
@click.option("--urls", multiple=True, metavar="URL URL ...", help="Compare these servers, two or more.")
@click.option("--ca", type=click.Path(dir_okay=False), help="Trust this certificate, in PEM, at https URLs.")
@click.option("--on", "server", type=click.Choice(list(SERVERS)), help="What Flask and Django run on. [raw_router]")
@click.option("--timeout", type=seconds, default=TIMEOUT, show_default=True, help="Seconds to wait for an answer.")
@click.option("--json", "form", flag_value="json", help="Print one JSON object.")
@click.option("--har", "form", flag_value="har", help="Print HAR 1.2, which browsers and proxies read.")
def compare(form: str | None, raw: BinaryIO | None, rule: str | None, **given: Any) -> None:
    """Send the same bytes to several servers, and show their answers side by side: METHOD and PATH, or others.

    Without --urls, the three implementations are started on free ports, and ended. All get the same bytes, but for
    {authority}, as in Host, and {origin}: in PATH and -H they stand for each server's own host and port, and its URL.

    What must differ does not count, and is marked in another way: a server's own authority wherever it names it; the
    time in Date, Expires and bodies, by as many seconds as have passed; Connection, Keep-Alive, and whether 100 comes.
    """
    places = {name: given.pop(name) for name in ("urls", "ca", "server", "timeout")}
    with orderly():
        asked = Asked(raw=raw.read() if raw else None, rule=rule_named(rule) if rule else None, **given)
        asked.check()
        with telling() as tell, servers(**places) as found:
            comparisons = compare_all(asked, found, tell)
    report(comparisons, form)
    sys.exit(1 if overall(comparisons) == "differs" else 0)


def servers(
    urls: Sequence[str], ca: str | None, server: str | None, timeout: float
) -> AbstractContextManager[list[Place]]:
    """Return what holds the servers to compare, and ends them where they are ours."""
    if not urls:
        if ca:
            raise CannotJudge("--ca is for https URLs, which --urls names")
        return ours(server or "raw_router", timeout)
    if server:
        raise CannotJudge("--on is for our three, which --urls replaces")
    return nullcontext(places_at(urls, ca, timeout))


def compare_all(asked: Asked, places: Sequence[Place], tell: Tell) -> list[Comparison]:
    """Send each message to one server after the other, so that none disturbs another. CannotJudge if all are silent."""
    tell("Asking")
    comparisons = []
    for message in asked.messages(places[0].server):
        comparisons.append(compared(message, [send(place, message) for place in places]))
    if all(each.is_silent for each in comparisons):
        raise CannotJudge("no server has said anything in time; --timeout gives them more")
    return comparisons


def report(comparisons: Sequence[Comparison], form: str | None) -> None:
    if form:
        say({"json": as_json, "har": as_har}[form](comparisons))
    else:
        out = console()
        show(out, shown(comparisons, out))


@contextmanager
def telling() -> Iterator[Tell]:
    """Yield what shows in a terminal what is being done."""
    with Console(stderr=True).status("Starting") as status:
        yield status.update
