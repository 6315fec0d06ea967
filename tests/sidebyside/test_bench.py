"""sidebyside bench: how rounds are summed up, what is excluded, one short run; never how fast we are."""

import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from guests import GUESTS
from sidebyside.__main__ import main
from sidebyside.bench import figure, growth_figure, guest_routers, load, results, routing
from sidebyside.bench.cli import bench
from sidebyside.bench.clients import Unusable, ask, check, responses
from sidebyside.bench.goals import BOUNDS, GOALS, POOL, goal_results
from sidebyside.bench.measure import Plan
from sidebyside.bench.peers import PEERS
from sidebyside.bench.report import growth_table
from sidebyside.bench.results import About, Growth, Measurement, Results, Spread, ratios, summarise
from sidebyside.bench.workloads import WORKLOADS, Workload
from sidebyside.launch.requirements import find_program, package_version
from tests.serving import HANDLERS, serving

ROOT = Path(__file__).parents[2]
ABOUT = About("2026-02-03", "Linux", "3.11", "a processor", 2, 0, 1, 3, 2, 32, {"wrk": "4.1"}, {"nginx": "apt-get"})
ROUNDS = [
    Measurement(number, "same", peer, rate, 1, 2)
    for peer, figures in {"raw_router": (100.0, 50.0, 200.0), "bjoern": (50.0, 100.0, 100.0)}.items()
    for number, rate in enumerate(figures, 1)
]
MEASURED = Results(
    ABOUT,
    [*ROUNDS, Measurement(1, "same", "nginx", fault="ended (SIGKILL)")],
    [Growth("raw_router", "first static path", size, [1.0, 2.0, 3.0]) for size in (10, 100_000)],
)
REPORT = {
    "requests": 10,
    "microseconds": 2_000_000,
    "p50": 1,
    "p99": 2,
    "connect": 0,
    "read": 0,
    "write": 0,
    "status": 0,
    "timeout": 0,
}
needs_wrk = pytest.mark.skipif(
    find_program("wrk") is None and "CI" not in os.environ, reason="wrk is not installed (Debian: apt-get install wrk)"
)


def test_ratios_are_taken_round_by_round() -> None:
    assert ratios({1: 100.0, 2: 50.0, 4: 1.0}, {1: 50.0, 2: 100.0, 3: 1.0}) == [2.0, 0.5]


def test_a_peer_is_summed_up_by_medians() -> None:
    found = summarise(MEASURED.measurements, "same", "bjoern", "raw_router")
    assert found
    assert found.rate == Spread(100.0, 50.0, 100.0)
    assert found.ratio == Spread(0.5, 0.5, 2.0)


def test_goals_are_judged_by_the_median_of_ratios() -> None:
    assert [goal.reached for goal in goal_results(MEASURED)] == [True, True]
    slower = [replace(row, rate=row.rate and row.rate / 3) if row.peer == "raw_router" else row for row in ROUNDS]
    assert [goal.reached for goal in goal_results(Results(ABOUT, slower))] == [False]


@pytest.mark.parametrize(("octets", "reached"), [(1024.0, True), (1025.0, False)])
def test_a_goal_for_memory(octets: float, reached: bool) -> None:
    [goal] = goal_results(Results(ABOUT, [Measurement(1, "idle", "raw_router", idle_memory=octets)]))
    assert goal.reached is reached
    assert (goal.target, goal.measured) == ("at most 1,024 bytes", f"{octets:,.0f} bytes")


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    results.write(MEASURED, tmp_path / "bench.json")
    assert results.read(tmp_path / "bench.json") == MEASURED


@pytest.mark.parametrize("text", ["", "{}", '{"schema": "another/1"}', "[]"])
def test_a_file_without_results_is_rejected(tmp_path: Path, text: str) -> None:
    (tmp_path / "bench.json").write_text(text)
    run = CliRunner().invoke(main, ["bench", "--from", str(tmp_path / "bench.json")])
    assert run.exit_code == 1
    assert "does not contain results of sidebyside bench" in run.output


def test_the_figures_in_the_documents_come_from_make_bench() -> None:
    [options] = re.findall(r"bench \$\(or \$\(ARGS\),(.*)\)", (ROOT / "Makefile").read_text())
    given = bench.make_context("bench", options.split()).params
    about = results.read(ROOT / given["json_file"]).about
    assert (given["rounds"], given["seconds"]) == (about.rounds, about.seconds)


