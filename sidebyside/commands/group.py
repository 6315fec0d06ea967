"""The group of sidebyside's commands: what is typed wrong is met with what is near to it, if anything is."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import click

from contract.commands import Unable
from contract.commands.group import Commands

NEAR = 0.7  # how alike what is suggested must be: --prot is not --on


class SideBySide(Commands):
    """The commands in a table."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        name, *_ = args
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            raise Unable(f"No such command {name!r}.{suggested(name, self.table)}") from error

    def invoke(self, ctx: click.Context) -> Any:
        """Carry a command out; of an option that there is not, say which are near."""
        try:
            return super().invoke(ctx)
        except Unable as told:
            error = told.__cause__
            if not isinstance(error, click.NoSuchOption) or error.ctx is None:
                raise
            known = [word for each in error.ctx.command.params for word in each.opts if word.startswith("--")]
            raise Unable(f"{error.message}{suggested(error.option_name, known)}") from error


def suggested(word: str, known: Iterable[str]) -> str:
    """Return a question for what may be meant, nothing where nothing is near."""
    near = get_close_matches(word, list(known), cutoff=NEAR)
    return f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
