"""Scripts of servers for the launcher, made of a frame and parts that a test chooses."""

import shlex
import sys
from pathlib import Path

ANSWERS = """
import os, signal, socket, sys, threading, time
{before}
with socket.create_server(("127.0.0.1", int({port})), reuse_port={shares}) as listener:
    {after}
    while True:
        client, _ = listener.accept()
        with client:
            {each}
"""
ANSWER = "client.recv(65536); client.sendall(b'HTTP/1.1 204 No Content\\r\\n\\r\\n')"


def command(
    script: Path,
    *,
    before: str = "",
    after: str = "",
    each: str = ANSWER,
    port: str = "sys.argv[1]",
    shares: bool = False,
) -> str:
    script.write_text(ANSWERS.format(before=before, after=after, each=each, port=port, shares=shares))
    return shlex.join([sys.executable, "-S", str(script)]) + " {port}"
