"""Messages of any bytes: four bytes in front of each message contain its length.
It cannot be tried by hand: a person types lines, and no lengths. This program is its own client, too."""

import socket
import struct
import sys
from contextlib import suppress
from threading import Thread

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 0
LONGEST = 1024 * 1024  # bytes


def send_message(sock, message):
    sock.sendall(struct.pack("!I", len(message)) + message)


def receive_message(sock):
    (length,) = struct.unpack("!I", receive_exactly(sock, 4))
    if length > LONGEST:
        raise ConnectionError(f"a message of {length} bytes is too long")
    return receive_exactly(sock, length)


def receive_exactly(sock, length):
    data = b""
    while len(data) < length:
        received = sock.recv(min(4096, length - len(data)))
        if not received:
            raise ConnectionError("the other side left in the middle of a message")
        data += received
    return data


def serve(listener):
    client, address = listener.accept()
    with client, suppress(ConnectionError):
        while True:
            send_message(client, receive_message(client)[::-1])


def main():
    with socket.create_server(("127.0.0.1", PORT)) as listener:
        Thread(target=serve, args=(listener,), daemon=True).start()
        with socket.create_connection(listener.getsockname()) as server:
            for message in (b"one\ntwo", b"", bytes(range(256)) * 1000):
                send_message(server, message)
                backwards = receive_message(server)
                print(f"{len(message)} bytes sent, {len(backwards)} bytes came back, {backwards[:10]} ...")


with suppress(KeyboardInterrupt):
    main()
