"""`sidebyside compare` as a command: its output, its exit status, and its errors."""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from raw_router.application import generate_response
from raw_router.messages import Request, Response
from sidebyside.__main__ import main
from sidebyside.compare.cli import repeat_urls_option
from sidebyside.compare.send import endpoint_at
from sidebyside.launch.ports import free_base_port
from tests.contract.scripted import OK, says, scripted
from tests.serving import HANDLERS, HOST, serving
from tests.session import LIMIT, session_of
from tests.tls import CERTIFICATE, encrypting

ROOT = Path(__file__).parents[2]
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LONG = "".join(f"<p>{number}" for number in range(100))


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """Restore the signal handlers that the command replaces."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="module")
def urls() -> Iterator[list[str]]:
    """The three, each in a thread."""
    with ExitStack() as stack:
        yield [f"http://{HOST}:{stack.enter_context(serving(handler))}" for handler in HANDLERS.values()]


@contextmanager
def broken(change: Callable[[Request, Response], Response]) -> Iterator[str]:
    """Serve changed responses of raw_router; yields the URL."""
    with serving(lambda request: change(request, generate_response(request))) as port:
        yield f"http://{HOST}:{port}"


def run(*arguments: str, urls: list[str], sent: bytes = b"") -> Result:
    return CliRunner().invoke(main, ["compare", *arguments, "--urls", *urls], input=sent)


def teapot(request: Request, response: Response) -> Response:
    return response._replace(status=418)


def shouting(request: Request, response: Response) -> Response:
    return response._replace(body=response.content.upper())


# -- the verdict


@pytest.mark.parametrize(
    "arguments",
    [
        ["GET", "/"],
        ["HEAD", "/test"],
        ["GET", "/time", "-H", "Accept: application/json"],
        ["GET", "/inspect"],
        ["GET", "/files/three-ways.png"],
        ["POST", "/form", "-d", "a=1", "-d", "b=2"],
        ["POST", "/form", "-F", "a=1", "-F", f"f=@{ROOT / 'shared_views/public/icon.svg'}"],
        ["POST", "/form", "-d", f"@{ROOT / 'LICENSE'}"],
        ["GET", "{origin}/test"],
        ["--rule", "persistence-pipelined"],
        ["--rule", "targets-fragment"],
        ["--raw", "-"],
    ],
    ids=lambda arguments: " ".join(arguments[:4]).replace(str(ROOT), ""),
)
def test_our_three_are_identical(urls: list[str], arguments: list[str]) -> None:
    result = run(*arguments, urls=urls, sent=b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\nHEAD * HTTP/9\n\n")
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1].startswith("Identical")


@pytest.mark.parametrize(
    ("change", "label"), [(teapot, "status"), (shouting, "body (6 lines)")], ids=["another status", "another body"]
)
def test_a_broken_implementation_differs(
    urls: list[str], change: Callable[[Request, Response], Response], label: str
) -> None:
    with broken(change) as url:
        result = run("GET", "/hello/x", urls=[*urls, url])
    assert result.exit_code == 1
    assert result.output.splitlines()[-1] == f"The responses differ in 1 place: {label}"
    assert any(line.startswith("!") and url.removeprefix("http://") in line for line in result.output.splitlines())


def test_exchanges_that_differ_are_counted(urls: list[str]) -> None:
    with broken(lambda request, response: teapot(request, response) if request.path == "/" else response) as url:
        result = run("--rule", "route-query", urls=[urls[0], url])
    assert result.exit_code == 1
    assert result.output.splitlines()[-1] == "The responses differ in 1 place in 1 of 3 exchanges: exchange 1: status"


def test_responses_that_do_not_differ_are_counted(urls: list[str]) -> None:
    request = b"GET /test HTTP/1.1\r\nHost: localhost\r\n\r\n"
    result = run("--raw", "-", urls=urls, sent=request * 5)
    assert "Response 1 of 5:" in result.output
    assert "4 more responses do not differ." in result.output


def test_a_message_in_pieces_has_no_time(urls: list[str]) -> None:
    """The time to the first byte would include the pauses between the pieces."""
    output = run("--rule", "respond-three-packets", urls=urls).output
    assert "Sent to each server in 3 packets; {authority} is the server's own host and port:" in output
    assert sum("first byte  " in line for line in output.splitlines()) < output.count("Sent to each server")


@pytest.mark.parametrize(
    ("expected", "same", "different"), [((), 0, 1), (("--expect", "same"), 0, 1), (("--expect", "different"), 1, 0)]
)
def test_scripts_expect_a_verdict(urls: list[str], expected: tuple[str, ...], same: int, different: int) -> None:
    with broken(teapot) as url:
        servers = (urls[:2], [urls[0], url])
        assert [run("GET", "/", *expected, urls=each).exit_code for each in servers] == [same, different]


def test_only_differences_are_printed(urls: list[str]) -> None:
    with broken(teapot) as url:
        shown = run("GET", "/", "--only-differences", urls=[*urls, url]).output.splitlines()
    assert [line.split()[:2] for line in shown[4:6]] == [["!", "status"]] * 2
    assert shown[6] == ""
    nothing = run("GET", "/", "--only-differences", urls=urls).output.splitlines()
    assert nothing[4] == ""
    assert nothing[-1] == "Identical"


def test_the_first_line_of_a_body_that_differs_has_its_label() -> None:
    with scripted(says(page("<p>a<p>b"))) as one, scripted(says(page("<p>a<p>c"))) as two:
        urls = [f"http://{HOST}:{server.port}" for server in (one, two)]
        shown = run("GET", "/", "--only-differences", urls=urls).output.splitlines()
    assert [line.split()[1] for line in shown if line.startswith("!  ")] == ["body", "body"]


def test_responses_without_a_difference_are_counted(urls: list[str]) -> None:
    with broken(lambda request, response: teapot(request, response) if request.path == "/time" else response) as url:
        pair = b"".join(b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % path for path in (b"/test", b"/time"))
        shown = run("--raw", "-", "--only-differences", urls=[urls[0], url], sent=pair).output
    assert "Response 1 of 2:" not in shown
    assert "Response 2 of 2:" in shown
    assert "1 more response does not differ." in shown


def test_https(tmp_path: Path) -> None:
    _, _, ca = CERTIFICATE.write(tmp_path)
    with encrypting(says(OK)) as server, scripted(says(OK)) as other:
        places = [f"https://localhost:{server.port}", f"http://{HOST}:{other.port}"]
        result = run("GET", "/", "--ca", str(ca), urls=places)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("http://example.org", "example.org"),
        ("https://example.org:443/", "example.org"),
        ("http://example.org:443", "example.org:443"),
        ("http://[::1]:80", "[::1]"),
        ("localhost:5000", "localhost:5000"),
        ("[::1]:80", "[::1]"),
    ],
)
def test_the_authority_has_no_default_port(url: str, authority: str) -> None:
    assert endpoint_at(url, None, 1.0, "").server.authority == authority


# -- the output


def seen(arguments: list[str], width: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the lines that a terminal of that width shows."""
    out = StringIO()
    terminal = Console(file=out, force_terminal=True, color_system=None, width=width, highlight=False)
    monkeypatch.setattr("sidebyside.compare.cli.console", lambda: terminal)
    assert CliRunner().invoke(main, ["compare", *arguments]).exit_code in (0, 1)
    return out.getvalue().splitlines()


