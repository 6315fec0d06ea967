"""contract, also as python -m contract: the judge at the command line."""

import click

from contract.commands.group import Commands

COMMANDS = {
    "check": ("contract.commands.check", "Judge one server."),
    "explain": ("contract.commands.explain", "Tell all about a rule."),
    "rules": ("contract.commands.rules", "List the rules."),
    "init": ("contract.commands.init", "Make a folder to begin a course, or a server, with."),
    "grade": ("contract.commands.grade", "Judge a folder of submissions."),
}
EXAMPLES = """\b
Examples:
  contract check http://127.0.0.1:8001 --until 3
  contract explain route-unknown
  contract check --help                                       each command has examples

\b
Completion with the Tab key:
  eval "$(_CONTRACT_COMPLETE=bash_source contract)"           in ~/.bashrc
  eval "$(_CONTRACT_COMPLETE=zsh_source contract)"            in ~/.zshrc
  _CONTRACT_COMPLETE=fish_source contract | source            in ~/.config/fish/config.fish
"""


@click.command(cls=Commands, table=COMMANDS, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="three-routers", message="%(package)s %(version)s")
def main() -> None:
    """Judge HTTP servers, in any language, by one contract in ten stages."""


if __name__ == "__main__":
    main(prog_name="contract")
