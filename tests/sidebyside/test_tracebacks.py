"""Tracebacks in the output of servers: their frames, the requests that they belong to, and errors at the start."""

from textwrap import dedent

import pytest

from sidebyside.checkout import ROOT
from sidebyside.tracebacks import of_requests, starting_error, tracebacks

HEADINGS = {
    "raw_router": "ERROR GET /a%20b?c failed",
    "Flask": "[2026-11-28 10:00:00,123] ERROR in app: Exception on /a%20b [GET]",
    "Django": "Internal Server Error: /a%20b",
    "gunicorn": "[2026-11-28 10:00:00 +0000] [1] [ERROR] Error handling request /a%20b?c",
    "Tornado": "ERROR:tornado:Uncaught exception GET /a%20b?c (127.0.0.1)\nHTTPServerRequest(protocol='http')",
}


def printed(text: str) -> list[str]:
    return dedent(text).replace("ROOT", ROOT).splitlines()


RAISED = """\
Traceback (most recent call last):
  File "/usr/lib/python3/site-packages/flask/app.py", line 902, in dispatch_request
    return self.ensure_sync(view)()
           ^^^^^^^^^^^^^^^^^^^^^^^^
  File "ROOT/flask_app/__init__.py", line 72, in error
    return show(views.error())
  File "ROOT/shared_views/views.py", line 9, in error
    raise RuntimeError("boom")
RuntimeError: boom
"""


@pytest.mark.parametrize("heading", HEADINGS.values(), ids=HEADINGS)
def test_a_traceback_belongs_to_the_request_that_its_heading_names(heading: str) -> None:
    lines = printed(f"GET /before 200\n{heading}\n{RAISED}GET /after 500\n")
    found = list(tracebacks(lines))
    assert [each.message for each in of_requests(found, ["/a%20b?c"] if "?c" in heading else ["/a%20b"])] == [
        "RuntimeError: boom"
    ]
    assert of_requests(found, ["/a", "/after"]) == ()


def test_a_path_may_be_decoded_in_the_heading() -> None:
    found = tracebacks(printed(f"Internal Server Error: /é\n{RAISED}"))
    assert len(of_requests(found, ["http://localhost/%C3%A9?a=b"])) == 1


def test_frames() -> None:
    [error] = tracebacks(printed(RAISED))
    assert [(str(frame), frame.source) for frame in error.last_frames] == [
        ("flask/app.py:902 in dispatch_request", "return self.ensure_sync(view)()"),
        ("flask_app/__init__.py:72 in error", "return show(views.error())"),
        ("shared_views/views.py:9 in error", 'raise RuntimeError("boom")'),
    ]
    assert error.place == "shared_views/views.py:9: RuntimeError: boom"


def test_frames_without_a_source_are_left_out() -> None:
    text = """\
        Traceback (most recent call last):
          File "<frozen importlib._bootstrap>", line 241, in _call_with_frames_removed
          File "ROOT/django_project/urls.py", line 10
            urlpatterns = [,
                           ^
        SyntaxError: invalid syntax
        """
    [error] = tracebacks(printed(text))
    assert list(map(str, error.last_frames)) == ["django_project/urls.py:10"]
    assert error.place == "django_project/urls.py:10: SyntaxError: invalid syntax"


def test_the_last_frame_of_an_implementation_is_among_the_last_frames() -> None:
    deep = "".join(f'  File "/usr/lib/json/{n}.py", line {n}, in load\n' for n in range(9))
    head, raised = RAISED.split("RuntimeError:")[0], "ValueError: deep\n"
    [error] = tracebacks(printed(head + deep + raised))
    assert str(error.last_frames[0]) == "shared_views/views.py:9 in error"
    assert error.place == "shared_views/views.py:9: ValueError: deep"


def test_the_last_of_chained_exceptions_counts() -> None:
    chain = "\nDuring handling of the above exception, another exception occurred:\n\n"
    lines = printed(
        f"ERROR GET /one failed\n{RAISED.replace('boom', 'first')}{chain}{RAISED}ERROR GET /two failed\n{RAISED}"
    )
    found = list(tracebacks(lines))
    assert [(each.heading.split()[2], each.message) for each in found] == [
        ("/one", "RuntimeError: boom"),
        ("/two", "RuntimeError: boom"),
    ]


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (RAISED, "shared_views/views.py:9: RuntimeError: boom"),
        (
            """\
            Traceback (most recent call last):
              File "/usr/lib/python3/runpy.py", line 9, in run
                import flask_app
              File "ROOT/flask_app/__init__.py", line 3
                app = [
                      ^
            SyntaxError: '[' was never closed
            """,
            "flask_app/__init__.py:3: SyntaxError: '[' was never closed",
        ),
        (
            """\
            Error: While importing 'flask_app', an ImportError was raised:

              File "ROOT/flask_app/__init__.py", line 3
                app = [
                      ^
            SyntaxError: '[' was never closed
            """,
            "flask_app/__init__.py:3: SyntaxError: '[' was never closed",
        ),
        ("Port 8001 is in use by another program.", ""),
        (RAISED.replace("ROOT", "/elsewhere"), ""),
    ],
    ids=["exception", "syntax", "syntax without a traceback", "message", "elsewhere"],
)
def test_why_a_program_has_not_started(output: str, expected: str) -> None:
    assert starting_error(printed(output)) == expected