def test_a_wide_terminal_has_columns(urls: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    lines = seen(["GET", "/inspect", "--urls", *urls], 140, monkeypatch)
    names = [url.removeprefix("http://") for url in urls]
    assert names in [line.split() for line in lines]
    assert any(line.split()[:1] == ["status"] and line.count("HTTP/1.1 200 OK") == 3 for line in lines)
    assert any(line.startswith("~") and all(f"Host {name}" in line for name in names) for line in lines)
    assert all(len(line) <= 140 for line in lines)


@pytest.mark.parametrize("width", [40, 80])
def test_a_narrow_terminal_has_no_columns(urls: list[str], monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    lines = seen(["GET", "/test", "--urls", *urls], width, monkeypatch)
    assert len([line for line in lines if "HTTP/1.1 200 OK" in line]) == 1
    assert all(len(line) <= width for line in lines)


def test_a_pipe_has_whole_lines_without_spaces_at_their_ends(urls: list[str]) -> None:
    output = run("GET", "/nope", urls=urls).output
    assert "\x1b" not in output
    assert "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';" in output
    assert [line for line in output.splitlines() if line != line.rstrip()] == []


def test_servers_with_the_same_value_share_a_line() -> None:
    with scripted(says(OK)) as one, scripted(says(OK)) as two, scripted(says(OK.replace(b"200", b"201"))) as three:
        names = [f"{HOST}:{server.port}" for server in (one, two, three)]
        result = run("GET", "/", urls=[f"http://{name}" for name in names])
    assert f"!  status          {names[0]}, {names[1]}  HTTP/1.1 200 OK" in result.output
    assert f"!  status          {names[2]}{' ' * (len(names[0]) + 2)}  HTTP/1.1 201 OK" in result.output


def page(text: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(text.encode())}\r\n\r\n"
    return (head + text).encode()


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (LONG, LONG, "... 84 more lines, the same ..."),
        (LONG, LONG.replace("<p>50<", "<p>fifty<"), "... 34 more lines, the same ..."),
        ("<p>\x1b[31mred", "<p>\x1b[31mred", "\\x1b[31mred"),
        ("a" * 500 + "b" + "c" * 500, "a" * 500 + "d" + "c" * 500, "..." + "a" * 60 + "b" + "c" * 339 + "... (1001"),
        ("<p>a", "<b>a", "<p>a"),
        ("<p>a<p>b", "<p>a", "  b\n   end"),
    ],
    ids=["long", "long and different", "escape sequence", "long line", "markup", "one line more"],
)
def test_what_is_shown_of_a_body(first: str, second: str, expected: str) -> None:
    with scripted(says(page(first))) as one, scripted(says(page(second))) as two:
        result = run("GET", "/", urls=[f"http://{HOST}:{server.port}" for server in (one, two)])
    assert expected in result.output
    assert "\x1b" not in result.output


