"""contract, also as python -m contract: the judge at the command line."""

from importlib import import_module
from typing import Any

import click

from contract.commands import Unable
from contract.errors import CannotJudge

COMMANDS = {
    "check": "Judge one server.",
    "explain": "Tell all about a rule.",
    "rules": "List the rules.",
    "init": "Make a folder to begin a course, or a server, with.",
    "grade": "Judge a folder of submissions.",
}


class Commands(click.Group):
    """Commands that are imported once they are called, so that each starts quickly."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: Any = getattr(import_module(f"contract.commands.{name}"), name)
        return command if isinstance(command, click.Command) else None

    def invoke(self, context: click.Context) -> Any:
        """Carry a command out; what the judge can't do, or does not understand, it says in one line."""
        try:
            return super().invoke(context)
        except click.UsageError as error:
            raise Unable(error.format_message()) from error
        except CannotJudge as error:
            raise Unable(str(error)) from error


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="three-routers", message="%(package)s %(version)s")
def main() -> None:
    """Judge HTTP servers, in any language, by one contract in ten stages."""


if __name__ == "__main__":
    main(prog_name="contract")