def test_the_page_of_goals_comes_from_its_measurements(tmp_path: Path) -> None:
    page = tmp_path / "goals.md"
    run = CliRunner().invoke(main, ["bench", "--from", str(ROOT / "docs" / "bench-cpu.json"), "--goals", str(page)])
    assert run.exit_code == 0, run.output
    assert (ROOT / "docs" / "goals.md").read_text() == page.read_text()
    assert "responses per second of CPU time" in page.read_text()


def test_a_page_of_goals_names_the_ones_that_are_missed(tmp_path: Path) -> None:
    page, source = tmp_path / "goals.md", tmp_path / "bench.json"
    results.write(Results(ABOUT, [Measurement(1, "idle", "raw_router", idle_memory=1025.0)]), source)
    CliRunner().invoke(main, ["bench", "--from", str(source), "--goals", str(page)])
    assert page.read_text().endswith("| at most 1,024 bytes | 1,025 bytes | missed |\n")
    assert "Ratios of responses per second: medians" in page.read_text()


def test_results_are_shown_and_drawn_again(tmp_path: Path) -> None:
    source, drawn = tmp_path / "bench.json", tmp_path / "bench.svg"
    results.write(MEASURED, source)
    run = CliRunner().invoke(main, ["bench", "--from", str(source), "--svg", str(drawn)])
    assert run.exit_code == 0, run.output
    assert "bjoern" in run.output
    assert "raw_router" in drawn.read_text()


def test_figures_from_one_core_are_called_unreliable(tmp_path: Path) -> None:
    results.write(replace(MEASURED, about=replace(ABOUT, load_core=0)), tmp_path / "bench.json")
    run = CliRunner().invoke(main, ["bench", "--from", str(tmp_path / "bench.json")])
    assert "so the figures are not reliable." in run.output


def test_results_without_measurements_have_no_tables(tmp_path: Path) -> None:
    results.write(Results(ABOUT), tmp_path / "bench.json")
    run = CliRunner().invoke(main, ["bench", "--from", str(tmp_path / "bench.json")])
    assert run.exit_code == 0
    assert "goal" not in run.output


def test_a_place_without_a_workload_stays_empty(tmp_path: Path) -> None:
    figure.draw(MEASURED, tmp_path / "bench.svg")
    drawn = (tmp_path / "bench.svg").read_text()
    assert '<g id="axes_1">' in drawn
    assert '<g id="axes_2">' not in drawn


@pytest.mark.parametrize(
    ("measurement", "most"),
    [
        (lambda octets: Measurement(1, "idle", POOL, idle_memory=octets), 1024),
        (lambda octets: Measurement(1, "body-10Mi", POOL, peak_memory=octets), 16 * 1024 * 1024),
        (lambda microseconds: Measurement(1, "blocking", POOL, p99=microseconds), 10_000),
    ],
    ids=["idle", "streams", "p99"],
)
def test_a_goal_for_a_figure(measurement: Callable[[int], Measurement], most: int) -> None:
    goals = [goal_results(Results(ABOUT, [measurement(figure)])) for figure in (most, most + 1)]
    assert [goal.reached for [goal] in goals] == [True, False]


def test_every_goal_is_measured() -> None:
    measured = {(workload.name, peer.name) for workload in WORKLOADS for peer in PEERS if peer.suite in workload.suites}
    compared = {
        pair for goal in GOALS for pair in ((goal.workload, goal.peer), (goal.under or goal.workload, goal.than))
    }
    assert compared | {(bound.workload, bound.peer) for bound in BOUNDS} <= measured


def test_p99_and_memory_are_shown(tmp_path: Path) -> None:
    rows = [
        Measurement(1, "idle", POOL, 1.0, 1, 2_000, 987.0),
        Measurement(1, "body-10Mi", POOL, 1.0, 1, 3_000, peak_memory=5.5 * 1024 * 1024),
    ]
    results.write(Results(ABOUT, rows), tmp_path / "bench.json")
    run = CliRunner().invoke(main, ["bench", "--from", str(tmp_path / "bench.json")])
    assert re.search(r"pool +1 +1 .. 1 +1\.00 +1\.00 .. 1\.00 +2\.0 +987 *\n", run.output), run.output
    assert re.search(r"pool +1 +1 .. 1 +1\.00 +1\.00 .. 1\.00 +3\.0 +5\.5 *\n", run.output), run.output


