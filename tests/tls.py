"""A certificate made for the test, what trusts it, and a server that has it."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import trustme

from http_contract import Server
from tests.mutants.serving import Mutant, running
from tests.mutants.stage08_concurrency import Carry, threaded

NAMES = ("localhost", "127.0.0.1")


class Certificate:
    """A certificate for NAMES; nobody but `trusting` trusts it."""

    def __init__(self) -> None:
        self._authority = trustme.CA()
        self._issued = self._authority.issue_cert(*NAMES)

    @property
    def serving(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._issued.configure_cert(context)
        return context

    @property
    def trusting(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        self._authority.configure_trust(context)
        return context

    def write(self, folder: Path) -> tuple[Path, Path, Path]:
        """Write PEM files: the certificate, its key, and who is to be trusted for it; return their paths."""
        certificate, key, ca = folder / "certificate.pem", folder / "key.pem", folder / "ca.pem"
        self._issued.cert_chain_pems[0].write_to_path(str(certificate))
        self._issued.private_key_pem.write_to_path(str(key))
        self._authority.cert_pem.write_to_path(str(ca))
        return certificate, key, ca


CERTIFICATE = Certificate()


def encrypted(carry: Carry) -> Carry:
    """Carry over TLS what is said."""

    def carried(client: socket.socket) -> None:
        with CERTIFICATE.serving.wrap_socket(client.dup(), server_side=True) as wrapped:
            carry(wrapped)

    return carried


@contextmanager
def encrypting(carry: Carry) -> Iterator[Server]:
    with running(Mutant(id="over-tls", breaks=(), serve=threaded(lambda: encrypted(carry)))) as server:
        yield replace(server, tls=CERTIFICATE.trusting, restart=None)
