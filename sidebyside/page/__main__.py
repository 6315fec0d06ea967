"""python -m sidebyside.page: serves the page for services that already run."""

from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import click

from guests import Guest
from raw_router.drivers import TIMEOUTS, threads
from raw_router.listeners import open_listener
from raw_router.responder import Responder
from raw_router.signals import stop_on_signals
from raw_router.wsgi import handler_for
from sidebyside.launch import options
from sidebyside.launch.board import Board
from sidebyside.launch.guests import with_guests
from sidebyside.launch.ports import check_ports
from sidebyside.launch.requirements import LaunchError
from sidebyside.launch.services import HOST, page_spec, server_specs
from sidebyside.page.app import create_app
from sidebyside.page.explainer import Explainer
from sidebyside.page.own_servers import OwnServers
from sidebyside.page.settings import Settings, running_services
from sidebyside.page.targets import Command
from sidebyside.sources import fingerprint, look


@click.command()
@options.port
@options.base_port
@options.on
@options.guests
@options.command
@click.option("--folder", metavar="FOLDER", hidden=True, default=".", help="The current folder of the command.")
@click.option("--board", metavar="FOLDER", hidden=True, help="The folder in which the launcher shows how services run.")
def main(
    port: int, base_port: int, server: str, guests: Sequence[Guest], command: str | None, folder: str, board: str | None
) -> None:
    """Serve the page until Ctrl-C. `sidebyside page` starts it together with the services."""
    spec = page_spec(port, base_port, server, board or "")
    try:
        check_ports([spec])
    except LaunchError as error:
        raise click.ClickException(str(error)) from error
    services = running_services(server_specs(server, base_port, with_guests(guests)))
    shown = Board(board) if board else None
    with closing(Explainer(sources)) as explainer, closing(OwnServers(sources)) as own_servers:
        own = Command(command, Path(folder)) if command else None
        settings = Settings(services, port, explainer, shown, own_servers, own)
        handler = handler_for(create_app(settings), (HOST, port))
        with open_listener((HOST, port)) as listener, stop_on_signals(TIMEOUTS.grace) as stop:
            threads.serve([listener], partial(Responder, handler), stop)


def sources() -> str:
    """Return a text that changes when a source does."""
    return fingerprint(look())


if __name__ == "__main__":
    main(prog_name="python -m sidebyside.page")
