"""sidebyside page: start the three implementations, and the page that looks at them."""

import click
from rich.console import Console

from sidebyside.commands import options
from sidebyside.services import jobs, page_job
from sidebyside.serving import Failed
from sidebyside.serving import serve as serve_jobs

EXAMPLES = """\b
Examples:
  sidebyside page                       http://127.0.0.1:8000, the three on 8001, 8002 and 8003
  sidebyside page --port 9000 --base-port 9000
  sidebyside page --on gunicorn         Flask and Django on gunicorn
"""


@click.command(epilog=EXAMPLES)
@options.port
@options.base_port
@options.on
def page(port: int, base_port: int, server: str) -> None:
    """Start the three implementations, and a page that shows them side by side.

    Open it in a browser of this machine: send a request to all three, see what differs and why, run the contract, and
    read the same ideas in three forms. Ctrl-C ends everything.
    """
    three = jobs(server, base_port)
    if port in {job.port for job in three}:
        raise click.UsageError(f"port {port} is one of the three; choose another with --port or --base-port")
    try:
        serve_jobs([page_job(port, base_port, server), *three], Console())
    except Failed as failed:
        raise click.ClickException(str(failed)) from failed
