"""The Rosetta table: ideas of every web framework, each with the code of all services, side by side.

The code of an idea is named, as `source.excerpt_named` reads names. The sources contain no marks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from flask import Blueprint

from guests import Guest
from sidebyside.page.guest_code import NO_CODE, Broken, broken_rules, code_of, guest_named
from sidebyside.page.settings import current_settings
from sidebyside.page.source import ROOT, Excerpt, Snapshot, changed_files, excerpt_named, replace_snapshot

blueprint = Blueprint("rosetta", __name__)


@dataclass(frozen=True, slots=True)
class Idea:
    """One idea: its name, its title, a sentence about all three services, and the names of its code."""

    name: str
    title: str
    text: str
    code: Mapping[str, Sequence[str]]  # by the name of a service, or "shared"
    notes: Mapping[str, str] = field(default_factory=dict)  # a sentence about one service, by its name
    shared: str = ""  # introduces the shared code

    @property
    def anchor(self) -> str:
        return f"idea-{self.name.replace(' ', '-').lower()}"


@dataclass(frozen=True, slots=True)
class Entry:
    """An idea with the excerpts of its code, and the rules about it that guests fail."""

    idea: Idea
    code: Mapping[str, Sequence[Excerpt]]  # by the name of a service, or "shared"
    broken: Mapping[str, Sequence[Broken]]  # by the name of a guest


@blueprint.app_context_processor
def template_variables() -> dict[str, object]:
    names = tuple(service.name for service in current_settings().guests)
    if current_settings().follows_sources:
        follow_sources(names)
    return {"rosetta": rosetta_entries(names), "no_code": NO_CODE}


def follow_sources(guests: tuple[str, ...]) -> None:
    """Show the sources as they are now. If an idea is no longer in them, as while they are edited, show the earlier."""
    if not changed_files():
        return
    before = replace_snapshot(Snapshot())
    rosetta_entries.cache_clear()
    try:
        rosetta_entries(guests)
    except (LookupError, SyntaxError):
        replace_snapshot(before)
        rosetta_entries.cache_clear()


@cache
def rosetta_entries(guests: tuple[str, ...] = (), root: Path = ROOT) -> tuple[Entry, ...]:
    """Return all ideas with their code in the packages below `root`, and in the modules of these guests."""
    known = [guest for guest in map(guest_named, guests) if guest]
    return tuple(_entry(idea, known, root) for idea in IDEAS)


def _entry(idea: Idea, guests: Sequence[Guest], root: Path) -> Entry:
    code = {name: _excerpts(names, root) for name, names in idea.code.items()}
    code |= {guest.name: code_of(idea.name, guest, root) for guest in guests}
    return Entry(idea, code, {guest.name: broken_rules(idea.name, guest) for guest in guests})


def _excerpts(references: Sequence[str], root: Path) -> list[Excerpt]:
    found = (excerpt_named(reference, root) for reference in references)
    return [excerpt for excerpt in found if excerpt]


IDEAS = (
    Idea(
        "route",
        "A route",
        "A route connects a path with a function: an entry of a dict, a decorator, or an entry of a list.",
        {
            "raw": ("raw_router.urls:URLS[/test]", "raw_router.urls:test"),
            "flask": ("flask_app:add_routes.test",),
            "django": ("django_project.urls:urlpatterns[test]", "django_project.views:Test"),
        },
        {
            "raw": "A view is a function of the request.",
            "flask": "The request is a global variable with a value of its own in each thread.",
            "django": "A class has a method for each HTTP method; as_view() makes a function of the class.",
        },
    ),
    Idea(
        "parameter",
        "A path parameter",
        "A part of the path becomes an argument. raw_router, Flask and Django write it in the same way.",
        {
            "raw": ("raw_router.urls:URLS[/hello/<name>]", "raw_router.urls:hello"),
            "flask": ("flask_app:add_routes.hello",),
            "django": ("django_project.urls:urlpatterns[hello/<name>]", "django_project.views:Hello"),
        },
    ),
    Idea(
        "typed parameter",
        "A typed parameter",
        "A converter defines which texts a parameter accepts, and converts the text to a value. Other paths are 404.",
        {
            "raw": (
                "raw_router.urls:URLS[/status/<int:code>]",
                "raw_router.urls:status",
                "raw_router.router:CONVERTERS[int]",
            ),
            "flask": ("flask_app:add_routes.status", "flask_app.application:NineDigits"),
            "django": (
                "django_project.urls:register_converter",
                "django_project.urls:urlpatterns[status/<digits:code>]",
                "django_project.views:Status",
                "django_project.converters:NineDigits",
            ),
        },
        {
            "flask": "Werkzeug's own int accepts the digits of every script, so another converter replaces it.",
            "django": "Django's own int accepts any number of digits, so another converter is registered beside it.",
        },
    ),
    Idea(
        "methods",
        "Methods",
        "One path, two methods. In raw_router, Flask and Django, GET includes HEAD, and OPTIONS has a response.",
        {
            "raw": ("raw_router.urls:URLS[/form]",),
            "flask": ("flask_app:add_routes.form", "flask_app:add_routes.submit_form"),
            "django": ("django_project.urls:urlpatterns[form]", "django_project.views:Form"),
        },
        {"flask": "Without a method in the decorator, a route accepts only GET."},
    ),
    Idea(
        "404",
        "404 Not Found",
        "No route has the path. The page is the same function of shared_views, views.not_found.",
        {
            "raw": ("raw_router.application:respond[NotFound]",),
            "flask": ("flask_app:add_error_handlers.not_found",),
            "django": ("django_project.urls:handler404", "django_project.views:not_found"),
        },
        {
            "raw": "The router returns NotFound, an ordinary value.",
            "flask": "Routing raises NotFound, and a handler is registered for it.",
            "django": "The resolver raises Resolver404, and the URLconf names a handler for it.",
        },
    ),
    Idea(
        "405",
        "405 Method Not Allowed",
        "A route has the path, but not the method. The field Allow lists its methods, which come from the routes.",
        {
            "raw": ("raw_router.application:respond[method_not_allowed]",),
            "flask": ("flask_app:add_error_handlers.method_not_allowed",),
            "django": ("django_project.views:ShownView.http_method_not_allowed",),
        },
        {
            "raw": "The router returns an ordinary value that contains the methods.",
            "flask": "Routing raises an exception that contains the methods.",
            "django": "The resolver does not look at methods: the view refuses the request.",
        },
    ),
    Idea(
        "500",
        "500 Internal Server Error",
        "A view raises an exception. The traceback goes to the log, and the client sees nothing of it.",
        {
            "raw": ("raw_router.application:generate_response[Exception]",),
            "flask": ("flask_app:add_error_handlers.server_error",),
            "django": ("django_project.urls:handler500", "django_project.views:server_error"),
        },
        {
            "flask": "Flask logs the exception, and wraps it into InternalServerError.",
            "django": "Django logs the exception as LOGGING in its settings says.",
        },
    ),
    Idea(
        "reverse URL",
        "A reverse URL",
        "A path is built from a route's name and parameters, so the code contains each path only once. Here it is the"
        " target of a redirect.",
        {
            "raw": ("raw_router.urls:home", "raw_router.urls:url_for"),
            "flask": ("flask_app:add_routes.home",),
            "django": ("django_project.views:Home",),
        },
    ),
    Idea(
        "query",
        "The query",
        "Routing ignores the part of the URL after the question mark. The inspector needs it as it was sent.",
        {
            "raw": ("raw_router.urls:inspect",),
            "flask": ("flask_app:add_routes.inspect",),
            "django": ("django_project.views:Inspect",),
            "shared": ("shared_views.forms:read_pairs",),
        },
        {
            "flask": "Flask's own way is request.args, which is already decoded.",
            "django": "Django's own way is request.GET, which is already decoded.",
        },
        shared="One function reads the pairs for all three. It keeps their order and repeated names.",
    ),
    Idea(
        "form",
        "A form",
        "The body contains fields and files, in one of two media types.",
        {
            "raw": ("raw_router.urls:submit_form",),
            "flask": ("flask_app:add_routes.submit_form", "flask_app:add_error_handlers.bad_form"),
            "django": ("django_project.views:Form.post",),
            "shared": ("shared_views.forms:read_form",),
        },
        {
            "flask": "Flask's own request.form and request.files ignore malformed multipart.",
            "django": "Django's own request.POST and request.FILES decode base64, and have limits of their own.",
        },
        shared="One function reads the body for all three, or raises an error that names the problem.",
    ),
    Idea(
        "file",
        "A file",
        "A parameter that accepts slashes names a file below a folder. It must never lead out of the folder.",
        {
            "raw": ("raw_router.urls:URLS[/files/<path:name>]", "raw_router.urls:public_file"),
            "flask": ("flask_app:add_routes.public_file",),
            "django": ("django_project.urls:urlpatterns[files/<path:name>]", "django_project.views:PublicFile"),
            "shared": ("shared_views.files:read_file",),
        },
        {
            "flask": "Flask's own way is send_from_directory.",
            "django": "Django's own way is django.views.static.serve, which is only meant for development.",
        },
        shared="One function reads the file for all three, or returns None for a file that is not public.",
    ),
    Idea(
        "header",
        "Header fields",
        "A function that looks up request fields goes in; status, fields and body come out.",
        {
            "raw": ("raw_router.application:generate_response", "raw_router.application:response_of"),
            "flask": ("flask_app.application:show", "flask_app.application:make_response"),
            "django": ("django_project.views:respond", "django_project.views:make_response"),
        },
        {
            "raw": "The parser has changed field names to lower case.",
            "flask": "The look-up is request.headers.get.",
            "django": "The look-up is request.headers.get, which reads the variables of WSGI.",
        },
    ),
    Idea(
        "conditional request",
        "A conditional request",
        "A client that has a copy sends the copy's ETag or date, and receives 304 without a body.",
        {
            "raw": ("raw_router.application:generate_response",),
            "flask": ("flask_app.application:show",),
            "django": ("django_project.views:respond",),
            "shared": ("shared_views.conditional:evaluate",),
        },
        {
            "flask": "Flask's own way is response.make_conditional(request), which accepts an ETag without quotes.",
            "django": "Django's own way is the decorator condition(), whose 412 has a page of its own.",
        },
        shared="One function decides for all three, in the order of RFC 9110, 13.2.2. They only pass the look-up.",
    ),
    Idea(
        "test client",
        "The test client",
        "A test calls the application without a server and without a socket.",
        {
            "raw": (
                "tests.raw_router.test_application:ask",
                "tests.raw_router.test_application:test_the_host_is_judged_before_the_path",
            ),
            "flask": ("tests.test_flask_app:test_client",),
            "django": ("tests.test_django_project:test_client",),
        },
        {
            "raw": "No client is needed: a handler is a function from a request to a response, and a test calls it.",
            "flask": "The client makes a WSGI environment and calls the application with it.",
            "django": "The client is a fixture of pytest-django.",
        },
    ),
    Idea(
        "starting",
        "Starting it",
        "A server has to listen, and to call the application for each request.",
        {
            "raw": ("raw_router.__main__:main",),
            "flask": ("flask_app:app", "flask_app.__main__:main[run]"),
            "django": ("django_project.wsgi:application", "django_project.manage:__main__"),
        },
        {
            "raw": "python -m raw_router: a listening socket, a connection for each client, and a driver between them.",
            "flask": "python -m flask_app is the development server; other servers run app.",
            "django": "manage.py runserver is the development server; other servers run application.",
        },
    ),
)
