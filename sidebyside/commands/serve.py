"""sidebyside serve: start the three implementations and keep them running."""

import click
from rich.console import Console

from sidebyside.commands import options
from sidebyside.services import jobs
from sidebyside.serving import Failed
from sidebyside.serving import serve as serve_jobs

EXAMPLES = """\b
Examples:
  sidebyside serve                      on ports 8001, 8002 and 8003
  sidebyside serve --base-port 9000     on ports 9001, 9002 and 9003
  sidebyside serve --on gunicorn        Flask and Django on gunicorn
  sidebyside serve --on nginx           all three on raw_router behind nginx
"""


@click.command(epilog=EXAMPLES)
@options.base_port
@options.on
def serve(base_port: int, server: str) -> None:
    """Start the three implementations, and show their access lines.

    They listen on 127.0.0.1 alone. Ctrl-C ends them all; when one ends by itself, so do the others.
    """
    try:
        serve_jobs(jobs(server, base_port), Console())
    except Failed as failed:
        raise click.ClickException(str(failed)) from failed
