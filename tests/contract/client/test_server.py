"""A server from a URL."""

import os
from pathlib import Path

import pytest

from http_contract.client.server import server_at
from http_contract.errors import CannotJudge
from tests.tls import CERTIFICATE


@pytest.mark.parametrize(
    ("url", "host", "port", "authority"),
    [
        ("http://127.0.0.1:8001", "127.0.0.1", 8001, "127.0.0.1:8001"),
        ("http://127.0.0.1:8001/", "127.0.0.1", 8001, "127.0.0.1:8001"),
        ("http://localhost", "localhost", 80, "localhost:80"),
        ("https://localhost", "localhost", 443, "localhost:443"),
        ("HTTP://LocalHost:1", "localhost", 1, "localhost:1"),
        ("http://[::1]:8001", "::1", 8001, "[::1]:8001"),
        ("http://bücher.example", "xn--bcher-kva.example", 80, "xn--bcher-kva.example:80"),
    ],
)
def test_server(url: str, host: str, port: int, authority: str) -> None:
    server = server_at(url)
    assert (server.host, server.port, server.authority) == (host, port, authority)
    assert (server.tls is not None) == url.startswith("https:")


@pytest.mark.parametrize(
    "url",
    [
        *("", "http://", "http://:8001", "127.0.0.1:8001", "localhost:8001", "ftp://127.0.0.1", "ftp://127.0.0.1:8001"),
        *("http://127.0.0.1:0", "http://127.0.0.1:65536", "http://127.0.0.1:x", "http://[::1", "http://a..b"),
        *(
            "http://127.0.0.1/below",
            "http://127.0.0.1?query",
            "http://127.0.0.1#part",
            "http://a:b@127.0.0.1",
            f"http://{'a' * 64}.example",
        ),
    ],
    ids=lambda url: url[:24] or "nothing",
)
def test_no_server(url: str) -> None:
    with pytest.raises(CannotJudge, match=r"is not a valid URL of a server; write one like http://127\.0\.0\.1:8001"):
        server_at(url)


def test_a_certificate_is_trusted(tmp_path: Path) -> None:
    *_, ca = CERTIFICATE.write(tmp_path)
    tls = server_at("https://localhost", str(ca)).tls
    assert tls
    assert len(tls.get_ca_certs()) == 1


@pytest.mark.parametrize(
    ("url", "ca", "why"),
    [
        ("http://localhost", os.devnull, "a certificate requires a URL that begins with https:"),
        ("https://localhost", __file__, "no certificate can be read from"),
        ("https://localhost", "/nowhere.pem", "no certificate can be read from /nowhere.pem: .*No such file"),
    ],
    ids=["http", "no-certificate", "missing"],
)
def test_no_certificate(url: str, ca: str, why: str) -> None:
    with pytest.raises(CannotJudge, match=why):
        server_at(url, ca)
