"""Bottle: a cookie, a form, a generator, a static file, an error."""

from pathlib import Path

from bottle import Bottle, abort, request, response, static_file

application = Bottle()


@application.get("/hello/<name>")
def hello(name: str) -> str:
    response.set_cookie("seen", name)
    return f"Hello {name}, last time {request.get_cookie('seen', 'nobody')}"


@application.post("/form")
def form() -> dict[str, str]:
    return {"text": request.forms.text, "file": request.files.file.filename}


@application.get("/stream")
def stream():
    for number in range(3):
        yield f"piece {number}\n"


@application.get("/source")
def source():
    return static_file(Path(__file__).name, root=Path(__file__).parent, mimetype="text/plain")


@application.get("/abort")
def aborted():
    abort(418, "short and stout")
