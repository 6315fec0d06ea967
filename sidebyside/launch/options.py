"""The options that several commands have: the ports, and the server that applications run on."""

from collections.abc import Callable
from typing import TypeVar

import click
from click.shell_completion import CompletionItem

from guests import GUESTS, Guest
from http_contract.errors import CannotJudge
from http_contract.sandbox.launcher import arguments_of
from sidebyside.launch.guests import HIGHEST_BASE_PORT, SEPARATOR, UnknownGuest, find_guests
from sidebyside.launch.services import SERVERS

Command = TypeVar("Command", bound=Callable[..., object])


class GuestNames(click.ParamType[tuple[Guest, ...]]):
    """Names of guests, separated by commas."""

    name = "guests"

    def convert(
        self, value: str | tuple[Guest, ...], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Guest, ...]:
        if isinstance(value, tuple):
            return value
        try:
            return find_guests(value)
        except UnknownGuest as error:
            self.fail(str(error), param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        before, separator, last = incomplete.rpartition(SEPARATOR)
        found = (guest for guest in GUESTS if guest.name.startswith(last))
        return [CompletionItem(f"{before}{separator}{guest.name}", help=guest.title) for guest in found]


base_port = click.option(
    "--base-port",
    type=click.IntRange(1, HIGHEST_BASE_PORT),
    default=8000,
    show_default=True,
    help="The port before the first server: raw listens on this port + 1, flask on + 2, django on + 3, the guests of "
    "--with on the ports after that.",
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
guests = click.option(
    "--with",
    "guests",
    type=GuestNames(),
    default=(),
    metavar="NAME,NAME",
    help="Also start these guests, the same routes in other frameworks: "
    f"{', '.join(guest.name for guest in GUESTS)}. They require the extra `guests`.",
)


def check_command(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Return a command, if there is one. Raises click.BadParameter if it is empty, or a quotation in it has no end."""
    try:
        if value is not None:
            arguments_of(value, 0)
    except CannotJudge as error:
        raise click.BadParameter(str(error)) from error
    return value


command = click.option(
    "--command",
    metavar="COMMAND",
    callback=check_command,
    help="A command that starts a server of your own, as for contract check; {port} is replaced by its port. The page "
    "judges it when you ask for it, and shows what it prints.",
)


def reload(default: bool) -> Callable[[Command], Command]:
    """Return the option that lets servers follow their sources."""
    text = "Start an implementation again when one of its sources changes; if that fails, the others run on."
    return click.option("--reload/--no-reload", default=default, show_default=True, help=text)
