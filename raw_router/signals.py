"""Signals: those that stop the server, and how their handlers are reset in other processes than the server's.

SIG_IGN is not used, because it survives exec: programs that an application starts would ignore SIGTERM, too.
"""

import faulthandler
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import get_ident
from types import FrameType
from typing import Any, TypeAlias

from raw_router.packet_filter import attach, pass_if_first

SignalHandler: TypeAlias = Callable[[int, FrameType | None], None]

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # that stop the server
LEAVING = 3.0  # seconds more than the grace, in which Python ends threads and calls what is registered for the exit

_masks: dict[int, list[set[signal.Signals | int]]] = {}  # by threads that delay signals: what was blocked before
_replaced: dict[int, tuple[SignalHandler, Any]] = {}  # by the server's handlers: what was there before


@contextmanager
def stop_on_signals(grace: float) -> Iterator[socket.socket]:
    """Yield a socket that becomes readable at a signal of SIGNALS. After the grace, the process ends in any case.

    A second SIGINT or SIGTERM ends it at once. SIGHUP may come twice from a terminal that is closed, so it never does.
    """

    def stop_within_grace(number: int, frame: FrameType | None) -> None:
        end_within(grace + LEAVING)
        let_next_signal_kill()

    stop, wake = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    attach(pass_if_first(SIGNALS), stop)  # an application may have handlers for other signals
    wake.setblocking(False)
    with stop, wake:
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)  # a signal's number is sent to `stop`
        handle(stop_within_grace)
        try:
            yield stop
        finally:
            signal.set_wakeup_fd(-1)


def end_within(seconds: float) -> None:
    """End the process in some seconds with status 1, whatever its threads do, and print where they are."""
    with suppress(RuntimeError):  # there is no stderr
        faulthandler.dump_traceback_later(seconds, exit=True)


def let_next_signal_kill() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def handle(handler: SignalHandler) -> None:
    """Set the handler of all SIGNALS, except SIGHUP if it is ignored: nohup ignores it."""
    for number in SIGNALS:
        if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
            continue
        before = signal.signal(number, handler)
        _replaced[number] = handler, _replaced[number][1] if number in _replaced else before


def do_nothing(number: int, frame: FrameType | None) -> None:
    """Handle a signal that only wakes the supervisor, or that only the supervisor handles."""


def delay() -> None:
    """Deliver signals later to this thread, and to a child that it forks meanwhile."""
    _masks.setdefault(get_ident(), []).append(signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS))


def deliver() -> None:
    """Deliver signals to this thread as before the last delay."""
    masks = _masks[get_ident()]
    signal.pthread_sigmask(signal.SIG_SETMASK, masks.pop())
    if not masks:
        del _masks[get_ident()]


def reset() -> None:
    """Set the handlers that the server replaced, in a forked child. Handlers of the application stay."""
    if _replaced:
        signal.set_wakeup_fd(-1)
        faulthandler.cancel_dump_traceback_later()
    for number, (handler, before) in _replaced.items():
        if signal.getsignal(number) == handler:
            signal.signal(number, before or signal.SIG_DFL)
    _replaced.clear()