def test_what_was_sent_is_shown(urls: list[str]) -> None:
    result = run("--raw", "-", urls=urls, sent=b"GET /\xff HTTP/1.1\nHost: a\r\n\r\n" + b"x\r\n" * 20)
    lines = result.output.splitlines()
    assert lines[:4] == ["Sent to each server:", "> GET /\\xff HTTP/1.1\\n", "> Host: a", ">"]
    assert "> ... 7 more lines" in lines


# -- for other programs


def test_json(urls: list[str]) -> None:
    result = run("GET", "/inspect", "--json", urls=urls)
    data = json.loads(result.output)
    assert (data["format"], data["verdict"]) == ("sidebyside/compare/v1", "may")
    assert [server["url"] for server in data["servers"]] == urls
    [exchange] = data["exchanges"]
    assert exchange["sent"] == "GET /inspect HTTP/1.1\r\nHost: {authority}\r\n\r\n"
    assert {"answer": 1, "label": "status", "values": ["HTTP/1.1 200 OK"] * 3, "verdict": "same", "reason": ""} in (
        exchange["rows"]
    )
    assert [heard["statuses"] for heard in exchange["heard"]] == [[200]] * 3
    assert all(heard["received"].startswith("HTTP/1.1 200 OK\r\n") for heard in exchange["heard"])


def test_json_of_a_difference(urls: list[str]) -> None:
    with broken(teapot) as url:
        result = run("GET", "/", "--json", urls=[urls[0], url])
    assert result.exit_code == 1
    assert json.loads(result.output)["verdict"] == "differs"


def test_har(urls: list[str]) -> None:
    log = json.loads(run("--rule", "route-query", "--har", urls=urls).output)["log"]
    assert log["creator"]["name"] == "sidebyside"
    assert log["pages"][0]["title"].startswith("GET /?a=1 HTTP/1.1 (")
    assert len(log["entries"]) == 9
    assert [entry["comment"] for entry in log["entries"][:3]] == [url.removeprefix("http://") for url in urls]
    assert [entry["request"]["url"] for entry in log["entries"][:3]] == [f"{url}/?a=1" for url in urls]
    assert [entry["response"]["status"] for entry in log["entries"]] == [200] * 6 + [404] * 3


# -- errors


NOWHERE = ["http://127.0.0.1:1", "http://127.0.0.1:2"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "METHOD and PATH are required, for example GET /time, unless --raw or --rule is used"),
        (
            ["GET", "/a b"],
            "'GET' and '/a b' do not make a valid request line; percent-encode",
        ),
        (
            ["GET", "/", "-H", "x"],
            "'x' is not a valid header field such as 'Accept: application/json'; send anything else as raw bytes",
        ),
        (
            ["GET", "/", "-F", "x"],
            "Invalid value for '-F': 'x' is not a valid form field such as name=value",
        ),
        (["GET", "/", "-F", "x=@/no/file"], "Invalid value for '-F': '/no/file' cannot be read: No such file or"),
        (["GET", "/", "-d", "@\0"], "Invalid value for '-d': '\\x00' cannot be read: embedded null byte"),
        (["--raw", "/no/file"], "Invalid value for '--raw': '/no/file': No such file or directory"),
        (["--rule", "route-tset"], "there is no rule 'route-tset'; perhaps route-test"),
        (["GET", "/", "--on", "apache"], "Invalid value for '--on': 'apache' is not one of 'raw_router', 'dev'"),
        (["GET", "/", "--ca", "x"], "--ca can only be used with https URLs in --urls"),
        (["GET", "/", "--on", "dev", "--urls", *NOWHERE], "--on cannot be used with --urls"),
        (["GET", "/", "--urls", NOWHERE[0]], "--urls requires two or more URLs to compare"),
        (["GET", "/", "--urls", "http://a:x", "http://b"], "'http://a:x' is not a valid URL of a server"),
        (["GET", "/", "--urls", "127.0.0.1:1", "127.0.0.1:2"], "no connection to 127.0.0.1:1: Connection refused"),
        (["GET", "/", "--urls", *NOWHERE], "no connection to 127.0.0.1:1: Connection refused"),
        (
            ["GET", "/", "--timeout", "x"],
            "Invalid value for '--timeout': 'x' is not a valid number of seconds",
        ),
        (["GET", "/", "--watch", "--json"], "--watch cannot be used with --json or --har"),
        (["GET", "/", "--jason"], "No such option"),
    ],
    ids=lambda value: " ".join(value).replace("\0", "NUL") if isinstance(value, list) else "",
)
def test_an_error_is_one_line(arguments: list[str], complaint: str) -> None:
    result = CliRunner().invoke(main, ["compare", *arguments])
    assert result.exit_code == 2
    assert result.output.startswith(f"Error: {complaint}")
    assert len(result.output.splitlines()) == 1


