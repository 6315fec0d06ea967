"""Deliveries: the responses that a client has not taken yet. Each is logged when it is taken, or given up."""

import logging
from collections import deque
from collections.abc import Callable
from typing import Literal, TypeAlias

from raw_router.messages import Request, Response

End: TypeAlias = Literal["complete", "cut"]
# client, request (None if it was refused), response, octets of the body that were sent, how the response ended
Log: TypeAlias = Callable[[str, Request | None, Response, int, End], None]

logger = logging.getLogger("raw_router")


class Delivery:
    """One response: where its body begins and where it ends, in octets since the connection began."""

    __slots__ = ("body", "end", "octets", "request", "response")

    def __init__(self, request: Request | None, response: Response, body: int) -> None:
        self.request = request
        self.response = response
        self.body = body
        self.end: int | None = None  # not known yet
        self.octets = 0  # of the body, without the lines of chunks


class Deliveries:
    """The octets that a connection has given to its driver, and the octets that the driver's socket has taken."""

    def __init__(self, log: Log, client: str) -> None:
        self._log = log
        self._client = client
        self._open: deque[Delivery] = deque()
        self._given = self._taken = 0

    def give(self, octets: int) -> None:
        """Note octets for the client."""
        self._given += octets

    def begin(self, request: Request | None, response: Response, head: int) -> None:
        """Begin a response, whose head has some octets. They are given later."""
        self._open.append(Delivery(request, response, self._given + head))

    def end(self, octets: int) -> None:
        """End the last response, of whose body some octets were given. It is logged when the client has taken it."""
        self._open[-1].octets = octets
        self._open[-1].end = self._given
        self.take(0)

    def take(self, octets: int) -> None:
        """Note that the socket took octets, and log the responses that are complete."""
        self._taken += octets
        while self._open and (end := self._open[0].end) is not None and end <= self._taken:
            delivery = self._open.popleft()
            self._write(delivery, delivery.octets, "complete")

    def tear(self, octets: int) -> None:
        """Leave the last response without its end, after some octets of its body were given."""
        self._open[-1].octets = octets

    def give_up(self) -> None:
        """Log the responses that are not complete, because the client takes no more."""
        while self._open:
            delivery = self._open.popleft()
            self._write(delivery, min(delivery.octets, max(0, self._taken - delivery.body)), "cut")

    def _write(self, delivery: Delivery, octets: int, end: End) -> None:
        """Log a response. An error of the log does not prevent other responses."""
        try:
            self._log(self._client, delivery.request, delivery.response, octets, end)
        except Exception:
            logger.exception("the response to %s cannot be logged", self._client)
