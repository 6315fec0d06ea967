"""Which paths the service refuses before it looks for a route."""

import pytest

from shared_views import views
from shared_views.paths import decoded_path, path_allowed


@pytest.mark.parametrize(
    ("path_info", "path", "is_allowed"),
    [
        ("/", "/", True),
        ("/\xc3\xa9", "/é", True),
        ("/[x]|^{y}`", "/[x]|^{y}`", True),
        ("/\xc2\x85", "/\x85", True),
        ("/\xef\xbf\xbd", "/\ufffd", True),
        ("/\t", "/\t", False),
        ("/\r\n", "/\r\n", False),
        ("/\0", "/\0", False),
        ("/\x7f", "/\x7f", False),
        ("/\xff", "/\udcff", False),
        ("/\xc0\xaf", "/\udcc0\udcaf", False),
        ("/\xed\xb3\xbf", "/\udced\udcb3\udcbf", False),
    ],
)
def test_paths(path_info: str, path: str, is_allowed: bool) -> None:
    assert decoded_path(path_info) == path
    assert path_allowed(path) is is_allowed


def test_a_bad_path_is_a_bad_request() -> None:
    assert views.bad_path().status == 400
