"""`ThreadingHTTPServer`: the same handler, with a thread for each connection. Keep-alive is one line more.
It cannot read what a client sends after its head: forms and files."""

import sys
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # with keep-alive, so each response needs its length
    timeout = 60  # seconds: a silent client does not keep its thread

    def do_GET(self):
        parts = urlsplit(self.path)
        lines = [
            f"client: {self.client_address[0]}",
            f"method: {self.command}",
            f"path: {parts.path}",
            *(f"query: {name} = {value}" for name, value in parse_qsl(parts.query, keep_blank_values=True)),
            *(f"field: {name}: {value}" for name, value in self.headers.items()),
        ]
        body = "\n".join(lines).encode(errors="replace")
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


with suppress(KeyboardInterrupt), ThreadingHTTPServer(("127.0.0.1", PORT), Handler) as server:
    print(f"Listening on port {server.server_port}", flush=True)
    server.serve_forever()
