"""A client over UDP: it numbers its datagrams, because only numbers show which of them came back.
It cannot get a lost one back: it would have to send again until an answer comes, as TCP does."""

import socket
import sys
from contextlib import suppress

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
COUNT = 2_000


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect(("127.0.0.1", PORT))  # sends nothing, but accepts datagrams from this address only
        client.settimeout(0.5)
        for number in range(COUNT):  # it does not read meanwhile, so its own buffer overflows
            client.send(number.to_bytes(4) * 250)
        echoes = set()
        with suppress(TimeoutError):
            while len(echoes) < COUNT:
                echoes.add(int.from_bytes(client.recv(65_535)[:4]))
    lost = sorted(set(range(COUNT)) - echoes)
    print(f"{COUNT} datagrams sent, {len(echoes)} came back, {len(lost)} lost")
    if lost:
        print(f"the first lost one is number {lost[0]}")


try:
    main()
except KeyboardInterrupt:
    pass
except ConnectionRefusedError:
    sys.exit(f"Nobody listens on port {PORT}. Start 07_udp_echo.py first.")
