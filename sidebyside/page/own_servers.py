"""The frameworks' own servers: Flask's and Django's development servers, started when a reader asks for them first."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Event, Lock, Thread
from typing import TypeAlias

from http_contract.errors import CannotJudge
from sidebyside.launch.launcher import launch, wait_until_all_listen, watch
from sidebyside.launch.ports import free_base_port
from sidebyside.launch.requirements import LaunchError
from sidebyside.launch.services import ServerSpec, server_specs
from sidebyside.page.settings import RunningService, running_services

Services: TypeAlias = tuple[RunningService, ...]


class OwnServers:
    """Starts the servers, and starts them again once the sources have changed, or once one of them has ended.

    A thread of its own starts them: the kernel ends a child with the thread that made it.
    """

    def __init__(self, version: Callable[[], str]) -> None:
        """`version` returns a text that changes when a source does."""
        self._version = version
        self._lock = Lock()
        self._current: Start | None = None

    def __call__(self) -> Services:
        """Return the servers, which listen. Raises CannotJudge if one does not start."""
        with self._lock:
            version = self._version()
            if self._current and not self._current.serves(version):
                self._current.close()
                self._current = None
            self._current = self._current or Start(version)
            return self._current.services.result()

    def close(self) -> None:
        with self._lock:
            if self._current:
                self._current.close()


class Start:
    """One start of the servers."""

    def __init__(self, version: str) -> None:
        self.services: Future[Services] = Future()
        self._version = version
        self._is_closed = Event()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def serves(self, version: str) -> bool:
        """Return whether the servers still run, with this version of the sources."""
        return self._thread.is_alive() and self._version == version

    def close(self) -> None:
        self._is_closed.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._serve([spec for spec in server_specs("dev", free_base_port()) if spec.server == "dev"])
        except LaunchError as error:
            if not self.services.done():
                self.services.set_exception(CannotJudge(" ".join(str(error).split())))

    def _serve(self, specs: list[ServerSpec]) -> None:
        with launch(specs) as processes:
            output = watch(processes)
            wait_until_all_listen(processes, output)
            self.services.set_result(running_services(specs))
            while not self._is_closed.is_set():
                next(output)  # a server whose output nobody reads would stop
