"""A group of commands that are imported when they are called, so that a command starts and completes quickly."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

from http_contract.cli.console import Unable
from http_contract.errors import CannotJudge
from http_contract.escaping import escape_controls

Table = Mapping[str, tuple[str, str]]
"""For each command: the module that defines it under the same name, and its description in one line."""

NEAR = 0.7  # similarity of a suggestion: --port for --prot, but not --on


class Commands(click.Group):
    """A group of the commands in a table."""

    def __init__(self, *arguments: Any, table: Table, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.table)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, short) for name, (_, short) in self.table.items()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.table:
            return None
        command: Any = getattr(import_module(self.table[cmd_name][0]), cmd_name)
        return command if isinstance(command, click.Command) else None

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the name of a command without importing any."""
        names = [name for name in self.table if name.startswith(incomplete)]
        items = [CompletionItem(name, help=self.table[name][1]) for name in names]
        return [*items, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        name, *_ = args
        if name in self.table or name.startswith("-"):  # after --, which click explains
            return super().resolve_command(ctx, args)
        raise Unable(f"No such command {name!r}.{suggested(name, self.table)}")

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. Every error becomes one line."""
        try:
            return super().invoke(ctx)
        except click.NoSuchOption as error:
            raise Unable(f"{error.message}{suggested(error.option_name, options(error.ctx))}") from error
        except click.UsageError as error:
            raise Unable(error.format_message()) from error
        except CannotJudge as error:
            raise Unable(escape_controls(str(error))) from error


def options(ctx: click.Context | None) -> list[str]:
    """Return the long options of a command."""
    params = ctx.command.params if ctx else []
    return [word for each in params for word in each.opts if word.startswith("--")]


def suggested(word: str, known: Iterable[str]) -> str:
    """Return a question that suggests similar words, or nothing."""
    near = get_close_matches(word, list(known), cutoff=NEAR)
    return f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
