"""The page about the guests in Markdown: points, routing styles, and for each framework what it does by itself."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from guests import Guest
from http_contract.reports.explain import escaped
from http_contract.rules.registry import STAGES
from http_contract.runner.report import POINTS
from sidebyside.frameworks.exchanges import Exchange
from sidebyside.frameworks.judging import GuestReport
from sidebyside.frameworks.speed import speed_lines
from sidebyside.frameworks.styles import frameworks_by_style
from sidebyside.frameworks.tables import row
from sidebyside.launch.services import SERVER_TITLES

STAGES_FIGURE, STYLES_FIGURE = "frameworks-stages.svg", "frameworks-styles.svg"
INTRODUCTION = f"""\
# What each framework does by itself

`sidebyside matrix --guests --page docs/frameworks.md` writes this file and its figures; do not edit it.

[guests/](../guests/README.md) contains the same routes in other frameworks, as the documentation of each framework
writes them. Nothing makes them equal: where a framework breaks a rule of [the contract](contract.md), this page shows
it. WSGI and ASGI applications run on raw_router here, so only the framework differs. The other frameworks run on their
own servers.

![Points of each framework by stage]({STAGES_FIGURE})

## Points by stage

A stage has ten points. `contract check` judges each guest on its home server.
"""
STYLES_INTRODUCTION = f"""\
## Routing styles

![Routing styles, and the frameworks that have them]({STYLES_FIGURE})
"""
EXCHANGES = """\
## Requests and responses

The tables below show requests and what the frameworks responded to them. The last column names the rule that decides
about the request, and whether the framework passes it. raw_router responds to some requests before it asks an
application. Then the cell says so, and shows what the framework responds on the server of its documentation.
"""


def as_markdown(reports: Sequence[GuestReport], folder: Path) -> str:
    """Return the page for a folder. It contains no times and no ports, so that two runs write the same page."""
    return "\n".join(_lines(reports, folder))


def _lines(reports: Sequence[GuestReport], folder: Path) -> Iterator[str]:
    yield INTRODUCTION
    yield from _points(reports)
    yield STYLES_INTRODUCTION
    yield from _styles()
    yield from speed_lines(folder)
    yield EXCHANGES
    for report in reports:
        yield from _framework(report)


def _points(reports: Sequence[GuestReport]) -> Iterator[str]:
    stages = sorted(reports[0].report.points)
    yield row(["", "version", "runs on", *(f"{stage} {STAGES[stage]}" for stage in stages), "all"])
    yield row(["---", "---", "---", *("--:" for _ in stages), "--:"])
    for each in reports:
        points = (str(points) if points == POINTS else f"**{points}**" for points in each.report.points.values())
        name = f"[{each.guest.title}](#{anchor(each.guest.title)})"
        yield row([name, each.version or "Python's", SERVER_TITLES[each.home], *points, str(each.report.total)])
    yield ""


def anchor(title: str) -> str:
    """Return the anchor that a heading has on GitHub."""
    return "".join(each for each in title.lower().replace(" ", "-") if each.isalnum() or each in "-_")


def _styles() -> Iterator[str]:
    yield row(["style", "how it works", "for example", "frameworks"])
    yield row(["---"] * 4)
    for style, titles in frameworks_by_style():
        example = f"`{style.code}` in [{style.file}](../{style.file})" if style.code else ""
        yield row([style.title, style.text, example, ", ".join(titles)])
    yield ""


def _framework(report: GuestReport) -> Iterator[str]:
    guest = report.guest
    yield f"## {guest.title}\n"
    yield f"{_started(guest)}\n"
    yield row(["question", "request", "response", "rule"])
    yield row(["---"] * 4)
    yield from (row(_exchange(report, each)) for each in report.exchanges)
    yield ""
    yield from _failures(report)


def _started(guest: Guest) -> str:
    file = f"{guest.module.replace('.', '/')}.py"
    alone = f"The code is [{file}](../{file}). Its documentation's way to start it: `python -m {guest.module} 8004`."
    if guest.interface == "own":
        return f"{alone} It has a server of its own."
    return f"{alone} On raw_router: `python -m raw_router --port 8004 --{guest.interface} {guest.module}:app`."


def _exchange(report: GuestReport, exchange: Exchange) -> Iterator[str]:
    probe = exchange.probe
    yield probe.topic
    yield _code(probe.label)
    refusal = f"raw_router responds {exchange.refusal} itself; alone: " if exchange.refusal else ""
    yield f"{refusal}{_code(exchange.cell)}"
    yield f"{_rule(probe.rule)} {report.report.verdicts.get(probe.rule, 'not judged')}" if probe.rule else "no rule"


def _failures(report: GuestReport) -> Iterator[str]:
    """Yield a table of the rules that fail, with the reasons that are known, or else with the rules' hints."""
    failures = list(report.failures)
    if not failures:
        yield f"{report.guest.title} passes every rule.\n"
        return
    yield row(["stage", "rule that fails", "reason, or what the rule asks for"])
    yield row(["--:", "---", "---"])
    for each in failures:
        level = "" if each.rule.level == "MUST" else " *SHOULD*"
        yield row([str(each.rule.stage), f"{_rule(each.rule.id)}{level}", escaped(each.reason or each.rule.hint)])
    yield ""


def _rule(id: str) -> str:
    return f"[{id}](contract.md#{id})"


def _code(text: str) -> str:
    return f"`{text.replace('`', ' ')}`"
