"""Echo in one thread, without waiting for anybody: a non-blocking `recv` returns at once, with bytes or an error.
It cannot rest: it asks every client again and again, and uses a whole core for that."""

import socket
import sys
from contextlib import suppress

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080


def main():
    with socket.create_server(("127.0.0.1", PORT)) as listener:
        print(f"Listening on port {listener.getsockname()[1]}", flush=True)
        listener.setblocking(False)
        unsent = {}  # client -> bytes that it has not taken yet
        while True:
            with suppress(BlockingIOError):
                client, address = listener.accept()
                client.setblocking(False)
                unsent[client] = b""
            for client in list(unsent):
                if not echo(client, unsent):
                    del unsent[client]
                    client.close()


def echo(client, unsent):
    """Receive or send what is possible now. Return False if the client is gone."""
    try:
        if not unsent[client]:
            unsent[client] = client.recv(4096)
            if not unsent[client]:
                return False
        sent = client.send(unsent[client])  # perhaps only a part
        unsent[client] = unsent[client][sent:]
    except BlockingIOError:
        pass
    except ConnectionError:
        return False
    return True


with suppress(KeyboardInterrupt):
    main()
