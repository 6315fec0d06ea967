"""sidebyside serve: start the three implementations and keep them running."""

import click
from rich.console import Console

from sidebyside.services import HIGHEST_BASE_PORT, SERVERS, jobs
from sidebyside.serving import Failed
from sidebyside.serving import serve as serve_jobs

EXAMPLES = """\b
Examples:
  sidebyside serve                      on ports 8001, 8002 and 8003
  sidebyside serve --base-port 9000     on ports 9001, 9002 and 9003
  sidebyside serve --on gunicorn        Flask and Django on gunicorn
"""


@click.command(epilog=EXAMPLES)
@click.option(
    "--base-port",
    type=click.IntRange(1, HIGHEST_BASE_PORT),
    default=8000,
    show_default=True,
    help="Ports are counted from here: raw takes the next one, flask and django the two after it.",
)
@click.option(
    "--on",
    "server",
    type=click.Choice(list(SERVERS)),
    default="raw_router",
    show_default=True,
    help="What Flask and Django run on: raw_router holds the transport equal, so that only routing differs; "
    "dev is each framework's own development server. gunicorn and waitress come with the extra `servers`.",
)
def serve(base_port: int, server: str) -> None:
    """Start the three implementations, and show their access lines.

    They listen on 127.0.0.1 alone. Ctrl-C ends them all; when one ends by itself, so do the others.
    """
    try:
        serve_jobs(jobs(server, base_port), Console())
    except Failed as failed:
        raise click.ClickException(str(failed)) from failed
