"""The command `contract`, also `python -m http_contract`."""

import click

from http_contract.cli.lazy_group import Commands

COMMANDS = {
    "check": ("http_contract.cli.check", "Judge one server."),
    "watch": ("http_contract.cli.watch", "Judge a server again when its files change."),
    "explain": ("http_contract.cli.explain", "Describe a rule, or a cause of failures."),
    "rules": ("http_contract.cli.rules", "List the rules."),
    "init": ("http_contract.cli.init", "Make a folder for a new server or a course."),
    "grade": ("http_contract.cli.grade", "Judge a folder of submissions."),
}
EXAMPLES = """\b
Examples:
  contract check http://127.0.0.1:8001 --until 3
  contract explain route-unknown
  contract check --help                                       each command has examples

\b
Complete commands with the Tab key. Add a line to the start file of your shell:
  eval "$(_CONTRACT_COMPLETE=bash_source contract)"           in ~/.bashrc
  eval "$(_CONTRACT_COMPLETE=zsh_source contract)"            in ~/.zshrc
  _CONTRACT_COMPLETE=fish_source contract | source            in ~/.config/fish/config.fish
"""


@click.command(cls=Commands, table=COMMANDS, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="http-contract", message="%(package)s %(version)s")
def main() -> None:
    """Judge HTTP servers, written in any language, by a contract of rules in ten stages."""


if __name__ == "__main__":
    main(prog_name="contract")
