"""`SimpleHTTPRequestHandler`: a folder of files, with their types, dates and lists, in five lines.
It cannot run views, and it shows every file of the folder, also those that begin with a dot."""

import sys
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
HANDLER = partial(SimpleHTTPRequestHandler, directory=Path(__file__).parent)

with suppress(KeyboardInterrupt), ThreadingHTTPServer(("127.0.0.1", PORT), HANDLER) as server:
    print(f"Listening on port {server.server_port}", flush=True)
    server.serve_forever()
