"""Listeners: the sockets that clients connect to, one for each address of a host."""

import errno
import socket
import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import Any, TypeAlias

Address: TypeAlias = tuple[Any, ...]  # as bind() takes it

BACKLOG = 1024  # clients that wait until the server accepts them
TRIES = 16  # of a free port, which must be free at each address

# Names of more than one address, the same on every machine (for localhost: RFC 6761 §6.3).
HOSTS = {"localhost": ("127.0.0.1", "::1"), "::": ("0.0.0.0", "::"), "": ("0.0.0.0", "::")}

# Linux drops a socket's packets if their hop limit is below the one that the socket requires (RFC 5082): its options
# IP_MINTTL and IPV6_MINHOPCOUNT, which Python does not name. Most systems send packets with a hop limit of 64 or 128.
REQUIRED_HOP_LIMIT = {socket.AF_INET: (socket.IPPROTO_IP, 21), socket.AF_INET6: (socket.IPPROTO_IPV6, 73)}
HIGHEST_HOP_LIMIT = 255

MISSING = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL})  # as for ::1 on a machine without IPv6


def listen(host: str, port: int) -> list[socket.socket]:
    """Return sockets that listen at the addresses of a host, all on one port; port 0 is a free one.

    Addresses that this machine lacks are left out. Raises OSError if no address is left or if the port is in use.
    """
    addresses = addresses_of(host, port)
    for _ in range(TRIES - 1):
        try:
            return listen_at(addresses)
        except OSError as error:
            if port or error.errno != errno.EADDRINUSE:
                raise
    return listen_at(addresses)


def addresses_of(host: str, port: int) -> list[Address]:
    """Return the addresses of a host. Raises OSError if its name is unknown."""
    found = [
        address
        for name in HOSTS.get(host, (host,))
        for *_, address in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    ]
    return list(dict.fromkeys(found))


def listen_at(addresses: Sequence[Address]) -> list[socket.socket]:
    """Return sockets that listen at addresses, except those that this machine lacks; the first one chooses the port."""
    listeners: list[socket.socket] = []
    missing: OSError | None = None
    with ExitStack() as stack:
        for host, port, *scope in addresses:
            chosen = port_of(listeners[0]) if listeners else port
            try:
                listeners.append(stack.enter_context(open_listener((host, chosen, *scope))))
            except OSError as error:
                if error.errno not in MISSING:
                    raise
                missing = error
        if missing and not listeners:
            raise missing
        stack.pop_all()
    return listeners


def open_listener(address: Address) -> socket.socket:
    """Return a socket that listens at one address, and not also at IPv4 addresses if it is an IPv6 address."""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    listener = socket.create_server(address, family=family, backlog=BACKLOG)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # accepted sockets inherit it
    return listener


def accept(listener: socket.socket) -> tuple[socket.socket, Address]:
    """Return the socket and the address of a client in the listener's queue. Raises OSError as socket.accept() does."""
    client, address = listener.accept()
    require_hop_limit(client, 0)  # a client that connected while the listener turned others away inherits its limit
    return client, address


def turn_away(listeners: Iterable[socket.socket]) -> None:
    """Let no new clients into the listeners' queues.

    When a listener is closed, the kernel resets the clients in its queue. So the server turns new clients away, serves
    those in the queue, and then closes the listener. Clients that were turned away try again a second later, and are
    refused. Systems other than Linux cannot turn clients away.
    """
    for listener in listeners:
        require_hop_limit(listener, HIGHEST_HOP_LIMIT)


def require_hop_limit(sock: socket.socket, limit: int) -> None:
    """Let the kernel drop a socket's packets if their hop limit is lower."""
    if sys.platform == "linux":
        sock.setsockopt(*REQUIRED_HOP_LIMIT[sock.family], limit)


def close_all(listeners: Iterable[socket.socket]) -> None:
    for listener in listeners:
        listener.close()


def port_of(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port


def url_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def server_address(host: str, listeners: Sequence[socket.socket]) -> tuple[str, int]:
    """Return the name or address, and the port, for an application; the machine's name stands for all addresses."""
    everywhere = listeners[0].getsockname()[0] in ("0.0.0.0", "::")
    return socket.gethostname() if everywhere else host, port_of(listeners[0])
