"""The pytest face: each rule is an item, judged at the URL given, or where a command starts a server.

    pytest --contract-url http://127.0.0.1:8001
    pytest --contract-url https://localhost:8443 --contract-ca certificate.pem
    pytest --contract-command "python main.py {port}"

Where the command line names no files, nothing but the rules is collected, so that any folder will do.
"""

import ssl
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from contract.conversation import Broken
from contract.judging import Judgement
from contract.launch import Launched
from contract.model import Rule
from contract.rules import RULES
from contract.server import PATIENCE, Server
from contract.telling import tell

LAST_STAGE = 10
PORTS = {"http": 80, "https": 443}


class RuleBroken(Exception):
    """A MUST rule does not hold; the message is all there is to say."""


JUDGEMENT = pytest.StashKey[Judgement]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("contract", "the HTTP contract")
    group.addoption("--contract-url", metavar="URL", help="judge the server that runs there")
    group.addoption("--contract-ca", metavar="FILE", help="trust this certificate, in PEM, at an https URL")
    group.addoption("--contract-command", metavar="COMMAND", help="judge what it starts on {port}, or $PORT")
    group.addoption("--contract-seed", metavar="N", type=int, default=0, help="for random data (default: 0)")
    group.addoption(
        "--contract-patience",
        metavar="SECONDS",
        type=float,
        default=PATIENCE,
        help="for rules about time limits (default: %(default)s)",
    )
    group.addoption("--contract-until", metavar="STAGE", type=int, default=LAST_STAGE, help="judge no later stage")


def pytest_configure(config: pytest.Config) -> None:
    judgement = judgement_for(config)
    if judgement is None:
        return
    config.stash[JUDGEMENT] = judgement
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = []


def judgement_for(config: pytest.Config) -> Judgement | None:
    """Return a judgement of what the options name, if they name anything."""
    url, command, ca = (config.getoption(f"contract_{name}") for name in ("url", "command", "ca"))
    seed, patience = config.getoption("contract_seed"), config.getoption("contract_patience")
    if url and command:
        raise pytest.UsageError("--contract-url and --contract-command exclude each other")
    if ca and not (url and url.startswith("https:")):
        raise pytest.UsageError("--contract-ca is for a --contract-url that begins with https:")
    if command:
        launched = Launched(command, seed)
        config.add_cleanup(launched.close)
        return Judgement(lambda: replace(launched.running(), patience=patience), RULES)
    if url:
        server = replace(server_at(url, seed, ca), patience=patience)
        return Judgement(lambda: server, RULES)
    return None


def server_at(url: str, seed: int, ca: str | None) -> Server:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        host, port = None, 0
    if not host:
        raise pytest.UsageError(f"--contract-url wants a URL like http://127.0.0.1:8001, not {url!r}")
    return Server(host, port, seed=seed, tls=trusting(ca) if parts.scheme == "https" else None)


def trusting(ca: str | None) -> ssl.SSLContext:
    """Return what trusts the certificates in that file; without one, those that the system trusts."""
    try:
        return ssl.create_default_context(cafile=ca)
    except OSError as error:
        raise pytest.UsageError(f"--contract-ca: {ca} holds no certificate that can be read: {error}") from error


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let the session find the stages next to whatever else it finds."""
    report = yield
    if isinstance(collector, pytest.Session) and JUDGEMENT in collector.config.stash:
        report.result.extend(stages(collector))
    return report


def stages(session: pytest.Session) -> Iterator["Stage"]:
    """Yield the stages to judge; their ids are the first part of those of their rules."""
    until = session.config.getoption("contract_until")
    for number in sorted({rule.stage for rule in RULES if rule.stage <= until}):
        yield Stage.from_parent(session, name=f"stage {number}", nodeid=f"stage-{number}", number=number)


class Stage(pytest.Collector):
    def __init__(self, *, number: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.number = number

    def collect(self) -> Iterator["RuleItem"]:
        for rule in RULES:
            if rule.stage == self.number:
                yield RuleItem.from_parent(self, name=rule.id, rule=rule)


class RuleItem(pytest.Item):
    def __init__(self, *, rule: Rule, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rule = rule

    def runtest(self) -> None:
        outcome = self.config.stash[JUDGEMENT].outcome(self.rule)
        if outcome.verdict == "skipped":
            pytest.skip(outcome.reason)
        if outcome.verdict == "failed" and self.rule.level == "SHOULD":
            pytest.xfail("; ".join(complaint.text for complaint in outcome.complaints))
        if outcome.verdict == "failed":
            raise RuleBroken(tell(outcome))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, (RuleBroken, Broken)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[str, int | None, str]:
        return self.nodeid, None, f"{self.rule.id}: {self.rule.sentence}"
