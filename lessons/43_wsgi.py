"""WSGI: an application is a function of five lines that any server can call. `wsgiref` is such a server.
It cannot route: one `if` for each page again. Frameworks put their route tables here."""

import sys
from contextlib import suppress
from wsgiref.simple_server import make_server

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080


def application(environ, start_response):
    page = f"<!doctype html><title>WSGI</title><h1>{environ['REQUEST_METHOD']} on WSGI</h1>".encode()
    found = environ["PATH_INFO"] == "/"
    start_response("200 OK" if found else "404 Not Found", [("Content-Type", "text/html; charset=utf-8")])
    return [page if found else b"<h1>This page was not found</h1>"]


if __name__ == "__main__":  # another server only imports `application`
    with suppress(KeyboardInterrupt), make_server("127.0.0.1", PORT, application) as server:
        print(f"Listening on port {server.server_port}", flush=True)
        server.serve_forever()
