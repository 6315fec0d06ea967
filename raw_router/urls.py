"""URLS, the table of routes, and its views: each takes a request and returns a page or a file."""

from raw_router.messages import Request
from raw_router.router import Router, Table
from shared_views import clock, forms, views
from shared_views.views import Shown


def index(request: Request) -> Shown:
    return views.index(url_for)


def test(request: Request) -> Shown:
    return views.test()


def time_page(request: Request) -> Shown:
    return views.time_page(clock.now())


def hello(request: Request, name: str) -> Shown:
    return views.hello(name)


def status(request: Request, code: int) -> Shown:
    return views.status(code, request.path)


def home(request: Request) -> Shown:
    return views.home(url_for("index"))


def inspect(request: Request) -> Shown:
    return views.inspect(
        request.client, request.method, request.path, request.query, request.headers.items(), request.version
    )


def form(request: Request) -> Shown:
    return views.form()


def submit_form(request: Request) -> Shown:
    try:
        return views.posted(
            forms.read_form(request.field("Content-Type"), request.body, request.field("Content-Encoding"))
        )
    except forms.FormError as error:
        return views.bad_form(error)


def public_file(request: Request, name: str) -> Shown:
    return views.public_file(name, request.path)


def style(request: Request) -> Shown:
    return views.style(request.path)


def error(request: Request) -> Shown:
    return views.error()


URLS: Table = {
    "/": index,
    "/test": test,
    "/time": time_page,
    "/time.html": time_page,
    "/hello/<name>": hello,
    "/status/<int:code>": status,
    "/home": home,
    "/inspect": inspect,
    "/form": {"GET": form, "POST": submit_form},
    "/files/<path:name>": public_file,
    "/style.css": style,
    "/error": error,
}

router = Router(URLS, names={"time_html": "/time.html"})
url_for = router.url_for
