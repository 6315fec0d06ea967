"""docs/specification.md: its tables and titles, compared with the service and the judge."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner

from http_contract import BY_ID, CLIENT_ERRORS, STAGES, Either, Expectation, Silent, Status
from raw_router.framing import MAX_CHUNK_LINE
from sidebyside.__main__ import main as sidebyside
from tests.serving import HANDLERS, exchange, serving

TEXT = (Path(__file__).parents[1] / "docs" / "specification.md").read_text()
LIMITS = {
    "request line": "--max-request-line",
    "head": "--max-head",
    "header fields, or trailers": "--max-fields",
    "body": "--max-body",
    "unread responses": "--max-unread",
    "connections": "--max-connections",
    "memory of a process": "--max-memory",
}
TIMEOUTS = {"idle": "--idle-timeout", "head": "--head-timeout"}


def table(header: str) -> list[list[str]]:
    """Return the cells of the rows below the header line of a table."""
    [rows] = re.findall(rf"(?m)^\| {re.escape(header)} \|.*\n\|[-:|]+\|\n((?:\|.*\n)+)", TEXT)
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows.splitlines()]


# -- the service


@pytest.mark.parametrize("implementation", HANDLERS)
def test_routes(implementation: str) -> None:
    run = CliRunner().invoke(sidebyside, ["routes", "--json"])
    routes = json.loads(run.output)["tables"][implementation]
    found = {route["path"].replace("<digits:", "<int:"): set(route["methods"]) for route in routes}
    written = {path.strip("`"): set(methods.split(", ")) for path, methods, *_ in table("path | methods | core")}
    assert {path: methods | {"HEAD", "OPTIONS"} for path, methods in written.items()} == found


def test_routes_that_a_rule_names_are_outside_the_core() -> None:
    optional = {path.strip("`") for path, _, core, *_ in table("path | methods | core") if not core}
    assert {route for rule in BY_ID.values() for route in rule.routes} <= optional


@pytest.mark.parametrize("implementation", HANDLERS)
def test_statuses(implementation: str) -> None:
    codes = range(100, 700)
    requests = "".join(f"HEAD /status/{code} HTTP/1.1\r\nHost: localhost\r\n\r\n" for code in codes)
    with serving(HANDLERS[implementation]) as port:
        received = exchange(port, requests.encode()).decode()
    responses = re.findall(r"(?m)^HTTP/1\.1 (\d+) (.*)\r$", received)
    assert len(responses) == len(codes)
    served = [row for code, row in zip(codes, responses, strict=True) if int(row[0]) == code]
    assert served == [(code, phrase) for code, phrase in table("code | reason phrase")]


@pytest.mark.parametrize("implementation", HANDLERS)
def test_examples(implementation: str) -> None:
    written = {request: int(status) for request, status, _ in table("request | response | why")}
    with serving(HANDLERS[implementation]) as port:
        found = {request: status_of(port, request) for request in written}
    assert found == written


def status_of(port: int, written: str) -> int:
    """Send a request as the document writes it, with Host if it has none, and return the status."""
    lines = re.findall("`([^`]+)`", written)
    if not any(line.startswith("Host:") for line in lines):
        lines.append("Host: localhost")
    received = exchange(port, "\r\n".join([*lines, "", ""]).encode())
    return int(received.split()[1])


def defaults() -> dict[str, float]:
    """Return the default of each option of raw_router that has a number."""
    command = [sys.executable, "-m", "raw_router", "--help"]
    text = subprocess.run(
        command, capture_output=True, text=True, check=True, env=os.environ | {"COLUMNS": "200"}
    ).stdout
    return {name: float(value) for name, value in re.findall(r"(?m)^  (--\S+) N .*\(default: ([\d.]+)\)$", text)}


def number(text: str) -> float:
    return float(text.split()[0].replace(",", ""))


@pytest.mark.parametrize(("header", "options"), [("limit | default", LIMITS), ("timeout | default", TIMEOUTS)])
def test_limits(header: str, options: dict[str, str]) -> None:
    written = {name: number(value) for name, value, _ in table(header)}
    found = defaults()
    expected = {name: found[option] for name, option in options.items()}
    chunk_line = {"line of a chunked body": MAX_CHUNK_LINE} if options is LIMITS else {}
    assert written == expected | chunk_line


# -- the judge


def test_stages() -> None:
    assert re.findall(r"(?m)^### (\d+) (.+)$", TEXT) == [(str(stage), title) for stage, title in STAGES.items()]


def statuses(expectations: Iterable[Expectation]) -> Iterable[Expectation]:
    """Yield the expectations that decide about the status, those within Either too."""
    for expectation in expectations:
        if isinstance(expectation, Either):
            yield from statuses(expectation.expectations)
        elif isinstance(expectation, Status | Silent):
            yield expectation


@pytest.mark.parametrize(
    ("id", "level", "legal"), [(row[0].strip("`"), row[1], row[3]) for row in table("rule | level")]
)
def test_legal_responses(id: str, level: str, legal: str) -> None:
    rule = BY_ID[id]
    found = list(statuses(each for exchange in rule.exchanges for each in exchange.expects))
    codes = {code for each in found if isinstance(each, Status) for code in each.codes}
    written = {int(code) for code in re.findall(r"(?<!but )\b\d{3}\b", legal)}
    excluded = {int(code) for code in re.findall(r"but (\d{3})", legal)}
    client_errors = set(CLIENT_ERRORS) - excluded if "any 4xx" in legal else set()
    assert rule.level == level
    assert codes == written | client_errors
    assert any(isinstance(each, Silent) for each in found) == ("none" in legal)


def test_every_rule_that_is_named_exists() -> None:
    prefixes = {id.partition("-")[0] for id in BY_ID}
    named = re.findall(rf"`((?:{'|'.join(prefixes)})-[a-z0-9-]+)`", TEXT)
    assert set(named) <= set(BY_ID)
