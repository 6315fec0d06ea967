"""The pytest options of the judge; they load the rules as tests (pytest_plugin) only when one of them is given.

pytest imports this module in every project of an environment that has http-contract, so it imports nothing else. The
judge is imported before the first conftest.py of the project: pytest then puts the project's folders in front of
sys.path, where a module such as json.py would hide that of the standard library.
"""

import argparse
from typing import Any

import pytest

PACKAGE = "http_contract"  # what --pyargs names the rules by
PLUGIN = f"{PACKAGE}.pytest_plugin"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("contract", "the HTTP contract")

    def option(name: str, metavar: str, help: str, **others: Any) -> None:
        group.addoption(f"--contract-{name}", metavar=metavar, help=help, **others)

    option("url", "URL", "Judge the server that runs at this URL.")
    option("ca", "FILE", "Trust this certificate (PEM) at an https URL.")
    option(
        "command", "COMMAND", "Start the server with this command. {port} stands for the port; $PORT contains it, too."
    )
    option("hidden", "FILE", "Judge by the RULES in this Python file, too.")
    option("seed", "N", "Seed of the random data. [default: 0]", type=int)
    option("until", "STAGE", "Judge no later stage.", type=int)
    option("timeout", "SECONDS", "Time limit for each response. [default: measured on the server]", type=float)
    option("patience", "SECONDS", "Time limit of the rules about timeouts. [default: 30]", type=float)
    group.addoption("--contract-slow", action="store_true", default=None, help="Judge the rules about timeouts, too.")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    if asks_for_rules(early_config.known_args_namespace):
        early_config.pluginmanager.import_plugin(PLUGIN)


def asks_for_rules(given: argparse.Namespace) -> bool:
    """Return whether the command line has an option of ours, or names the rules."""
    ours = (value for name, value in vars(given).items() if name.startswith("contract_"))
    return any(value is not None for value in ours) or (given.pyargs and PACKAGE in given.file_or_dir)
