"""http.server with a do_GET, as most begin: no lengths, the whole target for a path, one client after the other."""

import sys
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

PAGES = {"/": "<h1>Index</h1>", "/test": "<h1>Test</h1>"}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path in ("/time", "/time.html"):
            self.page(200, f"<h1>{datetime.now():%H:%M:%S %d.%m.%Y}</h1>")
        elif self.path in PAGES:
            self.page(200, PAGES[self.path])
        else:
            self.page(404, "<h1>Not found</h1>")

    def do_POST(self) -> None:
        self.do_GET()

    def page(self, status: int, body: str) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
