"""What is said of ports that cannot be had."""

import pytest

from sidebyside import ports
from sidebyside.ports import taken
from sidebyside.services import jobs


def test_nothing_runs_already_where_a_port_is_not_ours_to_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "refusal", lambda port: "Permission denied" if port == 81 else "")
    said = taken(jobs("raw_router", 80))
    assert said.startswith("cannot listen on port 81 for raw: Permission denied; choose --base-port ")
