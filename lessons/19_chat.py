"""A chat: each line that a client sends goes to all other clients. One thread knows them all, so it needs no locks.
It cannot serve a browser: that speaks HTTP. Talk to it with two terminals and the line client."""

import selectors
import socket
import sys
from contextlib import suppress

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
LONGEST = 64 * 1024  # bytes: of a line, and of lines that a client has not taken yet


class Client:
    def __init__(self, sock, number):
        sock.setblocking(False)
        self.sock, self.name, self.received, self.unsent, self.is_gone = sock, f"guest {number}", b"", b"", False


def main():
    clients, number = {}, 0
    with socket.create_server(("127.0.0.1", PORT)) as listener, selectors.DefaultSelector() as selector:
        print(f"Listening on port {listener.getsockname()[1]}", flush=True)
        selector.register(listener, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is listener:
                    sock, number = listener.accept()[0], number + 1
                    clients[sock] = Client(sock, number)
                    selector.register(sock, selectors.EVENT_READ)
                    tell_others(clients, sock, f"{clients[sock].name} is here")
                else:
                    converse(clients, clients[key.fileobj])
            for sock, client in list(clients.items()):
                if client.is_gone or max(len(client.received), len(client.unsent)) > LONGEST:
                    selector.unregister(sock)
                    sock.close()
                    del clients[sock]
                    tell_others(clients, None, f"{client.name} left")
            for sock, client in clients.items():  # select waits for writing only where something is unsent
                selector.modify(sock, selectors.EVENT_READ | (selectors.EVENT_WRITE if client.unsent else 0))


def converse(clients, client):
    """Send and receive what is possible now."""
    try:
        with suppress(BlockingIOError):
            client.unsent = client.unsent[client.sock.send(client.unsent) :]
        with suppress(BlockingIOError):
            data = client.sock.recv(4096)
            client.is_gone = not data
            *lines, client.received = (client.received + data).split(b"\n")
            for line in lines:
                tell_others(clients, client.sock, f"{client.name}: {line.decode(errors='replace').strip()}")
    except ConnectionError:
        client.is_gone = True


def tell_others(clients, sender, text):
    for client in clients.values():
        if client.sock is not sender:
            client.unsent += text.encode() + b"\r\n"


with suppress(KeyboardInterrupt):
    main()
