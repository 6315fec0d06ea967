"""Orphans: connections that a server's program has closed, so that only its system still has them.

The side that closes a connection first occupies its port for a minute, unless the other side resets the connection. The
judge resets such connections of a server with a fixed port: without SO_REUSEADDR, it could not be started again. No
program notices that, because the system answers for it already.

Linux is asked for one connection by a netlink message (man 7 sock_diag). Its tables of all connections are slow to read
while a machine has thousands of them.
"""

import socket
import struct
import time
from dataclasses import dataclass

INTERVALS = tuple(0.002 * 2**n for n in range(7))  # seconds between two looks at a connection, 0.25 in all
ENOUGH = 3  # waits without an orphan
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER on, for 0 seconds

AF_NETLINK = 16  # of Linux; the module socket has it only there
SOCK_DIAG = 4  # the netlink protocol
SOCK_DIAG_BY_FAMILY = 20  # a kind of messages
REQUEST = 1  # a flag of a message
HEAD = struct.Struct("=IHHII")  # of a message: length, kind, flags, number, port
QUESTION = struct.Struct("=BBxxI")  # family, protocol, states
PORTS = struct.Struct("!HH")
ANY_SOCKET = struct.pack("=IQ", 0, 2**64 - 1)  # on any interface, with any cookie
ANSWER = struct.Struct("=xB50x12x4xI")  # state, inode
FIN_WAIT_2 = 5  # a state
NO_PROGRAM = 0  # the inode of a socket that no program has


@dataclass
class Orphans:
    """The orphans of one server with a fixed port, and how often the judge waited for one that did not come.

    A program may close only its sending side, and wait for the client to close the other one. The judge waits a few
    times for such a program, and then looks once at each connection.
    """

    vain_waits: int = 0

    def reset(self, client: socket.socket) -> None:
        """Make `close` reset the connection if the server's program has closed it."""
        if self._comes(client):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)

    def _comes(self, client: socket.socket) -> bool:
        """Return whether the connection is an orphan, now or in a moment."""
        for seconds in INTERVALS if self.vain_waits < ENOUGH else ():
            if is_orphan(client):
                return True
            time.sleep(seconds)
        found = is_orphan(client)
        self.vain_waits += not found
        return found


def is_orphan(client: socket.socket) -> bool:
    """Return whether no program has the other side of a connection within this machine any more.

    OSError where the system does not know.
    """
    with socket.socket(AF_NETLINK, socket.SOCK_RAW, SOCK_DIAG) as system:
        question = QUESTION.pack(client.family, socket.IPPROTO_TCP, 2**32 - 1) + other_side(client)
        system.send(HEAD.pack(HEAD.size + len(question), SOCK_DIAG_BY_FAMILY, REQUEST, 1, 0) + question)
        answer = system.recv(4096)
    if HEAD.unpack_from(answer)[1] != SOCK_DIAG_BY_FAMILY:
        return False  # there is no such connection any more
    return ANSWER.unpack_from(answer, HEAD.size) == (FIN_WAIT_2, NO_PROGRAM)


def other_side(client: socket.socket) -> bytes:
    """Return the ports and addresses of the other side's socket, as a netlink message contains them."""
    theirs, ours = client.getpeername(), client.getsockname()
    addresses = (socket.inet_pton(client.family, name[0]).ljust(16, b"\0") for name in (theirs, ours))
    return PORTS.pack(theirs[1], ours[1]) + b"".join(addresses) + ANY_SOCKET
