"""A chat page: server-sent events are one response that never ends, and the browser shows each line as it arrives.
It cannot show how HTTP works, because `http.server` speaks it here: the next part writes it by hand."""

import queue
import sys
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
LONGEST = 1000  # bytes of a message
PAGE = """<!doctype html><meta charset="utf-8"><title>Chat</title><h1>Chat</h1><ul id="lines"></ul>
<form><label>Say: <input name="text" autofocus></label> <button>Send</button></form>
<script>
new EventSource("/events").onmessage = event => {
  const line = document.createElement("li")
  line.textContent = event.data  // as text: nobody's message becomes a script
  document.getElementById("lines").append(line)
}
document.forms[0].onsubmit = event => {
  event.preventDefault()
  fetch("/say", {method: "POST", body: event.target.text.value})
  event.target.reset()
}
</script>"""
listeners = []  # a queue of messages for each open page


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/events":
            self.send_events()
        elif self.path == "/":
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(PAGE.encode())))
            self.end_headers()
            self.wfile.write(PAGE.encode())
        else:
            self.send_error(404)

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if self.path != "/say" or not length.isdecimal() or int(length) > LONGEST:
            return self.send_error(400)
        text = " ".join(self.rfile.read(int(length)).decode(errors="replace").split())  # one line
        for messages in list(listeners):
            messages.put(text)
        self.send_response(204)
        return self.end_headers()

    def send_events(self):
        listeners.append(messages := queue.Queue())
        try:
            with suppress(ConnectionError):
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream; charset=utf-8")
                self.end_headers()
                while True:
                    try:
                        self.wfile.write(f"data: {messages.get(timeout=10)}\n\n".encode())
                    except queue.Empty:
                        self.wfile.write(b": still here\n\n")  # a comment: it finds out whether the page is closed
        finally:
            listeners.remove(messages)


with suppress(KeyboardInterrupt), ThreadingHTTPServer(("127.0.0.1", PORT), Handler) as server:
    print(f"Open http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()
