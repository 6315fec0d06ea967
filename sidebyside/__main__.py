"""sidebyside, also as python -m sidebyside: the commands, and what they take."""

import click
from rich.console import Console

from sidebyside.bench.command import bench
from sidebyside.services import HIGHEST_BASE_PORT, SERVERS, jobs
from sidebyside.serving import Failed
from sidebyside.serving import serve as serve_jobs

SERVE_EXAMPLES = """\b
Examples:
  sidebyside serve                      on ports 8001, 8002 and 8003
  sidebyside serve --base-port 9000     on ports 9001, 9002 and 9003
  sidebyside serve --on gunicorn        Flask and Django on gunicorn
"""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="three-routers", message="%(package)s %(version)s")
def main() -> None:
    """Look at one service, routed three ways, side by side."""


@main.command(epilog=SERVE_EXAMPLES)
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


main.add_command(bench)

if __name__ == "__main__":
    main(prog_name="sidebyside")
