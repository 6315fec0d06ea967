"""raw_router behind nginx: the two as one job, which ends with either of them."""

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen, TimeoutExpired
from tempfile import TemporaryDirectory

from http_contract.client.server import Server
from http_contract.sandbox.ports import free_port, listens
from sidebyside.children import end_with_parent
from sidebyside.nginx import nginx
from sidebyside.services import HOST

LOOK = 0.01  # seconds between looks whether raw_router listens
END = 0.5  # seconds to end in, before force: less than who started us gives us
DRIVER = "threads"  # an application may block

# What docs/nginx.conf says, without TLS.
SITE = """\
access_log /dev/stdout;
    upstream raw_router {{
        server {host}:{behind};
        keepalive 32;
        keepalive_timeout 50s;
    }}
    server {{
        listen {host}:{port} backlog=1024;
        server_name localhost;
        server_tokens off;
        client_max_body_size 1m;
        large_client_header_buffers 4 16k;
        client_header_timeout 4s;
        client_body_timeout 4s;
        keepalive_timeout 60s;
        keepalive_requests 100000;
        location / {{
            proxy_pass http://raw_router;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Host $host;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_pass_header Date;
            proxy_buffers 8 32k;
        }}
    }}
"""


def main(port: str, *options: str) -> None:
    """Serve until told to end, or one of the two has ended. The options are raw_router's."""
    signal.signal(signal.SIGTERM, leave)
    behind = free_port()
    served = [sys.executable, "-m", "raw_router", "--port", str(behind), "--driver", DRIVER, *options]
    with TemporaryDirectory() as folder, running(served) as server:
        wait_until_listens(behind, server)
        with running(nginx(Path(folder), SITE.format(host=HOST, port=port, behind=behind))):
            os.wait()
    sys.exit(1)


def leave(*_: object) -> None:
    """End in order; a second signal does not disturb that."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(0)


@contextmanager
def running(command: Sequence[str]) -> Iterator[Popen[bytes]]:
    """Run a command until the block ends."""
    process = Popen(command, preexec_fn=end_with_parent if sys.platform == "linux" else None)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(END)
        except TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_listens(port: int, server: Popen[bytes]) -> None:
    """Return once the server takes connections; nginx would answer 502 until then."""
    while not listens(Server(HOST, port)):
        if server.poll() is not None:
            sys.exit(1)
        time.sleep(LOOK)


if __name__ == "__main__":
    main(*sys.argv[1:])
