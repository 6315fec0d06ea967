"""The options that several commands have: the ports, and the server that applications run on."""

import click

from sidebyside.launch.services import HIGHEST_BASE_PORT, SERVERS

base_port = click.option(
    "--base-port",
    type=click.IntRange(1, HIGHEST_BASE_PORT),
    default=8000,
    show_default=True,
    help="The port before the first server: raw listens on this port + 1, flask on + 2, django on + 3.",
)
on = click.option(
    "--on",
    "server",
    type=click.Choice(list(SERVERS)),
    default="raw_router",
    show_default=True,
    help="The server that runs Flask and Django. raw_router: all three share one server, so only routing differs. "
    "dev: each framework's own development server. nginx: all three run on raw_router behind nginx. gunicorn, "
    "waitress, uvicorn and granian require the extra `servers`; nginx is a package of the system.",
)
port = click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="The port of the web page."
)