def test_each_suite_is_measured_under_its_workloads() -> None:
    pairs = {workload.name: {peer.suite for peer in peers} for workload, peers in Plan("all", [], [], 1, 1).pairs()}
    assert {name for name, suites in pairs.items() if "django" in suites} == {"same", "browser"}
    assert {name for name, suites in pairs.items() if "servers" in suites} == {
        "same",
        "browser",
        "pipelined",
        "connect",
        "idle",
        "form",
    }
    assert all("wsgi" in suites for name, suites in pairs.items() if name.startswith(("body", "upload", "wsgi")))


def test_a_suite_without_the_workload_is_refused() -> None:
    run = CliRunner().invoke(main, ["bench", "--suite", "servers", "--workload", "asgi"])
    assert run.exit_code == 2
    assert "The suite servers does not measure that. Choose another one: --suite all" in run.output


def test_the_same_results_give_the_same_figure(tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        figure.draw(MEASURED, tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"read": 3}, "3 read errors"),
        ({"status": 1}, "1 responses with an error status"),
        ({"requests": 0}, "no response"),
        ({"timeout": 2}, "2 timeout errors"),
    ],
    ids=["read", "status", "nothing", "timeout"],
)
def test_a_load_with_errors_is_not_a_measurement(changed: dict[str, int], message: str) -> None:
    with pytest.raises(Unusable, match=message):
        load.parse(json.dumps({**REPORT, **changed})).check()


def test_a_rate_is_per_second() -> None:
    assert load.parse("something before\n" + json.dumps(REPORT)).rate == 5.0
    with pytest.raises(Unusable, match="unable to connect"):
        load.parse("unable to connect")


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"


@pytest.mark.parametrize(
    ("octets", "message"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nbody", "answers 404 Not Found"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nelse", "serves another body"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
            "answers without Content-Length",
        ),
    ],
    ids=["status", "body", "framing"],
)
def test_a_server_with_other_responses_is_excluded(octets: bytes, message: str) -> None:
    with pytest.raises(Unusable, match=f"^{message}$"):
        check(responses(octets)[0], responses(OK)[0])


@pytest.mark.parametrize("size", range(len(OK)))
def test_an_incomplete_response_is_not_yet_one(size: int) -> None:
    assert len(responses(OK + OK[:size])) == 1


@pytest.mark.parametrize(
    "workload", [each for each in WORKLOADS if not each.response], ids=lambda workload: workload.name
)
def test_all_three_answer_every_workload_alike(workload: Workload) -> None:
    bodies = set()
    for handler in HANDLERS.values():
        with serving(handler) as port:
            found = responses(ask(port, workload.request(port), workload.pipelined))
            assert {(each.status, each.reason) for each in found} == {(200, "OK")}
            assert len(found) == workload.pipelined
            bodies |= {each.body for each in found}
    assert len(bodies) == 1


def test_routing_is_measured_in_each_router() -> None:
    found = list(routing.measure(routing.ROUTERS, (2, 3), 1, lambda _: None))
    assert {row.router for row in found} == {"raw_router", "werkzeug", "django"}
    assert {row.routes for row in found} == {2, 3}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Pyramid imports what Python removes
@pytest.mark.parametrize("name", guest_routers.ROUTERS)
def test_the_routers_of_other_frameworks_find_every_path(name: str) -> None:
    maker = guest_routers.ROUTERS[name]
    if not package_version(maker.distribution):
        pytest.skip(f"{maker.distribution} is not installed")
    assert {row.routes for row in routing.measure({name: maker}, (2, 3), 1, lambda _: None)} == {2, 3}
    resolve = maker.make(["/a/<name>", "/b", "/c/<name>"])
    for path in ("/a/you", "/b", "/c/you"):
        assert resolve(path) is not None


