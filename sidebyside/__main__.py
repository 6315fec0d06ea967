"""sidebyside, also as python -m sidebyside: the commands, each imported once it is called."""

import click

from contract.commands.group import Commands

COMMANDS = {
    "serve": ("sidebyside.commands.serve", "Start the three implementations, and show their access lines."),
    "page": ("sidebyside.commands.page", "Start the three, and a page that shows them side by side."),
    "compare": ("sidebyside.compare.cli", "Send the same bytes to each, and show where the answers differ."),
    "routes": ("sidebyside.commands.routes", "Show the three route tables, and where they differ."),
    "matrix": ("sidebyside.matrix.command", "Judge each on each server, and say whose a failure is."),
    "bench": ("sidebyside.bench.command", "Measure raw_router beside other servers."),
}
EXAMPLES = """\b
Examples:
  sidebyside serve                                            all three, on ports 8001 to 8003
  sidebyside compare GET /time
  sidebyside compare --help                                   each command has examples

\b
Completion with the Tab key:
  eval "$(_SIDEBYSIDE_COMPLETE=bash_source sidebyside)"       in ~/.bashrc
  eval "$(_SIDEBYSIDE_COMPLETE=zsh_source sidebyside)"        in ~/.zshrc
  _SIDEBYSIDE_COMPLETE=fish_source sidebyside | source        in ~/.config/fish/config.fish
"""


@click.command(cls=Commands, table=COMMANDS, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="three-routers", message="%(package)s %(version)s")
def main() -> None:
    """Look at one service, routed three ways, side by side."""


if __name__ == "__main__":
    main(prog_name="sidebyside")
