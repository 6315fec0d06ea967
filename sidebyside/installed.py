"""What is installed of packages and programs, in which version, and how the rest is got."""

import re
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from sidebyside.services import PACKAGES, PROGRAMS, Job

SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin")  # where programs lie that an ordinary user's PATH may lack
GET_PACKAGE = "pip install 'three-routers[servers]'"
GET_PROGRAM = {"nginx": "apt-get install nginx-light"}


def missing(job: Job) -> str:
    """Say what a job takes that is not installed, and how it is got; nothing where all is there."""
    for package in PACKAGES.get(job.server, job.command[:1]):
        if find_spec(package) is None:
            return f"{package} is not installed; install it by: {GET_PACKAGE}"
    program = PROGRAMS.get(job.server)
    if program and find_program(program) is None:
        return f"{program} is not installed; install it by: {GET_PROGRAM[program]}"
    return ""


def package_version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def program_version(program: str, option: str) -> str | None:
    """Return the first thing like a version that a program says of itself, None where there is no such program."""
    path = find_program(program)
    if path is None:
        return None
    said = subprocess.run([path, option], capture_output=True, text=True, check=False)
    found = re.search(r"\d+(\.\d+)+\S*", said.stdout + said.stderr)
    return found[0] if found else "unknown"


def find_program(program: str) -> str | None:
    return shutil.which(program) or shutil.which(program, path=":".join(SYSTEM_FOLDERS))
