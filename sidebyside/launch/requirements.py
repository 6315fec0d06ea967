"""The packages and programs that servers require: which are installed, in which version, how to install the others."""

import re
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from sidebyside.launch.services import PACKAGES, PROGRAMS, ServerSpec

SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin")  # which an ordinary user's PATH may lack
INSTALL_PACKAGE = "pip install -e '.[servers]' in the checkout"
INSTALL_GUEST = "pip install -c constraints.txt -e '.[guests]' in the checkout"
INSTALL_PROGRAM = {"nginx": "apt-get install nginx-light", "wrk": "apt-get install wrk"}


class LaunchError(Exception):
    """A server cannot be started, or has failed. The message says why and what to do; no server is left running."""


def check_installed(spec: ServerSpec) -> None:
    """Raise LaunchError if a server requires something that is not installed."""
    if text := missing(spec):
        raise LaunchError(text)


def missing(spec: ServerSpec) -> str:
    """Return what a server lacks and how to install it, "" if everything is installed."""
    for package in PACKAGES.get(spec.server, spec.command[:1]):
        if find_spec(package) is None:
            return not_installed(package, INSTALL_PACKAGE)
    for distribution in spec.requires:
        if package_version(distribution) is None:
            return not_installed(distribution, INSTALL_GUEST)
    program = PROGRAMS.get(spec.server)
    if program and find_program(program) is None:
        return not_installed(program, INSTALL_PROGRAM[program])
    return ""


def not_installed(name: str, command: str) -> str:
    return f"{name} is not installed. Install it: {command}"


def package_version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def program_version(program: str, option: str) -> str | None:
    """Return the first version number that a program prints of itself, None if it is not installed."""
    path = find_program(program)
    if path is None:
        return None
    done = subprocess.run([path, option], capture_output=True, text=True, check=False)
    found = re.search(r"\d+(\.\d+)+\S*", done.stdout + done.stderr)
    return found[0] if found else "unknown"


def find_program(program: str) -> str | None:
    return shutil.which(program) or shutil.which(program, path=":".join(SYSTEM_FOLDERS))


def program_path(program: str) -> str:
    """Return where a program lies. Raises LaunchError if it is not installed."""
    path = find_program(program)
    if path is None:
        raise LaunchError(not_installed(program, INSTALL_PROGRAM[program]))
    return path
