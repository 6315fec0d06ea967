"""h11 and httptools agree with raw_router on what is a request and what it says; a table explains where not."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import pytest

from tests.agreement.corpus import requests
from tests.agreement.disagreements import DISAGREEMENTS, LAXER, OTHER, STRICTER, Disagreement
from tests.agreement.judges import Verdict, ask_h11, ask_httptools, ask_raw_router
from tests.agreement.oddities import Parts

SHARDS = 4  # for as many workers
COUNT = 26_000  # requests in each: 104,000 in all, of which `make test` sends the first quarter

JUDGES: Mapping[str, Callable[[bytes], Verdict]] = {"h11": ask_h11, "httptools": ask_httptools}


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(1, SHARDS))])
def test_judges_agree(seed: int) -> None:
    accepted = Counter[str]()
    explained = Counter[tuple[str, str]]()
    for data in requests(seed, COUNT):
        ours = ask_raw_router(data)
        theirs = {judge: ask(data) for judge, ask in JUDGES.items()}
        accepted.update(judge for judge, verdict in {"raw_router": ours, **theirs}.items() if verdict)
        explained.update(explanations(data, ours, theirs))
    assert all(0.45 < count / COUNT < 0.7 for count in accepted.values()), accepted
    assert {(judge, row.reason) for row in DISAGREEMENTS for judge in row.judges} == set(explained)


def explanations(data: bytes, ours: Verdict, theirs: Mapping[str, Verdict]) -> Iterator[tuple[str, str]]:
    """Yield the judges that differ, each with the one row that explains it; none or two rows are a failure.

    A row that explains why a judge is laxer must not recognise what both accept: it would explain too much, or we are
    as lax.
    """
    if not any((ours, *theirs.values())):
        return
    parts = Parts(data)
    for judge, verdict in theirs.items():
        how = LAXER if ours is None or ours == verdict else STRICTER if verdict is None else OTHER
        rows = [row.reason for row in recognised(judge, how, parts)] if ours or verdict else []
        expected = int(ours != verdict)
        assert len(rows) == expected, f"{data!r}\nraw_router: {ours}\n{judge}: {verdict}\n{how}: {rows}"
        yield from ((judge, reason) for reason in rows)


def recognised(judge: str, how: str, parts: Parts) -> list[Disagreement]:
    return [row for row in DISAGREEMENTS if judge in row.judges and row.how == how and row.recognise(parts)]
