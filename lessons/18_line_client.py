"""A line client, as telnet was used: what you type goes to the server, and what it sends appears, at any time.
It cannot show anything but text, and `selectors` watches no keyboard on Windows."""

import selectors
import socket
import sys

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080


def main():
    with socket.create_connection(("127.0.0.1", PORT)) as server, selectors.DefaultSelector() as selector:
        keyboard = open(0, "rb", buffering=0)  # noqa: SIM115 - standard input without a buffer, which select cannot see
        selector.register(keyboard, selectors.EVENT_READ)
        selector.register(server, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is server:
                    data = server.recv(4096)
                    if not data:
                        return
                    print(data.decode(errors="replace"), end="", flush=True)
                elif line := keyboard.read(4096):
                    server.sendall(line.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
                else:  # Ctrl-D: nothing more to send, but the server may still answer
                    selector.unregister(keyboard)
                    server.shutdown(socket.SHUT_WR)


try:
    main()
except KeyboardInterrupt:
    pass
except ConnectionError as error:
    sys.exit(f"Port {PORT}: {error.strerror}")
