"""Echo in one thread with `selectors`: the system remembers the sockets, and any number is quick to watch.
It cannot read from top to bottom: one conversation is cut into the moments in which its socket is ready."""

import selectors
import socket
import sys
from contextlib import suppress

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


def main():
    with socket.create_server(("127.0.0.1", PORT)) as listener, selectors.DefaultSelector() as selector:
        print(f"Listening on port {listener.getsockname()[1]}", flush=True)
        listener.setblocking(False)
        selector.register(listener, READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is listener:
                    with suppress(BlockingIOError):
                        client, address = listener.accept()
                        client.setblocking(False)
                        selector.register(client, READ, data=b"")  # data: bytes that the client has not taken yet
                elif not echo(key.fileobj, key.data, selector):
                    selector.unregister(key.fileobj)
                    key.fileobj.close()


def echo(client, unsent, selector):
    """Receive or send what is possible now. Return False if the client is gone."""
    try:
        if not unsent:
            unsent = client.recv(4096)
            if not unsent:
                return False
        with suppress(BlockingIOError):
            sent = client.send(unsent)  # perhaps only a part
            unsent = unsent[sent:]
    except BlockingIOError:
        return True
    except ConnectionError:
        return False
    selector.modify(client, WRITE if unsent else READ, data=unsent)
    return True


with suppress(KeyboardInterrupt):
    main()
