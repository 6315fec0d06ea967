"""nginx, configured in a folder of its own; and, as a program, raw_router behind nginx: both end together."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import Popen, TimeoutExpired
from tempfile import TemporaryDirectory
from typing import Any

from http_contract.client.server import Server
from http_contract.sandbox.ports import free_port, listens
from sidebyside.checkout import python
from sidebyside.launch.process import spawn
from sidebyside.launch.requirements import program_path
from sidebyside.launch.services import HOST
from sidebyside.launch.signals import Stopped, StopSignals

LOOK = 0.01  # seconds between two looks whether raw_router listens
GRACE = 0.5  # seconds between SIGTERM and SIGKILL: less than process.GRACE, which our parent gives us
DRIVER = "threads"  # an application may block

CONFIGURATION = """\
daemon off;
{user}
pid nginx.pid;
error_log stderr;
events {{ worker_connections {connections}; }}
http {{
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    {site}
}}
"""

# docs/nginx.conf without TLS.
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
        client_header_timeout 20s;
        client_body_timeout 10s;
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


def nginx(folder: Path, site: str, connections: int = 1000) -> list[str]:
    """Configure nginx in a folder, and return the command that runs it. Raises LaunchError if it is not installed."""
    program = program_path("nginx")
    user = "user root;" if os.geteuid() == 0 else ""  # by default, root's workers could not use the folder
    (folder / "nginx.conf").write_text(CONFIGURATION.format(user=user, site=site, connections=connections))
    return [program, "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"]


def main(port: str, *options: str) -> None:
    """Serve until SIGTERM comes, or one of the two has ended. The options are raw_router's."""
    signals = StopSignals()
    with suppress(Stopped), signals.raised(), TemporaryDirectory() as folder:
        serve(Path(folder), int(port), options)
        sys.exit(1)


def serve(folder: Path, port: int, options: Sequence[str]) -> None:
    """Run both until one of them ends."""
    behind = free_port()
    with running(python("raw_router", "--port", str(behind), "--driver", DRIVER, *options)) as raw_router:
        if wait_until_listening(behind, raw_router):
            with running(nginx(folder, SITE.format(host=HOST, port=port, behind=behind))):
                os.wait()


@contextmanager
def running(command: Sequence[str], **options: Any) -> Iterator[Popen[bytes]]:
    """Run a command until the block ends."""
    process = spawn(command, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(GRACE)
        except TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_listening(port: int, server: Popen[bytes]) -> bool:
    """Return whether the server listens; if not, it has ended. nginx would answer 502 until it listens."""
    while server.poll() is None:
        if listens(Server(HOST, port)):
            return True
        with suppress(TimeoutExpired):
            server.wait(LOOK)
    return False


if __name__ == "__main__":
    main(*sys.argv[1:])
