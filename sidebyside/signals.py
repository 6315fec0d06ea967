"""What asks us to end (Ctrl-C, SIGTERM, a closed terminal), as one exception at a time that can take it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


class Stopped(BaseException):
    """We are asked to end."""


class StopSignals:
    """Notes the signals that ask us to end, and raises Stopped: once, and only inside raised()."""

    def __init__(self) -> None:
        self._came = False
        self._raises = False
        signal.signal(signal.SIGINT, self._note)
        signal.signal(signal.SIGTERM, self._note)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup has it
            signal.signal(signal.SIGHUP, self._note)

    @contextmanager
    def raised(self) -> Iterator[None]:
        """Raise Stopped as soon as a signal comes, or has come before; whatever blocks is interrupted."""
        self._raises = True
        try:
            self._raise()
            yield
        finally:
            self._raises = False

    def _note(self, *_: object) -> None:
        self._came = True
        self._raise()

    def _raise(self) -> None:
        if self._came and self._raises:
            self._raises = False
            raise Stopped
