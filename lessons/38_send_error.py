"""`send_error`: one template for all errors, and a view that raises an exception is a 500, not a lost connection.
It cannot spare a client what it has already: each request sends the whole page again."""

import sys
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from traceback import print_exc

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080


def index():
    return "<h1>Index</h1><a href='/broken'>broken</a> <a href='/missing'>missing</a>"


def broken():
    return 1 / 0


URLS = {"/": index, "/broken": broken}


class Handler(BaseHTTPRequestHandler):
    error_message_format = "<!doctype html><title>%(message)s</title><h1>%(code)d %(message)s</h1><p>%(explain)s</p>"

    def do_GET(self):
        view = URLS.get(self.path.split("?")[0])
        if view is None:
            return self.send_error(404, explain="This server has no such page.")
        try:
            body = view().encode()
        except Exception:
            print_exc()  # for the person who runs the server; the client gets no details
            return self.send_error(500, explain="The server has failed.")
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return self.wfile.write(body)


with suppress(KeyboardInterrupt), ThreadingHTTPServer(("127.0.0.1", PORT), Handler) as server:
    print(f"Listening on port {server.server_port}", flush=True)
    server.serve_forever()
