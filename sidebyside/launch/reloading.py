"""Starts services again when a source changes. One that cannot start waits for the next change, and others run on."""

from collections.abc import Iterator, Sequence
from time import monotonic

from sidebyside.launch.board import Board
from sidebyside.launch.launcher import START, ServerOutput, Written, failure_text, new_lines, watch
from sidebyside.launch.process import ServerProcess, stop
from sidebyside.sources import Stamps, changed, concerns, fingerprint, look

PERIOD = 0.1  # seconds between two looks at the sources


class Reloader:
    """Watches the servers' output and their sources."""

    def __init__(self, processes: Sequence[ServerProcess], board: Board) -> None:
        self._processes = processes
        self._board = board
        self._stamps = look()
        self._publish()

    def output(self) -> ServerOutput:
        """Yield what the servers write, again and again, and start those whose sources have changed between."""
        looked = monotonic()
        for written in watch(self._processes):
            yield written
            if monotonic() - looked >= PERIOD:
                yield from self._follow(look())
                looked = monotonic()

    def _follow(self, now: Stamps) -> Iterator[Written]:
        files = changed(self._stamps, now)
        if not files:
            return
        self._stamps = now
        affected = [each for each in self._processes if any(concerns(file, each.spec.routes) for file in files)]
        why = f"{files[0]}{f' and {len(files) - 1} more' if len(files) > 1 else ''} changed, so it starts again."
        yield [(each, [why]) for each in affected]
        stop(affected)
        for each in affected:
            each.start_again()
        yield from self._until_started(affected)
        self._publish()

    def _until_started(self, affected: Sequence[ServerProcess]) -> Iterator[Written]:
        """Yield what all servers write until those listen, or have failed, and then why."""
        deadline = monotonic() + START
        while monotonic() < deadline and any(each.exit_status is None and not each.listens for each in affected):
            yield list(new_lines(self._processes))
        for each in affected:
            if each.exit_status is not None or not each.listens:
                each.failure = failure_text(each)
                yield [(each, [f"{each.spec.name} {each.failure}", "It starts again with the next change."])]

    def _publish(self) -> None:
        failures = {each.spec.name: each.failure for each in self._processes if each.failure}
        self._board.publish(fingerprint(self._stamps), failures)
