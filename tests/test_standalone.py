"""Each implementation alone, started in its ecosystem's usual way."""

import shlex
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from http_contract.sandbox.launcher import LocalTarget

ROOT = Path(__file__).parent.parent
SCRIPTS = Path(sys.executable).parent
TIMEOUT = 5.0  # seconds for a page


@pytest.mark.parametrize(
    "command",
    [
        "python -m raw_router --port {port}",
        "python -m raw_router --wsgi flask_app:app --port {port}",
        "python -m raw_router --wsgi django_project.wsgi:application --port {port}",
        "flask --app flask_app run -p {port}",
        "python django_project/manage.py runserver {port}",
        "gunicorn --no-control-socket -b 127.0.0.1:{port} flask_app:app",
        "gunicorn --no-control-socket -b 127.0.0.1:{port} django_project.wsgi",
        "waitress-serve --listen 127.0.0.1:{port} flask_app:app",
    ],
)
def test_starts_alone(command: str) -> None:
    with (
        LocalTarget(f"{shlex.quote(str(SCRIPTS))}/{command}", folder=ROOT) as launched,
        urlopen(f"{launched.running().origin}/test", timeout=TIMEOUT) as response,
    ):
        assert b"<h1>" in response.read()
