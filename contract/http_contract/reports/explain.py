"""Explain rules and causes: all facts about one in the terminal, and all rules as Markdown."""

import inspect
import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from http_contract.escaping import escape_bytes
from http_contract.reports.causes import CAUSES, keys_of
from http_contract.reports.remedies import NAMES, REMEDIES
from http_contract.rules.model import Exchange, Rule
from http_contract.rules.registry import STAGES

SENT_SIZE = 240  # octets that are shown of a request
LEVELS = {"MUST": "MUST, it counts for points", "SHOULD": "SHOULD, it only warns"}
NO_ADVICE = "The hint of the rule that failed describes the remedy: contract explain RULE."
REGENERATE = "contract rules --markdown > docs/contract.md"
INTRODUCTION = f"""\
# The rules of the contract

Made by `{REGENERATE}`; do not edit it.

Each rule describes one thing that a server must do. A rule passes, fails, or is skipped because a rule that it needs
failed. MUST rules count for points, SHOULD rules only warn. `contract explain RULE` prints one rule in the terminal.

The bytes that a rule sends are shown with visible control characters: `\\r\\n` is the end of a line. `{{authority}}`
stands for the host and port of the server, `{{origin}}` for its URL.
"""


def facts(rule: Rule) -> Iterator[tuple[str, str]]:
    """Yield every fact about a rule as a name and lines of text."""
    yield "Rule", rule.sentence
    yield "Hint", rule.hint
    yield "Section", " ".join(filter(None, (rule.section, url_of(rule.section))))
    yield "Level", LEVELS[rule.level]
    yield "Stage", f"{rule.stage}, {STAGES[rule.stage]}"
    yield "Routes", ", ".join(rule.routes) or "none besides /, /test, /time and /time.html"
    yield "Needs", ", ".join(rule.needs) or "no other rule"
    for exchange in rule.exchanges:
        yield "Sends", "\n".join(_lines(exchange))
        yield "Legal", legal(exchange)
    if description := description_of(rule):
        yield "Does", description
    yield "Alone", f"contract check URL --rule {rule.id}"


def cause_facts(cause: str, language: str = "") -> Iterator[tuple[str, str]]:
    """Yield what is known about a cause as a name and a text, for one language or for all.

    Variants of a cause have texts and advice of their own.
    """
    variants = [CAUSES[key] for key in keys_of(cause)]
    yield "Cause", f"The program {variants[0].title}."
    for name, field in (("Means", "text"), ("Signs", "sign"), ("To do", "advice")):
        texts: Iterable[str] = (getattr(variant, field) for variant in variants)
        yield from ((name, text) for text in dict.fromkeys(filter(None, texts)))
    if not any(variant.advice for variant in variants):
        yield "To do", NO_ADVICE
    remedies = REMEDIES.get(cause, {}).items()
    yield from (("In " + NAMES[each], remedy) for each, remedy in remedies if language in ("", each))


def url_of(section: str) -> str:
    """Return the URL of a section of an RFC, or nothing for a section of the service."""
    found = re.fullmatch(r"RFC (\d+) §([\d.]+)", section)
    return f"https://www.rfc-editor.org/rfc/rfc{found[1]}#section-{found[2]}" if found else ""


def legal(exchange: Exchange) -> str:
    return "; ".join(map(str, exchange.expects))


def description_of(rule: Rule) -> str:
    """Return the docstring of a rule's check in one line, or nothing without a check."""
    return " ".join((inspect.getdoc(rule.check) or "").split()) if rule.check else ""


def shortened(data: bytes) -> bytes:
    """Return the data, without its middle if it is long."""
    left_out = len(data) - SENT_SIZE
    return data[: SENT_SIZE // 2] + b"[%d octets]" % left_out + data[-SENT_SIZE // 2 :] if left_out > 0 else data


def _lines(exchange: Exchange) -> Iterator[str]:
    """Yield the lines that an exchange sends."""
    if len(exchange.sends) > 1:
        yield f"{packets(exchange)}, one after the other:"
    yield from (escape_bytes(line) for line in shortened(b"".join(exchange.sends)).splitlines(keepends=True))


def packets(exchange: Exchange) -> str:
    return f"in {len(exchange.sends)} packets" if len(exchange.sends) > 1 else ""


def markdown(rules: Iterable[Rule]) -> str:
    """Return the rules, which are sorted by stage, as Markdown with a chapter for each stage."""
    return "\n".join(_chapters(rules))


def _chapters(rules: Iterable[Rule]) -> Iterator[str]:
    yield INTRODUCTION
    for stage, group in groupby(rules, key=lambda rule: rule.stage):
        yield f"## Stage {stage}: {STAGES[stage]}\n"
        for rule in group:
            yield from _article(rule)


def _article(rule: Rule) -> Iterator[str]:
    url = url_of(rule.section)
    yield f"### {rule.id}\n"
    yield f"{escaped(rule.sentence)} {rule.level}, " + (f"[{rule.section}]({url})." if url else f"{rule.section}.")
    yield from _listed("Needs", rule.needs)
    yield from _listed("Routes:", rule.routes)
    if rule.slow:
        yield "Judged only with `--slow`."
    yield f"\nHint: {escaped(rule.hint)}\n"
    for expected, group in groupby(rule.exchanges, key=legal):
        yield f"- Sends {', and '.join(map(_sent, group))}. Legal: {escaped(expected)}."
    if description := description_of(rule):
        yield f"- {escaped(description)}"
    yield ""


def _listed(name: str, items: tuple[str, ...]) -> Iterator[str]:
    if items:
        yield f"{name} {', '.join(map(code, items))}."


def _sent(exchange: Exchange) -> str:
    return " ".join(filter(None, (packets(exchange), code(escape_bytes(shortened(b"".join(exchange.sends)))))))


def code(text: str) -> str:
    """Return text as code in Markdown; the fence is longer than any run of backquotes in it."""
    runs = [len(run) for run in re.findall("`+", text)]
    return f"{(fence := '`' * (max(runs) + 1))} {text} {fence}" if runs else f"`{text}`"


def escaped(text: str) -> str:
    """Return text with escaped Markdown characters, except between backquotes."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else re.sub(r"(\\(?=\W)|[*<\[])", r"\\\1", part) for part in parts)
