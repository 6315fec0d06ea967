"""The rules as pytest tests: each rule is an item, judged at a URL or on a server that a command starts.

    pytest --pyargs http_contract --contract-url http://127.0.0.1:8001
    pytest --pyargs http_contract --contract-url https://localhost:8443 --contract-ca certificate.pem
    pytest --pyargs http_contract --contract-command "python main.py {port}" -m "stage_1 or stage_2" -k "not restarts"

`http_contract` stands for the rules. pytest collects no other file unless the command line names it, so these commands
work in any folder. Each item has a marker for its stage. Run the script `pytest`, or `python -P -m pytest`: without -P,
Python looks for modules in the current folder first, and a file such as http.py there hides the standard library's.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from http_contract.client.server import server_at, url_from
from http_contract.diagnosis.diagnose import diagnosed
from http_contract.errors import CannotJudge
from http_contract.pytest_options import PACKAGE
from http_contract.reports.messages import failure_text, skip_text
from http_contract.reports.text import format_failure
from http_contract.rules.model import Rule
from http_contract.rules.registry import RULES, STAGES, Choice, rules_from
from http_contract.runner.rule_runner import ResultCache, RuleRunner
from http_contract.runner.scheduler import rule_runner_for
from http_contract.runner.target import RemoteTarget, Target
from http_contract.sandbox.launcher import LocalTarget


class ItemFailed(Exception):
    """A MUST rule failed; the message is the text of the failure."""


RESULTS = pytest.StashKey[ResultCache]()
CHOSEN = pytest.StashKey[tuple[Rule, ...]]()


def pytest_configure(config: pytest.Config) -> None:
    try:
        rules, target = rules_of(config), target_of(config)
    except CannotJudge as error:
        raise pytest.UsageError(str(error)) from error
    for stage in sorted({rule.stage for rule in rules}):
        title = STAGES.get(stage, "a stage of your own")
        config.addinivalue_line("markers", f"stage_{stage}: rules of the HTTP contract: {title}")
    if target:
        choice = Choice(until=config.getoption("contract_until"), slow=bool(config.getoption("contract_slow")))
        config.stash[CHOSEN] = tuple(choice.among(rules))
        runner = runner_of(target, config.getoption("contract_timeout"))
        config.stash[RESULTS] = ResultCache(
            lambda rule: runner().judge(rule), rules, missing_route=lambda rule: runner().missing_route(rule)
        )
        config.args = files(config)
    elif names_rules(config):
        raise pytest.UsageError("There is no server to judge. Add --contract-url or --contract-command.")


def pytest_report_header(config: pytest.Config) -> str | None:
    if RESULTS not in config.stash:
        return None
    target = config.getoption("contract_url") or config.getoption("contract_command")
    return f"contract: {target}, seed {config.getoption('contract_seed') or 0}"


def rules_of(config: pytest.Config) -> tuple[Rule, ...]:
    """Return the contract's rules, and those of a teacher's own file."""
    hidden = config.getoption("contract_hidden")
    return (*RULES, *rules_from(Path(hidden))) if hidden else RULES


def target_of(config: pytest.Config) -> Target | None:
    """Return the server that the options name, if there is one."""
    url, command, ca = (config.getoption(f"contract_{name}") for name in ("url", "command", "ca"))
    options = {name: config.getoption(f"contract_{name}") for name in ("seed", "patience")}
    changes = {name: value for name, value in options.items() if value is not None}
    if url and command:
        raise CannotJudge("--contract-url and --contract-command exclude each other. Give one of them.")
    if ca and not url:
        raise CannotJudge("--contract-ca is only for an https URL. Add --contract-url.")
    if url:
        return RemoteTarget(replace(server_at(url_from(url), ca), **changes))
    if command:
        launched = LocalTarget(command)
        launched.server = replace(launched.server, **changes)
        config.add_cleanup(launched.close)
        return launched
    return None


def runner_of(target: Target, timeout: float | None) -> Callable[[], RuleRunner]:
    """Return a function that returns the rule runner; it contacts the server only when the first rule is judged."""

    @cache
    def runner() -> RuleRunner:
        return rule_runner_for(target, timeout)

    return runner


def names_rules(config: pytest.Config) -> bool:
    return bool(config.getoption("pyargs")) and PACKAGE in config.args


def files(config: pytest.Config) -> list[str]:
    """Return the files and folders that the command line names beside the rules."""
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        return []
    return [argument for argument in config.args if not (names_rules(config) and argument == PACKAGE)]


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Add the stages to the tests that the session collects."""
    report = yield
    if isinstance(collector, pytest.Session) and RESULTS in collector.config.stash:
        report.result.extend(stages(collector))
    return report


def stages(session: pytest.Session) -> Iterator["Stage"]:
    """Yield the stages to judge; the ids of their rules begin with theirs."""
    for number in sorted({rule.stage for rule in session.config.stash[CHOSEN]}):
        yield Stage.from_parent(session, name=f"stage {number}", nodeid=f"stage-{number}", number=number)


class Stage(pytest.Collector):
    def __init__(self, *, number: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.number = number
        self.add_marker(f"stage_{number}")

    def collect(self) -> Iterator["RuleItem"]:
        for rule in self.config.stash[CHOSEN]:
            if rule.stage == self.number:
                yield RuleItem.from_parent(self, name=rule.id, rule=rule)


class RuleItem(pytest.Item):
    def __init__(self, *, rule: Rule, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rule = rule

    def runtest(self) -> None:
        outcome = self.config.stash[RESULTS].outcome(self.rule)
        if outcome.verdict == "skipped":
            pytest.skip(skip_text(outcome.skip))
        if outcome.verdict == "failed" and self.rule.level == "SHOULD":
            pytest.xfail("; ".join(map(failure_text, outcome.failures)))
        if outcome.verdict == "failed":
            raise ItemFailed(format_failure(diagnosed(outcome)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, ItemFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[str, int | None, str]:
        return self.nodeid, None, f"{self.rule.id}: {self.rule.sentence}"
