"""A form with a file: `Content-Length` says how much to read, and `email` parses multipart (`cgi` is gone).
It cannot read chunked bodies, or files larger than its limit: it has the whole body in memory."""

import sys
from contextlib import suppress
from email.parser import BytesParser
from email.policy import HTTP
from hashlib import sha256
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
LARGEST = 1024 * 1024  # bytes
FORM = """<!doctype html><meta charset="utf-8"><title>Upload</title>
<form method="post" enctype="multipart/form-data">
<input name="text"> <input name="file" type="file"> <button>Send</button></form>"""


class Handler(BaseHTTPRequestHandler):
    timeout = 60  # seconds

    def do_GET(self):
        self.respond(FORM)

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            return self.send_error(411)
        if int(length) > LARGEST:
            return self.send_error(413)
        if self.headers.get_content_type() != "multipart/form-data":
            return self.send_error(415)
        return self.respond(FORM + "".join(map(describe, self.parse_parts(self.rfile.read(int(length))))))

    def parse_parts(self, body):
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode("latin-1")
        return BytesParser(policy=HTTP).parsebytes(head + body).iter_parts()

    def respond(self, page):
        body = page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def describe(part):
    name = escape(part.get_param("name", "", "Content-Disposition"))
    data = part.get_payload(decode=True) or b""
    if part.get_filename() is None:
        return f"<p>{name}: {escape(data.decode(errors='replace'))}</p>"
    return f"<p>{name}: file {escape(part.get_filename())}, {len(data)} bytes, SHA-256 {sha256(data).hexdigest()}</p>"


with suppress(KeyboardInterrupt), ThreadingHTTPServer(("127.0.0.1", PORT), Handler) as server:
    print(f"Listening on port {server.server_port}", flush=True)
    server.serve_forever()
