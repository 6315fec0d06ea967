"""Echo with a thread for each client: nobody waits for another client.
It cannot serve ten thousand clients: each thread takes memory, also while its client is silent."""

import socket
import sys
from contextlib import suppress
from threading import Thread

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080


def main():
    with socket.create_server(("127.0.0.1", PORT)) as listener:
        print(f"Listening on port {listener.getsockname()[1]}", flush=True)
        while True:
            client, address = listener.accept()
            Thread(target=echo, args=(client,), daemon=True).start()


def echo(client):
    with client, suppress(ConnectionError):
        while data := client.recv(4096):
            client.sendall(data)


with suppress(KeyboardInterrupt):
    main()