def test_a_router_is_left_out_where_it_takes_too_long_to_make() -> None:
    maker = routing.ROUTERS["raw_router"]._replace(most=3, most_parameters=2)
    found = list(routing.measure({"raw_router": maker}, (2, 3, 4), 1, lambda _: None))
    assert {row.routes for row in found if "parameter" in row.path} == {2}
    assert {row.routes for row in found if "static" in row.path} == {2, 3}
    out = Console(file=StringIO(), width=120)
    out.print(growth_table(found))
    assert out.file.getvalue().count("not made") == 1  # type: ignore[attr-defined]


def test_the_figure_of_routers_is_the_same_each_time(tmp_path: Path) -> None:
    growth = [
        Growth(router, path, size, [size * 0.1])
        for router in ("raw_router", "one", "two")
        for path in ("first", "last")
        for size in (10, 1_000)
    ]
    files = [tmp_path / "one.svg", tmp_path / "two.svg"]
    for file in files:
        growth_figure.draw(growth, file)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert all(f">{word}<" in files[0].read_text() for word in ("raw_router", "one", "two", "first", "last"))


@pytest.mark.parametrize(
    ("heights", "spaced"), [([], []), ([1.0, 10.0], [1.0, 10.0]), ([1.0, 1.1, 1.2], [1.0, 1.6, 2.56])]
)
def test_names_of_lines_that_end_close_to_each_other_are_moved_apart(heights: list[float], spaced: list[float]) -> None:
    assert growth_figure.spaced(heights) == pytest.approx(spaced)


def test_guests_is_a_suite_of_guests_and_their_routers() -> None:
    plan = Plan("guests", (), (), 1, 1)
    assert {peer.name for peer in plan.all_peers()} == {"URLS router", *(f"guest {guest.name}" for guest in GUESTS)}
    assert {workload.name for workload, _ in plan.pairs()} == {"guests-test", "guests-hello"}
    assert plan.routers.keys() >= {"raw_router", "Starlette"}
    assert "Starlette" not in Plan("routing", (), (), 1, 1).routers
    assert plan.includes_routing
    assert not replace(plan, workloads=("guests-test",)).includes_routing


@needs_wrk
@pytest.mark.parametrize("more", [[], pytest.param(["--cpu"], marks=pytest.mark.full)], ids=["time", "cpu"])
def test_a_short_run(tmp_path: Path, more: list[str]) -> None:
    written = tmp_path / "bench.json"
    options = ["--workload", "same", "--peer", "bare loop", "--rounds", "1", "--seconds", "1", *more]
    run = CliRunner().invoke(main, ["bench", *options, "--json", str(written)])
    assert run.exit_code == 0, run.output
    assert ("Rates are responses per second of the server's CPU time." in run.output) is bool(more)
    found = results.read(written)
    assert {row.peer for row in found.measurements} == {"raw_router", "bare loop"}
    assert all(row.fault is None and row.rate for row in found.measurements)


def test_routing_alone_needs_no_wrk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("sidebyside.launch.requirements.SYSTEM_FOLDERS", ())
    monkeypatch.setattr(routing, "SIZES", (2, 3))
    run = CliRunner().invoke(main, ["bench", "--suite", "routing", "--rounds", "1"])
    assert run.exit_code == 0, run.output
    assert "routing: microseconds to resolve" in run.output


def test_without_matplotlib_it_prints_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidebyside.bench.cli.find_spec", lambda name: None)
    run = CliRunner().invoke(main, ["bench", "--svg", "bench.svg"])
    assert (run.exit_code, run.output) == (
        1,
        "Error: matplotlib, which draws the figure, is not installed. "
        "Install it: pip install -e '.[bench]' in the checkout\n",
    )


@needs_wrk
def test_without_a_response_of_raw_router_nothing_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = replace(PEERS[0], command="json.tool /no/such/file")
    monkeypatch.setattr("sidebyside.bench.measure.PEERS", [broken])
    run = CliRunner().invoke(main, ["bench", "--workload", "same"])
    assert run.exit_code == 1
    assert run.output.startswith("Error: raw_router cannot be measured: it ended (exit status 2): ")


def test_without_wrk_it_prints_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("sidebyside.launch.requirements.SYSTEM_FOLDERS", ())
    run = CliRunner().invoke(main, ["bench"])
    assert run.exit_code == 1
    assert "apt-get install wrk" in run.output
