"""Echo with a process for each client: a crash ends one conversation, and processes use all cores.
It cannot share variables between clients, and a process costs more than a thread. Windows has no `fork`."""

import os
import signal
import socket
import sys
from contextlib import suppress

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080


def main():
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system removes children that have ended: no zombies
    with socket.create_server(("127.0.0.1", PORT)) as listener:
        print(f"Listening on port {listener.getsockname()[1]}", flush=True)
        while True:
            client, address = listener.accept()
            with client:  # the parent closes its copy, or the connection would never end
                if os.fork() == 0:
                    listener.close()
                    echo(client)
                    os._exit(0)


def echo(client):
    with client, suppress(ConnectionError, KeyboardInterrupt):
        while data := client.recv(4096):
            client.sendall(data)


with suppress(KeyboardInterrupt):
    main()
