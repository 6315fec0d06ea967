"""sidebyside serve and sidebyside page: start servers in the foreground."""

from collections.abc import Sequence
from tempfile import TemporaryDirectory

import click

from guests import Guest
from sidebyside.console import console
from sidebyside.launch import options
from sidebyside.launch.board import Board
from sidebyside.launch.foreground import Follow, as_started, reloading, serve_in_foreground
from sidebyside.launch.guests import with_guests
from sidebyside.launch.requirements import LaunchError
from sidebyside.launch.services import ServerSpec, page_spec, server_specs

SERVE_EXAMPLES = """\b
Examples:
  sidebyside serve                      on ports 8001, 8002 and 8003
  sidebyside serve --base-port 9000     on ports 9001, 9002 and 9003
  sidebyside serve --on gunicorn        Flask and Django on gunicorn
  sidebyside serve --on nginx           all three on raw_router behind nginx
  sidebyside serve --with bottle        Bottle, too, on port 8004
  sidebyside serve --reload             each starts again when its sources change
"""
PAGE_EXAMPLES = """\b
Examples:
  sidebyside page                       http://127.0.0.1:8000, the three on 8001, 8002 and 8003
  sidebyside page --port 9000 --base-port 9000
  sidebyside page --on gunicorn         Flask and Django on gunicorn
  sidebyside page --with bottle,fastapi,tornado
  sidebyside page --command 'node server.js {port}'
"""
FOLLOW: dict[bool, Follow] = {False: as_started, True: reloading}  # by --reload


@click.command(epilog=SERVE_EXAMPLES)
@options.base_port
@options.on
@options.guests
@options.reload(default=False)
def serve(base_port: int, server: str, guests: Sequence[Guest], reload: bool) -> None:
    """Start the three implementations and print their access logs.

    The servers listen on 127.0.0.1 only. Press Ctrl-C to stop all of them. If one server ends by itself, the others
    are stopped, too.
    """
    with TemporaryDirectory() as folder:
        start(server_specs(server, base_port, with_guests(guests)), Board(folder), FOLLOW[reload])


@click.command(epilog=PAGE_EXAMPLES)
@options.port
@options.base_port
@options.on
@options.guests
@options.command
@options.reload(default=True)
def page(port: int, base_port: int, server: str, guests: Sequence[Guest], command: str | None, reload: bool) -> None:
    """Start the three implementations and a web page that shows them side by side.

    Open the page in a browser on this machine: send a request to all three, see how the responses differ and why, check
    a server with the rules of the judge, and read the same ideas as the code of each implementation. Edit a route, a
    template or a view, and send the request again: the implementation starts again by itself. Press Ctrl-C to stop
    everything.
    """
    services = server_specs(server, base_port, with_guests(guests))
    if port in {spec.port for spec in services}:
        raise click.UsageError(
            f"Port {port} is the port of one of the implementations. Choose another --port or --base-port."
        )
    with TemporaryDirectory() as folder:
        spec = page_spec(port, base_port, server, folder, [guest.name for guest in guests], command)
        start([spec, *services], Board(folder), FOLLOW[reload])


def start(specs: Sequence[ServerSpec], board: Board, follow: Follow) -> None:
    try:
        serve_in_foreground(specs, console(), board, follow)
    except LaunchError as error:
        raise click.ClickException(str(error)) from error
