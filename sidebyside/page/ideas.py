"""The ideas that every framework has a word for, and what there is to say of each that its code does not say."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Idea:
    """One idea: the name that its marks bear, its title, and a sentence about the three."""

    name: str
    title: str
    says: str
    notes: Mapping[str, str] = field(default_factory=dict)  # a sentence about one of the three, by its name
    shared: str = ""  # what leads over to the code that all three share, where that is shown


# Where code is marked, in the order in which it is shown: tables of routes first.
SOURCES: Mapping[str, tuple[str, ...]] = {
    "raw": (
        "raw_router/urls.py",
        "raw_router/router.py",
        "raw_router/application.py",
        "raw_router/__main__.py",
        "tests/raw_router/test_application.py",
    ),
    "flask": (
        "flask_app/__init__.py",
        "flask_app/application.py",
        "flask_app/__main__.py",
        "tests/test_flask_app.py",
    ),
    "django": (
        "django_project/urls.py",
        "django_project/converters.py",
        "django_project/views.py",
        "django_project/wsgi.py",
        "django_project/manage.py",
        "tests/test_django_project.py",
    ),
    "shared": ("shared_views/forms.py", "shared_views/files.py", "shared_views/conditional.py"),
}

IDEAS = (
    Idea(
        "route",
        "A route",
        "A path finds its function: by a line of a dict, by a decorator, by an entry of a list.",
        {
            "raw": "What a path finds is a function of the request.",
            "flask": "The request is a global that each thread sees as its own.",
            "django": "A class has a method for each method of HTTP; as_view() makes a function of it.",
        },
    ),
    Idea(
        "parameter",
        "A path parameter",
        "A part of the path becomes an argument. All three write it alike.",
    ),
    Idea(
        "typed parameter",
        "A typed parameter",
        "A converter says what a parameter may be, and turns it into a value; other paths are 404.",
        {
            "flask": "Werkzeug's own int takes the digits of every script, so another takes its place.",
            "django": "Django's own int takes any number of digits, so another one is registered beside it.",
        },
    ),
    Idea(
        "methods",
        "Methods",
        "One path, two methods. HEAD comes with GET, and OPTIONS is answered by the framework, in all three.",
        {"flask": "Without a method in the decorator, a route takes GET alone."},
    ),
    Idea(
        "404",
        "404 Not Found",
        "No route has the path. The page for it is the same function of shared_views, views.not_found.",
        {
            "raw": "To the router it is an ordinary value.",
            "flask": "Routing raises NotFound, and a handler is registered for it.",
            "django": "The resolver raises Resolver404, and the URLconf names a handler for it.",
        },
    ),
    Idea(
        "405",
        "405 Method Not Allowed",
        "The path has a route, the method has none. Allow, which names those that would do, comes from the routes.",
        {
            "raw": "An ordinary value, too, which knows the methods.",
            "flask": "An exception, too, which knows the methods.",
            "django": "The resolver knows no methods: it is the view that refuses.",
        },
    ),
    Idea(
        "500",
        "500 Internal Server Error",
        "A view has raised. The traceback goes to the log, and nothing of it to the client.",
        {
            "flask": "Flask logs by itself, and wraps the exception into InternalServerError.",
            "django": "Django logs by itself, as LOGGING in its settings says.",
        },
    ),
    Idea(
        "reverse URL",
        "A reverse URL",
        "A path is made of a route's name and its parameters, so that it is written down but once. Here it is where"
        " a redirect leads.",
    ),
    Idea(
        "query",
        "The query",
        "What comes after the question mark takes no part in routing. The inspector wants it as it was sent.",
        {
            "flask": "Its own way to a parameter is request.args, which is decoded already.",
            "django": "Its own way to a parameter is request.GET, which is decoded already.",
        },
        shared="One function reads the pairs for all three, their order and repeats kept.",
    ),
    Idea(
        "form",
        "A form",
        "Fields and files are in the body, in one of two media types.",
        {
            "flask": "Its own request.form and request.files would pass over malformed multipart.",
            "django": "Its own request.POST and request.FILES would decode base64, and keep limits of their own.",
        },
        shared="One function reads the body for all three, or says what is wrong with it.",
    ),
    Idea(
        "file",
        "A file",
        "A parameter that takes slashes names a file below a folder, and must never lead out of it.",
        {
            "flask": "Its own way is send_from_directory.",
            "django": "Its own way is django.views.static.serve, which is meant for development alone.",
        },
        shared="One function reads the file for all three, or returns None for whatever is not to be seen.",
    ),
    Idea(
        "header",
        "Header fields",
        "A function that looks up fields of the request goes in; status, fields and body come out.",
        {
            "raw": "The names of fields are in lower case since they were parsed.",
            "flask": "The look-up is request.headers.get.",
            "django": "The look-up is request.headers.get, over the variables of WSGI.",
        },
    ),
    Idea(
        "conditional request",
        "A conditional request",
        "Who has a copy already sends its ETag or its date, and gets 304 without a body.",
        {
            "flask": "Its own way is response.make_conditional(request), which takes an unquoted ETag for one.",
            "django": "Its own way is the decorator condition(), which answers 412 with a page of its own.",
        },
        shared="One function decides for all three, in the order of RFC 9110, 13.2.2. They only pass the look-up on.",
    ),
    Idea(
        "test client",
        "The test client",
        "A test asks the application without a server and without a socket.",
        {
            "raw": "There is none: the handler is a function from a request to a response, so a test calls it.",
            "flask": "It makes an environment of WSGI and calls the application with that.",
            "django": "It comes as a fixture of pytest-django.",
        },
    ),
    Idea(
        "starting",
        "Starting it",
        "Something has to listen, and to call the application for each request.",
        {
            "raw": "python -m raw_router: a listening socket, a connection for each client, a driver between them.",
            "flask": "python -m flask_app is the development server; app is what other servers run.",
            "django": "manage.py runserver is the development server; application is what other servers run.",
        },
    ),
)
