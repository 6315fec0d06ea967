"""The contract through a real nginx, over TLS, with the configuration that docs/ recommends."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

import pytest

from contract import RULES, Rule, Server, run
from contract.launch import free_port, takes_connections
from raw_router.handler import generate_response
from tests.exceptions import why_broken
from tests.serving import HOST, serving
from tests.test_contract import complaints
from tests.tls import CERTIFICATE

CONFIGURATION = Path(__file__).parent.parent / "docs" / "nginx.conf"
LAST_STAGE = 8
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")

# What an nginx of one's own needs besides: it runs as anybody, and keeps everything in its folder.
AROUND = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


pytestmark = pytest.mark.skipif(
    NGINX is None and "CI" not in os.environ, reason="nginx is not installed (Debian: apt-get install nginx-light)"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(generate_response) as behind, proxying(tmp_path_factory.mktemp("nginx"), behind) as proxy:
        yield proxy


# Nobody restarts nginx here, and TLS knows no half-closed connections.
JUDGED = [rule for rule in RULES if rule.stage <= LAST_STAGE and not (rule.restarts or rule.half_closes)]


@pytest.mark.parametrize("rule", JUDGED, ids=lambda rule: rule.id)
def test_rule(server: Server, rule: Rule) -> None:
    outcome = run(rule, server)
    reason = why_broken("raw", "nginx", rule.id)
    if reason is None:
        assert outcome.verdict == "passed", complaints(outcome)
    else:
        assert outcome.verdict == "failed", f"no longer needed: {reason}"


def test_http_2_is_offered(server: Server) -> None:
    command = ["openssl", "s_client", "-connect", f"{HOST}:{server.port}", "-alpn", "h2"]
    said = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
    assert b"ALPN protocol: h2" in said.stdout


@contextmanager
def proxying(folder: Path, behind: int) -> Iterator[Server]:
    """Run nginx in front of a port, with everything it writes in a folder."""
    port = free_port()
    certificate, key, _ = CERTIFICATE.write(folder)
    site = CONFIGURATION.read_text()
    for written, meant in {
        "127.0.0.1:8001;": f"{HOST}:{behind};",
        "listen 443 ssl http2;": f"listen {HOST}:{port} ssl http2;",
        "/etc/ssl/site.pem": str(certificate),
        "/etc/ssl/site.key": str(key),
    }.items():
        assert site.count(written) == 1, written
        site = site.replace(written, meant)
    (folder / "site.conf").write_text(site)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
    command = [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    with subprocess.Popen(command) as process:
        try:
            server = Server("localhost", port, tls=CERTIFICATE.trusting)
            while process.poll() is None and not takes_connections(port):
                sleep(0.02)
            yield server
        finally:
            process.terminate()
