"""Options that several commands have: on which ports, and on which server."""

import click

from sidebyside.services import HIGHEST_BASE_PORT, SERVERS

base_port = click.option(
    "--base-port",
    type=click.IntRange(1, HIGHEST_BASE_PORT),
    default=8000,
    show_default=True,
    help="Ports are counted from here: raw takes the next one, flask and django the two after it.",
)
on = click.option(
    "--on",
    "server",
    type=click.Choice(list(SERVERS)),
    default="raw_router",
    show_default=True,
    help="What Flask and Django run on: raw_router holds the transport equal, so that only routing differs; "
    "dev is each framework's own development server, nginx is raw_router behind it, for raw, too. gunicorn, waitress, "
    "uvicorn and granian come with the extra `servers`, nginx with the system.",
)
port = click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Where the page itself is."
)
