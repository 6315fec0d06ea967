"""wsgiref of the standard library: an application by PEP 3333 alone, with dictionaries of paths and of prefixes."""

import json
import sys
import traceback
from mimetypes import guess_type
from urllib.parse import quote
from wsgiref.headers import Headers
from wsgiref.simple_server import make_server
from wsgiref.util import FileWrapper, application_uri, shift_path_info

from shared_views import clock, forms, views
from shared_views.files import PUBLIC
from shared_views.pages import JSON, PROBLEM, REASON_PHRASES, preferred_form, render

# The links of the index repeat the paths of the routes.
LINKS = {
    "index": "/",
    "test": "/test",
    "time_page": "/time",
    "time_html": "/time.html",
    "hello": "/hello/{name}",
    "status": "/status/{code}",
    "home": "/home",
    "inspect": "/inspect",
    "form": "/form",
    "public_file": "/files/{name}",
    "style": "/style.css",
    "error": "/error",
}


def show(environ, page):
    """Return status, header fields and body of a page as HTML or JSON."""
    is_json = preferred_form(environ.get("HTTP_ACCEPT"), (JSON, PROBLEM)) == "json"
    media_type = (JSON if page.status < 400 else PROBLEM) if is_json else "text/html; charset=utf-8"
    headers = Headers([("Content-Type", media_type), ("Vary", "Accept"), *page.headers])
    content = json.dumps(page.data) if is_json else render(page)
    return f"{page.status.value} {REASON_PHRASES[page.status]}", headers, [content.encode()]


def index(environ, rest):
    return show(environ, views.index(lambda route, /, **parameters: quote(LINKS[route].format(**parameters))))


def test(environ, rest):
    return show(environ, views.test())


def time_page(environ, rest):
    return show(environ, views.time_page(clock.now()))


def hello(environ, rest):
    if not rest or "/" in rest:
        return not_found(environ)
    return show(environ, views.hello(rest))


def status(environ, rest):
    if not (rest.isascii() and rest.isdigit()):
        return not_found(environ)
    return show(environ, views.status(int(rest), f"/status/{rest}"))


def home(environ, rest):
    return show(environ, views.home(application_uri(environ)))


def inspect(environ, rest):
    fields = [(name[5:].replace("_", "-"), value) for name, value in environ.items() if name.startswith("HTTP_")]
    keys = ("REMOTE_ADDR", "REQUEST_METHOD", "PATH_INFO", "QUERY_STRING")
    client, method, path, query = (environ.get(key, "") for key in keys)
    return show(environ, views.inspect(client, method, path, query, fields, environ["SERVER_PROTOCOL"]))


def form(environ, rest):
    return show(environ, views.form())


def submit_form(environ, rest):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    coding = environ.get("HTTP_CONTENT_ENCODING")
    try:  # the standard library has no parser of multipart since Python 3.13
        return show(environ, views.posted(forms.read_form(environ.get("CONTENT_TYPE"), body, coding)))
    except forms.FormError as error:
        return show(environ, views.bad_form(error))


def public_file(environ, rest):
    file = (PUBLIC / rest).resolve()
    if not file.is_relative_to(PUBLIC):
        return not_found(environ)
    try:
        content = FileWrapper(file.open("rb"))
    except OSError:
        return not_found(environ)
    media_type = guess_type(file)[0] or "application/octet-stream"
    return "200 OK", Headers([("Content-Type", media_type)]), content


def style(environ, rest):
    return public_file(environ, "style.css")


def error(environ, rest):
    return show(environ, views.error())


def not_found(environ):
    return show(environ, views.not_found(environ["SCRIPT_NAME"] + environ["PATH_INFO"]))


PATHS = {
    "/": {"GET": index},
    "/test": {"GET": test},
    "/time": {"GET": time_page},
    "/time.html": {"GET": time_page},
    "/home": {"GET": home},
    "/inspect": {"GET": inspect},
    "/form": {"GET": form, "POST": submit_form},
    "/style.css": {"GET": style},
    "/error": {"GET": error},
}
PREFIXES = {"hello": {"GET": hello}, "status": {"GET": status}, "files": {"GET": public_file}}


def respond(environ):
    methods = PATHS.get(environ["PATH_INFO"]) or PREFIXES.get(shift_path_info(environ) or "")
    if methods is None:
        return not_found(environ)
    if environ["REQUEST_METHOD"] not in methods:
        return "405 Method Not Allowed", Headers([("Allow", ", ".join(methods))]), []
    rest = environ["PATH_INFO"].removeprefix("/").encode("latin-1").decode(errors="replace")
    return methods[environ["REQUEST_METHOD"]](environ, rest)


def app(environ, start_response):
    try:
        status, headers, body = respond(environ)
    except Exception:
        traceback.print_exc(file=environ["wsgi.errors"])
        status, headers, body = show(environ, views.server_error())
    start_response(status, headers.items())
    return body


if __name__ == "__main__":
    make_server("127.0.0.1", int(sys.argv[1]), app).serve_forever()
