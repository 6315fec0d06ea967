"""The route tables of guests, each loaded in a process of its own, because some frameworks have one state a process.

`python -m sidebyside.route_tables.guests NAME` prints the table of a guest as JSON.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any

from guests import Guest
from sidebyside.checkout import ROOT, environment, python
from sidebyside.launch.guests import find_guests, guest_service
from sidebyside.launch.requirements import LaunchError, check_installed
from sidebyside.route_tables.adapters import ADAPTERS, NO_TABLE, by_path
from sidebyside.route_tables.load import Function, Route, Routes

AT_A_TIME = 2  # processes that import frameworks
NO_ADAPTER = "has no adapter in sidebyside/route_tables/adapters.py"


@dataclass(frozen=True, slots=True)
class GuestTable:
    """The routes of a guest, or the reason why it has no table."""

    routes: Routes
    reason: str = ""


def guest_tables(guests: Sequence[Guest]) -> Mapping[str, GuestTable]:
    """Return the tables by the names of the guests. Raises LaunchError if a guest cannot be loaded."""
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return dict(zip((guest.name for guest in guests), pool.map(guest_table, guests), strict=True))


def guest_table(guest: Guest) -> GuestTable:
    """Return the table of one guest. Raises LaunchError if it cannot be loaded."""
    if guest.name not in ADAPTERS:
        return GuestTable((), NO_TABLE.get(guest.name, NO_ADAPTER))
    check_installed(guest_service(guest).on("raw_router", 0))
    command = python("sidebyside.route_tables.guests", guest.name)
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.splitlines() or ["no output"])[-1]
        raise LaunchError(f"{guest.module} cannot be loaded: {last}")
    return GuestTable(tuple(map(_route, json.loads(done.stdout.splitlines()[-1]))))


def _route(data: dict[str, Any]) -> Route:
    functions = tuple(Function(**each) for each in data["functions"])
    return Route(data["path"], data["pattern"], tuple(data["methods"]), data["name"], functions)


def main(name: str) -> None:
    """Print the table of a guest as one line of JSON, after whatever its framework prints."""
    [guest] = find_guests(name)
    routes = by_path(ADAPTERS[guest.name](import_module(guest.module)))
    print(json.dumps([asdict(each) for each in routes]))


if __name__ == "__main__":
    main(*sys.argv[1:])
