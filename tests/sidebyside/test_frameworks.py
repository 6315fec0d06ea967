"""What each framework does by itself: the probes, what is shown of a response, the page and the command."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from guests import GUESTS, Guest
from http_contract import BY_ID
from http_contract.rules.registry import STAGES
from sidebyside.__main__ import main
from sidebyside.bench.results import About, Measurement, Results, write
from sidebyside.checkout import ROOT
from sidebyside.compare.request import template_message
from sidebyside.frameworks.exchanges import Exchange, exchanges, refusal_of
from sidebyside.frameworks.figures import COLOURS, colour_of, stages_figure, styles_figure
from sidebyside.frameworks.judging import GuestReport, HomePair
from sidebyside.frameworks.markdown import as_markdown
from sidebyside.frameworks.probes import PROBES
from sidebyside.frameworks.speed import RESULTS, speed_lines
from sidebyside.frameworks.styles import STYLES, Style, frameworks_by_style
from sidebyside.launch.guests import find_guests
from sidebyside.matrix.run import PairReport
from tests.sidebyside.replies import reply, response

DOCUMENT = Path(ROOT, "docs", "frameworks.md")
HELLO = Guest("hello", "Hello", "guests.hello", "", "wsgi", "dict")


def run(*options: str) -> Result:
    return CliRunner().invoke(main, ["matrix", "--guests", *options])


# -- what is shown


@pytest.mark.parametrize(
    ("topic", "received", "cell"),
    [
        ("HEAD", response(status="405 Method Not Allowed"), "405, no Content-Type"),
        ("OPTIONS", response("Allow: GET,HEAD", "Allow: DELETE, GET"), "200, Allow: DELETE, GET, HEAD"),
        ("a slash at the end", response("Location: /test", status="308 Permanent Redirect"), "308, Location: /test"),
        ("a slash at the end", response("Location: /test"), "200"),
        ("an encoded slash in a parameter", response(body='{"name": "a/b"}'), '200, name: "a/b"'),
        ("an encoded slash in a parameter", response(body="Hello"), "200"),
        ("an encoded slash in a parameter", response(body="[1]"), "200"),
        (
            "405 and Allow",
            response("Content-Type: text/html", status="405 No", body="<html><TITLE>\n Not  allowed</title>"),
            '405, no Allow, Content-Type: text/html, "Not allowed"',
        ),
        (
            "a path that is not UTF-8",
            response("Content-Type: text/plain", body="one\ntwo"),
            '200, Content-Type: text/plain, "one"',
        ),
        ("the page of a 404", response(status="404 Not Found"), "404, no Content-Type, no content"),
        ("204", response(body="x"), "200, Content-Length: 1, no Content-Type, content"),
        (
            "repeated fields",
            response(body='{"headers": [{"name": "x-colour", "value": "red"}, {"name": "host", "value": "a"}]}'),
            "200, x-colour: red",
        ),
        ("repeated fields", response(body="[]"), "200"),
        ("the page of a 500", response(body="Traceback: x"), '200, no Content-Type, "Traceback: x", with a traceback'),
        ("HEAD", b"", "no response"),
    ],
)
def test_what_is_shown_of_a_response(topic: str, received: bytes, cell: str) -> None:
    [probe] = [each for each in PROBES if each.topic == topic]
    assert probe.cell(next(iter(reply(received).responses), None)) == cell


def test_each_question_is_asked_once_and_names_a_rule_that_exists() -> None:
    assert len({probe.topic for probe in PROBES}) == len(PROBES)
    assert {probe.rule for probe in PROBES} <= BY_ID.keys() | {""}


@pytest.mark.parametrize(
    ("line", "refusal"),
    [("get /test", "501"), ("GET /%00", "400"), ("GET /%FF", ""), ("GET /test", ""), ("TRACE /test", "")],
)
def test_whether_raw_router_asks_the_application(line: str, refusal: str) -> None:
    message = template_message(f"{line} HTTP/1.1\r\nHost: {{authority}}\r\n\r\n".encode())
    assert refusal_of(message) == refusal


def test_a_guest_is_asked_and_where_raw_router_responds_it_is_asked_alone() -> None:
    [starlette] = find_guests("starlette")
    found = {each.probe.topic: each for each in exchanges(starlette)}
    assert (found["HEAD"].cell, found["HEAD"].refusal) == ("200, Content-Type: text/html; charset=utf-8", "")
    assert found["a slash at the end"].cell == "307, Location: http://HOST/test"
    assert found["a method in lower case"] == Exchange(
        found["a method in lower case"].probe, "400, no Allow", refusal="501"
    )


# -- the page and its figures


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch) -> GuestReport:
    """Return what was found about a guest that fails one rule for a known reason and one for an unknown one."""
    for module in ("judging", "styles"):
        monkeypatch.setattr(f"sidebyside.frameworks.{module}.GUESTS", (HELLO,))
    verdicts = dict.fromkeys(BY_ID, "passed") | dict.fromkeys(("methods-head", "route-unknown"), "failed")
    failures = {"methods-head": "It is 405.", "route-unknown": "It is 200."}
    points = dict.fromkeys(STAGES, 10) | {4: 7}
    found = PairReport(HomePair("hello", "raw_router"), points, verdicts, failures, {})
    return GuestReport(
        HELLO, found, tuple(Exchange(probe, "200, a | b", "501" * (probe.topic == "HEAD")) for probe in PROBES)
    )


def test_the_page(report: GuestReport, monkeypatch: pytest.MonkeyPatch) -> None:
    reason = type("Known", (), {"reason": "its *router* has no HEAD"})
    monkeypatch.setattr(
        "sidebyside.frameworks.judging.known_failure", lambda guest, rule: reason if rule == "methods-head" else None
    )
    page = as_markdown([report], Path(ROOT)).splitlines()
    assert (
        "| [Hello](#hello) | Python's | raw_router | 10 | 10 | 10 | **7** | 10 | 10 | 10 | 10 | 10 | 10 | 97 |" in page
    )
    rule = "[methods-head](contract.md#methods-head)"
    assert f"| HEAD | `HEAD /test` | raw_router responds 501 itself; alone: `200, a \\| b` | {rule} failed |" in page
    assert f"| 4 | {rule} | its \\*router\\* has no HEAD |" in page
    assert [line for line in page if BY_ID["route-unknown"].hint in line]
    assert not [line for line in page if re.search(r"127\.0\.0\.1|\d\d:\d\d:\d\d", line)]


def test_a_guest_that_passes_every_rule(report: GuestReport) -> None:
    report.report.verdicts.update(dict.fromkeys(BY_ID, "passed"))  # type: ignore[attr-defined]
    assert "Hello passes every rule.\n" in as_markdown([report], Path(ROOT))


def test_the_speed_is_that_of_earlier_results(report: GuestReport, tmp_path: Path) -> None:
    about = About("2026-02-03", "Linux", "3.11", "a processor", 2, 0, 1, 3, 1, 32, {}, {}, by_cpu=True)
    rates = {"URLS router": 100.0, "guest bottle": 25.0, "guest falcon": None}
    rows = [
        Measurement(1, "guests-test", name, rate, fault=None if rate else "answers 500") for name, rate in rates.items()
    ]
    write(Results(about, rows), tmp_path / RESULTS)
    page = as_markdown([report], tmp_path)
    assert "| URLS router | 1.000 | not measured |\n| bottle | 0.250 | not measured |\n" in page
    assert "| falcon | answers 500 | not measured |" in page
    assert "responses per second of the server's CPU time, as a ratio" in " ".join(page.split())
    assert "## Speed" not in as_markdown([report], Path(ROOT))


def test_the_document_has_the_speed_of_its_results() -> None:
    assert "\n".join(speed_lines(DOCUMENT.parent)) in DOCUMENT.read_text()


def test_the_figures_are_well_formed_and_name_everything(report: GuestReport) -> None:
    for figure, words in [
        (stages_figure([report]), ["Hello", "97", "Listen"]),
        (styles_figure(list(frameworks_by_style())), ["Hello", "raw_router", "a dict", '"/hello/<name>": hello,']),
    ]:
        texts = [element.text for element in ElementTree.fromstring(figure).iter()]
        assert set(words) <= set(texts)


def section(guest: Guest) -> str:
    """Return the part of the document that is about a guest."""
    return DOCUMENT.read_text().partition(f"\n## {guest.title}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("guest", GUESTS, ids=lambda guest: guest.name)
def test_the_document_has_a_part_and_a_row_of_each_figure_about_a_guest(guest: Guest) -> None:
    assert all(probe.topic in section(guest) for probe in PROBES)
    assert f">{guest.title}<" in DOCUMENT.with_name("frameworks-stages.svg").read_text()
    assert f">{guest.title.partition(', plain')[0]}<" in DOCUMENT.with_name("frameworks-styles.svg").read_text()


@pytest.mark.full
@pytest.mark.parametrize("guest", GUESTS, ids=lambda guest: guest.name)
def test_the_document_shows_what_a_guest_responds(guest: Guest) -> None:
    found = section(guest)
    assert [each.probe.topic for each in exchanges(guest) if f"`{each.cell}`".replace("|", "\\|") not in found] == []


@pytest.mark.parametrize(("points", "least"), [(10, 10), (9, 8), (7, 6), (5, 4), (3, 0), (0, 0)])
def test_colours_of_points(points: int, least: int) -> None:
    assert colour_of(points) == COLOURS[least]


@pytest.mark.parametrize("style", [pytest.param(each, id=name) for name, each in STYLES.items() if each.file])
def test_the_line_of_a_style_is_in_the_source(style: Style) -> None:
    assert style.code in Path(ROOT, style.file).read_text()


def test_every_guest_has_a_style() -> None:
    assert {guest.style for guest in GUESTS} <= STYLES.keys()


# -- the command


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--only", "raw"], "raw is not a guest, so it cannot be used with --guests"),
        (["--on", "gunicorn"], "--on cannot be used with --guests, which run on their home servers"),
    ],
)
def test_options_that_contradict_each_other(options: list[str], message: str) -> None:
    result = run(*options)
    assert (result.exit_code, result.output) == (2, f"Error: {message}\n")


def test_a_guest_is_judged_with_guests_only() -> None:
    result = CliRunner().invoke(main, ["matrix", "--only", "aiohttp"])
    assert (result.exit_code, result.output) == (2, "Error: aiohttp is a guest; use --guests to judge it\n")


def test_a_guest_is_judged_and_its_page_is_written(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    result = run("--only", "aiohttp", "--stage", "4", "--page", str(page))
    assert result.exit_code == 0
    assert result.output.splitlines()[1].split() == ["aiohttp", "its", "own", "server", "10", "10"]
    assert {file.name for file in tmp_path.iterdir()} == {"page.md", "frameworks-stages.svg", "frameworks-styles.svg"}
    assert "[route-unknown](contract.md#route-unknown) not judged" in page.read_text()


def test_json(monkeypatch: pytest.MonkeyPatch, report: GuestReport) -> None:
    monkeypatch.setattr("sidebyside.matrix.cli.judge_all_guests", lambda *_: [report])
    [found] = json.loads(run("--json").output)["guests"]
    assert (found["name"], found["server"], found["points"]["4"]) == ("hello", "raw_router", 7)
    assert {each["rule"] for each in found["failed"]} == {"methods-head", "route-unknown"}
    assert found["responses"][0] == {
        "question": "HEAD",
        "request": "HEAD /test",
        "response": "200, a | b",
        "raw": "501",
    }


def test_the_terminal(monkeypatch: pytest.MonkeyPatch, report: GuestReport) -> None:
    monkeypatch.setattr("sidebyside.matrix.cli.judge_all_guests", lambda *_: [report])
    lines = run().output.splitlines()
    assert lines[-1] == "Hello: MUST route-unknown, methods-head"


def test_a_framework_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidebyside.launch.requirements.package_version", lambda name: None)
    result = run("--only", "aiohttp")
    assert result.exit_code == 2
    assert result.output.startswith("Error: aiohttp is not installed. Install it: pip install ")
