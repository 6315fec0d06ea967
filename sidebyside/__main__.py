"""sidebyside, also as python -m sidebyside: the commands, each imported once it is called."""

from importlib import import_module
from typing import Any

import click

from contract.commands import Unable

COMMANDS = {
    "serve": ("sidebyside.commands.serve", "Start the three implementations, and show their access lines."),
    "page": ("sidebyside.commands.page", "Start the three, and a page that shows them side by side."),
    "compare": ("sidebyside.compare.command", "Send the same bytes to each, and show where the answers differ."),
    "routes": ("sidebyside.commands.routes", "Show the three route tables, and where they differ."),
    "bench": ("sidebyside.bench.command", "Measure raw_router beside other servers."),
}


class Commands(click.Group):
    """Commands that are imported once they are called, so that each starts quickly."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, short) for name, (_, short) in COMMANDS.items()])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: Any = getattr(import_module(COMMANDS[name][0]), name)
        return command if isinstance(command, click.Command) else None

    def invoke(self, context: click.Context) -> Any:
        """Carry a command out; what it does not understand, it says in one line."""
        try:
            return super().invoke(context)
        except click.UsageError as error:
            raise Unable(error.format_message()) from error


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="three-routers", message="%(package)s %(version)s")
def main() -> None:
    """Look at one service, routed three ways, side by side."""


if __name__ == "__main__":
    main(prog_name="sidebyside")