def test_servers_that_never_respond() -> None:
    with socket.create_server((HOST, 0)) as one, socket.create_server((HOST, 0)) as two:
        silent = [f"http://{HOST}:{each.getsockname()[1]}" for each in (one, two)]
        result = run("GET", "/", "--timeout", "0.1", urls=silent)
    assert result.output == "Error: no server has responded in time; use --timeout to wait longer\n"
    assert result.exit_code == 2


def test_one_server_that_never_responds_differs(urls: list[str]) -> None:
    with socket.create_server((HOST, 0)) as silent:
        result = run("GET", "/", "--timeout", "1", urls=[urls[0], f"http://{HOST}:{silent.getsockname()[1]}"])
    assert "no response: the server sent nothing in time" in result.output
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("GET / --urls http://a http://b", "GET / --urls http://a --urls http://b"),
        ("--urls http://a b:80 GET / --json", "--urls http://a --urls b:80 GET / --json"),
        ("--urls http://a --urls http://b", "--urls http://a --urls http://b"),
        ("GET http://a/ --urls http://b --json", "GET http://a/ --urls http://b --json"),
        ("GET /", "GET /"),
    ],
)
def test_urls_accepts_several_urls(arguments: str, expected: str) -> None:
    assert " ".join(repeat_urls_option(arguments.split())) == expected


# -- started services


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "sidebyside", "compare", *arguments]


@pytest.mark.parametrize(
    ("options", "verdict", "status"), [((), "same", 0), (("--on", "gunicorn"), "differs", 1)], ids=["own", "gunicorn"]
)
def test_starts_the_services_and_stops_them(options: tuple[str, ...], verdict: str, status: int) -> None:
    """gunicorn sends a Server field, and raw_router does not."""
    ended = subprocess.run(command("GET", "/error", "--json", *options), capture_output=True, cwd=ROOT, timeout=60)
    data = json.loads(ended.stdout)
    [messages] = {tuple(each["message"] for each in heard["errors"]) for heard in data["exchanges"][0]["heard"]}
    assert [message.partition(":")[0] for message in messages] == ["RuntimeError"]
    assert [server["name"] for server in data["servers"]] == ["raw", "flask", "django"]
    assert (data["verdict"], ended.returncode, ended.stderr) == (verdict, status, b"")
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((HOST, urlsplit(data["servers"][0]["url"]).port or 0))


def test_an_exception_is_shown_as_each_service_has_printed_it() -> None:
    ended = subprocess.run(command("GET", "/error?a"), capture_output=True, cwd=ROOT, timeout=60, text=True)
    shown = ended.stdout.partition("first byte")[2]
    assert re.findall(r"(\w+) printed an exception:", shown) == ["raw", "flask", "django"]
    assert shown.count("RuntimeError: This page raises on purpose") == 3
    for place in ("raw_router/urls.py", "flask_app/__init__.py", "django_project/views.py"):
        assert re.search(rf"\n   {place}:\d+ in \w+\n      \S", shown)
    assert ended.returncode == 0


def test_ctrl_c_while_starting() -> None:
    with session_of(command("GET", "/"), free_base_port(), cwd=ROOT) as session:
        while len(session.children) < 3:
            session.children = session.children_now()
            assert session.process.poll() is None
        session.process.send_signal(signal.SIGINT)
        session.assert_ends()
        assert session.process.returncode == 130


def test_ctrl_c_while_waiting(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as silent:
        url = f"http://{HOST}:{silent.getsockname()[1]}"
        options = ("GET", "/", "--timeout", "60", "--urls", url, url)
        with subprocess.Popen(command(*options), cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
            client, _ = silent.accept()
            with client:
                process.send_signal(signal.SIGINT)
                _, output = process.communicate(timeout=LIMIT)
    assert output == "Interrupted. All servers have been stopped.\n"
    assert process.returncode == 130
