"""Names and numbers: a host has addresses, and a service has a port.
It cannot reach anybody yet: an address is only where a conversation could begin."""

import socket
import sys
from contextlib import suppress

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 80


def main():
    for family, kind, _, _, address in socket.getaddrinfo("localhost", PORT, type=socket.SOCK_STREAM):
        print(f"localhost: {family.name}, {kind.name}, address {address[0]}, port {address[1]}")
    try:
        print(f"port {PORT} belongs to the service {socket.getservbyport(PORT, 'tcp')}")
    except OSError:
        print(f"port {PORT} belongs to no registered service")
    for service in ("http", "https", "ssh", "domain"):
        with suppress(OSError):  # the system has no list of services
            print(f"{service}: port {socket.getservbyname(service)}")


main()
