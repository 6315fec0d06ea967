"""The contract through a real nginx, over TLS, with the configuration that docs/ recommends."""

import os
import re
import socket
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from http_contract import RULES, Rule, Server, run
from http_contract.http.request import get
from http_contract.rules.content import object_of
from raw_router.application import generate_response
from raw_router.drivers import events
from raw_router.listeners import open_listener, port_of
from raw_router.responder import Responder
from sidebyside.launch.nginx import SITE, nginx
from sidebyside.launch.requirements import find_program
from tests.outcomes import assert_as_listed
from tests.serving import HOST, driving, exchange
from tests.tls import CERTIFICATE

CONFIGURATION = Path(__file__).parent.parent / "docs" / "nginx.conf"
LAST_STAGE = 8
MISSING = "nginx is not installed (Debian: apt-get install nginx-light)"


class Behind:
    """raw_router, and how many connections it was asked for."""

    def __init__(self) -> None:
        self.connections = 0

    def connect(self, client: str) -> Responder:
        self.connections += 1
        return Responder(generate_response, client)


@dataclass(frozen=True)
class Front:
    """A running nginx, where it speaks TLS and where it does not, and what is behind it."""

    server: Server
    plain_port: int
    behind: Behind


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    if not find_program("nginx"):
        missing()
    behind, folder = Behind(), tmp_path_factory.mktemp("nginx")
    with (
        driving(behind.connect, events.serve) as port,
        open_listener((HOST, 0)) as tls,
        open_listener((HOST, 0)) as plain,
        running(nginx(folder, configuration(folder, port, tls, plain)), tls, plain),
    ):
        yield Front(Server(HOST, port_of(tls), tls=CERTIFICATE.trusting), port_of(plain), behind)


@pytest.fixture
def server(front: Front) -> Server:
    return front.server


def missing() -> NoReturn:
    """Skip what needs nginx; where nothing may be skipped, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(MISSING)
    pytest.skip(MISSING)


def configuration(folder: Path, behind: int, tls: socket.socket, plain: socket.socket) -> str:
    """Return the configuration of docs/, with ports and files that a test can have."""
    certificate, key, _ = CERTIFICATE.write(folder)
    site = CONFIGURATION.read_text()
    for written, meant in {
        "127.0.0.1:8001;": f"{HOST}:{behind};",
        "listen 443 ssl http2;": f"listen {HOST}:{port_of(tls)} ssl http2;",
        "listen 80;": f"listen {HOST}:{port_of(plain)};",
        "/etc/ssl/site.pem": str(certificate),
        "/etc/ssl/site.key": str(key),
    }.items():
        assert site.count(written) == 1, written
        site = site.replace(written, meant)
    return f"access_log off;\n{site}"


@contextmanager
def running(command: Sequence[str], *listeners: socket.socket) -> Iterator[None]:
    """Run nginx on sockets that listen already, handed to it as it hands them to its successor in an upgrade."""
    for listener in listeners:
        listener.setblocking(False)  # as nginx's own are
    numbers = [listener.fileno() for listener in listeners]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert tried.returncode == 0, tried.stderr
    inherited = {"NGINX": "".join(f"{number};" for number in numbers)}
    with subprocess.Popen(command, env={**os.environ, **inherited}, pass_fds=numbers) as process:
        try:
            yield
        finally:
            process.terminate()


# Nobody restarts nginx here, and TLS knows no half-closed connections.
JUDGED = [rule for rule in RULES if rule.stage <= LAST_STAGE and not (rule.restarts or rule.half_closes)]


@pytest.mark.parametrize("rule", JUDGED, ids=lambda rule: rule.id)
def test_rule(server: Server, rule: Rule) -> None:
    assert_as_listed(run(rule, server), "raw", "nginx")


def test_what_serve_puts_in_front_is_the_same_without_tls() -> None:
    shown, used = (re.sub(r" *#.*", "", text) for text in (CONFIGURATION.read_text(), SITE))
    own = {"access_log /dev/stdout;", "server {host}:{behind};", "listen {host}:{port} backlog=1024;"}
    lines = {line.strip().replace("{{", "{").replace("}}", "}") for line in used.splitlines()}
    assert lines - {line.strip() for line in shown.splitlines()} == own


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["TLS-1.2", "TLS-1.3"])
@pytest.mark.parametrize("protocol", ["h2", "http/1.1"], ids=["HTTP-2", "HTTP-1.1"])
def test_versions(server: Server, version: ssl.TLSVersion, protocol: str) -> None:
    context = CERTIFICATE.trusting
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols([protocol])
    with (
        socket.create_connection((HOST, server.port)) as client,
        context.wrap_socket(client, server_hostname=HOST) as wrapped,
    ):
        assert (wrapped.version(), wrapped.selected_alpn_protocol()) == (version.name.replace("_", "."), protocol)


def test_without_tls_one_is_sent_to_it(front: Front) -> None:
    response = exchange(front.plain_port, b"GET /hello/you?a=1 HTTP/1.0\r\nHost: localhost\r\n\r\n")
    assert response.startswith(b"HTTP/1.1 301 ")
    assert b"\r\nLocation: https://localhost/hello/you?a=1\r\n" in response


@pytest.mark.parametrize("path", ["/", "/%zz"], ids=["raw_router", "nginx"])
def test_no_version_is_named(server: Server, path: str) -> None:
    assert server.ask(get(path)).responses[0].get("Server") == "nginx"


@pytest.mark.parametrize(
    ("request_line", "fields", "host"),
    [
        ("GET /inspect HTTP/1.1", ["Host: 127.0.0.1:8443"], "127.0.0.1"),
        ("GET https://127.0.0.1/inspect HTTP/1.1", ["Host: localhost"], "127.0.0.1"),
        ("GET /inspect HTTP/1.0", [], "localhost"),
    ],
    ids=["host", "absolute-target", "old"],
)
def test_what_raw_router_is_told(server: Server, request_line: str, fields: list[str], host: str) -> None:
    lies = ["X-Forwarded-For: 192.0.2.1", "X-Forwarded-Host: example.org", "X-Forwarded-Proto: http"]
    lines = [request_line, *fields, *lies, "Accept: application/json", "Connection: close", "", ""]
    (response,) = server.ask("\r\n".join(lines).encode()).responses
    told = {field["name"]: field["value"] for field in object_of(response)["headers"]}
    assert told == {
        "Accept": "application/json",
        "Host": host,
        "X-Forwarded-For": HOST,
        "X-Forwarded-Host": host,
        "X-Forwarded-Proto": "https",
    }


def test_the_connection_to_raw_router_is_kept(front: Front) -> None:
    front.server.ask(get("/test"))
    before = front.behind.connections
    for _ in range(20):
        assert front.server.ask(get("/test")).responses[0].status == 200
    assert front.behind.connections == before


@pytest.mark.parametrize(
    ("environment", "outcome"),
    [({"CI": "true"}, pytest.fail.Exception), ({}, pytest.skip.Exception)],
    ids=["automatic", "by-hand"],
)
def test_without_nginx(
    environment: dict[str, str], outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", environment)
    with pytest.raises(outcome, match="nginx is not installed"):
        missing()
