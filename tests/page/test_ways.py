"""The way of a request through each service: its stations, and that they agree with the service's response."""

import pytest

from sidebyside.page.settings import RunningService
from sidebyside.page.ways import Way, ways
from tests.page.sources import get, is_source

SERVICES = tuple(RunningService(name, "cyan", "http://127.0.0.1:1/") for name in ("raw", "flask", "django", "bottle"))


def way(name: str, data: bytes) -> Way:
    return next(each for each in ways(data, SERVICES) if each.name == name)


def titles(name: str, data: bytes) -> list[str]:
    return [station.title for station in way(name, data).stations]


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("flask", get("/hello/you"), ["app.url_map is asked", "The path becomes arguments", "hello is called"]),
        ("flask", get("/test"), ["app.url_map is asked", "test is called"]),
        ("flask", get("/nope"), ["app.url_map is asked", "not_found is called"]),
        ("django", get("/hello/you"), ["urlpatterns is asked", "The path becomes arguments", "Hello.get is called"]),
        ("django", get("/test"), ["urlpatterns is asked", "Test.get is called"]),
        ("django", get("/nope"), ["urlpatterns is asked", "not_found is called"]),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_stations(name: str, data: bytes, expected: list[str]) -> None:
    assert titles(name, data) == ["The server calls the application", *expected, "The application responds"]


@pytest.mark.parametrize("name", ["flask", "django"])
def test_converters(name: str) -> None:
    stations = way(name, get("/status/418")).stations
    station = next(each for each in stations if each.title == "The path becomes arguments")
    assert (station.data, station.note) == ("{'code': 418}", "code: NineDigits accepts [0-9]{1,9}.")


@pytest.mark.parametrize("path", ["/hello/you", "/status/418", "/nope", "/files/hello.txt"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_all_ways_end_with_the_same_status_and_show_real_source(path: str, method: str) -> None:
    found = ways(get(path, method), SERVICES)
    assert [each.name for each in found] == ["raw", "flask", "django"]
    statuses = {each.stations[-1].octets.removeprefix("HTTP/1.1 ")[:3] for each in found}
    assert len(statuses) == 1
    assert all(is_source(station.excerpt) for each in found for station in each.stations if station.excerpt)


def test_each_station_names_what_leaves_it() -> None:
    assert [station.carries for station in way("flask", get("/hello/you")).stations] == [
        "environ",
        "/hello/<name>",
        "{'name': 'you'}",
        "response",
        "bytes",
    ]
    assert way("django", get("/nope")).stations[1].kind == "turns"


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\n\r\n", b"GET / HT", get("*", "OPTIONS")])
def test_bytes_that_reach_no_framework_have_only_the_way_through_raw_router(data: bytes) -> None:
    assert [each.name for each in ways(data, SERVICES)] == ["raw"]
