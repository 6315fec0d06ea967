"""The styles in which frameworks write routes, each with a line of real code, and which framework has which."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from guests import GUESTS


@dataclass(frozen=True, slots=True)
class Style:
    """One way to write routes: how it works, and a line that shows it, with the file that contains the line."""

    title: str
    text: str
    code: str
    file: str


STYLES: Mapping[str, Style] = {
    "dict": Style(
        "a dict",
        "Paths are keys, views are values.",
        '"/hello/<name>": hello,',
        "raw_router/urls.py",
    ),
    "decorator": Style(
        "decorators",
        "The path stands above the view.",
        '@app.get("/hello/<name>")',
        "flask_app/__init__.py",
    ),
    "list": Style(
        "a list",
        "All paths stand in one place, in the order in which they are tried.",
        'path("hello/<name>", views.Hello.as_view(), name="hello"),',
        "django_project/urls.py",
    ),
    "class tree": Style(
        "a tree of classes",
        "Segments of the path are the names of attributes, and methods are views.",
        "def hello(self, name):",
        "guests/cherrypy.py",
    ),
    "traversal": Style(
        "traversal",
        "Each resource is asked for its child, one segment at a time.",
        'root.putChild(b"hello", Hello())',
        "guests/twisted.py",
    ),
}
"""By the name of the style in guests.GUESTS."""

OURS: Mapping[str, str] = {"raw_router": "dict", "Flask": "decorator", "Django": "list"}
"""The styles of the three."""


def frameworks_by_style() -> Iterator[tuple[Style, Sequence[str]]]:
    """Yield each style that a framework has, with the titles of the frameworks."""
    titles = {**OURS, **{guest.title: guest.style for guest in GUESTS if ", plain" not in guest.title}}
    for name, style in STYLES.items():
        found = [title for title, each in titles.items() if each == name]
        if found:
            yield style, found
