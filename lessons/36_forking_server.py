"""`ForkingMixIn`: the same handler, with a process for each connection. The page shows which process it was.
It cannot count its requests: each process changes its own copy of a variable. Windows has no `fork`."""

import os
import sys
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import ForkingMixIn

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
count = 0


class ForkingHTTPServer(ForkingMixIn, HTTPServer):
    pass


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        global count
        count += 1
        body = f"process {os.getpid()}, child of {os.getppid()}; request {count} of this process".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


with suppress(KeyboardInterrupt), ForkingHTTPServer(("127.0.0.1", PORT), Handler) as server:
    print(f"Listening on port {server.server_port}", flush=True)
    server.serve_forever()
