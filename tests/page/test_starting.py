"""sidebyside page as a process: the three and the page are started, and ended, together."""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import psutil
import pytest
from click.testing import CliRunner

from http_contract.sandbox.ports import is_taken
from sidebyside.__main__ import main
from sidebyside.launch.ports import free_base_port
from sidebyside.page.app import TOKEN_FIELD
from tests.serving import HOST, becomes_true
from tests.session import PATIENCE, Session, session_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

STUBBORN = """
import os, signal, socket, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGINT, signal.SIG_IGN)
os.fork()
with open(sys.argv[2], "a") as ids:
    ids.write(f"{os.getpid()} ")
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), reuse_port=True)
while True:
    signal.pause()
"""


@contextmanager
def page() -> Iterator[Session]:
    """Run it, the page on the base port itself."""
    base_port = free_base_port()
    ports = ["--port", str(base_port), "--base-port", str(base_port)]
    with session_of([sys.executable, "-m", "sidebyside", "page", *ports], base_port) as session:
        yield session


def test_starts_the_page_and_the_three_and_ends_them() -> None:
    with page() as session:
        said = session.start()
        url = f"http://{HOST}:{session.base_port}/"
        assert f"Open {url} in a browser." in said
        token = re.search(r'name="page-token" content="([^"]+)"', urlopen(url).read().decode())
        assert token
        fields = {"Content-Type": "application/json", TOKEN_FIELD: token[1]}
        answer = urlopen(Request(f"{url}send", json.dumps({"path": "/hello/you"}).encode(), fields)).read().decode()
        assert 'id="verdict">Identical' in answer
        assert session.read_until("GET /hello/you ").splitlines()[-1].startswith(("raw", "flask", "django"))
        session.process.send_signal(signal.SIGINT)
        session.assert_ends()
        assert not is_taken(session.base_port)
        assert session.process.returncode == 0


@pytest.mark.full  # seven servers start
def test_guests_have_columns_and_their_code() -> None:
    base_port = free_base_port(6)
    options = ["--port", str(base_port), "--base-port", str(base_port), "--with", "bottle,fastapi,tornado"]
    with session_of([sys.executable, "-m", "sidebyside", "page", *options], base_port) as session:
        said = session.read_until("Press Ctrl-C to stop all servers.")
        assert [line.split()[-1] for line in said.splitlines() if "guests/" in line] == [
            "guests/bottle.py",
            "guests/fastapi.py",
            "guests/tornado.py",
        ]
        url = f"http://{HOST}:{base_port}/"
        document = urlopen(url).read().decode()
        assert "The same idea, six times" in document
        token = re.search(r'name="page-token" content="([^"]+)"', document)
        assert token
        fields = {"Content-Type": "application/json", TOKEN_FIELD: token[1]}
        answer = urlopen(Request(f"{url}send", json.dumps({"path": "/hello/you"}).encode(), fields)).read().decode()
        for name in ("raw", "flask", "django", "bottle", "fastapi", "tornado"):
            assert f">{name}</th>" in answer
        for place in ("guests/bottle.py:", "guests/fastapi.py:", "guests/tornado.py:"):
            assert place in answer
        session.process.send_signal(signal.SIGINT)
        session.process.wait(30)
        assert session.process.returncode == 0


def test_all_ports_that_are_taken_are_told_of_at_once() -> None:
    with page() as session, socket.create_server((HOST, at := session.base_port)), socket.create_server((HOST, at + 2)):
        said, _ = session.process.communicate(timeout=30)
    assert f"Ports {at} (page), {at + 2} (flask) are in use by another program." in said
    assert f"If the service runs there already, open http://{HOST}:{at}/." in said
    assert re.search(
        r"Choose other ports: --port (\d+) --base-port \1 \(make run ARGS='--port \1 --base-port \1'\)\n", said
    )


def test_the_page_is_none_of_the_three() -> None:
    result = CliRunner().invoke(main, ["page", "--port", "8002"])
    assert (result.exit_code, result.output) == (
        2,
        "Error: Port 8002 is the port of one of the implementations. Choose another --port or --base-port.\n",
    )


def test_the_page_alone_checks_its_port() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "sidebyside.page", "--port", str(port)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: Port {port} (page) is in use by another program.")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["", " ", "python3 'server.py"])
def test_a_command_that_is_none_is_refused(command: str) -> None:
    result = CliRunner().invoke(main, ["page", "--command", command])
    assert result.exit_code == 2
    assert "Invalid value for '--command': " in result.output


def test_a_command_ends_with_the_page(tmp_path: Path) -> None:
    (tmp_path / "server.py").write_text(STUBBORN)
    base_port = free_base_port()
    ports = ["--port", str(base_port), "--base-port", str(base_port)]
    command = ["--command", f"{sys.executable} {tmp_path}/server.py {{port}} {tmp_path}/ids"]
    with session_of([sys.executable, "-m", "sidebyside", "page", *ports, *command], base_port) as session:
        session.start()
        url = f"http://{HOST}:{base_port}/"
        token = re.search(r'name="page-token" content="([^"]+)"', urlopen(url).read().decode())
        assert token
        fields = {"Content-Type": "application/json", TOKEN_FIELD: token[1]}
        urlopen(Request(f"{url}judge", b'{"stages": [1], "command": true}', fields))
        ids = tmp_path / "ids"
        assert becomes_true(lambda: ids.exists() and len(ids.read_text().split()) >= 2)
        session.process.send_signal(signal.SIGINT)
        session.assert_ends()
    assert becomes_true(lambda: not any(psutil.pid_exists(int(id)) for id in ids.read_text().split()))


def test_help() -> None:
    result = CliRunner().invoke(main, ["page", "--help"])
    assert result.exit_code == 0
    assert "sidebyside page --on gunicorn" in result.output
