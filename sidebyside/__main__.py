"""The command `sidebyside`, or `python -m sidebyside`: a table of commands, each imported when it is called."""

from sidebyside.checkout import import_from_checkout

import_from_checkout()  # before any import that a file in the current folder could shadow

import click  # noqa: E402

from http_contract.cli.lazy_group import Commands  # noqa: E402

COMMANDS = {
    "serve": ("sidebyside.launch.cli", "Start the three implementations and print their access logs."),
    "page": ("sidebyside.launch.cli", "Start the three implementations and a web page about them."),
    "compare": ("sidebyside.compare.cli", "Send the same bytes to all three and compare the responses."),
    "routes": ("sidebyside.route_tables.cli", "Show the route tables and how they differ."),
    "lessons": ("sidebyside.lessons.cli", "List the programs of lessons/, start one, or compare two."),
    "matrix": ("sidebyside.matrix.cli", "Judge each implementation on each server."),
    "bench": ("sidebyside.bench.cli", "Measure the speed of raw_router and other servers."),
}
EXAMPLES = """\b
Examples:
  sidebyside serve                                            all three, on ports 8001 to 8003
  sidebyside compare GET /time
  sidebyside compare --help                                   each command has examples

\b
To complete commands and options with the Tab key, add a line to your shell's configuration:
  eval "$(_SIDEBYSIDE_COMPLETE=bash_source sidebyside)"       in ~/.bashrc
  eval "$(_SIDEBYSIDE_COMPLETE=zsh_source sidebyside)"        in ~/.zshrc
  _SIDEBYSIDE_COMPLETE=fish_source sidebyside | source        in ~/.config/fish/config.fish
"""


@click.command(cls=Commands, table=COMMANDS, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="three-routers", message="%(package)s %(version)s")
def main() -> None:
    """Compare one web service, routed in three ways, side by side."""


if __name__ == "__main__":
    main(prog_name="sidebyside")
