"""python -m raw_router, from its command line to its exit status."""

import re
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from raw_router.__main__ import DRIVERS, main
from raw_router.access_log import access_line
from raw_router.cli import parse_arguments
from raw_router.messages import Request, Response
from tests.serving import HOST, exchange

NOW = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
GET = b"GET /test HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (None, '::1 - - [03/Feb/2026:04:05:06 +0000] "-" 200 4 "-" "-"\n'),
        (
            Request("GET", "/a?b", "HTTP/1.1", {"referer": 'x"\\', "user-agent": "\xe9\t"}, "/a"),
            '::1 - - [03/Feb/2026:04:05:06 +0000] "GET /a?b HTTP/1.1" 200 4 "x\\x22\\x5c" "\\xe9\\x09"\n',
        ),
        (
            Request("HEAD", "/", "HTTP/1.1", {}, "/"),
            '::1 - - [03/Feb/2026:04:05:06 +0000] "HEAD / HTTP/1.1" 200 0 "-" "-"\n',
        ),
    ],
    ids=["no request", "request", "no body sent"],
)
def test_access_line(request_: Request | None, expected: str) -> None:
    octets = 0 if "HEAD" in expected else 4
    assert access_line("::1", request_, Response(200, (), b"body"), octets, "complete", NOW) == expected


def test_a_line_of_a_response_that_was_cut() -> None:
    line = access_line("::1", None, Response(200, (), b"body"), 2, "cut", NOW)
    assert line == '::1 - - [03/Feb/2026:04:05:06 +0000] "-" 200 2 "-" "-" cut\n'


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("options", "driver", "status"),
    [
        (["--access-log"], "events", 200),
        (["--driver", "threads"], "threads", 200),
        (["--driver", "serial"], "serial", 200),
        (["--driver", "coroutines"], "coroutines", 200),
        (["--workers", "2"], "events, 2 workers", 200),
        (["--wsgi", "flask_app:app"], "pool", 200),
        (["--wsgi", "wsgiref.simple_server:demo_app", "--driver", "events"], "events", 200),
    ],
    ids=["urls", "threads", "serial", "coroutines", "workers", "flask", "any application"],
)
def test_serves_until_a_signal_comes(number: int, options: list[str], driver: str, status: int) -> None:
    command = [sys.executable, "-m", "raw_router", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        announced = process.stderr.readline()
        found = re.fullmatch(rf"raw_router listens on http://{HOST}:(\d+) \({driver}\); Ctrl-C ends it\n", announced)
        assert found, announced
        answer = exchange(int(found[1]), GET)
        process.send_signal(number)
        output, errors = process.communicate(timeout=10)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert (process.returncode, errors) == (0, "")
    assert bool(re.match(r'127\.0\.0\.1 - - \[.*\] "GET /test HTTP/1\.1" 200 ', output)) == ("--access-log" in options)


@pytest.mark.parametrize(
    "application", [[], ["--wsgi", "flask_app:app"], ["--wsgi", "django_project.wsgi:application"]]
)
def test_max_body_is_the_only_limit(application: list[str]) -> None:
    head = (
        "POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close"
    )
    command = [sys.executable, "-m", "raw_router", "--port", "0", "--max-body", "2000000", *application]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        port = int(re.findall(r":(\d+) ", process.stderr.readline())[0])
        responses = [
            exchange(port, f"{head}\r\nContent-Length: {size}\r\n\r\n{'a' * size}".encode())
            for size in (2_000_000, 2_000_001)
        ]
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
    assert [response[:12] for response in responses] == [b"HTTP/1.1 200", b"HTTP/1.1 413"]
    assert b"at most 1.9 MiB" in responses[0]


@pytest.mark.parametrize(
    ("options", "multithread", "multiprocess"),
    [
        ([], True, False),
        (["--driver", "serial"], False, False),
        (["--driver", "events", "--workers", "2"], False, True),
        (["--driver", "threads"], True, False),
        (["--workers", "2"], True, True),
    ],
    ids=lambda value: " ".join(value) or "none" if isinstance(value, list) else "",
)
def test_an_application_is_told_who_else_may_ask_it(options: list[str], multithread: bool, multiprocess: bool) -> None:
    parsed = parse_arguments(["--wsgi", "wsgiref.simple_server:demo_app", *options], list(DRIVERS))
    handler = parsed.handler_at(("::1", 81))
    told = handler(Request("GET", "/", "HTTP/1.1", {}, "/")).body.decode().splitlines()
    assert {f"wsgi.multithread = {multithread}", f"wsgi.multiprocess = {multiprocess}"} <= set(told)
    assert {"SERVER_NAME = '[::1]'", "SERVER_PORT = '81'"} <= set(told)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--port", "x"], "argument --port: invalid port value: 'x'"),
        (["--port", "65536"], "argument --port: invalid port value: '65536'"),
        (["--workers", "0"], "argument --workers: invalid count value: '0'"),
        (["--min-rate", "-1"], "argument --min-rate: invalid natural value: '-1'"),
        (["--threads", "0"], "argument --threads: invalid count value: '0'"),
        (["--grace", "nan"], "argument --grace: invalid seconds value: 'nan'"),
        (["--max-body", "x"], "argument --max-body: invalid count value: 'x'"),
        (["--max-head", "13"], "--max-request-line and --max-head must be at least 14, for GET / HTTP/1.0"),
        (["--max-request-line", "13"], "--max-request-line and --max-head must be at least 14"),
        (["--driver", "x"], "argument --driver: invalid choice: 'x'"),
        (["--asgi", "shop"], "argument --asgi: 'shop' is not MODULE:APP, where APP is a name, such as app"),
        (
            ["--asgi", "shop:app", "--driver", "threads"],
            "an ASGI application requires --driver coroutines",
        ),
        (["--asgi", "a:b", "--wsgi", "a:b"], "argument --wsgi: not allowed with argument --asgi"),
        (["--wsgi", "flask_app"], "argument --wsgi: 'flask_app' is not MODULE:APP, where APP is a name, such as app"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_options(capsys: pytest.CaptureFixture[str], options: list[str], said: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(options)
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told


def test_an_application_knows_the_socket() -> None:
    """Whatever the client's Host field says (RFC 3875 §4.1.15)."""
    command = [sys.executable, "-m", "raw_router", "--port", "0", "--wsgi", "wsgiref.simple_server:demo_app"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        found = re.search(r":(\d+) ", process.stderr.readline())
        assert found
        answers = [exchange(int(found[1]), data) for data in (GET, b"GET / HTTP/1.0\r\n\r\n")]
        process.terminate()
    for answer in answers:
        assert f"SERVER_NAME = '{HOST}'\nSERVER_PORT = '{found[1]}'\n".encode() in answer
    assert b"HTTP_HOST = 'localhost'\n" in answers[0]
    assert b"HTTP_HOST" not in answers[1]


def test_a_taken_port_is_an_error_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server((HOST, 0)) as taken:
        assert main(["--port", str(taken.getsockname()[1])]) == 1
    assert "Address already in use; choose another with --port" in capsys.readouterr().err


def test_an_address_of_nobody_is_an_error_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--host", "192.0.2.1"]) == 1
    assert "192.0.2.1, port 8001: Cannot assign requested address; choose another" in capsys.readouterr().err


def test_ipv6() -> None:
    command = [sys.executable, "-m", "raw_router", "--port", "0", "--host", "::1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("raw_router listens on http://[::1]:")
        process.terminate()
