"""Echo in one thread with `select`: the system wakes the program when a socket is ready, and it rests in between.
It cannot watch more than 1,024 sockets, and it shows the whole list to the system each time."""

import socket
import sys
from contextlib import suppress
from select import select

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080


def main():
    with socket.create_server(("127.0.0.1", PORT)) as listener:
        print(f"Listening on port {listener.getsockname()[1]}", flush=True)
        listener.setblocking(False)
        unsent = {}  # client -> bytes that it has not taken yet
        while True:
            readers = [listener, *(client for client in unsent if not unsent[client])]
            writers = [client for client in unsent if unsent[client]]
            readable, writable, _ = select(readers, writers, [])
            if listener in readable:
                readable.remove(listener)
                with suppress(BlockingIOError):
                    client, address = listener.accept()
                    client.setblocking(False)
                    unsent[client] = b""
            for client in readable + writable:
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
