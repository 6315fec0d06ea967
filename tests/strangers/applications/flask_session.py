"""Flask: a session, a generator with its context, a file with ranges, an upload, and an endless response."""

import itertools
import time
from pathlib import Path

from flask import Flask, redirect, request, send_file, session, stream_with_context, url_for

app = Flask(__name__)
app.secret_key = "secret of a test"


def create_app():
    return app


@app.post("/login")
def login():
    session["name"] = request.form["name"]
    return redirect(url_for("who"))


@app.get("/who")
def who():
    return session.get("name", "nobody")


@app.get("/stream")
def stream():
    @stream_with_context
    def pieces():
        for number in range(3):
            yield f"piece {number} of {request.args['name']}\n"

    return pieces(), {"Content-Type": "text/plain"}


@app.get("/source")
def source():
    return send_file(Path(__file__), mimetype="text/plain", conditional=True)


@app.post("/upload")
def upload():
    return {name: len(file.read()) for name, file in request.files.items()}


@app.get("/endless")
def endless():
    def events():
        for number in itertools.count():
            yield f"data: {number}\n\n"
            time.sleep(0.01)

    return events(), {"Content-Type": "text/event-stream"}
