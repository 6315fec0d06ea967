"""The views, for all three routers: plain values in, a Page or a File out."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any, NoReturn, TypeAlias

from shared_views.files import File, read_file
from shared_views.forms import Form, FormError, read_pairs, shortened
from shared_views.pages import REASON_PHRASES, Page, problem

Shown: TypeAlias = Page | File

NO_STORE = (("Cache-Control", "no-store"),)

# name of the route, its parameters, title of the link, description of the route
LINKS: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("test", {}, "Test page", "a static route"),
    ("time_page", {}, "Time", "two routes, one view"),
    ("time_html", {}, "Time, once more", "the second of the two routes"),
    ("hello", {"name": "world"}, "A greeting", "a path parameter"),
    ("status", {"code": 418}, "A status", "a typed parameter"),
    ("home", {}, "Home", "a redirect"),
    ("inspect", {}, "The inspector", "the request as data"),
    ("form", {}, "The form", "two methods on one path"),
    ("public_file", {"name": "hello.txt"}, "A file", "a path parameter of many segments"),
    ("public_file", {"name": "three-ways.png"}, "A picture", "binary content"),
    ("public_file", {"name": "planets.json"}, "Some data", "a media type by name"),
    ("public_file", {"name": "notes/nested.txt"}, "A file in a folder", "a path of two segments"),
    ("style", {}, "The stylesheet", "a cacheable asset"),
    ("error", {}, "An error", "the 500 handler"),
)

# Statuses that require header fields, which a bare page cannot have (RFC 9110 §15.5.2, .6, .8, .22).
OWING_FIELDS = {401, 405, 407, 426}
SERVED_SUCCESSES = {200, 201, 202, 204, 205, 304}


def index(url_for: Callable[..., str]) -> Page:
    """Link to every page; url_for is the router's reverse routing, from a route's name and parameters."""
    links = [
        {"title": title, "path": url_for(name, **parameters), "shows": shows}
        for name, parameters, title, shows in LINKS
    ]
    return Page("One service, three routers", "index.html", {"links": links})


TEST = Page("Test page", "test.html", {"message": "The route works: this is the test page."}, constant=True)


def test() -> Page:
    return TEST


def time_page(now: datetime) -> Page:
    """Show the time; the page is never stored."""
    data = {"time": f"{now:%H:%M:%S %d.%m.%Y}", "datetime": now.isoformat(timespec="seconds")}
    return Page("Time", "time.html", data, headers=NO_STORE)


def hello(name: str) -> Page:
    return Page(f"Hello, {name}!", "hello.html", {"name": name})


def status(code: int, path: str) -> Page:
    """Show a page with that status, or the not-found page for a code that is not served."""
    served = served_status(code)
    if served is None:
        return not_found(path)
    if served >= 400:
        return problem(served, f"You asked for the status {served.value}, and here it is.")
    phrase = REASON_PHRASES[served]
    return Page(phrase, "status.html", {"status": served.value, "title": phrase}, served)


def served_status(code: int) -> HTTPStatus | None:
    """Return the status that /status/<code> serves, None for a code that is not served."""
    named = next((each for each in HTTPStatus if each == code), None)
    served = code in SERVED_SUCCESSES or (code >= 400 and code not in OWING_FIELDS)
    return named if served else None


def home(location: str) -> Page:
    """Redirect to a location permanently."""
    moved = HTTPStatus.MOVED_PERMANENTLY
    return Page(REASON_PHRASES[moved], "moved.html", {"location": location}, moved, (("Location", location),))


def inspect(client: str, method: str, path: str, query: str, headers: Iterable[tuple[str, str]], version: str) -> Page:
    """Show a request as the server received it; query is raw, headers are the names and values of the server.

    The page is never stored, because it depends on all header fields and on the client.
    """
    data = {
        "client": client,
        "method": method,
        "path": path,
        "query": pairs(read_pairs(query)),
        "headers": pairs(cgi_fields(headers)),
        "version": version,
    }
    return Page("The inspector", "inspect.html", data, headers=NO_STORE)


def cgi_fields(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return header fields as CGI does: in title case, without underscores, repeats joined, sorted."""
    joined: dict[str, str] = {}
    for name, value in headers:
        if "_" not in name:
            name = name.title()
            joined[name] = f"{joined[name]},{value}" if name in joined else value
    # In CGI an empty CONTENT_TYPE means that there is none (RFC 3875 §4.1.3), and Flask does the same.
    return sorted(item for item in joined.items() if item != ("Content-Type", ""))


def pairs(items: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in items]


FORM = Page("The form", "form.html", {"fields": [], "files": []})


def form() -> Page:
    return FORM


def posted(form: Form) -> Page:
    """Show the form, with the posted fields and files; a long text is cut. The page is never stored."""
    shown = shortened(form)
    data = {"fields": pairs(shown.fields), "files": [asdict(file) for file in shown.files]}
    return replace(FORM, data=data, headers=NO_STORE)


def bad_form(error: FormError) -> Page:
    """Show why a form was refused; a field of the response lists what is accepted (RFC 9110 §15.5.16)."""
    return problem(error.status, str(error), error.headers)


def public_file(name: str, path: str) -> Shown:
    return read_file(name) or not_found(path)


def style(path: str) -> Shown:
    return public_file("style.css", path)


def error() -> NoReturn:
    raise RuntimeError("This page raises on purpose, to show what a server error looks like.")


def failed(code: int) -> Page:
    """Show the status with which a framework refused a request that its server had accepted."""
    return problem(HTTPStatus(code), "The request could not be answered.")


def unknown_host() -> Page:
    return problem(HTTPStatus.BAD_REQUEST, "The service does not answer for this host.")


def bad_path() -> Page:
    return problem(HTTPStatus.BAD_REQUEST, "The path contains a control character, or is not UTF-8.")


def not_found(path: str) -> Page:
    return problem(HTTPStatus.NOT_FOUND, f"There is no page at {path} here.")


def method_not_allowed(method: str, allowed: Collection[str]) -> Page:
    """Show that a method is not allowed; Allow lists the others (RFC 9110 §15.5.6)."""
    return problem(HTTPStatus.METHOD_NOT_ALLOWED, f"This page does not take {method}.", (allow(allowed),))


def allow(methods: Collection[str]) -> tuple[str, str]:
    """Return the Allow field for a set of methods, sorted, so that it is the same in every router (§10.2.1)."""
    return ("Allow", ", ".join(sorted(methods)))


def server_error() -> Page:
    detail = "Something went wrong on the server. It is not your fault."
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail)
