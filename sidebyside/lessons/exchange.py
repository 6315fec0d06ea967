"""The same bytes for two rungs: what each one sends back."""

import socket
from contextlib import ExitStack
from dataclasses import dataclass
from time import sleep

from sidebyside.lessons.ladder import Gain, Rung
from sidebyside.lessons.running import Place, running

HOST = "127.0.0.1"
HOW = {  # how packets are sent, after "send ..."
    "one": "",
    "after": ", after another client has left",
    "beside": ", while another client is connected and silent",
}
ENDS = {  # what a server does at last
    "closed": "closes the connection",
    "open": "keeps the connection open",
    "reset": "resets the connection",
    "refused": "refuses the connection",
}
PAUSE = 0.3  # seconds between two packets, so that the server receives each by itself
SILENCE = 1.0  # seconds; afterwards the server will probably send no more


@dataclass(frozen=True)
class Reply:
    """All bytes that a server sent on one connection, and how it ended."""

    received: bytes
    end: str  # a key of ENDS


def send_packets(place: Place, gain: Gain) -> Reply:
    """Send the packets of a gain to a server that runs; return what came back."""
    address = (HOST, int(place.port))
    with ExitStack() as stack:
        try:
            if gain.how == "beside":
                stack.enter_context(socket.create_connection(address, timeout=SILENCE))
            if gain.how == "after":
                socket.create_connection(address, timeout=SILENCE).close()
                sleep(PAUSE)
            client = stack.enter_context(socket.create_connection(address, timeout=SILENCE))
        except ConnectionRefusedError:
            return Reply(b"", "refused")
        return converse(client, gain)


def converse(client: socket.socket, gain: Gain) -> Reply:
    received = b""
    try:
        for number, packet in enumerate(gain.sends):
            sleep(PAUSE if number else 0)
            client.sendall(packet)
        while data := client.recv(64 * 1024):
            received += data
    except TimeoutError:
        return Reply(received, "open")
    except ConnectionError:
        return Reply(received, "reset")
    return Reply(received, "closed")


def ask(rung: Rung, gain: Gain) -> Reply:
    """Start a server, send the packets of a gain, and end the server."""
    with running(rung) as (place, _):
        return send_packets(place, gain)
