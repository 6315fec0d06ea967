"""The start of an HTTP server. It listens on the port in its first argument, or on $PORT, and sends no response yet."""

import os
import socket
import sys

HOST = "127.0.0.1"
PORT = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("PORT", "8080"))

listener = socket.socket()
listener.bind((HOST, PORT))
listener.listen()
print(f"http://{HOST}:{PORT}", flush=True)
while True:
    client, address = listener.accept()
    # Stage 1 starts here: receive the request, and send a response.
    client.close()
