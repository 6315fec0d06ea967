"""The ports that servers require: which of them cannot be used, and which others are free."""

import errno
import os
import socket
from collections.abc import Iterable, Sequence

from http_contract.sandbox.ports import free_port, is_free
from sidebyside.launch.requirements import LaunchError
from sidebyside.launch.services import HOST, SERVICES, ServerSpec

SUGGESTED_BASES = range(9000, 65000, 1000)


def check_ports(specs: Sequence[ServerSpec]) -> None:
    """Raise LaunchError, with other ports to choose, if one of the ports cannot be used."""
    errors = {spec: error for spec in specs if (error := bind_error(spec.port))}
    if errors:
        raise LaunchError(f"{problem(errors)} {solution(errors, len(specs))}")


def bind_error(port: int) -> int:
    """Return the system's number of the error that listening on a port gives, 0 if there is none."""
    try:
        socket.create_server((HOST, port)).close()
    except OSError as error:
        return error.errno or errno.EADDRNOTAVAIL
    return 0


def problem(errors: dict[ServerSpec, int]) -> str:
    ports = ", ".join(f"{spec.port} ({spec.name})" for spec in errors)
    subject, verb = (f"Ports {ports}", "are") if len(errors) > 1 else (f"Port {ports}", "is")
    if set(errors.values()) == {errno.EADDRINUSE}:
        return f"{subject} {verb} in use by another program."
    return f"{subject} cannot be used: {', '.join(dict.fromkeys(map(os.strerror, errors.values())))}."


def solution(errors: dict[ServerSpec, int], count: int) -> str:
    """Return what to do: look at a service that runs already, or choose other ports for this many servers."""
    in_use = next((spec for spec, error in errors.items() if error == errno.EADDRINUSE), None)
    runs = f"If the service runs there already, open {in_use.url}. " if in_use else ""
    options = options_for_free_ports(errors, count)
    make = f" (make run ARGS='{options}')" if any(spec.name == "page" for spec in errors) else ""
    return f"{runs}Choose other ports: {options}{make}"


def options_for_free_ports(specs: Iterable[ServerSpec], count: int) -> str:
    """Return the options, as they are typed, that choose free ports for this many servers."""
    base = next(base for base in SUGGESTED_BASES if are_free(base, count))
    return " ".join(dict.fromkeys(f"{spec.option} {base}" for spec in specs))


def free_base_port(count: int = len(SERVICES)) -> int:
    """Return a free port that is followed by free ports for this many services."""
    return next(base for base in iter(free_port, None) if are_free(base, count))


def are_free(base: int, count: int) -> bool:
    """Return whether the base port, which is the page's, and this many ports after it are free."""
    return all(is_free(base + offset) for offset in range(1 + count))
