"""The same routes in other frameworks, each by its own framework's ways, unbent: the table of the guests."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Guest:
    """A framework that the routes are written in.

    Its module has the callable `app` if its interface is wsgi or asgi, and serves at 127.0.0.1 by its own ways with
    `python -m MODULE PORT`.
    """

    name: str  # as it is given on the command line
    title: str
    module: str
    distribution: str  # the name of its package on the index, "" for the standard library
    interface: Literal["wsgi", "asgi", "own"]
    style: Literal["decorator", "list", "dict", "class tree", "traversal"]  # how its routes are written


# By interface, then by name.
GUESTS: tuple[Guest, ...] = (
    Guest("bottle", "Bottle", "guests.bottle", "bottle", "wsgi", "decorator"),
    Guest("cherrypy", "CherryPy", "guests.cherrypy", "CherryPy", "wsgi", "class tree"),
    Guest("django_plain", "Django, plain", "guests.django_plain", "Django", "wsgi", "list"),
    Guest("falcon", "Falcon", "guests.falcon", "falcon", "wsgi", "list"),
    Guest("flask_plain", "Flask, plain", "guests.flask_plain", "Flask", "wsgi", "decorator"),
    Guest("pyramid", "Pyramid", "guests.pyramid", "pyramid", "wsgi", "list"),
    Guest("turbogears", "TurboGears", "guests.turbogears", "TurboGears2", "wsgi", "class tree"),
    Guest("webpy", "web.py", "guests.webpy", "web.py", "wsgi", "list"),
    Guest("wsgiref", "wsgiref", "guests.wsgiref_app", "", "wsgi", "dict"),
    Guest("fastapi", "FastAPI", "guests.fastapi", "fastapi", "asgi", "decorator"),
    Guest("litestar", "Litestar", "guests.litestar", "litestar", "asgi", "decorator"),
    Guest("quart", "Quart", "guests.quart", "quart", "asgi", "decorator"),
    Guest("sanic", "Sanic", "guests.sanic", "sanic", "asgi", "decorator"),
    Guest("starlette", "Starlette", "guests.starlette", "starlette", "asgi", "list"),
    Guest("aiohttp", "aiohttp", "guests.aiohttp", "aiohttp", "own", "decorator"),
    Guest("http_server", "http.server", "guests.http_server", "", "own", "dict"),
    Guest("tornado", "Tornado", "guests.tornado", "tornado", "own", "list"),
    Guest("twisted", "Twisted", "guests.twisted", "twisted", "own", "traversal"),
)
