"""A web server like the ones in many tutorials. It works in a browser, by luck. How many bugs do you find?"""

import os
import socket
import sys
import time

HOST = "127.0.0.1"
PORT = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("PORT", "8080"))

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind((HOST, PORT))
listener.listen(1)
print(f"http://{HOST}:{PORT}", flush=True)

while True:
    client, address = listener.accept()
    request = client.recv(1024).decode()
    path = request.split()[1]

    if path == "/":
        body = "<h1>Welcome!</h1><p><a href='/test'>Test</a> <a href='/time'>Time</a></p>"
    elif path == "/test":
        body = "<h1>This is a test.</h1>"
    elif path == "/time" or path == "/time.html":
        body = "<h1>" + time.strftime("%H:%M:%S %d.%m.%Y") + "</h1>"
    else:
        body = "<h1>Error: " + path + " was not found</h1>"

    response = "HTTP/1.1 200 OK\n\n" + body
    client.send(response.encode())
    client.close()
