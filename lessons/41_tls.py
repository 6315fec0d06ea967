"""TLS: `ssl` wraps the socket, and HTTP does not notice. The `openssl` command makes the certificate.
It cannot convince a browser: nobody but this program has signed the certificate. Try `curl -k`."""

import ssl
import sys
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import CalledProcessError, run
from tempfile import TemporaryDirectory

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8443
HANDLER = partial(SimpleHTTPRequestHandler, directory=Path(__file__).parent)
MAKE_CERTIFICATE = (
    "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost"
    " -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout key.pem -out certificate.pem"
)


class TLSServer(ThreadingHTTPServer):
    def finish_request(self, client, address):  # in the client's thread: a slow handshake blocks nobody
        client.settimeout(10)
        with suppress(OSError), make_context().wrap_socket(client, server_side=True) as encrypted:
            super().finish_request(encrypted, address)


def make_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


with TemporaryDirectory() as name, suppress(KeyboardInterrupt):
    folder = Path(name)
    try:
        run(MAKE_CERTIFICATE.split(), cwd=folder, check=True, capture_output=True)
    except (FileNotFoundError, CalledProcessError) as error:
        sys.exit(f"The openssl command could not make a certificate: {error}")
    with TLSServer(("127.0.0.1", PORT), HANDLER) as server:
        print(f"Listening on port {server.server_port}", flush=True)
        server.serve_forever()
