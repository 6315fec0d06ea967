"""The lifespan of an ASGI application: its startup and its shutdown, in one call beside those for requests."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from raw_router.wsgi import ApplicationError

NEXT_PHASES = {"startup": "running", "shutdown": "ended"}

logger = logging.getLogger("raw_router")


class StartupFailed(Exception):
    """The application's startup failed; the message is the application's."""


class Lifespan:
    """One call of the application, which lasts as long as the server. An application need not support it."""

    def __init__(self, application: Callable[..., Any], state: dict[str, Any]) -> None:
        self._application = application
        self._state = state
        self._phase = "startup"  # then running, shutdown, ended
        self._was_asked = False  # to start
        self._failure: str | None = None
        self._answered = asyncio.Event()
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Wait until the application has started, or shows that it has no lifespan. Raises StartupFailed."""
        self._task = asyncio.create_task(self._run())
        await self._answered.wait()
        self._answered.clear()
        if self._failure is not None:
            raise StartupFailed(self._failure)

    async def finish(self, seconds: float) -> None:
        """Let the application shut down within some seconds."""
        if self._task is None or self._task.done():
            return
        self._stopping.set()
        try:
            async with asyncio.timeout(seconds):
                await self._answered.wait()
        except TimeoutError:
            logger.error("the application's shutdown is cancelled, because it takes longer than the grace")
        if self._failure is not None:
            logger.error("the application's shutdown failed: %s", self._failure)

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self._state}
        try:
            await self._application(scope, self._receive, self._send)
        except BaseException as error:
            self._explain(error)
        self._answered.set()

    def _explain(self, error: BaseException) -> None:
        """Log an error, unless the application has reported it, or raised it because it has no lifespan."""
        if isinstance(error, asyncio.CancelledError):
            return
        if self._phase == "startup":
            level = logging.WARNING if self._was_asked else logging.INFO
            logger.log(level, "the application is served without a lifespan, because it raised %r", error)
        elif self._failure is None:
            logger.error("the application's lifespan failed", exc_info=error)

    async def _receive(self) -> dict[str, str]:
        if not self._was_asked:
            self._was_asked = True
            return {"type": "lifespan.startup"}
        await self._stopping.wait()
        self._stopping.clear()
        self._phase = "shutdown"
        return {"type": "lifespan.shutdown"}

    async def _send(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind not in (f"lifespan.{self._phase}.complete", f"lifespan.{self._phase}.failed"):
            raise ApplicationError(f"{kind!r} is not a message of the lifespan while it is in the phase {self._phase}")
        self._phase = NEXT_PHASES[self._phase]
        if kind.endswith("failed"):
            self._failure = message.get("message") or "the application gives no reason"
        self._answered.set()
