"""The tab Lessons: the ladder, each rung's code, and rungs that run on loopback while the page is open.

GET /lessons/NN returns a rung as HTML. POST /lessons/NN/start and stop start and end it, and POST /lessons/NN/example
types its commands. The page's script sends a heartbeat; if it stops, all rungs that the page has started end.
"""

import atexit
import difflib
import subprocess
from contextlib import ExitStack
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Any, TypeAlias

from flask import Blueprint, abort, current_app, render_template
from flask.blueprints import BlueprintSetupState

from http_contract.errors import CannotJudge
from sidebyside.checkout import ROOT
from sidebyside.launch.requirements import LaunchError
from sidebyside.lessons.exchange import ENDS
from sidebyside.lessons.ladder import Rung, find_rung, load_parts, load_rungs
from sidebyside.lessons.measure import load_measured
from sidebyside.lessons.readme import packets
from sidebyside.lessons.running import Place, running, with_this_python
from sidebyside.page.source import highlight_source

JsonObject: TypeAlias = dict[str, Any]

ABANDONED_AFTER = 15.0  # seconds without a heartbeat, after which the reader has left
WATCH = 0.5  # seconds between two checks of the heartbeat
MAX_RUNNING = 8  # rungs at the same time
PATIENCE = 15.0  # seconds for a command of an example
LONGEST = 20_000  # characters of its output

blueprint = Blueprint("lessons", __name__)


class RunningRungs:
    """The rungs that the page has started, until it ends them or its heartbeat stops."""

    def __init__(self) -> None:
        self._rungs: dict[str, tuple[Place, ExitStack]] = {}
        self._lock = Lock()
        self._beat = 0.0
        self._watches = False

    def places(self) -> dict[str, Place]:
        """Return where each rung that runs listens, and note that the reader is still there."""
        with self._lock:
            self._beat = monotonic()
            return {name: place for name, (place, _) in self._rungs.items()}

    def start(self, rung: Rung) -> Place:
        """Start a rung, unless it runs. Raises CannotJudge if too many run, or if it does not start."""
        with self._lock:
            self._beat = monotonic()
            if rung.name in self._rungs:
                return self._rungs[rung.name][0]
            if len(self._rungs) >= MAX_RUNNING:
                raise CannotJudge(f"The page runs at most {MAX_RUNNING} programs at once. End one of them first.")
            stack = ExitStack()
            try:
                place, _ = stack.enter_context(running(rung))
            except LaunchError as error:
                raise CannotJudge(str(error)) from error
            self._rungs[rung.name] = place, stack
            if not self._watches:
                self._watches = True
                atexit.register(self.stop)
                Thread(target=self._watch, daemon=True).start()
            return place

    def stop(self, *names: str) -> None:
        """End some rungs, or all of them."""
        with self._lock:
            for name in names or list(self._rungs):
                if name in self._rungs:
                    self._rungs.pop(name)[1].close()

    def _watch(self) -> None:
        while True:
            sleep(WATCH)
            with self._lock:
                if self._rungs and monotonic() - self._beat <= ABANDONED_AFTER:
                    continue
                self._watches = False
            atexit.unregister(self.stop)
            return self.stop()


@blueprint.record
def add_running(state: BlueprintSetupState) -> None:
    state.app.extensions["rungs"] = RunningRungs()


def running_rungs() -> RunningRungs:
    rungs: RunningRungs = current_app.extensions["rungs"]
    return rungs


@blueprint.app_context_processor
def template_variables() -> JsonObject:
    return {"ladder": load_parts()}


@blueprint.get("/lessons/<number>")
def show(number: str) -> str:
    """Return a rung as HTML: its idea, its limits, and its code with the lines that changed."""
    rung = rung_of(number)
    return render_template(
        "rung.html",
        rung=rung,
        code=highlight_source(rung.source, 1, changed_lines(rung)),
        earlier=previous_of(rung),
        measured=load_measured().get(rung.name, {}),
        packets=packets(rung),
        ends=ENDS,
    )


@blueprint.get("/lessons")
def beat() -> JsonObject:
    """Return the rungs that run. The page's script asks for them again and again: that is its heartbeat."""
    return {"running": {name[:2]: place.port or place.path for name, place in running_rungs().places().items()}}


@blueprint.post("/lessons/<number>/start")
def start(number: str) -> JsonObject:
    rung = rung_of(number)
    if not rung.is_server:
        raise CannotJudge(f"{rung.name} is not a server. Send its example.")
    place = running_rungs().start(rung)
    return {"place": place.port or place.path, "commands": [place.fill(command) for command in rung.talk]}


@blueprint.post("/lessons/<number>/stop")
def stop(number: str) -> JsonObject:
    running_rungs().stop(rung_of(number).name)
    return {}


@blueprint.post("/lessons/stop")
def stop_all() -> JsonObject:
    running_rungs().stop()
    return {}


@blueprint.post("/lessons/<number>/example")
def example(number: str) -> JsonObject:
    """Type the commands of a rung, on its server; return each command with its output."""
    rung = rung_of(number)
    place = Place() if rung.alone else running_rungs().start(find_rung(rung.server) if rung.server else rung)
    return {"typed": [{"command": place.fill(command), "output": typed(place.fill(command))} for command in rung.talk]}


def rung_of(number: str) -> Rung:
    try:
        return find_rung(number)
    except LookupError:
        abort(404)


def typed(command: str) -> str:
    """Return what a command of the ladder prints."""
    try:
        done = subprocess.run(
            ["bash", "-c", with_this_python(command)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        return f"The command failed: {error}"
    return done.stdout.decode(errors="replace")[:LONGEST]


def previous_of(rung: Rung) -> Rung | None:
    rungs = load_rungs()
    at = [each.name for each in rungs].index(rung.name)
    return rungs[at - 1] if at else None


def changed_lines(rung: Rung) -> tuple[int, ...]:
    """Return the numbers of the lines that the rung before does not have."""
    earlier = previous_of(rung)
    if earlier is None:
        return ()
    before, after = earlier.source.splitlines(), rung.source.splitlines()
    blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return tuple(line + 1 for tag, _, _, first, last in blocks if tag != "equal" for line in range(first, last))
