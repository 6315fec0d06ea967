"""Kinds of values that the options of sidebyside compare take, and an option that takes several at once."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from http_contract.client.server import HOST_AND_PORT
from raw_router.urls import URLS
from sidebyside.compare.forms import Part

METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "TRACE", "CONNECT")
URL = re.compile(rf"https?://.*|{HOST_AND_PORT}")


def methods(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the methods that begin so, for shells that complete them."""
    return [method for method in METHODS if method.startswith(incomplete.upper())]


def paths(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the paths of the routes that begin so, each up to its first parameter."""
    found = (path.partition("<")[0] for path in URLS)
    return [path for path in found if path.startswith(incomplete)]


def content(text: str) -> bytes:
    """Return the content of the file after an @, or else the text itself."""
    if not text.startswith("@"):
        return text.encode(errors="surrogateescape")
    try:
        return Path(text[1:]).read_bytes()
    except (OSError, ValueError) as error:
        raise click.BadParameter(f"{text[1:]!r} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def part(text: str) -> Part:
    """Return the field of a form, or the file, that name=value or name=@file means."""
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise click.BadParameter(f"{text!r} is no pair like name=value or name=@file")
    return Part(name, content(value), Path(value[1:]).name if value.startswith("@") else None)


class Command(click.Command):
    """A command whose --urls takes all URLs that follow it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, list(spread(args)))


def spread(arguments: Sequence[str]) -> Iterator[str]:
    """Yield the arguments, with --urls before each URL that follows one."""
    before = ""
    for argument in arguments:
        if before == "URL" and URL.fullmatch(argument):
            yield "--urls"
        yield argument
        before = "URL" if before == "--urls" or (before == "URL" and URL.fullmatch(argument)) else argument
