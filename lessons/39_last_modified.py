"""Last-Modified and 304: a browser asks whether its copy is still right, and gets a page only if it is not.
It cannot see two changes in one second: the date has no smaller unit. An ETag can."""

import sys
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
FILE = Path(__file__)  # it serves itself


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        modified = datetime.fromtimestamp(int(FILE.stat().st_mtime), UTC)
        if self.has_copy_of(modified):
            self.send_response(304)
            self.send_header("Last-Modified", format_datetime(modified, usegmt=True))
            self.end_headers()
            return
        body = FILE.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", format_datetime(modified, usegmt=True))
        self.end_headers()
        self.wfile.write(body)

    def has_copy_of(self, modified):
        """Whether the client's copy is from that time or later. A date that cannot be read is ignored."""
        try:
            return parsedate_to_datetime(self.headers["If-Modified-Since"]) >= modified
        except (TypeError, ValueError):
            return False


with suppress(KeyboardInterrupt), ThreadingHTTPServer(("127.0.0.1", PORT), Handler) as server:
    print(f"Listening on port {server.server_port}", flush=True)
    server.serve_forever()
