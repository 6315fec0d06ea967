"""sidebyside lessons: list the rungs, start one, compare two."""

import difflib
import sys
from collections.abc import Iterator, Sequence

import click
from rich.markup import escape
from rich.table import Table

from http_contract.cli.console import Unable
from http_contract.escaping import escape_bytes
from sidebyside.console import console, print_lines
from sidebyside.launch.signals import interruptible
from sidebyside.lessons.exchange import ENDS, HOW, Reply, ask
from sidebyside.lessons.ladder import Gain, Rung, find_rung, load_parts
from sidebyside.lessons.measure import comparable
from sidebyside.lessons.running import running
from sidebyside.page.editor import parse_raw

LIST_EXAMPLES = """\b
Examples:
  sidebyside lessons                    list the rungs
  sidebyside lessons run 5              start rung 5 on a free port, and print how to talk to it
  sidebyside lessons compare 28 29      send the same bytes to both, and show what rung 29 has gained
"""
RUN_EXAMPLES = """\b
Examples:
  sidebyside lessons run 33
  sidebyside lessons run 22 --port 8080
"""
COMPARE_EXAMPLES = """\b
Examples:
  sidebyside lessons compare 28 29
  sidebyside lessons compare 3 10
  sidebyside lessons compare 22 33 --send "GET /test HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"
  sidebyside lessons compare 28 29 --send "GET / HT" --send "TP/1.1\\r\\nHost: a\\r\\n\\r\\n"

Exit status: 0 if the two send back the same, 1 if they differ, 2 if a rung does not exist or does not start.
"""


class RungParameter(click.ParamType[Rung]):
    """A rung by its number or its name."""

    name = "rung"

    def convert(self, value: object, parameter: click.Parameter | None, context: click.Context | None) -> Rung:
        try:
            return find_rung(str(value))
        except LookupError as error:
            self.fail(str(error.args[0]), parameter, context)


@click.group(invoke_without_command=True, epilog=LIST_EXAMPLES)
@click.pass_context
def lessons(context: click.Context) -> None:
    """List the programs of lessons/, from a TCP echo to a URLS table; start one, or compare two."""
    if context.invoked_subcommand is None:
        print_lines(console(), list_lines())


def list_lines() -> Iterator[Table | str]:
    for part in load_parts():
        yield f"[bold]{escape(part.title)}[/bold]"
        table = Table.grid(padding=(0, 2))
        for rung in part.rungs:
            table.add_row(rung.number, rung.name[3:].replace("_", " "), escape(rung.idea))
        yield table
        yield ""


@lessons.command(epilog=RUN_EXAMPLES)
@click.argument("rung", type=RungParameter())
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port to listen on. [default: a free one]")
def run(rung: Rung, port: int) -> None:
    """Start a RUNG, print how to talk to it, and end it by Ctrl-C."""
    out = console()
    out.print(f"[bold]{rung.number} {escape(rung.name[3:].replace('_', ' '))}[/bold]: {escape(rung.idea)}")
    out.print(escape(rung.limit))
    if rung.alone:
        out.print("Start it by itself:")
        print_lines(out, [f"  {escape(command)}" for command in rung.talk])
        return
    server = find_rung(rung.server) if rung.server else rung
    with interruptible(), running(server, port) as (place, process):
        out.print(f"{server.name} listens on {place.path or f'port {place.port}'}. Talk to it in a second terminal:")
        print_lines(out, [f"  {escape(place.fill(command))}" for command in rung.talk])
        out.print("Press Ctrl-C to end it.")
        process.wait()


@lessons.command(epilog=COMPARE_EXAMPLES)
@click.argument("first", type=RungParameter())
@click.argument("second", type=RungParameter())
@click.option(
    "--send", "texts", multiple=True, metavar="BYTES", help=r"A packet, with \r, \n and \xNN. Can be repeated."
)
def compare(first: Rung, second: Rung, texts: tuple[str, ...]) -> None:
    """Send the same bytes to two rungs, the FIRST and the SECOND, and print the differences.

    Without --send, the packets are those that show what the second rung has gained.
    """
    for rung in (first, second):
        if not rung.is_server or rung.socket != "tcp":
            raise Unable(f"{rung.name} does not listen on a TCP port. Compare servers.")
    with interruptible():
        gain = Gain([parse_raw(text) for text in texts], "one", None) if texts else second.gain or first.gain
        if gain is None:
            raise Unable(f"No bytes show how {first.name} and {second.name} differ. Choose some: --send 'hello\\n'")
        replies = [comparable(ask(rung, gain)) for rung in (first, second)]
    print_lines(console(), compare_lines(first, second, gain, replies))
    sys.exit(0 if replies[0] == replies[1] else 1)


def compare_lines(first: Rung, second: Rung, gain: Gain, replies: Sequence[Reply]) -> Iterator[str]:
    """Yield what was sent, then what came back: lines of the first rung after -, of the second after +."""
    sent = " ".join(f"'{escape_bytes(packet)}'" for packet in gain.sends)
    yield f"sent{HOW[gain.how]}: {escape(sent)}"
    yield f"- {first.name} {ENDS[replies[0].end]}"
    yield f"+ {second.name} {ENDS[replies[1].end]}"
    texts = [[escape_bytes(line) for line in reply.received.splitlines(keepends=True)] for reply in replies]
    for line in difflib.ndiff(texts[0], texts[1]):
        if not line.startswith("?"):
            colour = {"-": "red", "+": "green"}.get(line[0], "default")
            yield f"[{colour}]{line[:2]}{escape(line[2:])}[/{colour}]"
    if replies[0] == replies[1]:
        yield "The two send back the same bytes."
