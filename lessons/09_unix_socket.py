"""Echo over a Unix socket: the address is a file, and only programs of this machine reach it.
It cannot serve another machine, or two clients at once."""

import socket
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir

NAME = sys.argv[1] if len(sys.argv) > 1 else "8080"
PATH = Path(gettempdir()) / f"echo-{NAME}.sock"


def main():
    PATH.unlink(missing_ok=True)  # a server that was killed left its file behind
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(PATH))
        try:
            listener.listen()
            print(f"Listening on {PATH}", flush=True)
            while True:
                client, _ = listener.accept()
                echo(client)
        finally:
            PATH.unlink()


def echo(client):
    with client, suppress(ConnectionError):
        while data := client.recv(4096):
            client.sendall(data)


with suppress(KeyboardInterrupt):
    main()
